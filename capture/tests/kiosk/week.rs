//! Seven days without a gateway: five hundred sealed cases in the store of a real, running kiosk.

use std::time::{Duration, Instant};

use capture::daemon::custody::SignedCustody;
use capture::live::Area;
use capture::session::{
    AgeBand, AgeBasis, AgeClaim, AttemptResult, Event, FingerResult, Information, InformationMode, Operator,
    Outcome, Person, Step,
};
use capture::store::{CaseOpening, SealedFacts, Store};
use jiff::Timestamp;
use journal::Options;
use journal::seal::SiteKey;
use uuid::Uuid;

use crate::fixture::{Script, TestSite};
use crate::killed::Program;

const CASES: u64 = 500;
/// A full container has about 600 kB; the store does not care, and tests should be quick.
const CONTAINER_BYTES: usize = 20_000;

fn events() -> Vec<Event> {
    let mut events = vec![
        Event::PersonRecorded(Box::new(Person {
            surnames: "Demo".into(),
            forenames: "Person".into(),
            age: AgeClaim {
                birth_date: None,
                age_years: Some(30),
                basis: AgeBasis::Declared,
                certain: true,
                proof_reference: None,
            },
            birth_place: None,
            sex: "F".into(),
            nationality: "XXA".into(),
            accompanied: false,
        })),
        Event::InformationGiven(Information {
            material: "general".into(),
            for_children: false,
            version: "0a".repeat(32),
            language: "en".into(),
            mode: InformationMode::Screen,
        }),
    ];
    for (attempt, step) in (1..).zip(Step::ALL) {
        let area = Some(Area { left: 0, top: 0, right: 9, bottom: 9 });
        let finger = |finger: &matcher::Finger| FingerResult {
            finger: *finger,
            area,
            quality: 80,
            accepted: true,
            hint: None,
            scored_by: capture::live::ScoredBy::Own,
        };
        let result = match step.hand() {
            Some(hand) => AttemptResult::Slap {
                fingers: hand.fingers().iter().map(finger).collect(),
                hints: Vec::new(),
            },
            None => AttemptResult::Portrait {
                accepted: true,
                detector_used: true,
                hints: Vec::new(),
                measures: Vec::new(),
            },
        };
        events.push(Event::CaptureAsked { step, only: None });
        events.push(Event::CaptureArrived { attempt, result, conditions: None });
        events.push(Event::BestAccepted { step: Some(step), reason: None });
    }
    events.push(Event::SequenceChecked { doubts: Vec::new() });
    events.push(Event::SealAsked);
    events
}

fn fill(site: &TestSite) -> Vec<Duration> {
    let options = Options { disk_margin_bytes_min: 1 << 20, ..Options::default() };
    let site_key = SiteKey::from_bytes("5a".repeat(32).as_bytes()).expect("the site's key");
    let (mut store, _) = Store::open(&site.path("store"), site_key, options).expect("a store");
    let operator =
        Operator { staff: "officer-1".into(), organisation: "Border Service".into(), child_training: None };
    let start = Timestamp::now() - jiff::SignedDuration::from_hours(7 * 24);
    let (events, container) = (events(), vec![7; CONTAINER_BYTES]);
    let mut sealing = Vec::new();
    for number in 0..CASES {
        let at = start + jiff::SignedDuration::from_mins(i64::try_from(number * 20).expect("small"));
        let (case, message_id) = (Uuid::now_v7(), Uuid::now_v7());
        let opening = CaseOpening {
            operator: operator.clone(),
            category: '1',
            opened_at: at,
            event_at: at,
            event_place: "Demo Harbour".into(),
            retake_of: None,
        };
        store.open_case(case, &opening).expect("room for five hundred");
        for event in &events {
            store.append_event(case, at, event, None).expect("kept");
        }
        let facts = SealedFacts {
            proof_photos: Vec::new(),
            message_id,
            reference_number: format!("NL1K1{number:08}"),
            category: '1',
            clock_start: at,
            captured_at: at,
            outcome: Outcome::Complete,
            band: AgeBand::Adult,
            staff: "officer-1".into(),
            officers: Vec::new(),
            container_bytes: CONTAINER_BYTES as u64,
            event_place: "Demo Harbour".into(),
            retake_of: None,
            safeguards: None,
            attempts: Vec::new(),
        };
        let began = Instant::now();
        store.seal(case, at, &facts, "<envelope/>", &container).expect("sealed");
        sealing.push(began.elapsed());
    }
    sealing.sort();
    sealing
}

fn resident_kb(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_cases_wait_a_week_for_a_gateway() {
    let site = TestSite::new();
    let empty = Program::start(&site);
    Script::sign_in(empty.address).await;
    let before_kb = resident_kb(empty.process());
    empty.kill();
    let filling = tokio::task::spawn_blocking(move || (fill(&site), site));
    let (sealing, site) = filling.await.expect("filled");
    let began = Instant::now();
    let program = Program::start(&site);
    let script = Script::sign_in(program.address).await;
    let opening = began.elapsed();
    let home = script.get("/").await;
    assert_eq!(home["counts"]["to_send"], CASES);
    assert!(
        home["to_send"].as_array().is_some_and(|rows| rows.iter().all(|row| row["clock"]["due"].is_string()))
    );
    let signed: SignedCustody = serde_json::from_value(script.get("/custody").await).expect("a statement");
    signed.verify().expect("signed");
    assert!(
        signed.line.starts_with("500 captured, 500 here, 0 confirmed, oldest 7 d 0 h"),
        "{}",
        signed.line
    );
    script.open_case().await;
    let percentile = |share: usize| sealing[(sealing.len() - 1) * share / 100].as_micros();
    println!(
        "store.seal of {CONTAINER_BYTES} bytes: p50 {} us, p99 {} us; start with {CASES} cases {} ms; resident {} kB empty, {} kB with them",
        percentile(50),
        percentile(99),
        opening.as_millis(),
        before_kb,
        resident_kb(program.process()),
    );
    program.kill();
}
