//! Where there is print: cells with contrast and with one direction.

use super::normalise::Normalised;
use super::orientation::Orientation;
use super::plane::{Mask, Plane};
use crate::parameters::{
    CONTRAST_FLOOR, REGION_CELLS_MIN, REGION_CERTAINTY_MIN, REGION_COHERENCE_MIN, REGION_CONTRAST_SHARE_MIN,
};

/// First look, generous: what is worth filtering.
pub(crate) fn rough(normalised: &Normalised, orientation: &Orientation) -> Mask {
    let deviation = &normalised.deviation_cells;
    let contrast_min = CONTRAST_FLOOR.max(normalised.loudness * REGION_CONTRAST_SHARE_MIN);
    let coherence = orientation.coherence.smoothed(1.0);
    let mut mask = Mask::new(deviation.width, deviation.height);
    for (cell, set) in mask.cells.iter_mut().enumerate() {
        *set = deviation.values[cell] >= contrast_min && coherence.values[cell] >= REGION_COHERENCE_MIN;
    }
    mask.voted(5).solid(REGION_CELLS_MIN)
}

/// Second look, strict: where the ridge wave explains the picture.
pub(crate) fn certain(rough: &Mask, certainty: &Plane) -> Mask {
    let smooth = certainty.smoothed(1.0);
    let mut mask = rough.clone();
    for (set, &certainty) in mask.cells.iter_mut().zip(&smooth.values) {
        *set &= certainty >= REGION_CERTAINTY_MIN;
    }
    mask.voted(5).solid(REGION_CELLS_MIN)
}
