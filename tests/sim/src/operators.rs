//! The people of the simulation: operators who claim, key, confirm, forget, click twice; a second person; a supervisor.
//!
//! They are honest: before keying they look whether Eurodac has it, and they say "not keyed" only when it is true.

use firmware_config::Channel;
use gateway::engine::{AnswerKind, ChannelReason, Claim, ItemId, Stage, Verdict};
use icd::identifier::StaffId;
use icd::operation::Operation;

use crate::gateway_edge::{Died, number_of};
use crate::model::{HeldClaim, Way};
use crate::world::World;

impl World {
    /// One operator does one thing with one item that waits for people.
    pub(crate) fn operator_step(&mut self) -> Result<Result<(), Died>, String> {
        let Some(gateway) = self.gateway.as_ref() else { return Ok(Ok(())) };
        let open = |stage: &Stage| {
            matches!(
                stage,
                Stage::Waiting | Stage::Claimed { .. } | Stage::Keyed { .. } | Stage::Parked { .. }
            )
        };
        let items: Vec<ItemId> =
            gateway.engine.items().filter(|item| open(&item.stage)).map(|item| item.id).collect();
        let mut items = items;
        items.extend(self.model.claims.keys().copied());
        let Some(at) = self.pick(items.len()) else { return Ok(Ok(())) };
        let item = items[at];
        let by = self.random.below(3) as u8;
        let Some(gateway) = self.gateway.as_ref() else { return Ok(Ok(())) };
        let stage = gateway.engine.item(item).map(|item| item.stage.clone());
        if matches!(stage, Some(Stage::Keyed { .. })) {
            return Ok(self.twice(|world| world.second_check(item, by)));
        }
        if matches!(stage, Some(Stage::Parked { .. })) {
            return Ok(self.twice(|world| world.dead_letter(item)));
        }
        match self.random.below(if self.calm { 3 } else { 5 }) {
            0 => Ok(self.twice(|world| world.claim(item, by))),
            1 => self.key(item),
            2 => Ok(self.twice(|world| world.confirm(item))),
            3 => Ok(self.twice(|world| world.release(item))),
            _ => Ok(Ok(())),
        }
    }

    /// Now and then a click is two clicks.
    fn twice(&mut self, act: impl Fn(&mut Self) -> Result<(), Died>) -> Result<(), Died> {
        let double = self.random.below(4) == 0;
        act(self)?;
        if double { act(self) } else { Ok(()) }
    }

    fn claim(&mut self, item: ItemId, by: u8) -> Result<(), Died> {
        let Some(gateway) = self.gateway.as_mut() else { return Ok(()) };
        let Ok(Claim { fence, lease_until, .. }) = gateway.engine.handle_claim(item, &staff(by), self.now)
        else {
            return Ok(());
        };
        // The screen shows the claim once it is durable.
        if gateway.sync()? {
            self.model.claims.insert(item, HeldClaim { by, fence, until: lease_until, ran_out: false });
            self.note(format!("item {item} claimed by operator {by}"));
        }
        Ok(())
    }

    /// An operator keys what the screen says is theirs, after looking whether Eurodac has it already.
    fn key(&mut self, item: ItemId) -> Result<Result<(), Died>, String> {
        let Some(claim) = self.model.claims.get(&item).copied() else { return Ok(Ok(())) };
        let Some(gateway) = self.gateway.as_ref() else { return Ok(Ok(())) };
        let Some(known) = gateway.engine.item(item) else { return Ok(Ok(())) };
        let number = number_of(known.arrival.message_id);
        let theirs = !claim.ran_out && known.fence == claim.fence;
        if theirs && !self.model.eurodac_has(number) {
            self.model.arrive(number, Way::Keyed, &gateway.engine)?;
            self.note(format!("message {number} keyed by operator {}", claim.by));
        }
        Ok(Ok(()))
    }

    fn confirm(&mut self, item: ItemId) -> Result<(), Died> {
        let Some(HeldClaim { by, fence, .. }) = self.model.claims.get(&item).copied() else { return Ok(()) };
        let Some(number) = self.number(item) else { return Ok(()) };
        if !self.model.eurodac_has(number) {
            return Ok(());
        }
        let (now, id) = (self.now, self.next_answer());
        let Some(gateway) = self.gateway.as_mut() else { return Ok(()) };
        if gateway.engine.may_confirm(item, &staff(by), fence, "EU-1").is_err() {
            return Ok(());
        }
        let closed = if gateway.engine.needs_second_check(item) {
            gateway.engine.handle_keyed((item, fence), &staff(by), "EU-1", now).is_ok()
        } else {
            let Some(done) = gateway.own_answer(id, number, AnswerKind::Done)? else { return Ok(()) };
            gateway.engine.handle_confirm((item, fence), &staff(by), "EU-1", done, now).is_ok()
        };
        if let (true, Some(claim)) = (closed, self.model.claims.get_mut(&item)) {
            // Should the disk or the process fail now, the operator cannot know what became of it.
            claim.ran_out = true;
        }
        if closed && gateway.sync()? {
            self.model.claims.remove(&item);
            self.note(format!("item {item} confirmed by operator {by}"));
        }
        Ok(())
    }

