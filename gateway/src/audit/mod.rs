//! The audit log: append-only, hash-chained, every line signed, checkable by an outsider with the public key alone.
//!
//! The folder: `lines/` is a journal of its own; `head.json` is a signed copy of a late line, replaced from time to
//! time, so that a log cut off at its end is noticed. Receipts carry number and hash of their line: whoever holds a
//! receipt holds an anchor that nobody here can change.
//!
//! Invariant: lines become durable in their order; one group is under way at a time.

mod head;
mod line;
mod reader;
mod verify;

#[cfg(test)]
mod tests;

pub use line::{Anchor, BEFORE_FIRST, Entry, Hash, Line};
pub use reader::{export, verify_path};
pub use verify::{Fault, Report, Verifier};

use std::path::{Path, PathBuf};

use firmware_config::SigningKey;
use journal::{Journal, Options, Pending};

use crate::error::Error;
use crate::limits;

/// The open log.
pub struct AuditLog {
    lines: Journal,
    folder: PathBuf,
    signer: SigningKey,
    last: Anchor,
    head_at: u64,
}

impl AuditLog {
    /// Opens the log and continues behind its last line.
    pub fn open(folder: &Path, signer: SigningKey) -> Result<Self, Error> {
        std::fs::create_dir_all(folder).map_err(|error| Error::storage(folder, &error))?;
        let options = options();
        let (lines, found) =
            Journal::open(&folder.join("lines"), options).map_err(Error::journal("audit"))?;
        if found.damaged_records > 0 {
            return Err(Error::JournalDamaged { which: "audit", records: found.damaged_records });
        }
        let last = match found.last {
            None => Anchor::default(),
            Some(position) => {
                let record = lines.read(position).map_err(Error::journal("audit"))?;
                let group = reader::decode(&record).unwrap_or_default();
                group.last().map(Line::anchor).ok_or_else(|| Error::AuditUnreadable {
                    folder: folder.display().to_string(),
                    reason: "its last record holds no line".to_owned(),
                })?
            }
        };
        Ok(Self { lines, folder: folder.to_owned(), signer, last, head_at: 0 })
    }

    /// The last line written.
    #[must_use]
    pub fn last(&self) -> Anchor {
        self.last
    }

    /// Writes lines for these entries, in order. They are in the log only once [`AuditLog::submit`] resolves.
    pub fn write(&mut self, entries: &[Entry]) -> Vec<Line> {
        let mut lines = Vec::with_capacity(entries.len());
        for entry in entries {
            let line = Line::write(self.last, entry, &self.signer);
            self.last = line.anchor();
            lines.push(line);
        }
        lines
    }

    /// Hands a group of lines to the journal. Only one group may be under way; after a refusal the same group must
    /// be handed over again.
    pub fn submit(&self, lines: &[Line]) -> Result<Pending, Error> {
        self.lines
            .submit_within_reserve(reader::KIND_LINES, reader::encode(lines))
            .map_err(Error::journal("audit"))
    }

    /// Replaces the signed head when the log has grown enough since the last one, or when asked to.
    pub fn renew_head(&mut self, durable: &Line, now_or_never: bool) -> Result<(), Error> {
        let grown = durable.sequence.saturating_sub(self.head_at);
        if grown >= limits::AUDIT_LINES_PER_HEAD || (now_or_never && grown > 0) {
            head::write(&self.folder, durable).map_err(|error| Error::storage(&self.folder, &error))?;
            self.head_at = durable.sequence;
        }
        Ok(())
    }
}

impl std::fmt::Debug for AuditLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditLog").field("last", &self.last).finish_non_exhaustive()
    }
}

/// Lines are small and few; the log finishes what is accepted, so it may use the site's margin.
fn options() -> Options {
    const MIB: u64 = 1024 * 1024;
    Options {
        segment_bytes_max: 16 * MIB,
        record_bytes_max: 4 * MIB,
        disk_margin_bytes_min: 0,
        queue_bytes_max: 16 * MIB,
    }
}
