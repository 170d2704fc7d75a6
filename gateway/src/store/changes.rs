//! The form in which changes lie in their journal: one record is one group of changes, in order, each with its place
//! in the audit log.
//!
//! One record per group, and one group under way at a time, so that no later change can become durable without the
//! earlier ones.

use serde::{Deserialize, Serialize};

use crate::audit::Anchor;
use crate::engine::Change;
use crate::error::Error;

/// A change with the audit line that tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stored {
    /// The audit line.
    pub audit: Anchor,
    /// What happened.
    pub step: Change,
    /// Whether this only repeats an earlier change under a new audit line, because its own line was lost in a crash
    /// before anybody was told of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_repeat: bool,
}

/// Kind of a journal record that holds a group of changes as JSON.
pub(super) const KIND_CHANGES: u8 = 1;

/// Writes a group.
pub(super) fn encode(group: &[Stored]) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(group).map_err(|error| Error::ChangeUnreadable { reason: error.to_string() })
}

/// Reads a group. The reason of a failure names the place, not the value.
pub(super) fn decode(kind: u8, bytes: &[u8]) -> Result<Vec<Stored>, Error> {
    if kind != KIND_CHANGES {
        return Err(Error::ChangeUnreadable { reason: format!("record of unknown kind {kind}") });
    }
    serde_json::from_slice(bytes).map_err(|error| Error::ChangeUnreadable {
        reason: format!("line {} column {}: {:?}", error.line(), error.column(), error.classify()),
    })
}
