//! XML to messages. The order of elements is the schema's order; [`super::encode`] mirrors it line by line.

use jiff::Timestamp;
use jiff::civil::Date;

use super::Message;
use super::answer::{Answer, AnswerList, HitDataset, InsufficientFinger, Mark, MatchKind, Outcome};
use super::change::{Change, ChangeField};
use super::receipt::Receipt;
use super::submission::{ContainerDigest, Priority, Submission};
use super::tree::{Children, Element};
use crate::category::Category;
use crate::dataset::{
    Additional, Authenticity, CopiedDocument, CountryCode, Dataset, DocumentCopy, Event, SecurityGround, Sex,
    TravelDocument, Visa,
};
use crate::error::{Error, XmlProblem};
use crate::finding::{Finding, Severity};
use crate::finger::FingerPosition;
use crate::notice::{Notice, NoticeKind, NoticeList};
use crate::operation::Operation;
use crate::{hex, limits};

const UUID: &str = "a hyphenated lower-case UUID";
const INSTANT: &str = "an instant in UTC such as 2026-07-01T10:00:00Z";
const DATE: &str = "a date YYYY-MM-DD";
const PARTY: &str = "1 to 64 letters, digits or . _ : @ -";
const REFERENCE: &str = "Member State letters, one category digit, then 1 to 32 capital letters or digits";
const STATE: &str = "one to three capital letters";
const TEXT: &str = "text of 1 to 1000 bytes";
const LONG_TEXT: &str = "text of at most 1000 bytes";
const SHA256: &str = "64 lower-case hexadecimal digits";
const SIGNATURE: &str = "128 lower-case hexadecimal digits, or nothing";
const NUMBER: &str = "a decimal number";
const SCORE: &str = "a number from 0 to 255";
const POSITION: &str = "a finger position 1 to 10, 13, 14 or 15";
const TRUE: &str = "true, or no element";

pub(super) fn message(root: &Element) -> Result<Message, Error> {
    match root.name.as_str() {
        "submission" => Ok(Message::Submission(Box::new(submission(root)?))),
        "change" => Ok(Message::Change(change(root)?)),
        "receipt" => Ok(Message::Receipt(receipt(root)?)),
        "answer" => Ok(Message::Answer(answer(root)?)),
        _ => Err(root.place.error(XmlProblem::WrongMessage("submission, change, receipt or answer"))),
    }
}

pub(super) fn answer_list(root: &Element) -> Result<AnswerList, Error> {
    if root.name != "answers" {
        return Err(root.place.error(XmlProblem::WrongMessage("answers")));
    }
    let mut children = Children::of(root);
    let answers = children.many("answer")?;
    children.finish()?;
    if answers.len() > limits::ANSWERS_MAX {
        return Err(root.place.error(XmlProblem::TooLarge("the number of answers")));
    }
    Ok(AnswerList { answers: answers.into_iter().map(answer).collect::<Result<_, _>>()? })
}

pub(super) fn notice_list(root: &Element) -> Result<NoticeList, Error> {
    if root.name != "notices" {
        return Err(root.place.error(XmlProblem::WrongMessage("notices")));
    }
    let mut children = Children::of(root);
    let notices = children.many("notice")?;
    children.finish()?;
    if notices.len() > limits::NOTICES_MAX {
        return Err(root.place.error(XmlProblem::TooLarge("the number of notices")));
    }
    Ok(NoticeList { notices: notices.into_iter().map(notice).collect::<Result<_, _>>()? })
}

fn notice(element: &Element) -> Result<Notice, Error> {
    let mut c = Children::of(element);
    let notice = Notice {
        notice_id: c.one("notice-id")?.parse(UUID)?,
        raised_at: instant(c.one("raised-at")?)?,
        kind: c.one("kind")?.map("the word of one of the five notices", NoticeKind::from_word)?,
        reference_number: c.one("reference-number")?.parse(REFERENCE)?,
        changed: maybe(c.maybe("changed"), |e| e.parse(REFERENCE))?,
        responsible_state: maybe(c.maybe("responsible-state"), |e| e.parse(STATE))?,
    };
    c.finish()?;
    Ok(notice)
}

fn submission(element: &Element) -> Result<Submission, Error> {
    let mut c = Children::of(element);
    let submission = Submission {
        message_id: c.one("message-id")?.parse(UUID)?,
        sender: c.one("sender")?.parse(PARTY)?,
        operator: c.one("operator")?.parse(PARTY)?,
        category: category(c.one("category")?)?,
        reference_number: c.one("reference-number")?.parse(REFERENCE)?,
        priority: match c.maybe("urgent-reason") {
            Some(reason) => Priority::Urgent { reason: text(reason)? },
            None => Priority::Normal,
        },
        clock_start: instant(c.one("clock-start")?)?,
        captured_at: instant(c.one("captured-at")?)?,
        sent_at: instant(c.one("sent-at")?)?,
        minor: c.one("minor")?.parse("true or false")?,
        dataset: dataset(c.one("dataset")?)?,
        container: container(c.one("container")?)?,
    };
    c.finish()?;
    Ok(submission)
}

