//! The protocol against small stand-ins: shell scripts that answer, fail, write nonsense, or are not what was approved.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use quality_engine::{Digest, Error, Installation, QualityEngine};

fn stand_in(folder: &Path, script: &str) -> PathBuf {
    let path = folder.join("nfiq2");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a writable folder");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("our own file");
    path
}

fn opened(executable: PathBuf) -> QualityEngine {
    let digest = Digest::of(&executable).expect("it is there");
    QualityEngine::open(Installation { executable, digest }).expect("its own digest")
}

#[test]
fn it_gets_the_picture_and_its_answer_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    // Prints its first three arguments, the size of the picture, and whether anything of the environment is left.
    let script = "printf '%s %s %s %s %s' \"$1\" \"$2\" \"$3\" \"$(/usr/bin/wc -c < \"$4\")\" \"$HOME\"";
    let engine = opened(stand_in(folder.path(), script));
    assert_eq!(engine.csv(&[7; 12_345]).expect("an answer"), "-F -a -v 12345 ");
}

#[test]
fn another_digest_is_not_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let executable = stand_in(folder.path(), "echo run > ran");
    let digest = "00".repeat(32).parse().expect("64 digits");
    let refused = QualityEngine::open(Installation { executable: executable.clone(), digest });
    assert_eq!(refused.err().map(|error| error.code()), Some("M-0512"));
    let engine = opened(executable);
    stand_in(folder.path(), "echo replaced after the start");
    assert!(matches!(engine.csv(b"picture"), Err(Error::OtherDigest { .. })));
    assert!(!folder.path().join("ran").exists());
}

#[test]
fn what_goes_wrong_has_a_code() {
    let folder = tempfile::tempdir().expect("a folder");
    for (script, code) in [
        ("exit 3", "M-0513"),
        ("kill -9 $$", "M-0513"),
        ("printf '\\377\\376'", "M-0515"),
        ("/usr/bin/yes | /usr/bin/head -c 400000", "M-0515"),
    ] {
        let answer = opened(stand_in(folder.path(), script)).csv(b"picture");
        assert_eq!(answer.err().map(|error| error.code()), Some(code), "{script}");
    }
    let nothing = Installation {
        executable: folder.path().join("none"),
        digest: "ab".repeat(32).parse().expect("digits"),
    };
    assert_eq!(QualityEngine::open(nothing).err().map(|error| error.code()), Some("M-0511"));
}

/// Whoever stands at the glass does not wait for it, nor for what it started.
#[test]
fn a_slow_one_is_ended_with_all_it_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = format!("(/bin/sleep 30; echo late > {0}/late) & /bin/sleep 30", folder.path().display());
    let engine = opened(stand_in(folder.path(), &script));
    let started = Instant::now();
    let answer = engine.csv_within(b"picture", Duration::from_millis(300));
    assert_eq!(answer.err().map(|error| error.code()), Some("M-0514"));
    assert!(started.elapsed() < Duration::from_secs(20), "it was waited for");
    // A child that answers and leaves something behind that holds its output.
    let engine = opened(stand_in(folder.path(), "/bin/sleep 30 & echo answer"));
    let started = Instant::now();
    let answer = engine.csv_within(b"picture", Duration::from_secs(10));
    assert!(started.elapsed() < Duration::from_secs(20), "its leftovers were waited for");
    assert!(answer.is_ok());
}

#[test]
fn a_digest_is_64_hexadecimal_digits() {
    for wrong in ["", "abc", &"0".repeat(63), &"g".repeat(64), &"ä".repeat(32)] {
        assert!(wrong.parse::<Digest>().is_err(), "{wrong}");
    }
    let digest: Digest = "0123456789abcdef".repeat(4).parse().expect("64 digits");
    assert_eq!(digest.to_string(), "0123456789abcdef".repeat(4));
}
