//! One measured figure of a portrait, its limit and its tier: what the record keeps and the screens turn into sentences.
//!
//! Figures are kept in thousandths, so that a record is equal to itself after it was stored. A figure that could not be
//! measured is `None`, which is not a bad value.

use serde::{Deserialize, Serialize};

use super::scale::Scale;
use crate::live::Hint;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Not accepted by itself: the officer may go on with a reason.
    Block,
    /// Advice while there is time; never blocks.
    Coach,
    /// Kept with the record and said to nobody.
    Note,
}

/// What is measured, most useful advice first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum What {
    /// Faces on the picture; at least one.
    NoFace,
    /// Area of the second largest face as a share of the largest.
    SeveralFaces,
    /// Crown and chin are both off the picture: how many eye distances are missing on the worse side.
    TooClose,
    /// A side or the chin is off the picture, in eye distances.
    FaceCut,
    /// Pixels between the eyes, as they would be without the turn of the head.
    EyeDistance,
    /// Turn to the side, degrees: beyond the gate.
    TurnedAway,
    /// Blur of the face at 90 pixels between the eyes, 0 (sharp) to 1.
    Blurred,
    /// Whether the eyes are open. Five points do not tell it: never measured, the officer looks.
    EyesOpen,
    /// The crown is off the picture, in eye distances.
    CrownCut,
    /// Chin to crown as a share of the picture's height.
    HeadSmall,
    /// The face is off the middle, as a share of the picture's width.
    OffCentre,
    /// Turn to the side, degrees: within the gate, beyond what portrait rules ask.
    TurnedSlightly,
    /// Turn about the line of sight, degrees.
    Tilted,
    /// Share of clipped bright pixels on the face.
    TooBright,
    /// Share of clipped dark pixels on the face.
    TooDark,
    /// Difference between the cheeks in stops (doublings of light).
    UnevenLight,
    /// Mean step between neighbouring points of the wall beside the head, 0 to 255.
    Background,
    /// Distance of the cheeks' colour from the range of skin, in Lab.
    Colour,
}

impl What {
    /// All of them, most useful advice first.
    pub const ALL: [Self; 18] = [
        Self::NoFace,
        Self::SeveralFaces,
        Self::TooClose,
        Self::FaceCut,
        Self::EyeDistance,
        Self::TurnedAway,
        Self::Blurred,
        Self::EyesOpen,
        Self::CrownCut,
        Self::HeadSmall,
        Self::OffCentre,
        Self::TurnedSlightly,
        Self::Tilted,
        Self::TooBright,
        Self::TooDark,
        Self::UnevenLight,
        Self::Background,
        Self::Colour,
    ];

    /// Code of the sentence the screens say about it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoFace => "face-none",
            Self::SeveralFaces => "face-several",
            Self::TooClose => "face-too-close",
            Self::FaceCut => "face-cut",
            Self::EyeDistance => "face-too-far",
            Self::TurnedAway => "face-turned-away",
            Self::Blurred => "face-blurred",
            Self::EyesOpen => "face-eyes-by-eye",
            Self::CrownCut => "face-crown-cut",
            Self::HeadSmall => "face-small",
            Self::OffCentre => "face-off-centre",
            Self::TurnedSlightly => "face-turned",
            Self::Tilted => "face-tilted",
            Self::TooBright => "face-too-bright",
            Self::TooDark => "face-too-dark",
            Self::UnevenLight => "face-uneven-light",
            Self::Background => "face-background",
            Self::Colour => "face-colour",
        }
    }

    /// How much it weighs.
    #[must_use]
    pub fn tier(self) -> Tier {
        match self {
            Self::NoFace
            | Self::SeveralFaces
            | Self::TooClose
            | Self::FaceCut
            | Self::EyeDistance
            | Self::TurnedAway
            | Self::Blurred
            | Self::EyesOpen => Tier::Block,
            Self::CrownCut
            | Self::HeadSmall
            | Self::OffCentre
            | Self::TurnedSlightly
            | Self::Tilted
            | Self::TooBright
            | Self::TooDark
            | Self::UnevenLight => Tier::Coach,
            Self::Background | Self::Colour => Tier::Note,
        }
    }

    /// What the person is asked to do about it; `None` where they can do nothing.
    #[must_use]
    pub fn hint(self) -> Option<Hint> {
        match self {
            Self::NoFace | Self::TurnedAway | Self::TurnedSlightly | Self::Tilted => Some(Hint::LookAtCamera),
            Self::SeveralFaces => Some(Hint::OnePersonOnly),
            Self::TooClose | Self::CrownCut => Some(Hint::MoveBack),
            Self::FaceCut | Self::OffCentre => Some(Hint::MoveToMiddle),
            Self::EyeDistance | Self::HeadSmall => Some(Hint::MoveCloser),
            Self::Blurred => Some(Hint::HoldStill),
            Self::TooBright => Some(Hint::LessLight),
            Self::TooDark => Some(Hint::MoreLight),
            // The light is the officer's to move, and nothing can be done about the rest at the camera.
            Self::UnevenLight | Self::EyesOpen | Self::Background | Self::Colour => None,
        }
    }
}

