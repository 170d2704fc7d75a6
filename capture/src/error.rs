//! Everything that can go wrong in the kiosk, with a stable code each.
//!
//! Grouped by who can act: the site (start-up, C-01xx), a device (C-02xx), the officer (session, C-04xx; screens,
//! C-07xx), the disk (store, C-05xx) and the other side (link, C-06xx). No variant holds personal data. Codes are
//! explained in `docs/reference/errors/capture.md`.

use crate::device;
use crate::link::LinkError;
use crate::session::Denied;

/// The one error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A device.
    #[error(transparent)]
    Device(#[from] device::Fault),
    /// The session does not allow it as it stands.
    #[error(transparent)]
    Session(#[from] Denied),
    /// The case store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The gateway.
    #[error(transparent)]
    Link(#[from] LinkError),
}

impl Error {
    /// Stable code, explained in `docs/reference/errors/capture.md`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Device(fault) => fault.code(),
            Self::Session(denied) => denied.code(),
            Self::Store(error) => error.code(),
            Self::Link(error) => error.code(),
        }
    }
}

/// The case store. Codes C-05xx.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Journal, keys or disk.
    #[error("the case store could not keep or read something; nothing was half-done: {0}")]
    Journal(#[from] journal::Error),
    /// Unknown or erased.
    #[error("there is no such case on this kiosk; it was erased after delivery, or belongs to another kiosk")]
    NoCase,
    /// Unknown or destroyed image.
    #[error("this image is not kept any more")]
    NoPicture,
    /// A record that opens but does not read.
    #[error(
        "a stored record cannot be read; it was written by another version, or is damaged; keep the folder and report it"
    )]
    Unreadable,
    /// Over the bound.
    #[error("an image is larger than this kiosk keeps; it was not taken; check the device's settings")]
    PictureTooLarge,
    /// Over the bound.
    #[error("too many cases wait on this kiosk; bring it in reach of the gateway before opening more")]
    TooManyCases,
    /// A receipt for something else.
    #[error("this receipt does not belong to this case; the case is kept")]
    ReceiptOfOtherCase,
}

impl StoreError {
    /// Stable code, explained in `docs/reference/errors/capture.md`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Journal(_) => "C-0501",
            Self::NoCase => "C-0502",
            Self::NoPicture => "C-0503",
            Self::Unreadable => "C-0504",
            Self::PictureTooLarge => "C-0505",
            Self::TooManyCases => "C-0506",
            Self::ReceiptOfOtherCase => "C-0507",
        }
    }
}
