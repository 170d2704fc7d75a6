//! Where there is print on a slap: local contrast, opened so that writing and lines fall away.

use crate::Image;
use crate::extract::plane::{Mask, Plane};
use crate::extract::scale;
use crate::parameters::{
    SEGMENT_CELL_PX, SEGMENT_CONTRAST_MIN, SEGMENT_CONTRAST_SHARE_MIN, SEGMENT_OPENING_CELLS, SEGMENT_PPI,
    SEGMENT_SIGMA_CELLS,
};

/// The print on a slap, in cells.
pub(super) struct Foreground {
    /// Opened and without holes.
    pub(super) mask: Mask,
    /// Cells that have contrast themselves, not only from their surroundings: for exact borders.
    pub(super) sharp: Mask,
    /// Share of the local contrast that lies within single cells: high on ridges, low on strokes and stains.
    pub(super) fineness: Plane,
    /// Side of a cell in pixels of the given image.
    pub(super) cell_px: f32,
}

/// Side of a cell in mm.
pub(super) fn cell_mm() -> f32 {
    SEGMENT_CELL_PX as f32 * 25.4 / SEGMENT_PPI
}

/// The image must be sound.
pub(super) fn foreground(image: &Image) -> Foreground {
    let grey = scale::scaled_to(image, SEGMENT_PPI);
    let (mean, square) = moments(&grey);
    let raw = deviation(&mean, &square);
    let smooth = deviation(&mean.smoothed(SEGMENT_SIGMA_CELLS), &square.smoothed(SEGMENT_SIGMA_CELLS));
    let mut sorted = smooth.values.clone();
    sorted.sort_by(f32::total_cmp);
    let loud = sorted.get(sorted.len() * 97 / 100).copied().unwrap_or(0.0);
    let contrast_min = SEGMENT_CONTRAST_MIN.max(loud * SEGMENT_CONTRAST_SHARE_MIN);
    let over = |plane: &Plane| Mask {
        width: plane.width,
        height: plane.height,
        cells: plane.values.iter().map(|&value| value >= contrast_min).collect(),
    };
    // Smoothing bridges narrow gaps between fingers; a cell must also have contrast itself or beside it.
    let sharp = over(&raw);
    let mut wide = over(&smooth);
    for (set, beside) in wide.cells.iter_mut().zip(sharp.voted(2).cells) {
        *set &= beside;
    }
    let wide = wide.solid(12);
    let mut mask = wide.clone();
    for _ in 0..SEGMENT_OPENING_CELLS {
        mask = mask.voted(9);
    }
    for _ in 0..SEGMENT_OPENING_CELLS {
        mask = mask.voted(1);
    }
    for (set, &wide) in mask.cells.iter_mut().zip(&wide.cells) {
        *set &= wide;
    }
    let cell_px = SEGMENT_CELL_PX as f32 * image.resolution_ppi as f32 / SEGMENT_PPI;
    Foreground { mask, sharp, fineness: fineness(&raw, &smooth), cell_px }
}

fn fineness(raw: &Plane, smooth: &Plane) -> Plane {
    let within = Plane {
        width: raw.width,
        height: raw.height,
        values: raw.values.iter().map(|value| value * value).collect(),
    };
    let mut out = within.smoothed(SEGMENT_SIGMA_CELLS);
    for (within, total) in out.values.iter_mut().zip(&smooth.values) {
        *within = (*within / (total * total + 1.0)).min(1.0);
    }
    out
}

/// Mean and mean square per cell.
fn moments(grey: &Plane) -> (Plane, Plane) {
    let (width, height) = (grey.width.div_ceil(SEGMENT_CELL_PX), grey.height.div_ceil(SEGMENT_CELL_PX));
    let (mut mean, mut square, mut count) =
        (Plane::new(width, height), Plane::new(width, height), Plane::new(width, height));
    for y in 0..grey.height {
        let row = y / SEGMENT_CELL_PX * width;
        for (cell, chunk) in grey.row(y).chunks(SEGMENT_CELL_PX).enumerate() {
            mean.values[row + cell] += chunk.iter().sum::<f32>();
            square.values[row + cell] += chunk.iter().map(|value| value * value).sum::<f32>();
            count.values[row + cell] += chunk.len() as f32;
        }
    }
    for ((mean, square), count) in mean.values.iter_mut().zip(&mut square.values).zip(&count.values) {
        *mean /= count;
        *square /= count;
    }
    (mean, square)
}

fn deviation(mean: &Plane, square: &Plane) -> Plane {
    let values =
        mean.values.iter().zip(&square.values).map(|(mean, square)| (square - mean * mean).max(0.0).sqrt());
    Plane { width: mean.width, height: mean.height, values: values.collect() }
}
