//! The machine link as a partner or kiosk uses it: hand in a message, fetch answers, acknowledge them.

use icd::message::{Answer, AnswerList, Message, Receipt};
use reqwest::{
    Client, StatusCode,
    multipart::{Form, Part},
};
use serde_json::Value;

use crate::{Error, fixture::Parts};

/// The reply to a message that was handed in.
#[derive(Debug)]
pub enum Reply {
    /// Accepted: 201 the first time, 200 when it was accepted before.
    Receipt(StatusCode, Box<Receipt>),
    /// Refused with a problem document.
    Problem(StatusCode, Value),
}

impl Reply {
    /// The receipt, or what was said instead.
    ///
    /// # Errors
    /// When the message was refused.
    pub fn receipt(self) -> Result<Receipt, Error> {
        match self {
            Self::Receipt(_, receipt) => Ok(*receipt),
            Self::Problem(status, problem) => {
                Err(Error::Request { to: "gateway".to_owned(), reason: format!("{status}: {problem}") })
            }
        }
    }

    /// The status and the stable code of a refusal.
    pub fn refusal(&self) -> Option<(u16, &str)> {
        match self {
            Self::Receipt(..) => None,
            Self::Problem(status, problem) => {
                Some((status.as_u16(), problem.get("code").and_then(Value::as_str).unwrap_or("")))
            }
        }
    }
}

/// Hands in a message at `base` (`https://host:port`).
///
/// # Errors
/// When there is no complete reply.
pub async fn hand_in(client: &Client, base: &str, parts: &Parts) -> Result<Reply, Error> {
    let part = |bytes: &[u8], kind: &str| Part::bytes(bytes.to_vec()).mime_str(kind).map_err(Error::from);
    let mut form = Form::new().part("envelope", part(&parts.envelope, "application/xml")?);
    if !parts.container.is_empty() {
        form = form.part("container", part(&parts.container, "application/octet-stream")?);
    }
    let answer = client.post(format!("{base}/v1/transactions")).multipart(form).send().await?;
    let (status, body) = (answer.status(), answer.bytes().await?);
    if !status.is_success() {
        return Ok(Reply::Problem(status, serde_json::from_slice(&body).unwrap_or(Value::Null)));
    }
    match Message::from_xml(&body) {
        Ok(Message::Receipt(receipt)) => Ok(Reply::Receipt(status, Box::new(receipt))),
        other => Err(Error::Request {
            to: base.to_owned(),
            reason: format!("{status} without a receipt: {:?}", other.err()),
        }),
    }
}

/// Fetches answers, waiting up to `wait_s` seconds for the first.
///
/// # Errors
/// When there is no list of answers.
pub async fn answers(client: &Client, base: &str, wait_s: u64) -> Result<Vec<Answer>, Error> {
    let body = client
        .get(format!("{base}/v1/answers?wait_s={wait_s}"))
        .send()
        .await?
        .error_for_status()?
        .bytes()
        .await?;
    AnswerList::from_xml(&body)
        .map(|list| list.answers)
        .map_err(|error| Error::Request { to: base.to_owned(), reason: error.to_string() })
}

/// Says that an answer is safe here.
///
/// # Errors
/// When it is not taken.
pub async fn acknowledge(client: &Client, base: &str, answer: &Answer) -> Result<(), Error> {
    let url = format!("{base}/v1/answers/{}/acknowledgement", answer.answer_id);
    client.post(url).send().await?.error_for_status()?;
    Ok(())
}
