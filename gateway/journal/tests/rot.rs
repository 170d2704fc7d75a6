//! A disk that changes or loses bytes after they were durable: found, named, and nothing else lost.

use journal::sim::{Random, SimDisk};
use journal::{Committer, Error, Extent, Journal, Options, Position};
use std::sync::Arc;

const OPTIONS: Options = Options {
    segment_bytes_max: 32 * 1024,
    record_bytes_max: 9000,
    disk_margin_bytes_min: 0,
    queue_bytes_max: 1 << 20,
};

fn open(disk: &SimDisk) -> (Journal, journal::Recovery) {
    Journal::open_on(Arc::new(disk.clone()), OPTIONS, Committer::Caller)
        .unwrap_or_else(|error| panic!("it should open: {error}"))
}

/// A journal that was used and closed a few times.
fn used(random: &mut Random) -> (SimDisk, Vec<(Position, Vec<u8>)>) {
    let disk = SimDisk::new(random.next(), 64 << 20);
    let mut records = Vec::new();
    for _ in 0..3 {
        let (journal, _) = open(&disk);
        for _ in 0..12 {
            let mut group = Vec::new();
            for _ in 0..1 + random.below(4) {
                let payload = vec![random.next() as u8; random.below(OPTIONS.record_bytes_max) as usize];
                group.push((journal.submit(1, payload.clone()).expect("submitted"), payload));
            }
            while journal.commit_waiting().expect("committed") {}
            records.extend(
                group.into_iter().map(|(pending, payload)| (pending.wait().expect("durable"), payload)),
            );
        }
    }
    (disk, records)
}

/// After damage: everything that is served is as it was written; gives what is missing.
fn missing(disk: &SimDisk, records: &[(Position, Vec<u8>)]) -> (Vec<Position>, journal::Recovery) {
    let (journal, recovery) = open(disk);
    let mut served = journal.replay().map(|entry| entry.expect("replay")).peekable();
    let mut missing = Vec::new();
    for (position, payload) in records {
        if served.next_if(|(at, record)| at == position && record.payload == *payload).is_none() {
            missing.push(*position);
            let refused = journal.read(*position).expect_err("a missing record is not read either");
            assert!(matches!(refused, Error::Damaged { .. } | Error::NotFound { .. } | Error::Io { .. }));
        }
    }
    assert!(served.next().is_none(), "something is served that was not written");
    drop(served);
    (missing, recovery)
}

#[test]
fn one_flipped_bit_costs_at_most_one_record_and_is_named() {
    let mut hits = 0;
    for seed in 0..400 {
        let mut random = Random(seed);
        let (disk, records) = used(&mut random);
        let segments: Vec<String> =
            disk.names().into_iter().filter(|name| name.starts_with("segment-")).collect();
        let segment = &segments[random.below(segments.len() as u64) as usize];
        let offset = random.below(disk.content(segment).len() as u64);
        disk.flip_bit(segment, offset, random.below(8) as u8);
        let (missing, recovery) = missing(&disk, &records);
        assert!(missing.len() <= 1, "seed {seed}: {missing:?}");
        assert_eq!(recovery.damaged_records, missing.len() as u64, "seed {seed}: {recovery:?}");
        let named: Vec<Position> = recovery.damaged.iter().map(|damage| damage.position).collect();
        assert_eq!(
            named.iter().map(|at| at.segment()).collect::<Vec<_>>(),
            missing.iter().map(|at| at.segment()).collect::<Vec<_>>(),
            "seed {seed}"
        );
        hits += missing.len();
    }
    assert!(hits > 100, "only {hits} records were hit, so this proves little");
}

#[test]
fn an_unreadable_page_costs_only_what_lies_on_it() {
    for seed in 0..200 {
        let mut random = Random(seed);
        let (disk, records) = used(&mut random);
        let segments: Vec<String> =
            disk.names().into_iter().filter(|name| name.starts_with("segment-")).collect();
        let segment = &segments[random.below(segments.len() as u64) as usize];
        let pages = (disk.content(segment).len() as u64).div_ceil(4096);
        let page = random.below(pages) * 4096;
        disk.spoil_page(segment, page);
        let (missing, recovery) = missing(&disk, &records);
        assert!(recovery.unreadable_bytes > 0 || page == 0, "seed {seed}: {recovery:?}");
        assert_eq!(recovery.damaged_records, missing.len() as u64, "seed {seed}: {recovery:?}");
        // A group starts on its own page, so at most one group is hit.
        assert!(missing.len() <= 5, "seed {seed}: {missing:?}");
    }
}

