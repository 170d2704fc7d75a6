//! What people and the law's other clocks do: second check, longer limit, switched channels, tasks, superseding; and
//! the lane's breaker, fair shares and a clock that was wrong.

use super::*;
use icd::identifier::NoticeId;
use icd::notice::{Notice, NoticeKind};
use jiff::SignedDuration;

impl Bench {
    fn with(policy: Policy) -> Self {
        let mut engine = Engine::new(policy, table(Channel::WebInterface, date(2026, 6, 12)));
        engine.handle_restart(start());
        Self { engine, now: start() }
    }

    fn claim(&mut self, item: ItemId, by: u8) -> (ItemId, u64) {
        let claim = self.engine.handle_claim(item, &staff(by), self.now).expect("free");
        (item, claim.fence)
    }

    fn closed(&mut self, number: u64, item: ItemId, kind: AnswerKind) {
        self.engine.handle_sent(item, 1, SendOutcome::Taken, self.now);
        self.engine.handle_answer(message(number), answer(number, kind), self.now);
    }

    /// The same engine after a restart, from its own changes.
    fn restarted(&self, changes: &[Change]) -> Engine {
        let mut engine = Engine::new(self.engine.policy().clone(), self.engine.capabilities().clone());
        for change in changes {
            let text = serde_json::to_vec(change).expect("a change can be written");
            engine.replay(&serde_json::from_slice(&text).expect("and read")).expect("own changes fit");
        }
        engine
    }

    fn changes(&mut self) -> Vec<Change> {
        std::iter::from_fn(|| self.engine.poll_change()).map(|(_, change)| change).collect()
    }
}

fn kinds(engine: &Engine) -> Vec<&'static str> {
    engine.tasks().map(|task| task.kind.name()).collect()
}

#[test]
fn an_erasure_is_checked_by_somebody_else_where_the_site_says_so() {
    let mut bench = Bench::with(Policy { second_check: SecondCheck::Erasures, ..Policy::default() });
    let item = bench.accept(1, 1, ERASURE);
    let claim = bench.claim(item, 1);
    assert!(bench.engine.needs_second_check(item));
    let done = answer(1, AnswerKind::Done);
    let alone = bench.engine.handle_confirm(claim, &staff(1), "EU-1", done.clone(), bench.now);
    assert!(matches!(alone, Err(Refusal::WrongStage { .. })), "one person cannot close it");
    bench.engine.handle_keyed(claim, &staff(1), "EU-1", bench.now).expect("own claim");
    assert_eq!(bench.stage(item), "keyed");
    assert_eq!(bench.engine.may_check(item, &staff(1)), Err(Refusal::SamePerson { item }));
    bench.engine.handle_capabilities(table(Channel::S2s, date(2026, 6, 13)), bench.now);
    bench.effects();
    assert_eq!(bench.stage(item), "keyed", "what is keyed is never sent by machine");
    bench.engine.handle_check_refused(item, &staff(2), bench.now).expect("another person");
    assert_eq!(bench.stage(item), "waiting");
    assert_eq!(bench.effects(), [], "it may have been keyed, so the opened interface does not take it");
    let claim = bench.claim(item, 1);
    bench.engine.handle_keyed(claim, &staff(1), "EU-2", bench.now).expect("own claim");
    let checked = bench.engine.handle_checked(item, &staff(2), done, bench.now);
    assert_eq!(checked, Ok(()));
    assert_eq!(bench.stage(item), "closed");
    let changes = bench.changes();
    assert!(changes.iter().any(|change| matches!(change,
        Change::Confirmed { by, checked_by: Some(second), web_receipt, .. }
            if *by == staff(1) && *second == staff(2) && web_receipt == "EU-2")));
    assert!(bench.restarted(&changes).state == bench.engine.state, "a restart changes nothing");
}

#[test]
fn the_longer_limit_is_granted_once_and_only_where_the_law_has_it() {
    let mut bench = Bench::new();
    let item = bench.accept(5, 1, Operation::Submit);
    let erasure = bench.accept(1, 2, ERASURE);
    let mut resettled = arrival(2, 3, Operation::Submit);
    resettled.category = Category::Resettlement;
    let resettled = bench.engine.handle_arrival(resettled, bench.now).expect("new").item();
    let mut grant =
        |item, evidence: &str| bench.engine.handle_technical_extension(item, &staff(9), evidence, bench.now);
    for evidence in ["", "two words", "M\u{fc}ller", &"9".repeat(65)] {
        assert_eq!(grant(item, evidence), Err(Refusal::EvidenceUnusable), "{evidence:?}");
    }
    assert_eq!(grant(erasure, "NCP-2026/7"), Err(Refusal::NoExtension { item: erasure }));
    assert_eq!(
        grant(resettled, "NCP-2026/7"),
        Err(Refusal::NoExtension { item: resettled }),
        "Art. 18 has none"
    );
    let clock = grant(item, "NCP-2026/7").expect("Art. 15(2)");
    assert_eq!(clock.due, Some(start() + SignedDuration::from_hours(120)));
    assert_eq!(clock.article, "15(2)");
    assert_eq!(grant(item, "NCP-2026/8"), Err(Refusal::NoExtension { item }), "once");
    bench.engine.handle_sent(item, 1, SendOutcome::Taken, bench.now);
    let late = bench.engine.handle_technical_extension(item, &staff(9), "NCP-2026/7", bench.now);
    assert!(matches!(late, Err(Refusal::WrongStage { .. })), "Eurodac has it: nothing to extend");
}

