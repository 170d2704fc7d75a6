//! Checkpoints and proofs: what an attacker may try, with and without the gateway's key, and what is found.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use crate::audit::tree::Frontier;

const RULE: CheckpointRule = CheckpointRule { lines: 5, after: SignedDuration::from_mins(60) };

/// A log in memory with a checkpoint after every multiple of `every`.
fn kept(count: u64, every: u64, signer: &SigningKey) -> (Vec<Line>, Vec<Checkpoint>) {
    let (mut tree, mut last) = (Frontier::default(), Anchor::default());
    let (mut lines, mut checkpoints) = (Vec::new(), Vec::<Checkpoint>::new());
    for number in 1..=count {
        let line = Line::write(last, &entry(number), signer);
        last = line.anchor();
        tree.push(line.hash);
        lines.push(line);
        if number % every == 0 {
            let at = entry(number).at;
            checkpoints.push(Checkpoint::sign(&tree, last, checkpoints.last(), None, signer, at));
        }
    }
    (lines, checkpoints)
}

fn fixed_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(key)
}

/// Without anchors: only the key and the checkpoints.
fn held_to(lines: &[Line], own: &[Checkpoint], published: &[Checkpoint]) -> Result<Report, Fault> {
    let public = fixed_key().public_key();
    let mut verifier = Verifier::new(&public, Vec::new()).with_checkpoints(own, published.to_vec())?;
    lines.iter().try_for_each(|line| verifier.take(Some(line)))?;
    verifier.finish()
}

/// Numbers, links and hashes made consistent again; what everybody can do.
fn chained_again(lines: &mut [Line]) {
    let mut last = Anchor::default();
    for line in lines {
        line.sequence = last.sequence + 1;
        line.previous = last.hash;
        line.hash = line.computed_hash();
        last = line.anchor();
    }
}

/// Signed again as well; what only somebody with the gateway's key can do.
fn signed_again(lines: &mut [Line]) {
    let mut last = Anchor::default();
    for line in lines {
        let again = Entry {
            at: line.at,
            action: line.action.clone(),
            object: line.object.clone(),
            result: line.result.clone(),
            origin: line.origin.clone(),
            actor: line.actor.clone(),
        };
        *line = Line::write(last, &again, fixed_key());
        last = line.anchor();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_is_done_to_a_covered_line_is_found(
        every in 3_u64..8,
        times in 1_u64..4,
        more in 0_u64..3,
        pick in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        what in 0_u8..9,
        skill in 0_u8..3,
    ) {
        let covered = every * times;
        let (sound, checkpoints) = kept(covered + more, every, fixed_key());
        let report = held_to(&sound, &checkpoints, &[]).expect("sound");
        prop_assert_eq!((report.lines, report.checkpoints as u64), (covered + more, times));

        let (at, to) = (pick.index(covered as usize), other.index(covered as usize));
        let mut lines = sound.clone();
        match what {
            0 => drop(lines.remove(at)),
            1 => lines.truncate(at),
            2 if sound[at].anchor() != sound[to].anchor() => lines.swap(at, to),
            // At the front: a copy of the last covered line right behind it changes nothing that is covered.
            2 => lines.insert(0, sound[at].clone()),
            3 => lines[at].action.push('x'),
            4 => lines[at].object = "item 0".to_owned(),
            5 => lines[at].result = "refused".to_owned(),
            6 => lines[at].origin.push('1'),
            7 => lines[at].actor = "kiosk-2".to_owned(),
            _ => lines[at].at += SignedDuration::from_nanos(1),
        }
        match skill {
            0 => {}
            1 => chained_again(&mut lines),
            _ => signed_again(&mut lines),
        }
        prop_assert!(held_to(&lines, &checkpoints, &[]).is_err(), "with the log's own checkpoints");
        // The attacker takes the log's own ones away; somebody outside holds the newest.
        let newest = checkpoints.last().cloned().expect("at least one");
        prop_assert!(held_to(&lines, &[], &[newest]).is_err(), "with one published checkpoint");
    }

    #[test]
    fn a_checkpoint_that_was_touched_or_taken_out_is_found(times in 2_u64..6, pick in any::<prop::sample::Index>(), what in 0_u8..7) {
        let (lines, sound) = kept(times * 4, 4, fixed_key());
        let at = pick.index(sound.len());
        let mut own = sound.clone();
        match what {
            0 if at + 1 < own.len() => drop(own.remove(at)),
            0 => own.swap(0, 1),
            1 => own[at].size += 1,
            2 => own[at].root = lines[0].hash,
            3 => own[at].last = lines[0].hash,
            4 => own[at].previous = lines[0].hash,
            5 => own[at].peaks[0] = lines[0].hash,
            _ => own[at].at += SignedDuration::from_nanos(1),
        }
        prop_assert!(held_to(&lines, &own, &[]).is_err());
    }
}

#[test]
fn what_lies_behind_the_last_checkpoint_is_held_by_the_head_alone() {
    let (lines, checkpoints) = kept(12, 5, fixed_key());
    // Said in the reference: without head or receipt, this cut cannot be seen.
    assert_eq!(held_to(&lines[..11], &checkpoints, &[]).expect("not seen").lines, 11);
    let public = fixed_key().public_key();
    let mut verifier = Verifier::new(&public, vec![lines[11].anchor()]);
    lines[..11].iter().try_for_each(|line| verifier.take(Some(line))).expect("sound so far");
    assert_eq!(verifier.finish(), Err(Fault::Truncated { last: 11, known: 12 }));
}

/// Checkpoints come by count and by time, continue over restarts, and a log shorter than one does not open.
#[test]
fn checkpoints_come_in_time_and_go_on_after_a_restart() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let signer = key();
    let (public, pem) = (signer.public_key(), signer.to_pem().expect("its own key"));
    let now = entry(1).at;
    let write = |log: &mut AuditLog, count: u64| {
        for _ in 0..count {
            let lines = log.write(&[entry(log.last().sequence + 1)]);
            let place = log.submit(&lines).expect("space").wait().expect("durable");
            log.settled(&lines, place);
        }
    };
    let mut log = AuditLog::open(folder.path(), signer).expect("a fresh folder");
    assert_eq!(log.checkpoint_due(RULE, now), None, "nothing to cover");
    write(&mut log, 1);
    assert_eq!(log.checkpoint_due(RULE, now), Some(now), "the first line of a log");
    log.sign_checkpoint(now).expect("writable");
    assert_eq!(log.checkpoint_due(RULE, now), None);
    write(&mut log, 4);
    assert_eq!(log.checkpoint_due(RULE, now), Some(now + RULE.after), "by time");
    write(&mut log, 1);
    assert_eq!(log.checkpoint_due(RULE, now), Some(now), "by count");
    assert_eq!(log.sign_checkpoint(now).expect("writable").size, 6);
    write(&mut log, 3);
    drop(log);

    let again = SigningKey::from_pem(&pem).expect("its own form");
    let mut log = AuditLog::open(folder.path(), again).expect("it was closed");
    write(&mut log, 1);
    assert_eq!(log.sign_checkpoint(now).expect("writable").size, 10);
    drop(log);
    let report = verify_path(folder.path(), &public, Vec::new(), Vec::new()).expect("sound");
    assert_eq!((report.lines, report.checkpoints), (10, 3));

    // An unfinished end of the file is no checkpoint, and does not spoil the next one.
    let file = folder.path().join("checkpoints.jsonl");
    let whole = fs::read(&file).expect("there");
    fs::write(&file, [&whole[..], b"{\"size\":"].concat()).expect("writable");
    verify_path(folder.path(), &public, Vec::new(), Vec::new()).expect("sound");
    let mut log =
        AuditLog::open(folder.path(), SigningKey::from_pem(&pem).expect("its own form")).expect("sound");
    write(&mut log, 1);
    log.sign_checkpoint(now).expect("writable");
    drop(log);
    assert_eq!(verify_path(folder.path(), &public, Vec::new(), Vec::new()).expect("sound").checkpoints, 4);

    fs::remove_dir_all(folder.path().join("lines")).expect("removable");
    let short = AuditLog::open(folder.path(), SigningKey::from_pem(&pem).expect("its own form"));
    assert_eq!(short.expect_err("its lines are gone").code(), "G-0701");
}

