//! Stage 5: the ridge wave itself: per pixel its even and odd part, by a filter tuned to each cell.
//!
//! The filter is a Gaussian times a complex wave across the ridges (Gabor), with the same width in all
//! directions, so that it splits into a row and a column pass (a product of two complex waves): a third of the work
//! of a full kernel. It answers to one wave only, so it cannot invent ridges where none has that direction and
//! distance; where the picture has nothing, its answer is small, and the ratio of answer to picture is the
//! certainty that later stages use.

use super::frequency::Frequency;
use super::orientation::Orientation;
use super::plane::{CELL, Mask, Plane};
use crate::lanes;
use crate::parameters::{ENHANCE_SIGMA_PERIODS, RIDGE_PERIOD_MAX, RIDGE_PERIOD_MIN};

/// Largest reach of the filter in pixels.
const REACH: usize = 9;

/// The ridge wave.
pub(crate) struct Wave {
    /// Even part: negative on ridges.
    pub(crate) even: Plane,
    /// Odd part, with respect to the direction across of the pixel's cell.
    pub(crate) odd: Plane,
    /// Per cell: strength of the wave in the picture, 0 to 1.
    pub(crate) certainty: Plane,
}

/// Half of the taps, from the middle outwards: the other half is the same, or its negative for sines.
struct Filter {
    row_cos: [f32; REACH + 1],
    row_sin: [f32; REACH + 1],
    column_cos: [f32; REACH + 1],
    column_sin: [f32; REACH + 1],
}

impl Filter {
    /// The Gaussian and both waves by recurrence: one exponential and two sine pairs for a whole filter.
    #[inline(always)]
    fn new(normal: (f32, f32), period: f32) -> Self {
        let sigma = (period.clamp(RIDGE_PERIOD_MIN, RIDGE_PERIOD_MAX) * ENHANCE_SIGMA_PERIODS)
            .min(REACH as f32 / 2.0);
        let ratio = (-1.0 / (sigma * sigma)).exp();
        let (mut weight, mut fall) = (1.0f32, ratio.sqrt());
        let mut weights = [0.0f32; REACH + 1];
        for slot in &mut weights {
            *slot = weight;
            weight *= fall;
            fall *= ratio;
        }
        let sum = 2.0 * weights.iter().sum::<f32>() - weights[0];
        weights.iter_mut().for_each(|weight| *weight /= sum);
        let turn = core::f32::consts::TAU / period;
        let (row_cos, row_sin) = waves(turn * normal.0, &weights);
        let (column_cos, column_sin) = waves(turn * normal.1, &weights);
        Self { row_cos, row_sin, column_cos, column_sin }
    }

    /// One cell: the window is the padded picture from `(left, top)` on, REACH before the cell on both axes.
    #[inline(always)]
    fn apply(&self, padded: &Plane, left: usize, top: usize) -> ([[f32; CELL]; CELL], [[f32; CELL]; CELL]) {
        const ROWS: usize = CELL + 2 * REACH;
        let mut row_re = [[0.0f32; CELL]; ROWS];
        let mut row_im = [[0.0f32; CELL]; ROWS];
        for (y, (re, im)) in row_re.iter_mut().zip(&mut row_im).enumerate() {
            let from = (top + y) * padded.width + left;
            // Copies on purpose: with everything in arrays of its own the loop stays in registers.
            let mut source = [0.0f32; CELL + 2 * REACH];
            source.copy_from_slice(&padded.values[from..from + CELL + 2 * REACH]);
            let (mut sums, mut differences) = ([0.0f32; CELL], [0.0f32; CELL]);
            for x in 0..CELL {
                sums[x] = source[REACH + x] * self.row_cos[0];
            }
            for k in 1..=REACH {
                let (cos, sin) = (self.row_cos[k], self.row_sin[k]);
                for x in 0..CELL {
                    let (after, before) = (source[REACH + k + x], source[REACH - k + x]);
                    sums[x] += (after + before) * cos;
                    differences[x] += (after - before) * sin;
                }
            }
            (*re, *im) = (sums, differences);
        }
        let mut even = [[0.0f32; CELL]; CELL];
        let mut odd = [[0.0f32; CELL]; CELL];
        for y in 0..CELL {
            let middle = self.column_cos[0];
            let (re, im) = (&row_re[y + REACH], &row_im[y + REACH]);
            for x in 0..CELL {
                even[y][x] = re[x] * middle;
                odd[y][x] = im[x] * middle;
            }
            for k in 1..=REACH {
                let (cos, sin) = (self.column_cos[k], self.column_sin[k]);
                let (re, im) = (&row_re[y + REACH + k], &row_im[y + REACH + k]);
                let (re_before, im_before) = (&row_re[y + REACH - k], &row_im[y + REACH - k]);
                for x in 0..CELL {
                    even[y][x] += (re[x] + re_before[x]) * cos - (im[x] - im_before[x]) * sin;
                    odd[y][x] += (re[x] - re_before[x]) * sin + (im[x] + im_before[x]) * cos;
                }
            }
        }
        (even, odd)
    }
}

