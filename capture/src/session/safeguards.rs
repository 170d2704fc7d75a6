//! Handlers of the gates: what closes them, what opens them again.
//!
//! `gates` holds the rules of each gate; here they meet the session.

use jiff::Timestamp;

use super::age::{self, AgeBand, AgeJudgement};
use super::event::{Action, AgeRefusalRecord, Outcome, Person};
use super::gates::{self, Companion, Gate, GateStatus, Information, Operator};
use super::planted::Planted;
use super::{Denied, Sensor, Sequence, Session};

impl Session {
    pub(super) fn record_person(&mut self, person: Person, now: Timestamp) -> Result<(), Denied> {
        if person.surnames.trim().is_empty() && person.forenames.trim().is_empty() {
            return Err(Denied::FieldMissing);
        }
        if self.attempts_total > 0 {
            return self.correct_person(person);
        }
        let judged = match age::judge(&person.age, gates::day(now))? {
            AgeJudgement::Refused(_) if self.planted(Planted::UnderSixPasses) => {
                AgeJudgement::May(AgeBand::Child)
            }
            judged => judged,
        };
        match judged {
            AgeJudgement::Refused(why) => {
                let record = AgeRefusalRecord {
                    why,
                    at: now,
                    staff: self.operator.staff.clone(),
                    category: self.opening.category,
                    basis: person.age.basis,
                    certain: person.age.certain,
                };
                self.forget_person();
                self.outcome = Some((now, Outcome::AgeRefused(why)));
                self.actions.push_back(Action::RecordAgeRefusal(record));
            }
            AgeJudgement::May(band) => {
                self.forget_person();
                self.person = Some((person, band));
                self.person_at = now;
            }
        }
        Ok(())
    }

    /// Once capture has begun, names may be corrected; what the safeguards rest on may not.
    fn correct_person(&mut self, person: Person) -> Result<(), Denied> {
        let (known, _) = self.person.as_mut().ok_or(Denied::PersonMissing)?;
        if known.age != person.age || known.accompanied != person.accompanied || self.sealing {
            return Err(Denied::PersonFixed);
        }
        *known = person;
        Ok(())
    }

    pub(super) fn ask_training(&mut self, now: Timestamp) -> Result<(), Denied> {
        self.need(Gate::Training)?;
        if !self.planted(Planted::UntrainedPasses) {
            self.operator.trained(now)?;
        }
        self.training = Some((now, self.operator.staff.clone()));
        self.gates_passed_again(now);
        Ok(())
    }

    pub(super) fn answer_best_interests(
        &mut self,
        confirmed: bool,
        note: String,
        now: Timestamp,
    ) -> Result<(), Denied> {
        self.need(Gate::BestInterests)?;
        if !confirmed || note.trim().is_empty() {
            return Err(Denied::BestInterestsNotConfirmed);
        }
        self.best_interests = Some((now, note));
        self.gates_passed_again(now);
        Ok(())
    }

    pub(super) fn companion_arrived(&mut self, companion: Companion, now: Timestamp) -> Result<(), Denied> {
        self.need(Gate::Companion)?;
        self.way_out()?;
        if self.sensor != Sensor::Off {
            return Err(Denied::SensorBusy);
        }
        let accompanied = self.person().is_some_and(|person| person.accompanied);
        let judged = gates::judge_companion(&companion, accompanied, &self.operator);
        if !self.planted(Planted::CompanionIsOfficial) {
            judged?;
        }
        self.companion = Some((now, companion));
        self.gates_passed_again(now);
        Ok(())
    }

    /// "Throughout" (Art. 14(1)): the sensor goes dark, images since then are discarded, every safeguard is asked
    /// again before anything else is captured.
    pub(super) fn companion_left(
        &mut self,
        left_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), Denied> {
        self.need(Gate::Companion)?;
        if self.companion.is_none() {
            return Err(Denied::NoCompanion);
        }
        let left_at = left_at.map_or(now, |at| at.min(now));
        if !self.planted(Planted::LiveWithoutCompanion) {
            self.sensor_off();
        }
        self.sealing = false;
        let mut discarded = Vec::new();
        let keep_images = self.planted(Planted::ImagesWithoutCompanion);
        for state in self.steps.values_mut() {
            if !keep_images {
                discarded.extend(state.discard(|attempt| attempt.captured_at >= left_at));
            }
        }
        if !keep_images && !self.planted(Planted::PhotoWithoutCompanion) {
            discarded.extend(self.forget_photos(|taken_at| taken_at >= left_at));
        }
        if !discarded.is_empty() {
            self.sequence = Sequence::NotChecked;
            self.actions.push_back(Action::DiscardImages { attempts: discarded });
        }
        self.companion = None;
        self.interrupted = true;
        if !self.planted(Planted::ResumedByCompanionAlone) {
            self.training = None;
            self.best_interests = None;
            self.information = None;
        }
        Ok(())
    }

