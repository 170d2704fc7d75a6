//! From supporting pairs to one placement of the first print on the second, and to all minutiae that then meet.
//!
//! A rigid placement is estimated from a seed pair and its supporters, minutiae are paired under it, the placement
//! is estimated again from them, and what is left (skin stretches) is taken up by a smooth displacement that each
//! minutia receives from the paired ones around it.

use super::prepared::{Point, Prepared};
use super::relax::{LocalPair, support};
use crate::parameters::{PAIR_COARSE_PX, PAIR_FINE_PX, PAIR_TURN_MAX, STRETCH_SIGMA_PX};

/// A turn and a shift from the first print to the second.
#[derive(Clone, Copy)]
pub(crate) struct Placement {
    pub(crate) cos: f32,
    pub(crate) sin: f32,
    pub(crate) dx: f32,
    pub(crate) dy: f32,
}

impl Placement {
    pub(crate) fn apply(&self, x: f32, y: f32) -> (f32, f32) {
        (self.cos * x - self.sin * y + self.dx, self.sin * x + self.cos * y + self.dy)
    }

    pub(crate) fn back(&self, x: f32, y: f32) -> (f32, f32) {
        let (x, y) = (x - self.dx, y - self.dy);
        (self.cos * x + self.sin * y, self.cos * y - self.sin * x)
    }

    /// 256 steps to the full turn.
    pub(crate) fn turn(&self) -> u8 {
        (self.sin.atan2(self.cos) * (256.0 / core::f32::consts::TAU)).round() as i32 as u8
    }

    /// Least squares over weighted point pairs; directions count as points at a short lever.
    fn fitted(pairs: &[(Point, Point, f32)]) -> Option<Self> {
        let total: f32 = pairs.iter().map(|pair| pair.2).sum();
        if total <= 0.0 {
            return None;
        }
        let mean = |value: &dyn Fn(&(Point, Point, f32)) -> f32| {
            pairs.iter().map(|p| p.2 * value(p)).sum::<f32>() / total
        };
        let (ax, ay) = (mean(&|p| p.0.x), mean(&|p| p.0.y));
        let (bx, by) = (mean(&|p| p.1.x), mean(&|p| p.1.y));
        let (mut dot, mut cross) = (0.0, 0.0);
        for (a, b, weight) in pairs {
            let (x, y, u, v) = (a.x - ax, a.y - ay, b.x - bx, b.y - by);
            // A direction is worth a lever of 15 pixels.
            dot += weight * (x * u + y * v + 225.0 * (a.cos * b.cos + a.sin * b.sin));
            cross += weight * (x * v - y * u + 225.0 * (a.cos * b.sin - a.sin * b.cos));
        }
        let length = dot.hypot(cross);
        if length < 1e-6 {
            return None;
        }
        let (cos, sin) = (dot / length, cross / length);
        Some(Self { cos, sin, dx: bx - cos * ax + sin * ay, dy: by - sin * ax - cos * ay })
    }
}

/// One minutia of each side that meet, and how far apart they stay.
#[derive(Clone, Copy)]
pub(crate) struct Met {
    pub(crate) first: usize,
    pub(crate) second: usize,
    pub(crate) distance: f32,
    /// 256 steps to the full turn.
    pub(crate) turn: f32,
}

/// The first print laid on the second.
pub(crate) struct Alignment {
    pub(crate) placement: Placement,
    pub(crate) met: Vec<Met>,
    /// First side's minutiae on the second print, stretch included.
    pub(crate) moved: Vec<(f32, f32)>,
}

pub(crate) fn aligned(a: &Prepared, b: &Prepared, pairs: &[LocalPair], seed: usize) -> Option<Alignment> {
    let chosen = pairs.get(seed)?;
    let mut basis = vec![(a.points[chosen.first], b.points[chosen.second], chosen.relaxed)];
    for (index, pair) in pairs.iter().enumerate() {
        let weight = if index == seed { 0.0 } else { support(a, b, chosen, pair) };
        if weight > 0.2 {
            basis.push((a.points[pair.first], b.points[pair.second], weight * pair.relaxed));
        }
    }
    let mut placement = Placement::fitted(&basis)?;
    let mut moved: Vec<(f32, f32)> = Vec::new();
    let mut met = Vec::new();
    for _ in 0..2 {
        moved = a.points.iter().map(|point| placement.apply(point.x, point.y)).collect();
        met = meeting(a, b, &moved, placement.turn(), PAIR_COARSE_PX);
        let basis: Vec<_> = met.iter().map(|m| (a.points[m.first], b.points[m.second], 1.0)).collect();
        if basis.len() < 3 {
            break;
        }
        placement = Placement::fitted(&basis)?;
    }
    if met.len() >= 3 {
        let rigid: Vec<(f32, f32)> = a.points.iter().map(|point| placement.apply(point.x, point.y)).collect();
        for _ in 0..2 {
            moved = stretched(b, &rigid, &met);
            met = meeting(a, b, &moved, placement.turn(), PAIR_FINE_PX);
        }
    }
    Some(Alignment { placement, met, moved })
}

/// Pairs minutiae that lie close and point alike, closest first, each once.
fn meeting(a: &Prepared, b: &Prepared, moved: &[(f32, f32)], turn: u8, reach: f32) -> Vec<Met> {
    let mut near = Vec::with_capacity(a.points.len() * 2);
    for (first, (point, &(x, y))) in a.points.iter().zip(moved).enumerate() {
        let direction = point.direction.wrapping_add(turn);
        for (second, other) in b.points.iter().enumerate() {
            let (dx, dy) = (other.x - x, other.y - y);
            let square = dx * dx + dy * dy;
            if square > reach * reach {
                continue;
            }
            let turn = f32::from((direction.wrapping_sub(other.direction) as i8).unsigned_abs());
            if turn <= PAIR_TURN_MAX {
                near.push(Met { first, second, distance: square.sqrt(), turn });
            }
        }
    }
    let cost = |m: &Met| m.distance / reach + 0.5 * m.turn / PAIR_TURN_MAX;
    near.sort_by(|x, y| cost(x).total_cmp(&cost(y)));
    let mut used = (vec![false; a.points.len()], vec![false; b.points.len()]);
    near.retain(|m| {
        let free = !used.0[m.first] && !used.1[m.second];
        if free {
            used.0[m.first] = true;
            used.1[m.second] = true;
        }
        free
    });
    near
}

/// Moves each point by what the paired points around it are off; a pair does not vote for itself alone.
fn stretched(b: &Prepared, rigid: &[(f32, f32)], met: &[Met]) -> Vec<(f32, f32)> {
    let scale = 1.0 / (2.0 * STRETCH_SIGMA_PX * STRETCH_SIGMA_PX);
    rigid
        .iter()
        .enumerate()
        .map(|(index, &(x, y))| {
            let (mut sum_x, mut sum_y, mut total) = (0.0, 0.0, 0.35f32);
            for m in met.iter().filter(|m| m.first != index) {
                let (fx, fy) = rigid[m.first];
                let weight = 1.0 / (1.0 + ((fx - x).powi(2) + (fy - y).powi(2)) * scale).powi(2);
                sum_x += weight * (b.points[m.second].x - fx);
                sum_y += weight * (b.points[m.second].y - fy);
                total += weight;
            }
            (x + sum_x / total, y + sum_y / total)
        })
        .collect()
}
