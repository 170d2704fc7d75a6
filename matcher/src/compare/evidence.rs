//! What an alignment proves: figures that tell prints of one finger from prints of two, and their weighing.
//!
//! Each figure is symmetric in the two prints. They are weighed by logistic regression; its weights stand in
//! [`crate::parameters`] with how they were obtained. The weighted sum is a log-odds; without the prior of the
//! training pairs it is a log likelihood ratio.

use super::align::Alignment;
use super::descriptor::LocalDescriptor;
use super::prepared::Prepared;
use super::relax::LocalPair;
use crate::parameters::{EVIDENCE_BIAS, EVIDENCE_WEIGHTS, PLACEMENT_AGREEMENT_WEIGHT};

/// How many figures are weighed.
pub const EVIDENCE: usize = 8;

/// The figures of one alignment.
pub type Evidence = [f32; EVIDENCE];

pub(crate) fn evidence(a: &Prepared, b: &Prepared, pairs: &[LocalPair], alignment: &Alignment) -> Evidence {
    let met = &alignment.met;
    let weight = |m: &super::align::Met| {
        let quality = (a.points[m.first].quality * b.points[m.second].quality).sqrt();
        let fit = 1.0
            - 0.5 * (m.distance / crate::parameters::PAIR_FINE_PX).min(1.0)
            - 0.3 * (m.turn / crate::parameters::PAIR_TURN_MAX).min(1.0);
        let alike = if a.points[m.first].fork == b.points[m.second].fork { 1.0 } else { 0.85 };
        quality * fit * alike
    };
    let paired: f32 = met.iter().map(weight).sum();
    let seen_a: f32 = a
        .points
        .iter()
        .zip(&alignment.moved)
        .filter(|(_, (x, y))| b.field.at(*x, *y).is_some())
        .map(|(point, _)| point.quality)
        .sum();
    let seen_b: f32 = b
        .points
        .iter()
        .filter(|point| {
            let (x, y) = alignment.placement.back(point.x, point.y);
            a.field.at(x, y).is_some()
        })
        .map(|point| point.quality)
        .sum();
    let share = paired / ((seen_a.max(1.0) * seen_b.max(1.0)).sqrt() + 2.0);
    let (agreement, area) = agreement(a, b, alignment);
    let surroundings: f32 = met
        .iter()
        .map(|m| {
            let (a, b) = (&a.descriptors[m.first], &b.descriptors[m.second]);
            a.quick(b) * a.careful(b)
        })
        .sum();
    let relaxed: f32 = pairs.iter().take(12).map(|pair| pair.relaxed).sum::<f32>() / 12.0;
    let local: f32 = pairs.iter().take(12).map(|pair| pair.local).sum::<f32>() / 12.0;
    [
        paired.sqrt(),
        share,
        paired * share,
        agreement,
        (area / 100.0).min(3.0),
        surroundings.sqrt(),
        relaxed,
        local,
    ]
}

/// Mean agreement of ridge directions in the common area, and that area in grid cells.
fn agreement(a: &Prepared, b: &Prepared, alignment: &Alignment) -> (f32, f32) {
    let turn = alignment.placement.turn() & 127;
    let (mut sum, mut count) = (0.0, 0.0f32);
    let cell = a.field.cell;
    for (index, &orientation) in a.field.grid.iter().enumerate() {
        if orientation == crate::template::NO_ORIENTATION {
            continue;
        }
        let x = ((index % a.field.columns.max(1)) as f32 + 0.5) * cell;
        let y = ((index / a.field.columns.max(1)) as f32 + 0.5) * cell;
        let (x, y) = alignment.placement.apply(x, y);
        if let Some(other) = b.field.at(x, y) {
            let difference = orientation.wrapping_add(turn).wrapping_sub(other) & 127;
            sum += (1.0 - f32::from(difference.min(128 - difference)) / 24.0).max(-0.5);
            count += 1.0;
        }
    }
    (sum / (count + 8.0), count * (cell / 16.0) * (cell / 16.0))
}

/// How much a placement explains; decides between placements, independently of the fitted weights.
pub(crate) fn explained(evidence: &Evidence) -> f32 {
    let [_, _, paired_share, agreement, _, surroundings, ..] = *evidence;
    paired_share + surroundings + PLACEMENT_AGREEMENT_WEIGHT * agreement
}

/// The natural log-odds of one finger against two.
pub(crate) fn log_odds(evidence: &Evidence) -> f32 {
    EVIDENCE_BIAS + evidence.iter().zip(&EVIDENCE_WEIGHTS).map(|(value, weight)| value * weight).sum::<f32>()
}
