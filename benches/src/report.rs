//! What a race found, as Markdown for people, CSV to keep, JSON for scripts.

use std::fmt::Write;

use jiff::Timestamp;
use serde::Serialize;

use crate::{Laps, Part, Summary, machine::Machine};

/// The figures of one race.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// What was measured.
    pub title: String,
    /// When it began.
    pub measured_at: Timestamp,
    /// What it ran on.
    pub machine: Machine,
    /// One row per part.
    pub rows: Vec<Row>,
    /// What a reader must know, and what was skipped.
    pub notes: Vec<String>,
}

/// The figures of one part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The part.
    pub part: String,
    /// How many times it was timed.
    pub samples: usize,
    /// Shortest time, milliseconds.
    pub min_ms: f64,
    /// Median.
    pub p50_ms: f64,
    /// 99th percentile by nearest rank.
    pub p99_ms: f64,
    /// Longest time.
    pub max_ms: f64,
    /// Distance of the quartiles as a share of the median.
    pub spread: f64,
    /// Bytes handled each time.
    pub bytes: Option<u64>,
    /// Millions of these bytes a second, at the median.
    pub mb_per_s: Option<f64>,
    /// What it is set against.
    pub against: Option<String>,
    /// Median divided by the median of that, both from this run.
    pub ratio: Option<f64>,
}

impl Report {
    /// The parts of `laps` as rows; `against` names for a part the other part or parts (their medians are added) that
    /// it is set against.
    #[must_use]
    pub fn new(title: &str, measured_at: Timestamp, laps: &Laps, against: &[(&str, &[&str])]) -> Self {
        let summaries: Vec<(&Part, Summary)> =
            laps.parts().iter().filter_map(|part| Some((part, part.samples.summary()?))).collect();
        let median_of = |name: &str| {
            summaries.iter().find(|(part, _)| part.name == name).map(|(_, summary)| millis(summary.p50))
        };
        let rows = summaries
            .iter()
            .map(|(part, summary)| {
                let floor = against.iter().find(|(name, _)| *name == part.name).map(|(_, floor)| *floor);
                let floor_ms: Option<f64> =
                    floor.and_then(|names| names.iter().map(|name| median_of(name)).sum());
                let ratio = floor_ms.filter(|floor| *floor > 0.0).map(|floor| millis(summary.p50) / floor);
                Row {
                    part: part.name.clone(),
                    samples: summary.count,
                    min_ms: millis(summary.min),
                    p50_ms: millis(summary.p50),
                    p99_ms: millis(summary.p99),
                    max_ms: millis(summary.max),
                    spread: summary.spread,
                    bytes: part.bytes,
                    mb_per_s: part
                        .bytes
                        .filter(|_| !summary.p50.is_zero())
                        .map(|bytes| bytes as f64 / summary.p50.as_secs_f64() / 1e6),
                    against: ratio.and(floor).map(|names| names.join(" + ")),
                    ratio,
                }
            })
            .collect();
        Self { title: title.to_owned(), measured_at, machine: Machine::now(), rows, notes: Vec::new() }
    }

    /// A page for people.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!(
            "## {}\n\nMeasured {}: {}.\n\n",
            self.title,
            self.measured_at.strftime("%Y-%m-%d %H:%M UTC"),
            self.machine.words()
        );
        let mut lines = vec![MARKDOWN_HEAD.map(str::to_owned).to_vec()];
        lines.extend(self.rows.iter().map(|row| row.cells().to_vec()));
        let widths: Vec<usize> = (0..MARKDOWN_HEAD.len())
            .map(|column| {
                lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max()
            })
            .map(Option::unwrap_or_default)
            .collect();
        for (index, line) in lines.iter().enumerate() {
            push_line(&mut text, line, &widths);
            if index == 0 {
                push_rule(&mut text, &widths);
            }
        }
        for note in &self.notes {
            let _ = write!(text, "\n- {note}");
        }
        if !self.notes.is_empty() {
            text.push('\n');
        }
        text
    }

    /// One line per part, with the head line first.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut text = format!("{CSV_HEAD}\n");
        for row in &self.rows {
            let optional = |value: Option<String>| value.unwrap_or_default();
            let fields = [
                self.measured_at.to_string(),
                csv_field(&row.part),
                row.samples.to_string(),
                format!("{:.6}", row.min_ms),
                format!("{:.6}", row.p50_ms),
                format!("{:.6}", row.p99_ms),
                format!("{:.6}", row.max_ms),
                format!("{:.4}", row.spread),
                optional(row.bytes.map(|bytes| bytes.to_string())),
                optional(row.mb_per_s.map(|rate| format!("{rate:.3}"))),
                csv_field(row.against.as_deref().unwrap_or_default()),
                optional(row.ratio.map(|ratio| format!("{ratio:.4}"))),
                self.machine.cores.to_string(),
                optional(self.machine.memory_mib.map(|mib| mib.to_string())),
                optional(self.machine.load_1_min.map(|load| load.to_string())),
            ];
            text.push_str(&fields.join(","));
            text.push('\n');
        }
        text
    }

    /// Everything, for scripts.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Plain numbers and text always have a JSON form.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl Row {
    fn cells(&self) -> [String; 10] {
        let time = |ms: f64| {
            let decimals = match ms {
                ms if ms >= 100.0 => 0,
                ms if ms >= 1.0 => 2,
                _ => 4,
            };
            format!("{ms:.decimals$}")
        };
        let ratio = match (&self.ratio, &self.against) {
            (Some(ratio), Some(against)) => format!("{} × {against}", significant(*ratio)),
            _ => String::new(),
        };
        [
            self.part.clone(),
            self.samples.to_string(),
            time(self.min_ms),
            time(self.p50_ms),
            time(self.p99_ms),
            time(self.max_ms),
            format!("{:.0} %", self.spread * 100.0),
            self.bytes.map(|bytes| bytes.to_string()).unwrap_or_default(),
            self.mb_per_s.map(significant).unwrap_or_default(),
            ratio,
        ]
    }
}