    fn release(&mut self, item: ItemId) -> Result<(), Died> {
        let Some(HeldClaim { by, fence, .. }) = self.model.claims.get(&item).copied() else { return Ok(()) };
        let Some(number) = self.number(item) else { return Ok(()) };
        if self.model.eurodac_has(number) {
            return Ok(());
        }
        let now = self.now;
        let Some(gateway) = self.gateway.as_mut() else { return Ok(()) };
        if gateway.engine.handle_release(item, &staff(by), fence, now).is_ok() {
            self.model.claims.remove(&item);
            self.note(format!("item {item} released by operator {by}"));
        }
        Ok(())
    }

    fn second_check(&mut self, item: ItemId, by: u8) -> Result<(), Died> {
        let Some(number) = self.number(item) else { return Ok(()) };
        let (now, id, agrees) = (self.now, self.next_answer(), self.calm || self.random.below(4) > 0);
        let Some(gateway) = self.gateway.as_mut() else { return Ok(()) };
        if gateway.engine.may_check(item, &staff(by)).is_err() {
            return Ok(());
        }
        if agrees {
            let Some(done) = gateway.own_answer(id, number, AnswerKind::Done)? else { return Ok(()) };
            let _ = gateway.engine.handle_checked(item, &staff(by), done, now);
        } else {
            let _ = gateway.engine.handle_check_refused(item, &staff(by), now);
        }
        Ok(())
    }

    /// A parked item: again, by hand, back to its origin, or replaced by a later one.
    fn dead_letter(&mut self, item: ItemId) -> Result<(), Died> {
        let Some(number) = self.number(item) else { return Ok(()) };
        let (now, id, choice) = (self.now, self.next_answer(), self.random.below(4));
        let in_eurodac = self.model.eurodac_has(number);
        let Some(gateway) = self.gateway.as_mut() else { return Ok(()) };
        let done = match choice {
            // Before anybody is told "not sent", a person looks whether it is there.
            0 if !in_eurodac && gateway.engine.may_return(item).is_ok() => {
                let Some(told) = gateway.own_answer(id, number, AnswerKind::Rejected)? else { return Ok(()) };
                gateway.engine.handle_return(item, &staff(0), told, now).is_ok()
            }
            1 if !in_eurodac => {
                let later = gateway.engine.items().map(|later| later.id).filter(|later| *later > item);
                let fits = later.filter(|later| gateway.engine.may_supersede(item, *later).is_ok());
                let Some(successor) = fits.min() else { return Ok(()) };
                let Some(told) = gateway.own_answer(id, number, AnswerKind::Rejected)? else { return Ok(()) };
                gateway.engine.handle_superseded(item, successor, &staff(0), told, now).is_ok()
            }
            2 => {
                let _ = gateway.engine.handle_requeue(item, &staff(0), Channel::WebInterface, now);
                false
            }
            _ => {
                let _ = gateway.engine.handle_requeue(item, &staff(0), Channel::S2s, now);
                false
            }
        };
        if done && gateway.sync()? {
            self.note(format!("message {number} will not be sent"));
        }
        Ok(())
    }

    /// A supervisor switches a channel, extends a clock, or somebody closes a task.
    pub(crate) fn supervisor_step(&mut self) {
        let (now, choice, coin) = (self.now, self.random.below(4), self.random.coin());
        let Some(gateway) = self.gateway.as_mut() else { return };
        let engine = &mut gateway.engine;
        match choice {
            0 => {
                let channel = [Some(Channel::S2s), Some(Channel::WebInterface), None];
                let channel = channel[self.random.below(3) as usize];
                let reason = ChannelReason::Incident;
                engine.handle_channel_switched(Operation::EraseInaccurate, channel, &staff(9), reason, now);
                self.note(format!("erasures switched to {channel:?}"));
            }
            1 => {
                self.erasures_open = !self.erasures_open;
                let open = self.erasures_open;
                engine.handle_capabilities(crate::world::table(open), now);
                self.note(format!("signed table: erasures by machine: {open}"));
            }
            2 => {
                let item = engine.items().find(|item| item.blocks_its_line()).map(|item| item.id);
                if let Some(item) = item {
                    let _ = engine.handle_technical_extension(item, &staff(9), "NCP-1", now);
                }
            }
            _ => {
                let task = engine.tasks().next().map(|task| task.id);
                let verdicts = [Verdict::HitConfirmed, Verdict::HitRefuted, Verdict::Done];
                if let Some(task) = task {
                    for verdict in verdicts.iter().skip(usize::from(coin)) {
                        let _ = engine.handle_task_done(task, &staff(9), *verdict, now);
                    }
                }
            }
        }
    }

    fn number(&self, item: ItemId) -> Option<u64> {
        let known = self.gateway.as_ref()?.engine.item(item)?;
        Some(number_of(known.arrival.message_id))
    }

    fn next_answer(&mut self) -> u64 {
        self.answers_begun += 1;
        self.answers_begun
    }
}

pub(crate) fn staff(number: u8) -> StaffId {
    StaffId::new(format!("operator-{number}")).expect("literal")
}
