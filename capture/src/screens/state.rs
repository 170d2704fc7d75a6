//! The state of home and case as JSON for scripts; described in `docs/reference/kiosk-interface.md`.

use icd::deadline::DeadlineState;
use icd::message::{Answer, Message, Outcome as AnswerOutcome};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::words::STAGES;
use crate::daemon::condition::Power;
use crate::daemon::snapshot::deadline;
use crate::daemon::{CaseSnapshot, HomeSnapshot};
use crate::device::Health;
use crate::outbox::{EntryState, Link};
use crate::session::{
    AgeRefusal, AttemptResult, Gate, Outcome, Phase, Proof, Sensor, Sequence, Session, Step, Target,
};
use crate::store::Delivery;

/// The state of one case.
pub(super) fn case(snapshot: &CaseSnapshot, csrf: &str) -> Value {
    let session = snapshot.session.as_ref();
    let phase = session.map(|session| session.phase(snapshot.now));
    let mut state = json!({
        "case": snapshot.case,
        "csrf": csrf,
        "phase": phase.as_ref().map_or("ended", Phase::code),
        "step": phase.as_ref().and_then(phase_step).map(Step::code),
        "band": band(snapshot),
        "outcome": outcome(snapshot).map(Outcome::code),
        "article": article(outcome(snapshot)),
        "trouble": snapshot.trouble.as_ref().map(|trouble| json!({
            "code": trouble.code, "message": trouble.message, "at": trouble.at,
        })),
        "officers": officers(snapshot),
        "clock": clock(snapshot),
        "timeline": timeline(snapshot),
        "delivery": delivery(snapshot),
    });
    if let (Some(session), Some(fields)) = (session, state.as_object_mut()) {
        fields.insert("gates".to_owned(), gates(session, snapshot.now));
        fields.insert(
            "steps".to_owned(),
            session.plan().iter().map(|step| step_state(session, *step)).collect(),
        );
        fields.insert("last_attempt".to_owned(), last_attempt(session));
        let exceptions = session.exceptions().iter();
        let exceptions: Vec<Value> = exceptions
            .map(|(target, exception)| {
                json!({
                    "finger": target.code(), "reason": exception.reason.code(),
                    "photo": photo(session, *target, exception.proof),
                })
            })
            .collect();
        fields.insert("exceptions".to_owned(), exceptions.into());
        fields.insert("sequence".to_owned(), sequence(session.sequence()));
    }
    state
}

/// How the photo of an exception stands; `null` where none is asked for.
fn photo(session: &Session, target: Target, proof: Option<Proof>) -> Value {
    match proof {
        Some(Proof::Photo { attempt, .. }) => json!({ "state": "taken", "attempt": attempt }),
        Some(Proof::NotTaken(why)) => json!({ "state": "left-out", "reason": why.code() }),
        None if session.photo_asked(target.step()).contains(&target) => {
            json!({ "state": "asked", "required": session.photo_required(target.step()) })
        }
        None => Value::Null,
    }
}

/// Who had the case, from when.
fn officers(snapshot: &CaseSnapshot) -> Value {
    let facts = snapshot.delivery.as_ref().and_then(|delivery| delivery.facts.as_ref());
    let officers = facts.map_or(&snapshot.officers, |facts| &facts.officers);
    officers.iter().map(|(from, staff)| json!({ "staff": staff, "from": from })).collect()
}

