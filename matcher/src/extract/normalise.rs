//! Stage 2: the same mean and contrast everywhere, from cell statistics interpolated per pixel.

use super::plane::{CELL, Plane};
use crate::lanes;
use crate::parameters::{
    BLANK_SHARE, CONTRAST_FLOOR, NORMALISE_CONTRAST_MIN, NORMALISE_CONTRAST_SHARE, NORMALISE_SIGMA_CELLS,
};

/// The flattened picture and what was flattened.
pub(crate) struct Normalised {
    /// Mean 0, deviation about 1, where there is contrast; ridges negative.
    pub(crate) pixels: Plane,
    /// Local mean grey per cell.
    pub(crate) mean_cells: Plane,
    /// Local standard deviation of grey per cell.
    pub(crate) deviation_cells: Plane,
    /// Deviation of the cells with much contrast: how loud this picture is.
    pub(crate) loudness: f32,
}

pub(crate) fn normalised(grey: &Plane) -> Normalised {
    let mut mean_cells = Plane::cells_of(grey.width, grey.height);
    let mut square_cells = mean_cells.clone();
    let mut count_cells = mean_cells.clone();
    for y in 0..grey.height {
        let row = y / CELL * mean_cells.width;
        for (cell, chunk) in grey.row(y).chunks(CELL).enumerate() {
            mean_cells.values[row + cell] += chunk.iter().sum::<f32>();
            square_cells.values[row + cell] += chunk.iter().map(|v| v * v).sum::<f32>();
            count_cells.values[row + cell] += chunk.len() as f32;
        }
    }
    for ((mean, square), count) in
        mean_cells.values.iter_mut().zip(&mut square_cells.values).zip(&count_cells.values)
    {
        *mean /= count;
        *square /= count;
    }
    let mean_cells = mean_cells.smoothed(NORMALISE_SIGMA_CELLS);
    let mut deviation_cells = square_cells.smoothed(NORMALISE_SIGMA_CELLS);
    for (deviation, mean) in deviation_cells.values.iter_mut().zip(&mean_cells.values) {
        *deviation = (*deviation - mean * mean).max(0.0).sqrt();
    }
    let loudness = loudness(&deviation_cells);
    // On a pale picture less contrast is already ridges: what counts is the share of its own loudest.
    let contrast_min = NORMALISE_CONTRAST_MIN.min(NORMALISE_CONTRAST_SHARE * loudness).max(CONTRAST_FLOOR);
    let pixels = lanes::wide(
        #[inline(always)]
        || flattened(grey, &mean_cells, &deviation_cells, contrast_min),
    );
    Normalised { pixels, mean_cells, deviation_cells, loudness }
}

/// The deviation that one cell in ten exceeds, of those that are not blank beside the loudest: so that a wide empty
/// border does not make a print louder.
fn loudness(deviation_cells: &Plane) -> f32 {
    let loudest = deviation_cells.values.iter().copied().fold(0.0f32, f32::max);
    let mut sorted: Vec<f32> =
        deviation_cells.values.iter().copied().filter(|&value| value >= BLANK_SHARE * loudest).collect();
    sorted.sort_by(f32::total_cmp);
    sorted.get(sorted.len() * 9 / 10).copied().unwrap_or(0.0)
}

#[inline(always)]
fn flattened(grey: &Plane, mean_cells: &Plane, deviation_cells: &Plane, contrast_min: f32) -> Plane {
    let mut out = Plane::new(grey.width, grey.height);
    let half = 0.5 - 0.5 / CELL as f32;
    let (mut means, mut deviations) = (vec![0.0f32; mean_cells.width], vec![0.0f32; mean_cells.width]);
    // Half a cell before and after, so that every stretch between two cell centres is whole.
    let padded = (mean_cells.width + 1) * CELL;
    let (mut mean_row, mut deviation_row) = (vec![0.0f32; padded], vec![0.0f32; padded]);
    for y in 0..grey.height {
        let cell_y = (y as f32 / CELL as f32 - half).max(0.0);
        let (upper, share) = ((cell_y as usize).min(mean_cells.height - 1), cell_y.fract());
        let lower = (upper + 1).min(mean_cells.height - 1);
        for (cells, mixed) in [(mean_cells, &mut means), (deviation_cells, &mut deviations)] {
            for ((out, above), below) in mixed.iter_mut().zip(cells.row(upper)).zip(cells.row(lower)) {
                *out = above * (1.0 - share) + below * share;
            }
        }
        stretched(&means, &mut mean_row);
        stretched(&deviations, &mut deviation_row);
        let from = CELL / 2..CELL / 2 + grey.width;
        let levels = mean_row[from.clone()].iter().zip(&deviation_row[from]);
        for ((value, source), (mean, deviation)) in out.row_mut(y).iter_mut().zip(grey.row(y)).zip(levels) {
            *value = ((source - mean) / (deviation + contrast_min)).clamp(-2.5, 2.5);
        }
    }
    out
}

/// From a value per cell to one per pixel, straight lines between the cells' centres; half a cell starts the row.
#[inline(always)]
fn stretched(cells: &[f32], out: &mut [f32]) {
    let last = cells.len() - 1;
    for (stretch, out) in out.chunks_exact_mut(CELL).enumerate() {
        let (left, right) = (cells[stretch.saturating_sub(1)], cells[stretch.min(last)]);
        for (step, value) in out.iter_mut().enumerate() {
            *value = left + (right - left) * ((step as f32 + 0.5) / CELL as f32);
        }
    }
}
