//! Every tuned number of the kiosk, with its source.

use jiff::SignedDuration;

/// Under this age nothing is captured: Regulation (EU) 2024/1358, Art. 14(1), first subparagraph.
pub const AGE_MIN_YEARS: u8 = 6;

/// A stated age below this is "around six": the usual margin of an age judged by eye or by questions is two years
/// either way, so a child said to be six or seven may be under six. Decision of this product, to be confirmed by
/// the site's lawyer; a larger figure only ever refuses more.
pub const AGE_NEAR_SIX_YEARS_BELOW: u8 = 8;

/// From this age on a person is an adult.
pub const AGE_ADULT_YEARS: u8 = 18;

/// An uncertain adult whose stated age is below this gets the safeguards of a minor (benefit of the doubt). The same
/// two-year margin as around six.
pub const AGE_DOUBT_ADULT_YEARS_BELOW: u8 = 20;

/// Youngest age of the "adolescent" band; below it the child path of the screens is used. Art. 14 makes no such
/// difference: only wording, attempts and thresholds depend on it.
pub const AGE_ADOLESCENT_YEARS: u8 = 12;

/// First pause after a failed sending, doubled each time. Short, because most outages of a local link are short.
pub const RETRY_FIRST: SignedDuration = SignedDuration::from_secs(2);

/// Longest pause between two tries. An officer who repaired the cable should not wait longer than this.
pub const RETRY_LAST: SignedDuration = SignedDuration::from_secs(60);

/// Pause after the gateway refused our certificate or does not know us: only a person can repair that, but it must
/// go on by itself once repaired.
pub const RETRY_REFUSED: SignedDuration = SignedDuration::from_secs(30);
