//! A throw-away site: authority, certificates, keys, staff register, signed configuration, prints to replay.
//!
//! Everything is made anew in one folder and is worthless outside it. The private signing key stays in the folder
//! so that tests can sign a changed file; a real site keeps it elsewhere.

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use argon2::{Argon2, PasswordHasher};
use aws_lc_rs::rand;
use firmware_config::SigningKey;

use crate::{
    Error,
    pki::{Authority, Leaf, Validity},
    process::{free_port, preferred_port},
};

/// A site on disk and where its programs listen.
pub struct Site {
    /// The folder of everything.
    pub folder: PathBuf,
    /// Addresses.
    pub ports: Ports,
    /// The people who can sign in.
    pub people: Vec<Person>,
    authority: Authority,
    signing_key: SigningKey,
}

/// Where each program listens on loopback.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// Central system, machine interface.
    pub central_link: u16,
    /// Central system, web interface.
    pub central_web: u16,
    /// Gateway, machine link.
    pub gateway_link: u16,
    /// Gateway, operator console (client certificate).
    pub gateway_console: u16,
    /// Operator console through the demo's card bridge (plain HTTP for a browser without the card).
    pub console_bridge: u16,
    /// The same with the administrator's card.
    pub administrator_bridge: u16,
    /// First kiosk.
    pub kiosk_1: u16,
    /// Second kiosk.
    pub kiosk_2: u16,
}

/// Somebody in the staff register, with what they need to sign in.
#[derive(Clone)]
pub struct Person {
    /// Staff number.
    pub id: &'static str,
    /// PIN.
    pub pin: String,
    /// Secret of the time-based code, base32; operators have a card instead.
    pub code_secret: Option<String>,
}

impl Ports {
    /// The two addresses a person opens are the same each time where they are free; all others are any free port.
    ///
    /// # Errors
    /// When no port is free.
    pub fn choose() -> Result<Self, Error> {
        Ok(Self {
            kiosk_1: preferred_port(8470)?,
            console_bridge: preferred_port(8480)?,
            central_web: preferred_port(8490)?,
            ..Self::any()?
        })
    }

    /// Any free ports: for tests that run beside each other.
    ///
    /// # Errors
    /// When no port is free.
    pub fn any() -> Result<Self, Error> {
        Ok(Self {
            central_link: free_port()?,
            central_web: free_port()?,
            gateway_link: free_port()?,
            gateway_console: free_port()?,
            console_bridge: free_port()?,
            administrator_bridge: free_port()?,
            kiosk_1: free_port()?,
            kiosk_2: free_port()?,
        })
    }
}

impl Person {
    /// The code of the moment, as an authenticator would show it.
    pub fn code(&self) -> Option<String> {
        let secret = totp_rs::Secret::try_from_base32(self.code_secret.as_ref()?).ok()?;
        let totp = totp_rs::Builder::new().with_secret(secret).build().ok()?;
        Some(totp.generate_current().to_string())
    }
}

impl Site {
    /// Makes a new site in `folder`, which is emptied first when it holds an earlier throw-away site.
    ///
    /// # Errors
    /// When the folder holds something else, cannot be written, or a key cannot be made.
    pub fn create(folder: &Path, ports: Ports) -> Result<Self, Error> {
        clear(folder)?;
        let folder = fs::canonicalize(folder).map_err(|error| file_error(folder, error))?;
        let authority = Authority::new("Throw-away authority of the demo")?;
        let signing_key = SigningKey::generate().map_err(|error| Error::Site(error.to_string()))?;
        let people = vec![
            Person { id: OFFICER, pin: secret_digits()?, code_secret: Some(secret_base32()?) },
            Person { id: OFFICER_UNTRAINED, pin: secret_digits()?, code_secret: Some(secret_base32()?) },
            Person { id: OPERATOR, pin: secret_digits()?, code_secret: None },
            Person { id: OPERATOR_SECOND, pin: secret_digits()?, code_secret: None },
            Person { id: ADMINISTRATOR, pin: secret_digits()?, code_secret: None },
        ];
        let site = Self { folder, ports, people, authority, signing_key };
        site.write_keys()?;
        site.write_certificates()?;
        site.write_signed("staff.toml", &site.staff_register()?)?;
        site.write_signed("gateway.toml", &site.gateway_config())?;
        site.write_signed("kiosk-1.toml", &site.kiosk_config(KIOSK_1, "K1", ports.kiosk_1))?;
        site.write_signed("kiosk-2.toml", &site.kiosk_config(KIOSK_2, "K2", ports.kiosk_2))?;
        Ok(site)
    }

