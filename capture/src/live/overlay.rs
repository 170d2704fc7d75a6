//! The officer's preview of an attempt: the slap with a box and the quality of every finger.
//!
//! The marks differ in colour, line and sign, so that none of the three is needed: accepted is a solid blue box with a
//! tick, below the threshold is a dashed orange box with an exclamation mark. The two colours are from the palette of
//! Okabe and Ito, which stays apart for all common kinds of colour vision.
//!
//! The picture is biometric: it belongs on the officer's screen of a signed-in session and nowhere else.

use image::{Rgb, RgbImage};
use matcher::Image;

use super::{Area, FingerVerdict, SlapVerdict};
use crate::parameters::{OVERLAY_LINE_PX, OVERLAY_SCALE_DIVISOR};

/// Colour of a finger that reached its threshold.
const BLUE: Rgb<u8> = Rgb([0x00, 0x72, 0xb2]);
/// Colour of a finger that did not.
const ORANGE: Rgb<u8> = Rgb([0xd5, 0x5e, 0x00]);
const WHITE: Rgb<u8> = Rgb([0xff, 0xff, 0xff]);

/// The preview as PNG, half as large as the slap; `None` when the image is not one.
#[must_use]
pub fn overlay(slap: &Image, verdict: &SlapVerdict) -> Option<Vec<u8>> {
    let mut picture = shrunk(slap)?;
    for finger in &verdict.fingers {
        if let Some(area) = finger.area {
            mark(&mut picture, area, finger);
        }
    }
    let mut png = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut png);
    picture.write_with_encoder(encoder).ok()?;
    Some(png)
}

/// The slap as a colour picture, each pixel the mean of the pixels it replaces.
fn shrunk(slap: &Image) -> Option<RgbImage> {
    if !slap.is_sound() {
        return None;
    }
    let step = OVERLAY_SCALE_DIVISOR;
    Some(RgbImage::from_fn(slap.width.div_ceil(step), slap.height.div_ceil(step), |x, y| {
        let (mut sum, mut count) = (0_u32, 0_u32);
        for row in y * step..((y + 1) * step).min(slap.height) {
            for column in x * step..((x + 1) * step).min(slap.width) {
                let at = row as usize * slap.width as usize + column as usize;
                sum += slap.pixels.get(at).map_or(255, |grey| u32::from(*grey));
                count += 1;
            }
        }
        let grey = (sum / count.max(1)) as u8;
        Rgb([grey, grey, grey])
    }))
}

/// Draws box and badge of one finger.
fn mark(picture: &mut RgbImage, area: Area, finger: &FingerVerdict) {
    let step = OVERLAY_SCALE_DIVISOR;
    let (left, top, right, bottom) =
        (area.left / step, area.top / step, area.right.div_ceil(step), area.bottom.div_ceil(step));
    let colour = if finger.accepted { BLUE } else { ORANGE };
    for thick in 0..OVERLAY_LINE_PX {
        for x in left..right {
            if finger.accepted || dash(x) {
                put(picture, x, top + thick, colour);
                put(picture, x, bottom.saturating_sub(1 + thick), colour);
            }
        }
        for y in top..bottom {
            if finger.accepted || dash(y) {
                put(picture, left + thick, y, colour);
                put(picture, right.saturating_sub(1 + thick), y, colour);
            }
        }
    }
    badge(picture, left, top, finger, colour);
}

fn dash(along: u32) -> bool {
    along % (OVERLAY_LINE_PX * 6) < OVERLAY_LINE_PX * 4
}

/// A filled label at the top left corner of a box: sign and quality.
fn badge(picture: &mut RgbImage, left: u32, top: u32, finger: &FingerVerdict, colour: Rgb<u8>) {
    let sign = if finger.accepted { TICK } else { EXCLAMATION };
    let mut glyphs = vec![sign];
    glyphs.extend(
        finger.quality.to_string().bytes().filter_map(|digit| DIGITS.get(usize::from(digit - b'0')).copied()),
    );
    let (wide, high) = (GLYPH_COLUMNS * DOT_PX, GLYPH_ROWS * DOT_PX);
    let width = glyphs.len() as u32 * (wide + DOT_PX) + 3 * DOT_PX;
    let height = high + 4 * DOT_PX;
    // Above the box where there is room, inside it otherwise.
    let start = if top >= height { top - height } else { top };
    fill(picture, left, start, width, height, colour);
    for (at, glyph) in glyphs.iter().enumerate() {
        let x = left + 2 * DOT_PX + at as u32 * (wide + DOT_PX);
        for (row, line) in glyph.iter().enumerate() {
            for column in 0..GLYPH_COLUMNS {
                if line >> (GLYPH_COLUMNS - 1 - column) & 1 == 1 {
                    fill(
                        picture,
                        x + column * DOT_PX,
                        start + (2 + row as u32) * DOT_PX,
                        DOT_PX,
                        DOT_PX,
                        WHITE,
                    );
                }
            }
        }
    }
}

