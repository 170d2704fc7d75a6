//! The safeguards of Art. 13 and 14 as gates that are closed or open, each with its clause.
//!
//! A gate that a person needs and that is not satisfied at this very moment keeps the sensor dark. Gates bind to a
//! session, not to a person: a new session, or one interrupted because the companion left, asks them again
//! (Art. 14(2)). There is no gate, field or value for force: G8 is the absence of such a step.
//!
//! Left out on purpose: the judgement of age (`age`), who may sign in (`screens`).

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::age::AgeBand;
use super::denied::Denied;

/// One safeguard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// G1: at least six years old.
    Age,
    /// G2: the official is trained to take biometrics of minors.
    Training,
    /// G3: the child's best interests were a primary consideration.
    BestInterests,
    /// G4 to G6: the right person is present throughout and independent.
    Companion,
    /// G7: information was given in a way this person understands.
    Information,
}

impl Gate {
    /// All gates in the order an officer meets them.
    pub const ALL: [Self; 5] =
        [Self::Age, Self::Training, Self::BestInterests, Self::Companion, Self::Information];

    /// The word in addresses and scripts.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Training => "training",
            Self::BestInterests => "best-interests",
            Self::Companion => "companion",
            Self::Information => "information",
        }
    }

    /// The clause shown beside it.
    #[must_use]
    pub fn article(self) -> &'static str {
        match self {
            Self::Information => "Regulation (EU) 2024/1358, Art. 42",
            _ => "Regulation (EU) 2024/1358, Art. 14(1)",
        }
    }

    /// Whether a person of this age needs it.
    #[must_use]
    pub fn needed(self, band: AgeBand) -> bool {
        match self {
            Self::Age | Self::Information => true,
            Self::Training | Self::BestInterests | Self::Companion => band.is_minor(),
        }
    }
}

/// How a gate stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateStatus {
    /// Which.
    pub gate: Gate,
    /// Satisfied since when; `None` while open.
    pub closed_at: Option<Timestamp>,
    /// Why it is open although it was answered before, when there is something to say.
    pub reason: Option<Denied>,
}

/// The officer at the kiosk, as the signed staff register knows them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// Identifier in the register.
    pub staff: String,
    /// Organisation in the register.
    pub organisation: String,
    /// Training to take biometrics of minors, if any.
    pub child_training: Option<ChildTraining>,
}

/// A training record.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildTraining {
    /// Who trained.
    pub issuer: String,
    /// Last day of validity.
    pub valid_to: Date,
}

impl Operator {
    /// Gate G2 on the day of `now`.
    pub fn trained(&self, now: Timestamp) -> Result<(), Denied> {
        let training = self.child_training.as_ref().ok_or(Denied::OperatorNotTrained)?;
        if day(now) > training.valid_to { Err(Denied::TrainingExpired) } else { Ok(()) }
    }
}

/// Who stays with a minor.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Companion {
    /// In which capacity.
    pub kind: CompanionKind,
    /// Name, as it will stand in the record.
    pub name: String,
    /// Staff or document number; compared with the official's (G5).
    pub person_id: Option<String>,
    /// Relation to the child, for a family member.
    pub relation: Option<String>,
    /// Organisation, for everybody but a family member.
    pub organisation: Option<String>,
    /// Who has been designated for this child so far (G6).
    pub designated: Designation,
    /// Why no family member is there, for an accompanied child without one.
    pub family_absent_reason: Option<String>,
    /// The officer confirms that this person is an adult.
    pub adult: bool,
    /// The officer confirms that this person is in the room and stays.
    pub present: bool,
}

/// Capacity of a companion, by Art. 14(1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CompanionKind {
    /// Adult family member of an accompanied child.
    Family,
    /// Designated representative.
    Representative,
    /// Person designated to act provisionally as representative.
    ProvisionalRepresentative,
    /// Person trained to safeguard the child's best interests and wellbeing.
    TrainedPerson,
}

