//! A turn, a scale and a shift from one print to another, by least squares over pairs of points.

/// From the plane of one print to that of another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Similarity {
    /// Scale times cosine and sine of the turn.
    a: f32,
    b: f32,
    dx: f32,
    dy: f32,
}

impl Similarity {
    pub(super) const IDENTITY: Self = Self { a: 1.0, b: 0.0, dx: 0.0, dy: 0.0 };

    /// Fitted to at least three pairs; `None` if they do not hold a turn, or a scale no growth explains.
    pub(super) fn fitted(pairs: &[[(f32, f32); 2]]) -> Option<Self> {
        if pairs.len() < 3 {
            return None;
        }
        let count = pairs.len() as f32;
        let mean = |side: usize| {
            let sum = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair[side].0, sum.1 + pair[side].1));
            (sum.0 / count, sum.1 / count)
        };
        let (from, to) = (mean(0), mean(1));
        let (mut dot, mut cross, mut square) = (0.0, 0.0, 0.0f32);
        for [p, q] in pairs {
            let (x, y, u, v) = (p.0 - from.0, p.1 - from.1, q.0 - to.0, q.1 - to.1);
            dot += x * u + y * v;
            cross += x * v - y * u;
            square += x * x + y * y;
        }
        if square < 1.0 {
            return None;
        }
        let (a, b) = (dot / square, cross / square);
        let found = Self { a, b, dx: to.0 - a * from.0 + b * from.1, dy: to.1 - b * from.0 - a * from.1 };
        SCALES.contains(&found.scale()).then_some(found)
    }

    pub(super) fn apply(&self, x: f32, y: f32) -> (f32, f32) {
        (self.a * x - self.b * y + self.dx, self.b * x + self.a * y + self.dy)
    }

    pub(super) fn inverse(&self) -> Self {
        let square = self.a * self.a + self.b * self.b;
        let (a, b) = (self.a / square, -self.b / square);
        Self { a, b, dx: b * self.dy - a * self.dx, dy: -b * self.dx - a * self.dy }
    }

    /// The turn in radians, clockwise on the picture.
    pub(super) fn radians(&self) -> f32 {
        self.b.atan2(self.a)
    }

    pub(super) fn scale(&self) -> f32 {
        self.a.hypot(self.b)
    }
}

/// Scales between two prints of one finger: a child's growth and some distortion.
const SCALES: core::ops::RangeInclusive<f32> = 0.6..=1.7;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_placement_is_found_and_undone() {
        let known = Similarity { a: 0.8, b: 0.35, dx: 40.0, dy: -12.0 };
        let pairs: Vec<_> = [(0.0, 0.0), (100.0, 20.0), (30.0, 200.0), (-50.0, 70.0)]
            .map(|(x, y)| [(x, y), known.apply(x, y)])
            .to_vec();
        let found = Similarity::fitted(&pairs).expect("a placement");
        for [from, to] in &pairs {
            let (x, y) = found.apply(from.0, from.1);
            assert!((x - to.0).abs() < 0.01 && (y - to.1).abs() < 0.01);
            let (x, y) = found.inverse().apply(to.0, to.1);
            assert!((x - from.0).abs() < 0.01 && (y - from.1).abs() < 0.01);
        }
        assert_eq!(Similarity::fitted(&pairs[..2]), None);
        assert_eq!(Similarity::fitted(&[pairs[0]; 5]), None);
    }
}
