//! The accept loop both listeners share: mutual TLS, bounds on everything a peer can make us wait for or hold.
//!
//! A connection occupies one of a bounded number of places from the first byte of its handshake; one address may hold
//! a share of them while it shakes hands, one certificate a share while it is served. Handshake, request heads, idle
//! time and unread answers have deadlines, so a peer that says or reads nothing loses its place. When what is believed
//! of certificates changes, every open connection is judged anew.

mod peers;
mod stall;

#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::pki_types::CertificateDer;
use rustls::{CertificateError, ServerConfig};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::error::Error;
use crate::revocation::Clients;
use crate::watch::{Counted, Counters};
use crate::{limits, tls};
use peers::Peers;
use stall::Stall;

/// Who is at the other end of a connection, by its verified certificate. Every request carries it as an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Serial number in the certificate's subject; nothing when there is not exactly one.
    pub serial: Option<String>,
    /// Network address.
    pub address: IpAddr,
}

/// A listener of the gateway.
#[derive(Debug)]
pub struct Listener {
    name: &'static str,
    tcp: TcpListener,
    acceptor: Arc<ServerConfig>,
    clients: Option<Arc<Clients>>,
    connections_max: usize,
}

/// What every connection of one listener shares.
#[derive(Clone)]
struct Common {
    name: &'static str,
    acceptor: TlsAcceptor,
    clients: Option<Arc<Clients>>,
    peers: Arc<Peers>,
    per_peer_max: usize,
    router: Router,
    counters: Arc<Counters>,
    stop: watch::Receiver<bool>,
}

impl Listener {
    /// Takes an address, so that a second gateway on it is noticed before anything else is touched.
    pub async fn bind(
        name: &'static str,
        address: SocketAddr,
        tls: Arc<ServerConfig>,
        connections_max: usize,
    ) -> Result<Self, Error> {
        let tcp = TcpListener::bind(address).await.map_err(|error| Error::AddressUnusable {
            listen: name,
            address: address.to_string(),
            reason: error.kind().to_string(),
        })?;
        Ok(Self { name, tcp, acceptor: tls, clients: None, connections_max })
    }

    /// Judges open connections anew whenever what is believed of certificates changes.
    #[must_use]
    pub fn judging(self, clients: Arc<Clients>) -> Self {
        Self { clients: Some(clients), ..self }
    }

    /// The address taken, also where the configuration left the port open.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.tcp.local_addr().ok()
    }

    /// Serves until `stop` says so, then lets open requests finish within the bound.
    pub async fn serve(self, router: Router, counters: Arc<Counters>, mut stop: watch::Receiver<bool>) {
        let places = Arc::new(Semaphore::new(self.connections_max));
        let mut connections = JoinSet::new();
        let common = Common {
            name: self.name,
            acceptor: TlsAcceptor::from(Arc::clone(&self.acceptor)),
            clients: self.clients.clone(),
            peers: Arc::default(),
            per_peer_max: limits::per_peer(self.connections_max),
            router,
            counters,
            stop: stop.clone(),
        };
        loop {
            let accepted = tokio::select! {
                accepted = self.accept(&places) => accepted,
                Some(_) = connections.join_next() => continue,
                () = told(&mut stop) => break,
            };
            if let Some((stream, peer, place)) = accepted {
                let common = common.clone();
                connections.spawn(async move {
                    common.serve_one(stream, peer).await;
                    drop(place);
                });
            }
        }
        drop(self.tcp);
        let finished = async { while connections.join_next().await.is_some() {} };
        if timeout(limits::SHUTDOWN_TIME_MAX, finished).await.is_err() {
            tracing::warn!(listen = self.name, "some connections did not end in time and are cut");
        }
    }

    async fn accept(
        &self,
        places: &Arc<Semaphore>,
    ) -> Option<(TcpStream, IpAddr, tokio::sync::OwnedSemaphorePermit)> {
        let place = Arc::clone(places).acquire_owned().await.ok()?;
        match self.tcp.accept().await {
            Ok((stream, address)) => Some((stream, address.ip(), place)),
            Err(error) => {
                tracing::warn!(code = "G-0401", listen = self.name, reason = %error.kind(), "a connection could not be accepted");
                tokio::time::sleep(limits::ACCEPT_PAUSE).await;
                None
            }
        }
    }
}

