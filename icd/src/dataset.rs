//! What is said about a person: the fields of EUR 17, 19, 21, 22(2), 23(2), 24(2) and (3), 26(2).
//!
//! Field names follow the law's words, not its letters, because the letters differ between articles. Which field a
//! category must, may or must not carry is the matrix in [`crate::validate`].
//!
//! Invariant: `Debug` shows which fields are present and never what they say.
//!
//! Left out on purpose: the biometrics themselves (they travel in the container) and the date of transmission (it is
//! the envelope's `sent_at`).

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::identifier::StaffId;

/// Sex, as EUR (h) asks for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// `F`.
    Female,
    /// `M`.
    Male,
    /// `U`: not specified or not known.
    Unspecified,
}

impl Sex {
    /// The one-letter code.
    #[must_use]
    pub fn code(self) -> char {
        match self {
            Self::Female => 'F',
            Self::Male => 'M',
            Self::Unspecified => 'U',
        }
    }

    /// The sex for a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "F" => Some(Self::Female),
            "M" => Some(Self::Male),
            "U" => Some(Self::Unspecified),
            _ => None,
        }
    }
}

impl fmt::Debug for Sex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sex(redacted)")
    }
}

/// A date of birth of which year, year and month, or all is known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

impl PartialDate {
    /// A date of which everything is known.
    #[must_use]
    pub fn from_date(date: Date) -> Self {
        Self { year: date.year(), month: Some(date.month()), day: Some(date.day()) }
    }

    /// Only the year is known.
    pub fn from_year(year: i16) -> Result<Self, Error> {
        Self::new(year, None, None)
    }

    /// The date with the parts that are known; a day needs a month.
    pub fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Result<Self, Error> {
        let whole = Date::new(year, month.unwrap_or(1), day.unwrap_or(1));
        if !(1850..=2200).contains(&year) || whole.is_err() || (day.is_some() && month.is_none()) {
            return Err(Error::invalid("date", "YYYY, YYYY-MM or YYYY-MM-DD"));
        }
        Ok(Self { year, month, day })
    }

    /// The earliest day it can stand for.
    #[must_use]
    pub fn earliest(self) -> Date {
        Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).unwrap_or(Date::MIN)
    }

    /// The latest day it can stand for.
    #[must_use]
    pub fn latest(self) -> Date {
        let last_month = Date::new(self.year, self.month.unwrap_or(12), 1).unwrap_or(Date::MAX);
        self.day.map_or_else(|| last_month.last_of_month(), |_| self.earliest())
    }

    /// The form of ANSI/NIST fields: eight digits, unknown parts `00`.
    #[must_use]
    pub fn to_nist(self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month.unwrap_or(0), self.day.unwrap_or(0))
    }

    /// Reads eight digits, unknown parts `00`.
    pub fn from_nist(text: &str) -> Result<Self, Error> {
        let refused = || Error::invalid("date", "eight digits, unknown month or day 00");
        if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(refused());
        }
        let part = |range: std::ops::Range<usize>| text.get(range).and_then(|p| p.parse::<i16>().ok());
        let small = |n: i16| i8::try_from(n).ok().filter(|n| *n != 0);
        let year = part(0..4).ok_or_else(refused)?;
        Self::new(year, part(4..6).and_then(small), part(6..8).and_then(small))
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartialDate(redacted)")
    }
}

impl FromStr for PartialDate {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refused = || Error::invalid("date", "YYYY, YYYY-MM or YYYY-MM-DD");
        let mut parts = text.split('-');
        let mut number = |digits: usize| -> Result<Option<i16>, Error> {
            let Some(part) = parts.next() else { return Ok(None) };
            if part.len() != digits || !part.bytes().all(|b| b.is_ascii_digit()) {
                return Err(refused());
            }
            part.parse().map(Some).map_err(|_| refused())
        };
        let year = number(4)?.ok_or_else(refused)?;
        let month = number(2)?.and_then(|n| i8::try_from(n).ok());
        let day = number(2)?.and_then(|n| i8::try_from(n).ok());
        if parts.next().is_some() {
            return Err(refused());
        }
        Self::new(year, month, day)
    }
}

