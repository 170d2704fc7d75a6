//! Round trips and refusals of the XML codec.

use jiff::Timestamp;
use jiff::civil::Date;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::category::Category;
use crate::dataset::{
    Additional, Authenticity, CopiedDocument, CountryCode, Dataset, DocumentCopy, Event, MemberState,
    PartialDate, SecurityGround, Sex, TravelDocument, Visa,
};
use crate::finding::{Finding, Severity};
use crate::finger::FingerPosition;
use crate::identifier::{AnswerId, MessageId, PartyId, StaffId};
use crate::operation::Operation;
use crate::reference::ReferenceNumber;

/// Text that an element can carry: no characters XML 1.0 lacks, not empty.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z '<>&\"\\-]{1,30}",
        "\\PC{1,40}".prop_filter("within XML", |t| t.chars().all(tree::is_xml_character)),
        Just("line\r\nbreak\ttab ]]> \u{10ffff}".to_owned()),
    ]
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(text(), 0..4)
}

fn message_id() -> impl Strategy<Value = MessageId> {
    any::<u128>().prop_map(|n| MessageId::from_uuid(Uuid::from_u128(n)))
}

fn instant() -> impl Strategy<Value = Timestamp> {
    (0_i64..4_000_000_000, prop_oneof![Just(0), 0..1_000_000_000_i32])
        .prop_map(|(s, n)| Timestamp::new(s, n).expect("in range"))
}

fn date() -> impl Strategy<Value = Date> {
    (1900_i16..2100, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).expect("a day"))
}

fn category() -> impl Strategy<Value = Category> {
    (0_usize..10).prop_map(|n| Category::ALL[n])
}

fn reference() -> impl Strategy<Value = ReferenceNumber> {
    ("[A-Z]{1,3}", category(), "[A-Z0-9]{1,20}")
        .prop_map(|(state, category, part)| ReferenceNumber::build(&state, category, &part).expect("parts"))
}

fn party() -> impl Strategy<Value = PartyId> {
    "[a-z0-9._-]{1,20}".prop_map(|t| PartyId::new(t).expect("plain"))
}

fn staff() -> impl Strategy<Value = StaffId> {
    "[a-z0-9._-]{1,20}".prop_map(|t| StaffId::new(t).expect("plain"))
}

fn state() -> impl Strategy<Value = MemberState> {
    "[A-Z]{1,3}".prop_map(|t| MemberState::new(t).expect("letters"))
}

fn country() -> impl Strategy<Value = CountryCode> {
    "[A-Z]{3}".prop_map(|t| CountryCode::new(&t).expect("letters"))
}

fn maybe<T: std::fmt::Debug + Clone>(s: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(s)
}

fn additional() -> impl Strategy<Value = Additional> {
    let dates = proptest::collection::vec(maybe(date()), 8);
    let texts = proptest::collection::vec(maybe(text()), 3);
    let flags = any::<(bool, bool, bool)>();
    let visa = maybe((state(), text())).prop_map(|v| {
        v.map(|(issuing_state, application_number)| Visa { issuing_state, application_number })
    });
    let ground = maybe((0_usize..4).prop_map(|n| SecurityGround::ALL[n]));
    (dates, texts, flags, visa, ground, maybe(state()), maybe(state())).prop_map(
        |(dates, mut texts, flags, visa, security_flag, responsible_state, relocation_state)| Additional {
            granted_on: dates[0],
            refused_on: dates[1],
            discontinued_on: dates[2],
            arrived_take_charge_on: dates[3],
            arrived_take_back_on: dates[4],
            left_on: dates[5],
            removed_on: dates[6],
            arrived_relocation_on: dates[7],
            refusal_grounds: texts.pop().flatten(),
            exclusion_ground: texts.pop().flatten(),
            council_decision: texts.pop().flatten(),
            responsible_state,
            relocation_state,
            visa,
            security_flag,
            rejected: flags.0,
            border_rejection_final: flags.1,
            return_assistance: flags.2,
        },
    )
}

