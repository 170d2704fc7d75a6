//! Mnemonics and names of fields, and the meaning of their codes, for people who look into a file.
//!
//! Source: ANSI/NIST-ITL 1-2011 Update 2015, tables of record types 1, 2, 4, 10 and 14 and of the code lists. Only what
//! the tool shows stands here; reading and writing do not depend on it.

/// Mnemonic and name of a field.
#[must_use]
pub fn field_name(record_type: u8, number: u16) -> Option<(&'static str, &'static str)> {
    let own = match record_type {
        1 => TYPE_1,
        9 => TYPE_9,
        10 => TYPE_10,
        13 => TYPE_13,
        14 => TYPE_14,
        15 => TYPE_15,
        4 => TYPE_4,
        21 => TYPE_21,
        _ => &[],
    };
    let found = own.iter().chain(COMMON).find(|(n, ..)| *n == number);
    found.map(|(_, mnemonic, name)| (*mnemonic, *name))
}

/// Name of a record type.
#[must_use]
pub fn record_name(record_type: u8) -> &'static str {
    match record_type {
        1 => "transaction header",
        2 => "descriptive text",
        3 => "low-resolution grey fingerprint (deprecated)",
        4 => "high-resolution grey fingerprint",
        5 => "low-resolution binary fingerprint (deprecated)",
        6 => "high-resolution binary fingerprint (deprecated)",
        7 => "user-defined image",
        8 => "signature",
        9 => "minutiae",
        10 => "face or other photograph",
        13 => "latent print",
        14 => "fingerprint",
        15 => "palm print",
        16 => "user-defined test image",
        17 => "iris",
        18 => "DNA",
        19 => "plantar print",
        20 => "source representation",
        21 => "associated context",
        22 => "non-photographic imagery",
        98 => "information assurance",
        99 => "CBEFF data",
        _ => "other record",
    }
}

/// The meaning of a code in a field of a fingerprint or face record, where it has one.
#[must_use]
pub fn code_meaning(record_type: u8, number: u16, code: &str) -> Option<&'static str> {
    match (record_type, number) {
        (1, 2) => version(code),
        (9 | 13..=15, 3) => impression(code.parse().ok()?),
        (9, 4) => Some(match code {
            "S" => "standard form",
            "U" => "form of a vendor or user",
            _ => return None,
        }),
        (9, 6) | (13 | 14, 13) => position(code.parse().ok()?),
        (10, 13) => (code == "30").then_some("full frontal, level 30"),
        (10, 20) => Some(match code {
            "F" => "frontal",
            "R" => "right profile",
            "L" => "left profile",
            "A" => "angled",
            "D" => "determined by 3D data",
            _ => return None,
        }),
        (10 | 13..=15, 8) => Some(match code {
            "0" => "no scale, aspect ratio only",
            "1" => "pixels per inch",
            "2" => "pixels per centimetre",
            _ => return None,
        }),
        (10 | 13..=15, 11) => compression(code),
        (1, 6) => (code == "1").then_some("most urgent"),
        _ => None,
    }
}

/// The meaning of one item of a field with several: whose finger it is, and why one is missing.
#[must_use]
pub fn item_meaning(record_type: u8, number: u16, item: usize, code: &str) -> Option<&'static str> {
    match (record_type, number, item) {
        (14, 18 | 21..=24, 0) => position(code.parse().ok()?),
        (14, 18, 1) => Some(match code {
            "XX" => "partial print, amputation",
            "UP" => "unable to print, bandaged or amputated",
            "SR" => "scar",
            _ => return None,
        }),
        _ => None,
    }
}

/// The edition of the standard behind a version number.
fn version(code: &str) -> Option<&'static str> {
    Some(match code {
        "0200" | "0201" => "older than 2000",
        "0300" => "ANSI/NIST-ITL 1-2000",
        "0400" => "ANSI/NIST-ITL 1-2007",
        "0500" => "ANSI/NIST-ITL 1-2011",
        "0501" => "ANSI/NIST-ITL 1-2011 Update 2013",
        "0502" => "ANSI/NIST-ITL 1-2011 Update 2015",
        _ => return None,
    })
}

/// The meaning of a finger position code.
#[must_use]
pub fn position(code: u8) -> Option<&'static str> {
    Some(match code {
        0 => "unknown finger",
        11 => "plain right thumb",
        12 => "plain left thumb",
        16 => "extra digit of the right hand",
        17 => "extra digit of the left hand",
        19 => "entire joint or tip",
        20..=38 | 81..=84 => "palm",
        60..=79 => "foot",
        40..=50 => "two or three fingers together",
        code => crate::finger::FingerPosition::from_code(code)?.name(),
    })
}

