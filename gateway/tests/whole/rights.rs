//! Who may what, through real TLS: purpose, State of origin, the second person, one's own answers alone; and what the
//! audit log says of it.

use gateway::audit;
use gateway::hub::{OpenReason, Who};
use icd::category::Category;
use icd::identifier::StaffId;
use icd::operation::Operation;
use reqwest::StatusCode;

use crate::link::{House, collect, problem};
use crate::sample;
use crate::site::all_bytes;

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_is_allowed_for_its_purposes_alone() {
    let house = House::with(|site| {
        let right = "[[partner.right]]\noperation = \"submit\"\npurposes = [\"asylum\"]\n";
        site.sign("gateway.toml", &site.text.replacen("operations = [\"submit\"]\n", right, 1));
    })
    .await;
    let kiosk = house.site.kiosk();
    let asked = |category: Category| {
        sample::submission_with("kiosk-1", "00000001", move |submission| submission.category = category)
    };
    for category in [Category::IrregularCrossing, Category::Disembarked, Category::LawEnforcementNational] {
        let refused = problem(house.send(&kiosk, &asked(category)).await).await;
        assert_eq!((refused.0, refused.1.as_str()), (403, "G-0955"), "{category:?}");
    }
    let taken = house.send(&kiosk, &asked(Category::Applicant)).await;
    assert_eq!(taken.status(), StatusCode::CREATED);

    // The short list holds for every purpose but law enforcement.
    let partner = house.site.client(&house.site.authority().card("partner-1"));
    let reserved = sample::submission_with("partner-1", "00000002", |submission| {
        submission.category = Category::LawEnforcementEuropol;
    });
    assert_eq!(problem(house.send(&partner, &reserved).await).await.1, "G-0955");
    house.daemon.stop().await;
    let site = &house.site;
    site.sign(
        "gateway.toml",
        &site.text.replacen(
            "operations = [\"submit\"]\n",
            "[[partner.right]]\noperation = \"submit\"\npurposes = [\"everything\"]\n",
            1,
        ),
    );
    assert_eq!(site.read().expect_err("no such purpose").code(), "G-0103");
}

