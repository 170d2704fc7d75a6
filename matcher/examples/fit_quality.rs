//! Fits the trees of our own quality figure to reference scores and reports how well they agree.
//!
//! ```sh
//! cargo run --release -p matcher --example fit_quality -- ../shared/data [FOLDER...] [--write FILE]
//! ```
//!
//! The first folder holds the FVC sets and `nfiq2_reference.csv`. Each further folder holds pictures and a `labels.csv`
//! (file, finger, reference score): altered or made-up prints that a reference engine has scored. They only ever help
//! to train, and a copy of a finger is left out together with the finger. What is reported comes from the FVC prints
//! alone, each judged by trees that never saw its finger: eight folds over fingers, not images.
//!
//! Boosted regression trees, squared error, exact splits; every choice from a fixed seed, so the same prints give the
//! same bytes.

use std::collections::BTreeSet;
use std::path::Path;

use matcher::Image;
use matcher::quality::native::native_measures;
use matcher::quality::{INPUTS, inputs};

const TREES: usize = 240;
const DEPTH: usize = 3;
const RATE: f64 = 0.06;
const ROWS_SHARE: f64 = 0.6;
const INPUTS_SHARE: f64 = 0.35;
const LEAF_ROWS_MIN: usize = 6;
const FOLDS: u64 = 8;
const SEED: u64 = 20_240_612;
const NODES: usize = (1 << DEPTH) - 1;
const LEAVES: usize = 1 << DEPTH;

struct Row {
    set: String,
    name: String,
    finger: String,
    inputs: [f32; INPUTS],
    reference: f64,
    reported: bool,
}

/// One tree: for each inner node an input and a limit, then the leaves.
struct Tree {
    nodes: [(u8, f32); NODES],
    leaves: [f32; LEAVES],
}

impl Tree {
    fn answer(&self, inputs: &[f32; INPUTS]) -> f64 {
        let mut at = 0;
        while at < NODES {
            let (input, limit) = self.nodes[at];
            at = 2 * at + if inputs[usize::from(input)] <= limit { 1 } else { 2 };
        }
        f64::from(self.leaves[at - NODES])
    }
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / (1u64 << 31) as f64
    }
}

fn main() {
    let mut folders: Vec<String> = std::env::args().skip(1).collect();
    let write = folders.iter().position(|argument| argument == "--write").map(|at| {
        let file = folders.get(at + 1).cloned().unwrap_or_default();
        folders.drain(at..(at + 2).min(folders.len()));
        file
    });
    let mut rows = shared_rows(Path::new(folders.first().map_or("../shared/data", String::as_str)));
    for folder in folders.iter().skip(1) {
        rows.extend(labelled_rows(Path::new(folder)));
    }
    if !rows.iter().any(|row| row.reported) {
        eprintln!("no scored FVC prints found");
        std::process::exit(1);
    }
    report(&rows);
    let all: Vec<&Row> = rows.iter().collect();
    let (base, trees) = fitted(&all);
    if let Some(file) = write {
        if let Err(error) = std::fs::write(&file, bytes(base, &trees)) {
            eprintln!("{file}: {error}");
            std::process::exit(1);
        }
        println!("wrote {file}");
    }
}

fn row(picture: &Path, set: &str, name: &str, finger: String, score: &str, reported: bool) -> Option<Row> {
    let reference = score.parse().ok()?;
    let mut image: Image = matcher::codec::decode(&std::fs::read(picture).ok()?, 500).ok()?;
    // The reference was told 500 ppi for every picture.
    image.resolution_ppi = 500;
    let inputs = inputs(&native_measures(&image).ok()?);
    Some(Row { set: set.to_owned(), name: name.to_owned(), finger, inputs, reference, reported })
}

fn shared_rows(folder: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(folder.join("nfiq2_reference.csv")).unwrap_or_default();
    let one = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let (set, name, score) = (*cells.first()?, *cells.get(1)?, *cells.get(4)?);
        let finger = format!("{set}/{}", name.split('_').next()?);
        let picture = folder.join(set).join(name);
        set.starts_with("fvc").then(|| row(&picture, set, name, finger, score, true))?
    };
    text.lines().skip(1).filter_map(one).collect()
}

