//! What comes into a session and what goes out of it.
//!
//! Events are stored (sealed) in the order they were accepted; replaying them gives the same session back. Actions
//! are orders to the daemon and are never stored. `Debug` shows only the kind of an event: most hold personal data.

use core::fmt;

use jiff::Timestamp;
use matcher::Finger;
use serde::{Deserialize, Serialize};

use super::age::{AgeBand, AgeClaim, AgeRefusal};
use super::codec;
use super::gates::{Companion, Information, Operator};
use super::permit::SensorPermit;
use super::plan::{AttemptResult, Best, Conditions, Exception, ExceptionReason, NoPhoto, Step, Target};
use super::record::{AttemptRecord, SafeguardRecord};
use super::screening::ScreeningForm;

/// Something that happened.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// The officer filled in the person. Judges gate G1.
    PersonRecorded(Box<Person>),
    /// Gate G2 was asked: is this officer trained.
    TrainingAsked,
    /// Gate G3 was answered.
    BestInterestsAnswered {
        /// The officer confirms.
        confirmed: bool,
        /// How they were considered.
        note: String,
    },
    /// Gates G4 to G6 were answered.
    CompanionArrived(Box<Companion>),
    /// The companion left, now or at the given instant.
    CompanionLeft {
        /// When, if earlier than now.
        left_at: Option<Timestamp>,
    },
    /// Gate G7 was answered.
    InformationGiven(Information),
    /// Another officer goes on with this case.
    OperatorChanged(Operator),
    /// The officer starts a step, or tries it once more.
    CaptureAsked {
        /// Which.
        step: Step,
        /// One finger of it alone, where the whole hand does not work.
        #[serde(default, with = "codec::some_finger", skip_serializing_if = "Option::is_none")]
        only: Option<Finger>,
    },
    /// The sensor delivered.
    CaptureArrived {
        /// The number [`Action::EnableSensor`] gave.
        attempt: u32,
        /// Measurements.
        result: AttemptResult,
        /// Thresholds and versions they were held against.
        #[serde(default)]
        conditions: Option<Conditions>,
    },
    /// The sensor delivered nothing: fault, time-out, or stopped.
    CaptureEnded {
        /// The number [`Action::EnableSensor`] gave.
        attempt: u32,
        /// Stable code of the reason.
        code: String,
    },
    /// The officer stops the sensor.
    CaptureStopped,
    /// The officer accepts the best of a step.
    BestAccepted {
        /// Which; the step worked on last when absent.
        step: Option<Step>,
        /// Why, below the threshold.
        reason: Option<String>,
    },
    /// A finger or the face cannot be taken.
    ExceptionRecorded {
        /// Which.
        target: Target,
        /// Why.
        reason: ExceptionReason,
        /// In the officer's words.
        note: Option<String>,
        /// For a minor who refuses: assessment by the trained official.
        #[serde(default)]
        assessment: Option<RefusalAssessment>,
    },
    /// It can be taken after all.
    ExceptionWithdrawn {
        /// Which.
        target: Target,
    },
    /// The officer starts the camera for a photo of what cannot be taken in a step.
    ProofPhotoAsked {
        /// Of which step.
        step: Step,
    },
    /// The camera delivered that photo.
    ProofPhotoArrived {
        /// The number [`Action::EnableSensor`] gave.
        attempt: u32,
    },
    /// There is no such photo, and this is why.
    ProofPhotoLeftOut {
        /// Of which step.
        step: Step,
        /// Why.
        why: NoPhoto,
    },
    /// The matcher compared the fingers with each other.
    SequenceChecked {
        /// What it doubts; empty when nothing.
        doubts: Vec<SequenceDoubt>,
    },
    /// The officer says why a doubt is unfounded.
    SequenceConfirmed {
        /// Why.
        reason: String,
    },
    /// The person refuses.
    RefusalRecorded(Refusal),
    /// The case ends without biometrics and without refusal.
    EndedWithout {
        /// Why.
        why: WithoutReason,
        /// In the officer's words.
        note: String,
    },
    /// The screening form was filled in, or corrected.
    ScreeningRecorded(Box<ScreeningForm>),
    /// The officer asks to seal.
    SealAsked,
    /// The sealed container is ready to be stored.
    Sealed,
    /// Sealing did not work; the officer may ask again.
    SealFailed {
        /// Stable code of the reason.
        code: String,
    },
    /// The kiosk started again with this case open.
    Restarted,
}

