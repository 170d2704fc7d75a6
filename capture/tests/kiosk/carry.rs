//! A kiosk without a network: custody line, a file for the gateway, receipts that come back, retakes, the form.

use std::io::Cursor;

use capture::daemon::custody::SignedCustody;
use icd::identifier::PartyId;
use icd::message::{Message, Receipt};
use journal::carry::{self, OpeningKey, RecipientKey};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::fixture::{Script, TestSite};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The gateway's key, published as the gateway publishes it.
pub(crate) fn publish(site: &TestSite, recipient: &RecipientKey) {
    let key = recipient.to_hex();
    let signature = site.receipt.sign(format!("eurodac-carrying-key-1\0{key}").as_bytes()).to_bytes();
    let key_id = site.receipt.public_key().key_id().to_string();
    let text = json!({ "key": key, "signature": hex(&signature), "key_id": key_id }).to_string();
    std::fs::write(site.path("store/carrying-key.json"), text).expect("written");
}

/// What a gateway makes of a carried file: a receipts file.
fn receipts(site: &TestSite, file: &[u8], key: &OpeningKey, change: impl Fn(&mut Receipt)) -> Vec<u8> {
    let verified = carry::verify(&mut Cursor::new(file)).expect("a whole file");
    assert_eq!(verified.header.sender, "kiosk-1");
    let id = verified.header.file;
    let results: Vec<Value> = verified
        .open(Cursor::new(file), key)
        .expect("for this gateway")
        .map(|entry| {
            let entry = entry.expect("an entry");
            let (length, rest) = entry.split_first_chunk::<4>().expect("a length");
            let (envelope, container) = rest.split_at(u32::from_be_bytes(*length) as usize);
            let Ok(Message::Submission(sent)) = Message::from_xml(envelope) else { panic!("a submission") };
            assert!(!container.is_empty());
            let mut receipt = Receipt {
                message_id: sent.message_id,
                received_at: "2026-07-01T10:00:00Z".parse().expect("an instant"),
                content_sha256: Receipt::content_digest(envelope, container),
                issuer: PartyId::new("gateway").expect("a party"),
                audit_sequence: 7,
                audit_hash: [3; 32],
                signature: Vec::new(),
                key_id: site.receipt.public_key().key_id().to_string(),
            };
            change(&mut receipt);
            receipt.signature = site.receipt.sign(receipt.signing_text().as_bytes()).to_bytes().to_vec();
            json!({ "message_id": sent.message_id, "receipt": Message::from(receipt).to_xml() })
        })
        .collect();
    let line =
        json!({ "version": 1, "file": id, "for": "kiosk-1", "results": results, "answers": [] }).to_string();
    let signature = site.receipt.sign(format!("eurodac-carried-receipts-1\0{line}").as_bytes()).to_bytes();
    format!("{line}\n{}\n", hex(&signature)).into_bytes()
}

async fn hand_back(script: &Script, receipts: Vec<u8>) -> (u16, Value) {
    let form =
        Form::new().text("csrf", script.csrf.clone()).part("file", Part::bytes(receipts).file_name("r"));
    let request =
        script.http.post(format!("{}/carry/receipts", script.base)).header("accept", "application/json");
    let answer = request.multipart(form).send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, serde_json::from_slice(&answer.bytes().await.expect("a body")).unwrap_or(Value::Null))
}

async fn export(script: &Script) -> (u16, Vec<u8>) {
    let request = script.http.post(format!("{}/carry/export", script.base));
    let answer = request.form(&[("csrf", script.csrf.as_str())]).send().await.expect("an answer");
    (answer.status().as_u16(), answer.bytes().await.expect("a body").to_vec())
}

