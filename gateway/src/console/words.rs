//! Every state, step and clock in the words of the screens: the same words as at the kiosk
//! (captured, sealed, waiting, sent, acknowledged, answered).
//!
//! Pure. One word per idea; what something means and what happens next stands beside it.

use firmware_config::Channel;
use icd::category::Category;
use icd::operation::{Operation, OperationLimit};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::time;
use crate::engine::{AnswerKind, Change, Escalation, ExpertGround, TaskKind};
use crate::hub::OpenReason;
use crate::hub::view::ItemView;

/// What is asked: the operation, and for a first transmission the category that drives it.
pub(crate) fn operation(item: &ItemView) -> String {
    match known_operation(item) {
        Some(Operation::Submit) => match category(item) {
            Some(category) => format!("First transmission: {}", plain_category(category)),
            None => Operation::Submit.rule().title.to_owned(),
        },
        Some(operation) => operation.rule().title.to_owned(),
        None => item.operation.to_owned(),
    }
}

/// The operation of an item.
pub(crate) fn known_operation(item: &ItemView) -> Option<Operation> {
    Operation::from_code(item.operation)
}

/// The category of an item.
pub(crate) fn category(item: &ItemView) -> Option<Category> {
    Category::from_code(item.category)
}

/// The category in a few plain words; the legal name is on the item's page.
pub(crate) fn plain_category(category: Category) -> &'static str {
    match category {
        Category::Applicant => "applicant",
        Category::IrregularCrossing => "irregular border crossing",
        Category::IllegalStay => "stay without right",
        Category::LawEnforcementNational => "law-enforcement request",
        Category::LawEnforcementEuropol => "Europol request",
        Category::DataSubject => "data-subject request",
        Category::Resettlement => "Union resettlement",
        Category::NationalResettlement => "national resettlement",
        Category::Disembarked => "disembarked after rescue",
        Category::TemporaryProtection => "temporary protection",
    }
}

/// Where an item stands, in a word or two.
pub(crate) fn state(item: &ItemView) -> &'static str {
    match item.stage {
        "queued" if item.trouble.is_some() => "Waiting to be sent again",
        "queued" => "Waiting to be sent",
        "sending" => "Being sent",
        "outcome-unknown" => "Sent? Being asked",
        "acknowledged" => "Acknowledged",
        "waiting" => "Waiting for an operator",
        "claimed" => "Claimed",
        "keyed" => "Keyed, to be checked",
        "held" => "Kept, no interface",
        "parked" => "Stopped",
        "closed" => item.answers.last().map_or("Closed", |answer| outcome(answer.kind)),
        other => other,
    }
}

/// What that means and what happens next, in a sentence.
pub(crate) fn state_meaning(item: &ItemView) -> &'static str {
    match item.stage {
        "queued" if item.behind.is_some() => {
            "It waits for an earlier message about the same reference number, so that the order is kept."
        }
        "queued" => "It is stored here and goes to the central system by itself, when it is its turn.",
        "sending" => "It is on its way to the central system.",
        "outcome-unknown" => {
            "The connection ended before it was clear whether it arrived. The central system is asked first, so that \
             it is not stored twice."
        }
        "acknowledged" => "The central system has it; its answer has not come yet.",
        "waiting" if item.behind.is_some() => {
            "An earlier item about the same reference number must be dealt with before this one."
        }
        "waiting" if item.perhaps_keyed_by.is_some() => {
            "The last claim ran out without a word, so it may have been keyed. Look in the central web interface \
             before you key it."
        }
        "waiting" => "This operation has no system-to-system interface today, so a person keys it.",
        "keyed" => "It is keyed. A second person must check it before it is closed.",
        "claimed" => "An operator is keying it into the central web interface.",
        "held" => {
            "The table of interfaces has no way for this operation today. It is kept, and its clock runs."
        }
        "parked" => "It cannot go on by itself. A person decides.",
        "closed" if is_sent_back(item) => {
            "It is closed here. The sender has the answer and must send it corrected."
        }
        "closed" => "It is done. The sender has been told or collects the answer.",
        _ => "",
    }
}

