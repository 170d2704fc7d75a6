//! Pattern classes, their frequency per finger, and the ridge orientation field they give.
//!
//! The field is the zero-pole model (Sherlock and Monro 1993): every core turns the ridges by half a turn
//! one way, every delta by half a turn the other way. That model alone opens too wide a fan beside the
//! core, which Vizcaya and Gerhardt (1996) repaired by bending each singular point's share; here the same
//! is reached by adding an arch-like flow with no singular point of its own, so the topology stays exactly
//! the one chosen.
//!
//! Coordinates: pixels at 500 ppi from the middle of the fingertip, x to the right, y **up** (towards the
//! nail edge).

use super::math;
use super::random::{Purpose, SmoothField, Stream};

/// Class of a fingerprint pattern (Henry). Left and right as seen on the impression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PatternClass {
    /// Ridges enter on one side and leave on the other: no core, no delta.
    Arch,
    /// Core straight above its delta.
    TentedArch,
    /// Ridges enter from and return to the left; delta on the right.
    LeftLoop,
    /// Ridges enter from and return to the right; delta on the left.
    RightLoop,
    /// Two cores above each other, two deltas.
    Whorl,
    /// Two loops that interlock: a whorl whose cores stand beside each other.
    TwinLoop,
}

/// Share in percent of (arch, tented arch, loop to the thumb side, loop to the little-finger side, whorl) for
/// thumb, index, middle, ring and little finger. Approximates the classical police counts: whorls on thumb and ring
/// finger, loops on the little finger, radial loops and arches on the index finger; over all ten fingers about
/// 34 / 32 / 28 / 4 / 3 % left loops, right loops, whorls, arches, tented arches.
const CLASS_PERCENT: [[f32; 5]; 5] = [
    [3.5, 0.5, 0.5, 53.5, 42.0],
    [7.5, 6.5, 17.0, 38.0, 31.0],
    [6.5, 3.0, 2.5, 71.0, 17.0],
    [1.7, 0.8, 1.0, 56.5, 40.0],
    [1.5, 1.0, 0.5, 84.5, 12.5],
];

impl PatternClass {
    /// Draws the class of a finger: `digit` 0 (thumb) to 4 (little finger), of the right or the left hand.
    pub(crate) fn draw(stream: &mut Stream, digit: usize, right_hand: bool) -> Self {
        let shares = CLASS_PERCENT[digit.min(4)];
        let mut rest = stream.between(0.0, shares.iter().sum());
        let twin = stream.chance(0.22);
        let (to_thumb, to_little) =
            if right_hand { (Self::LeftLoop, Self::RightLoop) } else { (Self::RightLoop, Self::LeftLoop) };
        let classes = [Self::Arch, Self::TentedArch, to_thumb, to_little];
        for (class, share) in classes.into_iter().zip(shares) {
            if rest < share {
                return class;
            }
            rest -= share;
        }
        if twin { Self::TwinLoop } else { Self::Whorl }
    }
}

/// Ridge orientation and relative ridge period everywhere on one fingertip.
pub(crate) struct OrientationField {
    cores: Vec<(f32, f32)>,
    deltas: Vec<(f32, f32)>,
    /// Strength of the arch flow, radians.
    arch_rad: f32,
    /// Half width over which the arch flow builds up.
    arch_width_px: f32,
    /// Height at which the arch flow is strongest.
    arch_top_px: f32,
    /// How fast the arch flow dies towards the joint.
    arch_depth_px: f32,
    bend: SmoothField,
    shift_x: SmoothField,
    shift_y: SmoothField,
    period: SmoothField,
    size: f32,
}

impl OrientationField {
    /// Field of one finger; `size` is the finger's width against an adult index finger.
    pub(crate) fn new(stream: &mut Stream, class: PatternClass, size: f32) -> Self {
        let SingularPoints { cores, deltas, arch_rad } = singular_points(stream, class);
        let origin = (-240.0, -320.0);
        let extent = (480.0, 640.0);
        Self {
            cores,
            deltas,
            arch_rad,
            arch_width_px: stream.between(70.0, 95.0),
            arch_top_px: stream.between(20.0, 50.0),
            arch_depth_px: stream.between(120.0, 160.0),
            bend: SmoothField::new(stream, origin, extent, 64.0),
            shift_x: SmoothField::new(stream, origin, extent, 110.0),
            shift_y: SmoothField::new(stream, origin, extent, 110.0),
            period: SmoothField::new(stream, origin, extent, 80.0),
            size,
        }
    }

    /// Angle of the ridges at a point, radians, modulo pi, counter-clockwise from the x axis.
    pub(crate) fn angle_rad(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x / self.size, y / self.size);
        let (x, y) = (x + 9.0 * self.shift_x.at(x, y), y + 9.0 * self.shift_y.at(x, y));
        let mut angle = self.arch(x, y) + 0.07 * self.bend.at(x, y);
        for &(cx, cy) in &self.cores {
            angle += 0.5 * math::atan2(y - cy, x - cx);
        }
        for &(dx, dy) in &self.deltas {
            angle -= 0.5 * math::atan2(y - dy, x - dx);
        }
        angle
    }

    /// Ridge period at a point, as a factor of the finger's mean period: wider below the deltas and over
    /// the core.
    pub(crate) fn period_factor(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x / self.size, y / self.size);
        let below = math::smooth_step(60.0, 200.0, -y);
        let above = math::smooth_step(90.0, 200.0, y);
        1.0 + 0.07 * self.period.at(x, y) + 0.14 * below + 0.03 * above
    }

    /// The flow that has no singular point: flat at the joint, arched in the middle, round at the tip.
    fn arch(&self, x: f32, y: f32) -> f32 {
        let side = x / (x * x + self.arch_width_px * self.arch_width_px).sqrt();
        let depth = (self.arch_top_px - y).max(0.0) / self.arch_depth_px;
        let height = (y - self.arch_top_px).max(0.0) / 260.0;
        let strength = 1.0 / (1.0 + depth * depth * depth + height * height);
        -self.arch_rad * side * strength
    }
}

