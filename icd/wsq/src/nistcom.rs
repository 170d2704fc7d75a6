//! The NISTCOM comment: lines of a name and a value that travel in a comment segment.
//!
//! It is a custom of NIST's software, not part of the specification, yet nearly every stream has one and
//! readers look there for the resolution. What it says is a claim: a container's own fields come first.

use std::fmt::Write;

use crate::EncodeOptions;

const TITLE: &str = "NIST_COM";

/// The resolution the first NISTCOM among the comments claims, if it is a positive number.
pub(crate) fn resolution_ppi(comments: &[String]) -> Option<u16> {
    let nistcom = comments.iter().find(|comment| comment.starts_with(TITLE))?;
    let value = nistcom.lines().find_map(|line| line.strip_prefix("PPI "))?;
    value.trim().parse().ok().filter(|ppi| *ppi > 0)
}

/// The comment for a picture we encode. An unknown resolution is written as -1, as is the custom.
pub(crate) fn compose(width: u32, height: u32, options: &EncodeOptions) -> String {
    let ppi = options.resolution_ppi.map_or(-1, i32::from);
    let fields = [
        ("PIX_WIDTH", width.to_string()),
        ("PIX_HEIGHT", height.to_string()),
        ("PIX_DEPTH", "8".to_owned()),
        ("PPI", ppi.to_string()),
        ("LOSSY", "1".to_owned()),
        ("COLORSPACE", "GRAY".to_owned()),
        ("COMPRESSION", "WSQ".to_owned()),
        ("WSQ_BITRATE", format!("{:.6}", options.bits_per_pixel)),
    ];
    let mut text = format!("{TITLE} {}", fields.len() + 1);
    for (name, value) in fields {
        // Writing into a String cannot fail.
        let _ = write!(text, "\n{name} {value}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(comments: &[&str], expect: Option<u16>) {
        let comments: Vec<String> = comments.iter().map(|comment| (*comment).to_owned()).collect();
        assert_eq!(resolution_ppi(&comments), expect);
    }

    #[test]
    fn resolution_is_read_from_nistcom_only() {
        check(&["NIST_COM 2\nPPI 500"], Some(500));
        check(&["PPI 500", "NIST_COM 2\nPPI 1000\nLOSSY 1"], Some(1000));
        check(&["NIST_COM 2\nPPI -1"], None);
        check(&["NIST_COM 2\nPPI 0"], None);
        check(&["NIST_COM 2\nPPI 70000"], None);
        check(&["PPI 500"], None);
        check(&[], None);
    }

    #[test]
    fn composed_text_is_read_back() {
        let options = EncodeOptions { resolution_ppi: Some(508), ..EncodeOptions::default() };
        let text = compose(388, 374, &options);
        assert!(text.starts_with("NIST_COM 9\nPIX_WIDTH 388\nPIX_HEIGHT 374\n"));
        check(&[&text], Some(508));
        check(&[&compose(388, 374, &EncodeOptions::default())], None);
    }
}
