//! The binary arithmetic coder of JPEG 2000 (ISO/IEC 15444-1, Annex C.2), its encoding half.
//!
//! One adaptive state per context; the table of states is table C.2. Byte stuffing keeps every pair of bytes below
//! `FF 90`, so that no marker can appear in the data.

/// Contexts of one code-block: zero coding 0 to 8, signs 9 to 13, refinement 14 to 16, run length 17, uniform 18.
pub(super) const CONTEXTS: usize = 19;
/// The run-length context.
pub(super) const RUN: usize = 17;
/// The uniform context.
pub(super) const UNIFORM: usize = 18;

/// An encoder that starts with every context in its initial state (table D.7).
pub(super) struct Encoder {
    states: [u8; CONTEXTS],
    likely: [bool; CONTEXTS],
    interval: u32,
    code: u32,
    shifts_left: u32,
    /// The first byte stands before the stream: a carry may not reach it, and it is not part of the result.
    bytes: Vec<u8>,
}

impl Encoder {
    pub(super) fn new() -> Self {
        let mut states = [0; CONTEXTS];
        states[0] = 4;
        states[RUN] = 3;
        states[UNIFORM] = 46;
        let bytes = vec![0];
        Self { states, likely: [false; CONTEXTS], interval: 0x8000, code: 0, shifts_left: 12, bytes }
    }

    /// Codes one decision in its context.
    pub(super) fn code(&mut self, context: usize, decision: bool) {
        let (probability, if_likely, if_not, switch) = STATES[usize::from(self.states[context])];
        self.interval -= probability;
        if decision == self.likely[context] {
            if self.interval & 0x8000 != 0 {
                self.code += probability;
                return;
            }
            if self.interval < probability {
                self.interval = probability;
            } else {
                self.code += probability;
            }
            self.states[context] = if_likely;
        } else {
            if self.interval < probability {
                self.code += probability;
            } else {
                self.interval = probability;
            }
            if switch {
                self.likely[context] = !self.likely[context];
            }
            self.states[context] = if_not;
        }
        while self.interval & 0x8000 == 0 {
            self.interval <<= 1;
            self.code <<= 1;
            self.shifts_left -= 1;
            if self.shifts_left == 0 {
                self.byte_out();
            }
        }
    }

    /// No more than this many bytes are needed to end the stream here.
    pub(super) fn length_bytes_max(&self) -> usize {
        self.bytes.len() + 2
    }

    /// Ends the stream with as few bytes as decide it.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let top = self.code + self.interval;
        self.code |= 0xFFFF;
        if self.code >= top {
            self.code -= 0x8000;
        }
        for _ in 0..2 {
            self.code <<= self.shifts_left;
            self.byte_out();
        }
        if self.bytes.last() == Some(&0xFF) {
            self.bytes.pop();
        }
        self.bytes.drain(..self.bytes.len().min(1));
        self.bytes
    }

    fn byte_out(&mut self) {
        let last = self.bytes.last_mut().expect("the byte before the stream is always there");
        if *last != 0xFF && self.code >= 0x800_0000 {
            // A carry; after it the bit is gone from the register either way.
            *last += 1;
            self.code &= 0x7FF_FFFF;
        }
        let (shift, shifts_left) = if *last == 0xFF { (20, 7) } else { (19, 8) };
        self.bytes.push(u8::try_from((self.code >> shift) & 0xFF).unwrap_or(0xFF));
        self.code &= (1 << shift) - 1;
        self.shifts_left = shifts_left;
    }
}

/// Probability of the less likely decision, next state after the likely one, after the other, and whether that one
/// exchanges the two.
#[rustfmt::skip]
const STATES: [(u32, u8, u8, bool); 47] = [
    (0x5601, 1, 1, true), (0x3401, 2, 6, false), (0x1801, 3, 9, false), (0x0AC1, 4, 12, false),
    (0x0521, 5, 29, false), (0x0221, 38, 33, false), (0x5601, 7, 6, true), (0x5401, 8, 14, false),
    (0x4801, 9, 14, false), (0x3801, 10, 14, false), (0x3001, 11, 17, false), (0x2401, 12, 18, false),
    (0x1C01, 13, 20, false), (0x1601, 29, 21, false), (0x5601, 15, 14, true), (0x5401, 16, 14, false),
    (0x5101, 17, 15, false), (0x4801, 18, 16, false), (0x3801, 19, 17, false), (0x3401, 20, 18, false),
    (0x3001, 21, 19, false), (0x2801, 22, 19, false), (0x2401, 23, 20, false), (0x2201, 24, 21, false),
    (0x1C01, 25, 22, false), (0x1801, 26, 23, false), (0x1601, 27, 24, false), (0x1401, 28, 25, false),
    (0x1201, 29, 26, false), (0x1101, 30, 27, false), (0x0AC1, 31, 28, false), (0x09C1, 32, 29, false),
    (0x08A1, 33, 30, false), (0x0521, 34, 31, false), (0x0441, 35, 32, false), (0x02A1, 36, 33, false),
    (0x0221, 37, 34, false), (0x0141, 38, 35, false), (0x0111, 39, 36, false), (0x0085, 40, 37, false),
    (0x0049, 41, 38, false), (0x0025, 42, 39, false), (0x0015, 43, 40, false), (0x0009, 44, 41, false),
    (0x0005, 45, 42, false), (0x0001, 45, 43, false), (0x5601, 46, 46, false),
];
