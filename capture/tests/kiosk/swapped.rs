//! Thumbs that lie crossed in one of two images are found before anything is sealed.

use serde_json::{Value, json};

use crate::fixture::{Script, TestSite};

/// An adult with both hands taken.
async fn at_the_thumbs(script: &Script, case: &str) {
    script.person(case, "30", &[("age_certain", "yes"), ("accompanied", "no")]).await;
    let informed = [("material", "general"), ("language", "en"), ("mode", "screen")];
    script.post(&format!("{case}/gates/information"), &informed).await;
    for step in ["right-four", "left-four"] {
        take(script, case, step, "clean").await;
        accept(script, case, step).await;
    }
}

async fn take(script: &Script, case: &str, step: &str, behaviour: &str) -> Value {
    let (status, problem) = script.post("/virtual", &[("behaviour", behaviour)]).await;
    assert_eq!(status, 200, "{problem}");
    let (status, problem) = script.post(&format!("{case}/capture"), &[("step", step)]).await;
    assert_eq!(status, 200, "{problem}");
    script.until(case, "review").await
}

async fn accept(script: &Script, case: &str, step: &str) {
    let (status, problem) =
        script.post(&format!("{case}/accept"), &[("step", step), ("reason", "test")]).await;
    assert_eq!(status, 200, "{problem}");
}

/// Which attempts are used for the thumbs.
fn used(state: &Value) -> Vec<u64> {
    let steps = state["steps"].as_array().expect("steps");
    let thumbs = steps.iter().find(|step| step["step"] == "thumbs").expect("thumbs");
    thumbs["best"].as_array().expect("best").iter().filter_map(|best| best["attempt"].as_u64()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn crossed_thumbs_in_one_of_two_attempts_raise_a_doubt_and_are_taken_again() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    at_the_thumbs(&script, &case).await;
    // The first slap is dry, so that the second one, with the thumbs crossed, is the one that is used.
    take(&script, &case, "thumbs", "dry").await;
    let state = take(&script, &case, "thumbs", "swapped-hands").await;
    assert_eq!(state["last_attempt"]["accepted"], true, "crossed thumbs look like thumbs: {state}");
    assert_eq!(used(&state), [4, 4], "{state}");
    accept(&script, &case, "thumbs").await;
    take(&script, &case, "face", "clean").await;
    accept(&script, &case, "face").await;
    let state = script.until(&case, "doubt").await;
    let doubts = json!([{ "kind": "swapped", "targets": ["1", "6"] }]);
    assert_eq!(state["sequence"]["doubts"], doubts, "{state}");
    let (status, problem) = script.post(&format!("{case}/seal"), &[]).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("C-0438")));
    let (_, _, page) = script.page(&case).await;
    assert!(page.contains("These two look swapped") && page.contains("Take again: thumbs"), "{page}");

    take(&script, &case, "thumbs", "clean").await;
    accept(&script, &case, "thumbs").await;
    let state = script.until(&case, "ready-to-seal").await;
    assert_eq!(state["sequence"]["state"], "fine");
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thumbs_taken_twice_each_in_its_place_raise_no_doubt() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    at_the_thumbs(&script, &case).await;
    take(&script, &case, "thumbs", "dry").await;
    take(&script, &case, "thumbs", "clean").await;
    accept(&script, &case, "thumbs").await;
    take(&script, &case, "face", "clean").await;
    accept(&script, &case, "face").await;
    let state = script.until(&case, "ready-to-seal").await;
    assert_eq!(state["sequence"]["state"], "fine");
    running.end().await;
}

/// The second visit of the same person, under the same reference number.
#[tokio::test(flavor = "multi_thread")]
async fn thumbs_crossed_at_a_retake_are_found_against_the_case_before() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let first = script.open_case().await;
    script.seal_adult(&first).await;
    let (status, opened) = script.post(&format!("{first}/retake"), &[]).await;
    assert_eq!(status, 201, "{opened}");
    let again = format!("/cases/{}", opened["case"].as_str().expect("a case"));
    script.post("/virtual", &[("visit", "2")]).await;
    at_the_thumbs(&script, &again).await;
    take(&script, &again, "thumbs", "swapped-hands").await;
    accept(&script, &again, "thumbs").await;
    take(&script, &again, "face", "clean").await;
    accept(&script, &again, "face").await;
    let state = script.until(&again, "doubt").await;
    let doubts = json!([{ "kind": "swapped", "targets": ["1", "6"] }]);
    assert_eq!(state["sequence"]["doubts"], doubts, "{state}");
    running.end().await;
}
