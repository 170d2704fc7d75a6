//! The command `race-journey`: how long from the capture of a whole person to the gateway's signed receipt, and where
//! the time goes.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use benches::{
    Contestant, Error, Pace, Report,
    journey::{Kiosk, PARTS_AGAINST, RunningSite},
    limits,
    output::{Output, ended},
    probe::{DiskProbe, MemoryProbe},
    programs, race,
    scratch::scratch,
    subject::Subject,
};
use clap::Parser;
use jiff::Timestamp;

/// Times one screening after the other: three slaps and a portrait of a synthetic person, from the first look at the
/// pixels to the verified receipt of a real gateway, beside the raw disk, raw TLS and memcpy in the same run.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 110,
    after_help = "Examples:\n  make bench\n  cargo run --release -p benches --bin race-journey -- --seconds 10 --csv figures.csv\n  cargo run --release -p benches --bin race-journey -- --offline --json\n\nWhat each column means: docs/reference/measurements.md"
)]
struct Arguments {
    /// How long to measure.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=limits::SECONDS_MAX))]
    seconds: u64,
    /// How many synthetic people take turns.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=i64::from(limits::PERSONS_MAX)))]
    persons: u32,
    /// Their age in years.
    #[arg(long, value_name = "YEARS", default_value_t = 34, value_parser = clap::value_parser!(u8).range(6..=100))]
    age: u8,
    /// Measure the kiosk's parts alone, without gateway and central system.
    #[arg(long)]
    offline: bool,
    /// Do not build gateway and central system first; use what was built before.
    #[arg(long)]
    no_build: bool,
    /// Where the throw-away site and the journals lie; decides which disk is measured. Emptied before and afterwards.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    ended(measure(&arguments).and_then(|report| arguments.output.write(&report)))
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    if !arguments.offline && !arguments.no_build {
        eprintln!("building gateway and central system, where they changed");
        programs::build(&["gateway", "central"])?;
    }
    let folder = scratch(arguments.folder.as_deref(), "race-journey")?;
    let site = if arguments.offline {
        eprintln!("SKIPPED: gateway and central system (--offline)");
        None
    } else {
        Some(RunningSite::start(&folder.path().join("site"))?)
    };
    eprintln!("growing {} synthetic people", arguments.persons);
    let subjects = Subject::crowd(arguments.persons, arguments.age)?;
    eprintln!("measuring for {} s", arguments.seconds);
    let report = run(arguments, folder.path(), &subjects, site.as_ref())?;
    drop(site);
    folder.close().map_err(Error::file("the folder of the race"))?;
    Ok(report)
}

fn run(
    arguments: &Arguments,
    folder: &Path,
    subjects: &[Subject],
    site: Option<&RunningSite>,
) -> Result<Report, Error> {
    let mut kiosk = Kiosk::open(folder, subjects, site)?;
    let bodies = kiosk.rehearse()?;
    let pixels = subjects.iter().map(Subject::pixels).collect();
    let mut memory_of_pixels = MemoryProbe::new("memcpy of pixels", pixels);
    let mut memory_of_message = MemoryProbe::new("memcpy of message", bodies.clone());
    let mut disk = DiskProbe::new("raw disk", folder, bodies.clone())?;
    let mut tls = site.map(|site| site.tls_probe("raw TLS", bodies)).transpose()?;
    let mut notes = vec![NOTE_SHARED.to_owned()];
    notes.extend(kiosk.notes().iter().map(|note| format!("SKIPPED: {note}")));

    let measured_at = Timestamp::now();
    let mut contestants: Vec<&mut dyn Contestant> =
        vec![&mut kiosk, &mut memory_of_pixels, &mut memory_of_message, &mut disk];
    if let Some(tls) = &mut tls {
        contestants.push(tls);
    }
    let laps = race(&mut contestants, Pace::seconds(arguments.seconds))?;
    let mut report = Report::new("Capture to receipt", measured_at, &laps, PARTS_AGAINST);
    if site.is_none() {
        notes.push("SKIPPED: send, receipt and answer (--offline)".to_owned());
    }
    if let Some(bytes) = site.and_then(RunningSite::gateway_memory_bytes) {
        notes.push(format!(
            "The gateway held {:.0} MiB of memory at the end.",
            bytes as f64 / f64::from(1 << 20)
        ));
    }
    report.notes = notes;
    Ok(report)
}

const NOTE_SHARED: &str = "The parts come from one thread. Where the load above exceeds the cores, somebody else was working: then only the ratios count.";
