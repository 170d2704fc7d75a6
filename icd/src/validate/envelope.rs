//! Cross-field rules of the envelope: categories, reference numbers, dates.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::legal;
use super::matrix::{self, Presence};
use crate::category::Category;
use crate::container::ReadFields;
use crate::dataset::{Dataset, PartialDate};
use crate::finding::Finding;
use crate::message::{Change, Priority, Submission};
use crate::operation::Operation;
use crate::operation::fields::{self, ChangeFieldRule, ChangeValue, Needed};
use crate::profile::Profile;
use crate::reference::ReferenceNumber;

/// How far a sender's clock may be ahead of ours.
const CLOCK_SKEW_MINUTES_MAX: i64 = 5;

/// The rules of a transmission whose envelope is not at hand.
pub(super) fn without_envelope(profile: &Profile, read: &ReadFields, findings: &mut Vec<Finding>) {
    let taken_on = read.dataset.biometrics_taken_on;
    transmission(profile, read.category, (&read.reference_number, &read.dataset), taken_on, findings);
    if is_born_after_capture(&read.dataset) {
        findings.push(Finding::error("I-1112", "birth-date", BORN_AFTER_CAPTURE));
    }
    if read.dataset.event.date > taken_on.tomorrow().unwrap_or(taken_on) {
        let message = "The event lies after the capture. Check both dates.";
        findings.push(Finding::warning("I-1112", "event-date", message));
    }
}

/// What holds for every transmission: the category is there to be used on the day, and the reference number is its own.
fn transmission(
    profile: &Profile,
    category: Category,
    (number, dataset): (&ReferenceNumber, &Dataset),
    captured_on: Date,
    findings: &mut Vec<Finding>,
) {
    in_use(profile, category, captured_on, findings);
    reference(profile, number, findings);
    if number.category() != category {
        let message = "The reference number was issued for another category, Article 37(4). Issue a new one.";
        findings.push(Finding::error("I-1603", "reference-number", message));
    }
    if number.member_state() != dataset.event.member_state.as_str() {
        let message =
            "The reference number's letters are not those of the Member State of origin, Article 37(4).";
        findings.push(Finding::error("I-1603", "reference-number", message));
    }
}

/// The category is one that the profile uses and that exists on the day.
fn in_use(profile: &Profile, category: Category, day: Date, findings: &mut Vec<Finding>) {
    if !profile.is_enabled(category) {
        let message = format!("Category {} is not enabled in profile {}.", category.code(), profile.name);
        findings.push(Finding::error("I-1601", "category", message));
    }
    if !category.is_enabled_on(day) {
        let from = category.rule().enabled_from;
        let message = format!("Category {} exists only from {from}, Article 63.", category.code());
        findings
            .push(Finding::error("I-1602", "category", message).accepting(format!("days from {from} on")));
    }
}

fn is_born_after_capture(dataset: &Dataset) -> bool {
    dataset.birth_date.is_some_and(|birth| birth.earliest() > dataset.biometrics_taken_on)
}

const BORN_AFTER_CAPTURE: &str = "The date of birth lies after the capture. Check it.";

pub(super) fn submission(profile: &Profile, s: &Submission, now: Timestamp, findings: &mut Vec<Finding>) {
    let captured_on = s.captured_at.to_zoned(TimeZone::UTC).date();
    transmission(profile, s.category, (&s.reference_number, &s.dataset), captured_on, findings);
    if s.dataset.operator != s.operator {
        let message =
            "Envelope and dataset name different operators. The one who took the biometrics counts.";
        findings.push(Finding::error("I-1605", "operator", message));
    }
    if matches!(&s.priority, Priority::Urgent { reason } if reason.trim().is_empty()) {
        let message = "An urgent request needs its reason of national law, Article 38(2). Give it.";
        findings.push(Finding::error("I-1101", "urgent-reason", message));
    }
    submission_dates(s, now, findings);
}

