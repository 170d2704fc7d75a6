//! The table of interfaces, and whether gateway and central system are up.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use icd::operation::Operation;
use jiff::Timestamp;

use super::denied::Denied;
use super::guard::{Face, Official, card_holder};
use super::json::{InterfaceJson, InterfacesJson};
use super::{Console, pages};
use crate::serve::Peer;

pub(crate) async fn interfaces(
    State(console): State<Arc<Console>>,
    official: Official,
    face: Face,
) -> Response {
    let as_of = Timestamp::now();
    let rows = console.hub.capabilities(as_of);
    match face {
        Face::Json => {
            let interfaces = rows.into_iter().filter_map(|row| {
                // The configuration was refused at the start if it named an unknown operation.
                let rule = Operation::from_code(&row.operation)?.rule();
                Some(InterfaceJson { row, title: rule.title, article: rule.article })
            });
            Json(InterfacesJson { as_of, interfaces: interfaces.collect() }).into_response()
        }
        Face::Page => pages::html(pages::interfaces(&console, &official, &rows, as_of)),
    }
}

/// Without a session for scripts, so that a watchdog with a known card can ask.
pub(crate) async fn health(
    State(console): State<Arc<Console>>,
    Extension(peer): Extension<Peer>,
    official: Result<Official, Denied>,
    face: Face,
) -> Result<Response, Denied> {
    card_holder(&console, &peer)?;
    let health = console.hub.health();
    let status = if health.reason.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok(match face {
        Face::Json => (status, Json(health)).into_response(),
        Face::Page => (status, pages::html(pages::health(&console, &official?, &health))).into_response(),
    })
}
