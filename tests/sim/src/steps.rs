//! One step of the world: somebody or something acts, chosen by the seed.

use gateway::store::Storage;
use icd::operation::Operation;
use jiff::SignedDuration;

use crate::gateway_edge::{Died, Letter, Reception, answer_content, hours, number_of, partner};
use crate::outside::Mood;
use crate::world::{VIOLATION, World};

impl World {
    pub(crate) fn step(&mut self) -> Result<Result<(), Died>, String> {
        match self.random.below(40) {
            0..6 => return self.send_new(),
            6..9 => return self.send_again(),
            9 => return self.send_other_content(),
            10..15 => return self.sync(),
            15..20 => return self.network_step(),
            20..25 => return self.operator_step(),
            25..27 => return self.central_answers(),
            27..29 => return self.collect(),
            29 => self.pass(SignedDuration::from_secs(self.random.clone().below(600) as i64)),
            30 => self.pass(SignedDuration::from_mins(self.random.clone().below(180) as i64)),
            31 => self.pass(hours(self.random.clone().below(30) as i64)),
            32 => {
                self.note("killed".to_owned());
                self.crash()?;
            }
            33 => self.disturb_disk(),
            34 => self.change_mood(),
            35 | 36 => self.supervisor_step(),
            37 => return Ok(self.retire()),
            38 => self.jump_clock(),
            _ => self.kiosks_refused = self.random.below(3) == 0,
        }
        Ok(Ok(()))
    }

    /// What happens when nothing goes wrong any more.
    pub(crate) fn calm_step(&mut self) -> Result<Result<(), Died>, String> {
        for number in self.unreceipted() {
            if let Err(died) = self.send(number)? {
                return Ok(Err(died));
            }
        }
        if let Err(died) = self.sync()? {
            return Ok(Err(died));
        }
        if let Err(died) = self.give_out() {
            return Ok(Err(died));
        }
        let network = self.network.len();
        let (network, operators, answers): (Act, Act, Act) =
            ((network, Self::network_step), (12, Self::operator_step), (8, Self::central_answers));
        // A disk that failed just before the faults stopped still ends the process once.
        for (times, act) in [network, operators, answers, (1, Self::sync), (1, Self::collect)] {
            for _ in 0..times {
                if let Err(died) = act(self)? {
                    return Ok(Err(died));
                }
            }
        }
        self.pass(SignedDuration::from_mins(7));
        Ok(Ok(()))
    }

    fn send_new(&mut self) -> Result<Result<(), Died>, String> {
        self.letters_begun += 1;
        let number = self.letters_begun;
        let erases = self.random.below(3) == 0;
        let length = [40, 900, 5_000][self.random.below(3) as usize];
        let start = self.now - hours(self.random.below(60) as i64);
        let letter = Letter {
            number,
            partner: self.random.below(3) as u8,
            line: self.random.below(6) as u8,
            operation: if erases { Operation::EraseInaccurate } else { Operation::Submit },
            urgent: self.random.below(5) == 0,
            start,
            due: start + hours(72),
            content: (0..length).map(|_| self.random.next() as u8).collect(),
        };
        self.model.letters.insert(number, letter);
        self.send(number)
    }

    /// A sender sends again until it has its receipt; one whose receipt got lost does so whenever it likes.
    fn send_again(&mut self) -> Result<Result<(), Died>, String> {
        let waiting: Vec<u64> = self.unreceipted().into_iter().collect();
        let everything: Vec<u64> = self.model.letters.keys().copied().collect();
        let from = if self.random.below(3) > 0 && !waiting.is_empty() { waiting } else { everything };
        match self.pick(from.len()) {
            Some(at) => self.send(from[at]),
            None => Ok(Ok(())),
        }
    }

    pub(crate) fn send(&mut self, number: u64) -> Result<Result<(), Died>, String> {
        if self.kiosks_refused && !self.calm {
            return Ok(Ok(()));
        }
        let (now, reply_lost) = (self.now, !self.calm && self.random.below(4) == 0);
        let (Some(letter), Some(gateway)) = (self.model.letters.get(&number), self.gateway.as_mut()) else {
            return Ok(Ok(()));
        };
        match gateway.receive(letter, now) {
            Ok(Reception::Later(change)) => self.awaiting.push((number, change, reply_lost)),
            Ok(Reception::Known) => {
                let row = gateway.row(number).map_err(|died| died.0)?;
                self.model.receipt(number, row)?;
            }
            Ok(Reception::NotNow) => {}
            Ok(Reception::OtherContent) => {
                return Err(format!("{VIOLATION}: message {number} was refused as if it had other content"));
            }
            Err(died) => return Ok(Err(died)),
        }
        self.note(format!("message {number} sent to the gateway"));
        Ok(Ok(()))
    }

