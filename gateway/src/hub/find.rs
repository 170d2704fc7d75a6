//! Finding an item by the identifier that addresses carry, and reading its life as it was journalled.

use icd::identifier::MessageId;
use jiff::Timestamp;

use super::Hub;
use super::view::ItemView;
use crate::engine::{Change, ItemId};
use crate::error::Error;

/// One journalled step of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedChange {
    /// What happened.
    pub change: Change,
    /// Its line in the audit log.
    pub audit_sequence: u64,
}

impl Hub {
    /// The item of a message that is not yet erased.
    #[must_use]
    pub fn item_of_message(&self, message: MessageId, now: Timestamp) -> Option<ItemView> {
        let id = self.core().engine.item_of(message)?.id;
        self.item(id, now)
    }

    /// The item of a message, also where its content is erased and only its life is left.
    pub async fn item_ever(&self, message: MessageId) -> Result<Option<ItemId>, Error> {
        let live = self.core().engine.item_of(message).map(|item| item.id);
        match live {
            Some(item) => Ok(Some(item)),
            None => Ok(self.store.message_row(message).await?.map(|row| row.item)),
        }
    }

    /// The life of an item, oldest step first, read from the journal; also of an item that is erased.
    pub async fn recorded_changes(&self, id: ItemId) -> Result<Vec<RecordedChange>, Error> {
        let places = self.store.life(id).await?;
        let mut changes = Vec::with_capacity(places.len());
        for place in places {
            if let Some(stored) = self.store.change(place)? {
                changes.push(RecordedChange { change: stored.step, audit_sequence: stored.audit.sequence });
            }
        }
        Ok(changes)
    }
}
