//! The judgement of one slap: which finger lies where, how good it is, and what would help most.
//!
//! The order of advice is the order in which an officer should give it: first that it is the right hand, then that all
//! fingers are on the glass, then how they lie, then how they print. A finger that reached its threshold gets no
//! advice. Nothing of an image that looks like the other hand is accepted, because every print in it would be filed
//! under a wrong finger.

use matcher::{AdviceKind, Doubt, Finger, Image, Segment, SegmentRequest, Segmentation};

use super::{Area, FingerVerdict, Hint, Policy, SlapVerdict};
use crate::device::SlapRequest;
use crate::parameters::HAND_TURN_DEG_MAX;

/// Judges one slap image against what was asked for.
#[must_use]
pub fn judge_slap(image: &Image, request: &SlapRequest, policy: &Policy) -> SlapVerdict {
    let asked = SegmentRequest { hand: request.hand, missing: &request.missing };
    let found = matcher::segment(image, asked);
    let other_hand = found.doubt.contains(&Doubt::LooksLikeOtherHand);
    let mut fingers = Vec::new();
    for finger in asked.expected() {
        let mut verdict = match found.fingers.iter().find(|segment| segment.finger == finger) {
            Some(segment) => judge_finger(image, segment, policy),
            None => not_found(finger),
        };
        if is_cut(&found, finger) {
            verdict.accepted = false;
            verdict.hint = Some(Hint::CentreHand);
        }
        if other_hand {
            verdict.accepted = false;
            verdict.hint = Some(Hint::OtherHand);
        }
        fingers.push(verdict);
    }
    let hints = hand_hints(&found, &fingers);
    SlapVerdict { fingers, hints }
}

/// Judges the image of one finger alone.
#[must_use]
pub fn judge_single(image: &Image, finger: Finger, policy: &Policy) -> FingerVerdict {
    let whole = Segment {
        finger,
        left: 0,
        top: 0,
        right: image.width,
        bottom: image.height,
        angle_deg: 0.0,
        confidence: 1.0,
    };
    judge_finger(image, &whole, policy)
}

fn judge_finger(image: &Image, segment: &Segment, policy: &Policy) -> FingerVerdict {
    let Some(print) = segment.crop(image) else { return not_found(segment.finger) };
    let quality = matcher::quality(&print);
    let accepted = quality.judged().is_some_and(|score| score >= policy.quality_min);
    let advice = quality.advice.first().map(|advice| hint_for(advice.kind));
    FingerVerdict {
        finger: segment.finger,
        area: Some(Area {
            left: segment.left,
            top: segment.top,
            right: segment.right,
            bottom: segment.bottom,
        }),
        quality: quality.judged().unwrap_or(0),
        accepted,
        hint: if accepted { None } else { Some(advice.unwrap_or(Hint::PlaceAllFingers)) },
    }
}

fn not_found(finger: Finger) -> FingerVerdict {
    FingerVerdict { finger, area: None, quality: 0, accepted: false, hint: Some(Hint::PlaceAllFingers) }
}

fn is_cut(found: &Segmentation, finger: Finger) -> bool {
    found.doubt.iter().any(|doubt| matches!(doubt, Doubt::CutOff { finger: cut } if *cut == finger))
}

fn hint_for(advice: AdviceKind) -> Hint {
    match advice {
        AdviceKind::PlaceFinger | AdviceKind::PressFlatter => Hint::PlaceAllFingers,
        AdviceKind::PressMore => Hint::PressMoreFirmly,
        AdviceKind::PressLess => Hint::PressMoreGently,
        AdviceKind::MoistenFinger => Hint::MoistenFingers,
        AdviceKind::DryFinger => Hint::DryFingers,
        AdviceKind::MoveToCentre => Hint::CentreHand,
        AdviceKind::KeepStill => Hint::HoldStill,
        AdviceKind::CleanGlass => Hint::WipeGlass,
        // Advice that a later matcher may add: the least that can be said is to place the fingers again.
        _ => Hint::PlaceAllFingers,
    }
}

/// Advice for the whole hand, most useful first; empty when every finger is good.
fn hand_hints(found: &Segmentation, fingers: &[FingerVerdict]) -> Vec<Hint> {
    if fingers.iter().all(|finger| finger.accepted) {
        return Vec::new();
    }
    let doubted = |wanted: fn(&Doubt) -> bool| found.doubt.iter().any(wanted);
    let turned = found.fingers.iter().map(|segment| segment.angle_deg).sum::<f32>().abs()
        > HAND_TURN_DEG_MAX * found.fingers.len().max(1) as f32;
    let absent = fingers.iter().any(|finger| finger.area.is_none());
    let by_layout = [
        (doubted(|doubt| matches!(doubt, Doubt::LooksLikeOtherHand)), Hint::OtherHand),
        (absent || doubted(|doubt| matches!(doubt, Doubt::NothingFound)), Hint::PlaceAllFingers),
        (doubted(|doubt| matches!(doubt, Doubt::MoreFingers { .. })), Hint::WipeGlass),
        (doubted(|doubt| matches!(doubt, Doubt::CutOff { .. })), Hint::CentreHand),
        (doubted(|doubt| matches!(doubt, Doubt::Touching { .. })), Hint::SpreadFingers),
        (turned, Hint::StraightenHand),
        (doubted(|doubt| matches!(doubt, Doubt::Small { .. })), Hint::PlaceAllFingers),
    ];
    let mut hints: Vec<Hint> =
        by_layout.iter().filter(|(applies, _)| *applies).map(|(_, hint)| *hint).collect();
    let wanted: Vec<Hint> =
        fingers.iter().filter(|finger| !finger.accepted).filter_map(|finger| finger.hint).collect();
    let mut by_count = wanted.clone();
    by_count.sort_by_key(|hint| std::cmp::Reverse(wanted.iter().filter(|other| *other == hint).count()));
    hints.extend(by_count);
    let mut seen = Vec::new();
    hints.retain(|hint| {
        !seen.contains(hint) && {
            seen.push(*hint);
            true
        }
    });
    hints
}
