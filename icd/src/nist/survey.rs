//! Everything that is wrong with a file the reader refuses, record by record.
//!
//! Why: the reader stops at the first mistake, because nothing behind it can be trusted; a person who must repair the
//! file wants all of them. A survey goes on where the next record's beginning is certain: by a LEN that fits, or by a
//! separator and the tag of a record that CNT announces.
//!
//! Invariants: there are problems exactly when [`super::Transaction::read`] refuses, and the first is the reader's own;
//! their number is bounded; what is readable is never written or sent.
//!
//! Left out on purpose: guessing. A header without a readable CNT ends the survey.

use super::read::{Announced, at, binary, contents, next_field, records, tagged_length};
use super::record::{Record, TaggedRecord};
use super::{FS, GS};
use super::{Transaction, check_version};
use crate::error::{Error, NistProblem};
use crate::limits;

/// What a survey found.
#[derive(Clone, Debug)]
pub struct Survey<'a> {
    /// The records that could be read, for looking at them; not a whole file when there are problems.
    pub readable: Transaction<'a>,
    /// What is wrong, in the order of the file; empty when the reader accepts it. At most
    /// [`limits::SYNTAX_PROBLEMS_MAX`].
    pub problems: Vec<Error>,
}

pub(super) fn survey(bytes: &[u8]) -> Survey<'_> {
    let first = match records(bytes) {
        Ok(records) => {
            let readable = Transaction { records };
            let problems = check_version(&readable).err().into_iter().collect();
            return Survey { readable, problems };
        }
        Err(error) => error,
    };
    let mut walk = Walk { bytes, records: Vec::new(), problems: vec![first] };
    let foreign = matches!(walk.problems.first(), Some(Error::Nist { problem: NistProblem::NoType1, .. }));
    // What is no transaction at all has no records to look at.
    if bytes.len() <= limits::TRANSACTION_BYTES_MAX && !foreign {
        walk.run();
    }
    Survey { readable: Transaction { records: walk.records }, problems: walk.problems }
}

struct Walk<'a> {
    bytes: &'a [u8],
    records: Vec<Record<'a>>,
    problems: Vec<Error>,
}

impl<'a> Walk<'a> {
    fn run(&mut self) {
        let Some(end) = self.tagged(0, 1, 1) else { return };
        let Some(Record::Tagged(header)) = self.records.first() else { return };
        let announced = match contents(header) {
            Ok(announced) => announced,
            Err(error) => return self.add(error),
        };
        let (mut index, mut offset) = (0, end);
        while let Some(expected) = announced.get(index) {
            let number = index + 2;
            if offset >= self.bytes.len() {
                return self.add(at(offset, number, NistProblem::Count));
            }
            if self.problems.len() >= limits::SYNTAX_PROBLEMS_MAX {
                return;
            }
            match self.one(offset, number, expected) {
                Some(end) => (index, offset) = (index + 1, end),
                None => match self.resume(offset, index + 1, &announced) {
                    Some(next) => (index, offset) = next,
                    None => return,
                },
            }
        }
        if offset < self.bytes.len() {
            self.add(at(offset, announced.len() + 1, NistProblem::Count));
        }
    }

    /// One record; its end, when that is certain.
    fn one(&mut self, offset: usize, number: usize, expected: &Announced) -> Option<usize> {
        let end = match expected.record_type {
            3..=8 => match binary(self.bytes, offset, number, expected.record_type) {
                Ok(record) => {
                    self.records.push(Record::Binary(record));
                    offset + self.records.last().map_or(0, Record::length_bytes)
                }
                Err(error) => {
                    self.add(error);
                    return None;
                }
            },
            other => self.tagged(offset, number, other)?,
        };
        let idc = self.records.last().and_then(Record::idc);
        // A field that cannot be read may have been the IDC; that is told already.
        let told = |error: &Error| matches!(error, Error::Nist { problem: NistProblem::Tag, record, .. } if *record == number);
        if idc.is_none() && self.problems.iter().any(told) {
            return Some(end);
        }
        if idc != Some(expected.idc) {
            let problem = if idc.is_none() { NistProblem::MissingField(2) } else { NistProblem::Count };
            self.add(at(offset, number, problem));
        }
        Some(end)
    }

    /// A tagged record with those of its fields that can be read; its end, when LEN fits.
    fn tagged(&mut self, offset: usize, number: usize, record_type: u8) -> Option<usize> {
        let rest = self.bytes.get(offset..).unwrap_or_default();
        let length = match tagged_length(rest, offset, number, record_type) {
            Ok(length) => length,
            Err(error) => {
                self.add(error);
                return None;
            }
        };
        let Some(record) = rest.get(..length) else {
            self.add(at(offset, number, NistProblem::Truncated));
            return None;
        };
        let Some((&FS, body)) = record.split_last() else {
            self.add(at(offset, number, NistProblem::Length));
            return None;
        };
        let (mut fields, mut rest, mut skipping) = (Vec::new(), Some(body), false);
        while let Some(bytes) = rest {
            let here = offset + (body.len() - bytes.len());
            if fields.len() >= limits::FIELDS_MAX {
                self.add(at(here, number, NistProblem::TooLarge("the number of fields in one record")));
                break;
            }
            let Some((field, after)) = next_field(bytes, record_type) else {
                // One problem for everything up to the next field that can be read.
                if !skipping {
                    self.add(at(here, number, NistProblem::Tag));
                }
                skipping = true;
                rest = bytes.iter().position(|byte| *byte == GS).and_then(|end| bytes.get(end + 1..));
                continue;
            };
            if field.number != 999 && field.value.contains(&FS) {
                self.add(at(here, number, NistProblem::Length));
                return None;
            }
            skipping = false;
            fields.push(field);
            rest = after;
        }
        self.records.push(Record::Tagged(TaggedRecord { record_type, offset, fields }));
        Some(offset + length)
    }

