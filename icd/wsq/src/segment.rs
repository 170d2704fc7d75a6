//! Marker segments: the tables of a stream, read and written (IAFIS-IC-0110 v3, annex B).

use crate::{
    error::Error,
    filter::Filters,
    huffman::{CODE_BITS_MAX, CodeTable},
    limits::{FILTER_TAPS_MAX, PIXELS_MAX, SIDE_PX_MAX},
    parameters::{ENCODER_ID, SOFTWARE_ID, SUBBANDS},
    quantise::{Bins, Quantisation},
    scaled::{Scaled16, Scaled32},
    transform::Normalisation,
};

/// The two-byte markers.
pub(crate) mod marker {
    pub(crate) const START_OF_IMAGE: u16 = 0xFFA0;
    pub(crate) const END_OF_IMAGE: u16 = 0xFFA1;
    pub(crate) const FRAME: u16 = 0xFFA2;
    pub(crate) const BLOCK: u16 = 0xFFA3;
    pub(crate) const TRANSFORM: u16 = 0xFFA4;
    pub(crate) const QUANTISATION: u16 = 0xFFA5;
    pub(crate) const HUFFMAN: u16 = 0xFFA6;
    pub(crate) const RESTART_INTERVAL: u16 = 0xFFA7;
    pub(crate) const COMMENT: u16 = 0xFFA8;
    /// The eight restart markers that may stand inside coded data.
    pub(crate) const RESTARTS: std::ops::RangeInclusive<u16> = 0xFFB0..=0xFFB7;
}

/// Code tables a stream can hold at a time.
pub(crate) const CODE_TABLES: usize = 8;

/// The frame header: picture size and how grey levels were normalised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame {
    pub(crate) width: u16,
    pub(crate) height: u16,
    /// Subtracted from each pixel.
    pub(crate) shift: Scaled16,
    /// Each pixel was then divided by this.
    pub(crate) scale: Scaled16,
}

impl Frame {
    pub(crate) fn normalisation(&self) -> Normalisation {
        Normalisation { shift: self.shift.value() as f32, scale: self.scale.value() as f32 }
    }
}

/// A position in the bytes of a stream.
pub(crate) struct Stream<'a> {
    bytes: &'a [u8],
    offset: usize,
}

/// The content of one segment, taken field by field.
pub(crate) struct Segment<'a> {
    marker: u16,
    start: usize,
    rest: &'a [u8],
}

impl<'a> Stream<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    pub(crate) fn seek(&mut self, offset: usize) {
        self.offset = offset;
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) fn take_u16(&mut self) -> Result<u16, Error> {
        let pair = self.bytes.get(self.offset..).and_then(<[u8]>::first_chunk);
        let pair = pair.ok_or(Error::Truncated { offset: self.bytes.len() })?;
        self.offset += 2;
        Ok(u16::from_be_bytes(*pair))
    }

    /// The segment whose marker was just read.
    pub(crate) fn take_segment(&mut self, marker: u16) -> Result<Segment<'a>, Error> {
        let start = self.offset;
        let length = usize::from(self.take_u16()?);
        if length < 2 {
            return Err(Error::SegmentLength { marker, offset: start });
        }
        let rest = self.bytes.get(start + 2..start + length);
        let rest = rest.ok_or(Error::Truncated { offset: self.bytes.len() })?;
        self.offset = start + length;
        Ok(Segment { marker, start, rest })
    }
}

impl<'a> Segment<'a> {
    fn wrong_length(&self) -> Error {
        Error::SegmentLength { marker: self.marker, offset: self.start }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (field, rest) = self.rest.split_first_chunk().ok_or(self.wrong_length())?;
        self.rest = rest;
        Ok(*field)
    }

