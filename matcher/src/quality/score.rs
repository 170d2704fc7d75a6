//! From measures to one figure, 1 to 100: a sum of small regression trees over our measures.
//!
//! The trees are fitted to reference scores by `examples/fit_quality.rs`, which also says how well they agree on fingers
//! they never saw (`docs/reference/quality.md`). The file is small and fixed: the same print gives the same figure
//! everywhere.

use super::native::NativeMeasures;

/// How many inputs the trees see.
pub const INPUTS: usize = 68;
const DEPTH: usize = 3;
const NODES: usize = (1 << DEPTH) - 1;
const LEAVES: usize = 1 << DEPTH;
const NODE_BYTES: usize = 5;
const TREE_BYTES: usize = NODES * NODE_BYTES + LEAVES * 4;

/// A base, then trees: per node the input's number and its limit, then the leaves; numbers little-endian.
const TREES: &[u8] = include_bytes!("score.trees");

/// The inputs of the trees: the native measures in their order.
///
/// Nothing of our own ridges and minutiae is among them: it does not help (`docs/reference/quality.md`), and so the figure
/// of a print does not change when extraction does.
#[must_use]
pub fn inputs(native: &NativeMeasures) -> [f32; INPUTS] {
    let mut out = [0.0; INPUTS];
    out.iter_mut().zip(native.named()).for_each(|(input, (_, value))| *input = value as f32);
    out
}

/// The figure.
pub(super) fn score(native: &NativeMeasures) -> u8 {
    sum_of_trees(&inputs(native)).round().clamp(1.0, 100.0) as u8
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
