//! What an official is told when something is refused: what happened, what it means, what to do, and the code.
//!
//! One value, two faces: a page for people, problem details (RFC 9457) for scripts. A handler returns [`Denied`];
//! which face it gets is decided by `guard`, which knows what the caller accepts. Invariant: no value of the request
//! is repeated, and inside details stay in the log.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};

use super::time;
use crate::engine::Refusal;
use crate::error::Error;
use crate::limits;

/// Why a request was refused.
#[derive(Debug)]
pub(crate) enum Denied {
    /// The card's certificate belongs to nobody in the staff register.
    UnknownOfficial,
    /// The official has no role for this.
    NoRole,
    /// The PIN was wrong.
    WrongPin {
        /// Attempts left before a pause.
        left: u32,
    },
    /// Too many wrong PINs.
    TooManyPins {
        /// How long to wait.
        wait: SignedDuration,
    },
    /// Nobody is signed in.
    NotSignedIn,
    /// The form carries no token of this session.
    FormToken,
    /// The request was sent by a page of somebody else.
    ForeignOrigin,
    /// The request names a host that is not the console.
    ForeignHost,
    /// A field is missing or cannot be used.
    Field {
        /// Its name.
        name: &'static str,
        /// What it takes.
        takes: &'static str,
    },
    /// Too many officials are signed in.
    SessionsFull,
    /// No such address.
    NoSuchPage,
    /// The address exists, but not for this method.
    WrongMethod,
    /// The form is too large or no form.
    NotAForm,
    /// The console failed at this request.
    Bug,
    /// The gateway refused or failed.
    Gateway(Error),
}

/// The face of a refusal, carried from the handler to `guard`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    /// What happened and what it means.
    pub(crate) happened: String,
    /// What to do.
    pub(crate) to_do: String,
    /// When to try again, in seconds.
    pub(crate) retry_after_s: Option<i64>,
}

impl Told {
    fn new(status: StatusCode, code: &'static str, title: &'static str, happened: &str, to_do: &str) -> Self {
        let (happened, to_do) = (happened.to_owned(), to_do.to_owned());
        Self { status, code, title, happened, to_do, retry_after_s: None }
    }
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        Self::Gateway(error)
    }
}

