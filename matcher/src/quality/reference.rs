//! What NIST's official `nfiq2` executable says, read from the CSV it prints.
//!
//! Pure text to values; running the executable is the rim's (`quality-engine`). The score read here is the unified
//! quality score of ISO/IEC 29794-4 and the only one that may travel under NIST's name: in field 14.024 with vendor
//! [`VENDOR_ID`] and the product of its version ([`product_id`]).

use super::CannotJudge;
use crate::Error;

/// Vendor of the unified quality score: ISO/IEC JTC 1/SC 37, as NFIQ 2 registers itself (`nfiq2_cbeff.cpp`).
pub const VENDOR_ID: u16 = 0x0101;
/// Most bytes of CSV that are read.
const CSV_BYTES_MAX: usize = 16 << 20;
/// The columns every version prints first.
const FIXED_COLUMNS: [&str; 6] =
    ["Filename", "FingerCode", "QualityScore", "OptionalError", "Quantized", "Resampled"];

/// Product identifier of a version of NFIQ 2, beside [`VENDOR_ID`]; `None` for one that has none here.
#[must_use]
pub fn product_id(version: &str) -> Option<u16> {
    let mut parts = version.split('.');
    match (parts.next()?, parts.next()?) {
        ("2", "0") => Some(0x21),
        ("2", "1") => Some(0x37),
        ("2", "2") => Some(0x38),
        ("2", "3") => Some(0x39),
        _ => None,
    }
}

/// One row of the reference's CSV.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceAnswer {
    /// The unified quality score, 0 to 100, or why there is none.
    pub score: Result<u8, Refusal>,
    /// Whether the reference reduced the grey levels first.
    pub quantized: bool,
    /// Whether it resampled the picture to 500 ppi first.
    pub resampled: bool,
    /// Every further column by its name: actionable values, native measures, times. `None` where it printed `NA`.
    pub values: Vec<(String, Option<f64>)>,
}

/// Why the reference gives no score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The same as one of our own answers.
    pub reason: CannotJudge,
    /// The reference's own words.
    pub text: String,
}

impl ReferenceAnswer {
    /// A value by its column's name.
    #[must_use]
    pub fn value(&self, column: &str) -> Option<f64> {
        self.values.iter().find(|(name, _)| name == column).and_then(|(_, value)| *value)
    }
}

/// Reads the CSV.
///
/// # Errors
/// [`Error::ReferenceAnswer`] if it is not what NFIQ 2 prints: other columns, cut rows, a score that is none.
pub fn parse_csv(text: &str) -> Result<Vec<ReferenceAnswer>, Error> {
    let wrong = |reason| Error::ReferenceAnswer { reason };
    if text.len() > CSV_BYTES_MAX {
        return Err(wrong("it is too long"));
    }
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let head = fields(lines.next().unwrap_or_default()).ok_or(wrong("its header is cut"))?;
    if head.len() < FIXED_COLUMNS.len() || !head.iter().zip(FIXED_COLUMNS).all(|(found, name)| found == name)
    {
        return Err(wrong("its header is not NFIQ 2's"));
    }
    lines.map(|line| row(&head, line)).collect()
}

fn row(head: &[String], line: &str) -> Result<ReferenceAnswer, Error> {
    let wrong = |reason| Error::ReferenceAnswer { reason };
    let cells = fields(line).ok_or(wrong("a row is cut"))?;
    if cells.len() != head.len() {
        return Err(wrong("a row has another number of columns than the header"));
    }
    let flag = |cell: &str| match cell {
        "0" => Ok(false),
        "1" => Ok(true),
        _ => Err(wrong("a flag is neither 0 nor 1")),
    };
    let score = if cells[2] == "NA" {
        Err(Refusal { reason: reason(&cells[3]), text: cells[3].clone() })
    } else {
        let score = cells[2].parse().ok().filter(|score| *score <= 100);
        Ok(score.ok_or(wrong("a score is not 0 to 100"))?)
    };
    let mut values = Vec::with_capacity(head.len() - FIXED_COLUMNS.len());
    for (name, cell) in head.iter().zip(&cells).skip(FIXED_COLUMNS.len()) {
        let value = match cell.as_str() {
            "NA" => None,
            number => {
                let value = number.parse::<f64>().ok().filter(|value| value.is_finite());
                Some(value.ok_or(wrong("a value is not a number"))?)
            }
        };
        values.push((name.clone(), value));
    }
    Ok(ReferenceAnswer { score, quantized: flag(&cells[4])?, resampled: flag(&cells[5])?, values })
}

/// By the words the reference uses for its refusals.
fn reason(text: &str) -> CannotJudge {
    let says = |words: &str| text.contains(words);
    if says("too large") {
        CannotJudge::TooLarge
    } else if says("TOO_SMALL_AREA") || says("Not enough data") {
        CannotJudge::TooLittlePrint
    } else if says("blank") || says("whitespace") || says("empty") {
        CannotJudge::Blank
    } else {
        CannotJudge::RefusedByReference
    }
}

/// Splits a line at commas outside of quotes; a doubled quote inside quotes is one. `None` if a quote does not close.
fn fields(line: &str) -> Option<Vec<String>> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.trim_end_matches('\r').chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cells.last_mut()?.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut()?.push(other),
        }
    }
    (!quoted).then_some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "\"Filename\",FingerCode,QualityScore,\"OptionalError\",Quantized,Resampled,UniformImage,Mu";

    fn read(rows: &str) -> Result<Vec<ReferenceAnswer>, Error> {
        parse_csv(&format!("{HEAD}\n{rows}"))
    }

    #[test]
    fn a_score_and_a_refusal_are_read() {
        let answers = read("\"a, b.png\",0,90,NA,0,1,35.60468,163.21826\n\"c.png\",0,NA,\"Error: Width is too large after trimming\",0,0,NA,NA\n")
            .expect("as printed");
        assert_eq!(answers[0].score, Ok(90));
        assert!(answers[0].resampled && !answers[0].quantized);
        assert_eq!(answers[0].value("Mu"), Some(163.21826));
        let refused = answers[1].score.clone().err().map(|refusal| refusal.reason);
        assert_eq!(refused, Some(CannotJudge::TooLarge));
        assert_eq!(answers[1].value("Mu"), None);
    }

    #[test]
    fn anything_else_is_refused() {
        for rows in [
            "\"a\",0,101,NA,0,0,1,1",
            "\"a\",0,-1,NA,0,0,1,1",
            "\"a\",0,9.5,NA,0,0,1,1",
            "\"a\",0,9,NA,0,0,1",
            "\"a\",0,9,NA,0,0,1,1,1",
            "\"a,0,9,NA,0,0,1,1",
            "\"a\",0,9,NA,2,0,1,1",
            "\"a\",0,9,NA,0,0,nan,1",
            "\"a\",0,9,NA,0,0,inf,1",
        ] {
            assert!(read(rows).is_err(), "{rows}");
        }
        assert!(parse_csv("").is_err());
        assert!(parse_csv("61\n").is_err());
    }

    #[test]
    fn only_known_versions_have_a_product() {
        let found = ["2.0", "2.1.0", "2.2", "2.3", "2.3.0", "2.4", "3.0", "", "2"].map(product_id);
        let known = [Some(33), Some(55), Some(56), Some(57), Some(57), None, None, None, None];
        assert_eq!(found, known);
    }
}
