//! The judgement of one slap: which finger lies where, how good it is, and what would help most.
//!
//! The order of advice is the order in which an officer should give it: first that it is the right hand, then that all
//! fingers are on the glass, then how they lie, then how they print. A finger that reached its threshold gets no
//! advice. Nothing of an image that looks like the other hand is accepted, because every print in it would be filed
//! under a wrong finger.

use matcher::{AdviceKind, Doubt, Finger, Image, Segment, SegmentRequest, Segmentation};

use super::{Area, FingerVerdict, Hint, Policy, ScoredBy, Scorer, SlapVerdict};
use crate::device::{PrintArea, SlapRequest};
use crate::parameters::{EDGE_LOOK_PX, EDGE_PRINT_PX_MIN, HAND_TURN_DEG_MAX, PRINT_GREY_MAX};

/// Judges one slap image against what was asked for.
#[must_use]
pub fn judge_slap(image: &Image, request: &SlapRequest, policy: &Policy, scorer: &dyn Scorer) -> SlapVerdict {
    let asked = SegmentRequest { hand: request.hand, missing: &request.missing };
    let found = matcher::segment(image, asked);
    let other_hand = found.doubt.contains(&Doubt::LooksLikeOtherHand);
    let mut fingers = judge_fingers(image, &asked.expected(), &found.fingers, policy, scorer);
    for verdict in &mut fingers {
        if is_cut(&found, verdict.finger) {
            verdict.accepted = false;
            verdict.hint = Some(Hint::CentreHand);
        }
        if other_hand {
            verdict.accepted = false;
            verdict.hint = Some(Hint::OtherHand);
        }
    }
    let over_edge = !found.doubt.is_empty() && lies_over_edge(image);
    let hints = hand_hints(&found, &fingers, over_edge);
    SlapVerdict { fingers, hints }
}

