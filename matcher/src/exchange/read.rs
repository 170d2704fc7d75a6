//! Bytes to [`Record`].
//!
//! Two versions are written under one mark by two standards each, so the formats that may be meant are tried in
//! turn and the first that fits to the last byte is taken. Records are in circulation whose last extended data block is
//! a byte or two shorter or longer than it says (NIST's own samples); they are read in a second, lenient turn that allows
//! exactly that. When nothing fits, the error of the likeliest format is given.

use super::{Capture, Format, Header, MARK, Record, RecordMinutia, VERSION_2, VERSION_3, View};
use crate::{Error, limits};

impl Record {
    /// Reads a minutiae record.
    ///
    /// # Errors
    /// [`Error::TemplateMark`], [`Error::RecordVersion`] or [`Error::RecordDamaged`].
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        if !bytes.starts_with(&MARK) {
            return Err(Error::TemplateMark);
        }
        if bytes.len() > limits::RECORD_BYTES_MAX {
            return Err(Error::RecordDamaged {
                format: "minutiae record",
                offset: limits::RECORD_BYTES_MAX,
                field: "length",
            });
        }
        let candidates: &[Format] = match bytes.get(4..8) {
            Some(version) if version == VERSION_2 => &[Format::Iso2005, Format::Incits2004],
            Some(version) if version == VERSION_3 => {
                &[Format::Iso2011, Format::Incits2009, Format::Incits2007]
            }
            _ => return Err(Error::RecordVersion),
        };
        let mut refused: Option<Error> = None;
        for lenient in [false, true] {
            for &format in candidates {
                match (Cursor { bytes, offset: 8, format, lenient }).record() {
                    Ok(record) => return Ok(record),
                    // A length that makes no sense only says that this is not the format.
                    Err(error) if refused.is_none() || has_no_length(refused.as_ref()) => {
                        refused = Some(error);
                    }
                    Err(_) => {}
                }
            }
        }
        Err(refused.unwrap_or(Error::RecordVersion))
    }
}

fn has_no_length(refused: Option<&Error>) -> bool {
    matches!(refused, Some(Error::RecordDamaged { field: "length", .. }))
}

struct Cursor<'a> {
    bytes: &'a [u8],
    offset: usize,
    format: Format,
    /// Whether the last extended data block may be shorter or longer than it says.
    lenient: bool,
}

impl<'a> Cursor<'a> {
    fn record(&mut self) -> Result<Record, Error> {
        let mut header = Header::default();
        let total = self.length(&mut header)?;
        if total > self.bytes.len() {
            return Err(self.damaged("length"));
        }
        let behind = self.bytes.get(total..).unwrap_or_default();
        if behind.iter().any(|&byte| byte != 0) {
            return Err(self.damaged("bytes behind the end"));
        }
        self.bytes = self.bytes.get(..total).unwrap_or_default();
        let count = self.header(&mut header)?;
        let mut views = Vec::with_capacity(count.min(limits::RECORD_VIEWS_MAX));
        if count > limits::RECORD_VIEWS_MAX {
            return Err(self.damaged("view count"));
        }
        for _ in 0..count {
            views.push(if self.format == Format::Iso2011 {
                self.representation(header.certified)?
            } else {
                self.view(&header)?
            });
        }
        let tail = self.bytes.get(self.offset..).unwrap_or_default();
        if tail.len() > if self.lenient { LENIENT_BYTES_MAX } else { 0 } {
            return Err(self.damaged("end"));
        }
        Ok(Record { format: self.format, header, views, tail: tail.to_vec(), padding: behind.len() })
    }

    /// The total length; INCITS 2004 has two bytes, or two zeros and four.
    fn length(&mut self, header: &mut Header) -> Result<usize, Error> {
        if self.format != Format::Incits2004 {
            return Ok(self.long("length")? as usize);
        }
        let short = self.word("length")?;
        if short != 0 {
            return Ok(usize::from(short));
        }
        header.long_length = true;
        Ok(self.long("length")? as usize)
    }

    /// The rest of the header; answers how many views follow.
    fn header(&mut self, header: &mut Header) -> Result<usize, Error> {
        if self.format == Format::Iso2011 {
            let count = self.word("view count")?;
            header.certified = match self.byte("certification flag")? {
                0 => false,
                1 => true,
                _ => return Err(self.damaged("certification flag")),
            };
            return Ok(usize::from(count));
        }
        if matches!(self.format, Format::Incits2004 | Format::Incits2007 | Format::Incits2009) {
            header.product = self.pair("product")?;
        }
        if self.format == Format::Incits2009 {
            header.compliance = self.byte("compliance")?;
        }
        header.equipment = self.word("equipment")?;
        if self.format.sizes_in_header() {
            header.size = self.pair("image size")?;
            header.resolution_ppcm = self.pair("resolution")?;
        }
        let count = self.byte("view count")?;
        header.reserved = self.byte("reserved")?;
        Ok(usize::from(count))
    }

