//! Measures what our quality figure is good for: how much rejecting by it helps matching, and what it says at a child's size.
//!
//! ```sh
//! cargo run --release -p matcher --example measure_usefulness -- ../shared/data [LEFT_OUT_SCORES.csv]
//! ```
//!
//! Prints the tables of `docs/reference/quality.md`. With the file that `fit_quality` writes under `LEFT_OUT_SCORES` a print is
//! judged by trees that never saw its finger; without it by the product, which was trained on these prints.
//!
//! A child's print is an adult's drawn smaller, by the share of adult size that `synth` takes for the age: the only stand-in
//! there is, because no set of children's prints is public.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use matcher::accuracy::Scores;
use matcher::compare::Prepared;
use matcher::{Image, Template};

const SETS: [&str; 4] = ["fvc2002_db1_b", "fvc2002_db3_b", "fvc2004_db2_b", "fvc2004_db4_b"];
const FMR: f64 = 1e-3;
/// Age in years, share of the adult size.
const SIZES: [(u8, f32); 4] = [(30, 1.0), (14, 0.95), (8, 0.77), (6, 0.71)];
const LIMITS: [u8; 9] = [0, 10, 15, 20, 25, 30, 35, 40, 50];

struct Print {
    set: usize,
    finger: String,
    name: String,
    /// `None` where it cannot be judged.
    ours: Option<u8>,
    template: Option<Prepared>,
}

/// A compared pair: two places in the list of prints, and the matcher's score.
struct Pair {
    a: usize,
    b: usize,
    genuine: bool,
    score: f32,
}

fn main() {
    let mut words = std::env::args().skip(1);
    let folder = words.next().unwrap_or_else(|| "../shared/data".to_owned());
    let folder = Path::new(&folder);
    let left_out = words.next().map(|file| scores_of(Path::new(&file), 2)).unwrap_or_default();
    let reference = scores_of(&folder.join("nfiq2_reference.csv"), 4);
    for (age_years, size) in SIZES {
        let prints = prints(folder, size, if size < 1.0 { None } else { Some(&left_out) });
        if prints.is_empty() {
            eprintln!("no FVC prints under {}", folder.display());
            std::process::exit(1);
        }
        let pairs = pairs(&prints);
        let threshold = scores(&pairs, |_| true).threshold_at(FMR);
        if size >= 1.0 {
            rejecting(&prints, &pairs, threshold, &reference);
        }
        at_size(age_years, size, &prints, &pairs, threshold);
    }
}

/// Score by set and picture; an empty cell is a refusal and counts as the lowest.
fn scores_of(file: &Path, column: usize) -> HashMap<String, u8> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let one = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let key = format!("{}/{}", cells.first()?, cells.get(1)?);
        Some((key, cells.get(column)?.parse().unwrap_or(0)))
    };
    text.lines().skip(1).filter_map(one).collect()
}

fn prints(folder: &Path, size: f32, left_out: Option<&HashMap<String, u8>>) -> Vec<Print> {
    let mut out = Vec::new();
    for (set, of) in SETS.iter().enumerate() {
        let mut files: Vec<_> =
            std::fs::read_dir(folder.join(of)).into_iter().flatten().flatten().map(|f| f.path()).collect();
        files.retain(|file| file.extension().is_some_and(|end| end == "png"));
        files.sort();
        for file in files {
            let name = format!("{of}/{}", file.file_name().unwrap_or_default().to_string_lossy());
            let decoded =
                std::fs::read(&file).ok().and_then(|bytes| matcher::codec::decode(&bytes, 500).ok());
            let Some(mut image) = decoded else { continue };
            // The reference was told 500 ppi for every picture.
            image.resolution_ppi = 500;
            let image: Image = if size < 1.0 { image.grown(size) } else { image };
            let judged = matcher::quality(&image).judged();
            let ours = left_out.and_then(|known| known.get(&name).copied()).or(judged);
            let template: Option<Template> = matcher::extract(&image).ok();
            out.push(Print {
                set,
                finger: name.split('_').take(3).collect(),
                name,
                ours,
                template: template.as_ref().map(Prepared::new),
            });
        }
    }
    out
}

