//! The site's `nfiq2` behind the glass: one score per print of an image, or our own where it gives none in time.
//!
//! Invariants:
//! - All prints of an image are scored by the same engine: one that fails for one print is not used for the others.
//! - Nobody waits for it longer than [`limits::QUALITY_ENGINE_TIMEOUT`], and after a failure it is left alone for
//!   [`limits::QUALITY_ENGINE_PAUSE`], so that a person at the glass waits for a broken engine once and not at each attempt.
//! - Its failure is said (log with code, health of the scanner on the home screen) and never refuses a finger.
//! - A print goes to it through memory only.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use firmware_config::{QualityConfig, QualityEngineName};
use matcher::Image;
use matcher::quality::reference;
use quality_engine::{Installation, QualityEngine};

use crate::limits;
use crate::live::{OwnScorer, Scored, ScoredBy, Scorer};

/// Scores by the engine that the configuration names.
pub(super) struct SiteScorer {
    /// `None` where the site judges by our own figure.
    nfiq2: Option<Nfiq2>,
}

struct Nfiq2 {
    installation: Installation,
    product: u16,
    timeout: Duration,
    pause: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Opened at first use, and again after a failure: it may have been installed anew.
    engine: Option<QualityEngine>,
    failed: Option<Failed>,
}

struct Failed {
    at: Instant,
    words: String,
}

impl SiteScorer {
    /// Looks at the engine once, so that a wrong one is told at start and not at the first hand.
    pub(super) fn new(config: &QualityConfig, folder: &std::path::Path) -> Self {
        let nfiq2 = Nfiq2::configured(config, folder);
        if let Some(nfiq2) = &nfiq2 {
            let mut state = nfiq2.state.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(failure) = nfiq2.ready(&mut state) {
                nfiq2.failed(&mut state, &failure);
            }
        }
        Self { nfiq2 }
    }

    /// What is wrong with the engine, for the home screen; `None` while it works or none is configured.
    pub(super) fn trouble(&self) -> Option<String> {
        let state = self.nfiq2.as_ref()?.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.failed.as_ref().map(|failed| failed.words.clone())
    }
}

impl Scorer for SiteScorer {
    fn score(&self, prints: &[Image]) -> Scored {
        let scored =
            self.nfiq2.as_ref().filter(|_| !prints.is_empty()).and_then(|nfiq2| nfiq2.scored(prints));
        scored.unwrap_or_else(|| OwnScorer.score(prints))
    }
}

impl Nfiq2 {
    fn configured(config: &QualityConfig, folder: &std::path::Path) -> Option<Self> {
        if config.engine != QualityEngineName::Nfiq2 {
            return None;
        }
        // The configuration was checked: with this engine all three are there and well formed.
        let executable = config.nfiq2_program.as_ref()?.resolve(folder);
        let digest = config.nfiq2_sha256.as_ref()?.as_str().parse().ok()?;
        let product = reference::product_id(config.nfiq2_version?.as_str())?;
        let installation = Installation { executable, digest };
        let (timeout, pause) = (limits::QUALITY_ENGINE_TIMEOUT, limits::QUALITY_ENGINE_PAUSE);
        Some(Self { installation, product, timeout, pause, state: Mutex::default() })
    }

    /// The scores, or `None` where our own figure must do.
    fn scored(&self, prints: &[Image]) -> Option<Scored> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.failed.as_ref().is_some_and(|failed| failed.at.elapsed() < self.pause) {
            return None;
        }
        let asked = self.ready(&mut state).and_then(|engine| asked(engine, prints, self.timeout));
        match asked {
            Ok(scores) => {
                if state.failed.take().is_some() {
                    tracing::info!("the quality engine works again");
                }
                Some(Scored { by: ScoredBy::Nfiq2 { product: self.product }, scores })
            }
            Err(failure) => {
                self.failed(&mut state, &failure);
                None
            }
        }
    }

    fn ready<'a>(&self, state: &'a mut State) -> Result<&'a QualityEngine, Failure> {
        let engine = match state.engine.take() {
            Some(engine) => engine,
            None => QualityEngine::open(self.installation.clone())?,
        };
        Ok(state.engine.insert(engine))
    }

    fn failed(&self, state: &mut State, failure: &Failure) {
        tracing::error!(
            code = failure.code(),
            "quality engine: {failure}; prints are judged by our own figure"
        );
        let words = format!("{failure} Prints are judged by the kiosk's own figure.");
        *state = State { engine: None, failed: Some(Failed { at: Instant::now(), words }) };
    }
}

/// One run per print, side by side.
fn asked(engine: &QualityEngine, prints: &[Image], timeout: Duration) -> Result<Vec<Option<u8>>, Failure> {
    std::thread::scope(|scope| {
        let runs: Vec<_> =
            prints.iter().map(|print| scope.spawn(move || one(engine, print, timeout))).collect();
        runs.into_iter().map(|run| run.join().unwrap_or(Err(Failure::Stopped))).collect()
    })
}

