//! Every bound of this codec. A bound is checked before the allocation or the work it guards. Units are the last word of the name.

/// Widest or highest picture, in pixels.
pub const SIDE_PX_MAX: u32 = 16_000;

/// Most pixels of a picture: the decoder holds several numbers per pixel.
pub const PIXELS_MAX: usize = 16 * 1024 * 1024;

/// Most code-blocks and precincts, all components together: 16 million pixels in three channels with blocks of 32 x 32 have
/// some 70 000.
pub const PIECES_MAX: u64 = 300_000;

/// Most pixels of a picture whatever its length in bytes.
pub const PIXELS_ANY_LENGTH_MAX: u64 = 1024 * 1024;

/// Most further pixels per byte; prints travel at 10 to 15, and nothing is written above 200.
pub const PIXELS_PER_BYTE_MAX: u64 = 200;

/// Most tiles.
pub const TILES_MAX: u32 = 4_096;
