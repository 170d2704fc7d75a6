//! Storage as it goes wrong in the field: a disk that is really full, one that is read-only, a backup taken while the
//! gateway works, and clients that are not ours.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use gateway::store::{back_up, restore};
use icd::message::Message;
use reqwest::StatusCode;

use crate::central::{Central, free_address};
use crate::link::receipt;
use crate::sample;
use crate::site::TestSite;

/// A small file system of its own, mounted over the site's storage folder; none where this needs rights we have not.
struct Mounted(std::path::PathBuf);

impl Mounted {
    fn over(folder: &Path, mebibytes: u32) -> Option<Self> {
        std::fs::create_dir_all(folder).expect("a folder");
        let size = format!("size={mebibytes}m");
        let done =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "gateway-test"]).arg(folder).output();
        if done.is_ok_and(|done| done.status.success()) {
            return Some(Self(folder.to_owned()));
        }
        eprintln!("SKIPPED: no right to mount a small file system here");
        None
    }

    fn read_only(&self, read_only: bool) -> bool {
        let options = if read_only { "remount,ro" } else { "remount,rw" };
        Command::new("mount").args(["-o", options]).arg(&self.0).status().is_ok_and(|done| done.success())
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Lazily: a background thread of the index may hold a file a moment longer.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_survived() {
    let site = TestSite::new(free_address());
    let Some(_disk) = Mounted::over(&site.store(), 300) else { return };
    let daemon = site.start().await;
    let url = |path: &str| format!("https://{}{path}", daemon.link_address().expect("listening"));
    let kiosk = site.kiosk();
    let samples = ["00000001", "00000002"].map(|number| sample::submission("kiosk-1", number));
    let send = async |number: usize| {
        let sample = &samples[number - 1];
        kiosk.post(url("/v1/transactions")).multipart(sample.form()).send().await.expect("a reply").status()
    };
    assert_eq!(send(1).await, StatusCode::CREATED);
    let filling = site.store().join("filling");
    let full = std::fs::write(&filling, vec![1_u8; 300 << 20]).is_err();
    assert!(full, "the file system is really full");
    assert_eq!(send(2).await, StatusCode::SERVICE_UNAVAILABLE, "no promise without a place for it");
    let health = kiosk.get(url("/v1/health")).send().await.expect("a reply").text().await.expect("text");
    assert!(health.contains("J-0201"), "it says why: {health}");
    std::fs::remove_file(&filling).expect("ours");
    let mut taken = StatusCode::SERVICE_UNAVAILABLE;
    for _ in 0..100 {
        taken = send(2).await;
        if taken == StatusCode::CREATED {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(taken, StatusCode::CREATED, "room came back and so did the gateway, by itself");
    assert_eq!(send(1).await, StatusCode::OK, "what was promised before is still known");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_disk_is_no_place_to_start_and_loses_nothing() {
    let site = TestSite::new(free_address());
    let Some(disk) = Mounted::over(&site.store(), 300) else { return };
    let daemon = site.start().await;
    let url = format!("https://{}/v1/transactions", daemon.link_address().expect("listening"));
    let sample = sample::submission("kiosk-1", "00000001");
    let first = receipt(site.kiosk().post(url).multipart(sample.form()).send().await.expect("a reply")).await;
    daemon.stop().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    if !disk.read_only(true) {
        eprintln!("SKIPPED: the file system could not be made read-only");
        return;
    }
    let refused = gateway::daemon::Daemon::start(site.read().expect("a sound site")).await;
    let refused = refused.expect_err("nothing could be promised");
    assert!(["G-0201", "G-0202", "G-0205"].contains(&refused.code()), "{refused}");
    assert!(disk.read_only(false));
    let daemon = site.start().await;
    let url = format!("https://{}/v1/transactions", daemon.link_address().expect("listening"));
    let again = site.kiosk().post(url).multipart(sample.form()).send().await.expect("a reply");
    assert!(receipt(again).await == first, "the same receipt as before");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_working_gateway_restores_what_was_acknowledged() {
    let address = free_address();
    let site = TestSite::new(address);
    let daemon = site.start().await;
    let url = format!("https://{}/v1/transactions", daemon.link_address().expect("listening"));
    let (kiosk, mut kept) = (site.kiosk(), Vec::new());
    for number in 0..6 {
        let sample = sample::submission("kiosk-1", &format!("{number:08}"));
        let reply = kiosk.post(&url).multipart(sample.form()).send().await.expect("a reply");
        kept.push((receipt(reply).await, sample));
    }
    let carrying = async |address: std::net::SocketAddr| {
        let asked = kiosk.get(format!("https://{address}/v1/carrying-key")).send().await;
        asked.expect("a reply").text().await.expect("JSON")
    };
    let published = carrying(daemon.link_address().expect("listening")).await;
    let busy = async {
        for number in 100.. {
            let sample = sample::submission("kiosk-1", &format!("{number:08}"));
            let _ = kiosk.post(&url).multipart(sample.form()).send().await;
        }
    };
    let (from, copy) = (site.store(), site.path("backup"));
    let copying = tokio::task::spawn_blocking(move || back_up(&from, &copy));
    let copied =
        tokio::select! { done = copying => done.expect("no panic").expect("whole"), () = busy => return };
    assert!(copied.messages >= 6, "{copied:?}");
    daemon.stop().await;
    back_up(&site.store(), &site.path("backup")).expect_err("never over a copy that is there");
    std::fs::remove_dir_all(site.store()).expect("the disk is lost");
    restore(&site.path("backup"), &site.store()).expect("whole");
    let central = Central::default();
    central.serve(address, &site).await;
    let daemon = site.start().await;
    let url = format!("https://{}/v1/transactions", daemon.link_address().expect("listening"));
    let again = carrying(daemon.link_address().expect("listening")).await;
    assert!(
        published.contains("key_id") && again == published,
        "files on their way by hand can still be opened"
    );
    for (before, sample) in &kept {
        let reply = kiosk.post(&url).multipart(sample.form()).send().await.expect("a reply");
        assert_eq!(reply.status(), StatusCode::OK, "it is known");
        assert!(receipt(reply).await == *before, "with the same receipt");
    }
    let mut arrived = 0;
    for _ in 0..600 {
        arrived = kept.iter().filter(|(_, sample)| central.arrivals_of(sample.message_id) == 1).count();
        if arrived == kept.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(arrived, kept.len(), "and goes on to the central system, once");
    daemon.stop().await;
}

/// A program on this machine, or a visible line that it is not there.
fn there(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok()
        || Command::new(program).arg("version").output().is_ok();
    if !found {
        eprintln!("SKIPPED: {program} is not installed");
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_sends_a_message_and_reads_its_receipt() {
    if !there("curl") {
        return;
    }
    let site = TestSite::new(free_address());
    let daemon = site.start().await;
    let card = site.authority().card("kiosk-1");
    site.write("kiosk.pem", &card.certificate);
    site.write("kiosk.key", &card.key);
    let sample = sample::submission("kiosk-1", "00000001");
    std::fs::write(site.path("envelope.xml"), &sample.envelope).expect("writable");
    std::fs::write(site.path("container.an2"), &sample.container).expect("writable");
    let url = format!("https://{}/v1/transactions", daemon.link_address().expect("listening"));
    let folder = site.folder.path().to_owned();
    let curl = move |more: &[&str]| {
        let output = Command::new("curl")
            .current_dir(&folder)
            .args(["--silent", "--show-error", "--max-time", "30", "--noproxy", "*", "--cacert", "ca.pem"])
            .args(more)
            .arg(&url)
            .output()
            .expect("curl runs");
        (output.status.success(), output.stdout)
    };
    let sent = tokio::task::spawn_blocking(move || {
        let card = ["--cert", "kiosk.pem", "--key", "kiosk.key"];
        let parts = ["-F", "envelope=@envelope.xml;type=application/xml", "-F", "container=@container.an2"];
        let (_, nobody) = curl(&[]);
        let with_card: Vec<&str> = card.into_iter().chain(parts).collect();
        (nobody, curl(&with_card))
    });
    let (nobody, (sent, body)) = sent.await.expect("no panic");
    assert!(nobody.is_empty(), "without a certificate nothing is said");
    assert!(sent);
    assert!(
        matches!(Message::from_xml(&body), Ok(Message::Receipt(_))),
        "{}",
        String::from_utf8_lossy(&body)
    );
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_agrees_on_the_protocol() {
    if !there("openssl") {
        return;
    }
    let site = TestSite::new(free_address());
    let daemon = site.start().await;
    let card = site.authority().card("kiosk-1");
    site.write("kiosk.pem", &card.certificate);
    site.write("kiosk.key", &card.key);
    let (folder, address) = (site.folder.path().to_owned(), daemon.link_address().expect("listening"));
    let connect = move |version: &str| {
        let output = Command::new("openssl")
            .current_dir(&folder)
            .args(["s_client", "-connect", &address.to_string(), "-CAfile", "ca.pem", "-cert", "kiosk.pem"])
            .args(["-key", "kiosk.key", "-verify_return_error", version])
            .stdin(std::process::Stdio::null())
            .output()
            .expect("openssl runs");
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let checked = tokio::task::spawn_blocking(move || ["-tls1_3", "-tls1_2", "-tls1_1"].map(&connect));
    let [newest, older, oldest] = checked.await.expect("no panic");
    assert!(newest.0 && newest.1.contains("TLSv1.3"), "{}", newest.1);
    assert!(older.0 && older.1.contains("TLSv1.2"), "{}", older.1);
    assert!(!oldest.0 || !oldest.1.contains("Verify return code: 0"), "TLS 1.1 is refused: {}", oldest.1);
    daemon.stop().await;
}
