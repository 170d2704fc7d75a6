//! Who gets in, and what the console refuses before it looks at anything.

use axum::http::{Method, StatusCode, header};

use super::browser::Browser;
use super::world::{AUDITOR, COLLEAGUE, OFFICER, OPERATOR, PIN, World};
use super::{audit, console, hours};

#[tokio::test(flavor = "multi_thread")]
async fn a_card_and_a_pin_open_the_queue() {
    let world = World::new();
    let router = console(&world);
    let mut browser = Browser::with_card(&router, Some(OPERATOR));
    assert_eq!(browser.json("/").await.code(), "G-0905");
    let page = browser.page("/").await;
    assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
    let answer = browser.sign_in(PIN).await;
    assert_eq!(answer.json()["person"], OPERATOR);
    let cookie = answer.header("set-cookie");
    for attribute in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert_eq!(browser.page("/").await.status, StatusCode::OK);
    assert_eq!(browser.send("/sign-out", &[]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(browser.json("/").await.code(), "G-0905");
    let log = audit(&world);
    assert!(log.contains("\"sign-in\"") && log.contains("\"sign-out\"") && log.contains(OPERATOR), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_one_card_is_nothing_with_another() {
    let world = World::new();
    let router = console(&world);
    let own = Browser::signed_in(&router, OPERATOR).await;
    let mut other = Browser::with_card(&router, Some(COLLEAGUE));
    other.cookie = own.cookie.clone();
    assert_eq!(other.json("/").await.code(), "G-0905");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_pins_are_counted_and_limited() {
    let world = World::new();
    let router = console(&world);
    let mut browser = Browser::with_card(&router, Some(OPERATOR));
    for left in (0..crate::limits::PIN_ATTEMPTS_MAX).rev() {
        let answer = browser.sign_in("918273").await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "G-0903"), "{left} left");
    }
    let answer = browser.sign_in(PIN).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "G-0904"));
    assert!(answer.header("retry-after").parse::<u32>().expect("seconds") > 0);
    let page = browser.submit("/sign-in", &[("pin", PIN)]).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.body.contains("Too many wrong PINs") && !page.body.contains(PIN), "{}", page.body);
    Browser::signed_in(&router, COLLEAGUE).await;
    let log = audit(&world);
    assert!(
        log.contains("G-0903") && log.contains("G-0904") && !log.contains(PIN) && !log.contains("918273")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_without_role_or_row_is_refused() {
    let world = World::new();
    let router = console(&world);
    let check = async |card: Option<&str>, code: &str| {
        let browser = Browser::with_card(&router, card);
        for answer in
            [browser.page("/").await, browser.page("/sign-in").await, browser.json("/sign-in").await]
        {
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, code), "{card:?}");
        }
        assert_eq!(browser.send("/sign-in", &[("pin", PIN)]).await.code(), code, "{card:?}");
    };
    check(Some(OFFICER), "G-0902").await;
    check(Some("somebody-else"), "G-0901").await;
    check(None, "G-0901").await;
    assert!(audit(&world).contains("G-0902"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_reads_and_does_not_act() {
    let world = World::new();
    let item = world.erasure(1, hours(1)).await;
    let router = console(&world);
    let auditor = Browser::signed_in(&router, AUDITOR).await;
    let page = auditor.page(&format!("/items/{item}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.body.contains("Your role lets you read this item") && !page.body.contains("/claim"),
        "{}",
        page.body
    );
    for verb in ["claim", "open", "release", "confirm", "requeue"] {
        let answer = auditor.send(&format!("/items/{item}/{verb}"), &[("reason", "key")]).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "G-0902"), "{verb}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_the_sessions_token_does_nothing() {
    let world = World::new();
    let item = world.erasure(1, hours(1)).await;
    let router = console(&world);
    let own = Browser::signed_in(&router, OPERATOR).await;
    let colleague = Browser::signed_in(&router, COLLEAGUE).await;
    let mut forged = Browser::with_card(&router, Some(OPERATOR));
    forged.cookie = own.cookie.clone();
    for token in ["", "guess", colleague.csrf.as_str()] {
        token.clone_into(&mut forged.csrf);
        for path in [format!("/items/{item}/claim"), "/sign-out".to_owned()] {
            let answer = forged.send(&path, &[]).await;
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "G-0906"), "{path}");
        }
    }
    assert_eq!(own.json(&format!("/items/{item}")).await.json()["state"], "waiting");
    let mut outside = Browser::with_card(&router, Some(OPERATOR));
    "guess".clone_into(&mut outside.csrf);
    assert_eq!(outside.send("/sign-in", &[("pin", PIN)]).await.code(), "G-0906");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_consoles_own_pages_may_send_forms() {
    let world = World::new();
    let item = world.erasure(1, hours(1)).await;
    let router = console(&world);
    let mut browser = Browser::signed_in(&router, OPERATOR).await;
    let claim = format!("/items/{item}/claim");
    for origin in ["https://evil.example", "null", "http://127.0.0.1:8444", "https://127.0.0.1:9999"] {
        browser.headers = vec![(header::ORIGIN, origin.to_owned())];
        assert_eq!(browser.send(&claim, &[]).await.code(), "G-0907", "{origin}");
    }
    browser.headers = vec![(header::ORIGIN, "https://127.0.0.1:8444".to_owned())];
    assert_eq!(browser.send(&claim, &[]).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_consoles_own_names_are_answered() {
    let world = World::new();
    let router = console(&world);
    let mut browser = Browser::with_card(&router, Some(OPERATOR));
    for (host, expect) in [
        ("127.0.0.1:8444", "G-0905"),
        ("localhost", "G-0905"),
        ("console.example", "G-0905"),
        ("CONSOLE.example:8444", "G-0905"),
        ("[::1]:8444", "G-0905"),
        ("evil.example", "G-0908"),
        ("console.example.evil.example", "G-0908"),
        ("", "G-0908"),
    ] {
        browser.headers = vec![(header::HOST, host.to_owned())];
        assert_eq!(browser.json("/").await.code(), expect, "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_forms_end_in_a_clear_refusal() {
    let world = World::new();
    let item = world.erasure(1, hours(1)).await;
    let router = console(&world);
    let browser = Browser::signed_in(&router, OPERATOR).await;
    let csrf = &browser.csrf;
    let claim = format!("/items/{item}/claim");
    let many = (0..100).map(|number| format!("f{number}=x")).collect::<Vec<_>>().join("&");
    for form in [
        format!("csrf={csrf}&csrf={csrf}"),
        format!("csrf={csrf}&{many}"),
        format!("csrf={csrf}&long={}", "x".repeat(crate::limits::FORM_BYTES_MAX)),
    ] {
        let answer = browser.ask(Method::POST, &claim, "application/json", Some(form)).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, "G-0913"));
    }
    let binary = browser.ask(Method::POST, &claim, "application/json", Some("%ff%fe=%00".to_owned())).await;
    assert_eq!((binary.status, binary.code().as_str()), (StatusCode::FORBIDDEN, "G-0906"));
    assert_eq!(browser.ask(Method::PUT, &claim, "application/json", None).await.code(), "G-0912");
    assert_eq!(browser.json("/nowhere").await.code(), "G-0911");
    assert_eq!(browser.json("/items/not-an-item").await.code(), "G-0404");
    assert_eq!(browser.json("/items/0190f5a0-0000-7000-8000-000000000001").await.code(), "G-0404");
    assert_eq!(browser.json(&format!("/items/{item}")).await.json()["state"], "waiting");
}
