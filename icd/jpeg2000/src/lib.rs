//! JPEG 2000 pictures: the size and pixels of files and bare codestreams, and files written without loss or at a ratio.
//!
//! Decoding is done by a memory-safe library. Before it sees a byte, the size in the header is read here and held against
//! the bounds, so that a hostile header costs nothing; a fault of the library becomes an error of this crate.
//!
//! A crate of its own, so that `matcher` decodes within the same bounds without knowing `icd`.
//!
//! Writing is done here, because no kept library does it in memory without unsafe code (decision 0008). 500 ppi prints
//! travel as WSQ, 1000 ppi prints as JPEG 2000.
//!
//! ```
//! use jpeg2000::{Fidelity, Picture, decode, encode};
//!
//! let samples: Vec<u8> = (0..60 * 40).map(|at| (at % 60 * 4) as u8).collect();
//! let picture = Picture { width_px: 60, height_px: 40, components: 1, samples: &samples };
//! let file = encode(&picture, Fidelity::Lossless, Some(1000))?;
//! assert_eq!(decode(&file)?.samples, samples);
//! # Ok::<(), jpeg2000::Error>(())
//! ```
//!
//! Left out on purpose: several tiles, quality layers and regions of interest on writing; nobody who receives such a file
//! asks for them. Clauses: ISO/IEC 15444-1, A.5.1 and I.5; the parts of the writer name theirs.

mod arithmetic;
mod block;
mod cost;
mod error;
pub mod limits;
mod packet;
mod wavelet;
mod write;

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};

pub use error::Error;

/// What the codestream's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// Colour channels.
    pub components: u16,
    /// Bits per sample of the first channel.
    pub depth_bits: u8,
}

/// A decoded picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// Channels per pixel, one after the other: 1 grey, 3 colour.
    pub components: u16,
    /// Samples of eight bits, row by row.
    pub samples: Vec<u8>,
}

impl std::fmt::Debug for Decoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Decoded({} x {}, {} channels)", self.width_px, self.height_px, self.components)
    }
}

/// A picture to be coded.
#[derive(Clone, Copy)]
pub struct Picture<'p> {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// Channels per pixel, one after the other: 1 grey, 3 colour.
    pub components: u16,
    /// Samples of eight bits, row by row.
    pub samples: &'p [u8],
}

impl std::fmt::Debug for Picture<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} x {}, {} channels)", self.width_px, self.height_px, self.components)
    }
}

/// How much of a picture a file keeps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fidelity {
    /// Everything: the 5-3 transform, `JP2L` in a container.
    Lossless,
    /// The file is at most the samples' bytes divided by this, from 1 to 200: the 9-7 transform, `JP2` in a container.
    Ratio(f32),
}

/// Codes a picture as a JP2 file. A file of a picture so small that its headers alone exceed the ratio is larger.
pub fn encode(
    picture: &Picture<'_>,
    fidelity: Fidelity,
    resolution_ppi: Option<u16>,
) -> Result<Vec<u8>, Error> {
    let refused = Error::Encode;
    let (width, height) = (usize::try_from(picture.width_px).ok(), usize::try_from(picture.height_px).ok());
    let sides = 1..=limits::SIDE_PX_MAX;
    let pixels = width.zip(height).map_or(0, |(width, height)| width.saturating_mul(height));
    if !sides.contains(&picture.width_px)
        || !sides.contains(&picture.height_px)
        || pixels > limits::PIXELS_MAX
    {
        return Err(refused(
            "its sides must be from 1 to 16000 pixels, and no more than 16 million pixels in all",
        ));
    }
    if !matches!(picture.components, 1 | 3)
        || picture.samples.len() != pixels * usize::from(picture.components)
    {
        return Err(refused("it must have one or three channels and a sample for each pixel and channel"));
    }
    let source = write::Picture {
        width: width.unwrap_or(0),
        height: height.unwrap_or(0),
        components: usize::from(picture.components),
        samples: picture.samples,
    };
    let bytes_max = match fidelity {
        Fidelity::Lossless => None,
        Fidelity::Ratio(ratio) if (1.0..=200.0).contains(&ratio) => {
            let boxes = write::boxed(&source, resolution_ppi, &[]).len();
            // Both figures are far below 2^52, and a fraction of a byte does not count.
            Some(((picture.samples.len() as f64 / f64::from(ratio)) as usize).saturating_sub(boxes))
        }
        Fidelity::Ratio(_) => return Err(refused("the ratio must be from 1 to 200")),
    };
    Ok(write::boxed(&source, resolution_ppi, &write::codestream(&source, bytes_max)))
}

