//! Whole screenings, told step by step.

use jiff::Timestamp;
use jiff::civil::date;
use matcher::{Finger, Hand};

use super::*;
use crate::live::Area;

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_783_000_000 + second).expect("a test instant")
}

pub(super) fn operator(staff: &str, trained: bool) -> Operator {
    let training = ChildTraining { issuer: "Demo Academy".into(), valid_to: date(2030, 1, 1) };
    Operator {
        staff: staff.into(),
        organisation: "Border Service".into(),
        child_training: trained.then_some(training),
    }
}

pub(super) fn session(trained: bool) -> Session {
    let opening = Opening { operator: operator("S-1", trained), category: '1', opened_at: at(0) };
    Session::new(opening, policy())
}

pub(super) fn policy() -> Policy {
    Policy { attempts_max: 3, attempts_max_child: 2, plan: Step::ALL.to_vec(), proof_photo: Vec::new() }
}

pub(super) fn asked(step: Step) -> Event {
    Event::CaptureAsked { step, only: None }
}

pub(super) fn arrived(attempt: u32, step: Step, quality: u8) -> Event {
    let conditions = Conditions { quality_min: 40, software: "test 1".into(), device: "demo".into() };
    Event::CaptureArrived { attempt, result: result(step, quality), conditions: Some(conditions) }
}

pub(super) fn exception(target: Target, reason: ExceptionReason, note: Option<&str>) -> Event {
    Event::ExceptionRecorded { target, reason, note: note.map(ToOwned::to_owned), assessment: None }
}

pub(super) fn person(age_years: u8, certain: bool, proof: Option<&str>) -> Event {
    Event::PersonRecorded(Box::new(Person {
        surnames: "Demo".into(),
        forenames: "Person".into(),
        age: AgeClaim {
            birth_date: None,
            age_years: Some(age_years),
            basis: if proof.is_some() { AgeBasis::Document } else { AgeBasis::Declared },
            certain,
            proof_reference: proof.map(ToOwned::to_owned),
        },
        birth_place: None,
        sex: "F".into(),
        nationality: "XXA".into(),
        accompanied: true,
    }))
}

pub(super) fn mother() -> Event {
    Event::CompanionArrived(Box::new(Companion {
        kind: CompanionKind::Family,
        name: "Demo Mother".into(),
        person_id: None,
        relation: Some("mother".into()),
        organisation: None,
        designated: Designation::None,
        family_absent_reason: None,
        adult: true,
        present: true,
    }))
}

pub(super) fn information(for_children: bool) -> Event {
    Event::InformationGiven(Information {
        material: "children".into(),
        for_children,
        version: "00".repeat(32),
        language: "en".into(),
        mode: InformationMode::Infographic,
    })
}

pub(super) fn best_interests() -> Event {
    Event::BestInterestsAnswered { confirmed: true, note: "calm room, mother stays".into() }
}

pub(super) fn result(step: Step, quality: u8) -> AttemptResult {
    let Some(hand) = step.hand() else {
        return AttemptResult::Portrait {
            accepted: quality >= 40,
            detector_used: true,
            hints: Vec::new(),
            measures: Vec::new(),
        };
    };
    let finger = |finger: &Finger| FingerResult {
        finger: *finger,
        area: Some(Area { left: 0, top: 0, right: 9, bottom: 9 }),
        quality,
        accepted: quality >= 40,
        hint: None,
        scored_by: crate::live::ScoredBy::Own,
    };
    AttemptResult::Slap { fingers: hand.fingers().iter().map(finger).collect(), hints: Vec::new() }
}

fn actions(session: &mut Session) -> Vec<Action> {
    core::iter::from_fn(|| session.poll()).collect()
}

fn enabled(session: &mut Session) -> Option<u32> {
    actions(session).into_iter().find_map(|action| match action {
        Action::EnableSensor { attempt, .. } => Some(attempt),
        _ => None,
    })
}

