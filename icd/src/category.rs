//! The ten categories of Eurodac and, per trigger, the clock each one starts.
//!
//! Source: Regulation (EU) 2024/1358 ("EUR"), Articles 15, 18, 20, 22 to 24, 26, 32 to 34, 43; search scope Art. 27;
//! storage Art. 29; codes Art. 37(4); application dates Art. 63. This is the only place where those figures stand.
//!
//! Invariant: law is data here. A row holds its article, so that a clock on a screen can name it.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::error::Error;

/// What a dataset or request is about; the character of the reference number says it (Art. 37(4)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "char", into = "char")]
pub enum Category {
    /// `1`: applicant for international protection.
    Applicant,
    /// `2`: apprehended in connection with the irregular crossing of an external border.
    IrregularCrossing,
    /// `3`: illegally staying in a Member State.
    IllegalStay,
    /// `4`: law-enforcement request by a national authority.
    LawEnforcementNational,
    /// `5`: law-enforcement request by Europol.
    LawEnforcementEuropol,
    /// `6`: a data subject's own request.
    DataSubject,
    /// `7`: Union resettlement or humanitarian admission.
    Resettlement,
    /// `8`: admitted under a national resettlement scheme.
    NationalResettlement,
    /// `9`: disembarked after search and rescue.
    Disembarked,
    /// `0`: beneficiary of temporary protection.
    TemporaryProtection,
}

/// The event that starts the clock. A category has one, except where the law gives it two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// Registration of the application for international protection, Art. 15(1)(a).
    Registration,
    /// Biometrics taken at a border crossing point or transit zone, Art. 15(1)(b).
    BiometricsTakenAtBorder,
    /// Apprehension, Art. 22(2).
    Apprehension,
    /// Found to be illegally staying, Art. 23(2).
    FoundIllegallyStaying,
    /// Registration for the admission procedure, Art. 18(1).
    AdmissionRegistration,
    /// Decision to grant, to refuse on certain grounds, or to discontinue, Art. 18(2).
    AdmissionDecision,
    /// Grant of protection or humanitarian status under a national scheme, Art. 20(1).
    NationalGrant,
    /// Disembarkation, Art. 24(2).
    Disembarkation,
    /// Registration as beneficiary of temporary protection, Art. 26(2).
    TemporaryProtectionRegistration,
}

/// How long the law gives after the trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BaseLimit {
    /// This many hours.
    Hours(u16),
    /// This many days of 24 hours.
    Days(u16),
    /// As soon as possible, at latest before the event the article names; no figure.
    BeforeEvent,
    /// No limit: nothing is transmitted for storage.
    None,
}

impl BaseLimit {
    /// The limit in hours, where the law has a figure.
    #[must_use]
    pub fn hours(self) -> Option<u32> {
        match self {
            Self::Hours(hours) => Some(u32::from(hours)),
            Self::Days(days) => Some(u32::from(days) * 24),
            Self::BeforeEvent | Self::None => None,
        }
    }
}

/// A rule of law that gives more time, or another clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Provision {
    /// Hours given; `None` means "as soon as possible", without a figure.
    pub hours: Option<u16>,
    /// The article that gives them.
    pub article: &'static str,
}

/// With whose data a transmission is compared on arrival (Art. 27).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SearchScope {
    /// With all data of other Member States.
    AllStored,
    /// Only with marked applicants and with data of Articles 18(2) and 20 (Art. 27(2)).
    MarkedAndResettled,
    /// Only searched, never stored, under the conditions of Chapter VI.
    SearchOnly,
    /// Not compared.
    NotCompared,
}

/// How long the central system keeps what is sent, from the date the biometrics were transmitted (Art. 29).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retention {
    /// This many years.
    Years(u8),
    /// One figure for a grant, another for a refusal or discontinuation.
    YearsByDecision {
        /// After a grant.
        granted: u8,
        /// After a refusal or discontinuation.
        refused: u8,
    },
    /// One year from the entry into force of the Council decision, extended with it.
    CouncilDecision,
    /// Not stored, or erased at once.
    NotStored,
}

