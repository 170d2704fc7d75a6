//! Tuned numbers that are neither law nor bounds, each with its source.

use jiff::SignedDuration;

/// A clock counts as due soon this long before its end: one working shift and the night before it. Site policy
/// (`[policy] due_soon_hours`) overrides it.
pub const DUE_SOON: SignedDuration = SignedDuration::from_hours(12);

/// A claim lasts this long: keying one item takes minutes; a lunch break should not block it. Site policy
/// (`[policy] lease_minutes`) overrides it.
pub const LEASE: SignedDuration = SignedDuration::from_mins(30);

/// Content is kept this long after an item is closed and its answers are collected, so that a question on the same
/// day can be answered. The Regulation gives no figure for systems in between; shortest that is useful.
pub const RETENTION: SignedDuration = SignedDuration::from_hours(24);

/// First pause before sending again.
pub const RETRY_PAUSE_MIN: SignedDuration = SignedDuration::from_millis(500);

/// Longest pause before sending again: short against a 72-hour clock, long against a rate limit.
pub const RETRY_PAUSE_MAX: SignedDuration = SignedDuration::from_secs(300);

/// Art. 38(2): the central system handles each request within 24 hours.
pub const ANSWER_LATE: SignedDuration = SignedDuration::from_hours(24);

/// The calendar of the sites: the days of the table of channels begin at midnight here.
pub const CALENDAR: &str = "Europe/Amsterdam";
