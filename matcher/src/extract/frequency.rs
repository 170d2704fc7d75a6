//! Stage 4: the distance of neighbouring ridges, per cell.
//!
//! Across the ridges of a window the grey values are averaged along the ridge to a signature; its power at a fixed
//! row of periods is taken by correlation with sines and cosines, the best period is refined between neighbours.
//! Windows without a clear period take over from their surroundings. Invariant: every period lies within
//! [`RIDGE_PERIOD_MIN`] and [`RIDGE_PERIOD_MAX`].

use super::orientation::Orientation;
use super::plane::{CELL, Mask, Plane};
use crate::parameters::{FREQUENCY_CONFIDENCE_MIN, RIDGE_PERIOD_MAX, RIDGE_PERIOD_MIN};

const SIGNATURE: usize = 40;
const ALONG: i32 = 7;
const PERIODS: usize = 28;
/// Every how many cells a window is taken.
const STEP: usize = 2;

/// Per cell: ridge distance in pixels, and how clear it was before neighbours helped.
pub(crate) struct Frequency {
    pub(crate) period: Plane,
    pub(crate) confidence: Plane,
    /// Median over the print.
    pub(crate) median: f32,
}

struct Tables {
    periods: [f32; PERIODS],
    cos: Vec<[f32; SIGNATURE]>,
    sin: Vec<[f32; SIGNATURE]>,
    window: [f32; SIGNATURE],
}

impl Tables {
    fn new() -> Self {
        let centre = (SIGNATURE as f32 - 1.0) / 2.0;
        let ratio = (RIDGE_PERIOD_MAX / RIDGE_PERIOD_MIN).powf(1.0 / (PERIODS as f32 - 1.0));
        let periods = core::array::from_fn(|i| RIDGE_PERIOD_MIN * ratio.powi(i as i32));
        let turn = |period: f32, i: usize| core::f32::consts::TAU * (i as f32 - centre) / period;
        let cos = periods.iter().map(|&p| core::array::from_fn(|i| turn(p, i).cos())).collect();
        let sin = periods.iter().map(|&p| core::array::from_fn(|i| turn(p, i).sin())).collect();
        let window = core::array::from_fn(|i| {
            (core::f32::consts::PI * (i as f32 - centre) / SIGNATURE as f32).cos().powi(2)
        });
        Self { periods, cos, sin, window }
    }

    /// Best period and its share of the signature's energy.
    fn best(&self, signature: &mut [f32; SIGNATURE]) -> (f32, f32) {
        let mean = signature.iter().sum::<f32>() / SIGNATURE as f32;
        let mut energy = 1e-6;
        for (value, weight) in signature.iter_mut().zip(&self.window) {
            *value = (*value - mean) * weight;
            energy += *value * *value;
        }
        let mut power = [0.0f32; PERIODS];
        for ((power, cos), sin) in power.iter_mut().zip(&self.cos).zip(&self.sin) {
            let (mut re, mut im) = (0.0, 0.0);
            for i in 0..SIGNATURE {
                re += signature[i] * cos[i];
                im += signature[i] * sin[i];
            }
            *power = re * re + im * im;
        }
        let peak = (1..PERIODS - 1).max_by(|&a, &b| power[a].total_cmp(&power[b])).unwrap_or(1);
        let (before, at, after) = (power[peak - 1], power[peak], power[peak + 1]);
        let bend = before - 2.0 * at + after;
        let shift = if bend < -1e-9 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 };
        let ratio = self.periods[1] / self.periods[0];
        let period = self.periods[peak] * ratio.powf(shift);
        // A pure sine under this window puts 3/16 of SIGNATURE times its energy into its own period.
        let share = at / (energy * SIGNATURE as f32 * 0.33);
        (period.clamp(RIDGE_PERIOD_MIN, RIDGE_PERIOD_MAX), share.min(1.0))
    }
}

pub(crate) fn frequency(pixels: &Plane, orientation: &Orientation, region: &Mask) -> Frequency {
    let tables = Tables::new();
    let mut weighted = Plane::new(region.width, region.height);
    let mut weights = weighted.clone();
    let mut confidence = weighted.clone();
    let mut seen = Vec::new();
    for cell_y in (0..region.height).step_by(STEP) {
        for cell_x in (0..region.width).step_by(STEP) {
            let cell = cell_y * region.width + cell_x;
            if !region.cells[cell] {
                continue;
            }
            let mut signature = signature(pixels, orientation.across(cell), cell_x, cell_y);
            let (period, share) = tables.best(&mut signature);
            if share >= FREQUENCY_CONFIDENCE_MIN {
                seen.push(period);
            }
            let weight = (share - 0.5 * FREQUENCY_CONFIDENCE_MIN).max(0.0).powi(2);
            for (x, y) in
                [(cell_x, cell_y), (cell_x + 1, cell_y), (cell_x, cell_y + 1), (cell_x + 1, cell_y + 1)]
            {
                if x < region.width && y < region.height {
                    let cell = y * region.width + x;
                    weighted.values[cell] = period * weight;
                    weights.values[cell] = weight;
                    confidence.values[cell] = share;
                }
            }
        }
    }
    seen.sort_by(f32::total_cmp);
    let median = seen.get(seen.len() / 2).copied().unwrap_or(9.0);
    let (mut period, weights) = (weighted.smoothed(3.0), weights.smoothed(3.0));
    for (value, weight) in period.values.iter_mut().zip(&weights.values) {
        *value = ((*value + median * 0.01) / (weight + 0.01)).clamp(RIDGE_PERIOD_MIN, RIDGE_PERIOD_MAX);
    }
    Frequency { period, confidence, median }
}

fn signature(pixels: &Plane, across: f32, cell_x: usize, cell_y: usize) -> [f32; SIGNATURE] {
    let (dx, dy) = (across.cos(), across.sin());
    let centre =
        (cell_x as f32 * CELL as f32 + CELL as f32 - 0.5, cell_y as f32 * CELL as f32 + CELL as f32 - 0.5);
    let half = (SIGNATURE as f32 - 1.0) / 2.0;
    let (last_x, last_y) = (pixels.width as i32 - 1, pixels.height as i32 - 1);
    let reach = half.hypot(ALONG as f32) + 1.0;
    let inside = centre.0 > reach
        && centre.1 > reach
        && centre.0 + reach < last_x as f32
        && centre.1 + reach < last_y as f32;
    let mut out = [0.0; SIGNATURE];
    for (i, sum) in out.iter_mut().enumerate() {
        let step = i as f32 - half;
        let (x, y) = (centre.0 + step * dx + 0.5, centre.1 + step * dy + 0.5);
        for along in -ALONG..=ALONG {
            let (mut x, mut y) = ((x - dy * along as f32) as i32, (y + dx * along as f32) as i32);
            if !inside {
                (x, y) = (x.clamp(0, last_x), y.clamp(0, last_y));
            }
            *sum += pixels.values[y as usize * pixels.width + x as usize];
        }
    }
    out
}