/// The score, or `None` where the reference refuses the print.
fn one(engine: &QualityEngine, print: &Image, timeout: Duration) -> Result<Option<u8>, Failure> {
    let picture = matcher::codec::encode_png(print)?;
    let mut rows = reference::parse_csv(&engine.csv_within(&picture, timeout)?)?;
    match (rows.pop(), rows.pop()) {
        (Some(row), None) => Ok(row.score.ok()),
        _ => Err(matcher::Error::ReferenceAnswer { reason: "it has not exactly one row" }.into()),
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Engine(#[from] quality_engine::Error),
    #[error(transparent)]
    Answer(#[from] matcher::Error),
    #[error("M-0513: asking nfiq2 was cut short. Run it by hand on any picture to see why.")]
    Stopped,
}

impl Failure {
    fn code(&self) -> &'static str {
        match self {
            Self::Engine(error) => error.code(),
            Self::Answer(error) => error.code(),
            Self::Stopped => "M-0513",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use matcher::synth::{Condition, Person};
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};

    const HEAD: &str = "\"Filename\",FingerCode,QualityScore,\"OptionalError\",Quantized,Resampled,Mu";

    /// A stand-in for nfiq2: a shell script.
    fn stand_in(folder: &Path, script: &str) -> PathBuf {
        let path = folder.join("nfiq2");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("writable");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("our own file");
        path
    }

    fn prints(fingers: &[matcher::Finger]) -> Vec<Image> {
        let person = Person::new(31, 40);
        fingers.iter().map(|finger| person.impression(*finger, 1, Condition::default())).collect()
    }

    fn scorer(executable: PathBuf, digest: Option<&str>, pause: Duration) -> SiteScorer {
        let known = || quality_engine::Digest::of(&executable).expect("it is there");
        let digest = digest.map_or_else(known, |digits| digits.parse().expect("64 digits"));
        let installation = Installation { executable, digest };
        let (product, timeout, state) = (57, Duration::from_secs(60), Mutex::default());
        SiteScorer { nfiq2: Some(Nfiq2 { installation, product, timeout, pause, state }) }
    }

    #[test]
    fn every_finger_gets_the_engines_score_and_a_refusal_is_no_score() {
        let folder = tempfile::tempdir().expect("a folder");
        // Scores by the size of the picture it was given, so that every print must have got its own run.
        let script = format!(
            "size=$(/usr/bin/wc -c < \"$4\")\necho '{HEAD}'\n\
             if [ $size -lt 5000 ]; then echo \"\\\"x\\\",0,NA,\\\"Image is blank\\\",0,0,NA\"; \
             else echo \"\\\"x\\\",0,$((size % 101)),NA,0,0,1\"; fi"
        );
        let scorer = scorer(stand_in(folder.path(), &script), None, Duration::ZERO);
        let mut prints = prints(&matcher::Hand::Thumbs.fingers()[..2]);
        prints.push(Image::blank(300, 300, 500, 255).expect("sound"));
        let size = |print: &Image| matcher::codec::encode_png(print).expect("encoded").len();
        let expected = prints[..2].iter().map(|print| u8::try_from(size(print) % 101).ok());
        let expected: Vec<Option<u8>> = expected.chain([None]).collect();
        let scored = scorer.score(&prints);
        assert_eq!(scored, Scored { by: ScoredBy::Nfiq2 { product: 57 }, scores: expected });
        assert_eq!(scorer.trouble(), None);
    }

    #[test]
    fn whatever_fails_our_own_figure_judges_and_the_code_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let prints = prints(&[matcher::Finger::RightIndex]);
        let own = OwnScorer.score(&prints);
        let zeros = "0".repeat(64);
        for (script, digest, code) in [
            ("kill -9 $$", None, "M-0513"),
            ("echo nonsense", None, "M-0501"),
            ("/bin/sleep 600", None, "M-0514"),
            ("echo never run", Some(zeros.as_str()), "M-0512"),
        ] {
            let mut scorer = scorer(stand_in(folder.path(), script), digest, Duration::from_secs(600));
            if let (Some(nfiq2), "M-0514") = (&mut scorer.nfiq2, code) {
                nfiq2.timeout = Duration::from_millis(200);
            }
            assert_eq!(scorer.score(&prints), own, "{script}");
            assert!(scorer.trouble().is_some_and(|words| words.starts_with(code)), "{:?}", scorer.trouble());
        }
        let digest = Some(zeros.as_str());
        let missing = scorer(folder.path().join("none"), digest, Duration::from_secs(600));
        assert_eq!(missing.score(&prints), own);
        assert!(missing.trouble().is_some_and(|words| words.starts_with("M-0511")));
    }

    #[test]
    fn one_failing_print_takes_the_whole_image_to_our_own_figure_and_a_pause_follows() {
        let folder = tempfile::tempdir().expect("a folder");
        let count = folder.path().join("runs");
        let script = format!(
            "echo run >> '{}'\nsize=$(/usr/bin/wc -c < \"$4\")\n[ $size -lt 5000 ] && exit 9\n\
             echo '{HEAD}'\necho '\"x\",0,50,NA,0,0,1'",
            count.display()
        );
        let mut prints = prints(&[matcher::Finger::RightIndex]);
        prints.push(Image::blank(300, 300, 500, 255).expect("sound"));
        let path = stand_in(folder.path(), &script);
        let runs = || std::fs::read_to_string(&count).unwrap_or_default().lines().count();
        let waiting = scorer(path.clone(), None, Duration::from_secs(600));
        assert_eq!(waiting.score(&prints).by, ScoredBy::Own);
        let before = runs();
        assert_eq!(waiting.score(&prints[..1]).by, ScoredBy::Own, "it is left alone for a while");
        assert_eq!(runs(), before);
        let at_once = scorer(path, None, Duration::ZERO);
        assert_eq!(at_once.score(&prints).by, ScoredBy::Own);
        assert_eq!(at_once.score(&prints[..1]).by, ScoredBy::Nfiq2 { product: 57 }, "and then asked again");
        assert_eq!(at_once.trouble(), None);
    }
}
