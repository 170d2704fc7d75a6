//! The core thread: sessions, store and outbox in one order of events.
//!
//! The rule of every change: let a copy of the session judge the event, make it durable, then let the copy become the
//! session and carry out its orders. A denied event costs nothing, a full disk leaves the case as it was, and after a
//! power cut the stored events give the same session back.

use std::collections::BTreeMap;
use std::sync::Arc;

use firmware_config::QualityConfig;
use icd::category::Category;
use icd::message::{Answer, Message};
use icd::profile::{ExceptionCause, Profile};
use jiff::Timestamp;
use tokio::sync::{Notify, broadcast, mpsc};
use uuid::Uuid;

use super::carrying;
use super::condition::{ClockFacts, Machine, TimeWitness};
use super::fingers::Shown;
use super::handle::{Command, SendJob, SendOrder};
use super::sealing::{Built, SealJob};
use super::sensors::{SensorJob, Sensors, Taken};
use super::site::GatewayKey;
use super::snapshot::{CaseSnapshot, HomeSnapshot, NewCase, Trouble, deadline};
use super::worker::{Job, Worker};
use crate::device::{DeviceDescription, Fault};
use crate::error::{Error, RequestError, StartError, StoreError};
use crate::limits;
use crate::link::{LinkError, VerifiedReceipt, answer_to_xml};
use crate::outbox::Outbox;
use crate::session::{
    Action, Best, Conditions, Event, ExceptionReason, Opening, Operator, Outcome, Policy, SealPlan, Session,
    Step, Target, WithoutReason,
};
use crate::store::{
    CaseOpening, Delivery, DeliveryRecord, DeliveryStep, Picture, Recovered, RecoveredCase, Store,
};

/// What the core is built from.
pub(super) struct CoreParts {
    pub(super) store: Store,
    pub(super) sensors: Sensors,
    pub(super) worker: Worker,
    pub(super) changes: broadcast::Sender<Uuid>,
    pub(super) due: Arc<Notify>,
    pub(super) kiosk_id: String,
    pub(super) receipt_key: GatewayKey,
    pub(super) member_state: String,
    pub(super) national_prefix: String,
    pub(super) machine: Machine,
    pub(super) quality: QualityConfig,
    pub(super) profile: Arc<Profile>,
}

/// Sessions, store and outbox of one kiosk.
pub(super) struct Core {
    pub(super) parts: CoreParts,
    pub(super) cases: BTreeMap<Uuid, Live>,
    pub(super) outbox: Outbox,
    /// The newest receipt, as a witness of time.
    receipt: Option<TimeWitness>,
}

/// One case in memory.
#[derive(Clone, Default)]
pub(super) struct Live {
    pub(super) opening: Option<CaseOpening>,
    pub(super) session: Option<Session>,
    pub(super) delivery: Option<Delivery>,
    /// Who had the case, from when; at first the officer who opened it.
    pub(super) officers: Vec<(Timestamp, String)>,
    trouble: Option<Trouble>,
}

impl Live {
    fn opened(opening: CaseOpening, session: Session) -> Self {
        let officers = vec![(opening.opened_at, opening.operator.staff.clone())];
        Self { opening: Some(opening), session: Some(session), officers, ..Self::default() }
    }

    /// Keeps a hand-over; the same officer again is none.
    fn handed_over(&mut self, event: &Event, at: Timestamp) {
        if let Event::OperatorChanged(operator) = event
            && self.officers.last().is_none_or(|(_, staff)| *staff != operator.staff)
        {
            self.officers.push((at, operator.staff.clone()));
        }
    }
}

impl Core {
    pub(super) fn new(parts: CoreParts, recovered: Recovered) -> Result<Self, Error> {
        let mut core = Self { parts, cases: BTreeMap::new(), outbox: Outbox::default(), receipt: None };
        let now = Timestamp::now();
        for found in recovered.cases {
            core.take_over(found, now)?;
        }
        Ok(core)
    }

