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

/// Which of the clocks of one message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockKind {
    /// The limit that the trigger starts.
    Base,
    /// The same with the hours that serious technical problems give.
    BaseWithTechnicalExtension,
    /// The same with the hours that a notified sudden influx gives.
    BaseWithInfluxExtension,
    /// Started by the successful retake of unusable fingertips.
    AfterRetake,
    /// Started by the end of a health or public-health obstacle.
    AfterHealthObstacle,
    /// Ends with the release from custody (22(4)).
    UntilRelease,
    /// The limit of a later change.
    Operation,
}

impl ClockKind {
    /// What a person reads.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Base => "base limit",
            Self::BaseWithTechnicalExtension => "base limit with technical extension",
            Self::BaseWithInfluxExtension => "base limit with influx extension",
            Self::AfterRetake => "after the successful retake",
            Self::AfterHealthObstacle => "after the health obstacle",
            Self::UntilRelease => "until release from custody",
            Self::Operation => "limit of the operation",
        }
    }
}

/// One clock that runs, for screens that show more than one (base and retake, for instance).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Which one it is.
    pub kind: ClockKind,
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

    /// The same with the site's own limit, for triggers whose article has no figure; others are not moved by it.
    #[must_use]
    pub fn with_site_policy(mut self, hours: Option<u32>) -> Self {
        self.site_policy_hours = hours;
        self
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
        self.check(extension.ground, extension.authorised_at).map_err(Error::Extension)?;
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
        self.governing_at(None)
    }

    fn governing_at(&self, now: Option<Timestamp>) -> Clock {
        self.follow_up().or_else(|| self.custody(now)).unwrap_or_else(|| self.base())
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

    /// Every clock that runs, the governing one first: then the newest retake and the newest end of a health obstacle,
    /// and the base; two that end together under one article are shown once. With `now`, a custody whose end is not known counts as long as it has lasted.
    #[must_use]
    pub fn clocks(&self, now: Option<Timestamp>) -> Vec<Clock> {
        let governing = self.governing_at(now);
        let mut clocks = vec![governing];
        for clock in self.follow_ups().into_iter().flatten().map(|(_, clock)| clock).chain([self.base()]) {
            let ends = |clock: &Clock| (clock.article, clock.due, clock.source);
            if !clocks.iter().any(|shown| ends(shown) == ends(&clock)) {
                clocks.push(clock);
            }
        }
        clocks
    }

    /// How the clock stands, with the default warning period.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> DeadlineState {
        self.state_with(now, parameters::DUE_SOON_HOURS)
    }

    /// How the clock stands, with the site's warning period in hours.
    #[must_use]
    pub fn state_with(&self, now: Timestamp, due_soon_hours: u32) -> DeadlineState {
        let Some(due) = self.governing_at(Some(now)).due else { return DeadlineState::NoLimit };
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
            // Without a trigger nothing is transmitted, so that no policy could ask for a time.
            let policy = self.site_policy_hours.filter(|_| trigger.is_some());
            let due = policy.map(|policy| later(self.clock_start, policy));
            let source = if due.is_some() { Source::SitePolicy } else { Source::NoFigure };
            return Clock { kind: ClockKind::Base, article, due, source };
        };
        // Technical problems and influx each extend the same limit; the text does not say that they add up, and
        // counting only the longer one is never later than either reading.
        let extra = self
            .extensions
            .iter()
            .filter_map(|e| match e.ground {
                Ground::TechnicalProblem => {
                    Some((rule.technical_extension?, ClockKind::BaseWithTechnicalExtension))
                }
                Ground::SuddenInflux { .. } => {
                    Some((rule.influx_extension?, ClockKind::BaseWithInfluxExtension))
                }
                _ => None,
            })
            .filter_map(|(provision, kind)| Some((u32::from(provision.hours?), provision.article, kind)))
            .max_by_key(|(hours, ..)| *hours);
        let (more, article, kind) = extra.unwrap_or((0, article, ClockKind::Base));
        let total = base_hours + more;
        Clock { kind, article, due: Some(later(self.clock_start, total)), source: Source::Law }
    }

    fn operation_base(&self, operation: Operation) -> Clock {
        let (due, source) = match (operation.rule().limit, self.site_policy_hours) {
            (OperationLimit::WorkingDays(days), _) => {
                (Some(later_working_days(self.clock_start, days)), Source::Law)
            }
            (_, Some(policy)) => (Some(later(self.clock_start, policy)), Source::SitePolicy),
            (_, None) => (None, Source::NoFigure),
        };
        Clock { kind: ClockKind::Operation, article: operation.rule().article, due, source }
    }

    /// The clock that the newest retake or end of a health obstacle started.
    fn follow_up(&self) -> Option<Clock> {
        self.follow_ups().into_iter().flatten().max_by_key(|(at, _)| *at).map(|(_, clock)| clock)
    }

    /// The newest retake and the newest end of a health obstacle, each with when it was and the clock it started.
    fn follow_ups(&self) -> [Option<(Timestamp, Clock)>; 2] {
        let Some(rule) = self.category_rule() else { return [None, None] };
        let newest = |kind, provision: Option<Provision>, at: fn(&Ground) -> Option<Timestamp>| {
            let Provision { hours, article } = provision?;
            let at = self.extensions.iter().filter_map(|e| at(&e.ground)).max()?;
            let source = if hours.is_some() { Source::Law } else { Source::NoFigure };
            let due = hours.map(|hours| later(at, u32::from(hours)));
            Some((at, Clock { kind, article, due, source }))
        };
        [
            newest(ClockKind::AfterRetake, rule.retake, |ground| match ground {
                Ground::SuccessfulRetake { at } => Some(*at),
                _ => None,
            }),
            newest(ClockKind::AfterHealthObstacle, rule.health, |ground| match ground {
                Ground::HealthObstacleEnded { at } => Some(*at),
                _ => None,
            }),
        ]
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
        Some(Clock { kind: ClockKind::UntilRelease, article, due: to, source })
    }

    fn category_rule(&self) -> Option<&'static CategoryRule> {
        match self.subject {
            Subject::Category { category, .. } => Some(category.rule()),
            Subject::Operation { .. } => None,
        }
    }

    fn check(&self, ground: Ground, authorised_at: Timestamp) -> Result<(), ExtensionProblem> {
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
                // What was decided before the clock began was not decided for it.
                not_before(self.clock_start, authorised_at)?;
                // Recorded while even the longer limit has ended, it would extend nothing.
                let longer = rule.technical_extension.and_then(|provision| provision.hours).unwrap_or(0);
                self.while_it_ran(rule, u32::from(longer), authorised_at)
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
                // Persons are held upon the apprehension that starts the clock.
                not_before(self.clock_start, from)?;
                self.while_it_ran(rule, 0, from)?;
                to.map_or(Ok(()), |to| not_before(from, to))
            }
        }
    }

    /// A limit that has ended can be neither extended nor suspended any more.
    fn while_it_ran(
        &self,
        rule: &CategoryRule,
        longer_hours: u32,
        at: Timestamp,
    ) -> Result<(), ExtensionProblem> {
        let ended = rule.base.hours().is_some_and(|hours| at > later(self.clock_start, hours + longer_hours));
        if ended { Err(ExtensionProblem::TooLate) } else { Ok(()) }
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
mod tests;
