//! The gateway of the simulation: the real engine and the real store, joined as `gateway::hub` joins them, without its
//! threads and sockets, so that every order of steps can be had.
//!
//! The order that matters, as in the hub: content durable, then the event in the engine, then its changes durable,
//! and only then a receipt, an effect, an answer.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use futures_util::FutureExt;
use gateway::Error;
use gateway::audit::{Anchor, BEFORE_FIRST};
use gateway::engine::{
    Acceptance, AnswerKind, AnswerReception, AnswerRecord, Arrival, Capabilities, Change, ChangeNumber,
    ContentDigest, Effect, Engine, ExpertGround, LegalClock, LineKey, PayloadRef, Planted as EngineBug,
    Policy, Refusal,
};
use gateway::store::{MemoryRows, Message, MessageRow, Parts, Storage, Store, Stored};
use icd::category::Category;
use icd::identifier::{AnswerId, MessageId, PartyId};
use icd::operation::Operation;
use jiff::{SignedDuration, Timestamp};
use journal::seal::SiteKey;
use journal::sim::SimDisk;
use journal::{Committer, Disk, Options};
use uuid::Uuid;

use crate::world::Planted;

/// What survives a crash.
pub(crate) struct Machine {
    pub(crate) disks: [SimDisk; 3],
    pub(crate) rows: MemoryRows,
    pub(crate) options: Options,
}

/// The process ended, or must end: the disk cannot be trusted, or has no power.
#[derive(Debug)]
pub(crate) struct Died(pub(crate) String);

/// What a sender sent.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) number: u64,
    pub(crate) partner: u8,
    pub(crate) line: u8,
    pub(crate) operation: Operation,
    pub(crate) urgent: bool,
    pub(crate) start: Timestamp,
    pub(crate) due: Timestamp,
    pub(crate) content: Vec<u8>,
}

/// What became of a letter at the door.
#[derive(Debug)]
pub(crate) enum Reception {
    /// Its receipt may be given once this change is durable.
    Later(ChangeNumber),
    /// It was taken long ago and is erased; its receipt may be given now.
    Known,
    /// Not now; the sender keeps it and tries again.
    NotNow,
    /// Never: this message id has other content.
    OtherContent,
}

/// A running gateway.
pub(crate) struct Gateway {
    pub(crate) engine: Engine,
    pub(crate) store: Store,
    queue: VecDeque<(ChangeNumber, Change)>,
    sequence: u64,
}

impl Machine {
    pub(crate) fn has_power(&self) -> bool {
        self.disks.iter().all(|disk| disk.list().is_ok())
    }
}

impl Gateway {
    pub(crate) fn start(
        machine: &Machine,
        policy: &Policy,
        table: &Capabilities,
        planted: Planted,
        now: Timestamp,
    ) -> Result<Self, Died> {
        let mut engine = Engine::new(policy.clone(), table.clone());
        if planted == Planted::DrainWithoutClaimCheck {
            engine.plant(EngineBug::DrainWithoutClaimCheck);
        }
        let [changes, content, keys] = machine.disks.clone().map(|disk| Arc::new(disk) as Arc<dyn Disk>);
        let parts = Parts {
            changes,
            content,
            keys,
            changes_options: machine.options,
            content_options: machine.options,
            committer: Committer::Caller,
            site_key: SiteKey::from_bytes(&[3; 32]).map_err(|error| Died(error.to_string()))?,
            digest_secret: [9; 32],
            rows: machine.rows.clone(),
        };
        let mut sequence = 0;
        let (store, _) = Store::open_on(parts, |stored: &Stored| {
            sequence = stored.audit.sequence;
            Ok(engine.replay(&stored.step)?)
        })
        .map_err(|error| died(&error))?;
        if planted == Planted::AcknowledgeBeforeSync {
            store.plant_acknowledge_before_sync();
        }
        let items = engine.items().map(|item| item.arrival.message_id.as_uuid());
        let strays = engine.strays().iter().map(|answer| answer.id.as_uuid());
        let alive: HashSet<Uuid> = items.chain(strays).collect();
        store.destroy_orphans(&alive).map_err(|error| died(&error))?;
        engine.handle_restart(now);
        Ok(Self { engine, store, queue: VecDeque::new(), sequence })
    }

    /// Takes a letter in; the receipt comes later.
    pub(crate) fn receive(&mut self, letter: &Letter, now: Timestamp) -> Result<Reception, Died> {
        let (partner, message_id) = (partner(letter.partner), message(letter.number));
        let content = ContentDigest(self.store.digest("content", &letter.content));
        match self.engine.known((&partner, message_id), content) {
            Ok(Some(_)) => return Ok(Reception::Later(self.engine.committed())),
            Ok(None) => {}
            Err(_) => return Ok(Reception::OtherContent),
        }
        match self.row(letter.number)? {
            Some(row) if row.partner == partner && row.content == content => return Ok(Reception::Known),
            Some(_) => return Ok(Reception::OtherContent),
            None => {}
        }
        if let Err(error) = self.store.ready() {
            return survive(error, Reception::NotNow);
        }
        let sealed = Message { envelope: letter.content.clone(), container: Vec::new() };
        let payload = match self.store.keep_message(message_id.as_uuid(), &sealed) {
            Ok(payload) => payload,
            Err(error) => return survive(error, Reception::NotNow),
        };
        let arrival = Arrival {
            partner,
            message_id,
            content,
            line: LineKey(self.store.digest("line", &[letter.line])),
            operation: letter.operation,
            category: Category::Applicant,
            urgent: letter.urgent,
            clock: LegalClock { start: letter.start, due: Some(letter.due), article: "15(1)".to_owned() },
            payload,
        };
        match self.engine.handle_arrival(arrival, now) {
            Ok(Acceptance::New(_) | Acceptance::Repeat(_)) => Ok(Reception::Later(self.engine.committed())),
            Err(Refusal::ContentDiffers) => Ok(Reception::OtherContent),
            Err(_) => {
                self.store.destroy(message_id.as_uuid()).map_err(|error| died(&error))?;
                Ok(Reception::NotNow)
            }
        }
    }

