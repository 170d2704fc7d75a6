//! What surrounds a minutia, seen from the minutia: our own local descriptor.
//!
//! Two independent witnesses. *Rings*: the direction of the ridges at fixed places around the minutia, relative to
//! its own direction; texture that the minutiae alone do not carry (the idea of sampling orientations on circles is
//! Tico and Kuosmanen's, 2003). *Neighbours*: where the nearest other minutiae lie and point, in the minutia's
//! own frame (Jiang and Yau, 2000). Minutia cylinder codes are left out on purpose: they are believed patented.
//!
//! Ring samples are bytes that wrap around at half a turn. They are stored twice: by minutia, and by sample for 32
//! minutiae side by side, so that one minutia is compared with 32 at a time.

use std::sync::LazyLock;

use super::prepared::{Field, LANES, Points};
use crate::limits::MINUTIAE_MAX;
use crate::parameters::{
    NEIGHBOUR_DISTANCE_MAX, NEIGHBOUR_DISTANCE_MIN, NEIGHBOUR_GROWTH, NEIGHBOUR_TOLERANCE_PX,
    NEIGHBOUR_TURN_MAX, RING_TOLERANCE,
};
use crate::template::NO_ORIENTATION;

const RINGS: [(f32, usize); 4] = [(20.0, 8), (38.0, 14), (57.0, 18), (76.0, 24)];
const SAMPLES: usize = 64;
/// Samples whose sum is sure to fit a byte.
const SAMPLES_PER_BYTE: usize = 8;
const NEIGHBOURS: usize = 8;

/// How the minutiae of a print are described and descriptions are compared. The matcher knows no more than this.
pub(crate) trait LocalDescriptor: Sized {
    /// Describes all minutiae of a print.
    fn new(points: &Points, field: &Field) -> Self;
    /// Quick similarity, 0 to 1, of the minutia `own` and each one of `other`; `out` is as long as `other`'s columns.
    fn quick_row(&self, own: usize, other: &Self, out: &mut [f32]);
    /// The same for one pair.
    fn quick(&self, own: usize, other: &Self, their: usize) -> f32;
    /// Careful similarity of one pair, 0 to 1.
    fn careful(&self, own: usize, other: &Self, their: usize) -> f32;
}

/// See the head of this file.
#[derive(Clone)]
pub(crate) struct Surroundings {
    /// By minutia. 256 steps to the half turn.
    rows: Vec<[u8; SAMPLES]>,
    /// By minutia: a bit per sample that lies inside the print.
    inside: Vec<u64>,
    /// By sample, for [`LANES`] minutiae.
    blocks: Vec<Block>,
    neighbours: Vec<Neighbours>,
}

#[derive(Clone)]
struct Block {
    values: [[u8; LANES]; SAMPLES],
    /// All ones outside the print.
    outside: [[u8; LANES]; SAMPLES],
    inside: [u64; LANES],
}

/// The nearest neighbours, a column per property. Missing ones lie where nothing meets them.
#[derive(Clone)]
struct Neighbours {
    count: usize,
    along: [f32; NEIGHBOURS],
    across: [f32; NEIGHBOURS],
    /// 1 / tolerance.
    strictness: [f32; NEIGHBOURS],
    /// 256 steps to the full turn.
    turn: [i32; NEIGHBOURS],
}

/// Where the samples lie as seen from an upright minutia, along and across.
static PLACES: LazyLock<([f32; SAMPLES], [f32; SAMPLES])> = LazyLock::new(|| {
    let places = RINGS.iter().flat_map(|&(radius, count)| {
        (0..count).map(move |i| {
            let (sin, cos) = (core::f32::consts::TAU * i as f32 / count as f32).sin_cos();
            (radius * cos, radius * sin)
        })
    });
    let mut out = ([0.0; SAMPLES], [0.0; SAMPLES]);
    for (sample, (along, across)) in places.enumerate().take(SAMPLES) {
        (out.0[sample], out.1[sample]) = (along, across);
    }
    out
});

