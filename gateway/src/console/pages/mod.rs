//! The pages people read. Only this folder knows HTML; words come from `words`, values from the handlers.
//!
//! Every page has one first heading, landmarks, a link past the head, a title that begins with what is new about it,
//! and says nothing by colour alone. Forms carry the session's token.

mod detail;
mod list;
mod simple;

pub(crate) use detail::item;
pub(crate) use list::queue;
pub(crate) use simple::{erased, health, interfaces, refusal, sign_in};

use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use super::Console;
use super::denied::Told;
use super::guard::{FORM_TOKEN, Official};
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
    Interfaces,
    Health,
    None,
}

struct Frame<'a> {
    console: &'a Console,
    official: Option<&'a Official>,
    title: &'a str,
    place: Place,
    health: Option<&'a HealthView>,
}

impl Frame<'_> {
    fn page(&self, body: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) " · Gateway console" }
                    link rel="stylesheet" href="/assets/console.css";
                    script src="/assets/console.js" defer {}
                }
                body data-live[self.official.is_some() && self.place == Place::Queue] {
                    a.skip href="#main" { "Skip to the content" }
                    (self.head())
                    @if let Some(health) = self.health { (outage(health)) }
                    main #main tabindex="-1" { (body) }
                    (self.foot())
                }
            }
        }
    }

    fn head(&self) -> Markup {
        let site = self.console.hub.site().config.site.as_str();
        let entry = |place: Place, address: &str, words: &str| {
            let current = (self.place == place).then_some("page");
            html! { li { a href=(address) aria-current=[current] { (words) } } }
        };
        html! {
            header.top {
                p.brand { strong { "Eurodac gateway" } " " span { "console of " (site) } }
                @if let Some(official) = self.official {
                    nav aria-label="Main" {
                        ul {
                            (entry(Place::Queue, "/", "Queue"))
                            (entry(Place::Interfaces, "/interfaces", "Interfaces"))
                            (entry(Place::Health, "/health", "Health"))
                        }
                    }
                    form.me method="post" action="/sign-out" {
                        (token(official))
                        span { (official.id) " · " (roles(official)) }
                        button.quiet { "Sign out" }
                    }
                }
            }
        }
    }

    fn foot(&self) -> Markup {
        html! {
            footer {
                @if self.official.is_some() {
                    details #keys {
                        summary { "Keyboard" }
                        dl {
                            div { dt { kbd { "j" } " " kbd { "k" } } dd { "next and previous row" } }
                            div { dt { kbd { "Enter" } } dd { "open the row" } }
                            div { dt { kbd { "c" } } dd { "claim the open item" } }
                            div { dt { kbd { "u" } } dd { "back to the whole queue" } }
                            div { dt { kbd { "?" } } dd { "this list" } }
                        }
                        label.check { input type="checkbox" #shortcuts checked; " Single keys are on in this browser" }
                    }
                }
                p { "Times are of " (zone(self.console)) ". Who looks at an item, opens its values or acts on it is recorded." }
            }
        }
    }
}

fn zone(console: &Console) -> String {
    console.hub.site().calendar.iana_name().unwrap_or("UTC").replace('_', " ")
}

fn roles(official: &Official) -> String {
    let words: Vec<_> = official.roles.iter().map(|role| role.as_str().replace('-', " ")).collect();
    words.join(", ")
}

/// The hidden token of a form.
fn token(official: &Official) -> Markup {
    html! { input type="hidden" name=(FORM_TOKEN) value=(official.session.form_token); }
}

/// An instant: relative words with the absolute time beside or on hover.
fn instant(console: &Console, at: Timestamp) -> Markup {
    let absolute = time::absolute(at, &console.hub.site().calendar);
    html! { time datetime=(at) { (absolute) } }
}

/// What a person is told about a refusal, above the page it concerns.
fn summary(told: &Told) -> Markup {
    html! {
        div.told role="alert" tabindex="-1" {
            h2 { (told.title) }
            p { (told.happened) }
            p { (told.to_do) " " span.code { "Code " (told.code) } }
        }
    }
}

/// What still works when something does not, and what happens by itself.
fn outage(health: &HealthView) -> Markup {
    let central_down = health.central_reachable == Some(false);
    html! {
        @if let Some(reason) = &health.reason {
            section.banner.stop aria-label="Outage of this gateway" {
                h2 { "This gateway takes no new messages at present" }
                p {
                    "Nothing can be stored durably (" (reason) "). Kiosks and partners keep their messages and send them again by "
                    "themselves. What was accepted or confirmed before is safe. Claims and confirmations are not possible until it "
                    "works again; it keeps trying."
                }
            }
        }
        @if central_down {
            section.banner.warn aria-label="Outage of the central system" {
                h2 { "The central system cannot be reached" }
                p {
                    "New messages are still accepted and stored here. They are sent by themselves, in order, when it answers again. "
                    "Legal clocks run on. If its web interface works, you can go on keying."
                }
            }
        }
    }
}
