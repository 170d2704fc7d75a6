//! `kiosk.toml`: one kiosk or portable kit.

use crate::document::{Document, version};
use crate::error::Error;
use crate::limits;
use crate::shared::{IcdConfig, StaffConfig, StorageConfig};
use crate::value::{
    ConfigPath, DeviceId, HttpsUrl, KioskId, Label, LanguageTag, LeafletId, MemberState, NationalPrefix,
    SecretPath, Sha256Hex, SiteName, bounded, bounded_option, loopback,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::SocketAddr;

/// The whole file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KioskConfig {
    /// Layout of the file.
    #[serde(deserialize_with = "version")]
    pub version: u32,
    /// Who it is; also the serial number in the subject of its certificate.
    pub kiosk_id: KioskId,
    /// The site it belongs to.
    pub site: SiteName,
    /// The Member State in whose name it captures.
    pub member_state: MemberState,
    /// Start of the national part of its reference numbers; unique per kiosk.
    pub national_prefix: NationalPrefix,
    /// Where its screen is served.
    pub listen: KioskListen,
    /// The gateway.
    pub gateway: GatewayLink,
    /// Where cases lie.
    pub storage: StorageConfig,
    /// Who may work here.
    pub staff: StaffConfig,
    /// What is spoken with the central system.
    pub icd: IcdConfig,
    /// How good a capture must be.
    #[serde(default)]
    pub quality: QualityConfig,
    /// Its sensors.
    #[serde(rename = "device")]
    pub devices: Vec<DeviceConfig>,
    /// Face framing.
    #[serde(default)]
    pub face: FaceConfig,
    /// The site's own leaflets, beside the texts that the kiosk brings.
    #[serde(default, rename = "leaflet", skip_serializing_if = "Vec::is_empty")]
    pub leaflets: Vec<LeafletConfig>,
}

impl Document for KioskConfig {
    const NAME: &'static str = "kiosk.toml";
    const VERSION: u32 = 1;
    const SENSITIVE: bool = false;

    fn check(&self) -> Result<(), Error> {
        let broken = |key: String, problem: String| Err(Error::Rule { document: Self::NAME, key, problem });
        if !(1..=limits::DEVICES_MAX).contains(&self.devices.len()) {
            let problem = format!("{} devices, allowed are 1 to {}", self.devices.len(), limits::DEVICES_MAX);
            return broken("device".into(), problem);
        }
        let mut ids = BTreeSet::new();
        for device in &self.devices {
            if !ids.insert(&device.id) {
                return broken(format!("device {}", device.id), "this id is given twice".into());
            }
            if let Some(option) = device.foreign_option() {
                let driver = device.driver.as_str();
                return broken(
                    format!("device {}", device.id),
                    format!("driver {driver} has no option {option}"),
                );
            }
        }
        for device in &self.devices {
            if let Some(option) = device.absent_option() {
                let driver = device.driver.as_str();
                return broken(
                    format!("device {}", device.id),
                    format!("driver {driver} needs option {option}"),
                );
            }
        }
        if self.face.detector_model.is_some() != self.face.detector_sha256.is_some() {
            let problem = "detector_model and detector_sha256 belong together: give both or none";
            return broken("face".into(), problem.into());
        }
        if self.leaflets.len() > limits::LEAFLETS_MAX {
            let problem =
                format!("{} leaflets, allowed are at most {}", self.leaflets.len(), limits::LEAFLETS_MAX);
            return broken("leaflet".into(), problem);
        }
        let mut ids = BTreeSet::new();
        for leaflet in &self.leaflets {
            let key = format!("leaflet {}", leaflet.id);
            if LeafletConfig::RESERVED.contains(&leaflet.id.as_str()) {
                return broken(key, "this is the id of a text that the kiosk brings".into());
            }
            if !ids.insert(&leaflet.id) {
                return broken(key, "this id is given twice".into());
            }
            if LeafletFormat::of(leaflet.file.as_str()).is_none() {
                return broken(key, "file must end in .pdf, .png, .jpg or .txt".into());
            }
        }
        self.quality.check(Self::NAME)
    }
}

/// `[listen]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KioskListen {
    /// The screen; only this machine may reach it.
    #[serde(deserialize_with = "loopback")]
    pub screen: SocketAddr,
    /// Points per inch of the panel, as its browser counts them; keys are sized in millimetres by it.
    #[serde(
        default = "panel_dpi_usual",
        deserialize_with = "bounded::<{ limits::PANEL_DPI.0 }, { limits::PANEL_DPI.1 }, _, _>"
    )]
    pub panel_dpi: u32,
}

