//! Signed checkpoints: from time to time the gateway signs how long the log is and the root of the tree over all its
//! lines.
//!
//! A checkpoint is small, says nothing of any line, and can be given to anybody. Whoever holds one can have every
//! earlier line proved to be in the log ([`super::proof`]), and finds every change of an earlier line.
//!
//! They lie in `checkpoints.jsonl` beside the log, one per text line, oldest first; each holds the hash of the one before.
//!
//! Invariant: a checkpoint is signed only over lines that are durable.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use firmware_config::{PublicKey, SigningKey};
use jiff::Timestamp;
use journal::Position;
use serde::{Deserialize, Serialize};

use super::line::{Anchor, BEFORE_FIRST, Hash};
use super::tree::Frontier;
use crate::{hex, limits};

/// What the gateway signs of its log at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Checkpoint {
    /// How many lines it covers: all from the first to this number.
    pub size: u64,
    /// When it was signed.
    pub at: Timestamp,
    /// Root of the tree over them.
    pub root: Hash,
    /// Hash of the last of them.
    pub last: Hash,
    /// Hash of the checkpoint signed before this one; zeros for the first.
    pub previous: Hash,
    /// The full subtrees of the tree, largest first; they fold to the root, so they need no signature.
    pub peaks: Vec<Hash>,
    /// Where the gateway goes on reading at its next start. Not signed, and nothing is proved by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Which key signed.
    pub key: String,
    /// Ed25519 signature over [`Checkpoint::signed_text`], base64.
    pub signature: String,
}

impl Checkpoint {
    pub(super) fn sign(
        tree: &Frontier,
        last: Anchor,
        previous: Option<&Self>,
        place: Option<Position>,
        signer: &SigningKey,
        at: Timestamp,
    ) -> Self {
        let mut checkpoint = Self {
            size: tree.size(),
            at,
            root: tree.root(),
            last: last.hash,
            previous: previous.map_or(BEFORE_FIRST, Self::hash),
            peaks: tree.peaks().to_vec(),
            place: place.map(|place| hex::encode(&place.to_bytes())),
            key: signer.public_key().key_id().as_str().to_owned(),
            signature: String::new(),
        };
        checkpoint.signature = STANDARD.encode(signer.sign(checkpoint.signed_text().as_bytes()).to_bytes());
        checkpoint
    }

    /// The text that is signed: seven lines, each ended by a line feed, in this order and spelling for ever.
    #[must_use]
    pub fn signed_text(&self) -> String {
        format!(
            "eurodac-gateway audit checkpoint 1\nkey: {}\nsize: {}\nat: {}\nroot: {}\nlast: {}\nprevious: {}\n",
            self.key, self.size, self.at, self.root, self.last, self.previous
        )
    }

    /// By what the next checkpoint names this one.
    #[must_use]
    pub fn hash(&self) -> Hash {
        super::line::sha256(self.signed_text().as_bytes())
    }

    /// The tree it covers, where its subtrees fold to its root.
    pub(super) fn tree(&self) -> Option<Frontier> {
        Frontier::new(self.size, self.peaks.clone()).filter(|tree| tree.root() == self.root)
    }

    /// Whether this key signed it and it is consistent in itself.
    #[must_use]
    pub fn is_genuine(&self, key: &PublicKey) -> bool {
        let signature = STANDARD.decode(&self.signature);
        signature.is_ok_and(|signature| key.verify_bytes(self.signed_text().as_bytes(), &signature))
            && !self.key.chars().any(char::is_control)
            && self.tree().is_some()
    }

    /// The last line it covers.
    #[must_use]
    pub fn anchor(&self) -> Anchor {
        Anchor { sequence: self.size, hash: self.last }
    }

    pub(super) fn place(&self) -> Option<Position> {
        self.place.as_deref().and_then(hex::decode).map(Position::from_bytes)
    }
}

/// Reads the checkpoints of a folder, oldest first. An unfinished end was never published and is no checkpoint.
pub(super) fn read(folder: &Path) -> io::Result<Vec<Checkpoint>> {
    match fs::read(folder.join(FILE)) {
        Ok(bytes) => parse(&bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Reads checkpoints from JSON lines, as in the folder or as published.
pub(super) fn parse(bytes: &[u8]) -> io::Result<Vec<Checkpoint>> {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let whole = bytes.get(..end).unwrap_or_default();
    let lines = whole.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).map_err(io::Error::from)).collect()
}

/// Adds one durably.
pub(super) fn append(folder: &Path, checkpoint: &Checkpoint) -> io::Result<()> {
    let path = folder.join(FILE);
    let (is_new, mut file) = (!path.exists(), OpenOptions::new().create(true).append(true).open(&path)?);
    let mut line = serde_json::to_vec(checkpoint)?;
    line.push(b'\n');
    if line.len() > limits::AUDIT_LINE_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let before = file.metadata()?.len();
    if let Err(error) = file.write_all(&line).and_then(|()| file.sync_data()) {
        // What was written in part must not run into the next one.
        file.set_len(before)?;
        return Err(error);
    }
    if is_new { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Cuts off what a crash left unfinished.
pub(super) fn tidy(folder: &Path) -> io::Result<()> {
    let path = folder.join(FILE);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    if end < bytes.len() {
        let file = OpenOptions::new().write(true).open(&path)?;
        file.set_len(end as u64)?;
        file.sync_all()?;
    }
    Ok(())
}

const FILE: &str = "checkpoints.jsonl";
