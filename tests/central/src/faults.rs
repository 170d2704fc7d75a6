//! Faults that can be switched on, so that the other side can show what it does about them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::limits;

/// What goes wrong at present. All off at the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// Every request over the link is refused with 503.
    pub down: bool,
    /// Every request over the link waits this long first.
    pub slow_ms: u64,
    /// Every new message is answered with a rejection.
    pub reject: bool,
    /// Every answer is delivered a second time under another answer id.
    pub answer_twice: bool,
    /// Messages are taken in, but the connection breaks before the acknowledgement is sent.
    pub lose_answer: bool,
}

impl Faults {
    /// The artificial delay, bounded.
    pub fn delay(&self) -> Duration {
        Duration::from_millis(self.slow_ms).min(limits::SLOW_MAX)
    }
}
