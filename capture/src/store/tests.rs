//! What is promised survives, what is erased is gone; also with the power cut at any write.

use icd::identifier::{MessageId, PartyId};
use icd::message::{Message, Receipt};
use journal::sim::{Cut, Random, SimDisk};
use matcher::Image;

use super::*;
use crate::device::{DeviceDescription, Portrait};
use crate::link::{ReceiptKey, Sent};
use crate::session::{AgeBand, AgeBasis, AgeRefusal, AttemptResult, Outcome};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_783_000_000 + second).expect("a test instant")
}

fn options() -> Options {
    const KIB: u64 = 1024;
    Options {
        segment_bytes_max: 128 * KIB,
        record_bytes_max: 32 * KIB,
        disk_margin_bytes_min: 0,
        queue_bytes_max: 256 * KIB,
    }
}

fn site_key() -> SiteKey {
    SiteKey::from_bytes(&[9; 32]).expect("a site key")
}

fn opening() -> CaseOpening {
    let operator =
        Operator { staff: "S-1".into(), organisation: "Border Service".into(), child_training: None };
    CaseOpening {
        operator,
        category: '1',
        opened_at: at(0),
        event_at: at(-60),
        event_place: "Demo Harbour".into(),
        retake_of: None,
    }
}

fn slap(grey: u8) -> Picture {
    let image = Image::new(64, 64, 500, vec![grey; 64 * 64]).expect("an image");
    Picture::Slap {
        image,
        by_finger: false,
        device: DeviceDescription { make: "Demo".into(), ..DeviceDescription::default() },
    }
}

fn arrived(attempt: u32) -> Event {
    let result = AttemptResult::Slap { fingers: Vec::new(), hints: Vec::new() };
    Event::CaptureArrived { attempt, result, conditions: None }
}

fn facts(message_id: Uuid) -> SealedFacts {
    SealedFacts {
        proof_photos: Vec::new(),
        message_id,
        reference_number: "NL1DEMO".into(),
        category: '1',
        clock_start: at(-60),
        captured_at: at(5),
        outcome: Outcome::Complete,
        band: AgeBand::Adult,
        staff: "S-1".into(),
        officers: Vec::new(),
        container_bytes: 3,
        event_place: "Demo Harbour".into(),
        retake_of: None,
        safeguards: None,
        attempts: Vec::new(),
    }
}

/// A key that accepts every signature: what a signature proves is tested in `link`.
struct AnyKey;

impl ReceiptKey for AnyKey {
    fn key_id(&self) -> String {
        "k".into()
    }

    fn verifies(&self, _text: &[u8], _signature: &[u8]) -> bool {
        true
    }
}

fn receipt(message_id: Uuid) -> VerifiedReceipt {
    let receipt = Receipt {
        message_id: MessageId::from_uuid(message_id),
        received_at: at(9),
        content_sha256: Receipt::content_digest(b"<e/>", b"abc"),
        issuer: PartyId::new("gateway-1").expect("a party"),
        audit_sequence: 1,
        audit_hash: [0; 32],
        signature: vec![0; 64],
        key_id: "k".into(),
    };
    let xml = Message::from(receipt).to_xml();
    let sent = Sent { message_id, envelope: b"<e/>", container: b"abc" };
    VerifiedReceipt::verify(xml.as_bytes(), &sent, &AnyKey).expect("it verifies")
}

fn message(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | number)
}

fn reopen(folder: &Path) -> (Store, Recovered) {
    Store::open(folder, site_key(), options()).expect("the store opens")
}

#[test]
fn accepted_attempts_are_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = Uuid::from_u128(1);
    let (mut store, _) = reopen(folder.path());
    store.open_case(case, &opening()).expect("opened");
    store.append_event(case, at(1), &arrived(1), Some((1, &slap(7)))).expect("kept");
    let face = Picture::Face(Portrait {
        jpeg: vec![1, 2, 3],
        width: 4,
        height: 5,
        device: DeviceDescription::default(),
    });
    store.append_event(case, at(2), &arrived(2), Some((2, &face))).expect("kept");
    drop(store);
    let (store, recovered) = reopen(folder.path());
    let found = recovered.cases.first().expect("the case");
    assert!(found.opening.as_ref() == Some(&opening()));
    let expect = vec![(at(1), arrived(1)), (at(2), arrived(2))];
    assert!(found.events == expect, "{} events", found.events.len());
    assert!(
        matches!(store.picture(case, 1), Ok(Picture::Slap { image, .. }) if image.pixels == [7; 64 * 64])
    );
    assert!(matches!(store.picture(case, 2), Ok(Picture::Face(portrait)) if portrait.jpeg == [1, 2, 3]));
}

