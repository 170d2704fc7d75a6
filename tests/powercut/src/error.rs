//! Why a run ended.

/// An error of a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something around the run does not work: no statement about the gateway.
    #[error("the run cannot go on: {0}")]
    Broken(String),
    /// This machine or this user cannot mount the disk.
    #[error("the disk cannot be mounted here: {0}. It needs /dev/fuse and the right to mount.")]
    NotHere(String),
    /// The gateway broke a promise.
    #[error("violated: {0}")]
    Violated(String),
}

impl From<e2e::Error> for Error {
    fn from(error: e2e::Error) -> Self {
        Self::Broken(error.to_string())
    }
}
