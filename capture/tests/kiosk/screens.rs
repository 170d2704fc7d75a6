//! Cases over HTTP, as a script and as a browser see them.

use serde_json::Value;

use crate::fixture::{Script, TestSite};

const CERTAIN: [(&str, &str); 2] = [("age_certain", "yes"), ("accompanied", "no")];
const INFORMED: [(&str, &str); 3] = [("material", "general"), ("language", "en"), ("mode", "screen")];

#[tokio::test]
async fn a_boy_about_six_is_refused_and_nothing_is_kept() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    let (status, state) = script.person(&case, "6", &[("age_certain", "no"), ("accompanied", "yes")]).await;
    assert_eq!(status, 200, "an outcome, not an error: {state}");
    assert_eq!(
        (state["phase"].as_str(), state["outcome"].as_str()),
        (Some("ended"), Some("deemed-under-six"))
    );
    assert!(state["article"].as_str().is_some_and(|article| article.contains("14(1)")));
    let (status, _) = script.post(&format!("{case}/capture"), &[("step", "right-four")]).await;
    assert_eq!(status, 409);
    let (_, _, page) = script.page(&case).await;
    assert!(page.contains("Art. 14(1)") && !page.to_lowercase().contains("failed"));
    running.end().await;
    let running = site.start().await.expect("started again");
    let script = Script::sign_in(running.address).await;
    let home = script.get("/").await;
    assert_eq!(home["counts"]["to_finish"], 0);
    assert_eq!(home["age_refusals"][0]["why"], "deemed-under-six");
    assert!(!home.to_string().contains("Demo\""), "no name is left: {home}");
    running.end().await;
}

#[tokio::test]
async fn an_adult_is_captured_sealed_and_survives_a_restart() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    let (status, state) = script.person(&case, "30", &CERTAIN).await;
    assert_eq!((status, state["phase"].as_str()), (200, Some("gates")), "{state}");
    let (status, problem) = script.post(&format!("{case}/capture"), &[("step", "right-four")]).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("C-0430")));
    script.post(&format!("{case}/gates/information"), &INFORMED).await;
    take(&script, &case, "right-four").await;
    let (status, headers, _) = script.page(&format!("{case}/attempts/1.png")).await;
    assert_eq!((status, headers["content-type"].to_str().ok()), (200, Some("image/png")));
    running.end().await;

    let running = site.start().await.expect("started again");
    let script = Script::sign_in(running.address).await;
    let state = script.get(&case).await;
    assert_eq!(
        (state["phase"].as_str(), state["step"].as_str()),
        (Some("capture"), Some("left-four")),
        "{state}"
    );
    for step in ["left-four", "thumbs", "face"] {
        take(&script, &case, step).await;
    }
    script.until(&case, "ready-to-seal").await;
    let (status, _) = script.post(&format!("{case}/seal"), &[]).await;
    assert_eq!(status, 200);
    let state = script.until(&case, "ended").await;
    assert_eq!(state["outcome"], "complete");
    let reference = state["delivery"]["reference_number"].as_str().expect("a reference number").to_owned();
    assert!(reference.starts_with("NL1K1"), "{reference}");
    let (status, ..) = script.page(&format!("{case}/attempts/1.png")).await;
    assert_eq!(status, 404, "images end with sealing");
    running.end().await;

    let running = site.start().await.expect("started a third time");
    let script = Script::sign_in(running.address).await;
    assert_eq!(script.get("/").await["counts"]["to_send"], 1);
    assert_eq!(script.get(&case).await["delivery"]["reference_number"], reference.as_str());
    running.end().await;
}

async fn take(script: &Script, case: &str, step: &str) {
    let (status, state) = script.post(&format!("{case}/capture"), &[("step", step)]).await;
    assert_eq!((status, state["phase"].as_str()), (200, Some("sensing")), "{state}");
    let state = script.until(case, "review").await;
    let (status, problem) =
        script.post(&format!("{case}/accept"), &[("step", step), ("reason", "test")]).await;
    assert_eq!(status, 200, "{problem} after {state}");
}

