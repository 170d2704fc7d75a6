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
    limits::SEGMENTS_MAX,
    nistcom,
    plane::Plane,
    quantise::Quantisation,
    segment::{CODE_TABLES, Frame, Stream, marker},
    symbols, transform,
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
        let normalisation = frame.normalisation();
        let pixels =
            transform::synthesise(plane.samples, usize::from(frame.width), &tree, &filters, normalisation);
        Ok(Decoded {
            width_px: u32::from(frame.width),
            height_px: u32::from(frame.height),
            pixels,
            resolution_ppi: nistcom::resolution_ppi(&self.comments),
            comments: self.comments,
        })
    }
}
