//! The kiosk's client against the virtual device, over real HTTP: what works, every fault, coming and going.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use capture::device::sbi::{SbiCamera, SbiOptions, SbiScanner};
use capture::device::{Bounds, Camera, CancelToken, FingerprintDevice, Guarded, Health, SlapRequest};
use matcher::{Finger, Hand};
use sbi_device::device::{Device, Kind, Setup};
use sbi_device::fault::Fault;
use sbi_device::record::Coding;
use sbi_device::service::Service;

const DELAY: Duration = Duration::from_millis(150);

/// Growing people and computing keys takes all cores; side by side the tests would only disturb each other.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn service(setup: Setup) -> Service {
    let device = Arc::new(Device::new(setup).expect("keys"));
    Service::start(device, 0, DELAY).expect("a free port")
}

fn options(service: &Service) -> SbiOptions {
    SbiOptions {
        id: "slap".into(),
        ports: service.port..=service.port,
        serial: None,
        environment: "Developer".into(),
        device_ca: service.device.keys.device_ca_pem.clone().into_bytes(),
        chip_ca: Some(service.device.keys.chip_ca_pem.clone().into_bytes()),
    }
}

fn scanner(options: SbiOptions) -> Guarded<dyn FingerprintDevice> {
    Guarded::scanner(move || Box::new(SbiScanner::new(options.clone())))
}

fn within(timeout: Duration) -> Bounds {
    Bounds::within(timeout, CancelToken::default())
}

fn soon() -> Bounds {
    within(Duration::from_secs(60))
}

fn request(hand: Hand, missing: &[Finger]) -> SlapRequest {
    SlapRequest { hand, missing: missing.to_vec() }
}

#[test]
fn a_slap_comes_finger_by_finger_with_live_pictures_and_its_device() {
    let _alone = alone();
    for coding in [Coding::Raw, Coding::Png, Coding::Wsq] {
        let service = service(Setup { coding, ..Setup::default() });
        let mut scanner = scanner(options(&service));
        scanner.open(&soon()).expect("opens");
        let mut live = 0;
        let slap =
            scanner.capture(&request(Hand::RightFour, &[]), &soon(), &mut |_| live += 1).expect("a slap");
        let fingers: Vec<Finger> = slap.areas.iter().map(|area| area.finger).collect();
        assert_eq!(fingers, Hand::RightFour.fingers());
        assert!(slap.image.is_sound() && live >= 1, "{live} live pictures");
        let device = slap.device;
        assert_eq!((device.make.as_str(), device.serial.as_str()), ("Virtual", "VIRTUAL0001"));
        assert_eq!((device.certification.as_str(), device.firmware.as_str()), ("SBI L0", "1.2.3"));
        assert!(device.driver.starts_with("sbi ") && device.driver.contains("service 0.9.5"));
        // The next capture goes on with the chain of the first.
        let left = scanner.capture(&request(Hand::LeftFour, &[Finger::LeftRing]), &soon(), &mut |_| ());
        assert_eq!(left.expect("a slap").areas.len(), 3);
        let thumbs = scanner.capture(&request(Hand::Thumbs, &[]), &soon(), &mut |_| ());
        assert_eq!(thumbs.expect("thumbs").areas.len(), 2);
        scanner.close();
        let fault = scanner.capture(&request(Hand::Thumbs, &[]), &soon(), &mut |_| ()).err();
        assert_eq!(fault.map(|fault| fault.code()), Some("C-0211"));
    }
}

#[test]
fn prints_are_judged_where_they_lie() {
    let _alone = alone();
    let service = service(Setup::default());
    let mut scanner = scanner(options(&service));
    scanner.open(&soon()).expect("opens");
    let asked = request(Hand::RightFour, &[Finger::RightLittle]);
    let slap = scanner.capture(&asked, &soon(), &mut |_| ()).expect("a slap");
    let policy = capture::live::Policy { quality_min: 20 };
    let verdict =
        capture::live::judge_prints(&slap.image, &slap.areas, &asked, &policy, &capture::live::OwnScorer);
    assert_eq!(verdict.fingers.len(), 3);
    assert!(verdict.accepted(), "{verdict:?}");
}

