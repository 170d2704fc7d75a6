//! Enrolled persons in memory, searched with all fingers of a probe.
//!
//! A probe finger is compared with the same finger of each person only; what the fingers say is added up
//! ([`crate::decision::fuse`]). Exhaustive: every person is compared. The order of the answer does not depend on
//! the order of enrolment.

use core::fmt;
use std::collections::BTreeMap;

use crate::compare::Prepared;
use crate::{Finger, Template, decision, limits};

/// One enrolled person a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The id given at enrolment.
    pub id: u64,
    /// Fused log10 likelihood ratio; see [`decision::is_match`].
    pub score: f32,
    /// What each finger said, in FGP order.
    pub fingers: Vec<(Finger, f32)>,
}

/// Persons by id.
#[derive(Default)]
pub struct Gallery {
    persons: BTreeMap<u64, Vec<(Finger, Prepared)>>,
}

/// Counts only.
impl fmt::Debug for Gallery {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Gallery({} persons)", self.persons.len())
    }
}

impl Gallery {
    /// An empty gallery.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a person, or replaces the prints of a person enrolled before under the same id.
    /// Prints beyond [`limits::PRINTS_PER_PERSON_MAX`] are left out.
    pub fn enrol(&mut self, id: u64, prints: Vec<(Finger, Template)>) {
        let prepared = prints
            .into_iter()
            .take(limits::PRINTS_PER_PERSON_MAX)
            .map(|(finger, template)| (finger, Prepared::new(&template)))
            .collect();
        self.persons.insert(id, prepared);
    }

    /// Removes a person; whether there was one.
    pub fn remove(&mut self, id: u64) -> bool {
        self.persons.remove(&id).is_some()
    }

    /// How many persons are enrolled.
    #[must_use]
    pub fn len(&self) -> usize {
        self.persons.len()
    }

    /// Whether nobody is enrolled.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.persons.is_empty()
    }

    /// The best `top` candidates, best first, whether or not they are a match. Persons who share no finger with
    /// the probe are not candidates.
    #[must_use]
    pub fn identify(&self, probe: &[(Finger, Template)], top: usize) -> Vec<Candidate> {
        let probe: Vec<_> = probe
            .iter()
            .take(limits::PRINTS_PER_PERSON_MAX)
            .map(|(finger, template)| (*finger, Prepared::new(template)))
            .collect();
        let mut candidates: Vec<Candidate> =
            self.persons.iter().filter_map(|(&id, person)| candidate(id, person, &probe)).collect();
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
        candidates.truncate(top.min(limits::CANDIDATES_MAX));
        candidates
    }
}

/// Compares finger by finger; of several prints of one finger the best pair counts.
fn candidate(id: u64, person: &[(Finger, Prepared)], probe: &[(Finger, Prepared)]) -> Option<Candidate> {
    let mut best: BTreeMap<Finger, f32> = BTreeMap::new();
    for (finger, print) in probe {
        for (_, enrolled) in person.iter().filter(|(enrolled_finger, _)| enrolled_finger == finger) {
            let ratio = print.compare(enrolled).likelihood_ratio_log10;
            best.entry(*finger).and_modify(|known| *known = known.max(ratio)).or_insert(ratio);
        }
    }
    if best.is_empty() {
        return None;
    }
    let score = decision::fuse(best.values().copied());
    Some(Candidate { id, score, fingers: best.into_iter().collect() })
}
