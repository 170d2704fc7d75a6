//! Reads the two parts of a transaction from a request body, each within its bound.

use axum::body::Body;
use axum::http::{HeaderMap, header::CONTENT_TYPE};
use multer::{Constraints, Multipart, SizeLimit};

use crate::{Error, limits};

/// The parts of one transaction as they came.
pub(crate) struct Parts {
    /// XML of the envelope.
    pub envelope: Vec<u8>,
    /// ANSI/NIST container, empty where there is none.
    pub container: Vec<u8>,
}

/// Reads the parts `envelope` and, where there is one, `container`.
///
/// # Errors
/// When the body is no multipart form, a part is unknown, repeated, missing or too large.
pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Parts, Error> {
    let request = |reason: &str| Error::Request { reason: reason.to_owned() };
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| request("it has no content type"))?;
    let boundary = multer::parse_boundary(content_type).map_err(|error| request(&error.to_string()))?;
    let limit = SizeLimit::new()
        .whole_stream(limits::BODY_BYTES_MAX)
        .for_field("envelope", limits::ENVELOPE_BYTES_MAX)
        .for_field("container", limits::CONTAINER_BYTES_MAX);
    let constraints = Constraints::new().allowed_fields(vec!["envelope", "container"]).size_limit(limit);
    let mut form = Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
    let (mut envelope, mut container) = (None, None);
    while let Some(field) = form.next_field().await.map_err(refusal)? {
        let slot = match field.name() {
            Some("envelope") => &mut envelope,
            Some("container") => &mut container,
            _ => return Err(request("a part has another name")),
        };
        if slot.is_some() {
            return Err(request("a part comes twice"));
        }
        *slot = Some(field.bytes().await.map_err(refusal)?.to_vec());
    }
    let envelope = envelope.ok_or_else(|| request("the part `envelope` is missing"))?;
    Ok(Parts { envelope, container: container.unwrap_or_default() })
}

fn refusal(error: multer::Error) -> Error {
    match error {
        multer::Error::FieldSizeExceeded { field_name: Some(name), .. } if name == "envelope" => {
            Error::TooLarge { part: "envelope", bytes_max: limits::ENVELOPE_BYTES_MAX }
        }
        multer::Error::FieldSizeExceeded { .. } => {
            Error::TooLarge { part: "container", bytes_max: limits::CONTAINER_BYTES_MAX }
        }
        multer::Error::StreamSizeExceeded { .. } => {
            Error::TooLarge { part: "body", bytes_max: limits::BODY_BYTES_MAX }
        }
        other => Error::Request { reason: other.to_string() },
    }
}
