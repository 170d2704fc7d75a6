//! What stands between a browser and the handlers: whose card it is, whether the request came from the console's own
//! pages, who is signed in, whether the form is of this session, and the headers on everything that goes out.
//!
//! Invariants: nothing but style sheet and script is served to a card that is not in the staff register; nothing is
//! shown or done without a session of that same card; nothing is done without the session's form token. A handler
//! gets these by its arguments ([`Official`], [`SignedForm`]), so that none can forget to ask. Who looks after the
//! installation only gets none of them but at the addresses of [`WITHOUT_MESSAGES`].

use std::collections::HashSet;
use std::sync::Arc;

use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use firmware_config::{Person, Role};
use icd::identifier::StaffId;
use jiff::Timestamp;
use serde::Serialize;

use super::denied::{Denied, Told};
use super::language::Language;
use super::session::{Found, SessionSecret};
use super::{Console, pages};
use crate::hub::Who;
use crate::limits;
use crate::serve::Peer;

/// Somebody of the staff register, signed in at this browser.
pub(crate) struct Official {
    pub(crate) id: StaffId,
    pub(crate) roles: Vec<Role>,
    pub(crate) session: Found,
    pub(crate) who: Who,
    pub(crate) language: Language,
}

impl Official {
    /// Whether this official may claim, open, confirm and release.
    pub(crate) fn may_work(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::QueueOperator | Role::Supervisor))
    }

    /// Whether this official may grant, switch, and give back what others hold.
    pub(crate) fn may_supervise(&self) -> bool {
        self.roles.contains(&Role::Supervisor)
    }

    /// Whether this official may see anything of a message.
    pub(crate) fn reads_messages(&self) -> bool {
        reads_messages(&self.roles)
    }

    /// Whether this official may see the state of the installation.
    pub(crate) fn sees_installation(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::Administrator | Role::Auditor))
    }

    /// Refuses everybody but administrators and auditors.
    pub(crate) fn must_see_installation(&self) -> Result<(), Denied> {
        if self.sees_installation() { Ok(()) } else { Err(Denied::NoRole) }
    }

    fn may_open(self, path: &str) -> Result<Self, Denied> {
        if self.reads_messages() || WITHOUT_MESSAGES.contains(&path) { Ok(self) } else { Err(Denied::NoRole) }
    }

    /// Refuses everybody but supervisors.
    pub(crate) fn must_supervise(&self) -> Result<(), Denied> {
        if self.may_supervise() { Ok(()) } else { Err(Denied::NotSupervisor) }
    }

    /// Refuses an official who may only look.
    pub(crate) fn must_work(&self) -> Result<(), Denied> {
        if self.may_work() { Ok(()) } else { Err(Denied::NoRole) }
    }
}

/// Whether a role opens the console at all.
pub(crate) fn opens_console(person: &Person) -> bool {
    reads_messages(&person.roles) || person.has_role(Role::Administrator)
}

/// Whether one of these roles sees anything of a message. The administrator's does not (Art. 48(2)(h)).
pub(crate) fn reads_messages(roles: &[Role]) -> bool {
    roles.iter().any(|role| matches!(role, Role::QueueOperator | Role::Supervisor | Role::Auditor))
}

impl FromRequestParts<Arc<Console>> for Official {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, console: &Arc<Console>) -> Result<Self, Denied> {
        // What a page asks for by itself keeps nobody signed in.
        let is_use = parts.uri.path() != super::EVENTS;
        signed_in(console, &parts.extensions, &parts.headers, is_use)?.may_open(parts.uri.path())
    }
}

fn signed_in(
    console: &Console,
    extensions: &axum::http::Extensions,
    headers: &HeaderMap,
    is_use: bool,
) -> Result<Official, Denied> {
    let peer = extensions.get::<Peer>().ok_or(Denied::UnknownOfficial)?;
    let (person, card) = card_holder(console, peer)?;
    let secret = cookie(headers).ok_or(Denied::NotSignedIn)?;
    let found =
        console.sessions().find(&secret, card, is_use, Timestamp::now()).ok_or(Denied::NotSignedIn)?;
    if found.person.as_str() != person.id.as_str() {
        return Err(Denied::NotSignedIn);
    }
    let who = who(peer, found.person.as_str());
    let language = found.language.unwrap_or_else(|| Language::of(headers));
    Ok(Official { id: found.person.clone(), roles: person.roles.clone(), session: found, who, language })
}

