//! From an ANSI/NIST container to templates that can be searched: read, cut the slaps, extract.
//!
//! The fingers of a slap are cut where the record's segment boxes say; without boxes the slap is segmented here, as
//! a central system would.

use icd::{container, finding::Finding, message::Submission, profile::Profile, validate};
use jiff::Timestamp;
use matcher::{Finger, Hand, Image, SegmentRequest, Template};

use crate::registry::Prints;

/// Validates a submission by the profile and makes templates of every finger in it.
pub(crate) fn prints(
    profile: &Profile,
    submission: &Submission,
    container_bytes: &[u8],
    now: Timestamp,
) -> Prints {
    let mut findings = validate::submission(profile, submission, container_bytes, now);
    let mut templates = Vec::new();
    match container::read(profile, container_bytes) {
        Ok(content) => {
            for record in &content.fingers {
                match record.pixels() {
                    Ok(pixels) => templates.extend(extract(record, pixels)),
                    Err(error) => findings.push(Finding::error("117", "14.999", error.to_string())),
                }
            }
        }
        Err(error) => findings.push(Finding::error("117", "container", error.to_string())),
    }
    if templates.is_empty() && !Finding::any_error(&findings) {
        findings.push(Finding::error("501", "14.999", "no finger of this container can be searched"));
    }
    Prints { templates, findings }
}

/// Templates of the fingers on one image. A finger that cannot be extracted is left out: the others still search.
fn extract(record: &container::ReadFinger<'_>, pixels: Vec<u8>) -> Vec<(Finger, Template)> {
    let Ok(image) = Image::new(record.width_px, record.height_px, record.resolution_ppi, pixels) else {
        return Vec::new();
    };
    single_fingers(record, &image)
        .into_iter()
        .filter_map(|(finger, print)| matcher::extract(&print).ok().map(|template| (finger, template)))
        .collect()
}

fn single_fingers(record: &container::ReadFinger<'_>, image: &Image) -> Vec<(Finger, Image)> {
    let Some(hand) = Hand::from_fgp(record.position.code()) else {
        return Finger::from_fgp(record.position.code())
            .map(|finger| (finger, image.clone()))
            .into_iter()
            .collect();
    };
    if record.segments.is_empty() {
        let missing: Vec<Finger> =
            record.missing.iter().filter_map(|missing| Finger::from_fgp(missing.finger.code())).collect();
        return matcher::segment(image, SegmentRequest { hand, missing: &missing })
            .fingers
            .into_iter()
            .filter_map(|segment| Some((segment.finger, segment.crop(image)?)))
            .collect();
    }
    record
        .segments
        .iter()
        .filter_map(|segment| {
            let finger = Finger::from_fgp(segment.finger.code())?;
            Some((finger, image.crop(segment.left_px, segment.top_px, segment.right_px, segment.bottom_px)?))
        })
        .collect()
}
