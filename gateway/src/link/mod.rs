//! The machine link: partners and kiosks send messages and collect answers, over mutual TLS.
//!
//! The interface is described in `docs/reference/gateway-interface.md`. Who a peer is comes from its certificate
//! alone; what it may do from the signed configuration. Every refusal is an audit line.
//!
//! Invariant: a receipt leaves only after the message is durable; a refusal stores nothing.

mod body;
pub mod carried;
mod checks;
mod problem;
mod share;
mod uploads;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post, put};
use axum::{Extension, Json, Router};
use firmware_config::Partner;
use icd::identifier::{AnswerId, MessageId, PartyId};
use icd::message::{AnswerList, Message as Xml};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::error::Error;
use crate::hub::{Hub, Who};
use crate::limits;
use crate::serve::Peer;
use crate::store::Message;
use crate::watch::Counted;
use problem::Problem;
use share::Shares;
use uploads::{Progress, Uploads};

struct Link {
    hub: Arc<Hub>,
    /// Places for bodies in memory.
    bodies: Semaphore,
    /// The share of them that each partner has.
    shares: Shares,
    /// Messages that come in pieces.
    uploads: Uploads,
}

/// The routes of the machine link. Connections must carry a [`Peer`].
pub fn router(hub: Arc<Hub>) -> Router {
    let bodies = Semaphore::new(limits::BODIES_IN_MEMORY_MAX);
    let shares = Shares::default();
    let link = Arc::new(Link { hub, bodies, shares, uploads: Uploads::default() });
    Router::new()
        .route("/v1/transactions", post(submit))
        .route("/v1/transactions/{message}", get(message_state))
        .route("/v1/uploads/{message}", put(begin_upload))
        .route("/v1/uploads/{message}", get(upload_state))
        .route("/v1/uploads/{message}", patch(continue_upload))
        .route("/v1/uploads/{message}/completion", post(complete_upload))
        .route("/v1/answers", get(answers))
        .route("/v1/answers/{answer}/acknowledgement", post(acknowledge))
        .route("/v1/carrying-key", get(carrying_key))
        .route("/v1/audit-checkpoint", get(audit_checkpoint))
        .route("/v1/health", get(health))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || {
            let detail = "This address takes another method; see the interface description.";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "G-0414", "Method not allowed", detail)
        })
        .layer(middleware::from_fn_with_state(Arc::clone(&link), refusals_are_lines))
        .layer(middleware::map_response(common_headers))
        .layer(middleware::from_fn(panics_are_answers))
        .with_state(link)
}

async fn submit(
    State(link): State<Arc<Link>>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let taken = take(&link, &peer, &parts.headers, body).await;
    answered(&link, &peer, taken).await
}

/// Every refusal is an audit line.
async fn answered(
    link: &Link,
    peer: &Peer,
    taken: Result<Response, checks::Refused>,
) -> Result<Response, Problem> {
    match taken {
        Ok(response) => Ok(response),
        Err(refused) => {
            let object =
                refused.message_id.map_or_else(|| "request".to_owned(), |id| format!("message {id}"));
            let who = who(peer);
            tracing::info!(code = refused.problem.code, actor = who.actor, "a message was refused");
            link.hub.counters().add(Counted::Refusal, refused.problem.code);
            // When the audit log cannot be extended either, the refusal stands all the same.
            let _ = link.hub.record(&who, "refused", &object, refused.problem.code).await;
            Err(*refused.problem)
        }
    }
}

