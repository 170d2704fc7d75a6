//! What an adapter of storage must do, as a suite that any adapter can be put through.
//!
//! Here: the store of the product on a real folder with sled, and on simulated disks with rows in memory.

use std::collections::HashSet;
use std::sync::Arc;

use icd::category::Category;
use icd::identifier::{MessageId, PartyId};
use icd::operation::Operation;
use jiff::Timestamp;
use journal::seal::SiteKey;
use journal::sim::{Cut, SimDisk};
use journal::{Committer, Disk, Options};
use uuid::Uuid;

use super::{MemoryRows, Message, Parts, Storage, Store, Stored};
use crate::audit::{Anchor, BEFORE_FIRST};
use crate::engine::{Arrival, Change, ContentDigest, ItemId, LegalClock, LineKey, PayloadRef};
use crate::error::Error;
use firmware_config::Channel;

/// An adapter under test: opened again and again on the same ground, with or without a power cut in between.
trait Ground {
    fn open(&self) -> (Box<dyn Storage>, Vec<Stored>);
    /// Makes a submitted group durable and puts it into the index.
    fn commit(&self, storage: &dyn Storage, group: Vec<Stored>);
}

struct Folder(tempfile::TempDir);

impl Ground for Folder {
    fn open(&self) -> (Box<dyn Storage>, Vec<Stored>) {
        let mut replayed = Vec::new();
        let key = SiteKey::from_bytes(&[3; 32]).expect("32 bytes");
        let folder = self.0.path().join("store");
        // sled's own thread may hold its file a moment longer than the handle that was dropped.
        let opened = Store::open(&folder, key, 1 << 20, |stored| {
            replayed.push(stored.clone());
            Ok(())
        });
        (Box::new(opened.expect("it opens").0), replayed)
    }

    fn commit(&self, storage: &dyn Storage, group: Vec<Stored>) {
        let place = storage.submit_changes(&group).expect("taken").wait().expect("durable");
        storage.index_changes(place, group).expect("indexed");
    }
}

struct Simulated {
    disks: [SimDisk; 3],
    rows: MemoryRows,
    store: std::sync::Mutex<Option<Arc<Store>>>,
}

impl Simulated {
    fn new() -> Self {
        let disks = [1, 2, 3].map(|seed| SimDisk::new(seed, 64 << 20));
        Self { disks, rows: MemoryRows::default(), store: std::sync::Mutex::new(None) }
    }
}

/// The suite holds one handle, the ground another one to drive the committer.
struct Shared(Arc<Store>);

impl Ground for Simulated {
    fn open(&self) -> (Box<dyn Storage>, Vec<Stored>) {
        *self.store.lock().expect("one thread") = None;
        for disk in &self.disks {
            // Everything acknowledged must survive this.
            disk.restore_power(Cut::Drop);
        }
        let options = Options {
            segment_bytes_max: 256 * 1024,
            record_bytes_max: 128 * 1024,
            disk_margin_bytes_min: 0,
            queue_bytes_max: 1 << 20,
        };
        let [changes, content, keys] = self.disks.clone().map(|disk| Arc::new(disk) as Arc<dyn Disk>);
        let parts = Parts {
            changes,
            content,
            keys,
            changes_options: options,
            content_options: options,
            committer: Committer::Caller,
            site_key: SiteKey::from_bytes(&[3; 32]).expect("32 bytes"),
            digest_secret: [9; 32],
            rows: self.rows.clone(),
        };
        let mut replayed = Vec::new();
        let opened = Store::open_on(parts, |stored| {
            replayed.push(stored.clone());
            Ok(())
        });
        let store = Arc::new(opened.expect("it opens").0);
        *self.store.lock().expect("one thread") = Some(Arc::clone(&store));
        (Box::new(Shared(store)), replayed)
    }

    fn commit(&self, storage: &dyn Storage, group: Vec<Stored>) {
        let pending = storage.submit_changes(&group).expect("taken");
        let store = self.store.lock().expect("one thread").clone().expect("open");
        store.commit_waiting().expect("the disk is good");
        storage.index_changes(pending.wait().expect("durable"), group).expect("indexed");
    }
}

