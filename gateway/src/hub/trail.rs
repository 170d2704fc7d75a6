//! What the audit log says about each change.

use jiff::Timestamp;

use crate::audit::{Anchor, Entry};
use crate::engine::Change;
use crate::purpose::Purpose;

/// Who acts, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Device or network.
    pub origin: String,
    /// Party or official.
    pub actor: String,
}

impl Who {
    /// The gateway itself.
    #[must_use]
    pub fn gateway() -> Self {
        Self { origin: "gateway".to_owned(), actor: "gateway".to_owned() }
    }

    /// The central system.
    #[must_use]
    pub fn central() -> Self {
        Self { origin: "central".to_owned(), actor: "central".to_owned() }
    }

    pub(super) fn entry(&self, at: Timestamp, action: &str, object: &str, result: &str) -> Entry {
        Entry {
            at,
            action: action.to_owned(),
            object: object.to_owned(),
            result: result.to_owned(),
            origin: self.origin.clone(),
            actor: self.actor.clone(),
        }
    }
}

/// The line about a change. `who` is who caused it; what the gateway does by itself on the same occasion is its own.
pub(super) fn entry(change: &Change, who: &Who) -> Entry {
    let own = Who::gateway();
    let who = match change {
        Change::Accepted { .. }
        | Change::Answered { .. }
        | Change::Claimed { .. }
        | Change::Collected { .. }
        | Change::Confirmed { .. }
        | Change::Keyed { .. }
        | Change::CheckRefused { .. }
        | Change::Superseded { .. }
        | Change::ClockExtended { .. }
        | Change::ChannelSwitched { .. }
        | Change::TaskClaimed { .. }
        | Change::TaskClosed { .. }
        | Change::Released { .. }
        | Change::Requeued { .. }
        | Change::Returned { .. }
        | Change::StrayAnswer { .. } => who,
        _ => &own,
    };
    who.entry(change.at(), change.name(), &object(change), &result(change))
}

/// The line about a change that is durable while its own line was lost in a crash.
pub(super) fn recovered(change: &Change) -> Entry {
    let result = format!("{}; its line was lost in a crash", result(change));
    Who::gateway().entry(change.at(), change.name(), &object(change), &result)
}

/// The line that begins each run. Of the lines between `in_force` and `last`, those that tell of changes never took
/// effect: their changes were lost in a crash before anybody was told.
pub(super) fn started(last: Anchor, in_force: u64) -> Entry {
    let object =
        format!("continues after line {}; changes are in force up to line {in_force}", last.sequence);
    Who::gateway().entry(Timestamp::now(), "started", &object, concat!("version ", env!("CARGO_PKG_VERSION")))
}

fn object(change: &Change) -> String {
    let item = change.item().map(|item| format!("item {item}"));
    match (item, change) {
        (Some(item), Change::Accepted { arrival, .. }) => format!("{item} message {}", arrival.message_id),
        (
            Some(item),
            Change::Answered { answer, .. }
            | Change::Confirmed { answer, .. }
            | Change::Superseded { answer, .. }
            | Change::Returned { answer, .. },
        ) => {
            format!("{item} answer {}", answer.id)
        }
        (
            item,
            Change::TaskOpened { task, .. }
            | Change::TaskEscalated { task, .. }
            | Change::TaskClaimed { task, .. }
            | Change::TaskClosed { task, .. },
        ) => {
            let item = item.map(|item| format!("{item} ")).unwrap_or_default();
            format!("{item}task {}", task.0)
        }
        (None, Change::ClockCorrected { .. }) => "clock".to_owned(),
        (None, Change::ChannelSwitched { operation, .. }) => format!("operation {}", operation.code()),
        (Some(item), Change::Collected { answer, .. }) => format!("{item} answer {answer}"),
        (Some(item), _) => item,
        (None, Change::StrayAnswer { answer, .. }) => format!("answer {}", answer.id),
        (None, _) => "none".to_owned(),
    }
}

fn result(change: &Change) -> String {
    match change {
        Change::Accepted { arrival, channel, .. } => {
            format!(
                "{} of category {} for {} by {}",
                arrival.operation.code(),
                arrival.category.code(),
                Purpose::of(arrival.category).code(),
                channel.as_str()
            )
        }
        Change::SendingBegan { attempt, .. } => format!("attempt {attempt}"),
        Change::NotDelivered { cause, retry_at, .. } => format!("{cause:?}; again at {retry_at}"),
        Change::OutcomeUnknown { cause, ask_at, .. } => format!("{cause:?}; to be asked at {ask_at}"),
        Change::Parked { cause, .. } => format!("{cause:?}"),
        Change::Requeued { channel, .. } | Change::Rerouted { channel, .. } => {
            format!("to {}", channel.as_str())
        }
        Change::Confirmed { checked_by: Some(second), answer, .. } => {
            format!("{}; checked by {second}", answer.kind.name())
        }
        Change::Superseded { successor, .. } => format!("superseded by item {successor}"),
        Change::ClockExtended { evidence, clock, .. } => {
            let due = clock.due.map_or_else(|| "no figure".to_owned(), |due| due.to_string());
            format!("until {due}, Art. {}, decision {evidence}", clock.article)
        }
        Change::ChannelSwitched { channel, reason, .. } => {
            let channel = channel.map_or("the signed table", firmware_config::Channel::as_str);
            format!("to {channel}; {}", reason.as_str())
        }
        Change::ClockCorrected { .. } => "the clock had been ahead and was set back".to_owned(),
        Change::TaskOpened { kind, clock, .. } => format!("{}, Art. {}", kind.name(), clock.article),
        Change::TaskEscalated { level, .. } => format!("{level:?}"),
        Change::TaskClosed { verdict, .. } => verdict.name().to_owned(),
        Change::Answered { answer, .. }
        | Change::Confirmed { answer, .. }
        | Change::Returned { answer, .. }
        | Change::StrayAnswer { answer, .. } => answer.kind.name().to_owned(),
        Change::Claimed { fence, lease_until, .. } => format!("claim {fence} until {lease_until}"),
        Change::LeaseExpired { by, .. } => format!("claim of {by} ran out"),
        Change::Escalated { level, article, .. } => format!("{level:?}, Art. {article}"),
        Change::Acknowledged { .. }
        | Change::AnswerLate { .. }
        | Change::CheckRefused { .. }
        | Change::Keyed { .. }
        | Change::Collected { .. }
        | Change::TaskClaimed { .. }
        | Change::Erased { .. }
        | Change::Released { .. } => "done".to_owned(),
    }
}
