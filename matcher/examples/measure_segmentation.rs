//! Measures segmentation on composed slaps with known truth and prints shares and times.
//!
//! `cargo run --release -p matcher --example measure_segmentation -- 300 [FOLDER...]`
//!
//! The first argument is how many hands are laid; a hand's prints come from synthetic persons and, in turn, from
//! the folders of FFF_I.png (ten fingers are taken as one person's). Turned up to 30 degrees, together or spread.

use std::path::{Path, PathBuf};
use std::time::Instant;

use matcher::synth::{Condition, Person, Placement, compose_slap};
use matcher::{Finger, Hand, Image, SegmentRequest};

/// Largest distance of a side from the truth that counts as found, in pixels at 500 ppi.
const OFF_PX_MAX: u32 = 32;

#[derive(Default)]
struct Tally {
    fingers: usize,
    found: usize,
    hands: usize,
    doubted: usize,
    wrong_without_doubt: usize,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let hands = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(60usize);
    let folders: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    let sources = sources(&folders);
    let mut tallies: std::collections::BTreeMap<String, Tally> = std::collections::BTreeMap::new();
    let (mut time, mut slaps) = (0.0, 0);
    for index in 0..hands {
        let (name, prints) = &sources[index % sources.len()];
        let hand = Hand::ALL[index / sources.len() % 3];
        let spin = |k: usize| ((index * 7919 + k * 104_729) % 1000) as f32 / 1000.0;
        let placement = Placement {
            rotation_deg: 60.0 * spin(1) - 30.0,
            spread: spin(2),
            shift_x_mm: 10.0 * spin(3) - 5.0,
            shift_y_mm: 10.0 * spin(4) - 5.0,
            seed: index as u64,
            ..Placement::default()
        };
        let missing: Vec<Finger> = if index % 5 == 4 {
            hand.fingers().iter().copied().skip(index % 4).take(1).collect()
        } else {
            Vec::new()
        };
        let given: Vec<(Finger, Image)> =
            prints.iter().filter(|(finger, _)| !missing.contains(finger)).cloned().collect();
        let truth = compose_slap(&given, hand, placement);
        let started = Instant::now();
        let found = matcher::segment(&truth.image, SegmentRequest { hand, missing: &missing });
        time += started.elapsed().as_secs_f64();
        slaps += 1;
        let tally = tallies.entry(name.clone()).or_default();
        tally.hands += 1;
        tally.doubted += usize::from(!found.doubt.is_empty());
        let mut wrong = false;
        for expect in &truth.boxes {
            tally.fingers += 1;
            let good = found.fingers.iter().any(|s| {
                s.finger == expect.finger
                    && [
                        (s.left, expect.left),
                        (s.top, expect.top),
                        (s.right, expect.right),
                        (s.bottom, expect.bottom),
                    ]
                    .iter()
                    .all(|(a, b)| a.abs_diff(*b) <= OFF_PX_MAX)
            });
            tally.found += usize::from(good);
            wrong |= !good;
        }
        tally.wrong_without_doubt += usize::from(wrong && found.doubt.is_empty());
    }
    println!(
        "{:<24} {:>6} {:>8} {:>8} {:>8} {:>8}",
        "prints", "hands", "fingers", "found %", "doubt", "silent"
    );
    for (name, t) in &tallies {
        let share = 100.0 * t.found as f64 / t.fingers.max(1) as f64;
        println!(
            "{name:<24} {:>6} {:>8} {share:>8.2} {:>8} {:>8}",
            t.hands, t.fingers, t.doubted, t.wrong_without_doubt
        );
    }
    println!("{:.1} ms per slap", 1000.0 * time / f64::from(slaps.max(1)));
}

/// Ten-finger sets by name: synthetic persons, and four impressions of each folder.
fn sources(folders: &[PathBuf]) -> Vec<(String, Vec<(Finger, Image)>)> {
    let mut sources: Vec<(String, Vec<(Finger, Image)>)> = Vec::new();
    for (seed, age) in [(1, 30), (2, 70), (3, 6), (4, 9)] {
        let person = Person::new(seed, age);
        let condition = if age == 70 { Condition::dry() } else { Condition::default() };
        let prints = Finger::ALL.map(|finger| (finger, person.impression(finger, 1, condition))).to_vec();
        sources.push((format!("synthetic, {age} years"), prints));
    }
    for folder in folders {
        for impression in 1..=4 {
            let prints = replayed(folder, impression);
            let name =
                folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            sources.push((name, prints));
        }
    }
    sources
}

/// The ten fingers 101 to 110 of one impression as one person's.
fn replayed(folder: &Path, impression: u32) -> Vec<(Finger, Image)> {
    let read = |finger: Finger| {
        let path = folder.join(format!("{}_{impression}.png", 100 + u32::from(finger.fgp())));
        matcher::codec::decode(&std::fs::read(path).ok()?, 500).ok().map(|image| (finger, image))
    };
    Finger::ALL.into_iter().filter_map(read).collect()
}