impl Denied {
    /// The stable code, as documented in `docs/reference/errors/gateway.md`.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::UnknownOfficial => "G-0901",
            Self::NoRole => "G-0902",
            Self::WrongPin { .. } => "G-0903",
            Self::TooManyPins { .. } => "G-0904",
            Self::NotSignedIn => "G-0905",
            Self::FormToken => "G-0906",
            Self::ForeignOrigin => "G-0907",
            Self::ForeignHost => "G-0908",
            Self::Field { .. } => "G-0909",
            Self::SessionsFull => "G-0910",
            Self::NoSuchPage => "G-0911",
            Self::WrongMethod => "G-0912",
            Self::NotAForm => "G-0913",
            Self::Bug => "G-0500",
            Self::Gateway(error) => error.code(),
        }
    }

    /// What the official is told.
    pub(crate) fn told(&self) -> Told {
        match self {
            Self::Gateway(Error::Refused(refusal)) => refused(refusal),
            Self::Gateway(error) => failed(error),
            Self::UnknownOfficial
            | Self::NoRole
            | Self::WrongPin { .. }
            | Self::TooManyPins { .. }
            | Self::NotSignedIn
            | Self::SessionsFull => self.told_about_person(),
            _ => self.told_about_request(),
        }
    }

    fn told_about_person(&self) -> Told {
        let told = |status, title, happened: &str, to_do: &str| {
            Told::new(status, self.code(), title, happened, to_do)
        };
        match self {
            Self::UnknownOfficial => told(
                StatusCode::FORBIDDEN,
                "This card is not known here",
                "The certificate of your card is genuine, but its number is not in this site's staff register, so \
                 nothing is shown.",
                "Ask the person who keeps the staff register to enter your card.",
            ),
            Self::NoRole => told(
                StatusCode::FORBIDDEN,
                "Your role does not allow this",
                "The staff register gives you no role for this step, so nothing was done.",
                "Ask a colleague who has the role, or the person who keeps the staff register.",
            ),
            Self::WrongPin { left } => {
                let happened = match left {
                    0 => "The PIN is not the one of this card. It was the last attempt for now.".to_owned(),
                    1 => {
                        "The PIN is not the one of this card. One attempt is left before a pause.".to_owned()
                    }
                    left => format!(
                        "The PIN is not the one of this card. {left} attempts are left before a pause."
                    ),
                };
                told(StatusCode::FORBIDDEN, "The PIN does not fit", &happened, "Try again.")
            }
            Self::TooManyPins { wait } => {
                let happened = format!(
                    "There were {} wrong PINs in a row. For your card signing in rests for another {}.",
                    limits::PIN_ATTEMPTS_MAX,
                    time::span(*wait)
                );
                let to_do =
                    "Wait, then try again. If these attempts were not yours, tell your security officer now.";
                let mut told = told(StatusCode::TOO_MANY_REQUESTS, "Too many wrong PINs", &happened, to_do);
                told.retry_after_s = Some(wait.as_secs().max(1));
                told
            }
            Self::SessionsFull => told(
                StatusCode::SERVICE_UNAVAILABLE,
                "Too many people are signed in",
                "The console has as many open sessions as it may hold, so you could not be signed in.",
                "Try again in a few minutes; sessions that nobody uses end by themselves.",
            ),
            _ => told(
                StatusCode::UNAUTHORIZED,
                "You are not signed in",
                "Your session has ended, or there was none. Nothing was done.",
                "Sign in with your PIN; you then come back here.",
            ),
        }
    }

    fn told_about_request(&self) -> Told {
        let told = |status, title, happened: &str, to_do: &str| {
            Told::new(status, self.code(), title, happened, to_do)
        };
        match self {
            Self::FormToken => told(
                StatusCode::FORBIDDEN,
                "This form is out of date",
                "The form did not come from a page of your present session, so nothing was done.",
                "Open the page again and repeat the step.",
            ),
            Self::ForeignOrigin => told(
                StatusCode::FORBIDDEN,
                "This came from another page",
                "The request was sent by a page that is not part of this console, so nothing was done.",
                "Open the console by its own address. If another page sent you here, tell your security officer.",
            ),
            Self::ForeignHost => told(
                StatusCode::MISDIRECTED_REQUEST,
                "This is not the console's address",
                "The address in the request is not one of this console, so nothing is shown.",
                "Open the console by the name in its certificate.",
            ),
            Self::Field { name, takes } => {
                let happened = format!("The field {name} is missing or cannot be used. It takes {takes}.");
                told(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "A field needs attention",
                    &happened,
                    "Correct it and send again.",
                )
            }
            Self::NoSuchPage => told(
                StatusCode::NOT_FOUND,
                "There is no such page",
                "Nothing of this console is under this address.",
                "Go to the queue.",
            ),
            Self::WrongMethod => told(
                StatusCode::METHOD_NOT_ALLOWED,
                "This address is used in another way",
                "The address exists but does not take this kind of request, so nothing was done.",
                "Go to the queue.",
            ),
            Self::NotAForm => told(
                StatusCode::BAD_REQUEST,
                "The form could not be read",
                "What was sent is no form of this console, or is too large. Nothing was done.",
                "Open the page again and repeat the step.",
            ),
            _ => told(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The console failed at this request",
                "This is a fault of the program. Nothing that was confirmed before is lost.",
                "Try again. If it happens again, report the code and the time.",
            ),
        }
    }
}

