//! Counts how well slaps with known truth are segmented, by what was difficult about them.

use std::collections::BTreeMap;

use matcher::synth::{FingerBox, Person, Scene, SlapTruth};
use matcher::{Doubt, Finger, Hand, SegmentRequest, Segmentation};

/// Largest distance of a side from the truth that counts as found, in pixels at 500 ppi.
pub(crate) const OFF_PX_MAX: u32 = 32;
/// How many persons the slaps come from.
const PERSONS: u64 = 24;

/// Counts of one kind of slap.
#[derive(Default, Clone, Copy)]
pub(crate) struct Tally {
    /// Slaps.
    pub(crate) slaps: usize,
    /// Fingers on them.
    pub(crate) fingers: usize,
    /// Found in their place under their name, the hand and the absent fingers being stated.
    pub(crate) found: usize,
    /// Found in their place with nothing stated, whatever the name.
    pub(crate) found_auto: usize,
    /// The same under the right name.
    pub(crate) named_auto: usize,
    /// Slaps whose hand was told right with nothing stated.
    pub(crate) hand_auto: usize,
    /// Slaps whose hand was decided on, with nothing stated: told without [`Doubt::HandUnclear`].
    pub(crate) decided: usize,
    /// Of those, told right.
    pub(crate) decided_right: usize,
    /// Slaps with a wrong or missing finger and no doubt said, hand stated.
    pub(crate) silent: usize,
    /// Slaps called the other hand although they are the stated one.
    pub(crate) other_hand: usize,
    /// Slaps told as the other hand when the other hand is stated and no finger is missing.
    pub(crate) swapped_told: usize,
    /// Slaps on which that was tried.
    pub(crate) swapped: usize,
}

/// People whose fingers are grown once.
pub(crate) struct Crowd(Vec<Person>);

impl Crowd {
    /// The persons of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(
            (0..PERSONS)
                .map(|number| Person::new(seed.wrapping_mul(7919).wrapping_add(number), 30))
                .collect(),
        )
    }

    /// Lays a slap.
    pub(crate) fn lay(&self, scene: &Scene, number: u64) -> SlapTruth {
        scene.laid(&self.0[(number % PERSONS) as usize].at_age(scene.age_years))
    }
}

/// Whether every side of a box is where the truth has it.
pub(crate) fn in_place(sides: [u32; 4], truth: &FingerBox, off_px_max: u32) -> bool {
    let expect = [truth.left, truth.top, truth.right, truth.bottom];
    sides.iter().zip(expect).all(|(ours, truth)| ours.abs_diff(truth) <= off_px_max)
}

fn count(found: &Segmentation, truth: &SlapTruth, named: bool) -> usize {
    let off_px_max = OFF_PX_MAX * truth.image.resolution_ppi / 500;
    let good = |expect: &&FingerBox| {
        found.fingers.iter().any(|s| {
            (!named || s.finger == expect.finger)
                && in_place([s.left, s.top, s.right, s.bottom], expect, off_px_max)
        })
    };
    truth.boxes.iter().filter(good).count()
}

/// Segments a slap in every way and counts.
pub(crate) fn judge(scene: &Scene, truth: &SlapTruth) -> Tally {
    let stated =
        |hand: Hand, missing: &[Finger]| matcher::segment(&truth.image, SegmentRequest { hand, missing });
    let own = stated(scene.hand, &scene.missing);
    let auto = matcher::segment_auto(&truth.image);
    let fingers = truth.boxes.len();
    let found = count(&own, truth, true);
    let other_hand = own.doubt.contains(&Doubt::LooksLikeOtherHand);
    let right = auto.hand == Some(scene.hand);
    let decided = auto.hand.is_some() && !auto.doubt.contains(&Doubt::HandUnclear);
    let mut tally = Tally {
        slaps: 1,
        fingers,
        found,
        found_auto: count(&auto, truth, false),
        named_auto: count(&auto, truth, true),
        hand_auto: usize::from(right),
        decided: usize::from(decided),
        decided_right: usize::from(decided && right),
        silent: usize::from(found < fingers && own.doubt.is_empty()),
        other_hand: usize::from(other_hand),
        ..Tally::default()
    };
    let other = match scene.hand {
        Hand::RightFour => Hand::LeftFour,
        Hand::LeftFour => Hand::RightFour,
        Hand::Thumbs => return tally,
    };
    if scene.missing.is_empty() {
        tally.swapped = 1;
        let doubt = stated(other, &[]).doubt;
        tally.swapped_told = usize::from(doubt.contains(&Doubt::LooksLikeOtherHand));
    }
    tally
}

/// Adds the counts of one slap.
pub(crate) fn add(sum: &mut Tally, one: &Tally) {
    sum.slaps += one.slaps;
    sum.fingers += one.fingers;
    sum.found += one.found;
    sum.found_auto += one.found_auto;
    sum.named_auto += one.named_auto;
    sum.hand_auto += one.hand_auto;
    sum.decided += one.decided;
    sum.decided_right += one.decided_right;
    sum.silent += one.silent;
    sum.other_hand += one.other_hand;
    sum.swapped += one.swapped;
    sum.swapped_told += one.swapped_told;
}

/// Counts by difficulty, and of everything under "all".
pub(crate) fn measured(
    seed: u64,
    slaps: u64,
    mut each: impl FnMut(u64, &Scene, &SlapTruth, &Tally),
) -> BTreeMap<String, Tally> {
    let crowd = Crowd::new(seed);
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for number in 0..slaps {
        let scene = Scene::drawn(seed.wrapping_mul(1_000_003).wrapping_add(number));
        let truth = crowd.lay(&scene, number);
        let tally = judge(&scene, &truth);
        each(number, &scene, &truth, &tally);
        let mut names = vec!["all".to_owned(), format!("hand: {}", scene.hand)];
        if scene.missing.is_empty() {
            names.push("no finger missing".to_owned());
        }
        names.extend(scene.defects.iter().map(|defect| defect.name().to_owned()));
        if scene.defects.is_empty() {
            names.push("no difficulty".to_owned());
        }
        for name in names {
            add(tallies.entry(name).or_default(), &tally);
        }
    }
    tallies
}