/// Every pair within a set; a print without a template scores 0.
fn pairs(prints: &[Print]) -> Vec<Pair> {
    let mut out = Vec::new();
    for (a, one) in prints.iter().enumerate() {
        for (b, other) in prints.iter().enumerate().skip(a + 1).filter(|(_, other)| other.set == one.set) {
            let score = match (&one.template, &other.template) {
                (Some(one), Some(other)) => one.compare(other).score,
                _ => 0.0,
            };
            out.push(Pair { a, b, genuine: one.finger == other.finger, score });
        }
    }
    out
}

fn scores(pairs: &[Pair], kept: impl Fn(usize) -> bool) -> Scores {
    let mut out = Scores::default();
    for pair in pairs.iter().filter(|pair| kept(pair.a) && kept(pair.b)) {
        if pair.genuine { out.genuine.push(pair.score) } else { out.impostor.push(pair.score) }
    }
    out
}

fn missed(pairs: &[Pair], threshold: f32, kept: impl Fn(usize) -> bool) -> (usize, usize) {
    let left = scores(pairs, kept).genuine;
    (left.iter().filter(|score| **score < threshold).count(), left.len())
}

/// The worst tenth taken out, over all sets and within each, by the reference's score and by ours.
fn rejecting(prints: &[Print], pairs: &[Pair], threshold: f32, reference: &HashMap<String, u8>) {
    let ours: Vec<u8> = prints.iter().map(|print| print.ours.unwrap_or(0)).collect();
    let theirs: Vec<u8> =
        prints.iter().map(|print| reference.get(&print.name).copied().unwrap_or(0)).collect();
    println!(
        "| taken out | pairs missed, worst of all sets | FNMR | worst of each set | FNMR |\n|---|---|---|---|---|"
    );
    for (name, by) in [("nothing", None), ("by NFIQ 2.3", Some(&theirs)), ("by our score", Some(&ours))] {
        let mut cells = Vec::new();
        for within in [false, true] {
            let out = by.map(|by| worst_tenth(prints, by, within)).unwrap_or_default();
            let (missed, all) = missed(pairs, threshold, |at| !out.contains(&at));
            cells.push(format!("{missed} of {all} | {:.2} %", 100.0 * missed as f64 / all.max(1) as f64));
        }
        println!("| {name} | {} |", cells.join(" | "));
    }
    println!();
}

/// Equal scores are told apart by the other prints of the same score: by their order in the set, alike for everybody.
fn worst_tenth(prints: &[Print], by: &[u8], within: bool) -> Vec<usize> {
    let groups: BTreeMap<usize, Vec<usize>> = (0..prints.len()).fold(BTreeMap::new(), |mut groups, at| {
        groups.entry(if within { prints[at].set } else { 0 }).or_default().push(at);
        groups
    });
    let mut out = Vec::new();
    for mut group in groups.into_values() {
        group.sort_by_key(|&at| by[at]);
        out.extend(group.iter().take(group.len() / 10));
    }
    out
}

/// What a lowest acceptable score rejects at this size, and what it leaves.
fn at_size(age_years: u8, size: f32, prints: &[Print], pairs: &[Pair], threshold: f32) {
    let mut ours: Vec<u8> = prints.iter().map(|print| print.ours.unwrap_or(0)).collect();
    ours.sort_unstable();
    let at = |share: usize| ours[(ours.len() - 1) * share / 100];
    println!(
        "Size of {age_years} years ({size}): score 5 % {}, 10 % {}, median {}, 90 % {}",
        at(5),
        at(10),
        at(50),
        at(90)
    );
    println!("| least score | prints rejected | pairs missed among those kept | FNMR |\n|---|---|---|---|");
    for limit in LIMITS {
        let kept = |at: usize| prints[at].ours.unwrap_or(0) >= limit;
        let rejected = (0..prints.len()).filter(|&at| !kept(at)).count();
        let (missed, all) = missed(pairs, threshold, kept);
        println!(
            "| {limit} | {:.1} % | {missed} of {all} | {:.2} % |",
            100.0 * rejected as f64 / prints.len() as f64,
            100.0 * missed as f64 / all.max(1) as f64
        );
    }
    println!();
}
