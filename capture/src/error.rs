//! Everything that can go wrong in the kiosk, with a stable code each.
//!
//! Grouped by who can act: the site (start-up), a device, the officer (session and screens), the disk (store) and
//! the other side (link). No variant holds personal data. Codes are explained in `docs/reference/errors/capture.md`.

use crate::device;

/// The one error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A device.
    #[error(transparent)]
    Device(#[from] device::Fault),
}

impl Error {
    /// Stable code, explained in `docs/reference/errors/capture.md`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Device(fault) => fault.code(),
        }
    }
}