    /// Runs until told to stop, on a thread of its own.
    pub(super) fn spawn(mut self, mut inbox: mpsc::Receiver<Command>) -> Result<(), StartError> {
        let run = move || {
            while let Some(command) = inbox.blocking_recv() {
                if let Command::ShutDown(reply) = command {
                    self.parts.sensors.disable();
                    drop(self);
                    let _ = reply.send(());
                    return;
                }
                self.handle(command, Timestamp::now());
            }
        };
        let thread = std::thread::Builder::new().name("kiosk-core".to_owned()).spawn(run);
        thread.map(|_| ()).map_err(|error| StartError::System { detail: error.kind().to_string() })
    }

    /// Carries out one command. A reply nobody waits for any more is dropped.
    fn handle(&mut self, command: Command, now: Timestamp) {
        match command {
            Command::Home(reply) => drop(reply.send(self.home(now))),
            Command::Case(case, reply) => {
                let known = self.cases.contains_key(&case);
                drop(reply.send(known.then(|| Box::new(self.snapshot(case, now)))));
            }
            Command::Picture(case, attempt, reply) => {
                drop(reply.send(self.parts.store.picture(case, attempt)));
            }
            Command::Open(new, reply) => drop(reply.send(self.open(*new, now))),
            Command::Officer(case, operator, event, reply) => {
                drop(reply.send(self.officer(case, *operator, *event, now)));
            }
            Command::Sensor(case, attempt, result) => self.sensor_reported(case, attempt, *result, now),
            Command::Sequence(case, doubts) => {
                let applied = self.apply(case, Event::SequenceChecked { doubts }, None, now);
                self.note(case, applied, now);
            }
            Command::Built(case, built) => self.built(case, *built, now),
            Command::NextSend(reply) => drop(reply.send(self.next_send(now))),
            Command::BeginSend(case, reply) => drop(reply.send(self.begin_send(case, now))),
            Command::SendDone(case, result, reply) => {
                self.send_done(case, *result, now);
                let _ = reply.send(());
            }
            Command::Answers(answers, reply) => drop(reply.send(self.answers(answers, now))),
            Command::TakeNow(case, reply) => {
                let taken = self.parts.sensors.take_now(case);
                drop(reply.send(if taken { Ok(()) } else { Err(RequestError::Dark.into()) }));
            }
            Command::Release(case, reply) => drop(reply.send(self.release(case, now))),
            Command::OpenRetake(case, operator, reply) => {
                drop(reply.send(self.open_retake(case, *operator, now)));
            }
            Command::CarryList(reply) => drop(reply.send(self.outbox.in_order())),
            Command::BeginCarry(case, reply) => drop(reply.send(self.begin_send(case, now))),
            Command::Carried(cases, file, reply) => drop(reply.send(self.carried(&cases, file, now))),
            Command::CarriedIn(read, reply) => drop(reply.send(self.carried_in(*read, now))),
            Command::KeepHouse(reply) => drop(reply.send(self.keep_house(now))),
            Command::ShutDown(reply) => {
                let _ = reply.send(());
            }
        }
    }

    /// Puts one found case back where it was.
    fn take_over(&mut self, found: RecoveredCase, now: Timestamp) -> Result<(), Error> {
        let case = found.case;
        let mut live = Live { delivery: found.delivery, ..Live::default() };
        if let Some(opening) = found.opening {
            let session = self.new_session(&opening);
            live = Live { delivery: live.delivery.take(), ..Live::opened(opening, session.clone()) };
            let mut session = session;
            for (at, event) in found.events {
                live.handed_over(&event, at);
                // A stored event was accepted once; one that is not any more was written by another version.
                if session.handle(event, at).is_err() {
                    tracing::warn!("a stored event of a case does not fit any more and was passed over");
                }
                while session.poll().is_some() {}
            }
            live.session = Some(session);
        }
        if let Some(delivery) = live.delivery.as_ref().filter(|delivery| !delivery.is_confirmed()) {
            let due = delivery.facts.as_ref().and_then(|facts| deadline(facts.category, facts.clock_start));
            self.outbox.handle_sealed(case, due.and_then(|due| due.due()), delivery.sealed_at.unwrap_or(now));
            if let Some((_, code, _)) = &delivery.held {
                self.outbox.handle_found_held(case, code.clone());
            }
        }
        if let Some((came_at, receipt_xml)) = live.delivery.as_ref().and_then(|one| one.acknowledged.as_ref())
        {
            // Verified when it was stored.
            if let Ok(Message::Receipt(receipt)) = Message::from_xml(receipt_xml.as_bytes()) {
                self.witness(TimeWitness { signed_at: receipt.received_at, came_at: *came_at });
            }
        }
        let open = live.session.as_ref().is_some_and(|session| session.outcome().is_none());
        self.cases.insert(case, live);
        if open {
            self.apply(case, Event::Restarted, None, now)?;
        }
        Ok(())
    }

