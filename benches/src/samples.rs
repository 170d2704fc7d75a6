//! Times of one part, and what is said of them: least, median, 99th percentile, most, spread.
//!
//! Percentiles are by nearest rank: always a time that was really seen. With fewer than a hundred samples the 99th
//! percentile is therefore the largest.

use std::time::Duration;

/// Times of one part, in the order they were taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Samples {
    times: Vec<Duration>,
}

/// What is said of a set of times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// How many times were taken.
    pub count: usize,
    /// The shortest.
    pub min: Duration,
    /// The median.
    pub p50: Duration,
    /// The 99th percentile.
    pub p99: Duration,
    /// The longest.
    pub max: Duration,
    /// Distance from the first to the third quartile, as a share of the median: how much to trust the median.
    pub spread: f64,
}

impl Samples {
    /// Adds one time.
    pub fn push(&mut self, time: Duration) {
        self.times.push(time);
    }

    /// Adds the times of another set.
    pub fn extend(&mut self, other: Self) {
        self.times.extend(other.times);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// What is to be said of them; nothing when there are none.
    #[must_use]
    pub fn summary(&self) -> Option<Summary> {
        let mut sorted = self.times.clone();
        sorted.sort_unstable();
        let rank = |percent: usize| nearest_rank(&sorted, percent);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let (p50, p99) = (rank(50)?, rank(99)?);
        let quartiles = rank(75)?.saturating_sub(rank(25)?);
        let spread = if p50.is_zero() { 0.0 } else { quartiles.as_secs_f64() / p50.as_secs_f64() };
        Some(Summary { count: sorted.len(), min, p50, p99, max, spread })
    }
}

impl FromIterator<Duration> for Samples {
    fn from_iter<I: IntoIterator<Item = Duration>>(times: I) -> Self {
        Self { times: times.into_iter().collect() }
    }
}

/// The smallest value that at least `percent` of all values do not exceed.
fn nearest_rank(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn millis(times: impl IntoIterator<Item = u64>) -> Samples {
        times.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn nothing_is_said_of_no_times() {
        assert_eq!(Samples::default().summary(), None);
    }

    #[test]
    fn percentiles_are_times_that_were_seen() {
        fn check(times: &[u64], expect: (u64, u64, u64, u64), spread: f64) {
            let summary = millis(times.iter().copied()).summary().expect("times");
            let seen = [summary.min, summary.p50, summary.p99, summary.max].map(|time| time.as_millis());
            let expect = [expect.0, expect.1, expect.2, expect.3].map(u128::from);
            assert_eq!(seen, expect, "{times:?}");
            assert!((summary.spread - spread).abs() < 1e-9, "{times:?}: spread {}", summary.spread);
            assert_eq!(summary.count, times.len());
        }
        check(&[7], (7, 7, 7, 7), 0.0);
        check(&[9, 1], (1, 1, 9, 9), 8.0);
        check(&[3, 1, 2], (1, 2, 3, 3), 1.0);
        check(&[4, 3, 2, 1], (1, 2, 4, 4), 1.0);
        check(&[0, 0, 0], (0, 0, 0, 0), 0.0);
        let hundred: Vec<u64> = (1..=100).rev().collect();
        check(&hundred, (1, 50, 99, 100), 1.0);
        let two_hundred: Vec<u64> = (1..=200).collect();
        check(&two_hundred, (1, 100, 198, 200), 1.0);
    }

    proptest! {
        #[test]
        fn figures_are_in_order_whatever_the_times(times in prop::collection::vec(0..1_000_000_u64, 1..300)) {
            let summary = millis(times.iter().copied()).summary().expect("times");
            prop_assert!(summary.min <= summary.p50 && summary.p50 <= summary.p99 && summary.p99 <= summary.max);
            let below = times.iter().filter(|time| Duration::from_millis(**time) <= summary.p50).count();
            prop_assert!(below * 2 >= times.len());
            let below = times.iter().filter(|time| Duration::from_millis(**time) <= summary.p99).count();
            prop_assert!(below * 100 >= times.len() * 99);
        }
    }
}