impl TryFrom<String> for PartialDate {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.to_string()
    }
}

/// A three-letter country code of travel documents (ISO 3166 alpha-3 and the ICAO additions such as `XXA`, `XXX`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode([u8; 3]);

impl CountryCode {
    /// Parses three capital letters. Which codes exist changes over time and is the profile's matter.
    pub fn new(text: &str) -> Result<Self, Error> {
        match text.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(Error::invalid("country code", "three capital letters")),
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for CountryCode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::new(text)
    }
}

impl TryFrom<String> for CountryCode {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::new(&text)
    }
}

impl From<CountryCode> for String {
    fn from(code: CountryCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CountryCode(redacted)")
    }
}

/// A Member State, by the one to three letters its reference numbers begin with.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MemberState(String);

impl MemberState {
    /// Parses one to three capital letters.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        if text.is_empty()
            || text.len() > crate::limits::MEMBER_STATE_LETTERS_MAX
            || !text.bytes().all(|b| b.is_ascii_uppercase())
        {
            return Err(Error::invalid("Member State", "one to three capital letters"));
        }
        Ok(Self(text))
    }

    /// The letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MemberState {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::new(text)
    }
}

impl TryFrom<String> for MemberState {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::new(text)
    }
}

impl From<MemberState> for String {
    fn from(state: MemberState) -> Self {
        state.0
    }
}

impl fmt::Debug for MemberState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemberState({})", self.0)
    }
}

/// Where and when the event that starts the clock happened (letter (g)).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Member State of origin.
    pub member_state: MemberState,
    /// Place.
    pub place: String,
    /// Date.
    pub date: Date,
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Event(redacted)")
    }
}

/// An identity or travel document (letter (i)).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TravelDocument {
    /// Type, such as `passport`.
    pub kind: String,
    /// Number.
    pub number: String,
    /// Issuing country.
    pub issuing_country: CountryCode,
    /// Expiry date.
    pub expires_on: Option<Date>,
}

impl fmt::Debug for TravelDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TravelDocument(redacted)")
    }
}

/// Which document a copy shows (letter (j)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopiedDocument {
    /// An identity or travel document.
    IdentityOrTravel,
    /// Another document that helps to identify the person, where there is no identity or travel document.
    Other,
}

impl CopiedDocument {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::IdentityOrTravel, Self::Other];

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::IdentityOrTravel => "identity-or-travel",
            Self::Other => "other",
        }
    }

    /// The kind for a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// The indication as to the authenticity of a copied document (letter (j)).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authenticity {
    /// It was found authentic.
    Authentic,
    /// It was found not to be.
    NotAuthentic,
    /// It could not be established.
    NotEstablished,
}

impl Authenticity {
    /// Every indication.
    pub const ALL: [Self; 3] = [Self::Authentic, Self::NotAuthentic, Self::NotEstablished];

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Authentic => "authentic",
            Self::NotAuthentic => "not-authentic",
            Self::NotEstablished => "not-established",
        }
    }

    /// The indication for a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

impl fmt::Debug for Authenticity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authenticity(redacted)")
    }
}

/// A scanned colour copy of a document (letter (j)). The picture itself travels in the container; its SHA-256 ties the two.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentCopy {
    /// What it is a copy of.
    pub document: CopiedDocument,
    /// Whether the document was found authentic. Article 26(2)(j) knows none for another document.
    pub authenticity: Option<Authenticity>,
    /// SHA-256 of the coded picture.
    pub sha256: [u8; 32],
}

impl fmt::Debug for DocumentCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentCopy({:?})", self.document)
    }
}

/// A visa issued or extended (EUR 17(2)(h)).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visa {
    /// The Member State that issued or extended it.
    pub issuing_state: MemberState,
    /// Visa application number.
    pub application_number: String,
}

