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
use super::layout::{Frame, brand, page as frame, token};
use super::respond::{Failure, Wants, page, see_other};
use super::{App, time};
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
        (Wants::Page, Some(copy)) => page(StatusCode::OK, printable(&app, &blocks(&snapshot, copy))),
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
    let blocks = blocks(&snapshot, wanted.copy.unwrap_or(CopyFor::Person));
    let foot = format!("Kiosk {} · {}", app.kiosk_id, time::instant(snapshot.now));
    let made = tokio::task::spawn_blocking(move || paper::pdf(&blocks, &foot)).await;
    let file = made.map_err(|_| fail(RequestError::Busy.into()))?;
    let file = file.map_err(|error| fail(RequestError::Paper(error).into()))?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], file).into_response())
}

/// What stands on paper.
pub(super) fn blocks(snapshot: &CaseSnapshot, copy: CopyFor) -> Vec<Block> {
    let Some(session) = &snapshot.session else { return Vec::new() };
    let (Some(person), Some(form)) = (session.person(), session.screening()) else {
        return vec![Block::Title("Screening form".into()), Block::Text("Not filled in yet.".into())];
    };
    let answer = |label: &str, text: &str| {
        let text = if text.trim().is_empty() { "–" } else { text };
        Block::Answer(label.to_owned(), text.to_owned())
    };
    let yes_no = |yes: bool| if yes { "yes" } else { "no" };
    let standing = match form.identity {
        Standing::Declared => "as the person says",
        Standing::Confirmed => "confirmed",
    };
    let birth = person.age.birth_date.map(|date| date.to_string()).unwrap_or_default();
    let mut blocks = vec![
        Block::Title("Screening form".into()),
        Block::Text("Regulation (EU) 2024/1356, Art. 17".into()),
        Block::Text(match copy {
            CopyFor::Authority => "Copy for the authority".into(),
            CopyFor::Person => {
                "Copy for the person. You may say what is wrong with it; it is then written down.".into()
            }
        }),
        Block::Heading(format!("(a) and (b) Identity, {standing}")),
        answer("Surnames", &person.surnames),
        answer("Forenames", &person.forenames),
        answer(
            "Date and place of birth",
            &format!("{birth} {}", person.birth_place.as_deref().unwrap_or_default()),
        ),
        answer("Gender", &person.sex),
        answer("Nationality", &person.nationality),
        answer("Countries of residence", &form.residence),
        answer("Languages", &form.languages),
        Block::Heading("The screening".into()),
        answer("(c) Reason", &form.reason),
        answer("(d) Preliminary health check", &form.health),
        answer("(e) Preliminary vulnerability check", &form.vulnerability),
        answer("(f) Application for international protection made", yes_no(form.application_made)),
        answer("(g) Family members in a Member State", &form.family),
    ];
    blocks.push(match (copy, form.security_hit) {
        (CopyFor::Person, _) => answer("(h) Security check", "left out on this copy (Art. 17(3))"),
        (CopyFor::Authority, None) => answer("(h) Security check: hit in a database", "not asked yet"),
        (CopyFor::Authority, Some(hit)) => answer("(h) Security check: hit in a database", yes_no(hit)),
    });
    blocks.extend([
        answer("(i) Cooperated", yes_no(form.cooperated)),
        Block::Heading("Where available".into()),
        answer("Reason of the irregular arrival", &form.arrival_reason),
        answer("Route", &form.route),
        answer("Documents", &form.documents),
        answer("Remarks", &form.remarks),
        answer("What the person says is wrong", &form.objections),
    ]);
    if let Some(opening) = &snapshot.opening {
        blocks.push(answer("Screening ends (Art. 8)", &time::instant(form.kind.due(opening.event_at))));
        blocks.push(Block::Text(
            "Biometrics were taken once, for identification and for Eurodac (Art. 14(2)).".into(),
        ));
    }
    blocks
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

fn printable(app: &App, blocks: &[Block]) -> Markup {
    let bar = html! { (brand()) span class="muted" { "Kiosk " (app.kiosk_id) } };
    frame(
        &Frame { title: "Screening form", path: "plain", bar, officer: None, look_again_s: None },
        html! {
            main id="content" class="single" {
                section class="card" {
                    @for block in blocks {
                        @match block {
                            Block::Title(text) => { h1 { (text) } },
                            Block::Heading(text) => { h2 { (text) } },
                            Block::Text(text) => { p class="note" { (text) } },
                            Block::Answer(label, answer) => { p { span class="muted" { (label) } br; (answer) } },
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
