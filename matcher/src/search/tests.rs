//! What a search must not depend on, and what a gallery must survive.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use crate::synth::{Condition, Person};
use crate::{Error, Finger, Template, extract};

/// Prints the crowd is made of: two fingers of two made-up persons, on two visits.
fn masters() -> &'static [[Template; 2]] {
    static MASTERS: OnceLock<Vec<[Template; 2]>> = OnceLock::new();
    MASTERS.get_or_init(|| {
        let mut masters = Vec::new();
        for seed in [71, 72] {
            let person = Person::new(seed, 35);
            for finger in [Finger::RightIndex, Finger::LeftRing] {
                masters.push([1, 2].map(|visit| {
                    extract(&person.impression(finger, visit, Condition::default())).expect("a good print")
                }));
            }
        }
        masters
    })
}

fn member(number: u64) -> Template {
    let firsts: Vec<Template> = masters().iter().map(|visits| visits[0].clone()).collect();
    crowd_member(&firsts, number).expect("masters")
}

/// The masters' first visits under ids 1 to 4 among a crowd.
fn crowded(kernel: Kernel, crowd: u64) -> Gallery {
    let mut gallery = Gallery::with_kernel(kernel);
    for (id, visits) in (1..).zip(masters()) {
        gallery.enrol_prints(id, vec![(None, visits[0].clone())]);
    }
    for number in 0..crowd {
        gallery.enrol_prints(1000 + number, vec![(None, member(number))]);
    }
    gallery
}

#[test]
fn a_crowd_is_sound_and_repeatable() {
    for number in 0..20 {
        let one = member(number);
        assert_eq!(one, member(number));
        assert_eq!(Template::from_bytes(&one.to_bytes()).as_ref(), Ok(&one));
        assert!(one.minutiae().len() >= 8, "{} minutiae", one.minutiae().len());
    }
    assert_eq!(crowd_member(&[], 1), None);
}

#[test]
fn the_filter_finds_the_second_visit_in_a_crowd() {
    let gallery = crowded(Kernel::detect(), 600);
    for (id, visits) in (1..).zip(masters()) {
        let probe = [(None, visits[1].clone())];
        let rank = gallery.filter_rank(&probe, id).expect("enrolled");
        assert!(rank < 20, "the mate of {id} comes {rank}th");
        let found = gallery.search(&probe, 3, 1, Effort::Filtered);
        assert_eq!(found[0].id, id);
        assert_eq!(found[0].pairs, [(0, 0)]);
        assert!(found[0].strength > found[1].strength + 20.0, "{found:?}");
        assert_eq!(gallery.search(&probe, 1, 1, Effort::Exhaustive)[0], found[0]);
    }
    assert_eq!(gallery.filter_rank(&[], 77), None);
    let per_print = gallery.bytes() / gallery.prints();
    assert!(per_print < 3000, "{per_print} bytes per print");
}

#[test]
fn kernels_and_threads_give_the_same_answer() {
    let probe = [(None, masters()[2][1].clone()), (None, masters()[0][1].clone())];
    let expect = crowded(Kernel::PORTABLE, 260).search(&probe, 40, 1, Effort::Filtered);
    assert_eq!(expect.len(), 40);
    for kernel in Kernel::available() {
        let gallery = crowded(kernel, 260);
        for threads in [1, 2, 3, 7, 500] {
            let found = gallery.search(&probe, 40, threads, Effort::Filtered);
            assert_eq!(found, expect, "{} on {threads} threads", kernel.name());
        }
    }
}

#[test]
fn leaving_out_hopeless_prints_changes_no_answer() {
    let mut gallery = crowded(Kernel::detect(), 330);
    // Somebody with many prints of one look must not crowd out others.
    gallery.enrol_prints(5000, (0..9).map(|number| (None, member(2000 + number))).collect());
    for probe in [masters()[1][1].clone(), member(13), member(2004)] {
        let probe = [(None, probe)];
        let ranks =
            gallery.persons().iter().map(|person| (gallery.filter_rank(&probe, person.id), person.id));
        let mut ranks: Vec<_> = ranks.collect();
        ranks.sort_unstable();
        for threads in [1, 3] {
            let found = gallery.search(&probe, 220, threads, Effort::Filtered);
            let mut ids: Vec<u64> = found.iter().map(|found| found.id).collect();
            let mut expect: Vec<u64> = ranks.iter().take(220).map(|rank| rank.1).collect();
            ids.sort_unstable();
            expect.sort_unstable();
            assert_eq!(ids, expect, "{threads} threads");
        }
    }
}

