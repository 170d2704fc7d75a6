//! The screening form (Art. 17 of Regulation (EU) 2024/1356): filled in on a page, printed, or taken as PDF.
//!
//! Two copies: the authority's, and the person's, in which letter (h), the answer of the security check, is left out.
//! The leaving-out happens where the paper is written ([`blocks`]), so there is no page on which it could be forgotten.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::auth::SignedIn;
use super::form::Form;
use super::language::Language;
use super::layout::{Frame, brand, page as frame, token};
use super::respond::{Failure, Wants, page, see_other};
use super::{App, case_page, dates, time};
use crate::daemon::CaseSnapshot;
use crate::error::{Error, RequestError, StoreError};
use crate::paper::{self, Block};
use crate::session::{ScreeningForm, ScreeningKind, Standing};

type Shared = State<Arc<App>>;

/// Whose copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CopyFor {
    Authority,
    Person,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    copy: Option<CopyFor>,
}

/// `GET /cases/{case}/screening`: the form, or with `?copy=` a page to print.
pub(super) async fn show(
    State(app): Shared,
    officer: SignedIn,
    wants: Wants,
    Path(case): Path<Uuid>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let snapshot = snapshot(&app, case).await.map_err(|error| Failure::new(error, wants))?;
    Ok(match (wants, wanted.copy) {
        (Wants::Json, _) => axum::Json(state(&snapshot)).into_response(),
        (Wants::Page, None) => page(StatusCode::OK, form_page(&officer, &snapshot)),
        (Wants::Page, Some(copy)) => {
            let language = language_of(&app, &snapshot, copy);
            page(StatusCode::OK, printable(&app, &blocks(&snapshot, copy, language), language))
        }
    })
}

/// `POST /cases/{case}/screening`
pub(super) async fn fill_in(
    State(app): Shared,
    officer: SignedIn,
    wants: Wants,
    Path(case): Path<Uuid>,
    form: Form,
) -> Result<Response, Failure> {
    let fail = |error: Error| Failure::new(error, wants);
    if !officer.owns(form.text("csrf")) {
        return Err(fail(RequestError::StaleForm.into()));
    }
    let event = form.screening().map_err(|error| fail(error.into()))?;
    app.kiosk.officer(case, officer.operator.clone(), event).await.map_err(fail)?;
    let snapshot = snapshot(&app, case).await.map_err(fail)?;
    Ok(match wants {
        Wants::Json => axum::Json(state(&snapshot)).into_response(),
        Wants::Page => see_other(&format!("/cases/{case}/screening")),
    })
}

/// `GET /cases/{case}/screening.pdf?copy=person|authority`
pub(super) async fn as_pdf(
    State(app): Shared,
    _officer: SignedIn,
    wants: Wants,
    Path(case): Path<Uuid>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let fail = |error: Error| Failure::new(error, wants);
    let snapshot = snapshot(&app, case).await.map_err(fail)?;
    // Without a word on whose copy it is the one that may be handed to anybody.
    let copy = wanted.copy.unwrap_or(CopyFor::Person);
    let language = language_of(&app, &snapshot, copy);
    let blocks = blocks(&snapshot, copy, language);
    let (day, hour) = time::fields(snapshot.now);
    let foot = format!("{} · {day} {hour} {}", app.kiosk_id, time::zone_name(snapshot.now));
    let from_right = language.direction() == "rtl";
    let made = tokio::task::spawn_blocking(move || paper::pdf(&blocks, &foot, from_right)).await;
    let file = made.map_err(|_| fail(RequestError::Busy.into()))?;
    let file = file.map_err(|error| fail(RequestError::Paper(error).into()))?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], file).into_response())
}

