//! A throw-away site: authority, certificates, signed configuration, keys.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use firmware_config::{PublicKey, SigningKey};
use gateway::daemon::Daemon;
use gateway::site::Site;
use jiff::Timestamp;
use journal::seal::SiteKey;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, IsCa, Issuer, KeyIdMethod,
    KeyPair, RevokedCertParams,
};
use reqwest::{Certificate, Client, Identity};
use tempfile::TempDir;

pub(crate) struct TestSite {
    pub(crate) folder: TempDir,
    authority: Authority,
    trusted: SigningKey,
    pub(crate) receipt_key: PublicKey,
    pub(crate) text: String,
}

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

/// Certificate and key of one party, PEM.
#[derive(Clone)]
pub(crate) struct Card {
    pub(crate) certificate: String,
    pub(crate) key: String,
    number: u64,
}

fn next_number() -> u64 {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("randomness");
        let pem = params.self_signed(&key).expect("own parameters").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    pub(crate) fn card(&self, serial: &str) -> Card {
        self.card_valid(serial, 2020, 2040)
    }

    /// A certificate valid over these years, for `127.0.0.1` and with `serial` in its subject.
    pub(crate) fn card_valid(&self, serial: &str, from_year: i32, to_year: i32) -> Card {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("an address");
        params.not_before = rcgen::date_time_ymd(from_year, 1, 1);
        params.not_after = rcgen::date_time_ymd(to_year, 1, 1);
        params.distinguished_name.push(DnType::CommonName, "test");
        params.distinguished_name.push(DnType::CustomDnType(vec![2, 5, 4, 5]), serial);
        let number = next_number();
        params.serial_number = Some(number.into());
        let key = KeyPair::generate().expect("randomness");
        let certificate = params.signed_by(&key, &self.issuer).expect("own parameters").pem();
        Card { certificate, key: key.serialize_pem(), number }
    }

    /// A list that revokes these cards and holds until the first day of that year, PEM.
    pub(crate) fn revoke(&self, cards: &[&Card], to_year: i32) -> String {
        let revoked = |card: &&Card| RevokedCertParams {
            serial_number: card.number.into(),
            revocation_time: rcgen::date_time_ymd(2026, 1, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: rcgen::date_time_ymd(2020, 1, 1),
            next_update: rcgen::date_time_ymd(to_year, 1, 1),
            crl_number: next_number().into(),
            issuing_distribution_point: None,
            revoked_certs: cards.iter().map(revoked).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.issuer).expect("own parameters").pem().expect("text")
    }
}

impl TestSite {
    /// A site whose central system is at this address. Ports of the gateway are chosen by the system.
    pub(crate) fn new(central: SocketAddr) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let trusted = SigningKey::generate().expect("randomness");
        let receipt = SigningKey::generate().expect("randomness");
        let authority = Authority::new("site");
        let text = configuration(central);
        let site = Self { receipt_key: receipt.public_key(), authority, trusted, text, folder };
        site.write("receipt.key", &receipt.to_pem().expect("its own key"));
        site.write("receipt.pub", &site.receipt_key.to_text());
        site.write("site.pub", &site.trusted.public_key().to_text());
        site.write("ca.pem", &site.authority.pem);
        let own = site.authority.card("gateway-1");
        site.write("gateway.pem", &own.certificate);
        site.write("gateway.key", &own.key);
        site.write("site.key", &SiteKey::generate().expect("randomness").to_hex());
        site.sign("staff.toml", "version = 1\n");
        site.sign("gateway.toml", &site.text);
        site
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("writable");
    }

    /// Writes a file and its signature by the site's key.
    pub(crate) fn sign(&self, name: &str, text: &str) {
        self.write(name, text);
        self.write(&format!("{name}.sig"), &self.trusted.sign_document(text.as_bytes()).to_text());
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    pub(crate) fn read(&self) -> Result<Site, gateway::Error> {
        Site::read(&self.path("gateway.toml"), &self.trusted.public_key(), None, Timestamp::now())
    }

    pub(crate) async fn start(&self) -> Daemon {
        Daemon::start(self.read().expect("a sound site")).await.expect("it starts")
    }

    /// A client that shows this card and believes the site's authority.
    pub(crate) fn client(&self, card: &Card) -> Client {
        client(card, &self.authority.pem)
    }

    pub(crate) fn kiosk(&self) -> Client {
        self.client(&self.authority.card("kiosk-1"))
    }

    pub(crate) fn store(&self) -> std::path::PathBuf {
        self.path("store")
    }
}

pub(crate) fn client(card: &Card, authority: &str) -> Client {
    // Fails only when a provider is installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let identity =
        Identity::from_pem(format!("{}\n{}", card.certificate, card.key).as_bytes()).expect("own PEM");
    Client::builder()
        .tls_backend_rustls()
        .tls_certs_only([Certificate::from_pem(authority.as_bytes()).expect("own PEM")])
        .identity(identity)
        .no_proxy()
        .build()
        .expect("a client")
}

fn configuration(central: SocketAddr) -> String {
    format!(
        r#"
version = 1
site = "test-site"
member_state = "NL"
[listen]
link = "127.0.0.1:0"
console = "127.0.0.2:0"
[tls]
certificate = "gateway.pem"
key = "gateway.key"
client_ca = "ca.pem"
[central]
url = "https://{central}"
ca = "ca.pem"
[storage]
folder = "store"
site_key = "site.key"
disk_margin_bytes_min = 1048576
[receipt]
signing_key = "receipt.key"
[icd]
profile = "open-2026"
[staff]
register = "staff.toml"
[[partner]]
id = "kiosk-1"
name = "Kiosk 1"
kind = "kiosk"
operations = ["submit"]
[[partner]]
id = "partner-1"
name = "Partner 1"
kind = "partner"
operations = ["submit", "erase-inaccurate"]
[[capability]]
operation = "submit"
channel = "s2s"
from = 2026-06-12
[[capability]]
operation = "erase-inaccurate"
channel = "web-interface"
from = 2026-06-12
"#
    )
}

/// Bytes of every file below a folder.
pub(crate) fn all_bytes(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            bytes.extend(all_bytes(&path));
        } else {
            bytes.extend(fs::read(path).expect("readable"));
        }
    }
    bytes
}
