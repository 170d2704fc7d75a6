//! The one error type of this crate.
//!
//! Invariants: a message says what happened, what it means and what to do; it holds no personal data. Every code has
//! an entry in `docs/reference/errors/gateway.md`; a test below fails when one is missing. What a partner is told
//! over the link is made from these in `link::problem`.

use jiff::Timestamp;

use crate::audit;
use crate::engine::{Misfit, Refusal};

/// Everything that can go wrong, grouped by who must act.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    // Site: the installation is not as it must be. The gateway does not start.
    /// A file of the installation cannot be read.
    #[error(
        "G-0101: the {what} {file:?} cannot be read ({reason}); the gateway did not start; check path and rights"
    )]
    FileUnreadable {
        /// What it is for.
        what: &'static str,
        /// Its path.
        file: String,
        /// The words of the operating system.
        reason: String,
    },
    /// A signed file was refused.
    #[error(
        "G-0102: the {what} {file:?} was refused ({reason}); the gateway did not start; sign the file again with the site's key after checking it"
    )]
    ConfigurationRefused {
        /// What it is for.
        what: &'static str,
        /// Its path.
        file: String,
        /// Why, with the code of `firmware-config`.
        reason: String,
    },
    /// A value of the configuration means nothing here.
    #[error(
        "G-0103: the configuration says {field} = {value:?}, which is not known here; the gateway did not start; correct and sign it again"
    )]
    ConfigurationValue {
        /// Which field.
        field: &'static str,
        /// Its value.
        value: String,
    },
    /// A certificate or key cannot be used.
    #[error(
        "G-0104: the {what} {file:?} cannot be used ({reason}); the gateway did not start; provision it again"
    )]
    CertificateUnusable {
        /// What it is for.
        what: &'static str,
        /// Its path.
        file: String,
        /// Why.
        reason: String,
    },
    /// The gateway's own certificate is not valid at this time.
    #[error(
        "G-0105: the gateway's own certificate is valid from {not_before} to {not_after}, not now; the gateway did not start; renew it, or check the clock"
    )]
    CertificateOutOfTime {
        /// First valid instant.
        not_before: Timestamp,
        /// Last valid instant.
        not_after: Timestamp,
    },
    /// A list of revoked certificates cannot be used.
    #[error(
        "G-0950: the list of revoked certificates {file:?} cannot be used ({reason}); what then holds is the signed [tls] client_crl_stale: refuse everybody, or the last readable list; put a current list there, the gateway reads it by itself"
    )]
    CrlUnusable {
        /// Its path.
        file: String,
        /// Why.
        reason: String,
    },
    /// An address cannot be listened on.
    #[error(
        "G-0106: {listen} cannot listen on {address} ({reason}); the gateway did not start; is another one running?"
    )]
    AddressUnusable {
        /// Which listener.
        listen: &'static str,
        /// The address.
        address: String,
        /// The words of the operating system.
        reason: String,
    },

    // Site: storage.
    /// A folder cannot be used.
    #[error(
        "G-0201: the storage folder {folder:?} cannot be written ({reason}); nothing was accepted; check mount and rights"
    )]
    StorageUnusable {
        /// Its path.
        folder: String,
        /// The words of the operating system.
        reason: String,
    },
    /// A journal cannot be opened, read or written.
    #[error(
        "G-0202: the {which} journal failed ({source}); nothing that was not acknowledged counts as accepted; check the disk, then restart"
    )]
    Journal {
        /// Which one.
        which: &'static str,
        /// Why.
        source: journal::Error,
    },
    /// The journal and the engine disagree.
    #[error(
        "G-0203: the journal of changes does not fit together ({source}); the gateway did not start; restore the folder from its backup, do not delete anything"
    )]
    Misfit {
        /// Where.
        #[from]
        source: Misfit,
    },
    /// A journalled change cannot be read.
    #[error(
        "G-0204: a journalled change cannot be read ({reason}); the gateway did not start; was it written by a newer version?"
    )]
    ChangeUnreadable {
        /// Why.
        reason: String,
    },
    /// Sealed content or its key is not available.
    #[error(
        "G-0205: sealed content cannot be used ({source}); the item concerned stays where it is; check the site key and the key folder"
    )]
    Sealed {
        /// Why.
        #[from]
        source: journal::Error,
    },
    /// The secret of the keyed digests is gone.
    #[error(
        "G-0206: the secret for keyed digests is missing or damaged although messages were accepted with it; the gateway did not start; restore it from the backup"
    )]
    DigestSecret,
    /// The index stopped.
    #[error(
        "G-0207: the index stopped working; nothing is lost, it is rebuilt at the next start; restart the gateway"
    )]
    IndexStopped,
    /// Acknowledged changes are damaged on disk.
    #[error(
        "G-0208: {records} acknowledged records of the {which} journal are damaged on disk; the gateway did not start; restore the folder from its backup"
    )]
    JournalDamaged {
        /// Which one.
        which: &'static str,
        /// How many.
        records: u64,
    },

    /// Keys and changes do not belong together.
    #[error(
        "G-0209: {keys} keys belong to no known message; the gateway did not start and destroyed nothing; was only part of the storage folder restored?"
    )]
    KeysWithoutChanges {
        /// How many.
        keys: usize,
    },

    // Central system.
    /// The client for the central system cannot be made.
    #[error(
        "G-0301: the connection to the central system cannot be set up ({reason}); the gateway did not start; check [central] and the certificates"
    )]
    CentralClient {
        /// Why.
        reason: String,
    },

    // Peer: the caller must change something.
    /// The engine refused an event.
    #[error(transparent)]
    Refused(#[from] Refusal),

    // Nobody: try again later.
    /// Changes cannot be made durable at present.
    #[error(
        "G-0501: the gateway cannot store durably at present ({reason}); nothing was accepted; try again later"
    )]
    NotDurable {
        /// Why.
        reason: String,
    },
    /// The same message is being received at this moment.
    #[error(
        "G-0502: this message is being received on another connection; nothing was accepted here; try again in a moment"
    )]
    BeingReceived,
    /// The gateway is stopping.
    #[error("G-0504: the gateway is stopping; nothing was accepted; try again in a moment")]
    Stopping,

    // Auditor.
    /// The audit log is not sound.
    #[error("G-0701: the audit log is not sound: {source}; treat it as an incident (BIO2 8.15.05)")]
    AuditUnsound {
        /// What is wrong.
        #[from]
        source: audit::Fault,
    },
    /// The audit log cannot be read.
    #[error(
        "G-0702: the audit log {folder:?} cannot be read ({reason}); nothing was checked; check path and rights"
    )]
    AuditUnreadable {
        /// Its path.
        folder: String,
        /// Why.
        reason: String,
    },
    /// A proof cannot be given.
    #[error("G-0953: no proof can be given ({reason}); nothing was written; check message id and folder")]
    ProofUnavailable {
        /// Why.
        reason: String,
    },
    /// A proof proves nothing.
    #[error(
        "G-0954: the proof does not hold ({reason}); ask for a new one, and if that does not hold either, treat it as an incident"
    )]
    ProofRefused {
        /// Why.
        reason: String,
    },
    /// A file that was carried by hand is not used.
    #[error(
        "G-0806: the carried file was not taken in ({reason}); nothing of it counts as accepted without its receipt"
    )]
    Carried {
        /// Why.
        reason: String,
    },
    /// A value on the command line cannot be used.
    #[error("G-0801: {what} cannot be used ({reason}); nothing was done; see --help")]
    Argument {
        /// Which one.
        what: &'static str,
        /// Why.
        reason: String,
    },
}

