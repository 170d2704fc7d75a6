//! The values as named columns: the names NFIQ 2 prints, in its order, and the names of what is ours.

use super::{Histogram, MinutiaMeasures, NativeMeasures};

/// Columns of the reference's actionable values, in its order.
pub const ACTIONABLE_COLUMNS: [&str; 4] = [
    "UniformImage",
    "EmptyImageOrContrastTooLow",
    "FingerprintImageWithMinutiae",
    "SufficientFingerprintForeground",
];

/// Columns of what rests on our minutiae.
pub const OWN_COLUMNS: [&str; 4] = [
    "Own_MinCount_COMMinRect200x200",
    "Own_MinutiaeCount",
    "OwnPos_Mu_MinutiaeQuality_2",
    "OwnPos_OCL_MinutiaeQuality_80",
];

macro_rules! histogram_columns {
    ($prefix:literal) => {
        [
            concat!($prefix, "_Bin10_0"),
            concat!($prefix, "_Bin10_1"),
            concat!($prefix, "_Bin10_2"),
            concat!($prefix, "_Bin10_3"),
            concat!($prefix, "_Bin10_4"),
            concat!($prefix, "_Bin10_5"),
            concat!($prefix, "_Bin10_6"),
            concat!($prefix, "_Bin10_7"),
            concat!($prefix, "_Bin10_8"),
            concat!($prefix, "_Bin10_9"),
            concat!($prefix, "_Bin10_Mean"),
            concat!($prefix, "_Bin10_StdDev"),
        ]
    };
}

const FREQUENCY_DOMAIN: [&str; 12] = histogram_columns!("FDA");
const LOCAL_CLARITY: [&str; 12] = histogram_columns!("LCS");
const ORIENTATION_CERTAINTY: [&str; 12] = histogram_columns!("OCL");
const ORIENTATION_FLOW: [&str; 12] = histogram_columns!("OF");
const RIDGE_VALLEY_UNIFORMITY: [&str; 12] = histogram_columns!("RVUP");
/// Columns of the reference that rest on its own minutiae extractor; never filled by ours.
const REFERENCE_MINUTIAE: [&str; 4] = [
    "FingerJetFX_MinCount_COMMinRect200x200",
    "FingerJetFX_MinutiaeCount",
    "FJFXPos_Mu_MinutiaeQuality_2",
    "FJFXPos_OCL_MinutiaeQuality_80",
];

/// Columns of the 69 native measures, in the reference's order.
pub const MEASURE_COLUMNS: [&str; 69] = measure_columns();

const fn measure_columns() -> [&'static str; 69] {
    let groups: [&[&'static str]; 10] = [
        &FREQUENCY_DOMAIN,
        &REFERENCE_MINUTIAE,
        &["ImgProcROIArea_Mean"],
        &LOCAL_CLARITY,
        &["MMB", "Mu"],
        &ORIENTATION_CERTAINTY,
        &ORIENTATION_FLOW,
        &["OrientationMap_ROIFilter_CoherenceRel", "OrientationMap_ROIFilter_CoherenceSum"],
        &RIDGE_VALLEY_UNIFORMITY,
        &[],
    ];
    let mut out = [""; 69];
    let (mut group, mut at) = (0, 0);
    while group < groups.len() {
        let mut inside = 0;
        while inside < groups[group].len() {
            out[at] = groups[group][inside];
            at += 1;
            inside += 1;
        }
        group += 1;
    }
    out
}

impl NativeMeasures {
    /// Every value with the reference's name for it: three actionable ones, then 65 of the 69 measures.
    #[must_use]
    pub fn named(&self) -> Vec<(&'static str, f64)> {
        let mut out = vec![
            ("UniformImage", self.grey.std_dev),
            ("EmptyImageOrContrastTooLow", self.grey.mean),
            ("SufficientFingerprintForeground", self.region_of_interest.pixels as f64),
            ("ImgProcROIArea_Mean", self.region_of_interest.mean),
            ("MMB", self.grey.mean_of_block_means),
            ("Mu", self.grey.mean),
            ("OrientationMap_ROIFilter_CoherenceRel", self.coherence.mean),
            ("OrientationMap_ROIFilter_CoherenceSum", self.coherence.sum),
        ];
        for (names, histogram) in [
            (FREQUENCY_DOMAIN, &self.frequency_domain),
            (LOCAL_CLARITY, &self.local_clarity),
            (ORIENTATION_CERTAINTY, &self.orientation_certainty),
            (ORIENTATION_FLOW, &self.orientation_flow),
            (RIDGE_VALLEY_UNIFORMITY, &self.ridge_valley_uniformity),
        ] {
            out.extend(names.into_iter().zip(histogram.values()));
        }
        out
    }
}

impl Histogram {
    /// Bins, mean and deviation in the order of their columns.
    #[must_use]
    pub fn values(&self) -> [f64; 12] {
        core::array::from_fn(|at| match at {
            10 => self.mean,
            11 => self.std_dev,
            bin => f64::from(self.bins[bin]),
        })
    }
}

impl MinutiaMeasures {
    /// The values in the order of [`OWN_COLUMNS`].
    #[must_use]
    pub fn values(&self) -> [f64; 4] {
        [f64::from(self.count_around_centre), f64::from(self.count), self.grey_share, self.certain_share]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<&str> = MEASURE_COLUMNS.into_iter().collect();
        assert_eq!(names.len(), 69);
        assert!(!names.contains(""));
    }
}
