//! The worker thread: comparing fingers and building containers, so that the core never waits for either.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use matcher::{Finger, SequenceFinding, Template};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::handle::Command;
use super::sealing::{self, SealJob};
use crate::error::{Error, RequestError, StartError};
use crate::limits;
use crate::live::Area;
use crate::session::{DoubtKind, SequenceDoubt, Target};
use crate::store::Picture;

/// Work that takes a while.
pub(super) enum Job {
    /// Compare the fingers of a case with each other.
    Sequence { case: Uuid, prints: Vec<(Finger, u32, Area)>, pictures: BTreeMap<u32, Picture> },
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
    while let Ok(job) = inbox.recv() {
        let done = match job {
            Job::Sequence { case, prints, pictures } => {
                Command::Sequence(case, check_sequence(&prints, &pictures))
            }
            Job::Seal { case, job } => Command::Built(case, Box::new(sealing::build(*job))),
        };
        if commands.blocking_send(done).is_err() {
            return;
        }
    }
}

/// A finger whose print gives no template cannot be compared; it raises no doubt.
fn check_sequence(prints: &[(Finger, u32, Area)], pictures: &BTreeMap<u32, Picture>) -> Vec<SequenceDoubt> {
    let templates: Vec<(Finger, Template)> = prints
        .iter()
        .filter_map(|(finger, attempt, area)| {
            let Some(Picture::Slap { image, .. }) = pictures.get(attempt) else { return None };
            let print = image.crop(area.left, area.top, area.right, area.bottom)?;
            Some((*finger, matcher::extract(&print).ok()?))
        })
        .collect();
    matcher::sequence_check(&templates).iter().filter_map(doubt).collect()
}

fn doubt(finding: &SequenceFinding) -> Option<SequenceDoubt> {
    let of = |kind, fingers: [Finger; 2]| {
        Some(SequenceDoubt { kind, targets: fingers.map(Target::Finger).to_vec() })
    };
    match finding {
        SequenceFinding::Repeated { first, second, .. } => of(DoubtKind::RepeatedFinger, [*first, *second]),
        SequenceFinding::Swapped { stated, actual, .. } => of(DoubtKind::Swapped, [*stated, *actual]),
        _ => None,
    }
}
