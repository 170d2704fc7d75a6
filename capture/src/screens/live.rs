//! The live picture on the screens: one hint at a time for the person, boxes for the officer, and nothing afterwards.
//!
//! A stream of what the sensor sees, for the page of one case and of a signed-in officer; and the newest frame as a
//! picture. Both end with the sensor: the stream says `dark` and the picture is not found any more. Nothing of it may be
//! kept by the browser.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::{Value, json};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;
use uuid::Uuid;

use super::auth::SignedIn;
use super::case_page::View;
use super::language::Language;
use super::layout::token;
use super::respond::{Failure, Wants};
use super::routes::snapshot;
use super::{App, case_page, picture, streams, words};
use crate::daemon::LiveFrame;
use crate::error::RequestError;
use crate::live::Hint;
use crate::session::{AgeBand, Step};

/// `GET /cases/{case}/live`
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    _officer: SignedIn,
    wants: Wants,
    Path(case): Path<Uuid>,
) -> Result<Response, Failure> {
    let snapshot = snapshot(&app, case).await.map_err(|error| Failure::new(error, wants))?;
    let language = case_page::language(&app, &snapshot);
    let child = case_page::band(&snapshot) == Some(AgeBand::Child);
    let mut was_live = false;
    let boards = WatchStream::new(app.kiosk.live());
    let events = boards.filter_map(move |board| {
        let frame = board.frame(case);
        let went_dark = was_live && frame.is_none();
        was_live = frame.is_some();
        match frame {
            Some(frame) => {
                Some(Event::default().event("live").data(sight(&frame, language, child).to_string()))
            }
            None if went_dark => Some(Event::default().event("dark").data("dark")),
            None => None,
        }
    });
    streams::answer(&app, wants, events)
}

/// `GET /cases/{case}/live.jpg`
pub(super) async fn frame(
    State(app): State<Arc<App>>,
    _officer: SignedIn,
    wants: Wants,
    Path(case): Path<Uuid>,
) -> Result<Response, Failure> {
    let frame = app.kiosk.live().borrow().frame(case);
    let jpeg = frame.and_then(|frame| frame.jpeg.clone());
    let jpeg = jpeg.ok_or_else(|| Failure::new(RequestError::Dark, wants))?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], jpeg).into_response())
}

/// What the page is told about one frame. The officer reads the same words with a child as with an adult.
fn sight(frame: &LiveFrame, language: Language, child: bool) -> Value {
    let hold = if child { "hold-child" } else { "hold" };
    let key = frame.sight.hint.map_or_else(|| hold.to_owned(), |hint| words::hint(hint, child));
    let (words, spoken) = language.text(&key);
    let marks = frame.sight.marks.iter().map(|mark| {
        json!({
            "finger": mark.finger.fgp(), "name": words::finger_in_hand(mark.finger), "good": mark.good,
            "left": mark.area.left, "top": mark.area.top, "right": mark.area.right, "bottom": mark.area.bottom,
        })
    });
    json!({
        "number": frame.number,
        "step": frame.step.code(),
        "proof": frame.proof,
        "hint": frame.sight.hint,
        "picture": frame.sight.hint.map(Hint::picture),
        "words": words,
        "language": spoken.tag(),
        "direction": spoken.direction(),
        "untranslated": (spoken != language).then(|| spoken.name()),
        "officer": frame.sight.hint.map_or(if frame.proof { SHOW } else { HOLD }, Hint::words),
        "steady": frame.sight.steady,
        "has_picture": frame.jpeg.is_some(),
        "width": frame.size_px.0,
        "height": frame.size_px.1,
        "marks": marks.collect::<Vec<_>>(),
    })
}

/// What the officer reads when there is nothing to say to the person.
const HOLD: &str = "Lies well. It is taken by itself.";

/// What the officer reads while the camera waits for a photo of what cannot be taken.
const SHOW: &str = "Nothing is taken by itself. Press \"Take it now\" when it can be seen.";

/// The person's half while the sensor is on: what to do, and the newest hint as sign and words.
pub(super) fn person(view: &View<'_>, drawing: Markup, invitation: &str, child: bool) -> Markup {
    let text = if child { "no-hurry".to_owned() } else { format!("{invitation}-text") };
    html! {
        (drawing)
        div class="live-hint" {
            svg class="live-sign" viewBox="0 0 104 104" aria-hidden="true" focusable="false" hidden { use {} }
            h1 data-live-words { (view.speaker.say(invitation)) }
        }
        p class="lead" { (view.speaker.say(&text)) }
        (signs())
    }
}

/// Every sign once, for the script to point at.
fn signs() -> Markup {
    html! {
        svg class="signs" aria-hidden="true" focusable="false" {
            @for hint in Hint::ALL {
                symbol id=(format!("sign-{}", hint.picture())) viewBox="0 0 104 104" { (picture::sign(hint.picture())) }
            }
        }
    }
}

/// The officer's half while the sensor is on: the live picture with a box around each finger.
pub(super) fn officer(view: &View<'_>, step: Step, proof: bool) -> Markup {
    let what =
        if proof { "photo of what cannot be taken".to_owned() } else { words::step(step).to_lowercase() };
    html! {
        section class="card live" aria-labelledby="step-head" {
            h2 id="step-head" { span class="lamp" aria-hidden="true" {} (if proof { "The camera is on: " } else { "The sensor is on: " }) (what) }
            figure class="live-view" {
                img class="live-picture" alt="Live picture of the sensor" src=(view.action("live.jpg")) width="400" height="375";
                svg class="live-marks" viewBox="0 0 400 375" aria-hidden="true" focusable="false" {}
            }
            p class="live-words" role="status" data-live-officer { "Waiting for the first picture." }
            @if proof {
                p class="note" { "Bring only the bandage or what is missing into the picture, not the face. The live picture is shown here only and kept nowhere." }
            } @else {
                p class="note" { "It is taken by itself as soon as it lies well and still. The picture is shown here only and kept nowhere." }
            }
            div class="verdict live-keys" {
                form method="post" action=(view.action("take-now")) {
                    (token(view.csrf))
                    button class="key" type="submit" { "Take it now" }
                }
                form method="post" action=(view.action("stop")) {
                    (token(view.csrf))
                    button class="key" type="submit" { "Stop the sensor" }
                }
                button class="key small" type="button" data-voice aria-pressed="false" hidden { "Read hints aloud" }
            }
        }
    }
}
