//! The pages without a list: sign-in, interfaces and their switch, health, what is left of an erased item, refusals.

use icd::operation::Operation;
use jiff::Timestamp;
use maud::{Markup, html};

use super::super::Console;
use super::super::denied::Told;
use super::super::filter::Filter;
use super::super::guard::{FORM_TOKEN, Official};
use super::super::item::Step;
use super::super::language::Language;
use super::super::overview::{Choice, Switch};
use super::super::words;
use super::{Frame, Place, instant, outage, steps, summary, token};
use crate::engine::{ChannelReason, ItemId, Switched};
use crate::hub::view::{CapabilityView, HealthView};
use crate::limits;

/// The second factor. The card has already said who it is.
pub(crate) fn sign_in(
    console: &Console,
    (person, t): (&str, Language),
    csrf: &str,
    next: &str,
    told: Option<&Told>,
) -> Markup {
    let heading = t.say("sign-in");
    let title = if told.is_some() { t.say("not-signed-in") } else { heading.clone() };
    let frame = Frame {
        console,
        official: None,
        language: t,
        title: &title,
        place: Place::None,
        here: "/",
        health: None,
    };
    let described = told.map(|_| "told");
    frame.page(&html! {
        div.narrow {
            h1 { (heading) }
            @if let Some(told) = told { div #told { (summary(t, told)) } }
            p { (t.say("card-says")) " " strong { (person) } ". " (t.say("enter-pin")) }
            form.stacked method="post" action="/sign-in" {
                input type="hidden" name=(FORM_TOKEN) value=(csrf);
                @if next != "/" { input type="hidden" name="next" value=(next); }
                label for="pin" { (t.say("pin")) }
                input #pin name="pin" type="password" required autofocus autocomplete="current-password" inputmode="numeric"
                    maxlength=(limits::PIN_CHARS_MAX) aria-describedby=[described] aria-invalid=[told.map(|_| "true")];
                button.primary { (heading) }
            }
            p.soft { (t.say("not-you")) }
        }
    })
}

/// Which operation goes which way, since when, until when.
pub(crate) fn interfaces(
    console: &Console,
    official: &Official,
    rows: &[CapabilityView],
    switched: &[(Operation, Switched)],
    now: Timestamp,
) -> Markup {
    let t = official.language;
    let health = console.hub.health();
    let title = t.say("nav-interfaces");
    let frame = Frame { health: Some(&health), ..Frame::of(console, official, &title, Place::Interfaces) };
    let rows_of = |operation: Operation| -> Vec<&CapabilityView> {
        rows.iter().filter(|row| row.operation == operation.code()).collect()
    };
    let by_hand =
        |operation: Operation| switched.iter().find(|(known, _)| *known == operation).map(|(_, how)| how);
    // Those that have a way come first; the others follow in the order of the law.
    let mut operations = Operation::ALL;
    operations.sort_by_key(|operation| rows_of(*operation).is_empty() && by_hand(*operation).is_none());
    let change = |operation: Operation| {
        html! {
            @if official.may_supervise() {
                a href={ "/interfaces/" (operation.code()) } aria-label=(t.fill("switch-link-of", &[("operation", (&words::title(t, operation)).into())])) { (t.say("switch-link")) }
            } @else { "–" }
        }
    };
    frame.page(&html! {
        div.lead {
            h1 { (title) }
            p { (t.say("interfaces-text")) " " (instant(console, t, now)) ". " (t.say("interfaces-open")) }
            @if !official.may_supervise() { p.soft { (t.say("switch-who")) } }
        }
        table.interfaces {
            caption.heard { (t.say("interfaces-caption")) }
            thead {
                tr {
                    @for column in ["column-operation", "column-article", "column-way", "column-from", "column-until", "column-change"] {
                        th scope="col" { (t.say(column)) }
                    }
                }
            }
            tbody {
                @for operation in operations {
                    @let rule = operation.rule();
                    @let known = rows_of(operation);
                    @let hand = by_hand(operation);
                    @if let Some(how) = hand {
                        tr {
                            th scope="row" { (words::title(t, operation)) }
                            td { (rule.article) }
                            td {
                                (way(t, how.channel.as_str(), true))
                                span.sub { (t.fill("switched-by", &[("by", how.by.as_str().into()), ("reason", (&words::channel_reason(t, how.reason)).into())])) }
                            }
                            td { (instant(console, t, how.since)) }
                            td { (t.say("until-taken-back")) }
                            td { (change(operation)) }
                        }
                    }
                    @if known.is_empty() && hand.is_none() {
                        tr.off {
                            th scope="row" { (words::title(t, operation)) } td { (rule.article) }
                            td { (way(t, "unavailable", true)) } td { "–" } td { "–" } td { (change(operation)) }
                        }
                    }
                    @for row in known {
                        @let in_force = row.in_force && hand.is_none();
                        tr class=[(!in_force).then_some("off")] {
                            th scope="row" { (words::title(t, operation)) }
                            td { (rule.article) }
                            td { (way(t, row.channel, in_force)) }
                            td { (row.from) }
                            td { @match &row.until { Some(until) => (until), None => (t.say("further-notice")) } }
                            td { @if hand.is_none() { (change(operation)) } @else { "–" } }
                        }
                    }
                }
            }
        }
    })
}

fn way(t: Language, channel: &str, in_force: bool) -> Markup {
    let sign = match channel {
        "s2s" => "⇄",
        "web-interface" => "⌨",
        _ => "∅",
    };
    html! {
        span.way-chip.(channel) { span aria-hidden="true" { (sign) } " " (words::channel(t, channel)) }
        @if !in_force { " " span.sub { (t.say("not-in-force")) } }
    }
}

/// What switching would do, one form for each way it could take instead.
pub(crate) fn switch(
    console: &Console,
    official: &Official,
    switch: &Switch,
    now: Timestamp,
    told: Option<&Told>,
) -> Markup {
    let t = official.language;
    let operation = words::title(t, switch.operation);
    let title = t.fill("switch-title", &[("operation", (&operation).into())]);
    let frame = Frame::of(console, official, &title, Place::Interfaces);
    frame.page(&html! {
        div.lead {
            p { a #up href="/interfaces" { "← " (t.say("nav-interfaces")) } }
            h1 { (title) }
            @if let Some(told) = told { (summary(t, told)) }
            p { (t.say("switch-now")) " " (way(t, switch.channel.as_str(), true)) " · " (t.fill("article", &[("article", switch.operation.rule().article.into())])) }
            @if let Some(how) = &switch.switched {
                p {
                    (t.fill("switched-by", &[("by", how.by.as_str().into()), ("reason", (&words::channel_reason(t, how.reason)).into())]))
                    " · " (instant(console, t, how.since))
                }
            }
            p { (t.say("switch-text")) }
            p.asof { (t.say("as-of")) " " (instant(console, t, now)) }
        }
        @for choice in &switch.choices { (switch_form(official, switch, choice)) }
    })
}

fn switch_form(official: &Official, switch: &Switch, choice: &Choice) -> Markup {
    let (t, code, seen) = (official.language, choice.code(), choice.preview);
    let id = |part: &str| format!("{code}-{part}");
    html! {
        section.panel.switch aria-labelledby=(id("title")) {
            h2 id=(id("title")) {
                @if choice.to.is_some() { (words::channel(t, code)) }
                @else { (t.fill("switch-table", &[("channel", (&words::channel(t, choice.channel.as_str())).into())])) }
            }
            ul.plain {
                li { strong { (t.fill("switch-moving", &[("count", seen.moving.into())])) } " " (t.say(&format!("switch-moving-{}", choice.channel.as_str()))) }
                @if seen.behind > 0 { li { (t.fill("switch-behind", &[("count", seen.behind.into())])) } }
                li { (t.fill("switch-held", &[("count", seen.held.into())])) }
                @if seen.staying > seen.held { li { (t.fill("switch-staying", &[("count", (seen.staying - seen.held).into())])) } }
            }
            form.stacked method="post" action={ "/interfaces/" (switch.operation.code()) } {
                (token(official))
                input type="hidden" name="channel" value=(code);
                label for=(id("reason")) { (t.say("switch-reason")) }
                select id=(id("reason")) name="reason" required {
                    @for reason in words::CHANNEL_REASONS {
                        option value=(ChannelReason::as_str(reason)) { (words::channel_reason(t, reason)) }
                    }
                }
                label for=(id("count")) { (t.fill("switch-type", &[("count", seen.moving.into())])) }
                input id=(id("count")) name="count" required inputmode="numeric" autocomplete="off" pattern="[0-9]+";
                button { (t.say("switch-button")) }
            }
        }
    }
}

/// Whether gateway and central system are up, and what that means.
pub(crate) fn health(console: &Console, official: &Official, health: &HealthView) -> Markup {
    let t = official.language;
    let title = t.say("nav-health");
    let frame = Frame::of(console, official, &title, Place::Health);
    frame.page(&html! {
        div.lead { h1 { (title) } }
        (outage(t, health))
        dl.health {
            div {
                dt { (t.say("health-gateway")) }
                @match &health.reason {
                    None => dd { strong { "✓ " (t.say("health-gateway-up")) } " " (t.say("health-gateway-up-text")) },
                    Some(reason) => dd { strong { "▲ " (t.say("health-gateway-down")) } " " (reason) },
                }
            }
            div {
                dt { (t.say("health-central")) }
                @match health.central_reachable {
                    Some(true) => dd { strong { "✓ " (t.say("health-central-up")) } },
                    Some(false) => dd { strong { "▲ " (t.say("health-central-down")) } " " (t.say("health-central-down-text")) },
                    None => dd { strong { "○ " (t.say("health-central-unknown")) } " " (t.say("health-central-unknown-text")) },
                }
            }
            div {
                dt { (t.say("queue")) }
                dd { (t.fill("health-open", &[("count", health.open_items.into())])) " " @if official.reads_messages() { a href="/" { (t.say("health-queue-link")) } } }
            }
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
    let t = official.language;
    let title = t.fill("erased-title", &[("number", (&item.to_string()).into())]);
    let frame = Frame::of(console, official, &title, Place::None);
    frame.page(&html! {
        div.lead {
            h1 { (title) }
            p { (t.say("erased-text")) }
        }
        section.life aria-label=(t.say("life")) { (steps::steps(console, t, life)) }
        p { a href={ "/" (filter.query()) } { "← " (t.say("queue")) } }
    })
}

/// A refusal with a page of its own.
pub(crate) fn refusal(
    console: &Console,
    (official, t): (Option<&Official>, Language),
    told: &Told,
) -> Markup {
    let title = told.title(t);
    let frame =
        Frame { console, official, language: t, title: &title, place: Place::None, here: "/", health: None };
    frame.page(&html! {
        div.narrow {
            h1 { (title) }
            p { (told.happened(t)) }
            p { strong { (t.say("what-to-do")) } " " (told.to_do(t)) }
            p.code { (t.fill("code", &[("code", told.code.into())])) }
            @if official.is_none_or(Official::reads_messages) { p { a href="/" { (t.say("go-to-queue")) } } }
            @else { p { a href="/installation" { (t.say("go-to-installation")) } } }
        }
    })
}