fn labelled_rows(folder: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(folder.join("labels.csv")).unwrap_or_default();
    let one = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let (name, finger, score) = (*cells.first()?, *cells.get(1)?, *cells.get(2)?);
        row(&folder.join(name), "", name, finger.to_owned(), score, false)
    };
    text.lines().skip(1).filter_map(one).collect()
}

/// Agreement on left-out fingers.
fn report(rows: &[Row]) {
    let fingers: BTreeSet<&String> = rows.iter().filter(|row| row.reported).map(|row| &row.finger).collect();
    let mut shuffled: Vec<&String> = fingers.into_iter().collect();
    let mut random = Random(SEED);
    for at in (1..shuffled.len()).rev() {
        shuffled.swap(at, (random.next() * (at + 1) as f64) as usize);
    }
    let fold_of =
        |finger: &String| shuffled.iter().position(|known| *known == finger).map(|at| at as u64 % FOLDS);
    let mut answers: Vec<(&Row, f64)> = Vec::new();
    for fold in 0..FOLDS {
        let seen: Vec<&Row> = rows.iter().filter(|row| fold_of(&row.finger) != Some(fold)).collect();
        let (base, trees) = fitted(&seen);
        for row in rows.iter().filter(|row| row.reported && fold_of(&row.finger) == Some(fold)) {
            let sum = base + trees.iter().map(|tree| tree.answer(&row.inputs)).sum::<f64>();
            answers.push((row, sum.round().clamp(1.0, 100.0)));
        }
    }
    let count = answers.len() as f64;
    let share = |test: &dyn Fn(f64, f64) -> bool| {
        100.0 * answers.iter().filter(|(row, ours)| test(*ours, row.reference)).count() as f64 / count
    };
    let error = answers.iter().map(|(row, ours)| (ours - row.reference).abs()).sum::<f64>() / count;
    println!("{} prints to train, {count} reported, left-out fingers:", rows.len());
    println!("rank correlation {:.3}, mean absolute difference {error:.1}", spearman(&answers));
    println!("within 5 points {:.1} %", share(&|ours, theirs| (ours - theirs).abs() <= 5.0));
    for limit in [20.0, 30.0, 40.0, 50.0] {
        println!(
            "same decision at {limit}: {:.1} %",
            share(&|ours, theirs| (ours >= limit) == (theirs >= limit))
        );
    }
    if let Ok(file) = std::env::var("LEFT_OUT_SCORES") {
        let lines = answers.iter().map(|(row, ours)| format!("{},{},{ours}\n", row.set, row.name));
        let text = format!("set,image,score\n{}", lines.collect::<String>());
        if let Err(error) = std::fs::write(&file, text) {
            eprintln!("{file}: {error}");
        }
    }
}

fn spearman(answers: &[(&Row, f64)]) -> f64 {
    let ranks = |values: Vec<f64>| -> Vec<f64> {
        let rank = |value: &f64| {
            let below = values.iter().filter(|other| *other < value).count();
            let equal = values.iter().filter(|other| (**other - value).abs() < 1e-9).count();
            below as f64 + (equal as f64 - 1.0) / 2.0
        };
        values.iter().map(rank).collect()
    };
    let ours = ranks(answers.iter().map(|(_, ours)| *ours).collect());
    let theirs = ranks(answers.iter().map(|(row, _)| row.reference).collect());
    let mean = (ours.len() as f64 - 1.0) / 2.0;
    let moment = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    moment(&ours, &theirs) / (moment(&ours, &ours) * moment(&theirs, &theirs)).sqrt()
}