impl LocalDescriptor for Surroundings {
    #[inline(always)]
    fn new(points: &Points, field: &Field) -> Self {
        // Loops and not closures of iterators: those are compiled without the wide vectors.
        let count = points.count;
        let (mut rows, mut inside) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut neighbours = Vec::with_capacity(count);
        for index in 0..count {
            let (row, bits) = rings(points, index, field);
            rows.push(row);
            inside.push(bits);
            neighbours.push(Neighbours::new(points, index));
        }
        let blocks = (0..count).step_by(LANES).map(|from| Block::new(&rows, &inside, from)).collect();
        Self { rows, inside, blocks, neighbours }
    }

    #[inline(always)]
    fn quick_row(&self, own: usize, other: &Self, out: &mut [f32]) {
        let (row, inside) = (&self.rows[own], self.inside[own]);
        for (block, out) in other.blocks.iter().zip(out.chunks_exact_mut(LANES)) {
            let mut sums = [0u16; LANES];
            let mut left = inside;
            while left != 0 {
                let mut part = [0u8; LANES];
                for _ in 0..SAMPLES_PER_BYTE {
                    let sample = (left | 1 << (SAMPLES - 1)).trailing_zeros() as usize;
                    // Past the last sample the last one is read again and counts for nothing.
                    let blind = if left == 0 { u8::MAX } else { 0 };
                    left &= left.wrapping_sub(1);
                    let (values, outside) = (&block.values[sample], &block.outside[sample]);
                    for lane in 0..LANES {
                        let turn = (row[sample].wrapping_sub(values[lane]) as i8).unsigned_abs();
                        let alike = (2 * RING_TOLERANCE).saturating_sub(turn | outside[lane] | blind);
                        part[lane] = part[lane].wrapping_add(alike);
                    }
                }
                for lane in 0..LANES {
                    sums[lane] = sums[lane].wrapping_add(u16::from(part[lane]));
                }
            }
            for lane in 0..LANES {
                let count = (block.inside[lane] & inside).count_ones();
                out[lane] = share(u32::from(sums[lane]), count);
            }
        }
    }

    #[inline(always)]
    fn quick(&self, own: usize, other: &Self, their: usize) -> f32 {
        let both = self.inside[own] & other.inside[their];
        let mut sum = 0u32;
        for (sample, (&a, &b)) in self.rows[own].iter().zip(&other.rows[their]).enumerate() {
            let turn = (a.wrapping_sub(b) as i8).unsigned_abs();
            let alike = u32::from((2 * RING_TOLERANCE).saturating_sub(turn));
            sum = sum.wrapping_add(alike & ((both >> sample & 1) as u32).wrapping_neg());
        }
        share(sum, both.count_ones())
    }

    #[inline(always)]
    fn careful(&self, own: usize, other: &Self, their: usize) -> f32 {
        let (ours, theirs) = (&self.neighbours[own], &other.neighbours[their]);
        let mut best = [0.0f32; NEIGHBOURS];
        for i in 0..ours.count {
            let (along, across, strict, turn) =
                (ours.along[i], ours.across[i], ours.strictness[i], ours.turn[i]);
            for (lane, best) in best.iter_mut().enumerate() {
                let turned = (turn.wrapping_sub(theirs.turn[lane]) << 24 >> 24).wrapping_abs() as f32;
                let (u, v) = (along - theirs.along[lane], across - theirs.across[lane]);
                let place = 1.0 - (u * u + v * v) * (strict * theirs.strictness[lane]);
                let alike = (1.0 - turned * (1.0 / NEIGHBOUR_TURN_MAX)).max(0.0) * place.max(0.0);
                *best = best.max(alike);
            }
        }
        let sum = ((best[0] + best[4]) + (best[1] + best[5])) + ((best[2] + best[6]) + (best[3] + best[7]));
        sum / (ours.count.min(theirs.count) as f32 + 2.0)
    }
}

/// Mean agreement over the samples both have, a little less where they are few.
#[inline(always)]
fn share(sum: u32, count: u32) -> f32 {
    sum as f32 / (f32::from(2 * RING_TOLERANCE) * (count as f32 + 6.0))
}

