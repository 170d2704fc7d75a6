//! A reader in memory, modelled from the same facts as the driver, and the driver's tests against it.
//!
//! The model and the driver share their facts, so their agreement proves order, bounds and error handling, not
//! fidelity to a physical reader.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::image::{HEADER, WIDTH, mask, step};
use super::*;
use crate::device::{CancelToken, Guarded};
use matcher::Hand;

const LINES: usize = 280;

/// What the model does wrong, and what it knows.
struct Model {
    status: u8,
    key: u32,
    seed: u32,
    scrambled: bool,
    finger: bool,
    /// The power report is sent only at this try.
    power_report_at: u32,
    powered: u32,
    /// So many images come short before a whole one.
    short_images: u32,
    /// It loses its state so many times when a finger comes.
    losses: u32,
    nonsense_header: bool,
    /// Trouble for every call from now on.
    trouble: Option<Trouble>,
    /// Trouble for image transfers only.
    image_trouble: Option<Trouble>,
    reports: VecDeque<u16>,
    mode: u8,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            status: 0x81,
            key: 0x2468_ace1,
            seed: 0,
            scrambled: false,
            finger: true,
            power_report_at: 1,
            powered: 0,
            short_images: 0,
            losses: 0,
            nonsense_header: false,
            trouble: None,
            image_trouble: None,
            reports: VecDeque::new(),
            mode: 0,
        }
    }
}

/// Drawn ridges, light as the reader sends them.
fn ridges() -> Vec<u8> {
    (0..WIDTH * LINES)
        .map(|at| {
            let (x, y) = ((at % WIDTH) as f32 - 190.0, (at / WIDTH) as f32 - 130.0);
            (127.0 + 110.0 * (x.hypot(y * 1.1) * 0.7).sin()) as u8
        })
        .collect()
}

impl Model {
    fn image(&self) -> Vec<u8> {
        let mut bytes = vec![0; HEADER];
        let lines = if self.nonsense_header { 4_000 } else { LINES as u16 };
        bytes[4..6].copy_from_slice(&lines.to_le_bytes());
        bytes[6] = 0x21;
        let mut rows = ridges();
        let mut key = self.key;
        for block in 0..10 {
            bytes[16 + 2 * block] = if self.scrambled { 0x02 } else { 0 };
            bytes[17 + 2 * block] = 28;
            if self.scrambled {
                key = scramble(&mut rows[block * 28 * WIDTH..(block + 1) * 28 * WIDTH], key);
            }
        }
        bytes.extend(rows);
        bytes
    }

    fn write(&mut self, register: u16, bytes: &[u8]) {
        match (register, bytes) {
            (0x07, [value]) => {
                let was = self.status;
                self.status = *value;
                if was & 0x80 != 0 && value & 0x80 == 0 {
                    self.powered += 1;
                    if self.powered >= self.power_report_at {
                        self.reports.push_back(0x56aa);
                    }
                }
            }
            (0x33, [_, seed @ ..]) => self.seed = u32::from_le_bytes(seed.try_into().expect("four bytes")),
            (0x4e, [mode]) => {
                self.mode = *mode;
                if *mode == 0x10 && self.losses > 0 {
                    self.losses -= 1;
                    self.reports.push_back(0x0800);
                } else if *mode == 0x10 && self.finger {
                    self.reports.extend([0x0200, 0x0101]);
                }
            }
            _ => {}
        }
    }
}

/// The inverse of the driver's unscrambling: every byte moves on by one, masked; the first is anything.
fn scramble(block: &mut [u8], mut key: u32) -> u32 {
    let plain = block.to_vec();
    block[0] = 0x5a;
    for (at, byte) in plain.iter().enumerate().take(plain.len() - 1) {
        block[at + 1] = byte ^ mask(key);
        key = step(key);
    }
    step(key)
}

/// The model's end of a cable.
struct Cable(Arc<Mutex<Model>>);

impl Cable {
    fn with<R>(&self, act: impl FnOnce(&mut Model) -> R) -> Result<R, Trouble> {
        let mut model = self.0.lock().expect("no test panics with it");
        model.trouble.map_or_else(|| Ok(act(&mut model)), Err)
    }
}

