//! Everything one can ask of Eurodac: the first submission and the twenty later changes.
//!
//! Source: EUR Articles 3(6), 16, 17(2) and (4), 22 to 25, 30, 31, 38(6), 40, 43. Only the Member State of origin may
//! change or erase (40(3)), except where a row says otherwise.
//!
//! Invariant: this is the only table of operations; queues, capability tables and screens read it.

pub mod fields;

use serde::{Deserialize, Serialize};

use crate::category::Category;
use crate::error::Error;

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Operation {
    /// First transmission of a dataset.
    Submit,
    /// 1: add the Member State responsible.
    AddResponsibleState,
    /// 2: arrival after a take-charge transfer: a new dataset with the arrival date.
    ArrivalAfterTakeCharge,
    /// 3: arrival after a take-back transfer.
    ArrivalAfterTakeBack,
    /// 4: the person left the territory.
    LeftTerritory,
    /// 5: removal, or departure under a return decision.
    RemovalOrDeparture,
    /// 6: responsibility shifted.
    ResponsibilityShifted,
    /// 7: add the Member State of relocation.
    AddRelocationState,
    /// 8: arrival in the Member State of relocation: a new dataset with the arrival date.
    ArrivalInRelocationState,
    /// 9: mark: protection granted.
    MarkProtectionGranted,
    /// 10: unmark: protection withdrawn.
    UnmarkProtectionWithdrawn,
    /// 11: mark: residence document issued.
    MarkResidenceDocument,
    /// 12: the relocation State registers itself and takes over the mark.
    TakeOverMark,
    /// 13: add security flag, visa, rejection or voluntary-return assistance.
    AddCircumstance,
    /// 14: delete the security flag, after consulting the other States concerned.
    DeleteSecurityFlag,
    /// 15: rectify or complete.
    Rectify,
    /// 16: erase: the person became a citizen of the State of origin.
    EraseCitizenOfOrigin,
    /// 17: erase: the person became a citizen of another Member State.
    EraseCitizenOfOtherState,
    /// 18: erase: inaccurate or unlawfully processed.
    EraseInaccurate,
    /// 19: report that a hit was wrong.
    ReportWrongHit,
    /// 20: confirm the linking of datasets after a confirmed hit.
    ConfirmLink,
}

/// What an operation does to what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperationKind {
    /// Creates a dataset.
    New,
    /// Adds to or corrects a dataset.
    Update,
    /// Sets a mark.
    Mark,
    /// Sets a mark and adds to the dataset.
    UpdateAndMark,
    /// Removes a mark.
    Unmark,
    /// Removes one field.
    DeleteField,
    /// Removes the dataset.
    Delete,
    /// Says something about datasets without changing them itself.
    Message,
}

/// Who may ask for the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// The Member State that sent the dataset first.
    Origin,
    /// The State that determines the Member State responsible.
    Determining,
    /// The State responsible for the application.
    Responsible,
    /// The State that established the shift, or the State of relocation.
    EstablishingOrRelocation,
    /// The State that benefits from relocation.
    Benefitting,
    /// The State of relocation.
    Relocation,
    /// The State that received the result, towards eu-LISA.
    Receiving,
}

impl Who {
    /// The words a screen shows.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Origin => "Member State of origin",
            Self::Determining => "State running the determination of responsibility",
            Self::Responsible => "Member State responsible",
            Self::EstablishingOrRelocation => "State that established the shift, or State of relocation",
            Self::Benefitting => "benefitting Member State",
            Self::Relocation => "Member State of relocation",
            Self::Receiving => "Member State that received the result, to eu-LISA",
        }
    }
}

/// The time an operation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperationLimit {
    /// The limit of the category (first transmission and new datasets).
    OfCategory,
    /// "Without delay", "promptly", "once established": the law has no figure.
    NoFigure,
    /// This many working days after the event.
    WorkingDays(u8),
}

/// One row of the table of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationRule {
    /// The operation.
    pub operation: Operation,
    /// Its number among the later changes; 0 for the first submission.
    pub number: u8,
    /// The stable word used in envelopes, configuration and addresses.
    pub code: &'static str,
    /// What it says on a screen.
    pub title: &'static str,
    /// The article it rests on.
    pub article: &'static str,
    /// What it does.
    pub kind: OperationKind,
    /// Who may ask for it.
    pub who: Who,
    /// When it must happen, in the law's words.
    pub when: &'static str,
    /// The figure behind `when`, where there is one.
    pub limit: OperationLimit,
    /// True where a second person checks before it goes out. Our recommendation for erasures, not law.
    pub two_person: bool,
    /// Which categories of dataset it can concern; empty means every stored category.
    pub categories: &'static [Category],
}

