//! The table of limits cell by cell, boundaries, and random event orders.

use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn because(ground: Ground) -> Extension {
    Extension {
        ground,
        authorised_by: StaffId::new("officer-1").expect("well-formed"),
        authorised_at: at("2026-07-01T10:00:00Z"),
        evidence: "decision 1".to_owned(),
    }
}

const START: &str = "2026-07-01T10:00:00Z";

/// One line per cell of the table of limits and extensions: category, ground, then the expected article and the
/// hours after the clock's start, or why it is refused.
#[test]
fn the_table_cell_by_cell() {
    fn check(code: char, ground: Option<Ground>, expect: Result<(&str, Option<i64>), ExtensionProblem>) {
        let category = Category::from_code(code).expect("the code exists");
        let mut deadline = Deadline::for_category(category, at(START));
        let outcome = ground.map_or(Ok(()), |g| deadline.extend(because(g)));
        let shown = outcome.map(|()| {
            (deadline.article(), deadline.due().map(|due| due.duration_since(at(START)).as_hours()))
        });
        assert_eq!(shown, expect.map_err(Error::Extension), "category {code}, {ground:?}");
    }
    const NONE: Result<(&str, Option<i64>), ExtensionProblem> = Err(ExtensionProblem::NoGround);
    let retake = Some(Ground::SuccessfulRetake { at: at("2026-07-11T10:00:00Z") });
    let health = Some(Ground::HealthObstacleEnded { at: at("2026-07-11T10:00:00Z") });
    let technical = Some(Ground::TechnicalProblem);
    let influx = Some(Ground::SuddenInflux {
        notified_at: at("2026-06-20T00:00:00Z"),
        notified_until: at("2026-07-20T00:00:00Z"),
    });
    let custody = Some(Ground::Custody { from: at(START), to: Some(at("2026-07-09T10:00:00Z")) });
    for (code, article, retake_cell, health_cell, technical_cell, influx_cell, custody_cell) in [
        (
            '1',
            "15(1)",
            Ok(("15(1)", Some(288))),
            Ok(("15(2)", Some(288))),
            Ok(("15(2)", Some(120))),
            NONE,
            NONE,
        ),
        ('7', "18(2)", Ok(("18(3)", None)), Ok(("18(3)", None)), NONE, NONE, NONE),
        ('8', "20(1)", Ok(("20(2)", None)), Ok(("20(3)", Some(288))), NONE, NONE, NONE),
        (
            '2',
            "22(2)",
            Ok(("22(5)", Some(288))),
            Ok(("22(6)", Some(288))),
            Ok(("22(6)", Some(120))),
            NONE,
            Ok(("22(4)", Some(192))),
        ),
        (
            '3',
            "23(2)",
            Ok(("23(4)", Some(288))),
            Ok(("23(5)", Some(288))),
            Ok(("23(5)", Some(120))),
            NONE,
            NONE,
        ),
        (
            '9',
            "24(2)",
            Ok(("24(4)", Some(288))),
            Ok(("24(5)", Some(288))),
            Ok(("24(5)", Some(120))),
            Ok(("24(6)", Some(120))),
            NONE,
        ),
    ] {
        check(code, None, Ok((article, Some(72))));
        check(code, retake, retake_cell);
        check(code, health, health_cell);
        check(code, technical, technical_cell);
        check(code, influx, influx_cell);
        check(code, custody, custody_cell);
    }
    check('0', None, Ok(("26(2)", Some(240))));
    check('0', retake, Ok(("26(3)", Some(288))));
    check('0', health, Ok(("26(4)", Some(288))));
    check('0', technical, Ok(("26(4)", Some(288))));
    check('0', influx, NONE);
    check('0', custody, NONE);
    for (code, article) in [('4', "32-33"), ('5', "34"), ('6', "43")] {
        check(code, None, Ok((article, None)));
        for ground in [retake, health, technical, influx, custody] {
            check(code, ground, NONE);
        }
    }
}

#[test]
fn every_trigger_starts_its_own_clock() {
    fn check(trigger: Trigger, article: &str, hours: Option<i64>) {
        let deadline = Deadline::for_trigger(trigger, at(START));
        let shown = deadline.due().map(|due| due.duration_since(at(START)).as_hours());
        assert_eq!((deadline.article(), shown), (article, hours), "{trigger:?}");
    }
    check(Trigger::Registration, "15(1)", Some(72));
    check(Trigger::BiometricsTakenAtBorder, "15(1)", Some(72));
    check(Trigger::AdmissionRegistration, "18(1)", None);
    check(Trigger::AdmissionDecision, "18(2)", Some(72));
    check(Trigger::NationalGrant, "20(1)", Some(72));
    check(Trigger::Apprehension, "22(2)", Some(72));
    check(Trigger::FoundIllegallyStaying, "23(2)", Some(72));
    check(Trigger::Disembarkation, "24(2)", Some(72));
    check(Trigger::TemporaryProtectionRegistration, "26(2)", Some(240));
}

