//! What the queue shows and in which order, as it stands in the address.
//!
//! Pure. Invariant: every filter writes back to the same address it was read from, so that back, bookmarks and links
//! between list and item keep it. Unknown values fall back to the default: an old bookmark shows the queue.

use jiff::Timestamp;

use super::words::ClockState;
use crate::hub::view::ItemView;
use crate::{limits, parameters};

/// A named part of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Show {
    /// Everything not closed.
    #[default]
    Open,
    /// Past due.
    Overdue,
    /// Due soon.
    DueSoon,
    /// For an operator: waiting, claimed or stopped.
    Person,
    /// Claimed by the reader.
    Mine,
    /// Does not go on by itself.
    Stuck,
    /// With the system-to-system lane.
    Lane,
    /// Arrived in the last hours.
    Recent,
    /// Closed.
    Closed,
}

impl Show {
    /// Every part, in the order of the screen.
    pub(crate) const ALL: [Self; 9] = [
        Self::Open,
        Self::Overdue,
        Self::DueSoon,
        Self::Person,
        Self::Mine,
        Self::Stuck,
        Self::Lane,
        Self::Recent,
        Self::Closed,
    ];

    /// The word in the address.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Overdue => "overdue",
            Self::DueSoon => "due-soon",
            Self::Person => "person",
            Self::Mine => "mine",
            Self::Stuck => "stuck",
            Self::Lane => "lane",
            Self::Recent => "recent",
            Self::Closed => "closed",
        }
    }

    /// Whether an item belongs to this part.
    pub(crate) fn holds(self, item: &ItemView, me: &str, now: Timestamp) -> bool {
        match self {
            Self::Open => item.stage != "closed",
            Self::Overdue => ClockState::of(item) == ClockState::Overdue,
            Self::DueSoon => ClockState::of(item) == ClockState::DueSoon,
            Self::Person => matches!(item.stage, "waiting" | "claimed" | "keyed" | "parked"),
            Self::Mine => item.held_by.as_deref() == Some(me),
            Self::Stuck => matches!(item.stage, "parked" | "held") || item.trouble.is_some(),
            Self::Lane => matches!(item.stage, "queued" | "sending" | "outcome-unknown" | "acknowledged"),
            Self::Recent => now.duration_since(item.received_at) <= parameters::RECENT,
            Self::Closed => item.stage == "closed",
        }
    }
}

/// The order of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    /// The clock that ends first.
    #[default]
    Clock,
    /// Newest arrival first.
    Arrived,
    /// By operation, then clock.
    Operation,
    /// By sender, then clock.
    Origin,
    /// By owner, then clock.
    Owner,
}

impl Sort {
    /// Every order, as in the list on the screen.
    pub(crate) const ALL: [Self; 5] =
        [Self::Clock, Self::Arrived, Self::Operation, Self::Origin, Self::Owner];

    /// The word in the address.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Clock => "clock",
            Self::Arrived => "arrived",
            Self::Operation => "operation",
            Self::Origin => "origin",
            Self::Owner => "owner",
        }
    }
}

/// Everything the address says about the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) show: Show,
    pub(crate) sort: Sort,
    /// Only this operation, by its code.
    pub(crate) operation: Option<String>,
    /// Only this sender.
    pub(crate) origin: Option<String>,
    /// The page, from 1.
    pub(crate) page: usize,
}

impl Filter {
    /// Reads the query of an address.
    pub(crate) fn read(query: Option<&str>) -> Self {
        let mut filter = Self { page: 1, ..Self::default() };
        for pair in query.unwrap_or_default().split('&').take(limits::FORM_FIELDS_MAX) {
            let Some((name, value)) = pair.split_once('=') else { continue };
            // Codes and party identifiers need no escapes but these two.
            let value = value.replace("%3A", ":").replace("%40", "@");
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '@' | '-');
            if value.is_empty()
                || value.len() > icd::limits::IDENTIFIER_CHARS_MAX
                || !value.chars().all(plain)
            {
                continue;
            }
            match name {
                "show" => {
                    filter.show = Show::ALL.into_iter().find(|show| show.code() == value).unwrap_or_default()
                }
                "sort" => {
                    filter.sort = Sort::ALL.into_iter().find(|sort| sort.code() == value).unwrap_or_default()
                }
                "operation" => filter.operation = Some(value),
                "origin" => filter.origin = Some(value),
                "page" => filter.page = value.parse().unwrap_or(1).max(1),
                _ => {}
            }
        }
        filter
    }

    /// The query of the address, with its question mark; empty for the default.
    pub(crate) fn query(&self) -> String {
        let mut pairs = Vec::new();
        if self.show != Show::default() {
            pairs.push(format!("show={}", self.show.code()));
        }
        if self.sort != Sort::default() {
            pairs.push(format!("sort={}", self.sort.code()));
        }
        for (name, value) in [("operation", &self.operation), ("origin", &self.origin)] {
            if let Some(value) = value {
                pairs.push(format!("{name}={}", value.replace(':', "%3A").replace('@', "%40")));
            }
        }
        if self.page > 1 {
            pairs.push(format!("page={}", self.page));
        }
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }

    /// The same list, another part.
    pub(crate) fn with_show(&self, show: Show) -> Self {
        Self { show, page: 1, ..self.clone() }
    }

    /// The same list, another page.
    pub(crate) fn with_page(&self, page: usize) -> Self {
        Self { page, ..self.clone() }
    }

    /// Whether anything but part and order narrows the list.
    pub(crate) fn is_narrowed(&self) -> bool {
        self.operation.is_some() || self.origin.is_some()
    }

    /// Whether an item passes operation and sender, whatever part is shown.
    pub(crate) fn passes(&self, item: &ItemView) -> bool {
        self.operation.as_deref().is_none_or(|operation| operation == item.operation)
            && self.origin.as_deref().is_none_or(|origin| origin == item.partner.as_str())
    }

    /// Puts items in order. Items of equal rank keep the order of acceptance.
    pub(crate) fn arrange(&self, items: &mut [ItemView]) {
        let clock = |item: &ItemView| {
            let met = matches!(ClockState::of(item), ClockState::SentBack | ClockState::Met);
            (met, item.due.unwrap_or(Timestamp::MAX), !item.urgent, item.id)
        };
        match self.sort {
            Sort::Clock => items.sort_by_key(|item| (item.stage == "closed", clock(item))),
            Sort::Arrived => items.sort_by_key(|item| std::cmp::Reverse((item.received_at, item.id))),
            Sort::Operation => items.sort_by_key(|item| (item.operation_number, item.category, clock(item))),
            Sort::Origin => items.sort_by_key(|item| (item.partner.clone(), clock(item))),
            Sort::Owner => {
                items.sort_by_key(|item| (item.held_by.is_none(), item.owner.clone(), clock(item)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back() {
        for query in [
            "",
            "?show=person",
            "?show=closed&sort=arrived",
            "?operation=erase-inaccurate&origin=kiosk-1",
            "?origin=a%3Ab%40c&page=3",
        ] {
            assert_eq!(Filter::read(query.strip_prefix('?')).query(), query);
        }
    }

    #[test]
    fn nonsense_falls_back_to_the_default() {
        for query in
            ["show=everything", "sort=", "page=0", "page=-1", "operation=<script>", "&&&=", "operation=%00"]
        {
            assert_eq!(Filter::read(Some(query)).query(), "", "{query}");
        }
    }
}
