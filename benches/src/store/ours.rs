//! We: the journal, with checks, headers, segments and everything that recovery needs.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use journal::{Journal, Options};

use super::{Crowd, PRODUCERS, crowd, payload};
use crate::Error;

/// The journal.
pub struct JournalCrowd {
    folder: PathBuf,
    payload: Vec<u8>,
}

impl JournalCrowd {
    /// A journal in this folder.
    ///
    /// # Errors
    /// [`Error::File`] when the folder cannot be made.
    pub fn new(folder: &Path, bytes: usize) -> Result<Self, Error> {
        std::fs::create_dir_all(folder).map_err(Error::file("the folder of the journal"))?;
        Ok(Self { folder: folder.to_owned(), payload: payload(bytes) })
    }

    /// Writes records of 1 MB and opens the journal again: gigabytes read, and how long that took.
    ///
    /// # Errors
    /// As the journal.
    pub fn opening(folder: &Path, bytes: u64) -> Result<(f64, Duration), Error> {
        let failed = Error::part("opening");
        std::fs::create_dir_all(folder).map_err(Error::file("the folder of the journal"))?;
        let (journal, _) = Journal::open(folder, OPTIONS).map_err(|error| failed(&error))?;
        let record = payload(1_000_000);
        let mut written = 0;
        while written < bytes {
            let pending: Result<Vec<_>, _> = (0..32).map(|_| journal.submit(1, record.clone())).collect();
            for pending in pending.map_err(|error| failed(&error))? {
                pending.wait().map_err(|error| failed(&error))?;
            }
            written += 32_000_000;
        }
        drop(journal);
        let begun = Instant::now();
        let (journal, found) = Journal::open(folder, OPTIONS).map_err(|error| failed(&error))?;
        let opening = begun.elapsed();
        drop(journal);
        std::fs::remove_dir_all(folder).map_err(Error::file("the folder of the journal"))?;
        Ok((found.payload_bytes as f64 / 1e9, opening))
    }
}

impl Crowd for JournalCrowd {
    fn name(&self) -> &'static str {
        "journal"
    }

    /// Each round begins with an empty folder, so that the disk does not fill up.
    fn run(&mut self, span: Duration) -> Result<Vec<Duration>, Error> {
        let failed = Error::part("journal");
        let (journal, _) = Journal::open(&self.folder, OPTIONS).map_err(|error| failed(&error))?;
        let laps = crowd(span, &mut [(); PRODUCERS], |()| {
            journal.append(1, self.payload.clone()).map(drop).map_err(|error| failed(&error))
        });
        drop(journal);
        std::fs::remove_dir_all(&self.folder)
            .and_then(|()| std::fs::create_dir_all(&self.folder))
            .map_err(Error::file("the folder of the journal"))?;
        laps
    }
}

const OPTIONS: Options = Options {
    segment_bytes_max: 256 << 20,
    record_bytes_max: 32 << 20,
    disk_margin_bytes_min: 1 << 30,
    queue_bytes_max: 128 << 20,
};
