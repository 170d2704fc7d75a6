//! What a caller meets: order, refusals, poison, margins, retirement, threads.

use journal::sim::{Failure, SimDisk};
use journal::{Committer, Error, Journal, Options, Position};
use std::sync::Arc;

const SMALL: Options = Options {
    segment_bytes_max: 32 * 1024,
    record_bytes_max: 8000,
    disk_margin_bytes_min: 0,
    queue_bytes_max: 20_000,
};

fn open(disk: &SimDisk, options: Options) -> Journal {
    Journal::open_on(Arc::new(disk.clone()), options, Committer::Caller)
        .unwrap_or_else(|error| panic!("it should open: {error}"))
        .0
}

fn payloads(journal: &Journal) -> Vec<Vec<u8>> {
    journal.replay().map(|entry| entry.expect("replay").1.payload).collect()
}

#[test]
fn many_threads_write_and_all_is_there_in_each_ones_order() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options {
        segment_bytes_max: 1 << 20,
        record_bytes_max: 200_000,
        disk_margin_bytes_min: 0,
        ..Options::default()
    };
    let (journal, recovery) = Journal::open(folder.path(), options).expect("opened");
    assert_eq!(recovery, journal::Recovery::default());
    std::thread::scope(|scope| {
        for thread in 0..8u8 {
            let journal = &journal;
            scope.spawn(move || {
                for number in 0..60u8 {
                    let size = if number.is_multiple_of(20) { 150_000 } else { 300 };
                    let mut payload = vec![thread; size];
                    payload[1] = number;
                    let position = journal.append(thread, payload.clone()).expect("durable");
                    assert_eq!(journal.read(position).expect("readable").payload, payload);
                }
            });
        }
    });
    drop(journal);
    let checked = journal::check(folder.path()).expect("checked");
    assert_eq!((checked.records, checked.is_whole(), checked.torn), (480, true, None));
    let (journal, recovery) = Journal::open(folder.path(), options).expect("opened again");
    assert_eq!(recovery, checked);
    let mut next = [0u8; 8];
    let mut last = Position::START;
    for entry in journal.replay() {
        let (position, record) = entry.expect("replay");
        assert!(position > last);
        last = position;
        let expected = &mut next[record.kind as usize];
        assert_eq!(record.payload[1], *expected);
        *expected += 1;
    }
    assert_eq!(next, [60; 8]);
    assert_eq!(recovery.last, Some(last));
}

#[tokio::test]
async fn a_pending_record_can_be_awaited() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options { disk_margin_bytes_min: 0, ..Options::default() };
    let (journal, _) = Journal::open(folder.path(), options).expect("opened");
    let first = journal.submit(1, b"a".to_vec()).expect("submitted");
    let second = journal.submit(2, b"b".to_vec()).expect("submitted");
    let second = second.await.expect("durable");
    let first = first.await.expect("durable");
    assert!(first < second);
    assert_eq!(journal.read(second).expect("readable").kind, 2);
}

#[test]
fn a_folder_has_one_journal_at_a_time() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options { disk_margin_bytes_min: 0, ..Options::default() };
    let (journal, _) = Journal::open(folder.path(), options).expect("opened");
    journal.append(1, b"a".to_vec()).expect("durable");
    assert_eq!(Journal::open(folder.path(), options).err(), Some(Error::Locked));
    assert_eq!(journal::check(folder.path()).expect("checking needs no lock").records, 1);
    drop(journal);
    Journal::open(folder.path(), options).expect("opened again");
}

#[test]
fn records_are_read_by_position_only() {
    let disk = SimDisk::new(1, 1 << 20);
    let journal = open(&disk, SMALL);
    let position = journal.append(3, Vec::new()).expect("an empty record is a record");
    assert_eq!(journal.read(position).expect("readable").payload, Vec::<u8>::new());
    let mut beside = position.to_bytes();
    beside[15] += 1;
    for nowhere in [Position::START, Position::from_bytes(beside), Position::from_bytes([0xff; 16])] {
        assert_eq!(journal.read(nowhere), Err(Error::NotFound { position: nowhere }));
    }
    assert_eq!(journal.submit(1, vec![0; 8001]).err().map(|error| error.code()), Some("J-0102"));
}

#[test]
fn a_full_queue_pushes_back_and_recovers() {
    let disk = SimDisk::new(1, 1 << 20);
    let journal = open(&disk, SMALL);
    let waiting: Vec<_> = (0..2).map(|_| journal.submit(1, vec![0; 8000]).expect("submitted")).collect();
    assert_eq!(journal.submit(1, vec![0; 8000]).err(), Some(Error::Busy { waiting_bytes: 16_000 }));
    assert_eq!(journal.commit_waiting(), Ok(true));
    assert_eq!(journal.commit_waiting(), Ok(false));
    for pending in waiting {
        pending.wait().expect("durable");
    }
    assert_eq!(journal.ready(), Ok(()));
    journal.append(1, vec![0; 8000]).expect("durable");
}

#[test]
fn after_a_failed_write_or_sync_nothing_is_acknowledged_until_reopened() {
    for (step, failure, code) in
        [(1, Failure::Broken, "J-0204"), (2, Failure::Broken, "J-0204"), (1, Failure::Full, "J-0202")]
    {
        let disk = SimDisk::new(1, 1 << 20);
        let journal = open(&disk, SMALL);
        journal.append(1, b"kept".to_vec()).expect("durable");
        disk.fail_at(disk.calls() + step, failure);
        let failed = journal.submit(1, b"failed".to_vec()).expect("submitted");
        let behind = journal.submit(1, vec![0; 100]).expect("submitted");
        let reported = journal.commit_waiting().expect_err("it was told to fail");
        assert_eq!(reported.code(), code);
        assert_eq!(failed.wait(), Err(reported.clone()));
        assert_eq!(behind.wait().map_err(|error| error.code()), Err(code));
        for _ in 0..2 {
            let refused = journal.submit(1, b"later".to_vec()).err();
            assert_eq!(refused, Some(Error::Poisoned { cause: Box::new(reported.clone()) }));
        }
        assert_eq!(journal.ready().map_err(|error| error.code()), Err("J-0205"));
        assert_eq!(payloads(&journal), vec![b"kept".to_vec()]);
        drop(journal);
        let journal = open(&disk, SMALL);
        assert_eq!(payloads(&journal).first(), Some(&b"kept".to_vec()));
        journal.append(1, b"after".to_vec()).expect("durable again");
    }
}

