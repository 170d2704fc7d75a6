//! One level of the 9/7 transform along rows or columns, by lifting.
//!
//! Lifting does the work of both filters in four short steps, each adding to a sample a multiple of the
//! sum of its two neighbours, and needs half the multiplications of convolution. At the borders the
//! signal is mirrored about its end samples; mirroring keeps even samples even and odd samples odd, so
//! every border is handled by reading mirrored samples and the steps themselves know no special case.
//! Rows: split into even and odd samples first, so that each step runs over contiguous floats.
//! Columns: all four steps in one sweep down the rows with a short memory, so that each sample is read
//! and written once. A signal of one sample is only scaled.

use std::f32::consts::{FRAC_1_SQRT_2, SQRT_2};

use crate::{
    parameters::{LIFT, LIFT_SCALE},
    tree::{Region, Split, first_length},
};

/// Mirrored samples needed on each side of the even and of the odd samples.
const MARGIN: usize = 2;
/// Columns swept together: their memory and rows stay in the first-level cache.
const STRIP: usize = 512;

/// Scratch memory for rows and columns, made once per picture.
pub(crate) struct Scratch {
    even: Vec<f32>,
    odd: Vec<f32>,
    sweep: Sweep,
}

/// Four steps' memory of the column sweep, and the two rows it puts out.
struct Sweep {
    memory: [[f32; STRIP]; 4],
    out: [[f32; STRIP]; 2],
}

impl Scratch {
    pub(crate) fn new(longest_side: usize) -> Self {
        let length = longest_side.div_ceil(2) + 2 * MARGIN;
        Self {
            even: vec![0.0; length],
            odd: vec![0.0; length],
            sweep: Sweep { memory: [[0.0; STRIP]; 4], out: [[0.0; STRIP]; 2] },
        }
    }
}

/// Analyses one node: columns from `plane` into `spare`, rows back into `plane`.
pub(crate) fn analyse(
    plane: &mut [f32],
    spare: &mut [f32],
    stride: usize,
    node: &Split,
    scratch: &mut Scratch,
) {
    let Region { x, y, width, height } = node.region;
    if width == 0 || height == 0 {
        return;
    }
    let rows = AxisHalves::new(height, node.high_first_y);
    for strip in strips(x, width) {
        analyse_columns(plane, spare, stride, y, strip, &rows, &mut scratch.sweep);
    }
    let columns = AxisHalves::new(width, node.high_first_x);
    for row in y..y + height {
        let start = row * stride + x;
        analyse_row(&spare[start..start + width], &mut plane[start..start + width], &columns, scratch);
    }
}

/// First half of rebuilding a node: rows, from `plane` into `spare`.
pub(crate) fn synthesise_rows(
    plane: &[f32],
    spare: &mut [f32],
    stride: usize,
    node: &Split,
    scratch: &mut Scratch,
) {
    let Region { x, y, width, height } = node.region;
    let columns = AxisHalves::new(width, node.high_first_x);
    for row in y..y + height {
        let start = row * stride + x;
        synthesise_row(&plane[start..start + width], &mut spare[start..start + width], &columns, scratch);
    }
}

/// Second half of rebuilding a node: columns of `spare`, handed to `emit` in pieces of rows as
/// `(row of the plane, first column, samples)`.
pub(crate) fn synthesise_columns(
    spare: &[f32],
    stride: usize,
    node: &Split,
    scratch: &mut Scratch,
    mut emit: impl FnMut(usize, usize, &[f32]),
) {
    let Region { x, y, width, height } = node.region;
    if height == 0 {
        return;
    }
    let rows = AxisHalves::new(height, node.high_first_y);
    for strip in strips(x, width) {
        sweep_up(spare, stride, y, strip, &rows, &mut scratch.sweep, &mut emit);
    }
}

/// Where the low-pass and high-pass halves of an axis lie inside its node.
struct AxisHalves {
    length: usize,
    low_count: usize,
    high_count: usize,
    low_start: usize,
    high_start: usize,
}

