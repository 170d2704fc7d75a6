//! What can go wrong between kiosk and gateway, and what the outbox makes of it. Codes C-06xx.

use std::error::Error as StdError;

use jiff::SignedDuration;

use crate::outbox::Failure;

/// A failed exchange with the gateway. Nothing is lost by any of them: the case stays sealed on the kiosk.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// Nobody answers.
    #[error(
        "the gateway cannot be reached ({detail}); cases stay sealed here and are sent by themselves once it answers"
    )]
    Unreachable {
        /// What the attempt ended with.
        detail: String,
    },
    /// TLS: one side does not accept the other's certificate.
    #[error(
        "kiosk and gateway do not accept each other's certificate ({detail}); check the certificates of this kiosk and their dates; cases stay sealed here"
    )]
    CertificateRefused {
        /// What TLS said.
        detail: String,
    },
    /// The gateway knows the certificate but has no right for it.
    #[error(
        "the gateway does not let this kiosk send ({gateway_code}); the gateway's partner table must name this kiosk; cases stay sealed here"
    )]
    NotAdmitted {
        /// The gateway's own code.
        gateway_code: String,
    },
    /// The message is not taken as it is.
    #[error(
        "the gateway did not take this case ({gateway_code}: {detail}); it stays sealed here until somebody lets it be tried again"
    )]
    Rejected {
        /// The gateway's own code.
        gateway_code: String,
        /// The gateway's findings, without personal data.
        detail: String,
    },
    /// A receipt that proves nothing.
    #[error(
        "the gateway's receipt proves nothing: {detail}; the case is kept; the gateway's signing key or this kiosk's copy of it must be checked"
    )]
    ReceiptInvalid {
        /// What is wrong with it.
        detail: String,
    },
    /// Not now.
    #[error(
        "the gateway cannot take anything at the moment ({gateway_code}); cases stay sealed here and are sent by themselves"
    )]
    Busy {
        /// The gateway's own code.
        gateway_code: String,
        /// When it wants to be asked again, in seconds.
        retry_after_s: Option<u32>,
    },
    /// An answer outside the agreement.
    #[error(
        "the gateway answered something unexpected ({detail}); versions of kiosk and gateway may not fit"
    )]
    Unexpected {
        /// What came.
        detail: String,
    },
    /// The client cannot be built.
    #[error(
        "the connection to the gateway cannot be set up: {detail}; correct the [gateway] part of the kiosk's configuration"
    )]
    Setup {
        /// Which part.
        detail: String,
    },
}

impl LinkError {
    /// Stable code, explained in `docs/reference/errors/capture.md`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "C-0601",
            Self::CertificateRefused { .. } => "C-0602",
            Self::NotAdmitted { .. } => "C-0603",
            Self::Rejected { .. } => "C-0604",
            Self::ReceiptInvalid { .. } => "C-0605",
            Self::Busy { .. } => "C-0606",
            Self::Unexpected { .. } => "C-0607",
            Self::Setup { .. } => "C-0608",
        }
    }

    /// What the outbox makes of it. An invalid receipt and an unexpected answer back off like an unreachable gateway:
    /// the message may well have arrived, and sending it again is harmless.
    #[must_use]
    pub fn to_failure(&self) -> Failure {
        let code = self.code().to_owned();
        match self {
            Self::Rejected { .. } => Failure::Rejected { code },
            Self::CertificateRefused { .. } | Self::NotAdmitted { .. } | Self::Setup { .. } => {
                Failure::Refused { code }
            }
            Self::Busy { retry_after_s, .. } => {
                let retry_after = retry_after_s.map(|seconds| SignedDuration::from_secs(i64::from(seconds)));
                Failure::Busy { code, retry_after }
            }
            Self::Unreachable { .. } | Self::ReceiptInvalid { .. } | Self::Unexpected { .. } => {
                Failure::Unreachable { code }
            }
        }
    }
}

/// Sorts a failed exchange: trouble with certificates is told apart from silence.
pub(super) fn from_reqwest(error: &reqwest::Error) -> LinkError {
    let mut source: Option<&(dyn StdError + 'static)> = Some(error);
    let mut last = String::new();
    while let Some(found) = source {
        if let Some(tls) = tls_error(found) {
            if is_about_certificates(tls) {
                return LinkError::CertificateRefused { detail: tls.to_string() };
            }
            return LinkError::Unreachable { detail: tls.to_string() };
        }
        last = found.to_string();
        source = found.source();
    }
    if error.is_timeout() {
        last = "no answer in time".to_owned();
    }
    LinkError::Unreachable { detail: last }
}

/// A TLS error may sit in an I/O error, which may sit in another one.
fn tls_error<'a>(found: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    if let Some(tls) = found.downcast_ref::<rustls::Error>() {
        return Some(tls);
    }
    let inner = found.downcast_ref::<std::io::Error>()?.get_ref()?;
    tls_error(inner)
}

fn is_about_certificates(error: &rustls::Error) -> bool {
    use rustls::AlertDescription as Alert;
    match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => true,
        rustls::Error::AlertReceived(alert) => matches!(
            alert,
            Alert::BadCertificate
                | Alert::UnsupportedCertificate
                | Alert::CertificateRevoked
                | Alert::CertificateExpired
                | Alert::CertificateUnknown
                | Alert::CertificateRequired
                | Alert::UnknownCA
                | Alert::AccessDenied
                | Alert::DecryptError
                | Alert::HandshakeFailure
        ),
        _ => false,
    }
}
