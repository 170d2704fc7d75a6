//! The proof that one line is in the log: what a partner can check without the log, offline, with the public key.
//!
//! It holds the line that tells of a message's acceptance, a signed checkpoint, and the path between them in the tree.
//! The line names the message, its partner and the partner's address, and nothing of its content.

use std::path::Path;

use firmware_config::PublicKey;
use icd::identifier::MessageId;
use serde::{Deserialize, Serialize};

use super::checkpoint::{self, Checkpoint};
use super::line::{Anchor, Hash, Line};
use super::reader;
use super::tree::{Prover, is_included};
use crate::error::Error;
use crate::limits;

/// A proof of inclusion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Proof {
    /// Layout: 1.
    pub version: u32,
    /// The line.
    pub line: Line,
    /// From its leaf to the root.
    pub path: Vec<Hash>,
    /// Whose root.
    pub checkpoint: Checkpoint,
}

impl Proof {
    /// Reads a proof from JSON.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Error> {
        let parsed: Self = serde_json::from_slice(bytes).map_err(|_| refused("it is no proof"))?;
        if parsed.version != 1 {
            return Err(refused("it is of another version"));
        }
        Ok(parsed)
    }

    /// Checks it. `anchor` is from the receipt of the message, where the partner holds it.
    pub fn verify(&self, key: &PublicKey, anchor: Option<Anchor>) -> Result<(), Error> {
        let line = &self.line;
        if !line.is_well_formed() || line.computed_hash() != line.hash || !line.is_signed_by(key) {
            return Err(refused("its line is not the gateway's own"));
        }
        if !self.checkpoint.is_genuine(key) {
            return Err(refused("its checkpoint is not the gateway's own"));
        }
        let index = line.sequence.checked_sub(1).ok_or_else(|| refused("its line has no number"))?;
        if self.path.len() > limits::AUDIT_PATH_MAX
            || !is_included(line.hash, index, self.checkpoint.size, &self.path, self.checkpoint.root)
        {
            return Err(refused("its line is not under its checkpoint"));
        }
        match anchor {
            Some(anchor) if anchor != line.anchor() => Err(refused("the receipt names another line")),
            _ => Ok(()),
        }
    }
}

/// Builds the proof for the line that tells of a message's acceptance, under the newest checkpoint.
pub fn prove(folder: &Path, message: MessageId) -> Result<Proof, Error> {
    let checkpoints =
        checkpoint::read(folder).map_err(|error| reader::unreadable(folder, &error.kind().to_string()))?;
    let newest = checkpoints.into_iter().max_by_key(|checkpoint| checkpoint.size);
    let checkpoint = newest.ok_or_else(|| unavailable("no checkpoint was signed yet"))?;
    let ending = format!(" message {message}");
    let mut found = None;
    reader::each_in_folder(folder, |line| {
        let fits = |line: &Line| line.action == ACCEPTED && line.object.ends_with(&ending);
        // A line that was lost in a crash is written again; receipts name the last one.
        found = line.filter(fits).or_else(|| found.take());
        Ok(())
    })?;
    let line =
        found.ok_or_else(|| unavailable("the log has no line about the acceptance of this message"))?;
    let covered = line.sequence.checked_sub(1).and_then(|index| Prover::new(index, checkpoint.size));
    let mut prover = covered.ok_or_else(|| {
        unavailable("its line is younger than the last checkpoint; ask again after the next")
    })?;
    let mut first = None;
    reader::each_in_folder(folder, |line| {
        if let Some(line) = line.filter(|line| line.sequence <= checkpoint.size) {
            first.get_or_insert(line.sequence);
            prover.push(line.hash);
        }
        Ok(())
    })?;
    if first != Some(1) {
        return Err(unavailable(
            "earlier lines were retired; a proof needs a copy of the log from before that",
        ));
    }
    Ok(Proof { version: 1, path: prover.path(), line, checkpoint })
}

fn unavailable(reason: &str) -> Error {
    Error::ProofUnavailable { reason: reason.to_owned() }
}

fn refused(reason: &str) -> Error {
    Error::ProofRefused { reason: reason.to_owned() }
}

const ACCEPTED: &str = "accepted";
