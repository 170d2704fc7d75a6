//! Claim, open, key, confirm, release: what one operator does, and what a second one sees of it.

use std::sync::Arc;

use axum::http::StatusCode;
use icd::category::Category;

use super::browser::Browser;
use super::world::{COLLEAGUE, GROUND, OPERATOR, REFERENCE, World, read_site};
use super::{audit, console, hours};
use crate::serve::Listener;
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_is_claimed_opened_keyed_and_confirmed() {
    let world = World::new();
    let item = world.erasure(7, hours(1)).await;
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    let path = format!("/items/{item}");
    let before = operator.json(&path).await.json();
    assert_eq!((before["state"].as_str(), &before["values"]), (Some("waiting"), &serde_json::Value::Null));

    let claimed = operator.send(&format!("{path}/claim"), &[]).await.json();
    assert_eq!((claimed["state"].as_str(), claimed["held_by"].as_str()), (Some("claimed"), Some(OPERATOR)));
    assert!(claimed["lease_until"].is_string());

    let refused = operator.send(&format!("{path}/open"), &[("reason", "curious")]).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "G-0909"));
    let opened = operator.send(&format!("{path}/open"), &[("reason", "key")]).await.json();
    let values: Vec<_> = opened["values"].as_array().expect("open").iter().collect();
    let names: Vec<_> = values.iter().map(|value| value["name"].as_str().expect("text")).collect();
    assert_eq!(names, ["operation", "reference_number", "reason", "keyed_by"]);
    assert_eq!(values[1]["value"], format!("NL1{REFERENCE}7"));
    assert_eq!(values[2]["value"], GROUND);

    let refused = operator.send(&format!("{path}/confirm"), &[("web_receipt", "")]).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "G-0605"));
    let closed = operator.send(&format!("{path}/confirm"), &[("web_receipt", "WEB-42")]).await.json();
    assert_eq!((closed["state"].as_str(), closed["clock_state"].as_str()), (Some("closed"), Some("met")));
    assert_eq!(closed["answers"][0]["kind"], "done");
    assert_eq!(closed["values"], serde_json::Value::Null, "masked again");
    let steps: Vec<_> =
        closed["timeline"].as_array().expect("steps").iter().map(|step| step["what"].clone()).collect();
    assert_eq!(steps, ["accepted", "claimed", "confirmed"]);

    let log = audit(&world);
    for action in ["viewed", "claimed", "opened", "confirmed"] {
        let line = log.lines().find(|line| line.contains(&format!("\"{action}\""))).unwrap_or_default();
        assert!(line.contains(OPERATOR), "{action}: {line}");
    }
    assert!(log.contains("\"key\"") && !log.contains(REFERENCE) && !log.contains(GROUND));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_showing_of_the_values_is_an_audit_line() {
    let world = World::new();
    let item = world.erasure(7, hours(1)).await;
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    operator.send(&format!("/items/{item}/open"), &[("reason", "check")]).await;
    for _ in 0..2 {
        assert!(operator.page(&format!("/items/{item}")).await.body.contains(REFERENCE));
    }
    let shown = |log: &str| log.lines().filter(|line| line.contains("\"opened\"")).count();
    assert_eq!(shown(&audit(&world)), 3);
    operator.send(&format!("/items/{item}/mask"), &[]).await;
    assert!(!operator.page(&format!("/items/{item}")).await.body.contains(REFERENCE));
    assert_eq!(shown(&audit(&world)), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_operators_one_item() {
    let world = World::new();
    let item = world.erasure(1, hours(1)).await;
    let router = console(&world);
    let (first, second) =
        (Browser::signed_in(&router, OPERATOR).await, Browser::signed_in(&router, COLLEAGUE).await);
    let claim = format!("/items/{item}/claim");
    assert_eq!(first.send(&claim, &[]).await.status, StatusCode::OK);

    let refused = second.send(&claim, &[]).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "G-0602"));
    assert_eq!(refused.header("content-type"), "application/problem+json");
    let page = second.submit(&claim, &[]).await;
    assert_eq!((page.status, page.code().as_str()), (StatusCode::CONFLICT, "G-0602"));
    assert!(page.body.contains("operator-1 claimed this item and has it for another"), "{}", page.body);
    assert!(page.body.contains("A colleague has it"), "the item stands below the sentence");

    let refused = second.send(&format!("/items/{item}/confirm"), &[("web_receipt", "WEB-1")]).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "G-0603"));
    let released = first.submit(&format!("/items/{item}/release"), &[("fence", "1")]).await;
    assert_eq!(released.status, StatusCode::SEE_OTHER);
    assert_eq!(released.header("location"), format!("/items/{item}"));
    assert_eq!(second.send(&claim, &[]).await.json()["held_by"], COLLEAGUE);

    let stale =
        first.send(&format!("/items/{item}/confirm"), &[("web_receipt", "WEB-1"), ("fence", "1")]).await;
    assert_eq!((stale.status, stale.code().as_str()), (StatusCode::CONFLICT, "G-0603"), "a page left open");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_earlier_item_of_a_reference_number_comes_first() {
    let world = World::new();
    let (earlier, later) = (world.erasure(1, hours(2)).await, world.erasure(1, hours(1)).await);
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    let refused = operator.submit(&format!("/items/{later}/claim"), &[]).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "G-0601"));
    assert!(refused.body.contains(&format!("/items/{earlier}")), "a way to the earlier one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_form_comes_back_to_the_same_list() {
    let world = World::new();
    let item = world.erasure(1, hours(1)).await;
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    let list = "?show=person&sort=arrived";
    let answer = operator.submit(&format!("/items/{item}/claim{list}"), &[("open", "key")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), format!("/items/{item}{list}"));
    let page = operator.page(answer.header("location")).await;
    assert!(page.body.contains(REFERENCE), "claimed and opened in one step");
    assert!(
        page.body.contains(&format!("/items/{item}/confirm{}", list.replace('&', "&amp;"))),
        "{}",
        page.body
    );
}

