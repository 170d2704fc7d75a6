//! Receiving a message: multipart, streamed, with a bound on every part, on the whole and on the time.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use multer::{Constraints, Multipart, SizeLimit};
use tokio::time::timeout;

use super::problem::Problem;
use crate::limits;
use crate::store::Message;

/// Reads both parts. After a refusal what is left of the body is read and thrown away, within bounds, so that the
/// sender gets to see why.
pub(super) async fn receive(headers: &HeaderMap, body: Body) -> Result<Message, Problem> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| length > bound(limits::REQUEST_BYTES_MAX)) {
        drain(body).await;
        return Err(Problem::too_large());
    }
    let boundary = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| multer::parse_boundary(kind).ok());
    let Some(boundary) = boundary else {
        drain(body).await;
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "G-0415",
            "Not multipart/form-data",
            "Send multipart/form-data with a part envelope and, for submissions, a part container.",
        ));
    };
    match timeout(limits::BODY_TIME_MAX, parts(body, boundary)).await {
        Ok(received) => received,
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "G-0408",
            "The message came too slowly",
            "The message did not arrive in time and nothing was stored. Send it again with the same message id.",
        )),
    }
}

async fn parts(body: Body, boundary: String) -> Result<Message, Problem> {
    let sizes = SizeLimit::new()
        .whole_stream(bound(limits::REQUEST_BYTES_MAX))
        .for_field("envelope", bound(limits::ENVELOPE_BYTES_MAX))
        .for_field("container", bound(limits::CONTAINER_BYTES_MAX));
    let constraints = Constraints::new().allowed_fields(vec!["envelope", "container"]).size_limit(sizes);
    let mut stream = body.into_data_stream();
    let received = {
        let mut multipart = Multipart::with_constraints(stream.by_ref(), boundary, constraints);
        read(&mut multipart).await
    };
    if received.is_err() {
        drain(Body::from_stream(stream)).await;
    }
    received
}

async fn read(multipart: &mut Multipart<'_>) -> Result<Message, Problem> {
    let (mut envelope, mut container) = (None, None);
    while let Some(field) = multipart.next_field().await.map_err(|error| refused(&error))? {
        let part = match field.name() {
            Some("envelope") => &mut envelope,
            Some("container") => &mut container,
            _ => return Err(malformed("There is a part that is neither envelope nor container.")),
        };
        if part.is_some() {
            return Err(malformed("A part is there twice."));
        }
        *part = Some(field.bytes().await.map_err(|error| refused(&error))?);
    }
    let envelope = envelope.ok_or_else(|| malformed("The part envelope is missing."))?;
    Ok(Message {
        envelope: envelope.to_vec(),
        container: container.map(|part| part.to_vec()).unwrap_or_default(),
    })
}

fn refused(error: &multer::Error) -> Problem {
    match error {
        multer::Error::FieldSizeExceeded { .. } | multer::Error::StreamSizeExceeded { .. } => {
            Problem::too_large()
        }
        multer::Error::UnknownField { .. } => {
            malformed("There is a part that is neither envelope nor container.")
        }
        multer::Error::StreamReadFailed(_)
        | multer::Error::IncompleteStream
        | multer::Error::IncompleteFieldData { .. } => malformed("The body ends before its last part does."),
        _ => malformed("The body is not well-formed multipart/form-data."),
    }
}

fn malformed(detail: &str) -> Problem {
    let detail =
        format!("{detail} Nothing was stored. Send it again with the same message id once it is repaired.");
    Problem::new(StatusCode::BAD_REQUEST, "G-0400", "The request is not well-formed", detail)
}

async fn drain(body: Body) {
    let mut stream = body.into_data_stream();
    let drained = async {
        let mut bytes = 0_usize;
        while let Some(Ok(chunk)) = stream.next().await {
            bytes = bytes.saturating_add(chunk.len());
            if bytes > limits::DRAIN_BYTES_MAX {
                return;
            }
        }
    };
    let _: Result<(), _> = timeout(Duration::from_secs(limits::DRAIN_TIME_MAX.as_secs()), drained).await;
}

fn bound(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
