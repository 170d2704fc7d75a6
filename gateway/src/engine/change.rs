//! What happened, in the words that are journalled.
//!
//! Invariants: a [`Change`] is the only thing that alters the engine's state, and replaying all changes in order
//! rebuilds it. A change holds no personal data, so it outlives the destruction of an item's key.

use icd::identifier::{AnswerId, PartyId, StaffId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::clock::Escalation;
use super::item::{AnswerRecord, Arrival, Cause, ItemId};
use firmware_config::Channel;

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
    Confirmed { item: ItemId, by: StaffId, web_receipt: String, answer: AnswerRecord, at: Timestamp },
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
            | Self::Escalated { item, .. }
            | Self::AnswerLate { item, .. }
            | Self::Collected { item, .. }
            | Self::Erased { item, .. } => Some(*item),
            Self::StrayAnswer { .. } => None,
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
            Self::Escalated { .. } => "escalated",
            Self::AnswerLate { .. } => "answer-late",
            Self::Collected { .. } => "collected",
            Self::Erased { .. } => "erased",
        }
    }
}
