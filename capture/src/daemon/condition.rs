//! How the machine under the kiosk is doing: battery, room for cases, and whether its clock can be believed.
//!
//! Legal clocks start from what this machine says, and a team may be without a network for a week, so the officer sees
//! why the time is believed. Three witnesses: the time service of the system (the file that it touches at each
//! synchronisation), the newest signed receipt of the gateway, and what is recorded here already: an instant that lies
//! in the future of the clock proves that the clock runs behind.
//!
//! The reading is behind [`Machine`], a folder each, so that tests bring their own; the judgement is pure.
//! Left out on purpose: setting the clock. That is the system's own service.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use crate::limits::CASES_MAX;
use crate::parameters::{CASE_BYTES_USUAL, CLOCK_APART_MAX, CLOCK_WITNESS_FRESH};

/// What the home page says about the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Where its power comes from.
    pub power: Power,
    /// Cases that still fit on the disk and in the lists; `None` when the disk does not tell.
    pub cases_left: Option<u64>,
    /// Whether the clock can be believed, and why.
    pub clock: ClockTrust,
}

/// Where the power comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// No battery: a kiosk on the mains.
    Mains,
    /// The fullest battery.
    Battery {
        /// What is left, in per cent.
        percent: u8,
        /// Whether it is being charged, or full on the mains.
        charging: bool,
    },
}

/// Whether the clock can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockTrust {
    /// The time service synchronised it.
    Synchronised {
        /// When it last did.
        at: Timestamp,
    },
    /// A receipt that the gateway signed carried the same time.
    Witnessed {
        /// When that receipt came.
        at: Timestamp,
    },
    /// Nobody has confirmed it lately.
    Unconfirmed,
    /// It runs behind something that is recorded already.
    Behind {
        /// By how much.
        by: SignedDuration,
    },
}

impl ClockTrust {
    /// Stable code for scripts.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Synchronised { .. } => "synchronised",
            Self::Witnessed { .. } => "witnessed",
            Self::Unconfirmed => "unconfirmed",
            Self::Behind { .. } => "behind",
        }
    }
}

/// A receipt as a witness of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeWitness {
    /// The instant the gateway signed.
    pub signed_at: Timestamp,
    /// The kiosk's clock when it came.
    pub came_at: Timestamp,
}

/// What the judgement of the clock rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockFacts {
    /// When the time service last synchronised.
    pub synchronised_at: Option<Timestamp>,
    /// The newest receipt.
    pub receipt: Option<TimeWitness>,
    /// The newest instant in the case store.
    pub newest_recorded: Option<Timestamp>,
}

/// Judges the clock.
#[must_use]
pub fn clock_trust(facts: &ClockFacts, now: Timestamp) -> ClockTrust {
    let known =
        [facts.newest_recorded, facts.receipt.map(|receipt| receipt.signed_at), facts.synchronised_at];
    if let Some(newest) = known.into_iter().flatten().max() {
        let by = newest.duration_since(now);
        if by > CLOCK_APART_MAX {
            return ClockTrust::Behind { by };
        }
    }
    let is_fresh = |at: &Timestamp| now.duration_since(*at) <= CLOCK_WITNESS_FRESH;
    if let Some(at) = facts.synchronised_at.filter(is_fresh) {
        return ClockTrust::Synchronised { at };
    }
    // A receipt that was carried by hand comes days after it was signed and says nothing about this clock.
    let agrees =
        |receipt: &TimeWitness| receipt.came_at.duration_since(receipt.signed_at).abs() <= CLOCK_APART_MAX;
    match facts.receipt.filter(agrees).map(|receipt| receipt.came_at).filter(is_fresh) {
        Some(at) => ClockTrust::Witnessed { at },
        None => ClockTrust::Unconfirmed,
    }
}

/// Where this machine tells about itself.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The kernel's list of power supplies.
    pub power: PathBuf,
    /// Files that a time service touches when it synchronises.
    pub time: Vec<PathBuf>,
    /// The case store.
    pub storage: PathBuf,
    /// Bytes that the store leaves free.
    pub margin_bytes: u64,
}

impl Machine {
    /// The machine this runs on.
    #[must_use]
    pub fn real(storage: &Path, margin_bytes: u64) -> Self {
        Self {
            power: PathBuf::from("/sys/class/power_supply"),
            // systemd-timesyncd and chrony.
            time: vec!["/run/systemd/timesync/synchronized".into(), "/var/lib/chrony/drift".into()],
            storage: storage.to_owned(),
            margin_bytes,
        }
    }

    /// Looks at everything; `listed` cases are in the lists already.
    #[must_use]
    pub fn look(&self, facts: &ClockFacts, listed: usize, now: Timestamp) -> Condition {
        let facts = ClockFacts { synchronised_at: self.synchronised_at(), ..*facts };
        let by_rows = u64::try_from(CASES_MAX.saturating_sub(listed)).unwrap_or(0);
        Condition {
            power: power(&self.power),
            cases_left: self.cases_by_disk().map(|by_disk| by_disk.min(by_rows)),
            clock: clock_trust(&facts, now),
        }
    }

    fn cases_by_disk(&self) -> Option<u64> {
        let disk = rustix::fs::statvfs(&self.storage).ok()?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize).saturating_sub(self.margin_bytes);
        Some(free / CASE_BYTES_USUAL)
    }

    fn synchronised_at(&self) -> Option<Timestamp> {
        let touched = |file: &PathBuf| fs::metadata(file).ok()?.modified().ok();
        let newest = self.time.iter().filter_map(touched).max()?;
        Timestamp::try_from(newest).ok()
    }
}

