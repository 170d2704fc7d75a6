//! Spans and instants in words: relative for the eye, absolute with zone for the record.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A span in its two largest units: `2 d 3 h`, `4 h 12 min`, `7 min`, `under a minute`.
pub(crate) fn span(span: SignedDuration) -> String {
    let minutes = span.abs().as_secs() / 60;
    let (days, hours, minutes) = (minutes / (24 * 60), minutes / 60 % 24, minutes % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => "under a minute".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// An instant for people: `Tue 24 Nov 2026, 08:00 CET`.
pub(crate) fn absolute(at: Timestamp, calendar: &TimeZone) -> String {
    at.to_zoned(calendar.clone()).strftime("%a %-d %b %Y, %H:%M %Z").to_string()
}

/// The same with seconds, for the steps of a timeline.
pub(crate) fn exact(at: Timestamp, calendar: &TimeZone) -> String {
    at.to_zoned(calendar.clone()).strftime("%a %-d %b, %H:%M:%S %Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_in_words() {
        let check = |minutes: i64, expect: &str| {
            assert_eq!(span(SignedDuration::from_mins(minutes)), expect);
            assert_eq!(span(-SignedDuration::from_mins(minutes)), expect);
        };
        check(0, "under a minute");
        check(7, "7 min");
        check(60, "1 h");
        check(252, "4 h 12 min");
        check(24 * 60 + 5, "1 d");
        check(51 * 60 + 30, "2 d 3 h");
    }

    #[test]
    fn instants_carry_their_zone() {
        let at: Timestamp = "2026-11-24T07:00:05Z".parse().expect("literal");
        let amsterdam = TimeZone::get("Europe/Amsterdam").expect("bundled");
        assert_eq!(absolute(at, &amsterdam), "Tue 24 Nov 2026, 08:00 CET");
        assert_eq!(exact(at, &amsterdam), "Tue 24 Nov, 08:00:05 CET");
    }
}
