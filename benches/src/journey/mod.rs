//! One screening from three slaps and a portrait to the gateway's signed receipt, timed part by part.
//!
//! The parts are calls of the rooms themselves, in the order in which a capture travels: segment, quality, face,
//! sequence, encode, envelope, key, seal, fsync, send. The sending end is the kiosk's own (`capture::link`), which
//! verifies the receipt; the receiving end is the real `gateway` with a simulated central system behind it.
//!
//! Left out on purpose: the devices themselves and the person before them, which take seconds and are not ours; and
//! the kiosk's screens.

mod case;
mod kiosk;
mod site;

pub use case::{Case, Judged};
pub use kiosk::{Kiosk, PARTS_AGAINST};
pub use site::RunningSite;
