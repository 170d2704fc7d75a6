//! Sine, cosine, arc tangent and exponential built from `+ - * /` and square root only.
//!
//! Why: a seed must give the same pixels on every machine. IEEE 754 fixes the five basic operations to the
//! last bit; the system's `sin` or `exp` differ between C libraries, and one differing bit can tip a pixel.
//! Invariant: nothing else in `synth` calls a transcendental function of the standard library.
//! Left out on purpose: `mul_add`, which is exact but slow where the processor has no fused multiply-add.

use std::f64::consts::{FRAC_PI_2, LN_2, PI};

/// Sine of an angle in radians; absolute error below 1e-7 for arguments of a few turns.
pub(crate) fn sin(angle_rad: f32) -> f32 {
    let x = f64::from(angle_rad);
    let half_turns = (x / PI).round();
    let r = x - half_turns * PI;
    let r2 = r * r;
    let series = r
        * (1.0
            - r2 / 6.0
                * (1.0
                    - r2 / 20.0
                        * (1.0 - r2 / 42.0 * (1.0 - r2 / 72.0 * (1.0 - r2 / 110.0 * (1.0 - r2 / 156.0))))));
    if half_turns % 2.0 == 0.0 { series as f32 } else { -series as f32 }
}

/// Cosine of an angle in radians.
pub(crate) fn cos(angle_rad: f32) -> f32 {
    sin((f64::from(angle_rad) + FRAC_PI_2) as f32)
}

/// Angle of the vector (x, y) in (-pi, pi]; zero for the zero vector.
pub(crate) fn atan2(y: f32, x: f32) -> f32 {
    let (y, x) = (f64::from(y), f64::from(x));
    if x == 0.0 && y == 0.0 {
        return 0.0;
    }
    let (small, large) = if y.abs() < x.abs() { (y.abs(), x.abs()) } else { (x.abs(), y.abs()) };
    // Halving the angle twice brings the ratio under 0.2, where six terms are enough.
    let halve = |t: f64| t / (1.0 + (1.0 + t * t).sqrt());
    let t = halve(halve(small / large));
    let t2 = t * t;
    let series = t * (1.0 - t2 * (1.0 / 3.0 - t2 * (0.2 - t2 * (1.0 / 7.0 - t2 * (1.0 / 9.0 - t2 / 11.0)))));
    let mut angle = 4.0 * series;
    if y.abs() >= x.abs() {
        angle = FRAC_PI_2 - angle;
    }
    if x < 0.0 {
        angle = PI - angle;
    }
    if y < 0.0 { -angle as f32 } else { angle as f32 }
}

/// Exponential of `x`; arguments under -80 give zero, arguments over 80 are cut to 80.
pub(crate) fn exp(x: f32) -> f32 {
    if x < -80.0 {
        return 0.0;
    }
    let x = f64::from(x.min(80.0));
    let power = (x / LN_2).round();
    let r = x - power * LN_2;
    let series = 1.0
        + r * (1.0
            + r / 2.0
                * (1.0
                    + r / 3.0
                        * (1.0
                            + r / 4.0
                                * (1.0 + r / 5.0 * (1.0 + r / 6.0 * (1.0 + r / 7.0 * (1.0 + r / 8.0)))))));
    // `power` lies in -116..=116, so the biased exponent is a valid one.
    let scale = f64::from_bits(((1023 + power as i64) as u64) << 52);
    (series * scale) as f32
}

/// Smooth step from 0 (at `low` and under) to 1 (at `high` and over).
pub(crate) fn smooth_step(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agree_with_the_system_library() {
        for step in -800..=800 {
            let x = step as f32 * 0.0137;
            assert!((sin(x) - x.sin()).abs() < 2e-6, "sin {x}");
            assert!((cos(x) - x.cos()).abs() < 2e-6, "cos {x}");
            assert!((exp(x) - x.exp()).abs() <= 2e-6 * x.exp(), "exp {x}");
            for y in [-3.0_f32, -0.4, 0.0, 0.2, 7.0] {
                assert!((atan2(y, x) - y.atan2(x)).abs() < 2e-6, "atan2 {y} {x}");
            }
        }
    }

    #[test]
    fn extremes_stay_finite() {
        assert_eq!(exp(-1e9), 0.0);
        assert!(exp(1e9).is_finite());
        assert_eq!(atan2(0.0, 0.0), 0.0);
        assert_eq!(smooth_step(0.0, 1.0, -5.0), 0.0);
        assert_eq!(smooth_step(0.0, 1.0, 5.0), 1.0);
    }
}
