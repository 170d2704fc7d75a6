//! Legal clocks on the command line.

use clap::Args;
use icd::category::{Category, Trigger};
use icd::deadline::{Clock, Deadline, DeadlineState, Extension, Ground, Source, Subject};
use icd::identifier::StaffId;
use icd::operation::Operation;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::Failure;

const EXAMPLES: &str = "\
Categories:
  1 applicant              2 irregular crossing     3 illegal stay
  7 resettlement           8 national resettlement  9 disembarked
  0 temporary protection   4, 5 law enforcement and 6 data subject have no clock

Events: the category's own trigger starts the clock:
  registration, biometrics-taken, apprehension, found, admission-registration,
  admission-decision, grant, disembarkation, protection-registration
These move it:
  technical                 serious technical problems, when they were declared
  influx                    sudden influx: FROM/UNTIL of the notice
  retake                    successful retake
  health-ended              end of a health obstacle
  custody                   FROM/UNTIL of custody (category 2); FROM while it lasts
Only influx and custody take two times. With --now, an event that lies after it is refused.

Operations:
  add-responsible-state, arrival-after-take-charge, arrival-after-take-back, left-territory,
  removal-or-departure, responsibility-shifted, add-relocation-state,
  arrival-in-relocation-state, mark-protection-granted, unmark-protection-withdrawn,
  mark-residence-document, take-over-mark, add-circumstance, delete-security-flag, rectify,
  erase-citizen-of-origin, erase-citizen-of-other-state, erase-inaccurate, report-wrong-hit,
  confirm-link
  submit                    the first transmission itself, by the category's own limit

Examples:
  icd deadlines --category 1 --event registration=2026-07-01T10:00:00Z
  icd deadlines --category 9 --event disembarkation=2026-07-01T10:00:00Z \\
      --event technical=2026-07-02T09:00:00Z
  icd deadlines --category 2 --event apprehension=2026-07-01T10:00:00Z \\
      --event custody=2026-07-01T10:00:00Z/2026-07-09T10:00:00Z --now 2026-07-05T00:00:00Z
  icd deadlines --category 1 --operation report-wrong-hit --start 2026-07-01T10:00:00Z";

/// The events that move a clock.
const MOVES: [&str; 5] = ["technical", "influx", "retake", "health-ended", "custody"];

/// Those of them that have a beginning and an end.
const LASTS: [&str; 2] = ["influx", "custody"];

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The category's character in the reference number, 0 to 9.
    #[arg(long)]
    category: char,
    /// A later change instead of a first transmission, by its code.
    #[arg(long, requires = "start")]
    operation: Option<String>,
    /// Start of the clock of a later change.
    #[arg(long, requires = "operation")]
    start: Option<Timestamp>,
    /// An event, NAME=TIME (influx and custody: NAME=FROM/UNTIL); may be given more than once.
    #[arg(long = "event", value_name = "NAME=TIME")]
    events: Vec<String>,
    /// The site's own limit in hours where the law has no figure; where it has one, a note says so.
    #[arg(long)]
    policy_hours: Option<u32>,
    /// The time to judge the clock at; without it no state is shown.
    #[arg(long)]
    now: Option<Timestamp>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let category = Category::from_code(arguments.category)
        .ok_or_else(|| usage("--category is one character from 0 to 9".to_owned()))?;
    let events = arguments.events.iter().map(|text| event(text)).collect::<Result<Vec<_>, _>>()?;
    let mut deadline = begin(arguments, category)?;
    has_happened(arguments, &events)?;
    for (name, from, until) in events {
        let ground = match name {
            "technical" => Ground::TechnicalProblem,
            "influx" => Ground::SuddenInflux {
                notified_at: from,
                notified_until: until.ok_or_else(|| usage("influx needs FROM/UNTIL".to_owned()))?,
            },
            "retake" => Ground::SuccessfulRetake { at: from },
            "health-ended" => Ground::HealthObstacleEnded { at: from },
            "custody" => Ground::Custody { from, to: until },
            // The trigger was taken already.
            _ => continue,
        };
        deadline.extend(Extension {
            ground,
            authorised_by: StaffId::new("command-line")?,
            authorised_at: from,
            evidence: String::new(),
        })?;
    }
    note_first_day(arguments, category);
    note_unused_policy(arguments, &deadline);
    show(&deadline, arguments);
    Ok(())
}

