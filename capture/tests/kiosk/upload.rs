//! A bad line: the connection breaks after any number of bytes, again and again, and the case arrives once.

use std::sync::{Arc, Mutex};

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

struct Key(PublicKey);

impl ReceiptKey for Key {
    fn key_id(&self) -> String {
        self.0.key_id().to_string()
    }

    fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        self.0.verify_bytes(text, signature)
    }
}

/// What the gateway has, and how it breaks.
#[derive(Default)]
struct State {
    envelope_length: usize,
    length: usize,
    received: Vec<u8>,
    /// The line breaks when so many bytes of a piece have arrived; taken from the front.
    breaks: Vec<usize>,
    /// It forgets everything when the line breaks, as after a restart.
    forgets: bool,
    taken_over: Vec<Vec<u8>>,
    knows_pieces: bool,
}

struct Gateway {
    state: Arc<Mutex<State>>,
    link: Link,
}

impl Gateway {
    async fn new(breaks: Vec<usize>) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let authority = Authority::new("Demo authority");
        let signing = SigningKey::generate().expect("a key");
        let key = Box::new(Key(signing.public_key()));
        let (certificate, private) = authority.issue("gateway", true);
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).expect("PEM")).expect("a root");
        let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build().expect("a verifier");
        let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).expect("PEM")];
        let private = PrivateKeyDer::from_pem_slice(private.as_bytes()).expect("a key");
        let config =
            ServerConfig::builder().with_client_cert_verifier(verifier).with_single_cert(chain, private);
        let acceptor = TlsAcceptor::from(Arc::new(config.expect("a server")));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("https://{}/", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(State { breaks, knows_pieces: true, ..State::default() }));
        let (serving, signing) = (Arc::clone(&state), Arc::new(signing));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, state, signing) =
                    (acceptor.clone(), Arc::clone(&serving), Arc::clone(&signing));
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let _ = serve(stream, &state, &signing).await;
                });
            }
        });
        let (certificate, private) = authority.issue("kiosk-1", false);
        let settings = LinkSettings {
            url,
            ca_pem: authority.pem.into_bytes(),
            certificate_pem: certificate.into_bytes(),
            key_pem: private.into_bytes(),
        };
        Self { state, link: Link::new(&settings, key).expect("a client") }
    }

    fn state<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().expect("no panic"))
    }
}

/// One request per connection; breaks in the middle of a piece when told to.
async fn serve(
    mut stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>,
    state: &Mutex<State>,
    signing: &SigningKey,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let number = |name: &str| -> Option<usize> {
        head.lines().find_map(|line| line.strip_prefix(name)?.trim_start_matches(':').trim().parse().ok())
    };
    let (method, path) = head.split_once(' ').expect("a request line");
    let completes = path.contains("/completion");
    let mut left = number("content-length").unwrap_or(0);
    if method == "patch" {
        let cut = {
            let mut state = state.lock().expect("no panic");
            if number("upload-offset") != Some(state.received.len()) { Some(0) } else { state.breaks.pop() }
        };
        let take = cut.unwrap_or(left).min(left);
        let mut piece = vec![0; take];
        stream.read_exact(&mut piece).await?;
        state.lock().expect("no panic").received.extend_from_slice(&piece);
        left -= take;
        if cut.is_some() && left > 0 {
            // The line is gone; what arrived is kept.
            let mut state = state.lock().expect("no panic");
            if core::mem::take(&mut state.forgets) {
                state.received.clear();
            }
            return Ok(());
        }
    }
    let mut rest = vec![0; left];
    stream.read_exact(&mut rest).await?;
    let answer = {
        let mut state = state.lock().expect("no panic");
        if !state.knows_pieces && path.contains("/uploads/") {
            http("404 Not Found", b"{\"code\":\"G-0404\"}")
        } else if method == "put" {
            state.length = number("upload-length").unwrap_or(0);
            state.envelope_length = number("envelope-length").unwrap_or(0);
            progress(&state)
        } else if completes || method == "post" {
            let content = core::mem::take(&mut state.received);
            let (envelope, container) = content.split_at(state.envelope_length.min(content.len()));
            let id = path.split('/').find_map(|part| part.parse::<Uuid>().ok()).unwrap_or_default();
            let receipt = receipt(signing, id, envelope, container);
            state.taken_over.push(content);
            receipt
        } else {
            progress(&state)
        }
    };
    stream.write_all(&answer).await?;
    stream.shutdown().await
}

