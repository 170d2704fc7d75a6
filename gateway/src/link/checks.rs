//! From bytes to a message the gateway may take: readable, allowed, valid. All findings at once.
//!
//! Authorisation comes before validation, so that nobody learns from findings what they may not send.

use axum::http::StatusCode;
use firmware_config::Partner;
use icd::category::Category;
use icd::deadline::Deadline;
use icd::finding::Finding;
use icd::identifier::{MessageId, PartyId};
use icd::message::{Change, Message as Xml, Priority, Submission};
use icd::operation::{Operation, Who};
use icd::validate;
use jiff::Timestamp;

use super::problem::Problem;
use crate::engine::LegalClock;
use crate::hub::Incoming;
use crate::purpose::Purpose;
use crate::site::Site;
use crate::store::Message;

/// A refusal, with the message it is about where that could be read.
pub(super) struct Refused {
    pub(super) problem: Box<Problem>,
    pub(super) message_id: Option<MessageId>,
}

/// Checks a message that a partner sent.
pub(super) fn check(
    site: &Site,
    partner: &Partner,
    message: Message,
    now: Timestamp,
) -> Result<Incoming, Refused> {
    let envelope = Xml::from_xml(&message.envelope).map_err(|error| Refused {
        problem: Box::new(Problem::new(
            StatusCode::BAD_REQUEST,
            "G-0410",
            "The envelope was refused",
            format!("{} ({}). Nothing was stored. Send it again once it is repaired.", error, error.code()),
        )),
        message_id: None,
    })?;
    let message_id = envelope.message_id();
    let refused = |problem| Refused { problem: Box::new(problem), message_id: Some(message_id) };
    match envelope {
        Xml::Submission(submission) => submitted(site, partner, &submission, message, now).map_err(refused),
        Xml::Change(change) => changed(site, partner, &change, message, now).map_err(refused),
        Xml::Receipt(_) | Xml::Answer(_) => Err(refused(Problem::new(
            StatusCode::BAD_REQUEST,
            "G-0411",
            "Not a message for Eurodac",
            "Only submissions and changes are sent here; receipts and answers come from here.",
        ))),
    }
}

fn submitted(
    site: &Site,
    partner: &Partner,
    submission: &Submission,
    message: Message,
    now: Timestamp,
) -> Result<Incoming, Problem> {
    let id = authorised(partner, &submission.sender, Operation::Submit, submission.category)?;
    let mut findings = Vec::new();
    own_rules(
        site,
        submission.message_id,
        submission.reference_number.member_state(),
        Operation::Submit,
        &mut findings,
    );
    findings.extend(validate::submission(&site.profile, submission, &message.container, now));
    sound(&findings)?;
    let deadline = Deadline::for_category(submission.category, submission.clock_start);
    Ok(Incoming {
        partner: id,
        message_id: submission.message_id,
        operation: Operation::Submit,
        category: submission.category,
        reference_number: submission.reference_number.clone(),
        urgent: matches!(submission.priority, Priority::Urgent { .. }),
        clock: LegalClock::of(&deadline, submission.clock_start),
        message,
    })
}

fn changed(
    site: &Site,
    partner: &Partner,
    change: &Change,
    message: Message,
    now: Timestamp,
) -> Result<Incoming, Problem> {
    let category = change.reference_number.category();
    let id = authorised(partner, &change.sender, change.operation, category)?;
    let mut findings = Vec::new();
    own_rules(
        site,
        change.message_id,
        change.reference_number.member_state(),
        change.operation,
        &mut findings,
    );
    if !message.container.is_empty() {
        findings.push(Finding::error(
            "G-0424",
            "container",
            "A change carries no container. Leave the part out.",
        ));
    }
    findings.extend(validate::change(&site.profile, change, now));
    sound(&findings)?;
    let due_hours = site.config.policy.erasure_due_hours;
    let deadline = Deadline::for_operation(change.operation, category, change.clock_start, Some(due_hours));
    Ok(Incoming {
        partner: id,
        message_id: change.message_id,
        operation: change.operation,
        category,
        reference_number: change.reference_number.clone(),
        urgent: false,
        clock: LegalClock::of(&deadline, change.clock_start),
        message,
    })
}

/// The sender must be the one its certificate says, and may only ask for what its row allows.
fn authorised(
    partner: &Partner,
    sender: &PartyId,
    operation: Operation,
    category: Category,
) -> Result<PartyId, Problem> {
    if sender.as_str() != partner.id.as_str() {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "G-0406",
            "The sender is somebody else",
            "The envelope names another sender than the certificate of this connection. Nothing was stored.",
        ));
    }
    if !partner.may(operation.code()) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "G-0405",
            "No right to this operation",
            "The site's configuration does not allow this operation to this partner. Nothing was stored.",
        ));
    }
    let purpose = Purpose::of(category);
    if !partner.may_for(operation.code(), purpose.code(), purpose.is_reserved()) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "G-0955",
            "No right to this purpose",
            "The site's configuration allows this operation to this partner, but not for this purpose. Nothing was stored.",
        ));
    }
    Ok(sender.clone())
}

/// What only the gateway can check.
fn own_rules(
    site: &Site,
    message: MessageId,
    state: &str,
    operation: Operation,
    findings: &mut Vec<Finding>,
) {
    if !matches!(message.as_uuid().get_version_num(), 4 | 7) {
        findings.push(Finding::error("G-0423", "message-id", "The message id is no UUID of version 7 or 4."));
    }
    let only_origin = operation == Operation::Submit || operation.rule().who == Who::Origin;
    if only_origin && state != site.config.member_state.as_str() {
        findings.push(Finding::error(
            "G-0425",
            "reference-number",
            "Only the Member State of origin may do this, and the reference number is of another one. Art. 40(3).",
        ));
    }
}

fn sound(findings: &[Finding]) -> Result<(), Problem> {
    if Finding::any_error(findings) { Err(Problem::of_findings(findings)) } else { Ok(()) }
}