/// What stands on paper: the authority's copy in English, the person's in the language of their side of the screen. Only
/// labels and general words are in that language; what was answered stands as it was typed.
pub(super) fn blocks(snapshot: &CaseSnapshot, copy: CopyFor, language: Language) -> Vec<Block> {
    let say = |key: &str| language.label(&format!("form-{key}"));
    let Some(session) = &snapshot.session else { return Vec::new() };
    let (Some(person), Some(form)) = (session.person(), session.screening()) else {
        return vec![Block::Title(say("title")), Block::Text(say("empty"))];
    };
    let answer = |key: &str, text: &str| {
        let text = if text.trim().is_empty() { "–" } else { text };
        Block::Answer(say(key), text.to_owned())
    };
    let yes_no = |key: &str, yes: bool| answer(key, &say(if yes { "yes" } else { "no" }));
    let standing = match form.identity {
        Standing::Declared => "identity-declared",
        Standing::Confirmed => "identity-confirmed",
    };
    let birth = person.age.birth_date.map(dates::shown).unwrap_or_default();
    let mut blocks = vec![
        Block::Title(say("title")),
        Block::Text(say("law")),
        Block::Text(match copy {
            CopyFor::Authority => "Copy for the authority".into(),
            CopyFor::Person => say("copy"),
        }),
        Block::Heading(say(standing)),
        answer("surnames", &person.surnames),
        answer("forenames", &person.forenames),
        answer("birth", &format!("{birth} {}", person.birth_place.as_deref().unwrap_or_default())),
        answer("gender", &person.sex),
        answer("nationality", &person.nationality),
        answer("residence", &form.residence),
        answer("languages", &form.languages),
        Block::Heading(say("screening")),
        answer("reason", &form.reason),
        answer("health", &form.health),
        answer("vulnerability", &form.vulnerability),
        yes_no("application", form.application_made),
        answer("family", &form.family),
    ];
    blocks.push(match (copy, form.security_hit) {
        (CopyFor::Person, _) => answer("security", &say("security-left-out")),
        (CopyFor::Authority, None) => Block::Answer(HIT.into(), "not asked yet".into()),
        (CopyFor::Authority, Some(hit)) => Block::Answer(HIT.into(), say(if hit { "yes" } else { "no" })),
    });
    blocks.extend([
        yes_no("cooperated", form.cooperated),
        Block::Heading(say("available")),
        answer("arrival", &form.arrival_reason),
        answer("route", &form.route),
        answer("documents", &form.documents),
        answer("remarks", &form.remarks),
        answer("objections", &form.objections),
    ]);
    if let Some(opening) = &snapshot.opening {
        let due = form.kind.due(opening.event_at);
        let (day, hour) = time::fields(due);
        blocks.push(answer("ends", &format!("{day} {hour} {}", time::zone_name(due))));
        blocks.push(Block::Text(say("once")));
    }
    blocks
}

/// Letter (h) on the authority's copy.
const HIT: &str = "(h) Security check: hit in a database";

/// In which language a copy is written.
fn language_of(app: &App, snapshot: &CaseSnapshot, copy: CopyFor) -> Language {
    match copy {
        CopyFor::Authority => Language::English,
        CopyFor::Person => case_page::language(app, snapshot),
    }
}

fn state(snapshot: &CaseSnapshot) -> serde_json::Value {
    let form = snapshot.session.as_ref().and_then(|session| session.screening());
    let due = form.zip(snapshot.opening.as_ref()).map(|(form, opening)| form.kind.due(opening.event_at));
    json!({
        "filled_in": form.is_some(),
        "missing": form.map(ScreeningForm::missing).unwrap_or_default(),
        "kind": form.map(|form| form.kind.code()),
        "clock": due.map(|due| json!({ "due": due, "article": ScreeningKind::ARTICLE })),
        "capture_serves": ["eurodac", "screening-identification"],
        "capture_article": "Regulation (EU) 2024/1356, Art. 14(2)",
    })
}

