//! Where the face is on the picture and how it is held.
//!
//! Measures are in eye distances. Where the detector tells the eyes they are used; a cascade tells only a square, and
//! the eyes are taken to be where they usually are in it. Pure: numbers in, measures out.

use super::Face;
use super::measure::{Measure, What};
use super::scale::Scale;
use crate::parameters::{
    CASCADE_EYE_DISTANCE_SHARE, CASCADE_EYE_LINE_SHARE, CENTRE_OFF_SHARE_MAX, CHIN_EYE_DISTANCES,
    CROP_ASPECT, CROP_EYE_DISTANCE_SHARE, CROP_EYE_LINE_SHARE, CROWN_EYE_DISTANCES, EYE_DISTANCE_PX_MIN,
    FACE_EDGE_EYE_DISTANCES, HEAD_HEIGHT_SHARE_MIN, OTHER_FACE_AREA_SHARE_MAX, ROLL_DEG_MAX, YAW_BLOCK_DEG,
    YAW_COACH_DEG, YAW_CORRECTED_DEG_MAX,
};

/// Measures faces (largest first) on a picture of this size.
pub(super) fn measures(size: (u32, u32), faces: &[Face]) -> Vec<Measure> {
    let found = Measure::at_least(What::NoFace, faces.len() as f32, 1.0);
    let Some(face) = faces.first() else { return vec![found] };
    let (width, height) = (size.0 as f32, size.1 as f32);
    let eyes = Eyes::of(face);
    let share = faces.get(1).map_or(0.0, |other| other.area() / face.area().max(1.0));
    // How much is missing beyond each edge, in eye distances; negative where there is room.
    let missing = |px: f32| px / eyes.distance.max(1.0);
    let reach = FACE_EDGE_EYE_DISTANCES * eyes.distance;
    let sides = missing((reach - eyes.x).max(eyes.x + reach - width));
    let chin = missing(eyes.y + CHIN_EYE_DISTANCES * eyes.distance - height);
    let crown = missing(CROWN_EYE_DISTANCES * eyes.distance - eyes.y);
    let yaw = face.points.map(|points| yaw_deg(&points).abs());
    let roll = face.points.map(|points| roll_deg(&points).abs());
    let facing = eyes.distance / yaw.unwrap_or(0.0).min(YAW_CORRECTED_DEG_MAX).to_radians().cos();
    let head = (CHIN_EYE_DISTANCES + CROWN_EYE_DISTANCES) * eyes.distance / height.max(1.0);
    let off_centre = (eyes.x - width / 2.0).abs() / width.max(1.0);
    let angle = |what, value: Option<f32>, limit| {
        Measure::at_most_known(what, value, limit).on(Scale::Angle, value.unwrap_or_default())
    };
    let to_chin = CHIN_EYE_DISTANCES * eyes.distance / height.max(1.0);
    vec![
        found,
        Measure::at_most(What::SeveralFaces, share, OTHER_FACE_AREA_SHARE_MAX).on(Scale::SingleFace, share),
        Measure::at_most(What::TooClose, crown.min(chin), 0.0),
        Measure::at_most(What::FaceCut, sides.max(chin), 0.0),
        Measure::at_least(What::EyeDistance, facing, EYE_DISTANCE_PX_MIN).on(Scale::EyeDistance, facing),
        angle(What::TurnedAway, yaw, YAW_BLOCK_DEG),
        Measure::at_most(What::CrownCut, crown, 0.0),
        Measure::at_least(What::HeadSmall, head, HEAD_HEIGHT_SHARE_MIN).on(Scale::HeadSize, to_chin),
        Measure::at_most(What::OffCentre, off_centre, CENTRE_OFF_SHARE_MAX),
        angle(What::TurnedSlightly, yaw, YAW_COACH_DEG),
        angle(What::Tilted, roll, ROLL_DEG_MAX),
    ]
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

    /// What is beyond its limit, most useful first.
    fn found(faces: &[Face]) -> Vec<What> {
        let mut found: Vec<What> = measures((720, 900), faces)
            .iter()
            .filter_map(|measure| measure.beyond.then_some(measure.what))
            .collect();
        found.sort();
        found
    }

    #[test]
    fn each_flaw_of_framing_is_found_and_nothing_else() {
        use What::*;
        assert_eq!(found(&[face(360.0, 400.0, 170.0)]), []);
        assert_eq!(found(&[]), [NoFace]);
        assert_eq!(found(&[face(200.0, 400.0, 110.0), face(520.0, 400.0, 105.0)]), [SeveralFaces, OffCentre]);
        assert_eq!(found(&[face(360.0, 400.0, 170.0), face(60.0, 100.0, 30.0)]), []);
        assert_eq!(found(&[face(360.0, 400.0, 89.0)]), [EyeDistance]);
        assert_eq!(found(&[face(360.0, 400.0, 60.0)]), [EyeDistance, HeadSmall]);
        assert_eq!(found(&[face(100.0, 400.0, 150.0)]), [FaceCut, OffCentre]);
        assert_eq!(found(&[face(360.0, 700.0, 150.0)]), [FaceCut]);
        assert_eq!(found(&[face(360.0, 420.0, 290.0)]), [TooClose, FaceCut, CrownCut]);
        assert_eq!(found(&[face(360.0, 200.0, 150.0)]), [CrownCut]);
        assert_eq!(found(&[face(220.0, 420.0, 120.0)]), [OffCentre]);
        assert_eq!(found(&[turned_by(face(360.0, 400.0, 170.0), 12.0, (360.0, 400.0))]), [Tilted]);
    }

    #[test]
    fn a_head_turned_to_the_side_is_coached_and_then_blocked() {
        let side = |by: f32| {
            let mut side = face(360.0, 400.0, 170.0);
            if let Some(points) = &mut side.points {
                points[2].0 += by;
            }
            found(&[side])
        };
        assert_eq!(side(0.0), []);
        assert_eq!(side(12.0), [What::TurnedSlightly]);
        assert_eq!(side(-40.0), [What::TurnedAway, What::TurnedSlightly]);
    }

    #[test]
    fn without_points_angles_are_unknown_and_not_fine() {
        let square = Face { points: None, ..face(360.0, 400.0, 170.0) };
        let measures = measures((720, 900), &[square]);
        let unknown = |what| measures.iter().any(|known| known.what == what && known.value_milli.is_none());
        assert!(unknown(What::TurnedAway) && unknown(What::TurnedSlightly) && unknown(What::Tilted));
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
