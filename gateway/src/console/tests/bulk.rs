//! One step with many items touches what was drawn, and nothing else.

use axum::http::StatusCode;
use icd::category::Category;
use serde_json::Value;

use super::browser::Browser;
use super::work::refusing;
use super::world::{AUDITOR, COLLEAGUE, OPERATOR, World, read_site};
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

/// Four items that the central system refused for good; nothing is sent any more.
async fn stopped() -> (World, axum::Router, [String; 4]) {
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = free.expect("a free port");
    let mut world = World::towards(&address.to_string());
    let site = read_site(world.folder.path());
    let _central = refusing(address, &site).await;
    let lane = world.work.take().expect("not run yet").run(site.central().expect("own certificates"));
    let lane = tokio::spawn(lane);
    let router = console(&world);
    let looking = Browser::signed_in(&router, AUDITOR).await;
    let mut items = Vec::new();
    for number in 1..=4 {
        let item = world.submission(Category::Applicant, number, hours(1), false).await.to_string();
        while state(&looking, &item).await != "parked" {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        items.push(item);
    }
    lane.abort();
    (world, router, items.try_into().expect("four"))
}

/// Draws everything that is stopped; then a colleague gives the first back and lets the second be keyed.
async fn drawn_and_changed(router: &axum::Router, items: &[String; 4], act: &str) -> (Browser, Value) {
    let operator = Browser::signed_in(router, OPERATOR).await;
    let colleague = Browser::signed_in(router, COLLEAGUE).await;
    let number = newest(&operator.json("/?show=stuck").await.json());
    let form = [("act", act), ("scope", "matching"), ("newest", number.as_str())];
    let drawn = operator.send("/bulk?show=stuck", &form).await.json();
    let why = [("reason", "another person")];
    let closed = colleague.send(&format!("/items/{}/give-back", items[0]), &why).await;
    assert_eq!(closed.status, StatusCode::OK, "{}", closed.body);
    let keyed = [("channel", "web-interface")];
    let waits = colleague.send(&format!("/items/{}/requeue", items[1]), &keyed).await;
    assert_eq!(waits.status, StatusCode::OK, "{}", waits.body);
    (operator, drawn)
}

fn why_left_out(done: &Value) -> Vec<&str> {
    let rows = done["left_out"].as_array().expect("rows");
    rows.iter().map(|row| row["why"].as_str().expect("a word")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_items_are_put_back_together() {
    // The engine may give a turn at once; no lane is there to use it.
    for (act, title, ends) in [
        ("send-again", "Send again: 4 items?", ["queued", "sending"].as_slice()),
        ("let-key", "Let operators key: 4 items?", &["waiting"]),
    ] {
        let (world, router, items) = stopped().await;
        let waiting = world.erasure(9, hours(1)).await;
        let (operator, drawn) = drawn_and_changed(&router, &items, act).await;
        assert_eq!(
            (&drawn["count"], &drawn["typed_count"], &drawn["undoable"]),
            (&4.into(), &false.into(), &false.into())
        );
        let page = operator.page("/bulk/1").await.body;
        for words in [title, "This cannot be undone here.", "2 have changed since and will be left out"] {
            assert!(page.contains(words), "{act}: {words}: {page}");
        }
        let done = operator.send("/bulk/1", &[]).await.json();
        assert_eq!((&done["done"], why_left_out(&done)), (&2.into(), vec!["gone", "changed"]), "{act}");
        let expected = [["closed"].as_slice(), &["waiting"], ends, ends];
        for (item, expect) in items.iter().zip(expected) {
            let seen = state(&operator, item).await;
            assert!(expect.contains(&seen.as_str()), "{act}: {item} is {seen}");
        }
        assert_eq!(state(&operator, &waiting).await, "waiting", "never selected");
        let log = audit(&world);
        let own = |line: &&str| line.contains("\"requeued\"") && line.contains(OPERATOR);
        assert_eq!(log.lines().filter(own).count(), 2, "{act}: {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_items_are_given_back_only_with_their_number_typed() {
    let (world, router, items) = stopped().await;
    let (operator, drawn) = drawn_and_changed(&router, &items, "give-back").await;
    assert_eq!((&drawn["count"], &drawn["typed_count"]), (&4.into(), &true.into()));
    let page = operator.page("/bulk/1").await.body;
    for words in
        ["Give back to the senders: 4 items?", "Type the number of items, 4, to confirm", "They close here"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let why = ("reason", "the photograph is of another person");
    for (form, code) in [
        (vec![why], "G-0922"),
        (vec![why, ("count", "3")], "G-0922"),
        (vec![why, ("count", "four")], "G-0922"),
        (vec![("count", "4")], "G-0909"),
    ] {
        assert_eq!(operator.send("/bulk/1", &form).await.code(), code, "{form:?}");
    }
    for item in &items[2..] {
        assert_eq!(state(&operator, item).await, "parked", "a refused confirmation does nothing");
    }
    let done = operator.send("/bulk/1", &[why, ("count", "4")]).await.json();
    assert_eq!((&done["done"], why_left_out(&done)), (&2.into(), vec!["gone", "changed"]));
    for (item, expect) in items.iter().zip(["closed", "waiting", "closed", "closed"]) {
        assert_eq!(state(&operator, item).await, expect, "{item}");
    }
    let given = operator.json(&format!("/items/{}", items[3])).await.json();
    assert_eq!(given["answers"][0]["kind"], "rejected");
    let log = audit(&world);
    let own = |line: &&str| line.contains("\"returned\"") && line.contains(OPERATOR);
    assert_eq!(log.lines().filter(own).count(), 2, "{log}");
    assert!(!log.contains(why.1), "the reason stays out of the log");
}
