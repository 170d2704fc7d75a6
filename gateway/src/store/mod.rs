//! Everything the gateway keeps: changes, sealed content, keys, the index.
//!
//! Invariants: a change refers only to content that was durable before it; content is sealed by a key of its own,
//! so destroying that key erases it; the index is derived and its loss loses nothing. This module alone writes to
//! the storage folder (the audit log has its own).
//!
//! The folder: `changes/` and `content/` are journals, `keys/` holds one wrapped key per message, `digest-secret` the
//! sealed secret of keyed digests, `index/` the index.
//!
//! What the hub asks of storage is the trait [`Storage`]; a replicated engine would stand behind it. Left out on
//! purpose: such a second engine.

mod changes;
#[cfg(test)]
mod conformance;
mod copy;
mod digest;
mod index;
mod memory;
mod storage;

pub use changes::Stored;
pub(crate) use copy::CARRYING_KEY;
pub use copy::{Copied, LastBackup, back_up, last_backup, restore};
pub use digest::Digests;
pub use index::{ChangePlace, Index, MessageRow, Opened};
pub use memory::MemoryRows;
pub use storage::Storage;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;
use icd::identifier::MessageId;
use journal::keys::KeyFolder;
use journal::seal::{SiteKey, binding};
use journal::{Committer, Disk, Extent, Journal, Options, Pending, Position};
use std::sync::Arc;
use uuid::Uuid;

use crate::engine::{ItemId, PayloadRef};
use crate::error::Error;
use crate::limits;

/// The open store.
#[derive(Debug)]
pub struct Store {
    changes: Journal,
    content: Journal,
    keys: KeyFolder,
    digests: Digests,
    index: Index,
}

/// What a simulated store stands on.
pub struct Parts {
    /// Disk of the changes.
    pub changes: Arc<dyn Disk>,
    /// Disk of the content.
    pub content: Arc<dyn Disk>,
    /// Disk of the keys.
    pub keys: Arc<dyn Disk>,
    /// Layout of the changes.
    pub changes_options: Options,
    /// Layout of the content.
    pub content_options: Options,
    /// Who makes records durable.
    pub committer: Committer,
    /// Wraps the keys.
    pub site_key: SiteKey,
    /// Secret of keyed digests.
    pub digest_secret: [u8; 32],
    /// Rows of the index.
    pub rows: MemoryRows,
}

/// What was found when the store was opened, for the log.
#[derive(Debug)]
pub struct Findings {
    /// Groups of changes replayed.
    pub groups: u64,
    /// Acknowledged content records that are damaged, as far as the opening has read; their items stay and say so when
    /// opened. Older segments are looked through after the start.
    pub content_damaged: u64,
    /// How the index was opened.
    pub index: Opened,
}

/// A message as it was received.
pub struct Message {
    /// The XML envelope.
    pub envelope: Vec<u8>,
    /// The container; empty for changes.
    pub container: Vec<u8>,
}

impl Store {
    /// Opens the store, replays every change in order into `replay`, and completes the index.
    pub fn open(
        folder: &Path,
        site_key: SiteKey,
        disk_margin_bytes_min: u64,
        mut replay: impl FnMut(&Stored) -> Result<(), Error>,
    ) -> Result<(Self, Findings), Error> {
        fs::create_dir_all(folder).map_err(|error| Error::storage(folder, &error))?;
        let options = |segment_mib: u64, record_mib: u64| Options {
            segment_bytes_max: segment_mib * MIB,
            record_bytes_max: record_mib * MIB,
            disk_margin_bytes_min,
            ..Options::default()
        };
        let (changes, found) =
            Journal::open(&folder.join("changes"), options(16, 4)).map_err(Error::journal("changes"))?;
        if found.damaged_records > 0 {
            return Err(Error::JournalDamaged { which: "changes", records: found.damaged_records });
        }
        let content_folder = folder.join("content");
        let (content, content_found) =
            Journal::open_reading(&content_folder, options(128, 32), Extent::Newest)
                .map_err(Error::journal("content"))?;
        if content_found.segments_unread > 0 {
            check_later(content_folder)?;
        }
        let keys = KeyFolder::open(&folder.join("keys"), site_key).map_err(Error::journal("key"))?;
        let digests = Digests::open(folder, &keys, found.last.is_none())?;
        let (index, opened) = Index::open(&folder.join("index"), found.last)?;
        let store = Self { changes, content, keys, digests, index };
        let groups = store.replay(opened.watermark, &mut replay)?;
        Ok((store, Findings { groups, content_damaged: content_found.damaged_records, index: opened }))
    }

