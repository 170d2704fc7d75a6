//! The accept loop both listeners share: mutual TLS, bounds on everything a peer can make us wait for or hold.
//!
//! A connection occupies one of a bounded number of places from the first byte of its handshake. Handshake, request
//! heads and idle time have deadlines, so a peer that says nothing loses its place.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::error::Error;
use crate::watch::{Counted, Counters};
use crate::{limits, tls};

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
    connections_max: usize,
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
        Ok(Self { name, tcp, acceptor: tls, connections_max })
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
        loop {
            let accepted = tokio::select! {
                accepted = self.accept(&places) => accepted,
                Some(_) = connections.join_next() => continue,
                () = told(&mut stop) => break,
            };
            if let Some((stream, peer, place)) = accepted {
                let (acceptor, router, stop) =
                    (TlsAcceptor::from(Arc::clone(&self.acceptor)), router.clone(), stop.clone());
                let (name, counters) = (self.name, Arc::clone(&counters));
                connections.spawn(async move {
                    if !serve_one(name, acceptor, stream, peer, router, stop).await {
                        counters.add(Counted::SecurityEvent, "handshake-refused");
                    }
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

/// Serves one connection; false when it had no good handshake.
async fn serve_one(
    listen: &'static str,
    acceptor: TlsAcceptor,
    stream: TcpStream,
    address: IpAddr,
    router: Router,
    mut stop: watch::Receiver<bool>,
) -> bool {
    let stream = match timeout(limits::HANDSHAKE_TIME_MAX, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            tracing::warn!(code = "G-0401", listen, %address, reason = %error, "a TLS handshake was refused");
            return false;
        }
        Err(_) => {
            tracing::warn!(code = "G-0401", listen, %address, "a TLS handshake took too long");
            return false;
        }
    };
    let certificate = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
    let peer = Peer { serial: certificate.and_then(tls::subject_serial), address };
    let service = TowerToHyperService::new(router.layer(Extension(peer)));
    let mut connection = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits::HEADER_TIME_MAX)
            .max_headers(limits::HEADERS_MAX)
            .max_buf_size(limits::HEADER_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), service)
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // Ordinary: peers go away in the middle. The error's text holds nothing of the request.
        tracing::debug!(listen, %address, reason = %error, "a connection broke");
    }
    true
}

/// Resolves when the listener is told to stop, or when nobody is left who could tell.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