#[test]
fn a_longer_limit_is_warned_of_again() {
    let mut bench = Bench::new();
    bench.engine.handle_channel_switched(
        Operation::Submit,
        Some(Channel::Unavailable),
        &staff(9),
        ChannelReason::CentralOutage,
        bench.now,
    );
    let item = bench.accept(1, 1, Operation::Submit);
    bench.pass(SignedDuration::from_hours(73));
    let warned = |effects: Vec<Effect>| {
        effects.into_iter().filter(|effect| matches!(effect, Effect::Warn { .. })).count()
    };
    assert_eq!(warned(bench.effects()), 1, "overdue");
    bench.engine.handle_technical_extension(item, &staff(9), "NCP-1", bench.now).expect("Art. 15(2)");
    bench.pass(SignedDuration::from_hours(1));
    assert_eq!(warned(bench.effects()), 0, "no longer");
    bench.pass(SignedDuration::from_hours(40));
    assert_eq!(warned(bench.effects()), 1, "due soon again");
    bench.pass(SignedDuration::from_hours(40));
    assert_eq!(warned(bench.effects()), 1, "overdue again");
}

#[test]
fn a_person_switches_a_channel_and_gives_it_back() {
    let mut bench = Bench::new();
    let [free, held] = [(1, 1), (2, 2)].map(|(number, line)| bench.accept(number, line, ERASURE));
    let claim = bench.claim(held, 1);
    let preview = bench.engine.preview_channel(ERASURE, Channel::S2s);
    assert_eq!(preview, SwitchPreview { moving: 1, behind: 0, staying: 1, held: 1 });
    let mut switch = |to| {
        let reason = ChannelReason::ConnectionProven;
        bench.engine.handle_channel_switched(ERASURE, to, &staff(9), reason, bench.now);
    };
    switch(Some(Channel::S2s));
    assert_eq!(bench.effects(), [Effect::Send { item: free, attempt: 1 }]);
    assert_eq!(bench.stage(held), "claimed", "what an operator holds stays with the operator");
    let later = bench.accept(3, 3, ERASURE);
    assert!(bench.effects().contains(&Effect::Send { item: later, attempt: 1 }));
    let changes = bench.changes();
    let rebuilt = bench.restarted(&changes);
    assert_eq!(rebuilt.channel(ERASURE), Channel::S2s, "a switch survives a restart");
    assert!(rebuilt.state == bench.engine.state);
    bench.engine.handle_channel_switched(ERASURE, None, &staff(9), ChannelReason::Incident, bench.now);
    let closed = bench.accept(4, 4, ERASURE);
    assert_eq!(bench.stage(closed), "waiting", "new ones go to the operators again");
    bench.engine.handle_release(held, &staff(1), claim.1, bench.now).expect("own claim");
    assert_eq!(bench.stage(held), "waiting");
}

#[test]
fn a_hit_that_must_be_checked_opens_a_task_and_a_refuted_one_its_report() {
    let mut bench = Bench::new();
    let item = bench.accept(1, 1, Operation::Submit);
    bench.engine.handle_sent(item, 1, SendOutcome::Taken, bench.now);
    let hit = AnswerRecord { expert_check: Some(ExpertGround::FaceOnly), ..answer(1, AnswerKind::Hit) };
    bench.engine.handle_answer(message(1), hit.clone(), bench.now);
    assert_eq!(kinds(&bench.engine), ["expert-check"]);
    let task = bench.engine.tasks().next().map(|task| (task.id, task.clock.clone())).expect("open");
    assert_eq!((task.1.article.as_str(), task.1.due), ("38(5)", None));
    bench.engine.handle_collected(&partner(), hit.id, bench.now).expect("it lies there");
    bench.pass(SignedDuration::from_hours(200));
    assert_eq!(bench.stage(item), "closed", "kept while a task is open");
    let wrong = bench.engine.handle_task_done(task.0, &staff(1), Verdict::Done, bench.now);
    assert!(matches!(wrong, Err(Refusal::TaskClosed { .. })), "a check ends with a verdict on the hit");
    bench.engine.handle_task_done(task.0, &staff(1), Verdict::HitRefuted, bench.now).expect("open");
    assert_eq!(kinds(&bench.engine), ["wrong-hit-report"]);
    let report = bench.engine.tasks().next().cloned().expect("open");
    // Tuesday 1 December 2026 plus three working days.
    assert_eq!(report.clock.due, Some("2026-12-04T08:00:00Z".parse().expect("literal")));
    assert_eq!(report.clock.article, "38(6)");
    assert!(
        bench.effects().iter().any(|effect| matches!(effect,
        Effect::WarnOfTask { task, level: Escalation::Overdue } if *task == report.id)),
        "late from the start"
    );
    let changes = bench.changes();
    assert!(bench.restarted(&changes).state == bench.engine.state);
    bench.engine.handle_task_done(report.id, &staff(1), Verdict::Done, bench.now).expect("open");
    assert!(bench.engine.handle_task_done(report.id, &staff(1), Verdict::Done, bench.now).is_err(), "once");
    bench.pass(SignedDuration::from_hours(1));
    assert_eq!(bench.stage(item), "erased");
    assert_eq!(bench.engine.task(report.id), None, "tasks go with their item");
}

