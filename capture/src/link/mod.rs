//! The connection to the gateway: mutual TLS, cases in pieces that survive a bad line, a verified receipt, polled answers.
//!
//! Only this module knows HTTP towards the gateway and TLS. It keeps no state about cases: `outbox` decides when,
//! `store` keeps what. Sending the same bytes again is harmless by agreement with the gateway (same message identifier
//! and content give the same receipt).
//!
//! Left out on purpose: proxies, redirects and plain HTTP, which a kiosk must never follow.

mod carry;
mod error;
mod receipt;
mod upload;

use icd::message::{Answer, AnswerList, Message};
use reqwest::header::RETRY_AFTER;
use reqwest::multipart::{Form, Part};
use reqwest::{Certificate, Client, Identity, Response, StatusCode, Url};
use serde::Deserialize;
use uuid::Uuid;

pub use self::carry::{CarriedReceipts, CarryingKey, write_file};
pub use self::error::LinkError;
pub use self::receipt::{ReceiptKey, Sent, VerifiedReceipt};
use crate::limits;

/// Where the gateway is and how we prove who we are. All PEM.
pub struct LinkSettings {
    /// Base address, `https`.
    pub url: String,
    /// Certificate authority of the gateway's certificate.
    pub ca_pem: Vec<u8>,
    /// Our certificate chain.
    pub certificate_pem: Vec<u8>,
    /// Our private key.
    pub key_pem: Vec<u8>,
}

/// The connection to one gateway.
pub struct Link {
    http: Client,
    base: Url,
    key: Box<dyn ReceiptKey>,
}

impl Link {
    /// Builds the client; does not connect.
    pub fn new(settings: &LinkSettings, key: Box<dyn ReceiptKey>) -> Result<Self, LinkError> {
        // Fails only when a provider is installed already, which is just as well.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let setup = |part: &str| {
            let part = part.to_owned();
            move |error: &dyn core::fmt::Display| LinkError::Setup { detail: format!("{part}: {error}") }
        };
        let base = Url::parse(&settings.url).map_err(|error| setup("url")(&error))?;
        if base.scheme() != "https" || base.host_str().is_none() {
            return Err(LinkError::Setup { detail: "url: an https address is needed".to_owned() });
        }
        let ca = Certificate::from_pem_bundle(&settings.ca_pem).map_err(|error| setup("ca")(&error))?;
        if ca.is_empty() {
            return Err(LinkError::Setup { detail: "ca: the file holds no certificate".to_owned() });
        }
        let mut identity_pem = settings.certificate_pem.clone();
        identity_pem.push(b'\n');
        identity_pem.extend_from_slice(&settings.key_pem);
        let identity = Identity::from_pem(&identity_pem).map_err(|_| LinkError::Setup {
            detail: "certificate or key: not a usable pair in PEM form".to_owned(),
        })?;
        let http = Client::builder()
            .tls_backend_rustls()
            .tls_certs_only(ca)
            .identity(identity)
            .https_only(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(limits::CONNECT_TIMEOUT)
            .build()
            .map_err(|error| match error::from_reqwest(&error) {
                LinkError::CertificateRefused { detail } | LinkError::Unreachable { detail } => {
                    LinkError::Setup { detail }
                }
                other => other,
            })?;
        Ok(Self { http, base, key })
    }

    /// Asks whether the gateway is there and accepts our certificate.
    pub async fn probe(&self) -> Result<(), LinkError> {
        let response =
            self.http.get(self.address("v1/health")?).timeout(limits::CONNECT_TIMEOUT * 2).send().await;
        let response = response.map_err(|error| error::from_reqwest(&error))?;
        if response.status().is_success() { Ok(()) } else { Err(refusal(response).await) }
    }

