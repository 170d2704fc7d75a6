//! The engine alone: examples by hand first, then random worlds with crashes (`world`).

mod people;
mod world;

use std::collections::BTreeMap;

use firmware_config::{CapabilityTable, Channel};
use icd::category::Category;
use icd::identifier::{AnswerId, MessageId, PartyId, StaffId};
use icd::operation::Operation;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use world::World;

pub(super) const STEPS_MAX: usize = 120;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order, with crashes in between: once the faults stop, every acknowledged message
    /// has reached Eurodac exactly once, in order per reference number, and its answer has reached its origin.
    #[test]
    fn nothing_is_lost_doubled_or_overtaken(steps in prop::collection::vec(any::<(u8, u16)>(), 1..STEPS_MAX)) {
        let mut world = World::new();
        for step in &steps {
            world.take(*step);
            world.check();
        }
        world.finish();
    }

    /// The state after a restart is the state before it, apart from what was under way.
    #[test]
    fn replay_rebuilds_the_state(steps in prop::collection::vec(any::<(u8, u16)>(), 1..STEPS_MAX)) {
        let mut world = World::new();
        for step in &steps {
            world.take(*step);
        }
        world.settle_journal();
        let mut rebuilt = Engine::new(world.engine.policy().clone(), world.engine.capabilities().clone());
        for change in &world.journal {
            // Through the journal's own form, so that a field that does not survive writing is found.
            let text = serde_json::to_vec(change).expect("a change can be written");
            let read: Change = serde_json::from_slice(&text).expect("a written change can be read");
            prop_assert_eq!(&read, change);
            rebuilt.replay(&read).expect("own changes fit");
        }
        prop_assert_eq!(&rebuilt.state, &world.engine.state);
    }
}

pub(super) fn start() -> Timestamp {
    "2026-12-01T08:00:00Z".parse().expect("literal")
}

/// Submissions by machine; erasures by hand until the day on which they go over to `erasures`.
pub(super) fn table(erasures: Channel, from: Date) -> Capabilities {
    let row = |operation: Operation, channel: Channel, from: Date, until: Option<Date>| {
        let until = until.map(|until| format!("until = {until}\n")).unwrap_or_default();
        let (operation, channel) = (operation.code(), channel.as_str());
        format!("[[row]]\noperation = \"{operation}\"\nchannel = \"{channel}\"\nfrom = {from}\n{until}")
    };
    let first = date(2026, 6, 12);
    let text = [
        row(Operation::Submit, Channel::S2s, first, None),
        row(ERASURE, Channel::WebInterface, first, Some(from.yesterday().expect("in range"))),
        row(ERASURE, erasures, from, None),
    ];
    let mut rows: BTreeMap<String, CapabilityTable> = toml::from_str(&text.concat()).expect("literal");
    Capabilities::new(rows.remove("row").expect("literal"), TimeZone::UTC)
}

pub(super) const ERASURE: Operation = Operation::EraseInaccurate;

pub(super) fn arrival(number: u64, line: u8, operation: Operation) -> Arrival {
    let due = start() + SignedDuration::from_hours(72);
    Arrival {
        partner: partner(),
        message_id: message(number),
        content: content(number),
        line: LineKey([line; 32]),
        operation,
        category: Category::Applicant,
        urgent: number.is_multiple_of(5),
        clock: LegalClock { start: start(), due: Some(due), article: "15(1)".to_owned() },
        payload: PayloadRef([0; 16]),
    }
}

pub(super) fn answer(number: u64, kind: AnswerKind) -> AnswerRecord {
    let id = AnswerId::from_uuid(Uuid::from_u128(0xa000_0000 + u128::from(number)));
    let content = content(0xa000_0000 + number);
    AnswerRecord { id, kind, content, payload: PayloadRef([1; 16]), expert_check: None }
}

pub(super) fn message(number: u64) -> MessageId {
    MessageId::from_uuid(Uuid::from_u128(u128::from(number)))
}

pub(super) fn content(number: u64) -> ContentDigest {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&number.to_be_bytes());
    ContentDigest(digest)
}

pub(super) fn partner() -> PartyId {
    PartyId::new("kiosk-1").expect("literal")
}