#[tokio::test]
async fn a_child_is_captured_only_with_every_safeguard_and_the_mother() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    script.person(&case, "8", &[("age_certain", "yes"), ("accompanied", "yes")]).await;
    let gates: [(&str, &[(&str, &str)]); 4] = [
        ("training", &[]),
        ("best-interests", &[("confirmed", "yes"), ("note", "calm room")]),
        (
            "companion",
            &[
                ("kind", "family"),
                ("name", "Demo Mother"),
                ("relation", "mother"),
                ("adult", "yes"),
                ("present", "yes"),
            ],
        ),
        ("information", &[("material", "children"), ("language", "en"), ("mode", "infographic")]),
    ];
    for (gate, fields) in gates {
        let (status, problem) = script.post(&format!("{case}/capture"), &[("step", "right-four")]).await;
        assert_eq!((status, problem["code"].as_str()), (409, Some("C-0430")), "before {gate}");
        let (status, problem) = script.post(&format!("{case}/gates/{gate}"), fields).await;
        assert_eq!(status, 200, "{gate}: {problem}");
    }
    let (status, state) = script.post(&format!("{case}/capture"), &[("step", "right-four")]).await;
    assert_eq!((status, state["phase"].as_str()), (200, Some("sensing")));
    let (status, state) = script.post(&format!("{case}/companion-left"), &[]).await;
    assert_eq!((status, state["phase"].as_str()), (200, Some("interrupted")));
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let state = script.get(&case).await;
    assert_eq!(state["last_attempt"], Value::Null, "what the sensor still gave was dropped");
    running.end().await;
}

#[tokio::test]
async fn strangers_and_stale_forms_change_nothing() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    let stranger = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("client");
    let json = |request: reqwest::RequestBuilder| async {
        let answer = request.header("accept", "application/json").send().await.expect("an answer");
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap_or(Value::Null);
        (status, body["code"].as_str().unwrap_or_default().to_owned())
    };
    let url = |path: &str| format!("{}{path}", script.base);
    let check = |got: (u16, String), expect: (u16, &str)| assert_eq!((got.0, got.1.as_str()), expect);
    check(json(stranger.get(url(&case))).await, (401, "C-0701"));
    check(json(stranger.post(url(&format!("{case}/seal")))).await, (401, "C-0701"));
    check(
        json(script.http.post(url(&format!("{case}/seal"))).form(&[("csrf", "other")])).await,
        (403, "C-0705"),
    );
    check(json(script.http.get(url("/")).header("host", "evil.example")).await, (421, "C-0706"));
    let foreign = script
        .http
        .post(url("/cases"))
        .header("origin", "http://evil.example")
        .form(&[("csrf", &script.csrf)]);
    check(json(foreign).await, (421, "C-0706"));
    let large = "x".repeat(20_000);
    check(json(script.http.post(url("/cases")).form(&[("event_place", &large)])).await, (400, "C-0709"));
    let browser = stranger.get(url("/")).send().await.expect("an answer");
    assert_eq!(
        (browser.status().as_u16(), browser.headers()["location"].to_str().ok()),
        (303, Some("/sign-in"))
    );
    running.end().await;
}

#[tokio::test]
async fn every_page_keeps_the_content_policy() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    let mut paths =
        vec!["/sign-in".to_owned(), "/".into(), case.clone(), "/virtual".into(), "/nowhere".into()];
    script.person(&case, "30", &CERTAIN).await;
    paths.push(case.clone());
    script.post(&format!("{case}/gates/information"), &INFORMED).await;
    paths.push(case);
    for path in paths {
        let (_, headers, page) = script.page(&path).await;
        let policy = headers["content-security-policy"].to_str().expect("text");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        assert!(
            !page.contains(" style=") && !page.contains("<style") && !page.contains("javascript:"),
            "{path}"
        );
        assert!(!page.contains("<script>") && page.contains("<html lang="), "{path}");
        for id in page
            .match_indices(" for=\"")
            .filter_map(|(at, found)| page.get(at + found.len()..)?.split('"').next())
        {
            assert!(page.contains(&format!(" id=\"{id}\"")), "{path}: a label points to nothing: {id}");
        }
    }
    for asset in ["/kiosk.css", "/kiosk.js"] {
        assert_eq!(script.page(asset).await.0, 200);
    }
    running.end().await;
}

