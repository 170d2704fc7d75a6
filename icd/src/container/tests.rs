//! Containers there and back, under the shipped profile and under one with every number changed.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::dataset::{
    Additional, Authenticity, CopiedDocument, CountryCode, DocumentCopy, Event, MemberState, PartialDate,
    SecurityGround, Sex, TravelDocument, Visa,
};
use crate::error::Error;
use crate::finger::FingerPosition;
use crate::identifier::StaffId;
use crate::nist::{Transaction, control_number};
use crate::profile::{DatasetField, Profile};

/// Ridges of about nine pixels with a slant, so that the coder has something to code.
pub(crate) fn ridges(width: u32, height: u32) -> Vec<u8> {
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let phase = f64::from(x) * 0.6 + f64::from(y) * 0.35 + (f64::from(y) * 0.05).sin() * 3.0;
            pixels.push((128.0 + 100.0 * phase.sin()).clamp(0.0, 255.0) as u8);
        }
    }
    pixels
}

fn slap(position: FingerPosition) -> FingerRecord {
    let (width, height) = (480, 320);
    let finger = |n: usize| position.fingers()[n];
    let missing = vec![MissingFinger { finger: finger(1), reason: MissingReason::Bandaged }];
    FingerRecord {
        position,
        width_px: width,
        height_px: height,
        resolution_ppi: 500,
        pixels: ridges(width, height),
        impression: Impression::PlainContact,
        segments: vec![FingerSegment {
            finger: finger(0),
            left_px: 0,
            top_px: 10,
            right_px: 480,
            bottom_px: 320,
        }],
        quality: vec![FingerQuality { finger: finger(0), score: 77, by: None }],
        missing,
    }
}

/// What stands for a scanned document where nobody looks at it.
const COPY: &[u8] = &[0xFF, 0xD8, 0x1D];

/// A submission's content with something in every field.
pub(crate) fn full() -> ContainerContent {
    let event = Event {
        member_state: MemberState::new("NL").expect("letters"),
        place: "Köln-Süd".to_owned(),
        date: date(2026, 7, 1),
    };
    let operator = StaffId::new("officer-1").expect("plain");
    let mut dataset = Dataset::new(Sex::Female, event, operator, date(2026, 7, 2));
    dataset.surnames = vec!["Voorbeeld".to_owned(), "Tweede".to_owned()];
    dataset.forenames = vec!["Één".to_owned()];
    dataset.birth_names = vec!["Geboren".to_owned()];
    dataset.former_names = vec!["Vroeger".to_owned()];
    dataset.aliases = vec!["Alias".to_owned()];
    dataset.nationalities = vec![CountryCode::new("XXA").expect("letters")];
    dataset.birth_date = Some(PartialDate::from_year(1990).expect("a year"));
    dataset.birth_place = Some("Voorbeeldstad".to_owned());
    dataset.document = Some(TravelDocument {
        kind: "passport".to_owned(),
        number: "X1".to_owned(),
        issuing_country: CountryCode::new("UTO").expect("letters"),
        expires_on: None,
    });
    dataset.document_copies = vec![DocumentCopy {
        document: CopiedDocument::IdentityOrTravel,
        authenticity: Some(Authenticity::NotEstablished),
        sha256: crate::message::ContainerDigest::of(COPY).sha256,
    }];
    dataset.additional = Additional {
        granted_on: Some(date(2026, 1, 2)),
        refused_on: Some(date(2026, 1, 3)),
        refusal_grounds: Some("6(1)(f)".to_owned()),
        discontinued_on: Some(date(2026, 1, 4)),
        exclusion_ground: Some("28".to_owned()),
        council_decision: Some("2022/382".to_owned()),
        responsible_state: Some(MemberState::new("DE").expect("letters")),
        relocation_state: Some(MemberState::new("F").expect("letters")),
        arrived_take_charge_on: Some(date(2026, 1, 5)),
        arrived_take_back_on: Some(date(2026, 1, 6)),
        left_on: Some(date(2026, 1, 7)),
        removed_on: Some(date(2026, 1, 8)),
        arrived_relocation_on: Some(date(2026, 1, 9)),
        visa: Some(Visa {
            issuing_state: MemberState::new("B").expect("letters"),
            application_number: "V1".to_owned(),
        }),
        security_flag: Some(SecurityGround::Violent),
        rejected: true,
        border_rejection_final: true,
        return_assistance: true,
    };
    ContainerContent {
        message_id: "018f3a5e-7d2c-7abc-8def-0123456789ab".parse().expect("a UUID"),
        reference_number: "NL1000000042".parse().expect("well-formed"),
        category: Category::Applicant,
        urgent: false,
        documents: vec![COPY.to_vec()],
        proof_photos: Vec::new(),
        dataset,
        fingers: [FingerPosition::RIGHT_FOUR, FingerPosition::LEFT_FOUR, FingerPosition::THUMBS]
            .map(slap)
            .to_vec(),
        face: Some(FaceRecord { jpeg: vec![0xFF, 0xD8, 0xFF, 0x1C, 0x1D], width_px: 640, height_px: 480 }),
        device: DeviceDescription {
            make: "Demo".to_owned(),
            model: "Virtual 60".to_owned(),
            serial: "S-1".to_owned(),
            driver: "virtual 1".to_owned(),
            certification: "none".to_owned(),
        },
        captured_on: date(2026, 7, 2),
    }
}