/// The state of the kiosk.
pub(super) fn home(home: &HomeSnapshot, csrf: &str) -> Value {
    let rows = |list: &[CaseSnapshot]| list.iter().map(row).collect::<Vec<_>>();
    let refusals = home.age_refusals.iter().map(|refusal| {
        json!({
            "why": refusal.why.code(), "article": AgeRefusal::ARTICLE, "at": refusal.at,
            "staff": refusal.staff, "category": refusal.category,
            "basis": refusal.basis.code(), "certain": refusal.certain,
        })
    });
    json!({
        "csrf": csrf,
        "counts": {
            "to_finish": home.to_finish.len(),
            "to_send": home.to_send.len(),
            "confirmed": home.confirmed.len(),
        },
        "oldest_unconfirmed_at": oldest(home),
        "retired": home.retired,
        "retakes": home.retakes.iter().map(|retake| json!({
            "case": retake.case, "outcome": retake.outcome.code(), "since": retake.since,
            "answer_asks": retake.answer_asks,
            "clock": clock_of(retake.category, retake.clock_start, home.now),
        })).collect::<Vec<_>>(),
        "to_finish": rows(&home.to_finish),
        "to_send": rows(&home.to_send),
        "confirmed": rows(&home.confirmed),
        "ended": rows(&home.ended),
        "age_refusals": refusals.collect::<Vec<_>>(),
        "devices": home.devices.iter().map(|device| json!({
            "id": device.description.id,
            "model": device.description.model,
            "for": if device.fingers { "fingers" } else { "face" },
            "health": health_code(&device.health),
        })).collect::<Vec<_>>(),
        "battery": match home.condition.power {
            Power::Mains => Value::Null,
            Power::Battery { percent, charging } => json!({ "percent": percent, "charging": charging }),
        },
        "cases_left": home.condition.cases_left,
        "clock_trust": home.condition.clock.code(),
        "link": link(&home.link),
        "store": home.store_trouble.as_ref().map_or(json!({ "ready": true }), |trouble| {
            json!({ "ready": false, "code": trouble.code })
        }),
    })
}

/// When the oldest case without a receipt was sealed.
pub(super) fn oldest(home: &HomeSnapshot) -> Option<Timestamp> {
    let sealed = home.to_send.iter().filter_map(|row| row.delivery.as_ref()?.sealed_at);
    sealed.min()
}

/// The instants of the six stages.
pub(super) fn stages(snapshot: &CaseSnapshot) -> [Option<Timestamp>; 6] {
    let Some(delivery) = &snapshot.delivery else {
        let captured = snapshot.session.as_ref().and_then(newest_capture);
        return [captured, None, None, None, None, None];
    };
    [
        delivery.facts.as_ref().map(|facts| facts.captured_at),
        delivery.sealed_at,
        delivery.sealed_at,
        delivery.sent_at,
        delivery.acknowledged.as_ref().map(|(at, _)| *at),
        delivery.answered.as_ref().map(|(at, ..)| *at),
    ]
}

/// When the newest image that still counts was taken.
fn newest_capture(session: &Session) -> Option<Timestamp> {
    let newest = Step::ALL.into_iter().filter_map(|step| session.step(step).newest());
    newest.map(|attempt| attempt.captured_at).max()
}

/// The answer of the central system, once it is here.
pub(super) fn answer(delivery: &Delivery) -> Option<Answer> {
    let (_, _, xml) = delivery.answered.as_ref()?;
    match Message::from_xml(xml.as_bytes()) {
        Ok(Message::Answer(answer)) => Some(answer),
        _ => None,
    }
}

/// How the case ended, also after its session was erased.
pub(super) fn outcome(snapshot: &CaseSnapshot) -> Option<Outcome> {
    let of_session = snapshot.session.as_ref().and_then(Session::outcome).map(|(_, outcome)| outcome);
    let facts = snapshot.delivery.as_ref().and_then(|delivery| delivery.facts.as_ref());
    of_session.or_else(|| facts.map(|facts| facts.outcome))
}

/// Changes whenever a page should be drawn anew; says nothing else.
pub(super) fn version(snapshot: &CaseSnapshot) -> String {
    let session = snapshot.session.as_ref();
    let phase = session.map_or("ended", |session| session.phase(snapshot.now).code());
    let attempts: usize =
        session.map_or(0, |session| Step::ALL.iter().map(|s| session.step(*s).attempts.len()).sum());
    // A photo and the reason for none both settle an exception.
    let settled = session.map_or(0, |session| {
        session.exceptions().values().filter(|exception| exception.proof.is_some()).count()
            + session.photos().len()
    });
    let reached = stages(snapshot).iter().flatten().count();
    let held = snapshot.delivery.as_ref().is_some_and(|delivery| delivery.held.is_some());
    let trouble = snapshot.trouble.as_ref().map_or(0, |trouble| trouble.at.as_millisecond());
    let tries = snapshot.entry.as_ref().map_or(0, |entry| entry.tries);
    format!("{phase}.{attempts}.{settled}.{reached}.{held}.{trouble}.{tries}")
}

