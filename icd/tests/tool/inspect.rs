//! What is shown of a file and taken out of it: names of fields, meanings of codes, endings of content.

use std::path::{Path, PathBuf};

use icd::nist::{OutRecord, TransactionHeader, TransactionWriter, Type4Header};

use super::{case, check, icd, stripes, text};

/// A transaction of a domain with the given records, as a file in a folder.
fn file_of(folder: &Path, domain: &str, records: Vec<OutRecord<'_>>) -> PathBuf {
    let mut writer = TransactionWriter::new(TransactionHeader {
        version: icd::nist::VERSION_WRITTEN.to_owned(),
        domain: (domain.to_owned(), String::new()),
        type_4_resolution_ppi: Some(500),
        ..TransactionHeader::default()
    });
    for record in records {
        writer.push(record).expect("room");
    }
    let path = folder.join("made.an2");
    std::fs::write(&path, writer.to_bytes().expect("writable")).expect("written");
    path
}

/// The fields of one tag in `inspect --json`.
fn json_field(file: &Path, tag: &str) -> serde_json::Value {
    let output = icd(&["inspect", text(file), "--json"]);
    let shown: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let records = shown["records"].as_array().expect("records");
    let fields = records.iter().flat_map(|record| record["fields"].as_array().expect("fields"));
    fields.clone().find(|field| field["tag"] == tag).unwrap_or_else(|| panic!("{tag}: {shown}")).clone()
}

/// What Type-2 fields are called and mean, the profile says: the one asked for, else that of the file's domain.
#[test]
fn the_profile_names_the_fields_of_the_dataset() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let file = at.join("case.an2");
    std::fs::write(&file, case().1).expect("written");
    for shown in [
        "Type-2 descriptive text",
        "fields of profile open-2026",
        "2.001    LEN   record length",
        "2.202          category                     1 (applicant for international protection, Article 15(1))",
        "2.203          Member State of the event    NL",
        "2.039          sex                          M (male)",
        "2.035          date of birth                19900000 (month and day not known)",
        "2.038          nationalities                XXA (stateless)",
        "2.207          operator                     officer-1",
    ] {
        check(&["inspect", text(&file)], 0, shown, "");
        check(&["inspect", text(&file), "--profile", "open-2026"], 0, shown, "");
    }
    let sex = json_field(&file, "2.039");
    assert_eq!(
        (&sex["dataset_field"], &sex["name"], &sex["meaning"]),
        (&"sex".into(), &"sex".into(), &"male".into())
    );
    check(&["inspect", text(&file), "--json"], 0, "\"profile\": \"open-2026\"", "");
    check(&["inspect", text(&file), "--profile", "int-i-6"], 0, "2.202          not in the profile", "");
    check(&["inspect", text(&file), "--profile", "open-2027"], 1, "", "I-0901");

    // A Member State's own profile, with numbers of its own.
    let own = include_str!("../../profiles/open-2026.toml")
        .replace("sex = 39", "sex = 202")
        .replace("category = 202", "category = 39");
    let profile = at.join("own.toml");
    std::fs::write(&profile, own).expect("written");
    check(&["inspect", text(&file), "--profile", text(&profile)], 0, "2.039          category", "");

    let mut record = OutRecord::new(2, 0).expect("a tagged type");
    record.field(39, "M").expect("text");
    let foreign = file_of(at, "NORAM", vec![record]);
    check(&["inspect", text(&foreign)], 0, "2.039          defined by the domain        M\n", "");
    check(&["inspect", text(&foreign)], 0, "--profile names its fields", "");
    check(&["inspect", text(&foreign), "--json"], 0, "\"profile\": null", "");
}

