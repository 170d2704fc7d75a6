//! The operators' channel: claim, release, confirm, and the decision about a parked item.
//!
//! A claim carries a fence number that grows with each new claim, so that a screen left open cannot act on a claim
//! that somebody else holds meanwhile. A lease that runs out does not free the item for the machine: its holder may
//! have keyed it. Only an operator who releases it says that it was not keyed.

use icd::identifier::StaffId;
use jiff::Timestamp;

use super::Engine;
use super::change::Change;
use super::clock::after;
use super::effect::Effect;
use super::item::{AnswerRecord, ItemId, Stage};
use super::refusal::Refusal;
use crate::limits;
use firmware_config::Channel;

/// A claim just made or renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The item.
    pub item: ItemId,
    /// Shown again with release and confirm.
    pub fence: u64,
    /// Until when it holds.
    pub lease_until: Timestamp,
}

impl Engine {
    /// An operator takes an item, or renews the lease on it.
    pub fn handle_claim(&mut self, item: ItemId, by: &StaffId, now: Timestamp) -> Result<Claim, Refusal> {
        self.handle_tick(now);
        let known = self.item(item).ok_or(Refusal::NotFound)?;
        let fence = match &known.stage {
            Stage::Waiting => known.fence.saturating_add(1),
            Stage::Claimed { by: holder, .. } if holder == by => known.fence,
            Stage::Claimed { by: holder, lease_until } => {
                return Err(Refusal::HeldByOther { item, by: holder.clone(), until: *lease_until });
            }
            stage => return Err(Refusal::WrongStage { item, stage: stage.name() }),
        };
        if let Some(behind) = self.behind(known) {
            return Err(Refusal::Behind { behind });
        }
        let (at, lease_until) = (self.now, after(self.now, self.policy.lease));
        self.commit(Change::Claimed { item, by: by.clone(), fence, lease_until, at });
        Ok(Claim { item, fence, lease_until })
    }

    /// An operator gives an item back and says that it was not keyed.
    pub fn handle_release(
        &mut self,
        item: ItemId,
        by: &StaffId,
        fence: u64,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.handle_tick(now);
        let known = self.item(item).ok_or(Refusal::NotFound)?;
        let holds = matches!(&known.stage, Stage::Claimed { by: holder, .. } if holder == by);
        if !holds || known.fence != fence {
            return Err(Refusal::ClaimOutdated { item });
        }
        self.commit(Change::Released { item, by: by.clone(), at: self.now });
        self.reroute_one(item);
        self.give_turns();
        Ok(())
    }

    /// Whether a confirmation would be taken, asked before the answer is sealed.
    pub fn may_confirm(
        &self,
        item: ItemId,
        by: &StaffId,
        fence: u64,
        web_receipt: &str,
    ) -> Result<(), Refusal> {
        let known = self.item(item).ok_or(Refusal::NotFound)?;
        match &known.stage {
            Stage::Claimed { by: holder, .. } if holder == by && known.fence == fence => {}
            // The lease ran out while the holder was keying and nobody has taken the item since.
            Stage::Waiting if known.perhaps_keyed_by.as_ref() == Some(by) && known.fence == fence => {}
            Stage::Claimed { .. } | Stage::Waiting => return Err(Refusal::ClaimOutdated { item }),
            stage => return Err(Refusal::WrongStage { item, stage: stage.name() }),
        }
        let plain = |c: char| c.is_ascii_graphic() || c == ' ';
        let chars = web_receipt.chars().count();
        if web_receipt.trim().is_empty()
            || chars > limits::WEB_RECEIPT_CHARS_MAX
            || !web_receipt.chars().all(plain)
        {
            return Err(Refusal::WebReceiptUnusable);
        }
        Ok(())
    }

    /// An operator keyed the item and gives the receipt of the central web interface. `answer` is what the origin
    /// will be told; its sealed content is durable.
    pub fn handle_confirm(
        &mut self,
        claim: (ItemId, u64),
        by: &StaffId,
        web_receipt: &str,
        answer: AnswerRecord,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.handle_tick(now);
        let (item, fence) = claim;
        self.may_confirm(item, by, fence, web_receipt)?;
        if self.needs_second_check(item) {
            return Err(Refusal::WrongStage { item, stage: "to be checked by a second person" });
        }
        let partner = self.item(item).ok_or(Refusal::NotFound)?.arrival.partner.clone();
        let web_receipt = web_receipt.trim().to_owned();
        let by = by.clone();
        self.commit(Change::Confirmed { item, by, checked_by: None, web_receipt, answer, at: self.now });
        self.ask_for(Effect::AnswerReady { partner });
        self.give_turns();
        Ok(())
    }

    /// Whether a parked item may be given back, asked before the answer is sealed. Not while an attempt may have
    /// arrived: the origin would be told of a refusal that never was.
    pub fn may_return(&self, item: ItemId) -> Result<(), Refusal> {
        let known = self.item(item).ok_or(Refusal::NotFound)?;
        match known.stage {
            Stage::Parked { .. } if !known.outcome_open => Ok(()),
            _ => Err(Refusal::WrongStage { item, stage: known.stage.name() }),
        }
    }

    /// A person gives a parked item back to its origin. `answer` says why; its sealed content is durable.
    pub fn handle_return(
        &mut self,
        item: ItemId,
        by: &StaffId,
        answer: AnswerRecord,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.handle_tick(now);
        self.may_return(item)?;
        let partner = self.item(item).ok_or(Refusal::NotFound)?.arrival.partner.clone();
        self.commit(Change::Returned { item, by: by.clone(), answer, at: self.now });
        self.ask_for(Effect::AnswerReady { partner });
        self.give_turns();
        Ok(())
    }

    /// A person sends a parked item on its way again, by machine or to the operators. Where an earlier attempt may
    /// have arrived, the central system is asked first.
    pub fn handle_requeue(
        &mut self,
        item: ItemId,
        by: &StaffId,
        channel: Channel,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.handle_tick(now);
        let known = self.item(item).ok_or(Refusal::NotFound)?;
        if !matches!(known.stage, Stage::Parked { .. }) || channel == Channel::Unavailable {
            return Err(Refusal::WrongStage { item, stage: known.stage.name() });
        }
        self.commit(Change::Requeued { item, by: by.clone(), channel, at: self.now });
        self.handle_tick(now);
        Ok(())
    }
}
