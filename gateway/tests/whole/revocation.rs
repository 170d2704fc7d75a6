//! Lists of revoked certificates, through real TLS: who gets in, who is cut off, and what holds without a usable list.

use std::time::Duration;

use gateway::daemon::Daemon;
use reqwest::Client;

use crate::central::free_address;
use crate::site::{Authority, Card, TestSite, client};

const TLS: &str = "client_ca = \"ca.pem\"";

/// A site that reads `crl.pem`, with what stands there now.
fn site_with(rule: &str, list: impl FnOnce(&TestSite) -> String) -> TestSite {
    let site = TestSite::new(free_address());
    site.write("crl.pem", &list(&site));
    let keys = format!("{TLS}\nclient_crl = [\"crl.pem\"]\n{rule}");
    site.sign("gateway.toml", &site.text.replace(TLS, &keys));
    site
}

/// A new connection with this card; whether it gets an answer from the link and from the console.
async fn gets_in(site: &TestSite, daemon: &Daemon, card: &Card) -> (bool, bool) {
    let ask = async |address: Option<std::net::SocketAddr>, path: &str| {
        let url = format!("https://{}{path}", address.expect("listening"));
        let mut builder = Client::builder();
        builder = builder.tls_certs_only([
            reqwest::Certificate::from_pem(site.authority().pem.as_bytes()).expect("own PEM")
        ]);
        let pem = format!("{}\n{}", card.certificate, card.key);
        let identity = reqwest::Identity::from_pem(pem.as_bytes()).expect("own PEM");
        // The console's certificate is for another address than the test's; what counts is the handshake.
        builder = builder.identity(identity).no_proxy().tls_danger_accept_invalid_hostnames(true);
        builder.build().expect("a client").get(url).send().await.is_ok()
    };
    (ask(daemon.link_address(), "/v1/health").await, ask(daemon.console_address(), "/").await)
}

