//! Bins: how coefficients become small integers and come back, and how wide the bins are for a bit rate.
//!
//! Widths follow part 3 of IAFIS-IC-0110 v3: each sub-band has a relative width by its variance, and one
//! common factor makes the estimated rate the requested one. Sub-bands too weak for their bins leave the
//! estimate, and the factor is computed again until none is left to drop.

use crate::{
    parameters::{
        BAND_WEIGHTS_52, BIN_CENTRE, BIN_WIDTH_MIN, LOADING, SUBBANDS, SUBBANDS_CODED, VARIANCE_LOW_SUM_MIN,
        VARIANCE_MIN, ZERO_BIN_RATIO,
    },
    scaled::Scaled16,
    tree::{Region, Tree},
};

/// Largest magnitude a coefficient code can carry.
pub(crate) const LEVEL_MAX: i32 = 65_535;

/// Bins of one sub-band as transmitted. A width of zero: the sub-band is not coded.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Bins {
    pub(crate) width: Scaled16,
    pub(crate) zero_width: Scaled16,
}

impl Bins {
    pub(crate) fn is_coded(&self) -> bool {
        self.width.mantissa != 0
    }
}

/// The quantisation table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Quantisation {
    pub(crate) centre: Scaled16,
    pub(crate) bins: [Bins; SUBBANDS],
}

/// Rebuilds coefficients of one sub-band.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rebuild {
    width: f32,
    /// What a level of one stands for, minus one width.
    shift: f32,
}

impl Rebuild {
    pub(crate) fn new(bins: &Bins, centre: f64) -> Self {
        let (width, zero_width) = (bins.width.value(), bins.zero_width.value());
        Self { width: width as f32, shift: (zero_width / 2.0 - centre * width) as f32 }
    }

    /// The value a level other than zero stands for.
    #[inline]
    pub(crate) fn value(&self, level: i32) -> f32 {
        let magnitude = level.unsigned_abs() as f32 * self.width + self.shift;
        if level < 0 { -magnitude } else { magnitude }
    }
}

/// Puts a row of coefficients into bins.
///
/// Adding 2^23 rounds to a whole number and leaves it in the lowest bits of the float; with the sign taken
/// from the top bit there is no branch and no checked conversion, so many samples are done at once.
pub(crate) fn quantise_row(coefficients: &[f32], bins: &Bins, levels: &mut [i32]) {
    const NO_FRACTION: f32 = 8_388_608.0;
    let inverse = (1.0 / bins.width.value()) as f32;
    let half_zero = (bins.zero_width.value() / 2.0) as f32;
    for (level, coefficient) in levels.iter_mut().zip(coefficients) {
        let bin = ((coefficient.abs() - half_zero) * inverse + 0.5).min(LEVEL_MAX as f32);
        let magnitude = ((bin + NO_FRACTION).to_bits() & 0xFFFF) as i32;
        let sign = coefficient.to_bits() as i32 >> 31;
        *level = (magnitude ^ sign).wrapping_sub(sign);
    }
}

/// Chooses the bins for a bit rate.
pub(crate) fn bins_for_rate(plane: &[f32], stride: usize, tree: &Tree, bits_per_pixel: f64) -> Quantisation {
    let variances = variances(plane, stride, tree);
    let relative = relative_widths(&variances);
    let factor = common_factor(&variances, &relative, bits_per_pixel);
    let mut bins = [Bins::default(); SUBBANDS];
    for (bins, relative) in bins.iter_mut().zip(relative) {
        if relative > 0.0 {
            let width = (relative / factor).max(BIN_WIDTH_MIN);
            *bins = Bins {
                width: Scaled16::nearest(width),
                zero_width: Scaled16::nearest(width * ZERO_BIN_RATIO),
            };
        }
    }
    Quantisation { centre: Scaled16::nearest(BIN_CENTRE), bins }
}

/// Variance of each coded sub-band, over the middle of the picture where the print is.
fn variances(plane: &[f32], stride: usize, tree: &Tree) -> [f64; SUBBANDS_CODED] {
    let mut variances = [0.0; SUBBANDS_CODED];
    for (variance, band) in variances.iter_mut().zip(&tree.bands) {
        *variance = variance_of(plane, stride, middle(band));
    }
    if variances[..4].iter().sum::<f64>() < VARIANCE_LOW_SUM_MIN {
        for (variance, band) in variances.iter_mut().zip(&tree.bands) {
            *variance = variance_of(plane, stride, *band);
        }
    }
    variances
}

