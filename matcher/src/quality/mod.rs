//! How useful one print is for comparison, and what to do about it.
//!
//! The figure is this product's own ([`crate::parameters::QUALITY_PRODUCT_ID`]), 0 to 100. It is not NFIQ and
//! must never be shown under that name. "Cannot judge" is an answer of its own and never a low score.

mod advice;
mod age;
mod measures;
pub mod native;
pub mod reference;
mod score;

pub use self::age::{AgeBand, Thresholds};
pub use self::score::{INPUTS, inputs};

use self::native::{MinutiaMeasures, NativeMeasures, minutia_measures, native_measures};
use crate::parameters::QUALITY_AREA_MM2_MIN;
use crate::trace::NoTrace;
use crate::{Image, extract};

/// Why there is no figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CannotJudge {
    /// Size, pixel count or resolution of the image are unsound.
    ImageUnusable,
    /// One grey value, or nearly so.
    Blank,
    /// Too little ridge area.
    TooLittlePrint,
    /// Larger than 800 x 1000 pixels at 500 ppi after the white border is cut: not a single plain print.
    TooLarge,
    /// The site's reference engine refuses the print for a reason that none of ours matches.
    RefusedByReference,
}

impl CannotJudge {
    /// In a few words, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ImageUnusable => "unusable image",
            Self::Blank => "blank",
            Self::TooLittlePrint => "too little print",
            Self::TooLarge => "too large",
            Self::RefusedByReference => "refused by the reference",
        }
    }
}

/// What the score rests on; each value by its definition in `docs/reference/matcher.md`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measures {
    /// Area with ridges in mm².
    pub ridge_area_mm2: f32,
    /// How clearly each block has one ridge direction, 0 to 1.
    pub orientation_certainty: f32,
    /// How clearly ridges and valleys differ, 0 to 1.
    pub ridge_clarity: f32,
    /// Share of blocks whose ridge distance is one that skin can have, 0 to 1.
    pub frequency_plausibility: f32,
    /// How smoothly the direction flows from block to block, 0 to 1.
    pub orientation_flow: f32,
    /// Mean local standard deviation of the grey values in the print, 0 to 128.
    pub contrast: f32,
    /// Mean grey value in the print, 0 to 255.
    pub mean_grey: f32,
    /// Share of ridge in ridge and valley, 0 to 1: low when dry, high when wet or pressed hard.
    pub ridge_share: f32,
    /// Share of ridge places where the picture is light, 0 to 1: broken ridges, dry skin.
    pub ridge_breaks: f32,
    /// Share of valley places where the picture is dark, 0 to 1: smudged or wet skin.
    pub valley_fill: f32,
    /// Steepness of the edges against a pure wave of the same contrast and distance: about 1, less when blurred.
    pub sharpness: f32,
    /// Distance of the print's centre from the image's centre, 0 (centre) to 1 (edge).
    pub off_centre: f32,
    /// Median ridge distance in mm.
    pub ridge_period_mm: f32,
}

/// The judgement of one print.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// 0 (useless) to 100; 0 when [`Quality::cannot_judge`] is set. Our own figure, not NFIQ.
    pub score: u8,
    /// Set when there is no figure at all.
    pub cannot_judge: Option<CannotJudge>,
    /// Area with ridges in mm².
    pub ridge_area_mm2: f32,
    /// What the score rests on.
    pub measures: Measures,
    /// What a person can do about it, most helpful first.
    pub advice: Vec<Advice>,
}

impl Quality {
    /// The score, unless the print could not be judged.
    #[must_use]
    pub fn judged(&self) -> Option<u8> {
        self.cannot_judge.is_none().then_some(self.score)
    }
}

/// What to do for a better print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AdviceKind {
    /// Put a finger on the sensor.
    PlaceFinger,
    /// More of the fingertip must lie flat.
    PressFlatter,
    /// More pressure.
    PressMore,
    /// Less pressure.
    PressLess,
    /// The skin is dry.
    MoistenFinger,
    /// The skin or the glass is wet.
    DryFinger,
    /// The print is not in the middle.
    MoveToCentre,
    /// The picture is blurred.
    KeepStill,
    /// The picture is spotted or shows an older print.
    CleanGlass,
    /// The hand is turned.
    TurnHand,
}

