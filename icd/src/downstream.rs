//! What a hit starts: clocks under Regulation (EU) 2024/1351 ("AMMR"), the report of a wrong hit, the expert's check.
//!
//! Source: EUR 38(4) to (6) and recital 54; AMMR 39(1), 40(2), 41(1). The clocks belong on the screen that shows the hit;
//! whether a request to another State is made at all, the case worker decides.
//!
//! Invariant: this is the only place where these figures stand. Time is a parameter.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::category::Category;
use crate::dataset::Sex;
use crate::deadline::Deadline;
use crate::message::{HitDataset, MatchKind};
use crate::operation::Operation;
use crate::reference::ReferenceNumber;

/// What must happen after a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// Report that the hit was wrong, if it was.
    ReportWrongHit,
    /// Notify the other State that the person is taken back.
    TakeBackNotification,
    /// Ask the other State to take charge.
    TakeChargeRequest,
    /// The other State replies to a take-charge request.
    TakeChargeReply,
}

/// One row of the table of duties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DutyRule {
    /// The duty.
    pub duty: Duty,
    /// The article, with its regulation.
    pub article: &'static str,
    /// The figure.
    pub limit: Limit,
    /// What a screen says.
    pub title: &'static str,
    /// Categories of our own message for which it exists; empty means every category that is compared.
    pub own: &'static [Category],
    /// Categories of the matched dataset for which it exists; empty means every category.
    pub matched: &'static [Category],
}

/// How long a duty has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The limit of an operation, as [`crate::operation`] has it.
    OfOperation(Operation),
    /// Weeks of seven days of 24 hours.
    Weeks(u8),
    /// Calendar months, in UTC.
    Months(u8),
}

/// One clock that a hit starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownstreamClock {
    /// What must happen.
    pub duty: Duty,
    /// The article, with its regulation.
    pub article: &'static str,
    /// When it ends.
    pub due: Timestamp,
    /// The matched dataset it concerns.
    pub matched: ReferenceNumber,
}

/// Why a trained expert must look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExpertCheck {
    /// Only the face matched: at once, always (38(5)).
    FaceOnly,
    /// The sexes of the two datasets differ: necessary (38(4), recital 54).
    SexDiffers,
}

impl ExpertCheck {
    /// The article behind it.
    #[must_use]
    pub fn article(self) -> &'static str {
        match self {
            Self::FaceOnly => "38(5)",
            Self::SexDiffers => "38(4)",
        }
    }
}

impl Duty {
    /// Every duty.
    pub const ALL: [Self; 4] =
        [Self::ReportWrongHit, Self::TakeBackNotification, Self::TakeChargeRequest, Self::TakeChargeReply];

    /// The row of the law for this duty.
    #[must_use]
    pub fn rule(self) -> &'static DutyRule {
        match self {
            Self::ReportWrongHit => &RULES[0],
            Self::TakeBackNotification => &RULES[1],
            Self::TakeChargeRequest => &RULES[2],
            Self::TakeChargeReply => &RULES[3],
        }
    }

    /// When the duty ends, from the event that starts its clock: the hit, or for a reply the request.
    #[must_use]
    pub fn due(self, start: Timestamp) -> Timestamp {
        let span = match self.rule().limit {
            Limit::OfOperation(operation) => {
                let deadline = Deadline::for_operation(operation, Category::Applicant, start, None);
                return deadline.due().unwrap_or(Timestamp::MAX);
            }
            Limit::Weeks(weeks) => Span::new().weeks(weeks),
            Limit::Months(months) => Span::new().months(months),
        };
        let later = start.to_zoned(TimeZone::UTC).checked_add(span);
        later.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    fn follows(self, own: Category, matched: Category) -> bool {
        let rule = self.rule();
        let fits = |list: &[Category], category: Category| list.is_empty() || list.contains(&category);
        self != Self::TakeChargeReply && fits(rule.own, own) && fits(rule.matched, matched)
    }
}

