//! What a gap means, and putting a journal back into order after whatever happened.
//!
//! Records carry consecutive sequence numbers, and each says up to which number everything was
//! durable when it was written (`durable_before`); so does the first page of each segment. From that:
//!
//! * a gap *below* the highest such number is damage to an acknowledged record: an alarm. Later
//!   records are still served;
//! * a gap *at or above* it was never acknowledged: a torn tail. It is normal after a power cut. What
//!   follows the gap was not acknowledged either and is not served, so that the survivors are a
//!   prefix of what was submitted and no record is seen without the ones before it.
//!
//! Opening makes durable what it is going to serve, and reads it from the disk rather than from a
//! cache that may hold what a failed sync lost. No byte that might have been acknowledged is deleted:
//! a torn tail is fenced off by the sequence number with which the next segment starts.

use crate::disk::Disk;
use crate::error::Error;
use crate::limits;
use crate::position::Position;
use crate::retired::{Retired, Run};
use crate::scan::{Item, Scan};
use crate::segment::{Segment, SegmentHeader, SegmentName};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::Arc;

/// What was found when a journal was opened or checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Segments that hold records.
    pub segments: u64,
    /// Records that are served.
    pub records: u64,
    /// Their payload bytes.
    pub payload_bytes: u64,
    /// Acknowledged records that are lost, by place; at most [`limits::DAMAGE_NAMED_MAX`] places.
    pub damaged: Vec<Damage>,
    /// Acknowledged records that are lost, in all places.
    pub damaged_records: u64,
    /// The end of the journal, when a cut left an unfinished group there.
    pub torn: Option<Torn>,
    /// Segments whose first page is damaged; their records are served all the same.
    pub damaged_segment_headers: Vec<u64>,
    /// Bytes that the disk itself could not read.
    pub unreadable_bytes: u64,
    /// Segments that were not read at this opening; their records are served, and checked when they are read.
    pub segments_unread: u64,
    /// Segments that were retired although an older one is there; nothing of them is missed.
    pub segments_retired: u64,
    /// The list of retired segments is damaged, so that what it would explain counts as lost.
    pub retired_list_damaged: bool,
    /// Position of the last record that is served.
    pub last: Option<Position>,
}

impl Recovery {
    /// True when nothing acknowledged is lost and the disk could read everything.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.damaged_records == 0
            && self.unreadable_bytes == 0
            && self.damaged_segment_headers.is_empty()
            && !self.retired_list_damaged
    }

    fn add_damage(&mut self, damage: Damage) {
        self.damaged_records += damage.records_missing;
        if self.damaged.len() < limits::DAMAGE_NAMED_MAX {
            self.damaged.push(damage);
        }
    }
}

/// A place where acknowledged records are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Where the first lost record lay.
    pub position: Position,
    /// How many records are lost here.
    pub records_missing: u64,
}

/// An unfinished group at the end; nothing of it was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Torn {
    /// Where the first unfinished record lay.
    pub position: Position,
    /// Intact records behind it that are not served, because one before them is missing.
    pub records_discarded: u64,
}

/// A folder that has been looked through.
pub(crate) struct Found {
    pub(crate) recovery: Recovery,
    pub(crate) segments: BTreeMap<u64, Segment>,
    pub(crate) retired: Retired,
    pub(crate) next_number: u64,
    pub(crate) next_sequence: u64,
}

/// How much an opening reads. Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Every byte: damage anywhere is named at once. For a journal that is replayed in full anyway.
    Everything,
    /// The newest segments. Of an older one it is known without reading where it ends: the first page of the next says
    /// which records before it were durable. Damage in it is found when a record is read, or by [`crate::check`].
    Newest,
}

/// Looks through the folder. With `repair`, also makes the end durable, gives reserved space back and
/// removes a segment whose creation was cut short.
pub(crate) fn recover(disk: &dyn Disk, repair: bool, extent: Extent) -> Result<Found, Error> {
    let found = look_through(disk, repair, extent)?;
    // Only where the newest segments hold no record at all, the last one lies further back.
    if found.recovery.last.is_none() && found.recovery.segments_unread > 0 {
        return look_through(disk, repair, Extent::Everything);
    }
    Ok(found)
}

