//! Requests that are no first transmission: law enforcement (codes 4 and 5), the data subject's own (code 6), and a
//! comparison that also covers the State's own earlier data.
//!
//! Source: EUR 5, 6, 14(3), 27(3), 32 to 34, 43. [`REQUESTS`] is their one table; a request is refused unless a profile
//! enables it; the conditions of law that come on top stand here, once.
//!
//! Invariants: a request is checked against every condition, and all that is missing is told at once; no grounds, names
//! or file numbers in `Debug` or in findings.
//!
//! Left out on purpose: sending them. A gateway that serves a screening site has no office for them.

use std::fmt;

use jiff::Timestamp;

use crate::category::{Category, SearchScope, Trigger};
use crate::dataset::MemberState;
use crate::finding::Finding;
use crate::identifier::StaffId;
use crate::operation::Operation;
use crate::profile::Profile;
use crate::reference::ReferenceNumber;

/// A request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestKind {
    /// A designated authority of a Member State searches.
    LawEnforcementNational,
    /// Europol searches.
    LawEnforcementEuropol,
    /// A person asks about their own data.
    DataSubject,
    /// A Member State asks that a comparison also covers what it transmitted itself before.
    OwnData,
}

/// One row of the table of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRule {
    /// The request.
    pub kind: RequestKind,
    /// The stable word.
    pub word: &'static str,
    /// What it says on a screen.
    pub title: &'static str,
    /// The article it rests on.
    pub article: &'static str,
    /// Its category, whose place in the profile enables it; absent where a key of `[requests]` does.
    pub category: Option<Category>,
}

/// Every request that is no first transmission.
pub static REQUESTS: [RequestRule; 4] = [
    RequestRule {
        kind: RequestKind::LawEnforcementNational,
        word: "law-enforcement-national",
        title: "Law-enforcement request of a Member State",
        article: "33",
        category: Some(Category::LawEnforcementNational),
    },
    RequestRule {
        kind: RequestKind::LawEnforcementEuropol,
        word: "law-enforcement-europol",
        title: "Law-enforcement request of Europol",
        article: "34",
        category: Some(Category::LawEnforcementEuropol),
    },
    RequestRule {
        kind: RequestKind::DataSubject,
        word: "data-subject",
        title: "Request of the data subject",
        article: "43",
        category: Some(Category::DataSubject),
    },
    RequestRule {
        kind: RequestKind::OwnData,
        word: "own-data",
        title: "Comparison with the State's own earlier data too",
        article: "27(3)",
        category: None,
    },
];

impl RequestKind {
    /// The row of the law for this request.
    #[must_use]
    pub fn rule(self) -> &'static RequestRule {
        match self {
            Self::LawEnforcementNational => &REQUESTS[0],
            Self::LawEnforcementEuropol => &REQUESTS[1],
            Self::DataSubject => &REQUESTS[2],
            Self::OwnData => &REQUESTS[3],
        }
    }
}

/// A request that the comparison of one transmission also covers data this State transmitted before (27(3)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnDataRequest {
    /// The State that asks.
    pub member_state: MemberState,
    /// What the transmission does.
    pub operation: Operation,
    /// The event behind the transmission; Article 18 has one that is compared and one that is not.
    pub trigger: Trigger,
    /// The number of the transmission that is compared.
    pub reference_number: ReferenceNumber,
    /// The officer who asks.
    pub requested_by: StaffId,
}

/// Age below which a child's data need further grounds (14(3)).
pub const FURTHER_GROUNDS_BELOW_AGE_YEARS: u8 = 14;

/// One condition of a law-enforcement request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// National databases and the other States' Prüm systems were searched first, or why not.
    PriorCheck,
    /// Necessary, with an overriding public security concern.
    Necessity,
    /// A specific case, with specific persons.
    SpecificCase,
    /// Reasonable grounds that it contributes substantially.
    SubstantialContribution,
}

/// One row of the table of conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConditionRule {
    /// The condition.
    pub condition: Condition,
    /// The stable word.
    pub word: &'static str,
    /// The article for national authorities.
    pub national_article: &'static str,
    /// The article for Europol.
    pub europol_article: &'static str,
    /// What must be shown.
    pub title: &'static str,
}