#[test]
fn single_fingers_come_from_both_kinds_and_a_single_reader_takes_no_slap() {
    let _alone = alone();
    for (kind, slap) in [(Kind::Slap, None), (Kind::Single, Some("C-0210"))] {
        let service = service(Setup { kind, ..Setup::default() });
        let mut scanner = scanner(options(&service));
        scanner.open(&soon()).expect("opens");
        let print = scanner.capture_single(Finger::LeftIndex, &soon(), &mut |_| ()).expect("a print");
        assert!(print.areas.is_empty() && print.image.width > 100);
        let fault = scanner.capture(&request(Hand::Thumbs, &[]), &soon(), &mut |_| ()).err();
        assert_eq!(fault.map(|fault| fault.code()), slap);
    }
}

#[test]
fn a_face_device_delivers_its_own_jpeg() {
    let _alone = alone();
    let service = service(Setup { kind: Kind::Face, ..Setup::default() });
    let options = options(&service);
    let mut camera = Guarded::camera(move || Box::new(SbiCamera::new(options.clone())));
    camera.open(&soon()).expect("opens");
    let mut live = 0;
    let portrait = camera.capture(&soon(), &mut |_| live += 1).expect("a portrait");
    assert_eq!((portrait.width, portrait.height), (480, 640));
    assert!(live >= 1);
}

#[test]
fn at_level_one_the_chip_has_to_be_vouched_for() {
    let _alone = alone();
    let service = service(Setup { level_one: true, ..Setup::default() });
    let with_chip = options(&service);
    let mut trusting = scanner(with_chip.clone());
    trusting.open(&soon()).expect("opens");
    assert_eq!(trusting.describe().certification, "SBI L1");
    for chip_ca in [None, Some(service.device.keys.device_ca_pem.clone().into_bytes())] {
        let fault = scanner(SbiOptions { chip_ca, ..with_chip.clone() }).open(&soon()).err();
        assert_eq!(fault.map(|fault| fault.code()), Some("C-0212"));
    }
}

#[test]
fn a_device_of_others_is_not_opened() {
    let _alone = alone();
    let service = service(Setup::default());
    let good = options(&service);
    let check = |options: SbiOptions, expect: &str| {
        assert_eq!(scanner(options).open(&soon()).err().map(|fault| fault.code()), Some(expect));
    };
    let own = |serial: &str| SbiOptions { serial: Some(serial.into()), ..good.clone() };
    scanner(own("VIRTUAL0001")).open(&soon()).expect("the one that is wanted");
    check(own("VIRTUAL0002"), "C-0201");
    check(SbiOptions { environment: "Production".into(), ..good.clone() }, "C-0212");
    let chips = service.device.keys.chip_ca_pem.clone().into_bytes();
    check(SbiOptions { device_ca: chips, ..good.clone() }, "C-0212");
    check(SbiOptions { device_ca: b"no certificate".to_vec(), ..good.clone() }, "C-0204");
    for (fault, expect) in [(Fault::Busy, "C-0207"), (Fault::NotReady, "C-0201")] {
        service.device.set_fault(fault);
        check(good.clone(), expect);
    }
}

#[test]
fn every_doubtful_answer_is_refused_and_the_next_good_one_taken() {
    let _alone = alone();
    let service = service(Setup::default());
    let mut scanner = scanner(options(&service));
    scanner.open(&soon()).expect("opens");
    let mut code = |fault: Fault| {
        service.device.set_fault(fault);
        let taken = scanner.capture(&request(Hand::Thumbs, &[]), &soon(), &mut |_| ());
        taken.err().map(|fault| (fault.code(), fault.to_string()))
    };
    for (fault, expect, words) in [
        (Fault::ExpiredCertificate, "C-0212", "expired"),
        (Fault::FutureCertificate, "C-0212", "not valid yet"),
        (Fault::UnknownAuthority, "C-0212", "authority"),
        (Fault::OtherDevice, "C-0212", "another device"),
        (Fault::WrongSignature, "C-0212", "signature is wrong"),
        (Fault::WrongMethod, "C-0212", "RS256"),
        (Fault::BrokenChain, "C-0212", "chain"),
        (Fault::OtherTransaction, "C-0212", "another request"),
        (Fault::OtherEnvironment, "C-0212", "environment"),
        (Fault::Replay, "C-0212", "time"),
        (Fault::OtherIdentity, "C-0212", "identity"),
        (Fault::OtherFinger, "C-0203", "another finger"),
        (Fault::Twice, "C-0203", "twice"),
        (Fault::ShortRecord, "C-0203", "length"),
        (Fault::Garbage, "C-0202", "none"),
        (Fault::Endless, "C-0203", "larger"),
    ] {
        let (said, text) = code(fault).unwrap_or_else(|| panic!("{fault:?} was believed"));
        assert_eq!(said, expect, "{fault:?}: {text}");
        assert!(text.contains(words), "{fault:?}: {text}");
        assert_eq!(code(Fault::None), None, "after {fault:?}");
    }
}

