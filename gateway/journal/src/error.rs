//! What can go wrong, by who must act.
//!
//! One failure may be told to many waiting callers, so an error can be cloned and keeps the words of
//! the operating system instead of the `std::io::Error` itself. No variant carries a payload, a key
//! or an identifier of a case. Every code is explained in `docs/reference/errors/journal.md`.

use crate::position::Position;
use std::io;

/// Every failure of this crate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The caller must slow down: the queue in front of the disk is full.
    #[error(
        "J-0101: the journal's queue is full ({waiting_bytes} bytes wait for the disk); nothing was accepted; try again shortly"
    )]
    Busy {
        /// Bytes that wait for the disk.
        waiting_bytes: u64,
    },
    /// The record is larger than the options allow.
    #[error(
        "J-0102: the record has {record_bytes} bytes, the journal takes at most {record_bytes_max}; nothing was accepted; send less or raise the limit"
    )]
    TooLarge {
        /// Size of the refused payload.
        record_bytes: u64,
        /// The limit in force.
        record_bytes_max: u64,
    },
    /// Too little room is left to promise anything new.
    #[error(
        "J-0201: only {free_bytes} bytes are free, the site keeps a margin of {margin_bytes_min}; nothing was accepted; free space on this disk"
    )]
    DiskMargin {
        /// Free bytes found.
        free_bytes: u64,
        /// The margin in force.
        margin_bytes_min: u64,
    },
    /// The disk is full.
    #[error("J-0202: the disk is full ({action}); nothing was acknowledged; free space on this disk")]
    DiskFull {
        /// What was being done.
        action: &'static str,
    },
    /// The disk does not accept writes.
    #[error(
        "J-0203: the disk is mounted read-only ({action}); nothing was acknowledged; check the disk and mount it writable"
    )]
    ReadOnly {
        /// What was being done.
        action: &'static str,
    },
    /// The operating system reported another failure.
    #[error(
        "J-0204: the disk failed ({action}: {reason}); nothing was acknowledged; check the disk, then start again"
    )]
    Io {
        /// What was being done.
        action: &'static str,
        /// The words of the operating system.
        reason: String,
    },
    /// An earlier write failed, so nothing more is promised.
    #[error(
        "J-0205: the journal stopped after an earlier failure and accepts nothing until it is opened again; check the disk, then restart; first failure: {cause}"
    )]
    Poisoned {
        /// The first failure.
        cause: Box<Self>,
    },
    /// Another process works in this folder.
    #[error("J-0206: another process has this journal open; stop it before starting a second one")]
    Locked,
    /// The journal is being closed.
    #[error("J-0207: the journal was closed before this record became durable; it was not accepted")]
    Closed,
    /// The record at this position does not match its check.
    #[error(
        "J-0301: the record at {position} is damaged and is not served; restore it from a copy or ask its sender again"
    )]
    Damaged {
        /// Where.
        position: Position,
    },
    /// There is no record at this position.
    #[error("J-0302: there is no record at {position}; it was never written, or its segment was retired")]
    NotFound {
        /// Where.
        position: Position,
    },
    /// The options contradict each other or a limit.
    #[error("J-0401: the option {option} is {value}, allowed is {allowed}; correct the configuration")]
    Option {
        /// Which option.
        option: &'static str,
        /// Its value.
        value: u64,
        /// What would be allowed.
        allowed: String,
    },
    /// The folder holds more segments than this crate will look at.
    #[error("J-0402: the folder holds more than {segments_max} segments; retire old ones")]
    TooManySegments {
        /// The limit.
        segments_max: usize,
    },
    /// A segment was written by a newer version.
    #[error(
        "J-0403: segment {segment} has layout {found}, this program reads layout {supported}; start the newer program"
    )]
    Layout {
        /// Which segment.
        segment: u64,
        /// The layout found.
        found: u16,
        /// The layout that this program reads.
        supported: u16,
    },
    /// A sealed value did not open.
    #[error(
        "J-0501: the sealed bytes do not open with this key for this purpose; they are damaged, swapped, or belong to another case"
    )]
    Sealed,
    /// The system gave no randomness, or the cipher failed.
    #[error(
        "J-0502: the system's cryptography failed; nothing was sealed; restart, and replace the machine if it stays"
    )]
    Cryptography,
    /// The site key is not what a site key looks like.
    #[error("J-0503: the site key must be 32 bytes, raw or as 64 hexadecimal digits; provision it again")]
    SiteKey,
    /// No key is kept under this identifier.
    #[error("J-0504: no key is kept for this case; it was erased, or never made")]
    NoKey,
    /// A key is already kept under this identifier.
    #[error("J-0505: a key is already kept for this case and is not replaced")]
    KeyExists,
}

