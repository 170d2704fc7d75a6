//! From a slap to single fingers: where each finger lies, which one it is, and what is doubtful.
//!
//! The image is taken as seen by the officer: fingertips up, index finger of the right hand on the left.
//! Boxes are upright and in pixels of the given image; the finger's own angle comes with each box. A finger
//! that cannot be told is not guessed: it is missing from the answer and the reason stands in
//! [`Segmentation::doubt`].

mod blobs;
mod columns;
mod foreground;
mod naming;

use crate::trace::{NoTrace, Stage, Trace};
use crate::{Finger, Hand, Image};

/// What was asked to be put on the sensor.
#[derive(Debug, Clone, Copy)]
pub struct SegmentRequest<'a> {
    /// Which slap.
    pub hand: Hand,
    /// Fingers of that slap that are known to be absent (amputated, bandaged).
    pub missing: &'a [Finger],
}

impl SegmentRequest<'_> {
    /// The fingers that should be on the image, from left to right.
    #[must_use]
    pub fn expected(&self) -> Vec<Finger> {
        self.hand.fingers().iter().copied().filter(|finger| !self.missing.contains(finger)).collect()
    }
}

/// One finger on the slap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// Which finger.
    pub finger: Finger,
    /// First column of the box.
    pub left: u32,
    /// First row of the box.
    pub top: u32,
    /// First column behind the box.
    pub right: u32,
    /// First row below the box.
    pub bottom: u32,
    /// How far the finger is turned from upright, clockwise.
    pub angle_deg: f32,
    /// 0 (guess) to 1 (sure).
    pub confidence: f32,
}

impl Segment {
    /// The box cut out of the slap.
    #[must_use]
    pub fn crop(&self, slap: &Image) -> Option<Image> {
        slap.crop(self.left, self.top, self.right, self.bottom)
    }
}

/// Why the answer is not certain.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Doubt {
    /// Size, pixel count or resolution of the image are unsound.
    ImageUnusable,
    /// There is no print on the image.
    NothingFound,
    /// Fewer fingers than expected were seen; only those that can be told are named.
    FewerFingers {
        /// How many should be there.
        expected: usize,
        /// How many are.
        found: usize,
    },
    /// More fingers than expected were seen.
    MoreFingers {
        /// How many should be there.
        expected: usize,
        /// How many are.
        found: usize,
    },
    /// The heights of the fingertips fit the other hand better.
    LooksLikeOtherHand,
    /// Two neighbours touch or overlap, the border between them is a guess.
    Touching {
        /// The finger on the left of the image.
        left: Finger,
        /// The finger on the right of the image.
        right: Finger,
    },
    /// The finger runs out of the image.
    CutOff {
        /// Which finger.
        finger: Finger,
    },
    /// Much less of this finger is seen than of its neighbours.
    Small {
        /// Which finger.
        finger: Finger,
    },
}

/// The fingers of a slap, from left to right, and what is doubtful about them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Segmentation {
    /// The fingers that were told apart.
    pub fingers: Vec<Segment>,
    /// Reasons to look again; empty if everything fits.
    pub doubt: Vec<Doubt>,
}

/// Finds the fingers of a slap.
#[must_use]
pub fn segment(image: &Image, request: SegmentRequest<'_>) -> Segmentation {
    segment_traced(image, request, &mut NoTrace)
}

/// As [`segment`], with every intermediate result handed to `trace`.
#[must_use]
pub fn segment_traced(image: &Image, request: SegmentRequest<'_>, trace: &mut dyn Trace) -> Segmentation {
    let doubtful = |doubt| Segmentation { fingers: Vec::new(), doubt: vec![doubt] };
    if !image.is_sound() {
        return doubtful(Doubt::ImageUnusable);
    }
    let expected = request.expected();
    let foreground = foreground::foreground(image);
    if trace.wants("foreground") {
        let values: Vec<f32> = foreground.mask.cells.iter().map(|&set| f32::from(u8::from(set))).collect();
        trace.take("foreground", Stage::Map { width: foreground.mask.width, values: &values });
    }
    let blobs = blobs::blobs(&foreground.mask, &foreground.fineness);
    let turn = columns::HandTurn::of(&blobs, expected.len(), request.hand);
    let tries = turn.candidates().map(|angle| (angle, columns::fingertips(&blobs, angle, expected.len())));
    let Some((angle, tips)) = best_try(tries, expected.len()) else {
        return doubtful(Doubt::NothingFound);
    };
    let other_hand = turn.contradict();
    naming::named(&tips, angle, &expected, other_hand, &foreground, image)
}

/// The first turn under which the count fits, else the first under which there is a finger.
fn best_try(tries: [(f32, Vec<columns::Tip>); 4], expected: usize) -> Option<(f32, Vec<columns::Tip>)> {
    let fits = tries.iter().position(|(_, tips)| tips.len() == expected);
    let index = fits.or_else(|| tries.iter().position(|(_, tips)| !tips.is_empty()))?;
    tries.into_iter().nth(index)
}
