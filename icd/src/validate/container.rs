//! The container: syntax, fields, images, fingers, quality.

use super::images;
use crate::category::AGE_YEARS_MIN;
use crate::container::{self, FingerSegment, MissingFinger, ReadFields, ReadFinger};
use crate::dataset::PartialDate;
use crate::error::{ContainerProblem, Error};
use crate::finding::Finding;
use crate::finger::{FingerPosition, MissingReason};
use crate::message::{Priority, Submission};
use crate::nist::{Survey, TaggedRecord, Transaction, Type10, Type14, control_number};
use crate::profile::{ControlNumber, DatasetField, Profile};

/// Age whose thresholds apply when the age is not known: the strictest band of the shipped profile.
const AGE_YEARS_UNKNOWN: u8 = 18;

/// Gives what the Type-2 record says, where it can be read.
pub(super) fn check(
    profile: &Profile,
    bytes: &[u8],
    envelope: Option<&Submission>,
    findings: &mut Vec<Finding>,
) -> Option<ReadFields> {
    let Survey { readable: transaction, problems } = Transaction::survey(bytes);
    if !problems.is_empty() {
        let told =
            problems.iter().map(|problem| Finding::error(problem.code(), "container", problem.to_string()));
        findings.extend(told);
        // The records that can be read are looked at one by one; what needs the whole file waits until there is one.
        super::records::check(&transaction, findings);
        return None;
    }
    if transaction.records().iter().any(|record| !matches!(record.record_type(), 1 | 2 | 10 | 14 | 21)) {
        findings.push(Finding::error(
            "I-1102",
            "container",
            "The file holds a record that is not of type 1, 2, 10, 14 or 21. Leave it out.",
        ));
    }
    let read = fields(profile, &transaction, envelope, findings);
    if let (Some(read), Some(envelope)) = (&read, envelope) {
        same(read, envelope, findings);
    }
    let is_urgent = envelope.is_some_and(|envelope| matches!(envelope.priority, Priority::Urgent { .. }));
    if is_urgent && profile.priority(true).is_some_and(|asked| transaction.type1().priority() != Some(asked))
    {
        let message = "The envelope is urgent and the file does not say so. Build it again as urgent.";
        findings.push(Finding::warning("I-1605", "1.006", message));
    }
    let wants_letter = profile.itl.transaction_control_number == ControlNumber::CheckLetter;
    let number = transaction.type1().control_number().filter(|number| !number.is_empty());
    if wants_letter && number.is_some_and(|number| !control_number::is_right(number)) {
        let message = "The control number is not fourteen digits and their check letter. Correct a typing mistake, or number anew.";
        findings.push(
            Finding::error("I-1115", "1.009", message).accepting("fourteen digits and their check letter"),
        );
    }
    let reasons = read.as_ref().map(|read| read.missing.clone()).unwrap_or_default();
    let fingers = fingers(profile, &transaction, &reasons, findings);
    faces(profile, &transaction, findings);
    let has_image =
        |record: &TaggedRecord<'_>| record.field(999).is_some_and(|field| !field.value().is_empty());
    if !transaction.tagged(14).chain(transaction.tagged(10)).any(has_image) {
        let message = "There is neither a fingerprint nor a face. A dataset has biometric data of the person, Article \
                       2(1)(s). Take what can be taken, or record that nothing could be.";
        findings.push(Finding::error("I-1101", "biometrics", message));
    }
    images::documents(&transaction, read.as_ref().map(|read| &read.dataset), findings);
    images::proof_photos(profile, &transaction, findings);
    super::records::check(&transaction, findings);
    sequence(profile, &fingers, &reasons, findings);
    quality(profile, &fingers, read.as_ref(), findings);
    read
}

/// The Type-2 record: what the profile asks for is there and readable, and nothing else is.
fn fields(
    profile: &Profile,
    transaction: &Transaction<'_>,
    envelope: Option<&Submission>,
    findings: &mut Vec<Finding>,
) -> Option<ReadFields> {
    let known: Vec<u16> =
        DatasetField::ALL.into_iter().filter_map(|field| profile.field_number(field)).collect();
    for field in transaction.tagged(2).flat_map(TaggedRecord::fields) {
        if field.number() > 2 && !known.contains(&field.number()) {
            findings.push(Finding::error(
                "I-1103",
                format!("2.{:03}", field.number()),
                "The profile has no such field. Leave it out, or use the profile the file was made for.",
            ));
        }
    }
    match container::header_and_fields(profile, transaction, envelope) {
        Ok(read) => Some(read),
        Err(problems) => {
            // Without its envelope, a file cannot be blamed for what the profile says only there.
            let elsewhere = |problem: &ContainerProblem| {
                let left_out = |key: &str| {
                    DatasetField::ALL.into_iter().any(|f| f.key() == key && profile.is_left_out_of_type_2(f))
                };
                envelope.is_none() && matches!(problem, ContainerProblem::Missing(key) if left_out(key))
            };
            for problem in problems.into_iter().filter(|problem| !elsewhere(problem)) {
                let (code, field) = match &problem {
                    ContainerProblem::Missing(field) => ("I-1101", *field),
                    ContainerProblem::TransactionType => ("I-1116", "1.004"),
                    ContainerProblem::Bounds(field) => ("I-1110", *field),
                    ContainerProblem::Value(field) | ContainerProblem::Unmapped(field) => ("I-1115", *field),
                    _ => ("I-1115", "container"),
                };
                findings.push(Finding::error(
                    code,
                    field,
                    format!("The file does not fit the profile: {problem}."),
                ));
            }
            None
        }
    }
}

