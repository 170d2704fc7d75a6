//! The effect of each change on the state, the same when it happens and when it is replayed.

use std::collections::BTreeMap;

use icd::identifier::{PartyId, StaffId};
use jiff::Timestamp;

use super::State;
use super::change::Change;
use super::channels::Switched;
use super::inbox::InboxEntry;
use super::item::{AnswerRecord, Arrival, Item, ItemAnswer, ItemId, Stage};
use super::task::Task;
use firmware_config::Channel;

/// A change that does not fit the state: the journal is not the one this engine wrote, or has a gap.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("change {change:?} does not fit the state of item {item:?}")]
pub struct Misfit {
    /// Name of the change.
    pub change: &'static str,
    /// Number of the item.
    pub item: Option<u64>,
}

impl State {
    /// Applies one change. Where it does not fit, nothing is altered.
    pub(super) fn apply(&mut self, change: &Change) -> Result<(), Misfit> {
        let fits = match change {
            Change::Accepted { item, arrival, channel, at } => self.accept(*item, arrival, *channel, *at),
            Change::StrayAnswer { answer, .. } => self.stray(answer),
            Change::Collected { item, partner, answer, .. } => {
                let collected = self.items.get_mut(item).and_then(|item| {
                    let answer = item.answers.iter_mut().find(|known| known.record.id == *answer)?;
                    answer.collected = true;
                    Some(answer.entry)
                });
                collected.map(|entry| self.take_from_inbox(partner, entry))
            }
            Change::Answered { item, answer, at } => self.answer(*item, answer, *at),
            Change::Confirmed { item, answer, at, .. } | Change::Returned { item, answer, at, .. } => {
                self.confirm(*item, answer, *at)
            }
            Change::Superseded { item, successor, answer, at, .. } => {
                self.confirm(*item, answer, *at).and_then(|()| {
                    self.items.get_mut(item)?.superseded_by = Some(*successor);
                    Some(())
                })
            }
            Change::ChannelSwitched { operation, channel, by, reason, at } => {
                match channel {
                    Some(channel) => {
                        let switched =
                            Switched { channel: *channel, by: by.clone(), reason: *reason, since: *at };
                        self.switched.insert(*operation, switched);
                    }
                    None => drop(self.switched.remove(operation)),
                }
                Some(())
            }
            Change::ClockCorrected { retry_at, lease_until, at } => {
                self.correct_clock(*retry_at, *lease_until, *at);
                Some(())
            }
            Change::TaskOpened { task, kind, item, clock, at } => self.open_task(Task {
                id: *task,
                kind: *kind,
                item: *item,
                opened_at: *at,
                clock: clock.clone(),
                escalated: None,
                held_by: None,
                closed: None,
            }),
            Change::TaskEscalated { task, level, .. } => self.escalate_task(*task, *level),
            Change::TaskClaimed { task, by, .. } => self.claim_task(*task, by.clone()),
            Change::TaskClosed { task, verdict, at, .. } => self.close_task(*task, *verdict, *at),
            Change::Erased { item, .. } => self.forget(*item),
            step => self.step(step),
        };
        fits.ok_or_else(|| Misfit { change: change.name(), item: change.item().map(ItemId::number) })
    }

    /// The changes that alter one item's stage and nothing else.
    fn step(&mut self, change: &Change) -> Option<()> {
        let item = self.items.get_mut(&change.item()?)?;
        match change {
            Change::SendingBegan { attempt, .. } => {
                item.attempts = *attempt;
                item.outcome_open = true;
                item.stage = Stage::Sending;
            }
            Change::NotDelivered { retry_at, cause, .. } => {
                item.outcome_open = false;
                item.last_trouble = Some(*cause);
                item.stage = Stage::Queued { not_before: *retry_at };
            }
            Change::OutcomeUnknown { ask_at, asked, cause, .. } => {
                item.last_trouble = Some(*cause);
                item.stage = Stage::OutcomeUnknown { ask_at: *ask_at, asked: *asked };
            }
            Change::Acknowledged { at, .. } => {
                item.outcome_open = false;
                item.stage = Stage::Acknowledged { at: *at };
            }
            Change::Parked { cause, .. } => {
                item.outcome_open &= !cause.is_certain();
                item.last_trouble = Some(*cause);
                item.stage = Stage::Parked { cause: *cause };
            }
            Change::Requeued { channel, at, .. } => {
                item.channel_chosen = true;
                item.stage = match channel {
                    Channel::S2s if item.outcome_open => Stage::OutcomeUnknown { ask_at: *at, asked: 0 },
                    channel => stage_on(*channel, *at),
                };
            }
            Change::Rerouted { channel, at, .. } => item.stage = stage_on(*channel, *at),
            Change::Claimed { by, fence, lease_until, .. } => {
                item.fence = *fence;
                item.stage = Stage::Claimed { by: by.clone(), lease_until: *lease_until };
            }
            Change::LeaseExpired { by, .. } => {
                item.perhaps_keyed_by = Some(StaffId::clone(by));
                item.stage = Stage::Waiting;
            }
            Change::Keyed { by, web_receipt, .. } => {
                item.perhaps_keyed_by = None;
                item.stage = Stage::Keyed { by: by.clone(), web_receipt: web_receipt.clone() };
            }
            Change::CheckRefused { .. } => {
                let Stage::Keyed { by, .. } = &item.stage else { return None };
                item.perhaps_keyed_by = Some(by.clone());
                item.stage = Stage::Waiting;
            }
            Change::ClockExtended { clock, .. } => {
                item.clock = clock.clone();
                item.extended = true;
                // A clock that ends later is warned of again.
                item.escalated = None;
            }
            Change::Released { .. } => {
                item.perhaps_keyed_by = None;
                item.stage = Stage::Waiting;
            }
            Change::Escalated { level, .. } => item.escalated = Some(*level),
            Change::AnswerLate { .. } => item.answer_late_reported = true,
            _ => return None,
        }
        let id = item.id;
        self.review(id);
        Some(())
    }

