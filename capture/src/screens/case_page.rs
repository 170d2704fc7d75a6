//! One case on the screen: the person's half and the officer's half, by phase.
//!
//! The person's half shows one thing at a time, large, and nothing about quality, law or other people. The officer's
//! half shows what is needed to decide. A case that is over shows its timeline.

use icd::category::Category;
use icd::deadline::DeadlineState;
use icd::message::Outcome as AnswerOutcome;
use matcher::Hand;
use maud::{Markup, html};
use uuid::Uuid;

use super::auth::SignedIn;
use super::form::Form;
use super::language::{Language, Speaker};
use super::layout::{Frame, brand, page, summary, token};
use super::live;
use super::picture::{self, Tip};
use super::words::{self, MATERIALS};
use super::{App, intake, officer, state, time, timeline};
use crate::daemon::snapshot::deadline;
use crate::daemon::{CaseSnapshot, Leaflet};
use crate::error::Error;
use crate::live::Hint;
use crate::session::{AgeBand, AttemptResult, Gate, Outcome, Phase, Sensor, Session, Step, Target};

/// Everything a part of the page needs.
pub(super) struct View<'a> {
    pub(super) snapshot: &'a CaseSnapshot,
    pub(super) csrf: &'a str,
    /// What was typed in the form that could not be accepted.
    pub(super) typed: &'a Form,
    /// Speaks the person's language.
    pub(super) speaker: &'a Speaker,
    /// The site's own leaflets.
    pub(super) leaflets: &'a [Leaflet],
}

impl View<'_> {
    pub(super) fn action(&self, name: &str) -> String {
        format!("/cases/{}/{name}", self.snapshot.case)
    }
}

/// The page of a case.
pub(super) fn case(
    snapshot: &CaseSnapshot,
    signed_in: &SignedIn,
    error: Option<&Error>,
    typed: &Form,
    (language, leaflets): (Language, &[Leaflet]),
) -> Markup {
    let speaker = Speaker::new(language);
    let view = View { snapshot, csrf: &signed_in.csrf, typed, speaker: &speaker, leaflets };
    let phase = phase(snapshot);
    let too_young = matches!(phase, Phase::Ended { outcome: Outcome::AgeRefused(_) });
    let child = too_young || band(snapshot) == Some(AgeBand::Child);
    let waits = matches!(phase, Phase::Sensing { .. } | Phase::Checking | Phase::Sealing);
    let on_its_way = matches!(phase, Phase::Ended { outcome } if outcome.sealed());
    let frame = Frame {
        title: &short(snapshot.case),
        path: if child { "child" } else { "adult" },
        bar: bar(snapshot),
        officer: Some((&signed_in.operator.staff, &signed_in.csrf)),
        look_again_s: if waits {
            Some(1)
        } else if on_its_way {
            Some(5)
        } else {
            None
        },
    };
    // Drawn first: it finds which texts the language lacks, and the officer is told.
    let for_person = person_half(&view, &phase, child);
    page(
        &frame,
        html! {
            (rail(&phase, snapshot))
            main id="content" class="halves" data-events=(view.action("events"))
                data-live=[matches!(phase, Phase::Sensing { .. }).then(|| view.action("live"))] data-version=(state::version(snapshot)) {
                section class="person" aria-label="For the person" {
                    // First, because who cannot read the rest looks here.
                    @if matches!(phase, Phase::Intake | Phase::Gates) { (languages(&view)) }
                    div class="person-inner" aria-live="polite" lang=(language.tag()) dir=(language.direction()) {
                        (for_person)
                    }
                }
                section class="officer" aria-label="For the officer" {
                    @if let Some(error) = error { (summary(error)) }
                    @if error.is_none() && let Some(trouble) = &snapshot.trouble {
                        div class="notice" role="status" {
                            p { (words::capital(&trouble.message)) }
                            p class="code" { "Reference " (trouble.code) " · " (time::ago(trouble.at, snapshot.now)) }
                        }
                    }
                    (hand_over(&view, signed_in))
                    (speaker.notice())
                    (officer_half(&view, &phase))
                }
            }
        },
    )
}

