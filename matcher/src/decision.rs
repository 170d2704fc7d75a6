//! When a fused score is called a match.
//!
//! A fused score is a sum of log10 likelihood ratios, one per finger. The thresholds and the false-match figures
//! behind them are in [`crate::parameters`] and `docs/reference/matcher.md`.

use crate::parameters;

/// Whether prints with this fused score are taken to come from one person.
#[must_use]
pub fn is_match(fused_score: f32) -> bool {
    fused_score >= parameters::FUSED_LLR_LOG10_MATCH_MIN
}

/// Adds up likelihood ratios of several fingers of one person.
///
/// One finger cannot veto the others: a worn or swapped print counts against a match only up to a bound.
#[must_use]
pub fn fuse(likelihood_ratios_log10: impl IntoIterator<Item = f32>) -> f32 {
    let (floor, ceiling) = (parameters::FINGER_LLR_LOG10_MIN, parameters::FINGER_LLR_LOG10_MAX);
    likelihood_ratios_log10.into_iter().map(|ratio| ratio.clamp(floor, ceiling)).sum()
}
