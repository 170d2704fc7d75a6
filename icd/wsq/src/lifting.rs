//! One node of the 9/7 transform, rows and columns together, by lifting.
//!
//! Lifting does the work of both filters in four short steps, each adding to a sample a multiple of the
//! sum of its two neighbours, and needs half the multiplications of convolution. At the borders the
//! signal is mirrored about its end samples; mirroring keeps even samples even and odd samples odd, so
//! every border is handled by reading mirrored samples and the steps themselves know no special case.
//! Along a row the even and odd samples are taken apart first, so that each step runs over contiguous
//! floats. Down the columns all four steps go in one sweep with a memory of four rows. Each row is
//! transformed just before the sweep takes it: a node is read once and written once, and everything in
//! between stays in the first cache. A signal of one sample is only scaled.
//!
//! A node is read row by row through a closure and written through another, so that the picture itself
//! can be one end and no second plane is needed. The two ends must not overlap.

use std::f32::consts::{FRAC_1_SQRT_2, SQRT_2};

use crate::{
    parameters::{LIFT, LIFT_SCALE},
    tree::{Split, first_length},
};

/// Mirrored samples needed on each side of the even and of the odd samples.
const MARGIN: usize = 2;

/// Working memory, made once per picture.
pub(crate) struct Scratch {
    even: Vec<f32>,
    odd: Vec<f32>,
    /// The even and the odd row of a step; on synthesis the low and the high one.
    lines: [Vec<f32>; 2],
    /// What the column sweep remembers between steps.
    memory: [Vec<f32>; 4],
    /// The two rows a step puts out.
    out: [Vec<f32>; 2],
}

impl Scratch {
    pub(crate) fn new(width: usize) -> Self {
        let half = width.div_ceil(2) + 2 * MARGIN;
        let row = || vec![0.0; width];
        Self {
            even: vec![0.0; half],
            odd: vec![0.0; half],
            lines: [row(), row()],
            memory: [row(), row(), row(), row()],
            out: [row(), row()],
        }
    }
}

/// Takes one node apart. `fetch` fills a row of the node; `emit` receives the finished rows by their place
/// in the node.
///
/// In step `t` of the sweep the rows `2t + 1` and `2t + 2` come in and the low and high rows `t - 1` go
/// out; it starts early enough for every remembered value to be a real one.
pub(crate) fn analyse(
    node: &Split,
    scratch: &mut Scratch,
    mut fetch: impl FnMut(usize, &mut [f32]),
    mut emit: impl FnMut(usize, &[f32]),
) {
    let width = node.region.width;
    if node.region.area() == 0 {
        return;
    }
    let rows = Axis::new(node.region.height, node.high_first_y);
    let columns = Axis::new(width, node.high_first_x);
    let Scratch { even, odd, lines: [even_line, odd_line], memory, out } = scratch;
    let mut line = |row: usize, line: &mut [f32]| {
        fetch(row, line);
        analyse_row(line, &columns, even, odd);
    };
    if rows.length == 1 {
        line(0, &mut even_line[..width]);
        even_line[..width].iter_mut().for_each(|sample| *sample *= SQRT_2);
        emit(0, &even_line[..width]);
        return;
    }
    line(rows.mirror(-4), &mut memory[0][..width]);
    for t in -2..=rows.low_count as isize {
        line(rows.mirror(2 * t + 1), &mut odd_line[..width]);
        line(rows.mirror(2 * t + 2), &mut even_line[..width]);
        forward_step(odd_line, even_line, memory, out, width);
        std::mem::swap(&mut memory[0], even_line);
        let Ok(done) = usize::try_from(t - 1) else { continue };
        emit(rows.low_start + done, &out[0][..width]);
        if done < rows.high_count {
            emit(rows.high_start + done, &out[1][..width]);
        }
    }
}

