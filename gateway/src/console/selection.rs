//! What was selected for one step with many items, frozen as it was drawn.
//!
//! Pure: items and `now` come in. Invariants: a selection never grows; an item that was not on the page that was drawn
//! is never in it, and one that has changed since is left out and named; a selection is used once. Everything is
//! bounded: rows of one selection, selections of one session, rows of all.

use std::collections::VecDeque;

use icd::identifier::MessageId;
use jiff::{SignedDuration, Timestamp};

use super::session::SessionKey;
use crate::engine::ItemId;
use crate::hub::view::ItemView;
use crate::{limits, parameters};

/// One step with many items. Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BulkAct {
    /// Takes them.
    Claim,
    /// Gives the claims up.
    Release,
    /// Stopped items are sent again.
    SendAgain,
    /// Stopped items go to the operators.
    LetKey,
    /// Stopped items go back to their senders, for good.
    GiveBack,
}

impl BulkAct {
    pub(crate) const ALL: [Self; 5] =
        [Self::Claim, Self::Release, Self::SendAgain, Self::LetKey, Self::GiveBack];

    /// The word in forms.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Release => "release",
            Self::SendAgain => "send-again",
            Self::LetKey => "let-key",
            Self::GiveBack => "give-back",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.code() == code)
    }

    /// Whether nobody can take it back.
    pub(crate) fn is_destructive(self) -> bool {
        self == Self::GiveBack
    }

    /// Whether a person can undo it here.
    pub(crate) fn is_undoable(self) -> bool {
        matches!(self, Self::Claim | Self::Release)
    }

    /// How many items it takes: nobody keys hundreds under one lease.
    pub(crate) fn most(self) -> usize {
        if self == Self::Claim { limits::CLAIMS_AT_ONCE_MAX } else { limits::SELECTION_ITEMS_MAX }
    }

    /// Whether the step can be taken with this item.
    pub(crate) fn fits(self, item: &ItemView, me: &str) -> bool {
        match self {
            Self::Claim => item.stage == "waiting" && item.behind.is_none(),
            Self::Release => item.stage == "claimed" && item.held_by.as_deref() == Some(me),
            Self::SendAgain | Self::LetKey => item.stage == "parked",
            Self::GiveBack => item.stage == "parked" && !item.outcome_open,
        }
    }
}

/// One item as it was when the page was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frozen {
    pub(crate) id: ItemId,
    pub(crate) message_id: MessageId,
    pub(crate) fence: u64,
    pub(crate) received_at: Timestamp,
    stage: &'static str,
    held_by: Option<String>,
    attempts: u32,
}

/// Why an item was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LeftOut {
    /// It was closed or erased.
    Gone,
    /// Somebody has claimed it.
    Taken {
        /// Who.
        by: String,
    },
    /// It was stopped or kept.
    Held,
    /// Something else about it changed.
    Changed,
    /// The gateway refused the step.
    Refused {
        /// The code of the refusal.
        code: &'static str,
    },
}

impl LeftOut {
    /// The stable word.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Taken { .. } => "taken",
            Self::Held => "held",
            Self::Changed => "changed",
            Self::Refused { .. } => "refused",
        }
    }
}

impl Frozen {
    pub(crate) fn of(item: &ItemView) -> Self {
        Self {
            id: item.id,
            message_id: item.message_id,
            fence: item.fence,
            received_at: item.received_at,
            stage: item.stage,
            held_by: item.held_by.clone(),
            attempts: item.attempts,
        }
    }

    /// What has happened to it since, if anything.
    pub(crate) fn changed(&self, now: Option<&ItemView>) -> Option<LeftOut> {
        let Some(item) = now else { return Some(LeftOut::Gone) };
        if *self == Self::of(item) {
            return None;
        }
        Some(match (item.stage, &item.held_by) {
            ("closed", _) => LeftOut::Gone,
            ("claimed" | "keyed", Some(by)) if self.held_by.as_ref() != Some(by) => {
                LeftOut::Taken { by: by.clone() }
            }
            ("parked" | "held", _) if self.stage != item.stage => LeftOut::Held,
            _ => LeftOut::Changed,
        })
    }
}

/// What came of a step with many items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) done: usize,
    pub(crate) left_out: Vec<(Frozen, LeftOut)>,
}

/// A frozen selection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) number: u64,
    pub(crate) act: BulkAct,
    pub(crate) drawn_at: Timestamp,
    pub(crate) rows: Vec<Frozen>,
    /// Selected, but not such that the step could be taken with them.
    pub(crate) unfit: usize,
    /// Selected on the list, but changed or gone before the confirmation was drawn.
    pub(crate) missing: usize,
    /// The query of the list it came from.
    pub(crate) list: String,
    pub(crate) outcome: Option<Outcome>,
}

impl Selection {
    /// The row that came first.
    pub(crate) fn oldest(&self) -> Option<&Frozen> {
        self.rows.iter().min_by_key(|row| (row.received_at, row.id))
    }
}

/// Every frozen selection of every session.
#[derive(Default)]
pub(crate) struct Selections {
    begun: u64,
    kept: VecDeque<(SessionKey, Selection)>,
}

impl Selections {
    /// Keeps a selection and gives its number.
    pub(crate) fn keep(&mut self, session: SessionKey, mut selection: Selection) -> u64 {
        self.begun += 1;
        selection.number = self.begun;
        let now = selection.drawn_at;
        self.kept.retain(|(_, kept)| now.duration_since(kept.drawn_at) <= parameters::SELECTION_OPEN);
        self.kept.push_back((session, selection));
        let of_session = |kept: &VecDeque<(SessionKey, Selection)>| {
            kept.iter().filter(|(owner, _)| *owner == session).count()
        };
        while of_session(&self.kept) > limits::SELECTIONS_PER_SESSION_MAX
            && let Some(first) = self.kept.iter().position(|(owner, _)| *owner == session)
        {
            self.kept.remove(first);
        }
        let rows = |kept: &VecDeque<(SessionKey, Selection)>| -> usize {
            kept.iter().map(|(_, selection)| selection.rows.len()).sum()
        };
        while self.kept.len() > 1 && rows(&self.kept) > limits::SELECTED_ITEMS_MAX {
            self.kept.pop_front();
        }
        self.begun
    }

    /// A selection of this session.
    pub(crate) fn find(&self, session: SessionKey, number: u64, now: Timestamp) -> Option<&Selection> {
        let own = |(owner, kept): &&(SessionKey, Selection)| *owner == session && kept.number == number;
        let (_, found) = self.kept.iter().find(own)?;
        let age: SignedDuration = now.duration_since(found.drawn_at);
        (age <= parameters::SELECTION_OPEN).then_some(found)
    }

    /// Takes a selection for its step, once: from now on it has an outcome.
    pub(crate) fn take(&mut self, session: SessionKey, number: u64, now: Timestamp) -> Option<Selection> {
        self.find(session, number, now).filter(|found| found.outcome.is_none())?;
        let own = |(owner, kept): &&mut (SessionKey, Selection)| *owner == session && kept.number == number;
        let (_, found) = self.kept.iter_mut().find(own)?;
        let taken = found.clone();
        found.outcome = Some(Outcome::default());
        Some(taken)
    }

    /// Remembers what came of it.
    pub(crate) fn finish(&mut self, session: SessionKey, number: u64, outcome: Outcome) {
        let mut own = self.kept.iter_mut().filter(|(owner, kept)| *owner == session && kept.number == number);
        if let Some((_, found)) = own.next() {
            found.outcome = Some(outcome);
        }
    }
}
