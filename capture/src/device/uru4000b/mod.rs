//! Driver for the one-finger readers of the U.are.U 4000 family, written from documented facts of their protocol.
//!
//! Powers the reader up, waits for a finger, takes one image, undoes the scrambling that some firmware applies, and
//! switches it off again. It is no ten-print scanner: a slap is refused with [`Fault::Unsuited`].
//!
//! Invariants: every loop has a bound in `limits`; a cable pull, a stall, a refused request, a short image and a
//! report that comes early or late each end in a typed fault or are recovered, and never block beyond the bounds.
//! Not verified on a physical reader (docs/reference/devices.md): resolution, orientation and power-up times are
//! those of the documented facts.

mod image;
#[cfg(test)]
mod model;
mod transport;

use std::time::Duration;

use matcher::{Finger, Image};

pub use transport::{Transport, Trouble, UsbTransport};

use self::image::{Flaw, TRANSFER_MAX, Transfer};
use super::{
    Bounds, DeviceDescription, Fault, FingerprintDevice, Health, Reach, SlapImage, SlapRequest, usb,
};
use crate::limits;
use crate::parameters::{
    DEVICE_STEP_MS, URU_POLL_MS, URU_POWER_REPORT_MS, URU_POWER_TRIES, URU_RESOLUTION_PPI,
};

/// Registers.
mod register {
    pub(super) const HARDWARE_STATUS: u16 = 0x07;
    pub(super) const SCRAMBLE_INDEX: u16 = 0x33;
    pub(super) const SCRAMBLE_KEY: u16 = 0x34;
    pub(super) const MODE: u16 = 0x4e;
}

/// Values of the mode register.
mod mode {
    pub(super) const AWAIT_FINGER: u8 = 0x10;
    pub(super) const CAPTURE: u8 = 0x20;
    pub(super) const OFF: u8 = 0x70;
}

/// Reports of the reader.
mod report {
    pub(super) const FINGER_ON: u16 = 0x0101;
    pub(super) const POWER_ON: u16 = 0x56aa;
    /// The next image will be empty: power up again.
    pub(super) const LOST_ITSELF: u16 = 0x0800;
}

/// Status bit: the scanner is powered down.
const POWERED_DOWN: u8 = 0x80;
/// Status bit that together with [`POWERED_DOWN`] means that the reader has to be woken first.
const ASLEEP: u8 = 0x04;
const AWAKE: u8 = 0x01;

/// Makes a connection to the reader.
pub type Opener = Box<dyn FnMut() -> Result<Box<dyn Transport>, Trouble> + Send>;

/// The driver.
pub struct Uru4000b {
    id: String,
    connect: Opener,
    cable: Option<Box<dyn Transport>>,
    identity: (String, String),
    seed: u32,
}

/// Connects over USB to the first reader of the family, or the one with this serial number.
#[must_use]
pub fn usb_opener(serial: Option<String>) -> Opener {
    Box::new(move || UsbTransport::open(serial.as_deref()).map(|cable| Box::new(cable) as Box<dyn Transport>))
}

impl Uru4000b {
    /// A closed reader.
    #[must_use]
    pub fn new(id: String, connect: Opener) -> Self {
        Self { id, connect, cable: None, identity: (String::new(), String::new()), seed: 1 }
    }

    /// What a trouble on the cable means for the caller.
    fn fault(&self, trouble: Trouble) -> Fault {
        let device = self.id.clone();
        let broken = |detail: &str| Fault::Broken { device: device.clone(), detail: detail.to_owned() };
        match trouble {
            Trouble::Gone => broken("it is not connected any more"),
            Trouble::Refused => broken("it refused a request"),
            Trouble::Slow => broken("it took too long to answer"),
            Trouble::Short => broken("it answered incompletely"),
            Trouble::Bus => broken("the USB reported an error"),
            Trouble::Denied => Fault::Denied { device },
            Trouble::Busy => Fault::Busy { device },
        }
    }

    fn cable(&mut self) -> Result<&mut (dyn Transport + 'static), Fault> {
        self.cable.as_deref_mut().ok_or_else(|| Fault::Closed { device: self.id.clone() })
    }

    fn write(&mut self, register: u16, bytes: &[u8], bounds: &Bounds) -> Result<(), Fault> {
        bounds.check()?;
        self.cable()?.write_register(register, bytes, bounds).map_err(|trouble| self.fault(trouble))
    }

