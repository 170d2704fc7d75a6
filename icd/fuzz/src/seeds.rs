//! Files to begin fuzzing with, all of them made here.
//!
//! Used by `examples/fuzz_seeds.rs`, which writes the corpus, and by `tests/fuzz_smoke.rs`, which changes them in
//! seeded ways and runs every target's body over the result.

use icd::category::Category;
use icd::container::{
    ContainerContent, DeviceDescription, FaceRecord, FingerQuality, FingerRecord, FingerSegment,
    MissingFinger, build,
};
use icd::dataset::{Additional, CountryCode, Dataset, Event, MemberState, PartialDate, SecurityGround, Sex};
use icd::finding::Finding;
use icd::finger::{FingerPosition, Impression, MissingReason};
use icd::identifier::{PartyId, StaffId};
use icd::message::{
    Answer, AnswerList, Change, ChangeField, ContainerDigest, HitDataset, InsufficientFinger, Mark,
    MatchKind, Message, Outcome, Priority, Receipt, Submission,
};
use icd::nist::{OutRecord, TransactionHeader, TransactionWriter, control_number};
use icd::notice::{Notice, NoticeKind, NoticeList};
use icd::operation::Operation;
use icd::profile::Profile;
use icd::{jpeg2000, wsq};
use jiff::civil::date;