fn check_same(profile: &Profile, content: &ContainerContent) {
    let bytes = build(profile, content).expect("content that fits");
    assert_eq!(Transaction::read(&bytes).expect("own file").to_bytes(), bytes);
    let read = read(profile, &bytes).expect("own file");
    assert_eq!(read.message_id, content.message_id);
    assert_eq!(read.reference_number, content.reference_number);
    assert_eq!(read.category, content.category);
    assert!(read.dataset == content.dataset, "the dataset changed");
    assert_eq!(read.device, content.device);
    assert_eq!(
        read.face.map(|face| face.image.to_vec()),
        content.face.as_ref().map(|face| face.jpeg.clone())
    );
    assert_eq!(read.documents, content.documents);
    assert_eq!(read.proof_photos, content.proof_photos);
    assert_eq!(read.fingers.len(), content.fingers.len());
    for (ours, theirs) in read.fingers.iter().zip(&content.fingers) {
        assert_eq!(
            (ours.position, ours.width_px, ours.height_px),
            (theirs.position, theirs.width_px, theirs.height_px)
        );
        assert_eq!((ours.resolution_ppi, ours.captured_on), (theirs.resolution_ppi, content.captured_on));
        assert_eq!(ours.segments, theirs.segments);
        assert_eq!(ours.quality, theirs.quality);
        assert_eq!(ours.missing, theirs.missing);
        let pixels = ours.pixels().expect("own image");
        let difference: f64 =
            pixels.iter().zip(&theirs.pixels).map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs()).sum();
        assert!(
            pixels.is_empty() || difference / (pixels.len() as f64) < 12.0,
            "the image changed more than a lossy coder may"
        );
    }
}

#[test]
fn everything_comes_back() {
    check_same(&Profile::open_2026(), &full());
}

/// A hand that is not there: a record without an image that says why, finger by finger.
#[test]
fn an_absent_hand_comes_back() {
    let profile = Profile::open_2026();
    let mut content = full();
    let reason = MissingReason::Amputated;
    let missing =
        FingerPosition::LEFT_FOUR.fingers().iter().map(|f| MissingFinger { finger: *f, reason }).collect();
    content.fingers[1] = FingerRecord::absent(FingerPosition::LEFT_FOUR, missing);
    check_same(&profile, &content);
    let bytes = build(&profile, &content).expect("content that fits");
    let read = read(&profile, &bytes).expect("own file");
    assert_eq!(read.fingers.iter().map(ReadFinger::is_absent).collect::<Vec<_>>(), [false, true, false]);
    // With one finger unaccounted for there must be an image.
    content.fingers[1].missing.pop();
    assert_eq!(build(&profile, &content).map_err(|error| error.code()), Err("I-0401"));
}

