//! What an operator may do. Authorisation (who is an operator) is the console's; who holds what is the engine's.

use std::sync::Arc;

use firmware_config::Channel;
use icd::finding::Finding;
use icd::identifier::{AnswerId, StaffId};
use icd::message::{Answer, Message, Outcome};
use icd::reference::ReferenceNumber;
use jiff::Timestamp;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::{Hub, Who};
use crate::engine::{AnswerRecord, Claim, Item, ItemId, Refusal};
use crate::error::Error;

/// The content of an item, opened for an official. Its `Debug` is redacted by `icd`.
#[derive(Debug)]
pub struct OpenedItem {
    /// The item.
    pub item: ItemId,
    /// What was sent.
    pub message: Message,
    /// The answers, oldest first.
    pub answers: Vec<Answer>,
}

/// Why an official opens an item. A choice, because free text in the audit log could hold personal data. Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpenReason {
    /// To look whether it was keyed correctly, or at all.
    Check,
    /// To key it.
    Key,
    /// To answer a question of its origin.
    Question,
    /// To supervise the work on it.
    Supervise,
}

impl OpenReason {
    /// As written in the audit log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Key => "key",
            Self::Question => "question",
            Self::Supervise => "supervise",
        }
    }
}

impl Hub {
    /// Takes an item, or renews the lease on it.
    pub async fn claim(&self, item: ItemId, staff: &StaffId, who: &Who) -> Result<Claim, Error> {
        let (claim, ticket) = self.decide(who, |engine, now| engine.handle_claim(item, staff, now));
        let claim = claim?;
        self.durable(ticket).await?;
        Ok(claim)
    }

    /// Gives an item back; the operator says that it was not keyed.
    pub async fn release(&self, item: ItemId, fence: u64, staff: &StaffId, who: &Who) -> Result<(), Error> {
        let (released, ticket) =
            self.decide(who, |engine, now| engine.handle_release(item, staff, fence, now));
        released?;
        self.durable(ticket).await
    }

    /// Closes an item that was keyed, with the receipt of the central web interface; where the site's policy asks
    /// for a second person, hands it to one and returns true.
    pub async fn confirm(
        self: &Arc<Self>,
        claim: (ItemId, u64),
        web_receipt: &str,
        staff: &StaffId,
        who: &Who,
    ) -> Result<bool, Error> {
        let (item, fence) = claim;
        let web_receipt = web_receipt.trim();
        self.core().engine.may_confirm(item, staff, fence, web_receipt)?;
        if self.core().engine.needs_second_check(item) {
            let (keyed, ticket) =
                self.decide(who, |engine, now| engine.handle_keyed(claim, staff, web_receipt, now));
            keyed?;
            self.durable(ticket).await?;
            return Ok(true);
        }
        let record = self.own_answer(item, Outcome::Done { web_receipt: web_receipt.to_owned() }).await?;
        let (confirmed, ticket) = self
            .decide(who, |engine, now| engine.handle_confirm((item, fence), staff, web_receipt, record, now));
        confirmed?;
        self.durable(ticket).await?;
        Ok(false)
    }

    /// Gives a parked item back to its origin; `reason` is what its sender will read.
    pub async fn give_back(
        self: &Arc<Self>,
        item: ItemId,
        reason: &str,
        staff: &StaffId,
        who: &Who,
    ) -> Result<(), Error> {
        self.core().engine.may_return(item)?;
        let finding = Finding::error("G-0606", "message", reason.trim());
        let record = self.own_answer(item, Outcome::Rejected(vec![finding])).await?;
        let (returned, ticket) =
            self.decide(who, |engine, now| engine.handle_return(item, staff, record, now));
        returned?;
        self.durable(ticket).await
    }

    /// Sends a parked item on its way again, by machine or to the operators.
    pub async fn requeue(
        &self,
        item: ItemId,
        channel: Channel,
        staff: &StaffId,
        who: &Who,
    ) -> Result<(), Error> {
        let (requeued, ticket) =
            self.decide(who, |engine, now| engine.handle_requeue(item, staff, channel, now));
        requeued?;
        self.durable(ticket).await
    }

    /// Opens the content of an item. The audit line about it, with the reason given, is durable before anything is
    /// shown.
    pub async fn open_item(
        self: &Arc<Self>,
        item: ItemId,
        reason: OpenReason,
        who: &Who,
    ) -> Result<OpenedItem, Error> {
        let known = self.known(item)?;
        self.record(who, "opened", &format!("item {item}"), reason.as_str()).await?;
        let message = self.content(item).await?;
        let hub = Arc::clone(self);
        let answers = spawn_blocking(move || {
            let id = known.arrival.message_id.as_uuid();
            let open = |place| hub.store.answer(id, place).map(|xml| Message::from_xml(&xml));
            known.answers.iter().map(|answer| open(answer.record.payload)).collect::<Result<Vec<_>, _>>()
        });
        let answers = answers.await.map_err(|_| Error::Stopping)??;
        let answers = answers.into_iter().filter_map(|message| match message {
            Ok(Message::Answer(answer)) => Some(answer),
            _ => None,
        });
        Ok(OpenedItem { item, message, answers: answers.collect() })
    }

    /// An answer that is given here and not by the central system's interface; durable when this returns.
    pub(super) async fn own_answer(
        self: &Arc<Self>,
        item: ItemId,
        outcome: Outcome,
    ) -> Result<AnswerRecord, Error> {
        let message = self.content(item).await?;
        let answer = Answer {
            answer_id: AnswerId::from_uuid(Uuid::now_v7()),
            in_reply_to: message.message_id(),
            reference_number: reference_number(&message).ok_or(Refusal::NotFound)?,
            answered_at: Timestamp::now(),
            outcome,
        };
        self.keep_answer(&answer).await
    }

    fn known(&self, item: ItemId) -> Result<Item, Error> {
        Ok(self.core().engine.item(item).cloned().ok_or(Refusal::NotFound)?)
    }

    pub(super) async fn content(self: &Arc<Self>, item: ItemId) -> Result<Message, Error> {
        let known = self.known(item)?;
        let (hub, id, place) = (Arc::clone(self), known.arrival.message_id.as_uuid(), known.arrival.payload);
        let opened =
            spawn_blocking(move || hub.store.message(id, place)).await.map_err(|_| Error::Stopping)??;
        // It was valid when it was accepted; what does not parse now was damaged since.
        Message::from_xml(&opened.envelope).map_err(|_| Error::Sealed { source: journal::Error::Sealed })
    }
}

fn reference_number(message: &Message) -> Option<ReferenceNumber> {
    match message {
        Message::Submission(submission) => Some(submission.reference_number.clone()),
        Message::Change(change) => Some(change.reference_number.clone()),
        Message::Receipt(_) | Message::Answer(_) => None,
    }
}
