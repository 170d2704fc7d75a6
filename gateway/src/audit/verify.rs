//! Checking a log with nothing but the public key: offline, by an outsider.
//!
//! What is found: a line that was changed (its hash differs), removed or moved (the numbering or the chain breaks),
//! rewritten together with all later ones (the signature fails), or cut off at the end (the signed head or an anchor
//! from a receipt names a later line). Whoever can cut the end *and* put an older signed head in its place is found
//! by the anchors of receipts that senders hold; without any later receipt that cut cannot be seen.

use firmware_config::PublicKey;
use serde::Serialize;

use super::line::{Anchor, Line};

/// What a sound log showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Lines checked.
    pub lines: u64,
    /// The last line.
    pub last: Anchor,
    /// Anchors that were found in place.
    pub anchors: usize,
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
    /// The signed head itself is not genuine.
    #[error("the signed head of the log is not genuine; it was changed or replaced")]
    Head,
}

/// Checks lines one after the other, so that a log of any length needs no memory.
#[derive(Debug)]
pub struct Verifier<'a> {
    key: &'a PublicKey,
    anchors: Vec<Anchor>,
    report: Report,
}

impl<'a> Verifier<'a> {
    /// A check with this key and these anchors from outside.
    #[must_use]
    pub fn new(key: &'a PublicKey, mut anchors: Vec<Anchor>) -> Self {
        anchors.retain(|anchor| anchor.sequence > 0);
        anchors.sort_unstable_by_key(|anchor| std::cmp::Reverse(anchor.sequence));
        Self { key, anchors, report: Report::default() }
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
        self.report.lines += 1;
        self.report.last = line.anchor();
        Ok(())
    }

    /// The log ends here.
    pub fn finish(self) -> Result<Report, Fault> {
        // Sorted descending: the first one left is the furthest line that somebody remembers.
        match self.anchors.first() {
            Some(furthest) => {
                Err(Fault::Truncated { last: self.report.last.sequence, known: furthest.sequence })
            }
            None => Ok(self.report),
        }
    }
}