fn submission_dates(s: &Submission, now: Timestamp, findings: &mut Vec<Finding>) {
    let captured_on = s.captured_at.to_zoned(TimeZone::UTC).date();
    let taken_on = s.dataset.biometrics_taken_on;
    // The day is a local one, so it may be one off from the day in UTC.
    let near = [captured_on.yesterday().ok(), Some(captured_on), captured_on.tomorrow().ok()];
    let rules = [
        (
            is_future(s.captured_at, now),
            "captured-at",
            "The biometrics are dated in the future. Set the kiosk's clock.",
        ),
        (
            is_future(s.clock_start, now),
            "clock-start",
            "The clock starts in the future. Check the event's date.",
        ),
        (
            s.sent_at < s.captured_at,
            "sent-at",
            "It is sent before the biometrics were taken. Set the sender's clock.",
        ),
        (is_future(s.sent_at, now), "sent-at", "It is sent in the future. Set the sender's clock."),
        (
            !near.contains(&Some(taken_on)),
            "biometrics-taken-on",
            "The day of capture is not the day of the capture time. Build the message again from the case.",
        ),
        (
            s.dataset.event.date > latest_day(s.sent_at),
            "event-date",
            "The event lies after the message. Check the event's date.",
        ),
        (is_born_after_capture(&s.dataset), "birth-date", BORN_AFTER_CAPTURE),
    ];
    let wrong = rules.into_iter().filter(|(wrong, ..)| *wrong);
    findings.extend(wrong.map(|(_, field, message)| Finding::error("I-1112", field, message)));
    let latest = latest_day(s.sent_at);
    let ahead =
        s.dataset.additional.dates().into_iter().filter(|(_, day)| day.is_some_and(|day| day > latest));
    findings.extend(ahead.map(|(field, _)| {
        let message =
            format!("{field} lies after the message. What has not happened is not recorded; check the date.");
        Finding::error("I-1112", field, message)
    }));
}

pub(super) fn change(profile: &Profile, c: &Change, now: Timestamp, findings: &mut Vec<Finding>) {
    let category = c.reference_number.category();
    in_use(profile, category, c.sent_at.to_zoned(TimeZone::UTC).date(), findings);
    reference(profile, &c.reference_number, findings);
    if !c.operation.applies_to(category) {
        let message =
            format!("\"{}\" does not exist for category {}.", c.operation.rule().title, category.code());
        findings.push(Finding::error("I-1606", "operation", message));
    }
    let mut names: Vec<&str> = c.fields.iter().map(|field| field.name.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        findings.push(Finding::error("I-1104", "field", "A field stands twice. Send each field once."));
    }
    change_fields(c, now, findings);
    if c.operation == Operation::Rectify {
        rectified(c, now, findings);
    }
    if c.operation.is_erasure() && c.reason.trim().is_empty() {
        findings.push(Finding::error("I-1101", "reason", "An erasure needs its reason. Give it."));
    }
    if is_future(c.sent_at, now) {
        findings.push(Finding::error(
            "I-1112",
            "sent-at",
            "It is sent in the future. Set the sender's clock.",
        ));
    }
    if is_future(c.clock_start, now) {
        findings.push(Finding::error(
            "I-1112",
            "clock-start",
            "The clock starts in the future. Check the event.",
        ));
    }
}

