//! Frequency domain analysis: how much of the wave across the ridges lies in one frequency (ISO/IEC 29794-4, 6.2.5).
//!
//! The region is turned until its ridges lie, each of 32 rows averaged over 16 columns, and the spectrum of the 32
//! means taken without the constant part. The value is the strongest line with three tenths of its two neighbours, as
//! a share of lines 1 to 15. If the slowest line is the strongest there is no wave, and the value is 1. Of lines that
//! are equal but for rounding (a single dark row has a flat spectrum) a later one is taken: which one the reference
//! takes hangs on the last bit, and of its 31 lines only two are the slowest.

use core::f64::consts::{FRAC_PI_2, TAU};

use super::CannotJudge;
use super::grey::Grey;
use super::grid::SIDE;
use super::histogram::Histogram;
use super::regions::Regions;
use super::turned::{CUT_PIXELS, Cut, turned};

const BOUNDARIES: [f64; 9] = [0.268, 0.304, 0.33, 0.355, 0.38, 0.407, 0.44, 0.50, 1.0];
/// Fewest regions with ridges; under it the reference refuses the picture.
const REGIONS_MIN: usize = 10;
const NEIGHBOUR_WEIGHT: f64 = 0.3;
/// Lines are equal from this share of each other on.
const EQUAL_SHARE: f64 = 1.0 - 1e-12;
const COLUMNS: usize = CUT_PIXELS / SIDE;
const HALF: usize = SIDE / 2;

/// The measure over all foreground regions.
pub(super) fn frequency_domain(print: &Grey<'_>, regions: &Regions) -> Result<Histogram, CannotJudge> {
    let transform = Transform::new();
    let value = |region| {
        let lying = turned(print, region, region.orientation + FRAC_PI_2, true, Cut::High);
        concentration(&transform.amplitudes(&row_means(&lying)))
    };
    let values: Vec<f64> = regions.foreground().map(value).collect();
    if values.len() < REGIONS_MIN {
        return Err(CannotJudge::TooLittlePrint);
    }
    Histogram::new(values, BOUNDARIES)
}

fn row_means(lying: &[u8; CUT_PIXELS]) -> [f64; SIDE] {
    let mut means = [0.0; SIDE];
    for (mean, row) in means.iter_mut().zip(lying.chunks_exact(COLUMNS)) {
        *mean = f64::from(row.iter().map(|&grey| u16::from(grey)).sum::<u16>()) / COLUMNS as f64;
    }
    means
}

/// From the amplitudes of lines 1 to 16; the upper half of the spectrum mirrors them.
fn concentration(amplitudes: &[f64; HALF]) -> f64 {
    let mut strongest = 0;
    for line in 1..HALF {
        if amplitudes[line] > 0.0 && amplitudes[line] >= amplitudes[strongest] * EQUAL_SHARE {
            strongest = line;
        }
    }
    if strongest == 0 {
        return 1.0;
    }
    let above = amplitudes[if strongest + 1 < HALF { strongest + 1 } else { HALF - 2 }];
    let around = amplitudes[strongest - 1] + above;
    (amplitudes[strongest] + NEIGHBOUR_WEIGHT * around) / amplitudes[..HALF - 1].iter().sum::<f64>()
}

/// Sine and cosine of all multiples of a 32nd turn.
struct Transform {
    cosine: [f64; SIDE],
    sine: [f64; SIDE],
}

impl Transform {
    fn new() -> Self {
        let angle = |step: usize| TAU * step as f64 / SIDE as f64;
        let table = |function: fn(f64) -> f64| core::array::from_fn(|step| function(angle(step)));
        Self { cosine: table(f64::cos), sine: table(f64::sin) }
    }

    /// Amplitudes of lines 1 to 16 of a real signal. Halves are added or subtracted first, so that a constant signal
    /// gives exactly nothing.
    fn amplitudes(&self, signal: &[f64; SIDE]) -> [f64; HALF] {
        let sums: [f64; HALF] = core::array::from_fn(|i| signal[i] + signal[i + HALF]);
        let differences: [f64; HALF] = core::array::from_fn(|i| signal[i] - signal[i + HALF]);
        let quarter = HALF / 2;
        let outer: [f64; HALF / 2] = core::array::from_fn(|i| sums[i] + sums[i + quarter]);
        let inner: [f64; HALF / 2] = core::array::from_fn(|i| sums[i] - sums[i + quarter]);
        core::array::from_fn(|index| {
            let line = index + 1;
            if line % 2 == 1 {
                self.line(&differences, line)
            } else if line % 4 == 2 {
                self.line(&inner, line)
            } else {
                self.line(&outer, line)
            }
        })
    }

    fn line(&self, values: &[f64], line: usize) -> f64 {
        let (mut real, mut imaginary) = (0.0, 0.0);
        // The mean is taken off first: it contributes nothing to a line but rounding.
        let constant =
            if line.is_multiple_of(4) { values.iter().sum::<f64>() / values.len() as f64 } else { 0.0 };
        for (at, value) in values.iter().enumerate() {
            real += (value - constant) * self.cosine[at * line % SIDE];
            imaginary += (value - constant) * self.sine[at * line % SIDE];
        }
        (real * real + imaginary * imaginary).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_has_no_line_and_a_wave_has_one() {
        let transform = Transform::new();
        assert_eq!(transform.amplitudes(&[100.0625; SIDE]), [0.0; HALF]);
        assert_eq!(concentration(&[0.0; HALF]).to_bits(), 1.0f64.to_bits());
        let mut dark_row = [255.0; SIDE];
        dark_row[9] = 0.0;
        assert!((concentration(&transform.amplitudes(&dark_row)) - 1.6 / 15.0).abs() < 1e-9);
        for line in 2..HALF {
            let wave = core::array::from_fn(|i| 100.0 + 20.0 * (TAU * (i * line) as f64 / SIDE as f64).cos());
            let value = concentration(&transform.amplitudes(&wave));
            assert!((value - 1.0).abs() < 1e-9, "line {line}: {value}");
        }
    }
}
