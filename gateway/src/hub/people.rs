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

use super::{Hub, Who};
use crate::engine::{ChannelReason, ItemId, LegalClock, SwitchPreview, Task, TaskId, Verdict};
use crate::error::Error;

impl Hub {
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

    /// What switching a channel would do now.
    #[must_use]
    pub fn preview_channel(&self, operation: Operation, channel: Channel) -> SwitchPreview {
        self.core().engine.preview_channel(operation, channel)
    }

    /// Switches the channel of an operation, or gives it back to the signed table. For supervisors only.
    pub async fn switch_channel(
        &self,
        operation: Operation,
        channel: Option<Channel>,
        reason: ChannelReason,
        staff: &StaffId,
        who: &Who,
    ) -> Result<(), Error> {
        let ((), ticket) = self.decide(who, |engine, now| {
            engine.handle_channel_switched(operation, channel, staff, reason, now);
        });
        self.durable(ticket).await
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
