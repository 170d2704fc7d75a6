//! The capture plan: four steps, their attempts, and which attempt is best for each finger.
//!
//! The best attempt per finger is kept without asking. A finger that was never found needs an exception; a finger
//! below the threshold needs a reason. Images themselves are not here: an attempt is a number and its measurements.

use std::collections::BTreeMap;

use jiff::Timestamp;
use matcher::{Finger, Hand};
use serde::{Deserialize, Serialize};

use super::codec;
use super::event::RefusalAssessment;
use crate::face::Measure;
use crate::limits;
use crate::live::{Area, Hint, ScoredBy};

/// One step of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Four fingers of the right hand.
    RightFour,
    /// Four fingers of the left hand.
    LeftFour,
    /// Both thumbs.
    Thumbs,
    /// Portrait.
    Face,
}

impl Step {
    /// The plan in its order.
    pub const ALL: [Self; 4] = [Self::RightFour, Self::LeftFour, Self::Thumbs, Self::Face];

    /// The word in forms and scripts.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::RightFour => "right-four",
            Self::LeftFour => "left-four",
            Self::Thumbs => "thumbs",
            Self::Face => "face",
        }
    }

    /// Reads the word used in forms.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    /// The slap of this step; `None` for the face.
    #[must_use]
    pub fn hand(self) -> Option<Hand> {
        match self {
            Self::RightFour => Some(Hand::RightFour),
            Self::LeftFour => Some(Hand::LeftFour),
            Self::Thumbs => Some(Hand::Thumbs),
            Self::Face => None,
        }
    }

    /// What this step asks for.
    #[must_use]
    pub fn targets(self) -> Vec<Target> {
        match self.hand() {
            Some(hand) => hand.fingers().iter().map(|finger| Target::Finger(*finger)).collect(),
            None => vec![Target::Face],
        }
    }
}

/// A finger or the face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Target {
    /// One finger.
    Finger(Finger),
    /// The face.
    Face,
}

impl Target {
    /// The step in which it is taken.
    #[must_use]
    pub fn step(self) -> Step {
        match self {
            Self::Face => Step::Face,
            Self::Finger(finger) => match finger.hand() {
                Hand::RightFour => Step::RightFour,
                Hand::LeftFour => Step::LeftFour,
                Hand::Thumbs => Step::Thumbs,
            },
        }
    }

    /// The word in forms: `face` or the finger code 1 to 10.
    #[must_use]
    pub fn code(self) -> String {
        match self {
            Self::Face => "face".to_owned(),
            Self::Finger(finger) => finger.fgp().to_string(),
        }
    }

    /// Reads the word used in forms.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        if code == "face" {
            return Some(Self::Face);
        }
        code.parse().ok().and_then(Finger::from_fgp).map(Self::Finger)
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.code()
    }
}

impl TryFrom<String> for Target {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::from_code(&code).ok_or("not a finger code 1 to 10 and not \"face\"")
    }
}

/// Why a finger or face is not taken. Being unable is not refusing (recital 50): the two stay apart up to the outcome.
/// A refusal of everything is an outcome of the whole case and has its own event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExceptionReason {
    /// Not there any more, or never was.
    Amputated,
    /// Covered by a bandage.
    Bandaged,
    /// Hurt or unreadable for now.
    TemporaryDamage,
    /// Ridges worn for good.
    Worn,
    /// Cannot be put on the glass or before the camera.
    CannotPlace,
    /// The person does not want to give this one. Kept apart from every reason of being unable.
    Refused,
    /// Something else; the note says what.
    Other,
}

impl ExceptionReason {
    /// All of them, in the order a form shows them.
    pub const ALL: [Self; 7] = [
        Self::Amputated,
        Self::Bandaged,
        Self::TemporaryDamage,
        Self::Worn,
        Self::CannotPlace,
        Self::Refused,
        Self::Other,
    ];

    /// The word used in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Amputated => "amputated",
            Self::Bandaged => "bandaged",
            Self::TemporaryDamage => "temporary-damage",
            Self::Worn => "worn",
            Self::CannotPlace => "cannot-place",
            Self::Refused => "refused",
            Self::Other => "other",
        }
    }

    /// Reads the word used in forms.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// Whether a later retake can be expected to work.
    #[must_use]
    pub fn passes(self) -> bool {
        !matches!(self, Self::Amputated | Self::Worn | Self::Refused)
    }

    /// Whether the officer must say more than the reason.
    #[must_use]
    pub fn needs_note(self) -> bool {
        matches!(self, Self::Refused | Self::Other)
    }
}