/// A retake or a registration that lies ahead has not happened, so it moves no clock that is judged now.
fn has_happened(
    arguments: &Arguments,
    events: &[(&str, Timestamp, Option<Timestamp>)],
) -> Result<(), Failure> {
    let Some(now) = arguments.now else { return Ok(()) };
    let start = arguments.start.map(|start| ("--start", start));
    let mut named = events.iter().map(|(name, from, _)| (*name, *from)).chain(start);
    match named.find(|(_, at)| *at > now) {
        None => Ok(()),
        Some((name, at)) => Err(usage(format!(
            "{name} at {at} lies after --now {now} and has not happened yet; leave it out, or give a later --now"
        ))),
    }
}

fn begin(arguments: &Arguments, category: Category) -> Result<Deadline, Failure> {
    if let (Some(code), Some(start)) = (&arguments.operation, arguments.start) {
        let operation = Operation::from_code(code).ok_or_else(|| {
            let codes: Vec<&str> = Operation::ALL.into_iter().map(Operation::code).collect();
            usage(format!("--operation is one of {}", codes.join(", ")))
        })?;
        if !operation.applies_to(category) {
            return Err(Failure::Input {
                code: "I-1606".to_owned(),
                message: format!(
                    "\"{}\" does not exist for category {}. See the operation's article, {}.",
                    operation.rule().title,
                    category.code(),
                    operation.rule().article
                ),
            });
        }
        let named = arguments.events.iter().map(|text| event(text)).collect::<Result<Vec<_>, _>>()?;
        if let Some((name, ..)) = named.iter().find(|(name, ..)| Trigger::from_word(name).is_some()) {
            return Err(usage(format!("{name} starts no clock of an operation; that is --start")));
        }
        return Ok(Deadline::for_operation(operation, category, start, arguments.policy_hours));
    }
    let mut deadline: Option<Deadline> = None;
    for text in &arguments.events {
        let (name, from, _) = event(text)?;
        if let Some(trigger) = Trigger::from_word(name) {
            if trigger.rule().category != category {
                return Err(usage(format!(
                    "{name} does not start the clock of category {}",
                    category.code()
                )));
            }
            if deadline.is_some() {
                return Err(usage("one event starts a clock; give the trigger once".to_owned()));
            }
            deadline = Some(Deadline::for_trigger(trigger, from).with_site_policy(arguments.policy_hours));
        }
    }
    let words: Vec<&str> = category.triggers().map(|rule| rule.word).collect();
    if words.is_empty() {
        // Nothing is transmitted for storage, so there is no clock, whenever it would have begun.
        return Ok(Deadline::for_category(category, Timestamp::UNIX_EPOCH));
    }
    deadline.ok_or_else(|| {
        usage(format!("category {} starts with --event {}=TIME", category.code(), words.join("=TIME or ")))
    })
}

/// Says so when the event lies before the category's first day (Art. 63(2)): the clock is then only a forecast.
fn note_first_day(arguments: &Arguments, category: Category) {
    let first = category.rule().enabled_from;
    let starts = arguments.events.iter().filter_map(|text| event(text).ok());
    let early = |at: Timestamp| !category.is_enabled_on(at.to_zoned(jiff::tz::TimeZone::UTC).date());
    if starts.filter(|(name, ..)| Trigger::from_word(name).is_some()).any(|(_, from, _)| early(from)) {
        eprintln!(
            "note: category {} exists only from {first}, Article 63; it is refused before",
            category.code()
        );
    }
}

