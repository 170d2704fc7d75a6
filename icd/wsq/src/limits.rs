//! Every bound of the codec. A header that asks for more is refused before anything is allocated.

/// Longest side, decoded or encoded.
pub const SIDE_PX_MAX: u32 = 16_384;
/// Largest area: a full palm at 500 ppi or four fingers at 1000 ppi fits (4096 x 4096).
pub const PIXELS_MAX: u64 = 16 * 1024 * 1024;
/// Shortest side that is encoded. Below it the smallest sub-bands are shorter than the filters, and the
/// reference decoder mirrors such short rows differently. Shorter pictures are still decoded.
pub const ENCODE_SIDE_PX_MIN: u32 = 81;
/// Segments before the end-of-image marker; real streams have about ten.
pub const SEGMENTS_MAX: usize = 256;
/// Largest length field of a segment, minus the field itself.
pub const COMMENT_BYTES_MAX: usize = 65_533;
/// Longest filter, in taps.
pub const FILTER_TAPS_MAX: u8 = 32;
/// Lowest bit rate that can be asked.
pub const BITS_PER_PIXEL_MIN: f32 = 0.05;
/// Highest bit rate that can be asked.
pub const BITS_PER_PIXEL_MAX: f32 = 8.0;
