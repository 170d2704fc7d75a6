//! The commands of the core thread, and the handle through which everybody else reaches it.

use std::path::PathBuf;
use std::sync::Arc;

use icd::message::Answer;
use journal::carry::{CarryError, Signer};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use uuid::Uuid;

use super::carrying::{self, CarriedIn};
use super::custody::{Custody, SignedCustody};
use super::live_feed::{Board, LiveFeed};
use super::sealing::Built;
use super::sensors::Taken;
use super::site::GatewayKey;
use super::snapshot::{CaseSnapshot, HomeSnapshot, NewCase};
use crate::device::Fault;
use crate::error::{Error, RequestError};
use crate::link::{self, CarriedReceipts, CarryingKey, LinkError, VerifiedReceipt};
use crate::session::{Event, Operator, SequenceDoubt};
use crate::store::Picture;

pub(super) type Reply<T> = oneshot::Sender<T>;

/// Something the core is asked to do.
pub(super) enum Command {
    Home(Reply<HomeSnapshot>),
    Case(Uuid, Reply<Option<Box<CaseSnapshot>>>),
    Picture(Uuid, u32, Reply<Result<Picture, Error>>),
    Open(Box<NewCase>, Reply<Result<Uuid, Error>>),
    Officer(Uuid, Box<Operator>, Box<Event>, Reply<Result<(), Error>>),
    Sensor(Uuid, u32, Box<Result<Taken, Fault>>),
    Sequence(Uuid, Vec<SequenceDoubt>),
    Built(Uuid, Box<Result<Built, Error>>),
    NextSend(Reply<SendOrder>),
    BeginSend(Uuid, Reply<Result<SendJob, Error>>),
    SendDone(Uuid, Box<Result<VerifiedReceipt, LinkError>>, Reply<()>),
    Answers(Vec<Answer>, Reply<Vec<Uuid>>),
    TakeNow(Uuid, Reply<Result<(), Error>>),
    Release(Uuid, Reply<Result<(), Error>>),
    OpenRetake(Uuid, Box<Operator>, Reply<Result<Uuid, Error>>),
    CarryList(Reply<Vec<Uuid>>),
    BeginCarry(Uuid, Reply<Result<SendJob, Error>>),
    Carried(Vec<Uuid>, Uuid, Reply<Result<(), Error>>),
    CarriedIn(Box<CarriedReceipts>, Reply<Result<CarriedIn, Error>>),
    KeepHouse(Reply<Result<(), Error>>),
    ShutDown(Reply<()>),
}

/// What the sender should do now.
pub(super) enum SendOrder {
    /// Send this case.
    Send(Uuid),
    /// Ask again then, or when woken.
    Wait(Option<jiff::Timestamp>),
}

/// One case on its way.
pub(super) struct SendJob {
    pub(super) message_id: Uuid,
    pub(super) envelope: String,
    pub(super) container: Vec<u8>,
}

/// Reaches the core from any task. Clones reach the same core.
#[derive(Clone)]
pub struct Kiosk {
    commands: mpsc::Sender<Command>,
    changes: broadcast::Sender<Uuid>,
    live: LiveFeed,
    streams_end: watch::Sender<bool>,
    carry: Arc<Carry>,
}

/// What carrying by hand and the custody line need.
pub(super) struct Carry {
    pub(super) kiosk_id: String,
    pub(super) storage: PathBuf,
    pub(super) receipt_key: GatewayKey,
    pub(super) signer: Signer,
}

impl Kiosk {
    pub(super) fn new(
        commands: mpsc::Sender<Command>,
        changes: broadcast::Sender<Uuid>,
        live: LiveFeed,
        carry: Carry,
    ) -> Self {
        Self { commands, changes, live, streams_end: watch::Sender::new(false), carry: Arc::new(carry) }
    }

    /// What the home page shows.
    pub async fn home(&self) -> Result<HomeSnapshot, Error> {
        self.ask(Command::Home).await
    }

    /// One case, if this kiosk has it.
    pub async fn case(&self, case: Uuid) -> Result<Option<Box<CaseSnapshot>>, Error> {
        self.ask(|reply| Command::Case(case, reply)).await
    }

    /// One image of a case that is not sealed yet.
    pub async fn picture(&self, case: Uuid, attempt: u32) -> Result<Picture, Error> {
        self.ask(|reply| Command::Picture(case, attempt, reply)).await?
    }

    /// Opens a case.
    pub async fn open(&self, new: NewCase) -> Result<Uuid, Error> {
        self.ask(|reply| Command::Open(Box::new(new), reply)).await?
    }

    /// Something an officer did in a case.
    pub async fn officer(&self, case: Uuid, operator: Operator, event: Event) -> Result<(), Error> {
        self.ask(|reply| Command::Officer(case, Box::new(operator), Box::new(event), reply)).await?
    }