#[test]
fn named_fingers_meet_only_their_own_and_unnamed_ones() {
    let mut gallery = Gallery::new();
    gallery.enrol(1, vec![(Finger::RightIndex, masters()[0][0].clone())]);
    gallery.enrol(2, vec![(Finger::LeftRing, masters()[0][0].clone())]);
    gallery.enrol_prints(3, vec![(None, masters()[0][0].clone())]);
    let ids = |probe: &[Print]| -> Vec<u64> {
        let mut ids: Vec<u64> =
            gallery.search(probe, 9, 1, Effort::Filtered).iter().map(|found| found.id).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids(&[(Some(Finger::RightIndex), masters()[0][1].clone())]), [1, 3]);
    assert_eq!(ids(&[(None, masters()[0][1].clone())]), [1, 2, 3]);
    assert_eq!(ids(&[(Some(Finger::LeftThumb), masters()[0][1].clone())]), [3]);
    let found = gallery.search(&[(None, masters()[0][1].clone())], 9, 1, Effort::Filtered);
    let of = |id| found.iter().find(|found| found.id == id).map(|found| found.fingers.len());
    assert_eq!((of(1), of(3)), (Some(1), Some(0)), "an unnamed print answers for no finger");
}

#[test]
fn snapshots_come_back_whole_or_not_at_all() {
    let gallery = crowded(Kernel::detect(), 5);
    let bytes = gallery.snapshot();
    let back = Gallery::from_snapshot(&bytes).expect("whole");
    assert_eq!(back.snapshot(), bytes);
    let probe = [(None, masters()[1][1].clone())];
    assert_eq!(back.search(&probe, 9, 1, Effort::Filtered), gallery.search(&probe, 9, 1, Effort::Filtered));
    for at in (0..bytes.len()).step_by(97) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x40;
        assert!(Gallery::from_snapshot(&damaged).is_err(), "a flip at {at} passes");
        assert!(Gallery::from_snapshot(&bytes[..at]).is_err(), "a cut at {at} passes");
    }
    assert_eq!(Gallery::from_snapshot(b"").map_err(|error| error.code()).err(), Some("M-0321"));
    assert!(matches!(
        Gallery::from_snapshot(b"BGGL\x02\0\0\0\0\0\0\0\0\0\0\0\0"),
        Err(Error::GalleryDamaged { .. })
    ));
    assert_eq!(Gallery::from_snapshot(&Gallery::new().snapshot()).map(|empty| empty.len()), Ok(0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Enrolling and removing in any order leaves the same gallery as enrolling what is left.
    #[test]
    fn a_gallery_is_what_was_enrolled_and_not_removed(
        steps in prop::collection::vec((0u64..12, 0u64..6, any::<bool>(), 1usize..4), 1..40),
    ) {
        let mut gallery = Gallery::new();
        let mut expect = std::collections::BTreeMap::new();
        for (id, number, enrol, prints) in steps {
            if enrol {
                let prints: Vec<Print> = (0..prints)
                    .map(|index| (Finger::from_fgp((index * 3) as u8), member(number + index as u64)))
                    .collect();
                gallery.enrol_prints(id, prints.clone());
                expect.insert(id, prints);
            } else {
                prop_assert_eq!(gallery.remove(id), expect.remove(&id).is_some());
            }
        }
        let mut fresh = Gallery::new();
        for (&id, prints) in expect.iter().rev() {
            fresh.enrol_prints(id, prints.clone());
        }
        prop_assert_eq!(gallery.len(), fresh.len());
        prop_assert_eq!(gallery.prints(), fresh.prints());
        prop_assert!(gallery.snapshot() == fresh.snapshot());
        let probe = [(None, member(3))];
        for &id in expect.keys() {
            prop_assert_eq!(gallery.filter_rank(&probe, id), fresh.filter_rank(&probe, id));
        }
    }
}
