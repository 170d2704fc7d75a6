//! Every state a small plan can reach, and what must never be true in any of them.
//!
//! Breadth first over the real engine: from each new state every event of a fixed alphabet is tried, allowed or not.
//! Two states are the same when they differ only in what no rule looks at (attempt numbers, instants within the same
//! situation, words, how many attempts were discarded); [`key`] says what is left. The plan is cut down to thumbs and
//! face, with one try per round: steps do not know each other but through "all are done", so a longer plan has more
//! states of the same kinds. The two bounds on the length of a session are left out, because they only ever forbid.
//!
//! Nothing here asks the session which gates are closed: [`Law`] derives it from the accepted events in the words of
//! the Regulation. That every state can still reach an ending is checked backwards from all endings, which a checker
//! for "always" and "eventually" along paths cannot say; hence no model checker was taken in (decision 0021).
//!
//! [`Planted`] rules are broken one by one to show that this file would notice.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;

use super::planted::Planted;
use super::story_tests::{
    arrived, asked, at, best_interests, exception, information, mother, operator, person, session,
};
use super::*;

const PLAN: [Step; 2] = [Step::Thumbs, Step::Face];
const THUMB: Target = Target::Finger(Finger::RightThumb);
/// Images are taken at this instant, companions leave before or after it.
const TAKEN_S: i64 = 100;
const BEFORE_S: i64 = 50;
const AFTER_S: i64 = 200;

/// What Art. 13, 14 and 42 make of the events so far, and what the sensors were told.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Law {
    six_or_older: bool,
    minor: bool,
    under_six: bool,
    officer_untrained: bool,
    training_confirmed: bool,
    best_interests: bool,
    companion: bool,
    informed_as: Option<bool>,
    refused: bool,
    tries: [u8; 2],
    live: bool,
    began: bool,
}

impl Law {
    fn may_capture(&self) -> bool {
        let informed = self.informed_as.is_some_and(|for_children| for_children || !self.minor);
        let trained = self.training_confirmed && !self.officer_untrained;
        let child = trained && self.best_interests && self.companion;
        self.six_or_older && informed && (!self.minor || child) && !self.refused
    }

    fn ask_again(&mut self) {
        self.training_confirmed = false;
        self.best_interests = false;
        self.companion = false;
        self.informed_as = None;
    }

    fn accepted(&mut self, event: &Event) {
        match event {
            Event::PersonRecorded(person) if !self.began => {
                self.ask_again();
                let age = person.age.age_years.unwrap_or(0);
                self.six_or_older = age >= 8;
                self.under_six |= age < 8;
                self.minor = age < 18;
            }
            Event::TrainingAsked => self.training_confirmed = true,
            Event::BestInterestsAnswered { .. } => self.best_interests = true,
            Event::CompanionArrived(companion) => {
                self.companion = companion.person_id.as_deref() != Some("S-1") && companion.adult;
            }
            Event::InformationGiven(given) => self.informed_as = Some(given.for_children),
            Event::CompanionLeft { .. } => self.ask_again(),
            Event::Restarted => {
                self.companion = false;
                self.live = false;
            }
            Event::OperatorChanged(officer) => {
                let another = (officer.staff != "S-1") != self.officer_untrained;
                self.officer_untrained = officer.child_training.is_none();
                self.training_confirmed &= !another;
            }
            Event::RefusalRecorded(_) => self.refused = true,
            _ => {}
        }
    }
}

#[derive(Clone)]
struct State {
    session: Session,
    law: Law,
}

