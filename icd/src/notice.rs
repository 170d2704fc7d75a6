//! Notices: what the central system tells a Member State of origin because another one changed its data.
//!
//! Source: EUR 16(4), 17(4), 30(2), 31(1) and (4). Only the State of origin may change its own dataset (40(3)), so each
//! notice creates work: an operation of [`crate::operation`] on our own dataset.
//!
//! Why not a kind of [`crate::message::Answer`]: a notice answers no message of ours; it comes unasked.
//!
//! Invariant: this is the only place where the notices of the law stand.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::category::Category;
use crate::dataset::MemberState;
use crate::deadline::Deadline;
use crate::identifier::NoticeId;
use crate::operation::Operation;
use crate::reference::ReferenceNumber;

/// How long the central system has to tell the other States of origin.
pub const NOTICE_HOURS_MAX: u16 = 72;

/// What happened elsewhere. Its word is also its form in journals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// Another State of origin added or shifted the Member State responsible.
    ResponsibilityChanged,
    /// Another State of origin deleted its security flag.
    SecurityFlagDeleted,
    /// Another State of origin erased its dataset because the person became a citizen.
    DatasetErased,
    /// Another State of origin marked: international protection granted.
    ProtectionGranted,
    /// Another State of origin marked: residence document issued.
    ResidenceDocumentIssued,
}

/// One row of the table of notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoticeRule {
    /// The notice.
    pub kind: NoticeKind,
    /// The word used in the envelope.
    pub word: &'static str,
    /// The article.
    pub article: &'static str,
    /// The operation it asks for on our own dataset.
    pub creates: Operation,
    /// What a person does, in words.
    pub task: &'static str,
}

impl NoticeKind {
    /// Every notice.
    pub const ALL: [Self; 5] = [
        Self::ResponsibilityChanged,
        Self::SecurityFlagDeleted,
        Self::DatasetErased,
        Self::ProtectionGranted,
        Self::ResidenceDocumentIssued,
    ];

    /// The row of the law for this notice.
    #[must_use]
    pub fn rule(self) -> &'static NoticeRule {
        match self {
            Self::ResponsibilityChanged => &RULES[0],
            Self::SecurityFlagDeleted => &RULES[1],
            Self::DatasetErased => &RULES[2],
            Self::ProtectionGranted => &RULES[3],
            Self::ResidenceDocumentIssued => &RULES[4],
        }
    }

    /// The notice for a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        RULES.iter().find(|rule| rule.word == word).map(|rule| rule.kind)
    }
}

static RULES: [NoticeRule; 5] = [
    NoticeRule {
        kind: NoticeKind::ResponsibilityChanged,
        word: "responsibility-changed",
        article: "16(4)",
        creates: Operation::AddResponsibleState,
        task: "Update the Member State responsible in our dataset.",
    },
    NoticeRule {
        kind: NoticeKind::SecurityFlagDeleted,
        word: "security-flag-deleted",
        article: "17(4)",
        creates: Operation::DeleteSecurityFlag,
        task: "Delete the security flag in our dataset.",
    },
    NoticeRule {
        kind: NoticeKind::DatasetErased,
        word: "dataset-erased",
        article: "30(2)",
        creates: Operation::EraseCitizenOfOtherState,
        task: "Check whether the person became a citizen of a Member State; if so, erase our dataset.",
    },
    NoticeRule {
        kind: NoticeKind::ProtectionGranted,
        word: "protection-granted",
        article: "31(1)",
        creates: Operation::MarkProtectionGranted,
        task: "Mark our dataset: international protection granted.",
    },
    NoticeRule {
        kind: NoticeKind::ResidenceDocumentIssued,
        word: "residence-document-issued",
        article: "31(4)",
        creates: Operation::MarkResidenceDocument,
        task: "Mark our dataset: residence document issued.",
    },
];

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its identifier; delivering it again keeps it.
    pub notice_id: NoticeId,
    /// When the central system raised it.
    pub raised_at: Timestamp,
    /// What happened elsewhere.
    pub kind: NoticeKind,
    /// Our own dataset, which matches the changed one.
    pub reference_number: ReferenceNumber,
    /// The dataset that was changed, where the central system names it.
    pub changed: Option<ReferenceNumber>,
    /// The Member State responsible to be written, where responsibility changed.
    pub responsible_state: Option<MemberState>,
}

