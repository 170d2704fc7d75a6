//! A live frame as a small JPEG for the officer's screen.
//!
//! The picture is biometric: it is made only while somebody looks, leaves the machine's own loopback never, and is kept
//! nowhere.

use image::codecs::jpeg::JpegEncoder;
use matcher::Image;

use crate::parameters::{LIVE_JPEG_QUALITY, LIVE_PICTURE_PX};

/// The frame, its longer side at most [`LIVE_PICTURE_PX`]; `None` when it is no image.
#[must_use]
pub fn preview(frame: &Image) -> Option<Vec<u8>> {
    if !frame.is_sound() {
        return None;
    }
    let step = frame.width.max(frame.height).div_ceil(LIVE_PICTURE_PX).max(1);
    let (width, height) = (frame.width / step, frame.height / step);
    let mean = |x: u32, y: u32| {
        let mut sum = 0_u32;
        for row in y * step..(y + 1) * step {
            let from = row as usize * frame.width as usize + (x * step) as usize;
            let line = frame.pixels.get(from..from + step as usize).unwrap_or(&[]);
            sum += line.iter().map(|grey| u32::from(*grey)).sum::<u32>();
        }
        (sum / (step * step)) as u8
    };
    let pixels: Vec<u8> = (0..height).flat_map(|y| (0..width).map(move |x| mean(x, y))).collect();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, LIVE_JPEG_QUALITY)
        .encode(&pixels, width, height, image::ExtendedColorType::L8)
        .ok()?;
    Some(jpeg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_small_and_looks_like_its_frame() {
        let mut frame = Image::blank(1_600, 1_500, 500, 255).expect("sound");
        frame.pixels.iter_mut().take(1_600 * 750).for_each(|grey| *grey = 40);
        let jpeg = image::load_from_memory(&preview(&frame).expect("a picture")).expect("JPEG").into_luma8();
        assert_eq!(jpeg.dimensions(), (400, 375));
        assert!(jpeg.get_pixel(200, 50).0[0] < 60 && jpeg.get_pixel(200, 350).0[0] > 240);
        assert_eq!(preview(&Image { pixels: Vec::new(), ..frame }), None);
    }
}
