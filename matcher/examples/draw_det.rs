//! Detection error trade-off curves and the accuracy table, from the scores `matcher evaluate` wrote.
//!
//! ```text
//! matcher evaluate SET... --scores scores.csv
//! cargo run --release -p matcher --example draw_det -- scores.csv docs/reference/accuracy.svg > table.md
//! ```
//!
//! `make accuracy` does both. Only curves and rates come out, nothing of a print. Axes are normal deviates, as DET
//! plots have them, so that normally distributed scores give straight lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use matcher::accuracy::Scores;

fn main() {
    let mut words = std::env::args().skip(1);
    let (Some(scores), Some(svg)) = (words.next(), words.next()) else {
        eprintln!("usage: draw_det SCORES.csv OUT.svg");
        std::process::exit(2);
    };
    let text = std::fs::read_to_string(&scores).unwrap_or_else(|error| stop(&scores, &error));
    let sets = read(&text);
    if sets.is_empty() {
        stop(&scores, &"it has no line of the form set,a,b,score");
    }
    let mut pooled = Scores::default();
    sets.values().for_each(|set| pooled.pool(set));
    let mut curves: Vec<(&str, &Scores)> = sets.iter().map(|(name, set)| (name.as_str(), set)).collect();
    curves.push(("pooled, one threshold", &pooled));
    std::fs::write(&svg, drawn(&curves)).unwrap_or_else(|error| stop(&svg, &error));
    print!("{}", table(&curves));
}

fn stop(path: &str, error: &dyn std::fmt::Display) -> ! {
    eprintln!("{path}: {error}");
    std::process::exit(1)
}

/// Scores by set; a pair is genuine if both names begin with the same finger number.
fn read(text: &str) -> BTreeMap<String, Scores> {
    let mut sets: BTreeMap<String, Scores> = BTreeMap::new();
    for line in text.lines() {
        let mut columns = line.split(',');
        let (Some(set), Some(a), Some(b), Some(score)) =
            (columns.next(), columns.next(), columns.next(), columns.next())
        else {
            continue;
        };
        let Ok(score) = score.trim().parse::<f32>() else { continue };
        let finger = |name: &str| name.split('_').next().map(str::to_owned);
        let scores = sets.entry(set.to_owned()).or_default();
        if finger(a) == finger(b) { scores.genuine.push(score) } else { scores.impostor.push(score) }
    }
    sets
}

fn table(curves: &[(&str, &Scores)]) -> String {
    let mut out = String::from(
        "| set | genuine | impostor | EER % | FNMR % at FMR 1e-2 | 1e-3 | 1e-4 |\n|---|---|---|---|---|---|---|\n",
    );
    for (name, scores) in curves {
        let percent = |rate: f64| 100.0 * rate;
        let _ = writeln!(
            out,
            "| {name} | {} | {} | {:.2} | {:.2} | {:.2} | {:.2} |",
            scores.genuine.len(),
            scores.impostor.len(),
            percent(scores.eer()),
            percent(scores.fnmr_at(1e-2)),
            percent(scores.fnmr_at(1e-3)),
            percent(scores.fnmr_at(1e-4))
        );
    }
    out
}

/// FMR and FNMR at every threshold at which either changes.
fn points(scores: &Scores) -> Vec<(f64, f64)> {
    let (mut genuine, mut impostor) = (scores.genuine.clone(), scores.impostor.clone());
    genuine.sort_by(f32::total_cmp);
    impostor.sort_by(f32::total_cmp);
    let mut thresholds: Vec<f32> = genuine.iter().chain(&impostor).copied().collect();
    thresholds.sort_by(f32::total_cmp);
    thresholds.dedup();
    thresholds
        .into_iter()
        .map(|threshold| {
            let below = |sorted: &[f32]| sorted.partition_point(|&score| score < threshold) as f64;
            let missed = below(&genuine) / genuine.len().max(1) as f64;
            (1.0 - below(&impostor) / impostor.len().max(1) as f64, missed)
        })
        .collect()
}

