//! What skin and handling do to an image: the scripted behaviours as operations on pixels.
//!
//! Deterministic: the same image, behaviour and attempt give the same pixels on every machine. The operations imitate
//! what a scanner would show, strongly enough that an officer and the quality measure both see it; they are not a
//! model of skin.

use matcher::{Hand, Image};

use crate::device::{Behaviour, Looks};
use crate::parameters::{
    DRY_BREAK_SHARE, DRY_PATCH_PX, DRY_RIDGE_SHARE, SHIFT_OVER_PX, SMEAR_GHOST_SHARE, SMEAR_LENGTH_PX,
    SMEAR_SETTLE_PX, WEAR_GRAIN_GREY, WET_BLUR_PX, WET_FILL_PX, WET_PATCH_FROM, WET_PATCH_PX,
    WET_VALLEY_GREY,
};

/// Applies a behaviour to a composed image. `SwappedHands` and `MissingFinger` change what is composed, not how it
/// looks, and leave the image alone.
pub(super) fn apply(
    behaviour: Behaviour,
    image: &Image,
    hand: Option<Hand>,
    looks: Looks,
    seed: u64,
) -> Image {
    // A child's ridges lie closer together, so less moisture fills the valleys.
    let fill_px = if looks == Looks::Child { WET_FILL_PX - 1 } else { WET_FILL_PX };
    match behaviour {
        Behaviour::Clean | Behaviour::SwappedHands | Behaviour::MissingFinger => image.clone(),
        Behaviour::Wet => wet(image, seed, fill_px),
        Behaviour::Dry => dry(image, seed),
        Behaviour::Smear => grained(&smear(image), seed),
        Behaviour::Shifted => {
            // So far over the edge that the outermost finger is cut; on the side where the little finger is.
            let (left, right) = ink_columns(image);
            let over = i64::from(SHIFT_OVER_PX);
            let width = i64::from(image.width);
            shifted(
                image,
                if hand == Some(Hand::LeftFour) { -(left + over) } else { width - right + over },
                0,
            )
        }
    }
}

/// Valleys fill with moisture: dark runs over bright, in patches completely.
fn wet(image: &Image, seed: u64, fill_px: i64) -> Image {
    let filled = darkest(image, fill_px);
    let soft = mean(&darkest(image, 1), WET_BLUR_PX);
    let mut pixels = Vec::with_capacity(image.pixels.len());
    for (at, (filled, soft)) in filled.pixels.iter().zip(&soft.pixels).enumerate() {
        let (x, y) = place(image, at);
        let patch = smooth_step(WET_PATCH_FROM, WET_PATCH_FROM + 0.3, noise(x, y, WET_PATCH_PX, seed));
        let grey = f32::from(*soft) + (f32::from(*filled) - f32::from(*soft)) * patch;
        // Moist valleys are never white; untouched ground stays as it is.
        let touched = 1.0 - f32::from(*filled) / 255.0;
        pixels.push((grey - (255.0 - WET_VALLEY_GREY) * touched).clamp(0.0, 255.0) as u8);
    }
    Image { pixels, ..image.clone() }
}

/// The sensor's own grain, which counts where contrast is low. The white ground has none.
fn grained(image: &Image, seed: u64) -> Image {
    let mut grained = image.clone();
    for (at, pixel) in grained.pixels.iter_mut().enumerate() {
        let (x, y) = place(image, at);
        let touched = (255.0 - f32::from(*pixel)).min(40.0) / 40.0;
        let speck = (noise(x, y, 1.7, seed ^ 0x9a) - 0.5) * 2.0 * WEAR_GRAIN_GREY * touched;
        *pixel = (f32::from(*pixel) + speck).clamp(0.0, 255.0) as u8;
    }
    grained
}

/// Ridges touch the glass only in places: they break up and turn pale.
fn dry(image: &Image, seed: u64) -> Image {
    let thin = brightest(image, 1);
    let mut pixels = Vec::with_capacity(image.pixels.len());
    for (at, (plain, thin)) in image.pixels.iter().zip(&thin.pixels).enumerate() {
        let (x, y) = place(image, at);
        let speckle = noise(x, y, 2.6, seed ^ 0x51) * 0.6 + noise(x, y, DRY_PATCH_PX, seed ^ 0x52) * 0.4;
        let touches = smooth_step(DRY_BREAK_SHARE, DRY_BREAK_SHARE + 0.12, speckle);
        let grey = f32::from(*plain) * 0.4 + f32::from(*thin) * 0.6;
        pixels.push((255.0 - (255.0 - grey) * touches * DRY_RIDGE_SHARE) as u8);
    }
    Image { pixels, ..image.clone() }
}

