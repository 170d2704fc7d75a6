//! From a configured device to a guarded driver.
//!
//! The daemon turns each device section of the kiosk configuration into a [`DeviceSetup`]; this module knows which
//! driver belongs to it. Everything handed out is inside a [`Guarded`]. A driver that the configuration names and this
//! build does not have is a clear fault, never a silent stand-in.

use std::path::PathBuf;

use super::uru4000b::{Uru4000b, usb_opener};
use super::virtual_camera::VirtualCamera;
use super::virtual_scanner::{MadeUp, Options, Source, VirtualScanner};
use super::{Camera, Fault, FingerprintDevice, Guarded, SceneHandle};
use crate::parameters::SLAP_RESOLUTION_PPI;

/// One configured device.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    ("uru4000b", Kind::FingerReader, "U.are.U 4000 family over USB; one finger at a time, not for slaps"),
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
        _ => Err(no_such(setup, "faces")),
    }
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
        DeviceSetup {
            id: "one".into(),
            driver: driver.into(),
            folder: None,
            resolution_ppi: None,
            serial: None,
        }
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
            &setup("v4l2"),
            Some("no driver \"v4l2\""),
            Some("virtual-ten-print, uru4000b, virtual-camera"),
        );
        let coarse = DeviceSetup { resolution_ppi: Some(72), ..setup("virtual-ten-print") };
        check(&coarse, Some("resolution_ppi"), Some("not for faces"));
    }

    #[test]
    fn every_listed_driver_can_be_set_up() {
        let scene = SceneHandle::default();
        for (driver, kind, _) in DRIVERS {
            let ready = match kind {
                Kind::Camera => camera(&setup(driver), &scene).is_ok(),
                Kind::TenPrintScanner | Kind::FingerReader => scanner(&setup(driver), &scene).is_ok(),
            };
            assert!(ready, "{driver}");
        }
    }
}