#[test]
fn a_proof_holds_for_its_own_message_and_receipt_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let signer = key();
    let public = signer.public_key();
    let ids: Vec<icd::identifier::MessageId> =
        (0..9_u128).map(uuid::Uuid::from_u128).map(icd::identifier::MessageId::from_uuid).collect();
    let mut log = AuditLog::open(folder.path(), signer).expect("a fresh folder");
    let mut all = Vec::new();
    for (id, number) in ids.iter().zip(1..) {
        let named = Entry { object: format!("item {number} message {id}"), ..entry(number) };
        let lines = log.write(&[named]);
        let place = log.submit(&lines).expect("space").wait().expect("durable");
        log.settled(&lines, place);
        all.extend(lines);
        if number == 7 {
            log.sign_checkpoint(entry(7).at).expect("writable");
        }
    }
    for (id, line) in ids.iter().zip(&all).take(7) {
        let proof = prove(folder.path(), *id).expect("covered");
        proof.verify(&public, Some(line.anchor())).expect("it holds");
        let text = serde_json::to_vec(&proof).expect("JSON");
        assert_eq!(Proof::from_json(&text).expect("its own form"), proof);
        let refused = |proof: &Proof, anchor| proof.verify(&public, anchor).expect_err("refused").code();
        assert_eq!(refused(&proof, Some(all[8].anchor())), "G-0954", "another receipt");
        let mut moved = proof.clone();
        moved.line = all[(line.sequence as usize) % 7].clone();
        assert_eq!(refused(&moved, None), "G-0954", "another line");
        let mut changed = proof.clone();
        changed.line.actor = "kiosk-2".to_owned();
        assert_eq!(refused(&changed, None), "G-0954", "a changed line");
        let mut grown = proof.clone();
        grown.checkpoint.size += 1;
        assert_eq!(refused(&grown, None), "G-0954", "a changed checkpoint");
        assert_eq!(
            proof.verify(&key().public_key(), None).expect_err("refused").code(),
            "G-0954",
            "another key"
        );
    }
    assert_eq!(prove(folder.path(), ids[8]).expect_err("too young").code(), "G-0953");
    let unknown = icd::identifier::MessageId::from_uuid(uuid::Uuid::from_u128(99));
    assert_eq!(prove(folder.path(), unknown).expect_err("unknown").code(), "G-0953");
}
