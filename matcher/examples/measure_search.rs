//! What a search costs and what its filter loses: the figures of `docs/reference/matcher.md`, section Search.
//!
//! ```text
//! matcher synth --persons 6 --seed 500 --out masters
//! cargo run --release -p matcher --example measure_search -- masters SET...
//! cargo run --release -p matcher --example measure_search -- masters SET... --crowd 10000 --turns 8
//! cargo run --release -p matcher --example measure_search -- masters --curve 1000,10000,100000
//! ```
//!
//! The gallery is the first impression of every finger of the sets among a crowd of made-up templates (cut and joined
//! from the masters), one print per person, finger unknown. The probes are the other impressions. All times are CPU times of one thread.
//!
//! With `--turns N` each of the first N impressions is the enrolled one in its turn, so that 40 fingers of 8 impressions
//! give 2,240 searches: enough to put a threshold at FPIR 0.1 %. Every search is made twice, with the filter and
//! exhaustively.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use matcher::compare::Prepared;
use matcher::search::{Effort, Gallery, Kernel, crowd_member};
use matcher::{Template, extract};

/// Ids from here on are the crowd's.
const CROWD_FROM: u64 = 1_000_000_000;

struct Options {
    masters: PathBuf,
    sets: Vec<PathBuf>,
    crowd: u64,
    /// Whether survivors are compared too; else only the filter is looked at.
    searched: bool,
    exhaustive: usize,
    /// How many impressions are the enrolled one in turn; 0: only the first, and the table of ranks.
    turns: u32,
    curve: Vec<u64>,
}

fn main() {
    let options = options();
    let masters: Vec<Template> =
        prints(&options.masters).into_iter().map(|(_, _, template)| template).collect();
    assert!(!masters.is_empty(), "no prints in {}", options.masters.display());
    if !options.curve.is_empty() {
        return curve(&masters, &options.curve);
    }
    if options.turns > 0 {
        return in_turns(&options, &masters);
    }
    let mut gallery = Gallery::new();
    let mut probes = Vec::new();
    for (set, folder) in (1..).zip(&options.sets) {
        for (finger, impression, template) in prints(folder) {
            let id = set * 1000 + u64::from(finger);
            if impression == 1 {
                gallery.enrol_prints(id, vec![(None, template)]);
            } else {
                probes.push((id, template));
            }
        }
    }
    enrol_crowd(&mut gallery, &masters, 0..options.crowd);
    println!("gallery {} persons, {} probes", gallery.len(), probes.len());
    losses(&gallery, &probes, options.searched, options.exhaustive);
}

