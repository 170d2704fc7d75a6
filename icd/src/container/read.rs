//! From file to content. Images stay borrowed; pixels are decoded when somebody asks.

use std::fmt;
use std::io::Cursor;

use jiff::civil::Date;

use super::build::check_size;
use super::fields::{self, ReadFields};
use super::{DeviceDescription, FingerQuality, FingerSegment, MissingFinger, QualityProduct};
use crate::category::Category;
use crate::dataset::{Dataset, PartialDate};
use crate::error::{ContainerProblem, Error};
use crate::finger::{FingerPosition, Impression, MissingReason};
use crate::identifier::MessageId;
use crate::limits;
use crate::message::Submission;
use crate::nist::{TaggedRecord, Transaction, Type10, Type14};
use crate::profile::Profile;
use crate::reference::ReferenceNumber;

/// What a container says.
#[derive(Debug)]
pub struct ReadContainer<'a> {
    /// The message it belongs to.
    pub message_id: MessageId,
    /// The reference number.
    pub reference_number: ReferenceNumber,
    /// The category.
    pub category: Category,
    /// What is said about the person.
    pub dataset: Dataset,
    /// Finger images, in the order of the file.
    pub fingers: Vec<ReadFinger<'a>>,
    /// The face.
    pub face: Option<ReadFace<'a>>,
    /// Pictures of documents; the dataset's copies name them by their digests.
    pub documents: Vec<&'a [u8]>,
    /// Photos of what could not be taken.
    pub proof_photos: Vec<&'a [u8]>,
    /// What took the images.
    pub device: DeviceDescription,
}

/// One finger image, borrowed from the file.
#[derive(Clone, PartialEq)]
pub struct ReadFinger<'a> {
    /// Slap 13, 14, 15 or single finger 1 to 10.
    pub position: FingerPosition,
    /// Width in pixels, as the record says.
    pub width_px: u32,
    /// Height in pixels, as the record says.
    pub height_px: u32,
    /// Resolution.
    pub resolution_ppi: u32,
    /// How the fingers met the sensor.
    pub impression: Impression,
    /// Field 14.011.
    pub compression: &'a str,
    /// Day of capture.
    pub captured_on: Date,
    /// Where each finger lies.
    pub segments: Vec<FingerSegment>,
    /// Quality per finger.
    pub quality: Vec<FingerQuality>,
    /// Fingers that are not in the image.
    pub missing: Vec<MissingFinger>,
    /// The coded image.
    pub image: &'a [u8],
}

impl ReadFinger<'_> {
    /// True when the record has no image because every finger of its position is missing.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.compression.is_empty()
    }

    /// The grey pixels, row by row, 0 = black; none where the fingers are absent. The decoded image must have the size
    /// the record says.
    pub fn pixels(&self) -> Result<Vec<u8>, Error> {
        if self.is_absent() {
            return Ok(Vec::new());
        }
        let refused = |detail: String| Error::Image { direction: "decoded", detail };
        let (width, height, pixels) = match self.compression {
            "WSQ20" => {
                let decoded = wsq::decode(self.image).map_err(|e| refused(e.to_string()))?;
                (decoded.width_px, decoded.height_px, decoded.pixels)
            }
            "NONE" => (self.width_px, self.height_px, self.image.to_vec()),
            "PNG" => decode(self.image, image::ImageFormat::Png)?,
            "JPEGB" => decode(self.image, image::ImageFormat::Jpeg)?,
            "JP2" | "JP2L" => {
                let decoded = jpeg2000::decode(self.image)?;
                (decoded.width_px, decoded.height_px, decoded.samples)
            }
            _ => {
                let known = "its compression is not one of WSQ20, NONE, PNG, JPEGB, JP2, JP2L";
                return Err(refused(known.to_owned()));
            }
        };
        let expected = u64::from(self.width_px) * u64::from(self.height_px);
        if (width, height) != (self.width_px, self.height_px) || u64::try_from(pixels.len()) != Ok(expected) {
            return Err(refused("its size is not the one the record gives".to_owned()));
        }
        Ok(pixels)
    }
}

impl fmt::Debug for ReadFinger<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadFinger")
            .field("position", &self.position)
            .field("width", &self.width_px)
            .field("height", &self.height_px)
            .finish_non_exhaustive()
    }
}

/// The face, borrowed from the file.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadFace<'a> {
    /// Width in pixels, as the record says.
    pub width_px: u32,
    /// Height in pixels, as the record says.
    pub height_px: u32,
    /// Field 10.011.
    pub compression: &'a str,
    /// The coded image.
    pub image: &'a [u8],
}

impl fmt::Debug for ReadFace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReadFace({} x {})", self.width_px, self.height_px)
    }
}

/// Reads a container under a profile; the first problem refuses it. [`crate::validate`] lists them all.
///
/// Under a profile whose Type-2 record lacks what must be known, use [`read_beside`].
pub fn read<'a>(profile: &Profile, bytes: &'a [u8]) -> Result<ReadContainer<'a>, Error> {
    read_with(profile, bytes, None)
}

