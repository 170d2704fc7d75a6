//! Hashes of a tree over the lines, as RFC 6962 section 2.1 shapes it: whoever holds its root holds every line.
//!
//! Pure, and small in memory: a tree of any size is kept as the roots of its full subtrees, at most 64 of them.
//! The leaf of a line is the line's own hash, which covers its whole text.

use aws_lc_rs::digest;

use super::line::Hash;

/// The full subtrees of a tree that grows to the right, largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// A tree of `size` leaves with these full subtrees; nothing when their number does not fit the size.
    #[must_use]
    pub(super) fn new(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        let fits = u32::try_from(peaks.len()).is_ok_and(|count| count == size.count_ones());
        fits.then_some(Self { size, peaks })
    }

    /// How many leaves there are.
    #[must_use]
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the full subtrees, largest first.
    #[must_use]
    pub(super) fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Adds a line.
    pub(super) fn push(&mut self, line: Hash) {
        let mut node = leaf(line);
        // Each trailing one of the size is a full subtree that the new one completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = inner(left, node);
            }
        }
        self.peaks.push(node);
        self.size = self.size.saturating_add(1);
    }

    /// The root over all leaves; of no leaf, the hash of nothing.
    #[must_use]
    pub(super) fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev().copied();
        let Some(smallest) = peaks.next() else { return hashed(&[]) };
        peaks.fold(smallest, |right, left| inner(left, right))
    }
}

/// Builds the proof that one leaf is in a tree, from all leaves in order.
#[derive(Debug)]
pub(super) struct Prover {
    /// The parts of the tree that the path names, in the order of the path: first leaf, leaf behind the last.
    parts: Vec<(u64, u64, Frontier)>,
    seen: u64,
}

impl Prover {
    /// Of the leaf `index` (from 0) in a tree of `size` leaves; nothing when there is no such leaf.
    #[must_use]
    pub(super) fn new(index: u64, size: u64) -> Option<Self> {
        if index >= size {
            return None;
        }
        let (mut from, mut to, mut parts) = (0, size, Vec::new());
        while to - from > 1 {
            let split = from + largest_power_below(to - from);
            if index < split {
                parts.push((split, to, Frontier::default()));
                to = split;
            } else {
                parts.push((from, split, Frontier::default()));
                from = split;
            }
        }
        parts.reverse();
        Some(Self { parts, seen: 0 })
    }

    /// Takes the next leaf.
    pub(super) fn push(&mut self, line: Hash) {
        let index = self.seen;
        self.seen = self.seen.saturating_add(1);
        let part = self.parts.iter_mut().find(|(from, to, _)| (*from..*to).contains(&index));
        if let Some((_, _, frontier)) = part {
            frontier.push(line);
        }
    }

    /// The path, from the leaf to the root.
    #[must_use]
    pub(super) fn path(&self) -> Vec<Hash> {
        self.parts.iter().map(|(_, _, frontier)| frontier.root()).collect()
    }
}

/// Whether this line is leaf `index` of the tree with this size and root, RFC 9162 section 2.1.3.2.
#[must_use]
pub(super) fn is_included(line: Hash, index: u64, size: u64, path: &[Hash], root: Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut at, mut last) = (leaf(line), index, size - 1);
    for other in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            node = inner(*other, node);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            node = inner(node, *other);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && node == root
}

fn leaf(line: Hash) -> Hash {
    hashed(&[&[0], &line.0])
}

fn inner(left: Hash, right: Hash) -> Hash {
    hashed(&[&[1], &left.0, &right.0])
}

fn hashed(parts: &[&[u8]]) -> Hash {
    let mut context = digest::Context::new(&digest::SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    Hash(bytes)
}

/// The largest power of two that is smaller than `count`, which is at least 2.
fn largest_power_below(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(number: u64) -> Hash {
        hashed(&[&number.to_be_bytes()])
    }

    /// The definition of RFC 6962, word by word.
    fn defined(lines: &[Hash]) -> Hash {
        match lines {
            [] => hashed(&[]),
            [one] => leaf(*one),
            many => {
                let split = (1..many.len()).rfind(|k| k.is_power_of_two()).expect("at least 2");
                inner(defined(&many[..split]), defined(&many[split..]))
            }
        }
    }

    #[test]
    fn the_root_of_nothing_is_the_published_one() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Frontier::default().root().to_string(), empty);
        // RFC 6962 tree hash of one empty leaf, as published with Certificate Transparency's test vectors.
        let of_empty = hashed(&[&[0]]).to_string();
        assert_eq!(of_empty, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }

    proptest! {
        #[test]
        fn a_growing_tree_has_the_defined_root(count in 0_u64..200) {
            let lines: Vec<_> = (0..count).map(line).collect();
            let mut tree = Frontier::default();
            lines.iter().for_each(|line| tree.push(*line));
            prop_assert_eq!(tree.root(), defined(&lines));
            prop_assert_eq!(Frontier::new(count, tree.peaks().to_vec()), Some(tree.clone()));
            prop_assert_eq!(Frontier::new(count + 1, tree.peaks().to_vec()).is_some(), (count + 1).count_ones() == count.count_ones());
        }

        #[test]
        fn a_path_proves_its_own_line_and_no_other(size in 1_u64..150, pick in any::<u64>(), other in any::<u64>()) {
            let (index, other) = (pick % size, other % size);
            let mut prover = Prover::new(index, size).expect("inside");
            let mut tree = Frontier::default();
            for number in 0..size {
                prover.push(line(number));
                tree.push(line(number));
            }
            let (path, root) = (prover.path(), tree.root());
            prop_assert!(is_included(line(index), index, size, &path, root));
            if other != index {
                prop_assert!(!is_included(line(other), index, size, &path, root));
                prop_assert!(!is_included(line(index), other, size, &path, root));
            }
            prop_assert!(!is_included(line(index), index, size, &path, line(7)));
            if let Some((_, shorter)) = path.split_last() {
                prop_assert!(!is_included(line(index), index, size, shorter, root));
            }
            let longer: Vec<_> = path.iter().copied().chain([root]).collect();
            prop_assert!(!is_included(line(index), index, size, &longer, root));
        }
    }
}