fn take(session: &mut Session, step: Step, quality: u8, now: Timestamp) {
    session.handle(asked(step), now).expect("the step may start");
    let attempt = enabled(session).expect("the sensor is enabled");
    session.handle(arrived(attempt, step, quality), now).expect("an image");
    assert_eq!(actions(session), vec![Action::DisableSensor]);
}

fn take_all(session: &mut Session) {
    for step in Step::ALL {
        take(session, step, 80, at(10));
        session.handle(Event::BestAccepted { step: None, reason: None }, at(11)).expect("good enough");
    }
    session.handle(Event::SequenceChecked { doubts: Vec::new() }, at(12)).expect("checked");
}

fn child_at_the_sensor() -> Session {
    let mut session = session(true);
    for event in [person(8, true, None), Event::TrainingAsked, best_interests(), mother(), information(true)]
    {
        session.handle(event, at(1)).expect("a gate");
    }
    session
}

#[test]
fn an_adult_needs_age_and_information_only() {
    let mut session = session(false);
    session.handle(person(30, true, None), at(1)).expect("person");
    assert_eq!(session.handle(asked(Step::RightFour), at(1)), Err(Denied::GatesOpen));
    assert_eq!(session.handle(mother(), at(1)), Err(Denied::GateNotNeeded));
    session.handle(information(false), at(2)).expect("information");
    take_all(&mut session);
    assert_eq!(session.phase(at(13)), Phase::ReadyToSeal);
    session.handle(Event::SealAsked, at(13)).expect("seal");
    assert!(
        actions(&mut session)
            .iter()
            .any(|action| matches!(action, Action::Seal(plan) if plan.best.len() == 11))
    );
    session.handle(Event::Sealed, at(14)).expect("sealed");
    assert_eq!(session.phase(at(15)), Phase::Ended { outcome: Outcome::Complete });
    assert_eq!(session.handle(Event::SealAsked, at(16)), Err(Denied::CaseEnded));
}

#[test]
fn a_boy_about_six_is_refused_before_the_sensor() {
    let mut session = session(true);
    session.handle(person(6, false, None), at(1)).expect("an outcome, not an error");
    assert_eq!(
        session.phase(at(1)),
        Phase::Ended { outcome: Outcome::AgeRefused(AgeRefusal::DeemedUnderSix) }
    );
    assert!(session.person().is_none(), "nothing of the person is kept");
    let done = actions(&mut session);
    assert!(matches!(done.as_slice(), [Action::RecordAgeRefusal(record)] if record.staff == "S-1"));
}

#[test]
fn every_gate_of_a_child_keeps_the_sensor_dark() {
    let gates = [Event::TrainingAsked, best_interests(), mother(), information(true)];
    for left_out in 0..gates.len() {
        let mut session = session(true);
        session.handle(person(8, true, None), at(1)).expect("person");
        for (index, gate) in gates.iter().enumerate() {
            if index != left_out {
                session.handle(gate.clone(), at(2)).expect("a gate");
            }
        }
        let early = session.handle(asked(Step::RightFour), at(3));
        assert_eq!(early, Err(Denied::GatesOpen), "gate {left_out} left out");
        session.handle(gates[left_out].clone(), at(4)).expect("the last gate");
        session.handle(asked(Step::RightFour), at(5)).expect("now it may");
    }
}

#[test]
fn an_untrained_officer_takes_nothing_of_a_child() {
    let mut session = session(false);
    session.handle(person(8, true, None), at(1)).expect("person");
    assert_eq!(session.handle(Event::TrainingAsked, at(1)), Err(Denied::OperatorNotTrained));
    session.handle(Event::OperatorChanged(operator("S-2", true)), at(2)).expect("take over");
    session.handle(Event::TrainingAsked, at(3)).expect("trained");
    session.handle(Event::OperatorChanged(operator("S-1", false)), at(4)).expect("back");
    let training = session.gates(at(5)).into_iter().find(|status| status.gate == Gate::Training);
    assert_eq!(training.and_then(|status| status.closed_at), None);
}