/// Reads the header of a JPEG 2000 file or codestream; `None` when it is neither.
#[must_use]
pub fn header(bytes: &[u8]) -> Option<Header> {
    let codestream = if bytes.starts_with(&SIGNATURE) { codestream(bytes)? } else { bytes };
    // Start of codestream, then at once the size marker with its length, capabilities and four-byte figures.
    let size = codestream.strip_prefix(&[0xFF, 0x4F, 0xFF, 0x51])?;
    let number = |at: usize| Some(u32::from_be_bytes(*size.get(at..)?.first_chunk()?));
    let (x, y, left, top) = (number(4)?, number(8)?, number(12)?, number(16)?);
    let (tile_x, tile_y) = (number(20)?, number(24)?);
    let components = u16::from_be_bytes(*size.get(36..)?.first_chunk()?);
    let depth_bits = (size.get(38)? & 0x7F) + 1;
    if tile_x == 0 || tile_y == 0 || tiles(x, tile_x).checked_mul(tiles(y, tile_y))? > limits::TILES_MAX {
        return None;
    }
    Some(Header { width_px: x.checked_sub(left)?, height_px: y.checked_sub(top)?, components, depth_bits })
}

fn tiles(side: u32, tile: u32) -> u32 {
    side.div_ceil(tile)
}

/// Decodes a picture of eight bits with one or three channels, within the bounds on images.
pub fn decode(bytes: &[u8]) -> Result<Decoded, Error> {
    let refused = Error::Decode;
    let header = header(bytes).ok_or_else(|| refused("it has no readable JPEG 2000 header"))?;
    let pixels = u64::from(header.width_px) * u64::from(header.height_px);
    let sides = 1..=limits::SIDE_PX_MAX;
    let fits = usize::try_from(pixels).is_ok_and(|pixels| pixels <= limits::PIXELS_MAX);
    if !sides.contains(&header.width_px) || !sides.contains(&header.height_px) || !fits {
        return Err(refused("it is larger than any image may be"));
    }
    if !matches!(header.components, 1 | 3) || header.depth_bits != 8 {
        return Err(refused("it is not of eight bits with one or three channels"));
    }
    let stream = if bytes.starts_with(&SIGNATURE) { codestream(bytes).unwrap_or_default() } else { bytes };
    cost::check(stream).map_err(refused)?;
    let samples = catch_unwind(AssertUnwindSafe(|| samples(bytes)))
        .map_err(|_| refused("the decoder failed at it"))?
        .ok_or_else(|| refused("it is damaged"))?;
    if u64::try_from(samples.len()) != Ok(pixels * u64::from(header.components)) {
        return Err(refused("its size is not the one its header gives"));
    }
    Ok(Decoded {
        width_px: header.width_px,
        height_px: header.height_px,
        components: header.components,
        samples,
    })
}

fn samples(bytes: &[u8]) -> Option<Vec<u8>> {
    // Strict: a biometric picture that is only partly there is not one.
    let settings = DecodeSettings { strict: true, ..DecodeSettings::default() };
    let picture = Image::new(bytes, &settings).ok()?;
    let mut context = DecoderContext::default();
    Some(picture.decode(&mut context).ok()?.data_u8())
}

/// The codestream inside a file of boxes; `None` when there is none, or a second one that nobody has checked.
fn codestream(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes;
    let mut found = None;
    while !rest.is_empty() && (found.is_none() || rest.len() >= 8) {
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        let kind = rest.get(4..8)?;
        let (head, length) = match length {
            // The last box goes to the end; a length of 1 means that eight bytes of length follow.
            0 => (8, rest.len()),
            1 => {
                let long = u64::from_be_bytes(*rest.get(8..)?.first_chunk()?);
                (16, usize::try_from(long).ok()?)
            }
            length => (8, length),
        };
        if kind == b"jp2c" {
            let whole = rest.get(head..)?;
            if found.replace(whole).is_some() {
                return None;
            }
        }
        rest = rest.get(length.max(head)..).unwrap_or_default();
    }
    found
}

const SIGNATURE: [u8; 8] = [0, 0, 0, 0x0C, b'j', b'P', b' ', b' '];

#[cfg(test)]
mod tests {
    use super::*;

    /// Drawn ridges, coded once by another encoder: without loss in a file, and at 8:1 as a bare codestream.
    const LOSSLESS: &[u8] = include_bytes!("../../tests/data/ridges.jp2");
    const LOSSY: &[u8] = include_bytes!("../../tests/data/ridges-8to1.j2k");

    #[test]
    fn without_loss_every_pixel_comes_back() {
        assert_eq!(
            header(LOSSLESS),
            Some(Header { width_px: 120, height_px: 90, components: 1, depth_bits: 8 })
        );
        let decoded = decode(LOSSLESS).expect("a good file");
        assert_eq!((decoded.width_px, decoded.height_px, decoded.components), (120, 90, 1));
        assert!(decoded.samples == ridges(120, 90), "a pixel changed");
    }

