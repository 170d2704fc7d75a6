//! The simulator over real TLS: stores, searches, answers, fails on request, keeps what it took.

use std::time::Duration;

use e2e::{
    central::Central,
    client,
    fixture::{self, Visit},
    link::{self, Reply},
    running::{Binaries, start_central},
    site::{GATEWAY, Ports, Site},
};
use icd::{message::Outcome, operation::Operation};
use matcher::synth::Person;
use serde_json::json;

struct Stage {
    site: Site,
    base: String,
    central: Central,
    gateway: reqwest::Client,
    _folder: tempfile::TempDir,
}

fn stage() -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::create(&folder.path().join("site"), Ports::any().unwrap()).unwrap();
    let base = format!("https://127.0.0.1:{}", site.ports.central_link);
    Stage {
        base,
        central: Central::of(&site).unwrap(),
        gateway: client::as_party(&site, GATEWAY).unwrap(),
        site,
        _folder: folder,
    }
}

async fn answer_to(stage: &Stage) -> Outcome {
    let answers = link::answers(&stage.gateway, &stage.base, 20).await.unwrap();
    assert_eq!(answers.len(), 1);
    link::acknowledge(&stage.gateway, &stage.base, &answers[0]).await.unwrap();
    answers.into_iter().next().unwrap().outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_visit_is_a_hit_on_the_first_number_until_it_is_erased() {
    let stage = stage();
    let binaries = Binaries::beside_this().unwrap();
    let mut running = start_central(&stage.site, &binaries).await.unwrap();
    let (person, other) = (Person::new(11, 30), Person::new(12, 30));
    let first = fixture::submission(&Visit::of(&person, 1), "kiosk-1", "T000000001").unwrap();
    let stranger = fixture::submission(&Visit::of(&other, 1), "kiosk-1", "T000000002").unwrap();
    let second = fixture::submission(&Visit::of(&person, 2), "kiosk-2", "T000000003").unwrap();

    link::hand_in(&stage.gateway, &stage.base, &first).await.unwrap().receipt().unwrap();
    assert_eq!(answer_to(&stage).await, Outcome::NoHit);
    link::hand_in(&stage.gateway, &stage.base, &stranger).await.unwrap().receipt().unwrap();
    assert_eq!(answer_to(&stage).await, Outcome::NoHit);

    // What was taken in survives kill -9.
    running.kill_9().await.unwrap();
    let _running = start_central(&stage.site, &binaries).await.unwrap();
    link::hand_in(&stage.gateway, &stage.base, &second).await.unwrap().receipt().unwrap();
    let Outcome::Hit(hits) = answer_to(&stage).await else { panic!("the second visit was not found") };
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].reference_number, first.reference_number);

    // An erasure has no system-to-system interface at first; the web interface has one.
    let erasure = fixture::change(Operation::EraseInaccurate, &first.reference_number, "partner").unwrap();
    let refused = link::hand_in(&stage.gateway, &stage.base, &erasure).await.unwrap();
    assert_eq!(refused.refusal(), Some((403, "S-0204")));
    let receipt = stage
        .central
        .key("erase-inaccurate", first.reference_number.as_str(), "Art. 40(5)", "operator-1")
        .await
        .unwrap();
    assert!(receipt.starts_with("EU-WEB-"));
    assert_eq!(stage.central.state().await.unwrap().datasets, 2);

    // Opened, it takes an erasure from a machine.
    stage.central.set_interface("erase-inaccurate", true).await.unwrap();
    let erasure = fixture::change(Operation::EraseInaccurate, &second.reference_number, "partner").unwrap();
    link::hand_in(&stage.gateway, &stage.base, &erasure).await.unwrap().receipt().unwrap();
    assert!(matches!(answer_to(&stage).await, Outcome::Done { .. }));
    assert_eq!(stage.central.state().await.unwrap().datasets, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_do_what_they_say() {
    let stage = stage();
    let binaries = Binaries::beside_this().unwrap();
    let _running = start_central(&stage.site, &binaries).await.unwrap();
    let visit = Visit::of(&Person::new(13, 30), 1);
    let parts = |number: &str| fixture::submission(&visit, "kiosk-1", number).unwrap();

    stage.central.set_faults(json!({ "down": true })).await.unwrap();
    let reply = link::hand_in(&stage.gateway, &stage.base, &parts("T000000001")).await.unwrap();
    assert!(matches!(reply, Reply::Problem(status, _) if status == 503));

    // The acknowledgement is lost, the message is not; sending it again changes nothing.
    stage.central.set_faults(json!({ "lose_answer": true })).await.unwrap();
    let lost = parts("T000000002");
    assert!(link::hand_in(&stage.gateway, &stage.base, &lost).await.is_err());
    stage.central.set_faults(json!({})).await.unwrap();
    link::hand_in(&stage.gateway, &stage.base, &lost).await.unwrap().receipt().unwrap();
    let seen = stage.central.state().await.unwrap().messages[&lost.message_id.to_string()];
    assert_eq!((seen.arrivals, seen.stored_as_new), (2, 1));
    assert_eq!(answer_to(&stage).await, Outcome::NoHit);

    // The same id with other content is refused.
    let mut other = parts("T000000003");
    other.envelope = lost.envelope.clone();
    let reply = link::hand_in(&stage.gateway, &stage.base, &other).await.unwrap();
    assert_eq!(reply.refusal(), Some((409, "S-0203")));

    stage.central.set_faults(json!({ "reject": true })).await.unwrap();
    link::hand_in(&stage.gateway, &stage.base, &parts("T000000004")).await.unwrap().receipt().unwrap();
    assert!(matches!(answer_to(&stage).await, Outcome::Rejected(_)));

    stage.central.set_faults(json!({ "answer_twice": true })).await.unwrap();
    link::hand_in(&stage.gateway, &stage.base, &parts("T000000005")).await.unwrap().receipt().unwrap();
    let answers = link::answers(&stage.gateway, &stage.base, 20).await.unwrap();
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0].in_reply_to, answers[1].in_reply_to);
    assert_ne!(answers[0].answer_id, answers[1].answer_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_without_our_certificate_is_refused() {
    let stage = stage();
    let _running = start_central(&stage.site, &Binaries::beside_this().unwrap()).await.unwrap();
    let strangers = tempfile::tempdir().unwrap();
    let foreign = Site::create(strangers.path(), Ports::any().unwrap()).unwrap();
    let stranger = client::as_party(&foreign, GATEWAY).unwrap();
    let reply = tokio::time::timeout(
        Duration::from_secs(10),
        stranger.get(format!("{}/v1/answers", stage.base)).send(),
    )
    .await;
    assert!(reply.unwrap().is_err());
}