    /// Sends one case in one request and verifies the receipt.
    pub async fn submit_whole(
        &self,
        message_id: Uuid,
        envelope: &str,
        container: &[u8],
    ) -> Result<VerifiedReceipt, LinkError> {
        let part = |bytes: Vec<u8>, name: &'static str, kind: &str| {
            let part = Part::bytes(bytes).file_name(name).mime_str(kind);
            part.map_err(|error| LinkError::Setup { detail: error.to_string() })
        };
        let form = Form::new()
            .part("envelope", part(envelope.as_bytes().to_vec(), "envelope.xml", "application/xml")?)
            .part("container", part(container.to_vec(), "container.an2", "application/octet-stream")?);
        let request = self.http.post(self.address("v1/transactions")?).multipart(form);
        let response = request.timeout(limits::SEND_TIMEOUT).send().await;
        let response = response.map_err(|error| error::from_reqwest(&error))?;
        if !matches!(response.status(), StatusCode::OK | StatusCode::CREATED) {
            return Err(refusal(response).await);
        }
        let body = bounded(response).await?;
        let sent = Sent { message_id, envelope: envelope.as_bytes(), container };
        VerifiedReceipt::verify(&body, &sent, self.key.as_ref())
    }

    /// Asks for answers and waits for one a while.
    pub async fn answers(&self) -> Result<Vec<Answer>, LinkError> {
        let wait_s = limits::ANSWER_WAIT.as_secs().to_string();
        let request = self.http.get(self.address("v1/answers")?).query(&[("wait_s", wait_s)]);
        let timeout = limits::ANSWER_WAIT + limits::CONNECT_TIMEOUT * 2;
        let response = request.timeout(timeout).send().await;
        let response = response.map_err(|error| error::from_reqwest(&error))?;
        if response.status() != StatusCode::OK {
            return Err(refusal(response).await);
        }
        let body = bounded(response).await?;
        let list = AnswerList::from_xml(&body).map_err(|error| LinkError::Unexpected {
            detail: format!("answers do not read ({})", error.code()),
        })?;
        Ok(list.answers)
    }

    /// Tells the gateway that an answer is stored here.
    pub async fn acknowledge(&self, answer_id: Uuid) -> Result<(), LinkError> {
        let address = self.address(&format!("v1/answers/{answer_id}/acknowledgement"))?;
        let response = self.http.post(address).timeout(limits::SEND_TIMEOUT).send().await;
        let response = response.map_err(|error| error::from_reqwest(&error))?;
        if response.status().is_success() { Ok(()) } else { Err(refusal(response).await) }
    }

    fn address(&self, path: &str) -> Result<Url, LinkError> {
        self.base.join(path).map_err(|error| LinkError::Setup { detail: error.to_string() })
    }
}

/// An answer in the form in which the store keeps it.
#[must_use]
pub fn answer_to_xml(answer: &Answer) -> String {
    Message::Answer(answer.clone()).to_xml()
}

/// What a status other than success means.
async fn refusal(response: Response) -> LinkError {
    let status = response.status();
    let retry_after_s = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.trim().parse::<u32>().ok());
    let problem = match bounded(response).await {
        Ok(body) => serde_json::from_slice(&body).unwrap_or_default(),
        Err(_) => Problem::default(),
    };
    let gateway_code = problem.code.clone().unwrap_or_else(|| format!("HTTP {}", status.as_u16()));
    match status {
        StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::TOO_MANY_REQUESTS
        | StatusCode::INSUFFICIENT_STORAGE => LinkError::Busy { gateway_code, retry_after_s },
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => LinkError::NotAdmitted { gateway_code },
        _ if status.is_client_error() => LinkError::Rejected { gateway_code, detail: problem.words() },
        _ => LinkError::Unexpected { detail: gateway_code },
    }
}

/// RFC 9457, as far as a kiosk uses it.
#[derive(Default, Deserialize)]
struct Problem {
    code: Option<String>,
    title: Option<String>,
    detail: Option<String>,
    #[serde(default)]
    findings: Vec<ProblemFinding>,
}

#[derive(Deserialize)]
struct ProblemFinding {
    code: Option<String>,
    field: Option<String>,
}

impl Problem {
    /// Title, detail and the fields that were named, within a bound. The gateway puts no personal data in them.
    fn words(&self) -> String {
        let mut words: Vec<String> = [&self.title, &self.detail].into_iter().flatten().cloned().collect();
        words.extend(self.findings.iter().map(|finding| {
            let text = |part: &Option<String>| part.clone().unwrap_or_default();
            format!("{} {}", text(&finding.code), text(&finding.field)).trim().to_owned()
        }));
        let joined = words.join("; ");
        joined.chars().take(limits::FIELD_BYTES_MAX).collect()
    }
}

/// The body, at most [`limits::GATEWAY_BODY_BYTES_MAX`].
async fn bounded(mut response: Response) -> Result<Vec<u8>, LinkError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| error::from_reqwest(&error))? {
        if body.len() + chunk.len() > limits::GATEWAY_BODY_BYTES_MAX {
            return Err(LinkError::Unexpected { detail: "an answer larger than agreed".to_owned() });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
