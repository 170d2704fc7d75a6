//! One impression: a master laid on a sensor, with everything that makes two prints of one finger differ.
//!
//! Order of effects: placement (shift, turn, growth), skin distortion, contact shape, ridge thickness by
//! pressure and moisture, dry grain, scars, sensor background and noise. Each has its own field, so one
//! knob moves one thing.
//! Left out on purpose: latent prints, rolled prints, presentation attacks.

use super::master::Master;
use super::math;
use super::parameters::{RESOLUTION_PPI, WINDOW_HEIGHT_PX, WINDOW_WIDTH_PX};
use super::random::{Purpose, SmoothField, Stream};
use crate::Image;

/// How a finger meets the sensor. The visit number adds small natural differences on top.
///
/// All values are plain fractions; values outside their range are cut to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Condition {
    /// -1 very dry (broken, grainy ridges) to 1 very wet (ridges run together); 0 is normal skin.
    pub wetness: f32,
    /// -1 hardly touching (small, pale contact) to 1 pressed hard (large, dark contact); 0 is normal.
    pub pressure: f32,
    /// Share of the fingertip that touches: 1 the whole flat contact, 0.3 a small corner of it.
    pub coverage: f32,
    /// Elastic distortion of the skin: 0 none, 0.4 usual, 1 a twisted, sliding finger.
    pub distortion: f32,
    /// Worn skin: 0 smooth, 1 manual worker or very old skin.
    pub wear: f32,
    /// Turn of the finger, clockwise, degrees.
    pub rotation_deg: f32,
    /// Shift of the finger to the right, millimetres.
    pub shift_x_mm: f32,
    /// Shift of the finger upwards, millimetres.
    pub shift_y_mm: f32,
    /// Grey level of the empty sensor, 160 to 255.
    pub background: u8,
}

impl Default for Condition {
    fn default() -> Self {
        Self {
            wetness: 0.0,
            pressure: 0.0,
            coverage: 1.0,
            distortion: 0.4,
            wear: 0.15,
            rotation_deg: 0.0,
            shift_x_mm: 0.0,
            shift_y_mm: 0.0,
            background: 252,
        }
    }
}

impl Condition {
    /// Dry skin.
    pub fn dry() -> Self {
        Self { wetness: -0.8, wear: 0.4, ..Self::default() }
    }

    /// Wet skin.
    pub fn wet() -> Self {
        Self { wetness: 0.8, ..Self::default() }
    }

    /// A finger that hardly touches.
    pub fn light() -> Self {
        Self { pressure: -0.8, ..Self::default() }
    }

    /// A finger pressed too hard.
    pub fn heavy() -> Self {
        Self { pressure: 0.9, distortion: 0.7, ..Self::default() }
    }

    /// Only part of the fingertip on the glass.
    pub fn partial() -> Self {
        Self { coverage: 0.45, ..Self::default() }
    }

    /// A condition as volunteers show it: mostly normal skin well placed, sometimes dry, wet, pressed,
    /// twisted, turned or half off the sensor. The same seed draws the same condition.
    #[must_use]
    pub fn drawn(seed: u64) -> Self {
        let mut stream = Stream::new(seed, Purpose::Condition, 0, 0);
        // A product of two draws keeps the middle frequent and the extremes rare.
        let mut skewed = |width: f32| width * stream.normal() * stream.unit();
        let (wetness, pressure) = (skewed(0.95), skewed(0.8));
        let (rotation_deg, shift_x_mm, shift_y_mm) = (skewed(18.0), skewed(3.6), skewed(4.2));
        let lost = stream.unit() * stream.unit();
        let coverage = if stream.chance(0.5) { 1.0 - 0.75 * lost } else { 1.0 };
        let distortion = stream.between(0.3, 1.0);
        let wear = 0.05 + 0.75 * stream.unit() * stream.unit();
        Self {
            wetness,
            pressure,
            coverage,
            distortion,
            wear,
            rotation_deg,
            shift_x_mm,
            shift_y_mm,
            ..Self::default()
        }
        .bounded()
    }

