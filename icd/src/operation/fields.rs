//! The values a later change carries: which fields each operation must, may or may not have, and their form.
//!
//! Why: a change is keyed or sent exactly as it stands, so a missing date or a field of another operation must be found
//! before a person keys it. Source: the provisions named in [`super::OperationRule`] and, per field, the matrix of
//! [`crate::validate::matrix`], which says whether the category may carry it at all.
//!
//! Invariants: this is the only place where an operation's fields stand; a field that does not belong is refused, not
//! dropped; a field the category may not carry is never asked for.
//!
//! Left out on purpose: new biometrics. A change has no container; they come as a first transmission, whose additional
//! fields carry the date of arrival. Marks and erasures have no values: operation and reference number say all.

use jiff::civil::Date;

use super::Operation;
use crate::dataset::{CountryCode, MemberState, PartialDate, SecurityGround, Sex};
use crate::limits;
use crate::reference::ReferenceNumber;

/// When an operation needs a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// Always.
    Must,
    /// At least one of the operation's fields of this kind.
    OneOf,
    /// As `OneOf`, and never without the field named here.
    OneOfWith(&'static str),
}

/// The form of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeValue {
    /// A day that is not in the future, `YYYY-MM-DD`.
    PastDate,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A day of birth as far as it is known.
    BirthDate,
    /// Letters of a Member State.
    State,
    /// Letters of Member States, separated by spaces, or `none`.
    States,
    /// A three-letter country code.
    Country,
    /// Three-letter country codes, separated by spaces.
    Countries,
    /// `F`, `M` or `U`.
    Sex,
    /// The ground of a security flag.
    SecurityGround,
    /// `true`.
    True,
    /// `true` or `false`.
    TrueOrFalse,
    /// The reference number of another dataset.
    OtherReference,
    /// Text, not empty.
    Text,
}

impl ChangeValue {
    /// What is accepted, in words.
    #[must_use]
    pub fn accepted(self) -> &'static str {
        match self {
            Self::PastDate => "a day as YYYY-MM-DD that is not in the future",
            Self::Date => "a day as YYYY-MM-DD",
            Self::BirthDate => "YYYY, YYYY-MM or YYYY-MM-DD",
            Self::State => "one to three capital letters",
            Self::States => "the letters of each State consulted, separated by spaces, or none",
            Self::Country => "three capital letters",
            Self::Countries => "three capital letters each, separated by spaces",
            Self::Sex => "F, M or U",
            Self::SecurityGround => "armed, violent, terrorist-offence or arrest-warrant-offence",
            Self::True => "true",
            Self::TrueOrFalse => "true or false",
            Self::OtherReference => "the reference number of the other dataset",
            Self::Text => "text of at most 1000 bytes that is not blank",
        }
    }

    /// True when the value has this form. `latest` is the last day that is not in the future.
    #[must_use]
    pub fn accepts(self, value: &str, latest: Date, own: &ReferenceNumber) -> bool {
        let several = |one: &dyn Fn(&str) -> bool| {
            let parts = value.split(' ').collect::<Vec<_>>();
            parts.len() <= limits::REPEATS_MAX && parts.into_iter().all(one)
        };
        match self {
            Self::PastDate => day(value).is_some_and(|date| date <= latest),
            Self::Date => day(value).is_some(),
            Self::BirthDate => value.parse::<PartialDate>().is_ok_and(|birth| birth.earliest() <= latest),
            Self::State => MemberState::new(value).is_ok(),
            Self::States => value == "none" || several(&|one| MemberState::new(one).is_ok()),
            Self::Country => CountryCode::new(value).is_ok(),
            Self::Countries => several(&|one| CountryCode::new(one).is_ok()),
            Self::Sex => Sex::from_code(value).is_some(),
            Self::SecurityGround => SecurityGround::from_word(value).is_some(),
            Self::True => value == "true",
            Self::TrueOrFalse => matches!(value, "true" | "false"),
            Self::OtherReference => value.parse::<ReferenceNumber>().is_ok_and(|other| other != *own),
            Self::Text => !value.trim().is_empty() && value.len() <= limits::TEXT_BYTES_MAX,
        }
    }
}

