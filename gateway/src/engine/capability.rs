//! Which channel an operation takes at an instant: a capability per operation, not a mode of the house.
//!
//! For the first months the central system offers no system-to-system interface for changes and erasures; those
//! are keyed by hand. The rows and their dates are the site's signed configuration (`firmware_config`); here they
//! meet the calendar of the site, so that the day an interface opens begins at the site's own midnight.

use firmware_config::{CapabilityTable, Channel};
use icd::operation::Operation;
use jiff::{Timestamp, tz::TimeZone};

/// The table of channels, with the calendar its days are counted in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    table: CapabilityTable,
    calendar: TimeZone,
}

impl Capabilities {
    /// A table whose days are counted in this time zone.
    #[must_use]
    pub fn new(table: CapabilityTable, calendar: TimeZone) -> Self {
        Self { table, calendar }
    }

    /// The rows as configured.
    #[must_use]
    pub fn table(&self) -> &CapabilityTable {
        &self.table
    }

    /// The channel of an operation at an instant; without a row in force it has none.
    #[must_use]
    pub fn channel(&self, operation: Operation, now: Timestamp) -> Channel {
        self.table.channel(operation.code(), self.calendar.to_datetime(now).date())
    }

    /// The next instant after `now` at which a row begins or ceases to hold.
    #[must_use]
    pub fn next_switch(&self, now: Timestamp) -> Option<Timestamp> {
        let day = self.table.next_change_after(self.calendar.to_datetime(now).date())?;
        day.to_zoned(self.calendar.clone()).ok().map(|midnight| midnight.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_the_midnight_of_the_site() {
        let row = "operation = \"submit\"\nchannel = \"s2s\"\nfrom = 2026-12-12\nuntil = 2026-12-31\n";
        let table: CapabilityTable = toml::from_str::<std::collections::BTreeMap<String, CapabilityTable>>(
            &format!("[[capability]]\n{row}"),
        )
        .expect("literal")
        .remove("capability")
        .expect("literal");
        let amsterdam = TimeZone::get("Europe/Amsterdam").expect("bundled");
        let capabilities = Capabilities::new(table, amsterdam);
        let check = |instant: &str, channel: Channel, next: Option<&str>| {
            let now: Timestamp = instant.parse().expect("literal");
            let next: Option<Timestamp> = next.map(|text| text.parse().expect("literal"));
            assert_eq!(capabilities.channel(Operation::Submit, now), channel, "{instant}");
            assert_eq!(capabilities.next_switch(now), next, "{instant}");
        };
        check("2026-12-11T22:59:59Z", Channel::Unavailable, Some("2026-12-11T23:00:00Z"));
        check("2026-12-11T23:00:00Z", Channel::S2s, Some("2026-12-31T23:00:00Z"));
        check("2026-12-31T23:00:00Z", Channel::Unavailable, None);
    }
}