/// The container of every case that waits, out of a carried file.
pub(crate) async fn containers(script: &Script, key: &OpeningKey) -> Vec<Vec<u8>> {
    let (status, file) = export(script).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&file));
    let verified = carry::verify(&mut Cursor::new(&file)).expect("a whole file");
    let entries = verified.open(Cursor::new(&file), key).expect("for this gateway");
    entries
        .map(|entry| {
            let entry = entry.expect("an entry");
            let (length, rest) = entry.split_first_chunk::<4>().expect("a length");
            rest.split_at(u32::from_be_bytes(*length) as usize).1.to_vec()
        })
        .collect()
}

async fn custody(script: &Script) -> SignedCustody {
    let signed: SignedCustody = serde_json::from_value(script.get("/custody").await).expect("a statement");
    signed.verify().expect("its signature holds");
    signed
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_leave_by_hand_and_receipts_come_back_the_same_way() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    script.seal_adult(&case).await;
    let statement = custody(&script).await;
    assert!(statement.line.starts_with("1 captured, 1 here, 0 confirmed, oldest "), "{}", statement.line);
    let mut lie = statement.clone();
    lie.custody.confirmed = 1;
    lie.custody.here = 0;
    lie.line = lie.custody.line();
    assert!(lie.verify().is_err(), "a custody line cannot be bent");

    assert_eq!(export(&script).await.0, 409, "no key yet");
    let (key, recipient) = OpeningKey::generate().expect("a pair");
    publish(&site, &recipient);
    let (status, file) = export(&script).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&file));
    let state = script.get(&case).await;
    assert!(state["delivery"]["carried"]["file"].is_string(), "{state}");
    assert_eq!(state["delivery"]["receipt_verified"], false, "carried is not confirmed");

    let other_content = receipts(&site, &file, &key, |receipt| receipt.content_sha256 = [0; 32]);
    assert_eq!(hand_back(&script, other_content).await.0, 422);
    let mut altered = receipts(&site, &file, &key, |_| {});
    altered[30] ^= 1;
    assert_eq!(hand_back(&script, altered).await.0, 422);
    assert_eq!(custody(&script).await.custody.here, 1, "nothing of it counted");

    let good = receipts(&site, &file, &key, |_| {});
    let (status, done) = hand_back(&script, good.clone()).await;
    assert_eq!((status, done["confirmed"].as_u64()), (200, Some(1)), "{done}");
    let state = script.get(&case).await;
    assert_eq!(state["delivery"]["erased_here"], true, "erased after the receipt: {state}");
    assert_eq!(state["delivery"]["safeguards"]["coercion_used"], false);
    assert_eq!(state["delivery"]["attempts"].as_array().map(Vec::len), Some(4), "why-refused record stays");
    let (status, done) = hand_back(&script, good).await;
    assert_eq!((status, done["known"].as_u64()), (200, Some(1)), "twice is harmless: {done}");
    assert!(custody(&script).await.line.starts_with("1 captured, 0 here, 1 confirmed"));
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_needs_rest_is_asked_to_come_again_and_every_gate_is_asked_again() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    script.person(&case, "8", &[("age_certain", "yes"), ("accompanied", "yes")]).await;
    script.post(&format!("{case}/gates/training"), &[]).await;
    let (status, _) = script.post(&format!("{case}/later"), &[("reason", "rest")]).await;
    assert_eq!(status, 200);
    let home = script.get("/").await;
    assert_eq!(home["retakes"][0]["outcome"], "later", "{home}");
    assert!(home["retakes"][0]["clock"]["due"].is_string(), "the clock goes on: {home}");
    let (status, opened) = script.post(&format!("{case}/retake"), &[]).await;
    assert_eq!(status, 201, "{opened}");
    let again = format!("/cases/{}", opened["case"].as_str().expect("a case"));
    assert_eq!(script.get("/").await["retakes"].as_array().map(Vec::len), Some(0), "it is being taken again");
    let (_, state) = script.person(&again, "8", &[("age_certain", "yes"), ("accompanied", "yes")]).await;
    let open =
        state["gates"].as_array().expect("gates").iter().filter(|gate| gate["closed"] == false).count();
    assert_eq!(open, 4, "training, best interests, companion, information: {state}");

    let form = [
        ("kind", "border"),
        ("identity", "declared"),
        ("languages", "Demo language"),
        ("screening_reason", "arrived"),
        ("health", "well"),
        ("vulnerability", "a child"),
        ("application_made", "yes"),
        ("security_hit", "yes"),
        ("cooperated", "yes"),
    ];
    let (status, state) = script.post(&format!("{again}/screening"), &form).await;
    assert_eq!((status, state["missing"].as_array().map(Vec::len)), (200, Some(0)), "{state}");
    assert!(state["clock"]["due"].is_string() && state["capture_article"].as_str().is_some(), "{state}");
    let (_, _, person) = script.page(&format!("{again}/screening?copy=person")).await;
    let (_, _, authority) = script.page(&format!("{again}/screening?copy=authority")).await;
    assert!(person.contains("left out on this copy") && !person.contains("hit in a database"));
    assert!(authority.contains("hit in a database") && !authority.contains("left out on this copy"));
    paper_speaks_the_persons_language(&script, &again).await;
    paper_for_the_person_lacks_the_security_answer(&script, &again, &form).await;
    running.end().await;
}

