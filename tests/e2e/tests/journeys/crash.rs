//! `kill -9` of the gateway at many moments: what had a receipt arrives, once.

use std::{collections::BTreeMap, time::Duration};

use e2e::{link, running::start_gateway};
use serde_json::json;

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn killed_again_and_again_nothing_is_lost_or_doubled() {
    let mut stage = Stage::new().await;
    let mut promised = BTreeMap::new();
    for round in 0..KILLS {
        // The moment of the kill moves through accept, journal, sending and answering.
        let parts = stage.submission(&format!("T{round:09}"));
        let sending = link::hand_in(&stage.kiosk, &stage.base, &parts);
        let receipt = tokio::time::timeout(Duration::from_millis(15 * (round as u64 + 1)), sending).await;
        stage.gateway.kill_9().await.unwrap();
        stage.gateway = start_gateway(&stage.site, &stage.binaries).await.unwrap();
        if !matches!(receipt, Ok(Ok(link::Reply::Receipt(..)))) {
            // No receipt: the sender sends again with the same id, as a kiosk does.
            link::hand_in(&stage.kiosk, &stage.base, &parts).await.unwrap().receipt().unwrap();
        }
        promised.insert(parts.message_id, parts);
    }
    let mut answered = BTreeMap::new();
    while answered.len() < promised.len() {
        let answers = link::answers(&stage.kiosk, &stage.base, 20).await.unwrap();
        assert!(
            !answers.is_empty(),
            "{} of {} answered, and nothing more comes",
            answered.len(),
            promised.len()
        );
        for answer in answers {
            link::acknowledge(&stage.kiosk, &stage.base, &answer).await.unwrap();
            let again = answered.insert(answer.in_reply_to, answer.outcome);
            assert!(again.is_none(), "a message was answered twice");
        }
    }
    assert!(promised.keys().all(|id| answered.contains_key(id)));
    for (id, seen) in stage.central.state().await.unwrap().messages {
        assert_eq!(seen.stored_as_new, 1, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_the_central_system_ends_in_one_answer() {
    let stage = Stage::new().await;
    for (number, fault) in
        [json!({ "down": true }), json!({ "lose_answer": true }), json!({ "answer_twice": true })]
            .into_iter()
            .enumerate()
    {
        stage.central.set_faults(fault.clone()).await.unwrap();
        let parts = stage.submission(&format!("T10000000{number}"));
        link::hand_in(&stage.kiosk, &stage.base, &parts).await.unwrap().receipt().unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        if fault.get("answer_twice").is_none() {
            stage.central.set_faults(json!({})).await.unwrap();
        }
        let answers = link::answers(&stage.kiosk, &stage.base, 30).await.unwrap();
        assert_eq!(answers.len(), 1, "{fault}");
        assert_eq!(answers[0].in_reply_to, parts.message_id, "{fault}");
        link::acknowledge(&stage.kiosk, &stage.base, &answers[0]).await.unwrap();
        let seen = stage.central.state().await.unwrap().messages[&parts.message_id.to_string()];
        assert_eq!(seen.stored_as_new, 1, "{fault}");
    }
    assert!(link::answers(&stage.kiosk, &stage.base, 2).await.unwrap().is_empty(), "an answer came twice");
}

const KILLS: usize = 8;