#[tokio::test]
async fn a_form_that_cannot_be_names_its_field_and_keeps_what_was_typed() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    let (status, problem) = script.person(&case, "30", &[("age_certain", "perhaps")]).await;
    assert_eq!(
        (status, problem["code"].as_str(), problem["field"].as_str()),
        (422, Some("C-0707"), Some("age_certain"))
    );
    let form = [
        ("csrf", script.csrf.as_str()),
        ("surnames", "Kept-Name"),
        ("age_years", "30"),
        ("age_basis", "declared"),
    ];
    let answer = script
        .http
        .post(format!("{}{case}/person", script.base))
        .form(&form)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status().as_u16(), 422);
    let page = answer.text().await.expect("a page");
    assert!(page.contains("value=\"Kept-Name\"") && page.contains("href=\"#age_certain\""));
    running.end().await;
}

#[tokio::test]
async fn a_second_officer_takes_over_and_both_stay_on_record() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let first = Script::sign_in(running.address).await;
    let case = first.open_case().await;
    first.person(&case, "30", &CERTAIN).await;
    let second = Script::sign_in_as("officer-2", running.address).await;
    let (_, _, page) = second.page(&case).await;
    assert!(page.contains("Officer officer-1 has this case."), "the second is told whose case it is");
    let officers = |state: &Value| -> Vec<String> {
        let list = state["officers"].as_array().expect("a list");
        list.iter().map(|one| one["staff"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(officers(&second.get(&case).await), ["officer-1"], "looking takes nothing over");
    second.post(&format!("{case}/gates/information"), &INFORMED).await;
    assert_eq!(officers(&second.get(&case).await), ["officer-1", "officer-2"]);
    running.end().await;
    let running = site.start().await.expect("started again");
    let second = Script::sign_in_as("officer-2", running.address).await;
    assert_eq!(officers(&second.get(&case).await), ["officer-1", "officer-2"], "also after a restart");
    for step in ["right-four", "left-four", "thumbs", "face"] {
        take(&second, &case, step).await;
    }
    second.until(&case, "ready-to-seal").await;
    second.post(&format!("{case}/seal"), &[]).await;
    let state = second.until(&case, "ended").await;
    assert_eq!(officers(&state), ["officer-1", "officer-2"], "and in the sealed record");
    running.end().await;
}

#[tokio::test]
async fn a_ninth_language_is_recorded_with_an_interpreter_and_never_as_read() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    script.person(&case, "30", &CERTAIN).await;
    let inform = async |other: &str, mode: &str| {
        let fields = [("material", "general"), ("language", "en"), ("other_language", other), ("mode", mode)];
        let (status, answer) = script.post(&format!("{case}/gates/information"), &fields).await;
        (status, answer["code"].as_str().map(str::to_owned), answer["field"].as_str().map(str::to_owned))
    };
    let refused = |field: &str| (422, Some("C-0707".to_owned()), Some(field.to_owned()));
    assert_eq!(inform("so", "screen").await, refused("mode"), "there is nothing to read in Somali");
    assert_eq!(inform("so", "leaflet").await, refused("mode"));
    assert_eq!(inform("Somali language", "interpreter").await, refused("other_language"));
    assert_eq!(inform("ar", "interpreter").await, refused("other_language"), "Arabic has texts of its own");
    assert_eq!(inform("so", "interpreter").await.0, 200);
    assert_eq!(script.get(&case).await["phase"], "capture");
    running.end().await;
}

#[tokio::test]
async fn the_language_of_the_persons_side_follows_the_choice_and_a_gap_is_no_reading() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    for (language, direction) in [
        ("nl", "ltr"),
        ("fr", "ltr"),
        ("ar", "rtl"),
        ("fa", "rtl"),
        ("ti", "ltr"),
        ("tr", "ltr"),
        ("uk", "ltr"),
        ("en", "ltr"),
    ] {
        let (status, state) = script.post(&format!("{case}/language"), &[("language", language)]).await;
        assert_eq!((status, state["language"].as_str()), (200, Some(language)));
        let (_, _, page) = script.page(&case).await;
        let side = format!("aria-live=\"polite\" lang=\"{language}\" dir=\"{direction}\"");
        assert!(page.contains(&side), "{language}: {side}");
    }
    let (status, problem) = script.post(&format!("{case}/language"), &[("language", "xx")]).await;
    assert_eq!(
        (status, problem["code"].as_str(), problem["field"].as_str()),
        (422, Some("C-0707"), Some("language"))
    );
    script.person(&case, "30", &CERTAIN).await;
    let inform = [("material", "general"), ("language", "ti"), ("mode", "screen")];
    let (status, problem) = script.post(&format!("{case}/gates/information"), &inform).await;
    assert_eq!(
        (status, problem["code"].as_str(), problem["field"].as_str()),
        (422, Some("C-0707"), Some("mode"))
    );
    script.post(&format!("{case}/language"), &[("language", "ti")]).await;
    let (_, _, page) = script.page(&case).await;
    assert!(
        page.contains("untranslated-mark") && page.contains("Not in Tigrinya"),
        "the gap is seen by both"
    );
    running.end().await;
}

