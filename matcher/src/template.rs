//! What is kept of a print: minutiae, the orientation of the ridges on a coarse grid, the ridge period.
//!
//! Coordinates are pixels at 500 ppi from the top left of the image, angles turn clockwise on the image from
//! the x axis, 256 steps to the full turn (128 to the half turn of an orientation).
//!
//! The byte form is versioned and bounded by [`limits`]: mark, version, size, ridge period, grid, minutiae,
//! checksum. Anything that contradicts itself is refused; nothing is guessed. Records of other makers are
//! read by [`crate::exchange`]; they have no orientation grid.

use core::fmt;

use crate::parameters::GRID_CELL_PX;
use crate::{Error, limits};

/// Version of the byte form.
pub(crate) const VERSION: u8 = 2;
const MARK: [u8; 4] = *b"BGMT";
const MINUTIA_BYTES: usize = 6;
/// Value of a grid cell without a reliable orientation.
pub(crate) const NO_ORIENTATION: u8 = 255;

/// How a ridge changes at a minutia.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MinutiaType {
    /// A ridge ends.
    Ending,
    /// A ridge forks.
    Bifurcation,
}

/// One minutia.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Minutia {
    /// Column in pixels at 500 ppi.
    pub x: u16,
    /// Row in pixels at 500 ppi.
    pub y: u16,
    /// Where the additional ridge lies, 256 steps to the full turn, clockwise on the image.
    pub direction: u8,
    /// Ending or bifurcation.
    pub kind: MinutiaType,
    /// How sure the extractor is, 0 to 100.
    pub quality: u8,
}

impl Minutia {
    /// The direction in radians.
    #[must_use]
    pub fn radians(&self) -> f32 {
        direction_radians(self.direction)
    }
}

/// A direction of 256 steps to the full turn, in radians.
pub(crate) fn direction_radians(direction: u8) -> f32 {
    f32::from(direction) * (core::f32::consts::TAU / 256.0)
}

/// Where it is, is biometric: nothing is shown.
impl fmt::Debug for Minutia {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Minutia(..)")
    }
}

/// The comparable form of one print.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    pub(crate) width: u16,
    pub(crate) height: u16,
    /// Median distance of two ridges in tenths of a pixel at 500 ppi.
    pub(crate) ridge_period_tenths: u8,
    /// Size of a grid cell in pixels.
    pub(crate) cell: u8,
    pub(crate) columns: u8,
    pub(crate) rows: u8,
    /// Orientation per cell, 128 steps to the half turn, or [`NO_ORIENTATION`].
    pub(crate) grid: Vec<u8>,
    /// Most reliable first.
    pub(crate) minutiae: Vec<Minutia>,
}

impl Template {
    /// The minutiae, most reliable first.
    #[must_use]
    pub fn minutiae(&self) -> &[Minutia] {
        &self.minutiae
    }

    /// Width and height of the print's image in pixels at 500 ppi.
    #[must_use]
    pub fn size(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    /// Median distance of neighbouring ridges in pixels at 500 ppi: about 9 in adults, 6 to 7 in young children.
    #[must_use]
    pub fn ridge_period(&self) -> f32 {
        f32::from(self.ridge_period_tenths) / 10.0
    }

    /// The versioned byte form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(20 + self.grid.len() + self.minutiae.len() * MINUTIA_BYTES);
        out.extend_from_slice(&MARK);
        out.push(VERSION);
        out.extend_from_slice(&self.width.to_be_bytes());
        out.extend_from_slice(&self.height.to_be_bytes());
        out.extend_from_slice(&[self.ridge_period_tenths, self.cell, self.columns, self.rows]);
        out.extend_from_slice(&self.grid);
        out.push(self.minutiae.len() as u8);
        for minutia in &self.minutiae {
            let kind = u16::from(minutia.kind == MinutiaType::Bifurcation) << 15;
            out.extend_from_slice(&(minutia.x | kind).to_be_bytes());
            out.extend_from_slice(&minutia.y.to_be_bytes());
            out.extend_from_slice(&[minutia.direction, minutia.quality]);
        }
        out.extend_from_slice(&checksum(&out).to_be_bytes());
        out
    }

    /// Reads the byte form back.
    ///
    /// # Errors
    /// [`Error::TemplateMark`], [`Error::TemplateVersion`] or [`Error::TemplateDamaged`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader { bytes, offset: 0 };
        if reader.take(4, "mark").ok() != Some(&MARK[..]) {
            return Err(Error::TemplateMark);
        }
        let version = reader.byte("version")?;
        if version != VERSION {
            return Err(Error::TemplateVersion { version });
        }
        let width = reader.bounded(limits::TEMPLATE_SIDE_MAX, "width")?;
        let height = reader.bounded(limits::TEMPLATE_SIDE_MAX, "height")?;
        let ridge_period_tenths = reader.byte("ridge period")?;
        let cell = reader.byte("cell")?;
        let columns = reader.byte("columns")?;
        let rows = reader.byte("rows")?;
        let cells = usize::from(columns) * usize::from(rows);
        let side_max = limits::TEMPLATE_GRID_SIDE_MAX;
        if cell < 4
            || usize::from(columns.max(rows)) > side_max
            || cells > limits::TEMPLATE_GRID_CELLS_MAX
            || ridge_period_tenths == 0
        {
            return Err(reader.damaged("grid size"));
        }
        let grid = reader.take(cells, "grid")?.to_vec();
        if grid.iter().any(|&o| o >= 128 && o != NO_ORIENTATION) {
            return Err(reader.damaged("grid"));
        }
        let minutiae = reader.minutiae(width, height)?;
        let body = reader.offset;
        let stated = reader.take(4, "checksum")?;
        if stated != checksum(bytes.get(..body).unwrap_or_default()).to_be_bytes() {
            return Err(reader.damaged("checksum"));
        }
        if reader.offset != bytes.len() {
            return Err(reader.damaged("end"));
        }
        Ok(Self { width, height, ridge_period_tenths, cell, columns, rows, grid, minutiae })
    }
}