    fn witness(&mut self, witness: TimeWitness) {
        if self.receipt.is_none_or(|known| known.came_at < witness.came_at) {
            self.receipt = Some(witness);
        }
    }

    /// The newest instant that is recorded in any case.
    fn newest_recorded(&self) -> Option<Timestamp> {
        let of_case = |live: &Live| {
            let delivery = live.delivery.as_ref();
            let steps = [
                live.opening.as_ref().map(|opening| opening.opened_at),
                delivery.and_then(|delivery| delivery.sealed_at),
                delivery.and_then(|delivery| delivery.sent_at),
                delivery.and_then(|delivery| delivery.acknowledged.as_ref().map(|(at, _)| *at)),
            ];
            steps.into_iter().flatten().max()
        };
        self.cases.values().filter_map(of_case).max()
    }

    fn new_session(&self, opening: &CaseOpening) -> Session {
        let policy = Policy {
            attempts_max: self.parts.quality.attempts_max_adult,
            attempts_max_child: self.parts.quality.attempts_max_child,
            plan: plan_of(&self.parts.profile),
            proof_photo: proof_photo_of(&self.parts.profile),
        };
        let opening = Opening {
            operator: opening.operator.clone(),
            category: opening.category,
            opened_at: opening.opened_at,
        };
        Session::new(opening, policy)
    }

    pub(super) fn open(&mut self, new: NewCase, now: Timestamp) -> Result<Uuid, Error> {
        let category = Category::from_code(new.category).ok_or(RequestError::Category)?;
        if !may_open(category, &self.parts.profile, now) {
            return Err(RequestError::Category.into());
        }
        let opening = CaseOpening {
            operator: new.operator,
            category: new.category,
            opened_at: now,
            event_at: new.event_at,
            event_place: new.event_place,
            retake_of: new.retake_of,
        };
        let case = Uuid::now_v7();
        self.parts.store.open_case(case, &opening)?;
        let session = self.new_session(&opening);
        self.cases.insert(case, Live::opened(opening, session));
        self.changed(case);
        Ok(case)
    }

    fn officer(&mut self, case: Uuid, operator: Operator, event: Event, now: Timestamp) -> Result<(), Error> {
        let session = self.session(case)?;
        if *session.operator() != operator && session.outcome().is_none() {
            self.apply(case, Event::OperatorChanged(operator), None, now)?;
        }
        if let Some(live) = self.cases.get_mut(&case) {
            live.trouble = None;
        }
        self.apply(case, event, None, now)
    }

    /// The rule of every change, as the head of this file tells it.
    fn apply(
        &mut self,
        case: Uuid,
        event: Event,
        picture: Option<(u32, &Picture)>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut next = self.session(case)?.clone();
        next.handle(event.clone(), now)?;
        let actions: Vec<Action> = core::iter::from_fn(|| next.poll()).collect();
        let refusal = actions.iter().find_map(|action| match action {
            Action::RecordAgeRefusal(record) => Some(record),
            _ => None,
        });
        match refusal {
            // Nothing of this person is written: the event itself holds name and age.
            Some(refusal) => self.parts.store.refuse_by_age(case, refusal)?,
            None => self.parts.store.append_event(case, now, &event, picture)?,
        }
        if let Some(live) = self.cases.get_mut(&case) {
            live.handed_over(&event, now);
            live.session = Some(next);
        }
        let carried_out = actions.into_iter().map(|action| self.carry_out(case, action)).collect::<Vec<_>>();
        self.changed(case);
        carried_out.into_iter().collect()
    }