impl CompanionKind {
    /// All of them, in the order a form shows them.
    pub const ALL: [Self; 4] =
        [Self::Family, Self::Representative, Self::ProvisionalRepresentative, Self::TrainedPerson];

    /// The word used in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Family => "family",
            Self::Representative => "representative",
            Self::ProvisionalRepresentative => "provisional-representative",
            Self::TrainedPerson => "trained-person",
        }
    }

    /// Reads the word used in forms.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Whom the authorities have designated for a child so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Designation {
    /// Nobody yet.
    None,
    /// A provisional representative.
    Provisional,
    /// A representative.
    Representative,
}

impl Designation {
    /// All of them, in the order a form shows them.
    pub const ALL: [Self; 3] = [Self::None, Self::Provisional, Self::Representative];

    /// The word used in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Provisional => "provisional",
            Self::Representative => "representative",
        }
    }

    /// Reads the word used in forms.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|designation| designation.code() == code)
    }
}

/// What was shown and how (Art. 42).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Information {
    /// Identifier of the material.
    pub material: String,
    /// Whether it was made for children.
    pub for_children: bool,
    /// Digest of the very text, in hexadecimal.
    pub version: String,
    /// Language tag.
    pub language: String,
    /// How it was given.
    pub mode: InformationMode,
}

/// How information was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InformationMode {
    /// Read on the screen.
    Screen,
    /// A leaflet.
    Leaflet,
    /// Pictures.
    Infographic,
    /// Somebody showed how it goes.
    Demonstration,
    /// Spoken.
    Spoken,
    /// Through an interpreter.
    Interpreter,
}

impl InformationMode {
    /// All of them, in the order a form shows them.
    pub const ALL: [Self; 6] = [
        Self::Screen,
        Self::Leaflet,
        Self::Infographic,
        Self::Demonstration,
        Self::Spoken,
        Self::Interpreter,
    ];

    /// The word used in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::Leaflet => "leaflet",
            Self::Infographic => "infographic",
            Self::Demonstration => "demonstration",
            Self::Spoken => "spoken",
            Self::Interpreter => "interpreter",
        }
    }

    /// Reads the word used in forms.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.code() == code)
    }

    /// Whether Art. 42(2) names it as a way to explain the capture to a minor.
    #[must_use]
    pub fn fits_minors(self) -> bool {
        matches!(self, Self::Leaflet | Self::Infographic | Self::Demonstration)
    }
}

/// Gates G4 to G6: is this the right person for this child and this official.
pub(super) fn judge_companion(
    companion: &Companion,
    accompanied: bool,
    operator: &Operator,
) -> Result<(), Denied> {
    use CompanionKind as Kind;
    if companion.name.trim().is_empty() {
        return Err(Denied::CompanionNameMissing);
    }
    if !companion.adult {
        return Err(Denied::CompanionNotAdult);
    }
    if !companion.present {
        return Err(Denied::CompanionNotPresent);
    }
    match companion.kind {
        Kind::Family if !accompanied => return Err(Denied::ChildIsUnaccompanied),
        Kind::Family if blank(companion.relation.as_ref()) => return Err(Denied::RelationMissing),
        Kind::Family => {}
        Kind::Representative | Kind::ProvisionalRepresentative | Kind::TrainedPerson => {
            if accompanied && blank(companion.family_absent_reason.as_ref()) {
                return Err(Denied::FamilyAbsentReasonMissing);
            }
            if blank(companion.organisation.as_ref()) {
                return Err(Denied::OrganisationMissing);
            }
            if blank(companion.person_id.as_ref()) {
                return Err(Denied::CompanionIdMissing);
            }
            judge_precedence(companion)?;
        }
    }
    judge_independence(companion, operator)
}