/// Sizes only: everything else is biometric.
impl fmt::Debug for Template {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Template({} minutiae, {} x {})", self.minutiae.len(), self.width, self.height)
    }
}

/// Side of a grid cell in pixels: the usual one, or the smallest larger one with which the grid keeps its bounds.
pub(crate) fn grid_cell_px(width: usize, height: usize) -> usize {
    (GRID_CELL_PX..=usize::from(u8::MAX))
        .step_by(4)
        .find(|&cell| {
            let (columns, rows) = (width.div_ceil(cell), height.div_ceil(cell));
            columns.max(rows) <= limits::TEMPLATE_GRID_SIDE_MAX
                && columns * rows <= limits::TEMPLATE_GRID_CELLS_MAX
        })
        .unwrap_or(usize::from(u8::MAX))
}

/// FNV-1a, enough to notice a damaged record; authenticity is the seal's job.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    fn damaged(&self, field: &'static str) -> Error {
        Error::TemplateDamaged { offset: self.offset, field }
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

    fn bounded(&mut self, max: u16, field: &'static str) -> Result<u16, Error> {
        let value = self.word(field)?;
        if (1..=max).contains(&value) { Ok(value) } else { Err(self.damaged(field)) }
    }

    fn minutiae(&mut self, width: u16, height: u16) -> Result<Vec<Minutia>, Error> {
        let count = usize::from(self.byte("minutiae count")?);
        if count > limits::MINUTIAE_MAX {
            return Err(self.damaged("minutiae count"));
        }
        let mut minutiae = Vec::with_capacity(count);
        for _ in 0..count {
            let packed = self.word("minutia x")?;
            let (x, y) = (packed & 0x7fff, self.word("minutia y")?);
            let (direction, quality) = (self.byte("minutia direction")?, self.byte("minutia quality")?);
            if x >= width || y >= height || quality > 100 {
                return Err(self.damaged("minutia"));
            }
            let kind = if packed >> 15 == 1 { MinutiaType::Bifurcation } else { MinutiaType::Ending };
            minutiae.push(Minutia { x, y, direction, kind, quality });
        }
        Ok(minutiae)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn template()(
            width in 1..=limits::TEMPLATE_SIDE_MAX,
            height in 1..=limits::TEMPLATE_SIDE_MAX,
            ridge_period_tenths in 1..=255u8,
            cell in 4..=64u8,
            (columns, rows, grid) in (0..=36u8, 0..=36u8).prop_flat_map(|(columns, rows)| (
                Just(columns),
                Just(rows),
                prop::collection::vec(
                    prop_oneof![0..128u8, Just(NO_ORIENTATION)],
                    usize::from(columns) * usize::from(rows),
                ),
            )),
            raw in prop::collection::vec(any::<(u16, u16, u8, bool, u8)>(), 0..=limits::MINUTIAE_MAX),
        ) -> Template {
            let minutiae = raw.into_iter().map(|(x, y, direction, fork, quality)| Minutia {
                x: x % width,
                y: y % height,
                direction,
                kind: if fork { MinutiaType::Bifurcation } else { MinutiaType::Ending },
                quality: quality % 101,
            }).collect();
            Template { width, height, ridge_period_tenths, cell, columns, rows, grid, minutiae }
        }
    }

    proptest! {
        #[test]
        fn bytes_round_trip(template in template()) {
            let bytes = template.to_bytes();
            prop_assert!(bytes.len() <= limits::TEMPLATE_BYTES_MAX);
            prop_assert_eq!(Template::from_bytes(&bytes), Ok(template));
        }

        #[test]
        fn any_cut_or_flip_is_noticed(template in template(), at in any::<usize>(), mask in 1..=255u8) {
            let mut bytes = template.to_bytes();
            let at = at % bytes.len();
            prop_assert!(Template::from_bytes(&bytes[..at]).is_err());
            bytes[at] ^= mask;
            prop_assert!(Template::from_bytes(&bytes).is_err());
        }

        #[test]
        fn hostile_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = Template::from_bytes(&bytes);
            let mut marked = MARK.to_vec();
            marked.push(VERSION);
            marked.extend_from_slice(&bytes);
            let _ = Template::from_bytes(&marked);
        }
    }

    #[test]
    fn foreign_bytes_are_named() {
        assert_eq!(Template::from_bytes(b"FMR\0 20\0").map_err(|e| e.code()), Err("M-0301"));
        assert_eq!(Template::from_bytes(b"").map_err(|e| e.code()), Err("M-0301"));
        assert_eq!(Template::from_bytes(b"BGMT\x01").map_err(|e| e.code()), Err("M-0302"));
        assert_eq!(Template::from_bytes(b"BGMT\x02").map_err(|e| e.code()), Err("M-0303"));
    }
}
