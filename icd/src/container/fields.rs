//! The dataset in the Type-2 record, both ways. Field numbers come from the profile and from nowhere else.

use jiff::civil::Date;

use super::{ContainerContent, DeviceDescription, MissingFinger};
use crate::category::Category;
use crate::dataset::{
    Additional, Authenticity, CopiedDocument, CountryCode, Dataset, DocumentCopy, Event, MemberState,
    PartialDate, SecurityGround, Sex, TravelDocument, Visa,
};
use crate::error::ContainerProblem;
use crate::finger::{FingerPosition, MissingReason};
use crate::identifier::{MessageId, StaffId};
use crate::message::Submission;
use crate::nist::TaggedRecord;
use crate::profile::{DatasetField as F, Profile};
use crate::reference::ReferenceNumber;
use crate::{hex, limits};

type Rows = Vec<Vec<String>>;

/// What one message says of a person and how it was taken, wherever it is said.
struct Said<'s> {
    message_id: MessageId,
    reference_number: &'s ReferenceNumber,
    category: Category,
    dataset: &'s Dataset,
    missing: Vec<&'s MissingFinger>,
    device: &'s DeviceDescription,
}

/// Every value to be written: field number and rows. Empty values have no field.
pub(super) fn values(
    profile: &Profile,
    content: &ContainerContent,
) -> Result<Vec<(u16, Rows)>, ContainerProblem> {
    let said = Said {
        message_id: content.message_id,
        reference_number: &content.reference_number,
        category: content.category,
        dataset: &content.dataset,
        missing: content.fingers.iter().flat_map(|finger| &finger.missing).collect(),
        device: &content.device,
    };
    rows_of(&said)
        .into_iter()
        .filter(|(field, rows)| !rows.is_empty() && !profile.is_left_out_of_type_2(*field))
        .map(|(field, rows)| match profile.field_number(field) {
            Some(number) if profile.field_bounds(field).hold(&rows) => Ok((number, rows)),
            Some(_) => Err(ContainerProblem::Bounds(field.key())),
            None => Err(ContainerProblem::Unmapped(field.key())),
        })
        .collect()
}

/// The keys of what two datasets say differently.
pub(crate) fn differing(one: &Dataset, other: &Dataset, of: &Submission) -> Vec<&'static str> {
    let device = DeviceDescription::default();
    let rows = |dataset| {
        rows_of(&Said {
            message_id: of.message_id,
            reference_number: &of.reference_number,
            category: of.category,
            dataset,
            missing: Vec::new(),
            device: &device,
        })
    };
    let pairs = rows(one).into_iter().zip(rows(other));
    pairs.filter(|((_, one), (_, other))| one != other).map(|((field, _), _)| field.key()).collect()
}

fn rows_of(said: &Said<'_>) -> [(F, Rows); 24] {
    let d = said.dataset;
    let one = |text: &str| if text.is_empty() { Vec::new() } else { vec![vec![text.to_owned()]] };
    let list = |texts: &[String]| texts.iter().map(|text| vec![text.clone()]).collect::<Rows>();
    let missing = said.missing.iter();
    [
        (F::MessageId, one(&said.message_id.to_string())),
        (F::ReferenceNumber, one(said.reference_number.as_str())),
        (F::Category, one(&said.category.code().to_string())),
        (F::Surnames, list(&d.surnames)),
        (F::Forenames, list(&d.forenames)),
        (F::BirthNames, list(&d.birth_names)),
        (F::FormerNames, list(&d.former_names)),
        (F::Aliases, list(&d.aliases)),
        (F::Nationalities, d.nationalities.iter().map(|n| vec![n.as_str().to_owned()]).collect()),
        (F::BirthDate, d.birth_date.map(|date| vec![vec![date.to_nist()]]).unwrap_or_default()),
        (F::BirthPlace, one(d.birth_place.as_deref().unwrap_or_default())),
        (F::Sex, one(&d.sex.code().to_string())),
        (F::EventMemberState, one(d.event.member_state.as_str())),
        (F::EventPlace, one(&d.event.place)),
        (F::EventDate, one(&digits(d.event.date))),
        (F::Document, d.document.iter().map(document_row).collect()),
        (F::DocumentCopies, d.document_copies.iter().map(copy_row).collect()),
        (F::Operator, one(d.operator.as_str())),
        (F::BiometricsTakenOn, one(&digits(d.biometrics_taken_on))),
        (F::Additional, additional_rows(&d.additional)),
        (
            F::MissingFingers,
            missing.map(|m| vec![m.finger.code().to_string(), m.reason.word().to_owned()]).collect(),
        ),
        (F::DeviceSerial, one(&said.device.serial)),
        (F::DeviceDriver, one(&said.device.driver)),
        (F::DeviceCertification, one(&said.device.certification)),
    ]
}

