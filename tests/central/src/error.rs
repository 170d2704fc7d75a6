//! What can go wrong in the simulator, for the person who runs it.

/// An error of the simulator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An address cannot be bound.
    #[error(
        "{address} cannot be listened on: {reason}. Another program may use the port; choose another with --link or --web."
    )]
    Address {
        /// The address asked for.
        address: String,
        /// What the system said.
        reason: String,
    },
    /// A certificate or key file is missing or unusable.
    #[error("{file} is no usable certificate or key: {reason}. Check the path and that the file is PEM.")]
    Certificate {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The folder for kept messages cannot be used.
    #[error("the folder {folder} cannot be used: {reason}. Check that it exists and may be written.")]
    Folder {
        /// The folder.
        folder: String,
        /// What the system said.
        reason: String,
    },
    /// A kept message does not read back.
    #[error(
        "the kept message {file} does not read back: {reason}. Remove the folder to start with an empty system."
    )]
    Kept {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The body of a request is not what the interface expects.
    #[error(
        "the request cannot be read: {reason}. Send the parts `envelope` and, with biometrics, `container`."
    )]
    Request {
        /// What is wrong with it.
        reason: String,
    },
    /// The body of a request is larger than allowed.
    #[error("the part `{part}` is larger than {bytes_max} bytes")]
    TooLarge {
        /// Name of the part.
        part: &'static str,
        /// The bound, bytes.
        bytes_max: u64,
    },
    /// The same message id came with other content.
    #[error("this message id was used before with other content; a new message needs a new id")]
    OtherContent,
    /// The operation has no system-to-system interface at present.
    #[error("`{operation}` has no system-to-system interface at present; use the web interface")]
    NoInterface {
        /// Code of the operation.
        operation: &'static str,
    },
    /// A bound of the simulator is reached.
    #[error("the simulator is full: at most {bound} {what}")]
    Full {
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        bound: usize,
    },
    /// No dataset has this reference number.
    #[error("no dataset has this reference number; check it character by character")]
    NoDataset,
    /// A form value is missing or wrong.
    #[error("the field `{field}` is missing or not valid: {reason}")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// What is wrong.
        reason: String,
    },
}

impl Error {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Address { .. } => "S-0101",
            Self::Certificate { .. } => "S-0102",
            Self::Folder { .. } => "S-0103",
            Self::Kept { .. } => "S-0104",
            Self::Request { .. } => "S-0201",
            Self::TooLarge { .. } => "S-0202",
            Self::OtherContent => "S-0203",
            Self::NoInterface { .. } => "S-0204",
            Self::Full { .. } => "S-0205",
            Self::NoDataset => "S-0206",
            Self::Field { .. } => "S-0207",
        }
    }

    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::TooLarge { .. } => 413,
            Self::OtherContent => 409,
            Self::NoInterface { .. } => 403,
            Self::NoDataset => 404,
            Self::Full { .. } => 503,
            Self::Request { .. } | Self::Field { .. } => 422,
            Self::Address { .. } | Self::Certificate { .. } | Self::Folder { .. } | Self::Kept { .. } => 500,
        }
    }
}
