//! Contradictions in a profile, all of them at once.

use std::collections::BTreeMap;

use super::{DatasetField, Profile};
use crate::category::{AGE_YEARS_MIN, Category};
use crate::limits;

pub(super) fn check(profile: &Profile) -> Result<(), Vec<String>> {
    let mut problems = Vec::new();
    if profile.version == 0 {
        problems.push("version counts from 1".to_owned());
    }
    let enabled = &profile.categories.enabled;
    if enabled.iter().enumerate().any(|(index, one)| enabled.iter().skip(index + 1).any(|other| one == other))
    {
        problems.push("categories.enabled names a category twice".to_owned());
    }
    itl(profile, &mut problems);
    transaction_types(profile, &mut problems);
    field_bounds(profile, &mut problems);
    dataset_fields(profile, &mut problems);
    fingers(profile, &mut problems);
    quality(profile, &mut problems);
    face_and_reference(profile, &mut problems);
    exceptions(profile, &mut problems);
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn itl(profile: &Profile, problems: &mut Vec<String>) {
    if profile.itl.version != crate::nist::VERSION_WRITTEN {
        problems.push(format!(
            "itl.version must be {}, the only one that is written",
            crate::nist::VERSION_WRITTEN
        ));
    }
    let (normal, urgent) = (profile.itl.priority_normal, profile.itl.priority_urgent);
    let out_of_range = [normal, urgent].into_iter().flatten().any(|priority| !(1..=9).contains(&priority));
    if out_of_range || normal.zip(urgent).is_some_and(|(normal, urgent)| urgent >= normal) {
        problems.push(
            "itl.priority_urgent and .priority_normal go from 1 (most urgent) to 9, urgent first".to_owned(),
        );
    }
    let texts = [
        ("name", &profile.name),
        ("itl.domain_name", &profile.itl.domain_name),
        ("itl.domain_version", &profile.itl.domain_version),
        ("itl.destination_agency", &profile.itl.destination_agency),
        ("itl.originating_agency", &profile.itl.originating_agency),
    ];
    for (key, text) in texts {
        if text.is_empty()
            || text.len() > limits::IDENTIFIER_CHARS_MAX
            || !text.bytes().all(|b| b.is_ascii_graphic())
        {
            problems.push(format!("{key} must be 1 to 64 visible ASCII characters"));
        }
    }
}

fn transaction_types(profile: &Profile, problems: &mut Vec<String>) {
    for category in Category::ALL {
        match profile.transaction_type(category) {
            None => problems.push(format!("transaction_types lacks category {}", category.code())),
            Some(word)
                if !(1..=16).contains(&word.len()) || !word.bytes().all(|b| b.is_ascii_alphanumeric()) =>
            {
                problems
                    .push(format!("transaction_types.{} must be 1 to 16 letters or digits", category.code()));
            }
            Some(_) => {}
        }
    }
    if profile.transaction_types.len() > Category::ALL.len() {
        problems.push("transaction_types names a category that does not exist".to_owned());
    }
}

fn dataset_fields(profile: &Profile, problems: &mut Vec<String>) {
    let mut taken: BTreeMap<u16, &'static str> = BTreeMap::new();
    for field in DatasetField::ALL {
        let key = field.key();
        match profile.field_number(field) {
            Some(_) if profile.is_left_out_of_type_2(field) => {
                problems.push(format!("{key} has a number and is left out of Type-2"));
            }
            None if profile.is_left_out_of_type_2(field) => {}
            None => problems.push(format!("dataset_fields lacks {key}")),
            Some(number) if !(3..=998).contains(&number) => {
                problems.push(format!("dataset_fields.{key} must be from 3 to 998"));
            }
            Some(number) => {
                if let Some(other) = taken.insert(number, key) {
                    problems.push(format!("dataset_fields.{key} and .{other} both use {number}"));
                }
            }
        }
    }
}

fn field_bounds(profile: &Profile, problems: &mut Vec<String>) {
    for (field, bounds) in &profile.field_bounds {
        let key = field.key();
        if profile.is_left_out_of_type_2(*field) {
            problems.push(format!("field_bounds.{key} bounds a field that is left out of Type-2"));
        }
        if [bounds.occurrences_max, bounds.chars_max].into_iter().flatten().any(|max| max == 0) {
            problems.push(format!("field_bounds.{key} must be at least 1"));
        }
        if bounds.occurrences_max.is_none() && bounds.chars_max.is_none() {
            problems.push(format!("field_bounds.{key} says neither occurrences_max nor chars_max"));
        }
    }
}

fn fingers(profile: &Profile, problems: &mut Vec<String>) {
    let fingers = &profile.fingers;
    let mut shown: Vec<_> = fingers.slaps.iter().flat_map(|slap| slap.fingers()).collect();
    shown.sort();
    if shown.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        problems.push("fingers.slaps shows a finger twice".to_owned());
    }
    if fingers.slaps.is_empty() && !fingers.rolled {
        problems.push("fingers asks for no finger at all".to_owned());
    }
    if ![500, 1000].contains(&fingers.resolution_ppi) {
        problems.push("fingers.resolution_ppi must be 500 or 1000".to_owned());
    }
    if fingers.resolution_tolerance_ppi > 50 {
        problems.push("fingers.resolution_tolerance_ppi must be at most 50".to_owned());
    }
    if !(0.1..=8.0).contains(&fingers.bits_per_pixel) {
        problems.push("fingers.bits_per_pixel must be from 0.1 to 8".to_owned());
    }
    if !(1.0..=100.0).contains(&fingers.compression_ratio_max) {
        problems.push("fingers.compression_ratio_max must be from 1 to 100".to_owned());
    }
    let hex = |b: u8| b.is_ascii_digit() || (b'A'..=b'F').contains(&b);
    if fingers.quality_vendor.len() != 4 || !fingers.quality_vendor.bytes().all(hex) {
        problems.push("fingers.quality_vendor must be four hexadecimal digits".to_owned());
    }
    if fingers.quality_product == 0 {
        problems.push("fingers.quality_product must be from 1 to 65535".to_owned());
    }
}