    /// Opens the store on given disks, for simulations.
    pub fn open_on(
        parts: Parts,
        mut replay: impl FnMut(&Stored) -> Result<(), Error>,
    ) -> Result<(Self, Findings), Error> {
        let (changes, found) = Journal::open_on(parts.changes, parts.changes_options, parts.committer)
            .map_err(Error::journal("changes"))?;
        if found.damaged_records > 0 {
            return Err(Error::JournalDamaged { which: "changes", records: found.damaged_records });
        }
        let (content, content_found) =
            Journal::open_on_reading(parts.content, parts.content_options, parts.committer, Extent::Newest)
                .map_err(Error::journal("content"))?;
        let keys = KeyFolder::open_on(parts.keys, parts.site_key).map_err(Error::journal("key"))?;
        let digests = Digests::from_secret(&parts.digest_secret);
        let (index, opened) = Index::in_memory(parts.rows, found.last);
        let store = Self { changes, content, keys, digests, index };
        let groups = store.replay(opened.watermark, &mut replay)?;
        Ok((store, Findings { groups, content_damaged: content_found.damaged_records, index: opened }))
    }

    /// Repeats every change and completes the index behind its watermark.
    fn replay(
        &self,
        watermark: Position,
        replay: &mut impl FnMut(&Stored) -> Result<(), Error>,
    ) -> Result<u64, Error> {
        let mut groups = 0;
        for record in self.changes.replay() {
            let (position, record) = record.map_err(Error::journal("changes"))?;
            let group = changes::decode(record.kind, &record.payload)?;
            group.iter().try_for_each(&mut *replay)?;
            if position > watermark {
                self.index.put(position, group)?;
            }
            groups += 1;
        }
        Ok(groups)
    }

    /// Makes durable what waits, in the calling thread; for disks opened with [`Committer::Caller`].
    pub fn commit_waiting(&self) -> Result<bool, Error> {
        self.changes.commit_waiting().map_err(Error::journal("changes"))
    }

    /// Plants the bug that a simulation must find: promises are kept before the sync.
    #[cfg(feature = "planted")]
    pub fn plant_acknowledge_before_sync(&self) {
        self.changes.plant_acknowledge_before_sync();
    }

    /// Writes changes again under new audit lines, and into the index. Blocks.
    pub(crate) fn repeat_changes(&self, group: Vec<Stored>) -> Result<(), Error> {
        let place = self.submit_changes(&group)?.wait().map_err(Error::journal("changes"))?;
        self.index.put(place, group)
    }

    fn keep(&self, kind: u8, id: Uuid, sealed: &[u8], within_reserve: bool) -> Result<PayloadRef, Error> {
        let record = [id.as_bytes().as_slice(), sealed].concat();
        let position = if within_reserve {
            self.content.append_within_reserve(kind, record)
        } else {
            self.content.append(kind, record)
        };
        Ok(PayloadRef(position.map_err(Error::journal("content"))?.to_bytes()))
    }

    fn open_sealed(
        &self,
        kind: u8,
        id: Uuid,
        key: Uuid,
        purpose: &str,
        place: PayloadRef,
    ) -> Result<Vec<u8>, Error> {
        let record = self.content.read(Position::from_bytes(place.0)).map_err(Error::journal("content"))?;
        let mismatch = Error::Sealed { source: journal::Error::Sealed };
        match record.payload.split_first_chunk::<16>() {
            Some((owner, sealed)) if record.kind == kind && owner == id.as_bytes() => {
                Ok(self.keys.unlock(key)?.open(&binding(id, purpose), sealed)?)
            }
            _ => Err(mismatch),
        }
    }
}

