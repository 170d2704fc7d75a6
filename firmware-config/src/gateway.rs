//! `gateway.toml`: one gateway.

use crate::capability::CapabilityTable;
use crate::document::{Document, version};
use crate::error::Error;
use crate::limits;
use crate::shared::{IcdConfig, StaffConfig, StorageConfig};
use crate::value::{
    ConfigPath, HttpsUrl, Label, MemberState, OperationCode, PartnerId, PurposeCode, SecretPath, SiteName,
    bounded,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::SocketAddr;

/// The whole file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayConfig {
    /// Layout of the file.
    #[serde(deserialize_with = "version")]
    pub version: u32,
    /// The site this gateway belongs to.
    pub site: SiteName,
    /// The Member State in whose name it speaks.
    pub member_state: MemberState,
    /// Where it listens.
    pub listen: GatewayListen,
    /// Who it is, and whose clients it believes.
    pub tls: GatewayTls,
    /// The central system.
    pub central: CentralConfig,
    /// Where records lie.
    pub storage: StorageConfig,
    /// How it signs receipts.
    pub receipt: ReceiptConfig,
    /// What is spoken with the central system.
    pub icd: IcdConfig,
    /// Who may work at the console.
    pub staff: StaffConfig,
    /// The site's own rules.
    #[serde(default)]
    pub policy: Policy,
    /// Machines that may submit.
    #[serde(default, rename = "partner")]
    pub partners: Vec<Partner>,
    /// How operations reach the central system.
    #[serde(default, rename = "capability")]
    pub capabilities: CapabilityTable,
}

impl GatewayConfig {
    /// The partner whose certificate has this serial number in its subject.
    #[must_use]
    pub fn partner(&self, certificate_serial: &str) -> Option<&Partner> {
        self.partners.iter().find(|partner| partner.id.as_str() == certificate_serial)
    }
}

impl Document for GatewayConfig {
    const NAME: &'static str = "gateway.toml";
    const VERSION: u32 = 1;
    const SENSITIVE: bool = false;

    fn check(&self) -> Result<(), Error> {
        let broken = |key: String, problem: String| Err(Error::Rule { document: Self::NAME, key, problem });
        if self.listen.link == self.listen.console {
            return broken("listen".into(), "link and console must not share one address".into());
        }
        if self.listen.metrics.is_some_and(|address| !address.ip().is_loopback()) {
            return broken("listen.metrics".into(), "must be an address of this machine itself".into());
        }
        if self.partners.len() > limits::PARTNERS_MAX {
            return broken("partner".into(), format!("allowed are {} partners", limits::PARTNERS_MAX));
        }
        if self.tls.client_crl.len() > limits::CLIENT_CRLS_MAX {
            let problem = format!("allowed are {} lists", limits::CLIENT_CRLS_MAX);
            return broken("tls.client_crl".into(), problem);
        }
        let mut ids = BTreeSet::new();
        for partner in &self.partners {
            if !ids.insert(&partner.id) {
                return broken(format!("partner {}", partner.id), "this id is given twice".into());
            }
            if let Some(problem) = partner.problem() {
                return broken(format!("partner {}", partner.id), problem.into());
            }
        }
        self.capabilities.check(Self::NAME)
    }
}

/// `[listen]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayListen {
    /// For machines.
    pub link: SocketAddr,
    /// For operators.
    pub console: SocketAddr,
    /// For those who watch: figures and health, in the clear, so only on an address of this machine itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<SocketAddr>,
}

/// `[tls]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayTls {
    /// The gateway's certificate chain, PEM; also shown to the central system.
    pub certificate: ConfigPath,
    /// Its private key, PEM.
    pub key: SecretPath,
    /// The authority that issues certificates of kiosks, partners and operators, PEM.
    pub client_ca: ConfigPath,
    /// Lists of certificates that its authorities revoked, PEM or DER.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_crl: Vec<ConfigPath>,
    /// What holds while a list has expired or cannot be read.
    #[serde(default)]
    pub client_crl_stale: StaleCrl,
}

/// What holds while a list of revoked certificates has expired or cannot be read. Complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StaleCrl {
    /// Nobody gets in.
    #[default]
    Refuse,
    /// The last list that could be read.
    KeepLast,
}

/// `[central]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CentralConfig {
    /// Its machine interface.
    pub url: HttpsUrl,
    /// The authority that issued its certificate, PEM.
    pub ca: ConfigPath,
}

/// `[receipt]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptConfig {
    /// Ed25519 key, PEM (PKCS#8).
    pub signing_key: SecretPath,
}

