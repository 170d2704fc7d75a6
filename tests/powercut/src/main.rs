//! The command `powercut`: a gateway lives through power cuts and is held to its promises.

use std::process::ExitCode;

use clap::Parser;
use powercut::Error;
use powercut::life::{cuts, every_cut, is_possible, live};

/// Cuts the power of the real gateway process under load, on a file system that forgets what was not synced.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 110,
    after_help = "Examples:\n  powercut\n  powercut --cuts 400 --seed 7\n  powercut --every\n\nExit code 0: every promise was kept, or disks cannot be mounted here, which is said."
)]
struct Arguments {
    /// How many cuts.
    #[arg(long, value_name = "N", default_value_t = 20)]
    cuts: usize,
    /// Decides the moments and what survives. Threads and sockets are real, so a seed repeats the plan, not every step.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Every named moment with both fates, and as many random ones.
    #[arg(long, conflicts_with = "cuts")]
    every: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let scratch = match tempfile::tempdir() {
        Ok(scratch) => scratch,
        Err(error) => {
            eprintln!("no temporary folder: {error}");
            return ExitCode::FAILURE;
        }
    };
    if let Err(error) = is_possible(scratch.path()) {
        println!("SKIPPED: {error}");
        return ExitCode::SUCCESS;
    }
    let plan = if arguments.every { every_cut(arguments.seed) } else { cuts(arguments.seed, arguments.cuts) };
    match live(&plan, None, |line| println!("{line}")).await {
        Ok(report) => {
            println!(
                "{} power cuts ({} at their moment), {} messages promised, none lost, doubled or back; \
                 {} writes ({} past the page cache), {} syncs",
                report.cuts,
                report.at_their_moment,
                report.promised,
                report.counts.writes,
                report.counts.direct_writes,
                report.counts.syncs
            );
            ExitCode::SUCCESS
        }
        Err(error @ Error::Violated(_)) => {
            eprintln!("{error}\nrepeat the plan: powercut --seed {}", arguments.seed);
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