/// What the Type-2 record says.
pub(crate) struct ReadFields {
    pub(crate) message_id: MessageId,
    pub(crate) reference_number: ReferenceNumber,
    pub(crate) category: Category,
    pub(crate) dataset: Dataset,
    pub(crate) missing: Vec<MissingFinger>,
    pub(crate) device: DeviceDescription,
}

/// Reads the Type-2 record; on refusal every problem, not only the first. What the profile leaves out of the record
/// comes from the envelope beside it, where there is one.
pub(super) fn read(
    profile: &Profile,
    record: &TaggedRecord<'_>,
    beside: Option<&Submission>,
) -> Result<ReadFields, Vec<ContainerProblem>> {
    let device = DeviceDescription::default();
    let beside = beside.map(|envelope| {
        rows_of(&Said {
            message_id: envelope.message_id,
            reference_number: &envelope.reference_number,
            category: envelope.category,
            dataset: &envelope.dataset,
            missing: Vec::new(),
            device: &device,
        })
    });
    let mut reader = Reader { profile, record, beside, problems: Vec::new() };
    let fields = reader.fields();
    match (fields, reader.problems.is_empty()) {
        (Some(fields), true) => Ok(fields),
        _ => Err(reader.problems),
    }
}

struct Reader<'r, 'a> {
    profile: &'r Profile,
    record: &'r TaggedRecord<'a>,
    beside: Option<[(F, Rows); 24]>,
    problems: Vec<ContainerProblem>,
}

impl Reader<'_, '_> {
    fn fields(&mut self) -> Option<ReadFields> {
        // Everything is read before anything is given up, so that all problems are found at once.
        let message_id = self.one(F::MessageId, |text| text.parse().ok());
        let reference_number = self.one(F::ReferenceNumber, |text| text.parse().ok());
        let category = self.one(F::Category, |text| match text.as_bytes() {
            [code] => Category::from_code(char::from(*code)),
            _ => None,
        });
        let dataset = self.dataset();
        let missing = self.rows(F::MissingFingers, missing_finger);
        let device = DeviceDescription {
            serial: self.text(F::DeviceSerial),
            driver: self.text(F::DeviceDriver),
            certification: self.text(F::DeviceCertification),
            ..DeviceDescription::default()
        };
        Some(ReadFields {
            message_id: message_id?,
            reference_number: reference_number?,
            category: category?,
            dataset: dataset?,
            missing: missing?,
            device,
        })
    }

    fn dataset(&mut self) -> Option<Dataset> {
        let surnames = self.texts(F::Surnames);
        let forenames = self.texts(F::Forenames);
        let birth_names = self.texts(F::BirthNames);
        let former_names = self.texts(F::FormerNames);
        let aliases = self.texts(F::Aliases);
        let nationalities = self.rows(F::Nationalities, |items| CountryCode::new(single(items)?).ok());
        let birth_date = self.maybe(F::BirthDate, |text| PartialDate::from_nist(text).ok());
        let birth_place = self.maybe(F::BirthPlace, |text| Some(text.to_owned()));
        let sex = self.one(F::Sex, Sex::from_code);
        let member_state = self.one(F::EventMemberState, |text| MemberState::new(text).ok());
        let place = self.one(F::EventPlace, |text| Some(text.to_owned()));
        let date = self.one(F::EventDate, whole_date);
        let document = self.rows(F::Document, document);
        let document_copies = self.rows(F::DocumentCopies, document_copy);
        let operator = self.one(F::Operator, |text| StaffId::new(text).ok());
        let biometrics_taken_on = self.one(F::BiometricsTakenOn, whole_date);
        let additional = self.additional();
        Some(Dataset {
            surnames: surnames?,
            forenames: forenames?,
            birth_names: birth_names?,
            former_names: former_names?,
            aliases: aliases?,
            nationalities: nationalities?,
            birth_date: birth_date?,
            birth_place: birth_place?,
            sex: sex?,
            event: Event { member_state: member_state?, place: place?, date: date? },
            document: document?.into_iter().next(),
            document_copies: document_copies?,
            operator: operator?,
            biometrics_taken_on: biometrics_taken_on?,
            additional: additional?,
        })
    }

