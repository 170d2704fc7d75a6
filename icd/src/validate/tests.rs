//! One line per rule: what is changed in a good message, and which findings that gives.

use jiff::Timestamp;
use jiff::civil::date;

use super::*;
use crate::category::Category;
use crate::container::tests::{full, ridges, with_field};
use crate::container::{ContainerContent, FingerQuality, FingerRecord, FingerSegment, MissingFinger, build};
use crate::dataset::{Additional, PartialDate};
use crate::finger::{FingerPosition, MissingReason};
use crate::identifier::{PartyId, StaffId};
use crate::message::{Answer, ChangeField, InsufficientFinger, Message, Outcome, Priority};
use crate::operation::Operation;

const NOW: &str = "2026-07-02T12:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let picture = image::GrayImage::from_raw(width, height, ridges(width, height)).expect("as many pixels");
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("memory");
    bytes.into_inner()
}

fn coloured(width: u32, height: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb([10, 90, 200]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("memory");
    bytes.into_inner()
}

fn slap(position: FingerPosition) -> FingerRecord {
    let (width, height) = (480, 320);
    let each = position.fingers();
    let step = width / u32::try_from(each.len()).expect("few");
    let boxes = (0..).step_by(usize::try_from(step).expect("small")).zip(each);
    FingerRecord {
        position,
        width_px: width,
        height_px: height,
        resolution_ppi: 500,
        pixels: ridges(width, height),
        impression: crate::finger::Impression::PlainContact,
        segments: boxes
            .map(|(left, f)| FingerSegment {
                finger: *f,
                left_px: left,
                top_px: 0,
                right_px: left + step,
                bottom_px: height,
            })
            .collect(),
        quality: each.iter().map(|f| FingerQuality { finger: *f, score: 80, by: None }).collect(),
        missing: Vec::new(),
    }
}

/// A case without any finding.
fn good() -> (Submission, ContainerContent) {
    let mut content = full();
    content.dataset.additional = Additional::default();
    content.fingers =
        [FingerPosition::RIGHT_FOUR, FingerPosition::LEFT_FOUR, FingerPosition::THUMBS].map(slap).to_vec();
    let face = content.face.as_mut().expect("a face");
    (face.width_px, face.height_px, face.jpeg) = (300, 400, jpeg(300, 400));
    let copy = coloured(30, 20);
    content.dataset.document_copies[0].sha256 = ContainerDigest::of(&copy).sha256;
    content.documents = vec![copy];
    let submission = Submission {
        message_id: content.message_id,
        sender: PartyId::new("kiosk-1").expect("plain"),
        operator: content.dataset.operator.clone(),
        category: content.category,
        reference_number: content.reference_number.clone(),
        priority: Priority::Normal,
        clock_start: at("2026-07-01T10:00:00Z"),
        captured_at: at("2026-07-02T11:00:00Z"),
        sent_at: at("2026-07-02T11:30:00Z"),
        minor: false,
        dataset: content.dataset.clone(),
        container: ContainerDigest { sha256: [0; 32], length_bytes: 0 },
    };
    (submission, content)
}

/// The codes and fields of the findings for a changed case.
fn found(change: impl FnOnce(&mut Submission, &mut ContainerContent)) -> Vec<String> {
    let (mut submission, mut content) = good();
    change(&mut submission, &mut content);
    // Envelope and file are made from one case; a rule about their difference changes the envelope afterwards.
    let dataset = submission.dataset.clone();
    content.dataset = dataset;
    content.category = submission.category;
    content.reference_number = submission.reference_number.clone();
    let bytes = build(&Profile::open_2026(), &content).expect("content that fits");
    submission.container = ContainerDigest::of(&bytes);
    shown(&super::submission(&Profile::open_2026(), &submission, &bytes, at(NOW)))
}

fn shown(findings: &[Finding]) -> Vec<String> {
    let mark = |f: &Finding| if f.severity == crate::finding::Severity::Error { "" } else { "~" };
    findings.iter().map(|f| format!("{}{} {}", mark(f), f.code, f.field)).collect()
}

#[test]
fn a_good_case_has_no_finding() {
    assert_eq!(found(|_, _| ()), [""; 0]);
}

#[test]
fn envelope_rules() {
    #[track_caller]
    fn check(change: impl FnOnce(&mut Submission), expect: &[&str]) {
        assert_eq!(found(|s, _| change(s)), expect);
    }
    let number = |text: &str| text.parse().expect("well-formed");
    check(
        |s| s.priority = Priority::Urgent { reason: " ".into() },
        &["I-1101 urgent-reason", "~I-1605 1.006"],
    );
    check(|s| s.priority = Priority::Urgent { reason: "detention".into() }, &["~I-1605 1.006"]);
    check(|s| s.operator = StaffId::new("other").expect("plain"), &["I-1605 operator"]);
    check(|s| s.reference_number = number("NL2000000042"), &["I-1603 reference-number"]);
    check(|s| s.reference_number = number("D1000000042"), &["I-1603 reference-number"]);
    check(|s| s.captured_at = at("2026-07-02T12:06:00Z"), &["I-1112 captured-at", "I-1112 sent-at"]);
    check(|s| s.sent_at = at("2026-07-02T12:05:00Z"), &[]);
    check(|s| s.sent_at = at("2026-07-02T12:05:01Z"), &["I-1112 sent-at"]);
    check(|s| s.clock_start = at("2026-07-03T12:00:00Z"), &["I-1112 clock-start"]);
    check(|s| s.dataset.biometrics_taken_on = date(2026, 7, 4), &["I-1112 biometrics-taken-on"]);
    check(|s| s.dataset.biometrics_taken_on = date(2026, 7, 3), &[]);
    check(|s| s.dataset.event.date = date(2026, 7, 4), &["I-1112 event-date"]);
    check(
        |s| (s.category, s.reference_number) = (Category::LawEnforcementNational, number("NL4000000042")),
        &["I-1601 category"],
    );
    check(
        |s| {
            (s.category, s.reference_number) = (Category::TemporaryProtection, number("NL0000000042"));
            s.dataset.additional.council_decision = Some("1".to_owned());
        },
        &["I-1602 category"],
    );
}

#[test]
fn dataset_rules() {
    #[track_caller]
    fn check(change: impl FnOnce(&mut Submission), expect: &[&str]) {
        assert_eq!(found(|s, _| change(s)), expect);
    }
    check(|s| (s.dataset.surnames, s.dataset.forenames) = (vec![], vec![]), &["I-1101 name"]);
    check(|s| s.dataset.surnames.clear(), &[]);
    check(|s| (s.dataset.surnames, s.dataset.forenames) = (vec![" ".to_owned()], vec![]), &["I-1101 name"]);
    check(|s| s.dataset.additional.left_on = Some(date(2026, 7, 3)), &[]);
    check(|s| s.dataset.additional.left_on = Some(date(2026, 7, 4)), &["I-1112 left-on"]);
    check(
        |s| {
            s.category = Category::Resettlement;
            s.reference_number = "NL7000000042".parse().expect("well-formed");
            s.dataset.additional.granted_on = Some(date(2026, 7, 1));
            s.dataset.additional.discontinued_on = Some(date(2026, 7, 1));
        },
        &["I-1104 granted-on"],
    );
    check(|s| s.dataset.nationalities.clear(), &["I-1101 nationality"]);
    check(|s| s.dataset.birth_date = None, &["I-1101 birth-date"]);
    check(|s| s.dataset.birth_place = None, &["~I-1101 birth-place"]);
    check(|s| s.dataset.document = None, &[]);
    check(|s| s.dataset.additional.granted_on = Some(date(2026, 1, 1)), &["I-1103 granted-on"]);
    check(|s| s.dataset.additional.security_flag = Some(crate::dataset::SecurityGround::Armed), &[]);
    check(
        |s| {
            s.category = Category::NationalResettlement;
            s.reference_number = "NL8000000042".parse().expect("well-formed");
            s.dataset.additional.security_flag = Some(crate::dataset::SecurityGround::Armed);
        },
        &["I-1101 granted-on", "I-1103 security-flag"],
    );
    check(
        |s| {
            s.category = Category::Resettlement;
            s.reference_number = "NL7000000042".parse().expect("well-formed");
            s.dataset.additional.refused_on = Some(date(2026, 7, 1));
        },
        &["I-1101 refusal-grounds"],
    );
}

#[test]
fn the_age_of_six_and_the_minors_mark() {
    #[track_caller]
    fn check(birth: &str, minor: bool, expect: &[&str]) {
        let birth: PartialDate = birth.parse().expect("a date");
        let change = |s: &mut Submission, _: &mut ContainerContent| {
            (s.dataset.birth_date, s.minor) = (Some(birth), minor);
        };
        assert_eq!(found(change), expect, "{minor}");
    }
    check("2020-07-03", true, &["I-1701 birth-date"]);
    check("2020-07-02", true, &[]);
    check("2020-07", true, &["I-1702 birth-date"]);
    check("2020", true, &["I-1702 birth-date"]);
    check("2019", true, &[]);
    check("2021", true, &["I-1701 birth-date"]);
    check("2026-07-02", true, &["I-1701 birth-date"]);
    check("2026-07-03", true, &["I-1112 birth-date"]);
    check("2008-07-03", false, &["I-1703 minor"]);
    check("2008-07-02", false, &[]);
    check("2008-07-02", true, &["~I-1703 minor"]);
    check("2008", false, &["~I-1703 minor"]);
    check("2008", true, &[]);
}

#[test]
fn finger_and_face_rules() {
    #[track_caller]
    fn check(change: impl FnOnce(&mut ContainerContent), expect: &[&str]) {
        assert_eq!(found(|_, c| change(c)), expect);
    }
    let missing = |code: u8, reason| MissingFinger {
        finger: FingerPosition::from_code(code).expect("a finger"),
        reason,
    };
    check(|c| drop(c.fingers.remove(1)), &["I-1502 14.013"]);
    check(|c| c.fingers.clear(), &["I-1502 14.013"; 3]);
    check(|c| c.fingers[0].segments.truncate(3), &["I-1503 14.021"]);
    check(|c| c.fingers[0].quality.truncate(3), &["~I-1501 14.024"]);
    check(|c| c.fingers[0].missing.push(missing(4, MissingReason::Bandaged)), &["I-1503 14.021"]);
    check(
        |c| {
            c.fingers[0].missing.push(missing(4, MissingReason::Bandaged));
            c.fingers[0].segments.remove(2);
        },
        &[],
    );
    check(|c| c.fingers[0].missing.push(missing(4, MissingReason::PartlyAmputated)), &[]);
    check(|c| c.fingers[2].quality[0].score = 24, &["~I-1501 14.024"]);
    check(|c| c.fingers[2].quality[0].score = 25, &[]);
    check(|c| c.fingers[0].quality[3].score = 20, &[]);
    check(
        |c| {
            let reason = MissingReason::Amputated;
            let all =
                FingerPosition::LEFT_FOUR.fingers().iter().map(|f| MissingFinger { finger: *f, reason });
            c.fingers[1] = FingerRecord::absent(FingerPosition::LEFT_FOUR, all.collect());
        },
        &[],
    );
    check(
        |c| {
            let reason = MissingReason::Bandaged;
            for slap in &mut c.fingers {
                let all = slap.position.fingers().iter().map(|f| MissingFinger { finger: *f, reason });
                *slap = FingerRecord::absent(slap.position, all.collect());
            }
        },
        &[],
    );
    check(
        |c| {
            let reason = MissingReason::Bandaged;
            for slap in &mut c.fingers {
                let all = slap.position.fingers().iter().map(|f| MissingFinger { finger: *f, reason });
                *slap = FingerRecord::absent(slap.position, all.collect());
            }
            c.face = None;
        },
        &["~I-1101 10.999", "I-1101 biometrics"],
    );
    check(
        |c| {
            let first = c.fingers[0].segments[0];
            let last = c.fingers[0].segments.last_mut().expect("a box");
            *last = FingerSegment { finger: last.finger, ..first };
        },
        &["I-1503 14.021"],
    );
    check(|c| c.fingers[0].resolution_ppi = 506, &["I-1110 14.009"]);
    check(|c| c.fingers[0].resolution_ppi = 505, &[]);
    check(|c| c.fingers[0].pixels.fill(200), &["~I-1118 14.999"]);
    check(
        |c| {
            let mut again = c.fingers[0].clone();
            again.impression = crate::finger::Impression::RolledContact;
            c.fingers.push(again);
        },
        &["I-1503 14.013"],
    );
    check(|c| c.face = None, &["~I-1101 10.999"]);
    check(|c| c.face.as_mut().expect("a face").width_px = 301, &["I-1118 10.006"]);
    check(|c| c.face.as_mut().expect("a face").jpeg.truncate(10), &["I-1118 10.006"]);
    check(
        |c| {
            let face = c.face.as_mut().expect("a face");
            (face.width_px, face.height_px, face.jpeg) = (200, 400, jpeg(200, 400));
        },
        &["I-1110 10.006"],
    );
}

/// Files by another writer, and files that do not belong to the envelope.
/// Under INT-I the file says less than the envelope, and both together say everything.
#[test]
fn int_i_files_are_read_beside_their_envelope() {
    let profile = Profile::int_i_6();
    let (mut submission, content) = good();
    let bytes = build(&profile, &content).expect("content that fits");
    submission.container = ContainerDigest::of(&bytes);
    assert_eq!(
        shown(&super::submission(&profile, &submission, &bytes, submission.sent_at)),
        Vec::<String>::new()
    );
    let read = crate::container::read_beside(&profile, &bytes, &submission).expect("own file");
    assert_eq!(read.reference_number, content.reference_number);
    assert!(read.dataset == content.dataset, "the dataset changed");
    // Alone, the file does not say whose it is.
    let alone = crate::container::read(&profile, &bytes).map(|read| read.fingers.len());
    assert_eq!(alone.map_err(|error| error.code()), Err("I-0406"));

    let transaction = crate::nist::Transaction::read(&bytes).expect("own file");
    let header = transaction.type1();
    assert_eq!((header.transaction_type(), header.domain()), (Some("NPS"), Some(("INT-I", "6.00"))));
    assert!(crate::nist::control_number::is_right(header.control_number().expect("1.009")));
    let two = transaction.tagged(2).next().expect("a Type-2 record");
    let numbers: Vec<u16> = two.fields().iter().map(crate::nist::Field::number).collect();
    let theirs = [1, 2, 11, 19, 30, 34, 35, 37, 38, 39];
    assert!(numbers.iter().all(|number| theirs.contains(number)), "{numbers:?}");
    // A typing mistake in the control number is seen by its letter; the other profile has no letter.
    let mistyped = with_field(&bytes, 1, 9, "00000000000001B");
    for (profile, expect) in [(&profile, 1), (&Profile::open_2026(), 0)] {
        let findings = shown(&container(profile, &mistyped));
        assert_eq!(findings.iter().filter(|f| *f == "I-1115 1.009").count(), expect, "{findings:?}");
    }
    assert!(!shown(&container(&profile, &bytes)).iter().any(|f| f.ends_with("1.009")));
    // What does not fit its fields is refused and not cut.
    let mut long = content.clone();
    long.dataset.birth_place = Some("x".repeat(31));
    assert_eq!(build(&profile, &long).map_err(|error| error.code()), Err("I-0409"));
    let mut two = content.clone();
    two.dataset.nationalities.push(crate::dataset::CountryCode::new("IRQ").expect("letters"));
    assert_eq!(build(&profile, &two).map_err(|error| error.code()), Err("I-0409"));
    let over = with_field(&bytes, 2, 37, &"x".repeat(31));
    let findings = shown(&super::submission(&profile, &submission, &over, submission.sent_at));
    assert!(findings.contains(&"I-1110 birth-place".to_owned()), "{findings:?}");
    // Another person's envelope does not fit.
    submission.dataset.surnames = vec!["Anders".to_owned()];
    let findings = super::submission(&profile, &submission, &bytes, submission.sent_at);
    assert!(shown(&findings).iter().any(|f| f.contains("I-1605")), "{:?}", shown(&findings));
}

#[test]
fn foreign_files() {
    let profile = Profile::open_2026();
    let (mut submission, content) = good();
    let bytes = build(&profile, &content).expect("content that fits");
    let mut check = |bytes: &[u8], expect: &[&str]| {
        submission.container = ContainerDigest::of(bytes);
        assert_eq!(shown(&super::submission(&profile, &submission, bytes, at(NOW))), expect);
    };
    check(&bytes, &[]);
    check(&bytes[..bytes.len() - 1], &["I-0301 container"]);
    check(b"", &["I-0301 container"]);
    check(&with_field(&bytes, 2, 39, "M"), &["I-1605 dataset"]);
    check(&with_field(&bytes, 2, 39, "X"), &["I-1115 sex"]);
    check(&with_field(&bytes, 2, 200, "018f3a5e-7d2c-7abc-8def-0123456789ac"), &["I-1605 message-id"]);
    check(&with_field(&bytes, 1, 4, "XYZ"), &["I-1116 1.004"]);
    check(&with_field(&bytes, 14, 6, "479"), &["I-0401 14.999", "I-1502 14.013"]);
    check(&with_field(&bytes, 14, 6, "481"), &["I-1118 14.006"]);
    check(&with_field(&bytes, 14, 11, "JP2"), &["I-1115 14.011", "I-1118 14.006"]);
    check(&with_field(&bytes, 14, 996, &"0".repeat(64)), &["I-1117 14.996"]);
    check(&with_field(&bytes, 14, 9, "x"), &["I-0309 14.009", "I-1502 14.013"]);
    let other = with_field(&bytes, 2, 39, "M");
    submission.container = ContainerDigest::of(&other);
    let findings = super::submission(&profile, &submission, &other, at(NOW));
    let told = findings.iter().find(|finding| finding.code == "I-1605").expect("told").message.clone();
    assert!(told.starts_with("Envelope and file differ in sex."), "{told}");
    submission.container = ContainerDigest::of(&bytes);
    submission.container.length_bytes += 1;
    let findings = super::submission(&profile, &submission, &bytes, at(NOW));
    assert_eq!(shown(&findings), ["I-1117 container"]);
}

/// Several mistakes in one message are all told, in the fixed order.
#[test]
fn all_findings_come_at_once_and_in_order() {
    let expect = [
        "I-1101 nationality",
        "I-1103 council-decision",
        "I-1502 14.013",
        "~I-1501 14.024",
        "I-1603 reference-number",
        "I-1112 sent-at",
        "I-1701 birth-date",
    ];
    let many = found(|s, c| {
        c.fingers.remove(2);
        c.fingers[0].quality[0].score = 1;
        s.dataset.nationalities.clear();
        s.dataset.additional.council_decision = Some("1".to_owned());
        s.reference_number = "NL9000000042".parse().expect("well-formed");
        s.sent_at = at("2026-07-01T11:30:00Z");
        s.dataset.birth_date = Some(PartialDate::from_date(date(2023, 1, 1)));
        s.minor = true;
    });
    assert_eq!(many, expect);
}

/// Letter (j): a copy is named by the dataset, is in the file, and is in colour.
#[test]
fn copies_of_documents() {
    #[track_caller]
    fn check(change: impl FnOnce(&mut ContainerContent), expect: &[&str]) {
        let (_, mut content) = good();
        change(&mut content);
        let bytes = build(&Profile::open_2026(), &content).expect("content that fits");
        assert_eq!(shown(&container(&Profile::open_2026(), &bytes)), expect);
    }
    fn exchange(content: &mut ContainerContent, picture: Vec<u8>) {
        content.dataset.document_copies[0].sha256 = ContainerDigest::of(&picture).sha256;
        content.documents = vec![picture];
    }
    check(|_| (), &[]);
    check(|c| c.documents.clear(), &["I-1101 21.999"]);
    check(|c| c.dataset.document_copies.clear(), &["I-1103 21.999"]);
    check(|c| exchange(c, jpeg(30, 20)), &["~I-1118 21.999"]);
    check(|c| exchange(c, vec![1, 2, 3]), &["I-1118 21.999"]);
    let samples = [7; 30 * 20 * 3];
    let picture = jpeg2000::Picture { width_px: 30, height_px: 20, components: 3, samples: &samples };
    let jp2 = jpeg2000::encode(&picture, jpeg2000::Fidelity::Lossless, None).expect("small");
    check(|c| exchange(c, jp2), &[]);
}

/// A photo of what could not be taken: only where the profile carries it.
#[test]
fn photos_of_exceptions() {
    let carrying = crate::container::tests::carrying_proof_photos();
    let (_, mut content) = good();
    content.proof_photos = vec![jpeg(30, 20)];
    let bytes = build(&carrying, &content).expect("content that fits");
    assert_eq!(shown(&container(&carrying, &bytes)), Vec::<String>::new());
    assert_eq!(shown(&container(&Profile::open_2026(), &bytes)), ["I-1103 21.999"]);
}

/// Fields of the standard: mandatory ones, value sets, and codes that are deprecated.
#[test]
fn records_keep_to_the_standard() {
    #[track_caller]
    fn check(record_type: u8, number: u16, value: &str, expect: &[&str]) {
        let (_, content) = good();
        let bytes = build(&Profile::open_2026(), &content).expect("content that fits");
        let changed = with_field(&bytes, record_type, number, value);
        let found = container(&Profile::open_2026(), &changed);
        let shown: Vec<String> =
            shown(&found).into_iter().filter(|one| one.contains(&format!("{record_type}."))).collect();
        assert_eq!(shown, expect, "{record_type}.{number:03}");
    }
    check(14, 3, "0", &[]);
    check(14, 3, "2", &["~I-1115 14.003"]);
    check(14, 3, "99", &["I-1115 14.003"]);
    check(14, 4, "", &["I-1101 14.004"]);
    check(14, 12, "16", &["I-1115 14.012"]);
    check(10, 20, "X", &["I-1115 10.020"]);
    // The picture is JPEG, whatever the record says.
    check(10, 11, "PNG", &["I-1115 10.011", "I-1118 10.006"]);
    check(10, 4, "", &["I-1101 10.004"]);
    check(1, 6, "0", &["I-1115 1.006"]);
    check(1, 5, "20261301", &["I-1112 1.005"]);
}

/// ASCII unless UTF-8 is declared, and no third set.
#[test]
fn characters_are_those_declared() {
    #[track_caller]
    fn check(set: &str, (record_type, number): (u8, u16), value: &[u8], is_told: bool) {
        let (_, content) = good();
        let bytes = build(&Profile::open_2026(), &content).expect("content that fits");
        let bytes = with_field(&bytes, 1, 15, set);
        // The mark keeps the field's length, so that LEN stays right.
        let mut bytes = with_field(&bytes, record_type, number, &"\u{1}".repeat(value.len()));
        let tag = format!("\x1d{record_type}.{number:03}:");
        let place = bytes.windows(tag.len()).position(|part| part == tag.as_bytes()).expect("it was written");
        bytes[place + tag.len()..][..value.len()].copy_from_slice(value);
        let found = shown(&container(&Profile::open_2026(), &bytes));
        let told = found.contains(&format!("I-1111 {record_type}.{number:03}"));
        assert_eq!(told, is_told, "{set:?}: {found:?}");
    }
    const UTF_8: &str = "3\u{1f}UTF-8";
    const ASCII: &str = "0\u{1f}ASCII";
    for field in [(2, 30), (10, 4), (14, 4), (21, 4)] {
        check(UTF_8, field, "Z\u{fc}rich".as_bytes(), false);
        check(UTF_8, field, b"Z\xFCrich", true);
        check(ASCII, field, "Z\u{fc}rich".as_bytes(), true);
        check(ASCII, field, b"Zurich", false);
    }
    // The header is ASCII whatever it declares.
    check(UTF_8, (1, 8), "Z\u{fc}rich".as_bytes(), true);
    check(UTF_8, (1, 8), b"Zurich", false);
    // No third set is read.
    for (set, is_told) in [("2\u{1f}UTF-16", true), (UTF_8, false)] {
        let (_, content) = good();
        let bytes = with_field(&build(&Profile::open_2026(), &content).expect("fits"), 1, 15, set);
        let found = shown(&container(&Profile::open_2026(), &bytes));
        assert_eq!(found.contains(&"I-1111 1.015".to_owned()), is_told, "{set:?}: {found:?}");
    }
}

/// A wrong field is told for each record that has it.
#[test]
fn every_record_is_told() {
    let (_, content) = good();
    let mut bytes = build(&Profile::open_2026(), &content).expect("content that fits");
    for number in [b"\x1d14.003:0\x1d"; 3] {
        let place = bytes.windows(number.len()).position(|part| part == number).expect("three slaps");
        bytes[place + number.len() - 2] = b'2';
    }
    let found = shown(&container(&Profile::open_2026(), &bytes));
    assert_eq!(found, ["~I-1115 14.003"; 3]);
}

/// What would be accepted stands in a field of its own, so that a screen or a program can show it.
#[test]
fn findings_carry_the_accepted_values() {
    #[track_caller]
    fn check(record_type: u8, number: u16, value: &str, expect: &[Option<&str>]) {
        let (_, content) = good();
        let bytes = build(&Profile::open_2026(), &content).expect("content that fits");
        let found = container(&Profile::open_2026(), &with_field(&bytes, record_type, number, value));
        let field = format!("{record_type}.{number:03}");
        let accepted: Vec<Option<&str>> =
            found.iter().filter(|one| one.field == field).map(|one| one.accepted.as_deref()).collect();
        assert_eq!(accepted, expect, "{field}");
    }
    check(1, 6, "0", &[Some("a number from 1 to 9")]);
    check(14, 11, "JP2", &[Some("WSQ20")]);
    check(14, 12, "16", &[Some("one of 8")]);
    check(14, 4, "", &[None]);
}

/// A resend is a new message with better prints under the number of the first one (Art. 38(1)); the answer that asks for it
/// carries that number.
#[test]
fn a_resend_after_bad_quality_keeps_the_number() {
    let (first, mut content) = good();
    let profile = Profile::open_2026();
    let answer = Answer {
        answer_id: "018f3a5e-7d2c-7abc-8def-0123456789ac".parse().expect("a UUID"),
        in_reply_to: first.message_id,
        reference_number: first.reference_number.clone(),
        answered_at: at("2026-07-02T11:40:00Z"),
        outcome: Outcome::QualityInsufficient {
            fingers: vec![InsufficientFinger {
                finger: FingerPosition::RIGHT_THUMB,
                score: Some(9),
                required: Some(40),
            }],
        },
    };
    let xml = Message::from(answer).to_xml();
    let Ok(Message::Answer(answer)) = Message::from_xml(xml.as_bytes()) else { panic!("an answer: {xml}") };
    let mut again = first.clone();
    again.message_id = "018f3a5e-7d2c-7abc-8def-0123456789ad".parse().expect("a UUID");
    again.reference_number = answer.reference_number;
    (again.captured_at, again.sent_at) = (at("2026-07-02T11:50:00Z"), at("2026-07-02T11:55:00Z"));
    content.message_id = again.message_id;
    let bytes = build(&profile, &content).expect("content that fits");
    again.container = ContainerDigest::of(&bytes);
    assert_eq!(shown(&submission(&profile, &again, &bytes, at(NOW))), [""; 0]);
    assert_eq!(again.reference_number, first.reference_number);
    assert_eq!(
        crate::container::read(&profile, &bytes).expect("own file").reference_number,
        first.reference_number
    );
    // Another number in the envelope is not the one in the file, and that is refused.
    again.reference_number = "NL1000000043".parse().expect("well-formed");
    assert_eq!(shown(&submission(&profile, &again, &bytes, at(NOW))), ["I-1605 reference-number"]);
}

/// An urgent request says so in the file too.
#[test]
fn priority_goes_into_the_file() {
    let (mut submission, mut content) = good();
    let profile = Profile::open_2026();
    let urgent = |content: &ContainerContent| {
        let bytes = build(&profile, content).expect("content that fits");
        let priority = crate::nist::Transaction::read(&bytes).expect("own file").type1().priority();
        (bytes, priority)
    };
    assert_eq!(urgent(&content).1, Some(5));
    submission.priority = Priority::Urgent { reason: "transfer tonight".to_owned() };
    let bytes = urgent(&content).0;
    submission.container = ContainerDigest::of(&bytes);
    assert_eq!(shown(&super::submission(&profile, &submission, &bytes, at(NOW))), ["~I-1605 1.006"]);
    content.urgent = true;
    let (bytes, priority) = urgent(&content);
    assert_eq!(priority, Some(1));
    submission.container = ContainerDigest::of(&bytes);
    assert!(super::submission(&profile, &submission, &bytes, at(NOW)).is_empty());
}

/// Prints may travel as JPEG 2000 where the profile says so, and come back.
#[test]
fn jpeg_2000_prints_by_profile() {
    let text = include_str!("../../profiles/open-2026.toml");
    for (word, code) in [("jp2", "JP2"), ("jp2-lossless", "JP2L")] {
        let profile = text.replace("compression = \"wsq\"", &format!("compression = \"{word}\""));
        let profile = Profile::from_toml(&profile).expect("consistent");
        let (_, content) = good();
        let bytes = build(&profile, &content).expect("content that fits");
        assert_eq!(shown(&container(&profile, &bytes)), [""; 0]);
        let read = crate::container::read(&profile, &bytes).expect("own file");
        for (read, written) in read.fingers.iter().zip(&content.fingers) {
            assert_eq!(read.compression, code);
            let pixels = read.pixels().expect("own image");
            assert_eq!(pixels.len(), written.pixels.len());
            assert_eq!(pixels == written.pixels, code == "JP2L");
        }
    }
}

fn change_with(operation: Operation, reference: &str, fields: &[(&str, &str)]) -> Change {
    Change {
        message_id: "018f3a5e-7d2c-7abc-8def-0123456789ab".parse().expect("a UUID"),
        sender: PartyId::new("partner-1").expect("plain"),
        operator: StaffId::new("officer-1").expect("plain"),
        operation,
        reference_number: reference.parse().expect("well-formed"),
        clock_start: at("2026-07-01T10:00:00Z"),
        sent_at: at("2026-07-01T10:05:00Z"),
        fields: fields
            .iter()
            .map(|(name, value)| ChangeField { name: (*name).to_owned(), value: (*value).to_owned() })
            .collect(),
        reason: "taken in error".to_owned(),
    }
}

#[test]
fn change_rules() {
    let good = change_with(Operation::EraseInaccurate, "NL1000000042", &[]);
    #[track_caller]
    fn check(change: Change, expect: &[&str]) {
        assert_eq!(shown(&super::change(&Profile::open_2026(), &change, at(NOW))), expect);
    }
    check(good.clone(), &[]);
    check(Change { reason: " ".to_owned(), ..good.clone() }, &["I-1101 reason"]);
    check(Change { operation: Operation::MarkResidenceDocument, ..good.clone() }, &["I-1606 operation"]);
    check(Change { sent_at: at("2026-07-02T12:06:00Z"), ..good.clone() }, &["I-1112 sent-at"]);
    check(Change { clock_start: at("2026-07-02T12:06:00Z"), ..good.clone() }, &["I-1112 clock-start"]);
    let other = "NL6000000042".parse().expect("well-formed");
    check(Change { reference_number: other, ..good.clone() }, &["I-1601 category", "I-1606 operation"]);
    // Temporary protection has no datasets before 2029, so there is nothing to change or erase.
    let protected = "NL0000000042".parse().expect("well-formed");
    check(Change { reference_number: protected, ..good }, &["I-1602 category"]);
}

/// Section by section: the values each operation carries, and none of another.
#[test]
fn change_fields() {
    use Operation as O;
    const APPLICANT: &str = "NL1000000042";
    const CROSSING: &str = "NL2000000042";
    #[track_caller]
    fn check(operation: O, reference: &str, fields: &[(&str, &str)], expect: &[&str]) {
        let change = change_with(operation, reference, fields);
        assert_eq!(shown(&super::change(&Profile::open_2026(), &change, at(NOW))), expect, "{operation:?}");
    }
    let flag = ("security-flag", "armed");
    let states = [O::AddResponsibleState, O::ResponsibilityShifted, O::TakeOverMark];
    for operation in states {
        check(operation, APPLICANT, &[("responsible-state", "DE")], &[]);
        check(operation, APPLICANT, &[], &["I-1101 responsible-state"]);
        check(operation, APPLICANT, &[("responsible-state", "Germany")], &["I-1115 responsible-state"]);
    }
    // What the category may not carry is not asked for; a mark is taken over where somebody may be relocated, 25(2).
    check(O::TakeOverMark, "NL3000000042", &[], &[]);
    check(O::TakeOverMark, CROSSING, &[], &["I-1606 operation"]);
    let days = [
        (O::ArrivalAfterTakeCharge, "arrived-take-charge-on"),
        (O::ArrivalAfterTakeBack, "arrived-take-back-on"),
        (O::LeftTerritory, "left-on"),
        (O::RemovalOrDeparture, "removed-on"),
        (O::ArrivalInRelocationState, "arrived-relocation-on"),
    ];
    for (operation, field) in days {
        check(operation, APPLICANT, &[(field, "2026-07-01")], &[]);
        check(operation, APPLICANT, &[(field, "2026-07-04")], &[&format!("I-1112 {field}")]);
        check(operation, APPLICANT, &[(field, "01-07-2026")], &[&format!("I-1112 {field}")]);
        check(operation, APPLICANT, &[], &[&format!("I-1101 {field}")]);
    }
    check(O::AddRelocationState, CROSSING, &[("relocation-state", "FR")], &[]);
    check(O::AddRelocationState, CROSSING, &[], &["I-1101 relocation-state"]);
    check(O::AddCircumstance, CROSSING, &[flag], &[]);
    check(O::AddCircumstance, CROSSING, &[], &["I-1101 field"]);
    check(O::AddCircumstance, CROSSING, &[("security-flag", "tall")], &["I-1115 security-flag"]);
    check(O::AddCircumstance, CROSSING, &[flag, ("rejected", "true")], &["I-1103 rejected"]);
    let visa = [("visa-issuing-state", "FR"), ("visa-application-number", "A1")];
    check(O::AddCircumstance, APPLICANT, &visa, &[]);
    check(O::AddCircumstance, APPLICANT, &visa[..1], &["I-1101 visa-application-number"]);
    check(O::AddCircumstance, APPLICANT, &visa[1..], &["I-1101 visa-issuing-state"]);
    check(O::DeleteSecurityFlag, CROSSING, &[("consulted-states", "none")], &[]);
    check(O::DeleteSecurityFlag, CROSSING, &[("consulted-states", "DE FR")], &[]);
    check(O::DeleteSecurityFlag, CROSSING, &[], &["I-1101 consulted-states"]);
    check(O::Rectify, APPLICANT, &[("birth-date", "1990"), ("surname", "Nieuw")], &[]);
    check(O::Rectify, APPLICANT, &[], &["I-1101 field"]);
    check(O::Rectify, APPLICANT, &[("event-member-state", "DE")], &["I-1603 event-member-state"]);
    check(O::Rectify, APPLICANT, &[("event-member-state", "NL")], &[]);
    // Six on the day counts; a month that allows six counts too, for it is not sure that the person is younger.
    check(O::Rectify, APPLICANT, &[("birth-date", "2020-07-04")], &["I-1701 birth-date"]);
    check(O::Rectify, APPLICANT, &[("birth-date", "2020-07")], &[]);
    check(O::Rectify, APPLICANT, &[("birth-date", "1990"), ("birth-date", "1991")], &["I-1104 field"]);
    check(
        O::Rectify,
        APPLICANT,
        &[("birth-date", "1990"), ("granted-on", "2026-07-01")],
        &["I-1103 granted-on"],
    );
    check(O::Rectify, APPLICANT, &[("sex", "M"), ("Jansen", "1")], &["I-1103 field"]);
    for operation in [O::ReportWrongHit, O::ConfirmLink] {
        check(operation, APPLICANT, &[("other-reference-number", "DE1000000001")], &[]);
        check(
            operation,
            APPLICANT,
            &[("other-reference-number", APPLICANT)],
            &["I-1115 other-reference-number"],
        );
        check(operation, APPLICANT, &[], &["I-1101 other-reference-number"]);
    }
    for operation in [O::MarkProtectionGranted, O::UnmarkProtectionWithdrawn, O::EraseCitizenOfOrigin] {
        check(operation, APPLICANT, &[], &[]);
        check(operation, APPLICANT, &[flag], &["I-1103 security-flag"]);
    }
    check(O::MarkResidenceDocument, CROSSING, &[], &[]);
    check(O::EraseCitizenOfOtherState, APPLICANT, &[("surname", "x")], &["I-1103 surname"]);
}

#[test]
fn findings_hold_no_value() {
    let (mut submission, content) = good();
    submission.dataset.surnames = vec!["Qwertzuiop".to_owned()];
    submission.dataset.birth_date = Some("2023-04-05".parse().expect("a date"));
    let bytes = build(&Profile::open_2026(), &content).expect("content that fits");
    let findings = super::submission(&Profile::open_2026(), &submission, &bytes, at(NOW));
    assert!(Finding::any_error(&findings));
    for finding in findings {
        for secret in ["Qwertzuiop", "2023", "000000042"] {
            assert!(!format!("{finding:?}").contains(secret), "{finding:?}");
        }
    }
}
