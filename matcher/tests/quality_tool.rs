//! `matcher quality` as a program: columns, engines, refusals, the comparison.

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use matcher::quality::native::MEASURE_COLUMNS;
use matcher::synth::{Condition, Person};
use matcher::{CannotJudge, Finger, Image};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_matcher")).args(arguments).output().expect("the tool starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn print_file(folder: &Path) -> PathBuf {
    let image = Person::new(31, 40).impression(Finger::RightIndex, 1, Condition::default());
    let path = folder.join("101_1.png");
    std::fs::write(&path, matcher::codec::encode_png(&image).expect("encoded")).expect("writable");
    path
}

#[test]
fn the_csv_has_the_references_columns_and_never_fills_its_minutiae() {
    let folder = tempfile::tempdir().expect("a folder");
    let print = print_file(folder.path());
    let blank = folder.path().join("blank.png");
    let white = Image::blank(300, 300, 500, 255).expect("sound");
    std::fs::write(&blank, matcher::codec::encode_png(&white).expect("encoded")).expect("writable");
    let done = run(&["quality", "--csv", "--age", "8", &print.to_string_lossy(), &blank.to_string_lossy()]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let out = text(&done.stdout);
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{out}");
    let cell = |row: usize, name: &str| {
        let at =
            rows[0].iter().position(|column| *column == name).unwrap_or_else(|| panic!("no column {name}"));
        rows[row][at]
    };
    assert_eq!(&rows[0][..6], ["set", "image", "width", "height", "score", "error"]);
    assert!(MEASURE_COLUMNS.iter().all(|name| rows[0].contains(name)));
    for name in MEASURE_COLUMNS {
        let reference_only = name.starts_with("FingerJetFX") || name.starts_with("FJFX");
        assert_eq!(cell(1, name).is_empty(), reference_only, "{name}");
    }
    assert!(cell(1, "Own_MinutiaeCount").parse::<u32>().is_ok_and(|count| count > 5));
    assert!(cell(1, "score").parse::<u8>().is_ok());
    assert!(cell(1, "engine").starts_with("own") && !out.contains("NFIQ"), "our figure is never called NFIQ");
    assert_eq!((cell(1, "age_band"), cell(2, "score"), cell(2, "error")), ("6-11", "", "blank"));
    // With the shared data there, the header begins with exactly the reference table's.
    if let Some(table) = support::shared("nfiq2_reference.csv", "columns beside the reference table") {
        let table = std::fs::read_to_string(table).expect("readable");
        let theirs: Vec<&str> = table.lines().next().unwrap_or_default().split(',').collect();
        assert_eq!(&rows[0][..theirs.len()], theirs);
    }
}

/// A stand-in for nfiq2 that prints the rows of `csv`; its path and digest.
fn stand_in(folder: &Path, csv: &str) -> (String, String) {
    std::fs::write(folder.join("rows.csv"), csv).expect("writable");
    let path = folder.join("nfiq2");
    let script = format!("#!/bin/sh\nexec /bin/cat '{}'\n", folder.join("rows.csv").display());
    std::fs::write(&path, script).expect("writable");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("our own file");
    let digest = quality_engine::Digest::of(&path).expect("it is there").to_string();
    (path.to_string_lossy().into_owned(), digest)
}

fn with_engine(folder: &Path, csv: &str, print: &str) -> Output {
    let (path, digest) = stand_in(folder, csv);
    run(&["quality", "--csv", "--engine", "nfiq2", "--nfiq2", &path, "--nfiq2-sha256", &digest, print])
}

const HEAD: &str = "\"Filename\",FingerCode,QualityScore,\"OptionalError\",Quantized,Resampled,UniformImage,FingerJetFX_MinutiaeCount";

#[test]
fn the_reference_score_carries_its_name_and_a_wrong_digest_is_not_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let print = print_file(folder.path()).to_string_lossy().into_owned();
    let done = with_engine(folder.path(), &format!("{HEAD}\n\"x\",0,71,NA,0,0,40.5,33\n"), &print);
    let out = text(&done.stdout);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert!(out.contains(",71,,40.5,") && out.contains("NFIQ 2.3,0101/57,unknown"), "{out}");
    let (path, _) = stand_in(folder.path(), HEAD);
    let zeros = "0".repeat(64);
    let refused = run(&["quality", "--engine", "nfiq2", "--nfiq2", &path, "--nfiq2-sha256", &zeros, &print]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("M-0512"));
    let nonsense = with_engine(folder.path(), "segmentation fault\n", &print);
    assert_eq!(nonsense.status.code(), Some(1));
    assert!(text(&nonsense.stderr).contains("M-0501"));
}