/// Says so when the site's own limit was given and counts for nothing.
fn note_unused_policy(arguments: &Arguments, deadline: &Deadline) {
    let base = deadline.base();
    if arguments.policy_hours.is_none() || base.source == Source::SitePolicy {
        return;
    }
    let why = match base.source {
        Source::Law => "has a figure of its own",
        _ => "starts no clock",
    };
    eprintln!("note: --policy-hours is not used: Article {} {why}", base.article);
}

/// Name and times of an event.
fn event(text: &str) -> Result<(&str, Timestamp, Option<Timestamp>), Failure> {
    let (name, times) =
        text.split_once('=').ok_or_else(|| usage(format!("{text} is not NAME=TIME or NAME=FROM/UNTIL")))?;
    let time = |time: &str| {
        time.parse().map_err(|_| {
            usage(format!(
                "{name}: \"{time}\" is no time; write it as 2026-07-01T10:00:00Z, before the year 9999"
            ))
        })
    };
    if Trigger::from_word(name).is_none() && !MOVES.contains(&name) {
        return Err(usage(format!("{name} is not an event; see icd deadlines --help")));
    }
    let (from, until) = match times.split_once('/') {
        Some((from, until)) if LASTS.contains(&name) => (from, Some(time(until)?)),
        Some(_) => {
            return Err(usage(format!(
                "{name} is one moment, {name}=TIME; only influx and custody take FROM/UNTIL"
            )));
        }
        None => (times, None),
    };
    Ok((name, time(from)?, until))
}

fn show(deadline: &Deadline, arguments: &Arguments) {
    let state = arguments.now.map(|now| deadline.state(now));
    let running = deadline.clocks(arguments.now);
    if arguments.json {
        say!("{}", as_json(deadline, &running, state, arguments));
        return;
    }
    for (index, clock) in running.iter().enumerate() {
        say!("{}{}", if index == 0 { "" } else { "also: " }, words(clock));
    }
    if let Some(state) = state {
        say!(
            "state: {}",
            match state {
                DeadlineState::NoLimit => "no limit",
                DeadlineState::OnTime => "on time",
                DeadlineState::DueSoon => "due soon",
                DeadlineState::OverdueObligationContinues => "overdue, obligation continues",
            }
        );
    }
}

fn as_json(
    deadline: &Deadline,
    running: &[Clock],
    state: Option<DeadlineState>,
    arguments: &Arguments,
) -> Value {
    let clock = |clock: &Clock| json!({ "kind": clock.kind, "article": clock.article, "due": clock.due, "source": clock.source });
    let extension =
        |extension: &Extension| json!({ "ground": extension.ground, "at": extension.authorised_at });
    let first = running.first().copied();
    json!({
        "category": arguments.category,
        // What is not stored has no clock that could start.
        "clock_start": has_clock(deadline).then(|| deadline.clock_start()),
        "kind": first.map(|clock| clock.kind),
        "due": first.and_then(|clock| clock.due),
        "article": first.map(|clock| clock.article),
        "clocks": running.iter().map(clock).collect::<Vec<_>>(),
        "extensions": deadline.extensions().iter().map(extension).collect::<Vec<_>>(),
        "state": state,
    })
}

fn has_clock(deadline: &Deadline) -> bool {
    !matches!(deadline.subject(), Subject::Category { trigger: None, .. })
}

/// One clock in a line that says which one it is.
fn words(clock: &Clock) -> String {
    let which = clock.kind.words();
    match (clock.due, clock.source) {
        (Some(due), Source::SitePolicy) => {
            format!("{which}: due {due} by the site's policy; Article {} has no figure", clock.article)
        }
        (Some(due), _) => format!("{which}: due {due}, Article {}", clock.article),
        (None, _) => format!("{which}: no figure in law, Article {}", clock.article),
    }
}

fn usage(message: String) -> Failure {
    Failure::Usage { code: "I-0903", message }
}
