//! Handlers of the capture plan: sensor, attempts, best, exceptions, sequence check.

use jiff::Timestamp;
use matcher::Finger;

use super::event::{Action, SequenceDoubt};
use super::plan::{
    Attempt, AttemptResult, Best, Conditions, Exception, ExceptionReason, Proof, Step, StepState, Target,
};
use super::planted::Planted;
use super::{Denied, Sensor, Sequence, Session};
use crate::limits::OTHER_ATTEMPTS_COMPARED_MAX;

impl Session {
    pub(super) fn ask_capture(
        &mut self,
        step: Step,
        only: Option<Finger>,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let band = self.band().ok_or(Denied::PersonMissing)?;
        match self.sensor {
            Sensor::Live { step: live, only: alone, proof: false, .. } if live == step && alone == only => {
                return Ok(());
            }
            Sensor::Live { .. } => return Err(Denied::SensorBusy),
            Sensor::Off if self.sealing => return Err(Denied::NotNow),
            Sensor::Off => {}
        }
        if !self.plan().contains(&step) {
            return Err(Denied::NotNow);
        }
        let permit = self.permit(now)?;
        let expected = self.expected(step);
        if expected.is_empty() {
            return Err(Denied::StepDone);
        }
        if only.is_some_and(|finger| !expected.contains(&Target::Finger(finger))) {
            return Err(Denied::FingerOfOtherStep);
        }
        if !self.may_try(step, only) && !self.planted(Planted::TriesUnbounded) {
            return Err(Denied::AttemptsUsedUp);
        }
        if self.doubted(step) {
            self.start_over(step);
        }
        self.attempts_total = self.attempts_total.saturating_add(1);
        let attempt = self.attempts_total;
        self.sensor = Sensor::Live { step, attempt, only, proof: false };
        self.step_current = Some(step);
        let mut missing = self.missing(step);
        if let Some(only) = only {
            let fingers = step.hand().map(matcher::Hand::fingers).unwrap_or_default().iter();
            missing = fingers.copied().filter(|finger| *finger != only).collect();
        }
        let proof = false;
        self.actions.push_back(Action::EnableSensor { permit, step, attempt, missing, band, proof });
        Ok(())
    }

    /// An image is taken only from a live sensor, under its number, with every gate still closed.
    pub(super) fn capture_arrived(
        &mut self,
        attempt: u32,
        result: AttemptResult,
        conditions: Option<Conditions>,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let Sensor::Live { step, attempt: live, only, proof: false } = self.sensor else {
            return Err(Denied::ImageDiscarded);
        };
        if live != attempt || !fits(step, only, &result) || self.gates_open(now) {
            return Err(Denied::ImageDiscarded);
        }
        self.sensor_off();
        let state = self.state(step);
        state.done_at = None;
        state.reason = None;
        state.count(only);
        let attempt = Attempt { number: attempt, captured_at: now, result, conditions, discarded: false };
        state.attempts.push(attempt);
        self.sequence = Sequence::NotChecked;
        Ok(())
    }

    pub(super) fn capture_ended(&mut self, attempt: u32) -> Result<(), Denied> {
        match self.sensor {
            Sensor::Live { attempt: live, .. } if live == attempt => {
                self.sensor_off();
                Ok(())
            }
            _ => Err(Denied::NotNow),
        }
    }

    pub(super) fn stop_capture(&mut self) -> Result<(), Denied> {
        if self.sensor == Sensor::Off {
            return Err(Denied::NotNow);
        }
        self.sensor_off();
        Ok(())
    }

    pub(super) fn accept_best(
        &mut self,
        step: Option<Step>,
        reason: Option<String>,
        now: Timestamp,
    ) -> Result<(), Denied> {
        self.idle()?;
        let step = step.or_else(|| self.step_in_review()).ok_or(Denied::NothingToAccept)?;
        let state = self.step(step);
        if state.done_at.is_some() {
            return Err(Denied::StepDone);
        }
        if state.newest().is_none() {
            return Err(Denied::NothingToAccept);
        }
        if self.gates_open(now) {
            return Err(Denied::GatesOpen);
        }
        if self.photo_required(step) {
            return Err(Denied::ProofPhotoMissing);
        }
        let best = state.best();
        let chosen: Option<Vec<Best>> =
            self.expected(step).iter().map(|target| best.get(target).copied()).collect();
        let chosen = chosen.ok_or(Denied::FingerNotFound)?;
        let reason = reason.filter(|text| !text.trim().is_empty());
        if reason.is_none() && !chosen.iter().all(|best| best.accepted) {
            return Err(Denied::ReasonMissing);
        }
        self.finish_step(step, reason, now);
        Ok(())
    }

