//! The operator console: browsers of officials, over mutual TLS with the official's card, a PIN, and a session.
//!
//! ```text
//! serve (TLS) ── guard ── sign_in     card + PIN -> session
//!                  ├───── queue       list, filters, counts        words ┐
//!                  ├───── item        one item: claim … confirm    json  ├─ what people and scripts read
//!                  ├───── overview    interfaces, health           pages ┘
//!                  └───── events      that something changed
//! ```
//!
//! It holds an `Arc<Hub>`, sees what `hub::view` shows, acts by the hub's methods for operators and is told by
//! `Hub::subscribe` when to look again. Every page works without script. Every GET and POST also speaks JSON when asked
//! by `Accept: application/json`; `docs/reference/console.md` is the contract.
//!
//! Invariants: no personal data on a list, in an address or in the log; the values of an item are shown only after a
//! reason was given, and each showing is an audit line that is durable before the page goes out; reading changes
//! nothing; what a page shows is never rearranged under the pointer.
//!
//! Left out on purpose: bulk actions and the change of the table of interfaces. Both need rules of their own.

mod assets;
mod denied;
mod events;
mod filter;
mod guard;
mod item;
mod json;
mod keying;
mod overview;
mod pages;
mod queue;
mod session;
mod sign_in;
mod time;
mod words;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::hmac;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use tokio::sync::Semaphore;

use crate::error::Error;
use crate::hub::Hub;
use crate::{limits, tls};
use denied::Denied;
use session::{Attempts, Sessions};

/// What the handlers share.
pub(crate) struct Console {
    pub(crate) hub: Arc<Hub>,
    sessions: Mutex<Sessions>,
    attempts: Mutex<Attempts>,
    /// Places for checks of a PIN.
    pin_checks: Semaphore,
    /// Signs the token of the sign-in form, which belongs to no session yet.
    sign_in_key: hmac::Key,
    /// The names in the gateway's certificate.
    names: Vec<String>,
}

impl Console {
    fn new(hub: Arc<Hub>) -> Result<Self, Error> {
        let secret = random::<32>()?;
        let names = hub.site().identity.chain.first().map(tls::names).unwrap_or_default();
        Ok(Self {
            hub,
            sessions: Mutex::default(),
            attempts: Mutex::default(),
            pin_checks: Semaphore::new(limits::PIN_CHECKS_MAX),
            sign_in_key: hmac::Key::new(hmac::HMAC_SHA256, &secret),
            names,
        })
    }

    pub(crate) fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn attempts(&self) -> MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The routes of the console. Connections must carry a [`crate::serve::Peer`].
pub fn router(hub: Arc<Hub>) -> Result<Router, Error> {
    let console = Arc::new(Console::new(hub)?);
    let routes = Router::new()
        .route("/", get(queue::page))
        .route("/items/{id}", get(item::page))
        .route("/items/{id}/open", post(item::open))
        .route("/items/{id}/mask", post(item::mask))
        .route("/items/{id}/claim", post(item::claim))
        .route("/items/{id}/release", post(item::release))
        .route("/items/{id}/confirm", post(item::confirm))
        .route("/items/{id}/requeue", post(item::requeue))
        .route("/items/{id}/give-back", post(item::give_back))
        .route("/interfaces", get(overview::interfaces))
        .route("/health", get(overview::health))
        .route(EVENTS, get(events::stream))
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/favicon.ico", get(assets::no_icon))
        .route("/assets/console.css", get(assets::style))
        .route("/assets/console.js", get(assets::script))
        .fallback(|| async { Denied::NoSuchPage })
        .method_not_allowed_fallback(|| async { Denied::WrongMethod })
        .layer(DefaultBodyLimit::max(limits::FORM_BYTES_MAX))
        .layer(middleware::from_fn_with_state(Arc::clone(&console), guard::guard))
        .with_state(console);
    Ok(routes)
}

/// Bytes nobody can guess.
fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Error::NotDurable { reason: "no random bytes".to_owned() })?;
    Ok(bytes)
}

/// Where open pages hear of changes.
const EVENTS: &str = "/events";
