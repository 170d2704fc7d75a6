//! One item as it is shown: its life, its clock, its values, and everything known of the same person.
//! What is done with it is in `act`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use icd::identifier::MessageId;
use jiff::Timestamp;

use super::denied::{Denied, Told};
use super::filter::Filter;
use super::guard::{self, Face, Official};
use super::keying::{self, Value};
use super::language::Language;
use super::queue::Queue;
use super::{Console, json, pages, words};
use crate::engine::{ItemId, LegalClock, Refusal};
use crate::error::Error;
use crate::hub::view::ItemView;
use crate::hub::{OpenReason, RecordedChange};

/// An item as it is shown.
pub(crate) struct Detail {
    pub(crate) now: Timestamp,
    pub(crate) item: ItemView,
    pub(crate) origin_name: String,
    /// The address of the earlier item it must wait for.
    pub(crate) behind: Option<MessageId>,
    pub(crate) steps: Vec<Step>,
    /// The longer limit a supervisor could grant.
    pub(crate) longer: Option<LegalClock>,
    /// Later messages that may replace it while it is stopped.
    pub(crate) successors: Vec<ItemView>,
    /// How many items the same person has here, this one among them.
    pub(crate) of_person: usize,
    /// Its values, while they are open to the reader.
    pub(crate) opened: Option<Opened>,
}

/// One step of an item's life, in words.
pub(crate) struct Step {
    pub(crate) at: Timestamp,
    /// The change's short name.
    pub(crate) what: &'static str,
    pub(crate) word: String,
    pub(crate) sentence: String,
    pub(crate) audit_sequence: u64,
}

/// Values that were opened with a reason.
pub(crate) struct Opened {
    pub(crate) reason: OpenReason,
    pub(crate) until: Timestamp,
    pub(crate) values: Vec<Value>,
    /// The same for everybody who reads the same values.
    pub(crate) check_value: String,
}

/// Which item, and from which list.
pub(crate) struct Place {
    pub(crate) id: MessageId,
    pub(crate) filter: Filter,
}

impl Place {
    pub(crate) fn read(id: &str, query: Option<&str>) -> Result<Self, Denied> {
        let id = id.parse().map_err(|_| Denied::from(Error::from(Refusal::NotFound)))?;
        Ok(Self { id, filter: Filter::read(query) })
    }

    fn address(&self) -> String {
        format!("/items/{}{}", self.id, self.filter.query())
    }
}

pub(crate) async fn page(
    State(console): State<Arc<Console>>,
    official: Official,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    face: Face,
) -> Result<Response, Denied> {
    let place = Place::read(&id, query.as_deref())?;
    if console.hub.item_of_message(place.id, Timestamp::now()).is_none() {
        return console.show_erased(&place, &official, face).await;
    }
    console.show(&place, &official, face, None).await
}

impl Console {
    /// The sender's name in the site's configuration.
    pub(crate) fn origin_name(&self, item: &ItemView) -> String {
        let known = self.hub.site().config.partner(item.partner.as_str());
        known.map_or_else(|| item.partner.as_str().to_owned(), |partner| partner.name.as_str().to_owned())
    }

    pub(crate) fn item_id(&self, id: MessageId) -> Result<ItemId, Denied> {
        let known = self.hub.item_of_message(id, Timestamp::now());
        known.map(|item| item.id).ok_or_else(|| Error::from(Refusal::NotFound).into())
    }

    pub(crate) async fn answer(
        &self,
        place: &Place,
        official: &Official,
        face: Face,
        result: Result<(), Denied>,
    ) -> Result<Response, Denied> {
        match (result, face) {
            (Ok(()), Face::Json) => self.show(place, official, face, None).await,
            (Ok(()), Face::Page) => Ok(Redirect::to(&place.address()).into_response()),
            (Err(denied), Face::Json) => Ok(guard::problem(&denied.told(), official.language)),
            (Err(denied), Face::Page) => {
                let told = denied.told();
                // Where the item cannot be shown either, the refusal has a page of its own.
                self.show(place, official, face, Some(&told)).await.map_err(|_| denied)
            }
        }
    }

    async fn show(
        &self,
        place: &Place,
        official: &Official,
        face: Face,
        told: Option<&Told>,
    ) -> Result<Response, Denied> {
        let detail = self.look_at(place.id, official).await?;
        Ok(match face {
            Face::Json => Json(json::detail(self, &detail, official)).into_response(),
            Face::Page => {
                let queue = Queue::look(self, place.filter.clone(), official, detail.now);
                let page = pages::html(pages::item(self, official, &queue, &detail, told));
                match told {
                    Some(told) => (told.status, page).into_response(),
                    None => page,
                }
            }
        })
    }

    /// Reads an item for an official. The audit line that says so is durable before this returns.
    async fn look_at(&self, id: MessageId, official: &Official) -> Result<Detail, Denied> {
        let now = Timestamp::now();
        let known = self.hub.item_of_message(id, now).ok_or(Error::from(Refusal::NotFound))?;
        let open =
            self.sessions().values(official.session.key, known.id, now).filter(|_| official.may_work());
        let opened = match open {
            Some((reason, until)) => {
                let content = self.hub.open_item(known.id, reason, &official.who).await?;
                let values = keying::values(official.language, &content.message, &official.id);
                let check_value = keying::check_value(&values);
                Some(Opened { reason, until, values, check_value })
            }
            None => {
                self.hub.record(&official.who, "viewed", &format!("item {}", known.id), "done").await?;
                None
            }
        };
        let origin_name = self.origin_name(&known);
        let steps = self.life(known.id, &origin_name, official.language).await?;
        let longer = self.hub.longer_limit(known.id, &official.id);
        let successors =
            if known.stage == "parked" { self.hub.successors(known.id, now) } else { Vec::new() };
        let of_person = self.hub.of_one_person(known.id, now).len();
        let behind =
            known.behind.and_then(|earlier| self.hub.item(earlier, now)).map(|earlier| earlier.message_id);
        Ok(Detail { now, item: known, origin_name, behind, steps, longer, successors, of_person, opened })
    }

    pub(crate) async fn life(
        &self,
        item: ItemId,
        origin_name: &str,
        t: Language,
    ) -> Result<Vec<Step>, Denied> {
        let recorded = self.hub.recorded_changes(item).await?;
        let calendar = &self.hub.site().calendar;
        let step = |RecordedChange { change, audit_sequence }: RecordedChange| {
            let (word, sentence) = words::step(t, &change, origin_name, calendar);
            Step { at: change.at(), what: change.name(), word, sentence, audit_sequence }
        };
        Ok(recorded.into_iter().map(step).collect())
    }

    async fn show_erased(&self, place: &Place, official: &Official, face: Face) -> Result<Response, Denied> {
        let item = self.hub.item_ever(place.id).await?.ok_or(Error::from(Refusal::NotFound))?;
        self.hub.record(&official.who, "viewed", &format!("item {item}"), "done").await?;
        let steps = self.life(item, &official.language.say("the-sender"), official.language).await?;
        Ok(match face {
            Face::Json => Json(json::erased(place.id, item, &steps)).into_response(),
            Face::Page => pages::html(pages::erased(self, official, &place.filter, item, &steps)),
        })
    }
}
