//! From content to file.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Write;

use super::{ContainerContent, FaceRecord, FingerRecord, fields};
use crate::error::{ContainerProblem, Error};
use crate::finger::FingerPosition;
use crate::nist::{OutRecord, StreamError, StreamingWriter, TransactionHeader, control_number};
use crate::profile::{ControlNumber, FingerCompression, Profile};
use crate::{hex, limits};

/// Builds the file of one submission under a profile.
///
/// Refused: images whose pixels and dimensions differ, fingers where they cannot be, text with control characters, more
/// than the bounds admit. Whether the content is complete and lawful is [`crate::validate`]'s matter.
pub fn build(profile: &Profile, content: &ContainerContent) -> Result<Vec<u8>, Error> {
    match build_to(profile, content, Vec::new()) {
        Ok(bytes) => Ok(bytes),
        Err(StreamError::Refused(error)) => Err(error),
        // Memory does not fail as a sink.
        Err(StreamError::Sink(_)) => {
            Err(Error::Container { profile: profile.name.clone(), problem: ContainerProblem::TooLarge })
        }
    }
}

/// Builds the file of one submission into a sink. Images are coded one at a time, so no more than one coded image is
/// in memory besides what the sink keeps.
pub fn build_to<W: Write>(profile: &Profile, content: &ContainerContent, sink: W) -> Result<W, StreamError> {
    let refuse = |problem| Error::Container { profile: profile.name.clone(), problem };
    check_fingers(&content.fingers).map_err(refuse)?;
    if let Some(face) = &content.face {
        check_size(face.width_px, face.height_px).map_err(refuse)?;
        if !is_coded_as(&profile.face.compression, &face.jpeg) {
            return Err(refuse(ContainerProblem::Compression).into());
        }
    }
    let transaction_type = profile
        .transaction_type(content.category)
        .ok_or_else(|| refuse(ContainerProblem::TransactionType))?;
    let header = TransactionHeader {
        version: profile.itl.version.clone(),
        transaction_type: transaction_type.to_owned(),
        date: content.captured_on.strftime("%Y%m%d").to_string(),
        priority: profile.priority(content.urgent),
        destination_agency: profile.itl.destination_agency.clone(),
        originating_agency: profile.itl.originating_agency.clone(),
        control_number: control_number_of(profile, content),
        control_reference: None,
        domain: (profile.itl.domain_name.clone(), profile.itl.domain_version.clone()),
        ..TransactionHeader::default()
    };
    let images = content.fingers.iter().map(|_| 14).chain(content.face.iter().map(|_| 10));
    let carried = &profile.exceptions;
    let misfit = |photo: &Vec<u8>| !carried.carry_proof_photo || !is_coded_as("JPEGB", photo);
    if content.proof_photos.iter().any(misfit) {
        return Err(refuse(ContainerProblem::Value("proof photo")).into());
    }
    let contexts = || {
        let documents = content.documents.iter().map(|picture| (picture.as_slice(), None));
        documents
            .chain(content.proof_photos.iter().map(|picture| (picture.as_slice(), Some(super::PROOF_PHOTO))))
    };
    let images = images.chain(contexts().map(|_| 21));
    // IDCs have two digits.
    let idcs = (1_u8..=99).zip(images).map(|(idc, record_type)| (record_type, idc));
    let announced: Vec<(u8, u8)> = [(2, 0)].into_iter().chain(idcs).collect();
    let records = content.fingers.len() + usize::from(content.face.is_some()) + contexts().count();
    if announced.len() != 1 + records {
        return Err(refuse(ContainerProblem::TooLarge).into());
    }
    let mut writer = StreamingWriter::begin(sink, &header, &announced)?;
    writer.write(&type_2(profile, content)?)?;
    let mut idc = 1..=99;
    for finger in &content.fingers {
        writer.write(&type_14(profile, content, finger, idc.next().unwrap_or(0))?)?;
    }
    if let Some(face) = &content.face {
        writer.write(&type_10(profile, content, face, idc.next().unwrap_or(0))?)?;
    }
    for (number, (picture, comment)) in (1_u8..).zip(contexts()) {
        writer.write(&type_21(profile, content, (picture, comment), (idc.next().unwrap_or(0), number))?)?;
    }
    writer.finish()
}

fn control_number_of(profile: &Profile, content: &ContainerContent) -> String {
    match profile.itl.transaction_control_number {
        ControlNumber::Uuid => content.message_id.to_string(),
        ControlNumber::CheckLetter => {
            control_number::with_check_letter(content.message_id.as_uuid().as_u128())
        }
    }
}

fn type_2<'p>(profile: &Profile, content: &ContainerContent) -> Result<OutRecord<'p>, Error> {
    let mut record = OutRecord::new(2, 0)?;
    let mut values = fields::values(profile, content)
        .map_err(|problem| Error::Container { profile: profile.name.clone(), problem })?;
    values.sort_by_key(|(number, _)| *number);
    for (number, rows) in &values {
        let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        record.rows(*number, &rows)?;
    }
    Ok(record)
}

