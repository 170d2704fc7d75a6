//! Tampering of every kind, and what the check says to it.

use std::fs;
use std::path::Path;

use firmware_config::{PublicKey, SigningKey};
use jiff::Timestamp;

use super::*;

mod checkpoints;

type Change = fn(&mut Line);

fn entry(number: u64) -> Entry {
    Entry {
        at: Timestamp::from_second(1_780_000_000 + i64::try_from(number).expect("small")).expect("in range"),
        action: "accepted".to_owned(),
        object: format!("item {number}"),
        result: "done".to_owned(),
        origin: "link 192.0.2.7".to_owned(),
        actor: "kiosk-1".to_owned(),
    }
}

fn key() -> SigningKey {
    SigningKey::generate().expect("the system has randomness")
}

/// `count` lines written through the journal in groups of three.
fn written(folder: &Path, count: u64, signer: SigningKey) -> Vec<Line> {
    let mut log = AuditLog::open(folder, signer).expect("a fresh folder");
    let mut all = Vec::new();
    for first in (1..=count).step_by(3) {
        let entries: Vec<_> = (first..=count.min(first + 2)).map(entry).collect();
        let lines = log.write(&entries);
        let place = log.submit(&lines).expect("space").wait().expect("durable");
        log.settled(&lines, place);
        all.extend(lines);
    }
    log.renew_head(all.last().expect("at least one"), true).expect("writable");
    all
}

fn verify(lines: &[Line], key: &PublicKey, anchors: Vec<Anchor>) -> Result<Report, Fault> {
    let mut verifier = Verifier::new(key, anchors);
    lines.iter().try_for_each(|line| verifier.take(Some(line)))?;
    verifier.finish()
}

/// A log continues across restarts, is found sound while it is open, and in its exported form.
#[test]
fn a_sound_log_is_sound_in_every_form() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let signer = key();
    let (public, pem) = (signer.public_key(), signer.to_pem().expect("its own key"));
    written(folder.path(), 4, signer);
    let again = SigningKey::from_pem(&pem).expect("its own form");
    let mut log = AuditLog::open(folder.path(), again).expect("it was closed");
    assert_eq!(log.last().sequence, 4);
    let lines = log.write(&[entry(5)]);
    log.submit(&lines).expect("space").wait().expect("durable");
    let report =
        verify_path(folder.path(), &public, vec![lines[0].anchor()], Vec::new()).expect("sound, though open");
    assert_eq!((report.lines, report.anchors, report.last), (5, 2, lines[0].anchor()));

    let file = folder.path().join("export.jsonl");
    let mut to = fs::File::create(&file).expect("writable");
    assert_eq!(export(folder.path(), &mut to).expect("readable"), 5);
    assert_eq!(verify_path(&file, &public, Vec::new(), Vec::new()).expect("sound").lines, 5);
    let other = key().public_key();
    let wrong = verify_path(&file, &other, Vec::new(), Vec::new()).expect_err("another key");
    assert_eq!(wrong.code(), "G-0701");
}