#[test]
fn when_the_mother_leaves_it_goes_dark() {
    let mut session = child_at_the_sensor();
    take(&mut session, Step::RightFour, 80, at(10));
    session.handle(Event::BestAccepted { step: None, reason: None }, at(11)).expect("accepted");
    session.handle(asked(Step::LeftFour), at(12)).expect("live");
    let attempt = enabled(&mut session).expect("live");
    session.handle(Event::CompanionLeft { left_at: None }, at(13)).expect("left");
    assert_eq!(actions(&mut session), vec![Action::DisableSensor]);
    let late = arrived(attempt, Step::LeftFour, 90);
    assert_eq!(session.handle(late, at(14)), Err(Denied::ImageDiscarded));
    assert_eq!(session.phase(at(14)), Phase::Interrupted);
    assert!(session.step(Step::RightFour).done_at.is_some(), "taken in her presence");
    for event in [Event::TrainingAsked, best_interests(), mother(), information(true)] {
        assert_eq!(session.phase(at(15)), Phase::Interrupted);
        session.handle(event, at(15)).expect("again");
    }
    assert_eq!(session.phase(at(16)), Phase::Capture { step: Step::LeftFour });
}

#[test]
fn images_since_the_companion_left_are_discarded() {
    let mut session = child_at_the_sensor();
    take(&mut session, Step::RightFour, 80, at(10));
    session.handle(Event::BestAccepted { step: None, reason: None }, at(11)).expect("accepted");
    take(&mut session, Step::LeftFour, 80, at(20));
    session.handle(Event::CompanionLeft { left_at: Some(at(15)) }, at(30)).expect("left");
    assert_eq!(actions(&mut session), vec![Action::DiscardImages { attempts: vec![2] }]);
    assert!(session.step(Step::LeftFour).newest().is_none());
}

#[test]
fn tries_are_bounded_and_going_on_needs_a_reason() {
    let mut session = child_at_the_sensor();
    take(&mut session, Step::RightFour, 10, at(10));
    take(&mut session, Step::RightFour, 30, at(11));
    let more = session.handle(asked(Step::RightFour), at(12));
    assert_eq!(more, Err(Denied::AttemptsUsedUp), "two rounds for a child");
    let accept =
        |reason: Option<&str>| Event::BestAccepted { step: None, reason: reason.map(ToOwned::to_owned) };
    assert_eq!(session.handle(accept(None), at(13)), Err(Denied::ReasonMissing));
    session.handle(accept(Some("dry skin")), at(13)).expect("with a reason");
    assert!(session.step(Step::RightFour).best().values().all(|best| best.quality == 30));
}

#[test]
fn a_refusal_of_a_minor_is_assessed_and_referred() {
    let refuse =
        |assessment| Event::RefusalRecorded(Refusal { counselling: "explained twice".into(), assessment });
    let assess = |risk, referral: Option<&str>| {
        let referral = referral.map(ToOwned::to_owned);
        Some(RefusalAssessment { risk, grounds: "looks to the door".into(), referral })
    };
    let mut session = child_at_the_sensor();
    take(&mut session, Step::RightFour, 80, at(10));
    assert_eq!(session.handle(refuse(None), at(11)), Err(Denied::RefusalAssessmentMissing));
    assert_eq!(session.handle(refuse(assess(true, None)), at(11)), Err(Denied::ReferralMissing));
    session.handle(refuse(assess(true, Some("child protection"))), at(12)).expect("recorded");
    let outcome = Outcome::Refused { referred: true };
    assert_eq!(
        actions(&mut session),
        vec![Action::DiscardImages { attempts: vec![1] }, Action::End { outcome }]
    );
}

