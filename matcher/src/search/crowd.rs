//! Made-up templates in any number, for tests of scale.
//!
//! Two prints are laid over each other, turned, shifted, perhaps mirrored, cut along a line, and the two sides put
//! together; minutiae are moved a little and some left out. What comes out looks like a print to a matcher and is
//! nobody's. It says nothing about accuracy on skin: crowds are for counting, timing and filling galleries.

use crate::template::{Minutia, NO_ORIENTATION};
use crate::{MinutiaType, Template};

/// Member `number` of the crowd made of `masters`; the same number gives the same template. Without masters there
/// is no crowd.
#[must_use]
pub fn crowd_member(masters: &[Template], number: u64) -> Option<Template> {
    let mut chance = Chance(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed);
    let pick = |chance: &mut Chance| masters.get(chance.below(masters.len() as u64) as usize);
    let sides = [Laid::new(pick(&mut chance)?, &mut chance), Laid::new(pick(&mut chance)?, &mut chance)];
    let cut = chance.unit() * core::f32::consts::TAU;
    let (sin, cos) = cut.sin_cos();
    let offset = (chance.unit() - 0.5) * 80.0;
    let side_of = |x: f32, y: f32| usize::from((x - MIDDLE) * cos + (y - MIDDLE) * sin > offset);
    let mut grid = vec![NO_ORIENTATION; CELLS * CELLS];
    for (index, value) in grid.iter_mut().enumerate() {
        let x = ((index % CELLS) as f32 + 0.5) * CELL;
        let y = ((index / CELLS) as f32 + 0.5) * CELL;
        if let Some(orientation) = sides[side_of(x, y)].orientation(x, y) {
            *value = orientation;
        }
    }
    let mut minutiae = Vec::new();
    for (side, laid) in sides.iter().enumerate() {
        for minutia in &laid.template.minutiae {
            let (x, y) = laid.forward(f32::from(minutia.x), f32::from(minutia.y));
            let (x, y) = (x + 4.0 * (chance.unit() - 0.5), y + 4.0 * (chance.unit() - 0.5));
            let left_out = chance.unit() < LEFT_OUT;
            let inside = (0.0..SIDE).contains(&x) && (0.0..SIDE).contains(&y);
            if inside && !left_out && side_of(x, y) == side {
                minutiae.push(Minutia {
                    x: x as u16,
                    y: y as u16,
                    direction: laid.turned(minutia.direction),
                    kind: if chance.unit() < 0.5 { MinutiaType::Ending } else { MinutiaType::Bifurcation },
                    quality: minutia.quality,
                });
            }
        }
    }
    minutiae.sort_by_key(|minutia| core::cmp::Reverse(minutia.quality));
    minutiae.truncate(crate::limits::MINUTIAE_MAX);
    Some(Template {
        width: SIDE as u16,
        height: SIDE as u16,
        ridge_period_tenths: 90,
        cell: CELL as u8,
        columns: CELLS as u8,
        rows: CELLS as u8,
        grid,
        minutiae,
    })
}

/// A print laid on the new one.
struct Laid<'a> {
    template: &'a Template,
    mirrored: bool,
    turn: u8,
    cos: f32,
    sin: f32,
    dx: f32,
    dy: f32,
}

impl<'a> Laid<'a> {
    fn new(template: &'a Template, chance: &mut Chance) -> Self {
        let mirrored = chance.unit() < 0.5;
        // Up to 35 degrees either way.
        let turn = ((chance.unit() - 0.5) * 50.0).round() as i32 as u8;
        let (sin, cos) = (f32::from(turn) * (core::f32::consts::TAU / 256.0)).sin_cos();
        let (dx, dy) = (60.0 * (chance.unit() - 0.5), 60.0 * (chance.unit() - 0.5));
        Self { template, mirrored, turn, cos, sin, dx, dy }
    }

    fn middle(&self) -> (f32, f32) {
        (f32::from(self.template.width) / 2.0, f32::from(self.template.height) / 2.0)
    }

    fn forward(&self, x: f32, y: f32) -> (f32, f32) {
        let (mx, my) = self.middle();
        let (x, y) = (if self.mirrored { mx - x } else { x - mx }, y - my);
        (self.cos * x - self.sin * y + MIDDLE + self.dx, self.sin * x + self.cos * y + MIDDLE + self.dy)
    }

    fn turned(&self, direction: u8) -> u8 {
        let direction = if self.mirrored { 128u8.wrapping_sub(direction) } else { direction };
        direction.wrapping_add(self.turn)
    }

    fn orientation(&self, x: f32, y: f32) -> Option<u8> {
        let (x, y) = (x - MIDDLE - self.dx, y - MIDDLE - self.dy);
        let (x, y) = (self.cos * x + self.sin * y, self.cos * y - self.sin * x);
        let (mx, my) = self.middle();
        let (x, y) = (if self.mirrored { mx - x } else { mx + x }, my + y);
        let cell = f32::from(self.template.cell.max(1));
        let (column, row) = ((x / cell).floor(), (y / cell).floor());
        let (columns, rows) = (f32::from(self.template.columns), f32::from(self.template.rows));
        if column < 0.0 || row < 0.0 || column >= columns || row >= rows {
            return None;
        }
        let index = row as usize * usize::from(self.template.columns) + column as usize;
        let found = self.template.grid.get(index).copied().filter(|&found| found != NO_ORIENTATION)?;
        Some(self.turned(found) & 127)
    }
}

/// A small generator (SplitMix64): a crowd needs speed and repeatability, nothing else.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// From 0 up to but not including 1.
    fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next() % bound }
    }
}

const SIDE: f32 = 400.0;
const MIDDLE: f32 = SIDE / 2.0;
const CELL: f32 = 16.0;
const CELLS: usize = 25;
/// Share of the minutiae that are left out.
const LEFT_OUT: f32 = 0.15;
