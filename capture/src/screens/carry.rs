//! Carrying cases by hand, the custody line, retakes: what an officer far from any network needs.

use std::sync::Arc;

use axum::extract::{Multipart, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::json;
use uuid::Uuid;

use super::auth::SignedIn;
use super::form::Form;
use super::layout::{Frame, brand, page as frame, token};
use super::respond::{Failure, Wants, page, see_other};
use super::{App, case_page, time, words};
use crate::daemon::HomeSnapshot;
use crate::daemon::custody::SignedCustody;
use crate::error::{Error, RequestError, StoreError};
use crate::limits;

type Shared = State<Arc<App>>;

/// `GET /custody`
pub(super) async fn custody(
    State(app): Shared,
    officer: SignedIn,
    wants: Wants,
) -> Result<Response, Failure> {
    let signed = app.kiosk.custody().await.map_err(|error| Failure::new(error, wants))?;
    Ok(match wants {
        Wants::Json => axum::Json(signed).into_response(),
        Wants::Page => page(StatusCode::OK, custody_page(&app, &officer, &signed)),
    })
}

/// `POST /carry/export`: every case that waits, in a file sealed for the gateway.
pub(super) async fn export(
    State(app): Shared,
    officer: SignedIn,
    wants: Wants,
    form: Form,
) -> Result<Response, Failure> {
    own(&officer, form.text("csrf"), wants)?;
    // One place for all exports: nothing but the newest lies about, and that is sealed.
    let path = app.kiosk.storage().join("carried.export");
    let fail = |error: Error| Failure::new(error, wants);
    app.kiosk.export(path.clone()).await.map_err(fail)?;
    let bytes = tokio::task::spawn_blocking(move || {
        let bytes = std::fs::read(&path);
        // The officer's copy is the one that counts; a failed clearing-up is repeated by the next export.
        let _ = std::fs::remove_file(&path);
        bytes
    });
    let bytes = bytes.await.map_err(|_| fail(RequestError::Busy.into()))?;
    let bytes = bytes.map_err(|error| fail(StoreError::Carry(error.into()).into()))?;
    let name = format!("attachment; filename=\"{}.carry\"", app.kiosk_id);
    let headers =
        [(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

/// `POST /carry/receipts`: a receipts file that came back, as a form with `csrf` and `file`.
pub(super) async fn receipts(
    State(app): Shared,
    officer: SignedIn,
    wants: Wants,
    mut form: Multipart,
) -> Result<Response, Failure> {
    let bad = || Failure::new(RequestError::BadForm, wants);
    let (mut csrf, mut file) = (String::new(), None);
    while let Some(field) = form.next_field().await.map_err(|_| bad())? {
        match field.name() {
            Some("csrf") => csrf = field.text().await.map_err(|_| bad())?,
            Some("file") => file = Some(field.bytes().await.map_err(|_| bad())?),
            _ => {}
        }
    }
    own(&officer, &csrf, wants)?;
    let file = file.filter(|file| file.len() <= limits::RECEIPTS_FILE_BYTES_MAX).ok_or_else(bad)?;
    let done = app.kiosk.import(&file).await.map_err(|error| Failure::new(error, wants))?;
    Ok(match wants {
        Wants::Json => axum::Json(json!({
            "confirmed": done.confirmed, "known": done.known, "held": done.held, "answers": done.answers,
        }))
        .into_response(),
        Wants::Page => see_other("/"),
    })
}

/// `POST /cases/{case}/retake`
pub(super) async fn retake(
    State(app): Shared,
    officer: SignedIn,
    wants: Wants,
    Path(case): Path<Uuid>,
    form: Form,
) -> Result<Response, Failure> {
    own(&officer, form.text("csrf"), wants)?;
    let opened = app.kiosk.open_retake(case, officer.operator.clone()).await;
    let opened = opened.map_err(|error| Failure::new(error, wants))?;
    Ok(match wants {
        Wants::Json => (StatusCode::CREATED, axum::Json(json!({ "case": opened }))).into_response(),
        Wants::Page => see_other(&format!("/cases/{opened}")),
    })
}

/// Who is asked to come again, on the start page.
pub(super) fn retakes(officer: &SignedIn, home: &HomeSnapshot) -> Markup {
    html! {
        @if !home.retakes.is_empty() {
            section class="card" aria-labelledby="retakes" {
                h2 id="retakes" { "To take again" }
                ul class="rows" {
                    @for retake in &home.retakes {
                        li class="row" {
                            span class="row-main" {
                                strong { (case_page::short(retake.case)) }
                                span class="muted" {
                                    @if retake.answer_asks { "The central system asks for better images (Art. 38(1))" }
                                    @else { (words::outcome(retake.outcome)) }
                                    " · " (time::ago(retake.since, home.now))
                                }
                            }
                            (case_page::deadline_pill(retake.category, retake.clock_start, home.now))
                            form method="post" action=(format!("/cases/{}/retake", retake.case)) class="inline" {
                                (token(&officer.csrf))
                                button class="key small" type="submit" { "Take again" }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The card about carrying by hand, on the start page.
pub(super) fn card(officer: &SignedIn, home: &HomeSnapshot) -> Markup {
    html! {
        section class="card" aria-labelledby="carry" {
            h2 id="carry" { "Without a network" }
            p { a href="/custody" { "Signed custody line" } }
            @if !home.to_send.is_empty() {
                form method="post" action="/carry/export" {
                    (token(&officer.csrf))
                    button class="key small" type="submit" { "Put " (home.to_send.len()) " waiting into a file" }
                }
                p class="note" { "The file is sealed for the gateway. Every case stays here until its receipt is back." }
            }
            form method="post" action="/carry/receipts" enctype="multipart/form-data" class="fields" {
                (token(&officer.csrf))
                div class="field wide" {
                    label for="receipts" { "Receipts that came back" }
                    input id="receipts" name="file" type="file" required;
                }
                div class="keys end" { button class="key small" type="submit" { "Take in the receipts" } }
            }
        }
    }
}

fn custody_page(app: &App, officer: &SignedIn, signed: &SignedCustody) -> Markup {
    let bar = html! { (brand()) a class="key small" href="/" { "Start page" } };
    let who = Some((officer.operator.staff.as_str(), officer.csrf.as_str()));
    let custody = &signed.custody;
    frame(
        &Frame { title: "Custody", path: "plain", bar, officer: who, look_again_s: None },
        html! {
            main id="content" class="single" {
                section class="card" {
                    p class="muted" { "Kiosk " (app.kiosk_id) " · " (time::instant(custody.at)) }
                    h1 { (signed.line) }
                    p class="note" { "Captured: sealed on this kiosk. Here: without a verified receipt. Confirmed: the gateway's receipt was verified." }
                    p class="code" { "Signature " (signed.signature) }
                }
            }
        },
    )
}

fn own(officer: &SignedIn, csrf: &str, wants: Wants) -> Result<(), Failure> {
    if officer.owns(csrf) { Ok(()) } else { Err(Failure::new(RequestError::StaleForm, wants)) }
}
