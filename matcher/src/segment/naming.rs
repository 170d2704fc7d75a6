//! From fingertips to named boxes: positions by hand, never by guess, with everything doubtful said.

use super::blobs::Blob;
use super::columns::Tip;
use super::foreground::{Foreground, cell_mm};
use super::hand_model::{self, TipFacts};
use super::{Doubt, Segment, Segmentation, slant};
use crate::extract::plane::Mask;
use crate::parameters::{
    AXIS_ELONGATION_MIN, OWN_RIM_CELLS, PALE_RIM_CELLS, SEGMENT_CONTRAST_SHARE_MIN, SMALL_AREA_SHARE_MAX,
    STATED_SLANT_SHARE,
};
use crate::{Finger, Hand, Image};

/// Without the tips that a side of the picture cuts, if exactly the expected number is left: neighbours' prints on a
/// card, an arm beside the hand.
pub(super) fn without_rim(tips: Vec<Tip>, expected: usize, foreground: &Foreground) -> Vec<Tip> {
    let last = foreground.mask.width as f32 - 1.0;
    let whole = |tip: &Tip| tip.blob.cells.iter().all(|&(x, _)| x > 1.0 && x < last);
    if tips.iter().filter(|tip| whole(tip)).count() != expected {
        return tips;
    }
    tips.into_iter().filter(whole).collect()
}

/// What the hand model is told of each tip.
pub(super) fn facts(tips: &[Tip], foreground: &Foreground) -> Vec<TipFacts> {
    tips.iter()
        .map(|tip| {
            let blob = &tip.blob;
            let mm = cell_mm();
            // A short print has no clear axis of its own; upright is the safer guess.
            let axis = if blob.elongation > AXIS_ELONGATION_MIN { blob.turn } else { 0.0 };
            let [left, right, ..] = blob.extent(axis);
            TipFacts {
                x_mm: blob.x * mm,
                y_mm: blob.y * mm,
                width_mm: (right - left + 1.0) * mm,
                axis: blob.turn,
                axis_trust: axis_trust(blob.elongation),
                slant: slant::slant(&foreground.grey, blob, axis),
            }
        })
        .collect()
}

/// 0 for a round blob, whose axis says nothing, to 1.
fn axis_trust(elongation: f32) -> f32 {
    ((elongation - 1.05) / 0.25).clamp(0.0, 1.0)
}

/// Probability that these tips are the hand that was asked for and not its mirror image. Thumbs have no other hand.
pub(super) fn confidence_in(facts: &[TipFacts], hand: Hand, expected: &[Finger]) -> f32 {
    let other = match hand {
        Hand::RightFour => Hand::LeftFour,
        Hand::LeftFour => Hand::RightFour,
        Hand::Thumbs => return 1.0,
    };
    let absent = |of: Hand, there: &[Finger]| {
        of.fingers().iter().copied().filter(|finger| !there.contains(finger)).collect::<Vec<_>>()
    };
    let mirrored: Vec<Finger> = expected.iter().map(|finger| finger.mirrored()).collect();
    let asked = [(hand, absent(hand, expected)), (other, absent(other, &mirrored))];
    let softened: Vec<TipFacts> =
        facts.iter().map(|tip| TipFacts { slant: STATED_SLANT_SHARE * tip.slant, ..*tip }).collect();
    hand_model::name(&softened, &asked).map_or(1.0, |naming| {
        if naming.hand == hand { naming.hand_confidence } else { 1.0 - naming.hand_confidence }
    })
}

/// Boxes of the tips that have a name, from left to right, with what is doubtful about each.
pub(super) fn boxes(
    tips: &[Tip],
    names: &[(usize, Finger, f32)],
    turn: f32,
    foreground: &Foreground,
    image: &Image,
) -> Segmentation {
    let mut out = Segmentation::default();
    let mut areas: Vec<usize> = names.iter().map(|&(at, ..)| tips[at].blob.cells.len()).collect();
    areas.sort_unstable();
    let usual = areas.get(areas.len() / 2).copied().unwrap_or(1) as f32;
    let mut touched = false;
    for (index, &(at, finger, certainty)) in names.iter().enumerate() {
        let tip = &tips[at];
        let mut segment = boxed(tip, turn, finger, foreground, image);
        segment.confidence *= certainty;
        if touched || tip.touches_next {
            segment.confidence *= 0.7;
        }
        touched = tip.touches_next;
        if let (true, Some(&(_, right, _))) = (tip.touches_next, names.get(index + 1)) {
            out.doubt.push(Doubt::Touching { left: finger, right });
        }
        if (tip.blob.cells.len() as f32) < SMALL_AREA_SHARE_MAX * usual {
            segment.confidence *= 0.6;
            out.doubt.push(Doubt::Small { finger });
        }
        let edge = segment.left == 0 || segment.top == 0 || segment.right == image.width;
        if edge {
            segment.confidence *= 0.7;
            out.doubt.push(Doubt::CutOff { finger });
        }
        out.fingers.push(segment);
    }
    out
}

