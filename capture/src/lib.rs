//! The kiosk: devices, child-safeguard session, sealed case store, outbox, screens.
//!
//! A capture travels one way: `device` gives an image, `live` judges it finger by finger, `session` decides
//! what may happen next, `store` seals what was accepted, `outbox` decides when to send and `link` sends it.
//! `screens` shows the state of all of them; `daemon` is the only place where they meet.
//!
//! Invariants of this crate:
//! * `session` and `outbox` are pure: events and `now` come in, actions go out. No clock, thread, file or socket.
//! * A sensor is enabled only by [`session::Action::EnableSensor`], and the engine emits it only while every gate
//!   that the case needs is closed (Regulation (EU) 2024/1358, Art. 13 and 14).
//! * There is no step, field or route by which force or a sanction is applied to anybody.
//! * A case is erased (its key destroyed) only after a receipt whose signature and content digest were verified.

pub mod daemon;
pub mod device;
pub mod error;
pub mod face;
pub mod limits;
pub mod link;
pub mod live;
pub mod outbox;
pub mod paper;
pub mod parameters;
pub mod screens;
pub mod session;
pub mod store;

pub use error::Error;
