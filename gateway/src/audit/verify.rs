//! Checking a log with nothing but the public key: offline, by an outsider.
//!
//! What is found: a line that was changed (its hash differs), removed or moved (the numbering or the chain breaks),
//! rewritten together with all later ones (the signature fails; with the gateway's own key, the root of a checkpoint
//! differs), or cut off at the end (a checkpoint, the signed head or an anchor from a receipt names a later line).
//! Whoever can cut the end *and* put older checkpoints and an older signed head in their place is found by a checkpoint
//! or a receipt that somebody outside holds; without any later one that cut cannot be seen.

use firmware_config::PublicKey;
use serde::Serialize;

use super::checkpoint::Checkpoint;
use super::line::{Anchor, BEFORE_FIRST, Line};
use super::tree::Frontier;

/// What a sound log showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Lines checked.
    pub lines: u64,
    /// The last line.
    pub last: Anchor,
    /// Anchors that were found in place.
    pub anchors: usize,
    /// Checkpoints whose root is that of the lines before them.
    pub checkpoints: usize,
}

/// What is wrong with a log. Complete.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A line is gone or out of place.
    #[error(
        "line {expected} is missing or out of place: line {found} stands there; lines were removed, added or moved"
    )]
    Numbering {
        /// The number that should stand here.
        expected: u64,
        /// The number that does.
        found: u64,
    },
    /// A line does not continue the one before.
    #[error("line {sequence} does not continue the line before it; lines were removed or exchanged")]
    Chain {
        /// The line.
        sequence: u64,
    },
    /// A line's text is not the one that was hashed.
    #[error("line {sequence} was changed after it was written")]
    Changed {
        /// The line.
        sequence: u64,
    },
    /// A line is not signed by the gateway's key.
    #[error(
        "line {sequence} is not signed by this key; it was written by somebody else, or this is the wrong key"
    )]
    Signature {
        /// The line.
        sequence: u64,
    },
    /// The log ends before a line that is known to have existed.
    #[error("the log ends at line {last}, but line {known} existed; its end was cut off")]
    Truncated {
        /// The last line present.
        last: u64,
        /// A line that existed.
        known: u64,
    },
    /// The line a receipt names is another one.
    #[error("line {sequence} is not the line that a receipt names; the log was rewritten")]
    AnchorDiffers {
        /// The line.
        sequence: u64,
    },
    /// A line cannot be read.
    #[error("line {after} is followed by something that is no audit line; the log is damaged")]
    Unreadable {
        /// The last readable line.
        after: u64,
    },
    /// The lines are not those a checkpoint was signed over.
    #[error(
        "the lines up to {size} are not those that a checkpoint was signed over; lines were changed and written again"
    )]
    CheckpointDiffers {
        /// How many lines it covers.
        size: u64,
    },
    /// A checkpoint is not genuine, or one before it is gone.
    #[error(
        "the checkpoint over {size} lines is not genuine or does not follow the one before it; checkpoints were changed or removed"
    )]
    Checkpoint {
        /// How many lines it says it covers.
        size: u64,
    },
    /// The signed head itself is not genuine.
    #[error("the signed head of the log is not genuine; it was changed or replaced")]
    Head,
}

/// Checks lines one after the other, so that a log of any length needs no memory.
#[derive(Debug)]
pub struct Verifier<'a> {
    key: &'a PublicKey,
    anchors: Vec<Anchor>,
    /// Those that are still to be met, the furthest first.
    checkpoints: Vec<Checkpoint>,
    tree: Frontier,
    report: Report,
}

impl<'a> Verifier<'a> {
    /// A check with this key and these anchors from outside.
    #[must_use]
    pub fn new(key: &'a PublicKey, mut anchors: Vec<Anchor>) -> Self {
        anchors.retain(|anchor| anchor.sequence > 0);
        anchors.sort_unstable_by_key(|anchor| std::cmp::Reverse(anchor.sequence));
        Self { key, anchors, checkpoints: Vec::new(), tree: Frontier::default(), report: Report::default() }
    }

    /// Holds the lines to these checkpoints as well: `own`, the log's, in their order, and `published` from outside.
    pub fn with_checkpoints(mut self, own: &[Checkpoint], published: Vec<Checkpoint>) -> Result<Self, Fault> {
        let mut previous = BEFORE_FIRST;
        for checkpoint in own {
            if checkpoint.previous != previous || !checkpoint.is_genuine(self.key) {
                return Err(Fault::Checkpoint { size: checkpoint.size });
            }
            previous = checkpoint.hash();
        }
        if let Some(forged) = published.iter().find(|checkpoint| !checkpoint.is_genuine(self.key)) {
            return Err(Fault::Checkpoint { size: forged.size });
        }
        self.checkpoints = own.iter().cloned().chain(published).filter(|known| known.size > 0).collect();
        self.checkpoints.sort_by_key(|checkpoint| std::cmp::Reverse(checkpoint.size));
        Ok(self)
    }

    /// Takes the next line; `None` stands for one that cannot be read.
    pub fn take(&mut self, line: Option<&Line>) -> Result<(), Fault> {
        let line = line.ok_or(Fault::Unreadable { after: self.report.last.sequence })?;
        let sequence = line.sequence;
        let expected = self.report.last.sequence.saturating_add(1);
        if sequence != expected {
            return Err(Fault::Numbering { expected, found: sequence });
        }
        if line.previous != self.report.last.hash {
            return Err(Fault::Chain { sequence });
        }
        if !line.is_well_formed() || line.computed_hash() != line.hash {
            return Err(Fault::Changed { sequence });
        }
        if !line.is_signed_by(self.key) {
            return Err(Fault::Signature { sequence });
        }
        while let Some(anchor) = self.anchors.last().filter(|anchor| anchor.sequence == sequence) {
            if anchor.hash != line.hash {
                return Err(Fault::AnchorDiffers { sequence });
            }
            self.report.anchors += 1;
            self.anchors.pop();
        }
        self.tree.push(line.hash);
        while let Some(met) = self.checkpoints.last().filter(|checkpoint| checkpoint.size == sequence) {
            if met.root != self.tree.root() || met.last != line.hash {
                return Err(Fault::CheckpointDiffers { size: sequence });
            }
            self.report.checkpoints += 1;
            self.checkpoints.pop();
        }
        self.report.lines += 1;
        self.report.last = line.anchor();
        Ok(())
    }

    /// The log ends here.
    pub fn finish(self) -> Result<Report, Fault> {
        // Sorted descending: the first one left is the furthest line that somebody remembers.
        let anchored = self.anchors.first().map(|anchor| anchor.sequence);
        let covered = self.checkpoints.first().map(|checkpoint| checkpoint.size);
        match anchored.max(covered) {
            Some(known) => Err(Fault::Truncated { last: self.report.last.sequence, known }),
            None => Ok(self.report),
        }
    }
}