    /// An officer takes what lies on the glass now; the sensor must be live.
    pub async fn take_now(&self, case: Uuid) -> Result<(), Error> {
        self.ask(|reply| Command::TakeNow(case, reply)).await?
    }

    /// What the sensors see, newest frame only. Pictures are made while somebody holds one of these.
    #[must_use]
    pub fn live(&self) -> watch::Receiver<Board> {
        self.live.reader()
    }

    /// An officer lets a case be sent again, or sent now.
    pub async fn release(&self, case: Uuid) -> Result<(), Error> {
        self.ask(|reply| Command::Release(case, reply)).await?
    }

    /// Opens a case in which an earlier one is taken again.
    pub async fn open_retake(&self, case: Uuid, operator: Operator) -> Result<Uuid, Error> {
        self.ask(|reply| Command::OpenRetake(case, Box::new(operator), reply)).await?
    }

    /// How many cases are where, signed by this kiosk.
    pub async fn custody(&self) -> Result<SignedCustody, Error> {
        let home = self.home().await?;
        Ok(Custody::of(&self.carry.kiosk_id, &home).sign(&self.carry.signer)?)
    }

    /// Writes every case that waits into a carried file at `path`; gives how many.
    pub async fn export(&self, path: PathBuf) -> Result<usize, Error> {
        let recipient = carrying::kept_key(&self.carry.storage, &self.carry.receipt_key)?;
        let cases = self.ask(Command::CarryList).await?;
        let (kiosk, file) = (self.clone(), Uuid::now_v7());
        let handle = tokio::runtime::Handle::current();
        let written = tokio::task::spawn_blocking(move || {
            let entries = cases.iter().map(|case| {
                let job = handle.block_on(kiosk.ask(|reply| Command::BeginCarry(*case, reply)))??;
                Ok((job.envelope, job.container))
            });
            let out = std::fs::File::create(&path).map_err(CarryError::from)?;
            let mut buffered = std::io::BufWriter::new(&out);
            let Carry { kiosk_id, signer, .. } = &*kiosk.carry;
            let written = link::write_file(&mut buffered, file, kiosk_id, &recipient, entries, signer)?;
            drop(buffered);
            out.sync_all().map_err(CarryError::from)?;
            handle.block_on(kiosk.ask(|reply| Command::Carried(cases, file, reply)))??;
            Ok::<_, Error>(written)
        });
        written.await.map_err(|_| RequestError::Busy)?
    }

    /// Takes in a receipts file that came back.
    pub async fn import(&self, receipts: &[u8]) -> Result<CarriedIn, Error> {
        let Carry { kiosk_id, receipt_key, .. } = &*self.carry;
        let read = CarriedReceipts::verify(receipts, kiosk_id, receipt_key)?;
        self.ask(|reply| Command::CarriedIn(Box::new(read), reply)).await?
    }

    /// Keeps the gateway's key for days without a network.
    pub(super) fn keep_carrying_key(&self, key: &CarryingKey) -> std::io::Result<()> {
        carrying::keep_key(&self.carry.storage, key)
    }

    /// Takes old rows out of the lists and makes the journal smaller.
    pub(super) async fn keep_house(&self) -> Result<(), Error> {
        self.ask(Command::KeepHouse).await?
    }

    /// The folder of the case store, for files on their way to a medium.
    #[must_use]
    pub fn storage(&self) -> &std::path::Path {
        &self.carry.storage
    }

    /// The identifiers of cases as they change.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Uuid> {
        self.changes.subscribe()
    }

    /// Becomes true when the kiosk is asked to end: streams end then.
    #[must_use]
    pub fn streams_end(&self) -> watch::Receiver<bool> {
        self.streams_end.subscribe()
    }

    /// Ends every stream that is open, and every one that is opened from here on.
    pub(super) fn end_streams(&self) {
        self.streams_end.send_replace(true);
    }

    pub(super) async fn next_send(&self) -> Result<SendOrder, Error> {
        self.ask(Command::NextSend).await
    }

    pub(super) async fn begin_send(&self, case: Uuid) -> Result<SendJob, Error> {
        self.ask(|reply| Command::BeginSend(case, reply)).await?
    }

    pub(super) async fn send_done(
        &self,
        case: Uuid,
        result: Result<VerifiedReceipt, LinkError>,
    ) -> Result<(), Error> {
        self.ask(|reply| Command::SendDone(case, Box::new(result), reply)).await
    }

    /// Stores answers; gives the identifiers of those that are stored and may be acknowledged.
    pub(super) async fn answers(&self, answers: Vec<Answer>) -> Result<Vec<Uuid>, Error> {
        self.ask(|reply| Command::Answers(answers, reply)).await
    }

    pub(super) async fn shut_down(&self) {
        // The core may be gone already; then there is nothing to wait for.
        let _ = self.ask(Command::ShutDown).await;
    }

    async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| RequestError::Busy)?;
        Ok(answer.await.map_err(|_| RequestError::Busy)?)
    }
}
