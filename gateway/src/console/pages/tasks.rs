//! The tasks of people with their clocks, and the forms to take and close them.

use maud::{Markup, html};

use super::super::Console;
use super::super::denied::Told;
use super::super::guard::Official;
use super::super::tasks::{Row, Tasks};
use super::super::time;
use super::super::words;
use super::{Frame, Place, instant, summary, token};
use crate::engine::{TaskKind, Verdict};

/// Every open task, in the order in which it should be worked on.
pub(crate) fn tasks(console: &Console, official: &Official, tasks: &Tasks, told: Option<&Told>) -> Markup {
    let t = official.language;
    let title = t.say("tasks");
    let title_of_page =
        if told.is_some() { t.fill("not-done", &[("title", (&title).into())]) } else { title.clone() };
    let health = console.hub.health();
    let frame = Frame { health: Some(&health), ..Frame::of(console, official, &title_of_page, Place::Tasks) };
    frame.page(&html! {
        div.lead {
            h1 { (title) }
            p { (t.say("tasks-text")) }
            p.asof { (t.say("as-of")) " " time datetime=(tasks.now) { (time::exact(t, tasks.now, &console.hub.site().calendar)) } }
        }
        @if let Some(told) = told { (summary(t, told)) }
        @if tasks.rows.is_empty() {
            div.empty { p { strong { (t.say("tasks-none")) } } }
        } @else {
            table.tasks {
                caption {
                    (t.fill("tasks-count", &[("count", tasks.total.into())]))
                    @if tasks.rows.len() < tasks.total { " " (t.fill("tasks-first", &[("count", tasks.rows.len().into())])) }
                }
                thead {
                    tr {
                        th scope="col" { (t.say("column-clock")) }
                        th scope="col" { (t.say("column-task")) }
                        th scope="col" { (t.say("column-held")) }
                        th scope="col" { (t.say("column-close")) }
                    }
                }
                tbody { @for row in &tasks.rows { (line(console, official, tasks, row)) } }
            }
        }
    })
}

fn line(console: &Console, official: &Official, tasks: &Tasks, row: &Row) -> Markup {
    let (t, task) = (official.language, &row.task);
    let me = official.id.as_str();
    let held_by = task.held_by.as_ref().map(|by| by.as_str());
    let mine = held_by == Some(me);
    let action = |act: &str| format!("/tasks/{}/{act}", task.id.0);
    let number = task.id.0.to_string();
    html! {
        tr {
            td.clock {
                span.chip.(row.state.code()) {
                    span.sign aria-hidden="true" { (row.state.sign()) } " "
                    span.left data-due=[task.clock.due] {
                        @if task.clock.due.is_some() { (words::clock_of(t, task.clock.due, tasks.now)) } @else { (t.say("task-at-once")) }
                    }
                }
                span.sub { (t.fill("article", &[("article", (&task.clock.article).into())])) }
            }
            th scope="row" {
                strong { (words::task(t, task.kind)) "." }
                span.sub {
                    (t.fill("task-number", &[("number", (&number).into())])) ", " (t.say("task-since")) " " (instant(console, t, task.opened_at))
                    @match row.item {
                        Some(item) => { " · " a href={ "/items/" (item) } { (t.say("task-item")) } }
                        None => { " · " (t.say("task-no-item")) }
                    }
                }
                @if official.may_work() && matches!(task.kind, TaskKind::Notice { .. }) {
                    form method="post" action=(action("open")) {
                        (token(official))
                        button aria-label=(t.fill("notice-open-of", &[("number", (&number).into())])) { (t.say("notice-open")) }
                    }
                }
            }
            td {
                @match held_by { Some(_) if mine => (t.say("owner-you")), Some(by) => (by), None => (t.say("owner-nobody-yet")) }
                @if official.may_work() {
                    @if held_by.is_none() {
                        form method="post" action=(action("claim")) {
                            (token(official)) button aria-label=(t.fill("task-claim-of", &[("number", (&number).into())])) { (t.say("task-claim")) }
                        }
                    } @else if mine || official.may_supervise() {
                        form method="post" action=(action("release")) {
                            (token(official)) button aria-label=(t.fill("task-release-of", &[("number", (&number).into())])) { (t.say("task-release")) }
                        }
                    }
                }
            }
            td {
                @if !official.may_work() {
                    span.soft { (t.say("may-read-only")) }
                } @else if held_by.is_some() && !mine {
                    span.soft { (t.say("task-held")) }
                } @else {
                    form.verdicts method="post" action=(action("close")) {
                        (token(official))
                        @for verdict in Verdict::of_person(task.kind) {
                            button name="verdict" value=(verdict.name()) aria-label={ (t.say(&format!("close-{}", verdict.name()))) ", " (t.fill("task-number", &[("number", (&number).into())])) } {
                                (t.say(&format!("close-{}", verdict.name())))
                            }
                        }
                    }
                    span.sub { (t.say(&format!("close-{}-effect", task.kind.name()))) }
                }
            }
        }
    }
}
