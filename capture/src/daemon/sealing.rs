//! From a finished session to the two things that are sent: ANSI/NIST container and XML envelope.
//!
//! The reference number is made here: Member State, category, then the kiosk's prefix and random characters. Nothing
//! about the person is in it (Art. 37(3) asks for a number that ties data to one person, not for one that tells who).
//!
//! A step whose best fingers all come from one attempt is written as the slap with its boxes. Where the best fingers
//! come from several attempts, each is written as a single print cut from its slap, so that no finger is in the file
//! twice. The same where the device delivered finger by finger: a sheet of prints is never called a slap.

use std::collections::BTreeMap;
use std::sync::Arc;

use icd::category::Category;
use icd::container::{
    self, ContainerContent, DeviceDescription, FaceRecord, FingerQuality, FingerRecord, FingerSegment,
    MissingFinger, QualityProduct,
};
use icd::dataset::{CountryCode, Dataset, MemberState, PartialDate, Sex};
use icd::finger::{FingerPosition, Impression, MissingReason};
use icd::identifier::{MessageId, PartyId, StaffId};
use icd::message::{ContainerDigest, Message, Priority, Submission};
use icd::profile::Profile;
use icd::reference::ReferenceNumber;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use matcher::Finger;
use uuid::Uuid;

use crate::error::{Error, RequestError, StoreError};
use crate::live::Area;
use crate::live::ScoredBy;
use crate::session::{Best, Exception, ExceptionReason, Person, SealPlan, Step, Target};
use crate::store::{CaseOpening, Picture, SealedFacts};

/// Everything sealing needs.
pub(super) struct SealJob {
    pub(super) plan: SealPlan,
    pub(super) opening: CaseOpening,
    pub(super) officers: Vec<(Timestamp, String)>,
    pub(super) pictures: BTreeMap<u32, Picture>,
    pub(super) kiosk_id: String,
    pub(super) member_state: String,
    pub(super) national_prefix: String,
    pub(super) profile: Arc<Profile>,
}

/// What sealing gives.
pub(super) struct Built {
    pub(super) facts: SealedFacts,
    pub(super) envelope: String,
    pub(super) container: Vec<u8>,
}

/// Builds container and envelope.
pub(super) fn build(job: SealJob) -> Result<Built, Error> {
    let SealJob { plan, opening, officers, pictures, kiosk_id, member_state, national_prefix, profile } = job;
    let category = Category::from_code(opening.category).ok_or(RequestError::Category)?;
    let message_id = MessageId::from_uuid(Uuid::now_v7());
    let earlier = opening.retake_of.as_ref().and_then(|earlier| earlier.reference_number.as_deref());
    let reference_number = match earlier {
        // Good data of a retake go under the number of the first capture (Art. 38(1)).
        Some(number) => number.parse()?,
        None => ReferenceNumber::build(&member_state, category, &national_part(&national_prefix))?,
    };
    let captured_on = day(plan.captured_at);
    let operator = StaffId::new(plan.staff.clone())?;
    let dataset = dataset(&plan.person, &opening, &member_state, operator.clone(), captured_on)?;
    let content = ContainerContent {
        message_id,
        reference_number: reference_number.clone(),
        category,
        urgent: false,
        documents: Vec::new(),
        proof_photos: if profile.exceptions.carry_proof_photo {
            photos(&plan, &pictures)?
        } else {
            Vec::new()
        },
        dataset: dataset.clone(),
        fingers: finger_records(&plan, &pictures)?,
        face: face_record(&plan, &pictures),
        device: device(&plan, &pictures),
        captured_on,
    };
    let container = container::build(&profile, &content)?;
    let submission = Submission {
        message_id,
        sender: PartyId::new(kiosk_id)?,
        operator,
        category,
        reference_number: reference_number.clone(),
        priority: Priority::Normal,
        clock_start: opening.event_at,
        captured_at: plan.captured_at,
        sent_at: plan.captured_at,
        minor: plan.band.is_minor(),
        dataset,
        container: ContainerDigest::of(&container),
    };
    let facts = SealedFacts {
        message_id: message_id.as_uuid(),
        reference_number: reference_number.as_str().to_owned(),
        category: opening.category,
        clock_start: opening.event_at,
        captured_at: plan.captured_at,
        outcome: plan.outcome,
        band: plan.band,
        staff: plan.staff,
        officers,
        event_place: opening.event_place,
        retake_of: opening.retake_of.map(|earlier| earlier.case),
        safeguards: Some(plan.safeguards),
        attempts: plan.attempts,
        proof_photos: plan.photos,
        container_bytes: u64::try_from(container.len()).unwrap_or(u64::MAX),
    };
    Ok(Built { facts, envelope: Message::from(submission).to_xml(), container })
}