/// A refusal of the engine: the words are its own.
fn refused(refusal: &Refusal) -> Told {
    let told = |status, title, happened: String, to_do: &str| Told {
        status,
        code: refusal.code(),
        title,
        happened,
        to_do: to_do.to_owned(),
        retry_after_s: None,
    };
    match refusal {
        Refusal::NotFound => told(
            StatusCode::NOT_FOUND,
            "There is no such item",
            "No item has this address. An item leaves the list some time after it is closed.".to_owned(),
            "Go to the queue.",
        ),
        Refusal::HeldByOther { by, until, .. } => told(
            StatusCode::CONFLICT,
            "A colleague has this item",
            format!(
                "{by} claimed this item and has it for another {}. You have not claimed it.",
                time::span(until.duration_since(Timestamp::now()).max(SignedDuration::ZERO))
            ),
            "Take another item, or ask the colleague to release it.",
        ),
        Refusal::ClaimOutdated { .. } => told(
            StatusCode::CONFLICT,
            "This claim is no longer yours",
            "The claim you worked under has ended or somebody else holds the item now. Nothing was recorded."
                .to_owned(),
            "Look below who has it. If you already keyed it, tell them the receipt number before they key it again.",
        ),
        Refusal::WrongStage { .. } => told(
            StatusCode::CONFLICT,
            "The item has moved on",
            "The item is no longer where this step can be taken. Nothing was changed.".to_owned(),
            "Look below where it stands now.",
        ),
        Refusal::Behind { behind } => told(
            StatusCode::CONFLICT,
            "An earlier item comes first",
            format!("Item {behind} concerns the same reference number, came earlier and is not through yet."),
            "Deal with the earlier item first; then this one can be claimed.",
        ),
        Refusal::WebReceiptUnusable => told(
            StatusCode::UNPROCESSABLE_ENTITY,
            "The receipt number cannot be used",
            format!(
                "The receipt number is missing or has characters that receipts do not have. It takes 1 to {} letters, \
                 digits and signs. Nothing was recorded.",
                limits::WEB_RECEIPT_CHARS_MAX
            ),
            "Copy the number from the central web interface and confirm again.",
        ),
        other => told(
            StatusCode::CONFLICT,
            "Not possible now",
            format!("The gateway refused this: {other}."),
            "Look below where the item stands now.",
        ),
    }
}

/// A failure of the gateway: the detail is in its log under the code.
fn failed(error: &Error) -> Told {
    let (status, title, happened) = match error {
        Error::NotDurable { .. } | Error::Stopping | Error::BeingReceived | Error::IndexStopped => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The gateway cannot store anything at present",
            "Nothing can be recorded just now, so this step was not taken and nothing was shown. What was accepted or \
             confirmed before is safe on disk.",
        ),
        _ => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "The gateway failed at this step",
            "The step was not taken. The item stays where it is.",
        ),
    };
    let to_do = "Try again in a few minutes. If it lasts, report the code and the time.";
    let mut told = Told::new(status, error.code(), title, happened, to_do);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        told.retry_after_s = i64::try_from(limits::RETRY_AFTER_S).ok();
    }
    told
}

impl IntoResponse for Denied {
    /// Without a body: `guard` gives it one that the caller can read.
    fn into_response(self) -> Response {
        let told = self.told();
        if told.status.is_server_error() {
            tracing::warn!(code = told.code, reason = ?self, "a request to the console failed");
        }
        let mut response = told.status.into_response();
        response.extensions_mut().insert(told);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Denied> {
        vec![
            Denied::UnknownOfficial,
            Denied::NoRole,
            Denied::WrongPin { left: 2 },
            Denied::TooManyPins { wait: SignedDuration::from_mins(3) },
            Denied::NotSignedIn,
            Denied::FormToken,
            Denied::ForeignOrigin,
            Denied::ForeignHost,
            Denied::Field { name: "reason", takes: "one of the list" },
            Denied::SessionsFull,
            Denied::NoSuchPage,
            Denied::WrongMethod,
            Denied::NotAForm,
            Denied::Bug,
            Denied::Gateway(Error::Stopping),
            Denied::Gateway(Error::DigestSecret),
            Denied::Gateway(Error::Refused(Refusal::NotFound)),
        ]
    }

    #[test]
    fn each_refusal_says_what_happened_and_what_to_do() {
        for denied in all() {
            let told = denied.told();
            assert_eq!(told.code, denied.code());
            assert!(told.status.is_client_error() || told.status.is_server_error(), "{denied:?}");
            assert!(told.happened.ends_with('.') && told.to_do.ends_with('.'), "{denied:?}");
        }
    }

    #[test]
    fn each_code_is_documented() {
        let manual = include_str!("../../../docs/reference/errors/gateway.md");
        for denied in all() {
            assert!(manual.contains(denied.code()), "{} is missing in the reference", denied.code());
        }
    }
}