/// Every condition of a law-enforcement request.
pub static CONDITIONS: [ConditionRule; 4] = [
    ConditionRule {
        condition: Condition::PriorCheck,
        word: "prior-check",
        national_article: "33(1)(a)",
        europol_article: "34(1)(a)",
        title: "other systems were searched first",
    },
    ConditionRule {
        condition: Condition::Necessity,
        word: "necessity",
        national_article: "33(1)(b)",
        europol_article: "34(1)(b)",
        title: "necessity and an overriding public security concern",
    },
    ConditionRule {
        condition: Condition::SpecificCase,
        word: "specific-case",
        national_article: "33(1)(c)",
        europol_article: "34(1)(c)",
        title: "a specific case",
    },
    ConditionRule {
        condition: Condition::SubstantialContribution,
        word: "substantial-contribution",
        national_article: "33(1)(d)",
        europol_article: "34(1)(d)",
        title: "reasonable grounds of a substantial contribution",
    },
];

/// Why a request may go before the verifying authority has seen it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verification {
    /// The verifying authority agreed beforehand.
    Beforehand,
    /// Imminent danger: it goes at once and is verified afterwards (32(4)); found unjustified, what was obtained is
    /// erased (32(5)).
    Afterwards,
}

/// A request for law-enforcement purposes.
#[derive(Clone, PartialEq, Eq)]
pub struct LawEnforcementRequest {
    /// Code 4 or 5.
    pub category: Category,
    /// The officer of the operating unit who asks.
    pub requested_by: StaffId,
    /// The officer of the verifying authority.
    pub verified_by: Option<StaffId>,
    /// When the verifying authority looks.
    pub verification: Verification,
    /// The grounds given, per condition. Free text, so never logged.
    pub grounds: Vec<(Condition, String)>,
    /// True when a check of the common identity repository showed that the person is stored in Eurodac, which takes
    /// the place of the prior check (33(2)).
    pub common_repository_indication: bool,
    /// Age of the person whose data are sought, where known.
    pub subject_age_years: Option<u8>,
    /// Further grounds of necessity for the use against a child under fourteen (14(3)).
    pub child_grounds: Option<String>,
    /// National file number (51(2)). Never logged.
    pub file_number: String,
}

impl fmt::Debug for LawEnforcementRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LawEnforcementRequest")
            .field("category", &self.category)
            .field("verification", &self.verification)
            .finish_non_exhaustive()
    }
}

/// What a data subject asks for (43).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Access to the data stored, the security flag included (43(2)).
    Access,
    /// Rectification or completion.
    Rectification,
    /// Erasure.
    Erasure,
    /// Restriction of processing.
    Restriction,
}

/// A data subject's request.
#[derive(Clone, PartialEq, Eq)]
pub struct DataSubjectRequest {
    /// What is asked for.
    pub right: Right,
    /// When it was received.
    pub received_at: Timestamp,
    /// The officer who wrote it down (43(8): a written record is kept).
    pub recorded_by: StaffId,
    /// When the answer was given, once it was.
    pub answered_at: Option<Timestamp>,
    /// When the biometrics taken for it were erased; at once after the request (43(6)).
    pub biometrics_erased_at: Option<Timestamp>,
    /// Reasons of a refusal, which is given in writing (43(5)). Free text, so never logged.
    pub refusal_reasons: Option<String>,
}

impl fmt::Debug for DataSubjectRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataSubjectRequest").field("right", &self.right).finish_non_exhaustive()
    }
}

