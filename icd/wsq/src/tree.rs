//! Where the 64 sub-bands lie: the fixed tree of two-dimensional splits (IAFIS-IC-0110 v3, part 1).
//!
//! All nodes share one plane. Splitting a node rewrites its rectangle into four quadrants in the order
//! of frequency. High-pass filtering and dropping every second sample turns the spectrum round, so a node
//! that is the upper half of its parent puts its own high-pass output first: that is `high_first`.
//! Invariant: the 64 bands tile the picture without gap or overlap, whatever its size; bands of a very
//! small picture can be empty.

use crate::parameters::SUBBANDS;

/// A rectangle of the plane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Region {
    pub(crate) fn area(&self) -> usize {
        self.width * self.height
    }
}

/// A rectangle that is split, and which half comes first on each axis.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Split {
    pub(crate) region: Region,
    pub(crate) high_first_x: bool,
    pub(crate) high_first_y: bool,
}

/// The tree for one picture size.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    /// Parents before children: the order of analysis; synthesis goes backwards.
    pub(crate) splits: Vec<Split>,
    /// The sub-bands in the order of the specification.
    pub(crate) bands: [Region; SUBBANDS],
}

impl Tree {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        let mut tree = Self { splits: Vec::with_capacity(21), bands: [Region::default(); SUBBANDS] };
        let root = Split { region: Region { x: 0, y: 0, width, height }, ..Split::default() };
        let [low, right, below, diagonal] = tree.split(root);
        tree.leaves(right, 52);
        tree.leaves(below, 56);
        tree.leaves(diagonal, 60);

        let [low, right, below, diagonal] = tree.split(low);
        tree.sixteen(right, 19);
        tree.sixteen(below, 35);
        tree.leaf(diagonal, 51);

        let [low, right, below, diagonal] = tree.split(low);
        tree.leaves(right, 7);
        tree.leaves(below, 11);
        tree.leaves(diagonal, 15);

        let [low, right, below, diagonal] = tree.split(low);
        tree.leaf(right, 4);
        tree.leaf(below, 5);
        tree.leaf(diagonal, 6);
        tree.leaves(low, 0);
        tree
    }

    /// Splits a node into its quadrants: low, right, below, diagonal.
    fn split(&mut self, node: Split) -> [Split; 4] {
        self.splits.push(node);
        let region = node.region;
        let left = first_length(region.width, node.high_first_x);
        let above = first_length(region.height, node.high_first_y);
        let child = |right: bool, below: bool| Split {
            region: Region {
                x: region.x + if right { left } else { 0 },
                y: region.y + if below { above } else { 0 },
                width: if right { region.width - left } else { left },
                height: if below { region.height - above } else { above },
            },
            high_first_x: right,
            high_first_y: below,
        };
        [child(false, false), child(true, false), child(false, true), child(true, true)]
    }

    fn leaf(&mut self, node: Split, band: usize) {
        self.bands[band] = node.region;
    }

    fn leaves(&mut self, node: Split, first: usize) {
        for (offset, quadrant) in self.split(node).into_iter().enumerate() {
            self.leaf(quadrant, first + offset);
        }
    }

    fn sixteen(&mut self, node: Split, first: usize) {
        for (offset, quadrant) in self.split(node).into_iter().enumerate() {
            self.leaves(quadrant, first + 4 * offset);
        }
    }
}

/// Length of the first half of an axis: the low-pass half holds the odd sample.
pub(crate) fn first_length(length: usize, high_first: bool) -> usize {
    if high_first { length / 2 } else { length.div_ceil(2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_tile_every_size() {
        for (width, height) in [(1, 1), (1, 7), (17, 16), (32, 33), (259, 263), (545, 622), (804, 752)] {
            let tree = Tree::new(width, height);
            let mut covered = vec![0u8; width * height];
            for band in tree.bands {
                for y in band.y..band.y + band.height {
                    for x in band.x..band.x + band.width {
                        covered[y * width + x] += 1;
                    }
                }
            }
            assert!(covered.iter().all(|count| *count == 1), "{width} x {height}");
        }
    }

    #[test]
    fn depths_follow_the_specification() {
        let tree = Tree::new(1024, 2048);
        for (band, region) in tree.bands.iter().enumerate() {
            let side = match band {
                0..4 => 32,
                4..51 => 64,
                _ => 256,
            };
            assert_eq!((region.width, region.height), (side, 2 * side), "band {band}");
        }
        assert_eq!(tree.splits.len(), 21);
    }
}
