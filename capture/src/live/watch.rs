//! The live picture, frame by frame: what to say now, what lies where, and when to take it.
//!
//! A watch begins with the sensor and ends with it. One hint at a time, kept for its second by [`Pace`]; a hand that
//! lies well and still for [`STEADY_MS`] is taken by itself; one that stays while there is still something to say is
//! taken when the [`Patience`] ends, because the measured try tells more than the live picture can. Nobody is shown how
//! long that is: there is no countdown.
//!
//! Pure: frames and the instant come in, a [`Sight`] goes out.

use jiff::Timestamp;
use matcher::advice::{Live, LiveRequest, live};
use matcher::{Finger, Image};

use super::judge::hint_for;
use super::{Area, Hint, Pace};
use crate::device::SlapRequest;
use crate::face::PortraitVerdict;
use crate::parameters::{PATIENCE_CHILD_MS, PATIENCE_MS, STEADY_MS};

/// How long a hand may stay with something still to say before it is taken all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// With a grown-up or an adolescent.
    Usual,
    /// With a child.
    Child,
}

impl Patience {
    fn ms(self) -> u64 {
        match self {
            Self::Usual => PATIENCE_MS,
            Self::Child => PATIENCE_CHILD_MS,
        }
    }
}

/// What one frame showed.
#[derive(Clone, Debug, PartialEq)]
pub struct Sight {
    /// The one thing to say.
    pub hint: Option<Hint>,
    /// Whether all is well and only stillness is waited for.
    pub steady: bool,
    /// Where each finger lies, in pixels of the frame.
    pub marks: Vec<Mark>,
    /// Whether to take it now.
    pub take: bool,
}

/// One finger on the live picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which finger.
    pub finger: Finger,
    /// Where it lies.
    pub area: Area,
    /// Whether it lies well.
    pub good: bool,
}

/// Watches a hand.
#[derive(Debug)]
pub struct HandWatch {
    request: SlapRequest,
    before: Option<Live>,
    course: Course,
}

impl HandWatch {
    /// Begins with the sensor.
    #[must_use]
    pub fn new(request: SlapRequest, patience: Patience, now: Timestamp) -> Self {
        Self { request, before: None, course: Course::new(patience, now) }
    }

    /// The next frame, of at least 200 ppi.
    pub fn handle_frame(&mut self, frame: &Image, now: Timestamp) -> Sight {
        let request = LiveRequest { hand: self.request.hand, missing: &self.request.missing };
        let seen = live(frame, request, self.before.as_ref());
        let wanted = if seen.other_hand { Some(Hint::OtherHand) } else { seen.hint.map(hint_for) };
        let lies_well = matches!(wanted, None | Some(Hint::HoldStill));
        let marks = seen.areas.iter().map(|(finger, [left, top, right, bottom], cut)| Mark {
            finger: *finger,
            area: Area { left: *left, top: *top, right: *right, bottom: *bottom },
            good: lies_well && !cut,
        });
        let marks = marks.collect();
        let sight = self.course.handle(wanted, seen.fingers > 0, marks, now);
        self.before = Some(seen);
        sight
    }
}

/// Watches a face.
#[derive(Debug)]
pub struct FaceWatch {
    course: Course,
}

impl FaceWatch {
    /// Begins with the camera.
    #[must_use]
    pub fn new(patience: Patience, now: Timestamp) -> Self {
        Self { course: Course::new(patience, now) }
    }

    /// What was seen on the next frame. Without a detector nothing is claimed about it: there is no hint, and it is
    /// taken when the patience ends.
    pub fn handle_verdict(&mut self, verdict: &PortraitVerdict, now: Timestamp) -> Sight {
        if !verdict.detector_used {
            let sight = self.course.handle(Some(Hint::LookAtCamera), true, Vec::new(), now);
            return Sight { steady: false, ..sight };
        }
        let there = verdict.hints.first() != Some(&Hint::LookAtCamera);
        self.course.handle(verdict.hints.first().copied(), there, Vec::new(), now)
    }
}

/// The course of one watch, whatever is watched.
#[derive(Debug)]
struct Course {
    patience: Patience,
    pace: Pace,
    steady_since: Option<Timestamp>,
    there_since: Option<Timestamp>,
}

impl Course {
    fn new(patience: Patience, now: Timestamp) -> Self {
        Self { patience, pace: Pace::new(now), steady_since: None, there_since: None }
    }

    fn handle(&mut self, wanted: Option<Hint>, there: bool, marks: Vec<Mark>, now: Timestamp) -> Sight {
        self.pace = self.pace.next(wanted, now);
        let steady = there && wanted.is_none();
        let steady_ms = lasted_ms(&mut self.steady_since, steady, now);
        let there_ms = lasted_ms(&mut self.there_since, there, now);
        let take = (steady && steady_ms >= STEADY_MS) || (there && there_ms >= self.patience.ms());
        Sight { hint: self.pace.shown, steady, marks, take }
    }
}

