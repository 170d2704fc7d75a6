//! The gateway's state machine: what was accepted, whose turn it is, what must be done next.
//!
//! Pure: no socket, file, thread, environment, clock or randomness. Events and `now` come in by `handle_*`; what
//! happened goes out by [`Engine::poll_change`], what is to be done by [`Engine::poll_effect`].
//!
//! The caller's order of work:
//! 1. call one `handle_*`;
//! 2. take every change by `poll_change` and append it, with its number, to the journal;
//! 3. when a change is durable, say so by [`Engine::handle_durable`]; only then tell anybody that it happened;
//! 4. take effects by `poll_effect` (it holds back those whose changes are not durable) and carry them out;
//! 5. call [`Engine::handle_tick`] at [`Engine::next_timeout`].
//!
//! Invariants, each with a property test below:
//! * an accepted message is in the engine until it is closed, its answers are collected and its retention is over;
//! * a message is sent again only after the central system said that it does not have it, or the attempt certainly
//!   did not reach it;
//! * messages of one reference number leave in the order of acceptance, whatever channel each one takes;
//! * what an operator holds, or may have keyed, is never sent by machine;
//! * replaying the changes gives the same state.
//!
//! Left out on purpose: validation, authorisation (who may grant, switch or check is the edge's question), sealing
//! and the audit log.

mod accept;
mod agenda;
mod apply;
mod breaker;
mod capability;
mod change;
mod channels;
mod clock;
mod effect;
mod extension;
mod inbox;
mod item;
mod lane;
mod operator;
mod policy;
mod refusal;
mod second;
mod task;
mod turns;
mod wire;

#[cfg(test)]
mod tests;

pub use accept::Acceptance;
pub use apply::Misfit;
pub use capability::Capabilities;
pub use change::Change;
pub use channels::{ChannelReason, SwitchPreview, Switched};
pub use clock::{Escalation, LegalClock};
pub use effect::Effect;
pub use inbox::{AnswerReception, InboxEntry};
pub use item::{
    AnswerKind, AnswerRecord, Arrival, Cause, ContentDigest, Item, ItemAnswer, ItemId, LineKey, Owner,
    PayloadRef, Stage,
};

pub use lane::{AskOutcome, SendOutcome};
pub use operator::Claim;
pub use policy::{Policy, SecondCheck};
pub use refusal::Refusal;
pub use task::{ExpertGround, Task, TaskId, TaskKind, Verdict};

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use icd::identifier::{AnswerId, MessageId, PartyId};
use icd::operation::Operation;
use jiff::Timestamp;

use agenda::Agenda;
use breaker::Breaker;

/// Number of a change since this engine was made; durability is reported by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangeNumber(u64);

/// The state machine. See the module for the order of calls.
#[derive(Debug)]
pub struct Engine {
    policy: Policy,
    capabilities: Capabilities,
    /// When the table of channels next changes by itself.
    next_switch: Option<Timestamp>,
    state: State,
    agenda: Agenda,
    /// The latest instant seen; a clock that is set back does not undo what was due.
    now: Timestamp,
    changes: VecDeque<(ChangeNumber, Change)>,
    committed: ChangeNumber,
    durable: ChangeNumber,
    effects: VecDeque<(ChangeNumber, Effect)>,
    /// Items about which the central system is being asked; no state, since asking changes nothing.
    asking: HashSet<ItemId>,
    breaker: Breaker,
    #[cfg(feature = "planted")]
    planted: Option<Planted>,
}

/// A bug that can be planted, to see whether the simulation finds it.
#[cfg(feature = "planted")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planted {
    /// Opening an interface takes items away from the operators who hold them.
    DrainWithoutClaimCheck,
}

impl Engine {
    /// An empty engine.
    #[must_use]
    pub fn new(policy: Policy, capabilities: Capabilities) -> Self {
        Self {
            policy,
            capabilities,
            next_switch: None,
            state: State::default(),
            agenda: Agenda::default(),
            now: Timestamp::MIN,
            changes: VecDeque::new(),
            committed: ChangeNumber::default(),
            durable: ChangeNumber::default(),
            effects: VecDeque::new(),
            asking: HashSet::new(),
            breaker: Breaker::default(),
            #[cfg(feature = "planted")]
            planted: None,
        }
    }

    /// Repeats a change read from the journal. Call it for all of them in order, then
    /// [`Engine::handle_restart`], before anything else.
    pub fn replay(&mut self, change: &Change) -> Result<(), Misfit> {
        self.now = match change {
            Change::ClockCorrected { at, .. } => *at,
            change => self.now.max(change.at()),
        };
        self.state.apply(change)?;
        self.refresh(change.item());
        change.task().inspect(|task| self.refresh_task(*task));
        Ok(())
    }

    /// Takes up work after the last replayed change: what was under way has an unknown outcome.
    pub fn handle_restart(&mut self, now: Timestamp) {
        self.advance(now);
        for item in self.state.sending.iter().copied().collect::<Vec<_>>() {
            let change =
                Change::OutcomeUnknown { item, cause: Cause::Restarted, ask_at: now, asked: 0, at: now };
            self.commit(change);
        }
        self.next_switch = self.capabilities.next_switch(self.now);
        self.refresh_all();
        self.reroute();
        self.handle_tick(now);
    }

    /// Everything up to this change is durable.
    pub fn handle_durable(&mut self, number: ChangeNumber) {
        self.durable = self.durable.max(number.min(self.committed));
    }

    /// The next change to be journalled, with its number.
    pub fn poll_change(&mut self) -> Option<(ChangeNumber, Change)> {
        self.changes.pop_front()
    }

