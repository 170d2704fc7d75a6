//! The hub: the engine with everything around it that makes its promises true.
//!
//! One lock guards the engine. Whoever changes something does so by `decide`: the event goes into the engine, the
//! changes that come out are queued, in the same order, for the commit thread, which writes audit lines and changes
//! and reports back what is durable. Only then are effects released and callers answered.
//!
//! The machine link, the lane and the operator console all hold an `Arc<Hub>` and nothing else; what they may see is
//! in [`view`], what they may do is the methods of [`Hub`], and [`Hub::subscribe`] tells them when to look again.
//!
//! Invariant: nobody is told of anything before it is durable, together with the audit line that tells of it.

mod answers;
mod commit;
mod desk;
mod find;
mod installation;
mod intake;
mod notices;
mod people;
mod recovery;
mod survey;
mod trail;
pub mod view;
mod work;

pub use desk::{OpenReason, OpenedItem};
pub use find::RecordedChange;
pub use installation::Installation;
pub use intake::{Incoming, Taken};
pub use survey::Survey;
pub use trail::Who;
pub use work::Work;

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use icd::identifier::MessageId;
use jiff::Timestamp;
use tokio::sync::{Notify, broadcast, mpsc, watch};
use uuid::Uuid;

use crate::audit::{AuditLog, Checkpoint, Entry};
use crate::engine::{
    Capabilities, Change, ChangeNumber, Effect, Engine, ItemId, Policy, SecondCheck, TaskKind,
};
use crate::error::Error;
use crate::fairness::Fairness;
use crate::limits;
use crate::site::Site;
use crate::store::{Storage, Store, Stored};
use crate::watch::{Counted, Counters};
use recovery::Recovery;

/// The running gateway, without its sockets.
pub struct Hub {
    site: Site,
    store: Box<dyn Storage>,
    core: Mutex<Core>,
    /// Wakes the commit thread.
    filled: Condvar,
    /// Up to which ticket everything is durable.
    durable: watch::Sender<Ticket>,
    condition: watch::Sender<Condition>,
    /// Counts what was put into inboxes, so that long polls look again.
    inbox: watch::Sender<u64>,
    notices: broadcast::Sender<Notice>,
    central_reachable: watch::Sender<Option<bool>>,
    effects: mpsc::UnboundedSender<Effect>,
    /// Wakes the timer after a decision may have moved the next timeout.
    timer: Notify,
    receiving: Mutex<HashSet<MessageId>>,
    counters: Arc<Counters>,
    fairness: Arc<Fairness>,
    clock_offset_s: watch::Sender<Option<i64>>,
    /// The newest checkpoint of the audit log.
    checkpoint: watch::Sender<Option<Checkpoint>>,
    commit_thread: Mutex<Option<JoinHandle<()>>>,
}

struct Core {
    engine: Engine,
    queue: VecDeque<Waiting>,
    tickets: Ticket,
    closing: bool,
}

/// Something that waits for the commit thread: an audit line, and the change it tells of, if it is one.
struct Waiting {
    ticket: Ticket,
    entry: Entry,
    change: Option<(ChangeNumber, Change)>,
}

/// Number of something queued for the commit thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(u64);

/// Whether the gateway can promise anything. Complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Yes.
    Sound,
    /// Not at present; it tries again by itself.
    Stalled(String),
    /// Not until it is restarted.
    Failed(String),
    /// It is stopping.
    Stopping,
}

/// Something changed; whoever shows it looks again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The item, if it is about one.
    pub item: Option<ItemId>,
    /// The change's short name, as in the audit log.
    pub what: &'static str,
}