impl fmt::Debug for Visa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Visa(redacted)")
    }
}

/// The ground of the security flag; the law admits no other (EUR 17(2)(i), 22(3)(d), 23(3)(e), 24(3)(f)).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecurityGround {
    /// Armed.
    Armed,
    /// Violent.
    Violent,
    /// Indications of a terrorist offence (Directive (EU) 2017/541).
    TerroristOffence,
    /// Indications of an offence of the European arrest warrant's list.
    ArrestWarrantOffence,
}

impl SecurityGround {
    /// Every ground.
    pub const ALL: [Self; 4] =
        [Self::Armed, Self::Violent, Self::TerroristOffence, Self::ArrestWarrantOffence];

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Armed => "armed",
            Self::Violent => "violent",
            Self::TerroristOffence => "terrorist-offence",
            Self::ArrestWarrantOffence => "arrest-warrant-offence",
        }
    }

    /// The ground for a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.word() == word)
    }
}

impl fmt::Debug for SecurityGround {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecurityGround(redacted)")
    }
}

/// Fields that only some categories carry; see the matrix in [`crate::validate`].
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Additional {
    /// Date of the decision to grant (19(o), 21(o)).
    pub granted_on: Option<Date>,
    /// Date of the decision to refuse (19(p)).
    pub refused_on: Option<Date>,
    /// Grounds of the refusal (19(p)).
    pub refusal_grounds: Option<String>,
    /// Date of discontinuation (19(q)).
    pub discontinued_on: Option<Date>,
    /// Ground of exclusion of Directive 2001/55 Art. 28 (26(2)(o)).
    pub exclusion_ground: Option<String>,
    /// Reference of the Council implementing decision (26(2)(p)).
    pub council_decision: Option<String>,
    /// Member State responsible (17(2)(a)).
    pub responsible_state: Option<MemberState>,
    /// Member State of relocation (17(2)(b), 22(3)(b), 23(3)(b), 24(3)(d)).
    pub relocation_state: Option<MemberState>,
    /// Arrival after a take-charge transfer (17(2)(c)).
    pub arrived_take_charge_on: Option<Date>,
    /// Arrival after a take-back transfer (17(2)(d)).
    pub arrived_take_back_on: Option<Date>,
    /// Left the territory (17(2)(e)).
    pub left_on: Option<Date>,
    /// Removed or left under a return decision (17(2)(f), 22(3)(a), 23(3)(a), 24(3)(c)).
    pub removed_on: Option<Date>,
    /// Arrival in the Member State of relocation (17(2)(g), 23(3)(c)).
    pub arrived_relocation_on: Option<Date>,
    /// Visa issued or extended (17(2)(h)).
    pub visa: Option<Visa>,
    /// Security flag (17(2)(i), 22(3)(d), 23(3)(e), 24(3)(f)).
    pub security_flag: Option<SecurityGround>,
    /// Application rejected, no right to remain (17(2)(j)).
    pub rejected: bool,
    /// Border-procedure rejection or withdrawal became final (17(2)(k)).
    pub border_rejection_final: bool,
    /// Voluntary-return assistance granted (17(2)(l), 22(3)(c), 23(3)(d), 24(3)(e)).
    pub return_assistance: bool,
}

impl Additional {
    /// Every date, with the field's name in envelope and file.
    #[must_use]
    pub fn dates(&self) -> [(&'static str, Option<Date>); 8] {
        [
            ("granted-on", self.granted_on),
            ("refused-on", self.refused_on),
            ("discontinued-on", self.discontinued_on),
            ("arrived-take-charge-on", self.arrived_take_charge_on),
            ("arrived-take-back-on", self.arrived_take_back_on),
            ("left-on", self.left_on),
            ("removed-on", self.removed_on),
            ("arrived-relocation-on", self.arrived_relocation_on),
        ]
    }
}

impl fmt::Debug for Additional {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Additional(redacted)")
    }
}

