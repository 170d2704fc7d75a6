//! `matcher evaluate`: error rates and times on folders of prints, by the protocol of the FVC competitions.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use matcher::Template;
use matcher::accuracy::Scores;
use matcher::compare::Prepared;

use crate::files::{self, Outcome};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folders of FFF_I.png (finger, impression). Each folder is a set; rates are also given for all sets pooled.
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// fvc: each genuine pair, and first impressions of different fingers; all: each genuine and each impostor pair.
    #[arg(long, value_enum, default_value_t = Protocol::All)]
    protocol: Protocol,
    /// Write one line per pair: set,a,b,score.
    #[arg(long)]
    scores: Option<PathBuf>,
    /// Resolution when a file states none.
    #[arg(long, default_value_t = 500)]
    ppi: u32,
    /// Match the minutiae records FFF_I.* of this folder instead of extracting: a folder inside each set, or any folder. A
    /// print without a record counts as a failed extraction.
    #[arg(long, value_name = "ISO_DIR")]
    templates: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Protocol {
    Fvc,
    All,
}

struct Print {
    finger: u32,
    impression: u32,
    /// `None`: extraction failed, every score with it is 0.
    prepared: Option<Prepared>,
}

struct Pair {
    a: usize,
    b: usize,
    score: f32,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome<()> {
    let mut pooled = Scores::default();
    let mut csv = String::from("set,a,b,score\n");
    println!(
        "{:<20} {:>7} {:>7} {:>7} {:>7} {:>5} {:>9} {:>9}",
        "set", "EER %", "FNMR@2", "@3", "@4", "fail", "extract", "match/s"
    );
    for folder in &arguments.folders {
        let name =
            folder.file_name().map_or_else(|| "set".into(), |name| name.to_string_lossy().into_owned());
        let started = Instant::now();
        let prints = prints(folder, arguments)?;
        if prints.is_empty() {
            return Err(files::unreadable(folder, &"it holds no files named like 101_1.png"));
        }
        let threads = threads();
        let extract_ms = started.elapsed().as_secs_f64() * 1000.0 * threads as f64 / prints.len() as f64;
        let started = Instant::now();
        let pairs = compared(&prints, arguments.protocol);
        let per_second = pairs.len() as f64 / started.elapsed().as_secs_f64() / threads as f64;
        let mut scores = Scores::default();
        for pair in &pairs {
            let (a, b) = (&prints[pair.a], &prints[pair.b]);
            let side = if a.finger == b.finger { &mut scores.genuine } else { &mut scores.impostor };
            side.push(pair.score);
            let _ = writeln!(
                csv,
                "{name},{}_{},{}_{},{}",
                a.finger, a.impression, b.finger, b.impression, pair.score
            );
        }
        let failed = prints.iter().filter(|print| print.prepared.is_none()).count();
        line(&name, &scores, &format!("{failed:>5} {extract_ms:>6.1} ms {per_second:>9.0}"));
        pooled.pool(&scores);
    }
    if arguments.folders.len() > 1 {
        line("pooled", &pooled, "");
    }
    match &arguments.scores {
        Some(path) => files::write(path, csv.as_bytes()),
        None => Ok(()),
    }
}

fn line(name: &str, scores: &Scores, rest: &str) {
    let percent = |rate: f64| 100.0 * rate;
    println!(
        "{name:<20} {:>7.2} {:>7.2} {:>7.2} {:>7.2} {rest}",
        percent(scores.eer()),
        percent(scores.fnmr_at(1e-2)),
        percent(scores.fnmr_at(1e-3)),
        percent(scores.fnmr_at(1e-4)),
    );
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Does `work` for each index on all processors; the answers come back in order.
fn each<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let mut parts: Vec<(usize, T)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads())
            .map(|_| {
                scope.spawn(|| {
                    let mut done = Vec::new();
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if index >= count {
                            return done;
                        }
                        done.push((index, work(index)));
                    }
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    parts.sort_by_key(|part| part.0);
    parts.into_iter().map(|part| part.1).collect()
}

/// The files named FFF_I with one of these endings, or with any.
fn numbered(folder: &Path, endings: Option<&[&str]>) -> Outcome<BTreeMap<(u32, u32), PathBuf>> {
    let named = |error: std::io::Error| files::unreadable(folder, &error);
    let mut paths = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(named)? {
        let path = entry.map_err(named)?.path();
        let known = endings.is_none_or(|endings| {
            path.extension().is_some_and(|e| endings.iter().any(|k| e.eq_ignore_ascii_case(k)))
        });
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let numbers =
            stem.split_once('_').and_then(|(f, i)| Some((f.parse::<u32>().ok()?, i.parse::<u32>().ok()?)));
        if let (true, Some(numbers)) = (known, numbers) {
            paths.insert(numbers, path);
        }
    }
    Ok(paths)
}

fn prints(folder: &Path, arguments: &Arguments) -> Outcome<Vec<Print>> {
    let images = numbered(folder, Some(&["png", "wsq", "tif", "pgm"]))?;
    let templates = match &arguments.templates {
        None => extracted(&images, arguments.ppi)?,
        Some(records) => {
            let inside = folder.join(records);
            read(&images, if inside.is_dir() { &inside } else { records }, arguments.ppi)?
        }
    };
    let prints = templates.iter().map(|((finger, impression), template)| Print {
        finger: *finger,
        impression: *impression,
        prepared: template.as_ref().map(Prepared::new),
    });
    Ok(prints.collect())
}

/// The numbers of a print and its template, if there is one.
type Numbered = ((u32, u32), Option<Template>);

fn extracted(paths: &BTreeMap<(u32, u32), PathBuf>, ppi: u32) -> Outcome<Vec<Numbered>> {
    let images: Vec<_> = paths
        .iter()
        .map(|(&numbers, path)| Ok((numbers, files::image(path, ppi)?)))
        .collect::<Outcome<_>>()?;
    Ok(each(images.len(), |index| (images[index].0, matcher::extract(&images[index].1).ok())))
}

/// Templates of other makers, for every print of the set that has one; without pictures the records are the set.
fn read(images: &BTreeMap<(u32, u32), PathBuf>, records: &Path, ppi: u32) -> Outcome<Vec<Numbered>> {
    let records = numbered(records, None)?;
    let numbers: Vec<(u32, u32)> =
        if images.is_empty() { records.keys().copied().collect() } else { images.keys().copied().collect() };
    numbers
        .into_iter()
        .map(|numbers| match records.get(&numbers) {
            Some(path) => Ok((numbers, Some(files::template(path, ppi)?))),
            None => Ok((numbers, None)),
        })
        .collect()
}

fn compared(prints: &[Print], protocol: Protocol) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (a, print) in prints.iter().enumerate() {
        for (b, other) in prints.iter().enumerate().skip(a + 1) {
            let firsts = print.impression == 1 && other.impression == 1;
            if print.finger == other.finger || protocol == Protocol::All || firsts {
                pairs.push((a, b));
            }
        }
    }
    each(pairs.len(), |index| {
        let (a, b) = pairs[index];
        let score = match (&prints[a].prepared, &prints[b].prepared) {
            (Some(a), Some(b)) => a.compare(b).score,
            _ => 0.0,
        };
        Pair { a, b, score }
    })
}