/// `[policy]`: choices that the law leaves to the site.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Hours before the due time at which an item counts as due soon.
    #[serde(
        deserialize_with = "bounded::<{ limits::DUE_SOON_HOURS.0 }, { limits::DUE_SOON_HOURS.1 }, _, _>"
    )]
    pub due_soon_hours: u32,
    /// Hours within which the site wants an erasure done; the law says "without delay" and no figure.
    #[serde(
        deserialize_with = "bounded::<{ limits::ERASURE_DUE_HOURS.0 }, { limits::ERASURE_DUE_HOURS.1 }, _, _>"
    )]
    pub erasure_due_hours: u32,
    /// Minutes for which an operator's claim holds without a sign of life.
    #[serde(deserialize_with = "bounded::<{ limits::LEASE_MINUTES.0 }, { limits::LEASE_MINUTES.1 }, _, _>")]
    pub lease_minutes: u32,
    /// Audit lines after which a checkpoint is signed.
    #[serde(
        deserialize_with = "bounded::<{ limits::AUDIT_CHECKPOINT_LINES.0 }, { limits::AUDIT_CHECKPOINT_LINES.1 }, _, _>"
    )]
    pub audit_checkpoint_lines: u32,
    /// Minutes after which a checkpoint is signed, if there is a new line.
    #[serde(
        deserialize_with = "bounded::<{ limits::AUDIT_CHECKPOINT_MINUTES.0 }, { limits::AUDIT_CHECKPOINT_MINUTES.1 }, _, _>"
    )]
    pub audit_checkpoint_minutes: u32,
    /// What a second person must check after it was keyed by hand; a choice of the site, not law.
    pub second_check: SecondCheck,
}

/// What a second person must check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecondCheck {
    /// Erasures: they cannot be undone.
    Erasures,
    /// Everything that is keyed by hand.
    Everything,
    /// Nothing.
    #[default]
    Nothing,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            due_soon_hours: 12,
            erasure_due_hours: 72,
            lease_minutes: 15,
            audit_checkpoint_lines: 1000,
            audit_checkpoint_minutes: 60,
            second_check: SecondCheck::Nothing,
        }
    }
}

/// What kind of machine a partner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartnerKind {
    /// A kiosk or portable kit of this site.
    Kiosk,
    /// A system of another organisation.
    Partner,
}

/// One row: `[[partner]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// Serial number in the subject of its certificate.
    pub id: PartnerId,
    /// Name for people.
    pub name: Label,
    /// Kind of machine.
    pub kind: PartnerKind,
    /// What it may ask for.
    #[serde(default)]
    pub operations: Vec<OperationCode>,
    /// What it may ask for, each for some purposes alone.
    #[serde(default, rename = "right", skip_serializing_if = "Vec::is_empty")]
    pub rights: Vec<Right>,
}

/// One row: `[[partner.right]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Right {
    /// The operation.
    pub operation: OperationCode,
    /// For which purposes; what a purpose is, is known to the gateway.
    pub purposes: Vec<PurposeCode>,
}

impl Partner {
    /// Whether it may ask for this operation at all.
    #[must_use]
    pub fn may(&self, operation: &str) -> bool {
        self.named(operation) || self.right(operation).is_some()
    }

    /// Whether it may ask for this operation for this purpose. Where the operation stands in `operations`, for every
    /// purpose that is not `is_reserved`; a reserved one must be named in a right.
    #[must_use]
    pub fn may_for(&self, operation: &str, purpose: &str, is_reserved: bool) -> bool {
        let right = self.right(operation);
        let in_right =
            right.is_some_and(|right| right.purposes.iter().any(|allowed| allowed.as_str() == purpose));
        in_right || (self.named(operation) && !is_reserved)
    }

    fn named(&self, operation: &str) -> bool {
        self.operations.iter().any(|allowed| allowed.as_str() == operation)
    }

    fn right(&self, operation: &str) -> Option<&Right> {
        self.rights.iter().find(|right| right.operation.as_str() == operation)
    }

    fn problem(&self) -> Option<&'static str> {
        let named: BTreeSet<_> =
            self.operations.iter().chain(self.rights.iter().map(|right| &right.operation)).collect();
        if named.len() != self.operations.len() + self.rights.len() {
            return Some("an operation is named twice");
        }
        let one_each = |right: &Right| {
            let purposes: BTreeSet<_> = right.purposes.iter().collect();
            !purposes.is_empty() && purposes.len() == right.purposes.len()
        };
        (!self.rights.iter().all(one_each))
            .then_some("a right must name at least one purpose, and none twice")
    }
}
