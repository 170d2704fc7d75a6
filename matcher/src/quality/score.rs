//! From measures to one figure, 0 to 100: a weighted sum of bounded inputs.
//!
//! The weights are in [`crate::parameters`]; `cargo run --example fit_quality` fits them to reference scores.
//! Every input only ever helps (a measure that harms enters negatively), so a worse measure never raises the score.

use super::Measures;
use crate::parameters::{QUALITY_BIAS, QUALITY_WEIGHTS};

/// How many inputs are weighed.
pub const INPUTS: usize = 8;

/// The inputs of the weighted sum, each growing with usefulness.
#[must_use]
pub fn inputs(m: &Measures) -> [f32; INPUTS] {
    [
        (m.ridge_area_mm2 / 250.0).min(1.0).sqrt(),
        m.orientation_certainty,
        m.ridge_clarity,
        m.frequency_plausibility,
        m.orientation_flow.max(0.8),
        (m.contrast / 50.0).min(1.0),
        1.0 - (m.ridge_breaks + m.valley_fill).min(1.0),
        1.0 - (2.0 * (m.ridge_share - 0.5)).abs().min(1.0),
    ]
}

pub(super) fn score(measures: &Measures) -> u8 {
    let sum: f32 = inputs(measures).iter().zip(&QUALITY_WEIGHTS).map(|(input, weight)| input * weight).sum();
    (QUALITY_BIAS + sum).round().clamp(1.0, 100.0) as u8
}
