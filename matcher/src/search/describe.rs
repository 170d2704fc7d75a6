//! What the filter knows of a print: 256 bits, a place and a direction for each of its most reliable minutiae.
//!
//! The bits, seen from the minutia in its own direction: ridge directions on rings around it in a cyclic thermometer
//! code, whose differing bits count the angle between two directions, and a polar histogram of the minutiae around it.
//! Prior art and its age: `docs/decisions/0016`. Where a ring leaves the print, the last direction on the way there is
//! taken: ridges rarely turn at once, and so no mask is needed.

use nearest::WORDS;

use crate::limits::FILTER_MINUTIAE_MAX;
use crate::template::{Minutia, NO_ORIENTATION, Template};

/// A minutia as the filter knows it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) x: i16,
    pub(super) y: i16,
    /// 256 steps to the full turn.
    pub(super) direction: u8,
}

/// The filter's description of a print.
#[derive(Clone, Default)]
pub(super) struct Description {
    pub(super) strings: Vec<[u64; WORDS]>,
    pub(super) places: Vec<Place>,
}

pub(super) fn described(template: &Template) -> Description {
    let minutiae = template.minutiae.get(..FILTER_MINUTIAE_MAX).unwrap_or(&template.minutiae);
    let places = minutiae
        .iter()
        .map(|minutia| Place { x: minutia.x as i16, y: minutia.y as i16, direction: minutia.direction })
        .collect();
    let strings = minutiae
        .iter()
        .map(|minutia| {
            let mut bits = Bits::default();
            ring_bits(template, minutia, &mut bits);
            neighbour_bits(&template.minutiae, minutia, &mut bits);
            bits.words
        })
        .collect();
    Description { strings, places }
}

#[derive(Default)]
struct Bits {
    words: [u64; WORDS],
}

impl Bits {
    fn set(&mut self, at: usize) {
        if let Some(word) = self.words.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }
}

/// Cyclic thermometer code of eight steps: neighbours differ in one bit, opposites in four.
const JOHNSON: [u8; 8] = [0b0000, 0b0001, 0b0011, 0b0111, 0b1111, 0b1110, 0b1100, 0b1000];
/// Radius in pixels and number of samples of each ring; 40 samples of four bits.
const RINGS: [(f32, usize); 4] = [(18.0, 6), (36.0, 10), (56.0, 12), (78.0, 12)];
const RING_BITS: usize = 160;
/// Steps on the way from a minutia to a sample at which the direction is read.
const WAY_STEPS: i32 = 5;

fn ring_bits(template: &Template, minutia: &Minutia, bits: &mut Bits) {
    let (sin, cos) = minutia.radians().sin_cos();
    let own = minutia.direction & 127;
    let mut at = 0;
    for (ring, (radius, count)) in RINGS.into_iter().enumerate() {
        for sample in 0..count {
            let (up, along) = (core::f32::consts::TAU * sample as f32 / count as f32).sin_cos();
            let (dx, dy) = (radius * (along * cos - up * sin), radius * (along * sin + up * cos));
            let relative = last_orientation(template, minutia, dx, dy).wrapping_sub(own) & 127;
            // Every second sample is read half a step off, so that the sum resolves finer than one code.
            let dither = if (sample + ring) % 2 == 0 { 8 } else { 0 };
            let code = JOHNSON[usize::from((relative + dither) >> 4 & 7)];
            for bit in 0..4 {
                if code >> bit & 1 == 1 {
                    bits.set(at + bit);
                }
            }
            at += 4;
        }
    }
}

/// The orientation at an offset from a minutia, or the last one on the way there.
fn last_orientation(template: &Template, minutia: &Minutia, dx: f32, dy: f32) -> u8 {
    for step in (1..=WAY_STEPS).rev() {
        let share = step as f32 / WAY_STEPS as f32;
        let found =
            orientation_at(template, f32::from(minutia.x) + share * dx, f32::from(minutia.y) + share * dy);
        if let Some(orientation) = found {
            return orientation;
        }
    }
    minutia.direction & 127
}

fn orientation_at(template: &Template, x: f32, y: f32) -> Option<u8> {
    let cell = f32::from(template.cell.max(1));
    let (column, row) = ((x / cell).floor(), (y / cell).floor());
    if column < 0.0 || row < 0.0 || column >= f32::from(template.columns) || row >= f32::from(template.rows) {
        return None;
    }
    let index = row as usize * usize::from(template.columns) + column as usize;
    template.grid.get(index).copied().filter(|&orientation| orientation != NO_ORIENTATION)
}

/// Outer radius of each ring of the polar histogram, in pixels; the first begins at [`NEAREST_PX`].
const POLAR_RINGS_PX: [f32; 3] = [32.0, 56.0, 84.0];
const NEAREST_PX: f32 = 6.0;
const SECTORS: usize = 16;
/// How far into the next sector or ring a minutia also counts there: share of a sector, pixels.
const SECTOR_OVERLAP: f32 = 0.3;
const RING_OVERLAP_PX: f32 = 6.0;

fn neighbour_bits(minutiae: &[Minutia], minutia: &Minutia, bits: &mut Bits) {
    for other in minutiae {
        let (dx, dy) = (f32::from(other.x) - f32::from(minutia.x), f32::from(other.y) - f32::from(minutia.y));
        let distance = dx.hypot(dy);
        if !(NEAREST_PX..=POLAR_RINGS_PX[2] + RING_OVERLAP_PX).contains(&distance) {
            continue;
        }
        let turned = (dy.atan2(dx) - minutia.radians()).rem_euclid(core::f32::consts::TAU);
        let sector = turned * (SECTORS as f32 / core::f32::consts::TAU);
        let same_half = other.direction.wrapping_sub(minutia.direction).wrapping_add(64) < 128;
        let half = if same_half { 0 } else { SECTORS * POLAR_RINGS_PX.len() };
        let mut from = 0.0;
        for (ring, to) in POLAR_RINGS_PX.into_iter().enumerate() {
            if distance > from - RING_OVERLAP_PX && distance <= to + RING_OVERLAP_PX {
                for shift in [-SECTOR_OVERLAP, 0.0, SECTOR_OVERLAP] {
                    let sector = (sector + shift).rem_euclid(SECTORS as f32) as usize % SECTORS;
                    bits.set(RING_BITS + half + ring * SECTORS + sector);
                }
            }
            from = to;
        }
    }
}
