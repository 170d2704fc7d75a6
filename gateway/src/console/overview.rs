//! The table of interfaces with the switch for supervisors, and whether gateway and central system are up.
//!
//! Invariant: an interface is switched only when the number of items that move is the number that was shown and typed;
//! the engine counts and switches in one step.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Json};
use firmware_config::Channel;
use icd::operation::Operation;
use jiff::Timestamp;

use super::denied::{Denied, Told};
use super::guard::{self, Face, Official, SignedForm, card_holder};
use super::json::{InterfaceJson, InterfacesJson};
use super::{Console, json, pages, words};
use crate::engine::{ChannelReason, SwitchPreview, Switched};
use crate::serve::Peer;

/// What switching an operation would do, for each way it could take.
pub(crate) struct Switch {
    pub(crate) operation: Operation,
    /// The way it takes now.
    pub(crate) channel: Channel,
    /// What a person has switched.
    pub(crate) switched: Option<Switched>,
    pub(crate) choices: Vec<Choice>,
}

/// One way it could take instead.
pub(crate) struct Choice {
    /// None gives it back to the signed table.
    pub(crate) to: Option<Channel>,
    /// The way that is.
    pub(crate) channel: Channel,
    pub(crate) preview: SwitchPreview,
}

impl Choice {
    /// The word in forms.
    pub(crate) fn code(&self) -> &'static str {
        self.to.map_or("table", Channel::as_str)
    }
}

impl Switch {
    fn look(console: &Console, operation: Operation, now: Timestamp) -> Self {
        let hub = &console.hub;
        let channel = hub.channel(operation);
        let switched = hub.switched().into_iter().find(|(known, _)| *known == operation).map(|(_, how)| how);
        let all = [Channel::S2s, Channel::WebInterface, Channel::Unavailable];
        let ways = all.into_iter().filter(|way| *way != channel).map(|way| (Some(way), way));
        let table = switched.as_ref().map(|_| (None, hub.table_channel(operation, now)));
        let choices = ways.chain(table).map(|(to, channel)| {
            let preview = hub.preview_channel(operation, channel);
            Choice { to, channel, preview }
        });
        Self { operation, channel, switched, choices: choices.collect() }
    }
}

pub(crate) async fn interfaces(
    State(console): State<Arc<Console>>,
    official: Official,
    face: Face,
) -> Response {
    let as_of = Timestamp::now();
    let rows = console.hub.capabilities(as_of);
    let switched = console.hub.switched();
    match face {
        Face::Json => {
            let interfaces = rows.into_iter().filter_map(|row| {
                // The configuration was refused at the start if it named an unknown operation.
                let operation = Operation::from_code(&row.operation)?;
                let title = words::title(official.language, operation);
                Some(InterfaceJson { row, title, article: operation.rule().article })
            });
            let switched = switched.iter().map(|(operation, how)| json::switched(*operation, how)).collect();
            Json(InterfacesJson { as_of, interfaces: interfaces.collect(), switched }).into_response()
        }
        Face::Page => pages::html(pages::interfaces(&console, &official, &rows, &switched, as_of)),
    }
}

/// `GET /interfaces/{operation}`
pub(crate) async fn preview(
    State(console): State<Arc<Console>>,
    Path(operation): Path<String>,
    official: Official,
    face: Face,
) -> Result<Response, Denied> {
    official.must_supervise()?;
    let operation = Operation::from_code(&operation).ok_or(Denied::NoSuchPage)?;
    Ok(show(&console, &official, operation, face, None))
}

/// `POST /interfaces/{operation}`
pub(crate) async fn switch(
    State(console): State<Arc<Console>>,
    Path(operation): Path<String>,
    face: Face,
    form: SignedForm,
) -> Result<Response, Denied> {
    let official = &form.official;
    official.must_supervise()?;
    let operation = Operation::from_code(&operation).ok_or(Denied::NoSuchPage)?;
    let result = console.switch(operation, &form).await;
    Ok(match (result, face) {
        (Ok(()), Face::Page) => Redirect::to("/interfaces").into_response(),
        (Ok(()), Face::Json) => show(&console, official, operation, face, None),
        (Err(denied), Face::Json) => guard::problem(&denied.told(), official.language),
        (Err(denied), Face::Page) => show(&console, official, operation, face, Some(&denied.told())),
    })
}

impl Console {
    async fn switch(&self, operation: Operation, form: &SignedForm) -> Result<(), Denied> {
        let channel = match form.fields.text("channel") {
            Some("s2s") => Some(Channel::S2s),
            Some("web-interface") => Some(Channel::WebInterface),
            Some("unavailable") => Some(Channel::Unavailable),
            Some("table") => None,
            _ => return Err(Denied::Field { name: "channel", takes: "takes-switch" }),
        };
        let code = form.fields.text("reason").unwrap_or_default();
        let reason = words::CHANNEL_REASONS.into_iter().find(|reason| ChannelReason::as_str(*reason) == code);
        let reason = reason.ok_or(Denied::Field { name: "reason", takes: "takes-switch-reason" })?;
        let typed = form.fields.text("count").and_then(|count| count.parse().ok());
        let typed: usize = typed.ok_or(Denied::Field { name: "count", takes: "takes-count" })?;
        let (me, who) = (&form.official.id, &form.official.who);
        let switched = self.hub.switch_channel(operation, channel, (reason, typed), me, who).await?;
        switched.map_err(|count| Denied::CountDiffers { count })
    }
}

fn show(
    console: &Console,
    official: &Official,
    operation: Operation,
    face: Face,
    told: Option<&Told>,
) -> Response {
    let now = Timestamp::now();
    let switch = Switch::look(console, operation, now);
    match face {
        Face::Json => Json(json::switch(&switch, official, now)).into_response(),
        Face::Page => {
            let page = pages::html(pages::switch(console, official, &switch, now, told));
            match told {
                Some(told) => (told.status, page).into_response(),
                None => page,
            }
        }
    }
}

/// Without a session for scripts, so that a watchdog with a known card can ask.
pub(crate) async fn health(
    State(console): State<Arc<Console>>,
    Extension(peer): Extension<Peer>,
    official: Result<Official, Denied>,
    face: Face,
) -> Result<Response, Denied> {
    card_holder(&console, &peer)?;
    let health = console.hub.health();
    let status = if health.reason.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok(match face {
        Face::Json => (status, Json(health)).into_response(),
        Face::Page => (status, pages::html(pages::health(&console, &official?, &health))).into_response(),
    })
}