/// Waits until the running gateway has read the files again.
async fn read_again(daemon: &Daemon, expect: &str) {
    while daemon.hub().health().client_revocation != expect {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_card_is_refused_at_both_listeners_and_others_pass() {
    let authority_cards = std::cell::RefCell::new(Vec::new());
    let site = site_with("", |site| {
        let cards: Vec<_> = ["kiosk-1", "partner-1", "official-1"].map(|id| site.authority().card(id)).into();
        let list = site.authority().revoke(&[&cards[1], &cards[2]], 2040);
        *authority_cards.borrow_mut() = cards;
        list
    });
    let cards = authority_cards.into_inner();
    let _ = client(&cards[0], &site.authority().pem);
    let daemon = site.start().await;
    assert_eq!(gets_in(&site, &daemon, &cards[0]).await, (true, true), "not on the list");
    assert_eq!(gets_in(&site, &daemon, &cards[1]).await, (false, false), "a revoked partner");
    assert_eq!(gets_in(&site, &daemon, &cards[2]).await, (false, false), "a revoked official");
    let renewed = site.authority().card("partner-1");
    assert_eq!(gets_in(&site, &daemon, &renewed).await, (true, true), "the same partner, a new card");
    let figures = gateway::watch::render(daemon.hub(), jiff::Timestamp::now());
    assert!(figures.contains("event=\"certificate-revoked\"} 4"), "{figures}");
    assert!(figures.contains("gateway_client_crl_current 1"), "{figures}");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_exchanged_at_run_time_and_cuts_open_connections() {
    let site = site_with("", |site| site.authority().revoke(&[], 2040));
    let (lost, kept) = (site.authority().card("kiosk-1"), site.authority().card("partner-1"));
    let daemon = site.start().await;
    let url = format!("https://{}/v1/health", daemon.link_address().expect("listening"));
    let long = format!("https://{}/v1/answers?wait_s=30", daemon.link_address().expect("listening"));
    let (lost_client, kept_client) = (site.client(&lost), site.client(&kept));
    assert!(lost_client.get(&url).send().await.is_ok());
    assert!(kept_client.get(&url).send().await.is_ok());
    let waiting = tokio::spawn({
        let (client, long) = (lost_client.clone(), long.clone());
        async move { client.get(long).send().await }
    });
    // The poll must have begun, else it would be refused as a new connection.
    tokio::time::sleep(Duration::from_millis(200)).await;

    site.write("crl.new", &site.authority().revoke(&[&lost], 2040));
    std::fs::rename(site.path("crl.new"), site.path("crl.pem")).expect("the same folder");
    let began = std::time::Instant::now();
    let cut = waiting.await.expect("no panic");
    assert!(cut.is_err(), "the open connection of a revoked card went on");
    assert!(began.elapsed() < Duration::from_secs(25), "it was not cut, its poll ended");
    assert!(lost_client.get(&url).send().await.is_err(), "it came back");
    assert_eq!(gets_in(&site, &daemon, &lost).await, (false, false));
    assert!(kept_client.get(&url).send().await.is_ok(), "others go on");

    site.write("crl.new", &site.authority().revoke(&[], 2040));
    std::fs::rename(site.path("crl.new"), site.path("crl.pem")).expect("the same folder");
    while !gets_in(&site, &daemon, &lost).await.0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_usable_list_nobody_gets_in_unless_the_site_says_so() {
    let check =
        async |what: &str, rule: &str, list: &dyn Fn(&TestSite) -> String, status: &str, passes: bool| {
            let site = site_with(rule, list);
            let card = site.authority().card("kiosk-1");
            let _ = client(&card, &site.authority().pem);
            let daemon = site.start().await;
            assert_eq!(gets_in(&site, &daemon, &card).await, (passes, passes), "{what}");
            let health = daemon.hub().health();
            assert_eq!(health.client_revocation, status, "{what}");
            assert_eq!(health.reason.is_none(), passes, "{what}: {:?}", health.reason);
            if !passes && status != "current" {
                assert!(health.reason.expect("a reason").starts_with("G-0950"), "{what}");
            }
            daemon.stop().await;
        };
    let expired = |site: &TestSite| site.authority().revoke(&[], 2021);
    let rubbish = |_: &TestSite| "nothing\n".to_owned();
    let keep = "client_crl_stale = \"keep-last\"";
    check("expired", "", &expired, "expired", false).await;
    check("expired, kept", keep, &expired, "expired", true).await;
    check("unreadable", "", &rubbish, "unreadable", false).await;
    check("never readable is not kept", keep, &rubbish, "unreadable", false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_somebody_else_and_a_list_that_goes_bad_are_not_believed() {
    let foreign = site_with("", |_| Authority::new("site").revoke(&[], 2040));
    let card = foreign.authority().card("kiosk-1");
    let _ = client(&card, &foreign.authority().pem);
    let daemon = foreign.start().await;
    assert_eq!(gets_in(&foreign, &daemon, &card).await, (false, false), "signed by another key");
    daemon.stop().await;

    for (rule, passes) in [("", false), ("client_crl_stale = \"keep-last\"", true)] {
        let site = site_with(rule, |site| site.authority().revoke(&[], 2040));
        let (card, daemon) = (site.authority().card("kiosk-1"), site.start().await);
        let open = site.client(&card);
        let url = format!("https://{}/v1/health", daemon.link_address().expect("listening"));
        assert!(open.get(&url).send().await.is_ok());
        site.write("crl.pem", "nothing\n");
        read_again(&daemon, "unreadable").await;
        assert_eq!(gets_in(&site, &daemon, &card).await, (passes, passes), "{rule}");
        site.write("crl.pem", &site.authority().revoke(&[], 2040));
        read_again(&daemon, "current").await;
        assert_eq!(gets_in(&site, &daemon, &card).await, (true, true), "it recovers by itself");
        daemon.stop().await;
    }
}
