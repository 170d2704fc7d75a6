//! Encoded pictures to [`Image`]: PNG, TIFF, PGM, WSQ and JPEG 2000, 8-bit grey (colour is converted); and to PNG.
//!
//! Resolution comes from the file (PNG `pHYs`, WSQ comment) when it is plausible, else from the caller. A WSQ
//! comment is known to lie, so a caller that knows the sensor states its resolution and ignores the answer here.

use crate::{Error, Image, limits};

const WSQ_START_OF_IMAGE: [u8; 2] = [0xff, 0xa0];
/// A JPEG 2000 file of boxes, and a bare codestream.
const JPEG2000_STARTS: [&[u8]; 2] = [&[0, 0, 0, 12, b'j', b'P', b' ', b' '], &[0xff, 0x4f, 0xff, 0x51]];
/// The only resolutions a WSQ comment is believed about; others were seen to be nonsense in real files.
const WSQ_RESOLUTIONS_PPI: [u32; 2] = [500, 1000];

/// Reads a picture; `resolution_ppi` is used when the file states none.
///
/// # Errors
/// [`Error::ImageFormat`], [`Error::ImageSize`] or [`Error::ImageResolution`].
pub fn decode(bytes: &[u8], resolution_ppi: u32) -> Result<Image, Error> {
    if bytes.len() > limits::ENCODED_IMAGE_BYTES_MAX {
        return Err(Error::ImageFormat { reason: "the file is too large".to_owned() });
    }
    if bytes.starts_with(b"P5") {
        return decode_pgm(bytes, resolution_ppi);
    }
    if bytes.starts_with(&WSQ_START_OF_IMAGE) {
        return decode_wsq(bytes, resolution_ppi);
    }
    if JPEG2000_STARTS.iter().any(|start| bytes.starts_with(start)) {
        return decode_jpeg2000(bytes, resolution_ppi);
    }
    let format_error = |error: image::ImageError| Error::ImageFormat { reason: error.to_string() };
    let mut reader = image::ImageReader::new(std::io::Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| Error::ImageFormat { reason: error.to_string() })?;
    let mut bounds = image::Limits::default();
    bounds.max_image_width = Some(limits::IMAGE_SIDE_MAX);
    bounds.max_image_height = Some(limits::IMAGE_SIDE_MAX);
    bounds.max_alloc = Some(4 * limits::IMAGE_PIXELS_MAX as u64);
    reader.limits(bounds);
    let grey = reader.decode().map_err(format_error)?.into_luma8();
    let ppi = png_resolution_ppi(bytes).unwrap_or(resolution_ppi);
    let (width, height) = grey.dimensions();
    Image::new(width, height, ppi, grey.into_raw())
}

/// Writes a PNG that states its resolution (`pHYs`).
///
/// # Errors
/// As [`Image::check`], or [`Error::ImageFormat`].
pub fn encode_png(image: &Image) -> Result<Vec<u8>, Error> {
    /// After mark and header, which have a fixed length.
    const HEADER_END: usize = 8 + 25;
    image.check()?;
    let failed = |error: image::ImageError| Error::ImageFormat { reason: error.to_string() };
    let mut bytes = Vec::new();
    image::ImageEncoder::write_image(
        image::codecs::png::PngEncoder::new(&mut bytes),
        &image.pixels,
        image.width,
        image.height,
        image::ExtendedColorType::L8,
    )
    .map_err(failed)?;
    let per_metre = (f64::from(image.resolution_ppi) / 0.0254).round() as u32;
    let mut chunk = b"pHYs".to_vec();
    chunk.extend_from_slice(&per_metre.to_be_bytes());
    chunk.extend_from_slice(&per_metre.to_be_bytes());
    chunk.push(1);
    let checksum = chunk_checksum(&chunk).to_be_bytes();
    let whole = [&9u32.to_be_bytes()[..], &chunk, &checksum].concat();
    bytes.splice(HEADER_END..HEADER_END, whole);
    Ok(bytes)
}

/// CRC-32 of a PNG chunk (ISO/IEC 15948, D).
fn chunk_checksum(bytes: &[u8]) -> u32 {
    let step = |sum: u32| if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
    !bytes.iter().fold(u32::MAX, |sum, &byte| (0..8).fold(sum ^ u32::from(byte), |sum, _| step(sum)))
}

