//! A small painter: soft-edged shapes with shading, in the coordinates of a face.
//!
//! The unit is the distance between the eyes, the origin lies between them, x goes to the right of the picture and y
//! down. A shape is a function that is negative inside; its edge is as soft as asked. Everything is plain arithmetic,
//! so the same drawing gives the same pixels on every machine that rounds like IEEE 754.

/// Red, green and blue from 0 to 1, as shown (not linear light).
pub(super) type Colour = [f32; 3];

/// Where a drawing lies on the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// Pixel column of the origin.
    pub(super) x_px: f32,
    /// Pixel row of the origin.
    pub(super) y_px: f32,
    /// Pixels per unit.
    pub(super) unit_px: f32,
}

/// A box in drawing units; painting outside of it is skipped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Reach {
    /// A box around a centre.
    pub(super) fn around(x: f32, y: f32, half_width: f32, half_height: f32) -> Self {
        Self { left: x - half_width, top: y - half_height, right: x + half_width, bottom: y + half_height }
    }
}

/// The picture being painted.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
    view: View,
}

impl Canvas {
    /// A picture of one colour.
    pub(super) fn new(width: u32, height: u32, view: View, colour: Colour) -> Self {
        let (width, height) = (width as usize, height as usize);
        Self { width, height, pixels: vec![colour; width * height], view }
    }

    /// Draws the next shapes elsewhere.
    pub(super) fn look_from(&mut self, view: View) {
        self.view = view;
    }

    /// Width of one pixel in drawing units.
    pub(super) fn pixel(&self) -> f32 {
        1.0 / self.view.unit_px
    }

    /// Paints with the given coverage (0 to 1) and colour at each place inside `reach`.
    pub(super) fn paint(&mut self, reach: Reach, brush: impl Fn(f32, f32) -> (f32, Colour)) {
        let View { x_px, y_px, unit_px } = self.view;
        let clamp = |at: f32, most: usize| at.clamp(0.0, most as f32) as usize;
        let (left, right) = (
            clamp(x_px + reach.left * unit_px, self.width),
            clamp(x_px + reach.right * unit_px + 1.0, self.width),
        );
        let (top, bottom) = (
            clamp(y_px + reach.top * unit_px, self.height),
            clamp(y_px + reach.bottom * unit_px + 1.0, self.height),
        );
        for row in top..bottom {
            let y = (row as f32 + 0.5 - y_px) / unit_px;
            let line =
                self.pixels.get_mut(row * self.width + left..row * self.width + right).unwrap_or(&mut []);
            for (column, pixel) in line.iter_mut().enumerate() {
                let x = ((left + column) as f32 + 0.5 - x_px) / unit_px;
                let (cover, colour) = brush(x, y);
                if cover > 0.0 {
                    *pixel = mix(*pixel, colour, cover.min(1.0));
                }
            }
        }
    }

    /// A soft spot: strongest in the middle, gone at the rim.
    pub(super) fn glow(&mut self, at: (f32, f32), half: (f32, f32), colour: Colour, strength: f32) {
        self.paint(Reach::around(at.0, at.1, half.0, half.1), |x, y| {
            let away = ((x - at.0) / half.0).powi(2) + ((y - at.1) / half.1).powi(2);
            (strength * (1.0 - away).max(0.0).powi(2), colour)
        });
    }

    /// A stroke along a curve through `points`, with the given half width at each of them.
    pub(super) fn stroke(&mut self, points: &[(f32, f32, f32)], colour: Colour, strength: f32, soft: f32) {
        let widest = points.iter().fold(0.0_f32, |widest, point| widest.max(point.2)) + soft;
        let fold = |pick: fn(&(f32, f32, f32)) -> f32, least: bool| {
            points
                .iter()
                .map(pick)
                .fold(if least { f32::MAX } else { f32::MIN }, |a, b| if least { a.min(b) } else { a.max(b) })
        };
        let reach = Reach {
            left: fold(|p| p.0, true) - widest,
            top: fold(|p| p.1, true) - widest,
            right: fold(|p| p.0, false) + widest,
            bottom: fold(|p| p.1, false) + widest,
        };
        self.paint(reach, |x, y| {
            let mut cover = 0.0_f32;
            for pair in points.windows(2) {
                let [from, to] = pair else { continue };
                let (dx, dy) = (to.0 - from.0, to.1 - from.1);
                let length = (dx * dx + dy * dy).max(1e-9);
                let t = (((x - from.0) * dx + (y - from.1) * dy) / length).clamp(0.0, 1.0);
                let away = (x - from.0 - dx * t).hypot(y - from.1 - dy * t);
                let half = from.2 + (to.2 - from.2) * t;
                cover = cover.max(step(half + soft, half - soft, away));
            }
            (cover * strength, colour)
        });
    }

    /// Fine grain, as a sensor has it.
    pub(super) fn grain(&mut self, amount: f32, seed: u64) {
        for (at, pixel) in self.pixels.iter_mut().enumerate() {
            let speck = (hash(at as u32, 0, seed) + hash(at as u32, 1, seed) - 1.0) * amount;
            *pixel = pixel.map(|part| part + speck);
        }
    }

    /// Multiplies the light; above 1 bright places clip, as in a camera.
    pub(super) fn expose(&mut self, gain: f32) {
        for pixel in &mut self.pixels {
            *pixel = pixel.map(|part| part * gain);
        }
    }

    /// The picture as bytes, red first.
    pub(super) fn to_rgb(&self) -> Vec<u8> {
        self.pixels.iter().flatten().map(|part| (part.clamp(0.0, 1.0) * 255.0 + 0.5) as u8).collect()
    }
}

/// From one colour to another.
pub(super) fn mix(from: Colour, to: Colour, share: f32) -> Colour {
    let [r, g, b] = from;
    let [tr, tg, tb] = to;
    [r + (tr - r) * share, g + (tg - g) * share, b + (tb - b) * share]
}

/// A colour made lighter (above 1) or darker.
pub(super) fn times(colour: Colour, light: f32) -> Colour {
    colour.map(|part| part * light)
}

/// 0 at `from`, 1 at `to`, smooth between; also falling when `to` is smaller.
pub(super) fn step(from: f32, to: f32, at: f32) -> f32 {
    let t = ((at - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A curve through three points, as points with half widths for [`Canvas::stroke`]; thin at both ends.
pub(super) fn arc(from: (f32, f32), bend: (f32, f32), to: (f32, f32), half: f32) -> Vec<(f32, f32, f32)> {
    (0..=20)
        .map(|at| {
            let t = at as f32 / 20.0;
            let (a, b, c) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t);
            let thick = half * (1.0 - (2.0 * t - 1.0).powi(4));
            (a * from.0 + b * bend.0 + c * to.0, a * from.1 + b * bend.1 + c * to.1, thick)
        })
        .collect()
}

/// A number from 0 to 1 for two coordinates: SplitMix64's finaliser.
pub(super) fn hash(a: u32, b: u32, seed: u64) -> f32 {
    let mut bits =
        ((u64::from(a) << 32) | u64::from(b)).wrapping_add(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^= bits >> 31;
    (bits >> 40) as f32 / (1_u64 << 24) as f32
}

/// Smooth noise from 0 to 1 in one dimension.
pub(super) fn noise(at: f32, seed: u64) -> f32 {
    let cell = at.floor();
    let t = step(0.0, 1.0, at - cell);
    let value = |cell: f32| hash((cell as i32) as u32, 7, seed);
    value(cell) * (1.0 - t) + value(cell + 1.0) * t
}
