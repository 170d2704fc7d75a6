//! Where the face is on the picture, and what to say about it.
//!
//! Measures are in eye distances. Where the detector tells the eyes they are used; a cascade tells only a square, and
//! the eyes are taken to be where they usually are in it. Pure: numbers in, findings out.

use super::Face;
use crate::live::Hint;
use crate::parameters::{
    CASCADE_EYE_DISTANCE_SHARE, CASCADE_EYE_LINE_SHARE, CENTRE_OFF_SHARE_MAX, CHIN_EYE_DISTANCES,
    CROP_ASPECT, CROP_EYE_DISTANCE_SHARE, CROP_EYE_LINE_SHARE, CROWN_EYE_DISTANCES, EYE_DISTANCE_PX_MIN,
    FACE_EDGE_EYE_DISTANCES, OTHER_FACE_AREA_SHARE_MIN, ROLL_DEG_MAX, YAW_BLOCK_DEG, YAW_COACH_DEG,
};

/// What framing says about a portrait.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Framing {
    /// Whether it cannot be sent without an officer's reason.
    pub(super) blocked: bool,
    /// Advice, most useful first.
    pub(super) hints: Vec<Hint>,
}

/// Judges faces (largest first) on a picture of this size.
pub(super) fn judge(size: (u32, u32), faces: &[Face]) -> Framing {
    let Some(face) = faces.first() else {
        return Framing { blocked: true, hints: vec![Hint::LookAtCamera] };
    };
    let (width, height) = (size.0 as f32, size.1 as f32);
    let eyes = Eyes::of(face);
    let others = faces.iter().skip(1).any(|other| other.area() >= face.area() * OTHER_FACE_AREA_SHARE_MIN);
    let sides = eyes.x - FACE_EDGE_EYE_DISTANCES * eyes.distance < 0.0
        || eyes.x + FACE_EDGE_EYE_DISTANCES * eyes.distance > width;
    let chin_cut = eyes.y + CHIN_EYE_DISTANCES * eyes.distance > height;
    let crown_cut = eyes.y - CROWN_EYE_DISTANCES * eyes.distance < 0.0;
    let small = eyes.distance < EYE_DISTANCE_PX_MIN;
    let both_cut = crown_cut && chin_cut;
    let off_centre = (eyes.x - width / 2.0).abs() > width * CENTRE_OFF_SHARE_MAX;
    let yaw = face.points.map_or(0.0, |points| yaw_deg(&points).abs());
    let tilted = face.points.is_some_and(|points| roll_deg(&points).abs() > ROLL_DEG_MAX);
    let findings = [
        (others, true, Hint::OnePersonOnly),
        (both_cut, true, Hint::MoveBack),
        (sides || chin_cut, true, Hint::MoveToMiddle),
        (small, true, Hint::MoveCloser),
        (yaw > YAW_BLOCK_DEG, true, Hint::LookAtCamera),
        (crown_cut, false, Hint::MoveBack),
        (off_centre, false, Hint::MoveToMiddle),
        (tilted || yaw > YAW_COACH_DEG, false, Hint::LookAtCamera),
    ];
    let mut hints = Vec::new();
    for (_, _, hint) in findings.iter().filter(|(applies, ..)| *applies) {
        if !hints.contains(hint) {
            hints.push(*hint);
        }
    }
    Framing { blocked: findings.iter().any(|(applies, blocks, _)| *applies && *blocks), hints }
}

/// Middle between the eyes and their distance, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Eyes {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) distance: f32,
}

impl Eyes {
    pub(super) fn of(face: &Face) -> Self {
        match face.points {
            Some([right, left, ..]) => Self {
                x: (right.0 + left.0) / 2.0,
                y: (right.1 + left.1) / 2.0,
                distance: (left.0 - right.0).hypot(left.1 - right.1),
            },
            None => Self {
                x: face.left + face.width / 2.0,
                y: face.top + face.height * CASCADE_EYE_LINE_SHARE,
                distance: face.width * CASCADE_EYE_DISTANCE_SHARE,
            },
        }
    }
}

/// Turn of the head about the line of sight; positive when the person's left eye is lower.
fn roll_deg(points: &[(f32, f32); 5]) -> f32 {
    let [right, left, ..] = points;
    (left.1 - right.1).atan2(left.0 - right.0).to_degrees()
}

/// Turn of the head to the side, from five points of an average head (63 mm between the eyes, nose 28 mm and mouth
/// 8 mm in front of them).
fn yaw_deg(points: &[(f32, f32); 5]) -> f32 {
    let [right, left, nose, mouth_right, mouth_left] = points;
    let (dx, dy) = (left.0 - right.0, left.1 - right.1);
    let distance = dx.hypot(dy).max(1.0);
    let (cos, sin) = (dx / distance, dy / distance);
    let (ox, oy) = ((right.0 + left.0) / 2.0, (right.1 + left.1) / 2.0);
    let upright = |x: f32, y: f32| ((x - ox) * cos + (y - oy) * sin, (y - oy) * cos - (x - ox) * sin);
    let (nose_x, nose_y) = upright(nose.0, nose.1);
    let (mouth_x, mouth_y) =
        upright((mouth_right.0 + mouth_left.0) / 2.0, (mouth_right.1 + mouth_left.1) / 2.0);
    if mouth_y.abs() < 1.0 {
        return 90.0;
    }
    let k = nose_y / mouth_y;
    (63.0 * (nose_x - k * mouth_x) / ((28.0 - 8.0 * k) * distance)).atan().to_degrees()
}