fn decode_wsq(bytes: &[u8], resolution_ppi: u32) -> Result<Image, Error> {
    let decoded = wsq::decode(bytes).map_err(|error| Error::ImageFormat { reason: error.to_string() })?;
    let stated = decoded.resolution_ppi.map(u32::from).filter(|ppi| WSQ_RESOLUTIONS_PPI.contains(ppi));
    Image::new(decoded.width_px, decoded.height_px, stated.unwrap_or(resolution_ppi), decoded.pixels)
}

/// Grey or colour of eight bits. Sizes and the cost of decoding are checked before anything is decoded, by the same code that
/// reads the pictures of containers; a file that is only partly there is refused.
fn decode_jpeg2000(bytes: &[u8], resolution_ppi: u32) -> Result<Image, Error> {
    let refused = |reason: String| Error::ImageFormat { reason: format!("JPEG 2000: {reason}") };
    if let Some(header) = jpeg2000::header(bytes) {
        let (width, height) = (header.width_px, header.height_px);
        let area = u64::from(width) * u64::from(height);
        if area == 0 || area > limits::IMAGE_PIXELS_MAX as u64 {
            return Err(Error::ImageSize { width, height, pixels: 0 });
        }
    }
    let picture = jpeg2000::decode(bytes).map_err(|error| refused(error.to_string()))?;
    let grey = picture.samples.chunks_exact(usize::from(picture.components)).map(|c| match c {
        // Luma as the other readers weigh it (ITU-R BT.709).
        &[red, green, blue] => {
            ((2126 * u32::from(red) + 7152 * u32::from(green) + 722 * u32::from(blue)) / 10_000) as u8
        }
        _ => c[0],
    });
    Image::new(picture.width_px, picture.height_px, resolution_ppi, grey.collect())
}

/// The resolution of a PNG's `pHYs` chunk, if it is the same in both directions and plausible.
fn png_resolution_ppi(bytes: &[u8]) -> Option<u32> {
    let mut rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    loop {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let kind = rest.get(4..8)?;
        if kind == b"IDAT" {
            return None;
        }
        if kind == b"pHYs" {
            let body = rest.get(8..17)?;
            let x = u32::from_be_bytes(body.get(..4)?.try_into().ok()?);
            let y = u32::from_be_bytes(body.get(4..8)?.try_into().ok()?);
            let ppi = (f64::from(x) * 0.0254).round() as u32;
            let plausible = (limits::RESOLUTION_PPI_MIN..=limits::RESOLUTION_PPI_MAX).contains(&ppi);
            return (x == y && body.get(8) == Some(&1) && plausible).then_some(ppi);
        }
        rest = rest.get(length.checked_add(12)?..)?;
    }
}