/// Gate G6: a designated person goes before anybody else, and nobody is designated of whom the look-up knows nothing.
fn judge_precedence(companion: &Companion) -> Result<(), Denied> {
    use CompanionKind as Kind;
    match (companion.designated, companion.kind) {
        (Designation::Representative, Kind::ProvisionalRepresentative | Kind::TrainedPerson)
        | (Designation::Provisional, Kind::TrainedPerson) => Err(Denied::DesignatedPersonFirst),
        (Designation::None | Designation::Provisional, Kind::Representative)
        | (Designation::None, Kind::ProvisionalRepresentative) => Err(Denied::DesignationContradicts),
        _ => Ok(()),
    }
}

/// Gate G5: the companion is not the official, and nobody but family comes from the official's own service.
pub(super) fn judge_independence(companion: &Companion, operator: &Operator) -> Result<(), Denied> {
    let same = |left: &str, right: &str| plain(left) == plain(right);
    if companion.person_id.as_deref().is_some_and(|id| same(id, &operator.staff))
        || same(&companion.name, &operator.staff)
    {
        return Err(Denied::CompanionIsOperator);
    }
    let family = companion.kind == CompanionKind::Family;
    if !family && companion.organisation.as_deref().is_some_and(|name| same(name, &operator.organisation)) {
        return Err(Denied::CompanionFromSameService);
    }
    Ok(())
}

/// Gate G7: was the information fit for this person.
pub(super) fn judge_information(information: &Information, band: AgeBand) -> Result<(), Denied> {
    if information.material.trim().is_empty() || information.language.trim().is_empty() {
        return Err(Denied::InformationIncomplete);
    }
    if information.version.len() != VERSION_DIGITS
        || !information.version.bytes().all(|b| b.is_ascii_hexdigit())
    {
        return Err(Denied::InformationVersionMissing);
    }
    if band.is_minor() && !information.for_children {
        return Err(Denied::InformationNotForChildren);
    }
    if band.is_minor() && !information.mode.fits_minors() {
        return Err(Denied::InformationModeNotForChildren);
    }
    Ok(())
}

/// A SHA-256 digest in hexadecimal.
const VERSION_DIGITS: usize = 64;

/// The UTC day of an instant.
pub(super) fn day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

fn blank(text: Option<&String>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}