#[test]
fn a_lost_segment_is_named() {
    let (disk, records) = used(&mut Random(1));
    let segments: Vec<String> =
        disk.names().into_iter().filter(|name| name.starts_with("segment-")).collect();
    journal::Disk::remove(&disk, &segments[1]).expect("removed");
    let (missing, recovery) = missing(&disk, &records);
    assert!(!missing.is_empty());
    assert_eq!(recovery.damaged_records, missing.len() as u64, "{recovery:?}");
}

/// The payload of one record imitates another record, with everything but the salt right.
#[test]
fn a_payload_that_imitates_a_record_is_not_taken_for_one() {
    let disk = SimDisk::new(1, 1 << 20);
    let (journal, _) = open(&disk);
    let first = journal.append(1, vec![1; 100]).expect("durable");
    drop(journal);
    let segment = disk.names().into_iter().find(|name| name.starts_with("segment-")).expect("a segment");
    let genuine = disk.content(&segment)[4096..4096 + 64].to_vec();

    let disk = SimDisk::new(2, 1 << 20);
    let (journal, _) = open(&disk);
    let mut imitation = vec![0; 64];
    imitation.extend_from_slice(&genuine);
    imitation.extend_from_slice(&[1; 100]);
    let host = journal.append(1, imitation).expect("durable");
    let last = journal.append(1, b"last".to_vec()).expect("durable");
    drop(journal);
    assert_eq!(first, host);
    let segment = disk.names().into_iter().find(|name| name.starts_with("segment-")).expect("a segment");
    disk.flip_bit(&segment, 4096, 0);
    let (journal, recovery) = open(&disk);
    let served: Vec<Position> = journal.replay().map(|entry| entry.expect("replay").0).collect();
    assert_eq!(served, vec![last]);
    assert_eq!(recovery.damaged_records, 1);
}

/// Older segments are not read at a quick opening: their records are served all the same, and what rotted in them is
/// still never served.
#[test]
fn a_quick_opening_reads_the_newest_segments_and_serves_nothing_rotten() {
    for seed in 0..40 {
        let mut random = Random(seed);
        let (disk, records) = used(&mut random);
        let quick = || {
            let disk = Arc::new(disk.clone());
            let opened = Journal::open_on_reading(disk, OPTIONS, Committer::Caller, Extent::Newest);
            opened.unwrap_or_else(|error| panic!("it should open: {error}"))
        };
        let (journal, recovery) = quick();
        assert!(recovery.segments > 4 && recovery.segments_unread + 3 >= recovery.segments, "{recovery:?}");
        assert!(recovery.is_whole());
        for (position, payload) in &records {
            assert_eq!(&journal.read(*position).expect("served").payload, payload, "seed {seed}");
        }
        let replayed: Vec<_> = journal.replay().map(|entry| entry.expect("readable").0).collect();
        assert!(replayed.iter().eq(records.iter().map(|(position, _)| position)), "seed {seed}");
        let last = records.last().expect("some").0;
        assert_eq!(recovery.last, Some(last));
        drop(journal);

        let (rotten, _) = records.iter().find(|(_, payload)| payload.len() > 100).expect("some are long");
        let name = disk
            .names()
            .into_iter()
            .find(|name| name.starts_with(&format!("segment-{:016x}", rotten.segment())));
        let offset = u64::from_be_bytes(*rotten.to_bytes().last_chunk().expect("16 bytes"));
        disk.flip_bit(&name.expect("its segment"), offset + 64 + 50, 3);
        let (journal, _) = quick();
        assert_eq!(journal.read(*rotten), Err(Error::Damaged { position: *rotten }), "seed {seed}");
        assert!(journal.replay().all(|entry| entry.is_ok_and(|(position, _)| position != *rotten)));
        drop(journal);
        assert_eq!(open(&disk).1.damaged_records, 1, "reading everything names it");
    }
}
