//! Files that were carried by hand: taken in once, refused when anything about them is wrong.

use std::time::Duration;

use gateway::link::carried::hand_in;
use icd::message::{Message, Receipt};
use journal::carry::{self, CarryError, Header, RecipientKey, Signer};
use serde_json::Value;
use uuid::Uuid;

use crate::link::{House, receipt};
use crate::sample::{self, Sample};
use crate::site::{Authority, Card};

const WAIT: Duration = Duration::from_secs(60);

async fn recipient(house: &House) -> RecipientKey {
    let published: Value = house
        .site
        .kiosk()
        .get(house.url("/v1/carrying-key"))
        .send()
        .await
        .expect("a reply")
        .json()
        .await
        .expect("JSON");
    let key = published["key"].as_str().expect("a key");
    let signature = published["signature"].as_str().expect("a signature");
    let signature: Vec<u8> = (0..signature.len() / 2)
        .map(|at| u8::from_str_radix(&signature[2 * at..2 * at + 2], 16).expect("hex"))
        .collect();
    let text = format!("eurodac-carrying-key-1\0{key}");
    assert!(house.site.receipt_key.verify_bytes(text.as_bytes(), &signature));
    RecipientKey::from_hex(key).expect("a key")
}

fn write(house: &House, name: &str, card: &Card, sender: &str, to: &RecipientKey, samples: &[Sample]) {
    let signer = Signer::from_pem(card.certificate.as_bytes(), card.key.as_bytes()).expect("a signer");
    let header =
        Header { file: Uuid::now_v7(), sender: sender.into(), created_at: "2026-07-01T10:00:00Z".into() };
    let entries = samples.iter().map(|sample| {
        let length = u32::try_from(sample.envelope.len()).expect("short").to_be_bytes();
        Ok::<_, CarryError>([&length, sample.envelope.as_slice(), &sample.container].concat())
    });
    let mut file = Vec::new();
    carry::write(&mut file, &header, to, entries, &signer).expect("written");
    std::fs::write(house.site.path(name), file).expect("written");
}

/// What came back: the line, after its signature was checked.
async fn hand(house: &House, name: &str) -> Result<Value, gateway::Error> {
    let (storage, file) = (house.site.store(), house.site.path(name));
    let handed = tokio::task::spawn_blocking(move || hand_in(&storage, &file, WAIT));
    let receipts = String::from_utf8(handed.await.expect("no panic")?).expect("text");
    let (line, signature) = receipts.split_once('\n').expect("two lines");
    let signature: Vec<u8> =
        (0..64).map(|at| u8::from_str_radix(&signature[2 * at..2 * at + 2], 16).expect("hex")).collect();
    let text = format!("eurodac-carried-receipts-1\0{line}");
    assert!(house.site.receipt_key.verify_bytes(text.as_bytes(), &signature));
    Ok(serde_json::from_str(line).expect("JSON"))
}

fn receipt_of(result: &Value) -> Receipt {
    match Message::from_xml(result["receipt"].as_str().expect("a receipt").as_bytes()) {
        Ok(Message::Receipt(receipt)) => receipt,
        _ => panic!("no receipt: {result}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carried_file_is_taken_in_once_and_its_receipts_go_back() {
    let house = House::new().await;
    let to = recipient(&house).await;
    let card = house.site.authority().card("kiosk-1");
    let good = sample::submission("kiosk-1", "00000001");
    let also_sent = sample::submission("kiosk-1", "00000002");
    let foreign = sample::submission("kiosk-2", "00000003");
    let over_the_network = receipt(house.send(&house.site.kiosk(), &also_sent).await).await;
    write(&house, "one.carry", &card, "kiosk-1", &to, &[good.clone(), also_sent, foreign]);
    let told = hand(&house, "one.carry").await.expect("taken in");
    assert_eq!(told["for"], "kiosk-1");
    let first = receipt_of(&told["results"][0]);
    assert_eq!(first.content_sha256, Receipt::content_digest(&good.envelope, &good.container));
    assert!(receipt_of(&told["results"][1]) == over_the_network, "the same receipt by both ways");
    assert_eq!(told["results"][2]["refused"]["code"], "G-0406", "another sender's message");
    let again = hand(&house, "one.carry").await.expect("taken in");
    assert!(receipt_of(&again["results"][0]) == first, "handed in twice: the same receipt");
    crate::link::collect(&house, &house.site.kiosk()).await;
    assert_eq!(house.central.arrivals_of(good.message_id), 1, "and sent once");
    house.daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_to_be_believed_changes_nothing() {
    let house = House::new().await;
    let to = recipient(&house).await;
    let card = house.site.authority().card("kiosk-1");
    let samples = [sample::submission("kiosk-1", "00000001")];
    let (_, stranger) = carry::OpeningKey::generate().expect("a pair");
    let foreign = Authority::new("elsewhere").card("kiosk-1");
    let expired = house.site.authority().card_valid("kiosk-1", 2020, 2021);
    write(&house, "foreign.carry", &foreign, "kiosk-1", &to, &samples);
    write(&house, "expired.carry", &expired, "kiosk-1", &to, &samples);
    write(&house, "nobody.carry", &house.site.authority().card("kiosk-9"), "kiosk-9", &to, &samples);
    write(&house, "renamed.carry", &house.site.authority().card("partner-1"), "kiosk-1", &to, &samples);
    write(&house, "other.carry", &card, "kiosk-1", &stranger, &samples);
    write(&house, "cut.carry", &card, "kiosk-1", &to, &samples);
    let whole = std::fs::read(house.site.path("cut.carry")).expect("a file");
    std::fs::write(house.site.path("cut.carry"), &whole[..whole.len() / 2]).expect("written");
    let mut altered = whole;
    altered[300] ^= 1;
    std::fs::write(house.site.path("altered.carry"), &altered).expect("written");
    for name in ["foreign", "expired", "nobody", "renamed", "other", "cut", "altered"] {
        let error = hand(&house, &format!("{name}.carry")).await.expect_err(name);
        assert_eq!(error.code(), "G-0806", "{name}: {error}");
    }
    let state = house.url(&format!("/v1/transactions/{}", samples[0].message_id));
    let known = house.site.kiosk().get(state).send().await.expect("a reply").status();
    assert_eq!(known.as_u16(), 404, "nothing was taken over");
    house.daemon.stop().await;
}