/// For how long something has held without a break. A clock that jumps back begins anew.
fn lasted_ms(since: &mut Option<Timestamp>, holds: bool, now: Timestamp) -> u64 {
    if !holds {
        *since = None;
        return 0;
    }
    let begun = *since.get_or_insert(now);
    let lasted = u64::try_from(now.duration_since(begun).as_millis());
    lasted.unwrap_or_else(|_| {
        *since = Some(now);
        0
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use matcher::Hand;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + ms).expect("a time of this century")
    }

    fn course() -> Course {
        Course::new(Patience::Usual, at(0))
    }

    #[test]
    fn the_first_frame_says_something_and_an_empty_glass_is_never_taken() {
        let request = SlapRequest { hand: Hand::RightFour, missing: Vec::new() };
        let mut watch = HandWatch::new(request, Patience::Usual, at(0));
        let empty = Image::blank(800, 750, 250, 255).expect("sound");
        for ms in [0, 600, 30_000] {
            let sight = watch.handle_frame(&empty, at(ms));
            assert_eq!((sight.hint, sight.steady, sight.take), (Some(Hint::PlaceAllFingers), false, false));
            assert!(sight.marks.is_empty());
        }
    }

    #[test]
    fn half_a_second_of_stillness_takes_it_and_a_movement_begins_anew() {
        let mut course = course();
        assert!(!course.handle(None, true, Vec::new(), at(0)).take);
        assert!(!course.handle(None, true, Vec::new(), at(499)).take);
        assert!(!course.handle(Some(Hint::HoldStill), true, Vec::new(), at(500)).take, "it moved");
        assert!(!course.handle(None, true, Vec::new(), at(600)).take);
        assert!(!course.handle(None, true, Vec::new(), at(1_099)).take);
        assert!(course.handle(None, true, Vec::new(), at(1_100)).take);
    }

    #[test]
    fn what_stays_imperfect_is_taken_when_the_patience_ends_and_later_with_a_child() {
        let (mut usual, mut child) = (course(), Course::new(Patience::Child, at(0)));
        let taken = |course: &mut Course, ms| {
            course.handle(Some(Hint::PressMoreFirmly), true, Vec::new(), at(ms)).take
        };
        assert!(!taken(&mut usual, 0) && !taken(&mut child, 0));
        assert!(!taken(&mut usual, 4_999));
        assert!(taken(&mut usual, 5_000) && !taken(&mut child, 5_000));
        assert!(taken(&mut child, 9_000));
    }

    #[test]
    fn a_hand_that_goes_away_ends_the_patience() {
        let mut course = course();
        course.handle(Some(Hint::CentreHand), true, Vec::new(), at(0));
        course.handle(Some(Hint::PlaceAllFingers), false, Vec::new(), at(4_000));
        assert!(!course.handle(Some(Hint::CentreHand), true, Vec::new(), at(5_500)).take);
    }

    #[test]
    fn hints_keep_their_second_whatever_the_frames_say() {
        let mut course = course();
        let wishes = [Some(Hint::PlaceAllFingers), Some(Hint::HoldStill), Some(Hint::CentreHand), None];
        let mut shown: Vec<(i64, Option<Hint>)> = Vec::new();
        for (frame, wish) in (0..100_i64).zip(wishes.iter().cycle()) {
            let hint = course.handle(*wish, true, Vec::new(), at(frame * 50)).hint;
            if shown.last().is_none_or(|(_, last)| *last != hint) {
                shown.push((frame * 50, hint));
            }
        }
        assert!(shown.len() > 2, "it does change");
        assert!(shown.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 1_000), "{shown:?}");
    }

    #[test]
    fn a_clock_that_jumps_back_takes_nothing_early_and_does_not_wait_for_ever() {
        let mut course = course();
        course.handle(None, true, Vec::new(), at(0));
        assert!(!course.handle(None, true, Vec::new(), at(-3_600_000)).take);
        assert!(course.handle(None, true, Vec::new(), at(-3_599_500)).take);
    }

    #[test]
    fn a_face_is_taken_when_nothing_is_left_to_say_and_without_a_detector_after_the_patience() {
        let seen = |detector_used, hints: &[Hint]| PortraitVerdict {
            accepted: true,
            detector_used,
            hints: hints.to_vec(),
            measures: Vec::new(),
            crop: None,
        };
        let mut watch = FaceWatch::new(Patience::Usual, at(0));
        assert_eq!(
            watch.handle_verdict(&seen(true, &[Hint::MoveCloser]), at(0)).hint,
            Some(Hint::MoveCloser)
        );
        assert!(!watch.handle_verdict(&seen(true, &[]), at(1_000)).take);
        assert!(watch.handle_verdict(&seen(true, &[]), at(1_500)).take);
        let mut blind = FaceWatch::new(Patience::Usual, at(0));
        assert!(!blind.handle_verdict(&seen(false, &[]), at(0)).take);
        assert!(!blind.handle_verdict(&seen(false, &[]), at(4_000)).take);
        assert!(blind.handle_verdict(&seen(false, &[]), at(5_000)).take);
    }
}
