//! A case on a whole kiosk whose scanner and camera are plug-ins: whatever the program does costs an attempt, never the case.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use sha2::{Digest, Sha256};

use fixture::{Script, TestSite};

#[path = "../../../capture/tests/kiosk/fixture.rs"]
#[allow(dead_code, reason = "the kiosk's own tests use all of it")]
mod fixture;

/// A kiosk of plug-ins that read the name of their fault from a file, because a kiosk starts them without arguments.
fn site() -> TestSite {
    let site = TestSite::new();
    let program = site.path("plugin.sh");
    let script = format!(
        "#!/bin/sh\nread -r fault < {}\nexec {} $fault\n",
        site.path("fault").display(),
        env!("CARGO_BIN_EXE_sample-plugin")
    );
    std::fs::write(&program, &script).expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("its owner may");
    let sha256: String = Sha256::digest(&script).iter().map(|byte| format!("{byte:02x}")).collect();
    let driver = |name: &str| {
        format!("driver = \"{name}\"\nprogram = \"{}\"\nprogram_sha256 = \"{sha256}\"", program.display())
    };
    let toml = site.kiosk_toml.replace("driver = \"virtual-ten-print\"", &driver("plugin-scanner"));
    let toml = toml.replace("driver = \"virtual-camera\"", &driver("plugin-camera"));
    site.write_signed("kiosk.toml", &toml);
    site
}

async fn ask(script: &Script, case: &str, step: &str) {
    let (status, problem) = script.post(&format!("{case}/capture"), &[("step", step)]).await;
    assert_eq!(status, 200, "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_survives_every_fault_of_its_plugin() {
    let site = site();
    let fault = |name: &str| std::fs::write(site.path("fault"), format!("{name}\n")).expect("written");
    fault("");
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    script.person(&case, "30", &[("age_certain", "yes"), ("accompanied", "no")]).await;
    let informed = [("material", "general"), ("language", "en"), ("mode", "screen")];
    script.post(&format!("{case}/gates/information"), &informed).await;

    for (name, code) in [
        ("crash", "C-0202"),
        ("babble", "C-0202"),
        ("garbage", "C-0203"),
        ("huge", "C-0202"),
        ("busy", "C-0207"),
    ] {
        fault(name);
        ask(&script, &case, "right-four").await;
        let state = script.until(&case, "capture").await;
        assert_eq!(state["trouble"]["code"], code, "{name}: {state}");
        assert_eq!(state["last_attempt"], Value::Null, "nothing of a faulty capture is kept: {state}");
    }
    fault("hang");
    ask(&script, &case, "right-four").await;
    script.until(&case, "sensing").await;
    let (status, problem) = script.post(&format!("{case}/stop"), &[]).await;
    assert_eq!(status, 200, "{problem}");
    script.until(&case, "capture").await;

    // What it draws is no hand: the kiosk says so, and the same case takes the face.
    fault("");
    ask(&script, &case, "right-four").await;
    let state = script.until(&case, "review").await;
    assert_eq!(state["last_attempt"]["accepted"], false, "{state}");
    ask(&script, &case, "face").await;
    let mut state = script.until(&case, "review").await;
    for _ in 0..200 {
        if state["last_attempt"]["step"] == "face" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        state = script.get(&case).await;
    }
    assert_eq!(state["last_attempt"]["step"], "face", "{state}");
    let (status, problem) =
        script.post(&format!("{case}/accept"), &[("step", "face"), ("reason", "test")]).await;
    assert_eq!(status, 200, "{problem}");
    running.end().await;
}
