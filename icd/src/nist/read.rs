//! From bytes to records, along the table of contents in 1.003.
//!
//! The order of checks: LEN within the file, closing separator, tags, then CNT against what was found. Payload of field
//! 999 is taken by LEN and never split, because it may hold separator bytes.

use super::record::{BinaryRecord, Field, Record, TaggedRecord, decimal};
use super::{FS, GS, RS, US};
use crate::error::{Error, NistProblem};
use crate::limits;

/// What CNT announces: type and IDC of each record after the first.
pub(super) struct Announced {
    pub(super) record_type: u8,
    pub(super) idc: u8,
}

pub(super) fn records(bytes: &[u8]) -> Result<Vec<Record<'_>>, Error> {
    if bytes.len() > limits::TRANSACTION_BYTES_MAX {
        return Err(at(0, 0, NistProblem::TooLarge("the size of a transaction")));
    }
    let header = tagged(bytes, 0, 1, 1).map_err(|error| name_a_foreign_file(bytes, error))?;
    let announced = contents(&header)?;
    let mut records = Vec::with_capacity(announced.len() + 1);
    let mut offset = Record::Tagged(header.clone()).length_bytes();
    records.push(Record::Tagged(header));
    for (index, announced) in announced.iter().enumerate() {
        let number = index + 2;
        if offset == bytes.len() {
            return Err(at(offset, number, NistProblem::Count));
        }
        let record = match announced.record_type {
            3..=8 => Record::Binary(binary(bytes, offset, number, announced.record_type)?),
            other => Record::Tagged(tagged(bytes, offset, number, other)?),
        };
        if record.idc() != Some(announced.idc) {
            let missing = record.idc().is_none();
            let problem = if missing { NistProblem::MissingField(2) } else { NistProblem::Count };
            return Err(at(offset, number, problem));
        }
        offset += record.length_bytes();
        records.push(record);
    }
    if offset != bytes.len() {
        return Err(at(offset, records.len(), NistProblem::Count));
    }
    Ok(records)
}

pub(super) fn at(offset: usize, record: usize, problem: NistProblem) -> Error {
    Error::Nist { problem, record, offset }
}

/// A file that does not even begin like a Type-1 record is told so, unless it was merely cut short.
fn name_a_foreign_file(bytes: &[u8], error: Error) -> Error {
    let begins_right = [&b"1.001:"[..], &b"1.01:"[..]]
        .iter()
        .any(|tag| bytes.iter().zip(tag.iter()).all(|(byte, expected)| byte == expected));
    if begins_right { error } else { at(0, 1, NistProblem::NoType1) }
}

/// Reads 1.003: `1 US <n-1> RS <type> US <IDC> RS …`.
pub(super) fn contents(header: &TaggedRecord<'_>) -> Result<Vec<Announced>, Error> {
    let refused = || at(header.offset, 1, NistProblem::Count);
    let field = header.field(3).ok_or_else(|| at(header.offset, 1, NistProblem::MissingField(3)))?;
    if field.value.iter().filter(|byte| **byte == RS).count() > limits::RECORDS_MAX {
        return Err(at(header.offset, 1, NistProblem::TooLarge("the number of records")));
    }
    let mut pairs = field.value.split(|byte| *byte == RS).map(|subfield| {
        let mut items = subfield.split(|byte| *byte == US);
        let pair = (items.next()?, items.next()?);
        items.next().is_none().then_some(pair)
    });
    let (first, count) = pairs.next().flatten().ok_or_else(refused)?;
    if decimal::<u8>(first) != Some(1) {
        return Err(refused());
    }
    let announced: Vec<Announced> = pairs
        .map(|pair| {
            let (record_type, idc) = pair?;
            let record_type = decimal::<u8>(record_type).filter(|t| (2..=99).contains(t))?;
            Some(Announced { record_type, idc: decimal(idc)? })
        })
        .collect::<Option<_>>()
        .ok_or_else(refused)?;
    if decimal::<usize>(count) != Some(announced.len()) {
        return Err(refused());
    }
    Ok(announced)
}

