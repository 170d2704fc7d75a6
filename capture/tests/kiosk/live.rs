//! The live picture over HTTP: hints while the sensor is on, taken by itself, and gone when a safeguard stops it.

use std::time::Duration;

use serde_json::Value;

use crate::fixture::{Script, TestSite};

/// Reads server-sent events as they come.
struct Events {
    answer: reqwest::Response,
    text: String,
}

impl Events {
    async fn open(script: &Script, case: &str) -> Self {
        let url = format!("{}{case}/live", script.base);
        let answer = script.http.get(url).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200);
        Self { answer, text: String::new() }
    }

    /// Name and data of the next event; `None` when none comes within `time`.
    async fn next(&mut self, time: Duration) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name));
                    line.map(|value| value.trim().to_owned())
                };
                let found = field("event:").map(|name| {
                    let data = field("data:").unwrap_or_default();
                    (name, serde_json::from_str(&data).unwrap_or(Value::Null))
                });
                self.text = rest.to_owned();
                match found {
                    Some(found) => return Some(found),
                    // A comment that keeps the line open.
                    None => continue,
                }
            }
            let chunk =
                tokio::time::timeout(time, self.answer.chunk()).await.ok()?.expect("the stream stands")?;
            self.text.push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }

    async fn until_dark(&mut self) -> Vec<Value> {
        let mut seen = Vec::new();
        loop {
            match self.next(Duration::from_secs(30)).await {
                Some((name, _)) if name == "dark" => return seen,
                Some((name, data)) => {
                    assert_eq!(name, "live");
                    seen.push(data);
                }
                None => panic!("the sensor never went dark; last seen {:?}", seen.last()),
            }
        }
    }
}

async fn ready_adult(script: &Script) -> String {
    let case = script.open_case().await;
    script.person(&case, "30", &[("age_certain", "yes"), ("accompanied", "no")]).await;
    let informed = [("material", "general"), ("language", "en"), ("mode", "screen")];
    script.post(&format!("{case}/gates/information"), &informed).await;
    case
}

/// Hints in the order in which they were shown, each once per showing.
fn shown(seen: &[Value]) -> Vec<String> {
    let mut hints: Vec<String> =
        seen.iter().map(|one| one["picture"].as_str().unwrap_or("hold").to_owned()).collect();
    hints.dedup();
    hints
}

#[tokio::test]
async fn a_hand_is_followed_from_the_empty_glass_until_it_is_taken_by_itself() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    script.tempo("human").await;
    let case = ready_adult(&script).await;
    script.post(&format!("{case}/language"), &[("language", "ar")]).await;
    let mut events = Events::open(&script, &case).await;
    let (status, _) = script.post(&format!("{case}/capture"), &[("step", "right-four")]).await;
    assert_eq!(status, 200);
    let (_, first) = events.next(Duration::from_secs(30)).await.expect("a first sight");
    assert_eq!(first["picture"], "hand-all-fingers", "the first frame already says something: {first}");
    assert_eq!((first["language"].as_str(), first["direction"].as_str()), (Some("ar"), Some("rtl")));
    assert_eq!(first["officer"], "Place all fingers flat on the glass");
    let picture = script.http.get(format!("{}{case}/live.jpg", script.base)).send().await.expect("an answer");
    assert_eq!(
        (picture.status().as_u16(), picture.headers()["content-type"].to_str().ok()),
        (200, Some("image/jpeg"))
    );
    assert_eq!(picture.headers()["cache-control"], "no-store");
    let seen = events.until_dark().await;
    assert!(seen.len() > 10, "only {} frames", seen.len());
    let last = seen.last().expect("frames");
    assert_eq!(
        (last["steady"].as_bool(), last["marks"].as_array().map(Vec::len)),
        (Some(true), Some(4)),
        "{last}"
    );
    let numbers: Vec<u64> = seen.iter().filter_map(|one| one["number"].as_u64()).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "frames come in order: {numbers:?}");
    let state = script.until(&case, "review").await;
    assert_eq!(state["last_attempt"]["accepted"], true, "nobody pressed anything: {state}");
    let (status, _, _) = script.page(&format!("{case}/live.jpg")).await;
    assert_eq!(status, 409, "the picture went with the sensor");
    drop(events);
    running.end().await;
}

