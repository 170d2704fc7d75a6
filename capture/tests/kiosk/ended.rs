//! The real program, asked to end while pages are open.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use crate::fixture::{Script, TestSite};
use crate::killed::Program;

/// Far more than it takes, far less than a service manager waits before it kills.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_stays_open_does_not_keep_the_kiosk_from_ending() {
    let site = TestSite::new();
    let mut program = Program::start(&site);
    let script = Script::sign_in(program.address).await;
    script.tempo("human").await;
    // A hand over the edge stays there, so that the sensor is on when the end comes.
    script.post("/virtual", &[("behaviour", "shifted")]).await;
    let case = script.open_case().await;
    script.person(&case, "30", &[("age_certain", "yes"), ("accompanied", "no")]).await;
    let informed = [("material", "general"), ("language", "en"), ("mode", "screen")];
    script.post(&format!("{case}/gates/information"), &informed).await;
    let mut streams = Vec::new();
    for path in ["/events".to_owned(), format!("{case}/events"), format!("{case}/live")] {
        let answer = script.http.get(format!("{}{path}", script.base)).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        streams.push((path, answer));
    }
    let (status, state) = script.post(&format!("{case}/capture"), &[("step", "right-four")]).await;
    assert_eq!((status, state["phase"].as_str()), (200, Some("sensing")), "{state}");
    program.ask_to_end();
    for (path, mut answer) in streams {
        // A clean end, and not a line that broke.
        let end = async { while answer.chunk().await.expect("the stream ends well").is_some() {} };
        assert!(tokio::time::timeout(PATIENCE, end).await.is_ok(), "{path} goes on");
    }
    let status = program.ended(PATIENCE).await.expect("it ends with pages open");
    assert_eq!(status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_never_comes_whole_does_not_keep_the_kiosk_from_ending() {
    let site = TestSite::new();
    let mut program = Program::start(&site);
    let mut half = TcpStream::connect(program.address).expect("a connection");
    let head = format!(
        "POST /sign-in HTTP/1.1\r\nhost: {}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 90\r\n\r\nstaff=",
        program.address
    );
    half.write_all(head.as_bytes()).expect("sent");
    // Answered after the half request came, on a connection of its own.
    Script::sign_in(program.address).await;
    program.ask_to_end();
    let status = program.ended(PATIENCE).await.expect("it ends without the rest of the request");
    assert_eq!(status.code(), Some(0));
    drop(half);
}
