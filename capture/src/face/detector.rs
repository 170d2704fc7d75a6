//! Finds faces with whatever detector is there.
//!
//! Large pictures are made smaller first, each detector to the size it works best with. Boxes and points come back in pixels of the given picture.
//! Invariant: a model is loaded from the very bytes whose digest was checked.

use std::fs;
use std::io::Read;
use std::path::Path;

use image::RgbImage;
use image::imageops::FilterType;
use opencv::core::{Mat, Rect, Scalar, Size, Vec3b, Vector};
use opencv::dnn;
use opencv::objdetect::CascadeClassifier;
use opencv::prelude::*;
use sha2::{Digest, Sha256};

use super::{FaceOptions, NO_DETECTOR, cascade_of, yunet};
use crate::limits;
use crate::parameters::{
    CASCADE_FACE_MIN_SHARE, CASCADE_NEIGHBOURS, CASCADE_SCALE_STEP, CASCADE_SEARCH_SIDE_PX,
    YUNET_SEARCH_SIDE_PX,
};

/// One face on a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Face {
    /// First column, may lie outside the picture.
    pub left: f32,
    /// First row, may lie outside the picture.
    pub top: f32,
    /// Width in pixels.
    pub width: f32,
    /// Height in pixels.
    pub height: f32,
    /// How sure the detector is, 0 to 1; 1 where it does not say.
    pub score: f32,
    /// The person's right eye, left eye, nose tip, right and left corner of the mouth, where the detector tells.
    pub points: Option<[(f32, f32); 5]>,
}

impl Face {
    /// Area of the box.
    pub(super) fn area(&self) -> f32 {
        self.width.max(0.0) * self.height.max(0.0)
    }

    fn scaled(self, factor: f32) -> Self {
        Self {
            left: self.left * factor,
            top: self.top * factor,
            width: self.width * factor,
            height: self.height * factor,
            points: self.points.map(|points| points.map(|(x, y)| (x * factor, y * factor))),
            ..self
        }
    }
}

/// A loaded detector.
pub(super) enum Detector {
    /// The neural model.
    Yunet(dnn::Net),
    /// The cascade.
    Cascade(CascadeClassifier),
    /// None: the officer confirms.
    None,
}

impl Detector {
    /// The best detector that works, and sentences about what did not.
    pub(super) fn load(options: &FaceOptions) -> (Self, Vec<String>) {
        let mut notes = Vec::new();
        if let Some(model) = &options.model {
            match load_model(model, options.model_sha256.as_deref()) {
                Ok(net) => return (Self::Yunet(net), notes),
                Err(note) => notes.push(note),
            }
        }
        if let Some(cascade) = cascade_of(options) {
            match load_cascade(&cascade) {
                Ok(cascade) => return (Self::Cascade(cascade), notes),
                Err(note) => notes.push(note),
            }
        }
        notes.push(NO_DETECTOR.to_owned());
        (Self::None, notes)
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Yunet(_) => "yunet",
            Self::Cascade(_) => "frontal-cascade",
            Self::None => "none",
        }
    }

    /// Faces, largest first; `None` when there is no detector.
    pub(super) fn detect(&mut self, picture: &RgbImage) -> Result<Option<Vec<Face>>, String> {
        let longest = picture.width().max(picture.height()).max(1);
        let side_max =
            if matches!(self, Self::Yunet(_)) { YUNET_SEARCH_SIDE_PX } else { CASCADE_SEARCH_SIDE_PX };
        let factor = (side_max as f32 / longest as f32).min(1.0);
        let side = |px: u32| ((px as f32 * factor).round() as u32).max(1);
        let small = image::imageops::resize(
            picture,
            side(picture.width()),
            side(picture.height()),
            FilterType::Triangle,
        );
        let found = match self {
            Self::None => return Ok(None),
            Self::Yunet(net) => yunet_faces(net, &small),
            Self::Cascade(cascade) => cascade_faces(cascade, &small),
        };
        // The detector's own words may name files; the officer needs only that it did not work.
        let found =
            found.map_err(|error| format!("the face detector stopped (OpenCV code {})", error.code))?;
        let mut faces: Vec<Face> = found.into_iter().map(|face| face.scaled(1.0 / factor)).collect();
        faces.sort_by(|a, b| b.area().total_cmp(&a.area()));
        faces.truncate(limits::FACES_MAX);
        Ok(Some(faces))
    }
}

