//! Keeping a kiosk's journal as small as what it still has to remember.
//!
//! Erasing a case destroys its key; the bytes stay in the journal as noise, and a confirmed case stays as a row. Both
//! end here. Rows: a confirmed case whose time is over is counted and its delivery key destroyed ([`Store::retire`]).
//! Bytes: everything that is still needed is written anew at the end of the journal, each record as it lies there
//! (sealed, under its own key), then a mark, then older segments are removed ([`Store::compact`]).
//!
//! A power cut leaves either no mark, and then the copies count for nothing and the originals are still there, or the
//! mark, and then recovery takes the copies and passes over what was before them. A record is never read twice.
//!
//! Invariants:
//! * A case that is open, or sealed and not confirmed, is never retired, and all of its records survive a compaction.
//! * The number of confirmed cases never shrinks.

use std::collections::{BTreeMap, BTreeSet};

use journal::Position;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::record::{self, Kind};
use super::{Store, wait};
use crate::error::{Error, StoreError};

/// The key that seals the tally; nothing personal is in it.
pub(super) const TALLY_KEY: Uuid = Uuid::from_u128(0x7a11_0000_0000_4000_8000_0000_0000_0001);

/// How many confirmed cases are not listed any more, and which were the last ones.
#[derive(Serialize, Deserialize)]
pub(super) struct Tally {
    pub(super) retired: u64,
    /// Their delivery keys are destroyed after this was written; recovery finishes what a cut interrupted.
    pub(super) last: Vec<Uuid>,
}

/// What a compaction did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Records written anew.
    pub copied: u64,
    /// Segments removed.
    pub segments: u64,
}

impl Store {
    /// Cases that were confirmed and are not listed any more.
    #[must_use]
    pub fn retired(&self) -> u64 {
        self.retired
    }

    /// Takes confirmed cases out of the lists. Cases that are not confirmed are left alone.
    pub fn retire(&mut self, cases: &[Uuid]) -> Result<usize, Error> {
        let confirmed = |case: &&Uuid| {
            self.cases.get(*case).is_some_and(|kept| kept.erased && kept.delivery_key.is_some())
        };
        let last: Vec<Uuid> = cases.iter().filter(confirmed).copied().collect();
        if last.is_empty() {
            return Ok(0);
        }
        let key = match self.keys.unlock(TALLY_KEY) {
            Ok(key) => key,
            Err(journal::Error::NoKey) => self.keys.create(TALLY_KEY).map_err(StoreError::from)?,
            Err(error) => return Err(StoreError::from(error).into()),
        };
        let retired = self.retired + u64::try_from(last.len()).unwrap_or(u64::MAX);
        let tally = Tally { retired, last: last.clone() };
        wait(self.submit_json(Kind::Tally, TALLY_KEY, TALLY_KEY, &key, &tally)?)?;
        self.retired = retired;
        for case in &last {
            if let Some(key) = self.cases.remove(case).and_then(|kept| kept.delivery_key) {
                self.keys.destroy(key).map_err(StoreError::from)?;
            }
        }
        Ok(last.len())
    }

    /// Writes anew what is still needed when at least `dead_bytes_min` bytes, and twice what is needed, are not.
    pub fn compact(&mut self, dead_bytes_min: u64) -> Result<Compacted, Error> {
        let known: BTreeSet<Uuid> = self.keys.ids().map_err(StoreError::from)?.into_iter().collect();
        let (mut live, mut all_bytes) = (Vec::new(), 0_u64);
        let mut tally = None;
        let mut generations = Generations::default();
        for entry in self.journal.replay() {
            let (position, stored) = entry.map_err(StoreError::from)?;
            let bytes = u64::try_from(stored.payload.len()).unwrap_or(u64::MAX);
            all_bytes = all_bytes.saturating_add(bytes);
            let Some((kind, payload)) = inner(stored.kind, &stored.payload) else { continue };
            generations.saw(stored.kind, &stored.payload, position);
            let Some((case, key, _)) = record::split(payload) else { continue };
            if !known.contains(&key) || !self.still_needed(case, kind, position) {
                continue;
            }
            if kind == Kind::Tally {
                // Only the newest counts.
                tally = Some((position, bytes));
                continue;
            }
            live.push((position, bytes));
        }
        live.extend(tally);
        live.retain(|(position, _)| !generations.superseded(*position));
        let live_bytes = live.iter().map(|(_, bytes)| *bytes).fold(0_u64, u64::saturating_add);
        let dead = all_bytes.saturating_sub(live_bytes);
        if dead < dead_bytes_min || dead < live_bytes.saturating_mul(2) {
            return Ok(Compacted::default());
        }
        self.copy(&live)
    }

