//! Contestants of `race-store`: crowds of 64 producers, each of whom waits until its message is durable.

mod engine;
mod nats;
mod ours;
mod postgres;
mod raw;

pub use engine::{QueueCost, queue_costs};
pub use nats::NatsCrowd;
pub use ours::JournalCrowd;
pub use postgres::PostgresCrowd;
pub use raw::RawCrowd;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::Error;

/// Producers of every crowd.
pub const PRODUCERS: usize = 64;

/// Somebody who makes messages durable.
pub trait Crowd {
    /// As shown in the table.
    fn name(&self) -> &'static str;
    /// Lets all producers work for this long; gives the time of each message.
    ///
    /// # Errors
    /// When a message could not be made durable.
    fn run(&mut self, span: Duration) -> Result<Vec<Duration>, Error>;
}

/// The times of one crowd over all rounds.
#[derive(Debug, Default)]
pub struct Figures {
    laps: Vec<Duration>,
    rates: Vec<f64>,
}

impl Figures {
    /// Adds a round.
    pub fn add(&mut self, laps: Vec<Duration>, span: Duration) {
        self.rates.push(laps.len() as f64 / span.as_secs_f64());
        self.laps.extend(laps);
        self.laps.sort_unstable();
    }

    /// Messages a second in the median round.
    #[must_use]
    pub fn rate(&self) -> f64 {
        let mut rates = self.rates.clone();
        rates.sort_by(f64::total_cmp);
        rates.get(rates.len() / 2).copied().unwrap_or(0.0)
    }

    /// A percentile of the time of one message.
    #[must_use]
    pub fn percentile_ms(&self, percent: usize) -> f64 {
        let at = (self.laps.len() * percent / 100).min(self.laps.len().saturating_sub(1));
        self.laps.get(at).map_or(0.0, |lap| lap.as_secs_f64() * 1e3)
    }

    /// Distance between the fastest and the slowest round as a share of the median.
    #[must_use]
    pub fn spread(&self) -> f64 {
        let (low, high) = (
            self.rates.iter().copied().fold(f64::MAX, f64::min),
            self.rates.iter().copied().fold(0.0, f64::max),
        );
        (high - low) / self.rate().max(f64::MIN_POSITIVE)
    }
}

/// A payload that does not compress.
fn payload(bytes: usize) -> Vec<u8> {
    let mut random = journal::sim::Random(bytes as u64);
    (0..bytes).map(|_| random.next() as u8).collect()
}

/// 64 threads repeat `work` until the time is over; each has a state of its own.
fn crowd<S: Send>(
    span: Duration,
    states: &mut [S],
    work: impl Fn(&mut S) -> Result<(), Error> + Sync,
) -> Result<Vec<Duration>, Error> {
    let (end, all) = (Instant::now() + span, Mutex::new(Vec::new()));
    let failure = std::thread::scope(|scope| {
        let threads: Vec<_> = states
            .iter_mut()
            .map(|state| {
                scope.spawn(|| {
                    let (state, mut laps) = (state, Vec::new());
                    while Instant::now() < end {
                        let begun = Instant::now();
                        work(state)?;
                        laps.push(begun.elapsed());
                    }
                    if let Ok(mut all) = all.lock() {
                        all.extend(laps);
                    }
                    Ok::<_, Error>(())
                })
            })
            .collect();
        threads.into_iter().find_map(|thread| match thread.join() {
            Ok(outcome) => outcome.err(),
            Err(_) => Some(Error::part("a producer")(&"it panicked")),
        })
    });
    failure.map_or_else(|| Ok(all.into_inner().unwrap_or_default()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_counts_every_message_and_reports_a_failure() {
        let mut counts = [0_u32; 4];
        let laps = crowd(Duration::from_millis(20), &mut counts, |count| {
            *count += 1;
            std::thread::sleep(Duration::from_millis(1));
            Ok(())
        });
        assert_eq!(laps.expect("nobody failed").len() as u32, counts.iter().sum::<u32>());
        let failed = crowd(Duration::from_secs(60), &mut [1, 2], |_| Err(Error::part("work")(&"no ink")));
        assert_eq!(failed.expect_err("all failed").code(), "D-0301");
    }

    #[test]
    fn figures_are_medians_of_rounds_and_percentiles_of_messages() {
        let mut figures = Figures::default();
        for (count, milliseconds) in [(10, 5), (20, 10), (40, 2)] {
            figures.add(vec![Duration::from_millis(milliseconds); count], Duration::from_secs(1));
        }
        assert_eq!(figures.rate() as u64, 20);
        assert_eq!(figures.percentile_ms(50) as u64, 2);
        assert_eq!(figures.percentile_ms(99) as u64, 10);
        assert!((figures.spread() - 1.5).abs() < 1e-9);
    }
}