pub(super) fn staff(number: u8) -> StaffId {
    StaffId::new(format!("operator-{number}")).expect("literal")
}

/// An engine with erasures by hand, and its helpers.
struct Bench {
    engine: Engine,
    now: Timestamp,
}

impl Bench {
    fn new() -> Self {
        let mut engine = Engine::new(Policy::default(), table(Channel::WebInterface, date(2026, 6, 12)));
        engine.handle_restart(start());
        Self { engine, now: start() }
    }

    fn accept(&mut self, number: u64, line: u8, operation: Operation) -> ItemId {
        let taken = self.engine.handle_arrival(arrival(number, line, operation), self.now);
        taken.expect("a new message is taken").item()
    }

    fn effects(&mut self) -> Vec<Effect> {
        let committed = self.engine.committed();
        self.engine.handle_durable(committed);
        std::iter::from_fn(|| self.engine.poll_effect()).collect()
    }

    fn pass(&mut self, span: SignedDuration) {
        self.now += span;
        self.engine.handle_tick(self.now);
    }

    fn stage(&self, item: ItemId) -> &'static str {
        self.engine.item(item).map_or("erased", |item| item.stage.name())
    }
}

#[test]
fn effects_wait_until_their_changes_are_durable() {
    let mut bench = Bench::new();
    bench.accept(1, 1, Operation::Submit);
    assert_eq!(bench.engine.poll_effect(), None);
    let numbers: Vec<_> =
        std::iter::from_fn(|| bench.engine.poll_change()).map(|(number, _)| number).collect();
    assert_eq!(numbers.len(), 2, "accepted, sending began");
    bench.engine.handle_durable(numbers[0]);
    assert_eq!(bench.engine.poll_effect(), None, "the sending is not durable yet");
    bench.engine.handle_durable(numbers[1]);
    assert!(matches!(bench.engine.poll_effect(), Some(Effect::Send { .. })));
}

#[test]
fn one_message_id_has_one_content_and_one_partner() {
    let mut bench = Bench::new();
    let item = bench.accept(1, 1, Operation::Submit);
    let again = bench.engine.handle_arrival(arrival(1, 1, Operation::Submit), bench.now);
    assert_eq!(again, Ok(Acceptance::Repeat(item)));
    let mut other_content = arrival(1, 1, Operation::Submit);
    other_content.content = content(99);
    assert_eq!(bench.engine.handle_arrival(other_content, bench.now), Err(Refusal::ContentDiffers));
    let mut other_partner = arrival(1, 1, Operation::Submit);
    other_partner.partner = PartyId::new("kiosk-2").expect("literal");
    assert_eq!(bench.engine.handle_arrival(other_partner, bench.now), Err(Refusal::ContentDiffers));
}

#[test]
fn an_open_outcome_is_asked_for_before_sending_again() {
    let mut bench = Bench::new();
    let item = bench.accept(1, 1, Operation::Submit);
    assert_eq!(bench.effects(), [Effect::Send { item, attempt: 1 }]);
    bench.engine.handle_sent(item, 1, SendOutcome::Unknown(Cause::ConnectionLost), bench.now);
    bench.pass(SignedDuration::from_secs(5));
    assert_eq!(bench.effects(), [Effect::Ask { item, attempt: 1 }]);
    bench.pass(SignedDuration::from_hours(1));
    assert_eq!(bench.effects(), [], "no second question while one is open");
    bench.engine.handle_asked(item, 1, AskOutcome::Unreachable, bench.now);
    bench.pass(SignedDuration::from_secs(5));
    assert_eq!(bench.effects(), [Effect::Ask { item, attempt: 1 }]);
    bench.engine.handle_asked(item, 1, AskOutcome::NotKnown, bench.now);
    bench.pass(SignedDuration::from_secs(5));
    assert_eq!(bench.effects(), [Effect::Send { item, attempt: 2 }]);
    bench.engine.handle_sent(item, 1, SendOutcome::Refused(Cause::CentralRefused), bench.now);
    assert_eq!(bench.stage(item), "sending", "a late report about attempt 1 says nothing about attempt 2");
}

