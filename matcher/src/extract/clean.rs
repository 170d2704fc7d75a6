//! Stage 7: which singular points are minutiae of the finger and not of the picture.
//!
//! Removed are points near the border of the print, points where the wave is weak, and pairs that cancel out: two
//! neighbours that point against each other are a broken ridge, a pore or a scratch. Sorted by reliability.

use super::plane::{CELL, Mask};
use super::singular::Found;
use crate::limits;
use crate::parameters::{
    MINUTIA_BORDER_PX, MINUTIA_CERTAINTY_MIN, OPPOSITE_ACROSS_PX, OPPOSITE_ALONG_PX, OPPOSITE_TURN_COS_MAX,
    TWIN_PX,
};

pub(crate) fn cleaned(found: &[Found], region: &Mask, period: f32) -> Vec<Found> {
    let mut points: Vec<Found> = found
        .iter()
        .copied()
        .filter(|point| point.certainty >= MINUTIA_CERTAINTY_MIN && !near_border(point, region))
        .collect();
    let opposites = cancelled(&points, period);
    let mut keep = opposites.iter().map(|cancelled| !cancelled);
    points.retain(|_| keep.next().unwrap_or(false));
    points.sort_by(|a, b| {
        b.certainty.total_cmp(&a.certainty).then(a.y.total_cmp(&b.y)).then(a.x.total_cmp(&b.x))
    });
    let mut kept: Vec<Found> = Vec::with_capacity(points.len());
    for point in points {
        let twin = kept.iter().any(|other| (other.x - point.x).hypot(other.y - point.y) < TWIN_PX);
        if !twin {
            kept.push(point);
        }
    }
    kept.truncate(limits::MINUTIAE_MAX);
    kept
}

/// Whether the print ends within reach, in any of sixteen directions.
fn near_border(point: &Found, region: &Mask) -> bool {
    (0..16).any(|step| {
        let (sin, cos) = (step as f32 * core::f32::consts::TAU / 16.0).sin_cos();
        let (x, y) = (point.x + MINUTIA_BORDER_PX * cos, point.y + MINUTIA_BORDER_PX * sin);
        !region.at((x / CELL as f32).floor() as i32, (y / CELL as f32).floor() as i32)
    })
}

/// Marks pairs that point against each other, closest first.
fn cancelled(points: &[Found], period: f32) -> Vec<bool> {
    let scale = period / 9.0;
    let mut pairs = Vec::new();
    for (i, a) in points.iter().enumerate() {
        for (j, b) in points.iter().enumerate().skip(i + 1) {
            let (dx, dy) = (b.x - a.x, b.y - a.y);
            let distance = dx.hypot(dy);
            if distance > OPPOSITE_ALONG_PX * scale {
                continue;
            }
            let turn = (a.direction - b.direction).cos();
            if turn > OPPOSITE_TURN_COS_MAX {
                continue;
            }
            let across = (dx * a.direction.sin() - dy * a.direction.cos()).abs();
            if across <= OPPOSITE_ACROSS_PX * scale {
                pairs.push((distance, i, j));
            }
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut gone = vec![false; points.len()];
    for (_, i, j) in pairs {
        if !gone[i] && !gone[j] {
            gone[i] = true;
            gone[j] = true;
        }
    }
    gone
}
