//! From blobs to fingertips: the turn of the hand, one column per finger, the topmost part of each column.

use super::blobs::Blob;
use super::foreground::cell_mm;
use crate::Hand;
use crate::parameters::{
    BLOB_FLOW_MIN, BLOB_RIDGED_MIN, FINGERTIP_AREA_MM2_MIN, FINGERTIP_FILL_MIN, FINGERTIP_LENGTH_WIDTHS_MAX,
    FINGERTIP_WIDTH_MM_MAX, FINGERTIP_WIDTH_MM_MIN, HAND_AXES_AGREE_DEG_MAX, HAND_CONTRADICTION_DEG_MIN,
    HAND_LINE_DEG, HAND_TURN_DEG_MAX, TOUCHING_WIDTHS_MIN,
};

/// One fingertip.
pub(super) struct Tip {
    pub(super) blob: Blob,
    /// Touches its right neighbour; the border between them is a guess.
    pub(super) touches_next: bool,
}

/// Whether a blob can be a fingertip at all: large, wide and compact enough.
fn plausible(blob: &Blob) -> bool {
    let mm = cell_mm();
    let area = blob.cells.len() as f32;
    let [left, right, top, bottom] = blob.extent(blob.turn);
    let (width, length) = (right - left + 1.0, bottom - top + 1.0);
    large(blob)
        && width.min(length) * mm >= FINGERTIP_WIDTH_MM_MIN
        && area / (width * length) >= FINGERTIP_FILL_MIN
}

fn large(blob: &Blob) -> bool {
    blob.cells.len() as f32 * cell_mm() * cell_mm() >= FINGERTIP_AREA_MM2_MIN
        && blob.skin.ridged >= BLOB_RIDGED_MIN
        && blob.skin.flow >= BLOB_FLOW_MIN
        && !blob.skin.rim
}

/// The turn of a hand, clockwise, in radians, by two witnesses.
#[derive(Clone, Copy)]
pub(super) struct HandTurn {
    /// Mean of the long axes of the fingers, long blobs counting more.
    pub(super) by_axes: f32,
    /// From the line through the outer fingers, if the whole hand is seen and is the one that was asked for.
    pub(super) by_line: Option<f32>,
    /// Whether every finger is clearly long and they agree on where up is.
    agreed: bool,
}

impl HandTurn {
    pub(super) fn of(blobs: &[Blob], expected: usize, hand: Hand) -> Self {
        let whole: Vec<&Blob> = blobs.iter().filter(|blob| plausible(blob)).collect();
        let (mut sin, mut cos) = (0.0, 0.05);
        for blob in &whole {
            let weight = (blob.elongation - 1.0).clamp(0.0, 1.5) * (blob.cells.len() as f32).sqrt();
            sin += weight * (2.0 * blob.turn).sin();
            cos += weight * (2.0 * blob.turn).cos();
        }
        let bound = HAND_TURN_DEG_MAX.to_radians();
        let by_axes = (0.5 * f32::atan2(sin, cos)).clamp(-bound, bound);
        let four = expected == 4 && whole.len() == 4;
        let clear = |blob: &&Blob| {
            blob.elongation > 1.15 && (blob.turn - by_axes).abs() < HAND_AXES_AGREE_DEG_MAX.to_radians()
        };
        let agreed = whole.iter().all(clear);
        Self { by_axes, by_line: four.then(|| line(&whole, hand)).flatten(), agreed }
    }

    /// Both witnesses together, unless they contradict each other.
    pub(super) fn fused(&self) -> f32 {
        match self.by_line {
            Some(line) if !self.contradict() => 0.5 * (self.by_axes + line),
            _ => self.by_axes,
        }
    }

    /// Whether the axes say something quite different from the line.
    pub(super) fn contradict(&self) -> bool {
        self.agreed
            && self
                .by_line
                .is_some_and(|line| (self.by_axes - line).abs() > HAND_CONTRADICTION_DEG_MIN.to_radians())
    }

    /// What to try, most likely first.
    pub(super) fn candidates(&self) -> [f32; 4] {
        [self.fused(), self.by_axes, self.by_line.unwrap_or(0.0), 0.0]
    }
}

/// The line through the two outermost of four blobs, less its usual slope: the little finger lies lower.
fn line(whole: &[&Blob], hand: Hand) -> Option<f32> {
    let left = whole.iter().min_by(|a, b| a.x.total_cmp(&b.x))?;
    let right = whole.iter().max_by(|a, b| a.x.total_cmp(&b.x))?;
    let usual = HAND_LINE_DEG.to_radians() * if hand == Hand::LeftFour { -1.0 } else { 1.0 };
    Some((right.y - left.y).atan2(right.x - left.x) - usual)
}

