//! The order that makes a sensor live, as a value only a session can make.
//!
//! Whoever switches a sensor on must hand a [`SensorPermit`] over, and a permit comes into being in one place: where a
//! session has just found every gate of its person closed. So a sensor that is switched on past the gates is not a
//! rule that somebody forgot to ask, it is a program that does not compile:
//!
//! ```compile_fail
//! let permit = capture::session::SensorPermit(());
//! ```
//!
//! ```compile_fail
//! let permit = capture::session::SensorPermit::default();
//! ```

use jiff::Timestamp;

use super::planted::Planted;
use super::{Denied, Session};

/// Every gate was closed when this was made (Art. 13, 14, 42).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SensorPermit(());

impl Session {
    /// Looks at every gate as it stands at `now`.
    pub(super) fn permit(&self, now: Timestamp) -> Result<SensorPermit, Denied> {
        if self.gates_open(now) && !self.planted(Planted::SensorWithoutGates) {
            return Err(Denied::GatesOpen);
        }
        Ok(SensorPermit(()))
    }
}