    #[test]
    fn at_a_ratio_the_picture_stays_near() {
        assert!(LOSSY.len() * 7 < 120 * 90, "{} bytes", LOSSY.len());
        let decoded = decode(LOSSY).expect("a good codestream");
        let difference: u32 =
            decoded.samples.iter().zip(ridges(120, 90)).map(|(a, b)| u32::from(a.abs_diff(b))).sum();
        assert!(difference < 120 * 90 * 12, "{difference}");
    }

    #[test]
    fn hostile_headers_are_refused_before_anything_is_taken() {
        fn check(change: impl FnOnce(&mut Vec<u8>)) {
            let mut bytes = LOSSY.to_vec();
            change(&mut bytes);
            let error = decode(&bytes).expect_err("hostile");
            assert!(matches!(error, Error::Decode(_)), "{error}");
        }
        check(Vec::clear);
        check(|b| b[8..12].fill(0xFF));
        check(|b| b[8..16].copy_from_slice(&[0, 0, 0x3E, 0x80, 0, 0, 0x3E, 0x80]));
        check(|b| b[8..12].fill(0));
        // A tile of one pixel: ten thousand tiles.
        check(|b| b[24..32].copy_from_slice(&[0, 0, 0, 1, 0, 0, 0, 1]));
        check(|b| b[24..28].fill(0));
        check(|b| b[40..42].copy_from_slice(&[0, 4]));
        check(|b| b[42] = 15);
        check(|b| b.truncate(60));
        assert_eq!(header(b"\0\0\0\x0CjP  \0\0\0\0"), None);
        assert_eq!(
            header(&[SIGNATURE.as_slice(), &[0; 4], &[0, 0, 0, 1], b"jp2c", &[0xFF; 8]].concat()),
            None
        );
    }

    /// The ridges that the other encoder was given.
    fn ridges(width: u32, height: u32) -> Vec<u8> {
        let phase = |x: f64, y: f64| x * 0.6 + y * 0.35 + (y * 0.05).sin() * 3.0;
        let grey = |x: u32, y: u32| 128.0 + 100.0 * phase(f64::from(x), f64::from(y)).sin();
        (0..height).flat_map(|y| (0..width).map(move |x| grey(x, y).clamp(0.0, 255.0) as u8)).collect()
    }

