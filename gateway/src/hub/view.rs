//! What may be seen of the hub: plain values without personal data, ready for a screen or an interface.

use firmware_config::Channel;
use icd::deadline::DeadlineState;
use icd::identifier::{MessageId, PartyId};
use jiff::Timestamp;
use serde::Serialize;

use super::{Condition, Hub};
use crate::engine::{AnswerKind, Cause, Item, ItemId, Owner, Stage};
use crate::error::Error;

/// One item in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemView {
    /// Its number.
    pub id: ItemId,
    /// The sender's identifier of it.
    pub message_id: MessageId,
    /// Who sent it.
    pub partner: PartyId,
    /// What is asked, by its code.
    pub operation: &'static str,
    /// Number of the operation in the list of changes; 0 for a first submission.
    pub operation_number: u8,
    /// The category's code.
    pub category: char,
    /// Whether it must be handled within one hour.
    pub urgent: bool,
    /// Where it stands, by its short name.
    pub stage: &'static str,
    /// Who must act, for people.
    pub owner: String,
    /// The official who holds it.
    pub held_by: Option<String>,
    /// Until when the claim lasts.
    pub lease_until: Option<Timestamp>,
    /// Number of the newest claim; shown again with release and confirm.
    pub fence: u64,
    /// The official whose claim ran out without a word: it may have been keyed.
    pub perhaps_keyed_by: Option<String>,
    /// The earlier item it must wait for.
    pub behind: Option<ItemId>,
    /// When its clock started.
    pub clock_start: Timestamp,
    /// When its clock ends.
    pub due: Option<Timestamp>,
    /// The article behind the clock.
    pub article: String,
    /// How the clock stands; nothing once the obligation is met.
    pub clock: Option<&'static str>,
    /// When it was accepted.
    pub received_at: Timestamp,
    /// How often sending was begun.
    pub attempts: u32,
    /// Why it does not go on, and what to do.
    pub trouble: Option<TroubleView>,
    /// Why it does not go on, by its short name.
    pub cause: Option<&'static str>,
    /// Whether an earlier attempt may have reached the central system.
    pub outcome_open: bool,
    /// The answers, oldest first.
    pub answers: Vec<AnswerView>,
    /// Tasks of people about it that are not closed.
    pub tasks_open: u32,
    /// Whether a longer limit was granted.
    pub extended: bool,
    /// The later item that replaces it.
    pub superseded_by: Option<ItemId>,
}

/// Why an item does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TroubleView {
    /// What happened.
    pub what: &'static str,
    /// The one next step suggested.
    pub next_step: &'static str,
}

/// An answer without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerView {
    /// What it says, by its short name.
    pub kind: &'static str,
    /// Whether the origin has collected it.
    pub collected: bool,
}

/// One step of an item's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    /// When.
    pub at: Timestamp,
    /// What, by the change's short name.
    pub what: &'static str,
    /// Details without personal data.
    pub result: String,
    /// Its line in the audit log.
    pub audit_sequence: u64,
}

/// One row of the table of channels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CapabilityView {
    /// The operation's code.
    pub operation: String,
    /// Its channel by this row.
    pub channel: &'static str,
    /// First day.
    pub from: String,
    /// Last day.
    pub until: Option<String>,
    /// Whether the row is in force now.
    pub in_force: bool,
}

/// What a partner is told about its own message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageView {
    /// The message.
    pub message_id: MessageId,
    /// `queued`, `sending`, …, or `closed-and-erased`.
    pub state: &'static str,
    /// When it was accepted.
    pub received_at: Timestamp,
    /// When its clock ends, while the item is open.
    pub due: Option<Timestamp>,
    /// The article behind the clock, while the item is open.
    pub article: Option<String>,
    /// Kinds of the answers so far.
    pub answers: Vec<&'static str>,
}

/// Whether the gateway takes work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthView {
    /// `ready` or `not-ready`.
    pub status: &'static str,
    /// Why it is not ready.
    pub reason: Option<String>,
    /// Whether the central system answered when it was last spoken to; nothing before that.
    pub central_reachable: Option<bool>,
    /// How it stands with the lists of revoked certificates: `not-configured`, `current`, `expired` or `unreadable`.
    pub client_revocation: &'static str,
    /// Items that are not closed.
    pub open_items: usize,
}

impl Hub {
    /// All items not yet erased, oldest first, as far as `wanted` wants them.
    #[must_use]
    pub fn items(&self, now: Timestamp, wanted: impl Fn(&Item) -> bool) -> Vec<ItemView> {
        let core = self.core();
        let engine = &core.engine;
        let due_soon = engine.policy().due_soon;
        let wanted = engine.items().filter(|item| wanted(item));
        wanted.map(|item| view(item, engine.behind(item), item.clock.state(now, due_soon))).collect()
    }

    /// One item.
    #[must_use]
    pub fn item(&self, id: ItemId, now: Timestamp) -> Option<ItemView> {
        let core = self.core();
        let item = core.engine.item(id)?;
        let state = item.clock.state(now, core.engine.policy().due_soon);
        Some(view(item, core.engine.behind(item), state))
    }

    /// The life of an item, oldest step first, read from the journal; also of an item that is erased.
    pub async fn timeline(&self, id: ItemId) -> Result<Vec<StepView>, Error> {
        let places = self.store.life(id).await?;
        let mut steps = Vec::with_capacity(places.len());
        for place in places {
            if let Some(stored) = self.store.change(place)? {
                let line = super::trail::entry(&stored.step, &super::Who::gateway());
                steps.push(StepView {
                    at: line.at,
                    what: stored.step.name(),
                    result: line.result,
                    audit_sequence: stored.audit.sequence,
                });
            }
        }
        Ok(steps)
    }