#[test]
fn every_kind_of_tampering_is_found() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let signer = key();
    let (public, pem) = (signer.public_key(), signer.to_pem().expect("its own key"));
    let sound = written(folder.path(), 9, signer);
    let last = sound[8].anchor();
    let check = |what: &str, tamper: &dyn Fn(&mut Vec<Line>), expect: Fault| {
        let mut lines = sound.clone();
        tamper(&mut lines);
        assert_eq!(verify(&lines, &public, vec![last]), Err(expect), "{what}");
    };
    check("removed", &|lines| drop(lines.remove(4)), Fault::Numbering { expected: 5, found: 6 });
    check("first removed", &|lines| drop(lines.remove(0)), Fault::Numbering { expected: 1, found: 2 });
    check("reordered", &|lines| lines.swap(3, 4), Fault::Numbering { expected: 4, found: 5 });
    check("doubled", &|lines| lines.insert(3, lines[3].clone()), Fault::Numbering { expected: 5, found: 4 });
    check("truncated", &|lines| lines.truncate(7), Fault::Truncated { last: 7, known: 9 });
    check("emptied", &Vec::clear, Fault::Truncated { last: 0, known: 9 });
    let fields: [(&str, Change); 6] = [
        ("action", |line| line.action = "released".to_owned()),
        ("object", |line| line.object = "item 9".to_owned()),
        ("result", |line| line.result = "refused".to_owned()),
        ("origin", |line| line.origin.push('1')),
        ("actor", |line| line.actor = "kiosk-2".to_owned()),
        ("at", |line| line.at += SignedDuration::from_nanos(1)),
    ];
    for (field, change) in fields {
        check(field, &|lines| change(&mut lines[4]), Fault::Changed { sequence: 5 });
    }
    check(
        "changed and hashed again",
        &|lines| {
            lines[4].actor = "kiosk-2".to_owned();
            lines[4].hash = lines[4].computed_hash();
        },
        Fault::Signature { sequence: 5 },
    );
    check(
        "a text that moves the border between two fields",
        &|lines| {
            lines[4].result = "done\norigin: link 192.0.2.7".to_owned();
            lines[4].hash = lines[4].computed_hash();
        },
        Fault::Changed { sequence: 5 },
    );
    let own = SigningKey::from_pem(&pem).expect("its own form");
    check(
        "a line of the genuine key in another place",
        &|lines| {
            lines[4] = Line::write(Anchor { sequence: 4, hash: sound[2].hash }, &entry(5), &own);
        },
        Fault::Chain { sequence: 5 },
    );
    check(
        "rewritten from a line on, by somebody who has the key",
        &|lines| {
            lines.truncate(4);
            for number in 5..=9 {
                let after = lines.last().map(Line::anchor).unwrap_or_default();
                lines.push(Line::write(after, &entry(number + 100), &own));
            }
        },
        Fault::AnchorDiffers { sequence: 9 },
    );
}

#[test]
fn a_folder_cut_off_at_its_end_is_found_by_its_head_or_by_a_receipt() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let signer = key();
    let (public, pem) = (signer.public_key(), signer.to_pem().expect("its own key"));
    let lines = written(folder.path(), 6, signer);
    fs::remove_dir_all(folder.path().join("lines")).expect("removable");
    let head = fs::read(folder.path().join("head.json")).expect("a head");
    written_again(folder.path(), &lines[..3]);
    fs::write(folder.path().join("head.json"), &head).expect("writable");
    let cut = verify_path(folder.path(), &public, Vec::new(), Vec::new()).expect_err("three lines are gone");
    assert!(matches!(cut, Error::AuditUnsound { source: Fault::Truncated { last: 3, known: 6 } }), "{cut}");

    fs::remove_file(folder.path().join("head.json")).expect("removable");
    let anchored = verify_path(folder.path(), &public, vec![lines[5].anchor()], Vec::new())
        .expect_err("a receipt names line 6");
    assert!(
        matches!(anchored, Error::AuditUnsound { source: Fault::Truncated { last: 3, known: 6 } }),
        "{anchored}"
    );

    let mut forged = lines[2].clone();
    forged.signature = lines[1].signature.clone();
    fs::write(folder.path().join("head.json"), serde_json::to_vec(&forged).expect("a line"))
        .expect("writable");
    let forged =
        verify_path(folder.path(), &public, Vec::new(), Vec::new()).expect_err("the head is not genuine");
    assert!(matches!(forged, Error::AuditUnsound { source: Fault::Head }), "{forged}");
    drop(pem);
}

fn written_again(folder: &Path, lines: &[Line]) {
    let log = AuditLog::open(folder, key()).expect("a fresh folder");
    log.submit(lines).expect("space").wait().expect("durable");
}

#[test]
fn bytes_that_are_no_line_are_named_and_do_not_panic() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("export.jsonl");
    for garbage in [&b"{}\n"[..], b"\xff\xfe\n", b"{\"sequence\":1", &[b'x'; 20_000]] {
        fs::write(&file, garbage).expect("writable");
        let error = verify_path(&file, &key().public_key(), Vec::new(), Vec::new()).expect_err("no lines");
        assert_eq!(error.code(), "G-0701");
    }
    let nothing = verify_path(&folder.path().join("absent"), &key().public_key(), Vec::new(), Vec::new());
    assert_eq!(nothing.expect_err("there is nothing").code(), "G-0702");
}
