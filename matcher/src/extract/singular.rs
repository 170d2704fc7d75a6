//! Stage 6: minutiae as the places where the phase of the ridge wave winds once around a point.
//!
//! Where a ridge begins, the wave has one more period on one side than on the other, so its phase turns by one
//! full turn around that point and its strength there is zero (Larkin and Fletcher 2007 read prints this way). The
//! sense of the turn tells on which side the additional ridge lies, whether it is an ending or a fork; the wave on
//! that side tells which. No binary picture, no skeleton: nothing to repair afterwards but pairs that cancel out.

use super::enhance::Wave;
use super::orientation::Orientation;
use super::plane::{CELL, Mask};
use crate::MinutiaType;

/// A minutia with its reliability, in pixels at 500 ppi.
#[derive(Clone, Copy)]
pub(crate) struct Found {
    pub(crate) x: f32,
    pub(crate) y: f32,
    /// Radians, towards the additional ridge.
    pub(crate) direction: f32,
    pub(crate) kind: MinutiaType,
    /// 0 to 1.
    pub(crate) certainty: f32,
}

/// Distance at which the wave beside a minutia is read, in ridge periods.
const PROBE_PERIODS: f32 = 0.6;

pub(crate) fn singular_points(
    wave: &Wave,
    orientation: &Orientation,
    region: &Mask,
    size: (usize, usize),
    period: f32,
) -> Vec<Found> {
    let normals: Vec<(f32, f32)> = (0..region.cells.len()).map(|cell| orientation.normal(cell)).collect();
    let certainty = wave.certainty.smoothed(0.8);
    let width = wave.even.width;
    let (last_x, last_y) =
        (size.0.min(width).saturating_sub(1), size.1.min(wave.even.height).saturating_sub(1));
    let mut found = Vec::new();
    for y in 0..last_y {
        for x in 0..last_x {
            let cell = y / CELL * region.width + x / CELL;
            if !region.cells[cell] {
                continue;
            }
            let at = y * width + x;
            let corners = [at, at + 1, at + width + 1, at + width];
            let even = corners.map(|corner| wave.even.values[corner]);
            let ridges = even.iter().filter(|&&value| value < 0.0).count();
            if ridges == 0 || ridges == 4 {
                continue;
            }
            let normal = normals[cell];
            let mut odd = corners.map(|corner| wave.odd.values[corner]);
            if x % CELL == CELL - 1 || y % CELL == CELL - 1 {
                let places = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
                for (odd, (x, y)) in odd.iter_mut().zip(places) {
                    let other = normals[y / CELL * region.width + x / CELL];
                    if other.0 * normal.0 + other.1 * normal.1 < 0.0 {
                        *odd = -*odd;
                    }
                }
            }
            let turns = winding(even, odd);
            if turns == 0 {
                continue;
            }
            let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
            // The exact direction at the point, on the side that the winding was counted with.
            let angle = orientation.across_at(x, y);
            let mut exact = (angle.cos(), angle.sin());
            if exact.0 * normal.0 + exact.1 * normal.1 < 0.0 {
                exact = (-exact.0, -exact.1);
            }
            let side = turns as f32;
            // One more ridge ahead turns the phase against the sense it is counted in.
            let towards = (-side * exact.1, side * exact.0);
            let probe = PROBE_PERIODS * period;
            let with = wave.even.between(x + probe * towards.0, y + probe * towards.1);
            let without = wave.even.between(x - probe * towards.0, y - probe * towards.1);
            let kind = if with < without { MinutiaType::Ending } else { MinutiaType::Bifurcation };
            let (cx, cy) = ((x + 0.5) / CELL as f32 - 0.5, (y + 0.5) / CELL as f32 - 0.5);
            let direction = towards.1.atan2(towards.0);
            found.push(Found { x, y, direction, kind, certainty: certainty.between(cx, cy) });
        }
    }
    found
}

/// How often the phase turns along the four corners: 1, 0 or -1.
fn winding(even: [f32; 4], odd: [f32; 4]) -> i32 {
    let below = odd.iter().filter(|&&value| value < 0.0).count();
    if below == 0 || below == 4 {
        return 0;
    }
    let mut turned = 0.0;
    for i in 0..4 {
        let j = (i + 1) % 4;
        let dot = even[i] * even[j] + odd[i] * odd[j];
        let cross = even[i] * odd[j] - odd[i] * even[j];
        turned += cross.atan2(dot);
    }
    (turned / core::f32::consts::TAU).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn winding_counts_full_turns_with_sign() {
        for (even, odd, expect) in [
            ([1.0, -1.0, -1.0, 1.0], [1.0, 1.0, -1.0, -1.0], 1),
            ([1.0, 1.0, -1.0, -1.0], [1.0, -1.0, -1.0, 1.0], -1),
            ([1.0, 1.0, 1.0, 1.0], [1.0, -1.0, -1.0, 1.0], 0),
            ([0.0; 4], [0.0; 4], 0),
        ] {
            assert_eq!(winding(even, odd), expect, "{even:?} {odd:?}");
        }
    }
}
