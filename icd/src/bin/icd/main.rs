//! The tool around the ICD: looks at what is exchanged and converts its parts.
//!
//! Reads and writes files, which the library never does. Exit code 0: done; 1: the input is not what it
//! should be; 2: used wrongly.

mod wsq;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

fn main() -> ExitCode {
    let done = match Tool::parse().command {
        Command::Wsq(command) => wsq::run(&command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(1)
        }
    }
}

/// Looks at what is exchanged with Eurodac and converts its parts.
#[derive(Parser)]
#[command(
    name = "icd",
    version,
    after_help = "\
Examples:
  icd wsq decode print.wsq --out print.png
  icd wsq encode print.png --out print.wsq --bpp 0.75 --ppi 500

Exit code: 0 done, 1 the input is bad, 2 used wrongly."
)]
struct Tool {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Decodes and encodes fingerprints in WSQ, the wavelet format of containers.
    #[command(subcommand)]
    Wsq(wsq::Command),
}
