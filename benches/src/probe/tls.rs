//! The wire: the same bytes over one kept connection with mutual TLS on loopback, and one byte back.
//!
//! No HTTP, no check, no disk: the least that a sender must wait for before anybody can have the message.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::Arc,
    thread,
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
    server::WebPkiClientVerifier,
};

use super::disk::pick;
use crate::{Contestant, Error, Laps, limits};

/// The PEM files of both ends.
#[derive(Debug, Clone, Copy)]
pub struct TlsFiles<'a> {
    /// Authority of both certificates.
    pub authority: &'a Path,
    /// Certificate and key of the end that listens.
    pub server: (&'a Path, &'a Path),
    /// Certificate and key of the end that sends.
    pub client: (&'a Path, &'a Path),
}

/// Sends one body after the other, in turns.
pub struct TlsProbe {
    part: &'static str,
    stream: StreamOwned<ClientConnection, TcpStream>,
    bodies: Vec<Vec<u8>>,
}

impl TlsProbe {
    /// Starts the other end in a thread and connects to it. The thread ends with the connection.
    ///
    /// # Errors
    /// [`Error::Part`] when files or connection cannot be used.
    pub fn new(part: &'static str, files: TlsFiles<'_>, bodies: Vec<Vec<u8>>) -> Result<Self, Error> {
        let failed = Error::part(part);
        let provider = Arc::new(aws_lc_rs::default_provider());
        let server = server_config(&files, &provider).map_err(|error| failed(&error))?;
        let client = client_config(&files, &provider).map_err(|error| failed(&error))?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| failed(&error))?;
        let address = listener.local_addr().map_err(|error| failed(&error))?;
        thread::spawn(move || {
            // An end of the race closes the connection; that is no failure to report.
            let _ = serve(&listener, server);
        });
        let socket = TcpStream::connect(address).map_err(|error| failed(&error))?;
        socket.set_nodelay(true).map_err(|error| failed(&error))?;
        let name = ServerName::try_from("localhost").map_err(|error| failed(&error))?;
        let connection = ClientConnection::new(Arc::new(client), name).map_err(|error| failed(&error))?;
        Ok(Self { part, stream: StreamOwned::new(connection, socket), bodies })
    }
}

impl Contestant for TlsProbe {
    fn run(&mut self, round: u64, laps: &mut Laps) -> Result<(), Error> {
        let Some(body) = pick(&self.bodies, round) else { return Ok(()) };
        let stream = &mut self.stream;
        laps.time(self.part, || {
            stream.write_all(&(body.len() as u64).to_be_bytes())?;
            stream.write_all(body)?;
            stream.flush()?;
            stream.read_exact(&mut [0; 1])
        })?;
        laps.set_bytes(self.part, body.len());
        Ok(())
    }
}

fn serve(listener: &TcpListener, config: ServerConfig) -> io::Result<()> {
    let (socket, _) = listener.accept()?;
    socket.set_nodelay(true)?;
    let connection = ServerConnection::new(Arc::new(config)).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(connection, socket);
    let mut body = Vec::new();
    loop {
        let mut length = [0; 8];
        stream.read_exact(&mut length)?;
        let length = u64::from_be_bytes(length);
        if length > limits::PROBE_BODY_BYTES_MAX {
            return Err(io::Error::other("a body larger than agreed"));
        }
        body.resize(usize::try_from(length).map_err(io::Error::other)?, 0);
        stream.read_exact(&mut body)?;
        stream.write_all(&[1])?;
        stream.flush()?;
    }
}

fn server_config(
    files: &TlsFiles<'_>,
    provider: &Arc<CryptoProvider>,
) -> Result<ServerConfig, Box<dyn std::error::Error>> {
    let roots = Arc::new(roots(files.authority)?);
    let clients = WebPkiClientVerifier::builder_with_provider(roots, Arc::clone(provider)).build()?;
    let (chain, key) = identity(files.server)?;
    Ok(ServerConfig::builder_with_provider(Arc::clone(provider))
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(clients)
        .with_single_cert(chain, key)?)
}

fn client_config(
    files: &TlsFiles<'_>,
    provider: &Arc<CryptoProvider>,
) -> Result<ClientConfig, Box<dyn std::error::Error>> {
    let (chain, key) = identity(files.client)?;
    Ok(ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots(files.authority)?)
        .with_client_auth_cert(chain, key)?)
}

fn roots(file: &Path) -> Result<RootCertStore, Box<dyn std::error::Error>> {
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_file_iter(file)? {
        roots.add(root?)?;
    }
    Ok(roots)
}

fn identity(
    (certificate, key): (&Path, &Path),
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Box<dyn std::error::Error>> {
    let chain = CertificateDer::pem_file_iter(certificate)?.collect::<Result<Vec<_>, _>>()?;
    Ok((chain, PrivateKeyDer::from_pem_file(key)?))
}

#[cfg(test)]
mod tests {
    use e2e::site::{GATEWAY, KIOSK_1, Ports, Site, file_stem};

    use super::*;

    #[test]
    fn bodies_of_any_size_are_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let site = Site::create(&folder.path().join("site"), Ports::any().expect("ports")).expect("a site");
        let file = |party, ending: &str| site.path(&format!("{}.{ending}", file_stem(party)));
        let (server, server_key) = (file(GATEWAY, "pem"), file(GATEWAY, "key"));
        let (client, client_key) = (file(KIOSK_1, "pem"), file(KIOSK_1, "key"));
        let authority = site.path("ca.pem");
        let files = TlsFiles {
            authority: &authority,
            server: (&server, &server_key),
            client: (&client, &client_key),
        };
        let bodies = vec![vec![], vec![3; 1], vec![4; 3_000_000]];
        let mut probe = TlsProbe::new("wire", files, bodies).expect("a probe");
        let mut laps = Laps::default();
        for round in 0..6 {
            probe.run(round, &mut laps).expect("a round");
        }
        assert_eq!((laps.parts()[0].samples.len(), laps.parts()[0].bytes), (6, Some(3_000_000)));
        let missing = TlsFiles { authority: Path::new("no/such/file"), ..files };
        assert_eq!(
            TlsProbe::new("wire", missing, Vec::new()).err().map(|error| error.code()),
            Some("D-0301")
        );
    }
}
