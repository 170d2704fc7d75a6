//! Sending a case in pieces, so that a bad line costs only what was in the air when it broke.
//!
//! The gateway keeps what arrived; after a break it is asked how far it got and the rest follows from there. While each
//! try carries something over, the next one follows at once, up to a bound; a try that carries nothing over is a failed
//! sending, and the outbox pauses before it continues at the same place. The end is one message, taken over once, and
//! the same receipt as for a message that came whole.

use reqwest::{RequestBuilder, StatusCode};
use serde::Deserialize;
use uuid::Uuid;

use super::{Link, LinkError, Sent, VerifiedReceipt, bounded, error, refusal};
use crate::limits;

#[derive(Deserialize)]
struct Progress {
    offset: usize,
    length: usize,
}

impl Link {
    /// Sends one case in pieces and verifies the receipt; whole where the gateway takes no pieces.
    pub async fn submit(
        &self,
        message_id: Uuid,
        envelope: &str,
        container: &[u8],
    ) -> Result<VerifiedReceipt, LinkError> {
        let content = [envelope.as_bytes(), container].concat();
        let begin = self.http.put(self.upload_address(message_id, "")?);
        let begin = begin
            .header("upload-length", content.len())
            .header("envelope-length", envelope.len())
            .timeout(limits::CONNECT_TIMEOUT * 2);
        let mut offset = match progress(begin).await {
            // A gateway of an older version, which knows no pieces.
            Err(LinkError::Rejected { gateway_code, .. })
                if gateway_code == "G-0404" || gateway_code == "G-0414" =>
            {
                return self.submit_whole(message_id, envelope, container).await;
            }
            begun => begun?.offset,
        };
        let mut breaks = 0;
        while offset < content.len() {
            let next = self.send_from(message_id, &content, offset).await;
            let reached = match next {
                Ok(reached) => reached,
                Err(error @ LinkError::Unreachable { .. }) => {
                    breaks += 1;
                    let state = self.http.get(self.upload_address(message_id, "")?);
                    let reached = progress(state.timeout(limits::CONNECT_TIMEOUT * 2)).await?;
                    if breaks > limits::UPLOAD_BREAKS_MAX || reached.offset <= offset {
                        return Err(error);
                    }
                    reached
                }
                Err(error) => return Err(error),
            };
            if reached.length != content.len() {
                return Err(LinkError::Unexpected { detail: "an upload of another size".to_owned() });
            }
            if reached.offset <= offset || reached.offset > content.len() {
                return Err(LinkError::Unreachable { detail: "nothing more arrived".to_owned() });
            }
            offset = reached.offset;
        }
        let complete = self.http.post(self.upload_address(message_id, "/completion")?);
        let response = complete.timeout(limits::SEND_TIMEOUT).send().await;
        let response = response.map_err(|error| error::from_reqwest(&error))?;
        if !matches!(response.status(), StatusCode::OK | StatusCode::CREATED) {
            return Err(refusal(response).await);
        }
        let body = bounded(response).await?;
        VerifiedReceipt::verify(
            &body,
            &Sent { message_id, envelope: envelope.as_bytes(), container },
            self.key.as_ref(),
        )
    }

    /// One piece: from `offset` to the end of what one request may carry.
    async fn send_from(
        &self,
        message_id: Uuid,
        content: &[u8],
        offset: usize,
    ) -> Result<Progress, LinkError> {
        let end = content.len().min(offset.saturating_add(limits::UPLOAD_PIECE_BYTES));
        let piece = content.get(offset..end).unwrap_or_default().to_vec();
        let request = self.http.patch(self.upload_address(message_id, "")?).header("upload-offset", offset);
        progress(request.body(piece).timeout(limits::SEND_TIMEOUT)).await
    }

    fn upload_address(&self, message_id: Uuid, more: &str) -> Result<reqwest::Url, LinkError> {
        self.address(&format!("v1/uploads/{message_id}{more}"))
    }
}

async fn progress(request: RequestBuilder) -> Result<Progress, LinkError> {
    let response = request.send().await.map_err(|error| error::from_reqwest(&error))?;
    if response.status() != StatusCode::OK {
        return Err(refusal(response).await);
    }
    let body = bounded(response).await?;
    serde_json::from_slice(&body)
        .map_err(|_| LinkError::Unexpected { detail: "the state of an upload does not read".to_owned() })
}
