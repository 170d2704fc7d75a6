//! A throw-away site in a folder: authority, certificates, keys, signed configuration; and a kiosk started from it.

use std::net::SocketAddr;
use std::path::PathBuf;

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use capture::daemon::Daemon;
use capture::daemon::site::Site;
use capture::error::{Error, StartError};
use firmware_config::SigningKey;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use serde_json::Value;

/// An authority that issues certificates.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// Certificate and key for a server on 127.0.0.1 or for a client.
    pub(crate) fn issue(&self, name: &str, server: bool) -> (String, String) {
        let hosts = if server { vec!["127.0.0.1".to_owned()] } else { Vec::new() };
        let mut params = CertificateParams::new(hosts).expect("names");
        params.distinguished_name.push(DnType::CommonName, name);
        let purpose =
            if server { ExtendedKeyUsagePurpose::ServerAuth } else { ExtendedKeyUsagePurpose::ClientAuth };
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        (certificate.pem(), key.serialize_pem())
    }
}

/// A site in a folder.
pub(crate) struct TestSite {
    pub(crate) folder: tempfile::TempDir,
    signing: SigningKey,
    /// The gateway's key for receipts.
    pub(crate) receipt: SigningKey,
    pub(crate) kiosk_toml: String,
}

pub(crate) const PIN: &str = "2468";

impl TestSite {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let authority = Authority::new("Demo authority");
        let (certificate, key) = authority.issue("kiosk-1", false);
        let receipt = SigningKey::generate().expect("a key");
        let signing = SigningKey::generate().expect("a key");
        let files = [
            ("ca.pem", authority.pem.as_str()),
            ("kiosk-1.pem", &certificate),
            ("kiosk-1.key", &key),
            ("receipt.pub", &receipt.public_key().to_text()),
            ("site.pub", &signing.public_key().to_text()),
            ("kiosk-1-site.key", &"5a".repeat(32)),
        ];
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).expect("written");
        }
        let site = Self { folder, signing, receipt, kiosk_toml: KIOSK.to_owned() };
        site.write_signed("staff.toml", &staff());
        site.write_signed("kiosk.toml", &site.kiosk_toml);
        site
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write_signed(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("written");
        let signature = self.signing.sign_document(text.as_bytes()).to_text();
        std::fs::write(self.path(&format!("{name}.sig")), signature).expect("written");
    }

    pub(crate) fn read(&self) -> Result<Site, StartError> {
        Site::read(&self.path("kiosk.toml"), &self.path("site.pub"), None)
    }

    /// Starts a kiosk and serves it until the guard is dropped.
    pub(crate) async fn start(&self) -> Result<Running, Error> {
        let daemon = Daemon::start(self.read()?).await?;
        let address = daemon.address().expect("it listens");
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let served = tokio::spawn(daemon.serve(async move {
            let _ = stopped.await;
        }));
        Ok(Running { address, stop: Some(stop), served })
    }
}

/// A kiosk that is being served.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    served: tokio::task::JoinHandle<Result<(), Error>>,
}

impl Running {
    /// Ends it and waits until its store is closed.
    pub(crate) async fn end(mut self) {
        drop(self.stop.take());
        self.served.await.expect("served").expect("ended well");
    }
}

/// A script in front of the kiosk.
pub(crate) struct Script {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    pub(crate) csrf: String,
}

impl Script {
    /// Signed in as the trained officer.
    pub(crate) async fn sign_in(address: SocketAddr) -> Self {
        Self::sign_in_as("officer-1", address).await
    }

