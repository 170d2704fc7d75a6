//! The second person: what one operator keyed, another one checks, where the site's policy says so.
//!
//! The Regulation does not ask for it; for erasures, which cannot be undone, most sites will. What was keyed and waits
//! for its check is with Eurodac already, so it is never sent by machine, whatever the table of channels becomes.

use icd::identifier::StaffId;
use jiff::Timestamp;

use super::Engine;
use super::change::Change;
use super::effect::Effect;
use super::item::{AnswerRecord, ItemId, Stage};
use super::refusal::Refusal;

impl Engine {
    /// Whether what is keyed for this item must be checked by a second person before it is closed.
    #[must_use]
    pub fn needs_second_check(&self, item: ItemId) -> bool {
        self.item(item).is_some_and(|item| self.policy.second_check.asks(item.arrival.operation))
    }

    /// An operator keyed the item; a second person is to check it.
    pub fn handle_keyed(
        &mut self,
        claim: (ItemId, u64),
        by: &StaffId,
        web_receipt: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.handle_tick(now);
        let (item, fence) = claim;
        self.may_confirm(item, by, fence, web_receipt)?;
        let web_receipt = web_receipt.trim().to_owned();
        self.commit(Change::Keyed { item, by: by.clone(), web_receipt, at: self.now });
        Ok(())
    }

    /// Whether this person may check what was keyed, and the receipt that was given for it.
    pub fn may_check(&self, item: ItemId, by: &StaffId) -> Result<&str, Refusal> {
        let known = self.item(item).ok_or(Refusal::NotFound)?;
        match &known.stage {
            Stage::Keyed { by: keyer, .. } if keyer == by => Err(Refusal::SamePerson { item }),
            Stage::Keyed { web_receipt, .. } => Ok(web_receipt),
            stage => Err(Refusal::WrongStage { item, stage: stage.name() }),
        }
    }

    /// The second person found it keyed as it should be. `answer` is what the origin will be told.
    pub fn handle_checked(
        &mut self,
        item: ItemId,
        by: &StaffId,
        answer: AnswerRecord,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.handle_tick(now);
        let web_receipt = self.may_check(item, by)?.to_owned();
        let known = self.item(item).ok_or(Refusal::NotFound)?;
        let Stage::Keyed { by: keyer, .. } = &known.stage else { return Err(Refusal::NotFound) };
        let (keyer, partner) = (keyer.clone(), known.arrival.partner.clone());
        let checked_by = Some(by.clone());
        self.commit(Change::Confirmed { item, by: keyer, checked_by, web_receipt, answer, at: self.now });
        self.ask_for(Effect::AnswerReady { partner });
        self.give_turns();
        Ok(())
    }

    /// The second person found it keyed wrongly: it goes back to the operators, to be put right in the web interface.
    pub fn handle_check_refused(
        &mut self,
        item: ItemId,
        by: &StaffId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.handle_tick(now);
        self.may_check(item, by)?;
        self.commit(Change::CheckRefused { item, by: by.clone(), at: self.now });
        Ok(())
    }
}
