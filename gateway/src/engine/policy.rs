//! What a site may choose: spans and bounds of the engine. The defaults and their reasons are in
//! `crate::parameters`.

use jiff::SignedDuration;

use super::clock::after;
use super::item::ItemId;
use crate::{limits, parameters};
use icd::operation::Operation;
use jiff::Timestamp;

/// Spans and bounds of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long before its end a clock counts as due soon.
    pub due_soon: SignedDuration,
    /// How long a claim lasts unless renewed.
    pub lease: SignedDuration,
    /// How long the content is kept after the item is closed and its answers are collected.
    pub retention: SignedDuration,
    /// Pause after the first failed attempt; it doubles with each further one.
    pub retry_pause_min: SignedDuration,
    /// Longest pause between attempts.
    pub retry_pause_max: SignedDuration,
    /// Attempts before a person must decide.
    pub attempts_max: u32,
    /// When a missing answer of the central system is reported, Art. 38(2).
    pub answer_late: SignedDuration,
    /// The same for a message that is to be handled within one hour.
    pub answer_late_urgent: SignedDuration,
    /// Attempts in a row that did not get through before the breaker opens.
    pub breaker_failures: u32,
    /// First pause of an open breaker; it doubles with each failed probe.
    pub breaker_pause_min: SignedDuration,
    /// Longest pause of an open breaker.
    pub breaker_pause_max: SignedDuration,
    /// A clock that goes back further than this was wrong before, and is believed now.
    pub clock_step: SignedDuration,
    /// What a second person must check.
    pub second_check: SecondCheck,
    /// Items of one partner in the engine at one time.
    pub partner_items_max: usize,
    /// Messages on their way to the central system at one time.
    pub in_flight_max: usize,
    /// Items in the engine at one time.
    pub items_max: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            due_soon: parameters::DUE_SOON,
            lease: parameters::LEASE,
            retention: parameters::RETENTION,
            retry_pause_min: parameters::RETRY_PAUSE_MIN,
            retry_pause_max: parameters::RETRY_PAUSE_MAX,
            attempts_max: limits::ATTEMPTS_MAX,
            answer_late: parameters::ANSWER_LATE,
            answer_late_urgent: parameters::ANSWER_LATE_URGENT,
            breaker_failures: limits::BREAKER_FAILURES_MAX,
            breaker_pause_min: parameters::BREAKER_PAUSE_MIN,
            breaker_pause_max: parameters::BREAKER_PAUSE_MAX,
            clock_step: parameters::CLOCK_STEP,
            second_check: SecondCheck::Nothing,
            partner_items_max: limits::PARTNER_ITEMS_MAX,
            in_flight_max: limits::LANE_IN_FLIGHT_MAX,
            items_max: limits::ITEMS_MAX,
        }
    }
}

/// What a second person must check before it is closed. Complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecondCheck {
    /// Erasures of datasets and of single fields: they cannot be undone.
    Erasures,
    /// Everything that is keyed by hand.
    Everything,
    /// Nothing; the Regulation does not ask for it.
    #[default]
    Nothing,
}

impl SecondCheck {
    /// Whether it asks for a check of this operation.
    #[must_use]
    pub fn asks(self, operation: Operation) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Erasures => operation.rule().two_person,
        }
    }
}

impl Policy {
    /// In what time the central system must answer, Art. 38(2).
    #[must_use]
    pub fn answer_within(&self, urgent: bool) -> SignedDuration {
        if urgent { self.answer_late_urgent } else { self.answer_late }
    }

    /// How long the breaker stays open after this many openings in a row.
    #[must_use]
    pub(super) fn breaker_pause(&self, openings: u32) -> SignedDuration {
        let doubling = 1_i32.checked_shl(openings.saturating_sub(1).min(30)).unwrap_or(i32::MAX);
        let pause = self.breaker_pause_min.checked_mul(doubling).unwrap_or(self.breaker_pause_max);
        pause.min(self.breaker_pause_max)
    }

    /// When to try again after `failures` failed attempts. The pause is shortened by up to a quarter, differently
    /// for each item, so that a thousand items do not knock at the same instant.
    #[must_use]
    pub(super) fn retry_at(&self, item: ItemId, failures: u32, now: Timestamp) -> Timestamp {
        let doubling = 1_i32.checked_shl(failures.saturating_sub(1).min(30)).unwrap_or(i32::MAX);
        let pause = self
            .retry_pause_min
            .checked_mul(doubling)
            .unwrap_or(self.retry_pause_max)
            .min(self.retry_pause_max);
        let spread = scatter(item.number() ^ (u64::from(failures) << 48)) % 256;
        let shortened = pause / 1024 * i32::try_from(spread).unwrap_or(0);
        after(now, pause - shortened)
    }
}

/// A fixed mixing of bits (the finaliser of SplitMix64), so that neighbours get unlike values.
fn scatter(seed: u64) -> u64 {
    let mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_bound() {
        let policy = Policy::default();
        let now = Timestamp::UNIX_EPOCH;
        let check = |failures: u32, nominal: SignedDuration| {
            let pause = policy.retry_at(ItemId::new(7), failures, now).duration_since(now);
            assert!(pause <= nominal, "{failures}: {pause}");
            assert!(pause * 4 >= nominal * 3, "{failures}: {pause}");
        };
        check(1, policy.retry_pause_min);
        check(2, policy.retry_pause_min * 2);
        check(4, policy.retry_pause_min * 8);
        check(40, policy.retry_pause_max);
        check(u32::MAX, policy.retry_pause_max);
    }
}