impl AxisHalves {
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

/// `[start, end)` ranges of at most [`STRIP`] columns.
fn strips(x: usize, width: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..width.div_ceil(STRIP)).map(move |i| (x + i * STRIP, (x + width).min(x + (i + 1) * STRIP)))
}

/// Adds `factor * (left + right)` to each sample.
fn lift(target: &mut [f32], left: &[f32], right: &[f32], factor: f32) {
    for ((sample, l), r) in target.iter_mut().zip(left).zip(right) {
        *sample += factor * (l + r);
    }
}

fn analyse_row(source: &[f32], target: &mut [f32], axis: &AxisHalves, scratch: &mut Scratch) {
    if let ([sample], [out]) = (source, &mut *target) {
        *out = sample * SQRT_2;
        return;
    }
    let (low, high) = (axis.low_count, axis.high_count);
    let length = low + 2 * MARGIN;
    let (even, odd) = (&mut scratch.even[..length], &mut scratch.odd[..length]);
    for ((pair, e), o) in
        source.chunks_exact(2).zip(&mut even[MARGIN..MARGIN + high]).zip(&mut odd[MARGIN..MARGIN + high])
    {
        *e = pair[0];
        *o = pair[1];
    }
    let end = low as isize;
    for i in [-2, -1, end - 1, end, end + 1] {
        let slot = (i + MARGIN as isize) as usize;
        even[slot] = source[axis.mirror(2 * i)];
        odd[slot] = source[axis.mirror(2 * i + 1)];
    }
    lift(&mut odd[..length - 1], &even[..length - 1], &even[1..], LIFT[0]);
    lift(&mut even[1..length - 1], &odd[..length - 2], &odd[1..], LIFT[1]);
    lift(&mut odd[1..length - 2], &even[1..], &even[2..], LIFT[2]);
    lift(&mut even[2..length - 2], &odd[1..], &odd[2..], LIFT[3]);
    for (out, sample) in target[axis.low_start..axis.low_start + low].iter_mut().zip(&even[MARGIN..]) {
        *out = sample * LIFT_SCALE;
    }
    for (out, sample) in target[axis.high_start..axis.high_start + high].iter_mut().zip(&odd[MARGIN..]) {
        *out = sample * (1.0 / LIFT_SCALE);
    }
}

fn synthesise_row(source: &[f32], target: &mut [f32], axis: &AxisHalves, scratch: &mut Scratch) {
    if let ([sample], [out]) = (source, &mut *target) {
        *out = sample * FRAC_1_SQRT_2;
        return;
    }
    if source.is_empty() {
        return;
    }
    let (low, high) = (axis.low_count, axis.high_count);
    let length = low + 2 * MARGIN;
    let (even, odd) = (&mut scratch.even[..length], &mut scratch.odd[..length]);
    for (e, sample) in even[MARGIN..].iter_mut().zip(&source[axis.low_start..axis.low_start + low]) {
        *e = sample * (1.0 / LIFT_SCALE);
    }
    for (o, sample) in odd[MARGIN..].iter_mut().zip(&source[axis.high_start..axis.high_start + high]) {
        *o = sample * LIFT_SCALE;
    }
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
    let mut pairs = target.chunks_exact_mut(2);
    for ((pair, e), o) in pairs.by_ref().zip(&even[MARGIN..]).zip(&odd[MARGIN..]) {
        pair[0] = *e;
        pair[1] = *o;
    }
    if let [last] = pairs.into_remainder() {
        *last = even[MARGIN + high];
    }
}

