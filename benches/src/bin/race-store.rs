//! The command `race-store`: how fast messages become durable with 64 producers, beside the raw disk, PostgreSQL and
//! NATS JetStream in the same run; what one message costs as the queue grows; how long opening takes per gigabyte.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use benches::Error;
use benches::output::ended;
use benches::scratch::scratch;
use benches::store::{Crowd, Figures, JournalCrowd, NatsCrowd, PostgresCrowd, RawCrowd, queue_costs};
use clap::Parser;

/// Races durable acceptance: 64 producers, each waiting for its own message before it sends the next, on one disk, in
/// interleaved rounds. Peers take part where they are installed; who is not says so.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 110,
    after_help = "Examples:\n  cargo run --release -p benches --bin race-store\n  cargo run --release -p benches --bin race-store -- --nats /opt/nats-server --seconds 10\n\nWhat each column means: docs/reference/measurements.md"
)]
struct Arguments {
    /// Seconds per contestant, size and round.
    #[arg(long, value_name = "SECONDS", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Rounds; the one who starts changes from round to round.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    /// Where everybody writes; decides which disk is measured.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// The NATS server, version 2.10 or newer.
    #[arg(long, value_name = "PROGRAM", default_value = "nats-server")]
    nats: String,
    /// Folder of PostgreSQL's programs.
    #[arg(long, value_name = "FOLDER", default_value = "/usr/lib/postgresql/15/bin")]
    postgres: PathBuf,
    /// Largest number of waiting messages for the cost per message.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    waiting: u64,
}

fn main() -> ExitCode {
    ended(measure(&Arguments::parse()))
}

fn measure(arguments: &Arguments) -> Result<(), Error> {
    let folder = scratch(arguments.folder.as_deref(), "race-store")?;
    println!("# Durable acceptance, 64 producers\n");
    println!("| size | contestant | messages/s | p50 ms | p99 ms | of raw disk | spread of rounds |");
    println!("|---|---|---|---|---|---|---|");
    for bytes in [10_000, 1_000_000] {
        race(arguments, folder.path(), bytes)?;
    }
    println!("\n# Opening\n");
    let (gigabytes, opening) = JournalCrowd::opening(&folder.path().join("opening"), 1 << 30)?;
    println!("{gigabytes:.2} GB in {opening:.2?}: {:.2} s per GB", opening.as_secs_f64() / gigabytes);
    println!(
        "\n# Cost of one message as the queue grows\n\n| waiting | accept and remember | to the lane and back |"
    );
    println!("|---|---|---|");
    for (waiting, accept, lane) in queue_costs(arguments.waiting)? {
        println!("| {waiting} | {accept:.2?} | {lane:.2?} |");
    }
    Ok(())
}

fn race(arguments: &Arguments, folder: &Path, bytes: usize) -> Result<(), Error> {
    let mut crowds: Vec<Box<dyn Crowd>> = vec![
        Box::new(RawCrowd::new(&folder.join(format!("raw-{bytes}")), bytes)?),
        Box::new(JournalCrowd::new(&folder.join(format!("journal-{bytes}")), bytes)?),
    ];
    match PostgresCrowd::new(&folder.join(format!("postgres-{bytes}")), &arguments.postgres, bytes) {
        Ok(crowd) => crowds.push(Box::new(crowd)),
        Err(error) => eprintln!("SKIPPED: PostgreSQL: {error}"),
    }
    match NatsCrowd::new(&folder.join(format!("nats-{bytes}")), &arguments.nats, bytes) {
        Ok(crowd) => crowds.push(Box::new(crowd)),
        Err(error) => eprintln!("SKIPPED: NATS: {error}"),
    }
    let mut figures: Vec<Figures> = crowds.iter().map(|_| Figures::default()).collect();
    let span = Duration::from_secs(arguments.seconds);
    for round in 0..arguments.rounds as usize {
        for turn in 0..crowds.len() {
            let who = (round + turn) % crowds.len();
            let begun = Instant::now();
            let laps = crowds[who].run(span)?;
            figures[who].add(laps, begun.elapsed());
        }
    }
    let floor = figures[0].rate();
    for (crowd, figures) in crowds.iter().zip(&figures) {
        println!(
            "| {bytes} | {} | {:.0} | {:.1} | {:.1} | {:.2} | {:.2} |",
            crowd.name(),
            figures.rate(),
            figures.percentile_ms(50),
            figures.percentile_ms(99),
            figures.rate() / floor,
            figures.spread()
        );
    }
    Ok(())
}
