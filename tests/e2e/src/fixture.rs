//! Whole, valid messages for journeys and benches: a synthetic person's slaps in a container, and its envelope.

use icd::{
    category::Category,
    container::{
        self, ContainerContent, DeviceDescription, FaceRecord, FingerQuality, FingerRecord, FingerSegment,
    },
    dataset::{CountryCode, Dataset, Event, MemberState, PartialDate, Sex},
    finger::{FingerPosition, Impression},
    identifier::{MessageId, PartyId, StaffId},
    message::{Change, ContainerDigest, Message, Priority, Submission},
    operation::Operation,
    profile::Profile,
    reference::ReferenceNumber,
};
use image::codecs::jpeg::JpegEncoder;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use matcher::{
    Finger, Hand,
    synth::{Condition, Person, Placement, compose_slap},
};
use uuid::Uuid;

use crate::Error;

/// A message ready to be sent: envelope and, for submissions, container.
pub struct Parts {
    /// Its identifier.
    pub message_id: MessageId,
    /// The dataset it speaks of.
    pub reference_number: ReferenceNumber,
    /// XML of the envelope.
    pub envelope: Vec<u8>,
    /// ANSI/NIST file; empty for changes.
    pub container: Vec<u8>,
}

/// Images of one synthetic person on one visit, made once and used in many messages.
pub struct Visit {
    fingers: Vec<FingerRecord>,
}

impl Visit {
    /// The three slaps of a person on a visit.
    pub fn of(person: &Person, visit: u32) -> Self {
        let placement = Placement::for_age(person.age_years());
        let fingers = [Hand::RightFour, Hand::LeftFour, Hand::Thumbs]
            .into_iter()
            .map(|hand| {
                let prints: Vec<_> = hand
                    .fingers()
                    .iter()
                    .map(|finger| (*finger, person.impression(*finger, visit, Condition::default())))
                    .collect();
                let slap = compose_slap(&prints, hand, placement);
                let position = |finger: Finger| {
                    FingerPosition::from_code(finger.fgp()).unwrap_or(FingerPosition::RIGHT_THUMB)
                };
                let segments: Vec<_> = slap
                    .boxes
                    .iter()
                    .map(|area| FingerSegment {
                        finger: position(area.finger),
                        left_px: area.left,
                        top_px: area.top,
                        right_px: area.right,
                        bottom_px: area.bottom,
                    })
                    .collect();
                FingerRecord {
                    position: FingerPosition::from_code(hand.fgp()).unwrap_or(FingerPosition::RIGHT_FOUR),
                    width_px: slap.image.width,
                    height_px: slap.image.height,
                    resolution_ppi: slap.image.resolution_ppi,
                    pixels: slap.image.pixels,
                    impression: Impression::PlainContact,
                    quality: segments
                        .iter()
                        .map(|segment| FingerQuality { finger: segment.finger, score: 60, by: None })
                        .collect(),
                    segments,
                    missing: Vec::new(),
                }
            })
            .collect();
        Self { fingers }
    }
}

/// A submission of an applicant, clocked an hour ago.
///
/// # Errors
/// When the container cannot be built.
pub fn submission(visit: &Visit, sender: &str, national_part: &str) -> Result<Parts, Error> {
    let site = |error: icd::Error| Error::Site(error.to_string());
    let now = Timestamp::now();
    let today = now.to_zoned(TimeZone::UTC).date();
    let operator = StaffId::new("officer-1").map_err(site)?;
    let event = Event {
        member_state: MemberState::new("NL").map_err(site)?,
        place: "Ter Apel".to_owned(),
        date: today,
    };
    let mut dataset = Dataset::new(Sex::Female, event, operator.clone(), today);
    dataset.surnames.push("Synthetic".to_owned());
    dataset.forenames.push("Applicant".to_owned());
    dataset.birth_date = Some(PartialDate::from_year(1990).map_err(site)?);
    dataset.birth_place = Some("Unknown".to_owned());
    dataset.nationalities.push(CountryCode::new("XXX").map_err(site)?);
    let message_id = MessageId::from_uuid(Uuid::now_v7());
    let reference_number = ReferenceNumber::build("NL", Category::Applicant, national_part).map_err(site)?;
    let content = ContainerContent {
        message_id,
        reference_number: reference_number.clone(),
        category: Category::Applicant,
        urgent: false,
        documents: Vec::new(),
        proof_photos: Vec::new(),
        dataset: dataset.clone(),
        fingers: visit.fingers.clone(),
        face: Some(grey_face()?),
        device: DeviceDescription {
            make: "demo".to_owned(),
            model: "fixture".to_owned(),
            serial: "0".to_owned(),
            driver: "fixture".to_owned(),
            certification: String::new(),
        },
        captured_on: today,
    };
    let container = container::build(&Profile::open_2026(), &content).map_err(site)?;
    let submission = Submission {
        message_id,
        sender: PartyId::new(sender).map_err(site)?,
        operator,
        category: Category::Applicant,
        reference_number: reference_number.clone(),
        priority: Priority::Normal,
        clock_start: now - SignedDuration::from_hours(1),
        captured_at: now - SignedDuration::from_mins(2),
        sent_at: now,
        minor: false,
        dataset,
        container: ContainerDigest::of(&container),
    };
    Ok(Parts {
        message_id,
        reference_number,
        envelope: Message::from(submission).to_xml().into_bytes(),
        container,
    })
}

/// A later change of a stored dataset, asked for by a chain partner.
///
/// # Errors
/// When an identifier is not valid.
pub fn change(
    operation: Operation,
    reference_number: &ReferenceNumber,
    sender: &str,
) -> Result<Parts, Error> {
    let site = |error: icd::Error| Error::Site(error.to_string());
    let now = Timestamp::now();
    let message_id = MessageId::from_uuid(Uuid::now_v7());
    let change = Change {
        message_id,
        sender: PartyId::new(sender).map_err(site)?,
        operator: StaffId::new("caseworker-7").map_err(site)?,
        operation,
        reference_number: reference_number.clone(),
        clock_start: now - SignedDuration::from_mins(5),
        sent_at: now,
        fields: Vec::new(),
        reason: "the data were recorded for the wrong person".to_owned(),
    };
    Ok(Parts {
        message_id,
        reference_number: reference_number.clone(),
        envelope: Message::from(change).to_xml().into_bytes(),
        container: Vec::new(),
    })
}

/// A plain grey portrait: these messages need a face record, not a face.
fn grey_face() -> Result<FaceRecord, Error> {
    let (width, height) = (480_u32, 640_u32);
    let pixels = vec![160_u8; (width * height * 3) as usize];
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 90)
        .encode(&pixels, width, height, image::ExtendedColorType::Rgb8)
        .map_err(|error| Error::Site(error.to_string()))?;
    Ok(FaceRecord { jpeg, width_px: width, height_px: height })
}
