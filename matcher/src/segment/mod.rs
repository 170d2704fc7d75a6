//! From a slap to single fingers: where each finger lies, which one it is, and what is doubtful.
//!
//! The image is taken as seen by the officer: fingertips up, index finger of the right hand on the left.
//! Boxes are upright and in pixels of the given image; the finger's own angle comes with each box. A finger
//! that cannot be told is not guessed: it is missing from the answer and the reason stands in
//! [`Segmentation::doubt`].

mod blobs;
mod columns;
mod foreground;
mod hand_model;
mod naming;
mod rim;
mod slant;

use core::fmt;

use crate::extract::plane::Mask;
use crate::limits::TIPS_MAX;
use crate::parameters::{
    AXIS_ELONGATION_MIN, HAND_CONFIDENCE_MIN, NEAR_CELLS, OTHER_HAND_CONFIDENCE_MAX, SMALL_AREA_SHARE_MAX,
};
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
    /// The box turned with the finger, clockwise from its top left corner, in pixels; may reach out of the image.
    pub corners: [(f32, f32); 4],
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
    /// The fingertips fit the other hand better.
    LooksLikeOtherHand,
    /// Which hand it is cannot be told from what is seen.
    HandUnclear,
    /// Which finger it is cannot be told from what is seen; the likeliest is given.
    PositionUnclear {
        /// The likeliest finger.
        finger: Finger,
    },
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

impl Doubt {
    /// Stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ImageUnusable => "image-unusable",
            Self::NothingFound => "nothing-found",
            Self::FewerFingers { .. } => "fewer-fingers",
            Self::MoreFingers { .. } => "more-fingers",
            Self::LooksLikeOtherHand => "looks-like-other-hand",
            Self::HandUnclear => "hand-unclear",
            Self::PositionUnclear { .. } => "position-unclear",
            Self::Touching { .. } => "touching",
            Self::CutOff { .. } => "cut-off",
            Self::Small { .. } => "small",
        }
    }

    /// Whether it is about this finger.
    #[must_use]
    pub fn concerns(&self, of: Finger) -> bool {
        match self {
            Self::PositionUnclear { finger } | Self::CutOff { finger } | Self::Small { finger } => {
                *finger == of
            }
            Self::Touching { left, right } => *left == of || *right == of,
            _ => false,
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ImageUnusable => {
                out.write_str("size, pixel count or resolution of the picture are unsound")
            }
            Self::NothingFound => out.write_str("there is no print on the picture"),
            Self::FewerFingers { expected, found } => write!(out, "{found} of {expected} fingers are seen"),
            Self::MoreFingers { expected, found } => {
                write!(
                    out,
                    "{found} fingertips are seen where {expected} belong: something else lies on the glass"
                )
            }
            Self::LooksLikeOtherHand => out.write_str("it looks like the other hand"),
            Self::HandUnclear => out.write_str("which hand it is cannot be told from what is seen"),
            Self::PositionUnclear { finger } => write!(out, "that it is the {finger} is only likely"),
            Self::Touching { left, right } => {
                write!(out, "the {left} and the {right} touch; the border between them is a guess")
            }
            Self::CutOff { finger } => write!(out, "the {finger} runs out of the picture"),
            Self::Small { finger } => write!(out, "much less of the {finger} is seen than of its neighbours"),
        }
    }
}