/// Per probe: where the filter ranks the mate, what the careful comparison says, and the best stranger.
fn losses(gallery: &Gallery, probes: &[(u64, Template)], searched: bool, exhaustive: usize) {
    let (mut ranks, mut filtered, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for (number, (id, template)) in probes.iter().enumerate() {
        let probe = [(None, template.clone())];
        ranks.push(gallery.filter_rank(&probe, *id).unwrap_or(usize::MAX));
        if !searched {
            continue;
        }
        let split = |effort| {
            let found = gallery.search(&probe, 1000, 1, effort);
            let mate = found.iter().find(|candidate| candidate.id == *id).map_or(0.0, |mate| mate.strength);
            let stranger =
                found.iter().find(|candidate| candidate.id != *id).map_or(0.0, |other| other.strength);
            (mate, stranger)
        };
        filtered.push(split(Effort::Filtered));
        if number % probes.len().div_ceil(exhaustive.max(1)) == 0 && exhaustive > 0 {
            all.push((split(Effort::Exhaustive), filtered[number]));
        }
    }
    let share = |count: usize| 100.0 * count as f64 / probes.len() as f64;
    for within in [1, 10, 50, 100, 200, 400, 1000] {
        println!(
            "mate not among the first {within:>4} of the filter: {:.1} %",
            share(ranks.iter().filter(|&&rank| rank >= within).count())
        );
    }
    if !searched {
        return;
    }
    for allowed in [0, 3, 28] {
        let mut strangers: Vec<f32> = filtered.iter().map(|found| found.1).collect();
        strangers.sort_by(|a, b| b.total_cmp(a));
        let threshold = strangers[allowed.min(strangers.len() - 1)].next_up();
        let missed = filtered.iter().filter(|found| found.0 < threshold).count();
        println!(
            "filtered: FPIR {allowed} of {}, threshold {threshold:.1}: FNIR {:.1} %",
            probes.len(),
            share(missed)
        );
    }
    if !all.is_empty() {
        let threshold = all.iter().map(|(exact, _)| exact.1).fold(0.0, f32::max).next_up();
        let (mut exact, mut fast) = (0, 0);
        for (exhaustive, filtered) in &all {
            exact += usize::from(exhaustive.0 < threshold);
            fast += usize::from(filtered.0 < threshold);
        }
        println!(
            "of {} probes searched exhaustively, at the threshold no stranger reaches ({threshold:.1}): \
             missed {exact} exhaustively, {fast} filtered",
            all.len()
        );
    }
}

/// A finger and one of its impressions.
struct Taken {
    id: u64,
    impression: u32,
    template: Template,
}

/// What a search says of the mate and of the best stranger, exhaustively and with the filter; lowest where nothing.
#[derive(Clone, Copy)]
struct Answer {
    finger: u64,
    exhaustive: (f32, f32),
    filtered: (f32, f32),
}

/// Every impression is enrolled in its turn and all others search it, with the filter and exhaustively.
fn in_turns(options: &Options, masters: &[Template]) {
    let mut taken = Vec::new();
    for (set, folder) in (1..).zip(&options.sets) {
        for (finger, impression, template) in prints(folder) {
            taken.push(Taken { id: set * 1000 + u64::from(finger), impression, template });
        }
    }
    let mut gallery = Gallery::new();
    enrol_crowd(&mut gallery, masters, 0..options.crowd);
    let crowd: Vec<Prepared> = (0..options.crowd)
        .filter_map(|member| crowd_member(masters, member))
        .map(|template| Prepared::new(&template))
        .collect();
    let mut answers = Vec::new();
    for turn in 1..=options.turns {
        let enrolled: Vec<&Taken> = taken.iter().filter(|one| one.impression == turn).collect();
        for one in &enrolled {
            gallery.enrol_prints(one.id, vec![(None, one.template.clone())]);
        }
        let prepared: Vec<(u64, Prepared)> =
            enrolled.iter().map(|one| (one.id, Prepared::new(&one.template))).collect();
        let probes: Vec<&Taken> = taken.iter().filter(|one| one.impression != turn).collect();
        answers.extend(searched_both_ways(&gallery, &prepared, &crowd, &probes));
        println!("turn {turn}: {} searches so far, gallery {}", answers.len(), gallery.len());
        print_identification_rates(&answers);
    }
}

fn searched_both_ways(
    gallery: &Gallery,
    enrolled: &[(u64, Prepared)],
    crowd: &[Prepared],
    probes: &[&Taken],
) -> Vec<Answer> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut answers = Vec::new();
        while let Some(probe) = probes.get(next.fetch_add(1, Ordering::Relaxed)) {
            let prepared = Prepared::new(&probe.template);
            let against = |other: &Prepared| prepared.compare(other).score;
            let own = enrolled.iter().find(|(id, _)| *id == probe.id);
            let others = enrolled.iter().filter(|(id, _)| *id != probe.id).map(|(_, other)| other);
            let stranger = others.chain(crowd).map(against).fold(f32::NEG_INFINITY, f32::max);
            let exhaustive = (own.map_or(f32::NEG_INFINITY, |(_, own)| against(own)), stranger);
            let found = gallery.search(&[(None, probe.template.clone())], 1000, 1, Effort::Filtered);
            let best = |mate: bool| {
                let of = found.iter().filter(|candidate| (candidate.id == probe.id) == mate);
                of.map(|candidate| candidate.strength).fold(f32::NEG_INFINITY, f32::max)
            };
            answers.push(Answer { finger: probe.id, exhaustive, filtered: (best(true), best(false)) });
        }
        answers
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker")).collect()
    })
}

