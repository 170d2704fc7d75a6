//! Finding persons among many: a filter looks at every print, the careful comparison at what survives.
//!
//! ```text
//! Template ─ describe ─ filter (nearest bit strings, votes) ─ survivors ─ compare ─ fuse ─ candidates
//! ```
//!
//! The filter's scores are whole numbers made by the same arithmetic on every processor and thread, and ties go to the
//! lower id, so an answer depends on nothing but probe and gallery. Small galleries are compared exhaustively.

mod crowd;
mod describe;
mod filter;
mod gallery;
mod snapshot;

pub use nearest::Kernel;

pub use self::crowd::crowd_member;
pub use self::gallery::{Candidate, Effort, Gallery, Print};

#[cfg(test)]
mod tests;
