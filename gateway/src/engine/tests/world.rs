//! A small random world around the engine: a journal that loses what was not durable, a network that loses either
//! direction, a central system that takes each message once, three operators who key honestly but forget to confirm.

use std::collections::{BTreeMap, BTreeSet};

use firmware_config::Channel;
use icd::operation::Operation;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

use super::super::*;
use super::{ERASURE, answer, arrival, partner, staff, start, table};

/// How a message reached Eurodac.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Lane,
    Keyed,
}

pub(super) struct World {
    pub(super) engine: Engine,
    /// What is on disk.
    pub(super) journal: Vec<Change>,
    /// Written but perhaps not on disk yet.
    unsynced: Vec<(ChangeNumber, Change)>,
    now: Timestamp,
    /// Messages the sender holds a receipt for.
    acknowledged: BTreeSet<u64>,
    /// Messages sent, whose receipt waits for this change.
    awaiting: Vec<(u64, ChangeNumber)>,
    sent_numbers: u64,
    lines: BTreeMap<u64, u8>,
    /// Effects under way.
    network: Vec<Effect>,
    /// What Eurodac holds, in order of arrival there.
    eurodac: Vec<(u64, Way)>,
    /// Messages for which central will answer, or has answered without knowing that it arrived.
    unanswered: BTreeSet<u64>,
    claims: BTreeMap<ItemId, (u8, u64)>,
    collected: BTreeSet<u64>,
    opened: bool,
}

impl World {
    pub(super) fn new() -> Self {
        let mut engine = Engine::new(Policy::default(), table(Channel::WebInterface, date(2026, 6, 13)));
        engine.handle_restart(start());
        Self {
            engine,
            journal: Vec::new(),
            unsynced: Vec::new(),
            now: start(),
            acknowledged: BTreeSet::new(),
            awaiting: Vec::new(),
            sent_numbers: 0,
            lines: BTreeMap::new(),
            network: Vec::new(),
            eurodac: Vec::new(),
            unanswered: BTreeSet::new(),
            claims: BTreeMap::new(),
            collected: BTreeSet::new(),
            opened: false,
        }
    }

    pub(super) fn take(&mut self, (what, which): (u8, u16)) {
        match what % 16 {
            0 | 1 => self.send_new(which),
            2 => self.send_again(which),
            3 | 4 => self.sync(),
            5 | 6 => self.network_step(which),
            7 | 8 => self.operator_step(which),
            9 => self.central_answers(which),
            10 => self.collect(which),
            11 => self.pass(SignedDuration::from_secs(i64::from(which % 600))),
            12 => self.pass(SignedDuration::from_mins(i64::from(which % 120))),
            13 => self.crash(which),
            14 => self.switch(),
            _ => self.requeue(which),
        }
        self.write();
    }

    fn send_new(&mut self, which: u16) {
        self.sent_numbers += 1;
        let number = self.sent_numbers;
        let line = u8::try_from(which % 4).expect("below four");
        self.lines.insert(number, line);
        self.send(number);
    }

    fn send_again(&mut self, which: u16) {
        if self.sent_numbers > 0 {
            self.send(1 + u64::from(which) % self.sent_numbers);
        }
    }

    fn send(&mut self, number: u64) {
        let operation = if number.is_multiple_of(3) { ERASURE } else { Operation::Submit };
        // A sender repeats until it has its receipt; afterwards the gateway may have erased the item.
        if self.acknowledged.contains(&number) && self.engine.item_of(super::message(number)).is_none() {
            return;
        }
        let taken = self.engine.handle_arrival(arrival(number, self.lines[&number], operation), self.now);
        taken.expect("honest senders are not refused");
        self.awaiting.push((number, self.engine.committed()));
    }

    /// The journal takes over what the engine decided, and the network what the engine asks for.
    fn write(&mut self) {
        while let Some(numbered) = self.engine.poll_change() {
            self.unsynced.push(numbered);
        }
        while let Some(effect) = self.engine.poll_effect() {
            match effect {
                Effect::Send { .. } | Effect::Ask { .. } => self.network.push(effect),
                Effect::AcknowledgeAnswer { answer } => {
                    let number = answer.as_uuid().as_u128() - 0xa000_0000;
                    self.unanswered.remove(&u64::try_from(number).expect("own number"));
                }
                Effect::AnswerReady { .. }
                | Effect::DestroyKey { .. }
                | Effect::DestroyNotice { .. }
                | Effect::Warn { .. }
                | Effect::WarnOfTask { .. } => {}
            }
        }
    }

    /// The disk has everything written so far.
    fn sync(&mut self) {
        self.write();
        for (number, change) in self.unsynced.drain(..) {
            self.engine.handle_durable(number);
            self.journal.push(change);
        }
        let durable = self.engine.committed();
        for (number, needs) in self.awaiting.drain(..) {
            assert!(needs <= durable);
            self.acknowledged.insert(number);
        }
        self.write();
    }