    fn carry_out(&mut self, case: Uuid, action: Action) -> Result<(), Error> {
        match action {
            Action::EnableSensor { permit, step, attempt, missing, band, proof } => {
                let quality_min = self.quality_min(case);
                let job = SensorJob { case, step, attempt, missing, quality_min, band, proof };
                self.parts.sensors.enable(&permit, job);
                Ok(())
            }
            Action::DisableSensor => {
                self.parts.sensors.disable();
                Ok(())
            }
            Action::DiscardImages { attempts } => self.parts.store.discard_pictures(case, &attempts),
            // Written before the session changed.
            Action::RecordAgeRefusal(_) => Ok(()),
            Action::CheckSequence { best, others } => {
                let shown = |images: Vec<(Target, Best)>| -> Vec<Shown> {
                    images.iter().filter_map(|(target, best)| Shown::of(*target, best)).collect()
                };
                let (prints, others) = (shown(best), shown(others));
                let pictures = self.pictures(case, prints.iter().chain(&others).map(|one| one.attempt))?;
                let opening = self.cases.get(&case).and_then(|live| live.opening.as_ref());
                let retake_of = opening.and_then(|opening| Some(opening.retake_of.as_ref()?.case));
                self.parts.worker.ask(Job::Sequence { case, prints, others, pictures, retake_of })
            }
            Action::Seal(plan) => self.start_sealing(case, *plan),
            Action::End { outcome: Outcome::Without(WithoutReason::Mistake) } => {
                self.parts.store.forget_mistake(case)?;
                self.cases.remove(&case);
                Ok(())
            }
            Action::End { .. } => Ok(()),
        }
    }

    fn start_sealing(&mut self, case: Uuid, plan: SealPlan) -> Result<(), Error> {
        let opening =
            self.cases.get(&case).and_then(|live| live.opening.clone()).ok_or(StoreError::NoCase)?;
        let carried = self.parts.profile.exceptions.carry_proof_photo;
        let photos = plan.photos.iter().copied().filter(|_| carried);
        let best = plan.best.iter().map(|(_, best)| best.attempt);
        let pictures = self.pictures(case, best.chain(photos))?;
        let job = SealJob {
            plan,
            opening,
            officers: self.cases.get(&case).map(|live| live.officers.clone()).unwrap_or_default(),
            pictures,
            kiosk_id: self.parts.kiosk_id.clone(),
            member_state: self.parts.member_state.clone(),
            national_prefix: self.parts.national_prefix.clone(),
            profile: Arc::clone(&self.parts.profile),
        };
        self.parts.worker.ask(Job::Seal { case, job: Box::new(job) })
    }

    fn pictures(
        &self,
        case: Uuid,
        attempts: impl Iterator<Item = u32>,
    ) -> Result<BTreeMap<u32, Picture>, Error> {
        let mut pictures = BTreeMap::new();
        for attempt in attempts {
            if let std::collections::btree_map::Entry::Vacant(free) = pictures.entry(attempt) {
                free.insert(self.parts.store.picture(case, attempt)?);
            }
        }
        Ok(pictures)
    }

    fn sensor_reported(&mut self, case: Uuid, attempt: u32, result: Result<Taken, Fault>, now: Timestamp) {
        let applied = match result {
            Ok((result, picture)) => {
                let event = match result {
                    Some(result) => {
                        let conditions = Some(self.conditions(case, picture.device()));
                        Event::CaptureArrived { attempt, result, conditions }
                    }
                    None => Event::ProofPhotoArrived { attempt },
                };
                self.apply(case, event, Some((attempt, &picture)), now)
            }
            Err(fault) => {
                let code = fault.code().to_owned();
                let ended = self.apply(case, Event::CaptureEnded { attempt, code }, None, now);
                // A stop was asked for; it is no trouble.
                if ended.is_ok() && !matches!(fault, Fault::Cancelled) {
                    self.note(case, Err(fault.into()), now);
                }
                return;
            }
        };
        if let Err(error) = applied {
            self.sensor_denied(case, attempt, error, now);
        }
    }

