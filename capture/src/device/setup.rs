//! From a configured device to a guarded driver.
//!
//! Which driver belongs to which device section of the kiosk configuration. Everything handed out is inside a
//! [`Guarded`]. A driver name that the configuration knows and this build does not drive is a clear fault, never a
//! silent stand-in.

use std::path::Path;

use firmware_config::{DeviceConfig, Driver};

use super::virtual_camera::VirtualCamera;
use super::virtual_scanner::{MadeUp, Options, Source, VirtualScanner};
use super::{Camera, Fault, FingerprintDevice, Guarded, SceneHandle};
use crate::parameters::SLAP_RESOLUTION_PPI;

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

/// What a configured driver stands for.
#[must_use]
pub fn kind(driver: Driver) -> Kind {
    match driver {
        Driver::VirtualTenPrint => Kind::TenPrintScanner,
        Driver::Uru4000b => Kind::FingerReader,
        Driver::VirtualCamera | Driver::V4l2 => Kind::Camera,
    }
}

/// A guarded scanner or reader. Paths are seen from `config_folder`.
///
/// # Errors
/// [`Fault::Configuration`] when the driver is none for fingers.
pub fn scanner(
    config: &DeviceConfig,
    config_folder: &Path,
    scene: &SceneHandle,
) -> Result<Guarded<dyn FingerprintDevice>, Fault> {
    match config.driver {
        Driver::VirtualTenPrint => {
            let source = match &config.replay_folder {
                Some(folder) => {
                    let folder = folder.resolve(config_folder);
                    Source::Replay { folder, resolution_ppi: SLAP_RESOLUTION_PPI }
                }
                None => Source::MadeUp(MadeUp::new(config.seed.unwrap_or(0))),
            };
            let options = Options { id: config.id.as_str().to_owned(), source };
            let scene = scene.clone();
            Ok(Guarded::scanner(move || Box::new(VirtualScanner::new(options.clone(), scene.clone()))))
        }
        driver => Err(unusable(config, &format!("driver \"{}\" takes no fingers", driver.as_str()))),
    }
}

/// A guarded camera.
///
/// # Errors
/// [`Fault::Configuration`] when the driver is none for faces, or not part of this build.
pub fn camera(config: &DeviceConfig, scene: &SceneHandle) -> Result<Guarded<dyn Camera>, Fault> {
    match config.driver {
        Driver::VirtualCamera => {
            let (id, seed, scene) = (config.id.as_str().to_owned(), config.seed.unwrap_or(0), scene.clone());
            Ok(Guarded::camera(move || Box::new(VirtualCamera::new(id.clone(), seed, scene.clone()))))
        }
        Driver::V4l2 => Err(unusable(config, "this build drives no cameras of the operating system")),
        driver => Err(unusable(config, &format!("driver \"{}\" takes no portraits", driver.as_str()))),
    }
}

fn unusable(config: &DeviceConfig, detail: &str) -> Fault {
    Fault::Configuration { device: config.id.as_str().to_owned(), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(driver: &str) -> DeviceConfig {
        toml::from_str(&format!("id = \"one\"\ndriver = \"{driver}\"")).expect("a device section")
    }

    fn check(driver: &str, scanner_says: Option<&str>, camera_says: Option<&str>) {
        let detail = |fault: Option<Fault>| fault.map(|fault| fault.to_string()).unwrap_or_default();
        let scene = SceneHandle::default();
        let scanner = detail(scanner(&config(driver), Path::new("."), &scene).err());
        let camera = detail(camera(&config(driver), &scene).err());
        for (said, expect) in [(scanner, scanner_says), (camera, camera_says)] {
            assert!(expect.map_or(said.is_empty(), |expect| said.contains(expect)), "{driver}: {said:?}");
        }
    }

    #[test]
    fn each_driver_serves_its_purpose_and_says_what_it_does_not() {
        check("virtual-ten-print", None, Some("takes no portraits"));
        check("virtual-camera", Some("takes no fingers"), None);
        check("v4l2", Some("takes no fingers"), Some("no cameras of the operating system"));
    }
}
