//! The worker thread: comparing fingers and building containers, so that the core never waits for either.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Instant;

use matcher::parameters::SEQUENCE_LLR_LOG10_MIN;
use matcher::{Finger, SequenceFinding, Template};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::handle::Command;
use super::sealing::{self, SealJob};
use crate::error::{Error, RequestError, StartError};
use crate::limits;
use crate::live::Area;
use crate::parameters::PREVIOUS_PERSON_KEPT;
use crate::session::{DoubtKind, SequenceDoubt, Target};
use crate::store::Picture;

/// Work that takes a while.
pub(super) enum Job {
    /// Compare the fingers of a case with each other.
    Sequence {
        case: Uuid,
        prints: Vec<(Finger, u32, Area)>,
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
            Job::Sequence { case, prints, pictures, retake_of } => {
                let templates = templates(&prints, &pictures);
                let mut doubts = check_sequence(&templates);
                doubts.extend(before.doubt(case, retake_of, &templates));
                before.looked_at(case, templates);
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

/// A finger whose print gives no template cannot be compared; it raises no doubt.
fn templates(prints: &[(Finger, u32, Area)], pictures: &BTreeMap<u32, Picture>) -> Vec<(Finger, Template)> {
    prints
        .iter()
        .filter_map(|(finger, attempt, area)| {
            let Some(Picture::Slap { image, .. }) = pictures.get(attempt) else { return None };
            let print = image.crop(area.left, area.top, area.right, area.bottom)?;
            Some((*finger, matcher::extract(&print).ok()?))
        })
        .collect()
}

fn check_sequence(templates: &[(Finger, Template)]) -> Vec<SequenceDoubt> {
    matcher::sequence_check(templates).iter().filter_map(doubt).collect()
}

/// The fingers of the person before: are these the same ones, so that images of two people may be mixed?
///
/// Templates of one case, in memory only, for a bounded time; nothing is searched and nothing is stored. A doubt is
/// shown to the officer, who takes the step again or says why it is right (the same person did come twice).
#[derive(Default)]
struct Before {
    sealed: Option<Seen>,
    looked_at: Option<(Uuid, Fingers)>,
}

type Fingers = Vec<(Finger, Template)>;

/// A sealed case, since when it is sealed, and its fingers.
struct Seen {
    case: Uuid,
    since: Instant,
    fingers: Fingers,
}

impl Before {
    fn doubt(
        &mut self,
        case: Uuid,
        retake_of: Option<Uuid>,
        templates: &[(Finger, Template)],
    ) -> Option<SequenceDoubt> {
        let Seen { case: before, since, fingers: known } = self.sealed.as_ref()?;
        if since.elapsed() > PREVIOUS_PERSON_KEPT {
            self.sealed = None;
            return None;
        }
        // A retake of the person before is meant to show the same fingers.
        if *before == case || retake_of == Some(*before) {
            return None;
        }
        let ratios: Vec<(Finger, f32)> = templates
            .iter()
            .filter_map(|(finger, template)| {
                let (_, known) = known.iter().find(|(other, _)| other == finger)?;
                Some((*finger, matcher::compare(known, template).likelihood_ratio_log10))
            })
            .collect();
        // One finger near certainty may be one mixed image; all of them together are a person.
        let whole =
            matcher::decision::is_match(matcher::decision::fuse(ratios.iter().map(|(_, ratio)| *ratio)));
        let least = if whole { 0.0 } else { SEQUENCE_LLR_LOG10_MIN };
        let same = ratios.iter().filter(|(_, ratio)| *ratio > least);
        let same: Vec<Target> = same.map(|(finger, _)| Target::Finger(*finger)).collect();
        (!same.is_empty()).then_some(SequenceDoubt { kind: DoubtKind::PreviousPerson, targets: same })
    }

    fn looked_at(&mut self, case: Uuid, templates: Fingers) {
        self.looked_at = Some((case, templates));
    }

    fn sealed(&mut self, case: Uuid) {
        if let Some((looked_at, templates)) =
            self.looked_at.take().filter(|(looked_at, _)| *looked_at == case)
        {
            self.sealed = Some(Seen { case: looked_at, since: Instant::now(), fingers: templates });
        }
    }
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

#[cfg(test)]
mod tests {
    use matcher::synth::{Condition, Person};

    use super::*;

    fn hand(person: &Person, visit: u32) -> Vec<(Finger, Template)> {
        let print = |finger: &Finger| person.impression(*finger, visit, Condition::default());
        let fingers = matcher::Hand::RightFour.fingers().iter().take(2);
        fingers.filter_map(|finger| Some((*finger, matcher::extract(&print(finger)).ok()?))).collect()
    }

    #[test]
    fn the_fingers_of_the_person_before_raise_a_doubt() {
        let (one, other) = (Person::new(71, 30), Person::new(72, 30));
        let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut before = Before::default();
        assert!(before.doubt(first, None, &hand(&one, 1)).is_none(), "nobody was before");
        before.looked_at(first, hand(&one, 1));
        assert!(before.doubt(first, None, &hand(&one, 2)).is_none(), "not sealed yet, and the same case");
        before.sealed(first);
        let again = before.doubt(second, None, &hand(&one, 2)).expect("the same fingers");
        assert_eq!(again.kind, DoubtKind::PreviousPerson);
        assert!(!again.targets.is_empty());
        assert!(before.doubt(second, Some(first), &hand(&one, 2)).is_none(), "a retake is meant to");
        assert!(before.doubt(second, None, &hand(&other, 1)).is_none(), "somebody else");
    }
}
