//! A fingerprint reader of the U.are.U 4000 family as the bus sees it, modelled from the documented facts of its protocol.
//!
//! Driver and model share those facts, so their agreement on a real USB stack proves transport, order, time limits and
//! error handling, not fidelity to a physical reader.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::port::{Reply, Setup, UsbDevice, Wire};

/// Pixels per row.
pub(crate) const WIDTH: usize = 384;
/// Rows of the model's image.
pub(crate) const LINES: usize = 280;
const HEADER: usize = 64;
const BLOCKS: usize = 10;

/// What the reader does, changed while it is plugged in.
#[derive(Default)]
pub(crate) struct Manner {
    /// Its firmware scrambles.
    pub(crate) scrambled: bool,
    /// The finger comes only after this.
    pub(crate) finger_after: Option<Duration>,
    /// It refuses image transfers.
    pub(crate) stalls: bool,
    /// It never answers image transfers.
    pub(crate) silent: bool,
    /// So many images are cut short.
    pub(crate) short_images: u32,
    /// It loses its state so many times.
    pub(crate) losses: u32,
    /// Values written to the mode register.
    pub(crate) modes: Vec<u8>,
}

/// The manner of one reader, shared with the test.
pub(crate) type Shared = Arc<Mutex<Manner>>;

/// Looks into a manner.
pub(crate) fn look(manner: &Shared) -> MutexGuard<'_, Manner> {
    manner.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The reader.
pub(crate) struct Reader {
    manner: Shared,
    serial: String,
    status: u8,
    seed: u32,
    key: u32,
}

impl Reader {
    /// A reader that sleeps.
    #[must_use]
    pub(crate) fn new(serial: &str, manner: &Shared) -> Self {
        Self { manner: Arc::clone(manner), serial: serial.into(), status: 0x81, seed: 0, key: 0x1357_9bdf }
    }

    fn write(&mut self, wire: &Wire, register: u16, data: &[u8]) {
        match (register, data) {
            (0x07, [value]) => {
                let woken = self.status & 0x80 != 0 && value & 0x80 == 0;
                self.status = *value;
                if woken {
                    report(wire, 0x56aa);
                }
            }
            (0x33, [_, seed @ ..]) => {
                self.seed = seed.first_chunk::<4>().map_or(0, |seed| u32::from_le_bytes(*seed));
            }
            (0x4e, [mode]) => self.mode(wire, *mode),
            _ => {}
        }
    }

    fn mode(&mut self, wire: &Wire, mode: u8) {
        let mut manner = look(&self.manner);
        manner.modes.push(mode);
        if mode != 0x10 {
            return;
        }
        if manner.losses > 0 {
            manner.losses -= 1;
            report(wire, 0x0800);
            return;
        }
        match manner.finger_after {
            None => report(wire, 0x0101),
            Some(wait) => {
                let wire = wire.clone();
                std::thread::spawn(move || {
                    std::thread::sleep(wait);
                    report(&wire, 0x0101);
                });
            }
        }
    }

    fn image(&mut self) -> Vec<u8> {
        let scrambled = look(&self.manner).scrambled;
        let mut header = vec![0; HEADER];
        header[4..6].copy_from_slice(&(LINES as u16).to_le_bytes());
        header[6] = 0x21;
        let mut rows = ridges();
        let lines = LINES / BLOCKS;
        let mut key = self.key;
        for (block, bytes) in rows.chunks_mut(lines * WIDTH).enumerate() {
            header[16 + 2 * block] = if scrambled { 0x02 } else { 0 };
            header[17 + 2 * block] = lines as u8;
            if scrambled {
                key = scramble(bytes, key);
            }
        }
        header.extend(rows);
        header
    }
}

impl UsbDevice for Reader {
    fn device_descriptor(&self) -> Vec<u8> {
        // USB 2.0, class in the interface, 64-byte packets, 05ba:000a, version 1.03, texts 1 to 3, one configuration.
        vec![18, 1, 0, 2, 0, 0, 0, 64, 0xba, 0x05, 0x0a, 0x00, 0x03, 0x01, 1, 2, 3, 1]
    }

    fn configuration(&self) -> Vec<u8> {
        vec![
            9, 2, 32, 0, 1, 1, 0, 0xa0, 50, // one interface, 100 mA
            9, 4, 0, 0, 2, 255, 255, 255, 0, // of the maker's own class
            7, 5, 0x81, 3, 64, 0, 10, // reports
            7, 5, 0x82, 2, 64, 0, 0, // images
        ]
    }

    fn text(&self, number: u8) -> Option<String> {
        match number {
            1 => Some("Model".into()),
            2 => Some("U.are.U model".into()),
            3 => Some(self.serial.clone()),
            _ => None,
        }
    }

    fn control(&mut self, wire: &Wire, setup: Setup, data: &[u8]) -> Reply {
        match (setup.kind, setup.request, setup.value) {
            (0x40, 0x04, register) => {
                self.write(wire, register, data);
                Reply::Data(Vec::new())
            }
            (0xc0, 0x04, 0x07) => Reply::Data(vec![self.status]),
            (0xc0, 0x04, 0x34) => Reply::Data((self.key ^ self.seed).to_le_bytes().to_vec()),
            _ => Reply::Stall,
        }
    }

    fn read(&mut self, _: &Wire, endpoint: u8, _: usize) -> Reply {
        if endpoint != 2 {
            return Reply::Later;
        }
        let mut manner = look(&self.manner);
        if manner.stalls {
            return Reply::Stall;
        }
        if manner.silent {
            return Reply::Later;
        }
        let short = manner.short_images > 0;
        manner.short_images = manner.short_images.saturating_sub(1);
        drop(manner);
        let mut image = self.image();
        if short {
            image.truncate(image.len() / 2);
        }
        Reply::Data(image)
    }
}

fn report(wire: &Wire, code: u16) {
    let mut bytes = vec![0; 64];
    bytes[..2].copy_from_slice(&code.to_be_bytes());
    wire.push(1, bytes);
}

/// Drawn ridges, light as a reader sends them.
#[must_use]
pub(crate) fn ridges() -> Vec<u8> {
    let grey = |at: usize| {
        let (x, y) = ((at % WIDTH) as f32 - 200.0, (at / WIDTH) as f32 - 120.0);
        (128.0 + 105.0 * (x.hypot(y * 1.2) * 0.65).sin()) as u8
    };
    (0..WIDTH * LINES).map(grey).collect()
}

/// Moves every byte on by one under a mask of eight bits of a shift register; the first becomes anything, the last is lost.
fn scramble(block: &mut [u8], mut key: u32) -> u32 {
    let mut before = 0x77;
    for byte in block.iter_mut() {
        let (plain, taps) = (*byte, [4, 8, 11, 14, 18, 21, 24, 29]);
        *byte = before;
        let mask =
            taps.iter().enumerate().fold(0, |mask, (bit, tap)| mask | (((key >> tap) & 1) as u8) << bit);
        before = plain ^ mask;
        key = (key >> 1) | (((key & 0x9248_144d).count_ones() & 1) << 31);
    }
    key
}
