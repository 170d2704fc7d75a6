//! One screening of one person as a state machine: gates, capture plan, attempts, outcome.
//!
//! Pure. Events and `now` come in through [`Session::handle`]; orders go out through [`Session::poll`]; everything
//! else only looks. An event that is not allowed as things stand is [`Denied`] and changes nothing.
//!
//! Calling order: `handle`, store the event durably, then `poll` until it gives nothing and carry out the orders.
//! Replaying stored events (and throwing the orders away) gives the same session back; then [`Event::Restarted`].
//!
//! Invariants, each explored over the whole state space of a small plan (`exploration_tests`, which also shows that it
//! sees a rule that is broken on purpose) and drawn at random for the whole plan (`random_tests`):
//! * [`Action::EnableSensor`] is emitted only while every gate this person needs is closed (Art. 13 and 14).
//! * A person under six, or of uncertain age around six without proof, is never captured and never sealed.
//! * When the companion of a minor leaves, the sensor goes dark and what was taken without them is discarded.
//! * No event, state or action applies force or a sanction to anybody (gate G8).
//! * Every state reaches an ending: refusal and ending without biometrics are possible until the case is sealed.

mod age;
mod codec;
mod denied;
mod ending;
mod event;
#[cfg(test)]
mod exploration_tests;
mod gates;
mod permit;
mod plan;
mod planted;
mod proof;
#[cfg(test)]
mod random_tests;
mod record;
mod safeguards;
mod screening;
mod steps;
#[cfg(test)]
mod story_tests;

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use matcher::Finger;

pub use self::age::{AgeBand, AgeBasis, AgeClaim, AgeJudgement, AgeRefusal, judge as judge_age};
pub use self::denied::Denied;
pub use self::event::{
    Action, AgeRefusalRecord, DoubtKind, Event, Outcome, Person, Refusal, RefusalAssessment, SealPlan,
    SequenceDoubt, WithoutReason,
};
pub use self::gates::{
    ChildTraining, Companion, CompanionKind, Designation, Gate, GateStatus, Information, InformationMode,
    Operator,
};
pub use self::permit::SensorPermit;
pub use self::plan::{
    Attempt, AttemptResult, Best, Conditions, Exception, ExceptionReason, FingerResult, NoPhoto, Proof, Step,
    StepState, Target,
};
pub use self::record::{AttemptRecord, SafeguardRecord};
pub use self::screening::{ScreeningForm, ScreeningKind, Standing};
use crate::limits;
use crate::parameters::CHILD_ROUNDS_MAX;

/// The site's rules for this session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Attempts per step and round for adults and adolescents.
    pub attempts_max: u32,
    /// Attempts per step and round for children.
    pub attempts_max_child: u32,
    /// The capture plan in its order, from the ICD profile; no step twice.
    pub plan: Vec<Step>,
    /// Exceptions of which the ICD profile asks a photo.
    pub proof_photo: Vec<ExceptionReason>,
}

/// How a case began.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// The officer.
    pub operator: Operator,
    /// Category, by its code.
    pub category: char,
    /// When the case was opened.
    pub opened_at: Timestamp,
}

/// One screening of one person.
#[derive(Clone, PartialEq)]
pub struct Session {
    policy: Policy,
    opening: Opening,
    operator: Operator,
    person: Option<(Person, AgeBand)>,
    /// When gate G1 was judged.
    person_at: Timestamp,
    /// Gate G2: when, and for which officer.
    training: Option<(Timestamp, String)>,
    best_interests: Option<(Timestamp, String)>,
    companion: Option<(Timestamp, Companion)>,
    information: Option<(Timestamp, Information)>,
    /// The companion left and the gates have not been passed again since.
    interrupted: bool,
    sensor: Sensor,
    step_current: Option<Step>,
    steps: BTreeMap<Step, StepState>,
    exceptions: BTreeMap<Target, Exception>,
    /// Photos of exceptions that were taken, per step.
    proof_tries: BTreeMap<Step, u32>,
    sequence: Sequence,
    screening: Option<ScreeningForm>,
    sealing: bool,
    outcome: Option<(Timestamp, Outcome)>,
    attempts_total: u32,
    events_total: u32,
    actions: VecDeque<Action>,
    #[cfg(test)]
    planted: Option<planted::Planted>,
}

