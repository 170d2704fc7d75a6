//! A bounded run of every fuzz target inside an ordinary test: own-made files, changed in seeded ways.
//!
//! The bodies are those that libFuzzer runs (`fuzz/`). A failure prints target, seed file and round, which repeat it.

#[path = "../fuzz/src/bodies.rs"]
mod bodies;
#[path = "../fuzz/src/seeds.rs"]
mod seeds;

/// Changes tried per target; together they take a few seconds. `FUZZ_TIMES=100` tries a hundred times as many.
const ROUNDS: u64 = 1_500;

#[test]
fn nist() {
    smoke(bodies::nist, seeds::nist(), ROUNDS);
}

#[test]
fn wsq() {
    smoke(bodies::wsq, seeds::wsq_files(), ROUNDS);
}

#[test]
fn jpeg2000() {
    smoke(bodies::jpeg2000, seeds::jpeg2000_files(), ROUNDS / 3);
}

#[test]
fn envelope() {
    smoke(bodies::envelope, seeds::envelopes(), ROUNDS);
}

#[test]
fn profile() {
    smoke(bodies::profile, seeds::profiles(), ROUNDS / 3);
}

#[test]
fn reference() {
    smoke(bodies::reference, seeds::references(), ROUNDS * 10);
}

#[test]
fn every_target_has_seeds_and_a_smoke_test() {
    let here = include_str!("fuzz_smoke.rs");
    for (target, files) in seeds::all() {
        assert!(!files.is_empty(), "{target} has no seeds");
        assert!(here.contains(&format!("smoke(bodies::{target},")), "{target} has no smoke test");
        let path = format!("{}/fuzz/fuzz_targets/{target}.rs", env!("CARGO_MANIFEST_DIR"));
        assert!(std::path::Path::new(&path).is_file(), "{target} has no fuzz target");
    }
}

/// Runs the body over every seed as it is, then over changed copies.
fn smoke(body: fn(&[u8]), files: Vec<Vec<u8>>, rounds: u64) {
    for bytes in &files {
        body(bytes);
    }
    let times = std::env::var("FUZZ_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    for round in 0..rounds * times {
        let mut random = SplitMix(round);
        let mut bytes = files[random.below(files.len())].clone();
        let other = &files[random.below(files.len())];
        for _ in 0..=random.below(4) {
            change(&mut bytes, other, &mut random);
        }
        if std::panic::catch_unwind(|| body(&bytes)).is_err() {
            panic!("round {round} broke a promise; the change is made from that number alone");
        }
    }
}

fn change(bytes: &mut Vec<u8>, other: &[u8], random: &mut SplitMix) {
    const TELLING: &[u8] =
        &[0, 1, 0x1C, 0x1D, 0x1E, 0x1F, b'0', b'9', b':', b'.', b'<', b'>', b'&', 0x7F, 0x80, 0xFF];
    if bytes.is_empty() {
        bytes.push(TELLING[random.below(TELLING.len())]);
        return;
    }
    let at = random.below(bytes.len());
    match random.below(7) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = TELLING[random.below(TELLING.len())],
        2 => bytes.truncate(at),
        3 => bytes.insert(at, TELLING[random.below(TELLING.len())]),
        4 => {
            let end = (at + 1 + random.below(40)).min(bytes.len());
            bytes.drain(at..end);
        }
        5 => {
            let end = (at + 1 + random.below(40)).min(bytes.len());
            let copy = bytes[at..end].to_vec();
            bytes.splice(at..at, copy);
        }
        _ => {
            let from = random.below(other.len().max(1)).min(other.len());
            let end = (from + random.below(60)).min(other.len());
            bytes.splice(at..at, other[from..end].iter().copied());
        }
    }
}

/// A small generator whose whole state is one number.
struct SplitMix(u64);

impl SplitMix {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % bound.max(1) as u64).unwrap_or(0)
    }
}
