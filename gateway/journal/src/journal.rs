//! The journal: a queue in front of one committer, and reading beside it.

use crate::disk::{Disk, RealDisk};
use crate::error::Error;
use crate::frame::Record;
use crate::options::Options;
use crate::pending::Pending;
use crate::position::Position;
use crate::queue::{Queue, Queued};
use crate::recovery::{Extent, Recovery, recover};
use crate::replay::{Replay, Segments};
use crate::retired::Retired;
use crate::segment::Segment;
#[cfg(test)]
use crate::writer::RetiringSlip;
use crate::writer::{Writer, fail_all};
use std::any::Any;
use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// Who makes waiting records durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committer {
    /// The caller, by [`Journal::commit_waiting`]: for simulations that need one fixed order.
    Caller,
    /// A thread of the journal: what a program wants.
    Thread,
}

/// An open journal. Share it behind an `Arc`; dropping it makes durable what waits.
pub struct Journal {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    _lock: Box<dyn Any + Send + Sync>,
}

impl Journal {
    /// Opens the journal in `folder`, making it when it is not there, and puts it into order.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process has it, [`Error::Option`] for options that contradict
    /// each other, else what the disk reports. Damaged records are not an error: see [`Recovery`].
    pub fn open(folder: &Path, options: Options) -> Result<(Self, Recovery), Error> {
        Self::open_reading(folder, options, Extent::Everything)
    }

    /// As [`Journal::open`], saying how much is read: see [`Extent`].
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn open_reading(folder: &Path, options: Options, extent: Extent) -> Result<(Self, Recovery), Error> {
        let disk =
            RealDisk::open(folder).map_err(|error| Error::from_io("open the journal's folder", &error))?;
        Self::open_on_reading(Arc::new(disk), options, Committer::Thread, extent)
    }

