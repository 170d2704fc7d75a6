//! What can go wrong in the codec, one variant per cause.
//!
//! `W-01xx`: the stream given to [`decode`](crate::decode) is not one this codec accepts.
//! `W-02xx`: the picture or the options given to [`encode`](crate::encode) cannot be encoded.
//! No variant carries picture content or comment text: both are personal data.
//! Every code has an entry in `docs/reference/errors/wsq.md`.

/// Why a stream was not decoded or a picture was not encoded.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The first two bytes are not the start-of-image marker.
    #[error(
        "W-0101: this is not a WSQ stream, it does not start with FF A0; check the compression the container names for this image"
    )]
    NotWsq,
    /// The stream ends inside a segment or before the end-of-image marker.
    #[error("W-0102: the WSQ stream ends too early, at byte {offset}; fetch the original bytes again")]
    Truncated {
        /// Where more bytes were expected.
        offset: usize,
    },
    /// Something other than an allowed marker stands where a marker must be.
    #[error(
        "W-0103: found {marker:04X} at byte {offset} where another WSQ marker must be; the stream is damaged"
    )]
    UnexpectedMarker {
        /// The two bytes found.
        marker: u16,
        /// Where they were found.
        offset: usize,
    },
    /// A segment's content does not fit the length the segment states.
    #[error(
        "W-0104: segment {marker:04X} at byte {offset} states a length its content does not have; the stream is damaged"
    )]
    SegmentLength {
        /// Marker of the segment.
        marker: u16,
        /// Where the segment starts.
        offset: usize,
    },
    /// Coded data comes before a table it needs.
    #[error("W-0105: the stream has no {table} before the data that needs it; it cannot be decoded")]
    MissingTable {
        /// Which table, in the words of the standard.
        table: &'static str,
    },
    /// The header states an empty picture or one over the bounds of this codec.
    #[error(
        "W-0106: the header states {width} x {height} pixels, outside the bounds of this codec; nothing was decoded"
    )]
    ImageSize {
        /// Stated width.
        width: u32,
        /// Stated height.
        height: u32,
    },
    /// A scaled number has an exponent or a value that has no meaning where it stands.
    #[error("W-0107: a number in the {table} is outside its range; the stream is damaged")]
    NumberOutOfRange {
        /// Which table, in the words of the standard.
        table: &'static str,
    },
    /// A Huffman table does not describe a prefix code.
    #[error("W-0108: the Huffman table at byte {offset} is not a prefix code; the stream is damaged")]
    HuffmanTable {
        /// Where the table starts.
        offset: usize,
    },
    /// The coded data holds bits that are no code of the table in force.
    #[error(
        "W-0109: no code of the Huffman table matches the data near byte {offset}; the stream is damaged"
    )]
    HuffmanCode {
        /// The last byte taken into the bit buffer.
        offset: usize,
    },
    /// The coded data holds more or fewer coefficients than the picture has.
    #[error(
        "W-0110: the picture needs {expected} coefficients and the data holds {found}; the stream is damaged or cut"
    )]
    CoefficientCount {
        /// What picture size and quantisation table ask for.
        expected: u64,
        /// What was coded, as far as it was read.
        found: u64,
    },
    /// The filters cannot be used: wrong lengths.
    #[error(
        "W-0111: the wavelet filters have {low} and {high} taps; this codec takes filters of equal parity and up to 32 taps"
    )]
    FilterLength {
        /// Taps of the low-pass analysis filter.
        low: u8,
        /// Taps of the high-pass analysis filter.
        high: u8,
    },
    /// More segments than any real stream has.
    #[error("W-0112: the stream has more than {segments_max} segments; it is damaged or hostile")]
    TooManySegments {
        /// The bound.
        segments_max: usize,
    },

    /// The pixel slice is not as long as width times height.
    #[error(
        "W-0201: {expected} pixels are needed for this width and height and {found} were given; nothing was encoded"
    )]
    PixelCount {
        /// Width times height.
        expected: u64,
        /// Length of the slice.
        found: u64,
    },
    /// A side is too short for the sub-band tree or too long for the bounds.
    #[error(
        "W-0202: a picture of {width} x {height} pixels cannot be encoded; sides are bounded from {side_px_min} to {side_px_max} and the area to {pixels_max}"
    )]
    UnencodableSize {
        /// Given width.
        width: u32,
        /// Given height.
        height: u32,
        /// Shortest side.
        side_px_min: u32,
        /// Longest side.
        side_px_max: u32,
        /// Largest area.
        pixels_max: u64,
    },
    /// The bit rate is not a number or is outside the sensible range.
    #[error(
        "W-0203: the bit rate {bits_per_pixel} is outside {min} to {max} bits per pixel; 0.75 is about 15:1"
    )]
    BitRate {
        /// What was asked.
        bits_per_pixel: f32,
        /// Lowest rate.
        min: f32,
        /// Highest rate.
        max: f32,
    },
    /// The comment does not fit a comment segment.
    #[error("W-0204: the comment has {length} bytes and a segment holds {length_max}; shorten it")]
    CommentLength {
        /// Bytes given.
        length: usize,
        /// Bytes a segment holds.
        length_max: usize,
    },
}

impl Error {
    /// The stable code, as in `docs/reference/errors/wsq.md`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotWsq => "W-0101",
            Self::Truncated { .. } => "W-0102",
            Self::UnexpectedMarker { .. } => "W-0103",
            Self::SegmentLength { .. } => "W-0104",
            Self::MissingTable { .. } => "W-0105",
            Self::ImageSize { .. } => "W-0106",
            Self::NumberOutOfRange { .. } => "W-0107",
            Self::HuffmanTable { .. } => "W-0108",
            Self::HuffmanCode { .. } => "W-0109",
            Self::CoefficientCount { .. } => "W-0110",
            Self::FilterLength { .. } => "W-0111",
            Self::TooManySegments { .. } => "W-0112",
            Self::PixelCount { .. } => "W-0201",
            Self::UnencodableSize { .. } => "W-0202",
            Self::BitRate { .. } => "W-0203",
            Self::CommentLength { .. } => "W-0204",
        }
    }
}
