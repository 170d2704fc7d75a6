//! What can go wrong while a throw-away site is built or a day is played, for the person who runs the demo.

/// An error of the demo or of a journey.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder of the site cannot be used.
    #[error("{path}: {reason}. Check that the folder may be written and the disk has room.")]
    File {
        /// The file or folder.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// A key or certificate of the throw-away site could not be made.
    #[error("a certificate could not be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A part of the site's configuration could not be made.
    #[error("the site could not be set up: {0}")]
    Site(String),
    /// A program does not run.
    #[error("{program} does not run: {reason}")]
    Start {
        /// The program.
        program: String,
        /// What happened.
        reason: String,
    },
    /// The folder of prints cannot be replayed.
    #[error(
        "the prints in {folder} cannot be replayed: {reason}. It needs files named FFF_I (finger, impression) with at least ten fingers and two impressions, as .png, .wsq or .tif."
    )]
    Prints {
        /// The folder.
        folder: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A request to one of the programs failed.
    #[error("{to} did not answer as expected: {reason}")]
    Request {
        /// Which program.
        to: String,
        /// What came instead.
        reason: String,
    },
    /// Something that should have happened did not, in time.
    #[error("waited {seconds} s in vain: {what}")]
    InVain {
        /// What was waited for.
        what: String,
        /// For how long.
        seconds: u64,
    },
    /// A story ended otherwise than described.
    #[error("{0}")]
    Unexpected(String),
}

impl Error {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File { .. } => "D-0101",
            Self::Certificate(_) => "D-0102",
            Self::Site(_) => "D-0103",
            Self::Start { .. } => "D-0104",
            Self::Prints { .. } => "D-0105",
            Self::Request { .. } => "D-0201",
            Self::InVain { .. } => "D-0202",
            Self::Unexpected(_) => "D-0203",
        }
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Self::Request {
            to: error.url().map_or("a program".to_owned(), |url| url.origin().ascii_serialization()),
            reason: error.to_string(),
        }
    }
}
