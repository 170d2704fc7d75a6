//! Turning a group of waiting records into durable ones.
//!
//! Invariants: a promise is kept only after the sync that covers its record; a group starts on a page
//! that was never written before, so that a torn write can only hurt the group itself; the next group
//! is not begun before the last one is durable; a group lies in one segment.

use crate::disk::{Disk, DiskFile};
use crate::error::Error;
use crate::frame::{AlignedBuffer, Header, occupied_bytes};
use crate::limits::{self, PAGE_BYTES, RECORD_ALIGNMENT_BYTES};
use crate::options::Options;
use crate::pending::Promise;
use crate::position::Position;
use crate::queue::{Body, Queued};
use crate::replay::Segments;
use crate::segment::{Segment, SegmentHeader, SegmentName};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

/// The only place that writes records.
pub(crate) struct Writer {
    disk: Arc<dyn Disk>,
    options: Options,
    segments: Arc<Segments>,
    active: Option<Active>,
    next_number: u64,
    next_sequence: u64,
    /// Large records of one group may be written by several threads; a simulation needs one order.
    pub(crate) in_parallel: bool,
    /// Plants the bug that the proof must find: promises are kept before the sync.
    #[cfg(any(test, feature = "planted"))]
    pub(crate) acknowledge_before_sync: bool,
    #[cfg(test)]
    pub(crate) retiring_slip: Option<RetiringSlip>,
}

/// Bugs in retiring that the proof must find.
#[cfg(test)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetiringSlip {
    /// The list is not made durable before the segments go.
    ListNotSynced,
    /// The segments go before the list is written.
    SegmentsFirst,
}

/// The segment that takes records now.
struct Active {
    file: Arc<dyn DiskFile>,
    name: SegmentName,
    first_sequence: u64,
    end_offset: u64,
}

