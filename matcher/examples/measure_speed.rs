//! Measures how long judging takes, in processor time of one thread.
//!
//! `cargo run --release -p matcher --example measure_speed -- [../shared/data] [ROUNDS]`
//!
//! Single prints come from the FVC sets where they are there, else from made-up people; slaps are made up. The median of
//! all rounds is printed as the table of `docs/reference/quality.md`.

use std::hint::black_box;
use std::path::Path;

use matcher::quality::native::native_measures;
use matcher::synth::{Condition, Person, Placement, compose_slap};
use matcher::{Finger, Hand, Image, SegmentRequest};

fn main() {
    let mut words = std::env::args().skip(1);
    let folder = words.next().unwrap_or_else(|| "../shared/data".to_owned());
    let rounds: usize = words.next().and_then(|text| text.parse().ok()).unwrap_or(5);
    println!("| what | pictures | median ms |\n|---|---|---|");
    for set in ["fvc2002_db1_b", "fvc2002_db3_b", "fvc2004_db2_b", "fvc2004_db4_b"] {
        let prints = prints(&Path::new(&folder).join(set));
        if prints.is_empty() {
            eprintln!("SKIPPED: {set} is not under {folder}");
            continue;
        }
        timed(&format!("native measures, {set}"), &prints, rounds, |print| {
            let _ = black_box(native_measures(print));
        });
        timed(&format!("quality, {set}"), &prints, rounds, |print| {
            black_box(matcher::quality(print));
        });
        timed(&format!("advice, {set}"), &prints, rounds, |print| {
            black_box(matcher::advise(print));
        });
    }
    let slaps: Vec<Image> = (0..4).map(slap).collect();
    timed("segmentation of a slap", &slaps, rounds, |slap| {
        black_box(matcher::segment(slap, SegmentRequest { hand: Hand::RightFour, missing: &[] }));
    });
    timed("a slap segmented and its four prints judged", &slaps, rounds, |slap| {
        let found = matcher::segment(slap, SegmentRequest { hand: Hand::RightFour, missing: &[] });
        for print in found.fingers.iter().filter_map(|segment| segment.crop(slap)) {
            black_box(matcher::quality(&print));
        }
    });
}

/// Every fourth print of a set, as 500 ppi.
fn prints(folder: &Path) -> Vec<Image> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "png"));
    files.sort();
    let decoded = |file: &std::path::PathBuf| matcher::codec::decode(&std::fs::read(file).ok()?, 500).ok();
    let mut prints: Vec<Image> = files.iter().step_by(4).filter_map(decoded).collect();
    prints.iter_mut().for_each(|print| print.resolution_ppi = 500);
    prints
}

fn slap(seed: u64) -> Image {
    let person = Person::new(seed, 35);
    let prints = Finger::ALL.map(|finger| (finger, person.impression(finger, 1, Condition::default())));
    compose_slap(&prints, Hand::RightFour, Placement::default()).image
}

fn timed(name: &str, pictures: &[Image], rounds: usize, work: impl Fn(&Image)) {
    let mut times: Vec<f64> = Vec::new();
    for _ in 0..rounds {
        for picture in pictures {
            let started = cpu_seconds();
            work(picture);
            times.push(1000.0 * (cpu_seconds() - started));
        }
    }
    times.sort_by(f64::total_cmp);
    println!("| {name} | {} | {:.1} |", pictures.len(), times[times.len() / 2]);
}

/// Processor time of this thread so far: other programs on the machine do not count.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|text| text.parse::<f64>().ok()).map_or(0.0, |ns| ns / 1e9)
}