/// One recorded exception.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Why.
    pub reason: ExceptionReason,
    /// In the officer's words.
    pub note: Option<String>,
    /// For a minor who refuses: assessment by the trained official (Art. 14(1)).
    #[serde(default)]
    pub assessment: Option<RefusalAssessment>,
    /// The photo that proves it, or why there is none; `None` where none is asked for, or while one is still missing.
    #[serde(default)]
    pub proof: Option<Proof>,
}

/// What stands for an exception of which the profile asks a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// A photo; one may show several fingers of a step.
    Photo {
        /// The number under which the image is kept.
        attempt: u32,
        /// When it was taken.
        taken_at: Timestamp,
    },
    /// None could be taken.
    NotTaken(NoPhoto),
}

/// Why an exception has no photo. Fixed words, because they stay on record and a note could hold anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoPhoto {
    /// The person does not want it; nobody is pressed.
    NotWanted,
    /// It would hurt or shame the person (Art. 13(2)).
    Dignity,
    /// It cannot be brought before the camera.
    CannotShow,
    /// The camera does not work.
    Technical,
}

impl NoPhoto {
    /// All of them, in the order a form shows them.
    pub const ALL: [Self; 4] = [Self::NotWanted, Self::Dignity, Self::CannotShow, Self::Technical];

    /// The word used in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotWanted => "not-wanted",
            Self::Dignity => "dignity",
            Self::CannotShow => "cannot-show",
            Self::Technical => "technical",
        }
    }

    /// Reads the word used in forms.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.code() == code)
    }
}

/// Under which conditions an attempt was judged: with the measurements the answer to "why was this refused".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// Quality a finger had to reach, 0 to 100.
    pub quality_min: u8,
    /// Program and version that measured.
    pub software: String,
    /// Driver and model that took the image.
    pub device: String,
}

/// What one attempt showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptResult {
    /// A slap.
    Slap {
        /// Per expected finger.
        fingers: Vec<FingerResult>,
        /// For the whole hand.
        hints: Vec<Hint>,
    },
    /// A portrait.
    Portrait {
        /// Whether it can be sent as it is.
        accepted: bool,
        /// Whether a detector looked at it.
        detector_used: bool,
        /// What would make it better.
        hints: Vec<Hint>,
        /// Every figure with its limit; empty without a detector and in records of older versions.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        measures: Vec<Measure>,
    },
}

/// What one attempt showed of one finger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FingerResult {
    /// Which.
    #[serde(with = "codec::finger")]
    pub finger: Finger,
    /// Where; `None` when it was not found.
    pub area: Option<Area>,
    /// Quality, 0 to 100.
    pub quality: u8,
    /// Whether it reached the threshold.
    pub accepted: bool,
    /// What would make it better.
    pub hint: Option<Hint>,
    /// Whose figure the quality is; records of older versions hold only our own.
    #[serde(default)]
    pub scored_by: ScoredBy,
}

/// One attempt of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Number within the case, from 1.
    pub number: u32,
    /// When the image arrived.
    pub captured_at: Timestamp,
    /// Measurements.
    pub result: AttemptResult,
    /// Thresholds and versions they were held against; `None` in records of older versions.
    pub conditions: Option<Conditions>,
    /// The image was destroyed (companion gone, step taken again); it counts for nothing.
    pub discarded: bool,
}

/// The best image of one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Best {
    /// In this attempt.
    pub attempt: u32,
    /// Where, for a finger.
    pub area: Option<Area>,
    /// Quality; for the face 100 when accepted and 0 otherwise.
    pub quality: u8,
    /// Whether it reached the threshold.
    pub accepted: bool,
    /// Whose figure the quality of a finger is.
    pub scored_by: ScoredBy,
}

/// How one step stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepState {
    /// Every attempt, oldest first.
    pub attempts: Vec<Attempt>,
    /// Attempts of the present round with the whole hand, against the policy's bound.
    pub round_attempts: u32,
    /// Attempts of the present round with one finger alone, each against the same bound.
    pub single_attempts: BTreeMap<Target, u32>,
    /// Finished since when.
    pub done_at: Option<Timestamp>,
    /// Why the officer went on below the threshold.
    pub reason: Option<String>,
}

impl StepState {
    /// The best image per target of this step.
    #[must_use]
    pub fn best(&self) -> BTreeMap<Target, Best> {
        let mut best: BTreeMap<Target, Best> = BTreeMap::new();
        for attempt in self.attempts.iter().filter(|attempt| !attempt.discarded) {
            for (target, candidate) in attempt.candidates() {
                let better = best.get(&target).is_none_or(|known| {
                    (candidate.accepted, candidate.quality) > (known.accepted, known.quality)
                });
                if better {
                    best.insert(target, candidate);
                }
            }
        }
        best
    }

