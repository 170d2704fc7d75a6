//! Finger positions, impressions and reasons for missing fingers, as ANSI/NIST-ITL 1-2011 Update 2015 codes them.
//!
//! Clauses: tables of FGP, IMP and AMP (fields 14.013, 14.003, 14.018). Left out on purpose: palms and feet, which
//! Eurodac does not carry; a file that has them still passes through the reader opaquely.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A finger position code (FGP): a single finger 1 to 10, or one of the three slaps 13, 14, 15.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct FingerPosition(u8);

impl FingerPosition {
    /// Right thumb.
    pub const RIGHT_THUMB: Self = Self(1);
    /// Left thumb.
    pub const LEFT_THUMB: Self = Self(6);
    /// Plain right four fingers: the right slap.
    pub const RIGHT_FOUR: Self = Self(13);
    /// Plain left four fingers: the left slap.
    pub const LEFT_FOUR: Self = Self(14);
    /// Both thumbs, plain.
    pub const THUMBS: Self = Self(15);

    /// The ten single fingers, in the order of their codes.
    pub const TEN: [Self; 10] =
        [Self(1), Self(2), Self(3), Self(4), Self(5), Self(6), Self(7), Self(8), Self(9), Self(10)];

    /// The position with this code, when Eurodac containers carry it.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        matches!(code, 1..=10 | 13..=15).then_some(Self(code))
    }

    /// The code.
    #[must_use]
    pub fn code(self) -> u8 {
        self.0
    }

    /// True for one finger, false for a slap.
    #[must_use]
    pub fn is_single(self) -> bool {
        self.0 <= 10
    }

    /// The single fingers this position shows, when none is missing.
    #[must_use]
    pub fn fingers(self) -> &'static [Self] {
        const RIGHT: [FingerPosition; 4] =
            [FingerPosition(2), FingerPosition(3), FingerPosition(4), FingerPosition(5)];
        const LEFT: [FingerPosition; 4] =
            [FingerPosition(7), FingerPosition(8), FingerPosition(9), FingerPosition(10)];
        const THUMBS: [FingerPosition; 2] = [FingerPosition(1), FingerPosition(6)];
        match self.0 {
            13 => &RIGHT,
            14 => &LEFT,
            15 => &THUMBS,
            code => Self::TEN.get(usize::from(code).saturating_sub(1)).map_or(&[], std::slice::from_ref),
        }
    }

    /// The name a person reads.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            1 => "right thumb",
            2 => "right index finger",
            3 => "right middle finger",
            4 => "right ring finger",
            5 => "right little finger",
            6 => "left thumb",
            7 => "left index finger",
            8 => "left middle finger",
            9 => "left ring finger",
            10 => "left little finger",
            13 => "right four fingers",
            14 => "left four fingers",
            _ => "both thumbs",
        }
    }
}

impl TryFrom<u8> for FingerPosition {
    type Error = crate::Error;

    fn try_from(code: u8) -> Result<Self, crate::Error> {
        Self::from_code(code).ok_or_else(|| crate::Error::invalid("finger position", "1 to 10, 13, 14 or 15"))
    }
}

impl From<FingerPosition> for u8 {
    fn from(position: FingerPosition) -> Self {
        position.0
    }
}

impl fmt::Debug for FingerPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FingerPosition({} {})", self.0, self.name())
    }
}

impl fmt::Display for FingerPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How the finger met the sensor (IMP). Only current codes; deprecated ones are accepted by the reader as numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Impression {
    /// Pressed flat on a contact sensor.
    #[default]
    PlainContact,
    /// Rolled nail to nail on a contact sensor.
    RolledContact,
    /// Not known.
    Unknown,
}

impl Impression {
    /// The code of field 14.003.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::PlainContact => 0,
            Self::RolledContact => 1,
            Self::Unknown => 29,
        }
    }

    /// The impression for a code, deprecated live-scan codes included.
    #[must_use]
    pub fn from_code(code: u8) -> Self {
        match code {
            0 | 2 => Self::PlainContact,
            1 | 3 => Self::RolledContact,
            _ => Self::Unknown,
        }
    }
}

/// Why a finger is not in the image (AMP).
///
/// A bandage is temporary, so the law asks for a later retake (EUR 15(1) and its siblings); the file format has one
/// code for both, which is why [`MissingReason::Bandaged`] and [`MissingReason::Amputated`] are kept apart here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingReason {
    /// The whole finger is missing: permanent.
    Amputated,
    /// Bandaged or otherwise unable to print now: a retake is due.
    Bandaged,
    /// Part of the finger is missing, and a partial print was taken.
    PartlyAmputated,
}

impl MissingReason {
    /// The code of field 14.018.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Amputated | Self::Bandaged => "UP",
            Self::PartlyAmputated => "XX",
        }
    }

    /// The stable word used in configuration, forms and the envelope.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Amputated => "amputated",
            Self::Bandaged => "bandaged",
            Self::PartlyAmputated => "partly-amputated",
        }
    }

    /// The reason for a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Amputated, Self::Bandaged, Self::PartlyAmputated]
            .into_iter()
            .find(|reason| reason.word() == word)
    }

    /// True when the condition passes, so that a retake must be planned.
    #[must_use]
    pub fn is_temporary(self) -> bool {
        self == Self::Bandaged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_their_fingers() {
        fn check(code: u8, fingers: &[u8]) {
            let position = FingerPosition::from_code(code);
            let shown: Vec<u8> =
                position.map(|p| p.fingers().iter().map(|f| f.code()).collect()).unwrap_or_default();
            assert_eq!(shown, fingers, "code {code}");
        }
        for code in 1..=10 {
            check(code, &[code]);
        }
        check(0, &[]);
        check(11, &[]);
        check(12, &[]);
        check(13, &[2, 3, 4, 5]);
        check(14, &[7, 8, 9, 10]);
        check(15, &[1, 6]);
        check(16, &[]);
        check(255, &[]);
    }

    #[test]
    fn every_missing_reason_has_one_word() {
        for reason in [MissingReason::Amputated, MissingReason::Bandaged, MissingReason::PartlyAmputated] {
            assert_eq!(MissingReason::from_word(reason.word()), Some(reason));
        }
        assert_eq!(MissingReason::from_word("lost"), None);
    }
}