/// The official whose card made the connection, with the card's number.
pub(crate) fn card_holder<'a>(console: &'a Console, peer: &'a Peer) -> Result<(&'a Person, &'a str), Denied> {
    let card = peer.serial.as_deref().ok_or(Denied::UnknownOfficial)?;
    let person = console.hub.site().staff.person_by_certificate(card).ok_or(Denied::UnknownOfficial)?;
    if opens_console(person) { Ok((person, card)) } else { Err(Denied::NoRole) }
}

/// Who acts, for the audit log.
pub(crate) fn who(peer: &Peer, actor: &str) -> Who {
    Who { origin: format!("console {}", peer.address), actor: actor.to_owned() }
}

/// The fields of a form. None is ever printed: some hold a PIN.
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form within the bounds. A field given twice has no meaning here, but for ticked rows.
    pub(crate) async fn read(request: Request) -> Result<Self, Denied> {
        let Form(pairs) =
            Form::<Vec<(String, String)>>::from_request(request, &()).await.map_err(|_| Denied::NotAForm)?;
        let single: Vec<_> = pairs.iter().map(|(name, _)| name).filter(|name| *name != TICKED).collect();
        let names: HashSet<_> = single.iter().collect();
        let ticked = pairs.len() - single.len();
        if names.len() != single.len()
            || single.len() > limits::FORM_FIELDS_MAX
            || ticked > limits::ROWS_PER_PAGE_MAX
        {
            return Err(Denied::NotAForm);
        }
        Ok(Self(pairs))
    }

    /// The rows that were ticked, in the order of the page.
    pub(crate) fn ticked(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(name, _)| name == TICKED).map(|(_, value)| value.as_str())
    }

    /// A field that was filled in.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let field = self.0.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }
}

/// A form of an official's present session.
pub(crate) struct SignedForm {
    pub(crate) official: Official,
    pub(crate) fields: Fields,
}

impl FromRequest<Arc<Console>> for SignedForm {
    type Rejection = Denied;

    async fn from_request(request: Request, console: &Arc<Console>) -> Result<Self, Denied> {
        let official = signed_in(console, request.extensions(), request.headers(), true)?;
        let official = official.may_open(request.uri().path())?;
        let of_header =
            request.headers().get(FORM_TOKEN_HEADER).and_then(|token| token.to_str().ok()).map(str::to_owned);
        let fields = Fields::read(request).await?;
        let token = of_header.as_deref().or_else(|| fields.text(FORM_TOKEN)).unwrap_or_default();
        if official.session.is_own_token(token) {
            Ok(Self { official, fields })
        } else {
            Err(Denied::FormToken)
        }
    }
}

/// What the caller reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// Pages, for people.
    Page,
    /// JSON, for scripts.
    Json,
}

impl Face {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        if accept.contains("application/json") && !accept.contains("text/html") {
            Self::Json
        } else {
            Self::Page
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    /// Before anybody is signed in: what the browser asks for.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.headers))
    }
}

impl<S: Sync> FromRequestParts<S> for Face {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.headers))
    }
}

