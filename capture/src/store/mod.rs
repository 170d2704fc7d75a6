//! The sealed case store: what an officer has taken is still there after a power cut, and gone for good once erased.
//!
//! Truth is one append-only journal; every record is sealed under a key that can be destroyed alone:
//! * the case's key seals its opening, its events, its container and its envelope;
//! * each image has a key of its own, so that an image taken without the companion can be destroyed at once;
//! * the delivery (reference number, receipt, answer) has its own key, because it outlives the case;
//! * a refusal at gate G1 has its own key and holds nothing about the person.
//!
//! Invariants:
//! * What a method has returned `Ok` for is on disk.
//! * A case is erased ([`Store::erase`]) only with a [`VerifiedReceipt`] for its message, which only `link` can make.
//! * No image key outlives the sealing, the discarding or the ending of its case.
//!
//! * The journal grows with what is still to be remembered, not with everything that ever was (`compaction`).
//!
//! Left out on purpose: what events mean (`session`), when to send (`outbox`).

mod compaction;
mod delivery;
mod record;
mod recovery;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use journal::keys::KeyFolder;
use journal::seal::{CaseKey, SiteKey};
use journal::{Committer, Disk, Journal, Options, Pending, Position};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::compaction::Compacted;
pub use self::delivery::{Delivery, DeliveryRecord, DeliveryStep, SealedFacts};
use self::record::Kind;
pub use self::record::Picture;
pub use self::recovery::{Recovered, RecoveredCase};
use crate::error::{Error, StoreError};
use crate::limits;
use crate::link::VerifiedReceipt;
use crate::session::{AgeRefusalRecord, Event, Operator};

/// The sealed case store of one kiosk.
pub struct Store {
    journal: Journal,
    keys: KeyFolder,
    cases: BTreeMap<Uuid, Kept>,
    refusals: Vec<AgeRefusalRecord>,
    /// Cases that were confirmed and are not listed any more.
    retired: u64,
}

/// Where the parts of one case lie.
#[derive(Default)]
struct Kept {
    pictures: BTreeMap<u32, (Uuid, Position)>,
    container: Option<Position>,
    envelope: Option<Position>,
    delivery_key: Option<Uuid>,
    message_id: Option<Uuid>,
    /// The case's own key is destroyed; only its delivery is left.
    erased: bool,
}

/// How a case began.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseOpening {
    /// The officer.
    pub operator: Operator,
    /// Category, by its code.
    pub category: char,
    /// When the case was opened.
    pub opened_at: Timestamp,
    /// When the event happened that starts the legal clock.
    pub event_at: Timestamp,
    /// Where it happened.
    pub event_place: String,
    /// The case that is taken again with this one.
    #[serde(default)]
    pub retake_of: Option<RetakeOf>,
}

/// The case that is taken again. Nothing but the reference number is carried over: a retake is a session of its own, in
/// which every safeguard is asked again (Art. 14(2)).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetakeOf {
    /// Which.
    pub case: Uuid,
    /// Its reference number, once it had one: good data go under the same number (Art. 38(1)).
    pub reference_number: Option<String>,
}

/// An event with its instant, as stored.
#[derive(Serialize, Deserialize)]
struct StoredEvent {
    at: Timestamp,
    event: Event,
}

impl Store {
    /// Opens the store in `folder`, reads everything back and finishes what a power cut interrupted.
    pub fn open(folder: &Path, site_key: SiteKey, options: Options) -> Result<(Self, Recovered), Error> {
        let keys = KeyFolder::open(&folder.join("keys"), site_key).map_err(StoreError::from)?;
        let (journal, damage) = Journal::open(&folder.join("journal"), options).map_err(StoreError::from)?;
        recovery::recover(journal, keys, &damage)
    }

    /// The same on given disks, one for the keys and one for the journal; for simulations of power cuts.
    pub fn open_on(
        keys: Arc<dyn Disk>,
        journal: Arc<dyn Disk>,
        site_key: SiteKey,
        options: Options,
    ) -> Result<(Self, Recovered), Error> {
        let keys = KeyFolder::open_on(keys, site_key).map_err(StoreError::from)?;
        let (journal, damage) =
            Journal::open_on(journal, options, Committer::Thread).map_err(StoreError::from)?;
        recovery::recover(journal, keys, &damage)
    }

    /// A new case.
    pub fn open_case(&mut self, case: Uuid, opening: &CaseOpening) -> Result<(), Error> {
        if self.cases.values().filter(|kept| !kept.erased).count() >= limits::CASES_MAX {
            return Err(StoreError::TooManyCases.into());
        }
        let key = self.keys.create(case).map_err(StoreError::from)?;
        wait(self.submit_json(Kind::Opening, case, case, &key, opening)?)?;
        self.cases.insert(case, Kept::default());
        Ok(())
    }