/// Reads a container that travels beside an envelope: what the profile leaves out of the file comes from there.
pub fn read_beside<'a>(
    profile: &Profile,
    bytes: &'a [u8],
    envelope: &Submission,
) -> Result<ReadContainer<'a>, Error> {
    read_with(profile, bytes, Some(envelope))
}

fn read_with<'a>(
    profile: &Profile,
    bytes: &'a [u8],
    beside: Option<&Submission>,
) -> Result<ReadContainer<'a>, Error> {
    let refuse = |problem| Error::Container { profile: profile.name.clone(), problem };
    let transaction = Transaction::read(bytes)?;
    let read = header_and_fields(profile, &transaction, beside).map_err(|problems| {
        refuse(problems.into_iter().next().unwrap_or(ContainerProblem::Missing("Type-2 record")))
    })?;
    let mut fingers = Vec::new();
    let mut faces = Vec::new();
    let mut device = read.device;
    for (index, record) in transaction.records().iter().enumerate() {
        let Some(record) = record.as_tagged() else { continue };
        if let Some(view) = Type14::of(record, index + 1) {
            fingers.push(finger(profile, &view, &read.missing)?);
            describe(&mut device, record);
        } else if let Some(view) = Type10::of(record, index + 1) {
            faces.push(face(profile, &view)?);
        }
    }
    if faces.len() > 1 {
        return Err(refuse(ContainerProblem::Value("face")));
    }
    Ok(ReadContainer {
        message_id: read.message_id,
        reference_number: read.reference_number,
        category: read.category,
        dataset: read.dataset,
        fingers,
        face: faces.pop(),
        documents: contexts(&transaction, false),
        proof_photos: contexts(&transaction, true),
        device,
    })
}

/// Pictures of Type-21: copies of documents, or photos of what could not be taken.
fn contexts<'a>(transaction: &Transaction<'a>, proof: bool) -> Vec<&'a [u8]> {
    let wanted = transaction.tagged(21).filter(|record| is_proof_photo(record) == proof);
    wanted.filter_map(|record| Some(record.field(999)?.value())).collect()
}

/// Whether a record of Type-21 is a photo of what could not be taken.
pub(crate) fn is_proof_photo(record: &TaggedRecord<'_>) -> bool {
    record.text(20) == Some(super::PROOF_PHOTO)
}

/// The Type-1 and Type-2 records; on refusal every problem.
pub(crate) fn header_and_fields(
    profile: &Profile,
    transaction: &Transaction<'_>,
    beside: Option<&Submission>,
) -> Result<ReadFields, Vec<ContainerProblem>> {
    let mut twos = transaction.tagged(2);
    let two = twos.next().ok_or_else(|| vec![ContainerProblem::Missing("Type-2 record")])?;
    if twos.next().is_some() {
        return Err(vec![ContainerProblem::Value("Type-2 record (there are two)")]);
    }
    let read = fields::read(profile, two, beside)?;
    if transaction.type1().transaction_type() != profile.transaction_type(read.category) {
        return Err(vec![ContainerProblem::TransactionType]);
    }
    Ok(read)
}

/// One finger record.
pub(crate) fn finger<'a>(
    profile: &Profile,
    view: &Type14<'_, 'a>,
    reasons: &[MissingFinger],
) -> Result<ReadFinger<'a>, Error> {
    let refuse = |problem| Error::Container { profile: profile.name.clone(), problem };
    let position =
        FingerPosition::from_code(view.position()?).ok_or_else(|| refuse(ContainerProblem::Finger))?;
    let belongs = |code: u8| {
        FingerPosition::from_code(code)
            .filter(|finger| position.fingers().contains(finger))
            .ok_or_else(|| refuse(ContainerProblem::Finger))
    };
    let mut missing = Vec::new();
    for (code, amp) in view.missing()? {
        let finger = belongs(code)?;
        missing.push(MissingFinger {
            finger,
            reason: reason(finger, amp, reasons).ok_or_else(|| refuse(ContainerProblem::Finger))?,
        });
    }
    let captured_on = PartialDate::from_nist(view.captured_on()?).map(PartialDate::earliest);
    let captured_on = captured_on.map_err(|_| refuse(ContainerProblem::Value("capture date")))?;
    let impression = Impression::from_code(view.impression()?);
    let all_missing = position.fingers().iter().all(|f| missing.iter().any(|m| m.finger == *f));
    let Some(image) = view.image().filter(|image| !image.is_empty()) else {
        if !all_missing {
            return Err(refuse(ContainerProblem::Missing("14.999")));
        }
        return Ok(ReadFinger {
            position,
            width_px: 0,
            height_px: 0,
            resolution_ppi: 0,
            impression,
            compression: "",
            captured_on,
            segments: Vec::new(),
            quality: Vec::new(),
            missing,
            image: &[],
        });
    };
    let (width, height) = (view.width_px()?, view.height_px()?);
    check_size(width, height).map_err(refuse)?;
    let (segments, quality) =
        (segments(view, width, height, &belongs, &refuse)?, scores(profile, view, &belongs, &refuse)?);
    let compression = Some(view.compression()?).filter(|name| !name.is_empty());
    Ok(ReadFinger {
        position,
        width_px: width,
        height_px: height,
        resolution_ppi: view.resolution_ppi()?,
        impression,
        compression: compression.ok_or_else(|| refuse(ContainerProblem::Compression))?,
        captured_on,
        segments,
        quality,
        missing,
        image,
    })
}