    pub(super) fn information_given(
        &mut self,
        information: Information,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let band = self.band().ok_or(Denied::PersonMissing)?;
        let band = if self.planted(Planted::AdultInformation) { AgeBand::Adult } else { band };
        gates::judge_information(&information, band)?;
        self.information = Some((now, information));
        self.gates_passed_again(now);
        Ok(())
    }

    /// Another officer goes on. Gates G2 and G5 look at the new officer from now on.
    pub(super) fn change_operator(&mut self, operator: Operator) -> Result<(), Denied> {
        if operator.staff == self.operator.staff {
            self.operator = operator;
            return Ok(());
        }
        self.sensor_off();
        self.sealing = false;
        let kept = self.training.take().filter(|_| self.planted(Planted::TrainingOfAnother));
        self.training = kept.map(|(at, _)| (at, operator.staff.clone()));
        self.operator = operator;
        Ok(())
    }

    /// How one gate stands at `now`.
    pub(super) fn gate(&self, gate: Gate, now: Timestamp) -> GateStatus {
        let (closed_at, reason) = match gate {
            Gate::Age => (
                self.person.as_ref().map(|_| self.person_at),
                self.age_again(now).err().filter(|_| !self.planted(Planted::UnderSixPasses)),
            ),
            Gate::Training => match &self.training {
                Some((at, staff)) if *staff == self.operator.staff => (Some(*at), self.training_reason(now)),
                _ => (None, None),
            },
            Gate::BestInterests => (self.best_interests.as_ref().map(|(at, _)| *at), None),
            Gate::Companion => match &self.companion {
                Some((at, companion)) => {
                    let judged = gates::judge_independence(companion, &self.operator).err();
                    (Some(*at), judged.filter(|_| !self.planted(Planted::CompanionIsOfficial)))
                }
                None => (None, None),
            },
            Gate::Information => (self.information.as_ref().map(|(at, _)| *at), None),
        };
        GateStatus { gate, closed_at: if reason.is_some() { None } else { closed_at }, reason }
    }

    fn training_reason(&self, now: Timestamp) -> Option<Denied> {
        let broken = self.planted(Planted::UntrainedPasses) || self.planted(Planted::TrainingOfAnother);
        self.operator.trained(now).err().filter(|_| !broken)
    }

    /// Whether any needed gate is open at `now`.
    pub(super) fn gates_open(&self, now: Timestamp) -> bool {
        self.person.is_none() || self.gates(now).iter().any(|status| status.closed_at.is_none())
    }

    /// Judges the age once more, as it stands now: a clock that was set back must not let anybody through.
    pub(super) fn age_again(&self, now: Timestamp) -> Result<(), Denied> {
        let person = self.person().ok_or(Denied::PersonMissing)?;
        match age::judge(&person.age, gates::day(now))? {
            AgeJudgement::May(_) => Ok(()),
            AgeJudgement::Refused(_) => Err(Denied::GatesOpen),
        }
    }

    fn need(&self, gate: Gate) -> Result<(), Denied> {
        let band = self.band().ok_or(Denied::PersonMissing)?;
        if gate.needed(band) { Ok(()) } else { Err(Denied::GateNotNeeded) }
    }

    fn gates_passed_again(&mut self, now: Timestamp) {
        if self.interrupted && !self.gates_open(now) {
            self.interrupted = false;
            self.check_sequence_if_done();
        }
    }

    /// New details of the person ask every safeguard again.
    fn forget_person(&mut self) {
        self.person = None;
        self.screening = None;
        self.training = None;
        self.best_interests = None;
        self.companion = None;
        self.information = None;
        self.exceptions.clear();
        // Nothing was taken yet, so a step can only be done by an exception that has just gone.
        for state in self.steps.values_mut() {
            state.done_at = None;
            state.reason = None;
        }
        self.sequence = Sequence::NotChecked;
    }
}
