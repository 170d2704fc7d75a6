//! Acceptance: a message is taken over once, whatever the sender's luck with the network.

use jiff::Timestamp;

use super::Engine;
use super::capability::Capabilities;
use super::change::Change;
use super::item::{Arrival, ContentDigest, ItemId};
use super::refusal::Refusal;

/// How a message was taken. The sender may be told once [`Engine::committed`] is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// It is new.
    New(ItemId),
    /// The same message with the same content came before.
    Repeat(ItemId),
}

impl Acceptance {
    /// The item, new or known.
    #[must_use]
    pub fn item(self) -> ItemId {
        match self {
            Self::New(item) | Self::Repeat(item) => item,
        }
    }
}

impl Engine {
    /// Whether this message is known: its item when the content is the same and it came from the same partner. Ask
    /// before sealing the content, so that a repetition costs nothing.
    pub fn known(
        &self,
        arrival_id: (&icd::identifier::PartyId, icd::identifier::MessageId),
        content: ContentDigest,
    ) -> Result<Option<ItemId>, Refusal> {
        let (partner, message) = arrival_id;
        let Some(item) = self.item_of(message) else { return Ok(None) };
        if item.arrival.partner == *partner && item.arrival.content == content {
            Ok(Some(item.id))
        } else {
            Err(Refusal::ContentDiffers)
        }
    }

    /// A valid, authorised message arrived; its sealed content is durable.
    pub fn handle_arrival(&mut self, arrival: Arrival, now: Timestamp) -> Result<Acceptance, Refusal> {
        self.advance(now);
        if let Some(item) = self.known((&arrival.partner, arrival.message_id), arrival.content)? {
            return Ok(Acceptance::Repeat(item));
        }
        if self.state.items.len() >= self.policy.items_max {
            return Err(Refusal::Full);
        }
        let open = self.state.of_partner.get(&arrival.partner).copied().unwrap_or_default();
        if open >= self.policy.partner_items_max {
            return Err(Refusal::PartnerFull);
        }
        let channel = self.channel(arrival.operation);
        let item = ItemId::new(self.state.items_begun.saturating_add(1));
        self.commit(Change::Accepted { item, arrival, channel, at: self.now });
        self.fulfil_retake(item);
        self.handle_tick(now);
        Ok(Acceptance::New(item))
    }

    /// The table of channels was replaced. Items nobody has touched move to the channel it now gives them.
    pub fn handle_capabilities(&mut self, capabilities: Capabilities, now: Timestamp) {
        self.advance(now);
        self.capabilities = capabilities;
        self.next_switch = self.capabilities.next_switch(self.now);
        self.reroute();
        self.handle_tick(now);
    }
}