#[test]
fn states_at_their_boundaries() {
    fn check(now: &str, expect: DeadlineState) {
        let deadline = Deadline::for_category(Category::Applicant, at(START));
        assert_eq!(deadline.state(at(now)), expect, "{now}");
    }
    check(START, DeadlineState::OnTime);
    check("2026-07-03T21:59:59Z", DeadlineState::OnTime);
    check("2026-07-03T22:00:00Z", DeadlineState::DueSoon);
    check("2026-07-04T10:00:00Z", DeadlineState::DueSoon);
    check("2026-07-04T10:00:01Z", DeadlineState::OverdueObligationContinues);
    check("2036-07-04T10:00:01Z", DeadlineState::OverdueObligationContinues);
    let none = Deadline::for_category(Category::DataSubject, at(START));
    assert_eq!(none.state(at("2036-01-01T00:00:00Z")), DeadlineState::NoLimit);
}

#[test]
fn custody_moves_the_clock_only_beyond_the_limit() {
    fn check(to: Option<&str>, now: &str, expect_due: &str, expect: DeadlineState) {
        let mut deadline = Deadline::for_category(Category::IrregularCrossing, at(START));
        let custody = Ground::Custody { from: at(START), to: to.map(at) };
        deadline.extend(because(custody)).expect("22(4) knows custody");
        assert_eq!(deadline.due(), Some(at(expect_due)), "{to:?}");
        assert_eq!(deadline.state(at(now)), expect, "{to:?} at {now}");
    }
    use DeadlineState::{NoLimit, OnTime, OverdueObligationContinues};
    // Released before the limit: the base limit stands.
    check(
        Some("2026-07-03T10:00:00Z"),
        "2026-07-05T10:00:00Z",
        "2026-07-04T10:00:00Z",
        OverdueObligationContinues,
    );
    // Held for exactly the limit is not longer than it.
    check(Some("2026-07-04T10:00:00Z"), START, "2026-07-04T10:00:00Z", OnTime);
    // Held longer: due at the release.
    check(Some("2026-07-10T10:00:00Z"), "2026-07-05T10:00:00Z", "2026-07-10T10:00:00Z", OnTime);
    // Still held, release unknown: not overdue while it lasts beyond the limit.
    check(None, "2026-07-05T10:00:00Z", "2026-07-04T10:00:00Z", NoLimit);
    check(None, "2026-07-02T10:00:00Z", "2026-07-04T10:00:00Z", OnTime);
}

#[test]
fn influx_needs_a_notice_that_covers_the_clock() {
    fn check(notified_at: &str, notified_until: &str, expect: Result<(), ExtensionProblem>) {
        let mut deadline = Deadline::for_category(Category::Disembarked, at(START));
        let ground =
            Ground::SuddenInflux { notified_at: at(notified_at), notified_until: at(notified_until) };
        assert_eq!(
            deadline.extend(because(ground)),
            expect.map_err(Error::Extension),
            "{notified_at} to {notified_until}"
        );
    }
    use ExtensionProblem::{Order, OutsideNotice};
    check("2026-06-15T00:00:00Z", "2026-07-15T00:00:00Z", Ok(()));
    check("2026-06-15T00:00:00Z", "2026-07-15T00:00:01Z", Err(OutsideNotice));
    check("2026-06-01T00:00:00Z", "2026-06-30T00:00:00Z", Err(OutsideNotice));
    check("2026-07-04T10:00:00Z", "2026-07-20T00:00:00Z", Ok(()));
    check("2026-07-04T10:00:01Z", "2026-07-20T00:00:00Z", Err(OutsideNotice));
    check("2026-07-20T00:00:00Z", "2026-07-04T10:00:01Z", Err(Order));
}

#[test]
fn extensions_are_given_once_and_do_not_add_up() {
    let mut deadline = Deadline::for_category(Category::Disembarked, at(START));
    deadline.extend(because(Ground::TechnicalProblem)).expect("24(5)");
    let again = deadline.extend(because(Ground::TechnicalProblem));
    assert_eq!(again, Err(Error::Extension(ExtensionProblem::Twice)));
    let influx = Ground::SuddenInflux { notified_at: at(START), notified_until: at("2026-07-20T00:00:00Z") };
    deadline.extend(because(influx)).expect("24(6)");
    assert_eq!(deadline.due(), Some(at("2026-07-06T10:00:00Z")));
}