    /// Makes one group of changes durable; false when the disk is full at present.
    pub(crate) fn sync(&mut self) -> Result<bool, Died> {
        self.queue.extend(std::iter::from_fn(|| self.engine.poll_change()));
        while !self.queue.is_empty() {
            let count = self.queue.len().min(gateway::limits::CHANGES_PER_RECORD_MAX);
            let (mut group, mut last) = (Vec::with_capacity(count), ChangeNumber::default());
            for (place, (number, step)) in (1..).zip(self.queue.iter().take(count)) {
                let audit = Anchor { sequence: self.sequence + place, hash: BEFORE_FIRST };
                group.push(Stored { audit, step: step.clone(), is_repeat: false });
                last = *number;
            }
            let pending = match self.store.submit_changes(&group) {
                Ok(pending) => pending,
                Err(error) => return survive(error, false),
            };
            // Whatever it says: the promise alone decides what others are told.
            let _ = self.store.commit_waiting();
            let place = match pending.wait() {
                Ok(place) => place,
                Err(source) => return survive(Error::Journal { which: "changes", source }, false),
            };
            self.sequence += group.len() as u64;
            self.store.index_changes(place, group).map_err(|error| died(&error))?;
            self.queue.drain(..count);
            self.engine.handle_durable(last);
        }
        Ok(true)
    }

    pub(crate) fn effects(&mut self) -> Vec<Effect> {
        std::iter::from_fn(|| self.engine.poll_effect()).collect()
    }

    /// What the index holds about a message: the receipt is made of it.
    pub(crate) fn row(&self, number: u64) -> Result<Option<MessageRow>, Died> {
        let row = self.store.message_row(message(number)).now_or_never();
        row.ok_or_else(|| Died("the index waits".to_owned()))?.map_err(|error| died(&error))
    }

    /// The central system gave an answer; none when it could not be kept now.
    pub(crate) fn take_answer(
        &mut self,
        id: u64,
        reply_to: u64,
        kind: AnswerKind,
        now: Timestamp,
    ) -> Result<Option<AnswerReception>, Died> {
        let Some(record) = self.own_answer(id, reply_to, kind)? else { return Ok(None) };
        let expert_check =
            (kind == AnswerKind::Hit && id.is_multiple_of(2)).then_some(ExpertGround::FaceOnly);
        let record = AnswerRecord { expert_check, ..record };
        Ok(Some(self.engine.handle_answer(message(reply_to), record, now)))
    }

    /// Seals an answer and makes it durable, unless it is here already.
    pub(crate) fn own_answer(
        &mut self,
        id: u64,
        reply_to: u64,
        kind: AnswerKind,
    ) -> Result<Option<AnswerRecord>, Died> {
        let xml = answer_content(reply_to, kind);
        let mut record = AnswerRecord {
            id: answer(id),
            kind,
            content: ContentDigest(self.store.digest("answer", &xml)),
            payload: PayloadRef([0; 16]),
            expert_check: None,
        };
        if !self.engine.has_answer(record.id) {
            let known = self.engine.item_of(message(reply_to)).is_some();
            let kept = match known {
                true => self.store.keep_answer(message(reply_to).as_uuid(), &xml),
                false => self.store.keep_stray_answer(record.id.as_uuid(), &xml),
            };
            record.payload = match kept {
                Ok(place) => place,
                Err(error) => return survive(error, None),
            };
        }
        Ok(Some(record))
    }

    /// Retires content that nobody needs, as the hub does from time to time.
    pub(crate) fn retire(&mut self, horizon: Option<PayloadRef>) -> Result<u64, Died> {
        let Some(horizon) = horizon else { return Ok(0) };
        // What makes content superfluous must itself be durable first.
        if !self.sync()? {
            return Ok(0);
        }
        let needed: Vec<_> = self.engine.payloads().collect();
        self.store.retire_content(horizon, &needed).map_err(|error| died(&error))
    }
}

/// A full disk is survived; whatever else goes wrong ends the process.
fn survive<T>(error: Error, otherwise: T) -> Result<T, Died> {
    match &error {
        Error::Journal { source, .. } | Error::Sealed { source } if source.is_transient() => Ok(otherwise),
        _ => Err(died(&error)),
    }
}

pub(crate) fn died(error: &Error) -> Died {
    Died(error.to_string())
}

pub(crate) fn answer_content(reply_to: u64, kind: AnswerKind) -> Vec<u8> {
    format!("answer to {reply_to}: {}", kind.name()).into_bytes()
}

pub(crate) fn message(number: u64) -> MessageId {
    MessageId::from_uuid(Uuid::from_u128(0x6d00_0000_0000_0000 + u128::from(number)))
}

pub(crate) fn number_of(message: MessageId) -> u64 {
    u64::try_from(message.as_uuid().as_u128() - 0x6d00_0000_0000_0000).unwrap_or(0)
}

pub(crate) fn answer(number: u64) -> AnswerId {
    AnswerId::from_uuid(Uuid::from_u128(0xa500_0000_0000_0000 + u128::from(number)))
}

pub(crate) fn partner(number: u8) -> PartyId {
    PartyId::new(PARTNERS[usize::from(number) % PARTNERS.len()]).expect("literal")
}

pub(crate) fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

pub(crate) const PARTNERS: [&str; 3] = ["kiosk-1", "kiosk-2", "partner-1"];
