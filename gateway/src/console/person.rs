//! Everything known here under one reference number, on one page, in the words of the kiosk.
//!
//! The reference number itself stands neither in the address nor on the page: the page is reached from one of its
//! items, and looking at it is an audit line like looking at an item.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::denied::Denied;
use super::guard::{Face, Official};
use super::item::{Place, Step};
use super::{Console, json, pages};
use crate::engine::ItemId;
use crate::hub::view::ItemView;
use crate::limits;

/// One person's items with their lives, newest first.
pub(crate) struct Person {
    pub(crate) now: Timestamp,
    /// From which item the page was reached.
    pub(crate) from: ItemId,
    pub(crate) items: Vec<Lived>,
    /// Items under the reference number, shown or not.
    pub(crate) total: usize,
}

/// One item and its life.
pub(crate) struct Lived {
    pub(crate) item: ItemView,
    pub(crate) origin_name: String,
    pub(crate) steps: Vec<Step>,
}

/// `GET /items/{id}/person`
pub(crate) async fn page(
    State(console): State<Arc<Console>>,
    official: Official,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    face: Face,
) -> Result<Response, Denied> {
    let place = Place::read(&id, query.as_deref())?;
    let from = console.item_id(place.id)?;
    console.hub.record(&official.who, "viewed", &format!("person of item {from}"), "done").await?;
    let now = Timestamp::now();
    let known = console.hub.of_one_person(from, now);
    let total = known.len();
    let mut items = Vec::new();
    for item in known.into_iter().rev().take(limits::PERSON_ITEMS_MAX) {
        let origin_name = console.origin_name(&item);
        let steps = console.life(item.id, &origin_name, official.language).await?;
        items.push(Lived { item, origin_name, steps });
    }
    let person = Person { now, from, items, total };
    Ok(match face {
        Face::Json => Json(json::person(&console, &person, &official)).into_response(),
        Face::Page => pages::html(pages::person(&console, &official, &person, &place)),
    })
}
