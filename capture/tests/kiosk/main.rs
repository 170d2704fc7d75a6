//! The kiosk from outside: how it starts, what it answers over HTTP, and what it makes of a gateway.
//!
//! One binary, because linking is the slow part.

mod fixture;
mod link;
mod screens;
mod start;
