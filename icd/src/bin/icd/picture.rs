//! Images out of files.
//!
//! Whatever a tagged record holds in field 999 is written, also of types this crate has no view of: a scanned document of
//! Type-21, an iris, a palm. What it is, its first bytes say; only record types known to give a position, a size or a
//! compression in the fields of that number are asked for it. Content is taken for samples only where its record says that it is
//! not compressed, or says nothing of it and has as many bytes as pixels.

use std::io::Cursor;
use std::path::Path;

use icd::nist::{BinaryRecord, Record, TaggedRecord, Transaction};

use crate::{Failure, write_new};

pub(crate) fn extract(bytes: &[u8], out: &Path, decode: bool) -> Result<(), Failure> {
    let transaction = Transaction::read_any_version(bytes)?;
    std::fs::create_dir_all(out).map_err(|error| Failure::File {
        code: "I-0902",
        message: format!("{} cannot be made: {error}. Check the path and the rights.", out.display()),
    })?;
    for (index, record) in transaction.records().iter().enumerate() {
        let content = match record {
            Record::Tagged(tagged) => tagged_content(tagged),
            Record::Binary(binary) => Some(binary_content(binary)),
        };
        let Some(found) = content.filter(|found| !found.bytes.is_empty()) else { continue };
        let finger = found.position.map(|code| format!("_fgp{code:02}")).unwrap_or_default();
        let stem = format!("{:02}_type{}{finger}", index + 1, record.record_type());
        let (extension, content) = match decode.then(|| as_png(&found)).flatten() {
            Some(content) => ("png", content),
            None => (extension(&found), found.bytes.to_vec()),
        };
        let path = out.join(format!("{stem}.{extension}"));
        write_new(&path, &content)?;
        say!("{} {} bytes", path.display(), content.len());
        if decode && extension != "png" {
            eprintln!(
                "note: {} is as it was in the file; its coding is not one this tool decodes",
                path.display()
            );
        }
    }
    Ok(())
}

/// Prints, palms and soles: field 13 is a position.
fn has_position(record_type: u8) -> bool {
    matches!(record_type, 13..=15 | 19)
}

/// Fields 6 and 7 are width and height in pixels.
fn has_size(record_type: u8) -> bool {
    matches!(record_type, 10 | 13..=17 | 19)
}

/// What a record holds, and what it says of it.
struct Content<'a> {
    position: Option<u8>,
    bytes: &'a [u8],
    size: Option<(u32, u32)>,
    /// Whether the record says that it is not compressed; `None` where it says nothing.
    uncompressed: Option<bool>,
}

impl Content<'_> {
    /// True for samples without a header.
    fn is_samples(&self) -> bool {
        self.uncompressed.unwrap_or_else(|| self.has_a_byte_per_pixel())
    }

    fn has_a_byte_per_pixel(&self) -> bool {
        let pixels = self.size.map(|(width, height)| u64::from(width) * u64::from(height));
        pixels.is_some_and(|pixels| u64::try_from(self.bytes.len()) == Ok(pixels))
    }
}

fn tagged_content<'a>(record: &TaggedRecord<'a>) -> Option<Content<'a>> {
    let sized = has_size(record.record_type());
    let compression = record.text(11).filter(|_| sized);
    Some(Content {
        position: record.number::<u8>(13).filter(|_| has_position(record.record_type())),
        bytes: record.field(999)?.value(),
        size: record.number(6).zip(record.number(7)).filter(|_| sized),
        uncompressed: compression.map(|code| matches!(code, "NONE" | "0")),
    })
}

/// Types 3 to 6 share a header of 18 bytes, a signature has one of 12, and a user-defined image follows LEN and IDC in a form
/// nobody but its writer knows.
fn binary_content<'a>(record: &BinaryRecord<'a>) -> Content<'a> {
    let bytes = record.bytes();
    let side = |at: usize| {
        let pair = bytes.get(at..)?.first_chunk::<2>()?;
        Some(u32::from(u16::from_be_bytes(*pair)))
    };
    let is_zero = |at: usize| bytes.get(at).map(|code| *code == 0);
    let from = |at: usize| bytes.get(at..).unwrap_or_default();
    match record.record_type() {
        3..=6 => Content {
            position: bytes.get(6).copied(),
            bytes: from(18),
            size: side(13).zip(side(15)),
            uncompressed: is_zero(17),
        },
        8 => {
            Content { position: None, bytes: from(12), size: side(8).zip(side(10)), uncompressed: is_zero(6) }
        }
        _ => Content { position: None, bytes: from(5), size: None, uncompressed: None },
    }
}

/// The picture as PNG, where this tool can decode it; an uncompressed one needs the size the record gives.
fn as_png(content: &Content<'_>) -> Option<Vec<u8>> {
    let image = content.bytes;
    if let Some((width, height)) =
        content.size.filter(|_| content.is_samples() && content.has_a_byte_per_pixel())
    {
        return png(width, height, image.to_vec());
    }
    if let Ok(decoded) = wsq::decode(image) {
        return png(decoded.width_px, decoded.height_px, decoded.pixels);
    }
    if let Ok(decoded) = jpeg2000::decode(image) {
        return match decoded.components {
            1 => png(decoded.width_px, decoded.height_px, decoded.samples),
            _ => colour_png(decoded.width_px, decoded.height_px, decoded.samples),
        };
    }
    let mut out = Cursor::new(Vec::new());
    image::load_from_memory(image).ok()?.write_to(&mut out, image::ImageFormat::Png).ok()?;
    Some(out.into_inner())
}

fn png(width: u32, height: u32, pixels: Vec<u8>) -> Option<Vec<u8>> {
    let mut out = Cursor::new(Vec::new());
    image::GrayImage::from_raw(width, height, pixels)?.write_to(&mut out, image::ImageFormat::Png).ok()?;
    Some(out.into_inner())
}

fn colour_png(width: u32, height: u32, samples: Vec<u8>) -> Option<Vec<u8>> {
    let mut out = Cursor::new(Vec::new());
    image::RgbImage::from_raw(width, height, samples)?.write_to(&mut out, image::ImageFormat::Png).ok()?;
    Some(out.into_inner())
}

/// From the first bytes. `raw` are samples without a header, `bin` is something this tool has no name for.
fn extension(content: &Content<'_>) -> &'static str {
    match content.bytes {
        // Samples can begin with any bytes.
        _ if content.uncompressed == Some(true) && content.has_a_byte_per_pixel() => "raw",
        [0xFF, 0xA0, ..] => "wsq",
        [0xFF, 0xD8, ..] => "jpg",
        [0x89, b'P', ..] => "png",
        [0, 0, 0, 0x0C, b'j', b'P', ..] => "jp2",
        [0xFF, 0x4F, 0xFF, 0x51, ..] => "j2k",
        [b'%', b'P', b'D', b'F', b'-', ..] => "pdf",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "tif",
        [b'G', b'I', b'F', b'8', ..] => "gif",
        _ if content.is_samples() => "raw",
        _ => "bin",
    }
}
