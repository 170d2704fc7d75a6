//! The fingers of one capture against each other, and against earlier prints of the same person when known.
//!
//! Finds a finger that was given twice, fingers in each other's place, and hands or thumbs swapped. It does not
//! find a stranger's finger: without earlier prints nothing says whose it is.

use crate::compare::Prepared;
use crate::{Finger, Template, parameters};

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum SequenceFinding {
    /// Two positions show the same finger.
    Repeated {
        /// The position with the lower FGP code.
        first: Finger,
        /// The position with the higher FGP code.
        second: Finger,
        /// log10 likelihood ratio behind the finding.
        likelihood_ratio_log10: f32,
    },
    /// A print given as `stated` is, by the earlier prints, the finger `actual`.
    Swapped {
        /// The position it was captured for.
        stated: Finger,
        /// The position it matches.
        actual: Finger,
        /// log10 likelihood ratio behind the finding.
        likelihood_ratio_log10: f32,
    },
}

/// Compares the fingers of one capture with each other.
#[must_use]
pub fn sequence_check(prints: &[(Finger, Template)]) -> Vec<SequenceFinding> {
    let prepared = prepare(prints);
    let mut findings = Vec::new();
    for (index, (first, print)) in prepared.iter().enumerate() {
        for (second, other) in prepared.iter().skip(index + 1).filter(|(second, _)| second != first) {
            let ratio = print.compare(other).likelihood_ratio_log10;
            if ratio >= parameters::SEQUENCE_LLR_LOG10_MIN {
                let (first, second) = (*first.min(second), *first.max(second));
                findings.push(SequenceFinding::Repeated { first, second, likelihood_ratio_log10: ratio });
            }
        }
    }
    findings
}

/// Compares the fingers of one capture with earlier prints of the same person.
///
/// A finding means: this print is not the stated finger's, and is another one's.
#[must_use]
pub fn sequence_check_against(
    earlier: &[(Finger, Template)],
    prints: &[(Finger, Template)],
) -> Vec<SequenceFinding> {
    let (earlier, prints) = (prepare(earlier), prepare(prints));
    let mut findings = Vec::new();
    for (stated, print) in &prints {
        let ratios: Vec<(Finger, f32)> = earlier
            .iter()
            .map(|(finger, known)| (*finger, print.compare(known).likelihood_ratio_log10))
            .collect();
        let own = ratios.iter().filter(|(finger, _)| finger == stated).map(|(_, ratio)| *ratio);
        let own = own.fold(f32::NEG_INFINITY, f32::max);
        let best = ratios.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((actual, ratio)) = best
            && actual != *stated
            && ratio >= parameters::SEQUENCE_LLR_LOG10_MIN
            && ratio > own
        {
            findings.push(SequenceFinding::Swapped {
                stated: *stated,
                actual,
                likelihood_ratio_log10: ratio,
            });
        }
    }
    findings
}

fn prepare(prints: &[(Finger, Template)]) -> Vec<(Finger, Prepared)> {
    prints
        .iter()
        .take(crate::limits::PRINTS_PER_PERSON_MAX)
        .map(|(finger, template)| (*finger, Prepared::new(template)))
        .collect()
}
