//! Every bound of this crate, in one place.

/// Size of the unit in which the disk is written, and in which it may tear.
pub const PAGE_BYTES: u64 = 4096;
/// Records start at multiples of this within a page.
pub const RECORD_ALIGNMENT_BYTES: u64 = 64;
/// Size of the header in front of every record.
pub const HEADER_BYTES: u64 = 64;
/// From this payload size on a record gets pages of its own and is written past the page cache.
pub const LARGE_RECORD_BYTES_MIN: u64 = 64 * 1024;
/// Most bytes that one group commit writes before it syncs.
pub const GROUP_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Most records in one group commit.
pub const GROUP_RECORDS_MAX: usize = 4096;
/// From this number of writes on a group is written by several threads.
pub const PARALLEL_WRITES_MIN: usize = 4;
/// Most threads that write one group.
pub const PARALLEL_WRITERS_MAX: usize = 8;
/// Most records that may wait for the committer.
pub const QUEUE_RECORDS_MAX: usize = 16_384;
/// Smallest allowed segment.
pub const SEGMENT_BYTES_MIN: u64 = 16 * 1024;
/// Largest allowed segment.
pub const SEGMENT_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;
/// Largest record that any configuration may allow.
pub const RECORD_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Most segments in one folder.
pub const SEGMENTS_MAX: usize = 65_536;
/// Most damaged places that one recovery names; further ones are only counted.
pub const DAMAGE_NAMED_MAX: usize = 1024;
/// Retired segments that the list names one by one; of more, neighbours are joined.
pub const RETIRED_APART_MAX: usize = 4096;
/// Newest segments that every opening reads.
pub const NEWEST_SEGMENTS: usize = 2;
/// Read-ahead while scanning.
pub const SCAN_WINDOW_BYTES: usize = 4 * 1024 * 1024;
/// Most segment files held open for reading.
pub const OPEN_SEGMENTS_MAX: usize = 32;
/// Largest file that is accepted as a site key or a wrapped key.
pub const KEY_FILE_BYTES_MAX: u64 = 4096;
/// Most bytes that one call may seal.
pub const SEAL_BYTES_MAX: usize = 1024 * 1024 * 1024;
