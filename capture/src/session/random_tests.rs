//! Random event orders against an oracle that knows the law in its own, simpler words.
//!
//! The oracle does not ask the session which gates are closed. It looks only at the events that were accepted and
//! derives from them whether a sensor may be live. A broken rule in the engine therefore shows up here.

use jiff::Timestamp;
use proptest::prelude::*;

use super::story_tests::{
    arrived, asked, at, best_interests, exception, information, mother, operator, person,
};
use super::*;

/// What the accepted events say, in the words of Art. 14.
#[derive(Default)]
struct Oracle {
    age_known: bool,
    minor: bool,
    officer: String,
    officer_trained: bool,
    training_confirmed: bool,
    best_interests: bool,
    companion: bool,
    informed: bool,
}

impl Oracle {
    fn may_capture(&self) -> bool {
        let child_rules =
            self.officer_trained && self.training_confirmed && self.best_interests && self.companion;
        self.age_known && self.informed && (!self.minor || child_rules)
    }

    fn ask_again(&mut self) {
        self.training_confirmed = false;
        self.best_interests = false;
        self.companion = false;
        self.informed = false;
    }

    fn accepted(&mut self, event: &Event, before_capture: bool) {
        match event {
            Event::PersonRecorded(person) if before_capture => {
                self.ask_again();
                let age = person.age.age_years.unwrap_or(0);
                let proven = person.age.proof_reference.is_some();
                self.age_known = age >= 8 || (age >= 6 && proven);
                self.minor = age < 18 || (age < 20 && !person.age.certain && !proven);
            }
            Event::TrainingAsked => self.training_confirmed = true,
            Event::BestInterestsAnswered { .. } => self.best_interests = true,
            Event::CompanionArrived(_) => self.companion = true,
            Event::InformationGiven(_) => self.informed = true,
            Event::CompanionLeft { .. } => self.ask_again(),
            Event::Restarted => self.companion = false,
            Event::OperatorChanged(operator) => {
                self.officer_trained = operator.child_training.is_some();
                self.training_confirmed &= operator.staff == self.officer;
                self.officer.clone_from(&operator.staff);
            }
            _ => {}
        }
    }
}

/// One random thing that happens. Attempt numbers are filled in when it happens, sometimes wrongly.
#[derive(Clone, Debug)]
enum Happening {
    Event(Event),
    ImageOf(Step, u8),
    StaleImage(Step),
    PhotoArrived,
    SensorFault,
}

fn happening() -> impl Strategy<Value = Happening> {
    let step = prop::sample::select(Step::ALL.to_vec());
    let age = prop::sample::select(vec![3_u8, 5, 6, 7, 8, 15, 18, 19, 20, 30]);
    let target = prop::sample::select(vec![Target::Face, Target::Finger(Finger::LeftRing)]);
    let event = prop_oneof![
        4 => (age, any::<bool>(), any::<bool>())
            .prop_map(|(age, certain, proof)| person(age, certain, proof.then_some("P-1"))),
        4 => Just(Event::TrainingAsked),
        4 => Just(best_interests()),
        1 => Just(Event::BestInterestsAnswered { confirmed: false, note: String::new() }),
        4 => Just(mother()),
        1 => (0_i64..400).prop_map(|second| Event::CompanionLeft { left_at: Some(at(second)) }),
        2 => Just(Event::CompanionLeft { left_at: None }),
        4 => Just(information(true)),
        1 => Just(information(false)),
        2 => any::<bool>().prop_map(|trained| {
            Event::OperatorChanged(operator(if trained { "S-1" } else { "S-2" }, trained))
        }),
        8 => step.clone().prop_map(asked),
        1 => Just(Event::CaptureAsked { step: Step::Thumbs, only: Some(Finger::LeftThumb) }),
        1 => Just(Event::CaptureStopped),
        6 => any::<bool>().prop_map(|reason| Event::BestAccepted { step: None, reason: reason.then(|| "dry".into()) }),
        1 => target.clone().prop_map(|target| {
            exception(target, ExceptionReason::Bandaged, None)
        }),
        1 => target.prop_map(|target| Event::ExceptionWithdrawn { target }),
        2 => prop::sample::select(Step::ALL.to_vec()).prop_map(|step| Event::ProofPhotoAsked { step }),
        1 => Just(Event::ProofPhotoLeftOut { step: Step::Face, why: NoPhoto::Technical }),
        3 => Just(Event::SequenceChecked { doubts: Vec::new() }),
        2 => Just(Event::SealAsked),
        2 => Just(Event::Sealed),
        1 => Just(Event::Restarted),
    ];
    prop_oneof![
        12 => event.prop_map(Happening::Event),
        6 => (step.clone(), 0_u8..100).prop_map(|(step, quality)| Happening::ImageOf(step, quality)),
        1 => step.prop_map(Happening::StaleImage),
        2 => Just(Happening::PhotoArrived),
        1 => Just(Happening::SensorFault),
    ]
}

