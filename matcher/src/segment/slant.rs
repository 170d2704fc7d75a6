//! To which side the ridges of a fingertip slope below its middle: the trace that a loop leaves in plain directions.
//!
//! No singular point is looked for. In the lower half of a print the ridges of a loop run from one side up to the core;
//! their mean slope against the finger's axis has the sign of the side they come from. Arches and whorls give about 0.

use super::blobs::Blob;
use crate::extract::plane::Plane;
use crate::parameters::{SEGMENT_CELL_PX, SLANT_FULL};

/// Slope of the ridges, -1 to 1, positive when they fall to the right of a finger that points up.
pub(super) fn slant(grey: &Plane, blob: &Blob, turn: f32) -> f32 {
    let [left, right, top, bottom] = blob.extent(turn);
    let (width, height) = (right - left, bottom - top);
    let (sin, cos) = turn.sin_cos();
    // Twice the angle, so that directions that differ by half a turn are one.
    let (mut c2, mut s2) = (0.0, 0.0);
    for &(x, y) in &blob.cells {
        let (across, along) = ((x * cos + y * sin - left) / width, (y * cos - x * sin - top) / height);
        if !(0.15..0.85).contains(&across) || !(0.45..0.95).contains(&along) {
            continue;
        }
        let (c, s) = doubled(grey, x, y);
        c2 += c;
        s2 += s;
    }
    let length = c2.hypot(s2);
    if length < 1e-6 {
        return 0.0;
    }
    // Directions of ridges are across the gradient; turned back by the finger's own turn.
    let (c2, s2) = (-c2 / length, -s2 / length);
    let (sin2, cos2) = (2.0 * turn).sin_cos();
    let slope = s2 * cos2 - c2 * sin2;
    (slope / SLANT_FULL).clamp(-1.0, 1.0)
}

/// The gradient of a cell as doubled angle, of length 0 to 1 by how much its gradients agree.
fn doubled(grey: &Plane, x: f32, y: f32) -> (f32, f32) {
    let (left, top) = ((x as usize) * SEGMENT_CELL_PX, (y as usize) * SEGMENT_CELL_PX);
    let (mut difference, mut product, mut sum) = (0.0, 0.0, 1.0);
    for row in top.max(1)..(top + SEGMENT_CELL_PX).min(grey.height.saturating_sub(1)) {
        let (above, here, below) = (grey.row(row - 1), grey.row(row), grey.row(row + 1));
        for column in left.max(1)..(left + SEGMENT_CELL_PX).min(grey.width.saturating_sub(1)) {
            let (gx, gy) = (here[column + 1] - here[column - 1], below[column] - above[column]);
            difference += gx * gx - gy * gy;
            product += 2.0 * gx * gy;
            sum += gx * gx + gy * gy;
        }
    }
    (difference / sum, product / sum)
}
