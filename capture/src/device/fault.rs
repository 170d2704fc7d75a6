//! What can go wrong with a device, in words an officer can act on.
//!
//! Grouped by what to do: connect it, free it, try again, replace it, correct the configuration. No variant holds
//! personal data or image bytes. Codes C-02xx are explained in `docs/reference/errors/capture.md`.

/// What can go wrong with a device. Codes C-02xx.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// No such device is connected.
    #[error("device \"{device}\" was not found: {detail}; connect it or correct the kiosk configuration")]
    Missing {
        /// Identifier in the configuration.
        device: String,
        /// What was looked for and not found.
        detail: String,
    },
    /// The device went away or misbehaved during a call.
    #[error("device \"{device}\" stopped working: {detail}; check its cable, then try again")]
    Broken {
        /// Identifier in the configuration.
        device: String,
        /// What happened, in the driver's words, without personal data.
        detail: String,
    },
    /// The device delivered something that is not a usable image.
    #[error("device \"{device}\" delivered an unusable image: {detail}; try again")]
    BadImage {
        /// Identifier in the configuration.
        device: String,
        /// What is wrong with it.
        detail: String,
    },
    /// Its configuration cannot work.
    #[error("device \"{device}\" is not configured in a way that can work: {detail}")]
    Configuration {
        /// Identifier in the configuration.
        device: String,
        /// Which option and why.
        detail: String,
    },
    /// Nobody put fingers on the platen in time.
    #[error("nothing was placed on the sensor in time; try again when the person is ready")]
    DeadlinePassed,
    /// The session ended the capture.
    #[error("the capture was stopped")]
    Cancelled,
    /// Another program or another call holds it.
    #[error("device \"{device}\" is in use by another program; close that program, then try again")]
    Busy {
        /// Identifier in the configuration.
        device: String,
    },
    /// The device or its driver does not answer at all, not even to be stopped.
    #[error("device \"{device}\" does not answer; unplug it, plug it in again, then try again")]
    Stalled {
        /// Identifier in the configuration.
        device: String,
    },
    /// The system does not let this program use it.
    #[error(
        "device \"{device}\" is there but may not be used by this program; install the device rule of this kiosk"
    )]
    Denied {
        /// Identifier in the configuration.
        device: String,
    },
    /// It cannot do what was asked, for example four fingers on a one-finger reader.
    #[error("device \"{device}\" cannot do this: {detail}; use another device for this step")]
    Unsuited {
        /// Identifier in the configuration.
        device: String,
        /// What was asked and what it can do.
        detail: String,
    },
    /// What it says is not believed: signature, certificate, identity or chain.
    #[error("device \"{device}\" is not trusted: {detail}; nothing of it was taken; report it to the site")]
    Untrusted {
        /// Identifier in the configuration.
        device: String,
        /// What is not believed, without personal data.
        detail: String,
    },
    /// Its own service or program refused.
    #[error("device \"{device}\" refused: {detail}")]
    Refused {
        /// Identifier in the configuration.
        device: String,
        /// What it said, in our words, with advice.
        detail: String,
    },
    /// It was asked to capture while closed: the session has not enabled it.
    #[error("device \"{device}\" is switched off; the session has to enable it before a capture")]
    Closed {
        /// Identifier in the configuration.
        device: String,
    },
}

impl Fault {
    /// Stable code, explained in `docs/reference/errors/capture.md`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "C-0201",
            Self::Broken { .. } => "C-0202",
            Self::BadImage { .. } => "C-0203",
            Self::Configuration { .. } => "C-0204",
            Self::DeadlinePassed => "C-0205",
            Self::Cancelled => "C-0206",
            Self::Busy { .. } => "C-0207",
            Self::Stalled { .. } => "C-0208",
            Self::Denied { .. } => "C-0209",
            Self::Unsuited { .. } => "C-0210",
            Self::Closed { .. } => "C-0211",
            Self::Untrusted { .. } => "C-0212",
            Self::Refused { .. } => "C-0213",
        }
    }
}