impl Hub {
    /// Opens the store and the audit log, rebuilds the engine, and starts the commit thread. The returned [`Work`]
    /// must be run for anything to be sent or to time out.
    pub fn open(site: Site) -> Result<(Arc<Self>, Work), Error> {
        let policy = Policy {
            due_soon: jiff::SignedDuration::from_hours(i64::from(site.config.policy.due_soon_hours)),
            lease: jiff::SignedDuration::from_mins(i64::from(site.config.policy.lease_minutes)),
            second_check: match site.config.policy.second_check {
                firmware_config::SecondCheck::Nothing => SecondCheck::Nothing,
                firmware_config::SecondCheck::Erasures => SecondCheck::Erasures,
                firmware_config::SecondCheck::Everything => SecondCheck::Everything,
            },
            ..site.policy.clone()
        };
        let capabilities = Capabilities::new(site.config.capabilities.clone(), site.calendar.clone());
        let mut engine = Engine::new(policy, capabilities);
        let mut audit = AuditLog::open(&site.storage.join("audit"), site.signing_key()?)?;
        let mut recovery = Recovery::new(audit.last());
        let margin = site.config.storage.disk_margin_bytes_min;
        let (store, findings) = Store::open(&site.storage, site.site_key()?, margin, |stored: &Stored| {
            recovery.see(stored);
            if !stored.is_repeat {
                engine.replay(&stored.step)?;
            }
            Ok(())
        })?;
        recovery.finish(&store, &mut audit)?;
        let alive = alive(&engine);
        let orphans = store.destroy_orphans(&alive)?;
        tracing::info!(
            items = engine.items_count(),
            groups = findings.groups,
            orphans,
            index_rebuilt = findings.index.set_aside.is_some(),
            content_damaged = findings.content_damaged,
            "storage opened"
        );
        Self::start(site, Box::new(store), engine, audit)
    }

    fn start(
        site: Site,
        store: Box<dyn Storage>,
        engine: Engine,
        audit: AuditLog,
    ) -> Result<(Arc<Self>, Work), Error> {
        let (effects, requested) = mpsc::unbounded_channel();
        let core = Core { engine, queue: VecDeque::new(), tickets: Ticket::default(), closing: false };
        let fairness = Fairness::open(&site.storage, site.profile.clone(), Timestamp::now());
        let hub = Arc::new(Self {
            site,
            store,
            core: Mutex::new(core),
            filled: Condvar::new(),
            durable: watch::Sender::new(Ticket::default()),
            condition: watch::Sender::new(Condition::Sound),
            inbox: watch::Sender::new(0),
            notices: broadcast::Sender::new(limits::BROADCAST_BACKLOG_MAX),
            central_reachable: watch::Sender::new(None),
            effects,
            timer: Notify::new(),
            receiving: Mutex::new(HashSet::new()),
            counters: Arc::default(),
            fairness: Arc::new(fairness),
            clock_offset_s: watch::Sender::new(None),
            checkpoint: watch::Sender::new(audit.checkpoint().cloned()),
            commit_thread: Mutex::new(None),
        });
        let committer = Arc::clone(&hub);
        let thread = std::thread::Builder::new()
            .name("commit".into())
            .spawn(move || committer.commit_all(audit))
            .map_err(|error| Error::NotDurable { reason: error.kind().to_string() })?;
        *lock(&hub.commit_thread) = Some(thread);
        hub.decide(&Who::gateway(), Engine::handle_restart);
        let work = Work::new(Arc::clone(&hub), requested);
        Ok((hub, work))
    }

    /// The site this gateway serves.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Tells of every durable change from now on. A receiver that falls behind is told so and reads the list again.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }

    /// Whether the gateway can promise anything at present.
    #[must_use]
    pub fn condition(&self) -> Condition {
        self.condition.borrow().clone()
    }

    /// Resolves when nothing can be made durable any more.
    pub async fn failed(&self) -> String {
        let mut condition = self.condition.subscribe();
        let failed = condition.wait_for(|condition| matches!(condition, Condition::Failed(_))).await;
        match failed.as_deref() {
            Ok(Condition::Failed(reason)) => reason.clone(),
            _ => String::new(),
        }
    }

    /// How often capture goes wrong, in counts.
    #[must_use]
    pub fn fairness(&self) -> &Arc<Fairness> {
        &self.fairness
    }

