//! Segmentation on composed slaps with known truth, on real prints and on hostile pictures.

#[path = "support/slaps.rs"]
mod slaps;
mod support;

use matcher::synth::{Condition, Person, Placement, Scene, compose_slap};
use matcher::{Doubt, Finger, Hand, Image, SegmentRequest, segment, segment_auto};
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

/// Recorded fingers of different people laid as one hand: pale ones beside dark ones, loops that open anywhere.
#[test]
fn real_prints_laid_as_slaps() {
    for set in ["fvc2002_db1_b", "fvc2002_db3_b"] {
        let Some(folder) = support::shared(set, "segmentation of real prints") else { return };
        let (mut found, mut all) = (0, 0);
        for impression in [1, 5, 8] {
            let prints = support::ten_fingers(&folder, impression);
            for (placement, hand) in placements().flat_map(|one| Hand::ALL.map(|hand| (one, hand))) {
                let truth = compose_slap(&prints, hand, placement);
                let told = segment(&truth.image, SegmentRequest { hand, missing: &[] });
                let near = |expect: &&matcher::synth::FingerBox| {
                    let own = told.fingers.iter().find(|s| s.finger == expect.finger);
                    own.is_some_and(|s| {
                        slaps::in_place([s.left, s.top, s.right, s.bottom], expect, OFF_REAL_PX_MAX)
                    })
                };
                found += truth.boxes.iter().filter(near).count();
                all += truth.boxes.len();
            }
        }
        eprintln!("{set}: {found} of {all} fingers within {OFF_REAL_PX_MAX} pixels");
        assert!(found * 10 >= all * 9, "{set}: {found} of {all}");
    }
}

/// The acceptance thresholds on a smaller sample; `examples/measure_segmentation.rs` prints the whole table.
#[test]
fn slaps_with_every_difficulty() {
    let mut lost = Vec::new();
    let tallies = slaps::measured(3, 60, |number, scene, _, tally| {
        if tally.found < tally.fingers || tally.silent > 0 {
            lost.push(format!("{number}: {:?}", scene.defects));
        }
    });
    let all = tallies["all"];
    assert!(all.found * 1000 >= all.fingers * 995, "{} of {} fingers: {lost:?}", all.found, all.fingers);
    assert_eq!(all.silent, 0, "wrong without a doubt: {lost:?}");
    assert_eq!(all.other_hand, 0, "the stated hand is called the other one");
    // Whatever is missing: where a hand is named without doubt it is the right one, and most are.
    assert!(all.decided_right >= all.decided, "{} of {}", all.decided_right, all.decided);
    assert!(all.decided * 100 >= all.slaps * 90, "decided {} of {}", all.decided, all.slaps);
    let whole = tallies["no finger missing"];
    assert!(whole.hand_auto * 100 >= whole.slaps * 99, "{} of {} hands", whole.hand_auto, whole.slaps);
    assert!(whole.named_auto * 1000 >= whole.fingers * 990, "{} of {}", whole.named_auto, whole.fingers);
    assert!(all.swapped_told + 1 >= all.swapped, "{} of {}", all.swapped_told, all.swapped);
}

/// Turned hands whose little finger lies on the edge of the palm: one piece of print from the finger to the rim.
#[test]
fn a_finger_on_the_edge_of_the_palm_is_taken_off() {
    let (seed, crowd) = (21, slaps::Crowd::new(21));
    for number in [340, 421] {
        let scene = Scene::drawn(seed * 1_000_003 + number);
        let truth = crowd.lay(&scene, number);
        let tally = slaps::judge(&scene, &truth);
        assert_eq!((tally.found, tally.silent), (tally.fingers, 0), "slap {number}: {:?}", scene.defects);
    }
}

#[test]
fn a_mirrored_slap_is_the_other_hand() {
    let person = Person::new(14, 35);
    let prints = Finger::ALL.map(|finger| (finger, person.impression(finger, 1, Condition::default())));
    let slap = compose_slap(&prints, Hand::RightFour, Placement::default()).image;
    let told = segment_auto(&slap);
    assert_eq!(told.hand, Some(Hand::RightFour));
    let mut mirrored = slap.clone();
    mirrored.pixels.chunks_mut(slap.width as usize).for_each(<[u8]>::reverse);
    let told = segment_auto(&mirrored);
    assert_eq!(told.hand, Some(Hand::LeftFour));
    assert!(told.hand_confidence > 0.9);
}