/// What the sensor is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensor {
    /// Dark.
    Off,
    /// Waiting for fingers or a face.
    Live {
        /// In this step.
        step: Step,
        /// Under this number.
        attempt: u32,
        /// With one finger alone.
        only: Option<Finger>,
        /// The camera, for a photo of what cannot be taken in this step.
        proof: bool,
    },
}

/// How the comparison of the fingers with each other stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// Steps are still open.
    NotChecked,
    /// The matcher is at work.
    Checking,
    /// Something looks wrong.
    Doubtful(Vec<SequenceDoubt>),
    /// Nothing looks wrong, or the officer said why it is right.
    Fine {
        /// The officer's reason.
        reason: Option<String>,
    },
}

/// What comes next; the screen shows one page per phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing is known about the person.
    Intake,
    /// Safeguards are open.
    Gates,
    /// The companion left; the safeguards are asked again.
    Interrupted,
    /// A step can be started.
    Capture {
        /// The next one.
        step: Step,
    },
    /// The sensor is live.
    Sensing {
        /// In this step.
        step: Step,
    },
    /// An attempt waits to be accepted or repeated.
    Review {
        /// In this step.
        step: Step,
    },
    /// The matcher compares the fingers.
    Checking,
    /// The matcher doubts the sequence.
    Doubt,
    /// Everything is there.
    ReadyToSeal,
    /// The container is being built.
    Sealing,
    /// Over.
    Ended {
        /// How.
        outcome: Outcome,
    },
}

impl Phase {
    /// The word in scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::Gates => "gates",
            Self::Interrupted => "interrupted",
            Self::Capture { .. } => "capture",
            Self::Sensing { .. } => "sensing",
            Self::Review { .. } => "review",
            Self::Checking => "checking",
            Self::Doubt => "doubt",
            Self::ReadyToSeal => "ready-to-seal",
            Self::Sealing => "sealing",
            Self::Ended { .. } => "ended",
        }
    }
}

impl Session {
    /// A session about which nothing is known but its opening.
    #[must_use]
    pub fn new(opening: Opening, policy: Policy) -> Self {
        Self {
            operator: opening.operator.clone(),
            person_at: opening.opened_at,
            opening,
            #[cfg(test)]
            planted: None,
            person: None,
            training: None,
            best_interests: None,
            companion: None,
            information: None,
            interrupted: false,
            sensor: Sensor::Off,
            step_current: None,
            steps: policy.plan.iter().map(|step| (*step, StepState::default())).collect(),
            policy,
            exceptions: BTreeMap::new(),
            proof_tries: BTreeMap::new(),
            sequence: Sequence::NotChecked,
            screening: None,
            sealing: false,
            outcome: None,
            attempts_total: 0,
            events_total: 0,
            actions: VecDeque::new(),
        }
    }

    /// Takes in one event. A denial leaves everything as it was.
    pub fn handle(&mut self, event: Event, now: Timestamp) -> Result<(), Denied> {
        if self.outcome.is_some() {
            return Err(Denied::CaseEnded);
        }
        if self.events_total >= limits::EVENTS_PER_SESSION_MAX && !ends(&event) {
            return Err(Denied::SessionTooLong);
        }
        if self.actions.len() >= limits::ACTIONS_WAITING_MAX {
            return Err(Denied::NotNow);
        }
        self.dispatch(event, now)?;
        self.events_total = self.events_total.saturating_add(1);
        Ok(())
    }

