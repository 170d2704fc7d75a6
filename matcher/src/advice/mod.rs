//! From a picture to ONE sentence a person can act on, with the measure and the threshold that caused it.
//!
//! Each piece of advice has one measure, a threshold, and a unit of how much a miss matters; the causes are ordered by
//! missed units, so the first is what a helper at the glass would say first. Words are about the next move and never
//! about a fault. A slap is judged finger by finger; what several fingers share counts more.
//!
//! Left out on purpose: scores (that is [`crate::quality()`]) and anything that would tell skin from an imitation.

mod facts;
mod kind;
mod live;

use std::collections::BTreeMap;

pub use self::facts::{Facts, facts};
pub use self::kind::{AdviceKind, code};
pub use self::live::{Live, LiveRequest, live};
use crate::parameters::{
    ADVISE_AREA_MM2, ADVISE_BREAKS, ADVISE_DIRT_SHARE, ADVISE_EDGE_SHARE, ADVISE_FILM, ADVISE_INK,
    ADVISE_INK_HARD, ADVISE_RIDGE_SHARE, ADVISE_SMEAR, ADVISE_TURN_DEG, FILM_WEIGHT_MAX, PLACE_AREA_MM2,
    SLAP_WIDTH_MM_MIN,
};
use crate::{Doubt, Finger, Image, segment_auto};

/// Why something should change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cause {
    /// What to do.
    pub kind: AdviceKind,
    /// Name of the measure, as in [`Facts`].
    pub measure: &'static str,
    /// Its value.
    pub value: f32,
    /// The threshold it missed.
    pub threshold: f32,
    /// By how many units of this measure it was missed: what the causes are ordered by.
    pub weight: f32,
    /// The finger of a slap; `None` for a single print or the whole hand.
    pub finger: Option<Finger>,
}

/// What to do, most helpful first; empty when nothing needs to change.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Counsel {
    /// Every cause that was found.
    pub causes: Vec<Cause>,
}

impl Counsel {
    /// The one sentence.
    #[must_use]
    pub fn sentence(&self) -> &'static str {
        self.causes.first().map_or("Good as it is: nothing needs to change.", |cause| cause.kind.text())
    }
}

/// Looks at one print or, when the picture is wider than a single finger needs, at a slap.
#[must_use]
pub fn advise(image: &Image) -> Counsel {
    if image.is_sound() && image.width as f32 * 25.4 / image.resolution_ppi as f32 >= SLAP_WIDTH_MM_MIN {
        advise_slap(image)
    } else {
        advise_print(image)
    }
}

/// Advice for the picture of one finger.
#[must_use]
pub fn advise_print(image: &Image) -> Counsel {
    facts(image).map_or_else(Counsel::default, |facts| Counsel { causes: causes(&facts) })
}

/// Advice for a print that was cut out of a slap: centred and free of what lies beside it, so neither is spoken of.
#[must_use]
pub fn advise_crop(print: &Image) -> Counsel {
    let mut counsel = advise_print(print);
    counsel.causes.retain(|cause| !matches!(cause.kind, AdviceKind::MoveToCentre | AdviceKind::CleanGlass));
    counsel
}