/// The forward sweep. In step `t` the odd row `2t + 1` and the even row `2t + 2` come in and the outputs
/// `t - 1` go out; it starts early enough for every remembered value to be a real one.
fn analyse_columns(
    plane: &[f32],
    spare: &mut [f32],
    stride: usize,
    y: usize,
    (start, end): (usize, usize),
    axis: &AxisHalves,
    sweep: &mut Sweep,
) {
    let width = end - start;
    let row = |index: usize| &plane[(y + index) * stride + start..(y + index) * stride + end];
    let place = |index: usize| (y + index) * stride + start..(y + index) * stride + end;
    if axis.length == 1 {
        for (out, sample) in spare[place(0)].iter_mut().zip(row(0)) {
            *out = sample * SQRT_2;
        }
        return;
    }
    sweep.memory = [[0.0; STRIP]; 4];
    sweep.memory[0][..width].copy_from_slice(row(axis.mirror(-4)));
    for t in -2..=axis.low_count as isize {
        let odd = row(axis.mirror(2 * t + 1));
        let even = row(axis.mirror(2 * t + 2));
        forward_step(odd, even, sweep, width);
        let Ok(done) = usize::try_from(t - 1) else { continue };
        spare[place(axis.low_start + done)].copy_from_slice(&sweep.out[0][..width]);
        if done < axis.high_count {
            spare[place(axis.high_start + done)].copy_from_slice(&sweep.out[1][..width]);
        }
    }
}

fn forward_step(odd: &[f32], even: &[f32], sweep: &mut Sweep, width: usize) {
    let [m0, m1, m2, m3] = &mut sweep.memory;
    let [low, high] = &mut sweep.out;
    let (m0, m1, m2, m3) = (&mut m0[..width], &mut m1[..width], &mut m2[..width], &mut m3[..width]);
    let (low, high) = (&mut low[..width], &mut high[..width]);
    let (odd, even) = (&odd[..width], &even[..width]);
    for i in 0..width {
        let odd1 = odd[i] + LIFT[0] * (m0[i] + even[i]);
        let even1 = m0[i] + LIFT[1] * (m1[i] + odd1);
        let odd2 = m1[i] + LIFT[2] * (m2[i] + even1);
        let even2 = m2[i] + LIFT[3] * (m3[i] + odd2);
        low[i] = even2 * LIFT_SCALE;
        high[i] = odd2 * (1.0 / LIFT_SCALE);
        m0[i] = even[i];
        m1[i] = odd1;
        m2[i] = even1;
        m3[i] = odd2;
    }
}

/// The backward sweep. In step `t` the low and high rows `t` come in and the picture rows `2t - 2` and
/// `2t - 3` go out.
fn sweep_up(
    spare: &[f32],
    stride: usize,
    y: usize,
    (start, end): (usize, usize),
    axis: &AxisHalves,
    sweep: &mut Sweep,
    emit: &mut impl FnMut(usize, usize, &[f32]),
) {
    let width = end - start;
    let row = |index: usize| &spare[(y + index) * stride + start..(y + index) * stride + end];
    if axis.length == 1 {
        for (out, sample) in sweep.out[0].iter_mut().zip(row(0)) {
            *out = sample * FRAC_1_SQRT_2;
        }
        emit(y, start, &sweep.out[0][..width]);
        return;
    }
    sweep.memory = [[0.0; STRIP]; 4];
    for (memory, sample) in sweep.memory[0].iter_mut().zip(row(axis.place(-3))) {
        *memory = sample * LIFT_SCALE;
    }
    let last = (axis.high_count + 1).max(axis.low_count) as isize;
    for t in -1..=last {
        let low = row(axis.place(2 * t));
        let high = row(axis.place(2 * t + 1));
        backward_step(low, high, sweep, width);
        for (position, out) in [(2 * t - 3, &sweep.out[1]), (2 * t - 2, &sweep.out[0])] {
            match usize::try_from(position) {
                Ok(position) if position < axis.length => emit(y + position, start, &out[..width]),
                _ => {}
            }
        }
    }
}

fn backward_step(low: &[f32], high: &[f32], sweep: &mut Sweep, width: usize) {
    let [m0, m1, m2, m3] = &mut sweep.memory;
    let [even, odd] = &mut sweep.out;
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
