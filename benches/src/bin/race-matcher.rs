//! The command `race-matcher`: quality, minutiae, comparison and segmentation of ours beside what a user has installed.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use benches::{
    Contestant, Error, Laps, Pace, Report, limits,
    output::{Output, ended},
    peer::Peer,
    race,
};
use clap::Parser;
use jiff::Timestamp;
use matcher::{
    Hand, Image, SegmentRequest,
    accuracy::Scores,
    compare::Prepared,
    synth::{Scene, SlapTruth},
};

/// Times our stages and a peer's on the same prints in turns, and counts both matchers' errors on the same pairs.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 110,
    after_help = "Examples:\n  cargo run --release -p benches --bin race-matcher -- ../shared/data/fvc2002_db1_b\n  cargo run --release -p benches --bin race-matcher -- ../shared/data/fvc* --peer 'target/peer/bin/python benches/peers/nbis_fingers.py'\n\nHow a peer takes part: docs/reference/measurements.md"
)]
struct Arguments {
    /// Folders of FFF_I.png (finger, impression), each a set.
    #[arg(required = true)]
    sets: Vec<PathBuf>,
    /// A peer's command; it answers extract, quality and compare. Again for another peer.
    #[arg(long = "peer", value_name = "COMMAND")]
    peers: Vec<String>,
    /// What the peers are called in the tables, in their order.
    #[arg(long = "name", value_name = "NAME")]
    names: Vec<String>,
    /// The command of a peer that answers segment.
    #[arg(long, value_name = "COMMAND")]
    segmenter: Option<String>,
    /// How many generated slaps are segmented.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=limits::SLAPS_MAX))]
    slaps: u64,
    #[command(flatten)]
    output: Output,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    ended(measure(&arguments).and_then(|report| arguments.output.write(&report)))
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    let prints = read(&arguments.sets)?;
    let pairs = pairs(&prints);
    let measured_at = Timestamp::now();
    let mut sides = vec![Side::ours(&prints, pairs.len())];
    for (index, command) in arguments.peers.iter().enumerate() {
        let name = arguments.names.get(index).cloned().unwrap_or_else(|| format!("peer {}", index + 1));
        let peer = Peer::start(&name, command, &[], None)?;
        sides.push(Side { name, engine: Engine::Peer(peer), scores: vec![0.0; pairs.len()] });
    }
    let mut laps = Laps::default();
    for work in [Work::Quality, Work::Extract, Work::Compare] {
        let rounds = match work {
            Work::Compare => pairs.len().div_ceil(limits::PAIRS_PER_BLOCK),
            Work::Quality | Work::Extract => prints.len(),
        };
        let mut turns: Vec<Turn<'_, '_>> =
            sides.iter_mut().map(|side| Turn { side, work, prints: &prints, pairs: &pairs }).collect();
        let mut contestants: Vec<&mut dyn Contestant> =
            turns.iter_mut().map(|turn| turn as &mut dyn Contestant).collect();
        laps.join(race(&mut contestants, once_around(rounds))?);
    }
    laps.join(segmentation(arguments)?);
    let rows = against(&sides);
    let rows: Vec<(&str, Vec<&str>)> =
        rows.iter().map(|(part, peer)| (part.as_str(), vec![peer.as_str()])).collect();
    let rows: Vec<(&str, &[&str])> = rows.iter().map(|(part, peer)| (*part, peer.as_slice())).collect();
    let title = format!("Fingers: {} prints of {} sets", prints.len(), arguments.sets.len());
    let mut report = Report::new(&title, measured_at, &laps, &rows);
    report.notes.extend(sides.iter().map(|side| accuracy(side, &prints, &pairs)));
    report.notes.push(
        "compare is one pair of kept templates, mean of a block of pairs. Our shipped weights were fitted to the four \
         FVC sets: on these our error rates are too good, the left-out ones stand in docs/reference/matcher.md."
            .to_owned(),
    );
    if arguments.peers.is_empty() {
        report.notes.push("SKIPPED: peers (none given with --peer)".to_owned());
    }
    if arguments.segmenter.is_none() {
        report.notes.push("SKIPPED: a peer for segmentation (none given with --segmenter)".to_owned());
    }
    Ok(report)
}

/// Every part of ours beside the first peer's.
fn against(sides: &[Side]) -> Vec<(String, String)> {
    let Some(peer) = sides.get(1) else { return Vec::new() };
    let works = [Work::Quality, Work::Extract, Work::Compare];
    let mut rows: Vec<(String, String)> =
        works.map(|work| (part(work, &sides[0].name), part(work, &peer.name))).to_vec();
    rows.push((SEGMENT_OURS.to_owned(), SEGMENT_PEER.to_owned()));
    rows
}

/// A print of a set, as it lies in its file.
struct Print {
    set: usize,
    finger: u32,
    path: String,
    encoded: Vec<u8>,
}

