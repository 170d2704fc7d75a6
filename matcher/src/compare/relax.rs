//! From similar surroundings to pairs that support each other.
//!
//! Each local pair starts with the similarity of its descriptors. In a few rounds each pair's weight moves towards
//! what the other pairs say about it: two pairs agree if the second minutia lies, seen from the first, at the same
//! place and in the same direction on both prints (relaxation labelling after Rosenfeld, Hummel and Zucker 1976; for point patterns
//! Ranade and Rosenfeld 1980).

use super::descriptor::LocalDescriptor;
use super::prepared::Prepared;
use crate::limits::LOCAL_PAIRS_MAX;
use crate::parameters::{
    LOCAL_PAIRS_PER_MINUTIA, QUICK_MIN, QUICK_WEIGHT, RELAX_OWN_WEIGHT, RELAX_ROUNDS, SUPPORT_GROWTH,
    SUPPORT_TOLERANCE_MAX_PX, SUPPORT_TOLERANCE_PX, SUPPORT_TURN_MAX,
};

/// A minutia of each side, taken for the same one.
#[derive(Clone, Copy)]
pub(crate) struct LocalPair {
    pub(crate) first: usize,
    pub(crate) second: usize,
    /// Similarity of the surroundings.
    pub(crate) local: f32,
    /// The same after relaxation.
    pub(crate) relaxed: f32,
}

/// The best local pairs, most similar first.
pub(crate) fn local_pairs(a: &Prepared, b: &Prepared) -> Vec<LocalPair> {
    let mut pairs = Vec::with_capacity(a.points.len() * LOCAL_PAIRS_PER_MINUTIA);
    let mut row: Vec<(f32, usize)> = Vec::with_capacity(b.points.len());
    for (first, descriptor) in a.descriptors.iter().enumerate() {
        row.clear();
        for (second, other) in b.descriptors.iter().enumerate() {
            let quick = descriptor.quick(other);
            if quick >= QUICK_MIN {
                row.push((quick, second));
            }
        }
        row.sort_by(|a, b| b.0.total_cmp(&a.0));
        for &(quick, second) in row.iter().take(LOCAL_PAIRS_PER_MINUTIA) {
            let careful = descriptor.careful(&b.descriptors[second]);
            let local = QUICK_WEIGHT * quick + (1.0 - QUICK_WEIGHT) * careful;
            pairs.push(LocalPair { first, second, local, relaxed: local });
        }
    }
    pairs.sort_by(|a, b| b.local.total_cmp(&a.local));
    pairs.truncate(LOCAL_PAIRS_MAX);
    pairs
}

/// How much two pairs support each other, 0 to 1. Two pairs that share a minutia do not.
pub(crate) fn support(a: &Prepared, b: &Prepared, one: &LocalPair, other: &LocalPair) -> f32 {
    if one.first == other.first || one.second == other.second {
        return 0.0;
    }
    let (a1, a2) = (&a.points[one.first], &a.points[other.first]);
    let (b1, b2) = (&b.points[one.second], &b.points[other.second]);
    let turn_a = a2.direction.wrapping_sub(a1.direction);
    let turn_b = b2.direction.wrapping_sub(b1.direction);
    let turn = 1.0 - f32::from((turn_a.wrapping_sub(turn_b) as i8).unsigned_abs()) / SUPPORT_TURN_MAX;
    if turn <= 0.0 {
        return 0.0;
    }
    let (ax, ay) = (a2.x - a1.x, a2.y - a1.y);
    let (bx, by) = (b2.x - b1.x, b2.y - b1.y);
    let from = |ac: f32, as_: f32, bc: f32, bs: f32| {
        // Both vectors in the frame of the minutia they start or end at.
        let (au, av) = (ax * ac + ay * as_, ay * ac - ax * as_);
        let (bu, bv) = (bx * bc + by * bs, by * bc - bx * bs);
        (au - bu).powi(2) + (av - bv).powi(2)
    };
    let distance = (ax * ax + ay * ay).sqrt();
    let tolerance = (SUPPORT_TOLERANCE_PX + SUPPORT_GROWTH * distance).min(SUPPORT_TOLERANCE_MAX_PX);
    let apart = from(a1.cos, a1.sin, b1.cos, b1.sin).max(from(a2.cos, a2.sin, b2.cos, b2.sin));
    let place = 1.0 - apart / (tolerance * tolerance);
    place.max(0.0) * turn
}

/// Lets the pairs vote; returns them strongest first, with the matrix of support in the same order as `pairs` came.
pub(crate) fn relaxed(a: &Prepared, b: &Prepared, pairs: &mut [LocalPair]) {
    let count = pairs.len();
    if count < 2 {
        return;
    }
    let mut supports = vec![0.0f32; count * count];
    for i in 0..count {
        for j in i + 1..count {
            let value = support(a, b, &pairs[i], &pairs[j]);
            supports[i * count + j] = value;
            supports[j * count + i] = value;
        }
    }
    let mut weights: Vec<f32> = pairs.iter().map(|pair| pair.local).collect();
    // Support is averaged over as many partners as a good genuine pair has, not over all pairs.
    let scale = (1.0 - RELAX_OWN_WEIGHT) / (count as f32 * 0.25).max(4.0);
    for _ in 0..RELAX_ROUNDS {
        weights = (0..count)
            .map(|i| {
                let row = &supports[i * count..(i + 1) * count];
                let voted: f32 = row.iter().zip(&weights).map(|(support, weight)| support * weight).sum();
                RELAX_OWN_WEIGHT * weights[i] + scale * voted
            })
            .collect();
    }
    for (pair, weight) in pairs.iter_mut().zip(weights) {
        pair.relaxed = weight;
    }
    pairs.sort_by(|a, b| b.relaxed.total_cmp(&a.relaxed));
}
