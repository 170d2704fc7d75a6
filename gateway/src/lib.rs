//! The national gateway: accepts, stores, sends or lets operators key, answers, and proves it.
//!
//! ```text
//! link ── Hub ── engine (pure)          what was accepted, whose turn it is
//! console ┘ ├── store                   journal of changes, sealed content, keys, index
//!           ├── audit                   hash-chained, signed lines
//!           └── lane                    the central system
//! ```
//!
//! Invariant: nothing is told to anybody before it is durable, and nothing is durable without an audit line.

pub mod audit;
pub mod console;
pub mod daemon;
pub mod engine;
mod error;
pub mod fairness;
mod hex;
pub mod hub;
pub mod lane;
pub mod limits;
pub mod link;
pub mod parameters;
pub mod purpose;
pub mod revocation;
pub mod serve;
pub mod site;
pub mod store;
pub mod tls;
pub mod watch;

pub use error::Error;
