//! `GET /installation`: the state of the gateway itself, for those who look after it and see no message.
//!
//! Invariant: that it was read is an audit line before it goes out. While no line can be written the page is closed;
//! `/health` then says why.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;

use super::denied::Denied;
use super::guard::{Face, Official};
use super::{Console, pages};
use crate::hub::Installation;

/// The installation and when it was looked at.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InstallationJson {
    as_of: Timestamp,
    #[serde(flatten)]
    installation: Installation,
}

pub(crate) async fn page(
    State(console): State<Arc<Console>>,
    official: Official,
    face: Face,
) -> Result<Response, Denied> {
    official.must_see_installation()?;
    console.hub.record(&official.who, "viewed", "installation", "done").await?;
    let as_of = Timestamp::now();
    let installation = console.hub.installation().await?;
    Ok(match face {
        Face::Json => Json(InstallationJson { as_of, installation }).into_response(),
        Face::Page => pages::html(pages::installation(&console, &official, &installation, as_of)),
    })
}