fn band(snapshot: &CaseSnapshot) -> Option<&'static str> {
    let of_session = snapshot.session.as_ref().and_then(Session::band);
    let facts = snapshot.delivery.as_ref().and_then(|delivery| delivery.facts.as_ref());
    of_session.or_else(|| facts.map(|facts| facts.band)).map(|band| band.code())
}

fn article(outcome: Option<Outcome>) -> Option<&'static str> {
    match outcome? {
        Outcome::AgeRefused(_) => Some(AgeRefusal::ARTICLE),
        Outcome::Refused { .. } => Some("Regulation (EU) 2024/1358, Art. 13 and 14(1)"),
        _ => None,
    }
}

fn phase_step(phase: &Phase) -> Option<Step> {
    match phase {
        Phase::Capture { step } | Phase::Sensing { step } | Phase::Review { step } => Some(*step),
        _ => None,
    }
}

fn gates(session: &Session, now: Timestamp) -> Value {
    let gates = session.gates(now).into_iter().map(|status| {
        json!({
            "gate": status.gate.code(),
            "article": Gate::article(status.gate),
            "closed": status.closed_at.is_some(),
            "closed_at": status.closed_at,
            "reason": status.reason.map(|denied| json!({ "code": denied.code(), "message": denied.to_string() })),
        })
    });
    gates.collect()
}

fn step_state(session: &Session, step: Step) -> Value {
    let state = session.step(step);
    let best = state.best();
    let best = best.iter().map(|(target, best)| {
        json!({
            "finger": target.code(), "quality": best.quality, "accepted": best.accepted, "attempt": best.attempt,
        })
    });
    json!({
        "step": step.code(),
        "done": state.done_at.is_some(),
        "attempts": state.attempts.len(),
        "may_try_again": session.may_try_again(step),
        "best": best.collect::<Vec<_>>(),
    })
}

fn last_attempt(session: &Session) -> Value {
    let newest =
        Step::ALL.into_iter().flat_map(|step| session.step(step).newest().map(|attempt| (step, attempt)));
    let Some((step, attempt)) = newest.max_by_key(|(_, attempt)| attempt.number) else { return Value::Null };
    let hint = |hint: &crate::live::Hint| json!({ "hint": hint, "words": hint.words() });
    match &attempt.result {
        AttemptResult::Slap { fingers, hints } => json!({
            "number": attempt.number, "step": step.code(),
            "accepted": fingers.iter().all(|finger| finger.accepted),
            "fingers": fingers.iter().map(|finger| json!({
                "finger": Target::Finger(finger.finger).code(), "quality": finger.quality,
                "found": finger.area.is_some(), "accepted": finger.accepted, "hint": finger.hint,
            })).collect::<Vec<_>>(),
            "hints": hints.iter().map(hint).collect::<Vec<_>>(),
        }),
        AttemptResult::Portrait { accepted, detector_used, hints, measures } => json!({
            "number": attempt.number, "step": step.code(), "accepted": accepted, "detector_used": detector_used,
            "hints": hints.iter().map(hint).collect::<Vec<_>>(),
            "findings": measures.iter().filter(|measure| measure.beyond).map(|measure| measure.what.code())
                .collect::<Vec<_>>(),
        }),
    }
}

fn sequence(sequence: &Sequence) -> Value {
    match sequence {
        Sequence::NotChecked => json!({ "state": "not-checked" }),
        Sequence::Checking => json!({ "state": "checking" }),
        Sequence::Fine { .. } => json!({ "state": "fine" }),
        Sequence::Doubtful(doubts) => json!({ "state": "doubtful", "doubts": doubts }),
    }
}

fn clock(snapshot: &CaseSnapshot) -> Value {
    let Some((category, start)) = clock_start(snapshot) else { return Value::Null };
    clock_of(category, start, snapshot.now)
}