/// The envelope with the instant of sending (letter (m) of the data lists).
pub(super) fn envelope_sent_at(envelope: &str, now: Timestamp) -> Result<String, Error> {
    match Message::from_xml(envelope.as_bytes())? {
        Message::Submission(mut submission) => {
            submission.sent_at = now;
            Ok(Message::Submission(submission).to_xml())
        }
        _ => Err(StoreError::Unreadable.into()),
    }
}

/// What is known about the person, in the words of the ICD; also used to check a form before anything is captured.
pub(crate) fn dataset(
    person: &Person,
    opening: &CaseOpening,
    member_state: &str,
    operator: StaffId,
    captured_on: Date,
) -> Result<Dataset, Error> {
    let sex =
        Sex::from_code(&person.sex).ok_or(RequestError::Field { field: "sex", expected: "F, M or U" })?;
    let event = icd::dataset::Event {
        member_state: MemberState::new(member_state)?,
        place: opening.event_place.clone(),
        date: day(opening.event_at),
    };
    let mut dataset = Dataset::new(sex, event, operator, captured_on);
    let one = |name: &str| Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    dataset.surnames = one(&person.surnames).into_iter().collect();
    dataset.forenames = one(&person.forenames).into_iter().collect();
    dataset.nationalities = vec![CountryCode::new(&person.nationality)?];
    dataset.birth_place = person.birth_place.as_deref().and_then(one);
    dataset.birth_date = match (person.age.birth_date, person.age.age_years) {
        (Some(date), _) => Some(date),
        // Only an age is known, so only a year can be said.
        (None, Some(age)) => Some(PartialDate::from_year(captured_on.year() - i16::from(age))?),
        (None, None) => None,
    };
    Ok(dataset)
}

fn finger_records(plan: &SealPlan, pictures: &BTreeMap<u32, Picture>) -> Result<Vec<FingerRecord>, Error> {
    let mut records = Vec::new();
    for step in [Step::RightFour, Step::LeftFour, Step::Thumbs] {
        let Some(hand) = step.hand() else { continue };
        let best = best_of_step(plan, step);
        let missing = missing_of_step(plan, step)?;
        let mut attempts: Vec<u32> = best.iter().map(|(_, _, best)| best.attempt).collect();
        attempts.dedup();
        match attempts.as_slice() {
            [] => {}
            [attempt] if !by_finger(pictures, *attempt) => {
                let position = position(hand.fgp())?;
                let segments =
                    best.iter().map(|(finger, area, _)| segment(*finger, *area)).collect::<Result<_, _>>()?;
                let quality =
                    best.iter().map(|(finger, _, best)| quality(*finger, best)).collect::<Result<_, _>>()?;
                let picture = slap(pictures, *attempt)?;
                records.push(record(position, picture, segments, quality, missing));
            }
            _ => {
                for (finger, area, best) in &best {
                    let picture = slap(pictures, best.attempt)?;
                    let print = picture.crop(area.left, area.top, area.right, area.bottom);
                    let print = print.ok_or(StoreError::Unreadable)?;
                    let quality = vec![quality(*finger, best)?];
                    records.push(record(position(finger.fgp())?, &print, Vec::new(), quality, Vec::new()));
                }
            }
        }
    }
    Ok(records)
}

fn best_of_step(plan: &SealPlan, step: Step) -> Vec<(Finger, Area, Best)> {
    let of_step = plan.best.iter().filter(|(target, _)| target.step() == step);
    let mut best: Vec<_> = of_step
        .filter_map(|(target, best)| match (target, best.area) {
            (Target::Finger(finger), Some(area)) => Some((*finger, area, *best)),
            _ => None,
        })
        .collect();
    best.sort_by_key(|(finger, _, best)| (best.attempt, *finger));
    best
}

fn missing_of_step(plan: &SealPlan, step: Step) -> Result<Vec<MissingFinger>, Error> {
    let of_step = plan.exceptions.iter().filter(|(target, _)| target.step() == step);
    of_step
        .filter_map(|(target, exception)| match target {
            Target::Finger(finger) => Some((finger, exception)),
            Target::Face => None,
        })
        .map(|(finger, exception)| {
            Ok(MissingFinger { finger: position(finger.fgp())?, reason: missing_reason(exception) })
        })
        .collect()
}

