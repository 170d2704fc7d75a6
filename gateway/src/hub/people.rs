//! What people do beyond keying: checking as a second person, granting a longer limit, switching channels, replacing a
//! dead letter by its successor, closing tasks.
//!
//! Who may do which is decided by the caller, who knows roles; what a role must be is said at each method. Everything
//! here is journalled and audited before it is confirmed to the caller.

use std::sync::Arc;

use firmware_config::Channel;
use icd::finding::Finding;
use icd::identifier::StaffId;
use icd::message::Outcome;
use icd::operation::Operation;
use jiff::Timestamp;

use super::view::{ItemView, view};
use super::{Hub, Who};
use crate::engine::{ChannelReason, ItemId, LegalClock, SwitchPreview, Switched, Task, TaskId, Verdict};
use crate::error::Error;

impl Hub {
    /// Whether what is keyed for this item must be checked by a second person.
    #[must_use]
    pub fn needs_second_check(&self, item: ItemId) -> bool {
        self.core().engine.needs_second_check(item)
    }

    /// A second person found an item keyed as it should be, and closes it. For operators and supervisors; never the
    /// person who keyed it.
    pub async fn check_keyed(
        self: &Arc<Self>,
        item: ItemId,
        staff: &StaffId,
        who: &Who,
    ) -> Result<(), Error> {
        let web_receipt = self.core().engine.may_check(item, staff)?.to_owned();
        let record = self.own_answer(item, Outcome::Done { web_receipt }).await?;
        let (checked, ticket) =
            self.decide(who, |engine, now| engine.handle_checked(item, staff, record, now));
        checked?;
        self.durable(ticket).await
    }

    /// A second person found an item keyed wrongly: it goes back to the operators.
    pub async fn refuse_keyed(&self, item: ItemId, staff: &StaffId, who: &Who) -> Result<(), Error> {
        let (refused, ticket) = self.decide(who, |engine, now| engine.handle_check_refused(item, staff, now));
        refused?;
        self.durable(ticket).await
    }

    /// Grants the longer limit for serious technical problems. For supervisors only; `evidence` is the number of the
    /// decision under the national continuity plan.
    pub async fn extend_clock(
        &self,
        item: ItemId,
        evidence: &str,
        staff: &StaffId,
        who: &Who,
    ) -> Result<LegalClock, Error> {
        let (extended, ticket) =
            self.decide(who, |engine, now| engine.handle_technical_extension(item, staff, evidence, now));
        let clock = extended?;
        self.durable(ticket).await?;
        Ok(clock)
    }

    /// The longer limit a supervisor could grant now; none where the law has none, or it was granted before.
    #[must_use]
    pub fn longer_limit(&self, item: ItemId, staff: &StaffId) -> Option<LegalClock> {
        self.core().engine.longer_clock(item, staff, "none").ok()
    }

    /// Later messages that may replace a parked item, oldest first.
    #[must_use]
    pub fn successors(&self, item: ItemId, now: Timestamp) -> Vec<ItemView> {
        let may = |later: ItemId| self.core().engine.may_supersede(item, later).is_ok();
        self.of_one_person(item, now).into_iter().filter(|later| may(later.id)).collect()
    }

    /// Every item under the reference number of this one that is not yet erased, in the order of acceptance.
    #[must_use]
    pub fn of_one_person(&self, item: ItemId, now: Timestamp) -> Vec<ItemView> {
        let core = self.core();
        let engine = &core.engine;
        let Some(line) = engine.item(item).map(|item| item.arrival.line) else { return Vec::new() };
        let due_soon = engine.policy().due_soon;
        let of_line = engine.items().filter(|item| item.arrival.line == line);
        of_line.map(|item| view(item, engine.behind(item), item.clock.state(now, due_soon))).collect()
    }

