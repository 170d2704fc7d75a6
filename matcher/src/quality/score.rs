//! From measures to one figure, 0 to 100, in two versions.
//!
//! Version 1, which the kiosk's thresholds are set for: a weighted sum of bounded inputs. Version 2: a sum of small regression
//! trees over our measures; the trees are fitted to reference scores by `examples/fit_quality.rs`, which also says how well they agree on fingers
//! they never saw (`docs/reference/quality.md`). The file is small and fixed: the same print gives the same figure
//! everywhere.

use super::{Full, Measures};
use crate::parameters::{QUALITY_BIAS, QUALITY_WEIGHTS};

/// How many inputs the trees see.
pub const INPUTS: usize = 84;
const DEPTH: usize = 3;
const NODES: usize = (1 << DEPTH) - 1;
const LEAVES: usize = 1 << DEPTH;
const NODE_BYTES: usize = 5;
const TREE_BYTES: usize = NODES * NODE_BYTES + LEAVES * 4;

/// A base, then trees: per node the input's number and its limit, then the leaves; numbers little-endian.
const TREES: &[u8] = include_bytes!("score.trees");

/// The inputs of the trees: the named native measures, what our minutiae say, and the measures of our own ridges. `None`
/// if the native measures could not be taken.
#[must_use]
pub fn inputs(full: &Full) -> Option<[f32; INPUTS]> {
    let native = full.native.as_ref().ok()?;
    let minutiae = full.minutiae?;
    let m = &full.quality.measures;
    let own = [
        m.ridge_area_mm2,
        m.orientation_certainty,
        m.ridge_clarity,
        m.frequency_plausibility,
        m.orientation_flow,
        m.contrast,
        m.mean_grey,
        m.ridge_share,
        m.ridge_breaks,
        m.valley_fill,
        m.sharpness,
        m.ridge_period_mm,
    ];
    let mut out = [0.0; INPUTS];
    let all = native.named().into_iter().map(|(_, value)| value as f32);
    let all = all.chain(minutiae.values().map(|value| value as f32)).chain(own);
    out.iter_mut().zip(all).for_each(|(input, value)| *input = value);
    Some(out)
}

/// Version 2.
pub(super) fn trained(full: &Full) -> Option<u8> {
    inputs(full).map(|inputs| sum_of_trees(&inputs).round().clamp(1.0, 100.0) as u8)
}

fn number(bytes: &[u8]) -> f32 {
    bytes.first_chunk().map_or(0.0, |four| f32::from_le_bytes(*four))
}

fn sum_of_trees(inputs: &[f32; INPUTS]) -> f32 {
    let (base, trees) = TREES.split_at(4.min(TREES.len()));
    let mut sum = number(base);
    for tree in trees.chunks_exact(TREE_BYTES) {
        let (nodes, leaves) = tree.split_at(NODES * NODE_BYTES);
        let mut at = 0;
        while at < NODES {
            let node = &nodes[at * NODE_BYTES..(at + 1) * NODE_BYTES];
            let value = inputs.get(usize::from(node[0])).copied().unwrap_or(0.0);
            at = 2 * at + if value <= number(&node[1..]) { 1 } else { 2 };
        }
        sum += number(&leaves[(at - NODES) * 4..]);
    }
    sum
}

/// Version 1: bounded inputs, each growing with usefulness.
pub(super) fn score(m: &Measures) -> u8 {
    let inputs = [
        (m.ridge_area_mm2 / 250.0).min(1.0).sqrt(),
        m.orientation_certainty,
        m.ridge_clarity,
        m.frequency_plausibility,
        m.orientation_flow.max(0.8),
        (m.contrast / 50.0).min(1.0),
        1.0 - (m.ridge_breaks + m.valley_fill).min(1.0),
        1.0 - (2.0 * (m.ridge_share - 0.5)).abs().min(1.0),
    ];
    let sum: f32 = inputs.iter().zip(&QUALITY_WEIGHTS).map(|(input, weight)| input * weight).sum();
    (QUALITY_BIAS + sum).round().clamp(1.0, 100.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_whole_trees_over_known_inputs() {
        assert_eq!((TREES.len() - 4) % TREE_BYTES, 0);
        for tree in TREES[4..].chunks_exact(TREE_BYTES) {
            let nodes = tree[..NODES * NODE_BYTES].chunks_exact(NODE_BYTES);
            assert!(nodes.clone().all(|node| usize::from(node[0]) < INPUTS));
        }
        assert!((0.0..=100.0).contains(&number(TREES)));
    }
}
