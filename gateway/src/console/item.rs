//! One item: its life, its clock, and what an operator does with it.
//!
//! Every handler answers with the item as it stands afterwards: a page by redirect, so that reloading repeats
//! nothing, or JSON at once. What the engine refuses is shown above the item, because the next step is there.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use firmware_config::Channel;
use icd::identifier::MessageId;
use jiff::Timestamp;

use super::denied::{Denied, Told};
use super::filter::Filter;
use super::guard::{self, Face, Official, SignedForm};
use super::keying::{self, Value};
use super::queue::Queue;
use super::{Console, json, pages, words};
use crate::engine::{ItemId, Refusal};
use crate::error::Error;
use crate::hub::view::ItemView;
use crate::hub::{OpenReason, RecordedChange};
use crate::limits;

/// An item as it is shown.
pub(crate) struct Detail {
    pub(crate) now: Timestamp,
    pub(crate) item: ItemView,
    pub(crate) origin_name: String,
    /// The address of the earlier item it must wait for.
    pub(crate) behind: Option<MessageId>,
    pub(crate) steps: Vec<Step>,
    /// Its values, while they are open to the reader.
    pub(crate) opened: Option<Opened>,
}

/// One step of an item's life, in words.
pub(crate) struct Step {
    pub(crate) at: Timestamp,
    /// The change's short name.
    pub(crate) what: &'static str,
    pub(crate) word: &'static str,
    pub(crate) sentence: String,
    pub(crate) audit_sequence: u64,
}

/// Values that were opened with a reason.
pub(crate) struct Opened {
    pub(crate) reason: OpenReason,
    pub(crate) until: Timestamp,
    pub(crate) values: Vec<Value>,
}

/// Which item, and from which list.
struct Place {
    id: MessageId,
    filter: Filter,
}