    fn bounded(self) -> Self {
        let fraction = |x: f32, low: f32, high: f32, otherwise: f32| {
            if x.is_finite() { x.clamp(low, high) } else { otherwise }
        };
        Self {
            wetness: fraction(self.wetness, -1.0, 1.0, 0.0),
            pressure: fraction(self.pressure, -1.0, 1.0, 0.0),
            coverage: fraction(self.coverage, 0.2, 1.0, 1.0),
            distortion: fraction(self.distortion, 0.0, 1.0, 0.4),
            wear: fraction(self.wear, 0.0, 1.0, 0.15),
            rotation_deg: fraction(self.rotation_deg, -180.0, 180.0, 0.0),
            shift_x_mm: fraction(self.shift_x_mm, -15.0, 15.0, 0.0),
            shift_y_mm: fraction(self.shift_y_mm, -15.0, 15.0, 0.0),
            background: self.background.max(160),
        }
    }
}

/// A finger laid on the glass: everything drawn for one visit.
pub(crate) struct View<'a> {
    master: &'a Master,
    condition: Condition,
    width: u32,
    height: u32,
    resolution_ppi: u32,
    scale: f32,
    turn: (f32, f32),
    shift: (f32, f32),
    contact_centre: (f32, f32),
    contact_half: (f32, f32),
    slide: (f32, f32),
    twist_rad: f32,
    bulge_x: SmoothField,
    bulge_y: SmoothField,
    edge: SmoothField,
    patches: SmoothField,
    grain: Stream,
}

/// Ink at a point of the window.
struct Touch {
    darkness: f32,
    contact: f32,
}

impl<'a> View<'a> {
    /// Lays a finger down. `growth` is the hand's size against an adult's.
    pub(crate) fn new(
        master: &'a Master,
        key: (u64, u8, u32),
        condition: Condition,
        growth: f32,
        resolution_ppi: u32,
    ) -> Self {
        let (seed, finger, visit) = key;
        let mut stream = Stream::new(seed, Purpose::Placement, finger, visit);
        let mut condition = condition.bounded();
        condition.wetness = (condition.wetness + 0.12 * stream.normal()).clamp(-1.0, 1.0);
        condition.pressure = (condition.pressure + 0.12 * stream.normal()).clamp(-1.0, 1.0);
        let turn_rad = -(condition.rotation_deg + 3.5 * stream.normal()).to_radians();
        let px_per_mm = resolution_ppi as f32 / 25.4;
        let shift = (
            px_per_mm * (condition.shift_x_mm + 0.7 * stream.normal()),
            px_per_mm * (condition.shift_y_mm + 0.8 * stream.normal() - 0.2),
        );
        let part = condition.coverage;
        let press = 1.0 + 0.10 * condition.pressure;
        let (full_a, full_b) = master.contact_half_px;
        let contact_half = (
            full_a * press * (0.35 + 0.65 * part) * stream.between(0.94, 1.03),
            full_b * press * (0.35 + 0.65 * part) * stream.between(0.93, 1.04),
        );
        let away = stream.between(0.0, std::f32::consts::TAU);
        let contact_centre = (
            5.0 * stream.normal() + (1.0 - part) * 0.8 * full_a * math::cos(away),
            7.0 * stream.normal() + (1.0 - part) * 0.8 * full_b * math::sin(away),
        );
        let strength = condition.distortion * (1.0 + 0.4 * condition.pressure);
        let slide = (11.0 * strength * stream.normal(), 13.0 * strength * stream.normal());
        let twist_rad = 0.09 * strength * stream.normal();
        let (origin, extent) = ((-260.0, -340.0), (520.0, 680.0));
        Self {
            master,
            condition,
            width: WINDOW_WIDTH_PX * resolution_ppi / RESOLUTION_PPI,
            height: WINDOW_HEIGHT_PX * resolution_ppi / RESOLUTION_PPI,
            resolution_ppi,
            scale: growth * resolution_ppi as f32 / RESOLUTION_PPI as f32,
            turn: (math::sin(turn_rad), math::cos(turn_rad)),
            shift,
            contact_centre,
            contact_half,
            slide,
            twist_rad,
            bulge_x: SmoothField::new(&mut stream, origin, extent, 120.0),
            bulge_y: SmoothField::new(&mut stream, origin, extent, 120.0),
            edge: SmoothField::new(&mut stream, origin, extent, 24.0),
            patches: SmoothField::new(&mut stream, origin, extent, 52.0),
            grain: Stream::new(seed, Purpose::Grain, finger, visit),
        }
    }

