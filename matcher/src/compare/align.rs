//! From supporting pairs to one placement of the first print on the second, and to all minutiae that then meet.
//!
//! A placement (turn, shift and a little growth) is estimated from a seed pair and its supporters, minutiae are paired
//! under it, the placement is estimated again from them, and what is left (skin stretches) is taken up by a smooth
//! displacement that each minutia receives from the paired ones around it. Which minutiae lie near each other at
//! all is looked up once per placement, in whole numbers; everything after that works on this short list.

use super::prepared::{LANES, Prepared};
use super::relax::Pairs;
use crate::limits::{LOCAL_PAIRS_MAX, NEAR_PAIRS_MAX};
use crate::parameters::{
    GROWTH_MAX, GROWTH_PRIOR_PX, PAIR_COARSE_PX, PAIR_FINE_PX, PAIR_TURN_MAX, STRETCH_SIGMA_PX, SUPPORT_MIN,
};

/// A turn, a shift and a growth from the first print to the second.
#[derive(Clone, Copy)]
pub(crate) struct Placement {
    pub(crate) cos: f32,
    pub(crate) sin: f32,
    /// About 1: both prints are measured in their own ridge distances.
    pub(crate) growth: f32,
    pub(crate) dx: f32,
    pub(crate) dy: f32,
    /// 256 steps to the full turn.
    pub(crate) turn: u8,
}

/// One pair a placement is estimated from.
#[derive(Clone, Copy)]
struct Basis {
    first: usize,
    second: usize,
    weight: f32,
}

impl Placement {
    #[inline(always)]
    pub(crate) fn apply(&self, x: f32, y: f32) -> (f32, f32) {
        let (cos, sin) = (self.cos * self.growth, self.sin * self.growth);
        (cos * x - sin * y + self.dx, sin * x + cos * y + self.dy)
    }

    #[inline(always)]
    pub(crate) fn back(&self, x: f32, y: f32) -> (f32, f32) {
        let (x, y) = ((x - self.dx) / self.growth, (y - self.dy) / self.growth);
        (self.cos * x + self.sin * y, self.cos * y - self.sin * x)
    }

    /// Least squares over weighted pairs; directions count as points at a short lever, growth starts from none.
    #[inline(always)]
    fn fitted(a: &Prepared, b: &Prepared, pairs: &[Basis]) -> Option<Self> {
        let (a, b) = (&a.points, &b.points);
        let (mut total, mut ax, mut ay, mut bx, mut by) = (0.0f32, 0.0, 0.0, 0.0, 0.0);
        for pair in pairs {
            total += pair.weight;
            ax += pair.weight * a.x[pair.first];
            ay += pair.weight * a.y[pair.first];
            bx += pair.weight * b.x[pair.second];
            by += pair.weight * b.y[pair.second];
        }
        if total <= 0.0 {
            return None;
        }
        let (ax, ay, bx, by) = (ax / total, ay / total, bx / total, by / total);
        let (mut dot, mut cross, mut turn_dot, mut turn_cross, mut spread) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for &Basis { first: i, second: j, weight } in pairs {
            let (x, y, u, v) = (a.x[i] - ax, a.y[i] - ay, b.x[j] - bx, b.y[j] - by);
            dot += weight * (x * u + y * v);
            cross += weight * (x * v - y * u);
            spread += weight * (x * x + y * y);
            turn_dot += weight * (a.cos[i] * b.cos[j] + a.sin[i] * b.sin[j]);
            turn_cross += weight * (a.cos[i] * b.sin[j] - a.sin[i] * b.cos[j]);
        }
        // A direction is worth a lever of 15 pixels.
        let (cos, sin) = (dot + 225.0 * turn_dot, cross + 225.0 * turn_cross);
        let length = (cos * cos + sin * sin).sqrt();
        if length < 1e-6 {
            return None;
        }
        let (cos, sin) = (cos / length, sin / length);
        let prior = GROWTH_PRIOR_PX * GROWTH_PRIOR_PX;
        let growth = (dot * cos + cross * sin + prior) / (spread + prior);
        let growth = growth.clamp(1.0 / GROWTH_MAX, GROWTH_MAX);
        let (dx, dy) = (bx - growth * (cos * ax - sin * ay), by - growth * (sin * ax + cos * ay));
        let turn = (sin.atan2(cos) * (256.0 / core::f32::consts::TAU)).round() as i32 as u8;
        Some(Self { cos, sin, growth, dx, dy, turn })
    }

    /// From a pair and the pairs that support it.
    #[inline(always)]
    pub(crate) fn seeded(a: &Prepared, b: &Prepared, pairs: &Pairs, seed: usize) -> Option<Self> {
        let mut basis = [Basis { first: 0, second: 0, weight: 0.0 }; LOCAL_PAIRS_MAX];
        let mut count = 0;
        for index in 0..pairs.count {
            let support = if index == seed { 1.0 } else { pairs.support[seed][index] };
            if support > SUPPORT_MIN {
                basis[count] = Basis {
                    first: pairs.first[index] as usize,
                    second: pairs.second[index] as usize,
                    weight: support * pairs.relaxed[index],
                };
                count += 1;
            }
        }
        Self::fitted(a, b, &basis[..count])
    }

