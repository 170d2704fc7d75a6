//! The picture the measures are taken from: 8-bit grey at 500 ppi, without the white around the print.
//!
//! Border rule of the reference: from each side, rows or columns whose mean grey is over 250 are cut. A picture that is
//! white throughout is blank.

use std::borrow::Cow;

use super::CannotJudge;
use crate::Image;
use crate::extract::scale;
use crate::limits::{QUALITY_HEIGHT_MAX, QUALITY_WIDTH_MAX};

/// Mean grey over which a row or column is white border.
const WHITE_MEAN_MAX: u64 = 250;
/// Resolutions this near to 500 ppi are taken as 500 ppi: sensors state 500 or 508 for the same pixel distance.
const SAME_PPI: std::ops::RangeInclusive<u32> = 490..=510;

/// A borrowed 8-bit picture.
#[derive(Clone, Copy)]
pub(super) struct Grey<'a> {
    pub(super) pixels: &'a [u8],
    pub(super) width: usize,
    pub(super) height: usize,
}

/// An owned one.
pub(super) struct Print {
    pixels: Vec<u8>,
    width: usize,
    height: usize,
}

impl Print {
    pub(super) fn view(&self) -> Grey<'_> {
        Grey::new(&self.pixels, self.width, self.height)
    }
}

/// The picture itself at 500 ppi, or resampled to it.
pub(super) fn at_500_ppi(image: &Image) -> Result<Cow<'_, Image>, CannotJudge> {
    if !image.is_sound() {
        return Err(CannotJudge::ImageUnusable);
    }
    if SAME_PPI.contains(&image.resolution_ppi) {
        return Ok(Cow::Borrowed(image));
    }
    let plane = scale::scaled(image);
    let pixels = plane.values.iter().map(|&grey| grey.round().clamp(0.0, 255.0) as u8).collect();
    let resampled = Image {
        width: plane.width as u32,
        height: plane.height as u32,
        resolution_ppi: crate::parameters::WORKING_PPI as u32,
        pixels,
    };
    if resampled.is_sound() { Ok(Cow::Owned(resampled)) } else { Err(CannotJudge::TooLittlePrint) }
}

impl<'a> Grey<'a> {
    pub(super) fn new(pixels: &'a [u8], width: usize, height: usize) -> Self {
        Self { pixels, width, height }
    }

    pub(super) fn row(&self, y: usize) -> &'a [u8] {
        &self.pixels[y * self.width..(y + 1) * self.width]
    }

    /// The pixel at `(x, y)`, if the picture reaches there.
    pub(super) fn at(&self, x: i32, y: i32) -> Option<u8> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        if x < self.width { self.pixels.get(y * self.width + x).copied() } else { None }
    }

    /// The print without white border, and where it was: left, top, width, height.
    pub(super) fn without_white_border(&self) -> Result<(Print, [u32; 4]), CannotJudge> {
        let rows: Vec<u64> =
            (0..self.height).map(|y| self.row(y).iter().map(|&grey| u64::from(grey)).sum()).collect();
        let mut columns = vec![0u32; self.width];
        for y in 0..self.height {
            columns.iter_mut().zip(self.row(y)).for_each(|(sum, &grey)| *sum += u32::from(grey));
        }
        let dark_rows = rows.iter().map(|&sum| sum <= WHITE_MEAN_MAX * self.width as u64);
        let dark_columns = columns.iter().map(|&sum| u64::from(sum) <= WHITE_MEAN_MAX * self.height as u64);
        let (top, bottom) = kept(dark_rows).ok_or(CannotJudge::Blank)?;
        let (left, right) = kept(dark_columns).ok_or(CannotJudge::Blank)?;
        let (width, height) = (right - left, bottom - top);
        if width > QUALITY_WIDTH_MAX || height > QUALITY_HEIGHT_MAX {
            return Err(CannotJudge::TooLarge);
        }
        let mut pixels = Vec::with_capacity(width * height);
        (top..bottom).for_each(|y| pixels.extend_from_slice(&self.row(y)[left..right]));
        let cut = [left as u32, top as u32, width as u32, height as u32];
        Ok((Print { pixels, width, height }, cut))
    }
}

/// From the first to after the last dark line.
fn kept(dark: impl ExactSizeIterator<Item = bool> + DoubleEndedIterator + Clone) -> Option<(usize, usize)> {
    let first = dark.clone().position(|is_dark| is_dark)?;
    let from_end = dark.clone().rev().position(|is_dark| is_dark)?;
    Some((first, dark.len() - from_end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_lines_are_cut_on_each_side() {
        let mut pixels = vec![255u8; 40 * 50];
        for y in 10..20 {
            pixels[y * 40 + 5..y * 40 + 30].fill(0);
        }
        let (_, cut) = Grey::new(&pixels, 40, 50).without_white_border().expect("small");
        assert_eq!(cut, [5, 10, 25, 10]);
    }

    #[test]
    fn white_throughout_is_blank_and_a_large_print_is_refused() {
        let white = vec![255u8; 40 * 50];
        assert_eq!(Grey::new(&white, 40, 50).without_white_border().err(), Some(CannotJudge::Blank));
        for (width, height, refused) in
            [(800, 40, false), (801, 40, true), (40, 1000, false), (40, 1001, true)]
        {
            let dark = vec![100u8; width * height];
            let answer = Grey::new(&dark, width, height).without_white_border();
            assert_eq!(answer.err() == Some(CannotJudge::TooLarge), refused, "{width} x {height}");
        }
    }
}