/// A name without case, punctuation and spaces, so that "K-Mar " and "kmar" are the same service.
fn plain(text: &str) -> String {
    text.chars().filter(|symbol| symbol.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operator() -> Operator {
        Operator { staff: "S-100".into(), organisation: "K-Mar".into(), child_training: None }
    }

    fn companion(kind: CompanionKind) -> Companion {
        Companion {
            kind,
            name: "Demo Companion".into(),
            person_id: Some("X-1".into()),
            relation: Some("mother".into()),
            organisation: Some("Guardians".into()),
            designated: match kind {
                CompanionKind::Representative => Designation::Representative,
                CompanionKind::ProvisionalRepresentative => Designation::Provisional,
                CompanionKind::Family | CompanionKind::TrainedPerson => Designation::None,
            },
            family_absent_reason: Some("in hospital".into()),
            adult: true,
            present: true,
        }
    }

    fn check(
        accompanied: bool,
        change: impl FnOnce(&mut Companion),
        kind: CompanionKind,
        expect: Result<(), Denied>,
    ) {
        let mut companion = companion(kind);
        change(&mut companion);
        assert_eq!(judge_companion(&companion, accompanied, &operator()), expect, "{kind:?}");
    }

    #[test]
    fn the_right_person_for_each_child() {
        use CompanionKind::*;
        check(true, |_| {}, Family, Ok(()));
        check(false, |_| {}, Family, Err(Denied::ChildIsUnaccompanied));
        check(true, |c| c.relation = None, Family, Err(Denied::RelationMissing));
        check(true, |c| c.adult = false, Family, Err(Denied::CompanionNotAdult));
        check(true, |c| c.present = false, Family, Err(Denied::CompanionNotPresent));
        check(true, |c| c.name = " ".into(), Family, Err(Denied::CompanionNameMissing));
        for kind in [Representative, ProvisionalRepresentative, TrainedPerson] {
            check(false, |_| {}, kind, Ok(()));
            check(true, |_| {}, kind, Ok(()));
            check(true, |c| c.family_absent_reason = None, kind, Err(Denied::FamilyAbsentReasonMissing));
            check(false, |c| c.organisation = Some(" ".into()), kind, Err(Denied::OrganisationMissing));
            check(false, |c| c.person_id = Some(" ".into()), kind, Err(Denied::CompanionIdMissing));
        }
    }

    #[test]
    fn a_designated_person_goes_first() {
        use CompanionKind::*;
        let first = Err(Denied::DesignatedPersonFirst);
        let contradicts = Err(Denied::DesignationContradicts);
        let cases = [
            (Designation::None, TrainedPerson, Ok(())),
            (Designation::None, ProvisionalRepresentative, contradicts.clone()),
            (Designation::None, Representative, contradicts.clone()),
            (Designation::Provisional, TrainedPerson, first.clone()),
            (Designation::Provisional, ProvisionalRepresentative, Ok(())),
            (Designation::Provisional, Representative, contradicts),
            (Designation::Representative, TrainedPerson, first.clone()),
            (Designation::Representative, ProvisionalRepresentative, first),
            (Designation::Representative, Representative, Ok(())),
        ];
        for (designated, kind, expect) in cases {
            check(false, |c| c.designated = designated, kind, expect);
        }
    }

    #[test]
    fn the_companion_is_independent_of_the_official() {
        use CompanionKind::*;
        for kind in CompanionKind::ALL {
            let same_person = Err(Denied::CompanionIsOperator);
            check(kind == Family, |c| c.person_id = Some("s100".into()), kind, same_person.clone());
            check(kind == Family, |c| c.name = "S-100".into(), kind, same_person);
            let expect = if kind == Family { Ok(()) } else { Err(Denied::CompanionFromSameService) };
            check(kind == Family, |c| c.organisation = Some(" KMAR".into()), kind, expect);
        }
    }

    #[test]
    fn information_says_what_was_shown_to_whom() {
        let shown = |change: &dyn Fn(&mut Information)| {
            let mut information = Information {
                material: "children".into(),
                for_children: true,
                version: "0a".repeat(32),
                language: "nl".into(),
                mode: InformationMode::Infographic,
            };
            change(&mut information);
            information
        };
        let child = |change: &dyn Fn(&mut Information)| judge_information(&shown(change), AgeBand::Child);
        assert_eq!(child(&|_| {}), Ok(()));
        assert_eq!(child(&|i| i.material = " ".into()), Err(Denied::InformationIncomplete));
        assert_eq!(child(&|i| i.language = String::new()), Err(Denied::InformationIncomplete));
        for version in ["", "0a", &"zz".repeat(32)] {
            assert_eq!(child(&|i| i.version = version.into()), Err(Denied::InformationVersionMissing));
        }
        assert_eq!(child(&|i| i.for_children = false), Err(Denied::InformationNotForChildren));
        for mode in [InformationMode::Screen, InformationMode::Spoken, InformationMode::Interpreter] {
            assert_eq!(child(&|i| i.mode = mode), Err(Denied::InformationModeNotForChildren));
            let adult = judge_information(&shown(&|i| i.mode = mode), AgeBand::Adult);
            assert_eq!(adult, Ok(()), "an adult may read or hear it");
        }
    }

    #[test]
    fn training_ends_after_its_last_day() {
        let mut operator = operator();
        let at = |text: &str| text.parse::<Timestamp>().expect("a literal timestamp");
        assert_eq!(operator.trained(at("2026-07-01T10:00:00Z")), Err(Denied::OperatorNotTrained));
        operator.child_training =
            Some(ChildTraining { issuer: "Demo Academy".into(), valid_to: jiff::civil::date(2026, 7, 1) });
        assert_eq!(operator.trained(at("2026-07-01T23:59:59Z")), Ok(()));
        assert_eq!(operator.trained(at("2026-07-02T00:00:00Z")), Err(Denied::TrainingExpired));
    }
}