/// Everything said about one person in one submission.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dataset {
    /// Surnames (c).
    pub surnames: Vec<String>,
    /// Forenames (c).
    pub forenames: Vec<String>,
    /// Names at birth (c).
    pub birth_names: Vec<String>,
    /// Names used before (c).
    pub former_names: Vec<String>,
    /// Aliases (c).
    pub aliases: Vec<String>,
    /// Nationalities, or presumed nationality, or stateless (d).
    pub nationalities: Vec<CountryCode>,
    /// Date of birth as far as known (e).
    pub birth_date: Option<PartialDate>,
    /// Place of birth (f).
    pub birth_place: Option<String>,
    /// Sex (h).
    pub sex: Sex,
    /// Member State of origin, place and date of the event (g).
    pub event: Event,
    /// Identity or travel document (i), where available.
    pub document: Option<TravelDocument>,
    /// Scanned colour copies of a document (j), where available.
    pub document_copies: Vec<DocumentCopy>,
    /// Operator user ID (n).
    pub operator: StaffId,
    /// Day on which the biometrics were taken (l).
    pub biometrics_taken_on: Date,
    /// Fields that only some categories carry.
    pub additional: Additional,
}

impl Dataset {
    /// A dataset with what every category must have besides names, and nothing else yet.
    #[must_use]
    pub fn new(sex: Sex, event: Event, operator: StaffId, biometrics_taken_on: Date) -> Self {
        Self {
            surnames: Vec::new(),
            forenames: Vec::new(),
            birth_names: Vec::new(),
            former_names: Vec::new(),
            aliases: Vec::new(),
            nationalities: Vec::new(),
            birth_date: None,
            birth_place: None,
            sex,
            event,
            document: None,
            document_copies: Vec::new(),
            operator,
            biometrics_taken_on,
            additional: Additional::default(),
        }
    }
}

impl fmt::Debug for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dataset")
            .field("surnames", &self.surnames.len())
            .field("forenames", &self.forenames.len())
            .field("nationalities", &self.nationalities.len())
            .field("birth_date", &self.birth_date.is_some())
            .field("document", &self.document.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn partial_dates_parse_or_are_refused() {
        fn check(text: &str, expect: Option<(&str, Date, Date)>) {
            let parsed = text.parse::<PartialDate>().ok();
            let shown = parsed.map(|d| (d.to_nist(), d.earliest(), d.latest()));
            let expect = expect.map(|(nist, first, last)| (nist.to_owned(), first, last));
            assert_eq!(shown, expect, "{text}");
        }
        check("2018", Some(("20180000", date(2018, 1, 1), date(2018, 12, 31))));
        check("2018-02", Some(("20180200", date(2018, 2, 1), date(2018, 2, 28))));
        check("2020-02-29", Some(("20200229", date(2020, 2, 29), date(2020, 2, 29))));
        check("2019-02-29", None);
        check("2018-13", None);
        check("2018-00", None);
        check("18", None);
        check("2018-2-1", None);
        check("2018-02-01-01", None);
        check("2018-02-", None);
        check("1700", None);
        check("", None);
    }

    proptest! {
        #[test]
        fn partial_dates_come_back_from_both_forms(year in 1850_i16..=2200, month in 0_i8..=12, day in 0_i8..=28) {
            let month = (month > 0).then_some(month);
            let day = (day > 0 && month.is_some()).then_some(day);
            let value = PartialDate::new(year, month, day).expect("a day that exists");
            prop_assert_eq!(value.to_string().parse::<PartialDate>().expect("own text"), value);
            prop_assert_eq!(PartialDate::from_nist(&value.to_nist()).expect("own digits"), value);
        }

        #[test]
        fn any_eight_characters_are_read_or_refused(text in "\\PC{0,9}") {
            if let Ok(value) = PartialDate::from_nist(&text) {
                prop_assert_eq!(value.to_nist().len(), 8);
            }
        }
    }
}