#[test]
fn turned_boxes_enclose_what_upright_boxes_enclose() {
    let person = Person::new(15, 35);
    let prints = Finger::ALL.map(|finger| (finger, person.impression(finger, 1, Condition::default())));
    let placement = Placement { rotation_deg: 20.0, ..Placement::default() };
    let truth = compose_slap(&prints, Hand::RightFour, placement);
    for (s, t) in segment_auto(&truth.image).fingers.iter().zip(&truth.boxes) {
        assert!(
            (s.angle_deg - t.angle_deg).abs() < 12.0,
            "{}: {} against {}",
            s.finger,
            s.angle_deg,
            t.angle_deg
        );
        let middle = |corners: &[(f32, f32); 4]| {
            let sum = corners.iter().fold((0.0, 0.0), |sum, c| (sum.0 + c.0, sum.1 + c.1));
            (sum.0 / 4.0, sum.1 / 4.0)
        };
        let (ours, truth) = (middle(&s.corners), middle(&t.corners));
        assert!(
            (ours.0 - truth.0).hypot(ours.1 - truth.1) < 24.0,
            "{}: {ours:?} against {truth:?}",
            s.finger
        );
        let area = |c: &[(f32, f32); 4]| {
            (c[1].0 - c[0].0).hypot(c[1].1 - c[0].1) * (c[2].0 - c[1].0).hypot(c[2].1 - c[1].1)
        };
        let upright = (s.right - s.left) as f32 * (s.bottom - s.top) as f32;
        assert!(area(&s.corners) < 1.05 * upright, "a turned box is tighter: {}", s.finger);
    }
}

#[test]
fn the_shared_slaps_are_boxed_as_nfseg_does() {
    let Some(folder) = support::shared("slaps", "slaps beside nfseg") else { return };
    let table = std::fs::read_to_string(folder.join("nfseg_boxes.csv")).expect("the table");
    let (mut near, mut sides) = (0, 0);
    // The heading printed on each card says which hand it is; the positions in the table were told to nfseg.
    for (name, hand) in
        [("type-4-tpcard_r13.wsq", Hand::LeftFour), ("type-4-tpcard_r16.wsq", Hand::RightFour)]
    {
        let slap = matcher::codec::decode(&std::fs::read(folder.join(name)).expect("a slap"), 500);
        let told = segment_auto(&slap.expect("readable"));
        assert_eq!(told.hand, Some(hand), "{name}");
        let mut theirs: Vec<[f64; 4]> = table
            .lines()
            .filter(|line| line.starts_with(name))
            .map(|line| {
                let row: Vec<f64> =
                    line.split(',').skip(4).map(|text| text.parse().expect("a number")).collect();
                [row[2] - row[0] / 2.0, row[3] - row[1] / 2.0, row[2] + row[0] / 2.0, row[3] + row[1] / 2.0]
            })
            .collect();
        theirs.sort_by(|a, b| a[0].total_cmp(&b[0]));
        assert_eq!(told.fingers.len(), theirs.len(), "{name}");
        for (s, t) in told.fingers.iter().zip(&theirs) {
            sides += 4;
            let ours = [s.left, s.top, s.right, s.bottom].map(f64::from);
            near += ours.iter().zip(t).filter(|(ours, theirs)| (*ours - *theirs).abs() <= 32.0).count();
        }
    }
    assert!(near + 1 >= sides, "{near} of {sides} sides within 32 pixels of nfseg's");
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
        assert_eq!(segment_auto(&blank).doubt, vec![doubt], "grey {grey}");
        let found = segment(&blank, SegmentRequest { hand: Hand::RightFour, missing: &[] });
        assert_eq!(found.doubt, vec![doubt], "grey {grey}");
    }
    let noise = |threshold: u32| {
        let mut state = 7_u32;
        let pixels = (0..1600 * 1500).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if state >> 24 < threshold { 0 } else { 255 }
        });
        Image::new(1600, 1500, 500, pixels.collect()).expect("sound")
    };
    for threshold in [3, 128, 252] {
        let told = segment_auto(&noise(threshold));
        assert_eq!(told.doubt, vec![Doubt::NothingFound], "salt and pepper {threshold}");
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
        for finger in &segment_auto(&image).fingers {
            prop_assert!(finger.left < finger.right && finger.right <= width);
            prop_assert!((0.0..=1.0).contains(&finger.confidence));
            prop_assert!(finger.corners.iter().all(|(x, y)| x.is_finite() && y.is_finite()));
        }
        prop_assert!(!matcher::advise(&image).sentence().is_empty());
        let request = matcher::advice::LiveRequest { hand: Hand::Thumbs, missing: &[] };
        let first = matcher::advice::live(&image, request, None);
        let _ = matcher::advice::live(&image, request, Some(&first));
        let _ = matcher::quality(&image);
        let _ = matcher::extract(&image);
    }
}
