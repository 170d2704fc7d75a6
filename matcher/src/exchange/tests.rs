//! Round trips over the sample records, made-up records of every format, and hostile bytes.

use proptest::prelude::*;

use super::convert::Print;
use super::*;
use crate::template::{MinutiaType, NO_ORIENTATION, Template};
use crate::{Error, Finger};

/// Every record under the shared data; empty, with a visible line, where the data are not there.
fn samples() -> Vec<(String, Vec<u8>)> {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let mut found = Vec::new();
    for folder in ["minutiae_templates"].into_iter().map(|name| data.join(name)).chain(
        ["fvc2002_db1_b", "fvc2002_db3_b", "fvc2004_db2_b", "fvc2004_db4_b"]
            .into_iter()
            .flat_map(|set| ["iso_fjfx", "iso_secugen"].map(|sub| data.join(set).join(sub))),
    ) {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if let Ok(bytes) = std::fs::read(&path)
                && bytes.starts_with(&MARK)
            {
                found.push((
                    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
                    bytes,
                ));
            }
        }
    }
    if found.is_empty() {
        println!("SKIPPED: no ../shared/data with minutiae records");
    }
    found
}

#[test]
fn every_sample_is_written_back_byte_for_byte() {
    for (name, bytes) in samples() {
        let record = Record::read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(record.to_bytes().as_deref(), Ok(bytes.as_slice()), "{name} as {}", record.format.name());
        let templates = record.templates().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(templates.len(), record.views.len());
        let expect = match name.as_str() {
            "fmr.ansi2004" => Format::Incits2004,
            "fmr.ansi2007" => Format::Incits2007,
            _ => Format::Iso2005,
        };
        assert_eq!(record.format, expect, "{name}");
        assert!(record.views.iter().all(|view| !view.minutiae.is_empty()), "{name}");
    }
}

#[test]
fn what_the_samples_say_is_understood() {
    let samples: std::collections::BTreeMap<_, _> = samples().into_iter().collect();
    let Some(bytes) = samples.get("fmr.ansi2004") else { return };
    let record = Record::read(bytes).expect("reads");
    assert_eq!(record.header.product, (0x42, 0x11));
    assert_eq!(record.header.size, (512, 512));
    let kinds: Vec<u16> = record.views[0].extensions().map(|(kind, _)| kind).collect();
    assert!(kinds.iter().all(|kind| (1..=3).contains(kind)), "{kinds:?}");
    // The same minutia in both standards: the same place, the same direction within a step.
    let iso = Record::read(&samples["fmr.iso2005"]).expect("reads");
    let (first, second) =
        (record.templates().expect("templates").remove(0).1, iso.templates().expect("templates").remove(0).1);
    assert_eq!(first.minutiae().len(), second.minutiae().len());
    for (a, b) in first.minutiae().iter().zip(second.minutiae()) {
        assert_eq!((a.x, a.y, a.kind), (b.x, b.y, b.kind));
        assert!((a.direction.wrapping_sub(b.direction) as i8).unsigned_abs() <= 2);
    }
}

/// A template with minutiae at chosen places and directions.
fn template(places: &[(u16, u16, u8)]) -> Template {
    let minutiae: Vec<crate::Minutia> = places
        .iter()
        .enumerate()
        .map(|(index, &(x, y, direction))| crate::Minutia {
            x,
            y,
            direction,
            kind: if index % 2 == 0 { MinutiaType::Ending } else { MinutiaType::Bifurcation },
            quality: 90 - index as u8,
        })
        .collect();
    let grid = vec![NO_ORIENTATION; 25 * 25];
    Template {
        width: 400,
        height: 400,
        ridge_period_tenths: 90,
        cell: 16,
        columns: 25,
        rows: 25,
        grid,
        minutiae,
    }
}

#[test]
fn templates_survive_every_format() {
    let places = [(10, 20, 0), (399, 399, 64), (200, 100, 131), (5, 300, 255), (77, 78, 192)];
    let print = template(&places);
    for format in Format::ALL {
        let fingers = [Some(Finger::RightThumb), None, Some(Finger::LeftLittle), None];
        let prints: Vec<Print<'_>> =
            fingers.iter().map(|&finger| Print { finger, quality: Some(71), template: &print }).collect();
        let record = Record::of(&prints, format).expect("fits");
        let bytes = record.to_bytes().expect("fits");
        let read = Record::read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", format.name()));
        assert_eq!(read, record, "{}", format.name());
        assert_eq!(read.format, format);
        assert!(read.views.iter().all(|view| view.quality == 71), "{}", format.name());
        let numbers: Vec<u8> = read.views.iter().map(|view| view.number).collect();
        assert_eq!(numbers, [0, 0, 0, 1], "{}", format.name());
        for ((finger, back), expect) in read.templates().expect("templates").iter().zip(fingers) {
            assert_eq!(*finger, expect);
            assert_eq!(back.size(), (400, 400));
            for (a, b) in back.minutiae().iter().zip(print.minutiae()) {
                assert_eq!((a.x, a.y, a.kind, a.quality), (b.x, b.y, b.kind, b.quality));
                assert!((a.direction.wrapping_sub(b.direction) as i8).unsigned_abs() <= 1);
            }
        }
    }
}

