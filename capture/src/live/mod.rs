//! From one slap image to a verdict per finger: segment, measure, decide, advise.
//!
//! Pure: an image, a policy and a scorer in, a verdict out. One hint per finger and one for the whole hand, in the order an
//! officer should give them. Every [`Hint`] has a picture and words without blame; [`Pace`] says when it may change.

mod hint;
mod judge;
mod overlay;
mod preview;
mod watch;

use matcher::{Finger, Image};
use serde::{Deserialize, Serialize};

pub use hint::Pace;
pub use judge::{judge_prints, judge_single, judge_slap};
pub use overlay::overlay;
pub use preview::preview;
pub use watch::{FaceWatch, HandWatch, Mark, Patience, Sight};

/// Whose figure a quality is. All fingers of one image are scored by the same engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScoredBy {
    /// The matcher's own figure; the product that the ICD profile names.
    #[default]
    Own,
    /// The site's `nfiq2`.
    Nfiq2 {
        /// Product of its version, beside NIST's vendor identifier.
        product: u16,
    },
}

/// Scores of the prints of one image, in their order; `None` for one that cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scored {
    /// By whom.
    pub by: ScoredBy,
    /// One per print.
    pub scores: Vec<Option<u8>>,
}

/// Scores the prints that were found on one image.
pub trait Scorer {
    /// One score for each print.
    fn score(&self, prints: &[Image]) -> Scored;
}

/// Our own figure.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnScorer;

impl Scorer for OwnScorer {
    fn score(&self, prints: &[Image]) -> Scored {
        let scores = prints.iter().map(|print| matcher::quality(print).judged()).collect();
        Scored { by: ScoredBy::Own, scores }
    }
}

/// Thresholds that apply to this person (by age band) on this kiosk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// A finger below this score is not accepted by itself (0 to 100).
    pub quality_min: u8,
}

/// What was seen on one slap image.
#[derive(Clone, Debug, PartialEq)]
pub struct SlapVerdict {
    /// One entry per expected finger that is not excepted, in slap order.
    pub fingers: Vec<FingerVerdict>,
    /// Advice for the whole hand, most useful first. Empty when there is nothing to say.
    pub hints: Vec<Hint>,
}

impl SlapVerdict {
    /// Whether every expected finger reached the threshold.
    #[must_use]
    pub fn accepted(&self) -> bool {
        !self.fingers.is_empty() && self.fingers.iter().all(|finger| finger.accepted)
    }
}

/// What was seen of one finger.
#[derive(Clone, Debug, PartialEq)]
pub struct FingerVerdict {
    /// Which finger.
    pub finger: Finger,
    /// Where it lies; `None` when it was not found.
    pub area: Option<Area>,
    /// Quality of the print, 0 when it was not found.
    pub quality: u8,
    /// Whether it reached the threshold.
    pub accepted: bool,
    /// What would make it better.
    pub hint: Option<Hint>,
    /// Whose figure the quality is.
    pub scored_by: ScoredBy,
}

/// An upright box in pixels of the slap image, right and bottom exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// First column.
    pub left: u32,
    /// First row.
    pub top: u32,
    /// Column after the last.
    pub right: u32,
    /// Row after the last.
    pub bottom: u32,
}

/// One piece of advice, with a picture and words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Hint {
    /// Not all fingers are on the glass.
    PlaceAllFingers,
    /// The hand is off the middle or over the edge.
    CentreHand,
    /// The hand is turned.
    StraightenHand,
    /// Fingers touch each other.
    SpreadFingers,
    /// This looks like the other hand.
    OtherHand,
    /// Too light: press more.
    PressMoreFirmly,
    /// Too dark: press less.
    PressMoreGently,
    /// Skin is too dry.
    MoistenFingers,
    /// Skin is too wet.
    DryFingers,
    /// Something is left on the glass.
    WipeGlass,
    /// The image is smeared.
    HoldStill,
    /// Face: come closer.
    MoveCloser,
    /// Face: go back.
    MoveBack,
    /// Face: into the middle of the picture.
    MoveToMiddle,
    /// Face: no face, or not frontal.
    LookAtCamera,
    /// Face: too dark.
    MoreLight,
    /// Face: too bright.
    LessLight,
    /// Face: more than one person in the picture.
    OnePersonOnly,
}
