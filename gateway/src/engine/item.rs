//! One accepted message: who sent it, which law drives it, whose turn it is.
//!
//! Invariants: an item holds no personal data. The reference number is present only as a keyed digest
//! ([`LineKey`]), the content only as a keyed digest ([`ContentDigest`]) and as the place of the sealed record
//! ([`PayloadRef`]). At any moment an item has exactly one [`Owner`], because its [`Stage`] is one enum value.

use icd::category::Category;
use icd::identifier::{AnswerId, MessageId, PartyId, StaffId};
use icd::operation::Operation;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

use super::clock::{Escalation, LegalClock, after};
use super::policy::Policy;
use super::task::{ExpertGround, TaskId};
use super::wire;

/// Number of an item, in order of acceptance: a smaller number was accepted earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ItemId(u64);

impl ItemId {
    /// The item with this number.
    #[must_use]
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Keyed digest of a reference number: items with the same key keep their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LineKey(#[serde(with = "wire::hex_32")] pub [u8; 32]);

/// Keyed digest of what was received, to recognise a repetition and to refuse other content under one message id.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentDigest(#[serde(with = "wire::hex_32")] pub [u8; 32]);

/// Where the sealed content lies; opaque here, a journal position to the store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PayloadRef(#[serde(with = "wire::hex_16")] pub [u8; 16]);

impl fmt::Debug for LineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LineKey(..)")
    }
}

impl fmt::Debug for ContentDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContentDigest(..)")
    }
}

impl fmt::Debug for PayloadRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PayloadRef(..)")
    }
}

/// A valid, authorised message whose content is already durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The partner whose certificate brought it; answers go back there.
    pub partner: PartyId,
    /// The sender's identifier of this message.
    pub message_id: MessageId,
    /// Keyed digest of the whole content.
    pub content: ContentDigest,
    /// Keyed digest of the reference number.
    pub line: LineKey,
    /// What is asked of Eurodac.
    pub operation: Operation,
    /// The category of the data set concerned.
    pub category: Category,
    /// Handled within one hour instead of twenty-four, Art. 38(2).
    pub urgent: bool,
    /// The legal clock that runs on it.
    pub clock: LegalClock,
    /// Where the sealed content lies.
    pub payload: PayloadRef,
}

/// One accepted message and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its number.
    pub id: ItemId,
    /// What arrived.
    pub arrival: Arrival,
    /// When it was accepted.
    pub received_at: Timestamp,
    /// Whose turn it is.
    pub stage: Stage,
    /// How often sending was begun.
    pub attempts: u32,
    /// Number of claims made so far; the newest claim holds this number.
    pub fence: u64,
    /// An operator whose claim ran out without a word. It may have been keyed, so it is not sent by machine until
    /// an operator has claimed and released it.
    pub perhaps_keyed_by: Option<StaffId>,
    /// Whether an attempt was made whose outcome is still not certain.
    pub outcome_open: bool,
    /// Why it last did not go on.
    pub last_trouble: Option<Cause>,
    /// Whether a person chose its channel; the table of channels then leaves it alone.
    pub channel_chosen: bool,
    /// The furthest warning given about its clock.
    pub escalated: Option<Escalation>,
    /// Whether the missing answer was reported.
    pub answer_late_reported: bool,
    /// The clock in force: the one of the arrival, or a longer one that was granted.
    pub clock: LegalClock,
    /// Whether a longer limit was granted; the law gives it once.
    pub extended: bool,
    /// The later item that replaces it.
    pub superseded_by: Option<ItemId>,
    /// Tasks of people that its answers opened.
    pub tasks: Vec<TaskId>,
    /// How many of them are not closed.
    pub tasks_open: u32,
    /// Answers that came, oldest first.
    pub answers: Vec<ItemAnswer>,
}

/// An answer that belongs to an item, and whether the origin has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemAnswer {
    /// The answer.
    pub record: AnswerRecord,
    /// Its number in the origin's inbox.
    pub entry: u64,
    /// Whether the origin has collected it.
    pub collected: bool,
}

