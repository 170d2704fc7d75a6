//! Page or JSON: what a client asked for, and how a failure reaches it.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;
use serde_json::json;

use super::layout;
use crate::error::{Error, RequestError, StoreError};
use crate::link::LinkError;

/// What the client reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    /// A browser.
    Page,
    /// A script.
    Json,
}

impl Wants {
    /// By the `Accept` header.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if accept.contains("application/json") { Self::Json } else { Self::Page }
    }
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Wants {
    type Rejection = core::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _state: &S,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.headers))
    }
}

/// An error on its way to the client.
pub(super) struct Failure {
    error: Error,
    wants: Wants,
}

impl Failure {
    pub(super) fn new(error: impl Into<Error>, wants: Wants) -> Self {
        Self { error: error.into(), wants }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let not_signed_in = matches!(self.error, Error::Request(RequestError::NotSignedIn));
        if not_signed_in && self.wants == Wants::Page {
            return see_other("/sign-in");
        }
        match self.wants {
            Wants::Json => problem(&self.error),
            Wants::Page => page(status(&self.error), layout::error_page(&self.error)),
        }
    }
}

/// RFC 9457.
pub(super) fn problem(error: &Error) -> Response {
    let status = status(error);
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("problem"),
        "status": status.as_u16(),
        "code": error.code(),
        "detail": error.to_string(),
        "field": field(error),
    });
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))];
    (status, kind, body.to_string()).into_response()
}

/// The field an error is about.
pub(super) fn field(error: &Error) -> Option<&'static str> {
    match error {
        Error::Request(RequestError::Field { field, .. }) => Some(field),
        _ => None,
    }
}

/// The status of an error.
pub(super) fn status(error: &Error) -> StatusCode {
    match error {
        Error::Session(_) => StatusCode::CONFLICT,
        Error::Container(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Store(StoreError::NoCase | StoreError::NoPicture) => StatusCode::NOT_FOUND,
        Error::Store(StoreError::Journal(_)) => StatusCode::INSUFFICIENT_STORAGE,
        Error::Store(StoreError::NoCarryingKey) => StatusCode::CONFLICT,
        Error::Link(LinkError::ReceiptInvalid { .. }) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Request(error) => match error {
            RequestError::NotSignedIn | RequestError::SignInMismatch => StatusCode::UNAUTHORIZED,
            RequestError::SignInPaused => StatusCode::TOO_MANY_REQUESTS,
            RequestError::NotAllowed | RequestError::StaleForm => StatusCode::FORBIDDEN,
            RequestError::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
            RequestError::Field { .. } | RequestError::Category => StatusCode::UNPROCESSABLE_ENTITY,
            RequestError::NoPage => StatusCode::NOT_FOUND,
            RequestError::Dark => StatusCode::CONFLICT,
            RequestError::BadForm => StatusCode::BAD_REQUEST,
            RequestError::TooManyStreams | RequestError::Busy | RequestError::Paper(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        },
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A page.
pub(super) fn page(status: StatusCode, page: Markup) -> Response {
    (status, Html(page.into_string())).into_response()
}

/// After a form: look at that page.
pub(super) fn see_other(address: &str) -> Response {
    let location = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}
