//! The legal clock of a message: where it starts, how long it runs, what moves it, and what state it is in.
//!
//! Source: the limits of [`crate::category`] and [`crate::operation`]; EUR 15, 18, 20, 22 to 24, 26 and 38(6).
//!
//! Invariants: time is always a parameter. Lateness never ends the duty (15(1), 18(3), 20(2), 22(5), 23(4), 24(4),
//! 26(3)), so there is no "expired" state, only [`DeadlineState::OverdueObligationContinues`]. An extension without a
//! ground in the law for this very clock is refused. Hours run on UTC instants from the event itself, which is never
//! later than a count from the end of the event's day.
//!
//! Left out on purpose: who may grant an extension. It is a decision of the Member State, so the type demands a
//! person and evidence, and the gateway checks the person's role.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::category::{BaseLimit, Category, CategoryRule, Provision, Trigger};
use crate::error::{Error, ExtensionProblem};
use crate::identifier::StaffId;
use crate::operation::{Operation, OperationLimit};
use crate::{limits, parameters};

/// Why a clock moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Ground {
    /// Serious technical problems, under the national continuity plan.
    TechnicalProblem,
    /// Sudden influx, while notified to the Commission and the Member States for at most one month.
    SuddenInflux {
        /// Day and time of the notice.
        notified_at: Timestamp,
        /// End of the notified period.
        notified_until: Timestamp,
    },
    /// Unusable fingertips were retaken successfully.
    SuccessfulRetake {
        /// When the retake succeeded.
        at: Timestamp,
    },
    /// A health or public-health obstacle has ended.
    HealthObstacleEnded {
        /// When it ended.
        at: Timestamp,
    },
    /// The person is held longer than the limit (22(4)): the data go before the release.
    Custody {
        /// Start of the custody, confinement or detention.
        from: Timestamp,
        /// Release, as soon as it is known.
        to: Option<Timestamp>,
    },
}

/// One event that moves the clock, with the person who answers for it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The ground.
    pub ground: Ground,
    /// Who authorised or recorded it.
    pub authorised_by: StaffId,
    /// When.
    pub authorised_at: Timestamp,
    /// The evidence: decision number, notice, medical note. Free text, so never logged.
    pub evidence: String,
}

impl std::fmt::Debug for Extension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Extension").field("ground", &self.ground).finish_non_exhaustive()
    }
}

/// What the clock belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Subject {
    /// First transmission in a category, from a trigger; requests that are not stored have no trigger.
    Category {
        /// The category.
        category: Category,
        /// The event that starts the clock.
        trigger: Option<Trigger>,
    },
    /// A later change.
    Operation {
        /// The operation.
        operation: Operation,
        /// The category of the dataset it concerns.
        category: Category,
    },
}

/// Where a due time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A figure in the law.
    Law,
    /// The law says "without delay"; the site's own policy gives the figure.
    SitePolicy,
    /// No figure at all.
    NoFigure,
}

/// One clock that runs, for screens that show more than one (base and retake, for instance).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The article it rests on.
    pub article: &'static str,
    /// When it ends, where there is a figure.
    pub due: Option<Timestamp>,
    /// Where the figure comes from.
    pub source: Source,
}

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeadlineState {
    /// The law has no figure for it.
    NoLimit,
    /// More than the warning period is left.
    OnTime,
    /// Less than the warning period is left.
    DueSoon,
    /// Past its end; the duty remains until it is fulfilled.
    OverdueObligationContinues,
}

/// A legal clock with everything that moved it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    subject: Subject,
    clock_start: Timestamp,
    site_policy_hours: Option<u32>,
    extensions: Vec<Extension>,
}

impl Deadline {
    /// The clock of a first transmission, from the category's usual trigger.
    #[must_use]
    pub fn for_category(category: Category, clock_start: Timestamp) -> Self {
        let subject = Subject::Category { category, trigger: category.rule().trigger };
        Self { subject, clock_start, site_policy_hours: None, extensions: Vec::new() }
    }

    /// The clock of a first transmission, from a trigger named by the caller.
    #[must_use]
    pub fn for_trigger(trigger: Trigger, clock_start: Timestamp) -> Self {
        let subject = Subject::Category { category: trigger.rule().category, trigger: Some(trigger) };
        Self { subject, clock_start, site_policy_hours: None, extensions: Vec::new() }
    }

