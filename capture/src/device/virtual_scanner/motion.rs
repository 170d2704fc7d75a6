//! A hand that comes to the glass, as a live picture shows it: empty, coming in, settling, lying still.
//!
//! Each frame is made from the image that will be taken, at half its resolution as previews of real scanners are: moved
//! towards the near edge and paler while the hand comes in. What the scripted behaviour does to the skin is in the image
//! already; a smearing hand also slides on after it touched.
//!
//! Invariant: the same image, behaviour and frame number give the same pixels.

use matcher::Image;

use crate::device::Behaviour;
use crate::parameters::{MOTION_COMING_FRAMES, MOTION_EMPTY_FRAMES, MOTION_SLIDING_FRAMES, MOTION_WAY_MM};

/// The way of one hand to the glass.
pub(super) struct Motion {
    settled: Image,
    slides: bool,
}

impl Motion {
    /// The way to `image`, which is what the hand shows once it lies there.
    pub(super) fn of(image: &Image, behaviour: Behaviour) -> Self {
        Self { settled: halved(image), slides: behaviour == Behaviour::Smear }
    }

    /// The settled hand as it looks while it comes down: 0 is an empty glass, 1 the hand itself.
    pub(super) fn touch(&self, presence: f32) -> Image {
        fainter(&self.settled, presence)
    }

    /// The first frame in which the hand lies still.
    pub(super) fn frames_to_settle(&self) -> u32 {
        let sliding = if self.slides { MOTION_SLIDING_FRAMES } else { 0 };
        MOTION_EMPTY_FRAMES + MOTION_COMING_FRAMES + sliding
    }

    /// Frame number `at`, from 0.
    pub(super) fn frame(&self, at: u32) -> Image {
        let px_per_mm = self.settled.resolution_ppi as f32 / 25.4;
        let Some(touched) = at.checked_sub(MOTION_EMPTY_FRAMES) else { return fainter(&self.settled, 0.0) };
        if touched < MOTION_COMING_FRAMES {
            let done = (touched + 1) as f32 / (MOTION_COMING_FRAMES + 1) as f32;
            // Fast at first, slow at the end, as a hand does.
            let left = (1.0 - done) * (1.0 - done);
            let moved = moved(&self.settled, 0, (left * MOTION_WAY_MM * px_per_mm) as i64);
            return fainter(&moved, done);
        }
        if at < self.frames_to_settle() {
            let side = if at.is_multiple_of(2) { 1.0 } else { -1.0 };
            return moved(&self.settled, (side * SLIDE_MM * px_per_mm) as i64, 0);
        }
        self.settled.clone()
    }
}

/// How far a smearing hand slides to either side between two frames.
const SLIDE_MM: f32 = 1.2;

/// The image as it looks while the fingers come down: 0 is an empty glass, 1 the image itself.
fn fainter(image: &Image, presence: f32) -> Image {
    let mut faint = image.clone();
    if presence < 1.0 {
        for pixel in &mut faint.pixels {
            *pixel = (255.0 - (255.0 - f32::from(*pixel)) * presence) as u8;
        }
    }
    faint
}

/// Half the size and resolution, each pixel the mean of four.
fn halved(image: &Image) -> Image {
    let (width, height) = (image.width / 2, image.height / 2);
    let at = |x: u32, y: u32| {
        let at = y as usize * image.width as usize + x as usize;
        image.pixels.get(at).map_or(255, |grey| u32::from(*grey))
    };
    let mean = |x: u32, y: u32| {
        let (x, y) = (2 * x, 2 * y);
        ((at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4) as u8
    };
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| mean(x, y))).collect();
    Image { width, height, resolution_ppi: image.resolution_ppi / 2, pixels }
}

/// The image moved right and down; white comes in.
fn moved(image: &Image, right_px: i64, down_px: i64) -> Image {
    let (width, height) = (i64::from(image.width), i64::from(image.height));
    let pixel = |x: i64, y: i64| {
        let (x, y) = (x - right_px, y - down_px);
        let inside = (0..width).contains(&x) && (0..height).contains(&y);
        let at = if inside { usize::try_from(y * width + x).ok() } else { None };
        at.and_then(|at| image.pixels.get(at)).copied().unwrap_or(u8::MAX)
    };
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| pixel(x, y))).collect();
    Image { pixels, ..image.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hand() -> Image {
        let mut image = Image::blank(400, 400, 500, 255).expect("sound");
        for y in 100..300 {
            for x in 150..250 {
                image.pixels[y * 400 + x] = if (x + y) % 9 < 4 { 20 } else { 230 };
            }
        }
        image
    }

    fn dark(image: &Image) -> usize {
        image.pixels.iter().filter(|grey| **grey < 140).count()
    }

    fn first_dark_row(image: &Image) -> usize {
        image.pixels.iter().position(|grey| *grey < 200).map_or(usize::MAX, |at| at / image.width as usize)
    }

    #[test]
    fn a_hand_comes_in_from_the_near_edge_and_settles_where_it_is_taken() {
        let motion = Motion::of(&hand(), Behaviour::Clean);
        assert_eq!(dark(&motion.frame(0)), 0, "the glass is empty first");
        let rows: Vec<usize> = (MOTION_EMPTY_FRAMES..=motion.frames_to_settle())
            .map(|at| first_dark_row(&motion.frame(at)))
            .collect();
        assert!(rows.windows(2).all(|pair| pair[0] >= pair[1]), "it only comes nearer: {rows:?}");
        assert!(rows.first() > rows.last());
        let settled = motion.frame(motion.frames_to_settle());
        assert_eq!((settled.width, settled.resolution_ppi), (200, 250));
        assert!(settled == motion.frame(motion.frames_to_settle() + 50), "and lies still");
    }

    #[test]
    fn a_smearing_hand_slides_on() {
        let motion = Motion::of(&hand(), Behaviour::Smear);
        let touched = MOTION_EMPTY_FRAMES + MOTION_COMING_FRAMES;
        assert!(motion.frames_to_settle() > touched);
        assert!(motion.frame(touched) != motion.frame(touched + 1));
    }
}