/// A central system that refuses everything for good.
pub(super) async fn refusing(address: std::net::SocketAddr, site: &Site) -> tokio::sync::watch::Sender<bool> {
    let tls = Arc::new(site.server_config().expect("own certificates"));
    let listener = Listener::bind("central", address, tls, 8).await.expect("a free address");
    let refuse = axum::routing::post(|| async { StatusCode::UNPROCESSABLE_ENTITY });
    let (stop, stopping) = tokio::sync::watch::channel(false);
    tokio::spawn(listener.serve(
        axum::Router::new().route("/v1/transactions", refuse),
        Arc::default(),
        stopping,
    ));
    stop
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_item_is_put_back_or_given_back() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = free.expect("a free port");
    let mut world = World::towards(&address.to_string());
    let site = read_site(world.folder.path());
    let _central = refusing(address, &site).await;
    let lane = world.work.take().expect("not run yet").run(site.central().expect("own certificates"));
    let lane = tokio::spawn(lane);
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    let stopped = async |number: u32| {
        let item = world.submission(Category::Applicant, number, hours(1), false).await;
        let path = format!("/items/{item}");
        while operator.json(&path).await.json()["state"] != "parked" {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        path
    };

    let path = stopped(1).await;
    let seen = operator.json(&path).await.json();
    assert_eq!(seen["reason"], "The central system refused the message for good.");
    assert!(seen["next_step"].as_str().is_some_and(|step| step.starts_with("Ask the origin")), "{seen}");
    let page = operator.page(&path).await.body;
    assert!(page.contains("Put it back on its way") && page.contains("give it back to the sender"), "{page}");
    let refused = operator.send(&format!("{path}/requeue"), &[("channel", "pigeon")]).await;
    assert_eq!(refused.code(), "G-0909");
    let put_back = operator.send(&format!("{path}/requeue"), &[("channel", "web-interface")]).await.json();
    assert_eq!(put_back["state"], "waiting");

    let path = stopped(2).await;
    assert_eq!(operator.send(&format!("{path}/give-back"), &[]).await.code(), "G-0909");
    let why = "the photograph is of another person";
    let closed = operator.send(&format!("{path}/give-back"), &[("reason", why)]).await.json();
    assert_eq!(
        (closed["state"].as_str(), closed["answers"][0]["kind"].as_str()),
        (Some("closed"), Some("rejected"))
    );
    let page = operator.page(&path).await.body;
    assert!(page.contains("the obligation stays with the sender"), "{page}");
    assert!(!page.contains("✓ met"), "nothing was met");
    let log = audit(&world);
    assert!(log.contains("\"returned\"") && !log.contains(why), "{log}");
    lane.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_hears_of_changes() {
    use axum::body::Body;
    use axum::http::{Request, header};
    use http_body_util::BodyExt;

    let world = World::new();
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    let request = Request::builder()
        .uri("/events")
        .header(header::HOST, "127.0.0.1:8444")
        .header(header::COOKIE, operator.cookie.clone().expect("signed in"))
        .body(Body::empty())
        .expect("a sound request");
    let mut response = operator.raw(request).await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let item = world.erasure(1, hours(1)).await;
    let heard = async {
        loop {
            let frame = response.frame().await.expect("open").expect("sound");
            let text = frame
                .into_data()
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                .unwrap_or_default();
            if text.contains("event: changed") {
                return text;
            }
        }
    };
    let heard = tokio::time::timeout(std::time::Duration::from_secs(30), heard).await.expect("in time");
    assert!(heard.contains(&item.to_string()) && !heard.contains(REFERENCE), "{heard}");
}
