//! Which text each state, step and clock has; the texts themselves are in `languages/`. They are the same words as at
//! the kiosk (captured, sealed, waiting, sent, acknowledged, answered).
//!
//! Pure. One word per idea; what something means and what happens next stands beside it.

use icd::category::Category;
use icd::notice::NoticeKind;
use icd::operation::{Operation, OperationLimit};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::language::{Filling, Language};
use super::time;
use crate::engine::{Change, ChannelReason, Escalation, ExpertGround, TaskKind};
use crate::hub::OpenReason;
use crate::hub::view::ItemView;

/// What is asked: the operation, and for a first transmission the category that drives it.
pub(crate) fn operation(t: Language, item: &ItemView) -> String {
    match (known_operation(item), category(item)) {
        (Some(Operation::Submit), Some(category)) => {
            let category = t.say(&format!("category-plain-{}", category.code()));
            t.fill("operation-submit-of", &[("category", (&category).into())])
        }
        (Some(operation), _) => title(t, operation),
        (None, _) => item.operation.to_owned(),
    }
}

/// The operation's name.
pub(crate) fn title(t: Language, operation: Operation) -> String {
    t.say(&format!("operation-{}", operation.code()))
}

/// The operation of an item.
pub(crate) fn known_operation(item: &ItemView) -> Option<Operation> {
    Operation::from_code(item.operation)
}

/// The category of an item.
pub(crate) fn category(item: &ItemView) -> Option<Category> {
    Category::from_code(item.category)
}

/// The category by its legal name.
pub(crate) fn legal_category(t: Language, item: &ItemView) -> String {
    category(item).map_or_else(String::new, |category| t.say(&format!("category-legal-{}", category.code())))
}

/// Where an item stands, in a word or two.
pub(crate) fn state(t: Language, item: &ItemView) -> String {
    match item.stage {
        "queued" if item.trouble.is_some() => t.say("state-queued-again"),
        "closed" if item.superseded_by.is_some() => t.say("state-superseded"),
        "closed" => match item.answers.last() {
            Some(answer) => t.say(&format!("outcome-{}", answer.kind)),
            None => t.say("state-closed"),
        },
        stage => t.say(&format!("state-{stage}")),
    }
}

/// What that means and what happens next, in a sentence.
pub(crate) fn state_meaning(t: Language, item: &ItemView) -> String {
    t.say(match item.stage {
        "queued" if item.behind.is_some() => "meaning-queued-behind",
        "waiting" if item.behind.is_some() => "meaning-waiting-behind",
        "waiting" if item.perhaps_keyed_by.is_some() => "meaning-waiting-perhaps-keyed",
        "closed" if item.superseded_by.is_some() => "meaning-superseded",
        "closed" if is_sent_back(item) => "meaning-sent-back",
        stage => return t.say(&format!("meaning-{stage}")),
    })
}

/// What went wrong.
pub(crate) fn reason(t: Language, item: &ItemView) -> Option<String> {
    item.cause.map(|cause| t.say(&format!("cause-{cause}")))
}

/// The one next step, where something went wrong. What is tried again by itself needs nobody.
pub(crate) fn next_step(t: Language, item: &ItemView) -> Option<String> {
    let cause = item.cause?;
    Some(match item.stage {
        "queued" | "sending" | "outcome-unknown" => t.say("cause-by-itself"),
        _ => t.say(&format!("cause-{cause}-next")),
    })
}

/// Who must act.
pub(crate) fn owner(t: Language, item: &ItemView, me: &str) -> String {
    match (&item.held_by, item.stage) {
        (Some(by), "keyed") => t.fill("owner-not", &[("by", by.into())]),
        (Some(by), _) if by == me => t.say("owner-you"),
        (Some(by), _) => by.clone(),
        (None, "waiting" | "parked") => t.say("owner-nobody-yet"),
        (None, "held") => t.say("owner-held"),
        (None, "closed") => t.say("owner-closed"),
        (None, _) => t.say("owner-itself"),
    }
}

/// Whether Eurodac did not take it: the obligation is the sender's again, and no clock here is met.
pub(crate) fn is_sent_back(item: &ItemView) -> bool {
    let kind = item.answers.last().map(|answer| answer.kind);
    item.stage == "closed" && matches!(kind, Some("rejected" | "sequence-error" | "quality-insufficient"))
}

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ClockState {
    /// Past due; the duty goes on.
    Overdue,
    /// Within the site's span of warning.
    DueSoon,
    /// In time.
    OnTime,
    /// The article has no figure and the site set none.
    NoLimit,
    /// It was closed here, and the obligation is the sender's again.
    SentBack,
    /// The obligation is met.
    Met,
}

