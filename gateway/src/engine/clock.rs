//! The legal clock of an item: when it must have reached Eurodac, by which article, and who was warned.
//!
//! The figures come from `icd::deadline`; here they are kept as they were at acceptance, so that a later change of
//! the table does not rewrite the past. Invariant: a clock never ends an obligation. After `due` an item stays
//! overdue, obligation continues (Art. 15(1) and its siblings); nothing here cancels it.

use icd::deadline::{Deadline, DeadlineState};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// When an item must have reached Eurodac and which article says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalClock {
    /// The event that started it.
    pub start: Timestamp,
    /// The last lawful instant; none where the article has no figure.
    pub due: Option<Timestamp>,
    /// The article.
    pub article: String,
}

/// A warning given once. Complete; later is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Escalation {
    /// The clock runs out soon.
    DueSoon,
    /// It ran out; the obligation continues.
    Overdue,
}

impl LegalClock {
    /// The clock of a deadline.
    #[must_use]
    pub fn of(deadline: &Deadline, start: Timestamp) -> Self {
        Self { start, due: deadline.due(), article: deadline.article().to_owned() }
    }

    /// Where the clock stands, for an obligation that is not yet met.
    #[must_use]
    pub fn state(&self, now: Timestamp, due_soon: SignedDuration) -> DeadlineState {
        match (self.due, self.warning(now, due_soon)) {
            (None, _) => DeadlineState::NoLimit,
            (Some(_), None) => DeadlineState::OnTime,
            (Some(_), Some(Escalation::DueSoon)) => DeadlineState::DueSoon,
            (Some(_), Some(Escalation::Overdue)) => DeadlineState::OverdueObligationContinues,
        }
    }

    /// The warning that is justified now.
    #[must_use]
    pub fn warning(&self, now: Timestamp, due_soon: SignedDuration) -> Option<Escalation> {
        let due = self.due?;
        if now > due {
            Some(Escalation::Overdue)
        } else if now >= before(due, due_soon) {
            Some(Escalation::DueSoon)
        } else {
            None
        }
    }

    /// When the next warning after `given` becomes justified.
    #[must_use]
    pub fn next_warning_at(&self, given: Option<Escalation>, due_soon: SignedDuration) -> Option<Timestamp> {
        let due = self.due?;
        match given {
            None => Some(before(due, due_soon)),
            // One instant past due: at `due` itself the obligation is still met in time.
            Some(Escalation::DueSoon) => Some(after(due, SignedDuration::from_nanos(1))),
            Some(Escalation::Overdue) => None,
        }
    }
}

/// `instant + span`, held at the end of representable time.
pub(super) fn after(instant: Timestamp, span: SignedDuration) -> Timestamp {
    instant.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// `instant - span`, held at the beginning of representable time.
pub(super) fn before(instant: Timestamp, span: SignedDuration) -> Timestamp {
    instant.checked_sub(span).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_come_before_and_after_due() {
        let due: Timestamp = "2026-07-04T10:00:00Z".parse().expect("literal");
        let clock = LegalClock { start: due, due: Some(due), article: "15(1)".to_owned() };
        let soon = SignedDuration::from_hours(12);
        let check = |now: &str, expect: Option<Escalation>| {
            assert_eq!(clock.warning(now.parse().expect("literal"), soon), expect, "{now}");
        };
        check("2026-07-03T21:59:59Z", None);
        check("2026-07-03T22:00:00Z", Some(Escalation::DueSoon));
        check("2026-07-04T10:00:00Z", Some(Escalation::DueSoon));
        check("2026-07-04T10:00:01Z", Some(Escalation::Overdue));
        check("2036-07-04T10:00:01Z", Some(Escalation::Overdue));
    }
}