    /// The table of channels.
    #[must_use]
    pub fn capabilities(&self, now: Timestamp) -> Vec<CapabilityView> {
        let today = self.site.calendar.to_datetime(now).date();
        let core = self.core();
        let rows = core.engine.capabilities().table().rows().iter();
        rows.map(|row| CapabilityView {
            operation: row.operation.as_str().to_owned(),
            channel: Channel::as_str(row.channel),
            from: row.from.to_string(),
            until: row.until.map(|until| until.to_string()),
            in_force: row.holds_on(today),
        })
        .collect()
    }

    /// What a partner may know about its own message.
    pub async fn message_state(
        &self,
        partner: &PartyId,
        message: MessageId,
    ) -> Result<Option<MessageView>, Error> {
        let open = {
            let core = self.core();
            let own = core.engine.item_of(message).filter(|item| item.arrival.partner == *partner);
            own.map(|item| MessageView {
                message_id: message,
                state: item.stage.name(),
                received_at: item.received_at,
                due: item.clock.due,
                article: Some(item.clock.article.clone()),
                answers: item.answers.iter().map(|answer| answer.record.kind.name()).collect(),
            })
        };
        if open.is_some() {
            return Ok(open);
        }
        let row = self.store.message_row(message).await?.filter(|row| row.partner == *partner);
        Ok(row.map(|row| MessageView {
            message_id: message,
            state: "closed-and-erased",
            received_at: row.received_at,
            due: None,
            article: None,
            answers: Vec::new(),
        }))
    }

    /// Whether the gateway takes work.
    #[must_use]
    pub fn health(&self) -> HealthView {
        let reason = match self.condition() {
            Condition::Sound => self.store.ready().err().map(|error| error.to_string()),
            Condition::Stalled(reason) | Condition::Failed(reason) => Some(reason),
            Condition::Stopping => Some("stopping".to_owned()),
        };
        // Nobody gets in: that is not ready either, however sound the disk is.
        let locked_out =
            self.site.clients.refuses_all().then(|| self.site.clients.status().trouble()).flatten();
        let reason = reason.or_else(|| locked_out.map(|error| error.to_string()));
        let open = |item: &&Item| !matches!(item.stage, Stage::Closed { .. });
        HealthView {
            client_revocation: self.site.clients.status().name(),
            status: if reason.is_none() { "ready" } else { "not-ready" },
            reason,
            central_reachable: *self.central_reachable.borrow(),
            open_items: self.core().engine.items().filter(open).count(),
        }
    }
}

pub(super) fn view(item: &Item, behind: Option<ItemId>, clock: DeadlineState) -> ItemView {
    let rule = item.arrival.operation.rule();
    let (held_by, lease_until) = match &item.stage {
        Stage::Claimed { by, lease_until } => (Some(by.to_string()), Some(*lease_until)),
        Stage::Keyed { by, .. } => (Some(by.to_string()), None),
        _ => (None, None),
    };
    ItemView {
        id: item.id,
        message_id: item.arrival.message_id,
        partner: item.arrival.partner.clone(),
        operation: item.arrival.operation.code(),
        operation_number: rule.number,
        category: item.arrival.category.code(),
        urgent: item.arrival.urgent,
        stage: item.stage.name(),
        owner: owner(&item.owner()),
        held_by,
        lease_until,
        fence: item.fence,
        perhaps_keyed_by: item.perhaps_keyed_by.as_ref().map(ToString::to_string),
        behind,
        clock_start: item.clock.start,
        due: item.clock.due,
        article: item.clock.article.clone(),
        clock: item.blocks_its_line().then(|| clock_name(clock)),
        received_at: item.received_at,
        attempts: item.attempts,
        trouble: trouble(item).map(|cause| TroubleView { what: cause.text(), next_step: cause.next_step() }),
        cause: trouble(item).map(Cause::name),
        outcome_open: item.outcome_open,
        answers: item
            .answers
            .iter()
            .map(|answer| AnswerView {
                kind: AnswerKind::name(answer.record.kind),
                collected: answer.collected,
            })
            .collect(),
        tasks_open: item.tasks_open,
        extended: item.extended,
        superseded_by: item.superseded_by,
    }
}

fn owner(owner: &Owner) -> String {
    match owner {
        Owner::Lane => "system-to-system lane".to_owned(),
        Owner::Held => "kept until an interface opens".to_owned(),
        Owner::Operators => "operators".to_owned(),
        Owner::Operator(staff) => staff.to_string(),
        Owner::Closed(_) => "nobody, closed".to_owned(),
    }
}

fn clock_name(state: DeadlineState) -> &'static str {
    match state {
        DeadlineState::NoLimit => "no-limit",
        DeadlineState::OnTime => "on-time",
        DeadlineState::DueSoon => "due-soon",
        DeadlineState::OverdueObligationContinues => "overdue-obligation-continues",
    }
}

fn trouble(item: &Item) -> Option<Cause> {
    let cause: Cause = match &item.stage {
        Stage::Parked { cause } => *cause,
        _ => item.last_trouble?,
    };
    let open = !matches!(item.stage, Stage::Acknowledged { .. } | Stage::Closed { .. });
    open.then_some(cause)
}
