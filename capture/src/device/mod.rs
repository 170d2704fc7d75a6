//! What a scanner or camera must be able to do, whatever is inside it.
//!
//! A driver is a blocking object. Every call carries [`Bounds`]: a deadline and a cancellation token. [`setup`] hands
//! out each driver inside a [`Guarded`], which runs it on a thread of its own and comes back in time even when the
//! driver does not, so that a device which hangs can never take the daemon or a case with it. A driver never decides
//! whether it may run: the session engine does, and the daemon opens a device only on its order. A closed device
//! refuses to capture.
//!
//! Each kind of device answers the same calls: describe, open, live frames and capture, signal (light or sound), close, health;
//! [`discover`] looks for what is connected. Coming and going is normal: a device is opened for each capture, and what was
//! pulled out and plugged in again works at the next opening.
//!
//! What is driven, what is only recognised, and what is not claimed: `docs/reference/devices.md`.
//! Left out on purpose: quality and segmentation (`live`), face framing (`face`), any storage.

mod bounds;
mod changes;
mod discover;
mod fault;
mod guard;
pub mod plugin;
pub mod sbi;
mod scene;
pub mod setup;
pub mod uru4000b;
pub mod usb;
pub mod v4l2;
pub mod virtual_camera;
pub mod virtual_scanner;

use matcher::{Finger, Hand, Image};

pub use bounds::{Bounds, CancelToken, Trigger};
pub use changes::Changes;
pub use discover::{Connected, discover};
pub use fault::Fault;
pub use guard::Guarded;
pub use scene::{Behaviour, Looks, Pose, Scene, SceneHandle, Tempo, Trouble};
pub use setup::{DRIVERS, DeviceSetup, Kind, camera, kind, scanner};

/// A ten-print or single-finger scanner.
pub trait FingerprintDevice: Send {
    /// Who made it and what drives it. Answers without touching the hardware.
    fn describe(&self) -> DeviceDescription;
    /// Which captures it can take at all.
    fn reach(&self) -> Reach {
        Reach::TenPrint
    }
    /// Claims the hardware and makes it ready.
    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault>;
    /// Waits until the requested fingers lie on the platen and returns one image of them at 500 ppi, 0 = black
    /// ridge. `watch` sees live frames while waiting, of at least 200 ppi; a driver without live frames never calls it.
    /// With a [`Trigger`] in `bounds` a driver that can goes on showing frames until it is pulled.
    fn capture(
        &mut self,
        request: &SlapRequest,
        bounds: &Bounds,
        watch: &mut dyn FnMut(&Image),
    ) -> Result<SlapImage, Fault>;
    /// The same for one finger alone, on devices that can: one-finger readers, and slap scanners for a hand that
    /// cannot be laid flat.
    fn capture_single(
        &mut self,
        _finger: Finger,
        _bounds: &Bounds,
        _watch: &mut dyn FnMut(&Image),
    ) -> Result<SlapImage, Fault> {
        Err(Fault::Unsuited { device: self.describe().id, detail: "it takes no single fingers".into() })
    }
    /// Shows a light or plays a sound, where the device has one. There is no signal for a failure.
    fn signal(&mut self, _signal: Signal, _bounds: &Bounds) -> Result<(), Fault> {
        Ok(())
    }
    /// Switches the sensor off and releases the hardware. Safe to call at any time, also twice.
    fn close(&mut self);
    /// A cheap look at the device, open or not.
    fn health(&mut self) -> Health;
}

/// A camera that takes a portrait.
pub trait Camera: Send {
    /// Who made it and what drives it. Answers without touching the hardware.
    fn describe(&self) -> DeviceDescription;
    /// Claims the hardware and makes it ready.
    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault>;
    /// Takes one portrait. `watch` sees live JPEG frames while waiting.
    fn capture(&mut self, bounds: &Bounds, watch: &mut dyn FnMut(&[u8])) -> Result<Portrait, Fault>;
    /// Shows a light or plays a sound, where the device has one. There is no signal for a failure.
    fn signal(&mut self, _signal: Signal, _bounds: &Bounds) -> Result<(), Fault> {
        Ok(())
    }
    /// Switches the camera off and releases it. Safe to call at any time, also twice.
    fn close(&mut self);
    /// A cheap look at the device, open or not.
    fn health(&mut self) -> Health;
}

/// Make, model and driver of a device, as recorded with each capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceDescription {
    /// Identifier of the device in the kiosk's configuration.
    pub id: String,
    /// Manufacturer.
    pub make: String,
    /// Model.
    pub model: String,
    /// Serial number of the unit.
    pub serial: String,
    /// Name and version of the driver.
    pub driver: String,
    /// Firmware version, empty when the device does not tell.
    pub firmware: String,
    /// Certification the maker claims (for example "EFTS Appendix F"), empty when none.
    pub certification: String,
    /// Resolution of the images it delivers, 0 for a camera.
    pub resolution_ppi: u32,
}

/// Which captures a device can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Four fingers flat, two thumbs, and single fingers.
    TenPrint,
    /// One finger at a time: enough to verify somebody, not for an enrolment by slaps.
    SingleFinger,
    /// Faces.
    Portrait,
}

/// What a device may show or play. A person never hears or sees that something went wrong: that is said in words on the
/// screen, so there is no signal for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The sensor waits: please begin.
    Ready,
    /// It was taken: the hand may be lifted.
    Taken,
    /// Dark and silent.
    Off,
}

/// Which fingers are asked for.
#[derive(Clone, Debug)]
pub struct SlapRequest {
    /// The slap.
    pub hand: Hand,
    /// Fingers that cannot be given, with a recorded reason.
    pub missing: Vec<Finger>,
}

/// One captured slap.
#[derive(Clone)]
pub struct SlapImage {
    /// Grey image, 500 ppi.
    pub image: Image,
    /// Where each finger lies, from devices that deliver finger by finger; then the image is a sheet for looking at and
    /// its prints are filed one by one. Empty where the image is the glass itself.
    pub areas: Vec<PrintArea>,
    /// What took it.
    pub device: DeviceDescription,
}

/// Where one print lies on a sheet, in pixels, right and bottom exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintArea {
    /// Which finger.
    pub finger: Finger,
    /// First column.
    pub left: u32,
    /// First row.
    pub top: u32,
    /// Column after the last.
    pub right: u32,
    /// Row after the last.
    pub bottom: u32,
}

/// One captured portrait.
#[derive(Clone)]
pub struct Portrait {
    /// JPEG as the camera or the driver made it; never recompressed afterwards.
    pub jpeg: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// What took it.
    pub device: DeviceDescription,
}

/// How a device is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// Answers and can capture.
    Ready,
    /// Works, with something an officer should know.
    Degraded(String),
    /// Not there or not answering.
    Missing(String),
}