fn clock_of(category: char, start: Timestamp, now: Timestamp) -> Value {
    let Some(deadline) = deadline(category, start) else { return Value::Null };
    json!({
        "start": start, "due": deadline.due(), "article": deadline.article(),
        "state": clock_state(deadline.state(now)),
    })
}

/// Category and start of the legal clock.
pub(super) fn clock_start(snapshot: &CaseSnapshot) -> Option<(char, Timestamp)> {
    let facts = snapshot.delivery.as_ref().and_then(|delivery| delivery.facts.as_ref());
    let of_facts = facts.map(|facts| (facts.category, facts.clock_start));
    of_facts.or_else(|| snapshot.opening.as_ref().map(|opening| (opening.category, opening.event_at)))
}

fn clock_state(state: DeadlineState) -> &'static str {
    match state {
        DeadlineState::NoLimit => "no-limit",
        DeadlineState::OnTime => "on-time",
        DeadlineState::DueSoon => "due-soon",
        DeadlineState::OverdueObligationContinues => "overdue-obligation-continues",
    }
}

fn timeline(snapshot: &CaseSnapshot) -> Value {
    let stages = STAGES.iter().zip(stages(snapshot)).map(|(stage, at)| json!({ "stage": stage, "at": at }));
    stages.collect()
}

fn delivery(snapshot: &CaseSnapshot) -> Value {
    let Some(delivery) = &snapshot.delivery else { return Value::Null };
    let facts = delivery.facts.as_ref();
    json!({
        "message_id": facts.map(|facts| facts.message_id),
        "reference_number": facts.map(|facts| facts.reference_number.clone()),
        "container_bytes": facts.map(|facts| facts.container_bytes),
        "carried": delivery.carried.as_ref().map(|(at, file)| json!({ "at": at, "file": file })),
        "safeguards": facts.and_then(|facts| facts.safeguards.as_ref()),
        "attempts": facts.map(|facts| &facts.attempts),
        "retake_of": facts.and_then(|facts| facts.retake_of),
        "receipt_verified": delivery.is_confirmed(),
        "erased_here": snapshot.opening.is_none() && delivery.is_confirmed(),
        "held": delivery.held.as_ref().map(|(at, code, detail)| json!({ "at": at, "code": code, "detail": detail })),
        "state": snapshot.entry.as_ref().map(|entry| match entry.state {
            EntryState::Waiting { .. } => "waiting",
            EntryState::Sending => "sending",
            EntryState::Held { .. } => "held",
        }),
        "answer": answer(delivery).map(|answer| answer_state(&answer)),
    })
}

fn answer_state(answer: &Answer) -> Value {
    let hits: Vec<Value> = match &answer.outcome {
        AnswerOutcome::Hit(datasets) => datasets
            .iter()
            .map(|hit| {
                json!({
                    "reference_number": hit.reference_number.as_str(),
                    "category": hit.category.code(),
                    "matched": hit.matched.word(),
                })
            })
            .collect(),
        _ => Vec::new(),
    };
    json!({ "outcome": answer.outcome.word(), "answered_at": answer.answered_at, "hits": hits })
}

fn row(snapshot: &CaseSnapshot) -> Value {
    let phase = snapshot.session.as_ref().map(|session| session.phase(snapshot.now).code());
    json!({
        "case": snapshot.case,
        "category": clock_start(snapshot).map(|(category, _)| category),
        "phase": phase.unwrap_or("ended"),
        "outcome": outcome(snapshot).map(Outcome::code),
        "sealed_at": snapshot.delivery.as_ref().and_then(|delivery| delivery.sealed_at),
        "answered": snapshot.delivery.as_ref().and_then(answer).map(|answer| answer.outcome.word()),
        "clock": clock(snapshot),
        "live_sensor": snapshot.session.as_ref().is_some_and(|session| session.sensor() != Sensor::Off),
    })
}

fn link(link: &Link) -> Value {
    json!({ "well": link.failures == 0, "code": link.code, "since": link.since, "well_at": link.well_at })
}

/// The word for a device's health.
pub(super) fn health_code(health: &Health) -> &'static str {
    match health {
        Health::Ready => "ready",
        Health::Degraded(_) => "degraded",
        Health::Missing(_) => "missing",
    }
}
