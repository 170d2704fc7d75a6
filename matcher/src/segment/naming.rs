//! From fingertips to named boxes: positions by hand, never by guess, with everything doubtful said.

use super::columns::Tip;
use super::foreground::Foreground;
use super::{Doubt, Segment, Segmentation};
use crate::parameters::SMALL_AREA_SHARE_MAX;
use crate::{Finger, Image};

pub(super) fn named(
    tips: &[Tip],
    turn: f32,
    expected: &[Finger],
    other_hand: bool,
    foreground: &Foreground,
    image: &Image,
) -> Segmentation {
    let (expected_count, found) = (expected.len(), tips.len());
    if found != expected_count {
        let doubt = if found < expected_count {
            Doubt::FewerFingers { expected: expected_count, found }
        } else {
            Doubt::MoreFingers { expected: expected_count, found }
        };
        return Segmentation { fingers: Vec::new(), doubt: vec![doubt] };
    }
    let mut out = Segmentation::default();
    if other_hand {
        out.doubt.push(Doubt::LooksLikeOtherHand);
    }
    let mut areas: Vec<usize> = tips.iter().map(|tip| tip.blob.cells.len()).collect();
    areas.sort_unstable();
    let usual = areas.get(areas.len() / 2).copied().unwrap_or(1) as f32;
    let mut touched = false;
    for (index, (tip, &finger)) in tips.iter().zip(expected).enumerate() {
        let mut segment = boxed(tip, turn, finger, foreground, image);
        if other_hand {
            segment.confidence *= 0.5;
        }
        if touched || tip.touches_next {
            segment.confidence *= 0.7;
        }
        touched = tip.touches_next;
        if let (true, Some(&right)) = (tip.touches_next, expected.get(index + 1)) {
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
    let cells = if sharp.is_empty() { &tip.blob.cells } else { &sharp };
    let start = [f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY];
    let [left, top, right, bottom] = cells.iter().fold(start, |b, &(x, y)| {
        [b[0].min(x - 0.5), b[1].min(y - 0.5), b[2].max(x + 0.5), b[3].max(y + 0.5)]
    });
    let px = foreground.cell_px;
    // The long axis tells the finger's own turn if there is a long axis.
    let trust = ((tip.blob.elongation - 1.05) / 0.25).clamp(0.0, 1.0);
    let own = tip.blob.turn - turn;
    let own = if own.abs() < 0.6 { own } else { 0.0 };
    let filled = sharp.len() as f32 / tip.blob.cells.len().max(1) as f32;
    Segment {
        finger,
        left: (left * px).max(0.0) as u32,
        top: (top * px).max(0.0) as u32,
        right: ((right * px).ceil() as u32).min(image.width),
        bottom: ((bottom * px).ceil() as u32).min(image.height),
        angle_deg: (turn + trust * own).to_degrees(),
        confidence: (0.5 + 0.6 * filled).min(1.0),
    }
}