/// The fingers of a slap, from left to right, and what is doubtful about them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Segmentation {
    /// The slap that is seen; `None` if nothing was found. As asked by [`segment`], told by [`segment_auto`].
    pub hand: Option<Hand>,
    /// Probability that it is this hand, 0 to 1.
    pub hand_confidence: f32,
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
    if !image.is_sound() {
        return doubtful(Doubt::ImageUnusable);
    }
    let expected = request.expected();
    let (foreground, blobs) = print_of(image, trace);
    let tried = |blobs: &[blobs::Blob]| {
        let turn = columns::HandTurn::of(blobs, expected.len(), request.hand);
        let tries = turn.candidates().map(|angle| (angle, columns::fingertips(blobs, angle, expected.len())));
        best_try(tries, expected.len())
    };
    let mut best = tried(&blobs);
    let poor = best
        .as_ref()
        .is_none_or(|(_, tips)| tips.len() < expected.len() || least_share(tips) < SMALL_AREA_SHARE_MAX);
    if poor && let Some(parted) = rim::parted(&blobs, foreground.mask.width, foreground.mask.height) {
        let again = tried(&parted).filter(|(_, tips)| tips.len() == expected.len());
        let known = best.as_ref().filter(|(_, tips)| tips.len() == expected.len());
        if again.as_ref().map(|(_, tips)| least_share(tips)) > known.map(|(_, tips)| least_share(tips)) {
            best = again;
        }
    }
    let Some((angle, tips)) = best else {
        return doubtful(Doubt::NothingFound);
    };
    let seen = tips.len();
    let tips =
        if seen > expected.len() { naming::without_rim(tips, expected.len(), &foreground) } else { tips };
    if tips.len() != expected.len() {
        return doubtful(count_doubt(expected.len(), seen));
    }
    let facts = naming::facts(&tips, &foreground);
    let confidence = naming::confidence_in(&facts, request.hand, &expected);
    let names: Vec<_> = expected.iter().enumerate().map(|(at, &finger)| (at, finger, 1.0)).collect();
    let mut found = naming::boxes(&tips, &names, angle, &foreground, image);
    (found.hand, found.hand_confidence) = (Some(request.hand), confidence);
    if seen > tips.len() {
        found.doubt.push(count_doubt(expected.len(), seen));
    }
    if confidence < OTHER_HAND_CONFIDENCE_MAX {
        found.doubt.insert(0, Doubt::LooksLikeOtherHand);
        found.fingers.iter_mut().for_each(|segment| segment.confidence *= 0.5);
    }
    found
}

/// As [`segment`], with the mean contrast of what was named.
pub(crate) fn segment_with_contrast(image: &Image, request: SegmentRequest<'_>) -> (Segmentation, f32) {
    let found = segment(image, request);
    let (mut sum, mut count) = (0.0_f32, 0.0_f32);
    for print in found.fingers.iter().filter_map(|s| s.crop(image)) {
        let n = print.pixels.len().max(1) as f32;
        let mean = print.pixels.iter().map(|&grey| f32::from(grey)).sum::<f32>() / n;
        let square = print.pixels.iter().map(|&grey| (f32::from(grey) - mean).powi(2)).sum::<f32>() / n;
        sum += square.sqrt();
        count += 1.0;
    }
    (found, sum / count.max(1.0))
}

/// The contact of a single print and what lies beside it.
pub(crate) struct PrintMask {
    /// In cells of the segmentation.
    pub(crate) contact: Mask,
    pub(crate) area_mm2: f32,
    /// Print and specks beside the contact.
    pub(crate) beside_mm2: f32,
    /// Turn from upright, clockwise, degrees; 0 when too round to tell.
    pub(crate) turn_deg: f32,
}

/// Looks at the picture of one finger. The image must be sound.
pub(crate) fn print_mask(image: &Image) -> PrintMask {
    let (foreground, blobs) = print_of(image, &mut NoTrace);
    let mm2 = foreground::cell_mm() * foreground::cell_mm();
    let (width, height) = (foreground.mask.width, foreground.mask.height);
    let mut contact = Mask::new(width, height);
    let largest = blobs.iter().max_by_key(|blob| blob.cells.len());
    for blob in &blobs {
        // Parts of one broken contact count; far smaller ones are dirt.
        if largest.is_some_and(|largest| blob.cells.len() * 6 >= largest.cells.len()) {
            blob.cells.iter().for_each(|&(x, y)| contact.cells[y as usize * width + x as usize] = true);
        }
    }
    let mut near = contact.clone();
    for _ in 0..NEAR_CELLS {
        near = near.voted(1);
    }
    let beside =
        foreground.marks.cells.iter().zip(&near.cells).filter(|(mark, near)| **mark && !**near).count();
    let turn = largest.filter(|blob| blob.elongation > AXIS_ELONGATION_MIN).map_or(0.0, |blob| blob.turn);
    PrintMask {
        area_mm2: contact.count() as f32 * mm2,
        beside_mm2: beside as f32 * mm2,
        turn_deg: turn.to_degrees(),
        contact,
    }
}

