//! The queue as a page, and as the left side of an item's page.

use maud::{Markup, html};

use super::super::Console;
use super::super::filter::{Filter, Show, Sort};
use super::super::guard::Official;
use super::super::queue::Queue;
use super::super::time;
use super::super::words::{self, ClockState};
use super::{Frame, Place};
use crate::engine::ItemId;
use crate::hub::view::ItemView;
use icd::operation::Operation;

/// The whole queue.
pub(crate) fn queue(console: &Console, official: &Official, queue: &Queue) -> Markup {
    let frame = Frame {
        console,
        official: Some(official),
        title: "Queue",
        place: Place::Queue,
        health: Some(&queue.health),
    };
    frame.page(&html! {
        div.lead {
            h1 { "Queue" }
            p.day { (queue.day()) }
            p.asof {
                "As of " time datetime=(queue.now) { (time::exact(queue.now, &console.hub.site().calendar)) } " · "
                (central(queue)) @if let Some(next) = queue.next_due() { " · next clock: " (words::clock(next, queue.now)) ", no. " (next.id) }
            }
        }
        (parts(queue))
        (filters(console, queue))
        (news(queue, "/"))
        (table(console, queue, None))
        (paging(queue, "/"))
    })
}

fn central(queue: &Queue) -> &'static str {
    match queue.health.central_reachable {
        Some(true) => "central system: answers",
        Some(false) => "central system: does not answer",
        None => "central system: not spoken to yet",
    }
}

/// The parts of the queue with their counts.
fn parts(queue: &Queue) -> Markup {
    html! {
        nav.parts aria-label="Parts of the queue" {
            ul {
                @for (show, count) in &queue.counts {
                    @let current = (*show == queue.filter.show).then_some("page");
                    li {
                        a.part.(show.code()) href={ "/" (queue.filter.with_show(*show).query()) } aria-current=[current]
                            data-none[*count == 0] {
                            span.count { (count) } " " span.words { (show.words()) }
                        }
                    }
                }
            }
        }
    }
}

fn filters(console: &Console, queue: &Queue) -> Markup {
    let filter = &queue.filter;
    let choice =
        |value: &str, words: &str, chosen: bool| html! { option value=(value) selected[chosen] { (words) } };
    html! {
        form.filters method="get" action="/" aria-label="Filter and sort" {
            @if filter.show != Show::default() { input type="hidden" name="show" value=(filter.show.code()); }
            div {
                label for="operation" { "Operation" }
                select #operation name="operation" {
                    (choice("", "All", filter.operation.is_none()))
                    @for code in &queue.operations {
                        @let title = Operation::from_code(code).map_or(*code, |operation| operation.rule().title);
                        (choice(code, title, filter.operation.as_deref() == Some(code)))
                    }
                }
            }
            div {
                label for="origin" { "Sender" }
                select #origin name="origin" {
                    (choice("", "All", filter.origin.is_none()))
                    @for id in &queue.origins {
                        @let name = console.hub.site().config.partner(id).map_or(id.as_str(), |partner| partner.name.as_str());
                        (choice(id, name, filter.origin.as_deref() == Some(id)))
                    }
                }
            }
            div {
                label for="sort" { "Order" }
                select #sort name="sort" {
                    @for sort in Sort::ALL { (choice(sort.code(), sort.words(), filter.sort == sort)) }
                }
            }
            button { "Apply" }
            @if filter.is_narrowed() {
                a.clear href={ "/" (Filter { show: filter.show, sort: filter.sort, page: 1, ..Filter::default() }.query()) } {
                    "Clear the filter"
                }
            }
        }
    }
}