    pub(super) fn record_exception(
        &mut self,
        target: Target,
        mut exception: Exception,
        now: Timestamp,
    ) -> Result<(), Denied> {
        self.idle()?;
        self.judge_exception(&exception, now)?;
        let step = target.step();
        if !self.plan().contains(&step) {
            return Err(Denied::NotNow);
        }
        let state = self.step(step);
        if state.done_at.is_some() && state.best().contains_key(&target) {
            return Err(Denied::FingerAlreadyTaken);
        }
        // A photo shows the same finger whatever the reason is called.
        let before = self.exceptions.get(&target).and_then(|before| before.proof);
        exception.proof = before.filter(|proof| matches!(proof, Proof::Photo { .. }));
        self.exceptions.insert(target, exception);
        if self.photo_required(step) && self.step(step).done_at.is_some() {
            let state = self.state(step);
            state.done_at = None;
            state.reason = None;
            self.sequence = Sequence::NotChecked;
        }
        self.finish_if_nothing_expected(step, now);
        Ok(())
    }

    /// A step of which nothing is expected is done, once what proves it is settled.
    pub(super) fn finish_if_nothing_expected(&mut self, step: Step, now: Timestamp) {
        if !self.expected(step).is_empty() || self.step(step).done_at.is_some() {
            return;
        }
        let numbers = self.state(step).discard(|_| true);
        if !numbers.is_empty() {
            self.actions.push_back(Action::DiscardImages { attempts: numbers });
        }
        if !self.photo_required(step) {
            self.finish_step(step, None, now);
        }
    }

    /// Being unable needs a reason; not wanting needs words, and with a minor the assessment of gate G9.
    fn judge_exception(&self, exception: &Exception, now: Timestamp) -> Result<(), Denied> {
        let band = self.band().ok_or(Denied::PersonMissing)?;
        let noted = exception.note.as_deref().is_some_and(|note| !note.trim().is_empty());
        if exception.reason.needs_note() && !noted {
            return Err(Denied::ExceptionNoteMissing);
        }
        if exception.reason == ExceptionReason::Refused && band.is_minor() {
            self.judge_assessment(exception.assessment.as_ref(), now)?;
        }
        Ok(())
    }

    pub(super) fn withdraw_exception(&mut self, target: Target) -> Result<(), Denied> {
        self.idle()?;
        let photos = self.photos();
        if self.exceptions.remove(&target).is_none() {
            return Err(Denied::NotNow);
        }
        self.discard_photos_without_exception(&photos);
        let state = self.state(target.step());
        state.done_at = None;
        state.reason = None;
        self.sequence = Sequence::NotChecked;
        Ok(())
    }

    pub(super) fn sequence_checked(&mut self, doubts: Vec<SequenceDoubt>) -> Result<(), Denied> {
        if self.sequence != Sequence::Checking {
            return Err(Denied::NotNow);
        }
        self.sequence =
            if doubts.is_empty() { Sequence::Fine { reason: None } } else { Sequence::Doubtful(doubts) };
        Ok(())
    }

    pub(super) fn confirm_sequence(&mut self, reason: String) -> Result<(), Denied> {
        self.idle()?;
        if !matches!(self.sequence, Sequence::Doubtful(_)) {
            return Err(Denied::NotNow);
        }
        if reason.trim().is_empty() {
            return Err(Denied::ReasonMissing);
        }
        self.sequence = Sequence::Fine { reason: Some(reason) };
        Ok(())
    }

    pub(super) fn restarted(&mut self) -> Result<(), Denied> {
        self.sensor = Sensor::Off;
        self.sealing = false;
        if !self.planted(Planted::RestartKeepsCompanion) && self.companion.take().is_some() {
            self.interrupted = true;
        }
        self.sequence = match core::mem::replace(&mut self.sequence, Sequence::NotChecked) {
            Sequence::Checking => Sequence::NotChecked,
            other => other,
        };
        self.check_sequence_if_done();
        Ok(())
    }

