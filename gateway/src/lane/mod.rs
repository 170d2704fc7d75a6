//! The system-to-system lane: what is said to the central system over mutual TLS.
//!
//! Invariant: every way an attempt can end is one of four [`SendOutcome`]s, and "it may have arrived" is the answer
//! whenever anything is not certain. The central system is never believed about its own success without a receipt
//! for exactly what was sent.

use std::sync::{Arc, Mutex, PoisonError};

use icd::identifier::{AnswerId, MessageId, NoticeId};
use icd::message::{Answer, AnswerList, Message as Xml, Receipt};
use icd::notice::{Notice, NoticeList};
use jiff::Timestamp;
use reqwest::header::DATE;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Response, StatusCode, Url};
use rustls::ClientConfig;

use crate::engine::{AskOutcome, Cause, SendOutcome};
use crate::error::Error;
use crate::limits;
use crate::store::Message;

/// The client for the central system.
#[derive(Clone, Debug)]
pub struct Central {
    http: Client,
    base: Url,
    /// Our clock minus the central system's when it last answered a poll, in seconds.
    clock_offset_s: Arc<Mutex<Option<i64>>>,
}

/// Why something said to the central system did not succeed; for the log, without content.
#[derive(Debug)]
pub(crate) struct LaneTrouble {
    /// One word or number.
    pub(crate) what: String,
}

impl Central {
    /// A client that shows the gateway's certificate and believes only the given authority.
    pub fn new(url: &str, tls: ClientConfig) -> Result<Self, Error> {
        let failed = |reason: String| Error::CentralClient { reason };
        let mut base = Url::parse(url).map_err(|error| failed(error.to_string()))?;
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        let http = Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(limits::CONNECT_TIME_MAX)
            .pool_max_idle_per_host(limits::LANE_IN_FLIGHT_MAX)
            .build()
            .map_err(|error| failed(error.to_string()))?;
        Ok(Self { http, base, clock_offset_s: Arc::default() })
    }