#[test]
fn discarded_images_are_gone_for_good() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = Uuid::from_u128(1);
    let (mut store, _) = reopen(folder.path());
    store.open_case(case, &opening()).expect("opened");
    store.append_event(case, at(1), &arrived(1), Some((1, &slap(7)))).expect("kept");
    store.discard_pictures(case, &[1]).expect("destroyed");
    assert_eq!(store.picture(case, 1).err().map(|error| error.code()), Some("C-0503"));
    drop(store);
    let (store, _) = reopen(folder.path());
    assert_eq!(store.picture(case, 1).err().map(|error| error.code()), Some("C-0503"));
    assert_eq!(store.keys.ids().expect("keys"), vec![case], "only the case's own key is left");
}

#[test]
fn a_refusal_by_age_keeps_nothing_of_the_person() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = Uuid::from_u128(1);
    let (mut store, _) = reopen(folder.path());
    store.open_case(case, &opening()).expect("opened");
    let refusal = AgeRefusalRecord {
        why: AgeRefusal::DeemedUnderSix,
        at: at(1),
        staff: "S-1".into(),
        category: '1',
        basis: AgeBasis::Declared,
        certain: false,
    };
    store.refuse_by_age(case, &refusal).expect("recorded");
    drop(store);
    let (store, recovered) = reopen(folder.path());
    assert!(recovered.cases.is_empty());
    assert_eq!(store.refusals(), [refusal]);
    assert!(!store.keys.ids().expect("keys").contains(&case));
}

#[test]
fn only_the_right_receipt_erases_a_case() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = Uuid::from_u128(1);
    let (mut store, _) = reopen(folder.path());
    store.open_case(case, &opening()).expect("opened");
    store.append_event(case, at(1), &arrived(1), Some((1, &slap(7)))).expect("kept");
    store.seal(case, at(6), &facts(message(1)), "<e/>", b"abc").expect("sealed");
    assert_eq!(
        store.picture(case, 1).err().map(|error| error.code()),
        Some("C-0503"),
        "images end with sealing"
    );
    assert_eq!(store.sealed(case).expect("sealed"), (b"abc".to_vec(), "<e/>".to_owned()));
    let wrong = store.erase(case, &receipt(message(2)));
    assert_eq!(wrong.err().map(|error| error.code()), Some("C-0507"));
    assert_eq!(store.forget_mistake(case).err().map(|error| error.code()), Some("C-0507"));
    let right = receipt(message(1));
    let step = DeliveryStep::Acknowledged { receipt_xml: right.xml().to_owned() };
    store.append_delivery(case, &DeliveryRecord { at: at(9), step }).expect("kept");
    store.erase(case, &right).expect("erased");
    assert!(store.sealed(case).is_err());
    drop(store);
    let (store, recovered) = reopen(folder.path());
    let found = recovered.cases.first().expect("its delivery is still known");
    assert!(found.opening.is_none() && found.events.is_empty());
    assert!(found.delivery.as_ref().is_some_and(|delivery| delivery.acknowledged.is_some()));
    assert!(!store.keys.ids().expect("keys").contains(&case));
}

