//! What every fuzz target does with the bytes it is given, and what must hold whatever they are.
//!
//! The same functions run under libFuzzer (`fuzz_targets/`) and as seeded, bounded tests of the crate
//! (`tests/fuzz_smoke.rs`), so that a promise broken by a change fails an ordinary `cargo test`.

use std::sync::LazyLock;

use icd::message::{AnswerList, Message};
use icd::nist::{
    OutRecord, Record, Transaction, TransactionHeader, TransactionWriter, Type4, Type9, Type10, Type13,
    Type14, Type15, control_number,
};
use icd::notice::NoticeList;
use icd::profile::Profile;
use icd::reference::ReferenceNumber;
use icd::{container, jpeg2000, validate, wsq};

/// A file that is read is written back unchanged; typed views, the container reader and the validator never panic.
pub(crate) fn nist(bytes: &[u8]) {
    static PROFILE: LazyLock<Profile> = LazyLock::new(Profile::open_2026);
    let profile = &*PROFILE;
    let strict = Transaction::read(bytes);
    let survey = Transaction::survey(bytes);
    assert!(
        survey.problems.first() == strict.as_ref().err(),
        "a survey begins with the reader's own problem"
    );
    assert!(survey.problems.len() <= icd::limits::SYNTAX_PROBLEMS_MAX);
    let findings = validate::container(profile, bytes);
    assert!(findings.len() <= icd::limits::FINDINGS_MAX);
    assert!(strict.is_ok() || icd::finding::Finding::any_error(&findings), "what is refused has an error");
    let Ok(transaction) = Transaction::read_any_version(bytes) else {
        assert!(strict.is_err(), "a strict reader takes no more than a lenient one");
        return;
    };
    assert!(transaction.to_bytes() == bytes, "an untouched file comes back as it was");
    for (index, record) in transaction.records().iter().enumerate() {
        views(record, index + 1);
        if let Ok(copy) = OutRecord::copied(record) {
            taken_over(&copy);
        }
    }
    if let Ok(read) = container::read(profile, bytes) {
        for finger in &read.fingers {
            assert!(finger.is_absent() || finger.width_px > 0);
        }
    }
}

/// A record taken over into another file is read there.
fn taken_over(copy: &OutRecord<'_>) {
    let header = TransactionHeader {
        version: icd::nist::VERSION_WRITTEN.to_owned(),
        type_4_resolution_ppi: Some(500),
        ..TransactionHeader::default()
    };
    let mut writer = TransactionWriter::new(header);
    writer.push(copy.clone()).expect("room for one");
    let written = writer.to_bytes().expect("no larger than the file it came from");
    // Field numbers may stand in any form in a file; a writer has one, so a reader takes it back.
    assert!(Transaction::read(&written).is_ok(), "what was taken over is read again");
}

fn views(record: &Record<'_>, ordinal: usize) {
    match record {
        Record::Binary(binary) => {
            if let Some(view) = Type4::of(binary) {
                assert!(view.image().len() + 18 == binary.bytes().len());
            }
        }
        Record::Tagged(tagged) => {
            if let Some(view) = Type14::of(tagged, ordinal) {
                let _ =
                    (view.position(), view.resolution_ppi(), view.segments(), view.missing(), view.quality());
            }
            if let Some(view) = Type9::of(tagged, ordinal) {
                for block in view.minutiae().unwrap_or_default() {
                    assert!(block.points.iter().all(|point| point.angle_deg < 360));
                }
            }
            if let Some(view) = Type13::of(tagged, ordinal) {
                let _ = (view.positions(), view.resolution_ppi(), view.captured_on(), view.quality());
            }
            if let Some(view) = Type15::of(tagged, ordinal) {
                let _ = (view.position(), view.resolution_ppi(), view.missing(), view.quality());
            }
            if let Some(view) = Type10::of(tagged, ordinal) {
                let _ = (view.image_type(), view.pixel_scale(), view.face_box(), view.quality());
            }
        }
    }
}

/// A picture that decodes has as many pixels as its size says.
pub(crate) fn wsq(bytes: &[u8]) {
    if let Ok(decoded) = wsq::decode(bytes) {
        let expected = u64::from(decoded.width_px) * u64::from(decoded.height_px);
        assert_eq!(u64::try_from(decoded.pixels.len()), Ok(expected));
    }
}

/// A picture that decodes has as many samples as its header says, and comes back when it is written without loss.
pub(crate) fn jpeg2000(bytes: &[u8]) {
    if let Ok(decoded) = jpeg2000::decode(bytes) {
        let header = jpeg2000::header(bytes).expect("what decodes has a header");
        assert_eq!((header.width_px, header.height_px), (decoded.width_px, decoded.height_px));
        let expected =
            u64::from(header.width_px) * u64::from(header.height_px) * u64::from(header.components);
        assert_eq!(u64::try_from(decoded.samples.len()), Ok(expected));
        if expected <= 65_536 {
            let (width, height, components) = (decoded.width_px, decoded.height_px, decoded.components);
            let picture = jpeg2000::Picture {
                width_px: width,
                height_px: height,
                components,
                samples: &decoded.samples,
            };
            let written =
                jpeg2000::encode(&picture, jpeg2000::Fidelity::Lossless, None).expect("within the bounds");
            let again = jpeg2000::decode(&written).expect("own file");
            assert!(again.samples == decoded.samples, "what was written without loss comes back");
            let small = jpeg2000::encode(&picture, jpeg2000::Fidelity::Ratio(12.0), Some(500))
                .expect("within the bounds");
            jpeg2000::decode(&small).expect("own file");
        }
    }
}

/// An envelope that is read and written again is read as the same message.
pub(crate) fn envelope(bytes: &[u8]) {
    if let Ok(message) = Message::from_xml(bytes) {
        if let Message::Change(change) = &message {
            let findings = validate::change(&Profile::open_2026(), change, change.sent_at);
            assert!(findings.len() <= icd::limits::FINDINGS_MAX);
        }
        let again = Message::from_xml(message.to_xml().as_bytes());
        assert!(again.as_ref() == Ok(&message), "what was read and written is read again");
    }
    if let Ok(answers) = AnswerList::from_xml(bytes) {
        let again = AnswerList::from_xml(answers.to_xml().as_bytes());
        assert!(again.as_ref() == Ok(&answers), "what was read and written is read again");
    }
    if let Ok(notices) = NoticeList::from_xml(bytes) {
        let again = NoticeList::from_xml(notices.to_xml().as_bytes());
        assert!(again.as_ref() == Ok(&notices), "what was read and written is read again");
    }
}

/// A profile that loads answers every question about itself.
pub(crate) fn profile(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(profile) = Profile::from_toml(text) {
        for category in icd::category::Category::ALL {
            assert!(profile.transaction_type(category).is_some());
        }
        for age_years in 6..=120 {
            assert!(profile.quality_band(age_years).is_some());
        }
        for field in icd::profile::DatasetField::ALL {
            assert!(profile.field_number(field).is_some() != profile.is_left_out_of_type_2(field));
        }
    }
}

/// A reference number that parses shows the text it came from; so does a control number.
pub(crate) fn reference(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(number) = text.parse::<ReferenceNumber>() {
        assert_eq!(number.as_str(), text);
        let parts = [number.member_state(), &number.category().code().to_string(), number.national_part()];
        assert_eq!(parts.concat(), text);
    }
    if control_number::is_right(text) {
        let digits: u128 = text.get(..14).and_then(|digits| digits.parse().ok()).unwrap_or_default();
        assert_eq!(control_number::with_check_letter(digits), text);
    }
}
