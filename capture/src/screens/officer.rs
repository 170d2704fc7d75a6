//! The officer's half while capturing: start, watch, judge, repeat, except, seal; and the ways to end.

use matcher::Finger;
use maud::{Markup, html};

use super::case_page::{View, hand_label};
use super::intake::{text_field, yes_no};
use super::layout::token;
use super::live;
use super::picture::{self, Tip};
use super::words;
use crate::face::{Measure, Tier, What};
use crate::live::Hint;
use crate::session::{
    AttemptResult, ExceptionReason, NoPhoto, Proof, Sensor, Sequence, Session, Step, StepState, Target,
    WithoutReason,
};

/// A step can be started.
pub(super) fn ready(view: &View<'_>, session: &Session, step: Step) -> Markup {
    if session.expected(step).is_empty() {
        return html! {
            (photos(view, session))
            (hands(session))
            (exceptions(view, session, step))
            (endings(view, session))
        };
    }
    html! {
        section class="card" aria-labelledby="step-head" {
            h2 id="step-head" { (words::step(step)) }
            p class="note" { (match step.hand() { Some(hand) => hand_label(hand), None => "portrait, face uncovered" }) }
            form method="post" action=(view.action("capture")) {
                (token(view.csrf))
                input type="hidden" name="step" value=(step.code());
                div class="keys" { button class="key primary big" type="submit" { "Start: " (words::step(step).to_lowercase()) } }
            }
        }
        (singly(view, session, step))
        (photos(view, session))
        (hands(session))
        (exceptions(view, session, step))
        (endings(view, session))
    }
}

/// One finger alone, where the whole hand does not work; with a child from the start.
fn singly(view: &View<'_>, session: &Session, step: Step) -> Markup {
    let fingers: Vec<Finger> = session
        .expected(step)
        .into_iter()
        .filter_map(|target| match target {
            Target::Finger(finger) if session.may_try(step, Some(finger)) => Some(finger),
            _ => None,
        })
        .collect();
    html! {
        @if !fingers.is_empty() {
            details class="card quiet-card" {
                summary { "One finger alone" }
                form method="post" action=(view.action("capture")) class="fields" {
                    (token(view.csrf))
                    input type="hidden" name="step" value=(step.code());
                    div class="field" {
                        label for="single" { "Which" }
                        select id="single" name="finger" { @for finger in fingers { option value=(finger.fgp()) { (words::target(Target::Finger(finger))) } } }
                    }
                    div class="keys end" { button class="key" type="submit" { "Start this finger" } }
                }
            }
        }
    }
}

/// The sensor is live.
pub(super) fn sensing(view: &View<'_>, session: &Session, step: Step) -> Markup {
    html! {
        // First, so that it is in sight: it makes the sensor dark.
        (companion_left(view, session))
        (live::officer(view, step, matches!(session.sensor(), Sensor::Live { proof: true, .. })))
        (hands(session))
        section class="endings" aria-label="Pause or end" { (other_endings(view, session)) }
    }
}

/// An attempt waits to be judged.
pub(super) fn review(view: &View<'_>, session: &Session, step: Step) -> Markup {
    let state = session.step(step);
    let Some(newest) = state.newest() else { return ready(view, session, step) };
    let best = state.best();
    let expected = session.expected(step);
    let found = expected.iter().all(|target| best.contains_key(target));
    let good = found && expected.iter().all(|target| best.get(target).is_some_and(|best| best.accepted));
    html! {
        section class="card" aria-labelledby="step-head" {
            h2 id="step-head" {
                (words::step(step))
                span class="muted" { " · try " (state.round_attempts) " of " (session.attempts_max()) }
            }
            div class="attempt" {
                img class="preview" alt=(format!("Image of attempt {}", newest.number))
                    src=(view.action(&format!("attempts/{}.png", newest.number)));
                (measurements(session, step))
            }
            (verdict_keys(view, session, step, found, good))
        }
        (photos(view, session))
        (exceptions(view, session, step))
        (endings(view, session))
    }
}