/// A photo of a bandage travels where the profile says so, and is never taken for a copy of a document.
#[test]
fn a_proof_photo_comes_back_where_the_profile_carries_it() {
    let mut content = full();
    content.proof_photos = vec![vec![0xFF, 0xD8, 0xFF, 0x1C, 0x1E]];
    let refused = build(&Profile::open_2026(), &content).map_err(|error| error.code());
    assert_eq!(refused, Err("I-0407"), "this profile carries none");
    check_same(&carrying_proof_photos(), &content);
    content.proof_photos = vec![b"GIF89a".to_vec()];
    assert_eq!(build(&carrying_proof_photos(), &content).map_err(|error| error.code()), Err("I-0407"));
}

/// The shipped profile with photos of exceptions asked for and carried.
pub(crate) fn carrying_proof_photos() -> Profile {
    let text = include_str!("../../profiles/open-2026.toml");
    let asked = "proof_photo = []\ncarry_proof_photo = false";
    assert!(text.contains(asked));
    let wanted = "proof_photo = [\"amputated\", \"bandaged\"]\ncarry_proof_photo = true";
    Profile::from_toml(&text.replace(asked, wanted)).expect("a profile")
}

#[test]
fn the_least_comes_back() {
    let mut content = full();
    content.dataset = Dataset::new(
        Sex::Unspecified,
        content.dataset.event.clone(),
        content.dataset.operator.clone(),
        content.captured_on,
    );
    content.fingers.clear();
    content.documents.clear();
    content.face = None;
    content.device = DeviceDescription::default();
    check_same(&Profile::open_2026(), &content);
}

/// A profile change needs no code change: every Type-2 number, the transaction types, the agencies, the control number
/// and the compression are other ones.
#[test]
fn a_renumbered_profile_works_the_same() {
    let mut text = include_str!("../../profiles/open-2026.toml").to_owned();
    let open = Profile::open_2026();
    for (index, field) in DatasetField::ALL.into_iter().enumerate() {
        let old = open.field_number(field).expect("mapped");
        let (find, replace) =
            (format!("\n{} = {old}\n", field.key()), format!("\n{} = {}\n", field.key(), 900 - index));
        assert!(text.contains(&find), "{find}");
        text = text.replace(&find, &replace);
    }
    text = text.replace("\"DSS\"", "\"ABC\"").replace("tcn-uuid\"\n", "tcn-check-letter\"\n");
    text = text
        .replace("compression = \"wsq\"", "compression = \"none\"")
        .replace("name = \"open-2026\"", "name = \"other\"");
    let other = Profile::from_toml(&text).expect("consistent");
    let content = full();
    check_same(&other, &content);
    let bytes = build(&other, &content).expect("content that fits");
    let transaction = Transaction::read(&bytes).expect("own file");
    assert!(control_number::is_right(transaction.type1().control_number().expect("1.009")));
    // No number of the first profile is left: a number in the code would be read back as it was written.
    let two = transaction.tagged(2).next().expect("Type-2");
    let lowest = 900 - u16::try_from(DatasetField::ALL.len()).expect("few");
    let numbers = two.fields().iter().map(crate::nist::Field::number).filter(|number| *number > 2);
    let foreign: Vec<u16> = numbers.filter(|number| !(lowest + 1..=900).contains(number)).collect();
    assert_eq!(foreign, [0; 0], "fields of no number of this profile");
    // Another profile does not take the file for its own.
    assert!(read(&open, &bytes).is_err());
}

