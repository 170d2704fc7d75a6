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

/// Art. 38(2): where national law asks for it, a particularly urgent request is handled within one hour.
pub const ANSWER_LATE_URGENT: SignedDuration = SignedDuration::from_hours(1);

/// First pause of the lane's open circuit breaker: longer than a restart of a front end, short against one hour.
pub const BREAKER_PAUSE_MIN: SignedDuration = SignedDuration::from_secs(15);

/// Longest pause of the lane's open circuit breaker: an urgent message must find its way soon after an outage.
pub const BREAKER_PAUSE_MAX: SignedDuration = SignedDuration::from_secs(120);

/// Steps back of less than this are the ordinary work of a time service and are waited out.
pub const CLOCK_STEP: SignedDuration = SignedDuration::from_mins(5);

/// The calendar of the sites: the days of the table of channels begin at midnight here.
pub const CALENDAR: &str = "Europe/Amsterdam";

/// A console session ends after this time without a request. BIO2 asks for a short one; keying one item in another
/// window takes minutes, and the lease of a claim is of the same order.
pub const SESSION_IDLE: SignedDuration = SignedDuration::from_mins(30);

/// A console session ends this long after sign-in, whatever happens: one shift.
pub const SESSION_AGE_MAX: SignedDuration = SignedDuration::from_hours(10);

/// After too many wrong PINs the official waits this long. With five tries per quarter of an hour, a PIN of six
/// digits withstands a thief of the card for about three years on average.
pub const PIN_WAIT: SignedDuration = SignedDuration::from_mins(15);

/// A smaller count is not shown, so that nobody in a small group can be recognised by it. Our choice; the law names none.
pub const FAIRNESS_COUNT_MIN: u64 = 5;

/// Counts are written this long after the first that is not yet in the file.
pub const FAIRNESS_SAVE_PAUSE: std::time::Duration = std::time::Duration::from_secs(5);

/// The administrator's page warns of a certificate this long before it expires, as the alert rule does.
pub const CERTIFICATE_WARNING: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Values that were opened are masked again after this time.
pub const VALUES_OPEN: SignedDuration = SignedDuration::from_mins(15);

/// A drawn selection is forgotten after this time: what it shows is then too old to act on.
pub const SELECTION_OPEN: SignedDuration = SignedDuration::from_mins(15);

/// What counts as arrived overnight.
pub const RECENT: SignedDuration = SignedDuration::from_hours(12);

/// Changes within this time reach an open page as one notice.
pub const NOTICE_PAUSE: std::time::Duration = std::time::Duration::from_secs(1);