fn push_line(text: &mut String, cells: &[String], widths: &[usize]) {
    let last = cells.len().saturating_sub(1);
    text.push('|');
    for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let _ = if column == 0 || column == last {
            write!(text, " {cell:<width$} |")
        } else {
            write!(text, " {cell:>width$} |")
        };
    }
    text.push('\n');
}

fn push_rule(text: &mut String, widths: &[usize]) {
    let last = widths.len().saturating_sub(1);
    text.push('|');
    for (column, width) in widths.iter().enumerate() {
        let end = if column == 0 || column == last { "-" } else { ":" };
        let _ = write!(text, "{}{end}|", "-".repeat(width + 1));
    }
    text.push('\n');
}

/// Two digits that say something, without pretending to more.
fn significant(ratio: f64) -> String {
    match ratio {
        ratio if ratio >= 10.0 => format!("{ratio:.0}"),
        ratio if ratio >= 1.0 => format!("{ratio:.1}"),
        ratio if ratio >= 0.1 => format!("{ratio:.2}"),
        ratio => format!("{ratio:.4}"),
    }
}

fn csv_field(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn millis(time: std::time::Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

const MARKDOWN_HEAD: [&str; 10] = [
    "part",
    "samples",
    "min ms",
    "p50 ms",
    "p99 ms",
    "max ms",
    "spread",
    "bytes",
    "MB/s",
    "ratio of medians",
];
const CSV_HEAD: &str = "measured_at,part,samples,min_ms,p50_ms,p99_ms,max_ms,spread,bytes,mb_per_s,against,ratio,cores,memory_mib,load_1_min";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn report() -> Report {
        let mut laps = Laps::default();
        for (seal, disk) in [(2, 1), (4, 2), (3, 1)] {
            laps.add("seal, twice", Duration::from_millis(seal));
            laps.add("disk", Duration::from_millis(disk));
        }
        laps.add("memcpy", Duration::from_micros(500));
        laps.set_bytes("disk", 4096);
        let against: &[(&str, &[&str])] =
            &[("seal, twice", &["disk", "memcpy"]), ("memcpy", &["not measured"])];
        let mut report = Report::new("A race", Timestamp::UNIX_EPOCH, &laps, against);
        report.machine = Machine {
            cores: 2,
            memory_mib: Some(1024),
            architecture: "x86_64",
            load_1_min: Some(0.5),
            optimised: true,
        };
        report.notes.push("SKIPPED: the moon".to_owned());
        report
    }

    #[test]
    fn people_read_a_table() {
        assert_eq!(
            report().to_markdown(),
            "## A race\n\n\
             Measured 1970-01-01 00:00 UTC: 2 cores, 1 GiB of memory, x86_64, load 0.5 over the last minute.\n\n\
             | part        | samples | min ms | p50 ms | p99 ms | max ms | spread | bytes | MB/s | ratio of medians    |\n\
             |-------------|--------:|-------:|-------:|-------:|-------:|-------:|------:|-----:|---------------------|\n\
             | seal, twice |       3 |   2.00 |   3.00 |   4.00 |   4.00 |   67 % |       |      | 2.0 × disk + memcpy |\n\
             | disk        |       3 |   1.00 |   1.00 |   2.00 |   2.00 |  100 % |  4096 |  4.1 |                     |\n\
             | memcpy      |       1 | 0.5000 | 0.5000 | 0.5000 | 0.5000 |    0 % |       |      |                     |\n\
             \n- SKIPPED: the moon\n"
        );
    }

    #[test]
    fn scripts_read_lines() {
        assert_eq!(
            report().to_csv(),
            "measured_at,part,samples,min_ms,p50_ms,p99_ms,max_ms,spread,bytes,mb_per_s,against,ratio,cores,memory_mib,load_1_min\n\
             1970-01-01T00:00:00Z,\"seal, twice\",3,2.000000,3.000000,4.000000,4.000000,0.6667,,,disk + memcpy,2.0000,2,1024,0.5\n\
             1970-01-01T00:00:00Z,disk,3,1.000000,1.000000,2.000000,2.000000,1.0000,4096,4.096,,,2,1024,0.5\n\
             1970-01-01T00:00:00Z,memcpy,1,0.500000,0.500000,0.500000,0.500000,0.0000,,,,,2,1024,0.5\n"
        );
    }

    #[test]
    fn json_holds_the_same() {
        let json: serde_json::Value = serde_json::from_str(&report().to_json()).expect("JSON");
        assert_eq!(json["rows"][0]["ratio"], 2.0);
        assert_eq!(json["rows"][2]["against"], serde_json::Value::Null);
        assert_eq!(json["machine"]["cores"], 2);
        assert_eq!(json["notes"][0], "SKIPPED: the moon");
    }

    #[test]
    fn ratios_keep_two_digits() {
        let check = |ratio, expect| assert_eq!(significant(ratio), expect);
        check(123.4, "123");
        check(12.34, "12");
        check(1.234, "1.2");
        check(0.1234, "0.12");
        check(0.01234, "0.0123");
    }
}
