//! When to send which sealed case: order, one at a time, backing off while the gateway cannot be reached.
//!
//! Pure: events and `now` come in through `handle_*`, [`Outbox::poll`] says what to send next and
//! [`Outbox::next_wake`] when to ask again. The jitter of the pauses comes from the case's identifier, so that two
//! kiosks that lost the same gateway do not come back in the same instant, and a test needs no randomness.
//!
//! Invariants:
//! * A case that was added stays until its receipt was verified ([`Outbox::handle_acknowledged`]). No number of
//!   failures and no answer of the gateway removes it.
//! * At most one case is on its way.
//! * The earliest legal clock goes first; cases without a figure in law follow in the order they were sealed.
//! * A trouble of the link (unreachable, certificate refused) pauses everybody; a trouble of one case (rejected) holds
//!   only that case, until a person releases it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::parameters::{RETRY_FIRST, RETRY_LAST, RETRY_REFUSED};

/// Cases that wait to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    entries: BTreeMap<Uuid, Entry>,
    link: Link,
}

/// How one case stands in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// End of the legal clock, where the law has a figure.
    pub due: Option<Timestamp>,
    /// When it was sealed.
    pub sealed_at: Timestamp,
    /// What is happening to it.
    pub state: EntryState,
    /// Tries so far.
    pub tries: u32,
}

/// What is happening to one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryState {
    /// Not before this instant.
    Waiting {
        /// The instant.
        not_before: Timestamp,
    },
    /// On its way.
    Sending,
    /// Refused for a reason that repeating cannot repair.
    Held {
        /// Stable code of the reason.
        code: String,
    },
}

/// How the connection to the gateway stands, as the last try saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Failures in a row.
    pub failures: u32,
    /// Nothing is sent before this.
    pub not_before: Option<Timestamp>,
    /// Stable code of the last trouble.
    pub code: Option<String>,
    /// Since when it has been in trouble.
    pub since: Option<Timestamp>,
    /// When something last went well.
    pub well_at: Option<Timestamp>,
}

/// Why a try did not end in a verified receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nobody answered, or the connection broke.
    Unreachable {
        /// Stable code.
        code: String,
    },
    /// The gateway refused our certificate or does not know us: a person must act, at the site.
    Refused {
        /// Stable code.
        code: String,
    },
    /// The gateway answered that it cannot take anything now.
    Busy {
        /// Stable code.
        code: String,
        /// How long it asks to wait.
        retry_after: Option<SignedDuration>,
    },
    /// The gateway answered that it will not take this message as it is.
    Rejected {
        /// Stable code.
        code: String,
    },
}

impl Outbox {
    /// A case was sealed, or found sealed and unconfirmed at start.
    pub fn handle_sealed(&mut self, case: Uuid, due: Option<Timestamp>, sealed_at: Timestamp) {
        let state = EntryState::Waiting { not_before: sealed_at };
        self.entries.entry(case).or_insert(Entry { due, sealed_at, state, tries: 0 });
    }

    /// A case was found held at start.
    pub fn handle_found_held(&mut self, case: Uuid, code: String) {
        if let Some(entry) = self.entries.get_mut(&case) {
            entry.state = EntryState::Held { code };
        }
    }

    /// A try has begun.
    pub fn handle_started(&mut self, case: Uuid) {
        if let Some(entry) = self.entries.get_mut(&case) {
            entry.state = EntryState::Sending;
            entry.tries = entry.tries.saturating_add(1);
        }
    }

    /// A try has failed.
    pub fn handle_failed(&mut self, case: Uuid, failure: Failure, now: Timestamp) {
        let Some(entry) = self.entries.get_mut(&case) else { return };
        entry.state = EntryState::Waiting { not_before: now };
        match failure {
            Failure::Rejected { code } => {
                entry.state = EntryState::Held { code };
                self.handle_link_well(now);
            }
            Failure::Unreachable { code } => {
                let pause = backoff(self.link.failures, case);
                self.link_trouble(code, now, pause);
            }
            Failure::Refused { code } => self.link_trouble(code, now, RETRY_REFUSED),
            Failure::Busy { code, retry_after } => {
                let own = backoff(self.link.failures, case);
                let asked = retry_after.map_or(own, |asked| asked.clamp(SignedDuration::ZERO, RETRY_LAST));
                self.link_trouble(code, now, own.max(asked));
            }
        }
    }

