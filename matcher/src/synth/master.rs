//! The master of one finger: the skin itself, before anything touches a sensor.
//!
//! A master is grown once and kept; every impression is a view of it. It is always of adult size: ridges
//! are laid down before birth, so a child's finger is the same pattern at a smaller scale.
//! Coordinates: pixels at 500 ppi, (0, 0) the middle of the fingertip, y up. Planes are stored rows down,
//! as images are.

use super::grow::{FlowMap, Grower, OUTSIDE, Plane};
use super::math;
use super::parameters::{
    CONTACT_HALF_HEIGHT_PX, CONTACT_HALF_WIDTH_PX, MASTER_HEIGHT_PX, MASTER_WIDTH_PX, PORE_SPACING_PX,
};
use super::pattern::{self, OrientationField, PatternClass};
use super::random::{Purpose, SmoothField, Stream};

/// Column of the middle of the fingertip in a master plane.
pub(crate) const CENTRE_X_PX: f32 = MASTER_WIDTH_PX as f32 / 2.0;
/// Row of the middle of the fingertip in a master plane.
pub(crate) const CENTRE_Y_PX: f32 = 236.0;

/// Level of `Master::ridges` where there is no finger: deeper than any valley, so nothing prints there.
pub(crate) const NO_SKIN: f32 = -1.5;

/// One finger's skin.
pub(crate) struct Master {
    /// Pattern class that was drawn.
    pub(crate) class: PatternClass,
    /// About +1 on ridges, -1 in valleys, [`NO_SKIN`] outside the finger.
    pub(crate) ridges: Plane,
    /// Roughness of the ridge edges and pores: added to `ridges` with a weight that depends on the skin's
    /// state.
    pub(crate) skin: Plane,
    /// 1 where a crease or scar never touches the glass, 0 elsewhere.
    pub(crate) marks: Plane,
    /// Half the width and height of an adult flat contact.
    pub(crate) contact_half_px: (f32, f32),
    /// Mean ridge period in adult size.
    pub(crate) period_px: f32,
}

impl Master {
    /// Grows the finger: `finger` 1 to 10, `period_px` the person's mean ridge period.
    pub(crate) fn grow(grower: &Grower, seed: u64, finger: u8, period_px: f32, hand_size: f32) -> Self {
        let digit = usize::from((finger + 4) % 5);
        let half_width = CONTACT_HALF_WIDTH_PX[digit] * hand_size;
        let half_height = CONTACT_HALF_HEIGHT_PX[digit] * hand_size;
        let size = half_width / CONTACT_HALF_WIDTH_PX[1];
        let (class, field) = pattern::draw(seed, finger, digit, finger <= 5, size);
        let mut stream = Stream::new(seed, Purpose::Ridges, finger, 0);
        let thumb = if digit == 0 { 1.05 } else { 1.0 };
        let period_px = period_px * thumb * (1.0 + 0.025 * stream.normal());
        let crease_px = half_height * stream.between(1.16, 1.26);
        let outline =
            ((half_width + 26.0).min(CENTRE_X_PX - 2.0), (half_height + 26.0).min(CENTRE_Y_PX - 2.0));
        let flow = flow_map(&field, outline, period_px);
        let mut ridges = grower.grow(&flow, &mut stream);
        for (level, &orientation) in ridges.values.iter_mut().zip(&flow.orientation) {
            if orientation == OUTSIDE {
                *level = NO_SKIN;
            }
        }
        let mut stream = Stream::new(seed, Purpose::Skin, finger, 0);
        let skin = skin(&mut stream, &ridges);
        let marks = marks(&mut stream, crease_px, half_width);
        Self { class, ridges, skin, marks, contact_half_px: (half_width, half_height), period_px }
    }

    /// Plane position of a point of the finger.
    pub(crate) fn plane_position(x: f32, y: f32) -> (f32, f32) {
        (CENTRE_X_PX + x, CENTRE_Y_PX - y)
    }

    /// Point of the finger at a plane position.
    pub(crate) fn finger_position(column: f32, row: f32) -> (f32, f32) {
        (column - CENTRE_X_PX, CENTRE_Y_PX - row)
    }
}

fn flow_map(field: &OrientationField, outline: (f32, f32), period_px: f32) -> FlowMap {
    let (width, height) = (MASTER_WIDTH_PX, MASTER_HEIGHT_PX);
    // The field is smooth but for the singular points, so every second pixel is worked out and its
    // neighbours share it.
    let mut orientation = vec![OUTSIDE; width * height];
    let mut period = vec![0; width * height];
    for row in (0..height).step_by(2) {
        for column in (0..width).step_by(2) {
            let (x, y) = Master::finger_position(column as f32 + 0.5, row as f32 + 0.5);
            if !inside_outline(x, y, outline) {
                continue;
            }
            let angle = FlowMap::orientation_slot(field.angle_rad(x, y));
            let slot = FlowMap::period_slot(period_px * field.period_factor(x, y));
            for at in [row * width + column, (row + 1) * width + column] {
                orientation[at..at + 2].fill(angle);
                period[at..at + 2].fill(slot);
            }
        }
    }
    FlowMap { width, height, orientation, period }
}

/// Round at the tip, straight sides towards the joint.
fn inside_outline(x: f32, y: f32, outline: (f32, f32)) -> bool {
    let u = x / outline.0;
    let v = y.max(0.0) / outline.1;
    u * u + v * v < 1.0
}