/// The meaning of an impression code, deprecated ones included.
#[must_use]
pub fn impression(code: u8) -> Option<&'static str> {
    Some(match code {
        0 => "plain contact",
        1 => "rolled contact",
        2 => "plain, not live-scan (deprecated)",
        3 => "rolled, not live-scan (deprecated)",
        4 => "latent",
        5..=7 => "latent, not live (deprecated)",
        8 => "swipe",
        10..=15 | 30..=39 => "palm (deprecated)",
        20..=23 | 26 | 27 => "contactless (deprecated)",
        24 => "plain contactless, stationary",
        25 => "rolled contactless, stationary",
        28 => "other",
        29 => "unknown",
        41 => "rolled contactless, moving",
        42 => "plain contactless, moving",
        _ => return None,
    })
}

/// True for an impression code that is accepted on reading and never written.
#[must_use]
pub fn is_deprecated_impression(code: u8) -> bool {
    matches!(code, 2 | 3 | 5..=7 | 10..=15 | 20..=23 | 26 | 27 | 30..=39)
}

/// The meaning of a compression name, or of its number in a binary record.
#[must_use]
pub fn compression(code: &str) -> Option<&'static str> {
    Some(match code {
        "NONE" | "0" => "uncompressed",
        "WSQ20" | "1" => "wavelet scalar quantization",
        "JPEGB" | "2" => "JPEG, baseline",
        "JPEGL" | "3" => "JPEG, lossless",
        "JP2" | "4" => "JPEG 2000",
        "JP2L" | "5" => "JPEG 2000, lossless",
        "PNG" | "6" => "portable network graphics",
        _ => return None,
    })
}

type Row = (u16, &'static str, &'static str);

const COMMON: &[Row] =
    &[(1, "LEN", "record length"), (2, "IDC", "image designation"), (999, "DATA", "image")];

const TYPE_1: &[Row] = &[
    (2, "VER", "version"),
    (3, "CNT", "contents"),
    (4, "TOT", "type of transaction"),
    (5, "DAT", "date"),
    (6, "PRY", "priority"),
    (7, "DAI", "destination agency"),
    (8, "ORI", "originating agency"),
    (9, "TCN", "control number"),
    (10, "TCR", "control number answered"),
    (11, "NSR", "native scanning resolution"),
    (12, "NTR", "nominal resolution"),
    (13, "DOM", "domain"),
    (14, "GMT", "time in GMT"),
    (15, "DCS", "character sets"),
    (16, "APS", "application profiles"),
    (17, "ANM", "agency names"),
];

/// The binary header has no field numbers; these count its parts as the standard does.
const TYPE_4: &[Row] = &[
    (3, "IMP", "impression"),
    (4, "FGP", "finger position"),
    (5, "ISR", "image scanning resolution"),
    (6, "HLL", "width"),
    (7, "VLL", "height"),
    (8, "CGA", "compression"),
    (9, "DATA", "image"),
];

// Numbers and mnemonics as in the public field list of the Python library NIST (mdedonno1337, `NIST/core/labels.py`).
const TYPE_21: &[Row] = &[
    (4, "SRC", "source agency"),
    (5, "ACD", "date of the context"),
    (6, "MDI", "medical device"),
    (15, "AFT", "format of the content"),
    (16, "SEG", "segments"),
    (19, "TIX", "time index"),
    (20, "COM", "comment"),
    (21, "ACN", "number of the context"),
    (996, "HAS", "SHA-256 of the content"),
];

const TYPE_10: &[Row] = &[
    (3, "IMT", "image type"),
    (4, "SRC", "source agency"),
    (5, "PHD", "date of the photograph"),
    (6, "HLL", "width"),
    (7, "VLL", "height"),
    (8, "SLC", "scale units"),
    (9, "THPS", "horizontal pixel scale"),
    (10, "TVPS", "vertical pixel scale"),
    (11, "CGA", "compression"),
    (12, "CSP", "colour space"),
    (13, "SAP", "acquisition profile"),
    (14, "FIP", "box of the face"),
    (20, "POS", "pose"),
    (23, "PAS", "acquisition source"),
    (24, "SQS", "quality scores"),
    (25, "SPA", "angles of the pose"),
    (26, "SXS", "expression"),
    (29, "FFP", "landmarks"),
    (30, "DMM", "monitoring mode"),
    (904, "MMS", "make, model, serial number"),
    (996, "HAS", "SHA-256 of the image"),
];

