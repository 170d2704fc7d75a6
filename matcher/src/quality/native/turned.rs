//! A region turned so that its ridges stand or lie, by nearest pixel.
//!
//! The way the reference's library does it is part of the definition here, because a pixel more or less changes a
//! histogram bin: the inverse map in 1/1024 pixel, each term rounded to even by itself, half a pixel added, the
//! fraction dropped; black where the map leaves the square.

use super::grey::Grey;
use super::grid::SIDE;
use super::regions::{ROOM, Region};

/// Side of the square that is turned.
const SQUARE: usize = SIDE + 2 * ROOM;
/// Fixed-point steps per pixel.
const STEPS: f64 = 1024.0;
const STEPS_BITS: u32 = 10;
/// Pixels of the rectangle that is cut out of the turned square.
pub(super) const CUT_PIXELS: usize = SIDE * SIDE / 2;

/// What is cut out of the middle of the turned square.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Cut {
    /// 32 wide, 16 high.
    Wide,
    /// 16 wide, 32 high.
    High,
}

/// Turns `region` by `angle` radians and cuts out the middle. With `padded`, the square first gets a frame of two more
/// pixels of the picture (black beyond its edge), turns about the middle of that, and is cut out two pixels off it.
pub(super) fn turned(
    print: &Grey<'_>,
    region: &Region,
    angle: f64,
    padded: bool,
    cut: Cut,
) -> [u8; CUT_PIXELS] {
    let frame = if padded { ROOM as i32 } else { 0 };
    let map = inverse_map(angle, SQUARE as f64 / 2.0 + f64::from(frame));
    let fixed = |value: f64| value.round_ties_even() as i32;
    let (width, height) = if cut == Cut::Wide { (SIDE, SIDE / 2) } else { (SIDE / 2, SIDE) };
    let (from_x, from_y) = ((SQUARE - width) / 2, (SQUARE - height) / 2);
    let mut across = [(0i32, 0i32); SIDE];
    for (x, terms) in across[..width].iter_mut().enumerate() {
        let x = (from_x + x) as f64;
        *terms = (fixed(map[0] * x * STEPS), fixed(map[3] * x * STEPS));
    }
    let square = -frame..SQUARE as i32 + frame;
    let (left, top) = ((region.left - ROOM) as i32, (region.top - ROOM) as i32);
    let mut out = [0u8; CUT_PIXELS];
    for (y, row) in out.chunks_exact_mut(width).enumerate() {
        let y = (from_y + y) as f64;
        let down_x = fixed((map[1] * y + map[2]) * STEPS) + (1 << (STEPS_BITS - 1));
        let down_y = fixed((map[4] * y + map[5]) * STEPS) + (1 << (STEPS_BITS - 1));
        for (pixel, (across_x, across_y)) in row.iter_mut().zip(&across) {
            let source_x = ((down_x + across_x) >> STEPS_BITS) - frame;
            let source_y = ((down_y + across_y) >> STEPS_BITS) - frame;
            if square.contains(&source_x) && square.contains(&source_y) {
                *pixel = print.at(left + source_x, top + source_y).unwrap_or(0);
            }
        }
    }
    out
}

/// Inverse of the turn by `angle` about `(centre, centre)`, row by row.
fn inverse_map(angle: f64, centre: f64) -> [f64; 6] {
    // There and back through degrees, as the reference passes the angle on.
    let degrees = angle * (180.0 / core::f64::consts::PI);
    let radians = degrees * (core::f64::consts::PI / 180.0);
    let (sine, cosine) = radians.sin_cos();
    let shift_x = (1.0 - cosine) * centre - sine * centre;
    let shift_y = sine * centre + (1.0 - cosine) * centre;
    let determinant = 1.0 / (cosine * cosine + sine * sine);
    let (a, b) = (cosine * determinant, -sine * determinant);
    let (c, d) = (sine * determinant, cosine * determinant);
    [a, b, -a * shift_x - b * shift_y, c, d, -c * shift_x - d * shift_y]
}