/// Roughness at two scales, and pores along the ridges.
fn skin(stream: &mut Stream, ridges: &Plane) -> Plane {
    let (width, height) = (ridges.width, ridges.height);
    let extent = (width as f32, height as f32);
    let fine = SmoothField::new(stream, (0.0, 0.0), extent, 3.1);
    let coarse = SmoothField::new(stream, (0.0, 0.0), extent, 7.0);
    let mut plane = Plane::new(width, height);
    for row in 0..height {
        for column in 0..width {
            let (x, y) = (column as f32, row as f32);
            plane.values[row * width + column] = 0.65 * fine.at(x, y) + 0.5 * coarse.at(x, y);
        }
    }
    let steps = |length: usize| (length as f32 / PORE_SPACING_PX) as usize;
    for row in 1..steps(height) - 1 {
        for column in 1..steps(width) - 1 {
            let x = (column as f32 + stream.unit()) * PORE_SPACING_PX;
            let y = (row as f32 + stream.unit()) * PORE_SPACING_PX;
            let depth = stream.between(0.5, 2.6);
            if ridges.bilinear(x, y) > 0.72 {
                stamp_pore(&mut plane, x, y, depth);
            }
        }
    }
    plane
}

fn stamp_pore(plane: &mut Plane, x: f32, y: f32, depth: f32) {
    for row in (y as usize).saturating_sub(2)..(y as usize + 4).min(plane.height) {
        for column in (x as usize).saturating_sub(2)..(x as usize + 4).min(plane.width) {
            let (dx, dy) = (column as f32 - x, row as f32 - y);
            plane.values[row * plane.width + column] -= depth * math::exp(-0.75 * (dx * dx + dy * dy));
        }
    }
}

/// The joint's crease, fine white lines, and now and then a scar.
fn marks(stream: &mut Stream, crease_px: f32, half_width: f32) -> Plane {
    let mut plane = Plane::new(MASTER_WIDTH_PX, MASTER_HEIGHT_PX);
    let sag = stream.between(-8.0, 14.0);
    let mut crease = Vec::new();
    for step in -30..=30 {
        let x = step as f32 / 30.0 * (half_width + 30.0);
        let bow = x / half_width;
        crease.push((x, -crease_px + sag * bow * bow + 2.0 * stream.normal()));
    }
    draw_line(&mut plane, &crease, stream.between(5.0, 8.0), 1.0);
    if stream.chance(0.6) {
        let offset = stream.between(14.0, 26.0);
        let second: Vec<_> = crease.iter().map(|&(x, y)| (x, y - offset)).collect();
        draw_line(&mut plane, &second, stream.between(1.5, 3.5), 0.9);
    }
    let lines = (stream.unit() * stream.unit() * 7.0) as u32;
    for _ in 0..lines {
        let half_thickness = stream.between(0.6, 1.5);
        let length = stream.between(30.0, 150.0);
        let line = wandering_line(stream, length, 0.05, 0.9);
        draw_line(&mut plane, &line, half_thickness, 0.85);
    }
    if stream.chance(0.06) {
        let half_thickness = stream.between(2.0, 3.5);
        let length = stream.between(70.0, 170.0);
        let line = wandering_line(stream, length, 0.03, 3.0);
        draw_line(&mut plane, &line, half_thickness, 1.0);
    }
    plane
}

/// A line of unit steps that starts somewhere on the fingertip and bends at random; `slope` bounds its
/// direction.
fn wandering_line(stream: &mut Stream, length: f32, bend: f32, slope: f32) -> Vec<(f32, f32)> {
    let mut angle = stream.between(-slope, slope).clamp(-1.5, 1.5);
    let (mut x, mut y) = (stream.between(-110.0, 80.0), stream.between(-190.0, 120.0));
    let mut line = Vec::new();
    for _ in 0..length as usize / 2 {
        line.push((x, y));
        angle += bend * stream.normal();
        x += 2.0 * math::cos(angle);
        y += 2.0 * math::sin(angle);
    }
    line
}

fn draw_line(plane: &mut Plane, line: &[(f32, f32)], half_thickness: f32, strength: f32) {
    let last = line.len().saturating_sub(1).max(1) as f32;
    for (k, pair) in line.windows(2).enumerate() {
        let &[from, to] = pair else { continue };
        // Lines taper at both ends.
        let taper = (8.0 * (k as f32 / last).min(1.0 - k as f32 / last)).clamp(0.15, 1.0);
        let radius = half_thickness * taper + 0.7;
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let steps = (dx * dx + dy * dy).sqrt().ceil().max(1.0);
        for step in 0..steps as usize {
            let part = step as f32 / steps;
            let (column, row) = Master::plane_position(from.0 + part * dx, from.1 + part * dy);
            stamp_disc(plane, column, row, radius, strength);
        }
    }
}

fn stamp_disc(plane: &mut Plane, column: f32, row: f32, radius: f32, strength: f32) {
    let reach = radius + 1.0;
    let range = |middle: f32, end: usize| {
        let low = (middle - reach).max(0.0) as usize;
        low.min(end)..((middle + reach + 1.0).max(0.0) as usize).min(end)
    };
    for r in range(row, plane.height) {
        for c in range(column, plane.width) {
            let (dx, dy) = (c as f32 - column, r as f32 - row);
            let distance = (dx * dx + dy * dy).sqrt();
            let value = strength * math::smooth_step(radius + 0.9, radius - 0.9, distance);
            let cell = &mut plane.values[r * plane.width + c];
            *cell = cell.max(value);
        }
    }
}