    /// A receipt for the case was verified and stored.
    pub fn handle_acknowledged(&mut self, case: Uuid, now: Timestamp) {
        self.entries.remove(&case);
        self.handle_link_well(now);
    }

    /// A person wants a held case to be tried again, or does not want to wait any longer.
    pub fn handle_released(&mut self, case: Uuid, now: Timestamp) {
        if let Some(entry) = self.entries.get_mut(&case)
            && entry.state != EntryState::Sending
        {
            entry.state = EntryState::Waiting { not_before: now };
            self.link.not_before = None;
        }
    }

    /// The connection worked, for this or for something else (answers were polled).
    pub fn handle_link_well(&mut self, now: Timestamp) {
        self.link = Link { well_at: Some(now), ..Link::default() };
    }

    /// The case to send now, if any. The caller then says [`Outbox::handle_started`].
    #[must_use]
    pub fn poll(&self, now: Timestamp) -> Option<Uuid> {
        let blocked = self.link.not_before.is_some_and(|at| at > now);
        if blocked || self.entries.values().any(|entry| entry.state == EntryState::Sending) {
            return None;
        }
        self.waiting().find(|(_, not_before)| *not_before <= now).map(|(case, _)| case)
    }

    /// When to ask [`Outbox::poll`] again; `None` while nothing waits.
    #[must_use]
    pub fn next_wake(&self) -> Option<Timestamp> {
        let earliest = self.waiting().map(|(_, not_before)| not_before).min()?;
        Some(self.link.not_before.map_or(earliest, |link| link.max(earliest)))
    }

    /// One entry.
    #[must_use]
    pub fn entry(&self, case: Uuid) -> Option<&Entry> {
        self.entries.get(&case)
    }

    /// How many cases are here.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no case is here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Every case that is not held, the one with the earliest clock first: what goes into a carried file.
    #[must_use]
    pub fn in_order(&self) -> Vec<Uuid> {
        let free = |entry: &Entry| !matches!(entry.state, EntryState::Held { .. });
        let mut cases: Vec<_> = self.entries.iter().filter(|(_, entry)| free(entry)).collect();
        cases.sort_by_key(|(case, entry)| (entry.due.unwrap_or(Timestamp::MAX), entry.sealed_at, **case));
        cases.into_iter().map(|(case, _)| *case).collect()
    }

    /// Puts back what is known about the link, after something that came by another way.
    pub fn handle_link_as(&mut self, link: Link) {
        self.link = link;
    }

    /// How the connection stands.
    #[must_use]
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// Waiting cases in the order in which they go, each with its earliest instant.
    fn waiting(&self) -> impl Iterator<Item = (Uuid, Timestamp)> {
        let mut waiting: Vec<_> = self
            .entries
            .iter()
            .filter_map(|(case, entry)| match entry.state {
                EntryState::Waiting { not_before } => Some((*case, entry, not_before)),
                EntryState::Sending | EntryState::Held { .. } => None,
            })
            .collect();
        waiting.sort_by_key(|(case, entry, _)| (entry.due.unwrap_or(Timestamp::MAX), entry.sealed_at, *case));
        waiting.into_iter().map(|(case, _, not_before)| (case, not_before))
    }

    fn link_trouble(&mut self, code: String, now: Timestamp, pause: SignedDuration) {
        self.link.failures = self.link.failures.saturating_add(1);
        self.link.not_before = Some(now.saturating_add(pause).unwrap_or(Timestamp::MAX));
        self.link.code = Some(code);
        self.link.since = self.link.since.or(Some(now));
    }
}

/// Doubles from the first pause to the last, plus up to a quarter by the case's own jitter.
fn backoff(failures: u32, case: Uuid) -> SignedDuration {
    let doubled = RETRY_FIRST.as_millis().saturating_mul(1_i128 << failures.min(20));
    let base = doubled.min(RETRY_LAST.as_millis());
    let mixed = case
        .as_bytes()
        .iter()
        .fold(failures, |mix, byte| mix.wrapping_mul(31).wrapping_add(u32::from(*byte)));
    let jitter = base / 4 * i128::from(mixed % 256) / 256;
    SignedDuration::from_millis(i64::try_from(base + jitter).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
