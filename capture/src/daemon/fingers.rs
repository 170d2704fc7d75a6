//! Whether the fingers of a case are the ones they are said to be.
//!
//! Three questions, each answered by comparing templates in memory; nothing is searched and nothing is stored:
//! - does a finger appear twice among the images in use;
//! - do other images of the same person name the fingers otherwise: an attempt that was repeated, or the case before, when
//!   this one is its retake. One slap alone cannot show that two thumbs were crossed; two slaps can, though not which of
//!   them is right;
//! - are these the fingers of the person before, so that images of two people may be mixed.
//!
//! A doubt is shown to the officer, who takes the step again or says why it is right.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use matcher::parameters::SEQUENCE_LLR_LOG10_MIN;
use matcher::{Finger, SequenceFinding, Template};
use uuid::Uuid;

use crate::live::Area;
use crate::parameters::PREVIOUS_PERSON_KEPT;
use crate::session::{Best, DoubtKind, SequenceDoubt, Target};
use crate::store::Picture;

/// Where a finger is to be seen.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    pub(super) attempt: u32,
    finger: Finger,
    area: Area,
    accepted: bool,
}

impl Shown {
    /// `None` for a face.
    pub(super) fn of(target: Target, best: &Best) -> Option<Self> {
        let Target::Finger(finger) = target else { return None };
        Some(Self { attempt: best.attempt, finger, area: best.area?, accepted: best.accepted })
    }
}

/// A finger and its template.
pub(super) struct Print {
    shown: Shown,
    template: Template,
}

/// A finger whose print gives no template cannot be compared; it raises no doubt.
pub(super) fn templates(shown: &[Shown], pictures: &BTreeMap<u32, Picture>) -> Vec<Print> {
    let template = |shown: &Shown| {
        let Some(Picture::Slap { image, .. }) = pictures.get(&shown.attempt) else { return None };
        let Area { left, top, right, bottom } = shown.area;
        let print = image.crop(left, top, right, bottom)?;
        Some(Print { shown: *shown, template: matcher::extract(&print).ok()? })
    };
    shown.iter().filter_map(template).collect()
}

/// What looks wrong among the prints in use, alone and beside the other images of this case.
pub(super) fn doubts(used: &[Print], others: &[Print]) -> Vec<SequenceDoubt> {
    let mut findings = matcher::sequence_check(&named(used, |_| true));
    let attempts: BTreeSet<u32> = others.iter().map(|other| other.shown.attempt).collect();
    for attempt in attempts {
        let of_attempt = |other: &&Print| other.shown.attempt == attempt;
        let Some(hand) = others.iter().find(of_attempt).map(|other| other.shown.finger.hand()) else {
            continue;
        };
        let same_step = named(used, |print| print.finger.hand() == hand);
        let known = named(others, |other| other.attempt == attempt);
        findings.extend(matcher::sequence_check_against(&known, &same_step));
        // An image that was refused as the other hand's and repeated says nothing against the other hand's step.
        let other_steps = named(used, |print| print.finger.hand() != hand);
        let believed = named(others, |other| other.attempt == attempt && other.accepted);
        findings.extend(matcher::sequence_check_against(&believed, &other_steps));
    }
    told(&findings)
}

fn named(prints: &[Print], wanted: impl Fn(&Shown) -> bool) -> Vec<(Finger, Template)> {
    let wanted = prints.iter().filter(|print| wanted(&print.shown));
    wanted.map(|print| (print.shown.finger, print.template.clone())).collect()
}

/// Each pair of fingers once, however many images and directions it was found in.
fn told(findings: &[SequenceFinding]) -> Vec<SequenceDoubt> {
    let mut doubts: Vec<SequenceDoubt> = Vec::new();
    for finding in findings {
        let (kind, mut fingers) = match finding {
            SequenceFinding::Repeated { first, second, .. } => (DoubtKind::RepeatedFinger, [*first, *second]),
            SequenceFinding::Swapped { stated, actual, .. } => (DoubtKind::Swapped, [*stated, *actual]),
            _ => continue,
        };
        fingers.sort();
        let doubt = SequenceDoubt { kind, targets: fingers.map(Target::Finger).to_vec() };
        if !doubts.contains(&doubt) {
            doubts.push(doubt);
        }
    }
    doubts
}

/// The fingers of the person before, in memory only and for a bounded time.
#[derive(Default)]
pub(super) struct Before {
    sealed: Option<Seen>,
    looked_at: Option<(Uuid, Vec<Print>)>,
}

/// A sealed case, since when it is sealed, and its fingers.
struct Seen {
    case: Uuid,
    since: Instant,
    prints: Vec<Print>,
}

impl Before {
    /// A retake is meant to show the same fingers, each in its place; anybody else is meant to show others.
    pub(super) fn doubts(
        &mut self,
        case: Uuid,
        retake_of: Option<Uuid>,
        used: &[Print],
    ) -> Vec<SequenceDoubt> {
        let Some(before) = self.sealed.as_ref().filter(|before| before.case != case) else {
            return Vec::new();
        };
        if before.since.elapsed() > PREVIOUS_PERSON_KEPT {
            self.sealed = None;
            return Vec::new();
        }
        if retake_of == Some(before.case) {
            let (known, prints) = (named(&before.prints, |_| true), named(used, |_| true));
            return told(&matcher::sequence_check_against(&known, &prints));
        }
        same_person(&before.prints, used).into_iter().collect()
    }

    pub(super) fn looked_at(&mut self, case: Uuid, prints: Vec<Print>) {
        self.looked_at = Some((case, prints));
    }