/// Places are worked out side by side, then looked up one by one.
#[inline(always)]
fn rings(points: &Points, index: usize, field: &Field) -> ([u8; SAMPLES], u64) {
    let (x, y, cos, sin) = (points.x[index], points.y[index], points.cos[index], points.sin[index]);
    let own = points.direction[index];
    let (u, v) = (&PLACES.0, &PLACES.1);
    let (mut columns, mut rows) = ([0i32; SAMPLES], [0i32; SAMPLES]);
    for sample in 0..SAMPLES {
        let (x, y) = (x + u[sample] * cos - v[sample] * sin, y + u[sample] * sin + v[sample] * cos);
        columns[sample] = (x * field.per_cell).floor() as i32;
        rows[sample] = (y * field.per_cell).floor() as i32;
    }
    let (width, height) = (field.columns as u32, field.rows as u32);
    let mut values = [0; SAMPLES];
    let mut inside = 0;
    for sample in 0..SAMPLES {
        // Negative ones are very large without their sign.
        let (column, row) = (columns[sample] as u32, rows[sample] as u32);
        if column < width && row < height {
            let found = field.grid.get((row * width + column) as usize).copied();
            if let Some(orientation) = found.filter(|&found| found != NO_ORIENTATION) {
                values[sample] = orientation.wrapping_sub(own) << 1;
                inside |= 1 << sample;
            }
        }
    }
    (values, inside)
}

impl Block {
    #[inline(always)]
    fn new(rows: &[[u8; SAMPLES]], inside: &[u64], from: usize) -> Self {
        let mut out =
            Self { values: [[0; LANES]; SAMPLES], outside: [[u8::MAX; LANES]; SAMPLES], inside: [0; LANES] };
        let lanes = rows[from..].iter().zip(&inside[from..]).take(LANES).enumerate();
        for (lane, (row, &inside)) in lanes {
            out.inside[lane] = inside;
            for (sample, &value) in row.iter().enumerate() {
                out.values[sample][lane] = value;
                out.outside[sample][lane] = if inside >> sample & 1 == 1 { 0 } else { u8::MAX };
            }
        }
        out
    }
}

impl Neighbours {
    #[inline(always)]
    fn new(points: &Points, index: usize) -> Self {
        const COLUMN: usize = MINUTIAE_MAX.next_multiple_of(LANES);
        let (x, y, cos, sin) = (points.x[index], points.y[index], points.cos[index], points.sin[index]);
        // Squares of single numbers are exact in double ones: the root is the true distance, rounded once.
        let mut squares = [0.0f64; COLUMN];
        for ((square, &other_x), &other_y) in squares.iter_mut().zip(&points.x).zip(&points.y) {
            let (dx, dy) = (f64::from(other_x - x), f64::from(other_y - y));
            *square = dx * dx + dy * dy;
        }
        let far = f64::from(NEIGHBOUR_DISTANCE_MAX + 1.0);
        let mut keys = [0u64; COLUMN];
        let mut count = 0;
        for (other, &square) in squares.iter().enumerate().take(points.count) {
            if square < far * far && other != index {
                let distance = square.sqrt() as f32;
                if (NEIGHBOUR_DISTANCE_MIN..=NEIGHBOUR_DISTANCE_MAX).contains(&distance) {
                    // Distances are not negative: their bits sort as they do.
                    keys[count] = u64::from(distance.to_bits()) << 16 | other as u64;
                    count += 1;
                }
            }
        }
        let mut near = &mut keys[..count];
        if near.len() > NEIGHBOURS {
            near.select_nth_unstable(NEIGHBOURS - 1);
            near = &mut near[..NEIGHBOURS];
        }
        near.sort_unstable();
        let near = near.iter().map(|key| (f32::from_bits((key >> 16) as u32), (key & 0xffff) as usize));
        let mut out = Self {
            count: near.len(),
            along: [1e6; NEIGHBOURS],
            across: [1e6; NEIGHBOURS],
            strictness: [1.0; NEIGHBOURS],
            turn: [0; NEIGHBOURS],
        };
        for (slot, (distance, other)) in near.enumerate() {
            let (dx, dy) = (points.x[other] - x, points.y[other] - y);
            out.along[slot] = dx * cos + dy * sin;
            out.across[slot] = dy * cos - dx * sin;
            out.strictness[slot] = 1.0 / (NEIGHBOUR_TOLERANCE_PX + NEIGHBOUR_GROWTH * distance);
            out.turn[slot] = i32::from(points.direction[other].wrapping_sub(points.direction[index]));
        }
        out
    }
}
