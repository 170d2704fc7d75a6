//! The plain subcommands: extract, compare.

use std::path::PathBuf;

use clap::ValueEnum;
use matcher::Finger;
use matcher::exchange::{Format, Print, Record};
use serde_json::json;

use crate::expert;
use crate::files::{self, Outcome};

#[derive(Clone, Copy, ValueEnum)]
enum FormatName {
    Own,
    Iso2005,
    Iso2011,
    Incits2004,
    Incits2009,
}

impl FormatName {
    fn record(self) -> Option<Format> {
        match self {
            Self::Own => None,
            Self::Iso2005 => Some(Format::Iso2005),
            Self::Iso2011 => Some(Format::Iso2011),
            Self::Incits2004 => Some(Format::Incits2004),
            Self::Incits2009 => Some(Format::Incits2009),
        }
    }
}

#[derive(clap::Args)]
pub(crate) struct ExtractArguments {
    /// Picture of one print, or a template or minutiae record that is to be written in another format.
    image: PathBuf,
    /// Where the template goes.
    #[arg(short, long)]
    output: PathBuf,
    /// own: our compact template; others: a minutiae record for exchange, without what only our own holds.
    #[arg(long, value_enum, default_value_t = FormatName::Own)]
    format: FormatName,
    /// Finger position a record states, FGP code 1 to 10.
    #[arg(long)]
    finger: Option<u8>,
    /// Resolution when the file states none.
    #[arg(long, default_value_t = 500)]
    ppi: u32,
}

pub(crate) fn extract(arguments: &ExtractArguments) -> Outcome<()> {
    let template = files::template(&arguments.image, arguments.ppi)?;
    let finger = match arguments.finger {
        Some(fgp) => Some(Finger::from_fgp(fgp).ok_or(format!("--finger {fgp}: not 1 to 10"))?),
        None => None,
    };
    let bytes = match arguments.format.record() {
        None => template.to_bytes(),
        Some(format) => Record::of(&[Print { finger, quality: None, template: &template }], format)
            .and_then(|record| record.to_bytes())
            .map_err(|error| error.to_string())?,
    };
    files::write(&arguments.output, &bytes)?;
    println!("{} minutiae", template.minutiae().len());
    Ok(())
}

#[derive(clap::Args)]
pub(crate) struct CompareArguments {
    /// Picture or template.
    first: PathBuf,
    /// Picture or template.
    second: PathBuf,
    /// Resolution when a file states none.
    #[arg(long, default_value_t = 500)]
    ppi: u32,
    /// One JSON object, with every pair.
    #[arg(long)]
    json: bool,
    /// Draw both prints with the paired minutiae numbered, for the expert who verifies a hit.
    #[arg(long, value_name = "OUT.png")]
    explain: Option<PathBuf>,
}

pub(crate) fn compare(arguments: &CompareArguments) -> Outcome<()> {
    let first = files::template(&arguments.first, arguments.ppi)?;
    let second = files::template(&arguments.second, arguments.ppi)?;
    let answer = matcher::compare(&first, &second);
    if let Some(path) = &arguments.explain {
        let paths = [arguments.first.as_path(), arguments.second.as_path()];
        expert::draw(paths, arguments.ppi, [&first, &second], &answer, path)?;
    }
    let ratio = answer.likelihood_ratio_log10;
    if arguments.json {
        println!(
            "{}",
            json!({ "score": answer.score, "likelihood_ratio_log10": ratio, "paired": answer.paired.len(),
                    "false_match_rate_log10": matcher::decision::false_match_rate_log10(ratio),
                    "pairs": expert::pairs(&first, &second, &answer) })
        );
        return Ok(());
    }
    println!("{:.2}", answer.score);
    println!(
        "{}; log10 likelihood ratio {ratio:.2}, {} minutiae paired: {}",
        false_matches_in_words(ratio),
        answer.paired.len(),
        in_words(ratio)
    );
    Ok(())
}

/// A ratio of 10^r is reached by at most one stranger in 10^r, whatever the sensor.
fn false_matches_in_words(likelihood_ratio_log10: f32) -> String {
    if likelihood_ratio_log10 <= 0.0 {
        return "strangers reach this score often".to_owned();
    }
    let one_in = 10f64.powf(f64::from(likelihood_ratio_log10)).round() as u64;
    let bound = if likelihood_ratio_log10 >= matcher::parameters::LLR_LOG10_MAX {
        " (more is not claimed)"
    } else {
        ""
    };
    format!("at most about 1 stranger in {} reaches this score{bound}", thousands(one_in))
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| core::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

fn in_words(likelihood_ratio_log10: f32) -> String {
    let single = matcher::parameters::SINGLE_LLR_LOG10_MATCH_MIN;
    if likelihood_ratio_log10 >= single {
        "the same finger".to_owned()
    } else if likelihood_ratio_log10 > 0.0 {
        "some support for the same finger, not enough to decide".to_owned()
    } else {
        "nothing speaks for the same finger".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn false_match_rates_are_said_in_words() {
        for (ratio, expect) in [
            (-2.0, "strangers reach this score often"),
            (3.0, "at most about 1 stranger in 1,000 reaches this score"),
            (6.5, "at most about 1 stranger in 3,162,278 reaches this score"),
            (8.0, "at most about 1 stranger in 100,000,000 reaches this score (more is not claimed)"),
        ] {
            assert_eq!(false_matches_in_words(ratio), expect);
        }
    }
}
