//! The local regions that ridges are looked at in: 32 x 32 pixels, two pixels in from the top and left edge, so that
//! each has room to be turned.
//!
//! A region is foreground if every grid cell it touches is: if the deviation of the cell's grey values is more than a
//! tenth of the whole picture's. Its orientation is that of the line across the ridges, from the covariance of slopes.

use super::grey::Grey;
use super::grid::{Grid, SIDE, slopes, variance};

/// Room around a region: a turned rectangle of 32 x 16 pixels needs a square of 36.
pub(super) const ROOM: usize = 2;
/// Smallest deviation of a foreground cell as a share of the picture's.
const DEVIATION_SHARE_MIN: f64 = 0.1;

/// One region with its place (without the room around it).
#[derive(Clone, Copy)]
pub(super) struct Region {
    pub(super) left: usize,
    pub(super) top: usize,
    /// Across the ridges, in radians, -pi/2 to pi/2.
    pub(super) orientation: f64,
    pub(super) foreground: bool,
}

/// All regions, row by row.
pub(super) struct Regions {
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) all: Vec<Region>,
}

impl Regions {
    pub(super) fn new(print: &Grey<'_>, grid: &Grid) -> Self {
        let along = |side: usize| side.saturating_sub(2 * ROOM) / SIDE;
        let (columns, rows) = (along(print.width), along(print.height));
        let ridged = foreground(grid);
        let mut all = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let at = row * grid.columns + column;
                let touched = [at, at + 1, at + grid.columns, at + grid.columns + 1];
                let (left, top) = (ROOM + column * SIDE, ROOM + row * SIDE);
                let foreground = touched.iter().all(|&cell| ridged.get(cell) == Some(&true));
                all.push(Region { left, top, orientation: orientation(print, left, top), foreground });
            }
        }
        Self { columns, rows, all }
    }

    pub(super) fn foreground(&self) -> impl Iterator<Item = &Region> {
        self.all.iter().filter(|region| region.foreground)
    }
}

fn foreground(grid: &Grid) -> Vec<bool> {
    let (pixels, sum, squares) = grid.totals();
    let whole = variance(pixels, sum, squares);
    let least = whole.sqrt() * DEVIATION_SHARE_MIN;
    let deviates =
        |cell: &super::grid::Cell| variance(cell.pixels(), cell.sum, cell.square_sum).sqrt() > least;
    grid.cells.iter().map(|cell| whole > 0.0 && deviates(cell)).collect()
}

/// By the reference's formula, which puts the single, not the doubled, covariance into the arc tangent.
fn orientation(print: &Grey<'_>, left: usize, top: usize) -> f64 {
    let sums = slopes(print, left, top, SIDE, SIDE);
    let mean = |sum: i64| sum as f64 / (4 * SIDE * SIDE) as f64;
    let (difference, covariance) = (mean(sums.xx4 - sums.yy4), mean(sums.xy4));
    let length = covariance * covariance + difference * difference + f64::EPSILON;
    (covariance / length).atan2(difference / length) / 2.0
}
