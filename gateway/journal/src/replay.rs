//! Reading back: one record by its position, or all of them in order.

use crate::disk::{Disk, DiskFile};
use crate::error::Error;
use crate::frame::{Header, Record};
use crate::limits;
use crate::position::Position;
use crate::scan::{Item, Scan};
use crate::segment::{Segment, SegmentName};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The segments that hold served records, shared by the committer and the readers.
pub(crate) struct Segments {
    disk: Arc<dyn Disk>,
    known: Mutex<BTreeMap<u64, Segment>>,
    /// Most recently used last.
    open: Mutex<VecDeque<(SegmentName, Arc<dyn DiskFile>)>>,
}

impl Segments {
    pub(crate) fn new(disk: Arc<dyn Disk>, known: BTreeMap<u64, Segment>) -> Self {
        Self { disk, known: Mutex::new(known), open: Mutex::new(VecDeque::new()) }
    }

    pub(crate) fn set(&self, segment: Segment) {
        lock(&self.known).insert(segment.name.number, segment);
    }

    pub(crate) fn all(&self) -> Vec<Segment> {
        lock(&self.known).values().copied().collect()
    }

    /// Forgets a segment, so that nothing of it is served any more.
    pub(crate) fn forget(&self, name: SegmentName) {
        lock(&self.known).remove(&name.number);
        lock(&self.open).retain(|(open, _)| *open != name);
    }

    pub(crate) fn read(&self, position: Position) -> Result<Record, Error> {
        let segment = lock(&self.known).get(&position.segment()).copied();
        let not_found = Error::NotFound { position };
        let Some(segment) = segment else { return Err(not_found) };
        let served = limits::PAGE_BYTES..segment.end_offset;
        if !served.contains(&position.offset())
            || !position.offset().is_multiple_of(limits::RECORD_ALIGNMENT_BYTES)
        {
            return Err(not_found);
        }
        let file = self.file(segment.name)?;
        let damaged = |error: io::Error| match error.kind() {
            io::ErrorKind::UnexpectedEof => Error::Damaged { position },
            _ => Error::from_io("read a record", &error),
        };
        let mut header = [0; limits::HEADER_BYTES as usize];
        file.read_at(position.offset(), &mut header).map_err(damaged)?;
        let Some(header) = Header::from_bytes(&header, position, segment.name.salt) else {
            return Err(Error::Damaged { position });
        };
        if header.internal || header.sequence >= segment.end_sequence {
            return Err(not_found);
        }
        let end = position.offset() + limits::HEADER_BYTES + u64::from(header.payload_bytes);
        if end > segment.end_offset {
            return Err(Error::Damaged { position });
        }
        let mut payload = vec![0; header.payload_bytes as usize];
        file.read_at(position.offset() + limits::HEADER_BYTES, &mut payload).map_err(damaged)?;
        if !header.fits_payload(&payload) {
            return Err(Error::Damaged { position });
        }
        Ok(Record { kind: header.kind, payload })
    }

    fn file(&self, name: SegmentName) -> Result<Arc<dyn DiskFile>, Error> {
        let mut open = lock(&self.open);
        if let Some(at) = open.iter().position(|(held, _)| *held == name)
            && let Some(entry) = open.remove(at)
        {
            let file = Arc::clone(&entry.1);
            open.push_back(entry);
            return Ok(file);
        }
        let file = self
            .disk
            .open_read(&name.file_name())
            .map_err(|error| Error::from_io("open a segment", &error))?;
        if open.len() >= limits::OPEN_SEGMENTS_MAX {
            open.pop_front();
        }
        open.push_back((name, Arc::clone(&file)));
        Ok(file)
    }
}

/// All served records in order, as they were when the replay began.
///
/// Damaged records are left out; [`crate::Recovery`] names them. An item is an error only when a
/// segment cannot be opened at all.
pub struct Replay<'a> {
    segments: &'a Segments,
    waiting: VecDeque<Segment>,
    scan: Option<(Segment, Scan)>,
    after: Position,
    next_sequence: u64,
}

impl<'a> Replay<'a> {
    pub(crate) fn new(segments: &'a Segments, after: Position) -> Self {
        let waiting = segments.all().into_iter().filter(|s| s.name.number >= after.segment()).collect();
        Self { segments, waiting, scan: None, after, next_sequence: 0 }
    }

    fn open_next(&mut self) -> Option<Result<(), Error>> {
        let segment = self.waiting.pop_front()?;
        let start = if segment.name.number == self.after.segment() { self.after.offset() } else { 0 };
        let scan = self.segments.file(segment.name).and_then(|file| {
            Scan::starting_at(file, segment.name, start)
                .map_err(|error| Error::from_io("read a segment", &error))
        });
        Some(scan.map(|scan| self.scan = Some((segment, scan))))
    }
}

impl Iterator for Replay<'_> {
    type Item = Result<(Position, Record), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some((segment, scan)) = &mut self.scan else {
                match self.open_next()? {
                    Ok(()) => continue,
                    Err(error) => return Some(Err(error)),
                }
            };
            let Some(item) = scan.step() else {
                self.scan = None;
                continue;
            };
            let Item::Record(header) = item else { continue };
            if header.position.offset() >= segment.end_offset || header.sequence >= segment.end_sequence {
                self.scan = None;
                continue;
            }
            if header.sequence < self.next_sequence {
                continue;
            }
            self.next_sequence = header.sequence_after();
            if header.internal || header.position <= self.after {
                continue;
            }
            let payload = scan.payload(&header).to_vec();
            return Some(Ok((header.position, Record { kind: header.kind, payload })));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