fn segments(
    view: &Type14<'_, '_>,
    width: u32,
    height: u32,
    belongs: &impl Fn(u8) -> Result<FingerPosition, Error>,
    refuse: &impl Fn(ContainerProblem) -> Error,
) -> Result<Vec<FingerSegment>, Error> {
    let mut segments = Vec::new();
    for [code, left, right, top, bottom] in view.segments()? {
        let finger = belongs(u8::try_from(code).unwrap_or(0))?;
        if left > right || top > bottom || right >= width || bottom >= height {
            return Err(refuse(ContainerProblem::ImageSize));
        }
        segments.push(FingerSegment {
            finger,
            left_px: left,
            top_px: top,
            right_px: right + 1,
            bottom_px: bottom + 1,
        });
    }
    Ok(segments)
}

fn scores(
    profile: &Profile,
    view: &Type14<'_, '_>,
    belongs: &impl Fn(u8) -> Result<FingerPosition, Error>,
    refuse: &impl Fn(ContainerProblem) -> Error,
) -> Result<Vec<FingerQuality>, Error> {
    let mut scores = Vec::new();
    for (code, score, vendor, product) in view.quality()? {
        let finger = belongs(code)?;
        // 254 and 255 say that nobody scored the finger.
        if score <= 100 {
            let vendor = u16::from_str_radix(vendor, 16);
            let vendor = vendor.map_err(|_| refuse(ContainerProblem::Value("quality vendor")))?;
            let fingers = &profile.fingers;
            let own = u16::from_str_radix(&fingers.quality_vendor, 16) == Ok(vendor)
                && fingers.quality_product == product;
            let by = (!own).then_some(QualityProduct { vendor, product });
            scores.push(FingerQuality { finger, score, by });
        } else if score < 254 {
            return Err(refuse(ContainerProblem::Value("quality score")));
        }
    }
    Ok(scores)
}

/// One face record.
pub(crate) fn face<'a>(profile: &Profile, view: &Type10<'_, 'a>) -> Result<ReadFace<'a>, Error> {
    let refuse = |problem| Error::Container { profile: profile.name.clone(), problem };
    if view.image_type()? != "FACE" {
        return Err(refuse(ContainerProblem::Value("10.003")));
    }
    let (width, height) = (view.width_px()?, view.height_px()?);
    check_size(width, height).map_err(refuse)?;
    let image = view.image().ok_or_else(|| refuse(ContainerProblem::Missing("10.999")))?;
    Ok(ReadFace { width_px: width, height_px: height, compression: view.compression()?, image })
}

/// The file's code does not tell a bandage from an amputation; the profile's own field does. Without it a finger that
/// cannot print counts as bandaged, because then somebody plans the retake the law asks for.
fn reason(finger: FingerPosition, amp: &str, reasons: &[MissingFinger]) -> Option<MissingReason> {
    let told = reasons.iter().find(|m| m.finger == finger && m.reason.code() == amp).map(|m| m.reason);
    told.or(match amp {
        "UP" => Some(MissingReason::Bandaged),
        "XX" => Some(MissingReason::PartlyAmputated),
        _ => None,
    })
}

fn describe(device: &mut DeviceDescription, record: &TaggedRecord<'_>) {
    let Some(Some(items)) = record.field(904).and_then(|field| field.text_subfields().next()) else { return };
    if let [make, model, serial] = items[..] {
        device.make = make.to_owned();
        device.model = model.to_owned();
        device.serial = serial.to_owned();
    }
}

/// A PNG or JPEG as grey pixels, within the bounds on images.
fn decode(bytes: &[u8], format: image::ImageFormat) -> Result<(u32, u32, Vec<u8>), Error> {
    let refused = |e: image::ImageError| Error::Image { direction: "decoded", detail: e.to_string() };
    let mut reader = image::ImageReader::with_format(Cursor::new(bytes), format);
    let mut bounds = image::Limits::default();
    bounds.max_image_width = Some(limits::IMAGE_SIDE_PX_MAX);
    bounds.max_image_height = Some(limits::IMAGE_SIDE_PX_MAX);
    bounds.max_alloc = u64::try_from(limits::IMAGE_PIXELS_MAX).ok().map(|pixels| pixels * 4);
    reader.limits(bounds);
    let grey = reader.decode().map_err(refused)?.into_luma8();
    Ok((grey.width(), grey.height(), grey.into_raw()))
}
