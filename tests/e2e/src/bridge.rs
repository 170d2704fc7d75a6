//! Stands in for the operator's card: forwards a plain loopback address to the console with the operator's certificate.
//!
//! A browser needs the card (client certificate) to reach the console. On a throw-away site nobody wants to import
//! one, so the demo holds it here. It exists only in the demo; the console itself stays behind mutual TLS, and the
//! operator still signs in with the PIN.

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderName, Request, Response, StatusCode, header},
};
use futures_util::TryStreamExt;
use reqwest::Client;
use tokio::net::TcpListener;

use crate::Error;

#[derive(Clone)]
struct Bridge {
    client: Client,
    console: String,
}

/// Forwards `127.0.0.1:port` to the console until the task is dropped with the runtime.
///
/// # Errors
/// When the port is taken.
pub async fn start(port: u16, client: Client, console_port: u16) -> Result<(), Error> {
    let listener = TcpListener::bind(("127.0.0.1", port))
        .await
        .map_err(|error| Error::Start { program: "card bridge".to_owned(), reason: error.to_string() })?;
    let bridge = Bridge { client, console: format!("https://127.0.0.1:{console_port}") };
    let routes = Router::new().fallback(forward).with_state(bridge);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(())
}

async fn forward(State(bridge): State<Bridge>, request: Request<Body>) -> Response<Body> {
    let unreachable = |reason: String| {
        let mut response = Response::new(Body::from(format!(
            "The console cannot be reached through the demo's card bridge: {reason}\n"
        )));
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        response
    };
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut headers = parts.headers;
    for own in OWN_TO_A_CONNECTION {
        headers.remove(own);
    }
    // The console checks that forms come from itself; behind the bridge its own address is the bridge's target.
    if headers.contains_key(header::ORIGIN)
        && let Ok(origin) = bridge.console.parse()
    {
        headers.insert(header::ORIGIN, origin);
    }
    headers.remove(header::REFERER);
    let outgoing = bridge
        .client
        .request(parts.method, format!("{}{path}", bridge.console))
        .headers(headers)
        .body(reqwest::Body::wrap_stream(body.into_data_stream()));
    let answer = match outgoing.send().await {
        Ok(answer) => answer,
        Err(error) => return unreachable(error.without_url().to_string()),
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    for (name, value) in answer.headers() {
        if OWN_TO_A_CONNECTION.contains(name) {
            continue;
        }
        let value = match (name == header::SET_COOKIE, value.to_str()) {
            (true, Ok(text)) => text.replace("; Secure", "").parse().unwrap_or_else(|_| value.clone()),
            _ => value.clone(),
        };
        response.headers_mut().append(name, value);
    }
    *response.body_mut() = Body::from_stream(answer.bytes_stream().map_err(std::io::Error::other));
    response
}

const OWN_TO_A_CONNECTION: &[HeaderName] = &[
    header::HOST,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::CONTENT_LENGTH,
    header::UPGRADE,
    header::TE,
];