/// Somebody else had the case: the next step hands it over.
fn hand_over(view: &View<'_>, signed_in: &SignedIn) -> Markup {
    let session = view.snapshot.session.as_ref().filter(|session| session.outcome().is_none());
    let other = session.map(Session::operator).filter(|operator| operator.staff != signed_in.operator.staff);
    html! {
        @if let Some(other) = other {
            div class="notice" role="status" {
                p {
                    strong { "Officer " (other.staff) " has this case. " }
                    "With your next step you take it over; both of you are recorded."
                    @if child_like(view) { " Your own training for minors is asked again." }
                }
            }
        }
    }
}

/// The phase, also of a case whose session was erased.
pub(super) fn phase(snapshot: &CaseSnapshot) -> Phase {
    match (&snapshot.session, state::outcome(snapshot)) {
        (Some(session), _) => session.phase(snapshot.now),
        (None, outcome) => Phase::Ended { outcome: outcome.unwrap_or(Outcome::Complete) },
    }
}

/// A case in a few characters, for people who talk about it.
pub(super) fn short(case: Uuid) -> String {
    let text = case.simple().to_string().to_ascii_uppercase();
    let tail = text.get(text.len().saturating_sub(4)..).unwrap_or_default();
    format!("Case {tail}")
}

/// The legal clock as a small label.
pub(super) fn clock_pill(snapshot: &CaseSnapshot) -> Markup {
    let Some((category, start)) = state::clock_start(snapshot) else { return html! {} };
    let Some(deadline) = deadline(category, start) else { return html! {} };
    if snapshot.delivery.as_ref().is_some_and(crate::store::Delivery::is_confirmed) {
        return html! { span class="pill" { "Art. " (deadline.article()) } };
    }
    deadline_pill(category, start, snapshot.now)
}

/// What is left of a legal clock, with its article.
pub(super) fn deadline_pill(category: char, start: jiff::Timestamp, now: jiff::Timestamp) -> Markup {
    let Some(deadline) = deadline(category, start) else { return html! {} };
    let (class, words) = match (deadline.state(now), deadline.due()) {
        (DeadlineState::NoLimit, _) | (_, None) => ("", "no figure in law".to_owned()),
        (DeadlineState::OverdueObligationContinues, Some(due)) => {
            ("late", format!("{} over, duty continues", time::duration(now.duration_since(due))))
        }
        (DeadlineState::DueSoon, Some(due)) => {
            ("low", format!("{} left", time::duration(due.duration_since(now))))
        }
        (DeadlineState::OnTime, Some(due)) => {
            ("ok", format!("{} left", time::duration(due.duration_since(now))))
        }
    };
    html! { span class=(format!("pill clock {class}")) { (words) " · Art. " (deadline.article()) } }
}

/// What the central system answered, in a word or two.
pub(super) fn answer_words(outcome: &AnswerOutcome) -> &'static str {
    match outcome {
        AnswerOutcome::NoHit => "No match",
        AnswerOutcome::Hit(_) => "Match",
        AnswerOutcome::QualityInsufficient { .. } => "Take again: quality",
        AnswerOutcome::SequenceError { .. } => "Take again: order of fingers",
        AnswerOutcome::Rejected(_) => "Not accepted",
        AnswerOutcome::Done { .. } => "Done",
        AnswerOutcome::Registered => "Stored",
    }
}

pub(super) fn band(snapshot: &CaseSnapshot) -> Option<AgeBand> {
    let facts = snapshot.delivery.as_ref().and_then(|delivery| delivery.facts.as_ref());
    snapshot.session.as_ref().and_then(Session::band).or_else(|| facts.map(|facts| facts.band))
}

fn bar(snapshot: &CaseSnapshot) -> Markup {
    let category = state::clock_start(snapshot).and_then(|(code, _)| Category::from_code(code));
    html! {
        a class="home-link" href="/" aria-label="Capture, start page" { (brand()) }
        strong class="case-name" { (short(snapshot.case)) }
        @if let Some(category) = category { span class="muted grow" { (words::capital(category.rule().legal_name)) } }
        (clock_pill(snapshot))
    }
}

