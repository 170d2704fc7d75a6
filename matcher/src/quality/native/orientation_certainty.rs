//! Orientation certainty: how much stronger the slopes are across the ridges than along them
//! (ISO/IEC 29794-4, 6.2.2). Over whole grid cells, foreground or not; a cell without any slope does not count.

use super::CannotJudge;
use super::grid::{Grid, SIDE, Slopes};
use super::histogram::Histogram;

const BOUNDARIES: [f64; 9] = [0.337, 0.479, 0.579, 0.655, 0.716, 0.766, 0.81, 0.852, 0.898];

/// The measure over all whole cells.
pub(super) fn orientation_certainty(grid: &Grid) -> Result<Histogram, CannotJudge> {
    let whole = grid.cells.iter().filter(|cell| cell.is_whole());
    Histogram::new(whole.filter_map(|cell| certainty(&cell.slopes)).collect(), BOUNDARIES)
}

/// 0 (no direction) to 1 (one direction only) from the slopes of a whole region; `None` without slopes.
pub(super) fn certainty(slopes: &Slopes) -> Option<f64> {
    let mean = |sum: i64| sum as f64 / (4 * SIDE * SIDE) as f64;
    let (xx, yy, xy) = (mean(slopes.xx4), mean(slopes.yy4), mean(slopes.xy4));
    let root = ((xx - yy) * (xx - yy) + 4.0 * (xy * xy)).sqrt();
    let (larger, smaller) = ((xx + yy + root) / 2.0, (xx + yy - root) / 2.0);
    (larger != 0.0).then(|| 1.0 - smaller / larger)
}