/// Checks a law-enforcement request; an empty list means that nothing in law stands against sending it.
#[must_use]
pub fn law_enforcement(profile: &Profile, request: &LawEnforcementRequest) -> Vec<Finding> {
    let mut findings = Vec::new();
    enabled(profile, request.category, &mut findings);
    let europol = match request.category {
        Category::LawEnforcementEuropol => true,
        Category::LawEnforcementNational => false,
        _ => {
            let message = "A law-enforcement request has category 4 or 5, Article 37(4).";
            findings.push(Finding::error("I-1115", "category", message));
            false
        }
    };
    for rule in &CONDITIONS {
        let waived =
            rule.condition == Condition::PriorCheck && request.common_repository_indication && !europol;
        let given = request
            .grounds
            .iter()
            .any(|(condition, text)| *condition == rule.condition && !text.trim().is_empty());
        if !given && !waived {
            let article = if europol { rule.europol_article } else { rule.national_article };
            let message =
                format!("Article {article} asks for {}; give the grounds, or do not send it.", rule.title);
            findings.push(Finding::error("I-1801", rule.word, message));
        }
    }
    verification(request, &mut findings);
    let child = request.subject_age_years.is_some_and(|age| age < FURTHER_GROUNDS_BELOW_AGE_YEARS);
    let child_grounds = request.child_grounds.as_deref().unwrap_or_default();
    if child && child_grounds.trim().is_empty() {
        let message = "Against a child under fourteen, Article 14(3) asks for further grounds of necessity.";
        findings.push(Finding::error("I-1803", "child-grounds", message));
    }
    if request.file_number.trim().is_empty() {
        let message = "The national file number is kept with the request, Article 51(2). Give it.";
        findings.push(Finding::error("I-1101", "file-number", message));
    }
    findings
}

/// Checks a data subject's request as it stands `now`.
#[must_use]
pub fn data_subject(profile: &Profile, request: &DataSubjectRequest, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    enabled(profile, Category::DataSubject, &mut findings);
    if request.received_at > now || request.answered_at.is_some_and(|at| at < request.received_at) {
        let message = "The dates of receipt and answer contradict each other or lie in the future.";
        findings.push(Finding::error("I-1112", "answered-at", message));
    }
    if request.answered_at.is_some() && request.biometrics_erased_at.is_none() {
        let message =
            "Biometrics taken for this request are erased at once after it, Article 43(6). Erase them.";
        findings.push(Finding::error("I-1804", "biometrics-erased-at", message));
    }
    if request.refusal_reasons.as_ref().is_some_and(|reasons| reasons.trim().is_empty()) {
        let message = "A refusal is given in writing with its reasons, Article 43(5). Give them.";
        findings.push(Finding::error("I-1101", "refusal-reasons", message));
    }
    findings
}

/// Checks a request that a comparison covers the State's own earlier data too.
#[must_use]
pub fn own_data(profile: &Profile, request: &OwnDataRequest) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !profile.accepts(RequestKind::OwnData) {
        let message = format!(
            "Comparison with own earlier data, Article 27(3), is not enabled in profile {}.",
            profile.name
        );
        findings.push(Finding::error("I-1601", "own-data", message));
    }
    let trigger = request.trigger.rule();
    let compared = matches!(trigger.searched, SearchScope::AllStored | SearchScope::MarkedAndResettled)
        && trigger.category == request.reference_number.category();
    if !compared || !request.operation.is_compared() {
        let message =
            "This transmission is not compared on arrival, Article 27, so there is nothing to widen.";
        findings.push(Finding::error("I-1805", "operation", message));
    }
    if request.reference_number.member_state() != request.member_state.as_str() {
        let message = "A State asks for its own transmissions only, Article 27(3).";
        findings.push(Finding::error("I-1805", "reference-number", message));
    }
    findings
}

/// The verifying authority is another person, and has agreed unless the danger is imminent.
fn verification(request: &LawEnforcementRequest, findings: &mut Vec<Finding>) {
    if request.verified_by.as_ref() == Some(&request.requested_by) {
        let message =
            "The verifying authority is independent of who asks, Article 6. Have another person verify.";
        findings.push(Finding::error("I-1802", "verified-by", message));
    }
    match (request.verification, &request.verified_by) {
        (Verification::Beforehand, None) => {
            let message = "The verifying authority has not agreed, Article 32. Have it verified first.";
            findings.push(Finding::error("I-1802", "verified-by", message));
        }
        (Verification::Afterwards, None) => {
            let message =
                "It goes unverified, Article 32(4). Have it verified, and erase what came if unjustified.";
            findings.push(Finding::warning("I-1802", "verified-by", message));
        }
        (_, Some(_)) => {}
    }
}

