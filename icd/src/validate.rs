//! Everything that is wrong with a message, all at once, in one fixed order.
//!
//! Order: syntax and length, table of contents, mandatory fields, value sets, image headers, finger sequence and missing
//! fingers, quality, cross-field rules, legal gates. Codes follow the error numbers of INTERPOL's public implementation
//! where it has one (its 101 is our `I-1101`); `docs/reference/icd.md` lists them.
//!
//! Invariants: no finding holds a value; the list is bounded; an `Error` means that the message may not go.
//!
//! Left out on purpose: who may send what (the gateway's partner table) and what only the kiosk can see (gates G2 to
//! G11: the companion, the information given, the training).

mod container;
mod envelope;
mod images;
mod legal;
pub mod matrix;
mod records;

#[cfg(test)]
mod tests;

use jiff::Timestamp;

use crate::finding::Finding;
use crate::limits;
use crate::message::{Change, ContainerDigest, Submission};
use crate::profile::Profile;

/// Checks a submission and its container.
#[must_use]
pub fn submission(
    profile: &Profile,
    submission: &Submission,
    container: &[u8],
    now: Timestamp,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if ContainerDigest::of(container) != submission.container {
        findings.push(Finding::error(
            "I-1117",
            "container",
            "The file is not the one the envelope describes: length or SHA-256 differ. Send both again.",
        ));
    }
    container::check(profile, container, Some(submission), &mut findings);
    matrix::check(submission.category, &submission.dataset, &mut findings);
    envelope::submission(profile, submission, now, &mut findings);
    legal::check(submission, &mut findings);
    bounded(findings)
}

/// Checks a container without an envelope: all that can be said of it alone. What only an envelope says (times, the
/// minor's mark, urgency) and whether both agree is left to [`submission`].
#[must_use]
pub fn container(profile: &Profile, container: &[u8]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(read) = container::check(profile, container, None, &mut findings) {
        matrix::check(read.category, &read.dataset, &mut findings);
        envelope::without_envelope(profile, &read, &mut findings);
        legal::age(read.category, &read.dataset, &mut findings);
    }
    bounded(findings)
}

/// Checks a later change.
#[must_use]
pub fn change(profile: &Profile, change: &Change, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    envelope::change(profile, change, now, &mut findings);
    bounded(findings)
}

/// The place of a finding in the fixed order. Checks run as they need each other's results; the order is made here.
fn stage(finding: &Finding) -> u8 {
    match (finding.code.as_str(), finding.field.as_str()) {
        ("I-0305" | "I-1102", _) => 1,
        ("I-0308" | "I-0406" | "I-1101", _) => 2,
        ("I-0309" | "I-0407" | "I-0408" | "I-1103" | "I-1104" | "I-1111" | "I-1115" | "I-1116", _) => 3,
        ("I-1117", "container") => 0,
        ("I-0401" | "I-0601" | "I-1110" | "I-1117" | "I-1118", _) => 4,
        ("I-0404" | "I-1502" | "I-1503", _) => 5,
        ("I-1501", _) => 6,
        ("I-1112", _) => 7,
        (code, _) if code.starts_with("I-16") => 7,
        (code, _) if code.starts_with("I-17") || code.starts_with("I-18") => 8,
        // Syntax and length.
        _ => 0,
    }
}

fn bounded(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(stage);
    if findings.len() > limits::FINDINGS_MAX {
        findings.truncate(limits::FINDINGS_MAX - 1);
        findings.push(Finding::error(
            "I-1199",
            "message",
            "There are more findings than one answer may hold. Repair these and send the message again.",
        ));
    }
    findings
}