async fn take(
    link: &Arc<Link>,
    peer: &Peer,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, checks::Refused> {
    let refused = |problem| checks::Refused { problem: Box::new(problem), message_id: None };
    let partner = partner(link, peer).map_err(refused)?.clone();
    let share = link.shares.of(&partner);
    // The share first: who has used it up waits there, and not at the head of the line of all.
    let places = async { Some((share.acquire().await.ok()?, link.bodies.acquire().await.ok()?)) };
    let Ok(Some(_places)) = timeout(limits::BODY_PLACE_TIME_MAX, places).await else {
        return Err(refused(Problem::from(Error::NotDurable {
            reason: "too many messages at one time".to_owned(),
        })));
    };
    let message = body::receive(headers, body).await.map_err(refused)?;
    take_over(link, peer, partner, message).await
}

async fn take_over(
    link: &Arc<Link>,
    peer: &Peer,
    partner: Partner,
    message: Message,
) -> Result<Response, checks::Refused> {
    let refused = |problem| checks::Refused { problem: Box::new(problem), message_id: None };
    let hub = Arc::clone(&link.hub);
    let checked =
        spawn_blocking(move || checks::check(hub.site(), &partner, message, Timestamp::now())).await;
    let incoming = checked.map_err(|_| refused(Problem::from(Error::Stopping)))??;
    let message_id = incoming.message_id;
    let taken = link.hub.accept(incoming, who(peer)).await.map_err(|error| {
        tracing::info!(code = error.code(), %error, "a message was not taken");
        checks::Refused { problem: Box::new(Problem::from(error)), message_id: Some(message_id) }
    })?;
    let status = if taken.is_repeat { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, [(header::CONTENT_TYPE, XML)], Xml::Receipt(taken.receipt).to_xml()).into_response())
}

async fn begin_upload(
    State(link): State<Arc<Link>>,
    Extension(peer): Extension<Peer>,
    Path(message): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (partner, message) = (partner_id(&link, &peer)?, message_id(&message)?);
    Ok(stands(link.uploads.begin(&partner, message, &headers)?))
}

async fn upload_state(
    State(link): State<Arc<Link>>,
    Extension(peer): Extension<Peer>,
    Path(message): Path<String>,
) -> Result<Response, Problem> {
    let (partner, message) = (partner_id(&link, &peer)?, message_id(&message)?);
    Ok(stands(link.uploads.progress(&partner, message)?))
}

async fn continue_upload(
    State(link): State<Arc<Link>>,
    Extension(peer): Extension<Peer>,
    Path(message): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (partner, message) = (partner_id(&link, &peer)?, message_id(&message)?);
    let (parts, body) = request.into_parts();
    Ok(stands(link.uploads.append(&partner, message, &parts.headers, body).await?))
}

async fn complete_upload(
    State(link): State<Arc<Link>>,
    Extension(peer): Extension<Peer>,
    Path(message): Path<String>,
) -> Result<Response, Problem> {
    let (id, message) = (partner_id(&link, &peer)?, message_id(&message)?);
    let whole = link.uploads.complete(&id, message)?;
    let partner = partner(&link, &peer)?.clone();
    let taken = take_over(&link, &peer, partner, whole).await;
    answered(&link, &peer, taken).await
}

fn stands(progress: Progress) -> Response {
    Json(json!({ "offset": progress.offset, "length": progress.length })).into_response()
}

fn message_id(text: &str) -> Result<MessageId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

async fn carrying_key(
    State(link): State<Arc<Link>>,
    Extension(peer): Extension<Peer>,
) -> Result<Response, Problem> {
    partner(&link, &peer)?;
    let hub = Arc::clone(&link.hub);
    let published = spawn_blocking(move || carried::published(hub.site())).await;
    Ok(Json(published.map_err(|_| Error::Stopping).and_then(|key| key).map_err(logged)?).into_response())
}

#[derive(Deserialize)]
struct Wait {
    #[serde(default)]
    wait_s: u64,
}

async fn answers(
    State(link): State<Arc<Link>>,
    Extension(peer): Extension<Peer>,
    wait: Result<Query<Wait>, QueryRejection>,
) -> Result<Response, Problem> {
    let partner = partner_id(&link, &peer)?;
    let Ok(Query(wait)) = wait else {
        let detail = "The query takes wait_s, a number of seconds.";
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "G-0400",
            "The request is not well-formed",
            detail,
        ));
    };
    let wait = wait.wait_s.min(limits::ANSWER_WAIT_S_MAX);
    let answers = link.hub.answers(&partner, Duration::from_secs(wait)).await.map_err(logged)?;
    if !answers.is_empty() {
        let object = format!("{} answers", answers.len());
        link.hub.record(&who(&peer), "answers-delivered", &object, "done").await.map_err(logged)?;
    }
    Ok(([(header::CONTENT_TYPE, XML)], AnswerList { answers }.to_xml()).into_response())
}