/// Envelope and file say the same.
fn same(read: &ReadFields, envelope: &Submission, findings: &mut Vec<Finding>) {
    let pairs = [
        ("message-id", read.message_id == envelope.message_id),
        ("reference-number", read.reference_number == envelope.reference_number),
        ("category", read.category == envelope.category),
        ("dataset", read.dataset == envelope.dataset),
    ];
    for (field, same) in pairs {
        if !same {
            let which = if field == "dataset" {
                container::differing(&read.dataset, &envelope.dataset, envelope)
            } else {
                Vec::new()
            };
            let place = if which.is_empty() { "this".to_owned() } else { which.join(", ") };
            let message = format!(
                "Envelope and file differ in {place}. Build the file from the same case and send both again."
            );
            findings.push(Finding::error("I-1605", field, message));
        }
    }
}

fn fingers<'a>(
    profile: &Profile,
    transaction: &Transaction<'a>,
    reasons: &[MissingFinger],
    findings: &mut Vec<Finding>,
) -> Vec<ReadFinger<'a>> {
    let mut read = Vec::new();
    for (index, record) in transaction.records().iter().enumerate() {
        let Some(view) = record.as_tagged().and_then(|record| Type14::of(record, index + 1)) else {
            continue;
        };
        match container::finger(profile, &view, reasons) {
            Ok(finger) => {
                images::finger(profile, &finger, view.hash(), findings);
                read.push(finger);
            }
            Err(error) => findings.push(from_error(&error, "14")),
        }
    }
    read
}

fn faces(profile: &Profile, transaction: &Transaction<'_>, findings: &mut Vec<Finding>) {
    let mut seen = 0;
    for (index, record) in transaction.records().iter().enumerate() {
        let Some(view) = record.as_tagged().and_then(|record| Type10::of(record, index + 1)) else {
            continue;
        };
        seen += 1;
        match container::face(profile, &view) {
            Ok(face) => images::face(profile, &face, view.hash(), findings),
            Err(error) => findings.push(from_error(&error, "10")),
        }
    }
    if seen > 1 {
        findings.push(Finding::error("I-1104", "10.999", "There is more than one face. Keep the best one."));
    }
    if seen == 0 && profile.face.expected {
        let message = "There is no face. It belongs to every dataset unless it cannot be taken.";
        findings.push(Finding::warning("I-1101", "10.999", message));
    }
}

/// A refusal of one record, as a finding that names the record type where the error does not name a field.
fn from_error(error: &Error, record_type: &str) -> Finding {
    let field = match error {
        Error::Nist { problem: crate::error::NistProblem::Field { number, .. }, .. }
        | Error::Nist { problem: crate::error::NistProblem::MissingField(number), .. } => {
            format!("{record_type}.{number:03}")
        }
        _ => format!("{record_type}.999"),
    };
    Finding::error(error.code(), field, error.to_string())
}

