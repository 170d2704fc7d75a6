//! The machine link, through real TLS.

use std::time::Duration;

use firmware_config::Channel;
use gateway::daemon::Daemon;
use icd::identifier::{MessageId, StaffId};
use icd::message::{Answer, AnswerList, Message, Outcome, Priority, Receipt};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Response, StatusCode};

use crate::central::{Central, Fault, free_address};
use crate::sample::{self, Sample};
use crate::site::{Authority, TestSite, all_bytes, client};
use gateway::hub::{OpenReason, Who};

/// A site with a running gateway and a running central system.
pub(crate) struct House {
    pub(crate) site: TestSite,
    pub(crate) central: Central,
    pub(crate) daemon: Daemon,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// The same, after the site was changed.
    pub(crate) async fn with(change: impl FnOnce(&TestSite)) -> Self {
        let address = free_address();
        let site = TestSite::new(address);
        change(&site);
        let central = Central::default();
        central.serve(address, &site).await;
        let daemon = site.start().await;
        Self { site, central, daemon }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.daemon.link_address().expect("listening"))
    }

    pub(crate) async fn send(&self, client: &Client, sample: &Sample) -> Response {
        client.post(self.url("/v1/transactions")).multipart(sample.form()).send().await.expect("a reply")
    }
}

pub(crate) async fn receipt(response: Response) -> Receipt {
    let body = response.bytes().await.expect("a body");
    match Message::from_xml(&body).expect("a message") {
        Message::Receipt(receipt) => receipt,
        other => panic!("not a receipt: {other:?}"),
    }
}