/// The hand slid to the side and settled: a mean along both ways, and a paler copy where it lay first.
fn smear(image: &Image) -> Image {
    let slid = along(&along(image, SMEAR_LENGTH_PX, (3, 1)), SMEAR_SETTLE_PX, (-1, 3));
    let mut pixels = Vec::with_capacity(slid.pixels.len());
    for (at, grey) in slid.pixels.iter().enumerate() {
        let (x, y) = place(image, at);
        let first = pixel(image, i64::from(x) - SMEAR_LENGTH_PX - 6, i64::from(y) - SMEAR_LENGTH_PX);
        let ghost = (255.0 - f32::from(first)) * SMEAR_GHOST_SHARE;
        pixels.push((f32::from(*grey) - ghost).clamp(0.0, 255.0) as u8);
    }
    Image { pixels, ..slid }
}

/// The mean over `length_px` steps in a direction given in thirds of a pixel.
fn along(image: &Image, length_px: i64, direction: (i64, i64)) -> Image {
    let mut pixels = Vec::with_capacity(image.pixels.len());
    for y in 0..i64::from(image.height) {
        for x in 0..i64::from(image.width) {
            let sum: i64 = (0..length_px)
                .map(|step| i64::from(pixel(image, x - step * direction.0 / 3, y - step * direction.1 / 3)))
                .sum();
            pixels.push((sum / length_px.max(1)) as u8);
        }
    }
    Image { pixels, ..image.clone() }
}

/// Moved over the glass; what leaves it is lost.
fn shifted(image: &Image, right: i64, down: i64) -> Image {
    let (width, height) = (i64::from(image.width), i64::from(image.height));
    let mut pixels = Vec::with_capacity(image.pixels.len());
    for y in 0..height {
        for x in 0..width {
            pixels.push(pixel(image, x - right, y - down));
        }
    }
    Image { pixels, ..image.clone() }
}

/// First and last column with print on it; the middle when there is none.
fn ink_columns(image: &Image) -> (i64, i64) {
    let dark = image.pixels.iter().enumerate().filter(|(_, grey)| **grey < 128);
    let middle = i64::from(image.width) / 2;
    dark.map(|(at, _)| i64::from(place(image, at).0))
        .fold((middle, middle), |(left, right), x| (left.min(x), right.max(x)))
}

/// The grey at a place, white outside.
fn pixel(image: &Image, x: i64, y: i64) -> u8 {
    if x < 0 || y < 0 || x >= i64::from(image.width) || y >= i64::from(image.height) {
        return u8::MAX;
    }
    let at = usize::try_from(y * i64::from(image.width) + x).unwrap_or(usize::MAX);
    image.pixels.get(at).copied().unwrap_or(u8::MAX)
}

fn place(image: &Image, at: usize) -> (u32, u32) {
    let width = image.width.max(1);
    (at as u32 % width, at as u32 / width)
}

fn darkest(image: &Image, reach_px: i64) -> Image {
    over_lines(image, reach_px, |window| window.iter().copied().min().unwrap_or(u8::MAX))
}

fn brightest(image: &Image, reach_px: i64) -> Image {
    over_lines(image, reach_px, |window| window.iter().copied().max().unwrap_or(u8::MAX))
}

fn mean(image: &Image, reach_px: i64) -> Image {
    over_lines(image, reach_px, |window| {
        let sum: u32 = window.iter().map(|grey| u32::from(*grey)).sum();
        (sum / u32::try_from(window.len().max(1)).unwrap_or(1)) as u8
    })
}

/// Applies a window operation along rows, then along columns.
fn over_lines(image: &Image, reach_px: i64, operation: impl Fn(&[u8]) -> u8) -> Image {
    let mut result = image.clone();
    for across in [true, false] {
        let source = result.clone();
        let mut window = Vec::with_capacity(usize::try_from(2 * reach_px + 1).unwrap_or(1));
        for (at, target) in result.pixels.iter_mut().enumerate() {
            let (x, y) = place(&source, at);
            window.clear();
            for step in -reach_px..=reach_px {
                let (dx, dy) = if across { (step, 0) } else { (0, step) };
                window.push(pixel(&source, i64::from(x) + dx, i64::from(y) + dy));
            }
            *target = operation(&window);
        }
    }
    result
}

