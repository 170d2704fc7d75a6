//! What a kiosk makes of a plug-in that works, and of one that hangs, crashes or babbles.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use capture::device::plugin::{Plugin, PluginOptions};
use capture::device::{Bounds, Camera, CancelToken, FingerprintDevice, Guarded, Health, Signal, SlapRequest};
use matcher::{Finger, Hand};
use sha2::{Digest, Sha256};

fn options(fault: &str) -> PluginOptions {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_sample-plugin"));
    let bytes = std::fs::read(&program).expect("the program is built");
    let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    PluginOptions { id: "plug".into(), program, sha256, arguments: vec![fault.to_owned()] }
}

fn scanner(fault: &str) -> Guarded<dyn FingerprintDevice> {
    let options = options(fault);
    Guarded::scanner(move || Box::new(Plugin::new(options.clone())))
}

fn within(timeout: Duration) -> Bounds {
    Bounds::within(timeout, CancelToken::default())
}

fn soon() -> Bounds {
    within(Duration::from_secs(60))
}

fn request() -> SlapRequest {
    SlapRequest { hand: Hand::RightFour, missing: Vec::new() }
}

fn code(fault: &str, bounds: &Bounds) -> Option<&'static str> {
    let mut scanner = scanner(fault);
    scanner.open(&soon()).expect("opens");
    let code = scanner.capture(&request(), bounds, &mut |_| ()).err().map(|fault| fault.code());
    // Whatever happened, the same device works at the next opening, if only the plug-in does.
    scanner.close();
    scanner.open(&soon()).expect("it is started again");
    code
}

#[test]
fn a_plugin_that_works_is_a_scanner_and_a_camera() {
    let mut scanner = scanner("");
    scanner.open(&soon()).expect("opens");
    let device = scanner.describe();
    assert_eq!(
        (device.make.as_str(), device.serial.as_str(), device.firmware.as_str()),
        ("Sample", "S-1", "0.9")
    );
    assert!(device.driver.contains("sample 1.0"));
    let mut live = 0;
    let slap = scanner.capture(&request(), &soon(), &mut |_| live += 1).expect("a slap");
    assert!(slap.image.is_sound() && live >= 1);
    assert!(scanner.capture_single(Finger::LeftThumb, &soon(), &mut |_| ()).is_ok());
    assert_eq!(scanner.signal(Signal::Taken, &soon()), Ok(()));
    assert_eq!(scanner.health(), Health::Ready);
    scanner.close();
    assert_eq!(scanner.signal(Signal::Off, &soon()).err().map(|fault| fault.code()), Some("C-0211"));
    let options = options("");
    let mut camera = Guarded::camera(move || Box::new(Plugin::new(options.clone())));
    camera.open(&soon()).expect("opens");
    let portrait = camera.capture(&soon(), &mut |_| ()).expect("a portrait");
    assert_eq!((portrait.width, portrait.height), (16, 16));
}

#[test]
fn troubles_that_it_names_become_their_faults() {
    assert_eq!(code("busy", &soon()), Some("C-0207"));
    assert_eq!(code("broken", &soon()), Some("C-0202"));
    assert_eq!(code("garbage", &soon()), Some("C-0203"));
}

#[test]
fn a_plugin_that_crashes_or_babbles_costs_one_capture() {
    assert_eq!(code("crash", &soon()), Some("C-0202"));
    assert_eq!(code("babble", &soon()), Some("C-0202"));
    assert_eq!(code("other-call", &soon()), Some("C-0202"));
    assert_eq!(code("huge", &soon()), Some("C-0202"));
    assert_eq!(code("flood", &soon()), Some("C-0202"));
}

#[test]
fn a_plugin_that_hangs_is_killed_after_the_bounds() {
    let begun = Instant::now();
    assert_eq!(code("hang", &within(Duration::from_millis(500))), Some("C-0208"));
    assert_eq!(code("wait", &within(Duration::from_millis(500))), Some("C-0205"));
    let cancel = CancelToken::default();
    let bounds = Bounds::within(Duration::from_secs(600), cancel.clone());
    let other = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        cancel.cancel();
    });
    assert_eq!(code("wait", &bounds), Some("C-0206"));
    other.join().expect("the other thread only sets a flag");
    assert!(begun.elapsed() < Duration::from_secs(120));
}

#[test]
fn no_process_stays_behind() {
    let running = || {
        let all = std::fs::read_dir("/proc").expect("a process list").flatten();
        let own = format!("PPid:\t{}\n", std::process::id());
        all.filter(|entry| {
            let status = std::fs::read_to_string(entry.path().join("status")).unwrap_or_default();
            status.contains(&own) && status.contains("sample-plugin")
        })
        .count()
    };
    let mut scanner = scanner("hang");
    scanner.open(&soon()).expect("opens");
    assert!(scanner.capture(&request(), &within(Duration::from_millis(300)), &mut |_| ()).is_err());
    drop(scanner);
    let begun = Instant::now();
    while running() > 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "a plug-in outlives its device");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn another_program_or_another_protocol_is_not_used() {
    let open = |options: PluginOptions| {
        let mut scanner: Guarded<dyn FingerprintDevice> =
            Guarded::scanner(move || Box::new(Plugin::new(options.clone())));
        scanner.open(&soon()).err().map(|fault| fault.code())
    };
    assert_eq!(open(PluginOptions { sha256: "00".repeat(32), ..options("") }), Some("C-0204"));
    assert_eq!(open(PluginOptions { program: "/no/such/program".into(), ..options("") }), Some("C-0204"));
    assert_eq!(open(options("other-version")), Some("C-0204"));
}