    /// The clock of an operation. `site_policy_hours` applies only where the law says "without delay" without a
    /// figure; [`Clock::source`] then says that the figure is the site's.
    #[must_use]
    pub fn for_operation(
        operation: Operation,
        category: Category,
        clock_start: Timestamp,
        site_policy_hours: Option<u32>,
    ) -> Self {
        if operation.rule().limit == OperationLimit::OfCategory {
            return Self::for_category(category, clock_start);
        }
        let subject = Subject::Operation { operation, category };
        Self { subject, clock_start, site_policy_hours, extensions: Vec::new() }
    }

    /// Records an event that moves the clock. Refused when the article behind the clock knows no such ground.
    pub fn extend(&mut self, extension: Extension) -> Result<(), Error> {
        if self.extensions.len() >= limits::EXTENSIONS_MAX {
            return Err(Error::Extension(ExtensionProblem::TooMany));
        }
        self.check(extension.ground).map_err(Error::Extension)?;
        if let Ground::Custody { .. } = extension.ground {
            // Custody is one fact that becomes better known; the newest record replaces the older one.
            self.extensions.retain(|e| !matches!(e.ground, Ground::Custody { .. }));
        }
        self.extensions.push(extension);
        Ok(())
    }

    /// What the clock belongs to.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// When the clock started.
    #[must_use]
    pub fn clock_start(&self) -> Timestamp {
        self.clock_start
    }

    /// What moved it, in the order of recording.
    #[must_use]
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The clock that governs now: the newest retake or end of a health obstacle, else custody, else the base.
    #[must_use]
    pub fn governing(&self) -> Clock {
        self.follow_up().or_else(|| self.custody(None)).unwrap_or_else(|| self.base())
    }

