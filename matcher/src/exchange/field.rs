//! The ridge directions around minutiae, when minutiae are all there is.
//!
//! A minutia points along its ridge, so minutiae sample the orientation field. Each grid cell takes the mean of the
//! doubled directions around it, weighted by distance; cells far from every minutia stay empty.

use crate::parameters::{RECORD_FIELD_REACH_PX, RECORD_FIELD_SIGMA_PX};
use crate::template::{Minutia, NO_ORIENTATION};

/// Orientation per cell, 128 steps to the half turn, row by row.
pub(super) fn from_minutiae(minutiae: &[Minutia], cell: usize, columns: usize, rows: usize) -> Vec<u8> {
    let doubled: Vec<(f32, f32, f32, f32)> = minutiae
        .iter()
        .map(|minutia| {
            let (sin, cos) = (2.0 * minutia.radians()).sin_cos();
            (f32::from(minutia.x), f32::from(minutia.y), cos, sin)
        })
        .collect();
    let scale = 1.0 / (2.0 * RECORD_FIELD_SIGMA_PX * RECORD_FIELD_SIGMA_PX);
    let mut grid = vec![NO_ORIENTATION; columns * rows];
    for (index, value) in grid.iter_mut().enumerate() {
        let x = ((index % columns) as f32 + 0.5) * cell as f32;
        let y = ((index / columns) as f32 + 0.5) * cell as f32;
        let (mut sum_cos, mut sum_sin, mut nearest) = (0.0f32, 0.0f32, f32::INFINITY);
        for &(mx, my, cos, sin) in &doubled {
            let square = (mx - x).powi(2) + (my - y).powi(2);
            nearest = nearest.min(square);
            let weight = (-square * scale).exp();
            sum_cos += weight * cos;
            sum_sin += weight * sin;
        }
        if nearest <= RECORD_FIELD_REACH_PX * RECORD_FIELD_REACH_PX {
            let half = sum_sin.atan2(sum_cos) * (128.0 / core::f32::consts::TAU);
            *value = (half.round() as i32 & 127) as u8;
        }
    }
    grid
}
