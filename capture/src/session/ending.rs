//! Handlers of the endings: sealed, refused, ended without biometrics. Force is not among them (G8).

use jiff::Timestamp;

use super::event::{Action, Outcome, Refusal, SealPlan, WithoutReason};
use super::plan::{Exception, Step};
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
        if self.gates_open(now) {
            return Err(Denied::GatesOpen);
        }
        if Step::ALL.into_iter().any(|step| self.step(step).done_at.is_none()) {
            return Err(Denied::StepsOpen);
        }
        match self.sequence {
            Sequence::Fine { .. } => {}
            Sequence::Doubtful(_) => return Err(Denied::SequenceDoubtful),
            Sequence::NotChecked | Sequence::Checking => return Err(Denied::NotNow),
        }
        let best = self.best_of_all();
        let taken = Step::ALL.into_iter().filter_map(|step| self.step(step).newest());
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
            outcome: self.outcome_when_sealed(),
        };
        self.actions.push_back(Action::Seal(Box::new(plan)));
        Ok(())
    }

    pub(super) fn sealed(&mut self, now: Timestamp) -> Result<(), Denied> {
        if !self.sealing || self.gates_open(now) {
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
            self.operator.trained(now)?;
            let assessment = refusal.assessment.as_ref().ok_or(Denied::RefusalAssessmentMissing)?;
            if assessment.grounds.trim().is_empty() {
                return Err(Denied::RefusalAssessmentMissing);
            }
            let referral = assessment.referral.as_deref().is_some_and(|text| !text.trim().is_empty());
            if assessment.risk && !referral {
                return Err(Denied::ReferralMissing);
            }
            referred = referral;
        }
        self.end(Outcome::Refused { referred }, now);
        Ok(())
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
        self.end(Outcome::Without(why), now);
        Ok(())
    }

    /// Ends the case without biometrics: sensor dark, every image destroyed.
    fn end(&mut self, outcome: Outcome, now: Timestamp) {
        self.sensor_off();
        self.sealing = false;
        let mut attempts = Vec::new();
        for state in self.steps.values_mut() {
            attempts.extend(state.discard(|_| true));
        }
        if !attempts.is_empty() {
            self.actions.push_back(Action::DiscardImages { attempts });
        }
        self.outcome = Some((now, outcome));
        self.actions.push_back(Action::End { outcome });
    }

    fn outcome_when_sealed(&self) -> Outcome {
        let passes = |exception: &Exception| exception.reason.passes();
        if self.exceptions.is_empty() {
            Outcome::Complete
        } else if self.exceptions.values().any(passes) {
            Outcome::PartialTemporary
        } else {
            Outcome::PartialPermanent
        }
    }
}
