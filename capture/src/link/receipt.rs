//! The receipt that lets a kiosk forget a case.
//!
//! Invariant: a [`VerifiedReceipt`] exists only if the gateway's key signed exactly this receipt, for exactly this
//! message, over exactly the bytes that were sent. Erasing a case asks for one, so "sent" can never be mistaken for
//! "received".

use core::fmt;

use icd::message::{Message, Receipt};
use jiff::Timestamp;
use uuid::Uuid;

use super::LinkError;

/// Checks signatures of the gateway.
pub trait ReceiptKey: Send + Sync {
    /// Identifier of the key.
    fn key_id(&self) -> String;
    /// Whether `signature` is this key's over `text`.
    fn verifies(&self, text: &[u8], signature: &[u8]) -> bool;
}

/// What was sent, against which a receipt is checked.
pub struct Sent<'a> {
    /// Identifier of the message.
    pub message_id: Uuid,
    /// Envelope as sent.
    pub envelope: &'a [u8],
    /// Container as sent.
    pub container: &'a [u8],
}

/// A receipt whose signature and content were verified.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedReceipt {
    message_id: Uuid,
    received_at: Timestamp,
    xml: String,
}

impl VerifiedReceipt {
    /// Reads and verifies what the gateway answered.
    pub fn verify(xml: &[u8], sent: &Sent<'_>, key: &dyn ReceiptKey) -> Result<Self, LinkError> {
        let broken = |detail: &str| LinkError::ReceiptInvalid { detail: detail.to_owned() };
        let message = Message::from_xml(xml).map_err(|error| LinkError::ReceiptInvalid {
            detail: format!("it does not read ({})", error.code()),
        })?;
        let Message::Receipt(receipt) = message else { return Err(broken("it is another kind of message")) };
        check(&receipt, sent, key).map_err(broken)?;
        let xml = String::from_utf8(xml.to_vec()).map_err(|_| broken("it is not UTF-8"))?;
        Ok(Self { message_id: sent.message_id, received_at: receipt.received_at, xml })
    }

    /// The message it is for.
    #[must_use]
    pub fn message_id(&self) -> Uuid {
        self.message_id
    }

    /// When the gateway held it durably.
    #[must_use]
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }

    /// The receipt as it came.
    #[must_use]
    pub fn xml(&self) -> &str {
        &self.xml
    }
}

impl fmt::Debug for VerifiedReceipt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "VerifiedReceipt({})", self.message_id)
    }
}

fn check(receipt: &Receipt, sent: &Sent<'_>, key: &dyn ReceiptKey) -> Result<(), &'static str> {
    if receipt.message_id.as_uuid() != sent.message_id {
        return Err("it is for another message");
    }
    if receipt.content_sha256 != Receipt::content_digest(sent.envelope, sent.container) {
        return Err("it is for other content than was sent");
    }
    if receipt.key_id != key.key_id() {
        return Err("it is signed with a key this kiosk does not know");
    }
    if !key.verifies(receipt.signing_text().as_bytes(), &receipt.signature) {
        return Err("its signature does not verify");
    }
    Ok(())
}