    /// From minutiae that meet.
    #[inline(always)]
    pub(crate) fn met(a: &Prepared, b: &Prepared, met: &[Met]) -> Option<Self> {
        let mut basis = [Basis { first: 0, second: 0, weight: 0.0 }; crate::limits::MINUTIAE_MAX];
        let count = met.len().min(basis.len());
        for (basis, met) in basis.iter_mut().zip(met) {
            *basis = Basis { first: met.first, second: met.second, weight: 1.0 };
        }
        Self::fitted(a, b, &basis[..count])
    }

    /// Whether the placement brings a pair together.
    #[inline(always)]
    pub(crate) fn explains(&self, a: &Prepared, b: &Prepared, first: usize, second: usize) -> bool {
        let (x, y) = self.apply(a.points.x[first], a.points.y[first]);
        let (dx, dy) = (x - b.points.x[second], y - b.points.y[second]);
        let turned =
            a.points.direction[first].wrapping_add(self.turn).wrapping_sub(b.points.direction[second]);
        dx * dx + dy * dy < PAIR_FINE_PX * PAIR_FINE_PX
            && f32::from((turned as i8).unsigned_abs()) < PAIR_TURN_MAX
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

/// Places of the first side's minutiae on the second print.
pub(crate) struct Moved {
    pub(crate) x: Vec<f32>,
    pub(crate) y: Vec<f32>,
}

impl Moved {
    #[inline(always)]
    pub(crate) fn rigid(a: &Prepared, placement: &Placement) -> Self {
        let (cos, sin) = (placement.cos * placement.growth, placement.sin * placement.growth);
        let points = || a.points.x.iter().zip(&a.points.y);
        Self {
            x: points().map(|(x, y)| cos * x - sin * y + placement.dx).collect(),
            y: points().map(|(x, y)| sin * x + cos * y + placement.dy).collect(),
        }
    }

    /// Moves each point by what the paired points around it are off; a pair does not vote for itself alone.
    #[inline(always)]
    fn stretched(&self, b: &Prepared, met: &[Met]) -> Self {
        let scale = 1.0 / (2.0 * STRETCH_SIGMA_PX * STRETCH_SIGMA_PX);
        let mut out = Self { x: self.x.clone(), y: self.y.clone() };
        let columns = out.x.chunks_exact_mut(LANES).zip(out.y.chunks_exact_mut(LANES));
        for (block, (out_x, out_y)) in columns.enumerate() {
            let from = block * LANES;
            let (x, y) = (&self.x[from..from + LANES], &self.y[from..from + LANES]);
            let (mut sum_x, mut sum_y, mut total) = ([0.0f32; LANES], [0.0f32; LANES], [0.35f32; LANES]);
            for m in met {
                let (fx, fy) = (self.x[m.first], self.y[m.first]);
                let (off_x, off_y) = (b.points.x[m.second] - fx, b.points.y[m.second] - fy);
                let own = m.first.wrapping_sub(from) as i32;
                for lane in 0..LANES {
                    let (u, v) = (fx - x[lane], fy - y[lane]);
                    let fall = 1.0 + (u * u + v * v) * scale;
                    let weight = if lane as i32 == own { 0.0 } else { 1.0 / (fall * fall) };
                    sum_x[lane] += weight * off_x;
                    sum_y[lane] += weight * off_y;
                    total[lane] += weight;
                }
            }
            for lane in 0..LANES {
                out_x[lane] += sum_x[lane] / total[lane];
                out_y[lane] += sum_y[lane] / total[lane];
            }
        }
        out
    }
}

/// Minutiae that lie near each other and point alike under a placement.
pub(crate) struct Near {
    count: usize,
    pairs: [(u8, u8, u8); NEAR_PAIRS_MAX],
}

impl Near {
    /// All within a square of `reach` around each other.
    #[inline(always)]
    pub(crate) fn new(a: &Prepared, b: &Prepared, moved: &Moved, turn: u8, reach: f32) -> Self {
        const TURN: u16 = (PAIR_TURN_MAX as u16) << 8;
        let mut out = Self { count: 0, pairs: [(0, 0, 0); NEAR_PAIRS_MAX] };
        let reach = reach as i16;
        for first in 0..a.points.count {
            let whole = |value: f32| value.clamp(-15_000.0, 15_000.0) as i16;
            let (x, y) = (whole(moved.x[first]), whole(moved.y[first]));
            if !b.points.spread.holds(x, y, reach) {
                continue;
            }
            let direction = a.points.direction[first].wrapping_add(turn);
            let heading = (u16::from(direction) << 8) as i16;
            let columns = b.points.column.chunks_exact(LANES).zip(b.points.row.chunks_exact(LANES));
            for (block, ((column, row), headings)) in
                columns.zip(b.points.heading.chunks_exact(LANES)).enumerate()
            {
                let mut hits = [0u8; LANES];
                for lane in 0..LANES {
                    let across = column[lane].wrapping_sub(x).wrapping_add(reach) as u16 <= 2 * reach as u16;
                    let down = row[lane].wrapping_sub(y).wrapping_add(reach) as u16 <= 2 * reach as u16;
                    let turned = heading.wrapping_sub(headings[lane]) as u16;
                    let alike = turned.wrapping_add(TURN) <= 2 * TURN;
                    hits[lane] = u8::from(across & down & alike);
                }
                if hits.iter().fold(0, |any, hit| any | hit) == 0 {
                    continue;
                }
                for lane in (0..LANES).filter(|&lane| hits[lane] != 0) {
                    let second = block * LANES + lane;
                    if out.count < NEAR_PAIRS_MAX && second < b.points.count {
                        let turned =
                            (direction.wrapping_sub(b.points.direction[second]) as i8).unsigned_abs();
                        out.pairs[out.count] = (first as u8, second as u8, turned);
                        out.count += 1;
                    }
                }
            }
        }
        out
    }

    /// Pairs those within `reach`, closest first, each minutia once.
    #[inline(always)]
    pub(crate) fn meeting(&self, b: &Prepared, moved: &Moved, reach: f32, met: &mut Vec<Met>) {
        let mut keys = [0u64; NEAR_PAIRS_MAX];
        let mut count = 0;
        for (index, &(first, second, turn)) in self.pairs[..self.count].iter().enumerate() {
            let (i, j) = (usize::from(first), usize::from(second));
            let (dx, dy) = (moved.x[i] - b.points.x[j], moved.y[i] - b.points.y[j]);
            let square = dx * dx + dy * dy;
            if square <= reach * reach {
                let cost = square.sqrt() / reach + 0.5 * f32::from(turn) / PAIR_TURN_MAX;
                keys[count] = u64::from(cost.to_bits()) << 16 | index as u64;
                count += 1;
            }
        }
        let keys = &mut keys[..count];
        keys.sort_unstable();
        let mut used = (0u128, 0u128);
        met.clear();
        for key in keys {
            let (first, second, turn) = self.pairs[(*key & 0xffff) as usize];
            if used.0 >> first & 1 == 1 || used.1 >> second & 1 == 1 {
                continue;
            }
            used.0 |= 1 << first;
            used.1 |= 1 << second;
            let (first, second) = (usize::from(first), usize::from(second));
            let (dx, dy) = (moved.x[first] - b.points.x[second], moved.y[first] - b.points.y[second]);
            met.push(Met { first, second, distance: (dx * dx + dy * dy).sqrt(), turn: f32::from(turn) });
        }
    }
}

/// The first print laid on the second.
pub(crate) struct Alignment {
    pub(crate) placement: Placement,
    pub(crate) met: Vec<Met>,
    /// First side's minutiae on the second print, stretch included.
    pub(crate) moved: Moved,
}

/// A placement after a first look, and how well minutiae meet under it.
pub(crate) struct Rough {
    pub(crate) placement: Placement,
    pub(crate) worth: f32,
}

/// First look at the placement a seed suggests.
#[inline(always)]
pub(crate) fn rough(a: &Prepared, b: &Prepared, placement: Placement) -> Rough {
    let moved = Moved::rigid(a, &placement);
    let near = Near::new(a, b, &moved, placement.turn, PAIR_COARSE_PX);
    let mut met = Vec::with_capacity(a.points.count);
    near.meeting(b, &moved, PAIR_COARSE_PX, &mut met);
    let worth = met
        .iter()
        .map(|m| {
            let fit = 1.0 - (m.distance / PAIR_COARSE_PX).powi(2) * 0.8 - 0.2 * m.turn / PAIR_TURN_MAX;
            fit * a.points.quality[m.first] * b.points.quality[m.second]
        })
        .sum();
    let placement = if met.len() >= 3 { Placement::met(a, b, &met).unwrap_or(placement) } else { placement };
    Rough { placement, worth }
}

/// The whole alignment from a rough placement.
#[inline(always)]
pub(crate) fn aligned(a: &Prepared, b: &Prepared, placement: Placement) -> Alignment {
    let mut placement = placement;
    let mut met = Vec::with_capacity(a.points.count);
    let mut moved = Moved::rigid(a, &placement);
    let near = Near::new(a, b, &moved, placement.turn, 1.4 * PAIR_COARSE_PX);
    near.meeting(b, &moved, PAIR_COARSE_PX, &mut met);
    if met.len() >= 3 {
        placement = Placement::met(a, b, &met).unwrap_or(placement);
        let rigid = Moved::rigid(a, &placement);
        for _ in 0..2 {
            moved = rigid.stretched(b, &met);
            near.meeting(b, &moved, PAIR_FINE_PX, &mut met);
        }
    }
    Alignment { placement, met, moved }
}