const TYPE_9: &[Row] = &[
    (3, "IMP", "impression"),
    (4, "FMT", "format (S standard, U user-defined)"),
    (5, "OFR", "originating reader"),
    (6, "FGP", "finger position"),
    (7, "FPC", "pattern class"),
    (8, "CRP", "core position"),
    (9, "DLT", "delta position"),
    (10, "MIN", "number of minutiae"),
    (11, "RDG", "ridge counts present"),
    (12, "MRC", "minutiae and ridge counts"),
    (13, "AFV", "feature vector (FBI)"),
    (14, "FGN", "finger number (FBI)"),
    (15, "NMN", "number of minutiae (FBI)"),
    (16, "FCP", "characterisation process (FBI)"),
    (17, "APC", "pattern classes (FBI)"),
    (18, "ROV", "region of value (FBI)"),
    (19, "COF", "coordinate offsets (FBI)"),
    (20, "ORN", "orientation uncertainty (FBI)"),
    (21, "CRA", "cores (FBI)"),
    (22, "DLA", "deltas (FBI)"),
    (23, "MIN", "minutiae and ridge counts (FBI)"),
    (126, "CBI", "format owner and type"),
    (127, "CEI", "capture equipment"),
    (128, "HLL", "width"),
    (129, "VLL", "height"),
    (130, "SLC", "scale units"),
    (131, "THPS", "horizontal pixel scale"),
    (132, "TVPS", "vertical pixel scale"),
    (133, "FVW", "finger view"),
    (134, "FGP", "finger position"),
    (135, "FQD", "quality"),
    (136, "NOM", "number of minutiae"),
    (137, "FMD", "minutiae"),
    (138, "RCI", "ridge counts"),
    (139, "CIN", "cores"),
    (140, "DIN", "deltas"),
    (300, "ROI", "region of interest"),
    (302, "FPP", "finger, palm, plantar position"),
    (307, "PAT", "pattern class"),
    (320, "COR", "cores"),
    (321, "DEL", "deltas"),
    (331, "MIN", "minutiae"),
];

const TYPE_13: &[Row] = &[
    (3, "IMP", "impression"),
    (4, "SRC", "source agency"),
    (5, "LCD", "capture date"),
    (6, "HLL", "width"),
    (7, "VLL", "height"),
    (8, "SLC", "scale units"),
    (9, "THPS", "horizontal pixel scale"),
    (10, "TVPS", "vertical pixel scale"),
    (11, "CGA", "compression"),
    (12, "BPX", "bits per pixel"),
    (13, "FGP", "possible finger positions"),
    (20, "COM", "comment"),
    (24, "LQM", "quality"),
    (996, "HAS", "SHA-256 of the image"),
];

const TYPE_15: &[Row] = &[
    (3, "IMP", "impression"),
    (4, "SRC", "source agency"),
    (5, "PCD", "capture date"),
    (6, "HLL", "width"),
    (7, "VLL", "height"),
    (8, "SLC", "scale units"),
    (9, "THPS", "horizontal pixel scale"),
    (10, "TVPS", "vertical pixel scale"),
    (11, "CGA", "compression"),
    (12, "BPX", "bits per pixel"),
    (13, "FGP", "palm position"),
    (18, "AMP", "missing parts"),
    (20, "COM", "comment"),
    (24, "PQM", "quality"),
    (996, "HAS", "SHA-256 of the image"),
];

const TYPE_14: &[Row] = &[
    (3, "IMP", "impression"),
    (4, "SRC", "source agency"),
    (5, "FCD", "capture date"),
    (6, "HLL", "width"),
    (7, "VLL", "height"),
    (8, "SLC", "scale units"),
    (9, "THPS", "horizontal pixel scale"),
    (10, "TVPS", "vertical pixel scale"),
    (11, "CGA", "compression"),
    (12, "BPX", "bits per pixel"),
    (13, "FGP", "finger position"),
    (18, "AMP", "missing or bandaged fingers"),
    (20, "COM", "comment"),
    (21, "SEG", "finger boxes"),
    (22, "NQM", "NFIQ quality"),
    (23, "SQM", "segmentation quality"),
    (24, "FQM", "fingerprint quality"),
    (26, "SCF", "images taken together"),
    (27, "SIF", "stitched image"),
    (30, "DMM", "monitoring mode"),
    (31, "FAP", "acquisition profile"),
    (903, "DUI", "device identifier"),
    (904, "MMS", "make, model, serial number"),
    (996, "HAS", "SHA-256 of the image"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_meanings() {
        assert_eq!(field_name(14, 13), Some(("FGP", "finger position")));
        assert_eq!(field_name(17, 1), Some(("LEN", "record length")));
        assert_eq!(field_name(1, 2), Some(("VER", "version")));
        assert_eq!(field_name(2, 30), None);
        assert_eq!(code_meaning(14, 13, "13"), Some("right four fingers"));
        assert_eq!(code_meaning(14, 13, "99"), None);
        assert_eq!(code_meaning(14, 3, "2"), Some("plain, not live-scan (deprecated)"));
        assert_eq!(code_meaning(10, 11, "JPEGB"), Some("JPEG, baseline"));
        assert_eq!(code_meaning(2, 13, "13"), None);
    }
}
