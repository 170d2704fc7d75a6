//! Enrolled persons in memory, searched with all prints of a probe.
//!
//! A probe print is compared with the same finger of each person; a print whose finger is not known with every finger.
//! What the fingers say is added up ([`crate::decision::fuse`]). A person keeps compact templates and one filter slot per
//! print, about 2 KB per finger ([`Gallery::bytes`]); what the careful comparison needs besides is made for survivors only.

use core::fmt;
use std::collections::BTreeMap;

use nearest::Kernel;

use super::describe::described;
use super::filter::{Bar, Filter, Slot};
use crate::compare::Prepared;
use crate::parameters::{SURVIVORS_MIN, SURVIVORS_ONE_IN};
use crate::{Finger, Template, decision, limits};

/// One enrolled person a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The id given at enrolment.
    pub id: u64,
    /// Fused log10 likelihood ratio; see [`decision::is_match`].
    pub score: f32,
    /// Sum of the unbounded scores of the fingers: orders candidates whose fused score is the same.
    pub strength: f32,
    /// What each named finger said, in FGP order: log10 likelihood ratios.
    pub fingers: Vec<(Finger, f32)>,
    /// Which print of the person answers which of the probe, by index, in the probe's order.
    pub pairs: Vec<(usize, usize)>,
}

/// A print of a probe or of a person: its finger, if known.
pub type Print = (Option<Finger>, Template);

/// How many persons are compared carefully.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Those the filter lets through.
    Filtered,
    /// Everybody; for measuring what the filter costs.
    Exhaustive,
}

/// Persons by id.
pub struct Gallery {
    /// By FGP code, 0 for prints whose finger is not known.
    columns: [Vec<Slot>; COLUMNS],
    persons: Vec<Person>,
    index: BTreeMap<u64, u32>,
    kernel: Kernel,
}

pub(super) struct Person {
    pub(super) id: u64,
    pub(super) prints: Vec<Kept>,
}

/// A print as it is kept.
pub(super) struct Kept {
    pub(super) finger: Option<Finger>,
    pub(super) template: Template,
    /// Index of its slot in its column.
    slot: u32,
}

const COLUMNS: usize = 11;

impl Default for Gallery {
    fn default() -> Self {
        Self::with_kernel(Kernel::detect())
    }
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

    /// An empty gallery on chosen instructions: every kernel gives the same answers.
    #[must_use]
    pub fn with_kernel(kernel: Kernel) -> Self {
        Self {
            columns: core::array::from_fn(|_| Vec::new()),
            persons: Vec::new(),
            index: BTreeMap::new(),
            kernel,
        }
    }

    /// Adds a person, or replaces the prints of a person enrolled before under the same id.
    /// Prints beyond [`limits::PRINTS_PER_PERSON_MAX`] are left out.
    pub fn enrol(&mut self, id: u64, prints: Vec<(Finger, Template)>) {
        self.enrol_prints(id, prints.into_iter().map(|(finger, print)| (Some(finger), print)).collect());
    }

    /// As [`Gallery::enrol`], with prints whose finger may be unknown.
    pub fn enrol_prints(&mut self, id: u64, prints: Vec<Print>) {
        self.remove(id);
        let person = self.persons.len() as u32;
        let mut kept = Vec::with_capacity(prints.len());
        for (finger, template) in prints.into_iter().take(limits::PRINTS_PER_PERSON_MAX) {
            let column = &mut self.columns[column_of(finger)];
            let slot = column.len() as u32;
            column.push(Slot::new(&described(&template), person, kept.len() as u8));
            kept.push(Kept { finger, template, slot });
        }
        self.persons.push(Person { id, prints: kept });
        self.index.insert(id, person);
    }

