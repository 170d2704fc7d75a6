//! From similar surroundings to pairs that support each other.
//!
//! Each local pair starts with the similarity of its descriptors. In a few rounds each pair's weight moves towards
//! what the other pairs say about it: two pairs agree if the second minutia lies, seen from the first, at the same
//! place and in the same direction on both prints (relaxation labelling after Rosenfeld, Hummel and Zucker 1976; for point patterns
//! Ranade and Rosenfeld 1980). All pairs are looked at side by side, in fixed columns.

use super::descriptor::LocalDescriptor;
use super::prepared::Prepared;
use crate::limits::{CAREFUL_PAIRS_MAX, LOCAL_PAIRS_MAX as MAX, MINUTIAE_MAX};
use crate::parameters::{
    LOCAL_PAIRS_PER_MINUTIA, QUICK_MIN, QUICK_WEIGHT, RELAX_OWN_WEIGHT, RELAX_ROUNDS, SUPPORT_GROWTH,
    SUPPORT_TOLERANCE_MAX_PX, SUPPORT_TOLERANCE_PX, SUPPORT_TURN_MAX,
};

/// How many of the strongest pairs are asked how strong a comparison is.
const STRONGEST: usize = 12;
/// The matrix of support is symmetric: only blocks on and right of the diagonal are computed.
const BLOCK: usize = 16;

/// Minutiae of either side taken for the same ones, most similar first.
pub(crate) struct Pairs {
    pub(crate) count: usize,
    pub(crate) first: [i32; MAX],
    pub(crate) second: [i32; MAX],
    /// Similarity of the surroundings.
    pub(crate) local: [f32; MAX],
    /// The same after relaxation.
    pub(crate) relaxed: [f32; MAX],
    /// How much two pairs support each other, 0 to 1.
    pub(crate) support: [[f32; MAX]; MAX],
    /// The pairs by their relaxed weight, strongest first.
    pub(crate) order: [u8; MAX],
}

impl Pairs {
    /// Mean relaxed weight and mean similarity of the strongest twelve; what is missing to twelve counts as nothing.
    #[inline(always)]
    pub(crate) fn strength(&self) -> (f32, f32) {
        let (mut relaxed, mut local) = (0.0, 0.0);
        for &index in &self.order[..self.count.min(STRONGEST)] {
            relaxed += self.relaxed[usize::from(index)];
            local += self.local[usize::from(index)];
        }
        (relaxed / STRONGEST as f32, local / STRONGEST as f32)
    }
}

/// The best local pairs, with their support and relaxed weights.
#[inline(always)]
pub(crate) fn relaxed(a: &Prepared, b: &Prepared) -> Pairs {
    let mut pairs = proposed(a, b);
    supports(a, b, &mut pairs);
    vote(&mut pairs);
    let relaxed = pairs.relaxed;
    for (index, place) in pairs.order.iter_mut().enumerate() {
        *place = index as u8;
    }
    pairs.order[..pairs.count].sort_unstable_by(|&i, &j| {
        relaxed[usize::from(j)].total_cmp(&relaxed[usize::from(i)]).then(i.cmp(&j))
    });
    pairs
}

/// A similarity with its pair, in a number that sorts by similarity. Similarities are not negative.
#[inline(always)]
fn key(similarity: f32, first: usize, second: usize) -> u64 {
    u64::from(similarity.to_bits()) << 16 | (first as u64) << 8 | second as u64
}

#[inline(always)]
fn pair_of(key: u64) -> (f32, usize, usize) {
    (f32::from_bits((key >> 16) as u32), (key >> 8 & 0xff) as usize, (key & 0xff) as usize)
}

#[inline(always)]
fn proposed(a: &Prepared, b: &Prepared) -> Pairs {
    let mut keys = [0u64; MINUTIAE_MAX * LOCAL_PAIRS_PER_MINUTIA];
    let mut count = 0;
    let mut row = [0.0f32; MINUTIAE_MAX.next_multiple_of(super::prepared::LANES)];
    for first in 0..a.points.count {
        a.surroundings.quick_row(first, &b.surroundings, &mut row);
        count += best_of_row(first, &row[..b.points.count], &mut keys[count..]);
    }
    let keys = strongest(&mut keys[..count], CAREFUL_PAIRS_MAX);
    for key_ in &mut *keys {
        let (quick, first, second) = pair_of(*key_);
        let careful = a.surroundings.careful(first, &b.surroundings, second);
        *key_ = key(QUICK_WEIGHT * quick + (1.0 - QUICK_WEIGHT) * careful, first, second);
    }
    let keys = strongest(keys, MAX);
    keys.sort_unstable_by(|x, y| y.cmp(x));
    let mut pairs = Pairs {
        count: keys.len(),
        first: [-1; MAX],
        second: [-1; MAX],
        local: [0.0; MAX],
        relaxed: [0.0; MAX],
        support: [[0.0; MAX]; MAX],
        order: [0; MAX],
    };
    for (index, &key) in keys.iter().enumerate() {
        let (local, first, second) = pair_of(key);
        pairs.first[index] = first as i32;
        pairs.second[index] = second as i32;
        pairs.local[index] = local;
    }
    pairs
}