fn read(sets: &[PathBuf]) -> Result<Vec<Print>, Error> {
    let failed = Error::file("a folder of prints");
    let mut prints = Vec::new();
    for (set, folder) in sets.iter().enumerate() {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
            .map_err(&failed)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(&failed)?;
        paths.sort();
        for path in paths {
            let Some(finger) = finger_of(&path) else { continue };
            let encoded = std::fs::read(&path).map_err(&failed)?;
            prints.push(Print { set, finger, path: path.to_string_lossy().into_owned(), encoded });
        }
    }
    if prints.len() < 2 || prints.len() > limits::PRINTS_MAX {
        let reason = format!("{} files are named like 101_1.png", prints.len());
        return Err(Error::part("reading prints")(&reason));
    }
    Ok(prints)
}

/// The finger of FFF_I.png.
fn finger_of(path: &Path) -> Option<u32> {
    let (finger, impression) = path.file_stem()?.to_str()?.split_once('_')?;
    impression.parse::<u32>().ok()?;
    path.extension().filter(|ending| ending.eq_ignore_ascii_case("png"))?;
    finger.parse().ok()
}

/// All pairs inside the sets.
fn pairs(prints: &[Print]) -> Vec<(usize, usize)> {
    let inside = |&(a, b): &(usize, usize)| prints[a].set == prints[b].set;
    (0..prints.len()).flat_map(|a| (a + 1..prints.len()).map(move |b| (a, b))).filter(inside).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    Quality,
    Extract,
    Compare,
}

fn part(work: Work, name: &str) -> String {
    let work = match work {
        Work::Quality => "quality",
        Work::Extract => "extract",
        Work::Compare => "compare",
    };
    format!("{work}, {name}")
}

/// Who takes part, with what it said of each pair.
struct Side {
    name: String,
    engine: Engine,
    scores: Vec<f32>,
}

enum Engine {
    Ours(Vec<Option<Prepared>>),
    Peer(Peer),
}

impl Side {
    fn ours(prints: &[Print], pairs: usize) -> Self {
        let templates = prints.iter().map(|_| None).collect();
        Self { name: "ours".to_owned(), engine: Engine::Ours(templates), scores: vec![0.0; pairs] }
    }
}

struct Turn<'a, 'b> {
    side: &'a mut Side,
    work: Work,
    prints: &'b [Print],
    pairs: &'b [(usize, usize)],
}

impl Turn<'_, '_> {
    /// One print: both sides begin with the bytes of the file in memory.
    fn one_print(&mut self, index: usize) -> Result<(), String> {
        let print = &self.prints[index];
        let extracts = self.work == Work::Extract;
        match &mut self.side.engine {
            Engine::Ours(templates) => {
                let image = matcher::codec::decode(&print.encoded, 500).map_err(|error| error.to_string())?;
                if extracts {
                    let template = matcher::extract(&image).ok();
                    templates[index] = template.as_ref().map(Prepared::new);
                } else {
                    std::hint::black_box(matcher::quality(&image));
                }
            }
            Engine::Peer(peer) => {
                peer.ask(&[if extracts { "extract" } else { "quality" }, &print.path])?;
            }
        }
        Ok(())
    }

    /// A block of pairs. A peer is handed all of them in one line: the way through the pipe is longer than a comparison.
    fn pairs_of_a_block(&mut self, from: usize, to: usize) -> Result<(), String> {
        let (pairs, scores) = (&self.pairs[from..to], &mut self.side.scores[from..to]);
        match &mut self.side.engine {
            Engine::Ours(templates) => {
                for (score, &(a, b)) in scores.iter_mut().zip(pairs) {
                    *score = match (&templates[a], &templates[b]) {
                        (Some(a), Some(b)) => a.compare(b).score,
                        _ => 0.0,
                    };
                }
            }
            Engine::Peer(peer) => {
                let mut words = vec!["compare"];
                for &(a, b) in pairs {
                    words.extend([self.prints[a].path.as_str(), self.prints[b].path.as_str()]);
                }
                let said = peer.ask(&words)?;
                let answers: Vec<&str> = said.split('\t').collect();
                if answers.len() != pairs.len() {
                    return Err(format!("{} scores for {} pairs", answers.len(), pairs.len()));
                }
                for (score, said) in scores.iter_mut().zip(answers) {
                    *score = said.parse().map_err(|_| format!("`{said}` is not a score"))?;
                }
            }
        }
        Ok(())
    }
}

impl Contestant for Turn<'_, '_> {
    fn run(&mut self, round: u64, laps: &mut Laps) -> Result<(), Error> {
        let part = part(self.work, &self.side.name);
        let round = usize::try_from(round).unwrap_or_default();
        if self.work != Work::Compare {
            let index = round % self.prints.len();
            return laps.time(&part, || self.one_print(index));
        }
        let blocks = self.pairs.len().div_ceil(limits::PAIRS_PER_BLOCK);
        let from = round % blocks * limits::PAIRS_PER_BLOCK;
        let to = (from + limits::PAIRS_PER_BLOCK).min(self.pairs.len());
        let begun = Instant::now();
        self.pairs_of_a_block(from, to).map_err(|error| Error::part(&part)(&error))?;
        laps.add(&part, begun.elapsed() / u32::try_from(to - from).unwrap_or(1).max(1));
        Ok(())
    }
}

