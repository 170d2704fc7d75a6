//! The site a gateway serves: everything the signed configuration names, read, checked and ready for use.
//!
//! Left out on purpose: reading it again while running. A new configuration is a restart, which loses nothing.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use firmware_config::value::{ProfileChoice, SecretPath};
use firmware_config::{Document, GatewayConfig, PublicKey, SigningKey, StaffRegister, verify_and_parse};
use icd::identifier::PartyId;
use icd::profile::Profile;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use journal::seal::SiteKey;

use crate::engine::Policy;
use crate::error::Error;
use crate::lane::{self, Central};
use crate::purpose::Purpose;
use crate::revocation::Clients;
use crate::tls::{self, Identity};
use crate::{limits, parameters};

/// What a gateway needs to know to run. Everything in it was signed or is a key of its own.
#[derive(Debug)]
pub struct Site {
    /// The configuration.
    pub config: GatewayConfig,
    /// Who may work at the console.
    pub staff: StaffRegister,
    /// What is spoken with the central system.
    pub profile: Profile,
    /// Spans and bounds of the engine, apart from what the configuration sets.
    pub policy: Policy,
    /// The calendar in which days are counted.
    pub calendar: TimeZone,
    /// The name in receipts: the serial number of the gateway's own certificate, else the name of the site.
    pub issuer: PartyId,
    /// Signs receipts and audit lines.
    pub receipt_key: SigningKey,
    /// The gateway's certificate and key.
    pub identity: Identity,
    /// Whose certificates are believed.
    pub clients: Arc<Clients>,
    /// The storage folder.
    pub storage: PathBuf,
    folder: PathBuf,
    credentials: Option<PathBuf>,
}

impl Site {
    /// Reads the configuration and all it names. `credentials` is the service manager's folder of secrets.
    pub fn read(
        file: &Path,
        trusted: &PublicKey,
        credentials: Option<PathBuf>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let folder = file.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf);
        let config: GatewayConfig = signed("configuration", file, trusted)?;
        let staff: StaffRegister =
            signed("staff register", &config.staff.register.resolve(&folder), trusted)?;
        let profile = profile(&config, &folder)?;
        for partner in &config.partners {
            for operation in &partner.operations {
                known_operation("partner.operations", operation.as_str())?;
            }
            for right in &partner.rights {
                known_operation("partner.right.operation", right.operation.as_str())?;
                for purpose in &right.purposes {
                    let known = Purpose::ALL.iter().any(|known| known.code() == purpose.as_str());
                    if !known {
                        let value = purpose.as_str().to_owned();
                        return Err(Error::ConfigurationValue { field: "partner.right.purposes", value });
                    }
                }
            }
        }
        for row in config.capabilities.rows() {
            known_operation("capability.operation", row.operation.as_str())?;
        }
        let secret =
            |what: &'static str, path: &SecretPath| secret_path(what, path, &folder, credentials.as_deref());
        let key = secret("key of the gateway", &config.tls.key)?;
        let identity = Identity::read(&config.tls.certificate.resolve(&folder), &key, now)?;
        let roots = tls::roots("authority of clients", &config.tls.client_ca.resolve(&folder))?;
        let lists = config.tls.client_crl.iter().map(|file| file.resolve(&folder)).collect();
        let clients = Arc::new(Clients::new(roots, lists, config.tls.client_crl_stale, now)?);
        let key = secret("key for receipts", &config.receipt.signing_key)?;
        let receipt_key = read_signing_key(&key)?;
        let issuer = identity.chain.first().and_then(tls::subject_serial);
        let issuer =
            PartyId::new(issuer.unwrap_or_else(|| config.site.as_str().to_owned())).map_err(|_| {
                Error::ConfigurationValue { field: "site", value: config.site.as_str().to_owned() }
            })?;
        Ok(Self {
            storage: config.storage.folder.resolve(&folder),
            config,
            staff,
            profile,
            policy: Policy::default(),
            calendar: TimeZone::get(parameters::CALENDAR).unwrap_or(TimeZone::UTC),
            issuer,
            receipt_key,
            identity,
            clients,
            folder,
            credentials,
        })
    }

    /// The site key that wraps the keys of messages.
    pub fn site_key(&self) -> Result<SiteKey, Error> {
        let path = secret_path(
            "site key",
            &self.config.storage.site_key,
            &self.folder,
            self.credentials.as_deref(),
        )?;
        SiteKey::read(&path).map_err(|error| Error::CertificateUnusable {
            what: "site key",
            file: path.display().to_string(),
            reason: error.to_string(),
        })
    }

    /// A second handle of the key that signs receipts and audit lines.
    pub fn signing_key(&self) -> Result<SigningKey, Error> {
        let key = &self.config.receipt.signing_key;
        read_signing_key(&secret_path("key for receipts", key, &self.folder, self.credentials.as_deref())?)
    }

    /// The server side of mutual TLS.
    pub fn server_config(&self) -> Result<rustls::ServerConfig, Error> {
        tls::server_config(&self.identity, Arc::<Clients>::clone(&self.clients))
    }

    /// The client for the central system.
    pub fn central(&self) -> Result<Central, Error> {
        let authority =
            tls::roots("authority of the central system", &self.config.central.ca.resolve(&self.folder))?;
        Central::new(self.config.central.url.as_str(), lane::client_config(&self.identity, authority)?)
    }
}

