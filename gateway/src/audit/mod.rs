//! The audit log: append-only, hash-chained, every line signed, checkable by an outsider with the public key alone.
//!
//! The folder: `lines/` is a journal of its own; `head.json` is a signed copy of a late line, replaced from time to
//! time, so that a log cut off at its end is noticed; `checkpoints.jsonl` holds signed roots of a tree over all lines.
//! Receipts carry number and hash of their line: whoever holds a receipt holds an anchor that nobody here can change.
//!
//! Invariant: lines become durable in their order; one group is under way at a time.

mod checkpoint;
mod head;
mod line;
mod proof;
mod reader;
mod tree;
mod verify;

#[cfg(test)]
mod tests;

pub use checkpoint::Checkpoint;
pub use line::{Anchor, BEFORE_FIRST, Entry, Hash, Line};
pub use proof::{Proof, prove};
pub use reader::{export, read_checkpoints, verify_path};
pub use verify::{Fault, Report, Verifier};

use std::path::{Path, PathBuf};

use firmware_config::SigningKey;
use jiff::{SignedDuration, Timestamp};
use journal::{Journal, Options, Pending, Position};

use crate::error::Error;
use crate::limits;
use tree::Frontier;

/// The open log.
pub struct AuditLog {
    lines: Journal,
    folder: PathBuf,
    signer: SigningKey,
    last: Anchor,
    head_at: u64,
    /// Over the durable lines.
    tree: Frontier,
    /// The last of them.
    durable: Anchor,
    place: Option<Position>,
    checkpoint: Option<Checkpoint>,
}

/// When a checkpoint is due: whichever comes first. A choice of the site, `[policy]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckpointRule {
    /// After this many lines.
    pub lines: u64,
    /// After this time, if there is a new line.
    pub after: SignedDuration,
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
        let mut log = Self {
            lines,
            folder: folder.to_owned(),
            signer,
            last,
            head_at: 0,
            tree: Frontier::default(),
            durable: Anchor::default(),
            place: None,
            checkpoint: None,
        };
        log.rebuild_tree()?;
        Ok(log)
    }

    /// The tree over what is durable: from the last checkpoint of our own key, and the lines behind it.
    fn rebuild_tree(&mut self) -> Result<(), Error> {
        let failed = |error: std::io::Error| Error::storage(&self.folder, &error);
        checkpoint::tidy(&self.folder).map_err(failed)?;
        let known = checkpoint::read(&self.folder).map_err(failed)?;
        self.checkpoint = known.into_iter().next_back();
        let own = self.checkpoint.as_ref().filter(|known| known.is_genuine(&self.signer.public_key()));
        if let Some(known) = own
            && known.size > self.last.sequence
        {
            return Err(Fault::Truncated { last: self.last.sequence, known: known.size }.into());
        }
        let base = own.and_then(|known| Some((known.tree()?, known.anchor(), known.place()?)));
        let mut replay = self.lines.replay();
        if let Some((tree, durable, place)) = base {
            (self.tree, self.durable, self.place) = (tree, durable, Some(place));
            replay = self.lines.replay_after(place);
        }
        for record in replay {
            let (place, record) = record.map_err(Error::journal("audit"))?;
            for line in reader::decode(&record).unwrap_or_default() {
                if line.sequence != self.durable.sequence.saturating_add(1) {
                    let fault = Fault::Numbering {
                        expected: self.durable.sequence.saturating_add(1),
                        found: line.sequence,
                    };
                    return Err(fault.into());
                }
                self.tree.push(line.hash);
                (self.durable, self.place) = (line.anchor(), Some(place));
            }
        }
        Ok(())
    }

    /// These lines, the very ones handed over last, are durable at this place.
    pub fn settled(&mut self, lines: &[Line], place: Position) {
        for line in lines {
            self.tree.push(line.hash);
            self.durable = line.anchor();
        }
        self.place = Some(place);
    }

    /// When the next checkpoint is due; nothing while no line is new.
    #[must_use]
    pub fn checkpoint_due(&self, rule: CheckpointRule, now: Timestamp) -> Option<Timestamp> {
        let (covered, since) = match &self.checkpoint {
            Some(known) => (known.size, known.at),
            None => (0, now),
        };
        let new = self.durable.sequence.saturating_sub(covered);
        match new {
            0 => None,
            // The first one of a log comes with its first lines, so that even a young log is covered.
            _ if new >= rule.lines || self.checkpoint.is_none() => Some(now),
            // A clock that was set back must not put it off for longer than the rule says.
            _ => Some(since.min(now).checked_add(rule.after).unwrap_or(now)),
        }
    }

    /// Signs a checkpoint over all durable lines and makes it durable.
    pub fn sign_checkpoint(&mut self, now: Timestamp) -> Result<&Checkpoint, Error> {
        let signed = Checkpoint::sign(
            &self.tree,
            self.durable,
            self.checkpoint.as_ref(),
            self.place,
            &self.signer,
            now,
        );
        checkpoint::append(&self.folder, &signed).map_err(|error| Error::storage(&self.folder, &error))?;
        Ok(self.checkpoint.insert(signed))
    }

    /// The newest checkpoint.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&Checkpoint> {
        self.checkpoint.as_ref()
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