    /// The next thing to do whose changes are durable.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        let (number, _) = self.effects.front()?;
        if *number > self.durable {
            return None;
        }
        self.effects.pop_front().map(|(_, effect)| effect)
    }

    /// Number of the newest change; what was just decided holds once it is durable.
    #[must_use]
    pub fn committed(&self) -> ChangeNumber {
        self.committed
    }

    /// The spans and bounds in force.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The table of channels in force.
    #[must_use]
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// One item.
    #[must_use]
    pub fn item(&self, item: ItemId) -> Option<&Item> {
        self.state.items.get(&item)
    }

    /// All items not yet erased, in the order of acceptance.
    pub fn items(&self) -> impl DoubleEndedIterator<Item = &Item> {
        self.state.items.values()
    }

    /// How many items are not yet erased.
    #[must_use]
    pub fn items_count(&self) -> usize {
        self.state.items.len()
    }

    /// Where content lies that is still needed: of items, their answers, stray answers and notices.
    pub fn payloads(&self) -> impl Iterator<Item = PayloadRef> {
        let items = self.items().flat_map(|item| {
            let answers = item.answers.iter().map(|answer| answer.record.payload);
            answers.chain([item.arrival.payload])
        });
        let strays = self.strays().iter().map(|answer| answer.payload);
        let notices = self.tasks().filter_map(|task| match task.kind {
            TaskKind::Notice { payload, .. } => Some(payload),
            _ => None,
        });
        items.chain(strays).chain(notices)
    }

    /// The item whose content lies first; until it is erased, that content is kept.
    #[must_use]
    pub fn oldest_kept(&self) -> Option<ItemId> {
        self.items().min_by_key(|item| item.arrival.payload).map(|item| item.id)
    }

    /// The item of a message.
    #[must_use]
    pub fn item_of(&self, message: MessageId) -> Option<&Item> {
        self.state.by_message.get(&message).and_then(|item| self.item(*item))
    }

    /// The earlier item this one must wait for, if any.
    #[must_use]
    pub fn behind(&self, item: &Item) -> Option<ItemId> {
        let first = self.state.lines.get(&item.arrival.line)?.first().copied()?;
        (first != item.id && item.blocks_its_line()).then_some(first)
    }

    /// Items that are ready to be sent and wait for their turn.
    #[must_use]
    pub fn lane_ready(&self) -> usize {
        self.agenda.ready()
    }

    /// Until when the lane sends nothing because the central system does not answer; past instants mean that one
    /// probe goes at a time.
    #[must_use]
    pub fn breaker_open_until(&self) -> Option<Timestamp> {
        self.breaker.open_until()
    }

    /// Plants a bug.
    #[cfg(feature = "planted")]
    pub fn plant(&mut self, bug: Planted) {
        self.planted = Some(bug);
    }

    /// Takes `now` over. A small step back is ignored; after a large one (a clock that had been wrong and was set
    /// right) everything that waits for an instant is looked at again, so that nothing sleeps until the wrong clock's
    /// time has come.
    fn advance(&mut self, now: Timestamp) {
        if now >= self.now {
            self.now = now;
        } else if now < clock::before(self.now, self.policy.clock_step) {
            self.now = now;
            self.breaker.clock_set_back(&self.policy, now);
            self.next_switch = self.capabilities.next_switch(now);
            let retry_at = clock::after(now, self.policy.retry_pause_max);
            let lease_until = clock::after(now, self.policy.lease);
            self.commit(Change::ClockCorrected { retry_at, lease_until, at: now });
            self.refresh_all();
            self.reroute();
        }
    }

    fn refresh_all(&mut self) {
        for item in self.state.items.keys().copied().collect::<Vec<_>>() {
            self.refresh(Some(item));
        }
    }

    /// Makes a change: applies it, queues it for the journal, brings the agenda up to date.
    fn commit(&mut self, change: Change) {
        let applied = self.state.apply(&change);
        assert!(applied.is_ok(), "a handler made a change that does not fit: {applied:?}");
        self.committed.0 += 1;
        let (item, task) = (change.item(), change.task());
        self.changes.push_back((self.committed, change));
        self.refresh(item);
        task.inspect(|task| self.refresh_task(*task));
    }

    /// Asks the edge for something, once everything decided so far is durable.
    fn ask_for(&mut self, effect: Effect) {
        self.effects.push_back((self.committed, effect));
    }
}

/// Everything that replaying the changes rebuilds. `by_message`, `by_answer`, `lines` and `sending` are views of
/// the fields above them.
#[derive(Debug, Default, PartialEq, Eq)]
struct State {
    items: BTreeMap<ItemId, Item>,
    inboxes: HashMap<PartyId, BTreeMap<u64, InboxEntry>>,
    strays: Vec<AnswerRecord>,
    items_begun: u64,
    entries_begun: u64,
    by_message: HashMap<MessageId, ItemId>,
    by_answer: HashMap<AnswerId, Option<ItemId>>,
    /// Per reference number the items that later ones must wait for.
    lines: HashMap<LineKey, BTreeSet<ItemId>>,
    sending: BTreeSet<ItemId>,
    tasks: BTreeMap<TaskId, Task>,
    tasks_begun: u64,
    /// Per reference number the retake that is asked for.
    retakes: HashMap<LineKey, TaskId>,
    /// Channels that persons have switched.
    switched: BTreeMap<Operation, Switched>,
    /// Items per partner that are not erased.
    of_partner: HashMap<PartyId, usize>,
}
