//! Records that wait for the committer, with a bound.

use crate::error::Error;
use crate::frame::{AlignedBuffer, is_large};
use crate::limits;
use crate::options::Options;
use crate::pending::{Pending, Promise};
use std::collections::VecDeque;

/// A record that waits, with the work done that needs no place yet: check and alignment.
pub(crate) struct Queued {
    pub(crate) kind: u8,
    pub(crate) internal: bool,
    /// May be written when only the site's margin is left.
    pub(crate) within_reserve: bool,
    pub(crate) body: Body,
    pub(crate) payload_bytes: u32,
    pub(crate) payload_check: u32,
    pub(crate) promise: Promise,
}

/// The payload, in the form in which it will be written.
pub(crate) enum Body {
    Small(Vec<u8>),
    Large(AlignedBuffer),
}

impl Queued {
    /// The caller has checked the size against the options, which keep it far below `u32::MAX`.
    pub(crate) fn new(kind: u8, payload: Vec<u8>, within_reserve: bool) -> (Self, Pending) {
        let (promise, pending) = Promise::pair();
        let payload_bytes = payload.len() as u32;
        let payload_check = crc32fast::hash(&payload);
        let body = if is_large(payload_bytes.into()) {
            Body::Large(AlignedBuffer::large_record(&payload))
        } else {
            Body::Small(payload)
        };
        let queued =
            Self { kind, internal: false, within_reserve, body, payload_bytes, payload_check, promise };
        (queued, pending)
    }

    /// The last record of a journal that is closed in order.
    pub(crate) fn closing_mark() -> (Self, Pending) {
        let (mark, pending) = Self::new(0, Vec::new(), true);
        (Self { internal: true, ..mark }, pending)
    }
}

/// First in, first out, bounded in records and bytes.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: VecDeque<Queued>,
    waiting_bytes: u64,
    pub(crate) closing: bool,
    pub(crate) poison: Option<Error>,
}

impl Queue {
    pub(crate) fn push(&mut self, queued: Queued, options: &Options) -> Result<(), Error> {
        self.accepts(queued.payload_bytes.into(), options)?;
        self.waiting_bytes += u64::from(queued.payload_bytes);
        self.waiting.push_back(queued);
        Ok(())
    }

    /// Whether a record of this size would be taken now.
    pub(crate) fn accepts(&self, payload_bytes: u64, options: &Options) -> Result<(), Error> {
        if let Some(poison) = &self.poison {
            return Err(poison.clone());
        }
        if self.closing {
            return Err(Error::Closed);
        }
        let full = self.waiting.len() >= limits::QUEUE_RECORDS_MAX
            || self.waiting_bytes + payload_bytes > options.queue_bytes_max;
        if full {
            return Err(Error::Busy { waiting_bytes: self.waiting_bytes });
        }
        Ok(())
    }

    /// Takes the next group, oldest first. At least one record when there is one.
    pub(crate) fn take_group(&mut self) -> VecDeque<Queued> {
        let mut group_bytes = 0;
        let mut count = 0;
        for queued in self.waiting.iter().take(limits::GROUP_RECORDS_MAX) {
            group_bytes += u64::from(queued.payload_bytes);
            if count > 0 && group_bytes > limits::GROUP_BYTES_MAX {
                break;
            }
            count += 1;
        }
        let group: VecDeque<Queued> = self.waiting.drain(..count).collect();
        self.waiting_bytes -= group.iter().map(|queued| u64::from(queued.payload_bytes)).sum::<u64>();
        group
    }

    /// Refuses everything from now on, and gives back what waited.
    pub(crate) fn fail(&mut self, cause: &Error) -> VecDeque<Queued> {
        self.poison.get_or_insert_with(|| Error::poisoned(cause));
        self.waiting_bytes = 0;
        std::mem::take(&mut self.waiting)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options { record_bytes_max: 100, queue_bytes_max: 150, ..Options::default() }
    }

    #[test]
    fn a_full_queue_says_so_and_keeps_what_it_has() {
        let mut queue = Queue::default();
        let (first, _pending) = Queued::new(1, vec![0; 100], false);
        queue.push(first, &options()).expect("the first fits");
        let (second, _pending) = Queued::new(1, vec![0; 100], false);
        assert_eq!(queue.push(second, &options()), Err(Error::Busy { waiting_bytes: 100 }));
        assert_eq!(queue.take_group().len(), 1);
        let (third, _pending) = Queued::new(1, vec![0; 100], false);
        assert_eq!(queue.push(third, &options()), Ok(()));
    }

    #[test]
    fn the_number_of_records_is_bounded_too() {
        let mut queue = Queue::default();
        for _ in 0..limits::QUEUE_RECORDS_MAX {
            queue.push(Queued::new(1, Vec::new(), false).0, &options()).expect("it fits");
        }
        assert!(matches!(
            queue.push(Queued::new(1, Vec::new(), false).0, &options()),
            Err(Error::Busy { .. })
        ));
        assert_eq!(queue.take_group().len(), limits::GROUP_RECORDS_MAX);
    }

    #[test]
    fn a_failure_empties_and_closes() {
        let mut queue = Queue::default();
        queue.push(Queued::new(1, vec![0; 10], false).0, &options()).expect("it fits");
        let cause = Error::DiskFull { action: "write" };
        assert_eq!(queue.fail(&cause).len(), 1);
        let refused = queue.push(Queued::new(1, vec![0; 10], false).0, &options());
        assert_eq!(refused, Err(Error::poisoned(&cause)));
    }
}
