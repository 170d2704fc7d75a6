//! From a stream to pixels: segments in order, coded blocks into the plane, the tree rebuilt.
//!
//! Nothing is allocated for the picture before its header passed the bounds and the tables that lay out
//! its sub-bands are there. Frame header and quantisation table cannot change once data has begun.

use crate::{
    Decoded,
    bits::BitReader,
    error::Error,
    filter::Filters,
    huffman::Decoder,
    lifting::{self, Scratch},
    limits::SEGMENTS_MAX,
    nistcom,
    plane::Plane,
    quantise::Quantisation,
    segment::{CODE_TABLES, Frame, Stream, marker},
    symbols,
    tree::Tree,
};

/// What has been read so far.
#[derive(Default)]
struct State {
    frame: Option<Frame>,
    filters: Option<Filters>,
    quantisation: Option<Quantisation>,
    code_tables: [Option<Decoder>; CODE_TABLES],
    comments: Vec<String>,
    picture: Option<(Tree, Plane)>,
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, Error> {
    let mut stream = Stream::new(bytes);
    match stream.take_u16() {
        Ok(marker::START_OF_IMAGE) => {}
        _ => return Err(Error::NotWsq),
    }
    let mut state = State::default();
    for _ in 0..SEGMENTS_MAX {
        let offset = stream.offset();
        match stream.take_u16()? {
            marker::END_OF_IMAGE => return state.finish(),
            found => state.segment(&mut stream, found, offset)?,
        }
    }
    Err(Error::TooManySegments { segments_max: SEGMENTS_MAX })
}

impl State {
    fn segment(&mut self, stream: &mut Stream<'_>, found: u16, offset: usize) -> Result<(), Error> {
        let begun = self.picture.is_some();
        match found {
            marker::FRAME if self.frame.is_none() => self.frame = Some(stream.take_segment(found)?.frame()?),
            marker::TRANSFORM => self.filters = Some(stream.take_segment(found)?.filters()?),
            marker::QUANTISATION if !begun => {
                self.quantisation = Some(stream.take_segment(found)?.quantisation()?);
            }
            marker::HUFFMAN => {
                for (place, table) in stream.take_segment(found)?.code_tables()? {
                    let decoder = Decoder::new(&table).ok_or(Error::HuffmanTable { offset })?;
                    if let Some(slot) = self.code_tables.get_mut(place) {
                        *slot = Some(decoder);
                    }
                }
            }
            marker::COMMENT => self.comments.push(stream.take_segment(found)?.comment()),
            // Restart markers are recognised wherever they stand, so their interval is not needed.
            marker::RESTART_INTERVAL => stream.take_segment(found)?.restart_interval()?,
            marker::BLOCK => {
                let place = stream.take_segment(found)?.block()?;
                self.block(stream, place)?;
            }
            _ => return Err(Error::UnexpectedMarker { marker: found, offset }),
        }
        Ok(())
    }

    /// Lays out the picture when the first data comes.
    fn begin(&mut self) -> Result<(), Error> {
        if self.picture.is_none() {
            let frame = self.frame.ok_or(Error::MissingTable { table: "frame header" })?;
            let quantisation =
                self.quantisation.as_ref().ok_or(Error::MissingTable { table: "quantisation table" })?;
            let (width, height) = (usize::from(frame.width), usize::from(frame.height));
            let tree = Tree::new(width, height);
            let plane = Plane::new(width, height, &tree, quantisation);
            self.picture = Some((tree, plane));
        }
        Ok(())
    }

    fn block(&mut self, stream: &mut Stream<'_>, place: usize) -> Result<(), Error> {
        self.begin()?;
        let missing = Error::MissingTable { table: "Huffman table" };
        let table = self.code_tables.get(place).and_then(Option::as_ref).ok_or(missing)?;
        let Some((_, plane)) = &mut self.picture else { return Err(missing) };
        let mut reader = BitReader::new(stream.bytes(), stream.offset());
        symbols::decode_block(&mut reader, table, &mut plane.cursor())?;
        stream.seek(reader.offset());
        Ok(())
    }

    fn finish(mut self) -> Result<Decoded, Error> {
        self.begin()?;
        let filters = self.filters.ok_or(Error::MissingTable { table: "transform table" })?;
        let (Some(frame), Some((tree, plane))) = (self.frame, self.picture) else {
            return Err(Error::MissingTable { table: "frame header" });
        };
        plane.check_complete()?;
        let pixels = rebuild(&frame, &tree, plane.samples, &filters);
        Ok(Decoded {
            width: u32::from(frame.width),
            height: u32::from(frame.height),
            pixels,
            resolution_ppi: nistcom::resolution_ppi(&self.comments),
            comments: self.comments,
        })
    }
}

/// Inverse transform of the whole tree and back to grey levels.
fn rebuild(frame: &Frame, tree: &Tree, mut plane: Vec<f32>, filters: &Filters) -> Vec<u8> {
    let stride = usize::from(frame.width);
    let (shift, scale) = (frame.shift.value() as f32, frame.scale.value() as f32);
    let mut spare = vec![0.0; plane.len()];
    let mut pixels = vec![0; plane.len()];
    if !filters.is_standard() {
        for node in tree.splits.iter().rev() {
            filters.synthesise(&mut plane, &mut spare, stride, node);
        }
        to_grey(&plane, shift, scale, &mut pixels);
        return pixels;
    }
    let mut scratch = Scratch::new(stride);
    let Some((root, inner)) = tree.splits.split_first() else { return pixels };
    for node in inner.iter().rev() {
        lifting::synthesise_rows(&plane, &mut spare, stride, node, &mut scratch);
        lifting::synthesise_columns(&spare, stride, node, &mut scratch, |row, column, samples| {
            let start = row * stride + column;
            plane[start..start + samples.len()].copy_from_slice(samples);
        });
    }
    lifting::synthesise_rows(&plane, &mut spare, stride, root, &mut scratch);
    lifting::synthesise_columns(&spare, stride, root, &mut scratch, |row, column, samples| {
        let start = row * stride + column;
        to_grey(samples, shift, scale, &mut pixels[start..start + samples.len()]);
    });
    pixels
}

/// Undoes the normalisation and rounds to the nearest grey level.
///
/// Adding 2^23 leaves no room for a fraction in a float, so the lowest byte of its bits is the rounded
/// value; unlike a cast, this is done for many samples at once.
fn to_grey(samples: &[f32], shift: f32, scale: f32, pixels: &mut [u8]) {
    const NO_FRACTION: f32 = 8_388_608.0;
    for (pixel, sample) in pixels.iter_mut().zip(samples) {
        let grey = (sample * scale + shift).clamp(0.0, 255.0);
        *pixel = (grey + NO_FRACTION).to_bits() as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sample: f32, expect: u8) {
        let mut pixels = [7];
        to_grey(&[sample], 100.0, 2.0, &mut pixels);
        assert_eq!(pixels[0], expect, "{sample}");
    }

    #[test]
    fn samples_become_grey_levels() {
        check(0.0, 100);
        check(0.2, 100);
        check(0.3, 101);
        check(-0.3, 99);
        check(-1000.0, 0);
        check(1000.0, 255);
        check(f32::INFINITY, 255);
        check(f32::NEG_INFINITY, 0);
    }
}