/// The fullest battery in the kernel's list, or mains where there is none.
fn power(list: &Path) -> Power {
    let Ok(supplies) = fs::read_dir(list) else { return Power::Mains };
    let read = |folder: &Path, name: &str| {
        let text = fs::read_to_string(folder.join(name)).ok()?;
        Some(text.trim().to_owned())
    };
    let battery = |folder: PathBuf| {
        // A mouse has a battery too; its scope is "Device".
        let own = read(&folder, "type")? == "Battery" && read(&folder, "scope").as_deref() != Some("Device");
        let percent = read(&folder, "capacity")?.parse::<u8>().ok()?.min(100);
        let charging = matches!(read(&folder, "status")?.as_str(), "Charging" | "Full" | "Not charging");
        own.then_some(Power::Battery { percent, charging })
    };
    let found = supplies.take(SUPPLIES_MAX).filter_map(|entry| battery(entry.ok()?.path()));
    let percent = |power: &Power| match power {
        Power::Mains => 0,
        Power::Battery { percent, .. } => *percent,
    };
    found.max_by_key(percent).unwrap_or(Power::Mains)
}

/// Power supplies that are looked at.
const SUPPLIES_MAX: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minutes * 60).expect("a time of this century")
    }

    fn battery(folder: &Path, name: &str, files: &[(&str, &str)]) {
        let supply = folder.join(name);
        fs::create_dir_all(&supply).expect("a folder");
        for (file, text) in files {
            fs::write(supply.join(file), format!("{text}\n")).expect("written");
        }
    }

    #[test]
    fn a_machine_without_a_battery_is_on_the_mains() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(power(&folder.path().join("none")), Power::Mains);
        battery(folder.path(), "AC", &[("type", "Mains"), ("online", "1")]);
        battery(
            folder.path(),
            "hid-mouse",
            &[("type", "Battery"), ("scope", "Device"), ("capacity", "90"), ("status", "Discharging")],
        );
        assert_eq!(power(folder.path()), Power::Mains, "the mouse does not run the kiosk");
    }

    #[test]
    fn a_battery_tells_what_is_left_and_nonsense_is_not_believed() {
        let folder = tempfile::tempdir().expect("a folder");
        battery(folder.path(), "BAT0", &[("type", "Battery"), ("capacity", "41"), ("status", "Discharging")]);
        assert_eq!(power(folder.path()), Power::Battery { percent: 41, charging: false });
        battery(folder.path(), "BAT1", &[("type", "Battery"), ("capacity", "63"), ("status", "Charging")]);
        assert_eq!(power(folder.path()), Power::Battery { percent: 63, charging: true });
        battery(folder.path(), "BAT2", &[("type", "Battery"), ("capacity", "lots"), ("status", "Full")]);
        assert_eq!(power(folder.path()), Power::Battery { percent: 63, charging: true });
    }

    #[test]
    fn a_clock_is_believed_with_a_fresh_witness_only() {
        let none = ClockFacts::default();
        assert_eq!(clock_trust(&none, at(0)), ClockTrust::Unconfirmed);
        let synchronised = ClockFacts { synchronised_at: Some(at(0)), ..none };
        assert_eq!(clock_trust(&synchronised, at(60)), ClockTrust::Synchronised { at: at(0) });
        assert_eq!(clock_trust(&synchronised, at(60 * 24 * 9)), ClockTrust::Unconfirmed, "nine days ago");
        let receipt = |signed, came| ClockFacts {
            receipt: Some(TimeWitness { signed_at: at(signed), came_at: at(came) }),
            ..none
        };
        assert_eq!(clock_trust(&receipt(0, 0), at(60)), ClockTrust::Witnessed { at: at(0) });
        assert_eq!(clock_trust(&receipt(0, 600), at(700)), ClockTrust::Unconfirmed, "carried by hand");
    }

    #[test]
    fn a_clock_that_ran_backwards_is_told_whatever_the_time_service_says() {
        let facts = ClockFacts { synchronised_at: Some(at(0)), receipt: None, newest_recorded: Some(at(90)) };
        assert_eq!(clock_trust(&facts, at(91)), ClockTrust::Synchronised { at: at(0) });
        let behind = clock_trust(&facts, at(30));
        assert_eq!(behind, ClockTrust::Behind { by: SignedDuration::from_mins(60) });
        let signed = ClockFacts {
            receipt: Some(TimeWitness { signed_at: at(10_000), came_at: at(10_000) }),
            ..ClockFacts::default()
        };
        assert_eq!(clock_trust(&signed, at(0)).code(), "behind");
    }

    #[test]
    fn the_room_that_is_left_is_counted_in_cases() {
        let folder = tempfile::tempdir().expect("a folder");
        let machine = Machine {
            power: folder.path().join("none"),
            time: vec![folder.path().join("synchronized")],
            storage: folder.path().to_owned(),
            margin_bytes: 0,
        };
        let look = |machine: &Machine, listed| machine.look(&ClockFacts::default(), listed, Timestamp::now());
        assert_eq!(look(&machine, CASES_MAX).cases_left, Some(0), "the lists are full");
        assert_eq!(look(&Machine { margin_bytes: u64::MAX, ..machine.clone() }, 0).cases_left, Some(0));
        let some = look(&machine, CASES_MAX - 1).cases_left;
        assert!(some.is_some_and(|left| left <= 1), "{some:?}");
        assert_eq!(
            look(&Machine { storage: folder.path().join("gone"), ..machine.clone() }, 0).cases_left,
            None
        );
        assert_eq!(look(&machine, 0).clock, ClockTrust::Unconfirmed);
        fs::write(&machine.time[0], "").expect("touched");
        assert_eq!(look(&machine, 0).clock.code(), "synchronised");
    }
}
