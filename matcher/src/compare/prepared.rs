//! A template made ready for many comparisons: positions as real numbers and one [`Descriptor`] per minutia.

use core::fmt;

use super::Comparison;
use super::descriptor::Descriptor;
use crate::Template;
use crate::template::NO_ORIENTATION;

/// A template made ready for many comparisons.
#[derive(Clone)]
pub struct Prepared {
    pub(crate) points: Vec<Point>,
    pub(crate) descriptors: Vec<Descriptor>,
    pub(crate) field: Field,
    /// Decides which side is "first", so that a comparison is the same in both orders.
    pub(crate) rank: u64,
}

/// A minutia in working form.
#[derive(Clone, Copy)]
pub(crate) struct Point {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) cos: f32,
    pub(crate) sin: f32,
    /// 256 steps to the full turn.
    pub(crate) direction: u8,
    pub(crate) fork: bool,
    /// 0 to 1.
    pub(crate) quality: f32,
}

/// The orientation grid of a template.
#[derive(Clone)]
pub(crate) struct Field {
    pub(crate) cell: f32,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) grid: Vec<u8>,
}

impl Field {
    /// Orientation at a point, 128 steps to the half turn, or `None` outside the print.
    pub(crate) fn at(&self, x: f32, y: f32) -> Option<u8> {
        let (column, row) = ((x / self.cell).floor(), (y / self.cell).floor());
        if column < 0.0 || row < 0.0 || column >= self.columns as f32 || row >= self.rows as f32 {
            return None;
        }
        let value = *self.grid.get(row as usize * self.columns + column as usize)?;
        (value != NO_ORIENTATION).then_some(value)
    }
}

impl Prepared {
    /// Prepares a template.
    #[must_use]
    pub fn new(template: &Template) -> Self {
        let points: Vec<Point> = template
            .minutiae
            .iter()
            .map(|minutia| {
                let (sin, cos) = minutia.radians().sin_cos();
                Point {
                    x: f32::from(minutia.x),
                    y: f32::from(minutia.y),
                    cos,
                    sin,
                    direction: minutia.direction,
                    fork: minutia.kind == crate::MinutiaType::Bifurcation,
                    quality: f32::from(minutia.quality) / 100.0,
                }
            })
            .collect();
        let field = Field {
            cell: f32::from(template.cell.max(1)),
            columns: usize::from(template.columns),
            rows: usize::from(template.rows),
            grid: template.grid.clone(),
        };
        let descriptors = (0..points.len()).map(|index| Descriptor::new(&points, index, &field)).collect();
        Self { points, descriptors, field, rank: rank(template) }
    }

    /// As [`super::compare`].
    #[must_use]
    pub fn compare(&self, other: &Self) -> Comparison {
        super::compare_prepared(self, other)
    }
}

/// Sizes only.
impl fmt::Debug for Prepared {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Prepared({} minutiae)", self.points.len())
    }
}

fn rank(template: &Template) -> u64 {
    let mix = |hash: u64, value: u64| (hash ^ value).wrapping_mul(0x0000_0100_0000_01b3);
    let size = mix(mix(0xcbf2_9ce4_8422_2325, u64::from(template.width)), u64::from(template.height));
    template.minutiae.iter().fold(size, |hash, m| {
        let packed =
            u64::from(m.x) | u64::from(m.y) << 16 | u64::from(m.direction) << 32 | u64::from(m.quality) << 40;
        mix(hash, packed)
    })
}
