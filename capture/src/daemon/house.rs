//! What the core does beside capturing and sending: retakes, carried files, and clearing up.

use icd::message::{Answer, Message, Outcome as AnswerOutcome};
use jiff::Timestamp;
use uuid::Uuid;

use super::carrying::{self, CarriedIn};
use super::core::Core;
use super::snapshot::{NewCase, Retake};
use crate::error::{Error, StoreError};
use crate::link::CarriedReceipts;
use crate::outbox::Failure;
use crate::parameters::{COMPACT_DEAD_BYTES_MIN, KEEP_ANSWERED, KEEP_CONFIRMED, KEEP_ENDED, KEEP_RETAKE};
use crate::session::{Operator, Session};
use crate::store::{Delivery, DeliveryStep, RetakeOf};

impl Core {
    /// A new case for somebody who could not be captured, or not completely. Nothing is carried over but category,
    /// event and reference number: every safeguard is asked again (Art. 14(2)).
    pub(super) fn open_retake(
        &mut self,
        case: Uuid,
        operator: Operator,
        now: Timestamp,
    ) -> Result<Uuid, Error> {
        let live = self.cases.get(&case).ok_or(StoreError::NoCase)?;
        let facts = live.delivery.as_ref().and_then(|delivery| delivery.facts.clone());
        let reference_number = facts.as_ref().map(|facts| facts.reference_number.clone());
        let (category, event_at, event_place) = match (&live.opening, facts) {
            (Some(opening), _) => (opening.category, opening.event_at, opening.event_place.clone()),
            (None, Some(facts)) => (facts.category, facts.clock_start, facts.event_place),
            (None, None) => return Err(StoreError::NoCase.into()),
        };
        let retake_of = Some(RetakeOf { case, reference_number });
        self.open(NewCase { operator, category, event_at, event_place, retake_of }, now)
    }

    /// Who is asked to come again and has not: oldest first.
    pub(super) fn retakes(&self) -> Vec<Retake> {
        let taken_again: Vec<Uuid> = self
            .cases
            .values()
            .filter_map(|live| {
                let of_facts = live.delivery.as_ref().and_then(|delivery| delivery.facts.as_ref()?.retake_of);
                live.opening.as_ref().and_then(|opening| Some(opening.retake_of.as_ref()?.case)).or(of_facts)
            })
            .collect();
        let mut retakes: Vec<Retake> = self
            .cases
            .iter()
            .filter(|(case, _)| !taken_again.contains(case))
            .filter_map(|(case, live)| {
                let ended = live.session.as_ref().and_then(Session::outcome);
                let facts = live.delivery.as_ref().and_then(|delivery| delivery.facts.as_ref());
                let sealed_at = live.delivery.as_ref().and_then(|delivery| delivery.sealed_at);
                let (since, outcome) = ended.or(sealed_at.zip(facts.map(|facts| facts.outcome)))?;
                let of_facts = facts.map(|facts| (facts.category, facts.clock_start));
                let of_opening = live.opening.as_ref().map(|opening| (opening.category, opening.event_at));
                let (category, clock_start) = of_facts.or(of_opening)?;
                let answer_asks = live.delivery.as_ref().is_some_and(asks_again);
                let retake = Retake { case: *case, outcome, answer_asks, since, category, clock_start };
                (outcome.retake() || answer_asks).then_some(retake)
            })
            .collect();
        retakes.sort_by_key(|retake| retake.since);
        retakes
    }

    /// The file is on the medium: the timeline says so. The cases stay, and stay in the outbox.
    pub(super) fn carried(&mut self, cases: &[Uuid], file: Uuid, now: Timestamp) -> Result<(), Error> {
        for case in cases {
            // Confirmed over the network while the file was written.
            if self.outbox.entry(*case).is_some() {
                self.deliver(*case, DeliveryStep::Carried { file }, now)?;
                self.changed(*case);
            }
        }
        Ok(())
    }

