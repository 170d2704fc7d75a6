//! What the central system remembers and answers: datasets, messages, answers, open interfaces. No I/O, no clock.
//!
//! Rules kept as in the real system: a reference number stands for one person, State and category; a message id is
//! taken as new once, however often it arrives; only categories that are stored stay; only categories that are
//! searched are searched. Marks and linked datasets are left out: the gateway does not need them to be tested.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use icd::{
    category::{Category, SearchScope},
    dataset::Dataset,
    finding::Finding,
    identifier::{AnswerId, MessageId},
    message::{Answer, Change, HitDataset, MatchKind, Outcome, Submission},
    notice::Notice,
    operation::{Operation, OperationKind},
    reference::ReferenceNumber,
};
use jiff::Timestamp;
use matcher::{Finger, Gallery, Template};
use serde::Serialize;

use crate::{Error, faults::Faults, limits};

/// Everything the simulator knows.
pub(crate) struct Registry {
    datasets: BTreeMap<String, Stored>,
    gallery: Gallery,
    next_gallery_id: u64,
    messages: BTreeMap<MessageId, MessageRecord>,
    waiting: VecDeque<Answer>,
    open: BTreeSet<Operation>,
    keyed: u64,
    /// Notices that nobody has acknowledged. They are not kept over a restart.
    pub notices: Vec<Notice>,
    /// Faults in force.
    pub faults: Faults,
}

/// The prints of one submission, ready to be compared, and what was found wrong with its container.
pub(crate) struct Prints {
    /// Templates per finger.
    pub templates: Vec<(Finger, Template)>,
    /// Findings of the validation; any error among them means rejection.
    pub findings: Vec<Finding>,
}

/// What an arrival came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// Taken as new.
    New,
    /// Known already; nothing changed.
    Again,
}

/// How often one message arrived and what became of it, as shown at `/control/state`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MessageRecord {
    /// Times it arrived over the link.
    pub arrivals: u32,
    /// Times it was stored as new: never more than one.
    pub stored_as_new: u32,
    /// Whether an answer exists.
    pub answered: bool,
    #[serde(skip)]
    digest: [u8; 32],
    #[serde(skip)]
    answer: Option<Answer>,
}

struct Stored {
    category: Category,
    gallery_id: u64,
    reference_number: ReferenceNumber,
    stored_at: Timestamp,
    dataset: Dataset,
}

impl Stored {
    /// All that a hit gives of this dataset (Art. 27(4)).
    fn as_hit(&self) -> HitDataset {
        HitDataset {
            reference_number: self.reference_number.clone(),
            category: self.category,
            matched: MatchKind::Fingerprints,
            stored_at: self.stored_at,
            marks: Vec::new(),
            dataset: Some(self.dataset.clone()),
        }
    }
}

impl Registry {
    /// An empty system; only submissions have a system-to-system interface.
    pub(crate) fn new() -> Self {
        Self {
            datasets: BTreeMap::new(),
            gallery: Gallery::new(),
            next_gallery_id: 1,
            messages: BTreeMap::new(),
            waiting: VecDeque::new(),
            open: BTreeSet::from([Operation::Submit]),
            keyed: 0,
            notices: Vec::new(),
            faults: Faults::default(),
        }
    }

    /// Whether a message is new, known, or a misuse of a known id; changes nothing.
    ///
    /// # Errors
    /// [`Error::OtherContent`] when the id came with other content before; [`Error::NoInterface`] when the operation
    /// is not open; [`Error::Full`] at a bound.
    pub(crate) fn look(
        &self,
        id: MessageId,
        operation: Operation,
        digest: [u8; 32],
    ) -> Result<Arrival, Error> {
        if let Some(record) = self.messages.get(&id) {
            return if record.digest == digest { Ok(Arrival::Again) } else { Err(Error::OtherContent) };
        }
        if !self.open.contains(&operation) {
            return Err(Error::NoInterface { operation: operation.code() });
        }
        if self.datasets.len() >= limits::DATASETS_MAX {
            return Err(Error::Full { what: "datasets", bound: limits::DATASETS_MAX });
        }
        if self.waiting.len() >= limits::ANSWERS_WAITING_MAX {
            return Err(Error::Full { what: "answers waiting", bound: limits::ANSWERS_WAITING_MAX });
        }
        Ok(Arrival::New)
    }

    /// Counts an arrival; a new message is remembered as stored once.
    pub(crate) fn arrive(&mut self, id: MessageId, digest: [u8; 32], arrival: Arrival) {
        let record = self.messages.entry(id).or_insert(MessageRecord {
            arrivals: 0,
            stored_as_new: 0,
            answered: false,
            digest,
            answer: None,
        });
        record.arrivals += 1;
        if arrival == Arrival::New {
            record.stored_as_new += 1;
        }
    }

    /// Judges, searches and stores a new submission, and queues the answer.
    pub(crate) fn submit(
        &mut self,
        submission: &Submission,
        prints: Prints,
        ids: &mut dyn FnMut() -> AnswerId,
        now: Timestamp,
    ) {
        let outcome = if self.faults.reject {
            Outcome::Rejected(vec![Finding::error(
                "999",
                "message",
                "the central system refuses every message at present",
            )])
        } else if Finding::any_error(&prints.findings) {
            Outcome::Rejected(prints.findings)
        } else {
            self.search_and_store(submission, prints.templates, now)
        };
        self.answer(submission.message_id, &submission.reference_number, outcome, ids, now);
    }

