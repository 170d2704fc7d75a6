//! How one record looks on the disk: a 64-byte header, then the payload.
//!
//! The header names its own place (segment and offset) and a salt of its segment, so that bytes left
//! from elsewhere, or a payload that imitates a record, are never taken for one. Its check covers the
//! payload's check; together they cover every byte that is served. All numbers are little-endian.
//!
//! | bytes | field |
//! |---|---|
//! | 0..4 | magic `EJR1` |
//! | 4 | kind, as given by the caller |
//! | 5 | flags; bit 0: the journal's own record, not served |
//! | 6..8 | zero |
//! | 8..16 | segment number |
//! | 16..24 | offset in the segment |
//! | 24..32 | sequence number of the record in the journal |
//! | 32..40 | durable before: all records with a smaller sequence number were durable at that time |
//! | 40..48 | salt of the segment |
//! | 48..52 | payload length |
//! | 52..56 | CRC-32 of the payload |
//! | 56..60 | zero |
//! | 60..64 | CRC-32 of bytes 0..60 |

use crate::limits;
use crate::position::Position;
use std::fmt;

/// What the caller stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// The caller's own tag.
    pub kind: u8,
    /// The caller's bytes.
    pub payload: Vec<u8>,
}

impl fmt::Debug for Record {
    /// Never shows the payload: it may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("kind", &self.kind)
            .field("payload_bytes", &self.payload.len())
            .finish()
    }
}

/// A decoded record header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) kind: u8,
    pub(crate) internal: bool,
    pub(crate) position: Position,
    pub(crate) sequence: u64,
    pub(crate) durable_before: u64,
    pub(crate) salt: u64,
    pub(crate) payload_bytes: u32,
    pub(crate) payload_check: u32,
}

impl Header {
    pub(crate) fn to_bytes(self) -> [u8; 64] {
        let mut bytes = [0; 64];
        bytes[0..4].copy_from_slice(&MAGIC);
        bytes[4] = self.kind;
        bytes[5] = u8::from(self.internal);
        bytes[8..16].copy_from_slice(&self.position.segment().to_le_bytes());
        bytes[16..24].copy_from_slice(&self.position.offset().to_le_bytes());
        bytes[24..32].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.durable_before.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.salt.to_le_bytes());
        bytes[48..52].copy_from_slice(&self.payload_bytes.to_le_bytes());
        bytes[52..56].copy_from_slice(&self.payload_check.to_le_bytes());
        let check = crc32fast::hash(&bytes[..60]);
        bytes[60..64].copy_from_slice(&check.to_le_bytes());
        bytes
    }

    /// None unless the bytes are an intact header that says it lies at `position` with `salt`.
    pub(crate) fn from_bytes(bytes: &[u8], position: Position, salt: u64) -> Option<Self> {
        let bytes: &[u8; 64] = bytes.first_chunk()?;
        if bytes[0..4] != MAGIC || crc32fast::hash(&bytes[..60]) != u32_at(bytes, 60) {
            return None;
        }
        let header = Self {
            kind: bytes[4],
            internal: bytes[5] == 1,
            position: Position::new(u64_at(bytes, 8), u64_at(bytes, 16)),
            sequence: u64_at(bytes, 24),
            durable_before: u64_at(bytes, 32),
            salt: u64_at(bytes, 40),
            payload_bytes: u32_at(bytes, 48),
            payload_check: u32_at(bytes, 52),
        };
        let reserved_are_zero = bytes[5] <= 1 && bytes[6..8] == [0; 2] && bytes[56..60] == [0; 4];
        (reserved_are_zero && header.position == position && header.salt == salt).then_some(header)
    }

    /// Bytes from this header to where the next record may start.
    pub(crate) fn occupied_bytes(&self) -> u64 {
        occupied_bytes(u64::from(self.payload_bytes))
    }

    /// Sequence number of the record behind this one. The journal's own records take no number.
    pub(crate) fn sequence_after(&self) -> u64 {
        self.sequence.saturating_add(u64::from(!self.internal))
    }

    pub(crate) fn fits_payload(&self, payload: &[u8]) -> bool {
        payload.len() as u64 == u64::from(self.payload_bytes)
            && crc32fast::hash(payload) == self.payload_check
    }
}