fn boxed(tip: &Tip, turn: f32, finger: Finger, foreground: &Foreground, image: &Image) -> Segment {
    let sharp: Vec<(f32, f32)> =
        tip.blob.cells.iter().copied().filter(|&(x, y)| foreground.sharp.at(x as i32, y as i32)).collect();
    let filled = sharp.len() as f32 / tip.blob.cells.len().max(1) as f32;
    let mut cells = if sharp.is_empty() { tip.blob.cells.clone() } else { sharp };
    cells.extend(pale_rim(&tip.blob, foreground));
    let cells = &cells;
    let start = [f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY];
    let [left, top, right, bottom] = cells.iter().fold(start, |b, &(x, y)| {
        [b[0].min(x - 0.5), b[1].min(y - 0.5), b[2].max(x + 0.5), b[3].max(y + 0.5)]
    });
    let px = foreground.cell_px;
    // The long axis tells the finger's own turn if there is a long axis.
    let trust = axis_trust(tip.blob.elongation);
    let own = tip.blob.turn - turn;
    let own = if own.abs() < 0.6 { own } else { 0.0 };
    let angle = turn + trust * own;
    Segment {
        finger,
        left: (left * px).max(0.0) as u32,
        top: (top * px).max(0.0) as u32,
        right: ((right * px).ceil() as u32).min(image.width),
        bottom: ((bottom * px).ceil() as u32).min(image.height),
        corners: corners(cells, angle, px),
        angle_deg: angle.to_degrees(),
        confidence: (0.5 + 0.6 * filled).min(1.0),
    }
}

/// Paler print around a blob that belongs to no other: a finger fades towards its rim. Followed further where it is
/// still as strong as a part of this finger, which a ghost is not.
fn pale_rim(blob: &Blob, foreground: &Foreground) -> Vec<(f32, f32)> {
    let contrast = |x: i32, y: i32| foreground.contrast.at(x, y);
    let mut own: Vec<f32> = blob.cells.iter().map(|&(x, y)| contrast(x as i32, y as i32)).collect();
    own.sort_by(f32::total_cmp);
    let usual = own.get(own.len() / 2).copied().unwrap_or(0.0);
    let mut seen = Mask::new(foreground.mask.width, foreground.mask.height);
    let mut rim = Vec::new();
    let mut edge: Vec<(i32, i32)> = blob.cells.iter().map(|&(x, y)| (x as i32, y as i32)).collect();
    for step in 0..OWN_RIM_CELLS {
        let mut next = Vec::new();
        for (x, y) in edge {
            for (column, row) in [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)] {
                let strong =
                    step < PALE_RIM_CELLS || contrast(column, row) >= SEGMENT_CONTRAST_SHARE_MIN * usual;
                let free = foreground.pale.at(column, row)
                    && strong
                    && !foreground.mask.at(column, row)
                    && !seen.at(column, row);
                if free {
                    seen.cells[row as usize * seen.width + column as usize] = true;
                    rim.push((column as f32 + 0.5, row as f32 + 0.5));
                    next.push((column, row));
                }
            }
        }
        edge = next;
    }
    rim
}

/// Corners of the smallest box that is turned with the finger, in pixels, clockwise from its top left.
fn corners(cells: &[(f32, f32)], angle: f32, px: f32) -> [(f32, f32); 4] {
    let (sin, cos) = angle.sin_cos();
    let start = [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::NEG_INFINITY];
    let half = 0.5;
    let [left, right, top, bottom] = cells.iter().fold(start, |e, &(x, y)| {
        let (across, along) = (x * cos + y * sin, y * cos - x * sin);
        [e[0].min(across - half), e[1].max(across + half), e[2].min(along - half), e[3].max(along + half)]
    });
    [(left, top), (right, top), (right, bottom), (left, bottom)]
        .map(|(across, along)| (px * (across * cos - along * sin), px * (across * sin + along * cos)))
}
