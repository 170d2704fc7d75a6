//! One step with many items touches what was drawn, and nothing else.

use axum::http::StatusCode;
use serde_json::Value;

use super::browser::Browser;
use super::world::{AUDITOR, COLLEAGUE, OPERATOR, World};
use super::{audit, console, hours};

async fn state(official: &Browser, item: &impl std::fmt::Display) -> String {
    let item = official.json(&format!("/items/{item}")).await.json();
    item["state"].as_str().expect("a state").to_owned()
}

fn newest(queue: &Value) -> String {
    queue["newest"].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_after_drawing_is_never_touched() {
    let world = World::new();
    let [first, second] = [world.erasure(1, hours(3)).await, world.erasure(2, hours(2)).await];
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    let queue = operator.json("/?show=person").await.json();
    assert!(operator.page("/?show=person").await.body.contains("All 2 that match this list"));

    // Between the list and the confirmation.
    let third = world.erasure(3, hours(1)).await;
    let form = [("act", "claim"), ("scope", "matching"), ("newest", &newest(&queue))];
    let drawn = operator.submit("/bulk?show=person", &form).await;
    assert_eq!((drawn.status, drawn.header("location")), (StatusCode::SEE_OTHER, "/bulk/1"));
    let page = operator.page("/bulk/1").await.body;
    for words in ["Claim: 2 items?", "You can undo this.", "Oldest", &format!("/items/{first}")] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // Between the confirmation and the step.
    let fourth = world.erasure(4, hours(1)).await;
    let done = operator.send("/bulk/1", &[]).await.json();
    assert_eq!((&done["done"], &done["left_out_count"]), (&2.into(), &0.into()));
    for (item, expect) in [(first, "claimed"), (second, "claimed"), (third, "waiting"), (fourth, "waiting")] {
        assert_eq!(state(&operator, &item).await, expect, "{item}");
    }
    let again = operator.send("/bulk/1", &[]).await;
    assert_eq!((again.status, again.code().as_str()), (StatusCode::CONFLICT, "G-0921"), "used once");
    assert!(operator.page("/bulk/1").await.body.contains("2 items done."));

    let queue = operator.json("/?show=mine").await.json();
    let form = [("act", "release"), ("scope", "matching"), ("newest", &newest(&queue))];
    let drawn = operator.send("/bulk?show=mine", &form).await.json();
    assert_eq!(drawn["count"], 2);
    assert_eq!(operator.send("/bulk/2", &[]).await.json()["done"], 2);
    assert_eq!(state(&operator, &first).await, "waiting");
    assert_eq!(audit(&world).matches("\"released\"").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_drawing_is_left_out_and_named() {
    let world = World::new();
    let [first, second, third] = [
        world.erasure(1, hours(3)).await,
        world.erasure(2, hours(2)).await,
        world.erasure(3, hours(1)).await,
    ];
    let router = console(&world);
    let (operator, colleague) =
        (Browser::signed_in(&router, OPERATOR).await, Browser::signed_in(&router, COLLEAGUE).await);
    let number = newest(&operator.json("/").await.json());
    let ticked = [first, second, third].map(|item| item.to_string());
    let mut form = vec![("act", "claim"), ("newest", number.as_str())];
    form.extend(ticked.iter().map(|item| ("item", item.as_str())));
    let drawn = operator.send("/bulk", &form).await.json();
    assert_eq!((&drawn["count"], &drawn["oldest"]), (&3.into(), &serde_json::json!(first)));
    colleague.send(&format!("/items/{first}/claim"), &[]).await;
    colleague.send(&format!("/items/{second}/claim"), &[]).await;
    colleague.send(&format!("/items/{second}/confirm"), &[("web_receipt", "WEB-1")]).await;
    let page = operator.page("/bulk/1").await.body;
    assert!(page.contains("2 have changed since and will be left out"), "{page}");
    let done = operator.send("/bulk/1", &[]).await.json();
    assert_eq!(done["done"], 1);
    let why: Vec<_> =
        done["left_out"].as_array().expect("rows").iter().map(|row| row["why"].clone()).collect();
    assert_eq!(why, ["taken", "gone"]);
    let page = operator.page("/bulk/1").await.body;
    assert!(page.contains("operator-2 has it") && page.contains("2 were left out"), "{page}");
    assert_eq!(operator.json(&format!("/items/{first}")).await.json()["held_by"], COLLEAGUE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_belongs_to_its_session_and_its_step() {
    let world = World::new();
    let item = world.erasure(1, hours(1)).await.to_string();
    let router = console(&world);
    let (operator, colleague) =
        (Browser::signed_in(&router, OPERATOR).await, Browser::signed_in(&router, COLLEAGUE).await);
    let auditor = Browser::signed_in(&router, AUDITOR).await;
    let form = [("act", "claim"), ("newest", "9"), ("item", item.as_str())];
    assert_eq!(auditor.send("/bulk", &form).await.code(), "G-0902");
    assert!(!auditor.page("/").await.body.contains("type=\"checkbox\" form"), "an auditor selects nothing");
    assert_eq!(operator.send("/bulk", &[("act", "claim"), ("newest", "9")]).await.code(), "G-0923");
    assert_eq!(operator.send("/bulk", &[("act", "burn"), ("newest", "9")]).await.code(), "G-0909");
    let stopped = [("act", "give-back"), ("newest", "9"), ("item", item.as_str())];
    assert_eq!(operator.send("/bulk", &stopped).await.code(), "G-0923", "nothing of it is stopped");
    assert_eq!(operator.send("/bulk", &form).await.status, StatusCode::OK);
    assert_eq!(colleague.send("/bulk/1", &[]).await.code(), "G-0921");
    assert_eq!(colleague.json("/bulk/1").await.code(), "G-0921");
    assert_eq!(state(&operator, &item).await, "waiting");
}
