//! Against NIST's and NBIS's published sample files and the dumps the NBIS tools make of them.
//!
//! The files are not part of this repository. They are looked for in the sibling folder `../shared/data`; without it
//! these tests say that they are skipped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use icd::nist::{Field, MinutiaeForm, Record, Transaction, Type4, Type9, Type13, Type14, Type15};

/// The samples, sorted by name; `None` after saying that they are not there.
fn samples() -> Option<Vec<(String, Vec<u8>)>> {
    let folder = folder()?;
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("a folder that is there can be read")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "an2" || e == "an2k"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no sample in {}", folder.display());
    let named = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Some(files.iter().map(|path| (named(path), std::fs::read(path).expect("a readable sample"))).collect())
}

fn folder() -> Option<PathBuf> {
    let mut above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let found = above.find_map(|path| Some(path.join("shared/data/ansi_nist")).filter(|path| path.is_dir()));
    if found.is_none() {
        eprintln!("SKIPPED: ../shared/data/ansi_nist is not there");
    }
    found
}

/// The first refusal, by code, of files that the reader must not take, and why.
const REFUSED: &[(&str, &str)] = &[
    // Its Type-9 record holds a field tagged 13.005.
    ("biomeval_type9-13.an2k", "I-0303"),
    // Version 0200 and 0201 are from before the standard's year 2000 edition, version 0 never existed.
    ("nbis_type_5_wvu.an2", "I-0306"),
    ("nbis_valid1.1.an2", "I-0306"),
    ("nbis_valid1.11.an2", "I-0306"),
    ("nbis_valid1.13.an2", "I-0306"),
    ("nbis_valid1.15.an2", "I-0306"),
    ("nbis_valid1.3.an2", "I-0306"),
    ("nbis_valid1.5.an2", "I-0306"),
    ("nbis_valid1.7.an2", "I-0306"),
    ("nbis_valid1.9.an2", "I-0306"),
    ("rec01_rec02_rec16.nst.an2", "I-0306"),
];

/// The samples whose structure is right, whatever their version.
fn readable() -> Option<Vec<(String, Vec<u8>)>> {
    let broken = |name: &String| REFUSED.iter().any(|(file, code)| file == name && *code != "I-0306");
    Some(samples()?.into_iter().filter(|(name, _)| !broken(name)).collect())
}

#[test]
fn every_sample_is_read_or_refused_for_the_right_reason() {
    let Some(samples) = samples() else { return };
    for (name, bytes) in samples {
        let expect = REFUSED.iter().find(|(file, _)| *file == name).map(|(_, code)| *code);
        assert_eq!(Transaction::read(&bytes).err().map(|error| error.code()), expect, "{name}");
    }
}

/// The table of the documentation has each file once, with its version, its records as 1.003 announces them, and its fate.
#[test]
fn the_documented_fate_of_each_sample_is_its_fate() {
    let Some(samples) = samples() else { return };
    let text = include_str!("../../docs/reference/icd.md");
    let (_, table) = text.split_once("## Sample files").expect("the chapter");
    let (table, _) = table.split_once("\n## ").expect("a chapter after it");
    let row = |line: &str| -> Option<(String, [String; 3])> {
        let cells: Vec<&str> = line.strip_prefix("| `")?.split('|').map(str::trim).collect();
        let [name, version, records, fate, ""] = cells[..] else { panic!("four columns in {line}") };
        let fate = fate.split(':').next().unwrap_or_default();
        Some((name.trim_matches('`').to_owned(), [version, records, fate].map(str::to_owned)))
    };
    let documented: Vec<_> = table.lines().filter_map(row).collect();
    assert_eq!(documented.len(), samples.len(), "each file has one row");
    let documented: BTreeMap<_, _> = documented.into_iter().collect();
    for (name, bytes) in samples {
        let fate = match Transaction::read(&bytes) {
            Ok(transaction) => {
                assert!(transaction.to_bytes() == bytes, "{name} changed");
                "accepted".to_owned()
            }
            Err(error) => format!("refused, {}", error.code()),
        };
        let of_header = |number: u16| {
            let tag = [&b"1.001:"[..], b"1.01:"].iter().any(|tag| bytes.starts_with(tag));
            assert!(tag, "{name} begins with Type-1");
            let header = bytes.split(|byte| *byte == icd::nist::FS).next().expect("a record");
            let field = header.split(|byte| *byte == icd::nist::GS).find_map(|field| {
                let (tag, value) = std::str::from_utf8(field).ok()?.split_once(':')?;
                (tag.split_once('.')?.1.parse() == Ok(number)).then(|| value.to_owned())
            });
            field.expect("a field")
        };
        let expect = [of_header(2), listed_types(&of_header(3)), fate];
        assert_eq!(documented.get(&name), Some(&expect), "{name}");
    }
}

