//! What the driver needs from a cable, and the USB cable itself.
//!
//! The driver speaks to [`Transport`] only, so its behaviour is tested in memory. [`UsbTransport`] keeps one interrupt
//! read outstanding on a thread of its own from the moment it is opened, because the reader may report before it is
//! asked. Waiting happens in short steps so that a cancellation is seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use rusb::{Context, Device, DeviceHandle, UsbContext};

use crate::device::Bounds;
use crate::limits;
use crate::parameters::{URU_INTERRUPT_STEP_MS, URU_TRANSFER_TIMEOUT_MS};

/// A cable to a reader.
pub trait Transport: Send {
    /// Writes a register.
    fn write_register(&mut self, register: u16, bytes: &[u8], bounds: &Bounds) -> Result<(), Trouble>;
    /// Reads a register completely.
    fn read_register(&mut self, register: u16, bytes: &mut [u8], bounds: &Bounds) -> Result<(), Trouble>;
    /// Reads one image transfer; gives the number of bytes.
    fn read_image(&mut self, bytes: &mut [u8], bounds: &Bounds) -> Result<usize, Trouble>;
    /// The next report of the reader, `None` when none came within `wait`.
    fn next_report(&mut self, wait: Duration) -> Result<Option<u16>, Trouble>;
    /// Whether images come by half a turn.
    fn turned(&self) -> bool;
    /// Serial number and version of the reader, as far as it tells.
    fn identity(&self) -> (String, String);
}

/// What can go wrong on a cable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// The reader is not there (any more).
    Gone,
    /// The reader refused a request.
    Refused,
    /// The reader took too long.
    Slow,
    /// The system does not let this program use it.
    Denied,
    /// Another program uses it.
    Busy,
    /// It answered with fewer bytes than it must.
    Short,
    /// Something else on the bus.
    Bus,
}

impl From<rusb::Error> for Trouble {
    fn from(error: rusb::Error) -> Self {
        match error {
            rusb::Error::NoDevice | rusb::Error::NotFound => Self::Gone,
            rusb::Error::Pipe => Self::Refused,
            rusb::Error::Timeout => Self::Slow,
            rusb::Error::Access => Self::Denied,
            rusb::Error::Busy => Self::Busy,
            _ => Self::Bus,
        }
    }
}

/// Vendor request that reads and writes registers.
const REGISTER_REQUEST: u8 = 0x04;
const TO_DEVICE: u8 = 0x40;
const FROM_DEVICE: u8 = 0xc0;
const REPORTS: u8 = 0x81;
const IMAGES: u8 = 0x82;
/// Identifiers of the family, and whether images of that product come by half a turn.
const FAMILY: [(u16, u16, bool); 3] =
    [(0x05ba, 0x0007, true), (0x05ba, 0x0008, true), (0x05ba, 0x000a, false)];

/// A reader on the USB.
pub struct UsbTransport {
    handle: Arc<DeviceHandle<Context>>,
    interface: u8,
    reports: Receiver<Result<u16, Trouble>>,
    ending: Arc<AtomicBool>,
    turned: bool,
    identity: (String, String),
}

impl UsbTransport {
    /// Opens the first reader of the family, or the one with this serial number.
    ///
    /// # Errors
    /// [`Trouble::Gone`] when there is none; otherwise what the bus says.
    pub fn open(serial: Option<&str>) -> Result<Self, Trouble> {
        let context = Context::new()?;
        let mut first = Trouble::Gone;
        for device in context.devices()?.iter().take(limits::USB_DEVICES_MAX) {
            let Ok(descriptor) = device.device_descriptor() else { continue };
            let ids = (descriptor.vendor_id(), descriptor.product_id());
            let Some((.., turned)) = FAMILY.iter().find(|(vendor, product, _)| (*vendor, *product) == ids)
            else {
                continue;
            };
            match Self::claim(&device, *turned, serial) {
                Ok(Some(reader)) => return Ok(reader),
                Ok(None) => {}
                Err(trouble) => first = trouble,
            }
        }
        Err(first)
    }

