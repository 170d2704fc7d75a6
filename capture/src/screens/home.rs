//! Sign-in, home with its three numbers, and the panel of the virtual devices.

use icd::category::Category;
use jiff::Timestamp;
use maud::{Markup, html};

use super::auth::SignedIn;
use super::form::Form;
use super::layout::{Frame, brand, page, summary, token};
use super::{App, carry, case_page, dates, picture, state, time, words};
use crate::daemon::condition::{ClockTrust, Power};
use crate::daemon::{CaseSnapshot, HomeSnapshot};
use crate::device::{Behaviour, Health, Looks, Pose, Scene, Tempo, Trouble};
use crate::error::Error;
use crate::parameters::{BATTERY_LOW_PERCENT, CASES_LEFT_LOW};
use crate::session::AgeRefusal;

/// The sign-in page.
pub(super) fn sign_in(app: &App, error: Option<&Error>) -> Markup {
    let frame = Frame { title: "Sign in", path: "plain", bar: brand(), officer: None, look_again_s: None };
    page(
        &frame,
        html! {
            main id="content" class="single" {
                section class="card narrow sign-in" {
                    p class="muted" { "Kiosk " (app.kiosk_id) " · " (app.site) }
                    h1 { "Sign in" }
                    @if let Some(error) = error { (summary(error)) }
                    form method="post" action="/sign-in" class="fields" autocomplete="off" {
                        div class="field wide" {
                            label for="staff" { "Staff identifier" }
                            input id="staff" name="staff" required autocomplete="username" autocapitalize="none" spellcheck="false" autofocus;
                        }
                        div class="field" {
                            label for="pin" { "PIN" }
                            input id="pin" name="pin" type="password" inputmode="numeric" required autocomplete="current-password";
                        }
                        div class="field" {
                            label for="code" { "Code from your device" }
                            input id="code" name="code" inputmode="numeric" pattern="[0-9]*" maxlength="8" autocomplete="one-time-code";
                        }
                        div class="wide keys" { button class="key primary" type="submit" { "Sign in" } }
                    }
                }
            }
        },
    )
}

/// The home page.
pub(super) fn home(
    app: &App,
    officer: &SignedIn,
    home: &HomeSnapshot,
    error: Option<&Error>,
    typed: &Form,
) -> Markup {
    let bar = html! { (brand()) span class="muted" { "Kiosk " (app.kiosk_id) " · " (app.site) } };
    let who = Some((officer.operator.staff.as_str(), officer.csrf.as_str()));
    let frame = Frame { title: "Start", path: "plain", bar, officer: who, look_again_s: Some(15) };
    page(
        &frame,
        html! {
            main id="content" class="home" data-events="/events" data-version=(version(home)) {
                @if let Some(error) = error { (summary(error)) }
                h1 class="hidden" { "Start page" }
                section class="numbers" aria-label="Where the cases are" {
                    (number("to-finish", home.to_finish.len(), "To finish", "still being captured here"))
                    (number("to-send", home.to_send.len(), "To send", &oldest_words(home)))
                    (number("confirmed", home.confirmed.len(), "Confirmed", "receipt verified, erased here"))
                }
                div class="columns" {
                    (new_case(app, officer, home.now, typed))
                    div class="stack" {
                        (health(home))
                        (carry::retakes(officer, home))
                        (carry::card(officer, home))
                        (lists(home))
                        @if app.scene.is_some() { p { a class="key small" href="/virtual" { "Virtual devices" } } }
                    }
                }
            }
        },
    )
}

fn version(home: &HomeSnapshot) -> String {
    let stages = |list: &[CaseSnapshot]| list.iter().map(state::version).collect::<Vec<_>>().join("+");
    format!("{}/{}/{}", stages(&home.to_finish), stages(&home.to_send), stages(&home.confirmed))
}

fn number(class: &str, count: usize, name: &str, below: &str) -> Markup {
    html! {
        div class=(format!("number {class}")) {
            span class="figure" { (count) }
            span class="name" { (name) }
            span class="muted" { (below) }
        }
    }
}

fn oldest_words(home: &HomeSnapshot) -> String {
    match state::oldest(home) {
        Some(at) => format!("oldest {}", time::duration(home.now.duration_since(at))),
        None => "nothing waits".to_owned(),
    }
}

