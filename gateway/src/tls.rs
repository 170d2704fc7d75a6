//! Certificates: whose they are, whether they hold now, and the server side of mutual TLS.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::error::Error;

/// A certificate chain with its key.
pub struct Identity {
    /// The chain, own certificate first.
    pub chain: Vec<CertificateDer<'static>>,
    /// The private key.
    pub key: PrivateKeyDer<'static>,
}

impl Identity {
    /// Reads chain and key from PEM files and refuses a certificate that does not hold now.
    pub fn read(certificate: &Path, key: &Path, now: Timestamp) -> Result<Self, Error> {
        let chain = certificates("certificate of the gateway", certificate)?;
        let unusable = |reason: String| Error::CertificateUnusable {
            what: "key of the gateway",
            file: key.display().to_string(),
            reason,
        };
        let bytes = read("key of the gateway", key)?;
        let private = PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| unusable(error.to_string()))?;
        let identity = Self { chain, key: private };
        identity.check_time(certificate, now)?;
        Ok(identity)
    }

    /// When the own certificate ceases to hold.
    #[must_use]
    pub fn not_after(&self) -> Option<Timestamp> {
        let (_, parsed) = X509Certificate::from_der(self.chain.first()?).ok()?;
        Timestamp::from_second(parsed.validity().not_after.timestamp()).ok()
    }

    fn check_time(&self, file: &Path, now: Timestamp) -> Result<(), Error> {
        let unusable = || Error::CertificateUnusable {
            what: "certificate of the gateway",
            file: file.display().to_string(),
            reason: "it is no X.509 certificate".to_owned(),
        };
        let own = self.chain.first().ok_or_else(unusable)?;
        let (_, parsed) = X509Certificate::from_der(own).map_err(|_| unusable())?;
        let instant =
            |at: x509_parser::time::ASN1Time| Timestamp::from_second(at.timestamp()).map_err(|_| unusable());
        let (not_before, not_after) =
            (instant(parsed.validity().not_before)?, instant(parsed.validity().not_after)?);
        if now < not_before || now > not_after {
            return Err(Error::CertificateOutOfTime { not_before, not_after });
        }
        Ok(())
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("certificates", &self.chain.len()).finish_non_exhaustive()
    }
}

/// Reads the authorities of a PEM file.
pub fn roots(what: &'static str, file: &Path) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(what, file)? {
        roots.add(certificate).map_err(|error| Error::CertificateUnusable {
            what,
            file: file.display().to_string(),
            reason: error.to_string(),
        })?;
    }
    Ok(roots)
}

/// The server side: TLS 1.3 or 1.2, and nobody whom the verifier does not believe.
///
/// Sessions are not resumed: a resumed one would skip the verifier, and with it the list of revoked certificates.
pub fn server_config(
    identity: &Identity,
    clients: Arc<dyn ClientCertVerifier>,
) -> Result<ServerConfig, Error> {
    let unusable = |reason: String| Error::CertificateUnusable {
        what: "certificate of the gateway",
        file: "[tls]".to_owned(),
        reason,
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?
        .with_client_cert_verifier(clients)
        .with_single_cert(identity.chain.clone(), identity.key.clone_key())
        .map_err(|error| unusable(error.to_string()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// The serial number in the subject of a certificate: an OIN, a kiosk's id, or an official's card. Exactly one.
#[must_use]
pub fn subject_serial(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let mut serials = parsed.subject().iter_by_oid(&x509_parser::oid_registry::OID_X509_SERIALNUMBER);
    let serial = serials.next()?.as_str().ok()?.to_owned();
    serials.next().is_none().then_some(serial)
}

fn certificates(what: &'static str, file: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let unusable =
        |reason: String| Error::CertificateUnusable { what, file: file.display().to_string(), reason };
    let bytes = read(what, file)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let chain = chain.map_err(|error| unusable(error.to_string()))?;
    if chain.is_empty() { Err(unusable("it holds no certificate".to_owned())) } else { Ok(chain) }
}

fn read(what: &'static str, file: &Path) -> Result<Vec<u8>, Error> {
    crate::site::read_bounded(what, file)
}

/// The names in a certificate by which browsers know it.
#[must_use]
pub fn names(certificate: &CertificateDer<'static>) -> Vec<String> {
    let Ok((_, parsed)) = X509Certificate::from_der(certificate) else { return Vec::new() };
    let Ok(Some(alternatives)) = parsed.subject_alternative_name() else { return Vec::new() };
    let names = alternatives.value.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        _ => None,
    });
    names.collect()
}