#[test]
fn impossible_content_is_not_built() {
    fn check(code: &str, change: impl FnOnce(&mut ContainerContent)) {
        let mut content = full();
        content.fingers.truncate(1);
        change(&mut content);
        let error = build(&Profile::open_2026(), &content).expect_err(code);
        assert_eq!(error.code(), code, "{error}");
    }
    check("I-0401", |c| c.fingers[0].width_px += 1);
    check("I-0401", |c| c.fingers[0].height_px = 0);
    check("I-0401", |c| c.fingers[0].width_px = u32::MAX);
    check("I-0401", |c| c.fingers[0].segments[0].right_px = 481);
    check("I-0401", |c| c.fingers[0].segments[0].left_px = 480);
    check("I-0401", |c| c.face.as_mut().expect("a face").width_px = 0);
    check("I-0404", |c| {
        let again = c.fingers[0].clone();
        c.fingers.push(again);
    });
    check("I-0404", |c| c.fingers[0].segments[0].finger = FingerPosition::LEFT_THUMB);
    check("I-0404", |c| {
        let again = c.fingers[0].missing[0];
        c.fingers[0].missing.push(again);
    });
    check("I-0404", |c| c.fingers[0].quality[0].finger = FingerPosition::RIGHT_FOUR);
    check("I-0309", |c| c.dataset.surnames.push("a\u{1d}2.201:X".to_owned()));
    check("I-0309", |c| c.device.serial = "\u{1c}".to_owned());
}

/// The file with one field's value replaced, lengths made right again: what another writer could have sent.
pub(crate) fn with_field(bytes: &[u8], record_type: u8, number: u16, value: &str) -> Vec<u8> {
    let transaction = Transaction::read(bytes).expect("own file");
    let mut out = Vec::new();
    let mut done = false;
    for record in transaction.records() {
        let tagged = record.as_tagged().expect("the writer makes tagged records");
        let mut body = Vec::new();
        for field in tagged.fields().iter().filter(|field| field.number() != 1) {
            let replace = tagged.record_type() == record_type && field.number() == number && !done;
            body.extend_from_slice(
                format!("\u{1d}{}.{:03}:", tagged.record_type(), field.number()).as_bytes(),
            );
            body.extend_from_slice(if replace { value.as_bytes() } else { field.value() });
            done |= replace;
        }
        body.push(0x1C);
        let tag = format!("{}.001:", tagged.record_type());
        let length =
            (0..).find(|n| *n == tag.len() + n.to_string().len() + body.len()).expect("a length that fits");
        out.extend_from_slice(format!("{tag}{length}").as_bytes());
        out.extend_from_slice(&body);
    }
    assert!(done, "no field {record_type}.{number}");
    out
}

/// A score of the site's reference engine carries that engine's vendor and product, ours what the profile names.
#[test]
fn a_score_says_whose_it_is() {
    let profile = Profile::open_2026();
    let mut content = full();
    let reference = QualityProduct { vendor: 0x0101, product: 57 };
    content.fingers[0].quality[0].by = Some(reference);
    let built = build(&profile, &content).expect("content that fits");
    let text = String::from_utf8_lossy(&built);
    let code = content.fingers[0].quality[0].finger.code();
    assert!(text.contains(&format!("{code}\u{1f}77\u{1f}0101\u{1f}57")));
    assert!(text.contains("77\u{1f}FFFF\u{1f}2"));
    let read = read(&profile, &built).expect("own file");
    assert_eq!(read.fingers[0].quality[0].by, Some(reference));
    assert_eq!(read.fingers[1].quality[0].by, None);
}

