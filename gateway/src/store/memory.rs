//! An index in memory: the second adapter behind [`super::Index`], for simulations and for the conformance suite.
//!
//! It keeps the rules of the first one: rows and the watermark that says up to which journal position they reach
//! change together; rows are counted; what cannot be right when it is opened is thrown away and rebuilt from the
//! journal. The rows live behind a handle that survives the process that the simulation kills, as a file would.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use icd::identifier::MessageId;
use journal::Position;

use super::index::{MessageRow, Opened};
use super::{ChangePlace, Stored};
use crate::engine::{Change, ItemId};

/// The rows, shared by those who open the index one after the other.
#[derive(Clone, Debug, Default)]
pub struct MemoryRows {
    rows: Arc<Mutex<Rows>>,
}

#[derive(Debug)]
struct Rows {
    messages: HashMap<MessageId, MessageRow>,
    lives: BTreeSet<(ItemId, ChangePlace)>,
    watermark: Position,
    counted: usize,
    /// Plants the bug that rows are believed whatever they say.
    #[cfg(feature = "planted")]
    trusted: bool,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            messages: HashMap::new(),
            lives: BTreeSet::new(),
            watermark: Position::START,
            counted: 0,
            #[cfg(feature = "planted")]
            trusted: false,
        }
    }
}

impl MemoryRows {
    /// Opens the rows; what cannot be right is thrown away.
    pub(super) fn open(&self, journal_end: Option<Position>) -> Opened {
        let mut rows = self.lock();
        let counted = rows.messages.len() + rows.lives.len() == rows.counted;
        let reached = rows.watermark <= journal_end.unwrap_or(Position::START);
        #[cfg(feature = "planted")]
        let believed = rows.trusted || (counted && reached);
        #[cfg(not(feature = "planted"))]
        let believed = counted && reached;
        if !believed {
            #[cfg(feature = "planted")]
            let trusted = rows.trusted;
            *rows = Rows::default();
            #[cfg(feature = "planted")]
            {
                rows.trusted = trusted;
            }
        }
        Opened { watermark: rows.watermark, set_aside: None }
    }

    /// Loses rows without noticing, as a database does that was not synced: those for which `fate` is false.
    pub fn lose(&self, mut fate: impl FnMut() -> bool) {
        let mut rows = self.lock();
        rows.messages.retain(|_, _| fate());
        rows.lives.retain(|_| fate());
    }

    /// Plants the bug that rows are believed over the journal.
    #[cfg(feature = "planted")]
    pub fn plant_trusted(&self) {
        self.lock().trusted = true;
    }

    pub(super) fn put(&self, place: Position, stored: &[Stored]) {
        let mut rows = self.lock();
        for (number, stored) in (0_u16..).zip(stored) {
            if let Change::Accepted { item, arrival, at, .. } = &stored.step {
                let row = MessageRow {
                    item: *item,
                    partner: arrival.partner.clone(),
                    content: arrival.content,
                    received_at: *at,
                    anchor: stored.audit,
                };
                rows.counted += usize::from(rows.messages.insert(arrival.message_id, row).is_none());
            }
            if let Some(item) = stored.step.item().filter(|_| !stored.is_repeat) {
                rows.counted += usize::from(rows.lives.insert((item, (place, number))));
            }
        }
        rows.watermark = place;
    }

    pub(super) fn message(&self, message: MessageId) -> Option<MessageRow> {
        self.lock().messages.get(&message).cloned()
    }

    pub(super) fn timeline(&self, item: ItemId) -> Vec<ChangePlace> {
        let from = (item, (Position::START, 0));
        let rows = self.lock();
        rows.lives.range(from..).take_while(|(owner, _)| *owner == item).map(|(_, place)| *place).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