impl Event {
    /// Its kind, without content.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PersonRecorded(_) => "person-recorded",
            Self::TrainingAsked => "training-asked",
            Self::BestInterestsAnswered { .. } => "best-interests-answered",
            Self::CompanionArrived(_) => "companion-arrived",
            Self::CompanionLeft { .. } => "companion-left",
            Self::InformationGiven(_) => "information-given",
            Self::OperatorChanged(_) => "operator-changed",
            Self::CaptureAsked { .. } => "capture-asked",
            Self::CaptureArrived { .. } => "capture-arrived",
            Self::CaptureEnded { .. } => "capture-ended",
            Self::CaptureStopped => "capture-stopped",
            Self::BestAccepted { .. } => "best-accepted",
            Self::ExceptionRecorded { .. } => "exception-recorded",
            Self::ExceptionWithdrawn { .. } => "exception-withdrawn",
            Self::ProofPhotoAsked { .. } => "proof-photo-asked",
            Self::ProofPhotoArrived { .. } => "proof-photo-arrived",
            Self::ProofPhotoLeftOut { .. } => "proof-photo-left-out",
            Self::SequenceChecked { .. } => "sequence-checked",
            Self::SequenceConfirmed { .. } => "sequence-confirmed",
            Self::RefusalRecorded(_) => "refusal-recorded",
            Self::EndedWithout { .. } => "ended-without",
            Self::ScreeningRecorded(_) => "screening-recorded",
            Self::SealAsked => "seal-asked",
            Self::Sealed => "sealed",
            Self::SealFailed { .. } => "seal-failed",
            Self::Restarted => "restarted",
        }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Event({})", self.kind())
    }
}

/// An order to the daemon.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// Open the device of this step and capture. The only way a sensor is ever switched on.
    EnableSensor {
        /// Proof that the gates are closed; whoever switches a sensor on asks for it.
        permit: SensorPermit,
        /// Step.
        step: Step,
        /// Number under which the result comes back.
        attempt: u32,
        /// Fingers that are not expected: they cannot be given, or are not asked this time.
        missing: Vec<Finger>,
        /// Whose thresholds apply.
        band: AgeBand,
        /// The camera, for a photo of what cannot be taken in this step.
        proof: bool,
    },
    /// Switch every sensor off at once.
    DisableSensor,
    /// Destroy the images of these attempts.
    DiscardImages {
        /// Their numbers.
        attempts: Vec<u32>,
    },
    /// Write the refusal down, and destroy everything else that was typed in this case.
    RecordAgeRefusal(AgeRefusalRecord),
    /// Compare the fingers with each other and answer with [`Event::SequenceChecked`].
    CheckSequence {
        /// The best image per finger.
        best: Vec<(Target, Best)>,
        /// Other images of the same person that still stand: what is used is held against them too.
        others: Vec<(Target, Best)>,
    },
    /// Build the container and answer with [`Event::Sealed`] or [`Event::SealFailed`].
    Seal(Box<SealPlan>),
    /// The case is over without anything to send.
    End {
        /// How.
        outcome: Outcome,
    },
}

impl fmt::Debug for Action {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::EnableSensor { .. } => "Action(enable-sensor)",
            Self::DisableSensor => "Action(disable-sensor)",
            Self::DiscardImages { .. } => "Action(discard-images)",
            Self::RecordAgeRefusal(_) => "Action(record-age-refusal)",
            Self::CheckSequence { .. } => "Action(check-sequence)",
            Self::Seal(_) => "Action(seal)",
            Self::End { .. } => "Action(end)",
        })
    }
}

/// What the officer typed about a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Surnames.
    pub surnames: String,
    /// Forenames.
    pub forenames: String,
    /// Age, its basis and its certainty.
    pub age: AgeClaim,
    /// Place of birth.
    pub birth_place: Option<String>,
    /// Sex, by the code of the ICD profile.
    pub sex: String,
    /// Nationality, three-letter code.
    pub nationality: String,
    /// Whether a minor came with family.
    pub accompanied: bool,
}

/// What is kept of a case that was refused at gate G1: no name, no date of birth, no image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeRefusalRecord {
    /// Why.
    pub why: AgeRefusal,
    /// When.
    pub at: Timestamp,
    /// By which officer.
    pub staff: String,
    /// Category of the case, by its code.
    pub category: char,
    /// Where the age came from.
    pub basis: super::age::AgeBasis,
    /// Whether the officer was certain.
    pub certain: bool,
}