/// Every clock that a result starts, soonest first. `own` is the category of our message.
#[must_use]
pub fn clocks(own: Category, hits: &[HitDataset], received_at: Timestamp) -> Vec<DownstreamClock> {
    let mut clocks: Vec<DownstreamClock> = hits
        .iter()
        .flat_map(|hit| {
            Duty::ALL.into_iter().filter(|duty| duty.follows(own, hit.category)).map(|duty| DownstreamClock {
                duty,
                article: duty.rule().article,
                due: duty.due(received_at),
                matched: hit.reference_number.clone(),
            })
        })
        .collect();
    clocks.sort_by_key(|clock| (clock.due, clock.duty));
    clocks
}

/// Whether a trained expert must look at a hit, and why. A sex that one State has as unspecified differs from any other: the
/// law asks for a look where it is necessary, and one look too many harms nobody.
#[must_use]
pub fn expert_check(own_sex: Sex, hit: &HitDataset) -> Option<ExpertCheck> {
    if hit.matched == MatchKind::Face {
        return Some(ExpertCheck::FaceOnly);
    }
    let other = hit.dataset.as_ref().map(|dataset| dataset.sex)?;
    (other != own_sex).then_some(ExpertCheck::SexDiffers)
}

static RULES: [DutyRule; 4] = [
    DutyRule {
        duty: Duty::ReportWrongHit,
        article: "Regulation (EU) 2024/1358, 38(6)",
        limit: Limit::OfOperation(Operation::ReportWrongHit),
        title: "If the hit is wrong: erase the result at once and report it",
        own: &[],
        matched: &[],
    },
    DutyRule {
        duty: Duty::TakeBackNotification,
        article: "Regulation (EU) 2024/1351, 41(1)",
        limit: Limit::Weeks(2),
        title: "Take-back notification to the other Member State",
        own: &[Category::Applicant, Category::IllegalStay],
        matched: &[Category::Applicant],
    },
    DutyRule {
        duty: Duty::TakeChargeRequest,
        article: "Regulation (EU) 2024/1351, 39(1)",
        limit: Limit::Months(1),
        title: "Take-charge request to the other Member State",
        own: &[Category::Applicant],
        matched: &[Category::IrregularCrossing, Category::Disembarked],
    },
    DutyRule {
        duty: Duty::TakeChargeReply,
        article: "Regulation (EU) 2024/1351, 40(2)",
        limit: Limit::Weeks(2),
        title: "Reply of the other Member State",
        own: &[Category::Applicant],
        matched: &[Category::IrregularCrossing, Category::Disembarked],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn hit(category: char, matched: MatchKind) -> HitDataset {
        HitDataset {
            reference_number: format!("D{category}7").parse().expect("well-formed"),
            category: Category::from_code(category).expect("a code"),
            matched,
            stored_at: at("2026-06-20T00:00:00Z"),
            marks: Vec::new(),
            dataset: None,
        }
    }

    #[test]
    fn clocks_per_pair_of_categories() {
        use Duty::{ReportWrongHit, TakeBackNotification, TakeChargeRequest};
        fn check(own: char, other: char, expect: &[Duty]) {
            let own = Category::from_code(own).expect("a code");
            let hits = [hit(other, MatchKind::Fingerprints)];
            let found: Vec<Duty> =
                clocks(own, &hits, at("2026-07-01T10:00:00Z")).iter().map(|clock| clock.duty).collect();
            assert_eq!(found, expect, "{own:?} on {other}");
        }
        check('1', '1', &[ReportWrongHit, TakeBackNotification]);
        check('1', '2', &[ReportWrongHit, TakeChargeRequest]);
        check('1', '9', &[ReportWrongHit, TakeChargeRequest]);
        check('1', '3', &[ReportWrongHit]);
        check('3', '1', &[ReportWrongHit, TakeBackNotification]);
        check('3', '2', &[ReportWrongHit]);
        check('2', '1', &[ReportWrongHit]);
        check('0', '8', &[ReportWrongHit]);
    }

    #[test]
    fn due_times() {
        fn check(duty: Duty, start: &str, due: &str) {
            assert_eq!(duty.due(at(start)), at(due), "{duty:?} from {start}");
        }
        // A Friday: Saturday and Sunday do not count.
        check(Duty::ReportWrongHit, "2026-07-03T10:00:00Z", "2026-07-08T10:00:00Z");
        check(Duty::TakeBackNotification, "2026-07-03T10:00:00Z", "2026-07-17T10:00:00Z");
        check(Duty::TakeChargeRequest, "2026-07-03T10:00:00Z", "2026-08-03T10:00:00Z");
        check(Duty::TakeChargeRequest, "2027-01-31T10:00:00Z", "2027-02-28T10:00:00Z");
        check(Duty::TakeChargeReply, "2026-07-03T10:00:00Z", "2026-07-17T10:00:00Z");
        assert_eq!(Duty::TakeChargeRequest.due(Timestamp::MAX), Timestamp::MAX);
    }

    /// From the answer on the wire to both clocks: three working days here, two weeks and one month under the AMMR.
    #[test]
    fn an_answer_on_the_wire_starts_both_clocks() {
        use crate::message::{Answer, Message, Outcome};
        let answer = Answer {
            answer_id: "018f3a5e-7d2c-7abc-8def-0123456789ac".parse().expect("a UUID"),
            in_reply_to: "018f3a5e-7d2c-7abc-8def-0123456789ab".parse().expect("a UUID"),
            reference_number: "NL1000000042".parse().expect("well-formed"),
            answered_at: at("2026-07-31T10:00:00Z"),
            outcome: Outcome::Hit(vec![hit('1', MatchKind::Fingerprints), hit('9', MatchKind::Fingerprints)]),
        };
        let Ok(Message::Answer(read)) = Message::from_xml(Message::from(answer).to_xml().as_bytes()) else {
            panic!("an answer comes back")
        };
        let Outcome::Hit(hits) = &read.outcome else { panic!("a hit") };
        let found: Vec<_> = clocks(Category::Applicant, hits, read.answered_at)
            .into_iter()
            .map(|clock| (clock.article, clock.due, clock.matched.as_str().to_owned()))
            .collect();
        let row = |article, due, matched: &str| (article, at(due), matched.to_owned());
        assert_eq!(
            found,
            [
                row("Regulation (EU) 2024/1358, 38(6)", "2026-08-05T10:00:00Z", "D17"),
                row("Regulation (EU) 2024/1358, 38(6)", "2026-08-05T10:00:00Z", "D97"),
                row("Regulation (EU) 2024/1351, 41(1)", "2026-08-14T10:00:00Z", "D17"),
                row("Regulation (EU) 2024/1351, 39(1)", "2026-08-31T10:00:00Z", "D97"),
            ]
        );
    }

    #[test]
    fn the_soonest_clock_stands_first() {
        let hits = [hit('2', MatchKind::Fingerprints), hit('1', MatchKind::Face)];
        let clocks = clocks(Category::Applicant, &hits, at("2026-07-01T10:00:00Z"));
        assert!(clocks.is_sorted_by_key(|clock| clock.due));
        assert_eq!(clocks.len(), 4);
    }

    #[test]
    fn experts_look_where_the_law_asks() {
        let mut one = hit('1', MatchKind::FingerprintsAndFace);
        assert_eq!(expert_check(Sex::Male, &one), None);
        let mut dataset = crate::container::tests::full().dataset;
        dataset.sex = Sex::Female;
        one.dataset = Some(dataset);
        assert_eq!(expert_check(Sex::Male, &one), Some(ExpertCheck::SexDiffers));
        assert_eq!(expert_check(Sex::Female, &one), None);
        assert_eq!(expert_check(Sex::Unspecified, &one), Some(ExpertCheck::SexDiffers));
        one.matched = MatchKind::Face;
        assert_eq!(expert_check(Sex::Female, &one), Some(ExpertCheck::FaceOnly));
        for check in [ExpertCheck::FaceOnly, ExpertCheck::SexDiffers] {
            assert!(check.article().starts_with("38("));
        }
    }
}
