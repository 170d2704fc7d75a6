//! The queue as a page, and as the left side of an item's page.

use icd::operation::Operation;
use maud::{Markup, html};

use super::super::Console;
use super::super::filter::{Filter, Show, Sort};
use super::super::guard::{Official, TICKED};
use super::super::language::Language;
use super::super::queue::Queue;
use super::super::selection::BulkAct;
use super::super::time;
use super::super::words::{self, ClockState};
use super::{Frame, Place, token};
use crate::engine::ItemId;
use crate::hub::view::ItemView;

/// The whole queue.
pub(crate) fn queue(console: &Console, official: &Official, queue: &Queue) -> Markup {
    let t = official.language;
    let title = t.say("queue");
    let frame = Frame { health: Some(&queue.health), ..Frame::of(console, official, &title, Place::Queue) };
    let calendar = &console.hub.site().calendar;
    frame.page(&html! {
        div.lead {
            h1 { (title) }
            p.day { (queue.day(t)) @if queue.tasks > 0 { " " a href="/tasks" { (t.say("day-tasks-link")) } } }
            @if let Some((since, arrived)) = queue.away {
                p {
                    (t.fill("away", &[("count", arrived.into()), ("since", (&time::absolute(t, since, calendar)).into())])) " "
                    @if arrived > 0 { a href="/?show=recent&sort=arrived" { (t.say("away-link")) } }
                }
            }
            p.asof {
                (t.say("as-of")) " " time datetime=(queue.now) { (time::exact(t, queue.now, calendar)) } " · " (central(t, queue))
                @if let Some(next) = queue.next_due() {
                    " · " (t.fill("next-clock", &[("clock", (&words::clock(t, next, queue.now)).into()), ("number", (&next.id.to_string()).into())]))
                }
            }
        }
        (parts(t, queue))
        (filters(console, t, queue))
        (news(t, queue, "/"))
        @if official.may_work() && !queue.rows.is_empty() { (bulk(official, queue)) }
        (table(console, official, queue, None))
        (paging(t, queue, "/"))
    })
}

fn central(t: Language, queue: &Queue) -> String {
    t.say(match queue.health.central_reachable {
        Some(true) => "central-answers",
        Some(false) => "central-silent",
        None => "central-unknown",
    })
}

/// The parts of the queue with their counts.
fn parts(t: Language, queue: &Queue) -> Markup {
    html! {
        nav.parts aria-label=(t.say("nav-parts")) {
            ul {
                @for (show, count) in &queue.counts {
                    @let current = (*show == queue.filter.show).then_some("page");
                    li {
                        a.part.(show.code()) href={ "/" (queue.filter.with_show(*show).query()) } aria-current=[current]
                            data-none[*count == 0] {
                            span.count { (count) } " " span.words { (part_name(t, *show)) }
                        }
                    }
                }
            }
        }
    }
}

fn part_name(t: Language, show: Show) -> String {
    t.say(&format!("show-{}", show.code()))
}

fn filters(console: &Console, t: Language, queue: &Queue) -> Markup {
    let filter = &queue.filter;
    let choice =
        |value: &str, words: &str, chosen: bool| html! { option value=(value) selected[chosen] { (words) } };
    html! {
        form.filters method="get" action="/" aria-label=(t.say("filter-label")) {
            @if filter.show != Show::default() { input type="hidden" name="show" value=(filter.show.code()); }
            div {
                label for="operation" { (t.say("filter-operation")) }
                select #operation name="operation" {
                    (choice("", &t.say("filter-all"), filter.operation.is_none()))
                    @for code in &queue.operations {
                        @let title = Operation::from_code(code).map_or_else(|| (*code).to_owned(), |operation| words::title(t, operation));
                        (choice(code, &title, filter.operation.as_deref() == Some(code)))
                    }
                }
            }
            div {
                label for="origin" { (t.say("filter-sender")) }
                select #origin name="origin" {
                    (choice("", &t.say("filter-all"), filter.origin.is_none()))
                    @for id in &queue.origins {
                        @let name = console.hub.site().config.partner(id).map_or(id.as_str(), |partner| partner.name.as_str());
                        (choice(id, name, filter.origin.as_deref() == Some(id)))
                    }
                }
            }
            div {
                label for="sort" { (t.say("filter-order")) }
                select #sort name="sort" {
                    @for sort in Sort::ALL { (choice(sort.code(), &t.say(&format!("sort-{}", sort.code())), filter.sort == sort)) }
                }
            }
            button { (t.say("filter-apply")) }
            @if filter.is_narrowed() {
                a.clear href={ "/" (Filter { show: filter.show, sort: filter.sort, page: 1, ..Filter::default() }.query()) } {
                    (t.say("filter-clear"))
                }
            }
        }
    }
}