impl Storage for Store {
    fn submit_changes(&self, group: &[Stored]) -> Result<Pending, Error> {
        let record = changes::encode(group)?;
        // Within the reserve: what is accepted must be finished even when the disk is too full for new work.
        self.changes.submit_within_reserve(changes::KIND_CHANGES, record).map_err(Error::journal("changes"))
    }

    fn change(&self, place: ChangePlace) -> Result<Option<Stored>, Error> {
        let record = self.changes.read(place.0).map_err(Error::journal("changes"))?;
        let group = changes::decode(record.kind, &record.payload)?;
        Ok(group.into_iter().nth(usize::from(place.1)))
    }

    fn ready(&self) -> Result<(), Error> {
        self.content.ready().map_err(Error::journal("content"))?;
        self.changes.ready().map_err(Error::journal("changes"))?;
        if self.index.is_working() { Ok(()) } else { Err(Error::IndexStopped) }
    }

    fn keep_message(&self, id: Uuid, message: &Message) -> Result<PayloadRef, Error> {
        // A key without an item was left by an attempt that was never acknowledged.
        self.keys.destroy(id)?;
        let key = self.keys.create(id)?;
        let kept = key
            .seal(&binding(id, PURPOSE_MESSAGE), &message.to_bytes())
            .map_err(Error::from)
            .and_then(|sealed| self.keep(KIND_MESSAGE, id, &sealed, false));
        if kept.is_err() {
            // Best effort: an orphan key is destroyed at the next start anyway.
            let _ = self.keys.destroy(id);
        }
        kept
    }

    fn message(&self, id: Uuid, place: PayloadRef) -> Result<Message, Error> {
        let plain = self.open_sealed(KIND_MESSAGE, id, id, PURPOSE_MESSAGE, place)?;
        Message::from_bytes(&plain).ok_or(Error::Sealed { source: journal::Error::Sealed })
    }

    fn keep_answer(&self, id: Uuid, xml: &[u8]) -> Result<PayloadRef, Error> {
        let sealed = self.keys.unlock(id)?.seal(&binding(id, PURPOSE_ANSWER), xml)?;
        self.keep(KIND_ANSWER, id, &sealed, true)
    }

    fn keep_stray_answer(&self, id: Uuid, xml: &[u8]) -> Result<PayloadRef, Error> {
        self.keys.destroy(id)?;
        let sealed = self.keys.create(id)?.seal(&binding(id, PURPOSE_ANSWER), xml)?;
        self.keep(KIND_ANSWER, id, &sealed, true)
    }

    fn answer(&self, id: Uuid, place: PayloadRef) -> Result<Vec<u8>, Error> {
        self.open_sealed(KIND_ANSWER, id, id, PURPOSE_ANSWER, place)
    }

    fn destroy(&self, id: Uuid) -> Result<(), Error> {
        Ok(self.keys.destroy(id)?)
    }

    /// Destroys every key that belongs to none of these: what a crash left behind. Returns how many. Blocks.
    ///
    /// Keys of messages that are known to be erased may be many; keys of which nothing at all is known can only be
    /// of messages that were being received at the crash. More of those mean that keys and changes do not belong
    /// together, and then nothing is destroyed.
    fn destroy_orphans(&self, alive: &HashSet<Uuid>) -> Result<usize, Error> {
        let mut orphans = Vec::new();
        let mut unknown = 0;
        for id in self.keys.ids()? {
            if id != digest::SECRET_ID && !alive.contains(&id) {
                let erased = self.index.message_blocking(MessageId::from_uuid(id))?.is_some();
                unknown += usize::from(!erased);
                orphans.push(id);
            }
        }
        if unknown > limits::UNKNOWN_KEYS_MAX {
            return Err(Error::KeysWithoutChanges { keys: unknown });
        }
        orphans.iter().try_for_each(|id| self.keys.destroy(*id))?;
        Ok(orphans.len())
    }

