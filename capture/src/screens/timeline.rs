//! The officer's half of a case that is over: where it is, what came back, and what the law says about the time.

use icd::category::Category;
use icd::downstream;
use icd::message::{Answer, HitDataset, Outcome as AnswerOutcome};
use jiff::Timestamp;
use maud::{Markup, html};

use super::case_page::{View, answer_words, clock_pill};
use super::layout::token;
use super::words::{self, STAGES};
use super::{state, time};
use crate::outbox::EntryState;
use crate::session::{AgeRefusal, Outcome};
use crate::store::Delivery;

/// Captured, sealed, waiting, sent, acknowledged, answered.
pub(super) fn timeline(view: &View<'_>) -> Markup {
    let Some(delivery) = &view.snapshot.delivery else { return html! {} };
    let facts = delivery.facts.as_ref();
    html! {
        section class="card" aria-labelledby="way-head" {
            h2 id="way-head" { "The way of this case" }
            @if let Some(facts) = facts {
                p class="reference" { span class="muted" { "Reference number " } strong { (facts.reference_number) } (clock_pill(view.snapshot)) }
            }
            (stages(view))
            (held(view, delivery))
        }
        @if let Some(answer) = state::answer(delivery) { (answered(view, &answer)) }
        p { a class="key primary big" href="/" { "Next person" } }
        (clock(view))
    }
}

/// A case that ended without anything to send.
pub(super) fn ended(outcome: Outcome) -> Markup {
    html! {
        section class="card" aria-labelledby="end-head" {
            h2 id="end-head" { (words::outcome(outcome)) }
            @match outcome {
                Outcome::AgeRefused(why) => {
                    p class="lead" {
                        @match why {
                            AgeRefusal::UnderSix => "Biometrics are taken only of persons who are at least six years old.",
                            AgeRefusal::DeemedUnderSix => "The age is uncertain around six and there is no proof. The law then treats the child as under six, so nothing is captured.",
                        }
                    }
                    p class="law" { (AgeRefusal::ARTICLE) }
                    ul class="bullets" {
                        li { "No sensor was switched on." }
                        li { "Nothing that was typed about the child is kept, and nothing is sent." }
                        li { "Recorded: when, by which officer, and on which ground." }
                        li { "If a proof of age turns up, open a new case." }
                    }
                },
                Outcome::Refused { referred } => {
                    p class="lead" { "The refusal is recorded with what was explained. Every image of this case was destroyed; nothing is sent." }
                    @if referred { p { "The referral to child protection is part of the record." } }
                    p class="law" { "Regulation (EU) 2024/1358, Art. 13 and 14(1)" }
                },
                Outcome::Without(reason) => {
                    p class="lead" { "Nothing was kept of fingers or face, and nothing is sent." }
                    @if reason.retake() { p { "Try again when it is possible: open a new case. For a minor every safeguard is asked again (Art. 14(2))." } }
                },
                _ => {}
            }
        }
        p { a class="key primary big" href="/" { "Next person" } }
    }
}

fn stages(view: &View<'_>) -> Markup {
    let instants = state::stages(view.snapshot);
    let newest = instants.iter().rposition(Option::is_some).unwrap_or(0);
    html! {
        ol class="way" {
            @for (index, (stage, at)) in STAGES.iter().zip(instants).enumerate() {
                li class=(if at.is_none() { "to-come" } else if index == newest { "now" } else { "past" }) {
                    span class="knot" aria-hidden="true" {}
                    div {
                        strong { (words::capital(stage)) }
                        @match at {
                            Some(at) => span class="muted" { time datetime=(at) { (time::instant(at)) } " · " (time::ago(at, view.snapshot.now)) },
                            None => span class="muted" { (expectation(view, stage)) },
                        }
                    }
                }
            }
        }
    }
}

fn expectation(view: &View<'_>, stage: &str) -> String {
    let entry = view.snapshot.entry.as_ref();
    let confirmed = view.snapshot.delivery.as_ref().is_some_and(Delivery::is_confirmed);
    match (stage, entry.map(|entry| &entry.state)) {
        ("sent", Some(EntryState::Sending)) => "being sent now".to_owned(),
        ("sent", Some(EntryState::Waiting { .. })) if view.snapshot.link.failures > 0 => {
            let code = view.snapshot.link.code.as_deref().unwrap_or("C-0601");
            format!("not now ({code}); it is tried again by itself")
        }
        ("sent", Some(EntryState::Waiting { .. })) => "goes by itself".to_owned(),
        ("acknowledged", _) => "when the gateway's receipt is verified".to_owned(),
        ("answered", _) if confirmed => "the central system has up to 24 hours (Art. 38(2))".to_owned(),
        _ => String::new(),
    }
}

fn held(view: &View<'_>, delivery: &Delivery) -> Markup {
    html! {
        @if let Some((at, code, detail)) = &delivery.held {
            div class="notice" role="status" {
                p { "The gateway did not take this case as it is. It stays sealed here until somebody lets it be tried again." }
                p { (detail) }
                p class="code" { "Reference " (code) " · " (time::ago(*at, view.snapshot.now)) }
                form method="post" action=(view.action("send-again")) {
                    (token(view.csrf))
                    button class="key" type="submit" { "Try again" }
                }
            }
        }
    }
}

