//! Finding persons by ten fingers, on synthetic and on real prints, and what a comparison must not depend on.

mod support;

use matcher::synth::{Condition, Person};
use matcher::{
    Finger, Gallery, Image, SequenceFinding, Template, compare, decision, extract, sequence_check,
    sequence_check_against,
};

/// How far on the right side of the threshold every ten-finger decision must be, in factors of ten.
const MARGIN_LOG10: f32 = 4.0;

fn templates(prints: &[(Finger, Image)]) -> Vec<(Finger, Template)> {
    prints.iter().filter_map(|(finger, image)| Some((*finger, extract(image).ok()?))).collect()
}

/// The ten fingers of a made-up person on two visits; growing the person is what takes time.
fn visits(seed: u64, age: u8) -> [Vec<(Finger, Template)>; 2] {
    let person = Person::new(seed, age);
    [1, 2].map(|visit| {
        templates(&Finger::ALL.map(|finger| (finger, person.impression(finger, visit, Condition::default()))))
    })
}

/// Expects the probe to hit `own` with a margin and everybody else to miss with a margin.
fn check(gallery: &Gallery, probe: &[(Finger, Template)], own: Option<u64>) {
    let threshold = matcher::parameters::FUSED_LLR_LOG10_MATCH_MIN;
    let candidates = gallery.identify(probe, gallery.len());
    assert_eq!(candidates.len(), gallery.len());
    for candidate in candidates {
        let expect = Some(candidate.id) == own;
        assert_eq!(
            decision::is_match(candidate.score),
            expect,
            "{} scores {}",
            candidate.id,
            candidate.score
        );
        let distance = (candidate.score - threshold).abs();
        assert!(distance >= MARGIN_LOG10, "{} scores {}, too close to decide", candidate.id, candidate.score);
    }
}

#[test]
fn synthetic_persons_are_found_and_strangers_are_not() {
    let persons = [(1, 34), (2, 60), (3, 8)].map(|(seed, age)| (seed, visits(seed, age)));
    let mut gallery = Gallery::new();
    for (id, [first, _]) in &persons {
        gallery.enrol(*id, first.clone());
    }
    for (id, [_, second]) in &persons {
        check(&gallery, second, Some(*id));
    }
    assert!(gallery.remove(2));
    assert!(!gallery.remove(2));
    check(&gallery, &persons[1].1[1], None);
}

#[test]
fn real_prints_are_found_and_strangers_are_not() {
    let sets = ["fvc2002_db1_b", "fvc2002_db3_b", "fvc2004_db2_b", "fvc2004_db4_b"];
    let mut gallery = Gallery::new();
    let mut folders = Vec::new();
    for (id, set) in (0..).zip(sets) {
        let Some(folder) = support::shared(set, "ten-finger search on real prints") else { return };
        gallery.enrol(id, templates(&support::ten_fingers(&folder, 1)));
        folders.push(folder);
    }
    for (id, folder) in (0..).zip(&folders) {
        for impression in [3, 8] {
            let mut probe = templates(&support::ten_fingers(folder, impression));
            check(&gallery, &probe, Some(id));
            // The same prints under each other's names are a stranger.
            probe
                .iter_mut()
                .for_each(|(finger, _)| *finger = Finger::from_fgp(finger.fgp() % 10 + 1).expect("1 to 10"));
            check(&gallery, &probe, None);
        }
    }
}

#[test]
fn an_answer_does_not_depend_on_order_or_on_bytes() {
    let [first, second] = visits(21, 40);
    for ((_, a), (_, b)) in first.iter().zip(&second) {
        let (there, back) = (compare(a, b), compare(b, a));
        assert_eq!(there.score.to_bits(), back.score.to_bits());
        assert_eq!(there.paired.len(), back.paired.len());
        assert!(
            there.paired.iter().zip(&back.paired).all(|(x, y)| x.first == y.second && x.second == y.first)
        );
        let stored = Template::from_bytes(&a.to_bytes()).expect("reads back");
        assert_eq!(compare(&stored, b).score.to_bits(), there.score.to_bits());
        assert!(a.to_bytes().len() <= 2048, "{} bytes", a.to_bytes().len());
    }
}