#[tokio::test]
async fn what_the_hand_does_is_what_the_hint_says() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    script.tempo("human").await;
    let case = ready_adult(&script).await;
    for (behaviour, hint) in [
        ("shifted", "hand-centre"),
        ("missing-finger", "hand-all-fingers"),
        ("swapped-hands", "hand-other"),
        ("smear", "hold-still"),
    ] {
        script.post("/virtual", &[("behaviour", behaviour)]).await;
        let mut events = Events::open(&script, &case).await;
        script.post(&format!("{case}/capture"), &[("step", "right-four")]).await;
        let mut seen = Vec::new();
        // Long enough for the hand to have come in and for a hint to have had its second.
        while let Some((name, data)) = events.next(Duration::from_secs(30)).await {
            assert_eq!(name, "live", "{behaviour}: taken before the hint came: {:?}", shown(&seen));
            seen.push(data);
            if shown(&seen).last().is_some_and(|last| last == hint) && seen.len() > 30 {
                break;
            }
        }
        assert!(shown(&seen).iter().any(|one| one == hint), "{behaviour}: {:?}", shown(&seen));
        script.post(&format!("{case}/stop"), &[]).await;
        drop(events);
        script.until(&case, "capture").await;
    }
    running.end().await;
}

#[tokio::test]
async fn when_the_companion_leaves_no_further_frame_is_delivered() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    script.tempo("human").await;
    // A hand over the edge stays there, so that the sensor would go on for seconds.
    script.post("/virtual", &[("behaviour", "shifted")]).await;
    let case = script.open_case().await;
    script.person(&case, "8", &[("age_certain", "yes"), ("accompanied", "yes")]).await;
    script.child_gates(&case).await;
    let mut events = Events::open(&script, &case).await;
    let (status, state) = script.post(&format!("{case}/capture"), &[("step", "right-four")]).await;
    assert_eq!((status, state["phase"].as_str()), (200, Some("sensing")));
    for number in 0..3 {
        let (name, data) = events.next(Duration::from_secs(30)).await.expect("a frame");
        assert_eq!(name, "live");
        if number == 0 {
            // A child reads words of their own, the officer the usual ones.
            assert_eq!(data["words"], "Lay your fingers softly on the glass", "{data}");
            assert_eq!(data["officer"], "Place all fingers flat on the glass", "{data}");
        }
    }
    let (status, state) = script.post(&format!("{case}/companion-left"), &[]).await;
    assert_eq!((status, state["phase"].as_str()), (200, Some("interrupted")));
    let (status, _, _) = script.page(&format!("{case}/live.jpg")).await;
    assert_eq!(status, 409, "no picture once the answer to the companion's leaving is there");
    // What was on the wire already may still be read; then it is dark, and nothing follows.
    events.until_dark().await;
    assert_eq!(events.next(Duration::from_secs(2)).await, None, "a frame after the companion left");
    let state = script.get(&case).await;
    assert_eq!((state["phase"].as_str(), state["last_attempt"].is_null()), (Some("interrupted"), true));
    drop(events);
    running.end().await;
}

#[tokio::test]
async fn the_officer_can_take_it_now_and_only_while_the_sensor_is_on() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    script.tempo("human").await;
    script.post("/virtual", &[("behaviour", "missing-finger")]).await;
    let case = ready_adult(&script).await;
    let (status, problem) = script.post(&format!("{case}/take-now"), &[]).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("C-0730")));
    script.post(&format!("{case}/capture"), &[("step", "right-four")]).await;
    let (status, _) = script.post(&format!("{case}/take-now"), &[]).await;
    assert_eq!(status, 200);
    let state = script.until(&case, "review").await;
    assert_eq!(state["last_attempt"]["accepted"], false, "three fingers are not four: {state}");
    running.end().await;
}

#[tokio::test]
async fn a_stranger_sees_no_live_picture() {
    let site = TestSite::new();
    let running = site.start().await.expect("started");
    let script = Script::sign_in(running.address).await;
    script.tempo("human").await;
    let case = ready_adult(&script).await;
    let other = ready_adult(&script).await;
    let events = Events::open(&script, &case).await;
    script.post(&format!("{case}/capture"), &[("step", "right-four")]).await;
    let stranger = reqwest::Client::builder().no_proxy().build().expect("a client");
    for path in ["live", "live.jpg"] {
        let url = format!("{}{case}/{path}", script.base);
        let answer = stranger.get(url).header("accept", "application/json").send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 401, "{path}");
    }
    let (status, _, _) = script.page(&format!("{other}/live.jpg")).await;
    assert_eq!(status, 409, "another case does not see it either");
    drop(events);
    running.end().await;
}