impl Error {
    /// The stable code, as documented in `docs/reference/errors/journal.md`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Busy { .. } => "J-0101",
            Self::TooLarge { .. } => "J-0102",
            Self::DiskMargin { .. } => "J-0201",
            Self::DiskFull { .. } => "J-0202",
            Self::ReadOnly { .. } => "J-0203",
            Self::Io { .. } => "J-0204",
            Self::Poisoned { .. } => "J-0205",
            Self::Locked => "J-0206",
            Self::Closed => "J-0207",
            Self::Damaged { .. } => "J-0301",
            Self::NotFound { .. } => "J-0302",
            Self::Option { .. } => "J-0401",
            Self::TooManySegments { .. } => "J-0402",
            Self::Layout { .. } => "J-0403",
            Self::Sealed => "J-0501",
            Self::Cryptography => "J-0502",
            Self::SiteKey => "J-0503",
            Self::NoKey => "J-0504",
            Self::KeyExists => "J-0505",
        }
    }

    /// True where the caller may try the same again later without anybody repairing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::DiskMargin { .. } | Self::DiskFull { .. })
    }

    pub(crate) fn from_io(action: &'static str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { action },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { action },
            kind => Self::Io { action, reason: kind.to_string() },
        }
    }

    pub(crate) fn poisoned(cause: &Self) -> Self {
        match cause {
            Self::Poisoned { .. } => cause.clone(),
            first => Self::Poisoned { cause: Box::new(first.clone()) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_variant() -> Vec<Error> {
        let position = Position::new(3, 4096);
        vec![
            Error::Busy { waiting_bytes: 1 },
            Error::TooLarge { record_bytes: 2, record_bytes_max: 1 },
            Error::DiskMargin { free_bytes: 1, margin_bytes_min: 2 },
            Error::DiskFull { action: "write" },
            Error::ReadOnly { action: "write" },
            Error::Io { action: "write", reason: "broken".into() },
            Error::Poisoned { cause: Box::new(Error::Closed) },
            Error::Locked,
            Error::Closed,
            Error::Damaged { position },
            Error::NotFound { position },
            Error::Option { option: "x", value: 1, allowed: "2".into() },
            Error::TooManySegments { segments_max: 1 },
            Error::Layout { segment: 1, found: 2, supported: 1 },
            Error::Sealed,
            Error::Cryptography,
            Error::SiteKey,
            Error::NoKey,
            Error::KeyExists,
        ]
    }

    #[test]
    fn every_code_is_shown_and_documented() {
        let page = include_str!("../../../docs/reference/errors/journal.md");
        for error in every_variant() {
            let code = error.code();
            assert!(error.to_string().starts_with(code), "{error} should start with {code}");
            assert!(page.contains(&format!("## {code} ")), "{code} is missing in the errors page");
        }
    }

    #[test]
    fn the_first_cause_stays_the_cause() {
        let first = Error::poisoned(&Error::DiskFull { action: "write" });
        assert_eq!(Error::poisoned(&first), first);
    }

    #[test]
    fn operating_system_errors_find_their_variant() {
        let check = |kind: io::ErrorKind, expect: &str| {
            assert_eq!(Error::from_io("write", &io::Error::from(kind)).code(), expect);
        };
        check(io::ErrorKind::StorageFull, "J-0202");
        check(io::ErrorKind::QuotaExceeded, "J-0202");
        check(io::ErrorKind::ReadOnlyFilesystem, "J-0203");
        check(io::ErrorKind::PermissionDenied, "J-0204");
    }
}