/// Where the script says that something changed; the reader decides when to look.
pub(super) fn news(queue: &Queue, place: &str) -> Markup {
    html! {
        p.news hidden { a #news href={ (place) (queue.filter.query()) } { span.text {} " – show" } }
        p #heard.heard role="status" {}
    }
}

/// The rows. `chosen` is the item on the right side.
pub(super) fn table(console: &Console, queue: &Queue, chosen: Option<ItemId>) -> Markup {
    if queue.rows.is_empty() {
        return html! {
            div.empty {
                p { strong { (nothing(queue.filter.show)) } }
                @if queue.filter.is_narrowed() { p { "A filter is set; other items may exist." } }
            }
        };
    }
    html! {
        table.rows role="table" {
            caption { (queue.filter.show.words()) ", " (queue.total) @if queue.total == 1 { " item" } @else { " items" } }
            thead role="rowgroup" {
                tr role="row" {
                    th role="columnheader" scope="col" { "Clock" }
                    th role="columnheader" scope="col" { "Work" }
                    th role="columnheader" scope="col" { "State" }
                    th.last role="columnheader" scope="col" { "Attempts and last reason" }
                }
            }
            tbody role="rowgroup" { @for item in &queue.rows { (row(console, queue, item, chosen == Some(item.id))) } }
        }
    }
}

fn nothing(show: Show) -> &'static str {
    match show {
        Show::Open => "The queue is empty. Everything that was accepted is done.",
        Show::Overdue => "Nothing is overdue.",
        Show::DueSoon => "Nothing is due soon.",
        Show::Person => "Nothing waits for a person.",
        Show::Mine => "You have claimed nothing.",
        Show::Stuck => "Nothing is stuck.",
        Show::Lane => "Nothing is on its way.",
        Show::Recent => "Nothing arrived in the last 12 hours.",
        Show::Closed => "No closed item is kept at present.",
    }
}

fn row(console: &Console, queue: &Queue, item: &ItemView, is_chosen: bool) -> Markup {
    let address = format!("/items/{}{}", item.message_id, queue.filter.query());
    html! {
        tr role="row" data-item=(item.message_id) class=[is_chosen.then_some("chosen")] {
            td.clock role="cell" { (clock(item, queue)) }
            td.work role="cell" {
                a.open href=(address) aria-current=[is_chosen.then_some("true")] { (words::operation(item)) }
                @if item.urgent { " " span.urgent { "Urgent" } }
                span.sub { "No. " (item.id) " from " (console.origin_name(item)) }
            }
            td.state role="cell" {
                (words::state(item))
                span.sub { (owner(item, &queue.me)) }
            }
            td.last role="cell" {
                @if let Some(trouble) = item.trouble {
                    @if item.attempts > 0 { (attempts(item.attempts)) ". " }
                    (trouble.what)
                    span.sub { "Next: " (words::next_step(item).unwrap_or(trouble.next_step)) }
                } @else if item.attempts > 1 {
                    (attempts(item.attempts))
                } @else if item.perhaps_keyed_by.is_some() && item.stage == "waiting" {
                    "May have been keyed: the last claim ran out."
                } @else {
                    span.none { "–" }
                }
            }
        }
    }
}

fn attempts(count: u32) -> String {
    if count == 1 { "1 attempt".to_owned() } else { format!("{count} attempts") }
}

fn owner(item: &ItemView, me: &str) -> String {
    let owner = words::owner(item, me);
    match item.stage {
        "closed" => String::new(),
        "waiting" | "parked" if item.behind.is_some() => "After an earlier item".to_owned(),
        _ => owner,
    }
}

/// The clock of a row: sign, words and article, so that colour only repeats.
pub(super) fn clock(item: &ItemView, queue: &Queue) -> Markup {
    let state = ClockState::of(item);
    let sign = match state {
        ClockState::Overdue => "▲",
        ClockState::DueSoon => "◆",
        ClockState::OnTime => "●",
        ClockState::NoLimit => "○",
        ClockState::SentBack => "↩",
        ClockState::Met => "✓",
    };
    let runs = matches!(state, ClockState::Overdue | ClockState::DueSoon | ClockState::OnTime);
    html! {
        span.chip.(state.code()) {
            span.sign aria-hidden="true" { (sign) } " "
            span.left data-due=[item.due.filter(|_| runs)] { (words::clock(item, queue.now)) }
        }
        span.sub { "Art. " (item.article) }
    }
}

fn paging(queue: &Queue, place: &str) -> Markup {
    let (page, pages) = (queue.filter.page, queue.pages);
    let to = |page: usize, words: &str| html! { a href={ (place) (queue.filter.with_page(page).query()) } { (words) } };
    html! {
        @if pages > 1 {
            nav.paging aria-label="Pages" {
                @if page > 1 { (to(page - 1, "Previous")) }
                span { "Page " (page) " of " (pages) }
                @if page < pages { (to(page + 1, "Next")) }
            }
        }
    }
}
