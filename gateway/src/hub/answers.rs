//! Answers: in from the central system, out to their origins.

use std::sync::Arc;
use std::time::Duration;

use icd::downstream::{ExpertCheck, expert_check};
use icd::identifier::{AnswerId, MessageId, PartyId};
use icd::message::{Answer, MatchKind, Message, Outcome};
use jiff::Timestamp;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::{Hub, Ticket, Who};
use crate::engine::{
    AnswerKind, AnswerReception, AnswerRecord, ContentDigest, ExpertGround, ItemId, PayloadRef,
};
use crate::error::Error;
use crate::limits;

impl Hub {
    /// The oldest answers for a partner; waits for one up to `wait` when there is none.
    pub async fn answers(self: &Arc<Self>, partner: &PartyId, wait: Duration) -> Result<Vec<Answer>, Error> {
        let mut inbox = self.inbox.subscribe();
        let deadline = tokio::time::Instant::now() + wait;
        loop {
            inbox.mark_unchanged();
            let (lying, ticket) = self.lying(partner);
            if !lying.is_empty() {
                self.durable(ticket).await?;
                return self.open_answers(lying).await;
            }
            if tokio::time::timeout_at(deadline, inbox.changed()).await.is_err() {
                return Ok(Vec::new());
            }
        }
    }

    /// A partner says that it has an answer.
    pub async fn collected(&self, partner: &PartyId, answer: AnswerId, who: &Who) -> Result<(), Error> {
        let (collected, ticket) =
            self.decide(who, |engine, now| engine.handle_collected(partner, answer, now));
        collected?;
        self.durable(ticket).await
    }

    /// The central system delivered an answer. When this returns, the answer is durable here and is acknowledged to
    /// the central system by an effect of the engine.
    pub(crate) async fn take_answer(self: &Arc<Self>, answer: &Answer) -> Result<AnswerReception, Error> {
        let mut record = self.keep_answer(answer).await?;
        record.expert_check = self.expert_check(answer).await;
        let (reception, ticket) =
            self.decide(&Who::central(), |engine, now| engine.handle_answer(answer.in_reply_to, record, now));
        self.durable(ticket).await?;
        if let (AnswerReception::New(item), Outcome::QualityInsufficient { .. }) =
            (&reception, &answer.outcome)
        {
            self.count_rejection(*item).await;
        }
        Ok(reception)
    }

    /// Counts a rejection for quality in the group of what was rejected. What cannot be opened is not counted.
    async fn count_rejection(self: &Arc<Self>, item: ItemId) {
        let Some(arrival) = self.core().engine.item(item).map(|item| item.arrival.clone()) else { return };
        let hub = Arc::clone(self);
        let described = spawn_blocking(move || {
            let sent = hub.store.message(arrival.message_id.as_uuid(), arrival.payload).ok()?;
            hub.fairness.describe(&sent)
        });
        if let Ok(Some(described)) = described.await {
            self.fairness.rejected(described);
        }
    }

    /// Seals an answer and makes it durable, unless it is here already.
    pub(super) async fn keep_answer(self: &Arc<Self>, answer: &Answer) -> Result<AnswerRecord, Error> {
        let (known, item) = {
            let core = self.core();
            (core.engine.has_answer(answer.answer_id), core.engine.item_of(answer.in_reply_to).is_some())
        };
        let content = self.answer_digest(answer);
        let mut record = AnswerRecord {
            id: answer.answer_id,
            kind: kind_of(&answer.outcome),
            content,
            payload: PayloadRef([0; 16]),
            expert_check: None,
        };
        if !known {
            let (hub, xml) = (Arc::clone(self), Message::Answer(answer.clone()).to_xml().into_bytes());
            let (message, own) = (answer.in_reply_to.as_uuid(), answer.answer_id.as_uuid());
            let kept = spawn_blocking(move || match item {
                true => hub.store.keep_answer(message, &xml),
                false => hub.store.keep_stray_answer(own, &xml),
            });
            record.payload = kept.await.map_err(|_| Error::Stopping)??;
        }
        Ok(record)
    }

    /// Whether an expert must look at a hit, Art. 38(4) and (5).
    async fn expert_check(self: &Arc<Self>, answer: &Answer) -> Option<ExpertGround> {
        let Outcome::Hit(found) = &answer.outcome else { return None };
        if found.iter().any(|hit| hit.matched == MatchKind::Face) {
            return Some(ExpertCheck::FaceOnly.into());
        }
        let item = self.core().engine.item_of(answer.in_reply_to)?.id;
        // What cannot be opened cannot be compared; then a person looks.
        let Ok(Message::Submission(sent)) = self.content(item).await else {
            return Some(ExpertGround::SexDiffers);
        };
        found.iter().find_map(|hit| expert_check(sent.dataset.sex, hit)).map(ExpertGround::from)
    }

    fn lying(&self, partner: &PartyId) -> (Vec<(Uuid, PayloadRef)>, Ticket) {
        let core = self.core();
        let entries = core.engine.inbox(partner, limits::ANSWERS_PER_REPLY_MAX);
        let lying = entries
            .filter_map(|entry| {
                let message = core.engine.item(entry.item)?.arrival.message_id.as_uuid();
                Some((message, entry.answer.payload))
            })
            .collect();
        (lying, core.tickets)
    }

    async fn open_answers(self: &Arc<Self>, lying: Vec<(Uuid, PayloadRef)>) -> Result<Vec<Answer>, Error> {
        let hub = Arc::clone(self);
        let opened = spawn_blocking(move || {
            let open = |(message, place)| match Message::from_xml(&hub.store.answer(message, place)?) {
                Ok(Message::Answer(answer)) => Ok(answer),
                // It was an answer when it was sealed; what does not parse now was damaged since.
                _ => Err(Error::Sealed { source: journal::Error::Sealed }),
            };
            lying.into_iter().map(open).collect()
        });
        opened.await.map_err(|_| Error::Stopping)?
    }

    /// The same for the same answer under another identifier or at another time.
    fn answer_digest(&self, answer: &Answer) -> ContentDigest {
        let plain = Answer {
            answer_id: AnswerId::from_uuid(Uuid::nil()),
            in_reply_to: MessageId::from_uuid(answer.in_reply_to.as_uuid()),
            reference_number: answer.reference_number.clone(),
            answered_at: Timestamp::UNIX_EPOCH,
            outcome: answer.outcome.clone(),
        };
        ContentDigest(self.store.digest("answer", Message::Answer(plain).to_xml().as_bytes()))
    }
}

/// What an answer says, without its content.
fn kind_of(outcome: &Outcome) -> AnswerKind {
    match outcome {
        Outcome::NoHit => AnswerKind::NoHit,
        Outcome::Hit(_) => AnswerKind::Hit,
        Outcome::QualityInsufficient { .. } => AnswerKind::QualityInsufficient,
        Outcome::SequenceError { .. } => AnswerKind::SequenceError,
        Outcome::Rejected(_) => AnswerKind::Rejected,
        Outcome::Done { .. } => AnswerKind::Done,
        Outcome::Registered => AnswerKind::Registered,
    }
}
