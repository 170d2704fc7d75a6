//! [`Record`] to bytes: the exact inverse of `read.rs` for every record that was read.

use super::{Format, MARK, Record, VERSION_2, VERSION_3, View};
use crate::{Error, limits};

impl Record {
    /// The bytes of the record in its own format.
    ///
    /// # Errors
    /// [`Error::RecordUnwritable`] when a value does not fit its field; nothing is cut in silence.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        for view in &self.views {
            self.check(view)?;
            if self.format == Format::Iso2011 {
                representation(&mut body, view, self.header.certified)?;
            } else {
                self.plain_view(&mut body, view)?;
            }
        }
        body.extend_from_slice(&self.tail);
        let mut rest = Vec::new();
        self.rest_of_header(&mut rest)?;
        let mut out = Vec::with_capacity(16 + rest.len() + body.len() + self.padding);
        out.extend_from_slice(&MARK);
        let third = matches!(self.format, Format::Incits2007 | Format::Incits2009 | Format::Iso2011);
        out.extend_from_slice(if third { &VERSION_3 } else { &VERSION_2 });
        self.length(&mut out, rest.len() + body.len())?;
        out.extend_from_slice(&rest);
        out.extend_from_slice(&body);
        out.resize(out.len() + self.padding.min(limits::RECORD_BYTES_MAX), 0);
        if out.len() > limits::RECORD_BYTES_MAX {
            return Err(self.unwritable("length"));
        }
        Ok(out)
    }

    fn length(&self, out: &mut Vec<u8>, behind: usize) -> Result<(), Error> {
        let fits = |length: usize| u32::try_from(length).map_err(|_| self.unwritable("length"));
        if self.format != Format::Incits2004 {
            out.extend_from_slice(&fits(out.len() + 4 + behind)?.to_be_bytes());
            return Ok(());
        }
        match u16::try_from(out.len() + 2 + behind) {
            Ok(length) if !self.header.long_length => out.extend_from_slice(&length.to_be_bytes()),
            _ => {
                let length = fits(out.len() + 6 + behind)?;
                out.extend_from_slice(&[0, 0]);
                out.extend_from_slice(&length.to_be_bytes());
            }
        }
        Ok(())
    }

    fn rest_of_header(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let header = &self.header;
        if self.views.len() > limits::RECORD_VIEWS_MAX {
            return Err(self.unwritable("view count"));
        }
        if self.format == Format::Iso2011 {
            out.extend_from_slice(&(self.views.len() as u16).to_be_bytes());
            out.push(u8::from(header.certified));
            return Ok(());
        }
        if matches!(self.format, Format::Incits2004 | Format::Incits2007 | Format::Incits2009) {
            pair(out, header.product);
        }
        if self.format == Format::Incits2009 {
            out.push(header.compliance);
        }
        out.extend_from_slice(&header.equipment.to_be_bytes());
        if self.format.sizes_in_header() {
            pair(out, header.size);
            pair(out, header.resolution_ppcm);
        }
        out.extend_from_slice(&[self.views.len() as u8, header.reserved]);
        Ok(())
    }

    fn plain_view(&self, out: &mut Vec<u8>, view: &View) -> Result<(), Error> {
        out.push(view.position);
        if self.format.sizes_in_header() {
            if view.number > 15 || view.impression > 15 {
                return Err(self.unwritable("view and impression"));
            }
            out.extend_from_slice(&[view.number << 4 | view.impression, view.quality]);
        } else {
            out.extend_from_slice(&[view.number, view.impression, view.quality]);
            pair(out, view.quality_algorithm);
            pair(out, view.size);
            pair(out, view.resolution_ppcm);
        }
        minutiae_and_rest(out, view, true);
        Ok(())
    }

    fn check(&self, view: &View) -> Result<(), Error> {
        if view.minutiae.len() > usize::from(u8::MAX) {
            return Err(self.unwritable("minutiae count"));
        }
        if view.extended.len() + usize::from(view.extended_missing) > usize::from(u16::MAX) {
            return Err(self.unwritable("extended data length"));
        }
        let steps = self.format.angle_steps();
        for minutia in &view.minutiae {
            let place = minutia.x <= 0x3fff && minutia.y <= 0x3fff;
            let bits = minutia.kind <= 3 && minutia.reserved <= 3;
            if !place || !bits || u16::from(minutia.angle) >= steps {
                return Err(self.unwritable("minutia"));
            }
        }
        Ok(())
    }

    fn unwritable(&self, field: &'static str) -> Error {
        Error::RecordUnwritable { format: self.format.name(), field }
    }
}

fn representation(out: &mut Vec<u8>, view: &View, certified: bool) -> Result<(), Error> {
    let capture = &view.capture;
    let counts = capture.quality_blocks.len().max(capture.certifications.len());
    if counts > usize::from(u8::MAX) || capture.ending_type > 15 {
        return Err(Error::RecordUnwritable { format: Format::Iso2011.name(), field: "capture" });
    }
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&capture.time);
    out.push(capture.technology);
    pair(out, (capture.vendor, capture.device));
    out.push(capture.quality_blocks.len() as u8);
    out.extend(capture.quality_blocks.iter().flatten());
    if certified {
        out.push(capture.certifications.len() as u8);
        out.extend(capture.certifications.iter().flatten());
    }
    out.extend_from_slice(&[view.position, view.number]);
    pair(out, view.resolution_ppcm);
    out.push(view.impression);
    pair(out, view.size);
    let minutia_bytes = if capture.without_quality { 5 } else { 6 };
    out.push(minutia_bytes << 4 | capture.ending_type);
    minutiae_and_rest(out, view, !capture.without_quality);
    let length = (out.len() - start) as u32;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

fn minutiae_and_rest(out: &mut Vec<u8>, view: &View, with_quality: bool) {
    out.push(view.minutiae.len() as u8);
    for minutia in &view.minutiae {
        pair(out, (u16::from(minutia.kind) << 14 | minutia.x, u16::from(minutia.reserved) << 14 | minutia.y));
        out.push(minutia.angle);
        if with_quality {
            out.push(minutia.quality);
        }
    }
    out.extend_from_slice(&(view.extended.len() as u16).saturating_add(view.extended_missing).to_be_bytes());
    out.extend_from_slice(&view.extended);
}

fn pair(out: &mut Vec<u8>, (first, second): (u16, u16)) {
    out.extend_from_slice(&first.to_be_bytes());
    out.extend_from_slice(&second.to_be_bytes());
}
