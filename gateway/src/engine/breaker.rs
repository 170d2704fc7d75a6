//! The circuit breaker of the lane: an absent central system is asked for now and then, not hammered.
//!
//! After [`Policy::breaker_failures`] attempts in a row that did not get through, the breaker opens: nothing is sent
//! until a pause is over, and then one message alone goes as a probe. Whatever certain word the central system gives
//! closes it; a failed probe opens it again for twice the pause, up to a bound. So an outage of a day costs a few
//! hundred probes in all, whatever waits, and uses up nobody's attempts.
//!
//! No state that is journalled: after a restart it begins closed and learns again.

use jiff::Timestamp;

use super::clock::after;
use super::policy::Policy;

/// Whether the lane may send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Breaker {
    failures: u32,
    openings: u32,
    open_until: Option<Timestamp>,
}

impl Breaker {
    /// How many messages may be under way at `now`.
    pub(super) fn places(&self, now: Timestamp, in_flight_max: usize) -> usize {
        match self.open_until {
            None => in_flight_max,
            Some(until) if now < until => 0,
            Some(_) => 1,
        }
    }

    /// An attempt did not get through.
    pub(super) fn failed(&mut self, policy: &Policy, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        let probe_failed = self.open_until.is_some_and(|until| until <= now);
        let begins = self.open_until.is_none() && self.failures >= policy.breaker_failures;
        if probe_failed || begins {
            self.openings = self.openings.saturating_add(1);
            self.open_until = Some(after(now, policy.breaker_pause(self.openings)));
        }
    }

    /// The central system gave a certain word.
    pub(super) fn reached(&mut self) {
        *self = Self::default();
    }

    /// The clock was set back: a pause never lasts longer than its bound.
    pub(super) fn clock_set_back(&mut self, policy: &Policy, now: Timestamp) {
        let latest = after(now, policy.breaker_pause_max);
        self.open_until = self.open_until.map(|until| until.min(latest));
    }

    /// Until when nothing is sent.
    pub(super) fn open_until(&self) -> Option<Timestamp> {
        self.open_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn it_opens_probes_and_closes() {
        let policy = Policy::default();
        let mut breaker = Breaker::default();
        let mut now = Timestamp::UNIX_EPOCH;
        for _ in 1..policy.breaker_failures {
            breaker.failed(&policy, now);
            assert_eq!(breaker.places(now, 8), 8, "one failure is no outage");
        }
        breaker.failed(&policy, now);
        assert_eq!(breaker.places(now, 8), 0);
        breaker.failed(&policy, now);
        let until = breaker.open_until().expect("open");
        assert_eq!(until, after(now, policy.breaker_pause_min), "those under way do not lengthen the pause");
        let mut pause = policy.breaker_pause_min;
        for _ in 0..20 {
            now = breaker.open_until().expect("open");
            assert_eq!(breaker.places(now, 8), 1, "one probe");
            breaker.failed(&policy, now);
            pause = (pause * 2).min(policy.breaker_pause_max);
            assert_eq!(breaker.open_until(), Some(after(now, pause)));
            assert_eq!(breaker.places(now, 8), 0);
        }
        breaker.clock_set_back(&policy, before_a_year(now));
        assert!(breaker.open_until() <= Some(after(before_a_year(now), policy.breaker_pause_max)));
        breaker.reached();
        assert_eq!(breaker.places(now, 8), 8);
    }

    fn before_a_year(now: Timestamp) -> Timestamp {
        super::super::clock::before(now, SignedDuration::from_hours(24 * 365))
    }
}