macro_rules! forward {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $result:ty;)*) => {
        impl Storage for Shared {
            $(fn $name(&self, $($argument: $kind),*) -> $result { self.0.$name($($argument),*) })*

            fn message_row(
                &self,
                message: MessageId,
            ) -> futures_util::future::BoxFuture<'_, Result<Option<super::MessageRow>, Error>> {
                self.0.message_row(message)
            }

            fn life(
                &self,
                item: ItemId,
            ) -> futures_util::future::BoxFuture<'_, Result<Vec<super::ChangePlace>, Error>> {
                self.0.life(item)
            }
        }
    };
}

forward! {
    submit_changes(group: &[Stored]) -> Result<journal::Pending, Error>;
    index_changes(place: journal::Position, group: Vec<Stored>) -> Result<(), Error>;
    change(place: super::ChangePlace) -> Result<Option<Stored>, Error>;
    ready() -> Result<(), Error>;
    keep_message(id: Uuid, message: &Message) -> Result<PayloadRef, Error>;
    message(id: Uuid, place: PayloadRef) -> Result<Message, Error>;
    keep_answer(id: Uuid, xml: &[u8]) -> Result<PayloadRef, Error>;
    keep_stray_answer(id: Uuid, xml: &[u8]) -> Result<PayloadRef, Error>;
    answer(id: Uuid, place: PayloadRef) -> Result<Vec<u8>, Error>;
    destroy(id: Uuid) -> Result<(), Error>;
    destroy_orphans(alive: &HashSet<Uuid>) -> Result<usize, Error>;
    content_end() -> Option<PayloadRef>;
    retire_content(horizon: PayloadRef, needed: &[PayloadRef]) -> Result<u64, Error>;
    content_kept() -> (u64, u64);
    free_bytes() -> Result<u64, Error>;
    index_bytes() -> Result<u64, Error>;
    digest(purpose: &str, bytes: &[u8]) -> [u8; 32];
}

fn id(number: u64) -> Uuid {
    Uuid::from_u128(0x7000 + u128::from(number))
}

fn content(number: u64) -> Message {
    let byte = u8::try_from(number % 251).expect("small");
    let size = if number.is_multiple_of(3) { 90_000 } else { 700 };
    Message { envelope: vec![byte; 300], container: vec![byte; size] }
}

fn accepted(number: u64, payload: PayloadRef) -> Stored {
    let at = Timestamp::UNIX_EPOCH;
    let arrival = Arrival {
        partner: PartyId::new("kiosk-1").expect("literal"),
        message_id: MessageId::from_uuid(id(number)),
        content: ContentDigest([7; 32]),
        line: LineKey([8; 32]),
        operation: Operation::Submit,
        category: Category::Applicant,
        urgent: false,
        clock: LegalClock { start: at, due: None, article: "15(1)".to_owned() },
        payload,
    };
    let step = Change::Accepted { item: ItemId::new(number), arrival, channel: Channel::S2s, at };
    Stored { audit: Anchor { sequence: number, hash: BEFORE_FIRST }, step, is_repeat: false }
}

fn look_up<T>(future: futures_util::future::BoxFuture<'_, Result<T, Error>>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(future).expect("the index works")
}

