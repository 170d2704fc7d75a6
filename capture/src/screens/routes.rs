//! One function per route: read what came, ask the kiosk, answer as page or JSON.

use std::io::Cursor;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use uuid::Uuid;

use super::auth::{SignedIn, cookie_gone};
use super::form::Form;
use super::respond::{Failure, Wants, page, problem, see_other, status};
use super::{App, case_page, home as pages, state};
use crate::daemon::{CaseSnapshot, NewCase};
use crate::device::{Behaviour, Looks, Pose, Scene, Tempo, Trouble};
use crate::error::{Error, RequestError, StoreError};
use crate::live::{self, FingerVerdict, SlapVerdict};
use crate::session::{AttemptResult, Event, Gate, Step};
use crate::store::Picture;

type Shared = State<Arc<App>>;

/// `GET /`
pub(super) async fn home(State(app): Shared, officer: SignedIn, wants: Wants) -> Result<Response, Failure> {
    let home = app.kiosk.home().await.map_err(|error| Failure::new(error, wants))?;
    Ok(match wants {
        Wants::Json => axum::Json(state::home(&home, &officer.csrf)).into_response(),
        Wants::Page => page(StatusCode::OK, pages::home(&app, &officer, &home, None, &Form::default())),
    })
}

/// `GET /sign-in`
pub(super) async fn sign_in_page(State(app): Shared) -> Response {
    page(StatusCode::OK, pages::sign_in(&app, None))
}

/// `POST /sign-in`
pub(super) async fn sign_in(State(app): Shared, wants: Wants, form: Form) -> Response {
    let (id, pin, code) =
        (form.text("staff").to_owned(), form.text("pin").to_owned(), form.text("code").to_owned());
    let unix_s = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let checking = Arc::clone(&app);
    let checked =
        tokio::task::spawn_blocking(move || checking.sign_ins.sign_in(&id, &pin, &code, unix_s)).await;
    let signed_in = match checked.unwrap_or(Err(RequestError::Busy)) {
        Ok(signed_in) => signed_in,
        Err(error) => {
            tracing::info!(code = error.code(), "a sign-in was not accepted");
            let error = Error::from(error);
            return match wants {
                Wants::Json => problem(&error),
                Wants::Page => page(status(&error), pages::sign_in(&app, Some(&error))),
            };
        }
    };
    let mut response = match wants {
        Wants::Json => {
            axum::Json(json!({ "staff": signed_in.operator.staff, "csrf": signed_in.csrf })).into_response()
        }
        Wants::Page => see_other("/"),
    };
    set_cookie(&mut response, &signed_in.cookie());
    response
}

/// `POST /sign-out`
pub(super) async fn sign_out(
    State(app): Shared,
    officer: SignedIn,
    wants: Wants,
    form: Form,
) -> Result<Response, Failure> {
    own_form(&officer, &form, wants)?;
    app.sign_ins.sign_out(&officer);
    let mut response = match wants {
        Wants::Json => StatusCode::NO_CONTENT.into_response(),
        Wants::Page => see_other("/sign-in"),
    };
    set_cookie(&mut response, &cookie_gone());
    Ok(response)
}

/// `POST /cases`
pub(super) async fn open_case(
    State(app): Shared,
    officer: SignedIn,
    wants: Wants,
    form: Form,
) -> Result<Response, Failure> {
    own_form(&officer, &form, wants)?;
    match open(&app, &officer, &form).await {
        Ok(case) => Ok(match wants {
            Wants::Json => {
                let location = [(header::LOCATION, format!("/cases/{case}"))];
                (StatusCode::CREATED, location, axum::Json(json!({ "case": case, "csrf": officer.csrf })))
                    .into_response()
            }
            Wants::Page => see_other(&format!("/cases/{case}")),
        }),
        Err(error) if wants == Wants::Page => {
            let home = app.kiosk.home().await.map_err(|error| Failure::new(error, wants))?;
            Ok(page(status(&error), pages::home(&app, &officer, &home, Some(&error), &form)))
        }
        Err(error) => Err(Failure::new(error, wants)),
    }
}

async fn open(app: &App, officer: &SignedIn, form: &Form) -> Result<Uuid, Error> {
    let event_place = form.text("event_place").to_owned();
    if event_place.is_empty() {
        return Err(RequestError::Field { field: "event_place", expected: "a place" }.into());
    }
    let event_at = form.event_at()?;
    if event_at > jiff::Timestamp::now() {
        let field = if form.text("event_at").is_empty() { "event_date" } else { "event_at" };
        return Err(RequestError::Field { field, expected: "an instant that has passed" }.into());
    }
    let operator = officer.operator.clone();
    let category = form.category()?;
    app.kiosk.open(NewCase { operator, category, event_at, event_place, retake_of: None }).await
}

