//! What a site may tune, and what it may not.

use crate::error::Error;
use crate::frame::occupied_bytes;
use crate::limits;

/// How a journal is laid out and when it refuses work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Size of a segment file; a segment is reserved in full when it is created.
    pub segment_bytes_max: u64,
    /// Largest payload of one record.
    pub record_bytes_max: u64,
    /// Free bytes that stay on the disk; below this ordinary records are refused.
    pub disk_margin_bytes_min: u64,
    /// Most payload bytes that may wait for the committer before callers are told to slow down.
    pub queue_bytes_max: u64,
}

impl Default for Options {
    /// 256 MiB segments, 32 MiB records, 512 MiB margin, 128 MiB queue.
    fn default() -> Self {
        const MIB: u64 = 1024 * 1024;
        Self {
            segment_bytes_max: 256 * MIB,
            record_bytes_max: 32 * MIB,
            disk_margin_bytes_min: 512 * MIB,
            queue_bytes_max: 128 * MIB,
        }
    }
}

impl Options {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let range = |option, value: u64, min: u64, max: u64| {
            if (min..=max).contains(&value) {
                return Ok(());
            }
            Err(Error::Option { option, value, allowed: format!("{min} to {max}") })
        };
        range("record_bytes_max", self.record_bytes_max, 1, limits::RECORD_BYTES_MAX)?;
        let one_record = limits::PAGE_BYTES + occupied_bytes(self.record_bytes_max) + limits::PAGE_BYTES;
        let smallest = one_record.next_multiple_of(limits::PAGE_BYTES).max(limits::SEGMENT_BYTES_MIN);
        range("segment_bytes_max", self.segment_bytes_max, smallest, limits::SEGMENT_BYTES_MAX)?;
        range("queue_bytes_max", self.queue_bytes_max, self.record_bytes_max, u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_checked() {
        let check = |options: Options, expect: Option<&str>| {
            let option = match options.check() {
                Err(Error::Option { option, .. }) => Some(option),
                other => {
                    assert_eq!(other, Ok(()));
                    None
                }
            };
            assert_eq!(option, expect, "{options:?}");
        };
        let good = Options::default();
        check(good, None);
        check(Options { record_bytes_max: 0, ..good }, Some("record_bytes_max"));
        check(Options { record_bytes_max: u64::MAX, ..good }, Some("record_bytes_max"));
        check(Options { segment_bytes_max: good.record_bytes_max, ..good }, Some("segment_bytes_max"));
        check(Options { segment_bytes_max: u64::MAX, ..good }, Some("segment_bytes_max"));
        check(Options { queue_bytes_max: 1, ..good }, Some("queue_bytes_max"));
    }
}
