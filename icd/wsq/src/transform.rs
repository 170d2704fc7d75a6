//! The whole tree: from pixels to the plane of sub-bands and back.
//!
//! The root, half of the work, goes straight from the pixels into the plane and straight back. The other
//! nodes go by way of a spare plane the size of the largest of them, a quarter of the picture.

use crate::{
    filter::Filters,
    lifting::{self, Scratch},
    tree::{Region, Split, Tree},
};

/// How grey levels are brought around zero.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Normalisation {
    pub(crate) shift: f32,
    pub(crate) scale: f32,
}

/// Takes a picture apart into the sub-bands of the tree.
pub(crate) fn analyse(pixels: &[u8], stride: usize, tree: &Tree, normalisation: Normalisation) -> Vec<f32> {
    let Normalisation { shift, scale } = normalisation;
    // A flat picture has no scale; all its samples are zero.
    let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    let mut plane = vec![0.0f32; pixels.len()];
    let mut spare = vec![0.0f32; largest(&tree.splits)];
    let mut scratch = Scratch::new(stride);
    let Some((root, inner)) = tree.splits.split_first() else { return plane };
    let fetch = |y: usize, row: &mut [f32]| {
        for (sample, pixel) in row.iter_mut().zip(&pixels[y * stride..]) {
            *sample = (f32::from(*pixel) - shift) * inverse;
        }
    };
    let emit = |y: usize, row: &[f32]| plane[y * stride..][..stride].copy_from_slice(row);
    lifting::analyse(root, &mut scratch, fetch, emit);
    for node in inner {
        let Region { x, y, width, height } = node.region;
        for row in 0..height {
            spare[row * width..][..width].copy_from_slice(&plane[(y + row) * stride + x..][..width]);
        }
        let fetch = |row: usize, line: &mut [f32]| line.copy_from_slice(&spare[row * width..][..width]);
        let emit = |row: usize, line: &[f32]| plane[(y + row) * stride + x..][..width].copy_from_slice(line);
        lifting::analyse(node, &mut scratch, fetch, emit);
    }
    plane
}

/// Rebuilds the picture from the sub-bands.
pub(crate) fn synthesise(
    mut plane: Vec<f32>,
    stride: usize,
    tree: &Tree,
    filters: &Filters,
    normalisation: Normalisation,
) -> Vec<u8> {
    let mut pixels = vec![0; plane.len()];
    if !filters.is_standard() {
        let mut spare = vec![0.0; plane.len()];
        for node in tree.splits.iter().rev() {
            filters.synthesise(&mut plane, &mut spare, stride, node);
        }
        to_grey(&plane, normalisation, &mut pixels);
        return pixels;
    }
    let mut spare = vec![0.0; largest(&tree.splits)];
    let mut scratch = Scratch::new(stride);
    let Some((root, inner)) = tree.splits.split_first() else { return pixels };
    for node in inner.iter().rev() {
        let Region { x, y, width, height } = node.region;
        let row = |row: usize| &plane[(y + row) * stride + x..][..width];
        let emit = |row: usize, line: &[f32]| spare[row * width..][..width].copy_from_slice(line);
        lifting::synthesise(node, &mut scratch, row, emit);
        for row in 0..height {
            plane[(y + row) * stride + x..][..width].copy_from_slice(&spare[row * width..][..width]);
        }
    }
    let row = |y: usize| &plane[y * stride..][..stride];
    let emit = |y: usize, line: &[f32]| to_grey(line, normalisation, &mut pixels[y * stride..][..stride]);
    lifting::synthesise(root, &mut scratch, row, emit);
    pixels
}

/// Area of the largest node below the root.
fn largest(splits: &[Split]) -> usize {
    splits.iter().skip(1).map(|node| node.region.area()).max().unwrap_or(0)
}

/// Undoes the normalisation and rounds to the nearest grey level.
///
/// Adding 2^23 leaves no room for a fraction in a float, so the lowest byte of its bits is the rounded
/// value; unlike a cast, this is done for many samples at once.
fn to_grey(samples: &[f32], normalisation: Normalisation, pixels: &mut [u8]) {
    const NO_FRACTION: f32 = 8_388_608.0;
    let Normalisation { shift, scale } = normalisation;
    for (pixel, sample) in pixels.iter_mut().zip(samples) {
        let grey = (sample * scale + shift).clamp(0.0, 255.0);
        *pixel = (grey + NO_FRACTION).to_bits() as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sample: f32, expect: u8) {
        let mut pixels = [7];
        to_grey(&[sample], Normalisation { shift: 100.0, scale: 2.0 }, &mut pixels);
        assert_eq!(pixels[0], expect, "{sample}");
    }

    #[test]
    fn samples_become_grey_levels() {
        check(0.0, 100);
        check(0.2, 100);
        check(0.3, 101);
        check(-0.3, 99);
        check(-1000.0, 0);
        check(1000.0, 255);
        check(f32::INFINITY, 255);
        check(f32::NEG_INFINITY, 0);
    }
}
