//! The confirmation of one step with many items, and what came of it.

use maud::{Markup, html};

use super::super::Console;
use super::super::denied::Told;
use super::super::guard::Official;
use super::super::language::Language;
use super::super::selection::{Frozen, LeftOut, Outcome, Selection};
use super::{Frame, Place, instant, summary, token};
use crate::limits;

/// How many, how old, what happens, whether it can be undone; or, afterwards, what happened.
pub(crate) fn bulk(
    console: &Console,
    official: &Official,
    selection: &Selection,
    changed: &[(Frozen, LeftOut)],
    told: Option<&Told>,
) -> Markup {
    let t = official.language;
    let act = t.say(&format!("bulk-{}", selection.act.code()));
    let title = match &selection.outcome {
        Some(_) => t.fill("bulk-done-title", &[("act", (&act).into())]),
        None => t.fill("bulk-title", &[("act", (&act).into()), ("count", selection.rows.len().into())]),
    };
    let frame = Frame::of(console, official, &title, Place::None);
    frame.page(&html! {
        div.narrow {
            h1 { (title) }
            @if let Some(told) = told { (summary(t, told)) }
            @match &selection.outcome {
                Some(outcome) => (done(t, outcome)),
                None => (ask(console, official, selection, changed)),
            }
            p { a #up href={ "/" (selection.list) } { "← " (t.say("back-to-list")) } }
        }
    })
}

fn ask(
    console: &Console,
    official: &Official,
    selection: &Selection,
    changed: &[(Frozen, LeftOut)],
) -> Markup {
    let t = official.language;
    let code = selection.act.code();
    let count = selection.rows.len();
    html! {
        dl.facts {
            div { dt { (t.say("bulk-count")) } dd { strong { (count) } } }
            @if let Some(oldest) = selection.oldest() {
                div {
                    dt { (t.say("bulk-oldest")) }
                    dd { a href={ "/items/" (oldest.message_id) } { (t.fill("bulk-number", &[("number", (&oldest.id.to_string()).into())])) } ", " (instant(console, t, oldest.received_at)) }
                }
            }
            div { dt { (t.say("bulk-drawn")) } dd { (instant(console, t, selection.drawn_at)) } }
        }
        p { (t.say(&format!("bulk-{code}-effect"))) }
        p { strong { @if selection.act.is_undoable() { (t.say("bulk-undoable")) } @else { (t.say("bulk-not-undoable")) } } }
        @if selection.unfit > 0 { p { (t.fill("bulk-unfit", &[("count", selection.unfit.into())])) } }
        @if selection.missing > 0 { p { (t.fill("bulk-missing", &[("count", selection.missing.into())])) } }
        p.soft { (t.say("bulk-frozen")) }
        (left_out(t, "bulk-changed", changed))
        form.stacked method="post" action={ "/bulk/" (selection.number) } {
            (token(official))
            @if selection.act.is_destructive() {
                label for="bulk-reason" { (t.say("give-back-reason")) }
                textarea #bulk-reason name="reason" required rows="3" maxlength=(limits::GIVE_BACK_CHARS_MAX) {}
                label for="count" { (t.fill("bulk-type", &[("count", count.into())])) }
                input #count name="count" required inputmode="numeric" autocomplete="off" pattern="[0-9]+";
            }
            button.primary { (t.fill("bulk-button", &[("act", (&t.say(&format!("bulk-{code}"))).into()), ("count", count.into())])) }
        }
    }
}

fn done(t: Language, outcome: &Outcome) -> Markup {
    html! {
        p role="status" { (t.fill("bulk-done", &[("count", outcome.done.into())])) }
        (left_out(t, "bulk-left-out", &outcome.left_out))
    }
}

/// Which items are not touched, and why.
fn left_out(t: Language, heading: &str, rows: &[(Frozen, LeftOut)]) -> Markup {
    html! {
        @if !rows.is_empty() {
            section.trouble aria-labelledby="left-out" {
                h2 #left-out { (t.fill(heading, &[("count", rows.len().into())])) }
                ul {
                    @for (row, why) in rows.iter().take(limits::LEFT_OUT_ROWS_MAX) {
                        li {
                            a href={ "/items/" (row.message_id) } { (t.fill("bulk-number", &[("number", (&row.id.to_string()).into())])) } ": "
                            @match why {
                                LeftOut::Taken { by } => (t.fill("left-taken", &[("by", by.into())])),
                                LeftOut::Refused { code } => (t.fill("left-refused", &[("code", (*code).into())])),
                                other => (t.say(&format!("left-{}", other.code()))),
                            }
                        }
                    }
                    @if rows.len() > limits::LEFT_OUT_ROWS_MAX {
                        li { (t.fill("bulk-more", &[("count", (rows.len() - limits::LEFT_OUT_ROWS_MAX).into())])) }
                    }
                }
            }
        }
    }
}