    fn additional(&mut self) -> Option<Additional> {
        let rows = self
            .rows(F::Additional, |items| Some(items.iter().map(|i| (*i).to_owned()).collect::<Vec<_>>()))?;
        let mut additional = Additional::default();
        for row in &rows {
            let items: Vec<&str> = row.iter().map(String::as_str).collect();
            if add(&mut additional, &items).is_none() {
                self.problems.push(ContainerProblem::Value(F::Additional.key()));
                return None;
            }
        }
        Some(additional)
    }

    /// A field that must be there, with one value.
    fn one<T>(&mut self, field: F, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.maybe(field, read)?;
        if value.is_none() {
            self.problems.push(ContainerProblem::Missing(field.key()));
        }
        value
    }

    /// A field that may be there, with one value. The outer `None` means that a problem was noted.
    fn maybe<T>(&mut self, field: F, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
        let mut rows = self.rows(field, |items| read(single(items)?))?;
        match (rows.pop(), rows.is_empty()) {
            (value, true) => Some(value),
            _ => {
                self.problems.push(ContainerProblem::Value(field.key()));
                None
            }
        }
    }

    fn text(&mut self, field: F) -> String {
        self.maybe(field, |text| Some(text.to_owned())).flatten().unwrap_or_default()
    }

    fn texts(&mut self, field: F) -> Option<Vec<String>> {
        self.rows(field, |items| single(items).map(str::to_owned))
    }

    /// Every row of a field; an absent field has none.
    fn rows<T>(&mut self, field: F, read: impl Fn(&[&str]) -> Option<T>) -> Option<Vec<T>> {
        if self.profile.is_left_out_of_type_2(field) {
            return self.rows_beside(field, read);
        }
        let Some(number) = self.profile.field_number(field) else {
            self.problems.push(ContainerProblem::Unmapped(field.key()));
            return None;
        };
        let Some(found) = self.record.field(number) else { return Some(Vec::new()) };
        let rows: Option<Vec<T>> = found
            .text_subfields()
            .take(limits::REPEATS_MAX + 1)
            .map(|items| items.filter(|items| items.iter().all(|i| i.len() <= limits::TEXT_BYTES_MAX)))
            .map(|items| read(&items?))
            .collect();
        let said: Vec<Vec<String>> = found
            .text_subfields()
            .take(limits::REPEATS_MAX + 1)
            .flatten()
            .map(|items| items.into_iter().map(str::to_owned).collect())
            .collect();
        if !self.profile.field_bounds(field).hold(&said) {
            self.problems.push(ContainerProblem::Bounds(field.key()));
            return None;
        }
        match rows {
            Some(rows) if rows.len() <= limits::REPEATS_MAX => Some(rows),
            _ => {
                self.problems.push(ContainerProblem::Value(field.key()));
                None
            }
        }
    }
}

impl Reader<'_, '_> {
    /// The rows the envelope has for a field that this profile leaves out of the record.
    fn rows_beside<T>(&mut self, field: F, read: impl Fn(&[&str]) -> Option<T>) -> Option<Vec<T>> {
        let beside = self.beside.iter().flatten().find(|(name, _)| *name == field);
        let Some((_, rows)) = beside else { return Some(Vec::new()) };
        let read: Option<Vec<T>> =
            rows.iter().map(|row| read(&row.iter().map(String::as_str).collect::<Vec<_>>())).collect();
        if read.is_none() {
            self.problems.push(ContainerProblem::Value(field.key()));
        }
        read
    }
}

fn single<'t>(items: &[&'t str]) -> Option<&'t str> {
    match items {
        [item] => Some(item),
        _ => None,
    }
}

fn digits(date: Date) -> String {
    PartialDate::from_date(date).to_nist()
}

/// Eight digits of which none is unknown.
fn whole_date(text: &str) -> Option<Date> {
    let date = PartialDate::from_nist(text).ok()?;
    (date.earliest() == date.latest() && date.to_nist() == text).then(|| date.earliest())
}

fn missing_finger(items: &[&str]) -> Option<MissingFinger> {
    let [position, word] = items else { return None };
    let finger = FingerPosition::from_code(position.parse().ok()?).filter(|finger| finger.is_single())?;
    Some(MissingFinger { finger, reason: MissingReason::from_word(word)? })
}