/// Where in the case we are.
fn rail(phase: &Phase, snapshot: &CaseSnapshot) -> Markup {
    let session = snapshot.session.as_ref();
    let done = |step: Step| session.is_none_or(|session| session.step(step).done_at.is_some());
    let unsealed = matches!(phase, Phase::Ended { outcome } if !outcome.sealed());
    if unsealed {
        return html! { nav class="rail" aria-label="Steps of this case" { ol { li class="here" { "This case has ended" } } } };
    }
    let place = match phase {
        Phase::Intake => 0,
        Phase::Gates | Phase::Interrupted => 1,
        Phase::Capture { step } | Phase::Sensing { step } | Phase::Review { step } => 2 + *step as usize,
        Phase::Checking | Phase::Doubt | Phase::ReadyToSeal | Phase::Sealing => 6,
        Phase::Ended { .. } => 7,
    };
    let stop = |name: &str, number: usize, is_done: bool| {
        html! {
            li class=(if number == place { "here" } else if is_done { "done" } else { "" })
                aria-current=[(number == place).then_some("step")] {
                span class="stop" aria-hidden="true" { @if is_done && number != place { "✓" } @else { (number + 1) } }
                span { (name) }
            }
        }
    };
    html! {
        nav class="rail" aria-label="Steps of this case" {
            ol {
                (stop("Person", 0, place > 0))
                (stop("Safeguards", 1, place > 1))
                @for (index, step) in Step::ALL.into_iter().enumerate() {
                    (stop(words::step(step), 2 + index, place > 1 && done(step)))
                }
                (stop("Seal", 6, place > 6))
            }
        }
    }
}

/// The person points at their language, written as its speakers write it.
fn languages(view: &View<'_>) -> Markup {
    html! {
        form method="post" action=(view.action("language")) class="languages" {
            (token(view.csrf))
            @for language in Language::ALL {
                button class="key small" type="submit" name="language" value=(language.tag()) lang=(language.tag())
                    dir=(language.direction()) aria-pressed=(language == view.speaker.language) { (language.own_name()) }
            }
        }
    }
}

/// The language of the person's side: chosen at this kiosk, or else as the information record says.
pub(super) fn language(app: &App, snapshot: &CaseSnapshot) -> Language {
    let given = || Language::from_tag(snapshot.session.as_ref()?.information()?.1.language.as_str());
    app.languages.of(snapshot.case).or_else(given).unwrap_or(Language::English)
}

fn person_half(view: &View<'_>, phase: &Phase, child: bool) -> Markup {
    let session = view.snapshot.session.as_ref();
    let said = |drawing, head: &str| said(view, drawing, head, &format!("{head}-text"));
    let spoken = |drawing, head: &str, text: &str| self::said(view, drawing, head, text);
    match phase {
        Phase::Intake => said(picture::talk(false), "welcome"),
        Phase::Gates if session.is_some_and(needs_information) => information(view),
        Phase::Gates => said(picture::talk(child), if child { "hello" } else { "moment" }),
        Phase::Interrupted => said(picture::talk(child), "pause"),
        Phase::Sensing { .. } if session.is_some_and(takes_photo) => {
            live::person(view, picture::talk(child), "proof-photo", child)
        }
        Phase::Capture { step } if session.is_some_and(|session| session.expected(*step).is_empty()) => {
            said(picture::talk(child), "moment")
        }
        Phase::Sensing { step } => {
            let drawing = step_drawing(*step, session, child, None);
            live::person(view, drawing, words::invitation(*step, child), child)
        }
        Phase::Capture { step } => {
            said(step_drawing(*step, session, child, None), words::invitation(*step, child))
        }
        Phase::Review { step } => review(view, *step, child),
        Phase::Checking | Phase::Sealing => said(picture::moment(), "thanks"),
        Phase::Doubt => spoken(picture::talk(child), "thanks", "maybe-again-text"),
        Phase::ReadyToSeal => said(picture::done(child), if child { "did-it" } else { "all-taken" }),
        Phase::Ended { outcome } => match outcome {
            Outcome::AgeRefused(_) => said(picture::done(true), "young-end"),
            Outcome::Refused { .. } => said(picture::talk(child), "heard"),
            Outcome::Without(_) => said(picture::done(child), "enough"),
            _ if child => spoken(picture::done(child), "did-it", "done-child-text"),
            _ => spoken(picture::done(child), "thanks", "done-text"),
        },
    }
}

fn said(view: &View<'_>, drawing: Markup, head: &str, text: &str) -> Markup {
    html! { (drawing) h1 { (view.speaker.say(head)) } p class="lead" { (view.speaker.say(text)) } }
}

/// Whether the camera waits for a photo of what cannot be taken.
fn takes_photo(session: &Session) -> bool {
    matches!(session.sensor(), Sensor::Live { proof: true, .. })
}

