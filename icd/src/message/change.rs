//! A later change: every operation but the first submission.

use std::fmt;

use jiff::Timestamp;

use crate::identifier::{MessageId, PartyId, StaffId};
use crate::operation::Operation;
use crate::reference::ReferenceNumber;

/// One field of a change, exactly as it must be keyed or sent.
#[derive(Clone, PartialEq, Eq)]
pub struct ChangeField {
    /// Field name, in kebab case.
    pub name: String,
    /// Its new value.
    pub value: String,
}

impl fmt::Debug for ChangeField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChangeField({})", self.name)
    }
}

/// A later change.
#[derive(Clone, PartialEq)]
pub struct Change {
    /// Its identifier; a resend keeps it.
    pub message_id: MessageId,
    /// The machine that sends it.
    pub sender: PartyId,
    /// The official who asked for it.
    pub operator: StaffId,
    /// What is asked.
    pub operation: Operation,
    /// The dataset it concerns.
    pub reference_number: ReferenceNumber,
    /// When the legal clock started.
    pub clock_start: Timestamp,
    /// When the message was sent.
    pub sent_at: Timestamp,
    /// The exact values.
    pub fields: Vec<ChangeField>,
    /// Why; free text, so never logged.
    pub reason: String,
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("message_id", &self.message_id)
            .field("operation", &self.operation)
            .field("reference_number", &self.reference_number)
            .field("fields", &self.fields)
            .finish_non_exhaustive()
    }
}