    pub(super) fn settle_journal(&mut self) {
        self.sync();
    }

    fn number_of(&self, item: ItemId) -> u64 {
        let item = self.engine.item(item).expect("under way, so present");
        u64::try_from(item.arrival.message_id.as_uuid().as_u128()).expect("own number")
    }

    fn eurodac_has(&self, number: u64) -> bool {
        self.eurodac.iter().any(|(known, _)| *known == number)
    }

    /// A message comes into effect. This is the moment that must happen once and in order.
    fn arrive(&mut self, number: u64, way: Way) {
        assert!(!self.eurodac_has(number), "message {number} reached Eurodac twice, now {way:?}");
        let line = self.lines[&number];
        let own = self.engine.item_of(super::message(number)).map(|item| item.id);
        for (earlier, _) in &self.eurodac {
            let earlier_item = self.engine.item_of(super::message(*earlier)).map(|item| item.id);
            if self.lines[earlier] == line && earlier_item.is_some() {
                assert!(earlier_item < own, "message {number} was overtaken by {earlier}");
            }
        }
        self.eurodac.push((number, way));
        if way == Way::Lane {
            self.unanswered.insert(number);
        }
    }

    fn network_step(&mut self, which: u16) {
        if self.network.is_empty() {
            return;
        }
        let effect = self.network.remove(usize::from(which) % self.network.len());
        match effect {
            Effect::Send { item, attempt } => self.network_send(item, attempt, which / 7 % 4),
            Effect::Ask { item, attempt } => self.network_ask(item, attempt, which / 7 % 3),
            other => panic!("not a network effect: {other:?}"),
        }
    }

    fn network_send(&mut self, item: ItemId, attempt: u32, luck: u16) {
        let number = self.number_of(item);
        let outcome = match luck {
            0 => SendOutcome::NotDelivered(Cause::CentralUnreachable),
            1 => SendOutcome::Unknown(Cause::ConnectionLost),
            _ => {
                self.arrive(number, Way::Lane);
                if luck == 2 { SendOutcome::Taken } else { SendOutcome::Unknown(Cause::ConnectionLost) }
            }
        };
        self.engine.handle_sent(item, attempt, outcome, self.now);
    }

    fn network_ask(&mut self, item: ItemId, attempt: u32, luck: u16) {
        let known = self.eurodac_has(self.number_of(item));
        let outcome = match (luck, known) {
            (0, _) => AskOutcome::Unreachable,
            (_, true) => AskOutcome::Known,
            (_, false) => AskOutcome::NotKnown,
        };
        self.engine.handle_asked(item, attempt, outcome, self.now);
    }

    fn operator_step(&mut self, which: u16) {
        let open: Vec<ItemId> = self
            .engine
            .items()
            .filter(|item| matches!(item.stage, Stage::Waiting | Stage::Claimed { .. }))
            .map(|item| item.id)
            .collect();
        if open.is_empty() {
            return;
        }
        let item = open[usize::from(which) % open.len()];
        match which / 11 % 4 {
            0 => self.claim(item, u8::try_from(which / 3 % 3).expect("below three")),
            1 => self.key(item),
            2 => self.confirm(item),
            _ => self.release(item),
        }
    }

    fn claim(&mut self, item: ItemId, operator: u8) {
        if let Ok(claim) = self.engine.handle_claim(item, &staff(operator), self.now) {
            assert!(
                !self
                    .network
                    .iter()
                    .any(|effect| matches!(effect, Effect::Send { item: sent, .. } if *sent == item))
            );
            self.write();
            self.sync();
            self.claims.insert(item, (operator, claim.fence));
        }
    }

    /// An operator keys what the screen says is theirs, after looking whether Eurodac has it already.
    fn key(&mut self, item: ItemId) {
        let holder = match self.engine.item(item).map(|item| &item.stage) {
            Some(Stage::Claimed { by, .. }) => by.clone(),
            _ => return,
        };
        let number = self.number_of(item);
        let claimed_by = self.claims.get(&item).map(|(operator, _)| staff(*operator));
        if claimed_by == Some(holder) && !self.eurodac_has(number) {
            self.arrive(number, Way::Keyed);
        }
    }

    fn confirm(&mut self, item: ItemId) {
        let number = self.number_of(item);
        let Some((operator, fence)) = self.claims.get(&item).copied() else { return };
        if self.eurodac_has(number) {
            let done = answer(number, AnswerKind::Done);
            // Refused when somebody else holds it meanwhile; then that one finds it keyed and confirms.
            let confirmed =
                self.engine.handle_confirm((item, fence), &staff(operator), "EU-1", done, self.now);
            if confirmed.is_ok() {
                self.claims.remove(&item);
            }
        }
    }

    fn release(&mut self, item: ItemId) {
        let Some((operator, fence)) = self.claims.get(&item).copied() else { return };
        if !self.eurodac_has(self.number_of(item)) {
            let released = self.engine.handle_release(item, &staff(operator), fence, self.now);
            if released.is_ok() {
                self.claims.remove(&item);
            }
        }
    }