/// Binary PGM with at most 255 grey values.
fn decode_pgm(bytes: &[u8], resolution_ppi: u32) -> Result<Image, Error> {
    let damaged = || Error::ImageFormat { reason: "the PGM header is damaged".to_owned() };
    let mut numbers = [0u32; 3];
    let mut at = 2;
    for number in &mut numbers {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) || bytes.get(at) == Some(&b'#') {
            if bytes.get(at) == Some(&b'#') {
                at += bytes.get(at..).and_then(|b| b.iter().position(|&c| c == b'\n')).ok_or_else(damaged)?;
            }
            at += 1;
        }
        let digits = bytes.get(at..).unwrap_or_default().iter().take_while(|c| c.is_ascii_digit()).count();
        let text =
            bytes.get(at..at + digits).and_then(|b| core::str::from_utf8(b).ok()).ok_or_else(damaged)?;
        *number = text.parse().map_err(|_| damaged())?;
        at += digits;
    }
    let [width, height, grey_max] = numbers;
    if grey_max == 0 || grey_max > 255 {
        return Err(damaged());
    }
    let pixels = bytes.get(at + 1..).unwrap_or_default();
    let area = u64::from(width) * u64::from(height);
    let pixels = pixels.get(..area.min(usize::MAX as u64) as usize).ok_or_else(damaged)?;
    let scaled = pixels.iter().map(|&grey| (u32::from(grey) * 255 / grey_max).min(255) as u8).collect();
    Image::new(width, height, resolution_ppi, scaled)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_written_png_keeps_pixels_and_resolution() {
        let pixels: Vec<u8> = (0..50u32 * 40).map(|at| (at % 253) as u8).collect();
        let image = Image::new(50, 40, 1000, pixels).expect("sound");
        let bytes = encode_png(&image).expect("encoded");
        assert!(decode(&bytes, 500).expect("our own file") == image);
    }

    fn png(phys: Option<u32>) -> Vec<u8> {
        let grey = image::GrayImage::from_pixel(40, 50, image::Luma([9]));
        let mut out = std::io::Cursor::new(Vec::new());
        grey.write_to(&mut out, image::ImageFormat::Png).expect("encodes");
        let mut bytes = out.into_inner();
        if let Some(per_metre) = phys {
            let mut chunk = vec![0, 0, 0, 9];
            chunk.extend_from_slice(b"pHYs");
            chunk.extend_from_slice(&per_metre.to_be_bytes());
            chunk.extend_from_slice(&per_metre.to_be_bytes());
            chunk.push(1);
            let crc = crc32(&chunk[4..]);
            chunk.extend_from_slice(&crc.to_be_bytes());
            bytes.splice(33..33, chunk);
        }
        bytes
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |c, _| (c >> 1) ^ (0xedb8_8320 & (c & 1).wrapping_neg()))
        })
    }

    #[test]
    fn resolution_comes_from_the_file_when_plausible() {
        for (phys, expect) in [(None, 500), (Some(39_370), 1000), (Some(19_685), 500), (Some(3), 500)] {
            let image = decode(&png(phys), 500).expect("reads");
            assert_eq!((image.width, image.height, image.resolution_ppi), (40, 50, expect), "{phys:?}");
        }
    }

    #[test]
    fn pgm_is_read_and_damaged_headers_are_refused() {
        let mut bytes = b"P5\n# made here\n40 33 255\n".to_vec();
        bytes.extend(std::iter::repeat_n(7u8, 40 * 33));
        assert_eq!(decode(&bytes, 500).expect("reads").pixels, vec![7; 40 * 33]);
        for bad in [&b"P5"[..], b"P5 40", b"P5 40 33 0\n", b"P5 4000000000 4000000000 255\n", b"P5 # no end"]
        {
            assert_eq!(decode(bad, 500).map_err(|e| e.code()), Err("M-0103"));
        }
    }

    #[test]
    fn jpeg_2000_is_read_and_damaged_files_are_refused() {
        // Drawn ridges of the containers' tests, coded by another encoder without loss.
        let bytes = include_bytes!("../../icd/tests/data/ridges.jp2");
        let image = decode(bytes, 500).expect("reads");
        assert_eq!((image.width, image.height, image.resolution_ppi), (120, 90, 500));
        assert!(image.pixels.iter().any(|&grey| grey < 60) && image.pixels.iter().any(|&grey| grey > 200));
        for cut in [13, 40, 80, bytes.len() / 2, bytes.len() - 9] {
            assert_eq!(decode(&bytes[..cut], 500).map_err(|e| e.code()), Err("M-0103"), "cut at {cut}");
        }
    }

    /// 85 bytes that ask for a million code-blocks: without the bounds of the shared decoder it took seconds.
    #[test]
    fn a_short_jpeg_2000_file_cannot_ask_for_much_work() {
        let side = 1_000_u32.to_be_bytes();
        let size = [&[0xff, 0x4f, 0xff, 0x51, 0, 41, 0, 0], &side[..], &side, &[0; 8], &side, &side, &[0; 8]];
        let mut bytes = size.concat();
        // One grey component; precincts of one pixel at both resolutions.
        bytes.extend([0, 1, 7, 1, 1, 0xff, 0x52, 0, 14, 1, 0, 0, 1, 0, 1, 4, 4, 0, 1, 0x11, 0x11]);
        bytes.extend([0xff, 0x5c, 0, 7, 0x40, 0x40, 0x48, 0x48, 0x50]);
        bytes.extend([0xff, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0x93, 0, 0, 0xff, 0xd9]);
        let error = decode(&bytes, 500).expect_err("costly");
        assert_eq!(error.code(), "M-0103");
        assert!(error.to_string().contains("more pieces"), "{error}");
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic(cut in 0usize..200, noise in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut bytes = png(Some(19_685));
            bytes.truncate(cut);
            bytes.extend_from_slice(&noise);
            let _ = decode(&bytes, 500);
            let _ = decode(&noise, 500);
            let mut pgm = b"P5 ".to_vec();
            pgm.extend_from_slice(&noise);
            let _ = decode(&pgm, 500);
            let mut jpeg2000 = include_bytes!("../../icd/tests/data/ridges.jp2").to_vec();
            let at = cut % jpeg2000.len();
            for (place, byte) in jpeg2000[at..].iter_mut().zip(&noise) {
                *place ^= byte;
            }
            let _ = decode(&jpeg2000, 500);
        }
    }
}