/// A target's name and its seeds.
pub(crate) type Seeds = (&'static str, Vec<Vec<u8>>);

/// The seeds of every target.
pub(crate) fn all() -> Vec<Seeds> {
    vec![
        ("nist", nist()),
        ("wsq", wsq_files()),
        ("jpeg2000", jpeg2000_files()),
        ("envelope", envelopes()),
        ("profile", profiles()),
        ("reference", references()),
    ]
}

/// Ridges with a slant.
fn ridges(width: u32, height: u32) -> Vec<u8> {
    let phase = |x: u32, y: u32| f64::from(x) * 0.6 + f64::from(y) * 0.35;
    (0..height).flat_map(|y| (0..width).map(move |x| (128.0 + 100.0 * phase(x, y).sin()) as u8)).collect()
}

fn dataset() -> Dataset {
    let event = Event {
        member_state: MemberState::new("NL").expect("letters"),
        place: "Plaats".to_owned(),
        date: date(2026, 7, 1),
    };
    let operator = StaffId::new("officer-1").expect("plain");
    let mut dataset = Dataset::new(Sex::Female, event, operator, date(2026, 7, 2));
    dataset.surnames = vec!["Voorbeeld".to_owned()];
    dataset.forenames = vec!["Één".to_owned()];
    dataset.nationalities = vec![CountryCode::new("XXA").expect("letters")];
    dataset.birth_date = Some(PartialDate::from_year(1990).expect("a year"));
    dataset.additional = Additional {
        granted_on: Some(date(2026, 1, 2)),
        security_flag: Some(SecurityGround::Violent),
        rejected: true,
        ..Additional::default()
    };
    dataset
}

fn content() -> ContainerContent {
    let slap = |position: FingerPosition| FingerRecord {
        position,
        width_px: 96,
        height_px: 96,
        resolution_ppi: 500,
        pixels: ridges(96, 96),
        impression: Impression::PlainContact,
        segments: vec![FingerSegment {
            finger: position.fingers()[0],
            left_px: 0,
            top_px: 0,
            right_px: 40,
            bottom_px: 96,
        }],
        quality: vec![FingerQuality { finger: position.fingers()[0], score: 70, by: None }],
        missing: vec![MissingFinger { finger: position.fingers()[1], reason: MissingReason::Bandaged }],
    };
    ContainerContent {
        message_id: "018f3a5e-7d2c-7abc-8def-0123456789ab".parse().expect("a UUID"),
        reference_number: "NL1000000042".parse().expect("well-formed"),
        category: Category::Applicant,
        urgent: false,
        documents: Vec::new(),
        proof_photos: Vec::new(),
        dataset: dataset(),
        fingers: vec![slap(FingerPosition::RIGHT_FOUR), slap(FingerPosition::THUMBS)],
        face: Some(FaceRecord { jpeg: vec![0xFF, 0xD8, 0xFF, 0xD9], width_px: 640, height_px: 480 }),
        device: DeviceDescription { make: "Demo".to_owned(), serial: "S-1".to_owned(), ..Default::default() },
        captured_on: date(2026, 7, 2),
    }
}

fn header() -> TransactionHeader {
    TransactionHeader {
        version: "0502".to_owned(),
        transaction_type: "DSS".to_owned(),
        date: "20260701".to_owned(),
        priority: Some(4),
        destination_agency: "EURODAC".to_owned(),
        originating_agency: "NL/TEST".to_owned(),
        control_number: "0001".to_owned(),
        control_reference: None,
        domain: ("OPEN".to_owned(), "1".to_owned()),
        ..TransactionHeader::default()
    }
}

/// Containers, and a small file with one record of many types.
pub(crate) fn nist() -> Vec<Vec<u8>> {
    let whole = build(&Profile::open_2026(), &content()).expect("content that fits");
    let mut writer = TransactionWriter::new(header());
    for record_type in [2, 9, 10, 13, 14, 15, 17, 99] {
        let mut record = OutRecord::new(record_type, 1).expect("a tagged type");
        record.field(3, "1").expect("text").rows(18, &[&["1", "UP"], &["2", "XX"]]).expect("rows");
        record.items(21, &["1", "0", "9", "0", "9"]).expect("items");
        if record_type == 9 {
            let point: &[&str] = &["001", "21952030101", "00", "A"];
            record.rows(23, &[point, point]).expect("rows");
            record.items(137, &["001", "491", "260", "137", "0", "100"]).expect("items");
            record.items(331, &["1908", "41", "186", "E"]).expect("items");
        }
        if record_type >= 10 {
            record.image(vec![0x1C, 0x1D, 0x1E, 0x1F]);
        }
        writer.push(record).expect("room");
    }
    let many = writer.to_bytes().expect("writable");
    // A header that announces one binary record, and the record: 18 bytes of header and two of image.
    let binary = [
        &b"1.001:35\x1d1.002:0300\x1d1.003:1\x1f1\x1e4\x1f01\x1c"[..],
        &[0, 0, 0, 20, 1, 0, 2, 255, 255, 255, 255, 255, 0, 0, 2, 0, 1, 0, 7, 7],
    ]
    .concat();
    let least = b"1.001:34\x1d1.002:0300\x1d1.003:1\x1f1\x1e2\x1f0\x1c2.001:17\x1d2.002:0\x1c".to_vec();
    vec![whole, many, binary, least]
}

/// Streams of three rates and shapes.
pub(crate) fn wsq_files() -> Vec<Vec<u8>> {
    let shapes = [(96, 96, 0.75), (128, 90, 2.25), (81, 100, 0.3)];
    let options = |bits_per_pixel| wsq::EncodeOptions {
        bits_per_pixel,
        resolution_ppi: Some(500),
        comment: Some("drawn".to_owned()),
    };
    shapes
        .into_iter()
        .map(|(width, height, rate)| {
            wsq::encode(&ridges(width, height), width, height, &options(rate))
                .expect("a picture within the bounds")
        })
        .collect()
}

/// Drawn ridges of another encoder, and tiny pictures of our own: a fuzzer decodes thousands of those in the time of one large one.
pub(crate) fn jpeg2000_files() -> Vec<Vec<u8>> {
    let lossless = include_bytes!("../../tests/data/ridges.jp2");
    let lossy = include_bytes!("../../tests/data/ridges-8to1.j2k");
    let mut files = vec![lossless.to_vec(), lossy.to_vec()];
    for (width_px, height_px, components) in
        [(1, 1, 1), (3, 5, 3), (9, 8, 1), (17, 12, 1), (16, 16, 3), (40, 31, 1)]
    {
        let samples = ridges(width_px * u32::from(components), height_px);
        let picture = jpeg2000::Picture { width_px, height_px, components, samples: &samples };
        for fidelity in [jpeg2000::Fidelity::Lossless, jpeg2000::Fidelity::Ratio(6.0)] {
            let file = jpeg2000::encode(&picture, fidelity, Some(500)).expect("a picture within the bounds");
            // The bare codestream too: most changes of a file of boxes hit the boxes.
            let start =
                file.windows(4).position(|four| four == [0xFF, 0x4F, 0xFF, 0x51]).expect("a codestream");
            files.push(file[start..].to_vec());
            files.push(file);
        }
    }
    files
}

/// One message of each kind, and a list.
pub(crate) fn envelopes() -> Vec<Vec<u8>> {
    let instant = |text: &str| text.parse::<jiff::Timestamp>().expect("an instant");
    let message_id = "018f3a5e-7d2c-7abc-8def-0123456789ab".parse().expect("a UUID");
    let reference_number: icd::reference::ReferenceNumber = "NL1000000042".parse().expect("well-formed");
    let party = PartyId::new("kiosk-1").expect("plain");
    let staff = StaffId::new("officer-1").expect("plain");
    let submission = Submission {
        message_id,
        sender: party.clone(),
        operator: staff.clone(),
        category: Category::Applicant,
        reference_number: reference_number.clone(),
        priority: Priority::Urgent { reason: "national law & order".to_owned() },
        clock_start: instant("2026-07-01T10:00:00Z"),
        captured_at: instant("2026-07-01T11:00:00Z"),
        sent_at: instant("2026-07-01T11:30:00Z"),
        minor: false,
        dataset: dataset(),
        container: ContainerDigest::of(b"file"),
    };
    let change = Change {
        message_id,
        sender: party.clone(),
        operator: staff,
        operation: Operation::Rectify,
        reference_number: reference_number.clone(),
        clock_start: instant("2026-07-01T10:00:00Z"),
        sent_at: instant("2026-07-01T10:05:00Z"),
        fields: vec![ChangeField { name: "birth-date".to_owned(), value: "1991".to_owned() }],
        reason: "<error>".to_owned(),
    };
    let receipt = Receipt {
        message_id,
        received_at: instant("2026-07-01T10:05:00.25Z"),
        content_sha256: [7; 32],
        issuer: party,
        audit_sequence: 12,
        audit_hash: [9; 32],
        signature: vec![1; 64],
        key_id: "gateway-1".to_owned(),
    };
    let answers: Vec<Answer> = outcomes(&reference_number, instant("2026-07-01T10:00:00Z"))
        .into_iter()
        .map(|outcome| Answer {
            answer_id: "018f3a5e-7d2c-7abc-8def-0123456789ac".parse().expect("a UUID"),
            in_reply_to: message_id,
            reference_number: reference_number.clone(),
            answered_at: instant("2026-07-01T10:00:00Z"),
            outcome,
        })
        .collect();
    let mut messages: Vec<Message> = vec![submission.into(), change.into(), receipt.into()];
    messages.extend(answers.iter().cloned().map(Message::from));
    let list = AnswerList { answers }.to_xml().into_bytes();
    let notices = NoticeKind::ALL.map(|kind| Notice {
        notice_id: "018f3a5e-7d2c-7abc-8def-0123456789ad".parse().expect("a UUID"),
        raised_at: instant("2026-07-01T10:00:00Z"),
        kind,
        reference_number: reference_number.clone(),
        changed: Some(reference_number.clone()),
        responsible_state: None,
    });
    let notices = NoticeList { notices: notices.to_vec() }.to_xml().into_bytes();
    messages.iter().map(|message| message.to_xml().into_bytes()).chain([list, notices]).collect()
}

fn outcomes(reference_number: &icd::reference::ReferenceNumber, stored_at: jiff::Timestamp) -> Vec<Outcome> {
    let finger = FingerPosition::RIGHT_THUMB;
    vec![
        Outcome::NoHit,
        Outcome::Registered,
        Outcome::Hit(vec![HitDataset {
            reference_number: reference_number.clone(),
            category: Category::Applicant,
            matched: MatchKind::Face,
            stored_at,
            marks: vec![Mark::ProtectionGranted],
            dataset: Some(dataset()),
        }]),
        Outcome::QualityInsufficient {
            fingers: vec![InsufficientFinger { finger, score: Some(3), required: None }],
        },
        Outcome::SequenceError { fingers: vec![finger] },
        Outcome::Rejected(vec![Finding::error("I-1101", "birth-date", "It is missing. Add it.")]),
        Outcome::Done { web_receipt: "W-1".to_owned() },
    ]
}

/// The shipped profiles, and one with a contradiction.
pub(crate) fn profiles() -> Vec<Vec<u8>> {
    let open = include_str!("../../profiles/open-2026.toml");
    let int_i = include_str!("../../profiles/int-i-6.toml");
    vec![
        open.as_bytes().to_vec(),
        int_i.as_bytes().to_vec(),
        open.replace("surnames = 30", "surnames = 31").into_bytes(),
    ]
}

/// Reference numbers and control numbers.
pub(crate) fn references() -> Vec<Vec<u8>> {
    let control = [0, 1, 22, 23, 99_999_999_999_999].map(control_number::with_check_letter);
    let plain = ["NL1000000042", "D0A", "GBR9ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ", "NL", "nl1x", ""];
    plain.into_iter().map(str::to_owned).chain(control).map(String::into_bytes).collect()
}
