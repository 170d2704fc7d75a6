//! The four inputs that rest on minutiae, from our own extractor.
//!
//! Defined as the reference defines its own (ISO/IEC 29794-4, 6.2.8): how many, how many in the 200 x 200 pixels around
//! their centre of mass, the share with middling grey and the share with certain orientation around them. The values
//! differ from the reference's because the minutiae do, so they are never given under its name.

use super::grey::Grey;
use super::grid::{Grid, SIDE, slopes, variance};
use super::orientation_certainty::certainty;
use crate::Minutia;

const AROUND_CENTRE_PX: i64 = 100;
/// Deviations below the picture's mean grey between which a minutia's surroundings count.
const DARKER_DEVIATIONS: [f64; 2] = [0.0, 0.5];
const CERTAINTY_PERCENT_MIN: i32 = 80;

/// What our minutiae say about quality.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MinutiaMeasures {
    /// Minutiae on the print.
    pub count: u32,
    /// Minutiae at most 100 pixels in each direction from the centre of mass of all.
    pub count_around_centre: u32,
    /// Share whose surroundings are darker than the picture by up to half a deviation, 0 to 1.
    pub grey_share: f64,
    /// Share whose surroundings have an orientation certainty over 80 %, 0 to 1.
    pub certain_share: f64,
}

pub(super) fn measured(print: &Grey<'_>, origin: (u32, u32), minutiae: &[Minutia]) -> MinutiaMeasures {
    let (width, height) = (print.width as i64, print.height as i64);
    let places: Vec<(i64, i64)> = minutiae
        .iter()
        .map(|m| (i64::from(m.x) - i64::from(origin.0), i64::from(m.y) - i64::from(origin.1)))
        .filter(|&(x, y)| (0..width).contains(&x) && (0..height).contains(&y))
        .collect();
    let count = places.len() as i64;
    if count == 0 {
        return MinutiaMeasures::default();
    }
    let centre = (
        places.iter().map(|place| place.0).sum::<i64>() / count,
        places.iter().map(|place| place.1).sum::<i64>() / count,
    );
    let near = |at: i64, centre: i64| (at - centre).abs() <= AROUND_CENTRE_PX;
    let around = places.iter().filter(|place| near(place.0, centre.0) && near(place.1, centre.1)).count();
    let (pixels, sum, squares) = Grid::new(print).totals();
    let (mean, deviation) = (sum as f64 / pixels as f64, variance(pixels, sum, squares).sqrt());
    let grey = places.iter().filter(|&&place| {
        let darker = (mean - mean_around(print, place)) / deviation;
        darker > DARKER_DEVIATIONS[0] && darker <= DARKER_DEVIATIONS[1]
    });
    let certain = places.iter().filter(|&&place| is_certain(print, place));
    MinutiaMeasures {
        count: count as u32,
        count_around_centre: around as u32,
        grey_share: grey.count() as f64 / count as f64,
        certain_share: certain.count() as f64 / count as f64,
    }
}

fn mean_around(print: &Grey<'_>, (x, y): (i64, i64)) -> f64 {
    let start = |at: i64| (at - SIDE as i64 / 2).max(0) as usize;
    let (left, top) = (start(x), start(y));
    let (right, bottom) = ((left + SIDE).min(print.width), (top + SIDE).min(print.height));
    let sum: u64 = (top..bottom)
        .map(|y| print.row(y)[left..right].iter().map(|&grey| u64::from(grey)).sum::<u64>())
        .sum();
    sum as f64 / ((right - left) * (bottom - top)).max(1) as f64
}

/// Around a minutia near the edge the nearest whole region counts.
fn is_certain(print: &Grey<'_>, (x, y): (i64, i64)) -> bool {
    if print.width < SIDE || print.height < SIDE {
        return false;
    }
    let start = |at: i64, side: usize| ((at - SIDE as i64 / 2).max(0) as usize).min(side - SIDE);
    let sums = slopes(print, start(x, print.width), start(y, print.height), SIDE, SIDE);
    let percent = (certainty(&sums).unwrap_or(0.0) * 100.0 + 0.5) as i32;
    percent > CERTAINTY_PERCENT_MIN
}
