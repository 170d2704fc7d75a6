//! One step with many items: the selection is drawn and frozen, confirmed with its number, and taken once.
//!
//! `POST /bulk` freezes what was ticked, or everything that matches the list as it was drawn; `GET /bulk/{number}` says
//! how many, how old, what happens and whether it can be undone; `POST /bulk/{number}` acts on exactly those that are
//! unchanged and says which were left out, and why.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use firmware_config::Channel;
use icd::identifier::{MessageId, StaffId};
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::act::reason_for_sender;
use super::denied::{Denied, Told};
use super::filter::Filter;
use super::guard::{self, Face, Official, SignedForm};
use super::selection::{BulkAct, Frozen, LeftOut, Outcome, Selection};
use super::{Console, json, pages};
use crate::engine::ItemId;
use crate::error::Error;
use crate::hub::view::ItemView;
use crate::hub::{Hub, Who};
use crate::limits;

/// `POST /bulk`
pub(crate) async fn draw(
    State(console): State<Arc<Console>>,
    RawQuery(query): RawQuery,
    face: Face,
    form: SignedForm,
) -> Result<Response, Denied> {
    let official = &form.official;
    official.must_work()?;
    let (filter, now) = (Filter::read(query.as_deref()), Timestamp::now());
    let act = form.fields.text("act").and_then(BulkAct::from_code);
    let act = act.ok_or(Denied::Field { name: "act", takes: "takes-act" })?;
    let newest = form.fields.text("newest").and_then(|number| number.parse().ok()).map(ItemId::new);
    let newest = newest.ok_or(Denied::Field { name: "newest", takes: "takes-newest" })?;
    let me = official.id.as_str();
    let (wanted, missing) = match form.fields.text("scope") {
        Some("matching") => (console.matching(&filter, me, newest, now), 0),
        _ => {
            let ticked: BTreeSet<MessageId> = form.fields.ticked().filter_map(|id| id.parse().ok()).collect();
            let found: Vec<_> =
                ticked.iter().filter_map(|id| console.hub.item_of_message(*id, now)).collect();
            let missing = ticked.len() - found.len();
            (found, missing)
        }
    };
    let (fit, unfit): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|item| act.fits(item, me));
    if fit.is_empty() {
        return Err(Denied::NothingSelected);
    }
    if fit.len() > act.most() {
        return Err(Denied::TooManySelected { most: act.most() });
    }
    let selection = Selection {
        number: 0,
        act,
        drawn_at: now,
        rows: fit.iter().map(Frozen::of).collect(),
        unfit: unfit.len(),
        missing,
        list: filter.query(),
        outcome: None,
    };
    let number = console.selections().keep(official.session.key, selection);
    match face {
        Face::Page => Ok(Redirect::to(&format!("/bulk/{number}")).into_response()),
        Face::Json => console.show_selection(number, official, face, None),
    }
}

/// `GET /bulk/{number}`
pub(crate) async fn page(
    State(console): State<Arc<Console>>,
    Path(number): Path<String>,
    official: Official,
    face: Face,
) -> Result<Response, Denied> {
    official.must_work()?;
    let number = number.parse().map_err(|_| Denied::SelectionGone)?;
    console.show_selection(number, &official, face, None)
}

/// `POST /bulk/{number}`
pub(crate) async fn take(
    State(console): State<Arc<Console>>,
    Path(number): Path<String>,
    face: Face,
    form: SignedForm,
) -> Result<Response, Denied> {
    let official = &form.official;
    official.must_work()?;
    let number: u64 = number.parse().map_err(|_| Denied::SelectionGone)?;
    let result = console.take_selection(number, &form).await;
    match (result, face) {
        (Ok(()), Face::Page) => Ok(Redirect::to(&format!("/bulk/{number}")).into_response()),
        (Ok(()), Face::Json) => console.show_selection(number, official, face, None),
        (Err(denied), Face::Json) => Ok(guard::problem(&denied.told(), official.language)),
        (Err(denied), Face::Page) => {
            let told = denied.told();
            console.show_selection(number, official, face, Some(&told)).map_err(|_| denied)
        }
    }
}

impl Console {
    /// Everything the list held when it was drawn. `newest` is the newest item there was then: what was accepted later
    /// has a higher number, and was not seen.
    fn matching(&self, filter: &Filter, me: &str, newest: ItemId, now: Timestamp) -> Vec<ItemView> {
        let known = self.hub.items(now, |item| item.id <= newest);
        known.into_iter().filter(|item| filter.passes(item) && filter.show.holds(item, me, now)).collect()
    }

