//! Valid messages: a submission with three slaps and a face, an erasure.

use std::io::Cursor;
use std::sync::OnceLock;

use icd::category::Category;
use icd::container::{
    ContainerContent, DeviceDescription, FaceRecord, FingerQuality, FingerRecord, FingerSegment, build,
};
use icd::dataset::{CountryCode, Dataset, Event, MemberState, PartialDate, Sex};
use icd::finger::{FingerPosition, Impression};
use icd::identifier::{MessageId, PartyId, StaffId};
use icd::message::{Change, ChangeField, ContainerDigest, Message, Priority, Submission};
use icd::operation::Operation;
use icd::profile::Profile;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use reqwest::multipart::{Form, Part};
use uuid::Uuid;

pub(crate) const SURNAME: &str = "Verzonnennaam";

/// A message ready to be sent.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) message_id: MessageId,
    pub(crate) envelope: Vec<u8>,
    pub(crate) container: Vec<u8>,
}

impl Sample {
    pub(crate) fn form(&self) -> Form {
        let envelope = Part::bytes(self.envelope.clone()).mime_str("application/xml").expect("a type");
        let form = Form::new().part("envelope", envelope);
        if self.container.is_empty() {
            return form;
        }
        let container =
            Part::bytes(self.container.clone()).mime_str("application/octet-stream").expect("a type");
        form.part("container", container)
    }
}

/// A submission by `sender` under this national number.
pub(crate) fn submission(sender: &str, national: &str) -> Sample {
    submission_with(sender, national, |_| ())
}

/// An urgent submission (Art. 38(2)) whose file says so or does not.
pub(crate) fn urgent(
    sender: &str,
    national: &str,
    urgent_in_file: bool,
    change: impl FnOnce(&mut Submission),
) -> Sample {
    assembled(sender, national, urgent_in_file, |submission| {
        submission.priority = Priority::Urgent { reason: "national law".to_owned() };
        change(submission);
    })
}

pub(crate) fn submission_with(sender: &str, national: &str, change: impl FnOnce(&mut Submission)) -> Sample {
    assembled(sender, national, false, change)
}

fn assembled(
    sender: &str,
    national: &str,
    urgent_in_file: bool,
    change: impl FnOnce(&mut Submission),
) -> Sample {
    let now = Timestamp::now();
    let today = now.to_zoned(TimeZone::UTC).date();
    let content = ContainerContent { urgent: urgent_in_file, ..content(national, today) };
    let container = build(&Profile::open_2026(), &content).expect("content that fits");
    let mut submission = Submission {
        message_id: content.message_id,
        sender: PartyId::new(sender).expect("plain"),
        operator: content.dataset.operator.clone(),
        category: content.category,
        reference_number: content.reference_number.clone(),
        priority: Priority::Normal,
        clock_start: now - SignedDuration::from_hours(1),
        captured_at: now - SignedDuration::from_mins(30),
        sent_at: now,
        minor: false,
        dataset: content.dataset.clone(),
        container: ContainerDigest::of(&container),
    };
    change(&mut submission);
    let message_id = submission.message_id;
    Sample {
        message_id,
        envelope: Message::Submission(Box::new(submission)).to_xml().into_bytes(),
        container,
    }
}

/// An erasure by `sender` of the data set under this national number.
pub(crate) fn erasure(sender: &str, national: &str) -> Sample {
    change(sender, Operation::EraseInaccurate, &format!("NL1{national}"))
}

/// A change by `sender` of the data set under this reference number; whether it is valid is the caller's affair.
pub(crate) fn change(sender: &str, operation: Operation, reference_number: &str) -> Sample {
    let now = Timestamp::now();
    let change = Change {
        message_id: MessageId::from_uuid(Uuid::now_v7()),
        sender: PartyId::new(sender).expect("plain"),
        operator: StaffId::new("officer-1").expect("plain"),
        operation,
        reference_number: reference_number.parse().expect("well-formed"),
        clock_start: now - SignedDuration::from_hours(1),
        sent_at: now,
        fields: Vec::<ChangeField>::new(),
        reason: "recorded under a wrong reference number".to_owned(),
    };
    let message_id = change.message_id;
    Sample { message_id, envelope: Message::Change(change).to_xml().into_bytes(), container: Vec::new() }
}

fn content(national: &str, today: Date) -> ContainerContent {
    let event = Event {
        member_state: MemberState::new("NL").expect("letters"),
        place: "Plaats".to_owned(),
        date: today,
    };
    let mut dataset = Dataset::new(Sex::Female, event, StaffId::new("officer-1").expect("plain"), today);
    dataset.surnames = vec![SURNAME.to_owned()];
    dataset.forenames = vec!["Verzonnen".to_owned()];
    dataset.nationalities = vec![CountryCode::new("XXA").expect("letters")];
    dataset.birth_date = Some(PartialDate::from_year(1990).expect("a year"));
    dataset.birth_place = Some("Plaats".to_owned());
    ContainerContent {
        message_id: MessageId::from_uuid(Uuid::now_v7()),
        reference_number: format!("NL1{national}").parse().expect("well-formed"),
        category: Category::Applicant,
        urgent: false,
        documents: Vec::new(),
        proof_photos: Vec::new(),
        dataset,
        fingers: [FingerPosition::RIGHT_FOUR, FingerPosition::LEFT_FOUR, FingerPosition::THUMBS]
            .map(slap)
            .to_vec(),
        face: Some(face()),
        device: DeviceDescription {
            make: "Demo".to_owned(),
            model: "Virtual".to_owned(),
            serial: "S-1".to_owned(),
            driver: "virtual 1".to_owned(),
            certification: "none".to_owned(),
        },
        captured_on: today,
    }
}

fn slap(position: FingerPosition) -> FingerRecord {
    let (width, height) = (480, 320);
    let fingers = position.fingers();
    let step = width / u32::try_from(fingers.len()).expect("few");
    let lefts = (0..width).step_by(usize::try_from(step).expect("small"));
    let segment = |(left, finger): (u32, &FingerPosition)| FingerSegment {
        finger: *finger,
        left_px: left,
        top_px: 0,
        right_px: left + step,
        bottom_px: height,
    };
    FingerRecord {
        position,
        width_px: width,
        height_px: height,
        resolution_ppi: 500,
        pixels: waves(width, height),
        impression: Impression::PlainContact,
        segments: lefts.zip(fingers).map(segment).collect(),
        quality: fingers
            .iter()
            .map(|finger| FingerQuality { finger: *finger, score: 80, by: None })
            .collect(),
        missing: Vec::new(),
    }
}

fn face() -> FaceRecord {
    static JPEG: OnceLock<Vec<u8>> = OnceLock::new();
    let jpeg = JPEG.get_or_init(|| {
        let picture = image::GrayImage::from_raw(300, 400, waves(300, 400)).expect("as many pixels");
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("memory");
        bytes.into_inner()
    });
    FaceRecord { jpeg: jpeg.clone(), width_px: 300, height_px: 400 }
}

fn waves(width: u32, height: u32) -> Vec<u8> {
    let wave = |x: u32, y: u32| 128.0 + 100.0 * (f64::from(x) * 0.6 + f64::from(y) * 0.3).sin();
    (0..height).flat_map(|y| (0..width).map(move |x| wave(x, y) as u8)).collect()
}