/// Accept, repeat, or say why to go on.
fn verdict_keys(view: &View<'_>, session: &Session, step: Step, found: bool, good: bool) -> Markup {
    let again = session.may_try_again(step);
    let hidden = html! { (token(view.csrf)) input type="hidden" name="step" value=(step.code()); };
    html! {
        @if found && session.photo_required(step) {
            p class="note strong" { "Before this step can be finished it asks for a photo of what cannot be taken, or for the reason why there is none. See below." }
        }
        div class=(if good { "verdict good" } else { "verdict" }) {
            @if good {
                form method="post" action=(view.action("accept")) {
                    (hidden)
                    button class="key primary big" type="submit" { (if step == Step::Face { "Use this photo" } else { "Use these" }) }
                }
            }
            @if again {
                form method="post" action=(view.action("retry")) {
                    (hidden)
                    button class=(if good { "key big" } else { "key primary big" }) type="submit" { "Once more" }
                }
            }
        }
        @if !again {
            p class="note strong" { "All tries of this round are used. Use the best, record why something cannot be taken, or try again later." }
        }
        @if !good && found {
            form method="post" action=(view.action("accept")) class="fields" {
                (hidden)
                (text_field("reason", "Why go on below the threshold", view.typed.text("reason"), true))
                div class="keys end" { button class="key" type="submit" { "Use the best" } }
            }
        } @else if !found {
            p class="note strong" { "A finger was not found. Try again, or record below why it cannot be taken." }
        }
    }
}

/// Something is being computed.
pub(super) fn waiting(view: &View<'_>, session: &Session, head: &str, about: &str) -> Markup {
    html! {
        section class="card" { h2 { (head) } p class="note" { (about) } }
        (hands(session))
        (endings(view, session))
    }
}

/// The sequence check doubts something.
pub(super) fn doubt(view: &View<'_>, session: &Session) -> Markup {
    let Sequence::Doubtful(doubts) = session.sequence() else { return html! {} };
    let steps: std::collections::BTreeSet<Step> =
        doubts.iter().flat_map(|doubt| &doubt.targets).map(|target| target.step()).collect();
    html! {
        section class="card" aria-labelledby="doubt-head" {
            h2 id="doubt-head" { "Look at this once more" }
            ul class="bullets" {
                @for doubt in doubts {
                    li {
                        strong { (words::doubt(doubt.kind)) ": " }
                        @for (index, target) in doubt.targets.iter().enumerate() {
                            @if index > 0 { " and " } (words::target(*target).to_lowercase())
                        }
                    }
                }
            }
            div class="verdict" {
                @for step in steps {
                    form method="post" action=(view.action("capture")) {
                        (token(view.csrf))
                        input type="hidden" name="step" value=(step.code());
                        div class="keys" { button class="key primary big" type="submit" { "Take again: " (words::step(step).to_lowercase()) } }
                    }
                }
            }
            form method="post" action=(view.action("sequence")) class="fields" {
                (token(view.csrf))
                (text_field("reason", "or why it is right as it is", view.typed.text("reason"), true))
                div class="keys end" { button class="key" type="submit" { "It is right" } }
            }
        }
        (hands(session))
        (endings(view, session))
    }
}

/// Everything is there.
pub(super) fn seal(view: &View<'_>, session: &Session) -> Markup {
    html! {
        section class="card" aria-labelledby="seal-head" {
            h2 id="seal-head" { "Ready to seal" }
            @if let Some(person) = session.person() {
                dl class="facts" {
                    div { dt { "Person" } dd { (person.surnames) ", " (person.forenames) } }
                    div { dt { "Path" } dd { @if let Some(band) = session.band() { (words::band(band)) } } }
                    div { dt { "Missing" } dd { (session.exceptions().len()) " of 11" } }
                }
            }
            form method="post" action=(view.action("seal")) {
                (token(view.csrf))
                div class="keys" { button class="key primary big" type="submit" { "Seal and hand over" } }
            }
            p class="note" { "After sealing nothing can be changed. The case is sent by itself as soon as the gateway answers." }
        }
        (photos(view, session))
        (hands(session))
        (endings(view, session))
    }
}

/// Both hands with the best of each finger, and the face.
fn hands(session: &Session) -> Markup {
    let all = |finger: Finger| {
        let target = Target::Finger(finger);
        if session.exceptions().contains_key(&target) {
            return Tip::Excepted;
        }
        match session.step(target.step()).best().get(&target) {
            Some(best) if best.accepted => Tip::Good,
            Some(_) => Tip::Low,
            None => Tip::Quiet,
        }
    };
    let good = Finger::ALL.into_iter().filter(|finger| all(*finger) == Tip::Good).count();
    let face = session.step(Step::Face).done_at.is_some();
    let label = format!("{good} of ten fingers are good");
    html! {
        section class="card hands" aria-label="What has been taken" {
            (picture::both_hands(all, &label))
            p { strong { (good) " of 10 fingers" } span class="muted" { " · face " (if face { "taken" } else { "not yet" }) } }
        }
    }
}

