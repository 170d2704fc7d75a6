//! The pages people read. Only this folder knows HTML; texts come from `language` and `words`, values from the handlers.
//!
//! Every page has one first heading, landmarks, a link past the head, a title that begins with what is new about it,
//! says its language, and says nothing by colour alone. Forms carry the session's token.

mod bulk;
mod detail;
mod fairness;
mod installation;
mod list;
mod notice;
mod person;
mod simple;
mod steps;
mod tasks;

pub(crate) use bulk::bulk;
pub(crate) use detail::item;
pub(crate) use fairness::fairness;
pub(crate) use installation::installation;
pub(crate) use list::queue;
pub(crate) use notice::notice;
pub(crate) use person::person;
pub(crate) use simple::{erased, health, interfaces, refusal, sign_in, switch};
pub(crate) use tasks::tasks;

use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use super::Console;
use super::denied::Told;
use super::guard::{FORM_TOKEN, Official};
use super::language::Language;
use super::time;
use crate::hub::view::HealthView;

/// A page as an answer.
pub(crate) fn html(page: Markup) -> Response {
    Html(page.into_string()).into_response()
}

/// Which entry of the navigation is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Queue,
    Tasks,
    Interfaces,
    Health,
    Fairness,
    Installation,
    None,
}

struct Frame<'a> {
    console: &'a Console,
    official: Option<&'a Official>,
    language: Language,
    title: &'a str,
    place: Place,
    /// Where a reader who changes the language comes back to.
    here: &'a str,
    health: Option<&'a HealthView>,
}

impl<'a> Frame<'a> {
    /// Of somebody who is signed in.
    fn of(console: &'a Console, official: &'a Official, title: &'a str, place: Place) -> Self {
        let here = match place {
            Place::Queue | Place::None => "/",
            Place::Tasks => "/tasks",
            Place::Interfaces => "/interfaces",
            Place::Health => "/health",
            Place::Fairness => "/fairness",
            Place::Installation => "/installation",
        };
        let language = official.language;
        Self { console, official: Some(official), language, title, place, here, health: None }
    }

    fn page(&self, body: &Markup) -> Markup {
        let t = self.language;
        html! {
            (DOCTYPE)
            html lang=(t.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) " · " (t.say("console-name")) }
                    link rel="stylesheet" href="/assets/console.css";
                    script src="/assets/console.js" defer {}
                }
                body data-live[self.official.is_some() && self.place == Place::Queue]
                    data-units=(t.say("units")) data-under=(t.say("under-a-minute"))
                    data-overdue=(t.fill("clock-overdue", &[("span", "%".into())]))
                    data-left=(t.fill("clock-left", &[("span", "%".into())]))
                    data-copy=(t.say("copy")) data-copied=(t.say("copied"))
                    data-changed=(t.say("news-changed")) data-many=(t.say("news-many")) data-heard=(t.say("news-heard"))
                    data-ticked=(t.say("bulk-ticked")) {
                    a.skip href="#main" { (t.say("skip")) }
                    (self.head())
                    @if let Some(health) = self.health { (outage(t, health)) }
                    main #main tabindex="-1" { (body) }
                    (self.foot())
                }
            }
        }
    }

    fn head(&self) -> Markup {
        let t = self.language;
        let site = self.console.hub.site().config.site.as_str();
        let entry = |place: Place, address: &str, words: &str| {
            let current = (self.place == place).then_some("page");
            html! { li { a href=(address) aria-current=[current] { (words) } } }
        };
        html! {
            header.top {
                p.brand { strong { (t.say("brand")) } " " span { (t.fill("brand-site", &[("site", site.into())])) } }
                @if let Some(official) = self.official {
                    nav aria-label=(t.say("nav-main")) {
                        ul {
                            @if official.reads_messages() {
                                (entry(Place::Queue, "/", &t.say("nav-queue")))
                                (entry(Place::Tasks, "/tasks", &t.say("nav-tasks")))
                                (entry(Place::Interfaces, "/interfaces", &t.say("nav-interfaces")))
                                (entry(Place::Fairness, "/fairness", &t.say("nav-fairness")))
                            }
                            (entry(Place::Health, "/health", &t.say("nav-health")))
                            @if official.sees_installation() {
                                (entry(Place::Installation, "/installation", &t.say("nav-installation")))
                            }
                        }
                    }
                    div.me {
                        form method="post" action="/language" {
                            (token(official))
                            input type="hidden" name="next" value=(self.here);
                            @for other in Language::ALL.into_iter().filter(|other| *other != t) {
                                button.quiet name="language" value=(other.tag()) lang=(other.tag()) { (other.say("language-own-name")) }
                            }
                        }
                        form method="post" action="/sign-out" {
                            (token(official))
                            span { (official.id) " · " (roles(official)) }
                            " "
                            button.quiet { (t.say("sign-out")) }
                        }
                    }
                }
            }
        }
    }

    fn foot(&self) -> Markup {
        let t = self.language;
        let keys = [
            ("j k", "key-rows"),
            ("Enter", "key-open"),
            ("x", "key-tick"),
            ("e", "key-act"),
            ("c", "key-claim"),
            ("u", "key-back"),
            ("?", "key-help"),
        ];
        html! {
            footer {
                @if self.official.is_some() {
                    details #keys {
                        summary { (t.say("keyboard")) }
                        dl {
                            @for (key, words) in keys {
                                div { dt { @for one in key.split(' ') { kbd { (one) } " " } } dd { (t.say(words)) } }
                            }
                        }
                        label.check { input type="checkbox" #shortcuts checked; " " (t.say("keys-on")) }
                    }
                }
                p { (t.fill("foot", &[("zone", (&zone(self.console)).into())])) }
            }
        }
    }
}

fn zone(console: &Console) -> String {
    console.hub.site().calendar.iana_name().unwrap_or("UTC").replace('_', " ")
}

fn roles(official: &Official) -> String {
    let t = official.language;
    let words: Vec<_> = official.roles.iter().map(|role| t.say(&format!("role-{}", role.as_str()))).collect();
    words.join(", ")
}

/// The hidden token of a form.
fn token(official: &Official) -> Markup {
    html! { input type="hidden" name=(FORM_TOKEN) value=(official.session.form_token); }
}

/// An instant: the absolute time, for machines too.
fn instant(console: &Console, t: Language, at: Timestamp) -> Markup {
    let absolute = time::absolute(t, at, &console.hub.site().calendar);
    html! { time datetime=(at) { (absolute) } }
}

/// What a person is told about a refusal, above the page it concerns.
fn summary(t: Language, told: &Told) -> Markup {
    html! {
        div.told role="alert" tabindex="-1" {
            h2 { (told.title(t)) }
            p { (told.happened(t)) }
            p { (told.to_do(t)) " " span.code { (t.fill("code", &[("code", told.code.into())])) } }
        }
    }
}

/// What still works when something does not, and what happens by itself.
fn outage(t: Language, health: &HealthView) -> Markup {
    let central_down = health.central_reachable == Some(false);
    html! {
        @if let Some(reason) = &health.reason {
            section.banner.stop aria-label=(t.say("outage-gateway-label")) {
                h2 { (t.say("outage-gateway")) }
                p { (t.fill("outage-gateway-text", &[("reason", reason.into())])) }
            }
        }
        @if central_down {
            section.banner.warn aria-label=(t.say("outage-central-label")) {
                h2 { (t.say("outage-central")) }
                p { (t.say("outage-central-text")) }
            }
        }
    }
}
