//! Which road an operation takes at a date: a capability per operation, not a mode of the house.
//!
//! For the first months the central system offers no system-to-system interface for changes and erasures; those
//! are keyed by hand. Each row has validity dates, so the day an interface opens can be signed in advance. Dates
//! are counted in UTC: a row holds from its first instant of `from` to the last of `until`.

use icd::operation::Operation;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// The way an operation reaches Eurodac. Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Road {
    /// System to system.
    S2s,
    /// Keyed by an operator into the central web interface.
    WebInterface,
    /// None; the item is kept until one opens.
    Unavailable,
}

impl Road {
    /// Short stable name, as in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::S2s => "s2s",
            Self::WebInterface => "web-interface",
            Self::Unavailable => "unavailable",
        }
    }
}

/// One row: this operation takes this road from a date, until a date if one is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capability {
    /// The operation.
    pub operation: Operation,
    /// Its road.
    pub road: Road,
    /// First day.
    pub from: Date,
    /// Last day, inclusive.
    pub until: Option<Date>,
}

/// The table of roads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    rows: Vec<Capability>,
}

impl Capabilities {
    /// A table of these rows. Where two rows hold on one day, the one with the later `from` counts, and among
    /// equals the one that stands later.
    #[must_use]
    pub fn new(rows: Vec<Capability>) -> Self {
        Self { rows }
    }

    /// All rows as given.
    #[must_use]
    pub fn rows(&self) -> &[Capability] {
        &self.rows
    }

    /// The road of an operation now. An operation without a row in force has none.
    #[must_use]
    pub fn road(&self, operation: Operation, now: Timestamp) -> Road {
        let today = now.to_zoned(TimeZone::UTC).date();
        self.rows
            .iter()
            .filter(|row| row.operation == operation && row.from <= today)
            .filter(|row| row.until.is_none_or(|until| today <= until))
            .max_by_key(|row| row.from)
            .map_or(Road::Unavailable, |row| row.road)
    }

    /// The next instant after `now` at which a row begins or ceases to hold.
    #[must_use]
    pub fn next_switch(&self, now: Timestamp) -> Option<Timestamp> {
        let begins = self.rows.iter().map(|row| Some(row.from));
        let ends = self.rows.iter().map(|row| row.until.and_then(|until| until.tomorrow().ok()));
        begins
            .chain(ends)
            .flatten()
            .filter_map(|date| date.to_zoned(TimeZone::UTC).ok())
            .map(|midnight| midnight.timestamp())
            .filter(|instant| *instant > now)
            .min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn row(road: Road, from: Date, until: Option<Date>) -> Capability {
        Capability { operation: Operation::Submit, road, from, until }
    }

    #[test]
    fn the_row_with_the_latest_start_counts() {
        let table = Capabilities::new(vec![
            row(Road::WebInterface, date(2026, 6, 12), None),
            row(Road::S2s, date(2026, 12, 12), Some(date(2026, 12, 31))),
        ]);
        let check = |instant: &str, expect: Road| {
            let now: Timestamp = instant.parse().expect("literal");
            assert_eq!(table.road(Operation::Submit, now), expect, "{instant}");
        };
        check("2026-06-11T23:59:59Z", Road::Unavailable);
        check("2026-06-12T00:00:00Z", Road::WebInterface);
        check("2026-12-12T00:00:00Z", Road::S2s);
        check("2026-12-31T23:59:59Z", Road::S2s);
        check("2027-01-01T00:00:00Z", Road::WebInterface);
    }

    #[test]
    fn the_next_switch_is_the_nearest_boundary() {
        let table = Capabilities::new(vec![row(Road::S2s, date(2026, 12, 12), Some(date(2026, 12, 31)))]);
        let check = |instant: &str, expect: Option<&str>| {
            let now: Timestamp = instant.parse().expect("literal");
            let expect: Option<Timestamp> = expect.map(|text| text.parse().expect("literal"));
            assert_eq!(table.next_switch(now), expect, "{instant}");
        };
        check("2026-06-11T00:00:00Z", Some("2026-12-12T00:00:00Z"));
        check("2026-12-12T00:00:00Z", Some("2027-01-01T00:00:00Z"));
        check("2027-01-01T00:00:00Z", None);
    }
}
