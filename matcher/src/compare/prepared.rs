//! A template made ready for many comparisons: minutiae as columns of numbers, their surroundings, the field.
//!
//! Lengths are measured in ninths of the print's own ridge distance, which is about a pixel at 500 ppi for an adult.
//! A finger grows by growing its ridges apart, not by adding ridges, so prints of a child and of the same person grown
//! up stand on the same footing here, and so do pictures whose stated resolution is wrong.

use core::fmt;
use std::sync::LazyLock;

use super::Comparison;
use super::descriptor::{LocalDescriptor, Surroundings};
use crate::parameters::{RIDGE_PERIOD_MAX, RIDGE_PERIOD_MIN, RIDGE_PERIOD_USUAL};
use crate::template::NO_ORIENTATION;
use crate::{Template, lanes};

/// How many minutiae are looked at in one go; columns are padded to a multiple.
pub(crate) const LANES: usize = 32;
/// Where padding lies: no minutia comes near.
const FAR: f32 = 30_000.0;

/// A template made ready for many comparisons.
#[derive(Clone)]
pub struct Prepared {
    pub(crate) points: Points,
    pub(crate) surroundings: Surroundings,
    pub(crate) field: Field,
    /// Decides which side is "first", so that a comparison is the same in both orders.
    pub(crate) rank: u64,
}

/// The minutiae, a column per property.
#[derive(Clone)]
pub(crate) struct Points {
    /// How many there are; the columns go on with padding.
    pub(crate) count: usize,
    pub(crate) x: Vec<f32>,
    pub(crate) y: Vec<f32>,
    pub(crate) cos: Vec<f32>,
    pub(crate) sin: Vec<f32>,
    /// 0 to 1.
    pub(crate) quality: Vec<f32>,
    /// Whole numbers, for the first coarse look.
    pub(crate) column: Vec<i16>,
    pub(crate) row: Vec<i16>,
    /// The direction in the high byte, so that turns wrap around by themselves.
    pub(crate) heading: Vec<i16>,
    /// 256 steps to the full turn.
    pub(crate) direction: Vec<u8>,
    pub(crate) fork: Vec<bool>,
    /// The smallest upright box around all of them.
    pub(crate) spread: Spread,
}

/// An upright box.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    left: i16,
    top: i16,
    right: i16,
    bottom: i16,
}

impl Spread {
    /// Whether a point lies in the box or within reach of it.
    #[inline(always)]
    pub(crate) fn holds(&self, x: i16, y: i16, reach: i16) -> bool {
        x >= self.left - reach && x <= self.right + reach && y >= self.top - reach && y <= self.bottom + reach
    }
}

/// Cosine and sine of every direction a minutia can have.
static TURNS: LazyLock<[(f32, f32); 256]> = LazyLock::new(|| {
    core::array::from_fn(|direction| {
        let radians = crate::template::direction_radians(direction as u8);
        (radians.cos(), radians.sin())
    })
});

impl Points {
    fn new(template: &Template, scale: f32) -> Self {
        let count = template.minutiae.len();
        let padded = count.next_multiple_of(LANES);
        let minutiae = &template.minutiae;
        let column = |value: &dyn Fn(&crate::Minutia) -> f32, padding: f32| {
            let mut out: Vec<f32> = minutiae.iter().map(value).collect();
            out.resize(padded, padding);
            out
        };
        let x = column(&|m| f32::from(m.x) * scale, FAR);
        let y = column(&|m| f32::from(m.y) * scale, FAR);
        let mut direction: Vec<u8> = minutiae.iter().map(|m| m.direction).collect();
        direction.resize(padded, 0);
        let mut fork: Vec<bool> =
            minutiae.iter().map(|m| m.kind == crate::MinutiaType::Bifurcation).collect();
        fork.resize(padded, false);
        let whole = |values: &[f32]| values.iter().map(|value| value.round() as i16).collect::<Vec<i16>>();
        let (columns, rows) = (whole(&x), whole(&y));
        let spread = Spread {
            left: columns[..count].iter().copied().min().unwrap_or(0),
            top: rows[..count].iter().copied().min().unwrap_or(0),
            right: columns[..count].iter().copied().max().unwrap_or(0),
            bottom: rows[..count].iter().copied().max().unwrap_or(0),
        };
        Self {
            count,
            spread,
            cos: column(&|m| TURNS[usize::from(m.direction)].0, 1.0),
            sin: column(&|m| TURNS[usize::from(m.direction)].1, 0.0),
            quality: column(&|m| f32::from(m.quality) / 100.0, 0.0),
            column: columns,
            row: rows,
            heading: direction.iter().map(|&d| (u16::from(d) << 8) as i16).collect(),
            x,
            y,
            direction,
            fork,
        }
    }
}

/// The orientation grid of a template.
#[derive(Clone)]
pub(crate) struct Field {
    pub(crate) cell: f32,
    pub(crate) per_cell: f32,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) grid: Vec<u8>,
}

impl Field {
    /// Orientation at a point, 128 steps to the half turn, or `None` outside the print.
    #[inline(always)]
    pub(crate) fn at(&self, x: f32, y: f32) -> Option<u8> {
        let (column, row) = ((x * self.per_cell) as usize, (y * self.per_cell) as usize);
        if x < 0.0 || y < 0.0 || column >= self.columns || row >= self.rows {
            return None;
        }
        let value = *self.grid.get(row * self.columns + column)?;
        (value != NO_ORIENTATION).then_some(value)
    }
}

impl Prepared {
    /// Prepares a template.
    #[must_use]
    pub fn new(template: &Template) -> Self {
        let scale = RIDGE_PERIOD_USUAL / template.ridge_period().clamp(RIDGE_PERIOD_MIN, RIDGE_PERIOD_MAX);
        let points = Points::new(template, scale);
        let cell = f32::from(template.cell.max(1)) * scale;
        let field = Field {
            cell,
            per_cell: 1.0 / cell,
            columns: usize::from(template.columns),
            rows: usize::from(template.rows),
            grid: template.grid.clone(),
        };
        let surroundings = lanes::wide(
            #[inline(always)]
            || Surroundings::new(&points, &field),
        );
        Self { points, surroundings, field, rank: rank(template) }
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
        write!(out, "Prepared({} minutiae)", self.points.count)
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