#[test]
fn a_retake_shows_beside_the_base_clock() {
    let mut deadline = Deadline::for_category(Category::Applicant, at(START));
    deadline.extend(because(Ground::SuccessfulRetake { at: at("2026-07-02T10:00:00Z") })).expect("15(1)");
    // Both end at the same instant under the same article, so one clock is shown.
    let due: Vec<_> = deadline.clocks(None).into_iter().map(|c| c.due).collect();
    assert_eq!(due, [Some(at("2026-07-04T10:00:00Z"))]);
    deadline.extend(because(Ground::SuccessfulRetake { at: at("2026-07-03T10:00:00Z") })).expect("15(1)");
    let due: Vec<_> = deadline.clocks(None).into_iter().map(|c| c.due).collect();
    assert_eq!(due, [Some(at("2026-07-05T10:00:00Z")), Some(at("2026-07-04T10:00:00Z"))]);
}

#[test]
fn retake_and_health_obstacle_are_shown_side_by_side() {
    let mut deadline = Deadline::for_category(Category::Applicant, at(START));
    for ground in [
        Ground::SuccessfulRetake { at: at("2026-07-05T10:00:00Z") },
        Ground::HealthObstacleEnded { at: at("2026-07-06T10:00:00Z") },
    ] {
        deadline.extend(because(ground)).expect("15");
    }
    let due: Vec<_> =
        deadline.clocks(None).into_iter().map(|c| c.due.expect("a figure").to_string()).collect();
    assert_eq!(due, ["2026-07-08T10:00:00Z", "2026-07-07T10:00:00Z", "2026-07-04T10:00:00Z"]);
}

#[test]
fn what_lies_out_of_the_clocks_time_does_not_move_it() {
    fn check(category: Category, ground: Ground, authorised_at: &str, expect: Result<(), ExtensionProblem>) {
        let mut deadline = Deadline::for_category(category, at(START));
        let extension = Extension { authorised_at: at(authorised_at), ..because(ground) };
        assert_eq!(
            deadline.extend(extension),
            expect.map_err(Error::Extension),
            "{ground:?} {authorised_at}"
        );
    }
    use ExtensionProblem::{Order, TooLate};
    let technical = Ground::TechnicalProblem;
    check(Category::Applicant, technical, "2026-07-06T10:00:00Z", Ok(()));
    check(Category::Applicant, technical, "2026-07-06T10:00:01Z", Err(TooLate));
    check(Category::Applicant, technical, START, Ok(()));
    check(Category::Applicant, technical, "2026-07-01T09:59:59Z", Err(Order));
    let custody = |from: &str, to: &str| Ground::Custody { from: at(from), to: Some(at(to)) };
    let crossing = Category::IrregularCrossing;
    check(crossing, custody("2026-06-01T10:00:00Z", "2026-06-20T10:00:00Z"), START, Err(Order));
    check(crossing, custody("2026-06-30T10:00:00Z", "2026-07-20T10:00:00Z"), START, Err(Order));
    check(crossing, custody("2026-07-04T10:00:00Z", "2026-07-19T10:00:00Z"), START, Ok(()));
    check(crossing, custody("2026-07-04T10:00:01Z", "2026-07-19T10:00:00Z"), START, Err(TooLate));
}

#[test]
fn a_custody_whose_end_is_not_known_is_shown_as_it_stands() {
    let mut deadline = Deadline::for_category(Category::IrregularCrossing, at(START));
    deadline.extend(because(Ground::Custody { from: at(START), to: None })).expect("22(4)");
    let shown = |now: Option<&str>| {
        let clocks = deadline.clocks(now.map(at)).into_iter().map(|c| (c.article, c.due.is_some()));
        clocks.collect::<Vec<_>>()
    };
    assert_eq!(shown(None), [("22(2)", true)]);
    assert_eq!(shown(Some("2026-07-05T10:00:00Z")), [("22(4)", false), ("22(2)", true)]);
}

#[test]
fn a_sites_policy_stands_where_the_law_has_no_figure_and_nowhere_else() {
    let due = |trigger: Trigger| {
        let deadline = Deadline::for_trigger(trigger, at(START)).with_site_policy(Some(24));
        (deadline.due().map(|due| due.duration_since(at(START)).as_hours()), deadline.source())
    };
    assert_eq!(due(Trigger::AdmissionRegistration), (Some(24), Source::SitePolicy));
    assert_eq!(due(Trigger::AdmissionDecision), (Some(72), Source::Law));
    let none = Deadline::for_category(Category::DataSubject, at(START)).with_site_policy(Some(24));
    assert_eq!((none.due(), none.source()), (None, Source::NoFigure));
}

