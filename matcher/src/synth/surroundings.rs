//! What lies on a platen besides fingertips: lower finger joints, the edge of the palm, traces of the
//! person before.
//!
//! Segmentation must pass all of it over, so none of it enters the truth. Ridges of joints and palm are
//! plain waves without minutiae: nothing reads them, they only have to look like skin to a detector of
//! ridges.

use super::impression::Condition;
use super::math;
use super::person::Person;
use super::random::{Purpose, SmoothField, Stream};
use crate::{Hand, Image};
use std::f32::consts::TAU;
use std::sync::OnceLock;

/// What else is in view. All off by default. Values are cut to 0..=1; not finite counts as 0.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Surroundings {
    /// How much of the middle joints under the fingertips touches the glass.
    pub joints: f32,
    /// How much of the palm's edge shows at the lower rim.
    pub palm: f32,
    /// How strong the prints that the person before left on the glass still are.
    pub ghost: f32,
    /// How far a sleeve reaches in from the lower rim.
    pub sleeve: f32,
}

impl Surroundings {
    pub(crate) fn bounded(self) -> Self {
        let cut = |x: f32| if x.is_finite() { x.clamp(0.0, 1.0) } else { 0.0 };
        Self {
            joints: cut(self.joints),
            palm: cut(self.palm),
            ghost: cut(self.ghost),
            sleeve: cut(self.sleeve),
        }
    }
}

/// Where a fingertip print ends and how it is turned, in platen pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FingerEnd {
    /// Middle of the print's lower edge.
    pub(crate) x: f32,
    pub(crate) y: f32,
    /// Half the print's width.
    pub(crate) half_width: f32,
    /// Clockwise turn, radians.
    pub(crate) turn_rad: f32,
}

/// Draws everything that was asked for under and between the fingertips.
pub(crate) fn draw(
    slap: &mut Image,
    asked: Surroundings,
    seed: u64,
    hand: Hand,
    ends: &[FingerEnd],
    hand_size: f32,
) {
    let unit = slap.resolution_ppi as f32 / 25.4;
    let mut stream = Stream::new(seed, Purpose::Surroundings, hand.fgp(), 0);
    let extent = (slap.width as f32, slap.height as f32);
    let skin = Skin {
        wave: SmoothField::new(&mut stream, (0.0, 0.0), extent, 3.2 * unit),
        patch: SmoothField::new(&mut stream, (0.0, 0.0), extent, 1.6 * unit),
        period: 0.46 * unit * hand_size,
    };
    if asked.joints > 0.0 {
        for end in ends {
            let length = unit * hand_size * stream.between(9.0, 17.0) * (0.4 + 0.6 * asked.joints);
            let gap = unit * hand_size * stream.between(2.2, 3.4);
            draw_joint(slap, &skin, end, (gap, length), asked.joints);
        }
    }
    if asked.palm > 0.0 {
        let depth = unit * (4.0 + 11.0 * asked.palm);
        let from = stream.between(0.0, 0.4) * extent.0;
        draw_palm(slap, &skin, depth, (from, from + stream.between(0.4, 0.9) * extent.0));
    }
    if asked.sleeve > 0.0 {
        draw_sleeve(slap, &mut stream, &skin, unit * (3.0 + 9.0 * asked.sleeve));
    }
    if asked.ghost > 0.0 {
        draw_ghosts(slap, &mut stream, seed, hand, asked.ghost);
    }
}

/// Ridge texture without minutiae.
struct Skin {
    wave: SmoothField,
    patch: SmoothField,
    period: f32,
}

impl Skin {
    /// Darkness at a platen point; `across` runs over the ridges, `contact` is how firmly the skin lies
    /// there.
    fn darkness(&self, x: f32, y: f32, across: f32, contact: f32) -> f32 {
        let ridge = math::sin(TAU * (across / self.period + 0.7 * self.wave.at(x, y)));
        let level = ridge + 0.5 * self.patch.at(x, y) + 1.6 * (contact - 1.0);
        0.82 * math::smooth_step(-0.3, 0.45, level) * math::smooth_step(0.05, 0.35, contact)
    }
}

fn darken(slap: &mut Image, column: u32, row: u32, darkness: f32) {
    let at = row as usize * slap.width as usize + column as usize;
    if let Some(pixel) = slap.pixels.get_mut(at) {
        *pixel = (*pixel).min((255.0 * (1.0 - darkness)) as u8);
    }
}

fn span(low: f32, high: f32, end: u32) -> std::ops::Range<u32> {
    low.clamp(0.0, end as f32) as u32..high.clamp(0.0, end as f32) as u32
}

fn draw_joint(slap: &mut Image, skin: &Skin, end: &FingerEnd, (gap, length): (f32, f32), strength: f32) {
    let (sin, cos) = (math::sin(end.turn_rad), math::cos(end.turn_rad));
    let reach = gap + length + end.half_width;
    for row in span(end.y - reach, end.y + reach, slap.height) {
        for column in span(end.x - reach, end.x + reach, slap.width) {
            let (x, y) = (column as f32, row as f32);
            let (dx, dy) = (x - end.x, y - end.y);
            // Along and across the finger; downwards is away from the tip.
            let (side, down) = (dx * cos + dy * sin, dy * cos - dx * sin);
            let (u, v) = (side / (0.95 * end.half_width), (down - gap - 0.5 * length) / (0.5 * length));
            let rim = u * u * u * u + v * v * v * v;
            if rim < 1.0 {
                let contact = (1.0 - rim) * (0.35 + 0.45 * strength + 0.5 * skin.patch.at(y, x));
                darken(slap, column, row, skin.darkness(x, y, down, contact.clamp(0.0, 1.0)));
            }
        }
    }
}