/// Every word that the library writes into a Type-2 record has a meaning, item by item.
#[test]
fn words_of_the_dataset_have_meanings() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut record = OutRecord::new(2, 0).expect("a tagged type");
    let words = [
        "granted-on",
        "refused-on",
        "discontinued-on",
        "arrived-take-charge-on",
        "arrived-take-back-on",
        "left-on",
        "removed-on",
        "arrived-relocation-on",
        "refusal-grounds",
        "exclusion-ground",
        "council-decision",
        "responsible-state",
        "relocation-state",
        "rejected",
        "border-rejection-final",
        "return-assistance",
        "visa",
    ];
    let grounds = icd::dataset::SecurityGround::ALL.map(icd::dataset::SecurityGround::word);
    let mut rows: Vec<[&str; 2]> = words.iter().map(|word| [*word, "x"]).collect();
    rows.extend(grounds.iter().map(|ground| ["security-flag", *ground]));
    let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
    record.items(206, &["PASS", "X1", "XXA", "20300101"]).expect("text");
    record.rows(209, &rows).expect("text");
    record.rows(210, &[&["7", "bandaged"], &["8", "amputated"], &["9", "partly-amputated"]]).expect("text");
    record
        .rows(214, &[&["identity-or-travel", "not-established", "00"], &["other", "authentic", "00"]])
        .expect("text");
    let file = file_of(folder.path(), "EURODAC-OPEN", vec![record]);
    let meanings = |tag: &str| json_field(&file, tag)["meanings"].clone();
    let additional = meanings("2.209");
    for (index, row) in rows.iter().enumerate() {
        assert!(additional[index][0].is_string(), "{row:?}");
        assert_eq!(additional[index][1].is_string(), row[0] == "security-flag", "{row:?}");
    }
    assert_eq!(additional[words.len()][1], "the person is armed");
    assert_eq!(
        meanings("2.210"),
        serde_json::json!([
            ["left index finger", "for now, a retake is due"],
            ["left middle finger", "permanent"],
            ["left ring finger", "part of the finger is missing"],
        ])
    );
    let copies = meanings("2.214");
    assert_eq!(
        (&copies[0][1], &copies[1][1]),
        (&"authenticity not established".into(), &"found authentic".into())
    );
    assert_eq!(meanings("2.206")[0][3], "valid until");
}

/// A list of codes is shown whole, with a meaning for every item; a long value says how much of it is not shown.
#[test]
fn nothing_coded_is_cut() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut slap = OutRecord::new(14, 0).expect("a tagged type");
    slap.field(13, "14").expect("text");
    slap.rows(18, &[&["7", "UP"], &["8", "UP"], &["9", "UP"], &["10", "XX"]]).expect("text");
    let comment = "é".repeat(2000) + "the end";
    slap.field(20, &comment).expect("text");
    slap.rows(24, &[&["7", "254", "FFFF", "2"], &["8", "255", "FFFF", "2"], &["9", "40", "FFFF", "2"]])
        .expect("text");
    // A list of codes can be longer than the bound.
    let mut many = OutRecord::new(14, 1).expect("a tagged type");
    many.rows(23, &vec![&["8", "254"][..]; 100]).expect("text");
    let file = file_of(folder.path(), "EURODAC-OPEN", vec![slap, many]);
    let whole = "8 (left middle finger), 254 (no attempt to compute a score) | ".repeat(99);
    check(&["inspect", text(&file)], 0, &whole, "");
    let up = "UP (unable to print, bandaged or amputated)";
    let missing = format!(
        "7 (left index finger), {up} | 8 (left middle finger), {up} | 9 (left ring finger), {up} | \
         10 (left little finger), XX (partial print, amputation)\n"
    );
    check(&["inspect", text(&file)], 0, &missing, "");
    check(
        &["inspect", text(&file)],
        0,
        "8 (left middle finger), 255 (a score could not be computed), FFFF, 2",
        "",
    );
    check(&["inspect", text(&file)], 0, "éé… (7 more characters, all with --json)\n", "");
    assert_eq!(json_field(&file, "14.020")["subfields"][0][0], comment.as_str());
    let missing = json_field(&file, "14.018");
    assert_eq!(
        missing["meanings"][3],
        serde_json::json!(["left little finger", "partial print, amputation"])
    );
    assert_eq!(missing["meaning"], serde_json::Value::Null, "it has more than one item");
    let position = json_field(&file, "14.013");
    let four = "left four fingers";
    assert_eq!((&position["meanings"], &position["meaning"]), (&serde_json::json!([[four]]), &four.into()));
    let quality = json_field(&file, "14.024");
    assert_eq!(
        quality["meanings"][0],
        serde_json::json!(["left index finger", "no attempt to compute a score", null, null])
    );
}