/// A portrait crop as advice; the stored JPEG stays whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crop {
    /// First column.
    pub left: u32,
    /// First row.
    pub top: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// Where a 3:4 portrait crop in the manner of travel documents would lie; `None` when it does not fit on the picture.
#[must_use]
pub fn crop_advice(size: (u32, u32), face: &Face) -> Option<Crop> {
    let eyes = Eyes::of(face);
    if !eyes.distance.is_finite() || eyes.distance < 1.0 {
        return None;
    }
    let width = eyes.distance / CROP_EYE_DISTANCE_SHARE;
    let height = width / CROP_ASPECT;
    let (left, top) = (eyes.x - width / 2.0, eyes.y - height * CROP_EYE_LINE_SHARE);
    let fits = left >= 0.0 && top >= 0.0 && left + width <= size.0 as f32 && top + height <= size.1 as f32;
    fits.then_some(Crop { left: left as u32, top: top as u32, width: width as u32, height: height as u32 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A frontal face with its eyes at a place, in a picture of 720 x 900.
    fn face(x: f32, y: f32, distance: f32) -> Face {
        let at = |dx: f32, dy: f32| (x + dx * distance, y + dy * distance);
        Face {
            left: x - distance,
            top: y - 0.9 * distance,
            width: 2.0 * distance,
            height: 2.7 * distance,
            score: 0.9,
            points: Some([at(-0.5, 0.0), at(0.5, 0.0), at(0.0, 0.6), at(-0.4, 1.15), at(0.4, 1.15)]),
        }
    }

    fn turned_by(face: Face, angle_deg: f32, centre: (f32, f32)) -> Face {
        let (sin, cos) = angle_deg.to_radians().sin_cos();
        let turn = |(x, y): (f32, f32)| {
            let (dx, dy) = (x - centre.0, y - centre.1);
            (centre.0 + dx * cos - dy * sin, centre.1 + dx * sin + dy * cos)
        };
        Face { points: face.points.map(|points| points.map(turn)), ..face }
    }

    fn check(faces: &[Face], blocked: bool, first: Option<Hint>) {
        let framing = judge((720, 900), faces);
        assert_eq!((framing.blocked, framing.hints.first().copied()), (blocked, first), "{faces:?}");
    }

    #[test]
    fn each_flaw_of_framing_has_its_hint() {
        check(&[face(360.0, 400.0, 170.0)], false, None);
        check(&[], true, Some(Hint::LookAtCamera));
        check(&[face(200.0, 400.0, 110.0), face(520.0, 400.0, 105.0)], true, Some(Hint::OnePersonOnly));
        check(&[face(360.0, 400.0, 170.0), face(60.0, 100.0, 30.0)], false, None);
        check(&[face(360.0, 400.0, 60.0)], true, Some(Hint::MoveCloser));
        check(&[face(100.0, 400.0, 150.0)], true, Some(Hint::MoveToMiddle));
        check(&[face(360.0, 700.0, 150.0)], true, Some(Hint::MoveToMiddle));
        check(&[face(360.0, 420.0, 290.0)], true, Some(Hint::MoveBack));
        check(&[face(220.0, 420.0, 120.0)], false, Some(Hint::MoveToMiddle));
        check(&[turned_by(face(360.0, 400.0, 170.0), 12.0, (360.0, 400.0))], false, Some(Hint::LookAtCamera));
    }

    #[test]
    fn a_head_turned_to_the_side_is_blocked() {
        let mut side = face(360.0, 400.0, 170.0);
        if let Some(points) = &mut side.points {
            points[2].0 += 60.0;
        }
        check(&[side], true, Some(Hint::LookAtCamera));
    }

    #[test]
    fn a_crop_keeps_the_whole_head_or_is_not_advised() {
        let crop = crop_advice((1440, 1800), &face(720.0, 800.0, 172.0)).expect("room enough");
        assert!(crop.left + crop.width <= 1440 && crop.top + crop.height <= 1800);
        assert!((crop.width as f32 / crop.height as f32 - CROP_ASPECT).abs() < 0.01);
        assert_eq!(crop_advice((720, 900), &face(100.0, 400.0, 172.0)), None);
    }

    proptest! {
        #[test]
        fn roll_follows_the_turn_and_mirrors(angle in -30.0_f32..30.0) {
            let points = turned_by(face(300.0, 300.0, 100.0), angle, (300.0, 300.0)).points.expect("points");
            prop_assert!((roll_deg(&points) - angle).abs() < 0.5);
            let mirror = |(x, y): (f32, f32)| (720.0 - x, y);
            let [a, b, nose, c, d] = points.map(mirror);
            prop_assert!((roll_deg(&[b, a, nose, d, c]) + angle).abs() < 0.5);
        }

        #[test]
        fn scaling_changes_no_angle(factor in 0.5_f32..2.0, nose in -30.0_f32..30.0) {
            let mut points = face(300.0, 300.0, 100.0).points.expect("points");
            points[2].0 += nose;
            let scaled = points.map(|(x, y)| (x * factor, y * factor));
            prop_assert!((yaw_deg(&points) - yaw_deg(&scaled)).abs() < 0.5);
        }
    }
}