    /// A view of every format but ISO 2011.
    fn view(&mut self, header: &Header) -> Result<View, Error> {
        let position = self.byte("position")?;
        let mut view = View {
            position,
            number: 0,
            impression: 0,
            quality: 0,
            quality_algorithm: (0, 0),
            size: header.size,
            resolution_ppcm: header.resolution_ppcm,
            capture: Capture::default(),
            minutiae: Vec::new(),
            extended: Vec::new(),
            extended_missing: 0,
        };
        if self.format.sizes_in_header() {
            let both = self.byte("view and impression")?;
            (view.number, view.impression) = (both >> 4, both & 15);
            view.quality = self.byte("quality")?;
        } else {
            view.number = self.byte("view")?;
            view.impression = self.byte("impression")?;
            view.quality = self.byte("quality")?;
            view.quality_algorithm = self.pair("quality algorithm")?;
            view.size = self.pair("image size")?;
            view.resolution_ppcm = self.pair("resolution")?;
        }
        self.minutiae_and_rest(&mut view)?;
        Ok(view)
    }

    /// A view of ISO 2011, which states its own length.
    fn representation(&mut self, certified: bool) -> Result<View, Error> {
        let start = self.offset;
        let length = self.long("representation length")? as usize;
        let mut capture = Capture::default();
        capture.time.copy_from_slice(self.take(9, "capture time")?);
        capture.technology = self.byte("device technology")?;
        (capture.vendor, capture.device) = self.pair("device")?;
        capture.quality_blocks = self.blocks("quality block")?;
        if certified {
            capture.certifications = self.blocks("certification block")?;
        }
        let (position, number) = (self.byte("position")?, self.byte("view")?);
        let resolution_ppcm = self.pair("resolution")?;
        let impression = self.byte("impression")?;
        let size = self.pair("image size")?;
        let shape = self.byte("minutia length")?;
        capture.ending_type = shape & 15;
        capture.without_quality = match shape >> 4 {
            5 => true,
            6 => false,
            _ => return Err(self.damaged("minutia length")),
        };
        let quality = capture.quality_blocks.first().map_or(254, |block| block[0]);
        let mut view = View {
            position,
            number,
            impression,
            quality,
            quality_algorithm: (0, 0),
            size,
            resolution_ppcm,
            capture,
            minutiae: Vec::new(),
            extended: Vec::new(),
            extended_missing: 0,
        };
        self.minutiae_and_rest(&mut view)?;
        if start.checked_add(length) != Some(self.offset) {
            return Err(self.damaged("representation length"));
        }
        Ok(view)
    }

    fn minutiae_and_rest(&mut self, view: &mut View) -> Result<(), Error> {
        let count = usize::from(self.byte("minutiae count")?);
        view.minutiae.reserve(count);
        for _ in 0..count {
            let (x, y) = self.pair("minutia place")?;
            let angle = self.byte("minutia angle")?;
            if u16::from(angle) >= self.format.angle_steps() {
                return Err(self.damaged("minutia angle"));
            }
            let quality =
                if view.capture.without_quality { NOT_STATED } else { self.byte("minutia quality")? };
            view.minutiae.push(RecordMinutia {
                kind: (x >> 14) as u8,
                x: x & 0x3fff,
                reserved: (y >> 14) as u8,
                y: y & 0x3fff,
                angle,
                quality,
            });
        }
        let stated = usize::from(self.word("extended data length")?);
        let there = self.bytes.len().saturating_sub(self.offset);
        if self.lenient && stated > there && stated - there <= LENIENT_BYTES_MAX {
            view.extended_missing = (stated - there) as u16;
        }
        let extended = stated - usize::from(view.extended_missing);
        view.extended = self.take(extended, "extended data")?.to_vec();
        Ok(())
    }

    fn blocks<const N: usize>(&mut self, field: &'static str) -> Result<Vec<[u8; N]>, Error> {
        let count = self.byte(field)?;
        (0..count)
            .map(|_| {
                let mut block = [0; N];
                block.copy_from_slice(self.take(N, field)?);
                Ok(block)
            })
            .collect()
    }

    fn damaged(&self, field: &'static str) -> Error {
        Error::RecordDamaged { format: self.format.name(), offset: self.offset, field }
    }

    fn take(&mut self, count: usize, field: &'static str) -> Result<&'a [u8], Error> {
        let end = self.offset.saturating_add(count);
        let taken = self.bytes.get(self.offset..end).ok_or_else(|| self.damaged(field))?;
        self.offset = end;
        Ok(taken)
    }

    fn byte(&mut self, field: &'static str) -> Result<u8, Error> {
        self.take(1, field)?.first().copied().ok_or_else(|| self.damaged(field))
    }

    fn word(&mut self, field: &'static str) -> Result<u16, Error> {
        Ok(u16::from_be_bytes([self.byte(field)?, self.byte(field)?]))
    }

    fn long(&mut self, field: &'static str) -> Result<u32, Error> {
        Ok(u32::from(self.word(field)?) << 16 | u32::from(self.word(field)?))
    }

    fn pair(&mut self, field: &'static str) -> Result<(u16, u16), Error> {
        Ok((self.word(field)?, self.word(field)?))
    }
}

/// How far the last extended data block may be off.
const LENIENT_BYTES_MAX: usize = 4;
/// Quality of a minutia that has none.
const NOT_STATED: u8 = 254;
