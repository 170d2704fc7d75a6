//! Fits the weights of the evidence and tells, cross-validated over fingers, what they are worth.
//!
//! `cargo run --release -p matcher --example fit_evidence -- ../shared/data/fvc2002_db1_b ...`
//!
//! Logistic regression with both classes weighing the same, so that the sum is a log likelihood ratio. Each fold
//! leaves out one finger number in all sets: no pair that touches it is trained on. Failed extractions score lowest.
//! Prints pooled error rates on left-out fingers, the calibration of the tail, ten-finger fusion, and the weights
//! that belong into `parameters.rs`. The choice of placement depends on the weights, so run it until they settle.

use std::collections::BTreeMap;
use std::path::Path;

use matcher::accuracy::Scores;
use matcher::compare::{EVIDENCE, Evidence, Prepared};
use matcher::decision;

struct Pair {
    set: usize,
    a: (u32, u32),
    b: (u32, u32),
    evidence: Option<Evidence>,
}

type Weights = [f64; EVIDENCE + 1];

fn main() {
    let folders: Vec<String> = std::env::args().skip(1).collect();
    let mut pairs = Vec::new();
    for (set, folder) in folders.iter().enumerate() {
        let prints = prints(Path::new(folder));
        for (&a, print) in &prints {
            for (&b, other) in prints.range(a..).skip(1) {
                let evidence = print.as_ref().zip(other.as_ref()).map(|(a, b)| a.compare(b).evidence);
                pairs.push(Pair { set, a, b, evidence });
            }
        }
    }
    if pairs.is_empty() {
        eprintln!("usage: fit_evidence FOLDER... (FFF_I.png each)");
        std::process::exit(2);
    }
    let mut answers = vec![0.0f64; pairs.len()];
    for fold in 0..10 {
        let left_out = |finger: u32| finger % 10 == fold;
        let weights = fitted(pairs.iter().filter(|pair| !left_out(pair.a.0) && !left_out(pair.b.0)));
        for (answer, pair) in answers.iter_mut().zip(&pairs).filter(|(_, pair)| left_out(pair.a.0)) {
            *answer = log10_ratio(&weights, pair);
        }
    }
    report(&folders, &pairs, &answers, "fingers");
    fusion(&pairs, &answers);
    println!("\nthe same with weights from the other sets only:");
    for set in 0..folders.len() {
        let weights = fitted(pairs.iter().filter(|pair| pair.set != set));
        for (answer, pair) in answers.iter_mut().zip(&pairs).filter(|(_, pair)| pair.set == set) {
            *answer = log10_ratio(&weights, pair);
        }
    }
    report(&folders, &pairs, &answers, "sets");
    let weights = fitted(pairs.iter());
    println!("EVIDENCE_WEIGHTS = {:.3?};\nEVIDENCE_BIAS = {:.3};", &weights[..EVIDENCE], weights[EVIDENCE]);
}

fn prints(folder: &Path) -> BTreeMap<(u32, u32), Option<Prepared>> {
    let mut out = BTreeMap::new();
    for (finger, impression) in
        (101..=110).flat_map(|finger| (1..=8).map(move |impression| (finger, impression)))
    {
        let path = folder.join(format!("{finger}_{impression}.png"));
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let Ok(image) = matcher::codec::decode(&bytes, 500) else { continue };
        out.insert(
            (finger, impression),
            matcher::extract(&image).ok().map(|template| Prepared::new(&template)),
        );
    }
    out
}

fn sum(weights: &Weights, evidence: &Evidence) -> f64 {
    let parts = evidence.iter().zip(weights).map(|(value, weight)| f64::from(*value) * weight);
    parts.sum::<f64>() + weights[EVIDENCE]
}

fn log10_ratio(weights: &Weights, pair: &Pair) -> f64 {
    pair.evidence.as_ref().map_or(-99.0, |evidence| sum(weights, evidence) / std::f64::consts::LN_10)
}

/// Newton steps on the weighted log loss with a little ridge.
fn fitted<'a>(pairs: impl Iterator<Item = &'a Pair>) -> Weights {
    let rows: Vec<([f64; EVIDENCE + 1], bool)> = pairs
        .filter_map(|pair| {
            let evidence = pair.evidence.as_ref()?;
            let row = core::array::from_fn(|i| evidence.get(i).map_or(1.0, |value| f64::from(*value)));
            Some((row, pair.a.0 == pair.b.0))
        })
        .collect();
    let genuine = rows.iter().filter(|row| row.1).count() as f64;
    let share = |same: bool| if same { 0.5 / genuine } else { 0.5 / (rows.len() as f64 - genuine) };
    let loss = |weights: &Weights| {
        let each = rows.iter().map(|(row, same)| {
            let z: f64 = row.iter().zip(weights).map(|(value, weight)| value * weight).sum();
            let z = if *same { -z } else { z };
            share(*same) * if z > 30.0 { z } else { z.exp().ln_1p() }
        });
        each.sum::<f64>() + 0.5e-5 * weights.iter().map(|weight| weight * weight).sum::<f64>()
    };
    let mut weights = [0.0; EVIDENCE + 1];
    for _ in 0..40 {
        let mut gradient = weights.map(|weight| -1e-5 * weight);
        let mut curvature = [[0.0; EVIDENCE + 1]; EVIDENCE + 1];
        (0..=EVIDENCE).for_each(|i| curvature[i][i] = 1e-5);
        for (row, same) in &rows {
            let z: f64 = row.iter().zip(&weights).map(|(value, weight)| value * weight).sum();
            let p = 1.0 / (1.0 + (-z).exp());
            let scale = share(*same);
            for i in 0..=EVIDENCE {
                gradient[i] += scale * (f64::from(u8::from(*same)) - p) * row[i];
                for j in 0..=EVIDENCE {
                    curvature[i][j] += scale * p * (1.0 - p) * row[i] * row[j];
                }
            }
        }
        let step = solved(curvature, gradient);
        // Newton overshoots far from the optimum: halve the step until the loss falls.
        let moved = (0..30).map(|halvings| {
            let part = 0.5f64.powi(halvings);
            core::array::from_fn(|i| weights[i] + part * step[i])
        });
        let here = loss(&weights);
        weights = moved.into_iter().find(|moved| loss(moved) < here).unwrap_or(weights);
    }
    weights
}

