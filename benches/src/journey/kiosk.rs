//! The kiosk of the race: judges, encodes, seals, keeps and sends one person per round.
//!
//! Invariant: "capture to receipt" begins before the first pixel is looked at and ends when the receipt's signature
//! was verified; the waiting for the central system's answer comes afterwards and is a part of its own, so that the
//! simulator's search never runs beside a timed part.

use std::{path::Path, time::Instant};

use capture::face::{FaceOptions, FaceSetup};
use icd::profile::Profile;
use journal::{
    Journal, Options,
    keys::KeyFolder,
    seal::{CaseKey, SiteKey, binding},
};

use super::{Case, Judged, RunningSite};
use crate::{Contestant, Error, Laps, subject::Subject};

/// A kiosk without devices and screens.
pub struct Kiosk<'a> {
    subjects: &'a [Subject],
    profile: Profile,
    face: FaceSetup,
    keys: KeyFolder,
    journal: Journal,
    site: Option<&'a RunningSite>,
    number: u64,
}

impl<'a> Kiosk<'a> {
    /// A kiosk that keeps its cases in `folder`, and sends them where a site runs.
    ///
    /// # Errors
    /// [`Error::Part`] when the folder cannot be used.
    pub fn open(
        folder: &Path,
        subjects: &'a [Subject],
        site: Option<&'a RunningSite>,
    ) -> Result<Self, Error> {
        let failed = Error::part("opening the kiosk's store");
        let site_key = SiteKey::generate().map_err(|error| failed(&error))?;
        let keys = KeyFolder::open(&folder.join("race-keys"), site_key).map_err(|error| failed(&error))?;
        let (journal, _) = Journal::open(&folder.join("race-journal"), Options::default())
            .map_err(|error| failed(&error))?;
        Ok(Self {
            subjects,
            profile: Profile::open_2026(),
            face: FaceSetup::load(&FaceOptions::default()),
            keys,
            journal,
            site,
            number: 0,
        })
    }

    /// The sealed bytes of each person, for probes that handle the same amount.
    ///
    /// # Errors
    /// As a round.
    pub fn rehearse(&mut self) -> Result<Vec<Vec<u8>>, Error> {
        let failed = Error::part("seal");
        let key = CaseKey::generate().map_err(|error| failed(&error))?;
        self.subjects
            .iter()
            .map(|subject| {
                let case = self.case(subject, &mut Laps::default())?;
                let (container, envelope) = sealed(&key, &case).map_err(|error| failed(&error))?;
                Ok([container, envelope].concat())
            })
            .collect()
    }

    /// What is missing here and therefore not in the figures.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        self.face.notes()
    }

    fn case(&mut self, subject: &Subject, laps: &mut Laps) -> Result<Case, Error> {
        let slaps = subject.slaps.clone();
        let judged = Judged::take(subject, &self.face, laps)?;
        self.number += 1;
        Case::encode(&self.profile, judged, slaps, &subject.portrait, self.number, laps)
    }

    fn keep(&self, case: &Case, laps: &mut Laps) -> Result<(), Error> {
        let key = laps.time("key", || self.keys.create(case.id))?;
        let (container, envelope) = laps.time("seal", || sealed(&key, case))?;
        let bytes = container.len() + envelope.len();
        laps.set_bytes("seal", bytes);
        let last = laps.time("fsync", || {
            let container = self.journal.submit(CONTAINER_KIND, container)?;
            let envelope = self.journal.submit(ENVELOPE_KIND, envelope)?;
            container.wait()?;
            envelope.wait()
        })?;
        laps.set_bytes("fsync", bytes);
        let retired = self.journal.drop_segments_before(last);
        retired.map_err(|error| Error::part("retiring old segments")(&error))?;
        Ok(())
    }

    fn send(&self, site: &RunningSite, case: &Case, laps: &mut Laps) -> Result<(), Error> {
        laps.time("send", || site.send(case))?;
        laps.set_bytes("send", case.container.len() + case.envelope.len());
        Ok(())
    }
}

impl Contestant for Kiosk<'_> {
    fn run(&mut self, round: u64, laps: &mut Laps) -> Result<(), Error> {
        let place = usize::try_from(round).unwrap_or(0).checked_rem(self.subjects.len()).unwrap_or(0);
        let Some(subject) = self.subjects.get(place) else { return Ok(()) };
        let begun = Instant::now();
        let case = self.case(subject, laps)?;
        self.keep(&case, laps)?;
        laps.add(CAPTURE_TO_SEALED, begun.elapsed());
        if let Some(site) = self.site {
            self.send(site, &case, laps)?;
            laps.add(CAPTURE_TO_RECEIPT, begun.elapsed());
            laps.time("receipt to answer", || site.await_answer(&case))?;
        }
        self.keys.destroy(case.id).map_err(|error| Error::part("destroying the case's key")(&error))
    }
}

fn sealed(key: &CaseKey, case: &Case) -> Result<(Vec<u8>, Vec<u8>), journal::Error> {
    let container = key.seal(&binding(case.id, "container"), &case.container)?;
    let envelope = key.seal(&binding(case.id, "envelope"), case.envelope.as_bytes())?;
    Ok((container, envelope))
}

const CAPTURE_TO_SEALED: &str = "capture to sealed";
const CAPTURE_TO_RECEIPT: &str = "capture to receipt";
const CONTAINER_KIND: u8 = 1;
const ENVELOPE_KIND: u8 = 2;

/// What each part is set against: the floor for the same bytes in the same run.
pub const PARTS_AGAINST: &[(&str, &[&str])] = &[
    ("segment", &["memcpy of pixels"]),
    ("quality", &["memcpy of pixels"]),
    ("encode", &["memcpy of pixels"]),
    ("seal", &["memcpy of message"]),
    ("fsync", &["raw disk"]),
    ("send", &["raw TLS", "raw disk"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_without_a_site_ends_at_the_sealed_case() {
        let subjects = [Subject::new(4_100, 30).expect("a person")];
        let folder = tempfile::tempdir().expect("a folder");
        let mut kiosk = Kiosk::open(folder.path(), &subjects, None).expect("a kiosk");
        let bodies = kiosk.rehearse().expect("a rehearsal");
        let mut laps = Laps::default();
        kiosk.run(0, &mut laps).expect("a round");
        let named = |name: &str| laps.parts().iter().find(|part| part.name == name).cloned();
        for part in ["segment", "quality", "face", "sequence", "encode", "envelope", "key", "seal", "fsync"] {
            assert_eq!(named(part).map(|part| part.samples.len()), Some(1), "{part}");
        }
        assert_eq!(named(CAPTURE_TO_SEALED).map(|part| part.samples.len()), Some(1));
        assert!(named(CAPTURE_TO_RECEIPT).is_none(), "nobody gave a receipt");
        let kept = named("fsync").and_then(|part| part.bytes);
        let rehearsed = bodies.first().map(|body| body.len() as u64);
        assert!(kept.zip(rehearsed).is_some_and(|(kept, rehearsed)| kept.abs_diff(rehearsed) < 64));
        assert!(kiosk.keys.ids().expect("keys").is_empty(), "the case is gone after its round");
    }
}
