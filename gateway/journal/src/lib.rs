//! Append-only, checksummed, group-committed journal with sealed records.
//!
//! The journal is the truth of the appliance: a kiosk and a gateway may only tell somebody that a
//! record is kept after [`Pending`] has resolved, and from then on the record survives a power cut.
//! Everything else (indexes, screens, counters) is derived from it and can be rebuilt.
//!
//! ```
//! # fn main() -> Result<(), journal::Error> {
//! # let folder = tempfile::tempdir().expect("a temporary folder");
//! use journal::{Journal, Options};
//!
//! let options = Options { disk_margin_bytes_min: 0, ..Options::default() };
//! let (journal, recovery) = Journal::open(folder.path(), options)?;
//! assert!(recovery.damaged.is_empty());
//!
//! let position = journal.append(1, b"an event".to_vec())?; // durable when this returns
//! assert_eq!(journal.read(position)?.payload, b"an event");
//! for entry in journal.replay() {
//!     let (_position, record) = entry?;
//!     assert_eq!(record.kind, 1);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Invariants, each with a test that can fail:
//!
//! 1. An acknowledged record is readable after any power cut, in the order of submission.
//! 2. A record whose check does not match is never served; it is named in [`Recovery`].
//! 3. What survives of records that were *not* acknowledged is a prefix of them: a record is never
//!    served when an earlier one is missing because of a cut.
//! 4. After a failed write or sync nothing is acknowledged until the journal is opened again.
//! 5. A page that is known to be durable is never written again.
//! 6. A segment that was retired is told from one that was lost.
//!
//! Beside the journal, what kiosk and gateway need alike of sealing: keys that can be destroyed alone ([`keys`],
//! [`seal`]) and files that travel by hand ([`carry`]).
//!
//! Left out on purpose: an index (see `gateway`), compaction by copying, and any knowledge of what
//! a record means. Only the folder that [`Journal::open`] was given is touched. The byte layout is
//! in `docs/reference/journal.md`.

pub mod carry;
mod disk;
mod error;
mod frame;
mod journal;
pub mod keys;
pub mod limits;
mod options;
mod pending;
mod position;
mod queue;
mod recovery;
mod replay;
mod retired;
mod scan;
pub mod seal;
mod segment;
pub mod sim;
mod writer;

#[cfg(test)]
mod proof;

pub use disk::{Disk, DiskFile, RealDisk};
pub use error::Error;
pub use frame::Record;
pub use journal::{Committer, Journal, check};
pub use options::Options;
pub use pending::Pending;
pub use position::Position;
pub use recovery::{Damage, Extent, Recovery, Torn};
pub use replay::Replay;
pub use retired::RETIRED_LIST;
