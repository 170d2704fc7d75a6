//! How useful one print is for comparison.
//!
//! The figure is this product's own ([`crate::parameters::QUALITY_PRODUCT_ID`]), 0 to 100. It is not NFIQ and
//! must never be shown under that name. "Cannot judge" is an answer of its own and never a low score.

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

/// What our own ridges say; each value by its definition in `docs/reference/matcher.md`.
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
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// 0 (useless) to 100; 0 when [`Quality::cannot_judge`] is set. Our own figure, not NFIQ.
    pub score: u8,
    /// Set when there is no figure at all.
    pub cannot_judge: Option<CannotJudge>,
    /// Area with contrast and one direction, where ridges are looked for, in mm².
    pub ridge_area_mm2: f32,
}

impl Quality {
    /// The score, unless the print could not be judged.
    #[must_use]
    pub fn judged(&self) -> Option<u8> {
        self.cannot_judge.is_none().then_some(self.score)
    }
}

/// A judgement with everything that is measured of a print.
#[derive(Debug, Clone)]
pub struct Full {
    /// The judgement.
    pub quality: Quality,
    /// The native measures of ISO/IEC 29794-4, or why there are none.
    pub native: Result<NativeMeasures, CannotJudge>,
    /// What our own ridges say; all 0 where the picture is refused before they are looked for.
    pub measures: Measures,
    /// What our minutiae say; only of a judged print.
    pub minutiae: Option<MinutiaMeasures>,
}

/// Judges one print.
///
/// Meant for the uncompressed capture: a WSQ pass changes what is measured here.
#[must_use]
pub fn quality(image: &Image) -> Quality {
    judged(image, &native_measures(image))
}

/// As [`quality`], with all measures.
#[must_use]
pub fn full(image: &Image) -> Full {
    let native = native_measures(image);
    let quality = judged(image, &native);
    if let Some(reason) = quality.cannot_judge {
        return Full {
            quality,
            native: native.and(Err(reason)),
            measures: Measures::default(),
            minutiae: None,
        };
    }
    let ridges = extract::ridges(image, &mut NoTrace);
    let minutiae = minutia_measures(image, &extract::minutiae(&ridges)).ok();
    Full { quality, native, measures: measures::measured(&ridges), minutiae }
}

/// Refusals in the order in which they can be told, then the figure.
fn judged(image: &Image, native: &Result<NativeMeasures, CannotJudge>) -> Quality {
    let refused = |reason, ridge_area_mm2| Quality { score: 0, cannot_judge: Some(reason), ridge_area_mm2 };
    if !image.is_sound() {
        return refused(CannotJudge::ImageUnusable, 0.0);
    }
    if measures::is_blank(image) {
        return refused(CannotJudge::Blank, 0.0);
    }
    if native.as_ref().err() == Some(&CannotJudge::TooLarge) {
        return refused(CannotJudge::TooLarge, 0.0);
    }
    let ridge_area_mm2 = extract::ridge_area_mm2(image);
    if ridge_area_mm2 < QUALITY_AREA_MM2_MIN {
        return refused(CannotJudge::TooLittlePrint, ridge_area_mm2);
    }
    match native {
        Ok(native) => Quality { score: score::score(native), cannot_judge: None, ridge_area_mm2 },
        Err(reason) => refused(*reason, ridge_area_mm2),
    }
}
