//! What surrounds a minutia, seen from the minutia: our own local descriptor.
//!
//! Two independent witnesses. *Rings*: the direction of the ridges at fixed places around the minutia, relative to
//! its own direction; texture that the minutiae alone do not carry (the idea of sampling orientations on circles is
//! Tico and Kuosmanen's, 2003). *Neighbours*: where the nearest other minutiae lie and point, in the minutia's
//! own frame (Jiang and Yau, 2000). Minutia cylinder codes are left out on purpose: they are believed patented.

use super::prepared::{Field, Point};
use crate::parameters::{
    NEIGHBOUR_DISTANCE_MAX, NEIGHBOUR_DISTANCE_MIN, NEIGHBOUR_GROWTH, NEIGHBOUR_TOLERANCE_PX,
    NEIGHBOUR_TURN_MAX, RING_TOLERANCE,
};

const RINGS: [(f32, usize); 4] = [(20.0, 8), (38.0, 14), (57.0, 18), (76.0, 24)];
const SAMPLES: usize = 64;
const NEIGHBOURS: usize = 10;
/// Marks a ring sample outside the print: the high bit.
const OUTSIDE: u8 = 128;

/// How a minutia is described and two descriptions are compared. The matcher knows no more than this.
pub(crate) trait LocalDescriptor: Sized {
    /// Describes the minutia `index`.
    fn new(points: &[Point], index: usize, field: &Field) -> Self;
    /// Quick similarity, 0 to 1.
    fn quick(&self, other: &Self) -> f32;
    /// Careful similarity, 0 to 1.
    fn careful(&self, other: &Self) -> f32;
}

/// See the head of this file.
#[derive(Clone)]
pub(crate) struct Descriptor {
    rings: [u8; SAMPLES],
    neighbours: [Neighbour; NEIGHBOURS],
    neighbour_count: usize,
}

#[derive(Clone, Copy, Default)]
struct Neighbour {
    along: f32,
    across: f32,
    tolerance: f32,
    turn: u8,
}

impl Descriptor {
    pub(crate) fn new(points: &[Point], index: usize, field: &Field) -> Self {
        <Self as LocalDescriptor>::new(points, index, field)
    }
}

impl LocalDescriptor for Descriptor {
    fn new(points: &[Point], index: usize, field: &Field) -> Self {
        let rings = rings(&points[index], field);
        let (neighbours, neighbour_count) = neighbours(points, index);
        Self { rings, neighbours, neighbour_count }
    }

    fn quick(&self, other: &Self) -> f32 {
        let (mut sum, mut count) = (0u32, 0u32);
        for (&a, &b) in self.rings.iter().zip(&other.rings) {
            let inside = ((a | b) >> 7) ^ 1;
            let turn = a.wrapping_sub(b) & 127;
            let difference = turn.min(128 - turn);
            sum += u32::from(RING_TOLERANCE.saturating_sub(difference) * inside);
            count += u32::from(inside);
        }
        sum as f32 / (f32::from(RING_TOLERANCE) * (count as f32 + 6.0))
    }

    fn careful(&self, other: &Self) -> f32 {
        let ours = &self.neighbours[..self.neighbour_count];
        let theirs = &other.neighbours[..other.neighbour_count];
        let mut sum = 0.0;
        for a in ours {
            let mut best = 0.0f32;
            for b in theirs {
                let difference = a.turn.wrapping_sub(b.turn) as i8;
                let turn = 1.0 - f32::from(difference.unsigned_abs()) / NEIGHBOUR_TURN_MAX;
                let (along, across) = (a.along - b.along, a.across - b.across);
                let place = 1.0 - (along * along + across * across) / (a.tolerance * b.tolerance);
                best = best.max(turn.clamp(0.0, 1.0) * place.max(0.0));
            }
            sum += best;
        }
        sum / (ours.len().min(theirs.len()) as f32 + 2.0)
    }
}

fn rings(point: &Point, field: &Field) -> [u8; SAMPLES] {
    let mut out = [OUTSIDE; SAMPLES];
    let places = RINGS.iter().flat_map(|&(radius, count)| {
        (0..count).map(move |i| (radius, core::f32::consts::TAU * i as f32 / count as f32))
    });
    let own = point.direction & 127;
    for (value, (radius, angle)) in out.iter_mut().zip(places) {
        let (sin, cos) = angle.sin_cos();
        let (dx, dy) =
            (radius * (cos * point.cos - sin * point.sin), radius * (cos * point.sin + sin * point.cos));
        if let Some(orientation) = field.at(point.x + dx, point.y + dy) {
            *value = orientation.wrapping_sub(own) & 127;
        }
    }
    out
}

fn neighbours(points: &[Point], index: usize) -> ([Neighbour; NEIGHBOURS], usize) {
    let own = &points[index];
    let mut near: Vec<(f32, usize)> = points
        .iter()
        .enumerate()
        .filter(|&(other, _)| other != index)
        .map(|(other, point)| ((point.x - own.x).hypot(point.y - own.y), other))
        .filter(|(distance, _)| (NEIGHBOUR_DISTANCE_MIN..=NEIGHBOUR_DISTANCE_MAX).contains(distance))
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut out = [Neighbour::default(); NEIGHBOURS];
    for (slot, &(distance, other)) in out.iter_mut().zip(&near) {
        let (dx, dy) = (points[other].x - own.x, points[other].y - own.y);
        *slot = Neighbour {
            along: dx * own.cos + dy * own.sin,
            across: dy * own.cos - dx * own.sin,
            tolerance: NEIGHBOUR_TOLERANCE_PX + NEIGHBOUR_GROWTH * distance,
            turn: points[other].direction.wrapping_sub(own.direction),
        };
    }
    (out, near.len().min(NEIGHBOURS))
}
