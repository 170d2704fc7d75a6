//! Whose certificates are believed: the authorities of clients, and the lists of what they revoked.
//!
//! One verifier serves both listeners and files carried by hand. The lists (`[tls] client_crl`) are looked at again
//! from time to time; when one changes, every open connection is judged anew, so that a revoked card loses the
//! connection it already has.
//!
//! Invariants:
//! * with lists configured, a certificate whose issuer has no list among them is refused;
//! * without a usable list nobody gets in, unless the signed configuration says `client_crl_stale = "keep-last"`; then
//!   the last readable list stays in force. A list that never could be read is never replaced by trust;
//! * no list is believed that the issuer of the certificate did not sign.
//!
//! Left out on purpose: fetching lists. A gateway in a closed network gets them as files; whoever brings them needs no
//! right but to write these files. Law: Art. 48(2)(f) and (g); PKI005 of Digikoppeling.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use firmware_config::StaleCrl;
use jiff::Timestamp;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, RootCertStore, SignatureScheme};
use tokio::sync::watch;
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::CertificateRevocationList;

use crate::error::Error;
use crate::limits;

/// The verifier of client certificates. Cheap to share; what it believes may change while it is in use.
#[derive(Debug)]
pub struct Clients {
    roots: Arc<RootCertStore>,
    hints: Vec<DistinguishedName>,
    provider: Arc<CryptoProvider>,
    files: Vec<PathBuf>,
    stale: StaleCrl,
    in_force: RwLock<InForce>,
    seen: Mutex<Vec<Stamp>>,
    /// Counts every change of what is believed.
    generation: watch::Sender<u64>,
}

#[derive(Debug)]
struct InForce {
    /// Nothing while nobody may get in.
    verifier: Option<Arc<dyn ClientCertVerifier>>,
    status: CrlStatus,
}

/// How it stands with the lists of revoked certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CrlStatus {
    /// None is configured.
    NotConfigured,
    /// All are read and hold.
    Current {
        /// When the first of them ceases to hold.
        next_update: Timestamp,
    },
    /// One has passed its time.
    Expired {
        /// Which file.
        file: PathBuf,
        /// When it ceased to hold.
        next_update: Timestamp,
    },
    /// One cannot be read.
    Unreadable {
        /// Which file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
}

impl CrlStatus {
    /// One word, as on the page of figures.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotConfigured => "not-configured",
            Self::Current { .. } => "current",
            Self::Expired { .. } => "expired",
            Self::Unreadable { .. } => "unreadable",
        }
    }

    /// When the lists cease, or ceased, to hold; nothing where that is not known.
    #[must_use]
    pub fn next_update(&self) -> Option<Timestamp> {
        match self {
            Self::Current { next_update } | Self::Expired { next_update, .. } => Some(*next_update),
            Self::NotConfigured | Self::Unreadable { .. } => None,
        }
    }

    /// What is wrong, if anything.
    #[must_use]
    pub fn trouble(&self) -> Option<Error> {
        let (file, reason) = match self {
            Self::NotConfigured | Self::Current { .. } => return None,
            Self::Expired { file, next_update } => (file, format!("it expired at {next_update}")),
            Self::Unreadable { file, reason } => (file, reason.clone()),
        };
        Some(Error::CrlUnusable { file: file.display().to_string(), reason })
    }
}

/// By what a file is known to have changed.
type Stamp = Option<(u64, u64, i64, i64)>;

/// One list as read.
struct Listed {
    file: PathBuf,
    der: CertificateRevocationListDer<'static>,
    next_update: Timestamp,
}

impl Clients {
    /// Believes these authorities, and of the lists what can be read now.
    pub fn new(
        roots: RootCertStore,
        files: Vec<PathBuf>,
        stale: StaleCrl,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let clients = Self {
            hints: roots.subjects(),
            roots: Arc::new(roots),
            provider,
            seen: Mutex::new(vec![None; files.len()]),
            files,
            stale,
            in_force: RwLock::new(InForce { verifier: None, status: CrlStatus::NotConfigured }),
            generation: watch::Sender::new(0),
        };
        if clients.files.is_empty() {
            let verifier = clients.verifier(Vec::new()).map_err(|reason| Error::CertificateUnusable {
                what: "authority of clients",
                file: "[tls] client_ca".to_owned(),
                reason,
            })?;
            clients.put(Some(verifier), CrlStatus::NotConfigured);
        } else {
            clients.look(now);
        }
        Ok(clients)
    }

    /// How it stands with the lists.
    #[must_use]
    pub fn status(&self) -> CrlStatus {
        self.in_force.read().unwrap_or_else(PoisonError::into_inner).status.clone()
    }

    /// Whether nobody gets in because of the lists.
    #[must_use]
    pub fn refuses_all(&self) -> bool {
        self.current().is_none()
    }