/// The file format knows "amputated" and "unable to print"; the session's finer reasons stay on the kiosk, where the
/// outcome tells a refused finger from an unable one.
fn missing_reason(exception: &Exception) -> MissingReason {
    match exception.reason {
        ExceptionReason::Amputated => MissingReason::Amputated,
        ExceptionReason::Bandaged
        | ExceptionReason::TemporaryDamage
        | ExceptionReason::Worn
        | ExceptionReason::CannotPlace
        | ExceptionReason::Refused
        | ExceptionReason::Other => MissingReason::Bandaged,
    }
}

fn record(
    position: FingerPosition,
    image: &matcher::Image,
    segments: Vec<FingerSegment>,
    quality: Vec<FingerQuality>,
    missing: Vec<MissingFinger>,
) -> FingerRecord {
    FingerRecord {
        position,
        width_px: image.width,
        height_px: image.height,
        resolution_ppi: image.resolution_ppi,
        pixels: image.pixels.clone(),
        impression: Impression::PlainContact,
        segments,
        quality,
        missing,
    }
}

fn segment(finger: Finger, area: Area) -> Result<FingerSegment, Error> {
    let Area { left, top, right, bottom } = area;
    Ok(FingerSegment {
        finger: position(finger.fgp())?,
        left_px: left,
        top_px: top,
        right_px: right,
        bottom_px: bottom,
    })
}

fn quality(finger: Finger, best: &Best) -> Result<FingerQuality, Error> {
    let by = match best.scored_by {
        ScoredBy::Own => None,
        ScoredBy::Nfiq2 { product } => {
            Some(QualityProduct { vendor: matcher::quality::reference::VENDOR_ID, product })
        }
    };
    Ok(FingerQuality { finger: position(finger.fgp())?, score: best.quality.min(100), by })
}

fn position(fgp: u8) -> Result<FingerPosition, Error> {
    Ok(FingerPosition::from_code(fgp).ok_or(StoreError::Unreadable)?)
}

fn slap(pictures: &BTreeMap<u32, Picture>, attempt: u32) -> Result<&matcher::Image, Error> {
    match pictures.get(&attempt) {
        Some(Picture::Slap { image, .. }) => Ok(image),
        _ => Err(StoreError::NoPicture.into()),
    }
}

fn by_finger(pictures: &BTreeMap<u32, Picture>, attempt: u32) -> bool {
    matches!(pictures.get(&attempt), Some(Picture::Slap { by_finger: true, .. }))
}

fn face_record(plan: &SealPlan, pictures: &BTreeMap<u32, Picture>) -> Option<FaceRecord> {
    let (_, best) = plan.best.iter().find(|(target, _)| *target == Target::Face)?;
    match pictures.get(&best.attempt)? {
        Picture::Face(portrait) => Some(FaceRecord {
            jpeg: portrait.jpeg.clone(),
            width_px: portrait.width,
            height_px: portrait.height,
        }),
        Picture::Slap { .. } => None,
    }
}

/// Photos of what could not be taken, as the camera delivered them.
fn photos(plan: &SealPlan, pictures: &BTreeMap<u32, Picture>) -> Result<Vec<Vec<u8>>, Error> {
    let photo = |attempt: &u32| match pictures.get(attempt) {
        Some(Picture::Face(photo)) => Ok(photo.jpeg.clone()),
        _ => Err(StoreError::NoPicture.into()),
    };
    plan.photos.iter().map(photo).collect()
}

/// The file has room for one device: the scanner, or the camera where only a face was taken.
fn device(plan: &SealPlan, pictures: &BTreeMap<u32, Picture>) -> DeviceDescription {
    let used = plan.best.iter().filter_map(|(_, best)| pictures.get(&best.attempt));
    let described = used.map(Picture::device).next().cloned().unwrap_or_default();
    DeviceDescription {
        make: described.make,
        model: described.model,
        serial: described.serial,
        // The file has no field for firmware; it stands beside the driver, which depends on it.
        driver: match described.firmware.as_str() {
            "" => described.driver,
            firmware => format!("{}, firmware {firmware}", described.driver),
        },
        certification: described.certification,
    }
}

/// Prefix of the kiosk, then twelve characters without those that look alike: 60 random bits.
fn national_part(prefix: &str) -> String {
    const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let random = Uuid::new_v4();
    // Bytes 6 to 8 of a random UUID hold its version and variant, so they are left out.
    let bytes = random.as_bytes().iter().enumerate().filter(|(at, _)| !(6..=8).contains(at));
    let symbols = bytes.take(12).filter_map(|(_, byte)| ALPHABET.get(usize::from(byte & 31)));
    prefix.chars().chain(symbols.map(|symbol| char::from(*symbol))).collect()
}

pub(crate) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}