impl Transport for Cable {
    fn write_register(&mut self, register: u16, bytes: &[u8], _: &Bounds) -> Result<(), Trouble> {
        self.with(|model| model.write(register, bytes))
    }

    fn read_register(&mut self, register: u16, bytes: &mut [u8], _: &Bounds) -> Result<(), Trouble> {
        self.with(|model| match register {
            0x07 => bytes[0] = model.status,
            0x34 => bytes.copy_from_slice(&(model.key ^ model.seed).to_le_bytes()),
            _ => {}
        })
    }

    fn read_image(&mut self, bytes: &mut [u8], _: &Bounds) -> Result<usize, Trouble> {
        self.with(|model| {
            if let Some(trouble) = model.image_trouble {
                return Err(trouble);
            }
            let image = model.image();
            let length = if model.short_images > 0 { image.len() / 2 } else { image.len() };
            model.short_images = model.short_images.saturating_sub(1);
            bytes[..length].copy_from_slice(&image[..length]);
            Ok(length)
        })?
    }

    fn next_report(&mut self, wait: Duration) -> Result<Option<u16>, Trouble> {
        let report = self.with(|model| model.reports.pop_front())?;
        if report.is_none() {
            std::thread::sleep(wait);
        }
        Ok(report)
    }

    fn turned(&self) -> bool {
        false
    }

    fn identity(&self) -> (String, String) {
        ("model-1".into(), "1.0.0".into())
    }
}

fn reader(model: Model) -> (Uru4000b, Arc<Mutex<Model>>) {
    let model = Arc::new(Mutex::new(model));
    let other = Arc::clone(&model);
    let connect = Box::new(move || {
        let connected: Result<Box<dyn Transport>, Trouble> = Ok(Box::new(Cable(Arc::clone(&other))));
        connected
    });
    (Uru4000b::new("one".into(), connect), model)
}

fn within(timeout_ms: u64) -> Bounds {
    Bounds::within(Duration::from_millis(timeout_ms), CancelToken::default())
}

fn read(model: Model) -> Result<Image, Fault> {
    let (mut reader, _) = reader(model);
    reader.open(&within(20_000))?;
    reader.capture_single(Finger::RightIndex, &within(20_000), &mut |_| ()).map(|taken| taken.image)
}

fn differing(image: &Image) -> usize {
    image.pixels.iter().zip(ridges()).filter(|(got, light)| **got != u8::MAX - light).count()
}

#[test]
fn a_finger_becomes_an_image_with_dark_ridges() {
    let image = read(Model::default()).expect("an image");
    assert_eq!((image.width as usize, image.height as usize), (WIDTH, LINES));
    assert_eq!(differing(&image), 0);
}

#[test]
fn a_scrambled_image_loses_one_byte_per_block_and_nothing_else() {
    let image = read(Model { scrambled: true, ..Model::default() }).expect("an image");
    assert!(differing(&image) <= 10, "{} pixels differ", differing(&image));
}

#[test]
fn the_reader_is_powered_up_from_every_state_and_again_when_it_does_not_report() {
    for status in [0x81, 0x01, 0x85, 0x80] {
        assert!(read(Model { status, ..Model::default() }).is_ok(), "status {status:#x}");
    }
    assert!(read(Model { power_report_at: 3, ..Model::default() }).is_ok());
    let fault = read(Model { power_report_at: 4, ..Model::default() }).err().map(|fault| fault.code());
    assert_eq!(fault, Some("C-0202"));
}

#[test]
fn short_images_are_asked_for_again_a_bounded_number_of_times() {
    assert!(read(Model { short_images: 2, ..Model::default() }).is_ok());
    let fault = read(Model { short_images: 1_000, ..Model::default() }).err().map(|fault| fault.code());
    assert_eq!(fault, Some("C-0203"));
}

#[test]
fn a_reader_that_lost_itself_is_started_again() {
    assert!(read(Model { losses: 1, ..Model::default() }).is_ok());
    let fault = read(Model { losses: 1_000, ..Model::default() }).err().map(|fault| fault.code());
    assert_eq!(fault, Some("C-0203"));
}

