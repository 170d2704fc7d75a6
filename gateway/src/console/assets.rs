//! The one style sheet and the one script. Nothing comes from outside.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

pub(crate) async fn style() -> Response {
    asset("text/css; charset=utf-8", include_str!("assets/console.css"))
}

pub(crate) async fn script() -> Response {
    asset("text/javascript; charset=utf-8", include_str!("assets/console.js"))
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    // Asked for again after an upgrade, at the latest after a few minutes.
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, max-age=300")], text).into_response()
}

/// Browsers ask for one by themselves.
pub(crate) async fn no_icon() -> StatusCode {
    StatusCode::NO_CONTENT
}
