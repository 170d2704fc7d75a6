//! What happened to a case after it was sealed: the part of the timeline that outlives the case itself.
//!
//! These records are sealed under a key of their own, because the case's key is destroyed as soon as the gateway's
//! receipt was verified. They hold the reference number, so `Debug` shows only the kind of a step.

use core::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::session::{AgeBand, AttemptRecord, Outcome, SafeguardRecord};

/// What is known about a sealed case without opening it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedFacts {
    /// Identifier of the message.
    pub message_id: Uuid,
    /// Reference number.
    pub reference_number: String,
    /// Category, by its code.
    pub category: char,
    /// Start of the legal clock.
    pub clock_start: Timestamp,
    /// When the last image was taken.
    pub captured_at: Timestamp,
    /// How the case ended.
    pub outcome: Outcome,
    /// Path of the person.
    pub band: AgeBand,
    /// Who took it.
    pub staff: String,
    /// Everybody who had the case, from when: a hand-over between officers names both.
    #[serde(default)]
    pub officers: Vec<(Timestamp, String)>,
    /// Size of the container.
    pub container_bytes: u64,
    /// Where the event happened.
    #[serde(default)]
    pub event_place: String,
    /// The case that is taken again with this one.
    #[serde(default)]
    pub retake_of: Option<Uuid>,
    /// The safeguards as they stood when it was sealed; `None` in records of older versions.
    #[serde(default)]
    pub safeguards: Option<SafeguardRecord>,
    /// Every attempt and what it was held against.
    #[serde(default)]
    pub attempts: Vec<AttemptRecord>,
    /// Images that stay with the sealed case until it is erased: photos of what could not be taken.
    #[serde(default)]
    pub proof_photos: Vec<u32>,
}

/// One step of a delivery.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DeliveryStep {
    /// The container is stored.
    Sealed(Box<SealedFacts>),
    /// A try that may have reached the gateway.
    Sent,
    /// The gateway will not take it as it is.
    Held {
        /// Stable code of the reason.
        code: String,
        /// The gateway's findings, without personal data.
        detail: String,
    },
    /// An officer lets it be tried again.
    Released,
    /// It is in a file that is carried by hand.
    Carried {
        /// Identifier of the file.
        file: Uuid,
    },
    /// The receipt was verified.
    Acknowledged {
        /// The receipt as it came.
        receipt_xml: String,
    },
    /// The central system answered.
    Answered {
        /// Identifier of the answer.
        answer_id: Uuid,
        /// The answer as it came.
        answer_xml: String,
    },
}

impl fmt::Debug for DeliveryStep {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Sealed(_) => "DeliveryStep(sealed)",
            Self::Sent => "DeliveryStep(sent)",
            Self::Held { .. } => "DeliveryStep(held)",
            Self::Released => "DeliveryStep(released)",
            Self::Carried { .. } => "DeliveryStep(carried)",
            Self::Acknowledged { .. } => "DeliveryStep(acknowledged)",
            Self::Answered { .. } => "DeliveryStep(answered)",
        })
    }
}

/// A step with its instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRecord {
    /// When.
    pub at: Timestamp,
    /// What.
    pub step: DeliveryStep,
}

/// The delivery of one case, as its steps add up.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Facts, once sealed.
    pub facts: Option<SealedFacts>,
    /// When it was sealed.
    pub sealed_at: Option<Timestamp>,
    /// When the try that went through began; before that, the newest try.
    pub sent_at: Option<Timestamp>,
    /// Why it is held, and since when.
    pub held: Option<(Timestamp, String, String)>,
    /// When it was last put into a carried file, and into which.
    pub carried: Option<(Timestamp, Uuid)>,
    /// When the receipt was verified, and the receipt.
    pub acknowledged: Option<(Timestamp, String)>,
    /// When the answer came, and the answer.
    pub answered: Option<(Timestamp, Uuid, String)>,
}

impl Delivery {
    /// Adds one step.
    pub fn apply(&mut self, record: &DeliveryRecord) {
        let at = record.at;
        match &record.step {
            DeliveryStep::Sealed(facts) => {
                self.facts = Some((**facts).clone());
                self.sealed_at = Some(at);
            }
            DeliveryStep::Sent => self.sent_at = Some(at),
            DeliveryStep::Held { code, detail } => self.held = Some((at, code.clone(), detail.clone())),
            DeliveryStep::Released => self.held = None,
            DeliveryStep::Carried { file } => self.carried = Some((at, *file)),
            DeliveryStep::Acknowledged { receipt_xml } => {
                self.held = None;
                self.acknowledged.get_or_insert_with(|| (at, receipt_xml.clone()));
            }
            DeliveryStep::Answered { answer_id, answer_xml } => {
                self.answered = Some((at, *answer_id, answer_xml.clone()));
            }
        }
    }

    /// Whether the case is safe with the gateway.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.acknowledged.is_some()
    }
}