fn new_case(app: &App, officer: &SignedIn, now: Timestamp, typed: &Form) -> Markup {
    let (day, hour) = time::fields(now);
    let kept = |field: &str, usual: &str| {
        let text = typed.text(field);
        if text.is_empty() { usual.to_owned() } else { text.to_owned() }
    };
    let chosen = typed.text("category");
    html! {
        section class="card" aria-labelledby="new-case" {
            h2 id="new-case" { "Open a case" }
            form method="post" action="/cases" class="fields" {
                (token(&officer.csrf))
                fieldset class="wide choices" id="category" {
                    legend { "What brings the person here" }
                    @for (index, category) in app.categories.iter().enumerate() {
                        @let marked = if chosen.is_empty() { index == 0 } else { chosen.chars().eq([category.code()]) };
                        (category_choice(*category, marked))
                    }
                }
                (dates::field("event_date", "Day it happened", &kept("event_date", &day), "Day-month-year, as 25-03-2026. The legal clock starts here.", true))
                div class="field" {
                    label for="event_time" { "Time" }
                    input id="event_time" name="event_time" required inputmode="numeric" maxlength="5" autocomplete="off"
                        value=(kept("event_time", &hour)) aria-describedby="event_time-note";
                    span class="note" id="event_time-note" { "24 hours, as 14:05, in " (time::zone_name(now)) "." }
                }
                div class="field wide" {
                    label for="event_place" { "Where" }
                    input id="event_place" name="event_place" required maxlength="120" autocomplete="off" value=(typed.text("event_place"));
                }
                div class="wide keys" { button class="key primary" type="submit" { "Open the case" } }
            }
        }
    }
}

fn category_choice(category: Category, marked: bool) -> Markup {
    let rule = category.rule();
    html! {
        label class="choice" {
            input type="radio" name="category" value=(category.code()) required checked[marked];
            span class="choice-text" {
                strong { (words::capital(rule.legal_name)) }
                span class="muted" { "Art. " (rule.article) }
            }
        }
    }
}

fn health(home: &HomeSnapshot) -> Markup {
    html! {
        section class="card" aria-labelledby="health" {
            h2 id="health" { "This kiosk" }
            ul class="health" {
                @for device in &home.devices {
                    (health_row(
                        if device.fingers { "Fingers" } else { "Face" },
                        &device.description.model,
                        device_state(&device.health),
                    ))
                }
                @let since = home.link.since.map(|at| format!("not reached for {}", time::duration(home.now.duration_since(at))));
                @let words = since.unwrap_or_else(|| match home.link.well_at {
                    Some(at) => format!("answered {}", time::ago(at, home.now)),
                    None => "not asked yet".to_owned(),
                });
                (health_row("Gateway", &words, link_state(home)))
                (power_row(home.condition.power))
                (room_row(home.condition.cases_left))
                (clock_row(home.condition.clock, home.now))
                @match &home.store_trouble {
                    None => { (health_row("Case store", "keeps what is accepted", ("ok", "Ready"))) },
                    Some(trouble) => { (health_row("Case store", &trouble.message, ("low", &trouble.code))) }
                }
            }
        }
    }
}

fn power_row(power: Power) -> Markup {
    match power {
        Power::Mains => health_row("Power", "on the mains, no battery", ("ok", "Mains")),
        Power::Battery { percent, charging } => {
            let words = if charging { "charging" } else { "on battery" };
            let class = if percent > BATTERY_LOW_PERCENT || charging { "ok" } else { "low" };
            health_row("Power", words, (class, &format!("{percent} %")))
        }
    }
}

fn room_row(cases_left: Option<u64>) -> Markup {
    match cases_left {
        Some(left) if left > CASES_LEFT_LOW => {
            health_row("Room", "on the disk, before anything is sent", ("ok", &format!("{left} cases left")))
        }
        Some(left) => {
            health_row("Room", "send or carry cases away soon", ("low", &format!("{left} cases left")))
        }
        None => health_row("Room", "the disk does not tell", ("low", "Unknown")),
    }
}

fn clock_row(clock: ClockTrust, now: Timestamp) -> Markup {
    match clock {
        ClockTrust::Synchronised { at } => {
            health_row("Clock", &format!("set by the time service {}", time::ago(at, now)), ("ok", "Trusted"))
        }
        ClockTrust::Witnessed { at } => health_row(
            "Clock",
            &format!("agreed with a signed receipt {}", time::ago(at, now)),
            ("ok", "Trusted"),
        ),
        ClockTrust::Unconfirmed => health_row(
            "Clock",
            "nobody has confirmed it lately: compare it with another clock",
            ("low", "Unconfirmed"),
        ),
        ClockTrust::Behind { by } => {
            let words =
                format!("{} behind what is recorded already: set it before you capture", time::duration(by));
            health_row("Clock", &words, ("late", "Wrong"))
        }
    }
}

fn link_state(home: &HomeSnapshot) -> (&'static str, &'static str) {
    match (home.link.failures, home.link.well_at) {
        (0, Some(_)) => ("ok", "Well"),
        (0, None) => ("", "–"),
        _ => ("low", "Waiting"),
    }
}

