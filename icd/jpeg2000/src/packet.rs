//! Packets: which code-blocks are there, how many passes of each, and how long (ISO/IEC 15444-1, Annex B.10).
//!
//! There is one quality layer, so a block is there or it is not.

/// One code-block's contribution.
pub(super) struct Contribution {
    /// Planes of the band above the first one that holds anything.
    pub(super) empty_planes: u32,
    /// Passes; none means that the block is left out.
    pub(super) passes: usize,
    /// Their length.
    pub(super) length_bytes: usize,
}

/// The blocks of one band, row by row.
pub(super) struct BandPart {
    /// Blocks per row.
    pub(super) columns: usize,
    /// Rows of blocks.
    pub(super) rows: usize,
    /// The blocks.
    pub(super) blocks: Vec<Contribution>,
}

/// The header of a packet with these bands.
pub(super) fn header(bands: &[BandPart]) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push(true);
    for band in bands.iter().filter(|band| !band.blocks.is_empty()) {
        let left_out = band.blocks.iter().map(|block| u32::from(block.passes == 0)).collect();
        let mut inclusion = TagTree::new(band.columns, band.rows, left_out);
        let mut empty =
            TagTree::new(band.columns, band.rows, band.blocks.iter().map(|b| b.empty_planes).collect());
        for (index, block) in band.blocks.iter().enumerate() {
            inclusion.code(index, 1, &mut bits);
            if block.passes == 0 {
                continue;
            }
            for threshold in 1..=block.empty_planes + 1 {
                empty.code(index, threshold, &mut bits);
            }
            passes(block.passes, &mut bits);
            length(block, &mut bits);
        }
    }
    bits.finish()
}

/// Table B.4.
fn passes(count: usize, bits: &mut Bits) {
    match count {
        0 | 1 => bits.number(0, 1),
        2 => bits.number(0b10, 2),
        3..=5 => bits.number(0b1100 | (count - 3), 4),
        6..=36 => bits.number(0b1111 << 5 | (count - 6), 9),
        _ => bits.number(0b1_1111_1111 << 7 | (count - 37).min(127), 16),
    }
}

/// B.10.7.1: the number of bits grows from three by as many ones as needed.
fn length(block: &Contribution, bits: &mut Bits) {
    let by_passes = block.passes.ilog2();
    let needed = block.length_bytes.checked_ilog2().map_or(1, |log| log + 1);
    let more = needed.saturating_sub(3 + by_passes);
    for _ in 0..more {
        bits.push(true);
    }
    bits.push(false);
    bits.number(block.length_bytes, 3 + more + by_passes);
}

/// Bits from the most significant one on; a byte after `FF` has only seven.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    byte: u8,
    used: u32,
}

impl Bits {
    fn push(&mut self, bit: bool) {
        let room = if self.bytes.last() == Some(&0xFF) { 7 } else { 8 };
        self.byte = self.byte << 1 | u8::from(bit);
        self.used += 1;
        if self.used == room {
            self.bytes.push(self.byte);
            (self.byte, self.used) = (0, 0);
        }
    }

    fn number(&mut self, value: usize, digits: u32) {
        for digit in (0..digits).rev() {
            self.push(value >> digit & 1 == 1);
        }
    }

    fn finish(mut self) -> Vec<u8> {
        while self.used > 0 {
            self.push(false);
        }
        if self.bytes.last() == Some(&0xFF) {
            self.bytes.push(0);
        }
        self.bytes
    }
}

/// A tag tree (B.10.2): every node holds the least of its four children, and says no more than the question asks.
struct TagTree {
    levels: Vec<Level>,
}

struct Level {
    columns: usize,
    values: Vec<u32>,
    said: Vec<u32>,
    settled: Vec<bool>,
}

impl TagTree {
    fn new(columns: usize, rows: usize, leaves: Vec<u32>) -> Self {
        let mut levels = vec![Level::new(columns, leaves)];
        let (mut columns, mut rows) = (columns, rows);
        while columns * rows > 1 {
            let (wide, high) = (columns.div_ceil(2), rows.div_ceil(2));
            let mut values = vec![u32::MAX; wide * high];
            if let Some(below) = levels.last() {
                for (index, value) in below.values.iter().enumerate() {
                    let parent = &mut values[index / columns / 2 * wide + index % columns / 2];
                    *parent = (*parent).min(*value);
                }
            }
            levels.push(Level::new(wide, values));
            (columns, rows) = (wide, high);
        }
        Self { levels }
    }

    /// Says whether the leaf's value is below the threshold, as far as that was not said before.
    fn code(&mut self, leaf: usize, threshold: u32, bits: &mut Bits) {
        let columns = self.levels.first().map_or(1, |level| level.columns);
        let (x, y) = (leaf % columns, leaf / columns);
        let mut least = 0;
        for (height, level) in self.levels.iter_mut().enumerate().rev() {
            let node = (y >> height) * level.columns + (x >> height);
            level.said[node] = level.said[node].max(least);
            while level.said[node] < threshold {
                if level.said[node] >= level.values[node] {
                    if !level.settled[node] {
                        bits.push(true);
                        level.settled[node] = true;
                    }
                    break;
                }
                bits.push(false);
                level.said[node] += 1;
            }
            least = level.said[node];
        }
    }
}

impl Level {
    fn new(columns: usize, values: Vec<u32>) -> Self {
        Self { columns, said: vec![0; values.len()], settled: vec![false; values.len()], values }
    }
}