/// Advice for a slap of which nothing is known.
#[must_use]
pub fn advise_slap(image: &Image) -> Counsel {
    let found = segment_auto(image);
    if found.fingers.is_empty() {
        return advise_print(image);
    }
    let mut all: Vec<Cause> = Vec::new();
    for segment in &found.fingers {
        let own = segment.crop(image).map(|print| advise_crop(&print).causes).unwrap_or_default();
        all.extend(own.into_iter().map(|cause| Cause { finger: Some(segment.finger), ..cause }));
    }
    all.retain(|cause| cause.kind != AdviceKind::TurnHand);
    let cut = found.doubt.iter().filter(|doubt| matches!(doubt, Doubt::CutOff { .. })).count();
    let turn =
        found.fingers.iter().map(|segment| segment.angle_deg).sum::<f32>() / found.fingers.len() as f32;
    all.extend(over(AdviceKind::MoveToCentre, "fingers_cut", cut as f32, 0.5, 0.25));
    all.extend(over(AdviceKind::TurnHand, "turn_deg", turn.abs(), ADVISE_TURN_DEG.0, ADVISE_TURN_DEG.1));
    // What a whole hand shares comes before what one finger does.
    let mut sums: BTreeMap<&str, f32> = BTreeMap::new();
    for cause in &all {
        // A cause of the whole hand is one of each of its fingers.
        let fingers = if cause.finger.is_none() { found.fingers.len() as f32 } else { 1.0 };
        *sums.entry(code(cause.kind)).or_default() += fingers * cause.weight;
    }
    all.sort_by(|a, b| {
        let sum = |cause: &Cause| sums.get(code(cause.kind)).copied().unwrap_or(0.0);
        sum(b).total_cmp(&sum(a)).then(b.weight.total_cmp(&a.weight))
    });
    Counsel { causes: all }
}

/// Every missed threshold, most missed first; one cause per piece of advice.
fn causes(f: &Facts) -> Vec<Cause> {
    if f.area_mm2 < PLACE_AREA_MM2 {
        return under(AdviceKind::PlaceFinger, "area_mm2", f.area_mm2, PLACE_AREA_MM2, PLACE_AREA_MM2)
            .into_iter()
            .collect();
    }
    let mut out: Vec<Cause> = [
        under(AdviceKind::PressFlatter, "area_mm2", f.area_mm2, ADVISE_AREA_MM2.0, ADVISE_AREA_MM2.1),
        under(AdviceKind::PressMore, "ink", f.ink, ADVISE_INK.0, ADVISE_INK.1),
        over(AdviceKind::PressLess, "ridge_share", f.ridge_share, ADVISE_RIDGE_SHARE.0, ADVISE_RIDGE_SHARE.1),
        over(AdviceKind::MoistenFinger, "ridge_breaks", f.ridge_breaks, ADVISE_BREAKS.0, ADVISE_BREAKS.1),
        over(AdviceKind::PressLess, "ink", f.ink, ADVISE_INK_HARD.0, ADVISE_INK_HARD.1),
        over(AdviceKind::DryFinger, "film", f.film, ADVISE_FILM.0, ADVISE_FILM.1)
            .map(|cause| Cause { weight: cause.weight.min(FILM_WEIGHT_MAX), ..cause }),
        over(AdviceKind::MoveToCentre, "edge_share", f.edge_share, ADVISE_EDGE_SHARE.0, ADVISE_EDGE_SHARE.1),
        over(AdviceKind::KeepStill, "smear", f.smear, ADVISE_SMEAR.0, ADVISE_SMEAR.1),
        over(AdviceKind::CleanGlass, "dirt_share", f.dirt_share, ADVISE_DIRT_SHARE.0, ADVISE_DIRT_SHARE.1),
        over(AdviceKind::TurnHand, "turn_deg", f.turn_deg.abs(), ADVISE_TURN_DEG.0, ADVISE_TURN_DEG.1),
    ]
    .into_iter()
    .flatten()
    .collect();
    out.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let mut kinds = Vec::new();
    out.retain(|cause| {
        let new = !kinds.contains(&cause.kind);
        kinds.push(cause.kind);
        new
    });
    out
}

fn over(kind: AdviceKind, measure: &'static str, value: f32, threshold: f32, unit: f32) -> Option<Cause> {
    let weight = (value - threshold) / unit;
    (weight > 0.0).then_some(Cause { kind, measure, value, threshold, weight, finger: None })
}

fn under(kind: AdviceKind, measure: &'static str, value: f32, threshold: f32, unit: f32) -> Option<Cause> {
    let weight = (threshold - value) / unit;
    (weight > 0.0).then_some(Cause { kind, measure, value, threshold, weight, finger: None })
}
