//! Photos of what cannot be taken: asked for by the profile, taken by the camera behind the same gates, kept with the case.

use capture::store::Store;
use icd::container;
use icd::profile::Profile;
use serde_json::Value;
use uuid::Uuid;

use crate::fixture::{Script, TestSite};

const ADULT: [(&str, &str); 2] = [("age_certain", "yes"), ("accompanied", "no")];
const INFORMED: [(&str, &str); 3] = [("material", "general"), ("language", "en"), ("mode", "screen")];
const BANDAGED: [(&str, &str); 2] = [("finger", "7"), ("reason", "bandaged")];

/// The shipped profile with photos of bandages asked for; gives the site and the profile.
fn site(carry: bool) -> (TestSite, Profile) {
    let text = include_str!("../../../icd/profiles/open-2026.toml");
    let asked = "proof_photo = []\ncarry_proof_photo = false";
    assert!(text.contains(asked), "the shipped profile asks for none");
    let wanted = format!("proof_photo = [\"bandaged\"]\ncarry_proof_photo = {carry}");
    let text = text.replace(asked, &wanted);
    let site = TestSite::new();
    std::fs::write(site.path("profile.toml"), &text).expect("written");
    let kiosk = site.kiosk_toml.replace("profile = \"open-2026\"", "profile = \"profile.toml\"");
    site.write_signed("kiosk.toml", &kiosk);
    (site, Profile::from_toml(&text).expect("a profile"))
}

/// The photo of finger 7 as the state tells it.
async fn photo(script: &Script, case: &str) -> Value {
    script.get(case).await["exceptions"][0]["photo"].clone()
}

async fn take(script: &Script, case: &str, step: &str) -> u16 {
    script.post(&format!("{case}/capture"), &[("step", step)]).await;
    script.until(case, "review").await;
    script.post(&format!("{case}/accept"), &[("step", step), ("reason", "test")]).await.0
}