/// The outermost layer: addresses and origins are checked, refusals get their face, headers go on everything.
pub(crate) async fn guard(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let face = Face::of(request.headers());
    let (path, method) = (request.uri().path().to_owned(), request.method().clone());
    let reader = signed_in(&console, request.extensions(), request.headers(), false).ok();
    let language = reader.as_ref().map_or_else(|| Language::of(request.headers()), |reader| reader.language);
    let mut response = match console.admits(&request) {
        Ok(()) => match tokio::spawn(next.run(request)).await {
            Ok(response) => response,
            // A panic in one request is a bug that must not take the others down or hang its sender.
            Err(_) => Denied::Bug.into_response(),
        },
        Err(denied) => denied.into_response(),
    };
    if let Some(told) = response.extensions_mut().remove::<Told>() {
        response = refusal(&console, (reader.as_ref(), language), told, face, (&method, &path));
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

impl Console {
    fn admits(&self, request: &Request) -> Result<(), Denied> {
        let host =
            request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        if !self.is_own_host(host) {
            return Err(Denied::ForeignHost);
        }
        // Where a browser says from which page it sends, that page must be ours. One that says nothing is no browser,
        // and has neither cookie nor token unless it signed in itself.
        let is_safe = matches!(*request.method(), Method::GET | Method::HEAD);
        let origin = request.headers().get(header::ORIGIN);
        let own = format!("https://{host}");
        let is_own = origin.is_none_or(|origin| origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()));
        if !is_safe && !is_own { Err(Denied::ForeignOrigin) } else { Ok(()) }
    }

    /// The names in the gateway's certificate, and addresses in numbers: those cannot be rebound to another machine.
    fn is_own_host(&self, host: &str) -> bool {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        let number = name.trim_start_matches('[').trim_end_matches(']');
        number.parse::<std::net::IpAddr>().is_ok()
            || name.eq_ignore_ascii_case("localhost")
            || self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

/// Problem details, with the members that RFC 9457 names and the code.
#[derive(Serialize)]
struct ProblemJson<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    detail: String,
    code: &'a str,
}

fn refusal(
    console: &Console,
    (reader, language): (Option<&Official>, Language),
    told: Told,
    face: Face,
    (method, path): (&Method, &str),
) -> Response {
    let mut response = match face {
        Face::Json => problem(&told, language),
        // A person without a session is taken to sign-in and comes back to the page.
        Face::Page if told.code == Denied::NotSignedIn.code() => {
            let back = if *method == Method::GET {
                path
            } else {
                path.rsplit_once('/').map_or("/", |(item, _)| item)
            };
            let asks = if back == "/" || back.is_empty() { String::new() } else { format!("?next={back}") };
            Redirect::to(&format!("/sign-in{asks}")).into_response()
        }
        // Everybody comes in at the front; who reads no message has another first page.
        Face::Page
            if path == "/" && *method == Method::GET && reader.is_some_and(|who| !who.reads_messages()) =>
        {
            Redirect::to(super::INSTALLATION).into_response()
        }
        Face::Page => {
            (told.status, pages::html(pages::refusal(console, (reader, language), &told))).into_response()
        }
    };
    if let Some(seconds) = told.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A refusal for scripts.
pub(crate) fn problem(told: &Told, language: Language) -> Response {
    let body = ProblemJson {
        kind: format!("urn:eurodac-gateway:problem:{}", told.code),
        title: told.title(language),
        status: told.status.as_u16(),
        detail: format!("{} {}", told.happened(language), told.to_do(language)),
        code: told.code,
    };
    let body = serde_json::to_vec(&body).unwrap_or_default();
    (told.status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
}

fn cookie(headers: &HeaderMap) -> Option<SessionSecret> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| SessionSecret::from_cookie(value))
}

/// Addresses that say nothing of any message: all that an administrator may open. A new page is closed to them until it
/// stands here.
const WITHOUT_MESSAGES: [&str; 4] = [super::INSTALLATION, "/health", "/sign-out", "/language"];

/// Name of the session cookie.
pub(crate) const COOKIE: &str = "console-session";
/// Field of every form that holds the session's token.
pub(crate) const FORM_TOKEN: &str = "csrf";
/// The same for scripts that prefer a header.
const FORM_TOKEN_HEADER: &str = "x-csrf-token";

/// Field of a row that is ticked; it may stand in a form once per row.
pub(crate) const TICKED: &str = "item";

/// On every answer. `same-origin` for the referrer, because a browser without one sends forms with the origin `null`.
const HEADERS: [(HeaderName, &str); 9] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];