async fn acknowledge(
    State(link): State<Arc<Link>>,
    Extension(peer): Extension<Peer>,
    Path(answer): Path<String>,
) -> Result<StatusCode, Problem> {
    let partner = partner_id(&link, &peer)?;
    let answer: AnswerId = answer.parse().map_err(|_| Problem::not_found())?;
    link.hub.collected(&partner, answer, &who(&peer)).await.map_err(logged)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn message_state(
    State(link): State<Arc<Link>>,
    Extension(peer): Extension<Peer>,
    Path(message): Path<String>,
) -> Result<Response, Problem> {
    let partner = partner_id(&link, &peer)?;
    let message: MessageId = message.parse().map_err(|_| Problem::not_found())?;
    let state = link.hub.message_state(&partner, message).await.map_err(logged)?;
    let result = if state.is_some() { "done" } else { "G-0404" };
    link.hub
        .record(&who(&peer), "state-read", &format!("message {message}"), result)
        .await
        .map_err(logged)?;
    state.map(|state| Json(state).into_response()).ok_or_else(Problem::not_found)
}

async fn audit_checkpoint(
    State(link): State<Arc<Link>>,
    Extension(peer): Extension<Peer>,
) -> Result<Response, Problem> {
    partner(&link, &peer)?;
    link.hub.checkpoint().map(|checkpoint| Json(checkpoint).into_response()).ok_or_else(Problem::not_found)
}

async fn health(State(link): State<Arc<Link>>) -> Response {
    let health = link.hub.health();
    let status = if health.reason.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(health)).into_response()
}

fn partner<'a>(link: &'a Link, peer: &Peer) -> Result<&'a Partner, Problem> {
    let known = peer.serial.as_deref().and_then(|serial| link.hub.site().config.partner(serial));
    known.ok_or_else(|| {
        Problem::new(
            StatusCode::FORBIDDEN,
            "G-0403",
            "Unknown partner",
            "The serial number in the subject of your certificate is not in the site's list of partners.",
        )
    })
}

fn partner_id(link: &Link, peer: &Peer) -> Result<PartyId, Problem> {
    let partner = partner(link, peer)?;
    PartyId::new(partner.id.as_str()).map_err(|_| Problem::not_found())
}

fn who(peer: &Peer) -> Who {
    let actor = peer.serial.clone().unwrap_or_else(|| "certificate without serial number".to_owned());
    Who { origin: format!("link {}", peer.address), actor }
}

fn logged(error: Error) -> Problem {
    tracing::info!(code = error.code(), %error, "a request was refused");
    Problem::from(error)
}

/// What is refused for want of a right is an audit line, reading as well as sending. Refused messages have theirs already.
async fn refusals_are_lines(State(link): State<Arc<Link>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_message =
        request.method() == Method::POST && (path == "/v1/transactions" || path.ends_with("/completion"));
    let peer = request.extensions().get::<Peer>().cloned();
    let response = next.run(request).await;
    if let (StatusCode::FORBIDDEN, false, Some(peer)) = (response.status(), is_message, peer) {
        let _ = link.hub.record(&who(&peer), "refused", "request", "G-0403").await;
    }
    response
}

async fn common_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("api-version", HeaderValue::from_static("1.0.0"));
    response
}

/// A panic in one request is a bug that must not take the others down or hang its sender.
async fn panics_are_answers(request: Request, next: Next) -> Response {
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let detail = "The gateway failed at this request. Send it again, with the same message id.";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "G-0500", "The gateway failed", detail)
                .into_response()
        }
    }
}

const XML: &str = "application/xml; charset=utf-8";
