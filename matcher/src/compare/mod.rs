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
use crate::Template;
use crate::parameters::{
    LLR_LOG10_MAX, LLR_LOG10_MIN, NO_ALIGNMENT_LOG_ODDS, SCORE_FADE, SCORE_SLOPE, SCORE_ZERO_LOG10, SEEDS,
};

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
    let mut pairs = relax::local_pairs(a, b);
    relax::relaxed(a, b, &mut pairs);
    let mut best: Option<(f32, Evidence, align::Alignment)> = None;
    let mut tried: Vec<align::Placement> = Vec::with_capacity(SEEDS);
    for seed in 0..pairs.len().min(2 * SEEDS) {
        if tried.len() >= SEEDS {
            break;
        }
        let Some(alignment) = align::aligned(a, b, &pairs, seed) else { continue };
        if tried.iter().any(|known| close(known, &alignment.placement)) {
            continue;
        }
        tried.push(alignment.placement);
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

/// Whether two placements are the same for all practical purposes.
fn close(one: &align::Placement, other: &align::Placement) -> bool {
    let (x, y) = one.apply(150.0, 150.0);
    let (u, v) = other.apply(150.0, 150.0);
    (x - u).abs() + (y - v).abs() < 3.0 && (one.sin - other.sin).abs() + (one.cos - other.cos).abs() < 0.05
}

impl Comparison {
    fn of(log_odds: f32, evidence: Evidence, met: &[align::Met]) -> Self {
        let log10 = log_odds / core::f32::consts::LN_10;
        let paired = met.iter().map(|m| Pairing { first: m.first as u16, second: m.second as u16 }).collect();
        // A likelihood ratio of one is near 25, each factor of ten is worth ten more; below, it fades to 0.
        let score = SCORE_SLOPE * ((log10 - SCORE_ZERO_LOG10) / SCORE_FADE).exp().ln_1p() * SCORE_FADE;
        let likelihood_ratio_log10 = log10.clamp(LLR_LOG10_MIN, LLR_LOG10_MAX);
        Self { score, likelihood_ratio_log10, paired, evidence }
    }
}