fn fill(picture: &mut RgbImage, left: u32, top: u32, width: u32, height: u32, colour: Rgb<u8>) {
    for y in top..top + height {
        for x in left..left + width {
            put(picture, x, y, colour);
        }
    }
}

fn put(picture: &mut RgbImage, x: u32, y: u32, colour: Rgb<u8>) {
    if let Some(pixel) = picture.get_pixel_mut_checked(x, y) {
        *pixel = colour;
    }
}

/// Size of one dot of a glyph.
const DOT_PX: u32 = 3;
const GLYPH_COLUMNS: u32 = 5;
const GLYPH_ROWS: u32 = 7;

/// A glyph of 5 by 7 dots; the five low bits of a row, leftmost dot highest.
type Glyph = [u8; GLYPH_ROWS as usize];

const TICK: Glyph = [0b00000, 0b00001, 0b00011, 0b10110, 0b11100, 0b01000, 0b00000];
const EXCLAMATION: Glyph = [0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00000, 0b00100];
const DIGITS: [Glyph; 10] = [
    [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110],
    [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
    [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111],
    [0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110],
    [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
    [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
    [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110],
    [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000],
    [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
    [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100],
];

#[cfg(test)]
mod tests {
    use super::*;
    use matcher::Finger;

    fn verdict(accepted: bool, quality: u8) -> SlapVerdict {
        let area = Some(Area { left: 100, top: 120, right: 260, bottom: 400 });
        let (finger, scored_by) = (Finger::RightIndex, crate::live::ScoredBy::Own);
        let finger = FingerVerdict { finger, area, quality, accepted, hint: None, scored_by };
        SlapVerdict { fingers: vec![finger], hints: Vec::new() }
    }

    fn drawn(verdict: &SlapVerdict) -> RgbImage {
        let slap = Image::blank(400, 500, 500, 200).expect("sound");
        let png = overlay(&slap, verdict).expect("a picture");
        image::load_from_memory(&png).expect("PNG").into_rgb8()
    }

    fn count(picture: &RgbImage, colour: Rgb<u8>) -> usize {
        picture.pixels().filter(|pixel| **pixel == colour).count()
    }

    #[test]
    fn marks_differ_by_colour_and_by_line() {
        let (yes, no) = (drawn(&verdict(true, 74)), drawn(&verdict(false, 74)));
        assert_eq!(yes.dimensions(), (200, 250));
        assert!(count(&yes, BLUE) > 500 && count(&yes, ORANGE) == 0);
        assert!(count(&no, ORANGE) > 500 && count(&no, BLUE) == 0);
        assert!(count(&no, ORANGE) < count(&yes, BLUE), "a dashed line has gaps");
    }

    #[test]
    fn the_number_is_part_of_the_badge() {
        assert_ne!(count(&drawn(&verdict(true, 8)), WHITE), count(&drawn(&verdict(true, 100)), WHITE));
    }

    #[test]
    fn a_finger_that_was_not_found_leaves_no_mark() {
        let mut nothing = verdict(false, 0);
        nothing.fingers[0].area = None;
        assert_eq!(count(&drawn(&nothing), ORANGE), 0);
    }

    #[test]
    fn boxes_beyond_the_image_and_unsound_images_are_harmless() {
        let mut far = verdict(false, 255);
        far.fingers[0].area = Some(Area { left: 390, top: 0, right: 9_000, bottom: 9_000 });
        drawn(&far);
        let unsound = Image { width: 9, height: 9, resolution_ppi: 500, pixels: Vec::new() };
        assert_eq!(overlay(&unsound, &far), None);
    }
}