impl ClockState {
    pub(crate) fn of(item: &ItemView) -> Self {
        match item.clock {
            Some("overdue-obligation-continues") => Self::Overdue,
            Some("due-soon") => Self::DueSoon,
            Some("on-time") => Self::OnTime,
            Some(_) => Self::NoLimit,
            None if is_sent_back(item) => Self::SentBack,
            None => Self::Met,
        }
    }

    /// Of a task: it is open, so its clock runs where it has one.
    pub(crate) fn of_due(due: Option<Timestamp>, now: Timestamp, due_soon: SignedDuration) -> Self {
        match due {
            None => Self::NoLimit,
            Some(due) if due < now => Self::Overdue,
            Some(due) if due.duration_since(now) <= due_soon => Self::DueSoon,
            Some(_) => Self::OnTime,
        }
    }

    /// The stable word in interfaces and style sheets.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::DueSoon => "due-soon",
            Self::OnTime => "on-time",
            Self::NoLimit => "no-limit",
            Self::SentBack => "sent-back",
            Self::Met => "met",
        }
    }

    /// Its sign, so that colour only repeats.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Overdue => "▲",
            Self::DueSoon => "◆",
            Self::OnTime => "●",
            Self::NoLimit => "○",
            Self::SentBack => "↩",
            Self::Met => "✓",
        }
    }
}

/// The clock in words: `4 h 12 min left`, `overdue by 2 d`.
pub(crate) fn clock(t: Language, item: &ItemView, now: Timestamp) -> String {
    match ClockState::of(item) {
        ClockState::Met => t.say("clock-met"),
        ClockState::SentBack => t.say("clock-sent-back"),
        _ => clock_of(t, item.due, now),
    }
}

/// A clock that runs, in words.
pub(crate) fn clock_of(t: Language, due: Option<Timestamp>, now: Timestamp) -> String {
    match due {
        Some(due) if due < now => {
            t.fill("clock-overdue", &[("span", (&time::span(t, now.duration_since(due))).into())])
        }
        Some(due) => t.fill("clock-left", &[("span", (&time::span(t, due.duration_since(now))).into())]),
        None => t.say("clock-no-limit"),
    }
}

/// What the article behind the clock demands.
pub(crate) fn clock_meaning(t: Language, item: &ItemView) -> String {
    let Some(operation) = known_operation(item) else { return String::new() };
    let span = item.due.map(|due| hours_or_days(t, due.duration_since(item.clock_start)));
    let when = t.say(&format!("when-{}", operation.code()));
    match (operation.rule().limit, span) {
        (OperationLimit::OfCategory, span) => {
            let Some(category) = category(item) else { return String::new() };
            let limit = match span {
                Some(span) => t.fill("limit-within", &[("span", (&span).into())]),
                None => t.say("limit-soon"),
            };
            let mut words = category.triggers().map(|trigger| trigger.word);
            match (words.next(), words.next()) {
                (Some(word), None) => {
                    let start = t.say(&format!("trigger-{word}"));
                    t.fill("limit-of", &[("limit", (&limit).into()), ("start", (&start).into())])
                }
                _ => t.fill("limit-of-event", &[("limit", (&limit).into())]),
            }
        }
        (OperationLimit::WorkingDays(days), _) => {
            t.fill("limit-working-days", &[("days", usize::from(days).into())])
        }
        (OperationLimit::NoFigure, Some(span)) => {
            t.fill("limit-own", &[("when", (&when).into()), ("span", (&span).into())])
        }
        (OperationLimit::NoFigure, None) => t.fill("limit-none", &[("when", (&when).into())]),
    }
}

fn hours_or_days(t: Language, span: SignedDuration) -> String {
    let count = |hours: i64| usize::try_from(hours).unwrap_or_default();
    match span.as_hours() {
        hours if hours > 96 && hours % 24 == 0 => t.fill("days", &[("count", count(hours / 24).into())]),
        hours => t.fill("hours", &[("count", count(hours).into())]),
    }
}

/// Every reason for which values may be opened, in the order of the list on the screen.
pub(crate) const OPEN_REASONS: [OpenReason; 4] =
    [OpenReason::Key, OpenReason::Check, OpenReason::Question, OpenReason::Supervise];

