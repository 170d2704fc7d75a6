//! The picture in cells of 32 x 32 pixels from its top left corner; the last ones of a row or column may be smaller.
//!
//! Sums are whole numbers, so nothing depends on the order they are added in. Slopes are kept doubled (the central
//! difference of two 8-bit pixels is a multiple of one half), their products therefore fourfold.

use super::grey::Grey;

/// Side of a local region in pixels at 500 ppi (ISO/IEC 29794-4, 6.1).
pub(super) const SIDE: usize = 32;

/// Sums over the slopes of a region: along x squared, along y squared, their product; each fourfold.
#[derive(Clone, Copy, Default)]
pub(super) struct Slopes {
    pub(super) xx4: i64,
    pub(super) yy4: i64,
    pub(super) xy4: i64,
}

/// One cell.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) sum: u64,
    pub(super) square_sum: u64,
    pub(super) slopes: Slopes,
}

impl Cell {
    pub(super) fn is_whole(&self) -> bool {
        self.width == SIDE && self.height == SIDE
    }

    pub(super) fn pixels(&self) -> u64 {
        (self.width * self.height) as u64
    }
}

/// All cells, row by row.
pub(super) struct Grid {
    pub(super) columns: usize,
    pub(super) cells: Vec<Cell>,
}

impl Grid {
    pub(super) fn new(print: &Grey<'_>) -> Self {
        let columns = print.width.div_ceil(SIDE);
        let mut cells = Vec::with_capacity(columns * print.height.div_ceil(SIDE));
        for top in (0..print.height).step_by(SIDE) {
            for left in (0..print.width).step_by(SIDE) {
                let (width, height) = (SIDE.min(print.width - left), SIDE.min(print.height - top));
                let (mut sum, mut square_sum) = (0u32, 0u32);
                for y in top..top + height {
                    for &grey in &print.row(y)[left..left + width] {
                        sum += u32::from(grey);
                        square_sum += u32::from(grey) * u32::from(grey);
                    }
                }
                let slopes = slopes(print, left, top, width, height);
                let (sum, square_sum) = (u64::from(sum), u64::from(square_sum));
                cells.push(Cell { width, height, sum, square_sum, slopes });
            }
        }
        Self { columns, cells }
    }

    /// Pixels, sum and sum of squares of the whole picture.
    pub(super) fn totals(&self) -> (u64, u64, u64) {
        self.cells.iter().fold((0, 0, 0), |(pixels, sum, squares), cell| {
            (pixels + cell.pixels(), sum + cell.sum, squares + cell.square_sum)
        })
    }
}

/// Variance by whole numbers.
pub(super) fn variance(pixels: u64, sum: u64, square_sum: u64) -> f64 {
    let pixels_f = pixels as f64;
    let scaled = u128::from(pixels) * u128::from(square_sum) - u128::from(sum) * u128::from(sum);
    scaled as f64 / pixels_f / pixels_f
}

/// Sums over the slopes inside one region: central differences, one-sided ones at its edges, nothing of what lies
/// around it. A region one pixel wide has no slope in that direction.
pub(super) fn slopes(print: &Grey<'_>, left: usize, top: usize, width: usize, height: usize) -> Slopes {
    let width = width.min(SIDE);
    let mut along_x = [0i32; SIDE];
    let mut along_y = [0i32; SIDE];
    let mut sums = Slopes::default();
    for y in 0..height {
        let row = &print.row(top + y)[left..left + width];
        let (above, below) = (y.saturating_sub(1), (y + 1).min(height - 1));
        let upper = &print.row(top + above)[left..left + width];
        let lower = &print.row(top + below)[left..left + width];
        // At an edge the difference spans one pixel instead of two.
        let reach_y = 2 / (below - above).max(1) as i32;
        for ((slope, &upper), &lower) in along_y.iter_mut().zip(upper).zip(lower) {
            *slope = (i32::from(lower) - i32::from(upper)) * reach_y;
        }
        if width > 1 {
            along_x[0] = 2 * (i32::from(row[1]) - i32::from(row[0]));
            along_x[width - 1] = 2 * (i32::from(row[width - 1]) - i32::from(row[width - 2]));
            for (slope, three) in along_x[1..width - 1].iter_mut().zip(row.windows(3)) {
                *slope = i32::from(three[2]) - i32::from(three[0]);
            }
        }
        let (mut xx, mut yy, mut xy) = (0i32, 0i32, 0i32);
        for (&x, &y) in along_x[..width].iter().zip(&along_y[..width]) {
            xx += x * x;
            yy += y * y;
            xy += x * y;
        }
        sums.xx4 += i64::from(xx);
        sums.yy4 += i64::from(yy);
        sums.xy4 += i64::from(xy);
    }
    sums
}