async fn take_photo(script: &Script, case: &str) {
    let (status, problem) = script.post(&format!("{case}/photo"), &[("step", "left-four")]).await;
    assert_eq!(status, 200, "{problem}");
    for _ in 0..1_200 {
        if photo(script, case).await["state"] == "taken" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no photo came: {}", script.get(case).await);
}

/// An adult with one bandaged finger, sealed; gives the case and the number of the photo.
async fn seal_with_photo(script: &Script) -> (String, String) {
    let case = script.open_case().await;
    script.person(&case, "30", &ADULT).await;
    script.post(&format!("{case}/gates/information"), &INFORMED).await;
    script.post(&format!("{case}/exception"), &BANDAGED).await;
    assert_eq!(photo(script, &case).await["required"], true);
    assert_eq!(take(script, &case, "right-four").await, 200, "another hand does not wait for it");
    assert_eq!(take(script, &case, "left-four").await, 409, "this hand does");
    let (_, problem) =
        script.post(&format!("{case}/accept"), &[("step", "left-four"), ("reason", "test")]).await;
    assert_eq!(problem["code"], "C-0452");
    take_photo(script, &case).await;
    let number = photo(script, &case).await["attempt"].to_string();
    let (status, problem) =
        script.post(&format!("{case}/accept"), &[("step", "left-four"), ("reason", "test")]).await;
    assert_eq!(status, 200, "{problem}");
    for step in ["thumbs", "face"] {
        assert_eq!(take(script, &case, step).await, 200);
    }
    script.until(&case, "ready-to-seal").await;
    script.post(&format!("{case}/seal"), &[]).await;
    script.until(&case, "ended").await;
    (case, number)
}

/// The sealed file of a case, read from the store of a kiosk that has ended.
fn sealed(site: &TestSite, case: &str) -> Vec<u8> {
    let given = site.read().expect("the site is fine");
    let (store, _) = Store::open(&given.storage, given.site_key, given.journal).expect("the store");
    let case: Uuid = case.trim_start_matches("/cases/").parse().expect("a case");
    store.sealed(case).expect("a sealed case").0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_stays_in_the_sealed_case_and_out_of_the_file() {
    let (site, profile) = site(false);
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let (case, number) = seal_with_photo(&script).await;
    let path = format!("{case}/attempts/{number}.png");
    assert_eq!(script.bytes(&path).await.0, 200, "the photo is there");
    assert_eq!(script.bytes(&format!("{case}/attempts/1.png")).await.0, 404, "a slap is not");
    running.end().await;
    let running = site.start().await.expect("started again");
    let script = Script::sign_in(running.address).await;
    assert_eq!(script.bytes(&path).await.0, 200, "also after a restart");
    running.end().await;
    let file = sealed(&site, &case);
    let read = container::read(&profile, &file).expect("own file");
    assert!(read.proof_photos.is_empty() && read.face.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_travels_where_the_profile_carries_it() {
    let (site, profile) = site(true);
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let (case, _) = seal_with_photo(&script).await;
    running.end().await;
    let file = sealed(&site, &case);
    let read = container::read(&profile, &file).expect("own file");
    assert_eq!(read.proof_photos.len(), 1);
    assert_ne!(
        read.face.map(|face| face.image),
        read.proof_photos.first().copied(),
        "it is not the portrait"
    );
    let findings = icd::validate::container(&profile, &file);
    assert!(!findings.iter().any(|finding| finding.field.starts_with("21.")), "{findings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_stands_for_a_photo() {
    let (site, _) = site(false);
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    script.person(&case, "30", &ADULT).await;
    script.post(&format!("{case}/gates/information"), &INFORMED).await;
    for finger in ["2", "3", "4", "5"] {
        script.post(&format!("{case}/exception"), &[("finger", finger), ("reason", "bandaged")]).await;
    }
    let (_, _, page) = script.page(&case).await;
    assert!(page.contains("data-photo=\"right-four\"") && !page.contains("Start: right hand"), "{page}");
    let no_photo = format!("{case}/no-photo");
    let (status, problem) = script.post(&no_photo, &[("step", "right-four"), ("reason", "lazy")]).await;
    assert_eq!((status, problem["field"].as_str()), (422, Some("reason")));
    let (status, state) = script.post(&no_photo, &[("step", "right-four"), ("reason", "dignity")]).await;
    assert_eq!(status, 200, "{state}");
    assert_eq!(state["step"], "left-four", "the case goes on: {state}");
    assert_eq!(state["exceptions"][0]["photo"]["reason"], "dignity");
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_companion_leaves_the_camera_is_dark_and_the_photo_is_gone() {
    let (site, _) = site(false);
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    script.person(&case, "8", &[("age_certain", "yes"), ("accompanied", "yes")]).await;
    script.child_gates(&case).await;
    script.post(&format!("{case}/exception"), &BANDAGED).await;
    assert_eq!(photo(&script, &case).await["required"], false, "a child is asked, not pressed");
    take_photo(&script, &case).await;
    let number = photo(&script, &case).await["attempt"].to_string();
    let path = format!("{case}/attempts/{number}.png");
    assert_eq!(script.bytes(&path).await.0, 200);
    // The camera waits, nobody has pressed yet.
    script.tempo("human").await;
    let (status, state) = script.post(&format!("{case}/photo"), &[("step", "left-four")]).await;
    assert_eq!((status, state["phase"].as_str()), (200, Some("sensing")), "{state}");
    let left = [("left_at", "2026-01-01T00:00:00Z")];
    let (status, state) = script.post(&format!("{case}/companion-left"), &left).await;
    assert_eq!((status, state["phase"].as_str()), (200, Some("interrupted")), "{state}");
    assert_eq!(script.bytes(&format!("{case}/live.jpg")).await.0, 409, "dark at once");
    assert_eq!(script.bytes(&path).await.0, 404, "what was taken without the companion is destroyed");
    assert_eq!(photo(&script, &case).await["state"], "asked");
    let (status, problem) = script.post(&format!("{case}/photo"), &[("step", "left-four")]).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("C-0430")), "{problem}");
    running.end().await;
}