/// Finds the fingers of a slap of which nothing is known, and tells which slap it is.
///
/// Every fingertip is named as what it most likely is. A name that is not clear has a low confidence and stands in
/// [`Segmentation::doubt`] as [`Doubt::PositionUnclear`]: what is captured for a stated hand goes through [`segment`],
/// which names nobody when a finger is absent or too many.
#[must_use]
pub fn segment_auto(image: &Image) -> Segmentation {
    if !image.is_sound() {
        return doubtful(Doubt::ImageUnusable);
    }
    let (foreground, blobs) = print_of(image, &mut NoTrace);
    let every: Vec<(Hand, Vec<Finger>)> = Hand::ALL.into_iter().map(|hand| (hand, Vec::new())).collect();
    let turns = columns::HandTurn::of(&blobs, 4, Hand::RightFour);
    let mirrored = columns::HandTurn::of(&blobs, 4, Hand::LeftFour);
    let mut best: Option<(Vec<columns::Tip>, hand_model::Naming)> = None;
    for angle in [turns.by_axes, turns.fused(), mirrored.fused(), 0.0] {
        let tips = columns::fingertips(&blobs, angle, 4);
        if tips.is_empty() || tips.len() > TIPS_MAX {
            continue;
        }
        let naming = hand_model::name(&naming::facts(&tips, &foreground), &every);
        if let Some(naming) = naming
            && best.as_ref().is_none_or(|(_, known)| naming.cost < known.cost)
        {
            best = Some((tips, naming));
        }
    }
    let Some((tips, naming)) = best else { return doubtful(Doubt::NothingFound) };
    let mut found = naming::boxes(&tips, &naming.fingers, naming.turn, &foreground, image);
    (found.hand, found.hand_confidence) = (Some(naming.hand), naming.hand_confidence);
    let expected = naming.hand.fingers().len();
    if tips.len() != expected {
        found.doubt.push(count_doubt(expected, tips.len()));
    }
    if naming.hand_confidence < HAND_CONFIDENCE_MIN {
        found.doubt.push(Doubt::HandUnclear);
    }
    let unclear = naming.fingers.iter().filter(|(.., confidence)| *confidence < HAND_CONFIDENCE_MIN);
    found.doubt.extend(unclear.map(|&(_, finger, _)| Doubt::PositionUnclear { finger }));
    found
}

/// The smallest fingertip as a share of the usual one.
fn least_share(tips: &[columns::Tip]) -> f32 {
    let mut areas: Vec<usize> = tips.iter().map(|tip| tip.blob.cells.len()).collect();
    areas.sort_unstable();
    let usual = areas.get(areas.len() / 2).copied().unwrap_or(1);
    areas.first().copied().unwrap_or(0) as f32 / usual.max(1) as f32
}

fn doubtful(doubt: Doubt) -> Segmentation {
    Segmentation { doubt: vec![doubt], ..Segmentation::default() }
}

fn count_doubt(expected: usize, found: usize) -> Doubt {
    if found < expected {
        Doubt::FewerFingers { expected, found }
    } else {
        Doubt::MoreFingers { expected, found }
    }
}

/// Where there is print, and its connected parts. The image must be sound.
fn print_of(image: &Image, trace: &mut dyn Trace) -> (foreground::Foreground, Vec<blobs::Blob>) {
    let foreground = foreground::foreground(image);
    if trace.wants("foreground") {
        let values: Vec<f32> = foreground.mask.cells.iter().map(|&set| f32::from(u8::from(set))).collect();
        trace.take("foreground", Stage::Map { width: foreground.mask.width, values: &values });
    }
    let blobs = blobs::blobs(&foreground);
    (foreground, blobs)
}

/// The first turn under which the count fits, else the first under which there is a finger.
fn best_try(tries: [(f32, Vec<columns::Tip>); 4], expected: usize) -> Option<(f32, Vec<columns::Tip>)> {
    let fits = tries.iter().position(|(_, tips)| tips.len() == expected);
    let index = fits.or_else(|| tries.iter().position(|(_, tips)| !tips.is_empty()))?;
    tries.into_iter().nth(index)
}
