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
    /// Start-up.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Building the container or envelope of a case.
    #[error(
        "the case could not be put into the form of the ICD profile ({0}); correct what it names, then seal again"
    )]
    Container(#[from] icd::Error),
    /// A screen or a script asked for something that cannot be.
    #[error(transparent)]
    Request(#[from] RequestError),
}

impl From<journal::carry::CarryError> for Error {
    fn from(error: journal::carry::CarryError) -> Self {
        Self::Store(StoreError::Carry(error))
    }
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
            Self::Start(error) => error.code(),
            Self::Container(_) => "C-0449",
            Self::Request(error) => error.code(),
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
    /// No key to seal carried files for.
    #[error(
        "this kiosk does not know the gateway's key for carried files yet; connect it to the gateway once, or put the gateway's carrying-key.json into the storage folder"
    )]
    NoCarryingKey,
    /// The medium, or the file on it.
    #[error("the carried file could not be written or read: {0}; every case is still kept here")]
    Carry(#[from] journal::carry::CarryError),
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
            Self::NoCarryingKey => "C-0508",
            Self::Carry(_) => "C-0509",
        }
    }
}

/// What keeps a kiosk from starting. Codes C-01xx.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A file is not there or may not be read.
    #[error("{file} cannot be read ({reason}); check the path and who may read it")]
    Unreadable {
        /// Which file.
        file: String,
        /// What the system says.
        reason: String,
    },
    /// Unsigned, altered or wrong configuration.
    #[error("{file} is not used: {source}")]
    Configuration {
        /// Which file.
        file: String,
        /// What is wrong.
        source: Box<firmware_config::Error>,
    },
    /// The address of the screen is taken.
    #[error(
        "{address} is in use by another program; stop it, or change listen.screen in kiosk.toml and sign it again"
    )]
    PortInUse {
        /// The address.
        address: String,
    },
    /// The address of the screen cannot be used.
    #[error("the screen cannot be served at {address} ({reason}); correct listen.screen in kiosk.toml")]
    Listen {
        /// The address.
        address: String,
        /// What the system says.
        reason: String,
    },
    /// Folder, key or disk of the case store.
    #[error(
        "the case store cannot be used: {detail}; the folder must be writable by this program and its site key readable"
    )]
    Storage {
        /// What is wrong.
        detail: String,
    },
    /// No device for a part of the plan.
    #[error("no device for {purpose} is configured; add a [[device]] to kiosk.toml and sign it again")]
    NoDevice {
        /// Fingers or face.
        purpose: &'static str,
    },
    /// The ICD profile.
    #[error("the ICD profile cannot be used: {detail}")]
    Profile {
        /// What is wrong.
        detail: String,
    },
    /// A leaflet that is not the one the site signed for.
    #[error(
        "leaflet \"{id}\" is not used: {reason}; put the signed file back, or write the new one's sha256 into kiosk.toml and sign it again"
    )]
    Leaflet {
        /// Which.
        id: String,
        /// What is wrong.
        reason: String,
    },
    /// Threads or runtime.
    #[error("the operating system did not give the program what it needs ({detail})")]
    System {
        /// What is missing.
        detail: String,
    },
}

impl StartError {
    /// Stable code, explained in `docs/reference/errors/capture.md`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "C-0101",
            Self::Configuration { .. } => "C-0102",
            Self::PortInUse { .. } => "C-0103",
            Self::Listen { .. } => "C-0104",
            Self::Storage { .. } => "C-0105",
            Self::NoDevice { .. } => "C-0106",
            Self::Profile { .. } => "C-0107",
            Self::System { .. } => "C-0108",
            Self::Leaflet { .. } => "C-0109",
        }
    }
}

/// What a screen or script asked for and cannot have. Codes C-07xx.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// Not signed in, or too long idle.
    #[error("nobody is signed in, or the sign-in has ended after a pause; sign in again")]
    NotSignedIn,
    /// Wrong identifier, PIN or code.
    #[error("identifier, PIN and code do not belong together; check them and try again")]
    SignInMismatch,
    /// Too many wrong sign-ins.
    #[error("too many sign-ins with a wrong PIN or code; wait a minute, then try again")]
    SignInPaused,
    /// Not a screening officer.
    #[error("the staff register does not let you capture; a screening officer must sign in")]
    NotAllowed,
    /// Form from another page or an old one.
    #[error("this form is too old or comes from another page; open the page again and repeat the step")]
    StaleForm,
    /// Host or origin is not the kiosk's own.
    #[error("this address is not the kiosk's own; open the kiosk's screen at the address it was set up with")]
    ForeignHost,
    /// A field has a value that cannot be.
    #[error("the field \"{field}\" has a value this kiosk does not know; {expected}")]
    Field {
        /// Which field.
        field: &'static str,
        /// What would be right.
        expected: &'static str,
    },
    /// No such page.
    #[error("there is no such page on this kiosk")]
    NoPage,
    /// Body too large, or not a form.
    #[error("the request is too large or not a form")]
    BadForm,
    /// Too many open streams.
    #[error("too many event streams are open; close other windows")]
    TooManyStreams,
    /// The category cannot be captured here.
    #[error("this category is not captured at a kiosk, or not yet in force; choose another one")]
    Category,
    /// There is no live picture.
    #[error("no sensor of this case is on, so there is nothing to see or to take; start the step again")]
    Dark,
    /// No PDF.
    #[error(transparent)]
    Paper(#[from] crate::paper::PaperError),
    /// The core thread is gone or overloaded.
    #[error("the kiosk is busy; repeat the step in a moment")]
    Busy,
}

impl RequestError {
    /// Stable code, explained in `docs/reference/errors/capture.md`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSignedIn => "C-0701",
            Self::SignInMismatch => "C-0702",
            Self::SignInPaused => "C-0703",
            Self::NotAllowed => "C-0704",
            Self::StaleForm => "C-0705",
            Self::ForeignHost => "C-0706",
            Self::Field { .. } => "C-0707",
            Self::NoPage => "C-0708",
            Self::BadForm => "C-0709",
            Self::TooManyStreams => "C-0710",
            Self::Category => "C-0711",
            Self::Busy => "C-0712",
            Self::Paper(_) => "C-0713",
            Self::Dark => "C-0730",
        }
    }
}