    /// Nothing that was set by a wrong clock waits longer than these.
    fn correct_clock(&mut self, retry_at: Timestamp, lease_end: Timestamp, now: Timestamp) {
        for item in self.items.values_mut() {
            match &mut item.stage {
                Stage::Queued { not_before: at } | Stage::OutcomeUnknown { ask_at: at, .. } => {
                    *at = retry_at.min(*at);
                }
                Stage::Claimed { lease_until, .. } => *lease_until = lease_end.min(*lease_until),
                Stage::Acknowledged { at } | Stage::Closed { at, .. } => *at = now.min(*at),
                Stage::Sending
                | Stage::Waiting
                | Stage::Keyed { .. }
                | Stage::Held
                | Stage::Parked { .. } => {}
            }
        }
    }

    fn accept(&mut self, id: ItemId, arrival: &Arrival, channel: Channel, at: Timestamp) -> Option<()> {
        if id.number() != self.items_begun.checked_add(1)?
            || self.by_message.contains_key(&arrival.message_id)
        {
            return None;
        }
        self.items_begun = id.number();
        *self.of_partner.entry(arrival.partner.clone()).or_default() += 1;
        self.by_message.insert(arrival.message_id, id);
        let item = Item {
            id,
            arrival: arrival.clone(),
            received_at: at,
            stage: stage_on(channel, at),
            attempts: 0,
            fence: 0,
            perhaps_keyed_by: None,
            outcome_open: false,
            last_trouble: None,
            channel_chosen: false,
            escalated: None,
            answer_late_reported: false,
            clock: arrival.clock.clone(),
            extended: false,
            superseded_by: None,
            tasks: Vec::new(),
            tasks_open: 0,
            answers: Vec::new(),
        };
        self.items.insert(id, item);
        self.review(id);
        Some(())
    }

    fn answer(&mut self, id: ItemId, answer: &AnswerRecord, at: Timestamp) -> Option<()> {
        let item = self.file_answer(id, answer, at)?;
        if item.is_with_central() {
            item.outcome_open = false;
            item.stage = Stage::Closed { at, outcome: answer.kind };
        }
        self.review(id);
        Some(())
    }

    fn confirm(&mut self, id: ItemId, answer: &AnswerRecord, at: Timestamp) -> Option<()> {
        let item = self.file_answer(id, answer, at)?;
        item.perhaps_keyed_by = None;
        item.stage = Stage::Closed { at, outcome: answer.kind };
        self.review(id);
        Some(())
    }

    /// Puts an answer into the origin's inbox and beside its item.
    fn file_answer(&mut self, id: ItemId, answer: &AnswerRecord, at: Timestamp) -> Option<&mut Item> {
        let entry = self.entries_begun.checked_add(1)?;
        let item = self.items.get_mut(&id)?;
        if self.by_answer.contains_key(&answer.id) {
            return None;
        }
        self.entries_begun = entry;
        self.by_answer.insert(answer.id, Some(id));
        let lying = InboxEntry { number: entry, item: id, answer: answer.clone(), since: at };
        self.inboxes.entry(item.arrival.partner.clone()).or_default().insert(entry, lying);
        item.answers.push(ItemAnswer { record: answer.clone(), entry, collected: false });
        Some(item)
    }

    fn take_from_inbox(&mut self, partner: &PartyId, entry: u64) {
        if let Some(inbox) = self.inboxes.get_mut(partner) {
            inbox.remove(&entry);
            if inbox.is_empty() {
                self.inboxes.remove(partner);
            }
        }
    }

    fn stray(&mut self, answer: &AnswerRecord) -> Option<()> {
        if self.by_answer.contains_key(&answer.id) {
            return None;
        }
        self.by_answer.insert(answer.id, None);
        self.strays.push(answer.clone());
        Some(())
    }

    fn forget(&mut self, id: ItemId) -> Option<()> {
        let closed = self.items.get(&id).is_some_and(|item| item.tasks_open == 0 && item.stage.is_closed());
        let item = if closed { self.items.remove(&id)? } else { return None };
        for task in &item.tasks {
            self.tasks.remove(task);
        }
        if let Some(count) = self.of_partner.get_mut(&item.arrival.partner) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.of_partner.remove(&item.arrival.partner);
            }
        }
        self.by_message.remove(&item.arrival.message_id);
        for answer in &item.answers {
            self.by_answer.remove(&answer.record.id);
            self.take_from_inbox(&item.arrival.partner, answer.entry);
        }
        Some(())
    }

    /// Brings the views of one item up to date.
    fn review(&mut self, id: ItemId) {
        let Some(item) = self.items.get(&id) else { return };
        let line = item.arrival.line;
        if item.blocks_its_line() {
            self.lines.entry(line).or_default().insert(id);
        } else if let Some(waiting) = self.lines.get_mut(&line) {
            waiting.remove(&id);
            if waiting.is_empty() {
                self.lines.remove(&line);
            }
        }
        if item.stage == Stage::Sending {
            self.sending.insert(id);
        } else {
            self.sending.remove(&id);
        }
    }

    /// The inbox of a partner.
    pub(super) fn inbox(&self, partner: &PartyId) -> Option<&BTreeMap<u64, InboxEntry>> {
        self.inboxes.get(partner)
    }
}

fn stage_on(channel: Channel, at: Timestamp) -> Stage {
    match channel {
        Channel::S2s => Stage::Queued { not_before: at },
        Channel::WebInterface => Stage::Waiting,
        Channel::Unavailable => Stage::Held,
    }
}