/// A reason for opening, on the screen.
pub(crate) fn open_reason(t: Language, reason: OpenReason) -> String {
    t.say(&format!("open-{}", reason.as_str()))
}

/// Every reason for switching an interface, in the order of the list on the screen.
pub(crate) const CHANNEL_REASONS: [ChannelReason; 4] = [
    ChannelReason::CentralNotice,
    ChannelReason::ConnectionProven,
    ChannelReason::CentralOutage,
    ChannelReason::Incident,
];

/// A reason for switching, on the screen.
pub(crate) fn channel_reason(t: Language, reason: ChannelReason) -> String {
    t.say(&format!("switch-reason-{}", reason.as_str()))
}

/// The name of a channel.
pub(crate) fn channel(t: Language, channel: &str) -> String {
    t.say(&format!("channel-{channel}"))
}

/// A step of an item's life: its word, and a sentence.
pub(crate) fn step(t: Language, change: &Change, origin: &str, calendar: &TimeZone) -> (String, String) {
    let at = |instant: &Timestamp| time::exact(t, *instant, calendar);
    let word = t.say(&format!("step-{}", change.name()));
    let tell = |key: &str, variables: &[(&str, Filling<'_>)]| t.fill(key, variables);
    let sentence = match change {
        Change::Accepted { channel, .. } => {
            tell(&format!("step-accepted-{}", channel.as_str()), &[("origin", origin.into())])
        }
        Change::SendingBegan { attempt, .. } => {
            let attempt = usize::try_from(*attempt).unwrap_or_default();
            tell("step-sending-began-text", &[("attempt", attempt.into())])
        }
        Change::NotDelivered { cause, retry_at, .. } => {
            let (cause, at) = (t.say(&format!("cause-{}", cause.name())), at(retry_at));
            tell("step-not-delivered-text", &[("cause", (&cause).into()), ("at", (&at).into())])
        }
        Change::OutcomeUnknown { cause, .. } => {
            let cause = t.say(&format!("cause-{}", cause.name()));
            tell("step-outcome-unknown-text", &[("cause", (&cause).into())])
        }
        Change::Parked { cause, .. } => {
            let name = cause.name();
            format!("{} {}", t.say(&format!("cause-{name}")), t.say(&format!("cause-{name}-next")))
        }
        Change::Requeued { by, channel: to, .. } => {
            let to = channel(t, to.as_str());
            tell("step-requeued-text", &[("by", by.as_str().into()), ("channel", (&to).into())])
        }
        Change::Returned { by, .. } => {
            tell("step-returned-text", &[("by", by.as_str().into()), ("origin", origin.into())])
        }
        Change::Answered { answer, .. } => t.say(&format!("answer-{}", answer.kind.name())),
        Change::Rerouted { channel: to, .. } => {
            tell("step-rerouted-text", &[("channel", (&channel(t, to.as_str())).into())])
        }
        Change::Claimed { by, lease_until, .. } => {
            tell("step-claimed-text", &[("by", by.as_str().into()), ("until", (&at(lease_until)).into())])
        }
        Change::Confirmed { by, web_receipt, checked_by: None, .. } => {
            tell("step-confirmed-text", &[("by", by.as_str().into()), ("receipt", web_receipt.into())])
        }
        Change::Confirmed { by, web_receipt, checked_by: Some(second), .. } => tell(
            "step-checked-text",
            &[
                ("by", by.as_str().into()),
                ("second", second.as_str().into()),
                ("receipt", web_receipt.into()),
            ],
        ),
        Change::Keyed { by, web_receipt, .. } => {
            tell("step-keyed-text", &[("by", by.as_str().into()), ("receipt", web_receipt.into())])
        }
        Change::Superseded { by, successor, .. } => tell(
            "step-superseded-text",
            &[("by", by.as_str().into()), ("successor", (&successor.to_string()).into())],
        ),
        Change::ClockExtended { by, evidence, clock, .. } => tell(
            "step-clock-extended-text",
            &[
                ("by", by.as_str().into()),
                ("article", (&clock.article).into()),
                ("evidence", evidence.into()),
            ],
        ),
        Change::TaskOpened { kind, clock, .. } => tell(
            "step-task-opened-text",
            &[("task", (&task(t, *kind)).into()), ("article", (&clock.article).into())],
        ),
        Change::TaskClosed { verdict, .. } => t.say(&format!("verdict-{}", verdict.name())),
        Change::TaskClaimed { by: Some(by), .. } => {
            tell("step-task-claimed-text", &[("by", by.as_str().into())])
        }
        Change::Escalated { level: Escalation::DueSoon, article, .. } => {
            tell("step-escalated-soon", &[("article", article.into())])
        }
        Change::Escalated { level: Escalation::Overdue, article, .. } => {
            tell("step-escalated-overdue", &[("article", article.into())])
        }
        Change::Collected { .. } => tell("step-collected-text", &[("origin", origin.into())]),
        Change::LeaseExpired { by, .. }
        | Change::Released { by, .. }
        | Change::CheckRefused { by, .. }
        | Change::ChannelSwitched { by, .. } => {
            tell(&format!("step-{}-text", change.name()), &[("by", by.as_str().into())])
        }
        _ => t.say(&format!("step-{}-text", change.name())),
    };
    (word, sentence)
}

/// What a task asks of people.
pub(crate) fn task(t: Language, kind: TaskKind) -> String {
    t.say(match kind {
        TaskKind::ExpertCheck { ground: ExpertGround::FaceOnly } => "task-face-only",
        TaskKind::ExpertCheck { ground: ExpertGround::SexDiffers } => "task-sex-differs",
        TaskKind::ExpertCheck { ground: ExpertGround::SitePolicy } => "task-site-policy",
        TaskKind::WrongHitReport => "task-wrong-hit-report",
        TaskKind::Retake => "task-retake",
        TaskKind::Notice { notice, .. } => match notice {
            NoticeKind::ResponsibilityChanged => "task-notice-responsibility",
            NoticeKind::ProtectionGranted => "task-notice-protection",
            NoticeKind::ResidenceDocumentIssued => "task-notice-residence",
            NoticeKind::SecurityFlagDeleted => "task-notice-flag-deleted",
            NoticeKind::DatasetErased => "task-notice-erasure",
        },
    })
}

/// Headline above the queue: the state of the day in a sentence or two.
pub(crate) fn day(t: Language, [overdue, due_soon, for_person, stuck, tasks]: [usize; 5]) -> String {
    let mut said = vec![match (overdue, due_soon) {
        (0, 0) => t.say("day-nothing-late"),
        (0, soon) => t.fill("day-soon", &[("soon", soon.into())]),
        (late, 0) => t.fill("day-late", &[("late", late.into())]),
        (late, soon) => t.fill("day-late-and-soon", &[("late", late.into()), ("soon", soon.into())]),
    }];
    said.push(match for_person {
        0 => t.say("day-nobody"),
        waiting => t.fill("day-person", &[("count", waiting.into())]),
    });
    if stuck > 0 {
        said.push(t.fill("day-stuck", &[("count", stuck.into())]));
    }
    if tasks > 0 {
        said.push(t.fill("day-tasks", &[("count", tasks.into())]));
    }
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_in_a_sentence() {
        let check = |numbers: [usize; 5], expect: &str| {
            assert_eq!(day(Language::English, numbers), expect);
        };
        check([0, 0, 0, 0, 0], "Nothing is late, and nothing is about to be. Nothing waits for a person.");
        check(
            [0, 1, 2, 0, 1],
            "Nothing is late; 1 item is due soon. 2 items wait for a person. 1 task is open.",
        );
        check(
            [3, 0, 1, 1, 0],
            "3 items are late; the obligation continues. 1 item waits for a person. 1 item does not go on by itself.",
        );
        assert_eq!(
            day(Language::Dutch, [1, 2, 0, 0, 0]),
            "1 bericht is te laat en 2 lopen bijna af. Niets wacht op een mens."
        );
    }

    #[test]
    fn limits_in_hours_or_days() {
        let t = Language::English;
        assert_eq!(hours_or_days(t, SignedDuration::from_hours(72)), "72 hours");
        assert_eq!(hours_or_days(t, SignedDuration::from_hours(240)), "10 days");
    }

    #[test]
    fn english_says_what_the_tables_of_the_law_say() {
        let t = Language::English;
        for operation in Operation::ALL {
            assert_eq!(title(t, operation), operation.rule().title);
            assert_eq!(t.say(&format!("when-{}", operation.code())), operation.rule().when);
        }
        for category in Category::ALL {
            assert_eq!(t.say(&format!("category-legal-{}", category.code())), category.rule().legal_name);
        }
        for trigger in icd::category::Trigger::ALL {
            assert_eq!(t.say(&format!("trigger-{}", trigger.rule().word)), trigger.rule().clock_start);
        }
    }
}
