//! The signed head: a copy of a late line beside the log.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use super::line::Line;

/// Replaces the head durably: after a power cut either the old or the new one is there.
pub(super) fn write(folder: &Path, line: &Line) -> io::Result<()> {
    let unfinished = folder.join("head.json.new");
    let mut file = File::create(&unfinished)?;
    file.write_all(&serde_json::to_vec(line)?)?;
    file.sync_all()?;
    fs::rename(unfinished, folder.join(FILE))?;
    File::open(folder)?.sync_all()
}

/// The head, if there is one; an error for one that cannot be read as a line.
pub(super) fn read(folder: &Path) -> io::Result<Option<Line>> {
    match fs::read(folder.join(FILE)) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

const FILE: &str = "head.json";
