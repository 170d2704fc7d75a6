//! The work that goes on by itself: effects, timers, answers of the central system.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::{JoinSet, spawn_blocking};
use uuid::Uuid;

use super::{Hub, Who};
use crate::engine::{AskOutcome, Cause, Effect, Engine, ItemId, PayloadRef, SendOutcome};
use crate::lane::Central;
use crate::limits;

/// The hub's own work. Nothing is sent, asked, warned of or timed out unless it runs.
#[derive(Debug)]
pub struct Work {
    hub: Arc<Hub>,
    requested: mpsc::UnboundedReceiver<Effect>,
}

impl Work {
    pub(super) fn new(hub: Arc<Hub>, requested: mpsc::UnboundedReceiver<Effect>) -> Self {
        Self { hub, requested }
    }

    /// Runs until the future is dropped. What is under way then has an unknown outcome and is asked for at the next
    /// start.
    pub async fn run(mut self, central: Central) {
        let mut tasks = JoinSet::new();
        tasks.spawn(Arc::clone(&self.hub).keep_time());
        tasks.spawn(Arc::clone(&self.hub).keep_house());
        tasks.spawn(Arc::clone(&self.hub).collect_answers(central.clone()));
        tasks.spawn(Arc::clone(&self.hub).collect_notices(central.clone()));
        loop {
            tokio::select! {
                effect = self.requested.recv() => match effect {
                    Some(effect) => {
                        tasks.spawn(Arc::clone(&self.hub).carry_out(effect, central.clone()));
                    }
                    None => return,
                },
                Some(ended) = tasks.join_next() => {
                    if ended.is_err_and(|error| error.is_panic()) {
                        tracing::error!(code = "G-0302", "a task of the lane stopped at a bug; the others go on");
                    }
                }
            }
        }
    }
}

impl Hub {
    async fn keep_time(self: Arc<Self>) {
        loop {
            let next = self.core().engine.next_timeout();
            let until = next.map(|at| at.duration_since(Timestamp::now()));
            let pause = until.map_or(TICK_PAUSE_MAX, |until| {
                Duration::try_from(until).unwrap_or(Duration::ZERO).min(TICK_PAUSE_MAX)
            });
            tokio::select! {
                () = tokio::time::sleep(pause) => {
                    self.decide(&Who::gateway(), Engine::handle_tick);
                    // Whatever a bug or a clock does, the loop does not spin.
                    tokio::time::sleep(TICK_PAUSE_MIN).await;
                }
                () = self.timer.notified() => {}
            }
        }
    }

    /// Gives back, from time to time, the space of content that nobody needs any more. Only what lay there one turn
    /// ago is touched, so that nothing goes that is just being received.
    async fn keep_house(self: Arc<Self>) {
        let mut horizon = self.store.content_end();
        loop {
            tokio::time::sleep(limits::HOUSEKEEPING_PAUSE).await;
            horizon = self.retire(horizon).await;
        }
    }

    /// Retires content before `horizon` that no item, answer, stray or notice needs; gives the next horizon.
    pub(crate) async fn retire(self: &Arc<Self>, horizon: Option<PayloadRef>) -> Option<PayloadRef> {
        let next = self.store.content_end();
        let (needed, ticket) = {
            let core = self.core();
            (core.engine.payloads().collect::<Vec<_>>(), core.tickets)
        };
        // What makes content superfluous must itself be durable first: a crash would bring back an item without it.
        if self.durable(ticket).await.is_err() {
            return horizon;
        }
        if let Some(horizon) = horizon {
            let hub = Arc::clone(self);
            match spawn_blocking(move || hub.store.retire_content(horizon, &needed)).await {
                Ok(Ok(segments)) if segments > 0 => tracing::info!(segments, "content was retired"),
                Ok(Err(error)) => {
                    tracing::warn!(code = error.code(), %error, "content could not be retired; it is tried again");
                }
                _ => {}
            }
        }
        next
    }

