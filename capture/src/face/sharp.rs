//! How blurred a face is, without knowing what it looks like sharp.
//!
//! The face is brought to 90 pixels between the eyes (the least a portrait may have) and blurred once more. A sharp
//! picture loses much of the difference between neighbours by that, a blurred one had lost it before; the share that
//! stays is the figure (Crete, Dolmiere, Ladret and Nicolas, "The blur effect", SPIE 6492, 2007). Rows and columns are
//! looked at apart, so that a movement to one side is seen. It is a ratio of differences: neither brightness nor
//! contrast, and so not the skin, moves it.

use image::RgbImage;
use image::imageops::{self, FilterType};

use super::Face;
use super::framing::Eyes;
use crate::parameters::{BLUR_WINDOW_HALF, EYE_DISTANCE_PX_MIN};

/// Blur of the face, 0 to 1; `None` when too little of it is on the picture or it has no detail at all.
pub(super) fn blur(picture: &RgbImage, face: &Face) -> Option<f32> {
    let eyes = Eyes::of(face);
    let clamp = |at: f32, most: u32| at.clamp(0.0, most as f32) as u32;
    let left = clamp(eyes.x - eyes.distance, picture.width());
    let right = clamp(eyes.x + eyes.distance, picture.width());
    let top = clamp(eyes.y - 0.5 * eyes.distance, picture.height());
    let bottom = clamp(eyes.y + 1.5 * eyes.distance, picture.height());
    let (width, height) = (right.checked_sub(left)?, bottom.checked_sub(top)?);
    let factor = (EYE_DISTANCE_PX_MIN / eyes.distance).min(1.0);
    let scaled = |px: u32| (px as f32 * factor).round() as u32;
    if scaled(width) < LEAST_PX || scaled(height) < LEAST_PX {
        return None;
    }
    let part = imageops::crop_imm(picture, left, top, width, height);
    let grey = imageops::grayscale(&part.to_image());
    let grey = imageops::resize(&grey, scaled(width), scaled(height), FilterType::Triangle);
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let grey: Vec<f32> = grey.into_raw().into_iter().map(f32::from).collect();
    let rows: Vec<Vec<f32>> = grey.chunks_exact(width).map(<[f32]>::to_vec).collect();
    let columns: Vec<Vec<f32>> =
        (0..width).map(|x| (0..height).filter_map(|y| Some(*rows.get(y)?.get(x)?)).collect()).collect();
    Some(kept(&rows)?.max(kept(&columns)?))
}

/// Share of the steps between neighbours of each line that one more blur leaves.
fn kept(lines: &[Vec<f32>]) -> Option<f32> {
    let (mut steps, mut lost) = (0.0_f32, 0.0_f32);
    for line in lines {
        let blurred = blurred(line);
        for (sharp, soft) in line.windows(2).zip(blurred.windows(2)) {
            let ([a, b], [c, d]) = (sharp, soft) else { continue };
            let (step, left) = ((b - a).abs(), (d - c).abs());
            steps += step;
            lost += (step - left).max(0.0);
        }
    }
    (steps > 0.0).then(|| (steps - lost) / steps)
}

/// Moving average along a line.
fn blurred(line: &[f32]) -> Vec<f32> {
    let mut sums = vec![0.0_f32];
    sums.extend(line.iter().scan(0.0, |sum, value| {
        *sum += value;
        Some(*sum)
    }));
    (0..line.len())
        .map(|at| {
            let (from, to) =
                (at.saturating_sub(BLUR_WINDOW_HALF), (at + BLUR_WINDOW_HALF + 1).min(line.len()));
            let sum = |at: usize| sums.get(at).copied().unwrap_or(0.0);
            (sum(to) - sum(from)) / (to - from) as f32
        })
        .collect()
}

/// Below this many pixels a side nothing is said.
const LEAST_PX: u32 = 40;

#[cfg(test)]
mod tests {
    use super::*;

    fn face() -> Face {
        Face { left: 0.0, top: 10.0, width: 225.0, height: 225.0, score: 1.0, points: None }
    }

    /// A pattern with detail of many sizes.
    fn detailed(contrast: f32, grey: f32) -> RgbImage {
        RgbImage::from_fn(225, 260, |x, y| {
            let spot = (x / 3 * 7 + y / 4 * 13) % 5;
            let value = grey + contrast * (spot as f32 - 2.0) * 10.0;
            image::Rgb([value as u8; 3])
        })
    }

    #[test]
    fn more_blur_gives_a_higher_figure() {
        let sharp = detailed(1.0, 128.0);
        let mut last = blur(&sharp, &face()).expect("a face");
        for sigma in [0.8, 1.6, 2.4] {
            let next = blur(&imageops::blur(&sharp, sigma), &face()).expect("a face");
            assert!(next > last, "{sigma}: {next} after {last}");
            last = next;
        }
    }

    #[test]
    fn contrast_and_brightness_do_not_matter() {
        let light = blur(&detailed(1.0, 180.0), &face()).expect("a face");
        let dark = blur(&detailed(0.3, 40.0), &face()).expect("a face");
        assert!((light - dark).abs() < 0.03, "{light} {dark}");
    }

    #[test]
    fn a_movement_to_one_side_is_seen() {
        let sharp = detailed(1.0, 128.0);
        let still = blur(&sharp, &face()).expect("a face");
        let moved = RgbImage::from_fn(225, 260, |x, y| {
            let sum: u32 = (0..12).map(|by| u32::from(sharp.get_pixel((x + by).min(224), y).0[0])).sum();
            image::Rgb([(sum / 12) as u8; 3])
        });
        assert!(blur(&moved, &face()).expect("a face") > still + 0.1);
    }

    #[test]
    fn nothing_is_said_where_there_is_nothing() {
        assert_eq!(blur(&RgbImage::new(225, 260), &face()), None);
        assert_eq!(blur(&RgbImage::new(20, 20), &face()), None);
        let away = Face { left: 5_000.0, ..face() };
        assert_eq!(blur(&detailed(1.0, 128.0), &away), None);
    }
}