    /// The next order, oldest first.
    pub fn poll(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    fn dispatch(&mut self, event: Event, now: Timestamp) -> Result<(), Denied> {
        match event {
            Event::PersonRecorded(person) => self.record_person(*person, now),
            Event::TrainingAsked => self.ask_training(now),
            Event::BestInterestsAnswered { confirmed, note } => {
                self.answer_best_interests(confirmed, note, now)
            }
            Event::CompanionArrived(companion) => self.companion_arrived(*companion, now),
            Event::CompanionLeft { left_at } => self.companion_left(left_at, now),
            Event::InformationGiven(information) => self.information_given(information, now),
            Event::OperatorChanged(operator) => self.change_operator(operator),
            Event::CaptureAsked { step, only } => self.ask_capture(step, only, now),
            Event::CaptureArrived { attempt, result, conditions } => {
                self.capture_arrived(attempt, result, conditions, now)
            }
            Event::CaptureEnded { attempt, code: _ } => self.capture_ended(attempt),
            Event::CaptureStopped => self.stop_capture(),
            Event::BestAccepted { step, reason } => self.accept_best(step, reason, now),
            Event::ExceptionRecorded { target, reason, note, assessment } => {
                self.record_exception(target, Exception { reason, note, assessment, proof: None }, now)
            }
            Event::ProofPhotoAsked { step } => self.ask_proof_photo(step, now),
            Event::ProofPhotoArrived { attempt } => self.proof_photo_arrived(attempt, now),
            Event::ProofPhotoLeftOut { step, why } => self.leave_out_proof_photo(step, why, now),
            Event::ExceptionWithdrawn { target } => self.withdraw_exception(target),
            Event::SequenceChecked { doubts } => self.sequence_checked(doubts),
            Event::SequenceConfirmed { reason } => self.confirm_sequence(reason),
            Event::RefusalRecorded(refusal) => self.record_refusal(&refusal, now),
            Event::EndedWithout { why, note } => self.end_without(why, &note, now),
            Event::ScreeningRecorded(form) => self.record_screening(*form),
            Event::SealAsked => self.ask_seal(now),
            Event::Sealed => self.sealed(now),
            Event::SealFailed { code: _ } => self.seal_failed(),
            Event::Restarted => self.restarted(),
        }
    }

    /// What comes next.
    #[must_use]
    pub fn phase(&self, now: Timestamp) -> Phase {
        if let Some((_, outcome)) = self.outcome {
            return Phase::Ended { outcome };
        }
        if self.person.is_none() {
            return Phase::Intake;
        }
        if let Sensor::Live { step, .. } = self.sensor {
            return Phase::Sensing { step };
        }
        if self.sealing {
            return Phase::Sealing;
        }
        if self.gates_open(now) {
            return if self.interrupted { Phase::Interrupted } else { Phase::Gates };
        }
        if let Some(step) = self.step_in_review() {
            return Phase::Review { step };
        }
        match (self.step_next(), &self.sequence) {
            (Some(step), _) => Phase::Capture { step },
            (None, Sequence::Doubtful(_)) => Phase::Doubt,
            (None, Sequence::Fine { .. }) => Phase::ReadyToSeal,
            (None, Sequence::NotChecked | Sequence::Checking) => Phase::Checking,
        }
    }

    /// Every gate this person needs, in order, and how it stands at `now`.
    #[must_use]
    pub fn gates(&self, now: Timestamp) -> Vec<GateStatus> {
        let band = self.band();
        let needed = |gate: &Gate| band.map_or(*gate == Gate::Age, |band| gate.needed(band));
        Gate::ALL.into_iter().filter(needed).map(|gate| self.gate(gate, now)).collect()
    }

    /// The path of this person, once known.
    #[must_use]
    pub fn band(&self) -> Option<AgeBand> {
        self.person.as_ref().map(|(_, band)| *band)
    }

    /// Age in whole years on the day of `now`, once known.
    #[must_use]
    pub fn age_years(&self, now: Timestamp) -> Option<u8> {
        age::years(&self.person()?.age, gates::day(now)).ok()
    }

    /// Which information was given, and when.
    #[must_use]
    pub fn information(&self) -> Option<&(Timestamp, Information)> {
        self.information.as_ref()
    }

    /// What was typed about the person.
    #[must_use]
    pub fn person(&self) -> Option<&Person> {
        self.person.as_ref().map(|(person, _)| person)
    }

    /// Who stays with the minor.
    #[must_use]
    pub fn companion(&self) -> Option<&Companion> {
        self.companion.as_ref().map(|(_, companion)| companion)
    }

    /// The officer who works on the case.
    #[must_use]
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// How the case began.
    #[must_use]
    pub fn opening(&self) -> &Opening {
        &self.opening
    }

    /// What the sensor is doing.
    #[must_use]
    pub fn sensor(&self) -> Sensor {
        self.sensor
    }

    /// The capture plan in its order.
    #[must_use]
    pub fn plan(&self) -> &[Step] {
        &self.policy.plan
    }

    /// How one step stands.
    #[must_use]
    pub fn step(&self, step: Step) -> &StepState {
        static NEVER_TOUCHED: StepState = StepState {
            attempts: Vec::new(),
            round_attempts: 0,
            single_attempts: BTreeMap::new(),
            done_at: None,
            reason: None,
        };
        self.steps.get(&step).unwrap_or(&NEVER_TOUCHED)
    }

    /// Recorded exceptions.
    #[must_use]
    pub fn exceptions(&self) -> &BTreeMap<Target, Exception> {
        &self.exceptions
    }

    /// How the comparison of the fingers stands.
    #[must_use]
    pub fn sequence(&self) -> &Sequence {
        &self.sequence
    }

    /// The screening form, where one is filled in.
    #[must_use]
    pub fn screening(&self) -> Option<&ScreeningForm> {
        self.screening.as_ref()
    }

    /// When and how the case ended.
    #[must_use]
    pub fn outcome(&self) -> Option<(Timestamp, Outcome)> {
        self.outcome
    }

    /// Attempts that the policy allows in one round of a step.
    #[must_use]
    pub fn attempts_max(&self) -> u32 {
        match self.band() {
            // Two rounds and then rest, whatever a site configures for grown-ups.
            Some(AgeBand::Child) => self.policy.attempts_max_child.min(CHILD_ROUNDS_MAX),
            _ => self.policy.attempts_max,
        }
    }

    /// Whether another attempt of a step with the whole hand fits the bounds.
    #[must_use]
    pub fn may_try_again(&self, step: Step) -> bool {
        self.may_try(step, None)
    }

    /// Whether another attempt of a step, or of one finger alone, fits the bounds.
    #[must_use]
    pub fn may_try(&self, step: Step, only: Option<Finger>) -> bool {
        self.step(step).has_room(only, self.attempts_max()) || self.doubted(step)
    }

    /// Fingers with a recorded exception.
    #[must_use]
    pub fn missing(&self, step: Step) -> Vec<Finger> {
        let fingers = self.exceptions.keys().filter(|target| target.step() == step);
        fingers
            .filter_map(|target| if let Target::Finger(finger) = target { Some(*finger) } else { None })
            .collect()
    }

    /// What a step still expects.
    #[must_use]
    pub fn expected(&self, step: Step) -> Vec<Target> {
        step.targets().into_iter().filter(|target| !self.exceptions.contains_key(target)).collect()
    }

    fn step_in_review(&self) -> Option<Step> {
        let mut candidates = self.step_current.into_iter().chain(self.policy.plan.iter().copied());
        candidates.find(|step| {
            let state = self.step(*step);
            state.done_at.is_none() && state.newest().is_some()
        })
    }

    fn step_next(&self) -> Option<Step> {
        self.policy.plan.iter().copied().find(|step| self.step(*step).done_at.is_none())
    }
}

/// Whether an event ends the case; those stay possible however long a session is.
fn ends(event: &Event) -> bool {
    matches!(
        event,
        Event::RefusalRecorded(_)
            | Event::EndedWithout { .. }
            | Event::CompanionLeft { .. }
            | Event::Restarted
    )
}
