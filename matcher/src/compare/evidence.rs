//! What an alignment proves: figures that tell prints of one finger from prints of two, and their weighing.
//!
//! Each figure is symmetric in the two prints. They are weighed by logistic regression; its weights stand in
//! [`crate::parameters`] with how they were obtained. The weighted sum is a log-odds; without the prior of the
//! training pairs it is a log likelihood ratio.

use super::align::{Alignment, Met};
use super::descriptor::LocalDescriptor;
use super::prepared::Prepared;
use super::relax::Pairs;
use crate::parameters::{
    EVIDENCE_BIAS, EVIDENCE_WEIGHTS, PAIR_FINE_PX, PAIR_TURN_MAX, PLACEMENT_AGREEMENT_WEIGHT,
};
use crate::template::NO_ORIENTATION;

/// How many figures are weighed.
pub const EVIDENCE: usize = 8;

/// The figures of one alignment.
pub type Evidence = [f32; EVIDENCE];

#[inline(always)]
pub(crate) fn evidence(a: &Prepared, b: &Prepared, pairs: &Pairs, alignment: &Alignment) -> Evidence {
    let met = &alignment.met;
    let weight = |m: &Met| {
        let quality = (a.points.quality[m.first] * b.points.quality[m.second]).sqrt();
        let fit = 1.0 - 0.5 * (m.distance / PAIR_FINE_PX).min(1.0) - 0.3 * (m.turn / PAIR_TURN_MAX).min(1.0);
        let alike = if a.points.fork[m.first] == b.points.fork[m.second] { 1.0 } else { 0.85 };
        quality * fit * alike
    };
    let paired: f32 = met.iter().map(weight).sum();
    let (seen_a, seen_b) = seen(a, b, alignment);
    let share = paired / ((seen_a.max(1.0) * seen_b.max(1.0)).sqrt() + 2.0);
    let (agreement, area) = agreement(a, b, alignment);
    // A loop and not a sum of a map: closures of iterators are compiled without the wide vectors.
    let mut surroundings = 0.0;
    for m in met {
        let (ours, theirs) = (&a.surroundings, &b.surroundings);
        surroundings += ours.quick(m.first, theirs, m.second) * ours.careful(m.first, theirs, m.second);
    }
    let (relaxed, local) = pairs.strength();
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

/// Quality of the minutiae of either side that lie on the other print.
#[inline(always)]
fn seen(a: &Prepared, b: &Prepared, alignment: &Alignment) -> (f32, f32) {
    let (mut seen_a, mut seen_b) = (0.0, 0.0);
    for index in 0..a.points.count {
        if b.field.at(alignment.moved.x[index], alignment.moved.y[index]).is_some() {
            seen_a += a.points.quality[index];
        }
    }
    for index in 0..b.points.count {
        let (x, y) = alignment.placement.back(b.points.x[index], b.points.y[index]);
        if a.field.at(x, y).is_some() {
            seen_b += b.points.quality[index];
        }
    }
    (seen_a, seen_b)
}

/// Mean agreement of ridge directions in the common area, and that area in grid cells of 16 units. Directions change
/// slowly: every second cell, as the black squares of a board, says as much as all.
#[inline(always)]
fn agreement(a: &Prepared, b: &Prepared, alignment: &Alignment) -> (f32, f32) {
    let turn = alignment.placement.turn & 127;
    let (mut sum, mut count) = (0i32, 0i32);
    let cell = a.field.cell;
    let (along_x, along_y) = {
        let (x, y) = alignment.placement.apply(cell, 0.0);
        (x - alignment.placement.dx, y - alignment.placement.dy)
    };
    for (row, line) in a.field.grid.chunks_exact(a.field.columns.max(1)).enumerate() {
        let (x0, y0) = alignment.placement.apply(0.5 * cell, (row as f32 + 0.5) * cell);
        for (column, &orientation) in line.iter().enumerate().skip(row & 1).step_by(2) {
            if orientation == NO_ORIENTATION {
                continue;
            }
            let (x, y) = (x0 + column as f32 * along_x, y0 + column as f32 * along_y);
            if let Some(other) = b.field.at(x, y) {
                let turned = orientation.wrapping_add(turn).wrapping_sub(other) << 1;
                // 24 steps of 128 apart say nothing, 36 and more speak against.
                sum += (48 - i32::from((turned as i8).unsigned_abs())).max(-24);
                count += 1;
            }
        }
    }
    let count = 2.0 * count as f32;
    (2.0 * sum as f32 / 48.0 / (count + 8.0), count * (cell / 16.0) * (cell / 16.0))
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
