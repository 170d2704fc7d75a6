//! Numbers as the tables carry them: an integer divided by a power of ten.

/// A sixteen-bit scaled number: `mantissa / 10^exponent`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Scaled16 {
    pub(crate) exponent: u8,
    pub(crate) mantissa: u16,
}

impl Scaled16 {
    pub(crate) fn value(self) -> f64 {
        scaled(u32::from(self.mantissa), self.exponent)
    }

    /// The closest number of this form, with as many digits as fit. Negative values and those that are
    /// not numbers become zero; values beyond 65535 become 65535.
    pub(crate) fn nearest(value: f64) -> Self {
        if value.is_nan() || value <= 0.0 {
            return Self::default();
        }
        let mut best = Self { exponent: 0, mantissa: value.round().min(f64::from(u16::MAX)) as u16 };
        for exponent in 1..=20u8 {
            let mantissa = (value * 10f64.powi(i32::from(exponent))).round();
            if mantissa > f64::from(u16::MAX) {
                break;
            }
            best = Self { exponent, mantissa: mantissa as u16 };
        }
        best
    }
}

/// A 32-bit scaled number with its sign, as filter taps are carried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Scaled32 {
    pub(crate) negative: bool,
    pub(crate) exponent: u8,
    pub(crate) mantissa: u32,
}

impl Scaled32 {
    pub(crate) fn value(self) -> f64 {
        let magnitude = scaled(self.mantissa, self.exponent);
        if self.negative { -magnitude } else { magnitude }
    }

    /// The closest number of this form; for magnitudes under four.
    pub(crate) fn nearest(value: f64) -> Self {
        let mut best = Self::default();
        for exponent in 0..=20u8 {
            let mantissa = (value.abs() * 10f64.powi(i32::from(exponent))).round();
            if mantissa > f64::from(u32::MAX) {
                break;
            }
            best = Self { negative: value < 0.0, exponent, mantissa: mantissa as u32 };
        }
        best
    }
}

fn scaled(mantissa: u32, exponent: u8) -> f64 {
    f64::from(mantissa) / 10f64.powi(i32::from(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, exponent: u8, mantissa: u16) {
        assert_eq!(Scaled16::nearest(value), Scaled16 { exponent, mantissa }, "{value}");
    }

    #[test]
    fn numbers_keep_as_many_digits_as_fit() {
        check(183.93, 2, 18393);
        check(1.437, 4, 14370);
        check(25.04, 3, 25040);
        check(0.44, 5, 44000);
        check(6.55354, 4, 65535);
        check(70000.0, 0, 65535);
        check(0.0, 0, 0);
        check(-3.0, 0, 0);
        check(f64::NAN, 0, 0);
    }

    #[test]
    fn taps_keep_nine_digits_and_their_sign() {
        let tap = Scaled32::nearest(-0.110_624_404_418_423);
        assert_eq!(tap, Scaled32 { negative: true, exponent: 10, mantissa: 1_106_244_044 });
        assert!((tap.value() + 0.110_624_404_418_423).abs() < 1e-10);
    }
}
