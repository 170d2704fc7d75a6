//! Is this a usable portrait: one face, whole, large enough, in the middle, well lit.
//!
//! Three detectors, best first: a neural model (YuNet) when its file and digest are configured; the cascade that
//! Debian's `opencv-data` installs; none. Without a detector the officer confirms by eye and the record says so:
//! [`PortraitVerdict::detector_used`] is false and nothing is claimed about the picture.
//!
//! Findings come in three tiers ([`Tier`]): what blocks (the officer may go on with a reason), what is coached and never
//! blocks, and what is only noted. Every figure, its limit and its tier is a [`Measure`] and stays with the record of
//! the attempt; [`What::code`] names the sentence that the screens say. Light is judged on the shares of clipped pixels
//! and never on mean brightness, because a mean refuses dark skin. The JPEG is looked at, never changed. None of the
//! figures carries an OFIQ name: they are this product's own (docs/reference/face.md).
//!
//! Left out on purpose: recognition; expression, mouth, glasses and head cover, which five points do not tell.

mod aligned;
mod detector;
mod framing;
mod light;
mod measure;
mod scale;
mod sharp;
mod yunet;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::device::{Fault, Portrait};
use crate::limits;
use crate::live::Hint;
use crate::parameters::BLUR_MAX;
use detector::Detector;

pub use detector::Face;
pub use framing::{Crop, crop_advice};
pub use measure::{Measure, Tier, What};

/// What was seen on one portrait.
#[derive(Clone, Debug, PartialEq)]
pub struct PortraitVerdict {
    /// Whether it can be sent as it is. Without a detector always true once it is a readable picture: then the
    /// officer decides.
    pub accepted: bool,
    /// Whether a detector looked at it. Without one the officer confirms by eye and the record says so.
    pub detector_used: bool,
    /// Advice, most useful first.
    pub hints: Vec<Hint>,
    /// Every figure that was measured, most useful first; empty without a detector.
    pub measures: Vec<Measure>,
    /// Where a portrait in the manner of travel documents would be cut out; the picture itself stays whole.
    pub crop: Option<Crop>,
}

impl PortraitVerdict {
    /// What is beyond its limit, most useful first.
    pub fn findings(&self) -> impl Iterator<Item = &Measure> {
        self.measures.iter().filter(|measure| measure.beyond)
    }
}

/// Which detector files the site configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaceOptions {
    /// A YuNet model, ONNX.
    pub model: Option<PathBuf>,
    /// Its SHA-256, lower-case hexadecimal. A model without it is not loaded.
    pub model_sha256: Option<String>,
    /// A cascade, XML; Debian's when absent.
    pub cascade: Option<PathBuf>,
}

/// The detector of one kiosk, ready to judge. Shared by threads; one portrait at a time.
pub struct FaceSetup {
    detector: Mutex<Detector>,
    notes: Vec<String>,
}

impl FaceSetup {
    /// Loads the best detector that works. What did not work is in [`FaceSetup::notes`], for the officer and the log;
    /// it never keeps a kiosk from starting.
    #[must_use]
    pub fn load(options: &FaceOptions) -> Self {
        let (detector, notes) = Detector::load(options);
        Self { detector: Mutex::new(detector), notes }
    }

    /// No detector: the officer confirms every portrait.
    #[must_use]
    pub fn without_detector() -> Self {
        Self { detector: Mutex::new(Detector::None), notes: vec![NO_DETECTOR.to_owned()] }
    }

    /// Name of the detector in use, for the record.
    #[must_use]
    pub fn detector_name(&self) -> &'static str {
        self.detector.lock().unwrap_or_else(PoisonError::into_inner).name()
    }

    /// What is missing or was refused, in sentences.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The faces on a picture, largest first.
    fn detect(&self, picture: &image::RgbImage) -> Result<Option<Vec<Face>>, String> {
        self.detector.lock().unwrap_or_else(PoisonError::into_inner).detect(picture)
    }
}

/// Note of a kiosk without a detector.
const NO_DETECTOR: &str = "no face detector is installed: the officer confirms each portrait by eye";

/// Where Debian's package `opencv-data` puts the frontal cascade.
const DEBIAN_CASCADE: &str = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml";

/// The cascade to use: the configured one, or Debian's when it is there.
fn cascade_of(options: &FaceOptions) -> Option<PathBuf> {
    let shipped = || Some(PathBuf::from(DEBIAN_CASCADE)).filter(|path| Path::exists(path));
    options.cascade.clone().or_else(shipped)
}

/// Judges one portrait.
///
/// # Errors
/// [`Fault::BadImage`] when the portrait is no picture that can be looked at.
pub fn judge(portrait: &Portrait, setup: &FaceSetup) -> Result<PortraitVerdict, Fault> {
    let bad = |detail: String| Fault::BadImage { device: portrait.device.id.clone(), detail };
    let picture = decode(&portrait.jpeg).map_err(bad)?;
    let Some(faces) = setup.detect(&picture).map_err(bad)? else {
        return Ok(PortraitVerdict {
            accepted: true,
            detector_used: false,
            hints: Vec::new(),
            measures: Vec::new(),
            crop: None,
        });
    };
    Ok(verdict(&picture, &faces))
}

/// Judges a picture with the faces on it, largest first.
fn verdict(picture: &image::RgbImage, faces: &[Face]) -> PortraitVerdict {
    let mut measures = framing::measures(picture.dimensions(), faces);
    let face = faces.first();
    if let Some(face) = face {
        measures.push(Measure::at_most_known(What::Blurred, sharp::blur(picture, face), BLUR_MAX));
        measures.push(Measure::unknown(What::EyesOpen, 0.0));
        measures.extend(aligned::Aligned::new(picture, face).iter().flat_map(light::measures));
    }
    measures.sort_by_key(|measure| measure.what);
    let mut hints = Vec::new();
    for hint in measures.iter().filter(|measure| measure.beyond).filter_map(|measure| measure.what.hint()) {
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    let blocks = |measure: &Measure| measure.beyond && measure.what.tier() == Tier::Block;
    PortraitVerdict {
        accepted: !measures.iter().any(blocks),
        detector_used: true,
        hints,
        measures,
        crop: face.and_then(|face| crop_advice(picture.dimensions(), face)),
    }
}

/// The shorter side of a JPEG; `None` when it is none.
#[must_use]
pub fn shorter_side_px(jpeg: &[u8]) -> Option<u32> {
    let mut reader = image::ImageReader::with_format(std::io::Cursor::new(jpeg), image::ImageFormat::Jpeg);
    reader.limits(limits::portrait_decoding());
    reader.into_dimensions().ok().map(|(width, height)| width.min(height))
}

fn decode(jpeg: &[u8]) -> Result<image::RgbImage, String> {
    let mut reader = image::ImageReader::with_format(std::io::Cursor::new(jpeg), image::ImageFormat::Jpeg);
    reader.limits(limits::portrait_decoding());
    Ok(reader.decode().map_err(|_| "it is no JPEG image".to_owned())?.into_rgb8())
}

#[cfg(test)]
mod tests;