    fn index_changes(&self, place: Position, group: Vec<Stored>) -> Result<(), Error> {
        self.index.put(place, group)
    }

    fn message_row(&self, message: MessageId) -> BoxFuture<'_, Result<Option<MessageRow>, Error>> {
        Box::pin(self.index.message(message))
    }

    fn life(&self, item: ItemId) -> BoxFuture<'_, Result<Vec<ChangePlace>, Error>> {
        Box::pin(self.index.timeline(item))
    }

    fn content_end(&self) -> Option<PayloadRef> {
        self.content.end().map(|end| PayloadRef(end.to_bytes()))
    }

    fn retire_content(&self, horizon: PayloadRef, needed: &[PayloadRef]) -> Result<u64, Error> {
        let position = |place: &PayloadRef| Position::from_bytes(place.0);
        self.content
            .drop_unneeded_segments(position(&horizon), needed.iter().map(position))
            .map_err(Error::journal("content"))
    }

    fn content_kept(&self) -> (u64, u64) {
        self.content.held()
    }

    fn free_bytes(&self) -> Result<u64, Error> {
        self.content.free_bytes().map_err(Error::journal("content"))
    }

    fn index_bytes(&self) -> Result<u64, Error> {
        self.index.disk_bytes()
    }

    fn digest(&self, purpose: &str, bytes: &[u8]) -> [u8; 32] {
        self.digests.digest(purpose, bytes)
    }
}

impl Message {
    fn to_bytes(&self) -> zeroize::Zeroizing<Vec<u8>> {
        let mut bytes = Vec::with_capacity(4 + self.envelope.len() + self.container.len());
        let envelope_bytes = u32::try_from(self.envelope.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&envelope_bytes.to_be_bytes());
        bytes.extend_from_slice(&self.envelope);
        bytes.extend_from_slice(&self.container);
        zeroize::Zeroizing::new(bytes)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (envelope, container) = rest.split_at_checked(length)?;
        Some(Self { envelope: envelope.to_vec(), container: container.to_vec() })
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").field("container_bytes", &self.container.len()).finish_non_exhaustive()
    }
}

/// Reads all content in a thread of its own, beside the work: what the opening did not read is looked through all the
/// same, and damage is said. A record that is damaged is never served, whether it was found here or not.
fn check_later(content: PathBuf) -> Result<(), Error> {
    let check = {
        let content = content.clone();
        move || match journal::check(&content) {
            Ok(found) if found.is_whole() => {
                tracing::info!(
                    records = found.records,
                    segments = found.segments,
                    "content was looked through"
                );
            }
            Ok(found) => tracing::error!(
                code = "G-0980",
                damaged = found.damaged_records,
                unreadable_bytes = found.unreadable_bytes,
                "stored content is damaged; `gateway journal check` names the places"
            ),
            // A segment may be retired while it is being read; the next start looks again.
            Err(error) => tracing::info!(code = error.code(), %error, "content could not be looked through"),
        }
    };
    let started = std::thread::Builder::new().name("content-check".into()).spawn(check);
    started.map(drop).map_err(|error| Error::storage(&content, &error))
}

/// Where the parts of a storage folder lie.
#[must_use]
pub fn journal_folders(folder: &Path) -> [(&'static str, PathBuf); 3] {
    [
        ("changes", folder.join("changes")),
        ("content", folder.join("content")),
        ("audit", folder.join("audit/lines")),
    ]
}

const MIB: u64 = 1024 * 1024;
const KIND_MESSAGE: u8 = 1;
const KIND_ANSWER: u8 = 2;
const PURPOSE_MESSAGE: &str = "message";
const PURPOSE_ANSWER: &str = "answer";

const _: () = assert!(limits::CONTAINER_BYTES_MAX + limits::ENVELOPE_BYTES_MAX < 32 * 1024 * 1024);
