//! Instants and durations in words, always with their zone.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// An instant for an officer: day, time and zone of this kiosk.
pub(super) fn instant(at: Timestamp) -> String {
    at.to_zoned(zone()).strftime("%-d %b %Y %H:%M:%S %Z").to_string()
}

/// Day and time of this kiosk's zone, as the fields of a form show them.
pub(super) fn fields(at: Timestamp) -> (String, String) {
    let here = at.to_zoned(zone());
    (here.strftime("%d-%m-%Y").to_string(), here.strftime("%H:%M").to_string())
}

/// A day and a time of this kiosk's zone.
pub(super) fn at(day: Date, time: Time) -> Option<Timestamp> {
    day.to_datetime(time).to_zoned(zone()).ok().map(|zoned| zoned.timestamp())
}

/// The name of this kiosk's zone at an instant.
pub(super) fn zone_name(at: Timestamp) -> String {
    at.to_zoned(zone()).strftime("%Z").to_string()
}

/// Reads an instant: with zone (RFC 3339), or without (`2026-07-01T10:00`), in this kiosk's zone.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    civil.to_zoned(zone()).ok().map(|zoned| zoned.timestamp())
}

/// A duration in its two largest units: "2 d 4 h", "3 h 12 min", "4 min", "12 s".
pub(super) fn duration(length: SignedDuration) -> String {
    let seconds = length.as_secs().unsigned_abs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, ..) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// How long ago.
pub(super) fn ago(at: Timestamp, now: Timestamp) -> String {
    format!("{} ago", duration(now.duration_since(at).max(SignedDuration::ZERO)))
}

fn zone() -> TimeZone {
    TimeZone::system()
}

#[cfg(test)]
mod tests {
    use super::super::dates;
    use super::*;

    fn check(seconds: i64, expect: &str) {
        assert_eq!(duration(SignedDuration::from_secs(seconds)), expect);
    }

    #[test]
    fn durations_have_two_units() {
        check(12, "12 s");
        check(240, "4 min");
        check(3 * 3_600 + 12 * 60, "3 h 12 min");
        check(2 * 86_400 + 4 * 3_600 + 59, "2 d 4 h");
        check(-90, "1 min");
    }

    #[test]
    fn instants_are_read_with_and_without_zone() {
        let at: Timestamp = "2026-07-01T10:00:00Z".parse().expect("an instant");
        assert_eq!(read("2026-07-01T10:00:00Z"), Some(at));
        assert_eq!(read("2026-07-01T10:00").map(|at| fields(at).1), Some("10:00".to_owned()));
        let (day, time) = fields(at);
        let typed = dates::read_day(&day).zip(dates::read_time(&time));
        assert_eq!(typed.and_then(|(day, time)| super::at(day, time)), Some(at));
        assert_eq!(read("yesterday"), None);
    }
}
