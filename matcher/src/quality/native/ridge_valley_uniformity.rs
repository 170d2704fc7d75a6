//! Ridge-valley uniformity: ratios of the thickness of neighbouring ridges and valleys (ISO/IEC 29794-4, 6.2.4).
//!
//! Of the profile of each foreground region only whole stretches count: those at its ends are cut off by the region.
//! A ratio is ridge to valley or valley to ridge by the reference's rule: every second one is turned over, beginning
//! with the first or the second depending on what the first whole stretch is.

use super::CannotJudge;
use super::grey::Grey;
use super::grid::SIDE;
use super::histogram::Histogram;
use super::profile::Profile;
use super::regions::Regions;
use super::turned::{Cut, turned};

const BOUNDARIES: [f64; 9] = [0.5, 0.667, 0.8, 1.0, 1.25, 1.5, 2.0, 24.0, 30.0];

/// The measure over all foreground regions.
pub(super) fn ridge_valley_uniformity(print: &Grey<'_>, regions: &Regions) -> Result<Histogram, CannotJudge> {
    let mut values = Vec::new();
    for region in regions.foreground() {
        let upright = turned(print, region, region.orientation, true, Cut::Wide);
        ratios(&Profile::new(&upright), &mut values);
    }
    Histogram::new(values, BOUNDARIES)
}

fn ratios(profile: &Profile, out: &mut Vec<f64>) {
    // The last column takes no part.
    let mut changes = [0usize; SIDE];
    let mut count = 0;
    for at in (1..SIDE - 1).filter(|&at| profile.changes_at(at)) {
        changes[count] = at;
        count += 1;
    }
    let changes = &changes[..count];
    let (Some(&first), Some(&last)) = (changes.first(), changes.last()) else { return };
    if last <= first + 1 {
        return;
    }
    // From the far end to the near one, without the stretch that begins at the first change.
    let thickness: Vec<f64> =
        changes.windows(2).skip(1).rev().map(|pair| (pair[1] - pair[0]) as f64).collect();
    let begins_with_ridge = usize::from(profile.ridge[first]);
    for (at, pair) in thickness.windows(2).enumerate() {
        let ratio = pair[0] / pair[1];
        let turned_over = at >= begins_with_ridge && (at - begins_with_ridge).is_multiple_of(2);
        out.push(if turned_over { 1.0 / ratio } else { ratio });
    }
}
