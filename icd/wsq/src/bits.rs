//! Bits of the coded data: most significant first, a zero byte stuffed after every FF.

use crate::error::Error;

/// Reads bits up to the next marker. Bits past the end read as zero; [`BitReader::available`] tells how
/// many are real.
pub(crate) struct BitReader<'a> {
    bytes: &'a [u8],
    offset: usize,
    /// Left-aligned: the next bit is the highest.
    window: u64,
    available: u32,
}

impl<'a> BitReader<'a> {
    pub(crate) fn new(bytes: &'a [u8], offset: usize) -> Self {
        Self { bytes, offset, window: 0, available: 0 }
    }

    /// Fills the window to more than 32 bits, or to what is left before a marker.
    #[inline]
    pub(crate) fn refill(&mut self) {
        if self.available > 32 {
            return;
        }
        if let Some(four) = self.bytes.get(self.offset..self.offset + 4).and_then(|four| four.first_chunk()) {
            let four = u32::from_be_bytes(*four);
            if !has_ff(four) {
                self.window |= u64::from(four) << (32 - self.available);
                self.available += 32;
                self.offset += 4;
                return;
            }
        }
        self.refill_stuffed();
    }

    #[cold]
    fn refill_stuffed(&mut self) {
        while self.available <= 56 {
            let Some(&byte) = self.bytes.get(self.offset) else { return };
            if byte == 0xFF {
                if self.bytes.get(self.offset + 1) != Some(&0) {
                    return;
                }
                self.offset += 1;
            }
            self.offset += 1;
            self.window |= u64::from(byte) << (56 - self.available);
            self.available += 8;
        }
    }

    /// The next 16 bits without taking them.
    #[inline]
    pub(crate) fn peek_16(&self) -> u16 {
        (self.window >> 48) as u16
    }

    #[inline]
    pub(crate) fn available(&self) -> u32 {
        self.available
    }

    /// Takes `count` bits of those available; fewer than 32.
    #[inline]
    pub(crate) fn skip(&mut self, count: u32) {
        debug_assert!(count <= self.available && count < 32);
        self.window <<= count;
        self.available = self.available.saturating_sub(count);
    }

    /// Takes a number of 8 or 16 bits.
    pub(crate) fn take(&mut self, count: u32) -> Result<u32, Error> {
        self.refill();
        if self.available < count {
            return Err(self.no_code());
        }
        let value = (self.window >> (64 - count)) as u32;
        self.skip(count);
        Ok(value)
    }

    /// Whether what is left can only be padding: less than a byte, or ones. Some encoders end a block
    /// whose bits fill its last byte with a whole byte of ones.
    pub(crate) fn is_at_padding(&self) -> bool {
        self.available < 8 || (self.available < 16 && self.window.leading_ones() == self.available)
    }

    /// The error for bits that make no code: damaged, or cut off by the end of the stream.
    pub(crate) fn no_code(&self) -> Error {
        if self.available < 16 && self.offset >= self.bytes.len().saturating_sub(1) {
            return Error::Truncated { offset: self.bytes.len() };
        }
        Error::HuffmanCode { offset: self.offset }
    }

    /// The marker the reader stands before, once it has taken every byte up to it.
    pub(crate) fn marker(&self) -> Option<u16> {
        let pair = self.bytes.get(self.offset..self.offset + 2)?.first_chunk()?;
        let marker = u16::from_be_bytes(*pair);
        (marker & 0xFF00 == 0xFF00 && marker != 0xFF00).then_some(marker)
    }

    /// Drops the padding and steps over a marker of two bytes.
    pub(crate) fn skip_marker(&mut self) {
        self.window = 0;
        self.available = 0;
        self.offset += 2;
    }

    pub(crate) fn offset(&self) -> usize {
        self.offset
    }
}

/// Whether any of the four bytes is FF.
#[inline]
fn has_ff(four: u32) -> bool {
    let inverted = !four;
    inverted.wrapping_sub(0x0101_0101) & four & 0x8080_8080 != 0
}

/// Writes bits, stuffing as it goes.
pub(crate) struct BitWriter<'a> {
    bytes: &'a mut Vec<u8>,
    /// Right-aligned: the newest bit is the lowest.
    window: u64,
    pending: u32,
}

impl<'a> BitWriter<'a> {
    pub(crate) fn new(bytes: &'a mut Vec<u8>) -> Self {
        Self { bytes, window: 0, pending: 0 }
    }

    /// Appends the lowest `count` bits of `value`; at most 32, and no higher bit may be set.
    #[inline]
    pub(crate) fn put(&mut self, value: u32, count: u32) {
        debug_assert!(count <= 32 && u64::from(value) >> count == 0);
        self.window = self.window << count | u64::from(value);
        self.pending += count;
        if self.pending >= 32 {
            self.pending -= 32;
            let four = (self.window >> self.pending) as u32;
            if has_ff(four) {
                four.to_be_bytes().into_iter().for_each(|byte| self.push(byte));
            } else {
                self.bytes.extend_from_slice(&four.to_be_bytes());
            }
        }
    }

    /// Fills the last byte with ones and ends the block.
    pub(crate) fn finish(mut self) {
        let fill = (8 - self.pending % 8) % 8;
        self.window = self.window << fill | ((1 << fill) - 1);
        self.pending += fill;
        while self.pending > 0 {
            self.pending -= 8;
            self.push((self.window >> self.pending) as u8);
        }
    }

    fn push(&mut self, byte: u8) {
        self.bytes.push(byte);
        if byte == 0xFF {
            self.bytes.push(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(values in proptest::collection::vec((any::<u16>(), 1u32..=16), 0..400)) {
            let mut bytes = Vec::new();
            let mut writer = BitWriter::new(&mut bytes);
            for (value, count) in &values {
                writer.put(u32::from(*value) & ((1 << count) - 1), *count);
            }
            writer.finish();
            bytes.extend_from_slice(&[0xFF, 0xA1]);
            let mut reader = BitReader::new(&bytes, 0);
            for (value, count) in &values {
                prop_assert_eq!(reader.take(*count), Ok(u32::from(*value) & ((1 << count) - 1)));
            }
            reader.refill();
            prop_assert!(reader.available() < 8);
            prop_assert_eq!(reader.marker(), Some(0xFFA1));
        }

        #[test]
        fn ff_is_found(four in any::<u32>()) {
            prop_assert_eq!(has_ff(four), four.to_be_bytes().contains(&0xFF));
        }
    }

    #[test]
    fn ff_is_found_among_its_neighbours() {
        for bytes in [[0xFF, 0, 0, 0], [0, 0xFF, 0, 0], [0, 0, 0xFE, 0xFF], [0xFE, 0xFF, 0xFF, 0x7F]] {
            assert!(has_ff(u32::from_be_bytes(bytes)));
        }
        for bytes in [[0xFE, 0, 0x7F, 0x80], [0, 0, 0, 0], [0xFE; 4]] {
            assert!(!has_ff(u32::from_be_bytes(bytes)));
        }
    }
}
