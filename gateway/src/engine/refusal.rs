//! What the engine refuses, and why. A refusal changes nothing.

use icd::identifier::StaffId;
use jiff::Timestamp;

use super::item::ItemId;

/// Why an event was refused. Non-exhaustive: later rules bring later refusals.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// An earlier message of the same reference number is not through.
    #[error(
        "item {behind} of the same reference number came earlier and is not through; deal with that one first"
    )]
    Behind {
        /// The earlier item.
        behind: ItemId,
    },
    /// The message id was used before with other content, or by another partner.
    #[error(
        "this message id is taken by other content; nothing was stored; send new content under a new message id"
    )]
    ContentDiffers,
    /// The claim is not the newest one, or is no longer this person's.
    #[error("this claim on item {item} is no longer valid; open the item again and look who holds it")]
    ClaimOutdated {
        /// The item.
        item: ItemId,
    },
    /// The bound on live items is reached.
    #[error("the gateway holds as many open items as it may; try again later")]
    Full,
    /// The evidence is no reference number.
    #[error(
        "the number of the decision is missing or has other characters than letters, digits and . / - _ :"
    )]
    EvidenceUnusable,
    /// Another operator holds it.
    #[error("item {item} is held by {by} until {until}; wait or ask them to release it")]
    HeldByOther {
        /// The item.
        item: ItemId,
        /// Who holds it.
        by: StaffId,
        /// Until when.
        until: Timestamp,
    },
    /// The law has no longer limit for this clock, or it was granted before.
    #[error("no longer limit can be granted for item {item}: its article has none, or it was granted before")]
    NoExtension {
        /// The item.
        item: ItemId,
    },
    /// No such item, answer or message of this party.
    #[error("there is no such item here; it may have been closed and erased")]
    NotFound,
    /// This partner holds as many open items as one partner may.
    #[error("this sender has as many open messages here as one sender may; try again later")]
    PartnerFull,
    /// The second person is the first one.
    #[error("what you keyed in item {item} must be checked by somebody else")]
    SamePerson {
        /// The item.
        item: ItemId,
    },
    /// The task is closed, or cannot end this way.
    #[error("task {task} is closed or cannot end this way; open the list again")]
    TaskClosed {
        /// The task.
        task: u64,
    },
    /// A colleague works on the task.
    #[error("task {task} is held by {by}; ask them, or a supervisor, to give it back")]
    TaskHeld {
        /// The task.
        task: u64,
        /// Who holds it.
        by: StaffId,
    },
    /// The item is at another stage.
    #[error("item {item} is {stage}; this cannot be done with it now")]
    WrongStage {
        /// The item.
        item: ItemId,
        /// Where it stands.
        stage: &'static str,
    },
    /// The receipt of the web interface is missing or has impossible characters.
    #[error(
        "the receipt number of the central web interface is missing or not plain text of at most 64 characters"
    )]
    WebReceiptUnusable,
}

impl Refusal {
    /// The stable code, as documented in `docs/reference/errors/gateway.md`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "G-0404",
            Self::ContentDiffers => "G-0409",
            Self::Behind { .. } => "G-0601",
            Self::HeldByOther { .. } => "G-0602",
            Self::ClaimOutdated { .. } => "G-0603",
            Self::WrongStage { .. } => "G-0604",
            Self::WebReceiptUnusable => "G-0605",
            Self::Full => "G-0503",
            Self::PartnerFull => "G-0505",
            Self::NoExtension { .. } => "G-0607",
            Self::EvidenceUnusable => "G-0608",
            Self::SamePerson { .. } => "G-0609",
            Self::TaskClosed { .. } => "G-0610",
            Self::TaskHeld { .. } => "G-0929",
        }
    }
}
