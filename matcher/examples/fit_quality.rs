//! Fits the weights of the quality figure to reference scores and prints them with cross-validated agreement.
//!
//! `cargo run --release -p matcher --example fit_quality -- ../shared/data`
//!
//! The folder holds the FVC sets and `nfiq2_reference.csv`. Ridge regression with weights kept from going negative;
//! cross-validation leaves out one finger at a time. Prints what belongs into `parameters.rs`.

use std::collections::BTreeMap;
use std::path::Path;

use matcher::quality::inputs;

struct Row {
    finger: String,
    inputs: Vec<f64>,
    reference: f64,
}

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "../shared/data".to_owned());
    let rows = rows(Path::new(&folder));
    if rows.is_empty() {
        eprintln!("no scored pictures under {folder}");
        std::process::exit(1);
    }
    let fingers: std::collections::BTreeSet<&String> = rows.iter().map(|row| &row.finger).collect();
    let mut predicted = Vec::new();
    for finger in fingers {
        let weights = fitted(rows.iter().filter(|row| row.finger != *finger));
        predicted.extend(
            rows.iter().filter(|row| row.finger == *finger).map(|row| (answer(&weights, row), row.reference)),
        );
    }
    let error =
        predicted.iter().map(|(ours, theirs)| (ours - theirs).abs()).sum::<f64>() / predicted.len() as f64;
    println!(
        "{} pictures; left-out finger: rank correlation {:.3}, mean absolute difference {error:.1}",
        rows.len(),
        spearman(&predicted)
    );
    for threshold in [20.0, 30.0, 40.0, 50.0] {
        let same =
            predicted.iter().filter(|(ours, theirs)| (*ours >= threshold) == (*theirs >= threshold)).count();
        println!("same decision at {threshold}: {:.1} %", 100.0 * same as f64 / predicted.len() as f64);
    }
    let weights = fitted(rows.iter());
    println!(
        "QUALITY_WEIGHTS = {:.1?}; QUALITY_BIAS = {:.1}",
        &weights[..weights.len() - 1],
        weights[weights.len() - 1]
    );
}

fn rows(folder: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(folder.join("nfiq2_reference.csv")).unwrap_or_default();
    let mut rows = Vec::new();
    for line in text.lines().skip(1) {
        let columns: Vec<&str> = line.split(',').collect();
        let (Some(&set), Some(&name), Some(Ok(reference))) =
            (columns.first(), columns.get(1), columns.get(4).map(|score| score.parse::<f64>()))
        else {
            continue;
        };
        if !set.starts_with("fvc") {
            continue;
        }
        let Ok(bytes) = std::fs::read(folder.join(set).join(name)) else { continue };
        let Ok(image) = matcher::codec::decode(&bytes, 500) else { continue };
        let quality = matcher::quality(&image);
        if quality.judged().is_some() {
            let inputs = inputs(&quality.measures).iter().map(|&value| f64::from(value)).collect();
            let finger = format!("{set}/{}", name.split('_').next().unwrap_or_default());
            rows.push(Row { finger, inputs, reference });
        }
    }
    rows
}

fn answer(weights: &[f64], row: &Row) -> f64 {
    let bias = weights.last().copied().unwrap_or(0.0);
    bias + row.inputs.iter().zip(weights).map(|(input, weight)| input * weight).sum::<f64>()
}

/// Coordinate descent on squared error with a small ridge and non-negative weights; the last value is the bias.
fn fitted<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> Vec<f64> {
    let count = rows.clone().count() as f64;
    let inputs = rows.clone().next().map_or(0, |row| row.inputs.len());
    let mut weights = vec![0.0; inputs + 1];
    for _ in 0..3000 {
        let residual = |weights: &[f64], row: &Row| row.reference - answer(weights, row);
        let shift = rows.clone().map(|row| residual(&weights, row)).sum::<f64>() / count;
        weights[inputs] += shift;
        for input in 0..inputs {
            let (mut dot, mut square) = (0.0, 0.02);
            for row in rows.clone() {
                dot += row.inputs[input] * (residual(&weights, row) + weights[input] * row.inputs[input]);
                square += row.inputs[input] * row.inputs[input];
            }
            weights[input] = (dot / square).max(0.0);
        }
    }
    weights
}

fn spearman(pairs: &[(f64, f64)]) -> f64 {
    let ranks = |side: &dyn Fn(&(f64, f64)) -> f64| {
        let mut places: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for (index, pair) in pairs.iter().enumerate() {
            places.entry((side(pair) * 1e6) as i64).or_default().push(index);
        }
        let (mut ranks, mut next) = (vec![0.0; pairs.len()], 0.0);
        for same in places.values() {
            for &index in same {
                ranks[index] = next + (same.len() as f64 - 1.0) / 2.0;
            }
            next += same.len() as f64;
        }
        ranks
    };
    let (x, y) = (ranks(&|pair| pair.0), ranks(&|pair| pair.1));
    let mean = (pairs.len() as f64 - 1.0) / 2.0;
    let moment = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    moment(&x, &y) / (moment(&x, &x) * moment(&y, &y)).sqrt().max(1e-12)
}