#[test]
fn every_code_of_the_service_becomes_a_fault_with_advice() {
    let _alone = alone();
    let device = Arc::new(Device::new(Setup::default()).expect("keys"));
    let service = Service::start(device, 0, Duration::ZERO).expect("a free port");
    let mut scanner = scanner(options(&service));
    scanner.open(&soon()).expect("opens");
    for code in (100..=122).chain([202, 551, 999, 5_000]).chain(500..=507).chain(601..=610).chain(700..=710) {
        service.device.set_fault(Fault::Code(code));
        let fault = scanner.capture(&request(Hand::Thumbs, &[]), &soon(), &mut |_| ()).err();
        let text = fault.expect("a refusal is a fault").to_string();
        assert!(text.len() > 20 && !text.contains("refused\""), "{code}: {text}");
    }
}

#[test]
fn a_service_that_hangs_or_stalls_ends_with_the_bounds_of_the_call() {
    let _alone = alone();
    let service = service(Setup::default());
    let mut scanner = scanner(options(&service));
    scanner.open(&soon()).expect("opens");
    for fault in [Fault::Hang, Fault::Stall] {
        service.device.set_fault(fault);
        let ended =
            scanner.capture(&request(Hand::Thumbs, &[]), &within(Duration::from_millis(600)), &mut |_| ());
        assert_eq!(ended.err().map(|fault| fault.code()), Some("C-0205"), "{fault:?}");
        let cancel = CancelToken::default();
        let bounds = Bounds::within(Duration::from_secs(60), cancel.clone());
        let other = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            cancel.cancel();
        });
        let ended = scanner.capture(&request(Hand::Thumbs, &[]), &bounds, &mut |_| ());
        assert_eq!(ended.err().map(|fault| fault.code()), Some("C-0206"), "{fault:?}");
        other.join().expect("the other thread only sets a flag");
    }
    service.device.set_fault(Fault::None);
    scanner.capture(&request(Hand::Thumbs, &[]), &soon(), &mut |_| ()).expect("the device works again");
}

#[test]
fn a_device_may_vanish_mid_slap_and_come_back() {
    let _alone = alone();
    let first = service(Setup::default());
    let mut scanner = scanner(options(&first));
    scanner.open(&soon()).expect("opens");
    assert_eq!(scanner.health(), Health::Ready);
    first.device.set_fault(Fault::Vanish);
    let fault = scanner.capture(&request(Hand::RightFour, &[]), &soon(), &mut |_| ()).err();
    assert_eq!(fault.map(|fault| fault.code()), Some("C-0202"));
    assert!(matches!(scanner.health(), Health::Missing(_)));
    scanner.close();
    assert_eq!(scanner.open(&soon()).err().map(|fault| fault.code()), Some("C-0201"));
    let (port, device) = (first.port, Arc::clone(&first.device));
    drop(first);
    device.set_fault(Fault::None);
    let _second = Service::start(device, port, DELAY).expect("the port is free again");
    scanner.open(&soon()).expect("it is found again");
    scanner.capture(&request(Hand::Thumbs, &[]), &soon(), &mut |_| ()).expect("and works");
}

#[test]
fn the_program_is_found_by_its_port_and_its_death_is_a_fault() {
    use std::io::BufRead;
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_sbi-device"))
        .args(["--port", "0", "--delay-ms", "60000", "--authorities"])
        .arg(folder.path())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    let said = program.stdout.take().expect("piped");
    std::io::BufReader::new(said).read_line(&mut line).expect("it says where it listens");
    let port: u16 = line.trim().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let options = SbiOptions {
        id: "slap".into(),
        ports: port..=port,
        serial: None,
        environment: "Developer".into(),
        device_ca: std::fs::read(folder.path().join("device-ca.pem")).expect("written"),
        chip_ca: None,
    };
    let mut scanner = scanner(options);
    scanner.open(&soon()).expect("opens");
    let begun = Instant::now();
    let killer = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(400));
        program.kill().expect("it runs");
        program.wait().expect("it ended");
    });
    let fault = scanner.capture(&request(Hand::Thumbs, &[]), &soon(), &mut |_| ()).err();
    assert_eq!(fault.map(|fault| fault.code()), Some("C-0202"));
    assert!(begun.elapsed() < Duration::from_secs(30));
    killer.join().expect("the killer does not panic");
}