impl AdviceKind {
    /// One sentence a person can act on.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::PlaceFinger => "Place the finger on the glass.",
            Self::PressFlatter => "Lay the fingertip down flat.",
            Self::PressMore => "Press a little more.",
            Self::PressLess => "Press a little less.",
            Self::MoistenFinger => "The skin is dry: moisten the finger a little.",
            Self::DryFinger => "The skin is moist: dry the finger.",
            Self::MoveToCentre => "Move the finger to the middle.",
            Self::KeepStill => "Keep the hand still.",
            Self::CleanGlass => "Wipe the glass clean.",
            Self::TurnHand => "Turn the hand so that the fingers point straight ahead.",
        }
    }
}

/// One piece of advice with the figure that caused it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Advice {
    /// What to do.
    pub kind: AdviceKind,
    /// Name of the measure, as in [`Measures`].
    pub measure: &'static str,
    /// Its value.
    pub value: f32,
    /// The threshold it missed.
    pub threshold: f32,
}

/// A judgement with everything it rests on.
#[derive(Debug, Clone)]
pub struct Full {
    /// The judgement.
    pub quality: Quality,
    /// The native measures of ISO/IEC 29794-4, or why there are none.
    pub native: Result<NativeMeasures, CannotJudge>,
    /// What our minutiae say; only of a judged print.
    pub minutiae: Option<MinutiaMeasures>,
    /// The second version of our own figure, 1 to 100; `None` without a figure or without native measures.
    pub trained: Option<u8>,
}

/// Judges one print.
///
/// Meant for the uncompressed capture: a WSQ pass changes what is measured here.
#[must_use]
pub fn quality(image: &Image) -> Quality {
    full(image).quality
}

/// As [`quality`], with all measures.
#[must_use]
pub fn full(image: &Image) -> Full {
    let native = native_measures(image);
    if !image.is_sound() {
        return without_figure(native, CannotJudge::ImageUnusable, Measures::default());
    }
    if measures::is_blank(image) {
        return without_figure(native, CannotJudge::Blank, Measures::default());
    }
    if native.as_ref().err() == Some(&CannotJudge::TooLarge) {
        return without_figure(native, CannotJudge::TooLarge, Measures::default());
    }
    let ridges = extract::ridges(image, &mut NoTrace);
    let measures = measures::measured(&ridges);
    if measures.ridge_area_mm2 < QUALITY_AREA_MM2_MIN {
        return without_figure(native, CannotJudge::TooLittlePrint, measures);
    }
    let minutiae = minutia_measures(image, &extract::minutiae(&ridges)).ok();
    let quality = Quality {
        score: score::score(&measures),
        cannot_judge: None,
        ridge_area_mm2: measures.ridge_area_mm2,
        measures,
        advice: advice::advice(&measures),
    };
    let mut full = Full { quality, native, minutiae, trained: None };
    full.trained = score::trained(&full);
    full
}

fn without_figure(
    native: Result<NativeMeasures, CannotJudge>,
    reason: CannotJudge,
    measures: Measures,
) -> Full {
    Full {
        quality: refused(reason, measures),
        native: native.and(Err(reason)),
        minutiae: None,
        trained: None,
    }
}

fn refused(reason: CannotJudge, measures: Measures) -> Quality {
    let place = Advice {
        kind: AdviceKind::PlaceFinger,
        measure: "ridge_area_mm2",
        value: measures.ridge_area_mm2,
        threshold: QUALITY_AREA_MM2_MIN,
    };
    Quality {
        score: 0,
        cannot_judge: Some(reason),
        ridge_area_mm2: measures.ridge_area_mm2,
        measures,
        advice: if reason == CannotJudge::ImageUnusable { Vec::new() } else { vec![place] },
    }
}