#[test]
fn extraction_is_the_same_twice_and_under_a_border() {
    let image = Person::new(22, 40).impression(Finger::RightIndex, 1, Condition::default());
    let template = extract(&image).expect("a good print");
    assert_eq!(template, extract(&image).expect("a good print"));
    let (left, top) = (40u32, 24u32);
    let mut framed = Image::blank(image.width + 96, image.height + 80, 500, 252).expect("sound");
    for y in 0..image.height {
        let to = ((y + top) * framed.width + left) as usize;
        let from = (y * image.width) as usize;
        let width = image.width as usize;
        framed.pixels[to..to + width].copy_from_slice(&image.pixels[from..from + width]);
    }
    let moved = extract(&framed).expect("a good print");
    let own = compare(&template, &template).score;
    let shifted = compare(&template, &moved).score;
    assert!(shifted > 0.9 * own, "{shifted} against {own} with itself");
}

#[test]
fn a_turned_print_is_the_same_print() {
    let image = Person::new(23, 40).impression(Finger::LeftMiddle, 1, Condition::default());
    let template = extract(&image).expect("a good print");
    let mut quarter = image.clone();
    (quarter.width, quarter.height) = (image.height, image.width);
    for (index, pixel) in quarter.pixels.iter_mut().enumerate() {
        let (x, y) = (index as u32 % quarter.width, index as u32 / quarter.width);
        *pixel = image.pixels[((image.height - 1 - x) * image.width + y) as usize];
    }
    let turned = compare(&template, &extract(&quarter).expect("a good print"));
    assert!(turned.likelihood_ratio_log10 > 4.0, "{turned:?}");
}

#[test]
fn repeated_and_swapped_fingers_are_found() {
    let [first, second] = visits(24, 40);
    assert_eq!(sequence_check(&first), vec![]);
    assert_eq!(sequence_check_against(&first, &second), vec![]);
    let mut repeated = first.clone();
    repeated[2].1 = second[1].1.clone();
    let found = sequence_check(&repeated);
    assert!(
        matches!(
            found[..],
            [SequenceFinding::Repeated { first: Finger::RightIndex, second: Finger::RightMiddle, .. }]
        ),
        "{found:?}"
    );
    let mut swapped = second.clone();
    let (thumb, other) = (swapped[0].1.clone(), swapped[5].1.clone());
    (swapped[0].1, swapped[5].1) = (other, thumb);
    let found: Vec<(Finger, Finger)> = sequence_check_against(&first, &swapped)
        .into_iter()
        .filter_map(|finding| match finding {
            SequenceFinding::Swapped { stated, actual, .. } => Some((stated, actual)),
            _ => None,
        })
        .collect();
    assert_eq!(found, vec![(Finger::RightThumb, Finger::LeftThumb), (Finger::LeftThumb, Finger::RightThumb)]);
}

#[test]
fn empty_probes_and_galleries_answer_nothing() {
    let person = Person::new(25, 40);
    let print = |finger| (finger, person.impression(finger, 1, Condition::default()));
    let prints = templates(&[print(Finger::RightThumb), print(Finger::LeftThumb)]);
    let mut gallery = Gallery::new();
    assert_eq!(gallery.identify(&prints, 5), vec![]);
    gallery.enrol(1, prints[..1].to_vec());
    assert_eq!(gallery.identify(&[], 5), vec![]);
    assert_eq!(gallery.identify(&prints[1..], 5), vec![], "no finger in common");
    assert_eq!(gallery.identify(&prints, 5).len(), 1);
}

/// What an examiner would draw: where the extractor and the truth mean the same minutia, direction and type agree.
#[test]
fn minutiae_point_and_branch_as_on_the_finger() {
    let (mut same, mut turned, mut kinds) = (0, 0, 0);
    for (seed, finger) in [(31, Finger::RightIndex), (32, Finger::LeftThumb)] {
        let person = Person::new(seed, 40);
        let shown = person.impression_with_truth(finger, 1, Condition::default(), 500);
        let template = extract(&shown.image).expect("a good print");
        for truth in &shown.minutiae {
            let close = template
                .minutiae()
                .iter()
                .find(|found| (f32::from(found.x) - truth.x).hypot(f32::from(found.y) - truth.y) < 6.0);
            let Some(found) = close else { continue };
            let off = (found.radians().to_degrees() - truth.angle_deg).rem_euclid(360.0);
            let off = off.min(360.0 - off);
            same += usize::from(off < 30.0);
            turned += usize::from(off > 150.0);
            kinds += usize::from(off < 30.0 && found.kind == truth.kind);
        }
    }
    assert!(same >= 30 && turned * 10 <= same, "{same} point along, {turned} point the other way");
    assert!(kinds * 10 >= same * 7, "{kinds} of {same} are of the right type");
}