    /// Opens the journal on a given disk.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn open_on(
        disk: Arc<dyn Disk>,
        options: Options,
        committer: Committer,
    ) -> Result<(Self, Recovery), Error> {
        Self::open_on_reading(disk, options, committer, Extent::Everything)
    }

    /// As [`Journal::open_on`], saying how much is read: see [`Extent`].
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn open_on_reading(
        disk: Arc<dyn Disk>,
        options: Options,
        committer: Committer,
        extent: Extent,
    ) -> Result<(Self, Recovery), Error> {
        options.check()?;
        let lock = disk.lock().map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => Error::Locked,
            _ => Error::from_io("lock the journal's folder", &error),
        })?;
        let found = recover(disk.as_ref(), true, extent)?;
        let segments = Arc::new(Segments::new(Arc::clone(&disk), found.segments));
        let mut writer = Writer::new(
            Arc::clone(&disk),
            options,
            Arc::clone(&segments),
            found.next_number,
            found.next_sequence,
        );
        writer.in_parallel = committer == Committer::Thread;
        let shared = Arc::new(Shared {
            disk,
            options,
            segments,
            writer: Mutex::new(writer),
            retired: Mutex::new(found.retired),
            queue: Mutex::new(Queue::default()),
            filled: Condvar::new(),
        });
        let thread = match committer {
            Committer::Caller => None,
            Committer::Thread => Some(Shared::start(&shared)?),
        };
        Ok((Self { shared, thread, _lock: lock }, found.recovery))
    }

    /// Hands a record over. It is durable when the returned [`Pending`] resolves, not before.
    ///
    /// # Errors
    /// [`Error::Busy`] when too much waits already, [`Error::TooLarge`], or [`Error::Poisoned`].
    pub fn submit(&self, kind: u8, payload: Vec<u8>) -> Result<Pending, Error> {
        self.hand_over(kind, payload, false)
    }

    /// As [`Journal::submit`], for records that free room or finish work: they may use the space that
    /// the site's margin keeps from new work.
    ///
    /// # Errors
    /// As [`Journal::submit`].
    pub fn submit_within_reserve(&self, kind: u8, payload: Vec<u8>) -> Result<Pending, Error> {
        self.hand_over(kind, payload, true)
    }

    /// Hands a record over and blocks until it is durable.
    ///
    /// # Errors
    /// As [`Journal::submit`], and why the record could not be made durable.
    pub fn append(&self, kind: u8, payload: Vec<u8>) -> Result<Position, Error> {
        let pending = self.submit(kind, payload)?;
        if self.thread.is_none() {
            self.commit_waiting()?;
        }
        pending.wait()
    }

    /// As [`Journal::append`], for records that may use the margin.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn append_within_reserve(&self, kind: u8, payload: Vec<u8>) -> Result<Position, Error> {
        let pending = self.submit_within_reserve(kind, payload)?;
        if self.thread.is_none() {
            self.commit_waiting()?;
        }
        pending.wait()
    }

    /// Bytes free on the disk.
    ///
    /// # Errors
    /// As the disk reports.
    pub fn free_bytes(&self) -> Result<u64, Error> {
        self.shared.disk.free_bytes().map_err(|error| Error::from_io("ask for free space", &error))
    }

    /// The position behind the last durable record; nothing before the first segment is begun.
    #[must_use]
    pub fn end(&self) -> Option<Position> {
        let last = self.shared.segments.all().pop()?;
        Some(Position::new(last.name.number, last.end_offset))
    }

    /// Makes one group of waiting records durable, in the calling thread; false when none waited.
    ///
    /// # Errors
    /// The failure that has just poisoned the journal; the waiting records were told as well.
    pub fn commit_waiting(&self) -> Result<bool, Error> {
        self.shared.commit_waiting()
    }

    /// The record at a position.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Damaged`], or what the disk reports.
    pub fn read(&self, position: Position) -> Result<Record, Error> {
        self.shared.segments.read(position)
    }

    /// All durable records, oldest first.
    #[must_use]
    pub fn replay(&self) -> Replay<'_> {
        self.replay_after(Position::START)
    }

    /// All durable records behind a position, oldest first: what an index has not seen yet.
    #[must_use]
    pub fn replay_after(&self, position: Position) -> Replay<'_> {
        Replay::new(&self.shared.segments, position)
    }

    /// Whether new work would be taken now; for a readiness check before work is begun.
    ///
    /// # Errors
    /// [`Error::Poisoned`], [`Error::Busy`], or [`Error::DiskMargin`].
    pub fn ready(&self) -> Result<(), Error> {
        self.shared.queue().accepts(0, &self.shared.options)?;
        let margin_bytes_min = self.shared.options.disk_margin_bytes_min;
        let free_bytes =
            self.shared.disk.free_bytes().map_err(|error| Error::from_io("ask for free space", &error))?;
        if free_bytes < margin_bytes_min {
            return Err(Error::DiskMargin { free_bytes, margin_bytes_min });
        }
        Ok(())
    }

    /// Removes all segments that lie wholly before the segment of `position`; gives their number.
    ///
    /// # Errors
    /// As the disk reports; segments removed until then stay removed.
    pub fn drop_segments_before(&self, position: Position) -> Result<u64, Error> {
        self.drop_unneeded_segments(position, [])
    }

    /// Removes every segment before the segment of `before` in which none of the `needed` records lies, also where an
    /// older one stays; gives their number.
    ///
    /// # Errors
    /// As the disk reports; segments removed until then stay removed.
    pub fn drop_unneeded_segments(
        &self,
        before: Position,
        needed: impl IntoIterator<Item = Position>,
    ) -> Result<u64, Error> {
        let needed: BTreeSet<u64> = needed.into_iter().map(Position::segment).collect();
        let is_unneeded = |segment: &Segment| {
            segment.name.number < before.segment() && !needed.contains(&segment.name.number)
        };
        // While the writer is held, no segment changes its state. The newest one always stays, because
        // it says which sequence number comes next.
        let writer = self.shared.writer();
        let mut known = self.shared.segments.all();
        known.pop();
        let oldest: Vec<Segment> = known.iter().take_while(|segment| is_unneeded(segment)).copied().collect();
        let later = known.split_off(oldest.len());
        let between: Vec<Segment> = later.into_iter().filter(is_unneeded).collect();
        self.shared.drop_oldest(&oldest)?;
        self.shared.drop_between(&between, &writer)?;
        Ok((oldest.len() + between.len()) as u64)
    }

    /// How many segments there are, and the bytes of records in them.
    #[must_use]
    pub fn held(&self) -> (u64, u64) {
        let known = self.shared.segments.all();
        (known.len() as u64, known.iter().map(|segment| segment.end_offset).sum())
    }

    fn hand_over(&self, kind: u8, payload: Vec<u8>, within_reserve: bool) -> Result<Pending, Error> {
        let record_bytes = payload.len() as u64;
        let record_bytes_max = self.shared.options.record_bytes_max;
        if record_bytes > record_bytes_max {
            return Err(Error::TooLarge { record_bytes, record_bytes_max });
        }
        // Asked before the check is computed, so that refusing costs little.
        self.shared.queue().accepts(record_bytes, &self.shared.options)?;
        let (queued, pending) = Queued::new(kind, payload, within_reserve);
        self.shared.queue().push(queued, &self.shared.options)?;
        self.shared.filled.notify_one();
        Ok(pending)
    }

    /// Plants the bug that a proof must find: promises are kept before the sync.
    #[cfg(any(test, feature = "planted"))]
    pub fn plant_acknowledge_before_sync(&self) {
        self.shared.writer().acknowledge_before_sync = true;
    }

    /// Plants a bug in retiring that a proof must find.
    #[cfg(test)]
    pub(crate) fn plant_in_retiring(&self, slip: RetiringSlip) {
        self.shared.writer().retiring_slip = Some(slip);
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.shared.queue().closing = true;
        self.shared.filled.notify_one();
        match self.thread.take() {
            // The thread ends by itself once the queue is empty; a panic in it was already told to
            // the waiting callers by their promises.
            Some(thread) => drop(thread.join()),
            None => self.shared.close(),
        }
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("options", &self.shared.options).finish_non_exhaustive()
    }
}

