//! Wavelet Scalar Quantization: the 8-bit grey fingerprint codec, decoder and encoder.
//!
//! The format is that of the CJIS WSQ Gray-Scale Fingerprint Image Compression Specification,
//! IAFIS-IC-0110 version 3: a tree of 64 sub-bands made with a 9/7 wavelet, one uniform quantiser for each
//! sub-band, runs and levels in Huffman codes. Pure functions over bytes: no I/O, no threads, no state.
//!
//! ```
//! use wsq::{EncodeOptions, decode, encode};
//!
//! // A drawn print: ridges nine pixels apart.
//! let (width, height) = (256, 288);
//! let ridge = |i: u32| ((i % width + i / width) as f32 * 0.7).sin();
//! let pixels: Vec<u8> = (0..width * height).map(|i| (128.0 + 100.0 * ridge(i)) as u8).collect();
//!
//! let options = EncodeOptions { resolution_ppi: Some(500), ..EncodeOptions::default() };
//! let stream = encode(&pixels, width, height, &options)?;
//! assert!(stream.len() < pixels.len() / 8);
//!
//! let decoded = decode(&stream)?;
//! assert_eq!((decoded.width_px, decoded.height_px), (width, height));
//! assert_eq!(decoded.resolution_ppi, Some(500));
//! # Ok::<(), wsq::Error>(())
//! ```
//!
//! # The road of a picture
//!
//! | stage | file |
//! | --- | --- |
//! | marker segments and their tables | `segment`, `scaled`, `nistcom` |
//! | coded bits to symbols, symbols to levels | `bits`, `huffman`, `symbols` |
//! | levels to coefficients, coefficients to levels, bin widths for a rate | `quantise`, `plane` |
//! | sub-bands to pixels and back | `tree`, `transform`, `lifting`; `filter` for other wavelets |
//!
//! # Promises
//!
//! - Decoded pixels differ from the reference decoder's by at most one grey level, and in fewer than one
//!   pixel of a thousand (measured: one in ten thousand and fewer).
//! - Nothing is allocated for a picture whose header exceeds [`limits`]; no input makes the decoder panic.
//! - The encoder follows part 3 of the specification. Its streams have, at the same rate, the size of the
//!   reference encoder's within one per cent.
//!
//! Left out on purpose: pictures of more than eight bits, of several components, or without a size in the
//! frame header; the format has none of the first two and no stream of the third kind is known.

mod bits;
mod decode;
mod encode;
mod error;
mod filter;
mod huffman;
mod lifting;
pub mod limits;
mod nistcom;
mod parameters;
mod plane;
mod quantise;
mod scaled;
mod segment;
mod symbols;
mod transform;
mod tree;

use std::fmt;

pub use error::Error;

/// A decoded picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded {
    /// Pixels per row.
    pub width_px: u32,
    /// Rows.
    pub height_px: u32,
    /// Rows from the top, one byte a pixel, 0 = black.
    pub pixels: Vec<u8>,
    /// What the stream's own NISTCOM comment claims. The container's record knows better.
    pub resolution_ppi: Option<u16>,
    /// All comment segments in stream order, NISTCOM included.
    pub comments: Vec<String>,
}

impl fmt::Debug for Decoded {
    /// Sizes only: pixels and comments are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded")
            .field("width", &self.width_px)
            .field("height", &self.height_px)
            .field("resolution_ppi", &self.resolution_ppi)
            .field("comments", &self.comments.len())
            .finish_non_exhaustive()
    }
}

/// How to encode.
#[derive(Clone, PartialEq)]
pub struct EncodeOptions {
    /// The rate the quantiser aims at; 0.75 is about 15:1 and the usual rate for 500 ppi.
    pub bits_per_pixel: f32,
    /// Written into the NISTCOM comment when known.
    pub resolution_ppi: Option<u16>,
    /// One more comment segment after NISTCOM.
    pub comment: Option<String>,
}

impl Default for EncodeOptions {
    fn default() -> Self {
        Self { bits_per_pixel: 0.75, resolution_ppi: None, comment: None }
    }
}

impl fmt::Debug for EncodeOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncodeOptions")
            .field("bits_per_pixel", &self.bits_per_pixel)
            .field("resolution_ppi", &self.resolution_ppi)
            .field("comment", &self.comment.is_some())
            .finish()
    }
}

/// Decodes a WSQ stream.
///
/// # Errors
/// `W-01xx`, see [`Error`].
pub fn decode(bytes: &[u8]) -> Result<Decoded, Error> {
    decode::decode(bytes)
}

/// Encodes an 8-bit grey picture.
///
/// # Errors
/// `W-02xx`, see [`Error`].
pub fn encode(pixels: &[u8], width: u32, height: u32, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    encode::encode(pixels, width, height, options)
}
