//! What a partner is told when something is refused: RFC 9457 problem details with a stable code.
//!
//! Invariant: no value of the request is repeated; findings name fields, not contents.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use icd::finding::Finding;
use serde::Serialize;

use crate::engine::Refusal;
use crate::error::Error;
use crate::limits;

/// A refusal on its way out.
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: String,
    pub(crate) code: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<FindingView>,
}

#[derive(Debug, Serialize)]
struct FindingView {
    code: String,
    severity: &'static str,
    field: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<String>,
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind: format!("urn:eurodac-gateway:problem:{code}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            code,
            findings: Vec::new(),
        }
    }

    /// The message itself is at fault, with every reason found.
    pub(crate) fn of_findings(findings: &[Finding]) -> Self {
        let detail = "The message was not accepted and nothing was stored. Correct every finding and send it \
                      again under a new message id.";
        let mut problem =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "G-0422", "The message is not valid", detail);
        problem.findings = findings
            .iter()
            .map(|finding| FindingView {
                code: finding.code.clone(),
                severity: finding.severity.word(),
                field: finding.field.clone(),
                message: finding.message.clone(),
                accepted: finding.accepted.clone(),
            })
            .collect();
        problem
    }

    pub(crate) fn too_large() -> Self {
        let detail = format!(
            "An envelope may have {} bytes and a container {}; nothing was stored. Send less, or compress images as \
             the profile says.",
            limits::ENVELOPE_BYTES_MAX,
            limits::CONTAINER_BYTES_MAX
        );
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "G-0413", "The message is too large", detail)
    }

    pub(crate) fn not_found() -> Self {
        let detail = "There is nothing of yours under this address.";
        Self::new(StatusCode::NOT_FOUND, "G-0404", "Not found", detail)
    }
}

impl From<Error> for Problem {
    /// Site and bug errors keep their inside detail to the log; the partner learns code and consequence.
    fn from(error: Error) -> Self {
        let (code, detail) = (error.code(), error.to_string());
        match error {
            Error::Refused(Refusal::ContentDiffers) => {
                Self::new(StatusCode::CONFLICT, code, "The message id is taken", detail)
            }
            Error::Refused(Refusal::NotFound) => Self::not_found(),
            Error::Refused(Refusal::Full | Refusal::PartnerFull)
            | Error::BeingReceived
            | Error::NotDurable { .. }
            | Error::Stopping
            | Error::IndexStopped => {
                let detail = "Nothing was accepted. Keep the message and send it again, with the same message id, \
                              after the time in Retry-After.";
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    code,
                    "The gateway cannot take messages now",
                    detail,
                )
            }
            Error::Refused(_) => Self::new(StatusCode::CONFLICT, code, "Not possible now", detail),
            _ => {
                let detail =
                    "The gateway could not do this; it is in its log under this code. Try again later.";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, "The gateway failed", detail)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response =
            (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(limits::RETRY_AFTER_S));
        }
        response
    }
}