/// Puts one node together again. `row` lends a row of the node; `emit` receives the finished rows by
/// their place in the node.
///
/// In step `t` of the sweep the low and high rows `t` come in and the rows `2t - 2` and `2t - 3` go out.
pub(crate) fn synthesise<'a>(
    node: &Split,
    scratch: &mut Scratch,
    row: impl Fn(usize) -> &'a [f32],
    mut emit: impl FnMut(usize, &[f32]),
) {
    let width = node.region.width;
    if node.region.area() == 0 {
        return;
    }
    let rows = Axis::new(node.region.height, node.high_first_y);
    let columns = Axis::new(width, node.high_first_x);
    let Scratch { even, odd, lines: [low_line, high_line], memory, out } = scratch;
    let mut line = |place: usize, line: &mut [f32]| synthesise_row(row(place), line, &columns, even, odd);
    if rows.length == 1 {
        line(0, &mut low_line[..width]);
        low_line[..width].iter_mut().for_each(|sample| *sample *= FRAC_1_SQRT_2);
        emit(0, &low_line[..width]);
        return;
    }
    line(rows.place(-3), &mut memory[0][..width]);
    memory[0][..width].iter_mut().for_each(|sample| *sample *= LIFT_SCALE);
    let last = (rows.high_count + 1).max(rows.low_count) as isize;
    for t in -1..=last {
        line(rows.place(2 * t), &mut low_line[..width]);
        line(rows.place(2 * t + 1), &mut high_line[..width]);
        backward_step(low_line, high_line, memory, out, width);
        for (position, out) in [(2 * t - 3, &out[1]), (2 * t - 2, &out[0])] {
            match usize::try_from(position) {
                Ok(position) if position < rows.length => emit(position, &out[..width]),
                _ => {}
            }
        }
    }
}

/// Where the low-pass and high-pass halves of an axis lie inside its node.
struct Axis {
    length: usize,
    low_count: usize,
    high_count: usize,
    low_start: usize,
    high_start: usize,
}

impl Axis {
    fn new(length: usize, high_first: bool) -> Self {
        let first = first_length(length, high_first);
        let (low_start, high_start) = if high_first { (first, 0) } else { (0, first) };
        Self { length, low_count: length.div_ceil(2), high_count: length / 2, low_start, high_start }
    }

    /// The sample a mirrored position stands for. Only for axes of two samples and more.
    fn mirror(&self, position: isize) -> usize {
        let last = self.length as isize - 1;
        let mut position = position;
        loop {
            if position < 0 {
                position = -position;
            } else if position > last {
                position = 2 * last - position;
            } else {
                return position as usize;
            }
        }
    }

    /// Place of a low-pass (even) or high-pass (odd) sample inside the node.
    fn place(&self, position: isize) -> usize {
        let position = self.mirror(position);
        if position.is_multiple_of(2) {
            self.low_start + position / 2
        } else {
            self.high_start + position / 2
        }
    }
}

/// Adds `factor * (left + right)` to each sample.
fn lift(target: &mut [f32], left: &[f32], right: &[f32], factor: f32) {
    for ((sample, l), r) in target.iter_mut().zip(left).zip(right) {
        *sample += factor * (l + r);
    }
}

/// One row, in place.
fn analyse_row(line: &mut [f32], axis: &Axis, even: &mut [f32], odd: &mut [f32]) {
    if let [sample] = line {
        *sample *= SQRT_2;
        return;
    }
    let (low, high) = (axis.low_count, axis.high_count);
    let length = low + 2 * MARGIN;
    let (even, odd) = (&mut even[..length], &mut odd[..length]);
    for ((pair, e), o) in line.chunks_exact(2).zip(&mut even[MARGIN..]).zip(&mut odd[MARGIN..]) {
        *e = pair[0];
        *o = pair[1];
    }
    let end = low as isize;
    for i in [-2, -1, end - 1, end, end + 1] {
        let slot = (i + MARGIN as isize) as usize;
        even[slot] = line[axis.mirror(2 * i)];
        odd[slot] = line[axis.mirror(2 * i + 1)];
    }
    lift(&mut odd[..length - 1], &even[..length - 1], &even[1..], LIFT[0]);
    lift(&mut even[1..length - 1], &odd[..length - 2], &odd[1..], LIFT[1]);
    lift(&mut odd[1..length - 2], &even[1..], &even[2..], LIFT[2]);
    lift(&mut even[2..length - 2], &odd[1..], &odd[2..], LIFT[3]);
    scale(&even[MARGIN..], &mut line[axis.low_start..axis.low_start + low], LIFT_SCALE);
    scale(&odd[MARGIN..], &mut line[axis.high_start..axis.high_start + high], 1.0 / LIFT_SCALE);
}