fn to_event(happening: Happening, session: &Session) -> Event {
    let live = match session.sensor() {
        Sensor::Live { attempt, .. } => attempt,
        Sensor::Off => 1,
    };
    match happening {
        Happening::Event(event) => event,
        Happening::ImageOf(step, quality) => {
            let step = if let Sensor::Live { step, .. } = session.sensor() { step } else { step };
            arrived(live, step, quality)
        }
        Happening::StaleImage(step) => arrived(live.wrapping_sub(1), step, 90),
        Happening::PhotoArrived => Event::ProofPhotoArrived { attempt: live },
        Happening::SensorFault => Event::CaptureEnded { attempt: live, code: "C-0202".into() },
    }
}

/// Plays one order of happenings and checks every action and every state on the way.
fn play(happenings: Vec<Happening>) -> Result<Session, TestCaseError> {
    let mut session = story_tests::session(true);
    session.policy.proof_photo = vec![ExceptionReason::Bandaged];
    let mut oracle = Oracle { officer: "S-1".into(), officer_trained: true, ..Oracle::default() };
    let mut sensor_live = false;
    let mut enabled_once = false;
    for (second, happening) in happenings.into_iter().enumerate() {
        let now = at(i64::try_from(second).unwrap_or(0));
        let event = to_event(happening, &session);
        let before = session.clone();
        if session.handle(event.clone(), now).is_err() {
            prop_assert!(session == before, "a denial changed something: {event:?}");
            continue;
        }
        oracle.accepted(&event, !enabled_once);
        while let Some(action) = session.poll() {
            match action {
                Action::EnableSensor { .. } => {
                    prop_assert!(oracle.may_capture(), "sensor enabled with a gate open after {event:?}");
                    sensor_live = true;
                    enabled_once = true;
                }
                Action::DisableSensor => sensor_live = false,
                Action::Seal(_) => prop_assert!(oracle.may_capture(), "sealing with a gate open"),
                Action::RecordAgeRefusal(_) => {
                    prop_assert!(!enabled_once, "a sensor was live before a refusal")
                }
                _ => {}
            }
        }
        if matches!(event, Event::Restarted) {
            sensor_live = false;
        }
        check_state(&session, &oracle, sensor_live, now)?;
    }
    Ok(session)
}

fn check_state(
    session: &Session,
    oracle: &Oracle,
    sensor_live: bool,
    now: Timestamp,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(session.sensor() != Sensor::Off, sensor_live, "engine and orders disagree on the sensor");
    if sensor_live {
        prop_assert!(oracle.may_capture(), "the sensor stays live with a gate open");
    }
    if let Some((_, outcome)) = session.outcome() {
        prop_assert!(!outcome.sealed() || oracle.age_known, "sealed without an age of six or more");
        prop_assert!(!matches!(outcome, Outcome::AgeRefused(_)) || session.person().is_none());
    }
    for step in Step::ALL {
        prop_assert!(session.step(step).attempts.len() <= limits::ATTEMPTS_PER_STEP_MAX);
    }
    let phase = session.phase(now);
    prop_assert_eq!(matches!(phase, Phase::Ended { .. }), session.outcome().is_some());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_sensor_is_live_only_behind_closed_gates(happenings in prop::collection::vec(happening(), 1..160)) {
        play(happenings)?;
    }

    #[test]
    fn every_state_reaches_an_ending(happenings in prop::collection::vec(happening(), 0..80)) {
        let mut session = play(happenings)?;
        if session.outcome().is_none() {
            let why = WithoutReason::Rest;
            let ended = session.handle(Event::EndedWithout { why, note: String::new() }, at(1_000));
            prop_assert_eq!(ended, Ok(()));
        }
        prop_assert!(session.outcome().is_some());
    }
}

#[test]
fn the_generator_reaches_live_sensors_and_seals() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let strategy = prop::collection::vec(happening(), 150);
    let (mut live, mut refused) = (0, 0);
    for _ in 0..200 {
        let happenings = strategy.new_tree(&mut runner).expect("a value").current();
        let session = play(happenings).expect("the rules hold");
        live += u32::from(Step::ALL.into_iter().any(|step| !session.step(step).attempts.is_empty()));
        refused += u32::from(matches!(session.outcome(), Some((_, Outcome::AgeRefused(_)))));
    }
    assert!(
        live > 0 && refused > 0,
        "an oracle that never sees a live sensor proves nothing: {live} {refused}"
    );
}