#[test]
fn swapped_hands_are_taken_again_or_explained() {
    let mut session = session(false);
    for event in [person(30, true, None), information(false)] {
        session.handle(event, at(1)).expect("gate");
    }
    for step in Step::ALL {
        take(&mut session, step, 80, at(10));
        session.handle(Event::BestAccepted { step: None, reason: None }, at(11)).expect("good");
    }
    let doubt = SequenceDoubt {
        kind: DoubtKind::RepeatedFinger,
        targets: vec![Target::Finger(Finger::RightIndex), Target::Finger(Finger::LeftIndex)],
    };
    session.handle(Event::SequenceChecked { doubts: vec![doubt] }, at(12)).expect("checked");
    assert_eq!(session.phase(at(12)), Phase::Doubt);
    assert_eq!(session.handle(Event::SealAsked, at(12)), Err(Denied::SequenceDoubtful));
    session.handle(asked(Step::LeftFour), at(13)).expect("again");
    assert!(actions(&mut session).contains(&Action::DiscardImages { attempts: vec![2] }));
}

#[test]
fn missing_fingers_are_said_and_nothing_at_all_is_not_sealed() {
    let mut session = session(false);
    for event in [person(30, true, None), information(false)] {
        session.handle(event, at(1)).expect("gate");
    }
    let except = |target| exception(target, ExceptionReason::Amputated, None);
    for step in Step::ALL {
        for target in step.targets() {
            session.handle(except(target), at(2)).expect("recorded");
        }
    }
    session.handle(Event::SequenceChecked { doubts: Vec::new() }, at(3)).expect("checked");
    assert_eq!(session.handle(Event::SealAsked, at(3)), Err(Denied::NothingCaptured));
    session.handle(Event::ExceptionWithdrawn { target: Target::Face }, at(4)).expect("face after all");
    take(&mut session, Step::Face, 80, at(5));
    session.handle(Event::BestAccepted { step: None, reason: None }, at(6)).expect("face");
    session.handle(Event::SequenceChecked { doubts: Vec::new() }, at(7)).expect("checked");
    session.handle(Event::SealAsked, at(8)).expect("seal");
    session.handle(Event::Sealed, at(9)).expect("sealed");
    assert_eq!(session.outcome().map(|(_, outcome)| outcome), Some(Outcome::PartialPermanent));
}

#[test]
fn a_restart_keeps_what_was_taken_and_asks_for_the_companion() {
    let mut session = child_at_the_sensor();
    take(&mut session, Step::RightFour, 80, at(10));
    session.handle(asked(Step::LeftFour), at(11)).expect("live");
    actions(&mut session);
    session.handle(Event::Restarted, at(60)).expect("restart");
    assert_eq!(session.sensor(), Sensor::Off);
    assert_eq!(session.phase(at(60)), Phase::Interrupted);
    session.handle(mother(), at(61)).expect("still here");
    assert_eq!(session.phase(at(61)), Phase::Review { step: Step::RightFour }, "its image is still there");
}

#[test]
fn stored_events_read_back() {
    let events = [
        person(8, true, Some("P-1")),
        mother(),
        information(true),
        arrived(1, Step::Thumbs, 55),
        exception(Target::Finger(Finger::LeftLittle), ExceptionReason::Bandaged, None),
        Event::CaptureAsked { step: Step::Thumbs, only: Some(Finger::LeftThumb) },
        asked(Step::Face),
    ];
    for event in events {
        let text = serde_json::to_string(&event).expect("events serialise");
        let back: Event = serde_json::from_str(&text).expect("and read back");
        assert!(back == event, "{event:?}");
    }
}