fn look_through(disk: &dyn Disk, repair: bool, extent: Extent) -> Result<Found, Error> {
    let names = segment_names(disk)?;
    if repair && let Some(last) = names.last() {
        make_durable(disk, *last)?;
    }
    // Read after the names: whatever was missing then is on the list now, also while the journal is in use.
    let (retired, retired_list_damaged) = Retired::read(disk)?;
    let (retired, beyond) = retired.beside(&names);
    if repair && beyond {
        // Numbers behind the last segment are given again, so nothing may be said of them.
        retired.write(disk, true)?;
    }
    let segments_retired = names.first().map_or(0, |oldest| retired.segments_behind(oldest.number));
    let mut found = Found {
        recovery: Recovery { segments_retired, retired_list_damaged, ..Recovery::default() },
        segments: BTreeMap::new(),
        retired,
        next_number: names.last().map_or(1, |name| name.number + 1),
        next_sequence: 0,
    };
    let firsts = first_sequences(disk, &names, &mut found.recovery)?;
    let mut expected = firsts.first().copied().flatten();
    let read_from = match extent {
        Extent::Everything => 0,
        Extent::Newest => names.len().saturating_sub(limits::NEWEST_SEGMENTS),
    };
    let damaged_headers = found.recovery.damaged_segment_headers.clone();
    let has_header = |at: usize| names.get(at).is_some_and(|name| !damaged_headers.contains(&name.number));
    let order = Order { names: &names, firsts: &firsts, retired: found.retired.clone() };
    for (at, name) in names.iter().enumerate() {
        expected = order.retired_before(at).last().map(|run| run.end_sequence).or(expected);
        order.lost_before(at).for_each(|damage| found.recovery.add_damage(damage));
        let next_first = order.first_behind(at);
        let own_first = firsts.get(at).copied().flatten();
        let sure = has_header(at) && (has_header(at + 1) || !order.retired_behind(at).is_empty());
        if let (Some(first_sequence), Some(end_sequence)) = (own_first, next_first)
            && at < read_from
            && sure
        {
            let file = disk.open_read(&name.file_name());
            let end_offset = file.and_then(|file| file.size_bytes());
            let end_offset = end_offset.map_err(|error| Error::from_io("open a segment", &error))?;
            let segment = Segment { name: *name, first_sequence, end_offset, end_sequence };
            found.segments.insert(name.number, segment);
            found.recovery.segments_unread += 1;
            expected = Some(end_sequence);
            continue;
        }
        let mut reading = Reading::new(*name, expected);
        let mut scan = scan(disk, *name)?;
        while let Some(item) = scan.step() {
            reading.take(item, next_first);
        }
        found.recovery.unreadable_bytes += scan.unreadable_bytes();
        let is_last = at + 1 == names.len();
        let readable = scan.unreadable_bytes() == 0;
        if is_last && readable && reading.is_leftover(own_first) {
            found.recovery.damaged_segment_headers.retain(|number| *number != name.number);
            if repair {
                remove(disk, *name)?;
            }
            continue;
        }
        if is_last && repair && readable {
            trim(disk, *name, reading.content_end)?;
        }
        let segment = reading.finish(next_first, own_first, &mut found.recovery);
        expected = Some(segment.end_sequence);
        found.next_sequence = segment.end_sequence;
        found.segments.insert(name.number, segment);
    }
    found.recovery.segments = found.segments.len() as u64;
    Ok(found)
}

/// Segments that are there and those that were retired, in one order.
struct Order<'a> {
    names: &'a [SegmentName],
    firsts: &'a [Option<u64>],
    retired: Retired,
}

impl Order<'_> {
    fn number(&self, at: usize) -> Option<u64> {
        self.names.get(at).map(|name| name.number)
    }

    /// The retired runs right behind a segment.
    fn retired_behind(&self, at: usize) -> &[Run] {
        let next = self.number(at + 1).unwrap_or(u64::MAX);
        self.number(at).map_or(&[], |number| self.retired.between(number, next))
    }

    /// The retired runs right before a segment. Before the oldest one, whatever went needs no explanation.
    fn retired_before(&self, at: usize) -> &[Run] {
        at.checked_sub(1).map_or(&[], |before| self.retired_behind(before))
    }

    /// The sequence number with which begins what follows a segment, whether it is there or was retired.
    fn first_behind(&self, at: usize) -> Option<u64> {
        match self.retired_behind(at).first() {
            Some(run) => Some(run.first_sequence),
            None => self.firsts.iter().skip(at + 1).find_map(|first| *first),
        }
    }

    /// What is lost between the retired runs before a segment.
    fn lost_before(&self, at: usize) -> impl Iterator<Item = Damage> {
        self.retired_before(at).windows(2).filter_map(|runs| {
            let [before, next] = runs else { return None };
            let records_missing =
                next.first_sequence.checked_sub(before.end_sequence).filter(|lost| *lost > 0)?;
            let position = Position::new(before.last_number + 1, limits::PAGE_BYTES);
            Some(Damage { position, records_missing })
        })
    }
}