fn answered(view: &View<'_>, answer: &Answer) -> Markup {
    let own = state::clock_start(view.snapshot).and_then(|(category, _)| Category::from_code(category));
    html! {
        section class="card answer" aria-labelledby="answer-head" {
            h2 id="answer-head" { "Answer: " (answer_words(&answer.outcome)) }
            @match &answer.outcome {
                AnswerOutcome::Hit(datasets) => {
                    ul class="rows" {
                        @for hit in datasets {
                            li class="row" {
                                span class="row-main" { strong { (hit.reference_number.as_str()) } " " span class="muted" { (hit.category.rule().legal_name) } }
                                span class="pill low" { (hit.matched.word()) }
                            }
                        }
                    }
                    @if let Some(own) = own { (hit_clocks(own, datasets, answer.answered_at)) }
                    p class="note" { "Where the sex differs, the face does not fit, or only the face matched, a trained expert checks first (Art. 38(4) and (5))." }
                },
                AnswerOutcome::NoHit => { p { "No other dataset fits these fingerprints." } },
                AnswerOutcome::Registered => { p { "Stored. This category is not compared." } },
                AnswerOutcome::QualityInsufficient { .. } | AnswerOutcome::SequenceError { .. } => {
                    p { "Take the fingers again in a new case and send them under the same reference number (Art. 38(1))." }
                },
                AnswerOutcome::Rejected(findings) => {
                    ul class="bullets" { @for finding in findings { li { (finding.code) " · " (finding.message) } } }
                },
                AnswerOutcome::Done { web_receipt } => { p { "Carried out; receipt " (web_receipt) "." } },
            }
        }
    }
}

/// The clocks that a hit starts, as `icd`'s table has them; each duty once, by its soonest clock.
fn hit_clocks(own: Category, datasets: &[HitDataset], answered_at: Timestamp) -> Markup {
    let mut clocks = downstream::clocks(own, datasets, answered_at);
    let mut shown = Vec::new();
    clocks.retain(|clock| {
        !shown.contains(&clock.duty) && {
            shown.push(clock.duty);
            true
        }
    });
    html! {
        dl class="facts" {
            @for clock in &clocks {
                div { dt { (clock.duty.rule().title) } dd { "by " (time::instant(clock.due)) " · " (clock.article) } }
            }
        }
    }
}

fn clock(view: &View<'_>) -> Markup {
    let Some((category, start)) = state::clock_start(view.snapshot) else { return html! {} };
    let Some(deadline) = crate::daemon::snapshot::deadline(category, start) else { return html! {} };
    html! {
        section class="card quiet-card" aria-labelledby="clock-head" {
            h2 id="clock-head" { "Legal clock" }
            dl class="facts" {
                div { dt { "Started" } dd { (time::instant(start)) } }
                div { dt { "Due" } dd { @match deadline.due() { Some(due) => (time::instant(due)), None => "no figure in law" } } }
                div { dt { "Article" } dd { (deadline.article()) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use icd::message::MatchKind;

    use super::*;

    fn shown(own: Category, matched: &[Category]) -> String {
        let dataset = |category: &Category| HitDataset {
            reference_number: format!("D{}7", category.code()).parse().expect("well-formed"),
            category: *category,
            matched: MatchKind::Fingerprints,
            stored_at: Timestamp::UNIX_EPOCH,
            marks: Vec::new(),
            dataset: None,
        };
        let datasets: Vec<HitDataset> = matched.iter().map(dataset).collect();
        hit_clocks(own, &datasets, "2026-07-31T10:00:00Z".parse().expect("an instant")).into_string()
    }

    /// Friday 31 July: three working days, two weeks, and a calendar month, which thirty days are not.
    #[test]
    fn a_hit_shows_each_clock_it_starts_once() {
        let page = shown(
            Category::Applicant,
            &[Category::Applicant, Category::IrregularCrossing, Category::Applicant],
        );
        for (title, due, article) in [
            ("If the hit is wrong", "2026-08-05T10:00:00Z", "Regulation (EU) 2024/1358, 38(6)"),
            ("Take-back notification", "2026-08-14T10:00:00Z", "Regulation (EU) 2024/1351, 41(1)"),
            ("Take-charge request", "2026-08-31T10:00:00Z", "Regulation (EU) 2024/1351, 39(1)"),
        ] {
            let due = time::instant(due.parse().expect("an instant"));
            let row = page.split("<div>").find(|row| row.contains(title)).expect(title);
            assert!(row.contains(&due) && row.contains(article), "{row}");
            assert_eq!(page.matches(title).count(), 1, "{page}");
        }
        let crossing = shown(Category::IrregularCrossing, &[Category::Applicant]);
        assert!(crossing.contains("38(6)") && !crossing.contains("2024/1351"), "{crossing}");
    }
}
