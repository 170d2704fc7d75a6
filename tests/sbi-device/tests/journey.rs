//! A case on a whole kiosk whose scanner is the virtual device: every fault costs an attempt, never the case.

use std::sync::Arc;
use std::time::Duration;

use capture::device::sbi::PORTS;
use sbi_device::device::{Device, Setup};
use sbi_device::fault::Fault;
use sbi_device::service::Service;
use serde_json::Value;

use fixture::{Script, TestSite};

#[path = "../../../capture/tests/kiosk/fixture.rs"]
#[allow(dead_code, reason = "the kiosk's own tests use all of it")]
mod fixture;

const DELAY: Duration = Duration::from_millis(150);

/// The kiosk looks on the ports of the interface only.
fn service(device: &Arc<Device>) -> Service {
    let started = PORTS.rev().find_map(|port| Service::start(Arc::clone(device), port, DELAY).ok());
    started.expect("a free port of the interface")
}

/// Begins the right hand, waits for its end and gives the code of the trouble.
async fn try_right_hand(script: &Script, case: &str) -> Value {
    let (status, problem) = script.post(&format!("{case}/capture"), &[("step", "right-four")]).await;
    assert_eq!(status, 200, "{problem}");
    let state = script.until(case, "capture").await;
    assert_eq!(state["last_attempt"], Value::Null, "nothing of a faulty capture is kept: {state}");
    state["trouble"]["code"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_survives_every_fault_of_its_scanner_and_is_sealed() {
    let serial = format!("JOURNEY{}", std::process::id());
    let device = Arc::new(Device::new(Setup { serial: serial.clone(), ..Setup::default() }).expect("keys"));
    let mut running_service = Some(service(&device));
    let site = TestSite::new();
    std::fs::write(site.path("device-ca.pem"), &device.keys.device_ca_pem).expect("written");
    let driver = format!(
        "driver = \"sbi-scanner\"\nserial = \"{serial}\"\ndevice_ca = \"device-ca.pem\"\nenvironment = \"Developer\""
    );
    site.write_signed("kiosk.toml", &site.kiosk_toml.replace("driver = \"virtual-ten-print\"", &driver));
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    script.person(&case, "30", &[("age_certain", "yes"), ("accompanied", "no")]).await;
    let informed = [("material", "general"), ("language", "en"), ("mode", "screen")];
    script.post(&format!("{case}/gates/information"), &informed).await;

    for (fault, code) in [
        (Fault::Garbage, "C-0202"),
        (Fault::ShortRecord, "C-0203"),
        (Fault::WrongSignature, "C-0212"),
        (Fault::Vanish, "C-0202"),
    ] {
        device.set_fault(fault);
        assert_eq!(try_right_hand(&script, &case).await, code, "{fault:?}");
    }
    // It is gone: not found at the next try, and found again once it is back.
    drop(running_service.take());
    assert_eq!(try_right_hand(&script, &case).await, "C-0201");
    device.set_fault(Fault::Hang);
    running_service = Some(service(&device));
    // It hangs: the officer stops it, which is no trouble.
    let (status, problem) = script.post(&format!("{case}/capture"), &[("step", "right-four")]).await;
    assert_eq!(status, 200, "{problem}");
    script.until(&case, "sensing").await;
    let (status, problem) = script.post(&format!("{case}/stop"), &[]).await;
    assert_eq!(status, 200, "{problem}");
    script.until(&case, "capture").await;

    device.set_fault(Fault::None);
    script.seal_adult(&case).await;
    let state = script.get(&case).await;
    assert_eq!(state["outcome"], "complete", "{state}");
    running.end().await;
    drop(running_service);
}
