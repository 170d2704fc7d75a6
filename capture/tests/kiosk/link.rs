//! What the link makes of good, bad and hostile gateways, over real mutual TLS.

use std::sync::Arc;

use capture::link::{Link, LinkError, LinkSettings, ReceiptKey};
use firmware_config::{PublicKey, SigningKey};
use icd::identifier::{MessageId, PartyId};
use icd::message::{Message, Receipt};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use uuid::Uuid;

use crate::fixture::Authority;

const ENVELOPE: &str = "<envelope/>";
const CONTAINER: &[u8] = b"container";

struct Key(PublicKey);

impl ReceiptKey for Key {
    fn key_id(&self) -> String {
        self.0.key_id().to_string()
    }

    fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        self.0.verify_bytes(text, signature)
    }
}

/// A gateway that answers every request with the same bytes.
struct Gateway {
    url: String,
    authority: Authority,
    signing: SigningKey,
}

impl Gateway {
    async fn answering(answer: impl FnOnce(&SigningKey, Uuid) -> Vec<u8>, message_id: Uuid) -> Self {
        let authority = Authority::new("Demo authority");
        let signing = SigningKey::generate().expect("a key");
        let answer = Arc::new(answer(&signing, message_id));
        let (certificate, key) = authority.issue("gateway", true);
        let url = serve(&authority.pem, &certificate, &key, answer).await;
        Self { url, authority, signing }
    }

    fn settings(&self, client: &Authority) -> LinkSettings {
        let (certificate, key) = client.issue("kiosk-1", false);
        LinkSettings {
            url: self.url.clone(),
            ca_pem: self.authority.pem.clone().into_bytes(),
            certificate_pem: certificate.into_bytes(),
            key_pem: key.into_bytes(),
        }
    }

    fn link(&self) -> Link {
        Link::new(&self.settings(&self.authority), Box::new(Key(self.signing.public_key())))
            .expect("a client")
    }
}