/// `YYYY-MM-DD` and nothing else; the date parser alone would take more forms.
fn day(value: &str) -> Option<Date> {
    value.parse::<Date>().ok().filter(|date| date.to_string() == value)
}

/// One field of one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeFieldRule {
    /// The field's name in the envelope.
    pub field: &'static str,
    /// When the operation needs it.
    pub needed: Needed,
    /// The form of its value.
    pub value: ChangeValue,
    /// The row of the matrix that says which categories may carry it; absent for what is no part of a dataset.
    pub row: Option<&'static str>,
}

/// The fields of an operation; empty for the first transmission, marks and erasures.
#[must_use]
pub fn of(operation: Operation) -> &'static [ChangeFieldRule] {
    match operation {
        Operation::AddResponsibleState | Operation::ResponsibilityShifted | Operation::TakeOverMark => {
            &[RESPONSIBLE_STATE]
        }
        Operation::ArrivalAfterTakeCharge => &[ARRIVED_TAKE_CHARGE],
        Operation::ArrivalAfterTakeBack => &[ARRIVED_TAKE_BACK],
        Operation::LeftTerritory => &[LEFT],
        Operation::RemovalOrDeparture => &[REMOVED],
        Operation::AddRelocationState => &[RELOCATION_STATE],
        Operation::ArrivalInRelocationState => &[ARRIVED_RELOCATION],
        Operation::AddCircumstance => &CIRCUMSTANCES,
        Operation::DeleteSecurityFlag => &[CONSULTED],
        Operation::Rectify => &RECTIFIABLE,
        Operation::ReportWrongHit | Operation::ConfirmLink => &[OTHER_REFERENCE],
        Operation::Submit
        | Operation::MarkProtectionGranted
        | Operation::UnmarkProtectionWithdrawn
        | Operation::MarkResidenceDocument
        | Operation::EraseCitizenOfOrigin
        | Operation::EraseCitizenOfOtherState
        | Operation::EraseInaccurate => &[],
    }
}

/// A field that is named like its row of the matrix.
const fn own_row(field: &'static str, needed: Needed, value: ChangeValue) -> ChangeFieldRule {
    ChangeFieldRule { field, needed, value, row: Some(field) }
}

/// A field that is a part of a row.
const fn part(row: &'static str, field: &'static str, needed: Needed, value: ChangeValue) -> ChangeFieldRule {
    ChangeFieldRule { field, needed, value, row: Some(row) }
}

/// A field that is no part of a dataset.
const fn beside(field: &'static str, value: ChangeValue) -> ChangeFieldRule {
    ChangeFieldRule { field, needed: Needed::Must, value, row: None }
}

/// A field that may be rectified.
const fn any(row: &'static str, field: &'static str, value: ChangeValue) -> ChangeFieldRule {
    part(row, field, Needed::OneOf, value)
}

const RESPONSIBLE_STATE: ChangeFieldRule = own_row("responsible-state", Needed::Must, ChangeValue::State);
const RELOCATION_STATE: ChangeFieldRule = own_row("relocation-state", Needed::Must, ChangeValue::State);
const ARRIVED_TAKE_CHARGE: ChangeFieldRule =
    own_row("arrived-take-charge-on", Needed::Must, ChangeValue::PastDate);
const ARRIVED_TAKE_BACK: ChangeFieldRule =
    own_row("arrived-take-back-on", Needed::Must, ChangeValue::PastDate);
const ARRIVED_RELOCATION: ChangeFieldRule =
    own_row("arrived-relocation-on", Needed::Must, ChangeValue::PastDate);
const LEFT: ChangeFieldRule = own_row("left-on", Needed::Must, ChangeValue::PastDate);
const REMOVED: ChangeFieldRule = own_row("removed-on", Needed::Must, ChangeValue::PastDate);
/// 17(4): the other States that hold a dataset of the person are consulted first.
const CONSULTED: ChangeFieldRule = beside("consulted-states", ChangeValue::States);
/// 38(6): both reference numbers are reported; 3(6): the linked dataset is named.
const OTHER_REFERENCE: ChangeFieldRule = beside("other-reference-number", ChangeValue::OtherReference);

