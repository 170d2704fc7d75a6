//! What can go wrong in the codec. Whoever calls it gives the code: `I-0601` in `icd`, `M-0103` in `matcher`.
//!
//! No variant carries picture content.

/// Why a picture was not decoded or encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not a picture this codec takes. Fault: the writer of the file.
    #[error("{0}")]
    Decode(&'static str),
    /// The picture or the ratio cannot be written. Fault: the caller.
    #[error("{0}")]
    Encode(&'static str),
}
