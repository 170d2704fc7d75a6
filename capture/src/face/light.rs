//! Light on the face, judged on clipped pixels.
//!
//! A pixel is clipped when it is so dark or so bright that the camera could not tell shades there any more. Mean
//! brightness is not looked at: it would call dark skin badly lit. Luminance is that of linear light, as the standards
//! for portraits define it.

use image::RgbImage;

use super::Face;
use crate::live::Hint;
use crate::parameters::{
    CLIPPED_BRIGHT_LUMINANCE, CLIPPED_BRIGHT_SHARE_MAX, CLIPPED_DARK_LUMINANCE, CLIPPED_DARK_SHARE_MAX,
    FACE_REGION_HALF_HEIGHT, FACE_REGION_HALF_WIDTH,
};

/// Shares of clipped pixels on the face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Light {
    pub(super) dark_share: f32,
    pub(super) bright_share: f32,
}

impl Light {
    /// Measures inside an ellipse in the middle of the face, so that hair and wall do not count.
    pub(super) fn of(picture: &RgbImage, face: &Face) -> Self {
        let (x, y) = (face.left + face.width / 2.0, face.top + face.height / 2.0);
        let (half_width, half_height) =
            (face.width * FACE_REGION_HALF_WIDTH, face.height * FACE_REGION_HALF_HEIGHT);
        let clamp = |at: f32, most: u32| at.clamp(0.0, most as f32) as u32;
        let columns = clamp(x - half_width, picture.width())..clamp(x + half_width + 1.0, picture.width());
        let rows = clamp(y - half_height, picture.height())..clamp(y + half_height + 1.0, picture.height());
        let (mut dark, mut bright, mut all) = (0.0_f32, 0.0_f32, 0.0_f32);
        for row in rows {
            for column in columns.clone() {
                let (u, v) = ((column as f32 - x) / half_width, (row as f32 - y) / half_height);
                let Some(image::Rgb(pixel)) = picture.get_pixel_checked(column, row) else { continue };
                if u * u + v * v > 1.0 {
                    continue;
                }
                let luminance = luminance(*pixel);
                dark += f32::from(u8::from(luminance <= CLIPPED_DARK_LUMINANCE));
                bright += f32::from(u8::from(luminance >= CLIPPED_BRIGHT_LUMINANCE));
                all += 1.0;
            }
        }
        let all = all.max(1.0);
        Self { dark_share: dark / all, bright_share: bright / all }
    }

    /// Advice about the light, if any.
    pub(super) fn hint(self) -> Option<Hint> {
        if self.bright_share > CLIPPED_BRIGHT_SHARE_MAX {
            return Some(Hint::LessLight);
        }
        (self.dark_share > CLIPPED_DARK_SHARE_MAX).then_some(Hint::MoreLight)
    }
}

/// Luminance of linear light, 0 to 1, of an sRGB pixel.
fn luminance([red, green, blue]: [u8; 3]) -> f32 {
    let linear = |part: u8| {
        let part = f32::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face() -> Face {
        Face { left: 20.0, top: 20.0, width: 60.0, height: 60.0, score: 1.0, points: None }
    }

    /// A face of one skin tone with some shading, under the given gain.
    fn lit(skin: [f32; 3], gain: f32) -> Light {
        let picture = RgbImage::from_fn(100, 100, |x, y| {
            let shade = 0.8 + 0.2 * ((x as f32 / 9.0).sin() * (y as f32 / 11.0).cos());
            image::Rgb(skin.map(|part| (part * shade * gain * 255.0).clamp(0.0, 255.0) as u8))
        });
        Light::of(&picture, &face())
    }

    #[test]
    fn even_light_is_fine_on_every_skin() {
        for skin in [[0.96, 0.82, 0.73], [0.71, 0.52, 0.39], [0.43, 0.30, 0.23], [0.28, 0.19, 0.15]] {
            assert_eq!(lit(skin, 1.0).hint(), None, "{skin:?}");
        }
    }

    #[test]
    fn hardly_any_and_far_too_much_light_are_told_apart() {
        assert_eq!(lit([0.83, 0.64, 0.50], 0.08).hint(), Some(Hint::MoreLight));
        assert_eq!(lit([0.83, 0.64, 0.50], 2.6).hint(), Some(Hint::LessLight));
    }

    #[test]
    fn more_gain_never_clips_less() {
        let shares: Vec<f32> =
            (5..40).map(|tenth| lit([0.7, 0.6, 0.5], tenth as f32 / 10.0).bright_share).collect();
        assert!(shares.windows(2).all(|pair| pair[1] >= pair[0]));
    }

    #[test]
    fn a_face_outside_of_the_picture_says_nothing() {
        let picture = RgbImage::new(10, 10);
        let away = Face { left: 500.0, top: -900.0, ..face() };
        assert_eq!(Light::of(&picture, &away), Light { dark_share: 0.0, bright_share: 0.0 });
    }
}