fn dataset() -> impl Strategy<Value = Dataset> {
    let names = (texts(), texts(), texts(), texts(), texts());
    let birth = (maybe(date()), maybe(text()), proptest::collection::vec(country(), 0..3));
    let sex = prop_oneof![Just(Sex::Female), Just(Sex::Male), Just(Sex::Unspecified)];
    let event =
        (state(), text(), date()).prop_map(|(member_state, place, date)| Event { member_state, place, date });
    let document = maybe((text(), text(), country(), maybe(date()))).prop_map(|d| {
        d.map(|(kind, number, issuing_country, expires_on)| TravelDocument {
            kind,
            number,
            issuing_country,
            expires_on,
        })
    });
    let copy = (0..2_usize, maybe(0..3_usize), any::<[u8; 32]>()).prop_map(|(document, found, sha256)| {
        DocumentCopy {
            document: CopiedDocument::ALL[document],
            authenticity: found.map(|found| Authenticity::ALL[found]),
            sha256,
        }
    });
    let documents = (document, proptest::collection::vec(copy, 0..3));
    (names, birth, sex, event, documents, staff(), date(), additional()).prop_map(
        |(names, birth, sex, event, documents, operator, biometrics_taken_on, additional)| Dataset {
            surnames: names.0,
            forenames: names.1,
            birth_names: names.2,
            former_names: names.3,
            aliases: names.4,
            nationalities: birth.2,
            birth_date: birth.0.map(PartialDate::from_date),
            birth_place: birth.1,
            sex,
            event,
            document: documents.0,
            document_copies: documents.1,
            operator,
            biometrics_taken_on,
            additional,
        },
    )
}

fn submission() -> impl Strategy<Value = Message> {
    let ids = (message_id(), party(), staff(), category(), reference());
    let priority = prop_oneof![Just(Priority::Normal), text().prop_map(|reason| Priority::Urgent { reason })];
    let times = (instant(), instant(), instant());
    (ids, priority, times, any::<bool>(), dataset(), any::<([u8; 32], u64)>()).prop_map(
        |(ids, priority, times, minor, dataset, digest)| {
            Message::from(Submission {
                message_id: ids.0,
                sender: ids.1,
                operator: ids.2,
                category: ids.3,
                reference_number: ids.4,
                priority,
                clock_start: times.0,
                captured_at: times.1,
                sent_at: times.2,
                minor,
                dataset,
                container: ContainerDigest { sha256: digest.0, length_bytes: digest.1 },
            })
        },
    )
}

fn change() -> impl Strategy<Value = Message> {
    let field = ("[a-z0-9-]{1,20}", text()).prop_map(|(name, value)| ChangeField { name, value });
    let ids = (message_id(), party(), staff(), 1_usize..21, reference());
    (ids, instant(), instant(), proptest::collection::vec(field, 0..5), text()).prop_map(
        |(ids, clock_start, sent_at, fields, reason)| {
            Message::from(Change {
                message_id: ids.0,
                sender: ids.1,
                operator: ids.2,
                operation: Operation::ALL[ids.3],
                reference_number: ids.4,
                clock_start,
                sent_at,
                fields,
                reason,
            })
        },
    )
}

fn receipt() -> impl Strategy<Value = Message> {
    let hashes = any::<([u8; 32], [u8; 32])>();
    let signature = prop_oneof![Just(Vec::new()), proptest::collection::vec(any::<u8>(), 64)];
    (message_id(), instant(), hashes, party(), any::<u64>(), signature, "[A-Za-z0-9+/=]{0,40}").prop_map(
        |(message_id, received_at, hashes, issuer, audit_sequence, signature, key_id)| {
            Message::from(Receipt {
                message_id,
                received_at,
                content_sha256: hashes.0,
                issuer,
                audit_sequence,
                audit_hash: hashes.1,
                signature,
                key_id,
            })
        },
    )
}