/// The one next step, where something went wrong. What is tried again by itself needs nobody.
pub(crate) fn next_step(item: &ItemView) -> Option<&'static str> {
    let trouble = item.trouble?;
    Some(match item.stage {
        "queued" | "sending" | "outcome-unknown" => "Nothing; it is tried again by itself.",
        _ => trouble.next_step,
    })
}

/// Who must act.
pub(crate) fn owner(item: &ItemView, me: &str) -> String {
    match (&item.held_by, item.stage) {
        (Some(by), "keyed") => format!("Somebody else than {by}"),
        (Some(by), _) if by == me => "You".to_owned(),
        (Some(by), _) => by.clone(),
        (None, "waiting" | "parked") => "Nobody yet".to_owned(),
        (None, "held") => "Kept until an interface opens".to_owned(),
        (None, "closed") => "Nobody, closed".to_owned(),
        (None, _) => "By itself".to_owned(),
    }
}

/// The result of an answer.
pub(crate) fn outcome(kind: &str) -> &'static str {
    match kind {
        "done" => "Carried out",
        "hit" => "Answered: hit",
        "no-hit" => "Answered: no hit",
        "quality-insufficient" => "Answered: better prints needed",
        "registered" => "Answered: registered",
        "rejected" => "Answered: rejected",
        "sequence-error" => "Answered: fingers out of order",
        _ => "Answered",
    }
}

/// Whether an item was closed without Eurodac having taken it: what it was for is still to be done.
pub(crate) fn is_sent_back(item: &ItemView) -> bool {
    let last = item.answers.last().map(|answer| answer.kind);
    item.stage == "closed" && matches!(last, Some("rejected" | "quality-insufficient" | "sequence-error"))
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
}

/// The clock in words: `4 h 12 min left`, `overdue by 2 d`.
pub(crate) fn clock(item: &ItemView, now: Timestamp) -> String {
    match (ClockState::of(item), item.due) {
        (ClockState::Met, _) => "met".to_owned(),
        (ClockState::SentBack, _) => "with the sender".to_owned(),
        (_, Some(due)) if due < now => format!("overdue by {}", time::span(now.duration_since(due))),
        (_, Some(due)) => format!("{} left", time::span(due.duration_since(now))),
        (_, None) => "no limit in law".to_owned(),
    }
}

/// What the article behind the clock demands.
pub(crate) fn clock_meaning(item: &ItemView) -> String {
    let Some(operation) = known_operation(item) else { return String::new() };
    match operation.rule().limit {
        OperationLimit::OfCategory => {
            let Some(category) = category(item) else { return String::new() };
            let hours = item.due.map(|due| due.duration_since(item.clock_start));
            let limit = hours.map_or_else(
                || "as soon as possible".to_owned(),
                |span| format!("within {}", hours_or_days(span)),
            );
            let mut starts = category.triggers().map(|trigger| trigger.clock_start);
            match (starts.next(), starts.next()) {
                (Some(start), None) => format!("To be sent {limit} of: {start}."),
                _ => format!("To be sent {limit} of the event that started the clock."),
            }
        }
        OperationLimit::WorkingDays(days) => format!("To be sent within {days} working days of the result."),
        OperationLimit::NoFigure => match item.due {
            Some(due) => format!(
                "The law says: {}. It gives no figure; {} is this site's own limit.",
                operation.rule().when,
                hours_or_days(due.duration_since(item.clock_start))
            ),
            None => format!(
                "The law says: {}. Neither the law nor this site gives a figure.",
                operation.rule().when
            ),
        },
    }
}

fn hours_or_days(span: SignedDuration) -> String {
    match span.as_hours() {
        hours if hours > 96 && hours % 24 == 0 => format!("{} days", hours / 24),
        hours => format!("{hours} hours"),
    }
}

/// Every reason for which values may be opened, in the order of the list on the screen.
pub(crate) const OPEN_REASONS: [OpenReason; 4] =
    [OpenReason::Key, OpenReason::Check, OpenReason::Question, OpenReason::Supervise];

