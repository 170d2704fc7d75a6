//! Mnemonics and names of fields, and the meaning of their codes, for people who look into a file.
//!
//! Source: ANSI/NIST-ITL 1-2011 Update 2015, record layouts and code lists. Only what the tool shows stands here; reading
//! and writing do not depend on it.

mod fields;

pub use fields::field_name;

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
        11 => "voice",
        12 => "dental record",
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

/// The meaning of a code in a field with one value, where it has one.
#[must_use]
pub fn code_meaning(record_type: u8, number: u16, code: &str) -> Option<&'static str> {
    match (record_type, number) {
        (1, 2) => version(code),
        (1, 6) => (code == "1").then_some("most urgent"),
        (9 | 13..=15 | 19, 3) => impression(code.parse().ok()?),
        (9, 4) => Some(match code {
            "S" => "standard form",
            "U" => "form of a vendor or user",
            _ => return None,
        }),
        (9, 6 | 14 | 134) | (13..=15 | 19, 13) => position(code.parse().ok()?),
        (10, 13) => face_profile(code),
        (10, 20) => Some(match code {
            "F" => "frontal",
            "R" => "right profile",
            "L" => "left profile",
            "A" => "angled",
            "D" => "determined by 3D data",
            _ => return None,
        }),
        (10, 27) | (17, 20) => eye_colour(code),
        (14, 27) => (code == "Y").then_some("stitched of several images"),
        (17, 3) => Some(match code {
            "0" => "left or right not known",
            "1" => "right eye",
            "2" => "left eye",
            _ => return None,
        }),
        (17, 25) => Some(match code {
            "NIR" => "near infrared",
            "VIS" => "visible light",
            "RED" => "long-wave visible light",
            "DEFINED" => "as field 17.027 says",
            "UNDEFINED" => "not known",
            _ => return None,
        }),
        (17, 28) => Some(match code {
            "MA" => "missing or amputated",
            "UC" => "unable to capture",
            _ => return None,
        }),
        (17, 32) => Some(match code {
            "1" => "uncropped",
            "2" => "640 x 480 pixels",
            "3" => "cropped",
            "7" => "cropped and masked",
            _ => return None,
        }),
        (9, 130) => scale(code),
        (_, 8) if fields::is_image(record_type) => scale(code),
        (_, 11) if fields::is_image(record_type) => compression(code),
        _ => None,
    }
}

/// The meaning of one item of a field, counted from 0 in its subfield; the first item of a field with one value is that value.
#[must_use]
pub fn item_meaning(record_type: u8, number: u16, item: usize, code: &str) -> Option<&'static str> {
    match (record_type, number, item) {
        (1, 15, 0) => Some(match code.trim_start_matches('0') {
            "" => "ASCII",
            "2" => "UTF-16",
            "3" => "UTF-8",
            "4" => "UTF-32",
            _ => return None,
        }),
        (9, 302, 0) | (14, 18 | 21..=25, 0) | (15, 18 | 21 | 24, 0) | (13, 24, 0) | (19, 18 | 19 | 24, 0) => {
            position(code.parse().ok()?)
        }
        (14 | 15 | 19, 18, 1) => Some(match code {
            "XX" => "partial print, amputation",
            "UP" => "unable to print, bandaged or amputated",
            "SR" => "scar",
            _ => return None,
        }),
        (14, 22, 1) => nfiq_1(code).or_else(|| no_score(code)),
        (13, 24, 1) | (14, 23 | 24, 1) | (15 | 19, 24, 1) => no_score(code),
        (9, 135, 0) | (10 | 16 | 17, 24, 0) | (99, 102, 0) => no_score(code),
        (17, 16, 0 | 1) => Some(match code {
            "0" => "orientation not known",
            "1" => "base orientation",
            "2" => "flipped",
            _ => return None,
        }),
        (17, 16, 2) => Some(match code {
            "0" => "scan not known",
            "1" => "progressive scan",
            "2" => "interlaced frame (deprecated)",
            "3" => "interlaced field (deprecated)",
            _ => return None,
        }),
        (_, _, 0) => code_meaning(record_type, number, code),
        _ => None,
    }
}

