//! From the bytes of one V4L2 buffer to a JPEG.
//!
//! A camera that delivers Motion JPEG has coded the picture itself: those bytes are kept as they are, only cut at the
//! picture's own end, because drivers report more bytes than the picture has. YUYV is coded here once.
//! Pure; no bytes make it panic.

use crate::parameters::PORTRAIT_JPEG_QUALITY;

/// The JPEG at the beginning of a buffer, without what follows it; `None` when there is none.
pub(super) fn jpeg(buffer: &[u8]) -> Option<&[u8]> {
    let mut at = 2;
    if buffer.get(..2) != Some(&[0xff, 0xd8]) {
        return None;
    }
    // Segments have lengths; the coded part that follows the last of them ends at the end mark.
    loop {
        let [0xff, kind] = *buffer.get(at..)?.first_chunk::<2>()? else { return None };
        let length = usize::from(u16::from_be_bytes(*buffer.get(at + 2..)?.first_chunk()?));
        at = at.checked_add(2 + length.max(2))?;
        if kind == 0xda {
            break;
        }
    }
    let end = buffer.get(at..)?.windows(2).position(|pair| pair == [0xff, 0xd9])?;
    buffer.get(..at + end + 2)
}

/// YUYV (4:2:2, studio range, BT.601) as a JPEG.
pub(super) fn jpeg_of_yuyv(buffer: &[u8], width: u32, height: u32, stride: usize) -> Option<Vec<u8>> {
    let rgb = rgb_of_yuyv(buffer, width, height, stride)?;
    let mut coded = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut coded, PORTRAIT_JPEG_QUALITY)
        .encode(&rgb, width, height, image::ExtendedColorType::Rgb8)
        .ok()?;
    Some(coded)
}

fn rgb_of_yuyv(buffer: &[u8], width: u32, height: u32, stride: usize) -> Option<Vec<u8>> {
    let row_bytes = usize::try_from(width).ok()?.checked_mul(2)?;
    if width == 0 || !width.is_multiple_of(2) || stride < row_bytes {
        return None;
    }
    let mut rgb = Vec::with_capacity(row_bytes / 2 * 3 * usize::try_from(height).ok()?);
    for row in 0..usize::try_from(height).ok()? {
        let from = row.checked_mul(stride)?;
        for pair in buffer.get(from..from.checked_add(row_bytes)?)?.chunks_exact(4) {
            let [first, u, second, v] = *pair.first_chunk::<4>()?;
            for luma in [first, second] {
                rgb.extend(rgb_of(luma, u, v));
            }
        }
    }
    Some(rgb)
}

/// ITU-R BT.601 with 16 to 235 and 16 to 240.
fn rgb_of(luma: u8, u: u8, v: u8) -> [u8; 3] {
    let y = 1.164_384 * (f32::from(luma) - 16.0);
    let (u, v) = (f32::from(u) - 128.0, f32::from(v) - 128.0);
    let byte = |value: f32| value.round().clamp(0.0, 255.0) as u8;
    [byte(y + 1.596_027 * v), byte(y - 0.391_762 * u - 0.812_968 * v), byte(y + 2.017_232 * u)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn coded() -> Vec<u8> {
        let grey: Vec<u8> = (0..64 * 48).map(|at| (at * 7 % 256) as u8).collect();
        let mut jpeg = Vec::new();
        image::codecs::jpeg::JpegEncoder::new(&mut jpeg)
            .encode(&grey, 64, 48, image::ExtendedColorType::L8)
            .expect("an image");
        jpeg
    }

    #[test]
    fn a_picture_is_cut_at_its_own_end_and_otherwise_untouched() {
        let picture = coded();
        let mut buffer = picture.clone();
        buffer.extend([0xff, 0xd9, 0, 0, 7, 7]);
        assert!(jpeg(&buffer) == Some(&picture[..]));
        assert_eq!(jpeg(&picture[..picture.len() - 2]), None);
        assert_eq!(jpeg(&picture[1..]), None);
    }

    #[test]
    fn grey_and_primary_colours_of_studio_range_come_out_right() {
        assert_eq!(rgb_of(16, 128, 128), [0, 0, 0]);
        assert_eq!(rgb_of(235, 128, 128), [255, 255, 255]);
        let [red, green, blue] = rgb_of(81, 90, 240);
        assert!(red > 250 && green < 5 && blue < 5, "{red} {green} {blue}");
    }

    #[test]
    fn rows_may_be_longer_than_their_pixels() {
        let row = [235, 128, 235, 128, 9, 9];
        let rgb = rgb_of_yuyv(&[row, row].concat(), 2, 2, 6).expect("whole");
        assert_eq!(rgb, [255; 12]);
        assert_eq!(rgb_of_yuyv(&[0; 9], 2, 2, 6), None);
        assert_eq!(rgb_of_yuyv(&[0; 64], 3, 2, 6), None);
        assert_eq!(rgb_of_yuyv(&[0; 64], 4, 2, 4), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            width in 0_u32..40,
            height in 0_u32..40,
            stride in 0_usize..100,
        ) {
            let _ = jpeg(&bytes);
            let _ = jpeg(&[&[0xff, 0xd8][..], &bytes].concat());
            let _ = jpeg_of_yuyv(&bytes, width, height, stride);
        }
    }
}
