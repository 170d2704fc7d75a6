//! A day without the central system: 24 hours in which it cannot be reached, with work coming in all the time, the
//! gateway's process killed or cut off every few hours, and legal clocks that run out meanwhile.

use std::collections::BTreeSet;

use gateway::engine::Stage;
use icd::operation::Operation;
use jiff::SignedDuration;

use crate::gateway_edge::{Letter, hours, message, number_of};
use crate::outside::{Mood, Packet};
use crate::world::World;

/// What the day has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Messages that came during the outage; each got its receipt in the minute in which it came.
    pub receipted: u64,
    /// Attempts that the gateway made at the central system during the outage.
    pub attempts: u64,
    /// Crashes and power cuts.
    pub crashes: u64,
    /// Messages whose legal clock ran out during the outage; people were warned of each.
    pub overdue: u64,
    /// Minutes from the end of the outage until everything of the lane had arrived.
    pub drain_minutes: u64,
    /// Messages of the lane that waited when the outage ended.
    pub waited: u64,
}

/// Lives through the day.
///
/// # Errors
/// What was violated: as in every world, and that urgent messages go first when the outage ends.
pub fn outage(seed: u64) -> Result<Outage, String> {
    let mut world = World::untroubled(seed);
    // One at a time, so that the order of arrival is the order of turns.
    world.policy.in_flight_max = 1;
    world.start()?;
    world.central.mood = Mood::Away;
    let mut seen = Outage { receipted: 0, attempts: 0, crashes: 0, overdue: 0, drain_minutes: 0, waited: 0 };
    for minute in 0..OUTAGE_MINUTES {
        if minute % LETTER_EVERY_MINUTES == 0 {
            world.one_more_letter();
        }
        seen.attempts += world.minute()?;
        if !world.unreceipted().is_empty() {
            return Err(format!("minute {minute}: a message got no receipt"));
        }
        if minute % CRASH_EVERY_MINUTES == CRASH_EVERY_MINUTES - 1 {
            world.crash()?;
        }
    }
    seen.receipted = world.model.receipts.len() as u64;
    seen.crashes = world.report.crashes;
    seen.overdue = world.model.letters.values().filter(|letter| letter.due < world.now).count() as u64;
    let untried = world.untried()?;
    seen.waited = world.of_the_lane().count() as u64;
    world.central.be_good();
    while !world.of_the_lane().all(|number| world.model.eurodac_has(number)) {
        seen.drain_minutes += 1;
        if seen.drain_minutes > DRAIN_MINUTES_MAX {
            return Err("the lane does not drain after the outage".to_owned());
        }
        world.minute()?;
    }
    world.urgent_went_first(&untried)?;
    world.calm_down()?;
    Ok(seen)
}

impl World {
    /// Time goes on by one minute: letters are sent, what is decided becomes durable, what is on the network ends.
    /// Gives the attempts at the central system.
    fn minute(&mut self) -> Result<u64, String> {
        self.now += SignedDuration::from_mins(1);
        let mut attempts = 0;
        // What ended may bring the next message onto the network within the same minute.
        for _ in 0..ROUNDS_PER_MINUTE {
            for number in self.unreceipted() {
                let sent = self.send(number);
                self.after(sent)?;
            }
            let synced = self.sync();
            self.after(synced)?;
            if self.network.is_empty() {
                break;
            }
            attempts += self.network.iter().filter(|packet| matches!(packet, Packet::Send { .. })).count();
            while !self.network.is_empty() {
                let ended = self.network_step();
                self.after(ended)?;
            }
        }
        Ok(attempts as u64)
    }

    /// Urgent ones, and those that wait for a person, have reference numbers of their own: nothing of the lane stands
    /// behind them.
    fn one_more_letter(&mut self) {
        self.letters_begun += 1;
        let number = self.letters_begun;
        let urgent = self.random.below(5) == 0;
        let erases = !urgent && self.random.below(4) == 0;
        let lines_from = if urgent { 100 } else { u8::from(erases) * 50 };
        let start = self.now - hours(self.random.below(70) as i64);
        let letter = Letter {
            number,
            partner: self.random.below(3) as u8,
            line: self.random.below(20) as u8 + lines_from,
            operation: if erases { Operation::EraseInaccurate } else { Operation::Submit },
            urgent,
            start,
            due: start + hours(72),
            content: (0..600).map(|_| self.random.next() as u8).collect(),
        };
        self.model.letters.insert(number, letter);
    }

    fn of_the_lane(&self) -> impl Iterator<Item = u64> + '_ {
        let letters = self.model.letters.values();
        letters.filter(|letter| letter.operation == Operation::Submit).map(|letter| letter.number)
    }

    /// Messages that wait for the lane and were never tried: no pause of their own holds them back.
    fn untried(&self) -> Result<BTreeSet<u64>, String> {
        let gateway = self.gateway.as_ref().ok_or("the gateway does not run")?;
        let queued =
            |item: &&gateway::engine::Item| item.attempts == 0 && matches!(item.stage, Stage::Queued { .. });
        Ok(gateway.engine.items().filter(queued).map(|item| number_of(item.arrival.message_id)).collect())
    }

    fn urgent_went_first(&self, untried: &BTreeSet<u64>) -> Result<(), String> {
        let order: Vec<u64> = self.model.eurodac.iter().map(|(number, _)| *number).collect();
        let urgent = |number: &u64| self.model.letters[number].urgent;
        let heads =
            |number: &u64| untried.contains(number) && !self.stands_behind_a_tried_one(*number, untried);
        let last_urgent = order.iter().rposition(|number| urgent(number) && heads(number));
        let first_other = order.iter().position(|number| !urgent(number) && heads(number));
        match (last_urgent, first_other) {
            (Some(last), Some(first)) if last < first => Ok(()),
            (Some(_), Some(first)) => {
                Err(format!("message {} went before an urgent one", message(order[first])))
            }
            _ => Err("nothing urgent, or nothing else, waited".to_owned()),
        }
    }

    /// An earlier message of the same reference number was tried, and its pause holds back the whole line.
    fn stands_behind_a_tried_one(&self, number: u64, untried: &BTreeSet<u64>) -> bool {
        let line = self.model.letters[&number].line;
        self.model
            .letters
            .values()
            .any(|other| other.line == line && other.number < number && !untried.contains(&other.number))
    }
}

const OUTAGE_MINUTES: u64 = 24 * 60;
const LETTER_EVERY_MINUTES: u64 = 5;
const CRASH_EVERY_MINUTES: u64 = 200;
const DRAIN_MINUTES_MAX: u64 = 60;
const ROUNDS_PER_MINUTE: usize = 400;