    /// A file of the site.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The person with this staff number.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// Issues another certificate of the site's authority, for tests.
    ///
    /// # Errors
    /// When the key cannot be made.
    pub fn issue(&self, party: &str, when: Validity) -> Result<Leaf, Error> {
        self.authority.issue(party, party, &["localhost", "127.0.0.1"], when)
    }

    /// Writes a file of the site.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.path(name);
        let secret = name.ends_with(".key");
        let mut options = fs::File::options();
        options.write(true).create(true).truncate(true).mode(if secret { 0o600 } else { 0o644 });
        options
            .open(&path)
            .and_then(|mut file| file.write_all(bytes))
            .map_err(|error| file_error(&path, error))
    }

    /// Writes a configuration file and its signature.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_signed(&self, name: &str, text: &str) -> Result<(), Error> {
        self.write(name, text.as_bytes())?;
        self.write(
            &format!("{name}.sig"),
            self.signing_key.sign_document(text.as_bytes()).to_text().as_bytes(),
        )
    }

    fn write_keys(&self) -> Result<(), Error> {
        let site = |error: firmware_config::Error| Error::Site(error.to_string());
        self.write("site.pub", self.signing_key.public_key().to_text().as_bytes())?;
        let receipt_key = SigningKey::generate().map_err(site)?;
        self.write("receipt.key", receipt_key.to_pem().map_err(site)?.as_bytes())?;
        self.write("receipt.pub", receipt_key.public_key().to_text().as_bytes())?;
        for name in ["gateway-site.key", "kiosk-1-site.key", "kiosk-2-site.key"] {
            self.write(name, &random::<32>()?)?;
        }
        for folder in ["gateway-store", "kiosk-1-store", "kiosk-2-store", "central-store", "logs", "prints"] {
            let path = self.path(folder);
            fs::create_dir_all(&path).map_err(|error| file_error(&path, error))?;
        }
        Ok(())
    }

    fn write_certificates(&self) -> Result<(), Error> {
        self.write("ca.pem", self.authority.certificate_pem().as_bytes())?;
        for party in [CENTRAL, GATEWAY, KIOSK_1, KIOSK_2, PARTNER, OPERATOR, OPERATOR_SECOND, ADMINISTRATOR] {
            let leaf = self.issue(party, Validity::Now)?;
            let name = file_stem(party);
            self.write(&format!("{name}.pem"), leaf.certificate_pem.as_bytes())?;
            self.write(&format!("{name}.key"), leaf.key_pem.as_bytes())?;
        }
        Ok(())
    }

    fn staff_register(&self) -> Result<String, Error> {
        let mut text = String::from("# Staff register of a throw-away site.\nversion = 1\n");
        for person in &self.people {
            let hash = Argon2::default()
                .hash_password_with_salt(person.pin.as_bytes(), &random::<16>()?)
                .map_err(|error| Error::Site(error.to_string()))?;
            text.push_str(&format!("\n[[person]]\nid = \"{}\"\npin_argon2 = \"{hash}\"\n", person.id));
            match &person.code_secret {
                Some(secret) => text.push_str(&format!(
                    "organisation = \"Demo screening authority\"\nroles = [\"screening-officer\"]\ntotp_secret_base32 = \"{secret}\"\n"
                )),
                None => {
                    let roles = match person.id {
                        ADMINISTRATOR => "\"administrator\"",
                        _ => "\"queue-operator\", \"supervisor\"",
                    };
                    text.push_str(&format!(
                        "organisation = \"Demo queue desk\"\nroles = [{roles}]\ncertificate_serial = \"{}\"\n",
                        person.id
                    ));
                }
            }
            if person.id == OFFICER {
                let valid_to = jiff::Zoned::now().date().saturating_add(jiff::Span::new().years(1));
                text.push_str(&format!(
                    "\n[person.child_training]\nissuer = \"Demo academy\"\nvalid_to = {valid_to}\n"
                ));
            }
        }
        Ok(text)
    }

    fn gateway_config(&self) -> String {
        let Ports { gateway_link, gateway_console, central_link, .. } = self.ports;
        let mut text = format!(
            "# Gateway of a throw-away site.\nversion = 1\nsite = \"demo-site\"\nmember_state = \"NL\"\n\n\
             [listen]\nlink = \"127.0.0.1:{gateway_link}\"\nconsole = \"127.0.0.1:{gateway_console}\"\n\n\
             [tls]\ncertificate = \"gateway.pem\"\nkey = \"gateway.key\"\nclient_ca = \"ca.pem\"\n\n\
             [central]\nurl = \"https://127.0.0.1:{central_link}\"\nca = \"ca.pem\"\n\n\
             [storage]\nfolder = \"gateway-store\"\nsite_key = \"gateway-site.key\"\ndisk_margin_bytes_min = {DISK_MARGIN_BYTES}\n\n\
             [receipt]\nsigning_key = \"receipt.key\"\n\n[icd]\nprofile = \"open-2026\"\n\n[staff]\nregister = \"staff.toml\"\n\n\
             [policy]\ndue_soon_hours = 12\n# The law says \"without delay\"; 72 hours is this site's own figure.\n\
             erasure_due_hours = 72\nlease_minutes = 15\n"
        );
        for (id, name, kind, operations) in [
            (KIOSK_1, "Hall A, column 1", "kiosk", "\"submit\""),
            (KIOSK_2, "Hall A, column 2", "kiosk", "\"submit\""),
            (
                PARTNER,
                "Chain partner",
                "partner",
                "\"submit\", \"erase-inaccurate\", \"erase-citizen-of-origin\", \"rectify\"",
            ),
        ] {
            text.push_str(&format!(
                "\n[[partner]]\nid = \"{id}\"\nname = \"{name}\"\nkind = \"{kind}\"\noperations = [{operations}]\n"
            ));
        }
        for (operation, channel) in [
            ("submit", "s2s"),
            ("erase-inaccurate", "web-interface"),
            ("erase-citizen-of-origin", "web-interface"),
            ("rectify", "web-interface"),
        ] {
            text.push_str(&format!(
                "\n[[capability]]\noperation = \"{operation}\"\nchannel = \"{channel}\"\nfrom = 2026-06-12\n"
            ));
        }
        text
    }

    fn kiosk_config(&self, kiosk: &str, prefix: &str, port: u16) -> String {
        let link = self.ports.gateway_link;
        format!(
            "# Kiosk of a throw-away site, with virtual devices.\nversion = 1\nkiosk_id = \"{kiosk}\"\nsite = \"demo-site\"\n\
             member_state = \"NL\"\nnational_prefix = \"{prefix}\"\n\n[listen]\nscreen = \"127.0.0.1:{port}\"\n\n\
             [gateway]\nurl = \"https://127.0.0.1:{link}\"\nca = \"ca.pem\"\ncertificate = \"{kiosk}.pem\"\nkey = \"{kiosk}.key\"\n\
             receipt_public_key = \"receipt.pub\"\n\n\
             [storage]\nfolder = \"{kiosk}-store\"\nsite_key = \"{kiosk}-site.key\"\ndisk_margin_bytes_min = {DISK_MARGIN_BYTES}\n\n\
             [staff]\nregister = \"staff.toml\"\n\n[icd]\nprofile = \"open-2026\"\n\n\
             [quality]\nattempts_max_adult = 3\nattempts_max_child = 2\n\n\
             [[quality.minimum]]\nage_from_years = 6\nage_to_years = 11\nfinger_min = 20\n\n\
             [[quality.minimum]]\nage_from_years = 12\nage_to_years = 130\nfinger_min = 25\n\n\
             [[device]]\nid = \"ten-print\"\ndriver = \"virtual-ten-print\"\nreplay_folder = \"prints\"\n\n\
             [[device]]\nid = \"camera\"\ndriver = \"virtual-camera\"\nseed = 1\n\n\
             [face]\nhaar_cascade = \"{HAAR_CASCADE}\"\n"
        )
    }
}

