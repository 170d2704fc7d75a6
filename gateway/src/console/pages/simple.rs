//! The pages without a list: sign-in, interfaces, health, what is left of an erased item, and refusals.

use icd::operation::Operation;
use jiff::Timestamp;
use maud::{Markup, html};

use super::super::Console;
use super::super::denied::Told;
use super::super::filter::Filter;
use super::super::guard::{FORM_TOKEN, Official};
use super::super::item::Step;
use super::super::words;
use super::{Frame, Place, detail, instant, outage, summary};
use crate::engine::ItemId;
use crate::hub::view::{CapabilityView, HealthView};
use crate::limits;

/// The second factor. The card has already said who it is.
pub(crate) fn sign_in(
    console: &Console,
    person: &str,
    csrf: &str,
    next: &str,
    told: Option<&Told>,
) -> Markup {
    let title = if told.is_some() { "Not signed in" } else { "Sign in" };
    let frame = Frame { console, official: None, title, place: Place::None, health: None };
    let described = told.map(|_| "told");
    frame.page(&html! {
        div.narrow {
            h1 { "Sign in" }
            @if let Some(told) = told { div #told { (summary(told)) } }
            p { "Your card says: " strong { (person) } ". Enter the PIN that belongs to it." }
            form.stacked method="post" action="/sign-in" {
                input type="hidden" name=(FORM_TOKEN) value=(csrf);
                @if next != "/" { input type="hidden" name="next" value=(next); }
                label for="pin" { "PIN" }
                input #pin name="pin" type="password" required autofocus autocomplete="current-password" inputmode="numeric"
                    maxlength=(limits::PIN_CHARS_MAX) aria-describedby=[described] aria-invalid=[told.map(|_| "true")];
                button.primary { "Sign in" }
            }
            p.soft { "Not you? Take the card out, put yours in and open the console again." }
        }
    })
}

/// Which operation goes which way, since when, until when.
pub(crate) fn interfaces(
    console: &Console,
    official: &Official,
    rows: &[CapabilityView],
    now: Timestamp,
) -> Markup {
    let health = console.hub.health();
    let frame = Frame {
        console,
        official: Some(official),
        title: "Interfaces",
        place: Place::Interfaces,
        health: Some(&health),
    };
    let rows_of = |operation: Operation| -> Vec<&CapabilityView> {
        rows.iter().filter(|row| row.operation == operation.code()).collect()
    };
    // Those that have a way come first; the others follow in the order of the law.
    let mut operations = Operation::ALL;
    operations.sort_by_key(|operation| rows_of(*operation).is_empty());
    frame.page(&html! {
        div.lead {
            h1 { "Interfaces" }
            p {
                "Which way each operation takes to the central system, from the site's signed configuration as of "
                (instant(console, now)) ". When an interface opens, waiting items go through it by themselves; what an operator holds stays "
                "with the operator."
            }
        }
        table.interfaces {
            caption.heard { "Operations and their interfaces" }
            thead {
                tr { th scope="col" { "Operation" } th scope="col" { "Article" } th scope="col" { "Way today" } th scope="col" { "From" } th scope="col" { "Until" } }
            }
            tbody {
                @for operation in operations {
                    @let rule = operation.rule();
                    @let known = rows_of(operation);
                    @if known.is_empty() {
                        tr.off { th scope="row" { (rule.title) } td { (rule.article) } td { (way("unavailable", true)) } td { "–" } td { "–" } }
                    }
                    @for row in known {
                        tr class=[(!row.in_force).then_some("off")] {
                            th scope="row" { (rule.title) }
                            td { (rule.article) }
                            td { (way(row.channel, row.in_force)) }
                            td { (row.from) }
                            td { (row.until.as_deref().unwrap_or("further notice")) }
                        }
                    }
                }
            }
        }
    })
}

fn way(channel: &str, in_force: bool) -> Markup {
    let sign = match channel {
        "s2s" => "⇄",
        "web-interface" => "⌨",
        _ => "∅",
    };
    html! {
        span.way-chip.(channel) { span aria-hidden="true" { (sign) } " " (words::channel(channel)) }
        @if !in_force { " " span.sub { "not in force today" } }
    }
}

/// Whether gateway and central system are up, and what that means.
pub(crate) fn health(console: &Console, official: &Official, health: &HealthView) -> Markup {
    let frame =
        Frame { console, official: Some(official), title: "Health", place: Place::Health, health: None };
    let open = match health.open_items {
        1 => "1 item is open.".to_owned(),
        open => format!("{open} items are open."),
    };
    frame.page(&html! {
        div.lead { h1 { "Health" } }
        (outage(health))
        dl.health {
            div {
                dt { "This gateway" }
                @match &health.reason {
                    None => dd { strong { "✓ Takes work." } " What it accepts is on disk before anyone is told so." },
                    Some(reason) => dd { strong { "▲ Takes no new messages." } " " (reason) },
                }
            }
            div {
                dt { "Central system" }
                @match health.central_reachable {
                    Some(true) => dd { strong { "✓ Answers." } },
                    Some(false) => dd { strong { "▲ Does not answer." } " It is tried again by itself, at most five minutes apart." },
                    None => dd { strong { "○ Not spoken to yet." } " The gateway has just started." },
                }
            }
            div { dt { "Queue" } dd { (open) " " a href="/" { "See the queue" } } }
        }
    })
}

/// What is left of an item whose content is erased.
pub(crate) fn erased(
    console: &Console,
    official: &Official,
    filter: &Filter,
    item: ItemId,
    life: &[Step],
) -> Markup {
    let title = format!("No. {item}, closed and erased");
    let frame = Frame { console, official: Some(official), title: &title, place: Place::None, health: None };
    frame.page(&html! {
        div.lead {
            h1 { (title) }
            p { "The item is closed and its content is erased here. Its life stays:" }
        }
        section.life aria-label="Life of this item" { (detail::steps(console, life)) }
        p { a href={ "/" (filter.query()) } { "← Queue" } }
    })
}

/// A refusal with a page of its own.
pub(crate) fn refusal(console: &Console, official: Option<&Official>, told: &Told) -> Markup {
    let frame = Frame { console, official, title: told.title, place: Place::None, health: None };
    frame.page(&html! {
        div.narrow {
            h1 { (told.title) }
            p { (told.happened) }
            p { strong { "What to do: " } (told.to_do) }
            p.code { "Code " (told.code) }
            p { a href="/" { "Go to the queue" } }
        }
    })
}
