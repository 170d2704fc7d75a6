//! The queue: what is late or about to be, what waits for a person, what is stuck and why.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::filter::{Filter, Show};
use super::guard::{Face, Official};
use super::language::Language;
use super::words::{self, ClockState};
use super::{Console, json, pages};
use crate::engine::ItemId;
use crate::hub::view::{HealthView, ItemView};
use crate::limits;

/// What a page of the queue shows.
pub(crate) struct Queue {
    pub(crate) now: Timestamp,
    pub(crate) filter: Filter,
    /// The reader.
    pub(crate) me: String,
    /// The rows of this page.
    pub(crate) rows: Vec<ItemView>,
    /// Rows on all pages.
    pub(crate) total: usize,
    pub(crate) pages: usize,
    /// Open tasks of people.
    pub(crate) tasks: usize,
    /// The newest item there is; what comes later was not seen on this page.
    pub(crate) newest: ItemId,
    /// What came while the reader was away, and since when.
    pub(crate) away: Option<(Timestamp, usize)>,
    /// How many items each part of the queue holds.
    pub(crate) counts: Vec<(Show, usize)>,
    /// Operations present, for the filter.
    pub(crate) operations: Vec<&'static str>,
    /// Senders present, for the filter.
    pub(crate) origins: Vec<String>,
    pub(crate) health: HealthView,
}

impl Queue {
    /// Looks at every item once.
    pub(crate) fn look(console: &Console, mut filter: Filter, official: &Official, now: Timestamp) -> Self {
        let me = official.id.as_str();
        let mut items = console.hub.items(now, |_| true);
        let operations: BTreeSet<_> = items.iter().map(|item| item.operation).collect();
        let origins: BTreeSet<_> = items.iter().map(|item| item.partner.as_str().to_owned()).collect();
        let newest = items.iter().map(|item| item.id).max().unwrap_or(ItemId::new(0));
        let away = official.session.away_since.map(|since| {
            let arrived = items
                .iter()
                .filter(|item| item.received_at > since && item.received_at <= official.session.begun_at);
            (since, arrived.count())
        });
        items.retain(|item| filter.passes(item));
        let counts =
            Show::ALL.map(|show| (show, items.iter().filter(|item| show.holds(item, me, now)).count()));
        items.retain(|item| filter.show.holds(item, me, now));
        filter.arrange(&mut items);
        let total = items.len();
        let pages = total.div_ceil(limits::ROWS_PER_PAGE_MAX).max(1);
        filter.page = filter.page.clamp(1, pages);
        let first = (filter.page - 1) * limits::ROWS_PER_PAGE_MAX;
        let rows = items.into_iter().skip(first).take(limits::ROWS_PER_PAGE_MAX).collect();
        Self {
            now,
            filter,
            me: me.to_owned(),
            rows,
            total,
            pages,
            tasks: console.hub.tasks(|_| true).len(),
            newest,
            away,
            counts: counts.into(),
            operations: operations.into_iter().collect(),
            origins: origins.into_iter().collect(),
            health: console.hub.health(),
        }
    }

    pub(crate) fn count(&self, show: Show) -> usize {
        self.counts.iter().find(|(known, _)| *known == show).map_or(0, |(_, count)| *count)
    }

    /// The state of the day.
    pub(crate) fn day(&self, t: Language) -> String {
        let count = |show| self.count(show);
        let [late, soon, person] = [Show::Overdue, Show::DueSoon, Show::Person].map(count);
        words::day(t, [late, soon, person, count(Show::Stuck), self.tasks])
    }

    /// The clock of this page that ends next.
    pub(crate) fn next_due(&self) -> Option<&ItemView> {
        let runs =
            |item: &&ItemView| matches!(ClockState::of(item), ClockState::DueSoon | ClockState::OnTime);
        self.rows.iter().filter(runs).min_by_key(|item| item.due)
    }
}

pub(crate) async fn page(
    State(console): State<Arc<Console>>,
    official: Official,
    RawQuery(query): RawQuery,
    face: Face,
) -> Response {
    let filter = Filter::read(query.as_deref());
    let queue = Queue::look(&console, filter, &official, Timestamp::now());
    match face {
        Face::Json => Json(json::queue(&console, &queue, &official)).into_response(),
        Face::Page => pages::html(pages::queue(&console, &official, &queue)),
    }
}