    /// One accepted event, with the image that came with it.
    pub fn append_event(
        &mut self,
        case: Uuid,
        at: Timestamp,
        event: &Event,
        picture: Option<(u32, &Picture)>,
    ) -> Result<(), Error> {
        let key = self.key(case)?;
        let picture = match picture {
            Some((attempt, picture)) => Some((attempt, self.submit_picture(case, attempt, picture)?)),
            None => None,
        };
        let stored = StoredEvent { at, event: event.clone() };
        let pending = self.submit_json(Kind::Event, case, case, &key, &stored)?;
        if let Some((attempt, (picture_key, position))) = picture {
            let place = (picture_key, wait(position)?);
            self.kept(case).pictures.insert(attempt, place);
        }
        wait(pending)?;
        Ok(())
    }

    /// One image of a case that is not sealed yet.
    pub fn picture(&self, case: Uuid, attempt: u32) -> Result<Picture, Error> {
        let place = self.cases.get(&case).and_then(|kept| kept.pictures.get(&attempt));
        let (key_id, position) = place.ok_or(StoreError::NoPicture)?;
        let key = self.keys.unlock(*key_id).map_err(StoreError::from)?;
        let (found, picture) = Picture::from_bytes(&self.read(*position, Kind::Picture, case, &key)?)?;
        if found == attempt { Ok(picture) } else { Err(StoreError::Unreadable.into()) }
    }

    /// Destroys the images of these attempts.
    pub fn discard_pictures(&mut self, case: Uuid, attempts: &[u32]) -> Result<(), Error> {
        for attempt in attempts {
            let Some(kept) = self.cases.get_mut(&case) else { return Ok(()) };
            if let Some((key_id, _)) = kept.pictures.get(attempt) {
                self.keys.destroy(*key_id).map_err(StoreError::from)?;
                kept.pictures.remove(attempt);
            }
        }
        Ok(())
    }

    /// The sealed case: container, envelope and facts durable together, then every image destroyed but the photos that
    /// prove why something is missing; those go when the case is erased.
    pub fn seal(
        &mut self,
        case: Uuid,
        at: Timestamp,
        facts: &SealedFacts,
        envelope_xml: &str,
        container: &[u8],
    ) -> Result<(), Error> {
        let key = self.key(case)?;
        let delivery_id = Uuid::new_v4();
        let delivery_key = self.keys.create(delivery_id).map_err(StoreError::from)?;
        let container = record::submit(&self.journal, Kind::Container, case, case, &key, container)?;
        let envelope =
            record::submit(&self.journal, Kind::Envelope, case, case, &key, envelope_xml.as_bytes())?;
        let stored = StoredEvent { at, event: Event::Sealed };
        let event = self.submit_json(Kind::Event, case, case, &key, &stored)?;
        // Last, because recovery takes this record as the proof that the sealing was complete.
        let first = DeliveryRecord { at, step: DeliveryStep::Sealed(Box::new(facts.clone())) };
        let delivery = self.submit_json(Kind::Delivery, case, delivery_id, &delivery_key, &first)?;
        let (container, envelope) = (wait(container)?, wait(envelope)?);
        wait(event)?;
        wait(delivery)?;
        let kept = self.kept(case);
        kept.container = Some(container);
        kept.envelope = Some(envelope);
        kept.delivery_key = Some(delivery_id);
        kept.message_id = Some(facts.message_id);
        let unwanted = kept.pictures.keys().filter(|attempt| !facts.proof_photos.contains(attempt));
        let attempts: Vec<u32> = unwanted.copied().collect();
        self.discard_pictures(case, &attempts)
    }

    /// Container and envelope of a sealed case.
    pub fn sealed(&self, case: Uuid) -> Result<(Vec<u8>, String), Error> {
        let kept = self.cases.get(&case).ok_or(StoreError::NoCase)?;
        let key = self.key(case)?;
        let container = self.read(kept.container.ok_or(StoreError::NoCase)?, Kind::Container, case, &key)?;
        let envelope = self.read(kept.envelope.ok_or(StoreError::NoCase)?, Kind::Envelope, case, &key)?;
        Ok((container, String::from_utf8(envelope).map_err(|_| StoreError::Unreadable)?))
    }

    /// The envelope that goes with the next try; it replaces the earlier one.
    pub fn replace_envelope(&mut self, case: Uuid, envelope_xml: &str) -> Result<(), Error> {
        let key = self.key(case)?;
        let pending =
            record::submit(&self.journal, Kind::Envelope, case, case, &key, envelope_xml.as_bytes())?;
        let position = wait(pending)?;
        self.kept(case).envelope = Some(position);
        Ok(())
    }

    /// One step of a delivery.
    pub fn append_delivery(&mut self, case: Uuid, record: &DeliveryRecord) -> Result<(), Error> {
        let key_id = self.cases.get(&case).and_then(|kept| kept.delivery_key).ok_or(StoreError::NoCase)?;
        let key = self.keys.unlock(key_id).map_err(StoreError::from)?;
        wait(self.submit_json(Kind::Delivery, case, key_id, &key, record)?)?;
        Ok(())
    }

