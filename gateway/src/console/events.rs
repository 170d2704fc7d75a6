//! Tells an open page that something changed, so that it can offer to show it. The page rearranges nothing by itself.
//!
//! Invariant: the stream ends with the session, and listening does not keep a session open.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::Stream;
use futures_util::stream::unfold;
use icd::identifier::MessageId;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{sleep, timeout};

use super::Console;
use super::guard::Official;
use super::session::SessionKey;
use crate::engine::ItemId;
use crate::hub::Notice;
use crate::{limits, parameters};

/// Which items changed since the last notice. `many` when there were too many to name.
#[derive(Serialize)]
struct Changed {
    items: Vec<MessageId>,
    many: bool,
}

pub(crate) async fn stream(
    State(console): State<Arc<Console>>,
    official: Official,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let notices = console.hub.subscribe();
    let state = (console, notices, official.session.key);
    let events = unfold(state, |(console, mut notices, session)| async move {
        let event = next(&console, &mut notices, session).await?;
        Some((Ok(event), (console, notices, session)))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

/// Waits for changes and gathers those of a moment. `None` ends the stream.
async fn next(console: &Console, notices: &mut Receiver<Notice>, session: SessionKey) -> Option<Event> {
    let mut gathered = Gathered::default();
    loop {
        if !console.sessions().is_open(session, Timestamp::now()) {
            return None;
        }
        match timeout(LOOK_AGAIN, notices.recv()).await {
            Err(_) => continue,
            Ok(Err(RecvError::Closed)) => return None,
            Ok(notice) => gathered.take(notice),
        }
        sleep(parameters::NOTICE_PAUSE).await;
        while let Ok(notice) = notices.try_recv() {
            gathered.take(Ok(notice));
        }
        let now = Timestamp::now();
        let items =
            gathered.items.iter().filter_map(|item| console.hub.item(*item, now)).map(|item| item.message_id);
        let changed = Changed { items: items.collect(), many: gathered.many };
        if let Ok(event) = Event::default().event("changed").json_data(changed) {
            return Some(event);
        }
    }
}

#[derive(Default)]
struct Gathered {
    items: BTreeSet<ItemId>,
    many: bool,
}

impl Gathered {
    fn take(&mut self, notice: Result<Notice, RecvError>) {
        match notice {
            Ok(Notice { item: Some(item), .. }) if self.items.len() < limits::NOTICE_ITEMS_MAX => {
                self.items.insert(item);
            }
            Ok(Notice { item: None, .. }) => {}
            _ => self.many = true,
        }
    }
}

const KEEP_ALIVE: Duration = Duration::from_secs(15);
const LOOK_AGAIN: Duration = Duration::from_secs(10);
