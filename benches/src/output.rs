//! Where the figures go: a table on standard output, or JSON, and CSV beside it.

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::Args;

use crate::{Error, Report};

/// The same choices for every race.
#[derive(Debug, Clone, Args)]
pub struct Output {
    /// Also write the figures to this file, one line per part.
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

impl Output {
    /// Writes the report.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be written.
    pub fn write(&self, report: &Report) -> Result<(), Error> {
        let text = if self.json { report.to_json() + "\n" } else { report.to_markdown() };
        std::io::stdout().write_all(text.as_bytes()).map_err(Error::file("standard output"))?;
        match &self.csv {
            Some(file) => std::fs::write(file, report.to_csv()).map_err(Error::file("the CSV file")),
            None => Ok(()),
        }
    }
}

/// How a race ends: its figures are out, or it says what keeps it from being run.
#[must_use]
pub fn ended(outcome: Result<(), Error>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", error.code());
            ExitCode::FAILURE
        }
    }
}
