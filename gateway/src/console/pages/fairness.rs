//! Three tables of counts and shares, and what they cannot say.

use maud::{Markup, html};

use super::super::Console;
use super::super::fairness::Fairness;
use super::super::guard::Official;
use super::super::language::Language;
use super::{Frame, Place, instant};
use crate::fairness::Row;

/// Exceptions, retakes and rejections by sender, sensor and age band.
pub(crate) fn fairness(console: &Console, official: &Official, seen: &Fairness) -> Markup {
    let t = official.language;
    let title = t.say("nav-fairness");
    let frame = Frame::of(console, official, &title, Place::Fairness);
    let least = number(seen.count_min);
    let senders = seen.senders.iter().map(|row| (row.key.clone(), figures(t, least, row))).collect();
    let sensor = |key: &Option<String>| key.clone().unwrap_or_else(|| t.say("fairness-not-said"));
    let sensors = seen.sensors.iter().map(|row| (sensor(&row.key), figures(t, least, row))).collect();
    let band = |key: &str| {
        if key == "unknown" {
            t.say("fairness-not-said")
        } else {
            t.fill("fairness-years", &[("band", key.into())])
        }
    };
    let bands = seen.age_bands.iter().map(|row| (band(row.key.as_str()), figures(t, least, row))).collect();
    frame.page(&html! {
        div.lead {
            h1 { (title) }
            p { (t.say("fairness-text")) }
            p { (t.fill("fairness-hidden", &[("count", least.into())])) }
            p { (t.say("fairness-limits")) }
            p.asof { (t.say("as-of")) " " (instant(console, t, seen.as_of)) ". " (t.say("fairness-since")) " " (instant(console, t, seen.since)) "." }
        }
        @if seen.senders.is_empty() {
            div.empty { p { strong { (t.say("fairness-none")) } } }
        } @else {
            (table(t, "fairness-by-band", bands))
            (table(t, "fairness-by-sender", senders))
            (table(t, "fairness-by-sensor", sensors))
        }
    })
}

/// The four figures of a row, in words.
type Cells = [String; 4];

fn table(t: Language, key: &str, rows: Vec<(String, Cells)>) -> Markup {
    html! {
        table.interfaces.fairness {
            caption { (t.say(key)) }
            thead {
                tr {
                    th scope="col" { (t.say(&format!("{key}-column"))) }
                    @for column in ["fairness-submissions", "fairness-exceptions", "fairness-retakes", "fairness-rejections"] {
                        th scope="col" { (t.say(column)) }
                    }
                }
            }
            tbody {
                @for (name, cells) in rows {
                    tr { th scope="row" { (name) } @for cell in cells { td { (cell) } } }
                }
            }
        }
    }
}

fn figures<K>(t: Language, least: usize, row: &Row<K>) -> Cells {
    let hidden = || t.fill("fairness-few", &[("count", least.into())]);
    let share = |part: Option<u64>| match (part, row.submissions) {
        (Some(part), Some(all)) if all > 0 => format!("{part} ({} %)", (part * 200 + all) / (all * 2)),
        (Some(part), _) => part.to_string(),
        (None, _) => hidden(),
    };
    [
        row.submissions.map_or_else(hidden, |count| count.to_string()),
        share(row.exceptions),
        share(row.retakes),
        share(row.rejections),
    ]
}

fn number(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