/// The state of reading one segment.
struct Reading {
    name: SegmentName,
    /// Sequence number that its first record should have.
    first: Option<u64>,
    /// Sequence number that comes next; None until the first one is known.
    expected: Option<u64>,
    /// Every number below was durable at some time.
    durable_before: u64,
    /// Where the next record would lie.
    next_offset: u64,
    /// First offset behind everything that is not empty.
    content_end: u64,
    /// Gaps that may still turn out to be torn. At most one group's worth on a healthy disk, never
    /// more than records fit into a segment.
    open_gaps: VecDeque<Gap>,
    confirmed: Vec<Damage>,
    confirmed_records: u64,
    served: Served,
}

#[derive(Clone, Copy, Default)]
struct Served {
    records: u64,
    payload_bytes: u64,
    last: Option<Position>,
}

struct Gap {
    offset: u64,
    sequence: u64,
    missing: u64,
    served_before: Served,
}

impl Reading {
    fn new(name: SegmentName, expected: Option<u64>) -> Self {
        Self {
            name,
            first: expected,
            expected,
            durable_before: 0,
            next_offset: limits::PAGE_BYTES,
            content_end: limits::PAGE_BYTES,
            open_gaps: VecDeque::new(),
            confirmed: Vec::new(),
            confirmed_records: 0,
            served: Served::default(),
        }
    }

    fn take(&mut self, item: Item, next_first: Option<u64>) {
        self.content_end = self.content_end.max(item.end());
        let header = match item {
            Item::Junk { .. } => return,
            Item::Broken(header) => {
                self.durable_before = self.durable_before.max(header.durable_before);
                return;
            }
            Item::Record(header) => header,
        };
        if next_first.is_some_and(|first| header.sequence >= first) {
            return;
        }
        self.durable_before = self.durable_before.max(header.durable_before);
        let expected = self.expected.unwrap_or(header.sequence);
        if header.sequence < expected {
            return;
        }
        if header.sequence > expected {
            self.open_gaps.push_back(Gap {
                offset: self.next_offset,
                sequence: expected,
                missing: header.sequence - expected,
                served_before: self.served,
            });
        }
        self.confirm_gaps();
        self.expected = Some(header.sequence_after());
        self.next_offset = item.end();
        if !header.internal {
            self.served.records += 1;
            self.served.payload_bytes += u64::from(header.payload_bytes);
            self.served.last = Some(header.position);
        }
    }

    /// Gaps that lie wholly below what was durable are damage for certain.
    fn confirm_gaps(&mut self) {
        while let Some(gap) =
            self.open_gaps.pop_front_if(|gap| gap.sequence + gap.missing <= self.durable_before)
        {
            self.confirm(gap.offset, gap.missing);
        }
    }

    fn confirm(&mut self, offset: u64, records_missing: u64) {
        self.confirmed_records += records_missing;
        if self.confirmed.len() < limits::DAMAGE_NAMED_MAX {
            let position = Position::new(self.name.number, offset);
            self.confirmed.push(Damage { position, records_missing });
        }
    }

    /// True for a segment whose creation was cut short: no valid first page and nothing behind it.
    fn is_leftover(&self, first: Option<u64>) -> bool {
        first.is_none() && self.content_end == limits::PAGE_BYTES
    }

    fn finish(mut self, next_first: Option<u64>, own_first: Option<u64>, recovery: &mut Recovery) -> Segment {
        let first = self.first.or(own_first);
        let end = self.expected.or(own_first).unwrap_or(0);
        let durable_before = self.durable_before.max(next_first.unwrap_or(0));
        if next_first.is_some() {
            self.durable_before = durable_before;
            self.confirm_gaps();
        }
        if durable_before > end {
            // Whatever should have followed the last intact record was acknowledged and is gone.
            self.open_gaps.push_back(Gap {
                offset: self.next_offset,
                sequence: end,
                missing: durable_before - end,
                served_before: self.served,
            });
            self.durable_before = durable_before;
            self.confirm_gaps();
        }
        let mut end_offset = self.next_offset;
        let mut end_sequence = end.max(durable_before);
        if let Some(gap) = self.open_gaps.pop_front() {
            let lost = durable_before.saturating_sub(gap.sequence);
            if lost > 0 {
                self.confirm(gap.offset, lost);
            }
            recovery.torn = Some(Torn {
                position: Position::new(self.name.number, gap.offset),
                records_discarded: self.served.records - gap.served_before.records,
            });
            self.served = gap.served_before;
            end_offset = gap.offset;
            end_sequence = gap.sequence.max(durable_before);
        } else if next_first.is_none() && self.content_end > self.next_offset {
            let position = Position::new(self.name.number, self.next_offset);
            recovery.torn = Some(Torn { position, records_discarded: 0 });
        }
        let name = self.name;
        self.report(recovery);
        Segment { name, first_sequence: first.unwrap_or(end_sequence), end_offset, end_sequence }
    }