/// Reads a file within the bound for files of an installation.
pub(crate) fn read_bounded(what: &'static str, path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(limits::FILE_BYTES_MAX).read_to_end(&mut bytes));
    read.map_err(|error| Error::file(what, path, &error))?;
    Ok(bytes)
}

fn signed<T: Document>(what: &'static str, file: &Path, trusted: &PublicKey) -> Result<T, Error> {
    let bytes = read_bounded(what, file)?;
    let mut beside = file.as_os_str().to_owned();
    beside.push(".sig");
    let beside = PathBuf::from(beside);
    // A missing signature is the document's error, not the file's: it says how to sign.
    let signature = if beside.exists() { read_bounded("signature", &beside)? } else { Vec::new() };
    verify_and_parse(&bytes, &signature, trusted).map_err(|error| Error::ConfigurationRefused {
        what,
        file: file.display().to_string(),
        reason: error.to_string(),
    })
}

fn profile(config: &GatewayConfig, folder: &Path) -> Result<Profile, Error> {
    match &config.icd.profile {
        ProfileChoice::Shipped(name) => Profile::shipped(name)
            .ok_or_else(|| Error::ConfigurationValue { field: "icd.profile", value: name.clone() }),
        ProfileChoice::File(file) => {
            let path = file.resolve(folder);
            let refused = |reason: String| Error::ConfigurationRefused {
                what: "ICD profile",
                file: path.display().to_string(),
                reason,
            };
            let bytes = read_bounded("ICD profile", &path)?;
            let text = String::from_utf8(bytes).map_err(|_| refused("it is not UTF-8 text".to_owned()))?;
            Profile::from_toml(&text).map_err(|error| refused(error.to_string()))
        }
    }
}

fn known_operation(field: &'static str, code: &str) -> Result<(), Error> {
    let known = icd::operation::Operation::from_code(code);
    known.map(drop).ok_or_else(|| Error::ConfigurationValue { field, value: code.to_owned() })
}

fn secret_path(
    what: &'static str,
    path: &SecretPath,
    folder: &Path,
    credentials: Option<&Path>,
) -> Result<PathBuf, Error> {
    path.resolve(folder, credentials).map_err(|error| Error::FileUnreadable {
        what,
        file: path.as_str().to_owned(),
        reason: error.to_string(),
    })
}

fn read_signing_key(path: &Path) -> Result<SigningKey, Error> {
    let unusable = |reason: String| Error::CertificateUnusable {
        what: "key for receipts",
        file: path.display().to_string(),
        reason,
    };
    let pem = String::from_utf8(read_bounded("key for receipts", path)?);
    let pem = zeroize::Zeroizing::new(pem.map_err(|_| unusable("it is not PEM text".to_owned()))?);
    SigningKey::from_pem(&pem).map_err(|error| unusable(error.to_string()))
}
