//! A retake goes under the number of the first capture, and the same person coming again for it raises no doubt.

use crate::fixture::{Script, TestSite};

/// Everything but what the exception takes away, up to the sealed case.
async fn seal(script: &Script, case: &str) {
    for step in ["right-four", "left-four", "thumbs", "face"] {
        script.post(&format!("{case}/capture"), &[("step", step)]).await;
        script.until(case, "review").await;
        let accept = [("step", step), ("reason", "test")];
        let (status, problem) = script.post(&format!("{case}/accept"), &accept).await;
        assert_eq!(status, 200, "{problem}");
    }
    script.until(case, "ready-to-seal").await;
    script.post(&format!("{case}/seal"), &[]).await;
    script.until(case, "ended").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retake_is_sealed_under_the_number_of_the_first_capture() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let first = script.open_case().await;
    let certain = [("age_certain", "yes"), ("accompanied", "no")];
    let informed = [("material", "general"), ("language", "en"), ("mode", "screen")];
    script.person(&first, "30", &certain).await;
    script.post(&format!("{first}/gates/information"), &informed).await;
    let bandaged = [("finger", "7"), ("reason", "bandaged")];
    let (status, problem) = script.post(&format!("{first}/exception"), &bandaged).await;
    assert_eq!(status, 200, "{problem}");
    seal(&script, &first).await;
    let sealed = script.get(&first).await;
    assert_eq!(sealed["outcome"], "partial-temporary", "{sealed}");
    let number = sealed["delivery"]["reference_number"].as_str().expect("a number").to_owned();

    // Why an image was or was not used stays beside the delivery: values, limits, device and software.
    let attempts = sealed["delivery"]["attempts"].as_array().expect("attempts");
    assert_eq!(attempts.len(), 4);
    for attempt in attempts {
        let conditions = &attempt["conditions"];
        let said = |field: &str| conditions[field].as_str().is_some_and(|text| !text.is_empty());
        assert!(said("software") && said("device") && conditions["quality_min"].is_u64(), "{attempt}");
    }
    let face = attempts.iter().find(|attempt| attempt["step"] == "face").expect("the face");
    match face["measures"].as_array() {
        Some(measures) => {
            assert!(measures.iter().all(|measure| measure["limit_milli"].is_i64()), "{face}");
            let blur = measures.iter().find(|measure| measure["what"] == "blurred").expect("blur");
            assert!(blur["value_milli"].as_i64() < blur["limit_milli"].as_i64(), "{blur}");
        }
        None => println!("SKIPPED: no face detector on this machine"),
    }

    let (status, opened) = script.post(&format!("{first}/retake"), &[]).await;
    assert_eq!(status, 201, "{opened}");
    let again = format!("/cases/{}", opened["case"].as_str().expect("a case"));
    script.person(&again, "30", &certain).await;
    script.post(&format!("{again}/gates/information"), &informed).await;
    seal(&script, &again).await;
    let retaken = script.get(&again).await;
    assert_eq!(retaken["outcome"], "complete", "{retaken}");
    assert_eq!(retaken["delivery"]["reference_number"], number, "Art. 38(1): {retaken}");
    running.end().await;
}
