//! From a configured device to a guarded driver.
//!
//! The daemon turns each device section of the kiosk configuration into a [`DeviceSetup`]; this module knows which
//! driver belongs to it. Everything handed out is inside a [`Guarded`]. A driver that the configuration names and this
//! build does not have is a clear fault, never a silent stand-in.

use std::path::PathBuf;

use super::plugin::{Plugin, PluginOptions};
use super::sbi::{self, SbiCamera, SbiOptions, SbiScanner};
use super::uru4000b::{Uru4000b, usb_opener};
use super::v4l2::{CameraOptions, V4l2Camera};
use super::virtual_camera::VirtualCamera;
use super::virtual_scanner::{MadeUp, Options, Source, VirtualScanner};
use super::{Camera, Fault, FingerprintDevice, Guarded, SceneHandle};
use crate::parameters::SLAP_RESOLUTION_PPI;

/// One configured device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceSetup {
    /// Identifier in the kiosk's configuration.
    pub id: String,
    /// Name of the driver, as configured.
    pub driver: String,
    /// Folder of prints, for `virtual-ten-print`; without it people are made up.
    pub folder: Option<PathBuf>,
    /// Resolution of prints that do not state theirs, for `virtual-ten-print`; 500 when absent.
    pub resolution_ppi: Option<u32>,
    /// Serial number of the unit to use, for USB devices, when more than one is connected.
    pub serial: Option<String>,
    /// Device file, for `v4l2`.
    pub path: Option<PathBuf>,
    /// Wanted size of a picture, for `v4l2`.
    pub size_px: Option<(u32, u32)>,
    /// Authorities of devices' keys, a PEM file, for `sbi-scanner` and `sbi-camera`.
    pub device_ca: Option<PathBuf>,
    /// Authorities of devices' chips, the same.
    pub chip_ca: Option<PathBuf>,
    /// Environment of the device, for `sbi-scanner` and `sbi-camera`; "Production" when absent.
    pub environment: Option<String>,
    /// Program, for `plugin-scanner` and `plugin-camera`.
    pub program: Option<PathBuf>,
    /// SHA-256 of the program.
    pub program_sha256: Option<String>,
}

/// What a driver stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It takes slaps.
    TenPrintScanner,
    /// It takes one finger at a time.
    FingerReader,
    /// It takes portraits.
    Camera,
}

/// Every driver of this build: name, kind, and what it is.
pub const DRIVERS: &[(&str, Kind, &str)] = &[
    (
        "virtual-ten-print",
        Kind::TenPrintScanner,
        "replays a folder of prints as slaps, or makes people up; no hardware",
    ),
    (
        "sbi-scanner",
        Kind::TenPrintScanner,
        "slap scanner or single-finger reader behind its maker's local service (SBI 0.9.5)",
    ),
    ("plugin-scanner", Kind::TenPrintScanner, "scanner behind a plug-in program in a process of its own"),
    ("uru4000b", Kind::FingerReader, "U.are.U 4000 family over USB; one finger at a time, not for slaps"),
    ("v4l2", Kind::Camera, "camera of the operating system, for example a USB camera (MJPEG, YUYV)"),
    ("sbi-camera", Kind::Camera, "face camera behind its maker's local service (SBI 0.9.5)"),
    ("plugin-camera", Kind::Camera, "camera behind a plug-in program in a process of its own"),
    ("virtual-camera", Kind::Camera, "draws a face; no hardware"),
];

/// The kind of a driver name, `None` when this build has no such driver.
#[must_use]
pub fn kind(driver: &str) -> Option<Kind> {
    DRIVERS.iter().find(|(name, ..)| *name == driver).map(|(_, kind, _)| *kind)
}

/// A guarded scanner or reader.
///
/// # Errors
/// [`Fault::Configuration`] when the driver is unknown, takes no fingers, or has an option that cannot work.
pub fn scanner(setup: &DeviceSetup, scene: &SceneHandle) -> Result<Guarded<dyn FingerprintDevice>, Fault> {
    match setup.driver.as_str() {
        "virtual-ten-print" => {
            let resolution_ppi = setup.resolution_ppi.unwrap_or(SLAP_RESOLUTION_PPI);
            if !(100..=2_000).contains(&resolution_ppi) {
                return Err(unusable(setup, "option \"resolution_ppi\" is not from 100 to 2000"));
            }
            let source = match setup.folder.clone() {
                Some(folder) => Source::Replay { folder, resolution_ppi },
                None => Source::MadeUp(MadeUp::new(0)),
            };
            let (options, scene) = (Options { id: setup.id.clone(), source }, scene.clone());
            Ok(Guarded::scanner(move || Box::new(VirtualScanner::new(options.clone(), scene.clone()))))
        }
        "uru4000b" => {
            let (id, serial) = (setup.id.clone(), setup.serial.clone());
            Ok(Guarded::scanner(move || Box::new(Uru4000b::new(id.clone(), usb_opener(serial.clone())))))
        }
        "sbi-scanner" => {
            let options = sbi_options(setup)?;
            Ok(Guarded::scanner(move || Box::new(SbiScanner::new(options.clone()))))
        }
        "plugin-scanner" => {
            let options = plugin_options(setup)?;
            Ok(Guarded::scanner(move || Box::new(Plugin::new(options.clone()))))
        }
        _ => Err(no_such(setup, "fingers")),
    }
}