fn device_state(health: &Health) -> (&'static str, &str) {
    match health {
        Health::Ready => ("ok", "Ready"),
        Health::Degraded(detail) => ("low", detail),
        Health::Missing(_) => ("low", "Missing"),
    }
}

fn health_row(name: &str, detail: &str, (class, state): (&str, &str)) -> Markup {
    html! {
        li {
            span class="name" { (name) }
            span class="muted" { (detail) }
            span class=(format!("pill {class}")) { (state) }
        }
    }
}

fn lists(home: &HomeSnapshot) -> Markup {
    html! {
        (list("To finish", &home.to_finish))
        (list("To send", &home.to_send))
        (list("Confirmed", &home.confirmed))
        (list("Ended without sending", &home.ended))
        @if !home.age_refusals.is_empty() {
            section class="card" aria-labelledby="refusals" {
                h2 id="refusals" { "Not captured because of age" }
                p class="note" { (AgeRefusal::ARTICLE) ". Nothing about the person is kept." }
                ul class="rows" {
                    @for refusal in &home.age_refusals {
                        li class="row" {
                            span { (if refusal.why == AgeRefusal::UnderSix { "Under six" } else { "Treated as under six" }) }
                            span class="muted" { (time::ago(refusal.at, home.now)) " · " (refusal.staff) }
                        }
                    }
                }
            }
        }
    }
}

fn list(title: &str, rows: &[CaseSnapshot]) -> Markup {
    html! {
        @if !rows.is_empty() {
            section class="card" aria-label=(title) {
                h2 { (title) }
                ul class="rows" { @for row in rows { (list_row(row)) } }
            }
        }
    }
}

fn list_row(row: &CaseSnapshot) -> Markup {
    let category = state::clock_start(row).and_then(|(code, _)| Category::from_code(code));
    let answered =
        row.delivery.as_ref().and_then(state::answer).map(|answer| case_page::answer_words(&answer.outcome));
    let place = match (answered, state::outcome(row)) {
        (Some(answered), _) => answered,
        (None, Some(outcome)) => words::outcome(outcome),
        (None, None) => words::phase(&case_page::phase(row)),
    };
    html! {
        li {
            a class="row" href=(format!("/cases/{}", row.case)) {
                span class="row-main" {
                    strong { (case_page::short(row.case)) }
                    span class="muted" { (place) }
                    @if let Some(category) = category { span class="hidden" { (category.rule().legal_name) } }
                }
                (case_page::clock_pill(row))
            }
        }
    }
}

/// The panel of the virtual devices.
pub(super) fn virtual_panel(officer: &SignedIn, scene: &Scene) -> Markup {
    let bar = html! { (brand()) a class="key small" href="/" { "Start page" } };
    let who = Some((officer.operator.staff.as_str(), officer.csrf.as_str()));
    let frame = Frame { title: "Virtual devices", path: "plain", bar, officer: who, look_again_s: None };
    page(
        &frame,
        html! {
            main id="content" class="single" {
                section class="card" {
                    h1 { "Who stands at the virtual devices" }
                    p class="note" { "Only on a kiosk without real devices. Prints are replayed or made up; they belong to nobody here." }
                    form method="post" action="/virtual" class="fields" {
                        (token(&officer.csrf))
                        div class="field" {
                            label for="person" { "Person, from 0" }
                            input id="person" name="person" type="number" min="0" max="999" value=(scene.person);
                        }
                        div class="field" {
                            label for="visit" { "Visit, from 1" }
                            input id="visit" name="visit" type="number" min="1" max="99" value=(scene.visit);
                        }
                        (select("behaviour", "Fingers", Behaviour::ALL.iter().map(|b| (b.code(), b.words(), *b == scene.behaviour))))
                        (select("pose", "Face", Pose::ALL.iter().map(|p| (p.code(), p.words(), *p == scene.pose))))
                        (select("looks", "Looks", Looks::ALL.iter().map(|l| (l.code(), l.words(), *l == scene.looks))))
                        (select("trouble", "Devices", Trouble::ALL.iter().map(|t| (t.code(), t.words(), *t == scene.trouble))))
                        (select("tempo", "Time they take", Tempo::ALL.iter().map(|t| (t.code(), t.words(), *t == scene.tempo))))
                        div class="wide keys" { button class="key primary" type="submit" { "Set the scene" } }
                    }
                }
                (picture::talk(scene.looks == Looks::Child))
            }
        },
    )
}

fn select(
    name: &str,
    label: &str,
    choices: impl Iterator<Item = (&'static str, &'static str, bool)>,
) -> Markup {
    html! {
        div class="field" {
            label for=(name) { (label) }
            select id=(name) name=(name) {
                @for (code, words, chosen) in choices { option value=(code) selected[chosen] { (words) } }
            }
        }
    }
}