impl Common {
    async fn serve_one(mut self, stream: TcpStream, address: IpAddr) {
        let Some(stream) = self.shake_hands(stream, address).await else { return };
        let chain: Vec<CertificateDer<'static>> = stream
            .get_ref()
            .1
            .peer_certificates()
            .unwrap_or_default()
            .iter()
            .map(|one| one.clone().into_owned())
            .collect();
        let peer = Peer { serial: chain.first().and_then(tls::subject_serial), address };
        let place = self.peers.serve(peer.serial.as_deref().unwrap_or_default(), self.per_peer_max);
        let router = if place.is_some() {
            self.router.clone()
        } else {
            tracing::warn!(code = "G-0952", listen = self.name, %address, "one certificate has too many connections");
            self.counters.add(Counted::SecurityEvent, "too-many-connections");
            Router::new().fallback(async || too_many())
        };
        let service = TowerToHyperService::new(router.layer(Extension(peer)));
        let mut connection = std::pin::pin!(
            http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(limits::HEADER_TIME_MAX)
                .max_headers(limits::HEADERS_MAX)
                .max_buf_size(limits::HEADER_BYTES_MAX)
                .serve_connection(TokioIo::new(Stall::new(stream)), service)
        );
        let judged = judge(self.clients.clone(), chain);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            error = judged => {
                self.refused(address, &error, "a connection was cut: its certificate is no longer believed");
                return;
            }
            () = told(&mut self.stop) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            // Ordinary: peers go away in the middle. The error's text holds nothing of the request.
            tracing::debug!(listen = self.name, %address, reason = %error, "a connection broke");
        }
    }

    async fn shake_hands(&self, stream: TcpStream, address: IpAddr) -> Option<TlsStream<TcpStream>> {
        let Some(_place) = self.peers.shake(address, self.per_peer_max) else {
            tracing::warn!(code = "G-0952", listen = self.name, %address, "one address shakes hands too often at a time");
            self.counters.add(Counted::SecurityEvent, "too-many-connections");
            return None;
        };
        match timeout(limits::HANDSHAKE_TIME_MAX, self.acceptor.accept(stream)).await {
            Ok(Ok(stream)) => return Some(stream),
            Ok(Err(error)) => match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(error) => self.refused(address, error, "a TLS handshake was refused"),
                None => {
                    tracing::warn!(code = "G-0401", listen = self.name, %address, reason = %error, "a TLS handshake was refused");
                    self.counters.add(Counted::SecurityEvent, "handshake-refused");
                }
            },
            Err(_) => {
                tracing::warn!(code = "G-0401", listen = self.name, %address, "a TLS handshake took too long");
                self.counters.add(Counted::SecurityEvent, "handshake-refused");
            }
        }
        None
    }

    /// Logs and counts a certificate that is not believed.
    fn refused(&self, address: IpAddr, error: &rustls::Error, what: &'static str) {
        let (code, event) = match error {
            rustls::Error::InvalidCertificate(CertificateError::Revoked) => ("G-0951", "certificate-revoked"),
            rustls::Error::InvalidCertificate(
                CertificateError::UnknownRevocationStatus
                | CertificateError::ExpiredRevocationList
                | CertificateError::ExpiredRevocationListContext { .. },
            ) => ("G-0950", "handshake-refused"),
            _ => ("G-0401", "handshake-refused"),
        };
        tracing::warn!(code, listen = self.name, %address, reason = %error, what);
        self.counters.add(Counted::SecurityEvent, event);
    }
}

/// Resolves when this chain is no longer believed.
async fn judge(clients: Option<Arc<Clients>>, chain: Vec<CertificateDer<'static>>) -> rustls::Error {
    let Some(clients) = clients else { return std::future::pending().await };
    let mut changes = clients.changes();
    // A change between the handshake and this look must not be missed.
    changes.mark_changed();
    loop {
        if changes.changed().await.is_err() {
            return std::future::pending().await;
        }
        if let Err(error) = clients.verify(&chain) {
            return error;
        }
    }
}

fn too_many() -> Response {
    let problem = json!({
        "type": "about:blank", "title": "Too many connections", "status": 503, "code": "G-0952",
        "detail": "Your certificate has as many connections open as one peer may have. Close one, then try again.",
    });
    let headers = [
        (header::CONTENT_TYPE, "application/problem+json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONNECTION, "close"),
        (header::RETRY_AFTER, "5"),
    ];
    (StatusCode::SERVICE_UNAVAILABLE, headers, problem.to_string()).into_response()
}

/// Resolves when the listener is told to stop, or when nobody is left who could tell.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