    /// Grey and coloured pictures of awkward sizes: noise, a ramp, one tone, ridges.
    fn pictures() -> Vec<(u32, u32, u16, Vec<u8>)> {
        let mut seed = 1_u32;
        let mut noise = move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        };
        let mut all = Vec::new();
        for (width, height) in [(1, 1), (1, 7), (9, 1), (2, 2), (3, 5), (64, 64), (65, 63), (33, 130)] {
            for components in [1_u16, 3] {
                let length = width * height * u32::from(components);
                all.push((width, height, components, (0..length).map(|_| noise()).collect()));
                all.push((width, height, components, (0..length).map(|at| (at * 3 % 256) as u8).collect()));
                all.push((width, height, components, vec![200; length as usize]));
            }
        }
        all.push((200, 150, 1, ridges(200, 150)));
        all
    }

    #[test]
    fn written_without_loss_every_sample_comes_back() {
        for (width, height, components, samples) in pictures() {
            let picture = Picture { width_px: width, height_px: height, components, samples: &samples };
            let file = encode(&picture, Fidelity::Lossless, Some(500)).expect("within the bounds");
            assert_eq!(
                header(&file),
                Some(Header { width_px: width, height_px: height, components, depth_bits: 8 })
            );
            let decoded = decode(&file).expect("own file");
            assert!(decoded.samples == samples, "{picture:?} changed");
        }
    }

    #[test]
    fn written_at_a_ratio_the_file_is_small_and_the_picture_near() {
        for (width, height, components, samples) in pictures() {
            let picture = Picture { width_px: width, height_px: height, components, samples: &samples };
            for ratio in [2.0, 10.0, 40.0] {
                let file = encode(&picture, Fidelity::Ratio(ratio), None).expect("within the bounds");
                decode(&file).expect("own file");
                let asked = (samples.len() as f32 / ratio) as usize;
                assert!(file.len() <= asked.max(400), "{picture:?} at {ratio}: {} bytes", file.len());
            }
        }
        let samples = ridges(200, 150);
        let picture = Picture { width_px: 200, height_px: 150, components: 1, samples: &samples };
        for (ratio, error_max) in [(2.0, 1.0), (5.0, 20.0), (15.0, 400.0)] {
            let file = encode(&picture, Fidelity::Ratio(ratio), Some(1000)).expect("within the bounds");
            assert!(file.len() as f32 * ratio > 0.85 * samples.len() as f32 || ratio < 5.0, "{}", file.len());
            let decoded = decode(&file).expect("own file").samples;
            let squares = decoded.iter().zip(&samples).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
            let error = squares.sum::<f64>() / samples.len() as f64;
            assert!(error < error_max, "ratio {ratio}: mean squared error {error}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        fn check(width: u32, height: u32, components: u16, length: usize, fidelity: Fidelity) {
            let samples = vec![0; length];
            let picture = Picture { width_px: width, height_px: height, components, samples: &samples };
            let error = encode(&picture, fidelity, None).expect_err("refused");
            assert!(matches!(error, Error::Encode(_)), "{error}");
        }
        check(0, 5, 1, 0, Fidelity::Lossless);
        check(5, 5, 1, 24, Fidelity::Lossless);
        check(5, 5, 2, 50, Fidelity::Lossless);
        check(16_001, 1, 1, 16_001, Fidelity::Lossless);
        check(16_000, 16_000, 1, 0, Fidelity::Lossless);
        check(5, 5, 1, 25, Fidelity::Ratio(0.5));
        check(5, 5, 1, 25, Fidelity::Ratio(f32::NAN));
    }

    /// A grey codestream of one tile with nothing but zeros for data; precincts of one size at every resolution.
    fn laid_out(side_px: u32, block: u8, precinct: Option<u8>, component_style: Option<u8>) -> Vec<u8> {
        const LEVELS: u8 = 1;
        let side = side_px.to_be_bytes();
        let mut bytes =
            [&[0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0], side.as_slice(), &side, &[0; 8], &side, &side].concat();
        bytes.extend([0; 8]);
        bytes.extend([0, 1, 7, 1, 1]);
        let sizes = precinct.map_or(0, |_| LEVELS + 1);
        bytes.extend([
            0xFF,
            0x52,
            0,
            12 + sizes,
            u8::from(precinct.is_some()),
            0,
            0,
            1,
            0,
            LEVELS,
            block,
            block,
            0,
            1,
        ]);
        bytes.extend(precinct.into_iter().flat_map(|size| [size; LEVELS as usize + 1]));
        if let Some(block) = component_style {
            bytes.extend([0xFF, 0x53, 0, 9, 0, 0, LEVELS, block, block, 0, 1]);
        }
        bytes.extend([0xFF, 0x5C, 0, 7, 0x40, 0x40, 0x48, 0x48, 0x50]);
        bytes.extend([0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0x93]);
        bytes.resize(bytes.len() + 4_000, 0);
        bytes.extend([0xFF, 0xD9]);
        let length = u32::try_from(bytes.len()).expect("short") - 2;
        let tile_part = bytes.windows(2).position(|pair| pair == [0xFF, 0x90]).expect("written") + 6;
        bytes[tile_part..tile_part + 4]
            .copy_from_slice(&(length + 6 - u32::try_from(tile_part).expect("short")).to_be_bytes());
        bytes
    }

    /// Without the bounds some of these files of 4 kB take a second, and the second one gigabytes.
    #[test]
    fn a_short_file_cannot_ask_for_much_work() {
        fn check(bytes: &[u8], expect: &str) {
            let message = decode(bytes).expect_err("costly").to_string();
            assert!(message.contains(expect), "{message}");
        }
        const PIECES: &str = "more pieces";
        check(&laid_out(4_000, 0, None, None), PIECES);
        check(&laid_out(4_000, 4, Some(0x11), None), PIECES);
        check(&laid_out(1_024, 4, Some(0x11), None), PIECES);
        check(&laid_out(4_000, 4, None, Some(0)), PIECES);
        check(&laid_out(4_000, 4, None, None), "too short");
        // The same layouts of a small picture are let through to the decoder.
        for small in [laid_out(100, 0, None, None), laid_out(100, 4, Some(0x11), None)] {
            assert_eq!(cost::check(&small), Ok(()));
        }
        // A tile with a style of its own, and a second codestream.
        let mut own_style = laid_out(100, 4, None, None);
        let data = own_style.windows(2).position(|pair| pair == [0xFF, 0x93]).expect("written");
        own_style.splice(data..data, [0xFF, 0x52, 0, 12, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1]);
        check(&own_style, "a way of its own");
        let mut twice = LOSSLESS.to_vec();
        let second = laid_out(4_000, 0, None, None);
        twice.extend(u32::try_from(second.len() + 8).expect("short").to_be_bytes());
        twice.extend(b"jp2c");
        twice.extend(second);
        check(&twice, "no readable JPEG 2000 header");
    }

    #[test]
    fn cut_anywhere_it_never_panics() {
        for cut in 0..LOSSLESS.len() {
            let _ = decode(&LOSSLESS[..cut]);
        }
    }
}