    /// The image was not wanted any more, or could not be kept; either way it is gone and the sensor must be dark.
    fn sensor_denied(&mut self, case: Uuid, attempt: u32, error: Error, now: Timestamp) {
        let code = error.code().to_owned();
        // Denied when the session has switched the sensor off itself.
        let _ = self.apply(case, Event::CaptureEnded { attempt, code }, None, now);
        if !matches!(error, Error::Session(_)) {
            self.note(case, Err(error), now);
        }
    }

    fn built(&mut self, case: Uuid, built: Result<Built, Error>, now: Timestamp) {
        let sealed = built.and_then(|built| self.keep_sealed(case, &built, now));
        if let Err(error) = sealed {
            let code = error.code().to_owned();
            let _ = self.apply(case, Event::SealFailed { code }, None, now);
            self.note(case, Err(error), now);
        }
        self.changed(case);
    }

    fn keep_sealed(&mut self, case: Uuid, built: &Built, now: Timestamp) -> Result<(), Error> {
        let mut next = self.session(case)?.clone();
        next.handle(Event::Sealed, now)?;
        self.parts.store.seal(case, now, &built.facts, &built.envelope, &built.container)?;
        let due = deadline(built.facts.category, built.facts.clock_start).and_then(|deadline| deadline.due());
        self.outbox.handle_sealed(case, due, now);
        if let Some(live) = self.cases.get_mut(&case) {
            live.session = Some(next);
            let mut delivery = Delivery::default();
            let step = DeliveryStep::Sealed(Box::new(built.facts.clone()));
            delivery.apply(&DeliveryRecord { at: now, step });
            live.delivery = Some(delivery);
        }
        self.due_now();
        Ok(())
    }

    fn next_send(&mut self, now: Timestamp) -> SendOrder {
        match self.outbox.poll(now) {
            Some(case) => {
                self.outbox.handle_started(case);
                self.changed(case);
                SendOrder::Send(case)
            }
            None => SendOrder::Wait(self.outbox.next_wake()),
        }
    }

    /// The gateway answers, so this try may arrive. The first such try fixes the envelope; later ones repeat it.
    fn begin_send(&mut self, case: Uuid, now: Timestamp) -> Result<SendJob, Error> {
        let delivery =
            self.cases.get(&case).and_then(|live| live.delivery.as_ref()).ok_or(StoreError::NoCase)?;
        let job = carrying::job(&mut self.parts.store, case, delivery, now)?;
        self.deliver(case, DeliveryStep::Sent, now)?;
        Ok(job)
    }

    fn send_done(&mut self, case: Uuid, result: Result<VerifiedReceipt, LinkError>, now: Timestamp) {
        let outcome = match result {
            Ok(receipt) => self.acknowledged(case, &receipt, now),
            Err(error) => {
                if let LinkError::Rejected { gateway_code, detail } = &error {
                    let step = DeliveryStep::Held {
                        code: error.code().to_owned(),
                        detail: format!("{gateway_code}: {detail}"),
                    };
                    let held = self.deliver(case, step, now);
                    self.note(case, held, now);
                }
                let first = self.outbox.link().failures == 0;
                self.outbox.handle_failed(case, error.to_failure(), now);
                // Trouble of the link concerns every case, so it is told once and shown where the link is shown.
                if first && self.outbox.link().failures > 0 {
                    tracing::warn!(code = error.code(), "{error}");
                }
                if self.outbox.link().failures == 0 { Err(error.into()) } else { Ok(()) }
            }
        };
        self.note(case, outcome, now);
        self.changed(case);
    }