/// An answer as the engine remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerRecord {
    /// Its identifier.
    pub id: AnswerId,
    /// What it says, without content.
    pub kind: AnswerKind,
    /// Keyed digest of what it says, to recognise the same answer under another identifier.
    pub content: ContentDigest,
    /// Where the sealed answer lies.
    pub payload: PayloadRef,
    /// For a hit: why an expert must check it, if one must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expert_check: Option<ExpertGround>,
}

/// What an answer says, without its content. Complete: one value per outcome of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerKind {
    /// The change was carried out.
    Done,
    /// At least one data set matches.
    Hit,
    /// Nothing matches.
    NoHit,
    /// The central quality check refused the prints; send better ones under the same reference number, Art. 38(1).
    QualityInsufficient,
    /// Stored; no search belongs to this category.
    Registered,
    /// Refused with findings.
    Rejected,
    /// Fingers are not where the message says they are.
    SequenceError,
}

/// Whose turn it is. Complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Waits for its turn in the system-to-system lane.
    Queued {
        /// Not sent before this instant.
        not_before: Timestamp,
    },
    /// Handed to the lane; the outcome is open.
    Sending,
    /// Sending ended without a certain outcome: the central system is asked before anything is sent again.
    OutcomeUnknown {
        /// When to ask.
        ask_at: Timestamp,
        /// How often was asked in vain.
        asked: u32,
    },
    /// The central system has it; its answer is awaited.
    Acknowledged {
        /// Since when.
        at: Timestamp,
    },
    /// An operator must key it; nobody has it.
    Waiting,
    /// An operator has it.
    Claimed {
        /// Who.
        by: StaffId,
        /// Until when, unless renewed.
        lease_until: Timestamp,
    },
    /// An operator keyed it; a second person must check it.
    Keyed {
        /// Who keyed it.
        by: StaffId,
        /// The receipt of the central web interface.
        web_receipt: String,
    },
    /// The operation has no channel at this date; it is kept and its clock runs.
    Held,
    /// It cannot go on by itself; a person must decide.
    Parked {
        /// Why.
        cause: Cause,
    },
    /// Done.
    Closed {
        /// When.
        at: Timestamp,
        /// How it ended.
        outcome: AnswerKind,
    },
}

/// Why something did not go on. Complete; the text for people is [`Cause::text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The bound on attempts is reached.
    AttemptsUsedUp,
    /// The connection broke or nothing came back in time.
    ConnectionLost,
    /// The gateway was restarted while it was under way.
    Restarted,
    /// The central system said that it cannot take work now.
    CentralBusy,
    /// The central system refused it for good.
    CentralRefused,
    /// The central system could not be reached.
    CentralUnreachable,
    /// The central system holds this message id with other content.
    MessageIdTaken,
    /// The sealed content could not be read.
    ContentUnreadable,
}

impl Cause {
    /// What happened, for the operator.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::AttemptsUsedUp => "All attempts to send it are used up.",
            Self::ConnectionLost => "The connection broke before the central system answered.",
            Self::Restarted => "The gateway was restarted while it was being sent.",
            Self::CentralBusy => "The central system cannot take work at the moment.",
            Self::CentralRefused => "The central system refused the message for good.",
            Self::CentralUnreachable => "The central system could not be reached.",
            Self::MessageIdTaken => "The central system knows this message number with other content.",
            Self::ContentUnreadable => "The stored message could not be opened.",
        }
    }

    /// Short stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AttemptsUsedUp => "attempts-used-up",
            Self::ConnectionLost => "connection-lost",
            Self::Restarted => "restarted",
            Self::CentralBusy => "central-busy",
            Self::CentralRefused => "central-refused",
            Self::CentralUnreachable => "central-unreachable",
            Self::MessageIdTaken => "message-id-taken",
            Self::ContentUnreadable => "content-unreadable",
        }
    }

    /// Whether it is certain that the central system did not take the message.
    #[must_use]
    pub fn is_certain(self) -> bool {
        matches!(self, Self::CentralRefused | Self::ContentUnreadable | Self::MessageIdTaken)
    }

    /// The one next step suggested to the operator.
    #[must_use]
    pub fn next_step(self) -> &'static str {
        match self {
            Self::AttemptsUsedUp | Self::CentralUnreachable => "Check the connection, then retry.",
            Self::ConnectionLost | Self::Restarted | Self::CentralBusy => "Nothing; it goes on by itself.",
            Self::CentralRefused => "Ask the origin to correct it, then retry or key it by hand.",
            Self::MessageIdTaken => "Compare with the central system before anything else is sent.",
            Self::ContentUnreadable => "Check the disk and ask the origin to send it again.",
        }
    }
}