    fn take_slice(&mut self, length: usize) -> Result<&'a [u8], Error> {
        let (field, rest) = self.rest.split_at_checked(length).ok_or(self.wrong_length())?;
        self.rest = rest;
        Ok(field)
    }

    fn take_u8(&mut self) -> Result<u8, Error> {
        self.take().map(u8::from_be_bytes)
    }

    fn take_u16(&mut self) -> Result<u16, Error> {
        self.take().map(u16::from_be_bytes)
    }

    fn take_scaled(&mut self) -> Result<Scaled16, Error> {
        Ok(Scaled16 { exponent: self.take_u8()?, mantissa: self.take_u16()? })
    }

    fn end(&self) -> Result<(), Error> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.wrong_length()) }
    }

    /// A comment, whatever its encoding: as UTF-8 if it is, else byte for character (Latin-1).
    pub(crate) fn comment(self) -> String {
        match std::str::from_utf8(self.rest) {
            Ok(text) => text.to_owned(),
            Err(_) => self.rest.iter().copied().map(char::from).collect(),
        }
    }

    pub(crate) fn frame(mut self) -> Result<Frame, Error> {
        let [_black, _white] = self.take()?;
        let (height, width) = (self.take_u16()?, self.take_u16()?);
        let (shift, scale) = (self.take_scaled()?, self.take_scaled()?);
        let (_encoder, _software) = (self.take_u8()?, self.take_u16()?);
        self.end()?;
        let (w, h) = (u32::from(width), u32::from(height));
        let area = u64::from(w) * u64::from(h);
        if area == 0 || area > PIXELS_MAX || w.max(h) > SIDE_PX_MAX {
            return Err(Error::ImageSize { width: w, height: h });
        }
        Ok(Frame { width, height, shift, scale })
    }

    pub(crate) fn filters(mut self) -> Result<Filters, Error> {
        let (low, high) = (self.take_u8()?, self.take_u8()?);
        if low % 2 != high % 2 || low.min(high) == 0 || low.max(high) > FILTER_TAPS_MAX {
            return Err(Error::FilterLength { low, high });
        }
        let low_half = self.taps(low)?;
        let high_half = self.taps(high)?;
        self.end()?;
        Filters::new(low % 2 == 0, low_half, high_half)
    }

    /// The right half of a symmetric filter.
    fn taps(&mut self, length: u8) -> Result<Vec<Scaled32>, Error> {
        (0..length.div_ceil(2))
            .map(|_| {
                let [sign, exponent, a, b, c, d] = self.take()?;
                Ok(Scaled32 { negative: sign != 0, exponent, mantissa: u32::from_be_bytes([a, b, c, d]) })
            })
            .collect()
    }

    pub(crate) fn quantisation(mut self) -> Result<Quantisation, Error> {
        let centre = self.take_scaled()?;
        let mut bins = [Bins::default(); SUBBANDS];
        for bins in &mut bins {
            *bins = Bins { width: self.take_scaled()?, zero_width: self.take_scaled()? };
        }
        self.end()?;
        if centre.value() > 1.0 {
            return Err(Error::NumberOutOfRange { table: "quantisation table" });
        }
        Ok(Quantisation { centre, bins })
    }

    /// One or more code tables with the places they go to.
    pub(crate) fn code_tables(mut self) -> Result<Vec<(usize, CodeTable)>, Error> {
        let mut tables = Vec::new();
        while !self.rest.is_empty() && tables.len() < CODE_TABLES {
            let place = usize::from(self.take_u8()?);
            let counts: [u8; CODE_BITS_MAX] = self.take()?;
            let total: usize = counts.iter().map(|count| usize::from(*count)).sum();
            if place >= CODE_TABLES || total > 256 {
                return Err(Error::HuffmanTable { offset: self.start });
            }
            tables.push((place, CodeTable { counts, symbols: self.take_slice(total)?.to_vec() }));
        }
        self.end()?;
        Ok(tables)
    }

    /// Checked for form only.
    pub(crate) fn restart_interval(mut self) -> Result<(), Error> {
        self.take_u16()?;
        self.end()
    }

    /// Which code table the block's data uses.
    pub(crate) fn block(mut self) -> Result<usize, Error> {
        let place = self.take_u8()?;
        self.end()?;
        Ok(usize::from(place))
    }
}

/// Appends segments to a stream under construction.
pub(crate) struct SegmentWriter {
    pub(crate) bytes: Vec<u8>,
}

impl SegmentWriter {
    pub(crate) fn marker(&mut self, marker: u16) {
        self.bytes.extend_from_slice(&marker.to_be_bytes());
    }

    /// A whole segment. The content of every segment written here is bounded far under 65 533 bytes,
    /// comments by the check in `encode`.
    pub(crate) fn segment(&mut self, marker: u16, content: &[u8]) {
        self.marker(marker);
        self.bytes.extend_from_slice(&((content.len() + 2) as u16).to_be_bytes());
        self.bytes.extend_from_slice(content);
    }

    pub(crate) fn frame(&mut self, frame: &Frame) {
        let mut content = vec![0, 255];
        content.extend_from_slice(&frame.height.to_be_bytes());
        content.extend_from_slice(&frame.width.to_be_bytes());
        push_scaled(&mut content, frame.shift);
        push_scaled(&mut content, frame.scale);
        content.push(ENCODER_ID);
        content.extend_from_slice(&SOFTWARE_ID.to_be_bytes());
        self.segment(marker::FRAME, &content);
    }

    /// The standard filters.
    pub(crate) fn filters(&mut self, low_half: &[f64], high_half: &[f64]) {
        let mut content = vec![2 * low_half.len() as u8 - 1, 2 * high_half.len() as u8 - 1];
        for tap in low_half.iter().chain(high_half).map(|tap| Scaled32::nearest(*tap)) {
            content.push(u8::from(tap.negative));
            content.push(tap.exponent);
            content.extend_from_slice(&tap.mantissa.to_be_bytes());
        }
        self.segment(marker::TRANSFORM, &content);
    }

    pub(crate) fn quantisation(&mut self, quantisation: &Quantisation) {
        let mut content = Vec::with_capacity(3 + 6 * SUBBANDS);
        push_scaled(&mut content, quantisation.centre);
        for bins in &quantisation.bins {
            push_scaled(&mut content, bins.width);
            push_scaled(&mut content, bins.zero_width);
        }
        self.segment(marker::QUANTISATION, &content);
    }

    pub(crate) fn code_table(&mut self, place: u8, table: &CodeTable) {
        let mut content = vec![place];
        content.extend_from_slice(&table.counts);
        content.extend_from_slice(&table.symbols);
        self.segment(marker::HUFFMAN, &content);
    }
}

fn push_scaled(content: &mut Vec<u8>, number: Scaled16) {
    content.push(number.exponent);
    content.extend_from_slice(&number.mantissa.to_be_bytes());
}
