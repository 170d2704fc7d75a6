//! Coherence of the ridge directions inside each cell of the foreground (ISO/IEC 29794-4, 6.2.9): length of the sum of
//! squared slopes against the sum of their lengths.
//!
//! The reference takes a cell as foreground if the mean of its mask is under white, and computes that mean as sum times
//! reciprocal. For some sizes of the smaller cells at the edge the product falls short of white by rounding, and a cell
//! without foreground counts. That is followed here, or the values would differ.

use super::grid::{Cell, Grid, Slopes};
use super::region_of_interest::RegionOfInterest;

/// Coherence over the foreground.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coherence {
    /// Sum over all cells with foreground.
    pub sum: f64,
    /// The same divided by their number, 0 to 1.
    pub mean: f64,
}

pub(super) fn coherence(grid: &Grid, region: &RegionOfInterest) -> Coherence {
    let counts = |cell: &Cell, inside: bool| inside || white_mean_falls_short(cell.pixels());
    let inside = grid.cells.iter().zip(&region.cells).filter(|(cell, inside)| counts(cell, **inside));
    let (mut sum, mut count) = (0.0, 0u32);
    for (cell, _) in inside {
        sum += of_slopes(&cell.slopes);
        count += 1;
    }
    Coherence { sum, mean: if count == 0 { 0.0 } else { sum / f64::from(count) } }
}

fn white_mean_falls_short(pixels: u64) -> bool {
    let pixels = pixels as f64;
    255.0 * pixels * (1.0 / pixels) < 255.0
}

fn of_slopes(slopes: &Slopes) -> f64 {
    let across = (slopes.xx4 - slopes.yy4) as f64;
    let double = 2.0 * slopes.xy4 as f64;
    let lengths = (slopes.xx4 + slopes.yy4) as f64;
    if lengths == 0.0 { 0.0 } else { (across * across + double * double).sqrt() / lengths }
}
