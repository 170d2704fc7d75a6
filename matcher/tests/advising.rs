//! Advice on generated defects with known cause, and its words.

#[path = "support/defects.rs"]
mod defects;

use std::collections::BTreeSet;

use matcher::advice::{advise_print, code};
use matcher::synth::{Condition, Person, Placement, compose_slap};
use matcher::{AdviceKind, Finger, Hand, Image, advise};

const EACH: u64 = 12;

/// Thresholds were chosen on even numbers of `examples/measure_advice.rs`; these are odd ones.
#[test]
fn the_right_cause_is_named_first() {
    let crowd = defects::crowd();
    let (mut right, mut all) = (0, 0);
    for (cause, (name, expect)) in defects::CAUSES.iter().enumerate() {
        let named: Vec<_> = (0..EACH)
            .map(|number| advise_print(&defects::spoiled(&crowd, cause, 2 * number + 1)))
            .map(|counsel| counsel.causes.first().map(|cause| cause.kind))
            .collect();
        let own = named.iter().filter(|first| *first == expect).count();
        assert!(own * 10 >= named.len() * 8, "{name}: {own} of {}: {named:?}", named.len());
        right += own;
        all += named.len();
    }
    assert!(right * 10 >= all * 9, "{right} of {all}");
}

#[test]
fn every_cause_has_its_measure_and_missed_its_threshold() {
    let crowd = defects::crowd();
    for cause in 1..defects::CAUSES.len() {
        for found in advise_print(&defects::spoiled(&crowd, cause, 1)).causes {
            assert!(found.weight > 0.0 && found.value != found.threshold, "{found:?}");
            assert!(!found.measure.is_empty());
        }
    }
}

#[test]
fn words_are_about_the_next_move_and_never_blame() {
    let kinds = [
        AdviceKind::PlaceFinger,
        AdviceKind::PressFlatter,
        AdviceKind::PressMore,
        AdviceKind::PressLess,
        AdviceKind::MoistenFinger,
        AdviceKind::DryFinger,
        AdviceKind::MoveToCentre,
        AdviceKind::KeepStill,
        AdviceKind::CleanGlass,
        AdviceKind::TurnHand,
    ];
    let texts: BTreeSet<_> = kinds.iter().map(|kind| kind.text()).collect();
    let codes: BTreeSet<_> = kinds.iter().map(|kind| code(*kind)).collect();
    assert_eq!((texts.len(), codes.len()), (kinds.len(), kinds.len()));
    for text in texts {
        let lower = text.to_lowercase();
        for blame in ["fail", "wrong", "invalid", "bad", "error", "not ", "poor", "must", "you "] {
            assert!(!lower.contains(blame), "{text:?} contains {blame:?}");
        }
        assert!(text.ends_with('.') && text.matches('.').count() == 1, "one sentence: {text:?}");
    }
}

#[test]
fn a_slap_is_advised_as_a_hand() {
    let person = Person::new(71, 30);
    let slap = |condition: Condition, rotation_deg: f32| -> Image {
        let prints: Vec<_> = Hand::RightFour
            .fingers()
            .iter()
            .map(|&f: &Finger| (f, person.impression(f, 1, condition)))
            .collect();
        compose_slap(&prints, Hand::RightFour, Placement { rotation_deg, ..Placement::default() }).image
    };
    for (condition, turn, expect) in [
        (Condition::default(), 0.0, None),
        (Condition { wetness: 0.95, ..Condition::default() }, 0.0, Some(AdviceKind::DryFinger)),
        (
            Condition { wetness: -0.95, wear: 0.3, ..Condition::default() },
            0.0,
            Some(AdviceKind::MoistenFinger),
        ),
        (Condition { pressure: -1.0, ..Condition::default() }, 0.0, Some(AdviceKind::PressMore)),
        (Condition::default(), 30.0, Some(AdviceKind::TurnHand)),
    ] {
        let counsel = advise(&slap(condition, turn));
        assert_eq!(counsel.causes.first().map(|cause| cause.kind), expect, "{condition:?}: {counsel:?}");
    }
}

#[test]
fn nothing_on_the_glass_asks_for_a_finger() {
    for size in [400, 1600] {
        let blank = Image::blank(size, 500, 500, 250).expect("sound");
        assert_eq!(advise(&blank).causes.first().map(|cause| cause.kind), Some(AdviceKind::PlaceFinger));
    }
}