    /// The newest checkpoint of the audit log, for whoever wants to hold one.
    #[must_use]
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.checkpoint.borrow().clone()
    }

    /// Writes an audit line about something that changed nothing: a refusal, a reading. Returns when it is durable.
    pub async fn record(&self, who: &Who, action: &str, object: &str, result: &str) -> Result<(), Error> {
        match (action, result) {
            ("refused", "G-0403" | "G-0405" | "G-0406" | "G-0955") => {
                self.counters.add(Counted::SecurityEvent, "not-authorised");
            }
            ("sign-in", result) if result != "done" => {
                self.counters.add(Counted::SecurityEvent, "sign-in-refused");
            }
            ("opened", _) => self.counters.add(Counted::SecurityEvent, "content-opened"),
            _ => {}
        }
        let ticket = {
            let mut core = self.core();
            core.tickets.0 += 1;
            let (ticket, entry) = (core.tickets, who.entry(Timestamp::now(), action, object, result));
            core.queue.push_back(Waiting { ticket, entry, change: None });
            ticket
        };
        self.filled.notify_one();
        self.durable(ticket).await
    }

    /// Stops taking work, makes everything decided durable and closes the audit log. The store closes when the last
    /// handle is dropped.
    pub fn close(&self) {
        self.condition.send_if_modified(|condition| {
            let changes = *condition == Condition::Sound;
            if changes {
                *condition = Condition::Stopping;
            }
            changes
        });
        self.core().closing = true;
        self.filled.notify_one();
        if let Some(thread) = lock(&self.commit_thread).take() {
            // A panic there has stopped everything already, and the disk holds what was promised.
            let _ = thread.join();
        }
        self.fairness.save();
    }

    /// Puts an event into the engine and queues what comes out. What was decided holds when the ticket is durable.
    fn decide<R>(&self, who: &Who, event: impl FnOnce(&mut Engine, Timestamp) -> R) -> (R, Ticket) {
        let mut core = self.core();
        let result = event(&mut core.engine, Timestamp::now());
        while let Some((number, change)) = core.engine.poll_change() {
            core.tickets.0 += 1;
            let (ticket, entry) = (core.tickets, trail::entry(&change, who));
            core.queue.push_back(Waiting { ticket, entry, change: Some((number, change)) });
        }
        let ticket = core.tickets;
        // An effect that waits for no change of its own (asking about a message, for one) is due at once; the
        // commit thread would only meet it with the next change.
        let due: Vec<_> = std::iter::from_fn(|| core.engine.poll_effect()).collect();
        drop(core);
        for effect in due {
            // Without a receiver the gateway is stopping; what is lost is asked for again at the next start.
            let _ = self.effects.send(effect);
        }
        self.filled.notify_one();
        self.timer.notify_one();
        (result, ticket)
    }

    /// Waits until a ticket is durable, within the bound.
    async fn durable(&self, ticket: Ticket) -> Result<(), Error> {
        let mut durable = self.durable.subscribe();
        let mut condition = self.condition.subscribe();
        let waited = tokio::select! {
            waited = tokio::time::timeout(limits::DURABLE_TIME_MAX, durable.wait_for(|done| *done >= ticket)) => {
                matches!(waited, Ok(Ok(_)))
            }
            _ = condition.wait_for(|condition| matches!(condition, Condition::Failed(_))) => false,
        };
        if waited { Ok(()) } else { Err(self.not_durable()) }
    }

    fn not_durable(&self) -> Error {
        match self.condition() {
            Condition::Stopping => Error::Stopping,
            Condition::Stalled(reason) | Condition::Failed(reason) => Error::NotDurable { reason },
            Condition::Sound => Error::NotDurable { reason: "the disk did not answer in time".to_owned() },
        }
    }

    /// Refuses new work where it could not be made durable.
    fn ready(&self) -> Result<(), Error> {
        match self.condition() {
            Condition::Sound => {}
            Condition::Stopping => return Err(Error::Stopping),
            Condition::Stalled(reason) | Condition::Failed(reason) => {
                return Err(Error::NotDurable { reason });
            }
        }
        self.store.ready().map_err(|error| Error::NotDurable { reason: error.to_string() })
    }

    fn core(&self) -> MutexGuard<'_, Core> {
        match self.core.lock() {
            Ok(core) => core,
            // A panic inside the engine is a bug; its state can no longer be trusted. The disk can: end, and let
            // the service manager start again from the journal.
            Err(_) => {
                tracing::error!(
                    code = "G-0203",
                    "the engine stopped at a bug; the process ends and starts again"
                );
                std::process::abort()
            }
        }
    }
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("condition", &self.condition()).finish_non_exhaustive()
    }
}

/// Every key that must stay: of items, of stray answers, and of notices that wait for a person.
fn alive(engine: &Engine) -> HashSet<Uuid> {
    let items = engine.items().map(|item| item.arrival.message_id.as_uuid());
    let strays = engine.strays().iter().map(|answer| answer.id.as_uuid());
    let notices = engine.tasks().filter_map(|task| match task.kind {
        TaskKind::Notice { id, .. } => Some(id.as_uuid()),
        _ => None,
    });
    items.chain(strays).chain(notices).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