#[test]
fn a_quality_rejection_asks_for_a_retake_with_its_own_clock() {
    let mut bench = Bench::new();
    let item = bench.accept(1, 1, Operation::Submit);
    bench.closed(1, item, AnswerKind::QualityInsufficient);
    let task = bench.engine.tasks().next().cloned().expect("open");
    assert_eq!(task.kind, TaskKind::Retake);
    assert_eq!(task.clock.due, Some(start() + SignedDuration::from_hours(48)));
    assert_eq!(task.clock.article, "15(1)");
    bench.accept(2, 9, Operation::Submit);
    assert_eq!(kinds(&bench.engine), ["retake"], "another reference number fulfils nothing");
    bench.pass(SignedDuration::from_hours(49));
    let level = Escalation::Overdue;
    assert!(
        bench.effects().contains(&Effect::WarnOfTask { task: task.id, level }),
        "it does not pass silently"
    );
    bench.accept(3, 1, Operation::Submit);
    assert_eq!(kinds(&bench.engine), [""; 0], "the same reference number does");
}

#[test]
fn a_notice_of_another_state_makes_one_task() {
    let mut bench = Bench::new();
    let place = PayloadRef([7; 16]);
    let own = bench.accept(1, 1, Operation::Submit);
    let later = bench.accept(2, 1, Operation::EraseInaccurate);
    let notice = |number: u128| Notice {
        notice_id: NoticeId::from_uuid(Uuid::from_u128(number)),
        raised_at: start(),
        kind: NoticeKind::DatasetErased,
        reference_number: "NL11".parse().expect("well-formed"),
        changed: None,
        responsible_state: None,
    };
    bench.pass(SignedDuration::from_hours(2));
    let now = bench.now;
    let line = bench.engine.item(own).expect("known").arrival.line;
    let first = bench.engine.handle_notice(&notice(1), line, place, now).expect("room");
    assert_eq!(bench.engine.handle_notice(&notice(1), line, PayloadRef([8; 16]), now), Some(first), "again");
    let task = bench.engine.task(first).expect("open").clone();
    assert_eq!((task.clock.article.as_str(), task.clock.start), ("30(2)", start()));
    assert_eq!(task.item, Some(later), "the newest item of the reference number");
    let stranger = bench.engine.handle_notice(&notice(2), LineKey([99; 32]), place, now).expect("room");
    assert_eq!(bench.engine.task(stranger).expect("open").item, None, "nothing is known of it here");
    assert_eq!(kinds(&bench.engine), ["notice", "notice"]);
    assert_eq!(bench.engine.payloads().min(), Some(PayloadRef([0; 16])));
    bench.effects();
    bench.engine.handle_task_done(first, &staff(1), Verdict::Done, now).expect("open");
    let gone = Effect::DestroyNotice { notice: notice(1).notice_id };
    assert!(bench.effects().contains(&gone), "its content goes when somebody has acted");
    assert_eq!(
        bench.engine.handle_notice(&notice(1), line, place, now),
        Some(first),
        "it does not come back"
    );
    assert_eq!(kinds(&bench.engine), ["notice"]);
}