/// Points where the ridge orientation is not defined, and the strength of the arch flow that goes with them.
struct SingularPoints {
    cores: Vec<(f32, f32)>,
    deltas: Vec<(f32, f32)>,
    arch_rad: f32,
}

fn singular_points(stream: &mut Stream, class: PatternClass) -> SingularPoints {
    let mut around = |x: f32, y: f32, dx: f32, dy: f32| (x + dx * stream.normal(), y + dy * stream.normal());
    match class {
        PatternClass::Arch => SingularPoints { cores: vec![], deltas: vec![], arch_rad: 0.95 },
        PatternClass::TentedArch => {
            let core = around(0.0, 5.0, 6.0, 12.0);
            let delta = around(core.0, core.1 - 75.0, 5.0, 16.0);
            SingularPoints { cores: vec![core], deltas: vec![delta], arch_rad: 0.70 }
        }
        PatternClass::LeftLoop | PatternClass::RightLoop => {
            let side = if class == PatternClass::RightLoop { -1.0 } else { 1.0 };
            let core = around(-4.0 * side, 18.0, 10.0, 14.0);
            let delta = around(side * 92.0, -104.0, 12.0, 18.0);
            SingularPoints { cores: vec![core], deltas: vec![delta], arch_rad: 0.72 }
        }
        PatternClass::Whorl => {
            let upper = around(0.0, 28.0, 8.0, 10.0);
            let lower = around(upper.0, upper.1 - 42.0, 7.0, 14.0);
            let left = around(-102.0, -96.0, 10.0, 18.0);
            let right = around(102.0, -96.0, 10.0, 18.0);
            SingularPoints { cores: vec![upper, lower], deltas: vec![left, right], arch_rad: 0.66 }
        }
        PatternClass::TwinLoop => {
            let side = if around(0.0, 0.0, 1.0, 1.0).0 > 0.0 { 1.0 } else { -1.0 };
            let upper = around(side * 24.0, 26.0, 5.0, 8.0);
            let lower = around(-side * 24.0, -20.0, 5.0, 8.0);
            let left = around(-110.0, -92.0, 9.0, 14.0);
            let right = around(110.0, -92.0, 9.0, 14.0);
            SingularPoints { cores: vec![upper, lower], deltas: vec![left, right], arch_rad: 0.66 }
        }
    }
}

/// Draws class and field of one finger of a person.
pub(crate) fn draw(
    seed: u64,
    finger: u8,
    digit: usize,
    right_hand: bool,
    size: f32,
) -> (PatternClass, OrientationField) {
    let mut stream = Stream::new(seed, Purpose::Pattern, finger, 0);
    let class = PatternClass::draw(&mut stream, digit, right_hand);
    let field = OrientationField::new(&mut stream, class, size);
    (class, field)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Turns of the ridge orientation along a circle, in half turns: the Poincaré index times two.
    fn half_turns(field: &OrientationField, centre: (f32, f32), radius: f32) -> i32 {
        let steps = 720;
        let angle = |k: i32| {
            let a = k as f32 * std::f32::consts::TAU / steps as f32;
            field.angle_rad(centre.0 + radius * math::cos(a), centre.1 + radius * math::sin(a))
        };
        let mut sum = 0.0;
        for k in 0..steps {
            let step = angle(k + 1) - angle(k);
            sum += step - std::f32::consts::PI * (step / std::f32::consts::PI).round();
        }
        (sum / std::f32::consts::PI).round() as i32
    }

    #[test]
    fn classes_keep_their_topology() {
        for seed in 0..6 {
            for (class, count) in [
                (PatternClass::Arch, 0),
                (PatternClass::RightLoop, 1),
                (PatternClass::LeftLoop, 1),
                (PatternClass::Whorl, 2),
            ] {
                let mut stream = Stream::new(seed, Purpose::Pattern, 2, 0);
                let field = OrientationField::new(&mut stream, class, 1.0);
                assert_eq!(field.cores.len(), count);
                assert_eq!(
                    half_turns(&field, (0.0, 0.0), 210.0),
                    0,
                    "{class:?}: far away the ridges lie flat again"
                );
                for &core in &field.cores {
                    let turns = half_turns(&field, core, 22.0);
                    assert!((1..=count as i32).contains(&turns), "{class:?} core: {turns}");
                }
            }
        }
    }

    #[test]
    fn class_frequencies_are_realistic() {
        let mut counts = [0_u32; 4];
        for seed in 0..400 {
            for finger in 1..=10_u8 {
                let mut stream = Stream::new(seed, Purpose::Pattern, finger, 0);
                let slot = match PatternClass::draw(&mut stream, usize::from((finger - 1) % 5), finger <= 5) {
                    PatternClass::Arch | PatternClass::TentedArch => 0,
                    PatternClass::LeftLoop => 1,
                    PatternClass::RightLoop => 2,
                    _ => 3,
                };
                counts[slot] += 1;
            }
        }
        let share = counts.map(|count| f64::from(count) / 4000.0);
        assert!((0.04..0.10).contains(&share[0]), "arches {share:?}");
        assert!((0.28..0.38).contains(&share[1]) && (0.28..0.38).contains(&share[2]), "loops {share:?}");
        assert!((0.24..0.34).contains(&share[3]), "whorls {share:?}");
    }
}