impl Operation {
    /// Every operation, in the order of its number.
    pub const ALL: [Self; 21] = [
        Self::Submit,
        Self::AddResponsibleState,
        Self::ArrivalAfterTakeCharge,
        Self::ArrivalAfterTakeBack,
        Self::LeftTerritory,
        Self::RemovalOrDeparture,
        Self::ResponsibilityShifted,
        Self::AddRelocationState,
        Self::ArrivalInRelocationState,
        Self::MarkProtectionGranted,
        Self::UnmarkProtectionWithdrawn,
        Self::MarkResidenceDocument,
        Self::TakeOverMark,
        Self::AddCircumstance,
        Self::DeleteSecurityFlag,
        Self::Rectify,
        Self::EraseCitizenOfOrigin,
        Self::EraseCitizenOfOtherState,
        Self::EraseInaccurate,
        Self::ReportWrongHit,
        Self::ConfirmLink,
    ];

    /// The operation with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.code() == code)
    }

    /// The stable word.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.rule().code
    }

    /// True when the operation removes a whole dataset.
    #[must_use]
    pub fn is_erasure(self) -> bool {
        self.rule().kind == OperationKind::Delete
    }

    /// True when the biometrics it sends are compared with other Member States' data. What is sent after a take-charge
    /// transfer or on leaving the territory is not (Art. 27(1)), and what sends no biometrics is not either.
    #[must_use]
    pub fn is_compared(self) -> bool {
        matches!(self, Self::Submit | Self::ArrivalInRelocationState)
    }

    /// True when the operation can concern a dataset of this category.
    #[must_use]
    pub fn applies_to(self, category: Category) -> bool {
        let categories = self.rule().categories;
        if categories.is_empty() {
            self == Self::Submit || category.rule().stored
        } else {
            categories.contains(&category)
        }
    }

    /// The row of the law for this operation.
    #[must_use]
    pub fn rule(self) -> &'static OperationRule {
        match self {
            Self::Submit => &RULES[0],
            Self::AddResponsibleState => &RULES[1],
            Self::ArrivalAfterTakeCharge => &RULES[2],
            Self::ArrivalAfterTakeBack => &RULES[3],
            Self::LeftTerritory => &RULES[4],
            Self::RemovalOrDeparture => &RULES[5],
            Self::ResponsibilityShifted => &RULES[6],
            Self::AddRelocationState => &RULES[7],
            Self::ArrivalInRelocationState => &RULES[8],
            Self::MarkProtectionGranted => &RULES[9],
            Self::UnmarkProtectionWithdrawn => &RULES[10],
            Self::MarkResidenceDocument => &RULES[11],
            Self::TakeOverMark => &RULES[12],
            Self::AddCircumstance => &RULES[13],
            Self::DeleteSecurityFlag => &RULES[14],
            Self::Rectify => &RULES[15],
            Self::EraseCitizenOfOrigin => &RULES[16],
            Self::EraseCitizenOfOtherState => &RULES[17],
            Self::EraseInaccurate => &RULES[18],
            Self::ReportWrongHit => &RULES[19],
            Self::ConfirmLink => &RULES[20],
        }
    }
}

impl TryFrom<String> for Operation {
    type Error = Error;

    fn try_from(code: String) -> Result<Self, Error> {
        Self::from_code(&code)
            .ok_or_else(|| Error::invalid("operation", "the code of one of the 21 operations"))
    }
}

impl From<Operation> for String {
    fn from(operation: Operation) -> Self {
        operation.code().to_owned()
    }
}

const APPLICANTS: &[Category] = &[Category::Applicant];
const IRREGULAR: &[Category] = &[Category::IrregularCrossing, Category::IllegalStay, Category::Disembarked];
const APPLICANTS_AND_IRREGULAR: &[Category] =
    &[Category::Applicant, Category::IrregularCrossing, Category::IllegalStay, Category::Disembarked];
const RELOCATED: &[Category] = &[Category::Applicant, Category::IllegalStay];