fn smooth_step(from: f32, to: f32, value: f32) -> f32 {
    let t = ((value - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Smooth noise from 0 to 1 with features of `size_px`.
fn noise(x: u32, y: u32, size_px: f32, seed: u64) -> f32 {
    let (u, v) = (x as f32 / size_px, y as f32 / size_px);
    let (column, row) = (u.floor(), v.floor());
    let (fu, fv) = (smooth_step(0.0, 1.0, u - column), smooth_step(0.0, 1.0, v - row));
    let (column, row) = (column as u32, row as u32);
    let above = hash(column, row, seed) * (1.0 - fu) + hash(column + 1, row, seed) * fu;
    let below = hash(column, row + 1, seed) * (1.0 - fu) + hash(column + 1, row + 1, seed) * fu;
    above * (1.0 - fv) + below * fv
}

/// A number from 0 to 1 for a grid point: SplitMix64's finaliser over its coordinates.
fn hash(column: u32, row: u32, seed: u64) -> f32 {
    let mut bits =
        (u64::from(column) << 32 | u64::from(row)).wrapping_add(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^= bits >> 31;
    (bits >> 40) as f32 / (1_u64 << 24) as f32
}

#[cfg(test)]
mod tests {
    use super::{apply as wear, *};

    fn apply(behaviour: Behaviour, image: &Image, hand: Option<Hand>, seed: u64) -> Image {
        wear(behaviour, image, hand, Looks::Adult, seed)
    }

    /// Straight ridges of a natural period on a white ground.
    fn ridges() -> Image {
        let (width, height) = (180_u32, 160_u32);
        let pixels = (0..width * height)
            .map(|at| {
                let (x, y) = (at % width, at / width);
                let inside = (30..150).contains(&x) && (30..130).contains(&y);
                if inside { (150.0 + 100.0 * (x as f32 * 0.7).sin()) as u8 } else { 255 }
            })
            .collect();
        Image { width, height, resolution_ppi: 500, pixels }
    }

    fn mean_inside(image: &Image) -> f32 {
        let inside = (50..110).flat_map(|y| (50..130).map(move |x| (x, y)));
        inside.clone().map(|(x, y)| f32::from(pixel(image, x, y))).sum::<f32>() / inside.count() as f32
    }

    #[test]
    fn wet_is_darker_and_dry_is_paler() {
        let plain = ridges();
        let wet = apply(Behaviour::Wet, &plain, None, 1);
        let dry = apply(Behaviour::Dry, &plain, None, 1);
        assert!(mean_inside(&wet) < mean_inside(&plain) - 30.0);
        assert!(mean_inside(&dry) > mean_inside(&plain) + 30.0);
    }

    #[test]
    fn the_ground_stays_white() {
        for behaviour in Behaviour::ALL {
            let image = apply(*behaviour, &ridges(), Some(Hand::LeftFour), 3);
            assert_eq!(pixel(&image, 2, 157), 255, "{behaviour}");
        }
    }

    #[test]
    fn a_smear_takes_contrast_across_its_way() {
        let spread = |image: &Image| {
            // Means of columns, so that the grain does not count.
            let column = |x| (50..110).map(|y| f32::from(pixel(image, x, y))).sum::<f32>() / 60.0;
            let row: Vec<f32> = (60..120).map(column).collect();
            row.iter().copied().fold(0.0, f32::max) - row.iter().copied().fold(255.0, f32::min)
        };
        assert!(spread(&apply(Behaviour::Smear, &ridges(), None, 1)) < spread(&ridges()) * 0.6);
    }

    #[test]
    fn a_shifted_hand_loses_what_leaves_the_glass() {
        let moved = shifted(&ridges(), 60, 0);
        let dark = |image: &Image| image.pixels.iter().filter(|grey| **grey < 128).count();
        assert!(dark(&moved) * 5 < dark(&ridges()) * 4);
        assert_eq!(pixel(&moved, 90 + 60 - 60, 80), pixel(&ridges(), 90 - 60, 80));
    }

    #[test]
    fn operations_repeat_exactly() {
        for behaviour in Behaviour::ALL {
            let once = apply(*behaviour, &ridges(), None, 9);
            assert!(once == apply(*behaviour, &ridges(), None, 9), "{behaviour}");
        }
        assert!(apply(Behaviour::Dry, &ridges(), None, 9) != apply(Behaviour::Dry, &ridges(), None, 10));
    }
}
