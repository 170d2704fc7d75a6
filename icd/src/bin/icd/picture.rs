//! Images out of files.
//!
//! Whatever a tagged record holds in field 999 is written, also of types this crate has no view of: a scanned document of
//! Type-21, an iris, a palm. What it is, its first bytes say; only record types known to give a position or a size in the
//! fields of that number are asked for it.

use std::io::Cursor;
use std::path::Path;

use icd::nist::{BinaryRecord, Record, Transaction};

use crate::{Failure, write_new};

pub(crate) fn extract(bytes: &[u8], out: &Path, decode: bool) -> Result<(), Failure> {
    let transaction = Transaction::read_any_version(bytes)?;
    std::fs::create_dir_all(out).map_err(|error| Failure::File {
        code: "I-0902",
        message: format!("{} cannot be made: {error}. Check the path and the rights.", out.display()),
    })?;
    for (index, record) in transaction.records().iter().enumerate() {
        let (position, image, size) = match record {
            Record::Tagged(tagged) => match tagged.field(999) {
                Some(field) => (
                    tagged.number::<u8>(13).filter(|_| has_position(tagged.record_type())),
                    field.value(),
                    tagged.number(6).zip(tagged.number(7)).filter(|_| has_size(tagged.record_type())),
                ),
                None => continue,
            },
            Record::Binary(binary) => binary_image(binary),
        };
        if image.is_empty() {
            continue;
        }
        let finger = position.map(|code| format!("_fgp{code:02}")).unwrap_or_default();
        let stem = format!("{:02}_type{}{finger}", index + 1, record.record_type());
        let (extension, content) = match decode.then(|| as_png(image, size)).flatten() {
            Some(content) => ("png", content),
            None => (extension(record.record_type(), image), image.to_vec()),
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

/// Position, image and size of a binary record. Types 3 to 6 share a header of 18 bytes, a signature has one of 12, and a
/// user-defined image follows LEN and IDC in a form nobody but its writer knows.
fn binary_image<'a>(record: &BinaryRecord<'a>) -> (Option<u8>, &'a [u8], Option<(u32, u32)>) {
    let bytes = record.bytes();
    let side = |at: usize| {
        let pair = bytes.get(at..)?.first_chunk::<2>()?;
        Some(u32::from(u16::from_be_bytes(*pair)))
    };
    match record.record_type() {
        3..=6 => (bytes.get(6).copied(), bytes.get(18..).unwrap_or_default(), side(13).zip(side(15))),
        8 => (None, bytes.get(12..).unwrap_or_default(), side(8).zip(side(10))),
        _ => (None, bytes.get(5..).unwrap_or_default(), None),
    }
}

/// The picture as PNG, where this tool can decode it; an uncompressed one needs the size the record gives.
fn as_png(image: &[u8], size: Option<(u32, u32)>) -> Option<Vec<u8>> {
    if let Some((width, height)) = size
        && u64::try_from(image.len()) == Ok(u64::from(width) * u64::from(height))
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
fn extension(record_type: u8, image: &[u8]) -> &'static str {
    match image {
        [0xFF, 0xA0, ..] => "wsq",
        [0xFF, 0xD8, ..] => "jpg",
        [0x89, b'P', ..] => "png",
        [0, 0, 0, 0x0C, b'j', b'P', ..] => "jp2",
        [0xFF, 0x4F, 0xFF, 0x51, ..] => "j2k",
        [b'%', b'P', b'D', b'F', b'-', ..] => "pdf",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "tif",
        [b'G', b'I', b'F', b'8', ..] => "gif",
        _ if record_type < 10 || has_size(record_type) => "raw",
        _ => "bin",
    }
}