    /// The same message id with other content: refused loudly, whenever it comes, once the first is promised.
    fn send_other_content(&mut self) -> Result<Result<(), Died>, String> {
        let receipted: Vec<u64> = self.model.receipts.keys().copied().collect();
        let Some(at) = self.pick(receipted.len()) else { return Ok(Ok(())) };
        let number = receipted[at];
        let mut letter = self.model.letters[&number].clone();
        letter.content.push(1);
        let Some(gateway) = self.gateway.as_mut() else { return Ok(Ok(())) };
        match gateway.receive(&letter, self.now) {
            Ok(Reception::OtherContent) => Ok(Ok(())),
            Ok(taken) => {
                Err(format!("{VIOLATION}: other content under message {number} was taken: {taken:?}"))
            }
            Err(died) => Ok(Err(died)),
        }
    }

    /// The journal takes what was decided; who waited for it gets a receipt.
    pub(crate) fn sync(&mut self) -> Result<Result<(), Died>, String> {
        let Some(gateway) = self.gateway.as_mut() else { return Ok(Ok(())) };
        let durable = match gateway.sync() {
            Ok(durable) => durable,
            Err(died) => return Ok(Err(died)),
        };
        if !durable {
            return Ok(Ok(()));
        }
        let told = gateway.engine.items().filter(|item| item.superseded_by.is_some());
        self.model.told_otherwise.extend(told.map(|item| number_of(item.arrival.message_id)));
        for (number, _, reply_lost) in std::mem::take(&mut self.awaiting) {
            let Some(gateway) = self.gateway.as_ref() else { continue };
            let row = match gateway.row(number) {
                Ok(row) => row,
                Err(died) => return Ok(Err(died)),
            };
            if !reply_lost {
                self.model.receipt(number, row)?;
            }
        }
        Ok(Ok(()))
    }

    /// Kiosks and partners poll and say what they have; the saying may get lost.
    fn collect(&mut self) -> Result<Result<(), Died>, String> {
        if self.kiosks_refused && !self.calm {
            return Ok(Ok(()));
        }
        if let Err(died) = self.sync()? {
            return Ok(Err(died));
        }
        for party in 0..3_u8 {
            let Some(gateway) = self.gateway.as_mut() else { return Ok(Ok(())) };
            let lying: Vec<_> = gateway
                .engine
                .inbox(&partner(party), 20)
                .map(|entry| (entry.item, entry.answer.clone()))
                .collect();
            for (item, answer) in lying {
                let Some(gateway) = self.gateway.as_mut() else { return Ok(Ok(())) };
                let Some(known) = gateway.engine.item(item) else { continue };
                let number = number_of(known.arrival.message_id);
                match gateway.store.answer(known.arrival.message_id.as_uuid(), answer.payload) {
                    Ok(xml) if xml == answer_content(number, answer.kind) => {}
                    Ok(_) => return Err(format!("{VIOLATION}: another answer came for message {number}")),
                    Err(_) if !self.machine.has_power() => return Ok(Err(Died("no power".to_owned()))),
                    Err(error) => {
                        return Err(format!("{VIOLATION}: the answer to {number} cannot be read: {error}"));
                    }
                }
                if !self.model.eurodac_has(number) {
                    self.model.told_otherwise.insert(number);
                }
                self.model.collected.insert(number);
                if self.calm || self.random.below(4) > 0 {
                    let said = gateway.engine.handle_collected(&partner(party), answer.id, self.now);
                    said.map_err(|refusal| format!("{VIOLATION}: an answer cannot be collected: {refusal}"))?;
                }
            }
        }
        Ok(Ok(()))
    }

    fn pass(&mut self, span: SignedDuration) {
        let _ = self.random.next();
        self.now += span;
    }

    fn change_mood(&mut self) {
        let moods =
            [Mood::Good, Mood::Good, Mood::Away, Mood::LosesReplies, Mood::Refuses, Mood::Busy, Mood::Lies];
        self.central.mood = moods[self.random.below(moods.len() as u64) as usize];
        self.note(format!("the central system: {:?}", self.central.mood));
    }

    /// The clock goes ahead by days, or back to where it should be.
    fn jump_clock(&mut self) {
        let by = hours(1 + self.random.below(100) as i64);
        if self.random.coin() {
            self.now += by
        } else {
            self.now -= by
        }
        self.note("the clock jumps".to_owned());
    }

    /// What the gateway does from time to time with content that nobody needs.
    fn retire(&mut self) -> Result<(), Died> {
        let Some(gateway) = self.gateway.as_mut() else { return Ok(()) };
        let horizon = std::mem::replace(&mut self.horizon, gateway.store.content_end());
        gateway.retire(horizon).map(drop)
    }
}

/// Something that happens so many times.
type Act = (usize, fn(&mut World) -> Result<Result<(), Died>, String>);
