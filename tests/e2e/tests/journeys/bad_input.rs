//! Wrong, hostile and oversized input at the doors of the running programs: a typed error each, nothing half-done, and
//! the program goes on.

use std::{fs, time::Duration};

use e2e::{
    client::{self, Cookies},
    fixture::Parts,
    link::{self, Reply},
    pki::{Authority, Leaf, Validity},
    running::{Binaries, start_configured},
    site::{GATEWAY, KIOSK_1, KIOSK_2, Site},
};

use crate::stage::{Stage, site};

fn write_leaf(site: &Site, name: &str, leaf: &Leaf) {
    site.write(&format!("{name}.pem"), leaf.certificate_pem.as_bytes()).unwrap();
    site.write(&format!("{name}.key"), leaf.key_pem.as_bytes()).unwrap();
}

fn client_with(site: &Site, name: &str) -> reqwest::Client {
    client::with_files(site, &format!("{name}.pem"), &format!("{name}.key"), Cookies::Kept).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_decide_who_is_heard() {
    let stage = Stage::new().await;
    let parts = stage.submission("T000000001");

    // Another authority, the right name: refused in the handshake.
    let other = Authority::new("Another authority").unwrap();
    write_leaf(
        &stage.site,
        "foreign",
        &other.issue(KIOSK_1, KIOSK_1, &["localhost"], Validity::Now).unwrap(),
    );
    assert!(link::hand_in(&client_with(&stage.site, "foreign"), &stage.base, &parts).await.is_err());

    // Our authority, but ended an hour ago: refused in the handshake.
    write_leaf(&stage.site, "ended", &stage.site.issue(KIOSK_1, Validity::Ended).unwrap());
    assert!(link::hand_in(&client_with(&stage.site, "ended"), &stage.base, &parts).await.is_err());

    // No certificate at all.
    assert!(link::hand_in(&client::plain().unwrap(), &stage.base, &parts).await.is_err());

    // A genuine certificate that no partner has.
    write_leaf(&stage.site, "unknown", &stage.site.issue("kiosk-77", Validity::Now).unwrap());
    let reply = link::hand_in(&client_with(&stage.site, "unknown"), &stage.base, &parts).await.unwrap();
    assert_eq!(reply.refusal(), Some((403, "G-0403")));

    // A partner that speaks in another's name.
    let reply =
        link::hand_in(&client::as_party(&stage.site, KIOSK_2).unwrap(), &stage.base, &parts).await.unwrap();
    assert_eq!(reply.refusal().map(|(_, code)| code), Some("G-0406"));

    // After all that, the right one is served, and only its message went on.
    link::hand_in(&stage.kiosk, &stage.base, &parts).await.unwrap().receipt().unwrap();
    let answers = link::answers(&stage.kiosk, &stage.base, 20).await.unwrap();
    assert_eq!(answers.len(), 1);
    assert_eq!(stage.central.state().await.unwrap().messages.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_messages_are_named_and_leave_nothing_behind() {
    let stage = Stage::new().await;
    let good = stage.submission("T000000001");
    let with_envelope = |envelope: Vec<u8>| Parts {
        message_id: good.message_id,
        reference_number: good.reference_number.clone(),
        envelope,
        container: good.container.clone(),
    };
    let text = String::from_utf8(good.envelope.clone()).unwrap();
    let (declaration, body) =
        text.split_once("?>").map_or(("", text.as_str()), |(before, after)| (before, after));
    let declaration = if declaration.is_empty() { String::new() } else { format!("{declaration}?>") };
    let doctype = format!("{declaration}<!DOCTYPE a [<!ENTITY b \"c\">]>{body}");
    let entity = text.replacen("Synthetic", "&xxe;", 1);
    let unknown = text.replacen("</", "<surprise/></", 1);

    for (what, envelope) in [
        ("a document type", doctype.into_bytes()),
        ("an entity", entity.into_bytes()),
        ("an unknown element", unknown.into_bytes()),
        ("half an envelope", text.as_bytes()[..text.len() / 2].to_vec()),
        ("no XML", b"\x00\xff\xfe".to_vec()),
    ] {
        let reply = link::hand_in(&stage.kiosk, &stage.base, &with_envelope(envelope)).await.unwrap();
        assert_eq!(reply.refusal().map(|(_, code)| code), Some("G-0410"), "{what}: {reply:?}");
    }

    // A container cut off anywhere does not fit its envelope any more, and is itself broken.
    for keep in [0, 1, 100, good.container.len() / 2, good.container.len() - 1] {
        let mut cut = with_envelope(good.envelope.clone());
        cut.container.truncate(keep);
        let reply = link::hand_in(&stage.kiosk, &stage.base, &cut).await.unwrap();
        let (status, code) = reply.refusal().unwrap();
        assert!((400..500).contains(&status) && code.starts_with("G-04"), "{keep} bytes: {reply:?}");
    }

    // Too large: refused at the bound, not after it.
    let mut large = with_envelope(good.envelope.clone());
    large.container = vec![0; 64 << 20];
    match link::hand_in(&stage.kiosk, &stage.base, &large).await {
        Ok(reply) => assert_eq!(reply.refusal(), Some((413, "G-0413"))),
        // The gateway may close while we still send.
        Err(error) => assert_eq!(error.code(), "D-0201"),
    }

    assert_eq!(stage.central.state().await.unwrap().messages.len(), 0, "something went on");
    link::hand_in(&stage.kiosk, &stage.base, &good).await.unwrap().receipt().unwrap();
    assert_eq!(link::answers(&stage.kiosk, &stage.base, 20).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_twice_is_one_message() {
    let stage = Stage::new().await;
    let parts = stage.submission("T000000001");
    let first = link::hand_in(&stage.kiosk, &stage.base, &parts).await.unwrap();
    let Reply::Receipt(status, first) = first else { panic!("{first:?}") };
    assert_eq!(status, 201);
    let again = link::hand_in(&stage.kiosk, &stage.base, &parts).await.unwrap();
    let Reply::Receipt(status, again) = again else { panic!("{again:?}") };
    assert_eq!((status.as_u16(), &again), (200, &first));
    let mut other = stage.submission("T000000002");
    other.envelope = parts.envelope.clone();
    let reply = link::hand_in(&stage.kiosk, &stage.base, &other).await.unwrap();
    let code = reply.refusal().map(|(_, code)| code.to_owned());
    assert!(matches!(code.as_deref(), Some("G-0409" | "G-0422")), "{reply:?}");
    let answers = link::answers(&stage.kiosk, &stage.base, 20).await.unwrap();
    assert_eq!(answers.len(), 1);
    let seen = stage.central.state().await.unwrap().messages[&parts.message_id.to_string()];
    assert_eq!(seen.stored_as_new, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_promises_nothing() {
    // A margin no disk has: the same path as a disk that is nearly full.
    let stage = Stage::with(|site| {
        let config = fs::read_to_string(site.path("gateway.toml")).unwrap();
        let margin =
            config.lines().find(|line| line.starts_with("disk_margin_bytes_min")).unwrap().to_owned();
        site.write_signed("gateway.toml", &config.replace(&margin, "disk_margin_bytes_min = 1099511627776"))
            .unwrap();
    })
    .await;
    let reply = link::hand_in(&stage.kiosk, &stage.base, &stage.submission("T000000001")).await.unwrap();
    assert_eq!(reply.refusal(), Some((503, "G-0501")));
    assert_eq!(stage.central.state().await.unwrap().messages.len(), 0);
}

/// Starts a program on a site that must not start, and returns what it said.
async fn refused_start(site: &Site, program: &str, config: &str) -> String {
    let mut running =
        start_configured(site, &Binaries::beside_this().unwrap(), program, config, "refused").unwrap();
    assert_eq!(
        running.wait_for_end(Duration::from_secs(20)).await.unwrap(),
        Some(1),
        "{}",
        running.last_words()
    );
    running.last_words()
}

#[tokio::test(flavor = "multi_thread")]
async fn configuration_that_was_touched_does_not_start() {
    for (program, config, own_code) in
        [("gateway", "gateway.toml", "G-0102"), ("capture", "kiosk-1.toml", "F-0")]
    {
        let (_folder, site) = site();
        let text = fs::read_to_string(site.path(config)).unwrap();

        // Changed after signing.
        site.write(config, format!("{text}\n").as_bytes()).unwrap();
        let said = refused_start(&site, program, config).await;
        assert!(said.contains("F-0204") && said.contains(own_code), "{said}");

        // Not signed.
        site.write(config, text.as_bytes()).unwrap();
        fs::remove_file(site.path(&format!("{config}.sig"))).unwrap();
        let said = refused_start(&site, program, config).await;
        assert!(said.contains("F-0201") || said.contains("0101"), "{said}");

        // Signed, with a key nobody knows: named with its line.
        site.write_signed(config, &text.replace("[storage]\n", "[storage]\nspeed = \"fast\"\n")).unwrap();
        let said = refused_start(&site, program, config).await;
        assert!(said.contains("F-0102") && said.contains("speed"), "{said}");

        // Signed by another site.
        let (_other_folder, other) = crate::stage::site();
        fs::copy(other.path("site.pub"), site.path("site.pub")).unwrap();
        site.write_signed(config, &text).unwrap();
        let said = refused_start(&site, program, config).await;
        assert!(said.contains("F-0203"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_said_plainly() {
    let (_folder, site) = site();
    let _taken = std::net::TcpListener::bind(("127.0.0.1", site.ports.gateway_link)).unwrap();
    let said = refused_start(&site, "gateway", "gateway.toml").await;
    assert!(said.contains("G-0106") && said.contains(&site.ports.gateway_link.to_string()), "{said}");

    let (_folder, site) = crate::stage::site();
    e2e::prints::fill(&site.path("prints"), None).unwrap();
    let _taken = std::net::TcpListener::bind(("127.0.0.1", site.ports.kiosk_1)).unwrap();
    let said = refused_start(&site, "capture", "kiosk-1.toml").await;
    assert!(said.contains(&site.ports.kiosk_1.to_string()) && said.contains("C-0"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_certificate_of_our_own_does_not_start() {
    let (_folder, site) = site();
    write_leaf(&site, "gateway", &site.issue(GATEWAY, Validity::Ended).unwrap());
    let said = refused_start(&site, "gateway", "gateway.toml").await;
    assert!(said.contains("G-0105"), "{said}");
}
