//! The index: what was ever accepted, and where each item's changes lie. Derived, rebuildable, never the truth.
//!
//! sled 0.34 loses acknowledged rows and sometimes does not open after a power cut when it is used as it comes
//! (`docs/decisions/`). So here: rows are small and bounded; `flush` is followed by our own fdatasync of the `db`
//! file; after opening, files and folders are made durable once; the rows and the watermark that says up to which
//! journal position they reach change in one batch; opening reads everything, in a thread of its own, so that a
//! panic inside sled ends that thread and not the gateway; whatever does not open is set aside and rebuilt from the
//! journal. The index thread owns the database for the same reason.
//!
//! Keys: `m` + message id; `t` + item + journal position + place in the record; `w`.

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
    commands: Option<Sender<Command>>,
    thread: Option<JoinHandle<()>>,
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
    /// a new one is begun.
    pub fn open(folder: &Path, journal_end: Option<Position>) -> Result<(Self, Opened), Error> {
        let mut opened = Opened { watermark: Position::START, set_aside: None };
        let end = journal_end.unwrap_or(Position::START);
        let database = match open_and_read(folder) {
            Some((database, watermark)) if watermark <= end => {
                opened.watermark = watermark;
                database
            }
            other => {
                drop(other);
                opened.set_aside = set_aside(folder)?;
                open_and_read(folder).ok_or(Error::IndexStopped)?.0
            }
        };
        make_names_durable(folder).map_err(|error| Error::storage(folder, &error))?;
        let (commands, received) = channel();
        let file = folder.join("db");
        let thread = std::thread::Builder::new()
            .name("index".into())
            .spawn(move || run(&database, &file, &received))
            .map_err(|error| Error::storage(folder, &error))?;
        Ok((Self { commands: Some(commands), thread: Some(thread) }, opened))
    }

    /// Adds the rows of one journal record. Durable some time later; the journal has them anyway.
    pub fn put(&self, place: Position, stored: Vec<Stored>) -> Result<(), Error> {
        self.send(Command::Put { place, stored })
    }

    /// What is known of a message, however long ago it was accepted.
    pub async fn message(&self, message: MessageId) -> Result<Option<MessageRow>, Error> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Message { message, reply })?;
        answer.await.map_err(|_| Error::IndexStopped)
    }

    /// Where the changes of an item lie, oldest first.
    pub async fn timeline(&self, item: ItemId) -> Result<Vec<ChangePlace>, Error> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Timeline { item, reply })?;
        answer.await.map_err(|_| Error::IndexStopped)
    }

    /// Waits until everything put so far is durable.
    pub async fn sync(&self) -> Result<(), Error> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Sync { reply })?;
        answer.await.map_err(|_| Error::IndexStopped)
    }

    /// Whether the index thread is alive.
    #[must_use]
    pub fn is_working(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    fn send(&self, command: Command) -> Result<(), Error> {
        self.commands.as_ref().and_then(|to| to.send(command).ok()).ok_or(Error::IndexStopped)
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        drop(self.commands.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing to add: the index is rebuilt at the next start.
            let _ = thread.join();
        }
    }
}

/// Opens and reads everything in a thread of its own; `None` for an error or a panic.
fn open_and_read(folder: &Path) -> Option<(sled::Db, Position)> {
    let folder = folder.to_owned();
    let opening = std::thread::Builder::new().name("index-open".into()).spawn(move || {
        let database = sled::Config::new().path(folder).cache_capacity(CACHE_BYTES_MAX).open().ok()?;
        for row in database.iter() {
            row.ok()?;
        }
        let watermark = match database.get(WATERMARK).ok()? {
            Some(bytes) => Position::from_bytes(bytes.as_ref().try_into().ok()?),
            None => Position::START,
        };
        Some((database, watermark))
    });
    opening.ok()?.join().ok().flatten()
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

/// The index thread. It ends when the handle is dropped, or at the first failure: an index that may be wrong is
/// worse than none.
fn run(database: &sled::Db, file: &Path, commands: &Receiver<Command>) {
    let mut unsynced_since: Option<Instant> = None;
    loop {
        let done = match commands.recv_timeout(SYNC_PAUSE) {
            Ok(Command::Put { place, stored }) => {
                unsynced_since.get_or_insert_with(Instant::now);
                put(database, place, &stored)
            }
            Ok(Command::Message { message, reply }) => message_row(database, message).map(|row| {
                let _ = reply.send(row);
            }),
            Ok(Command::Timeline { item, reply }) => timeline(database, item).map(|places| {
                let _ = reply.send(places);
            }),
            Ok(Command::Sync { reply }) => sync(database, file).map(|()| {
                unsynced_since = None;
                let _ = reply.send(());
            }),
            Err(RecvTimeoutError::Timeout) => Ok(()),
            Err(RecvTimeoutError::Disconnected) => {
                let _ = sync(database, file);
                return;
            }
        };
        let synced = match unsynced_since {
            Some(since) if since.elapsed() >= SYNC_PAUSE => {
                unsynced_since = None;
                sync(database, file)
            }
            _ => Ok(()),
        };
        if let Err(reason) = done.and(synced) {
            tracing::error!(code = "G-0207", %reason, "the index stopped; it is rebuilt at the next start");
            return;
        }
    }
}

fn put(database: &sled::Db, place: Position, stored: &[Stored]) -> Result<(), sled::Error> {
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
        }
        if let Some(item) = stored.step.item() {
            batch.insert(timeline_key(item, place, number), &[]);
        }
    }
    batch.insert(WATERMARK, &place.to_bytes());
    database.apply_batch(batch)
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
const CACHE_BYTES_MAX: u64 = 32 * 1024 * 1024;
const SET_ASIDE_MAX: u32 = 3;
const SYNC_PAUSE: Duration = Duration::from_secs(1);