    pub(super) fn sensor_off(&mut self) {
        if self.sensor != Sensor::Off {
            self.sensor = Sensor::Off;
            self.actions.push_back(Action::DisableSensor);
        }
    }

    /// The best image of everything the plan expects.
    pub(super) fn best_of_all(&self) -> Vec<(Target, Best)> {
        let mut chosen = Vec::new();
        for step in self.plan() {
            let expected = self.expected(*step);
            let best = self.step(*step).best();
            chosen.extend(best.into_iter().filter(|(target, _)| expected.contains(target)));
        }
        chosen
    }

    pub(super) fn check_sequence_if_done(&mut self) {
        let done = self.plan().iter().all(|step| self.step(*step).done_at.is_some());
        if done && self.sequence == Sequence::NotChecked {
            self.sequence = Sequence::Checking;
            let best = self.best_of_all();
            let others = self.others_than(&best);
            self.actions.push_back(Action::CheckSequence { best, others });
        }
    }

    /// What the standing attempts of the plan show beside the images in use, newest attempts first.
    fn others_than(&self, used: &[(Target, Best)]) -> Vec<(Target, Best)> {
        let unused = |offered: &(Target, Best)| {
            !used.iter().any(|(target, best)| (*target, best.attempt) == (offered.0, offered.1.attempt))
        };
        let of_step = |step: &Step| {
            let standing = self.step(*step).attempts.iter().rev().filter(|attempt| !attempt.discarded);
            let offers = standing.map(|attempt| attempt.candidates().into_iter().filter(unused).collect());
            let offers = offers.filter(|offers: &Vec<(Target, Best)>| !offers.is_empty());
            offers.take(OTHER_ATTEMPTS_COMPARED_MAX).flatten().collect::<Vec<_>>()
        };
        self.plan().iter().flat_map(of_step).collect()
    }

    /// Whether the sequence check pointed at this step.
    pub(super) fn doubted(&self, step: Step) -> bool {
        let Sequence::Doubtful(doubts) = &self.sequence else { return false };
        let named = doubts.iter().flat_map(|doubt| &doubt.targets).any(|target| target.step() == step);
        named && self.step(step).attempts.len() < crate::limits::ATTEMPTS_PER_STEP_MAX
    }

    /// A doubted step begins a new round: what it showed before may be the wrong hand.
    fn start_over(&mut self, step: Step) {
        let state = self.state(step);
        let attempts = state.discard(|_| true);
        state.round_attempts = 0;
        state.single_attempts.clear();
        self.sequence = Sequence::NotChecked;
        self.actions.push_back(Action::DiscardImages { attempts });
    }

    fn finish_step(&mut self, step: Step, reason: Option<String>, now: Timestamp) {
        let state = self.state(step);
        state.done_at = Some(now);
        state.reason = reason;
        self.check_sequence_if_done();
    }

    pub(super) fn idle(&self) -> Result<(), Denied> {
        match self.sensor {
            Sensor::Live { .. } => Err(Denied::SensorBusy),
            Sensor::Off if self.sealing => Err(Denied::NotNow),
            Sensor::Off => Ok(()),
        }
    }

    fn state(&mut self, step: Step) -> &mut StepState {
        self.steps.entry(step).or_default()
    }
}

/// Whether a result belongs to this kind of step and speaks only of the fingers asked for, each at most once.
fn fits(step: Step, only: Option<Finger>, result: &AttemptResult) -> bool {
    match result {
        AttemptResult::Portrait { .. } => step == Step::Face,
        AttemptResult::Slap { fingers, .. } => {
            let targets: Vec<Target> = fingers.iter().map(|finger| Target::Finger(finger.finger)).collect();
            let asked = |target: &Target| only.is_none_or(|finger| *target == Target::Finger(finger));
            let known = targets.iter().all(|target| target.step() == step && asked(target));
            let once = targets
                .iter()
                .enumerate()
                .all(|(at, target)| !targets.iter().skip(at + 1).any(|t| t == target));
            step != Step::Face && known && once
        }
    }
}