/// `GET /cases/{case}`
pub(super) async fn case(
    State(app): Shared,
    officer: SignedIn,
    wants: Wants,
    Path(case): Path<Uuid>,
) -> Result<Response, Failure> {
    let snapshot = snapshot(&app, case).await.map_err(|error| Failure::new(error, wants))?;
    Ok(shown(&app, &snapshot, &officer, wants, None, &Form::default()))
}

/// `POST /cases/{case}/gates/{gate}`
pub(super) async fn gate(
    State(app): Shared,
    officer: SignedIn,
    wants: Wants,
    Path((case, gate)): Path<(Uuid, String)>,
    form: Form,
) -> Result<Response, Failure> {
    own_form(&officer, &form, wants)?;
    let gate = Gate::ALL.into_iter().find(|known| known.code() == gate);
    let event = gate.ok_or(RequestError::NoPage).and_then(|gate| form.gate(gate, &app.leaflets));
    carry_out(&app, &officer, wants, case, &form, event).await
}

/// `POST /cases/{case}/{action}`
pub(super) async fn act(
    State(app): Shared,
    officer: SignedIn,
    wants: Wants,
    Path((case, action)): Path<(Uuid, String)>,
    form: Form,
) -> Result<Response, Failure> {
    own_form(&officer, &form, wants)?;
    let event = match action.as_str() {
        "person" => form.person(),
        "companion-left" => form.companion_left(),
        "capture" => form.capture(),
        "retry" => retry(&app, case, &form).await,
        "stop" => Ok(Event::CaptureStopped),
        "accept" => form.accept(),
        "exception" => form.exception(),
        "photo" => form.proof_photo(),
        "no-photo" => form.no_photo(),
        "sequence" => Ok(form.confirm_sequence()),
        "refuse" => form.refuse(),
        "later" => form.later(),
        "seal" => Ok(Event::SealAsked),
        "language" => {
            let chosen = form.language().map(|language| app.languages.choose(case, language));
            return answer(&app, &officer, wants, case, &form, chosen.map_err(Error::from)).await;
        }
        "take-now" => {
            let taken = app.kiosk.take_now(case).await;
            return answer(&app, &officer, wants, case, &form, taken).await;
        }
        "send-again" => {
            let released = app.kiosk.release(case).await;
            return answer(&app, &officer, wants, case, &form, released).await;
        }
        _ => Err(RequestError::NoPage),
    };
    carry_out(&app, &officer, wants, case, &form, event).await
}

/// The step to repeat: as named, or the one under review.
async fn retry(app: &App, case: Uuid, form: &Form) -> Result<Event, RequestError> {
    if !form.text("step").is_empty() {
        return form.capture();
    }
    let snapshot = snapshot(app, case).await.map_err(|_| RequestError::NoPage)?;
    match case_page::phase(&snapshot) {
        crate::session::Phase::Review { step } | crate::session::Phase::Capture { step } => {
            Ok(Event::CaptureAsked { step, only: None })
        }
        _ => Err(RequestError::Field { field: "step", expected: "right-four, left-four, thumbs or face" }),
    }
}

async fn carry_out(
    app: &App,
    officer: &SignedIn,
    wants: Wants,
    case: Uuid,
    form: &Form,
    event: Result<Event, RequestError>,
) -> Result<Response, Failure> {
    let done = match event {
        Ok(event) => app.kiosk.officer(case, officer.operator.clone(), event).await,
        Err(error) => Err(error.into()),
    };
    answer(app, officer, wants, case, form, done).await
}

async fn answer(
    app: &App,
    officer: &SignedIn,
    wants: Wants,
    case: Uuid,
    form: &Form,
    done: Result<(), Error>,
) -> Result<Response, Failure> {
    let snapshot = snapshot(app, case).await;
    match (done, snapshot, wants) {
        (Ok(()), Ok(_), Wants::Page) => Ok(see_other(&format!("/cases/{case}"))),
        (Ok(()), Ok(snapshot), Wants::Json) => Ok(shown(app, &snapshot, officer, wants, None, form)),
        // A case opened by mistake is gone when it is ended.
        (Ok(()), Err(_), Wants::Page) => Ok(see_other("/")),
        (Ok(()), Err(_), Wants::Json) => Ok(StatusCode::NO_CONTENT.into_response()),
        (Err(error), Ok(snapshot), Wants::Page) => {
            Ok(shown(app, &snapshot, officer, wants, Some(&error), form))
        }
        (Err(error), ..) => Err(Failure::new(error, wants)),
    }
}

