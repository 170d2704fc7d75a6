//! The index: what was ever accepted, and where each item's changes lie. Derived, rebuildable, never the truth.
//!
//! sled 0.34 loses acknowledged rows and sometimes does not open after a power cut when it is used as it comes
//! (`docs/decisions/`). So here: rows are small and bounded; `flush` is followed by our own fdatasync of the `db`
//! file; after opening, files and folders are made durable once; the rows and the watermark that says up to which
//! journal position they reach change in one batch; opening reads everything, in a thread of its own, so that a
//! panic inside sled ends that thread and not the gateway; whatever does not open is set aside and rebuilt from the
//! journal. Rows are counted in the same batch, so that an index that lost some silently is noticed when it is opened.
//! The index thread owns the database for the same reason as it is opened in one.
//!
//! Keys: `m` + message id; `t` + item + journal position + place in the record; `w` watermark; `c` count of rows.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use icd::identifier::{MessageId, PartyId};
use jiff::Timestamp;
use journal::Position;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::changes::Stored;
use super::memory::MemoryRows;
use crate::audit::Anchor;
use crate::engine::{Change, ContentDigest, ItemId};
use crate::error::Error;
use crate::limits;

/// What the index keeps for ever of an accepted message, so that a repetition is recognised and gets its receipt
/// again, even after the item is erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRow {
    /// The item.
    pub item: ItemId,
    /// Who sent it.
    pub partner: PartyId,
    /// Keyed digest of its content.
    pub content: ContentDigest,
    /// When it was accepted.
    pub received_at: Timestamp,
    /// Its line in the audit log.
    pub anchor: Anchor,
}

/// A place in the journal of changes: the record, and the change's place in it.
pub type ChangePlace = (Position, u16);

/// The handle to the index thread.
#[derive(Debug)]
pub struct Index {
    backend: Backend,
}

#[derive(Debug)]
enum Backend {
    /// sled, in a thread of its own.
    Sled { folder: PathBuf, commands: Option<Sender<Command>>, thread: Option<JoinHandle<()>> },
    /// Rows in memory, for simulations and the conformance suite.
    Memory(MemoryRows),
}

enum Command {
    Put { place: Position, stored: Vec<Stored> },
    Message { message: MessageId, reply: oneshot::Sender<Option<MessageRow>> },
    Timeline { item: ItemId, reply: oneshot::Sender<Vec<ChangePlace>> },
    Sync { reply: oneshot::Sender<()> },
}

/// How an index was opened.
#[derive(Debug, PartialEq, Eq)]
pub struct Opened {
    /// Rows reach up to this position; [`Position::START`] for a new index.
    pub watermark: Position,
    /// Where an index that did not open was put.
    pub set_aside: Option<PathBuf>,
}

impl Index {
    /// Opens the index in `folder`. One that does not open, or that reaches beyond `journal_end`, is set aside and
    /// a new one is begun; one that has grown far beyond its rows is removed and begun anew.
    pub fn open(folder: &Path, journal_end: Option<Position>) -> Result<(Self, Opened), Error> {
        let mut opened = Opened { watermark: Position::START, set_aside: None };
        let end = journal_end.unwrap_or(Position::START);
        let found = match open_and_read(folder) {
            Some(found) if found.watermark <= end && is_overgrown(folder, found.rows)? => {
                let rows = found.rows;
                drop(found);
                tracing::info!(rows, "the index takes far more disk than its rows need; it is built anew");
                std::fs::remove_dir_all(folder).map_err(|error| Error::storage(folder, &error))?;
                open_and_read(folder).ok_or(Error::IndexStopped)?
            }
            Some(found) if found.watermark <= end => found,
            other => {
                drop(other);
                opened.set_aside = set_aside(folder)?;
                open_and_read(folder).ok_or(Error::IndexStopped)?
            }
        };
        opened.watermark = found.watermark;
        make_names_durable(folder).map_err(|error| Error::storage(folder, &error))?;
        let (commands, received) = channel();
        let file = folder.join("db");
        let thread = std::thread::Builder::new()
            .name("index".into())
            .spawn(move || found.run(&file, &received))
            .map_err(|error| Error::storage(folder, &error))?;
        let folder = folder.to_owned();
        let backend = Backend::Sled { folder, commands: Some(commands), thread: Some(thread) };
        Ok((Self { backend }, opened))
    }

