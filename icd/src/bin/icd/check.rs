//! Findings of validation, and the round trip.

use icd::finding::{Finding, Severity};
use icd::message::Message;
use icd::nist::Transaction;
use icd::profile::Profile;
use icd::validate;

use crate::Failure;

pub(crate) fn run(
    profile: &Profile,
    bytes: &[u8],
    container: Option<&[u8]>,
    now: Option<jiff::Timestamp>,
    json: bool,
) -> Result<(), Failure> {
    // A byte order mark is allowed before XML and says nothing.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let begins_like_xml = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    let findings = if begins_like_xml {
        envelope(profile, bytes, container, now)?
    } else {
        if container.is_some() {
            return Err(Failure::Usage {
                code: "I-0903",
                message: "--container goes with an XML envelope; the file given is not XML.".to_owned(),
            });
        }
        if now.is_some() {
            return Err(Failure::Usage {
                code: "I-0903",
                message: "--now goes with an XML envelope; a file alone is held against its own dates."
                    .to_owned(),
            });
        }
        validate::container(profile, bytes)
    };
    report(&findings, json)
}

fn envelope(
    profile: &Profile,
    bytes: &[u8],
    container: Option<&[u8]>,
    now: Option<jiff::Timestamp>,
) -> Result<Vec<Finding>, Failure> {
    let message = match Message::from_xml(bytes) {
        Ok(message) => message,
        Err(error) => return Ok(vec![Finding::error(error.code(), "envelope", error.to_string())]),
    };
    match (message, container) {
        (Message::Submission(submission), Some(container)) => {
            Ok(validate::submission(profile, &submission, container, now.unwrap_or(submission.sent_at)))
        }
        (Message::Submission(_), None) => Err(Failure::Usage {
            code: "I-0903",
            message: "a submission is checked together with its file: add --container FILE.".to_owned(),
        }),
        (_, Some(_)) => Err(Failure::Usage {
            code: "I-0903",
            message: "only a submission travels with a file; leave --container out.".to_owned(),
        }),
        (Message::Change(change), None) => {
            Ok(validate::change(profile, &change, now.unwrap_or(change.sent_at)))
        }
        // A receipt or an answer has no rules beyond its form, and that was just read.
        (Message::Receipt(_) | Message::Answer(_), None) => Ok(Vec::new()),
    }
}

fn report(findings: &[Finding], json: bool) -> Result<(), Failure> {
    if json {
        say!("{}", serde_json::to_string_pretty(findings).unwrap_or_default());
    } else if findings.is_empty() {
        say!("no findings");
    } else {
        for finding in findings {
            say!("{} {:7} {:22} {}", finding.code, finding.severity.word(), finding.field, finding.message);
        }
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        let warnings = findings.len() - errors;
        say!("{}, {}", counted(errors, "error"), counted(warnings, "warning"));
    }
    if Finding::any_error(findings) { Err(Failure::Told) } else { Ok(()) }
}

/// `1 error`, `2 errors`.
fn counted(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

pub(crate) fn roundtrip(bytes: &[u8]) -> Result<(), Failure> {
    let written = Transaction::read_any_version(bytes)?.to_bytes();
    match written.iter().zip(bytes).position(|(ours, theirs)| ours != theirs) {
        None if written.len() == bytes.len() => {
            say!("{} bytes, all the same", bytes.len());
            Ok(())
        }
        place => Err(Failure::Input {
            code: "I-0904".to_owned(),
            message: format!(
                "written again, the file differs from byte {}",
                place.unwrap_or_else(|| written.len().min(bytes.len()))
            ),
        }),
    }
}