fn panel_dpi_usual() -> u32 {
    96
}

/// `[gateway]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayLink {
    /// Its machine interface.
    pub url: HttpsUrl,
    /// The authority that issued its certificate, PEM.
    pub ca: ConfigPath,
    /// The kiosk's own certificate chain, PEM.
    pub certificate: ConfigPath,
    /// The kiosk's private key, PEM.
    pub key: SecretPath,
    /// The key that signs the gateway's receipts.
    pub receipt_public_key: ConfigPath,
}

/// `[quality]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct QualityConfig {
    /// Attempts at one step with an adult.
    #[serde(deserialize_with = "bounded::<{ limits::ATTEMPTS.0 }, { limits::ATTEMPTS.1 }, _, _>")]
    pub attempts_max_adult: u32,
    /// Rounds of one step with a child.
    #[serde(
        deserialize_with = "bounded::<{ limits::ATTEMPTS_CHILD.0 }, { limits::ATTEMPTS_CHILD.1 }, _, _>"
    )]
    pub attempts_max_child: u32,
    /// Whose score a finger must reach and travels with its image.
    pub engine: QualityEngineName,
    /// NIST's `nfiq2` program, where it is the engine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nfiq2_program: Option<ConfigPath>,
    /// Its version, which decides the product that field 14.024 names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nfiq2_version: Option<Nfiq2Version>,
    /// SHA-256 of the program; another file is not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nfiq2_sha256: Option<Sha256Hex>,
    /// Lowest acceptable quality by age; bands follow one another without a gap.
    #[serde(rename = "minimum")]
    pub minimums: Vec<AgeBand>,
}

impl Default for QualityConfig {
    /// Set so that nobody is sent back more often for their age (`docs/reference/quality.md`, "Thresholds"); a site tunes them by
    /// its rejections.
    fn default() -> Self {
        let band =
            |age_from_years, age_to_years, finger_min| AgeBand { age_from_years, age_to_years, finger_min };
        Self {
            attempts_max_adult: 3,
            attempts_max_child: 2,
            engine: QualityEngineName::Own,
            nfiq2_program: None,
            nfiq2_version: None,
            nfiq2_sha256: None,
            minimums: vec![band(6, 11, 20), band(12, 69, 25), band(70, 130, 20)],
        }
    }
}

impl QualityConfig {
    /// The lowest acceptable quality of a finger at this age; the last band covers older ages too.
    #[must_use]
    pub fn finger_min(&self, age_years: u8) -> u8 {
        let band = self.minimums.iter().find(|band| age_years <= band.age_to_years);
        band.or(self.minimums.last()).map_or(0, |band| band.finger_min)
    }

    fn check(&self, document: &'static str) -> Result<(), Error> {
        let broken = |problem: String| Err(Error::Rule { document, key: "quality.minimum".into(), problem });
        let given = [
            ("nfiq2_program", self.nfiq2_program.is_some()),
            ("nfiq2_version", self.nfiq2_version.is_some()),
            ("nfiq2_sha256", self.nfiq2_sha256.is_some()),
        ];
        let wanted = self.engine == QualityEngineName::Nfiq2;
        if let Some((key, there)) = given.into_iter().find(|(_, there)| *there != wanted) {
            let problem =
                if there { "is for engine \"nfiq2\" only" } else { "is needed for engine \"nfiq2\"" };
            return Err(Error::Rule { document, key: format!("quality.{key}"), problem: problem.into() });
        }
        if !(1..=limits::AGE_BANDS_MAX).contains(&self.minimums.len()) {
            return broken(format!("allowed are 1 to {} age bands", limits::AGE_BANDS_MAX));
        }
        let mut from = limits::AGE_YEARS_MIN;
        for band in &self.minimums {
            if u64::from(band.age_from_years) != from || band.age_to_years < band.age_from_years {
                let found = format!("{} to {}", band.age_from_years, band.age_to_years);
                return broken(format!(
                    "the band {found} years must begin at {from} and not end before it begins"
                ));
            }
            from = u64::from(band.age_to_years) + 1;
        }
        Ok(())
    }
}

