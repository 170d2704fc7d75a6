//! The worker thread: comparing fingers and building containers, so that the core never waits for either.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

use tokio::sync::mpsc;
use uuid::Uuid;

use super::fingers::{self, Before, Shown};
use super::handle::Command;
use super::sealing::{self, SealJob};
use crate::error::{Error, RequestError, StartError};
use crate::limits;
use crate::parameters::PREVIOUS_PERSON_KEPT;
use crate::store::Picture;

/// Work that takes a while.
pub(super) enum Job {
    /// Compare the fingers of a case with each other, and with other images of the same person.
    Sequence {
        case: Uuid,
        prints: Vec<Shown>,
        others: Vec<Shown>,
        pictures: BTreeMap<u32, Picture>,
        retake_of: Option<Uuid>,
    },
    /// Build container and envelope.
    Seal { case: Uuid, job: Box<SealJob> },
}

/// Takes jobs, one after another.
pub(super) struct Worker(SyncSender<Job>);

impl Worker {
    pub(super) fn ask(&self, job: Job) -> Result<(), Error> {
        self.0.try_send(job).map_err(|_| RequestError::Busy.into())
    }
}

pub(super) fn start(commands: mpsc::Sender<Command>) -> Result<Worker, StartError> {
    let (jobs, inbox) = sync_channel(limits::JOBS_WAITING_MAX);
    let thread =
        std::thread::Builder::new().name("kiosk-worker".to_owned()).spawn(move || work(&inbox, &commands));
    thread.map_err(|error| StartError::System { detail: error.kind().to_string() })?;
    Ok(Worker(jobs))
}

fn work(inbox: &Receiver<Job>, commands: &mpsc::Sender<Command>) {
    let mut before = Before::default();
    loop {
        let job = match inbox.recv_timeout(PREVIOUS_PERSON_KEPT) {
            Ok(job) => job,
            Err(RecvTimeoutError::Timeout) => {
                before = Before::default();
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let done = match job {
            Job::Sequence { case, prints, others, pictures, retake_of } => {
                let of_case = fingers::templates(&prints, &pictures);
                let mut doubts = fingers::doubts(&of_case, &fingers::templates(&others, &pictures));
                doubts.extend(before.doubts(case, retake_of, &of_case));
                before.looked_at(case, of_case);
                Command::Sequence(case, doubts)
            }
            Job::Seal { case, job } => {
                before.sealed(case);
                Command::Built(case, Box::new(sealing::build(*job)))
            }
        };
        if commands.blocking_send(done).is_err() {
            return;
        }
    }
}