/// A reason for opening, on the screen.
pub(crate) fn open_reason(reason: OpenReason) -> &'static str {
    match reason {
        OpenReason::Key => "To key it into the central web interface",
        OpenReason::Check => "To check whether and how it was keyed",
        OpenReason::Question => "The sender or the person concerned asked about it",
        OpenReason::Supervise => "To supervise the work on it",
    }
}

/// The name of a channel.
pub(crate) fn channel(channel: &str) -> &'static str {
    match channel {
        "s2s" => "System to system",
        "web-interface" => "Keyed by operators",
        _ => "No interface",
    }
}

/// A step of an item's life: its word, and a sentence.
pub(crate) fn step(change: &Change, origin: &str, calendar: &TimeZone) -> (&'static str, String) {
    let at = |instant: &Timestamp| time::exact(*instant, calendar);
    match change {
        Change::Accepted { channel, .. } => (
            "Waiting",
            match channel {
                Channel::S2s => {
                    format!("Came from {origin}, was stored and got its receipt. Waits to be sent.")
                }
                Channel::WebInterface => {
                    format!("Came from {origin}, was stored and got its receipt. Waits for an operator.")
                }
                Channel::Unavailable => format!(
                    "Came from {origin}, was stored and got its receipt. No interface is open for it."
                ),
            },
        ),
        Change::SendingBegan { attempt, .. } => ("Sending", format!("Attempt {attempt} to send it began.")),
        Change::NotDelivered { cause, retry_at, .. } => {
            ("Not sent", format!("{} Tried again at {}.", cause.text(), at(retry_at)))
        }
        Change::OutcomeUnknown { cause, .. } => (
            "Outcome open",
            format!("{} The central system is asked before anything is sent again.", cause.text()),
        ),
        Change::Acknowledged { .. } => ("Acknowledged", "Sent; the central system has it.".to_owned()),
        Change::Parked { cause, .. } => ("Stopped", format!("{} {}", cause.text(), cause.next_step())),
        Change::Requeued { by, channel: to, .. } => {
            ("Put back", format!("{by} put it back on its way: {}.", channel(to.as_str()).to_lowercase()))
        }
        Change::Returned { by, .. } => {
            ("Given back", format!("{by} gave it back to {origin} with the reason; it was not sent."))
        }
        Change::Answered { answer, .. } => ("Answered", answer_sentence(answer.kind).to_owned()),
        Change::StrayAnswer { .. } => {
            ("Answered", "An answer to no known message came and is kept.".to_owned())
        }
        Change::Rerouted { channel: to, .. } => (
            "Moved",
            format!("The table of interfaces changed; it now goes: {}.", channel(to.as_str()).to_lowercase()),
        ),
        Change::Claimed { by, lease_until, .. } => {
            ("Claimed", format!("{by} has it until {}.", at(lease_until)))
        }
        Change::LeaseExpired { by, .. } => {
            ("Claim ran out", format!("{by} neither confirmed nor released it. It may have been keyed."))
        }
        Change::Released { by, .. } => {
            ("Released", format!("{by} gave it back and says that it was not keyed."))
        }
        Change::Confirmed { by, web_receipt, .. } => {
            ("Keyed", format!("{by} keyed it. Receipt of the central web interface: {web_receipt}."))
        }
        Change::Keyed { by, web_receipt, .. } => (
            "Keyed, to be checked",
            format!("{by} keyed it. Receipt: {web_receipt}. A second person checks it."),
        ),
        Change::CheckRefused { by, .. } => (
            "Check failed",
            format!("{by} found it keyed wrongly. Put it right in the central web interface."),
        ),
        Change::Superseded { by, successor, .. } => {
            ("Superseded", format!("{by} replaced it by item {successor}; it is not sent any more."))
        }
        Change::ClockExtended { by, evidence, clock, .. } => (
            "Longer limit",
            format!("{by} granted the limit of Art. {}; decision {evidence}.", clock.article),
        ),
        Change::ChannelSwitched { by, .. } => ("Interface", format!("{by} switched the interface.")),
        Change::TaskOpened { kind, clock, .. } => {
            ("Task", format!("{} (Art. {}).", task_sentence(*kind), clock.article))
        }
        Change::ClockCorrected { .. } => ("Clock", "The clock had been ahead and was set back.".to_owned()),
        Change::TaskEscalated { .. } => ("Warning", "The clock of a task is running out.".to_owned()),
        Change::TaskClosed { verdict, .. } => ("Task closed", format!("{}.", verdict.name())),
        Change::Escalated { level, article, .. } => match level {
            Escalation::DueSoon => ("Warning", format!("The clock of Art. {article} is running out.")),
            Escalation::Overdue => {
                ("Overdue", format!("The time of Art. {article} has passed. The obligation continues."))
            }
        },
        Change::AnswerLate { .. } => {
            ("Answer late", "The central system has not answered in the time of Art. 38(2).".to_owned())
        }
        Change::Collected { .. } => ("Delivered", format!("{origin} has collected the answer.")),
        Change::Erased { .. } => {
            ("Erased", "The content was erased here; only this life of the item is left.".to_owned())
        }
    }
}