#[test]
fn a_dead_letter_gives_way_to_its_successor() {
    let mut bench = Bench::new();
    let item = bench.accept(1, 1, Operation::Submit);
    let [later, other] = [(2, 1), (3, 2)].map(|(n, line)| bench.accept(n, line, Operation::Submit));
    let told = answer(1, AnswerKind::Rejected);
    assert!(bench.engine.may_supersede(item, later).is_err(), "it is still on its way");
    bench.engine.handle_sent(item, 1, SendOutcome::Refused(Cause::CentralRefused), bench.now);
    assert_eq!(bench.stage(item), "parked");
    assert_eq!(bench.stage(later), "queued", "the order is kept until a person decides");
    assert!(bench.engine.may_supersede(item, other).is_err(), "another reference number");
    assert!(bench.engine.may_supersede(later, item).is_err(), "only by a later one");
    bench.engine.handle_superseded(item, later, &staff(1), told, bench.now).expect("parked");
    assert_eq!(bench.stage(item), "closed");
    assert_eq!(bench.engine.item(item).and_then(|item| item.superseded_by), Some(later));
    assert_eq!(bench.stage(later), "sending");
    assert_eq!(bench.engine.inbox(&partner(), 9).count(), 1, "the origin is told");
}

#[test]
fn an_absent_central_system_is_probed_not_hammered() {
    let mut bench = Bench::new();
    for number in 1..=200 {
        bench.accept(number, u8::try_from(number % 200).expect("small"), Operation::Submit);
    }
    let mut sent = 0_u32;
    let hour = SignedDuration::from_hours(1);
    let end = start() + hour * 24;
    while bench.now < end {
        for effect in bench.effects() {
            if let Effect::Send { item, attempt } = effect {
                sent += 1;
                let down = SendOutcome::NotDelivered(Cause::CentralUnreachable);
                bench.engine.handle_sent(item, attempt, down, bench.now);
            }
        }
        bench.pass(SignedDuration::from_secs(15));
    }
    assert!((100..2_000).contains(&sent), "{sent} attempts in 24 hours with 200 waiting");
    let parked = bench.engine.items().filter(|item| matches!(item.stage, Stage::Parked { .. })).count();
    assert_eq!(parked, 0, "an outage uses up nobody's attempts");
    for _ in 0..400 {
        for effect in bench.effects() {
            if let Effect::Send { item, attempt } = effect {
                bench.engine.handle_sent(item, attempt, SendOutcome::Taken, bench.now);
            }
        }
        bench.pass(SignedDuration::from_secs(2));
    }
    let left = bench.engine.items().filter(|item| item.blocks_its_line()).count();
    assert_eq!(left, 0, "when it is back, all go within a quarter of an hour");
}

#[test]
fn one_partner_cannot_fill_the_gateway() {
    let mut bench = Bench::with(Policy { partner_items_max: 3, items_max: 10, ..Policy::default() });
    for number in 1..=3 {
        bench.accept(number, 1, Operation::Submit);
    }
    let fourth = bench.engine.handle_arrival(arrival(4, 1, Operation::Submit), bench.now);
    assert_eq!(fourth, Err(Refusal::PartnerFull));
    let mut other = arrival(5, 1, Operation::Submit);
    other.partner = PartyId::new("kiosk-2").expect("literal");
    assert!(bench.engine.handle_arrival(other, bench.now).is_ok(), "others are taken");
}

#[test]
fn a_clock_that_was_a_year_ahead_stops_nothing() {
    let mut bench = Bench::new();
    let item = bench.accept(1, 1, Operation::Submit);
    let erasure = bench.accept(2, 2, ERASURE);
    let year = SignedDuration::from_hours(24 * 365);
    bench.pass(year);
    bench.claim(erasure, 1);
    let down = SendOutcome::NotDelivered(Cause::CentralUnreachable);
    bench.engine.handle_sent(item, 1, down, bench.now);
    assert_eq!(bench.stage(item), "queued");
    bench.pass(-year);
    bench.pass(SignedDuration::from_secs(301));
    bench.effects();
    assert_eq!(bench.stage(item), "sending", "it does not wait for a year");
    bench.pass(SignedDuration::from_mins(31));
    assert_eq!(bench.stage(erasure), "waiting", "nor does the lease");
}

#[test]
fn every_stage_has_an_owner_and_a_clock() {
    let mut bench = Bench::new();
    let urgent = bench.accept(5, 1, Operation::Submit);
    let running = |bench: &Bench| {
        let item = bench.engine.item(urgent).expect("open");
        item.running_clock(bench.engine.policy())
    };
    assert_eq!(running(&bench).article, "15(1)");
    bench.engine.handle_sent(urgent, 1, SendOutcome::Taken, bench.now);
    let clock = running(&bench);
    assert_eq!((clock.article.as_str(), clock.due), ("38(2)", Some(start() + SignedDuration::from_hours(1))));
    bench.pass(SignedDuration::from_hours(1));
    assert!(
        !bench.changes().iter().any(|change| change.name() == "answer-late"),
        "in time to the last instant"
    );
    bench.pass(SignedDuration::from_secs(1));
    assert!(
        bench.changes().iter().any(|change| change.name() == "answer-late"),
        "an urgent one after one hour"
    );
}
