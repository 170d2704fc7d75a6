//! What stands around the gateway and its operators: the network and the central system, with their faults.

use std::collections::BTreeMap;

use gateway::engine::{AnswerKind, AskOutcome, Cause, ItemId, SendOutcome};
use gateway::store::Storage;
use icd::identifier::AnswerId;

use crate::gateway_edge::{Died, Gateway, answer, number_of};
use crate::model::Way;
use crate::world::{VIOLATION, World};

/// Something under way to the central system.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Packet {
    Send { item: ItemId, attempt: u32 },
    Ask { item: ItemId, attempt: u32 },
}

/// How the central system behaves at present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It denies what it has and claims what it has not.
    Lies,
    /// It cannot be reached: down, partitioned, or a certificate has expired on either side.
    Away,
    /// It takes messages and its reply gets lost.
    LosesReplies,
    /// It refuses for good what it should take.
    Refuses,
    /// It is busy.
    Busy,
    #[default]
    Good,
}

/// The central system, apart from what it holds, which is in the model.
#[derive(Default)]
pub(crate) struct Central {
    pub(crate) mood: Mood,
    /// Messages it will answer.
    unanswered: Vec<u64>,
    /// Answers that the gateway has not acknowledged.
    pub(crate) given: BTreeMap<u64, (u64, AnswerKind)>,
}

impl Central {
    pub(crate) fn be_good(&mut self) {
        self.mood = Mood::Good;
    }

    pub(crate) fn acknowledged(&mut self, id: AnswerId) {
        self.given.retain(|number, _| answer(*number) != id);
    }
}

impl World {
    /// One packet reaches its end, in any order.
    pub(crate) fn network_step(&mut self) -> Result<Result<(), Died>, String> {
        if self.network.is_empty() {
            return Ok(Ok(()));
        }
        let packet = self.network.swap_remove(self.random.below(self.network.len() as u64) as usize);
        let Some(gateway) = self.gateway.take() else { return Ok(Ok(())) };
        let done = match packet {
            Packet::Send { item, attempt } => self.deliver(item, attempt, gateway),
            Packet::Ask { item, attempt } => self.ask(item, attempt, gateway),
        };
        let (gateway, died) = done?;
        self.gateway = Some(gateway);
        Ok(died.map_or(Ok(()), Err))
    }

    fn deliver(
        &mut self,
        item: ItemId,
        attempt: u32,
        mut gateway: Gateway,
    ) -> Result<(Gateway, Option<Died>), String> {
        let Some(known) = gateway.engine.item(item).cloned() else { return Ok((gateway, None)) };
        let number = number_of(known.arrival.message_id);
        match gateway.store.message(known.arrival.message_id.as_uuid(), known.arrival.payload) {
            Ok(opened)
                if Some(&opened.envelope)
                    == self.model.letters.get(&number).map(|letter| &letter.content) => {}
            Ok(_) => return Err(format!("{VIOLATION}: message {number} was served with other content")),
            Err(_) if !self.machine.has_power() => {
                return Ok((gateway, Some(Died("the power is off".to_owned()))));
            }
            Err(error) => return Err(format!("{VIOLATION}: message {number} cannot be read: {error}")),
        }
        let takes = self.random.coin();
        let outcome = match self.central.mood {
            Mood::Good if self.calm || self.random.below(10) > 0 => {
                self.arrive_by_lane(item, &gateway)?;
                SendOutcome::Taken
            }
            Mood::Good | Mood::LosesReplies => {
                if takes {
                    self.arrive_by_lane(item, &gateway)?;
                }
                SendOutcome::Unknown(Cause::ConnectionLost)
            }
            Mood::Away => SendOutcome::NotDelivered(Cause::CentralUnreachable),
            Mood::Busy => SendOutcome::NotDelivered(Cause::CentralBusy),
            Mood::Refuses => SendOutcome::Refused(Cause::CentralRefused),
            Mood::Lies if takes => {
                // It refuses what it takes, or says that it takes what it does not.
                self.model.lied_about.insert(number);
                if self.random.coin() {
                    self.arrive_by_lane(item, &gateway)?;
                    SendOutcome::Refused(Cause::CentralRefused)
                } else {
                    SendOutcome::Taken
                }
            }
            Mood::Lies => SendOutcome::Unknown(Cause::ConnectionLost),
        };
        self.note(format!("message {number} attempt {attempt}: {outcome:?}"));
        gateway.engine.handle_sent(item, attempt, outcome, self.now);
        if !self.calm && self.random.below(6) == 0 {
            // The same report once more, late: it must say nothing about a newer attempt.
            gateway.engine.handle_sent(item, attempt, SendOutcome::Taken, self.now);
            let outcome = SendOutcome::NotDelivered(Cause::CentralUnreachable);
            gateway.engine.handle_sent(item, attempt.saturating_sub(1), outcome, self.now);
        }
        Ok((gateway, None))
    }

