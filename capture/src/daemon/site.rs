//! What the site allows this kiosk: signed configuration, staff register, keys, profile. Read once, at start.
//!
//! Every failure here keeps the daemon from starting and says which file and what to do (C-01xx). A gateway that
//! cannot be reached is not among them: a kiosk works without one.

use std::path::{Path, PathBuf};

use firmware_config::value::ProfileChoice;
use firmware_config::{KioskConfig, PublicKey, StaffRegister, verify_and_parse};
use icd::profile::Profile;
use journal::Options;
use journal::seal::SiteKey;

use super::leaflets::{self, Leaflet};
use crate::device::DeviceSetup;
use crate::error::StartError;
use crate::face::FaceOptions;
use crate::link::{LinkSettings, ReceiptKey};

/// Everything a kiosk was given by its site.
pub struct Site {
    /// Its configuration.
    pub config: KioskConfig,
    /// Who may work here.
    pub staff: StaffRegister,
    /// What is spoken with the central system.
    pub profile: Profile,
    /// Wraps the keys of cases.
    pub site_key: SiteKey,
    /// Where cases lie.
    pub storage: PathBuf,
    /// How their journal is laid out.
    pub journal: Options,
    /// How to reach the gateway.
    pub link: LinkSettings,
    /// The gateway's signing key.
    pub receipt_key: PublicKey,
    /// The sensors, in the order of the configuration.
    pub devices: Vec<DeviceSetup>,
    /// The site's own leaflets.
    pub leaflets: Vec<Leaflet>,
    /// Files of the face detector.
    pub face: FaceOptions,
    /// Where the configuration lies; paths in it start here.
    pub folder: PathBuf,
}

impl Site {
    /// Reads and checks everything. `trust` is the site's public key; `credentials` the folder systemd gives.
    pub fn read(config: &Path, trust: &Path, credentials: Option<&Path>) -> Result<Self, StartError> {
        let folder = config.parent().unwrap_or(Path::new(".")).to_path_buf();
        let trusted = read_text(trust)?;
        let trusted = PublicKey::from_text(trusted.trim()).map_err(|error| not_allowed(trust, error))?;
        let config: KioskConfig = read_signed(config, &trusted)?;
        let staff: StaffRegister = read_signed(&config.staff.register.resolve(&folder), &trusted)?;
        let secret = |path: &firmware_config::value::SecretPath| {
            path.resolve(&folder, credentials).map_err(|error| not_allowed(&folder, error))
        };
        let site_key_file = secret(&config.storage.site_key)?;
        let site_key = SiteKey::read(&site_key_file).map_err(|error| StartError::Storage {
            detail: format!("{}: {error}", site_key_file.display()),
        })?;
        let receipt_file = config.gateway.receipt_public_key.resolve(&folder);
        let receipt_key = PublicKey::from_text(read_text(&receipt_file)?.trim())
            .map_err(|error| not_allowed(&receipt_file, error))?;
        let link = LinkSettings {
            url: config.gateway.url.as_str().to_owned(),
            ca_pem: read_bytes(&config.gateway.ca.resolve(&folder))?,
            certificate_pem: read_bytes(&config.gateway.certificate.resolve(&folder))?,
            key_pem: read_bytes(&secret(&config.gateway.key)?)?,
        };
        let journal = Options {
            segment_bytes_max: SEGMENT_BYTES,
            record_bytes_max: RECORD_BYTES_MAX,
            disk_margin_bytes_min: config.storage.disk_margin_bytes_min,
            ..Options::default()
        };
        Ok(Self {
            profile: profile(&config.icd.profile, &folder)?,
            leaflets: leaflets::read(&config.leaflets, &folder)?,
            storage: config.storage.folder.resolve(&folder),
            face: FaceOptions {
                model: config.face.detector_model.as_ref().map(|path| path.resolve(&folder)),
                model_sha256: config.face.detector_sha256.as_ref().map(|digest| digest.as_str().to_owned()),
                cascade: config.face.haar_cascade.as_ref().map(|path| path.resolve(&folder)),
            },
            devices: config.devices.iter().map(|device| device_setup(device, &folder)).collect(),
            config,
            staff,
            site_key,
            journal,
            link,
            receipt_key,
            folder,
        })
    }
}