/// Plays a fixed day on a disk whose power goes at one write, and checks every promise made before.
fn day_with_a_cut(seed: u64, cut_at: u64) -> bool {
    let mut random = Random(seed);
    let (keys, journal) = (SimDisk::new(seed, 1 << 26), SimDisk::new(seed + 1, 1 << 26));
    let open = || Store::open_on(Arc::new(keys.clone()), Arc::new(journal.clone()), site_key(), options());
    if random.coin() {
        keys.cut_power_at(cut_at)
    } else {
        journal.cut_power_at(cut_at)
    }
    let case = Uuid::from_u128(1);
    let mut promised = Promised::default();
    let mut finished = false;
    if let Ok((mut store, _)) = open() {
        finished = play_day(&mut store, case, &mut promised).is_ok();
    }
    let cut = Cut::ALL[random.below(4) as usize];
    keys.restore_power(cut);
    journal.restore_power(cut);
    let (store, recovered) = open().unwrap_or_else(|error| panic!("seed {seed} cut {cut_at}: {error}"));
    let found = recovered.cases.iter().find(|found| found.case == case);
    let say = |what: &str| format!("seed {seed} cut {cut_at}: {what}");
    if promised.erased {
        assert!(
            found.is_some_and(|found| found.opening.is_none() && found.delivery.is_some()),
            "{}",
            say("erased")
        );
        return finished;
    }
    if promised.opened {
        assert!(found.is_some(), "{}", say("the case is lost"));
    }
    let Some(found) = found else { return finished };
    if promised.sealed {
        assert!(found.delivery.is_some(), "{}", say("the sealing is lost"));
    } else {
        assert!(found.events.len() >= promised.events, "{}", say("an event is lost"));
    }
    if found.delivery.as_ref().is_some_and(Delivery::is_confirmed) {
        assert!(store.sealed(case).is_err(), "{}", say("confirmed and not erased"));
    } else if found.delivery.is_some() {
        assert_eq!(
            store.sealed(case).map(|(bytes, _)| bytes).ok(),
            Some(b"abc".to_vec()),
            "{}",
            say("container")
        );
    } else {
        for (_, event) in &found.events {
            if let Event::CaptureArrived { attempt, .. } = event {
                let kept = store.picture(case, *attempt).is_ok();
                assert!(kept || promised.discarding, "{}", say("an image is lost"));
            }
        }
    }
    finished
}

#[derive(Default)]
struct Promised {
    opened: bool,
    events: usize,
    discarding: bool,
    sealed: bool,
    erased: bool,
}

fn play_day(store: &mut Store, case: Uuid, promised: &mut Promised) -> Result<(), Error> {
    store.open_case(case, &opening())?;
    promised.opened = true;
    for attempt in 1..=3 {
        store.append_event(case, at(1), &arrived(attempt), Some((attempt, &slap(7))))?;
        promised.events += 1;
    }
    promised.discarding = true;
    store.discard_pictures(case, &[3])?;
    store.seal(case, at(6), &facts(message(1)), "<e/>", b"abc")?;
    promised.sealed = true;
    let receipt = receipt(message(1));
    let step = DeliveryStep::Acknowledged { receipt_xml: receipt.xml().to_owned() };
    store.append_delivery(case, &DeliveryRecord { at: at(9), step })?;
    store.erase(case, &receipt)?;
    promised.erased = true;
    Ok(())
}

#[test]
fn promises_survive_a_power_cut_at_any_write() {
    let mut finished = 0;
    for cut_at in 1..90 {
        for seed in 0..3 {
            finished += u32::from(day_with_a_cut(seed * 1_000 + cut_at, cut_at));
        }
    }
    assert!(finished > 0 && finished < 267, "the cut must hit some days and miss others: {finished}");
}

/// A store with one case in each state: open with an image, sealed, confirmed (twice).
fn lived_in(store: &mut Store) -> Result<(), Error> {
    for number in 1..=4_u128 {
        let case = Uuid::from_u128(number);
        store.open_case(case, &opening())?;
        store.append_event(case, at(1), &arrived(1), Some((1, &slap(7))))?;
        if number > 1 {
            store.seal(case, at(6), &facts(message(number)), "<e/>", b"abc")?;
            store.replace_envelope(case, "<sent/>")?;
        }
        if number > 2 {
            let receipt = receipt(message(number));
            let step = DeliveryStep::Acknowledged { receipt_xml: receipt.xml().to_owned() };
            store.append_delivery(case, &DeliveryRecord { at: at(9), step })?;
            store.erase(case, &receipt)?;
        }
    }
    Ok(())
}