/// A guarded camera.
///
/// # Errors
/// [`Fault::Configuration`] when the driver is unknown or takes no portraits.
pub fn camera(setup: &DeviceSetup, scene: &SceneHandle) -> Result<Guarded<dyn Camera>, Fault> {
    match setup.driver.as_str() {
        "virtual-camera" => {
            let (id, scene) = (setup.id.clone(), scene.clone());
            Ok(Guarded::camera(move || Box::new(VirtualCamera::new(id.clone(), scene.clone()))))
        }
        "v4l2" => {
            let usual = CameraOptions::first(&setup.id);
            let size_px = setup.size_px.unwrap_or(usual.size_px);
            let options = CameraOptions { path: setup.path.clone(), size_px, ..usual };
            Ok(Guarded::camera(move || Box::new(V4l2Camera::new(options.clone()))))
        }
        "sbi-camera" => {
            let options = sbi_options(setup)?;
            Ok(Guarded::camera(move || Box::new(SbiCamera::new(options.clone()))))
        }
        "plugin-camera" => {
            let options = plugin_options(setup)?;
            Ok(Guarded::camera(move || Box::new(Plugin::new(options.clone()))))
        }
        _ => Err(no_such(setup, "faces")),
    }
}

fn sbi_options(setup: &DeviceSetup) -> Result<SbiOptions, Fault> {
    let read = |option: &str, file: &PathBuf| {
        let pem = std::fs::read(file).map_err(|error| {
            unusable(setup, &format!("the file of option \"{option}\" cannot be read ({:?})", error.kind()))
        })?;
        sbi::Authorities::from_pem(&pem).map_err(|detail| unusable(setup, &detail))?;
        Ok(pem)
    };
    let device_ca =
        setup.device_ca.as_ref().ok_or_else(|| unusable(setup, "option \"device_ca\" is missing"))?;
    Ok(SbiOptions {
        id: setup.id.clone(),
        ports: sbi::PORTS,
        serial: setup.serial.clone(),
        environment: setup.environment.clone().unwrap_or_else(|| "Production".to_owned()),
        device_ca: read("device_ca", device_ca)?,
        chip_ca: setup.chip_ca.as_ref().map(|file| read("chip_ca", file)).transpose()?,
    })
}

fn plugin_options(setup: &DeviceSetup) -> Result<PluginOptions, Fault> {
    let missing = |option: &str| unusable(setup, &format!("option \"{option}\" is missing"));
    Ok(PluginOptions {
        id: setup.id.clone(),
        program: setup.program.clone().ok_or_else(|| missing("program"))?,
        sha256: setup.program_sha256.clone().ok_or_else(|| missing("program_sha256"))?,
        arguments: Vec::new(),
    })
}

fn no_such(setup: &DeviceSetup, purpose: &str) -> Fault {
    let known: Vec<&str> = DRIVERS.iter().map(|(name, ..)| *name).collect();
    let detail = match kind(&setup.driver) {
        Some(_) => format!("driver \"{}\" is not for {purpose}", setup.driver),
        None => format!("this build has no driver \"{}\"; it has {}", setup.driver, known.join(", ")),
    };
    unusable(setup, &detail)
}

fn unusable(setup: &DeviceSetup, detail: &str) -> Fault {
    Fault::Configuration { device: setup.id.clone(), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(driver: &str) -> DeviceSetup {
        DeviceSetup { id: "one".into(), driver: driver.into(), ..DeviceSetup::default() }
    }

    fn check(setup: &DeviceSetup, scanner_says: Option<&str>, camera_says: Option<&str>) {
        let detail = |fault: Option<Fault>| fault.map(|fault| fault.to_string()).unwrap_or_default();
        let scene = SceneHandle::default();
        for (said, expect) in [
            (detail(scanner(setup, &scene).err()), scanner_says),
            (detail(camera(setup, &scene).err()), camera_says),
        ] {
            assert!(
                expect.map_or(said.is_empty(), |expect| said.contains(expect)),
                "{}: {said:?}",
                setup.driver
            );
        }
    }

    #[test]
    fn a_setup_that_cannot_work_says_why() {
        check(&setup("virtual-ten-print"), None, Some("not for faces"));
        check(&setup("virtual-camera"), Some("not for fingers"), None);
        check(&setup("uru4000b"), None, Some("not for faces"));
        check(
            &setup("fax"),
            Some("no driver \"fax\""),
            Some("virtual-ten-print, sbi-scanner, plugin-scanner, uru4000b, v4l2"),
        );
        check(&setup("sbi-scanner"), Some("device_ca"), Some("not for faces"));
        check(&setup("plugin-camera"), Some("not for fingers"), Some("\"program\" is missing"));
        let coarse = DeviceSetup { resolution_ppi: Some(72), ..setup("virtual-ten-print") };
        check(&coarse, Some("resolution_ppi"), Some("not for faces"));
    }

    #[test]
    fn every_listed_driver_can_be_set_up() {
        let scene = SceneHandle::default();
        let folder = tempfile::tempdir().expect("a folder");
        let authority = rcgen::generate_simple_self_signed(Vec::new()).expect("a certificate").cert.pem();
        std::fs::write(folder.path().join("ca.pem"), authority).expect("a writable folder");
        for (driver, kind, _) in DRIVERS {
            let setup = DeviceSetup {
                device_ca: Some(folder.path().join("ca.pem")),
                program: Some("/bin/true".into()),
                program_sha256: Some("00".repeat(32)),
                ..setup(driver)
            };
            let ready = match kind {
                Kind::Camera => camera(&setup, &scene).is_ok(),
                Kind::TenPrintScanner | Kind::FingerReader => scanner(&setup, &scene).is_ok(),
            };
            assert!(ready, "{driver}");
        }
    }
}
