//! One line of the audit log: who did what to which object, from where, when, with what result (BIO2 8.15.01).
//!
//! The hash of a line covers the hash of the line before it, so that no line can be changed, removed or moved
//! without every later hash changing; the signature over the hash makes each line vouch for all before it. The text
//! that is hashed is line based, so that an outsider can check it with nothing but a hash and a signature tool.
//!
//! Invariant: no personal data. Objects are named by item number or message id; values are never written.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use firmware_config::{PublicKey, SigningKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::hex;

/// Hash before the first line.
pub const BEFORE_FIRST: Hash = Hash([0; 32]);

/// SHA-256 of a line's text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

/// What is to be written: the part of a line its author decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it happened.
    pub at: Timestamp,
    /// What was done, one word.
    pub action: String,
    /// To what.
    pub object: String,
    /// With what result.
    pub result: String,
    /// From which device or network.
    pub origin: String,
    /// By whom.
    pub actor: String,
}

/// A line as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Line {
    /// Counts from 1 without gaps.
    pub sequence: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What was done.
    pub action: String,
    /// To what.
    pub object: String,
    /// With what result.
    pub result: String,
    /// From which device or network.
    pub origin: String,
    /// By whom.
    pub actor: String,
    /// Hash of the line before.
    pub previous: Hash,
    /// Hash of this line's text.
    pub hash: Hash,
    /// Which key signed.
    pub key: String,
    /// Ed25519 signature over [`Line::signed_text`], base64.
    pub signature: String,
}

/// A place in the log that somebody outside remembers; every receipt holds one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Number of the line.
    pub sequence: u64,
    /// Its hash.
    pub hash: Hash,
}

impl Line {
    /// Writes a line after the given place.
    #[must_use]
    pub fn write(after: Anchor, entry: &Entry, signer: &SigningKey) -> Self {
        let mut line = Self {
            sequence: after.sequence.saturating_add(1),
            at: entry.at,
            action: one_line(&entry.action),
            object: one_line(&entry.object),
            result: one_line(&entry.result),
            origin: one_line(&entry.origin),
            actor: one_line(&entry.actor),
            previous: after.hash,
            hash: BEFORE_FIRST,
            key: signer.public_key().key_id().as_str().to_owned(),
            signature: String::new(),
        };
        line.hash = line.computed_hash();
        line.signature = STANDARD.encode(signer.sign(line.signed_text().as_bytes()).to_bytes());
        line
    }

    /// The text that is hashed: nine lines, each ended by a line feed, in this order and spelling for ever.
    #[must_use]
    pub fn hashed_text(&self) -> String {
        format!(
            "eurodac-gateway audit line 1\nsequence: {}\nat: {}\naction: {}\nobject: {}\nresult: {}\norigin: {}\n\
             actor: {}\nprevious: {}\n",
            self.sequence,
            self.at,
            self.action,
            self.object,
            self.result,
            self.origin,
            self.actor,
            hex::encode(&self.previous.0)
        )
    }

    /// The text that is signed.
    #[must_use]
    pub fn signed_text(&self) -> String {
        format!("eurodac-gateway audit signature 1\nkey: {}\nhash: {}\n", self.key, hex::encode(&self.hash.0))
    }

    /// The hash this line should have.
    #[must_use]
    pub fn computed_hash(&self) -> Hash {
        sha256(self.hashed_text().as_bytes())
    }

    /// Whether the signature is this key's over this line's hash.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let signature = STANDARD.decode(&self.signature);
        signature.is_ok_and(|signature| key.verify_bytes(self.signed_text().as_bytes(), &signature))
    }

    /// The place of this line.
    #[must_use]
    pub fn anchor(&self) -> Anchor {
        Anchor { sequence: self.sequence, hash: self.hash }
    }

    /// Whether every field is one line of text; else two different lines could have one text.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        [&self.action, &self.object, &self.result, &self.origin, &self.actor, &self.key]
            .into_iter()
            .all(|field| !field.chars().any(char::is_control))
    }
}

impl Default for Anchor {
    /// The place before the first line.
    fn default() -> Self {
        Self { sequence: 0, hash: BEFORE_FIRST }
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl std::str::FromStr for Hash {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        hex::decode(text).map(Self).ok_or("expected 64 lower-case hexadecimal digits")
    }
}

impl std::str::FromStr for Anchor {
    type Err = &'static str;

    /// Reads `SEQUENCE:HASH`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = "expected SEQUENCE:HASH, as in a receipt";
        let (sequence, hash) = text.split_once(':').ok_or(form)?;
        let sequence = sequence.parse().ok().filter(|sequence| *sequence > 0).ok_or(form)?;
        Ok(Self { sequence, hash: hash.parse()? })
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

pub(super) fn sha256(text: &[u8]) -> Hash {
    let hash = digest::digest(&digest::SHA256, text);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(hash.as_ref());
    Hash(bytes)
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