static CIRCUMSTANCES: [ChangeFieldRule; 6] = [
    own_row("security-flag", Needed::OneOf, ChangeValue::SecurityGround),
    part("visa", "visa-issuing-state", Needed::OneOfWith("visa-application-number"), ChangeValue::State),
    part("visa", "visa-application-number", Needed::OneOfWith("visa-issuing-state"), ChangeValue::Text),
    own_row("rejected", Needed::OneOf, ChangeValue::True),
    own_row("border-rejection-final", Needed::OneOf, ChangeValue::True),
    own_row("return-assistance", Needed::OneOf, ChangeValue::True),
];

#[rustfmt::skip]
static RECTIFIABLE: [ChangeFieldRule; 37] = {
    use ChangeValue as V;
    [
        any("name", "surname", V::Text), any("name", "forename", V::Text), any("name", "birth-name", V::Text),
        any("name", "former-name", V::Text), any("name", "alias", V::Text),
        any("nationality", "nationality", V::Countries),
        any("birth-date", "birth-date", V::BirthDate), any("birth-place", "birth-place", V::Text),
        any("sex", "sex", V::Sex),
        any("event", "event-member-state", V::State), any("event", "event-place", V::Text),
        any("event", "event-date", V::PastDate),
        any("document", "document-kind", V::Text), any("document", "document-number", V::Text),
        any("document", "document-issuing-country", V::Country), any("document", "document-expires-on", V::Date),
        any("biometrics-taken-on", "biometrics-taken-on", V::PastDate),
        any("granted-on", "granted-on", V::PastDate), any("refused-on", "refused-on", V::PastDate),
        any("refusal-grounds", "refusal-grounds", V::Text), any("discontinued-on", "discontinued-on", V::PastDate),
        any("exclusion-ground", "exclusion-ground", V::Text), any("council-decision", "council-decision", V::Text),
        any("responsible-state", "responsible-state", V::State), any("relocation-state", "relocation-state", V::State),
        any("arrived-take-charge-on", "arrived-take-charge-on", V::PastDate),
        any("arrived-take-back-on", "arrived-take-back-on", V::PastDate),
        any("left-on", "left-on", V::PastDate), any("removed-on", "removed-on", V::PastDate),
        any("arrived-relocation-on", "arrived-relocation-on", V::PastDate),
        any("visa", "visa-issuing-state", V::State), any("visa", "visa-application-number", V::Text),
        any("security-flag", "security-flag", V::SecurityGround),
        any("rejected", "rejected", V::TrueOrFalse), any("border-rejection-final", "border-rejection-final", V::TrueOrFalse),
        any("return-assistance", "return-assistance", V::TrueOrFalse),
        any("operator", "operator", V::Text),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::matrix;

    /// The table as an independent reader of Articles 16 to 43 writes it: mandatory fields bare, "one of" with a mark.
    #[test]
    fn the_table_row_by_row() {
        #[track_caller]
        fn check(operation: Operation, expect: &[&str]) {
            let shown: Vec<String> = of(operation)
                .iter()
                .map(|rule| match rule.needed {
                    Needed::Must => rule.field.to_owned(),
                    Needed::OneOf => format!("?{}", rule.field),
                    Needed::OneOfWith(other) => format!("?{} with {other}", rule.field),
                })
                .collect();
            assert_eq!(shown, expect, "{operation:?}");
        }
        check(Operation::Submit, &[]);
        check(Operation::AddResponsibleState, &["responsible-state"]);
        check(Operation::ArrivalAfterTakeCharge, &["arrived-take-charge-on"]);
        check(Operation::ArrivalAfterTakeBack, &["arrived-take-back-on"]);
        check(Operation::LeftTerritory, &["left-on"]);
        check(Operation::RemovalOrDeparture, &["removed-on"]);
        check(Operation::ResponsibilityShifted, &["responsible-state"]);
        check(Operation::AddRelocationState, &["relocation-state"]);
        check(Operation::ArrivalInRelocationState, &["arrived-relocation-on"]);
        check(Operation::MarkProtectionGranted, &[]);
        check(Operation::UnmarkProtectionWithdrawn, &[]);
        check(Operation::MarkResidenceDocument, &[]);
        check(Operation::TakeOverMark, &["responsible-state"]);
        check(
            Operation::AddCircumstance,
            &[
                "?security-flag",
                "?visa-issuing-state with visa-application-number",
                "?visa-application-number with visa-issuing-state",
                "?rejected",
                "?border-rejection-final",
                "?return-assistance",
            ],
        );
        check(Operation::DeleteSecurityFlag, &["consulted-states"]);
        assert_eq!(of(Operation::Rectify).len(), 37);
        assert!(of(Operation::Rectify).iter().all(|rule| rule.needed == Needed::OneOf));
        check(Operation::EraseCitizenOfOrigin, &[]);
        check(Operation::EraseCitizenOfOtherState, &[]);
        check(Operation::EraseInaccurate, &[]);
        check(Operation::ReportWrongHit, &["other-reference-number"]);
        check(Operation::ConfirmLink, &["other-reference-number"]);
    }

    #[test]
    fn every_field_of_a_dataset_has_its_row_in_the_matrix() {
        let rows: Vec<&str> = matrix::rows().iter().map(|row| row.field).collect();
        for operation in Operation::ALL {
            for rule in of(operation) {
                assert!(rule.row.is_none_or(|row| rows.contains(&row)), "{operation:?} {}", rule.field);
            }
        }
        // Everything of a dataset can be rectified but what a change cannot carry.
        let rectifiable: Vec<_> = of(Operation::Rectify).iter().filter_map(|rule| rule.row).collect();
        let left: Vec<&str> = rows.into_iter().filter(|row| !rectifiable.contains(row)).collect();
        assert_eq!(left, ["fingerprints", "face", "document-copy", "reference-number", "sent-at"]);
    }

    #[test]
    fn forms() {
        #[track_caller]
        fn check(value: ChangeValue, good: &[&str], bad: &[&str]) {
            let own: ReferenceNumber = "NL1000000042".parse().expect("well-formed");
            let latest = jiff::civil::date(2026, 7, 2);
            for (texts, expect) in [(good, true), (bad, false)] {
                for text in texts {
                    assert_eq!(value.accepts(text, latest, &own), expect, "{value:?} {text:?}");
                }
            }
            assert!(!value.accepts("", latest, &own), "{value:?} is never empty");
        }
        check(
            ChangeValue::PastDate,
            &["2026-07-02"],
            &["2026-07-03", "20260702", "2026-02-30", "2026-07-02T10:00"],
        );
        check(ChangeValue::Date, &["2036-07-03"], &["2036-13-03", "x"]);
        check(ChangeValue::BirthDate, &["1990", "1990-02", "2026-07-02"], &["2027", "90"]);
        check(ChangeValue::State, &["NL", "D"], &["nl", "NL DE", "ABCD"]);
        check(ChangeValue::States, &["none", "NL", "NL DE"], &["NL,DE", "NL  DE", "None"]);
        check(ChangeValue::Country, &["XXA"], &["NL", "xxa"]);
        check(ChangeValue::Countries, &["SYR", "SYR IRQ"], &["SYR;IRQ"]);
        check(ChangeValue::Sex, &["F", "M", "U"], &["X", "f"]);
        check(ChangeValue::SecurityGround, &["armed", "terrorist-offence"], &["dangerous"]);
        check(ChangeValue::True, &["true"], &["false", "yes"]);
        check(ChangeValue::TrueOrFalse, &["true", "false"], &["1"]);
        check(ChangeValue::OtherReference, &["DE1000000001"], &["NL1000000042", "N"]);
        check(ChangeValue::Text, &["a"], &["  ", &"x".repeat(1001)]);
    }
}
