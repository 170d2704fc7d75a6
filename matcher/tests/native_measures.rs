//! The native measures beside the reference's, on every print of the shared data; and on pictures nobody means well with.

mod support;

use std::collections::BTreeMap;

use matcher::quality::native::{MEASURE_COLUMNS, NativeMeasures, native_measures};
use matcher::{CannotJudge, Image};

/// Largest relative difference of a value that counts as the same; the reference is printed to ten digits.
const SAME: f64 = 1e-6;
/// Share of the pictures on which each measure must be the same.
const SHARE_MIN: f64 = 0.99;

#[test]
fn every_measure_is_the_references() {
    let Some(table) = support::shared("nfiq2_reference.csv", "native measures beside the reference") else {
        return;
    };
    let folder = table.parent().expect("a file has a folder");
    let text = std::fs::read_to_string(&table).expect("the table is readable");
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let mut differing: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut judged = 0usize;
    for line in lines {
        let row: BTreeMap<&str, &str> = head.iter().copied().zip(line.split(',')).collect();
        let name = format!("{}/{}", row["set"], row["image"]);
        let bytes = std::fs::read(folder.join(row["set"]).join(row["image"])).expect("the print is there");
        let mut image = matcher::codec::decode(&bytes, 500).expect("the print is readable");
        // The reference was told 500 ppi for every picture.
        image.resolution_ppi = 500;
        let measured = native_measures(&image);
        if row["score"].is_empty() {
            check_refusal(&row, &name, measured);
            continue;
        }
        judged += 1;
        let measured = measured.unwrap_or_else(|reason| panic!("{name}: {reason:?}"));
        for (column, value) in measured.named() {
            let reference: f64 = row[column].parse().expect("a number");
            if (value - reference).abs() > SAME * reference.abs() {
                differing.entry(column).or_default().push(format!("{name}: {value} for {reference}"));
            }
        }
    }
    assert!(judged > 300, "only {judged} prints");
    for (column, prints) in &differing {
        let share = 1.0 - prints.len() as f64 / judged as f64;
        assert!(
            share >= SHARE_MIN,
            "{column} is the same on {share:.4} only: {:?}",
            &prints[..prints.len().min(5)]
        );
    }
}

/// What the reference refuses for size or for want of ridges we refuse too. What only its minutiae extractor refuses
/// (a fingertip with too few ridges) is for our own extractor to say.
fn check_refusal(row: &BTreeMap<&str, &str>, name: &str, measured: Result<NativeMeasures, CannotJudge>) {
    let width: u32 = row["width"].parse().expect("a number");
    let expected = match row["image"] {
        image if image.contains("white") => Some(CannotJudge::Blank),
        image if image.contains("ramp") => Some(CannotJudge::TooLittlePrint),
        _ if width > 800 => Some(CannotJudge::TooLarge),
        _ => None,
    };
    if let Some(expected) = expected {
        assert_eq!(measured.err(), Some(expected), "{name}");
    }
}

#[test]
fn rings_have_the_values_of_rings() {
    let ring = |x: f64, y: f64| 120.0 + 80.0 * (x.hypot(y) * std::f64::consts::TAU / 9.0).sin();
    let pixels =
        (0..320 * 320).map(|at| ring(f64::from(at % 320) + 200.0, f64::from(at / 320) + 200.0) as u8);
    let image = Image::new(320, 320, 500, pixels.collect()).expect("sound");
    let measured = native_measures(&image).expect("ridges throughout");
    assert_eq!(measured.cut, [0, 0, 320, 320]);
    assert!(measured.orientation_certainty.mean > 0.9, "{measured:?}");
    assert!((measured.grey.mean - 119.5).abs() < 1.0, "{measured:?}");
    assert!(measured.coherence.mean > 0.9 && measured.coherence.mean <= 1.0, "{measured:?}");
    assert!((0.8..1.25).contains(&measured.ridge_valley_uniformity.mean), "{measured:?}");
    assert!(measured.frequency_domain.mean > 0.3, "{measured:?}");
    assert!(measured.local_clarity.mean > 0.8, "{measured:?}");
    assert!(measured.orientation_flow.mean < 0.5, "{measured:?}");
}

#[test]
fn every_column_of_the_reference_is_either_measured_or_named_as_its_own() {
    let stripes: Vec<u8> = (0..200 * 200).map(|at| if (at % 200 / 5) % 2 == 0 { 30 } else { 220 }).collect();
    let image = Image::new(200, 200, 500, stripes).expect("sound");
    // Straight stripes never turn, so orientation flow has no value: the reference refuses such a picture too.
    assert_eq!(native_measures(&image).err(), Some(CannotJudge::TooLittlePrint));
    assert_eq!(MEASURE_COLUMNS.iter().filter(|name| name.starts_with("F") && name.contains('J')).count(), 4);
}

/// Body of the fuzz target: whatever the pixels, the answer is a value or a reason, and every value is a number.
fn hostile(width: u32, height: u32, ppi: u32, pixels: Vec<u8>) {
    let image = Image { width, height, resolution_ppi: ppi, pixels };
    if let Ok(measured) = native_measures(&image) {
        assert!(measured.named().iter().all(|(_, value)| value.is_finite()), "{width} x {height}");
        assert!(matcher::quality::native::minutia_measures(&image, &[]).is_ok());
    }
    let judged = matcher::quality(&image);
    assert!(judged.cannot_judge.is_none() || judged.score == 0);
}

#[test]
fn no_picture_makes_it_panic() {
    let mut state = 7u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 16
    };
    for round in 0..60 {
        let (width, height) = (32 + random() % 250, 32 + random() % 250);
        let count = (width * height) as usize;
        let period = 2 + random() as usize % 12;
        let pixels: Vec<u8> = match round % 6 {
            0 => (0..count).map(|_| random() as u8).collect(),
            1 => (0..count).map(|at| if (at / period).is_multiple_of(2) { 0 } else { 255 }).collect(),
            2 => (0..count).map(|at| (at % 251) as u8).collect(),
            3 => vec![random() as u8; count],
            4 => (0..count).map(|at| if at == count / 2 { 0 } else { 255 }).collect(),
            _ => (0..count).map(|at| ((at * at / 7) % 256) as u8).collect(),
        };
        hostile(width, height, [500, 500, 1000, 250, 2000, 100][random() as usize % 6], pixels);
    }
    hostile(40, 40, 500, Vec::new());
    hostile(u32::MAX, u32::MAX, 500, vec![0; 10]);
    hostile(32, 32, 2000, vec![9; 1024]);
    hostile(900, 40, 500, vec![9; 36_000]);
}
