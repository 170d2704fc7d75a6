//! The scales from 0 to 100 that ISO/IEC 29794-5 and its reference software OFIQ 1.0.3 put values of a portrait on.
//!
//! Only the mapping is theirs, and it is exact: every published value of the reference software comes out (a test holds
//! it). What is mapped here is measured by this product from five points, so no figure carries a component's name.
//! Left out: components whose values we do not measure.

/// Which scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// Area of the second largest face over that of the largest.
    SingleFace,
    /// Pixels between the eyes over the cosine of the turn.
    EyeDistance,
    /// Degrees.
    Angle,
    /// Eye line to chin over the height of the picture.
    HeadSize,
    /// Distance in Lab.
    Colour,
}

impl Scale {
    /// The value on the scale, rounded; `None` for a value that is no number.
    pub(super) fn map(self, value: f64) -> Option<u8> {
        let sigmoid = |x0: f64, w: f64| 1.0 / (1.0 + ((x0 - value) / w).exp());
        let mapped = match self {
            Self::SingleFace => 100.0 * (1.0 - value),
            Self::EyeDistance => 100.0 * sigmoid(70.0, 20.0),
            Self::Angle => 100.0 * value.to_radians().cos().max(0.0).powi(2),
            Self::HeadSize => 200.0 * (1.0 - 1.0 / (1.0 + (-(value - 0.45).abs() / 0.05).exp())),
            Self::Colour => 200.0 * (1.0 - sigmoid(0.0, 10.0)),
        };
        value.is_finite().then(|| mapped.round().clamp(0.0, 100.0) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values and figures the reference software publishes for its 28 test pictures, in this order of scales.
    const PUBLISHED: &str = include_str!("published.csv");
    const COLUMNS: [Scale; 7] = [
        Scale::SingleFace,
        Scale::Angle,
        Scale::Angle,
        Scale::Angle,
        Scale::Colour,
        Scale::HeadSize,
        Scale::EyeDistance,
    ];

    #[test]
    fn every_published_value_comes_out_exactly() {
        let mut checked = 0;
        for line in PUBLISHED.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<f64> = line.split(';').map(|cell| cell.parse().expect("a number")).collect();
            assert_eq!(cells.len(), 2 * COLUMNS.len());
            let (natives, figures) = cells.split_at(COLUMNS.len());
            for ((scale, native), figure) in COLUMNS.iter().zip(natives).zip(figures) {
                assert_eq!(scale.map(*native).map(f64::from), Some(*figure), "{scale:?} of {native}");
                checked += 1;
            }
        }
        assert_eq!(checked, 28 * 7);
    }

    #[test]
    fn no_number_has_no_figure() {
        assert_eq!(Scale::Angle.map(f64::NAN), None);
        assert_eq!(Scale::Colour.map(f64::INFINITY), None);
    }
}
