//! The dataset in a Type-2 record in words: which field is what, and what its codes mean.
//!
//! The numbers are the profile's; codes and words are the library's. Letters of Member States and countries stay as they
//! are, except the ICAO ones that stand for no country.

use icd::category::Category;
use icd::dataset::{PartialDate, SecurityGround, Sex};
use icd::finger::MissingReason;
use icd::nist::dictionary;
use icd::profile::{DatasetField, Profile};

/// What a profile keeps in a field with this number.
pub(super) fn field(profile: &Profile, number: u16) -> Option<DatasetField> {
    DatasetField::ALL.into_iter().find(|field| profile.field_number(*field) == Some(number))
}

/// The name a person reads.
pub(super) fn name(field: DatasetField) -> &'static str {
    match field {
        DatasetField::Additional => "additional data",
        DatasetField::Aliases => "aliases",
        DatasetField::BiometricsTakenOn => "day of the biometrics",
        DatasetField::BirthDate => "date of birth",
        DatasetField::BirthNames => "names at birth",
        DatasetField::BirthPlace => "place of birth",
        DatasetField::Category => "category",
        DatasetField::DeviceCertification => "certification of the device",
        DatasetField::DeviceDriver => "driver of the device",
        DatasetField::DeviceSerial => "serial number of the device",
        DatasetField::Document => "document",
        DatasetField::DocumentCopies => "copies of documents",
        DatasetField::EventDate => "date of the event",
        DatasetField::EventMemberState => "Member State of the event",
        DatasetField::EventPlace => "place of the event",
        DatasetField::Forenames => "forenames",
        DatasetField::FormerNames => "former names",
        DatasetField::MessageId => "message identifier",
        DatasetField::MissingFingers => "missing fingers",
        DatasetField::Nationalities => "nationalities",
        DatasetField::Operator => "operator",
        DatasetField::ReferenceNumber => "reference number",
        DatasetField::Sex => "sex",
        DatasetField::Surnames => "surnames",
    }
}

/// The meaning of one item of a row.
pub(super) fn meaning(field: DatasetField, row: &[String], item: usize) -> Option<String> {
    let text = row.get(item)?.as_str();
    let words = match (field, item) {
        (DatasetField::Additional, 0) => additional(text)?,
        (DatasetField::Additional, 1) if row.first().is_some_and(|word| word == "security-flag") => {
            security_ground(text)?
        }
        (DatasetField::BirthDate, 0) => unknown_parts(text)?,
        (DatasetField::Category, 0) => return category(text),
        (DatasetField::Document, 0..=3) => DOCUMENT.get(item)?,
        (DatasetField::DocumentCopies, 0) => match text {
            "identity-or-travel" => "identity or travel document",
            "other" => "other document that helps to identify",
            _ => return None,
        },
        (DatasetField::DocumentCopies, 1) => match text {
            "authentic" => "found authentic",
            "not-authentic" => "found not authentic",
            "not-established" => "authenticity not established",
            _ => return None,
        },
        (DatasetField::DocumentCopies, 2) => "SHA-256 of the picture",
        (DatasetField::MissingFingers, 0) => dictionary::position(text.parse().ok()?)?,
        (DatasetField::MissingFingers, 1) => match MissingReason::from_word(text)? {
            MissingReason::Amputated => "permanent",
            MissingReason::Bandaged => "for now, a retake is due",
            MissingReason::PartlyAmputated => "part of the finger is missing",
        },
        (DatasetField::Nationalities, 0) => match text {
            "XXA" => "stateless",
            "XXB" => "refugee",
            "XXC" => "refugee, other",
            "XXX" => "not known",
            _ => return None,
        },
        (DatasetField::Sex, 0) => match Sex::from_code(text)? {
            Sex::Female => "female",
            Sex::Male => "male",
            Sex::Unspecified => "not specified or not known",
        },
        _ => return None,
    };
    Some(words.to_owned())
}

/// The items of a document are no codes; each is told apart by what it is.
const DOCUMENT: [&str; 4] = ["type", "number", "issuing country", "valid until"];

fn category(code: &str) -> Option<String> {
    let mut letters = code.chars();
    let rule = Category::from_code(letters.next().filter(|_| letters.next().is_none())?)?.rule();
    Some(format!("{}, Article {}", rule.legal_name, rule.article))
}

/// Eight digits of which a month or a day is `00`.
fn unknown_parts(text: &str) -> Option<&'static str> {
    PartialDate::from_nist(text).ok()?;
    match (text.get(4..6)?, text.get(6..8)?) {
        ("00", _) => Some("month and day not known"),
        (_, "00") => Some("day not known"),
        _ => None,
    }
}

fn security_ground(word: &str) -> Option<&'static str> {
    Some(match SecurityGround::from_word(word)? {
        SecurityGround::Armed => "the person is armed",
        SecurityGround::Violent => "the person is violent",
        SecurityGround::TerroristOffence => "indications of a terrorist offence",
        SecurityGround::ArrestWarrantOffence => "indications of an offence of the arrest warrant's list",
    })
}

/// The first item of a row of additional data says what follows.
fn additional(word: &str) -> Option<&'static str> {
    Some(match word {
        "granted-on" => "date of the grant",
        "refused-on" => "date of the refusal",
        "discontinued-on" => "date of the discontinuation",
        "arrived-take-charge-on" => "arrival after a take-charge transfer",
        "arrived-take-back-on" => "arrival after a take-back transfer",
        "left-on" => "left the territory",
        "removed-on" => "removed or departed",
        "arrived-relocation-on" => "arrival in the State of relocation",
        "refusal-grounds" => "grounds of the refusal",
        "exclusion-ground" => "ground of the exclusion",
        "council-decision" => "Council decision",
        "responsible-state" => "Member State responsible",
        "relocation-state" => "Member State of relocation",
        "security-flag" => "security flag and its ground",
        "rejected" => "application rejected, no right to remain",
        "border-rejection-final" => "border-procedure rejection or withdrawal, final",
        "return-assistance" => "voluntary-return assistance granted",
        "visa" => "visa: Member State, application number",
        _ => return None,
    })
}