/// One row, from the node's low and high halves to a whole line.
fn synthesise_row(source: &[f32], line: &mut [f32], axis: &Axis, even: &mut [f32], odd: &mut [f32]) {
    if let ([sample], [out]) = (source, &mut *line) {
        *out = sample * FRAC_1_SQRT_2;
        return;
    }
    let (low, high) = (axis.low_count, axis.high_count);
    let length = low + 2 * MARGIN;
    let (even, odd) = (&mut even[..length], &mut odd[..length]);
    scale(&source[axis.low_start..axis.low_start + low], &mut even[MARGIN..], 1.0 / LIFT_SCALE);
    scale(&source[axis.high_start..axis.high_start + high], &mut odd[MARGIN..], LIFT_SCALE);
    let end = low as isize;
    for i in [-2, -1, end - 1, end, end + 1] {
        let slot = (i + MARGIN as isize) as usize;
        even[slot] = source[axis.place(2 * i)] * (1.0 / LIFT_SCALE);
        odd[slot] = source[axis.place(2 * i + 1)] * LIFT_SCALE;
    }
    lift(&mut even[1..], &odd[..length - 1], &odd[1..], -LIFT[3]);
    lift(&mut odd[1..length - 1], &even[1..length - 1], &even[2..], -LIFT[2]);
    lift(&mut even[2..length - 1], &odd[1..length - 2], &odd[2..], -LIFT[1]);
    lift(&mut odd[2..length - 2], &even[2..length - 2], &even[3..], -LIFT[0]);
    let mut pairs = line.chunks_exact_mut(2);
    for ((pair, e), o) in pairs.by_ref().zip(&even[MARGIN..]).zip(&odd[MARGIN..]) {
        pair[0] = *e;
        pair[1] = *o;
    }
    if let [last] = pairs.into_remainder() {
        *last = even[MARGIN + high];
    }
}

fn scale(source: &[f32], target: &mut [f32], factor: f32) {
    for (out, sample) in target.iter_mut().zip(source) {
        *out = sample * factor;
    }
}

/// One step of the forward sweep. `memory[0]` is the even row before; the caller replaces it.
fn forward_step(
    odd: &[f32],
    even: &[f32],
    memory: &mut [Vec<f32>; 4],
    out: &mut [Vec<f32>; 2],
    width: usize,
) {
    let [m0, m1, m2, m3] = memory;
    let [low, high] = out;
    let (m0, m1, m2, m3) = (&m0[..width], &mut m1[..width], &mut m2[..width], &mut m3[..width]);
    let (low, high) = (&mut low[..width], &mut high[..width]);
    let (odd, even) = (&odd[..width], &even[..width]);
    for i in 0..width {
        let odd1 = odd[i] + LIFT[0] * (m0[i] + even[i]);
        let even1 = m0[i] + LIFT[1] * (m1[i] + odd1);
        let odd2 = m1[i] + LIFT[2] * (m2[i] + even1);
        low[i] = (m2[i] + LIFT[3] * (m3[i] + odd2)) * LIFT_SCALE;
        high[i] = odd2 * (1.0 / LIFT_SCALE);
        m1[i] = odd1;
        m2[i] = even1;
        m3[i] = odd2;
    }
}