#[test]
fn a_stated_resolution_is_scaled_to_500_ppi() {
    let print = template(&[(100, 200, 10), (10, 10, 20), (300, 300, 30)]);
    let mut record = Record::of(&[Print { finger: None, quality: None, template: &print }], Format::Iso2011)
        .expect("fits");
    record.views[0].resolution_ppcm = (394, 394);
    let (_, small) = record.templates().expect("templates").remove(0);
    assert_eq!((small.minutiae()[0].x, small.minutiae()[0].y, small.size()), (50, 100, (200, 200)));
    record.views[0].resolution_ppcm = (10, 10);
    assert_eq!(record.templates().map_err(|error| error.code()), Err("M-0314"));
}

#[test]
fn directions_between_minutiae_follow_the_minutiae() {
    // All minutiae point along one direction: so does every cell between them, and nothing is claimed far away.
    let places: Vec<(u16, u16, u8)> = (0..9).map(|i| (100 + 30 * (i % 3), 100 + 30 * (i / 3), 40)).collect();
    let record =
        Record::of(&[Print { finger: None, quality: None, template: &template(&places) }], Format::Iso2005)
            .expect("fits");
    let (_, back) = record.templates().expect("templates").remove(0);
    let inside = back.grid[(120 / 16) * 25 + 120 / 16];
    assert!((i32::from(inside) - 40).abs() <= 1, "{inside}");
    assert_eq!(back.grid[24 * 25 + 24], NO_ORIENTATION);
}

#[test]
fn type_9_fields_count_angles_the_other_way_round() {
    let print = template(&[(100, 200, 64), (10, 10, 0), (300, 300, 192)]);
    let fields = type9::m1_fields(&print, Some(Finger::RightIndex));
    let minutiae = &fields.iter().find(|field| field.number == 137).expect("9.137").subfields;
    assert_eq!(minutiae[0], ["001", "100", "200", "135", "1", "90"]);
    let efs = type9::efs_fields(&print, None);
    let minutiae = &efs.iter().find(|field| field.number == 331).expect("9.331").subfields;
    assert_eq!(minutiae[2], ["1524", "1524", "90", "E"]);
    assert_eq!(format!("{:?}", efs[2]), "Field(9.331, 3 subfields)");
}

#[test]
fn what_does_not_fit_is_refused() {
    let print = template(&[(1, 2, 3)]);
    let prints = vec![Print { finger: None, quality: None, template: &print }; 300];
    assert_eq!(Record::of(&prints, Format::Iso2011).map_err(|error| error.code()), Err("M-0313"));
    for format in Format::ALL {
        let good = Record::of(&prints[..1], format).expect("fits");
        let mut bad = good.clone();
        bad.views[0].minutiae[0].x = 0x4000;
        assert_eq!(bad.to_bytes().map_err(|error| error.code()), Err("M-0313"), "{}", format.name());
        let mut bad = good.clone();
        bad.views[0].minutiae = vec![good.views[0].minutiae[0]; 256];
        assert_eq!(bad.to_bytes().map_err(|error| error.code()), Err("M-0313"), "{}", format.name());
    }
    for (bytes, code) in [
        (&b"FMR\0 99\0"[..], "M-0311"),
        (b"FMR\0", "M-0311"),
        (b"FMR\0 20\0", "M-0312"),
        (b"FMR\x00030\0\0\0\0\0", "M-0312"),
        (b"BGMT", "M-0301"),
    ] {
        assert_eq!(Record::read(bytes).map_err(|error| error.code()), Err(code));
    }
}

#[test]
fn bytes_behind_the_end_are_padding_or_refused() {
    let print = template(&[(1, 2, 3), (5, 6, 7)]);
    let record = Record::of(&[Print { finger: None, quality: None, template: &print }], Format::Iso2005)
        .expect("fits");
    let mut bytes = record.to_bytes().expect("fits");
    bytes.extend_from_slice(&[0; 17]);
    let padded = Record::read(&bytes).expect("padding is fine");
    assert_eq!(padded.padding, 17);
    assert_eq!(padded.to_bytes(), Ok(bytes.clone()));
    bytes.push(1);
    assert!(matches!(Record::read(&bytes), Err(Error::RecordDamaged { field: "bytes behind the end", .. })));
}

proptest! {
    /// Whatever is read is written back as it was, and gives sound templates; nothing panics.
    #[test]
    fn hostile_bytes_never_panic(
        format in prop::sample::select(&Format::ALL[..]),
        flips in prop::collection::vec((any::<usize>(), any::<u8>()), 0..6),
        cut in any::<usize>(),
        noise in prop::collection::vec(any::<u8>(), 0..120),
    ) {
        let print = template(&[(1, 2, 3), (50, 60, 70), (300, 200, 100)]);
        let of = Print { finger: Some(Finger::LeftRing), quality: Some(50), template: &print };
        let mut bytes = Record::of(&[of, of], format).expect("fits").to_bytes().expect("fits");
        for (at, value) in flips {
            let at = 8 + at % (bytes.len() - 8);
            bytes[at] = value;
        }
        bytes.truncate(8 + cut % (bytes.len() - 7));
        bytes.extend_from_slice(&noise);
        check_hostile(&bytes);
        check_hostile(&noise);
    }
}
