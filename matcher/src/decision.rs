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

/// The log10 share of comparisons of two different fingers that score at least as high, for a single comparison.
///
/// Interpolated between what was measured ([`parameters::FALSE_MATCH_RATES_LOG10`]). Beyond the last measured rate each
/// factor of ten of likelihood is taken for one factor of ten of rate, which is the least a calibrated ratio promises.
#[must_use]
pub fn false_match_rate_log10(likelihood_ratio_log10: f32) -> f32 {
    let table = &parameters::FALSE_MATCH_RATES_LOG10;
    let above = table.partition_point(|&(ratio, _)| ratio < likelihood_ratio_log10);
    match (above.checked_sub(1).and_then(|below| table.get(below)), table.get(above)) {
        (Some(low), Some(high)) => {
            low.1 + (high.1 - low.1) * (likelihood_ratio_log10 - low.0) / (high.0 - low.0)
        }
        (Some(last), None) => last.1 - (likelihood_ratio_log10 - last.0),
        (None, Some(_)) | (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_ratio_is_never_a_higher_rate() {
        let rates: Vec<f32> = (-50..=90).map(|tenth| false_match_rate_log10(tenth as f32 / 10.0)).collect();
        assert!(rates.windows(2).all(|pair| pair[1] <= pair[0]));
        // No rate is promised that the likelihood ratio itself does not promise.
        assert!((0..=80).all(|tenth| false_match_rate_log10(tenth as f32 / 10.0) <= -(tenth as f32) / 10.0));
    }
}
