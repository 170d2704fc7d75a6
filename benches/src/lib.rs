//! Measurements: the frame that every `race-…` program shares, and the parts of one screening that they time.
//!
//! A race runs its contestants in turns, round by round, on the same bytes: ours, the floor under us (raw disk, plain
//! TLS, `memcpy`) and, where a user has one, a peer. A busy neighbour then disturbs all of them alike, and the ratios
//! between them hold where the milliseconds do not.
//!
//! The way through the crate:
//!
//! ```text
//! Contestant ─ race (rounds in turns) ─ Laps ─ Summary ─ Report ─ Markdown | CSV | JSON
//! ```
//!
//! Invariants:
//! - No test of this crate, and no test that uses it, expects a time: tests cover arithmetic, order and rendering.
//! - What could not be measured is named in the report, never left out in silence.
//! - A report holds no host name, no path and nothing of a person; the people are synthetic.
//!
//! Left out on purpose: instruction counts, and plots.

mod error;
pub mod journey;
mod laps;
pub mod limits;
pub mod link;
pub mod machine;
pub mod output;
pub mod peer;
pub mod probe;
pub mod programs;
mod race;
mod report;
mod samples;
pub mod scratch;
pub mod store;
pub mod subject;

pub use error::Error;
pub use laps::{Laps, Part};
pub use race::{Contestant, Pace, race};
pub use report::{Report, Row};
pub use samples::{Samples, Summary};
