//! When something is to be done: the lane's order of turns, and the timers of items.
//!
//! The agenda is a view of the state at one instant; it is brought up to date item by item after each change.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::Engine;
use super::change::Change;
use super::clock::{Escalation, after};
use super::effect::Effect;
use super::item::{Item, ItemId, Stage};
use firmware_config::Channel;

/// The lane's next turns, and the timers.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    turns: BTreeSet<Turn>,
    timers: BTreeSet<(Timestamp, ItemId)>,
    of_item: HashMap<ItemId, (Option<Turn>, Option<Timestamp>)>,
}

/// The order in which the lane takes items: urgent first, then the oldest clock, then the oldest item. Items whose
/// article has no figure come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    not_urgent: bool,
    due: Timestamp,
    item: ItemId,
}

impl Agenda {
    fn set(&mut self, item: ItemId, turn: Option<Turn>, timer: Option<Timestamp>) {
        if let Some((turn, timer)) = self.of_item.remove(&item) {
            turn.inspect(|turn| {
                self.turns.remove(turn);
            });
            timer.inspect(|timer| {
                self.timers.remove(&(*timer, item));
            });
        }
        if turn.is_some() || timer.is_some() {
            self.turns.extend(turn);
            self.timers.extend(timer.map(|timer| (timer, item)));
            self.of_item.insert(item, (turn, timer));
        }
    }

    fn due(&self, now: Timestamp) -> Vec<ItemId> {
        self.timers.iter().take_while(|(at, _)| *at <= now).map(|(_, item)| *item).collect()
    }
}

impl Engine {
    /// When [`Engine::handle_tick`] is next needed.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Timestamp> {
        let timer = self.agenda.timers.first().map(|(at, _)| *at);
        [timer, self.next_switch].into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn handle_tick(&mut self, now: Timestamp) {
        self.advance(now);
        if self.next_switch.is_some_and(|at| at <= self.now) {
            self.next_switch = self.capabilities.next_switch(self.now);
            self.reroute();
        }
        for item in self.agenda.due(self.now) {
            self.on_timer(item);
            self.refresh(Some(item));
        }
        self.give_turns();
    }

    fn on_timer(&mut self, id: ItemId) {
        let (now, due_soon) = (self.now, self.policy.due_soon);
        let Some(item) = self.state.items.get(&id) else { return };
        let warning = item
            .blocks_its_line()
            .then(|| item.arrival.clock.warning(now, due_soon))
            .flatten()
            .filter(|level| Some(*level) > item.escalated);
        let article = item.arrival.clock.article.clone();
        let (stage, attempt) = (item.stage.clone(), item.attempts);
        let answer_late = !item.answer_late_reported;
        let (all_collected, message) = (item.all_collected(), item.arrival.message_id);
        if let Some(level) = warning {
            self.warn(id, level, article);
        }
        match stage {
            Stage::Claimed { by, lease_until } if lease_until <= now => {
                self.commit(Change::LeaseExpired { item: id, by, at: now });
            }
            Stage::OutcomeUnknown { ask_at, .. } if ask_at <= now && self.asking.insert(id) => {
                self.ask_for(Effect::Ask { item: id, attempt });
            }
            Stage::Acknowledged { at } if answer_late && after(at, self.policy.answer_late) <= now => {
                self.commit(Change::AnswerLate { item: id, at: now });
            }
            Stage::Closed { at, .. } if all_collected && after(at, self.policy.retention) <= now => {
                self.commit(Change::Erased { item: id, at: now });
                self.ask_for(Effect::DestroyKey { item: id, message });
            }
            _ => {}
        }
    }

    fn warn(&mut self, item: ItemId, level: Escalation, article: String) {
        self.commit(Change::Escalated { item, level, article, at: self.now });
        self.ask_for(Effect::Warn { item, level });
    }

