//! `matcher`: the tool beside the library. Reads files, prints answers; all thinking is in the library.
//!
//! Exit code 0: done; 1: the input is bad (the error with its code is on stderr); 2: used wrongly.

mod advise;
mod evaluate;
mod expert;
mod explain;
mod files;
mod gallery;
mod plain;
mod quality;
mod quality_comparison;
mod segment;
mod synth;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Segment, judge, extract, compare and find fingerprints.
///
/// Pictures are PNG, TIFF, PGM, WSQ or JPEG 2000, 8-bit grey. Resolution comes from the file, else from --ppi.
#[derive(Parser)]
#[command(version, about, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  matcher quality thumb.png
  matcher segment slap.wsq --hand auto --json --out fingers/
  matcher advise thumb.png
  matcher extract thumb.png -o thumb.bgmt
  matcher compare thumb.bgmt other.png
  matcher compare one.png other.png --explain pairs.png
  matcher enroll prints/ --gallery prints.gallery
  matcher search thumb.png --gallery prints.gallery --top 10
  matcher synth --persons 2 --visits 3 --seed 1 --out prints/
  matcher evaluate ../shared/data/fvc2002_db1_b --scores scores.csv";

#[derive(Subcommand)]
enum Command {
    /// Judge single prints: our own figure 0 to 100 (not NFIQ), and advice.
    Quality(quality::Arguments),
    /// Find the fingers of a slap.
    Segment(segment::Arguments),
    /// Say in one sentence what would make a print or a slap better, with the figures behind it.
    Advise(advise::Arguments),
    /// Make a template of a single print.
    Extract(plain::ExtractArguments),
    /// Compare two prints or templates.
    Compare(plain::CompareArguments),
    /// Write a picture of every stage of an extraction.
    Explain(explain::Arguments),
    /// Add a folder of prints to a gallery file, or take names out.
    Enroll(gallery::EnrollArguments),
    /// Find a print, or a person's prints, in a gallery file.
    Search(gallery::SearchArguments),
    /// Measure error rates and times on folders of FFF_I.png (finger, impression).
    Evaluate(evaluate::Arguments),
    Synth(synth::SynthArgs),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Quality(arguments) => quality::run(&arguments),
        Command::Segment(arguments) => segment::run(&arguments),
        Command::Advise(arguments) => advise::run(&arguments),
        Command::Extract(arguments) => plain::extract(&arguments),
        Command::Compare(arguments) => plain::compare(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Enroll(arguments) => gallery::enroll(&arguments),
        Command::Search(arguments) => gallery::search(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Synth(arguments) => synth::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(1)
        }
    }
}