    /// A refusal at gate G1: the record stays, everything that was typed in the case is destroyed.
    pub fn refuse_by_age(&mut self, case: Uuid, refusal: &AgeRefusalRecord) -> Result<(), Error> {
        let refusal_id = Uuid::new_v4();
        let key = self.keys.create(refusal_id).map_err(StoreError::from)?;
        wait(self.submit_json(Kind::AgeRefusal, case, refusal_id, &key, refusal)?)?;
        self.refusals.push(refusal.clone());
        self.destroy_case(case)
    }

    /// Refusals at gate G1, oldest first.
    #[must_use]
    pub fn refusals(&self) -> &[AgeRefusalRecord] {
        &self.refusals
    }

    /// Erases a delivered case: its key is destroyed and with it names, events and container. The receipt must be
    /// for this case's message.
    pub fn erase(&mut self, case: Uuid, receipt: &VerifiedReceipt) -> Result<(), Error> {
        let kept = self.cases.get(&case).ok_or(StoreError::NoCase)?;
        if kept.message_id != Some(receipt.message_id()) {
            return Err(StoreError::ReceiptOfOtherCase.into());
        }
        self.destroy_case(case)
    }

    /// Forgets a case that was opened by mistake and holds nothing to send.
    pub fn forget_mistake(&mut self, case: Uuid) -> Result<(), Error> {
        if self.cases.get(&case).is_some_and(|kept| kept.container.is_some()) {
            return Err(StoreError::ReceiptOfOtherCase.into());
        }
        self.destroy_case(case)
    }

    /// Forgets a case that ended without anything to send, once its time is over.
    pub fn forget_ended(&mut self, case: Uuid) -> Result<(), Error> {
        self.forget_mistake(case)
    }

    /// Whether new work would be accepted.
    pub fn ready(&self) -> Result<(), Error> {
        Ok(self.journal.ready().map_err(StoreError::from)?)
    }

    fn destroy_case(&mut self, case: Uuid) -> Result<(), Error> {
        let attempts: Vec<u32> =
            self.cases.get(&case).map(|kept| kept.pictures.keys().copied().collect()).unwrap_or_default();
        self.discard_pictures(case, &attempts)?;
        self.keys.destroy(case).map_err(StoreError::from)?;
        if let Some(kept) = self.cases.get_mut(&case) {
            kept.erased = true;
            kept.container = None;
            kept.envelope = None;
            if kept.delivery_key.is_none() {
                self.cases.remove(&case);
            }
        }
        Ok(())
    }

    fn submit_picture(&self, case: Uuid, attempt: u32, picture: &Picture) -> Result<(Uuid, Pending), Error> {
        let plain = picture.to_bytes(attempt)?;
        if plain.len() > limits::IMAGE_BYTES_MAX {
            return Err(StoreError::PictureTooLarge.into());
        }
        let key_id = Uuid::new_v4();
        let key = self.keys.create(key_id).map_err(StoreError::from)?;
        Ok((key_id, record::submit(&self.journal, Kind::Picture, case, key_id, &key, &plain)?))
    }

    fn submit_json<T: Serialize>(
        &self,
        kind: Kind,
        case: Uuid,
        key_id: Uuid,
        key: &CaseKey,
        value: &T,
    ) -> Result<Pending, Error> {
        let plain = serde_json::to_vec(value).map_err(|_| StoreError::Unreadable)?;
        record::submit(&self.journal, kind, case, key_id, key, &plain)
    }

    fn read(&self, position: Position, kind: Kind, case: Uuid, key: &CaseKey) -> Result<Vec<u8>, Error> {
        let found = self.journal.read(position).map_err(StoreError::from)?;
        let (found_kind, payload) =
            compaction::inner(found.kind, &found.payload).ok_or(StoreError::Unreadable)?;
        let (of_case, _, sealed) = record::split(payload).ok_or(StoreError::Unreadable)?;
        if of_case != case || found_kind != kind {
            return Err(StoreError::Unreadable.into());
        }
        record::open(kind, case, key, sealed)
    }

    fn key(&self, case: Uuid) -> Result<CaseKey, Error> {
        Ok(self.keys.unlock(case).map_err(StoreError::from)?)
    }

    fn kept(&mut self, case: Uuid) -> &mut Kept {
        self.cases.entry(case).or_default()
    }

    /// Keys that belong to something; all others are left over from an interrupted write.
    fn keys_in_use(&self) -> BTreeSet<Uuid> {
        let mut used = BTreeSet::new();
        for (case, kept) in &self.cases {
            if !kept.erased {
                used.insert(*case);
            }
            used.extend(kept.delivery_key);
            used.extend(kept.pictures.values().map(|(key, _)| *key));
        }
        used
    }
}

fn wait(pending: Pending) -> Result<Position, Error> {
    Ok(pending.wait().map_err(StoreError::from)?)
}
