//! Reads what the YuNet network says: from its twelve output tensors to faces.
//!
//! Three grids with cells of 8, 16 and 32 pixels. Each cell has a class and an object score, a box and five points,
//! all relative to the cell. Overlapping boxes of one face are reduced to the surest. Own decoder, because OpenCV 4.6
//! runs this network but its ready-made detector class does not know it.
//! Pure: numbers in, faces out. Values that are not finite are passed over.

use super::Face;
use crate::limits;
use crate::parameters::{YUNET_OVERLAP_MAX, YUNET_SCORE_MIN};

/// Cell sizes.
const STRIDES: [u32; 3] = [8, 16, 32];
/// Sides of the input have to be multiples of this.
pub(super) const STRIDE_MAX: u32 = 32;

/// The outputs in the order that [`decode`] wants: scores of class, scores of object, boxes, points; each for every
/// cell size.
pub(super) fn output_names() -> Vec<String> {
    let kinds = ["cls", "obj", "bbox", "kps"];
    kinds.iter().flat_map(|kind| STRIDES.iter().map(move |stride| format!("{kind}_{stride}"))).collect()
}

/// Faces on an input of this size, surest first.
pub(super) fn decode(outputs: &[Vec<f32>], width: u32, height: u32) -> Vec<Face> {
    let mut faces = Vec::new();
    for (level, stride) in STRIDES.iter().enumerate() {
        let output = |kind: usize| outputs.get(kind * STRIDES.len() + level).map_or(&[][..], Vec::as_slice);
        let columns = width / stride;
        let (classes, objects) = (output(0), output(1));
        for (cell, (class, object)) in classes.iter().zip(objects).enumerate() {
            let score = (class.clamp(0.0, 1.0) * object.clamp(0.0, 1.0)).sqrt();
            if !score.is_finite() || score < YUNET_SCORE_MIN || cell as u32 >= columns * (height / stride) {
                continue;
            }
            let place = (cell as u32 % columns.max(1), cell as u32 / columns.max(1));
            let numbers = (output(2).get(cell * 4..cell * 4 + 4), output(3).get(cell * 10..cell * 10 + 10));
            if let (Some(shape), Some(points)) = numbers {
                faces.extend(face(place, *stride as f32, score, shape, points));
            }
        }
    }
    faces.sort_by(|a, b| b.score.total_cmp(&a.score));
    faces.truncate(limits::FACE_CANDIDATES_MAX);
    surest(&faces)
}

fn face(place: (u32, u32), stride: f32, score: f32, shape: &[f32], points: &[f32]) -> Option<Face> {
    let (column, row) = (place.0 as f32, place.1 as f32);
    let [dx, dy, log_width, log_height] = shape else { return None };
    let (width, height) = (log_width.exp() * stride, log_height.exp() * stride);
    let (x, y) = ((column + dx) * stride, (row + dy) * stride);
    let mut at = [(0.0, 0.0); 5];
    for (point, pair) in at.iter_mut().zip(points.chunks_exact(2)) {
        let [px, py] = pair else { return None };
        *point = ((column + px) * stride, (row + py) * stride);
    }
    let all_finite =
        [width, height, x, y].iter().chain(at.iter().flat_map(|(x, y)| [x, y])).all(|n| n.is_finite());
    all_finite.then_some(Face {
        left: x - width / 2.0,
        top: y - height / 2.0,
        width,
        height,
        score,
        points: Some(at),
    })
}

/// Of boxes that overlap, the one that comes first.
fn surest(faces: &[Face]) -> Vec<Face> {
    let mut kept: Vec<Face> = Vec::new();
    for face in faces {
        if kept.iter().all(|other| overlap(face, other) <= YUNET_OVERLAP_MAX) {
            kept.push(*face);
        }
    }
    kept
}

/// Shared area divided by the area of both together.
fn overlap(a: &Face, b: &Face) -> f32 {
    let across = (a.left + a.width).min(b.left + b.width) - a.left.max(b.left);
    let down = (a.top + a.height).min(b.top + b.height) - a.top.max(b.top);
    let shared = across.max(0.0) * down.max(0.0);
    let together = a.area() + b.area() - shared;
    if together > 0.0 { shared / together } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Outputs of a 64 x 64 input with nothing on it.
    fn nothing() -> Vec<Vec<f32>> {
        let cells = STRIDES.map(|stride| ((64 / stride) * (64 / stride)) as usize);
        [1, 1, 4, 10].iter().flat_map(|numbers| cells.map(|cells| vec![0.0; cells * numbers])).collect()
    }

    fn put(outputs: &mut [Vec<f32>], level: usize, cell: usize, score: f32, shape: [f32; 4]) {
        outputs[level][cell] = score;
        outputs[3 + level][cell] = score;
        outputs[6 + level][cell * 4..cell * 4 + 4].copy_from_slice(&shape);
        outputs[9 + level][cell * 10] = 0.25;
    }

    #[test]
    fn a_cell_becomes_a_box_and_points_in_pixels() {
        let mut outputs = nothing();
        // Cell size 16, third column of the second row: 4 columns per row.
        put(&mut outputs, 1, 6, 0.81, [0.5, 0.5, 2.0_f32.ln(), 1.0_f32.ln()]);
        let faces = decode(&outputs, 64, 64);
        assert_eq!(faces.len(), 1);
        let face = faces[0];
        assert!((face.score - 0.81).abs() < 1e-6);
        assert!((face.width - 32.0).abs() < 1e-4 && (face.height - 16.0).abs() < 1e-4);
        assert!(
            (face.left - (2.5 * 16.0 - 16.0)).abs() < 1e-4 && (face.top - (1.5 * 16.0 - 8.0)).abs() < 1e-4
        );
        let first = face.points.expect("points")[0];
        assert!((first.0 - 2.25 * 16.0).abs() < 1e-4 && (first.1 - 16.0).abs() < 1e-4);
    }

    #[test]
    fn overlapping_boxes_are_one_face_and_distant_ones_are_two() {
        let mut outputs = nothing();
        let shape = [0.0, 0.0, 2.5_f32.ln(), 2.5_f32.ln()];
        put(&mut outputs, 0, 9, 0.7, shape);
        put(&mut outputs, 0, 10, 0.9, shape);
        put(&mut outputs, 0, 54, 0.8, shape);
        let scores: Vec<f32> = decode(&outputs, 64, 64).iter().map(|face| face.score).collect();
        assert_eq!(scores.len(), 2);
        assert!(scores[0] > 0.89 && scores[1] < 0.81);
    }

    #[test]
    fn weak_and_senseless_cells_are_passed_over() {
        let mut outputs = nothing();
        put(&mut outputs, 2, 0, 0.3, [0.0; 4]);
        put(&mut outputs, 2, 1, 0.9, [f32::NAN, 0.0, 0.0, 0.0]);
        put(&mut outputs, 2, 2, f32::NAN, [0.0; 4]);
        put(&mut outputs, 2, 3, 0.9, [0.0, 0.0, 400.0, 0.0]);
        assert_eq!(decode(&outputs, 64, 64), []);
    }

    proptest! {
        #[test]
        fn no_output_makes_it_panic(
            outputs in proptest::collection::vec(proptest::collection::vec(proptest::num::f32::ANY, 0..90), 0..14),
            width in 0_u32..200,
            height in 0_u32..200,
        ) {
            prop_assert!(decode(&outputs, width, height).len() <= limits::FACE_CANDIDATES_MAX);
        }
    }
}