fn container(element: &Element) -> Result<ContainerDigest, Error> {
    let mut c = Children::of(element);
    let digest = ContainerDigest {
        sha256: c.one("sha256")?.map(SHA256, hex::decode_32)?,
        length_bytes: number(c.one("length-bytes")?)?,
    };
    c.finish()?;
    Ok(digest)
}

fn dataset(element: &Element) -> Result<Dataset, Error> {
    let mut c = Children::of(element);
    let dataset = Dataset {
        surnames: texts(c.many("surname")?)?,
        forenames: texts(c.many("forename")?)?,
        birth_names: texts(c.many("birth-name")?)?,
        former_names: texts(c.many("former-name")?)?,
        aliases: texts(c.many("alias")?)?,
        nationalities: c
            .many("nationality")?
            .into_iter()
            .map(|e| e.parse::<CountryCode>("three capital letters"))
            .collect::<Result<_, _>>()?,
        birth_date: maybe(c.maybe("birth-date"), |e| e.parse("YYYY, YYYY-MM or YYYY-MM-DD"))?,
        birth_place: maybe(c.maybe("birth-place"), text)?,
        sex: c.one("sex")?.map("F, M or U", Sex::from_code)?,
        event: event(c.one("event")?)?,
        document: maybe(c.maybe("document"), document)?,
        document_copies: c.many("document-copy")?.into_iter().map(document_copy).collect::<Result<_, _>>()?,
        operator: c.one("operator")?.parse(PARTY)?,
        biometrics_taken_on: date(c.one("biometrics-taken-on")?)?,
        additional: maybe(c.maybe("additional"), additional)?.unwrap_or_default(),
    };
    c.finish()?;
    Ok(dataset)
}

fn event(element: &Element) -> Result<Event, Error> {
    let mut c = Children::of(element);
    let event = Event {
        member_state: c.one("member-state")?.parse(STATE)?,
        place: text(c.one("place")?)?,
        date: date(c.one("date")?)?,
    };
    c.finish()?;
    Ok(event)
}

fn document(element: &Element) -> Result<TravelDocument, Error> {
    let mut c = Children::of(element);
    let document = TravelDocument {
        kind: text(c.one("kind")?)?,
        number: text(c.one("number")?)?,
        issuing_country: c.one("issuing-country")?.parse("three capital letters")?,
        expires_on: maybe(c.maybe("expires-on"), date)?,
    };
    c.finish()?;
    Ok(document)
}

fn document_copy(element: &Element) -> Result<DocumentCopy, Error> {
    let mut c = Children::of(element);
    let copy = DocumentCopy {
        document: c.one("of")?.map("identity-or-travel or other", CopiedDocument::from_word)?,
        authenticity: maybe(c.maybe("authenticity"), |e| {
            e.map("authentic, not-authentic or not-established", Authenticity::from_word)
        })?,
        sha256: c.one("sha256")?.map(SHA256, hex::decode_32)?,
    };
    c.finish()?;
    Ok(copy)
}

fn additional(element: &Element) -> Result<Additional, Error> {
    let mut c = Children::of(element);
    let additional = Additional {
        granted_on: maybe(c.maybe("granted-on"), date)?,
        refused_on: maybe(c.maybe("refused-on"), date)?,
        refusal_grounds: maybe(c.maybe("refusal-grounds"), text)?,
        discontinued_on: maybe(c.maybe("discontinued-on"), date)?,
        exclusion_ground: maybe(c.maybe("exclusion-ground"), text)?,
        council_decision: maybe(c.maybe("council-decision"), text)?,
        responsible_state: maybe(c.maybe("responsible-state"), |e| e.parse(STATE))?,
        relocation_state: maybe(c.maybe("relocation-state"), |e| e.parse(STATE))?,
        arrived_take_charge_on: maybe(c.maybe("arrived-take-charge-on"), date)?,
        arrived_take_back_on: maybe(c.maybe("arrived-take-back-on"), date)?,
        left_on: maybe(c.maybe("left-on"), date)?,
        removed_on: maybe(c.maybe("removed-on"), date)?,
        arrived_relocation_on: maybe(c.maybe("arrived-relocation-on"), date)?,
        visa: maybe(c.maybe("visa"), visa)?,
        security_flag: maybe(c.maybe("security-flag"), |e| {
            e.map("armed, violent, terrorist-offence or arrest-warrant-offence", SecurityGround::from_word)
        })?,
        rejected: flag(c.maybe("rejected"))?,
        border_rejection_final: flag(c.maybe("border-rejection-final"))?,
        return_assistance: flag(c.maybe("return-assistance"))?,
    };
    c.finish()?;
    Ok(additional)
}