    pub(super) fn sealed(&mut self, case: Uuid) {
        if let Some((case, prints)) = self.looked_at.take().filter(|(looked_at, _)| *looked_at == case) {
            self.sealed = Some(Seen { case, since: Instant::now(), prints });
        }
    }
}

fn same_person(known: &[Print], used: &[Print]) -> Option<SequenceDoubt> {
    let ratio = |print: &Print| {
        let same = known.iter().find(|other| other.shown.finger == print.shown.finger)?;
        let compared = matcher::compare(&same.template, &print.template);
        Some((print.shown.finger, compared.likelihood_ratio_log10))
    };
    let ratios: Vec<(Finger, f32)> = used.iter().filter_map(ratio).collect();
    // One finger near certainty may be one mixed image; all of them together are a person.
    let whole = matcher::decision::is_match(matcher::decision::fuse(ratios.iter().map(|(_, ratio)| *ratio)));
    let least = if whole { 0.0 } else { SEQUENCE_LLR_LOG10_MIN };
    let same = ratios.iter().filter(|(_, ratio)| *ratio > least);
    let targets: Vec<Target> = same.map(|(finger, _)| Target::Finger(*finger)).collect();
    (!targets.is_empty()).then_some(SequenceDoubt { kind: DoubtKind::PreviousPerson, targets })
}

#[cfg(test)]
mod tests {
    use matcher::Hand;
    use matcher::synth::{Condition, Person};

    use super::*;

    /// The first two fingers of a hand at a visit, under the names that `named` gives them.
    fn prints(person: &Person, hand: Hand, attempt: u32, named: impl Fn(Finger) -> Finger) -> Vec<Print> {
        let print = |finger: &Finger| {
            let image = person.impression(*finger, attempt, Condition::default());
            let area = Area { left: 0, top: 0, right: image.width, bottom: image.height };
            let shown = Shown { attempt, finger: named(*finger), area, accepted: true };
            Print { shown, template: matcher::extract(&image).expect("a good print") }
        };
        hand.fingers().iter().take(2).map(print).collect()
    }

    fn right(finger: Finger) -> Finger {
        finger
    }

    fn swapped(first: Finger, second: Finger) -> SequenceDoubt {
        SequenceDoubt {
            kind: DoubtKind::Swapped,
            targets: vec![Target::Finger(first), Target::Finger(second)],
        }
    }

    #[test]
    fn thumbs_crossed_in_one_of_two_attempts_are_found() {
        let person = Person::new(73, 30);
        let attempt = |attempt, named: fn(Finger) -> Finger| prints(&person, Hand::Thumbs, attempt, named);
        let thumbs = vec![swapped(Finger::RightThumb, Finger::LeftThumb)];
        assert_eq!(doubts(&attempt(2, right), &[]), vec![], "one slap alone does not show it");
        assert_eq!(doubts(&attempt(2, Finger::mirrored), &[]), vec![]);
        assert_eq!(doubts(&attempt(2, right), &attempt(1, right)), vec![]);
        assert_eq!(doubts(&attempt(2, Finger::mirrored), &attempt(1, right)), thumbs);
        assert_eq!(doubts(&attempt(2, right), &attempt(1, Finger::mirrored)), thumbs);
        // Two attempts that agree with each other do not outvote the third.
        let others: Vec<Print> =
            [attempt(1, right), attempt(2, Finger::mirrored)].into_iter().flatten().collect();
        assert_eq!(doubts(&attempt(3, Finger::mirrored), &others), thumbs);
    }

    #[test]
    fn a_refused_image_of_the_other_hand_says_nothing_against_that_hand() {
        let person = Person::new(74, 30);
        let left = prints(&person, Hand::LeftFour, 2, right);
        let mut wrong = prints(&person, Hand::LeftFour, 1, Finger::mirrored);
        let hands = doubts(&left, &wrong);
        let pair = |finger: &Finger| swapped(finger.mirrored(), *finger);
        assert_eq!(hands, Hand::LeftFour.fingers().iter().take(2).map(pair).collect::<Vec<_>>());
        for print in &mut wrong {
            print.shown.accepted = false;
        }
        assert_eq!(doubts(&left, &wrong), vec![]);
    }

    #[test]
    fn the_fingers_of_the_person_before_raise_a_doubt() {
        let (one, other) = (Person::new(71, 30), Person::new(72, 30));
        let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let of = |person, attempt| prints(person, Hand::RightFour, attempt, right);
        let mut before = Before::default();
        assert_eq!(before.doubts(first, None, &of(&one, 1)), vec![], "nobody was before");
        before.looked_at(first, of(&one, 1));
        assert_eq!(before.doubts(first, None, &of(&one, 2)), vec![], "not sealed yet, and the same case");
        before.sealed(first);
        let again = before.doubts(second, None, &of(&one, 2));
        assert_eq!(again[0].kind, DoubtKind::PreviousPerson);
        assert!(!again[0].targets.is_empty());
        assert_eq!(before.doubts(second, None, &of(&other, 1)), vec![], "somebody else");
    }

    #[test]
    fn a_retake_is_meant_to_show_the_same_fingers_each_in_its_place() {
        let person = Person::new(75, 30);
        let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let thumbs = |attempt, named: fn(Finger) -> Finger| prints(&person, Hand::Thumbs, attempt, named);
        let mut before = Before::default();
        before.looked_at(first, thumbs(1, right));
        before.sealed(first);
        assert_eq!(before.doubts(second, Some(first), &thumbs(2, right)), vec![]);
        let crossed = before.doubts(second, Some(first), &thumbs(2, Finger::mirrored));
        assert_eq!(crossed, vec![swapped(Finger::RightThumb, Finger::LeftThumb)]);
    }
}