/// Which quality engine a site judges by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum QualityEngineName {
    /// The matcher's own figure.
    #[default]
    Own,
    /// NIST's `nfiq2` program, installed by the site.
    Nfiq2,
}

/// Versions of NFIQ 2 that have a product identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Nfiq2Version {
    /// 2.0
    #[serde(rename = "2.0")]
    V2_0,
    /// 2.1
    #[serde(rename = "2.1")]
    V2_1,
    /// 2.2
    #[serde(rename = "2.2")]
    V2_2,
    /// 2.3
    #[serde(rename = "2.3")]
    V2_3,
}

impl Nfiq2Version {
    /// As written in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2_0 => "2.0",
            Self::V2_1 => "2.1",
            Self::V2_2 => "2.2",
            Self::V2_3 => "2.3",
        }
    }
}

/// One row: `[[quality.minimum]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AgeBand {
    /// First age of the band.
    #[serde(deserialize_with = "bounded::<{ limits::AGE_YEARS_MIN }, { limits::AGE_YEARS_MAX }, _, _>")]
    pub age_from_years: u8,
    /// Last age of the band.
    #[serde(deserialize_with = "bounded::<{ limits::AGE_YEARS_MIN }, { limits::AGE_YEARS_MAX }, _, _>")]
    pub age_to_years: u8,
    /// Lowest acceptable quality of a finger, in the matcher's own measure.
    #[serde(deserialize_with = "bounded::<{ limits::QUALITY.0 }, { limits::QUALITY.1 }, _, _>")]
    pub finger_min: u8,
}

/// Which program drives a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Driver {
    /// A camera behind a plug-in program.
    #[serde(rename = "plugin-camera")]
    PluginCamera,
    /// A scanner behind a plug-in program.
    #[serde(rename = "plugin-scanner")]
    PluginScanner,
    /// A face camera behind its maker's local service.
    #[serde(rename = "sbi-camera")]
    SbiCamera,
    /// A finger device behind its maker's local service.
    #[serde(rename = "sbi-scanner")]
    SbiScanner,
    /// DigitalPersona U.are.U 4000B over USB.
    #[serde(rename = "uru4000b")]
    Uru4000b,
    /// A camera of the operating system.
    #[serde(rename = "v4l2")]
    V4l2,
    /// A drawn face.
    #[serde(rename = "virtual-camera")]
    VirtualCamera,
    /// Replayed or made-up prints.
    #[serde(rename = "virtual-ten-print")]
    VirtualTenPrint,
}

impl Driver {
    /// As written in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PluginCamera => "plugin-camera",
            Self::PluginScanner => "plugin-scanner",
            Self::SbiCamera => "sbi-camera",
            Self::SbiScanner => "sbi-scanner",
            Self::Uru4000b => "uru4000b",
            Self::V4l2 => "v4l2",
            Self::VirtualCamera => "virtual-camera",
            Self::VirtualTenPrint => "virtual-ten-print",
        }
    }
}

/// In which environment a device's maker registered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Environment {
    /// Of a developer.
    Developer,
    /// Before production.
    #[serde(rename = "Pre-Production")]
    PreProduction,
    /// In use.
    Production,
    /// For trials.
    Staging,
}

impl Environment {
    /// As devices write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Developer => "Developer",
            Self::PreProduction => "Pre-Production",
            Self::Production => "Production",
            Self::Staging => "Staging",
        }
    }
}

/// One row: `[[device]]`. Which options a driver takes is in the reference.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceConfig {
    /// Its name.
    pub id: DeviceId,
    /// What drives it.
    pub driver: Driver,
    /// Virtual ten-print scanner: folder of prints to replay; without it prints are made up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay_folder: Option<ConfigPath>,
    /// Virtual devices: what their pictures follow from.
    #[serde(
        default,
        deserialize_with = "bounded_option::<0, { i64::MAX as u64 }, _, _>",
        skip_serializing_if = "Option::is_none"
    )]
    pub seed: Option<u64>,
    /// USB devices: serial number, where several of one model are connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<Label>,
    /// Cameras: device file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<ConfigPath>,
    /// Cameras: picture width.
    #[serde(
        default,
        deserialize_with = "bounded_option::<{ limits::CAMERA_PIXELS.0 }, { limits::CAMERA_PIXELS.1 }, _, _>",
        skip_serializing_if = "Option::is_none"
    )]
    pub width_px: Option<u32>,
    /// Cameras: picture height.
    #[serde(
        default,
        deserialize_with = "bounded_option::<{ limits::CAMERA_PIXELS.0 }, { limits::CAMERA_PIXELS.1 }, _, _>",
        skip_serializing_if = "Option::is_none"
    )]
    pub height_px: Option<u32>,
    /// Device services: authorities of devices' keys, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_ca: Option<ConfigPath>,
    /// Device services: authorities of devices' chips, PEM; needed for devices of level L1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chip_ca: Option<ConfigPath>,
    /// Device services: environment that the device must belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// Plug-ins: the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<ConfigPath>,
    /// Plug-ins: SHA-256 of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program_sha256: Option<Sha256Hex>,
}