fn measurements(session: &Session, step: Step) -> Markup {
    let state = session.step(step);
    let Some(newest) = state.newest() else { return html! {} };
    let best = state.best();
    match &newest.result {
        AttemptResult::Slap { fingers, .. } => html! {
            table class="quality" {
                caption class="hidden" { "Quality of each finger" }
                thead { tr { th scope="col" { "Finger" } th scope="col" { "This try" } th scope="col" { "Best" } } }
                tbody {
                    @for finger in fingers {
                        @let target = Target::Finger(finger.finger);
                        tr class=(if finger.accepted { "good" } else { "low" }) {
                            th scope="row" { (words::finger_in_hand(finger.finger)) }
                            td class="measure" {
                                @if finger.area.is_some() {
                                    (picture::quality_bar(finger.quality, finger.accepted))
                                    span class="figure" { (finger.quality) }
                                    span class="sign" { (if finger.accepted { "✓" } else { "!" }) }
                                } @else { "not found" }
                                @if let Some(hint) = finger.hint { span class="note" { (hint.words()) } }
                            }
                            td { @match best.get(&target) { Some(best) => { (best.quality) span class="muted" { " · try " (number_in_step(state, best.attempt)) } }, None => "–" } }
                        }
                    }
                }
            }
        },
        AttemptResult::Portrait { accepted, detector_used, hints, measures } => {
            portrait(*accepted, *detector_used, hints, measures)
        }
    }
}

/// What a portrait lacks, heaviest first; what nobody measured is the officer's to check.
fn portrait(accepted: bool, detector_used: bool, hints: &[Hint], measures: &[Measure]) -> Markup {
    let said = |measure: &&Measure| {
        measure.beyond || (measure.what == What::EyesOpen && measure.value_milli.is_none())
    };
    let findings = measures.iter().filter(said);
    let lines = findings.filter_map(|measure| Some((measure.what, words::finding(measure.what)?)));
    html! {
        div {
            p class="lead" { (if accepted { "✓ Can be sent as it is" } else { "! Look at it before you go on" }) }
            @if !detector_used { p { "No face detector is set up: please judge framing, light and open eyes by eye." } }
            // Records of older versions have hints and no figures.
            @if measures.is_empty() {
                @for hint in hints { p class="note" { (hint.words()) } }
            } @else {
                ul class="findings" {
                    @for (what, words) in lines {
                        li class=(if what.tier() == Tier::Block && what != What::EyesOpen { "block" } else { "coach" }) data-finding=(what.code()) {
                            span class="sign" aria-hidden="true" { @match what { What::EyesOpen => "?", _ if what.tier() == Tier::Block => "!", _ => "·" } }
                            span { (words) }
                        }
                    }
                }
            }
        }
    }
}

/// The how-manieth try of its step an attempt was.
fn number_in_step(state: &StepState, attempt: u32) -> usize {
    state.attempts.iter().position(|known| known.number == attempt).map_or(0, |at| at + 1)
}