/// The middle three quarters of the width and seven sixteenths of the height (part 3).
fn middle(band: &Region) -> Region {
    Region {
        x: band.x + band.width / 8,
        y: band.y + 9 * band.height / 32,
        width: 3 * band.width / 4,
        height: 7 * band.height / 16,
    }
}

fn variance_of(plane: &[f32], stride: usize, region: Region) -> f64 {
    const LANES: usize = 8;
    let count = region.area() as f64;
    if count < 2.0 {
        return 0.0;
    }
    let (mut sum, mut squares) = (0.0f64, 0.0f64);
    for y in region.y..region.y + region.height {
        let row = &plane[y * stride + region.x..][..region.width];
        let (mut lane_sum, mut lane_squares) = ([0.0f32; LANES], [0.0f32; LANES]);
        let chunks = row.chunks_exact(LANES);
        for sample in chunks.remainder() {
            sum += f64::from(*sample);
            squares += f64::from(*sample) * f64::from(*sample);
        }
        for chunk in chunks {
            for ((s, q), sample) in lane_sum.iter_mut().zip(&mut lane_squares).zip(chunk) {
                *s += sample;
                *q += sample * sample;
            }
        }
        sum += lane_sum.iter().map(|s| f64::from(*s)).sum::<f64>();
        squares += lane_squares.iter().map(|q| f64::from(*q)).sum::<f64>();
    }
    ((squares - sum * sum / count) / (count - 1.0)).max(0.0)
}

/// Bin widths up to a common factor; 0 = not coded.
fn relative_widths(variances: &[f64; SUBBANDS_CODED]) -> [f64; SUBBANDS_CODED] {
    let mut widths = [0.0; SUBBANDS_CODED];
    for (band, (width, variance)) in widths.iter_mut().zip(variances).enumerate() {
        if *variance >= VARIANCE_MIN {
            let weight = band.checked_sub(52).and_then(|i| BAND_WEIGHTS_52.get(i)).copied().unwrap_or(1.0);
            *width = if band < 4 { 1.0 } else { 10.0 / (weight * variance.ln()) };
        }
    }
    widths
}

/// Share of the picture's samples that lie in a sub-band (by its depth in the tree).
fn share(band: usize) -> f64 {
    match band {
        0..4 => 1.0 / 1024.0,
        4..51 => 1.0 / 256.0,
        _ => 1.0 / 16.0,
    }
}

/// The factor that divides the relative widths.
fn common_factor(
    variances: &[f64; SUBBANDS_CODED],
    relative: &[f64; SUBBANDS_CODED],
    bits_per_pixel: f64,
) -> f64 {
    let mut kept: Vec<usize> = (0..SUBBANDS_CODED).filter(|band| relative[*band] > 0.0).collect();
    let mut factor = 1.0;
    while !kept.is_empty() {
        let shares: f64 = kept.iter().map(|band| share(*band)).sum();
        let log_ratio: f64 =
            kept.iter().map(|band| share(*band) * (variances[*band].sqrt() / relative[*band]).log2()).sum();
        factor = ((bits_per_pixel - log_ratio) / shares - 1.0).exp2() / LOADING;
        let before = kept.len();
        kept.retain(|band| relative[*band] / factor < 2.0 * LOADING * variances[*band].sqrt());
        if kept.len() == before {
            break;
        }
    }
    factor
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(coefficient: f32, expect: i32) {
        let bins = Bins { width: Scaled16::nearest(10.0), zero_width: Scaled16::nearest(12.0) };
        let mut levels = [0];
        quantise_row(&[coefficient], &bins, &mut levels);
        assert_eq!(levels[0], expect, "{coefficient}");
    }

    #[test]
    fn coefficients_fall_into_their_bins() {
        check(0.0, 0);
        check(5.9, 0);
        check(-5.9, 0);
        check(6.1, 1);
        check(-6.1, -1);
        check(15.9, 1);
        check(16.1, 2);
        check(-16.1, -2);
        check(1e9, LEVEL_MAX);
    }

    #[test]
    fn levels_come_back_inside_their_bins() {
        let bins = Bins { width: Scaled16::nearest(10.0), zero_width: Scaled16::nearest(12.0) };
        let rebuild = Rebuild::new(&bins, BIN_CENTRE);
        for (level, low) in [(1, 6.0), (2, 16.0), (74, 736.0)] {
            assert!((rebuild.value(level) - (low + 5.6)).abs() < 1e-3);
            assert_eq!(rebuild.value(-level), -rebuild.value(level));
        }
    }
}
