//! A bounded run of every fuzz target inside an ordinary test: own-made bytes, changed in seeded ways.
//!
//! The bodies are those that libFuzzer runs (`fuzz/`). A failure prints target and round, which repeat it.

#[path = "../fuzz/src/bodies.rs"]
mod bodies;

use matcher::exchange::{Format, Print, Record};
use matcher::search::{Gallery, crowd_member};
use matcher::synth::{Condition, Person};
use matcher::{Finger, Template, extract};

/// Rounds per target; more by `FUZZ_ROUNDS`.
const ROUNDS: u64 = 400;

fn rounds() -> u64 {
    std::env::var("FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS)
}

fn templates() -> Vec<Template> {
    let person = Person::new(95, 30);
    let print = |finger| person.impression(finger, 1, Condition::default());
    let masters: Vec<Template> = [Finger::RightIndex, Finger::LeftMiddle]
        .iter()
        .filter_map(|finger| extract(&print(*finger)).ok())
        .collect();
    (0..4).filter_map(|number| crowd_member(&masters, number)).collect()
}

/// SplitMix64: a round is repeated by its number.
fn mixed(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut value = *state;
    value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ value >> 31
}

fn changed(seed: &[u8], round: u64) -> Vec<u8> {
    let mut state = round;
    let mut bytes = seed.to_vec();
    for _ in 0..=mixed(&mut state) % 5 {
        let at = mixed(&mut state) as usize % bytes.len().max(1);
        match mixed(&mut state) % 5 {
            0 => bytes.truncate(at),
            1 => bytes.insert(at.min(bytes.len()), mixed(&mut state) as u8),
            2 if at < bytes.len() => bytes[at] = [0, 1, 127, 128, 255][mixed(&mut state) as usize % 5],
            3 if at < bytes.len() => bytes[at] ^= 1 << (mixed(&mut state) % 8),
            _ => bytes.extend_from_slice(&mixed(&mut state).to_be_bytes()),
        }
    }
    bytes
}

fn run(target: &str, seeds: &[Vec<u8>], body: fn(&[u8])) {
    seeds.iter().for_each(|seed| body(seed));
    for round in 0..rounds() {
        let bytes = changed(&seeds[round as usize % seeds.len()], round);
        if std::panic::catch_unwind(|| body(&bytes)).is_err() {
            panic!("target {target} fails in round {round}");
        }
    }
}

#[test]
fn hostile_records() {
    let templates = templates();
    let prints: Vec<Print<'_>> = templates
        .iter()
        .map(|template| Print { finger: Some(Finger::LeftIndex), quality: Some(60), template })
        .collect();
    let seeds: Vec<Vec<u8>> = Format::ALL
        .into_iter()
        .map(|format| Record::of(&prints, format).and_then(|record| record.to_bytes()).expect("fits"))
        .collect();
    run("record", &seeds, bodies::record);
}

#[test]
fn hostile_templates() {
    // Behind a right checksum, so that what is in a template is reached.
    let seeds: Vec<Vec<u8>> = templates().iter().map(Template::to_bytes).collect();
    seeds.iter().for_each(|seed| bodies::template(seed));
    for round in 0..rounds() {
        let seed = &seeds[round as usize % seeds.len()];
        let mut bytes = changed(&seed[..seed.len() - 4], round);
        let sum = bytes
            .iter()
            .fold(0x811c_9dc5u32, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        bytes.extend_from_slice(&sum.to_be_bytes());
        if std::panic::catch_unwind(|| bodies::template(&bytes)).is_err() {
            panic!("target template fails in round {round}");
        }
    }
}

#[test]
fn hostile_galleries_and_pictures() {
    let mut gallery = Gallery::new();
    for (id, template) in (0..).zip(templates()) {
        gallery.enrol_prints(id, vec![(Some(Finger::RightThumb), template)]);
    }
    run("gallery", &[gallery.snapshot()], bodies::gallery);
    run(
        "picture",
        &[b"P5\n# made\n40 33 255\n".to_vec(), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()],
        bodies::picture,
    );
}

#[test]
fn hostile_pictures_are_judged() {
    let person = Person::new(96, 8);
    let print = person.impression(Finger::RightIndex, 1, Condition::default());
    let (width, height) = (200, 255);
    let cut = print.crop(0, 0, width, height).expect("a print is larger");
    let of = |head: [u8; 5], pixels: &[u8]| [&head, pixels].concat();
    let stripes: Vec<u8> = (0..64_u32).map(|x| ((x as f32 * 0.7).sin() * 120.0 + 128.0) as u8).collect();
    let seeds = [
        of([200 - 32, 255 - 32, 57, 0, 0], &cut.pixels),
        of([255, 255, 57, 0, 1], &stripes),
        of([255, 0, 0, 15, 2], &[0, 255, 0, 255, 128]),
        of([0, 255, 255, 3, 0], &[7]),
    ];
    run("judge", &seeds, bodies::judge);
}

#[test]
fn every_target_of_the_fuzzer_runs_here() {
    let here = include_str!("fuzz_smoke.rs");
    for target in ["record", "template", "gallery", "picture", "judge"] {
        let path = format!("{}/fuzz/fuzz_targets/{target}.rs", env!("CARGO_MANIFEST_DIR"));
        assert!(std::path::Path::new(&path).is_file(), "{target} has no fuzz target");
        assert!(here.contains(&format!("bodies::{target}")), "{target} does not run in this test");
    }
}
