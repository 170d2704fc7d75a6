//! The national gateway: accepts, stores, sends or lets operators key, answers, and proves it.
//!
//! Invariant: nothing is told to anybody before it is durable.

pub mod engine;
mod hex;
pub mod limits;
pub mod parameters;
