//! The list of segments that were retired although an older one stays: it tells a retired segment from a lost one.
//!
//! Sequence numbers have no gaps, so a segment that is missing between two others is damage, unless this list says
//! that it was let go. The list is durable before the first of its segments is removed. It only ever explains what is
//! missing: a segment that is there is served whatever the list says, so no damage to the list can cost a record. The
//! newest segment is never retired, and what lies before the oldest one needs no explanation, so the list stays short.
//!
//! The file holds the same bytes twice, each on pages of its own with its own check, and is replaced as a whole.

use crate::disk::Disk;
use crate::error::Error;
use crate::limits::{self, PAGE_BYTES};
use crate::segment::{Segment, SegmentName};
use std::io;

/// Name of the list in the journal's folder. A copy of the folder takes this file last: what vanished before, it names.
pub const RETIRED_LIST: &str = "segments-retired";

/// Segments that follow each other and are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Run {
    pub(crate) first_number: u64,
    pub(crate) last_number: u64,
    /// Sequence number of the first record that went.
    pub(crate) first_sequence: u64,
    /// Sequence number behind the last record that went.
    pub(crate) end_sequence: u64,
    /// The removal is durable, so that the run may be joined with its neighbours. Not written.
    settled: bool,
}

impl Run {
    fn of(segment: &Segment) -> Self {
        Self {
            first_number: segment.name.number,
            last_number: segment.name.number,
            first_sequence: segment.first_sequence,
            end_sequence: segment.end_sequence,
            settled: false,
        }
    }

    fn joins(&self, next: &Self) -> bool {
        let settled = self.settled && next.settled;
        let adjacent = self.last_number.checked_add(1) == Some(next.first_number);
        settled && adjacent && self.end_sequence == next.first_sequence
    }

    fn segments(&self) -> u64 {
        self.last_number - self.first_number + 1
    }

    fn to_bytes(self) -> [u8; RUN_BYTES] {
        let mut bytes = [0; RUN_BYTES];
        let values = [self.first_number, self.last_number, self.first_sequence, self.end_sequence];
        for (place, value) in bytes.chunks_exact_mut(8).zip(values) {
            place.copy_from_slice(&value.to_le_bytes());
        }
        bytes
    }

    /// `None` for what no journal has written.
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut values = bytes.chunks_exact(8).filter_map(|b| b.try_into().ok().map(u64::from_le_bytes));
        let run = Self {
            first_number: values.next()?,
            last_number: values.next()?,
            first_sequence: values.next()?,
            end_sequence: values.next()?,
            settled: true,
        };
        (run.first_number <= run.last_number && run.first_sequence <= run.end_sequence).then_some(run)
    }
}

/// The runs, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Retired {
    runs: Vec<Run>,
}