impl Error {
    /// The stable code, as documented in `docs/reference/errors/gateway.md`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::FileUnreadable { .. } => "G-0101",
            Self::ConfigurationRefused { .. } => "G-0102",
            Self::ConfigurationValue { .. } => "G-0103",
            Self::CertificateUnusable { .. } => "G-0104",
            Self::CertificateOutOfTime { .. } => "G-0105",
            Self::CrlUnusable { .. } => "G-0950",
            Self::AddressUnusable { .. } => "G-0106",
            Self::StorageUnusable { .. } => "G-0201",
            Self::Journal { .. } => "G-0202",
            Self::Misfit { .. } => "G-0203",
            Self::ChangeUnreadable { .. } => "G-0204",
            Self::Sealed { .. } => "G-0205",
            Self::DigestSecret => "G-0206",
            Self::IndexStopped => "G-0207",
            Self::JournalDamaged { .. } => "G-0208",
            Self::KeysWithoutChanges { .. } => "G-0209",
            Self::CentralClient { .. } => "G-0301",
            Self::Refused(refusal) => refusal.code(),
            Self::NotDurable { .. } => "G-0501",
            Self::BeingReceived => "G-0502",
            Self::Stopping => "G-0504",
            Self::AuditUnsound { .. } => "G-0701",
            Self::AuditUnreadable { .. } => "G-0702",
            Self::ProofUnavailable { .. } => "G-0953",
            Self::ProofRefused { .. } => "G-0954",
            Self::Carried { .. } => "G-0806",
            Self::Argument { .. } => "G-0801",
        }
    }

    /// Names the journal that failed.
    pub(crate) fn journal(which: &'static str) -> impl FnOnce(journal::Error) -> Self {
        move |source| Self::Journal { which, source }
    }

    /// Names the file that could not be read.
    pub(crate) fn file(what: &'static str, path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::FileUnreadable { what, file: path.display().to_string(), reason: error.kind().to_string() }
    }

    /// Names the folder that could not be used.
    pub(crate) fn storage(folder: &std::path::Path, error: &std::io::Error) -> Self {
        Self::StorageUnusable { folder: folder.display().to_string(), reason: error.kind().to_string() }
    }
}
