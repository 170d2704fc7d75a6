//! When something is to be done: the lane's order of turns, and the timers of items.
//!
//! The agenda is a view of the state at one instant; it is brought up to date item by item after each change.

use std::collections::{BTreeSet, HashMap};

use icd::identifier::PartyId;
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use super::change::Change;
use super::clock::{Escalation, after};
use super::effect::Effect;
use super::item::{Item, ItemId, Stage};
use super::task::TaskId;
use super::turns::{Turn, Turns};
use firmware_config::Channel;

/// The lane's next turns, and the timers.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    turns: Turns,
    timers: BTreeSet<(Timestamp, Timed)>,
    of_item: HashMap<ItemId, Scheduled>,
    of_task: HashMap<TaskId, Timestamp>,
}

/// What stands in the agenda for one item.
type Scheduled = (Option<(PartyId, Turn)>, Option<Timestamp>);

/// What a timer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timed {
    Item(ItemId),
    Task(TaskId),
}

impl Agenda {
    fn set(&mut self, item: ItemId, turn: Option<(PartyId, Turn)>, timer: Option<Timestamp>) {
        if let Some((turn, timer)) = self.of_item.remove(&item) {
            if let Some((partner, turn)) = turn {
                self.turns.remove(&partner, &turn);
            }
            timer.inspect(|timer| {
                self.timers.remove(&(*timer, Timed::Item(item)));
            });
        }
        if turn.is_some() || timer.is_some() {
            if let Some((partner, turn)) = &turn {
                self.turns.insert(partner, *turn);
            }
            self.timers.extend(timer.map(|timer| (timer, Timed::Item(item))));
            self.of_item.insert(item, (turn, timer));
        }
    }

    fn set_task(&mut self, task: TaskId, timer: Option<Timestamp>) {
        if let Some(timer) = self.of_task.remove(&task) {
            self.timers.remove(&(timer, Timed::Task(task)));
        }
        if let Some(timer) = timer {
            self.timers.insert((timer, Timed::Task(task)));
            self.of_task.insert(task, timer);
        }
    }

    pub(super) fn ready(&self) -> usize {
        self.turns.count()
    }

    fn due(&self, now: Timestamp) -> Vec<Timed> {
        self.timers.iter().take_while(|(at, _)| *at <= now).map(|(_, timed)| *timed).collect()
    }
}

impl Engine {
    /// When [`Engine::handle_tick`] is next needed.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Timestamp> {
        let timer = self.agenda.timers.first().map(|(at, _)| *at);
        let probe =
            self.breaker.open_until().filter(|until| *until > self.now && self.agenda.turns.count() > 0);
        [timer, self.next_switch, probe].into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn handle_tick(&mut self, now: Timestamp) {
        self.advance(now);
        if self.next_switch.is_some_and(|at| at <= self.now) {
            self.next_switch = self.capabilities.next_switch(self.now);
            self.reroute();
        }
        for timed in self.agenda.due(self.now) {
            match timed {
                Timed::Item(item) => {
                    self.on_timer(item);
                    self.refresh(Some(item));
                }
                Timed::Task(task) => {
                    self.on_task_timer(task);
                    self.refresh_task(task);
                }
            }
        }
        self.give_turns();
    }

    fn on_timer(&mut self, id: ItemId) {
        let (now, due_soon) = (self.now, self.policy.due_soon);
        let Some(item) = self.state.items.get(&id) else { return };
        let warning = item
            .blocks_its_line()
            .then(|| item.clock.warning(now, due_soon))
            .flatten()
            .filter(|level| Some(*level) > item.escalated);
        let article = item.clock.article.clone();
        let (stage, attempt) = (item.stage.clone(), item.attempts);
        let answer_late = !item.answer_late_reported;
        let (erasable, message) = (item.may_be_erased(), item.arrival.message_id);
        let answer_within = self.policy.answer_within(item.arrival.urgent);
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
            Stage::Acknowledged { at } if answer_late && after(at, answer_within) < now => {
                self.commit(Change::AnswerLate { item: id, at: now });
            }
            Stage::Closed { at, .. } if erasable && after(at, self.policy.retention) <= now => {
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
        while self.state.sending.len() < self.breaker.places(self.now, self.policy.in_flight_max) {
            let Some(item) = self.agenda.turns.next() else { return };
            let Some(known) = self.state.items.get(&item) else { return };
            let attempt = known.attempts.saturating_add(1);
            self.commit(Change::SendingBegan { item, attempt, at: self.now });
            self.ask_for(Effect::Send { item, attempt });
        }
    }

    /// Moves items nobody has touched to the channel the table now gives them, in the order of acceptance.
    pub(super) fn reroute(&mut self) {
        let moves: Vec<(ItemId, Channel)> = self
            .state
            .items
            .values()
            .filter_map(|item| {
                let channel = self.channel(item.arrival.operation);
                let here = self.movable_from(item)?;
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
        let channel = self.channel(item.arrival.operation);
        if self.movable_from(item).is_some_and(|here| here != channel) {
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
                Some((item.arrival.partner.clone(), Turn::of(item)))
            }
            _ => None,
        };
        let timer = self.timer(item);
        self.agenda.set(id, turn, timer);
    }

    fn timer(&self, item: &Item) -> Option<Timestamp> {
        let warning = item
            .blocks_its_line()
            .then(|| item.clock.next_warning_at(item.escalated, self.policy.due_soon))
            .flatten();
        let stage = match &item.stage {
            Stage::Queued { not_before } if *not_before > self.now => Some(*not_before),
            Stage::OutcomeUnknown { ask_at, .. } if !self.asking.contains(&item.id) => Some(*ask_at),
            Stage::Claimed { lease_until, .. } => Some(*lease_until),
            Stage::Acknowledged { at } if !item.answer_late_reported => {
                let due = after(*at, self.policy.answer_within(item.arrival.urgent));
                Some(after(due, SignedDuration::from_nanos(1)))
            }
            Stage::Closed { at, .. } if item.may_be_erased() => Some(after(*at, self.policy.retention)),
            _ => None,
        };
        [warning, stage].into_iter().flatten().min()
    }

    /// Brings the agenda up to date for a task.
    pub(super) fn refresh_task(&mut self, id: TaskId) {
        let timer = self.task(id).filter(|task| task.closed.is_none());
        let timer = timer.and_then(|task| task.clock.next_warning_at(task.escalated, self.policy.due_soon));
        self.agenda.set_task(id, timer);
    }
}