fn quality(profile: &Profile, problems: &mut Vec<String>) {
    // No band is needed for whom nothing may be taken of.
    let mut expected = AGE_YEARS_MIN;
    for band in &profile.quality {
        if band.age_years_from != expected || band.age_years_to < band.age_years_from {
            problems
                .push(format!("quality bands must follow each other; one should begin at age {expected}"));
        }
        expected = band.age_years_to.saturating_add(1);
        let single = |key: &String| {
            key.parse::<u8>().is_ok_and(|code| (1..=10).contains(&code) && *key == code.to_string())
        };
        if !band.per_finger.keys().all(single) {
            problems.push("quality.per_finger names positions 1 to 10 only".to_owned());
        }
        let scores = band.per_finger.values().chain([&band.minimum, &band.refuse_below]);
        if scores.into_iter().any(|score| *score > 100) || band.refuse_below > band.minimum {
            problems.push("quality scores go from 0 to 100, refuse_below at most minimum".to_owned());
        }
    }
    if expected < 121 {
        problems.push("quality bands must reach age 120".to_owned());
    }
}

fn exceptions(profile: &Profile, problems: &mut Vec<String>) {
    if profile.exceptions.carry_proof_photo && profile.exceptions.proof_photo.is_empty() {
        problems
            .push("exceptions.carry_proof_photo carries what no exceptions.proof_photo asks for".to_owned());
    }
}

fn face_and_reference(profile: &Profile, problems: &mut Vec<String>) {
    if !["JPEGB", "JPEGL", "JP2", "JP2L", "PNG"].contains(&profile.face.compression.as_str()) {
        problems.push("face.compression must be JPEGB, JPEGL, JP2, JP2L or PNG".to_owned());
    }
    if ![1, 10, 11, 12, 13, 14, 15, 20, 30, 32, 40, 42, 50, 51, 52]
        .contains(&profile.face.acquisition_profile)
    {
        problems.push("face.acquisition_profile is not a subject acquisition profile".to_owned());
    }
    let form = &profile.reference_number;
    let letters = form.member_state_letters_min..=form.member_state_letters_max;
    let national = form.national_part_chars_min..=form.national_part_chars_max;
    if *letters.start() == 0 || letters.is_empty() || *letters.end() > limits::MEMBER_STATE_LETTERS_MAX {
        problems.push("reference_number.member_state_letters must lie within 1 and 3".to_owned());
    }
    if *national.start() == 0 || national.is_empty() || *national.end() > limits::NATIONAL_PART_CHARS_MAX {
        problems.push("reference_number.national_part_chars must lie within 1 and 32".to_owned());
    }
}