#[test]
fn a_later_message_waits_for_the_operator_who_has_the_earlier() {
    let mut bench = Bench::new();
    let erasure = bench.accept(1, 7, ERASURE);
    let submission = bench.accept(2, 7, Operation::Submit);
    assert_eq!(bench.effects(), [], "the submission waits for the erasure of the same reference number");
    let claim = bench.engine.handle_claim(erasure, &staff(1), bench.now).expect("free");
    let done = answer(1, AnswerKind::Done);
    let confirmed = bench.engine.handle_confirm((erasure, claim.fence), &staff(1), "EU-1", done, bench.now);
    assert_eq!(confirmed, Ok(()));
    assert!(bench.effects().contains(&Effect::Send { item: submission, attempt: 1 }));
    assert_eq!(bench.stage(erasure), "closed");
}

#[test]
fn an_erasure_waits_for_the_submission_before_it() {
    let mut bench = Bench::new();
    let submission = bench.accept(1, 7, Operation::Submit);
    let erasure = bench.accept(2, 7, ERASURE);
    let refused = bench.engine.handle_claim(erasure, &staff(1), bench.now);
    assert_eq!(refused, Err(Refusal::Behind { behind: submission }));
    bench.engine.handle_sent(submission, 1, SendOutcome::Taken, bench.now);
    assert!(bench.engine.handle_claim(erasure, &staff(1), bench.now).is_ok());
}

#[test]
fn claims_are_exclusive_fenced_and_renewable() {
    let mut bench = Bench::new();
    let item = bench.accept(1, 1, ERASURE);
    let first = bench.engine.handle_claim(item, &staff(1), bench.now).expect("free");
    let other = bench.engine.handle_claim(item, &staff(2), bench.now);
    assert!(matches!(other, Err(Refusal::HeldByOther { .. })));
    bench.pass(SignedDuration::from_mins(20));
    let renewed = bench.engine.handle_claim(item, &staff(1), bench.now).expect("own");
    assert_eq!(renewed.fence, first.fence);
    assert!(renewed.lease_until > first.lease_until);
    assert_eq!(
        bench.engine.handle_release(item, &staff(2), first.fence, bench.now),
        Err(Refusal::ClaimOutdated { item })
    );
    assert_eq!(bench.engine.handle_release(item, &staff(1), first.fence, bench.now), Ok(()));
    let second = bench.engine.handle_claim(item, &staff(2), bench.now).expect("free again");
    assert!(second.fence > first.fence);
    let late = bench.engine.may_confirm(item, &staff(1), first.fence, "EU-1");
    assert_eq!(late, Err(Refusal::ClaimOutdated { item }));
    for unusable in ["", "   ", "line\nbreak", &"x".repeat(65)] {
        let refused = bench.engine.may_confirm(item, &staff(2), second.fence, unusable);
        assert_eq!(refused, Err(Refusal::WebReceiptUnusable), "{unusable:?}");
    }
}

#[test]
fn an_opened_interface_drains_only_what_nobody_touched() {
    let mut bench = Bench::new();
    let [free, held, expired, behind] =
        [(1, 1), (2, 2), (3, 3), (4, 3)].map(|(n, line)| bench.accept(n, line, ERASURE));
    let lapsed = bench.engine.handle_claim(expired, &staff(1), bench.now).expect("free");
    bench.pass(SignedDuration::from_mins(31));
    assert_eq!(bench.stage(expired), "waiting", "the lease ran out");
    let claim = bench.engine.handle_claim(held, &staff(2), bench.now).expect("free");
    bench.engine.handle_capabilities(table(Channel::S2s, date(2026, 6, 13)), bench.now);
    assert_eq!(bench.effects(), [Effect::Send { item: free, attempt: 1 }]);
    assert_eq!(bench.stage(held), "claimed");
    assert_eq!(bench.stage(expired), "waiting", "it may have been keyed");
    assert_eq!(bench.stage(behind), "queued", "it waits for the one before");
    bench.engine.handle_release(held, &staff(2), claim.fence, bench.now).expect("own claim");
    assert_eq!(bench.effects(), [Effect::Send { item: held, attempt: 1 }], "released as not keyed");
    let done = answer(3, AnswerKind::Done);
    let late = bench.engine.handle_confirm((expired, lapsed.fence), &staff(1), "EU-3", done, bench.now);
    assert_eq!(late, Ok(()), "its last holder may still confirm");
    assert!(bench.effects().contains(&Effect::Send { item: behind, attempt: 1 }));
}