    /// Channels that persons have switched, with who, why and since when.
    #[must_use]
    pub fn switched(&self) -> Vec<(Operation, Switched)> {
        let core = self.core();
        core.engine.switched().map(|(operation, switched)| (operation, switched.clone())).collect()
    }

    /// The channel of an operation now.
    #[must_use]
    pub fn channel(&self, operation: Operation) -> Channel {
        self.core().engine.channel(operation)
    }

    /// What switching a channel would do now.
    #[must_use]
    pub fn preview_channel(&self, operation: Operation, channel: Channel) -> SwitchPreview {
        self.core().engine.preview_channel(operation, channel)
    }

    /// The channel of an operation by the signed table alone.
    #[must_use]
    pub fn table_channel(&self, operation: Operation, now: Timestamp) -> Channel {
        self.core().engine.capabilities().channel(operation, now)
    }

    /// Switches the channel of an operation, or gives it back to the signed table. For supervisors only. `moving` is
    /// the number of items that the person was shown; where another number would move now, nothing is switched and that
    /// number is returned.
    pub async fn switch_channel(
        &self,
        operation: Operation,
        channel: Option<Channel>,
        (reason, moving): (ChannelReason, usize),
        staff: &StaffId,
        who: &Who,
    ) -> Result<Result<(), usize>, Error> {
        let (switched, ticket) = self.decide(who, |engine, now| {
            let to = channel.unwrap_or_else(|| engine.capabilities().channel(operation, now));
            let would_move = engine.preview_channel(operation, to).moving;
            if would_move != moving {
                return Err(would_move);
            }
            engine.handle_channel_switched(operation, channel, staff, reason, now);
            Ok(())
        });
        self.durable(ticket).await?;
        Ok(switched)
    }

    /// Replaces a parked item by a later one of the same reference number; its origin is told. For operators.
    pub async fn supersede(
        self: &Arc<Self>,
        item: ItemId,
        successor: ItemId,
        staff: &StaffId,
        who: &Who,
    ) -> Result<(), Error> {
        self.core().engine.may_supersede(item, successor)?;
        let later = self.core().engine.item(successor).map(|item| item.arrival.message_id);
        let later = later.map(|id| id.to_string()).unwrap_or_default();
        let finding =
            Finding::error("G-0611", "message", format!("A later message replaces this one: {later}"));
        let record = self.own_answer(item, Outcome::Rejected(vec![finding])).await?;
        let (done, ticket) =
            self.decide(who, |engine, now| engine.handle_superseded(item, successor, staff, record, now));
        done?;
        self.durable(ticket).await
    }

    /// Open tasks, oldest first, as far as `wanted` wants them.
    #[must_use]
    pub fn tasks(&self, wanted: impl Fn(&Task) -> bool) -> Vec<Task> {
        self.core().engine.tasks().filter(|task| wanted(task)).cloned().collect()
    }

    /// A person takes a task.
    pub async fn claim_task(&self, task: TaskId, staff: &StaffId, who: &Who) -> Result<(), Error> {
        let (done, ticket) = self.decide(who, |engine, now| engine.handle_task_claim(task, staff, now));
        done?;
        self.durable(ticket).await
    }

    /// A person gives a task back; a supervisor may give back what a colleague holds.
    pub async fn release_task(
        &self,
        task: TaskId,
        staff: &StaffId,
        takes_over: bool,
        who: &Who,
    ) -> Result<(), Error> {
        let (done, ticket) =
            self.decide(who, |engine, now| engine.handle_task_release(task, staff, takes_over, now));
        done?;
        self.durable(ticket).await
    }

    /// A person says how a task ended: a trained expert for a check of a hit, an operator for the others.
    pub async fn close_task(
        &self,
        task: TaskId,
        verdict: Verdict,
        staff: &StaffId,
        who: &Who,
    ) -> Result<(), Error> {
        let (done, ticket) =
            self.decide(who, |engine, now| engine.handle_task_done(task, staff, verdict, now));
        done?;
        self.durable(ticket).await
    }
}