/// Empties the folder, but only when it is new, empty or an earlier throw-away site.
fn clear(folder: &Path) -> Result<(), Error> {
    let marker = folder.join(MARKER);
    let occupied = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if occupied && !marker.exists() {
        let reason = format!(
            "it is not empty and holds no {MARKER}, so it is no earlier throw-away site; nothing was removed"
        );
        return Err(Error::File { path: folder.display().to_string(), reason });
    }
    if occupied {
        fs::remove_dir_all(folder).map_err(|error| file_error(folder, error))?;
    }
    fs::create_dir_all(folder).map_err(|error| file_error(folder, error))?;
    fs::write(&marker, "This folder is made anew at each run; keep nothing here.\n")
        .map_err(|error| file_error(&marker, error))
}

pub(crate) fn file_error(path: &Path, error: std::io::Error) -> Error {
    Error::File { path: path.display().to_string(), reason: error.to_string() }
}

/// The name that the files of a party carry.
pub fn file_stem(party: &str) -> &str {
    match party {
        GATEWAY => "gateway",
        PARTNER => "partner",
        CENTRAL => "central",
        other => other,
    }
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Error::Site("the system gave no random bytes".to_owned()))?;
    Ok(bytes)
}

fn secret_digits() -> Result<String, Error> {
    Ok(random::<6>()?.iter().map(|byte| char::from(b'0' + byte % 10)).collect())
}

