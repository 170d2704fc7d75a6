//! Synthetic fingers: seeded ten-finger sets for the virtual scanner, the demo and the scale tests.
//!
//! [`Person`] owns ten fingers that are grown once; [`Person::impression`] lays one on a sensor in a given
//! [`Condition`]; [`compose_slap`] places prints (made up or real) on a ten-print platen and tells where
//! they lie.
//!
//! Invariants:
//! - The same seed gives the same pixels on every machine: only exactly defined arithmetic is used (see
//!   `math`), and all randomness comes from ChaCha streams keyed by seed, finger, visit and purpose.
//! - Nothing here looks like a real person's print on purpose: nothing is learnt from data, nothing is
//!   stored.
//!
//! Not for accuracy claims: made-up prints match better than skin does, so error rates measured on them say
//! nothing about real people (docs/reference/synthetic-prints.md).

mod grow;
mod impression;
mod master;
mod math;
mod minutiae;
mod parameters;
mod pattern;
mod person;
mod print_area;
mod random;
mod scene;
mod slap;
mod surroundings;

pub use impression::Condition;
pub use minutiae::TrueMinutia;
pub use pattern::PatternClass;
pub use person::{Impression, Person};
pub use scene::{Defect, Scene};
pub use slap::{FingerBox, Placement, SlapTruth, compose_slap};
pub use surroundings::Surroundings;