#[test]
fn one_finger_alone_has_tries_of_its_own() {
    let mut session = child_at_the_sensor();
    take(&mut session, Step::RightFour, 10, at(10));
    take(&mut session, Step::RightFour, 10, at(11));
    let alone = |finger| Event::CaptureAsked { step: Step::RightFour, only: Some(finger) };
    assert_eq!(session.handle(asked(Step::RightFour), at(12)), Err(Denied::AttemptsUsedUp));
    assert_eq!(session.handle(alone(Finger::LeftIndex), at(12)), Err(Denied::FingerOfOtherStep));
    for (number, finger) in (3..).zip(Hand::RightFour.fingers()) {
        session.handle(alone(*finger), at(12)).expect("singly");
        let enabled = actions(&mut session);
        let others = Hand::RightFour.fingers().iter().copied().filter(|other| other != finger);
        let others: Vec<Finger> = others.collect();
        assert!(matches!(&enabled[..], [Action::EnableSensor { missing, .. }] if *missing == others));
        let whole_hand = arrived(number, Step::RightFour, 60);
        assert_eq!(session.handle(whole_hand, at(13)), Err(Denied::ImageDiscarded), "only what was asked");
        let mut one = result(Step::RightFour, 60);
        if let AttemptResult::Slap { fingers, .. } = &mut one {
            fingers.retain(|found| found.finger == *finger);
        }
        let event = Event::CaptureArrived { attempt: number, result: one, conditions: None };
        session.handle(event, at(13)).expect("one finger");
        actions(&mut session);
    }
    session.handle(Event::BestAccepted { step: None, reason: None }, at(14)).expect("all are good now");
    assert!(session.step(Step::RightFour).best().values().all(|best| best.quality == 60));
}

#[test]
fn a_refused_finger_is_not_an_unable_one() {
    let mut session = child_at_the_sensor();
    let thumb = Target::Finger(Finger::LeftThumb);
    let refused = |note: &str, assessment| Event::ExceptionRecorded {
        target: thumb,
        reason: ExceptionReason::Refused,
        note: Some(note.into()),
        assessment,
    };
    let assess = |referral: Option<&str>| {
        let referral = referral.map(ToOwned::to_owned);
        Some(RefusalAssessment { risk: true, grounds: "hides the hand".into(), referral })
    };
    let other = exception(thumb, ExceptionReason::Other, Some(" "));
    assert_eq!(session.handle(other, at(2)), Err(Denied::ExceptionNoteMissing));
    assert_eq!(session.handle(refused(" ", None), at(2)), Err(Denied::ExceptionNoteMissing));
    assert_eq!(session.handle(refused("no", None), at(2)), Err(Denied::RefusalAssessmentMissing));
    assert_eq!(session.handle(refused("no", assess(None)), at(2)), Err(Denied::ReferralMissing));
    session.handle(refused("no", assess(Some("child protection"))), at(2)).expect("recorded");
    take_all(&mut session);
    session.handle(Event::SealAsked, at(13)).expect("seal");
    session.handle(Event::Sealed, at(14)).expect("sealed");
    let outcome = session.outcome().map(|(_, outcome)| outcome);
    assert_eq!(outcome, Some(Outcome::PartialRefused { referred: true }));
}

#[test]
fn why_an_image_was_not_used_is_kept_without_the_image() {
    let mut session = child_at_the_sensor();
    take(&mut session, Step::RightFour, 10, at(10));
    take_all(&mut session);
    session.handle(Event::SealAsked, at(13)).expect("seal");
    let plan = actions(&mut session).into_iter().find_map(|action| match action {
        Action::Seal(plan) => Some(plan),
        _ => None,
    });
    let plan = plan.expect("a plan");
    let rejected = plan.attempts.first().expect("the first attempt");
    assert_eq!(rejected.values.len(), 4);
    assert!(rejected.values.iter().all(|(_, quality, accepted, _)| *quality == 10 && !accepted));
    let conditions = rejected.conditions.as_ref().expect("its thresholds");
    assert_eq!((conditions.quality_min, conditions.software.as_str()), (40, "test 1"));
    let safeguards = &plan.safeguards;
    assert!(!safeguards.coercion_used);
    assert_eq!(safeguards.companion, Some(CompanionKind::Family));
    assert_eq!(safeguards.gates.len(), Gate::ALL.len());
    assert_eq!(safeguards.present, Some((at(1), at(13))));
}

