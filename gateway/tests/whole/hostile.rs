//! What is negotiated, and clients that are slow, half-open, greedy or foreign, against the real listener.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gateway::limits;
use icd::message::{AnswerList, Message};
use reqwest::StatusCode;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, NamedGroup, ProtocolVersion, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::link::House;
use crate::sample;
use crate::site::Card;

/// A TLS connection with this card, without anything of HTTP.
async fn connect(
    house: &House,
    card: &Card,
    versions: &[&'static SupportedProtocolVersion],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    let authority = house.site.authority().pem.as_bytes();
    roots.add(CertificateDer::from_pem_slice(authority).expect("own PEM")).expect("own authority");
    let chain = vec![CertificateDer::from_pem_slice(card.certificate.as_bytes()).expect("own PEM")];
    let key = PrivateKeyDer::from_pem_slice(card.key.as_bytes()).expect("own PEM");
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .expect("known versions")
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .expect("own card");
    let address = house.daemon.link_address().expect("listening");
    let tcp = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::from(address.ip()), tcp).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_handshake_is_hybrid_by_default_and_nothing_older_than_1_2() {
    let house = House::new().await;
    let card = house.site.authority().card("kiosk-1");
    let newest = connect(&house, &card, rustls::DEFAULT_VERSIONS).await.expect("it shakes hands");
    let (_, state) = newest.get_ref();
    assert_eq!(state.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    let group = state.negotiated_key_exchange_group().expect("one was negotiated").name();
    assert_eq!(group, NamedGroup::X25519MLKEM768);
    let older = connect(&house, &card, &[&rustls::version::TLS12]).await.expect("1.2 is allowed");
    assert_eq!(older.get_ref().1.protocol_version(), Some(ProtocolVersion::TLSv1_2));

    // A client hello of TLS 1.1, by hand: no library here still speaks it.
    let mut hello = vec![3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 4, 0xc0, 0x13, 0x00, 0x2f, 1, 0]);
    // With the signature algorithms, so that nothing but the version is wrong.
    hello.extend([0, 8, 0, 13, 0, 4, 0, 2, 4, 1]);
    let length = u8::try_from(hello.len()).expect("short");
    let mut record = vec![0x16, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(hello);
    let mut tcp = TcpStream::connect(house.daemon.link_address().expect("listening")).await.expect("open");
    tcp.write_all(&record).await.expect("open");
    let mut reply = Vec::new();
    // An alert may be followed by a reset.
    let _ = tcp.read_to_end(&mut reply).await;
    assert_eq!(reply.first(), Some(&0x15), "an alert and no server hello: {reply:?}");
    assert_eq!(reply.last(), Some(&70), "protocol_version: {reply:?}");
    house.daemon.stop().await;
}

/// Resolves when the other side has closed, with the time it took. What comes until then is thrown away.
async fn until_closed(mut stream: impl tokio::io::AsyncRead + Unpin) -> Duration {
    let (began, mut buffer) = (Instant::now(), [0; 4096]);
    while let Ok(1..) = stream.read(&mut buffer).await {}
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_half_open_and_greedy_clients_lose_their_places_and_others_go_on() {
    let house = House::new().await;
    let address = house.daemon.link_address().expect("listening");
    let authority = house.site.authority();
    let (card, hostile) = (authority.card("kiosk-1"), authority.card("partner-1"));
    let margin = Duration::from_secs(20);

    let half_open = until_closed(TcpStream::connect(address).await.expect("open"));
    let (reader, mut writer) =
        tokio::io::split(connect(&house, &hostile, rustls::DEFAULT_VERSIONS).await.expect("a good card"));
    let loris = async {
        let trickle = async {
            for byte in
                b"GET /v1/health HTTP/1.1\r\nhost: x\r\nx-slow: ".iter().chain(std::iter::repeat(&b'a'))
            {
                if writer.write_all(&[*byte]).await.is_err() || writer.flush().await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        };
        tokio::select! {
            took = until_closed(reader) => took,
            () = trickle => Duration::ZERO,
        }
    };
    let huge = async {
        let mut stream = connect(&house, &hostile, rustls::DEFAULT_VERSIONS).await.expect("a good card");
        let head = format!(
            "GET /v1/health HTTP/1.1\r\nhost: x\r\nx-huge: {}",
            "a".repeat(2 * limits::HEADER_BYTES_MAX)
        );
        let _ = stream.write_all(head.as_bytes()).await;
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply).await;
        String::from_utf8_lossy(&reply).into_owned()
    };
    // Pipelines requests for ever and reads nothing.
    let greedy = async {
        let mut stream = connect(&house, &hostile, rustls::DEFAULT_VERSIONS).await.expect("a good card");
        let requests = b"GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n".repeat(1000);
        let began = Instant::now();
        while stream.write_all(&requests).await.is_ok() {}
        began.elapsed()
    };
    let ordinary = async {
        let kiosk = house.site.client(&card);
        for number in 0..20 {
            let sample = sample::submission("kiosk-1", &format!("{number:08}"));
            let taken = kiosk.post(house.url("/v1/transactions")).multipart(sample.form()).send().await;
            assert_eq!(taken.expect("a reply").status(), StatusCode::CREATED, "meanwhile");
        }
    };
    let (half_open, loris, huge, greedy, ()) = tokio::join!(half_open, loris, huge, greedy, ordinary);
    assert!(half_open < limits::HANDSHAKE_TIME_MAX + margin, "half open for {half_open:?}");
    assert!(loris > Duration::ZERO && loris < limits::HEADER_TIME_MAX + margin, "trickling for {loris:?}");
    assert!(huge.is_empty() || huge.starts_with("HTTP/1.1 431"), "{huge}");
    assert!(greedy < limits::WRITE_STALL_MAX + 2 * margin, "reading nothing for {greedy:?}");
    house.daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_certificate_holds_its_share_of_the_places_and_no_more() {
    let house = House::new().await;
    let (greedy, other) = (house.site.authority().card("partner-1"), house.site.authority().card("kiosk-1"));
    let share = limits::per_peer(limits::LINK_CONNECTIONS_MAX);
    let mut held = Vec::new();
    for _ in 0..share {
        held.push(connect(&house, &greedy, rustls::DEFAULT_VERSIONS).await.expect("within its share"));
    }
    let ask = async |card: &Card| {
        let reply = house.site.client(card).get(house.url("/v1/health")).send().await.expect("a reply");
        (reply.status(), reply.text().await.unwrap_or_default())
    };
    let (status, text) = ask(&greedy).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(text.contains("G-0952"), "{text}");
    assert_eq!(ask(&other).await.0, StatusCode::OK, "others are served");
    drop(held);
    while ask(&greedy).await.0 != StatusCode::OK {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    house.daemon.stop().await;
}

/// A partner that begins many bodies and never ends them keeps its own share of the places and no more.
#[tokio::test(flavor = "multi_thread")]
async fn one_partner_fills_its_share_of_the_bodies_and_no_more() {
    let house = House::new().await;
    let (slow, other) = (house.site.authority().card("partner-1"), house.site.kiosk());
    let mut held = Vec::new();
    for _ in 0..limits::BODIES_PER_PARTNER_MAX {
        let mut stream = connect(&house, &slow, rustls::DEFAULT_VERSIONS).await.expect("a good card");
        let head = "POST /v1/transactions HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b\r\n\
                    content-length: 1000\r\n\r\n--b\r\n";
        stream.write_all(head.as_bytes()).await.expect("open");
        stream.flush().await.expect("open");
        held.push(stream);
    }
    // Heads that were written are not yet heads that were read.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let sample = sample::submission("kiosk-1", "00000001");
    assert_eq!(house.send(&other, &sample).await.status(), StatusCode::CREATED, "others are served");
    let client = house.site.client(&slow);
    let more = sample::submission("partner-1", "00000002");
    let refused = house.send(&client, &more).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    drop(held);
    while house.send(&client, &more).await.status() != StatusCode::CREATED {}
    house.daemon.stop().await;
}

fn there(tool: &str) -> bool {
    let found =
        Command::new(tool).arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        eprintln!("SKIPPED: {tool} is not installed, so it was not tried as a foreign client");
    }
    found
}

/// Programs that share no code with us: `curl` sends and collects, `openssl` asks again by hand.
#[tokio::test(flavor = "multi_thread")]
async fn curl_and_openssl_make_the_whole_journey() {
    if !there("curl") || !there("openssl") {
        return;
    }
    let house = House::new().await;
    let (site, card) = (&house.site, house.site.authority().card("kiosk-1"));
    site.write("kiosk.pem", &card.certificate);
    site.write("kiosk.key", &card.key);
    let sample = sample::submission("kiosk-1", "00000001");
    std::fs::write(site.path("envelope.xml"), &sample.envelope).expect("writable");
    std::fs::write(site.path("container.an2"), &sample.container).expect("writable");
    let folder = site.folder.path().to_owned();
    let run = move |program: &'static str, arguments: Vec<String>, input: Vec<u8>| {
        let folder = folder.clone();
        tokio::task::spawn_blocking(move || {
            let mut child = Command::new(program)
                .args(&arguments)
                .current_dir(folder)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it runs");
            let mut stdin = child.stdin.take().expect("piped");
            stdin.write_all(&input).expect("it reads");
            drop(stdin);
            let output = child.wait_with_output().expect("it ends");
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            (output.status.success(), output.stdout, errors)
        })
    };
    let curl = |rest: &[&str]| {
        let card =
            ["--silent", "--show-error", "--cacert", "ca.pem", "--cert", "kiosk.pem", "--key", "kiosk.key"];
        run("curl", card.iter().chain(rest).map(|word| (*word).to_owned()).collect(), Vec::new())
    };
    let (fine, body, errors) = curl(&[
        "-F",
        "envelope=@envelope.xml;type=application/xml",
        "-F",
        "container=@container.an2;type=application/octet-stream",
        &house.url("/v1/transactions"),
    ])
    .await
    .expect("no panic");
    assert!(fine, "{errors}");
    let Ok(Message::Receipt(receipt)) = Message::from_xml(&body) else {
        panic!("no receipt: {}", String::from_utf8_lossy(&body))
    };
    assert_eq!(receipt.message_id, sample.message_id);
    assert!(site.receipt_key.verify_bytes(receipt.signing_text().as_bytes(), &receipt.signature));
    let (fine, body, errors) = curl(&[&house.url("/v1/answers?wait_s=20")]).await.expect("no panic");
    assert!(fine, "{errors}");
    let answers = AnswerList::from_xml(&body).expect("answers").answers;
    assert_eq!(answers[0].in_reply_to, sample.message_id);
    let acknowledged = house.url(&format!("/v1/answers/{}/acknowledgement", answers[0].answer_id));
    let (fine, body, errors) =
        curl(&["-X", "POST", "-w", "%{http_code}", &acknowledged]).await.expect("no panic");
    assert!(fine && body == b"204", "{errors}");

    let address = house.daemon.link_address().expect("listening").to_string();
    let arguments = [
        "s_client",
        "-quiet",
        "-connect",
        &address,
        "-CAfile",
        "ca.pem",
        "-cert",
        "kiosk.pem",
        "-key",
        "kiosk.key",
    ];
    let request = format!(
        "GET /v1/transactions/{} HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n",
        sample.message_id
    );
    let (_, body, errors) =
        run("openssl", arguments.map(str::to_owned).to_vec(), request.into_bytes()).await.expect("no panic");
    let text = String::from_utf8_lossy(&body);
    assert!(text.starts_with("HTTP/1.1 200") && text.contains("\"state\":\"closed\""), "{text} {errors}");
    house.daemon.stop().await;
}