    async fn take_selection(&self, number: u64, form: &SignedForm) -> Result<(), Denied> {
        let (official, now) = (&form.official, Timestamp::now());
        let key = official.session.key;
        let (act, count) = {
            let selections = self.selections();
            let drawn = selections.find(key, number, now).filter(|drawn| drawn.outcome.is_none());
            drawn.map(|drawn| (drawn.act, drawn.rows.len())).ok_or(Denied::SelectionGone)?
        };
        if act.is_destructive() {
            let typed = form.fields.text("count").and_then(|typed| typed.parse::<usize>().ok());
            if typed != Some(count) {
                return Err(Denied::CountDiffers { count });
            }
        }
        let reason = match act {
            BulkAct::GiveBack => reason_for_sender(&form.fields)?.to_owned(),
            _ => String::new(),
        };
        let selection = self.selections().take(key, number, now).ok_or(Denied::SelectionGone)?;
        let doer = Doer {
            hub: Arc::clone(&self.hub),
            act,
            reason: reason.into(),
            me: official.id.clone(),
            who: official.who.clone(),
        };
        if act != BulkAct::Claim {
            // What was open to this session is masked again, as after the same step with one item.
            selection.rows.iter().for_each(|row| self.sessions().close_values(key, row.id));
        }
        let outcome = doer.take_all(selection.rows).await;
        self.selections().finish(key, number, outcome);
        Ok(())
    }

    fn show_selection(
        &self,
        number: u64,
        official: &Official,
        face: Face,
        told: Option<&Told>,
    ) -> Result<Response, Denied> {
        let now = Timestamp::now();
        let found = self.selections().find(official.session.key, number, now).cloned();
        let selection = found.ok_or(Denied::SelectionGone)?;
        let changed: Vec<_> = if selection.outcome.is_some() {
            Vec::new()
        } else {
            let changed = |row: &Frozen| row.changed(self.hub.item(row.id, now).as_ref());
            selection.rows.iter().filter_map(|row| Some((row.clone(), changed(row)?))).collect()
        };
        Ok(match face {
            Face::Json => Json(json::selection(&selection, &changed, official)).into_response(),
            Face::Page => {
                let page = pages::html(pages::bulk(self, official, &selection, &changed, told));
                match told {
                    Some(told) => (told.status, page).into_response(),
                    None => page,
                }
            }
        })
    }
}

/// Takes the step with one item after another, a few at a time.
#[derive(Clone)]
struct Doer {
    hub: Arc<Hub>,
    act: BulkAct,
    reason: Arc<str>,
    me: StaffId,
    who: Who,
}

impl Doer {
    async fn take_all(&self, rows: Vec<Frozen>) -> Outcome {
        let mut outcome = Outcome::default();
        let mut rows = rows.into_iter();
        loop {
            let mut running = JoinSet::new();
            for row in rows.by_ref().take(limits::BULK_STEPS_AT_ONCE_MAX) {
                // Looked at one by one, right before its step.
                match row.changed(self.hub.item(row.id, Timestamp::now()).as_ref()) {
                    Some(why) => outcome.left_out.push((row, why)),
                    None => {
                        let doer = self.clone();
                        running.spawn(async move {
                            let done = doer.take_one(&row).await;
                            (row, done)
                        });
                    }
                }
            }
            if running.is_empty() && rows.len() == 0 {
                break;
            }
            for (row, done) in running.join_all().await {
                match done {
                    Ok(()) => outcome.done += 1,
                    Err(error) => outcome.left_out.push((row, LeftOut::Refused { code: error.code() })),
                }
            }
        }
        outcome.left_out.sort_by_key(|(row, _)| row.id);
        outcome
    }

    async fn take_one(&self, row: &Frozen) -> Result<(), Error> {
        let (hub, me, who) = (&self.hub, &self.me, &self.who);
        match self.act {
            BulkAct::Claim => hub.claim(row.id, me, who).await.map(drop),
            BulkAct::Release => hub.release(row.id, row.fence, me, who).await,
            BulkAct::SendAgain => hub.requeue(row.id, Channel::S2s, me, who).await,
            BulkAct::LetKey => hub.requeue(row.id, Channel::WebInterface, me, who).await,
            BulkAct::GiveBack => hub.give_back(row.id, &self.reason, me, who).await,
        }
    }
}
