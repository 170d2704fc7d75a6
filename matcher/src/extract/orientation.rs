//! Stage 3: the direction across the ridges, per cell, from the structure tensor at two scales.
//!
//! Gradient covariance after Kass and Witkin 1987 and Bigun and Granlund 1987. Cells are first made equally loud,
//! so that one hard edge does not outvote quiet ridges, then smoothed at a fine and a coarse scale.

use super::plane::{CELL, Plane};
use crate::lanes;
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

    /// The unit vector across the ridges of a cell, pointing right: what [`Self::across`] says, without an angle.
    #[inline(always)]
    pub(crate) fn normal(&self, cell: usize) -> (f32, f32) {
        let (c, s) = (self.cos2.values[cell], self.sin2.values[cell]);
        let length = (c * c + s * s).sqrt();
        if length < 1e-12 {
            return (1.0, 0.0);
        }
        let cos = (0.5 * (1.0 + c / length)).max(0.0).sqrt();
        let sin = (0.5 * (1.0 - c / length)).max(0.0).sqrt();
        (cos, if s < 0.0 { -sin } else { sin })
    }

    /// Angle across the ridges of a cell, in radians from minus to plus a quarter turn.
    pub(crate) fn across(&self, cell: usize) -> f32 {
        0.5 * self.sin2.values[cell].atan2(self.cos2.values[cell])
    }
}

/// The tensor of each cell: difference, twice the mixed term, sum.
#[inline(always)]
fn tensors(pixels: &Plane) -> (Plane, Plane, Plane) {
    let mut cos2 = Plane::cells_of(pixels.width, pixels.height);
    let mut sin2 = cos2.clone();
    let mut energy = cos2.clone();
    let columns = cos2.width;
    let mut gx = vec![0.0f32; pixels.width];
    let mut gy = gx.clone();
    let (mut differences, mut mixed, mut sums) = (gx.clone(), gx.clone(), gx.clone());
    for y in 1..pixels.height.saturating_sub(1) {
        let (above, here, below) = (pixels.row(y - 1), pixels.row(y), pixels.row(y + 1));
        let inner = pixels.width.saturating_sub(2);
        let (gx_inner, gy_inner) = (&mut gx[1..=inner], &mut gy[1..=inner]);
        let (a0, a1, a2) = (&above[..inner], &above[1..=inner], &above[2..inner + 2]);
        let (h0, h2) = (&here[..inner], &here[2..inner + 2]);
        let (b0, b1, b2) = (&below[..inner], &below[1..=inner], &below[2..inner + 2]);
        for x in 0..inner {
            gx_inner[x] = (a2[x] + 2.0 * h2[x] + b2[x]) - (a0[x] + 2.0 * h0[x] + b0[x]);
            gy_inner[x] = b0[x] + 2.0 * b1[x] + b2[x] - a0[x] - 2.0 * a1[x] - a2[x];
        }
        let row = y / CELL * columns;
        for x in 0..pixels.width {
            let (a, b) = (gx[x], gy[x]);
            differences[x] += a * a - b * b;
            mixed[x] += 2.0 * a * b;
            sums[x] += a * a + b * b;
        }
        // Rows add up first, each column by itself; cells are summed up once per cell row.
        if y % CELL == CELL - 1 || y + 2 == pixels.height {
            let total = |part: &[f32]| part.iter().sum::<f32>();
            for cell in 0..columns {
                let from = cell * CELL;
                let to = (from + CELL).min(pixels.width);
                cos2.values[row + cell] = total(&differences[from..to]);
                sin2.values[row + cell] = total(&mixed[from..to]);
                energy.values[row + cell] = total(&sums[from..to]);
            }
            differences.fill(0.0);
            mixed.fill(0.0);
            sums.fill(0.0);
        }
    }
    (cos2, sin2, energy)
}

/// `loudness_min` is the gradient energy per cell that counts as half a voice.
pub(crate) fn orientation(pixels: &Plane, loudness_min: f32, sigma_factor: f32) -> Orientation {
    let (mut cos2, mut sin2, mut energy) = lanes::wide(
        #[inline(always)]
        || tensors(pixels),
    );
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
