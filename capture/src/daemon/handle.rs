//! The commands of the core thread, and the handle through which everybody else reaches it.

use icd::message::Answer;
use tokio::sync::{broadcast, mpsc, oneshot};
use uuid::Uuid;

use super::sealing::Built;
use super::snapshot::{CaseSnapshot, HomeSnapshot, NewCase};
use crate::device::Fault;
use crate::error::{Error, RequestError};
use crate::link::{LinkError, VerifiedReceipt};
use crate::session::{AttemptResult, Event, Operator, SequenceDoubt};
use crate::store::Picture;

pub(super) type Reply<T> = oneshot::Sender<T>;

/// Something the core is asked to do.
pub(super) enum Command {
    Home(Reply<HomeSnapshot>),
    Case(Uuid, Reply<Option<Box<CaseSnapshot>>>),
    Picture(Uuid, u32, Reply<Result<Picture, Error>>),
    Open(Box<NewCase>, Reply<Result<Uuid, Error>>),
    Officer(Uuid, Box<Operator>, Box<Event>, Reply<Result<(), Error>>),
    Sensor(Uuid, u32, Box<Result<(AttemptResult, Picture), Fault>>),
    Sequence(Uuid, Vec<SequenceDoubt>),
    Built(Uuid, Box<Result<Built, Error>>),
    NextSend(Reply<SendOrder>),
    BeginSend(Uuid, Reply<Result<SendJob, Error>>),
    SendDone(Uuid, Box<Result<VerifiedReceipt, LinkError>>, Reply<()>),
    Answers(Vec<Answer>, Reply<Vec<Uuid>>),
    Release(Uuid, Reply<Result<(), Error>>),
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
}

impl Kiosk {
    pub(super) fn new(commands: mpsc::Sender<Command>, changes: broadcast::Sender<Uuid>) -> Self {
        Self { commands, changes }
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

    /// An officer lets a case be sent again, or sent now.
    pub async fn release(&self, case: Uuid) -> Result<(), Error> {
        self.ask(|reply| Command::Release(case, reply)).await?
    }

    /// The identifiers of cases as they change.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Uuid> {
        self.changes.subscribe()
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