/// Writes the keys of the best partners of one minutia; how many.
#[inline(always)]
fn best_of_row(first: usize, row: &[f32], out: &mut [u64]) -> usize {
    let mut best = [0u64; LOCAL_PAIRS_PER_MINUTIA];
    let mut least = QUICK_MIN;
    for (second, &quick) in row.iter().enumerate() {
        if quick < least {
            continue;
        }
        let mut rising = key(quick, first, second);
        for slot in &mut best {
            (*slot, rising) = ((*slot).max(rising), (*slot).min(rising));
        }
        least = least.max(pair_of(best[LOCAL_PAIRS_PER_MINUTIA - 1]).0);
    }
    let count = best.iter().filter(|&&key| key != 0).count();
    out[..count].copy_from_slice(&best[..count]);
    count
}

/// The `most` largest keys, in any order.
#[inline(always)]
fn strongest(keys: &mut [u64], most: usize) -> &mut [u64] {
    if keys.len() <= most {
        return keys;
    }
    keys.select_nth_unstable_by(most - 1, |x, y| y.cmp(x));
    &mut keys[..most]
}

/// Where the pairs lie on both prints, and the turn between them.
struct Columns {
    ax: [f32; MAX],
    ay: [f32; MAX],
    bx: [f32; MAX],
    by: [f32; MAX],
    /// Cosine and sine of the turn from the second to the first.
    cos: [f32; MAX],
    sin: [f32; MAX],
    turn: [i32; MAX],
}

impl Columns {
    #[inline(always)]
    fn new(a: &Prepared, b: &Prepared, pairs: &Pairs) -> Self {
        let mut out = Self {
            ax: [0.0; MAX],
            ay: [0.0; MAX],
            bx: [0.0; MAX],
            by: [0.0; MAX],
            cos: [1.0; MAX],
            sin: [0.0; MAX],
            turn: [0; MAX],
        };
        for index in 0..pairs.count {
            let (i, j) = (pairs.first[index] as usize, pairs.second[index] as usize);
            out.ax[index] = a.points.x[i];
            out.ay[index] = a.points.y[i];
            out.bx[index] = b.points.x[j];
            out.by[index] = b.points.y[j];
            out.cos[index] = a.points.cos[i] * b.points.cos[j] + a.points.sin[i] * b.points.sin[j];
            out.sin[index] = a.points.sin[i] * b.points.cos[j] - a.points.cos[i] * b.points.sin[j];
            out.turn[index] = i32::from(a.points.direction[i].wrapping_sub(b.points.direction[j]));
        }
        out
    }
}

/// Fills the matrix of support. Two pairs that share a minutia do not support each other.
#[inline(always)]
fn supports(a: &Prepared, b: &Prepared, pairs: &mut Pairs) {
    let c = Columns::new(a, b, pairs);
    let (first, second) = (&pairs.first, &pairs.second);
    let near = SUPPORT_TOLERANCE_PX * SUPPORT_TOLERANCE_PX;
    let far = SUPPORT_TOLERANCE_MAX_PX * SUPPORT_TOLERANCE_MAX_PX;
    let growth = SUPPORT_GROWTH * SUPPORT_GROWTH;
    for i in 0..pairs.count {
        let from = i / BLOCK * BLOCK;
        for j in from..MAX {
            let turned = (c.turn[j].wrapping_sub(c.turn[i]) << 24 >> 24).wrapping_abs() as f32;
            let turn = (1.0 - turned * (1.0 / SUPPORT_TURN_MAX)).max(0.0);
            let (ax, ay) = (c.ax[j] - c.ax[i], c.ay[j] - c.ay[i]);
            let (bx, by) = (c.bx[j] - c.bx[i], c.by[j] - c.by[i]);
            // The way from one to the other on the first print, less the same way on the second, turned as either
            // pair says.
            let (u, v) = (ax - (c.cos[i] * bx - c.sin[i] * by), ay - (c.sin[i] * bx + c.cos[i] * by));
            let (s, t) = (ax - (c.cos[j] * bx - c.sin[j] * by), ay - (c.sin[j] * bx + c.cos[j] * by));
            let apart = (u * u + v * v).max(s * s + t * t);
            let tolerance = (near + growth * (ax * ax + ay * ay)).min(far);
            let place = (1.0 - apart / tolerance).max(0.0);
            let other = (first[i] != first[j]) & (second[i] != second[j]) & (second[j] >= 0);
            pairs.support[i][j] = if other { place * turn } else { 0.0 };
        }
    }
    // The rest is the same the other way round.
    for i in BLOCK..pairs.count {
        for j in 0..i / BLOCK * BLOCK {
            pairs.support[i][j] = pairs.support[j][i];
        }
    }
}

/// Lets the pairs vote.
#[inline(always)]
fn vote(pairs: &mut Pairs) {
    let mut weights = pairs.local;
    // Support is averaged over as many partners as a good genuine pair has, not over all pairs.
    let scale = (1.0 - RELAX_OWN_WEIGHT) / (pairs.count as f32 * 0.25).max(4.0);
    for _ in 0..RELAX_ROUNDS {
        let mut voted = [0.0f32; MAX];
        for (row, weight) in pairs.support.iter().zip(weights).take(pairs.count) {
            for lane in 0..MAX {
                voted[lane] += row[lane] * weight;
            }
        }
        for lane in 0..MAX {
            weights[lane] = RELAX_OWN_WEIGHT * weights[lane] + scale * voted[lane];
        }
    }
    pairs.relaxed = weights;
}
