//! Answers on their way home: kept in the origin's inbox until the origin says that it has them.

use icd::identifier::{AnswerId, MessageId, PartyId};
use jiff::Timestamp;

use super::Engine;
use super::change::Change;
use super::effect::Effect;
use super::item::{AnswerRecord, ItemId};
use super::refusal::Refusal;
use crate::limits;

/// An answer that lies in an inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxEntry {
    /// Order of arrival.
    pub number: u64,
    /// The item it answers.
    pub item: ItemId,
    /// The answer.
    pub answer: AnswerRecord,
    /// Since when it lies there.
    pub since: Timestamp,
}

/// How an answer of the central system was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerReception {
    /// It was put into the origin's inbox.
    New(ItemId),
    /// It came before; nothing was stored.
    Repeat,
    /// There are too many answers to unknown messages; it was not stored and is not acknowledged.
    Refused,
    /// It answers no message known here; it is kept apart.
    Stray,
}

impl Engine {
    /// Whether this very answer is already here. Ask before sealing it.
    #[must_use]
    pub fn has_answer(&self, answer: AnswerId) -> bool {
        self.state.by_answer.contains_key(&answer)
    }

    /// The central system delivered an answer; its sealed content is durable.
    pub fn handle_answer(
        &mut self,
        in_reply_to: MessageId,
        answer: AnswerRecord,
        now: Timestamp,
    ) -> AnswerReception {
        self.handle_tick(now);
        let id = answer.id;
        let at = self.now;
        let reception = match self.item_of(in_reply_to) {
            _ if self.has_answer(id) => AnswerReception::Repeat,
            Some(item) if item.answers.iter().any(|known| known.record.content == answer.content) => {
                AnswerReception::Repeat
            }
            Some(item) if item.answers.len() < limits::ANSWERS_PER_ITEM_MAX => {
                let (item, partner) = (item.id, item.arrival.partner.clone());
                self.commit(Change::Answered { item, answer: answer.clone(), at });
                self.open_tasks_for(item, &answer);
                self.ask_for(Effect::AnswerReady { partner });
                AnswerReception::New(item)
            }
            _ if self.state.strays.len() >= limits::STRAYS_MAX => return AnswerReception::Refused,
            Some(_) | None => {
                self.commit(Change::StrayAnswer { answer, at });
                AnswerReception::Stray
            }
        };
        self.ask_for(Effect::AcknowledgeAnswer { answer: id });
        self.handle_tick(now);
        reception
    }

    /// The oldest answers in a partner's inbox.
    pub fn inbox(&self, partner: &PartyId, count_max: usize) -> impl Iterator<Item = &InboxEntry> {
        self.state.inbox(partner).into_iter().flat_map(|inbox| inbox.values()).take(count_max)
    }

    /// Answers to no known message, oldest first.
    #[must_use]
    pub fn strays(&self) -> &[AnswerRecord] {
        &self.state.strays
    }

    /// The origin says that it has an answer. Saying it again changes nothing.
    pub fn handle_collected(
        &mut self,
        partner: &PartyId,
        answer: AnswerId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.handle_tick(now);
        let item = self.state.by_answer.get(&answer).copied().flatten().ok_or(Refusal::NotFound)?;
        let known =
            self.item(item).filter(|known| known.arrival.partner == *partner).ok_or(Refusal::NotFound)?;
        let lies = known.answers.iter().any(|known| known.record.id == answer && !known.collected);
        if lies {
            let partner = partner.clone();
            self.commit(Change::Collected { item, partner, answer, at: self.now });
            self.handle_tick(now);
        }
        Ok(())
    }
}