#[test]
fn a_header_without_sense_is_a_bad_image() {
    let fault = read(Model { nonsense_header: true, ..Model::default() }).err().map(|fault| fault.code());
    assert_eq!(fault, Some("C-0203"));
}

#[test]
fn nobody_at_the_reader_ends_with_the_deadline_or_a_cancellation() {
    let (mut reader, _) = reader(Model { finger: false, ..Model::default() });
    reader.open(&within(20_000)).expect("opens");
    let begun = Instant::now();
    let fault = reader.capture_single(Finger::LeftThumb, &within(60), &mut |_| ()).err();
    assert_eq!(fault, Some(Fault::DeadlinePassed));
    let cancel = CancelToken::default();
    cancel.cancel();
    let bounds = Bounds::within(Duration::from_secs(60), cancel);
    assert_eq!(reader.capture_single(Finger::LeftThumb, &bounds, &mut |_| ()).err(), Some(Fault::Cancelled));
    assert!(begun.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_late_report_of_an_earlier_finger_does_not_count() {
    let (mut reader, model) = reader(Model { finger: false, ..Model::default() });
    reader.open(&within(20_000)).expect("opens");
    model.lock().expect("no test panics with it").reports.push_back(0x0101);
    let fault = reader.capture_single(Finger::LeftThumb, &within(60), &mut |_| ()).err();
    assert_eq!(fault, Some(Fault::DeadlinePassed));
}

#[test]
fn troubles_on_the_cable_become_faults() {
    let check = |trouble: Trouble, image_only: bool, expect: &str| {
        let (mut reader, model) = reader(Model::default());
        reader.open(&within(20_000)).expect("opens");
        let mut model = model.lock().expect("no test panics with it");
        if image_only {
            model.image_trouble = Some(trouble);
        } else {
            model.trouble = Some(trouble);
        }
        drop(model);
        let fault = reader.capture_single(Finger::RightThumb, &within(20_000), &mut |_| ()).err();
        assert_eq!(fault.map(|fault| fault.code()), Some(expect), "{trouble:?}");
        reader.close();
    };
    check(Trouble::Gone, false, "C-0202");
    check(Trouble::Gone, true, "C-0202");
    check(Trouble::Refused, true, "C-0202");
    check(Trouble::Slow, true, "C-0202");
    check(Trouble::Denied, false, "C-0209");
    check(Trouble::Busy, false, "C-0207");
}

#[test]
fn an_absent_reader_is_missing_and_a_closed_one_is_dark() {
    let mut absent = Uru4000b::new("one".into(), Box::new(|| Err(Trouble::Gone)));
    assert_eq!(absent.open(&within(1_000)).err().map(|fault| fault.code()), Some("C-0201"));
    let (mut reader, model) = reader(Model::default());
    reader.open(&within(20_000)).expect("opens");
    assert_eq!(reader.describe().serial, "model-1");
    reader.close();
    reader.close();
    assert_eq!(model.lock().expect("no test panics with it").mode, 0x70);
    let fault = reader.capture_single(Finger::RightThumb, &within(1_000), &mut |_| ()).err();
    assert_eq!(fault.map(|fault| fault.code()), Some("C-0211"));
}

#[test]
fn a_slap_is_refused_also_through_the_guard() {
    let mut guarded = Guarded::scanner(|| Box::new(reader(Model::default()).0));
    assert_eq!(guarded.reach(), Reach::SingleFinger);
    guarded.open(&within(20_000)).expect("opens");
    assert_eq!(guarded.describe().serial, "model-1", "known once it is open");
    let request = SlapRequest { hand: Hand::RightFour, missing: Vec::new() };
    let fault = guarded.capture(&request, &within(20_000), &mut |_| ()).err();
    assert_eq!(fault.map(|fault| fault.code()), Some("C-0210"));
    let taken = guarded.capture_single(Finger::RightIndex, &within(20_000), &mut |_| ()).expect("an image");
    assert_eq!(taken.image.resolution_ppi, URU_RESOLUTION_PPI);
}
