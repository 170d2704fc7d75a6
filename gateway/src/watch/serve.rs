//! The watchman's page: plain HTTP on an address of this machine, nothing that changes anything.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::render;
use crate::error::Error;
use crate::hub::Hub;

/// The listener of the watchman's page.
#[derive(Debug)]
pub(crate) struct Watch {
    tcp: TcpListener,
}

impl Watch {
    /// Takes the address.
    pub(crate) async fn bind(address: SocketAddr) -> Result<Self, Error> {
        let tcp = TcpListener::bind(address).await.map_err(|error| Error::AddressUnusable {
            listen: "metrics",
            address: address.to_string(),
            reason: error.kind().to_string(),
        })?;
        Ok(Self { tcp })
    }

    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.tcp.local_addr().ok()
    }

    /// Serves until it is told to stop. Who holds a connection open is cut off then; nothing is lost with it.
    pub(crate) async fn serve(self, hub: Arc<Hub>, mut stop: watch::Receiver<bool>) {
        let router = Router::new()
            .route("/metrics", get(metrics))
            .route("/health/live", get(async || "alive\n"))
            .route("/health/ready", get(ready))
            .with_state(hub);
        let serving = axum::serve(self.tcp, router);
        tokio::select! {
            ended = async { serving.await } => {
                if let Err(error) = ended {
                    tracing::warn!(code = "G-0401", listen = "metrics", reason = %error.kind(), "the page of figures stopped");
                }
            }
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

async fn metrics(State(hub): State<Arc<Hub>>) -> Response {
    let text = tokio::task::spawn_blocking(move || render(&hub, Timestamp::now())).await;
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    match text {
        Ok(text) => (kind, text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn ready(State(hub): State<Arc<Hub>>) -> Response {
    match hub.health().reason {
        None => "ready\n".into_response(),
        Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")).into_response(),
    }
}
