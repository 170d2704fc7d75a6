//! Order, pauses, holding; and that nothing leaves without a receipt.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_783_000_000 + second).expect("a test instant")
}

fn case(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn unreachable() -> Failure {
    Failure::Unreachable { code: "C-0601".into() }
}

fn rejected() -> Failure {
    Failure::Rejected { code: "C-0604".into() }
}

#[test]
fn the_earliest_clock_goes_first() {
    let mut outbox = Outbox::default();
    outbox.handle_sealed(case(1), None, at(0));
    outbox.handle_sealed(case(2), Some(at(900)), at(1));
    outbox.handle_sealed(case(3), Some(at(500)), at(2));
    let mut order = Vec::new();
    while let Some(next) = outbox.poll(at(10)) {
        outbox.handle_started(next);
        assert_eq!(outbox.poll(at(10)), None, "one at a time");
        outbox.handle_acknowledged(next, at(10));
        order.push(next);
    }
    assert_eq!(order, [case(3), case(2), case(1)]);
    assert!(outbox.is_empty());
}

#[test]
fn pauses_double_to_a_bound_and_end_with_the_first_success() {
    let mut outbox = Outbox::default();
    outbox.handle_sealed(case(7), None, at(0));
    let mut now = at(0);
    let mut pauses = Vec::new();
    for _ in 0..12 {
        let next = outbox.poll(now).expect("it is its turn");
        outbox.handle_started(next);
        outbox.handle_failed(next, unreachable(), now);
        assert_eq!(outbox.poll(now), None);
        let wake = outbox.next_wake().expect("it will be tried again");
        pauses.push(wake.duration_since(now));
        now = wake;
    }
    let bound = RETRY_LAST + RETRY_LAST / 4;
    assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1] + RETRY_LAST / 4), "{pauses:?}");
    assert!(pauses[0] >= RETRY_FIRST && pauses[11] >= RETRY_LAST, "{pauses:?}");
    assert!(pauses.iter().all(|pause| *pause <= bound), "{pauses:?}");
    outbox.handle_link_well(now);
    assert_eq!(outbox.link().failures, 0);
    assert_eq!(outbox.poll(now), Some(case(7)));
}

#[test]
fn a_rejected_case_waits_for_a_person_and_lets_others_pass() {
    let mut outbox = Outbox::default();
    outbox.handle_sealed(case(1), Some(at(10)), at(0));
    outbox.handle_sealed(case(2), Some(at(20)), at(0));
    outbox.handle_started(case(1));
    outbox.handle_failed(case(1), rejected(), at(1));
    assert_eq!(outbox.poll(at(1)), Some(case(2)));
    outbox.handle_released(case(1), at(2));
    assert_eq!(outbox.poll(at(2)), Some(case(1)));
}

#[test]
fn a_busy_gateway_is_asked_when_it_wants() {
    let mut outbox = Outbox::default();
    outbox.handle_sealed(case(1), None, at(0));
    outbox.handle_started(case(1));
    let busy = Failure::Busy { code: "C-0606".into(), retry_after: Some(SignedDuration::from_secs(20)) };
    outbox.handle_failed(case(1), busy, at(0));
    assert_eq!(outbox.next_wake(), Some(at(20)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_leaves_without_a_receipt(steps in prop::collection::vec((0_u8..7, 0_u128..5, 0_i64..90), 1..200)) {
        let mut outbox = Outbox::default();
        let (mut added, mut acknowledged) = (BTreeSet::new(), BTreeSet::new());
        let mut now = at(0);
        for (kind, number, pause) in steps {
            now += SignedDuration::from_secs(pause);
            let some = case(number);
            let sending = outbox.entry(some).is_some_and(|entry| entry.state == EntryState::Sending);
            match kind {
                0 | 1 if !acknowledged.contains(&some) => {
                    outbox.handle_sealed(some, (number % 2 == 0).then_some(at(5_000)), now);
                    added.insert(some);
                }
                2 => if let Some(next) = outbox.poll(now) {
                    prop_assert!(added.contains(&next) && !acknowledged.contains(&next));
                    outbox.handle_started(next);
                },
                3 => outbox.handle_failed(some, unreachable(), now),
                4 => outbox.handle_failed(some, rejected(), now),
                5 => outbox.handle_released(some, now),
                6 if sending => {
                    outbox.handle_acknowledged(some, now);
                    acknowledged.insert(some);
                }
                _ => {}
            }
            prop_assert_eq!(outbox.len(), added.difference(&acknowledged).count());
            let states = || outbox.entries.values().map(|entry| &entry.state);
            prop_assert!(states().filter(|state| **state == EntryState::Sending).count() <= 1);
            let waiting = states().any(|state| matches!(state, EntryState::Waiting { .. }));
            prop_assert_eq!(outbox.next_wake().is_some(), waiting);
        }
    }
}
