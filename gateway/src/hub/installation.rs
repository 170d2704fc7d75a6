//! The state of the installation, for the administrator's page: what is configured, what expires, what fills up, when it
//! was last copied.
//!
//! Invariant: nothing here comes from a message, and no secret and no person is in it; so it may be shown to somebody who
//! may see no message (Art. 48(2)(h)).

use std::sync::Arc;

use firmware_config::StaleCrl;
use jiff::Timestamp;
use serde::Serialize;

use super::{Condition, Hub};
use crate::error::Error;
use crate::store::{LastBackup, last_backup};

/// The installation at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Installation {
    /// Version of the program.
    pub version: &'static str,
    /// Name of the site.
    pub site: String,
    /// The Member State in whose name it speaks.
    pub member_state: String,
    /// Name of the ICD profile.
    pub profile: String,
    /// Partners configured.
    pub partners: usize,
    /// Rows of the table of channels.
    pub capability_rows: usize,
    /// Persons in the staff register.
    pub persons: usize,
    /// When the gateway's own certificate ceases to hold.
    pub certificate_not_after: Option<Timestamp>,
    /// How it stands with the lists of revoked certificates: `not-configured`, `current`, `expired`, `unreadable`.
    pub client_crl: &'static str,
    /// When the first of them ceases to hold.
    pub client_crl_next_update: Option<Timestamp>,
    /// What holds without a usable list: `refuse` or `keep-last`.
    pub client_crl_stale: &'static str,
    /// Why new messages are refused, if they are.
    pub storage_trouble: Option<String>,
    /// Bytes free where the journals lie.
    pub storage_free_bytes: u64,
    /// Below this new messages are refused.
    pub storage_margin_bytes: u64,
    /// The newest checkpoint of the audit log.
    pub audit_checkpoint: Option<Covered>,
    /// The last `gateway backup` of this storage folder that ended well.
    pub last_backup: Option<LastBackup>,
}

/// What a checkpoint covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Covered {
    /// Lines of the audit log.
    pub lines: u64,
    /// When it was signed.
    pub at: Timestamp,
}

impl Hub {
    /// The state of the installation. For administrators; reading it is an audit line of the caller's.
    pub async fn installation(self: &Arc<Self>) -> Result<Installation, Error> {
        let hub = Arc::clone(self);
        let seen = tokio::task::spawn_blocking(move || (hub.free_bytes(), last_backup(&hub.site.storage)));
        let (free, last_backup) = seen.await.map_err(|_| Error::Stopping)?;
        let (config, crl) = (&self.site.config, self.site.clients.status());
        Ok(Installation {
            version: env!("CARGO_PKG_VERSION"),
            site: config.site.as_str().to_owned(),
            member_state: config.member_state.as_str().to_owned(),
            profile: self.site.profile.name.clone(),
            partners: config.partners.len(),
            capability_rows: config.capabilities.rows().len(),
            persons: self.site.staff.persons.len(),
            certificate_not_after: self.site.identity.not_after(),
            client_crl: crl.name(),
            client_crl_next_update: crl.next_update(),
            client_crl_stale: match config.tls.client_crl_stale {
                StaleCrl::Refuse => "refuse",
                StaleCrl::KeepLast => "keep-last",
            },
            storage_trouble: match self.condition() {
                Condition::Sound => self.store.ready().err().map(|error| error.to_string()),
                Condition::Stalled(reason) | Condition::Failed(reason) => Some(reason),
                Condition::Stopping => Some("stopping".to_owned()),
            },
            storage_free_bytes: free?,
            storage_margin_bytes: config.storage.disk_margin_bytes_min,
            audit_checkpoint: self.checkpoint().map(|signed| Covered { lines: signed.size, at: signed.at }),
            last_backup,
        })
    }
}
