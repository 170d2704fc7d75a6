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
use crate::parameters::{ENHANCE_SIGMA_PERIODS, RIDGE_PERIOD_MAX, RIDGE_PERIOD_MIN};

/// Largest reach of the filter in pixels.
const REACH: usize = 9;
const TAPS: usize = 2 * REACH + 1;

/// The ridge wave.
pub(crate) struct Wave {
    /// Even part: negative on ridges.
    pub(crate) even: Plane,
    /// Odd part, with respect to the direction across of the pixel's cell.
    pub(crate) odd: Plane,
    /// Per cell: strength of the wave in the picture, 0 to 1.
    pub(crate) certainty: Plane,
}

struct Filter {
    row_cos: [f32; TAPS],
    row_sin: [f32; TAPS],
    column_cos: [f32; TAPS],
    column_sin: [f32; TAPS],
}

impl Filter {
    fn new(across: f32, period: f32) -> Self {
        let sigma = (period.clamp(RIDGE_PERIOD_MIN, RIDGE_PERIOD_MAX) * ENHANCE_SIGMA_PERIODS)
            .min(REACH as f32 / 2.0);
        let (u, v) = (across.cos() / period, across.sin() / period);
        let offset = |i: usize| i as f32 - REACH as f32;
        let mut weights: [f32; TAPS] = core::array::from_fn(|i| (-0.5 * (offset(i) / sigma).powi(2)).exp());
        let sum: f32 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        let turn = |f: f32, i: usize| core::f32::consts::TAU * f * offset(i);
        Self {
            row_cos: core::array::from_fn(|i| weights[i] * turn(u, i).cos()),
            row_sin: core::array::from_fn(|i| weights[i] * turn(u, i).sin()),
            column_cos: core::array::from_fn(|i| weights[i] * turn(v, i).cos()),
            column_sin: core::array::from_fn(|i| weights[i] * turn(v, i).sin()),
        }
    }

    /// One cell: `window` is the padded picture from `(left, top)` on, REACH before the cell on both axes.
    fn apply(&self, padded: &Plane, left: usize, top: usize) -> ([[f32; CELL]; CELL], [[f32; CELL]; CELL]) {
        const ROWS: usize = CELL + 2 * REACH;
        let mut row_re = [[0.0f32; CELL]; ROWS];
        let mut row_im = [[0.0f32; CELL]; ROWS];
        for (y, (re, im)) in row_re.iter_mut().zip(&mut row_im).enumerate() {
            let from = (top + y) * padded.width + left;
            let source = &padded.values[from..from + CELL + 2 * REACH];
            for k in 0..TAPS {
                let (cos, sin) = (self.row_cos[k], self.row_sin[k]);
                let part = &source[k..k + CELL];
                for x in 0..CELL {
                    re[x] += part[x] * cos;
                    im[x] += part[x] * sin;
                }
            }
        }
        let mut even = [[0.0f32; CELL]; CELL];
        let mut odd = [[0.0f32; CELL]; CELL];
        for y in 0..CELL {
            for k in 0..TAPS {
                let (cos, sin) = (self.column_cos[k], self.column_sin[k]);
                let (re, im) = (&row_re[y + k], &row_im[y + k]);
                for x in 0..CELL {
                    even[y][x] += re[x] * cos - im[x] * sin;
                    odd[y][x] += re[x] * sin + im[x] * cos;
                }
            }
        }
        (even, odd)
    }
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
    let padded = padded(pixels, region);
    let mut even = Plane::new(region.width * CELL, region.height * CELL);
    let mut odd = even.clone();
    let mut certainty = Plane::new(region.width, region.height);
    for cell_y in 0..region.height {
        for cell_x in 0..region.width {
            let cell = cell_y * region.width + cell_x;
            if !region.cells[cell] {
                continue;
            }
            let filter = Filter::new(orientation.across(cell), frequency.period.values[cell]);
            let (cell_even, cell_odd) = filter.apply(&padded, cell_x * CELL, cell_y * CELL);
            let (mut answer, mut picture) = (0.0, 0.0);
            for y in 0..CELL {
                let from = (cell_y * CELL + y) * even.width + cell_x * CELL;
                even.values[from..from + CELL].copy_from_slice(&cell_even[y]);
                odd.values[from..from + CELL].copy_from_slice(&cell_odd[y]);
                let source = (cell_y * CELL + y + REACH) * padded.width + cell_x * CELL + REACH;
                for x in 0..CELL {
                    answer += cell_even[y][x].powi(2) + cell_odd[y][x].powi(2);
                    picture += padded.values[source + x].powi(2);
                }
            }
            // A pure wave answers with half its power.
            certainty.values[cell] = (2.0 * answer / (picture + 4.0)).min(1.0).sqrt();
        }
    }
    Wave { even, odd, certainty }
}

/// The picture for a second pass: the wave with its strength evened out, weak parts left weak.
pub(crate) fn evened(wave: &Wave, strength_half: f32) -> Plane {
    let mut out = Plane::new(wave.even.width, wave.even.height);
    for ((out, even), odd) in out.values.iter_mut().zip(&wave.even.values).zip(&wave.odd.values) {
        *out = 1.4 * even / ((even * even + odd * odd).sqrt() + strength_half);
    }
    out
}
