//! One print against another: how alike, and how much that says.
//!
//! Local surroundings propose pairs of minutiae, the pairs vote for each other, the strongest place one print on
//! the other, and the placement that explains most decides. The whole way is [`compare_prepared`].

mod align;
mod descriptor;
mod evidence;
mod prepared;
mod relax;

use core::fmt;

pub use self::evidence::{EVIDENCE, Evidence};
pub use self::prepared::Prepared;
use crate::parameters::{
    LLR_LOG10_MAX, LLR_LOG10_MIN, NO_ALIGNMENT_LOG_ODDS, PLACEMENTS, SCORE_FADE, SCORE_SLOPE,
    SCORE_ZERO_LOG10, SEED_PAIRS, SEEDS,
};
use crate::{Template, lanes};

/// Two minutiae that were taken for the same one: indexes into [`Template::minutiae`] of either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pairing {
    /// Index in the first template.
    pub first: u16,
    /// Index in the second template.
    pub second: u16,
}

/// The answer of a 1:1 comparison.
#[derive(Clone, PartialEq)]
pub struct Comparison {
    /// Similarity from 0 (nothing in common) upwards, about 25 where nothing is said either way, ten more per factor of
    /// ten of the unbounded likelihood ratio; only comparable within one version of this crate.
    pub score: f32,
    /// log10 of how many times more likely this score is for prints of one finger than for prints of two.
    pub likelihood_ratio_log10: f32,
    /// The minutiae the answer rests on.
    pub paired: Vec<Pairing>,
    /// The figures behind the score; what [`crate::parameters::EVIDENCE_WEIGHTS`] weighs.
    pub evidence: Evidence,
}

/// Score and count only.
impl fmt::Debug for Comparison {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Comparison(score {:.1}, {} paired)", self.score, self.paired.len())
    }
}

/// Compares two templates. Symmetric: the order of the arguments does not change score or likelihood ratio.
#[must_use]
pub fn compare(first: &Template, second: &Template) -> Comparison {
    compare_prepared(&Prepared::new(first), &Prepared::new(second))
}

pub(crate) fn compare_prepared(first: &Prepared, second: &Prepared) -> Comparison {
    if first.rank <= second.rank {
        return compare_ordered(first, second);
    }
    let mut comparison = compare_ordered(second, first);
    for pairing in &mut comparison.paired {
        core::mem::swap(&mut pairing.first, &mut pairing.second);
    }
    comparison
}

fn compare_ordered(a: &Prepared, b: &Prepared) -> Comparison {
    lanes::wide(
        #[inline(always)]
        || compare_stages(a, b),
    )
}

#[inline(always)]
fn compare_stages(a: &Prepared, b: &Prepared) -> Comparison {
    let pairs = relax::relaxed(a, b);
    let mut best: Option<(f32, Evidence, align::Alignment)> = None;
    for rough in &placements(a, b, &pairs)[..] {
        let alignment = align::aligned(a, b, rough.placement);
        let evidence = evidence::evidence(a, b, &pairs, &alignment);
        let explained = evidence::explained(&evidence);
        if best.as_ref().is_none_or(|(known, ..)| explained > *known) {
            best = Some((explained, evidence, alignment));
        }
    }
    match best {
        Some((_, evidence, alignment)) => {
            Comparison::of(evidence::log_odds(&evidence), evidence, &alignment.met)
        }
        None => Comparison::of(NO_ALIGNMENT_LOG_ODDS, [0.0; EVIDENCE], &[]),
    }
}

/// The most promising placements, best first: each suggested by a strong pair that no earlier one explains.
#[inline(always)]
fn placements(a: &Prepared, b: &Prepared, pairs: &relax::Pairs) -> Vec<align::Rough> {
    let mut tried: Vec<align::Rough> = Vec::with_capacity(SEEDS);
    for &seed in pairs.order[..pairs.count].iter().take(SEED_PAIRS) {
        if tried.len() >= SEEDS {
            break;
        }
        let seed = usize::from(seed);
        let (first, second) = (pairs.first[seed] as usize, pairs.second[seed] as usize);
        if tried.iter().any(|known| known.placement.explains(a, b, first, second)) {
            continue;
        }
        if let Some(placement) = align::Placement::seeded(a, b, pairs, seed) {
            tried.push(align::rough(a, b, placement));
        }
    }
    tried.sort_by(|one, other| other.worth.total_cmp(&one.worth));
    tried.truncate(PLACEMENTS);
    tried
}

impl Comparison {
    fn of(log_odds: f32, evidence: Evidence, met: &[align::Met]) -> Self {
        let log10 = log_odds / core::f32::consts::LN_10;
        let paired = met.iter().map(|m| Pairing { first: m.first as u16, second: m.second as u16 }).collect();
        // A likelihood ratio of one is near 25, each factor of ten is worth ten more; below, it fades to 0.
        let above = (log10 - SCORE_ZERO_LOG10) / SCORE_FADE;
        let score = SCORE_SLOPE * SCORE_FADE * (above.max(0.0) + (-above.abs()).exp().ln_1p());
        let likelihood_ratio_log10 = log10.clamp(LLR_LOG10_MIN, LLR_LOG10_MAX);
        Self { score, likelihood_ratio_log10, paired, evidence }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::{Condition, Person};
    use crate::{Finger, extract};

    #[test]
    fn wide_vectors_and_plain_code_agree_to_the_last_bit() {
        let person = Person::new(31, 40);
        let prints: Vec<Prepared> = [(Finger::RightIndex, 1), (Finger::RightIndex, 2), (Finger::LeftRing, 1)]
            .into_iter()
            .map(|(finger, visit)| person.impression(finger, visit, Condition::default()))
            .filter_map(|image| Some(Prepared::new(&extract(&image).ok()?)))
            .collect();
        assert_eq!(prints.len(), 3);
        for (a, b) in [(0, 1), (0, 2), (1, 2), (0, 0)] {
            let wide = compare_ordered(&prints[a], &prints[b]);
            let plain = compare_stages(&prints[a], &prints[b]);
            assert_eq!(wide.score.to_bits(), plain.score.to_bits());
            assert_eq!(wide.paired, plain.paired);
            assert_eq!(wide.evidence.map(f32::to_bits), plain.evidence.map(f32::to_bits));
        }
    }

    #[test]
    fn the_score_stays_finite_at_any_log_odds() {
        for log_odds in [-1e30, -1e3, 0.0, 1e3, 1e30] {
            let comparison = Comparison::of(log_odds, [0.0; EVIDENCE], &[]);
            assert!(comparison.score.is_finite() && comparison.score >= 0.0, "{log_odds}");
        }
    }
}
