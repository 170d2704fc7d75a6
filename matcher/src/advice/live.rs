//! What to say while the hand is still moving: one hint per preview frame, 20 times a second.
//!
//! A preview is small, so only what shows at 250 ppi is judged: how many fingertips, whether the rim cuts them, the turn,
//! which hand, how firmly they lie, and whether they moved since the frame before. Skin is judged on the capture itself.
//! Pure: what is remembered between frames travels in [`Live`].

use crate::parameters::{ADVISE_TURN_DEG, LIVE_CONTRAST_MIN, LIVE_MOVED_MM_MAX};
use crate::segment::{Doubt, SegmentRequest, segment_with_contrast};
use crate::{AdviceKind, Finger, Hand, Image};

/// What the person was asked to put on the glass.
#[derive(Debug, Clone, Copy)]
pub struct LiveRequest<'a> {
    /// Which slap.
    pub hand: Hand,
    /// Fingers that are known to be absent.
    pub missing: &'a [Finger],
}

/// What one frame showed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Live {
    /// The one thing to say; `None` when the hand lies well and still: capture.
    pub hint: Option<AdviceKind>,
    /// How many fingertips are named.
    pub fingers: usize,
    /// Whether it looks like the other hand.
    pub other_hand: bool,
    /// Middles of the fingertips, in mm.
    pub places_mm: Vec<(Finger, f32, f32)>,
    /// Where they lie on the frame: left, top, right and bottom in pixels, and whether the rim cuts them.
    pub areas: Vec<(Finger, [u32; 4], bool)>,
    /// Contrast of the fingertips, mean of local grey deviation.
    pub contrast: f32,
}

/// Judges a frame of at least 200 ppi (finer is brought down); `before` is the answer to the frame before.
#[must_use]
pub fn live(frame: &Image, request: LiveRequest<'_>, before: Option<&Live>) -> Live {
    let asked = SegmentRequest { hand: request.hand, missing: request.missing };
    let (found, contrast) = segment_with_contrast(frame, asked);
    let mm = 25.4 / frame.resolution_ppi.max(1) as f32;
    let middle = |low: u32, high: u32| 0.5 * mm * (low + high) as f32;
    let places_mm: Vec<(Finger, f32, f32)> =
        found.fingers.iter().map(|s| (s.finger, middle(s.left, s.right), middle(s.top, s.bottom))).collect();
    let is_cut = |of: Finger| {
        found.doubt.iter().any(|doubt| matches!(doubt, Doubt::CutOff { finger, .. } if *finger == of))
    };
    let areas = found
        .fingers
        .iter()
        .map(|s| (s.finger, [s.left, s.top, s.right, s.bottom], is_cut(s.finger)))
        .collect();
    let other_hand = found.doubt.contains(&Doubt::LooksLikeOtherHand);
    let cut = found.doubt.iter().any(|doubt| matches!(doubt, Doubt::CutOff { .. }));
    let more = found.doubt.iter().any(|doubt| matches!(doubt, Doubt::MoreFingers { .. }));
    let count = found.fingers.len();
    let turn = found.fingers.iter().map(|s| s.angle_deg).sum::<f32>() / count.max(1) as f32;
    let moved = before.map_or(0.0, |before| moved_mm(&before.places_mm, &places_mm));
    let new = before.is_none_or(|before| before.fingers != count);
    let hint = if count == 0 && more {
        Some(AdviceKind::CleanGlass)
    } else if count == 0 {
        Some(AdviceKind::PlaceFinger)
    } else if cut {
        Some(AdviceKind::MoveToCentre)
    } else if turn.abs() > ADVISE_TURN_DEG.0 {
        Some(AdviceKind::TurnHand)
    } else if contrast < LIVE_CONTRAST_MIN {
        Some(AdviceKind::PressMore)
    } else if new || moved > LIVE_MOVED_MM_MAX {
        Some(AdviceKind::KeepStill)
    } else {
        None
    };
    Live { hint, fingers: count, other_hand, places_mm, areas, contrast }
}

/// Farthest way of a fingertip between two frames.
fn moved_mm(before: &[(Finger, f32, f32)], now: &[(Finger, f32, f32)]) -> f32 {
    now.iter()
        .filter_map(|(finger, x, y)| {
            let (_, bx, by) = before.iter().find(|(of, ..)| of == finger)?;
            Some((x - bx).hypot(y - by))
        })
        .fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::{Condition, Person, Placement, compose_slap};

    fn halved(image: &Image) -> Image {
        let (width, height) = (image.width / 2, image.height / 2);
        let at = |x: u32, y: u32| u32::from(image.pixels[(y * image.width + x) as usize]);
        let mean = |x, y| {
            (at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1)) / 4
        };
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| mean(x, y) as u8)).collect();
        Image { width, height, resolution_ppi: image.resolution_ppi / 2, pixels }
    }

    fn frame(placement: Placement, fingers: usize) -> Image {
        let person = Person::new(8, 30);
        let there = Hand::RightFour.fingers().iter().take(fingers);
        let prints: Vec<_> =
            there.map(|&finger| (finger, person.impression(finger, 1, Condition::default()))).collect();
        halved(&compose_slap(&prints, Hand::RightFour, placement).image)
    }

    #[test]
    fn a_hand_that_comes_to_rest_is_followed() {
        let request = LiveRequest { hand: Hand::RightFour, missing: &[] };
        let empty = Image::blank(800, 750, 250, 255).expect("sound");
        let first = live(&empty, request, None);
        assert_eq!(first.hint, Some(AdviceKind::PlaceFinger));
        let turned =
            live(&frame(Placement { rotation_deg: -30.0, ..Placement::default() }, 4), request, Some(&first));
        assert_eq!((turned.hint, turned.fingers), (Some(AdviceKind::TurnHand), 4));
        let still = frame(Placement::default(), 4);
        let moving = live(&still, request, Some(&turned));
        assert_eq!(moving.hint, Some(AdviceKind::KeepStill));
        let settled = live(&still, request, Some(&moving));
        assert_eq!((settled.hint, settled.other_hand), (None, false));
        let three = live(&frame(Placement::default(), 3), request, Some(&settled));
        assert_eq!(three.hint, Some(AdviceKind::PlaceFinger));
    }

    #[test]
    fn a_small_hand_is_seen_like_a_large_one_and_three_fingers_get_no_names() {
        for (seed, age_years) in [(8, 6), (9, 8), (10, 11), (11, 30)] {
            let person = Person::new(seed, age_years);
            for missing in [&[][..], &[Finger::RightRing]] {
                let there = Hand::RightFour.fingers().iter().filter(|finger| !missing.contains(finger));
                let prints: Vec<_> = there
                    .map(|&finger| (finger, person.impression(finger, 1, Condition::default())))
                    .collect();
                let frame = halved(&compose_slap(&prints, Hand::RightFour, Placement::default()).image);
                let seen = live(&frame, LiveRequest { hand: Hand::RightFour, missing: &[] }, None);
                let expected = if missing.is_empty() {
                    (4, Some(AdviceKind::KeepStill))
                } else {
                    (0, Some(AdviceKind::PlaceFinger))
                };
                assert_eq!((seen.fingers, seen.hint), expected, "{age_years} years, without {missing:?}");
            }
        }
    }

    #[test]
    fn the_other_hand_is_told() {
        let request = LiveRequest { hand: Hand::LeftFour, missing: &[] };
        assert!(live(&frame(Placement::default(), 4), request, None).other_hand);
    }
}
