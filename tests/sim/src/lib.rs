//! Seeded simulation: kiosks, partners, operators, the central system, clock, disks and network around the gateway's
//! real engine, store and journal.
//!
//! One run is one seed. Everything that happens follows from it, so that a failing seed fails again:
//! `cargo run -p sim -- --seed N` repeats one and tells its last steps, `cargo run -p sim -- --seeds 100000` runs many.
//!
//! Faults it injects: the process killed between any two steps; the power cut between any two disk calls, with unsynced
//! writes dropped, torn by page or sector, or replaced by garbage; index rows lost without a word; disk full; a write or
//! sync that fails; messages sent again, also days later, and with other content; replies lost, delayed, out of order;
//! the central system away, refusing, forgetting, denying, repeating itself under other identifiers, answering what was
//! never asked; certificates that expire on either side; a clock that jumps ahead by days and back again; operators who
//! click twice, forget their claims, key and do not confirm; interfaces that open and close in the middle of it all.
//!
//! Faults it does not inject: bit rot (`gateway/journal/tests/rot.rs` does), a disk that lies about its own cache.
//!
//! What is checked after every step is in [`model`]: the invariants 4, 5 and 6 of `ARCHITECTURE.md`.

mod gateway_edge;
mod model;
mod operators;
mod outage;
mod outside;
mod steps;
mod world;

pub use outage::{Outage, outage};
pub use world::{Planted, Report, run};
