//! A segment file: its name, its first page, and what is known of it in memory.
//!
//! Number and salt stand in the name as well as in the first page, so that a damaged first page
//! costs nothing but a remark.

use crate::error::Error;
use crate::limits;

/// What the first page of a segment says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub(crate) name: SegmentName,
    /// Sequence number of the first record. When the segment was made, every record with a smaller
    /// number was durable in earlier segments, and no other record of theirs counts.
    pub(crate) first_sequence: u64,
}

impl SegmentHeader {
    /// One page: magic, layout, number, salt, first sequence, check.
    pub(crate) fn to_page(self) -> Vec<u8> {
        let mut page = Vec::with_capacity(limits::PAGE_BYTES as usize);
        page.extend_from_slice(MAGIC);
        page.extend_from_slice(&LAYOUT.to_le_bytes());
        page.extend_from_slice(&self.name.number.to_le_bytes());
        page.extend_from_slice(&self.name.salt.to_le_bytes());
        page.extend_from_slice(&self.first_sequence.to_le_bytes());
        let check = crc32fast::hash(&page);
        page.extend_from_slice(&check.to_le_bytes());
        page.resize(limits::PAGE_BYTES as usize, 0);
        page
    }

    /// `Ok(None)` when the page is damaged.
    pub(crate) fn from_page(page: &[u8], name: SegmentName) -> Result<Option<Self>, Error> {
        let Some((covered, rest)) = page.split_at_checked(COVERED_BYTES) else { return Ok(None) };
        let Some(check) = rest.first_chunk::<4>() else { return Ok(None) };
        if !covered.starts_with(MAGIC) || crc32fast::hash(covered) != u32::from_le_bytes(*check) {
            return Ok(None);
        }
        let layout = u16::from_le_bytes([covered[16], covered[17]]);
        if layout != LAYOUT {
            return Err(Error::Layout { segment: name.number, found: layout, supported: LAYOUT });
        }
        let number_at = |at: usize| {
            let mut value = [0; 8];
            value.copy_from_slice(&covered[at..at + 8]);
            u64::from_le_bytes(value)
        };
        let found = SegmentName { number: number_at(18), salt: number_at(26) };
        Ok((found == name).then(|| Self { name, first_sequence: number_at(34) }))
    }
}

/// Number and salt, as in the file name `segment-0000000000000001-89abcdef01234567.journal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SegmentName {
    pub(crate) number: u64,
    pub(crate) salt: u64,
}

impl SegmentName {
    pub(crate) fn file_name(self) -> String {
        format!("segment-{:016x}-{:016x}.journal", self.number, self.salt)
    }

    pub(crate) fn parse(file_name: &str) -> Option<Self> {
        let (number, salt) = file_name.strip_prefix("segment-")?.strip_suffix(".journal")?.split_once('-')?;
        let hex = |text: &str| {
            let shape = text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            shape.then(|| u64::from_str_radix(text, 16).ok())?
        };
        Some(Self { number: hex(number)?, salt: hex(salt)? })
    }
}

/// What is known of a segment that holds records.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub(crate) name: SegmentName,
    /// Sequence number of its first record, whether or not that one is intact.
    pub(crate) first_sequence: u64,
    /// Records at or after this offset are not served: they are not durable, or were torn.
    pub(crate) end_offset: u64,
    /// Records from this sequence number on are not served, for the same reasons.
    pub(crate) end_sequence: u64,
}

const MAGIC: &[u8; 16] = b"eurodac-journal\n";
const LAYOUT: u16 = 1;
const COVERED_BYTES: usize = 16 + 2 + 8 + 8 + 8;

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: SegmentName = SegmentName { number: 0x1f, salt: 0x0123_4567_89ab_cdef };

    #[test]
    fn names_parse() {
        let check = |text: &str, expect: Option<SegmentName>| assert_eq!(SegmentName::parse(text), expect);
        assert_eq!(NAME.file_name(), "segment-000000000000001f-0123456789abcdef.journal");
        check(&NAME.file_name(), Some(NAME));
        check("segment-1f-0123456789abcdef.journal", None);
        check("segment-000000000000001F-0123456789abcdef.journal", None);
        check("segment-+00000000000001f-0123456789abcdef.journal", None);
        check("lock", None);
    }

    #[test]
    fn a_page_comes_back_and_damage_is_noticed() {
        let header = SegmentHeader { name: NAME, first_sequence: 9 };
        let page = header.to_page();
        assert_eq!(page.len() as u64, limits::PAGE_BYTES);
        assert_eq!(SegmentHeader::from_page(&page, NAME), Ok(Some(header)));
        let other = SegmentName { salt: 1, ..NAME };
        assert_eq!(SegmentHeader::from_page(&page, other), Ok(None));
        for bit in 0..(COVERED_BYTES + 4) * 8 {
            let mut damaged = page.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(SegmentHeader::from_page(&damaged, NAME), Ok(None), "bit {bit}");
        }
        assert_eq!(SegmentHeader::from_page(&page[..20], NAME), Ok(None));
    }

    #[test]
    fn a_newer_layout_is_refused() {
        let mut page = SegmentHeader { name: NAME, first_sequence: 9 }.to_page();
        page[16] = 2;
        let check = crc32fast::hash(&page[..COVERED_BYTES]);
        page[COVERED_BYTES..COVERED_BYTES + 4].copy_from_slice(&check.to_le_bytes());
        let refused = SegmentHeader::from_page(&page, NAME);
        assert_eq!(refused, Err(Error::Layout { segment: 0x1f, found: 2, supported: 1 }));
    }
}
