//! What scripts read. The members are the contract of `docs/reference/console.md`; pages are made from the same values.

use icd::identifier::MessageId;
use jiff::Timestamp;
use serde::Serialize;

use super::Console;
use super::guard::Official;
use super::item::Detail;
use super::queue::Queue;
use super::words::{self, ClockState};
use crate::engine::ItemId;
use crate::hub::view::{AnswerView, CapabilityView, ItemView};

/// The queue.
#[derive(Serialize)]
pub(crate) struct QueueJson {
    as_of: Timestamp,
    central_reachable: Option<bool>,
    gateway: &'static str,
    gateway_reason: Option<String>,
    counts: serde_json::Map<String, serde_json::Value>,
    show: &'static str,
    sort: &'static str,
    page: usize,
    pages: usize,
    total: usize,
    items: Vec<ItemJson>,
    csrf: String,
}

/// One item, without personal data.
#[derive(Serialize)]
pub(crate) struct ItemJson {
    id: MessageId,
    number: ItemId,
    operation: &'static str,
    operation_title: String,
    category: char,
    origin: String,
    origin_name: String,
    urgent: bool,
    state: &'static str,
    state_words: &'static str,
    owner: String,
    held_by: Option<String>,
    lease_until: Option<Timestamp>,
    fence: u64,
    perhaps_keyed_by: Option<String>,
    behind: Option<ItemId>,
    received_at: Timestamp,
    clock_start: Timestamp,
    due: Option<Timestamp>,
    article: String,
    clock_state: &'static str,
    remaining_s: Option<i64>,
    attempts: u32,
    reason: Option<&'static str>,
    next_step: Option<&'static str>,
    answers: Vec<AnswerView>,
}

/// One item with its life and, while they are open to the reader, its values.
#[derive(Serialize)]
pub(crate) struct DetailJson {
    #[serde(flatten)]
    item: ItemJson,
    timeline: Vec<StepJson>,
    values_open_until: Option<Timestamp>,
    values: Option<Vec<ValueJson>>,
    csrf: String,
}

/// What is left of an item whose content is erased.
#[derive(Serialize)]
pub(crate) struct ErasedJson {
    id: MessageId,
    number: ItemId,
    state: &'static str,
    timeline: Vec<StepJson>,
}

#[derive(Serialize)]
struct StepJson {
    at: Timestamp,
    what: &'static str,
    step: &'static str,
    words: String,
    audit_sequence: u64,
}

#[derive(Serialize)]
struct ValueJson {
    name: String,
    label: String,
    value: String,
}

/// The table of interfaces.
#[derive(Serialize)]
pub(crate) struct InterfacesJson {
    pub(crate) as_of: Timestamp,
    pub(crate) interfaces: Vec<InterfaceJson>,
}

/// One row of it.
#[derive(Serialize)]
pub(crate) struct InterfaceJson {
    #[serde(flatten)]
    pub(crate) row: CapabilityView,
    pub(crate) title: &'static str,
    pub(crate) article: &'static str,
}

pub(crate) fn queue(console: &Console, queue: &Queue, official: &Official) -> QueueJson {
    let counts = queue.counts.iter().map(|(show, count)| (show.code().replace('-', "_"), (*count).into()));
    QueueJson {
        as_of: queue.now,
        central_reachable: queue.health.central_reachable,
        gateway: queue.health.status,
        gateway_reason: queue.health.reason.clone(),
        counts: counts.collect(),
        show: queue.filter.show.code(),
        sort: queue.filter.sort.code(),
        page: queue.filter.page,
        pages: queue.pages,
        total: queue.total,
        items: queue.rows.iter().map(|row| item(console, row, queue.now)).collect(),
        csrf: official.session.form_token.clone(),
    }
}

pub(crate) fn item(console: &Console, item: &ItemView, now: Timestamp) -> ItemJson {
    ItemJson {
        id: item.message_id,
        number: item.id,
        operation: item.operation,
        operation_title: words::operation(item),
        category: item.category,
        origin: item.partner.as_str().to_owned(),
        origin_name: console.origin_name(item),
        urgent: item.urgent,
        state: item.stage,
        state_words: words::state(item),
        owner: item.owner.clone(),
        held_by: item.held_by.clone(),
        lease_until: item.lease_until,
        fence: item.fence,
        perhaps_keyed_by: item.perhaps_keyed_by.clone(),
        behind: item.behind,
        received_at: item.received_at,
        clock_start: item.clock_start,
        due: item.due,
        article: item.article.clone(),
        clock_state: ClockState::of(item).code(),
        remaining_s: item.due.map(|due| due.duration_since(now).as_secs()),
        attempts: item.attempts,
        reason: item.trouble.map(|trouble| trouble.what),
        next_step: words::next_step(item),
        answers: item.answers.clone(),
    }
}

pub(crate) fn detail(console: &Console, detail: &Detail, official: &Official) -> DetailJson {
    let values = detail.opened.as_ref().map(|opened| {
        let values = opened.values.iter();
        values
            .map(|value| ValueJson {
                name: value.name.clone(),
                label: value.label.clone(),
                value: value.value.clone(),
            })
            .collect()
    });
    DetailJson {
        item: item(console, &detail.item, detail.now),
        timeline: steps(&detail.steps),
        values_open_until: detail.opened.as_ref().map(|opened| opened.until),
        values,
        csrf: official.session.form_token.clone(),
    }
}

pub(crate) fn erased(id: MessageId, number: ItemId, life: &[super::item::Step]) -> ErasedJson {
    ErasedJson { id, number, state: "closed-and-erased", timeline: steps(life) }
}

fn steps(life: &[super::item::Step]) -> Vec<StepJson> {
    let step = |step: &super::item::Step| StepJson {
        at: step.at,
        what: step.what,
        step: step.word,
        words: step.sentence.clone(),
        audit_sequence: step.audit_sequence,
    };
    life.iter().map(step).collect()
}