    /// When the governing clock ends; `None` where the law has no figure. While custody lasts and the release is not
    /// known, this is the base limit, which is the earlier one.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        self.governing().due
    }

    /// The article behind the governing clock.
    #[must_use]
    pub fn article(&self) -> &'static str {
        self.governing().article
    }

    /// Where the governing due time comes from.
    #[must_use]
    pub fn source(&self) -> Source {
        self.governing().source
    }

    /// The base clock with the extensions of its limit, whatever governs.
    #[must_use]
    pub fn base(&self) -> Clock {
        match self.subject {
            Subject::Category { category, trigger } => self.category_base(category.rule(), trigger),
            Subject::Operation { operation, .. } => self.operation_base(operation),
        }
    }

    /// Every clock that runs, the governing one first.
    #[must_use]
    pub fn clocks(&self) -> Vec<Clock> {
        let governing = self.governing();
        let base = self.base();
        if governing == base { vec![base] } else { vec![governing, base] }
    }

    /// How the clock stands, with the default warning period.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> DeadlineState {
        self.state_with(now, parameters::DUE_SOON_HOURS)
    }

    /// How the clock stands, with the site's warning period in hours.
    #[must_use]
    pub fn state_with(&self, now: Timestamp, due_soon_hours: u32) -> DeadlineState {
        let clock = self.follow_up().or_else(|| self.custody(Some(now))).unwrap_or_else(|| self.base());
        let Some(due) = clock.due else { return DeadlineState::NoLimit };
        if now > due {
            DeadlineState::OverdueObligationContinues
        } else if due.duration_since(now) <= hours(due_soon_hours) {
            DeadlineState::DueSoon
        } else {
            DeadlineState::OnTime
        }
    }

    fn category_base(&self, rule: &CategoryRule, trigger: Option<Trigger>) -> Clock {
        let (article, limit) = match trigger {
            Some(trigger) => (trigger.rule().article, trigger.rule().base),
            None => (rule.article, rule.base),
        };
        let Some(base_hours) = limit.hours() else {
            return Clock { article, due: None, source: Source::NoFigure };
        };
        // Technical problems and influx each extend the same limit; the text does not say that they add up, and
        // counting only the longer one is never later than either reading.
        let extra = self
            .extensions
            .iter()
            .filter_map(|e| match e.ground {
                Ground::TechnicalProblem => rule.technical_extension,
                Ground::SuddenInflux { .. } => rule.influx_extension,
                _ => None,
            })
            .filter_map(|provision| Some((u32::from(provision.hours?), provision.article)))
            .max_by_key(|(hours, _)| *hours);
        let total = base_hours + extra.map_or(0, |(hours, _)| hours);
        Clock {
            article: extra.map_or(article, |(_, article)| article),
            due: Some(later(self.clock_start, total)),
            source: Source::Law,
        }
    }

    fn operation_base(&self, operation: Operation) -> Clock {
        let article = operation.rule().article;
        match (operation.rule().limit, self.site_policy_hours) {
            (OperationLimit::WorkingDays(days), _) => {
                Clock { article, due: Some(later_working_days(self.clock_start, days)), source: Source::Law }
            }
            (_, Some(policy)) => {
                Clock { article, due: Some(later(self.clock_start, policy)), source: Source::SitePolicy }
            }
            (_, None) => Clock { article, due: None, source: Source::NoFigure },
        }
    }

    /// The clock that the newest retake or end of a health obstacle started.
    fn follow_up(&self) -> Option<Clock> {
        let rule = self.category_rule()?;
        self.extensions
            .iter()
            .filter_map(|e| match e.ground {
                Ground::SuccessfulRetake { at } => Some((at, rule.retake?)),
                Ground::HealthObstacleEnded { at } => Some((at, rule.health?)),
                _ => None,
            })
            .max_by_key(|(at, _)| *at)
            .map(|(at, Provision { hours, article })| Clock {
                article,
                due: hours.map(|hours| later(at, u32::from(hours))),
                source: if hours.is_some() { Source::Law } else { Source::NoFigure },
            })
    }

    /// The clock of custody, once it is known to last longer than the limit. An open-ended custody counts up to
    /// `now`; without `now` it does not count yet.
    fn custody(&self, now: Option<Timestamp>) -> Option<Clock> {
        let article = self.category_rule()?.custody?;
        let (from, to) = self.extensions.iter().find_map(|e| match e.ground {
            Ground::Custody { from, to } => Some((from, to)),
            _ => None,
        })?;
        let until = to.or(now)?;
        let base_hours = self.category_rule()?.base.hours()?;
        if until.duration_since(from) <= hours(base_hours) {
            return None;
        }
        let source = if to.is_some() { Source::Law } else { Source::NoFigure };
        Some(Clock { article, due: to, source })
    }

    fn category_rule(&self) -> Option<&'static CategoryRule> {
        match self.subject {
            Subject::Category { category, .. } => Some(category.rule()),
            Subject::Operation { .. } => None,
        }
    }

    fn check(&self, ground: Ground) -> Result<(), ExtensionProblem> {
        let rule = self.category_rule().ok_or(ExtensionProblem::NoGround)?;
        let has_figure = match self.subject {
            Subject::Category { trigger: Some(trigger), .. } => trigger.rule().base.hours().is_some(),
            _ => rule.base != BaseLimit::None,
        };
        let twice = |wanted: fn(&Ground) -> bool| self.extensions.iter().any(|e| wanted(&e.ground));
        match ground {
            Ground::TechnicalProblem => {
                grant(rule.technical_extension.is_some() && has_figure)?;
                if twice(|g| matches!(g, Ground::TechnicalProblem)) {
                    return Err(ExtensionProblem::Twice);
                }
                Ok(())
            }
            Ground::SuddenInflux { notified_at, notified_until } => {
                grant(rule.influx_extension.is_some())?;
                if twice(|g| matches!(g, Ground::SuddenInflux { .. })) {
                    return Err(ExtensionProblem::Twice);
                }
                self.check_notice(rule, notified_at, notified_until)
            }
            Ground::SuccessfulRetake { at } => {
                grant(rule.retake.is_some())?;
                not_before(self.clock_start, at)
            }
            Ground::HealthObstacleEnded { at } => {
                grant(rule.health.is_some())?;
                not_before(self.clock_start, at)
            }
            Ground::Custody { from, to } => {
                grant(rule.custody.is_some())?;
                to.map_or(Ok(()), |to| not_before(from, to))
            }
        }
    }

    /// The notified period must be at most one month long and touch the period of the base limit: it derogates from
    /// a limit that still runs, not from one that had ended before the notice.
    fn check_notice(
        &self,
        rule: &CategoryRule,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<(), ExtensionProblem> {
        not_before(at, until)?;
        let month_later = at
            .to_zoned(TimeZone::UTC)
            .checked_add(Span::new().months(1))
            .map_or(Timestamp::MAX, |zoned| zoned.timestamp());
        let base_due = later(self.clock_start, rule.base.hours().unwrap_or(0));
        if until > month_later || self.clock_start > until || base_due < at {
            return Err(ExtensionProblem::OutsideNotice);
        }
        Ok(())
    }
}

