//! Where a record lies: segment and offset. Positions order as the records were submitted.

use std::fmt;

/// The place of a record; opaque to callers, ordered like the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    segment: u64,
    offset: u64,
}

impl Position {
    /// Lies before every record.
    pub const START: Self = Self { segment: 0, offset: 0 };

    pub(crate) const fn new(segment: u64, offset: u64) -> Self {
        Self { segment, offset }
    }

    /// Sixteen bytes whose byte order is the order of positions, fit as a key of an index.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        ((u128::from(self.segment) << 64) | u128::from(self.offset)).to_be_bytes()
    }

    /// Reads what [`Position::to_bytes`] wrote.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let both = u128::from_be_bytes(bytes);
        // The casts keep exactly the half that was put there.
        Self { segment: (both >> 64) as u64, offset: both as u64 }
    }

    /// Number of the segment, as in its file name.
    #[must_use]
    pub fn segment(self) -> u64 {
        self.segment
    }

    pub(crate) fn offset(self) -> u64 {
        self.offset
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "segment {} offset {}", self.segment, self.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bytes_keep_value_and_order(a in any::<(u64, u64)>(), b in any::<(u64, u64)>()) {
            let (a, b) = (Position::new(a.0, a.1), Position::new(b.0, b.1));
            prop_assert_eq!(Position::from_bytes(a.to_bytes()), a);
            prop_assert_eq!(a.cmp(&b), a.to_bytes().cmp(&b.to_bytes()));
        }
    }
}
