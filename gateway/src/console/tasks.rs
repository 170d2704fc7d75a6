//! What answers and notices ask of people: expert checks, reports of wrong hits, retakes, notices, each with its clock.
//!
//! The list is in the order in which it should be worked on: what is overdue, what the law wants at once, what is due
//! soonest. A task is taken, so that colleagues see it, and closed with what came of it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use icd::identifier::MessageId;
use jiff::Timestamp;

use super::denied::{Denied, Told};
use super::guard::{self, Face, Official, SignedForm};
use super::words::ClockState;
use super::{Console, json, pages};
use crate::engine::{Refusal, Task, TaskId, TaskKind, Verdict};
use crate::hub::OpenReason;
use crate::limits;

/// The open tasks as they are shown.
pub(crate) struct Tasks {
    pub(crate) now: Timestamp,
    pub(crate) rows: Vec<Row>,
    /// Open tasks, shown or not.
    pub(crate) total: usize,
}

/// One task with what a reader needs of its item.
pub(crate) struct Row {
    pub(crate) task: Task,
    pub(crate) state: ClockState,
    /// Address of the item it comes from.
    pub(crate) item: Option<MessageId>,
}

impl Tasks {
    pub(crate) fn look(console: &Console, now: Timestamp) -> Self {
        let due_soon = console.due_soon();
        let mut tasks: Vec<_> = console
            .hub
            .tasks(|_| true)
            .into_iter()
            .map(|task| (ClockState::of_due(task.clock.due, now, due_soon), task))
            .collect();
        tasks.sort_by_key(|(state, task)| {
            let rank = match state {
                ClockState::Overdue => 0,
                _ if matches!(task.kind, TaskKind::ExpertCheck { .. }) => 1,
                ClockState::DueSoon => 2,
                ClockState::OnTime => 3,
                _ => 4,
            };
            (rank, task.clock.due, task.id)
        });
        let total = tasks.len();
        let rows = tasks.into_iter().take(limits::ROWS_PER_PAGE_MAX).map(|(state, task)| {
            let item = task.item.and_then(|item| console.hub.item(item, now)).map(|item| item.message_id);
            Row { task, state, item }
        });
        Self { now, rows: rows.collect(), total }
    }
}

/// `GET /tasks`
pub(crate) async fn page(State(console): State<Arc<Console>>, official: Official, face: Face) -> Response {
    show(&console, &official, face, None)
}

/// `POST /tasks/{number}/{open,claim,release,close}`
pub(crate) async fn take(
    State(console): State<Arc<Console>>,
    Path((task, act)): Path<(String, String)>,
    face: Face,
    form: SignedForm,
) -> Result<Response, Denied> {
    let official = &form.official;
    official.must_work()?;
    let task = task.parse().map(TaskId).map_err(|_| Denied::from(Refusal::NotFound))?;
    let (me, who) = (&official.id, &official.who);
    if act == "open" {
        return open(&console, official, face, task).await;
    }
    let result = match act.as_str() {
        "claim" => console.hub.claim_task(task, me, who).await,
        "release" => console.hub.release_task(task, me, official.may_supervise(), who).await,
        "close" => {
            let code = form.fields.text("verdict").unwrap_or_default();
            let verdicts = [Verdict::HitConfirmed, Verdict::HitRefuted, Verdict::Done];
            let verdict = verdicts.into_iter().find(|verdict| verdict.name() == code);
            let verdict = verdict.ok_or(Denied::Field { name: "verdict", takes: "takes-verdict" })?;
            console.hub.close_task(task, verdict, me, who).await
        }
        _ => return Err(Denied::NoSuchPage),
    };
    Ok(match (result.map_err(Denied::from), face) {
        (Ok(()), Face::Page) => Redirect::to("/tasks").into_response(),
        (Ok(()), Face::Json) => show(&console, official, face, None),
        (Err(denied), Face::Json) => guard::problem(&denied.told(), official.language),
        (Err(denied), Face::Page) => show(&console, official, face, Some(&denied.told())),
    })
}

/// Opens a notice; the audit line that says so is durable before it is shown.
async fn open(console: &Console, official: &Official, face: Face, task: TaskId) -> Result<Response, Denied> {
    let known = console.hub.tasks(|known| known.id == task).into_iter().next().ok_or(Refusal::NotFound)?;
    let notice = console.hub.open_notice(task, OpenReason::Key, &official.who).await?;
    Ok(match face {
        Face::Json => Json(json::notice(official.language, &known, &notice)).into_response(),
        Face::Page => pages::html(pages::notice(console, official, &known, &notice)),
    })
}

fn show(console: &Console, official: &Official, face: Face, told: Option<&Told>) -> Response {
    let tasks = Tasks::look(console, Timestamp::now());
    match face {
        Face::Json => Json(json::tasks(&tasks, official)).into_response(),
        Face::Page => {
            let page = pages::html(pages::tasks(console, official, &tasks, told));
            match told {
                Some(told) => (told.status, page).into_response(),
                None => page,
            }
        }
    }
}