    fn status(&mut self, bounds: &Bounds) -> Result<u8, Fault> {
        bounds.check()?;
        let mut byte = [0_u8; 1];
        let read = self.cable()?.read_register(register::HARDWARE_STATUS, &mut byte, bounds);
        read.map_err(|trouble| self.fault(trouble))?;
        Ok(byte[0])
    }

    /// Reads the status until `done`, a bounded number of times.
    fn poll_status(&mut self, bounds: &Bounds, mut done: impl FnMut(u8) -> bool) -> Result<bool, Fault> {
        for _ in 0..limits::URU_POLLS_MAX {
            if done(self.status(bounds)?) {
                return Ok(true);
            }
            bounds.pause(Duration::from_millis(URU_POLL_MS))?;
        }
        Ok(false)
    }

    /// Wakes the reader and switches its scanner on; a few tries, as the reader needs them.
    fn power_up(&mut self, bounds: &Bounds) -> Result<(), Fault> {
        for _ in 0..URU_POWER_TRIES {
            let mut status = self.status(bounds)?;
            if status & (POWERED_DOWN | ASLEEP) == POWERED_DOWN | ASLEEP {
                self.write(register::HARDWARE_STATUS, &[status & 0x0f], bounds)?;
                if !self.poll_status(bounds, |status| status & AWAKE != 0)? {
                    continue;
                }
                status = self.status(bounds)?;
            }
            if status & POWERED_DOWN == 0 {
                self.write(register::HARDWARE_STATUS, &[status | POWERED_DOWN], bounds)?;
            }
            if !self.switch_on(status, bounds)? {
                continue;
            }
            let patience = bounds.shorten(Duration::from_millis(URU_POWER_REPORT_MS));
            match self.await_report(report::POWER_ON, &patience) {
                Ok(()) => return Ok(()),
                Err(Fault::DeadlinePassed) => bounds.check()?,
                Err(fault) => return Err(fault),
            }
        }
        Err(Fault::Broken { device: self.id.clone(), detail: "its scanner does not switch on".into() })
    }

    /// Clears the power-down bit until it stays clear.
    fn switch_on(&mut self, status: u8, bounds: &Bounds) -> Result<bool, Fault> {
        for _ in 0..limits::URU_POLLS_MAX {
            self.write(register::HARDWARE_STATUS, &[status & 0x0f], bounds)?;
            if self.status(bounds)? & POWERED_DOWN == 0 {
                return Ok(true);
            }
            bounds.pause(Duration::from_millis(URU_POLL_MS))?;
        }
        Ok(false)
    }

    /// Waits for one report; others pass by.
    fn await_report(&mut self, wanted: u16, bounds: &Bounds) -> Result<(), Fault> {
        loop {
            bounds.check()?;
            let step = bounds.left().min(Duration::from_millis(DEVICE_STEP_MS));
            let report = self.cable()?.next_report(step).map_err(|trouble| self.fault(trouble))?;
            match report {
                Some(code) if code == wanted => return Ok(()),
                Some(report::LOST_ITSELF) => {
                    let detail = "it lost its state and has to be started again".into();
                    return Err(Fault::BadImage { device: self.id.clone(), detail });
                }
                _ => {}
            }
        }
    }

