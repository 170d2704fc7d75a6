//! The minutiae of a master, for the ground truth: ridges thinned to lines, ends and forks read off by
//! crossing number.
//!
//! Only used when the truth is asked for. This is no extractor: it sees the clean skin, never a picture of
//! it.

use super::grow::Plane;
use super::impression::View;
use super::master::{Master, NO_SKIN};
use super::math;
use crate::MinutiaType;

/// A minutia of the skin, in finger coordinates (y up).
#[derive(Debug, Clone, Copy)]
pub(crate) struct SkinMinutia {
    x: f32,
    y: f32,
    /// A point a few pixels along the ridge (an end) or along the stem's opposite, the valley between the
    /// arms (a fork).
    towards: (f32, f32),
    kind: MinutiaType,
}

/// A minutia as it lies in one picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrueMinutia {
    /// Column, pixels from the left.
    pub x: f32,
    /// Row, pixels from the top.
    pub y: f32,
    /// Degrees clockwise from the x axis, 0 to 360: from an ending along its ridge, from a bifurcation
    /// between its arms.
    pub angle_deg: f32,
    /// Ending or bifurcation.
    pub kind: MinutiaType,
}

/// Pixels a line is followed to find its direction, and the shortest line that counts.
const FOLLOW_PX: usize = 9;

/// All minutiae of a master.
pub(crate) fn of_master(master: &Master) -> Vec<SkinMinutia> {
    let lines = Bitmap::thinned(&master.ridges);
    let mut found = Vec::new();
    for row in 12..lines.height.saturating_sub(12) {
        for column in 12..lines.width.saturating_sub(12) {
            if !lines.set(column, row) || near_outside(&master.ridges, column, row) {
                continue;
            }
            let neighbours = lines.starts(column, row);
            let ends: Vec<_> =
                neighbours.iter().filter_map(|&start| lines.follow((column, row), start)).collect();
            let (towards, kind) = match (neighbours.len(), ends.as_slice()) {
                (1, &[end]) => (end, MinutiaType::Ending),
                (3, &[a, b, c]) => (opposite_of_stem((column, row), [a, b, c]), MinutiaType::Bifurcation),
                _ => continue,
            };
            let (x, y) = Master::finger_position(column as f32, row as f32);
            let towards = Master::finger_position(towards.0, towards.1);
            found.push(SkinMinutia { x, y, towards, kind });
        }
    }
    without_close_pairs(found)
}

/// Those minutiae that the view shows, where it shows them.
pub(crate) fn on_window(minutiae: &[SkinMinutia], view: &View<'_>) -> Vec<TrueMinutia> {
    let mut shown = Vec::new();
    for minutia in minutiae {
        let Some((x, y)) = view.visible_position(minutia.x, minutia.y) else { continue };
        let (tx, ty) = view.window_position(minutia.towards.0, minutia.towards.1);
        let angle_deg = math::atan2(ty - y, tx - x).to_degrees();
        let angle_deg = if angle_deg < 0.0 { angle_deg + 360.0 } else { angle_deg };
        shown.push(TrueMinutia { x, y, angle_deg, kind: minutia.kind });
    }
    shown
}

/// Of three arms the stem is the one farthest from the other two; the direction is away from it.
fn opposite_of_stem(at: (usize, usize), arms: [(f32, f32); 3]) -> (f32, f32) {
    let (x, y) = (at.0 as f32, at.1 as f32);
    let unit = arms.map(|(ax, ay)| {
        let length = ((ax - x) * (ax - x) + (ay - y) * (ay - y)).sqrt().max(1e-3);
        ((ax - x) / length, (ay - y) / length)
    });
    let dot = |a: (f32, f32), b: (f32, f32)| a.0 * b.0 + a.1 * b.1;
    let closeness = [0, 1, 2].map(|k| dot(unit[k], unit[(k + 1) % 3]) + dot(unit[k], unit[(k + 2) % 3]));
    let mut stem = 0;
    for k in 1..3 {
        if closeness[k] < closeness[stem] {
            stem = k;
        }
    }
    (x - FOLLOW_PX as f32 * unit[stem].0, y - FOLLOW_PX as f32 * unit[stem].1)
}

