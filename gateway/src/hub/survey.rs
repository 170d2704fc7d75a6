//! The state of the work in figures, for those who watch: no item is named.

use std::collections::BTreeMap;
use std::sync::Arc;

use icd::deadline::DeadlineState;
use jiff::Timestamp;

use super::Hub;
use crate::engine::{Item, Stage};
use crate::error::Error;
use crate::watch::Counters;

/// The work at an instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Items by stage.
    pub stages: BTreeMap<&'static str, u64>,
    /// Items that Eurodac does not have yet, by the state of their clock.
    pub clocks: BTreeMap<DeadlineState, u64>,
    /// Seconds until the next clock of an item or a task ends.
    pub next_due_s: Option<i64>,
    /// Items ready to be sent.
    pub lane_ready: u64,
    /// Age of the oldest item that only the lane can move.
    pub lane_oldest_s: i64,
    /// Whether the breaker keeps the lane from sending.
    pub breaker_open: bool,
    /// Answers later than Art. 38(2) allows.
    pub answers_late: u64,
    /// Open tasks by kind.
    pub tasks: BTreeMap<&'static str, u64>,
}

impl Hub {
    /// Counts the work.
    #[must_use]
    pub fn survey(&self, now: Timestamp) -> Survey {
        let core = self.core();
        let engine = &core.engine;
        let due_soon = engine.policy().due_soon;
        let mut seen = Survey { lane_ready: engine.lane_ready() as u64, ..Survey::default() };
        seen.breaker_open = engine.breaker_open_until().is_some_and(|until| now < until);
        let mut next: Option<Timestamp> = None;
        for item in engine.items() {
            *seen.stages.entry(item.stage.name()).or_default() += 1;
            if item.blocks_its_line() {
                *seen.clocks.entry(item.clock.state(now, due_soon)).or_default() += 1;
                next = next.into_iter().chain(item.clock.due).min();
            }
            if waits_for_lane(item) {
                seen.lane_oldest_s = seen.lane_oldest_s.max(now.as_second() - item.received_at.as_second());
            }
            let late = item.answer_late_reported && matches!(item.stage, Stage::Acknowledged { .. });
            seen.answers_late += u64::from(late);
        }
        for task in engine.tasks() {
            *seen.tasks.entry(task.kind.name()).or_default() += 1;
            next = next.into_iter().chain(task.clock.due).min();
        }
        seen.next_due_s = next.map(|due| due.as_second() - now.as_second());
        seen
    }

    /// What was counted since this process began.
    #[must_use]
    pub fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// Our clock minus the central system's, in seconds, as of its last reply.
    #[must_use]
    pub fn clock_offset_s(&self) -> Option<i64> {
        *self.clock_offset_s.borrow()
    }

    /// Bytes free where the journals lie.
    pub fn free_bytes(&self) -> Result<u64, Error> {
        self.store.free_bytes()
    }

    /// How many segments of content are kept, their bytes, and the number of the item whose content lies first.
    #[must_use]
    pub fn content_kept(&self) -> (u64, u64, Option<u64>) {
        let (segments, bytes) = self.store.content_kept();
        (segments, bytes, self.core().engine.oldest_kept().map(|item| item.number()))
    }

    /// Bytes that the index takes.
    pub fn index_bytes(&self) -> Result<u64, Error> {
        self.store.index_bytes()
    }
}

fn waits_for_lane(item: &Item) -> bool {
    matches!(item.stage, Stage::Queued { .. } | Stage::Sending | Stage::OutcomeUnknown { .. })
}