/// Labels in the language of the person's side, answers as they were typed, and a missing label says so.
async fn paper_speaks_the_persons_language(script: &Script, case: &str) {
    for (language, label, left_out, direction) in [
        ("nl", "Achternamen", "weggelaten op dit exemplaar", "ltr"),
        ("ar", "أسماء العائلة", "محذوف من هذه النسخة", "rtl"),
        ("ti", "Surnames [English]", "left out on this copy (Art. 17(3)) [English]", "ltr"),
    ] {
        script.post(&format!("{case}/language"), &[("language", language)]).await;
        let (_, _, person) = script.page(&format!("{case}/screening?copy=person")).await;
        let frame = format!("lang=\"{language}\" dir=\"{direction}\"");
        assert!(person.contains(label) && person.contains(left_out) && person.contains(&frame), "{person}");
        assert!(
            person.contains("Demo language") && person.contains("arrived"),
            "answers stand as typed: {person}"
        );
        let (_, _, authority) = script.page(&format!("{case}/screening?copy=authority")).await;
        assert!(authority.contains("Surnames") && !authority.contains(label), "{authority}");
        let (status, file) = script.bytes(&format!("{case}/screening.pdf?copy=person")).await;
        assert!(status == 503 || (status == 200 && file.starts_with(b"%PDF-")), "{status}");
    }
    script.post(&format!("{case}/language"), &[("language", "en")]).await;
}

/// Not one byte of the person's file depends on letter (h), and the authority's does.
async fn paper_for_the_person_lacks_the_security_answer(script: &Script, case: &str, form: &[(&str, &str)]) {
    let made = async |copy: &str, hit: &str| {
        let mut form = form.to_vec();
        form.retain(|(name, _)| *name != "security_hit");
        form.push(("security_hit", hit));
        let (status, problem) = script.post(&format!("{case}/screening"), &form).await;
        assert_eq!(status, 200, "{problem}");
        script.bytes(&format!("{case}/screening.pdf?copy={copy}")).await
    };
    if made("person", "yes").await.0 == 503 {
        println!("SKIPPED: no font for PDF files on this machine");
        return;
    }
    // The foot says when it was made, so a pair can only be equal within one minute.
    let same = async |copy: &str, pairs: u32| {
        for _ in 0..pairs {
            let (yes, no) = (made(copy, "yes").await, made(copy, "no").await);
            assert!(yes.0 == 200 && yes.1.starts_with(b"%PDF-"), "{}", yes.0);
            if yes == no {
                return true;
            }
        }
        false
    };
    assert!(same("person", 100).await, "the person's file tells the answer of the security check");
    assert!(!same("authority", 5).await, "the authority's file does not tell it");
}