/// A function with as many arguments as the table has columns keeps one operation on two lines.
#[allow(clippy::too_many_arguments)]
#[rustfmt::skip]
const fn row(
    number: u8, operation: Operation, code: &'static str, title: &'static str, article: &'static str,
    who: Who, when: &'static str, kind: OperationKind, categories: &'static [Category],
) -> OperationRule {
    let two_person = matches!(kind, OperationKind::Delete);
    OperationRule {
        operation, number, code, title, article, kind, who, when, limit: OperationLimit::NoFigure, two_person, categories,
    }
}

#[rustfmt::skip]
static RULES: [OperationRule; 21] = {
    use Operation as O;
    use OperationKind as K;
    use Who as W;
    [
        OperationRule {
            limit: OperationLimit::OfCategory,
            ..row(0, O::Submit, "submit", "First transmission of a dataset", "15, 18, 20, 22, 23, 24, 26",
                W::Origin, "within the category's limit", K::New, &[])
        },
        row(1, O::AddResponsibleState, "add-responsible-state", "Add the Member State responsible", "16(1)",
            W::Determining, "as soon as determined", K::Update, APPLICANTS),
        row(2, O::ArrivalAfterTakeCharge, "arrival-after-take-charge", "Arrival after a take-charge transfer", "16(2)(a)",
            W::Responsible, "on arrival", K::New, APPLICANTS),
        row(3, O::ArrivalAfterTakeBack, "arrival-after-take-back", "Arrival after a take-back transfer", "16(2)(b)",
            W::Responsible, "on arrival", K::Update, APPLICANTS),
        row(4, O::LeftTerritory, "left-territory", "Left the territory", "16(2)(c)",
            W::Origin, "once established", K::Update, APPLICANTS),
        row(5, O::RemovalOrDeparture, "removal-or-departure", "Removed, or left under a return decision",
            "16(2)(d), 22(7), 23(6), 24(7)", W::Origin, "once ensured", K::Update, APPLICANTS_AND_IRREGULAR),
        row(6, O::ResponsibilityShifted, "responsibility-shifted", "Responsibility shifted", "16(3)",
            W::EstablishingOrRelocation, "once established", K::Update, APPLICANTS),
        row(7, O::AddRelocationState, "add-relocation-state", "Add the Member State of relocation", "25(1)",
            W::Benefitting, "once relocation is due", K::Update, APPLICANTS_AND_IRREGULAR),
        row(8, O::ArrivalInRelocationState, "arrival-in-relocation-state", "Arrival in the Member State of relocation",
            "25(2)", W::Relocation, "on arrival", K::New, RELOCATED),
        row(9, O::MarkProtectionGranted, "mark-protection-granted", "Mark: protection granted", "31(1)",
            W::Origin, "after the grant", K::Mark, APPLICANTS),
        row(10, O::UnmarkProtectionWithdrawn, "unmark-protection-withdrawn", "Unmark: protection withdrawn", "31(3)",
            W::Origin, "after the withdrawal", K::Unmark, APPLICANTS),
        row(11, O::MarkResidenceDocument, "mark-residence-document", "Mark: residence document issued", "31(4)",
            W::Origin, "after the issue", K::Mark, IRREGULAR),
        row(12, O::TakeOverMark, "take-over-mark", "Relocation State registers itself and takes over the mark", "31(6)",
            W::Relocation, "after arrival under 25(2)", K::UpdateAndMark, RELOCATED),
        row(13, O::AddCircumstance, "add-circumstance", "Add security flag, visa, rejection or return assistance",
            "17(2), 22(3), 23(3), 24(3)", W::Origin, "promptly", K::Update, APPLICANTS_AND_IRREGULAR),
        row(14, O::DeleteSecurityFlag, "delete-security-flag", "Delete the security flag", "17(4)",
            W::Origin, "when the threat no longer applies, after consulting the other States concerned",
            K::DeleteField, APPLICANTS_AND_IRREGULAR),
        row(15, O::Rectify, "rectify", "Rectify or complete", "40(3), 43(4)",
            W::Origin, "without delay", K::Update, &[]),
        row(16, O::EraseCitizenOfOrigin, "erase-citizen-of-origin", "Erase: became a citizen of the State of origin",
            "30(1)", W::Origin, "without delay", K::Delete, &[]),
        row(17, O::EraseCitizenOfOtherState, "erase-citizen-of-other-state",
            "Erase: became a citizen of another Member State", "30(1)", W::Origin, "once aware", K::Delete, &[]),
        row(18, O::EraseInaccurate, "erase-inaccurate", "Erase: inaccurate or unlawfully processed", "40(5), 43(4)",
            W::Origin, "without delay", K::Delete, &[]),
        OperationRule {
            limit: OperationLimit::WorkingDays(3),
            ..row(19, O::ReportWrongHit, "report-wrong-hit", "Report that a hit was wrong", "38(6)",
                W::Receiving, "within three working days of the result", K::Message, &[])
        },
        row(20, O::ConfirmLink, "confirm-link", "Confirm linking after a confirmed hit", "3(6)",
            W::Receiving, "after the hit is confirmed", K::Message, &[]),
    ]
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_row_by_row() {
        fn check(number: u8, code: &str, article: &str, kind: OperationKind, who: Who) {
            let operation = Operation::from_code(code).expect("the code exists");
            let rule = operation.rule();
            assert_eq!((rule.operation, rule.number), (operation, number), "{code}");
            assert_eq!((rule.article, rule.kind, rule.who), (article, kind, who), "{code}");
            assert_eq!(Operation::ALL[usize::from(number)], operation);
        }
        use OperationKind::{Delete, DeleteField, Mark, Message, New, Unmark, Update, UpdateAndMark};
        check(0, "submit", "15, 18, 20, 22, 23, 24, 26", New, Who::Origin);
        check(1, "add-responsible-state", "16(1)", Update, Who::Determining);
        check(2, "arrival-after-take-charge", "16(2)(a)", New, Who::Responsible);
        check(3, "arrival-after-take-back", "16(2)(b)", Update, Who::Responsible);
        check(4, "left-territory", "16(2)(c)", Update, Who::Origin);
        check(5, "removal-or-departure", "16(2)(d), 22(7), 23(6), 24(7)", Update, Who::Origin);
        check(6, "responsibility-shifted", "16(3)", Update, Who::EstablishingOrRelocation);
        check(7, "add-relocation-state", "25(1)", Update, Who::Benefitting);
        check(8, "arrival-in-relocation-state", "25(2)", New, Who::Relocation);
        check(9, "mark-protection-granted", "31(1)", Mark, Who::Origin);
        check(10, "unmark-protection-withdrawn", "31(3)", Unmark, Who::Origin);
        check(11, "mark-residence-document", "31(4)", Mark, Who::Origin);
        check(12, "take-over-mark", "31(6)", UpdateAndMark, Who::Relocation);
        check(13, "add-circumstance", "17(2), 22(3), 23(3), 24(3)", Update, Who::Origin);
        check(14, "delete-security-flag", "17(4)", DeleteField, Who::Origin);
        check(15, "rectify", "40(3), 43(4)", Update, Who::Origin);
        check(16, "erase-citizen-of-origin", "30(1)", Delete, Who::Origin);
        check(17, "erase-citizen-of-other-state", "30(1)", Delete, Who::Origin);
        check(18, "erase-inaccurate", "40(5), 43(4)", Delete, Who::Origin);
        check(19, "report-wrong-hit", "38(6)", Message, Who::Receiving);
        check(20, "confirm-link", "3(6)", Message, Who::Receiving);
    }

    #[test]
    fn only_first_transmissions_and_relocations_are_compared() {
        for operation in Operation::ALL {
            let expect =
                operation.rule().kind == OperationKind::New && operation != Operation::ArrivalAfterTakeCharge;
            assert_eq!(operation.is_compared(), expect, "{operation:?}");
        }
    }

    #[test]
    fn codes_are_unique_and_kebab_case() {
        let codes: BTreeSet<&str> = Operation::ALL.into_iter().map(Operation::code).collect();
        assert_eq!(codes.len(), Operation::ALL.len());
        for code in codes {
            assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{code}");
        }
        assert_eq!(Operation::from_code("erase"), None);
    }

    #[test]
    fn exactly_the_erasures_want_two_persons() {
        for operation in Operation::ALL {
            assert_eq!(operation.rule().two_person, operation.is_erasure(), "{operation:?}");
        }
        assert_eq!(Operation::ALL.into_iter().filter(|o| o.is_erasure()).count(), 3);
    }

    #[test]
    fn what_is_not_stored_cannot_be_changed() {
        for operation in Operation::ALL.into_iter().filter(|o| *o != Operation::Submit) {
            for category in Category::ALL.into_iter().filter(|c| !c.rule().stored) {
                assert!(!operation.applies_to(category), "{operation:?} on {category:?}");
            }
        }
        assert!(Operation::MarkResidenceDocument.applies_to(Category::Disembarked));
        assert!(!Operation::MarkResidenceDocument.applies_to(Category::Applicant));
    }
}
