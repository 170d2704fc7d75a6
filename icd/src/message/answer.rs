//! What came of a message (EUR 27(4), 37(6), 38).

use std::fmt;

use jiff::Timestamp;

use crate::category::Category;
use crate::dataset::Dataset;
use crate::finding::Finding;
use crate::finger::FingerPosition;
use crate::identifier::{AnswerId, MessageId};
use crate::reference::ReferenceNumber;

/// What matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatchKind {
    /// Fingerprints.
    Fingerprints,
    /// The face only: a trained expert must check at once (38(5)).
    Face,
    /// Both.
    FingerprintsAndFace,
}

impl MatchKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Fingerprints, Self::Face, Self::FingerprintsAndFace];

    /// The word used in the envelope.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fingerprints => "fingerprints",
            Self::Face => "face",
            Self::FingerprintsAndFace => "fingerprints-and-face",
        }
    }

    /// The kind for a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A mark on a stored dataset (EUR 31).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// International protection was granted (31(1)).
    ProtectionGranted,
    /// A residence document was issued (31(4)).
    ResidenceDocument,
}

impl Mark {
    /// Every mark.
    pub const ALL: [Self; 2] = [Self::ProtectionGranted, Self::ResidenceDocument];

    /// The word used in the envelope.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ProtectionGranted => "protection-granted",
            Self::ResidenceDocument => "residence-document",
        }
    }

    /// The mark for a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mark| mark.word() == word)
    }
}

/// One dataset a hit gives: all its data and marks (27(4)).
#[derive(Clone, Debug, PartialEq)]
pub struct HitDataset {
    /// Its reference number.
    pub reference_number: ReferenceNumber,
    /// Its category.
    pub category: Category,
    /// What matched.
    pub matched: MatchKind,
    /// When the central system received it.
    pub stored_at: Timestamp,
    /// Its marks.
    pub marks: Vec<Mark>,
    /// What it says, where the profile returns data with a hit.
    pub dataset: Option<Dataset>,
}

/// One finger whose print the central system could not use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InsufficientFinger {
    /// The finger.
    pub finger: FingerPosition,
    /// Its score, where the central system tells it.
    pub score: Option<u8>,
    /// The score it asked for, where it tells it.
    pub required: Option<u8>,
}

impl fmt::Debug for InsufficientFinger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InsufficientFinger({})", self.finger.code())
    }
}

/// What came of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Compared, and nothing matched.
    NoHit,
    /// Compared, and these datasets matched.
    Hit(Vec<HitDataset>),
    /// The prints of these fingers are not usable: resend under the same reference number (38(1)).
    QualityInsufficient {
        /// The fingers.
        fingers: Vec<InsufficientFinger>,
    },
    /// These fingers are not where the message says they are.
    SequenceError {
        /// The fingers.
        fingers: Vec<FingerPosition>,
    },
    /// The message was refused, with every reason.
    Rejected(Vec<Finding>),
    /// The change was carried out.
    Done {
        /// The central system's receipt number.
        web_receipt: String,
    },
    /// Stored; this category is not compared.
    Registered,
}

impl Outcome {
    /// The word used in the envelope, on screens and in metrics.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::NoHit => "no-hit",
            Self::Hit(_) => "hit",
            Self::QualityInsufficient { .. } => "quality-insufficient",
            Self::SequenceError { .. } => "sequence-error",
            Self::Rejected(_) => "rejected",
            Self::Done { .. } => "done",
            Self::Registered => "registered",
        }
    }
}

/// What came of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Its identifier; delivering it again keeps it.
    pub answer_id: AnswerId,
    /// The message it answers.
    pub in_reply_to: MessageId,
    /// The reference number of that message.
    pub reference_number: ReferenceNumber,
    /// When the central system answered.
    pub answered_at: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
}

/// Zero or more answers, as one poll returns them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnswerList {
    /// The answers, oldest first.
    pub answers: Vec<Answer>,
}
