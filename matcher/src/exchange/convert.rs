//! Records to templates and back.
//!
//! A record has no orientation grid and no ridge distance: the grid is estimated from the minutiae (`field.rs`), the
//! distance is taken as an adult's. So templates of records compare less surely than our own; measured figures are in
//! `docs/reference/matcher.md`.

use super::{Capture, Format, Header, PPCM_500, Record, RecordMinutia, View, field};
use crate::parameters::{QUALITY_PRODUCT_ID, RECORD_MINUTIA_QUALITY, RECORD_RIDGE_PERIOD_TENTHS};
use crate::template::{Minutia, MinutiaType, grid_cell_px};
use crate::{Error, Finger, Template, limits};

/// A print that goes into a record.
#[derive(Debug, Clone, Copy)]
pub struct Print<'a> {
    /// Which finger, if known.
    pub finger: Option<Finger>,
    /// Our own quality figure 0 to 100, if known. It is not NFIQ.
    pub quality: Option<u8>,
    /// What was extracted.
    pub template: &'a Template,
}

impl Record {
    /// The templates of all views, in their order, each with its finger where the record names one.
    ///
    /// # Errors
    /// [`Error::RecordTooLarge`] when a print is larger than a template can hold.
    pub fn templates(&self) -> Result<Vec<(Option<Finger>, Template)>, Error> {
        self.views
            .iter()
            .map(|view| Ok((Finger::from_fgp(view.position), template(view, self.format)?)))
            .collect()
    }

    /// A record of live-scan plain prints at 500 ppi.
    ///
    /// # Errors
    /// [`Error::RecordUnwritable`] with more prints than the format holds.
    pub fn of(prints: &[Print<'_>], format: Format) -> Result<Self, Error> {
        if prints.len() > limits::RECORD_VIEWS_MAX {
            return Err(Error::RecordUnwritable { format: format.name(), field: "view count" });
        }
        let size = prints.iter().fold((1, 1), |(width, height), print| {
            let (w, h) = print.template.size();
            (width.max(w), height.max(h))
        });
        let mut header = Header { size, resolution_ppcm: (PPCM_500, PPCM_500), ..Header::default() };
        if matches!(format, Format::Incits2004 | Format::Incits2007 | Format::Incits2009) {
            header.product = (0, QUALITY_PRODUCT_ID);
        }
        if !format.sizes_in_header() {
            (header.size, header.resolution_ppcm) = ((0, 0), (0, 0));
        }
        let views = prints
            .iter()
            .enumerate()
            .map(|(index, print)| {
                let same = prints[..index].iter().filter(|other| other.finger == print.finger).count();
                view(print, same as u8, format, size)
            })
            .collect();
        Ok(Self { format, header, views, tail: Vec::new(), padding: 0 })
    }
}

fn view(print: &Print<'_>, number: u8, format: Format, size_of_all: (u16, u16)) -> View {
    let steps = u32::from(format.angle_steps());
    let minutiae = print
        .template
        .minutiae()
        .iter()
        .map(|minutia| {
            let turned = u32::from(0u8.wrapping_sub(minutia.direction));
            RecordMinutia {
                kind: if minutia.kind == MinutiaType::Bifurcation { 2 } else { 1 },
                x: minutia.x,
                reserved: 0,
                y: minutia.y,
                angle: ((turned * steps + 128) / 256 % steps) as u8,
                quality: minutia.quality.clamp(1, 100),
            }
        })
        .collect();
    let mut capture = Capture::default();
    if let (Some(quality), Format::Iso2011) = (print.quality, format) {
        let [high, low] = QUALITY_PRODUCT_ID.to_be_bytes();
        capture.quality_blocks.push([quality.min(100), 0, 0, high, low]);
    }
    let algorithm = matches!(format, Format::Incits2007 | Format::Incits2009);
    let unknown = if algorithm || format == Format::Iso2011 { 254 } else { 0 };
    View {
        position: print.finger.map_or(0, Finger::fgp),
        number,
        impression: 0,
        quality: print.quality.map_or(unknown, |quality| quality.min(100)),
        quality_algorithm: if algorithm { (0, QUALITY_PRODUCT_ID) } else { (0, 0) },
        size: if format.sizes_in_header() { size_of_all } else { print.template.size() },
        resolution_ppcm: (PPCM_500, PPCM_500),
        capture,
        minutiae,
        extended: Vec::new(),
        extended_missing: 0,
    }
}

fn template(view: &View, format: Format) -> Result<Template, Error> {
    let scale = (scale(view.resolution_ppcm.0), scale(view.resolution_ppcm.1));
    let steps = u32::from(format.angle_steps());
    let mut minutiae = Vec::with_capacity(view.minutiae.len());
    let (mut width, mut height) = (scaled(view.size.0, scale.0), scaled(view.size.1, scale.1));
    for minutia in &view.minutiae {
        let (x, y) = (scaled(minutia.x, scale.0), scaled(minutia.y, scale.1));
        (width, height) = (width.max(x + 1), height.max(y + 1));
        let turned = (u32::from(minutia.angle) * 256 + steps / 2) / steps;
        minutiae.push(Minutia {
            x: x as u16,
            y: y as u16,
            direction: 0u8.wrapping_sub(turned as u8),
            kind: if minutia.kind == 2 { MinutiaType::Bifurcation } else { MinutiaType::Ending },
            quality: if (1..=100).contains(&minutia.quality) {
                minutia.quality
            } else {
                RECORD_MINUTIA_QUALITY
            },
        });
    }
    let max = u32::from(limits::TEMPLATE_SIDE_MAX);
    if width > max || height > max {
        return Err(Error::RecordTooLarge { width, height });
    }
    minutiae.sort_by_key(|minutia| core::cmp::Reverse(minutia.quality));
    minutiae.truncate(limits::MINUTIAE_MAX);
    let (width, height) = (width.max(1), height.max(1));
    let cell = grid_cell_px(width as usize, height as usize);
    let (columns, rows) = ((width as usize).div_ceil(cell), (height as usize).div_ceil(cell));
    let grid = field::from_minutiae(&minutiae, cell, columns, rows);
    Ok(Template {
        width: width as u16,
        height: height as u16,
        ridge_period_tenths: RECORD_RIDGE_PERIOD_TENTHS,
        cell: cell as u8,
        columns: columns as u8,
        rows: rows as u8,
        grid,
        minutiae,
    })
}

/// Pixels at 500 ppi per pixel of the record; a resolution of 0 is taken as 500 ppi.
fn scale(ppcm: u16) -> f32 {
    if ppcm == 0 { 1.0 } else { f32::from(PPCM_500) / f32::from(ppcm) }
}

fn scaled(value: u16, scale: f32) -> u32 {
    (f32::from(value) * scale).round() as u32
}
