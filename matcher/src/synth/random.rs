//! Seeded randomness of the synthetic prints: one ChaCha stream per purpose, and smooth random fields.
//!
//! Why one stream per purpose: adding a draw to one stage must not change what another stage draws.
//! Invariant: nothing here reads the system's randomness or a clock; the same key gives the same numbers
//! for ever.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream is used for; part of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Traits shared by all fingers of a person.
    Person = 1,
    /// Pattern class and singular points of one finger.
    Pattern = 2,
    /// Seeds from which the ridges grow.
    Ridges = 3,
    /// Pores, creases and ridge-edge roughness of one finger.
    Skin = 4,
    /// One impression: placement, pressure, distortion.
    Placement = 5,
    /// Pixel noise of one impression.
    Grain = 6,
    /// Hand pose on a slap.
    Hand = 7,
    /// Condition of one visit.
    Visit = 8,
    /// Condition of a volunteer.
    Condition = 9,
    /// What else lies on the platen of a slap.
    Surroundings = 10,
    /// Everything about one slap.
    Scene = 11,
}

/// A deterministic source of numbers.
pub(crate) struct Stream(ChaCha8Rng);

impl Stream {
    /// Stream for one purpose of one finger (0 = the whole person) at one visit (0 = always).
    pub(crate) fn new(seed: u64, purpose: Purpose, finger: u8, visit: u32) -> Self {
        let mut key = [0_u8; 32];
        let (head, tail) = key.split_at_mut(8);
        head.copy_from_slice(&seed.to_le_bytes());
        let (mid, tail) = tail.split_at_mut(4);
        mid.copy_from_slice(&visit.to_le_bytes());
        tail[..2].copy_from_slice(&[purpose as u8, finger]);
        tail[2..18].copy_from_slice(b"synthetic prints");
        Self(ChaCha8Rng::from_seed(key))
    }

    /// An independent stream whose key is drawn from this one.
    pub(crate) fn fork(&mut self) -> Self {
        let mut key = [0_u8; 32];
        self.0.fill_bytes(&mut key);
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Next 32 random bits.
    pub(crate) fn bits(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f32 {
        (self.bits() >> 8) as f32 / 16_777_216.0
    }

    /// Uniform in [low, high).
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Nearly normal, mean 0, deviation 1, never beyond 3.5 (sum of four uniforms).
    pub(crate) fn normal(&mut self) -> f32 {
        let sum = self.unit() + self.unit() + self.unit() + self.unit();
        (sum - 2.0) * 1.732_050_8
    }

    /// True with the given probability.
    pub(crate) fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// Fills a row with uniform noise in [-1, 1).
    pub(crate) fn fill_noise(&mut self, row: &mut [f32]) {
        for value in row {
            *value = (self.bits() >> 8) as f32 / 8_388_608.0 - 1.0;
        }
    }
}

/// A smooth random field over the plane: uniform values in [-1, 1] on a square lattice, joined smoothly.
///
/// Outside the lattice the border value continues.
pub(crate) struct SmoothField {
    cell_px: f32,
    columns: usize,
    rows: usize,
    origin_px: (f32, f32),
    values: Vec<f32>,
}

impl SmoothField {
    /// Field covering `origin_px` to `origin_px + size_px` with lattice cells of `cell_px`.
    pub(crate) fn new(stream: &mut Stream, origin_px: (f32, f32), size_px: (f32, f32), cell_px: f32) -> Self {
        let columns = (size_px.0 / cell_px) as usize + 2;
        let rows = (size_px.1 / cell_px) as usize + 2;
        let mut values = vec![0.0; columns * rows];
        stream.fill_noise(&mut values);
        Self { cell_px, columns, rows, origin_px, values }
    }

    /// Value at a point, in [-1, 1].
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let u = ((x - self.origin_px.0) / self.cell_px).clamp(0.0, (self.columns - 1) as f32 - 0.001);
        let v = ((y - self.origin_px.1) / self.cell_px).clamp(0.0, (self.rows - 1) as f32 - 0.001);
        let (column, row) = (u as usize, v as usize);
        let ease = |t: f32| t * t * (3.0 - 2.0 * t);
        let (fx, fy) = (ease(u - column as f32), ease(v - row as f32));
        let base = row * self.columns + column;
        let above = self.values[base] * (1.0 - fx) + self.values[base + 1] * fx;
        let below = self.values[base + self.columns] * (1.0 - fx) + self.values[base + self.columns + 1] * fx;
        above * (1.0 - fy) + below * fy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_key_same_numbers_other_key_other_numbers() {
        let first = |purpose, finger, visit| Stream::new(7, purpose, finger, visit).bits();
        let reference = first(Purpose::Person, 0, 0);
        assert_eq!(reference, first(Purpose::Person, 0, 0));
        for other in [first(Purpose::Skin, 0, 0), first(Purpose::Person, 1, 0), first(Purpose::Person, 0, 1)]
        {
            assert_ne!(reference, other);
        }
    }

    #[test]
    fn distributions_are_as_described() {
        let mut stream = Stream::new(1, Purpose::Grain, 0, 0);
        let normals: Vec<f32> = (0..20_000).map(|_| stream.normal()).collect();
        let mean = normals.iter().sum::<f32>() / normals.len() as f32;
        let variance = normals.iter().map(|x| x * x).sum::<f32>() / normals.len() as f32;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
        let field = SmoothField::new(&mut stream, (-50.0, -50.0), (100.0, 100.0), 20.0);
        for step in -100..100 {
            assert!(field.at(step as f32, 2.0 * step as f32).abs() <= 1.0);
        }
    }
}