fn secret_base32() -> Result<String, Error> {
    Ok(random::<32>()?.iter().map(|byte| char::from(BASE32[usize::from(byte % 32)])).collect())
}

/// Screening officer with valid child-capture training.
pub const OFFICER: &str = "officer-1";
/// Screening officer without it.
pub const OFFICER_UNTRAINED: &str = "officer-2";
/// Queue operator.
pub const OPERATOR: &str = "operator-1";
/// A second queue operator.
pub const OPERATOR_SECOND: &str = "operator-2";
/// Runs the gateway and sees no message.
pub const ADMINISTRATOR: &str = "administrator-1";
/// First kiosk.
pub const KIOSK_1: &str = "kiosk-1";
/// Second kiosk.
pub const KIOSK_2: &str = "kiosk-2";
/// The gateway's number.
pub const GATEWAY: &str = "00000000000000000001";
/// The chain partner's number.
pub const PARTNER: &str = "00000000000000000002";
/// The central system's name.
pub const CENTRAL: &str = "central-simulator";

const MARKER: &str = "throw-away-site";
const HAAR_CASCADE: &str = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml";
const DISK_MARGIN_BYTES: u64 = 64 << 20;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_something_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let treasure = folder.path().join("thesis.txt");
        fs::write(&treasure, "years of work").unwrap();
        let error = Site::create(folder.path(), Ports::any().unwrap()).err().unwrap();
        assert_eq!(error.code(), "D-0101");
        assert!(treasure.exists());
    }

    #[test]
    fn every_signed_file_reads_back_and_an_earlier_site_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let site = Site::create(folder.path(), Ports::any().unwrap()).unwrap();
            let trusted =
                firmware_config::PublicKey::from_text(&fs::read_to_string(site.path("site.pub")).unwrap())
                    .unwrap();
            let read = |name: &str| fs::read(site.path(name)).unwrap();
            let gateway = firmware_config::verify_and_parse::<firmware_config::GatewayConfig>(
                &read("gateway.toml"),
                &read("gateway.toml.sig"),
                &trusted,
            );
            assert!(gateway.is_ok(), "{}", gateway.err().unwrap());
            for kiosk in ["kiosk-1.toml", "kiosk-2.toml"] {
                let parsed = firmware_config::verify_and_parse::<firmware_config::KioskConfig>(
                    &read(kiosk),
                    &read(&format!("{kiosk}.sig")),
                    &trusted,
                );
                assert!(parsed.is_ok(), "{kiosk}: {}", parsed.err().unwrap());
            }
            let staff = firmware_config::verify_and_parse::<firmware_config::StaffRegister>(
                &read("staff.toml"),
                &read("staff.toml.sig"),
                &trusted,
            );
            assert!(staff.is_ok(), "{}", staff.err().unwrap());
        }
    }

    #[test]
    fn codes_have_six_digits() {
        let person =
            Person { id: "x", pin: secret_digits().unwrap(), code_secret: Some(secret_base32().unwrap()) };
        assert_eq!(person.code().unwrap().len(), 6);
        assert_eq!(person.pin.len(), 6);
    }
}