async fn serve(client_ca: &str, certificate: &str, key: &str, answer: Arc<Vec<u8>>) -> String {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(client_ca.as_bytes()) {
        roots.add(certificate.expect("PEM")).expect("an authority");
    }
    let chain = CertificateDer::pem_slice_iter(certificate.as_bytes()).map(|one| one.expect("PEM")).collect();
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("a key");
    let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build().expect("a verifier");
    let config = ServerConfig::builder().with_client_cert_verifier(verifier).with_single_cert(chain, key);
    let acceptor = TlsAcceptor::from(Arc::new(config.expect("a server")));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("https://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, answer) = (acceptor.clone(), Arc::clone(&answer));
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut seen = Vec::new();
                let mut chunk = [0; 4096];
                // The multipart form ends with its closing boundary.
                while !seen.ends_with(b"--\r\n") {
                    match stream.read(&mut chunk).await {
                        Ok(0) | Err(_) => return,
                        Ok(length) => seen.extend_from_slice(&chunk[..length]),
                    }
                }
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    url
}

fn http(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}connection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn receipt(signing: &SigningKey, message_id: Uuid, change: impl FnOnce(&mut Receipt)) -> Vec<u8> {
    let mut receipt = Receipt {
        message_id: MessageId::from_uuid(message_id),
        received_at: "2026-07-01T10:00:00Z".parse().expect("an instant"),
        content_sha256: Receipt::content_digest(ENVELOPE.as_bytes(), CONTAINER),
        issuer: PartyId::new("gateway").expect("a party"),
        audit_sequence: 7,
        audit_hash: [3; 32],
        signature: Vec::new(),
        key_id: signing.public_key().key_id().to_string(),
    };
    change(&mut receipt);
    if receipt.signature.is_empty() {
        receipt.signature = signing.sign(receipt.signing_text().as_bytes()).to_bytes().to_vec();
    }
    http("201 Created", "content-type: application/xml\r\n", Message::from(receipt).to_xml().as_bytes())
}

async fn submit(answer: impl FnOnce(&SigningKey, Uuid) -> Vec<u8>) -> Result<Uuid, LinkError> {
    let message_id = Uuid::now_v7();
    let gateway = Gateway::answering(answer, message_id).await;
    let verified = gateway.link().submit_whole(message_id, ENVELOPE, CONTAINER).await?;
    assert_eq!(verified.message_id(), message_id);
    Ok(message_id)
}

#[tokio::test]
async fn a_true_receipt_is_verified() {
    assert!(submit(|key, id| receipt(key, id, |_| {})).await.is_ok());
}

#[tokio::test]
async fn a_receipt_that_proves_nothing_is_not_accepted() {
    let code = |result: Result<Uuid, LinkError>| result.err().map(|error| error.code());
    let other_content = submit(|key, id| receipt(key, id, |receipt| receipt.content_sha256 = [0; 32])).await;
    let other_message = submit(|key, _| receipt(key, Uuid::now_v7(), |_| {})).await;
    let wrong_signature = submit(|key, id| receipt(key, id, |receipt| receipt.signature = vec![1; 64])).await;
    let other_key = submit(|_, id| receipt(&SigningKey::generate().expect("a key"), id, |_| {})).await;
    let no_receipt = submit(|_, _| http("201 Created", "", b"<html/>")).await;
    for result in [other_content, other_message, wrong_signature, other_key, no_receipt] {
        assert_eq!(code(result), Some("C-0605"));
    }
}

#[tokio::test]
async fn refusals_of_the_gateway_are_told_apart() {
    let problem = br#"{"code":"G-0422","title":"not valid","findings":[{"code":"I-0801","field":"sex"}]}"#;
    let cases = [
        (http("422 Unprocessable Entity", "", problem), "C-0604"),
        (http("409 Conflict", "", b"{\"code\":\"G-0409\"}"), "C-0604"),
        (http("403 Forbidden", "", b"{\"code\":\"G-0403\"}"), "C-0603"),
        (http("503 Service Unavailable", "retry-after: 7\r\n", b"{}"), "C-0606"),
        (http("500 Internal Server Error", "", b"not json"), "C-0607"),
        (http("302 Found", "location: https://127.0.0.1:1/\r\n", b""), "C-0607"),
        (http("201 Created", "", &vec![b' '; 2 * 1024 * 1024]), "C-0607"),
        (b"HTTP/1.1 201 Created\r\ncontent-length: 900\r\n\r\ncut".to_vec(), "C-0601"),
    ];
    for (answer, expect) in cases {
        let error = submit(|_, _| answer).await.expect_err("no receipt");
        assert_eq!(error.code(), expect, "{error}");
    }
    let error = submit(|_, _| http("422 Unprocessable Entity", "", problem)).await.expect_err("refused");
    assert!(error.to_string().contains("I-0801 sex"), "{error}");
}

#[tokio::test]
async fn certificates_that_are_not_accepted_are_told() {
    let message_id = Uuid::now_v7();
    let gateway = Gateway::answering(|key, id| receipt(key, id, |_| {}), message_id).await;
    let stranger = Authority::new("Other authority");
    let key = || Box::new(Key(gateway.signing.public_key()));
    let wrong_client = Link::new(&gateway.settings(&stranger), key()).expect("a client");
    let error = wrong_client.submit_whole(message_id, ENVELOPE, CONTAINER).await.expect_err("refused");
    assert_eq!(error.code(), "C-0602", "{error}");
    let mut settings = gateway.settings(&gateway.authority);
    settings.ca_pem = stranger.pem.clone().into_bytes();
    let wrong_server = Link::new(&settings, key()).expect("a client");
    let error = wrong_server.submit_whole(message_id, ENVELOPE, CONTAINER).await.expect_err("refused");
    assert_eq!(error.code(), "C-0602", "{error}");
}

#[tokio::test]
async fn silence_and_bad_settings_have_their_codes() {
    let gateway = Gateway::answering(|key, id| receipt(key, id, |_| {}), Uuid::now_v7()).await;
    let key = || Box::new(Key(gateway.signing.public_key()));
    let mut settings = gateway.settings(&gateway.authority);
    settings.url = "https://127.0.0.1:9/".to_owned();
    let error = Link::new(&settings, key()).expect("a client").probe().await.expect_err("nobody is there");
    assert_eq!(error.code(), "C-0601", "{error}");
    settings.url = "http://127.0.0.1:9/".to_owned();
    assert_eq!(Link::new(&settings, key()).err().map(|error| error.code()), Some("C-0608"));
    let mut settings = gateway.settings(&gateway.authority);
    settings.key_pem = b"no key".to_vec();
    assert_eq!(Link::new(&settings, key()).err().map(|error| error.code()), Some("C-0608"));
}