/// The fingertips from left to right across a hand that is turned by `turn`.
pub(super) fn fingertips(blobs: &[Blob], turn: f32, expected: usize) -> Vec<Tip> {
    // Two fingers that touch fill their common box badly; what is cut out of them is looked at again below.
    let whole: Vec<&Blob> = blobs.iter().filter(|blob| large(blob)).collect();
    let usual = usual_width(&whole, turn);
    let mut tips: Vec<Tip> = Vec::new();
    let spare = expected.saturating_sub(whole.len());
    for blob in whole {
        let [left, right, ..] = blob.extent(turn);
        let width = right - left;
        let wide = width > TOUCHING_WIDTHS_MIN * usual || width * cell_mm() > FINGERTIP_WIDTH_MM_MAX;
        let parts =
            if wide && spare > 0 { ((width / usual).round() as usize).clamp(2, spare + 1) } else { 1 };
        tips.extend(split(blob, turn, parts));
    }
    tips.retain_mut(|tip| shorten(tip, turn));
    let (sin, cos) = turn.sin_cos();
    let across = |tip: &Tip| tip.blob.x * cos + tip.blob.y * sin;
    let top = |tip: &Tip| tip.blob.extent(turn)[2];
    tips.sort_by(|a, b| top(a).total_cmp(&top(b)));
    let overlap_max = if tips.len() > expected { 0.45 } else { 0.8 };
    let mut kept: Vec<Tip> = Vec::new();
    for tip in tips {
        let [left, right, ..] = tip.blob.extent(turn);
        let below = kept.iter().any(|known| {
            let [l, r, ..] = known.blob.extent(turn);
            let overlap = right.min(r) - left.max(l);
            overlap > overlap_max * (right - left).min(r - l)
        });
        if !below {
            kept.push(tip);
        }
    }
    kept.sort_by(|a, b| across(a).total_cmp(&across(b)));
    kept
}

/// Median width across the hand; of two blobs the narrower.
fn usual_width(blobs: &[&Blob], turn: f32) -> f32 {
    let mut widths: Vec<f32> = blobs
        .iter()
        .map(|blob| {
            let [left, right, ..] = blob.extent(turn);
            right - left
        })
        .collect();
    widths.sort_by(f32::total_cmp);
    let middle = widths.get(widths.len().saturating_sub(1) / 2).copied().unwrap_or(1.0);
    middle.clamp(8.0 / cell_mm(), 20.0 / cell_mm())
}

/// Cuts a blob into columns where it is thinnest.
fn split(blob: &Blob, turn: f32, parts: usize) -> Vec<Tip> {
    let (sin, cos) = turn.sin_cos();
    let across = |&(x, y): &(f32, f32)| x * cos + y * sin;
    let [left, right, ..] = blob.extent(turn);
    let mut profile = vec![0.0f32; (right - left) as usize + 2];
    for cell in &blob.cells {
        profile[(across(cell) - left) as usize] += 1.0;
    }
    let step = (right - left) / parts as f32;
    let mut borders = vec![left];
    for part in 1..parts {
        let (from, to) = (step * (part as f32 - 0.35), step * (part as f32 + 0.35));
        let thinnest = (from as usize..(to as usize + 1).min(profile.len()))
            .min_by(|&a, &b| profile[a].total_cmp(&profile[b]))
            .unwrap_or((step * part as f32) as usize);
        borders.push(left + thinnest as f32);
    }
    borders.push(right + 1.0);
    let cut = borders.windows(2).map(|border| {
        blob.cells
            .iter()
            .copied()
            .filter(|cell| (border[0]..border[1]).contains(&across(cell)))
            .collect::<Vec<_>>()
    });
    let mut tips: Vec<Tip> = cut
        .filter_map(|cells| Blob::of(cells, blob.skin))
        .map(|blob| Tip { blob, touches_next: true })
        .collect();
    if let Some(last) = tips.last_mut() {
        last.touches_next = false;
    }
    tips
}

/// Keeps the first phalanx; false if too little is left.
fn shorten(tip: &mut Tip, turn: f32) -> bool {
    let (sin, cos) = turn.sin_cos();
    let [left, right, top, bottom] = tip.blob.extent(turn);
    let length_max = FINGERTIP_LENGTH_WIDTHS_MAX * (right - left + 1.0);
    if bottom - top > length_max {
        let cells =
            tip.blob.cells.iter().copied().filter(|&(x, y)| y * cos - x * sin <= top + length_max).collect();
        match Blob::of(cells, tip.blob.skin) {
            Some(blob) => tip.blob = blob,
            None => return false,
        }
    }
    plausible(&tip.blob)
}