fn fitted(rows: &[&Row]) -> (f64, Vec<Tree>) {
    let weight = |row: &Row| if row.reported { 1.0 } else { 0.5 };
    let weights: Vec<f64> = rows.iter().map(|row| weight(row)).collect();
    let total: f64 = weights.iter().sum();
    let base = rows.iter().zip(&weights).map(|(row, weight)| row.reference * weight).sum::<f64>() / total;
    let mut left: Vec<f64> = rows.iter().map(|row| row.reference - base).collect();
    let mut random = Random(SEED);
    let mut trees = Vec::with_capacity(TREES);
    for _ in 0..TREES {
        let taken: Vec<usize> = (0..rows.len()).filter(|_| random.next() < ROWS_SHARE).collect();
        let mut tree = Tree { nodes: [(0, f32::MAX); NODES], leaves: [0.0; LEAVES] };
        grow(&mut tree, 0, taken, rows, &left, &weights, &mut random);
        for (rest, row) in left.iter_mut().zip(rows) {
            *rest -= tree.answer(&row.inputs);
        }
        trees.push(tree);
    }
    (base, trees)
}

fn grow(
    tree: &mut Tree,
    at: usize,
    taken: Vec<usize>,
    rows: &[&Row],
    left: &[f64],
    weights: &[f64],
    random: &mut Random,
) {
    if at >= NODES {
        let weight: f64 = taken.iter().map(|&row| weights[row]).sum();
        let sum: f64 = taken.iter().map(|&row| weights[row] * left[row]).sum();
        tree.leaves[at - NODES] = (RATE * sum / weight.max(1e-9)) as f32;
        return;
    }
    let considered: Vec<usize> = (0..INPUTS).filter(|_| random.next() < INPUTS_SHARE).collect();
    if let Some((input, limit)) = best_split(&considered, &taken, rows, left, weights) {
        tree.nodes[at] = (input as u8, limit);
    }
    let (input, limit) = tree.nodes[at];
    let (low, high): (Vec<usize>, Vec<usize>) =
        taken.into_iter().partition(|&row| rows[row].inputs[usize::from(input)] <= limit);
    grow(tree, 2 * at + 1, low, rows, left, weights, random);
    grow(tree, 2 * at + 2, high, rows, left, weights, random);
}

/// The input and limit that part the rows best, each side with rows enough.
fn best_split(
    considered: &[usize],
    taken: &[usize],
    rows: &[&Row],
    left: &[f64],
    weights: &[f64],
) -> Option<(usize, f32)> {
    let (mut best, mut best_gain) = (None, 1e-9);
    let all: (f64, f64) =
        taken.iter().fold((0.0, 0.0), |(w, s), &row| (w + weights[row], s + weights[row] * left[row]));
    let mut order = taken.to_vec();
    for &input in considered {
        let value = |row: usize| rows[row].inputs[input];
        order.sort_by(|&a, &b| value(a).total_cmp(&value(b)));
        let (mut weight, mut sum) = (0.0, 0.0);
        for at in 0..order.len().saturating_sub(LEAF_ROWS_MIN) {
            weight += weights[order[at]];
            sum += weights[order[at]] * left[order[at]];
            let (here, next) = (value(order[at]), value(order[at + 1]));
            if at + 1 < LEAF_ROWS_MIN || here >= next {
                continue;
            }
            let gain = sum * sum / weight + (all.1 - sum).powi(2) / (all.0 - weight) - all.1 * all.1 / all.0;
            if gain > best_gain {
                best_gain = gain;
                best = Some((input, here + (next - here) / 2.0));
            }
        }
    }
    best
}

/// As `quality/score.rs` reads them: the base, then each tree's nodes and leaves, little-endian.
fn bytes(base: f64, trees: &[Tree]) -> Vec<u8> {
    let mut out = (base as f32).to_le_bytes().to_vec();
    for tree in trees {
        for (input, limit) in &tree.nodes {
            out.push(*input);
            out.extend_from_slice(&limit.to_le_bytes());
        }
        tree.leaves.iter().for_each(|leaf| out.extend_from_slice(&leaf.to_le_bytes()));
    }
    out
}