    fn ask(
        &mut self,
        item: ItemId,
        attempt: u32,
        mut gateway: Gateway,
    ) -> Result<(Gateway, Option<Died>), String> {
        let Some(known) = gateway.engine.item(item) else { return Ok((gateway, None)) };
        let number = number_of(known.arrival.message_id);
        let has = self.model.eurodac_has(number);
        let outcome = match self.central.mood {
            Mood::Away | Mood::Busy => AskOutcome::Unreachable,
            Mood::Lies if !has && self.random.below(4) == 0 => {
                self.model.lied_about.insert(number);
                AskOutcome::Known
            }
            Mood::Lies if has && self.random.coin() => {
                // It denies what it has: then it is sent again, and its own message id saves it from a double.
                self.model.lied_about.insert(number);
                AskOutcome::NotKnown
            }
            _ if !self.calm && self.random.below(5) == 0 => AskOutcome::Unreachable,
            _ if has => AskOutcome::Known,
            _ => AskOutcome::NotKnown,
        };
        self.note(format!("message {number} asked for: {outcome:?}"));
        gateway.engine.handle_asked(item, attempt, outcome, self.now);
        Ok((gateway, None))
    }

    /// The message of an item reaches the central system, which knows its own message ids.
    pub(crate) fn arrive_by_lane(&mut self, item: ItemId, gateway: &Gateway) -> Result<(), String> {
        let Some(known) = gateway.engine.item(item) else { return Ok(()) };
        let number = number_of(known.arrival.message_id);
        let again = self.model.eurodac.iter().any(|(held, way)| *held == number && *way == Way::Lane);
        // It recognises the second arrival of what it has denied; anything else is ours to prevent.
        if again && self.model.lied_about.contains(&number) {
            return Ok(());
        }
        self.model.arrive(number, Way::Lane, &gateway.engine)?;
        self.central.unanswered.push(number);
        Ok(())
    }

    /// The central system answers something, perhaps twice, perhaps something nobody asked.
    pub(crate) fn central_answers(&mut self) -> Result<Result<(), Died>, String> {
        if let Some(at) = self.pick(self.central.unanswered.len()) {
            let number = self.central.unanswered.swap_remove(at);
            let kind = KINDS[self.random.below(KINDS.len() as u64) as usize];
            self.give(number, kind);
            if !self.calm && self.random.below(6) == 0 {
                self.give(number, kind);
            }
        }
        if !self.calm && self.random.below(20) == 0 {
            let nobody = 900_000 + self.random.below(1_000);
            self.give(nobody, AnswerKind::NoHit);
        }
        if !self.calm && self.central.mood == Mood::Away {
            return Ok(Ok(()));
        }
        let given: Vec<_> = self.central.given.iter().map(|(id, (to, kind))| (*id, *to, *kind)).collect();
        let now = self.now;
        let Some(gateway) = self.gateway.as_mut() else { return Ok(Ok(())) };
        for (id, reply_to, kind) in given {
            if let Err(died) = gateway.take_answer(id, reply_to, kind, now) {
                return Ok(Err(died));
            }
        }
        Ok(Ok(()))
    }

    fn give(&mut self, number: u64, kind: AnswerKind) {
        self.answers_begun += 1;
        self.central.given.insert(self.answers_begun, (number, kind));
    }

    pub(crate) fn pick(&mut self, count: usize) -> Option<usize> {
        (count > 0).then(|| self.random.below(count as u64) as usize)
    }
}

const KINDS: [AnswerKind; 5] = [
    AnswerKind::NoHit,
    AnswerKind::Hit,
    AnswerKind::Registered,
    AnswerKind::QualityInsufficient,
    AnswerKind::Rejected,
];
