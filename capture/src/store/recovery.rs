//! Reading the journal back after a start, and finishing what a power cut interrupted.
//!
//! A record whose key is gone was erased on purpose and is passed over. A key that no record needs any more (an image
//! whose event was never stored, the key of a case whose erasure was interrupted) is destroyed here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use journal::keys::KeyFolder;
use journal::{Journal, Position, Recovery};
use uuid::Uuid;

use super::compaction::{self, Tally};
use super::record::{self, Kind};
use super::{CaseOpening, Delivery, DeliveryRecord, Kept, Picture, Store, StoredEvent};
use crate::error::{Error, StoreError};
use crate::session::{AgeRefusalRecord, Event};

/// What was found at start.
#[derive(Default)]
pub struct Recovered {
    /// Cases, oldest first.
    pub cases: Vec<RecoveredCase>,
    /// Records that were damaged on disk and are not served.
    pub damaged: usize,
}

/// One case as it was found.
pub struct RecoveredCase {
    /// Its identifier.
    pub case: Uuid,
    /// How it began; `None` once it was erased after delivery.
    pub opening: Option<CaseOpening>,
    /// Accepted events in their order.
    pub events: Vec<(Timestamp, Event)>,
    /// Its delivery, once sealed.
    pub delivery: Option<Delivery>,
}

#[derive(Default)]
struct Found {
    opening: Option<CaseOpening>,
    events: Vec<(Timestamp, Event)>,
    delivery: Option<Delivery>,
    kept: Kept,
}

/// What a replay has found so far.
#[derive(Default)]
struct Replayed {
    found: BTreeMap<Uuid, Found>,
    refusals: Vec<(Uuid, Uuid, AgeRefusalRecord)>,
    tally: Option<Tally>,
    damaged: usize,
}

impl Replayed {
    /// Takes in one record; what has no key any more is passed over.
    fn take_in(
        &mut self,
        keys: &KeyFolder,
        known: &BTreeSet<Uuid>,
        kind: Kind,
        payload: &[u8],
        position: Position,
    ) -> Result<(), Error> {
        let (case, key_id, sealed) = record::split(payload).ok_or(StoreError::Unreadable)?;
        if !known.contains(&key_id) {
            return Ok(());
        }
        let key = match keys.unlock(key_id) {
            Ok(key) => key,
            Err(journal::Error::NoKey) => return Ok(()),
            Err(error) => return Err(StoreError::from(error).into()),
        };
        let Ok(plain) = record::open(kind, case, &key, sealed) else {
            self.damaged += 1;
            return Ok(());
        };
        match kind {
            Kind::AgeRefusal => self.refusals.push((key_id, case, parse(&plain)?)),
            Kind::Tally => self.tally = Some(parse(&plain)?),
            _ => take_in(self.found.entry(case).or_default(), kind, key_id, position, &plain)?,
        }
        Ok(())
    }
}

/// Reads everything back. Copies of a compaction count once its mark is there, and then nothing before them does.
fn replay(journal: &Journal, keys: &KeyFolder, known: &BTreeSet<Uuid>) -> Result<Replayed, Error> {
    let mut whole = Replayed::default();
    let mut copies: Option<(Uuid, Replayed)> = None;
    for entry in journal.replay() {
        let (position, stored) = entry.map_err(StoreError::from)?;
        if Kind::from_number(stored.kind).is_none() {
            continue;
        }
        let Some(generation) = compaction::generation(stored.kind, &stored.payload) else {
            let (kind, payload) =
                compaction::inner(stored.kind, &stored.payload).ok_or(StoreError::Unreadable)?;
            whole.take_in(keys, known, kind, payload, position)?;
            continue;
        };
        if copies.as_ref().is_none_or(|(of, _)| *of != generation) {
            copies = Some((generation, Replayed::default()));
        }
        let Some((_, copied)) = &mut copies else { continue };
        match compaction::inner(stored.kind, &stored.payload) {
            Some((Kind::CopiesComplete, _)) | None => {
                let damaged = whole.damaged;
                whole = core::mem::take(copied);
                whole.damaged += damaged;
                copies = None;
            }
            Some((kind, payload)) => copied.take_in(keys, known, kind, payload, position)?,
        }
    }
    Ok(whole)
}

