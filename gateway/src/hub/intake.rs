//! Taking a message over: recognised, sealed, durable, in the engine, durable, receipted. In this order.

use std::sync::Arc;

use icd::identifier::MessageId;
use icd::message::Receipt;
use tokio::task::spawn_blocking;

use super::{Hub, Ticket, Who, lock};
use crate::engine::{Acceptance, Arrival, ContentDigest, LegalClock, LineKey, Refusal};
use crate::error::Error;
use crate::store::{Message, MessageRow};
use icd::category::Category;
use icd::identifier::PartyId;
use icd::operation::Operation;
use icd::reference::ReferenceNumber;

/// A message that is valid and authorised.
#[derive(Debug)]
pub struct Incoming {
    /// The partner whose certificate brought it.
    pub partner: PartyId,
    /// Its identifier.
    pub message_id: MessageId,
    /// What is asked.
    pub operation: Operation,
    /// The category concerned.
    pub category: Category,
    /// The data set concerned.
    pub reference_number: ReferenceNumber,
    /// Whether it must be handled within one hour.
    pub urgent: bool,
    /// Its legal clock.
    pub clock: LegalClock,
    /// Its bytes as received.
    pub message: Message,
}

/// A message that is durable here.
#[derive(Debug)]
pub struct Taken {
    /// The proof for the sender.
    pub receipt: Receipt,
    /// Whether it had been taken before.
    pub is_repeat: bool,
}

impl Hub {
    /// What stands for a reference number where no personal data may.
    pub(super) fn line(&self, number: &ReferenceNumber) -> LineKey {
        LineKey(self.store.digest("line", number.as_str().as_bytes()))
    }

    /// Takes a message over. When this returns a receipt, the message survives whatever happens here. The work goes
    /// on to its end even when the caller goes away.
    pub async fn accept(self: &Arc<Self>, incoming: Incoming, who: Who) -> Result<Taken, Error> {
        let hub = Arc::clone(self);
        let work = tokio::spawn(async move { hub.take_over(incoming, &who).await });
        work.await.map_err(|_| Error::Stopping)?
    }

    async fn take_over(self: &Arc<Self>, incoming: Incoming, who: &Who) -> Result<Taken, Error> {
        let message_id = incoming.message_id;
        let _receiving = Receiving::begin(self, message_id)?;
        let sha256 = Receipt::content_digest(&incoming.message.envelope, &incoming.message.container);
        let content = ContentDigest(self.store.digest("content", &sha256));
        if let Some(ticket) = self.taken_before(&incoming, content).await? {
            self.durable(ticket).await?;
            return Ok(Taken { receipt: self.receipt(message_id, sha256).await?, is_repeat: true });
        }
        self.ready()?;
        let line = self.line(&incoming.reference_number);
        let Incoming { partner, operation, category, urgent, clock, message, .. } = incoming;
        let (hub, message) = (Arc::clone(self), Arc::new(message));
        // Beside the disk's work, so that the receipt does not wait for it.
        let described = spawn_blocking({
            let (fairness, message) = (Arc::clone(&self.fairness), Arc::clone(&message));
            move || fairness.describe(&message)
        });
        let kept = spawn_blocking(move || hub.store.keep_message(message_id.as_uuid(), &message)).await;
        let payload = kept
            .map_err(|_| Error::Stopping)?
            .map_err(|error| Error::NotDurable { reason: error.to_string() })?;
        let arrival =
            Arrival { partner, message_id, content, line, operation, category, urgent, clock, payload };
        let ((is_retake, accepted), ticket) = self.decide(who, |engine, now| {
            (engine.awaits_retake(arrival.line), engine.handle_arrival(arrival, now))
        });
        let accepted = match accepted {
            Ok(accepted) => accepted,
            Err(refusal) => {
                let hub = Arc::clone(self);
                // Best effort: a key without an item is destroyed at the next start anyway.
                let _ = spawn_blocking(move || hub.store.destroy(message_id.as_uuid())).await;
                return Err(refusal.into());
            }
        };
        self.durable(ticket).await?;
        let is_repeat = matches!(accepted, Acceptance::Repeat(_));
        if !is_repeat && let Ok(Some(described)) = described.await {
            self.fairness.accepted(described, is_retake);
        }
        Ok(Taken { receipt: self.receipt(message_id, sha256).await?, is_repeat })
    }

    /// Whether this very message was taken before: then its receipt may be given once the ticket is durable.
    async fn taken_before(
        &self,
        incoming: &Incoming,
        content: ContentDigest,
    ) -> Result<Option<Ticket>, Error> {
        {
            let core = self.core();
            if core.engine.known((&incoming.partner, incoming.message_id), content)?.is_some() {
                return Ok(Some(core.tickets));
            }
        }
        match self.store.message_row(incoming.message_id).await? {
            None => Ok(None),
            Some(row) if row.partner == incoming.partner && row.content == content => {
                Ok(Some(Ticket::default()))
            }
            Some(_) => Err(Refusal::ContentDiffers.into()),
        }
    }

    /// The signed receipt of a message that is durable. The same every time: all of it is in the journal.
    async fn receipt(&self, message_id: MessageId, content_sha256: [u8; 32]) -> Result<Receipt, Error> {
        let row = self.store.message_row(message_id).await?.ok_or(Error::IndexStopped)?;
        Ok(self.sign_receipt(message_id, content_sha256, &row))
    }

    fn sign_receipt(&self, message_id: MessageId, content_sha256: [u8; 32], row: &MessageRow) -> Receipt {
        let key = &self.site.receipt_key;
        let mut receipt = Receipt {
            message_id,
            received_at: row.received_at,
            content_sha256,
            issuer: self.site.issuer.clone(),
            audit_sequence: row.anchor.sequence,
            audit_hash: row.anchor.hash.0,
            signature: Vec::new(),
            key_id: key.public_key().key_id().as_str().to_owned(),
        };
        receipt.signature = key.sign(receipt.signing_text().as_bytes()).to_bytes().to_vec();
        receipt
    }
}

/// Marks a message as being received, so that two connections do not seal it twice.
struct Receiving<'a> {
    hub: &'a Hub,
    message: MessageId,
}

impl<'a> Receiving<'a> {
    fn begin(hub: &'a Hub, message: MessageId) -> Result<Self, Error> {
        if lock(&hub.receiving).insert(message) {
            Ok(Self { hub, message })
        } else {
            Err(Error::BeingReceived)
        }
    }
}

impl Drop for Receiving<'_> {
    fn drop(&mut self) {
        lock(&self.hub.receiving).remove(&self.message);
    }
}