fn load_model(path: &Path, sha256: Option<&str>) -> Result<dnn::Net, String> {
    let Some(expected) = sha256 else {
        return Err("the face model is configured without its SHA-256 and was not loaded".to_owned());
    };
    let bytes =
        read(path, limits::FACE_MODEL_BYTES_MAX).map_err(|reason| format!("the face model {reason}"))?;
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if !digest.eq_ignore_ascii_case(expected) {
        return Err("the face model has another SHA-256 than configured and was not loaded".to_owned());
    }
    dnn::read_net_from_onnx_buffer(&Vector::from_slice(&bytes))
        .map_err(|error| format!("the face model cannot be used by this OpenCV (code {})", error.code))
}

fn load_cascade(path: &Path) -> Result<CascadeClassifier, String> {
    let unusable = || "the face cascade cannot be read".to_owned();
    let cascade = CascadeClassifier::new(path).map_err(|_| unusable())?;
    if cascade.empty().map_err(|_| unusable())? {
        return Err(unusable());
    }
    Ok(cascade)
}

fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>, String> {
    let reason = |error: std::io::Error| format!("cannot be read ({:?})", error.kind());
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(reason)?.take(bytes_max + 1).read_to_end(&mut bytes).map_err(reason)?;
    if bytes.len() as u64 > bytes_max {
        return Err("is too large".to_owned());
    }
    Ok(bytes)
}

fn yunet_faces(net: &mut dnn::Net, picture: &RgbImage) -> opencv::Result<Vec<Face>> {
    // Sides have to be multiples of 32; the rim is black.
    let padded = |px: u32| px.div_ceil(yunet::STRIDE_MAX) * yunet::STRIDE_MAX;
    let (width, height) = (padded(picture.width()), padded(picture.height()));
    let mut pixels = vec![Vec3b::default(); width as usize * height as usize];
    for (x, y, image::Rgb([red, green, blue])) in picture.enumerate_pixels() {
        if let Some(pixel) = pixels.get_mut(y as usize * width as usize + x as usize) {
            *pixel = Vec3b::from([*blue, *green, *red]);
        }
    }
    let mat = Mat::new_rows_cols_with_data(height as i32, width as i32, &pixels)?;
    let size = Size::new(width as i32, height as i32);
    let blob = dnn::blob_from_image(&mat, 1.0, size, Scalar::default(), false, false, opencv::core::CV_32F)?;
    net.set_input(&blob, "", 1.0, Scalar::default())?;
    let mut names: Vector<String> = Vector::new();
    yunet::output_names().iter().for_each(|name| names.push(name));
    let mut outputs: Vector<Mat> = Vector::new();
    net.forward(&mut outputs, &names)?;
    let mut levels = Vec::new();
    for output in &outputs {
        levels.push(output.data_typed::<f32>()?.to_vec());
    }
    Ok(yunet::decode(&levels, width, height))
}

fn cascade_faces(cascade: &mut CascadeClassifier, picture: &RgbImage) -> opencv::Result<Vec<Face>> {
    let grey: Vec<u8> = image::imageops::grayscale(picture).into_raw();
    let mat = Mat::new_rows_cols_with_data(picture.height() as i32, picture.width() as i32, &grey)?;
    let mut even = Mat::default();
    opencv::imgproc::equalize_hist(&mat, &mut even)?;
    let least = (picture.width().min(picture.height()) as f32 * CASCADE_FACE_MIN_SHARE) as i32;
    let mut boxes: Vector<Rect> = Vector::new();
    cascade.detect_multi_scale(
        &even,
        &mut boxes,
        CASCADE_SCALE_STEP,
        CASCADE_NEIGHBOURS,
        0,
        Size::new(least, least),
        Size::default(),
    )?;
    let face = |found: Rect| Face {
        left: found.x as f32,
        top: found.y as f32,
        width: found.width as f32,
        height: found.height as f32,
        score: 1.0,
        points: None,
    };
    Ok(boxes.iter().map(face).collect())
}