fn grant(has_ground: bool) -> Result<(), ExtensionProblem> {
    if has_ground { Ok(()) } else { Err(ExtensionProblem::NoGround) }
}

fn not_before(first: Timestamp, second: Timestamp) -> Result<(), ExtensionProblem> {
    if second < first { Err(ExtensionProblem::Order) } else { Ok(()) }
}

fn hours(hours: u32) -> SignedDuration {
    SignedDuration::from_hours(i64::from(hours))
}

/// Saturates at the end of time instead of failing: a clock far in the future is still a clock.
fn later(start: Timestamp, by_hours: u32) -> Timestamp {
    start.checked_add(hours(by_hours)).unwrap_or(Timestamp::MAX)
}

/// The same time of day, `days` working days later. Only Saturdays and Sundays are skipped: a public holiday would
/// give more time, so leaving it out is never later than the law.
fn later_working_days(start: Timestamp, days: u8) -> Timestamp {
    let mut day = start;
    let mut left = days;
    while left > 0 {
        day = later(day, 24);
        if day == Timestamp::MAX {
            return day;
        }
        let weekday = day.to_zoned(TimeZone::UTC).weekday();
        if !matches!(weekday, Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    day
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    fn because(ground: Ground) -> Extension {
        Extension {
            ground,
            authorised_by: StaffId::new("officer-1").expect("well-formed"),
            authorised_at: at("2026-07-01T10:00:00Z"),
            evidence: "decision 1".to_owned(),
        }
    }

    const START: &str = "2026-07-01T10:00:00Z";

    /// One line per cell of the table of limits and extensions: category, ground, then the expected article and the
    /// hours after the clock's start, or why it is refused.
    #[test]
    fn the_table_cell_by_cell() {
        fn check(code: char, ground: Option<Ground>, expect: Result<(&str, Option<i64>), ExtensionProblem>) {
            let category = Category::from_code(code).expect("the code exists");
            let mut deadline = Deadline::for_category(category, at(START));
            let outcome = ground.map_or(Ok(()), |g| deadline.extend(because(g)));
            let shown = outcome.map(|()| {
                (deadline.article(), deadline.due().map(|due| due.duration_since(at(START)).as_hours()))
            });
            assert_eq!(shown, expect.map_err(Error::Extension), "category {code}, {ground:?}");
        }
        const NONE: Result<(&str, Option<i64>), ExtensionProblem> = Err(ExtensionProblem::NoGround);
        let retake = Some(Ground::SuccessfulRetake { at: at("2026-07-11T10:00:00Z") });
        let health = Some(Ground::HealthObstacleEnded { at: at("2026-07-11T10:00:00Z") });
        let technical = Some(Ground::TechnicalProblem);
        let influx = Some(Ground::SuddenInflux {
            notified_at: at("2026-06-20T00:00:00Z"),
            notified_until: at("2026-07-20T00:00:00Z"),
        });
        let custody = Some(Ground::Custody { from: at(START), to: Some(at("2026-07-09T10:00:00Z")) });
        for (code, article, retake_cell, health_cell, technical_cell, influx_cell, custody_cell) in [
            (
                '1',
                "15(1)",
                Ok(("15(1)", Some(288))),
                Ok(("15(2)", Some(288))),
                Ok(("15(2)", Some(120))),
                NONE,
                NONE,
            ),
            ('7', "18(2)", Ok(("18(3)", None)), Ok(("18(3)", None)), NONE, NONE, NONE),
            ('8', "20(1)", Ok(("20(2)", None)), Ok(("20(3)", Some(288))), NONE, NONE, NONE),
            (
                '2',
                "22(2)",
                Ok(("22(5)", Some(288))),
                Ok(("22(6)", Some(288))),
                Ok(("22(6)", Some(120))),
                NONE,
                Ok(("22(4)", Some(192))),
            ),
            (
                '3',
                "23(2)",
                Ok(("23(4)", Some(288))),
                Ok(("23(5)", Some(288))),
                Ok(("23(5)", Some(120))),
                NONE,
                NONE,
            ),
            (
                '9',
                "24(2)",
                Ok(("24(4)", Some(288))),
                Ok(("24(5)", Some(288))),
                Ok(("24(5)", Some(120))),
                Ok(("24(6)", Some(120))),
                NONE,
            ),
        ] {
            check(code, None, Ok((article, Some(72))));
            check(code, retake, retake_cell);
            check(code, health, health_cell);
            check(code, technical, technical_cell);
            check(code, influx, influx_cell);
            check(code, custody, custody_cell);
        }
        check('0', None, Ok(("26(2)", Some(240))));
        check('0', retake, Ok(("26(3)", Some(288))));
        check('0', health, Ok(("26(4)", Some(288))));
        check('0', technical, Ok(("26(4)", Some(288))));
        check('0', influx, NONE);
        check('0', custody, NONE);
        for (code, article) in [('4', "32-33"), ('5', "34"), ('6', "43")] {
            check(code, None, Ok((article, None)));
            for ground in [retake, health, technical, influx, custody] {
                check(code, ground, NONE);
            }
        }
    }

    #[test]
    fn every_trigger_starts_its_own_clock() {
        fn check(trigger: Trigger, article: &str, hours: Option<i64>) {
            let deadline = Deadline::for_trigger(trigger, at(START));
            let shown = deadline.due().map(|due| due.duration_since(at(START)).as_hours());
            assert_eq!((deadline.article(), shown), (article, hours), "{trigger:?}");
        }
        check(Trigger::Registration, "15(1)", Some(72));
        check(Trigger::BiometricsTakenAtBorder, "15(1)", Some(72));
        check(Trigger::AdmissionRegistration, "18(1)", None);
        check(Trigger::AdmissionDecision, "18(2)", Some(72));
        check(Trigger::NationalGrant, "20(1)", Some(72));
        check(Trigger::Apprehension, "22(2)", Some(72));
        check(Trigger::FoundIllegallyStaying, "23(2)", Some(72));
        check(Trigger::Disembarkation, "24(2)", Some(72));
        check(Trigger::TemporaryProtectionRegistration, "26(2)", Some(240));
    }

    #[test]
    fn states_at_their_boundaries() {
        fn check(now: &str, expect: DeadlineState) {
            let deadline = Deadline::for_category(Category::Applicant, at(START));
            assert_eq!(deadline.state(at(now)), expect, "{now}");
        }
        check(START, DeadlineState::OnTime);
        check("2026-07-03T21:59:59Z", DeadlineState::OnTime);
        check("2026-07-03T22:00:00Z", DeadlineState::DueSoon);
        check("2026-07-04T10:00:00Z", DeadlineState::DueSoon);
        check("2026-07-04T10:00:01Z", DeadlineState::OverdueObligationContinues);
        check("2036-07-04T10:00:01Z", DeadlineState::OverdueObligationContinues);
        let none = Deadline::for_category(Category::DataSubject, at(START));
        assert_eq!(none.state(at("2036-01-01T00:00:00Z")), DeadlineState::NoLimit);
    }

    #[test]
    fn custody_moves_the_clock_only_beyond_the_limit() {
        fn check(to: Option<&str>, now: &str, expect_due: &str, expect: DeadlineState) {
            let mut deadline = Deadline::for_category(Category::IrregularCrossing, at(START));
            let custody = Ground::Custody { from: at(START), to: to.map(at) };
            deadline.extend(because(custody)).expect("22(4) knows custody");
            assert_eq!(deadline.due(), Some(at(expect_due)), "{to:?}");
            assert_eq!(deadline.state(at(now)), expect, "{to:?} at {now}");
        }
        use DeadlineState::{NoLimit, OnTime, OverdueObligationContinues};
        // Released before the limit: the base limit stands.
        check(
            Some("2026-07-03T10:00:00Z"),
            "2026-07-05T10:00:00Z",
            "2026-07-04T10:00:00Z",
            OverdueObligationContinues,
        );
        // Held for exactly the limit is not longer than it.
        check(Some("2026-07-04T10:00:00Z"), START, "2026-07-04T10:00:00Z", OnTime);
        // Held longer: due at the release.
        check(Some("2026-07-10T10:00:00Z"), "2026-07-05T10:00:00Z", "2026-07-10T10:00:00Z", OnTime);
        // Still held, release unknown: not overdue while it lasts beyond the limit.
        check(None, "2026-07-05T10:00:00Z", "2026-07-04T10:00:00Z", NoLimit);
        check(None, "2026-07-02T10:00:00Z", "2026-07-04T10:00:00Z", OnTime);
    }

    #[test]
    fn influx_needs_a_notice_that_covers_the_clock() {
        fn check(notified_at: &str, notified_until: &str, expect: Result<(), ExtensionProblem>) {
            let mut deadline = Deadline::for_category(Category::Disembarked, at(START));
            let ground =
                Ground::SuddenInflux { notified_at: at(notified_at), notified_until: at(notified_until) };
            assert_eq!(
                deadline.extend(because(ground)),
                expect.map_err(Error::Extension),
                "{notified_at} to {notified_until}"
            );
        }
        use ExtensionProblem::{Order, OutsideNotice};
        check("2026-06-15T00:00:00Z", "2026-07-15T00:00:00Z", Ok(()));
        check("2026-06-15T00:00:00Z", "2026-07-15T00:00:01Z", Err(OutsideNotice));
        check("2026-06-01T00:00:00Z", "2026-06-30T00:00:00Z", Err(OutsideNotice));
        check("2026-07-04T10:00:00Z", "2026-07-20T00:00:00Z", Ok(()));
        check("2026-07-04T10:00:01Z", "2026-07-20T00:00:00Z", Err(OutsideNotice));
        check("2026-07-20T00:00:00Z", "2026-07-04T10:00:01Z", Err(Order));
    }

    #[test]
    fn extensions_are_given_once_and_do_not_add_up() {
        let mut deadline = Deadline::for_category(Category::Disembarked, at(START));
        deadline.extend(because(Ground::TechnicalProblem)).expect("24(5)");
        let again = deadline.extend(because(Ground::TechnicalProblem));
        assert_eq!(again, Err(Error::Extension(ExtensionProblem::Twice)));
        let influx =
            Ground::SuddenInflux { notified_at: at(START), notified_until: at("2026-07-20T00:00:00Z") };
        deadline.extend(because(influx)).expect("24(6)");
        assert_eq!(deadline.due(), Some(at("2026-07-06T10:00:00Z")));
    }

    #[test]
    fn a_retake_shows_beside_the_base_clock() {
        let mut deadline = Deadline::for_category(Category::Applicant, at(START));
        deadline.extend(because(Ground::SuccessfulRetake { at: at("2026-07-02T10:00:00Z") })).expect("15(1)");
        // Both end at the same instant under the same article, so one clock is shown.
        let due: Vec<_> = deadline.clocks().into_iter().map(|c| c.due).collect();
        assert_eq!(due, [Some(at("2026-07-04T10:00:00Z"))]);
        deadline.extend(because(Ground::SuccessfulRetake { at: at("2026-07-03T10:00:00Z") })).expect("15(1)");
        let due: Vec<_> = deadline.clocks().into_iter().map(|c| c.due).collect();
        assert_eq!(due, [Some(at("2026-07-05T10:00:00Z")), Some(at("2026-07-04T10:00:00Z"))]);
    }

    #[test]
    fn operations_have_their_own_clocks() {
        fn check(
            code: &str,
            start: &str,
            policy: Option<u32>,
            article: &str,
            due: Option<&str>,
            source: Source,
        ) {
            let operation = Operation::from_code(code).expect("the code exists");
            let deadline = Deadline::for_operation(operation, Category::Applicant, at(start), policy);
            assert_eq!(
                (deadline.article(), deadline.due(), deadline.source()),
                (article, due.map(at), source),
                "{code}"
            );
        }
        // Wednesday 1 July 2026; three working days reach over the weekend to Monday the 6th.
        check("report-wrong-hit", START, None, "38(6)", Some("2026-07-06T10:00:00Z"), Source::Law);
        check("report-wrong-hit", START, Some(1), "38(6)", Some("2026-07-06T10:00:00Z"), Source::Law);
        check(
            "report-wrong-hit",
            "2026-07-04T10:00:00Z",
            None,
            "38(6)",
            Some("2026-07-08T10:00:00Z"),
            Source::Law,
        );
        check("erase-inaccurate", START, None, "40(5), 43(4)", None, Source::NoFigure);
        check(
            "erase-inaccurate",
            START,
            Some(24),
            "40(5), 43(4)",
            Some("2026-07-02T10:00:00Z"),
            Source::SitePolicy,
        );
        check("submit", START, Some(24), "15(1)", Some("2026-07-04T10:00:00Z"), Source::Law);
        let mut erasure =
            Deadline::for_operation(Operation::EraseInaccurate, Category::Applicant, at(START), Some(24));
        let refused = erasure.extend(because(Ground::TechnicalProblem));
        assert_eq!(refused, Err(Error::Extension(ExtensionProblem::NoGround)));
    }

    fn any_ground() -> impl Strategy<Value = Ground> {
        let instant = (0_i64..60 * 24 * 30).prop_map(|minutes| {
            at("2026-06-20T00:00:00Z").checked_add(SignedDuration::from_mins(minutes)).expect("in range")
        });
        prop_oneof![
            Just(Ground::TechnicalProblem),
            (instant.clone(), instant.clone())
                .prop_map(|(a, b)| Ground::SuddenInflux { notified_at: a, notified_until: b }),
            instant.clone().prop_map(|at| Ground::SuccessfulRetake { at }),
            instant.clone().prop_map(|at| Ground::HealthObstacleEnded { at }),
            (instant.clone(), proptest::option::of(instant))
                .prop_map(|(from, to)| Ground::Custody { from, to }),
        ]
    }

    proptest! {
        /// Whatever happens in whatever order: refused events change nothing, the base clock never moves earlier
        /// and never by more than 48 hours, the state never goes back in time, and lateness never ends the duty.
        #[test]
        fn random_event_orders(category in 0_usize..10, grounds in proptest::collection::vec(any_ground(), 0..12)) {
            let category = Category::ALL[category];
            let mut deadline = Deadline::for_category(category, at(START));
            let first = deadline.base().due;
            for ground in grounds {
                let before = deadline.clone();
                if deadline.extend(because(ground)).is_err() {
                    prop_assert_eq!(&before, &deadline);
                }
                if let (Some(first), Some(moved)) = (first, deadline.base().due) {
                    let by = moved.duration_since(first).as_hours();
                    prop_assert!((0..=48).contains(&by), "moved by {} hours", by);
                }
                prop_assert!(!deadline.article().is_empty());
                if category.rule().technical_extension.is_none() && category.rule().influx_extension.is_none() {
                    prop_assert_eq!(deadline.base().due, first);
                }
            }
            if let Some(due) = deadline.due() {
                let long_after = later(due, 24 * 365 * 10);
                let state = deadline.state(long_after);
                prop_assert!(matches!(state, DeadlineState::OverdueObligationContinues | DeadlineState::NoLimit));
            }
        }

        #[test]
        fn states_follow_one_another(hours_one in 0_u32..200, hours_two in 0_u32..200, soon in 0_u32..72) {
            let deadline = Deadline::for_category(Category::IllegalStay, at(START));
            let (early, late) = (hours_one.min(hours_two), hours_one.max(hours_two));
            let states = (
                deadline.state_with(later(at(START), early), soon),
                deadline.state_with(later(at(START), late), soon),
            );
            prop_assert!(states.0 <= states.1);
        }

        /// Storing and loading a clock changes nothing.
        #[test]
        fn clocks_survive_storage(grounds in proptest::collection::vec(any_ground(), 0..6)) {
            let mut deadline = Deadline::for_category(Category::IrregularCrossing, at(START));
            for ground in grounds {
                let _ = deadline.extend(because(ground));
            }
            let text = serde_json::to_string(&deadline).expect("serialisable");
            prop_assert_eq!(serde_json::from_str::<Deadline>(&text).expect("own text"), deadline);
        }
    }
}