    pub(crate) async fn sign_in_as(staff: &str, address: SocketAddr) -> Self {
        // Fails only when a provider is installed already, which is just as well.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let http = reqwest::Client::builder()
            .cookie_store(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        let mut script = Self { http, base: format!("http://{address}"), csrf: String::new() };
        let (status, body) = script.post("/sign-in", &[("staff", staff), ("pin", PIN)]).await;
        assert_eq!(status, 200, "{body}");
        script.csrf = body["csrf"].as_str().expect("a token").to_owned();
        // Most tests are not about the live picture; a kiosk without virtual devices has nobody to hurry.
        let (status, problem) = script.post("/virtual", &[("tempo", "brisk")]).await;
        assert!(matches!(status, 200 | 404), "{problem}");
        script
    }

    /// How long people take at the virtual devices.
    pub(crate) async fn tempo(&self, tempo: &str) {
        let (status, problem) = self.post("/virtual", &[("tempo", tempo)]).await;
        assert_eq!(status, 200, "{problem}");
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        let mut form = fields.to_vec();
        form.push(("csrf", &self.csrf));
        let request = self.http.post(format!("{}{path}", self.base)).header("accept", "application/json");
        let answer = request.form(&form).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let body = answer.bytes().await.expect("a body");
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.base)).header("accept", "application/json");
        request.send().await.expect("an answer").json().await.expect("JSON")
    }

    pub(crate) async fn page(&self, path: &str) -> (u16, reqwest::header::HeaderMap, String) {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await.expect("an answer");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        (status, headers, answer.text().await.expect("text"))
    }

    /// One file of the kiosk.
    pub(crate) async fn bytes(&self, path: &str) -> (u16, Vec<u8>) {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await.expect("an answer");
        (answer.status().as_u16(), answer.bytes().await.expect("a body").to_vec())
    }

    /// An adult on the virtual devices, up to the sealed case.
    pub(crate) async fn seal_adult(&self, case: &str) {
        let certain = [("age_certain", "yes"), ("accompanied", "no")];
        let (status, state) = self.person(case, "30", &certain).await;
        assert_eq!(status, 200, "{state}");
        let informed = [("material", "general"), ("language", "en"), ("mode", "screen")];
        self.post(&format!("{case}/gates/information"), &informed).await;
        for step in ["right-four", "left-four", "thumbs", "face"] {
            self.post(&format!("{case}/capture"), &[("step", step)]).await;
            self.until(case, "review").await;
            let (status, problem) =
                self.post(&format!("{case}/accept"), &[("step", step), ("reason", "test")]).await;
            assert_eq!(status, 200, "{problem}");
        }
        self.until(case, "ready-to-seal").await;
        self.post(&format!("{case}/seal"), &[]).await;
        self.until(case, "ended").await;
    }

    pub(crate) async fn open_case(&self) -> String {
        let fields =
            [("category", "1"), ("event_at", "2026-07-01T10:00:00Z"), ("event_place", "Demo Harbour")];
        let (status, body) = self.post("/cases", &fields).await;
        assert_eq!(status, 201, "{body}");
        format!("/cases/{}", body["case"].as_str().expect("a case"))
    }

    pub(crate) async fn person(&self, case: &str, age: &str, more: &[(&str, &str)]) -> (u16, Value) {
        let mut fields = vec![
            ("surnames", "Demo"),
            ("forenames", "Person"),
            ("age_years", age),
            ("age_basis", "declared"),
            ("sex", "F"),
            ("nationality", "XXA"),
        ];
        fields.extend_from_slice(more);
        self.post(&format!("{case}/person"), &fields).await
    }

    /// Every safeguard of an accompanied child.
    pub(crate) async fn child_gates(&self, case: &str) {
        let mother = [
            ("kind", "family"),
            ("name", "Demo Mother"),
            ("relation", "mother"),
            ("adult", "yes"),
            ("present", "yes"),
        ];
        let gates: [(&str, &[(&str, &str)]); 4] = [
            ("training", &[]),
            ("best-interests", &[("confirmed", "yes"), ("note", "calm room")]),
            ("companion", &mother),
            ("information", &[("material", "children"), ("language", "en"), ("mode", "infographic")]),
        ];
        for (gate, fields) in gates {
            let (status, problem) = self.post(&format!("{case}/gates/{gate}"), fields).await;
            assert_eq!(status, 200, "{gate}: {problem}");
        }
    }

    /// Waits until the case is in this phase.
    pub(crate) async fn until(&self, case: &str, phase: &str) -> Value {
        for _ in 0..1_200 {
            let state = self.get(case).await;
            if state["phase"] == phase {
                return state;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("the case did not come to {phase}: {}", self.get(case).await);
    }
}

/// Removes the signature of a file.
pub(crate) fn unsign(site: &TestSite, name: &str) {
    std::fs::remove_file(site.path(&format!("{name}.sig"))).expect("it was signed");
}

fn staff() -> String {
    let pin = Argon2::default().hash_password(PIN.as_bytes()).expect("a hash").to_string();
    format!(
        "version = 1\n[[person]]\nid = \"officer-1\"\norganisation = \"Border Service\"\n\
         roles = [\"screening-officer\"]\npin_argon2 = \"{pin}\"\n\
         [person.child_training]\nissuer = \"Demo Academy\"\nvalid_to = 2099-12-31\n\
         [[person]]\nid = \"officer-2\"\norganisation = \"Border Service\"\n\
         roles = [\"screening-officer\"]\npin_argon2 = \"{pin}\"\n"
    )
}

/// Port 0: the system gives a free one. Nobody listens at the gateway's address.
const KIOSK: &str = r#"
version = 1
kiosk_id = "kiosk-1"
site = "demo-site"
member_state = "NL"
national_prefix = "K1"
[listen]
screen = "127.0.0.1:0"
[gateway]
url = "https://127.0.0.1:9"
ca = "ca.pem"
certificate = "kiosk-1.pem"
key = "kiosk-1.key"
receipt_public_key = "receipt.pub"
[storage]
folder = "store"
site_key = "kiosk-1-site.key"
disk_margin_bytes_min = 1048576
[staff]
register = "staff.toml"
[icd]
profile = "open-2026"
[[device]]
id = "ten-print"
driver = "virtual-ten-print"
[[device]]
id = "camera"
driver = "virtual-camera"
"#;
