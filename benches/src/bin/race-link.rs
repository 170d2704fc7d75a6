//! The command `race-link`: messages a second through TLS and validation with 64 connections, beside the journal alone.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use benches::link::{Kind, LinkCrowd};
use benches::output::ended;
use benches::scratch::scratch;
use benches::store::{Crowd, Figures, JournalCrowd};
use benches::{Error, programs};
use clap::Parser;

/// Hands messages in at a real gateway over many connections, in rounds that take turns with the journal alone on the
/// same disk and the same number of bytes.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 110,
    after_help = "Examples:\n  cargo run --release -p benches --bin race-link\n  cargo run --release -p benches --bin race-link -- --messages 2000 --rounds 5\n\nWhat each column means: docs/reference/measurements.md"
)]
struct Arguments {
    /// Changes in one round; of submissions an eighth of it.
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(64..=100_000))]
    messages: u32,
    /// Rounds.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    /// Connections that are open at the same time.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(2..=128))]
    connections: u32,
    /// Where everybody writes; decides which disk is measured.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

fn main() -> ExitCode {
    ended(measure(&Arguments::parse()))
}

fn measure(arguments: &Arguments) -> Result<(), Error> {
    let folder = scratch(arguments.folder.as_deref(), "race-link")?;
    eprintln!("building gateway and central system, where they changed");
    programs::build(&["gateway", "central"])?;
    let mut link = LinkCrowd::start(&folder.path().join("site"))?;
    println!("# Through TLS and validation, {} connections\n", arguments.connections);
    println!(
        "| message | bytes | contestant | messages/s | p50 ms | p99 ms | gateway ms per message | spread of rounds |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let kinds = [
        (Kind::Change, "change", arguments.messages),
        (Kind::Submission, "submission", arguments.messages / 8),
    ];
    for (kind, name, count) in kinds {
        let bytes = link.message_bytes(kind)?;
        let mut alone = JournalCrowd::new(&folder.path().join(format!("journal-{name}")), bytes)?;
        let (mut through, mut floor) = (Figures::default(), Figures::default());
        let (mut work, mut messages) = (Some(Duration::ZERO), 0_usize);
        for _ in 0..arguments.rounds {
            let round = link.round(kind, count as usize, arguments.connections as usize)?;
            work = work.zip(round.gateway_time).map(|(sum, one)| sum + one);
            messages += round.laps.len();
            through.add(round.laps, round.span);
            let begun = Instant::now();
            let laps = alone.run(FLOOR_TIME)?;
            floor.add(laps, begun.elapsed());
        }
        let per_message = work.map_or_else(
            || "not known here".to_owned(),
            |work| format!("{:.2}", work.as_secs_f64() * 1e3 / messages.max(1) as f64),
        );
        for (contestant, figures, cost) in
            [("gateway", &through, per_message.as_str()), ("journal alone", &floor, "")]
        {
            println!(
                "| {name} | {bytes} | {contestant} | {:.0} | {:.1} | {:.1} | {cost} | {:.2} |",
                figures.rate(),
                figures.percentile_ms(50),
                figures.percentile_ms(99),
                figures.spread()
            );
        }
    }
    Ok(())
}

/// How long the journal alone is measured in each round.
const FLOOR_TIME: Duration = Duration::from_secs(2);