    /// Removes a person; whether there was one.
    pub fn remove(&mut self, id: u64) -> bool {
        let Some(index) = self.index.remove(&id) else { return false };
        // From the last print on, so that a slot that moves up is never one that is still to go.
        while let Some(gone) = self.persons[index as usize].prints.pop() {
            let column = &mut self.columns[column_of(gone.finger)];
            column.swap_remove(gone.slot as usize);
            if let Some(moved) = column.get(gone.slot as usize) {
                let (person, print) = (moved.person as usize, usize::from(moved.print));
                self.persons[person].prints[print].slot = gone.slot;
            }
        }
        self.persons.swap_remove(index as usize);
        if let Some(moved) = self.persons.get(index as usize) {
            self.index.insert(moved.id, index);
            for kept in &moved.prints {
                self.columns[column_of(kept.finger)][kept.slot as usize].person = index;
            }
        }
        true
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

    /// How many prints are enrolled.
    #[must_use]
    pub fn prints(&self) -> usize {
        self.columns.iter().map(Vec::len).sum()
    }

    /// Bytes the enrolled prints take in memory, without what the allocator adds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let slots = self.prints() * size_of::<Slot>();
        let kept: usize = self
            .persons
            .iter()
            .flat_map(|person| &person.prints)
            .map(|kept| {
                let template = &kept.template;
                size_of::<Kept>() + template.grid.len() + size_of_val(template.minutiae.as_slice())
            })
            .sum();
        slots + kept + self.persons.len() * (size_of::<Person>() + size_of::<(u64, u32)>())
    }

    pub(super) fn persons(&self) -> &[Person] {
        &self.persons
    }

    /// The best `top` candidates, best first, whether or not they are a match. Persons who share no finger with
    /// the probe are not candidates.
    #[must_use]
    pub fn identify(&self, probe: &[(Finger, Template)], top: usize) -> Vec<Candidate> {
        let probe: Vec<Print> = probe.iter().map(|(finger, print)| (Some(*finger), print.clone())).collect();
        self.search(&probe, top, 1, Effort::Filtered)
    }

    /// As [`Gallery::identify`], with prints whose finger may be unknown, on up to `threads` threads. The answer does not
    /// depend on how many.
    #[must_use]
    pub fn search(&self, probe: &[Print], top: usize, threads: usize, effort: Effort) -> Vec<Candidate> {
        let probe = probe.get(..limits::PRINTS_PER_PERSON_MAX).unwrap_or(probe);
        let threads = threads.clamp(1, limits::SEARCH_THREADS_MAX);
        let top = top.min(limits::CANDIDATES_MAX);
        let mut survivors = match effort {
            Effort::Exhaustive => (0..self.persons.len() as u32).collect(),
            Effort::Filtered if self.persons.len() <= SURVIVORS_MIN => {
                (0..self.persons.len() as u32).collect()
            }
            Effort::Filtered => self.survivors(probe, top, threads),
        };
        survivors.sort_unstable();
        let prepared: Vec<(Option<Finger>, Prepared)> =
            probe.iter().map(|(finger, template)| (*finger, Prepared::new(template))).collect();
        let parts = in_parts(survivors.len(), threads, |range| {
            let part = survivors.get(range).unwrap_or_default();
            part.iter().filter_map(|&person| self.candidate(person, &prepared)).collect()
        });
        let mut candidates: Vec<Candidate> = parts.into_iter().flatten().collect();
        candidates.sort_by(|a, b| {
            b.score.total_cmp(&a.score).then(b.strength.total_cmp(&a.strength)).then(a.id.cmp(&b.id))
        });
        candidates.truncate(top);
        candidates
    }

    /// The filter's scores of all persons, by index, as [`Gallery::search`] ranks them; 0: filtered out. If only the best
    /// `wanted` persons matter, others may count as filtered out; with one probe print that spares most of the votes.
    fn filtered(&self, probe: &[Print], threads: usize, wanted: Option<usize>) -> Vec<u32> {
        // Several prints of one person may be among the best prints; several probe prints are added up, so that none is hopeless.
        let prints_max = self.persons.iter().map(|person| person.prints.len()).max().unwrap_or(0);
        let wanted = wanted.filter(|_| probe.len() == 1).map(|persons| persons * prints_max);
        let mut fused = vec![0u32; self.persons.len()];
        let mut best = vec![0u32; self.persons.len()];
        for (finger, template) in probe {
            let filter = Filter::new(described(template), self.kernel);
            best.fill(0);
            for (code, column) in self.columns.iter().enumerate() {
                if code != 0 && finger.is_some_and(|finger| usize::from(finger.fgp()) != code) {
                    continue;
                }
                let parts = in_parts(column.len(), threads, |range| {
                    let slots = column.get(range).unwrap_or_default();
                    let mut bar = Bar::new(wanted);
                    let scored = |slot| {
                        let score = filter.score(slot, bar.least());
                        bar.count(score);
                        score
                    };
                    slots.iter().map(scored).collect()
                });
                for (slot, score) in column.iter().zip(parts.into_iter().flatten()) {
                    let known = &mut best[slot.person as usize];
                    *known = (*known).max(score);
                }
            }
            for (fused, best) in fused.iter_mut().zip(&best) {
                *fused += best;
            }
        }
        fused
    }