#[test]
fn a_plan_without_thumbs_asks_for_none() {
    let mut session = session(false);
    session.policy.plan = vec![Step::RightFour, Step::Face];
    for event in [person(30, true, None), information(false)] {
        session.handle(event, at(1)).expect("gate");
    }
    assert_eq!(session.handle(asked(Step::Thumbs), at(2)), Err(Denied::NotNow));
    for step in [Step::RightFour, Step::Face] {
        assert_eq!(session.phase(at(2)), Phase::Capture { step });
        take(&mut session, step, 80, at(3));
        session.handle(Event::BestAccepted { step: None, reason: None }, at(4)).expect("good");
    }
    assert_eq!(session.phase(at(5)), Phase::Checking);
}

#[test]
fn a_new_session_asks_every_safeguard_again() {
    let first = child_at_the_sensor();
    assert!(!first.gates_open(at(2)));
    let mut retake = session(true);
    retake.handle(person(8, true, None), at(3)).expect("the same child");
    let open = retake.gates(at(3)).into_iter().filter(|status| status.closed_at.is_none()).count();
    assert_eq!(open, 4, "all but the age, which was just judged");
}

/// Four fingers of the right hand under a bandage, where the profile wants a photo of that.
fn bandaged_hand(minor: bool) -> Session {
    let mut session = if minor {
        child_at_the_sensor()
    } else {
        let mut session = session(true);
        for event in [person(30, true, None), information(false)] {
            session.handle(event, at(1)).expect("an adult");
        }
        session
    };
    session.policy.proof_photo = vec![ExceptionReason::Bandaged];
    for finger in Hand::RightFour.fingers() {
        let event = exception(Target::Finger(*finger), ExceptionReason::Bandaged, None);
        session.handle(event, at(2)).expect("an exception");
    }
    session
}

fn take_photo(session: &mut Session, now: Timestamp) -> u32 {
    session.handle(Event::ProofPhotoAsked { step: Step::RightFour }, now).expect("the camera may start");
    let attempt = enabled(session).expect("the camera is enabled");
    session.handle(Event::ProofPhotoArrived { attempt }, now).expect("a photo");
    attempt
}

#[test]
fn a_step_waits_for_the_photo_that_the_profile_asks_or_for_a_reason() {
    let mut session = bandaged_hand(false);
    assert_eq!(session.phase(at(3)), Phase::Capture { step: Step::RightFour });
    assert_eq!(session.photo_asked(Step::RightFour).len(), 4);
    let mut with_reason = session.clone();
    let attempt = take_photo(&mut session, at(3));
    assert_eq!(actions(&mut session), vec![Action::DisableSensor]);
    assert_eq!(
        session.phase(at(4)),
        Phase::Capture { step: Step::LeftFour },
        "one photo stands for the hand"
    );
    assert_eq!(session.photos().into_iter().collect::<Vec<_>>(), [attempt]);
    let left_out = Event::ProofPhotoLeftOut { step: Step::RightFour, why: NoPhoto::Dignity };
    with_reason.handle(left_out.clone(), at(3)).expect("a reason will do");
    assert_eq!(with_reason.phase(at(4)), Phase::Capture { step: Step::LeftFour });
    assert_eq!(with_reason.handle(left_out, at(5)), Err(Denied::NotNow), "nothing is asked any more");
}