    pub(super) fn acknowledged(
        &mut self,
        case: Uuid,
        receipt: &VerifiedReceipt,
        now: Timestamp,
    ) -> Result<(), Error> {
        let step = DeliveryStep::Acknowledged { receipt_xml: receipt.xml().to_owned() };
        let kept = self.deliver(case, step, now).and_then(|()| self.parts.store.erase(case, receipt));
        if let Err(error) = kept {
            // The receipt could not be kept, so the case stays and is sent again, which is harmless.
            let code = error.code().to_owned();
            self.outbox.handle_failed(case, crate::outbox::Failure::Unreachable { code }, now);
            return Err(error);
        }
        self.outbox.handle_acknowledged(case, now);
        self.witness(TimeWitness { signed_at: receipt.received_at(), came_at: now });
        if let Some(live) = self.cases.get_mut(&case) {
            live.session = None;
            live.opening = None;
            live.trouble = None;
        }
        Ok(())
    }

    pub(super) fn answers(&mut self, answers: Vec<Answer>, now: Timestamp) -> Vec<Uuid> {
        self.outbox.handle_link_well(now);
        let mut stored = Vec::new();
        for answer in answers {
            let answer_id = answer.answer_id.as_uuid();
            let message_id = answer.in_reply_to.as_uuid();
            let of_message = |live: &Live| {
                let facts = live.delivery.as_ref().and_then(|delivery| delivery.facts.as_ref());
                facts.is_some_and(|facts| facts.message_id == message_id)
            };
            let Some(case) = self.cases.iter().find(|(_, live)| of_message(live)).map(|(case, _)| *case)
            else {
                tracing::warn!(code = "C-0609", "an answer came for a message this kiosk does not know");
                continue;
            };
            let step = DeliveryStep::Answered { answer_id, answer_xml: answer_to_xml(&answer) };
            match self.deliver(case, step, now) {
                Ok(()) => stored.push(answer_id),
                Err(error) => self.note(case, Err(error), now),
            }
            self.changed(case);
        }
        stored
    }

    fn release(&mut self, case: Uuid, now: Timestamp) -> Result<(), Error> {
        if self.outbox.entry(case).is_none() {
            return Err(StoreError::NoCase.into());
        }
        self.deliver(case, DeliveryStep::Released, now)?;
        self.outbox.handle_released(case, now);
        self.due_now();
        self.changed(case);
        Ok(())
    }

    pub(super) fn deliver(&mut self, case: Uuid, step: DeliveryStep, now: Timestamp) -> Result<(), Error> {
        let record = DeliveryRecord { at: now, step };
        self.parts.store.append_delivery(case, &record)?;
        if let Some(delivery) = self.cases.get_mut(&case).and_then(|live| live.delivery.as_mut()) {
            delivery.apply(&record);
        }
        Ok(())
    }

    fn session(&self, case: Uuid) -> Result<&Session, Error> {
        let session = self.cases.get(&case).and_then(|live| live.session.as_ref());
        Ok(session.ok_or(StoreError::NoCase)?)
    }

    /// What an attempt was held against, for the record of why it was or was not used.
    fn conditions(&self, case: Uuid, device: &DeviceDescription) -> Conditions {
        Conditions {
            quality_min: self.quality_min(case),
            software: concat!("capture ", env!("CARGO_PKG_VERSION")).to_owned(),
            device: format!("{} {} {}", device.driver, device.make, device.model),
        }
    }

    fn quality_min(&self, case: Uuid) -> u8 {
        let years = self.session(case).ok().and_then(|session| session.age_years(Timestamp::now()));
        self.parts.quality.finger_min(years.unwrap_or(u8::MAX))
    }

    fn snapshot(&self, case: Uuid, now: Timestamp) -> CaseSnapshot {
        let live = self.cases.get(&case).cloned().unwrap_or_default();
        CaseSnapshot {
            case,
            now,
            opening: live.opening,
            officers: live.officers,
            session: live.session,
            delivery: live.delivery,
            entry: self.outbox.entry(case).cloned(),
            link: self.outbox.link().clone(),
            trouble: live.trouble,
        }
    }