impl Retired {
    /// Reads the list; true with it when it is there and neither copy can be believed.
    pub(crate) fn read(disk: &dyn Disk) -> Result<(Self, bool), Error> {
        let failed = |error: io::Error| Error::from_io("read the list of retired segments", &error);
        let file = match disk.open_read(RETIRED_LIST) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Self::default(), false)),
            other => other.map_err(failed)?,
        };
        let copy_bytes = file.size_bytes().map_err(failed)? / 2;
        if copy_bytes > LIST_BYTES_MAX {
            return Ok((Self::default(), true));
        }
        let mut copy = vec![0; copy_bytes as usize];
        for offset in [0, copy_bytes] {
            // A copy that cannot be read is as good as a damaged one.
            if file.read_at(offset, &mut copy).is_ok()
                && let Some(list) = Self::from_copy(&copy)
            {
                return Ok((list, false));
            }
        }
        Ok((Self::default(), true))
    }

    /// Replaces the list on the disk; durable when this returns. With `synced` false nothing is made durable, which is
    /// a bug that a proof plants.
    pub(crate) fn write(&self, disk: &dyn Disk, synced: bool) -> Result<(), Error> {
        if self.runs.len() > limits::SEGMENTS_MAX {
            return Err(Error::TooManySegments { segments_max: limits::SEGMENTS_MAX });
        }
        let written = self.replace(disk, synced);
        if written.is_err() {
            // Best effort: the next attempt removes it as well.
            let _ = disk.remove(NEW_LIST);
        }
        written.map_err(|error| Error::from_io("write the list of retired segments", &error))
    }

    fn replace(&self, disk: &dyn Disk, synced: bool) -> io::Result<()> {
        match disk.remove(NEW_LIST) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = disk.create(NEW_LIST, 0)?;
        file.write_at(0, &self.to_copy().repeat(2))?;
        if !synced {
            return disk.rename(NEW_LIST, RETIRED_LIST);
        }
        file.sync_content()?;
        disk.rename(NEW_LIST, RETIRED_LIST)?;
        disk.sync_folder()
    }

    /// This list with more segments on it, and without runs that nothing older than they needs explained.
    pub(crate) fn with(&self, more: &[Segment], oldest_kept: u64) -> Self {
        let again =
            |run: &Run| more.iter().any(|segment| *run == Run { settled: run.settled, ..Run::of(segment) });
        let kept = self.runs.iter().filter(|run| run.last_number > oldest_kept && !again(run)).copied();
        let mut runs: Vec<Run> = kept.chain(more.iter().map(Run::of)).collect();
        runs.sort_unstable();
        let mut list = Self { runs };
        // One by one they also explain a copy in which some of them are there, because it was taken meanwhile.
        if list.runs.len() > limits::RETIRED_APART_MAX {
            list.join_neighbours();
        }
        list
    }

    fn join_neighbours(&mut self) {
        self.runs.dedup_by(|next, before| {
            let joins = before.joins(next);
            if joins {
                (before.last_number, before.end_sequence) = (next.last_number, next.end_sequence);
            }
            joins
        });
    }

    /// The removal of all listed segments but those that are still there is durable.
    pub(crate) fn settle(&mut self, is_there: impl Fn(u64) -> bool) {
        for run in &mut self.runs {
            run.settled = run.settled || !is_there(run.first_number);
        }
    }

    /// Leaves out segments that are there, because their removal was cut short or because this is a copy that was taken
    /// meanwhile. Such a copy may end before segments that are listed: they are left out too, and the answer is true.
    pub(crate) fn beside(mut self, names: &[SegmentName]) -> (Self, bool) {
        self.runs.retain(|run| {
            let alone = run.first_number == run.last_number;
            !(alone && names.binary_search_by_key(&run.first_number, |name| name.number).is_ok())
        });
        let last = names.last().map_or(0, |name| name.number);
        let within = self.runs.partition_point(|run| run.first_number < last);
        let beyond = within < self.runs.len();
        self.runs.truncate(within);
        (self, beyond)
    }

    /// The runs between two segment numbers.
    pub(crate) fn between(&self, number: u64, next: u64) -> &[Run] {
        let from = self.runs.partition_point(|run| run.first_number <= number);
        let to = self.runs.partition_point(|run| run.first_number < next);
        self.runs.get(from..to).unwrap_or_default()
    }

    /// How many segments behind the segment `oldest` went.
    pub(crate) fn segments_behind(&self, oldest: u64) -> u64 {
        self.runs.iter().filter(|run| run.first_number > oldest).map(Run::segments).sum()
    }

    /// Magic, count, runs, check, padded to whole pages.
    fn to_copy(&self) -> Vec<u8> {
        let mut copy = MAGIC.to_vec();
        copy.extend_from_slice(&(self.runs.len() as u64).to_le_bytes());
        copy.extend(self.runs.iter().flat_map(|run| run.to_bytes()));
        let check = crc32fast::hash(&copy);
        copy.extend_from_slice(&check.to_le_bytes());
        copy.resize(copy.len().next_multiple_of(PAGE_BYTES as usize), 0);
        copy
    }

    fn from_copy(copy: &[u8]) -> Option<Self> {
        let (count, rest) = copy.strip_prefix(MAGIC)?.split_first_chunk()?;
        let runs_bytes = usize::try_from(u64::from_le_bytes(*count)).ok()?.checked_mul(RUN_BYTES)?;
        let (runs, rest) = rest.split_at_checked(runs_bytes)?;
        let covered = copy.get(..MAGIC.len() + 8 + runs_bytes)?;
        if crc32fast::hash(covered) != u32::from_le_bytes(*rest.first_chunk()?) {
            return None;
        }
        let runs: Vec<Run> = runs.chunks_exact(RUN_BYTES).map(Run::from_bytes).collect::<Option<_>>()?;
        runs.is_sorted_by(|a, b| a.last_number < b.first_number).then_some(Self { runs })
    }
}