/// One figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// What was measured.
    pub what: What,
    /// Its value, in thousandths; `None` when it could not be measured.
    pub value_milli: Option<i32>,
    /// What it was held against, in thousandths.
    pub limit_milli: i32,
    /// Whether the value is on the wrong side of the limit.
    pub beyond: bool,
    /// The value on the scale from 0 to 100 that ISO/IEC 29794-5 uses for this kind of value. The value itself is this
    /// product's own measurement, so the figure is comparable in direction and not the standard's component.
    #[serde(default)]
    pub scaled: Option<u8>,
}

impl Measure {
    /// A figure that must not be above its limit.
    pub(super) fn at_most(what: What, value: f32, limit: f32) -> Self {
        Self { beyond: value > limit, ..Self::held(what, Some(value), limit) }
    }

    /// A figure that must not be below its limit.
    pub(super) fn at_least(what: What, value: f32, limit: f32) -> Self {
        Self { beyond: value < limit, ..Self::held(what, Some(value), limit) }
    }

    /// A figure that could not be measured.
    pub(super) fn unknown(what: What, limit: f32) -> Self {
        Self::held(what, None, limit)
    }

    /// At most, or unknown.
    pub(super) fn at_most_known(what: What, value: Option<f32>, limit: f32) -> Self {
        value.map_or_else(|| Self::unknown(what, limit), |value| Self::at_most(what, value, limit))
    }

    /// The same with its place on the standard's scale.
    pub(super) fn on(self, scale: Scale, value: f32) -> Self {
        Self { scaled: self.value_milli.and_then(|_| scale.map(f64::from(value))), ..self }
    }

    fn held(what: What, value: Option<f32>, limit: f32) -> Self {
        let value_milli = value.filter(|value| value.is_finite()).map(milli);
        Self { what, value_milli, limit_milli: milli(limit), beyond: false, scaled: None }
    }
}

fn milli(value: f32) -> i32 {
    (value * 1000.0).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_has_its_own_sentence_and_every_block_or_coach_is_somebodys_to_mend() {
        let mut codes: Vec<&str> = What::ALL.iter().map(|what| what.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), What::ALL.len());
        for what in What::ALL {
            assert!(what.tier() != Tier::Note || what.hint().is_none(), "{what:?}: a note is said to nobody");
        }
        assert!(What::ALL.is_sorted(), "most useful advice first is the order of the type");
    }

    #[test]
    fn a_limit_is_met_when_it_is_reached_and_unknown_is_not_beyond() {
        assert!(!Measure::at_most(What::Tilted, 8.0, 8.0).beyond);
        assert!(Measure::at_most(What::Tilted, 8.01, 8.0).beyond);
        assert!(!Measure::at_least(What::EyeDistance, 90.0, 90.0).beyond);
        assert!(Measure::at_least(What::EyeDistance, 89.9, 90.0).beyond);
        let unknown = Measure::at_most_known(What::TurnedAway, None, 10.0);
        assert_eq!((unknown.value_milli, unknown.beyond, unknown.scaled), (None, false, None));
    }
}