/// Every round once, after one that is not counted.
fn once_around(rounds: usize) -> Pace {
    let rounds = rounds as u64;
    Pace {
        warm_up_rounds: 1,
        settling_runs: 0,
        rounds_min: rounds,
        rounds_max: rounds,
        budget: Duration::ZERO,
    }
}

/// Error rates of one side under one threshold over all sets.
fn accuracy(side: &Side, prints: &[Print], pairs: &[(usize, usize)]) -> String {
    let mut scores = Scores::default();
    for (&(a, b), &score) in pairs.iter().zip(&side.scores) {
        let mates = prints[a].finger == prints[b].finger;
        if mates { scores.genuine.push(score) } else { scores.impostor.push(score) }
    }
    let percent = |rate: f64| format!("{:.2} %", 100.0 * rate);
    format!(
        "{}: {} genuine and {} impostor pairs, EER {}, FNMR {} at FMR 1e-2, {} at 1e-3, {} at 1e-4",
        side.name,
        scores.genuine.len(),
        scores.impostor.len(),
        percent(scores.eer()),
        percent(scores.fnmr_at(1e-2)),
        percent(scores.fnmr_at(1e-3)),
        percent(scores.fnmr_at(1e-4)),
    )
}

/// Generated slaps at 500 ppi, hand stated; no finger of them is missing, as nfseg has it.
fn segmentation(arguments: &Arguments) -> Result<Laps, Error> {
    let people: Vec<matcher::synth::Person> =
        (0..SLAP_PEOPLE).map(|seed| matcher::synth::Person::new(SLAP_SEED + seed, 30)).collect();
    let drawn = (0..).map(|number| Scene::drawn(SLAP_SEED + number));
    let plain = drawn.filter(|scene| scene.missing.is_empty() && scene.placement.resolution_ppi == 500);
    let count = usize::try_from(arguments.slaps).unwrap_or_default();
    let slaps: Vec<(Hand, Image)> = plain
        .zip(people.iter().cycle())
        .take(count)
        .map(|(scene, person)| {
            let SlapTruth { image, .. } = scene.laid(&person.at_age(scene.age_years));
            (scene.hand, image)
        })
        .collect();
    let folder = tempfile::tempdir().map_err(Error::file("a temporary folder"))?;
    let mut ours = Slaps(&slaps);
    let mut theirs = match &arguments.segmenter {
        Some(command) => Some(SegmentingPeer::start(command, &slaps, folder.path())?),
        None => None,
    };
    let mut contestants: Vec<&mut dyn Contestant> = vec![&mut ours];
    contestants.extend(theirs.as_mut().map(|peer| peer as &mut dyn Contestant));
    race(&mut contestants, once_around(slaps.len()))
}

struct Slaps<'a>(&'a [(Hand, Image)]);

impl Contestant for Slaps<'_> {
    fn run(&mut self, round: u64, laps: &mut Laps) -> Result<(), Error> {
        let (hand, slap) = &self.0[usize::try_from(round).unwrap_or_default() % self.0.len()];
        let request = SegmentRequest { hand: *hand, missing: &[] };
        laps.time(SEGMENT_OURS, || Ok::<_, String>(matcher::segment(slap, request))).map(drop)
    }
}

struct SegmentingPeer {
    peer: Peer,
    /// Words of the request for each slap.
    asked: Vec<[String; 5]>,
}

impl SegmentingPeer {
    fn start(command: &str, slaps: &[(Hand, Image)], folder: &Path) -> Result<Self, Error> {
        let mut asked = Vec::new();
        for (number, (hand, slap)) in slaps.iter().enumerate() {
            let path = folder.join(format!("{number}.raw"));
            std::fs::write(&path, &slap.pixels).map_err(Error::file("the slap for the peer"))?;
            asked.push([
                "segment".to_owned(),
                path.to_string_lossy().into_owned(),
                slap.width.to_string(),
                slap.height.to_string(),
                hand.fgp().to_string(),
            ]);
        }
        Ok(Self { peer: Peer::start(SEGMENT_PEER, command, &[], None)?, asked })
    }
}

impl Contestant for SegmentingPeer {
    fn run(&mut self, round: u64, laps: &mut Laps) -> Result<(), Error> {
        let words = &self.asked[usize::try_from(round).unwrap_or_default() % self.asked.len()];
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        laps.time(SEGMENT_PEER, || self.peer.ask(&words)).map(drop)
    }
}

const SEGMENT_OURS: &str = "segment, ours";
const SEGMENT_PEER: &str = "segment, peer";
const SLAP_SEED: u64 = 5_200;
const SLAP_PEOPLE: u64 = 4;