/// The two quality values that are no score.
fn no_score(code: &str) -> Option<&'static str> {
    Some(match code {
        "254" => "no attempt to compute a score",
        "255" => "a score could not be computed",
        _ => return None,
    })
}

/// The five classes of the first NFIQ.
fn nfiq_1(code: &str) -> Option<&'static str> {
    Some(match code {
        "1" => "NFIQ 1: excellent",
        "2" => "NFIQ 1: very good",
        "3" => "NFIQ 1: good",
        "4" => "NFIQ 1: fair",
        "5" => "NFIQ 1: poor",
        _ => return None,
    })
}

fn scale(code: &str) -> Option<&'static str> {
    Some(match code {
        "0" => "no scale, aspect ratio only",
        "1" => "pixels per inch",
        "2" => "pixels per centimetre",
        _ => return None,
    })
}

/// Under which rules a face was taken.
fn face_profile(code: &str) -> Option<&'static str> {
    Some(match code {
        "0" => "unknown profile",
        "1" => "surveillance image",
        "10" => "driving licence",
        "11" => "full frontal, ANSI 385",
        "12" => "token image, ANSI 385",
        "13" => "full frontal, ISO/IEC 19794-5",
        "14" => "token image, ISO/IEC 19794-5",
        "15" => "PIV, NIST SP 800-76",
        "20" => "legacy mugshot",
        "30" => "best practice, level 30",
        "32" => "mobile best practice, level 32",
        "40" => "best practice, level 40",
        "42" => "mobile best practice, level 42",
        "50" => "best practice, level 50",
        "51" => "best practice, level 51",
        "52" => "mobile best practice, level 52",
        _ => return None,
    })
}

fn eye_colour(code: &str) -> Option<&'static str> {
    Some(match code {
        "BLK" => "black",
        "BLU" => "blue",
        "BRO" => "brown",
        "GRY" => "grey",
        "GRN" => "green",
        "HAZ" => "hazel",
        "MAR" => "maroon",
        "MUL" => "several colours",
        "PNK" => "pink",
        "XXX" => "unknown",
        _ => return None,
    })
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

/// The meaning of a position code: fingers, combinations of fingers, palms, feet.
#[must_use]
pub fn position(code: u8) -> Option<&'static str> {
    Some(match code {
        0 => "unknown finger",
        11 => "plain right thumb",
        12 => "plain left thumb",
        16 => "extra digit of the right hand",
        17 => "extra digit of the left hand",
        18 => "unknown part of hand or foot",
        19 => "entire joint or tip",
        40 => "right index and middle fingers",
        41 => "right middle and ring fingers",
        42 => "right ring and little fingers",
        43 => "left index and middle fingers",
        44 => "left middle and ring fingers",
        45 => "left ring and little fingers",
        46 => "right and left index fingers",
        47 => "right index, middle and ring fingers",
        48 => "right middle, ring and little fingers",
        49 => "left index, middle and ring fingers",
        50 => "left middle, ring and little fingers",
        51 => "four right fingertips",
        52 => "four left fingertips",
        53 => "five right fingertips",
        54 => "five left fingertips",
        20..=38 | 81..=86 => palm(code),
        60..=79 => "foot",
        code => crate::finger::FingerPosition::from_code(code)?.name(),
    })
}