    fn copy(&mut self, live: &[(Position, u64)]) -> Result<Compacted, Error> {
        let generation = Uuid::now_v7();
        let mut moved = BTreeMap::new();
        let mut first = None;
        for (position, _) in live {
            let stored = self.journal.read(*position).map_err(StoreError::from)?;
            let (kind, payload) = inner(stored.kind, &stored.payload).ok_or(StoreError::Unreadable)?;
            let mut copy = Vec::with_capacity(payload.len() + 17);
            copy.extend_from_slice(generation.as_bytes());
            copy.push(kind as u8);
            copy.extend_from_slice(payload);
            let pending = self.journal.submit(Kind::Copy as u8, copy).map_err(StoreError::from)?;
            let to = wait(pending)?;
            first.get_or_insert(to);
            moved.insert(*position, to);
        }
        let mark =
            self.journal.submit_within_reserve(Kind::CopiesComplete as u8, generation.as_bytes().to_vec());
        let mark = wait(mark.map_err(StoreError::from)?)?;
        for kept in self.cases.values_mut() {
            let places = kept.pictures.values_mut().map(|(_, position)| position);
            for position in places.chain(&mut kept.container).chain(&mut kept.envelope) {
                if let Some(to) = moved.get(position) {
                    *position = *to;
                }
            }
        }
        let segments = self.journal.drop_segments_before(first.unwrap_or(mark)).map_err(StoreError::from)?;
        Ok(Compacted { copied: u64::try_from(live.len()).unwrap_or(u64::MAX), segments })
    }

    /// Whether a record whose key exists is still looked at: of envelopes and containers only the newest are.
    fn still_needed(&self, case: Uuid, kind: Kind, position: Position) -> bool {
        let kept = self.cases.get(&case);
        match kind {
            Kind::Envelope => kept.is_some_and(|kept| kept.envelope == Some(position)),
            Kind::Container => kept.is_some_and(|kept| kept.container == Some(position)),
            Kind::Picture => {
                kept.is_some_and(|kept| kept.pictures.values().any(|(_, place)| *place == position))
            }
            Kind::Copy | Kind::CopiesComplete => false,
            Kind::Opening | Kind::Event | Kind::Delivery | Kind::AgeRefusal | Kind::Tally => true,
        }
    }
}

/// Which records a completed compaction has replaced.
#[derive(Default)]
struct Generations {
    first_copy: BTreeMap<Uuid, Position>,
    copies: BTreeMap<Position, Uuid>,
    /// Of the newest completed compaction: its generation, where its copies begin, and its mark.
    newest: Option<(Uuid, Position, Position)>,
}

impl Generations {
    fn saw(&mut self, kind: u8, payload: &[u8], position: Position) {
        let Some(generation) = generation(kind, payload) else { return };
        if kind == Kind::CopiesComplete as u8 {
            let first = self.first_copy.get(&generation).copied().unwrap_or(position);
            self.newest = Some((generation, first, position));
        } else {
            self.first_copy.entry(generation).or_insert(position);
            self.copies.insert(position, generation);
        }
    }

    fn superseded(&self, position: Position) -> bool {
        match (self.copies.get(&position), self.newest) {
            (Some(generation), Some((newest, ..))) => *generation != newest,
            // Copies of a compaction that was cut short, while none was ever completed.
            (Some(_), None) => true,
            (None, Some((_, _, mark))) => position < mark,
            (None, None) => false,
        }
    }
}

/// The record itself, out of its copy if it is one.
pub(super) fn inner(kind: u8, payload: &[u8]) -> Option<(Kind, &[u8])> {
    match Kind::from_number(kind)? {
        Kind::Copy => {
            let (kind, payload) = payload.get(16..)?.split_first()?;
            match Kind::from_number(*kind)? {
                Kind::Copy | Kind::CopiesComplete => None,
                kind => Some((kind, payload)),
            }
        }
        kind => Some((kind, payload)),
    }
}

/// The compaction that a copy or a mark belongs to.
pub(super) fn generation(kind: u8, payload: &[u8]) -> Option<Uuid> {
    let marked = kind == Kind::Copy as u8 || kind == Kind::CopiesComplete as u8;
    let bytes = marked.then(|| payload.first_chunk::<16>()).flatten()?;
    Some(Uuid::from_bytes(*bytes))
}