    /// Tells of every change of what is believed.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.generation.subscribe()
    }

    /// Whether this chain, own certificate first, is believed now.
    pub fn verify(&self, chain: &[CertificateDer<'_>]) -> Result<(), rustls::Error> {
        let (own, above) = chain.split_first().ok_or(rustls::Error::NoCertificatesPresented)?;
        self.verify_client_cert(own, above, UnixTime::now()).map(drop)
    }

    /// Looks at the lists again: reads what changed, and notices what ceased to hold.
    pub fn look(&self, now: Timestamp) {
        if self.files.is_empty() {
            return;
        }
        let before = self.status();
        let stamps: Vec<Stamp> = self.files.iter().map(|file| stamp(file)).collect();
        let unchanged = stamps.iter().all(Option::is_some) && *self.seen() == stamps;
        let holds = matches!(&before, CrlStatus::Current { next_update } if now < *next_update);
        let known_expired = matches!(&before, CrlStatus::Expired { next_update, .. } if *next_update <= now);
        if unchanged && (holds || known_expired) {
            return;
        }
        match self.read() {
            Ok(lists) => {
                *self.seen() = stamps;
                self.take(lists, now);
            }
            Err((file, reason)) => self.bad(file, reason),
        }
        let after = self.status();
        if after != before {
            match after.trouble() {
                None => tracing::info!(status = after.name(), "the lists of revoked certificates were read"),
                Some(error) => {
                    tracing::error!(code = error.code(), refuses_all = self.refuses_all(), %error, "certificates cannot be checked for revocation");
                }
            }
        }
    }

    fn take(&self, lists: Vec<Listed>, now: Timestamp) {
        let Some(first) = lists.iter().min_by_key(|list| list.next_update) else { return };
        let (file, next_update) = (first.file.clone(), first.next_update);
        let expired = next_update <= now;
        let status = if expired {
            CrlStatus::Expired { file: file.clone(), next_update }
        } else {
            CrlStatus::Current { next_update }
        };
        if expired && self.stale == StaleCrl::Refuse {
            return self.put(None, status);
        }
        match self.verifier(lists.into_iter().map(|list| list.der).collect()) {
            Ok(verifier) => self.put(Some(verifier), status),
            Err(reason) => self.bad(file, reason),
        }
    }

    /// A list cannot be used: what holds then is the site's rule.
    fn bad(&self, file: PathBuf, reason: String) {
        let kept = self.current().filter(|_| self.stale == StaleCrl::KeepLast);
        let status = CrlStatus::Unreadable { file, reason };
        if status != self.status() {
            self.put(kept, status);
        }
    }

    fn read(&self) -> Result<Vec<Listed>, (PathBuf, String)> {
        let mut lists = Vec::new();
        for file in &self.files {
            let failed = |reason: String| (file.clone(), reason);
            let bytes = bounded(file).map_err(failed)?;
            for der in split(&bytes).map_err(failed)? {
                let (_, parsed) = CertificateRevocationList::from_der(&der)
                    .map_err(|_| failed("it is no list of revoked certificates".to_owned()))?;
                let next_update =
                    parsed.next_update().and_then(|at| Timestamp::from_second(at.timestamp()).ok());
                let next_update =
                    next_update.ok_or_else(|| failed("it does not say until when it holds".to_owned()))?;
                lists.push(Listed { file: file.clone(), der, next_update });
            }
        }
        Ok(lists)
    }

    fn verifier(
        &self,
        lists: Vec<CertificateRevocationListDer<'static>>,
    ) -> Result<Arc<dyn ClientCertVerifier>, String> {
        let (roots, provider) = (Arc::clone(&self.roots), Arc::clone(&self.provider));
        let builder = WebPkiClientVerifier::builder_with_provider(roots, provider).with_crls(lists);
        // Whether an expired list counts is this file's decision for all lists at once; the verifier would only ask
        // about the list it happens to use.
        let builder = match self.stale {
            StaleCrl::Refuse => builder.enforce_revocation_expiration(),
            StaleCrl::KeepLast => builder,
        };
        builder.build().map_err(|error| error.to_string())
    }

    fn put(&self, verifier: Option<Arc<dyn ClientCertVerifier>>, status: CrlStatus) {
        *self.in_force.write().unwrap_or_else(PoisonError::into_inner) = InForce { verifier, status };
        self.generation.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn current(&self) -> Option<Arc<dyn ClientCertVerifier>> {
        self.in_force.read().unwrap_or_else(PoisonError::into_inner).verifier.clone()
    }

    fn seen(&self) -> MutexGuard<'_, Vec<Stamp>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientCertVerifier for Clients {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        own: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        match self.current() {
            Some(verifier) => verifier.verify_client_cert(own, above, now),
            None => Err(CertificateError::UnknownRevocationStatus.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Looks at the lists for ever.
pub(crate) async fn keep_looking(clients: Arc<Clients>) {
    if clients.files.is_empty() {
        return;
    }
    loop {
        tokio::time::sleep(limits::CRL_LOOK_PAUSE).await;
        let looking = Arc::clone(&clients);
        let looked = tokio::task::spawn_blocking(move || looking.look(Timestamp::now())).await;
        if looked.is_err() {
            tracing::error!(
                code = "G-0950",
                "a look at the lists of revoked certificates stopped at a bug; the next one follows"
            );
        }
    }
}

/// Every list in a file: PEM with one or more, or one in DER.
fn split(bytes: &[u8]) -> Result<Vec<CertificateRevocationListDer<'static>>, String> {
    if !bytes.starts_with(&[DER_SEQUENCE]) {
        let lists: Result<Vec<_>, _> = CertificateRevocationListDer::pem_slice_iter(bytes).collect();
        let lists = lists.map_err(|error| error.to_string())?;
        return if lists.is_empty() {
            Err("it holds no list of revoked certificates".to_owned())
        } else {
            Ok(lists)
        };
    }
    Ok(vec![CertificateRevocationListDer::from(bytes.to_vec())])
}

fn bounded(file: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|file| file.take(limits::CRL_BYTES_MAX + 1).read_to_end(&mut bytes));
    read.map_err(|error| error.kind().to_string())?;
    if bytes.len() as u64 > limits::CRL_BYTES_MAX {
        return Err(format!("it is larger than {} bytes", limits::CRL_BYTES_MAX));
    }
    Ok(bytes)
}

fn stamp(file: &Path) -> Stamp {
    let seen = fs::metadata(file).ok()?;
    Some((seen.ino(), seen.len(), seen.mtime(), seen.mtime_nsec()))
}

const DER_SEQUENCE: u8 = 0x30;