/// One row of the table of categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CategoryRule {
    /// The category.
    pub category: Category,
    /// The character of the reference number.
    pub code: char,
    /// The name the law gives.
    pub legal_name: &'static str,
    /// The article that brings the category about.
    pub article: &'static str,
    /// The article that lists its data, where it has any.
    pub data_article: Option<&'static str>,
    /// The event whose clock applies unless the caller names another. Where the law has two, the one with a figure.
    pub trigger: Option<Trigger>,
    /// The limit of that trigger.
    pub base: BaseLimit,
    /// More time for serious technical problems under the national continuity plan.
    pub technical_extension: Option<Provision>,
    /// More time under a notified sudden influx.
    pub influx_extension: Option<Provision>,
    /// The clock after a successful retake, where fingertips were unusable at first.
    pub retake: Option<Provision>,
    /// The clock after a health or public-health obstacle has ended.
    pub health: Option<Provision>,
    /// Where custody longer than the limit moves it to the release.
    pub custody: Option<&'static str>,
    /// True when the central system keeps the data.
    pub stored: bool,
    /// The article on storage, where one applies.
    pub retention: Retention,
    /// The article behind the retention.
    pub retention_article: &'static str,
    /// With whose data it is compared.
    pub searched: SearchScope,
    /// Youngest age at which biometrics may be taken, in years.
    pub age_years_min: u8,
    /// First day on which the category exists.
    pub enabled_from: Date,
    /// False for what a normal site refuses unless it is configured: law enforcement and data-subject requests.
    pub enabled_by_default: bool,
}

/// One row of the table of triggers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TriggerRule {
    /// The trigger.
    pub trigger: Trigger,
    /// The category it leads to.
    pub category: Category,
    /// The article that sets the limit.
    pub article: &'static str,
    /// The word used in commands and envelopes.
    pub word: &'static str,
    /// When the clock starts, in words.
    pub clock_start: &'static str,
    /// The limit.
    pub base: BaseLimit,
    /// True when what is sent at this trigger is stored.
    pub stored: bool,
    /// With whose data it is compared.
    pub searched: SearchScope,
}

impl Category {
    /// The ten categories, in the order of their reference-number characters 1 to 9, then 0.
    pub const ALL: [Self; 10] = [
        Self::Applicant,
        Self::IrregularCrossing,
        Self::IllegalStay,
        Self::LawEnforcementNational,
        Self::LawEnforcementEuropol,
        Self::DataSubject,
        Self::Resettlement,
        Self::NationalResettlement,
        Self::Disembarked,
        Self::TemporaryProtection,
    ];

    /// The category with this character in the reference number.
    #[must_use]
    pub fn from_code(code: char) -> Option<Self> {
        RULES.iter().find(|rule| rule.code == code).map(|rule| rule.category)
    }

    /// The character in the reference number.
    #[must_use]
    pub fn code(self) -> char {
        self.rule().code
    }

    /// The row of the law for this category.
    #[must_use]
    pub fn rule(self) -> &'static CategoryRule {
        match self {
            Self::Applicant => &RULES[0],
            Self::IrregularCrossing => &RULES[1],
            Self::IllegalStay => &RULES[2],
            Self::LawEnforcementNational => &RULES[3],
            Self::LawEnforcementEuropol => &RULES[4],
            Self::DataSubject => &RULES[5],
            Self::Resettlement => &RULES[6],
            Self::NationalResettlement => &RULES[7],
            Self::Disembarked => &RULES[8],
            Self::TemporaryProtection => &RULES[9],
        }
    }

    /// True when the category exists on this day (temporary protection: only from 12 June 2029).
    #[must_use]
    pub fn is_enabled_on(self, day: Date) -> bool {
        day >= self.rule().enabled_from
    }

    /// The events that start this category's clock.
    pub fn triggers(self) -> impl Iterator<Item = &'static TriggerRule> {
        TRIGGERS.iter().filter(move |rule| rule.category == self)
    }
}

impl Category {
    /// What happens to a dataset of this category when it arrives. Two things that the category alone does not say are read
    /// off the dataset: of a resettlement, whether a decision was made (Art. 18(2)) or the procedure only begins (Art.
    /// 18(1)); and of an applicant, whether it is sent on arrival after a take-charge transfer or on leaving the territory
    /// (Art. 16(2)(a) and (c)), which is stored and not compared (Art. 27(1)).
    #[must_use]
    pub fn handling(self, dataset: &Dataset) -> Handling {
        let additional = &dataset.additional;
        let decided =
            additional.granted_on.or(additional.refused_on).or(additional.discontinued_on).is_some();
        if self == Self::Resettlement && !decided {
            let TriggerRule { searched, stored, article, .. } = Trigger::AdmissionRegistration.rule();
            return Handling { searched: *searched, stored: *stored, article };
        }
        let rule = self.rule();
        if self == Self::Applicant && additional.arrived_take_charge_on.or(additional.left_on).is_some() {
            return Handling { searched: SearchScope::NotCompared, stored: rule.stored, article: "27(1)" };
        }
        Handling { searched: rule.searched, stored: rule.stored, article: rule.article }
    }
}