    /// Sends a message.
    pub(crate) async fn send(&self, message_id: MessageId, message: Message) -> SendOutcome {
        let sha256 = Receipt::content_digest(&message.envelope, &message.container);
        let Ok(form) = form(message) else { return SendOutcome::Refused(Cause::ContentUnreadable) };
        let Some(address) = self.address("v1/transactions") else {
            return SendOutcome::NotDelivered(Cause::CentralUnreachable);
        };
        let request = self.http.post(address).multipart(form).timeout(limits::SEND_TIME_MAX);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() => return SendOutcome::NotDelivered(Cause::CentralUnreachable),
            Err(_) => return SendOutcome::Unknown(Cause::ConnectionLost),
        };
        match response.status() {
            status if status.is_success() => match bounded(response).await.map(|body| Xml::from_xml(&body)) {
                Ok(Ok(Xml::Receipt(receipt)))
                    if receipt.message_id == message_id && receipt.content_sha256 == sha256 =>
                {
                    SendOutcome::Taken
                }
                // Something answered that does not vouch for this message: ask.
                _ => SendOutcome::Unknown(Cause::ConnectionLost),
            },
            StatusCode::TOO_MANY_REQUESTS => SendOutcome::NotDelivered(Cause::CentralBusy),
            StatusCode::CONFLICT => SendOutcome::Refused(Cause::MessageIdTaken),
            StatusCode::REQUEST_TIMEOUT => SendOutcome::Unknown(Cause::ConnectionLost),
            status if status.is_client_error() => SendOutcome::Refused(Cause::CentralRefused),
            _ => SendOutcome::Unknown(Cause::CentralBusy),
        }
    }

    /// Asks whether the central system has a message.
    pub(crate) async fn ask(&self, message_id: MessageId) -> AskOutcome {
        let Some(address) = self.address(&format!("v1/transactions/{message_id}")) else {
            return AskOutcome::Unreachable;
        };
        match self.http.get(address).timeout(limits::ASK_TIME_MAX).send().await.map(|reply| reply.status()) {
            Ok(StatusCode::OK) => AskOutcome::Known,
            Ok(StatusCode::NOT_FOUND) => AskOutcome::NotKnown,
            _ => AskOutcome::Unreachable,
        }
    }

    /// Waits for answers.
    pub(crate) async fn answers(&self) -> Result<Vec<Answer>, LaneTrouble> {
        let address = self.address("v1/answers").ok_or_else(|| trouble("address"))?;
        let wait = limits::CENTRAL_ANSWER_WAIT;
        let request = self.http.get(address).query(&[("wait_s", wait.as_secs())]);
        let response = request.timeout(wait + limits::ASK_TIME_MAX).send().await;
        let response = response.map_err(|error| trouble(kind_of(&error)))?;
        self.note_clock(&response);
        if response.status() != StatusCode::OK {
            return Err(trouble(response.status().as_str()));
        }
        let body = bounded(response).await?;
        let list = AnswerList::from_xml(&body).map_err(|error| trouble(error.code()))?;
        Ok(list.answers)
    }

    /// Notices that wait.
    pub(crate) async fn notices(&self) -> Result<Vec<Notice>, LaneTrouble> {
        let address = self.address("v1/notices").ok_or_else(|| trouble("address"))?;
        let response = self.http.get(address).timeout(limits::ASK_TIME_MAX).send().await;
        let response = response.map_err(|error| trouble(kind_of(&error)))?;
        if response.status() != StatusCode::OK {
            return Err(trouble(response.status().as_str()));
        }
        let body = bounded(response).await?;
        Ok(NoticeList::from_xml(&body).map_err(|error| trouble(error.code()))?.notices)
    }

    /// Says that an answer is safe here.
    pub(crate) async fn acknowledge(&self, answer: AnswerId) -> Result<(), LaneTrouble> {
        self.say_safe(&format!("v1/answers/{answer}/acknowledgement")).await
    }

    /// Says that a notice is safe here.
    pub(crate) async fn acknowledge_notice(&self, notice: NoticeId) -> Result<(), LaneTrouble> {
        self.say_safe(&format!("v1/notices/{notice}/acknowledgement")).await
    }

    async fn say_safe(&self, path: &str) -> Result<(), LaneTrouble> {
        let address = self.address(path);
        let request =
            self.http.post(address.ok_or_else(|| trouble("address"))?).timeout(limits::ASK_TIME_MAX);
        let response = request.send().await.map_err(|error| trouble(kind_of(&error)))?;
        // Not found means: acknowledged before.
        let done = response.status().is_success() || response.status() == StatusCode::NOT_FOUND;
        if done { Ok(()) } else { Err(trouble(response.status().as_str())) }
    }

    /// How far our clock is from the central system's, as far as its replies tell: they carry whole seconds.
    pub(crate) fn clock_offset_s(&self) -> Option<i64> {
        *self.clock_offset_s.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_clock(&self, response: &Response) {
        let theirs = response.headers().get(DATE).and_then(|date| date.to_str().ok());
        let theirs = theirs.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
        if let Some(theirs) = theirs {
            let offset = Timestamp::now().as_second() - theirs.timestamp().as_second();
            *self.clock_offset_s.lock().unwrap_or_else(PoisonError::into_inner) = Some(offset);
        }
    }

    fn address(&self, path: &str) -> Option<Url> {
        self.base.join(path).ok()
    }
}

fn form(message: Message) -> Result<Form, reqwest::Error> {
    let part =
        |bytes: Vec<u8>, name: &'static str, kind: &str| Part::bytes(bytes).file_name(name).mime_str(kind);
    let mut form = Form::new().part("envelope", part(message.envelope, "envelope.xml", "application/xml")?);
    if !message.container.is_empty() {
        form = form.part("container", part(message.container, "container.an2", "application/octet-stream")?);
    }
    Ok(form)
}

async fn bounded(mut response: Response) -> Result<Vec<u8>, LaneTrouble> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| trouble(kind_of(&error)))? {
        if body.len() + chunk.len() > limits::CENTRAL_REPLY_BYTES_MAX {
            return Err(trouble("reply too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What kind of failure it was. The error's own text may hold an address, which is no news in our log.
fn kind_of(error: &reqwest::Error) -> &'static str {
    if error.is_connect() {
        "cannot connect"
    } else if error.is_timeout() {
        "no reply in time"
    } else {
        "connection broke"
    }
}

fn trouble(what: impl Into<String>) -> LaneTrouble {
    LaneTrouble { what: what.into() }
}

/// The client configuration for the lane: TLS 1.3 or 1.2, one authority, our certificate.
pub(crate) fn client_config(
    identity: &crate::tls::Identity,
    roots: rustls::RootCertStore,
) -> Result<ClientConfig, Error> {
    let failed = |error: rustls::Error| Error::CentralClient { reason: error.to_string() };
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_root_certificates(roots)
        .with_client_auth_cert(identity.chain.clone(), identity.key.clone_key())
        .map_err(failed)
}