/// What a task asks of people.
pub(crate) fn task_sentence(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::ExpertCheck { ground: ExpertGround::FaceOnly } => {
            "A trained expert must check this hit at once, because only the face matched"
        }
        TaskKind::ExpertCheck { ground: ExpertGround::SexDiffers } => {
            "A trained expert must check this hit, because the sex of the two data sets differs"
        }
        TaskKind::ExpertCheck { ground: ExpertGround::SitePolicy } => "A trained expert must check this hit",
        TaskKind::WrongHitReport => {
            "The wrong hit must be reported to eu-LISA and the States concerned within three working days"
        }
        TaskKind::Retake => "The prints must be taken again and sent under the same reference number",
        TaskKind::Notice { .. } => "Another State gave a notice; bring our own data set up to date",
    }
}

fn answer_sentence(kind: AnswerKind) -> &'static str {
    match kind {
        AnswerKind::Done => "Carried out.",
        AnswerKind::Hit => "Hit: at least one data set matches.",
        AnswerKind::NoHit => "No hit: nothing matches.",
        AnswerKind::QualityInsufficient => {
            "The prints are not good enough; better ones are asked under the same reference number."
        }
        AnswerKind::Registered => "Registered; nothing is compared in this category.",
        AnswerKind::Rejected => "Rejected with findings; the sender has them.",
        AnswerKind::SequenceError => "Fingers are not where the message says they are.",
    }
}

/// Headline above the queue: the state of the day in a sentence or two.
pub(crate) fn day(overdue: usize, due_soon: usize, for_person: usize, stuck: usize) -> String {
    let clock = match (overdue, due_soon) {
        (0, 0) => "Nothing is late, and nothing is about to be.".to_owned(),
        (0, soon) => format!("Nothing is late; {} due soon.", count(soon, "item is", "items are")),
        (late, 0) => format!("{} late; the obligation continues.", count(late, "item is", "items are")),
        (late, soon) => format!("{} late and {soon} due soon.", count(late, "item is", "items are")),
    };
    let person = match for_person {
        0 => "Nothing waits for a person.".to_owned(),
        waiting => format!("{} for a person.", count(waiting, "item waits", "items wait")),
    };
    let stuck = match stuck {
        0 => String::new(),
        stuck => {
            format!(" {}.", count(stuck, "item does not go on by itself", "items do not go on by themselves"))
        }
    };
    format!("{clock} {person}{stuck}")
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_in_a_sentence() {
        let check = |numbers: [usize; 4], expect: &str| {
            let [overdue, soon, person, stuck] = numbers;
            assert_eq!(day(overdue, soon, person, stuck), expect);
        };
        check([0, 0, 0, 0], "Nothing is late, and nothing is about to be. Nothing waits for a person.");
        check([0, 1, 2, 0], "Nothing is late; 1 item is due soon. 2 items wait for a person.");
        check(
            [3, 0, 1, 1],
            "3 items are late; the obligation continues. 1 item waits for a person. 1 item does not go on by itself.",
        );
    }

    #[test]
    fn limits_in_hours_or_days() {
        assert_eq!(hours_or_days(SignedDuration::from_hours(72)), "72 hours");
        assert_eq!(hours_or_days(SignedDuration::from_hours(240)), "10 days");
    }
}
