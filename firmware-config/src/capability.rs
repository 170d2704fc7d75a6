//! Per operation: through which channel it reaches the central system, and when.
//!
//! A row holds from its first to its last day, both included. Outside every row an operation is
//! unavailable: what nobody has configured is not sent anywhere. Rows of one operation never overlap.

use crate::error::Error;
use crate::limits;
use crate::value::{OperationCode, date, date_option};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How an operation reaches the central system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// System-to-system.
    S2s,
    /// Not at all; kept until it can.
    Unavailable,
    /// Keyed by an operator into the central web interface.
    WebInterface,
}

impl Channel {
    /// As written in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::S2s => "s2s",
            Self::Unavailable => "unavailable",
            Self::WebInterface => "web-interface",
        }
    }
}

/// One row: `[[capability]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Capability {
    /// The operation.
    pub operation: OperationCode,
    /// Its channel while the row holds.
    pub channel: Channel,
    /// First day.
    #[serde(deserialize_with = "date")]
    pub from: Date,
    /// Last day; without it the row holds on.
    #[serde(default, deserialize_with = "date_option", skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Capability {
    /// Whether the row holds on this day.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    fn overlaps(&self, other: &Self) -> bool {
        let begins_before_end = |a: &Self, b: &Self| b.until.is_none_or(|until| a.from <= until);
        begins_before_end(self, other) && begins_before_end(other, self)
    }
}

/// All rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct CapabilityTable(Vec<Capability>);

impl CapabilityTable {
    /// The channel of an operation on a day (of the site's own calendar).
    #[must_use]
    pub fn channel(&self, operation: &str, day: Date) -> Channel {
        let row = self.0.iter().find(|row| row.operation.as_str() == operation && row.holds_on(day));
        row.map_or(Channel::Unavailable, |row| row.channel)
    }

    /// The rows as written.
    #[must_use]
    pub fn rows(&self) -> &[Capability] {
        &self.0
    }

    /// First day after `day` on which some row begins or has ended, for a timer.
    #[must_use]
    pub fn next_change_after(&self, day: Date) -> Option<Date> {
        let ends = self.0.iter().filter_map(|row| row.until).filter_map(|until| until.tomorrow().ok());
        self.0.iter().map(|row| row.from).chain(ends).filter(|change| *change > day).min()
    }

    pub(crate) fn check(&self, document: &'static str) -> Result<(), Error> {
        let broken = |row: &Capability, problem: String| {
            Err(Error::Rule { document, key: format!("capability {}", row.operation), problem })
        };
        if let Some(row) = self.0.get(limits::CAPABILITIES_MAX) {
            return broken(row, format!("is one row too many, allowed are {}", limits::CAPABILITIES_MAX));
        }
        for (at, row) in self.0.iter().enumerate() {
            if let Some(until) = row.until.filter(|until| *until < row.from) {
                return broken(row, format!("ends on {until}, before it begins on {}", row.from));
            }
            let earlier = self.0.iter().take(at).filter(|other| other.operation == row.operation);
            if let Some(other) = earlier.into_iter().find(|other| other.overlaps(row)) {
                return broken(row, format!("rows from {} and from {} overlap", other.from, row.from));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    fn table(rows: &[(&str, &str, &str, &str)]) -> CapabilityTable {
        let row = |(operation, channel, from, until): &(&str, &str, &str, &str)| {
            let mut text = format!("operation = \"{operation}\"\nchannel = \"{channel}\"\nfrom = {from}\n");
            if !until.is_empty() {
                text.push_str(&format!("until = {until}\n"));
            }
            toml::from_str(&text).unwrap_or_else(|error| panic!("{error}"))
        };
        CapabilityTable(rows.iter().map(row).collect())
    }

    #[test]
    fn a_row_holds_from_its_first_to_its_last_day() {
        let table = table(&[
            ("erase-inaccurate", "web-interface", "2026-06-12", "2026-12-31"),
            ("erase-inaccurate", "s2s", "2027-01-01", ""),
            ("submit", "s2s", "\"2026-06-12\"", ""),
        ]);
        assert_eq!(table.check("gateway.toml"), Ok(()));
        let check =
            |operation, on, expect| assert_eq!(table.channel(operation, on), expect, "{operation} {on}");
        check("erase-inaccurate", day(2026, 6, 11), Channel::Unavailable);
        check("erase-inaccurate", day(2026, 6, 12), Channel::WebInterface);
        check("erase-inaccurate", day(2026, 12, 31), Channel::WebInterface);
        check("erase-inaccurate", day(2027, 1, 1), Channel::S2s);
        check("erase-citizen", day(2027, 1, 1), Channel::Unavailable);
        assert_eq!(table.next_change_after(day(2026, 6, 12)), Some(day(2027, 1, 1)));
        assert_eq!(table.next_change_after(day(2027, 1, 1)), None);
    }

    #[test]
    fn rows_that_contradict_each_other_are_refused() {
        let check = |rows: &[(&str, &str, &str, &str)], expect: &str| {
            let problem = table(rows).check("gateway.toml").expect_err("it should be refused").to_string();
            assert!(problem.contains(expect), "{problem}");
        };
        check(&[("a", "s2s", "2027-01-02", "2027-01-01")], "before it begins");
        check(&[("a", "s2s", "2027-01-01", ""), ("a", "unavailable", "2028-01-01", "")], "overlap");
        check(&[("a", "s2s", "2027-01-01", "2027-02-01"), ("a", "s2s", "2027-02-01", "")], "overlap");
    }
}