/// Every finger the profile asks for is in an image or declared missing; none stands twice or on the wrong hand.
fn sequence(
    profile: &Profile,
    fingers: &[ReadFinger<'_>],
    reasons: &[MissingFinger],
    findings: &mut Vec<Finding>,
) {
    for slap in &profile.fingers.slaps {
        let of_slap: Vec<_> = fingers.iter().filter(|finger| finger.position == *slap).collect();
        match of_slap.as_slice() {
            [] => {
                let missing =
                    slap.fingers().iter().filter(|one| !reasons.iter().any(|m| m.finger == **one)).count();
                if missing > 0 {
                    findings.push(missing_image(*slap));
                }
            }
            [one] => segments(one, findings),
            _ => findings.push(Finding::error(
                "I-1503",
                "14.013",
                format!("There is more than one image: {slap}. Keep the best one."),
            )),
        }
    }
    if profile.fingers.rolled {
        for single in FingerPosition::TEN {
            let there = fingers.iter().any(|finger| finger.position == single);
            if !there && !reasons.iter().any(|m| m.finger == single) {
                findings.push(missing_image(single));
            }
        }
    }
}

fn missing_image(position: FingerPosition) -> Finding {
    Finding::error(
        "I-1502",
        "14.013",
        format!("An image is missing: {position}. Take it, or record for each finger why it is missing."),
    )
}

/// True when most of the smaller box lies in the other: two fingers cannot have left the same mark.
fn is_same_place(one: &FingerSegment, other: &FingerSegment) -> bool {
    let area = |left: u32, right: u32, top: u32, bottom: u32| {
        u64::from(right.saturating_sub(left)) * u64::from(bottom.saturating_sub(top))
    };
    let of = |s: &FingerSegment| area(s.left_px, s.right_px, s.top_px, s.bottom_px);
    let shared = area(
        one.left_px.max(other.left_px),
        one.right_px.min(other.right_px),
        one.top_px.max(other.top_px),
        one.bottom_px.min(other.bottom_px),
    );
    shared * 2 > of(one).min(of(other))
}

/// The boxes of a slap are exactly its fingers, without those that are missing, each in a place of its own.
fn segments(slap: &ReadFinger<'_>, findings: &mut Vec<Finding>) {
    if slap.is_absent() || slap.position.is_single() {
        return;
    }
    let others = |index: usize| slap.segments.iter().skip(index + 1);
    for (index, one) in slap.segments.iter().enumerate() {
        for other in others(index).filter(|other| other.finger != one.finger && is_same_place(one, other)) {
            let message = format!(
                "The boxes of the {} and the {} lie over each other. Look at the slap, and segment it again.",
                one.finger, other.finger
            );
            findings.push(Finding::error("I-1503", "14.021", message));
        }
    }
    for finger in slap.position.fingers() {
        let boxes = slap.segments.iter().filter(|FingerSegment { finger: one, .. }| one == finger).count();
        let reason = slap.missing.iter().find(|m| m.finger == *finger).map(|m| m.reason);
        let wrong = match (boxes, reason) {
            (1, None | Some(MissingReason::PartlyAmputated)) => None,
            (0, Some(_)) => None,
            (0, None) => Some("has no box in the image and is not recorded as missing"),
            (1, Some(_)) => Some("has a box in the image and is recorded as missing"),
            _ => Some("has more than one box in the image"),
        };
        if let Some(wrong) = wrong {
            // "both thumbs" takes no article.
            let article = if slap.position == FingerPosition::THUMBS { "" } else { "the " };
            let message = format!("The {finger} {wrong}. Capture {article}{} again.", slap.position);
            findings.push(Finding::error("I-1503", "14.021", message));
        }
    }
}

/// Scores against the thresholds of the person's age band.
fn quality(
    profile: &Profile,
    fingers: &[ReadFinger<'_>],
    read: Option<&ReadFields>,
    findings: &mut Vec<Finding>,
) {
    let age = read
        .and_then(|read| Some((read.dataset.birth_date?, read.dataset.biometrics_taken_on)))
        .and_then(|(birth, taken)| youngest_age_years(birth, taken))
        .unwrap_or(AGE_YEARS_UNKNOWN)
        // Thresholds begin at six; below, the legal gates refuse the message whatever its quality.
        .max(AGE_YEARS_MIN);
    let Some(band) = profile.quality_band(age) else { return };
    for image in fingers.iter().filter(|finger| !finger.is_absent()) {
        for finger in image.position.fingers() {
            if image.missing.iter().any(|m| m.finger == *finger && m.reason != MissingReason::PartlyAmputated)
            {
                continue;
            }
            let minimum = band.minimum_of(*finger);
            match image.quality.iter().find(|q| q.finger == *finger).map(|q| q.score) {
                None => findings.push(Finding::warning(
                    "I-1501",
                    "14.024",
                    format!("The {finger} has no quality score. Score it before sending."),
                )),
                Some(score) if score < band.refuse_below => {
                    let least = band.refuse_below;
                    let message =
                        format!("The {finger} scores below {least}, the least that is sent. Take it again.");
                    findings.push(
                        Finding::error("I-1501", "14.024", message).accepting(format!("{least} to 100")),
                    );
                }
                Some(score) if score < minimum => {
                    let message =
                        format!("The {finger} scores below {minimum}. Take it again if the person agrees.");
                    findings.push(
                        Finding::warning("I-1501", "14.024", message).accepting(format!("{minimum} to 100")),
                    );
                }
                Some(_) => {}
            }
        }
    }
}

/// The lowest age the date of birth allows: thresholds are the mildest that can be right.
fn youngest_age_years(birth: PartialDate, taken: jiff::civil::Date) -> Option<u8> {
    super::legal::age_years(birth.latest(), taken)
}