    /// Indexes of the persons that are compared carefully.
    fn survivors(&self, probe: &[Print], top: usize, threads: usize) -> Vec<u32> {
        let count = (SURVIVORS_MIN + self.persons.len() / SURVIVORS_ONE_IN).max(top).min(self.persons.len());
        let fused = self.filtered(probe, threads, Some(count));
        let mut ranked: Vec<u32> = (0..fused.len() as u32).collect();
        let rank = |person: &u32| {
            let at = *person as usize;
            (core::cmp::Reverse(fused[at]), self.persons[at].id)
        };
        if count < ranked.len() {
            ranked.select_nth_unstable_by_key(count, rank);
            ranked.truncate(count);
        }
        ranked
    }

    /// Where the filter ranks a person for a probe, counted from 0; for measuring.
    #[must_use]
    pub fn filter_rank(&self, probe: &[Print], id: u64) -> Option<usize> {
        let own = *self.index.get(&id)? as usize;
        let fused = self.filtered(probe, 1, None);
        let ahead = |at: &usize| {
            (fused[*at], core::cmp::Reverse(self.persons[*at].id)) > (fused[own], core::cmp::Reverse(id))
        };
        Some((0..fused.len()).filter(ahead).count())
    }

    /// Compares print by print; of several enrolled prints that may answer one of the probe the best counts.
    fn candidate(&self, person: u32, probe: &[(Option<Finger>, Prepared)]) -> Option<Candidate> {
        let person = self.persons.get(person as usize)?;
        let enrolled: Vec<Prepared> =
            person.prints.iter().map(|kept| Prepared::new(&kept.template)).collect();
        let mut said: BTreeMap<(u8, usize), Said> = BTreeMap::new();
        for (index, (finger, print)) in probe.iter().enumerate() {
            for (other, (kept, prepared)) in person.prints.iter().zip(&enrolled).enumerate() {
                if finger.is_some() && kept.finger.is_some() && *finger != kept.finger {
                    continue;
                }
                let comparison = print.compare(prepared);
                let (ratio, score) = (comparison.likelihood_ratio_log10, comparison.score);
                // Two prints of one named finger count once; unnamed ones each for itself.
                let key = finger.map_or((0, index), |finger| (finger.fgp(), 0));
                if said.get(&key).is_none_or(|known| (ratio, score) > (known.ratio, known.score)) {
                    said.insert(key, Said { ratio, score, pair: (index, other) });
                }
            }
        }
        if said.is_empty() {
            return None;
        }
        let fingers = said
            .values()
            .filter_map(|said| {
                let (index, other) = said.pair;
                Some((probe[index].0.or(person.prints[other].finger)?, said.ratio))
            })
            .collect();
        Some(Candidate {
            id: person.id,
            score: decision::fuse(said.values().map(|said| said.ratio)),
            strength: said.values().map(|said| said.score).sum(),
            fingers,
            pairs: said.values().map(|said| said.pair).collect(),
        })
    }
}

/// What one finger of the probe found: log10 likelihood ratio, score, and which prints.
struct Said {
    ratio: f32,
    score: f32,
    pair: (usize, usize),
}

fn column_of(finger: Option<Finger>) -> usize {
    finger.map_or(0, |finger| usize::from(finger.fgp()))
}

/// Does `work` on up to `threads` pieces of `0..count`; the answers come in the order of the pieces.
fn in_parts<T: Send>(
    count: usize,
    threads: usize,
    work: impl Fn(core::ops::Range<usize>) -> Vec<T> + Sync,
) -> Vec<Vec<T>> {
    if threads <= 1 || count < 2 {
        return vec![work(0..count)];
    }
    let size = count.div_ceil(threads);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..count)
            .step_by(size)
            .map(|start| {
                let work = &work;
                scope.spawn(move || work(start..(start + size).min(count)))
            })
            .collect();
        let join = |worker: std::thread::ScopedJoinHandle<'_, Vec<T>>| match worker.join() {
            Ok(part) => part,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        workers.into_iter().map(join).collect()
    })
}
