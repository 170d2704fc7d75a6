//! What the symbols of a code table stand for: runs of zero coefficients and levels
//! (IAFIS-IC-0110 v3, annex C).
//!
//! 1 to 100: a run of so many zeros. 101 and 102: a positive or negative level whose magnitude follows in
//! eight bits; 103 and 104: in sixteen. 105 and 106: a run whose length follows in eight or sixteen bits.
//! 107 to 254: the level itself, minus 180. Others do not occur.

use crate::{
    bits::{BitReader, BitWriter},
    error::Error,
    huffman::{Codes, Decoder, SYMBOLS},
    plane::Cursor,
    quantise::LEVEL_MAX,
    segment::marker,
};

const RUN_MAX: u32 = 100;
const LEVEL_ZERO: i32 = 180;
const LEVEL_LOW: i32 = 107 - LEVEL_ZERO;
const LEVEL_HIGH: i32 = 254 - LEVEL_ZERO;

/// Decodes one block into the cursor, up to the marker after it.
///
/// A block does not say how many symbols it has. It ends where the bits before a marker no longer make a
/// code; those must be the padding of its last byte.
pub(crate) fn decode_block(
    reader: &mut BitReader<'_>,
    table: &Decoder,
    cursor: &mut Cursor<'_>,
) -> Result<(), Error> {
    loop {
        reader.refill();
        let (length, symbol) = match table.look_up(reader.peek_16()) {
            Some(found) if found.0 <= reader.available() => found,
            _ => match reader.marker() {
                Some(found) if reader.is_at_padding() => {
                    if !marker::RESTARTS.contains(&found) {
                        return Ok(());
                    }
                    reader.skip_marker();
                    continue;
                }
                _ => return Err(reader.no_code()),
            },
        };
        if cursor.is_done() && reader.marker().is_some() && reader.is_at_padding() {
            return Ok(());
        }
        reader.skip(length);
        match symbol {
            107..=254 => cursor.put(i32::from(symbol) - LEVEL_ZERO)?,
            1..=100 => cursor.skip(u32::from(symbol))?,
            101 => cursor.put(reader.take(8)? as i32)?,
            102 => cursor.put(-(reader.take(8)? as i32))?,
            103 => cursor.put(reader.take(16)? as i32)?,
            104 => cursor.put(-(reader.take(16)? as i32))?,
            105 => cursor.skip(reader.take(8)?)?,
            106 => cursor.skip(reader.take(16)?)?,
            0 | 255 => return Err(reader.no_code()),
        }
    }
}

/// One symbol with what follows it: `following bits << 16 | count of them << 8 | symbol`.
type Packed = u32;

/// The symbols of one block, collected before its code table is known.
pub(crate) struct Block {
    symbols: Vec<Packed>,
    run: u32,
}

impl Block {
    pub(crate) fn with_capacity(symbols: usize) -> Self {
        Self { symbols: Vec::with_capacity(symbols), run: 0 }
    }

    /// Appends levels in the order of coding.
    pub(crate) fn extend(&mut self, levels: &[i32]) {
        // Most levels are zero: eight at a time are passed over where they all are.
        for eight in levels.chunks(8) {
            if eight.iter().fold(0, |all, level| all | level) == 0 {
                self.run += eight.len() as u32;
                continue;
            }
            for level in eight {
                if *level == 0 {
                    self.run += 1;
                } else {
                    self.end_run();
                    self.level(*level);
                }
            }
        }
    }

    fn level(&mut self, level: i32) {
        let magnitude = level.unsigned_abs().min(LEVEL_MAX as u32);
        self.symbols.push(match level {
            LEVEL_LOW..=LEVEL_HIGH => (level + LEVEL_ZERO) as u32,
            _ => {
                let (count, symbol) = if magnitude < 256 { (8, 101) } else { (16, 103) };
                magnitude << 16 | count << 8 | (symbol + u32::from(level < 0))
            }
        });
    }

    /// Writes out the zeros counted so far. A run does not go on into the next block.
    pub(crate) fn end_run(&mut self) {
        while self.run > 0 {
            let run = self.run.min(u32::from(u16::MAX));
            self.symbols.push(match run {
                0..=RUN_MAX => run,
                101..=255 => run << 16 | 8 << 8 | 105,
                _ => run << 16 | 16 << 8 | 106,
            });
            self.run -= run;
        }
    }

    /// Adds the symbols of this block to counts.
    pub(crate) fn count(&self, counts: &mut [u32; SYMBOLS]) {
        for packed in &self.symbols {
            counts[(packed & 0xFF) as usize] += 1;
        }
    }

    /// Writes the block's coded data. Every symbol must have been counted for the table.
    pub(crate) fn write(&self, codes: &Codes, bytes: &mut Vec<u8>) {
        let mut writer = BitWriter::new(bytes);
        for packed in &self.symbols {
            let (code, length) = codes[(packed & 0xFF) as usize];
            let following = packed >> 8 & 0xFF;
            writer.put(u32::from(code) << following | packed >> 16, u32::from(length) + following);
        }
        writer.finish();
    }
}
