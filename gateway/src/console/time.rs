//! Spans and instants in words: relative for the eye, absolute with zone for the record.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::language::Language;

/// A span in its two largest units: `2 d 3 h`, `4 h 12 min`, `7 min`, `under a minute`.
pub(crate) fn span(t: Language, span: SignedDuration) -> String {
    let minutes = span.abs().as_secs() / 60;
    let (days, hours, minutes) = (minutes / (24 * 60), minutes / 60 % 24, minutes % 60);
    let [day, hour, minute] = [0, 1, 2].map(|unit| t.part("units", unit));
    match (days, hours, minutes) {
        (0, 0, 0) => t.say("under-a-minute"),
        (0, 0, minutes) => format!("{minutes} {minute}"),
        (0, hours, 0) => format!("{hours} {hour}"),
        (0, hours, minutes) => format!("{hours} {hour} {minutes} {minute}"),
        (days, 0, _) => format!("{days} {day}"),
        (days, hours, _) => format!("{days} {day} {hours} {hour}"),
    }
}

/// An instant for people: `Tue 24 Nov 2026, 08:00 CET`.
pub(crate) fn absolute(t: Language, at: Timestamp, calendar: &TimeZone) -> String {
    let at = at.to_zoned(calendar.clone());
    let (weekday, month) = names(t, &at);
    at.strftime(&format!("{weekday} %-d {month} %Y, %H:%M %Z")).to_string()
}

/// The same with seconds, for the steps of a timeline.
pub(crate) fn exact(t: Language, at: Timestamp, calendar: &TimeZone) -> String {
    let at = at.to_zoned(calendar.clone());
    let (weekday, month) = names(t, &at);
    at.strftime(&format!("{weekday} %-d {month}, %H:%M:%S %Z")).to_string()
}

/// Day and minute, where the year is clear.
pub(crate) fn short(t: Language, at: Timestamp, calendar: &TimeZone) -> String {
    let at = at.to_zoned(calendar.clone());
    let (_, month) = names(t, &at);
    at.strftime(&format!("%-d {month} %H:%M")).to_string()
}

fn names(t: Language, at: &jiff::Zoned) -> (String, String) {
    let weekday = t.part("weekdays", at.weekday().to_monday_zero_offset());
    (weekday, t.part("months", at.month() - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_in_words() {
        let check = |minutes: i64, english: &str, dutch: &str| {
            for (t, expect) in [(Language::English, english), (Language::Dutch, dutch)] {
                assert_eq!(span(t, SignedDuration::from_mins(minutes)), expect);
                assert_eq!(span(t, -SignedDuration::from_mins(minutes)), expect);
            }
        };
        check(0, "under a minute", "minder dan een minuut");
        check(7, "7 min", "7 min");
        check(60, "1 h", "1 u");
        check(252, "4 h 12 min", "4 u 12 min");
        check(24 * 60 + 5, "1 d", "1 d");
        check(51 * 60 + 30, "2 d 3 h", "2 d 3 u");
    }

    #[test]
    fn instants_carry_their_zone() {
        let at: Timestamp = "2026-10-24T07:00:05Z".parse().expect("literal");
        let amsterdam = TimeZone::get("Europe/Amsterdam").expect("bundled");
        assert_eq!(absolute(Language::English, at, &amsterdam), "Sat 24 Oct 2026, 09:00 CEST");
        assert_eq!(absolute(Language::Dutch, at, &amsterdam), "za 24 okt 2026, 09:00 CEST");
        assert_eq!(exact(Language::English, at, &amsterdam), "Sat 24 Oct, 09:00:05 CEST");
        assert_eq!(short(Language::Dutch, at, &amsterdam), "24 okt 09:00");
    }
}
