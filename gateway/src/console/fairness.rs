//! `GET /fairness`: where capture goes wrong more often, by sender, by sensor and by age band.
//!
//! Only counts reach this page, and small ones do not ([`crate::fairness`]).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;

use super::guard::{Face, Official};
use super::{Console, pages};
use crate::fairness::{AgeBand, Row};
use crate::parameters;

/// The three tables.
#[derive(Serialize)]
pub(crate) struct Fairness {
    pub(crate) as_of: Timestamp,
    pub(crate) since: Timestamp,
    /// Counts below this are not told, zero excepted.
    pub(crate) count_min: u64,
    /// By the name of the sender in the configuration.
    pub(crate) senders: Vec<Row<String>>,
    /// By make and model; null where no message said it.
    pub(crate) sensors: Vec<Row<Option<String>>>,
    pub(crate) age_bands: Vec<Row<AgeBand>>,
}

pub(crate) async fn page(State(console): State<Arc<Console>>, official: Official, face: Face) -> Response {
    let tally = console.hub.fairness().tally();
    let name = |id: &str| {
        let known = console.hub.site().config.partner(id);
        known.map_or_else(|| id.to_owned(), |partner| partner.name.as_str().to_owned())
    };
    let fairness = Fairness {
        as_of: Timestamp::now(),
        since: tally.since,
        count_min: parameters::FAIRNESS_COUNT_MIN,
        senders: tally.by(|group| name(group.sender.as_str())),
        sensors: tally.by(|group| group.sensor.clone()),
        age_bands: tally.by(|group| group.band),
    };
    match face {
        Face::Json => Json(fairness).into_response(),
        Face::Page => pages::html(pages::fairness(&console, &official, &fairness)),
    }
}
