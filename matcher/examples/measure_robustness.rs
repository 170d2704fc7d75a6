//! What pictures of worse sensors cost: the table "Altered pictures" of `docs/reference/matcher.md`.
//!
//! ```text
//! cargo run --release -p matcher --example measure_robustness -- ../shared/data/fvc2002_db1_b ...
//! ```
//!
//! One side of every genuine and impostor pair is altered in one stated way; rates are pooled over the sets under one
//! threshold per row. `--only WORD` measures the rows whose name holds the word. The weights are the shipped ones, which
//! were fitted on these pairs: rows are for comparing with the first row, not results.

#[path = "../tests/support/alter.rs"]
mod alter;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use matcher::Image;
use matcher::accuracy::Scores;
use matcher::compare::Prepared;

type Change = fn(&Image, u64) -> Image;

const ROWS: &[(&str, Change)] = &[
    ("as they are", |image, _| image.clone()),
    ("moved by 3, 5 pixels", |image, _| alter::framed(image, [3, 5, 0, 0], alter::background(image))),
    ("white border of 64 pixels", |image, _| alter::framed(image, [64; 4], 255)),
    ("black border of 64 pixels", |image, _| alter::framed(image, [64; 4], 0)),
    ("turned 15 degrees", |image, _| alter::turned(image, 15.0)),
    ("turned 45 degrees", |image, _| alter::turned(image, 45.0)),
    ("turned 90 degrees", |image, _| alter::turned(image, 90.0)),
    ("turned 160 degrees", |image, _| alter::turned(image, 160.0)),
    ("grown 0.75", |image, _| image.grown(0.75)),
    ("grown 0.80", |image, _| image.grown(0.80)),
    ("grown 1.25", |image, _| image.grown(1.25)),
    ("grown 1.35", |image, _| image.grown(1.35)),
    ("taken at 300 ppi", |image, _| alter::sampled(image, 300)),
    ("taken at 400 ppi", |image, _| alter::sampled(image, 400)),
    ("taken at 569 ppi", |image, _| alter::sampled(image, 569)),
    ("taken at 1000 ppi", |image, _| alter::sampled(image, 1000)),
    ("569 ppi, tag says 500", |image, _| image.grown(569.0 / 500.0)),
    ("250 ppi, tag says 500", |image, _| image.grown(0.5)),
    ("1000 ppi, tag says 500", |image, _| image.grown(2.0)),
    ("contrast 0.5", |image, _| alter::pale(image, 0.5)),
    ("contrast 0.25", |image, _| alter::pale(image, 0.25)),
    ("contrast 0.12", |image, _| alter::pale(image, 0.12)),
    ("gamma 2", |image, _| alter::gamma(image, 2.0)),
    ("gamma 0.5", |image, _| alter::gamma(image, 0.5)),
    ("light from the side, 80 levels", |image, _| alter::slanted_light(image, 80.0)),
    ("noise 10", |image, seed| alter::noisy(image, 10.0, seed)),
    ("noise 20", |image, seed| alter::noisy(image, 20.0, seed)),
    ("noise 40", |image, seed| alter::noisy(image, 40.0, seed)),
    ("noise 60", |image, seed| alter::noisy(image, 60.0, seed)),
    ("blur 3", |image, _| alter::blurred(image, 3)),
    ("blur 5", |image, _| alter::blurred(image, 5)),
    ("ridges thinner 1", |image, _| alter::worn(image, false, 1.0)),
    ("ridges thinner 1.5", |image, _| alter::worn(image, false, 1.5)),
    ("ridges thicker 1", |image, _| alter::worn(image, true, 1.0)),
    ("ridges thicker 1.5", |image, _| alter::worn(image, true, 1.5)),
    ("grain 0.2", |image, seed| alter::grainy(image, 0.2, seed)),
    ("grain 0.4", |image, seed| alter::grainy(image, 0.4, seed)),
    ("swept, strips of 16, shift 2", |image, seed| alter::swept(image, 16, 2.0, seed)),
    ("window 12.8 x 18 mm", |image, _| alter::window(image, 12.8, 18.0)),
    ("window 10 x 14 mm", |image, _| alter::window(image, 10.0, 14.0)),
    ("inverted (stated: not supported)", |image, _| alter::inverted(image)),
];

struct Print {
    set: usize,
    finger: String,
    image: Image,
}

fn main() {
    let mut folders = Vec::new();
    let mut only = String::new();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "--only" { only = words.next().unwrap_or_default() } else { folders.push(word) }
    }
    let prints: Vec<Print> =
        folders.iter().enumerate().flat_map(|(set, folder)| prints(set, Path::new(folder))).collect();
    if prints.is_empty() {
        eprintln!("usage: measure_robustness FOLDER... (FFF_I.png each) [--only WORD]");
        std::process::exit(2);
    }
    let plain = prepared(&prints, |image, _| image.clone());
    println!("| one side | refused | EER % | FNMR % at FMR 1e-2 | 1e-3 | 1e-4 |");
    println!("|---|---|---|---|---|---|");
    for (name, change) in ROWS.iter().filter(|(name, _)| name.contains(&only)) {
        let altered = prepared(&prints, change);
        let scores = each(prints.len(), |a| {
            let mut scores = Scores::default();
            for b in (0..prints.len()).filter(|&b| b != a && prints[b].set == prints[a].set) {
                let same = prints[a].finger == prints[b].finger;
                // Each genuine pair both ways round; of the impostors every third.
                if !same && (a + b) % 3 != 0 {
                    continue;
                }
                let score =
                    plain[a].as_ref().zip(altered[b].as_ref()).map_or(0.0, |(a, b)| a.compare(b).score);
                if same { scores.genuine.push(score) } else { scores.impostor.push(score) }
            }
            scores
        });
        let mut pooled = Scores::default();
        scores.iter().for_each(|scores| pooled.pool(scores));
        let refused = altered.iter().filter(|print| print.is_none()).count();
        let rates = [pooled.eer(), pooled.fnmr_at(1e-2), pooled.fnmr_at(1e-3), pooled.fnmr_at(1e-4)]
            .map(|rate| format!("{:.2}", 100.0 * rate));
        println!("| {name} | {refused} | {} |", rates.join(" | "));
    }
}

fn prepared(prints: &[Print], change: impl Fn(&Image, u64) -> Image + Sync) -> Vec<Option<Prepared>> {
    each(prints.len(), |index| {
        let image = change(&prints[index].image, index as u64);
        matcher::extract(&image).ok().map(|template| Prepared::new(&template))
    })
}

fn each<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<(usize, T)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
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
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, work)| work).collect()
}

fn prints(set: usize, folder: &Path) -> Vec<Print> {
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("a folder").flatten().map(|e| e.path()).collect();
    paths.sort();
    let read = |path: std::path::PathBuf| {
        let stem = path.file_stem()?.to_str()?.to_owned();
        let (finger, _) = stem.split_once('_')?;
        let image = matcher::codec::decode(&std::fs::read(&path).ok()?, 500).ok()?;
        Some(Print { set, finger: finger.to_owned(), image })
    };
    paths.into_iter().filter_map(read).collect()
}
