//! The receiver's signed word that it holds a message durably.

use jiff::Timestamp;

use crate::hex;
use crate::identifier::{MessageId, PartyId};

/// A receipt. The sender may erase its own copy only after the signature has verified.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    /// The message that was received.
    pub message_id: MessageId,
    /// When it was durable.
    pub received_at: Timestamp,
    /// SHA-256 over what was received: the envelope's bytes followed by the container's bytes.
    pub content_sha256: [u8; 32],
    /// Who received it.
    pub issuer: PartyId,
    /// Sequence number of the entry in the issuer's audit log.
    pub audit_sequence: u64,
    /// Hash of that entry, which chains all earlier ones.
    pub audit_hash: [u8; 32],
    /// Ed25519 signature over [`Receipt::signing_text`], 64 bytes; empty where the issuer does not sign.
    pub signature: Vec<u8>,
    /// Which key signed.
    pub key_id: String,
}

impl Receipt {
    /// The text the signature covers: eight lines, each ended by a line feed, in this order and spelling for ever
    /// (a change gets a new first line):
    ///
    /// ```text
    /// eurodac-gateway receipt 1
    /// message-id: <hyphenated UUID>
    /// received-at: <RFC 3339, UTC>
    /// content-sha256: <64 hexadecimal digits>
    /// issuer: <party identifier>
    /// audit-sequence: <decimal>
    /// audit-hash: <64 hexadecimal digits>
    /// key-id: <key identifier>
    /// ```
    #[must_use]
    pub fn signing_text(&self) -> String {
        format!(
            "eurodac-gateway receipt 1\nmessage-id: {}\nreceived-at: {}\ncontent-sha256: {}\nissuer: {}\n\
             audit-sequence: {}\naudit-hash: {}\nkey-id: {}\n",
            self.message_id,
            self.received_at,
            hex::encode(&self.content_sha256),
            self.issuer,
            self.audit_sequence,
            hex::encode(&self.audit_hash),
            self.key_id,
        )
    }

    /// The digest a receipt must show for an envelope and, where there is one, its container.
    #[must_use]
    pub fn content_digest(envelope: &[u8], container: &[u8]) -> [u8; 32] {
        use sha2::Digest;
        let mut hasher = sha2::Sha256::new();
        hasher.update(envelope);
        hasher.update(container);
        hasher.finalize().into()
    }
}
