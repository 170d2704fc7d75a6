//! The native quality measures of ISO/IEC 29794-4:2024, as NIST's reference implementation NFIQ 2.3 gives them.
//!
//! One measure is one file. What they share is in files of its own: the cells of the picture ([`grid`]), the
//! regions that ridges are looked at in ([`regions`]), a region turned upright ([`turned`]), the ridge profile
//! across it ([`profile`]), the histogram that sums regions up ([`histogram`]).
//!
//! `matcher quality --compare` sets every value beside the reference's; the tables are in
//! `docs/reference/quality-comparison.md`. Left out on purpose: the four inputs that rest on the reference's own
//! minutiae extractor. Ours are in [`minutiae`] and carry our name, because another extractor gives other values.

mod coherence;
mod columns;
mod frequency_domain;
mod gauss;
mod grey;
mod grid;
mod histogram;
mod local_clarity;
mod mean;
mod minutiae;
mod orientation_certainty;
mod orientation_flow;
mod profile;
mod region_of_interest;
mod regions;
mod ridge_valley_uniformity;
mod runs;
mod turned;

pub use self::coherence::Coherence;
pub use self::columns::{ACTIONABLE_COLUMNS, MEASURE_COLUMNS, OWN_COLUMNS};
pub use self::histogram::Histogram;
pub use self::mean::GreyMeans;
pub use self::minutiae::MinutiaMeasures;
pub use self::region_of_interest::RegionOfInterest;

use self::grey::Grey;
use self::grid::Grid;
use self::regions::Regions;
use super::CannotJudge;
use crate::{Image, Minutia};

/// Every measure that does not need the reference's own minutiae extractor.
#[derive(Debug, Clone, PartialEq)]
pub struct NativeMeasures {
    /// Where the white border was cut: left, top, width and height in pixels at 500 ppi.
    pub cut: [u32; 4],
    /// Frequency domain analysis (ISO/IEC 29794-4, 6.2.5).
    pub frequency_domain: Histogram,
    /// Local clarity (6.2.3).
    pub local_clarity: Histogram,
    /// Orientation certainty (6.2.2).
    pub orientation_certainty: Histogram,
    /// Orientation flow (6.2.6).
    pub orientation_flow: Histogram,
    /// Ridge-valley uniformity (6.2.4).
    pub ridge_valley_uniformity: Histogram,
    /// Mean, deviation and mean of block means of the grey values (6.2.7).
    pub grey: GreyMeans,
    /// Foreground of the print (6.2.9).
    pub region_of_interest: RegionOfInterest,
    /// Coherence of ridge directions in the foreground (6.2.9).
    pub coherence: Coherence,
}

/// Measures one print.
///
/// A picture at another resolution is first resampled to 500 ppi, the only one the measures are defined for.
///
/// # Errors
/// [`CannotJudge`] where the reference refuses too: nothing but white or one grey value, fewer than ten regions with
/// ridges, a histogram without a single value, or a print larger than 800 x 1000 pixels after the white border is cut.
pub fn native_measures(image: &Image) -> Result<NativeMeasures, CannotJudge> {
    let resampled = grey::at_500_ppi(image)?;
    let whole = Grey::new(&resampled.pixels, resampled.width as usize, resampled.height as usize);
    let (print, cut) = whole.without_white_border()?;
    let print = print.view();
    let grid = Grid::new(&print);
    let regions = Regions::new(&print, &grid);
    let frequency_domain = frequency_domain::frequency_domain(&print, &regions)?;
    let region_of_interest = region_of_interest::region_of_interest(&print);
    Ok(NativeMeasures {
        cut,
        frequency_domain,
        local_clarity: local_clarity::local_clarity(&print, &regions)?,
        orientation_certainty: orientation_certainty::orientation_certainty(&grid)?,
        orientation_flow: orientation_flow::orientation_flow(&regions)?,
        ridge_valley_uniformity: ridge_valley_uniformity::ridge_valley_uniformity(&print, &regions)?,
        grey: mean::grey_means(&grid),
        coherence: coherence::coherence(&grid, &region_of_interest),
        region_of_interest,
    })
}

/// The four inputs that rest on minutiae, from our own extractor and so under our own name.
///
/// `minutiae` lie on the whole picture at 500 ppi, as [`crate::extract`] gives them.
///
/// # Errors
/// As [`native_measures`].
pub fn minutia_measures(image: &Image, minutiae: &[Minutia]) -> Result<MinutiaMeasures, CannotJudge> {
    let resampled = grey::at_500_ppi(image)?;
    let whole = Grey::new(&resampled.pixels, resampled.width as usize, resampled.height as usize);
    let (print, cut) = whole.without_white_border()?;
    Ok(minutiae::measured(&print.view(), (cut[0], cut[1]), minutiae))
}