/// `2, 14 ×3` for a Type-2 and three Type-14; runs of neighbouring types that stand once are joined as `13 to 17`.
fn listed_types(contents: &str) -> String {
    let mut counts: BTreeMap<u8, usize> = BTreeMap::new();
    for entry in contents.split(char::from(icd::nist::RS)).skip(1) {
        let kind = entry.split(char::from(icd::nist::US)).next().and_then(|kind| kind.parse().ok());
        *counts.entry(kind.expect("a record type")).or_default() += 1;
    }
    let kinds: Vec<(u8, usize)> = counts.into_iter().collect();
    let mut shown = Vec::new();
    let mut rest = kinds.as_slice();
    while let Some(&(kind, count)) = rest.first() {
        let run = rest.iter().zip(kind..).take_while(|((k, c), next)| k == next && *c == 1).count();
        if run > 2 {
            shown.push(format!("{kind} to {}", rest[run - 1].0));
            rest = &rest[run..];
            continue;
        }
        shown.push(if count == 1 { kind.to_string() } else { format!("{kind} ×{count}") });
        rest = &rest[1..];
    }
    shown.join(", ")
}

#[test]
fn reading_and_writing_gives_the_same_bytes() {
    let Some(samples) = readable() else { return };
    for (name, bytes) in samples {
        let transaction =
            Transaction::read_any_version(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(transaction.to_bytes() == bytes, "{name} changed");
        let total: usize = transaction.records().iter().map(Record::length_bytes).sum();
        assert_eq!(total, bytes.len(), "{name}");
    }
}

/// Every text value, item by item, against the dump of the reference tools.
#[test]
fn fields_agree_with_the_reference_dump() {
    let (Some(samples), Some(folder)) = (readable(), folder()) else { return };
    let mut compared = 0;
    for (name, bytes) in samples {
        let Ok(dump) = std::fs::read(folder.join(format!("{name}.an2k2txt"))) else {
            eprintln!("{name}: the reference tool has no dump of it");
            continue;
        };
        let dump = dumped(&dump);
        let transaction =
            Transaction::read_any_version(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let ours = listed(&transaction);
        for (place, value) in &ours {
            let theirs = dump.get(place).unwrap_or_else(|| panic!("{name}: the dump lacks {place:?}"));
            assert_eq!(String::from_utf8_lossy(value), String::from_utf8_lossy(theirs), "{name} {place:?}");
        }
        compared += ours.len();
    }
    assert!(compared > 1_000, "only {compared} values compared");
}

/// Image lengths against the table of images.
#[test]
fn images_have_the_listed_length() {
    let (Some(samples), Some(folder)) = (readable(), folder()) else { return };
    let table = std::fs::read_to_string(folder.join("images.csv")).expect("a readable table");
    let samples: BTreeMap<_, _> = samples.into_iter().collect();
    let mut seen = 0;
    for line in table.lines().skip(1) {
        let columns: Vec<&str> = line.split(',').collect();
        let [name, place, _, length, digest] = columns[..] else { panic!("five columns in {line}") };
        if !samples.contains_key(name) {
            continue;
        }
        let record: usize = place.split_once('.').expect("record.field").0.parse().expect("a number");
        let transaction = Transaction::read_any_version(&samples[name]).expect("a readable sample");
        let image = match &transaction.records()[record - 1] {
            Record::Tagged(tagged) if tagged.field(999).is_some() => {
                tagged.field(999).expect("just seen").value()
            }
            Record::Tagged(tagged) => tagged.fields().last().expect("a field").value(),
            Record::Binary(binary) if binary.record_type() == 4 => Type4::of(binary).expect("Type-4").image(),
            // The header of a signature is shorter than that of the other binary records.
            Record::Binary(binary) => &binary.bytes()[if binary.record_type() == 8 { 12 } else { 18 }..],
        };
        assert_eq!(image.len().to_string(), length, "{name} {place}");
        let sum = icd::message::ContainerDigest::of(image).sha256;
        let hex: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, *digest, "{name} {place}");
        seen += 1;
    }
    eprintln!("{seen} images compared");
    assert!(seen > 80, "only {seen} images compared");
}

#[test]
fn cut_files_are_refused_at_every_byte() {
    let Some(samples) = readable() else { return };
    for (name, bytes) in samples {
        let whole = Transaction::read_any_version(&bytes).expect("a readable sample");
        let near = |cut: usize| {
            whole.records().iter().any(|record| cut.abs_diff(record.offset()) < 300)
                || bytes.len() - cut < 300
        };
        // Inside an image every cut is the same case, so large files are cut near their record boundaries only.
        for cut in (0..bytes.len()).filter(|cut| bytes.len() < 40_000 || near(*cut)) {
            assert!(Transaction::read_any_version(&bytes[..cut]).is_err(), "{name} cut at {cut}");
        }
    }
}

#[test]
fn flipped_header_bits_never_panic() {
    let Some(samples) = readable() else { return };
    for (name, bytes) in samples.into_iter().filter(|(_, bytes)| bytes.len() < 80_000) {
        let header =
            Transaction::read_any_version(&bytes).expect("a readable sample").records()[0].length_bytes();
        let mut changed = bytes.clone();
        for bit in 0..header * 8 {
            changed[bit / 8] ^= 1 << (bit % 8);
            if let Ok(transaction) = Transaction::read_any_version(&changed) {
                assert!(transaction.to_bytes() == changed, "{name} with bit {bit} flipped");
            }
            changed[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn typed_views_of_a_ten_print_card() {
    let Some(samples) = readable() else { return };
    let samples: BTreeMap<_, _> = samples.into_iter().collect();
    let binary = Transaction::read(&samples["type-4-tpcard.an2"]).expect("readable");
    let positions: Vec<u8> = binary
        .records()
        .iter()
        .filter_map(|record| match record {
            Record::Binary(binary) => Type4::of(binary),
            Record::Tagged(_) => None,
        })
        .map(|record| {
            let decoded = wsq::decode(record.image()).expect("a readable image");
            assert_eq!((decoded.width_px, decoded.height_px), (record.width_px(), record.height_px()));
            record.positions()[0]
        })
        .collect();
    assert_eq!(positions, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 12, 11, 13]);

    let tagged = Transaction::read(&samples["type-14-amp-nqm-utf8.an2"]).expect("readable");
    assert_eq!(tagged.type1().character_set(), Some(3));
    let name = tagged.tagged(2).next().and_then(|record| record.text(3)).expect("UTF-8 text");
    assert!(!name.is_ascii());
    for (index, record) in tagged.tagged(14).enumerate() {
        let view = Type14::of(record, index + 3).expect("Type-14");
        let decoded = wsq::decode(view.image().expect("an image")).expect("a readable image");
        assert_eq!((Ok(decoded.width_px), Ok(decoded.height_px)), (view.width_px(), view.height_px()));
        assert_eq!(view.resolution_ppi(), Ok(500));
        assert!(view.missing().is_ok() && view.segments().is_ok() && view.quality().is_ok());
    }
}

/// Minutiae in three forms, against the count each file gives, and latent and palm prints beside them.
#[test]
fn typed_views_of_minutiae_latents_and_palms() {
    let Some(samples) = readable() else { return };
    let samples: BTreeMap<_, _> = samples.into_iter().collect();
    let counted = [
        ("type-9-13-m1.an2", MinutiaeForm::Incits378, 48),
        ("type-9-4-iafis.an2", MinutiaeForm::Fbi, 48),
        ("type-9-14-std.an2", MinutiaeForm::Standard, 48),
        ("type-9-10-14.an2", MinutiaeForm::Standard, 48),
    ];
    for (name, form, count) in counted {
        let transaction = Transaction::read(&samples[name]).expect("readable");
        let nine = transaction.tagged(9).next().expect("Type-9");
        let blocks = Type9::of(nine, 3).expect("Type-9").minutiae().unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(
            blocks.iter().map(|b| (b.form, b.points.len())).collect::<Vec<_>>(),
            [(form, count)],
            "{name}"
        );
    }
    let features = Transaction::read(&samples["biomeval_type9-efs.an2k"]).expect("readable");
    for (index, record) in features.tagged(9).enumerate() {
        let blocks = Type9::of(record, index + 2).expect("Type-9").minutiae().expect("readable");
        assert!(blocks.iter().all(|block| block.form == MinutiaeForm::ExtendedFeatures));
    }
    let (mut latents, mut palms) = (0, 0);
    for (name, bytes) in &samples {
        let transaction = Transaction::read_any_version(bytes).expect("readable");
        for record in transaction.tagged(13) {
            let view = Type13::of(record, 1).expect("Type-13");
            // One test file of NBIS says 100 where the real prints say 500.
            let expected = if name.starts_with("nbis_valid1.11") { 100 } else { 500 };
            assert_eq!(view.resolution_ppi(), Ok(expected), "{name}");
            assert!(view.positions().is_ok() && view.image().is_some(), "{name}");
            latents += 1;
        }
        for record in transaction.tagged(15) {
            let view = Type15::of(record, 1).expect("Type-15");
            assert!(
                view.position().is_ok() && view.resolution_ppi().is_ok() && view.image().is_some(),
                "{name}"
            );
            palms += 1;
        }
    }
    assert!(latents >= 3 && palms >= 1, "{latents} latent and {palms} palm prints");
}

type Place = (usize, usize, usize, usize);

/// `record.field.subfield.item [tag]=value` per line; lines of image fields name a file and are left out later.
fn dumped(dump: &[u8]) -> BTreeMap<Place, Vec<u8>> {
    let mut found = BTreeMap::new();
    for line in dump.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let Some(equals) = line.iter().position(|byte| *byte == b'=') else { continue };
        let head = String::from_utf8_lossy(&line[..equals]);
        let Some((place, _)) = head.split_once(' ') else { continue };
        let numbers: Vec<usize> = place.split('.').filter_map(|part| part.parse().ok()).collect();
        let [record, field, subfield, item] = numbers[..] else { continue };
        let value = &line[equals + 1..];
        // Some dumps end every value with an item separator.
        let value = value.strip_suffix(&[icd::nist::US]).unwrap_or(value);
        found.insert((record, field, subfield, item), value.to_vec());
    }
    found
}

/// Our reading in the same form; binary records and image fields have no text.
fn listed(transaction: &Transaction<'_>) -> BTreeMap<Place, Vec<u8>> {
    let mut found = BTreeMap::new();
    for (record, tagged) in
        transaction.records().iter().enumerate().filter_map(|(n, r)| Some((n, r.as_tagged()?)))
    {
        let is_text = |field: &&Field<'_>| field.number() != 999;
        for (field, subfields) in tagged.fields().iter().filter(is_text).map(Field::subfields).enumerate() {
            for (subfield, items) in subfields.enumerate() {
                for (item, value) in items.into_iter().enumerate() {
                    found.insert((record + 1, field + 1, subfield + 1, item + 1), value.to_vec());
                }
            }
        }
    }
    found
}
