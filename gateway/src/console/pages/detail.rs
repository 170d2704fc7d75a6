//! One item, right of its list: where it stands, its clock, what to do, its values, its life.
//!
//! A step that the reader may not take says who may.

use icd::operation::Operation;
use maud::{Markup, html};

use super::super::Console;
use super::super::denied::Told;
use super::super::guard::Official;
use super::super::item::{Detail, Opened};
use super::super::keying::{self, Value};
use super::super::language::Language;
use super::super::queue::Queue;
use super::super::time;
use super::super::words::{self, ClockState};
use super::{Frame, Place, instant, list, steps, summary, token};
use crate::engine::LegalClock;
use crate::limits;

struct View<'a> {
    console: &'a Console,
    official: &'a Official,
    queue: &'a Queue,
    detail: &'a Detail,
    t: Language,
}

/// The list with one item open.
pub(crate) fn item(
    console: &Console,
    official: &Official,
    queue: &Queue,
    detail: &Detail,
    told: Option<&Told>,
) -> Markup {
    let t = official.language;
    let view = View { console, official, queue, detail, t };
    let operation = words::operation(t, &detail.item);
    let number = detail.item.id.to_string();
    let title = t.fill("item-title", &[("number", (&number).into()), ("operation", (&operation).into())]);
    let title = if told.is_some() { t.fill("not-done", &[("title", (&title).into())]) } else { title };
    let here = format!("/items/{}", detail.item.message_id);
    let frame = Frame {
        here: &here,
        health: Some(&queue.health),
        ..Frame::of(console, official, &title, Place::Queue)
    };
    let back = format!("/{}", queue.filter.query());
    frame.page(&html! {
        div.split {
            section.left aria-label=(t.say("queue")) {
                p.back { a #up href=(back) { "← " (t.say("back-to-list")) } " " span.day { (queue.day(t)) } }
                (list::news(t, queue, &here))
                (list::table(console, official, queue, Some(detail.item.id)))
            }
            article.right data-item=(detail.item.message_id) aria-labelledby="title" {
                @if let Some(told) = told { (summary(t, told)) }
                p.changed hidden role="status" { (t.say("changed")) " " a href="" { (t.say("changed-show")) } }
                (view.heading())
                (view.clock())
                @if view.is_mine() { (view.values()) (view.work()) } @else { (view.work()) (view.values()) }
                (view.life())
            }
        }
    })
}

impl View<'_> {
    fn action(&self, verb: &str) -> String {
        format!("/items/{}/{verb}{}", self.detail.item.message_id, self.queue.filter.query())
    }

    fn me(&self) -> &str {
        self.official.id.as_str()
    }

    fn is_mine(&self) -> bool {
        self.detail.item.stage == "claimed" && self.detail.item.held_by.as_deref() == Some(self.me())
    }

    fn heading(&self) -> Markup {
        let (item, t) = (&self.detail.item, self.t);
        html! {
            h1 #title { (words::operation(t, item)) @if item.urgent { " " span.urgent { (t.say("urgent")) } } }
            p.where {
                strong { (words::state(t, item)) "." } " "
                @if self.is_mine() { (t.say("you-have-it")) } @else { (words::state_meaning(t, item)) }
            }
            @if let Some(earlier) = self.detail.behind {
                p { a href={ "/items/" (earlier) (self.queue.filter.query()) } { (t.say("to-earlier")) } }
            }
            @if item.tasks_open > 0 {
                p { a href="/tasks" { (t.fill("tasks-open", &[("count", usize::try_from(item.tasks_open).unwrap_or_default().into())])) } }
            }
            @if let Some(reason) = words::reason(t, item) {
                div.trouble {
                    p {
                        strong { (t.say("what-happened")) } " " (reason)
                        @if item.attempts > 0 { " " (t.fill("attempts-so-far", &[("count", usize::try_from(item.attempts).unwrap_or_default().into())])) }
                    }
                    @if let Some(next) = words::next_step(t, item) { p { strong { (t.say("next-step")) } " " (next) } }
                }
            }
            dl.facts {
                div { dt { (t.say("fact-number")) } dd { (item.id) } }
                div { dt { (t.say("fact-from")) } dd { (self.detail.origin_name) } }
                div { dt { (t.say("fact-owner")) } dd { (words::owner(t, item, self.me())) } }
                div { dt { (t.say("fact-category")) } dd { (item.category) " – " (words::legal_category(t, item)) } }
                div {
                    dt { (t.say("fact-person")) }
                    dd { a href=(self.action("person")) { (t.fill("fact-person-link", &[("count", self.detail.of_person.into())])) } }
                }
            }
        }
    }

    fn clock(&self) -> Markup {
        let (item, now, t) = (&self.detail.item, self.detail.now, self.t);
        let state = ClockState::of(item);
        let was = matches!(state, ClockState::SentBack | ClockState::Met);
        let ago = time::span(t, now.duration_since(item.clock_start));
        html! {
            section.panel.clockpanel.(state.code()) aria-labelledby="clock" {
                h2 #clock { (t.say("legal-clock")) }
                div.face {
                    (list::clock(t, item, self.queue))
                    @if let Some(due) = item.due {
                        p { @if was { (t.say("was-due")) } @else { (t.say("until")) } " " strong { (instant(self.console, t, due)) } }
                    }
                }
                p { (words::clock_meaning(t, item)) }
                @if item.extended { p { (t.say("was-extended")) } }
                @match state {
                    ClockState::Overdue => p { strong { (t.say("overdue-continues")) } " " (t.say("overdue-do")) },
                    ClockState::SentBack => p { (t.say("sent-back-clock")) },
                    ClockState::Met => p { (t.say("met-clock")) },
                    _ => p.soft { (t.say("clock-started")) " " (instant(self.console, t, item.clock_start)) ", " (t.fill("ago", &[("span", (&ago).into())])) },
                }
                @if let Some(longer) = &self.detail.longer { (self.extend(longer)) }
            }
        }
    }

    /// The longer limit of the law, where this item can have it.
    fn extend(&self, longer: &LegalClock) -> Markup {
        let t = self.t;
        if !self.official.may_supervise() {
            return html! { p.soft { (t.say("extend-who")) } };
        }
        html! {
            details {
                summary { (t.say("extend-title")) }
                p {
                    (t.fill("extend-text", &[("article", (&longer.article).into())])) " "
                    @if let Some(due) = longer.due { (t.say("extend-until")) " " strong { (instant(self.console, t, due)) } }
                }
                form.stacked method="post" action=(self.action("extend")) {
                    (token(self.official))
                    label for="ground" { (t.say("extend-ground")) }
                    select #ground name="ground" required { option value="technical-problem" { (t.say("extend-ground-technical")) } }
                    label for="evidence" { (t.say("extend-evidence")) }
                    input #evidence name="evidence" required maxlength=(limits::EVIDENCE_CHARS_MAX) pattern="[A-Za-z0-9._:/\\-]+"
                        autocomplete="off" spellcheck="false" aria-describedby="evidence-hint";
                    p #evidence-hint.soft { (t.say("extend-evidence-hint")) }
                    button { (t.say("extend-button")) }
                }
            }
        }
    }

    /// What the reader can do now.
    fn work(&self) -> Markup {
        let (item, t) = (&self.detail.item, self.t);
        let ran_out_here = item.stage == "waiting" && item.perhaps_keyed_by.as_deref() == Some(self.me());
        if !self.official.may_work() {
            return html! { @if item.stage != "closed" { p.soft { (t.say("may-read-only")) } } };
        }
        html! {
            @match item.stage {
                "waiting" if item.behind.is_none() => {
                    (self.claim())
                    @if ran_out_here { (self.confirm(&t.say("confirm-ran-out"))) }
                }
                "claimed" if self.is_mine() => {
                    (self.confirm(&t.say("confirm-text")))
                    (self.release())
                }
                "claimed" => {
                    section.panel aria-labelledby="work" {
                        h2 #work { (t.say("colleague-has-it")) }
                        p {
                            (t.fill("colleague-claimed", &[("by", item.held_by.as_deref().unwrap_or_default().into())]))
                            @if let Some(until) = item.lease_until { " " (t.say("colleague-until")) " " (instant(self.console, t, until)) "." }
                            " " (t.say("colleague-read-only"))
                        }
                    }
                }
                "keyed" => (self.second_check()),
                "parked" => (self.parked()),
                _ => {}
            }
        }
    }

    fn claim(&self) -> Markup {
        let t = self.t;
        let minutes = self.console.hub.site().config.policy.lease_minutes;
        let minutes = usize::try_from(minutes).unwrap_or_default();
        html! {
            section.panel.todo aria-labelledby="work" {
                h2 #work { (t.say("claim-title")) }
                p { (t.fill("claim-text", &[("minutes", minutes.into())])) }
                form method="post" action=(self.action("claim")) data-key="c" {
                    (token(self.official))
                    button.primary name="open" value="key" { (t.say("claim-and-open")) }
                    button { (t.say("claim-only")) }
                }
            }
        }
    }

    fn confirm(&self, words: &str) -> Markup {
        let (item, t) = (&self.detail.item, self.t);
        html! {
            section.panel.todo aria-labelledby="confirm-title" {
                h2 #confirm-title { (t.say("confirm-title")) }
                p { (words) }
                @if self.console.hub.needs_second_check(item.id) { p { (t.say("confirm-second")) } }
                @if let Some(until) = item.lease_until {
                    @let left = time::span(t, until.duration_since(self.detail.now));
                    p.soft { (t.say("claim-lasts")) " " (instant(self.console, t, until)) ", " (t.fill("from-now", &[("span", (&left).into())])) }
                }
                form method="post" action=(self.action("confirm")) {
                    (token(self.official))
                    input type="hidden" name="fence" value=(item.fence);
                    label for="web_receipt" { (t.say("web-receipt")) }
                    input #web_receipt name="web_receipt" required maxlength=(limits::WEB_RECEIPT_CHARS_MAX) autocomplete="off" spellcheck="false";
                    button.primary { (t.say("confirm-button")) }
                }
            }
        }
    }

    fn release(&self) -> Markup {
        let t = self.t;
        html! {
            div.aside {
                form method="post" action=(self.action("claim")) {
                    (token(self.official))
                    button { (t.say("renew")) }
                }
                form method="post" action=(self.action("release")) {
                    (token(self.official))
                    input type="hidden" name="fence" value=(self.detail.item.fence);
                    button { (t.say("release")) }
                }
            }
        }
    }

    /// What a second person does with what was keyed; the keyer is told why it is not them.
    fn second_check(&self) -> Markup {
        let (item, t) = (&self.detail.item, self.t);
        let keyer = item.held_by.as_deref().unwrap_or_default();
        html! {
            section.panel.todo aria-labelledby="work" {
                h2 #work { (t.say("check-title")) }
                @if keyer == self.me() {
                    p { (t.say("check-not-you")) }
                } @else {
                    p { (t.fill("check-text", &[("by", keyer.into())])) }
                    form method="post" action=(self.action("check")) {
                        (token(self.official))
                        button.primary { (t.say("check-button")) }
                        span.soft { (t.say("check-effect")) }
                    }
                    form method="post" action=(self.action("refuse-check")) {
                        (token(self.official))
                        button { (t.say("refuse-check-button")) }
                        span.soft { (t.say("refuse-check-effect")) }
                    }
                }
            }
        }
    }

    fn parked(&self) -> Markup {
        let t = self.t;
        html! {
            section.panel.todo aria-labelledby="work" {
                h2 #work { (t.say("requeue-title")) }
                p { (t.say("requeue-text")) }
                form method="post" action=(self.action("requeue")) {
                    (token(self.official))
                    button.primary name="channel" value="s2s" { (t.say("requeue-s2s")) }
                    button name="channel" value="web-interface" { (t.say("requeue-web")) }
                }
            }
            @if self.detail.item.outcome_open {
                p.soft { (t.say("parked-outcome-open")) }
            } @else {
                (self.supersede())
                section.panel aria-labelledby="give-back" {
                    h2 #give-back { (t.say("give-back-title")) }
                    p { (t.say("give-back-text")) }
                    form.stacked method="post" action=(self.action("give-back")) {
                        (token(self.official))
                        label for="give-back-reason" { (t.say("give-back-reason")) }
                        textarea #give-back-reason name="reason" required rows="3" maxlength=(limits::GIVE_BACK_CHARS_MAX) {}
                        button { (t.say("give-back-button")) }
                    }
                }
            }
        }
    }

    /// A later message of the same kind can stand in for it.
    fn supersede(&self) -> Markup {
        let t = self.t;
        html! {
            section.panel aria-labelledby="supersede" {
                h2 #supersede { (t.say("supersede-title")) }
                @if self.detail.successors.is_empty() {
                    p { (t.say("supersede-none")) }
                } @else {
                    p { (t.say("supersede-text")) }
                    form method="post" action=(self.action("supersede")) {
                        (token(self.official))
                        label for="successor" { (t.say("supersede-by")) }
                        select #successor name="successor" required {
                            @for later in &self.detail.successors {
                                @let came = time::absolute(t, later.received_at, &self.console.hub.site().calendar);
                                option value=(later.message_id) {
                                    (t.fill("supersede-choice", &[("number", (&later.id.to_string()).into()), ("came", (&came).into())]))
                                }
                            }
                        }
                        button { (t.say("supersede-button")) }
                    }
                }
            }
        }
    }

    fn values(&self) -> Markup {
        let item = &self.detail.item;
        if !self.official.may_work() || (item.stage == "closed" && self.detail.opened.is_none()) {
            return html! {};
        }
        html! {
            section.panel.values aria-labelledby="values" {
                @match &self.detail.opened {
                    Some(opened) => (self.opened(opened)),
                    None => (self.masked()),
                }
            }
        }
    }

    fn masked(&self) -> Markup {
        let t = self.t;
        let operation = words::known_operation(&self.detail.item).unwrap_or(Operation::Submit);
        html! {
            h2 #values { (t.say("values")) }
            p { (t.say("values-masked")) }
            form.reason method="post" action=(self.action("open")) {
                (token(self.official))
                div {
                    label for="reason" { (t.say("values-reason")) }
                    select #reason name="reason" required {
                        @for reason in words::OPEN_REASONS { option value=(reason.as_str()) { (words::open_reason(t, reason)) } }
                    }
                }
                button { (t.say("values-open")) }
            }
            ul.masks {
                @for label in keying::masked_labels(t, operation) {
                    li { (label) " " span.mask aria-hidden="true" { "••••••" } span.heard { (t.say("masked")) } }
                }
            }
        }
    }

    fn opened(&self, opened: &Opened) -> Markup {
        let t = self.t;
        html! {
            h2 #values { (t.say("values")) }
            p {
                (t.say("values-until")) " " (instant(self.console, t, opened.until)) ". "
                (t.fill("values-why", &[("reason", (&words::open_reason(t, opened.reason)).into())]))
            }
            ol.keyed { @for (value, number) in opened.values.iter().zip(1..) { (field(t, value, number)) } }
            p.checkvalue {
                strong { (t.say("check-value")) } " " span.value { (opened.check_value) } " "
                span.soft { (t.say("check-value-text")) }
            }
            form.mask method="post" action=(self.action("mask")) {
                (token(self.official))
                button.quiet { (t.say("values-mask")) }
            }
        }
    }

    fn life(&self) -> Markup {
        let (t, item) = (self.t, &self.detail.item);
        html! {
            section.life aria-labelledby="life" {
                h2 #life { (t.say("life")) }
                (steps::way(self.console, t, item, &self.detail.steps))
                (steps::steps(self.console, t, &self.detail.steps))
                p.soft { (t.say("message")) " " code { (item.message_id) } }
            }
        }
    }
}

pub(super) fn field(t: Language, value: &Value, number: usize) -> Markup {
    let id = format!("value-{number}");
    html! {
        li {
            span.label id={ (id) "-label" } { (value.label) }
            span.value id=(id) { (value.value) }
            button.copy type="button" hidden data-copy=(id) aria-describedby={ (id) "-label" } { (t.say("copy")) }
        }
    }
}