/// Everything an officer, a device or the worker can say, with the instant at which it is said.
fn alphabet(session: &Session) -> Vec<(Event, i64)> {
    let live = match session.sensor() {
        Sensor::Live { step, attempt, proof, .. } => Some((step, attempt, proof)),
        Sensor::Off => None,
    };
    let refuse = |assessment| Event::RefusalRecorded(Refusal { counselling: "explained".into(), assessment });
    let risk = |referral: Option<&str>| {
        let referral = referral.map(ToOwned::to_owned);
        Some(RefusalAssessment { risk: true, grounds: "afraid".into(), referral })
    };
    let doubt = SequenceDoubt { kind: DoubtKind::Swapped, targets: vec![THUMB] };
    let mut events = vec![
        person(3, true, Some("P")),
        person(6, false, None),
        person(8, true, None),
        person(30, true, None),
        Event::TrainingAsked,
        best_interests(),
        mother(),
        official_as_companion(),
        Event::CompanionLeft { left_at: Some(at(BEFORE_S)) },
        information(true),
        information(false),
        Event::OperatorChanged(operator("S-1", true)),
        Event::OperatorChanged(operator("S-2", false)),
        asked(Step::Thumbs),
        asked(Step::Face),
        Event::CaptureStopped,
        Event::BestAccepted { step: None, reason: None },
        Event::BestAccepted { step: None, reason: Some("dry".into()) },
        exception(Target::Face, ExceptionReason::Bandaged, None),
        Event::ExceptionWithdrawn { target: Target::Face },
        Event::ProofPhotoAsked { step: Step::Face },
        Event::ProofPhotoLeftOut { step: Step::Face, why: NoPhoto::NotWanted },
        Event::SequenceChecked { doubts: Vec::new() },
        Event::SequenceChecked { doubts: vec![doubt] },
        Event::SequenceConfirmed { reason: "scar".into() },
        refuse(None),
        refuse(risk(None)),
        refuse(risk(Some("child protection"))),
        Event::EndedWithout { why: WithoutReason::Rest, note: String::new() },
        Event::SealAsked,
        Event::Sealed,
        Event::SealFailed { code: "C".into() },
        Event::Restarted,
    ];
    if let Some((step, attempt, proof)) = live {
        // An image of the other kind than was asked for comes as well.
        events.push(Event::ProofPhotoArrived { attempt });
        if proof {
            events.push(Event::ProofPhotoArrived { attempt: attempt.wrapping_sub(1) });
        }
        events.push(arrived(attempt, step, 80));
        events.push(arrived(attempt, step, 10));
        events.push(arrived(attempt.wrapping_sub(1), step, 80));
        events.push(Event::CaptureEnded { attempt, code: "C".into() });
    } else {
        events.push(arrived(1, Step::Thumbs, 80));
        events.push(Event::ProofPhotoArrived { attempt: 1 });
    }
    let mut timed: Vec<_> = events.into_iter().map(|event| (event, TAKEN_S)).collect();
    timed.push((Event::CompanionLeft { left_at: None }, AFTER_S));
    timed
}

/// A companion of another service by name, and the official by number.
fn official_as_companion() -> Event {
    let Event::CompanionArrived(mut companion) = mother() else { unreachable!("the mother arrives") };
    companion.person_id = Some("S-1".into());
    Event::CompanionArrived(companion)
}

/// Whatever a rule can look at.
fn key(state: &State) -> String {
    let State { session, law } = state;
    let mut key = String::with_capacity(160);
    let bits = |parts: &[bool]| parts.iter().map(|bit| if *bit { '1' } else { '0' }).collect::<String>();
    let training = session.training.as_ref().map(|(_, staff)| staff.as_str());
    let companion = session.companion().map(|companion| companion.person_id.clone());
    let informed = session.information.as_ref().map(|(_, given)| given.for_children);
    let _ = write!(
        key,
        "{:?} {} {training:?} {companion:?} {informed:?} {} {:?} {:?} {:?}",
        session.band(),
        session.operator.staff,
        bits(&[
            session.best_interests.is_some(),
            session.interrupted,
            session.sealing,
            session.attempts_total > 0,
            law.live,
            law.refused,
            law.companion,
            law.training_confirmed,
            law.best_interests,
            law.under_six,
            law.six_or_older,
        ]),
        law.informed_as,
        law.tries,
        session.outcome.map(|(_, outcome)| outcome),
    );
    if let Sensor::Live { step, proof, .. } = session.sensor {
        let _ = write!(key, " live {step:?} {proof}");
    }
    let proof = session.exceptions.values().next().and_then(|exception| exception.proof);
    let proof = match proof {
        None => "no-proof",
        Some(Proof::Photo { .. }) => "photo",
        Some(Proof::NotTaken(_)) => "no-photo",
    };
    let _ = write!(key, " {proof} {:?}", session.proof_tries.values().next());
    // Which step is looked at first under review only matters while a step is under review.
    let _ = write!(key, " {:?} {:?}", session.step_in_review(), session.exceptions.keys());
    let sequence = match &session.sequence {
        Sequence::Fine { .. } => "fine",
        Sequence::Doubtful(_) => "doubtful",
        Sequence::Checking => "checking",
        Sequence::NotChecked => "not-checked",
    };
    let _ = write!(key, " {sequence}");
    for step in PLAN {
        let of_step = session.step(step);
        let best = of_step.best().values().next().map(|best| best.accepted);
        let done = of_step.done_at.is_some();
        let _ = write!(key, " {best:?} {done} {}", of_step.round_attempts);
    }
    key
}

