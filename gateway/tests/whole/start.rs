//! Starting with something wrong: a typed error, the right code, and nothing touched.

use std::fs;
use std::process::Command;

use gateway::Error;
use gateway::daemon::Daemon;
use reqwest::StatusCode;

use crate::central::free_address;
use crate::sample;
use crate::site::TestSite;

async fn start(site: &TestSite) -> Result<Daemon, Error> {
    Daemon::start(site.read()?).await
}

async fn code(site: &TestSite) -> &'static str {
    let error = start(site).await.expect_err("it must not start");
    assert!(error.to_string().starts_with(error.code()), "{error}");
    error.code()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_installation_is_said() {
    let site = TestSite::new(free_address());
    let good = site.text.clone();

    fs::remove_file(site.path("gateway.toml.sig")).expect("it is there");
    assert_eq!(code(&site).await, "G-0102", "unsigned");
    site.sign("gateway.toml", &good);
    site.write("gateway.toml", &good.replace("kiosk-1", "kiosk-2"));
    assert_eq!(code(&site).await, "G-0102", "tampered");
    site.sign("gateway.toml", &format!("{good}\nunknown = 1\n"));
    assert_eq!(code(&site).await, "G-0102", "an unknown field");
    site.sign(
        "gateway.toml",
        &good.replace("\"erase-inaccurate\"\nchannel", "\"erase-everything\"\nchannel"),
    );
    assert_eq!(code(&site).await, "G-0103", "an unknown operation");
    site.sign("gateway.toml", &good);
    site.write("staff.toml", "version = 1\n\n");
    assert_eq!(code(&site).await, "G-0102", "a tampered staff register");
    site.sign("staff.toml", "version = 1\n");

    let own = site.authority().card("gateway-1");
    fs::remove_file(site.path("gateway.pem")).expect("it is there");
    assert_eq!(code(&site).await, "G-0101", "no certificate");
    site.write("gateway.pem", "nothing\n");
    assert_eq!(code(&site).await, "G-0104", "no PEM");
    site.write("gateway.pem", &site.authority().card("gateway-1").certificate);
    assert_eq!(code(&site).await, "G-0104", "a certificate of another key");
    let expired = site.authority().card_valid("gateway-1", 2020, 2021);
    site.write("gateway.pem", &expired.certificate);
    site.write("gateway.key", &expired.key);
    assert_eq!(code(&site).await, "G-0105", "expired");
    site.write("gateway.pem", &own.certificate);
    site.write("gateway.key", &own.key);

    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("bound");
    site.sign("gateway.toml", &good.replace("127.0.0.1:0", &address.to_string()));
    assert_eq!(code(&site).await, "G-0106", "a port in use");
    site.sign("gateway.toml", &good);
    assert!(!site.store().exists(), "storage was not touched until here");

    site.write("store", "a file where the folder should be");
    assert_eq!(code(&site).await, "G-0201", "storage that cannot be made");
    fs::remove_file(site.store()).expect("it is there");
    site.write("site.key", "too short");
    assert_eq!(code(&site).await, "G-0104", "an unusable site key");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_gateway_on_one_store_does_not_start() {
    let site = TestSite::new(free_address());
    let first = site.start().await;
    assert_eq!(code(&site).await, "G-0202");
    first.stop().await;
    start(&site).await.expect("the first one is gone").stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn below_the_disk_margin_it_starts_and_refuses_new_work() {
    let site = TestSite::new(free_address());
    let margin = firmware_config::limits::DISK_MARGIN_BYTES.1;
    site.sign("gateway.toml", &site.text.replace("= 1048576", &format!("= {margin}")));
    let daemon = start(&site).await.expect("what waits must go on");
    let url = |path: &str| format!("https://{}{path}", daemon.link_address().expect("listening"));
    let kiosk = site.kiosk();
    let health = kiosk.get(url("/v1/health")).send().await.expect("a reply");
    assert_eq!(health.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(health.text().await.expect("a body").contains("J-0201"));
    let sample = sample::submission("kiosk-1", "00000001");
    let refused = kiosk.post(url("/v1/transactions")).multipart(sample.form()).send().await.expect("a reply");
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    assert!(refused.text().await.expect("a body").contains("G-0501"));
    daemon.stop().await;
}

#[test]
fn the_command_says_what_is_wrong_and_ends_with_the_right_code() {
    let site = TestSite::new(free_address());
    let gateway = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_gateway"))
            .args(arguments)
            .current_dir(site.folder.path())
            .output()
            .expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let check = |arguments: &[&str], exit: i32, text: &str| {
        let (code, errors) = gateway(arguments);
        assert_eq!(code, Some(exit), "{arguments:?}: {errors}");
        assert!(errors.contains(text), "{arguments:?}: {errors}");
    };
    check(&["run"], 2, "--config");
    check(&["run", "--config", "absent.toml", "--trust", "site.pub"], 1, "G-0101");
    check(&["run", "--config", "gateway.toml", "--trust", "absent.pub"], 2, "G-0801");
    check(&["run", "--config", "gateway.toml", "--trust", "receipt.pub"], 1, "G-0102");
    check(&["audit", "verify", "--public-key", "receipt.pub", "absent"], 1, "G-0702");
    check(&["audit", "verify", "--public-key", "receipt.pub", "--anchor", "1", "absent"], 2, "SEQUENCE:HASH");
    check(&["journal", "check", "absent"], 1, "G-0202");
    check(&["--help"], 0, "");
}

/// Told to stop, the process finishes, ends well, and a hostile or slow peer holds it up no longer than the bound.
#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_ends_well_although_peers_dawdle() {
    let link = free_address();
    let site = TestSite::new(free_address());
    site.sign("gateway.toml", &site.text.replace("127.0.0.1:0", &link.to_string()));
    let mut process = Command::new(env!("CARGO_BIN_EXE_gateway"))
        .args(["run", "--config", "gateway.toml", "--trust", "site.pub", "--log", "json"])
        .current_dir(site.folder.path())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it runs");
    let kiosk = site.kiosk();
    let sample = sample::submission("kiosk-1", "00000001");
    let url = format!("https://{link}/v1/transactions");
    while kiosk.post(&url).multipart(sample.form()).send().await.is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    // Half-open connections, plain text and rubbish instead of a handshake.
    let mut dawdlers = Vec::new();
    for bytes in [&b""[..], b"GET / HTTP/1.1\r\n\r\n", &[0x16, 3, 1, 0xff, 0xff, 0, 0], &[0xff; 64]] {
        let mut stream = tokio::net::TcpStream::connect(link).await.expect("listening");
        tokio::io::AsyncWriteExt::write_all(&mut stream, bytes).await.expect("open");
        dawdlers.push(stream);
    }
    let again = kiosk.post(&url).multipart(sample.form()).send().await.expect("others are served meanwhile");
    assert_eq!(again.status(), StatusCode::OK);
    let terminated = Command::new("kill").arg(process.id().to_string()).status().expect("kill is there");
    assert!(terminated.success());
    let output = tokio::task::spawn_blocking(move || {
        let mut log = String::new();
        let mut errors = process.stderr.take().expect("piped");
        std::io::Read::read_to_string(&mut errors, &mut log).expect("text");
        (process.wait().expect("it ended"), log)
    });
    let (status, log) = output.await.expect("no panic");
    assert!(status.success(), "{log}");
    assert!(log.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{log}");
    for secret in [sample::SURNAME, "NL1", "panicked"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
    drop(dawdlers);
}