/// What the central system does with a dataset that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handling {
    /// With what it is compared.
    pub searched: SearchScope,
    /// True when it is kept.
    pub stored: bool,
    /// The provision that says so.
    pub article: &'static str,
}

impl TryFrom<char> for Category {
    type Error = Error;

    fn try_from(code: char) -> Result<Self, Error> {
        Self::from_code(code).ok_or_else(|| Error::invalid("category", "one character from 0 to 9"))
    }
}

impl From<Category> for char {
    fn from(category: Category) -> Self {
        category.code()
    }
}

impl Trigger {
    /// Every trigger.
    pub const ALL: [Self; 9] = [
        Self::Registration,
        Self::BiometricsTakenAtBorder,
        Self::Apprehension,
        Self::FoundIllegallyStaying,
        Self::AdmissionRegistration,
        Self::AdmissionDecision,
        Self::NationalGrant,
        Self::Disembarkation,
        Self::TemporaryProtectionRegistration,
    ];

    /// The row of the law for this trigger.
    #[must_use]
    pub fn rule(self) -> &'static TriggerRule {
        match self {
            Self::Registration => &TRIGGERS[0],
            Self::BiometricsTakenAtBorder => &TRIGGERS[1],
            Self::Apprehension => &TRIGGERS[2],
            Self::FoundIllegallyStaying => &TRIGGERS[3],
            Self::AdmissionRegistration => &TRIGGERS[4],
            Self::AdmissionDecision => &TRIGGERS[5],
            Self::NationalGrant => &TRIGGERS[6],
            Self::Disembarkation => &TRIGGERS[7],
            Self::TemporaryProtectionRegistration => &TRIGGERS[8],
        }
    }

    /// The trigger with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        TRIGGERS.iter().find(|rule| rule.word == word).map(|rule| rule.trigger)
    }
}

/// Youngest age in years at which biometrics of anybody may be taken, Art. 14(1) and each category's own article.
pub const AGE_YEARS_MIN: u8 = 6;

/// First day of application of the Regulation, Art. 63(2).
pub const APPLIES_FROM: Date = date(2026, 6, 12);

/// First day of application of Art. 26, Art. 63(2).
pub const TEMPORARY_PROTECTION_FROM: Date = date(2029, 6, 12);

const fn hours(hours: u16, article: &'static str) -> Option<Provision> {
    Some(Provision { hours: Some(hours), article })
}

const fn soon(article: &'static str) -> Option<Provision> {
    Some(Provision { hours: None, article })
}

/// What every row has in common, so that a row below shows only its own law.
const COMMON: CategoryRule = CategoryRule {
    category: Category::Applicant,
    code: '1',
    legal_name: "",
    article: "",
    data_article: None,
    trigger: None,
    base: BaseLimit::None,
    technical_extension: None,
    influx_extension: None,
    retake: None,
    health: None,
    custody: None,
    stored: true,
    retention: Retention::NotStored,
    retention_article: "",
    searched: SearchScope::AllStored,
    age_years_min: AGE_YEARS_MIN,
    enabled_from: APPLIES_FROM,
    enabled_by_default: true,
};

/// What a category takes from the event that starts its clock, so that each figure stands once. Of two events the row names
/// the one that the category's data article is about.
const fn started_by(rule: &TriggerRule) -> CategoryRule {
    CategoryRule {
        category: rule.category,
        article: rule.article,
        trigger: Some(rule.trigger),
        base: rule.base,
        stored: rule.stored,
        searched: rule.searched,
        ..COMMON
    }
}