/// Looks through the journal in `folder` without changing anything, also while it is in use.
///
/// # Errors
/// As the disk reports. Damaged records are not an error: see [`Recovery`].
pub fn check(folder: &Path) -> Result<Recovery, Error> {
    let disk = RealDisk::open_existing(folder)
        .map_err(|error| Error::from_io("open the journal's folder", &error))?;
    Ok(recover(&disk, false, Extent::Everything)?.recovery)
}

/// Should the committer ever panic, callers are refused instead of left waiting.
struct PoisonOnPanic<'a>(&'a Shared);

impl Drop for PoisonOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            drop(self.0.queue().fail(&Error::Closed));
        }
    }
}

struct Shared {
    disk: Arc<dyn Disk>,
    options: Options,
    segments: Arc<Segments>,
    /// Taken before `queue`, never after it.
    writer: Mutex<Writer>,
    /// Taken after `writer`.
    retired: Mutex<Retired>,
    queue: Mutex<Queue>,
    filled: Condvar,
}

impl Shared {
    fn start(shared: &Arc<Self>) -> Result<JoinHandle<()>, Error> {
        let shared = Arc::clone(shared);
        std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || shared.run())
            .map_err(|error| Error::from_io("start the committer", &error))
    }

    fn run(&self) {
        let _guard = PoisonOnPanic(self);
        loop {
            let mut queue = self.queue();
            while queue.is_empty() && !queue.closing {
                queue = self.filled.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            let done = queue.is_empty();
            drop(queue);
            if done {
                return self.close();
            }
            // A failure has poisoned the queue and reached every waiting caller.
            let _ = self.commit_waiting();
        }
    }

    fn commit_waiting(&self) -> Result<bool, Error> {
        let mut writer = self.writer();
        let group = self.queue().take_group();
        if group.is_empty() {
            return Ok(false);
        }
        writer.commit(group).map(|()| true).inspect_err(|failure| {
            let waiting = self.queue().fail(failure);
            fail_all(waiting, &Error::poisoned(failure));
        })
    }

    /// Finishes what waits and leaves a mark, so that the next opening knows the end to be whole.
    fn close(&self) {
        while matches!(self.commit_waiting(), Ok(true)) {}
        let mut writer = self.writer();
        if self.queue().poison.is_none() && writer.has_written() {
            let (mark, _pending) = Queued::closing_mark();
            // Without the mark the next opening is only less sure what a damaged last group means.
            let _ = writer.commit([mark].into());
        }
    }

    /// Removes the oldest segments. One by one: neither a cut nor a failure may leave a hole in the middle.
    fn drop_oldest(&self, oldest: &[Segment]) -> Result<(), Error> {
        oldest.iter().try_for_each(|segment| {
            self.remove(segment)?;
            self.disk.sync_folder().map_err(retiring_failed)
        })
    }

    /// Removes segments between others, once the list that explains the holes is durable.
    fn drop_between(&self, between: &[Segment], writer: &Writer) -> Result<(), Error> {
        if between.is_empty() {
            return Ok(());
        }
        let (list_first, list_synced) = writer.retiring_care();
        let remove_all = || between.iter().try_for_each(|segment| self.remove(segment));
        if !list_first {
            remove_all()?;
        }
        let oldest_kept = self.segments.all().first().map_or(0, |segment| segment.name.number);
        let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
        let list = retired.with(between, oldest_kept);
        list.write(self.disk.as_ref(), list_synced)?;
        *retired = list;
        if list_first {
            remove_all()?;
        }
        self.disk.sync_folder().map_err(retiring_failed)?;
        let there: BTreeSet<u64> = self.segments.all().iter().map(|segment| segment.name.number).collect();
        retired.settle(|number| there.contains(&number));
        Ok(())
    }

    fn remove(&self, segment: &Segment) -> Result<(), Error> {
        match self.disk.remove(&segment.name.file_name()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(retiring_failed(error)),
            _ => {
                self.segments.forget(segment.name);
                Ok(())
            }
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn retiring_failed(error: io::Error) -> Error {
    Error::from_io("retire a segment", &error)
}
