//! What is checked in the guest. A check that does not hold says so and makes the guest's exit code 1.

use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use capture::device::uru4000b::{Uru4000b, usb_opener};
use capture::device::v4l2::{self, CameraOptions, V4l2Camera};
use capture::device::{Bounds, Camera, CancelToken, Fault, FingerprintDevice, Guarded, Health, SlapImage};
use matcher::Finger;

use crate::port::{Plugged, plug};
use crate::reader::{LINES, Reader, Shared, WIDTH, look, ridges};

/// Why a check does not hold.
pub(crate) type Checked = Result<(), String>;

/// Name and body of a check.
pub(crate) type Check = (&'static str, fn() -> Checked);

/// Every check of USB readers.
pub(crate) const USB: &[Check] = &[
    ("an absent reader is missing", absent),
    ("a finger becomes an image over a real USB stack", works),
    ("scrambled firmware is undone", scrambled),
    ("a finger that comes late is awaited, and not beyond the deadline", late),
    ("a cancellation ends the wait", cancelled),
    ("a refused transfer is a fault and the reader works again", stalled),
    ("a transfer without answer ends with the bounds", silent),
    ("short images and a lost state are recovered", recovered),
    ("a pulled cable is a fault at once, and the reader works when it is back", pulled),
    ("of two readers the one with the serial number is used", two),
];

/// The same for cameras.
pub(crate) const CAMERA: &[Check] = &[
    ("the kernel's virtual camera is found", camera_found),
    ("YUYV frames become a portrait after live pictures", camera_works),
    ("a camera that is taken away is a fault", camera_pulled),
];

fn within(timeout_ms: u64) -> Bounds {
    Bounds::within(Duration::from_millis(timeout_ms), CancelToken::default())
}

fn expect(holds: bool, words: &str) -> Checked {
    if holds { Ok(()) } else { Err(words.to_owned()) }
}

fn expect_code<T>(said: Result<T, Fault>, code: &str) -> Checked {
    let said = said.err().map_or("no fault", |fault| fault.code());
    expect(said == code, &format!("{code} was expected, not {said}"))
}

/// A reader on the bus and a driver for it.
fn reader(serial: &str, manner: &Shared) -> Result<(Plugged, Guarded<dyn FingerprintDevice>), String> {
    let plugged = plug(Reader::new(serial, manner)).map_err(|error| format!("not plugged in: {error}"))?;
    let wanted = serial.to_owned();
    let driver =
        Guarded::scanner(move || Box::new(Uru4000b::new("reader".into(), usb_opener(Some(wanted.clone())))));
    Ok((plugged, driver))
}

/// The kernel takes its time to enumerate what was plugged in.
fn open(driver: &mut Guarded<dyn FingerprintDevice>) -> Checked {
    let begun = Instant::now();
    loop {
        match driver.open(&within(20_000)) {
            Ok(()) => return Ok(()),
            Err(Fault::Missing { .. }) if begun.elapsed() < Duration::from_secs(20) => {
                std::thread::sleep(Duration::from_millis(50));
            }
            Err(fault) => return Err(fault.to_string()),
        }
    }
}

fn take(driver: &mut Guarded<dyn FingerprintDevice>, timeout_ms: u64) -> Result<SlapImage, Fault> {
    driver.capture_single(Finger::RightIndex, &within(timeout_ms), &mut |_| ())
}

fn differing(taken: &SlapImage) -> usize {
    taken.image.pixels.iter().zip(ridges()).filter(|(got, light)| **got != u8::MAX - light).count()
}

fn whole(taken: Result<SlapImage, Fault>, lost_max: usize) -> Checked {
    let taken = taken.map_err(|fault| fault.to_string())?;
    expect((taken.image.width as usize, taken.image.height as usize) == (WIDTH, LINES), "another size")?;
    let lost = differing(&taken);
    expect(lost <= lost_max, &format!("{lost} pixels differ"))
}

fn unplug(plugged: &Plugged) -> Checked {
    plugged.pull().map_err(|error| format!("not pulled: {error}"))
}

fn absent() -> Checked {
    let mut driver = Guarded::scanner(|| Box::new(Uru4000b::new("reader".into(), usb_opener(None))));
    expect(matches!(driver.health(), Health::Missing(_)), "its health is not missing")?;
    expect_code(driver.open(&within(5_000)), "C-0201")
}

fn works() -> Checked {
    let manner = Shared::default();
    let (plugged, mut driver) = reader("one", &manner)?;
    open(&mut driver)?;
    whole(take(&mut driver, 20_000), 0)?;
    whole(take(&mut driver, 20_000), 0)?;
    let device = driver.describe();
    expect(device.serial == "one" && device.firmware == "1.0.3", "the reader is not the one on the bus")?;
    driver.close();
    expect(look(&manner).modes.last() == Some(&0x70), "it was not switched off")?;
    unplug(&plugged)
}

fn scrambled() -> Checked {
    let manner = Shared::default();
    look(&manner).scrambled = true;
    let (plugged, mut driver) = reader("two", &manner)?;
    open(&mut driver)?;
    // The format itself loses one byte of each of ten blocks.
    whole(take(&mut driver, 20_000), 10)?;
    unplug(&plugged)
}

fn late() -> Checked {
    let manner = Shared::default();
    look(&manner).finger_after = Some(Duration::from_millis(700));
    let (plugged, mut driver) = reader("three", &manner)?;
    open(&mut driver)?;
    whole(take(&mut driver, 20_000), 0)?;
    look(&manner).finger_after = Some(Duration::from_millis(900));
    expect_code(take(&mut driver, 200), "C-0205")?;
    // The report of the finger that came too late must not count for the next one.
    std::thread::sleep(Duration::from_millis(1_000));
    look(&manner).finger_after = Some(Duration::from_secs(3_600));
    expect_code(take(&mut driver, 300), "C-0205")?;
    unplug(&plugged)
}

fn cancelled() -> Checked {
    let manner = Shared::default();
    look(&manner).finger_after = Some(Duration::from_secs(3_600));
    let (plugged, mut driver) = reader("four", &manner)?;
    open(&mut driver)?;
    let cancel = CancelToken::default();
    let bounds = Bounds::within(Duration::from_secs(60), cancel.clone());
    let other = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        cancel.cancel();
    });
    expect_code(driver.capture_single(Finger::LeftThumb, &bounds, &mut |_| ()), "C-0206")?;
    other.join().map_err(|_| "the other thread ended badly")?;
    unplug(&plugged)
}