/// The one who must act. Complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The system-to-system lane.
    Lane,
    /// Kept until a channel opens.
    Held,
    /// The operators together.
    Operators,
    /// One operator.
    Operator(StaffId),
    /// Nobody any more.
    Closed(AnswerKind),
}

impl Item {
    /// The one who must act.
    #[must_use]
    pub fn owner(&self) -> Owner {
        match &self.stage {
            Stage::Queued { .. }
            | Stage::Sending
            | Stage::OutcomeUnknown { .. }
            | Stage::Acknowledged { .. } => Owner::Lane,
            Stage::Waiting | Stage::Parked { .. } | Stage::Keyed { .. } => Owner::Operators,
            Stage::Claimed { by, .. } => Owner::Operator(by.clone()),
            Stage::Held => Owner::Held,
            Stage::Closed { outcome, .. } => Owner::Closed(*outcome),
        }
    }

    /// The clock that runs at this stage. Until Eurodac has it, that is the clock of the law behind the message; then
    /// the time in which the central system must answer, Art. 38(2); and for a closed item none, until its content is
    /// erased.
    #[must_use]
    pub fn running_clock(&self, policy: &Policy) -> LegalClock {
        match &self.stage {
            Stage::Acknowledged { at } => LegalClock {
                start: *at,
                due: Some(after(*at, policy.answer_within(self.arrival.urgent))),
                article: "38(2)".to_owned(),
            },
            Stage::Closed { at, .. } => {
                LegalClock { start: *at, due: None, article: self.clock.article.clone() }
            }
            _ => self.clock.clone(),
        }
    }

    /// Whether later messages of the same reference number must wait for this one.
    #[must_use]
    pub fn blocks_its_line(&self) -> bool {
        !matches!(self.stage, Stage::Acknowledged { .. } | Stage::Closed { .. })
    }

    /// Whether the item is, or may be, with the central system by way of the lane.
    #[must_use]
    pub fn is_with_central(&self) -> bool {
        match self.stage {
            Stage::Queued { .. }
            | Stage::Sending
            | Stage::OutcomeUnknown { .. }
            | Stage::Acknowledged { .. }
            | Stage::Parked { .. } => true,
            Stage::Waiting
            | Stage::Claimed { .. }
            | Stage::Keyed { .. }
            | Stage::Held
            | Stage::Closed { .. } => false,
        }
    }

    /// Whether nothing keeps its content any more: answers are collected and no task is open.
    #[must_use]
    pub fn may_be_erased(&self) -> bool {
        self.stage.is_closed() && self.tasks_open == 0 && self.all_collected()
    }

    /// Whether every answer was collected by the origin.
    #[must_use]
    pub fn all_collected(&self) -> bool {
        self.answers.iter().all(|answer| answer.collected)
    }
}

impl Stage {
    /// Whether it is done.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed { .. })
    }

    /// Short stable name, for interfaces, the audit log and filters.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Queued { .. } => "queued",
            Self::Sending => "sending",
            Self::OutcomeUnknown { .. } => "outcome-unknown",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Waiting => "waiting",
            Self::Claimed { .. } => "claimed",
            Self::Keyed { .. } => "keyed",
            Self::Held => "held",
            Self::Parked { .. } => "parked",
            Self::Closed { .. } => "closed",
        }
    }
}

impl AnswerKind {
    /// Short stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Hit => "hit",
            Self::NoHit => "no-hit",
            Self::QualityInsufficient => "quality-insufficient",
            Self::Registered => "registered",
            Self::Rejected => "rejected",
            Self::SequenceError => "sequence-error",
        }
    }
}
