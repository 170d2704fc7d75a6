//! Accepts TLS connections with a client certificate and hands them to axum.
//!
//! Handshakes run beside each other, so that one slow peer does not hold up the rest; each has a deadline and
//! their number is bounded.

use std::{io, net::SocketAddr, path::Path, sync::Arc};

use axum::serve::Listener;
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{Error, limits};

/// The files that make up our side of mutual TLS.
#[derive(Debug, Clone)]
pub struct TlsFiles<'a> {
    /// Our certificate chain, PEM.
    pub certificate: &'a Path,
    /// Our private key, PEM.
    pub key: &'a Path,
    /// The authority whose client certificates we accept, PEM.
    pub client_ca: &'a Path,
}

/// Reads the files and makes a server configuration that insists on a client certificate.
///
/// # Errors
/// When a file is missing or holds no usable certificate or key.
pub(crate) fn server_config(files: &TlsFiles<'_>) -> Result<ServerConfig, Error> {
    let broken =
        |path: &Path, reason: String| Error::Certificate { file: path.display().to_string(), reason };
    let chain = CertificateDer::pem_file_iter(files.certificate)
        .and_then(|certificates| certificates.collect::<Result<Vec<_>, _>>())
        .map_err(|error| broken(files.certificate, error.to_string()))?;
    let key =
        PrivateKeyDer::from_pem_file(files.key).map_err(|error| broken(files.key, error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(files.client_ca)
        .map_err(|error| broken(files.client_ca, error.to_string()))?
    {
        let certificate = certificate.map_err(|error| broken(files.client_ca, error.to_string()))?;
        roots.add(certificate).map_err(|error| broken(files.client_ca, error.to_string()))?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .build()
        .map_err(|error| broken(files.client_ca, error.to_string()))?;
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| broken(files.certificate, error.to_string()))?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .map_err(|error| broken(files.certificate, error.to_string()))
}

/// Finished handshakes, ready to be served.
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    local: SocketAddr,
}

impl TlsListener {
    /// Starts accepting on `tcp`.
    ///
    /// # Errors
    /// When the socket has no local address.
    pub(crate) fn new(tcp: TcpListener, config: ServerConfig) -> io::Result<Self> {
        let local = tcp.local_addr()?;
        let (finished, ready) = mpsc::channel(limits::HANDSHAKES_WAITING_MAX);
        tokio::spawn(accept_all(tcp, TlsAcceptor::from(Arc::new(config)), finished));
        Ok(Self { ready, local })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The accepting task lives as long as the process; without it there is nothing left to serve.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.local)
    }
}

async fn accept_all(
    tcp: TcpListener,
    acceptor: TlsAcceptor,
    finished: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let places = Arc::new(Semaphore::new(limits::HANDSHAKES_AT_ONCE_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let (stream, peer) = match tcp.accept().await {
            Ok(connection) => connection,
            Err(error) => {
                tracing::warn!(code = "S-0301", kind = ?error.kind(), "a connection could not be accepted");
                tokio::time::sleep(limits::ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (acceptor, finished) = (acceptor.clone(), finished.clone());
        tokio::spawn(async move {
            match timeout(limits::HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => drop(finished.send((stream, peer)).await),
                Ok(Err(error)) => {
                    tracing::warn!(code = "S-0302", reason = %error, "a TLS handshake was refused")
                }
                Err(_) => tracing::warn!(code = "S-0302", "a TLS handshake took too long"),
            }
            drop(place);
        });
    }
}
