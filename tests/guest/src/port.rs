//! A virtual USB port: one end of a socket pair goes to the kernel's `vhci_hcd`, the other end is the device.
//!
//! The kernel enumerates it like any other full-speed device and hands each transfer over in the USB/IP form (48 bytes of
//! head, big-endian, then data). A transfer may be answered, stalled, or kept until data come or the host takes it back,
//! and the cable may be pulled at any moment. Needs root, so it runs in the guest only.
//! Source of the form: the kernel's documentation, `usb/usbip_protocol`.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};

/// What a device says to one transfer.
pub(crate) enum Reply {
    /// Data, or an empty list for a transfer to the device.
    Data(Vec<u8>),
    /// Refused.
    Stall,
    /// Nothing yet: the transfer stays open until [`Wire::push`] or until the host takes it back.
    Later,
}

/// A control request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup {
    /// Direction, type and recipient.
    pub(crate) kind: u8,
    /// Request.
    pub(crate) request: u8,
    /// Value.
    pub(crate) value: u16,
    /// Bytes wanted or sent.
    pub(crate) length: u16,
}

/// A device as the bus sees it.
pub(crate) trait UsbDevice: Send + 'static {
    /// Descriptor of the device.
    fn device_descriptor(&self) -> Vec<u8>;
    /// Descriptor of its configuration with interface and endpoints.
    fn configuration(&self) -> Vec<u8>;
    /// A text of the device.
    fn text(&self, number: u8) -> Option<String>;
    /// A control request that is not a standard one.
    fn control(&mut self, wire: &Wire, setup: Setup, data: &[u8]) -> Reply;
    /// The host wants up to `length` bytes of an endpoint.
    fn read(&mut self, wire: &Wire, endpoint: u8, length: usize) -> Reply;
}

struct Open {
    sequence: u32,
    endpoint: u8,
    length: usize,
}

struct Shared {
    to_kernel: UnixStream,
    open: Vec<Open>,
    waiting: Vec<(u8, Vec<u8>)>,
}

/// The device's end of the cable. Clones are the same end.
#[derive(Clone)]
pub(crate) struct Wire(Arc<Mutex<Shared>>);

impl Wire {
    /// Sends data on an endpoint: to the transfer that is open there, or to the next one.
    pub(crate) fn push(&self, endpoint: u8, data: Vec<u8>) {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match shared.open.iter().position(|open| open.endpoint == endpoint) {
            Some(at) => {
                let open = shared.open.remove(at);
                let length = data.len().min(open.length);
                // A cable that was pulled meanwhile takes nothing; the host knows.
                let _ = shared.answer(open.sequence, OK, length, data.get(..length).unwrap_or(&[]));
            }
            None => shared.waiting.push((endpoint, data)),
        }
    }
}

impl Shared {
    fn answer(&mut self, sequence: u32, status: i32, length: usize, data: &[u8]) -> Result<()> {
        let length = u32::try_from(length).map_err(|_| Error::from(ErrorKind::InvalidData))?;
        self.send(&[RET_SUBMIT, sequence, 0, 0, 0, status.cast_unsigned(), length], data)
    }

    fn send(&mut self, words: &[u32], data: &[u8]) -> Result<()> {
        let mut message: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        message.resize(HEAD, 0);
        message.extend_from_slice(data);
        self.to_kernel.write_all(&message)
    }
}

/// A device that is plugged in.
pub(crate) struct Plugged {
    number: u32,
}

impl Plugged {
    /// Pulls the cable.
    ///
    /// # Errors
    /// What the kernel says.
    pub(crate) fn pull(&self) -> Result<()> {
        std::fs::write(format!("{CONTROLLER}/detach"), self.number.to_string())
    }
}

/// Plugs a device into the first free port and serves it on a thread of its own until the cable is pulled.
///
/// # Errors
/// When there is no port or the kernel does not take it.
pub(crate) fn plug(mut device: impl UsbDevice) -> Result<Plugged> {
    let status = std::fs::read_to_string(format!("{CONTROLLER}/status"))?;
    let number = status.lines().find_map(free_port).ok_or_else(|| Error::other("no port is free"))?;
    let (kernel, own) = UnixStream::pair()?;
    let device_id = (1 << 16) | (number + 1);
    let attach = format!("{number} {} {device_id} {FULL_SPEED}", kernel.as_raw_fd());
    std::fs::write(format!("{CONTROLLER}/attach"), attach)?;
    let shared = Shared { to_kernel: own.try_clone()?, open: Vec::new(), waiting: Vec::new() };
    let wire = Wire(Arc::new(Mutex::new(shared)));
    let mut from_kernel = own;
    std::thread::spawn(move || while serve(&mut from_kernel, &wire, &mut device).is_ok() {});
    Ok(Plugged { number })
}