fn enabled(profile: &Profile, category: Category, findings: &mut Vec<Finding>) {
    if !profile.is_enabled(category) {
        let message = format!("Category {} is not enabled in profile {}.", category.code(), profile.name);
        findings.push(Finding::error("I-1601", "category", message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn enabling() -> Profile {
        let text = include_str!("../profiles/open-2026.toml");
        let all = text.replace("enabled = [\"1\",", "enabled = [\"4\", \"5\", \"6\", \"1\",");
        Profile::from_toml(&all).expect("consistent")
    }

    fn complete(category: Category) -> LawEnforcementRequest {
        LawEnforcementRequest {
            category,
            requested_by: StaffId::new("officer-1").expect("plain"),
            verified_by: Some(StaffId::new("verifier-1").expect("plain")),
            verification: Verification::Beforehand,
            grounds: CONDITIONS.iter().map(|rule| (rule.condition, "grounds".to_owned())).collect(),
            common_repository_indication: false,
            subject_age_years: None,
            child_grounds: None,
            file_number: "F-1".to_owned(),
        }
    }

    #[track_caller]
    fn check(category: Category, expect: &[&str], change: impl FnOnce(&mut LawEnforcementRequest)) {
        let mut request = complete(category);
        change(&mut request);
        let found: Vec<String> = law_enforcement(&enabling(), &request)
            .iter()
            .map(|f| format!("{} {} {}", f.severity.word(), f.code, f.field))
            .collect();
        assert_eq!(found, expect);
        assert!(!format!("{request:?}").contains("grounds"), "grounds are never shown");
    }

    #[test]
    fn law_enforcement_needs_every_condition() {
        use Category::{Applicant, LawEnforcementEuropol as Europol, LawEnforcementNational as National};
        check(National, &[], |_| ());
        check(Europol, &[], |_| ());
        for rule in &CONDITIONS {
            let expect = format!("error I-1801 {}", rule.word);
            check(National, &[&expect], |r| r.grounds.retain(|(c, _)| *c != rule.condition));
            check(Europol, &[&expect], |r| r.grounds.retain(|(c, _)| *c != rule.condition));
        }
        check(National, &["error I-1801 necessity"], |r| r.grounds[1].1 = " ".to_owned());
        check(National, &[], |r| {
            r.common_repository_indication = true;
            r.grounds.remove(0);
        });
        check(National, &["error I-1802 verified-by"], |r| r.verified_by = Some(r.requested_by.clone()));
        check(National, &["error I-1802 verified-by"], |r| r.verified_by = None);
        check(National, &["warning I-1802 verified-by"], |r| {
            r.verified_by = None;
            r.verification = Verification::Afterwards;
        });
        check(National, &["error I-1803 child-grounds"], |r| r.subject_age_years = Some(13));
        check(National, &[], |r| r.subject_age_years = Some(14));
        check(National, &[], |r| {
            r.subject_age_years = Some(13);
            r.child_grounds = Some("trafficking".to_owned());
        });
        check(National, &["error I-1101 file-number"], |r| r.file_number.clear());
        check(Applicant, &["error I-1115 category"], |_| ());
    }

    #[test]
    fn the_table_row_by_row() {
        #[track_caller]
        fn check(kind: RequestKind, word: &str, article: &str, code: Option<char>) {
            let rule = kind.rule();
            assert_eq!((rule.kind, rule.word, rule.article), (kind, word, article));
            assert_eq!(rule.category.map(Category::code), code);
        }
        check(RequestKind::LawEnforcementNational, "law-enforcement-national", "33", Some('4'));
        check(RequestKind::LawEnforcementEuropol, "law-enforcement-europol", "34", Some('5'));
        check(RequestKind::DataSubject, "data-subject", "43", Some('6'));
        check(RequestKind::OwnData, "own-data", "27(3)", None);
    }

    #[test]
    fn own_data_only_where_something_is_compared() {
        let enabled =
            include_str!("../profiles/open-2026.toml").replace("own_data = false", "own_data = true");
        let enabled = Profile::from_toml(&enabled).expect("consistent");
        let check_by = |profile: &Profile, trigger, operation, number: &str, expect: &[&str]| {
            let request = OwnDataRequest {
                member_state: MemberState::new("NL").expect("letters"),
                operation,
                trigger,
                reference_number: number.parse().expect("well-formed"),
                requested_by: StaffId::new("officer-1").expect("plain"),
            };
            let found: Vec<String> =
                own_data(profile, &request).iter().map(|f| format!("{} {}", f.code, f.field)).collect();
            assert_eq!(found, expect, "{operation:?} {number}");
        };
        let check = |profile: &Profile, operation: Operation, number: &str, expect: &[&str]| {
            check_by(profile, Trigger::Registration, operation, number, expect);
        };
        check(&enabled, Operation::Submit, "NL1000000042", &[]);
        let nothing = &["I-1805 operation"];
        check_by(&enabled, Trigger::AdmissionRegistration, Operation::Submit, "NL7000000042", &[]);
        check_by(&enabled, Trigger::AdmissionDecision, Operation::Submit, "NL7000000042", nothing);
        check_by(&enabled, Trigger::NationalGrant, Operation::Submit, "NL8000000042", nothing);
        check(&enabled, Operation::ArrivalInRelocationState, "NL1000000042", &[]);
        check(&enabled, Operation::ArrivalAfterTakeCharge, "NL1000000042", &["I-1805 operation"]);
        check(&enabled, Operation::Rectify, "NL1000000042", &["I-1805 operation"]);
        check(&enabled, Operation::Submit, "NL8000000042", &["I-1805 operation"]);
        check(&enabled, Operation::Submit, "NL6000000042", &["I-1805 operation"]);
        check(&enabled, Operation::Submit, "DE1000000042", &["I-1805 reference-number"]);
        for name in Profile::SHIPPED {
            let shipped = Profile::shipped(name).expect("shipped");
            check(&shipped, Operation::Submit, "NL1000000042", &["I-1601 own-data"]);
        }
    }

    #[test]
    fn refused_by_default() {
        for name in Profile::SHIPPED {
            let profile = Profile::shipped(name).expect("shipped");
            let accepted: Vec<_> = REQUESTS.iter().filter(|rule| profile.accepts(rule.kind)).collect();
            assert_eq!(accepted, Vec::<&RequestRule>::new(), "{name}");
        }
        for name in Profile::SHIPPED {
            let profile = Profile::shipped(name).expect("shipped");
            for category in [Category::LawEnforcementNational, Category::LawEnforcementEuropol] {
                let findings = law_enforcement(&profile, &complete(category));
                assert!(findings.iter().any(|f| f.code == "I-1601"), "{name} {category:?}");
            }
            assert!(!profile.is_enabled(Category::DataSubject), "{name}");
        }
    }

    #[test]
    fn data_subjects_leave_no_biometrics_behind() {
        fn check(expect: &[&str], change: impl FnOnce(&mut DataSubjectRequest)) {
            let mut request = DataSubjectRequest {
                right: Right::Access,
                received_at: at("2026-07-01T10:00:00Z"),
                recorded_by: StaffId::new("officer-1").expect("plain"),
                answered_at: Some(at("2026-07-03T10:00:00Z")),
                biometrics_erased_at: Some(at("2026-07-03T10:00:01Z")),
                refusal_reasons: None,
            };
            change(&mut request);
            let findings = data_subject(&enabling(), &request, at("2026-07-04T10:00:00Z"));
            assert_eq!(findings.iter().map(|f| f.code.as_str()).collect::<Vec<_>>(), expect);
        }
        check(&[], |_| ());
        check(&[], |r| (r.answered_at, r.biometrics_erased_at) = (None, None));
        check(&["I-1804"], |r| r.biometrics_erased_at = None);
        check(&["I-1101"], |r| r.refusal_reasons = Some(String::new()));
        check(&["I-1112"], |r| r.received_at = at("2026-07-05T10:00:00Z"));
        check(&["I-1112"], |r| r.answered_at = Some(at("2026-06-05T10:00:00Z")));
    }
}
