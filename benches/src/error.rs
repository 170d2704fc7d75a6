//! What keeps a measurement from being made, for the person who runs it.

/// An error of a race.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something that is being timed failed, so its time would mean nothing.
    #[error("{part} failed while it was measured: {reason}. No figure was taken; repair that first.")]
    Part {
        /// What was being timed.
        part: String,
        /// What went wrong.
        reason: String,
    },
    /// The programs that the race runs as processes could not be built.
    #[error(
        "the programs under measurement could not be built: {reason}. Build them with `cargo build --release -p gateway -p central`, or measure the parts alone with --offline."
    )]
    Build {
        /// What the build said.
        reason: String,
    },
    /// A file of the race cannot be written or read.
    #[error("{what} cannot be used: {reason}. Check that it may be written and that the disk has room.")]
    File {
        /// What the file is for.
        what: String,
        /// What the system said.
        reason: String,
    },
    /// A peer does not speak the protocol of the race.
    #[error(
        "the peer {name} does not take part: {reason}. It must print `ready`, then `done` for every line it reads (docs/reference/measurements.md)."
    )]
    Peer {
        /// Its name.
        name: String,
        /// What happened.
        reason: String,
    },
}

impl Error {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Part { .. } => "D-0301",
            Self::Build { .. } => "D-0302",
            Self::File { .. } => "D-0303",
            Self::Peer { .. } => "D-0304",
        }
    }

    /// A failed part, from whatever error it gave.
    pub fn part(part: &str) -> impl Fn(&dyn std::fmt::Display) -> Self {
        let part = part.to_owned();
        move |reason| Self::Part { part: part.clone(), reason: reason.to_string() }
    }

    /// An unusable file, named by its purpose and not by its path.
    pub fn file(what: &str) -> impl Fn(std::io::Error) -> Self {
        let what = what.to_owned();
        move |reason| Self::File { what: what.clone(), reason: reason.to_string() }
    }
}
