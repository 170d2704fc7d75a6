//! Grey values of the whole print: mean, deviation, mean of the means of all cells (ISO/IEC 29794-4, 6.2.7).
//! Deviation and mean also answer whether the picture is uniform or empty (NFIQ 2's actionable feedback).

use super::grid::{Grid, variance};

/// Deviation under which a picture is uniform, in grey levels (NFIQ 2).
pub(super) const UNIFORM_DEVIATION_MIN: f64 = 1.0;
/// Mean over which a picture is empty or its contrast too low (NFIQ 2).
pub(super) const EMPTY_MEAN_MAX: f64 = 250.0;

/// Means of the grey values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GreyMeans {
    /// Mean of all pixels, 0 (black) to 255.
    pub mean: f64,
    /// Standard deviation of all pixels.
    pub std_dev: f64,
    /// Mean of the means of all cells, whole or not.
    pub mean_of_block_means: f64,
}

impl GreyMeans {
    /// Whether there is hardly more than one grey value.
    #[must_use]
    pub fn is_uniform(&self) -> bool {
        self.std_dev < UNIFORM_DEVIATION_MIN
    }

    /// Whether the picture is white or nearly so.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.mean > EMPTY_MEAN_MAX
    }
}

pub(super) fn grey_means(grid: &Grid) -> GreyMeans {
    let (pixels, sum, squares) = grid.totals();
    let blocks = grid.cells.len() as f64;
    let block_means = grid.cells.iter().map(|cell| cell.sum as f64 / cell.pixels() as f64 / blocks);
    GreyMeans {
        mean: sum as f64 / pixels as f64,
        std_dev: variance(pixels, sum, squares).sqrt(),
        mean_of_block_means: block_means.sum(),
    }
}