static RULES: [CategoryRule; 10] = [
    CategoryRule {
        code: '1',
        legal_name: "applicant for international protection",
        data_article: Some("17"),
        retake: hours(48, "15(1)"),
        health: hours(48, "15(2)"),
        technical_extension: hours(48, "15(2)"),
        retention: Retention::Years(10),
        retention_article: "29(1)",
        ..started_by(&TRIGGERS[0])
    },
    CategoryRule {
        code: '2',
        legal_name: "apprehended in connection with the irregular crossing of an external border",
        data_article: Some("22(2)"),
        retake: hours(48, "22(5)"),
        health: hours(48, "22(6)"),
        technical_extension: hours(48, "22(6)"),
        custody: Some("22(4)"),
        retention: Retention::Years(5),
        retention_article: "29(6)",
        ..started_by(&TRIGGERS[2])
    },
    CategoryRule {
        code: '3',
        legal_name: "illegally staying in a Member State",
        data_article: Some("23(2)"),
        retake: hours(48, "23(4)"),
        health: hours(48, "23(5)"),
        technical_extension: hours(48, "23(5)"),
        retention: Retention::Years(5),
        retention_article: "29(7)",
        ..started_by(&TRIGGERS[3])
    },
    CategoryRule {
        category: Category::LawEnforcementNational,
        code: '4',
        legal_name: "law-enforcement request by a national authority",
        article: "32-33",
        stored: false,
        retention_article: "47(4)",
        searched: SearchScope::SearchOnly,
        enabled_by_default: false,
        ..COMMON
    },
    CategoryRule {
        category: Category::LawEnforcementEuropol,
        code: '5',
        legal_name: "law-enforcement request by Europol",
        article: "34",
        stored: false,
        retention_article: "47(4)",
        searched: SearchScope::SearchOnly,
        enabled_by_default: false,
        ..COMMON
    },
    CategoryRule {
        category: Category::DataSubject,
        code: '6',
        legal_name: "data subject's request",
        article: "43",
        stored: false,
        retention_article: "43(6)",
        searched: SearchScope::NotCompared,
        enabled_by_default: false,
        ..COMMON
    },
    CategoryRule {
        code: '7',
        legal_name: "Union resettlement or humanitarian admission",
        data_article: Some("19"),
        retake: soon("18(3)"),
        health: soon("18(3)"),
        retention: Retention::YearsByDecision { granted: 5, refused: 3 },
        retention_article: "29(2)-(4)",
        ..started_by(&TRIGGERS[5])
    },
    CategoryRule {
        code: '8',
        legal_name: "admitted under a national resettlement scheme",
        data_article: Some("21"),
        retake: soon("20(2)"),
        health: hours(48, "20(3)"),
        retention: Retention::Years(5),
        retention_article: "29(5)",
        ..started_by(&TRIGGERS[6])
    },
    CategoryRule {
        code: '9',
        legal_name: "disembarked after search and rescue",
        data_article: Some("24(2)-(3)"),
        retake: hours(48, "24(4)"),
        health: hours(48, "24(5)"),
        technical_extension: hours(48, "24(5)"),
        influx_extension: hours(48, "24(6)"),
        retention: Retention::Years(5),
        retention_article: "29(8)",
        ..started_by(&TRIGGERS[7])
    },
    CategoryRule {
        code: '0',
        legal_name: "beneficiary of temporary protection",
        data_article: Some("26(2)"),
        retake: hours(48, "26(3)"),
        health: hours(48, "26(4)"),
        technical_extension: hours(48, "26(4)"),
        retention: Retention::CouncilDecision,
        retention_article: "29(9)",
        enabled_from: TEMPORARY_PROTECTION_FROM,
        ..started_by(&TRIGGERS[8])
    },
];

