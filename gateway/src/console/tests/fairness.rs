//! The fairness page: what is counted, what is hidden, and that it outlives a restart.

use axum::http::StatusCode;
use icd::category::Category;
use icd::message::Outcome;
use serde_json::Value;

use super::browser::Browser;
use super::world::{ADMINISTRATOR, AUDITOR, KIOSK, OPERATOR, REFERENCE, World, read_site};
use super::{console, hours};
use crate::hub::Hub;

#[tokio::test(flavor = "multi_thread")]
async fn rates_are_counted_and_small_counts_are_not_told() {
    let world = World::new();
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    assert!(operator.page("/fairness").await.body.contains("Nothing is counted yet."));
    let mut sent = Vec::new();
    for number in 1..=4 {
        sent.push(world.submission(Category::Applicant, number, hours(1), false).await);
    }
    let few = operator.json("/fairness").await.json();
    assert_eq!(few["senders"].as_array().map(Vec::len), Some(1), "{few}");
    for figure in ["submissions", "exceptions", "retakes", "rejections"] {
        assert_eq!(few["age_bands"][0][figure], Value::Null, "{figure} of four people");
    }
    let page = operator.page("/fairness").await.body;
    assert!(page.contains("fewer than 5, or hidden") && !page.contains("<td>4"), "{page}");

    for number in 5..=6 {
        sent.push(world.submission(Category::Applicant, number, hours(1), false).await);
    }
    // An erasure is no capture.
    world.erasure(7, hours(1)).await;
    for (number, item) in (1..=5).zip(&sent) {
        world.answer(*item, number, Outcome::QualityInsufficient { fingers: Vec::new() }).await;
    }
    for number in 1..=5 {
        world.submission(Category::Applicant, number, hours(1), false).await;
    }
    let seen = operator.json("/fairness").await.json();
    let expect = serde_json::json!({
        "key": "18-69", "submissions": 11, "exceptions": 0, "retakes": 5, "rejections": 5,
    });
    assert_eq!((&seen["age_bands"][0], &seen["count_min"]), (&expect, &5.into()));
    assert_eq!(seen["senders"][0]["key"], "Hall A, column 1");
    assert_eq!(seen["sensors"][0]["key"], Value::Null, "these containers say none");
    let page = operator.page("/fairness").await.body;
    for words in ["<td>11</td>", "5 (45 %)", "18-69 years", "no message carries it", "not said"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains(REFERENCE) && !page.contains("Voorbeeld") && !page.contains(KIOSK), "{page}");

    let auditor = Browser::signed_in(&router, AUDITOR).await;
    assert_eq!(auditor.send("/language", &[("language", "nl")]).await.status, StatusCode::NO_CONTENT);
    let dutch = auditor.page("/fairness").await.body;
    assert!(dutch.contains("Naar leeftijd bij de opname") && dutch.contains("18-69 jaar"), "{dutch}");
    let administrator = Browser::signed_in(&router, ADMINISTRATOR).await;
    assert_eq!(administrator.json("/fairness").await.code(), "G-0902");

    // The counts outlive the process, and nothing in their file leads back to anybody.
    world.hub.close();
    let file = std::fs::read_to_string(world.folder.path().join("store/fairness.json")).expect("saved");
    assert!(!file.contains(REFERENCE) && !sent.iter().any(|item| file.contains(&item.to_string())), "{file}");
    let World { hub, work, folder } = world;
    drop((hub, work, router, operator, auditor, administrator));
    let again = loop {
        // The commit of the last answer may still hold the store for a moment.
        match Hub::open(read_site(folder.path())) {
            Ok((again, _)) => break again,
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    };
    let bands = again.fairness().tally().by(|group| group.band);
    assert_eq!((bands[0].submissions, bands[0].rejections), (Some(11), Some(5)));
    again.close();
}