fn stalled() -> Checked {
    let manner = Shared::default();
    look(&manner).stalls = true;
    let (plugged, mut driver) = reader("five", &manner)?;
    open(&mut driver)?;
    expect_code(take(&mut driver, 20_000), "C-0202")?;
    look(&manner).stalls = false;
    driver.close();
    open(&mut driver)?;
    whole(take(&mut driver, 20_000), 0)?;
    unplug(&plugged)
}

fn silent() -> Checked {
    let manner = Shared::default();
    look(&manner).silent = true;
    let (plugged, mut driver) = reader("six", &manner)?;
    open(&mut driver)?;
    let begun = Instant::now();
    let said = take(&mut driver, 600).err().map_or("no fault", |fault| fault.code());
    expect(matches!(said, "C-0202" | "C-0205"), &format!("not ended by its bounds but {said}"))?;
    expect(begun.elapsed() < Duration::from_secs(20), "it took far longer than its bounds")?;
    look(&manner).silent = false;
    driver.close();
    open(&mut driver)?;
    whole(take(&mut driver, 20_000), 0)?;
    unplug(&plugged)
}

fn recovered() -> Checked {
    let manner = Shared::default();
    look(&manner).short_images = 2;
    let (plugged, mut driver) = reader("seven", &manner)?;
    open(&mut driver)?;
    whole(take(&mut driver, 20_000), 0)?;
    look(&manner).losses = 1;
    whole(take(&mut driver, 20_000), 0)?;
    unplug(&plugged)
}