/// A doubt of the sequence check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequenceDoubt {
    /// What looks wrong.
    pub kind: DoubtKind,
    /// Which fingers.
    pub targets: Vec<Target>,
}

/// What may be wrong with the order of fingers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DoubtKind {
    /// The same finger twice.
    RepeatedFinger,
    /// Hands or thumbs swapped.
    Swapped,
    /// The same fingers as the person before: images of two people may be mixed.
    PreviousPerson,
}

/// The record of a refusal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What was explained before.
    pub counselling: String,
    /// For a minor: assessment by the trained official.
    pub assessment: Option<RefusalAssessment>,
}

/// Art. 14(1): refusal of a minor, assessed by an official trained for minors.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalAssessment {
    /// Reasonable grounds for a safeguarding or protection risk.
    pub risk: bool,
    /// What the assessment rests on.
    pub grounds: String,
    /// To whom the child is referred; needed when there is a risk.
    pub referral: Option<String>,
}

/// Why a case ends without biometrics, not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WithoutReason {
    /// Health or the condition of fingers and face (Art. 13(5)).
    Health,
    /// The kiosk or a device.
    Technical,
    /// The person needs rest; try again later.
    Rest,
    /// Opened by mistake.
    Mistake,
}

impl WithoutReason {
    /// All of them, in the order a form shows them.
    pub const ALL: [Self; 4] = [Self::Rest, Self::Health, Self::Technical, Self::Mistake];

    /// The word used in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Technical => "technical",
            Self::Rest => "rest",
            Self::Mistake => "mistake",
        }
    }

    /// Reads the word used in forms.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// Whether a retake should follow.
    #[must_use]
    pub fn retake(self) -> bool {
        self != Self::Mistake
    }
}

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Sealed with everything the plan asks.
    Complete,
    /// Sealed; something is missing for good.
    PartialPermanent,
    /// Sealed; something is missing for now, so a retake follows.
    PartialTemporary,
    /// Sealed; the person did not want to give something.
    PartialRefused {
        /// A minor was referred to child protection.
        referred: bool,
    },
    /// Gate G1.
    AgeRefused(AgeRefusal),
    /// The person refused.
    Refused {
        /// A minor was referred to child protection.
        referred: bool,
    },
    /// Ended without biometrics.
    Without(WithoutReason),
}

impl Outcome {
    /// Whether there is something to send.
    #[must_use]
    pub fn sealed(self) -> bool {
        matches!(
            self,
            Self::Complete | Self::PartialPermanent | Self::PartialTemporary | Self::PartialRefused { .. }
        )
    }

    /// Whether the person is asked to come again.
    #[must_use]
    pub fn retake(self) -> bool {
        match self {
            Self::PartialTemporary => true,
            Self::Without(why) => why.retake(),
            _ => false,
        }
    }

    /// The word used in records and scripts.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::PartialPermanent => "partial-permanent",
            Self::PartialTemporary => "partial-temporary",
            Self::PartialRefused { referred: false } => "partial-refused",
            Self::PartialRefused { referred: true } => "partial-refused-referred",
            Self::AgeRefused(why) => why.code(),
            Self::Refused { referred: false } => "refused",
            Self::Refused { referred: true } => "refused-referred",
            Self::Without(WithoutReason::Health) => "unable-health",
            Self::Without(WithoutReason::Technical) => "unable-technical",
            Self::Without(WithoutReason::Rest) => "later",
            Self::Without(WithoutReason::Mistake) => "opened-by-mistake",
        }
    }
}

/// Everything needed to build the container of a case.
#[derive(Clone, PartialEq)]
pub struct SealPlan {
    /// The person.
    pub person: Person,
    /// Path.
    pub band: AgeBand,
    /// Who took it.
    pub staff: String,
    /// When the last image was taken.
    pub captured_at: Timestamp,
    /// The best image per finger and of the face.
    pub best: Vec<(Target, Best)>,
    /// What is missing and why.
    pub exceptions: Vec<(Target, Exception)>,
    /// Photos of what is missing, by the numbers under which they are kept.
    pub photos: Vec<u32>,
    /// How the case will have ended.
    pub outcome: Outcome,
    /// The safeguards as they stood.
    pub safeguards: SafeguardRecord,
    /// Every attempt and what it was held against.
    pub attempts: Vec<AttemptRecord>,
}