    /// Hands ready items to the lane, as far as the bound on messages under way allows.
    pub(super) fn give_turns(&mut self) {
        while self.state.sending.len() < self.policy.in_flight_max {
            let Some(turn) = self.agenda.turns.first().copied() else { return };
            let Some(item) = self.state.items.get(&turn.item) else { return };
            let attempt = item.attempts.saturating_add(1);
            self.commit(Change::SendingBegan { item: turn.item, attempt, at: self.now });
            self.ask_for(Effect::Send { item: turn.item, attempt });
        }
    }

    /// Moves items nobody has touched to the channel the table now gives them, in the order of acceptance.
    pub(super) fn reroute(&mut self) {
        let moves: Vec<(ItemId, Channel)> = self
            .state
            .items
            .values()
            .filter_map(|item| {
                let channel = self.capabilities.channel(item.arrival.operation, self.now);
                let here = untouched_on(item)?;
                (here != channel).then_some((item.id, channel))
            })
            .collect();
        for (item, channel) in moves {
            self.commit(Change::Rerouted { item, channel, at: self.now });
        }
    }

    /// The same for one item.
    pub(super) fn reroute_one(&mut self, id: ItemId) {
        let Some(item) = self.state.items.get(&id) else { return };
        let channel = self.capabilities.channel(item.arrival.operation, self.now);
        if untouched_on(item).is_some_and(|here| here != channel) {
            self.commit(Change::Rerouted { item: id, channel, at: self.now });
        }
    }

    /// Brings the agenda up to date for an item, and for the one that now leads its line.
    pub(super) fn refresh(&mut self, item: Option<ItemId>) {
        let Some(id) = item else { return };
        self.schedule(id);
        let line = self.state.items.get(&id).map(|item| item.arrival.line);
        let first = line.and_then(|line| self.state.lines.get(&line)).and_then(|line| line.first().copied());
        if let Some(first) = first.filter(|first| *first != id) {
            self.schedule(first);
        }
    }

    fn schedule(&mut self, id: ItemId) {
        let Some(item) = self.state.items.get(&id) else {
            self.agenda.set(id, None, None);
            return;
        };
        let turn = match item.stage {
            Stage::Queued { not_before } if not_before <= self.now && self.behind(item).is_none() => {
                Some(Turn {
                    not_urgent: !item.arrival.urgent,
                    due: item.arrival.clock.due.unwrap_or(Timestamp::MAX),
                    item: id,
                })
            }
            _ => None,
        };
        let timer = self.timer(item);
        self.agenda.set(id, turn, timer);
    }

    fn timer(&self, item: &Item) -> Option<Timestamp> {
        let warning = item
            .blocks_its_line()
            .then(|| item.arrival.clock.next_warning_at(item.escalated, self.policy.due_soon))
            .flatten();
        let stage = match &item.stage {
            Stage::Queued { not_before } if *not_before > self.now => Some(*not_before),
            Stage::OutcomeUnknown { ask_at, .. } if !self.asking.contains(&item.id) => Some(*ask_at),
            Stage::Claimed { lease_until, .. } => Some(*lease_until),
            Stage::Acknowledged { at } if !item.answer_late_reported => {
                Some(after(*at, self.policy.answer_late))
            }
            Stage::Closed { at, .. } if item.all_collected() => Some(after(*at, self.policy.retention)),
            _ => None,
        };
        [warning, stage].into_iter().flatten().min()
    }
}

/// The channel of an item that can still be moved: nobody holds it, nobody may have keyed it, nothing was sent, and no
/// person chose its channel.
fn untouched_on(item: &Item) -> Option<Channel> {
    if item.outcome_open || item.channel_chosen || item.perhaps_keyed_by.is_some() {
        return None;
    }
    match item.stage {
        Stage::Queued { .. } => Some(Channel::S2s),
        Stage::Waiting => Some(Channel::WebInterface),
        Stage::Held => Some(Channel::Unavailable),
        _ => None,
    }
}