/// Status, code and codes of findings of a refusal.
pub(crate) async fn problem(response: Response) -> (u16, String, Vec<String>) {
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    assert_eq!(kind.as_deref(), Some("application/problem+json"));
    let text = response.text().await.expect("a body");
    assert!(!text.contains(sample::SURNAME) && !text.contains("NL1"), "a refusal repeats no value: {text}");
    let problem: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let codes = problem["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    let codes = codes.iter().filter_map(|finding| finding["code"].as_str()).map(str::to_owned).collect();
    (status, problem["code"].as_str().unwrap_or_default().to_owned(), codes)
}

pub(crate) async fn collect(house: &House, client: &Client) -> Vec<Answer> {
    let response = client.get(house.url("/v1/answers?wait_s=20")).send().await.expect("a reply");
    assert_eq!(response.status(), StatusCode::OK);
    AnswerList::from_xml(&response.bytes().await.expect("a body")).expect("answers").answers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_travels_to_the_central_system_and_its_answer_back() {
    let house = House::new().await;
    let kiosk = house.site.kiosk();
    let sample = sample::submission("kiosk-1", "00000001");
    let response = house.send(&kiosk, &sample).await;
    let status = response.status();
    assert_eq!(status, StatusCode::CREATED, "{}", response.text().await.unwrap_or_default());
    let first = receipt(house.send(&kiosk, &sample).await).await;
    assert!(house.site.receipt_key.verify_bytes(first.signing_text().as_bytes(), &first.signature));
    assert_eq!(first.content_sha256, Receipt::content_digest(&sample.envelope, &sample.container));

    let again = house.send(&kiosk, &sample).await;
    assert_eq!(again.status(), StatusCode::OK);
    assert!(receipt(again).await == first, "the same receipt every time");

    let answers = collect(&house, &kiosk).await;
    assert_eq!(answers.len(), 1);
    assert!(matches!(answers[0].outcome, Outcome::NoHit));
    assert_eq!(house.central.arrivals_of(sample.message_id), 1);
    let state = house.url(&format!("/v1/transactions/{}", sample.message_id));
    let shown: serde_json::Value =
        kiosk.get(&state).send().await.expect("a reply").json().await.expect("JSON");
    assert_eq!(shown["state"], "closed");
    let other = house.site.client(&house.site.authority().card("partner-1"));
    assert_eq!(other.get(&state).send().await.expect("a reply").status(), StatusCode::NOT_FOUND);

    let acknowledgement = house.url(&format!("/v1/answers/{}/acknowledgement", answers[0].answer_id));
    for _ in 0..2 {
        let done = kiosk.post(&acknowledgement).send().await.expect("a reply");
        assert_eq!(done.status(), StatusCode::NO_CONTENT);
    }
    let left =
        kiosk.get(house.url("/v1/answers")).send().await.expect("a reply").bytes().await.expect("a body");
    assert!(AnswerList::from_xml(&left).expect("a list").answers.is_empty());

    house.daemon.stop().await;
    let stored = all_bytes(&house.site.store());
    for secret in [sample::SURNAME.as_bytes(), b"NL100000001"] {
        assert!(
            !stored.windows(secret.len()).any(|window| window == secret),
            "personal data lie on disk in clear"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn peers_without_a_good_certificate_do_not_get_in() {
    let house = House::new().await;
    let authority = house.site.authority();
    let check = async |what: &str, card: crate::site::Card| {
        let client = client(&card, &authority.pem);
        let refused = client.get(house.url("/v1/health")).send().await;
        assert!(refused.is_err(), "{what} got in");
    };
    check("another authority", Authority::new("other").card("kiosk-1")).await;
    check("an expired certificate", authority.card_valid("kiosk-1", 2020, 2021)).await;
    check("a certificate of the future", authority.card_valid("kiosk-1", 2039, 2040)).await;
    let nobody = Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(authority.pem.as_bytes()).expect("own PEM")])
        .no_proxy()
        .build()
        .expect("a client");
    assert!(nobody.get(house.url("/v1/health")).send().await.is_err(), "no certificate got in");

    let stranger = house.site.client(&authority.card("kiosk-9"));
    let sample = sample::submission("kiosk-9", "00000001");
    assert_eq!(problem(house.send(&stranger, &sample).await).await, (403, "G-0403".to_owned(), vec![]));
    let answers = stranger.get(house.url("/v1/answers")).send().await.expect("a reply");
    assert_eq!(problem(answers).await.0, 403);
    house.daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_says_why_and_leaves_nothing() {
    let house = House::new().await;
    let kiosk = house.site.kiosk();
    let good = sample::submission("kiosk-1", "00000001");
    let check = async |what: &str, sample: Sample, expect: (u16, &str)| {
        let found = problem(house.send(&kiosk, &sample).await).await;
        assert_eq!((found.0, found.1.as_str()), expect, "{what}: {found:?}");
        found.2
    };
    let with_envelope = |text: String| Sample { envelope: text.into_bytes(), ..good.clone() };
    let text = String::from_utf8(good.envelope.clone()).expect("XML is text");
    let body = text.split_once("?>").map_or(text.as_str(), |(_, body)| body);
    let dtd = format!("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]>{body}");
    check("a DTD", with_envelope(dtd), (400, "G-0410")).await;
    check("an entity", with_envelope(text.replace(sample::SURNAME, "&b;")), (400, "G-0410")).await;
    check("no XML", with_envelope("nothing".to_owned()), (400, "G-0410")).await;
    let truncated = Sample { container: good.container[..good.container.len() / 2].to_vec(), ..good.clone() };
    let findings = check("a truncated container", truncated, (422, "G-0422")).await;
    assert!(findings.len() >= 2, "all findings at once: {findings:?}");
    let none = Sample { container: Vec::new(), ..good.clone() };
    check("no container", none, (422, "G-0422")).await;
    check("another sender", sample::submission("partner-1", "00000001"), (403, "G-0406")).await;
    check("an operation without right", sample::erasure("kiosk-1", "00000001"), (403, "G-0405")).await;
    let nil = sample::submission_with("kiosk-1", "00000001", |s| {
        s.message_id = MessageId::from_uuid(uuid::Uuid::nil())
    });
    assert!(check("a nil message id", nil, (422, "G-0422")).await.contains(&"G-0423".to_owned()));
    let huge = Sample { envelope: vec![b' '; gateway::limits::ENVELOPE_BYTES_MAX + 1], ..good.clone() };
    check("a huge envelope", huge, (413, "G-0413")).await;
    let huge = Sample { container: vec![0; gateway::limits::CONTAINER_BYTES_MAX + 1], ..good.clone() };
    check("a huge container", huge, (413, "G-0413")).await;
    assert_eq!(house.daemon.hub().health().open_items, 0, "nothing was stored");

    let post = || kiosk.post(house.url("/v1/transactions"));
    let plain = post().body("x").send().await.expect("a reply");
    assert_eq!(problem(plain).await.1, "G-0415");
    let unknown = Form::new().part("other", Part::bytes(vec![1]));
    assert_eq!(problem(post().multipart(unknown).send().await.expect("a reply")).await.1, "G-0400");
    let twice = good.form().part("envelope", Part::bytes(good.envelope.clone()));
    assert_eq!(problem(post().multipart(twice).send().await.expect("a reply")).await.1, "G-0400");
    for (path, code) in
        [("/v1/nothing", "G-0404"), ("/v1/transactions", "G-0414"), ("/v1/answers?wait_s=x", "G-0400")]
    {
        assert_eq!(
            problem(kiosk.get(house.url(path)).send().await.expect("a reply")).await.1,
            code,
            "{path}"
        );
    }
    house.daemon.stop().await;
}

/// Field 1.006 of the file says it too (Art. 38(2)). That it does not is a warning, and warnings are told with a refusal; so
/// the reason is left empty.
#[tokio::test(flavor = "multi_thread")]
async fn an_urgent_message_is_urgent_in_its_file() {
    let house = House::new().await;
    let kiosk = house.site.kiosk();
    let good = sample::urgent("kiosk-1", "00000001", true, |_| ());
    assert_eq!(house.send(&kiosk, &good).await.status(), StatusCode::CREATED);
    for (urgent_in_file, number) in [(true, "00000002"), (false, "00000003")] {
        let unreasoned = sample::urgent("kiosk-1", number, urgent_in_file, |submission| {
            submission.priority = Priority::Urgent { reason: " ".to_owned() };
        });
        let (status, _, codes) = problem(house.send(&kiosk, &unreasoned).await).await;
        assert_eq!(status, 422);
        assert!(codes.iter().any(|code| code == "I-1101"), "{codes:?}");
        assert_eq!(codes.iter().any(|code| code == "I-1605"), !urgent_in_file, "{codes:?}");
    }
    house.daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_message_id_has_one_content() {
    let house = House::new().await;
    let kiosk = house.site.kiosk();
    let first = sample::submission("kiosk-1", "00000001");
    assert_eq!(house.send(&kiosk, &first).await.status(), StatusCode::CREATED);
    let other =
        sample::submission_with("kiosk-1", "00000002", |submission| submission.message_id = first.message_id);
    let found = problem(house.send(&kiosk, &other).await).await;
    // The container names its message too, so the findings may come first; either way nothing is taken.
    assert!(matches!(found.0, 409 | 422), "{found:?}");
    let text = String::from_utf8(first.envelope.clone()).expect("text");
    let changed = text.replace(sample::SURNAME, "Anderenaam");
    let other = Sample { envelope: changed.into_bytes(), ..first.clone() };
    let found = problem(house.send(&kiosk, &other).await).await;
    assert!(matches!(found.0, 409 | 422), "{found:?}");
    let moved = sample::erasure("partner-1", "00000001");
    let partner = house.site.client(&house.site.authority().card("partner-1"));
    assert_eq!(house.send(&partner, &moved).await.status(), StatusCode::CREATED);
    let text = String::from_utf8(moved.envelope.clone()).expect("text");
    let other = Sample { envelope: text.replace("wrong reference", "other reference").into_bytes(), ..moved };
    assert_eq!(problem(house.send(&partner, &other).await).await.1, "G-0409");
    house.daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_on_many_connections_is_taken_once() {
    let house = House::new().await;
    let sample = sample::submission("kiosk-1", "00000001");
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (client, url, sample) = (house.site.kiosk(), house.url("/v1/transactions"), sample.clone());
        senders.spawn(async move {
            loop {
                let response = client.post(&url).multipart(sample.form()).send().await.expect("a reply");
                if response.status() != StatusCode::SERVICE_UNAVAILABLE {
                    return (response.status(), receipt(response).await);
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
    }
    let replies = senders.join_all().await;
    let created = replies.iter().filter(|(status, _)| *status == StatusCode::CREATED).count();
    assert_eq!(created, 1);
    assert!(replies.iter().all(|(_, receipt)| *receipt == replies[0].1));
    collect(&house, &house.site.kiosk()).await;
    assert_eq!(house.central.arrivals_of(sample.message_id), 1);
    house.daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_reply_is_asked_for_and_nothing_is_sent_twice() {
    let house = House::new().await;
    let kiosk = house.site.kiosk();
    house.central.set(Fault::LosesReplies);
    let sample = sample::submission("kiosk-1", "00000001");
    assert_eq!(house.send(&kiosk, &sample).await.status(), StatusCode::CREATED);
    assert_eq!(collect(&house, &kiosk).await.len(), 1);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(house.central.arrivals_of(sample.message_id), 1);

    house.central.set(Fault::Down);
    let late = sample::submission("kiosk-1", "00000002");
    assert_eq!(
        house.send(&kiosk, &late).await.status(),
        StatusCode::CREATED,
        "an outage is no reason to refuse"
    );
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(house.daemon.hub().health().central_reachable, Some(false));
    house.central.set(Fault::None);
    loop {
        if collect(&house, &kiosk).await.iter().any(|answer| answer.in_reply_to == late.message_id) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(house.central.arrivals_of(late.message_id), 1);
    house.daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_is_keyed_by_an_operator_and_its_receipt_goes_home() {
    let house = House::new().await;
    let partner = house.site.client(&house.site.authority().card("partner-1"));
    let erasure = sample::erasure("partner-1", "00000001");
    assert_eq!(house.send(&partner, &erasure).await.status(), StatusCode::CREATED);
    let hub = house.daemon.hub();
    let items = hub.items(jiff::Timestamp::now(), |_| true);
    assert_eq!((items.len(), items[0].stage, items[0].clock), (1, "waiting", Some("on-time")));
    let (item, staff) = (items[0].id, StaffId::new("operator-1").expect("plain"));
    let who = Who { origin: "console 127.0.0.1".to_owned(), actor: "operator-1".to_owned() };
    let mut notices = hub.subscribe();
    let claim = hub.claim(item, &staff, &who).await.expect("free");
    assert_eq!(notices.recv().await.expect("a notice").what, "claimed");
    let opened = hub.open_item(item, OpenReason::Key, &who).await.expect("its content");
    assert!(matches!(opened.message, Message::Change(change) if change.reason.starts_with("recorded")));
    hub.confirm((item, claim.fence), " EU-2026-1 ", &staff, &who).await.expect("own claim");
    let answers = collect(&house, &partner).await;
    assert!(matches!(&answers[0].outcome, Outcome::Done { web_receipt } if web_receipt == "EU-2026-1"));
    let steps: Vec<_> = hub.timeline(item).await.expect("a life").iter().map(|step| step.what).collect();
    assert_eq!(steps, ["accepted", "claimed", "confirmed"]);
    assert_eq!(house.central.arrivals_of(erasure.message_id), 0, "it went by hand");
    house.daemon.stop().await;
    let log = gateway::audit::verify_path(
        &house.site.path("store/audit"),
        &house.site.receipt_key,
        Vec::new(),
        Vec::new(),
    );
    assert!(log.expect("a sound log").lines >= 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_central_system_refuses_is_decided_by_a_person() {
    let house = House::new().await;
    let kiosk = house.site.kiosk();
    house.central.set(Fault::Refuses);
    let [first, second] = ["00000001", "00000002"].map(|number| sample::submission("kiosk-1", number));
    for sample in [&first, &second] {
        assert_eq!(house.send(&kiosk, sample).await.status(), StatusCode::CREATED);
    }
    let hub = house.daemon.hub();
    let parked = || hub.items(jiff::Timestamp::now(), |item| item.stage.name() == "parked");
    while parked().len() < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let items = parked();
    assert!(items[0].trouble.is_some_and(|trouble| trouble.what.contains("refused")));
    let staff = StaffId::new("supervisor-1").expect("plain");
    let who = Who { origin: "console 127.0.0.1".to_owned(), actor: "supervisor-1".to_owned() };
    hub.give_back(items[0].id, "The date of birth is impossible.", &staff, &who).await.expect("parked");
    house.central.set(Fault::None);
    hub.requeue(items[1].id, Channel::S2s, &staff, &who).await.expect("parked");
    let mut outcomes = Vec::new();
    while outcomes.len() < 2 {
        for answer in collect(&house, &kiosk).await {
            let acknowledgement = house.url(&format!("/v1/answers/{}/acknowledgement", answer.answer_id));
            kiosk.post(acknowledgement).send().await.expect("a reply");
            outcomes.push((answer.in_reply_to == first.message_id, answer.outcome));
        }
    }
    assert!(outcomes.iter().any(|(first, outcome)| *first && matches!(outcome, Outcome::Rejected(_))));
    assert!(outcomes.iter().any(|(first, outcome)| !*first && matches!(outcome, Outcome::NoHit)));
    assert_eq!(
        (house.central.arrivals_of(first.message_id), house.central.arrivals_of(second.message_id)),
        (0, 1)
    );
    house.daemon.stop().await;
}
