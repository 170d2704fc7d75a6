//! Image headers against what the record says: size, compression, resolution, digest. Pixels are not decoded here.

use std::io::Cursor;

use crate::container::{ReadFace, ReadFinger, is_coded_as, is_proof_photo};
use crate::dataset::Dataset;
use crate::finding::Finding;
use crate::hex;
use crate::message::ContainerDigest;
use crate::nist::{Field, Transaction};
use crate::profile::Profile;

pub(super) fn finger(
    profile: &Profile,
    finger: &ReadFinger<'_>,
    hash: Option<&str>,
    findings: &mut Vec<Finding>,
) {
    if finger.is_absent() {
        return;
    }
    digest("14.996", finger.image, hash, findings);
    let expected = profile.fingers.compression.code();
    if finger.compression != expected {
        let message = format!("The profile asks for {expected}. Code the image again.");
        findings.push(Finding::error("I-1115", "14.011", message).accepting(expected));
    }
    let fingers = &profile.fingers;
    if finger.resolution_ppi.abs_diff(fingers.resolution_ppi) > fingers.resolution_tolerance_ppi {
        let message = format!(
            "The resolution must be {} ppi, at most {} off.",
            fingers.resolution_ppi, fingers.resolution_tolerance_ppi
        );
        let (low, high) = (
            fingers.resolution_ppi.saturating_sub(fingers.resolution_tolerance_ppi),
            fingers.resolution_ppi.saturating_add(fingers.resolution_tolerance_ppi),
        );
        findings.push(
            Finding::error("I-1110", "14.009", message).accepting(format!("{low} to {high} pixels per inch")),
        );
    }
    let header = match finger.compression {
        "WSQ20" => wsq_size(finger.image),
        "NONE" => uncompressed_size(finger),
        "JP2" | "JP2L" => jpeg2000_size(finger.image),
        other => picture_size(other, finger.image),
    };
    size("14.006", header, (finger.width_px, finger.height_px), findings);
    ratio(profile, finger, findings);
}

pub(super) fn face(profile: &Profile, face: &ReadFace<'_>, hash: Option<&str>, findings: &mut Vec<Finding>) {
    digest("10.996", face.image, hash, findings);
    if face.compression != profile.face.compression {
        let message = format!("The profile asks for {}. Code the image again.", profile.face.compression);
        findings
            .push(Finding::error("I-1115", "10.011", message).accepting(profile.face.compression.as_str()));
    }
    let header = match face.compression {
        "JP2" | "JP2L" => jpeg2000_size(face.image),
        other => picture_size(other, face.image),
    };
    size("10.006", header, (face.width_px, face.height_px), findings);
    if face.width_px.min(face.height_px) < profile.face.side_px_min {
        let message = format!("The shorter side must have at least {} pixels.", profile.face.side_px_min);
        findings.push(
            Finding::error("I-1110", "10.006", message)
                .accepting(format!("{} pixels or more", profile.face.side_px_min)),
        );
    }
}

/// Photos of what could not be taken: only where the profile carries them.
pub(super) fn proof_photos(profile: &Profile, transaction: &Transaction<'_>, findings: &mut Vec<Finding>) {
    for record in transaction.tagged(21).filter(|record| is_proof_photo(record)) {
        let picture = record.field(999).map(Field::value).unwrap_or_default();
        digest("21.996", picture, record.text(996), findings);
        if !profile.exceptions.carry_proof_photo {
            let message = "The file holds a photo of what could not be taken, which this profile does not carry. \
                           Leave it out.";
            findings.push(Finding::error("I-1103", "21.999", message));
        } else if !is_coded_as("JPEGB", picture) {
            let message = "The photo of what could not be taken is not a JPEG picture. Take it again.";
            findings.push(Finding::error("I-1118", "21.999", message));
        }
    }
}