static TRIGGERS: [TriggerRule; 9] = [
    TriggerRule {
        trigger: Trigger::Registration,
        category: Category::Applicant,
        article: "15(1)",
        word: "registration",
        clock_start: "registration of the application for international protection",
        base: BaseLimit::Hours(72),
        stored: true,
        searched: SearchScope::AllStored,
    },
    TriggerRule {
        trigger: Trigger::BiometricsTakenAtBorder,
        category: Category::Applicant,
        article: "15(1)",
        word: "biometrics-taken",
        clock_start: "biometrics taken at a border crossing point or in a transit zone",
        base: BaseLimit::Hours(72),
        stored: true,
        searched: SearchScope::AllStored,
    },
    TriggerRule {
        trigger: Trigger::Apprehension,
        category: Category::IrregularCrossing,
        article: "22(2)",
        word: "apprehension",
        clock_start: "apprehension",
        base: BaseLimit::Hours(72),
        stored: true,
        searched: SearchScope::AllStored,
    },
    TriggerRule {
        trigger: Trigger::FoundIllegallyStaying,
        category: Category::IllegalStay,
        article: "23(2)",
        word: "found",
        clock_start: "found to be illegally staying",
        base: BaseLimit::Hours(72),
        stored: true,
        searched: SearchScope::AllStored,
    },
    TriggerRule {
        trigger: Trigger::AdmissionRegistration,
        category: Category::Resettlement,
        article: "18(1)",
        word: "admission-registration",
        clock_start: "registration for the admission procedure",
        base: BaseLimit::BeforeEvent,
        stored: false,
        searched: SearchScope::MarkedAndResettled,
    },
    TriggerRule {
        trigger: Trigger::AdmissionDecision,
        category: Category::Resettlement,
        article: "18(2)",
        word: "admission-decision",
        clock_start: "decision to grant, refuse or discontinue",
        base: BaseLimit::Hours(72),
        stored: true,
        searched: SearchScope::NotCompared,
    },
    TriggerRule {
        trigger: Trigger::NationalGrant,
        category: Category::NationalResettlement,
        article: "20(1)",
        word: "grant",
        clock_start: "grant of protection or humanitarian status",
        base: BaseLimit::Hours(72),
        stored: true,
        searched: SearchScope::NotCompared,
    },
    TriggerRule {
        trigger: Trigger::Disembarkation,
        category: Category::Disembarked,
        article: "24(2)",
        word: "disembarkation",
        clock_start: "disembarkation",
        base: BaseLimit::Hours(72),
        stored: true,
        searched: SearchScope::AllStored,
    },
    TriggerRule {
        trigger: Trigger::TemporaryProtectionRegistration,
        category: Category::TemporaryProtection,
        article: "26(2)",
        word: "protection-registration",
        clock_start: "registration as beneficiary of temporary protection",
        base: BaseLimit::Days(10),
        stored: true,
        searched: SearchScope::AllStored,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// One row of section "master table" as an independent reader of the law writes it down.
    #[test]
    fn the_table_row_by_row() {
        #[rustfmt::skip]
        fn check(
            code: char, article: &str, base_hours: Option<u32>, searched: SearchScope, retention: Retention,
            retention_article: &str, stored: bool,
        ) {
            let category = Category::from_code(code).expect("the code exists");
            let rule = category.rule();
            assert_eq!(rule.category, category);
            assert_eq!(rule.code, code);
            assert_eq!(
                (rule.article, rule.base.hours(), rule.searched, rule.retention, rule.retention_article, rule.stored),
                (article, base_hours, searched, retention, retention_article, stored),
                "category {code}"
            );
            assert_eq!(rule.age_years_min, 6);
        }
        use SearchScope::{AllStored, NotCompared, SearchOnly};
        check('1', "15(1)", Some(72), AllStored, Retention::Years(10), "29(1)", true);
        check('2', "22(2)", Some(72), AllStored, Retention::Years(5), "29(6)", true);
        check('3', "23(2)", Some(72), AllStored, Retention::Years(5), "29(7)", true);
        check('4', "32-33", None, SearchOnly, Retention::NotStored, "47(4)", false);
        check('5', "34", None, SearchOnly, Retention::NotStored, "47(4)", false);
        check('6', "43", None, NotCompared, Retention::NotStored, "43(6)", false);
        let by_decision = Retention::YearsByDecision { granted: 5, refused: 3 };
        check('7', "18(2)", Some(72), NotCompared, by_decision, "29(2)-(4)", true);
        check('8', "20(1)", Some(72), NotCompared, Retention::Years(5), "29(5)", true);
        check('9', "24(2)", Some(72), AllStored, Retention::Years(5), "29(8)", true);
        check('0', "26(2)", Some(240), AllStored, Retention::CouncilDecision, "29(9)", true);
    }

    /// Every cell of the table of extensions: hours, "soon" for as soon as possible, "-" for none.
    #[test]
    fn the_extensions_cell_by_cell() {
        fn cell(provision: Option<Provision>) -> String {
            match provision {
                None => "-".to_owned(),
                Some(Provision { hours: Some(hours), article }) => format!("{hours} {article}"),
                Some(Provision { hours: None, article }) => format!("soon {article}"),
            }
        }
        fn check(code: char, retake: &str, health: &str, technical: &str, influx: &str, custody: &str) {
            let rule = Category::from_code(code).expect("the code exists").rule();
            assert_eq!(cell(rule.retake), retake, "retake of {code}");
            assert_eq!(cell(rule.health), health, "health of {code}");
            assert_eq!(cell(rule.technical_extension), technical, "technical of {code}");
            assert_eq!(cell(rule.influx_extension), influx, "influx of {code}");
            assert_eq!(rule.custody.unwrap_or("-"), custody, "custody of {code}");
        }
        check('1', "48 15(1)", "48 15(2)", "48 15(2)", "-", "-");
        check('7', "soon 18(3)", "soon 18(3)", "-", "-", "-");
        check('8', "soon 20(2)", "48 20(3)", "-", "-", "-");
        check('2', "48 22(5)", "48 22(6)", "48 22(6)", "-", "22(4)");
        check('3', "48 23(4)", "48 23(5)", "48 23(5)", "-", "-");
        check('9', "48 24(4)", "48 24(5)", "48 24(5)", "48 24(6)", "-");
        check('0', "48 26(3)", "48 26(4)", "48 26(4)", "-", "-");
        for code in ['4', '5', '6'] {
            check(code, "-", "-", "-", "-", "-");
        }
    }

    #[test]
    fn triggers_agree_with_their_category() {
        for trigger in Trigger::ALL {
            let rule = trigger.rule();
            assert_eq!(rule.trigger, trigger);
            assert_eq!(Trigger::from_word(rule.word), Some(trigger));
        }
        for category in Category::ALL {
            let rule = category.rule();
            let Some(trigger) = rule.trigger else { continue };
            assert_eq!(trigger.rule().category, category);
            assert_eq!(trigger.rule().base, rule.base, "{category:?}");
            assert_eq!(trigger.rule().article, rule.article, "{category:?}");
            assert_eq!(trigger.rule().searched, rule.searched, "{category:?}");
        }
        let two: Vec<char> =
            Category::ALL.iter().filter(|c| c.triggers().count() == 2).map(|c| c.code()).collect();
        assert_eq!(two, ['1', '7'], "the law gives two clock starts to Articles 15 and 18 only");
    }

    #[test]
    fn codes_are_a_bijection_of_the_ten_digits() {
        for digit in '0'..='9' {
            assert_eq!(Category::from_code(digit).map(Category::code), Some(digit));
        }
        for other in ['a', '-', ' ', '١'] {
            assert_eq!(Category::from_code(other), None);
        }
    }

    #[test]
    fn temporary_protection_waits_until_2029() {
        fn check(category: Category, day: Date, expect: bool) {
            assert_eq!(category.is_enabled_on(day), expect, "{category:?} on {day}");
        }
        check(Category::TemporaryProtection, date(2026, 6, 12), false);
        check(Category::TemporaryProtection, date(2029, 6, 11), false);
        check(Category::TemporaryProtection, date(2029, 6, 12), true);
        check(Category::Applicant, date(2026, 6, 11), false);
        check(Category::Applicant, date(2026, 6, 12), true);
    }

    #[test]
    fn what_arrives_is_handled_by_what_it_says() {
        use crate::dataset::{Event, MemberState, Sex};
        use crate::identifier::StaffId;
        #[track_caller]
        fn check(category: Category, change: impl FnOnce(&mut Dataset), expect: (SearchScope, bool, &str)) {
            let event = Event {
                member_state: MemberState::new("NL").expect("letters"),
                place: "Ter Apel".to_owned(),
                date: date(2026, 7, 1),
            };
            let operator = StaffId::new("officer-1").expect("plain");
            let mut dataset = Dataset::new(Sex::Female, event, operator, date(2026, 7, 1));
            change(&mut dataset);
            let Handling { searched, stored, article } = category.handling(&dataset);
            assert_eq!((searched, stored, article), expect, "{category:?}");
        }
        let day = Some(date(2026, 7, 1));
        check(Category::Applicant, |_| (), (SearchScope::AllStored, true, "15(1)"));
        let uncompared = (SearchScope::NotCompared, true, "27(1)");
        check(Category::Applicant, |d| d.additional.arrived_take_charge_on = day, uncompared);
        check(Category::Applicant, |d| d.additional.left_on = day, uncompared);
        check(
            Category::Applicant,
            |d| d.additional.arrived_relocation_on = day,
            (SearchScope::AllStored, true, "15(1)"),
        );
        check(Category::Resettlement, |_| (), (SearchScope::MarkedAndResettled, false, "18(1)"));
        let decided = (SearchScope::NotCompared, true, "18(2)");
        check(Category::Resettlement, |d| d.additional.granted_on = day, decided);
        check(Category::Resettlement, |d| d.additional.refused_on = day, decided);
        check(Category::Resettlement, |d| d.additional.discontinued_on = day, decided);
        check(Category::DataSubject, |_| (), (SearchScope::NotCompared, false, "43"));
    }
}
