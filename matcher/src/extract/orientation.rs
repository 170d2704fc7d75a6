//! Stage 3: the direction across the ridges, per cell, from the structure tensor at two scales.
//!
//! Gradient covariance after Kass and Witkin 1987 and Bigun and Granlund 1987. Cells are first made equally loud,
//! so that one hard edge does not outvote quiet ridges, then smoothed at a fine and a coarse scale.

use super::plane::{CELL, Plane};
use crate::parameters::{ORIENTATION_COARSE_WEIGHT, ORIENTATION_SIGMA_COARSE, ORIENTATION_SIGMA_FINE};

/// Per cell: the doubled angle across the ridges as a vector, and how certain it is.
pub(crate) struct Orientation {
    pub(crate) cos2: Plane,
    pub(crate) sin2: Plane,
    /// 0 (no direction) to 1 (one direction only).
    pub(crate) coherence: Plane,
}

impl Orientation {
    /// Angle across the ridges at a pixel, in radians modulo half a turn.
    pub(crate) fn across_at(&self, x: f32, y: f32) -> f32 {
        let (cx, cy) = ((x + 0.5) / CELL as f32 - 0.5, (y + 0.5) / CELL as f32 - 0.5);
        0.5 * self.sin2.between(cx, cy).atan2(self.cos2.between(cx, cy))
    }

    /// Angle across the ridges of a cell, in radians from minus to plus a quarter turn.
    pub(crate) fn across(&self, cell: usize) -> f32 {
        0.5 * self.sin2.values[cell].atan2(self.cos2.values[cell])
    }
}

/// The tensor of each cell: difference, twice the mixed term, sum.
fn tensors(pixels: &Plane) -> (Plane, Plane, Plane) {
    let mut cos2 = Plane::cells_of(pixels.width, pixels.height);
    let mut sin2 = cos2.clone();
    let mut energy = cos2.clone();
    let columns = cos2.width;
    let mut gx = vec![0.0f32; pixels.width];
    let mut gy = gx.clone();
    for y in 1..pixels.height.saturating_sub(1) {
        let (above, here, below) = (pixels.row(y - 1), pixels.row(y), pixels.row(y + 1));
        for x in 1..pixels.width - 1 {
            let (left, right) = (
                above[x - 1] + 2.0 * here[x - 1] + below[x - 1],
                above[x + 1] + 2.0 * here[x + 1] + below[x + 1],
            );
            gx[x] = right - left;
            gy[x] =
                below[x - 1] + 2.0 * below[x] + below[x + 1] - above[x - 1] - 2.0 * above[x] - above[x + 1];
        }
        let row = y / CELL * columns;
        for (cell, (gx, gy)) in gx.chunks(CELL).zip(gy.chunks(CELL)).enumerate() {
            let (mut difference, mut mixed, mut sum) = (0.0, 0.0, 0.0);
            for (&a, &b) in gx.iter().zip(gy) {
                difference += a * a - b * b;
                mixed += 2.0 * a * b;
                sum += a * a + b * b;
            }
            cos2.values[row + cell] += difference;
            sin2.values[row + cell] += mixed;
            energy.values[row + cell] += sum;
        }
    }
    (cos2, sin2, energy)
}

/// `loudness_min` is the gradient energy per cell that counts as half a voice.
pub(crate) fn orientation(pixels: &Plane, loudness_min: f32, sigma_factor: f32) -> Orientation {
    let (mut cos2, mut sin2, mut energy) = tensors(pixels);
    for ((c, s), e) in cos2.values.iter_mut().zip(&mut sin2.values).zip(&mut energy.values) {
        let scale = 1.0 / (*e + loudness_min);
        *c *= scale;
        *s *= scale;
        *e *= scale;
    }
    let fine = ORIENTATION_SIGMA_FINE * sigma_factor;
    let coarse = ORIENTATION_SIGMA_COARSE * sigma_factor;
    let (fine_cos2, fine_sin2, fine_energy) =
        (cos2.smoothed(fine), sin2.smoothed(fine), energy.smoothed(fine));
    let (coarse_cos2, coarse_sin2) = (cos2.smoothed(coarse), sin2.smoothed(coarse));
    let mut out = Orientation { cos2: fine_cos2, sin2: fine_sin2, coherence: fine_energy };
    for cell in 0..out.cos2.values.len() {
        let (c, s) = (out.cos2.values[cell], out.sin2.values[cell]);
        let energy = out.coherence.values[cell];
        out.coherence.values[cell] = (c.hypot(s) / (energy + 1e-6)).min(1.0);
        out.cos2.values[cell] = c + ORIENTATION_COARSE_WEIGHT * coarse_cos2.values[cell];
        out.sin2.values[cell] = s + ORIENTATION_COARSE_WEIGHT * coarse_sin2.values[cell];
    }
    out
}