fn finger() -> impl Strategy<Value = FingerPosition> {
    (0_usize..10).prop_map(|n| FingerPosition::TEN[n])
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let kind = (0_usize..3).prop_map(|n| MatchKind::ALL[n]);
    let marks = proptest::collection::vec((0_usize..2).prop_map(|n| Mark::ALL[n]), 0..3);
    let hit = (reference(), category(), kind, instant(), marks, maybe(dataset())).prop_map(
        |(reference_number, category, matched, stored_at, marks, dataset)| HitDataset {
            reference_number,
            category,
            matched,
            stored_at,
            marks,
            dataset,
        },
    );
    let insufficient = (finger(), maybe(any::<u8>()), maybe(any::<u8>()))
        .prop_map(|(finger, score, required)| InsufficientFinger { finger, score, required });
    let severity = prop_oneof![Just(Severity::Warning), Just(Severity::Error)];
    let finding = (text(), severity, text(), text(), maybe(text())).prop_map(
        |(code, severity, field, message, accepted)| Finding { code, severity, field, message, accepted },
    );
    prop_oneof![
        Just(Outcome::NoHit),
        Just(Outcome::Registered),
        proptest::collection::vec(hit, 0..3).prop_map(Outcome::Hit),
        proptest::collection::vec(insufficient, 0..5)
            .prop_map(|fingers| Outcome::QualityInsufficient { fingers }),
        proptest::collection::vec(finger(), 0..5).prop_map(|fingers| Outcome::SequenceError { fingers }),
        proptest::collection::vec(finding, 0..5).prop_map(Outcome::Rejected),
        text().prop_map(|web_receipt| Outcome::Done { web_receipt }),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    (any::<u128>(), message_id(), reference(), instant(), outcome()).prop_map(
        |(id, in_reply_to, reference_number, answered_at, outcome)| Answer {
            answer_id: AnswerId::from_uuid(Uuid::from_u128(id)),
            in_reply_to,
            reference_number,
            answered_at,
            outcome,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn messages_come_back(message in prop_oneof![submission(), change(), receipt(), answer().prop_map(Message::from)]) {
        let xml = message.to_xml();
        let back = Message::from_xml(xml.as_bytes());
        prop_assert_eq!(back.as_ref(), Ok(&message));
        prop_assert_eq!(back.expect("just compared").to_xml(), xml);
    }

    #[test]
    fn answer_lists_come_back(answers in proptest::collection::vec(answer(), 0..5)) {
        let list = AnswerList { answers };
        prop_assert_eq!(AnswerList::from_xml(list.to_xml().as_bytes()), Ok(list));
    }

    /// No personal value reaches `Debug`.
    #[test]
    fn debug_shows_no_value(mut dataset in dataset()) {
        dataset.surnames = vec!["Qwertzuiop".to_owned()];
        dataset.birth_place = Some("Asdfghjkl".to_owned());
        dataset.additional.refusal_grounds = Some("Yxcvbnm".to_owned());
        let shown = format!("{dataset:?}");
        for secret in ["Qwertzuiop", "Asdfghjkl", "Yxcvbnm"] {
            prop_assert!(!shown.contains(secret));
        }
    }

    #[test]
    fn any_text_is_refused_or_read(text in "[<>/a-z&;#!\\[\\]\"= \\-?]{0,200}") {
        let _ = Message::from_xml(text.as_bytes());
    }

    #[test]
    fn any_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Message::from_xml(&bytes).is_err());
    }

    /// A valid envelope with one byte changed is refused or says something else; it never panics.
    #[test]
    fn changed_bytes_never_panic(message in change(), at in any::<prop::sample::Index>(), value in any::<u8>()) {
        let mut bytes = message.to_xml().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = value;
        let _ = Message::from_xml(&bytes);
    }
}

const CHANGE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<change xmlns="urn:eurodac-gateway:icd:1">
  <message-id>018f3a5e-7d2c-7abc-8def-0123456789ab</message-id>
  <sender>kiosk-1</sender>
  <operator>officer-1</operator>
  <operation>erase-inaccurate</operation>
  <reference-number>NL1000000042</reference-number>
  <clock-start>2026-07-01T10:00:00Z</clock-start>
  <sent-at>2026-07-01T10:05:00Z</sent-at>
  <reason>taken in error</reason>
</change>
"#;

#[test]
fn the_example_is_what_the_writer_writes() {
    let message = Message::from_xml(CHANGE.as_bytes()).expect("the example");
    assert_eq!(message.to_xml(), CHANGE);
}

#[test]
fn prefixes_and_character_data_are_read_like_plain_text() {
    let plain = Message::from_xml(CHANGE.as_bytes());
    let prefixed = CHANGE
        .replace("</", "</e:")
        .replace("\n<change xmlns", "\n<e:change xmlns:e")
        .replace("  <", "  <e:")
        .replace("taken in error", "<![CDATA[taken]]> in &#101;rror");
    assert_eq!(Message::from_xml(prefixed.as_bytes()), plain);
}

/// One line per way to be refused: what is changed in the example, the code, line and column.
#[test]
fn hostile_and_mistaken_envelopes_are_refused() {
    fn check(find: &str, replace: &str, code: &str, place: Option<(usize, usize)>) {
        assert!(CHANGE.contains(find), "{find}");
        let changed = CHANGE.replacen(find, replace, 1);
        let error = Message::from_xml(changed.as_bytes()).expect_err(replace);
        assert_eq!(error.code(), code, "{error} for {replace}");
        if let Some(expect) = place {
            let Error::Xml { line, column, .. } = error else { panic!("an XML error") };
            assert_eq!((line, column), expect, "{replace}");
        }
    }
    let dtd = "<!DOCTYPE change [<!ENTITY a \"aaaa\">]>\n<change";
    check("<change", dtd, "I-0203", Some((2, 1)));
    check("taken", "&a;", "I-0204", Some((10, 11)));
    check("taken", "&nbsp;", "I-0204", None);
    check("taken", "&#0;", "I-0204", None);
    check("taken", "&#1;", "I-0202", None);
    check("taken", "&#xD800;", "I-0204", None);
    check("taken", "&", "I-0202", None);
    check("taken", "\u{1}", "I-0202", None);
    check("urn:eurodac-gateway:icd:1", "urn:eurodac-gateway:icd:2", "I-0205", Some((2, 1)));
    check("<change xmlns=\"urn:eurodac-gateway:icd:1\">", "<change>", "I-0205", None);
    check("<sender>", "<sender xmlns=\"urn:other\">", "I-0205", Some((4, 3)));
    check("<sender>", "<sender lang=\"nl\">", "I-0206", Some((4, 3)));
    check("<sender>", "<!-- note --><sender>", "I-0206", Some((4, 3)));
    check("<sender>", "<?go now?><sender>", "I-0206", None);
    check("<sender>", "stray <sender>", "I-0206", Some((2, 1)));
    check("  <reason>", "  <colour>red</colour>\n  <reason>", "I-0206", Some((10, 3)));
    check("  <sender>", "  <sender>a</sender>\n  <sender>", "I-0207", Some((5, 3)));
    check("  <reason>", "  <sent-at>2026-07-01T10:05:00Z</sent-at>\n  <reason>", "I-0207", Some((10, 3)));
    check("  <sender>kiosk-1</sender>\n", "", "I-0208", Some((2, 1)));
    check("  <reason>taken in error</reason>\n", "", "I-0208", Some((2, 1)));
    check("erase-inaccurate", "erase-everything", "I-0209", Some((6, 3)));
    check("erase-inaccurate", "submit", "I-0209", None);
    check("10:00:00Z", "10:00:00+02:00", "I-0209", Some((8, 3)));
    check("10:00:00Z", "25:00:00Z", "I-0209", None);
    check("NL1000000042", "NL1 000000042", "I-0209", None);
    check("018f3a5e", "018F3A5E", "I-0209", None);
    check("kiosk-1", "kiosk 1", "I-0209", None);
    check("kiosk-1", "<b>kiosk-1</b>", "I-0209", None);
    check("taken in error", &"x".repeat(1_001), "I-0209", None);
    check("taken in error", &"x".repeat(17_000), "I-0201", None);
    check("taken in error", &"<a>".repeat(40), "I-0201", None);
    check("taken in error", &"<a/>".repeat(30_000), "I-0201", None);
    check("taken in error", &"x".repeat(300_000), "I-0201", Some((1, 1)));
    check("</reason>", "</raison>", "I-0202", None);
    check("</change>", "", "I-0202", None);
    check("</change>", "</change><change/>", "I-0205", None);
    check("</change>", "</change><change xmlns=\"urn:eurodac-gateway:icd:1\"/>", "I-0202", None);
    check("</change>", "</change>more", "I-0202", None);
    check("version=\"1.0\"", "version=\"1.1\"", "I-0202", None);
    check("UTF-8", "ISO-8859-1", "I-0202", None);
    let fields = "<field><name>a</name><value>b</value></field>".repeat(201);
    check("<reason>", &format!("{fields}<reason>"), "I-0201", None);
}

#[test]
fn other_roots_and_encodings_are_refused() {
    fn check(bytes: &[u8], code: &str) {
        assert_eq!(
            Message::from_xml(bytes).expect_err(code).code(),
            code,
            "{}",
            String::from_utf8_lossy(bytes)
        );
    }
    check(b"", "I-0202");
    check(b"{}", "I-0202");
    check(b"<a xmlns='urn:eurodac-gateway:icd:1'/>", "I-0210");
    check(b"<answers xmlns='urn:eurodac-gateway:icd:1'/>", "I-0210");
    check(b"<change xmlns='urn:eurodac-gateway:icd:1'>\xff</change>", "I-0202");
    check(b"\xff\xfe<\x00a\x00", "I-0202");
    let list = AnswerList::from_xml(CHANGE.as_bytes()).expect_err("not a list");
    assert_eq!(list.code(), "I-0210");
}

#[test]
fn the_signing_text_is_stable() {
    let receipt = Receipt {
        message_id: "018f3a5e-7d2c-7abc-8def-0123456789ab".parse().expect("a UUID"),
        received_at: "2026-07-01T10:05:00.25Z".parse().expect("an instant"),
        content_sha256: [0xab; 32],
        issuer: PartyId::new("gateway-1").expect("plain"),
        audit_sequence: 7,
        audit_hash: [0x01; 32],
        signature: Vec::new(),
        key_id: "k1".to_owned(),
    };
    let expect = format!(
        "eurodac-gateway receipt 1\nmessage-id: 018f3a5e-7d2c-7abc-8def-0123456789ab\n\
         received-at: 2026-07-01T10:05:00.25Z\ncontent-sha256: {}\nissuer: gateway-1\naudit-sequence: 7\n\
         audit-hash: {}\nkey-id: k1\n",
        "ab".repeat(32),
        "01".repeat(32)
    );
    assert_eq!(receipt.signing_text(), expect);
    let signed = Receipt { signature: vec![1; 64], ..receipt.clone() };
    assert_eq!(signed.signing_text(), receipt.signing_text(), "the signature does not sign itself");
    let changed = Receipt { audit_sequence: 8, ..receipt.clone() };
    assert_ne!(changed.signing_text(), receipt.signing_text());
}

#[test]
fn notices_come_back_and_hostile_ones_do_not() {
    use crate::notice::{Notice, NoticeKind, NoticeList};
    let notices = NoticeKind::ALL
        .map(|kind| Notice {
            notice_id: "018f3a5e-7d2c-7abc-8def-0123456789ad".parse().expect("a UUID"),
            raised_at: "2026-07-01T10:00:00Z".parse().expect("an instant"),
            kind,
            reference_number: "NL1000000042".parse().expect("well-formed"),
            changed: Some("D19".parse().expect("well-formed")),
            responsible_state: Some(MemberState::new("D").expect("letters")),
        })
        .to_vec();
    let list = NoticeList { notices };
    let xml = list.to_xml();
    assert_eq!(NoticeList::from_xml(xml.as_bytes()).as_ref(), Ok(&list));
    assert_eq!(NoticeList::from_xml(NoticeList::default().to_xml().as_bytes()), Ok(NoticeList::default()));
    let one =
        xml.find("<notice>").and_then(|from| Some(&xml[from..xml.find("</notice>")? + 9])).expect("one");
    let many = format!("<notices xmlns=\"{NAMESPACE}\">{}</notices>", one.repeat(limits::NOTICES_MAX + 1));
    let swapped = xml.replace("protection-granted", "protection-lost");
    for (hostile, code) in [(many, "I-0201"), (swapped, "I-0209"), (AnswerList::default().to_xml(), "I-0210")]
    {
        assert_eq!(NoticeList::from_xml(hostile.as_bytes()).map_err(|e| e.code()), Err(code));
    }
}

/// Receipt, no hit, hit with datasets and marks, quality per finger, validation errors, sequence error, erasure carried out,
/// notices: each is built, written under its own word, and read as what it was.
#[test]
fn each_result_is_built_written_and_read() {
    let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
    let reference = |text: &str| text.parse::<ReferenceNumber>().expect("well-formed");
    let message_id: MessageId = "018f3a5e-7d2c-7abc-8def-0123456789ab".parse().expect("a UUID");
    let hit = |code: char, matched: MatchKind, marks: &[Mark]| HitDataset {
        reference_number: reference(&format!("D{code}7")),
        category: Category::from_code(code).expect("a code"),
        matched,
        stored_at: at("2026-06-20T08:00:00Z"),
        marks: marks.to_vec(),
        dataset: Some(crate::container::tests::full().dataset),
    };
    let quality =
        |finger, score, required| InsufficientFinger { finger, score: Some(score), required: Some(required) };
    let results = [
        (Outcome::NoHit, vec!["<no-hit"]),
        (Outcome::Registered, vec!["<registered"]),
        (
            Outcome::Hit(vec![
                hit('1', MatchKind::FingerprintsAndFace, &Mark::ALL),
                hit('2', MatchKind::Face, &[]),
            ]),
            vec!["<hit", "D17", "D27", "fingerprints-and-face", "protection-granted", "residence-document"],
        ),
        (
            Outcome::QualityInsufficient {
                fingers: vec![
                    quality(FingerPosition::RIGHT_THUMB, 12, 40),
                    quality(FingerPosition::TEN[9], 3, 30),
                ],
            },
            vec!["<quality-insufficient", ">12<", ">40<", ">3<", ">30<"],
        ),
        (
            Outcome::Rejected(vec![
                Finding::error("I-1101", "birth-date", "It is missing. Add it."),
                Finding::warning("I-1115", "14.003", "It is deprecated.").accepting("0".to_owned()),
            ]),
            vec!["<rejected", "I-1101", "birth-date", "I-1115", "14.003"],
        ),
        (
            Outcome::SequenceError { fingers: vec![FingerPosition::TEN[1], FingerPosition::TEN[2]] },
            vec!["<sequence-error", ">2<", ">3<"],
        ),
        (Outcome::Done { web_receipt: "W-2026-1".to_owned() }, vec!["<done", "W-2026-1"]),
    ];
    for (outcome, expect) in results {
        // A kind that is added without a row here does not compile.
        let word = match &outcome {
            Outcome::NoHit => "no-hit",
            Outcome::Hit(_) => "hit",
            Outcome::QualityInsufficient { .. } => "quality-insufficient",
            Outcome::SequenceError { .. } => "sequence-error",
            Outcome::Rejected(_) => "rejected",
            Outcome::Done { .. } => "done",
            Outcome::Registered => "registered",
        };
        let answer = Answer {
            answer_id: "018f3a5e-7d2c-7abc-8def-0123456789ac".parse().expect("a UUID"),
            in_reply_to: message_id,
            reference_number: reference("NL1000000042"),
            answered_at: at("2026-07-01T10:00:00Z"),
            outcome,
        };
        assert_eq!(answer.outcome.word(), word);
        let xml = Message::from(answer.clone()).to_xml();
        for expect in expect {
            assert!(xml.contains(expect), "{word} should write {expect}: {xml}");
        }
        assert_eq!(Message::from_xml(xml.as_bytes()), Ok(Message::Answer(answer)), "{word}");
    }
    let receipt = Receipt {
        message_id,
        received_at: at("2026-07-01T10:05:00.25Z"),
        content_sha256: [7; 32],
        issuer: PartyId::new("gateway").expect("plain"),
        audit_sequence: 12,
        audit_hash: [9; 32],
        signature: vec![1; 64],
        key_id: "gateway-1".to_owned(),
    };
    let xml = Message::from(receipt.clone()).to_xml();
    assert!(xml.contains("<receipt") && xml.contains(&"07".repeat(32)), "{xml}");
    assert_eq!(Message::from_xml(xml.as_bytes()), Ok(Message::Receipt(receipt)));
    // Notices have a root of their own: `notices_come_back_and_hostile_ones_do_not`.
}
