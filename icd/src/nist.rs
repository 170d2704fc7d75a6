//! ANSI/NIST-ITL transactions in traditional encoding (ANSI/NIST-ITL 1-2011 Update 2015, SP 500-290e3).
//!
//! Reading borrows: a [`Transaction`] holds slices of the caller's bytes, so that a file with fourteen images is
//! parsed without copying one. Writing keeps the caller's images where they are until they reach the sink.
//!
//! Invariants: LEN, CNT and IDC are checked exactly; every bound is checked before memory is taken; a record type this
//! crate does not know passes through with all its fields; writing an untouched transaction gives the same bytes.
//!
//! Left out on purpose: the XML encoding of the same standard, and the meaning of records other than 1, 2, 4, 9, 10, 13, 14, 15.

pub mod control_number;
pub mod dictionary;
mod minutiae;
mod read;
mod record;
mod stream;
mod survey;
mod typed;
mod write;

#[cfg(test)]
mod tests;

pub use minutiae::{CoordinateUnit, Minutia, MinutiaKind, Minutiae, MinutiaeForm};
pub use record::{BinaryRecord, Field, Record, TaggedRecord};
pub use stream::{StreamError, StreamingWriter};
pub use survey::Survey;
pub use typed::{Type1, Type2, Type4, Type9, Type10, Type13, Type14, Type15};
pub use write::{OutRecord, TransactionHeader, TransactionWriter, Type4Header};

use crate::error::{Error, NistProblem};

/// The version that is written; older ones are read.
pub const VERSION_WRITTEN: &str = "0502";

/// Ends a record.
pub const FS: u8 = 0x1C;
/// Stands between fields.
pub const GS: u8 = 0x1D;
/// Stands between subfields.
pub const RS: u8 = 0x1E;
/// Stands between items.
pub const US: u8 = 0x1F;

/// A parsed transaction that borrows the file's bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Transaction<'a> {
    records: Vec<Record<'a>>,
}

impl<'a> Transaction<'a> {
    /// Reads a transaction of version 0300 to 0502.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        let transaction = Self::read_any_version(bytes)?;
        check_version(&transaction)?;
        Ok(transaction)
    }

    /// Looks at every record of a file and says everything that is wrong with its syntax, not only the first.
    #[must_use]
    pub fn survey(bytes: &'a [u8]) -> Survey<'a> {
        survey::survey(bytes)
    }

    /// Reads a transaction whatever its version field says: for tools that look at old files.
    pub fn read_any_version(bytes: &'a [u8]) -> Result<Self, Error> {
        Ok(Self { records: read::records(bytes)? })
    }

    /// The records in the order of the file; the first is Type-1.
    #[must_use]
    pub fn records(&self) -> &[Record<'a>] {
        &self.records
    }

    /// The header record.
    #[must_use]
    pub fn type1(&self) -> Type1<'_, 'a> {
        Type1::of(self.records.first())
    }

    /// The tagged records of one type.
    pub fn tagged(&self, record_type: u8) -> impl Iterator<Item = &TaggedRecord<'a>> {
        self.records.iter().filter_map(move |record| match record {
            Record::Tagged(tagged) if tagged.record_type() == record_type => Some(tagged),
            _ => None,
        })
    }

    /// Writes the transaction as it was read.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.records.iter().map(Record::length_bytes).sum());
        for record in &self.records {
            record.write(&mut bytes);
        }
        bytes
    }
}

/// Versions 0300 to 0502 are known.
fn check_version(transaction: &Transaction<'_>) -> Result<(), Error> {
    let version = transaction.type1().version().unwrap_or_default();
    if ["0300", "0400", "0500", "0501", "0502"].contains(&version) {
        Ok(())
    } else {
        Err(Error::Nist { problem: NistProblem::Version, record: 1, offset: 0 })
    }
}

impl std::fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.records).finish()
    }
}
