//! What the world is asked to do.
//!
//! Invariant: an effect leaves the engine only when every change before it is durable. An effect that is lost in a
//! crash is either asked for again after the restart or harmless to miss; each variant says which.

use icd::identifier::{AnswerId, MessageId, NoticeId, PartyId};

use super::clock::Escalation;
use super::item::ItemId;
use super::task::TaskId;

/// A request to the edge. Complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Tell the central system that its answer is safe. Lost: it delivers the answer again and is told again.
    AcknowledgeAnswer {
        /// The answer.
        answer: AnswerId,
    },
    /// An answer lies in this partner's inbox: wake its long poll. Lost: the next poll finds it.
    AnswerReady {
        /// The partner.
        partner: PartyId,
    },
    /// Ask the central system whether it has the message of this item. Lost: asked after the restart.
    Ask {
        /// The item.
        item: ItemId,
        /// The attempt whose outcome is open.
        attempt: u32,
    },
    /// Destroy the item's key. Lost: done after the restart for every key without an item.
    DestroyKey {
        /// The item, which the engine has forgotten.
        item: ItemId,
        /// Its message, after which the key is named.
        message: MessageId,
    },
    /// Destroy the key of a notice that was acted upon. Lost: done after the restart, as for items.
    DestroyNotice {
        /// The notice.
        notice: NoticeId,
    },
    /// Send the item to the central system. Lost: the outcome is unknown, and asked after the restart.
    Send {
        /// The item.
        item: ItemId,
        /// Number of this attempt; its outcome is reported under it.
        attempt: u32,
    },
    /// Warn people about the item's clock. Lost: the change before it shows in every list.
    Warn {
        /// The item.
        item: ItemId,
        /// How bad it is.
        level: Escalation,
    },
    /// Warn people about the clock of a task. Lost: as above.
    WarnOfTask {
        /// The task.
        task: TaskId,
        /// How bad it is.
        level: Escalation,
    },
}
