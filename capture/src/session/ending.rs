//! Handlers of the endings: sealed, refused, ended without biometrics. Force is not among them (G8).

use jiff::Timestamp;

use super::event::{Action, Outcome, Refusal, RefusalAssessment, SealPlan, WithoutReason};
use super::plan::{Exception, ExceptionReason};
use super::planted::Planted;
use super::screening::ScreeningForm;
use super::{Denied, Sensor, Sequence, Session};

impl Session {
    pub(super) fn ask_seal(&mut self, now: Timestamp) -> Result<(), Denied> {
        let (person, band) = self.person.clone().ok_or(Denied::PersonMissing)?;
        if self.sealing {
            return Ok(());
        }
        if self.sensor != Sensor::Off {
            return Err(Denied::SensorBusy);
        }
        if self.gates_open(now) && !self.planted(Planted::SealedWithoutGates) {
            return Err(Denied::GatesOpen);
        }
        if self.plan().iter().any(|step| self.step(*step).done_at.is_none()) {
            return Err(Denied::StepsOpen);
        }
        match self.sequence {
            Sequence::Fine { .. } => {}
            Sequence::Doubtful(_) => return Err(Denied::SequenceDoubtful),
            Sequence::NotChecked | Sequence::Checking => return Err(Denied::NotNow),
        }
        let best = self.best_of_all();
        let taken = self.plan().iter().filter_map(|step| self.step(*step).newest());
        let captured_at = taken.map(|attempt| attempt.captured_at).max().ok_or(Denied::NothingCaptured)?;
        if best.is_empty() {
            return Err(Denied::NothingCaptured);
        }
        self.sealing = true;
        let exceptions =
            self.exceptions.iter().map(|(target, exception)| (*target, exception.clone())).collect();
        let plan = SealPlan {
            person,
            band,
            staff: self.operator.staff.clone(),
            captured_at,
            best,
            exceptions,
            photos: self.photos().into_iter().collect(),
            outcome: self.outcome_when_sealed(),
            safeguards: self.safeguard_record(now),
            attempts: self.attempt_records(),
        };
        self.actions.push_back(Action::Seal(Box::new(plan)));
        Ok(())
    }

    /// The form may change until the case has ended; it is no condition of the capture.
    pub(super) fn record_screening(&mut self, form: ScreeningForm) -> Result<(), Denied> {
        self.band().ok_or(Denied::PersonMissing)?;
        self.screening = Some(form);
        Ok(())
    }

    pub(super) fn sealed(&mut self, now: Timestamp) -> Result<(), Denied> {
        if !self.sealing || self.gates_open(now) && !self.planted(Planted::SealedWithoutGates) {
            return Err(Denied::NotNow);
        }
        self.sealing = false;
        self.outcome = Some((now, self.outcome_when_sealed()));
        Ok(())
    }

    pub(super) fn seal_failed(&mut self) -> Result<(), Denied> {
        if !self.sealing {
            return Err(Denied::NotNow);
        }
        self.sealing = false;
        Ok(())
    }

    pub(super) fn record_refusal(&mut self, refusal: &Refusal, now: Timestamp) -> Result<(), Denied> {
        let band = self.band().ok_or(Denied::PersonMissing)?;
        if refusal.counselling.trim().is_empty() {
            return Err(Denied::CounsellingMissing);
        }
        let mut referred = false;
        if band.is_minor() {
            referred = self.judge_assessment(refusal.assessment.as_ref(), now)?;
        }
        self.way_out()?;
        if self.planted(Planted::RefusalIgnored) {
            return Ok(());
        }
        self.end(Outcome::Refused { referred }, now);
        Ok(())
    }

    /// Gate G9: a trained official assesses, and a risk is always referred. Gives whether the minor was referred.
    pub(super) fn judge_assessment(
        &self,
        assessment: Option<&RefusalAssessment>,
        now: Timestamp,
    ) -> Result<bool, Denied> {
        self.operator.trained(now)?;
        let assessment = assessment.ok_or(Denied::RefusalAssessmentMissing)?;
        if assessment.grounds.trim().is_empty() {
            return Err(Denied::RefusalAssessmentMissing);
        }
        let referred = referred(assessment);
        if assessment.risk && !referred && !self.planted(Planted::RiskWithoutReferral) {
            return Err(Denied::ReferralMissing);
        }
        Ok(referred)
    }

    pub(super) fn end_without(
        &mut self,
        why: WithoutReason,
        note: &str,
        now: Timestamp,
    ) -> Result<(), Denied> {
        if note.trim().is_empty() && why != WithoutReason::Rest {
            return Err(Denied::FieldMissing);
        }
        self.way_out()?;
        self.end(Outcome::Without(why), now);
        Ok(())
    }

    /// Always open, unless a test has broken exactly this.
    pub(super) fn way_out(&self) -> Result<(), Denied> {
        let trapped = self.interrupted && self.planted(Planted::InterruptionIsATrap);
        if trapped { Err(Denied::NotNow) } else { Ok(()) }
    }

    /// Ends the case without biometrics: sensor dark, every image destroyed.
    fn end(&mut self, outcome: Outcome, now: Timestamp) {
        self.sensor_off();
        self.sealing = false;
        let mut attempts = Vec::new();
        for state in self.steps.values_mut() {
            attempts.extend(state.discard(|_| true));
        }
        attempts.extend(self.forget_photos(|_| true));
        if !attempts.is_empty() {
            self.actions.push_back(Action::DiscardImages { attempts });
        }
        self.outcome = Some((now, outcome));
        self.actions.push_back(Action::End { outcome });
    }

    fn outcome_when_sealed(&self) -> Outcome {
        let passes = |exception: &Exception| exception.reason.passes();
        let refused = |exception: &&Exception| exception.reason == ExceptionReason::Refused;
        let mut refusals = self.exceptions.values().filter(refused).peekable();
        if self.exceptions.is_empty() {
            Outcome::Complete
        } else if refusals.peek().is_some() {
            let assessments = refusals.filter_map(|exception| exception.assessment.as_ref());
            let referred = assessments.into_iter().any(referred);
            Outcome::PartialRefused { referred }
        } else if self.exceptions.values().any(passes) {
            Outcome::PartialTemporary
        } else {
            Outcome::PartialPermanent
        }
    }
}

fn referred(assessment: &RefusalAssessment) -> bool {
    assessment.referral.as_deref().is_some_and(|text| !text.trim().is_empty())
}