#[test]
fn operations_have_their_own_clocks() {
    fn check(code: &str, start: &str, policy: Option<u32>, article: &str, due: Option<&str>, source: Source) {
        let operation = Operation::from_code(code).expect("the code exists");
        let deadline = Deadline::for_operation(operation, Category::Applicant, at(start), policy);
        assert_eq!(
            (deadline.article(), deadline.due(), deadline.source()),
            (article, due.map(at), source),
            "{code}"
        );
    }
    // Wednesday 1 July 2026; three working days reach over the weekend to Monday the 6th.
    check("report-wrong-hit", START, None, "38(6)", Some("2026-07-06T10:00:00Z"), Source::Law);
    check("report-wrong-hit", START, Some(1), "38(6)", Some("2026-07-06T10:00:00Z"), Source::Law);
    check(
        "report-wrong-hit",
        "2026-07-04T10:00:00Z",
        None,
        "38(6)",
        Some("2026-07-08T10:00:00Z"),
        Source::Law,
    );
    check("erase-inaccurate", START, None, "40(5), 43(4)", None, Source::NoFigure);
    check(
        "erase-inaccurate",
        START,
        Some(24),
        "40(5), 43(4)",
        Some("2026-07-02T10:00:00Z"),
        Source::SitePolicy,
    );
    check("submit", START, Some(24), "15(1)", Some("2026-07-04T10:00:00Z"), Source::Law);
    let mut erasure =
        Deadline::for_operation(Operation::EraseInaccurate, Category::Applicant, at(START), Some(24));
    let refused = erasure.extend(because(Ground::TechnicalProblem));
    assert_eq!(refused, Err(Error::Extension(ExtensionProblem::NoGround)));
}

fn any_ground() -> impl Strategy<Value = Ground> {
    let instant = (0_i64..60 * 24 * 30).prop_map(|minutes| {
        at("2026-06-20T00:00:00Z").checked_add(SignedDuration::from_mins(minutes)).expect("in range")
    });
    prop_oneof![
        Just(Ground::TechnicalProblem),
        (instant.clone(), instant.clone())
            .prop_map(|(a, b)| Ground::SuddenInflux { notified_at: a, notified_until: b }),
        instant.clone().prop_map(|at| Ground::SuccessfulRetake { at }),
        instant.clone().prop_map(|at| Ground::HealthObstacleEnded { at }),
        (instant.clone(), proptest::option::of(instant)).prop_map(|(from, to)| Ground::Custody { from, to }),
    ]
}

proptest! {
    /// Whatever happens in whatever order: refused events change nothing, the base clock never moves earlier
    /// and never by more than 48 hours, the state never goes back in time, and lateness never ends the duty.
    #[test]
    fn random_event_orders(category in 0_usize..10, grounds in proptest::collection::vec(any_ground(), 0..12)) {
        let category = Category::ALL[category];
        let mut deadline = Deadline::for_category(category, at(START));
        let first = deadline.base().due;
        for ground in grounds {
            let before = deadline.clone();
            if deadline.extend(because(ground)).is_err() {
                prop_assert_eq!(&before, &deadline);
            }
            if let (Some(first), Some(moved)) = (first, deadline.base().due) {
                let by = moved.duration_since(first).as_hours();
                prop_assert!((0..=48).contains(&by), "moved by {} hours", by);
            }
            prop_assert!(!deadline.article().is_empty());
            if category.rule().technical_extension.is_none() && category.rule().influx_extension.is_none() {
                prop_assert_eq!(deadline.base().due, first);
            }
        }
        if let Some(due) = deadline.due() {
            let long_after = later(due, 24 * 365 * 10);
            let state = deadline.state(long_after);
            prop_assert!(matches!(state, DeadlineState::OverdueObligationContinues | DeadlineState::NoLimit));
        }
    }

    #[test]
    fn states_follow_one_another(hours_one in 0_u32..200, hours_two in 0_u32..200, soon in 0_u32..72) {
        let deadline = Deadline::for_category(Category::IllegalStay, at(START));
        let (early, late) = (hours_one.min(hours_two), hours_one.max(hours_two));
        let states = (
            deadline.state_with(later(at(START), early), soon),
            deadline.state_with(later(at(START), late), soon),
        );
        prop_assert!(states.0 <= states.1);
    }

    /// Storing and loading a clock changes nothing.
    #[test]
    fn clocks_survive_storage(grounds in proptest::collection::vec(any_ground(), 0..6)) {
        let mut deadline = Deadline::for_category(Category::IrregularCrossing, at(START));
        for ground in grounds {
            let _ = deadline.extend(because(ground));
        }
        let text = serde_json::to_string(&deadline).expect("serialisable");
        prop_assert_eq!(serde_json::from_str::<Deadline>(&text).expect("own text"), deadline);
    }
}
