//! Where the print is, and how dark it is there (ISO/IEC 29794-4, 6.2.9).
//!
//! Ridges are thickened (darkest of 5 x 5), blurred over 41 pixels, parted from the background by Otsu's threshold;
//! that blurred over 91 pixels and parted again. Holes in the print belong to it, smaller areas beside it do not.

use super::gauss::{Kernel, blurred};
use super::grey::Grey;
use super::grid::SIDE;
use super::runs::{Run, runs};

const THICKEN_RADIUS: usize = 2;
const BLUR_FIRST_PX: usize = 41;
const BLUR_SECOND_PX: usize = 91;

/// The foreground of a print.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionOfInterest {
    /// Pixels of the foreground.
    pub pixels: u64,
    /// Their mean grey value; 255 if there is none.
    pub mean: f64,
    /// Per cell of 32 x 32 pixels, row by row, whether it has foreground.
    pub cells: Vec<bool>,
}

pub(super) fn region_of_interest(print: &Grey<'_>) -> RegionOfInterest {
    let (width, height) = (print.width, print.height);
    let thick = thickened(print);
    let soft = blurred(&thick, width, height, &Kernel::of_size(BLUR_FIRST_PX));
    let limit = otsu(&soft);
    let parted: Vec<u8> = soft.iter().map(|&grey| if grey > limit { 255 } else { 0 }).collect();
    let soft = blurred(&parted, width, height, &Kernel::of_size(BLUR_SECOND_PX));
    let limit = otsu(&soft);
    let mut dark: Vec<bool> = soft.iter().map(|&grey| grey <= limit).collect();
    close_holes(&mut dark, width, height);
    measured(print, &largest(&dark, width))
}

/// The darkest pixel of the 5 x 5 around each; beyond the edge there is nothing.
fn thickened(print: &Grey<'_>) -> Vec<u8> {
    let (width, height) = (print.width, print.height);
    let mut along = vec![255u8; width * height];
    for y in 0..height {
        let row = print.row(y);
        let out = &mut along[y * width..(y + 1) * width];
        out.copy_from_slice(row);
        for reach in 1..=THICKEN_RADIUS.min(width - 1) {
            for (out, &grey) in out.iter_mut().zip(&row[reach..]) {
                *out = (*out).min(grey);
            }
            for (out, &grey) in out[reach..].iter_mut().zip(row) {
                *out = (*out).min(grey);
            }
        }
    }
    let mut thick = along.clone();
    for y in 0..height {
        let out = &mut thick[y * width..(y + 1) * width];
        for from in y.saturating_sub(THICKEN_RADIUS)..(y + THICKEN_RADIUS + 1).min(height) {
            for (out, &grey) in out.iter_mut().zip(&along[from * width..(from + 1) * width]) {
                *out = (*out).min(grey);
            }
        }
    }
    thick
}

/// Otsu's threshold: pixels above it are background. Sums run in the reference's order, because two thresholds may
/// part equally well.
fn otsu(pixels: &[u8]) -> u8 {
    let mut counts = [0u32; 256];
    pixels.iter().for_each(|&grey| counts[usize::from(grey)] += 1);
    let scale = 1.0 / pixels.len() as f64;
    let mean =
        counts.iter().enumerate().map(|(grey, &count)| grey as f64 * f64::from(count)).sum::<f64>() * scale;
    let (mut dark_mean, mut dark_share) = (0.0f64, 0.0f64);
    let (mut best, mut best_apart) = (0u8, 0.0f64);
    for (grey, &count) in counts.iter().enumerate() {
        let share = f64::from(count) * scale;
        dark_mean *= dark_share;
        dark_share += share;
        let light_share = 1.0 - dark_share;
        let tiny = f64::from(f32::EPSILON);
        if dark_share.min(light_share) < tiny || dark_share.max(light_share) > 1.0 - tiny {
            continue;
        }
        dark_mean = (dark_mean + grey as f64 * share) / dark_share;
        let light_mean = (mean - dark_share * dark_mean) / light_share;
        let apart = dark_share * light_share * (dark_mean - light_mean) * (dark_mean - light_mean);
        if apart > best_apart {
            best_apart = apart;
            best = grey as u8;
        }
    }
    best
}

/// Background that does not reach the edge of the picture becomes foreground.
fn close_holes(dark: &mut [bool], width: usize, height: usize) {
    let found = runs(dark, width);
    let mut reaches_edge = vec![false; found.len()];
    for run in &found {
        if run.from == 0 || run.to == width || run.row == 0 || run.row + 1 == height {
            reaches_edge[run.area] = true;
        }
    }
    for run in found.iter().filter(|run| !run.dark && !reaches_edge[run.area]) {
        dark[run.row * width + run.from..run.row * width + run.to].fill(true);
    }
}

/// The runs of the dark area with the largest bounding box; of equal ones the first.
fn largest(dark: &[bool], width: usize) -> Vec<Run> {
    let mut found = runs(dark, width);
    let mut boxes: Vec<Option<[usize; 4]>> = vec![None; found.len()];
    for run in found.iter().filter(|run| run.dark) {
        let known = boxes[run.area].get_or_insert([run.from, run.row, run.to, run.row + 1]);
        *known = [known[0].min(run.from), known[1], known[2].max(run.to), run.row + 1];
    }
    let size = |b: &[usize; 4]| (b[2] - b[0]) * (b[3] - b[1]);
    let mut best: Option<(usize, usize)> = None;
    for (area, size) in boxes.iter().enumerate().filter_map(|(area, b)| b.as_ref().map(|b| (area, size(b)))) {
        if best.is_none_or(|(_, most)| size > most) {
            best = Some((area, size));
        }
    }
    found.retain(|run| run.dark && best.is_some_and(|(area, _)| run.area == area));
    found
}

fn measured(print: &Grey<'_>, foreground: &[Run]) -> RegionOfInterest {
    let columns = print.width.div_ceil(SIDE);
    let mut cells = vec![false; columns * print.height.div_ceil(SIDE)];
    let (mut pixels, mut sum) = (0u64, 0u64);
    for run in foreground {
        pixels += (run.to - run.from) as u64;
        sum += print.row(run.row)[run.from..run.to].iter().map(|&grey| u64::from(grey)).sum::<u64>();
        let row = run.row / SIDE * columns;
        cells[row + run.from / SIDE..=row + (run.to - 1) / SIDE].fill(true);
    }
    let mean = if pixels == 0 { 255.0 } else { sum as f64 / pixels as f64 };
    RegionOfInterest { pixels, mean, cells }
}
