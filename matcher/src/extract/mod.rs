//! From the image of one print to its template. The whole pipeline is [`extract_traced`].
//!
//! Contextual enhancement comes first and twice: what the first pass makes of the ridges tells the second pass
//! their direction better than the picture did. Minutiae are read off the phase of the enhanced wave; there is no
//! binary picture and no skeleton. Left out on purpose: singular points (core, delta); nothing here needs them.

mod assemble;
mod clean;
mod enhance;
mod frequency;
mod normalise;
mod orientation;
pub(crate) mod plane;
mod region;
pub(crate) mod scale;
mod singular;

use self::plane::Plane;
use crate::parameters::{
    EVENED_STRENGTH_HALF, EXTRACT_AREA_MM2_MIN, MINUTIAE_MIN, ORIENTATION_LOUDNESS,
    ORIENTATION_SECOND_FACTOR, WORKING_PPI,
};
use crate::trace::{NoTrace, Stage, Trace};
use crate::{Error, Image, Minutia, Template};

/// Extracts the template of one print.
///
/// # Errors
/// `M-01xx` if the image is unsound, [`Error::TooLittlePrint`] or [`Error::TooFewMinutiae`] if there is nothing
/// to compare.
pub fn extract(image: &Image) -> Result<Template, Error> {
    extract_traced(image, &mut NoTrace)
}

/// As [`extract`], with every intermediate result handed to `trace`.
///
/// # Errors
/// As [`extract`].
pub fn extract_traced(image: &Image, trace: &mut dyn Trace) -> Result<Template, Error> {
    image.check()?;
    let ridges = ridges(image, trace);
    let area_mm2 = ridges.area_mm2() as u32;
    if area_mm2 < EXTRACT_AREA_MM2_MIN {
        return Err(Error::TooLittlePrint { area_mm2 });
    }
    let period = ridges.frequency.median;
    let found =
        singular::singular_points(&ridges.wave, &ridges.orientation, &ridges.region, ridges.size, period);
    show_points(trace, "singular", &found);
    let found = clean::cleaned(&found, &ridges.region, period);
    show_points(trace, "minutiae", &found);
    if found.len() < MINUTIAE_MIN {
        return Err(Error::TooFewMinutiae { found: found.len() });
    }
    Ok(assemble::template(&found, &ridges.orientation, &ridges.region, ridges.size, period))
}

/// Everything known about the ridges of a print before minutiae; also what quality is judged on.
pub(crate) struct Ridges {
    pub(crate) size: (usize, usize),
    pub(crate) normalised: normalise::Normalised,
    /// Of the picture itself.
    pub(crate) first_orientation: orientation::Orientation,
    /// Of the enhanced picture.
    pub(crate) orientation: orientation::Orientation,
    pub(crate) frequency: frequency::Frequency,
    /// Certainty of the first pass, before anything was evened out.
    pub(crate) certainty: Plane,
    pub(crate) wave: enhance::Wave,
    pub(crate) region: plane::Mask,
}

impl Ridges {
    pub(crate) fn area_mm2(&self) -> f32 {
        let side_mm = plane::CELL as f32 * 25.4 / WORKING_PPI;
        self.region.count() as f32 * side_mm * side_mm
    }
}

/// The minutiae on known ridges, without a template; none where there are too few.
pub(crate) fn minutiae(ridges: &Ridges) -> Vec<Minutia> {
    let period = ridges.frequency.median;
    let found =
        singular::singular_points(&ridges.wave, &ridges.orientation, &ridges.region, ridges.size, period);
    let found = clean::cleaned(&found, &ridges.region, period);
    assemble::template(&found, &ridges.orientation, &ridges.region, ridges.size, period).minutiae
}

/// Stages 1 to 5. The image must be sound.
pub(crate) fn ridges(image: &Image, trace: &mut dyn Trace) -> Ridges {
    let grey = scale::scaled(image);
    show(trace, "grey", &grey);
    let normalised = normalise::normalised(&grey);
    show(trace, "normalised", &normalised.pixels);
    let first_orientation = orientation::orientation(&normalised.pixels, ORIENTATION_LOUDNESS, 1.0);
    show(trace, "first-coherence", &first_orientation.coherence);
    let rough = region::rough(&normalised, &first_orientation);
    let frequency = frequency::frequency(&normalised.pixels, &first_orientation, &rough);
    show(trace, "period", &frequency.period);
    let first = enhance::wave(&normalised.pixels, &first_orientation, &frequency, &rough);
    show(trace, "first-wave", &first.even);
    show(trace, "certainty", &first.certainty);
    let region = region::certain(&rough, &first.certainty);
    let evened = enhance::evened(&first, EVENED_STRENGTH_HALF);
    let orientation = orientation::orientation(&evened, ORIENTATION_LOUDNESS, ORIENTATION_SECOND_FACTOR);
    let wave = enhance::wave(&evened, &orientation, &frequency, &region);
    show(trace, "wave", &wave.even);
    let size = (grey.width, grey.height);
    Ridges {
        size,
        normalised,
        first_orientation,
        orientation,
        frequency,
        certainty: first.certainty,
        wave,
        region,
    }
}

fn show(trace: &mut dyn Trace, name: &'static str, plane: &Plane) {
    if trace.wants(name) {
        trace.take(name, Stage::Map { width: plane.width, values: &plane.values });
    }
}

fn show_points(trace: &mut dyn Trace, name: &'static str, found: &[singular::Found]) {
    if trace.wants(name) {
        let points: Vec<(f32, f32, f32)> = found.iter().map(|p| (p.x, p.y, p.direction)).collect();
        trace.take(name, Stage::Points(&points));
    }
}