/// The gateway's key as `link` wants it.
#[derive(Clone)]
pub struct GatewayKey(pub PublicKey);

impl ReceiptKey for GatewayKey {
    fn key_id(&self) -> String {
        self.0.key_id().to_string()
    }

    fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        self.0.verify_bytes(text, signature)
    }
}

fn device_setup(device: &firmware_config::DeviceConfig, folder: &Path) -> DeviceSetup {
    DeviceSetup {
        id: device.id.as_str().to_owned(),
        driver: device.driver.as_str().to_owned(),
        folder: device.replay_folder.as_ref().map(|path| path.resolve(folder)),
        resolution_ppi: None,
        serial: device.serial.as_ref().map(|serial| serial.as_str().to_owned()),
        path: device.path.as_ref().map(|path| path.resolve(folder)),
        size_px: device.width_px.zip(device.height_px),
        device_ca: device.device_ca.as_ref().map(|path| path.resolve(folder)),
        chip_ca: device.chip_ca.as_ref().map(|path| path.resolve(folder)),
        environment: device.environment.map(|environment| environment.as_str().to_owned()),
        program: device.program.as_ref().map(|path| path.resolve(folder)),
        program_sha256: device.program_sha256.as_ref().map(|digest| digest.as_str().to_owned()),
    }
}

fn profile(choice: &ProfileChoice, folder: &Path) -> Result<Profile, StartError> {
    let profile = match choice {
        ProfileChoice::Shipped(name) => Profile::shipped(name)
            .ok_or_else(|| StartError::Profile { detail: format!("no shipped profile \"{name}\"") })?,
        ProfileChoice::File(path) => {
            let file = path.resolve(folder);
            Profile::from_toml(&read_text(&file)?)
                .map_err(|error| StartError::Profile { detail: format!("{}: {error}", file.display()) })?
        }
    };
    can_be_captured(profile)
}

/// A kiosk that left out what the profile asks for would send incomplete cases, each of them too late to mend.
fn can_be_captured(profile: Profile) -> Result<Profile, StartError> {
    if profile.fingers.rolled {
        let detail = "it asks for ten rolled impressions (fingers.rolled = true), and this kiosk captures flat ones \
                      only; use a profile with rolled = false";
        return Err(StartError::Profile { detail: detail.to_owned() });
    }
    Ok(profile)
}

fn read_signed<T: firmware_config::Document>(file: &Path, trusted: &PublicKey) -> Result<T, StartError> {
    let bytes = read_bytes(file)?;
    let mut signature_file = file.as_os_str().to_owned();
    signature_file.push(".sig");
    let signature = match std::fs::read(&signature_file) {
        Ok(signature) => signature,
        // An absent signature is an unsigned file, which has an error of its own.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(unreadable(Path::new(&signature_file), &error)),
    };
    verify_and_parse(&bytes, &signature, trusted).map_err(|error| not_allowed(file, error))
}

fn read_text(file: &Path) -> Result<String, StartError> {
    std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))
}

fn read_bytes(file: &Path) -> Result<Vec<u8>, StartError> {
    std::fs::read(file).map_err(|error| unreadable(file, &error))
}

fn unreadable(file: &Path, error: &std::io::Error) -> StartError {
    StartError::Unreadable { file: file.display().to_string(), reason: error.kind().to_string() }
}

fn not_allowed(file: &Path, error: firmware_config::Error) -> StartError {
    StartError::Configuration { file: file.display().to_string(), source: Box::new(error) }
}

/// A slap is about 2.4 MB and a container at most 16 MB, so a segment holds many of either.
const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;
const RECORD_BYTES_MAX: u64 = 24 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_that_wants_rolled_impressions_is_refused_and_not_cut_down() {
        let flat = Profile::open_2026();
        assert!(can_be_captured(flat.clone()).is_ok());
        let mut rolled = flat;
        rolled.fingers.rolled = true;
        let refused = can_be_captured(rolled).err().map(|error| (error.code(), error.to_string()));
        assert!(
            refused.is_some_and(|(code, words)| code == "C-0107" && words.contains("rolled = false")),
            "it says what to do"
        );
    }
}
