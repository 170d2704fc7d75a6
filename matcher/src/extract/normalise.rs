//! Stage 2: the same mean and contrast everywhere, from cell statistics interpolated per pixel.

use super::plane::{CELL, Plane};
use crate::parameters::{NORMALISE_CONTRAST_MIN, NORMALISE_SIGMA_CELLS};

/// The flattened picture and what was flattened.
pub(crate) struct Normalised {
    /// Mean 0, deviation about 1, where there is contrast; ridges negative.
    pub(crate) pixels: Plane,
    /// Local mean grey per cell.
    pub(crate) mean_cells: Plane,
    /// Local standard deviation of grey per cell.
    pub(crate) deviation_cells: Plane,
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
    let pixels = flattened(grey, &mean_cells, &deviation_cells);
    Normalised { pixels, mean_cells, deviation_cells }
}

fn flattened(grey: &Plane, mean_cells: &Plane, deviation_cells: &Plane) -> Plane {
    let mut out = Plane::new(grey.width, grey.height);
    let half = 0.5 - 0.5 / CELL as f32;
    let mut means = vec![0.0; mean_cells.width];
    let mut deviations = means.clone();
    let last = mean_cells.width - 1;
    for y in 0..grey.height {
        let cell_y = (y as f32 / CELL as f32 - half).max(0.0);
        let (upper, share) = ((cell_y as usize).min(mean_cells.height - 1), cell_y.fract());
        let lower = (upper + 1).min(mean_cells.height - 1);
        let mix = |cells: &Plane, x: usize| cells.row(upper)[x] * (1.0 - share) + cells.row(lower)[x] * share;
        for x in 0..=last {
            means[x] = mix(mean_cells, x);
            deviations[x] = mix(deviation_cells, x);
        }
        let source = grey.row(y);
        for (x, value) in out.row_mut(y).iter_mut().enumerate() {
            let cell_x = (x as f32 / CELL as f32 - half).max(0.0);
            let (left, share) = ((cell_x as usize).min(last), cell_x.fract());
            let right = (left + 1).min(last);
            let mean = means[left] * (1.0 - share) + means[right] * share;
            let deviation = deviations[left] * (1.0 - share) + deviations[right] * share;
            *value = ((source[x] - mean) / (deviation + NORMALISE_CONTRAST_MIN)).clamp(-2.5, 2.5);
        }
    }
    out
}
