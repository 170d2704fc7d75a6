//! The exact values of a message, in the order in which the central web interface asks for them.
//!
//! Pure. Invariant: a value is what must be keyed, letter for letter; explanations stand beside it, never in it.

use icd::category::Category;
use icd::dataset::Dataset;
use icd::identifier::StaffId;
use icd::message::{Change, Message, Priority, Submission};
use icd::operation::Operation;

/// One field of the web form. Not printable: it holds personal data.
pub(crate) struct Value {
    /// What the web form calls it.
    pub(crate) label: String,
    /// Its name in envelopes and interfaces.
    pub(crate) name: String,
    /// What to key.
    pub(crate) value: String,
}

fn value(label: &str, name: &str, value: impl Into<String>) -> Value {
    Value { label: label.to_owned(), name: name.to_owned(), value: value.into() }
}

/// The labels of the fields an item will have, for a page that shows none of the values.
pub(crate) fn masked_labels(operation: Operation) -> &'static [&'static str] {
    if operation == Operation::Submit {
        &["Operation", "Category", "Reference number", "Person", "Event", "Keyed by"]
    } else {
        &["Operation", "Reference number", "Values of this operation", "Ground", "Keyed by"]
    }
}

/// Every value of a message. `keyed_by` is the official who reads them.
pub(crate) fn values(message: &Message, keyed_by: &StaffId) -> Vec<Value> {
    match message {
        Message::Change(change) => of_change(change, keyed_by),
        Message::Submission(submission) => of_submission(submission, keyed_by),
        Message::Receipt(_) | Message::Answer(_) => Vec::new(),
    }
}

fn of_change(change: &Change, keyed_by: &StaffId) -> Vec<Value> {
    let mut values = vec![
        operation(change.operation),
        value("Reference number", "reference_number", change.reference_number.as_str()),
    ];
    values.extend(
        change.fields.iter().map(|field| value(&label(&field.name), &field.name, field.value.as_str())),
    );
    values.push(value("Ground", "reason", change.reason.as_str()));
    values.push(value("Keyed by", "keyed_by", keyed_by.as_str()));
    values
}

fn of_submission(submission: &Submission, keyed_by: &StaffId) -> Vec<Value> {
    let mut values = vec![
        operation(Operation::Submit),
        value("Category", "category", category(submission.category)),
        value("Reference number", "reference_number", submission.reference_number.as_str()),
    ];
    if let Priority::Urgent { reason } = &submission.priority {
        values.push(value("Urgent, because", "urgent_reason", reason.as_str()));
    }
    values.extend(of_dataset(&submission.dataset));
    values.push(value("Keyed by", "keyed_by", keyed_by.as_str()));
    values
}

/// In the order of the letters of Art. 17(1) and its siblings.
fn of_dataset(dataset: &Dataset) -> Vec<Value> {
    let mut values = Vec::new();
    let names = [
        ("Surnames", "surnames", &dataset.surnames),
        ("Forenames", "forenames", &dataset.forenames),
        ("Names at birth", "birth_names", &dataset.birth_names),
        ("Names used before", "former_names", &dataset.former_names),
        ("Aliases", "aliases", &dataset.aliases),
    ];
    for (label, name, list) in names {
        if !list.is_empty() {
            values.push(value(label, name, list.join(" ")));
        }
    }
    let nationalities: Vec<&str> = dataset.nationalities.iter().map(|country| country.as_str()).collect();
    if !nationalities.is_empty() {
        values.push(value("Nationalities", "nationalities", nationalities.join(" ")));
    }
    if let Some(date) = &dataset.birth_date {
        values.push(value("Date of birth", "birth_date", date.to_nist()));
    }
    if let Some(place) = &dataset.birth_place {
        values.push(value("Place of birth", "birth_place", place.as_str()));
    }
    values.push(value("Member State of origin", "event_member_state", dataset.event.member_state.as_str()));
    values.push(value("Place of the event", "event_place", dataset.event.place.as_str()));
    values.push(value("Date of the event", "event_date", dataset.event.date.to_string()));
    values.push(value("Sex", "sex", dataset.sex.code().to_string()));
    if let Some(document) = &dataset.document {
        values.push(value("Document type", "document_kind", document.kind.as_str()));
        values.push(value("Document number", "document_number", document.number.as_str()));
        values.push(value("Document issued by", "document_country", document.issuing_country.as_str()));
        if let Some(date) = document.expires_on {
            values.push(value("Document valid until", "document_expires_on", date.to_string()));
        }
    }
    values.push(value("Biometrics taken on", "biometrics_taken_on", dataset.biometrics_taken_on.to_string()));
    values.push(value("Taken by", "operator", dataset.operator.as_str()));
    values
}

fn operation(operation: Operation) -> Value {
    value("Operation", "operation", operation.rule().title)
}

fn category(category: Category) -> String {
    format!("{} {}", category.code(), category.rule().legal_name)
}

/// `new-birth-date` as the words of a label.
fn label(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use icd::identifier::{MessageId, PartyId};
    use icd::message::ChangeField;
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_change_is_keyed_in_the_order_of_the_web_form() {
        let id: MessageId = "0190f5a0-0000-7000-8000-000000000001".parse().expect("literal");
        let change = Change {
            message_id: id,
            sender: PartyId::new("partner").expect("literal"),
            operator: StaffId::new("officer").expect("literal"),
            operation: Operation::Rectify,
            reference_number: "NL1K10001".parse().expect("literal"),
            clock_start: Timestamp::UNIX_EPOCH,
            sent_at: Timestamp::UNIX_EPOCH,
            fields: vec![ChangeField { name: "birth-date".to_owned(), value: "1990".to_owned() }],
            reason: "typing error".to_owned(),
        };
        let staff = StaffId::new("operator").expect("literal");
        let keyed: Vec<_> = values(&Message::Change(change), &staff)
            .into_iter()
            .map(|value| (value.label, value.value))
            .collect();
        let expect = [
            ("Operation", "Rectify or complete"),
            ("Reference number", "NL1K10001"),
            ("Birth date", "1990"),
            ("Ground", "typing error"),
            ("Keyed by", "operator"),
        ];
        let expect: Vec<_> = expect.map(|(label, value)| (label.to_owned(), value.to_owned())).into();
        assert_eq!(keyed, expect);
    }
}
