//! A colour picture to draw on: lines, rings, squares and words; everything outside is cut off.

use core::fmt;

use font8x8::UnicodeFonts as _;

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour(pub(super) u8, pub(super) u8, pub(super) u8);

/// A finished colour picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Red, green, blue of each pixel, row by row from the top left.
    pub rgb: Vec<u8>,
}

/// Sizes only: the pixels are biometric.
impl fmt::Debug for Picture {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Picture({} x {})", self.width, self.height)
    }
}

pub(super) struct Canvas {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self { width, height, rgb: vec![255; width * height * 3] }
    }

    pub(super) fn finish(self) -> Picture {
        Picture { width: self.width as u32, height: self.height as u32, rgb: self.rgb }
    }

    pub(super) fn set(&mut self, x: usize, y: usize, colour: Colour) {
        if x < self.width && y < self.height {
            let at = (y * self.width + x) * 3;
            self.rgb[at..at + 3].copy_from_slice(&[colour.0, colour.1, colour.2]);
        }
    }

    /// A square pen of `thick` pixels.
    fn dot(&mut self, x: f32, y: f32, thick: usize, colour: Colour) {
        let (left, top) = ((x - thick as f32 / 2.0).round(), (y - thick as f32 / 2.0).round());
        for dy in 0..thick {
            for dx in 0..thick {
                let (x, y) = (left + dx as f32, top + dy as f32);
                if x >= 0.0 && y >= 0.0 {
                    self.set(x as usize, y as usize, colour);
                }
            }
        }
    }

    pub(super) fn line(&mut self, x: f32, y: f32, u: f32, v: f32, thick: usize, colour: Colour) {
        let steps = ((u - x).abs().max((v - y).abs()) * 2.0).ceil().clamp(1.0, 8_192.0) as usize;
        for step in 0..=steps {
            let share = step as f32 / steps as f32;
            self.dot(x + share * (u - x), y + share * (v - y), thick, colour);
        }
    }

    pub(super) fn ring(&mut self, x: f32, y: f32, radius: f32, thick: usize, colour: Colour) {
        for step in 0..64 {
            let (sin, cos) = (step as f32 * core::f32::consts::TAU / 64.0).sin_cos();
            self.dot(x + radius * cos, y + radius * sin, thick, colour);
        }
    }

    pub(super) fn square(&mut self, x: f32, y: f32, half: f32, thick: usize, colour: Colour) {
        let corners = [(-half, -half), (half, -half), (half, half), (-half, half)];
        for (index, from) in corners.into_iter().enumerate() {
            let to = corners[(index + 1) % 4];
            self.line(x + from.0, y + from.1, x + to.0, y + to.1, thick, colour);
        }
    }

    pub(super) fn frame(&mut self, x: usize, y: usize, width: usize, height: usize, colour: Colour) {
        let (left, top) = (x as f32, y as f32);
        let (right, bottom) = (left + width as f32, top + height as f32);
        for (a, b) in [
            ((left, top), (right, top)),
            ((right, top), (right, bottom)),
            ((right, bottom), (left, bottom)),
            ((left, bottom), (left, top)),
        ] {
            self.line(a.0, a.1, b.0, b.1, 1, colour);
        }
    }

    /// Words from the top left corner, eight pixels a letter times `size`.
    pub(super) fn text(&mut self, x: usize, y: usize, words: &str, size: usize, colour: Colour) {
        for (index, letter) in words.chars().enumerate() {
            let Some(glyph) = font8x8::BASIC_FONTS.get(letter) else { continue };
            for (row, bits) in glyph.iter().enumerate() {
                for column in (0..8).filter(|column| bits >> column & 1 == 1) {
                    for dy in 0..size {
                        for dx in 0..size {
                            let left = x + (index * 8 + column) * size + dx;
                            self.set(left, y + row * size + dy, colour);
                        }
                    }
                }
            }
        }
    }

    /// Words centred on a point, on a white ground.
    pub(super) fn label(&mut self, x: f32, y: f32, words: &str, colour: Colour) {
        let width = 8 * words.chars().count();
        let (left, top) = ((x - width as f32 / 2.0).max(0.0) as usize, (y - 4.0).max(0.0) as usize);
        for row in 0..10 {
            for column in 0..width + 1 {
                self.set(left + column, (top + row).saturating_sub(1), Colour(255, 255, 255));
            }
        }
        self.text(left, top, words, 1, colour);
    }
}
