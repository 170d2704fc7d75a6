//! `matcher`: the tool beside the library. Exit code 0 = done, 1 = the input or the folder is bad, 2 = used wrongly.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod synth;

/// Fingerprint tool: made-up prints for the virtual scanner and for tests.
#[derive(Debug, Parser)]
#[command(name = "matcher", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Synth(synth::SynthArgs),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Synth(args) => synth::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(1)
        }
    }
}
