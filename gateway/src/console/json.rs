//! What scripts read. The members are the contract of `docs/reference/console.md`; pages are made from the same values.

use icd::identifier::MessageId;
use icd::notice::Notice;
use jiff::Timestamp;
use serde::Serialize;

use super::Console;
use super::guard::Official;
use super::item::Detail;
use super::keying::{self, Value};
use super::language::Language;
use super::overview::Switch;
use super::person::Person;
use super::queue::Queue;
use super::selection::{Frozen, LeftOut, Selection};
use super::tasks::Tasks;
use super::words::{self, ClockState};
use icd::operation::Operation;

use crate::engine::{ItemId, LegalClock, Switched, Task, TaskKind, Verdict};
use crate::hub::view::{AnswerView, CapabilityView, ItemView};
use crate::limits;

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
    newest: ItemId,
    tasks: usize,
    away_since: Option<Timestamp>,
    arrived_while_away: Option<usize>,
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
    state_words: String,
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
    reason: Option<String>,
    next_step: Option<String>,
    answers: Vec<AnswerView>,
    tasks_open: u32,
    extended: bool,
}

/// One item with its life and, while they are open to the reader, its values.
#[derive(Serialize)]
pub(crate) struct DetailJson {
    #[serde(flatten)]
    item: ItemJson,
    timeline: Vec<StepJson>,
    values_open_until: Option<Timestamp>,
    values: Option<Vec<ValueJson>>,
    check_value: Option<String>,
    longer_limit: Option<LegalClock>,
    successors: Vec<MessageId>,
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
    step: String,
    words: String,
    audit_sequence: u64,
}

#[derive(Serialize)]
struct ValueJson {
    name: String,
    label: String,
    value: String,
}

impl ValueJson {
    fn of(value: &Value) -> Self {
        Self { name: value.name.clone(), label: value.label.clone(), value: value.value.clone() }
    }
}

/// The table of interfaces.
#[derive(Serialize)]
pub(crate) struct InterfacesJson {
    pub(crate) as_of: Timestamp,
    pub(crate) interfaces: Vec<InterfaceJson>,
    /// What persons have switched; it stands above the table.
    pub(crate) switched: Vec<SwitchedJson>,
}

/// One row of it.
#[derive(Serialize)]
pub(crate) struct InterfaceJson {
    #[serde(flatten)]
    pub(crate) row: CapabilityView,
    pub(crate) title: String,
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
        items: queue.rows.iter().map(|row| item(console, row, queue.now, official.language)).collect(),
        newest: queue.newest,
        tasks: queue.tasks,
        away_since: queue.away.map(|(since, _)| since),
        arrived_while_away: queue.away.map(|(_, arrived)| arrived),
        csrf: official.session.form_token.clone(),
    }
}

pub(crate) fn item(console: &Console, item: &ItemView, now: Timestamp, t: Language) -> ItemJson {
    ItemJson {
        id: item.message_id,
        number: item.id,
        operation: item.operation,
        operation_title: words::operation(t, item),
        category: item.category,
        origin: item.partner.as_str().to_owned(),
        origin_name: console.origin_name(item),
        urgent: item.urgent,
        state: item.stage,
        state_words: words::state(t, item),
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
        reason: words::reason(t, item),
        next_step: words::next_step(t, item),
        answers: item.answers.clone(),
        tasks_open: item.tasks_open,
        extended: item.extended,
    }
}

pub(crate) fn detail(console: &Console, detail: &Detail, official: &Official) -> DetailJson {
    let values = detail.opened.as_ref().map(|opened| {
        let values = opened.values.iter();
        values.map(ValueJson::of).collect()
    });
    DetailJson {
        item: item(console, &detail.item, detail.now, official.language),
        timeline: steps(&detail.steps),
        values_open_until: detail.opened.as_ref().map(|opened| opened.until),
        values,
        check_value: detail.opened.as_ref().map(|opened| opened.check_value.clone()),
        longer_limit: detail.longer.clone(),
        successors: detail.successors.iter().map(|item| item.message_id).collect(),
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
        step: step.word.clone(),
        words: step.sentence.clone(),
        audit_sequence: step.audit_sequence,
    };
    life.iter().map(step).collect()
}

/// What a person has switched.
#[derive(Serialize)]
pub(crate) struct SwitchedJson {
    operation: &'static str,
    channel: &'static str,
    by: String,
    reason: &'static str,
    since: Timestamp,
}

pub(crate) fn switched(operation: Operation, how: &Switched) -> SwitchedJson {
    SwitchedJson {
        operation: operation.code(),
        channel: how.channel.as_str(),
        by: how.by.to_string(),
        reason: how.reason.as_str(),
        since: how.since,
    }
}

/// What switching an operation would do.
#[derive(Serialize)]
pub(crate) struct SwitchJson {
    as_of: Timestamp,
    operation: &'static str,
    channel: &'static str,
    switched: Option<SwitchedJson>,
    choices: Vec<ChoiceJson>,
    csrf: String,
}

#[derive(Serialize)]
struct ChoiceJson {
    channel: &'static str,
    goes: &'static str,
    moving: usize,
    behind: usize,
    held: usize,
    staying: usize,
}

