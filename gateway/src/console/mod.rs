//! The operator console: browsers of officials, over mutual TLS with the official's card, a PIN, and a session.
//!
//! ```text
//! serve (TLS) ── guard ── sign_in     card + PIN -> session
//!                  ├───── queue       list, filters, counts           language ┐
//!                  ├───── item, act   one item: claim … confirm       words    ├─ what people and scripts read
//!                  ├───── bulk        one step with many: selection   json     │
//!                  ├───── person      all items of one person         pages    ┘
//!                  ├───── tasks       what answers ask of people
//!                  ├───── overview    interfaces and their switch, health
//!                  ├───── fairness    rates by sender, sensor, age band
//!                  ├───── installation  state of configuration, certificates, storage, backup
//!                  └───── events      that something changed
//! ```
//!
//! It holds an `Arc<Hub>`, sees what `hub::view` shows, acts by the hub's methods for operators and is told by
//! `Hub::subscribe` when to look again. Every page works without script. Every GET and POST also speaks JSON when asked
//! by `Accept: application/json`; `docs/reference/console.md` is the contract.
//!
//! Invariants: no personal data on a list, in an address or in the log; the values of an item are shown only after a
//! reason was given, and each showing is an audit line that is durable before the page goes out; reading changes
//! nothing; what a page shows is never rearranged under the pointer; a step with many items touches none that was not
//! on the page from which it was asked for.

mod act;
mod assets;
mod bulk;
mod denied;
mod events;
mod fairness;
mod filter;
mod guard;
mod installation;
mod item;
mod json;
mod keying;
mod language;
mod overview;
mod pages;
mod person;
mod queue;
mod selection;
mod session;
mod sign_in;
mod tasks;
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
use jiff::SignedDuration;
use tokio::sync::Semaphore;

use crate::error::Error;
use crate::hub::Hub;
use crate::{limits, tls};
use denied::Denied;
use selection::Selections;
use session::{Attempts, Sessions};

/// What the handlers share.
pub(crate) struct Console {
    pub(crate) hub: Arc<Hub>,
    sessions: Mutex<Sessions>,
    attempts: Mutex<Attempts>,
    selections: Mutex<Selections>,
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
            selections: Mutex::default(),
            pin_checks: Semaphore::new(limits::PIN_CHECKS_MAX),
            sign_in_key: hmac::Key::new(hmac::HMAC_SHA256, &secret),
            names,
        })
    }

    pub(crate) fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn selections(&self) -> MutexGuard<'_, Selections> {
        self.selections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The site's span of warning.
    pub(crate) fn due_soon(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.hub.site().config.policy.due_soon_hours))
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
        .route("/items/{id}/person", get(person::page))
        .route("/items/{id}/{act}", post(act::take))
        .route("/bulk", post(bulk::draw))
        .route("/bulk/{number}", get(bulk::page).post(bulk::take))
        .route("/tasks", get(tasks::page))
        .route("/tasks/{number}/{act}", post(tasks::take))
        .route("/interfaces", get(overview::interfaces))
        .route("/interfaces/{operation}", get(overview::preview).post(overview::switch))
        .route("/health", get(overview::health))
        .route(INSTALLATION, get(installation::page))
        .route("/fairness", get(fairness::page))
        .route(EVENTS, get(events::stream))
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/language", post(sign_in::speak))
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

/// The page of those who look after the installation.
const INSTALLATION: &str = "/installation";

/// Where open pages hear of changes.
const EVENTS: &str = "/events";