#[test]
fn foreign_values_are_refused_with_their_reason() {
    let profile = Profile::open_2026();
    let mut content = full();
    content.fingers.truncate(1);
    let bytes = build(&profile, &content).expect("content that fits");
    assert!(read(&profile, &with_field(&bytes, 2, 39, "M")).is_ok(), "the helper makes readable files");
    let check = |record_type: u8, number: u16, value: &str, code: &str| {
        let error = read(&profile, &with_field(&bytes, record_type, number, value)).expect_err(code);
        assert_eq!(error.code(), code, "{error} for {record_type}.{number}:{value}");
    };
    check(1, 4, "XXX", "I-0403");
    check(1, 2, "0600", "I-0306");
    check(2, 39, "X", "I-0407");
    check(2, 39, "F\u{1e}M", "I-0407");
    check(2, 201, "nl1", "I-0407");
    check(2, 202, "11", "I-0407");
    check(2, 208, "20260700", "I-0407");
    check(2, 208, "20260732", "I-0407");
    check(2, 206, "passport\u{1f}X1\u{1f}UTO", "I-0407");
    check(2, 209, "shoe-size\u{1f}44", "I-0407");
    check(2, 210, "13\u{1f}bandaged", "I-0407");
    check(2, 30, &"a\u{1e}".repeat(300), "I-0407");
    check(2, 30, &"a".repeat(1_001), "I-0407");
    check(14, 3, "x", "I-0309");
    check(14, 6, "0", "I-0401");
    check(14, 6, "99999", "I-0401");
    check(14, 7, "-1", "I-0309");
    check(14, 8, "0", "I-0309");
    check(14, 9, "501", "I-0309");
    check(14, 13, "12", "I-0404");
    check(14, 18, "3\u{1f}ZZ", "I-0404");
    check(14, 18, "7\u{1f}UP", "I-0404");
    check(14, 21, "2\u{1f}0\u{1f}480\u{1f}0\u{1f}10", "I-0401");
    check(14, 21, "2\u{1f}0\u{1f}4294967296\u{1f}0\u{1f}10", "I-0309");
    check(14, 24, "2\u{1f}101\u{1f}FFFF\u{1f}1", "I-0407");
    check(10, 3, "SCAR", "I-0407");
}

#[test]
fn images_that_lie_are_not_decoded() {
    let profile = Profile::open_2026();
    let mut content = full();
    content.fingers.truncate(1);
    let bytes = build(&profile, &content).expect("content that fits");
    let check = |number: u16, value: &str| {
        let changed = with_field(&bytes, 14, number, value);
        let read = read(&profile, &changed).expect("the record itself is well-formed");
        assert_eq!(
            read.fingers[0].pixels().map_err(|error| error.code()),
            Err("I-0601"),
            "14.{number}:{value}"
        );
    };
    check(6, "481");
    check(7, "640");
    check(11, "NONE");
    check(11, "PNG");
    check(11, "JPEGB");
    check(11, "JP2");
}

#[test]
fn a_finger_without_told_reason_counts_as_bandaged() {
    let profile = Profile::open_2026();
    let mut content = full();
    content.fingers.truncate(1);
    content.fingers[0].missing[0].reason = MissingReason::Amputated;
    let bytes = build(&profile, &content).expect("content that fits");
    let told = read(&profile, &bytes).expect("own file").fingers[0].missing[0].reason;
    assert_eq!(told, MissingReason::Amputated);
    let other = with_field(&bytes, 2, 210, "5\u{1f}amputated");
    let untold = read(&profile, &other).expect("well-formed").fingers[0].missing[0].reason;
    assert_eq!(untold, MissingReason::Bandaged);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// One byte of the file changed: it is refused, or read; pixels are refused, or have the size the record says.
    #[test]
    fn changed_bytes_never_panic(at in any::<prop::sample::Index>(), value in any::<u8>()) {
        let profile = Profile::open_2026();
        let mut content = full();
        content.fingers.truncate(1);
        let mut bytes = build(&profile, &content).expect("content that fits");
        let at = at.index(bytes.len());
        bytes[at] = value;
        if let Ok(read) = read(&profile, &bytes) {
            for finger in read.fingers {
                if let Ok(pixels) = finger.pixels() {
                    let expected = u64::from(finger.width_px) * u64::from(finger.height_px);
                    prop_assert_eq!(u64::try_from(pixels.len()), Ok(expected));
                }
            }
        }
    }
}

#[test]
fn errors_and_debug_show_no_value() {
    let profile = Profile::open_2026();
    let mut content = full();
    content.fingers.truncate(1);
    let bytes = build(&profile, &content).expect("content that fits");
    let shown = format!("{content:?} {:?}", read(&profile, &bytes).expect("own file"));
    for secret in ["Voorbeeld", "000000042", "passport", "X1", "2022/382"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    let error: Error = read(&profile, &with_field(&bytes, 2, 39, "Geheim")).expect_err("no sex");
    assert!(!format!("{error} {error:?}").contains("Geheim"));
}
