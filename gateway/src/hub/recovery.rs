//! What a crash may have torn apart, put together again at the start: changes whose audit lines were lost.
//!
//! Lines and changes of a group become durable at the same time but in two journals, so a crash can keep one without
//! the other. Nobody was told of such a change; it holds all the same, gets a new line, and its receipt will name that
//! one. The repetition in the journal of changes comes first: should the start crash as well, it is seen to lack its
//! line like the original.

use crate::audit::{Anchor, AuditLog};
use crate::engine::Change;
use crate::error::Error;
use crate::store::{Store, Stored};

use super::trail;

/// Collects, during the replay, what lacks its line.
pub(super) struct Recovery {
    audited: Anchor,
    in_force: u64,
    unaudited: Vec<Change>,
}

impl Recovery {
    pub(super) fn new(audited: Anchor) -> Self {
        Self { audited, in_force: 0, unaudited: Vec::new() }
    }

    /// Looks at a change of the journal.
    pub(super) fn see(&mut self, stored: &Stored) {
        if stored.audit.sequence > self.audited.sequence {
            if !self.unaudited.contains(&stored.step) {
                self.unaudited.push(stored.step.clone());
            }
        } else {
            self.in_force = self.in_force.max(stored.audit.sequence);
        }
    }

    /// Writes the missing lines, and the one that says that a run begins.
    pub(super) fn finish(self, store: &Store, audit: &mut AuditLog) -> Result<(), Error> {
        let mut entries: Vec<_> = self.unaudited.iter().map(trail::recovered).collect();
        entries.push(trail::started(self.audited, self.in_force));
        let lines = audit.write(&entries);
        let again: Vec<_> = self
            .unaudited
            .into_iter()
            .zip(&lines)
            .map(|(step, line)| Stored { audit: line.anchor(), step, is_repeat: true })
            .collect();
        if !again.is_empty() {
            tracing::warn!(
                changes = again.len(),
                "changes lost their audit lines in a crash and get new ones"
            );
            store.repeat_changes(again)?;
        }
        let place = audit.submit(&lines)?.wait().map_err(Error::journal("audit"))?;
        audit.settled(&lines, place);
        Ok(())
    }
}