fn drawn(curves: &[(&str, &Scores)]) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {W} {H}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>Detection error trade-off per set and pooled</title>\n<rect width=\"{W}\" height=\"{H}\" fill=\"#fff\"/>\n"
    );
    for rate in TICKS {
        let (x, y) = (across(rate), down(rate));
        let words = if rate < 1e-3 { "0.01".to_owned() } else { format!("{}", rate * 100.0) };
        let _ = write!(
            out,
            "<path d=\"M{x:.1} {TOP}V{BOTTOM}M{LEFT} {y:.1}H{RIGHT}\" stroke=\"#d5d9e0\" fill=\"none\"/>\n\
             <text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\" fill=\"#333\">{words}</text>\n\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#333\">{words}</text>\n",
            BOTTOM + 18.0,
            LEFT - 8.0,
            y + 4.0
        );
    }
    let _ = write!(
        out,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#111\">false-match rate, %</text>\n\
         <text transform=\"translate(16 {}) rotate(-90)\" text-anchor=\"middle\" fill=\"#111\">false-non-match rate, %</text>\n",
        (LEFT + RIGHT) / 2.0,
        BOTTOM + 38.0,
        (TOP + BOTTOM) / 2.0
    );
    for (number, (name, scores)) in curves.iter().enumerate() {
        let pooled = number + 1 == curves.len();
        let (colour, width) = if pooled { ("#111111", 2.5) } else { (COLOURS[number % COLOURS.len()], 1.5) };
        let mut path = String::new();
        let mut last = (f64::MAX, f64::MAX);
        for (fmr, fnmr) in points(scores) {
            let (x, y) = (across(fmr), down(fnmr));
            // Steps too small to be seen are left out.
            if (x - last.0).abs().max((y - last.1).abs()) < 1.0 {
                continue;
            }
            let step = if path.is_empty() { 'M' } else { 'L' };
            let _ = write!(path, "{step}{x:.1} {y:.1}");
            last = (x, y);
        }
        let y = TOP + 16.0 + 18.0 * number as f64;
        let _ = write!(
            out,
            "<path d=\"{path}\" stroke=\"{colour}\" stroke-width=\"{width}\" fill=\"none\"/>\n\
             <path d=\"M{} {}h26\" stroke=\"{colour}\" stroke-width=\"{width}\"/><text x=\"{}\" y=\"{y:.1}\" fill=\"#111\">{name}</text>\n",
            RIGHT - 190.0,
            y - 4.0,
            RIGHT - 158.0
        );
    }
    out.push_str("</svg>\n");
    out
}

fn across(rate: f64) -> f64 {
    LEFT + (RIGHT - LEFT) * share(rate)
}

fn down(rate: f64) -> f64 {
    BOTTOM - (BOTTOM - TOP) * share(rate)
}

/// Place of a rate on an axis from 0.01 % to 40 %, by normal deviate; beyond, the edge.
fn share(rate: f64) -> f64 {
    let (low, high) = (deviate(TICKS[0]), deviate(TICKS[TICKS.len() - 1]));
    ((deviate(rate.clamp(1e-9, 1.0 - 1e-9)) - low) / (high - low)).clamp(0.0, 1.0)
}

/// The normal deviate of a probability, by halving: exact enough for a drawing.
fn deviate(probability: f64) -> f64 {
    let (mut low, mut high) = (-7.0, 7.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if normal(middle) < probability { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// The normal distribution function, by Simpson's rule from -8.
fn normal(x: f64) -> f64 {
    let density = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let steps = 400;
    let h = (x + 8.0) / f64::from(steps);
    let inner: f64 =
        (1..steps).map(|i| if i % 2 == 1 { 4.0 } else { 2.0 } * density(-8.0 + h * f64::from(i))).sum();
    h / 3.0 * (density(-8.0) + inner + density(x))
}

const W: f64 = 640.0;
const H: f64 = 560.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 624.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 504.0;
const TICKS: [f64; 9] = [1e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.4];
const COLOURS: [&str; 6] = ["#1f6fb4", "#c1440e", "#2b8a3e", "#7b3fa0", "#b8860b", "#0b7285"];
