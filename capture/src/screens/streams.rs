//! Server-sent events: that something changed, and the frame that every stream of this kiosk shares.
//!
//! A stream is one of a few that may be open, says something now and then so that a dead line is noticed, and ends when
//! the kiosk is asked to end: the daemon waits for its connections, and a page that stays open must not hold it.

use core::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio_stream::wrappers::{BroadcastStream, WatchStream};
use tokio_stream::{Stream, StreamExt};
use uuid::Uuid;

use super::App;
use super::auth::SignedIn;
use super::respond::{Failure, Wants};
use super::routes::snapshot;
use crate::error::RequestError;
use crate::limits;

/// `GET /cases/{case}/events`
pub(super) async fn case_events(
    State(app): State<Arc<App>>,
    _officer: SignedIn,
    wants: Wants,
    Path(case): Path<Uuid>,
) -> Result<Response, Failure> {
    snapshot(&app, case).await.map_err(|error| Failure::new(error, wants))?;
    changes(&app, wants, move |changed| changed == case)
}

/// `GET /events`
pub(super) async fn home_events(
    State(app): State<Arc<App>>,
    _officer: SignedIn,
    wants: Wants,
) -> Result<Response, Failure> {
    changes(&app, wants, |_| true)
}

/// A stream of "changed": what changed is read from the page or the JSON state.
fn changes(
    app: &App,
    wants: Wants,
    concerns: impl Fn(Uuid) -> bool + Send + 'static,
) -> Result<Response, Failure> {
    let changes = BroadcastStream::new(app.kiosk.changes());
    let events = changes.filter_map(move |change| {
        // A listener that fell behind is told to look again.
        let concerned = change.map_or(true, &concerns);
        concerned.then(|| Event::default().event("changed").data("look"))
    });
    answer(app, wants, events)
}

/// Answers with these events until the reader goes or the kiosk ends.
pub(super) fn answer(
    app: &App,
    wants: Wants,
    events: impl Stream<Item = Event> + Send + 'static,
) -> Result<Response, Failure> {
    let place =
        Place::take(&app.streams_open).ok_or_else(|| Failure::new(RequestError::TooManyStreams, wants))?;
    let end = WatchStream::new(app.kiosk.streams_end()).filter_map(|ends| ends.then_some(None));
    let stream = events.map(Some).merge(end).map_while(move |event| {
        let _held_while_open = &place;
        event.map(Ok::<_, Infallible>)
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

/// One of the streams that may be open at the same time.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(open: &Arc<AtomicUsize>) -> Option<Self> {
        let before = open.fetch_add(1, Ordering::SeqCst);
        let place = Self(Arc::clone(open));
        (before < limits::EVENT_STREAMS_MAX).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Quiet streams say something this often.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
