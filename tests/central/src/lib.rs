//! A simulator of the Eurodac central system and of its web interface.
//!
//! It stores datasets, searches each new one against all others by the project's own matcher, answers as the ICD
//! profile says, and offers a small web interface for the operations that have no system-to-system interface.
//! Faults can be switched on, and interfaces opened, while it runs. What it takes in survives a restart.
//!
//! It is a test partner, not a model of performance or of the real system's rules beyond those the gateway relies on.

mod error;
pub mod faults;
mod kept;
pub mod limits;
mod link;
mod multipart;
mod registry;
mod search;
mod tls;
mod web;

use std::{
    future::Future,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub use error::Error;
use faults::Faults;
use icd::{
    identifier::{AnswerId, PartyId},
    message::{Message, Receipt},
    operation::Operation,
    profile::Profile,
    reference::ReferenceNumber,
};
use jiff::Timestamp;
use kept::{Entry, Kept};
use multipart::Parts;
use registry::{Arrival, Registry};
pub use tls::TlsFiles;
use tokio::{net::TcpListener, sync::Notify};
use uuid::Uuid;

/// The running system behind both interfaces.
pub struct Central {
    registry: Mutex<Registry>,
    kept: Mutex<Kept>,
    profile: Profile,
    new_answer: Notify,
}

/// Where the simulator listens and keeps its messages.
pub struct Options<'a> {
    /// Address of the machine interface.
    pub link: &'a str,
    /// Address of the web interface and of the controls (loopback, plain HTTP).
    pub web: &'a str,
    /// Our side of mutual TLS.
    pub tls: TlsFiles<'a>,
    /// Folder of kept messages.
    pub folder: &'a Path,
}

/// A started simulator.
pub struct Running {
    /// Bound address of the machine interface.
    pub link: SocketAddr,
    /// Bound address of the web interface.
    pub web: SocketAddr,
    /// Ends when either interface ends.
    pub serving: tokio::task::JoinHandle<()>,
}

/// Starts both interfaces.
///
/// # Errors
/// When an address, a certificate or the folder cannot be used.
pub async fn start(options: &Options<'_>) -> Result<Running, Error> {
    let central = Arc::new(Central::open(options.folder)?);
    let config = tls::server_config(&options.tls)?;
    let link = bind(options.link).await?;
    let web = bind(options.web).await?;
    let unbound = |error: std::io::Error| Error::Address {
        address: options.link.to_owned(),
        reason: error.to_string(),
    };
    let (link_address, web_address) =
        (link.local_addr().map_err(unbound)?, web.local_addr().map_err(unbound)?);
    let listener = tls::TlsListener::new(link, config).map_err(unbound)?;
    let link_routes = link::router(Arc::clone(&central));
    let web_routes = web::router(central);
    let serving = tokio::spawn(async move {
        let link = axum::serve(listener, link_routes).into_future();
        let web = axum::serve(web, web_routes).into_future();
        tokio::select! { _ = link => {}, _ = web => {} }
    });
    Ok(Running { link: link_address, web: web_address, serving })
}

async fn bind(address: &str) -> Result<TcpListener, Error> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Error::Address { address: address.to_owned(), reason: error.to_string() })
}

impl Central {
    fn open(folder: &Path) -> Result<Self, Error> {
        let (kept, entries) = Kept::open(folder)?;
        let central = Self {
            registry: Mutex::new(Registry::new()),
            kept: Mutex::new(kept),
            profile: Profile::open_2026(),
            new_answer: Notify::new(),
        };
        let now = Timestamp::now();
        for entry in entries {
            central.read_back(entry, now)?;
        }
        central.registry().forget_waiting();
        Ok(central)
    }

    fn read_back(&self, entry: Entry, now: Timestamp) -> Result<(), Error> {
        match entry {
            Entry::Message { envelope, container } => {
                self.work_on(&parse(&envelope)?, &envelope, &container, now);
                Ok(())
            }
            Entry::Keyed { operation, reference_number } => {
                let (operation, reference_number) = web::parse_keyed(&operation, &reference_number)?;
                self.registry().carry_out(operation, &reference_number).map(drop)
            }
        }
    }

    /// Takes a message in: on disk first, then worked on, then acknowledged.
    fn take_in(&self, parts: Parts, now: Timestamp) -> Result<String, Error> {
        let message = parse(&parts.envelope)?;
        let operation = match &message {
            Message::Submission(_) => Operation::Submit,
            Message::Change(change) => change.operation,
            _ => {
                return Err(Error::Request {
                    reason: "only submissions and changes are taken in".to_owned(),
                });
            }
        };
        // One message at a time: looking, keeping and answering belong together (Art. 38(2), order of arrival).
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let digest = Receipt::content_digest(&parts.envelope, &parts.container);
        let arrival = self.registry().look(message.message_id(), operation, digest)?;
        match arrival {
            Arrival::Again => self.registry().arrive(message.message_id(), digest, Arrival::Again),
            Arrival::New => {
                let entry =
                    Entry::Message { envelope: parts.envelope.clone(), container: parts.container.clone() };
                kept.keep(&entry)?;
                self.work_on(&message, &parts.envelope, &parts.container, now);
                self.new_answer.notify_waiters();
            }
        }
        acknowledgement(&message, digest, now)
    }

    fn work_on(&self, message: &Message, envelope: &[u8], container: &[u8], now: Timestamp) {
        let digest = Receipt::content_digest(envelope, container);
        let mut ids = || AnswerId::from_uuid(Uuid::now_v7());
        self.registry().arrive(message.message_id(), digest, Arrival::New);
        match message {
            Message::Submission(submission) => {
                let prints = search::prints(&self.profile, submission, container, now);
                self.registry().submit(submission, prints, &mut ids, now);
            }
            Message::Change(change) => self.registry().change(change, &mut ids, now),
            Message::Receipt(_) | Message::Answer(_) => {}
        }
    }

    /// Carries out what a person keyed at the web interface.
    fn key(&self, operation: Operation, reference_number: &ReferenceNumber) -> Result<String, Error> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.registry().is_stored(reference_number) {
            return Err(Error::NoDataset);
        }
        kept.keep(&Entry::Keyed {
            operation: operation.code().to_owned(),
            reference_number: reference_number.as_str().to_owned(),
        })?;
        self.registry().carry_out(operation, reference_number)
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn faults(&self) -> Faults {
        self.registry().faults
    }

    /// Resolves when a new answer was queued after this call.
    fn arrived(&self) -> impl Future<Output = ()> + '_ {
        let mut notified = Box::pin(self.new_answer.notified());
        notified.as_mut().enable();
        notified
    }
}

fn parse(envelope: &[u8]) -> Result<Message, Error> {
    Message::from_xml(envelope).map_err(|error| Error::Request { reason: error.to_string() })
}

/// The central system says it holds the message. Its acknowledgements are not signed, so the signature is empty.
fn acknowledgement(message: &Message, digest: [u8; 32], now: Timestamp) -> Result<String, Error> {
    let issuer = PartyId::new(ISSUER).map_err(|error| Error::Request { reason: error.to_string() })?;
    let receipt = Receipt {
        message_id: message.message_id(),
        received_at: now,
        content_sha256: digest,
        issuer,
        audit_sequence: 0,
        audit_hash: [0; 32],
        signature: Vec::new(),
        key_id: String::new(),
    };
    Ok(Message::from(receipt).to_xml())
}

const ISSUER: &str = "central-simulator";