impl Writer {
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        options: Options,
        segments: Arc<Segments>,
        next_number: u64,
        next_sequence: u64,
    ) -> Self {
        Self {
            disk,
            options,
            segments,
            active: None,
            next_number,
            next_sequence,
            in_parallel: false,
            #[cfg(any(test, feature = "planted"))]
            acknowledge_before_sync: false,
            #[cfg(test)]
            retiring_slip: None,
        }
    }

    /// Makes the group durable and keeps or breaks each promise.
    ///
    /// An error means that the disk cannot be trusted any more; a full disk that took nothing is not
    /// such an error.
    pub(crate) fn commit(&mut self, mut group: VecDeque<Queued>) -> Result<(), Error> {
        while let Some(first) = group.front() {
            let roll = !self.fits_active(first.payload_bytes);
            if let Some(refusal) = self.margin_refusal(roll) {
                refuse_ordinary(&mut group, &refusal);
                if group.is_empty() {
                    break;
                }
            }
            if roll && let Err(failure) = self.roll() {
                let full = matches!(failure, Error::DiskFull { .. });
                fail_all(group, &failure);
                return if full { Ok(()) } else { Err(failure) };
            }
            let written = self.write_part(&mut group);
            if let Err(failure) = written {
                fail_all(group, &failure);
                return Err(failure);
            }
        }
        Ok(())
    }

    /// Whether the list of retired segments comes before their removal, and whether it is synced: always, but for bugs
    /// that the proof plants.
    pub(crate) fn retiring_care(&self) -> (bool, bool) {
        #[cfg(test)]
        if let Some(slip) = self.retiring_slip {
            return (slip != RetiringSlip::SegmentsFirst, slip != RetiringSlip::ListNotSynced);
        }
        (true, true)
    }

    /// True once this opening has written anything.
    pub(crate) fn has_written(&self) -> bool {
        self.active.is_some()
    }

    /// Writes as much of the group as the active segment holds, syncs once, keeps the promises.
    fn write_part(&mut self, group: &mut VecDeque<Queued>) -> Result<(), Error> {
        let Some(active) = &mut self.active else { return Err(Error::Closed) };
        let room_end = self.options.segment_bytes_max;
        let mut plan = Plan::new(active.name, active.end_offset, self.next_sequence);
        while let Some(queued) = group.pop_front() {
            if plan.end_with(&queued) > room_end {
                group.push_front(queued);
                break;
            }
            plan.place(queued);
        }
        let plan = plan.finish();
        let failed = |action: &'static str| move |error: io::Error| Error::from_io(action, &error);
        let file = Arc::clone(&active.file);
        let sync = || file.sync_content().map_err(failed("sync records"));
        #[cfg(any(test, feature = "planted"))]
        let early = self.acknowledge_before_sync;
        #[cfg(not(any(test, feature = "planted")))]
        let early = false;
        let written = plan.write(file.as_ref(), self.in_parallel).map_err(failed("write records"));
        let outcome = written.and_then(|()| if early { Ok(()) } else { sync() });
        if let Err(failure) = outcome {
            for (_, promise) in plan.promises {
                promise.resolve(Err(failure.clone()));
            }
            return Err(failure);
        }
        active.end_offset = plan.end_offset;
        self.next_sequence = plan.next_sequence;
        self.segments.set(Segment {
            name: active.name,
            first_sequence: active.first_sequence,
            end_offset: plan.end_offset,
            end_sequence: plan.next_sequence,
        });
        for (position, promise) in plan.promises {
            promise.resolve(Ok(position));
        }
        if early { sync() } else { Ok(()) }
    }

    fn fits_active(&self, payload_bytes: u32) -> bool {
        let Some(active) = &self.active else { return false };
        let end = active.end_offset + occupied_bytes(payload_bytes.into());
        end.next_multiple_of(PAGE_BYTES) <= self.options.segment_bytes_max
    }

    /// Why ordinary records must be refused now, if they must.
    fn margin_refusal(&self, roll: bool) -> Option<Error> {
        let margin_bytes_min = self.options.disk_margin_bytes_min;
        if margin_bytes_min == 0 {
            return None;
        }
        let new_segment = if roll { self.options.segment_bytes_max } else { 0 };
        match self.disk.free_bytes() {
            Ok(free_bytes) if free_bytes >= margin_bytes_min.saturating_add(new_segment) => None,
            Ok(free_bytes) => Some(Error::DiskMargin { free_bytes, margin_bytes_min }),
            Err(error) => Some(Error::from_io("ask for free space", &error)),
        }
    }

    /// Starts a new segment; its name and first page are durable when this returns.
    fn roll(&mut self) -> Result<(), Error> {
        let failed = |action: &'static str| move |error: io::Error| Error::from_io(action, &error);
        let salt = self.disk.salt().map_err(failed("make a salt"))?;
        let name = SegmentName { number: self.next_number, salt };
        let file = self
            .disk
            .create(&name.file_name(), self.options.segment_bytes_max)
            .map_err(failed("create a segment"))?;
        let page = SegmentHeader { name, first_sequence: self.next_sequence }.to_page();
        let begun = file
            .write_at(0, &page)
            .map_err(failed("write the first page of a segment"))
            .and_then(|()| file.sync_content().map_err(failed("sync a new segment")))
            .and_then(|()| self.disk.sync_folder().map_err(failed("sync the journal's folder")));
        if let Err(failure) = begun {
            // The segment holds no record; if it stays, recovery clears it away.
            let _ = self.disk.remove(&name.file_name());
            return Err(failure);
        }
        self.next_number += 1;
        let first_sequence = self.next_sequence;
        let empty = Segment { name, first_sequence, end_offset: PAGE_BYTES, end_sequence: first_sequence };
        self.segments.set(empty);
        self.active = Some(Active { file, name, first_sequence, end_offset: PAGE_BYTES });
        Ok(())
    }
}

/// Where the records of one group go.
struct Plan {
    name: SegmentName,
    end_offset: u64,
    durable_before: u64,
    next_sequence: u64,
    small: Option<(u64, Vec<u8>)>,
    writes: Vec<(u64, Written)>,
    promises: Vec<(Position, Promise)>,
}

/// Bytes of a write: many small records, or one large one.
enum Written {
    Small(Vec<u8>),
    Large(AlignedBuffer),
}