fn exceptions(view: &View<'_>, session: &Session, step: Step) -> Markup {
    html! {
        details class="card quiet-card" {
            summary { "Something cannot be taken" }
            @for (target, exception) in session.exceptions().iter().filter(|(target, _)| target.step() == step) {
                form method="post" action=(view.action("exception")) class="inline" {
                    (token(view.csrf))
                    input type="hidden" name="finger" value=(target.code());
                    input type="hidden" name="reason" value="none";
                    span class="grow" { strong { (words::target(*target)) } " · " (words::exception(exception.reason))
                        @match exception.proof {
                            Some(Proof::Photo { .. }) => " · with photo",
                            Some(Proof::NotTaken(why)) => { " · no photo: " (words::no_photo(why).to_lowercase()) }
                            None => {}
                        }
                    }
                    button class="key small" type="submit" { "Can be taken after all" }
                }
            }
            @let open = session.expected(step);
            @if !open.is_empty() {
                form method="post" action=(view.action("exception")) class="fields" {
                    (token(view.csrf))
                    div class="field" {
                        label for="finger" { "What" }
                        select id="finger" name="finger" { @for target in open { option value=(target.code()) { (words::target(target)) } } }
                    }
                    div class="field" {
                        label for="exception-reason" { "Why" }
                        select id="exception-reason" name="reason" {
                            @for reason in ExceptionReason::ALL { option value=(reason.code()) { (words::exception(reason)) } }
                        }
                    }
                    (text_field("note", "Note (needed for \"does not want to\" and \"other\")", "", false))
                    @if session.band().is_some_and(crate::session::AgeBand::is_minor) {
                        p class="wide note" { "Only if a minor does not want to: assessment by an official trained for minors (Art. 14(1))." }
                        div class="field" {
                            label for="exception-risk" { "Safeguarding risk?" }
                            select id="exception-risk" name="risk" { option value="" { "–" } option value="no" { "No" } option value="yes" { "Yes" } }
                        }
                        div class="field" {
                            label for="exception-grounds" { "What the assessment rests on" }
                            input id="exception-grounds" name="grounds" maxlength="200";
                        }
                        div class="field" {
                            label for="exception-referral" { "Referred to (needed if there is a risk)" }
                            input id="exception-referral" name="referral" maxlength="200";
                        }
                    }
                    div class="keys end" { button class="key" type="submit" { "Record" } }
                }
            }
        }
    }
}

/// Photos of what cannot be taken, where the profile asks for them.
fn photos(view: &View<'_>, session: &Session) -> Markup {
    let steps = session.plan().iter().copied();
    let wanted: Vec<Step> = steps
        .filter(|step| session.may_take_photo(*step) || !session.photo_asked(*step).is_empty())
        .collect();
    html! {
        @for step in wanted {
            @let asked = session.photo_asked(step);
            @let id = format!("photo-{}", step.code());
            section class="card" aria-labelledby=(id) data-photo=(step.code()) {
                h2 id=(id) { "Photo of what cannot be taken: " (words::step(step).to_lowercase()) }
                @for attempt in photos_of(session, step) {
                    img class="preview" alt="Photo of what cannot be taken" src=(view.action(&format!("attempts/{attempt}.png")));
                }
                @if !asked.is_empty() {
                    p class="note" {
                        @if session.photo_required(step) { "The profile asks for one, or for the reason why there is none." }
                        @else { "Please ask; with a minor it may be left out without a reason." }
                        " One photo may show everything: "
                        @for (index, target) in asked.iter().enumerate() { @if index > 0 { ", " } (words::target(*target).to_lowercase()) }
                        "."
                    }
                }
                @if session.may_take_photo(step) {
                    div class="verdict" {
                        form method="post" action=(view.action("photo")) {
                            (token(view.csrf))
                            input type="hidden" name="step" value=(step.code());
                            button class=(if asked.is_empty() { "key" } else { "key primary big" }) type="submit" {
                                (if asked.is_empty() { "Take the photo once more" } else { "Switch the camera on" })
                            }
                        }
                    }
                }
                @if !asked.is_empty() {
                    form method="post" action=(view.action("no-photo")) class="fields" {
                        (token(view.csrf))
                        input type="hidden" name="step" value=(step.code());
                        div class="field" {
                            label for=(format!("{id}-reason")) { "or why there is none" }
                            select id=(format!("{id}-reason")) name="reason" {
                                @for why in NoPhoto::ALL { option value=(why.code()) { (words::no_photo(why)) } }
                            }
                        }
                        div class="keys end" { button class="key" type="submit" { "Go on without a photo" } }
                    }
                }
            }
        }
    }
}

fn photos_of(session: &Session, step: Step) -> std::collections::BTreeSet<u32> {
    let of_step = session.exceptions().iter().filter(|(target, _)| target.step() == step);
    of_step
        .filter_map(|(_, exception)| match exception.proof {
            Some(Proof::Photo { attempt, .. }) => Some(attempt),
            _ => None,
        })
        .collect()
}

/// The ways out, always there: companion left, refusal, not now.
pub(super) fn endings(view: &View<'_>, session: &Session) -> Markup {
    html! {
        section class="endings" aria-label="Pause or end" {
            (companion_left(view, session))
            (other_endings(view, session))
        }
    }
}