/// What was found, and how long the way to it is.
#[derive(Debug)]
struct Violation {
    rule: &'static str,
    path: Vec<&'static str>,
}

struct Explored {
    states: usize,
    transitions: usize,
    endings: usize,
    live: usize,
}

/// Explores everything; the first violation ends it.
fn explore(bug: Option<Planted>) -> Result<Explored, Violation> {
    let mut first = session(true);
    first.policy = Policy {
        attempts_max: 1,
        attempts_max_child: 1,
        plan: PLAN.to_vec(),
        proof_photo: vec![ExceptionReason::Bandaged],
    };
    first.planted = bug;
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut states: Vec<State> = vec![State { session: first, law: Law::default() }];
    let mut came: Vec<(usize, &'static str)> = vec![(0, "opened")];
    let mut back: Vec<Vec<usize>> = vec![Vec::new()];
    seen.insert(key(&states[0]), 0);
    let mut queue = VecDeque::from([0_usize]);
    let (mut transitions, mut live) = (0, 0);
    while let Some(from) = queue.pop_front() {
        for (event, second) in alphabet(&states[from].session) {
            let step = advance(&states[from], &event, at(second));
            let next = match step {
                Ok(Some(next)) => next,
                Ok(None) => continue,
                Err(rule) => return Err(Violation { rule, path: path(&came, from, event.kind()) }),
            };
            transitions += 1;
            let name = key(&next);
            let to = *seen.entry(name).or_insert_with(|| {
                live += usize::from(next.law.live);
                states.push(next);
                came.push((from, event.kind()));
                back.push(Vec::new());
                queue.push_back(states.len() - 1);
                states.len() - 1
            });
            back[to].push(from);
        }
    }
    let ended: Vec<usize> = (0..states.len()).filter(|at| states[*at].session.outcome().is_some()).collect();
    let endings = ended.len();
    if let Some(stuck) = not_reaching(&back, ended) {
        return Err(Violation { rule: "no ending can be reached", path: path(&came, stuck, "stuck") });
    }
    Ok(Explored { states: states.len(), transitions, endings, live })
}

/// One event: `None` when it was denied.
fn advance(state: &State, event: &Event, now: Timestamp) -> Result<Option<State>, &'static str> {
    let mut next = state.clone();
    if next.session.handle(event.clone(), now).is_err() {
        return if next.session == state.session { Ok(None) } else { Err("a denial changed something") };
    }
    next.law.accepted(event);
    let actions: Vec<Action> = core::iter::from_fn(|| next.session.poll()).collect();
    for action in &actions {
        follow(&mut next, action)?;
    }
    if matches!(event, Event::Restarted) {
        next.law.live = false;
    }
    check(&next, event)?;
    Ok(Some(next))
}

/// Carries out one order and judges it.
fn follow(next: &mut State, action: &Action) -> Result<(), &'static str> {
    let law = &mut next.law;
    match action {
        Action::EnableSensor { step, proof, .. } => {
            if law.refused && law.minor {
                return Err("a sensor after a minor refused: that would be force");
            }
            if !law.may_capture() {
                return Err("a sensor with a gate open");
            }
            law.live = true;
            law.began = true;
            if *proof {
                if next.session.proof_tries.get(step).is_some_and(|tries| *tries >= 1) {
                    return Err("more photos than the policy allows");
                }
                return Ok(());
            }
            let tries = &mut law.tries[usize::from(*step == Step::Face)];
            *tries += 1;
            if *tries > 1 && next.session.step(*step).round_attempts >= 1 {
                return Err("more tries than the policy allows: pressing on is a kind of force");
            }
            *tries = 1;
        }
        Action::DisableSensor => law.live = false,
        Action::Seal(plan) => {
            if !law.may_capture() {
                return Err("sealing with a gate open");
            }
            if plan.safeguards.coercion_used {
                return Err("force was applied");
            }
        }
        Action::RecordAgeRefusal(_) if law.began => return Err("captured before the age was judged"),
        _ => {}
    }
    Ok(())
}

