//! Contestants in turns: every round each of them runs once, and the one who starts changes from round to round.
//!
//! So nobody always runs on the cache, the disk queue or the clock speed that a certain other one left behind.

use std::time::{Duration, Instant};

use crate::{Error, Laps, limits};

/// Somebody who takes part: we, the floor under us, or a peer.
pub trait Contestant {
    /// Runs once and adds its times to `laps`. `round` counts from 0, warming up included.
    ///
    /// # Errors
    /// When it fails; the race ends with it.
    fn run(&mut self, round: u64, laps: &mut Laps) -> Result<(), Error>;
}

/// How long a race goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Rounds that are not counted.
    pub warm_up_rounds: u64,
    /// Runs at the start of each turn that are not counted. A contestant that slept through the others' turns finds
    /// cold caches; one such run takes that out where the work itself is compared.
    pub settling_runs: u32,
    /// Counted rounds that are run whatever the time.
    pub rounds_min: u64,
    /// Counted rounds after which the race ends.
    pub rounds_max: u64,
    /// Time after which no new round begins.
    pub budget: Duration,
}

impl Pace {
    /// As many rounds as fit into some seconds, three at least.
    #[must_use]
    pub fn seconds(seconds: u64) -> Self {
        let budget = Duration::from_secs(seconds.min(limits::SECONDS_MAX));
        Self { warm_up_rounds: 1, settling_runs: 0, rounds_min: 3, rounds_max: limits::ROUNDS_MAX, budget }
    }

    /// The same with runs at the start of each turn that are not counted.
    #[must_use]
    pub fn settling(self, settling_runs: u32) -> Self {
        Self { settling_runs, ..self }
    }

    fn goes_on(&self, counted: u64, elapsed: Duration) -> bool {
        counted < self.rounds_max && (counted < self.rounds_min || elapsed < self.budget)
    }
}

/// Runs the race and gives back its times.
///
/// # Errors
/// The first failure of a contestant.
pub fn race(contestants: &mut [&mut dyn Contestant], pace: Pace) -> Result<Laps, Error> {
    let mut laps = Laps::default();
    for round in 0..pace.warm_up_rounds {
        run_round(contestants, round, &mut laps, None)?;
    }
    let begun = Instant::now();
    let mut counted = 0;
    while pace.goes_on(counted, begun.elapsed()) {
        run_round(contestants, pace.warm_up_rounds + counted, &mut laps, Some(pace.settling_runs))?;
        counted += 1;
    }
    Ok(laps)
}

/// One round; `None` counts nothing, `Some(n)` counts one run per contestant after `n` that are not.
fn run_round(
    contestants: &mut [&mut dyn Contestant],
    round: u64,
    laps: &mut Laps,
    runs_not_counted: Option<u32>,
) -> Result<(), Error> {
    let first = usize::try_from(round).unwrap_or(0) % contestants.len().max(1);
    let (later, earlier) = contestants.split_at_mut(first);
    for contestant in earlier.iter_mut().chain(later) {
        laps.set_warming_up(true);
        for _ in 0..runs_not_counted.unwrap_or(1) {
            contestant.run(round, laps)?;
        }
        laps.set_warming_up(false);
        if runs_not_counted.is_some() {
            contestant.run(round, laps)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    struct Scribe<'a>(char, &'a RefCell<String>, Option<u64>);

    impl Contestant for Scribe<'_> {
        fn run(&mut self, round: u64, laps: &mut Laps) -> Result<(), Error> {
            self.1.borrow_mut().push(self.0);
            if self.2 == Some(round) {
                return Err(Error::part("writing")(&"no ink"));
            }
            laps.add(&self.0.to_string(), Duration::from_millis(round));
            Ok(())
        }
    }

    const PACE: Pace =
        Pace { warm_up_rounds: 1, settling_runs: 0, rounds_min: 3, rounds_max: 3, budget: Duration::ZERO };

    #[test]
    fn the_one_who_starts_changes() {
        let seen = RefCell::default();
        let (mut a, mut b, mut c) =
            (Scribe('a', &seen, None), Scribe('b', &seen, None), Scribe('c', &seen, None));
        let laps = race(&mut [&mut a, &mut b, &mut c], PACE).expect("a race");
        assert_eq!(*seen.borrow(), "abcbcacababc");
        let counted: Vec<_> = laps.parts().iter().map(|part| part.samples.len()).collect();
        assert_eq!(counted, [3, 3, 3], "the warm-up round is not counted");
    }

    #[test]
    fn settling_runs_are_not_counted() {
        let seen = RefCell::default();
        let (mut a, mut b) = (Scribe('a', &seen, None), Scribe('b', &seen, None));
        let laps = race(&mut [&mut a, &mut b], PACE.settling(1)).expect("a race");
        assert_eq!(*seen.borrow(), "abbbaaaabbbbaa");
        let counted: Vec<_> = laps.parts().iter().map(|part| part.samples.len()).collect();
        assert_eq!(counted, [3, 3]);
    }

    #[test]
    fn a_failure_ends_the_race() {
        let seen = RefCell::default();
        let (mut a, mut b) = (Scribe('a', &seen, Some(2)), Scribe('b', &seen, None));
        let error = race(&mut [&mut a, &mut b], PACE).expect_err("a failure");
        assert_eq!(error.code(), "D-0301");
        assert_eq!(*seen.borrow(), "abbaa");
    }

    #[test]
    fn nobody_is_a_race_too() {
        assert!(race(&mut [], PACE).expect("an empty race").parts().is_empty());
    }

    #[test]
    fn the_pace_has_both_ends() {
        let pace = Pace { rounds_min: 2, rounds_max: 4, ..Pace::seconds(10) };
        let check = |counted, seconds, expect| {
            assert_eq!(pace.goes_on(counted, Duration::from_secs(seconds)), expect, "{counted}, {seconds} s");
        };
        check(0, 99, true);
        check(1, 99, true);
        check(2, 99, false);
        check(2, 9, true);
        check(4, 0, false);
    }
}
