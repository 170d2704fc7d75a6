//! One code-block: its bit planes in three passes each, coded by context (ISO/IEC 15444-1, Annex D).
//!
//! The most significant plane that holds anything comes first. Every pass says how many bytes the stream needs up to
//! there and how much squared error it removes, so that a rate control can choose where to stop.

use super::arithmetic::{Encoder, RUN, UNIFORM};

/// Widest and highest code-block.
pub(super) const SIDE: usize = 64;

/// Which neighbours count how much: by the direction a band was filtered in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Band {
    /// Low-pass both ways.
    LowLow,
    /// High-pass along rows.
    HighLow,
    /// High-pass along columns.
    LowHigh,
    /// High-pass both ways.
    HighHigh,
}

/// Where a stream may be cut.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    /// Bytes up to here, at most.
    pub(super) length_bytes: usize,
    /// Squared error removed up to here, in units of the quantiser's step.
    pub(super) gain: f64,
}

/// The numbers of one code-block: magnitude and sign, row by row.
pub(super) struct Block {
    width: usize,
    height: usize,
    magnitudes: Vec<u32>,
    negative: Vec<bool>,
    planes: u32,
}

impl Block {
    /// A block of magnitudes and signs.
    pub(super) fn new(width: usize, values: impl Iterator<Item = (u32, bool)>) -> Self {
        let (magnitudes, negative): (Vec<u32>, Vec<bool>) = values.unzip();
        let planes = 32 - magnitudes.iter().copied().max().unwrap_or(0).leading_zeros();
        let height = magnitudes.len().checked_div(width).unwrap_or(0);
        Self { width, height, magnitudes, negative, planes }
    }

    /// Bit planes that hold anything.
    pub(super) fn planes(&self) -> u32 {
        self.planes
    }

    /// Codes the first `passes_max` passes; gives the stream and a cut for each pass.
    pub(super) fn encode(&self, band: Band, passes_max: usize) -> (Vec<u8>, Vec<Cut>) {
        let mut coder = Coder {
            block: self,
            band,
            stride: self.width + 2,
            known: vec![0; (self.width + 2) * (self.height + 2)],
            visited: vec![false; self.magnitudes.len()],
            refined: vec![false; self.magnitudes.len()],
            out: Encoder::new(),
            gain: 0.0,
        };
        let mut cuts = Vec::new();
        'planes: for plane in (0..self.planes).rev() {
            for pass in 0..3 {
                if plane + 1 == self.planes && pass < 2 {
                    // Nothing is known yet: only the cleanup pass has something to say.
                    continue;
                }
                if cuts.len() == passes_max {
                    break 'planes;
                }
                match pass {
                    0 => coder.significance(plane),
                    1 => coder.refinement(plane),
                    _ => coder.cleanup(plane),
                }
                cuts.push(Cut { length_bytes: coder.out.length_bytes_max(), gain: coder.gain });
            }
        }
        (coder.out.finish(), cuts)
    }
}

struct Coder<'b> {
    block: &'b Block,
    band: Band,
    stride: usize,
    /// 0 unknown, 1 known positive, -1 known negative, with a border of unknowns.
    known: Vec<i8>,
    visited: Vec<bool>,
    refined: Vec<bool>,
    out: Encoder,
    gain: f64,
}