/// One step of the backward sweep.
fn backward_step(
    low: &[f32],
    high: &[f32],
    memory: &mut [Vec<f32>; 4],
    out: &mut [Vec<f32>; 2],
    width: usize,
) {
    let [m0, m1, m2, m3] = memory;
    let [even, odd] = out;
    let (m0, m1, m2, m3) = (&mut m0[..width], &mut m1[..width], &mut m2[..width], &mut m3[..width]);
    let (even, odd) = (&mut even[..width], &mut odd[..width]);
    let (low, high) = (&low[..width], &high[..width]);
    for i in 0..width {
        let odd2 = high[i] * LIFT_SCALE;
        let even1 = low[i] * (1.0 / LIFT_SCALE) - LIFT[3] * (m0[i] + odd2);
        let odd1 = m0[i] - LIFT[2] * (m1[i] + even1);
        let even0 = m1[i] - LIFT[1] * (m2[i] + odd1);
        even[i] = even0;
        odd[i] = m2[i] - LIFT[0] * (m3[i] + even0);
        m0[i] = odd2;
        m1[i] = even1;
        m2[i] = odd1;
        m3[i] = even0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        parameters::{HIGH_PASS_HALF, LOW_PASS_HALF},
        tree::Region,
    };

    fn node(width: usize, height: usize, high_first_x: bool, high_first_y: bool) -> Split {
        Split { region: Region { x: 0, y: 0, width, height }, high_first_x, high_first_y }
    }

    fn sample(x: usize, y: usize) -> f32 {
        ((x * 37 + y * 101 + x * y) % 256) as f32 - 128.0
    }

    fn taken_apart(node: &Split) -> Vec<f32> {
        let Region { width, height, .. } = node.region;
        let mut parts = vec![f32::NAN; width * height];
        let fetch =
            |y: usize, row: &mut [f32]| row.iter_mut().enumerate().for_each(|(x, s)| *s = sample(x, y));
        let emit = |y: usize, row: &[f32]| parts[y * width..(y + 1) * width].copy_from_slice(row);
        analyse(node, &mut Scratch::new(width), fetch, emit);
        parts
    }

    #[test]
    fn every_small_size_comes_back() {
        for (width, height) in (1..14).flat_map(|w| (1..14).map(move |h| (w, h))) {
            for flags in 0..4 {
                let node = node(width, height, flags & 1 != 0, flags & 2 != 0);
                let parts = taken_apart(&node);
                let mut back = vec![f32::NAN; width * height];
                let emit = |y: usize, row: &[f32]| back[y * width..(y + 1) * width].copy_from_slice(row);
                synthesise(&node, &mut Scratch::new(width), |y| &parts[y * width..(y + 1) * width], emit);
                for (i, back) in back.into_iter().enumerate() {
                    let expect = sample(i % width, i / width);
                    assert!((back - expect).abs() < 1e-3, "{node:?} at {i}: {back} for {expect}");
                }
            }
        }
    }

    /// Lifting must give what the specification's filters give by convolution.
    #[test]
    fn lifting_equals_convolution() {
        let (width, centre) = (33usize, 16usize);
        let node = node(width, 1, false, false);
        let parts = taken_apart(&node);
        let convolved = |half: &[f64], at: usize| {
            let side: f64 = half[1..]
                .iter()
                .enumerate()
                .map(|(k, tap)| tap * f64::from(sample(at - k - 1, 0) + sample(at + k + 1, 0)))
                .sum();
            (half[0] * f64::from(sample(at, 0)) + side) * std::f64::consts::SQRT_2
        };
        let (low, high) = (f64::from(parts[centre / 2]), f64::from(parts[17 + centre / 2]));
        assert!((low - convolved(&LOW_PASS_HALF, centre)).abs() < 1e-3);
        assert!((high - convolved(&HIGH_PASS_HALF, centre + 1)).abs() < 1e-3);
    }
}