fn type_14<'p>(
    profile: &Profile,
    content: &ContainerContent,
    finger: &'p FingerRecord,
    idc: u8,
) -> Result<OutRecord<'p>, Error> {
    if finger.is_absent() {
        return type_14_without_image(profile, content, finger, idc);
    }
    let fingers = &profile.fingers;
    let image = coded(profile, finger)?;
    let mut record = OutRecord::new(14, idc)?;
    record
        .field(3, &finger.impression.code().to_string())?
        .field(4, &profile.itl.originating_agency)?
        .field(5, &content.captured_on.strftime("%Y%m%d").to_string())?
        .field(6, &finger.width_px.to_string())?
        .field(7, &finger.height_px.to_string())?
        .field(8, "1")?
        .field(9, &finger.resolution_ppi.to_string())?
        .field(10, &finger.resolution_ppi.to_string())?
        .field(11, fingers.compression.code())?
        .field(12, "8")?
        .field(13, &finger.position.code().to_string())?;
    repeated(
        &mut record,
        18,
        finger.missing.iter().map(|m| vec![m.finger.code().to_string(), m.reason.code().to_owned()]),
    )?;
    // The file's right and bottom edges are the last pixel inside; ours are the first one outside.
    repeated(
        &mut record,
        21,
        finger.segments.iter().map(|s| {
            let edges = [
                u32::from(s.finger.code()),
                s.left_px,
                s.right_px.saturating_sub(1),
                s.top_px,
                s.bottom_px.saturating_sub(1),
            ];
            edges.iter().map(u32::to_string).collect()
        }),
    )?;
    repeated(
        &mut record,
        24,
        finger.quality.iter().map(|q| {
            let score = q.score.to_string();
            let (vendor, product) = q.by.map_or_else(
                || (fingers.quality_vendor.clone(), fingers.quality_product),
                |by| (format!("{:04X}", by.vendor), by.product),
            );
            vec![q.finger.code().to_string(), score, vendor, product.to_string()]
        }),
    )?;
    device_and_digest(&mut record, content, &image)?;
    record.image(image);
    Ok(record)
}

/// The pixels as the profile wants them.
fn coded<'p>(profile: &Profile, finger: &'p FingerRecord) -> Result<Cow<'p, [u8]>, Error> {
    let bits_per_pixel = profile.fingers.bits_per_pixel;
    let resolution_ppi = u16::try_from(finger.resolution_ppi).ok();
    let fidelity = match profile.fingers.compression {
        FingerCompression::None => return Ok(Cow::Borrowed(finger.pixels.as_slice())),
        FingerCompression::Wsq => {
            let options = wsq::EncodeOptions { bits_per_pixel, resolution_ppi, comment: None };
            return wsq::encode(&finger.pixels, finger.width_px, finger.height_px, &options)
                .map(Cow::Owned)
                .map_err(|e| Error::Image { direction: "encoded", detail: e.to_string() });
        }
        FingerCompression::Jp2 => jpeg2000::Fidelity::Ratio(8.0 / bits_per_pixel),
        FingerCompression::Jp2Lossless => jpeg2000::Fidelity::Lossless,
    };
    let (width, height) = (finger.width_px, finger.height_px);
    let picture =
        jpeg2000::Picture { width_px: width, height_px: height, components: 1, samples: &finger.pixels };
    Ok(Cow::Owned(jpeg2000::encode(&picture, fidelity, resolution_ppi)?))
}

/// The standard lets the image and its fields away when every finger is accounted for.
fn type_14_without_image<'p>(
    profile: &Profile,
    content: &ContainerContent,
    finger: &FingerRecord,
    idc: u8,
) -> Result<OutRecord<'p>, Error> {
    let mut record = OutRecord::new(14, idc)?;
    record
        .field(3, &finger.impression.code().to_string())?
        .field(4, &profile.itl.originating_agency)?
        .field(5, &content.captured_on.strftime("%Y%m%d").to_string())?
        .field(13, &finger.position.code().to_string())?;
    repeated(
        &mut record,
        18,
        finger.missing.iter().map(|m| vec![m.finger.code().to_string(), m.reason.code().to_owned()]),
    )?;
    Ok(record)
}

fn type_10<'p>(
    profile: &Profile,
    content: &ContainerContent,
    face: &'p FaceRecord,
    idc: u8,
) -> Result<OutRecord<'p>, Error> {
    let mut record = OutRecord::new(10, idc)?;
    record
        .field(3, "FACE")?
        .field(4, &profile.itl.originating_agency)?
        .field(5, &content.captured_on.strftime("%Y%m%d").to_string())?
        .field(6, &face.width_px.to_string())?
        .field(7, &face.height_px.to_string())?
        .field(8, "0")?
        .field(9, "1")?
        .field(10, "1")?
        .field(11, &profile.face.compression)?
        .field(12, "SRGB")?
        .field(13, &profile.face.acquisition_profile.to_string())?
        .field(20, "F")?
        .field(996, &hex::encode(&crate::message::ContainerDigest::of(&face.jpeg).sha256))?;
    record.image(face.jpeg.as_slice());
    Ok(record)
}