pub(super) fn binary(
    bytes: &[u8],
    offset: usize,
    number: usize,
    record_type: u8,
) -> Result<BinaryRecord<'_>, Error> {
    let truncated = || at(offset, number, NistProblem::Truncated);
    let rest = bytes.get(offset..).unwrap_or_default();
    let length = rest.first_chunk::<4>().ok_or_else(truncated)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    // Four bytes of LEN and one of IDC are the least any binary record has.
    if length < 5 {
        return Err(at(offset, number, NistProblem::Length));
    }
    let record = rest.get(..length).ok_or_else(truncated)?;
    let idc = *record.get(4).ok_or_else(truncated)?;
    Ok(BinaryRecord { record_type, idc, offset, bytes: record })
}

fn tagged(bytes: &[u8], offset: usize, number: usize, record_type: u8) -> Result<TaggedRecord<'_>, Error> {
    let rest = bytes.get(offset..).unwrap_or_default();
    let length = tagged_length(rest, offset, number, record_type)?;
    let record = rest.get(..length).ok_or_else(|| at(offset, number, NistProblem::Truncated))?;
    let Some((&FS, body)) = record.split_last() else {
        return Err(at(offset, number, NistProblem::Length));
    };
    let mut fields = Vec::new();
    let mut rest = Some(body);
    while let Some(bytes) = rest {
        let here = offset + (body.len() - bytes.len());
        if fields.len() >= limits::FIELDS_MAX {
            return Err(at(here, number, NistProblem::TooLarge("the number of fields in one record")));
        }
        let (field, after) =
            next_field(bytes, record_type).ok_or_else(|| at(here, number, NistProblem::Tag))?;
        if field.number != 999 && field.value.contains(&FS) {
            // A record ends inside this one, so LEN is too long.
            return Err(at(here, number, NistProblem::Length));
        }
        fields.push(field);
        rest = after;
    }
    Ok(TaggedRecord { record_type, offset, fields })
}

/// LEN of a tagged record, read from its first field before anything else is believed.
pub(super) fn tagged_length(
    rest: &[u8],
    offset: usize,
    number: usize,
    record_type: u8,
) -> Result<usize, Error> {
    // The first field is short: type, point, number, colon, at most ten digits and a separator.
    let head = rest.get(..24).unwrap_or(rest);
    let end = head.iter().position(|byte| matches!(*byte, GS | FS));
    let Some(end) = end else {
        let problem = if rest.len() < 24 { NistProblem::Truncated } else { NistProblem::Length };
        return Err(at(offset, number, problem));
    };
    let (field, _) = next_field(head.get(..end).unwrap_or_default(), record_type)
        .filter(|(field, _)| field.number == 1)
        .ok_or_else(|| at(offset, number, NistProblem::Tag))?;
    let length = decimal::<usize>(field.value).ok_or_else(|| at(offset, number, NistProblem::Length))?;
    if length <= end { Err(at(offset, number, NistProblem::Length)) } else { Ok(length) }
}

/// Splits one field off; what follows its separator is the rest. `None` when the tag is not one of this record.
pub(super) fn next_field(bytes: &[u8], record_type: u8) -> Option<(Field<'_>, Option<&[u8]>)> {
    let colon = bytes.iter().take(12).position(|byte| *byte == b':')?;
    let (tag, after) = (bytes.get(..colon)?, bytes.get(colon + 1..)?);
    let point = tag.iter().position(|byte| *byte == b'.')?;
    let (type_digits, number_digits) = (tag.get(..point)?, tag.get(point + 1..)?);
    if decimal::<u8>(type_digits) != Some(record_type) {
        return None;
    }
    let number = decimal::<u16>(number_digits)?;
    if number == 999 && record_type >= 10 {
        return Some((Field { tag, number, value: after }, None));
    }
    let (value, rest) = match after.iter().position(|byte| *byte == GS) {
        Some(end) => (after.get(..end)?, Some(after.get(end + 1..)?)),
        None => (after, None),
    };
    Some((Field { tag, number, value }, rest))
}