    /// Receipts and answers that came back by file, each worth what it proves.
    pub(super) fn carried_in(&mut self, read: CarriedReceipts, now: Timestamp) -> Result<CarriedIn, Error> {
        let mut done = CarriedIn::default();
        let link_before = self.outbox.link().clone();
        for (message_id, told) in read.results {
            let of_message = |delivery: &Delivery| carrying::is_of(delivery, message_id);
            let mut cases = self.cases.iter();
            let found = cases.find(|(_, live)| live.delivery.as_ref().is_some_and(of_message));
            let Some((case, confirmed)) =
                found.map(|(case, live)| (*case, live.delivery.as_ref().is_some_and(Delivery::is_confirmed)))
            else {
                continue;
            };
            if confirmed {
                done.known += 1;
                continue;
            }
            match told {
                Ok(xml) => {
                    let key = &self.parts.receipt_key;
                    let receipt = carrying::receipt(&self.parts.store, case, message_id, &xml, key)?;
                    self.acknowledged(case, &receipt, now)?;
                    done.confirmed += 1;
                }
                Err(detail) => {
                    let code = carrying::HELD_CODE.to_owned();
                    self.deliver(case, DeliveryStep::Held { code: code.clone(), detail }, now)?;
                    self.outbox.handle_failed(case, Failure::Rejected { code }, now);
                    done.held += 1;
                }
            }
            self.changed(case);
        }
        let answers = read.answers.iter().filter_map(|xml| match Message::from_xml(xml.as_bytes()) {
            Ok(Message::Answer(answer)) => Some(answer),
            _ => None,
        });
        let answers: Vec<Answer> = answers.collect();
        done.answers = self.answers(answers, now).len();
        // A file says nothing about the network.
        self.outbox.handle_link_as(link_before);
        Ok(done)
    }

    /// Takes rows out of the lists whose time is over, and makes the journal smaller.
    pub(super) fn keep_house(&mut self, now: Timestamp) -> Result<(), Error> {
        let before = |at: Timestamp, keep: jiff::SignedDuration| {
            at.saturating_add(keep).is_ok_and(|until| until < now)
        };
        let over = |delivery: &Delivery| match (&delivery.answered, &delivery.acknowledged) {
            (Some((at, ..)), Some(_)) => before(*at, KEEP_ANSWERED),
            (None, Some((at, _))) => before(*at, KEEP_CONFIRMED),
            _ => false,
        };
        let retakes: Vec<Uuid> = self.retakes().into_iter().map(|retake| retake.case).collect();
        let (mut retired, mut ended) = (Vec::new(), Vec::new());
        for (case, live) in &self.cases {
            let open_retake = retakes.contains(case);
            if live.delivery.as_ref().is_some_and(|delivery| over(delivery) && !open_retake) {
                retired.push(*case);
            }
            let since = live.session.as_ref().and_then(Session::outcome).map(|(at, _)| at);
            let keep = if open_retake { KEEP_RETAKE } else { KEEP_ENDED };
            if live.delivery.is_none() && since.is_some_and(|at| before(at, keep)) {
                ended.push(*case);
            }
        }
        self.parts.store.retire(&retired)?;
        retired.iter().for_each(|case| drop(self.cases.remove(case)));
        for case in ended {
            self.parts.store.forget_ended(case)?;
            self.cases.remove(&case);
        }
        let compacted = self.parts.store.compact(COMPACT_DEAD_BYTES_MIN)?;
        if compacted.segments > 0 {
            tracing::info!(segments = compacted.segments, "the journal was written anew");
        }
        Ok(())
    }
}

/// Whether the central system answered that it needs better images.
fn asks_again(delivery: &Delivery) -> bool {
    let Some((_, _, xml)) = &delivery.answered else { return false };
    let Ok(Message::Answer(answer)) = Message::from_xml(xml.as_bytes()) else { return false };
    matches!(answer.outcome, AnswerOutcome::QualityInsufficient { .. } | AnswerOutcome::SequenceError { .. })
}