/// Judges prints that the device delivered one by one, on the sheet where they lie. Layout says nothing there, so only the
/// prints themselves are judged and fingers that did not come are asked for.
#[must_use]
pub fn judge_prints(
    image: &Image,
    areas: &[PrintArea],
    request: &SlapRequest,
    policy: &Policy,
    scorer: &dyn Scorer,
) -> SlapVerdict {
    let asked = SegmentRequest { hand: request.hand, missing: &request.missing };
    let expected = asked.expected();
    let segments: Vec<Segment> = areas.iter().map(segment_of).collect();
    let fingers = judge_fingers(image, &expected, &segments, policy, scorer);
    let mut hints = Vec::new();
    for hint in fingers.iter().filter(|finger| !finger.accepted).filter_map(|finger| finger.hint) {
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    SlapVerdict { fingers, hints }
}

fn segment_of(area: &PrintArea) -> Segment {
    let PrintArea { finger, left, top, right, bottom } = *area;
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
    let corners = corners.map(|(x, y)| (x as f32, y as f32));
    Segment { finger, left, top, right, bottom, corners, angle_deg: 0.0, confidence: 1.0 }
}

/// Judges the image of one finger alone.
#[must_use]
pub fn judge_single(image: &Image, finger: Finger, policy: &Policy, scorer: &dyn Scorer) -> FingerVerdict {
    let whole = PrintArea { finger, left: 0, top: 0, right: image.width, bottom: image.height };
    let verdicts = judge_fingers(image, &[finger], &[segment_of(&whole)], policy, scorer);
    verdicts.into_iter().next().unwrap_or_else(|| not_found(finger))
}

/// One verdict per expected finger; all that were found are scored together.
fn judge_fingers(
    image: &Image,
    expected: &[Finger],
    found: &[Segment],
    policy: &Policy,
    scorer: &dyn Scorer,
) -> Vec<FingerVerdict> {
    let segments = found.iter().filter(|segment| expected.contains(&segment.finger));
    let (segments, prints): (Vec<&Segment>, Vec<Image>) =
        segments.filter_map(|segment| Some((segment, segment.crop(image)?))).unzip();
    let scored = scorer.score(&prints);
    let verdict = |&finger: &Finger| {
        let Some(at) = segments.iter().position(|segment| segment.finger == finger) else {
            return not_found(finger);
        };
        let score = scored.scores.get(at).copied().flatten();
        let accepted = score.is_some_and(|score| score >= policy.quality_min);
        let hint = || {
            let counsel = matcher::advice::advise_crop(&prints[at]);
            counsel.causes.first().map_or(Hint::PlaceAllFingers, |cause| hint_for(cause.kind))
        };
        let Segment { left, top, right, bottom, .. } = *segments[at];
        FingerVerdict {
            finger,
            area: Some(Area { left, top, right, bottom }),
            quality: score.unwrap_or(0),
            accepted,
            hint: (!accepted).then(hint),
            scored_by: scored.by,
        }
    };
    expected.iter().map(verdict).collect()
}

fn not_found(finger: Finger) -> FingerVerdict {
    let hint = Some(Hint::PlaceAllFingers);
    FingerVerdict { finger, area: None, quality: 0, accepted: false, hint, scored_by: ScoredBy::Own }
}

fn is_cut(found: &Segmentation, finger: Finger) -> bool {
    found.doubt.iter().any(|doubt| matches!(doubt, Doubt::CutOff { finger: cut } if *cut == finger))
}

pub(super) fn hint_for(advice: AdviceKind) -> Hint {
    match advice {
        AdviceKind::PlaceFinger | AdviceKind::PressFlatter => Hint::PlaceAllFingers,
        AdviceKind::PressMore => Hint::PressMoreFirmly,
        AdviceKind::PressLess => Hint::PressMoreGently,
        AdviceKind::MoistenFinger => Hint::MoistenFingers,
        AdviceKind::DryFinger => Hint::DryFingers,
        AdviceKind::MoveToCentre => Hint::CentreHand,
        AdviceKind::KeepStill => Hint::HoldStill,
        AdviceKind::CleanGlass => Hint::WipeGlass,
        AdviceKind::TurnHand => Hint::StraightenHand,
        // Advice that a later matcher may add: the least that can be said is to place the fingers again.
        _ => Hint::PlaceAllFingers,
    }
}

/// Whether there is print at the left, right or far edge of the glass. The near edge does not count: the hand itself
/// comes from there.
fn lies_over_edge(image: &Image) -> bool {
    let (width, look) = (image.width.max(1) as usize, EDGE_LOOK_PX as usize);
    let at_edge = |at: usize| {
        let (x, y) = (at % width, at / width);
        x < look || x + look >= width || y < look
    };
    let dark = image.pixels.iter().enumerate().filter(|(_, grey)| **grey < PRINT_GREY_MAX);
    dark.filter(|(at, _)| at_edge(*at)).take(EDGE_PRINT_PX_MIN).count() == EDGE_PRINT_PX_MIN
}

/// Advice for the whole hand, most useful first; empty when every finger is good.
fn hand_hints(found: &Segmentation, fingers: &[FingerVerdict], over_edge: bool) -> Vec<Hint> {
    if fingers.iter().all(|finger| finger.accepted) {
        return Vec::new();
    }
    let doubted = |wanted: fn(&Doubt) -> bool| found.doubt.iter().any(wanted);
    let turned = found.fingers.iter().map(|segment| segment.angle_deg).sum::<f32>().abs()
        > HAND_TURN_DEG_MAX * found.fingers.len().max(1) as f32;
    let absent = fingers.iter().any(|finger| finger.area.is_none());
    let by_layout = [
        (doubted(|doubt| matches!(doubt, Doubt::LooksLikeOtherHand)), Hint::OtherHand),
        (absent && over_edge, Hint::CentreHand),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::virtual_scanner::{MadeUp, Options, Source, VirtualScanner};
    use crate::device::{Behaviour, Bounds, CancelToken, FingerprintDevice, Looks, SceneHandle};
    use crate::live::OwnScorer;
    use matcher::Hand;
    use std::sync::OnceLock;
    use std::time::Duration;

    /// What the virtual scanner delivers for a made-up person.
    fn slap(person: u32, hand: Hand, behaviour: Behaviour, looks: Looks) -> Image {
        // Grown once for all tests.
        static CROWD: OnceLock<MadeUp> = OnceLock::new();
        let source = Source::MadeUp(CROWD.get_or_init(|| MadeUp::new(3)).clone());
        let scene = SceneHandle::default();
        scene.change(|scene| (scene.person, scene.behaviour, scene.looks) = (person, behaviour, looks));
        let mut scanner = VirtualScanner::new(Options { id: "ten".into(), source }, scene);
        let bounds = Bounds::within(Duration::from_secs(300), CancelToken::default());
        scanner.open(&bounds).expect("opens");
        let request = SlapRequest { hand, missing: Vec::new() };
        scanner.capture(&request, &bounds, &mut |_| ()).expect("a slap").image
    }

    fn request(hand: Hand, missing: &[Finger]) -> SlapRequest {
        SlapRequest { hand, missing: missing.to_vec() }
    }

    fn judged(hand: Hand, behaviour: Behaviour, looks: Looks, quality_min: u8) -> SlapVerdict {
        judge_slap(&slap(0, hand, behaviour, looks), &request(hand, &[]), &Policy { quality_min }, &OwnScorer)
    }

    #[test]
    fn a_clean_slap_is_accepted_with_every_finger_in_its_place() {
        for looks in [Looks::Adult, Looks::Child] {
            for hand in Hand::ALL {
                let verdict = judged(hand, Behaviour::Clean, looks, 40);
                assert!(verdict.accepted() && verdict.hints.is_empty(), "{hand} as {looks}: {verdict:?}");
                let fingers: Vec<Finger> = verdict.fingers.iter().map(|finger| finger.finger).collect();
                assert_eq!(fingers, hand.fingers());
                let lefts: Vec<u32> =
                    verdict.fingers.iter().filter_map(|finger| Some(finger.area?.left)).collect();
                assert_eq!(lefts.len(), fingers.len());
                assert!(lefts.windows(2).all(|pair| pair[0] < pair[1]), "{lefts:?}");
            }
        }
    }

    #[test]
    fn the_threshold_alone_decides_about_a_clean_finger() {
        let image = slap(0, Hand::Thumbs, Behaviour::Clean, Looks::Adult);
        let with = |quality_min| {
            judge_slap(&image, &request(Hand::Thumbs, &[]), &Policy { quality_min }, &OwnScorer)
        };
        let best = with(0).fingers.iter().map(|finger| finger.quality).max().unwrap_or(0);
        assert!(with(0).accepted());
        assert!(!with(best + 1).accepted());
        assert!(with(best + 1).fingers.iter().all(|finger| finger.hint.is_some()));
    }

    fn check(hand: Hand, behaviour: Behaviour, quality_min: u8, expect: Hint) {
        let verdict = judged(hand, behaviour, Looks::Adult, quality_min);
        assert!(!verdict.accepted(), "{hand}, {behaviour}: {verdict:?}");
        assert_eq!(verdict.hints.first(), Some(&expect), "{hand}, {behaviour}: {verdict:?}");
    }

    #[test]
    fn each_behaviour_gets_the_advice_that_helps() {
        check(Hand::RightFour, Behaviour::SwappedHands, 40, Hint::OtherHand);
        check(Hand::LeftFour, Behaviour::SwappedHands, 40, Hint::OtherHand);
        check(Hand::RightFour, Behaviour::MissingFinger, 40, Hint::PlaceAllFingers);
        check(Hand::Thumbs, Behaviour::MissingFinger, 40, Hint::PlaceAllFingers);
        check(Hand::RightFour, Behaviour::Shifted, 40, Hint::CentreHand);
        check(Hand::LeftFour, Behaviour::Shifted, 40, Hint::CentreHand);
        check(Hand::RightFour, Behaviour::Dry, 40, Hint::MoistenFingers);
        // Drawn moisture costs some quality, and its ridges are as broad as those of fingers that press hard.
        check(Hand::RightFour, Behaviour::Wet, 75, Hint::PressMoreGently);
        assert!(!judged(Hand::RightFour, Behaviour::Smear, Looks::Adult, 40).accepted());
    }

    #[test]
    fn a_finger_that_is_recorded_as_missing_is_not_asked_for() {
        let image = slap(0, Hand::RightFour, Behaviour::MissingFinger, Looks::Adult);
        let policy = Policy { quality_min: 40 };
        let verdict =
            judge_slap(&image, &request(Hand::RightFour, &[Finger::RightRing]), &policy, &OwnScorer);
        assert_eq!(verdict.fingers.len(), 3);
        assert!(verdict.accepted(), "{verdict:?}");
    }

    #[test]
    fn an_empty_or_unsound_image_asks_for_fingers_and_accepts_nothing() {
        let empty = Image::blank(1600, 1500, 500, 255).expect("sound");
        let unsound = Image { pixels: Vec::new(), ..empty.clone() };
        for image in [empty, unsound] {
            let verdict =
                judge_slap(&image, &request(Hand::LeftFour, &[]), &Policy { quality_min: 0 }, &OwnScorer);
            assert!(!verdict.accepted());
            assert_eq!(verdict.hints, [Hint::PlaceAllFingers]);
            assert!(verdict.fingers.iter().all(|finger| finger.area.is_none() && finger.quality == 0));
        }
    }

    #[test]
    fn nothing_is_accepted_when_no_finger_is_expected() {
        let empty = Image::blank(1600, 1500, 500, 255).expect("sound");
        let verdict = judge_slap(
            &empty,
            &request(Hand::Thumbs, Hand::Thumbs.fingers()),
            &Policy { quality_min: 0 },
            &OwnScorer,
        );
        assert!(verdict.fingers.is_empty() && !verdict.accepted());
    }

    #[test]
    fn a_single_finger_is_judged_alone() {
        let print = matcher::synth::Person::new(9, 30).impression(
            Finger::RightIndex,
            1,
            matcher::synth::Condition::default(),
        );
        let verdict = judge_single(&print, Finger::RightIndex, &Policy { quality_min: 40 }, &OwnScorer);
        assert!(verdict.accepted && verdict.hint.is_none(), "{verdict:?}");
        let blank = Image::blank(300, 300, 500, 255).expect("sound");
        assert!(!judge_single(&blank, Finger::RightIndex, &Policy { quality_min: 0 }, &OwnScorer).accepted);
    }

    #[test]
    fn recorded_prints_become_slaps_whose_fingers_are_found() {
        let shared = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .skip(2)
            .map(|up| up.join("shared/data"))
            .find(|path| path.exists());
        let Some(shared) = shared else {
            eprintln!("SKIPPED: ../shared/data is not there");
            return;
        };
        for collection in ["fvc2002_db1_b", "fvc2002_db3_b", "fvc2004_db2_b", "fvc2004_db4_b"] {
            let source = Source::Replay { folder: shared.join(collection), resolution_ppi: 500 };
            let scene = SceneHandle::default();
            let mut scanner = VirtualScanner::new(Options { id: "ten".into(), source }, scene.clone());
            let bounds = Bounds::within(Duration::from_secs(300), CancelToken::default());
            scanner.open(&bounds).expect("opens");
            let (mut found, mut all) = (0, 0);
            for visit in 1..=3 {
                scene.change(|scene| scene.visit = visit);
                for hand in Hand::ALL {
                    let request = request(hand, &[]);
                    let taken = scanner.capture(&request, &bounds, &mut |_| ()).expect("a slap");
                    let verdict = judge_slap(&taken.image, &request, &Policy { quality_min: 0 }, &OwnScorer);
                    found += verdict.fingers.iter().filter(|finger| finger.area.is_some()).count();
                    all += hand.fingers().len();
                }
            }
            eprintln!("{collection}: {found} of {all} fingers found");
            // One slap of three may be lost: some of these prints are partial or distorted on purpose, and of a slap
            // with a finger too few nothing is named.
            assert!(found * 5 >= all * 4, "{collection}: {found} of {all}");
        }
    }
}
