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
    EVENED_STRENGTH_HALF, EXTRACT_AREA_MM2_MIN, FOOTING_TOLERANCE, MINUTIAE_MIN, ORIENTATION_LOUDNESS,
    ORIENTATION_SECOND_FACTOR, RIDGE_PERIOD_USUAL, WORKING_PPI,
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
    let grey = scale::scaled(image);
    let size = (grey.width, grey.height);
    let (grey, growth, field) = on_usual_footing(grey, trace);
    let ridges = waves(&grey, field, trace);
    let area_mm2 = (ridges.area_mm2() / (growth * growth)) as u32;
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
    Ok(assemble::template(&found, &ridges, size, growth))
}

/// The print with ridges about as far apart as an adult's at 500 ppi, by what factor it was enlarged for that, and
/// its field: so that reaches and borders in pixels mean the same for a child of six and on a picture whose stated
/// resolution is wrong.
fn on_usual_footing(grey: Plane, trace: &mut dyn Trace) -> (Plane, f32, RidgeField) {
    let first = field(&grey, trace);
    let growth = RIDGE_PERIOD_USUAL / first.frequency.median;
    if (1.0 / FOOTING_TOLERANCE..=FOOTING_TOLERANCE).contains(&growth) {
        return (grey, 1.0, first);
    }
    let grey = scale::resampled(&grey, growth);
    let field = field(&grey, trace);
    (grey, growth, field)
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

/// Area in which ridges are looked for; cheap, because nothing is filtered yet. The image must be sound.
pub(crate) fn ridge_area_mm2(image: &Image) -> f32 {
    let normalised = normalise::normalised(&scale::scaled(image));
    let orientation = orientation::orientation(&normalised.pixels, ORIENTATION_LOUDNESS, 1.0);
    let side_mm = plane::CELL as f32 * 25.4 / WORKING_PPI;
    region::rough(&normalised, &orientation).count() as f32 * side_mm * side_mm
}

/// The minutiae on known ridges, without a template; none where there are too few.
pub(crate) fn minutiae(ridges: &Ridges) -> Vec<Minutia> {
    let period = ridges.frequency.median;
    let found =
        singular::singular_points(&ridges.wave, &ridges.orientation, &ridges.region, ridges.size, period);
    let found = clean::cleaned(&found, &ridges.region, period);
    assemble::template(&found, ridges, ridges.size, 1.0).minutiae
}

/// What is known of the ridges before they are filtered.
pub(crate) struct RidgeField {
    normalised: normalise::Normalised,
    orientation: orientation::Orientation,
    rough: plane::Mask,
    frequency: frequency::Frequency,
}

/// Stages 1 to 5 at 500 ppi. The image must be sound.
pub(crate) fn ridges(image: &Image, trace: &mut dyn Trace) -> Ridges {
    let grey = scale::scaled(image);
    let field = field(&grey, trace);
    waves(&grey, field, trace)
}

/// Stages 2 to 4.
fn field(grey: &Plane, trace: &mut dyn Trace) -> RidgeField {
    show(trace, "grey", grey);
    let normalised = normalise::normalised(grey);
    show(trace, "normalised", &normalised.pixels);
    let orientation = orientation::orientation(&normalised.pixels, ORIENTATION_LOUDNESS, 1.0);
    show(trace, "first-coherence", &orientation.coherence);
    let rough = region::rough(&normalised, &orientation);
    let frequency = frequency::frequency(&normalised.pixels, &orientation, &rough);
    show(trace, "period", &frequency.period);
    RidgeField { normalised, orientation, rough, frequency }
}

/// Stage 5, twice.
fn waves(grey: &Plane, field: RidgeField, trace: &mut dyn Trace) -> Ridges {
    let RidgeField { normalised, orientation: first_orientation, rough, frequency } = field;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::{Condition, Person};
    use crate::{Finger, lanes};

    /// Every stage of an extraction, bit by bit.
    #[derive(Default, PartialEq)]
    struct Bits(Vec<(&'static str, Vec<u32>)>);

    impl Trace for Bits {
        fn wants(&self, _name: &'static str) -> bool {
            true
        }

        fn take(&mut self, name: &'static str, stage: Stage<'_>) {
            let bits = match stage {
                Stage::Map { values, .. } => values.iter().map(|value| value.to_bits()).collect(),
                Stage::Points(points) => {
                    points.iter().flat_map(|&(x, y, turn)| [x, y, turn].map(f32::to_bits)).collect()
                }
            };
            self.0.push((name, bits));
        }
    }

    #[test]
    fn wide_vectors_and_plain_code_extract_the_same_to_the_last_bit() {
        let person = Person::new(33, 9);
        for condition in [Condition::default(), Condition::dry()] {
            let image = person.impression(Finger::LeftIndex, 1, condition);
            let (mut wide, mut plain) = (Bits::default(), Bits::default());
            let fast = extract_traced(&image, &mut wide).expect("a print");
            let slow = lanes::tests::plain(|| extract_traced(&image, &mut plain)).expect("a print");
            assert!(wide.0.len() > 10 && wide.0.len() == plain.0.len());
            for (wide, plain) in wide.0.iter().zip(&plain.0) {
                assert!(wide == plain, "stage {} differs", wide.0);
            }
            assert_eq!(fast, slow);
        }
    }
}