fn visa(element: &Element) -> Result<Visa, Error> {
    let mut c = Children::of(element);
    let visa = Visa {
        issuing_state: c.one("issuing-state")?.parse(STATE)?,
        application_number: text(c.one("application-number")?)?,
    };
    c.finish()?;
    Ok(visa)
}

fn change(element: &Element) -> Result<Change, Error> {
    let mut c = Children::of(element);
    let change = Change {
        message_id: c.one("message-id")?.parse(UUID)?,
        sender: c.one("sender")?.parse(PARTY)?,
        operator: c.one("operator")?.parse(PARTY)?,
        operation: later_change(c.one("operation")?)?,
        reference_number: c.one("reference-number")?.parse(REFERENCE)?,
        clock_start: instant(c.one("clock-start")?)?,
        sent_at: instant(c.one("sent-at")?)?,
        fields: c.many("field")?.into_iter().map(change_field).collect::<Result<_, _>>()?,
        reason: long_text(c.one("reason")?)?,
    };
    c.finish()?;
    Ok(change)
}

/// A change is never a first transmission; that one needs its own message with a dataset and a container.
fn later_change(element: &Element) -> Result<Operation, Error> {
    element.map("the code of one of the twenty later changes", |code| {
        Operation::from_code(code).filter(|operation| *operation != Operation::Submit)
    })
}

fn change_field(element: &Element) -> Result<ChangeField, Error> {
    let mut c = Children::of(element);
    let name = c.one("name")?.map("1 to 64 lower-case letters, digits or hyphens", |name| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let fits = !name.is_empty() && name.len() <= limits::IDENTIFIER_CHARS_MAX;
        (fits && name.bytes().all(plain)).then(|| name.to_owned())
    })?;
    let value = long_text(c.one("value")?)?;
    c.finish()?;
    Ok(ChangeField { name, value })
}

fn receipt(element: &Element) -> Result<Receipt, Error> {
    let mut c = Children::of(element);
    let receipt = Receipt {
        message_id: c.one("message-id")?.parse(UUID)?,
        received_at: instant(c.one("received-at")?)?,
        content_sha256: c.one("content-sha256")?.map(SHA256, hex::decode_32)?,
        issuer: c.one("issuer")?.parse(PARTY)?,
        audit_sequence: number(c.one("audit-sequence")?)?,
        audit_hash: c.one("audit-hash")?.map(SHA256, hex::decode_32)?,
        signature: c
            .one("signature")?
            .map(SIGNATURE, |text| hex::decode(text).filter(|bytes| matches!(bytes.len(), 0 | 64)))?,
        key_id: c.one("key-id")?.map("at most 64 letters, digits or . _ : @ - + / =", key_id)?,
    };
    c.finish()?;
    Ok(receipt)
}

fn key_id(text: &str) -> Option<String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._:@-+/=".contains(&b);
    (text.len() <= limits::IDENTIFIER_CHARS_MAX && text.bytes().all(plain)).then(|| text.to_owned())
}

fn answer(element: &Element) -> Result<Answer, Error> {
    let mut c = Children::of(element);
    let answer = Answer {
        answer_id: c.one("answer-id")?.parse(UUID)?,
        in_reply_to: c.one("in-reply-to")?.parse(UUID)?,
        reference_number: c.one("reference-number")?.parse(REFERENCE)?,
        answered_at: instant(c.one("answered-at")?)?,
        outcome: outcome(&mut c, element)?,
    };
    c.finish()?;
    Ok(answer)
}