#[test]
fn every_published_conformance_row_is_read_as_printed() {
    let name = "nfiq2_conformance_values/conformance_expected_output-v2.3.0.csv";
    let Some(table) = support::shared(name, "conformance rows through the reference engine") else { return };
    let csv = std::fs::read_to_string(table).expect("readable");
    let answers = matcher::quality::reference::parse_csv(&csv).expect("as NFIQ 2 prints it");
    assert_eq!(answers.len(), 208);
    assert_eq!(answers.iter().filter(|answer| answer.score.is_ok()).count(), 199);
    let reasons: Vec<CannotJudge> = answers
        .iter()
        .filter_map(|answer| answer.score.as_ref().err().map(|refusal| refusal.reason))
        .collect();
    assert!(reasons.iter().all(|reason| *reason != CannotJudge::RefusedByReference), "{reasons:?}");
    assert!(MEASURE_COLUMNS.iter().all(|name| answers[1].value(name).is_some()));
    // Through the process: one scored and one refused row, on any print.
    let folder = tempfile::tempdir().expect("a folder");
    let print = print_file(folder.path()).to_string_lossy().into_owned();
    let lines: Vec<&str> = csv.lines().collect();
    for (row, expected) in [(2, ",90,,"), (1, ",,too little print,")] {
        let done = with_engine(folder.path(), &format!("{}\n{}\n", lines[0], lines[row]), &print);
        assert!(text(&done.stdout).contains(expected), "{}{}", text(&done.stdout), text(&done.stderr));
    }
}

/// A real NFIQ 2 is used where `NFIQ2_EXECUTABLE` names one.
#[test]
fn a_real_nfiq2_gives_the_reference_scores() {
    let Ok(executable) = std::env::var("NFIQ2_EXECUTABLE") else {
        eprintln!("SKIPPED: a real NFIQ 2: NFIQ2_EXECUTABLE names none");
        return;
    };
    let Some(table) = support::shared("nfiq2_reference.csv", "scores of a real NFIQ 2") else { return };
    let digest = quality_engine::Digest::of(Path::new(&executable)).expect("it is there").to_string();
    let text_of_table = std::fs::read_to_string(&table).expect("readable");
    for row in text_of_table.lines().filter(|row| row.starts_with("fvc")).step_by(40) {
        let cells: Vec<&str> = row.split(',').collect();
        let print = table.with_file_name(cells[0]).join(cells[1]).to_string_lossy().into_owned();
        let done =
            run(&["quality", "--engine", "nfiq2", "--nfiq2", &executable, "--nfiq2-sha256", &digest, &print]);
        let out = text(&done.stdout);
        assert!(out.contains(&format!("{}: {}", cells[1], cells[4])), "{out} for {}", cells[4]);
    }
}

/// One print in every form a picture comes in, through every command that takes pictures.
#[test]
fn every_command_takes_every_form_of_picture() {
    let folder = tempfile::tempdir().expect("a folder");
    let print = Person::new(31, 40).impression(Finger::RightIndex, 1, Condition::default());
    let Image { width, height, pixels, .. } = &print;
    let grey = image::GrayImage::from_raw(*width, *height, pixels.clone()).expect("as many pixels");
    let mut tiff = std::io::Cursor::new(Vec::new());
    grey.write_to(&mut tiff, image::ImageFormat::Tiff).expect("encoded");
    let wsq = wsq::encode(pixels, *width, *height, &wsq::EncodeOptions::default()).expect("encoded");
    let jp2 = include_bytes!("../../icd/tests/data/ridges.jp2").to_vec();
    let png = matcher::codec::encode_png(&print).expect("encoded");
    for (name, bytes) in
        [("a.png", png), ("b.wsq", wsq), ("c.tif", tiff.into_inner()), ("d.jp2", jp2), ("e.png", vec![7; 50])]
    {
        let path = folder.path().join(name);
        std::fs::write(&path, &bytes).expect("writable");
        let path = path.to_string_lossy().into_owned();
        for command in [&["quality", "--csv"][..], &["quality"], &["segment", "--json"], &["advise"]] {
            let done = run(&[command, &[&path]].concat());
            let (out, error) = (text(&done.stdout), text(&done.stderr));
            assert_eq!(done.status.success(), name != "e.png", "{command:?} {name}: {error}");
            assert!(name == "e.png" || !out.trim().is_empty(), "{command:?} {name}");
            // The drawn ridges are too few to judge; the print is judged whatever it came in.
            if command == ["quality", "--csv"] && ["a.png", "b.wsq", "c.tif"].contains(&name) {
                let row: Vec<&str> = out.lines().nth(1).unwrap_or_default().split(',').collect();
                assert!(row[4].parse::<u8>().is_ok_and(|score| score > 20), "{name}: {row:?}");
            }
        }
    }
}

#[test]
fn under_six_and_wrong_use_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let print = print_file(folder.path()).to_string_lossy().into_owned();
    let child = run(&["quality", "--age", "5", &print]);
    assert_eq!(child.status.code(), Some(1));
    assert!(text(&child.stderr).contains("Art. 14(1)"));
    assert_eq!(run(&["quality"]).status.code(), Some(2));
    assert_eq!(run(&["quality", "--engine", "nfiq2", &print]).status.code(), Some(1));
}
