//! The measures behind the score, all from the ridges that extraction sees.

use super::Measures;
use crate::Image;
use crate::extract::Ridges;
use crate::extract::plane::{CELL, Mask, Plane};
use crate::parameters::{BLANK_GREY_RANGE, FREQUENCY_CONFIDENCE_MIN, WORKING_PPI};

/// Whether all but a few pixels have nearly one grey value.
pub(super) fn is_blank(image: &Image) -> bool {
    let mut counts = [0usize; 256];
    image.pixels.iter().for_each(|&grey| counts[usize::from(grey)] += 1);
    let few = image.pixels.len() / 200;
    let edge = |mut order: Box<dyn Iterator<Item = usize>>| {
        let mut seen = 0;
        order.find(|&grey| {
            seen += counts[grey];
            seen > few
        })
    };
    let (low, high) = (edge(Box::new(0..256)).unwrap_or(0), edge(Box::new((0..256).rev())).unwrap_or(255));
    high.saturating_sub(low) < BLANK_GREY_RANGE
}

pub(super) fn measured(ridges: &Ridges) -> Measures {
    let region = &ridges.region;
    let mean = |plane: &Plane| mean_in(plane, region);
    let plausible = ridges.frequency.confidence.values.iter().zip(&region.cells);
    let plausible =
        plausible.filter(|&(&share, &inside)| inside && share >= FREQUENCY_CONFIDENCE_MIN).count();
    let (ridge_share, ridge_breaks, valley_fill) = fillings(ridges);
    Measures {
        ridge_area_mm2: ridges.area_mm2(),
        orientation_certainty: mean(&ridges.first_orientation.coherence),
        ridge_clarity: mean(&ridges.certainty),
        frequency_plausibility: plausible as f32 / region.count().max(1) as f32,
        orientation_flow: flow(ridges),
        contrast: mean(&ridges.normalised.deviation_cells),
        mean_grey: mean(&ridges.normalised.mean_cells),
        ridge_share,
        ridge_breaks,
        valley_fill,
        sharpness: sharpness(ridges),
        off_centre: off_centre(region),
        ridge_period_mm: ridges.frequency.median * 25.4 / WORKING_PPI,
    }
}

fn mean_in(plane: &Plane, region: &Mask) -> f32 {
    let (mut sum, mut count) = (0.0, 0.0f32);
    for (value, _) in plane.values.iter().zip(&region.cells).filter(|(_, inside)| **inside) {
        sum += value;
        count += 1.0;
    }
    sum / count.max(1.0)
}

/// How little the direction of a cell differs from its right and lower neighbour's.
fn flow(ridges: &Ridges) -> f32 {
    let (region, orientation) = (&ridges.region, &ridges.first_orientation);
    let (mut sum, mut count) = (0.0, 0.0f32);
    for y in 0..region.height as i32 {
        for x in 0..region.width as i32 {
            for (nx, ny) in [(x + 1, y), (x, y + 1)] {
                if region.at(x, y) && region.at(nx, ny) {
                    let (here, there) =
                        (y as usize * region.width + x as usize, ny as usize * region.width + nx as usize);
                    let turn = orientation.across(here) - orientation.across(there);
                    sum += (2.0 * turn).cos();
                    count += 1.0;
                }
            }
        }
    }
    (sum / count.max(1.0)).clamp(0.0, 1.0)
}

/// Share of dark pixels; of light ones on ridges; of dark ones in valleys.
fn fillings(ridges: &Ridges) -> (f32, f32, f32) {
    let (pixels, wave) = (&ridges.normalised.pixels, &ridges.wave);
    let (mut dark, mut all) = (0u32, 0u32);
    let (mut ridge, mut broken, mut valley, mut filled) = (0u32, 0u32, 0u32, 0u32);
    for y in 0..pixels.height {
        let row = y / CELL * ridges.region.width;
        for (x, &grey) in pixels.row(y).iter().enumerate() {
            if !ridges.region.cells[row + x / CELL] {
                continue;
            }
            all += 1;
            dark += u32::from(grey < 0.0);
            let (even, odd) =
                (wave.even.values[y * wave.even.width + x], wave.odd.values[y * wave.odd.width + x]);
            if even.abs() < 2.0 * odd.abs() {
                continue;
            }
            if even < 0.0 {
                ridge += 1;
                broken += u32::from(grey > 0.0);
            } else {
                valley += 1;
                filled += u32::from(grey < 0.0);
            }
        }
    }
    let share = |part: u32, whole: u32| part as f32 / whole.max(1) as f32;
    (share(dark, all), share(broken, ridge), share(filled, valley))
}

/// Mean slope, against that of a sine of the same deviation and ridge distance.
fn sharpness(ridges: &Ridges) -> f32 {
    let pixels = &ridges.normalised.pixels;
    let (mut slope, mut square, mut count) = (0.0, 0.0, 0.0f32);
    for y in 1..pixels.height.saturating_sub(1) {
        let row = y / CELL * ridges.region.width;
        let (above, here, below) = (pixels.row(y - 1), pixels.row(y), pixels.row(y + 1));
        for x in 1..pixels.width - 1 {
            if ridges.region.cells[row + x / CELL] {
                slope += 0.5 * (here[x + 1] - here[x - 1]).hypot(below[x] - above[x]);
                square += here[x] * here[x];
                count += 1.0;
            }
        }
    }
    let deviation = (square / count.max(1.0)).sqrt();
    // A sine of deviation 1 and angular frequency w has a mean slope of 0.9 w.
    let sine = 0.9 * deviation * core::f32::consts::TAU / ridges.frequency.median.max(1.0);
    slope / count.max(1.0) / sine.max(1e-6)
}

fn off_centre(region: &Mask) -> f32 {
    let (mut sum_x, mut sum_y, mut count) = (0.0, 0.0, 0.0f32);
    for (cell, _) in region.cells.iter().enumerate().filter(|(_, inside)| **inside) {
        sum_x += (cell % region.width) as f32 + 0.5;
        sum_y += (cell / region.width) as f32 + 0.5;
        count += 1.0;
    }
    let off = |sum: f32, side: usize| (2.0 * sum / count.max(1.0) / side.max(1) as f32 - 1.0).abs();
    off(sum_x, region.width).max(off(sum_y, region.height)).min(1.0)
}