pub(crate) fn switch(switch: &Switch, official: &Official, now: Timestamp) -> SwitchJson {
    let choices = switch.choices.iter().map(|choice| ChoiceJson {
        channel: choice.code(),
        goes: choice.channel.as_str(),
        moving: choice.preview.moving,
        behind: choice.preview.behind,
        held: choice.preview.held,
        staying: choice.preview.staying,
    });
    SwitchJson {
        as_of: now,
        operation: switch.operation.code(),
        channel: switch.channel.as_str(),
        switched: switch.switched.as_ref().map(|how| switched(switch.operation, how)),
        choices: choices.collect(),
        csrf: official.session.form_token.clone(),
    }
}

/// The open tasks.
#[derive(Serialize)]
pub(crate) struct TasksJson {
    as_of: Timestamp,
    total: usize,
    tasks: Vec<TaskJson>,
    csrf: String,
}

#[derive(Serialize)]
struct TaskJson {
    number: u64,
    kind: &'static str,
    words: String,
    item: Option<MessageId>,
    opened_at: Timestamp,
    due: Option<Timestamp>,
    article: String,
    clock_state: &'static str,
    held_by: Option<String>,
    verdicts: Vec<&'static str>,
}

pub(crate) fn tasks(tasks: &Tasks, official: &Official) -> TasksJson {
    let rows = tasks.rows.iter().map(|row| TaskJson {
        number: row.task.id.0,
        kind: TaskKind::name(row.task.kind),
        words: words::task(official.language, row.task.kind),
        item: row.item,
        opened_at: row.task.opened_at,
        due: row.task.clock.due,
        article: row.task.clock.article.clone(),
        clock_state: row.state.code(),
        held_by: row.task.held_by.as_ref().map(ToString::to_string),
        verdicts: Verdict::of_person(row.task.kind).iter().map(|verdict| verdict.name()).collect(),
    });
    TasksJson {
        as_of: tasks.now,
        total: tasks.total,
        tasks: rows.collect(),
        csrf: official.session.form_token.clone(),
    }
}

/// A notice that was opened.
#[derive(Serialize)]
pub(crate) struct NoticeJson {
    number: u64,
    kind: &'static str,
    raised_at: Timestamp,
    article: String,
    values: Vec<ValueJson>,
}

pub(crate) fn notice(t: Language, task: &Task, notice: &Notice) -> NoticeJson {
    NoticeJson {
        number: task.id.0,
        kind: notice.kind.rule().word,
        raised_at: notice.raised_at,
        article: task.clock.article.clone(),
        values: keying::of_notice(t, notice).into_iter().map(|value| ValueJson::of(&value)).collect(),
    }
}

/// Everything under one reference number.
#[derive(Serialize)]
pub(crate) struct PersonJson {
    as_of: Timestamp,
    total: usize,
    items: Vec<LivedJson>,
}

#[derive(Serialize)]
struct LivedJson {
    #[serde(flatten)]
    item: ItemJson,
    timeline: Vec<StepJson>,
}

pub(crate) fn person(console: &Console, person: &Person, official: &Official) -> PersonJson {
    let items = person.items.iter().map(|lived| LivedJson {
        item: item(console, &lived.item, person.now, official.language),
        timeline: steps(&lived.steps),
    });
    PersonJson { as_of: person.now, total: person.total, items: items.collect() }
}

/// A frozen selection.
#[derive(Serialize)]
pub(crate) struct SelectionJson {
    number: u64,
    act: &'static str,
    drawn_at: Timestamp,
    count: usize,
    oldest: Option<MessageId>,
    oldest_received_at: Option<Timestamp>,
    unfit: usize,
    missing: usize,
    undoable: bool,
    typed_count: bool,
    /// Changed since it was drawn; they would be left out.
    changed: Vec<LeftOutJson>,
    done: Option<usize>,
    left_out_count: Option<usize>,
    left_out: Vec<LeftOutJson>,
    csrf: String,
}

#[derive(Serialize)]
struct LeftOutJson {
    id: MessageId,
    number: ItemId,
    why: &'static str,
    code: Option<&'static str>,
}

pub(crate) fn selection(
    selection: &Selection,
    changed: &[(Frozen, LeftOut)],
    official: &Official,
) -> SelectionJson {
    let named = |rows: &[(Frozen, LeftOut)]| -> Vec<LeftOutJson> {
        let named = rows.iter().take(limits::LEFT_OUT_ROWS_MAX).map(|(row, why)| LeftOutJson {
            id: row.message_id,
            number: row.id,
            why: why.code(),
            code: match why {
                LeftOut::Refused { code } => Some(*code),
                _ => None,
            },
        });
        named.collect()
    };
    let outcome = selection.outcome.as_ref();
    SelectionJson {
        number: selection.number,
        act: selection.act.code(),
        drawn_at: selection.drawn_at,
        count: selection.rows.len(),
        oldest: selection.oldest().map(|row| row.message_id),
        oldest_received_at: selection.oldest().map(|row| row.received_at),
        unfit: selection.unfit,
        missing: selection.missing,
        undoable: selection.act.is_undoable(),
        typed_count: selection.act.is_destructive(),
        changed: named(changed),
        done: outcome.map(|outcome| outcome.done),
        left_out_count: outcome.map(|outcome| outcome.left_out.len()),
        left_out: outcome.map(|outcome| named(&outcome.left_out)).unwrap_or_default(),
        csrf: official.session.form_token.clone(),
    }
}
