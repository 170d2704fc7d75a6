//! The two wavelet transforms of JPEG 2000 (ISO/IEC 15444-1, Annex F): 5-3 in whole numbers without loss, 9-7 in
//! floating point. Both by lifting, in place, low half first in each row and column.

/// A number the transforms work on.
pub(super) trait Sample: Copy + Default {
    /// Transforms one line whose even samples are low-pass ones; the result is still interleaved.
    fn lift(line: &mut [Self]);
}

impl Sample for i32 {
    fn lift(line: &mut [Self]) {
        step(line, 1, |before, here, after| here - ((before + after) >> 1));
        step(line, 0, |before, here, after| here + ((before + after + 2) >> 2));
    }
}

impl Sample for f32 {
    fn lift(line: &mut [Self]) {
        if line.len() < 2 {
            return;
        }
        for (first, factor) in [(1, ALPHA), (0, BETA), (1, GAMMA), (0, DELTA)] {
            step(line, first, |before, here, after| here + factor * (before + after));
        }
        for (index, sample) in line.iter_mut().enumerate() {
            *sample *= if index % 2 == 0 { 1.0 / K } else { K };
        }
    }
}

/// Changes every second sample, from `first` on, by its two neighbours; the line is mirrored at its ends.
fn step<T: Sample>(line: &mut [T], first: usize, change: impl Fn(T, T, T) -> T) {
    if line.len() < 2 {
        return;
    }
    let last = line.len() - 1;
    for index in (first..line.len()).step_by(2) {
        let before = line[if index == 0 { 1 } else { index - 1 }];
        let after = line[if index == last { last - 1 } else { index + 1 }];
        line[index] = change(before, line[index], after);
    }
}

/// Transforms a plane of `width` columns `levels` times, each time its low-pass quarter.
pub(super) fn forward<T: Sample>(plane: &mut [T], width: usize, height: usize, levels: usize) {
    let (mut columns, mut rows) = (width, height);
    for _ in 0..levels {
        // Columns first: the 5-3 transform rounds, so the order is part of the format (F.4.2).
        vertical(plane, width, columns, rows);
        let mut line = vec![T::default(); columns];
        for row in plane.chunks_exact_mut(width).take(rows) {
            line.copy_from_slice(&row[..columns]);
            T::lift(&mut line);
            let (low, high) = row[..columns].split_at_mut(columns.div_ceil(2));
            low.iter_mut().zip(line.iter().step_by(2)).for_each(|(to, from)| *to = *from);
            high.iter_mut().zip(line.iter().skip(1).step_by(2)).for_each(|(to, from)| *to = *from);
        }
        (columns, rows) = (columns.div_ceil(2), rows.div_ceil(2));
    }
}

/// The columns, a strip of them at a time, so that the cache holds what a step touches.
fn vertical<T: Sample>(plane: &mut [T], width: usize, columns: usize, rows: usize) {
    const STRIP: usize = 16;
    let mut lines = vec![T::default(); STRIP * rows];
    for left in (0..columns).step_by(STRIP) {
        let strip = STRIP.min(columns - left);
        for row in 0..rows {
            for (column, sample) in plane[row * width + left..][..strip].iter().enumerate() {
                lines[column * rows + row] = *sample;
            }
        }
        for line in lines.chunks_exact_mut(rows).take(strip) {
            T::lift(line);
        }
        let low_rows = rows.div_ceil(2);
        for row in 0..rows {
            let to = if row % 2 == 0 { row / 2 } else { low_rows + row / 2 };
            for (column, sample) in plane[to * width + left..][..strip].iter_mut().enumerate() {
                *sample = lines[column * rows + row];
            }
        }
    }
}

const ALPHA: f32 = -1.586_134_3;
const BETA: f32 = -0.052_980_12;
const GAMMA: f32 = 0.882_911_1;
const DELTA: f32 = 0.443_506_85;
const K: f32 = 1.230_174_1;
