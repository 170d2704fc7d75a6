//! Messages in pieces, over real TLS, with the line cut in the middle of a piece.

use futures_util::{StreamExt, stream};
use icd::message::Receipt;
use reqwest::{Body, Client, StatusCode};
use serde_json::Value;

use crate::link::{House, receipt};
use crate::sample;

async fn offset(house: &House, client: &Client, message: impl std::fmt::Display) -> Option<u64> {
    let state = client.get(house.url(&format!("/v1/uploads/{message}"))).send().await.expect("a reply");
    let state: Value = state.json().await.expect("JSON");
    state["offset"].as_u64()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_in_pieces_is_taken_over_once() {
    let house = House::new().await;
    let kiosk = house.site.kiosk();
    let sample = sample::submission("kiosk-1", "00000001");
    let content = [sample.envelope.as_slice(), &sample.container].concat();
    let address = house.url(&format!("/v1/uploads/{}", sample.message_id));
    let begin = async || {
        let begin = kiosk.put(&address).header("upload-length", content.len());
        begin.header("envelope-length", sample.envelope.len()).send().await.expect("a reply").status()
    };
    let piece = async |from: usize, bytes: Vec<u8>| {
        kiosk
            .patch(&address)
            .header("upload-offset", from)
            .body(bytes)
            .send()
            .await
            .expect("a reply")
            .status()
    };
    let complete = async || kiosk.post(format!("{address}/completion")).send().await.expect("a reply");
    assert_eq!(complete().await.status(), StatusCode::NOT_FOUND, "nothing was announced");
    assert_eq!(begin().await, StatusCode::OK);
    assert_eq!(piece(0, content[..1_000].to_vec()).await, StatusCode::OK);
    assert_eq!(piece(0, content[..1_000].to_vec()).await, StatusCode::CONFLICT, "it stands at 1000");
    assert_eq!(complete().await.status(), StatusCode::CONFLICT, "not complete");

    // The body breaks off: what had arrived counts.
    let pieces = [Ok(content[1_000..3_000].to_vec()), Err(std::io::Error::other("the line is gone"))];
    // The break comes after the piece has left; otherwise the client would drop both.
    let broken = stream::iter(pieces).then(async |piece| {
        if piece.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
        piece
    });
    let cut = kiosk.patch(&address).header("upload-offset", 1_000).body(Body::wrap_stream(broken));
    assert!(cut.send().await.is_err(), "the line broke");
    let mut reached = 0;
    for _ in 0..100 {
        reached = offset(&house, &kiosk, sample.message_id).await.expect("an offset");
        if reached > 1_000 && begin().await == StatusCode::OK {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(reached, 3_000);
    let other = house.site.client(&house.site.authority().card("partner-1"));
    assert_eq!(offset(&house, &other, sample.message_id).await, None, "nobody else sees it");

    let mut status = StatusCode::CONFLICT;
    for _ in 0..100 {
        status = piece(3_000, content[3_000..].to_vec()).await;
        if status == StatusCode::OK {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(status, StatusCode::OK);
    assert_eq!(piece(content.len(), vec![0]).await, StatusCode::PAYLOAD_TOO_LARGE, "more than announced");
    let taken = complete().await;
    assert_eq!(taken.status(), StatusCode::CREATED);
    let first = receipt(taken).await;
    assert_eq!(first.content_sha256, Receipt::content_digest(&sample.envelope, &sample.container));
    let whole = house.send(&kiosk, &sample).await;
    assert_eq!(whole.status(), StatusCode::OK, "known already");
    assert!(receipt(whole).await == first, "the same receipt by both ways");
    house.daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_bounded() {
    let house = House::new().await;
    let kiosk = house.site.kiosk();
    let begin = async |length: &str, envelope: &str| {
        let address = house.url(&format!("/v1/uploads/{}", uuid::Uuid::now_v7()));
        let begin = kiosk.put(address).header("upload-length", length).header("envelope-length", envelope);
        begin.send().await.expect("a reply").status().as_u16()
    };
    assert_eq!(begin("99999999999", "10").await, 413);
    assert_eq!(begin("99999999999999999999999", "10").await, 400);
    assert_eq!(begin("10", "11").await, 400);
    assert_eq!(begin("10", "0").await, 400);
    assert_eq!(begin("100", "10").await, 200);
    assert_eq!(begin("100", "10").await, 200);
    assert_eq!(begin("100", "10").await, 503, "two at a time for one partner");
    house.daemon.stop().await;
}