impl Place {
    fn read(id: &str, query: Option<&str>) -> Result<Self, Denied> {
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

pub(crate) async fn claim(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    face: Face,
    form: SignedForm,
) -> Result<Response, Denied> {
    let place = Place::read(&id, query.as_deref())?;
    let official = &form.official;
    official.must_work()?;
    let result = async {
        let item = console.item_id(place.id)?;
        console.hub.claim(item, &official.id, &official.who).await?;
        if form.fields.text("open").is_some() {
            let now = Timestamp::now();
            console.sessions().open_values(official.session.key, item, OpenReason::Key, now);
        }
        Ok(())
    };
    let result = result.await;
    console.answer(&place, official, face, result).await
}

pub(crate) async fn release(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    face: Face,
    form: SignedForm,
) -> Result<Response, Denied> {
    let place = Place::read(&id, query.as_deref())?;
    let official = &form.official;
    official.must_work()?;
    let result = async {
        let item = console.item_id(place.id)?;
        let fence = console.fence(&form, place.id)?;
        console.hub.release(item, fence, &official.id, &official.who).await?;
        console.sessions().close_values(official.session.key, item);
        Ok(())
    };
    let result = result.await;
    console.answer(&place, official, face, result).await
}

pub(crate) async fn confirm(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    face: Face,
    form: SignedForm,
) -> Result<Response, Denied> {
    let place = Place::read(&id, query.as_deref())?;
    let official = &form.official;
    official.must_work()?;
    let receipt = form.fields.text("web_receipt").unwrap_or_default();
    let result = async {
        let item = console.item_id(place.id)?;
        let fence = console.fence(&form, place.id)?;
        console.hub.confirm((item, fence), receipt, &official.id, &official.who).await?;
        console.sessions().close_values(official.session.key, item);
        Ok(())
    };
    let result = result.await;
    console.answer(&place, official, face, result).await
}

pub(crate) async fn requeue(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    face: Face,
    form: SignedForm,
) -> Result<Response, Denied> {
    let place = Place::read(&id, query.as_deref())?;
    let official = &form.official;
    official.must_work()?;
    let channel = match form.fields.text("channel") {
        Some("s2s") => Channel::S2s,
        Some("web-interface") => Channel::WebInterface,
        _ => return Err(Denied::Field { name: "channel", takes: "s2s or web-interface" }),
    };
    let result = async {
        let item = console.item_id(place.id)?;
        Ok(console.hub.requeue(item, channel, &official.id, &official.who).await?)
    };
    let result = result.await;
    console.answer(&place, official, face, result).await
}

pub(crate) async fn give_back(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    face: Face,
    form: SignedForm,
) -> Result<Response, Denied> {
    let place = Place::read(&id, query.as_deref())?;
    let official = &form.official;
    official.must_work()?;
    let reason = form.fields.text("reason").unwrap_or_default();
    let is_plain = !reason.is_empty()
        && reason.chars().count() <= limits::GIVE_BACK_CHARS_MAX
        && !reason.chars().any(|c| c.is_control() && !matches!(c, '\r' | '\n'));
    let result = async {
        if !is_plain {
            return Err(Denied::Field {
                name: "reason",
                takes: "a few sentences for the sender, at most 500 characters",
            });
        }
        let item = console.item_id(place.id)?;
        Ok(console.hub.give_back(item, reason, &official.id, &official.who).await?)
    };
    let result = result.await;
    console.answer(&place, official, face, result).await
}

pub(crate) async fn open(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    face: Face,
    form: SignedForm,
) -> Result<Response, Denied> {
    let place = Place::read(&id, query.as_deref())?;
    let official = &form.official;
    official.must_work()?;
    let reason = form
        .fields
        .text("reason")
        .and_then(|code| words::OPEN_REASONS.into_iter().find(|reason| reason.as_str() == code));
    let result = async {
        let reason =
            reason.ok_or(Denied::Field { name: "reason", takes: "key, check, question or supervise" })?;
        let item = console.item_id(place.id)?;
        // The audit line comes with the showing itself, and is repeated with each showing.
        console.sessions().open_values(official.session.key, item, reason, Timestamp::now());
        Ok(())
    };
    let result = result.await;
    console.answer(&place, official, face, result).await
}

pub(crate) async fn mask(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    face: Face,
    form: SignedForm,
) -> Result<Response, Denied> {
    let place = Place::read(&id, query.as_deref())?;
    let result = async {
        let item = console.item_id(place.id)?;
        console.sessions().close_values(form.official.session.key, item);
        Ok(())
    };
    let result = result.await;
    console.answer(&place, &form.official, face, result).await
}

impl Console {
    /// The sender's name in the site's configuration.
    pub(crate) fn origin_name(&self, item: &ItemView) -> String {
        let known = self.hub.site().config.partner(item.partner.as_str());
        known.map_or_else(|| item.partner.as_str().to_owned(), |partner| partner.name.as_str().to_owned())
    }

    fn item_id(&self, id: MessageId) -> Result<ItemId, Denied> {
        let known = self.hub.item_of_message(id, Timestamp::now());
        known.map(|item| item.id).ok_or_else(|| Error::from(Refusal::NotFound).into())
    }

    /// The claim a form was made under. A script may leave it out; the engine then still asks who holds the item.
    fn fence(&self, form: &SignedForm, id: MessageId) -> Result<u64, Denied> {
        match form.fields.text("fence") {
            Some(fence) => {
                fence.parse().map_err(|_| Denied::Field { name: "fence", takes: "the number of the claim" })
            }
            None => {
                let known = self.hub.item_of_message(id, Timestamp::now());
                known.map(|item| item.fence).ok_or_else(|| Error::from(Refusal::NotFound).into())
            }
        }
    }

    async fn answer(
        &self,
        place: &Place,
        official: &Official,
        face: Face,
        result: Result<(), Denied>,
    ) -> Result<Response, Denied> {
        match (result, face) {
            (Ok(()), Face::Json) => self.show(place, official, face, None).await,
            (Ok(()), Face::Page) => Ok(Redirect::to(&place.address()).into_response()),
            (Err(denied), Face::Json) => Ok(guard::problem(&denied.told())),
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
                let queue = Queue::look(self, place.filter.clone(), official.id.as_str(), detail.now);
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
                Some(Opened { reason, until, values: keying::values(&content.message, &official.id) })
            }
            None => {
                self.hub.record(&official.who, "viewed", &format!("item {}", known.id), "done").await?;
                None
            }
        };
        let origin_name = self.origin_name(&known);
        let steps = self.life(known.id, &origin_name).await?;
        let behind =
            known.behind.and_then(|earlier| self.hub.item(earlier, now)).map(|earlier| earlier.message_id);
        Ok(Detail { now, item: known, origin_name, behind, steps, opened })
    }

    async fn life(&self, item: ItemId, origin_name: &str) -> Result<Vec<Step>, Denied> {
        let recorded = self.hub.recorded_changes(item).await?;
        let calendar = &self.hub.site().calendar;
        let step = |RecordedChange { change, audit_sequence }: RecordedChange| {
            let (word, sentence) = words::step(&change, origin_name, calendar);
            Step { at: change.at(), what: change.name(), word, sentence, audit_sequence }
        };
        Ok(recorded.into_iter().map(step).collect())
    }

    async fn show_erased(&self, place: &Place, official: &Official, face: Face) -> Result<Response, Denied> {
        let item = self.hub.item_ever(place.id).await?.ok_or(Error::from(Refusal::NotFound))?;
        self.hub.record(&official.who, "viewed", &format!("item {item}"), "done").await?;
        let steps = self.life(item, "the sender").await?;
        Ok(match face {
            Face::Json => Json(json::erased(place.id, item, &steps)).into_response(),
            Face::Page => pages::html(pages::erased(self, official, &place.filter, item, &steps)),
        })
    }
}