fn needs_information(session: &Session) -> bool {
    let gates = session.gates(jiff::Timestamp::MAX);
    gates.iter().any(|status| status.gate == Gate::Information && status.closed_at.is_none())
}

/// Minors see what was made for children.
fn child_like(view: &View<'_>) -> bool {
    band(view.snapshot).is_some_and(AgeBand::is_minor)
}

fn information(view: &View<'_>) -> Markup {
    let for_children = child_like(view);
    let material = MATERIALS.iter().find(|material| material.for_children == for_children);
    html! {
        @if let Some(material) = material {
            h1 { (view.speaker.say(&material.title())) }
            dl class="material" {
                @for (index, (head, text)) in material.lines().iter().enumerate() {
                    div {
                        dt { span class="bead" aria-hidden="true" { (index + 1) } span { (view.speaker.say(head)) } }
                        dd { (view.speaker.say(text)) }
                    }
                }
            }
        }
    }
}

fn step_drawing(step: Step, session: Option<&Session>, child: bool, hint: Option<Hint>) -> Markup {
    let badge = hint.map(Hint::picture);
    let excepted =
        |finger| session.is_some_and(|session| session.exceptions().contains_key(&Target::Finger(finger)));
    let tip = |finger| if excepted(finger) { Tip::Excepted } else { Tip::Wanted };
    match step.hand() {
        Some(hand) => picture::slap(hand, tip, badge),
        None => picture::face(child, badge),
    }
}

fn review(view: &View<'_>, step: Step, child: bool) -> Markup {
    let session = view.snapshot.session.as_ref();
    let newest = session.and_then(|session| session.step(step).newest());
    let hint = newest.and_then(|attempt| match &attempt.result {
        AttemptResult::Slap { fingers, hints } => {
            hints.first().copied().or_else(|| fingers.iter().find_map(|finger| finger.hint))
        }
        AttemptResult::Portrait { hints, .. } => hints.first().copied(),
    });
    let fine = newest.is_some_and(|attempt| match &attempt.result {
        AttemptResult::Slap { fingers, .. } => fingers.iter().all(|finger| finger.accepted),
        AttemptResult::Portrait { accepted, .. } => *accepted,
    });
    let (drawing, head, text) = match hint.filter(|_| !fine) {
        Some(hint) => (
            step_drawing(step, session, child, Some(hint)),
            words::hint(hint, child),
            if child { "once-more-child-text" } else { "once-more-text" },
        ),
        None if fine => (
            picture::done(child),
            if child { "well-done" } else { "thanks" }.to_owned(),
            match (child, step) {
                (true, Step::Face) => "well-done-photo-text",
                (true, _) => "well-done-fingers-text",
                (false, _) => "fine-text",
            },
        ),
        None => (step_drawing(step, session, child, None), "thanks".to_owned(), "thanks-text"),
    };
    said(view, drawing, &head, text)
}

fn officer_half(view: &View<'_>, phase: &Phase) -> Markup {
    let Some(session) = &view.snapshot.session else { return timeline::timeline(view) };
    match phase {
        Phase::Intake => intake::person(view, None),
        Phase::Gates | Phase::Interrupted => intake::gates(view, session, *phase == Phase::Interrupted),
        Phase::Capture { step } => officer::ready(view, session, *step),
        Phase::Sensing { step } => officer::sensing(view, session, *step),
        Phase::Review { step } => officer::review(view, session, *step),
        Phase::Checking => officer::waiting(
            view,
            session,
            "Comparing the fingers",
            "Each finger is compared with the others, to find one that was taken twice.",
        ),
        Phase::Doubt => officer::doubt(view, session),
        Phase::ReadyToSeal => officer::seal(view, session),
        Phase::Sealing => {
            officer::waiting(view, session, "Sealing", "The case is put into one file and encrypted.")
        }
        Phase::Ended { outcome } if outcome.sealed() => timeline::timeline(view),
        Phase::Ended { outcome } => timeline::ended(*outcome),
    }
}

/// The hands that a step shows, for labels.
pub(super) fn hand_label(hand: Hand) -> &'static str {
    match hand {
        Hand::RightFour => "right hand, four fingers",
        Hand::LeftFour => "left hand, four fingers",
        Hand::Thumbs => "both thumbs",
    }
}