    /// The next announced record whose beginning is certain: a separator, then the tag of its LEN.
    fn resume(&self, from: usize, index: usize, announced: &[Announced]) -> Option<(usize, usize)> {
        let (index, next) = announced
            .iter()
            .enumerate()
            .skip(index)
            .find(|(_, next)| !(3..=8).contains(&next.record_type))?;
        let rest = self.bytes.get(from..)?;
        let begins = |place: &usize| {
            let after = rest.get(place + 1..).unwrap_or_default();
            rest.get(*place) == Some(&FS) && tagged_length(after, 0, 0, next.record_type).is_ok()
        };
        (0..rest.len()).find(begins).map(|place| (index, from + place + 1))
    }

    fn add(&mut self, error: Error) {
        if self.problems.len() < limits::SYNTAX_PROBLEMS_MAX && !self.problems.contains(&error) {
            self.problems.push(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::build;
    use crate::container::tests::full;
    use crate::profile::Profile;
    use proptest::prelude::*;

    fn file() -> Vec<u8> {
        build(&Profile::open_2026(), &full()).expect("content that fits")
    }

    fn shown(bytes: &[u8]) -> Vec<(usize, &'static str)> {
        let record = |error: &Error| match error {
            Error::Nist { record, .. } => *record,
            _ => 0,
        };
        survey(bytes).problems.iter().map(|error| (record(error), error.code())).collect()
    }

    /// The same bytes with others at the place of the first occurrence after `from`.
    fn with(mut bytes: Vec<u8>, from: usize, old: &[u8], new: &[u8]) -> Vec<u8> {
        let place = bytes[from..].windows(old.len()).position(|part| part == old).expect("it occurs") + from;
        bytes.splice(place..place + old.len(), new.iter().copied());
        bytes
    }

    #[test]
    fn every_record_is_looked_at() {
        let good = file();
        assert_eq!(shown(&good), []);
        let records = Transaction::read(&good).expect("own file");
        let offsets: Vec<usize> = records.records().iter().map(Record::offset).collect();
        // A tag of another record in the second, a tag that is none in the third, a wrong IDC in the fourth.
        let bad = with(good.clone(), offsets[1], b"\x1d2.0", b"\x1d3.0");
        let bad = with(bad, offsets[2], b"\x1d14.004", b"\x1d14x004");
        let bad = with(bad, offsets[3], b"14.002:02", b"14.002:77");
        assert_eq!(shown(&bad), [(2, "I-0303"), (3, "I-0303"), (4, "I-0305")]);
        // A LEN that does not fit is passed by the next record's tag.
        let bad = with(bad, offsets[2], b"14.001:", b"14.001:9");
        assert_eq!(shown(&bad)[..3], [(2, "I-0303"), (3, "I-0301"), (4, "I-0305")]);
        // Cut short: the record that is cut, and no more.
        assert_eq!(shown(&good[..offsets[3] - 1]), [(3, "I-0301")]);
        assert_eq!(shown(b""), [(1, "I-0301")]);
        assert_eq!(shown(b"root:x:0:0:root:/root:/bin/bash\n"), [(1, "I-0304")]);
        let read = survey(&bad).readable;
        assert!(read.records().len() > 3 && read.records().len() < records.records().len());
    }

    #[test]
    fn the_number_of_problems_is_bounded() {
        let bad = "2.001:500\u{1c}".repeat(10);
        let many = 200;
        let contents: String = (0..many).map(|idc| format!("\u{1e}14\u{1f}{:02}", idc % 99)).collect();
        let body = format!("\u{1d}1.003:1\u{1f}{many}{contents}\u{1c}");
        let length = body.len() + "1.001:0000".len();
        let header = format!("1.001:{length:04}{body}");
        let record = "14.001:20\u{1d}14x002:00\u{1c}".repeat(many);
        let found = shown(format!("{header}{record}").as_bytes());
        assert_eq!(found.len(), limits::SYNTAX_PROBLEMS_MAX, "{found:?}");
        assert!(shown(bad.as_bytes()).len() < limits::SYNTAX_PROBLEMS_MAX);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// The reader and the survey agree, whatever is changed.
        #[test]
        fn it_begins_with_the_readers_own(
            changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
            kept in any::<proptest::sample::Index>(),
            cut in any::<bool>(),
        ) {
            let mut bytes = file();
            // The first half has the headers; the rest is an image.
            let half = bytes.len().min(4096);
            for (place, byte) in changes {
                let place = place.index(half);
                bytes[place] = byte;
            }
            if cut {
                bytes.truncate(kept.index(bytes.len()));
            }
            let survey = survey(&bytes);
            prop_assert_eq!(survey.problems.first().cloned(), Transaction::read(&bytes).err());
            prop_assert!(survey.problems.len() <= limits::SYNTAX_PROBLEMS_MAX);
        }
    }
}