impl DeviceConfig {
    /// An option that is set although its driver does not have it.
    fn foreign_option(&self) -> Option<&'static str> {
        let allowed: &[&str] = match self.driver {
            Driver::Uru4000b => &["serial"],
            Driver::V4l2 => &["path", "width_px", "height_px"],
            Driver::SbiScanner | Driver::SbiCamera => &["serial", "device_ca", "chip_ca", "environment"],
            Driver::PluginScanner | Driver::PluginCamera => &["program", "program_sha256"],
            Driver::VirtualCamera => &["seed", "width_px", "height_px"],
            Driver::VirtualTenPrint => &["replay_folder", "seed"],
        };
        let set = [
            ("replay_folder", self.replay_folder.is_some()),
            ("seed", self.seed.is_some()),
            ("serial", self.serial.is_some()),
            ("path", self.path.is_some()),
            ("width_px", self.width_px.is_some()),
            ("height_px", self.height_px.is_some()),
            ("device_ca", self.device_ca.is_some()),
            ("chip_ca", self.chip_ca.is_some()),
            ("environment", self.environment.is_some()),
            ("program", self.program.is_some()),
            ("program_sha256", self.program_sha256.is_some()),
        ];
        set.into_iter()
            .find(|(option, is_set)| *is_set && !allowed.contains(option))
            .map(|(option, _)| option)
    }

    /// An option that the driver cannot do without.
    fn absent_option(&self) -> Option<&'static str> {
        match self.driver {
            Driver::SbiScanner | Driver::SbiCamera => self.device_ca.is_none().then_some("device_ca"),
            Driver::PluginScanner | Driver::PluginCamera if self.program.is_none() => Some("program"),
            Driver::PluginScanner | Driver::PluginCamera => {
                self.program_sha256.is_none().then_some("program_sha256")
            }
            Driver::V4l2 if self.width_px.is_some() != self.height_px.is_some() => {
                Some("width_px together with height_px")
            }
            _ => None,
        }
    }
}

/// One row: `[[leaflet]]`. The digest stands in the signed file, so a leaflet that was changed is not used.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LeafletConfig {
    /// Its name in records.
    pub id: LeafletId,
    /// Its name for officers.
    pub name: Label,
    /// Whether it was made for children (Regulation (EU) 2024/1358, Art. 42(2)).
    pub for_children: bool,
    /// Its language.
    pub language: LanguageTag,
    /// The leaflet itself.
    pub file: ConfigPath,
    /// SHA-256 of the file; also the version that is recorded with a case.
    pub sha256: Sha256Hex,
}

impl LeafletConfig {
    /// Names of the texts that the kiosk brings.
    pub const RESERVED: [&'static str; 2] = ["general", "children"];
}

/// How a leaflet is written, by the ending of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeafletFormat {
    /// JPEG picture.
    Jpeg,
    /// PDF.
    Pdf,
    /// PNG picture.
    Png,
    /// Plain text, UTF-8.
    Text,
}

impl LeafletFormat {
    /// By the ending of a path.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let (_, ending) = path.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" => Some(Self::Jpeg),
            "pdf" => Some(Self::Pdf),
            "png" => Some(Self::Png),
            "txt" => Some(Self::Text),
            _ => None,
        }
    }

    /// The media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}

/// `[face]`: models of the face detector; without them the kiosk uses what its system ships.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FaceConfig {
    /// A neural detector, ONNX.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detector_model: Option<ConfigPath>,
    /// SHA-256 of the detector's file; a file with another one is not loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detector_sha256: Option<Sha256Hex>,
    /// A cascade, XML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub haar_cascade: Option<ConfigPath>,
}