/// The key for a companion who left; nothing where nobody accompanies.
fn companion_left(view: &View<'_>, session: &Session) -> Markup {
    html! {
        @if is_minor(session) && session.companion().is_some() {
            form class="companion-left" method="post" action=(view.action("companion-left")) {
                (token(view.csrf))
                button class="key pause" type="submit" { "The companion has left the room" }
            }
        }
    }
}

fn other_endings(view: &View<'_>, session: &Session) -> Markup {
    html! {
        details class="card quiet-card" {
            summary { "The person refuses" }
            (refusal(view, is_minor(session)))
        }
        (later(view))
    }
}

fn is_minor(session: &Session) -> bool {
    session.band().is_some_and(crate::session::AgeBand::is_minor)
}

/// The ways out before anything is known about the person.
pub(super) fn endings_before_person(view: &View<'_>) -> Markup {
    html! { section class="endings" aria-label="Pause or end" { (later(view)) } }
}

fn refusal(view: &View<'_>, minor: bool) -> Markup {
    html! {
        p class="note" { "A refusal is an outcome, not an error. Explain calmly, then record what was said. Nothing is taken against the person's will here; images of this case are destroyed." }
        form method="post" action=(view.action("refuse")) class="fields" {
            (token(view.csrf))
            div class="field wide" {
                label for="counselling" { "What was explained, and by whom" }
                input id="counselling" name="counselling" required value=(view.typed.text("counselling"));
            }
            @if minor {
                (yes_no("risk", "Are there reasonable grounds for a safeguarding risk?", view.typed.text("risk")))
                (text_field("grounds", "What the assessment rests on", view.typed.text("grounds"), true))
                (text_field("referral", "Referred to (needed if there is a risk)", view.typed.text("referral"), false))
                p class="wide note" { "Assessment by an official trained for minors; with a risk the referral to child protection is mandatory (Art. 14(1))." }
            }
            div class="wide keys" { button class="key" type="submit" { "Record the refusal" } }
        }
    }
}

fn later(view: &View<'_>) -> Markup {
    html! {
        details class="card quiet-card" {
            summary { "Not possible now" }
            form method="post" action=(view.action("later")) class="fields" {
                (token(view.csrf))
                div class="field" {
                    label for="later-reason" { "Why" }
                    select id="later-reason" name="reason" {
                        @for reason in WithoutReason::ALL { option value=(reason.code()) { (words::without(reason)) } }
                    }
                }
                (text_field("note", "In a few words", "", false))
                div class="keys end" { button class="key" type="submit" { "End the case" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(what: What, value_milli: Option<i32>, beyond: bool) -> Measure {
        Measure { what, value_milli, limit_milli: 0, beyond, scaled: None }
    }

    #[test]
    fn the_officer_reads_what_a_portrait_lacks_and_what_only_an_eye_can_tell() {
        let measures = [
            measure(What::SeveralFaces, Some(900), true),
            measure(What::Blurred, Some(100), false),
            measure(What::EyesOpen, None, false),
            measure(What::UnevenLight, Some(1_500), true),
            measure(What::Colour, Some(99_000), true),
        ];
        let shown = portrait(false, true, &[Hint::OnePersonOnly], &measures).into_string();
        let codes: Vec<&str> =
            shown.split("data-finding=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(codes, ["face-several", "face-eyes-by-eye", "face-uneven-light"], "{shown}");
        assert!(
            shown.contains("Please check by eye") && shown.contains("light comes from one side"),
            "{shown}"
        );
    }

    #[test]
    fn an_attempt_without_figures_still_says_its_hints_and_that_nobody_measured() {
        let shown = portrait(true, false, &[Hint::MoveBack], &[]).into_string();
        assert!(shown.contains(Hint::MoveBack.words()) && shown.contains("No face detector"), "{shown}");
        assert!(!shown.contains("data-finding"), "{shown}");
    }

    #[test]
    fn every_finding_but_a_note_has_a_sentence_of_its_own() {
        let mut sentences: Vec<&str> = What::ALL.into_iter().filter_map(words::finding).collect();
        assert!(sentences.iter().all(|sentence| sentence.ends_with(['.', '?'])), "{sentences:?}");
        let notes = What::ALL.into_iter().filter(|what| what.tier() == Tier::Note).count();
        assert_eq!(sentences.len(), What::ALL.len() - notes);
        sentences.sort_unstable();
        sentences.dedup();
        assert_eq!(sentences.len(), What::ALL.len() - notes, "two findings say the same");
    }
}