/// What must be true in every state.
fn check(next: &State, event: &Event) -> Result<(), &'static str> {
    let State { session, law } = next;
    if (session.sensor() != Sensor::Off) != law.live {
        return Err("session and sensor disagree");
    }
    if law.live && !law.may_capture() {
        return Err("a live sensor with a gate open");
    }
    let photo = !session.photos().is_empty();
    let images = photo || PLAN.iter().any(|step| session.step(*step).newest().is_some());
    if law.under_six && (images || session.attempts_total > 0 || session.person().is_some()) {
        return Err("something of a person under six is kept");
    }
    if let Event::CompanionLeft { left_at: Some(_) } = event
        && images
    {
        return Err("images taken without the companion are kept");
    }
    let outcome = session.outcome().map(|(_, outcome)| outcome);
    let excepted = |step: &&Step| session.expected(**step).is_empty();
    let unproven = session.exceptions().values().any(|exception| exception.proof.is_none());
    // What ends without biometrics keeps no photo.
    if let Some(step) = PLAN.iter().find(excepted)
        && unproven
        && outcome.is_none_or(Outcome::sealed)
    {
        let done = session.step(*step).done_at.is_some();
        if done && !law.minor {
            return Err("a step of an adult is done without the photo that proves it");
        }
        if !done && law.minor && outcome.is_none() {
            return Err("a minor is held up for a photo: that is a kind of force");
        }
    }
    let empty = |step: &&Step| {
        let best = session.step(**step).best();
        session.expected(**step).iter().any(|target| !best.contains_key(target))
    };
    if outcome.is_none() && PLAN.iter().filter(empty).any(|step| session.step(*step).done_at.is_some()) {
        return Err("a step is done of which nothing was taken and nothing said");
    }
    if outcome.is_some_and(|outcome| !outcome.sealed()) && photo {
        return Err("a photo outlives a case that ended without biometrics");
    }
    if outcome.is_some_and(Outcome::sealed) && !law.may_capture() {
        return Err("a dataset was sealed with a gate open");
    }
    if law.refused && outcome.is_none() {
        return Err("a refusal did not end the session");
    }
    if let Event::RefusalRecorded(Refusal { assessment: Some(assessed), .. }) = event
        && law.minor
        && assessed.risk
        && assessed.referral.is_none()
    {
        return Err("a minor at risk was not referred");
    }
    Ok(())
}

/// A state from which no ending can be reached, if there is one.
fn not_reaching(back: &[Vec<usize>], endings: Vec<usize>) -> Option<usize> {
    let mut reaches = vec![false; back.len()];
    let mut open = endings;
    while let Some(at) = open.pop() {
        if !core::mem::replace(&mut reaches[at], true) {
            open.extend(back[at].iter().copied().filter(|from| !reaches[*from]));
        }
    }
    reaches.iter().position(|reaches| !reaches)
}

fn path(came: &[(usize, &'static str)], from: usize, last: &'static str) -> Vec<&'static str> {
    let mut path = vec![last];
    let mut at = from;
    while at != 0 {
        path.push(came[at].1);
        at = came[at].0;
    }
    path.reverse();
    path
}

#[test]
fn no_path_breaks_a_safeguard_and_every_state_can_end() {
    let explored = explore(None).unwrap_or_else(|found| panic!("{}: {:?}", found.rule, found.path));
    let Explored { states, transitions, endings, live } = explored;
    println!("{states} states, {transitions} transitions, {endings} endings, {live} with a live sensor");
    assert!(states > 1_000 && endings > 50 && live > 10, "too little was reached: {states} {endings} {live}");
}

#[test]
fn a_broken_rule_is_seen() {
    for bug in Planted::ALL {
        let found = explore(Some(bug)).err();
        let found = found.unwrap_or_else(|| panic!("{bug:?} was not noticed"));
        println!("{bug:?}: {} after {:?}", found.rule, found.path);
    }
}