fn form_page(officer: &SignedIn, snapshot: &CaseSnapshot) -> Markup {
    let case = snapshot.case;
    let form = snapshot.session.as_ref().and_then(|session| session.screening());
    let text = |of: fn(&ScreeningForm) -> &String| form.map(of).cloned().unwrap_or_default();
    let fields: [(&str, &str, String); 10] = [
        ("residence", "(b) Countries of residence", text(|form| &form.residence)),
        ("languages", "(b) Languages", text(|form| &form.languages)),
        ("screening_reason", "(c) Reason for the screening", text(|form| &form.reason)),
        ("health", "(d) Preliminary health check", text(|form| &form.health)),
        ("vulnerability", "(e) Preliminary vulnerability check", text(|form| &form.vulnerability)),
        ("family", "(g) Family members in a Member State", text(|form| &form.family)),
        ("arrival_reason", "Reason of the irregular arrival", text(|form| &form.arrival_reason)),
        ("route", "Route", text(|form| &form.route)),
        ("documents", "Documents", text(|form| &form.documents)),
        ("remarks", "Remarks", text(|form| &form.remarks)),
    ];
    let bar = html! { (brand()) a class="key small" href=(format!("/cases/{case}")) { "Back to the case" } };
    let who = Some((officer.operator.staff.as_str(), officer.csrf.as_str()));
    let address = format!("/cases/{case}/screening");
    let hit = form.and_then(|form| form.security_hit);
    let chosen = |yes: bool| form.is_some_and(|form| form.application_made == yes);
    frame(
        &Frame { title: "Screening form", path: "plain", bar, officer: who, look_again_s: None },
        html! {
            main id="content" class="single" {
                section class="card" {
                    h1 { "Screening form" }
                    p class="note" { "Regulation (EU) 2024/1356, Art. 17. The capture of this case serves screening and Eurodac (Art. 14(2))." }
                    form method="post" action=(address) class="fields" {
                        (token(&officer.csrf))
                        (choice("kind", "Screened", ScreeningKind::ALL.map(|kind| (kind.code(), kind.code(), form.is_some_and(|form| form.kind == kind))).to_vec()))
                        (choice("identity", "(a), (b) Identity", vec![("declared", "as the person says", form.is_none_or(|form| form.identity == Standing::Declared)), ("confirmed", "confirmed", form.is_some_and(|form| form.identity == Standing::Confirmed))]))
                        @for (name, label, value) in fields { (long_field(name, label, &value)) }
                        (choice("application_made", "(f) Application made", vec![("no", "no", chosen(false)), ("yes", "yes", chosen(true))]))
                        (choice("security_hit", "(h) Hit in a security database", vec![("", "not asked yet", hit.is_none()), ("no", "no", hit == Some(false)), ("yes", "yes", hit == Some(true))]))
                        (choice("cooperated", "(i) Cooperated", vec![("yes", "yes", form.is_none_or(|form| form.cooperated)), ("no", "no", form.is_some_and(|form| !form.cooperated))]))
                        (long_field("objections", "What the person says is wrong", &text(|form| &form.objections)))
                        div class="wide keys" { button class="key primary" type="submit" { "Keep the form" } }
                    }
                    @if form.is_some() {
                        div class="keys" {
                            a class="key" href=(format!("{address}.pdf?copy=person")) { "Copy for the person (PDF)" }
                            a class="key" href=(format!("{address}.pdf?copy=authority")) { "Copy for the authority (PDF)" }
                            a class="key small" href=(format!("{address}?copy=person")) { "Print the person's copy" }
                        }
                    }
                }
            }
        },
    )
}

fn long_field(name: &str, label: &str, value: &str) -> Markup {
    html! {
        div class="field wide" {
            label for=(name) { (label) }
            input id=(name) name=(name) value=(value) maxlength="380" autocomplete="off";
        }
    }
}

fn choice(name: &str, label: &str, choices: Vec<(&str, &str, bool)>) -> Markup {
    html! {
        div class="field" {
            label for=(name) { (label) }
            select id=(name) name=(name) {
                @for (code, words, chosen) in choices { option value=(code) selected[chosen] { (words) } }
            }
        }
    }
}

fn printable(app: &App, blocks: &[Block], language: Language) -> Markup {
    let bar = html! { (brand()) span class="muted" { "Kiosk " (app.kiosk_id) } };
    frame(
        &Frame { title: "Screening form", path: "plain", bar, officer: None, look_again_s: None },
        html! {
            main id="content" class="single" {
                section class="card" lang=(language.tag()) dir=(language.direction()) {
                    @for block in blocks {
                        @match block {
                            Block::Title(text) => { h1 { (text) } },
                            Block::Heading(text) => { h2 { (text) } },
                            Block::Text(text) => { p class="note" { (text) } },
                            Block::Answer(label, answer) => { p { span class="muted" { (label) } br; bdi { (answer) } } },
                        }
                    }
                }
            }
        },
    )
}

async fn snapshot(app: &App, case: Uuid) -> Result<CaseSnapshot, Error> {
    let found = app.kiosk.case(case).await?;
    Ok(*found.ok_or(StoreError::NoCase)?)
}

/// The words of the paper, behind `form-` in the language files.
#[cfg(test)]
pub(super) const KEYS: [&str; 32] = [
    "title",
    "law",
    "copy",
    "identity-declared",
    "identity-confirmed",
    "surnames",
    "forenames",
    "birth",
    "gender",
    "nationality",
    "residence",
    "languages",
    "screening",
    "reason",
    "health",
    "vulnerability",
    "application",
    "family",
    "security",
    "security-left-out",
    "cooperated",
    "available",
    "arrival",
    "route",
    "documents",
    "remarks",
    "objections",
    "ends",
    "once",
    "empty",
    "yes",
    "no",
];