/// Where the script says that something changed; the reader decides when to look.
pub(super) fn news(t: Language, queue: &Queue, place: &str) -> Markup {
    html! {
        p.news hidden { a #news href={ (place) (queue.filter.query()) } { span.text {} " – " (t.say("news-show")) } }
        p #heard.heard role="status" {}
    }
}

/// One step with the ticked rows, or with all that match. What cannot be undone is in a menu of its own.
fn bulk(official: &Official, queue: &Queue) -> Markup {
    let t = official.language;
    let button = |act: BulkAct| html! { button name="act" value=(act.code()) { (t.say(&format!("bulk-{}", act.code()))) } };
    let (final_ones, ordinary): (Vec<_>, Vec<_>) =
        BulkAct::ALL.into_iter().partition(|act| act.is_destructive());
    html! {
        form #bulk.bulk method="post" action={ "/bulk" (queue.filter.query()) } aria-label=(t.say("bulk-label")) {
            (token(official))
            input type="hidden" name="newest" value=(queue.newest);
            fieldset {
                legend.heard { (t.say("bulk-scope")) }
                label.check { input type="radio" name="scope" value="ticked" checked; span #ticked { (t.say("bulk-scope-ticked")) } }
                label.check { input type="radio" name="scope" value="matching"; (t.fill("bulk-scope-matching", &[("count", queue.total.into())])) }
            }
            @for act in ordinary { (button(act)) }
            details {
                summary { (t.say("bulk-final")) }
                p { (t.say("bulk-final-text")) }
                @for act in final_ones { (button(act)) }
            }
        }
    }
}

/// The rows. `chosen` is the item on the right side; beside it rows are not ticked.
pub(super) fn table(console: &Console, official: &Official, queue: &Queue, chosen: Option<ItemId>) -> Markup {
    let t = official.language;
    if queue.rows.is_empty() {
        return html! {
            div.empty {
                p { strong { (t.say(&format!("nothing-{}", queue.filter.show.code()))) } }
                @if queue.filter.is_narrowed() { p { (t.say("nothing-filtered")) } }
            }
        };
    }
    let ticks = chosen.is_none() && official.may_work();
    html! {
        table.rows role="table" {
            caption { (part_name(t, queue.filter.show)) ", " (t.fill("items", &[("count", queue.total.into())])) }
            thead role="rowgroup" {
                tr role="row" {
                    @if ticks { th.tick role="columnheader" scope="col" { span.heard { (t.say("column-tick")) } } }
                    th role="columnheader" scope="col" { (t.say("column-clock")) }
                    th role="columnheader" scope="col" { (t.say("column-work")) }
                    th role="columnheader" scope="col" { (t.say("column-state")) }
                    th.last role="columnheader" scope="col" { (t.say("column-last")) }
                }
            }
            tbody role="rowgroup" {
                @for item in &queue.rows { (row(console, t, queue, item, (chosen == Some(item.id), ticks))) }
            }
        }
    }
}

fn row(
    console: &Console,
    t: Language,
    queue: &Queue,
    item: &ItemView,
    (is_chosen, ticks): (bool, bool),
) -> Markup {
    let address = format!("/items/{}{}", item.message_id, queue.filter.query());
    let number = item.id.to_string();
    html! {
        tr role="row" data-item=(item.message_id) class=[is_chosen.then_some("chosen")] {
            @if ticks {
                td.tick role="cell" {
                    input type="checkbox" form="bulk" name=(TICKED) value=(item.message_id) aria-label=(t.fill("tick", &[("number", (&number).into())]));
                }
            }
            td.clock role="cell" { (clock(t, item, queue)) }
            td.work role="cell" {
                a.open href=(address) aria-current=[is_chosen.then_some("true")] { (words::operation(t, item)) }
                @if item.urgent { " " span.urgent { (t.say("urgent")) } }
                span.sub { (t.fill("number-from", &[("number", (&number).into()), ("origin", (&console.origin_name(item)).into())])) }
            }
            td.state role="cell" {
                (words::state(t, item))
                span.sub {
                    (owner(t, item, &queue.me))
                    @if item.tasks_open > 0 { " · " (t.fill("tasks-open", &[("count", usize::try_from(item.tasks_open).unwrap_or_default().into())])) }
                }
            }
            td.last role="cell" {
                @if let Some(reason) = words::reason(t, item) {
                    @if item.attempts > 0 { (attempts(t, item.attempts)) ". " }
                    (reason)
                    @if let Some(next) = words::next_step(t, item) { span.sub { (t.fill("next", &[("step", (&next).into())])) } }
                } @else if item.attempts > 1 {
                    (attempts(t, item.attempts))
                } @else if item.perhaps_keyed_by.is_some() && item.stage == "waiting" {
                    (t.say("perhaps-keyed"))
                } @else {
                    span.none { "–" }
                }
            }
        }
    }
}

fn attempts(t: Language, count: u32) -> String {
    t.fill("attempts", &[("count", usize::try_from(count).unwrap_or_default().into())])
}

fn owner(t: Language, item: &ItemView, me: &str) -> String {
    match item.stage {
        "closed" => String::new(),
        "waiting" | "parked" if item.behind.is_some() => t.say("after-earlier"),
        _ => words::owner(t, item, me),
    }
}

/// The clock of a row: sign, words and article, so that colour only repeats.
pub(super) fn clock(t: Language, item: &ItemView, queue: &Queue) -> Markup {
    let state = ClockState::of(item);
    let runs = matches!(state, ClockState::Overdue | ClockState::DueSoon | ClockState::OnTime);
    html! {
        span.chip.(state.code()) {
            span.sign aria-hidden="true" { (state.sign()) } " "
            span.left data-due=[item.due.filter(|_| runs)] { (words::clock(t, item, queue.now)) }
        }
        span.sub { (t.fill("article", &[("article", (&item.article).into())])) }
    }
}

fn paging(t: Language, queue: &Queue, place: &str) -> Markup {
    let (page, pages) = (queue.filter.page, queue.pages);
    let to = |page: usize, words: &str| html! { a href={ (place) (queue.filter.with_page(page).query()) } { (words) } };
    html! {
        @if pages > 1 {
            nav.paging aria-label=(t.say("nav-pages")) {
                @if page > 1 { (to(page - 1, &t.say("previous"))) }
                span { (t.fill("page-of", &[("page", page.into()), ("pages", pages.into())])) }
                @if page < pages { (to(page + 1, &t.say("next-page"))) }
            }
        }
    }
}
