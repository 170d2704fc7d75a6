//! What the pages and their JSON say, and what they must never say.

use axum::http::StatusCode;
use icd::category::Category;
use icd::operation::Operation;
use serde_json::Value;

use super::browser::Browser;
use super::world::{GROUND, OPERATOR, REFERENCE, World};
use super::{console, hours};

async fn busy() -> World {
    let world = World::new();
    world.erasure(1, hours(75)).await;
    world.change(Operation::Rectify, 2, hours(65)).await;
    world.change(Operation::ConfirmLink, 3, hours(1)).await;
    world.submission(Category::Applicant, 4, hours(2), true).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_as_a_page() {
    let world = busy().await;
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    let page = operator.page("/").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in [
        "<h1>Queue</h1>",
        "1 item is late and 1 due soon.",
        "2 items wait for a person.",
        "overdue by 3 h",
        "Art. 40(5), 43(4)",
        "Erase: inaccurate or unlawfully processed",
        "First transmission: applicant",
        "Immigration service",
        "Urgent",
        "Kept, no interface",
        "central system: not spoken to yet",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert_eq!(page.body.matches("<h1").count(), 1);
    for tag in page.body.split('<').filter_map(|rest| rest.split('>').next()) {
        assert!(tag.matches(" class=").count() <= 1, "a browser reads only the first: {tag}");
    }
    let (_, rows) = page.body.split_once("<tbody").expect("rows");
    let order = ["overdue by", " h 59 min left", "2 d"].map(|clock| rows.find(clock));
    assert!(order.is_sorted() && order[0].is_some(), "shortest clock first: {order:?}");
    let person = operator.page("/?show=person").await;
    assert!(!person.body.contains("First transmission: applicant"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_personal_data_on_lists_pages_or_addresses() {
    let world = busy().await;
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    let queue = operator.json("/").await;
    let mut places =
        vec!["/".to_owned(), "/interfaces".to_owned(), "/health".to_owned(), "/?show=closed".to_owned()];
    for item in queue.json()["items"].as_array().expect("items") {
        places.push(format!("/items/{}", item["id"].as_str().expect("a UUID")));
    }
    assert_eq!(places.len(), 8);
    for place in places {
        for answer in [operator.page(&place).await, operator.json(&place).await] {
            assert_eq!(answer.status, StatusCode::OK, "{place}");
            for secret in [REFERENCE, GROUND, "Voorbeeld", "Ter Apel"] {
                assert!(!answer.body.contains(secret), "{place} shows {secret}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_strict_headers() {
    let world = World::new();
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    for place in ["/", "/sign-in", "/nowhere", "/assets/console.css", "/assets/console.js"] {
        let answer = operator.page(place).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{place}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{place}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{place}");
        assert!(!answer.body.contains("style=") && !answer.body.contains("onclick"), "{place}");
        assert!(
            !answer.body.contains("http://") && !answer.body.contains("https://"),
            "{place}: nothing from outside"
        );
    }
    assert_eq!(operator.page("/").await.header("cache-control"), "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_as_json() {
    let world = busy().await;
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    let queue = operator.json("/?show=overdue").await.json();
    let expect = [
        "arrived_while_away",
        "as_of",
        "away_since",
        "central_reachable",
        "counts",
        "csrf",
        "gateway",
        "gateway_reason",
        "items",
        "newest",
        "page",
        "pages",
        "show",
        "sort",
        "tasks",
        "total",
    ];
    let members = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    let mut known = members(&queue);
    known.sort();
    assert_eq!(known, expect);
    assert_eq!(
        (&queue["total"], &queue["counts"]["overdue"], &queue["counts"]["due_soon"]),
        (&1.into(), &1.into(), &1.into())
    );
    let item = &queue["items"][0];
    for (member, value) in [
        ("operation", "erase-inaccurate"),
        ("article", "40(5), 43(4)"),
        ("state", "waiting"),
        ("clock_state", "overdue"),
        ("owner", "operators"),
        ("origin_name", "Immigration service"),
    ] {
        assert_eq!(item[member], value, "{member}");
    }
    for member in ["id", "due", "clock_start", "received_at"] {
        assert!(item[member].is_string(), "{member}");
    }
    assert!(item["remaining_s"].as_i64().expect("a number") < 0);
    let interfaces = operator.json("/interfaces").await.json();
    assert_eq!(interfaces["interfaces"][1]["operation"], "erase-inaccurate");
    assert_eq!(interfaces["interfaces"][1]["article"], "40(5), 43(4)");
    let health = operator.json("/health").await.json();
    assert_eq!((&health["status"], &health["openItems"]), (&"ready".into(), &4.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_as_a_page() {
    let world = World::new();
    let item = world.erasure(1, hours(10)).await;
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    let page = operator.page(&format!("/items/{item}")).await.body;
    for words in [
        "Claim and open the values",
        "The law says: without delay. It gives no figure; 72 hours is this site",
        "Masked. Opening them is recorded",
        "2 d 13 h left",
        "Came from Immigration service, was stored and got its receipt. Waits for an operator.",
        "Acknowledged",
        "still to come",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let ids: Vec<_> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "no id twice: {ids:?}");
    for label in page.split("for=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(ids.contains(&label), "the label for {label} has its field");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_queue_comes_in_pages() {
    let world = World::new();
    for number in 0..103 {
        world.erasure(number, hours(1)).await;
    }
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    let first = operator.json("/").await.json();
    assert_eq!((&first["total"], &first["pages"]), (&103.into(), &2.into()));
    assert_eq!(first["items"].as_array().expect("items").len(), 100);
    assert_eq!(operator.json("/?page=2").await.json()["items"].as_array().expect("items").len(), 3);
    assert_eq!(operator.json("/?page=9").await.json()["page"], 2, "the last page instead of none");
    assert!(operator.page("/").await.body.contains("Page 1 of 2"));
}
