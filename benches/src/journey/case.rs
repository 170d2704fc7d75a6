//! The pure half of a screening: from pixels to container and envelope.

use capture::{
    device::Portrait,
    face::{self, FaceSetup},
};
use icd::{
    category::Category,
    container::{
        self, ContainerContent, DeviceDescription, FaceRecord, FingerQuality, FingerRecord, FingerSegment,
    },
    dataset::{CountryCode, Dataset, Event, MemberState, PartialDate, Sex},
    finger::{FingerPosition, Impression},
    identifier::{MessageId, PartyId, StaffId},
    message::{ContainerDigest, Message, Priority, Submission},
    profile::Profile,
    reference::ReferenceNumber,
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use matcher::{Finger, Hand, Image, Segment, SegmentRequest, Template};
use uuid::Uuid;

use crate::{Error, Laps, subject::Subject};

/// What the checks at the kiosk said of one person.
#[derive(Clone)]
pub struct Judged {
    segments: Vec<Vec<Segment>>,
    qualities: Vec<Vec<FingerQuality>>,
}

/// A case that can be sealed and sent.
pub struct Case {
    /// Identifier of the message, and here of the case too.
    pub id: Uuid,
    /// XML of the envelope.
    pub envelope: String,
    /// ANSI/NIST file.
    pub container: Vec<u8>,
}

impl Judged {
    /// Segments, scores and checks one person as a kiosk does.
    ///
    /// # Errors
    /// [`Error::Part`] when a finger of a synthetic slap is not found: then the figures would be of something else.
    pub fn take(subject: &Subject, face: &FaceSetup, laps: &mut Laps) -> Result<Self, Error> {
        let segments = laps.time("segment", || {
            subject.slaps.iter().map(|(hand, slap)| segments(*hand, slap)).collect::<Result<Vec<_>, _>>()
        })?;
        let cut = |(slap, segments): (&Image, &Vec<Segment>)| -> Vec<(Finger, Image)> {
            segments.iter().filter_map(|segment| Some((segment.finger, segment.crop(slap)?))).collect()
        };
        let slaps = || subject.slaps.iter().map(|(_, slap)| slap);
        let (prints, qualities) = laps.time("quality", || {
            let prints: Vec<Vec<(Finger, Image)>> = slaps().zip(&segments).map(cut).collect();
            let qualities = prints.iter().map(|prints| qualities(prints)).collect::<Result<Vec<_>, _>>()?;
            Ok::<_, String>((prints, qualities))
        })?;
        laps.time("face", || face::judge(&subject.portrait, face))?;
        laps.time("sequence", || {
            let templates = prints
                .iter()
                .flatten()
                .map(|(finger, print)| Ok((*finger, matcher::extract(print)?)))
                .collect::<Result<Vec<(Finger, Template)>, matcher::Error>>()?;
            Ok::<_, matcher::Error>(matcher::sequence_check(&templates))
        })?;
        Ok(Self { segments, qualities })
    }

    /// Records for the container; takes the pixels, as a kiosk would.
    fn into_records(self, slaps: Vec<(Hand, Image)>) -> Vec<FingerRecord> {
        let facts = self.segments.into_iter().zip(self.qualities);
        slaps.into_iter().zip(facts).map(|((hand, slap), facts)| record(hand, slap, facts)).collect()
    }
}

impl Case {
    /// Encodes container and envelope of one person.
    ///
    /// # Errors
    /// [`Error::Part`] when the container cannot be built.
    pub fn encode(
        profile: &Profile,
        judged: Judged,
        slaps: Vec<(Hand, Image)>,
        portrait: &Portrait,
        number: u64,
        laps: &mut Laps,
    ) -> Result<Self, Error> {
        let failed = Error::part("encode");
        let submission = submission(number).map_err(|error| failed(&error))?;
        let jpeg = portrait.jpeg.clone();
        let container = laps.time("encode", || {
            let content = ContainerContent {
                message_id: submission.message_id,
                reference_number: submission.reference_number.clone(),
                category: submission.category,
                urgent: false,
                documents: Vec::new(),
                proof_photos: Vec::new(),
                dataset: submission.dataset.clone(),
                fingers: judged.into_records(slaps),
                face: Some(FaceRecord { jpeg, width_px: portrait.width, height_px: portrait.height }),
                device: DeviceDescription {
                    make: "Virtual".to_owned(),
                    model: "Synthetic slaps".to_owned(),
                    serial: "0".to_owned(),
                    driver: "benches".to_owned(),
                    certification: String::new(),
                },
                captured_on: submission.captured_at.to_zoned(TimeZone::UTC).date(),
            };
            container::build(profile, &content)
        })?;
        laps.set_bytes("encode", container.len());
        let id = submission.message_id.as_uuid();
        let envelope = laps.time("envelope", || {
            let container = ContainerDigest::of(&container);
            Ok::<_, Error>(Message::from(Submission { container, ..submission }).to_xml())
        })?;
        laps.set_bytes("envelope", envelope.len());
        Ok(Self { id, envelope, container })
    }
}

fn segments(hand: Hand, slap: &Image) -> Result<Vec<Segment>, String> {
    let found = matcher::segment(slap, SegmentRequest { hand, missing: &[] });
    if found.fingers.len() == hand.fingers().len() {
        return Ok(found.fingers);
    }
    Err(format!("{} of {} fingers were found: {:?}", found.fingers.len(), hand.fingers().len(), found.doubt))
}

fn qualities(prints: &[(Finger, Image)]) -> Result<Vec<FingerQuality>, String> {
    prints
        .iter()
        .map(|(finger, print)| {
            let score = matcher::quality(print).judged();
            let score = score.ok_or_else(|| format!("the {finger} cannot be judged"))?;
            Ok(FingerQuality { finger: position(finger.fgp())?, score, by: None })
        })
        .collect()
}

fn record(hand: Hand, slap: Image, facts: (Vec<Segment>, Vec<FingerQuality>)) -> FingerRecord {
    let (segments, quality) = facts;
    let segments = segments
        .into_iter()
        .filter_map(|segment| {
            let Segment { finger, left, top, right, bottom, .. } = segment;
            Some(FingerSegment {
                finger: position(finger.fgp()).ok()?,
                left_px: left,
                top_px: top,
                right_px: right,
                bottom_px: bottom,
            })
        })
        .collect();
    FingerRecord {
        position: match hand {
            Hand::RightFour => FingerPosition::RIGHT_FOUR,
            Hand::LeftFour => FingerPosition::LEFT_FOUR,
            Hand::Thumbs => FingerPosition::THUMBS,
        },
        width_px: slap.width,
        height_px: slap.height,
        resolution_ppi: slap.resolution_ppi,
        pixels: slap.pixels,
        impression: Impression::PlainContact,
        segments,
        quality,
        missing: Vec::new(),
    }
}

fn position(fgp: u8) -> Result<FingerPosition, String> {
    FingerPosition::from_code(fgp).ok_or_else(|| format!("{fgp} is no finger position"))
}

/// A submission of the kiosk for an applicant, clocked an hour ago; its container comes later.
fn submission(number: u64) -> Result<Submission, icd::Error> {
    let now = Timestamp::now();
    let today = now.to_zoned(TimeZone::UTC).date();
    let operator = StaffId::new(e2e::site::OFFICER)?;
    let event = Event { member_state: MemberState::new("NL")?, place: "Synthetic".to_owned(), date: today };
    let mut dataset = Dataset::new(Sex::Female, event, operator.clone(), today);
    dataset.surnames.push("Synthetic".to_owned());
    dataset.forenames.push("Applicant".to_owned());
    dataset.birth_date = Some(PartialDate::from_year(1990)?);
    dataset.birth_place = Some("Unknown".to_owned());
    dataset.nationalities.push(CountryCode::new("XXX")?);
    Ok(Submission {
        message_id: MessageId::from_uuid(Uuid::now_v7()),
        sender: PartyId::new(e2e::site::KIOSK_1)?,
        operator,
        category: Category::Applicant,
        reference_number: ReferenceNumber::build("NL", Category::Applicant, &format!("R{number:09}"))?,
        priority: Priority::Normal,
        clock_start: now - SignedDuration::from_hours(1),
        captured_at: now - SignedDuration::from_mins(2),
        sent_at: now,
        minor: false,
        dataset,
        container: ContainerDigest::of(&[]),
    })
}

#[cfg(test)]
mod tests {
    use icd::finding::Finding;

    use super::*;

    #[test]
    fn a_synthetic_person_becomes_a_message_that_validates() {
        let subject = Subject::new(4_100, 30).expect("a person");
        let (profile, face) = (Profile::open_2026(), FaceSetup::without_detector());
        let mut laps = Laps::default();
        let judged = Judged::take(&subject, &face, &mut laps).expect("judged");
        let case = Case::encode(&profile, judged, subject.slaps.clone(), &subject.portrait, 1, &mut laps)
            .expect("encoded");
        let Ok(Message::Submission(submission)) = Message::from_xml(case.envelope.as_bytes()) else {
            panic!("the envelope is no submission")
        };
        assert_eq!(submission.container, ContainerDigest::of(&case.container));
        let findings = icd::validate::submission(&profile, &submission, &case.container, Timestamp::now());
        assert!(!Finding::any_error(&findings), "{findings:?}");
        let parts: Vec<_> = laps.parts().iter().map(|part| part.name.as_str()).collect();
        assert_eq!(parts, ["segment", "quality", "face", "sequence", "encode", "envelope"]);
    }
}