    fn home(&mut self, now: Timestamp) -> HomeSnapshot {
        let facts = ClockFacts {
            receipt: self.receipt,
            newest_recorded: self.newest_recorded(),
            ..ClockFacts::default()
        };
        let mut home = HomeSnapshot {
            now,
            to_finish: Vec::new(),
            to_send: Vec::new(),
            confirmed: Vec::new(),
            ended: Vec::new(),
            age_refusals: self
                .parts
                .store
                .refusals()
                .iter()
                .rev()
                .take(limits::LIST_ROWS_MAX)
                .cloned()
                .collect(),
            link: self.outbox.link().clone(),
            condition: self.parts.machine.look(&facts, self.cases.len(), now),
            devices: self.parts.sensors.health(),
            retired: self.parts.store.retired(),
            retakes: self.retakes(),
            store_trouble: self.parts.store.ready().err().map(|error| Trouble::of(&error, now)),
        };
        for case in self.cases.keys() {
            let row = self.snapshot(*case, now);
            let outcome = row.session.as_ref().and_then(Session::outcome);
            let list = match (&row.delivery, outcome) {
                (Some(delivery), _) if delivery.is_confirmed() => &mut home.confirmed,
                (Some(_), _) => &mut home.to_send,
                (None, None) => &mut home.to_finish,
                // These have a list of their own, without anything about the person.
                (None, Some((_, Outcome::AgeRefused(_)))) => continue,
                (None, Some(_)) => &mut home.ended,
            };
            list.push(row);
        }
        home.confirmed.reverse();
        home.ended.reverse();
        home
    }

    /// Remembers what did not go well, for the officer and (without personal data) for the log.
    fn note(&mut self, case: Uuid, result: Result<(), Error>, now: Timestamp) {
        let Err(error) = result else { return };
        tracing::warn!(code = error.code(), "{error}");
        if let Some(live) = self.cases.get_mut(&case) {
            live.trouble = Some(Trouble::of(&error, now));
        }
        self.changed(case);
    }

    pub(super) fn changed(&self, case: Uuid) {
        // Nobody may be listening.
        let _ = self.parts.changes.send(case);
    }

    fn due_now(&self) {
        self.parts.due.notify_one();
    }
}

/// The capture plan of the profile: its slaps in its order, then the face where it expects one.
pub(super) fn plan_of(profile: &Profile) -> Vec<Step> {
    let slap =
        |code: u8| Step::ALL.into_iter().find(|step| step.hand().is_some_and(|hand| hand.fgp() == code));
    let slaps = profile.fingers.slaps.iter().filter_map(|position| slap(position.code()));
    slaps.chain(profile.face.expected.then_some(Step::Face)).collect()
}

/// The exceptions of which the profile asks a photo.
fn proof_photo_of(profile: &Profile) -> Vec<ExceptionReason> {
    let cause = |reason: &ExceptionReason| match reason {
        ExceptionReason::Amputated => ExceptionCause::Amputated,
        ExceptionReason::Bandaged => ExceptionCause::Bandaged,
        ExceptionReason::TemporaryDamage => ExceptionCause::TemporaryDamage,
        ExceptionReason::Worn => ExceptionCause::Worn,
        ExceptionReason::CannotPlace => ExceptionCause::CannotPlace,
        ExceptionReason::Refused => ExceptionCause::Refused,
        ExceptionReason::Other => ExceptionCause::Other,
    };
    let asked = |reason: &ExceptionReason| profile.exceptions.proof_photo.contains(&cause(reason));
    ExceptionReason::ALL.into_iter().filter(asked).collect()
}

/// Whether a case of this category may be opened: it has a trigger, the profile has it, and the article applies
/// already (temporary protection only from 12 June 2029, Art. 63(2)).
pub(super) fn may_open(category: Category, profile: &Profile, now: Timestamp) -> bool {
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    category.rule().trigger.is_some() && profile.is_enabled(category) && category.is_enabled_on(today)
}
