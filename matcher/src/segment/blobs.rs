//! Connected print: each blob with its centre, its size and the axis it is long in.

use super::foreground::{Foreground, cell_mm};
use crate::extract::plane::Plane;
use crate::parameters::{RIM_LENGTH_WIDTHS_MAX, RIM_MM};

/// A set of cells and its moments. Coordinates are in cells, y down.
#[derive(Clone)]
pub(super) struct Blob {
    pub(super) cells: Vec<(f32, f32)>,
    pub(super) x: f32,
    pub(super) y: f32,
    /// Turn of the long axis from upright, clockwise, in radians, between minus and plus a quarter turn.
    pub(super) turn: f32,
    /// Long over short axis.
    pub(super) elongation: f32,
    pub(super) skin: Skin,
}

/// What the cells of a blob have in common.
#[derive(Clone, Copy)]
pub(super) struct Skin {
    /// How much of its contrast is as fine as ridges, 0 to 1.
    pub(super) ridged: f32,
    /// How much neighbouring directions agree, 0 to 1.
    pub(super) flow: f32,
    /// Lies flat along the lower rim of the picture, wider than long: the edge of a palm or a sleeve.
    pub(super) rim: bool,
}

impl Blob {
    /// `None` of an empty set.
    pub(super) fn of(cells: Vec<(f32, f32)>, skin: Skin) -> Option<Self> {
        if cells.is_empty() {
            return None;
        }
        let count = cells.len() as f32;
        let x = cells.iter().map(|cell| cell.0).sum::<f32>() / count;
        let y = cells.iter().map(|cell| cell.1).sum::<f32>() / count;
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for cell in &cells {
            let (dx, dy) = (cell.0 - x, cell.1 - y);
            xx += dx * dx;
            xy += dx * dy;
            yy += dy * dy;
        }
        // Long axis measured from upright (0, -1), clockwise.
        let turn = 0.5 * (-2.0 * xy).atan2(yy - xx);
        let (mean, half) = ((xx + yy) / 2.0, (((xx - yy) / 2.0).powi(2) + xy * xy).sqrt());
        let elongation = ((mean + half) / (mean - half).max(0.1)).sqrt();
        Some(Self { cells, x, y, turn, elongation, skin })
    }

    /// Extent across and along a direction that is turned from upright: least and largest across, then along
    /// (growing downwards).
    pub(super) fn extent(&self, turn: f32) -> [f32; 4] {
        let (sin, cos) = turn.sin_cos();
        let start = [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::NEG_INFINITY];
        self.cells.iter().fold(start, |e, &(x, y)| {
            let (across, along) = (x * cos + y * sin, y * cos - x * sin);
            [e[0].min(across), e[1].max(across), e[2].min(along), e[3].max(along)]
        })
    }
}

pub(super) fn blobs(foreground: &Foreground) -> Vec<Blob> {
    let mask = &foreground.mask;
    let (labels, sizes) = mask.areas();
    let mut sets: Vec<Vec<(f32, f32)>> = sizes.iter().map(|&size| Vec::with_capacity(size)).collect();
    for (cell, &label) in labels.iter().enumerate() {
        if label != 0 {
            sets[label as usize].push(((cell % mask.width) as f32 + 0.5, (cell / mask.width) as f32 + 0.5));
        }
    }
    let skin = |cells: &[(f32, f32)]| {
        let mean = |plane: &Plane| {
            cells.iter().map(|&(x, y)| plane.at(x as i32, y as i32)).sum::<f32>() / cells.len().max(1) as f32
        };
        let start = [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::NEG_INFINITY];
        let [left, right, top, bottom] =
            cells.iter().fold(start, |e, &(x, y)| [e[0].min(x), e[1].max(x), e[2].min(y), e[3].max(y)]);
        let at_rim = bottom + RIM_MM / cell_mm() >= mask.height as f32;
        let rim = at_rim && (bottom - top) < RIM_LENGTH_WIDTHS_MAX * (right - left);
        Skin { ridged: mean(&foreground.fineness), flow: mean(&foreground.flow), rim }
    };
    sets.into_iter()
        .filter_map(|cells| {
            let skin = skin(&cells);
            Blob::of(cells, skin)
        })
        .collect()
}
