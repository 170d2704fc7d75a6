//! The process protocol to NIST's official `nfiq2` executable, where a site has it installed.
//!
//! ```text
//! nfiq2 -F -a -v /proc/<own process>/fd/<picture>     CSV on standard output, one header and one row
//! ```
//!
//! `-F` keeps it from asking questions, `-a` and `-v` add the actionable values and the native measures. The picture is
//! an anonymous file in memory: a print never touches a disk on this way. What the answer means is
//! `matcher::quality::reference`'s to say.
//!
//! Invariants:
//! - Nothing is run whose SHA-256 digest is not the one that stands in the signed configuration. The digest is taken
//!   again whenever the file's size, change time or inode is another. Between the look and the start the site's file
//!   rights protect the file: it and its folder belong to root.
//! - The executable gets no environment, no input and a time limit; what it writes is bounded. What it started dies with it.
//! - No path of a picture, no pixel and no output appears in an error.

mod digest;
mod run;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

pub use digest::Digest;

use digest::Fingerprint;

/// What the signed configuration says about the executable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Absolute path of the executable.
    pub executable: PathBuf,
    /// Its SHA-256 digest.
    pub digest: Digest,
}

/// An executable that was found to be the configured one.
#[derive(Debug)]
pub struct QualityEngine {
    installation: Installation,
    known: Mutex<Fingerprint>,
}

impl QualityEngine {
    /// Looks at the executable and compares its digest.
    ///
    /// # Errors
    /// [`Error::NotThere`] or [`Error::OtherDigest`].
    pub fn open(installation: Installation) -> Result<Self, Error> {
        let known = Fingerprint::of(&installation.executable)?;
        check(&installation)?;
        Ok(Self { installation, known: Mutex::new(known) })
    }

    /// Where the executable is.
    #[must_use]
    pub fn executable(&self) -> &Path {
        &self.installation.executable
    }

    /// Runs the executable on an encoded picture (PNG with its resolution) and returns the CSV it printed.
    ///
    /// # Errors
    /// Any [`Error`]; the picture then simply has no reference score.
    pub fn csv(&self, picture: &[u8]) -> Result<String, Error> {
        self.csv_within(picture, run::RUN_TIMEOUT)
    }

    /// As [`Self::csv`], ended after `timeout` where somebody waits at the glass.
    ///
    /// # Errors
    /// Any [`Error`].
    pub fn csv_within(&self, picture: &[u8], timeout: Duration) -> Result<String, Error> {
        self.still_the_same()?;
        run::csv(&self.installation.executable, picture, timeout.min(run::RUN_TIMEOUT))
    }

    fn still_the_same(&self) -> Result<(), Error> {
        let now = Fingerprint::of(&self.installation.executable)?;
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *known != now {
            check(&self.installation)?;
            *known = now;
        }
        Ok(())
    }
}

fn check(installation: &Installation) -> Result<(), Error> {
    let found = Digest::of_file(&installation.executable)?;
    if found == installation.digest { Ok(()) } else { Err(Error::OtherDigest { found }) }
}

/// Why there is no answer of the reference.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The executable cannot be read.
    #[error(
        "M-0511: the nfiq2 executable cannot be read ({0}). Install NFIQ 2, correct the path, or judge with the own figure."
    )]
    NotThere(std::io::ErrorKind),
    /// It is another file than the configured one.
    #[error(
        "M-0512: the nfiq2 executable is not the approved one: its SHA-256 is {found}. Install the version that was approved, or approve this one."
    )]
    OtherDigest {
        /// Digest of what is there.
        found: Digest,
    },
    /// It could not be started or died.
    #[error("M-0513: nfiq2 did not run to its end ({0}). Run it by hand on any picture to see why.")]
    Failed(String),
    /// It took longer than allowed.
    #[error("M-0514: nfiq2 gave no answer within {} ms and was ended. Check the load of this machine.", .0.as_millis())]
    TooSlow(Duration),
    /// It wrote more than an answer can be, or no text.
    #[error(
        "M-0515: what nfiq2 wrote is no answer (too long, or no text). Check that the executable is NIST's."
    )]
    NoText,
}

impl Error {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotThere(_) => "M-0511",
            Self::OtherDigest { .. } => "M-0512",
            Self::Failed(_) => "M-0513",
            Self::TooSlow(_) => "M-0514",
            Self::NoText => "M-0515",
        }
    }
}