impl Plan {
    fn new(name: SegmentName, start: u64, next_sequence: u64) -> Self {
        Self {
            name,
            end_offset: start,
            durable_before: next_sequence,
            next_sequence,
            small: None,
            writes: Vec::new(),
            promises: Vec::new(),
        }
    }

    /// Where the segment would end, in whole pages, with this record.
    fn end_with(&self, queued: &Queued) -> u64 {
        (self.start_of(queued) + occupied_bytes(queued.payload_bytes.into())).next_multiple_of(PAGE_BYTES)
    }

    fn start_of(&self, queued: &Queued) -> u64 {
        match queued.body {
            Body::Small(_) => self.end_offset,
            Body::Large(_) => self.end_offset.next_multiple_of(PAGE_BYTES),
        }
    }

    fn place(&mut self, queued: Queued) {
        let offset = self.start_of(&queued);
        let header = Header {
            kind: queued.kind,
            internal: queued.internal,
            position: Position::new(self.name.number, offset),
            sequence: self.next_sequence,
            durable_before: self.durable_before,
            salt: self.name.salt,
            payload_bytes: queued.payload_bytes,
            payload_check: queued.payload_check,
        };
        self.next_sequence = header.sequence_after();
        match queued.body {
            Body::Small(payload) => {
                let (_, run) = self.small.get_or_insert_with(|| (offset, Vec::new()));
                run.extend_from_slice(&header.to_bytes());
                run.extend_from_slice(&payload);
                run.resize(run.len().next_multiple_of(RECORD_ALIGNMENT_BYTES as usize), 0);
                self.end_offset = offset + header.occupied_bytes();
            }
            Body::Large(mut frame) => {
                self.end_small();
                if let Some(place) = frame.bytes_mut().first_chunk_mut() {
                    *place = header.to_bytes();
                }
                self.end_offset = offset + frame.bytes().len() as u64;
                self.writes.push((offset, Written::Large(frame)));
            }
        }
        self.promises.push((header.position, queued.promise));
    }

    /// Pads the present run of small records to whole pages.
    fn end_small(&mut self) {
        if let Some((offset, mut run)) = self.small.take() {
            run.resize(run.len().next_multiple_of(PAGE_BYTES as usize), 0);
            self.end_offset = offset + run.len() as u64;
            self.writes.push((offset, Written::Small(run)));
        }
    }

    fn finish(mut self) -> Self {
        self.end_small();
        self
    }

    /// Several large records are written at the same time: past the cache, one write at a time leaves the disk idle
    /// between them. All are written, or the first failure is reported, before this returns.
    fn write(&self, file: &dyn DiskFile, in_parallel: bool) -> io::Result<()> {
        let write = |(offset, written): &(u64, Written)| match written {
            Written::Small(run) => file.write_at(*offset, run),
            Written::Large(frame) => file.write_at(*offset, frame.bytes()),
        };
        if !in_parallel || self.writes.len() < limits::PARALLEL_WRITES_MIN {
            return self.writes.iter().try_for_each(write);
        }
        let share = self.writes.len().div_ceil(limits::PARALLEL_WRITERS_MAX);
        std::thread::scope(|scope| {
            let writers: Vec<_> = self
                .writes
                .chunks(share)
                .map(|share| scope.spawn(move || share.iter().try_for_each(write)))
                .collect();
            let mut outcome = Ok(());
            for writer in writers {
                let own = writer.join().unwrap_or_else(|_| Err(io::Error::other("a writer stopped")));
                outcome = outcome.and(own);
            }
            outcome
        })
    }
}

fn refuse_ordinary(group: &mut VecDeque<Queued>, refusal: &Error) {
    let (kept, refused) = std::mem::take(group).into_iter().partition(|queued| queued.within_reserve);
    *group = kept;
    fail_all(refused, refusal);
}

pub(crate) fn fail_all(group: VecDeque<Queued>, failure: &Error) {
    for queued in group {
        queued.promise.resolve(Err(failure.clone()));
    }
}
