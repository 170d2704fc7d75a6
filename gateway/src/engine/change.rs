//! What happened, in the words that are journalled.
//!
//! Invariants: a [`Change`] is the only thing that alters the engine's state, and replaying all changes in order
//! rebuilds it. A change holds no personal data, so it outlives the destruction of an item's key.

use icd::identifier::{AnswerId, PartyId, StaffId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::channels::ChannelReason;
use super::clock::{Escalation, LegalClock};
use super::item::{AnswerRecord, Arrival, Cause, ItemId};
use super::task::{TaskId, TaskKind, Verdict};
use firmware_config::Channel;
use icd::operation::Operation;

/// One step of one item. Complete for this format version; each variant's `at` is when it happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields say by their names and types what they are")]
#[serde(tag = "change", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum Change {
    /// A message was accepted onto a channel.
    Accepted { item: ItemId, arrival: Arrival, channel: Channel, at: Timestamp },
    /// The lane began to send it.
    SendingBegan { item: ItemId, attempt: u32, at: Timestamp },
    /// It certainly did not arrive; it goes back to the lane.
    NotDelivered { item: ItemId, cause: Cause, retry_at: Timestamp, at: Timestamp },
    /// Whether it arrived is not known; the central system is to be asked.
    OutcomeUnknown { item: ItemId, cause: Cause, ask_at: Timestamp, asked: u32, at: Timestamp },
    /// The central system has it.
    Acknowledged { item: ItemId, at: Timestamp },
    /// It cannot go on by itself.
    Parked { item: ItemId, cause: Cause, at: Timestamp },
    /// A person sent it on its way again.
    Requeued { item: ItemId, by: StaffId, channel: Channel, at: Timestamp },
    /// A person gave a parked item back to its origin, with the reason as its answer.
    Returned { item: ItemId, by: StaffId, answer: AnswerRecord, at: Timestamp },
    /// An answer of the central system came.
    Answered { item: ItemId, answer: AnswerRecord, at: Timestamp },
    /// An answer to no known message came; it is kept.
    StrayAnswer { answer: AnswerRecord, at: Timestamp },
    /// The table of channels moved an untouched item to another channel.
    Rerouted { item: ItemId, channel: Channel, at: Timestamp },
    /// An operator took it, or renewed the lease.
    Claimed { item: ItemId, by: StaffId, fence: u64, lease_until: Timestamp, at: Timestamp },
    /// A claim ran out without a word.
    LeaseExpired { item: ItemId, by: StaffId, at: Timestamp },
    /// An operator gave it back and says that it was not keyed.
    Released { item: ItemId, by: StaffId, at: Timestamp },
    /// An operator keyed it and holds the receipt of the central web interface.
    Confirmed {
        item: ItemId,
        by: StaffId,
        /// The second person, where the site's policy asks for one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checked_by: Option<StaffId>,
        web_receipt: String,
        answer: AnswerRecord,
        at: Timestamp,
    },
    /// An operator keyed it; a second person is to check it.
    Keyed { item: ItemId, by: StaffId, web_receipt: String, at: Timestamp },
    /// The second person found it keyed wrongly.
    CheckRefused { item: ItemId, by: StaffId, at: Timestamp },
    /// A person replaced a parked item by a later one.
    Superseded { item: ItemId, successor: ItemId, by: StaffId, answer: AnswerRecord, at: Timestamp },
    /// A longer limit was granted.
    ClockExtended { item: ItemId, by: StaffId, evidence: String, clock: LegalClock, at: Timestamp },
    /// A person switched the channel of an operation, or gave it back to the signed table.
    ChannelSwitched {
        operation: Operation,
        channel: Option<Channel>,
        by: StaffId,
        reason: ChannelReason,
        at: Timestamp,
    },
    /// The clock had been wrong and was set back: nothing waits longer than from now on.
    ClockCorrected { retry_at: Timestamp, lease_until: Timestamp, at: Timestamp },
    /// An answer or a notice makes work for people.
    TaskOpened { task: TaskId, kind: TaskKind, item: Option<ItemId>, clock: LegalClock, at: Timestamp },
    /// A warning about the clock of a task was given.
    TaskEscalated { task: TaskId, item: Option<ItemId>, level: Escalation, at: Timestamp },
    /// A person took a task; none gives it back.
    TaskClaimed { task: TaskId, item: Option<ItemId>, by: Option<StaffId>, at: Timestamp },
    /// A task ended, by a person or by the event that fulfils it.
    TaskClosed { task: TaskId, item: Option<ItemId>, by: Option<StaffId>, verdict: Verdict, at: Timestamp },
    /// A warning about its clock was given.
    Escalated { item: ItemId, level: Escalation, article: String, at: Timestamp },
    /// The central system has not answered in the time of Art. 38(2).
    AnswerLate { item: ItemId, at: Timestamp },
    /// The origin collected an answer.
    Collected { item: ItemId, partner: PartyId, answer: AnswerId, at: Timestamp },
    /// The item's key is destroyed and the item leaves the engine.
    Erased { item: ItemId, at: Timestamp },
}

