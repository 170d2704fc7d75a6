//! A finger that touches the edge of the palm, or a sleeve, at the lower rim of the picture: taken off at its neck.
//!
//! The part at the rim is thinned until something as large as a fingertip comes off that does not reach the rim; then
//! all parts grow back into the cells they came from, side by side, and so meet at the neck.

use super::blobs::Blob;
use super::foreground::cell_mm;
use crate::extract::plane::Mask;
use crate::parameters::{FINGERTIP_AREA_MM2_MIN, RIM_MM, RIM_NECK_MM_MAX};

/// The blobs with everything that reaches the lower rim parted at its necks; `None` if nothing comes off.
pub(super) fn parted(blobs: &[Blob], width: usize, height: usize) -> Option<Vec<Blob>> {
    let rim = height as f32 - RIM_MM / cell_mm();
    let mut out = Vec::with_capacity(blobs.len() + 1);
    let mut came_off = false;
    for blob in blobs {
        let at_rim = blob.cells.iter().any(|&(_, y)| y >= rim);
        let parts = if at_rim { taken_off(blob, width, height, rim) } else { Vec::new() };
        came_off |= !parts.is_empty();
        if parts.is_empty() {
            out.push(blob.clone());
        }
        for (cells, reaches_rim) in parts {
            let mut skin = blob.skin;
            skin.rim = reaches_rim;
            out.extend(Blob::of(cells, skin));
        }
    }
    came_off.then_some(out)
}

type Cells = Vec<(f32, f32)>;

/// The parts of a blob and whether each reaches the rim; empty if it stays in one piece.
fn taken_off(blob: &Blob, width: usize, height: usize, rim: f32) -> Vec<(Cells, bool)> {
    let area_min = (FINGERTIP_AREA_MM2_MIN / (cell_mm() * cell_mm())) as usize;
    let mut whole = Mask::new(width, height);
    for &(x, y) in &blob.cells {
        whole.cells[y as usize * width + x as usize] = true;
    }
    let mut thin = whole.clone();
    for _ in 0..(RIM_NECK_MM_MAX / 2.0 / cell_mm()).ceil() as usize {
        thin = thin.voted(9);
        let (labels, sizes) = thin.areas();
        let mut lowest = vec![0usize; sizes.len()];
        for (cell, &label) in labels.iter().enumerate() {
            lowest[label as usize] = lowest[label as usize].max(cell / width);
        }
        let off = |label: usize| sizes[label] >= area_min;
        // Thinning takes the rim row away first: a part is off when another, lower one is left beside it.
        let lowest_of_all = lowest.iter().skip(1).copied().max().unwrap_or(0);
        let parts: Vec<u32> = (1..sizes.len())
            .filter(|&label| sizes[label] >= area_min / 2)
            .map(|label| label as u32)
            .collect();
        let comes_off = (1..sizes.len()).any(|label| off(label) && lowest[label] < lowest_of_all);
        if comes_off && parts.len() > 1 {
            return grown_back(&whole, labels, &parts, rim);
        }
    }
    Vec::new()
}

/// Every part grows into the cells of the whole, one cell a step.
fn grown_back(whole: &Mask, mut labels: Vec<u32>, parts: &[u32], rim: f32) -> Vec<(Cells, bool)> {
    let (width, height) = (whole.width, whole.height);
    let kept = |label: u32| parts.contains(&label);
    let mut front: Vec<usize> = (0..labels.len()).filter(|&cell| kept(labels[cell])).collect();
    for label in labels.iter_mut().filter(|label| !kept(**label)) {
        *label = 0;
    }
    while !front.is_empty() {
        let mut next = Vec::new();
        for cell in front {
            let (x, y) = (cell % width, cell / width);
            let beside = [
                (x > 0).then(|| cell - 1),
                (x + 1 < width).then_some(cell + 1),
                (y > 0).then(|| cell - width),
                (y + 1 < height).then_some(cell + width),
            ];
            for other in beside.into_iter().flatten() {
                if whole.cells[other] && labels[other] == 0 {
                    labels[other] = labels[cell];
                    next.push(other);
                }
            }
        }
        front = next;
    }
    let cells_of = |part: u32| {
        let cells: Cells = (0..labels.len())
            .filter(|&cell| labels[cell] == part)
            .map(|cell| ((cell % width) as f32 + 0.5, (cell / width) as f32 + 0.5))
            .collect();
        let reaches_rim = cells.iter().any(|&(_, y)| y >= rim);
        (cells, reaches_rim)
    };
    parts.iter().map(|&part| cells_of(part)).collect()
}
