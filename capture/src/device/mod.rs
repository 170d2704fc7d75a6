//! What a scanner or camera must be able to do, whatever is inside it.
//!
//! A driver is a blocking object that lives on one thread of the daemon. Every call carries [`Bounds`]: a deadline
//! and a cancellation token, so that a device which hangs can never take a case with it. A driver never decides
//! whether it may run: the session engine does, and the daemon opens a device only on its order.
//!
//! Left out on purpose: quality and segmentation (`live`), face framing (`face`), any storage.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use matcher::{Finger, Hand, Image};

/// A ten-print or single-finger scanner.
pub trait FingerprintDevice: Send {
    /// Who made it and what drives it. Answers without touching the hardware.
    fn describe(&self) -> DeviceDescription;
    /// Claims the hardware and makes it ready.
    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault>;
    /// Waits until the requested fingers lie on the platen and returns one image of them at 500 ppi, 0 = black
    /// ridge. `watch` sees live frames while waiting; a driver without live frames never calls it.
    fn capture(
        &mut self,
        request: &SlapRequest,
        bounds: &Bounds,
        watch: &mut dyn FnMut(&Image),
    ) -> Result<SlapImage, Fault>;
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
    /// Certification the maker claims (for example "EFTS Appendix F"), empty when none.
    pub certification: String,
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
    /// What took it.
    pub device: DeviceDescription,
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

/// Deadline and cancellation of one call.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// The call returns [`Fault::DeadlinePassed`] after this.
    pub deadline: Instant,
    /// The call returns [`Fault::Cancelled`] soon after this fires.
    pub cancel: CancelToken,
}

impl Bounds {
    /// Bounds that end after `timeout`.
    #[must_use]
    pub fn within(timeout: Duration, cancel: CancelToken) -> Self {
        Self { deadline: Instant::now() + timeout, cancel }
    }

    /// Fails when the deadline passed or somebody cancelled; drivers call it in their waiting loops.
    pub fn check(&self) -> Result<(), Fault> {
        if self.cancel.is_cancelled() {
            return Err(Fault::Cancelled);
        }
        if Instant::now() >= self.deadline {
            return Err(Fault::DeadlinePassed);
        }
        Ok(())
    }
}

/// Tells a waiting driver to stop. Clones share one flag.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Fires the token; it stays fired.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether somebody fired it.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// What can go wrong with a device. Codes C-02xx.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// No such device is connected.
    #[error("device \"{device}\" was not found: {detail}; connect it or correct the kiosk configuration")]
    Missing {
        /// Identifier in the configuration.
        device: String,
        /// What was looked for and not found.
        detail: String,
    },
    /// The device went away or misbehaved during a call.
    #[error("device \"{device}\" stopped working: {detail}; check its cable, then try again")]
    Broken {
        /// Identifier in the configuration.
        device: String,
        /// What happened, in the driver's words, without personal data.
        detail: String,
    },
    /// The device delivered something that is not a usable image.
    #[error("device \"{device}\" delivered an unusable image: {detail}; try again")]
    BadImage {
        /// Identifier in the configuration.
        device: String,
        /// What is wrong with it.
        detail: String,
    },
    /// Its configuration cannot work.
    #[error("device \"{device}\" is not configured in a way that can work: {detail}")]
    Configuration {
        /// Identifier in the configuration.
        device: String,
        /// Which option and why.
        detail: String,
    },
    /// Nobody put fingers on the platen in time.
    #[error("nothing was placed on the sensor in time; try again when the person is ready")]
    DeadlinePassed,
    /// The session ended the capture.
    #[error("the capture was stopped")]
    Cancelled,
}

impl Fault {
    /// Stable code, explained in `docs/reference/errors/capture.md`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "C-0201",
            Self::Broken { .. } => "C-0202",
            Self::BadImage { .. } => "C-0203",
            Self::Configuration { .. } => "C-0204",
            Self::DeadlinePassed => "C-0205",
            Self::Cancelled => "C-0206",
        }
    }
}