impl Coder<'_> {
    /// Calls `each` in the order of the standard: stripes of four rows, column by column.
    fn scan(&mut self, mut each: impl FnMut(&mut Self, usize, usize)) {
        for top in (0..self.block.height).step_by(4) {
            for x in 0..self.block.width {
                for y in top..(top + 4).min(self.block.height) {
                    each(self, x, y);
                }
            }
        }
    }

    fn significance(&mut self, plane: u32) {
        self.scan(|coder, x, y| {
            let (at, here) = coder.places(x, y);
            let context = coder.zero_context(at);
            if coder.known[at] == 0 && context > 0 {
                let bit = coder.bit(here, plane);
                coder.out.code(context, bit);
                if bit {
                    coder.sign(at, here, plane);
                }
                coder.visited[here] = true;
            }
        });
    }

    fn refinement(&mut self, plane: u32) {
        self.scan(|coder, x, y| {
            let (at, here) = coder.places(x, y);
            if coder.known[at] != 0 && !coder.visited[here] {
                let context = match (coder.refined[here], coder.zero_context(at)) {
                    (true, _) => 16,
                    (false, 0) => 14,
                    (false, _) => 15,
                };
                let bit = coder.bit(here, plane);
                coder.out.code(context, bit);
                coder.refined[here] = true;
                let value = coder.block.magnitudes[here];
                coder.gain += error(value, plane + 1) - error(value, plane);
            }
        });
    }

    fn cleanup(&mut self, plane: u32) {
        for top in (0..self.block.height).step_by(4) {
            for x in 0..self.block.width {
                let mut y = top;
                if top + 4 <= self.block.height && self.is_quiet(x, top) {
                    let first = (0..4).find(|down| self.bit(self.places(x, top + down).1, plane));
                    self.out.code(RUN, first.is_some());
                    let Some(down) = first else { continue };
                    self.out.code(UNIFORM, down & 2 != 0);
                    self.out.code(UNIFORM, down & 1 != 0);
                    let (at, here) = self.places(x, top + down);
                    self.sign(at, here, plane);
                    y = top + down + 1;
                }
                for y in y..(top + 4).min(self.block.height) {
                    let (at, here) = self.places(x, y);
                    if self.known[at] == 0 && !self.visited[here] {
                        let bit = self.bit(here, plane);
                        self.out.code(self.zero_context(at), bit);
                        if bit {
                            self.sign(at, here, plane);
                        }
                    }
                }
            }
        }
        self.visited.fill(false);
    }

    /// True when nothing in or around these four samples is known or was visited.
    fn is_quiet(&self, x: usize, top: usize) -> bool {
        (top..top + 4).all(|y| {
            let (at, here) = self.places(x, y);
            self.known[at] == 0 && !self.visited[here] && self.zero_context(at) == 0
        })
    }

    /// Where a sample stands among the known ones and in the block.
    fn places(&self, x: usize, y: usize) -> (usize, usize) {
        ((y + 1) * self.stride + x + 1, y * self.block.width + x)
    }

    fn bit(&self, here: usize, plane: u32) -> bool {
        self.block.magnitudes[here] >> plane & 1 == 1
    }

    /// Table D.1.
    fn zero_context(&self, at: usize) -> usize {
        let count = |places: [usize; 2]| {
            usize::from(self.known[places[0]] != 0) + usize::from(self.known[places[1]] != 0)
        };
        let (up, down) = (at - self.stride, at + self.stride);
        let (mut beside, mut above) = (count([at - 1, at + 1]), count([up, down]));
        let diagonal = count([up - 1, up + 1]) + count([down - 1, down + 1]);
        if self.band == Band::HighHigh {
            return match (diagonal, beside + above) {
                (3.., _) => 8,
                (2, 1..) => 7,
                (2, 0) => 6,
                (1, 2..) => 5,
                (1, 1) => 4,
                (1, 0) => 3,
                (0, 2..) => 2,
                (0, straight) => straight,
            };
        }
        if self.band == Band::HighLow {
            (beside, above) = (above, beside);
        }
        match (beside, above, diagonal) {
            (2, ..) => 8,
            (1, 1.., _) => 7,
            (1, 0, 1..) => 6,
            (1, 0, 0) => 5,
            (_, 2, _) => 4,
            (_, 1, _) => 3,
            (_, _, 2..) => 2,
            (_, _, one_or_none) => one_or_none,
        }
    }

    /// Codes the sign of a sample that has just become known (tables D.2 and D.3), and knows it from then on.
    fn sign(&mut self, at: usize, here: usize, plane: u32) {
        let beside = (self.known[at - 1] + self.known[at + 1]).signum();
        let above = (self.known[at - self.stride] + self.known[at + self.stride]).signum();
        let flip = (beside, above) < (0, 0);
        let (beside, above) = if flip { (-beside, -above) } else { (beside, above) };
        let context = match (beside, above) {
            (0, 0) => 9,
            (0, _) => 10,
            (_, -1) => 11,
            (_, 0) => 12,
            _ => 13,
        };
        let negative = self.block.negative[here];
        self.out.code(context, negative != flip);
        self.known[at] = if negative { -1 } else { 1 };
        let value = self.block.magnitudes[here];
        let before = f64::from(value) + 0.5;
        self.gain += before * before - error(value, plane);
    }
}

/// Squared error of a decoder that knows a magnitude down to a plane and takes the middle of what remains.
fn error(value: u32, plane: u32) -> f64 {
    let low = (value >> plane) << plane;
    let middle = f64::from(low) + f64::from(1_u32 << plane) * 0.5;
    (f64::from(value) + 0.5 - middle).powi(2)
}