impl Change {
    /// The item concerned, if it concerns one.
    #[must_use]
    pub fn item(&self) -> Option<ItemId> {
        match self {
            Self::Accepted { item, .. }
            | Self::SendingBegan { item, .. }
            | Self::NotDelivered { item, .. }
            | Self::OutcomeUnknown { item, .. }
            | Self::Acknowledged { item, .. }
            | Self::Parked { item, .. }
            | Self::Requeued { item, .. }
            | Self::Returned { item, .. }
            | Self::Answered { item, .. }
            | Self::Rerouted { item, .. }
            | Self::Claimed { item, .. }
            | Self::LeaseExpired { item, .. }
            | Self::Released { item, .. }
            | Self::Confirmed { item, .. }
            | Self::Keyed { item, .. }
            | Self::CheckRefused { item, .. }
            | Self::Superseded { item, .. }
            | Self::ClockExtended { item, .. }
            | Self::Escalated { item, .. }
            | Self::AnswerLate { item, .. }
            | Self::Collected { item, .. }
            | Self::Erased { item, .. } => Some(*item),
            Self::TaskOpened { item, .. }
            | Self::TaskEscalated { item, .. }
            | Self::TaskClaimed { item, .. }
            | Self::TaskClosed { item, .. } => *item,
            Self::StrayAnswer { .. } | Self::ChannelSwitched { .. } | Self::ClockCorrected { .. } => None,
        }
    }

    /// The task concerned, if it concerns one.
    #[must_use]
    pub fn task(&self) -> Option<TaskId> {
        match self {
            Self::TaskOpened { task, .. }
            | Self::TaskEscalated { task, .. }
            | Self::TaskClaimed { task, .. }
            | Self::TaskClosed { task, .. } => Some(*task),
            _ => None,
        }
    }

    /// When it happened.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Accepted { at, .. }
            | Self::SendingBegan { at, .. }
            | Self::NotDelivered { at, .. }
            | Self::OutcomeUnknown { at, .. }
            | Self::Acknowledged { at, .. }
            | Self::Parked { at, .. }
            | Self::Requeued { at, .. }
            | Self::Returned { at, .. }
            | Self::Answered { at, .. }
            | Self::StrayAnswer { at, .. }
            | Self::Rerouted { at, .. }
            | Self::Claimed { at, .. }
            | Self::LeaseExpired { at, .. }
            | Self::Released { at, .. }
            | Self::Confirmed { at, .. }
            | Self::Keyed { at, .. }
            | Self::CheckRefused { at, .. }
            | Self::Superseded { at, .. }
            | Self::ClockExtended { at, .. }
            | Self::ChannelSwitched { at, .. }
            | Self::ClockCorrected { at, .. }
            | Self::TaskOpened { at, .. }
            | Self::TaskEscalated { at, .. }
            | Self::TaskClaimed { at, .. }
            | Self::TaskClosed { at, .. }
            | Self::Escalated { at, .. }
            | Self::AnswerLate { at, .. }
            | Self::Collected { at, .. }
            | Self::Erased { at, .. } => *at,
        }
    }

    /// Short stable name, as in the journal and the audit log.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::SendingBegan { .. } => "sending-began",
            Self::NotDelivered { .. } => "not-delivered",
            Self::OutcomeUnknown { .. } => "outcome-unknown",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Parked { .. } => "parked",
            Self::Requeued { .. } => "requeued",
            Self::Returned { .. } => "returned",
            Self::Answered { .. } => "answered",
            Self::StrayAnswer { .. } => "stray-answer",
            Self::Rerouted { .. } => "rerouted",
            Self::Claimed { .. } => "claimed",
            Self::LeaseExpired { .. } => "lease-expired",
            Self::Released { .. } => "released",
            Self::Confirmed { .. } => "confirmed",
            Self::Keyed { .. } => "keyed",
            Self::CheckRefused { .. } => "check-refused",
            Self::Superseded { .. } => "superseded",
            Self::ClockExtended { .. } => "clock-extended",
            Self::ChannelSwitched { .. } => "channel-switched",
            Self::ClockCorrected { .. } => "clock-corrected",
            Self::TaskOpened { .. } => "task-opened",
            Self::TaskEscalated { .. } => "task-escalated",
            Self::TaskClaimed { by: Some(_), .. } => "task-claimed",
            Self::TaskClaimed { by: None, .. } => "task-released",
            Self::TaskClosed { .. } => "task-closed",
            Self::Escalated { .. } => "escalated",
            Self::AnswerLate { .. } => "answer-late",
            Self::Collected { .. } => "collected",
            Self::Erased { .. } => "erased",
        }
    }
}
