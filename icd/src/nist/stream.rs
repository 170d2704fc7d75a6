//! Writing a transaction record by record, so that no more than one image is in memory besides what was written.
//!
//! The table of contents stands in the first record, so the caller says beforehand which records will come; each one is
//! then written and may be dropped. The rest is as in [`super::TransactionWriter`].
//!
//! Invariants: records come in the announced order, with the announced types and IDCs; the bound on the size of a
//! transaction is checked before each record is written; [`StreamingWriter::finish`] refuses an incomplete file.

use std::io;

use super::write::{OutRecord, TransactionHeader, header_record};
use crate::error::{Error, NistProblem};
use crate::limits;

/// Why a record was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The record or the file is not in order.
    #[error(transparent)]
    Refused(#[from] Error),
    /// The sink failed; what was written before is incomplete.
    #[error("the transaction could not be written: {0}")]
    Sink(#[from] io::Error),
}

/// Writes one transaction into a sink.
pub struct StreamingWriter<W> {
    sink: W,
    announced: Vec<(u8, u8)>,
    written: usize,
    length_bytes: usize,
}

impl<W: io::Write> StreamingWriter<W> {
    /// Writes the header record, with the announced records (type and IDC, in order) as its table of contents.
    pub fn begin(
        mut sink: W,
        header: &TransactionHeader,
        announced: &[(u8, u8)],
    ) -> Result<Self, StreamError> {
        if announced.len() + 1 >= limits::RECORDS_MAX {
            let problem = NistProblem::TooLarge("the number of records");
            return Err(Error::Nist { problem, record: announced.len() + 1, offset: 0 }.into());
        }
        let bytes = header_record(header, announced.iter().copied())?;
        sink.write_all(&bytes)?;
        Ok(Self { sink, announced: announced.to_vec(), written: 0, length_bytes: bytes.len() })
    }

    /// Writes the next record.
    pub fn write(&mut self, record: &OutRecord<'_>) -> Result<(), StreamError> {
        let refused = |problem, offset| Error::Nist { problem, record: self.written + 2, offset };
        if self.announced.get(self.written) != Some(&record.type_and_idc()) {
            return Err(refused(NistProblem::Count, self.length_bytes).into());
        }
        let length_bytes = self.length_bytes.saturating_add(record.length_bytes());
        if length_bytes > limits::TRANSACTION_BYTES_MAX {
            let problem = NistProblem::TooLarge("the size of a transaction");
            return Err(refused(problem, self.length_bytes).into());
        }
        record.write_to(&mut self.sink)?;
        (self.written, self.length_bytes) = (self.written + 1, length_bytes);
        Ok(())
    }

    /// Ends the transaction and gives the sink back.
    pub fn finish(mut self) -> Result<W, StreamError> {
        if self.written != self.announced.len() {
            let problem = NistProblem::Count;
            return Err(Error::Nist { problem, record: self.written + 2, offset: self.length_bytes }.into());
        }
        self.sink.flush()?;
        Ok(self.sink)
    }

    /// Bytes written so far.
    #[must_use]
    pub fn length_bytes(&self) -> usize {
        self.length_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nist::TransactionWriter;
    use crate::nist::tests::header;

    fn record(idc: u8, image_bytes: usize) -> OutRecord<'static> {
        let mut record = OutRecord::new(14, idc).expect("Type-14");
        record.field(13, "2").expect("text").image(vec![0x1C; image_bytes]);
        record
    }

    #[test]
    fn the_same_bytes_as_the_writer_in_memory() {
        let mut whole = TransactionWriter::new(header());
        let mut stream = StreamingWriter::begin(Vec::new(), &header(), &[(14, 1), (14, 2)]).expect("begun");
        for idc in 1..=2 {
            whole.push(record(idc, 900)).expect("room");
            stream.write(&record(idc, 900)).expect("announced");
        }
        let length = stream.length_bytes();
        let bytes = stream.finish().expect("complete");
        assert_eq!(bytes.len(), length);
        assert_eq!(whole.to_bytes().as_ref(), Ok(&bytes));
    }

    /// The sink is given the caller's own image, not a copy of it.
    #[test]
    fn no_image_is_held_twice() {
        struct Seen(Vec<*const u8>);
        impl io::Write for Seen {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.push(bytes.as_ptr());
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let image = vec![7; 100_000];
        let mut record = OutRecord::new(14, 1).expect("Type-14");
        record.field(13, "2").expect("text").image(image.as_slice());
        let mut stream = StreamingWriter::begin(Seen(Vec::new()), &header(), &[(14, 1)]).expect("begun");
        stream.write(&record).expect("announced");
        assert!(stream.finish().expect("complete").0.contains(&image.as_ptr()));
    }

    #[test]
    fn disorder_is_refused() {
        fn code<T>(result: Result<T, StreamError>) -> Option<&'static str> {
            match result {
                Err(StreamError::Refused(error)) => Some(error.code()),
                _ => None,
            }
        }
        let begin = || StreamingWriter::begin(Vec::new(), &header(), &[(14, 1)]).expect("begun");
        assert_eq!(code(begin().write(&record(2, 9))), Some("I-0305"));
        assert_eq!(code(begin().finish()), Some("I-0305"));
        let mut twice = begin();
        twice.write(&record(1, 9)).expect("announced");
        assert_eq!(code(twice.write(&record(1, 9))), Some("I-0305"));
        assert_eq!(code(begin().write(&record(1, limits::TRANSACTION_BYTES_MAX))), Some("I-0307"));
        let many = vec![(14, 1); limits::RECORDS_MAX];
        assert_eq!(code(StreamingWriter::begin(Vec::new(), &header(), &many)), Some("I-0307"));
        let hostile = TransactionHeader { date: "2026\u{1d}".to_owned(), ..header() };
        assert_eq!(code(StreamingWriter::begin(Vec::new(), &hostile, &[])), Some("I-0309"));
    }

    #[test]
    fn a_failing_sink_is_told() {
        struct Full;
        impl io::Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let begun = StreamingWriter::begin(Full, &header(), &[]);
        assert!(matches!(begun, Err(StreamError::Sink(e)) if e.kind() == io::ErrorKind::StorageFull));
    }
}
