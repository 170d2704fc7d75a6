//! The whole system on one machine: throw-away site, scripted day, end-to-end tests.
//!
//! `demo` builds a site, starts the programs as real processes and plays a day through the same interfaces that the
//! screens use. The journeys in `tests/` use the same parts.

pub mod bridge;
pub mod central;
pub mod client;
pub mod day;
mod error;
pub mod fixture;
pub mod kiosk;
pub mod link;
pub mod operator;
pub mod pki;
pub mod prints;
pub mod process;
pub mod running;
pub mod site;
pub mod timeline;

pub use error::Error;
