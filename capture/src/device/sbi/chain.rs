//! The chain of hashes that ties each captured record to the one before it.
//!
//! `hash = HEX(SHA-256(previous || SHA-256(record)))`, both as 32 raw bytes; the first `previous` is the SHA-256 of
//! nothing. Each finger of an answer chains on the one before, and the next request begins where the last one ended.

use sha2::{Digest, Sha256};

/// The last hash of a chain.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Chain([u8; 32]);

impl Chain {
    /// A chain without records.
    pub(super) fn begin() -> Self {
        Self(Sha256::digest(b"").into())
    }

    /// The chain with one more record.
    pub(super) fn with(&self, record: &[u8]) -> Self {
        let of_record: [u8; 32] = Sha256::digest(record).into();
        let mut both = Sha256::new();
        both.update(self.0);
        both.update(of_record);
        Self(both.finalize().into())
    }

    /// As it is written: upper-case hexadecimal digits.
    pub(super) fn text(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02X}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_begins_with_the_hash_of_nothing_and_takes_raw_bytes() {
        let empty = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";
        assert_eq!(Chain::begin().text(), empty);
        let by_hand = {
            let mut bytes = Sha256::digest(b"").to_vec();
            bytes.extend(Sha256::digest(b"record"));
            Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02X}")).collect::<String>()
        };
        assert_eq!(Chain::begin().with(b"record").text(), by_hand);
        assert!(Chain::begin().with(b"a").with(b"b") != Chain::begin().with(b"b").with(b"a"));
    }
}