fn suite(ground: &dyn Ground) {
    let (storage, replayed) = ground.open();
    assert_eq!(replayed, [], "a new store is empty");
    storage.ready().expect("it takes work");
    let mut places = Vec::new();
    for number in 1..=9 {
        let place = storage.keep_message(id(number), &content(number)).expect("kept");
        ground.commit(storage.as_ref(), vec![accepted(number, place)]);
        places.push(place);
    }
    assert!(places.is_sorted(), "content lies in the order in which it was kept");
    let answer = storage.keep_answer(id(2), b"<answer/>").expect("kept");
    let stray = storage.keep_stray_answer(id(99), b"<stray/>").expect("kept");
    let digest = storage.digest("line", b"NL1");
    assert_ne!(digest, storage.digest("content", b"NL1"), "one purpose says nothing about another");
    drop(storage);

    let (storage, replayed) = ground.open();
    assert_eq!(replayed.len(), 9, "what was durable is replayed, in order");
    assert!(replayed.iter().zip(1..).all(|(stored, number)| stored.audit.sequence == number));
    for (number, place) in (1..).zip(&places) {
        let opened = storage.message(id(number), *place).expect("readable");
        assert!(opened.container == content(number).container && opened.envelope == content(number).envelope);
        let row = look_up(storage.message_row(MessageId::from_uuid(id(number)))).expect("indexed");
        assert_eq!(row.item, ItemId::new(number));
        let life = look_up(storage.life(ItemId::new(number)));
        let [only] = life.as_slice() else { panic!("one change, not {}", life.len()) };
        assert_eq!(storage.change(*only).expect("readable"), Some(accepted(number, *place)));
    }
    assert_eq!(storage.answer(id(2), answer).expect("readable"), b"<answer/>");
    assert_eq!(storage.answer(id(99), stray).expect("readable"), b"<stray/>");
    assert_eq!(storage.digest("line", b"NL1"), digest, "digests stay comparable");
    assert!(storage.message(id(1), places[1]).is_err(), "content opens only under its own name");
    assert!(look_up(storage.message_row(MessageId::from_uuid(id(77)))).is_none());

    storage.destroy(id(1)).expect("destroyed");
    storage.destroy(id(1)).expect("twice is no error");
    assert!(storage.message(id(1), places[0]).is_err(), "destroyed content cannot be read");
    let alive: HashSet<Uuid> = (3..=9).chain([99]).map(id).collect();
    assert_eq!(storage.destroy_orphans(&alive).expect("destroyed"), 1, "the key of message 2");
    assert!(storage.answer(id(2), answer).is_err(), "an answer goes with its message");
    drop(storage);

    let (storage, _) = ground.open();
    assert!(storage.message(id(1), places[0]).is_err(), "destroyed is destroyed after a restart");
    assert!(storage.message(id(9), places[8]).is_ok());
    // The third message waits for a person; nothing else before the last one is needed.
    let (before, _) = storage.content_kept();
    let horizon = places[8];
    let gone = storage.retire_content(horizon, &[places[2]]).expect("retired");
    assert_eq!(storage.content_kept().0, before - gone);
    assert!(storage.message(id(9), places[8]).is_ok(), "what lies behind stays");
    assert!(storage.message(id(3), places[2]).is_ok(), "what is needed stays");
    assert!(storage.content_end() >= Some(horizon));
    drop(storage);

    let (storage, _) = ground.open();
    assert!(storage.message(id(9), places[8]).is_ok() && storage.message(id(3), places[2]).is_ok());
    assert_eq!(storage.content_kept().0, before - gone, "what went stays away");
    let fresh = storage.keep_message(id(10), &content(10)).expect("kept");
    assert!(fresh > horizon && storage.message(id(10), fresh).is_ok(), "life goes on");
}

#[test]
fn segments_journal_and_sled_conform() {
    suite(&Folder(tempfile::tempdir().expect("a temporary folder")));
}

#[test]
fn simulated_disks_and_rows_in_memory_conform_through_power_cuts() {
    suite(&Simulated::new());
}

#[test]
fn content_behind_a_parked_message_is_given_back() {
    let ground = Simulated::new();
    let (storage, _) = ground.open();
    let places: Vec<PayloadRef> = (1..=30)
        .map(|number| storage.keep_message(id(number), &content(3 * number)).expect("kept"))
        .collect();
    let (segments, bytes) = storage.content_kept();
    assert!(segments > 8, "{segments} segments are too few to show anything");
    storage.retire_content(places[29], &[places[0]]).expect("retired");
    let (left, left_bytes) = storage.content_kept();
    assert!(left <= 3 && left_bytes < bytes / 2, "{left} of {segments} segments are kept for one message");
    assert!(storage.message(id(1), places[0]).is_ok(), "what is parked stays");
    drop(storage);
    let (storage, _) = ground.open();
    assert!(storage.message(id(1), places[0]).is_ok(), "also after a power cut");
    assert!(storage.message(id(15), places[14]).is_err());
}