const NEW_LIST: &str = "segments-retired.new";
const MAGIC: &[u8; 16] = b"eurodac-retired\n";
const RUN_BYTES: usize = 32;
const LIST_BYTES_MAX: u64 = (limits::SEGMENTS_MAX as u64 + 1) * RUN_BYTES as u64 + PAGE_BYTES;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::SimDisk;

    fn segment(number: u64) -> Segment {
        let name = SegmentName { number, salt: 7 };
        Segment { name, end_offset: PAGE_BYTES, first_sequence: number * 10, end_sequence: number * 10 + 10 }
    }

    fn numbers(list: &Retired) -> Vec<(u64, u64)> {
        list.runs.iter().map(|run| (run.first_number, run.last_number)).collect()
    }

    #[test]
    fn neighbours_are_joined_once_their_removal_is_durable() {
        let mut list = Retired::default().with(&[segment(4), segment(5), segment(8)], 3);
        list.settle(|number| number == 8);
        let mut list = list.with(&[segment(6)], 3);
        assert_eq!(numbers(&list), [(4, 4), (5, 5), (6, 6), (8, 8)]);
        assert_eq!(list.segments_behind(3), 4);
        list.join_neighbours();
        assert_eq!(numbers(&list), [(4, 5), (6, 6), (8, 8)]);
        assert_eq!(list.segments_behind(3), 4);
        assert_eq!(numbers(&list.with(&[segment(8)], 6)), [(8, 8)], "listed once, and old runs go");
    }

    #[test]
    fn a_long_list_becomes_short() {
        let many: Vec<Segment> = (1..=limits::RETIRED_APART_MAX as u64 + 1).map(segment).collect();
        let mut list = Retired::default().with(&many, 0);
        list.settle(|_| false);
        let list = list.with(&[segment(90_000)], 0);
        assert_eq!(numbers(&list), [(1, limits::RETIRED_APART_MAX as u64 + 1), (90_000, 90_000)]);
    }

    #[test]
    fn what_is_there_is_not_retired() {
        let list = Retired::default().with(&[segment(4), segment(6), segment(8)], 3);
        let (beside, beyond) = list.clone().beside(&[3, 6, 9].map(|number| segment(number).name));
        assert_eq!((numbers(&beside), beyond), (vec![(4, 4), (8, 8)], false));
        let (beside, beyond) = list.beside(&[3, 7].map(|number| segment(number).name));
        assert_eq!((numbers(&beside), beyond), (vec![(4, 4), (6, 6)], true));
    }

    #[test]
    fn runs_are_found_between_segments() {
        let list = Retired::default().with(&[segment(4), segment(5), segment(8)], 3);
        let found =
            |number, next| list.between(number, next).iter().map(|run| run.first_number).collect::<Vec<_>>();
        assert_eq!(found(3, 7), [4, 5]);
        assert_eq!(found(7, 9), [8]);
        assert_eq!(found(5, 8), [0; 0]);
    }

    #[test]
    fn one_damaged_copy_costs_nothing_and_two_are_said() {
        let list = Retired::default().with(&[segment(4), segment(8)], 3);
        let bits = (16 + 8 + 2 * RUN_BYTES as u64 + 4) * 8;
        for bit in 0..bits {
            let disk = SimDisk::new(1, 1 << 20);
            list.write(&disk, true).expect("written");
            disk.flip_bit(RETIRED_LIST, bit / 8, (bit % 8) as u8);
            let (read, damaged) = Retired::read(&disk).expect("readable");
            assert_eq!((numbers(&read), damaged), (numbers(&list), false), "bit {bit}");
            disk.flip_bit(RETIRED_LIST, PAGE_BYTES + bit / 8, (bit % 8) as u8);
            assert_eq!(Retired::read(&disk), Ok((Retired::default(), true)), "bit {bit}");
        }
    }

    #[test]
    fn an_unreadable_page_costs_one_copy() {
        let list = Retired::default().with(&[segment(4)], 3);
        let disk = SimDisk::new(1, 1 << 20);
        assert_eq!(Retired::read(&disk), Ok((Retired::default(), false)), "no list is an empty one");
        list.write(&disk, true).expect("written");
        disk.spoil_page(RETIRED_LIST, 0);
        let (read, damaged) = Retired::read(&disk).expect("readable");
        assert_eq!((numbers(&read), damaged), (vec![(4, 4)], false));
    }
}