    /// Claims one reader; `None` when it has another serial number.
    fn claim(device: &Device<Context>, turned: bool, serial: Option<&str>) -> Result<Option<Self>, Trouble> {
        let descriptor = device.device_descriptor()?;
        let interface = device
            .active_config_descriptor()?
            .interfaces()
            .flat_map(|interface| interface.descriptors())
            .find(|it| (it.class_code(), it.sub_class_code(), it.protocol_code()) == (255, 255, 255))
            .map(|it| it.interface_number())
            .ok_or(Trouble::Bus)?;
        let handle = device.open()?;
        let own = handle.read_serial_number_string_ascii(&descriptor).unwrap_or_default();
        if serial.is_some_and(|wanted| wanted != own) {
            return Ok(None);
        }
        handle.claim_interface(interface)?;
        let identity = (own, descriptor.device_version().to_string());
        let handle = Arc::new(handle);
        let ending = Arc::new(AtomicBool::new(false));
        let reports = listen(&handle, &ending)?;
        Ok(Some(Self { handle, interface, reports, ending, turned, identity }))
    }
}

/// Reads reports on a thread until told to end or the reader is gone.
fn listen(
    handle: &Arc<DeviceHandle<Context>>,
    ending: &Arc<AtomicBool>,
) -> Result<Receiver<Result<u16, Trouble>>, Trouble> {
    let (sender, reports) = sync_channel(limits::URU_REPORTS_WAITING_MAX);
    let (handle, ending) = (Arc::clone(handle), Arc::clone(ending));
    let listening = move || {
        let mut bytes = [0_u8; 64];
        while !ending.load(Ordering::SeqCst) {
            let step = Duration::from_millis(URU_INTERRUPT_STEP_MS);
            let report = match handle.read_interrupt(REPORTS, &mut bytes, step) {
                Ok(length) if length >= 2 => Ok(u16::from_be_bytes([bytes[0], bytes[1]])),
                Ok(_) | Err(rusb::Error::Timeout | rusb::Error::Interrupted) => continue,
                Err(error) => Err(Trouble::from(error)),
            };
            // A driver that takes no reports any more has ended, or is far behind: then old ones are worthless.
            let last = report.is_err();
            let _ = sender.try_send(report);
            if last {
                return;
            }
        }
    };
    std::thread::Builder::new().name("uru4000b-reports".into()).spawn(listening).map_err(|_| Trouble::Bus)?;
    Ok(reports)
}

/// Time for one transfer: that of the call, and never more than the protocol's own limit.
fn transfer_time(bounds: &Bounds) -> Duration {
    // Zero would mean "for ever" to the USB library.
    bounds.left().min(Duration::from_millis(URU_TRANSFER_TIMEOUT_MS)).max(Duration::from_millis(1))
}

impl Transport for UsbTransport {
    fn write_register(&mut self, register: u16, bytes: &[u8], bounds: &Bounds) -> Result<(), Trouble> {
        let time = transfer_time(bounds);
        let sent = self.handle.write_control(TO_DEVICE, REGISTER_REQUEST, register, 0, bytes, time)?;
        if sent == bytes.len() { Ok(()) } else { Err(Trouble::Short) }
    }

    fn read_register(&mut self, register: u16, bytes: &mut [u8], bounds: &Bounds) -> Result<(), Trouble> {
        let time = transfer_time(bounds);
        let read = self.handle.read_control(FROM_DEVICE, REGISTER_REQUEST, register, 0, bytes, time)?;
        if read == bytes.len() { Ok(()) } else { Err(Trouble::Short) }
    }

    fn read_image(&mut self, bytes: &mut [u8], bounds: &Bounds) -> Result<usize, Trouble> {
        Ok(self.handle.read_bulk(IMAGES, bytes, transfer_time(bounds))?)
    }

    fn next_report(&mut self, wait: Duration) -> Result<Option<u16>, Trouble> {
        match self.reports.recv_timeout(wait) {
            Ok(report) => report.map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Trouble::Gone),
        }
    }

    fn turned(&self) -> bool {
        self.turned
    }

    fn identity(&self) -> (String, String) {
        self.identity.clone()
    }
}

impl Drop for UsbTransport {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::SeqCst);
        // A reader that is gone cannot be released; there is nothing else to do about it.
        let _ = self.handle.release_interface(self.interface);
    }
}
