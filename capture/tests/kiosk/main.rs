//! The kiosk from outside: how it starts, what it answers over HTTP, and what it makes of a gateway.
//!
//! One binary, because linking is the slow part.

mod carry;
mod ended;
mod fixture;
mod killed;
mod link;
mod live;
mod proof;
mod reference_engine;
mod retake;
mod screens;
mod start;
mod swapped;
mod upload;
mod week;
