//! The machine interface that national gateways use: hand in a message, fetch answers, ask what became of one.

use std::{sync::Arc, time::Instant};

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures_util::stream;
use icd::{
    identifier::{AnswerId, MessageId, NoticeId},
    message::AnswerList,
    notice::NoticeList,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::{Central, Error, limits, multipart};

/// Routes of the link.
pub(crate) fn router(central: Arc<Central>) -> Router {
    Router::new()
        .route("/v1/transactions", post(hand_in))
        .route("/v1/transactions/{message}", get(look_up))
        .route("/v1/answers", get(answers))
        .route("/v1/answers/{answer}/acknowledgement", post(acknowledge))
        .route("/v1/notices", get(notices))
        .route("/v1/notices/{notice}/acknowledgement", post(acknowledge_notice))
        .with_state(central)
}

async fn hand_in(State(central): State<Arc<Central>>, headers: HeaderMap, body: Body) -> Response {
    if let Some(refusal) = in_force(&central).await {
        return refusal;
    }
    let parts = match multipart::read(&headers, body).await {
        Ok(parts) => parts,
        Err(error) => return problem(&error),
    };
    let worker = Arc::clone(&central);
    let result = tokio::task::spawn_blocking(move || worker.take_in(parts, Timestamp::now())).await;
    match result {
        Ok(Ok(_)) if central.faults().lose_answer => broken_off(),
        Ok(Ok(receipt)) => (StatusCode::ACCEPTED, [(header::CONTENT_TYPE, XML)], receipt).into_response(),
        Ok(Err(error)) => problem(&error),
        Err(_) => problem(&Error::Request { reason: "it could not be worked on".to_owned() }),
    }
}

async fn look_up(State(central): State<Arc<Central>>, Path(message): Path<Uuid>) -> Response {
    if let Some(refusal) = in_force(&central).await {
        return refusal;
    }
    match central.registry().message(MessageId::from_uuid(message)) {
        Some(record) => {
            Json(json!({ "state": if record.answered { "answered" } else { "received" } })).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wait {
    #[serde(default)]
    wait_s: u64,
}

async fn answers(State(central): State<Arc<Central>>, Query(wait): Query<Wait>) -> Response {
    if let Some(refusal) = in_force(&central).await {
        return refusal;
    }
    let until = Instant::now() + std::time::Duration::from_secs(wait.wait_s).min(limits::WAIT_MAX);
    loop {
        let arrived = central.arrived();
        let waiting = central.registry().waiting();
        let left = until.saturating_duration_since(Instant::now());
        if !waiting.is_empty() || left.is_zero() {
            return ([(header::CONTENT_TYPE, XML)], AnswerList { answers: waiting }.to_xml()).into_response();
        }
        // Only the wake-up matters: whether something arrived or the wait ended, the list is read again.
        let _ = tokio::time::timeout(left, arrived).await;
    }
}

async fn acknowledge(State(central): State<Arc<Central>>, Path(answer): Path<Uuid>) -> Response {
    if let Some(refusal) = in_force(&central).await {
        return refusal;
    }
    central.registry().acknowledge(AnswerId::from_uuid(answer));
    StatusCode::NO_CONTENT.into_response()
}

async fn notices(State(central): State<Arc<Central>>) -> Response {
    if let Some(refusal) = in_force(&central).await {
        return refusal;
    }
    let notices = central.registry().notices.clone();
    ([(header::CONTENT_TYPE, XML)], NoticeList { notices }.to_xml()).into_response()
}

async fn acknowledge_notice(State(central): State<Arc<Central>>, Path(notice): Path<Uuid>) -> Response {
    if let Some(refusal) = in_force(&central).await {
        return refusal;
    }
    let id = NoticeId::from_uuid(notice);
    central.registry().notices.retain(|notice| notice.notice_id != id);
    StatusCode::NO_CONTENT.into_response()
}

/// Applies the switched-on faults that touch every request.
async fn in_force(central: &Central) -> Option<Response> {
    let faults = central.faults();
    if faults.slow_ms > 0 {
        tokio::time::sleep(faults.delay()).await;
    }
    faults.down.then(|| (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")]).into_response())
}

/// A reply whose body ends before it is complete: the peer cannot tell whether its message was taken in.
fn broken_off() -> Response {
    let body = Body::from_stream(stream::iter([Err::<Vec<u8>, _>(std::io::Error::from(
        std::io::ErrorKind::ConnectionReset,
    ))]));
    (StatusCode::ACCEPTED, [(header::CONTENT_TYPE, XML)], body).into_response()
}

/// An error as `application/problem+json`.
pub(crate) fn problem(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({ "status": status.as_u16(), "code": error.code(), "title": status.canonical_reason(), "detail": error.to_string() });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

const XML: &str = "application/xml";
