//! A site's own `nfiq2` behind a whole kiosk: from the signed configuration to field 14.024 of the sealed container.
//!
//! The engine is a stand-in that prints rows as NFIQ 2.3 does: the published conformance rows where the shared data is here.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use icd::profile::Profile;
use journal::carry::OpeningKey;
use quality_engine::Digest;

use crate::carry::{containers, publish};
use crate::fixture::{Script, TestSite};

/// Header and rows as NFIQ 2.3 prints them.
fn rows() -> (String, Vec<String>) {
    let published = "nfiq2_conformance_values/conformance_expected_output-v2.3.0.csv";
    for above in ["../..", "../../.."] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(above).join("shared/data").join(published);
        if let Ok(csv) = std::fs::read_to_string(file) {
            let mut lines = csv.lines().map(str::to_owned);
            let head = lines.next().expect("a header");
            let scored = lines.filter(|line| !line.contains(",NA,\"Error"));
            return (head, scored.filter(|line| score(line) >= 30).take(24).collect());
        }
    }
    println!("SKIPPED: the published conformance rows are not here; made rows stand for them");
    let head = "\"Filename\",FingerCode,QualityScore,\"OptionalError\",Quantized,Resampled,Mu";
    let row = |score: u8| format!("\"x.png\",0,{score},NA,0,0,163.2");
    (head.to_owned(), (31..55).map(row).collect())
}

fn score(row: &str) -> u8 {
    row.split(',').nth(2).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// Prints the row that the size of the picture picks, and keeps the row's score in `scored`.
fn stand_in(site: &TestSite) -> PathBuf {
    let (head, rows) = rows();
    let path = site.path("nfiq2");
    let mut cases = String::new();
    for (number, row) in rows.iter().enumerate() {
        cases += &format!(
            "{number}) echo {} >> '{}'; echo '{row}';;\n",
            score(row),
            site.path("scored").display()
        );
    }
    let size = "size=$(/usr/bin/wc -c < \"$4\")";
    let script =
        format!("#!/bin/sh\n{size}\necho '{head}'\ncase $((size % {})) in\n{cases}esac\n", rows.len());
    std::fs::write(&path, script).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("our own file");
    path
}

fn with_engine(site: &TestSite, digest: &str) {
    let quality = format!(
        "[quality]\nengine = \"nfiq2\"\nnfiq2_program = \"nfiq2\"\nnfiq2_version = \"2.3\"\nnfiq2_sha256 = \"{digest}\"\n"
    );
    site.write_signed("kiosk.toml", &format!("{}{quality}", site.kiosk_toml));
}

/// Seals an adult's case and gives its container.
async fn sealed(site: &TestSite, script: &Script) -> Vec<u8> {
    let case = script.open_case().await;
    script.seal_adult(&case).await;
    let (key, recipient) = OpeningKey::generate().expect("a pair");
    publish(site, &recipient);
    containers(script, &key).await.pop().expect("one case")
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Health of the scanner on the home screen, as code and as page.
async fn health(script: &Script) -> (String, String) {
    let home = script.get("/").await;
    let devices = home["devices"].as_array().expect("devices");
    let scanner = devices.iter().find(|device| device["for"] == "fingers").expect("a scanner");
    let (_, _, page) = script.page("/").await;
    (scanner["health"].as_str().expect("a code").to_owned(), page)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engines_scores_travel_under_its_own_name() {
    let site = TestSite::new();
    let digest = Digest::of(&stand_in(&site)).expect("it is there").to_string();
    with_engine(&site, &digest);
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let container = sealed(&site, &script).await;
    assert_eq!(health(&script).await.0, "ready");
    let read = icd::container::read(&Profile::open_2026(), &container).expect("our own container");
    let quality: Vec<_> = read.fingers.iter().flat_map(|finger| &finger.quality).collect();
    assert_eq!(quality.len(), 10, "every finger of the three slaps");
    for one in &quality {
        let by = one.by.expect("another product than the profile's own");
        assert_eq!((by.vendor, by.product), (0x0101, 57), "NIST's NFIQ 2.3");
    }
    // One run for each finger, and what it printed is what travels.
    let printed = std::fs::read_to_string(site.path("scored")).expect("it was run");
    let mut printed: Vec<u8> = printed.lines().map(|line| line.parse().expect("a score")).collect();
    let mut travels: Vec<u8> = quality.iter().map(|one| one.score).collect();
    printed.sort_unstable();
    travels.sort_unstable();
    assert_eq!(travels, printed);
    assert!(contains(&container, "\u{1f}0101\u{1f}57"), "as field 14.024 has it");
    assert!(!contains(&container, "\u{1f}FFFF\u{1f}2"), "our own figure is in none of it");
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_not_the_approved_file_is_not_run_and_that_is_said() {
    let site = TestSite::new();
    stand_in(&site);
    with_engine(&site, &"0".repeat(64));
    let running = site.start().await.expect("a kiosk starts without its engine");
    let script = Script::sign_in(running.address).await;
    let (code, page) = health(&script).await;
    assert_eq!(code, "degraded");
    assert!(page.contains("M-0512") && page.contains("own figure"), "{page}");
    let container = sealed(&site, &script).await;
    let read = icd::container::read(&Profile::open_2026(), &container).expect("our own container");
    let quality: Vec<_> = read.fingers.iter().flat_map(|finger| &finger.quality).collect();
    assert_eq!(quality.len(), 10);
    assert!(quality.iter().all(|one| one.by.is_none()), "the profile's own product");
    assert!(contains(&container, "\u{1f}FFFF\u{1f}2") && !contains(&container, "\u{1f}0101\u{1f}57"));
    assert!(!site.path("scored").exists(), "it was never run");
    running.end().await;
}

/// The digest stands in the signed configuration: whoever writes another one there needs the site's key.
#[test]
fn a_digest_is_not_changed_without_the_sites_signature() {
    let site = TestSite::new();
    with_engine(&site, &"0".repeat(64));
    let digest = Digest::of(&stand_in(&site)).expect("it is there").to_string();
    let changed =
        std::fs::read_to_string(site.path("kiosk.toml")).expect("there").replace(&"0".repeat(64), &digest);
    std::fs::write(site.path("kiosk.toml"), changed).expect("written");
    assert_eq!(site.read().err().map(|error| error.code()), Some("C-0102"));
}