fn document_row(document: &TravelDocument) -> Vec<String> {
    vec![
        document.kind.clone(),
        document.number.clone(),
        document.issuing_country.as_str().to_owned(),
        document.expires_on.map(digits).unwrap_or_default(),
    ]
}

fn document(items: &[&str]) -> Option<TravelDocument> {
    let [kind, number, country, expires_on] = items else { return None };
    Some(TravelDocument {
        kind: (*kind).to_owned(),
        number: (*number).to_owned(),
        issuing_country: CountryCode::new(country).ok()?,
        expires_on: if expires_on.is_empty() { None } else { Some(whole_date(expires_on)?) },
    })
}

fn copy_row(copy: &DocumentCopy) -> Vec<String> {
    let authenticity = copy.authenticity.map(Authenticity::word).unwrap_or_default();
    vec![copy.document.word().to_owned(), authenticity.to_owned(), hex::encode(&copy.sha256)]
}

fn document_copy(items: &[&str]) -> Option<DocumentCopy> {
    let [document, authenticity, sha256] = items else { return None };
    Some(DocumentCopy {
        document: CopiedDocument::from_word(document)?,
        authenticity: if authenticity.is_empty() {
            None
        } else {
            Some(Authenticity::from_word(authenticity)?)
        },
        sha256: hex::decode_32(sha256)?,
    })
}

/// One row per field that is there: its word, then its value.
fn additional_rows(a: &Additional) -> Rows {
    let texts = [
        ("refusal-grounds", a.refusal_grounds.as_deref()),
        ("exclusion-ground", a.exclusion_ground.as_deref()),
        ("council-decision", a.council_decision.as_deref()),
        ("responsible-state", a.responsible_state.as_ref().map(MemberState::as_str)),
        ("relocation-state", a.relocation_state.as_ref().map(MemberState::as_str)),
        ("security-flag", a.security_flag.map(SecurityGround::word)),
        ("rejected", a.rejected.then_some("true")),
        ("border-rejection-final", a.border_rejection_final.then_some("true")),
        ("return-assistance", a.return_assistance.then_some("true")),
    ];
    let dates = a.dates().into_iter().filter_map(|(word, date)| Some(vec![word.to_owned(), digits(date?)]));
    let texts = texts.into_iter().filter_map(|(word, text)| Some(vec![word.to_owned(), text?.to_owned()]));
    let visa = a.visa.iter().map(|visa| {
        vec!["visa".to_owned(), visa.issuing_state.as_str().to_owned(), visa.application_number.clone()]
    });
    dates.chain(texts).chain(visa).collect()
}

/// Adds one row; `None` when the word or its value is not known.
fn add(a: &mut Additional, items: &[&str]) -> Option<()> {
    let flag = |text: &str| (text == "true").then_some(true);
    match items {
        ["granted-on", date] => a.granted_on = Some(whole_date(date)?),
        ["refused-on", date] => a.refused_on = Some(whole_date(date)?),
        ["discontinued-on", date] => a.discontinued_on = Some(whole_date(date)?),
        ["arrived-take-charge-on", date] => a.arrived_take_charge_on = Some(whole_date(date)?),
        ["arrived-take-back-on", date] => a.arrived_take_back_on = Some(whole_date(date)?),
        ["left-on", date] => a.left_on = Some(whole_date(date)?),
        ["removed-on", date] => a.removed_on = Some(whole_date(date)?),
        ["arrived-relocation-on", date] => a.arrived_relocation_on = Some(whole_date(date)?),
        ["refusal-grounds", text] => a.refusal_grounds = Some((*text).to_owned()),
        ["exclusion-ground", text] => a.exclusion_ground = Some((*text).to_owned()),
        ["council-decision", text] => a.council_decision = Some((*text).to_owned()),
        ["responsible-state", text] => a.responsible_state = Some(MemberState::new(*text).ok()?),
        ["relocation-state", text] => a.relocation_state = Some(MemberState::new(*text).ok()?),
        ["security-flag", word] => a.security_flag = Some(SecurityGround::from_word(word)?),
        ["rejected", text] => a.rejected = flag(text)?,
        ["border-rejection-final", text] => a.border_rejection_final = flag(text)?,
        ["return-assistance", text] => a.return_assistance = flag(text)?,
        ["visa", state, number] => {
            a.visa = Some(Visa {
                issuing_state: MemberState::new(*state).ok()?,
                application_number: (*number).to_owned(),
            });
        }
        _ => return None,
    }
    Some(())
}
