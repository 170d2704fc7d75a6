//! `matcher quality`: a score and its reasons for single prints, by our own figure or by the site's reference engine.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use matcher::quality::native::{ACTIONABLE_COLUMNS, MEASURE_COLUMNS, NativeMeasures, OWN_COLUMNS};
use matcher::quality::reference::{self, ReferenceAnswer};
use matcher::quality::{AgeBand, Full};
use matcher::{CannotJudge, Counsel, Image};
use serde_json::json;

use crate::files::{self, Outcome};
use crate::quality_comparison;

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum EngineName {
    /// Our own figure: live guidance, and sites without the reference. Never NFIQ.
    Own,
    /// The nfiq2 executable installed here, by --nfiq2 and --nfiq2-sha256.
    Nfiq2,
}

#[derive(clap::Args)]
#[command(
    after_help = "The CSV has the columns of NFIQ 2's own output. Columns that rest on its minutiae extractor \
    are empty with --engine own; ours stand at the end under names of their own (Own_...)."
)]
pub(crate) struct Arguments {
    /// Pictures of single prints: PNG, WSQ, TIFF, JPEG 2000, PGM.
    #[arg(required_unless_present = "compare")]
    images: Vec<PathBuf>,
    /// Resolution when a file states none.
    #[arg(long, default_value_t = 500)]
    ppi: u32,
    /// Which score.
    #[arg(long, value_enum, default_value_t = EngineName::Own)]
    engine: EngineName,
    /// The nfiq2 executable, for --engine nfiq2.
    #[arg(long, value_name = "FILE")]
    nfiq2: Option<PathBuf>,
    /// Its approved SHA-256 digest.
    #[arg(long, value_name = "HEX")]
    nfiq2_sha256: Option<String>,
    /// Its version, which decides the product identifier.
    #[arg(long, value_name = "VERSION", default_value = "2.3")]
    nfiq2_version: String,
    /// Age of the person in years; the score carries the band.
    #[arg(long, value_name = "YEARS")]
    age: Option<u8>,
    /// Comma separated values, one row per picture, every measure in a column.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Print every measure, one per line.
    #[arg(long)]
    measures: bool,
    /// One JSON object per picture and line, with measures and advice.
    #[arg(long)]
    json: bool,
    /// Compare our native measures with the reference's in this CSV and print the tables as Markdown.
    #[arg(long, value_name = "CSV", conflicts_with_all = ["csv", "json", "images"])]
    compare: Option<PathBuf>,
}

/// What is known about one picture.
struct Judged {
    size: (u32, u32),
    own: Full,
    reference: Option<ReferenceAnswer>,
    counsel: Counsel,
}

impl Judged {
    /// Score, or why there is none.
    fn score(&self) -> Result<u8, CannotJudge> {
        match (&self.reference, self.own.quality.cannot_judge) {
            (Some(answer), _) => answer.score.as_ref().copied().map_err(|refusal| refusal.reason),
            (None, Some(reason)) => Err(reason),
            (None, None) => Ok(self.own.quality.score),
        }
    }

    fn native(&self) -> Option<&NativeMeasures> {
        self.own.native.as_ref().ok()
    }
}

pub(crate) fn run(arguments: &Arguments) -> Outcome<()> {
    if let Some(table) = &arguments.compare {
        print!("{}", quality_comparison::tables(table)?);
        return Ok(());
    }
    let band = match arguments.age {
        None => AgeBand::Unknown,
        Some(years) => AgeBand::of_years(years)
            .ok_or(format!("--age {years}: nobody under six is captured (Art. 14(1))"))?,
    };
    let engine = engine(arguments)?;
    if arguments.csv {
        println!("{}", header().join(","));
    }
    for path in &arguments.images {
        let judged = judged(path, arguments, engine.as_ref())?;
        if arguments.csv {
            println!("{}", row(path, &judged, band, arguments));
        } else if arguments.json {
            println!("{}", object(path, &judged, band, arguments));
        } else {
            print_plainly(path, &judged, arguments);
        }
    }
    Ok(())
}

fn engine(arguments: &Arguments) -> Outcome<Option<quality_engine::QualityEngine>> {
    if arguments.engine == EngineName::Own {
        return Ok(None);
    }
    let (Some(executable), Some(digest)) = (&arguments.nfiq2, &arguments.nfiq2_sha256) else {
        return Err("--engine nfiq2 needs --nfiq2 FILE and --nfiq2-sha256 HEX".to_owned());
    };
    if reference::product_id(&arguments.nfiq2_version).is_none() {
        return Err(format!("--nfiq2-version {}: known are 2.0 to 2.3", arguments.nfiq2_version));
    }
    let digest = digest.parse().map_err(|problem| format!("--nfiq2-sha256: {problem}"))?;
    let installation = quality_engine::Installation { executable: executable.clone(), digest };
    quality_engine::QualityEngine::open(installation).map(Some).map_err(|error| error.to_string())
}

fn judged(
    path: &Path,
    arguments: &Arguments,
    engine: Option<&quality_engine::QualityEngine>,
) -> Outcome<Judged> {
    let image = files::image(path, arguments.ppi)?;
    let reference = engine.map(|engine| asked(engine, &image)).transpose();
    let reference = reference.map_err(|problem| format!("{}: {problem}", path.display()))?;
    let own = matcher::quality::full(&image);
    // Advice costs a second look and has no column.
    let counsel = if arguments.csv { Counsel::default() } else { matcher::advise(&image) };
    Ok(Judged { size: (image.width, image.height), own, reference, counsel })
}