fn pulled() -> Checked {
    let manner = Shared::default();
    look(&manner).finger_after = Some(Duration::from_secs(3_600));
    let (plugged, mut driver) = reader("eight", &manner)?;
    open(&mut driver)?;
    let (go, gone) = sync_channel::<()>(0);
    let puller = std::thread::spawn(move || {
        let _ = gone.recv();
        std::thread::sleep(Duration::from_millis(200));
        plugged.pull()
    });
    go.send(()).map_err(|_| "the puller is gone")?;
    let begun = Instant::now();
    expect_code(take(&mut driver, 60_000), "C-0202")?;
    expect(begun.elapsed() < Duration::from_secs(20), "the pull was noticed late")?;
    puller.join().map_err(|_| "the puller ended badly")?.map_err(|error| error.to_string())?;
    driver.close();
    expect_code(driver.open(&within(5_000)), "C-0201")?;
    look(&manner).finger_after = None;
    let again = plug(Reader::new("eight", &manner)).map_err(|error| error.to_string())?;
    open(&mut driver)?;
    whole(take(&mut driver, 20_000), 0)?;
    unplug(&again)
}

fn two() -> Checked {
    let (plain, odd) = (Shared::default(), Shared::default());
    look(&odd).stalls = true;
    let (first, _) = reader("left", &odd)?;
    let (second, mut driver) = reader("right", &plain)?;
    open(&mut driver)?;
    whole(take(&mut driver, 20_000), 0)?;
    expect(driver.describe().serial == "right", "the other reader was used")?;
    unplug(&first)?;
    unplug(&second)
}

fn camera() -> Result<Guarded<dyn Camera>, String> {
    let path = v4l2::look().into_iter().next().ok_or("no camera is there")?.path;
    let options = CameraOptions { path: Some(path), size_px: (640, 360), ..CameraOptions::first("face") };
    Ok(Guarded::camera(move || Box::new(V4l2Camera::new(options.clone()))))
}

fn camera_found() -> Checked {
    let found = v4l2::look();
    expect(found.len() == 1 && found[0].name.contains("vivid"), &format!("found: {found:?}"))
}

fn camera_works() -> Checked {
    let mut camera = camera()?;
    camera.open(&within(20_000)).map_err(|fault| fault.to_string())?;
    let mut live = 0;
    let portrait = camera.capture(&within(60_000), &mut |_| live += 1).map_err(|fault| fault.to_string())?;
    expect(live > 0, "no live pictures")?;
    expect(portrait.width >= 320 && portrait.height >= 180, "the portrait is tiny")?;
    expect(portrait.device.driver.contains("kernel"), "the driver does not say its kernel")?;
    expect_code(camera.capture(&within(1), &mut |_| ()), "C-0205")?;
    camera.close();
    expect_code(camera.capture(&within(1_000), &mut |_| ()), "C-0211")
}

fn camera_pulled() -> Checked {
    let mut camera = camera()?;
    camera.open(&within(20_000)).map_err(|fault| fault.to_string())?;
    // The kernel's way of pulling a virtual camera: its platform device leaves the driver.
    let pull = std::thread::spawn(|| {
        std::thread::sleep(Duration::from_millis(150));
        std::fs::write("/sys/bus/platform/drivers/vivid/unbind", "vivid.0")
    });
    let said = (0..50).find_map(|_| camera.capture(&within(20_000), &mut |_| ()).err());
    pull.join().map_err(|_| "the puller ended badly")?.map_err(|error| error.to_string())?;
    let code = said.map_or("no fault", |fault| fault.code());
    expect(matches!(code, "C-0202" | "C-0208"), &format!("a fault was expected, not {code}"))?;
    camera.close();
    expect(matches!(camera.health(), Health::Missing(_)), "its health is not missing")
}
