//! Fields that every record of a type has, and the values the standard lists for them.
//!
//! Source: ANSI/NIST-ITL 1-2011 Update 2015, tables of record types 1, 10, 14 and 21. What a profile or the law asks beyond
//! that is checked elsewhere. Whether 21.005 is mandatory could not be checked against the standard's text, so it is written and not
//! asked for. A field another check has spoken of already gets no second finding.

use crate::dataset::PartialDate;
use crate::finding::Finding;
use crate::nist::{TaggedRecord, Transaction, dictionary};

/// When a field must be there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needed {
    Always,
    WithImage,
    Never,
}

/// What a field may say.
#[derive(Clone, Copy)]
enum Values {
    Any,
    Date,
    Impression,
    Between(u32, u32),
    OneOf(&'static [&'static str]),
}

type Rule = (u8, u16, Needed, Values);

pub(super) fn check(transaction: &Transaction<'_>, findings: &mut Vec<Finding>) {
    characters(transaction, findings);
    let told: Vec<String> = findings.iter().map(|finding| finding.field.clone()).collect();
    for (index, record) in transaction.records().iter().enumerate() {
        let Some(record) = record.as_tagged() else { continue };
        let has_image = record.field(999).is_some_and(|field| !field.value().is_empty());
        for (record_type, number, needed, values) in RULES {
            let name = format!("{record_type}.{number:03}");
            if *record_type != record.record_type() || told.contains(&name) {
                continue;
            }
            let needed = *needed == Needed::Always || (*needed == Needed::WithImage && has_image);
            findings.extend(field(record, *number, needed, *values).map(|finding| Finding {
                message: format!("Record {}: {}", index + 1, finding.message),
                field: name,
                ..finding
            }));
        }
    }
}

/// Type-1 is ASCII; other records are too, unless 1.015 declares UTF-8, the one further set that is read (INT-I 6 allows no
/// other either).
fn characters(transaction: &Transaction<'_>, findings: &mut Vec<Finding>) {
    if transaction.records().is_empty() {
        return;
    }
    let declared = transaction.type1().character_set();
    if !matches!(declared, Some(UNDECLARED | UTF_8)) {
        let message = "The character set is not ASCII or UTF-8. Write the file in UTF-8 and declare it.";
        findings.push(Finding::error("I-1111", "1.015", message).accepting("0 or 3"));
        return;
    }
    for (index, record) in transaction.records().iter().enumerate() {
        let Some(record) = record.as_tagged() else { continue };
        let ascii = record.record_type() == 1 || declared == Some(UNDECLARED);
        for field in record.fields().iter().filter(|field| field.number() != 999) {
            let fits = if ascii { field.value().is_ascii() } else { field.text().is_some() };
            if !fits && matches!(record.record_type(), 1 | 2 | 10 | 14 | 21) {
                let set = if ascii { "ASCII" } else { "UTF-8" };
                let name = format!("{}.{:03}", record.record_type(), field.number());
                let message = format!(
                    "Record {}: a character is not {set}. Declare UTF-8 in 1.015 and use it.",
                    index + 1
                );
                findings.push(Finding::error("I-1111", name, message).accepting(set));
            }
        }
    }
}

/// 1.015 without a declaration.
const UNDECLARED: u16 = 0;
/// UTF-8 in 1.015.
const UTF_8: u16 = 3;

/// What is wrong with one field; the caller says which.
fn field(record: &TaggedRecord<'_>, number: u16, needed: bool, values: Values) -> Option<Finding> {
    let value = record.field(number).map(|field| field.text().unwrap_or("\u{fffd}"));
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        let message = "the standard asks for this field. Add it.";
        return needed.then(|| Finding::error("I-1101", "", message));
    };
    if let Values::Impression = values
        && value.parse().is_ok_and(dictionary::is_deprecated_impression)
    {
        let message = "this impression code is deprecated. Use 0 (plain) or 1 (rolled) in new files.";
        return Some(Finding::warning("I-1115", "", message).accepting("0 or 1"));
    }
    outside(value, values).map(|expected| {
        let code = if matches!(values, Values::Date) { "I-1112" } else { "I-1115" };
        let message = format!("the value must be {expected}. Correct it.");
        Finding::error(code, "", message).accepting(expected)
    })
}

/// What would have been accepted, where the value is not.
fn outside(value: &str, values: Values) -> Option<String> {
    let (accepted, expected) = match values {
        Values::Any => return None,
        Values::Date => (PartialDate::from_nist(value).is_ok(), "a date of eight digits".to_owned()),
        Values::Impression => {
            let known = value.parse().ok().and_then(dictionary::impression).is_some();
            (known, "one of 0, 1, 4, 8, 24, 25, 28, 29, 41, 42".to_owned())
        }
        Values::Between(low, high) => {
            let digits = value.len() <= 10 && value.bytes().all(|byte| byte.is_ascii_digit());
            let within = value.parse().is_ok_and(|number: u32| (low..=high).contains(&number));
            (digits && within, format!("a number from {low} to {high}"))
        }
        Values::OneOf(words) => (words.contains(&value), format!("one of {}", words.join(", "))),
    };
    (!accepted).then_some(expected)
}

const COMPRESSIONS: Values = Values::OneOf(&["NONE", "WSQ20", "JPEGB", "JPEGL", "JP2", "JP2L", "PNG"]);
const MONITORING: Values = Values::OneOf(&["CONTROLLED", "ASSISTED", "OBSERVED", "UNATTENDED", "UNKNOWN"]);
const SCALES: Values = Values::OneOf(&["0", "1", "2"]);
const SIDE: Values = Values::Between(10, 99_999);

#[rustfmt::skip]
const RULES: &[Rule] = {
    use Needed::{Always, Never, WithImage};
    use Values::{Any, Between, Date, Impression, OneOf};
    &[
        (1, 2, Always, Any), (1, 4, Always, Any), (1, 5, Always, Date), (1, 6, Never, Between(1, 9)),
        (1, 7, Always, Any), (1, 8, Always, Any), (1, 9, Always, Any), (1, 11, Always, Any), (1, 12, Always, Any),
        (10, 3, Always, Any), (10, 4, Always, Any), (10, 5, Always, Date), (10, 6, Always, SIDE),
        (10, 7, Always, SIDE), (10, 8, Always, SCALES), (10, 9, Always, Between(1, 99_999)),
        (10, 10, Always, Between(1, 99_999)), (10, 11, Always, COMPRESSIONS), (10, 12, Always, Any),
        (10, 13, Never, OneOf(&["1", "10", "11", "12", "13", "14", "15", "20", "30", "32", "40", "42", "50", "51", "52"])),
        (10, 20, Never, OneOf(&["F", "R", "L", "A", "D"])), (10, 30, Never, MONITORING),
        (14, 3, Always, Impression), (14, 4, Always, Any), (14, 5, Always, Date), (14, 6, WithImage, SIDE),
        (14, 7, WithImage, SIDE), (14, 8, WithImage, SCALES), (14, 9, WithImage, Between(1, 99_999)),
        (14, 10, WithImage, Between(1, 99_999)), (14, 11, WithImage, COMPRESSIONS), (14, 12, WithImage, OneOf(&["8"])),
        (14, 13, Always, Between(0, 84)), (14, 26, Never, Between(1, 255)), (14, 27, Never, OneOf(&["Y"])),
        (21, 4, Always, Any), (21, 5, Never, Date), (21, 21, Always, Between(1, 255)),
        (14, 30, Never, MONITORING), (14, 31, Never, OneOf(&["10", "20", "30", "40", "45", "50", "60"])),
    ]
};