fn progress(state: &State) -> Vec<u8> {
    http("200 OK", format!("{{\"offset\":{},\"length\":{}}}", state.received.len(), state.length).as_bytes())
}

fn http(status: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn receipt(signing: &SigningKey, id: Uuid, envelope: &[u8], container: &[u8]) -> Vec<u8> {
    let mut receipt = Receipt {
        message_id: MessageId::from_uuid(id),
        received_at: "2026-07-01T10:00:00Z".parse().expect("an instant"),
        content_sha256: Receipt::content_digest(envelope, container),
        issuer: PartyId::new("gateway").expect("a party"),
        audit_sequence: 7,
        audit_hash: [3; 32],
        signature: Vec::new(),
        key_id: signing.public_key().key_id().to_string(),
    };
    receipt.signature = signing.sign(receipt.signing_text().as_bytes()).to_bytes().to_vec();
    http("201 Created", Message::from(receipt).to_xml().as_bytes())
}

fn case() -> (Uuid, String, Vec<u8>) {
    let container = (0..700_000_u32).map(|at| u8::try_from(at * 7 % 251).expect("a byte")).collect();
    (Uuid::now_v7(), "<envelope/>".to_owned(), container)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_breaks_again_and_again_delivers_once() {
    // Breaks inside the envelope, at its end, inside pieces, and one byte before the end.
    let gateway = Gateway::new(vec![1, 5, 11, 4_096, 100_000, 65_536, 3, 200_000, 262_143]).await;
    let (id, envelope, container) = case();
    let receipt = gateway.link.submit(id, &envelope, &container).await.expect("a receipt");
    assert_eq!(receipt.message_id(), id);
    gateway.state(|state| {
        assert!(state.breaks.is_empty(), "every break happened");
        let whole = [envelope.as_bytes(), &container].concat();
        assert_eq!(state.taken_over.len(), 1, "taken over once");
        assert!(state.taken_over[0] == whole, "byte for byte");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_line_is_given_up_and_continued_at_the_next_try() {
    let gateway = Gateway::new(vec![0, 300]).await;
    let (id, envelope, container) = case();
    let error = gateway.link.submit(id, &envelope, &container).await.expect_err("nothing more arrives");
    assert!(matches!(error, LinkError::Unreachable { .. }), "{error}");
    assert_eq!(gateway.state(|state| state.received.len()), 300, "what arrived is kept");
    gateway.link.submit(id, &envelope, &container).await.expect("goes on from there");
    gateway.state(|state| assert_eq!(state.taken_over.len(), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_forgot_gets_everything_again() {
    let gateway = Gateway::new(vec![300]).await;
    let (id, envelope, container) = case();
    gateway.state(|state| state.forgets = true);
    let error = gateway.link.submit(id, &envelope, &container).await.expect_err("nothing is there any more");
    assert!(matches!(error, LinkError::Unreachable { .. }), "{error}");
    gateway.link.submit(id, &envelope, &container).await.expect("from the beginning");
    gateway.state(|state| {
        let whole = [envelope.as_bytes(), &container].concat();
        assert!(state.taken_over.last().is_some_and(|taken| *taken == whole));
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_gateway_gets_the_case_whole() {
    let gateway = Gateway::new(Vec::new()).await;
    let (id, envelope, container) = case();
    gateway.state(|state| state.knows_pieces = false);
    let error =
        gateway.link.submit(id, &envelope, &container).await.expect_err("this one gives no true receipt");
    assert!(matches!(error, LinkError::ReceiptInvalid { .. }), "it was sent in one request: {error}");
}