/// Bytes that a record with a payload of this size takes, with padding.
pub(crate) fn occupied_bytes(payload_bytes: u64) -> u64 {
    (limits::HEADER_BYTES + payload_bytes).next_multiple_of(limits::RECORD_ALIGNMENT_BYTES)
}

/// True for payloads that get pages of their own.
pub(crate) fn is_large(payload_bytes: u64) -> bool {
    payload_bytes >= limits::LARGE_RECORD_BYTES_MIN
}

/// Zeroed memory that begins at a page boundary, as direct writing wants it.
pub(crate) struct AlignedBuffer {
    memory: Vec<u8>,
    start: usize,
    length: usize,
}

impl AlignedBuffer {
    pub(crate) fn zeroed(length: usize) -> Self {
        const PAGE: usize = limits::PAGE_BYTES as usize;
        let memory = vec![0; length + PAGE];
        // Where the platform cannot tell, the buffer is only slower, not wrong.
        let start = match memory.as_ptr().align_offset(PAGE) {
            offset if offset < PAGE => offset,
            _ => 0,
        };
        Self { memory, start, length }
    }

    /// A frame of whole pages for one large record: room for the header, then the payload.
    pub(crate) fn large_record(payload: &[u8]) -> Self {
        const HEADER: usize = limits::HEADER_BYTES as usize;
        const PAGE: usize = limits::PAGE_BYTES as usize;
        let mut frame = Self::zeroed((HEADER + payload.len()).next_multiple_of(PAGE));
        frame.bytes_mut()[HEADER..HEADER + payload.len()].copy_from_slice(payload);
        frame
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.memory[self.start..self.start + self.length]
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..self.start + self.length]
    }
}

const MAGIC: [u8; 4] = *b"EJR1";

fn u32_at(bytes: &[u8; 64], at: usize) -> u32 {
    let mut value = [0; 4];
    value.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(value)
}

fn u64_at(bytes: &[u8; 64], at: usize) -> u64 {
    let mut value = [0; 8];
    value.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> Header {
        Header {
            kind: 9,
            internal: false,
            position: Position::new(2, 8192),
            sequence: 77,
            durable_before: 70,
            salt: 0xfeed,
            payload_bytes: 5,
            payload_check: crc32fast::hash(b"hello"),
        }
    }

    #[test]
    fn a_header_comes_back() {
        let header = sample();
        assert_eq!(Header::from_bytes(&header.to_bytes(), header.position, header.salt), Some(header));
        assert!(header.fits_payload(b"hello"));
        assert!(!header.fits_payload(b"hellp"));
        assert!(!header.fits_payload(b"hell"));
    }

    #[test]
    fn a_header_elsewhere_is_no_header() {
        let header = sample();
        let bytes = header.to_bytes();
        assert_eq!(Header::from_bytes(&bytes, Position::new(2, 4096), header.salt), None);
        assert_eq!(Header::from_bytes(&bytes, Position::new(1, 8192), header.salt), None);
        assert_eq!(Header::from_bytes(&bytes, header.position, 1), None);
        assert_eq!(Header::from_bytes(&bytes[..63], header.position, header.salt), None);
    }

    #[test]
    fn debug_hides_the_payload() {
        let record = Record { kind: 1, payload: b"Jansen".to_vec() };
        assert_eq!(format!("{record:?}"), "Record { kind: 1, payload_bytes: 6 }");
    }

    proptest! {
        #[test]
        fn any_flipped_bit_is_noticed(bit in 0usize..512) {
            let header = sample();
            let mut bytes = header.to_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(Header::from_bytes(&bytes, header.position, header.salt), None);
        }

        #[test]
        fn buffers_are_aligned(length in 0usize..100_000) {
            let buffer = AlignedBuffer::zeroed(length);
            prop_assert_eq!(buffer.bytes().len(), length);
            prop_assert_eq!(buffer.bytes().as_ptr().addr() % 4096, 0);
        }
    }
}
