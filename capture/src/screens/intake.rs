//! The officer's half before the first capture: the person, then the safeguards one by one.

use maud::{Markup, html};

use super::case_page::View;
use super::dates;
use super::language::Language;
use super::layout::token;
use super::officer;
use super::time;
use super::words::{self, MATERIALS};
use crate::session::{
    AgeBasis, CompanionKind, Designation, Gate, GateStatus, InformationMode, Person, Session,
};

/// The form about the person.
pub(super) fn person(view: &View<'_>, known: Option<&Person>) -> Markup {
    let typed = |field: &str, known: &str| {
        let typed = view.typed.text(field);
        if typed.is_empty() { known.to_owned() } else { typed.to_owned() }
    };
    let of = |read: fn(&Person) -> String| known.map(read).unwrap_or_default();
    let basis = typed("age_basis", known.map_or("", |person| person.age.basis.code()));
    html! {
        section class="card" aria-labelledby="person-head" {
            h2 id="person-head" { "The person" }
            form method="post" action=(view.action("person")) class="fields" autocomplete="off" {
                (token(view.csrf))
                (text_field("surnames", "Surnames", &typed("surnames", &of(|p| p.surnames.clone())), true))
                (text_field("forenames", "Forenames", &typed("forenames", &of(|p| p.forenames.clone())), true))
                (dates::field("birth_date", "Date of birth", &typed("birth_date", &of(|p| p.age.birth_date.map(dates::shown).unwrap_or_default())),
                    "Day-month-year, as 25-03-2018. If no more is known: 03-2018 or 2018.", false))
                div class="field" {
                    label for="age_years" { "or age in years" }
                    input id="age_years" name="age_years" type="number" inputmode="numeric" min="0" max="120"
                        value=(typed("age_years", &of(|p| p.age.age_years.map(|age| age.to_string()).unwrap_or_default())));
                }
                div class="field" {
                    label for="age_basis" { "How do you know the age" }
                    select id="age_basis" name="age_basis" required {
                        option value="" { "Choose" }
                        @for one in AgeBasis::ALL { option value=(one.code()) selected[basis == one.code()] { (words::basis(one)) } }
                    }
                }
                (text_field("proof_reference", "Reference of the proof", &typed("proof_reference", &of(|p| p.age.proof_reference.clone().unwrap_or_default())), false))
                (yes_no("age_certain", "Are you certain of the age?", &typed("age_certain", known.map_or("", |p| if p.age.certain { "yes" } else { "no" }))))
                (yes_no("accompanied", "A minor: with family?", &typed("accompanied", known.map_or("", |p| if p.accompanied { "yes" } else { "no" }))))
                div class="wide thirds" {
                    div class="field" {
                        label for="sex" { "Sex" }
                        @let sex = typed("sex", &of(|p| p.sex.clone()));
                        select id="sex" name="sex" required {
                            option value="" { "Choose" }
                            @for (code, name) in [("F", "Female"), ("M", "Male"), ("U", "Not specified")] {
                                option value=(code) selected[sex == code] { (name) }
                            }
                        }
                    }
                    div class="field" {
                        label for="nationality" { "Nationality" }
                        input id="nationality" name="nationality" required maxlength="3" autocapitalize="characters" spellcheck="false"
                            value=(typed("nationality", &of(|p| p.nationality.clone()))) aria-describedby="nationality-note";
                        span class="note" id="nationality-note" { "XXA stateless, XXX unknown" }
                    }
                    (text_field("birth_place", "Place of birth", &typed("birth_place", &of(|p| p.birth_place.clone().unwrap_or_default())), false))
                }
                div class="wide keys" { button class="key primary" type="submit" { "Continue" } }
            }
        }
        @if known.is_none() { (officer::endings_before_person(view)) }
    }
}

/// The safeguards; the first open one is unfolded.
pub(super) fn gates(view: &View<'_>, session: &Session, interrupted: bool) -> Markup {
    let gates = session.gates(view.snapshot.now);
    let first_open = gates.iter().find(|status| status.closed_at.is_none()).map(|status| status.gate);
    html! {
        @if interrupted {
            div class="notice" role="status" {
                p { "The sensor is dark: the companion is not confirmed to be here. What was taken in their presence is kept. Every safeguard is asked again before anything else is captured." }
            }
        }
        section class="card" aria-labelledby="gates-head" {
            h2 id="gates-head" { "Safeguards" @if let Some(band) = session.band() { span class="muted" { " · " (words::band(band)) } } }
            ol class="gates" { @for status in &gates { (gate(view, session, status, first_open == Some(status.gate))) } }
        }
        @if let Some(person) = session.person() {
            details class="card quiet-card" {
                summary { "Correct the person's details" }
                (self::person(view, Some(person)))
            }
        }
        (officer::endings(view, session))
    }
}

fn gate(view: &View<'_>, session: &Session, status: &GateStatus, unfolded: bool) -> Markup {
    let (name, about) = words::gate(status.gate);
    let closed = status.closed_at;
    html! {
        li class=(if closed.is_some() { "gate closed" } else { "gate open" }) {
            div class="gate-head" {
                span class="gate-mark" aria-hidden="true" { @if closed.is_some() { "✓" } }
                div class="grow" {
                    strong { (name) }
                    span class="note" { (about) @if closed.is_none() { " " (status.gate.article()) } }
                }
                @match closed {
                    Some(at) => span class="pill ok" { "Satisfied " (time::ago(at, view.snapshot.now)) },
                    None => span class="pill low" { "Open" },
                }
            }
            @if let Some(denied) = &status.reason { p class="note strong" { (denied) } }
            @if closed.is_none() && status.gate != Gate::Age {
                details open[unfolded] {
                    summary { (if unfolded { "Answer" } else { "Answer now" }) }
                    form method="post" action=(view.action(&format!("gates/{}", status.gate.code()))) class="fields" {
                        (token(view.csrf))
                        (gate_fields(view, session, status.gate))
                    }
                }
            }
        }
    }
}