fn solved(mut matrix: [[f64; EVIDENCE + 1]; EVIDENCE + 1], mut right: Weights) -> Weights {
    for i in 0..=EVIDENCE {
        let pivot =
            (i..=EVIDENCE).max_by(|&a, &b| matrix[a][i].abs().total_cmp(&matrix[b][i].abs())).unwrap_or(i);
        matrix.swap(i, pivot);
        right.swap(i, pivot);
        for k in 0..=EVIDENCE {
            if k != i {
                let (factor, from) = (matrix[k][i] / matrix[i][i], matrix[i]);
                matrix[k].iter_mut().zip(from).for_each(|(value, other)| *value -= factor * other);
                right[k] -= factor * right[i];
            }
        }
    }
    core::array::from_fn(|i| right[i] / matrix[i][i])
}

fn report(folders: &[String], pairs: &[Pair], answers: &[f64], left_out: &str) {
    let mut pooled = Scores::default();
    for (set, folder) in folders.iter().enumerate() {
        let mut scores = Scores::default();
        for (pair, &answer) in pairs.iter().zip(answers).filter(|(pair, _)| pair.set == set) {
            let side = if pair.a.0 == pair.b.0 { &mut scores.genuine } else { &mut scores.impostor };
            side.push(answer as f32);
        }
        line(folder.rsplit('/').next().unwrap_or_default(), &scores);
        pooled.pool(&scores);
    }
    line(&format!("pooled, left-out {left_out}"), &pooled);
    println!(
        "log10 likelihood ratio from: share of impostors at or above it (a calibrated ratio r has at most 10^-r)"
    );
    for threshold in [-3.0f32, -2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0] {
        let above = pooled.impostor.iter().filter(|&&score| score >= threshold).count();
        let seen = pooled.genuine.iter().filter(|&&score| score >= threshold).count();
        println!(
            "  {threshold:.1}: {above} of {} impostors, {:.1} % of genuine",
            pooled.impostor.len(),
            100.0 * seen as f64 / pooled.genuine.len() as f64
        );
    }
}

fn line(name: &str, scores: &Scores) {
    let rates = [scores.eer(), scores.fnmr_at(1e-2), scores.fnmr_at(1e-3), scores.fnmr_at(1e-4)]
        .map(|rate| 100.0 * rate);
    println!(
        "{name:<26} EER {:>5.2}  FNMR at FMR 1e-2 {:>5.2}  1e-3 {:>5.2}  1e-4 {:>5.2}",
        rates[0], rates[1], rates[2], rates[3]
    );
}

/// Ten fingers as one person: genuine = two impressions of all ten; impostor = each finger against the finger
/// `shift` further on, so that no finger meets its own.
fn fusion(pairs: &[Pair], answers: &[f64]) {
    let mut table = BTreeMap::new();
    for (pair, &answer) in pairs.iter().zip(answers) {
        table.insert((pair.set, pair.a, pair.b), answer as f32);
        table.insert((pair.set, pair.b, pair.a), answer as f32);
    }
    let sets = pairs.iter().map(|pair| pair.set).max().unwrap_or(0) + 1;
    let (mut genuine, mut impostor) = (Vec::new(), Vec::new());
    for set in 0..sets {
        for (i, j) in (1..=8u32).flat_map(|i| (1..=8u32).map(move |j| (i, j))) {
            for shift in 0..10u32 {
                if (shift == 0 && i >= j) || shift > 5 {
                    continue;
                }
                let fingers =
                    (0..10u32).filter_map(|f| table.get(&(set, (101 + f, i), (101 + (f + shift) % 10, j))));
                let score = decision::fuse(fingers.copied());
                if shift == 0 { genuine.push(score) } else { impostor.push(score) }
            }
        }
    }
    genuine.sort_by(f32::total_cmp);
    impostor.sort_by(f32::total_cmp);
    let (Some(low), Some(high)) = (genuine.first(), impostor.last()) else { return };
    println!(
        "ten fingers fused: {} genuine from {low:.1} (median {:.1}), {} impostor up to {high:.1} (median {:.1})",
        genuine.len(),
        genuine[genuine.len() / 2],
        impostor.len(),
        impostor[impostor.len() / 2],
    );
}