/// FNIR at the threshold that a share of the searches' best strangers reach, for both efforts.
fn print_identification_rates(answers: &[Answer]) {
    println!(
        "| FPIR | exhaustive: threshold | FNIR | filtered: threshold | FNIR | filtered less exhaustive |"
    );
    println!("|---|---|---|---|---|---|");
    for fpir in [0.0005, 0.001, 0.003, 0.01, 0.1] {
        let rate = |of: &dyn Fn(&Answer) -> (f32, f32)| {
            let allowed = (answers.len() as f64 * fpir).floor() as usize;
            let mut strangers: Vec<f32> = answers.iter().map(|answer| of(answer).1).collect();
            strangers.sort_by(|a, b| b.total_cmp(a));
            let threshold = strangers[allowed.min(strangers.len() - 1)].next_up();
            let missed = answers.iter().filter(|answer| of(answer).0 < threshold).count();
            (threshold, 100.0 * missed as f64 / answers.len() as f64)
        };
        let (exact, filtered) = (rate(&|answer| answer.exhaustive), rate(&|answer| answer.filtered));
        println!(
            "| {:.2} % | {:.2} | {:.2} % | {:.2} | {:.2} % | {:+.2} |",
            100.0 * fpir,
            exact.0,
            exact.1,
            filtered.0,
            filtered.1,
            filtered.1 - exact.1
        );
    }
    let lost = |answer: &&Answer| answer.filtered.0 == f32::NEG_INFINITY;
    let mut fingers: Vec<u64> = answers.iter().filter(lost).map(|answer| answer.finger).collect();
    let searches = fingers.len();
    fingers.dedup();
    fingers.sort_unstable();
    fingers.dedup();
    println!(
        "{} searches; in {searches} the mate is not among the filter's survivors, of {} fingers",
        answers.len(),
        fingers.len()
    );
}

fn curve(masters: &[Template], sizes: &[u64]) {
    println!(
        "{:>9} {:>9} {:>12} {:>12} {:>14} {:>10}",
        "prints", "MB", "filter ms", "search ms", "candidates/s", "kernel"
    );
    let mut gallery = Gallery::new();
    let probes: Vec<Template> = (0..7).filter_map(|n| crowd_member(masters, 1 << 40 | n)).collect();
    let mut done = 0;
    for &size in sizes {
        enrol_crowd(&mut gallery, masters, done..size);
        done = size;
        let (mut filter, mut whole) = (Vec::new(), Vec::new());
        for probe in &probes {
            let probe = [(None, probe.clone())];
            let started = cpu_seconds();
            let _ = std::hint::black_box(gallery.filter_rank(&probe, CROWD_FROM));
            filter.push(cpu_seconds() - started);
            let started = cpu_seconds();
            std::hint::black_box(gallery.search(&probe, 10, 1, Effort::Filtered));
            whole.push(cpu_seconds() - started);
        }
        let median = |times: &mut Vec<f64>| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        };
        let (filter, whole) = (median(&mut filter), median(&mut whole));
        println!(
            "{size:>9} {:>9.1} {:>12.2} {:>12.2} {:>14.0} {:>10}",
            gallery.bytes() as f64 / 1e6,
            filter * 1e3,
            whole * 1e3,
            size as f64 / whole,
            Kernel::detect().name()
        );
    }
}

/// Time this thread has had on a processor: other work on the machine does not count. Linux only.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).expect("nanoseconds") / 1e9
}

fn enrol_crowd(gallery: &mut Gallery, masters: &[Template], members: std::ops::Range<u64>) {
    for member in members {
        if let Some(template) = crowd_member(masters, member) {
            gallery.enrol_prints(CROWD_FROM + member, vec![(None, template)]);
        }
    }
}

/// Finger, impression and template of every FFF_I.png of a folder that gives one.
fn prints(folder: &Path) -> Vec<(u32, u32, Template)> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").flatten().map(|e| e.path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let stem = path.file_stem()?.to_str()?.to_owned();
        let (finger, impression) = stem.split_once('_')?;
        let (finger, impression) = (finger.parse().ok()?, impression.parse().ok()?);
        let image = matcher::codec::decode(&std::fs::read(&path).ok()?, 500).ok()?;
        Some((finger, impression, extract(&image).ok()?))
    };
    paths.into_iter().filter_map(read).collect()
}

fn options() -> Options {
    let mut words = std::env::args().skip(1);
    let masters = words.next().map(PathBuf::from).expect("first argument: a folder of made-up prints");
    let mut options = Options {
        masters,
        sets: Vec::new(),
        crowd: 1000,
        searched: false,
        exhaustive: 0,
        turns: 0,
        curve: Vec::new(),
    };
    while let Some(word) = words.next() {
        let mut number = || words.next().expect("a value");
        match word.as_str() {
            "--crowd" => options.crowd = number().parse().expect("a number"),
            "--search" => options.searched = true,
            "--exhaustive" => options.exhaustive = number().parse().expect("a number"),
            "--turns" => options.turns = number().parse().expect("a number"),
            "--curve" => options.curve = number().split(',').map(|n| n.parse().expect("a number")).collect(),
            folder => options.sets.push(PathBuf::from(folder)),
        }
    }
    options
}
