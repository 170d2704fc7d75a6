//! Journeys over the real programs as processes, with real TLS. One binary, because linking is the slow part.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a journey that cannot go on is a failed journey"
)]

mod bad_input;
mod central;
mod crash;
mod notices;
mod stage;
