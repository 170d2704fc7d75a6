//! The way to an SBI service: HTTP with its own verbs, on this machine only.
//!
//! A driver is blocking and lives on a thread of its own, so a small runtime of one thread runs inside it. Every call ends
//! with the bounds of the capture: a cancellation drops the connection within one step. No proxy, no redirect, no name
//! resolution: the address is always 127.0.0.1. Bodies are bounded.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::device::{Bounds, Fault};
use crate::limits;
use crate::parameters::{DEVICE_STEP_MS, SBI_PORT_TIMEOUT};

/// Why a service gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// Nobody listens there.
    Absent,
    /// The connection broke.
    Broken,
    /// The answer is larger than any answer.
    TooLarge,
    /// It answered with a status that is none of a service.
    Foreign,
}

/// Waits for `work`, or for the end of the bounds.
pub(super) async fn bounded<T>(bounds: &Bounds, work: impl Future<Output = T>) -> Result<T, Fault> {
    tokio::select! {
        done = work => Ok(done),
        fault = ended(bounds) => Err(fault),
    }
}

/// Resolves when the bounds end.
pub(super) async fn ended(bounds: &Bounds) -> Fault {
    loop {
        if let Err(fault) = bounds.check() {
            return fault;
        }
        tokio::time::sleep(Duration::from_millis(DEVICE_STEP_MS)).await;
    }
}

/// Sends one request and gives the answer with its body still to come.
pub(super) async fn send(
    port: u16,
    verb: &str,
    path: &str,
    body: String,
) -> Result<Response<Incoming>, Lost> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let stream = TcpStream::connect(address).await.map_err(|_| Lost::Absent)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| Lost::Broken)?;
    tokio::spawn(connection);
    let request = Request::builder()
        .method(Method::from_bytes(verb.as_bytes()).map_err(|_| Lost::Foreign)?)
        .uri(path)
        .header("HOST", address.to_string())
        .header("EXT", "capture")
        .header("Content-Type", "application/json")
        .body(Full::new(Bytes::from(body)))
        .map_err(|_| Lost::Foreign)?;
    sender.send_request(request).await.map_err(|_| Lost::Broken)
}

/// Sends one request and reads the whole answer.
pub(super) async fn ask(port: u16, verb: &str, path: &str, body: String) -> Result<Bytes, Lost> {
    let response = send(port, verb, path, body).await?;
    if !response.status().is_success() {
        return Err(Lost::Foreign);
    }
    let body = Limited::new(response.into_body(), limits::SBI_ANSWER_BYTES_MAX);
    match body.collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(Lost::TooLarge),
        Err(_) => Err(Lost::Broken),
    }
}

/// Ports on which somebody answers to the discovery of this kind of device, in ascending order, with what was said.
pub(super) async fn discover(ports: RangeInclusive<u16>, kind: &str) -> Vec<(u16, Bytes)> {
    let mut looks = JoinSet::new();
    for port in ports.take(limits::SBI_PORTS_MAX) {
        let body = serde_json::json!({ "type": kind }).to_string();
        looks.spawn(async move {
            let look = ask(port, "MOSIPDISC", "/device", body);
            let said = tokio::time::timeout(SBI_PORT_TIMEOUT, look).await.ok()?.ok()?;
            Some((port, said))
        });
    }
    let mut found: Vec<(u16, Bytes)> = looks.join_all().await.into_iter().flatten().collect();
    found.sort_by_key(|(port, _)| *port);
    found
}
