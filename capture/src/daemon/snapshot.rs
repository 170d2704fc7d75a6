//! What the screens see of the core: one case, or the whole kiosk, as it was at one instant.

use icd::category::Category;
use icd::deadline::Deadline;
use jiff::Timestamp;
use uuid::Uuid;

use super::condition::Condition;
use super::sensors::DeviceHealth;
use crate::error::Error;
use crate::outbox::{Entry, Link};
use crate::session::{AgeRefusalRecord, Operator, Outcome, Session};
use crate::store::{CaseOpening, Delivery, RetakeOf};

/// The newest thing that did not go well in a case, in words for the officer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// When.
    pub at: Timestamp,
    /// Stable code.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
}

/// A case to be opened.
pub struct NewCase {
    /// The officer.
    pub operator: Operator,
    /// Category, by its code.
    pub category: char,
    /// When the event happened that starts the legal clock.
    pub event_at: Timestamp,
    /// Where.
    pub event_place: String,
    /// The case that is taken again with this one.
    pub retake_of: Option<RetakeOf>,
}

/// A person who is asked to come again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retake {
    /// The case that could not be completed.
    pub case: Uuid,
    /// How it ended.
    pub outcome: Outcome,
    /// The central system could not use what was sent (Art. 38(1)).
    pub answer_asks: bool,
    /// When.
    pub since: Timestamp,
    /// Its category, by code; the clock of the first capture goes on.
    pub category: char,
    /// Start of that clock.
    pub clock_start: Timestamp,
}

/// One case as the screens see it.
#[derive(Clone)]
pub struct CaseSnapshot {
    /// Its identifier.
    pub case: Uuid,
    /// When the snapshot was taken.
    pub now: Timestamp,
    /// How it began; `None` once erased.
    pub opening: Option<CaseOpening>,
    /// Who had it, from when; empty once erased.
    pub officers: Vec<(Timestamp, String)>,
    /// Its session; `None` once erased.
    pub session: Option<Session>,
    /// Its delivery, once sealed.
    pub delivery: Option<Delivery>,
    /// Its place in the outbox.
    pub entry: Option<Entry>,
    /// How the link stands.
    pub link: Link,
    /// The newest trouble.
    pub trouble: Option<Trouble>,
}

/// What the home page shows.
#[derive(Clone)]
pub struct HomeSnapshot {
    /// When the snapshot was taken.
    pub now: Timestamp,
    /// Cases still being captured.
    pub to_finish: Vec<CaseSnapshot>,
    /// Sealed cases without a receipt.
    pub to_send: Vec<CaseSnapshot>,
    /// Cases with a receipt, newest first.
    pub confirmed: Vec<CaseSnapshot>,
    /// Cases that ended without anything to send.
    pub ended: Vec<CaseSnapshot>,
    /// Refusals at gate G1, newest first.
    pub age_refusals: Vec<AgeRefusalRecord>,
    /// Confirmed cases that are not listed any more.
    pub retired: u64,
    /// Who is asked to come again, oldest first.
    pub retakes: Vec<Retake>,
    /// How the link stands.
    pub link: Link,
    /// How the machine itself is doing.
    pub condition: Condition,
    /// How the devices are doing.
    pub devices: Vec<DeviceHealth>,
    /// Why the store takes nothing new, if so.
    pub store_trouble: Option<Trouble>,
}

impl Trouble {
    pub(super) fn of(error: &Error, now: Timestamp) -> Self {
        Self { at: now, code: error.code().to_owned(), message: error.to_string() }
    }
}

/// The legal clock of a case.
#[must_use]
pub fn deadline(category: char, clock_start: Timestamp) -> Option<Deadline> {
    Category::from_code(category).map(|category| Deadline::for_category(category, clock_start))
}
