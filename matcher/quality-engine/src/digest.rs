//! Which file the executable is: its SHA-256 digest, and a cheap look whether it may have changed since.

use std::fmt;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::Error;

/// A SHA-256 digest, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    pub(crate) fn of_file(path: &Path) -> Result<Self, Error> {
        let unreadable = |error: std::io::Error| Error::NotThere(error.kind());
        let mut file = std::fs::File::open(path).map_err(unreadable)?;
        let mut hash = Sha256::new();
        let mut part = vec![0u8; 64 << 10];
        loop {
            let count = file.read(&mut part).map_err(unreadable)?;
            if count == 0 {
                return Ok(Self(hash.finalize().into()));
            }
            hash.update(&part[..count]);
        }
    }

    /// Digest of a file, for a site that prepares its configuration.
    ///
    /// # Errors
    /// [`Error::NotThere`].
    pub fn of(path: &Path) -> Result<Self, Error> {
        Self::of_file(path)
    }
}

impl FromStr for Digest {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a SHA-256 digest has 64 hexadecimal digits";
        let mut bytes = [0u8; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong);
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| wrong)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// Size, change time and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint([i128; 4]);

impl Fingerprint {
    pub(crate) fn of(path: &Path) -> Result<Self, Error> {
        let about = std::fs::metadata(path).map_err(|error| Error::NotThere(error.kind()))?;
        let (seconds, nanoseconds) = (about.ctime(), about.ctime_nsec());
        Ok(Self([about.size().into(), about.ino().into(), seconds.into(), nanoseconds.into()]))
    }
}