#[test]
fn a_signed_date_opens_the_interface_by_itself() {
    let mut engine = Engine::new(Policy::default(), table(Channel::S2s, date(2026, 12, 2)));
    engine.handle_restart(start());
    let item = engine.handle_arrival(arrival(1, 1, ERASURE), start()).expect("new").item();
    assert_eq!(engine.item(item).map(|item| item.stage.name()), Some("waiting"));
    let midnight: Timestamp = "2026-12-02T00:00:00Z".parse().expect("literal");
    assert_eq!(engine.next_timeout(), Some(midnight));
    engine.handle_tick(midnight);
    assert_eq!(engine.item(item).map(|item| item.stage.name()), Some("sending"));
}

#[test]
fn a_clock_warns_once_before_and_once_after_and_cancels_nothing() {
    let mut bench = Bench::new();
    let item = bench.accept(1, 1, ERASURE);
    let mut warnings = Vec::new();
    for _ in 0..100 {
        bench.pass(SignedDuration::from_hours(1));
        warnings.extend(bench.effects().into_iter().filter(|effect| matches!(effect, Effect::Warn { .. })));
    }
    let expect = [Escalation::DueSoon, Escalation::Overdue].map(|level| Effect::Warn { item, level });
    assert_eq!(warnings, expect);
    assert_eq!(bench.stage(item), "waiting", "overdue, obligation continues");
    assert!(bench.engine.handle_claim(item, &staff(1), bench.now).is_ok());
}

#[test]
fn attempts_are_bounded_and_a_person_can_start_again() {
    let mut bench = Bench::new();
    bench.engine.policy.attempts_max = 3;
    let item = bench.accept(1, 1, Operation::Submit);
    for attempt in 1..=3 {
        bench.pass(SignedDuration::from_secs(600));
        assert!(bench.effects().contains(&Effect::Send { item, attempt }), "{attempt}");
        let down = SendOutcome::NotDelivered(Cause::CentralUnreachable);
        bench.engine.handle_sent(item, attempt, down, bench.now);
    }
    assert_eq!(bench.stage(item), "parked");
    bench.engine.handle_requeue(item, &staff(1), Channel::S2s, bench.now).expect("parked");
    assert_eq!(bench.stage(item), "outcome-unknown", "the central system is asked before anything is sent");
}

#[test]
fn an_answer_stays_until_its_origin_has_it_and_then_goes() {
    let mut bench = Bench::new();
    let item = bench.accept(1, 1, Operation::Submit);
    bench.engine.handle_sent(item, 1, SendOutcome::Taken, bench.now);
    let hit = answer(1, AnswerKind::Hit);
    assert_eq!(bench.engine.handle_answer(message(1), hit.clone(), bench.now), AnswerReception::New(item));
    assert_eq!(bench.engine.handle_answer(message(1), hit.clone(), bench.now), AnswerReception::Repeat);
    let same_under_other_id = AnswerRecord { id: answer(2, AnswerKind::Hit).id, ..hit.clone() };
    assert_eq!(
        bench.engine.handle_answer(message(1), same_under_other_id, bench.now),
        AnswerReception::Repeat
    );
    assert_eq!(
        bench.engine.handle_answer(message(9), answer(9, AnswerKind::Hit), bench.now),
        AnswerReception::Stray
    );
    bench.pass(SignedDuration::from_hours(1_000));
    assert_eq!(bench.stage(item), "closed", "not erased while its answer is not collected");
    let stranger = PartyId::new("kiosk-2").expect("literal");
    assert_eq!(bench.engine.handle_collected(&stranger, hit.id, bench.now), Err(Refusal::NotFound));
    assert_eq!(bench.engine.inbox(&partner(), 9).count(), 1);
    assert_eq!(bench.engine.handle_collected(&partner(), hit.id, bench.now), Ok(()));
    assert_eq!(bench.engine.inbox(&partner(), 9).count(), 0);
    assert_eq!(bench.stage(item), "erased");
    assert!(bench.effects().contains(&Effect::DestroyKey { item, message: message(1) }));
}