    fn central_answers(&mut self, which: u16) {
        let waiting: Vec<u64> = self.unanswered.iter().copied().collect();
        if let Some(number) = waiting.get(usize::from(which) % waiting.len().max(1)) {
            let kind = if which.is_multiple_of(2) { AnswerKind::NoHit } else { AnswerKind::Hit };
            self.engine.handle_answer(super::message(*number), answer(*number, kind), self.now);
        }
    }

    fn collect(&mut self, which: u16) {
        self.sync();
        let lying: Vec<_> = self.engine.inbox(&partner(), 100).map(|entry| entry.answer.id).collect();
        if let Some(answer) = lying.get(usize::from(which) % lying.len().max(1)) {
            self.engine.handle_collected(&partner(), *answer, self.now).expect("it lies there");
            let number = answer.as_uuid().as_u128() - 0xa000_0000;
            self.collected.insert(u64::try_from(number).expect("own number"));
        }
    }

    fn pass(&mut self, span: SignedDuration) {
        self.now += span;
        self.engine.handle_tick(self.now);
    }

    fn switch(&mut self) {
        self.opened = !self.opened;
        let channel = if self.opened { Channel::S2s } else { Channel::WebInterface };
        self.engine.handle_capabilities(table(channel, date(2026, 6, 13)), self.now);
    }

    fn requeue(&mut self, which: u16) {
        let parked: Vec<ItemId> = self
            .engine
            .items()
            .filter(|item| matches!(item.stage, Stage::Parked { .. }))
            .map(|item| item.id)
            .collect();
        if let Some(item) = parked.get(usize::from(which) % parked.len().max(1)) {
            self.engine.handle_requeue(*item, &staff(0), Channel::S2s, self.now).expect("parked");
        }
    }

    /// The process ends. Of what was written without being synced some prefix is on disk; what was on the network
    /// may have arrived.
    fn crash(&mut self, which: u16) {
        self.write();
        for effect in std::mem::take(&mut self.network) {
            if let (Effect::Send { item, .. }, 0) = (&effect, which % 2) {
                let number = self.number_of(*item);
                self.arrive(number, Way::Lane);
            }
        }
        let kept = usize::from(which) % (self.unsynced.len() + 1);
        self.journal.extend(self.unsynced.drain(..).take(kept).map(|(_, change)| change));
        self.unsynced.clear();
        self.awaiting.clear();
        let mut engine = Engine::new(self.engine.policy().clone(), self.engine.capabilities().clone());
        for change in &self.journal {
            engine.replay(change).expect("own changes fit");
        }
        engine.handle_restart(self.now);
        self.engine = engine;
    }

    /// What must hold at every moment.
    pub(super) fn check(&mut self) {
        for item in self.engine.items() {
            let in_lane = self.engine.state.sending.contains(&item.id);
            assert_eq!(in_lane, matches!(item.stage, Stage::Sending), "one owner");
            let leads = self.engine.behind(item).is_none();
            let at_work = matches!(item.stage, Stage::Sending | Stage::Claimed { .. });
            assert!(leads || !at_work, "item {} is worked on before an earlier one", item.id);
        }
        for number in &self.acknowledged {
            let done = self.collected.contains(number);
            assert!(
                done || self.engine.item_of(super::message(*number)).is_some(),
                "message {number} is lost"
            );
        }
    }

    /// The faults stop: everything comes to its end.
    pub(super) fn finish(mut self) {
        for _ in 0..2_000 {
            self.sync();
            for effect in std::mem::take(&mut self.network) {
                match effect {
                    Effect::Send { item, attempt } => self.network_send(item, attempt, 2),
                    Effect::Ask { item, attempt } => self.network_ask(item, attempt, 1),
                    _ => {}
                }
            }
            self.finish_operators();
            self.central_answers(0);
            self.collect(0);
            self.pass(SignedDuration::from_mins(7));
        }
        self.sync();
        for number in &self.acknowledged {
            let times = self.eurodac.iter().filter(|(known, _)| known == number).count();
            assert_eq!(times, 1, "message {number}");
            assert!(self.collected.contains(number), "the answer to {number} did not come home");
        }
        let left: Vec<_> = self.engine.items().map(|item| (item.id, item.stage.name())).collect();
        assert_eq!(left, [], "everything ends");
    }

    fn finish_operators(&mut self) {
        let open: Vec<ItemId> = self.engine.items().map(|item| item.id).collect();
        for item in open {
            match self.engine.item(item).map(|item| item.stage.clone()) {
                Some(Stage::Waiting) => self.claim(item, 0),
                Some(Stage::Claimed { .. }) => {
                    self.key(item);
                    self.confirm(item);
                }
                Some(Stage::Parked { .. }) => self.requeue(0),
                _ => {}
            }
        }
    }
}