#[tokio::test]
async fn home_tells_power_room_and_clock_and_the_panel_its_millimetres() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let home = script.get("/").await;
    assert!(home["cases_left"].as_u64().is_some(), "{home}");
    let trust = home["clock_trust"].as_str().expect("a word");
    assert!(["synchronised", "witnessed", "unconfirmed", "behind"].contains(&trust), "{trust}");
    let (_, _, page) = script.page("/").await;
    for name in ["Power", "Room", "Clock"] {
        assert!(page.contains(&format!("<span class=\"name\">{name}</span>")), "{name}");
    }
    assert!(page.contains("data-lock-s=\"300\"") && page.contains("data-blank-s=\"60\""));
    let (status, headers, style) = script.page("/panel.css").await;
    assert_eq!((status, headers["content-type"].to_str().ok()), (200, Some("text/css; charset=utf-8")));
    // 20 mm and 15 mm at 96 points per inch.
    assert!(style.contains("--key: 76px") && style.contains("--key-small: 57px"), "{style}");
    running.end().await;
}

/// Leaflets of the site: recorded under their own digest and language, and never as read on the screen.
#[tokio::test]
async fn a_leaflet_of_the_site_is_recorded_with_its_digest() {
    let site = TestSite::new();
    std::fs::write(site.path("so.txt"), "We explain.").expect("written");
    let leaflet = |id: &str, for_children: bool| {
        format!(
            "[[leaflet]]\nid = \"{id}\"\nname = \"Leaflet {id}\"\nfor_children = {for_children}\nlanguage = \"so\"\n\
             file = \"so.txt\"\nsha256 = \"{}\"\n",
            crate::start::EXPLAINED_SHA256
        )
    };
    let rows = format!("{}{}{}", site.kiosk_toml, leaflet("so-adults", false), leaflet("so-children", true));
    site.write_signed("kiosk.toml", &rows);
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let case = script.open_case().await;
    script.person(&case, "8", &[("age_certain", "yes"), ("accompanied", "yes")]).await;
    let (_, _, page) = script.page(&case).await;
    assert!(
        page.contains("/leaflets/so-children") && !page.contains("so-adults"),
        "only what is made for children"
    );
    let inform = async |material: &str, mode: &str| {
        let fields = [("material", material), ("language", "en"), ("mode", mode)];
        let (status, answer) = script.post(&format!("{case}/gates/information"), &fields).await;
        (status, answer["code"].as_str().map(str::to_owned))
    };
    assert_eq!(inform("so-children", "screen").await, (422, Some("C-0707".to_owned())));
    assert_eq!(inform("so-adults", "leaflet").await, (409, Some("C-0424".to_owned())));
    assert_eq!(inform("so-other", "leaflet").await, (422, Some("C-0707".to_owned())));
    assert_eq!(inform("so-children", "leaflet").await.0, 200);
    running.end().await;
}

