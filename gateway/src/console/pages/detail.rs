//! One item, right of its list: where it stands, its clock, what to do, its values, its life.

use icd::operation::Operation;
use jiff::Timestamp;
use maud::{Markup, html};

use super::super::Console;
use super::super::denied::Told;
use super::super::guard::Official;
use super::super::item::{Detail, Opened, Step};
use super::super::keying::{self, Value};
use super::super::queue::Queue;
use super::super::time;
use super::super::words::{self, ClockState};
use super::{Frame, Place, instant, list, summary, token};
use crate::limits;

struct View<'a> {
    console: &'a Console,
    official: &'a Official,
    queue: &'a Queue,
    detail: &'a Detail,
}

/// The list with one item open.
pub(crate) fn item(
    console: &Console,
    official: &Official,
    queue: &Queue,
    detail: &Detail,
    told: Option<&Told>,
) -> Markup {
    let view = View { console, official, queue, detail };
    let title = format!("No. {}, {}", detail.item.id, words::operation(&detail.item));
    let title = if told.is_some() { format!("Not done: {title}") } else { title };
    let frame = Frame {
        console,
        official: Some(official),
        title: &title,
        place: Place::Queue,
        health: Some(&queue.health),
    };
    let back = format!("/{}", queue.filter.query());
    frame.page(&html! {
        div.split {
            section.left aria-label="Queue" {
                p.back { a #up href=(back) { "← Back to the list" } " " span.day { (queue.day()) } }
                (list::news(queue, &format!("/items/{}", detail.item.message_id)))
                (list::table(console, queue, Some(detail.item.id)))
            }
            article.right data-item=(detail.item.message_id) aria-labelledby="title" {
                @if let Some(told) = told { (summary(told)) }
                p.changed hidden role="status" { "This item has changed since you opened it. " a href="" { "Show it as it is now" } }
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

    fn is_mine(&self) -> bool {
        self.detail.item.held_by.as_deref() == Some(self.official.id.as_str())
    }

    fn heading(&self) -> Markup {
        let item = &self.detail.item;
        html! {
            h1 #title { (words::operation(item)) @if item.urgent { " " span.urgent { "Urgent" } } }
            p.where {
                strong { (words::state(item)) "." } " "
                @if self.is_mine() { "You have it: key the values, then confirm with the receipt." }
                @else { (words::state_meaning(item)) }
            }
            @if let Some(earlier) = self.detail.behind {
                p { a href={ "/items/" (earlier) (self.queue.filter.query()) } { "Go to the earlier item" } }
            }
            @if let Some(trouble) = item.trouble {
                div.trouble {
                    p { strong { "What happened: " } (trouble.what) @if item.attempts > 0 { " Attempts so far: " (item.attempts) "." } }
                    p { strong { "Next step: " } (words::next_step(item).unwrap_or(trouble.next_step)) }
                }
            }
            dl.facts {
                div { dt { "Number" } dd { (item.id) } }
                div { dt { "From" } dd { (self.detail.origin_name) } }
                div { dt { "Owner" } dd { (words::owner(item, self.official.id.as_str())) } }
                div { dt { "Category" } dd { (item.category) " – " (category(item.category)) } }
            }
        }
    }

    fn clock(&self) -> Markup {
        let (item, now) = (&self.detail.item, self.detail.now);
        let state = ClockState::of(item);
        html! {
            section.panel.clockpanel.(state.code()) aria-labelledby="clock" {
                h2 #clock { "Legal clock" }
                div.face {
                    (list::clock(item, self.queue))
                    @if let Some(due) = item.due {
                        p { @if matches!(state, ClockState::SentBack | ClockState::Met) { "Was due " } @else { "Until " } strong { (instant(self.console, due)) } }
                    }
                }
                p { (words::clock_meaning(item)) }
                @match state {
                    ClockState::Overdue => p { strong { "The time has passed. The obligation continues:" } " carry it out as soon as you can; nothing is cancelled." },
                    ClockState::SentBack => p { "Eurodac did not take it: the obligation stays with the sender, and so does its clock." },
                    ClockState::Met => p { "The message is with the central system, so this clock no longer runs." },
                    _ => p.soft { "It started " (instant(self.console, item.clock_start)) ", " (time::span(now.duration_since(item.clock_start))) " ago." },
                }
            }
        }
    }

    /// What the reader can do now.
    fn work(&self) -> Markup {
        let item = &self.detail.item;
        let ran_out_here =
            item.stage == "waiting" && item.perhaps_keyed_by.as_deref() == Some(self.official.id.as_str());
        if !self.official.may_work() {
            return html! { @if item.stage != "closed" { p.soft { "Your role lets you read this item, not work on it." } } };
        }
        html! {
            @match item.stage {
                "waiting" if item.behind.is_none() => {
                    (self.claim())
                    @if ran_out_here { (self.confirm("You had claimed it. If you keyed it, confirm it here.")) }
                }
                "claimed" if self.is_mine() => {
                    (self.confirm("Key the values into the central web interface, then enter the receipt number it gives you."))
                    (self.release())
                }
                "claimed" => {
                    section.panel aria-labelledby="work" {
                        h2 #work { "A colleague has it" }
                        p {
                            strong { (item.held_by.as_deref().unwrap_or("Somebody")) } " claimed it"
                            @if let Some(until) = item.lease_until { " and has it until " (instant(self.console, until)) }
                            ". You can read it, not work on it."
                        }
                    }
                }
                "parked" => (self.requeue()),
                _ => {}
            }
        }
    }

    fn claim(&self) -> Markup {
        html! {
            section.panel.todo aria-labelledby="work" {
                h2 #work { "Take this item" }
                p { "A claim keeps it for you for " (self.console.hub.site().config.policy.lease_minutes) " minutes; nobody else keys it meanwhile." }
                form method="post" action=(self.action("claim")) data-key="c" {
                    (token(self.official))
                    button.primary name="open" value="key" { "Claim and open the values" }
                    button { "Claim only" }
                }
            }
        }
    }

    fn confirm(&self, words: &str) -> Markup {
        let item = &self.detail.item;
        html! {
            section.panel.todo aria-labelledby="confirm-title" {
                h2 #confirm-title { "Confirm with the receipt" }
                p { (words) }
                @if let Some(until) = item.lease_until {
                    p.soft {
                        "Your claim lasts until " (instant(self.console, until)) ", "
                        (time::span(until.duration_since(self.detail.now))) " from now."
                    }
                }
                form method="post" action=(self.action("confirm")) {
                    (token(self.official))
                    input type="hidden" name="fence" value=(item.fence);
                    label for="web_receipt" { "Receipt number of the central web interface" }
                    input #web_receipt name="web_receipt" required maxlength=(limits::WEB_RECEIPT_CHARS_MAX) autocomplete="off" spellcheck="false";
                    button.primary { "Confirm that it is keyed" }
                }
            }
        }
    }

    fn release(&self) -> Markup {
        html! {
            div.aside {
                form method="post" action=(self.action("claim")) {
                    (token(self.official))
                    button { "Renew the claim" }
                }
                form method="post" action=(self.action("release")) {
                    (token(self.official))
                    input type="hidden" name="fence" value=(self.detail.item.fence);
                    button { "Release: I have not keyed it" }
                }
            }
        }
    }

    fn requeue(&self) -> Markup {
        html! {
            section.panel.todo aria-labelledby="work" {
                h2 #work { "Put it back on its way" }
                p { "Where an earlier attempt may have arrived, the central system is asked before anything is sent again." }
                form method="post" action=(self.action("requeue")) {
                    (token(self.official))
                    button.primary name="channel" value="s2s" { "Try to send it again" }
                    button name="channel" value="web-interface" { "Let an operator key it" }
                }
            }
            @if !self.detail.item.outcome_open {
                section.panel aria-labelledby="give-back" {
                    h2 #give-back { "Or give it back to the sender" }
                    p { "The sender reads your reason, corrects the message and sends it anew. The item closes here." }
                    form.stacked method="post" action=(self.action("give-back")) {
                        (token(self.official))
                        label for="give-back-reason" { "Reason, for the sender" }
                        textarea #give-back-reason name="reason" required rows="3" maxlength=(limits::GIVE_BACK_CHARS_MAX) {}
                        button { "Give it back" }
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
        let operation = words::known_operation(&self.detail.item).unwrap_or(Operation::Submit);
        let labels = keying::masked_labels(operation);
        html! {
            h2 #values { "Values to key" }
            p { "Masked. Opening them is recorded with your name and the reason." }
            form.reason method="post" action=(self.action("open")) {
                (token(self.official))
                div {
                    label for="reason" { "Reason" }
                    select #reason name="reason" required {
                        @for reason in words::OPEN_REASONS { option value=(reason.as_str()) { (words::open_reason(reason)) } }
                    }
                }
                button { "Open the values" }
            }
            ul.masks { @for label in labels { li { (label) " " span.mask aria-label="masked" { "••••••" } } } }
        }
    }

    fn opened(&self, opened: &Opened) -> Markup {
        html! {
            h2 #values { "Values to key" }
            p {
                "Open to you until " (instant(self.console, opened.until)) ". Reason: " (words::open_reason(opened.reason)) ". In the order of the web form."
            }
            ol.keyed { @for (value, number) in opened.values.iter().zip(1..) { (field(value, number)) } }
            form.mask method="post" action=(self.action("mask")) {
                (token(self.official))
                button.quiet { "Mask them again" }
            }
        }
    }

    fn life(&self) -> Markup {
        html! {
            section.life aria-labelledby="life" {
                h2 #life { "Life of this item" }
                (self.way())
                (steps(self.console, &self.detail.steps))
                p.soft { "Message " code { (self.detail.item.message_id) } }
            }
        }
    }

    /// The way every record goes, in the words of the kiosk.
    fn way(&self) -> Markup {
        let item = &self.detail.item;
        let last = |names: &[&str]| {
            self.detail.steps.iter().rfind(|step| names.contains(&step.what)).map(|step| step.at)
        };
        let is_submission = words::known_operation(item) == Some(Operation::Submit);
        let through = matches!(item.stage, "acknowledged" | "closed");
        let keyed = last(&["confirmed"]);
        let taken = last(&["acknowledged"]).or(keyed).or_else(|| last(&["answered"])).filter(|_| through);
        let sent = keyed.or_else(|| last(&["sending-began"])).filter(|_| taken.is_some());
        let answered = last(&["answered", "confirmed", "returned"]);
        let mut way = Vec::new();
        if is_submission {
            way.push(("Captured", Mark::Elsewhere));
            way.push(("Sealed", Mark::Elsewhere));
        }
        way.push((
            "Waiting",
            if through { Mark::Done(Some(item.received_at)) } else { Mark::Now(item.received_at) },
        ));
        way.push((if keyed.is_some() { "Sent, by hand" } else { "Sent" }, Mark::of(sent)));
        way.push(("Acknowledged", Mark::of(taken)));
        way.push(("Answered", Mark::of(answered)));
        html! {
            ol.way {
                @for (word, mark) in &way {
                    li class=(mark.class()) {
                        span.sign aria-hidden="true" { (mark.sign()) }
                        span.word { (word) span.heard { (mark.heard()) } }
                        span.sub {
                            @match mark {
                                Mark::Elsewhere => "at the sender",
                                Mark::Done(Some(at)) | Mark::Now(at) => (short(self.console, *at)),
                                Mark::Done(None) | Mark::Open => "",
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How far a record has come.
enum Mark {
    /// Before it came here.
    Elsewhere,
    Done(Option<Timestamp>),
    Now(Timestamp),
    Open,
}

impl Mark {
    fn of(at: Option<Timestamp>) -> Self {
        at.map_or(Self::Open, |at| Self::Done(Some(at)))
    }

    fn class(&self) -> &'static str {
        match self {
            Self::Elsewhere | Self::Done(_) => "done",
            Self::Now(_) => "now",
            Self::Open => "ahead",
        }
    }

    fn sign(&self) -> &'static str {
        match self {
            Self::Elsewhere | Self::Done(_) => "✓",
            Self::Now(_) => "●",
            Self::Open => "○",
        }
    }

    fn heard(&self) -> &'static str {
        match self {
            Self::Elsewhere | Self::Done(_) => ", done",
            Self::Now(_) => ", now",
            Self::Open => ", still to come",
        }
    }
}

fn field(value: &Value, number: usize) -> Markup {
    let id = format!("value-{number}");
    html! {
        li {
            span.label id={ (id) "-label" } { (value.label) }
            span.value id=(id) { (value.value) }
            button.copy type="button" hidden data-copy=(id) aria-describedby={ (id) "-label" } { "Copy" }
        }
    }
}

/// Every step with its line in the audit log, newest first.
pub(super) fn steps(console: &Console, steps: &[Step]) -> Markup {
    let calendar = &console.hub.site().calendar;
    html! {
        ol.steps reversed {
            @for step in steps.iter().rev() {
                li {
                    time datetime=(step.at) { (time::exact(step.at, calendar)) }
                    span.what { strong { (step.word) "." } " " (step.sentence) }
                    span.line title="Line in the audit log" { "line " (step.audit_sequence) }
                }
            }
        }
    }
}

fn short(console: &Console, at: Timestamp) -> String {
    at.to_zoned(console.hub.site().calendar.clone()).strftime("%-d %b %H:%M").to_string()
}

fn category(code: char) -> &'static str {
    icd::category::Category::from_code(code).map_or("", |category| category.rule().legal_name)
}
