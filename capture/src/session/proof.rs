//! Photos of what cannot be taken, where the ICD profile asks for them.
//!
//! The face camera takes them, under the same permit as every other image: with a gate open there is none, and what was
//! taken without a minor's companion is discarded. One photo stands for everything of its step that cannot be taken.
//!
//! A step is not done while a photo is missing and nobody said why there can be none. A minor is asked and never held
//! up: their step is done without it (Art. 14(1), no force).

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::event::Action;
use super::plan::{NoPhoto, Proof, Step, Target};
use super::planted::Planted;
use super::{AgeBand, Denied, Sensor, Session};

impl Session {
    /// What cannot be taken in this step and has neither a photo nor a reason why there is none.
    #[must_use]
    pub fn photo_asked(&self, step: Step) -> Vec<Target> {
        let of_step = self.exceptions.iter().filter(|(target, _)| target.step() == step);
        of_step
            .filter(|(_, exception)| {
                exception.proof.is_none() && self.policy.proof_photo.contains(&exception.reason)
            })
            .map(|(target, _)| *target)
            .collect()
    }

    /// Whether the step waits for a photo; a minor's never does.
    #[must_use]
    pub fn photo_required(&self, step: Step) -> bool {
        let minor = self.band().is_some_and(AgeBand::is_minor);
        let pressed = !minor || self.planted(Planted::MinorPressedForPhoto);
        pressed && !self.planted(Planted::PhotoForgotten) && !self.photo_asked(step).is_empty()
    }

    /// Whether a photo of this step may be taken, or taken once more.
    #[must_use]
    pub fn may_take_photo(&self, step: Step) -> bool {
        let wanted = self.exceptions.iter().any(|(target, exception)| {
            target.step() == step && self.policy.proof_photo.contains(&exception.reason)
        });
        wanted && self.proof_tries.get(&step).copied().unwrap_or(0) < self.attempts_max()
    }

    /// The numbers of the photos that are kept.
    #[must_use]
    pub fn photos(&self) -> BTreeSet<u32> {
        let number =
            |proof: Proof| if let Proof::Photo { attempt, .. } = proof { Some(attempt) } else { None };
        self.exceptions.values().filter_map(|exception| exception.proof.and_then(number)).collect()
    }

    pub(super) fn ask_proof_photo(&mut self, step: Step, now: Timestamp) -> Result<(), Denied> {
        let band = self.band().ok_or(Denied::PersonMissing)?;
        if let Sensor::Live { step: live, proof: true, .. } = self.sensor
            && live == step
        {
            return Ok(());
        }
        self.idle()?;
        let permit = self.permit(now)?;
        if !self.may_take_photo(step) {
            return Err(Denied::NotNow);
        }
        self.attempts_total = self.attempts_total.saturating_add(1);
        let (attempt, missing, proof) = (self.attempts_total, Vec::new(), true);
        self.sensor = Sensor::Live { step, attempt, only: None, proof };
        self.actions.push_back(Action::EnableSensor { permit, step, attempt, missing, band, proof });
        Ok(())
    }

    /// Taken only from a live camera that was asked for a photo, with every gate still closed.
    pub(super) fn proof_photo_arrived(&mut self, attempt: u32, now: Timestamp) -> Result<(), Denied> {
        let Sensor::Live { step, attempt: live, proof: true, .. } = self.sensor else {
            return Err(Denied::ImageDiscarded);
        };
        if live != attempt || self.gates_open(now) {
            return Err(Denied::ImageDiscarded);
        }
        self.sensor_off();
        let before = self.photos();
        self.prove(step, Proof::Photo { attempt, taken_at: now }, |_| true);
        self.discard_photos_without_exception(&before);
        let tries = self.proof_tries.entry(step).or_default();
        *tries = tries.saturating_add(1);
        self.finish_if_nothing_expected(step, now);
        Ok(())
    }

    pub(super) fn leave_out_proof_photo(
        &mut self,
        step: Step,
        why: NoPhoto,
        now: Timestamp,
    ) -> Result<(), Denied> {
        self.idle()?;
        if self.photo_asked(step).is_empty() {
            return Err(Denied::NotNow);
        }
        self.prove(step, Proof::NotTaken(why), |known| known.is_none());
        self.finish_if_nothing_expected(step, now);
        Ok(())
    }

    fn prove(&mut self, step: Step, proof: Proof, replaces: impl Fn(Option<Proof>) -> bool) {
        for (target, exception) in &mut self.exceptions {
            let asked = self.policy.proof_photo.contains(&exception.reason);
            if target.step() == step && asked && replaces(exception.proof) {
                exception.proof = Some(proof);
            }
        }
    }

    /// Forgets photos by the instant they were taken at; gives their numbers.
    pub(super) fn forget_photos(&mut self, unwanted: impl Fn(Timestamp) -> bool) -> BTreeSet<u32> {
        let mut forgotten = BTreeSet::new();
        for exception in self.exceptions.values_mut() {
            if let Some(Proof::Photo { attempt, taken_at }) = exception.proof
                && unwanted(taken_at)
            {
                exception.proof = None;
                forgotten.insert(attempt);
            }
        }
        forgotten
    }

    /// Destroys those of these photos that stand for nothing any more.
    pub(super) fn discard_photos_without_exception(&mut self, before: &BTreeSet<u32>) {
        let attempts: Vec<u32> = before.difference(&self.photos()).copied().collect();
        if !attempts.is_empty() {
            self.actions.push_back(Action::DiscardImages { attempts });
        }
    }
}