fn gate_fields(view: &View<'_>, session: &Session, gate: Gate) -> Markup {
    match gate {
        Gate::Age => html! {},
        Gate::Training => html! {
            p class="wide" {
                @match &session.operator().child_training {
                    Some(training) => { "The staff register says: trained by " (training.issuer) ", valid to " (training.valid_to) "." },
                    None => { "The staff register holds no such training for you. A trained colleague can sign in and take over." },
                }
            }
            (key("Use my training record"))
        },
        Gate::BestInterests => html! {
            (tick("confirmed", "I have considered the best interests of this child"))
            div class="field wide" {
                label for="note" { "How, in a few words" }
                input id="note" name="note" required value=(view.typed.text("note"));
            }
            (key("Confirm"))
        },
        Gate::Companion => companion_fields(view, session),
        Gate::Information => information_fields(view, session),
    }
}

fn companion_fields(view: &View<'_>, session: &Session) -> Markup {
    let accompanied = session.person().is_some_and(|person| person.accompanied);
    let kind = view.typed.text("kind");
    html! {
        div class="field" {
            label for="kind" { "Who" }
            select id="kind" name="kind" required {
                @for one in CompanionKind::ALL {
                    @if accompanied || one != CompanionKind::Family {
                        option value=(one.code()) selected[kind == one.code()] { (words::companion(one)) }
                    }
                }
            }
        }
        (text_field("name", "Name", view.typed.text("name"), true))
        @if accompanied { (text_field("relation", "Relation, for a family member", view.typed.text("relation"), false)) }
        (text_field("organisation", "Organisation, for others", view.typed.text("organisation"), false))
        (text_field("person_id", "Staff or document number", view.typed.text("person_id"), false))
        div class="field" {
            label for="designated" { "Designated so far" }
            select id="designated" name="designated" {
                @for one in Designation::ALL { option value=(one.code()) { (words::designation(one)) } }
            }
        }
        @if accompanied {
            (text_field("family_absent_reason", "Why no family member is here, if so", view.typed.text("family_absent_reason"), false))
        }
        (tick("adult", "This person is an adult"))
        (tick("present", "This person is in the room and stays throughout"))
        (key("Confirm the companion"))
    }
}

fn information_fields(view: &View<'_>, session: &Session) -> Markup {
    let minor = session.band().is_some_and(crate::session::AgeBand::is_minor);
    html! {
        div class="field wide" {
            label for="material" { "What was shown" }
            select id="material" name="material" {
                @for material in &MATERIALS {
                    @if !minor || material.for_children { option value=(material.id) { (material.name) } }
                }
                @for leaflet in view.leaflets {
                    @if !minor || leaflet.for_children { option value=(leaflet.id) { (leaflet.name) " (" (leaflet.language) ")" } }
                }
            }
            @for leaflet in view.leaflets {
                @if !minor || leaflet.for_children {
                    a class="key small" href=(format!("/leaflets/{}", leaflet.id)) target="_blank" rel="noopener" { "Open: " (leaflet.name) " (" (leaflet.language) ")" }
                }
            }
        }
        div class="field" {
            label for="language" { "Language" }
            select id="language" name="language" {
                @for language in Language::ALL {
                    option value=(language.tag()) selected[language == view.speaker.language] { (language.name()) }
                }
            }
        }
        div class="field" {
            label for="other_language" { "or another language" }
            input id="other_language" name="other_language" maxlength="20" autocapitalize="none" spellcheck="false"
                value=(view.typed.text("other_language")) aria-describedby="other_language-note";
            span class="note" id="other_language-note" { "Its tag, for example so, ckb or am. Then through an interpreter, or shown." }
        }
        div class="field" {
            label for="mode" { "How" }
            select id="mode" name="mode" {
                @for mode in InformationMode::ALL {
                    @if !minor || mode.fits_minors() { option value=(mode.code()) { (words::mode(mode)) } }
                }
            }
        }
        (key("The person was informed"))
    }
}

pub(super) fn text_field(name: &str, label: &str, value: &str, required: bool) -> Markup {
    html! {
        div class="field" {
            label for=(name) { (label) }
            input id=(name) name=(name) value=(value) required[required] maxlength="200" spellcheck="false";
        }
    }
}

pub(super) fn tick(name: &str, label: &str) -> Markup {
    html! {
        label class="choice tick wide" {
            input id=(name) type="checkbox" name=(name) value="yes" required;
            span class="choice-text" { (label) }
        }
    }
}

pub(super) fn yes_no(name: &str, question: &str, value: &str) -> Markup {
    // Only about a minor: an officer with an adult in front of them is not made to answer it.
    let required = name != "accompanied";
    html! {
        fieldset class="field pair" id=(name) {
            legend { (question) }
            label class="choice" { input type="radio" name=(name) value="yes" required[required] checked[value == "yes"]; span class="choice-text" { "Yes" } }
            label class="choice" { input type="radio" name=(name) value="no" checked[value == "no"]; span class="choice-text" { "No" } }
        }
    }
}

fn key(words: &str) -> Markup {
    html! { div class="wide keys" { button class="key primary" type="submit" { (words) } } }
}