    fn search_and_store(
        &mut self,
        submission: &Submission,
        templates: Vec<(Finger, Template)>,
        now: Timestamp,
    ) -> Outcome {
        let rule = submission.category.handling(&submission.dataset);
        let hits = if rule.searched == SearchScope::NotCompared {
            Vec::new()
        } else {
            self.gallery
                .identify(&templates, limits::CANDIDATES_MAX)
                .into_iter()
                .filter(|candidate| matcher::decision::is_match(candidate.score))
                .filter_map(|candidate| {
                    self.datasets.values().find(|stored| stored.gallery_id == candidate.id)
                })
                .filter(|stored| {
                    stored.reference_number != submission.reference_number
                        && in_scope(rule.searched, stored.category)
                })
                .map(Stored::as_hit)
                .collect()
        };
        if rule.stored {
            let gallery_id = self.next_gallery_id;
            self.next_gallery_id += 1;
            let stored = Stored {
                category: submission.category,
                gallery_id,
                reference_number: submission.reference_number.clone(),
                stored_at: now,
                dataset: submission.dataset.clone(),
            };
            let key = submission.reference_number.as_str().to_owned();
            if let Some(replaced) = self.datasets.insert(key, stored) {
                self.gallery.remove(replaced.gallery_id);
            }
            self.gallery.enrol(gallery_id, templates);
        }
        match (rule.searched, hits.is_empty()) {
            (SearchScope::NotCompared, _) => Outcome::Registered,
            (_, true) => Outcome::NoHit,
            (_, false) => Outcome::Hit(hits),
        }
    }

    /// Carries out a later change that came over the link, and queues the answer.
    pub(crate) fn change(&mut self, change: &Change, ids: &mut dyn FnMut() -> AnswerId, now: Timestamp) {
        let outcome = match self.carry_out(change.operation, &change.reference_number) {
            Ok(web_receipt) => Outcome::Done { web_receipt },
            Err(error) => {
                Outcome::Rejected(vec![Finding::error("001", "reference-number", error.to_string())])
            }
        };
        self.answer(change.message_id, &change.reference_number, outcome, ids, now);
    }

    /// Carries out an operation keyed by a person or sent by a machine; answers with the receipt number.
    ///
    /// # Errors
    /// [`Error::NoDataset`] when the reference number is not stored.
    pub(crate) fn carry_out(
        &mut self,
        operation: Operation,
        reference_number: &ReferenceNumber,
    ) -> Result<String, Error> {
        if !self.datasets.contains_key(reference_number.as_str()) {
            return Err(Error::NoDataset);
        }
        if operation.rule().kind == OperationKind::Delete
            && let Some(erased) = self.datasets.remove(reference_number.as_str())
        {
            self.gallery.remove(erased.gallery_id);
        }
        self.keyed += 1;
        Ok(format!("EU-WEB-{:08}", self.keyed))
    }

    fn answer(
        &mut self,
        id: MessageId,
        reference_number: &ReferenceNumber,
        outcome: Outcome,
        ids: &mut dyn FnMut() -> AnswerId,
        now: Timestamp,
    ) {
        let mut make = |outcome| Answer {
            answer_id: ids(),
            in_reply_to: id,
            reference_number: reference_number.clone(),
            answered_at: now,
            outcome,
        };
        let answer = make(outcome);
        if self.faults.answer_twice {
            let again = make(answer.outcome.clone());
            self.waiting.push_back(again);
        }
        self.waiting.push_front(answer.clone());
        if let Some(record) = self.messages.get_mut(&id) {
            record.answered = true;
            record.answer = Some(answer);
        }
    }

    /// Answers that wait to be fetched, oldest first, bounded.
    pub(crate) fn waiting(&self) -> Vec<Answer> {
        self.waiting.iter().take(limits::ANSWERS_PER_FETCH_MAX).cloned().collect()
    }

    /// The other side has the answer safe; it is not offered again.
    pub(crate) fn acknowledge(&mut self, id: AnswerId) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|answer| answer.answer_id != id);
        self.waiting.len() < before
    }

    /// What is known of a message. Asking for an answered message offers its answer again.
    pub(crate) fn message(&mut self, id: MessageId) -> Option<MessageRecord> {
        let record = self.messages.get(&id)?.clone();
        if let Some(answer) = &record.answer
            && !self.waiting.iter().any(|waiting| waiting.in_reply_to == id)
        {
            self.waiting.push_back(answer.clone());
        }
        Some(record)
    }

    /// Opens or closes the system-to-system interface of an operation.
    pub(crate) fn set_interface(&mut self, operation: Operation, open: bool) {
        if open {
            self.open.insert(operation)
        } else {
            self.open.remove(&operation)
        };
    }

    /// Operations whose system-to-system interface is open.
    pub(crate) fn open_interfaces(&self) -> impl Iterator<Item = Operation> + '_ {
        self.open.iter().copied()
    }

    /// Messages by id, and how often each arrived.
    pub(crate) fn messages(&self) -> impl Iterator<Item = (MessageId, &MessageRecord)> {
        self.messages.iter().map(|(id, record)| (*id, record))
    }

    /// Datasets stored at present.
    pub(crate) fn dataset_count(&self) -> usize {
        self.datasets.len()
    }

    /// Whether a dataset is stored under this number.
    pub(crate) fn is_stored(&self, reference_number: &ReferenceNumber) -> bool {
        self.datasets.contains_key(reference_number.as_str())
    }

    /// Forgets answers that were queued while kept messages were read back: they were delivered before.
    pub(crate) fn forget_waiting(&mut self) {
        self.waiting.clear();
    }
}

/// Whether a dataset may be found by a search of this scope (Art. 27(2)). Marks are not kept here, so the scope
/// "marked and resettled" finds only the resettled.
fn in_scope(scope: SearchScope, stored: Category) -> bool {
    match scope {
        SearchScope::AllStored | SearchScope::SearchOnly => true,
        SearchScope::MarkedAndResettled => {
            matches!(stored, Category::Resettlement | Category::NationalResettlement)
        }
        SearchScope::NotCompared => false,
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}
