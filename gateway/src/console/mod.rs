//! The operator console: browsers of officials, over mutual TLS with the official's card.
//!
//! It holds an `Arc<Hub>`, sees what `hub::view` shows, acts by the hub's methods for operators and is told by
//! `Hub::subscribe` when to look again. Here stands only what needs no session: whether the gateway is ready.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use crate::hub::Hub;

/// The routes of the console. Connections must carry a [`crate::serve::Peer`].
pub fn router(hub: Arc<Hub>) -> Router {
    Router::new().route("/health", get(health)).with_state(hub)
}

async fn health(State(hub): State<Arc<Hub>>) -> Response {
    let health = hub.health();
    let status = if health.reason.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(health)).into_response()
}
