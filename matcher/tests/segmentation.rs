//! Segmentation on composed slaps with known truth, on real prints and on hostile pictures.

mod support;

use matcher::synth::{Condition, Person, Placement, compose_slap};
use matcher::{Doubt, Finger, Hand, Image, SegmentRequest, segment};
use proptest::prelude::*;

const OFF_PX_MAX: u32 = 32;
/// Real prints carry specks at their edges that count as ink in the truth.
const OFF_REAL_PX_MAX: u32 = 48;

/// Lays the hand and expects every finger in its place, and no doubt.
fn check(prints: &[(Finger, Image)], hand: Hand, missing: &[Finger], placement: Placement, off_px_max: u32) {
    let given: Vec<_> = prints.iter().filter(|(finger, _)| !missing.contains(finger)).cloned().collect();
    let truth = compose_slap(&given, hand, placement);
    let found = segment(&truth.image, SegmentRequest { hand, missing });
    let what = format!("{hand} without {missing:?} at {placement:?}: {:?}", found.doubt);
    assert_eq!(found.fingers.len(), truth.boxes.len(), "{what}");
    for (s, t) in found.fingers.iter().zip(&truth.boxes) {
        assert_eq!(s.finger, t.finger, "{what}");
        for (ours, truth) in [(s.left, t.left), (s.top, t.top), (s.right, t.right), (s.bottom, t.bottom)] {
            assert!(ours.abs_diff(truth) <= off_px_max, "{}: {ours} against {truth}; {what}", s.finger);
        }
    }
    assert_eq!(found.doubt, vec![], "{what}");
}

fn placements() -> impl Iterator<Item = Placement> {
    [(0.0, 0.3), (-28.0, 0.0), (28.0, 1.0), (12.0, 0.5)].into_iter().map(|(rotation_deg, spread)| Placement {
        rotation_deg,
        spread,
        ..Placement::default()
    })
}

#[test]
fn synthetic_hands_of_all_ages() {
    for (seed, age) in [(11, 35), (12, 6)] {
        let person = Person::new(seed, age);
        let prints = Finger::ALL.map(|finger| (finger, person.impression(finger, 1, Condition::default())));
        for placement in placements() {
            for hand in Hand::ALL {
                check(
                    &prints,
                    hand,
                    &[],
                    Placement { hand_size: Placement::for_age(age).hand_size, ..placement },
                    OFF_PX_MAX,
                );
            }
        }
        check(&prints, Hand::RightFour, &[Finger::RightMiddle], Placement::default(), OFF_PX_MAX);
        check(&prints, Hand::LeftFour, &[Finger::LeftIndex], Placement::default(), OFF_PX_MAX);
        check(&prints, Hand::Thumbs, &[Finger::LeftThumb], Placement::default(), OFF_PX_MAX);
    }
}

#[test]
fn real_prints_laid_as_slaps() {
    for set in ["fvc2002_db1_b", "fvc2002_db3_b"] {
        let Some(folder) = support::shared(set, "segmentation of real prints") else { return };
        for impression in [1, 5, 8] {
            let prints = support::ten_fingers(&folder, impression);
            for placement in placements() {
                for hand in Hand::ALL {
                    check(&prints, hand, &[], placement, OFF_REAL_PX_MAX);
                }
            }
        }
    }
}

#[test]
fn counts_that_do_not_fit_are_said_and_not_guessed() {
    let person = Person::new(13, 35);
    let prints = Finger::ALL.map(|finger| (finger, person.impression(finger, 1, Condition::default())));
    let slap = compose_slap(&prints, Hand::RightFour, Placement::default()).image;
    let missing = [Finger::RightLittle];
    let found = segment(&slap, SegmentRequest { hand: Hand::RightFour, missing: &missing });
    assert_eq!(found.doubt, vec![Doubt::MoreFingers { expected: 3, found: 4 }]);
    assert!(found.fingers.is_empty());
    let three = compose_slap(&prints[..4], Hand::RightFour, Placement::default()).image;
    let found = segment(&three, SegmentRequest { hand: Hand::RightFour, missing: &[] });
    assert_eq!(found.doubt, vec![Doubt::FewerFingers { expected: 4, found: 3 }]);
    assert!(found.fingers.is_empty());
    let found = segment(&slap, SegmentRequest { hand: Hand::LeftFour, missing: &[] });
    assert_eq!(found.doubt, vec![Doubt::LooksLikeOtherHand]);
}

#[test]
fn pictures_without_fingers_are_said() {
    for (grey, doubt) in [(255, Doubt::NothingFound), (0, Doubt::NothingFound), (128, Doubt::NothingFound)] {
        let blank = Image::blank(800, 750, 500, grey).expect("sound");
        let found = segment(&blank, SegmentRequest { hand: Hand::RightFour, missing: &[] });
        assert_eq!(found.doubt, vec![doubt], "grey {grey}");
    }
    let unsound = Image { width: 800, height: 750, resolution_ppi: 500, pixels: vec![0; 7] };
    let found = segment(&unsound, SegmentRequest { hand: Hand::Thumbs, missing: &[] });
    assert_eq!(found.doubt, vec![Doubt::ImageUnusable]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn hostile_pictures_never_panic(
        width in 32u32..300,
        height in 32u32..300,
        ppi in 100u32..=2000,
        seed in any::<u32>(),
        coarse in 1u32..64,
        all_missing in any::<bool>(),
    ) {
        let noise = |x: u32, y: u32| {
            let place = (x / coarse).wrapping_mul(2_654_435_761).wrapping_add((y / coarse).wrapping_mul(40_503));
            place.wrapping_mul(seed | 1) >> 24
        };
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| noise(x, y) as u8)).collect();
        let image = Image::new(width, height, ppi, pixels).expect("sound");
        for hand in Hand::ALL {
            let missing = if all_missing { hand.fingers() } else { &[] };
            let found = segment(&image, SegmentRequest { hand, missing });
            for finger in &found.fingers {
                prop_assert!(finger.left < finger.right && finger.right <= width);
                prop_assert!(finger.top < finger.bottom && finger.bottom <= height);
            }
        }
        let _ = matcher::quality(&image);
        let _ = matcher::extract(&image);
    }
}
