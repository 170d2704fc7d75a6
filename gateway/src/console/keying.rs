//! The exact values of a message, in the order in which the central web interface asks for them.
//!
//! Pure. Invariant: a value is what must be keyed, letter for letter; explanations stand beside it, never in it.

use aws_lc_rs::digest::{SHA256, digest};
use icd::category::Category;
use icd::dataset::Dataset;
use icd::identifier::StaffId;
use icd::message::{Change, Message, Priority, Submission};
use icd::notice::Notice;
use icd::operation::Operation;

use super::language::Language;
use super::words;

/// One field of the web form. Not printable: it holds personal data.
pub(crate) struct Value {
    /// What the web form calls it.
    pub(crate) label: String,
    /// Its name in envelopes and interfaces.
    pub(crate) name: String,
    /// What to key.
    pub(crate) value: String,
}

/// A field of the web form: its label is the text under `field-` and its name.
fn value(t: Language, name: &str, value: impl Into<String>) -> Value {
    let label = t.say(&format!("field-{}", name.replace('_', "-")));
    Value { label, name: name.to_owned(), value: value.into() }
}

/// The labels of the fields an item will have, for a page that shows none of the values.
pub(crate) fn masked_labels(t: Language, operation: Operation) -> Vec<String> {
    let names: &[&str] = if operation == Operation::Submit {
        &["operation", "category", "reference-number", "person", "event", "keyed-by"]
    } else {
        &["operation", "reference-number", "own-values", "reason", "keyed-by"]
    };
    names.iter().map(|name| t.say(&format!("field-{name}"))).collect()
}

/// Every value of a message. `keyed_by` is the official who reads them.
pub(crate) fn values(t: Language, message: &Message, keyed_by: &StaffId) -> Vec<Value> {
    let mut values = match message {
        Message::Change(change) => of_change(t, change),
        Message::Submission(submission) => of_submission(t, submission),
        Message::Receipt(_) | Message::Answer(_) => return Vec::new(),
    };
    values.push(value(t, KEYED_BY, keyed_by.as_str()));
    values
}

/// A short value over what is keyed, the same for everybody who reads the same values: the first eight hexadecimal
/// digits of SHA-256 over each value and a line feed, in order. Who keys is left out, because the second reader is
/// somebody else; labels are left out, because they depend on the language.
pub(crate) fn check_value(values: &[Value]) -> String {
    let keyed = values.iter().filter(|value| value.name != KEYED_BY);
    let text: String = keyed.flat_map(|value| [value.value.as_str(), "\n"]).collect();
    let digest = digest(&SHA256, text.as_bytes());
    let digits: String = digest.as_ref().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let (first, second) = digits.split_at(4);
    format!("{first} {second}")
}

/// What a notice tells, in the order in which it is keyed on our own data set.
pub(crate) fn of_notice(t: Language, notice: &Notice) -> Vec<Value> {
    let mut values = Vec::new();
    if let Some(work) = notice.work(None) {
        values.push(operation(t, work.operation));
    }
    values.push(value(t, "reference_number", notice.reference_number.as_str()));
    if let Some(state) = &notice.responsible_state {
        values.push(value(t, "responsible_state", state.as_str()));
    }
    if let Some(changed) = &notice.changed {
        values.push(value(t, "changed", changed.as_str()));
    }
    values
}

fn of_change(t: Language, change: &Change) -> Vec<Value> {
    let mut values =
        vec![operation(t, change.operation), value(t, "reference_number", change.reference_number.as_str())];
    // The field names of a change are the web form's own.
    values.extend(change.fields.iter().map(|field| Value {
        label: label(&field.name),
        name: field.name.clone(),
        value: field.value.clone(),
    }));
    values.push(value(t, "reason", change.reason.as_str()));
    values
}

fn of_submission(t: Language, submission: &Submission) -> Vec<Value> {
    let mut values = vec![
        operation(t, Operation::Submit),
        value(t, "category", category(submission.category)),
        value(t, "reference_number", submission.reference_number.as_str()),
    ];
    if let Priority::Urgent { reason } = &submission.priority {
        values.push(value(t, "urgent_reason", reason.as_str()));
    }
    values.extend(of_dataset(t, &submission.dataset));
    values
}

/// In the order of the letters of Art. 17(1) and its siblings.
fn of_dataset(t: Language, dataset: &Dataset) -> Vec<Value> {
    let mut values = Vec::new();
    let names = [
        ("surnames", &dataset.surnames),
        ("forenames", &dataset.forenames),
        ("birth_names", &dataset.birth_names),
        ("former_names", &dataset.former_names),
        ("aliases", &dataset.aliases),
    ];
    for (name, list) in names {
        if !list.is_empty() {
            values.push(value(t, name, list.join(" ")));
        }
    }
    let nationalities: Vec<&str> = dataset.nationalities.iter().map(|country| country.as_str()).collect();
    if !nationalities.is_empty() {
        values.push(value(t, "nationalities", nationalities.join(" ")));
    }
    if let Some(date) = &dataset.birth_date {
        values.push(value(t, "birth_date", date.to_nist()));
    }
    if let Some(place) = &dataset.birth_place {
        values.push(value(t, "birth_place", place.as_str()));
    }
    values.push(value(t, "event_member_state", dataset.event.member_state.as_str()));
    values.push(value(t, "event_place", dataset.event.place.as_str()));
    values.push(value(t, "event_date", dataset.event.date.to_string()));
    values.push(value(t, "sex", dataset.sex.code().to_string()));
    if let Some(document) = &dataset.document {
        values.push(value(t, "document_kind", document.kind.as_str()));
        values.push(value(t, "document_number", document.number.as_str()));
        values.push(value(t, "document_country", document.issuing_country.as_str()));
        if let Some(date) = document.expires_on {
            values.push(value(t, "document_expires_on", date.to_string()));
        }
    }
    values.push(value(t, "biometrics_taken_on", dataset.biometrics_taken_on.to_string()));
    values.push(value(t, "operator", dataset.operator.as_str()));
    values
}

/// The central web interface is in English, whatever the console speaks: what is keyed stays the same.
fn operation(t: Language, operation: Operation) -> Value {
    value(t, "operation", words::title(Language::English, operation))
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

/// Name of the field with the official who keys.
const KEYED_BY: &str = "keyed_by";

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
        let keyed: Vec<_> = values(Language::English, &Message::Change(change), &staff)
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

    #[test]
    fn the_check_value_is_the_same_for_every_reader_and_another_for_other_values() {
        let of = |pairs: &[(&str, &str)]| {
            let values = pairs.iter().map(|(name, text)| Value {
                label: String::new(),
                name: (*name).to_owned(),
                value: (*text).to_owned(),
            });
            check_value(&values.collect::<Vec<_>>())
        };
        // printf 'Rectify or complete\nNL1K10001\n' | sha256sum
        let first =
            of(&[("operation", "Rectify or complete"), ("reference_number", "NL1K10001"), (KEYED_BY, "a")]);
        assert_eq!(first, "204c 8f79");
        let second =
            of(&[("operation", "Rectify or complete"), ("reference_number", "NL1K10001"), (KEYED_BY, "b")]);
        assert_eq!(first, second);
        let slipped = of(&[("operation", "Rectify or complete"), ("reference_number", "NL1K10010")]);
        assert_ne!(first, slipped);
        let moved = of(&[("operation", "Rectify or completeN"), ("reference_number", "L1K10001")]);
        assert_ne!(first, moved);
    }
}