/// The operation's fields: none missing, none of another operation, none the category may not carry, each in its form.
fn change_fields(c: &Change, now: Timestamp, findings: &mut Vec<Finding>) {
    let rules = fields::of(c.operation);
    let category = c.reference_number.category();
    let latest = latest_day(now);
    let carried = |rule: &ChangeFieldRule| {
        let row = rule.row.and_then(|name| matrix::rows().iter().find(|row| row.field == name));
        row.is_none_or(|row| row.cell(category).presence != Presence::Never)
    };
    let sent = |name: &str| c.fields.iter().any(|field| field.name == name);
    for field in &c.fields {
        let Some(rule) = rules.iter().find(|rule| rule.field == field.name) else {
            let message = format!("\"{}\" has no such field. Leave it out.", c.operation.rule().title);
            // A name outside every table may be a slip of the pen that holds a value: it is not repeated.
            let name = if is_known(&field.name) { field.name.as_str() } else { "field" };
            findings.push(Finding::error("I-1103", name, message));
            continue;
        };
        if !carried(rule) {
            let message =
                format!("{} may not be recorded in category {}. Remove it.", rule.field, category.code());
            findings.push(Finding::error("I-1103", rule.field, message));
        } else if !rule.value.accepts(&field.value, latest, &c.reference_number) {
            let dated =
                matches!(rule.value, ChangeValue::PastDate | ChangeValue::Date | ChangeValue::BirthDate);
            let accepted = rule.value.accepted();
            let message = format!("The value must be {accepted}. Correct it.");
            let code = if dated { "I-1112" } else { "I-1115" };
            findings.push(Finding::error(code, rule.field, message).accepting(accepted));
        }
    }
    let article = c.operation.rule().article;
    for rule in rules.iter().filter(|rule| carried(rule) && !sent(rule.field)) {
        let missing = match rule.needed {
            Needed::Must => true,
            Needed::OneOf => false,
            Needed::OneOfWith(other) => sent(other),
        };
        if missing {
            let message = format!("{} is missing; Article {article} asks for it here. Add it.", rule.field);
            findings.push(Finding::error("I-1101", rule.field, message).accepting(rule.value.accepted()));
        }
    }
    let one_of: Vec<&str> = rules
        .iter()
        .filter(|rule| rule.needed != Needed::Must && carried(rule))
        .map(|rule| rule.field)
        .collect();
    if !one_of.is_empty() && !one_of.iter().any(|name| sent(name)) {
        let message = "The change says nothing. Give at least one field with its new value.";
        findings.push(Finding::error("I-1101", "field", message).accepting(one_of.join(", ")));
    }
}

/// What a rectification may not say: another State of origin than the number's, and an age that forbids the dataset itself.
fn rectified(c: &Change, now: Timestamp, findings: &mut Vec<Finding>) {
    let value =
        |name: &str| c.fields.iter().find(|field| field.name == name).map(|field| field.value.as_str());
    if value("event-member-state").is_some_and(|state| state != c.reference_number.member_state()) {
        let message = "The reference number was issued by another Member State, Article 37(4). Erase the dataset and \
                       register anew if the State is wrong.";
        findings.push(Finding::error("I-1603", "event-member-state", message));
    }
    let birth = value("birth-date").and_then(|text| text.parse::<PartialDate>().ok());
    let minimum = c.reference_number.category().rule().age_years_min;
    let age = birth.and_then(|birth| legal::age_years(birth.earliest(), latest_day(now)));
    if age.is_some_and(|years| years < minimum) {
        let message = "By this date of birth the person is under six even today. Nothing may be stored of them, Article \
                       14(1): erase the dataset instead of correcting it.";
        findings.push(Finding::error("I-1701", "birth-date", message));
    }
}

/// True when any operation has a field of this name.
fn is_known(name: &str) -> bool {
    Operation::ALL.into_iter().flat_map(fields::of).any(|rule| rule.field == name)
}

fn reference(profile: &Profile, number: &ReferenceNumber, findings: &mut Vec<Finding>) {
    if !profile.reference_number.accepts(number) {
        let message = format!("The reference number does not have the form of profile {}.", profile.name);
        findings.push(Finding::error("I-1604", "reference-number", message));
    }
}

/// The last day that is not in the future: a day is a local one, so it may be one ahead of the day in UTC.
fn latest_day(instant: Timestamp) -> Date {
    let day = instant.to_zoned(TimeZone::UTC).date();
    day.tomorrow().unwrap_or(day)
}

fn is_future(instant: Timestamp, now: Timestamp) -> bool {
    instant.duration_since(now) > SignedDuration::from_mins(CLOCK_SKEW_MINUTES_MAX)
}
