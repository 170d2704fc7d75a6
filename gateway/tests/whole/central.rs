//! A small central system that counts what it gets, with faults on demand.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use firmware_config::StaleCrl;
use gateway::revocation::Clients;
use gateway::serve::Listener;
use gateway::tls::{self, Identity};
use http_body_util::BodyExt;
use icd::identifier::{AnswerId, MessageId, PartyId};
use icd::message::{Answer, AnswerList, Message, Outcome, Receipt};
use jiff::Timestamp;
use tokio::sync::watch;
use uuid::Uuid;

use crate::site::TestSite;

/// What goes wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    #[default]
    None,
    /// Everything is answered with 503.
    Down,
    /// It takes messages and then says nothing useful.
    LosesReplies,
    /// It refuses messages for good.
    Refuses,
}

#[derive(Default)]
pub(crate) struct Book {
    pub(crate) fault: Fault,
    /// How often each message came, in order of first arrival.
    pub(crate) arrivals: BTreeMap<MessageId, u32>,
    pub(crate) order: Vec<MessageId>,
    pub(crate) asked: u32,
    answers: Vec<Answer>,
}

#[derive(Clone, Default)]
pub(crate) struct Central {
    pub(crate) state: Arc<Mutex<Book>>,
}

impl Central {
    pub(crate) fn set(&self, fault: Fault) {
        self.state.lock().expect("no panic").fault = fault;
    }

    pub(crate) fn arrivals_of(&self, message: MessageId) -> u32 {
        self.state.lock().expect("no panic").arrivals.get(&message).copied().unwrap_or(0)
    }

    /// Serves on an address until the test ends. The address must be known to the site before the site has its
    /// certificates, so it is bound first and served here.
    pub(crate) async fn serve(&self, address: SocketAddr, site: &TestSite) {
        let card = site.authority().card("central");
        site.write("central.pem", &card.certificate);
        site.write("central.key", &card.key);
        let identity = Identity::read(&site.path("central.pem"), &site.path("central.key"), Timestamp::now());
        let roots = tls::roots("authority", &site.path("ca.pem")).expect("own authority");
        let clients =
            Clients::new(roots, Vec::new(), StaleCrl::Refuse, Timestamp::now()).expect("own authority");
        let clients = Arc::new(clients);
        let config = tls::server_config(&identity.expect("own card"), clients).expect("own card");
        let listener = Listener::bind("central", address, Arc::new(config), 16).await.expect("a free port");
        let router = Router::new()
            .route("/v1/transactions", post(take))
            .route("/v1/transactions/{message}", get(ask))
            .route("/v1/answers", get(answers))
            .route("/v1/answers/{answer}/acknowledgement", post(acknowledge))
            .with_state(self.clone());
        let (never, stop) = watch::channel(false);
        tokio::spawn(async move {
            listener.serve(router, Arc::default(), stop).await;
            drop(never);
        });
    }
}

/// An address that was free a moment ago.
pub(crate) fn free_address() -> SocketAddr {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("bound")
}

async fn take(State(central): State<Central>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).expect("a type");
    let boundary = multer::parse_boundary(kind).expect("multipart");
    let body = body.collect().await.expect("a whole body").to_bytes();
    let stream = futures_util::stream::once(async move { Ok::<_, std::io::Error>(body) });
    let mut multipart = multer::Multipart::new(stream, boundary);
    let (mut envelope, mut container) = (Vec::new(), Vec::new());
    while let Some(field) = multipart.next_field().await.expect("well-formed") {
        let part = if field.name() == Some("envelope") { &mut envelope } else { &mut container };
        *part = field.bytes().await.expect("well-formed").to_vec();
    }
    let message = Message::from_xml(&envelope).expect("the gateway sends what it accepted");
    let (message_id, reference_number) = match &message {
        Message::Submission(submission) => (submission.message_id, submission.reference_number.clone()),
        Message::Change(change) => (change.message_id, change.reference_number.clone()),
        _ => panic!("neither submission nor change"),
    };
    let mut state = central.state.lock().expect("no panic");
    match state.fault {
        Fault::Down => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Fault::Refuses => return StatusCode::UNPROCESSABLE_ENTITY.into_response(),
        Fault::None | Fault::LosesReplies => {}
    }
    *state.arrivals.entry(message_id).or_default() += 1;
    if state.arrivals[&message_id] == 1 {
        state.order.push(message_id);
        state.answers.push(Answer {
            answer_id: AnswerId::from_uuid(Uuid::now_v7()),
            in_reply_to: message_id,
            reference_number,
            answered_at: Timestamp::now(),
            outcome: Outcome::NoHit,
        });
    }
    if state.fault == Fault::LosesReplies {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let receipt = Receipt {
        message_id,
        received_at: Timestamp::now(),
        content_sha256: Receipt::content_digest(&envelope, &container),
        issuer: PartyId::new("central").expect("plain"),
        audit_sequence: 0,
        audit_hash: [0; 32],
        signature: Vec::new(),
        key_id: "none".to_owned(),
    };
    (StatusCode::ACCEPTED, Message::Receipt(receipt).to_xml()).into_response()
}

async fn ask(State(central): State<Central>, Path(message): Path<MessageId>) -> StatusCode {
    let mut state = central.state.lock().expect("no panic");
    state.asked += 1;
    match state.fault {
        Fault::Down => StatusCode::SERVICE_UNAVAILABLE,
        _ if state.arrivals.contains_key(&message) => StatusCode::OK,
        _ => StatusCode::NOT_FOUND,
    }
}

async fn answers(State(central): State<Central>) -> Response {
    tokio::time::sleep(Duration::from_millis(100)).await;
    let state = central.state.lock().expect("no panic");
    if state.fault == Fault::Down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    AnswerList { answers: state.answers.clone() }.to_xml().into_response()
}

async fn acknowledge(State(central): State<Central>, Path(answer): Path<AnswerId>) -> StatusCode {
    central.state.lock().expect("no panic").answers.retain(|lying| lying.answer_id != answer);
    StatusCode::NO_CONTENT
}
