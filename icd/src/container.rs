//! The ANSI/NIST-ITL file of one submission: what goes in, what comes out, under an ICD profile.
//!
//! Record order: Type-1 (header), Type-2 (dataset), Type-14 per finger image, Type-10 (face). Which Type-2 field
//! carries what is the profile's matter.
//!
//! Invariants: what [`build`] wrote, [`read`] gives back, whatever numbers the profile uses; images are borrowed from
//! the file and decoded only when asked for. Types that hold images or personal data show neither in `Debug`.

mod build;
mod fields;
mod read;

#[cfg(test)]
pub(crate) mod tests;

use std::fmt;

pub(crate) use build::is_coded_as;
pub use build::{build, build_to};
pub(crate) use fields::{ReadFields, differing};
use jiff::civil::Date;
pub use read::{ReadContainer, ReadFace, ReadFinger, read, read_beside};
pub(crate) use read::{face, finger, header_and_fields, is_proof_photo};

use crate::category::Category;
use crate::dataset::Dataset;
use crate::finger::{FingerPosition, Impression, MissingReason};
use crate::identifier::MessageId;
use crate::reference::ReferenceNumber;

/// Field 21.020 of a photo of what could not be taken; a copy of a document has no such field.
pub(crate) const PROOF_PHOTO: &str = "PROOF OF EXCEPTION";

/// A finger's box within a slap image; pixels, origin top left, `right` and `bottom` exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FingerSegment {
    /// Which finger.
    pub finger: FingerPosition,
    /// Left edge.
    pub left_px: u32,
    /// Top edge.
    pub top_px: u32,
    /// Right edge, exclusive.
    pub right_px: u32,
    /// Bottom edge, exclusive.
    pub bottom_px: u32,
}

/// A finger's quality score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FingerQuality {
    /// Which finger.
    pub finger: FingerPosition,
    /// 0 (worst) to 100 (best).
    pub score: u8,
    /// Whose score it is; `None` for the product the profile names.
    pub by: Option<QualityProduct>,
}

/// Who made a quality score, as field 14.024 says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QualityProduct {
    /// Vendor, four hexadecimal digits on the wire.
    pub vendor: u16,
    /// Product of that vendor.
    pub product: u16,
}

/// A finger that is not in the image, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingFinger {
    /// Which finger.
    pub finger: FingerPosition,
    /// Why.
    pub reason: MissingReason,
}

/// One finger image to be written.
#[derive(Clone, PartialEq)]
pub struct FingerRecord {
    /// Slap 13, 14, 15 or single finger 1 to 10.
    pub position: FingerPosition,
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// Resolution.
    pub resolution_ppi: u32,
    /// Grey pixels, row by row, 0 = black.
    pub pixels: Vec<u8>,
    /// How the fingers met the sensor.
    pub impression: Impression,
    /// Where each finger lies, for slaps.
    pub segments: Vec<FingerSegment>,
    /// Quality per finger.
    pub quality: Vec<FingerQuality>,
    /// Fingers that are not in the image.
    pub missing: Vec<MissingFinger>,
}

impl FingerRecord {
    /// A position of which no finger can be taken: a record without an image that says why, finger by finger.
    #[must_use]
    pub fn absent(position: FingerPosition, missing: Vec<MissingFinger>) -> Self {
        Self {
            position,
            width_px: 0,
            height_px: 0,
            resolution_ppi: 0,
            pixels: Vec::new(),
            impression: Impression::PlainContact,
            segments: Vec::new(),
            quality: Vec::new(),
            missing,
        }
    }

    /// True when the record has no image because every finger of its position is missing.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        let all_missing = self.position.fingers().iter().all(|f| self.missing.iter().any(|m| m.finger == *f));
        all_missing && self.pixels.is_empty() && (self.width_px, self.height_px) == (0, 0)
    }
}

impl fmt::Debug for FingerRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FingerRecord")
            .field("position", &self.position)
            .field("width", &self.width_px)
            .field("height", &self.height_px)
            .finish_non_exhaustive()
    }
}

/// A face image to be written.
#[derive(Clone, PartialEq, Eq)]
pub struct FaceRecord {
    /// The coded image (baseline JPEG unless the profile says otherwise).
    pub jpeg: Vec<u8>,
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
}

impl fmt::Debug for FaceRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FaceRecord({} x {})", self.width_px, self.height_px)
    }
}

/// What took the images.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceDescription {
    /// Make.
    pub make: String,
    /// Model.
    pub model: String,
    /// Serial number.
    pub serial: String,
    /// Driver and its version.
    pub driver: String,
    /// Certification level, such as `FAP60` or `none`.
    pub certification: String,
}

/// Everything one container carries.
#[derive(Clone, Debug, PartialEq)]
pub struct ContainerContent {
    /// The message it belongs to.
    pub message_id: MessageId,
    /// The reference number.
    pub reference_number: ReferenceNumber,
    /// The category.
    pub category: Category,
    /// True when the central system is asked to handle it within an hour (Art. 38(2)).
    pub urgent: bool,
    /// What is said about the person.
    pub dataset: Dataset,
    /// Finger images.
    pub fingers: Vec<FingerRecord>,
    /// The face.
    pub face: Option<FaceRecord>,
    /// Pictures of documents, as the dataset's copies name them by their digests (JPEG, PNG or JPEG 2000).
    pub documents: Vec<Vec<u8>>,
    /// Photos of what could not be taken, where the profile carries them (JPEG).
    pub proof_photos: Vec<Vec<u8>>,
    /// What took the images.
    pub device: DeviceDescription,
    /// The day they were taken.
    pub captured_on: Date,
}
