//! The words and the picture of each piece of advice, and how often it may change.
//!
//! Advice is addressed to a person at the glass: short, about the next move, never about a fault of theirs. Words such
//! as "failed", "bad" or "invalid" do not occur (a test holds this). A picture is named by a stable identifier; the
//! screens own the drawing.
//!
//! [`Pace`] keeps a hint on the screen for at least a second (ux: hints change at most once a second) and is a pure
//! function of what was shown and what is wanted now.

use std::time::Duration;

use jiff::Timestamp;

use super::Hint;
use crate::parameters::HINT_SHOWN_MIN_MS;

impl Hint {
    /// Every hint.
    pub const ALL: [Self; 18] = [
        Self::PlaceAllFingers,
        Self::CentreHand,
        Self::StraightenHand,
        Self::SpreadFingers,
        Self::OtherHand,
        Self::PressMoreFirmly,
        Self::PressMoreGently,
        Self::MoistenFingers,
        Self::DryFingers,
        Self::WipeGlass,
        Self::HoldStill,
        Self::MoveCloser,
        Self::MoveBack,
        Self::MoveToMiddle,
        Self::LookAtCamera,
        Self::MoreLight,
        Self::LessLight,
        Self::OnePersonOnly,
    ];

    /// Name of the picture that goes with it.
    #[must_use]
    pub fn picture(self) -> &'static str {
        match self {
            Self::PlaceAllFingers => "hand-all-fingers",
            Self::CentreHand => "hand-centre",
            Self::StraightenHand => "hand-straight",
            Self::SpreadFingers => "hand-spread",
            Self::OtherHand => "hand-other",
            Self::PressMoreFirmly => "press-more",
            Self::PressMoreGently => "press-less",
            Self::MoistenFingers => "finger-moisten",
            Self::DryFingers => "finger-dry",
            Self::WipeGlass => "glass-wipe",
            Self::HoldStill => "hold-still",
            Self::MoveCloser => "face-closer",
            Self::MoveBack => "face-back",
            Self::MoveToMiddle => "face-middle",
            Self::LookAtCamera => "face-look",
            Self::MoreLight => "light-more",
            Self::LessLight => "light-less",
            Self::OnePersonOnly => "face-one",
        }
    }

    /// Words for the person at the glass.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::PlaceAllFingers => "Place all fingers flat on the glass",
            Self::CentreHand => "Move your hand to the middle of the glass",
            Self::StraightenHand => "Point your fingers straight ahead",
            Self::SpreadFingers => "Spread your fingers a little",
            Self::OtherHand => "Now the other hand, please",
            Self::PressMoreFirmly => "Press a little more firmly",
            Self::PressMoreGently => "Press a little more gently",
            Self::MoistenFingers => "Moisten your fingertips a little",
            Self::DryFingers => "Dry your fingertips",
            Self::WipeGlass => "Wipe the glass",
            Self::HoldStill => "Hold your hand still for a moment",
            Self::MoveCloser => "Come a little closer",
            Self::MoveBack => "Move back a little",
            Self::MoveToMiddle => "Move to the middle of the picture",
            Self::LookAtCamera => "Look at the dot",
            Self::MoreLight => "A little more light on the face, please",
            Self::LessLight => "A little less light on the face, please",
            Self::OnePersonOnly => "One person in the picture, please",
        }
    }
}

/// The hint on the screen and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// What is shown; `None` is a clear screen.
    pub shown: Option<Hint>,
    /// Since when.
    pub since: Timestamp,
    /// Whether anything was shown yet; the first hint waits for nothing.
    pub begun: bool,
}

impl Pace {
    /// A clear screen.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { shown: None, since: now, begun: false }
    }

    /// What to show now that `wanted` is the most useful hint. The first hint comes at once; afterwards each hint, and
    /// having nothing to say, stays for a second before it changes.
    #[must_use]
    pub fn next(self, wanted: Option<Hint>, now: Timestamp) -> Self {
        if wanted == self.shown {
            return self;
        }
        let shown_for = Duration::try_from(now.duration_since(self.since)).unwrap_or(Duration::ZERO);
        let settled = !self.begun || shown_for >= Duration::from_millis(HINT_SHOWN_MIN_MS);
        if settled { Self { shown: wanted, since: now, begun: true } } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + ms).expect("a time of this century")
    }

    #[test]
    fn every_hint_has_its_own_picture_and_words_without_blame() {
        let pictures: HashSet<_> = Hint::ALL.iter().map(|hint| hint.picture()).collect();
        let words: HashSet<_> = Hint::ALL.iter().map(|hint| hint.words()).collect();
        assert_eq!((pictures.len(), words.len()), (Hint::ALL.len(), Hint::ALL.len()));
        for hint in Hint::ALL {
            let words = hint.words().to_lowercase();
            for blame in ["fail", "wrong", "invalid", "illegal", "bad", "error", "not ", "poor", "must"] {
                assert!(!words.contains(blame), "{words:?} contains {blame:?}");
            }
            assert!(words.len() <= 45, "{words:?} is too long to read at a glance");
        }
    }

    #[test]
    fn the_first_hint_comes_at_once_and_the_next_after_a_second() {
        let pace = Pace::new(at(0)).next(Some(Hint::HoldStill), at(10));
        assert_eq!(pace.shown, Some(Hint::HoldStill));
        assert_eq!(pace.next(Some(Hint::DryFingers), at(900)).shown, Some(Hint::HoldStill));
        assert_eq!(pace.next(None, at(900)).shown, Some(Hint::HoldStill));
        assert_eq!(pace.next(Some(Hint::DryFingers), at(1_010)).shown, Some(Hint::DryFingers));
        assert_eq!(pace.next(None, at(1_010)).shown, None);
    }

    #[test]
    fn a_clock_that_jumps_back_does_not_change_the_hint() {
        let pace = Pace::new(at(0)).next(Some(Hint::HoldStill), at(10));
        assert_eq!(pace.next(Some(Hint::DryFingers), at(-60_000)), pace);
    }

    proptest! {
        #[test]
        fn a_hint_never_goes_before_its_second(
            wishes in proptest::collection::vec((proptest::option::of(0..Hint::ALL.len()), 1_i64..400), 1..60)
        ) {
            let mut now = 0;
            let mut pace = Pace::new(at(0));
            let mut changed_at: Option<i64> = None;
            for (wish, step) in wishes {
                now += step;
                let before = pace.shown;
                pace = pace.next(wish.map(|at| Hint::ALL[at]), at(now));
                if pace.shown != before {
                    if let Some(changed) = changed_at {
                        prop_assert!(now - changed >= HINT_SHOWN_MIN_MS as i64);
                    }
                    changed_at = Some(now);
                }
            }
        }
    }
}
