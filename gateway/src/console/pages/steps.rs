//! The life of an item: the way every record goes, in the words of the kiosk, and every step with its audit line.

use icd::operation::Operation;
use jiff::Timestamp;
use maud::{Markup, html};

use super::super::Console;
use super::super::item::Step;
use super::super::language::Language;
use super::super::time;
use super::super::words;
use crate::hub::view::ItemView;

/// Every step with its line in the audit log, newest first.
pub(super) fn steps(console: &Console, t: Language, steps: &[Step]) -> Markup {
    let calendar = &console.hub.site().calendar;
    html! {
        ol.steps reversed {
            @for step in steps.iter().rev() {
                li {
                    time datetime=(step.at) { (time::exact(t, step.at, calendar)) }
                    span.what { strong { (step.word) "." } " " (step.sentence) }
                    span.line title=(t.say("audit-line-title")) { (t.fill("audit-line", &[("line", (&step.audit_sequence.to_string()).into())])) }
                }
            }
        }
    }
}

/// The way every record goes, in the words of the kiosk.
pub(super) fn way(console: &Console, t: Language, item: &ItemView, steps: &[Step]) -> Markup {
    let last = |names: &[&str]| steps.iter().rfind(|step| names.contains(&step.what)).map(|step| step.at);
    let is_submission = words::known_operation(item) == Some(Operation::Submit);
    let through = matches!(item.stage, "acknowledged" | "closed");
    let keyed = last(&["confirmed"]);
    let taken = last(&["acknowledged"]).or(keyed).or_else(|| last(&["answered"])).filter(|_| through);
    let sent = keyed.or_else(|| last(&["sending-began"])).filter(|_| taken.is_some());
    let answered = last(&["answered", "confirmed", "returned", "superseded"]);
    let mut way = Vec::new();
    if is_submission {
        way.push(("way-captured", Mark::Elsewhere));
        way.push(("way-sealed", Mark::Elsewhere));
    }
    way.push((
        "way-waiting",
        if through { Mark::Done(Some(item.received_at)) } else { Mark::Now(item.received_at) },
    ));
    way.push((if keyed.is_some() { "way-sent-by-hand" } else { "way-sent" }, Mark::of(sent)));
    way.push(("way-acknowledged", Mark::of(taken)));
    way.push(("way-answered", Mark::of(answered)));
    let calendar = &console.hub.site().calendar;
    html! {
        ol.way {
            @for (word, mark) in &way {
                li class=(mark.class()) {
                    span.sign aria-hidden="true" { (mark.sign()) }
                    span.word { (t.say(word)) span.heard { ", " (t.say(mark.heard())) } }
                    span.sub {
                        @match mark {
                            Mark::Elsewhere => (t.say("way-elsewhere")),
                            Mark::Done(Some(at)) | Mark::Now(at) => (time::short(t, *at, calendar)),
                            Mark::Done(None) | Mark::Open => "",
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
            Self::Elsewhere | Self::Done(_) => "way-done",
            Self::Now(_) => "way-now",
            Self::Open => "way-ahead",
        }
    }
}