    /// Renders the image; also the contact box (left, top, right, bottom; right and bottom exclusive), if
    /// anything touched.
    pub(crate) fn render(mut self) -> (Image, Option<[u32; 4]>) {
        let (width, height) = (self.width as usize, self.height as usize);
        let extent = (self.width as f32, self.height as f32);
        let fineness = self.resolution_ppi as f32 / RESOLUTION_PPI as f32;
        let mut stream = self.grain.fork();
        let dry_grain = SmoothField::new(&mut stream, (0.0, 0.0), extent, 2.2 * fineness);
        let blotches = SmoothField::new(&mut stream, (0.0, 0.0), extent, 9.0 * fineness);
        let mut noise = vec![0.0; width];
        let mut pixels = Vec::with_capacity(width * height);
        let background = f32::from(self.condition.background);
        let ink = 38.0 - 14.0 * self.condition.pressure - 8.0 * self.condition.wetness;
        let mut bounds: Option<[u32; 4]> = None;
        for row in 0..self.height {
            self.grain.fill_noise(&mut noise);
            for column in 0..self.width {
                let (x, y) = (column as f32, row as f32);
                let grain = 0.7 * dry_grain.at(x, y) + 0.5 * blotches.at(x, y);
                let touch = self.touch(x, y, grain);
                if touch.contact > 0.5 {
                    let b = bounds.get_or_insert([column, row, column + 1, row + 1]);
                    *b = [b[0].min(column), b[1].min(row), b[2].max(column + 1), row + 1];
                }
                let noise = noise[column as usize] * (1.5 + 5.0 * touch.darkness);
                let value = background - (background - ink) * touch.darkness + noise;
                pixels.push(value.clamp(0.0, 255.0) as u8);
            }
        }
        (
            Image { width: self.width, height: self.height, resolution_ppi: self.resolution_ppi, pixels },
            bounds,
        )
    }

    /// Finger point under a window position, without skin distortion.
    fn finger_point(&self, column: f32, row: f32) -> (f32, f32) {
        let x = (column + 0.5 - self.width as f32 / 2.0 - self.shift.0) / self.scale;
        let y = (self.height as f32 / 2.0 - row - 0.5 - self.shift.1) / self.scale;
        let (sin, cos) = self.turn;
        (x * cos + y * sin, y * cos - x * sin)
    }

    /// Where the skin that stands over a point belongs when nothing pulls at it.
    fn relaxed(&self, x: f32, y: f32) -> (f32, f32) {
        // The middle of the contact sticks to the glass; towards the rim the skin lags behind the sliding
        // bone.
        let (u, v) = (x / 150.0, y / 200.0);
        let rim = u * u + v * v;
        let lag = rim / (1.0 + rim);
        let twist = self.twist_rad * lag;
        let bulge = 7.0 * self.condition.distortion;
        (
            x - y * twist + self.slide.0 * lag + bulge * self.bulge_x.at(x, y),
            y + x * twist + self.slide.1 * lag + bulge * self.bulge_y.at(x, y),
        )
    }

    /// Point under the glass at which a point of the relaxed skin comes to lie (inverse of
    /// [`View::relaxed`]).
    fn pressed(&self, x: f32, y: f32) -> (f32, f32) {
        // Displacements are small and smooth, so repeated correction converges in a few steps.
        let (mut fx, mut fy) = (x, y);
        for _ in 0..12 {
            let (rx, ry) = self.relaxed(fx, fy);
            fx += x - rx;
            fy += y - ry;
        }
        (fx, fy)
    }

