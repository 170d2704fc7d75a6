//! Live pictures out of the bytes of an SBI stream.
//!
//! The open mock declares the boundary with its dashes and delimits with it as declared, so a strict reader of
//! multipart bodies finds nothing. Here a part is found by its `Content-Length` line, and without one by the end mark
//! of the JPEG. Pure: bytes in, pictures out; at most [`limits::SBI_FRAME_BYTES_MAX`] are kept.

use crate::limits;

/// Collects the bytes of a stream.
#[derive(Default)]
pub(super) struct Frames {
    bytes: Vec<u8>,
}

impl Frames {
    /// Takes bytes; gives the newest picture that became complete, if any.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.bytes.extend_from_slice(bytes);
        let mut newest = None;
        while let Some(picture) = self.next() {
            newest = Some(picture);
        }
        if self.bytes.len() > limits::SBI_FRAME_BYTES_MAX {
            // No picture is this large: the stream is something else, and live pictures are a courtesy.
            self.bytes.clear();
        }
        newest
    }

    fn next(&mut self) -> Option<Vec<u8>> {
        let begin = find(&self.bytes, &[0xff, 0xd8])?;
        let stated = self.bytes.get(..begin).and_then(content_length);
        let end = match stated {
            Some(length) if self.bytes.len() < begin + length => return None,
            Some(length) => begin + length,
            None => begin + find(self.bytes.get(begin..)?, &[0xff, 0xd9])? + 2,
        };
        let picture = self.bytes.get(begin..end)?.to_vec();
        self.bytes.drain(..end);
        Some(picture)
    }
}

/// The last `Content-Length` line before a picture.
fn content_length(head: &[u8]) -> Option<usize> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let value = head.rsplit_once("content-length:")?.1;
    let length: usize = value.lines().next()?.trim().parse().ok()?;
    (4..=limits::SBI_FRAME_BYTES_MAX).contains(&length).then_some(length)
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part(picture: &[u8]) -> Vec<u8> {
        let head = format!(
            "--BoundaryString\r\nContent-Type:image/jpeg\r\nContent-Length:{}\r\n\r\n",
            picture.len()
        );
        [head.as_bytes(), picture, b"\r\n\r\n"].concat()
    }

    /// A picture with an end mark in its middle, as thumbnails have.
    const PICTURE: &[u8] = &[0xff, 0xd8, 1, 0xff, 0xd9, 2, 0xff, 0xd9];

    #[test]
    fn pictures_are_cut_out_by_their_stated_length() {
        let mut frames = Frames::default();
        assert_eq!(frames.push(&part(PICTURE)), Some(PICTURE.to_vec()));
        assert_eq!(frames.push(b"--BoundaryString\r\n\r\n\xff\xd8\x07"), None);
        assert_eq!(frames.push(b"\xff\xd9"), Some(vec![0xff, 0xd8, 7, 0xff, 0xd9]));
    }

    #[test]
    fn a_stream_without_pictures_is_not_kept() {
        let mut frames = Frames::default();
        for _ in 0..=limits::SBI_FRAME_BYTES_MAX / 65_536 {
            assert_eq!(frames.push(&[7; 65_536]), None);
        }
        assert!(frames.bytes.len() <= limits::SBI_FRAME_BYTES_MAX);
    }

    proptest! {
        #[test]
        fn however_the_bytes_are_cut_the_last_picture_is_the_same(step in 1_usize..40) {
            let bytes = [part(PICTURE), part(&[0xff, 0xd8, 9, 9, 0xff, 0xd9])].concat();
            let mut frames = Frames::default();
            let last = bytes.chunks(step).filter_map(|chunk| frames.push(chunk)).last();
            prop_assert_eq!(last, Some(vec![0xff, 0xd8, 9, 9, 0xff, 0xd9]));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            let _ = Frames::default().push(&bytes);
        }
    }
}
