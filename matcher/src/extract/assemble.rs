//! Stage 8: minutiae, orientation grid and ridge period packed into a template.

use super::orientation::Orientation;
use super::plane::{CELL, Mask};
use super::singular::Found;
use crate::limits;
use crate::template::{Minutia, NO_ORIENTATION, Template, grid_cell_px};

pub(crate) fn template(
    found: &[Found],
    orientation: &Orientation,
    region: &Mask,
    size: (usize, usize),
    period: f32,
) -> Template {
    let width = size.0.clamp(1, usize::from(limits::TEMPLATE_SIDE_MAX));
    let height = size.1.clamp(1, usize::from(limits::TEMPLATE_SIDE_MAX));
    let minutiae = found
        .iter()
        .filter(|point| (point.x as usize) < width && (point.y as usize) < height)
        .map(|point| Minutia {
            x: point.x as u16,
            y: point.y as u16,
            direction: full_turn(point.direction),
            kind: point.kind,
            quality: (point.certainty * 100.0).clamp(0.0, 100.0) as u8,
        })
        .collect();
    let cell = grid_cell_px(width, height);
    let (columns, rows) = (width.div_ceil(cell), height.div_ceil(cell));
    let mut grid = vec![NO_ORIENTATION; columns * rows];
    for (index, value) in grid.iter_mut().enumerate() {
        let x = (index % columns * cell + cell / 2) as f32;
        let y = (index / columns * cell + cell / 2) as f32;
        if region.at((x / CELL as f32) as i32, (y / CELL as f32) as i32) {
            *value = half_turn(orientation.across_at(x, y));
        }
    }
    Template {
        width: width as u16,
        height: height as u16,
        ridge_period_tenths: (period * 10.0).round().clamp(1.0, 255.0) as u8,
        cell: cell as u8,
        columns: columns as u8,
        rows: rows as u8,
        grid,
        minutiae,
    }
}

/// Radians to 256 steps of the full turn.
fn full_turn(radians: f32) -> u8 {
    ((radians * (256.0 / core::f32::consts::TAU)).round() as i32 & 255) as u8
}

/// The angle across the ridges to 128 steps of the half turn along them.
fn half_turn(across: f32) -> u8 {
    let along = across + core::f32::consts::FRAC_PI_2;
    ((along * (128.0 / core::f32::consts::PI)).round() as i32 & 127) as u8
}