fn outcome(c: &mut Children<'_>, parent: &Element) -> Result<Outcome, Error> {
    type Read = fn(&Element) -> Result<Outcome, Error>;
    let outcomes: [(&'static str, Read); 7] = [
        ("no-hit", |e| empty(e, Outcome::NoHit)),
        ("hit", hits),
        ("quality-insufficient", quality_insufficient),
        ("sequence-error", sequence_error),
        ("rejected", rejected),
        ("done", done),
        ("registered", |e| empty(e, Outcome::Registered)),
    ];
    for (name, read) in outcomes {
        if let Some(element) = c.maybe(name) {
            return read(element);
        }
    }
    Err(parent.place.error(XmlProblem::Missing(
        "no-hit, hit, quality-insufficient, sequence-error, rejected, done or registered",
    )))
}

fn empty(element: &Element, outcome: Outcome) -> Result<Outcome, Error> {
    Children::of(element).finish()?;
    Ok(outcome)
}

fn hits(element: &Element) -> Result<Outcome, Error> {
    let mut c = Children::of(element);
    let hits = c.many("match")?.into_iter().map(hit).collect::<Result<_, _>>()?;
    c.finish()?;
    Ok(Outcome::Hit(hits))
}

fn hit(element: &Element) -> Result<HitDataset, Error> {
    let mut c = Children::of(element);
    let hit = HitDataset {
        reference_number: c.one("reference-number")?.parse(REFERENCE)?,
        category: category(c.one("category")?)?,
        matched: c
            .one("matched")?
            .map("fingerprints, face or fingerprints-and-face", MatchKind::from_word)?,
        stored_at: instant(c.one("stored-at")?)?,
        marks: c
            .many("mark")?
            .into_iter()
            .map(|e| e.map("protection-granted or residence-document", Mark::from_word))
            .collect::<Result<_, _>>()?,
        dataset: maybe(c.maybe("dataset"), dataset)?,
    };
    c.finish()?;
    Ok(hit)
}

fn quality_insufficient(element: &Element) -> Result<Outcome, Error> {
    let mut c = Children::of(element);
    let fingers = c
        .many("finger")?
        .into_iter()
        .map(|finger| {
            let mut c = Children::of(finger);
            let insufficient = InsufficientFinger {
                finger: position(c.one("position")?)?,
                score: maybe(c.maybe("score"), |e| e.parse(SCORE))?,
                required: maybe(c.maybe("required"), |e| e.parse(SCORE))?,
            };
            c.finish()?;
            Ok(insufficient)
        })
        .collect::<Result<_, Error>>()?;
    c.finish()?;
    Ok(Outcome::QualityInsufficient { fingers })
}

fn sequence_error(element: &Element) -> Result<Outcome, Error> {
    let mut c = Children::of(element);
    let fingers = c.many("position")?.into_iter().map(position).collect::<Result<_, _>>()?;
    c.finish()?;
    Ok(Outcome::SequenceError { fingers })
}

fn rejected(element: &Element) -> Result<Outcome, Error> {
    let mut c = Children::of(element);
    let findings = c
        .many("finding")?
        .into_iter()
        .map(|finding| {
            let mut c = Children::of(finding);
            let finding = Finding {
                code: text(c.one("code")?)?,
                severity: c.one("severity")?.map("warning or error", Severity::from_word)?,
                field: long_text(c.one("field")?)?,
                message: text(c.one("message")?)?,
                accepted: c.maybe("accepted").map(long_text).transpose()?,
            };
            c.finish()?;
            Ok(finding)
        })
        .collect::<Result<_, Error>>()?;
    c.finish()?;
    Ok(Outcome::Rejected(findings))
}

fn done(element: &Element) -> Result<Outcome, Error> {
    let mut c = Children::of(element);
    let web_receipt = text(c.one("web-receipt")?)?;
    c.finish()?;
    Ok(Outcome::Done { web_receipt })
}

fn maybe<T>(
    element: Option<&Element>,
    read: impl Fn(&Element) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    element.map(read).transpose()
}

fn category(element: &Element) -> Result<Category, Error> {
    element.map("one character from 0 to 9", |text| {
        let mut chars = text.chars();
        let code = chars.next()?;
        chars.next().is_none().then(|| Category::from_code(code))?
    })
}

fn position(element: &Element) -> Result<FingerPosition, Error> {
    element.map(POSITION, |text| FingerPosition::from_code(plain_number(text)?))
}

fn instant(element: &Element) -> Result<Timestamp, Error> {
    element.map(INSTANT, |text| {
        // Offsets other than Z would make equal instants unequal texts.
        let parsed = text.parse::<Timestamp>().ok()?;
        text.ends_with('Z').then_some(parsed)
    })
}

fn date(element: &Element) -> Result<Date, Error> {
    element.map(DATE, |text| {
        let parsed = text.parse::<Date>().ok()?;
        (parsed.to_string() == text).then_some(parsed)
    })
}

fn number(element: &Element) -> Result<u64, Error> {
    element.map(NUMBER, plain_number)
}

/// Digits only: `parse` would also take a plus sign.
fn plain_number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

fn flag(element: Option<&Element>) -> Result<bool, Error> {
    Ok(maybe(element, |e| e.map(TRUE, |text| (text == "true").then_some(())))?.is_some())
}

fn texts(elements: Vec<&Element>) -> Result<Vec<String>, Error> {
    elements.into_iter().map(text).collect()
}

fn text(element: &Element) -> Result<String, Error> {
    let text = element.leaf(TEXT)?;
    if text.is_empty() || text.len() > limits::TEXT_BYTES_MAX {
        Err(element.refuse(TEXT))
    } else {
        Ok(text.to_owned())
    }
}

fn long_text(element: &Element) -> Result<String, Error> {
    let text = element.leaf(LONG_TEXT)?;
    if text.len() > limits::TEXT_BYTES_MAX { Err(element.refuse(LONG_TEXT)) } else { Ok(text.to_owned()) }
}