/// A browser set to another language must not turn the third of April into the fourth of March.
#[tokio::test]
async fn dates_are_typed_in_one_order_and_kept_when_they_are_wrong() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    let (_, _, home) = script.page("/").await;
    assert!(
        !home.contains("type=\"date") && home.contains("aria-describedby=\"event_date-order\""),
        "{home}"
    );
    let open = async |day: &str, time: &str| {
        let fields =
            [("category", "1"), ("event_date", day), ("event_time", time), ("event_place", "Kept Harbour")];
        script.post("/cases", &fields).await
    };
    let (status, problem) = open("07/13/2026", "10:00").await;
    assert_eq!((status, problem["field"].as_str()), (422, Some("event_date")), "{problem}");
    assert_eq!(open("01-07-2026", "10 am").await.1["field"], "event_time");
    assert_eq!(open("01-07-2099", "10:00").await.1["field"], "event_date", "not yet");
    let (status, opened) = open("01-07-2026", "10:00").await;
    assert_eq!(status, 201, "{opened}");
    let case = format!("/cases/{}", opened["case"].as_str().expect("a case"));
    assert!(
        script.get(&case).await["clock"]["start"].as_str().is_none_or(|start| start.starts_with("2026-0"))
    );

    // As a browser does it: the page comes back with what was typed.
    let submit = async |path: &str, fields: &[(&str, &str)]| {
        let mut form = fields.to_vec();
        form.push(("csrf", &script.csrf));
        let answer =
            script.http.post(format!("{}{path}", script.base)).form(&form).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a page"))
    };
    let typed = [
        ("category", "1"),
        ("event_date", "31-02-2026"),
        ("event_time", "10:00"),
        ("event_place", "Kept Harbour"),
    ];
    let (status, page) = submit("/cases", &typed).await;
    assert_eq!(status, 422);
    assert!(page.contains("value=\"31-02-2026\"") && page.contains("value=\"Kept Harbour\""), "{page}");
    assert!(page.contains("href=\"#event_date\"") && page.contains("25-03-2026"), "{page}");
    let person = [("surnames", "Demo"), ("birth_date", "04-31-1990"), ("age_basis", "document")];
    let (status, page) = submit(&format!("{case}/person"), &person).await;
    assert_eq!(status, 422);
    assert!(page.contains("value=\"04-31-1990\"") && page.contains("href=\"#birth_date\""), "{page}");
    assert!(page.contains("inputmode=\"numeric\"") && page.contains("id=\"birth_date-order\""), "{page}");

    // Read in the officer's order, in ISO order, and in part.
    for (date, band) in
        [("03-04-2012", "adolescent"), ("2012-04-03", "adolescent"), ("1990", "adult"), ("04-1990", "adult")]
    {
        let case = script.open_case().await;
        let fields = [
            ("surnames", "Demo"),
            ("birth_date", date),
            ("age_basis", "document"),
            ("age_certain", "yes"),
            ("accompanied", "yes"),
            ("sex", "F"),
            ("nationality", "XXA"),
        ];
        let (status, state) = script.post(&format!("{case}/person"), &fields).await;
        assert_eq!((status, state["band"].as_str()), (200, Some(band)), "{date}: {state}");
    }
    running.end().await;
}