/// "hub port status ..." of a free port for full speed.
fn free_port(line: &str) -> Option<u32> {
    let mut words = line.split_whitespace();
    (words.next() == Some("hs")).then_some(())?;
    let number = words.next()?.parse().ok()?;
    (words.next() == Some("004")).then_some(number)
}

/// One message of the kernel.
fn serve(from_kernel: &mut UnixStream, wire: &Wire, device: &mut impl UsbDevice) -> Result<()> {
    let mut head = [0_u8; HEAD];
    from_kernel.read_exact(&mut head)?;
    let word = |at: usize| {
        let bytes = head.get(at * 4..).and_then(|rest| rest.first_chunk::<4>());
        bytes.map_or(0, |bytes| u32::from_be_bytes(*bytes))
    };
    let (command, sequence, inward) = (word(0), word(1), word(3) == 1);
    if command == CMD_UNLINK {
        let mut shared = wire.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = shared.open.iter().position(|open| open.sequence == word(5));
        let status = found.map_or(OK, |at| {
            shared.open.remove(at);
            TAKEN_BACK
        });
        return shared.send(&[RET_UNLINK, sequence, 0, 0, 0, status.cast_unsigned()], &[]);
    }
    let endpoint = word(4) as u8;
    let length = usize::try_from(word(6)).unwrap_or(0);
    let mut data = vec![0; if inward { 0 } else { length }];
    from_kernel.read_exact(&mut data)?;
    let reply = if endpoint == 0 {
        let setup = setup_of(&head);
        standard(device, setup).unwrap_or_else(|| device.control(wire, setup, &data))
    } else {
        let mut shared = wire.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ready = shared.waiting.iter().position(|(at, _)| *at == endpoint);
        let ready = ready.map(|at| shared.waiting.remove(at).1);
        drop(shared);
        ready.map_or_else(|| device.read(wire, endpoint, length), Reply::Data)
    };
    let mut shared = wire.0.lock().unwrap_or_else(PoisonError::into_inner);
    match reply {
        Reply::Data(bytes) if inward => {
            let sent = bytes.len().min(length);
            shared.answer(sequence, OK, sent, bytes.get(..sent).unwrap_or(&[]))
        }
        Reply::Data(_) => shared.answer(sequence, OK, length, &[]),
        Reply::Stall => shared.answer(sequence, STALLED, 0, &[]),
        Reply::Later => {
            shared.open.push(Open { sequence, endpoint, length });
            Ok(())
        }
    }
}

/// The eight bytes of a control request, little-endian, at the end of the head.
fn setup_of(head: &[u8; HEAD]) -> Setup {
    let [.., kind, request, value_low, value_high, _, _, length_low, length_high] = *head;
    Setup {
        kind,
        request,
        value: u16::from_le_bytes([value_low, value_high]),
        length: u16::from_le_bytes([length_low, length_high]),
    }
}

/// What every device answers in the same way.
fn standard(device: &impl UsbDevice, setup: Setup) -> Option<Reply> {
    let cut = |mut bytes: Vec<u8>| {
        bytes.truncate(usize::from(setup.length));
        Some(Reply::Data(bytes))
    };
    let [number, descriptor] = setup.value.to_le_bytes();
    match (setup.kind, setup.request, descriptor) {
        (0x80, GET_DESCRIPTOR, 1) => cut(device.device_descriptor()),
        (0x80, GET_DESCRIPTOR, 2) => cut(device.configuration()),
        (0x80, GET_DESCRIPTOR, 3) if number == 0 => cut(vec![4, 3, 9, 4]),
        (0x80, GET_DESCRIPTOR, 3) => match device.text(number) {
            Some(text) => {
                let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                cut([&[units.len() as u8 + 2, 3], &units[..]].concat())
            }
            None => Some(Reply::Stall),
        },
        (0x80, GET_DESCRIPTOR, _) => Some(Reply::Stall),
        (0x80..=0x82, GET_STATUS, _) => cut(vec![0, 0]),
        // Set address, set configuration, set interface, clear a halt.
        (0x00, 5 | 9, _) | (0x01, 11, _) | (0x02, 1, _) => Some(Reply::Data(Vec::new())),
        _ => None,
    }
}

const CONTROLLER: &str = "/sys/devices/platform/vhci_hcd.0";
const HEAD: usize = 48;
const FULL_SPEED: u32 = 2;
const CMD_UNLINK: u32 = 2;
const RET_SUBMIT: u32 = 3;
const RET_UNLINK: u32 = 4;
const OK: i32 = 0;
/// `-EPIPE`
const STALLED: i32 = -32;
/// `-ECONNRESET`
const TAKEN_BACK: i32 = -104;
const GET_STATUS: u8 = 0;
const GET_DESCRIPTOR: u8 = 6;
