//! The frame of every page: head, bar, footer; and the pages that need nothing else.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::picture;
use super::{respond, words};
use crate::error::Error;
use crate::limits;

/// What the frame shows.
pub(super) struct Frame<'a> {
    /// Title of the page.
    pub(super) title: &'a str,
    /// Class of the body: colours of the adult or the child path.
    pub(super) path: &'a str,
    /// Left part of the bar.
    pub(super) bar: Markup,
    /// Officer and token, when signed in.
    pub(super) officer: Option<(&'a str, &'a str)>,
    /// Seconds after which a browser without scripts looks again.
    pub(super) look_again_s: Option<u32>,
}

/// A whole page.
pub(super) fn page(frame: &Frame<'_>, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (frame.title) " · Kiosk" }
                link rel="stylesheet" href="/kiosk.css";
                link rel="stylesheet" href="/panel.css";
                script src="/kiosk.js" defer {}
                @if let Some(seconds) = frame.look_again_s {
                    noscript { meta http-equiv="refresh" content=(seconds); }
                } @else if frame.officer.is_some() {
                    // Without a script the page asks again when the sign-in has ended, and is gone.
                    noscript { meta http-equiv="refresh" content=(limits::SIGN_IN_IDLE_MAX.as_secs() + 1); }
                }
            }
            body class=(frame.path) data-lock-s=[frame.officer.map(|_| limits::SIGN_IN_IDLE_MAX.as_secs())]
                data-blank-s=(limits::PERSON_SIDE_IDLE_MAX.as_secs()) {
                a class="skip" href="#content" { "To the content" }
                header class="bar" {
                    (frame.bar)
                    @if let Some((staff, csrf)) = frame.officer {
                        div class="who" {
                            span class="muted" { "Officer " } strong { (staff) }
                            form method="post" action="/sign-out" {
                                input type="hidden" name="csrf" value=(csrf);
                                button class="quiet" type="submit" { "Sign out" }
                            }
                        }
                    }
                }
                (content)
            }
        }
    }
}

/// The name of the product, as the bar shows it.
pub(super) fn brand() -> Markup {
    html! {
        span class="brand" {
            (PreEscaped(MARK))
            span { "Capture" }
        }
    }
}

/// A hidden token and nothing else: the start of every form.
pub(super) fn token(csrf: &str) -> Markup {
    html! { input type="hidden" name="csrf" value=(csrf); }
}

/// An error above a page that can be repaired there.
pub(super) fn summary(error: &Error) -> Markup {
    html! {
        div class="summary" role="alert" tabindex="-1" id="summary" {
            h2 { "One thing before you go on" }
            p {
                @if let Some(field) = respond::field(error) {
                    a href=(format!("#{field}")) { (words::capital(&error.to_string())) }
                } @else { (words::capital(&error.to_string())) }
            }
            p class="code" { "Reference " (error.code()) }
        }
    }
}

/// An error that has no page of its own.
pub(super) fn error_page(error: &Error) -> Markup {
    let frame =
        Frame { title: "Not possible", path: "plain", bar: brand(), officer: None, look_again_s: None };
    page(
        &frame,
        html! {
            main id="content" class="single" {
                section class="card narrow" {
                    (picture::talk(false))
                    h1 { "This is not possible as it stands" }
                    p class="lead" { (words::capital(&error.to_string())) }
                    p class="code" { "Reference " (error.code()) }
                    p { a class="key" href="/" { "To the start page" } }
                }
            }
        },
    )
}

/// Four ridges in a square: the mark of the product.
const MARK: &str = r#"<svg class="mark" viewBox="0 0 40 40" aria-hidden="true" focusable="false"><rect class="mark-ground" width="40" height="40" rx="10"/><path class="mark-line" d="M11 29 v-8 a9 9 0 0 1 18 0 v8 M16 31 v-10 a4 4 0 0 1 8 0 v5 M20 21 v11 M11 15 q9 -9 18 0"/></svg>"#;