fn palm(code: u8) -> &'static str {
    match code {
        21 => "right full palm",
        22 => "right writer's palm",
        23 => "left full palm",
        24 => "left writer's palm",
        25 => "right lower palm",
        26 => "right upper palm",
        27 => "left lower palm",
        28 => "left upper palm",
        29 => "right palm, other part",
        30 => "left palm, other part",
        31 => "right interdigital",
        32 => "right thenar",
        33 => "right hypothenar",
        34 => "left interdigital",
        35 => "left thenar",
        36 => "left hypothenar",
        37 => "right grasp",
        38 => "left grasp",
        81 => "right carpal delta area",
        82 => "left carpal delta area",
        83 => "right full palm with writer's palm",
        84 => "left full palm with writer's palm",
        85 => "right wrist bracelet",
        86 => "left wrist bracelet",
        _ => "unknown palm",
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_meanings() {
        assert_eq!(field_name(14, 13), Some(("FGP", "finger position")));
        assert_eq!(field_name(17, 1), Some(("LEN", "record length")));
        assert_eq!(field_name(1, 2), Some(("VER", "version")));
        assert_eq!(field_name(2, 30), None);
        // What all image records share, under the date's own name in each.
        for (record_type, date) in [
            (10, "PHD"),
            (13, "LCD"),
            (14, "FCD"),
            (15, "PCD"),
            (16, "UTD"),
            (17, "ICD"),
            (19, "PCD"),
            (20, "SRD"),
        ] {
            let mnemonic = |number| field_name(record_type, number).map_or("", |(mnemonic, _)| mnemonic);
            let shared = [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 996, 999].map(mnemonic);
            let expected =
                ["LEN", "IDC", "SRC", date, "HLL", "VLL", "SLC", "THPS", "TVPS", "CGA", "HAS", "DATA"];
            assert_eq!(shared, expected, "Type-{record_type}");
        }
        assert_eq!(field_name(17, 3), Some(("ELR", "eye")));
        assert_eq!(field_name(17, 28), Some(("DME", "damaged or missing eye")));
        assert_eq!(field_name(2, 904), None, "Type-2 belongs to the domain to its end");
    }

    #[test]
    fn codes_and_their_meanings() {
        fn check(record_type: u8, number: u16, item: usize, code: &str, expect: Option<&str>) {
            let tag = format!("{record_type}.{number:03} item {item} {code}");
            assert_eq!(item_meaning(record_type, number, item, code), expect, "{tag}");
        }
        check(14, 13, 0, "13", Some("right four fingers"));
        check(14, 13, 0, "99", None);
        check(14, 13, 1, "13", None);
        check(14, 3, 0, "2", Some("plain, not live-scan (deprecated)"));
        check(10, 11, 0, "JPEGB", Some("JPEG, baseline"));
        check(17, 11, 0, "PNG", Some("portable network graphics"));
        check(2, 13, 0, "13", None);
        check(9, 130, 0, "2", Some("pixels per centimetre"));
        check(9, 134, 0, "08", Some("left middle finger"));
        check(17, 8, 0, "1", Some("pixels per inch"));
        check(17, 3, 0, "2", Some("left eye"));
        check(99, 8, 0, "1", None);
        check(10, 13, 0, "10", Some("driving licence"));
        check(10, 13, 0, "51", Some("best practice, level 51"));
        check(10, 13, 0, "9", None);
        // 254 and 255 are no scores, wherever a score stands; elsewhere they are numbers.
        for (record_type, number, item) in [
            (9, 135, 0),
            (10, 24, 0),
            (13, 24, 1),
            (14, 22, 1),
            (14, 23, 1),
            (14, 24, 1),
            (15, 24, 1),
            (17, 24, 0),
            (99, 102, 0),
        ] {
            check(record_type, number, item, "254", Some("no attempt to compute a score"));
            check(record_type, number, item, "255", Some("a score could not be computed"));
        }
        check(14, 21, 1, "255", None);
        check(14, 22, 1, "5", Some("NFIQ 1: poor"));
        check(14, 24, 1, "5", None);
    }

    /// Codes of several fingers name each of them.
    #[test]
    fn combinations_name_their_fingers() {
        for (code, hand, fingers) in [
            (40, "right", &["index", "middle"][..]),
            (41, "right", &["middle", "ring"]),
            (42, "right", &["ring", "little"]),
            (43, "left", &["index", "middle"]),
            (44, "left", &["middle", "ring"]),
            (45, "left", &["ring", "little"]),
            (47, "right", &["index", "middle", "ring"]),
            (48, "right", &["middle", "ring", "little"]),
            (49, "left", &["index", "middle", "ring"]),
            (50, "left", &["middle", "ring", "little"]),
        ] {
            let name = position(code).expect("a name");
            let named: Vec<&str> = ["index", "middle", "ring", "little"]
                .into_iter()
                .filter(|finger| name.contains(finger))
                .collect();
            assert!(name.starts_with(hand) && named == fingers, "{code}: {name}");
        }
        assert_eq!(position(46), Some("right and left index fingers"));
    }
}
