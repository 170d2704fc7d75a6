//! How long a device call may take, and how it is stopped.
//!
//! Every call to a driver carries [`Bounds`]. A driver that waits does so in short steps and asks [`Bounds::check`]
//! between them, so that a cancelled capture goes dark within [`parameters::DEVICE_STEP_MS`].
//!
//! Whoever watches the live picture may bring a [`Trigger`]: a driver that can then shows frames until it is pulled and
//! delivers what it sees at that moment. A device that decides by itself may be earlier.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Fault;
use crate::parameters;

/// Deadline and cancellation of one call.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// The call returns [`Fault::DeadlinePassed`] after this.
    pub deadline: Instant,
    /// The call returns [`Fault::Cancelled`] soon after this fires.
    pub cancel: CancelToken,
    /// Says when to take what is seen; without one the driver decides by itself.
    pub trigger: Option<Trigger>,
}

impl Bounds {
    /// Bounds that end after `timeout`.
    #[must_use]
    pub fn within(timeout: Duration, cancel: CancelToken) -> Self {
        Self { deadline: Instant::now() + timeout, cancel, trigger: None }
    }

    /// The same bounds for a capture whose live picture is watched.
    #[must_use]
    pub fn watched(self, trigger: Trigger) -> Self {
        Self { trigger: Some(trigger), ..self }
    }

    /// Whether the driver should take what it sees now: the trigger was pulled, or there is none.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.trigger.as_ref().is_none_or(Trigger::is_pulled)
    }

    /// Fails when the deadline passed or somebody cancelled; drivers call it in their waiting loops.
    pub fn check(&self) -> Result<(), Fault> {
        if self.cancel.is_cancelled() {
            return Err(Fault::Cancelled);
        }
        if Instant::now() >= self.deadline {
            return Err(Fault::DeadlinePassed);
        }
        Ok(())
    }

    /// Time that is left, zero when none.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Waits for `time`, or less when the deadline or a cancellation comes first.
    pub fn pause(&self, time: Duration) -> Result<(), Fault> {
        let until = Instant::now() + time;
        loop {
            self.check()?;
            let rest = until.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                return Ok(());
            }
            std::thread::sleep(rest.min(self.left()).min(Duration::from_millis(parameters::DEVICE_STEP_MS)));
        }
    }

    /// The same cancellation with a deadline no later than `timeout` from now, for one step of a longer call.
    #[must_use]
    pub fn shorten(&self, timeout: Duration) -> Self {
        Self { deadline: self.deadline.min(Instant::now() + timeout), ..self.clone() }
    }
}

/// Tells a waiting driver to stop. Clones share one flag.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Fires the token; it stays fired.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether somebody fired it.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Tells a driver that shows live frames to take the picture now. Clones share one flag.
#[derive(Clone, Debug, Default)]
pub struct Trigger(Arc<AtomicBool>);

impl Trigger {
    /// Pulls it; it stays pulled.
    pub fn pull(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether somebody pulled it.
    #[must_use]
    pub fn is_pulled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_with_the_deadline() {
        let bounds = Bounds::within(Duration::from_millis(30), CancelToken::default());
        let begun = Instant::now();
        assert_eq!(bounds.pause(Duration::from_secs(20)), Err(Fault::DeadlinePassed));
        assert!(begun.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_pause_ends_with_a_cancellation_from_another_thread() {
        let cancel = CancelToken::default();
        let bounds = Bounds::within(Duration::from_secs(20), cancel.clone());
        let other = std::thread::spawn(move || cancel.cancel());
        assert_eq!(bounds.pause(Duration::from_secs(20)), Err(Fault::Cancelled));
        other.join().expect("the other thread only sets a flag");
    }

    #[test]
    fn a_cancellation_wins_over_a_passed_deadline() {
        let cancel = CancelToken::default();
        cancel.cancel();
        assert_eq!(Bounds::within(Duration::ZERO, cancel).check(), Err(Fault::Cancelled));
    }

    #[test]
    fn a_shortened_bound_is_never_longer() {
        let bounds = Bounds::within(Duration::from_millis(5), CancelToken::default());
        assert_eq!(bounds.shorten(Duration::from_secs(60)).deadline, bounds.deadline);
        assert!(bounds.shorten(Duration::ZERO).deadline <= bounds.deadline);
    }

    #[test]
    fn without_a_trigger_a_driver_decides_and_with_one_it_waits_for_it() {
        let bounds = Bounds::within(Duration::from_secs(1), CancelToken::default());
        assert!(bounds.is_due());
        let trigger = Trigger::default();
        let watched = bounds.watched(trigger.clone());
        assert!(!watched.is_due() && !watched.shorten(Duration::ZERO).is_due());
        trigger.pull();
        assert!(watched.is_due());
    }
}