/// Cosines and sines of the multiples of an angle, each times its weight.
#[inline(always)]
fn waves(angle: f32, weights: &[f32; REACH + 1]) -> ([f32; REACH + 1], [f32; REACH + 1]) {
    let (sin, cos) = angle.sin_cos();
    let (mut out_cos, mut out_sin) = ([0.0f32; REACH + 1], [0.0f32; REACH + 1]);
    let (mut c, mut s) = (1.0f32, 0.0f32);
    for k in 0..=REACH {
        out_cos[k] = c * weights[k];
        out_sin[k] = s * weights[k];
        (c, s) = (c * cos - s * sin, s * cos + c * sin);
    }
    (out_cos, out_sin)
}

fn padded(pixels: &Plane, cells: &Mask) -> Plane {
    let mut out = Plane::new(cells.width * CELL + 2 * REACH, cells.height * CELL + 2 * REACH);
    for y in 0..pixels.height {
        let from = (y + REACH) * out.width + REACH;
        out.values[from..from + pixels.width].copy_from_slice(pixels.row(y));
    }
    out
}

/// The planes are whole cells wide and high; cells outside `region` stay zero.
pub(crate) fn wave(pixels: &Plane, orientation: &Orientation, frequency: &Frequency, region: &Mask) -> Wave {
    lanes::wide(
        #[inline(always)]
        || filtered(pixels, orientation, frequency, region),
    )
}

#[inline(always)]
fn filtered(pixels: &Plane, orientation: &Orientation, frequency: &Frequency, region: &Mask) -> Wave {
    let padded = padded(pixels, region);
    let mut even = Plane::new(region.width * CELL, region.height * CELL);
    let mut odd = Plane::new(even.width, even.height);
    let mut certainty = Plane::new(region.width, region.height);
    for cell_y in 0..region.height {
        for cell_x in 0..region.width {
            let cell = cell_y * region.width + cell_x;
            if !region.cells[cell] {
                continue;
            }
            let filter = Filter::new(orientation.normal(cell), frequency.period.values[cell]);
            let (cell_even, cell_odd) = filter.apply(&padded, cell_x * CELL, cell_y * CELL);
            let (mut answers, mut pictures) = ([0.0f32; CELL], [0.0f32; CELL]);
            for y in 0..CELL {
                let from = (cell_y * CELL + y) * even.width + cell_x * CELL;
                even.values[from..from + CELL].copy_from_slice(&cell_even[y]);
                odd.values[from..from + CELL].copy_from_slice(&cell_odd[y]);
                let source = (cell_y * CELL + y + REACH) * padded.width + cell_x * CELL + REACH;
                for x in 0..CELL {
                    let (even, odd, grey) = (cell_even[y][x], cell_odd[y][x], padded.values[source + x]);
                    answers[x] += even * even + odd * odd;
                    pictures[x] += grey * grey;
                }
            }
            let (answer, picture) = (answers.iter().sum::<f32>(), pictures.iter().sum::<f32>());
            // A pure wave answers with half its power.
            certainty.values[cell] = (2.0 * answer / (picture + 4.0)).min(1.0).sqrt();
        }
    }
    Wave { even, odd, certainty }
}

/// The picture for a second pass: the wave with its strength evened out, weak parts left weak.
pub(crate) fn evened(wave: &Wave, strength_half: f32) -> Plane {
    let mut out = Plane::new(wave.even.width, wave.even.height);
    lanes::wide(
        #[inline(always)]
        || {
            for ((out, even), odd) in out.values.iter_mut().zip(&wave.even.values).zip(&wave.odd.values) {
                *out = 1.4 * even / ((even * even + odd * odd).sqrt() + strength_half);
            }
        },
    );
    out
}
