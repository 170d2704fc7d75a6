//! Orientation flow: how much the ridge direction turns from region to region (ISO/IEC 29794-4, 6.2.6).
//!
//! Mean difference to the eight neighbours, of regions that are foreground with all their neighbours, and only where
//! it is more than four degrees. Outside of the picture an orientation counts as 0.

use core::f64::consts::{PI, TAU};

use super::CannotJudge;
use super::histogram::Histogram;
use super::regions::Regions;

const BOUNDARIES: [f64; 9] =
    [1.715e-2, 3.5e-2, 5.57e-2, 8.1e-2, 1.15e-1, 1.718e-1, 2.569e-1, 4.758e-1, 7.48e-1];
const DEGREE: f64 = PI / 180.0;
/// Turn that is no turn yet, in degrees.
const TURN_MIN_DEG: f64 = 4.0;
const TURN_MAX_DEG: f64 = 90.0;

/// The measure over all regions with a foreground neighbourhood.
pub(super) fn orientation_flow(regions: &Regions) -> Result<Histogram, CannotJudge> {
    let (least, range) = (TURN_MIN_DEG * DEGREE, (TURN_MAX_DEG - TURN_MIN_DEG) * DEGREE);
    let mut values = Vec::new();
    for row in 1..regions.rows.saturating_sub(1) {
        for column in 1..regions.columns.saturating_sub(1) {
            if let Some(turn) = turn(regions, row, column).filter(|&turn| turn > least) {
                values.push((turn - least) / range);
            }
        }
    }
    Histogram::new(values, BOUNDARIES)
}

fn turn(regions: &Regions, row: usize, column: usize) -> Option<f64> {
    let centre = regions.all[row * regions.columns + column].orientation;
    let mut sum = 0.0;
    for row in row - 1..=row + 1 {
        for column in column - 1..=column + 1 {
            let neighbour = &regions.all[row * regions.columns + column];
            if !neighbour.foreground {
                return None;
            }
            let difference = (centre - neighbour.orientation).abs();
            sum += difference.min(TAU - difference);
        }
    }
    Some(sum / 8.0)
}
