//! What an official is told when something is refused: what happened, what it means, what to do, and the code.
//!
//! One value, two faces: a page for people, problem details (RFC 9457) for scripts. A handler returns [`Denied`];
//! which face it gets is decided by `guard`, which knows what the caller accepts. Invariant: no value of the request
//! is repeated, and inside details stay in the log.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};

use super::language::{Filling, Language};
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
    /// Only a supervisor may do this.
    NotSupervisor,
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
        /// The key of the words that say what it takes.
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
    /// No such selection in this session, or it was used.
    SelectionGone,
    /// The number typed is not the number shown.
    CountDiffers {
        /// The number that holds now.
        count: usize,
    },
    /// Nothing is selected.
    NothingSelected,
    /// More is selected than the step takes.
    TooManySelected {
        /// How many it takes.
        most: usize,
    },
    /// The console failed at this request.
    Bug,
    /// The gateway refused or failed.
    Gateway(Error),
}

/// The face of a refusal, carried from the handler to `guard`. It has no language yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    /// Under which key its texts stand.
    key: String,
    variables: Vec<(&'static str, Variable)>,
    /// When to try again, in seconds.
    pub(crate) retry_after_s: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Variable {
    Count(usize),
    Key(&'static str),
    Span(SignedDuration),
    Text(String),
}

impl Told {
    fn new(status: StatusCode, code: &'static str) -> Self {
        Self { status, code, key: code.to_lowercase(), variables: Vec::new(), retry_after_s: None }
    }

    fn with(mut self, name: &'static str, variable: Variable) -> Self {
        self.variables.push((name, variable));
        self
    }

    pub(crate) fn title(&self, t: Language) -> String {
        self.text(t, "title")
    }

    /// What happened and what it means.
    pub(crate) fn happened(&self, t: Language) -> String {
        self.text(t, "happened")
    }

    /// What to do.
    pub(crate) fn to_do(&self, t: Language) -> String {
        self.text(t, "do")
    }

    fn text(&self, t: Language, part: &str) -> String {
        let said: Vec<_> = self
            .variables
            .iter()
            .map(|(name, variable)| match variable {
                Variable::Count(_) => (*name, String::new()),
                Variable::Key(key) => (*name, t.say(key)),
                Variable::Span(span) => (*name, time::span(t, *span)),
                Variable::Text(text) => (*name, text.clone()),
            })
            .collect();
        let fillings: Vec<_> = said
            .iter()
            .zip(&self.variables)
            .map(|((name, text), (_, variable))| match variable {
                Variable::Count(count) => (*name, Filling::Count(*count)),
                _ => (*name, Filling::Text(text)),
            })
            .collect();
        t.fill(&format!("{}-{part}", self.key), &fillings)
    }
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        Self::Gateway(error)
    }
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Self::Gateway(refusal.into())
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
            Self::NotSupervisor => "G-0920",
            Self::SelectionGone => "G-0921",
            Self::CountDiffers { .. } => "G-0922",
            Self::NothingSelected => "G-0923",
            Self::TooManySelected { .. } => "G-0924",
            Self::Bug => "G-0500",
            Self::Gateway(error) => error.code(),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::UnknownOfficial
            | Self::NoRole
            | Self::NotSupervisor
            | Self::WrongPin { .. }
            | Self::FormToken
            | Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::TooManyPins { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
            Self::Field { .. } | Self::NothingSelected | Self::TooManySelected { .. } => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::SessionsFull => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoSuchPage => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAForm => StatusCode::BAD_REQUEST,
            Self::SelectionGone | Self::CountDiffers { .. } => StatusCode::CONFLICT,
            Self::Bug | Self::Gateway(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the official is told.
    pub(crate) fn told(&self) -> Told {
        let told = || Told::new(self.status(), self.code());
        match self {
            Self::Gateway(Error::Refused(refusal)) => refused(refusal),
            Self::Gateway(error) => failed(error),
            Self::WrongPin { left } => {
                told().with("left", Variable::Count(usize::try_from(*left).unwrap_or_default()))
            }
            Self::TooManyPins { wait } => {
                let most = usize::try_from(limits::PIN_ATTEMPTS_MAX).unwrap_or_default();
                let mut told = told().with("most", Variable::Count(most)).with("wait", Variable::Span(*wait));
                told.retry_after_s = Some(wait.as_secs().max(1));
                told
            }
            Self::Field { name, takes } => {
                told().with("name", Variable::Text((*name).to_owned())).with("takes", Variable::Key(takes))
            }
            Self::CountDiffers { count } => told().with("count", Variable::Count(*count)),
            Self::TooManySelected { most } => told().with("most", Variable::Count(*most)),
            _ => told(),
        }
    }
}

/// A refusal of the engine.
fn refused(refusal: &Refusal) -> Told {
    let told = |status| Told::new(status, refusal.code());
    match refusal {
        Refusal::NotFound => told(StatusCode::NOT_FOUND),
        Refusal::HeldByOther { by, until, .. } => {
            let left = until.duration_since(Timestamp::now()).max(SignedDuration::ZERO);
            told(StatusCode::CONFLICT)
                .with("by", Variable::Text(by.as_str().to_owned()))
                .with("left", Variable::Span(left))
        }
        Refusal::TaskHeld { by, .. } => {
            told(StatusCode::CONFLICT).with("by", Variable::Text(by.as_str().to_owned()))
        }
        Refusal::Behind { behind } => {
            told(StatusCode::CONFLICT).with("behind", Variable::Text(behind.to_string()))
        }
        Refusal::WebReceiptUnusable => told(StatusCode::UNPROCESSABLE_ENTITY)
            .with("most", Variable::Count(limits::WEB_RECEIPT_CHARS_MAX)),
        Refusal::EvidenceUnusable => {
            told(StatusCode::UNPROCESSABLE_ENTITY).with("most", Variable::Count(limits::EVIDENCE_CHARS_MAX))
        }
        Refusal::ClaimOutdated { .. }
        | Refusal::WrongStage { .. }
        | Refusal::SamePerson { .. }
        | Refusal::NoExtension { .. }
        | Refusal::TaskClosed { .. } => told(StatusCode::CONFLICT),
        Refusal::ContentDiffers | Refusal::Full | Refusal::PartnerFull => {
            let mut told = told(StatusCode::CONFLICT);
            "g-refused".clone_into(&mut told.key);
            told
        }
    }
}

/// A failure of the gateway: the detail is in its log under the code.
fn failed(error: &Error) -> Told {
    let (status, key) = match error {
        Error::NotDurable { .. } | Error::Stopping | Error::BeingReceived | Error::IndexStopped => {
            (StatusCode::SERVICE_UNAVAILABLE, "g-not-durable")
        }
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "g-failed"),
    };
    let mut told = Told::new(status, error.code());
    key.clone_into(&mut told.key);
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
    use icd::identifier::StaffId;

    use super::*;
    use crate::engine::ItemId;

    fn all() -> Vec<Denied> {
        let by = StaffId::new("operator-1").expect("literal");
        let held =
            Refusal::HeldByOther { item: ItemId::new(3), by: by.clone(), until: Timestamp::UNIX_EPOCH };
        vec![
            Denied::UnknownOfficial,
            Denied::NoRole,
            Denied::WrongPin { left: 2 },
            Denied::TooManyPins { wait: SignedDuration::from_mins(3) },
            Denied::NotSignedIn,
            Denied::FormToken,
            Denied::ForeignOrigin,
            Denied::ForeignHost,
            Denied::Field { name: "reason", takes: "takes-one-of-the-list" },
            Denied::SessionsFull,
            Denied::NoSuchPage,
            Denied::WrongMethod,
            Denied::NotAForm,
            Denied::Bug,
            Denied::Gateway(Error::Stopping),
            Denied::Gateway(Error::DigestSecret),
            Denied::NotSupervisor,
            Denied::SelectionGone,
            Denied::CountDiffers { count: 3 },
            Denied::NothingSelected,
            Denied::TooManySelected { most: 3 },
            Denied::Gateway(Refusal::NotFound.into()),
            Denied::Gateway(Refusal::Behind { behind: ItemId::new(3) }.into()),
            Denied::Gateway(Refusal::ContentDiffers.into()),
            Denied::Gateway(Refusal::ClaimOutdated { item: ItemId::new(3) }.into()),
            Denied::Gateway(Refusal::Full.into()),
            Denied::Gateway(Refusal::PartnerFull.into()),
            Denied::Gateway(Refusal::EvidenceUnusable.into()),
            Denied::Gateway(held.into()),
            Denied::Gateway(Refusal::NoExtension { item: ItemId::new(3) }.into()),
            Denied::Gateway(Refusal::SamePerson { item: ItemId::new(3) }.into()),
            Denied::Gateway(Refusal::TaskClosed { task: 3 }.into()),
            Denied::Gateway(Refusal::TaskHeld { task: 3, by: by.clone() }.into()),
            Denied::Gateway(Refusal::WrongStage { item: ItemId::new(3), stage: "closed" }.into()),
            Denied::Gateway(Refusal::WebReceiptUnusable.into()),
        ]
    }

    #[test]
    fn each_refusal_says_what_happened_and_what_to_do() {
        for denied in all() {
            let told = denied.told();
            assert_eq!(told.code, denied.code());
            assert!(told.status.is_client_error() || told.status.is_server_error(), "{denied:?}");
            for t in Language::ALL {
                for text in [told.happened(t), told.to_do(t)] {
                    assert!(text.ends_with('.'), "{denied:?} in {t:?}: {text}");
                }
                let title = told.title(t);
                assert!(!title.starts_with("g-") && !title.ends_with('.'), "{denied:?}: {title}");
            }
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
