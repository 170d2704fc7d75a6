//! The grey profile across upright ridges, and which of its columns are ridge.
//!
//! A column is ridge where its mean is darker than the straight line fitted through all column means. Intercept and
//! slope are rounded to ten decimals, as the reference does to be the same on every platform.

use super::grid::SIDE;
use super::turned::CUT_PIXELS;

const ROWS: usize = CUT_PIXELS / SIDE;
const DECIMALS: f64 = 1e10;

/// The profile of one region.
pub(super) struct Profile {
    /// Grey value that parts ridge from valley, per column.
    pub(super) line: [f64; SIDE],
    /// Whether a column is ridge.
    pub(super) ridge: [bool; SIDE],
}

impl Profile {
    /// From 16 rows of 32 pixels whose ridges stand.
    pub(super) fn new(upright: &[u8; CUT_PIXELS]) -> Self {
        let mut sums = [0u16; SIDE];
        for row in upright.chunks_exact(SIDE) {
            sums.iter_mut().zip(row).for_each(|(sum, &grey)| *sum += u16::from(grey));
        }
        let means = sums.map(|sum| f64::from(sum) / ROWS as f64);
        let (intercept, slope) = fitted(&means);
        let mut line = [0.0; SIDE];
        for (column, value) in line.iter_mut().enumerate() {
            *value = (column + 1) as f64 * slope + intercept;
        }
        let mut ridge = [false; SIDE];
        for (column, is_ridge) in ridge.iter_mut().enumerate() {
            *is_ridge = means[column] < line[column];
        }
        Self { line, ridge }
    }

    /// Whether column `at` and the one before are different, for `at` from 1.
    pub(super) fn changes_at(&self, at: usize) -> bool {
        self.ridge[at] != self.ridge[at - 1]
    }
}

/// Least squares over columns counted from 1.
fn fitted(means: &[f64; SIDE]) -> (f64, f64) {
    let count = SIDE as f64;
    let middle = (count + 1.0) / 2.0;
    let spread = count * (count * count - 1.0) / 12.0;
    let moment: f64 =
        means.iter().enumerate().map(|(column, mean)| ((column + 1) as f64 - middle) * mean).sum();
    let slope = moment / spread;
    let intercept = means.iter().sum::<f64>() / count - slope * middle;
    let rounded = |value: f64| (value * DECIMALS).round() / DECIMALS;
    (rounded(intercept), rounded(slope))
}