    /// The newest attempt that still counts.
    #[must_use]
    pub fn newest(&self) -> Option<&Attempt> {
        self.attempts.iter().rev().find(|attempt| !attempt.discarded)
    }

    /// Whether another attempt fits the bounds.
    pub(super) fn has_room(&self, only: Option<Finger>, attempts_max: u32) -> bool {
        let used = match only {
            None => self.round_attempts,
            Some(finger) => self.single_attempts.get(&Target::Finger(finger)).copied().unwrap_or(0),
        };
        used < attempts_max && self.attempts.len() < limits::ATTEMPTS_PER_STEP_MAX
    }

    /// Counts one attempt of the present round.
    pub(super) fn count(&mut self, only: Option<Finger>) {
        let used = match only {
            None => &mut self.round_attempts,
            Some(finger) => self.single_attempts.entry(Target::Finger(finger)).or_default(),
        };
        *used = used.saturating_add(1);
    }

    /// Opens the step again and discards what `unwanted` says; gives the numbers of the discarded attempts.
    pub(super) fn discard(&mut self, unwanted: impl Fn(&Attempt) -> bool) -> Vec<u32> {
        let mut numbers = Vec::new();
        for attempt in &mut self.attempts {
            if !attempt.discarded && unwanted(attempt) {
                attempt.discarded = true;
                numbers.push(attempt.number);
            }
        }
        if !numbers.is_empty() {
            self.done_at = None;
            self.reason = None;
        }
        numbers
    }
}

impl Attempt {
    /// What this attempt offers per target.
    pub(super) fn candidates(&self) -> Vec<(Target, Best)> {
        let attempt = self.number;
        match &self.result {
            AttemptResult::Slap { fingers, .. } => fingers
                .iter()
                .filter(|finger| finger.area.is_some())
                .map(|finger| {
                    let FingerResult { area, quality, accepted, scored_by, .. } = *finger;
                    let best = Best { attempt, area, quality, accepted, scored_by };
                    (Target::Finger(finger.finger), best)
                })
                .collect(),
            AttemptResult::Portrait { accepted, .. } => {
                let quality = if *accepted { 100 } else { 0 };
                let (accepted, scored_by) = (*accepted, ScoredBy::Own);
                vec![(Target::Face, Best { attempt, area: None, quality, accepted, scored_by })]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slap(number: u32, qualities: &[(u8, u8, bool)]) -> Attempt {
        let fingers = qualities
            .iter()
            .map(|(fgp, quality, accepted)| FingerResult {
                finger: Finger::from_fgp(*fgp).expect("a finger code of the test"),
                area: (*quality > 0).then_some(Area { left: 0, top: 0, right: 10, bottom: 10 }),
                quality: *quality,
                accepted: *accepted,
                hint: None,
                scored_by: ScoredBy::Own,
            })
            .collect();
        let result = AttemptResult::Slap { fingers, hints: Vec::new() };
        Attempt { number, captured_at: Timestamp::UNIX_EPOCH, result, conditions: None, discarded: false }
    }

    #[test]
    fn the_best_attempt_is_kept_per_finger() {
        let mut state = StepState::default();
        state.attempts.push(slap(1, &[(2, 70, true), (3, 20, false), (4, 0, false)]));
        state.attempts.push(slap(2, &[(2, 60, true), (3, 50, true), (4, 0, false)]));
        let chosen = |state: &StepState, fgp| {
            state.best().get(&Target::Finger(Finger::from_fgp(fgp).expect("code"))).map(|best| best.attempt)
        };
        assert_eq!([chosen(&state, 2), chosen(&state, 3), chosen(&state, 4)], [Some(1), Some(2), None]);
        assert_eq!(state.discard(|attempt| attempt.number == 1), vec![1]);
        assert_eq!([chosen(&state, 2), chosen(&state, 3)], [Some(2), Some(2)]);
    }

    #[test]
    fn codes_read_back() {
        for step in Step::ALL {
            assert_eq!(Step::from_code(step.code()), Some(step));
            for target in step.targets() {
                assert_eq!(Target::from_code(&target.code()), Some(target));
                assert_eq!(target.step(), step);
            }
        }
        for code in ["", "0", "11", "Face", "-1"] {
            assert_eq!(Target::from_code(code), None, "{code:?}");
        }
    }
}