/// Records beyond Eurodac's have names too, and binary ones their meanings in JSON.
#[test]
fn iris_and_binary_records_are_shown_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut iris = OutRecord::new(17, 1).expect("a tagged type");
    for (number, value) in [(3, "2"), (4, "AGENCY"), (5, "20260701"), (8, "1"), (11, "PNG"), (28, "MA")] {
        iris.field(number, value).expect("text");
    }
    let header = Type4Header {
        impression: 1,
        positions: vec![2],
        scanning_resolution: 0,
        width_px: 4,
        height_px: 4,
        compression: 0,
    };
    let print = OutRecord::type_4(2, &header, vec![0; 16]).expect("well-formed");
    let file = file_of(folder.path(), "NORAM", vec![iris, print]);
    for shown in [
        "17.003   ELR   eye                          2 (left eye)",
        "17.004   SRC   source agency                AGENCY",
        "17.005   ICD   capture date                 20260701",
        "17.008   SLC   scale units                  1 (pixels per inch)",
        "17.028   DME   damaged or missing eye       MA (missing or amputated)",
    ] {
        check(&["inspect", text(&file)], 0, shown, "");
    }
    let output = icd(&["inspect", text(&file), "--json"]);
    let shown: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let meanings = serde_json::json!({
        "positions": ["right index finger"], "impression": "rolled contact", "compression": "uncompressed",
    });
    assert_eq!(shown["records"][2]["fields"][0]["meanings"], meanings);
}

/// `raw` are samples without a header; what a record calls compressed, and has no known beginning, is none.
#[test]
fn content_nobody_knows_is_no_samples() {
    let folder = tempfile::tempdir().expect("a folder");
    // As many bytes as pixels, and a beginning that no format has.
    let content = stripes(30, 20);
    let cases = [
        (Some("NONE"), "02_type10.raw", Some("02_type10.png")),
        (None, "03_type10.raw", Some("03_type10.png")),
        (Some("JPEGB"), "04_type10.bin", None),
        (Some("WSQ20"), "05_type10.bin", None),
    ];
    let record = |idc: u8, compression: Option<&str>, bytes: Vec<u8>| {
        let mut record = OutRecord::new(10, idc).expect("a tagged type");
        record.field(6, "30").and_then(|record| record.field(7, "20")).expect("text");
        if let Some(code) = compression {
            record.field(11, code).expect("text");
        }
        record.image(bytes);
        record
    };
    let mut records: Vec<_> = (0..)
        .zip(&cases)
        .map(|(idc, (compression, ..))| record(idc, *compression, content.clone()))
        .collect();
    // Said not to be compressed, of whatever depth; said nothing, and no size that fits.
    records.push(record(4, Some("NONE"), stripes(60, 20)));
    records.push(record(5, None, stripes(60, 20)));
    let print = |idc: u8, compression: u8| {
        let (width_px, height_px) = (30, 20);
        let header = Type4Header {
            impression: 0,
            positions: vec![1],
            scanning_resolution: 0,
            width_px,
            height_px,
            compression,
        };
        OutRecord::type_4(idc, &header, content.clone()).expect("well-formed")
    };
    records.push(print(6, 0));
    records.push(print(7, 1));
    let file = file_of(folder.path(), "NORAM", records);
    let (plain, decoded) = (folder.path().join("plain"), folder.path().join("decoded"));
    check(&["extract", text(&file), "--out", text(&plain)], 0, "", "");
    check(&["extract", text(&file), "--out", text(&decoded), "--decode"], 0, "", "note: ");
    for (_, name, as_picture) in cases {
        assert_eq!(std::fs::read(plain.join(name)).expect(name), content);
        assert!(decoded.join(as_picture.unwrap_or(name)).exists(), "{name}");
    }
    for name in ["06_type10.raw", "07_type10.bin", "08_type4_fgp01.raw", "09_type4_fgp01.bin"] {
        assert!(plain.join(name).exists(), "{name}");
    }
}
