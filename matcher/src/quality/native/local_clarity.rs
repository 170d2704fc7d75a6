//! Local clarity: how well the grey values of ridges and valleys are apart (ISO/IEC 29794-4, 6.2.3).
//!
//! Nothing is counted as clear where the mean thickness of ridges or valleys is not one that skin can have.

use super::CannotJudge;
use super::grey::Grey;
use super::grid::SIDE;
use super::histogram::Histogram;
use super::profile::Profile;
use super::regions::Regions;
use super::turned::{CUT_PIXELS, Cut, turned};

const BOUNDARIES: [f64; 9] = [0.0, 0.70, 0.74, 0.77, 0.79, 0.81, 0.83, 0.85, 0.87];
/// Thickness is compared as a share of the widest at 500 ppi: four times five pixels at 125 ppi.
const THICKNESS_SCALE: f64 = 20.0;
const RIDGE_THICKNESS_PX: [f64; 2] = [3.0, 10.0];
const VALLEY_THICKNESS_PX: [f64; 2] = [2.0, 10.0];

/// The measure over all foreground regions.
pub(super) fn local_clarity(print: &Grey<'_>, regions: &Regions) -> Result<Histogram, CannotJudge> {
    let value = |region: &super::regions::Region| {
        let upright = turned(print, region, region.orientation, false, Cut::Wide);
        clarity(&upright)
    };
    Histogram::new(regions.foreground().map(value).collect(), BOUNDARIES)
}

fn clarity(upright: &[u8; CUT_PIXELS]) -> f64 {
    let profile = Profile::new(upright);
    let (ridge, valley) = mean_thickness(&profile);
    let within = |value: f64, bounds: [f64; 2]| {
        value >= bounds[0] / THICKNESS_SCALE && value <= bounds[1] / THICKNESS_SCALE
    };
    let changes = (1..SIDE).any(|at| profile.changes_at(at));
    if !changes || !within(ridge, RIDGE_THICKNESS_PX) || !within(valley, VALLEY_THICKNESS_PX) {
        return 0.0;
    }
    let (mut ridge_pixels, mut light_on_ridge) = (0u32, 0u32);
    let (mut valley_pixels, mut dark_in_valley) = (0u32, 0u32);
    for row in upright.chunks_exact(SIDE) {
        for ((&grey, &line), &is_ridge) in row.iter().zip(&profile.line).zip(&profile.ridge) {
            let dark = f64::from(grey) < line;
            if is_ridge {
                ridge_pixels += 1;
                light_on_ridge += u32::from(!dark);
            } else {
                valley_pixels += 1;
                dark_in_valley += u32::from(dark);
            }
        }
    }
    let in_valley = f64::from(dark_in_valley) / f64::from(valley_pixels);
    let on_ridge = f64::from(light_on_ridge) / f64::from(ridge_pixels);
    1.0 - (in_valley + on_ridge) / 2.0
}

/// Mean thickness of ridges and of valleys as a share of [`THICKNESS_SCALE`]. The first stretch counts one pixel less
/// than it has and the last, cut off, stretch not at all: the reference's way of counting.
fn mean_thickness(profile: &Profile) -> (f64, f64) {
    let mut sums = [0.0f64; 2];
    let mut counts = [0u32; 2];
    let mut last = 1;
    for at in (1..SIDE).filter(|&at| profile.changes_at(at)) {
        let kind = usize::from(profile.ridge[at - 1]);
        sums[kind] += (at - last) as f64 / THICKNESS_SCALE;
        counts[kind] += 1;
        last = at;
    }
    let mean =
        |kind: usize| if counts[kind] == 0 { 0.0 } else { sums[kind] * (1.0 / f64::from(counts[kind])) };
    (mean(1), mean(0))
}
