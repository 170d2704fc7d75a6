//! Why the session engine did not do what was asked. Codes C-04xx.
//!
//! A denial changes nothing: the session stands as before. The words are for the officer; they never blame the
//! person and never hold personal data.

use serde::{Deserialize, Serialize};

macro_rules! denials {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $message:literal;)+) => {
        /// A request the session does not allow as it stands.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
        #[non_exhaustive]
        pub enum Denied {
            $($(#[doc = $doc])+ #[error($message)] $name,)+
        }

        impl Denied {
            /// Every denial, for documentation tests.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Stable code, explained in `docs/reference/errors/capture.md`.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }
        }
    };
}

denials! {
    /// Neither date of birth nor age.
    AgeMissing = "C-0401", "Neither a date of birth nor an age was given. Fill in one of them.";
    /// Older than anybody.
    AgeOutOfRange = "C-0402", "This age cannot be right. Check the date of birth or the age.";
    /// Birth date after today.
    BirthDateInFuture = "C-0403", "The date of birth lies in the future. Correct it.";
    /// Date and age differ.
    AgeContradicts = "C-0404", "Date of birth and age contradict each other. Leave one of them empty or correct it.";
    /// Proof without reference.
    ProofReferenceMissing = "C-0405", "This child is close to six. Write down the reference of the document or assessment that proves the age; without it the law treats the child as under six.";
    /// The person was not recorded yet.
    PersonMissing = "C-0406", "Nothing is known about the person yet. Fill in the person first.";
    /// The person cannot be changed any more.
    PersonFixed = "C-0407", "Age and company can no longer be changed, because capture has begun. End this case and open a new one.";
    /// Required text empty.
    FieldMissing = "C-0408", "A field that is needed is empty. Fill in the marked fields.";
    /// G2.
    OperatorNotTrained = "C-0410", "The staff register holds no training to take biometrics of minors for you. A trained colleague must sign in and take over (Art. 14(1)).";
    /// G2.
    TrainingExpired = "C-0411", "Your training to take biometrics of minors has expired. A colleague with a valid training must sign in and take over (Art. 14(1)).";
    /// G3.
    BestInterestsNotConfirmed = "C-0412", "The child's best interests were not confirmed. Consider them, confirm, and write a few words on how (Art. 14(1)).";
    /// G4.
    CompanionNameMissing = "C-0413", "The companion's name is missing. Fill it in.";
    /// G4.
    CompanionNotAdult = "C-0414", "The companion must be an adult (Art. 14(1)). Ask for another person.";
    /// G4.
    CompanionNotPresent = "C-0415", "The companion must be in the room and stay throughout (Art. 14(1)). Wait until they are here.";
    /// G4.
    ChildIsUnaccompanied = "C-0416", "This child was recorded as unaccompanied; a representative or a trained person must be present. If a family member is here, correct the person's details first.";
    /// G4.
    RelationMissing = "C-0417", "The family member's relation to the child is missing. Fill it in.";
    /// G4.
    FamilyAbsentReasonMissing = "C-0418", "This child is accompanied, but no family member is with them. Write down why, or wait for the family member.";
    /// G4.
    OrganisationMissing = "C-0419", "The companion's organisation is missing. Fill it in.";
    /// G5.
    CompanionIsOperator = "C-0420", "The companion cannot be the official who takes the biometrics (Art. 14(1)). Another person must accompany the child.";
    /// G5.
    CompanionFromSameService = "C-0421", "The companion must be independent of the service that takes the biometrics (Art. 14(1)). Ask for somebody from another organisation.";
    /// G6.
    DesignatedPersonFirst = "C-0422", "Somebody has already been designated for this child; that person must be present (Art. 14(1)).";
    /// G7.
    InformationIncomplete = "C-0423", "Say which information was given, in which language and how (Art. 42).";
    /// G7.
    InformationNotForChildren = "C-0424", "A minor must get information made for children (Art. 42(2)). Show that material.";
    /// G7.
    InformationModeNotForChildren = "C-0425", "A minor must get the explanation by leaflet, pictures or demonstration (Art. 42(2)). Choose what you used.";
    /// G5.
    CompanionIdMissing = "C-0427", "Write down the companion's staff or document number. Without it nobody can show that the companion is not the official who takes the biometrics (Art. 14(1)).";
    /// G6.
    DesignationContradicts = "C-0428", "The companion is said to be designated for this child, but the answer to \"designated so far\" says otherwise. Look it up and correct one of the two (Art. 14(1)).";
    /// G7.
    InformationVersionMissing = "C-0429", "It is not known which version of the information was shown. Choose the material again, so that its exact text is recorded (Art. 42).";
    /// Gate does not apply.
    GateNotNeeded = "C-0426", "This safeguard does not apply to an adult. Go on with the next step.";
    /// Sensor while a gate is open.
    GatesOpen = "C-0430", "The sensor stays off: not every safeguard is satisfied. Complete the ones that are marked open.";
    /// Sensor is busy.
    SensorBusy = "C-0431", "The sensor is already working on another step. Wait for it or stop it.";
    /// No attempts left.
    AttemptsUsedUp = "C-0432", "All tries for this step are used. Use the best one, record why a finger cannot be taken, or try again later.";
    /// Step finished.
    StepDone = "C-0433", "This step is already complete.";
    /// Nothing to accept.
    NothingToAccept = "C-0434", "There is no image to accept in this step. Capture first.";
    /// Below threshold without reason.
    ReasonMissing = "C-0435", "Not every finger reached the quality that is asked. Try again, or write down why you go on with the best one.";
    /// The image came too late.
    ImageDiscarded = "C-0436", "An image arrived that this session no longer wanted; it was discarded.";
    /// Not all steps done.
    StepsOpen = "C-0437", "Not every step is complete. Finish the open steps or record why they cannot be taken.";
    /// Sequence check open.
    SequenceDoubtful = "C-0438", "Two images may show the same finger, or hands may be swapped. Take the marked step again, or write down why it is right.";
    /// No biometrics at all.
    NothingCaptured = "C-0439", "Neither a finger nor a face could be taken, so there is nothing to send. End the case as \"not possible now\".";
    /// The case has ended.
    CaseEnded = "C-0440", "This case has ended; nothing can be changed any more.";
    /// Not in this state.
    NotNow = "C-0441", "This is not possible at this moment. Go on with the step the screen shows.";
    /// Refusal of a minor without assessment.
    RefusalAssessmentMissing = "C-0442", "A minor refused. A trained official must assess whether there are safeguarding risks; fill in the assessment (Art. 14(1)).";
    /// Referral missing.
    ReferralMissing = "C-0443", "There may be a safeguarding risk. The child must be referred to the child-protection authorities; write down to whom (Art. 14(1)).";
    /// Counselling not recorded.
    CounsellingMissing = "C-0444", "Write down what was explained to the person before the refusal was recorded.";
    /// Session too long.
    SessionTooLong = "C-0445", "This session has become too long. End it and open a new case.";
    /// The companion of an adult.
    NoCompanion = "C-0446", "No companion is recorded in this case.";
    /// Finger not in step.
    FingerAlreadyTaken = "C-0447", "This finger has already been taken in a finished step.";
    /// An exception without words.
    ExceptionNoteMissing = "C-0450", "Write a few words on why this finger or face is not taken.";
    /// Single finger that is not of this step.
    FingerOfOtherStep = "C-0451", "This finger does not belong to this step, or was recorded as not possible. Choose a finger of this step.";
    /// The profile wants a photo of an exception.
    ProofPhotoMissing = "C-0452", "This step still asks for a photo of what cannot be taken. Take it with the camera, or say why there can be none.";
    /// Finger never found.
    FingerNotFound = "C-0448", "A finger was not found in any image. Try again, or record why it cannot be taken.";
}