pub(super) fn recover(
    journal: Journal,
    keys: KeyFolder,
    damage: &Recovery,
) -> Result<(Store, Recovered), Error> {
    let known: BTreeSet<Uuid> = keys.ids().map_err(StoreError::from)?.into_iter().collect();
    let Replayed { mut found, refusals, tally, damaged } = replay(&journal, &keys, &known)?;
    let mut recovered = Recovered { cases: Vec::new(), damaged: damaged + damage.damaged.len() };
    let mut store = Store { journal, keys, cases: BTreeMap::new(), refusals: Vec::new(), retired: 0 };
    for (_, case, _) in &refusals {
        found.remove(case);
    }
    if let Some(tally) = tally {
        // Counted already; what is left of them is destroyed below.
        tally.last.iter().for_each(|case| drop(found.remove(case)));
        store.retired = tally.retired;
    }
    for (case, one) in found {
        settle(&mut store, &mut recovered, case, one);
    }
    recovered.cases.sort_by_key(|case| (case.opening.as_ref().map(|opening| opening.opened_at), case.case));
    destroy_leftovers(&mut store, &known, &refusals)?;
    store.refusals = refusals.into_iter().map(|(_, _, refusal)| refusal).collect();
    Ok((store, recovered))
}

fn take_in(
    found: &mut Found,
    kind: Kind,
    key_id: Uuid,
    position: Position,
    plain: &[u8],
) -> Result<(), Error> {
    match kind {
        Kind::Opening => found.opening = Some(parse(plain)?),
        Kind::Event => {
            let StoredEvent { at, event } = parse(plain)?;
            found.events.push((at, event));
        }
        Kind::Picture => {
            let (attempt, _) = Picture::from_bytes(plain)?;
            found.kept.pictures.insert(attempt, (key_id, position));
        }
        Kind::Container => found.kept.container = Some(position),
        Kind::Envelope => found.kept.envelope = Some(position),
        Kind::Delivery => {
            let record: DeliveryRecord = parse(plain)?;
            found.kept.delivery_key = Some(key_id);
            let delivery = found.delivery.get_or_insert_with(Delivery::default);
            delivery.apply(&record);
            found.kept.message_id = delivery.facts.as_ref().map(|facts| facts.message_id);
        }
        Kind::AgeRefusal | Kind::Tally | Kind::Copy | Kind::CopiesComplete => {}
    }
    Ok(())
}

/// Decides what an interrupted write leaves of a case.
fn settle(store: &mut Store, recovered: &mut Recovered, case: Uuid, mut found: Found) {
    if found.delivery.is_none() {
        // Sealing is complete with its delivery record; without it the case is still open.
        found.kept.container = None;
        found.kept.envelope = None;
        found.events.retain(|(_, event)| *event != Event::Sealed);
    } else {
        let facts = found.delivery.as_ref().and_then(|delivery| delivery.facts.as_ref());
        let stays = |attempt: &u32| facts.is_some_and(|facts| facts.proof_photos.contains(attempt));
        found.kept.pictures.retain(|attempt, _| stays(attempt));
    }
    if found.delivery.as_ref().is_some_and(Delivery::is_confirmed) {
        // The receipt was verified before this was written; an erasure that was cut short is finished here.
        found.kept.erased = true;
        found.kept.container = None;
        found.kept.envelope = None;
        found.opening = None;
        found.events.clear();
    }
    let arrived = |wanted: u32| {
        let mut events = found.events.iter();
        events.any(|(_, event)| match event {
            Event::CaptureArrived { attempt, .. } | Event::ProofPhotoArrived { attempt } => {
                *attempt == wanted
            }
            _ => false,
        })
    };
    let kept_pictures: BTreeMap<_, _> =
        found.kept.pictures.iter().filter(|(attempt, _)| arrived(**attempt)).map(|(k, v)| (*k, *v)).collect();
    found.kept.pictures = kept_pictures;
    if found.opening.is_none() && found.delivery.is_none() {
        return;
    }
    store.cases.insert(case, found.kept);
    recovered.cases.push(RecoveredCase {
        case,
        opening: found.opening,
        events: found.events,
        delivery: found.delivery,
    });
}

/// Destroys keys that nothing needs, among them the keys of cases whose receipt is already here or whose refusal is
/// already written.
fn destroy_leftovers(
    store: &mut Store,
    known: &BTreeSet<Uuid>,
    refusals: &[(Uuid, Uuid, AgeRefusalRecord)],
) -> Result<(), Error> {
    let mut used = store.keys_in_use();
    used.extend(refusals.iter().map(|(key, _, _)| *key));
    used.insert(compaction::TALLY_KEY);
    for key in known.difference(&used) {
        store.keys.destroy(*key).map_err(StoreError::from)?;
    }
    Ok(())
}

fn parse<T: serde::de::DeserializeOwned>(plain: &[u8]) -> Result<T, Error> {
    Ok(serde_json::from_slice(plain).map_err(|_| StoreError::Unreadable)?)
}