    /// Opens rows in memory by the same rules.
    #[must_use]
    pub fn in_memory(rows: MemoryRows, journal_end: Option<Position>) -> (Self, Opened) {
        let opened = rows.open(journal_end);
        (Self { backend: Backend::Memory(rows) }, opened)
    }

    /// Adds the rows of one journal record. Durable some time later; the journal has them anyway.
    pub fn put(&self, place: Position, stored: Vec<Stored>) -> Result<(), Error> {
        if let Backend::Memory(rows) = &self.backend {
            rows.put(place, &stored);
            return Ok(());
        }
        self.send(Command::Put { place, stored })
    }

    /// What is known of a message, however long ago it was accepted.
    pub async fn message(&self, message: MessageId) -> Result<Option<MessageRow>, Error> {
        if let Backend::Memory(rows) = &self.backend {
            return Ok(rows.message(message));
        }
        let (reply, answer) = oneshot::channel();
        self.send(Command::Message { message, reply })?;
        answer.await.map_err(|_| Error::IndexStopped)
    }

    /// The same for callers outside a runtime. Blocks.
    pub fn message_blocking(&self, message: MessageId) -> Result<Option<MessageRow>, Error> {
        if let Backend::Memory(rows) = &self.backend {
            return Ok(rows.message(message));
        }
        let (reply, answer) = oneshot::channel();
        self.send(Command::Message { message, reply })?;
        answer.blocking_recv().map_err(|_| Error::IndexStopped)
    }

    /// Where the changes of an item lie, oldest first.
    pub async fn timeline(&self, item: ItemId) -> Result<Vec<ChangePlace>, Error> {
        if let Backend::Memory(rows) = &self.backend {
            return Ok(rows.timeline(item));
        }
        let (reply, answer) = oneshot::channel();
        self.send(Command::Timeline { item, reply })?;
        answer.await.map_err(|_| Error::IndexStopped)
    }

    /// Waits until everything put so far is durable.
    pub async fn sync(&self) -> Result<(), Error> {
        if let Backend::Memory(_) = &self.backend {
            return Ok(());
        }
        let (reply, answer) = oneshot::channel();
        self.send(Command::Sync { reply })?;
        answer.await.map_err(|_| Error::IndexStopped)
    }

    /// Bytes that it takes on the disk.
    pub fn disk_bytes(&self) -> Result<u64, Error> {
        match &self.backend {
            Backend::Sled { folder, .. } => disk_bytes(folder),
            Backend::Memory(_) => Ok(0),
        }
    }

    /// Whether the index thread is alive.
    #[must_use]
    pub fn is_working(&self) -> bool {
        match &self.backend {
            Backend::Sled { thread, .. } => thread.as_ref().is_some_and(|thread| !thread.is_finished()),
            Backend::Memory(_) => true,
        }
    }

    fn send(&self, command: Command) -> Result<(), Error> {
        let Backend::Sled { commands, .. } = &self.backend else { return Err(Error::IndexStopped) };
        commands.as_ref().and_then(|to| to.send(command).ok()).ok_or(Error::IndexStopped)
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        let Backend::Sled { commands, thread, .. } = &mut self.backend else { return };
        drop(commands.take());
        if let Some(thread) = thread.take() {
            // A thread that panicked has nothing to add: the index is rebuilt at the next start.
            let _ = thread.join();
        }
    }
}

/// An open database and what was found in it.
struct Found {
    database: sled::Db,
    watermark: Position,
    /// Rows about messages and items.
    rows: u64,
}