/// Copies of documents: each is named by the dataset, each named one is there, and all are in colour (letter (j)).
pub(super) fn documents(
    transaction: &Transaction<'_>,
    dataset: Option<&Dataset>,
    findings: &mut Vec<Finding>,
) {
    let mut found = Vec::new();
    for record in transaction.tagged(21).filter(|record| !is_proof_photo(record)) {
        let picture = record.field(999).map(Field::value).unwrap_or_default();
        digest("21.996", picture, record.text(996), findings);
        found.push(ContainerDigest::of(picture).sha256);
        match is_coloured(picture) {
            None => findings.push(Finding::error(
                "I-1118",
                "21.999",
                "The copy of a document is not a picture that can be read. Scan it again as JPEG, PNG or JPEG 2000.",
            )),
            Some(false) => findings.push(Finding::warning(
                "I-1118",
                "21.999",
                "The copy of a document is not in colour, as letter (j) asks. Scan it again.",
            )),
            Some(true) => {}
        }
    }
    let Some(dataset) = dataset else { return };
    let named: Vec<_> = dataset.document_copies.iter().map(|copy| copy.sha256).collect();
    if named.iter().any(|digest| !found.contains(digest)) {
        let message = "The dataset names a copy of a document that is not in the file. Build the file again.";
        findings.push(Finding::error("I-1101", "21.999", message));
    }
    if found.iter().any(|digest| !named.contains(digest)) {
        let message =
            "The file holds a copy of a document that the dataset does not name. Name it or leave it out.";
        findings.push(Finding::error("I-1103", "21.999", message));
    }
}

fn is_coloured(picture: &[u8]) -> Option<bool> {
    use image::ImageDecoder as _;
    if let Some(header) = jpeg2000::header(picture) {
        return Some(header.components >= 3);
    }
    let decoder =
        image::ImageReader::new(Cursor::new(picture)).with_guessed_format().ok()?.into_decoder().ok()?;
    Some(decoder.color_type().has_color())
}

fn digest(field: &str, image: &[u8], hash: Option<&str>, findings: &mut Vec<Finding>) {
    let Some(hash) = hash else { return };
    let ours = hex::encode(&ContainerDigest::of(image).sha256);
    if !ours.eq_ignore_ascii_case(hash) {
        let message = "The image is not the one the record's digest was made of. Transfer the file again.";
        findings.push(Finding::error("I-1117", field, message));
    }
}

fn size(field: &str, header: Option<(u32, u32)>, record: (u32, u32), findings: &mut Vec<Finding>) {
    let message = match header {
        None => "The image is not coded as the record says, or has no readable header. Code it again.",
        Some(size) if size != record => {
            "The image's own header gives another size than the record. Code it again."
        }
        Some(_) => return,
    };
    findings.push(Finding::error("I-1118", field, message));
}

fn ratio(profile: &Profile, finger: &ReadFinger<'_>, findings: &mut Vec<Finding>) {
    let pixels = f64::from(finger.width_px) * f64::from(finger.height_px);
    let bytes = f64::from(u32::try_from(finger.image.len()).unwrap_or(u32::MAX)).max(1.0);
    if pixels / bytes > f64::from(profile.fingers.compression_ratio_max) {
        let message = format!(
            "The image is compressed more than {}:1. An almost empty image is; look at it.",
            profile.fingers.compression_ratio_max
        );
        findings.push(
            Finding::warning("I-1118", "14.999", message)
                .accepting(format!("at most {}:1", profile.fingers.compression_ratio_max)),
        );
    }
}

fn uncompressed_size(finger: &ReadFinger<'_>) -> Option<(u32, u32)> {
    let pixels = u64::from(finger.width_px) * u64::from(finger.height_px);
    (u64::try_from(finger.image.len()) == Ok(pixels)).then_some((finger.width_px, finger.height_px))
}

fn jpeg2000_size(image: &[u8]) -> Option<(u32, u32)> {
    jpeg2000::header(image).map(|header| (header.width_px, header.height_px))
}

/// The size that a picture's own header gives, if it is coded as the record says.
fn picture_size(compression: &str, image: &[u8]) -> Option<(u32, u32)> {
    if !is_coded_as(compression, image) {
        return None;
    }
    image::ImageReader::new(Cursor::new(image)).with_guessed_format().ok()?.into_dimensions().ok()
}

/// Width and height from the frame header of a WSQ stream: markers are walked until `FF A2`.
fn wsq_size(image: &[u8]) -> Option<(u32, u32)> {
    let mut rest = image.strip_prefix(&[0xFF, 0xA0])?;
    loop {
        let (&[high, low], after) = rest.split_first_chunk::<2>()?;
        let (&length, _) = after.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(length));
        let segment = after.get(2..length)?;
        match (high, low) {
            (0xFF, 0xA2) => {
                // Black and white levels, then rows and columns.
                let &[_, _, y1, y0, x1, x0, ..] = segment else { return None };
                return Some((
                    u32::from(u16::from_be_bytes([x1, x0])),
                    u32::from(u16::from_be_bytes([y1, y0])),
                ));
            }
            (0xFF, 0xA4..=0xA8) => rest = after.get(length..)?,
            _ => return None,
        }
    }
}