fn shown(
    app: &App,
    snapshot: &CaseSnapshot,
    officer: &SignedIn,
    wants: Wants,
    error: Option<&Error>,
    typed: &Form,
) -> Response {
    let language = case_page::language(app, snapshot);
    let leaflets = app.leaflets.as_slice();
    match wants {
        Wants::Json => {
            let mut state = state::case(snapshot, &officer.csrf);
            if let Some(fields) = state.as_object_mut() {
                fields.insert("language".to_owned(), language.tag().into());
            }
            axum::Json(state).into_response()
        }
        Wants::Page => {
            let code = error.map_or(StatusCode::OK, status);
            page(code, case_page::case(snapshot, officer, error, typed, (language, leaflets)))
        }
    }
}

/// `GET /cases/{case}/attempts/{n}.png`
pub(super) async fn attempt(
    State(app): Shared,
    _officer: SignedIn,
    wants: Wants,
    Path((case, picture)): Path<(Uuid, String)>,
) -> Result<Response, Failure> {
    let fail = |error: Error| Failure::new(error, wants);
    let number = picture.strip_suffix(".png").and_then(|number| number.parse::<u32>().ok());
    let number = number.ok_or_else(|| fail(RequestError::NoPage.into()))?;
    let snapshot = snapshot(&app, case).await.map_err(fail)?;
    let picture = app.kiosk.picture(case, number).await.map_err(fail)?;
    let drawn = tokio::task::spawn_blocking(move || draw(&snapshot, number, &picture)).await;
    let png = drawn.ok().flatten().ok_or_else(|| fail(StoreError::NoPicture.into()))?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}

/// A slap with its boxes, or a portrait, as PNG.
fn draw(snapshot: &CaseSnapshot, number: u32, picture: &Picture) -> Option<Vec<u8>> {
    match picture {
        Picture::Slap { image, .. } => live::overlay(image, &verdict(snapshot, number)?),
        Picture::Face(portrait) => {
            let decoded = image::load_from_memory(&portrait.jpeg).ok()?;
            let mut png = Cursor::new(Vec::new());
            decoded.thumbnail(PREVIEW_PX, PREVIEW_PX).write_to(&mut png, image::ImageFormat::Png).ok()?;
            Some(png.into_inner())
        }
    }
}

fn verdict(snapshot: &CaseSnapshot, number: u32) -> Option<SlapVerdict> {
    let session = snapshot.session.as_ref()?;
    let mut attempts = Step::ALL.into_iter().flat_map(|step| &session.step(step).attempts);
    let attempt = attempts.find(|attempt| attempt.number == number)?;
    let AttemptResult::Slap { fingers, hints } = &attempt.result else { return None };
    let fingers = fingers.iter().map(|finger| FingerVerdict {
        finger: finger.finger,
        area: finger.area,
        quality: finger.quality,
        accepted: finger.accepted,
        hint: finger.hint,
        scored_by: finger.scored_by,
    });
    Some(SlapVerdict { fingers: fingers.collect(), hints: hints.clone() })
}

/// `GET /virtual`
pub(super) async fn virtual_panel(
    State(app): Shared,
    officer: SignedIn,
    wants: Wants,
) -> Result<Response, Failure> {
    let scene = app.scene.as_ref().ok_or_else(|| Failure::new(RequestError::NoPage, wants))?.look();
    Ok(match wants {
        Wants::Json => axum::Json(scene_state(&scene, &officer.csrf)).into_response(),
        Wants::Page => page(StatusCode::OK, pages::virtual_panel(&officer, &scene)),
    })
}

/// `POST /virtual`
pub(super) async fn set_scene(
    State(app): Shared,
    officer: SignedIn,
    wants: Wants,
    form: Form,
) -> Result<Response, Failure> {
    own_form(&officer, &form, wants)?;
    let handle = app.scene.as_ref().ok_or_else(|| Failure::new(RequestError::NoPage, wants))?;
    let scene = changed_scene(handle.look(), &form).map_err(|error| Failure::new(error, wants))?;
    handle.set(scene.clone());
    Ok(match wants {
        Wants::Json => axum::Json(scene_state(&scene, &officer.csrf)).into_response(),
        Wants::Page => see_other("/virtual"),
    })
}

