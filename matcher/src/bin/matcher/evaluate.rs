//! `matcher evaluate`: error rates and times on folders of prints, by the protocol of the FVC competitions.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use matcher::accuracy::Scores;
use matcher::compare::Prepared;
use matcher::{Image, Template};

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
    /// Scale one side of every pair, as if the person had grown: 0.8 is a child against the adult.
    #[arg(long, default_value_t = 1.0, value_parser = factor)]
    scale: f32,
    /// Cut one side of every pair to a square of so many mm around the middle of its minutiae, as a partial print.
    #[arg(long, value_name = "MM")]
    crop: Option<f32>,
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
    /// The same print as second side of a pair, with --scale or --crop; `None`: as the first side.
    altered: Option<Option<Prepared>>,
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
        let (prints, extract_seconds) = prints(folder, arguments)?;
        if prints.is_empty() {
            return Err(files::unreadable(folder, &"it holds no files named like 101_1.png"));
        }
        let (pairs, compare_seconds) = compared(&prints, arguments.protocol);
        let extract_ms = 1000.0 * extract_seconds / prints.len() as f64;
        let per_second = pairs.len() as f64 / compare_seconds;
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

/// Does `work` for each index on all processors; the answers in order, and the processor time they took in seconds.
fn each<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> (Vec<T>, f64) {
    let next = AtomicUsize::new(0);
    let (mut parts, mut seconds) = (Vec::with_capacity(count), 0.0);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads())
            .map(|_| {
                scope.spawn(|| {
                    let clock = Clock::start();
                    let mut done = Vec::new();
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if index >= count {
                            return (done, clock.seconds());
                        }
                        done.push((index, work(index)));
                    }
                })
            })
            .collect();
        for worker in workers {
            let (done, took) = worker.join().unwrap_or_default();
            parts.extend(done);
            seconds += took;
        }
    });
    parts.sort_by_key(|part: &(usize, T)| part.0);
    (parts.into_iter().map(|part| part.1).collect(), seconds)
}

/// Processor time of this thread where the kernel tells it, so that a busy machine does not change a figure; else time.
struct Clock {
    started: Instant,
    before: Option<f64>,
}

impl Clock {
    fn start() -> Self {
        Self { started: Instant::now(), before: Self::processor_seconds() }
    }

    fn seconds(&self) -> f64 {
        let processor = Self::processor_seconds().zip(self.before).map(|(now, before)| now - before);
        processor.filter(|seconds| *seconds > 0.0).unwrap_or_else(|| self.started.elapsed().as_secs_f64())
    }

    fn processor_seconds() -> Option<f64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(text.split(' ').next()?.parse::<f64>().ok()? * 1e-9)
    }
}

fn factor(text: &str) -> Result<f32, String> {
    let value: f32 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.25..=4.0).contains(&value) { Ok(value) } else { Err("not between 0.25 and 4".to_owned()) }
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

fn prints(folder: &Path, arguments: &Arguments) -> Outcome<(Vec<Print>, f64)> {
    let paths = numbered(folder, Some(&["png", "wsq", "tif", "pgm"]))?;
    if let Some(records) = &arguments.templates {
        let inside = folder.join(records);
        let templates = read(&paths, if inside.is_dir() { &inside } else { records }, arguments.ppi)?;
        let print = |((finger, impression), template): (_, Option<Template>)| Print {
            finger,
            impression,
            prepared: template.as_ref().map(Prepared::new),
            altered: None,
        };
        return Ok((templates.into_iter().map(print).collect(), 0.0));
    }
    let images: Vec<Image> =
        paths.values().map(|path| files::image(path, arguments.ppi)).collect::<Outcome<_>>()?;
    let (templates, seconds) = each(images.len(), |index| matcher::extract(&images[index]).ok());
    let prepared = |template: &Option<Template>| template.as_ref().map(Prepared::new);
    let alters = arguments.scale != 1.0 || arguments.crop.is_some();
    let (altered, _) = each(if alters { images.len() } else { 0 }, |index| {
        prepared(&matcher::extract(&altered(&images[index], &templates[index], arguments)).ok())
    });
    let mut altered = altered.into_iter();
    let prints = paths.keys().zip(&templates).map(|(&(finger, impression), template)| Print {
        finger,
        impression,
        prepared: prepared(template),
        altered: altered.next(),
    });
    Ok((prints.collect(), seconds))
}

/// A print as --crop and --scale ask for it.
fn altered(image: &Image, template: &Option<Template>, arguments: &Arguments) -> Image {
    let cut = arguments.crop.zip(template.as_ref()).and_then(|(side_mm, template)| {
        let minutiae = template.minutiae();
        let mean = |of: fn(&matcher::Minutia) -> u16| {
            minutiae.iter().map(|m| f32::from(of(m))).sum::<f32>() / minutiae.len().max(1) as f32
        };
        // Template coordinates are at 500 ppi.
        let pixels = image.resolution_ppi as f32 / 500.0;
        let half = side_mm / 25.4 * 500.0 / 2.0;
        let from = |middle: f32| ((middle - half).max(0.0) * pixels) as u32;
        let to = |middle: f32, last: u32| (((middle + half) * pixels) as u32).min(last);
        let (x, y) = (mean(|m| m.x), mean(|m| m.y));
        let (left, top, right, bottom) = (from(x), from(y), to(x, image.width), to(y, image.height));
        let rows = (top..bottom).flat_map(|row| {
            let start = (row * image.width) as usize;
            image.pixels[start + left as usize..start + right as usize].iter().copied()
        });
        let pixels = rows.collect();
        Image::new(right.saturating_sub(left), bottom.saturating_sub(top), image.resolution_ppi, pixels).ok()
    });
    let image = cut.as_ref().unwrap_or(image);
    if arguments.scale == 1.0 { image.clone() } else { image.grown(arguments.scale) }
}

/// The numbers of a print and its template, if there is one.
type Numbered = ((u32, u32), Option<Template>);

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

fn compared(prints: &[Print], protocol: Protocol) -> (Vec<Pair>, f64) {
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
        let score = match (&prints[a].prepared, prints[b].altered.as_ref().unwrap_or(&prints[b].prepared)) {
            (Some(a), Some(b)) => a.compare(b).score,
            _ => 0.0,
        };
        Pair { a, b, score }
    })
}
