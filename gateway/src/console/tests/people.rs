//! What more than one person has a part in: second checks, longer limits, replaced messages, tasks, interfaces, the
//! timeline of a person, and the language each one reads.

use axum::http::StatusCode;
use icd::category::Category;
use icd::dataset::MemberState;
use icd::identifier::NoticeId;
use icd::message::Outcome;
use icd::notice::{Notice, NoticeKind};
use icd::reference::ReferenceNumber;
use jiff::Timestamp;
use uuid::Uuid;

use super::browser::Browser;
use super::work::refusing;
use super::world::{AUDITOR, COLLEAGUE, OPERATOR, REFERENCE, World, read_site};
use super::{audit, console, hours};

/// Claims and keys an item as this official.
async fn key(official: &Browser, path: &str) {
    assert_eq!(official.send(&format!("{path}/claim"), &[]).await.status, StatusCode::OK);
    let keyed = official.send(&format!("{path}/confirm"), &[("web_receipt", "WEB-1")]).await;
    assert_eq!((keyed.status, keyed.json()["state"].as_str()), (StatusCode::OK, Some("keyed")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_person_checks_what_was_keyed() {
    let world = World::checking();
    let path = format!("/items/{}", world.erasure(1, hours(1)).await);
    let router = console(&world);
    let (keyer, second) =
        (Browser::signed_in(&router, OPERATOR).await, Browser::signed_in(&router, COLLEAGUE).await);
    key(&keyer, &path).await;

    let own = keyer.submit(&format!("{path}/check"), &[]).await;
    assert_eq!((own.status, own.code().as_str()), (StatusCode::CONFLICT, "G-0609"));
    assert!(own.body.contains("Somebody else must check this"), "{}", own.body);
    assert!(own.body.contains("You keyed it, so somebody else must check it"));
    assert!(!own.body.contains("/check\""), "no button that is refused");
    let page = second.page(&path).await.body;
    assert!(page.contains("It is keyed as it should be") && page.contains("The item closes"), "{page}");

    let refused = second.send(&format!("{path}/refuse-check"), &[]).await.json();
    assert_eq!(refused["state"], "waiting");
    key(&keyer, &path).await;
    let closed = second.send(&format!("{path}/check"), &[]).await.json();
    assert_eq!((&closed["state"], &closed["answers"][0]["kind"]), (&"closed".into(), &"done".into()));
    let again = second.send(&format!("{path}/check"), &[]).await;
    assert_eq!((again.status, again.code().as_str()), (StatusCode::CONFLICT, "G-0604"));
    let log = audit(&world);
    for action in ["check-refused", "confirmed"] {
        let line = log.lines().find(|line| line.contains(&format!("\"{action}\""))).unwrap_or_default();
        assert!(line.contains(COLLEAGUE), "{action}: {line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_grants_the_longer_limit_once_with_evidence() {
    let world = World::new();
    let path = format!("/items/{}", world.submission(Category::Applicant, 1, hours(10), false).await);
    let erasure = format!("/items/{}", world.erasure(2, hours(1)).await);
    let router = console(&world);
    let (supervisor, colleague) =
        (Browser::signed_in(&router, OPERATOR).await, Browser::signed_in(&router, COLLEAGUE).await);
    let form = [("ground", "technical-problem"), ("evidence", "NCP-2026-7")];
    assert_eq!(colleague.send(&format!("{path}/extend"), &form).await.code(), "G-0920");
    assert!(colleague.page(&path).await.body.contains("A supervisor can grant the longer limit"));
    let page = supervisor.page(&path).await.body;
    assert!(page.contains("Number of the decision") && page.contains("The new end would be"), "{page}");
    let extend = format!("{path}/extend");
    assert_eq!(supervisor.send(&extend, &[("evidence", "NCP-1")]).await.code(), "G-0909", "no ground");
    let words = [("ground", "technical-problem"), ("evidence", "because of Jansen")];
    assert_eq!(supervisor.send(&extend, &words).await.code(), "G-0608");
    assert_eq!(supervisor.send(&format!("{erasure}/extend"), &form).await.code(), "G-0607");
    assert!(!supervisor.page(&erasure).await.body.contains("Number of the decision"), "the law has none");

    let before = supervisor.json(&path).await.json()["remaining_s"].as_i64().expect("a clock");
    let after = supervisor.send(&extend, &form).await.json();
    let gained = after["remaining_s"].as_i64().expect("a clock") - before;
    assert!((48 * 3600 - 60..=48 * 3600).contains(&gained), "{gained}");
    assert_eq!((&after["extended"], &after["longer_limit"]), (&true.into(), &serde_json::Value::Null));
    assert_eq!(supervisor.send(&extend, &form).await.code(), "G-0607", "once");
    let log = audit(&world);
    assert!(
        log.contains("\"clock-extended\"") && log.contains("NCP-2026-7") && !log.contains("Jansen"),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_message_stands_in_for_a_stopped_one() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = free.expect("a free port");
    let mut world = World::towards(&address.to_string());
    let site = read_site(world.folder.path());
    let _central = refusing(address, &site).await;
    let lane = world.work.take().expect("not run yet").run(site.central().expect("own certificates"));
    let lane = tokio::spawn(lane);
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    let first = world.submission(Category::Applicant, 1, hours(2), false).await;
    let path = format!("/items/{first}");
    while operator.json(&path).await.json()["state"] != "parked" {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(operator.page(&path).await.body.contains("There is no later message of the same kind"));
    let second = world.submission(Category::Applicant, 1, hours(1), false).await;
    let other = world.submission(Category::Applicant, 2, hours(1), false).await;
    assert_eq!(operator.json(&path).await.json()["successors"], serde_json::json!([second]));
    let page = operator.page(&path).await.body;
    assert!(page.contains(&format!("<option value=\"{second}\"")), "{page}");
    assert!(!page.contains(&format!("<option value=\"{other}\"")), "not of another person");
    let supersede = format!("{path}/supersede");
    assert_eq!(operator.send(&supersede, &[]).await.code(), "G-0909");
    assert_eq!(operator.send(&supersede, &[("successor", &other.to_string())]).await.code(), "G-0604");
    let closed = operator.send(&supersede, &[("successor", &second.to_string())]).await.json();
    assert_eq!(
        (&closed["state"], &closed["state_words"]),
        (&"closed".into(), &"Replaced by a later message".into())
    );
    assert!(audit(&world).contains("\"superseded\""));

    let person = operator.json(&format!("{path}/person")).await.json();
    assert_eq!((&person["total"], &person["items"][1]["id"]), (&2.into(), &serde_json::json!(first)));
    assert_eq!(person["items"][1]["timeline"][0]["step"], "Waiting");
    let page = operator.page(&format!("{path}/person")).await.body;
    for words in ["Captured", "Sealed", "Superseded", &format!("/items/{second}")] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains(REFERENCE) && !page.contains(&other.to_string()), "{page}");
    assert!(audit(&world).contains("person of item"));
    lane.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_taken_and_closed() {
    let world = World::new();
    let item = world.submission(Category::Applicant, 1, hours(1), false).await;
    world.answer(item, 1, Outcome::QualityInsufficient { fingers: Vec::new() }).await;
    let router = console(&world);
    let (operator, colleague) =
        (Browser::signed_in(&router, OPERATOR).await, Browser::signed_in(&router, COLLEAGUE).await);
    let auditor = Browser::signed_in(&router, AUDITOR).await;
    let tasks = operator.json("/tasks").await.json();
    assert_eq!((&tasks["total"], &tasks["tasks"][0]["kind"]), (&1.into(), &"retake".into()));
    assert!(tasks["tasks"][0]["due"].is_string(), "48 hours of its own");
    let queue = operator.page("/").await.body;
    assert!(queue.contains("1 task is open.") && queue.contains("See the tasks"), "{queue}");
    assert!(!auditor.page("/tasks").await.body.contains("/tasks/1/"), "an auditor reads");
    assert_eq!(auditor.send("/tasks/1/claim", &[]).await.code(), "G-0902");

    let held = colleague.send("/tasks/1/claim", &[]).await.json();
    assert_eq!(held["tasks"][0]["held_by"], COLLEAGUE);
    let refused = operator.submit("/tasks/1/close", &[("verdict", "done")]).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "G-0929"));
    assert!(refused.body.contains("operator-2 has taken this task"), "{}", refused.body);
    assert_eq!(colleague.send("/tasks/1/close", &[("verdict", "shrug")]).await.code(), "G-0909");
    assert_eq!(colleague.send("/tasks/1/close", &[("verdict", "hit-refuted")]).await.code(), "G-0610");
    assert_eq!(operator.send("/tasks/1/release", &[]).await.status, StatusCode::OK, "a supervisor may");
    let closed = colleague.send("/tasks/1/close", &[("verdict", "done")]).await.json();
    assert_eq!(closed["total"], 0);
    let again = colleague.submit("/tasks/1/close", &[("verdict", "done")]).await;
    assert_eq!(again.code(), "G-0610");
    assert!(again.body.contains("The task is closed, or cannot end this way"), "{}", again.body);
    let log = audit(&world);
    for action in ["task-claimed", "task-released", "task-closed"] {
        assert!(log.contains(&format!("\"{action}\"")), "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_opened_by_who_may_work_and_leaves_a_line() {
    let world = World::new();
    let own: ReferenceNumber = format!("NL1{REFERENCE}").parse().expect("well-formed");
    let notice = |kind, number: u128| Notice {
        notice_id: NoticeId::from_uuid(Uuid::from_u128(number)),
        raised_at: Timestamp::now(),
        kind,
        reference_number: own.clone(),
        changed: Some("D1XYZ".parse().expect("well-formed")),
        responsible_state: Some(MemberState::new("D").expect("letters")),
    };
    let first = notice(NoticeKind::ResponsibilityChanged, 1);
    let task = world.hub.take_notice(&first).await.expect("durable").expect("room");
    assert_eq!(world.hub.take_notice(&first).await.expect("known"), Some(task), "delivered again");
    let router = console(&world);
    let (operator, auditor) =
        (Browser::signed_in(&router, COLLEAGUE).await, Browser::signed_in(&router, AUDITOR).await);
    let tasks = operator.page("/tasks").await.body;
    assert!(tasks.contains("Another State became responsible") && tasks.contains("Open the notice"));
    assert!(!tasks.contains(REFERENCE), "nothing of it is shown before it is opened");
    let place = format!("/tasks/{}/open", task.0);
    assert_eq!(auditor.send(&place, &[]).await.code(), "G-0902");
    assert!(!audit(&world).contains("\"opened\""), "nobody has opened it");
    let page = operator.submit(&place, &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    for words in [REFERENCE, "D1XYZ", "Add the Member State responsible", "Art. 16(4)"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(audit(&world).contains(&format!("\"task {}\"", task.0)));
    let values = operator.send(&place, &[]).await.json();
    let named = |name: &str| {
        values["values"].as_array().and_then(|all| all.iter().find(|one| one["name"] == name)).cloned()
    };
    assert_eq!(named("responsible_state").map(|value| value["value"].clone()), Some("D".into()));
    operator.send(&format!("/tasks/{}/close", task.0), &[("verdict", "done")]).await.json();
    assert_eq!(
        operator.send(&place, &[]).await.status,
        StatusCode::NOT_FOUND,
        "its content is closed with it"
    );

    let other = notice(NoticeKind::ResidenceDocumentIssued, 2);
    let task = world.hub.take_notice(&other).await.expect("durable").expect("room");
    let page = operator.submit(&format!("/tasks/{}/open", task.0), &[]).await.body;
    assert!(page.contains("does not exist for the category of our data set"), "{page}");
    let retake = Browser::signed_in(&router, COLLEAGUE).await.send("/tasks/99/open", &[]).await;
    assert_eq!(retake.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interface_is_switched_with_the_number_that_was_shown() {
    let world = World::new();
    let first = world.erasure(1, hours(3)).await;
    world.erasure(1, hours(2)).await;
    let held = world.erasure(2, hours(1)).await;
    let router = console(&world);
    let (supervisor, colleague) =
        (Browser::signed_in(&router, OPERATOR).await, Browser::signed_in(&router, COLLEAGUE).await);
    let place = "/interfaces/erase-inaccurate";
    assert_eq!(colleague.json(place).await.code(), "G-0920");
    assert_eq!(colleague.send(place, &[("channel", "s2s")]).await.code(), "G-0920");
    assert_eq!(supervisor.json("/interfaces/erase-everything").await.code(), "G-0911");
    assert!(!colleague.page("/interfaces").await.body.contains(place), "no link that is refused");
    assert_eq!(colleague.send(&format!("/items/{held}/claim"), &[]).await.status, StatusCode::OK);

    let seen = supervisor.json(place).await.json();
    let s2s = &seen["choices"][0];
    let counts = ["moving", "behind", "held", "staying"].map(|count| s2s[count].as_u64().expect("a count"));
    assert_eq!((s2s["channel"].as_str(), counts), (Some("s2s"), [2, 1, 1, 1]));
    let page = supervisor.page(place).await.body;
    for words in [
        "2 items move.",
        "1 of them stays behind an earlier item",
        "1 is held by an operator and stays.",
        "Type the number of items that move, 2, to confirm",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let form = |count| [("channel", "s2s"), ("reason", "connection-proven"), ("count", count)];
    assert_eq!(supervisor.send(place, &form("")).await.code(), "G-0909");
    // One more arrives after the page was drawn: the number typed no longer holds, and nothing happens.
    world.erasure(3, hours(1)).await;
    let refused = supervisor.submit(place, &form("2")).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "G-0922"));
    assert!(refused.body.contains("which is 3"), "{}", refused.body);
    assert_eq!(supervisor.json(&format!("/items/{first}")).await.json()["state"], "waiting");
    let switched = supervisor.send(place, &form("3")).await.json();
    assert_eq!((&switched["channel"], &switched["switched"]["by"]), (&"s2s".into(), &OPERATOR.into()));
    let lane = supervisor.json(&format!("/items/{first}")).await.json()["state"].clone();
    assert!(["queued", "sending"].iter().any(|state| lane == *state), "{lane}");
    assert_eq!(supervisor.json(&format!("/items/{held}")).await.json()["state"], "claimed", "stays");
    assert!(supervisor.page("/interfaces").await.body.contains("switched by operator-1"));
    let line = audit(&world);
    let line = line.lines().find(|line| line.contains("\"channel-switched\"")).unwrap_or_default();
    assert!(line.contains("connection-proven") && line.contains(OPERATOR), "{line}");

    let choices = switched["choices"].as_array().expect("choices").clone();
    let table = choices.iter().find(|choice| choice["channel"] == "table").expect("a way back");
    let count = table["moving"].to_string();
    let back = [("channel", "table"), ("reason", "incident"), ("count", count.as_str())];
    let back = supervisor.send(place, &back).await.json();
    assert_eq!((&back["channel"], &back["switched"]), (&"web-interface".into(), &serde_json::Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_reader_sees_the_same_check_value() {
    let world = World::new();
    let path = format!("/items/{}", world.erasure(7, hours(1)).await);
    let router = console(&world);
    let (first, second) =
        (Browser::signed_in(&router, OPERATOR).await, Browser::signed_in(&router, COLLEAGUE).await);
    assert_eq!(first.json(&path).await.json()["check_value"], serde_json::Value::Null, "masked");
    let open = format!("{path}/open");
    let mine = first.send(&open, &[("reason", "key")]).await.json();
    let dutch = [("language", "nl")];
    assert_eq!(second.send("/language", &dutch).await.status, StatusCode::NO_CONTENT);
    let theirs = second.send(&open, &[("reason", "check")]).await.json();
    assert_ne!(mine["values"], theirs["values"], "labels and reader differ");
    assert_eq!(mine["check_value"], theirs["check_value"]);
    let value = mine["check_value"].as_str().expect("open");
    assert!(second.page(&path).await.body.contains(value));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_speaks_the_language_of_the_session() {
    let world = World::new();
    let item = world.erasure(1, hours(75)).await;
    let router = console(&world);
    let mut operator = Browser::signed_in(&router, OPERATOR).await;
    let colleague = Browser::signed_in(&router, COLLEAGUE).await;
    assert_eq!(operator.send("/language", &[("language", "de")]).await.code(), "G-0909");
    let chosen = operator.submit("/language", &[("language", "nl"), ("next", "/tasks")]).await;
    assert_eq!((chosen.status, chosen.header("location")), (StatusCode::SEE_OTHER, "/tasks"));
    let refusal = operator.page("/nowhere").await.body;
    assert!(refusal.contains("<html lang=\"nl\">") && refusal.contains("Deze pagina bestaat niet"));
    for (place, words) in [
        ("/", "1 bericht is te laat; de plicht blijft."),
        ("/tasks", "Er staat geen taak open."),
        ("/interfaces", "Ingevoerd door medewerkers"),
        ("/interfaces/erase-inaccurate", "Koppeling omschakelen"),
        ("/health", "Neemt werk aan."),
        (&format!("/items/{item}"), "Claimen en de waarden openen"),
        (&format!("/items/{item}/person"), "in de woorden van de kiosk"),
    ] {
        let page = operator.page(place).await;
        assert!(
            page.body.contains(words) && page.body.contains("<html lang=\"nl\">"),
            "{place}: {}",
            page.body
        );
        let english = colleague.page(place).await.body;
        assert!(english.contains("<html lang=\"en\">"), "a session of its own");
        // Whole sentences of the other language, beside names and the choice of language.
        for word in [" the ", " is ", " and ", "You ", "Waiting"] {
            let text = text_of(&page.body);
            if word != " is " {
                assert!(!text.contains(word), "{place} says {word:?} in Dutch: {text}");
            }
        }
    }
    operator.headers.push((axum::http::header::ACCEPT_LANGUAGE, "en".to_owned()));
    assert!(operator.page("/").await.body.contains("lang=\"nl\""), "the choice stands above the browser's");
    let mut fresh = Browser::with_card(&router, Some(AUDITOR));
    fresh.headers.push((axum::http::header::ACCEPT_LANGUAGE, "nl-NL".to_owned()));
    assert!(fresh.page("/sign-in").await.body.contains("Voer de pincode in"));
    assert!(audit(&world).contains("\"language\""));
}

/// What a page shows, without tags.
fn text_of(page: &str) -> String {
    let body = page.split_once("<body").map_or(page, |(_, body)| body);
    body.split('<')
        .filter_map(|piece| piece.split_once('>').map(|(_, text)| text))
        .collect::<Vec<_>>()
        .join(" ")
}