/// A copy of a document or a photo of a bandage is associated context: nobody derives biometrics from it.
fn type_21<'p>(
    profile: &Profile,
    content: &ContainerContent,
    (picture, comment): (&'p [u8], Option<&str>),
    (idc, number): (u8, u8),
) -> Result<OutRecord<'p>, Error> {
    let mut record = OutRecord::new(21, idc)?;
    record
        .field(4, &profile.itl.originating_agency)?
        .field(5, &content.captured_on.strftime("%Y%m%d").to_string())?;
    if let Some(comment) = comment {
        record.field(20, comment)?;
    }
    record
        .field(21, &number.to_string())?
        .field(996, &hex::encode(&crate::message::ContainerDigest::of(picture).sha256))?;
    record.image(picture);
    Ok(record)
}

fn device_and_digest(
    record: &mut OutRecord<'_>,
    content: &ContainerContent,
    image: &[u8],
) -> Result<(), Error> {
    let device = &content.device;
    if [&device.make, &device.model, &device.serial].iter().any(|text| !text.is_empty()) {
        record.items(904, &[&device.make, &device.model, &device.serial])?;
    }
    record.field(996, &hex::encode(&crate::message::ContainerDigest::of(image).sha256))?;
    Ok(())
}

/// Adds a field with one row per value; without values there is no field.
fn repeated(
    record: &mut OutRecord<'_>,
    number: u16,
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<(), Error> {
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return Ok(());
    }
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    record.rows(number, &rows)?;
    Ok(())
}

/// Fingers must be where they can be: a segment, score or missing finger belongs to its image's position, and no image
/// position and no finger within an image stands twice.
fn check_fingers(fingers: &[FingerRecord]) -> Result<(), ContainerProblem> {
    let mut positions = BTreeSet::new();
    for finger in fingers {
        if !finger.is_absent() {
            check_size(finger.width_px, finger.height_px)?;
        }
        let pixels = u64::from(finger.width_px) * u64::from(finger.height_px);
        if u64::try_from(finger.pixels.len()) != Ok(pixels) {
            return Err(ContainerProblem::ImageSize);
        }
        if !positions.insert((finger.position, finger.impression.code())) {
            return Err(ContainerProblem::Finger);
        }
        let shown = finger.position.fingers();
        let belongs = |one: &FingerPosition| shown.contains(one);
        let segments: Vec<_> = finger.segments.iter().map(|s| s.finger).collect();
        let missing: Vec<_> = finger.missing.iter().map(|m| m.finger).collect();
        let quality: Vec<_> = finger.quality.iter().map(|q| q.finger).collect();
        for list in [&segments, &missing, &quality] {
            let unique: BTreeSet<_> = list.iter().collect();
            if unique.len() != list.len() || !list.iter().all(belongs) {
                return Err(ContainerProblem::Finger);
            }
        }
        if finger.quality.iter().any(|q| q.score > SCORE_MAX) {
            return Err(ContainerProblem::Value("14.024"));
        }
        let inside = |s: &super::FingerSegment| {
            s.left_px < s.right_px
                && s.top_px < s.bottom_px
                && s.right_px <= finger.width_px
                && s.bottom_px <= finger.height_px
        };
        if !finger.segments.iter().all(inside) {
            return Err(ContainerProblem::ImageSize);
        }
    }
    Ok(())
}

/// Whether a picture begins as its code in field 11 says; a code without a known beginning is believed.
pub(crate) fn is_coded_as(compression: &str, picture: &[u8]) -> bool {
    match compression {
        "JPEGB" | "JPEGL" => picture.starts_with(&[0xFF, 0xD8, 0xFF]),
        "JP2" | "JP2L" => jpeg2000::header(picture).is_some(),
        "PNG" => picture.starts_with(b"\x89PNG\r\n\x1a\n"),
        _ => true,
    }
}

/// Quality scores run from 0 to 100 (ISO/IEC 29794-1); 254 and 255 of field 24 say that there is none, and then none is sent.
const SCORE_MAX: u8 = 100;

pub(super) fn check_size(width: u32, height: u32) -> Result<(), ContainerProblem> {
    let sides = 1..=limits::IMAGE_SIDE_PX_MAX;
    let pixels = u64::from(width) * u64::from(height);
    let fits = usize::try_from(pixels).is_ok_and(|pixels| pixels <= limits::IMAGE_PIXELS_MAX);
    if sides.contains(&width) && sides.contains(&height) && fits {
        Ok(())
    } else {
        Err(ContainerProblem::ImageSize)
    }
}