    /// Drops reports of earlier placements, so that a late one does not count for this one.
    fn forget_reports(&mut self) -> Result<(), Fault> {
        for _ in 0..limits::URU_REPORTS_WAITING_MAX {
            if self.cable()?.next_report(Duration::ZERO).map_err(|trouble| self.fault(trouble))?.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// One placement: finger on, image, decoded.
    fn take(&mut self, bounds: &Bounds) -> Result<Image, Fault> {
        self.forget_reports()?;
        self.write(register::MODE, &[mode::AWAIT_FINGER], bounds)?;
        self.await_report(report::FINGER_ON, bounds)?;
        let mut bytes = vec![0_u8; TRANSFER_MAX];
        for _ in 0..limits::URU_IMAGE_TRIES_MAX {
            self.write(register::MODE, &[mode::CAPTURE], bounds)?;
            let length =
                self.cable()?.read_image(&mut bytes, bounds).map_err(|trouble| self.fault(trouble))?;
            match Transfer::parse(bytes.get(..length).unwrap_or(&[])) {
                Ok(transfer) => return self.decode(transfer, bounds),
                Err(Flaw::Short) => {}
                Err(Flaw::Header) => return Err(self.bad_image("its image has a header that makes no sense")),
            }
        }
        Err(self.bad_image("its image stays incomplete"))
    }

    fn decode(&mut self, mut transfer: Transfer, bounds: &Bounds) -> Result<Image, Fault> {
        if transfer.is_scrambled() {
            transfer.unscramble(|number| self.exchange(number, bounds))?;
        }
        let turned = self.cable()?.turned();
        Ok(transfer.into_image(turned))
    }

    /// Agrees on the key of one key number.
    fn exchange(&mut self, number: u8, bounds: &Bounds) -> Result<u32, Fault> {
        // The exchange hides nothing, so any seed serves; another one each time shows a reader that ignores it.
        self.seed = self.seed.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
        let seed = self.seed;
        let [a, b, c, d] = seed.to_le_bytes();
        self.write(register::SCRAMBLE_INDEX, &[number, a, b, c, d], bounds)?;
        let mut answer = [0_u8; 4];
        let read = self.cable()?.read_register(register::SCRAMBLE_KEY, &mut answer, bounds);
        read.map_err(|trouble| self.fault(trouble))?;
        Ok(u32::from_le_bytes(answer) ^ seed)
    }

    fn bad_image(&self, detail: &str) -> Fault {
        Fault::BadImage { device: self.id.clone(), detail: detail.to_owned() }
    }
}

impl FingerprintDevice for Uru4000b {
    fn describe(&self) -> DeviceDescription {
        DeviceDescription {
            id: self.id.clone(),
            make: "DigitalPersona".into(),
            model: "U.are.U 4000 family".into(),
            serial: self.identity.0.clone(),
            driver: concat!("uru4000b ", env!("CARGO_PKG_VERSION")).into(),
            firmware: self.identity.1.clone(),
            certification: String::new(),
            resolution_ppi: URU_RESOLUTION_PPI,
        }
    }

    fn reach(&self) -> Reach {
        Reach::SingleFinger
    }

    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault> {
        bounds.check()?;
        let connected = (self.connect)().map_err(|trouble| match trouble {
            Trouble::Gone => Fault::Missing {
                device: self.id.clone(),
                detail: "no reader of the U.are.U 4000 family is connected".into(),
            },
            trouble => self.fault(trouble),
        })?;
        self.identity = connected.identity();
        self.cable = Some(connected);
        let powered = self.power_up(bounds);
        if powered.is_err() {
            self.cable = None;
        }
        powered
    }

    fn capture(
        &mut self,
        _: &SlapRequest,
        _: &Bounds,
        _: &mut dyn FnMut(&Image),
    ) -> Result<SlapImage, Fault> {
        let detail = "it reads one finger at a time and is no ten-print scanner".into();
        Err(Fault::Unsuited { device: self.id.clone(), detail })
    }

    fn capture_single(
        &mut self,
        _: Finger,
        bounds: &Bounds,
        _: &mut dyn FnMut(&Image),
    ) -> Result<SlapImage, Fault> {
        let mut last = None;
        for _ in 0..limits::URU_RESTARTS_MAX {
            match self.take(bounds) {
                Ok(image) => return Ok(SlapImage { image, areas: Vec::new(), device: self.describe() }),
                // It lost itself or sent nonsense: once more from the power-up.
                Err(fault @ Fault::BadImage { .. }) => {
                    last = Some(fault);
                    self.power_up(bounds)?;
                }
                Err(fault) => return Err(fault),
            }
        }
        Err(last.unwrap_or(Fault::DeadlinePassed))
    }

    fn close(&mut self) {
        if self.cable.is_some() {
            let bounds = Bounds::within(Duration::from_millis(500), super::CancelToken::default());
            // A reader that does not take the order any more is dark or gone.
            let _ = self.write(register::MODE, &[mode::OFF], &bounds);
        }
        self.cable = None;
    }

    fn health(&mut self) -> Health {
        if self.cable.is_some() {
            return Health::Ready;
        }
        let drives = |found: &usb::FoundReader| {
            matches!(found.reader.standing, usb::Standing::Driven { driver: "uru4000b", .. })
        };
        match usb::look() {
            Ok(found) if found.iter().any(drives) => Health::Ready,
            Ok(_) => Health::Missing("no reader of the U.are.U 4000 family is connected".into()),
            Err(fault) => Health::Missing(fault.to_string()),
        }
    }
}
