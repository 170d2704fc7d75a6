//! The first transmission of a dataset.

use std::fmt;

use jiff::Timestamp;

use crate::category::Category;
use crate::dataset::Dataset;
use crate::hex;
use crate::identifier::{MessageId, PartyId, StaffId};
use crate::reference::ReferenceNumber;

/// How fast the central system is asked to be (EUR 38(2)).
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Priority {
    /// Handled within 24 hours.
    #[default]
    Normal,
    /// Handled within one hour, for reasons of national law.
    Urgent {
        /// The reason; free text, so never logged.
        reason: String,
    },
}

impl fmt::Debug for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Normal => "Normal",
            Self::Urgent { .. } => "Urgent(redacted)",
        })
    }
}

/// Binds the envelope to the ANSI/NIST file that travels beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ContainerDigest {
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// Its length.
    pub length_bytes: u64,
}

impl ContainerDigest {
    /// The digest of a file.
    #[must_use]
    pub fn of(container: &[u8]) -> Self {
        use sha2::Digest;
        Self {
            sha256: sha2::Sha256::digest(container).into(),
            length_bytes: u64::try_from(container.len()).unwrap_or(u64::MAX),
        }
    }
}

impl fmt::Debug for ContainerDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContainerDigest({} bytes, {}…)", self.length_bytes, hex::encode(&self.sha256[..4]))
    }
}

/// The first transmission of a dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// Its identifier; a resend keeps it.
    pub message_id: MessageId,
    /// The machine that sends it.
    pub sender: PartyId,
    /// The official who took the biometrics.
    pub operator: StaffId,
    /// The category.
    pub category: Category,
    /// The reference number of the Member State of origin.
    pub reference_number: ReferenceNumber,
    /// How fast the central system is asked to be.
    pub priority: Priority,
    /// When the legal clock started.
    pub clock_start: Timestamp,
    /// When the biometrics were taken.
    pub captured_at: Timestamp,
    /// When the message was sent (letter (m)).
    pub sent_at: Timestamp,
    /// True when the person is under 18 or treated as such.
    pub minor: bool,
    /// What is said about the person.
    pub dataset: Dataset,
    /// The file that travels beside the envelope.
    pub container: ContainerDigest,
}