/// Fields that are absent leave their part of the scene as it is.
fn changed_scene(mut scene: Scene, form: &Form) -> Result<Scene, RequestError> {
    fn choice<T>(
        form: &Form,
        field: &'static str,
        read: fn(&str) -> Option<T>,
        to: &mut T,
    ) -> Result<(), RequestError> {
        if !form.text(field).is_empty() {
            let expected = "one of the choices on /virtual";
            *to = read(form.text(field)).ok_or(RequestError::Field { field, expected })?;
        }
        Ok(())
    }
    choice(form, "person", |text| text.parse().ok().filter(|person| *person < 1_000), &mut scene.person)?;
    choice(
        form,
        "visit",
        |text| text.parse().ok().filter(|visit| (1..100).contains(visit)),
        &mut scene.visit,
    )?;
    choice(form, "behaviour", Behaviour::from_code, &mut scene.behaviour)?;
    choice(form, "pose", Pose::from_code, &mut scene.pose)?;
    choice(form, "looks", Looks::from_code, &mut scene.looks)?;
    choice(form, "trouble", Trouble::from_code, &mut scene.trouble)?;
    choice(form, "tempo", Tempo::from_code, &mut scene.tempo)?;
    Ok(scene)
}

fn scene_state(scene: &Scene, csrf: &str) -> serde_json::Value {
    json!({
        "csrf": csrf,
        "person": scene.person, "visit": scene.visit, "behaviour": scene.behaviour.code(),
        "pose": scene.pose.code(), "looks": scene.looks.code(), "trouble": scene.trouble.code(),
        "tempo": scene.tempo.code(),
    })
}

/// `GET /kiosk.css`
pub(super) async fn style() -> Response {
    asset("text/css; charset=utf-8", include_str!("kiosk.css"))
}

/// `GET /panel.css`: sizes of this panel, in points. A policy that forbids inline styles leaves this place for them.
pub(super) async fn panel_style(State(app): Shared) -> Response {
    let px = |tenths_mm: u32| (tenths_mm * app.panel_dpi).div_ceil(254);
    let (key, key_small, gap, cap) =
        (px(KEY_TENTHS_MM), px(KEY_SMALL_TENTHS_MM), px(GAP_TENTHS_MM), px(CAP_TENTHS_MM));
    // A capital is about 0.72 of its font's size in every font of the list.
    let text = (cap * 100).div_ceil(72);
    let style = format!(
        ":root {{ --key: {key}px; --key-small: {key_small}px; --gap: {}px; --person-text: {text}px; }}\n",
        gap.max(GAP_PX_MIN)
    );
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, style).into_response()
}

/// `GET /kiosk.js`
pub(super) async fn script() -> Response {
    asset("text/javascript; charset=utf-8", include_str!("kiosk.js"))
}

/// `GET /leaflets/{id}`: a leaflet of the site, to be printed or shown.
pub(super) async fn leaflet(
    State(app): Shared,
    _officer: SignedIn,
    wants: Wants,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let found = app.leaflets.iter().find(|leaflet| leaflet.id == id);
    let leaflet = found.ok_or_else(|| Failure::new(RequestError::NoPage, wants))?;
    Ok(([(header::CONTENT_TYPE, leaflet.media_type)], leaflet.bytes.clone()).into_response())
}

/// Everything else.
pub(super) async fn nowhere(wants: Wants) -> Failure {
    Failure::new(RequestError::NoPage, wants)
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, text).into_response()
}

pub(super) async fn snapshot(app: &App, case: Uuid) -> Result<CaseSnapshot, Error> {
    let found = app.kiosk.case(case).await?;
    Ok(*found.ok_or(StoreError::NoCase)?)
}

fn own_form(officer: &SignedIn, form: &Form, wants: Wants) -> Result<(), Failure> {
    if officer.owns(form.text("csrf")) { Ok(()) } else { Err(Failure::new(RequestError::StaleForm, wants)) }
}

fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}

/// Longest side of a portrait preview.
const PREVIEW_PX: u32 = 640;
/// Sizes on the panel in tenths of a millimetre (requirement: primary keys 20 mm, others 15 mm, gap 3 mm, capitals on the
/// person's side 5 mm).
const KEY_TENTHS_MM: u32 = 200;
const KEY_SMALL_TENTHS_MM: u32 = 150;
const GAP_TENTHS_MM: u32 = 30;
const CAP_TENTHS_MM: u32 = 50;
/// Less looks cramped.
const GAP_PX_MIN: u32 = 16;
