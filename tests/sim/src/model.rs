//! The reference: what was promised, what reached Eurodac, and what must hold after every step.
//!
//! 4. an acknowledged message is never lost, never reaches Eurodac twice as new, never overtakes an earlier one of the
//!    same reference number; its receipt is the same for ever;
//! 5. every accepted message has one owner and one clock; a claim that holds is the engine's too;
//! 6. no deadline passes silently.

use std::collections::{BTreeMap, BTreeSet};

use gateway::engine::{Engine, Escalation, Item, ItemId, Owner, Stage};
use gateway::store::MessageRow;
use jiff::{SignedDuration, Timestamp};

use crate::gateway_edge::{Gateway, Letter, message, number_of};

/// How a message reached Eurodac.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Lane,
    Keyed,
}

/// A claim as an operator knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeldClaim {
    pub(crate) by: u8,
    pub(crate) fence: u64,
    pub(crate) until: Timestamp,
    /// Whether it has run out; it may still be confirmed, but proves nothing.
    pub(crate) ran_out: bool,
}

/// What everybody outside was told or did.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) letters: BTreeMap<u64, Letter>,
    pub(crate) receipts: BTreeMap<u64, MessageRow>,
    pub(crate) eurodac: Vec<(u64, Way)>,
    pub(crate) claims: BTreeMap<ItemId, HeldClaim>,
    /// Messages whose answer their origin has.
    pub(crate) collected: BTreeSet<u64>,
    /// Messages whose origin was told by an operator that they will not be sent.
    pub(crate) told_otherwise: BTreeSet<u64>,
    /// Messages about which the central system has not told the truth.
    pub(crate) lied_about: BTreeSet<u64>,
}

impl Model {
    pub(crate) fn eurodac_has(&self, number: u64) -> bool {
        self.eurodac.iter().any(|(known, _)| *known == number)
    }

    /// A message comes into effect. This must happen once, and in order.
    pub(crate) fn arrive(&mut self, number: u64, way: Way, engine: &Engine) -> Result<(), String> {
        if self.eurodac_has(number) {
            return Err(format!("message {number} reached Eurodac twice, now {way:?}"));
        }
        if let Some(item) = engine.item_of(message(number)) {
            let earlier = |other: &&Item| other.arrival.line == item.arrival.line && other.id < item.id;
            for other in engine.items().filter(earlier) {
                let earlier = number_of(other.arrival.message_id);
                let done = other.stage.is_closed() || self.eurodac_has(earlier);
                if !done && !self.lied_about.contains(&earlier) {
                    return Err(format!("message {number} overtakes message {earlier}, now {way:?}"));
                }
            }
        }
        self.eurodac.push((number, way));
        Ok(())
    }

    /// A sender gets its receipt.
    pub(crate) fn receipt(&mut self, number: u64, row: Option<MessageRow>) -> Result<(), String> {
        let row = row.ok_or_else(|| format!("there is no receipt for the durable message {number}"))?;
        match self.receipts.insert(number, row.clone()) {
            Some(before) if before != row => Err(format!("message {number} got another receipt than before")),
            _ => Ok(()),
        }
    }

    /// What must hold at every moment.
    pub(crate) fn check(&self, gateway: &Gateway, now: Timestamp) -> Result<(), String> {
        for number in self.receipts.keys() {
            let here = gateway.engine.item_of(message(*number)).is_some();
            if !here && !self.collected.contains(number) {
                return Err(format!("message {number} was receipted and is lost"));
            }
        }
        for item in gateway.engine.items() {
            check_owner(&gateway.engine, item)?;
            check_clock(&gateway.engine, item, now)?;
        }
        for (item, claim) in &self.claims {
            self.check_claim(&gateway.engine, *item, claim, now)?;
        }
        for task in gateway.engine.tasks() {
            let warning = task.clock.warning(now, gateway.engine.policy().due_soon);
            if warning > task.escalated {
                return Err(format!("the clock of task {} passed silently", task.id.0));
            }
        }
        Ok(())
    }

    /// Time passes for those who hold claims, as their screens tell them.
    pub(crate) fn pass(&mut self, now: Timestamp, lease: SignedDuration) {
        for claim in self.claims.values_mut() {
            claim.until = claim.until.min(now + lease);
            claim.ran_out |= claim.until <= now;
        }
    }

    /// An operator's claim that has not run out is the engine's too.
    fn check_claim(
        &self,
        engine: &Engine,
        item: ItemId,
        claim: &HeldClaim,
        now: Timestamp,
    ) -> Result<(), String> {
        let Some(known) = engine.item(item).filter(|known| known.fence == claim.fence) else { return Ok(()) };
        // A confirmation that the disk has not taken yet has moved it on all the same.
        let held = matches!(known.stage, Stage::Claimed { .. } | Stage::Keyed { .. } | Stage::Closed { .. });
        if !claim.ran_out && now < claim.until && !held {
            return Err(format!(
                "item {item} is {} while operator {} holds it",
                known.stage.name(),
                claim.by
            ));
        }
        Ok(())
    }
}

fn check_owner(engine: &Engine, item: &Item) -> Result<(), String> {
    let fits = match item.owner() {
        Owner::Lane => matches!(
            item.stage,
            Stage::Queued { .. } | Stage::Sending | Stage::OutcomeUnknown { .. } | Stage::Acknowledged { .. }
        ),
        Owner::Operators => matches!(item.stage, Stage::Waiting | Stage::Keyed { .. } | Stage::Parked { .. }),
        Owner::Operator(_) => matches!(item.stage, Stage::Claimed { .. }),
        Owner::Held => item.stage == Stage::Held,
        Owner::Closed(_) => item.stage.is_closed(),
    };
    if !fits {
        return Err(format!("item {} is {} and has the wrong owner", item.id, item.stage.name()));
    }
    let at_work = matches!(item.stage, Stage::Sending | Stage::Claimed { .. });
    if at_work && engine.behind(item).is_some() {
        return Err(format!("item {} is worked on before an earlier one of its reference number", item.id));
    }
    Ok(())
}

fn check_clock(engine: &Engine, item: &Item, now: Timestamp) -> Result<(), String> {
    let clock = item.running_clock(engine.policy());
    if clock.article.is_empty() {
        return Err(format!("item {} has no clock and no article", item.id));
    }
    if item.blocks_its_line() {
        let warning: Option<Escalation> = clock.warning(now, engine.policy().due_soon);
        if warning > item.escalated {
            return Err(format!("the clock of item {} passed silently: {warning:?}", item.id));
        }
    }
    let late = clock.due.is_some_and(|due| now > due);
    if matches!(item.stage, Stage::Acknowledged { .. }) && late && !item.answer_late_reported {
        return Err(format!("the answer to item {} is late and nobody was told", item.id));
    }
    Ok(())
}
