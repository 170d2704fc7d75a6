//! `icd wsq` as a user meets it: exit codes, files, messages.

use std::{
    path::Path,
    process::{Command, Output},
};

fn icd(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_icd"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the tool starts")
}

/// Runs the tool and compares the exit code and a word of what it says.
fn check(arguments: &[&str], folder: &Path, code: i32, says: &str) {
    let output = icd(arguments, folder);
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert!(said.contains(says), "{arguments:?} says {said} and not {says}");
}

#[test]
fn a_picture_goes_to_wsq_and_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let wave = |x: u32, y: u32| (128.0 + 90.0 * (x as f32 * 0.5 + y as f32 * 0.3).sin()) as u8;
    let picture = image::GrayImage::from_fn(200, 180, |x, y| image::Luma([wave(x, y)]));
    picture.save(at.join("in.png")).expect("saves");
    check(&["wsq", "encode", "in.png", "--out", "a.wsq", "--ppi", "500", "--json"], at, 0, "\"bytes\":");
    check(&["wsq", "decode", "a.wsq", "--out", "out.png", "--json"], at, 0, "\"claimed_ppi\":500");
    let back = image::open(at.join("out.png")).expect("opens").into_luma8();
    assert_eq!(back.dimensions(), picture.dimensions());
    let worst = back.as_raw().iter().zip(picture.as_raw()).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(worst.is_some_and(|worst| worst < 40), "{worst:?}");

    let colours = image::RgbImage::from_pixel(100, 100, image::Rgb([200, 90, 90]));
    colours.save(at.join("colours.png")).expect("saves");
    check(&["wsq", "encode", "colours.png", "--out", "b.wsq"], at, 0, "was not 8-bit grey");
    // The tables alone are more than a tiny rate.
    check(
        &["wsq", "encode", "in.png", "--out", "c.wsq", "--bpp", "0.05"],
        at,
        0,
        "0.05 bits per pixel were asked for",
    );
}

#[test]
fn bad_input_is_told_and_nothing_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    std::fs::write(at.join("text.txt"), "not a picture").expect("writes");
    image::GrayImage::new(40, 40).save(at.join("small.png")).expect("saves");
    check(&["wsq", "decode", "missing.wsq", "--out", "o"], at, 1, "W-0901");
    check(&["wsq", "decode", "text.txt", "--out", "o"], at, 1, "W-0101");
    check(&["wsq", "encode", "text.txt", "--out", "o"], at, 1, "W-0902");
    check(&["wsq", "encode", "small.png", "--out", "o"], at, 1, "W-0202");
    check(&["wsq", "encode", "small.png"], at, 2, "--out");
    check(&["wsq", "encode", "small.png", "--out", "o", "--bpp", "much"], at, 2, "--bpp");
    assert!(!at.join("o").exists());
    check(&["wsq", "--help"], at, 0, "decode");
}