/// Everything a store of [`lived_in`] must still know.
fn check_lived_in(store: &Store, recovered: &Recovered, retired: u64, say: &str) {
    let found =
        |number: u128| recovered.cases.iter().filter(move |found| found.case == Uuid::from_u128(number));
    let open: Vec<_> = found(1).collect();
    assert_eq!(open.len(), 1, "{say}: the open case");
    assert!(open[0].opening.as_ref() == Some(&opening()), "{say}: its opening");
    assert_eq!(open[0].events.len(), 1, "{say}: its events");
    assert!(store.picture(Uuid::from_u128(1), 1).is_ok(), "{say}: its image");
    let sealed = store.sealed(Uuid::from_u128(2)).unwrap_or_else(|error| panic!("{say}: {error}"));
    assert_eq!(sealed, (b"abc".to_vec(), "<sent/>".to_owned()), "{say}: the sealed case");
    assert_eq!(found(3).count() + found(4).count() + usize::try_from(retired).expect("few"), 2, "{say}");
    assert_eq!(store.retired(), retired, "{say}: the tally");
}

#[test]
fn a_compaction_keeps_what_is_needed_and_only_that() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, _) = reopen(folder.path());
    lived_in(&mut store).expect("a day");
    let bytes = |store: &Store| -> usize {
        store.journal.replay().map(|entry| entry.expect("readable").1.payload.len()).sum()
    };
    let untouched = bytes(&store);
    assert_eq!(store.compact(u64::MAX).expect("not worth it"), Compacted::default());
    assert_eq!(store.retire(&[Uuid::from_u128(1), Uuid::from_u128(2)]).expect("nothing"), 0, "not confirmed");
    assert_eq!(store.retire(&[Uuid::from_u128(4)]).expect("retired"), 1);
    for round in 0..3 {
        // Images that were discarded: noise enough to make it worth while.
        for attempt in 10..40 {
            store
                .append_event(Uuid::from_u128(2), at(2), &arrived(attempt), Some((attempt, &slap(1))))
                .expect("kept");
        }
        store.discard_pictures(Uuid::from_u128(2), &(10..40).collect::<Vec<_>>()).expect("gone");
        let compacted = store.compact(0).expect("compacted");
        assert!(compacted.copied > 5 && (round == 0 || compacted.segments > 0), "{compacted:?}");
    }
    drop(store);
    let (store, recovered) = reopen(folder.path());
    check_lived_in(&store, &recovered, 1, "after three rounds");
    assert!(bytes(&store) < untouched + 260_000, "{} of {untouched}", bytes(&store));
}

#[test]
fn a_compaction_survives_a_power_cut_at_any_write() {
    let (mut compacted, mut cut_short) = (0, 0);
    for cut_at in (0..240).step_by(3) {
        let seed = 9_000 + cut_at;
        let mut random = Random(seed);
        let (keys, journal) = (SimDisk::new(seed, 1 << 26), SimDisk::new(seed + 1, 1 << 26));
        let open =
            || Store::open_on(Arc::new(keys.clone()), Arc::new(journal.clone()), site_key(), options());
        let (mut store, _) = open().expect("opened");
        lived_in(&mut store).expect("a day");
        for attempt in 10..40 {
            store
                .append_event(Uuid::from_u128(1), at(2), &arrived(attempt), Some((attempt, &slap(1))))
                .expect("kept");
        }
        store.discard_pictures(Uuid::from_u128(1), &(10..40).collect::<Vec<_>>()).expect("gone");
        journal.cut_power_at(journal.calls() + cut_at);
        let retired = store.retire(&[Uuid::from_u128(4)]).is_ok();
        let done = store.compact(0).is_ok();
        drop(store);
        let cut = Cut::ALL[random.below(4) as usize];
        keys.restore_power(cut);
        journal.restore_power(cut);
        let say = format!("seed {seed} cut {cut_at}");
        let (store, mut recovered) = open().unwrap_or_else(|error| panic!("{say}: {error}"));
        // The noise above is events of the open case as well.
        for found in &mut recovered.cases {
            found.events.retain(|(_, event)| matches!(event, Event::CaptureArrived { attempt: 1, .. }));
        }
        assert!(!retired || store.retired() == 1, "{say}: retired and forgotten");
        check_lived_in(&store, &recovered, store.retired(), &say);
        compacted += u32::from(done);
        cut_short += u32::from(!done);
    }
    assert!(
        compacted > 0 && cut_short > 10,
        "the cut must hit some and miss others: {compacted} {cut_short}"
    );
}
