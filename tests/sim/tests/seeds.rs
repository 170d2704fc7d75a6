//! A short run of the simulation, and the tests of the test: three planted bugs that it must find.

use sim::{Planted, outage, run};

const SEEDS: u64 = 150;
const SEEDS_TO_FIND_A_BUG_MAX: u64 = 3_000;

#[test]
fn no_seed_violates_an_invariant() {
    let mut messages = 0;
    for seed in 0..SEEDS {
        match run(seed, Planted::Nothing) {
            Ok(report) => messages += report.arrived,
            Err(violation) => panic!("{violation}\nrepeat it: cargo run -p sim -- --seed {seed}"),
        }
    }
    assert!(messages > SEEDS, "the worlds were not empty: {messages} messages reached Eurodac");
}

#[test]
fn a_seed_repeats_itself() {
    for seed in 0..20 {
        assert_eq!(run(seed, Planted::Nothing), run(seed, Planted::Nothing), "seed {seed}");
    }
}

fn is_found(planted: Planted, by: &[&str]) {
    let violation = (0..SEEDS_TO_FIND_A_BUG_MAX).find_map(|seed| run(seed, planted).err());
    let violation = violation.unwrap_or_else(|| panic!("{planted:?} was not found"));
    assert!(by.iter().any(|sign| violation.contains(sign)), "found, but by an unexpected sign: {violation}");
}

#[test]
fn acknowledging_before_the_sync_is_found() {
    is_found(
        Planted::AcknowledgeBeforeSync,
        &["come home", "is lost", "another receipt", "while operator", "Eurodac twice", "overtakes"],
    );
}

#[test]
fn an_index_believed_over_the_journal_is_found() {
    is_found(
        Planted::IndexOverJournal,
        &["is lost", "no receipt", "Eurodac twice", "another receipt", "other content"],
    );
}

#[test]
fn draining_without_a_claim_check_is_found() {
    is_found(Planted::DrainWithoutClaimCheck, &["while operator", "Eurodac twice"]);
}

#[test]
fn a_day_without_the_central_system_loses_nothing_and_says_what_is_late() {
    for seed in 0..4 {
        let day = outage(seed).unwrap_or_else(|violation| panic!("seed {seed}: {violation}"));
        assert_eq!(day.receipted, 288, "{day:?}");
        assert!(day.crashes >= 7 && day.overdue > 20 && day.waited > 150, "the day was not empty: {day:?}");
        // A probe every two minutes is 720; each of the seven crashes forgets that the breaker was open.
        assert!(day.attempts <= 900, "the absent system is not hammered: {day:?}");
        assert!(day.attempts >= 300, "it is noticed when it comes back: {day:?}");
        assert!(day.drain_minutes <= 10, "a pause of two minutes and one of five at most: {day:?}");
    }
}