#[test]
fn a_full_disk_refuses_and_heals_without_reopening() {
    let disk = SimDisk::new(1, 40_000);
    let journal = open(&disk, SMALL);
    let mut kept = 0;
    let refused = loop {
        match journal.append(1, vec![7; 8000]) {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
    };
    assert_eq!((kept, refused.code(), refused.is_transient()), (3, "J-0202", true));
    assert_eq!(journal.append(1, vec![7; 8000]).map_err(|error| error.code()), Err("J-0202"));
    journal.append(1, b"fits into the open segment".to_vec()).expect("durable");
    disk.resize(1 << 20);
    journal.append(1, vec![8; 8000]).expect("durable again");
    assert_eq!(payloads(&journal).len(), 5);
}

#[test]
fn the_margin_is_kept_from_new_work_only() {
    let disk = SimDisk::new(1, 1 << 20);
    let journal = open(&disk, Options { disk_margin_bytes_min: 100_000, ..SMALL });
    journal.append(1, b"first".to_vec()).expect("durable");
    disk.resize(32 * 1024 + 50_000);
    assert_eq!(journal.ready(), Err(Error::DiskMargin { free_bytes: 50_000, margin_bytes_min: 100_000 }));
    let refused = journal.append(1, b"new work".to_vec());
    assert_eq!(refused, Err(Error::DiskMargin { free_bytes: 50_000, margin_bytes_min: 100_000 }));
    let new = journal.submit(1, b"new work".to_vec()).expect("submitted");
    let done = journal.submit_within_reserve(1, b"done".to_vec()).expect("submitted");
    journal.commit_waiting().expect("a margin is no failure");
    assert_eq!(new.wait().map_err(|error| error.code()), Err("J-0201"));
    done.wait().expect("durable");
    disk.resize(1 << 20);
    journal.append(1, b"room".to_vec()).expect("durable");
    assert_eq!(payloads(&journal), vec![b"first".to_vec(), b"done".to_vec(), b"room".to_vec()]);
}

#[test]
fn replay_continues_behind_a_watermark() {
    let disk = SimDisk::new(1, 1 << 20);
    let journal = open(&disk, SMALL);
    let positions: Vec<_> = (0..20u8).map(|n| journal.append(n, vec![n; 4000]).expect("durable")).collect();
    assert!(positions.last().map(|position| position.segment()) > Some(1), "several segments are used");
    for (seen, position) in positions.iter().enumerate() {
        let rest: Vec<u8> =
            journal.replay_after(*position).map(|entry| entry.expect("replay").1.kind).collect();
        assert_eq!(rest, (seen as u8 + 1..20).collect::<Vec<_>>());
    }
}

#[test]
fn retired_segments_are_gone_and_the_rest_is_not() {
    let disk = SimDisk::new(1, 1 << 20);
    let journal = open(&disk, SMALL);
    let positions: Vec<_> = (0..30u8).map(|n| journal.append(n, vec![n; 4000]).expect("durable")).collect();
    let (oldest, newest) = (positions[0], positions[29]);
    let middle = positions[15];
    assert_eq!(journal.drop_segments_before(oldest), Ok(0));
    let retired = journal.drop_segments_before(middle).expect("retired");
    assert_eq!(retired, middle.segment() - oldest.segment());
    assert_eq!(journal.read(oldest), Err(Error::NotFound { position: oldest }));
    assert_eq!(journal.read(newest).expect("readable").kind, 29);
    let left = payloads(&journal).len();
    drop(journal);
    let journal = open(&disk, SMALL);
    assert_eq!(payloads(&journal).len(), left);
    // Even if everything is retired, numbering goes on where it was.
    let end = journal.append(1, b"end".to_vec()).expect("durable");
    journal.drop_segments_before(Position::from_bytes([0xff; 16])).expect("retired");
    drop(journal);
    let journal = open(&disk, SMALL);
    assert!(journal.append(1, b"next".to_vec()).expect("durable") > end);
}

#[test]
fn a_closed_journal_gives_its_reservation_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options { disk_margin_bytes_min: 0, ..Options::default() };
    for _ in 0..3 {
        let (journal, _) = Journal::open(folder.path(), options).expect("opened");
        journal.append(1, b"a".to_vec()).expect("durable");
    }
    drop(Journal::open(folder.path(), options).expect("opened"));
    let sizes = std::fs::read_dir(folder.path())
        .expect("listed")
        .map(|entry| entry.expect("listed").metadata().expect("size").len());
    assert!(sizes.sum::<u64>() < 100_000);
}

#[test]
fn a_foreign_file_in_the_folder_is_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("notes.txt"), "mine").expect("written");
    let options = Options { disk_margin_bytes_min: 0, ..Options::default() };
    drop(Journal::open(folder.path(), options).expect("opened"));
    assert_eq!(std::fs::read(folder.path().join("notes.txt")).expect("there"), b"mine");
    let missing = journal::check(&folder.path().join("nowhere"));
    assert_eq!(missing.map_err(|error| error.code()), Err("J-0204"));
}