    fn report(self, recovery: &mut Recovery) {
        let named: u64 = self.confirmed.iter().map(|damage| damage.records_missing).sum();
        for damage in self.confirmed {
            recovery.add_damage(damage);
        }
        recovery.damaged_records += self.confirmed_records - named;
        recovery.records += self.served.records;
        recovery.payload_bytes += self.served.payload_bytes;
        recovery.last = self.served.last.or(recovery.last);
    }
}

fn segment_names(disk: &dyn Disk) -> Result<Vec<SegmentName>, Error> {
    let listed = disk.list().map_err(|error| Error::from_io("list the journal's folder", &error))?;
    let mut names: Vec<SegmentName> = listed.iter().filter_map(|name| SegmentName::parse(name)).collect();
    names.sort_unstable();
    if names.len() > limits::SEGMENTS_MAX {
        return Err(Error::TooManySegments { segments_max: limits::SEGMENTS_MAX });
    }
    Ok(names)
}

/// The sequence number with which each segment starts; where its first page is damaged, that of its
/// first intact record.
fn first_sequences(
    disk: &dyn Disk,
    names: &[SegmentName],
    recovery: &mut Recovery,
) -> Result<Vec<Option<u64>>, Error> {
    let mut firsts = Vec::with_capacity(names.len());
    for name in names {
        let file =
            disk.open_read(&name.file_name()).map_err(|error| Error::from_io("open a segment", &error))?;
        let mut page = vec![0; limits::PAGE_BYTES as usize];
        let header = match file.read_at(0, &mut page) {
            Ok(()) => SegmentHeader::from_page(&page, *name)?,
            Err(_) => None,
        };
        if let Some(header) = header {
            firsts.push(Some(header.first_sequence));
            continue;
        }
        recovery.damaged_segment_headers.push(name.number);
        let mut scan = scan(disk, *name)?;
        let first_record = std::iter::from_fn(|| scan.step()).find_map(|item| match item {
            Item::Record(header) => Some(header.sequence),
            Item::Broken(_) | Item::Junk { .. } => None,
        });
        firsts.push(first_record);
    }
    Ok(firsts)
}

fn scan(disk: &dyn Disk, name: SegmentName) -> Result<Scan, Error> {
    let failed = |error: io::Error| Error::from_io("read a segment", &error);
    Scan::new(Arc::clone(&disk.open_read(&name.file_name()).map_err(failed)?), name).map_err(failed)
}

/// What an ended process left in the cache becomes durable; what a failed sync left there is dropped.
fn make_durable(disk: &dyn Disk, name: SegmentName) -> Result<(), Error> {
    let file =
        disk.open(&name.file_name()).map_err(|error| Error::from_io("open the last segment", &error))?;
    file.sync_content()
        .and_then(|()| disk.sync_folder())
        .and_then(|()| file.forget_cache())
        .map_err(|error| Error::from_io("sync the last segment", &error))
}

/// Gives the unused reservation back.
fn trim(disk: &dyn Disk, name: SegmentName, content_end: u64) -> Result<(), Error> {
    let failed = |error: io::Error| Error::from_io("trim the last segment", &error);
    let file = disk.open(&name.file_name()).map_err(failed)?;
    let end = content_end.next_multiple_of(limits::PAGE_BYTES);
    if file.size_bytes().map_err(failed)? > end {
        file.truncate(end).map_err(failed)?;
        file.sync_content().map_err(failed)?;
    }
    Ok(())
}

fn remove(disk: &dyn Disk, name: SegmentName) -> Result<(), Error> {
    disk.remove(&name.file_name())
        .and_then(|()| disk.sync_folder())
        .map_err(|error| Error::from_io("remove an unfinished segment", &error))
}