fn asked(engine: &quality_engine::QualityEngine, image: &Image) -> Outcome<ReferenceAnswer> {
    let picture = matcher::codec::encode_png(image).map_err(|error| error.to_string())?;
    let text = engine.csv(&picture).map_err(|error| error.to_string())?;
    let mut rows = reference::parse_csv(&text).map_err(|error| error.to_string())?;
    match (rows.pop(), rows.pop()) {
        (Some(row), None) => Ok(row),
        _ => Err(matcher::Error::ReferenceAnswer { reason: "it has not exactly one row" }.to_string()),
    }
}

fn engine_name(arguments: &Arguments) -> String {
    match arguments.engine {
        EngineName::Own => format!("own {}", matcher::parameters::QUALITY_PRODUCT_ID),
        EngineName::Nfiq2 => format!("NFIQ {}", arguments.nfiq2_version),
    }
}

/// Vendor and product as field 14.024 has them.
fn product(arguments: &Arguments) -> String {
    match arguments.engine {
        EngineName::Own => format!("FFFF/{}", matcher::parameters::QUALITY_PRODUCT_ID),
        EngineName::Nfiq2 => {
            let product = reference::product_id(&arguments.nfiq2_version).unwrap_or_default();
            format!("{:04X}/{product}", reference::VENDOR_ID)
        }
    }
}

fn header() -> Vec<&'static str> {
    let mut names = vec!["set", "image", "width", "height", "score", "error"];
    names.extend(ACTIONABLE_COLUMNS);
    names.extend(MEASURE_COLUMNS);
    names.extend(OWN_COLUMNS);
    names.extend(["engine", "product", "age_band"]);
    names
}

fn row(path: &Path, judged: &Judged, band: AgeBand, arguments: &Arguments) -> String {
    let part = |part: Option<&std::ffi::OsStr>| cell(&part.unwrap_or_default().to_string_lossy());
    let (score, error) = match judged.score() {
        Ok(score) => (score.to_string(), String::new()),
        Err(reason) => (String::new(), reason.name().to_owned()),
    };
    let mut cells = vec![
        part(path.parent().and_then(Path::file_name)),
        part(path.file_name()),
        judged.size.0.to_string(),
        judged.size.1.to_string(),
        score,
        error,
    ];
    let values = values(judged);
    for column in ACTIONABLE_COLUMNS.iter().chain(&MEASURE_COLUMNS).chain(&OWN_COLUMNS) {
        let value = values.iter().find(|(name, _)| name == column);
        cells.push(value.map(|(_, value)| number(*value)).unwrap_or_default());
    }
    cells.extend([engine_name(arguments), product(arguments), band.name().to_owned()]);
    cells.join(",")
}

/// Every value under its column's name: the reference's own where it was asked, else ours.
fn values(judged: &Judged) -> Vec<(&str, f64)> {
    let mut out = Vec::new();
    match &judged.reference {
        Some(answer) => {
            let known = answer.values.iter().filter_map(|(name, value)| Some((name.as_str(), (*value)?)));
            out.extend(known);
        }
        None => out.extend(judged.native().map(NativeMeasures::named).unwrap_or_default()),
    }
    if let Some(minutiae) = &judged.own.minutiae {
        out.extend(OWN_COLUMNS.into_iter().zip(minutiae.values()));
    }
    out
}

/// Ten significant digits at most, as the reference table has them.
fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    let whole_digits = value.abs().log10().floor() as i32 + 1;
    let decimals = (10 - whole_digits).clamp(0, 17) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn object(path: &Path, judged: &Judged, band: AgeBand, arguments: &Arguments) -> serde_json::Value {
    let m = &judged.own.measures;
    let causes = judged.counsel.causes.iter();
    let advice: Vec<_> = causes
        .map(|a| json!({ "advice": a.kind.text(), "measure": a.measure, "value": a.value, "threshold": a.threshold }))
        .collect();
    let native: serde_json::Map<String, serde_json::Value> =
        values(judged).into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    json!({
        "file": path.display().to_string(),
        "engine": engine_name(arguments),
        "product": product(arguments),
        "age_band": band.name(),
        "score": judged.score().ok(),
        "cannot_judge": judged.score().err().map(|reason| format!("{reason:?}")),
        "measures": {
            "ridge_area_mm2": m.ridge_area_mm2, "orientation_certainty": m.orientation_certainty,
            "ridge_clarity": m.ridge_clarity, "frequency_plausibility": m.frequency_plausibility,
            "orientation_flow": m.orientation_flow, "contrast": m.contrast, "mean_grey": m.mean_grey,
            "ridge_share": m.ridge_share, "ridge_breaks": m.ridge_breaks, "valley_fill": m.valley_fill,
            "sharpness": m.sharpness, "off_centre": m.off_centre, "ridge_period_mm": m.ridge_period_mm,
        },
        "native": native,
        "advice": advice,
    })
}

fn print_plainly(path: &Path, judged: &Judged, arguments: &Arguments) {
    match judged.score() {
        Ok(score) => print!("{}: {score}", path.display()),
        Err(reason) => print!("{}: cannot judge ({})", path.display(), reason.name()),
    }
    if arguments.engine == EngineName::Nfiq2 {
        print!("  ({})", engine_name(arguments));
    }
    for cause in judged.counsel.causes.iter().take(1) {
        print!("  {}", cause.kind.text());
    }
    println!();
    if arguments.measures {
        for (name, value) in values(judged) {
            println!("{name}: {}", number(value));
        }
    }
}
