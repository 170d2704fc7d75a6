//! `matcher quality --compare`: our native measures beside the reference's, per measure and set, as Markdown.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use matcher::quality::native::native_measures;

use crate::files::{self, Outcome};

/// Largest relative difference that counts as the same; the reference table has ten digits.
const SAME: f64 = 1e-6;

/// One measure in one set.
#[derive(Default)]
struct Tally {
    prints: usize,
    same: usize,
    ours: f64,
    theirs: f64,
    largest: f64,
}

#[derive(Default)]
struct Found {
    /// By measure, then set.
    tallies: BTreeMap<String, BTreeMap<String, Tally>>,
    differing: Vec<String>,
    refusals: Vec<String>,
    judged: usize,
}

/// The tables for a reference CSV; the prints lie in folders beside it.
pub(crate) fn tables(table: &Path) -> Outcome<String> {
    let text = String::from_utf8(files::read(table)?).map_err(|error| files::unreadable(table, &error))?;
    let folder = table.parent().unwrap_or(Path::new("."));
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let mut found = Found::default();
    for line in lines {
        let row: BTreeMap<&str, &str> = head.iter().copied().zip(line.split(',')).collect();
        let (Some(set), Some(name)) = (row.get("set"), row.get("image")) else {
            return Err(files::unreadable(table, &"it has no columns set and image"));
        };
        one_print(&folder.join(set).join(name), set, name, &row, &mut found)?;
    }
    Ok(written(&head, &found))
}

fn one_print(
    path: &Path,
    set: &str,
    name: &str,
    row: &BTreeMap<&str, &str>,
    found: &mut Found,
) -> Outcome<()> {
    let mut image = files::image(path, 500)?;
    // The reference was told 500 ppi for every picture.
    image.resolution_ppi = 500;
    let measured = native_measures(&image);
    let refused = row.get("score").is_none_or(|score| score.is_empty());
    let measured = match (measured, refused) {
        (Ok(measured), false) => measured,
        (ours, _) => {
            let theirs = if refused { "refused" } else { "scored" };
            let ours = ours.err().map_or("measured", matcher::CannotJudge::name);
            found.refusals.push(format!("| {set} | {name} | {theirs} | {ours} |"));
            return Ok(());
        }
    };
    found.judged += 1;
    for (measure, ours) in measured.named() {
        let Some(theirs) = row.get(measure).and_then(|value| value.parse::<f64>().ok()) else { continue };
        let apart = (ours - theirs).abs();
        let relative = if theirs == 0.0 { apart } else { apart / theirs.abs() };
        let tally = found.tallies.entry(measure.to_owned()).or_default().entry(set.to_owned()).or_default();
        tally.prints += 1;
        tally.ours += ours;
        tally.theirs += theirs;
        tally.largest = tally.largest.max(relative);
        if relative <= SAME {
            tally.same += 1;
        } else {
            found.differing.push(format!("| {set} | {name} | {measure} | {ours:.10} | {theirs:.10} |"));
        }
    }
    Ok(())
}

fn written(head: &[&str], found: &Found) -> String {
    let sets: Vec<&String> =
        found.tallies.values().next().map(|sets| sets.keys().collect()).unwrap_or_default();
    let mut out = format!(
        "{} prints scored by the reference. The same: within {SAME:e} relative (bins: equal).\n\n",
        found.judged
    );
    out.push_str("| measure | the same | largest relative difference |");
    sets.iter().for_each(|set| {
        let _ = write!(out, " {set}: ours / reference (mean) |");
    });
    out.push_str("\n|---|---|---|");
    out.push_str(&"---|".repeat(sets.len()));
    out.push('\n');
    for measure in head.iter().filter(|name| found.tallies.contains_key(**name)) {
        let Some(by_set) = found.tallies.get(*measure) else { continue };
        let prints: usize = by_set.values().map(|tally| tally.prints).sum();
        let same: usize = by_set.values().map(|tally| tally.same).sum();
        let largest = by_set.values().map(|tally| tally.largest).fold(0.0, f64::max);
        let _ = write!(out, "| {measure} | {same} of {prints} | {largest:.1e} |");
        for tally in by_set.values() {
            let count = tally.prints.max(1) as f64;
            let _ = write!(out, " {:.4} / {:.4} |", tally.ours / count, tally.theirs / count);
        }
        out.push('\n');
    }
    let _ = write!(out, "\nValues that differ: {}.\n", found.differing.len());
    if !found.differing.is_empty() {
        out.push_str("\n| set | print | measure | ours | reference |\n|---|---|---|---|---|\n");
        out.push_str(&found.differing.join("\n"));
        out.push('\n');
    }
    out.push_str("\nPrints that one of the two does not measure:\n\n| set | print | reference | ours |\n|---|---|---|---|\n");
    out.push_str(&found.refusals.join("\n"));
    out.push('\n');
    out
}
