//! Measures segmentation on generated slaps with known truth, and on the shared slaps with the boxes of NBIS `nfseg`.
//!
//! `cargo run --release -p matcher --example measure_segmentation -- 2000 [SEED [FOLDER]]`
//!
//! Prints the tables of `docs/reference/matcher.md`. With a FOLDER every slap with a wrong or missing finger is written
//! there as PNG with its seed in the name. `nfseg` itself runs beside ours where it is on the PATH.

#[path = "../tests/support/slaps.rs"]
mod slaps;

use std::path::{Path, PathBuf};

use matcher::{Hand, Image, SegmentRequest};
use slaps::Tally;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(200);
    let seed = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let folder = arguments.next().map(PathBuf::from);
    let (mut seconds, mut timed) = (Vec::new(), 0);
    let tallies = slaps::measured(seed, count, |number, scene, truth, tally| {
        if truth.image.resolution_ppi == 500 && timed < 200 {
            timed += 1;
            let started = cpu_seconds();
            let request = SegmentRequest { hand: scene.hand, missing: &scene.missing };
            std::hint::black_box(matcher::segment(&truth.image, request));
            seconds.push(cpu_seconds() - started);
        }
        let wrong = tally.found < tally.fingers;
        let hand = scene.missing.is_empty() && tally.hand_auto == 0;
        if (wrong || hand || tally.named_auto < tally.fingers) && folder.is_some() {
            report(number, scene, truth, tally, folder.as_deref());
        }
    });
    print_table(&tallies);
    seconds.sort_by(f64::total_cmp);
    println!(
        "\nmedian {:.1} ms of processor time per 1600 x 1500 slap, hand stated",
        1000.0 * seconds[seconds.len() / 2]
    );
    shared_slaps();
}

/// Processor time of this thread so far: other programs on the machine do not count.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|text| text.parse::<f64>().ok()).map_or(0.0, |ns| ns / 1e9)
}

fn print_table(tallies: &std::collections::BTreeMap<String, Tally>) {
    println!(
        "| slaps | count | fingers | found, hand stated | found, nothing stated | named, nothing stated | hand told | hand not sure | hand right where sure | wrong without doubt | called other hand | other hand told |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    for (name, t) in tallies {
        println!(
            "| {name} | {} | {} | {:.2} % | {:.2} % | {:.2} % | {:.2} % | {:.2} % | {:.2} % | {} | {} | {} of {} |",
            t.slaps,
            t.fingers,
            share(t.found, t.fingers),
            share(t.found_auto, t.fingers),
            share(t.named_auto, t.fingers),
            share(t.hand_auto, t.slaps),
            share(t.slaps - t.decided, t.slaps),
            share(t.decided_right, t.decided),
            t.silent,
            t.other_hand,
            t.swapped_told,
            t.swapped,
        );
    }
}

fn report(
    number: u64,
    scene: &matcher::synth::Scene,
    truth: &matcher::synth::SlapTruth,
    tally: &Tally,
    folder: Option<&Path>,
) {
    let request = SegmentRequest { hand: scene.hand, missing: &scene.missing };
    let found = matcher::segment(&truth.image, request);
    let auto = matcher::segment_auto(&truth.image);
    eprintln!(
        "{number}: {} without {:?}, {:?}, turned {:.0}: {} of {} found ({:?}); auto {} found {} named, {:?} {:.2} ({:?})",
        scene.hand,
        scene.missing,
        scene.defects,
        truth.rotation_deg,
        tally.found,
        tally.fingers,
        found.doubt,
        tally.found_auto,
        tally.named_auto,
        auto.hand,
        auto.hand_confidence,
        auto.doubt
    );
    for (name, segments) in [("stated", &found.fingers), ("auto", &auto.fingers)] {
        for s in segments {
            let expect = truth.boxes.iter().find(|b| b.finger == s.finger);
            let off = expect.map(|b| {
                [(s.left, b.left), (s.top, b.top), (s.right, b.right), (s.bottom, b.bottom)]
                    .map(|(ours, truth)| i64::from(ours) - i64::from(truth))
            });
            if tally.found < tally.fingers || name == "auto" {
                eprintln!("    {name} {} {off:?} confidence {:.2}", s.finger, s.confidence);
            }
        }
    }
    if let Some(folder) = folder
        && tally.found < tally.fingers
    {
        save(&folder.join(format!("{number}.png")), &truth.image);
    }
}

fn save(path: &Path, image: &Image) {
    let grey = image::GrayImage::from_raw(image.width, image.height, image.pixels.clone());
    if let Some(Err(error)) = grey.map(|grey| grey.save(path)) {
        eprintln!("{}: {error}", path.display());
    }
}

/// Ours against the boxes of `nfseg` on the shared slaps.
fn shared_slaps() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/slaps");
    let Ok(table) = std::fs::read_to_string(folder.join("nfseg_boxes.csv")) else {
        println!("SKIPPED: ../shared/data/slaps is not there");
        return;
    };
    let installed = std::process::Command::new("nfseg").output().is_ok();
    println!(
        "nfseg {}",
        if installed { "is installed" } else { "is not installed here: its recorded boxes stand for it" }
    );
    println!(
        "\n| slap | finger | ours minus nfseg: left, top, right, bottom | confidence |\n|---|---|---|---|"
    );
    for hand in [Hand::RightFour, Hand::LeftFour, Hand::Thumbs] {
        let rows = table.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
        let rows: Vec<_> = rows.filter(|row| row[1] == hand.fgp().to_string()).collect();
        let Some(name) = rows.first().map(|row| row[0]) else { continue };
        let bytes = std::fs::read(folder.join(name)).expect("a slap of the table");
        let image = matcher::codec::decode(&bytes, 500).expect("a readable slap");
        let auto = matcher::segment_auto(&image);
        println!("{name}: told as {:?}, confidence {:.2}, {:?}", auto.hand, auto.hand_confidence, auto.doubt);
        let found = matcher::segment(&image, SegmentRequest { hand, missing: &[] });
        for row in rows {
            let number = |at: usize| row[at].parse::<f64>().expect("a number");
            let (w, h, x, y) = (number(4), number(5), number(6), number(7));
            let theirs = [x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0];
            let ours = found.fingers.iter().find(|s| s.finger.fgp().to_string() == row[2]);
            let off = ours.map(|s| {
                let ours = [s.left, s.top, s.right, s.bottom].map(f64::from);
                [0, 1, 2, 3].map(|at| ours[at] - theirs[at])
            });
            println!("| {name} | {} | {off:?} | {:?} |", row[2], ours.map(|s| s.confidence));
        }
        println!("{:?}", found.doubt);
    }
}