/// Opens and reads everything in a thread of its own; `None` for an error, a panic, or missing rows.
fn open_and_read(folder: &Path) -> Option<Found> {
    let folder = folder.to_owned();
    let opening = std::thread::Builder::new().name("index-open".into()).spawn(move || {
        let database = sled::Config::new().path(folder).cache_capacity(CACHE_BYTES_MAX).open().ok()?;
        let mut rows = 0;
        for row in database.iter() {
            let (key, _) = row.ok()?;
            rows += u64::from(key != WATERMARK && key != COUNT);
        }
        let watermark = match database.get(WATERMARK).ok()? {
            Some(bytes) => Position::from_bytes(bytes.as_ref().try_into().ok()?),
            None => Position::START,
        };
        let counted = match database.get(COUNT).ok()? {
            Some(bytes) => u64::from_be_bytes(bytes.as_ref().try_into().ok()?),
            None => 0,
        };
        (rows == counted).then_some(Found { database, watermark, rows })
    });
    opening.ok()?.join().ok().flatten()
}

/// Whether an index takes so much more than its rows need that building it anew is the better use of a start.
fn is_overgrown(folder: &Path, rows: u64) -> Result<bool, Error> {
    let allowed = rows.saturating_mul(limits::INDEX_DISK_BYTES_PER_ROW_MAX);
    Ok(disk_bytes(folder)? > allowed.max(limits::INDEX_DISK_BYTES_ALLOWED))
}