    /// Window position at which a point of the relaxed skin lands.
    pub(crate) fn window_position(&self, x: f32, y: f32) -> (f32, f32) {
        let (fx, fy) = self.pressed(x, y);
        let (sin, cos) = self.turn;
        let (gx, gy) = (fx * cos - fy * sin, fy * cos + fx * sin);
        (
            gx * self.scale + self.shift.0 + self.width as f32 / 2.0 - 0.5,
            self.height as f32 / 2.0 - 0.5 - gy * self.scale - self.shift.1,
        )
    }

    /// As [`View::window_position`], if the point lies well inside the contact and inside the window.
    pub(crate) fn visible_position(&self, x: f32, y: f32) -> Option<(f32, f32)> {
        let (fx, fy) = self.pressed(x, y);
        let (column, row) = self.window_position(x, y);
        let inside = |value: f32, end: u32| value >= 0.0 && value < end as f32;
        let shown = self.rim(fx, fy) < 0.94 && inside(column, self.width) && inside(row, self.height);
        shown.then_some((column, row))
    }

    /// How far a finger point lies from the middle of the contact: 1 on its rim.
    fn rim(&self, x: f32, y: f32) -> f32 {
        let u = (x - self.contact_centre.0) / self.contact_half.0;
        let v = (y - self.contact_centre.1) / self.contact_half.1;
        let (u2, v2) = (u * u, v * v);
        // Round at the tip, squarer towards the joint.
        if v < 0.0 { (u2 * u2 + v2 * v2 + 0.9 * u2 * v2).sqrt().sqrt() } else { (u2 + v2).sqrt() }
    }

    fn touch(&self, column: f32, row: f32, grain: f32) -> Touch {
        let (x, y) = self.finger_point(column, row);
        let rim = self.rim(x, y);
        if rim > 1.25 {
            return Touch { darkness: 0.0, contact: 0.0 };
        }
        let rim = rim + 0.05 * self.edge.at(x, y);
        let contact = math::smooth_step(1.03, 0.985, rim);
        if contact <= 0.0 {
            return Touch { darkness: 0.0, contact };
        }
        let (fx, fy) = self.relaxed(x, y);
        let (px, py) = Master::plane_position(fx, fy);
        let Condition { wetness, pressure, wear, .. } = self.condition;
        let patch = self.patches.at(x, y);
        let dryness = (-wetness).max(0.0);
        let rough = 0.34 + 0.35 * wear + 0.20 * dryness;
        let skin = self.master.skin.bilinear(px, py);
        let grain_weight = 0.24 + 0.75 * dryness + 0.3 * wear;
        let level = self.master.ridges.bilinear(px, py) + rough * skin + grain_weight * grain;
        let weak = math::smooth_step(0.80, 1.03, rim);
        let threshold = -0.02 - 0.55 * wetness.max(0.0) + 0.30 * dryness - 0.30 * pressure
            + (0.26 + 0.15 * dryness) * patch
            + 0.55 * weak;
        let soft = 0.40 - 0.12 * dryness;
        let ridge = math::smooth_step(threshold - soft, threshold + soft, level);
        // Valleys of a wet finger hold some moisture; a weak contact leaves pale ridges; ink is never even.
        let film = 0.16 * wetness.max(0.0) * (0.6 + 0.4 * patch);
        let uneven = 0.10 * patch.max(0.0) + 0.11 * (0.5 - 0.5 * grain);
        let strength = 1.0 - 0.10 * weak - 0.22 * (-pressure).max(0.0) - 0.10 * dryness - uneven;
        let open = 1.0 - self.master.marks.bilinear(px, py);
        Touch { darkness: (film + (1.0 - film) * ridge) * strength.max(0.0) * contact * open, contact }
    }
}
