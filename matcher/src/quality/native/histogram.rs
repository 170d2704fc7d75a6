//! What the values of all regions come to: ten bins, mean and standard deviation (ISO/IEC 29794-4, 6.1.4).

use super::CannotJudge;

/// The values of one measure over all regions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Histogram {
    /// How many values lie in each bin; a value on a boundary belongs to the upper bin.
    pub bins: [u32; 10],
    /// Mean of the values.
    pub mean: f64,
    /// Standard deviation of the values (division by their number).
    pub std_dev: f64,
}

impl Histogram {
    /// Sums up `values` between nine boundaries; refused when there is none.
    pub(super) fn new(mut values: Vec<f64>, boundaries: [f64; 9]) -> Result<Self, CannotJudge> {
        if values.is_empty() {
            return Err(CannotJudge::TooLittlePrint);
        }
        // Sorted, so that the sums below do not depend on the order of the regions.
        values.sort_by(f64::total_cmp);
        let mut bins = [0u32; 10];
        for value in &values {
            bins[boundaries.iter().filter(|boundary| value >= boundary).count()] += 1;
        }
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|value| value * value).sum::<f64>() / count - mean * mean;
        Ok(Self { bins, mean, std_dev: variance.max(0.0).sqrt() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_a_boundary_belongs_to_the_upper_bin() {
        let boundaries = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
        let histogram = Histogram::new(vec![9.0, 0.0, 1.0, 1.5, 99.0], boundaries).expect("values");
        assert_eq!(histogram.bins, [1, 2, 0, 0, 0, 0, 0, 0, 0, 2]);
        assert!((histogram.mean - 22.1).abs() < 1e-12);
        assert!(Histogram::new(Vec::new(), boundaries).is_err());
    }
}