/// Art. 40(3): only the State of origin may change or erase; Art. 16 and 25 name others for some additions, Art. 3(6) and
/// 38(6) are messages about others' data. Written out from the law, not from the table under test.
#[tokio::test(flavor = "multi_thread")]
async fn of_the_twenty_changes_only_those_the_law_opens_go_to_foreign_data() {
    const OPEN: [&str; 9] = [
        "add-responsible-state",
        "arrival-after-take-charge",
        "arrival-after-take-back",
        "responsibility-shifted",
        "add-relocation-state",
        "arrival-in-relocation-state",
        "take-over-mark",
        "report-wrong-hit",
        "confirm-link",
    ];
    let changes = &Operation::ALL[1..];
    assert_eq!(changes.len(), 20);
    let house = House::with(|site| {
        let all: Vec<String> = changes.iter().map(|change| format!("\"{}\"", change.code())).collect();
        let row = format!("operations = [{}]", all.join(", "));
        site.sign(
            "gateway.toml",
            &site.text.replace("operations = [\"submit\", \"erase-inaccurate\"]", &row),
        );
    })
    .await;
    let partner = house.site.client(&house.site.authority().card("partner-1"));
    for change in changes {
        let category = if *change == Operation::MarkResidenceDocument { 2 } else { 1 };
        let foreign = sample::change("partner-1", *change, &format!("DE{category}00000001"));
        let response = house.send(&partner, &foreign).await;
        let refused = response.status() == StatusCode::UNPROCESSABLE_ENTITY
            && problem(response).await.2.contains(&"G-0425".to_owned());
        assert_eq!(refused, !OPEN.contains(&change.code()), "{}", change.code());
        let own = sample::change("partner-1", *change, &format!("NL{category}00000001"));
        let response = house.send(&partner, &own).await;
        if response.status() == StatusCode::UNPROCESSABLE_ENTITY {
            assert!(!problem(response).await.2.contains(&"G-0425".to_owned()), "{}", change.code());
        }
    }
    let foreign = sample::submission_with("partner-1", "00000002", |submission| {
        submission.reference_number = "DE100000002".parse().expect("well-formed");
    });
    let refused = house.send(&partner, &foreign).await;
    assert_ne!(refused.status(), StatusCode::CREATED, "a first transmission in another State's name");
    house.daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_takes_two_persons_where_the_site_says_so() {
    for (rule, two) in [("", false), ("[policy]\nsecond_check = \"erasures\"\n", true)] {
        let house = House::with(|site| {
            site.sign("gateway.toml", &site.text.replacen("[[partner]]", &format!("{rule}[[partner]]"), 1));
        })
        .await;
        let partner = house.site.client(&house.site.authority().card("partner-1"));
        let erasure = sample::erasure("partner-1", "00000001");
        assert_eq!(house.send(&partner, &erasure).await.status(), StatusCode::CREATED);
        let hub = house.daemon.hub();
        let item = hub.items(jiff::Timestamp::now(), |_| true)[0].id;
        let person = |name: &str| StaffId::new(name).expect("plain");
        let who = |name: &str| Who { origin: "console test".to_owned(), actor: name.to_owned() };
        let (first, second) = (person("operator-1"), person("operator-2"));
        let claim = hub.claim(item, &first, &who("operator-1")).await.expect("free");
        hub.confirm((item, claim.fence), "WEB-1", &first, &who("operator-1")).await.expect("its own claim");
        let stage = || hub.items(jiff::Timestamp::now(), |found| found.id == item)[0].stage;
        if two {
            assert_eq!(stage(), "keyed", "one person is not enough");
            let own = hub.check_keyed(item, &first, &who("operator-1")).await;
            assert!(own.is_err(), "nobody checks their own work");
            assert_eq!(stage(), "keyed");
            hub.check_keyed(item, &second, &who("operator-2")).await.expect("another person");
        }
        assert_eq!(stage(), "closed", "{rule}");
        house.daemon.stop().await;
    }
}

/// What another party may not read, and what is written about what was read. No line holds a name or number of the run.
#[tokio::test(flavor = "multi_thread")]
async fn reading_is_logged_and_the_log_holds_no_value() {
    let house = House::new().await;
    let kiosk = house.site.kiosk();
    let other = house.site.client(&house.site.authority().card("partner-1"));
    let stranger = house.site.client(&house.site.authority().card("kiosk-9"));
    let sample = sample::submission("kiosk-1", "47110815");
    assert_eq!(house.send(&kiosk, &sample).await.status(), StatusCode::CREATED);
    let answer = collect(&house, &kiosk).await.remove(0);
    assert!(collect_now(&house, &other).await.is_empty(), "somebody else's answer");
    let state = house.url(&format!("/v1/transactions/{}", sample.message_id));
    assert_eq!(kiosk.get(&state).send().await.expect("a reply").status(), StatusCode::OK);
    assert_eq!(other.get(&state).send().await.expect("a reply").status(), StatusCode::NOT_FOUND);
    let theirs = house.url(&format!("/v1/answers/{}/acknowledgement", answer.answer_id));
    assert_eq!(other.post(&theirs).send().await.expect("a reply").status(), StatusCode::NOT_FOUND);
    let foreign = stranger.get(house.url("/v1/answers")).send().await.expect("a reply");
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let erasure = sample::erasure("partner-1", "47110815");
    assert_eq!(house.send(&other, &erasure).await.status(), StatusCode::CREATED);
    let hub = house.daemon.hub();
    let item =
        hub.items(jiff::Timestamp::now(), |item| item.arrival.operation == Operation::EraseInaccurate)[0].id;
    let who = Who { origin: "console test".to_owned(), actor: "operator-1".to_owned() };
    hub.open_item(item, OpenReason::Key, &who).await.expect("there");
    let checkpoint = house.site.client(&house.site.authority().card("partner-1"));
    let checkpoint = checkpoint.get(house.url("/v1/audit-checkpoint")).send().await.expect("a reply");
    assert_eq!(checkpoint.status(), StatusCode::OK);
    house.site.write("kept.json", &checkpoint.text().await.expect("a body"));
    let seen = hub.installation().await.expect("readable");
    let shown = serde_json::to_string(&seen).expect("JSON");
    house.daemon.stop().await;

    let folder = house.site.store().join("audit");
    let mut log = Vec::new();
    audit::export(&folder, &mut log).expect("readable");
    let log = String::from_utf8(log).expect("text");
    let said = |action: &str, actor: &str, result: &str| {
        log.lines().any(|line| {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            line["action"] == action
                && line["actor"] == actor
                && line["result"].as_str().expect("text").starts_with(result)
        })
    };
    assert!(said("accepted", "kiosk-1", "submit of category 1 for asylum"), "{log}");
    assert!(said("answers-delivered", "kiosk-1", "done"));
    assert!(said("state-read", "kiosk-1", "done"));
    assert!(said("state-read", "partner-1", "G-0404"));
    assert!(said("refused", "kiosk-9", "G-0403"));
    assert!(said("opened", "operator-1", ""));
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        for field in ["action", "object", "result", "origin", "actor", "at"] {
            assert!(line[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {line}");
        }
    }
    let stored = all_bytes(&folder);
    let values =
        [sample::SURNAME, "Verzonnen", "47110815", "NL1", "Plaats", "XXA", "1990", "wrong reference number"];
    for value in values {
        assert!(!log.contains(value), "{value} is in the log");
        assert!(
            !stored.windows(value.len()).any(|found| found == value.as_bytes()),
            "{value} is on the disk"
        );
        assert!(!shown.contains(value), "{value} is shown to the administrator");
    }
    let kept = audit::read_checkpoints(&house.site.path("kept.json")).expect("a checkpoint");
    let report = audit::verify_path(&folder, &house.site.receipt_key, Vec::new(), kept).expect("sound");
    assert!(report.checkpoints >= 2, "{report:?}");
    let proof = audit::prove(&folder, sample.message_id).expect("covered since it closed");
    proof.verify(&house.site.receipt_key, None).expect("it holds");
}

async fn collect_now(house: &House, client: &reqwest::Client) -> Vec<icd::message::Answer> {
    let response = client.get(house.url("/v1/answers")).send().await.expect("a reply");
    let body = response.bytes().await.expect("a body");
    icd::message::AnswerList::from_xml(&body).expect("a list").answers
}
