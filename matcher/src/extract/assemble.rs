//! Stage 8: minutiae, orientation grid and ridge period packed into a template.

use super::Ridges;
use super::plane::CELL;
use super::singular::Found;
use crate::limits;
use crate::template::{Minutia, NO_ORIENTATION, Template, grid_cell_px};

/// `size` is that of the print at 500 ppi, `growth` how much larger it was worked on.
pub(crate) fn template(found: &[Found], ridges: &Ridges, size: (usize, usize), growth: f32) -> Template {
    let Ridges { orientation, region, frequency, .. } = ridges;
    let period = frequency.median / growth;
    let width = size.0.clamp(1, usize::from(limits::TEMPLATE_SIDE_MAX));
    let height = size.1.clamp(1, usize::from(limits::TEMPLATE_SIDE_MAX));
    let minutiae = found
        .iter()
        .map(|point| (point, (point.x / growth) as usize, (point.y / growth) as usize))
        .filter(|&(_, x, y)| x < width && y < height)
        .map(|(point, x, y)| Minutia {
            x: x as u16,
            y: y as u16,
            direction: full_turn(point.direction),
            kind: point.kind,
            quality: (point.certainty * 100.0).clamp(0.0, 100.0) as u8,
        })
        .collect();
    let cell = grid_cell_px(width, height);
    let (columns, rows) = (width.div_ceil(cell), height.div_ceil(cell));
    let mut grid = vec![NO_ORIENTATION; columns * rows];
    for (index, value) in grid.iter_mut().enumerate() {
        let x = (index % columns * cell + cell / 2) as f32 * growth;
        let y = (index / columns * cell + cell / 2) as f32 * growth;
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
