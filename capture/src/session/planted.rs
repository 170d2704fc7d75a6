//! Rules that tests break on purpose, to show that the exhaustive exploration would see it.
//!
//! Outside tests no rule can be broken: [`Session::planted`] is the constant `false` there and the session has no
//! place to remember a planted bug in.

use super::Session;

/// One rule, broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Planted {
    /// A capture does not ask the gates.
    SensorWithoutGates,
    /// An untrained officer closes gate G2.
    UntrainedPasses,
    /// Gate G2 stays closed for the next officer.
    TrainingOfAnother,
    /// A person under six passes gate G1.
    UnderSixPasses,
    /// The sensor stays live when the companion leaves.
    LiveWithoutCompanion,
    /// Images taken without the companion are kept.
    ImagesWithoutCompanion,
    /// After an interruption only the companion is asked again.
    ResumedByCompanionAlone,
    /// A companion who takes orders from the official passes gate G5.
    CompanionIsOfficial,
    /// Information for adults passes gate G7 for a minor.
    AdultInformation,
    /// After a refusal the session goes on.
    RefusalIgnored,
    /// A risk without a referral is recorded (gate G9).
    RiskWithoutReferral,
    /// The tries of a child are not bounded.
    TriesUnbounded,
    /// Sealing does not ask the gates.
    SealedWithoutGates,
    /// After a restart the companion counts as present.
    RestartKeepsCompanion,
    /// A photo of an exception that was taken without the companion is kept.
    PhotoWithoutCompanion,
    /// An adult's step is done although the photo that proves it is missing.
    PhotoForgotten,
    /// A minor's step waits for a photo.
    MinorPressedForPhoto,
    /// An interrupted session can neither go on nor end.
    InterruptionIsATrap,
}

impl Session {
    /// Whether this rule is broken on purpose.
    #[cfg(test)]
    pub(super) fn planted(&self, bug: Planted) -> bool {
        self.planted == Some(bug)
    }

    /// Whether this rule is broken on purpose: never.
    #[cfg(not(test))]
    #[allow(clippy::unused_self, reason = "the tests' version looks into the session")]
    pub(super) const fn planted(&self, _bug: Planted) -> bool {
        false
    }
}

#[cfg(test)]
impl Planted {
    pub(super) const ALL: [Self; 18] = [
        Self::SensorWithoutGates,
        Self::UntrainedPasses,
        Self::TrainingOfAnother,
        Self::UnderSixPasses,
        Self::LiveWithoutCompanion,
        Self::ImagesWithoutCompanion,
        Self::ResumedByCompanionAlone,
        Self::CompanionIsOfficial,
        Self::AdultInformation,
        Self::RefusalIgnored,
        Self::RiskWithoutReferral,
        Self::TriesUnbounded,
        Self::SealedWithoutGates,
        Self::RestartKeepsCompanion,
        Self::PhotoWithoutCompanion,
        Self::PhotoForgotten,
        Self::MinorPressedForPhoto,
        Self::InterruptionIsATrap,
    ];
}