/// Work a notice creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// What is to be asked of the central system.
    pub operation: Operation,
    /// Our dataset.
    pub reference_number: ReferenceNumber,
    /// What a person does, in words.
    pub task: &'static str,
    /// Its clock: the law gives no figure, so only a site's own policy does.
    pub deadline: Deadline,
}

impl Notice {
    /// The work this notice creates; none where the operation does not exist for our dataset's category, for example a
    /// mark of applicants on a dataset of another kind.
    #[must_use]
    pub fn work(&self, site_policy_hours: Option<u32>) -> Option<Work> {
        let rule = self.kind.rule();
        let category: Category = self.reference_number.category();
        rule.creates.applies_to(category).then(|| Work {
            operation: rule.creates,
            reference_number: self.reference_number.clone(),
            task: rule.task,
            deadline: Deadline::for_operation(rule.creates, category, self.raised_at, site_policy_hours),
        })
    }
}

/// Zero or more notices, as one poll returns them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeList {
    /// The notices, oldest first.
    pub notices: Vec<Notice>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deadline::Source;

    fn notice(kind: NoticeKind, reference: &str) -> Notice {
        Notice {
            notice_id: "018f3a5e-7d2c-7abc-8def-0123456789ad".parse().expect("a UUID"),
            raised_at: "2026-07-01T10:00:00Z".parse().expect("an instant"),
            kind,
            reference_number: reference.parse().expect("well-formed"),
            changed: Some("D19".parse().expect("well-formed")),
            responsible_state: (kind == NoticeKind::ResponsibilityChanged)
                .then(|| MemberState::new("D").expect("letters")),
        }
    }

    #[test]
    fn each_notice_creates_its_work() {
        fn check(kind: NoticeKind, word: &str, article: &str, own: &str, expect: Option<Operation>) {
            assert_eq!((kind.rule().word, kind.rule().article), (word, article));
            assert_eq!(NoticeKind::from_word(word), Some(kind));
            assert_eq!(
                serde_json::to_string(&kind).ok(),
                Some(format!("\"{word}\"")),
                "one word for both forms"
            );
            assert_eq!(notice(kind, own).work(None).map(|work| work.operation), expect, "{word} on {own}");
        }
        use Operation as O;
        check(
            NoticeKind::ResponsibilityChanged,
            "responsibility-changed",
            "16(4)",
            "NL11",
            Some(O::AddResponsibleState),
        );
        check(NoticeKind::ResponsibilityChanged, "responsibility-changed", "16(4)", "NL21", None);
        check(
            NoticeKind::SecurityFlagDeleted,
            "security-flag-deleted",
            "17(4)",
            "NL91",
            Some(O::DeleteSecurityFlag),
        );
        check(NoticeKind::SecurityFlagDeleted, "security-flag-deleted", "17(4)", "NL71", None);
        check(
            NoticeKind::DatasetErased,
            "dataset-erased",
            "30(2)",
            "NL31",
            Some(O::EraseCitizenOfOtherState),
        );
        check(NoticeKind::DatasetErased, "dataset-erased", "30(2)", "NL41", None);
        check(
            NoticeKind::ProtectionGranted,
            "protection-granted",
            "31(1)",
            "NL11",
            Some(O::MarkProtectionGranted),
        );
        check(
            NoticeKind::ResidenceDocumentIssued,
            "residence-document-issued",
            "31(4)",
            "NL21",
            Some(O::MarkResidenceDocument),
        );
        check(NoticeKind::ResidenceDocumentIssued, "residence-document-issued", "31(4)", "NL11", None);
    }

    #[test]
    fn the_clock_of_the_work_is_the_sites() {
        let notice = notice(NoticeKind::DatasetErased, "NL11");
        let without = notice.work(None).expect("work").deadline;
        assert_eq!((without.due(), without.source()), (None, Source::NoFigure));
        let with = notice.work(Some(24)).expect("work").deadline;
        assert_eq!(with.due(), Some("2026-07-02T10:00:00Z".parse().expect("an instant")));
        assert_eq!(with.source(), Source::SitePolicy);
    }
}