    async fn carry_out(self: Arc<Self>, effect: Effect, central: Central) {
        match effect {
            Effect::Send { item, attempt } => self.send(item, attempt, &central).await,
            Effect::Ask { item, attempt } => self.ask(item, attempt, &central).await,
            Effect::AcknowledgeAnswer { answer } => {
                if let Err(trouble) = central.acknowledge(answer).await {
                    tracing::warn!(
                        code = "G-0303",
                        why = trouble.what,
                        "an answer could not be acknowledged; it will be delivered again"
                    );
                }
            }
            Effect::AnswerReady { .. } => self.inbox.send_modify(|count| *count = count.wrapping_add(1)),
            Effect::DestroyKey { message, .. } => self.destroy_key(message.as_uuid()).await,
            Effect::DestroyNotice { notice } => self.destroy_key(notice.as_uuid()).await,
            Effect::WarnOfTask { task, level } => {
                tracing::warn!(code = "G-0304", task = task.0, ?level, "the clock of a task needs attention");
            }
            Effect::Warn { item, level } => {
                tracing::warn!(
                    code = "G-0304",
                    item = item.number(),
                    ?level,
                    "a legal clock needs attention"
                );
            }
        }
    }

    async fn destroy_key(self: &Arc<Self>, key: Uuid) {
        let hub = Arc::clone(self);
        let destroyed = spawn_blocking(move || hub.store.destroy(key)).await;
        if !matches!(destroyed, Ok(Ok(()))) {
            tracing::error!(
                code = "G-0205",
                "a key could not be destroyed; it is tried again at the next start"
            );
        }
    }

    async fn send(self: &Arc<Self>, item: ItemId, attempt: u32, central: &Central) {
        let Some(known) = self.core().engine.item(item).cloned() else { return };
        let message_id = known.arrival.message_id;
        let (hub, place) = (Arc::clone(self), known.arrival.payload);
        let opened = spawn_blocking(move || hub.store.message(message_id.as_uuid(), place)).await;
        let outcome = match opened {
            Ok(Ok(message)) => central.send(message_id, message).await,
            Ok(Err(error)) => {
                tracing::error!(code = error.code(), item = item.number(), %error, "a stored message cannot be opened");
                SendOutcome::Refused(Cause::ContentUnreadable)
            }
            Err(_) => SendOutcome::NotDelivered(Cause::Restarted),
        };
        self.note_central(!matches!(outcome, SendOutcome::NotDelivered(_) | SendOutcome::Unknown(_)));
        tracing::info!(item = item.number(), attempt, ?outcome, "sending ended");
        self.decide(&Who::central(), |engine, now| engine.handle_sent(item, attempt, outcome, now));
    }

    async fn ask(self: &Arc<Self>, item: ItemId, attempt: u32, central: &Central) {
        let Some(message_id) = self.core().engine.item(item).map(|item| item.arrival.message_id) else {
            return;
        };
        let outcome = central.ask(message_id).await;
        self.note_central(outcome != AskOutcome::Unreachable);
        tracing::info!(
            item = item.number(),
            attempt,
            ?outcome,
            "the central system was asked about a message"
        );
        self.decide(&Who::central(), |engine, now| engine.handle_asked(item, attempt, outcome, now));
    }

    async fn collect_answers(self: Arc<Self>, central: Central) {
        let mut pause = limits::POLL_PAUSE_MIN;
        loop {
            let fetched = central.answers().await;
            self.note_central(fetched.is_ok());
            self.clock_offset_s.send_replace(central.clock_offset_s());
            let mut taken_all = true;
            match fetched {
                Ok(answers) => {
                    for answer in &answers {
                        match self.take_answer(answer).await {
                            Ok(reception) => tracing::info!(?reception, "an answer came"),
                            Err(error) => {
                                taken_all = false;
                                tracing::warn!(code = error.code(), %error, "an answer could not be kept; it will be delivered again");
                            }
                        }
                    }
                }
                Err(trouble) => {
                    taken_all = false;
                    tracing::debug!(code = "G-0301", why = trouble.what, "no answers could be fetched");
                }
            }
            pause = if taken_all { limits::POLL_PAUSE_MIN } else { (pause * 2).min(limits::POLL_PAUSE_MAX) };
            tokio::time::sleep(pause).await;
        }
    }

    fn note_central(&self, reachable: bool) {
        let changed = self.central_reachable.send_if_modified(|known| {
            let changes = *known != Some(reachable);
            *known = Some(reachable);
            changes
        });
        if changed && !reachable {
            tracing::warn!(
                code = "G-0301",
                "the central system cannot be reached; messages wait and go on by themselves"
            );
        } else if changed {
            tracing::info!("the central system can be reached");
        }
    }
}

const TICK_PAUSE_MAX: Duration = Duration::from_secs(30);
const TICK_PAUSE_MIN: Duration = Duration::from_millis(5);
