//! Measures advice on generated defects with known cause.
//!
//! `cargo run --release -p matcher --example measure_advice -- 40`
//!
//! Prints the tables of `docs/reference/advice.md`: how often the right cause is named first, what is named instead, and
//! the median (10 %, 90 %) of every measure per cause, from which the thresholds were taken. Draws with an even number
//! are for choosing thresholds; the share is counted on the odd ones.

#[path = "../tests/support/defects.rs"]
mod defects;

use std::collections::BTreeMap;

use matcher::advice::{Facts, advise_print, code, facts};

fn main() {
    let each: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(40);
    let crowd = defects::crowd();
    println!("| drawn | right first | named first |\n|---|---|---|");
    let mut measures = Vec::new();
    for (cause, (name, expect)) in defects::CAUSES.iter().enumerate() {
        let mut named: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut right, mut counted) = (0, 0);
        let mut seen: Vec<Facts> = Vec::new();
        for number in 0..2 * each {
            let image = defects::spoiled(&crowd, cause, number);
            if number % 2 == 0 {
                seen.extend(facts(&image));
                continue;
            }
            let first = advise_print(&image).causes.first().map(|cause| cause.kind);
            *named.entry(first.map_or("nothing", code)).or_default() += 1;
            counted += 1;
            right += usize::from(first == *expect);
        }
        println!("| {name} | {right} of {counted} | {named:?} |");
        measures.push((*name, seen));
    }
    println!(
        "\n| drawn | area | ink | film | ridge share | breaks | smear | edge | dirt | turn |\n|---|---|---|---|---|---|---|---|---|---|"
    );
    for (name, seen) in &measures {
        let columns: [fn(&Facts) -> f32; 9] = [
            |f| f.area_mm2,
            |f| f.ink,
            |f| f.film,
            |f| f.ridge_share,
            |f| f.ridge_breaks,
            |f| f.smear,
            |f| f.edge_share,
            |f| f.dirt_share,
            |f| f.turn_deg.abs(),
        ];
        let cells = columns.map(|of| {
            let mut values: Vec<f32> = seen.iter().map(of).collect();
            values.sort_by(f32::total_cmp);
            let at = |share: f32| values[(share * (values.len() - 1) as f32) as usize];
            format!("{:.2} ({:.2}, {:.2})", at(0.5), at(0.1), at(0.9))
        });
        println!("| {name} | {} |", cells.join(" | "));
    }
}
