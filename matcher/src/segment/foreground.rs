//! Where there is print on a slap: local contrast, opened so that writing and lines fall away.

use crate::Image;
use crate::extract::plane::{Mask, Plane};
use crate::extract::scale;
use crate::parameters::{
    DIRT_CONTRAST_MIN, SEGMENT_CELL_PX, SEGMENT_CONTRAST_MIN, SEGMENT_CONTRAST_SHARE_MIN, SEGMENT_FLOW_MIN,
    SEGMENT_FLOW_SIGMA_CELLS, SEGMENT_LOUD_MM2, SEGMENT_OPENING_CELLS, SEGMENT_PALE_SHARE_MIN, SEGMENT_PPI,
    SEGMENT_SIGMA_CELLS, WET_FLOW_MIN,
};

/// The print on a slap, in cells.
pub(super) struct Foreground {
    /// Opened and without holes.
    pub(super) mask: Mask,
    /// Cells that have contrast themselves, not only from their surroundings: for exact borders.
    pub(super) sharp: Mask,
    /// The same with less contrast: the rim of a finger, and ghosts.
    pub(super) pale: Mask,
    /// Local contrast.
    pub(super) contrast: Plane,
    /// Any mark on the glass, however faint.
    pub(super) marks: Mask,
    /// Share of the local contrast that lies within single cells: high on ridges, low on strokes and stains.
    pub(super) fineness: Plane,
    /// How much the directions around a cell agree, 0 to 1: high on ridges, low on cloth and stains.
    pub(super) flow: Plane,
    /// The picture at [`SEGMENT_PPI`].
    pub(super) grey: Plane,
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
    let loud = loudest(&smooth);
    let flow = flow(&grey, &mean);
    let contrast_min = SEGMENT_CONTRAST_MIN.max(loud * SEGMENT_CONTRAST_SHARE_MIN);
    let over = |plane: &Plane, contrast_min: f32| Mask {
        width: plane.width,
        height: plane.height,
        cells: plane.values.iter().map(|&value| value >= contrast_min).collect(),
    };
    let marks = over(&raw, DIRT_CONTRAST_MIN);
    let pale = over(&raw, SEGMENT_CONTRAST_MIN.max(loud * SEGMENT_PALE_SHARE_MIN));
    // Smoothing bridges narrow gaps between fingers; a cell must also have contrast itself or beside it.
    let mut sharp = over(&raw, contrast_min);
    let mut wide = over(&smooth, contrast_min);
    let wet = wet(&mean, &smooth, &flow);
    for mask in [&mut sharp, &mut wide] {
        for (set, wet) in mask.cells.iter_mut().zip(&wet.cells) {
            *set |= *wet;
        }
    }
    for (set, beside) in wide.cells.iter_mut().zip(sharp.voted(2).cells) {
        *set &= beside;
    }
    for (set, flow) in wide.cells.iter_mut().zip(&flow.values) {
        *set &= *flow >= SEGMENT_FLOW_MIN;
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
    let fineness = fineness(&raw, &smooth);
    let contrast = smooth;
    Foreground { mask, sharp, pale, marks, contrast, fineness, flow, grey, cell_px }
}

/// Cells of wet print: dark, of little contrast because the valleys are flooded, and with ridges that still flow. Beside the
/// black and white border of such a finger they would count as a ghost; a ghost is pale, and cloth does not flow.
fn wet(mean: &Plane, contrast: &Plane, flow: &Plane) -> Mask {
    let mut values = mean.values.clone();
    values.sort_unstable_by(f32::total_cmp);
    let at = |share: usize| values.get(values.len() * share / 100).copied().unwrap_or(0.0);
    let dark_max = (at(1) + at(90)) / 2.0;
    let cells = mean.values.iter().zip(&contrast.values).zip(&flow.values);
    Mask {
        width: mean.width,
        height: mean.height,
        cells: cells
            .map(|((mean, contrast), flow)| {
                *mean < dark_max && *contrast >= SEGMENT_CONTRAST_MIN && *flow >= WET_FLOW_MIN
            })
            .collect(),
    }
}

/// Contrast of the best printed square millimetres.
fn loudest(contrast: &Plane) -> f32 {
    let mut values = contrast.values.clone();
    let cells = (SEGMENT_LOUD_MM2 / (cell_mm() * cell_mm())) as usize;
    let at = values.len().saturating_sub(cells.max(1));
    if at >= values.len() { 0.0 } else { *values.select_nth_unstable_by(at, f32::total_cmp).1 }
}

/// Coherence of the structure tensor, from cells and smoothed over their surroundings.
fn flow(grey: &Plane, cells: &Plane) -> Plane {
    let empty = || Plane::new(cells.width, cells.height);
    let (mut difference, mut product, mut energy) = (empty(), empty(), empty());
    for y in 1..grey.height.saturating_sub(1) {
        let (above, here, below) = (grey.row(y - 1), grey.row(y), grey.row(y + 1));
        let row = y / SEGMENT_CELL_PX * cells.width;
        for x in 1..grey.width.saturating_sub(1) {
            let (gx, gy) = (here[x + 1] - here[x - 1], below[x] - above[x]);
            let cell = row + x / SEGMENT_CELL_PX;
            difference.values[cell] += gx * gx - gy * gy;
            product.values[cell] += 2.0 * gx * gy;
            energy.values[cell] += gx * gx + gy * gy;
        }
    }
    let [difference, product, mut out] =
        [difference, product, energy].map(|plane| plane.smoothed(SEGMENT_FLOW_SIGMA_CELLS));
    for (out, (difference, product)) in
        out.values.iter_mut().zip(difference.values.iter().zip(&product.values))
    {
        *out = difference.hypot(*product) / (*out + 1.0);
    }
    out
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
