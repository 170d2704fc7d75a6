//! Messages that come in pieces over a bad link: begun once, continued wherever the line broke, taken over once.
//!
//! A sender announces the message (`PUT /v1/uploads/{message}` with `upload-length` and `envelope-length`), asks how
//! far it got (`GET`), and sends the rest from there (`PATCH` with `upload-offset`), as often as the line breaks; what
//! arrived before a break counts. `POST .../completion` then takes the message over exactly as `POST /v1/transactions`
//! does and gives the same receipt.
//!
//! Pieces are kept in memory only: nothing of a message is on disk before it was checked and sealed. A restart of the
//! gateway, or a pause longer than [`limits::UPLOAD_IDLE_MAX`], forgets them and the sender begins again.
//!
//! Invariants: an upload is seen by the partner that began it and by nobody else; places and bytes are bounded, also
//! per partner; a piece is appended where the upload ends or not at all.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use futures_util::StreamExt;
use icd::identifier::{MessageId, PartyId};
use tokio::time::timeout;

use super::problem::Problem;
use crate::error::Error;
use crate::limits;
use crate::store::Message;

/// Messages that are arriving.
#[derive(Debug, Default)]
pub(super) struct Uploads(Mutex<HashMap<(PartyId, MessageId), Upload>>);

#[derive(Debug)]
struct Upload {
    length: usize,
    envelope_length: usize,
    bytes: Vec<u8>,
    touched: Instant,
    /// A piece is arriving on some connection.
    busy: bool,
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) offset: usize,
    pub(super) length: usize,
}

impl Uploads {
    /// Begins an upload, or finds it as it is.
    pub(super) fn begin(
        &self,
        partner: &PartyId,
        message: MessageId,
        headers: &HeaderMap,
    ) -> Result<Progress, Problem> {
        let length = number(headers, "upload-length")?;
        let envelope_length = number(headers, "envelope-length")?;
        if envelope_length > limits::ENVELOPE_BYTES_MAX
            || length.saturating_sub(envelope_length) > limits::CONTAINER_BYTES_MAX
        {
            return Err(Problem::too_large());
        }
        if envelope_length == 0 || envelope_length > length {
            return Err(malformed("envelope-length is not between 1 and upload-length."));
        }
        let mut uploads = self.lock();
        let now = Instant::now();
        uploads.retain(|_, upload| upload.busy || now - upload.touched < limits::UPLOAD_IDLE_MAX);
        let key = (partner.clone(), message);
        if let Some(upload) = uploads.get_mut(&key) {
            if (upload.length, upload.envelope_length) == (length, envelope_length) {
                return Ok(Progress { offset: upload.bytes.len(), length });
            }
            if upload.busy {
                return Err(conflict(upload.bytes.len()));
            }
            // Announced anew with another size: what came before belongs to other content.
            uploads.remove(&key);
        }
        let own = uploads.keys().filter(|(owner, _)| owner == partner).count();
        if uploads.len() >= limits::UPLOADS_MAX || own >= limits::UPLOADS_PER_PARTNER_MAX {
            let reason = "too many messages are arriving in pieces".to_owned();
            return Err(Problem::from(Error::NotDurable { reason }));
        }
        let upload = Upload { length, envelope_length, bytes: Vec::new(), touched: now, busy: false };
        uploads.insert(key, upload);
        Ok(Progress { offset: 0, length })
    }

    /// How far an upload is.
    pub(super) fn progress(&self, partner: &PartyId, message: MessageId) -> Result<Progress, Problem> {
        let uploads = self.lock();
        let upload = uploads.get(&(partner.clone(), message)).ok_or_else(Problem::not_found)?;
        Ok(Progress { offset: upload.bytes.len(), length: upload.length })
    }

    /// Takes a piece; what arrived before the line broke is kept.
    pub(super) async fn append(
        &self,
        partner: &PartyId,
        message: MessageId,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Progress, Problem> {
        let offset = number(headers, "upload-offset")?;
        let key = (partner.clone(), message);
        {
            let mut uploads = self.lock();
            let upload = uploads.get_mut(&key).ok_or_else(Problem::not_found)?;
            if upload.busy || upload.bytes.len() != offset {
                return Err(conflict(upload.bytes.len()));
            }
            upload.busy = true;
        }
        let _free = Free { uploads: self, key: &key };
        let mut stream = body.into_data_stream();
        let receive = async {
            while let Some(piece) = stream.next().await {
                let Ok(piece) = piece else { break };
                let mut uploads = self.lock();
                let upload = uploads.get_mut(&key).ok_or_else(Problem::not_found)?;
                if piece.len() > upload.length - upload.bytes.len() {
                    return Err(Problem::too_large());
                }
                upload.bytes.extend_from_slice(&piece);
                upload.touched = Instant::now();
            }
            Ok(())
        };
        if let Ok(received) = timeout(limits::BODY_TIME_MAX, receive).await {
            received?;
        }
        self.progress(partner, message)
    }

    /// The whole message, and the upload is forgotten.
    pub(super) fn complete(&self, partner: &PartyId, message: MessageId) -> Result<Message, Problem> {
        let mut uploads = self.lock();
        let key = (partner.clone(), message);
        let upload = uploads.get(&key).ok_or_else(Problem::not_found)?;
        if upload.busy || upload.bytes.len() != upload.length {
            return Err(conflict(upload.bytes.len()));
        }
        let upload = uploads.remove(&key).ok_or_else(Problem::not_found)?;
        let mut envelope = upload.bytes;
        let container = envelope.split_off(upload.envelope_length);
        Ok(Message { envelope, container })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(PartyId, MessageId), Upload>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Frees an upload for the next piece, also when the connection's task is dropped half-way.
struct Free<'a> {
    uploads: &'a Uploads,
    key: &'a (PartyId, MessageId),
}

impl Drop for Free<'_> {
    fn drop(&mut self) {
        if let Some(upload) = self.uploads.lock().get_mut(self.key) {
            upload.busy = false;
        }
    }
}

fn number(headers: &HeaderMap, name: &str) -> Result<usize, Problem> {
    let number = headers.get(name).and_then(|value| value.to_str().ok()?.parse().ok());
    number.ok_or_else(|| {
        malformed("A header with a number is missing: upload-length, envelope-length or upload-offset.")
    })
}

fn malformed(detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "G-0400", "The request is not well-formed", detail)
}

fn conflict(offset: usize) -> Problem {
    let detail = format!(
        "The upload stands at {offset} bytes, or a piece of it is arriving. Ask how far it is and go on from there."
    );
    Problem::new(StatusCode::CONFLICT, "G-0416", "The piece does not follow", detail)
}
