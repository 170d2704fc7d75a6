//! The page of those who look after the installation, and that they see nothing else.

use axum::http::StatusCode;

use super::browser::Browser;
use super::world::{
    ADMINISTRATOR, AUDITOR, GROUND, KIOSK, OFFICER, OPERATOR, PARTNER, PIN, REFERENCE, World,
};
use super::{audit, console, hours};

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_gets_no_item_and_no_value() {
    let world = World::new();
    let item = world.erasure(1, hours(75)).await;
    let router = console(&world);
    let administrator = Browser::signed_in(&router, ADMINISTRATOR).await;
    let item_path = format!("/items/{item}");
    for path in [
        "/",
        "/?show=overdue",
        &item_path,
        &format!("{item_path}/person"),
        "/bulk/1",
        "/tasks",
        "/interfaces",
        "/interfaces/erase-inaccurate",
        "/events",
    ] {
        let answer = administrator.json(path).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "G-0902"), "{path}");
        let page = administrator.page(path).await.body;
        for secret in [REFERENCE, GROUND, &item.to_string(), PARTNER] {
            assert!(!page.contains(secret), "{path} shows {secret}: {page}");
        }
    }
    for act in ["claim", "open", "mask", "release", "confirm", "requeue", "give-back", "check", "extend"] {
        let answer = administrator.send(&format!("{item_path}/{act}"), &[("reason", "supervise")]).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "G-0902"), "{act}");
    }
    for (path, form) in [
        ("/bulk", [("act", "claim"), ("scope", "matching")]),
        ("/bulk/1", [("count", "1"), ("reason", "none")]),
        ("/tasks/1/claim", [("verdict", "done"), ("x", "")]),
        ("/interfaces/erase-inaccurate", [("channel", "s2s"), ("count", "1")]),
    ] {
        assert_eq!(administrator.send(path, &form).await.code(), "G-0902", "{path}");
    }
    let operator = Browser::signed_in(&router, OPERATOR).await;
    assert_eq!(operator.json(&item_path).await.json()["state"], "waiting", "untouched");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_and_an_auditor_read_the_installation() {
    let world = World::new();
    let item = world.erasure(1, hours(75)).await;
    let router = console(&world);
    let mut administrator = Browser::with_card(&router, Some(ADMINISTRATOR));
    let asks = administrator.page("/installation").await;
    assert_eq!(asks.header("location"), "/sign-in?next=/installation");
    administrator.sign_in(PIN).await;
    let form = [("pin", PIN), ("next", &format!("/items/{item}"))];
    let mut again = Browser::with_card(&router, Some(ADMINISTRATOR));
    again.csrf = again.json("/sign-in").await.json()["csrf"].as_str().expect("a token").to_owned();
    assert_eq!(again.submit("/sign-in", &form).await.header("location"), "/installation");
    assert_eq!(administrator.page("/").await.header("location"), "/installation");

    let seen = administrator.json("/installation").await.json();
    assert_eq!(
        (&seen["site"], &seen["partners"], &seen["persons"]),
        (&"test-site".into(), &2.into(), &5.into())
    );
    assert_eq!(
        (&seen["clientCrl"], &seen["lastBackup"]),
        (&"not-configured".into(), &serde_json::Value::Null)
    );
    assert!(seen["storageFreeBytes"].as_u64() > Some(0) && seen["certificateNotAfter"].is_string());
    let page = administrator.page("/installation").await.body;
    for words in
        ["Site test-site, Member State NL.", "None is noted", "Takes new messages.", "No list is configured"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    for link in ["href=\"/\"", "/tasks", "/interfaces"] {
        assert!(!page.contains(link), "no link that is refused: {link}");
    }
    let told = [&page, &administrator.json("/installation").await.body].map(String::clone).concat();
    for secret in [REFERENCE, GROUND, &item.to_string(), PARTNER, KIOSK, OFFICER] {
        assert!(!told.contains(secret), "{secret}");
    }
    let health = administrator.page("/health").await;
    assert!(health.status == StatusCode::OK && !health.body.contains("See the queue"), "{}", health.body);

    let auditor = Browser::signed_in(&router, AUDITOR).await;
    assert_eq!(auditor.send("/language", &[("language", "nl")]).await.status, StatusCode::NO_CONTENT);
    let dutch = auditor.page("/installation").await.body;
    assert!(
        dutch.contains("Locatie test-site, lidstaat NL.") && dutch.contains("href=\"/tasks\""),
        "{dutch}"
    );
    let operator = Browser::signed_in(&router, OPERATOR).await;
    assert_eq!(operator.json("/installation").await.code(), "G-0902");
    assert!(!operator.page("/").await.body.contains("/installation"));

    let log = audit(&world);
    for reader in [ADMINISTRATOR, AUDITOR] {
        let read = |line: &&str| line.contains("\"viewed\"") && line.contains("\"installation\"");
        assert!(log.lines().filter(read).any(|line| line.contains(reader)), "{reader}: {log}");
    }
}