fn draw_palm(slap: &mut Image, skin: &Skin, depth: f32, (from, to): (f32, f32)) {
    let bottom = slap.height as f32;
    for row in span(bottom - 1.6 * depth, bottom, slap.height) {
        for column in span(from, to, slap.width) {
            let (x, y) = (column as f32, row as f32);
            let part = ((x - from) / (to - from).max(1.0)).clamp(0.0, 1.0);
            let height = depth * (4.0 * part * (1.0 - part)).sqrt() * (1.0 + 0.4 * skin.wave.at(x, 0.0));
            let inside = (y - (bottom - height)) / (0.25 * depth);
            if inside > 0.0 {
                let contact = inside.min(1.0) * (0.85 + 0.3 * skin.patch.at(y, x));
                darken(slap, column, row, skin.darkness(x, y, 0.7 * x + 0.7 * y, contact.clamp(0.0, 1.0)));
            }
        }
    }
}

/// Woven cloth along the lower rim: threads that cross, pressed to the glass unevenly.
fn draw_sleeve(slap: &mut Image, stream: &mut Stream, skin: &Skin, depth: f32) {
    let bottom = slap.height as f32;
    let thread = stream.between(0.8, 1.7) * skin.period;
    let slope = stream.between(-0.12, 0.12);
    let (from, to) = (stream.between(-0.1, 0.5), stream.between(0.6, 1.1));
    for row in span(bottom - 1.5 * depth, bottom, slap.height) {
        for column in span(from * slap.width as f32, to * slap.width as f32, slap.width) {
            let (x, y) = (column as f32, row as f32);
            let hem =
                bottom - depth * (1.0 + 0.25 * skin.wave.at(x, 0.0)) + slope * (x - 0.5 * slap.width as f32);
            let inside = ((y - hem) / (0.12 * depth)).clamp(0.0, 1.0);
            if inside > 0.0 {
                let (u, v) = (x + slope * y, y - slope * x);
                let weave = math::sin(TAU * u / thread) * math::sin(TAU * v / thread);
                let pressed = (0.45 + 0.6 * skin.patch.at(0.4 * x, 0.4 * y)).clamp(0.0, 1.0);
                darken(slap, column, row, inside * pressed * (0.35 + 0.3 * weave));
            }
        }
    }
}

/// Pale prints of somebody else, somewhere on the upper two thirds of the platen.
fn draw_ghosts(slap: &mut Image, stream: &mut Stream, seed: u64, hand: Hand, strength: f32) {
    // A few earlier persons, grown once per process: whose print a ghost is does not matter.
    static BEFORE: [OnceLock<Person>; 3] = [const { OnceLock::new() }; 3];
    let number = seed % BEFORE.len() as u64;
    let before = BEFORE[number as usize].get_or_init(|| Person::new(0x6f6c_645f_7072_696e ^ number, 40));
    for &finger in hand.fingers() {
        let trace =
            before.impression_with_truth(finger, 1, Condition::drawn(seed), slap.resolution_ppi).image;
        let left = stream.unit() * slap.width.saturating_sub(trace.width) as f32;
        let top = stream.unit() * 0.66 * slap.height.saturating_sub(trace.height) as f32;
        let empty = f32::from(Condition::default().background);
        for (row, line) in (0_u32..).zip(trace.pixels.chunks_exact(trace.width.max(1) as usize)) {
            for (column, &grey) in (0_u32..).zip(line) {
                let darkness = 0.30 * strength * ((empty - f32::from(grey)) / empty - 0.05).max(0.0);
                darken(slap, left as u32 + column, top as u32 + row, darkness);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::slap::{Placement, compose_slap};
    use super::*;

    #[test]
    fn surroundings_darken_the_platen_and_leave_the_truth_alone() {
        let person = Person::new(12, 30);
        let hand = Hand::RightFour;
        let prints: Vec<_> = hand
            .fingers()
            .iter()
            .map(|&finger| (finger, person.impression(finger, 1, Condition::default())))
            .collect();
        let clean = compose_slap(&prints, hand, Placement::default());
        let ink = |image: &Image, darker: u8| image.pixels.iter().filter(|&&grey| grey < darker).count();
        for (asked, darker) in [
            (Surroundings { joints: 0.7, ..Surroundings::default() }, 150),
            (Surroundings { palm: 0.7, ..Surroundings::default() }, 150),
            (Surroundings { ghost: 1.0, ..Surroundings::default() }, 220),
            (Surroundings { sleeve: 0.8, ..Surroundings::default() }, 220),
        ] {
            let full = compose_slap(&prints, hand, Placement { surroundings: asked, ..Placement::default() });
            assert_eq!(full.boxes, clean.boxes);
            assert!(ink(&full.image, darker) > ink(&clean.image, darker) + 8_000, "{asked:?}");
        }
        let wild = Surroundings { joints: f32::NAN, palm: -4.0, ghost: f32::NEG_INFINITY, sleeve: -1.0 };
        let same = compose_slap(&prints, hand, Placement { surroundings: wild, ..Placement::default() });
        assert_eq!(same.image, clean.image);
    }
}