fn near_outside(ridges: &Plane, column: usize, row: usize) -> bool {
    let reach = 10;
    [(0, reach), (reach, 0), (2 * reach, reach), (reach, 2 * reach)].iter().any(|&(dc, dr)| {
        let at = (row + dr - reach) * ridges.width + column + dc - reach;
        ridges.values[at] <= NO_SKIN
    })
}

fn without_close_pairs(found: Vec<SkinMinutia>) -> Vec<SkinMinutia> {
    let close =
        |a: &SkinMinutia, b: &SkinMinutia| (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) < 36.0;
    let lonely = |k: usize, a: &SkinMinutia| !found.iter().enumerate().any(|(j, b)| j != k && close(a, b));
    found.iter().enumerate().filter(|&(k, a)| lonely(k, a)).map(|(_, a)| *a).collect()
}

/// A black-and-white plane with a white border.
struct Bitmap {
    width: usize,
    height: usize,
    bits: Vec<bool>,
}

/// The eight neighbours in circular order, starting above.
const AROUND: [(isize, isize); 8] = [(0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1)];

impl Bitmap {
    /// Ridges thinned to one pixel (Zhang and Suen 1984).
    fn thinned(plane: &Plane) -> Self {
        let mut map = Self {
            width: plane.width,
            height: plane.height,
            bits: plane.values.iter().map(|&value| value > 0.0).collect(),
        };
        for column in 0..map.width {
            map.bits[column] = false;
            map.bits[(map.height - 1) * map.width + column] = false;
        }
        for row in 0..map.height {
            map.bits[row * map.width] = false;
            map.bits[(row + 1) * map.width - 1] = false;
        }
        // A ridge is at most a dozen pixels wide, so this bound is never the reason to stop.
        for _ in 0..40 {
            if map.thin_once(false) + map.thin_once(true) == 0 {
                break;
            }
        }
        map
    }

    fn set(&self, column: usize, row: usize) -> bool {
        self.bits[row * self.width + column]
    }

    fn ring(&self, column: usize, row: usize) -> [bool; 8] {
        AROUND.map(|(dx, dy)| self.set(column.wrapping_add_signed(dx), row.wrapping_add_signed(dy)))
    }

    fn thin_once(&mut self, second: bool) -> usize {
        let mut gone = Vec::new();
        for row in 1..self.height - 1 {
            for column in 1..self.width - 1 {
                if !self.set(column, row) {
                    continue;
                }
                let n = self.ring(column, row);
                let count = n.iter().filter(|&&bit| bit).count();
                let rises = (0..8).filter(|&k| !n[k] && n[(k + 1) % 8]).count();
                let open = if second {
                    !(n[0] && n[6] && (n[2] || n[4]))
                } else {
                    !(n[2] && n[4] && (n[0] || n[6]))
                };
                if (2..=6).contains(&count) && rises == 1 && open {
                    gone.push(row * self.width + column);
                }
            }
        }
        for &at in &gone {
            self.bits[at] = false;
        }
        gone.len()
    }

    /// First pixels of the lines that leave a pixel.
    fn starts(&self, column: usize, row: usize) -> Vec<(usize, usize)> {
        let n = self.ring(column, row);
        let mut starts = Vec::new();
        for k in 0..8 {
            if n[k] && !n[(k + 7) % 8] {
                // Of a run of set neighbours the straight one carries the line.
                let k = if k % 2 == 1 && n[(k + 1) % 8] { (k + 1) % 8 } else { k };
                starts.push((column.wrapping_add_signed(AROUND[k].0), row.wrapping_add_signed(AROUND[k].1)));
            }
        }
        starts
    }

    /// Follows a line away from `from`; none when it ends before it has a direction.
    fn follow(&self, from: (usize, usize), start: (usize, usize)) -> Option<(f32, f32)> {
        let (mut before, mut at) = (from, start);
        for _ in 0..FOLLOW_PX {
            let inside = (1..self.width - 1).contains(&at.0) && (1..self.height - 1).contains(&at.1);
            if !inside {
                return None;
            }
            let away = |p: (usize, usize)| p.0.abs_diff(before.0).max(p.1.abs_diff(before.1));
            let next =
                self.starts(at.0, at.1).into_iter().filter(|&p| p != before).max_by_key(|&p| away(p))?;
            if away(next) < 2 && next != before {
                // Turned back onto the start: too short a line to have a direction.
                if next == from {
                    return None;
                }
            }
            before = at;
            at = next;
        }
        Some((at.0 as f32, at.1 as f32))
    }
}