/// Bytes that the files below a folder take; a file that goes away meanwhile counts nothing.
fn disk_bytes(folder: &Path) -> Result<u64, Error> {
    let failed = |error: std::io::Error| Error::storage(folder, &error);
    let mut sum = 0;
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        match entry.metadata() {
            Ok(found) if found.is_dir() => sum += disk_bytes(&entry.path())?,
            Ok(found) => sum += found.len(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(sum)
}

fn set_aside(folder: &Path) -> Result<Option<PathBuf>, Error> {
    if !folder.exists() {
        return Ok(None);
    }
    for number in 1..=SET_ASIDE_MAX {
        let aside = folder.with_extension(format!("set-aside-{number}"));
        if !aside.exists() {
            std::fs::rename(folder, &aside).map_err(|error| Error::storage(folder, &error))?;
            return Ok(Some(aside));
        }
    }
    // Old set-aside copies are derived data; the newest failure replaces the first one.
    let aside = folder.with_extension("set-aside-1");
    std::fs::remove_dir_all(&aside).map_err(|error| Error::storage(&aside, &error))?;
    std::fs::rename(folder, &aside).map_err(|error| Error::storage(folder, &error))?;
    Ok(Some(aside))
}

fn make_names_durable(folder: &Path) -> std::io::Result<()> {
    for name in ["conf", "db"] {
        File::open(folder.join(name))?.sync_all()?;
    }
    File::open(folder)?.sync_all()?;
    folder.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

impl Found {
    /// The index thread. It ends when the handle is dropped, or at the first failure: an index that may be wrong is
    /// worse than none.
    fn run(mut self, file: &Path, commands: &Receiver<Command>) {
        let mut unsynced_since: Option<Instant> = None;
        loop {
            let done = match commands.recv_timeout(SYNC_PAUSE) {
                Ok(Command::Put { place, stored }) => {
                    unsynced_since.get_or_insert_with(Instant::now);
                    self.put(place, &stored)
                }
                Ok(Command::Message { message, reply }) => message_row(&self.database, message).map(|row| {
                    let _ = reply.send(row);
                }),
                Ok(Command::Timeline { item, reply }) => timeline(&self.database, item).map(|places| {
                    let _ = reply.send(places);
                }),
                Ok(Command::Sync { reply }) => sync(&self.database, file).map(|()| {
                    unsynced_since = None;
                    let _ = reply.send(());
                }),
                Err(RecvTimeoutError::Timeout) => Ok(()),
                Err(RecvTimeoutError::Disconnected) => {
                    let _ = sync(&self.database, file);
                    return;
                }
            };
            let synced = match unsynced_since {
                Some(since) if since.elapsed() >= SYNC_PAUSE => {
                    unsynced_since = None;
                    sync(&self.database, file)
                }
                _ => Ok(()),
            };
            if let Err(reason) = done.and(synced) {
                tracing::error!(code = "G-0207", %reason, "the index stopped; it is rebuilt at the next start");
                return;
            }
        }
    }

    fn put(&mut self, place: Position, stored: &[Stored]) -> Result<(), sled::Error> {
        let mut batch = sled::Batch::default();
        for (number, stored) in (0_u16..).zip(stored) {
            if let Change::Accepted { item, arrival, at, .. } = &stored.step {
                let row = MessageRow {
                    item: *item,
                    partner: arrival.partner.clone(),
                    content: arrival.content,
                    received_at: *at,
                    anchor: stored.audit,
                };
                let row = serde_json::to_vec(&row).unwrap_or_default();
                if row.is_empty() || row.len() > limits::INDEX_ROW_BYTES_MAX {
                    return Err(sled::Error::Unsupported("a row of the index is empty or too large".into()));
                }
                batch.insert(message_key(arrival.message_id), row);
                self.rows += u64::from(!stored.is_repeat);
            }
            // A repetition replaces the row of its message and adds no step to the item's life.
            if let Some(item) = stored.step.item().filter(|_| !stored.is_repeat) {
                batch.insert(timeline_key(item, place, number), &[]);
                self.rows += 1;
            }
        }
        batch.insert(WATERMARK, &place.to_bytes());
        batch.insert(COUNT, &self.rows.to_be_bytes());
        self.database.apply_batch(batch)
    }
}

fn message_row(database: &sled::Db, message: MessageId) -> Result<Option<MessageRow>, sled::Error> {
    let Some(row) = database.get(message_key(message))? else { return Ok(None) };
    let row = serde_json::from_slice(&row);
    row.map(Some).map_err(|_| sled::Error::Unsupported("a row of the index cannot be read".into()))
}

fn timeline(database: &sled::Db, item: ItemId) -> Result<Vec<ChangePlace>, sled::Error> {
    let mut places = Vec::new();
    for row in database.scan_prefix(item_key(item)).take(limits::TIMELINE_CHANGES_MAX) {
        let (key, _) = row?;
        let place = key.get(9..25).and_then(|bytes| bytes.try_into().ok()).map(Position::from_bytes);
        let number = key.get(25..27).and_then(|bytes| bytes.try_into().ok()).map(u16::from_be_bytes);
        places.extend(place.zip(number));
    }
    Ok(places)
}

fn sync(database: &sled::Db, file: &Path) -> Result<(), sled::Error> {
    database.flush()?;
    File::open(file)?.sync_data().map_err(sled::Error::Io)
}

fn message_key(message: MessageId) -> Vec<u8> {
    [b"m", message.as_uuid().as_bytes().as_slice()].concat()
}

fn item_key(item: ItemId) -> Vec<u8> {
    [b"t", item.number().to_be_bytes().as_slice()].concat()
}

fn timeline_key(item: ItemId, place: Position, number: u16) -> Vec<u8> {
    [item_key(item).as_slice(), &place.to_bytes(), &number.to_be_bytes()].concat()
}

const WATERMARK: &[u8] = b"w";
const COUNT: &[u8] = b"c";
const CACHE_BYTES_MAX: u64 = 32 * 1024 * 1024;
const SET_ASIDE_MAX: u32 = 3;
const SYNC_PAUSE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::BEFORE_FIRST;
    use crate::engine::{Arrival, LegalClock, LineKey, PayloadRef};
    use firmware_config::Channel;
    use icd::category::Category;
    use icd::operation::Operation;
    use uuid::Uuid;

    fn place(number: u8) -> Position {
        Position::from_bytes([number; 16])
    }

    fn message(number: u64) -> MessageId {
        MessageId::from_uuid(Uuid::from_u128(u128::from(number)))
    }

    fn accepted(number: u64, sequence: u64, is_repeat: bool) -> Stored {
        let at = Timestamp::UNIX_EPOCH;
        let arrival = Arrival {
            partner: PartyId::new("p".repeat(64)).expect("the longest there is"),
            message_id: message(number),
            content: ContentDigest([7; 32]),
            line: LineKey([8; 32]),
            operation: Operation::Submit,
            category: Category::Applicant,
            urgent: false,
            clock: LegalClock { start: at, due: None, article: "18(1)".to_owned() },
            payload: PayloadRef([9; 16]),
        };
        let step = Change::Accepted { item: ItemId::new(number), arrival, channel: Channel::S2s, at };
        Stored { audit: Anchor { sequence, hash: BEFORE_FIRST }, step, is_repeat }
    }

    /// An index with two messages, closed again.
    fn written(folder: &Path) {
        let (index, opened) = Index::open(folder, Some(place(9))).expect("a fresh folder");
        assert_eq!(opened, Opened { watermark: Position::START, set_aside: None });
        index.put(place(1), vec![accepted(1, 1, false), accepted(2, 2, false)]).expect("it works");
        index.put(place(2), vec![accepted(2, 5, true)]).expect("it works");
    }

    #[test]
    fn rows_and_watermark_come_back() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let folder = folder.path().join("index");
        written(&folder);
        let (index, opened) = Index::open(&folder, Some(place(2))).expect("sound");
        assert_eq!(opened, Opened { watermark: place(2), set_aside: None });
        let row = |number| index.message_blocking(message(number)).expect("it works");
        assert_eq!(row(1).map(|row| row.anchor.sequence), Some(1));
        assert_eq!(row(2).map(|row| row.anchor.sequence), Some(5), "the repetition names the new audit line");
        assert_eq!(row(3), None);
    }

    #[test]
    fn an_index_that_has_outgrown_its_rows_is_built_anew() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let folder = folder.path().join("index");
        written(&folder);
        let filling = File::create(folder.join("blobs").join("left-behind")).expect("a file of sled's");
        filling.set_len(limits::INDEX_DISK_BYTES_ALLOWED + 1).expect("room");
        let (index, opened) = Index::open(&folder, Some(place(2))).expect("a new one is begun");
        assert_eq!(
            opened,
            Opened { watermark: Position::START, set_aside: None },
            "the journal fills it again"
        );
        assert!(index.disk_bytes().expect("readable") < limits::INDEX_DISK_BYTES_ALLOWED);
    }

    #[test]
    fn an_index_that_cannot_be_right_is_set_aside() {
        type Damage = fn(&sled::Db);
        let check = |what: &str, damage: Damage, end: Option<Position>| {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let folder = folder.path().join("index");
            written(&folder);
            // sled's own thread may hold the file a moment longer than the handle.
            let database = (0..200)
                .find_map(|_| sled::open(&folder).map_err(|_| std::thread::sleep(SYNC_PAUSE / 50)).ok())
                .expect("closed before");
            damage(&database);
            drop(database);
            let (index, opened) = Index::open(&folder, end).expect("a new one is begun");
            assert_eq!(opened.watermark, Position::START, "{what}");
            assert!(opened.set_aside.is_some_and(|aside| aside.join("db").exists()), "{what}");
            assert_eq!(index.message_blocking(message(1)).expect("it works"), None, "{what}");
        };
        let end = Some(place(2));
        let remove: Damage = |database| drop(database.remove(message_key(message(1))).expect("it works"));
        let watermark: Damage = |database| drop(database.insert(WATERMARK, b"short").expect("it works"));
        check("a lost row", remove, end);
        check("an unreadable watermark", watermark, end);
        check("ahead of its journal", |_| (), Some(place(1)));
        check("a journal that is gone", |_| (), None);
    }
}