#[test]
fn the_rest_of_a_hand_is_not_accepted_while_its_photo_is_missing() {
    let mut session = bandaged_hand(false);
    let finger = Target::Finger(Finger::RightIndex);
    session.handle(Event::ExceptionWithdrawn { target: finger }, at(3)).expect("it can be taken");
    session
        .handle(Event::CaptureAsked { step: Step::RightFour, only: Some(Finger::RightIndex) }, at(4))
        .expect("one finger");
    let attempt = enabled(&mut session).expect("enabled");
    assert_eq!(
        session.handle(Event::ProofPhotoArrived { attempt }, at(5)),
        Err(Denied::ImageDiscarded),
        "a scanner takes no photo"
    );
    let Event::CaptureArrived { result: AttemptResult::Slap { mut fingers, hints }, .. } =
        arrived(attempt, Step::RightFour, 80)
    else {
        unreachable!("a slap")
    };
    fingers.retain(|result| result.finger == Finger::RightIndex);
    let result = AttemptResult::Slap { fingers, hints };
    session.handle(Event::CaptureArrived { attempt, result, conditions: None }, at(5)).expect("an image");
    let accepted = Event::BestAccepted { step: None, reason: None };
    assert_eq!(session.handle(accepted.clone(), at(6)), Err(Denied::ProofPhotoMissing));
    take_photo(&mut session, at(7));
    session.handle(accepted, at(8)).expect("photo and finger are there");
    assert_eq!(session.step(Step::RightFour).attempts.len(), 1, "a photo is no try of the hand");
}

#[test]
fn a_child_is_asked_for_a_photo_and_never_held_up() {
    let mut session = bandaged_hand(true);
    assert_eq!(session.phase(at(3)), Phase::Capture { step: Step::LeftFour }, "the step is done without it");
    assert!(session.may_take_photo(Step::RightFour) && !session.photo_required(Step::RightFour));
    let attempt = take_photo(&mut session, at(3));
    drop(actions(&mut session));
    session.handle(Event::CompanionLeft { left_at: Some(at(2)) }, at(4)).expect("left");
    assert!(
        actions(&mut session).contains(&Action::DiscardImages { attempts: vec![attempt] }),
        "what was taken without the companion is destroyed"
    );
    assert!(session.photos().is_empty());
    assert_eq!(
        session.handle(Event::ProofPhotoAsked { step: Step::RightFour }, at(5)),
        Err(Denied::GatesOpen),
        "the camera knows the same gates"
    );
}

#[test]
fn a_companion_who_leaves_makes_the_camera_dark_and_its_photo_is_not_wanted() {
    let mut session = bandaged_hand(true);
    session.handle(Event::ProofPhotoAsked { step: Step::RightFour }, at(3)).expect("asked");
    let attempt = enabled(&mut session).expect("enabled");
    session.handle(Event::CompanionLeft { left_at: None }, at(4)).expect("left");
    assert_eq!(actions(&mut session), vec![Action::DisableSensor]);
    assert_eq!(session.handle(Event::ProofPhotoArrived { attempt }, at(5)), Err(Denied::ImageDiscarded));
}

#[test]
fn a_photo_goes_with_the_last_exception_it_stands_for() {
    let mut session = bandaged_hand(false);
    let attempt = take_photo(&mut session, at(3));
    drop(actions(&mut session));
    for (index, finger) in Hand::RightFour.fingers().iter().enumerate() {
        let withdrawn = Event::ExceptionWithdrawn { target: Target::Finger(*finger) };
        session.handle(withdrawn, at(4)).expect("withdrawn");
        let last = vec![Action::DiscardImages { attempts: vec![attempt] }];
        let expected = if index < 3 { Vec::new() } else { last };
        assert_eq!(actions(&mut session), expected, "after {} fingers", index + 1);
    }
}

#[test]
fn what_the_profile_does_not_name_needs_no_photo() {
    let mut session = bandaged_hand(false);
    session.policy.proof_photo = vec![ExceptionReason::Amputated];
    assert!(session.photo_asked(Step::RightFour).is_empty() && !session.may_take_photo(Step::RightFour));
    assert_eq!(session.handle(Event::ProofPhotoAsked { step: Step::RightFour }, at(3)), Err(Denied::NotNow));
}
