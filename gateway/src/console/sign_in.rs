//! Signing in: the card made the connection, the PIN is the second factor.
//!
//! Invariants: every attempt, also a refused one, is an audit line; a PIN is checked only after the attempt was
//! counted; at most a few checks run at one time, because each takes memory and a processor on purpose.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::PasswordVerifier;
use aws_lc_rs::hmac;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Json};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use icd::identifier::{MessageId, StaffId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::denied::Denied;
use super::guard::{COOKIE, FORM_TOKEN, Face, Fields, SignedForm, card_holder, reads_messages, who};
use super::language::Language;
use super::{Console, pages, random};
use crate::error::Error;
use crate::limits;
use crate::serve::Peer;

/// Where to go after sign-in: an item, or the queue.
#[derive(Default, Deserialize)]
pub(crate) struct Next {
    next: Option<String>,
}

impl Next {
    /// Only addresses of this console, built anew from their parts.
    fn place(&self) -> String {
        match self.next.as_deref() {
            Some("/interfaces") => "/interfaces".to_owned(),
            Some("/health") => "/health".to_owned(),
            Some("/fairness") => "/fairness".to_owned(),
            Some("/tasks") => "/tasks".to_owned(),
            Some(super::INSTALLATION) => super::INSTALLATION.to_owned(),
            Some(place) => {
                let item = place.strip_prefix("/items/").and_then(|id| id.parse::<MessageId>().ok());
                item.map_or_else(|| "/".to_owned(), |id| format!("/items/{id}"))
            }
            None => "/".to_owned(),
        }
    }
}

/// What a script learns by asking for the sign-in page, or by signing in.
#[derive(Serialize)]
struct SignInJson<'a> {
    person: &'a str,
    roles: Vec<&'static str>,
    signed_in: bool,
    csrf: &'a str,
}

pub(crate) async fn page(
    State(console): State<Arc<Console>>,
    Extension(peer): Extension<Peer>,
    Query(next): Query<Next>,
    language: Language,
    face: Face,
) -> Result<Response, Denied> {
    let refused = |denied: &Denied| denied.code();
    let (person, card) = match card_holder(&console, &peer) {
        Ok(known) => known,
        Err(denied) => {
            let card = peer.serial.as_deref().unwrap_or("certificate without serial number");
            console.hub.record(&who(&peer, card), "sign-in", "console", refused(&denied)).await?;
            return Err(denied);
        }
    };
    let token = console.sign_in_token(card);
    Ok(match face {
        Face::Json => {
            let roles = person.roles.iter().map(|role| role.as_str()).collect();
            Json(SignInJson { person: person.id.as_str(), roles, signed_in: false, csrf: &token })
                .into_response()
        }
        Face::Page => {
            pages::html(pages::sign_in(&console, (person.id.as_str(), language), &token, &next.place(), None))
        }
    })
}

pub(crate) async fn sign_in(
    State(console): State<Arc<Console>>,
    Extension(peer): Extension<Peer>,
    language: Language,
    face: Face,
    request: Request,
) -> Result<Response, Denied> {
    let (person, card) = card_holder(&console, &peer)?;
    let fields = Fields::read(request).await?;
    let expected = console.sign_in_token(card);
    let token = fields.text(FORM_TOKEN).unwrap_or_default();
    if !bool::from(subtle::ConstantTimeEq::ct_eq(token.as_bytes(), expected.as_bytes())) {
        return Err(Denied::FormToken);
    }
    let staff = StaffId::new(person.id.as_str()).map_err(|_| Denied::UnknownOfficial)?;
    let acts = who(&peer, staff.as_str());
    let next = match reads_messages(&person.roles) {
        true => Next { next: fields.text("next").map(str::to_owned) }.place(),
        false => super::INSTALLATION.to_owned(),
    };
    let pin = Zeroizing::new(fields.text("pin").unwrap_or_default().to_owned());
    if let Err(denied) = console.check_pin(&staff, person.pin_argon2.expose(), pin).await {
        console.hub.record(&acts, "sign-in", "console", denied.code()).await?;
        return match (face, &denied) {
            (Face::Page, Denied::WrongPin { .. } | Denied::TooManyPins { .. }) => {
                let told = denied.told();
                let page =
                    pages::sign_in(&console, (staff.as_str(), language), &expected, &next, Some(&told));
                Ok((told.status, pages::html(page)).into_response())
            }
            _ => Err(denied),
        };
    }
    console.hub.record(&acts, "sign-in", "console", "done").await?;
    let random = [random::<32>()?, random::<32>()?];
    let now = Timestamp::now();
    let begun = console.sessions().begin(&staff, card, random, now);
    let secret = begun.ok_or(Denied::SessionsFull)?;
    let found = console.sessions().find(&secret, card, true, now).ok_or(Denied::NotSignedIn)?;
    let mut response = match face {
        Face::Json => {
            let roles = person.roles.iter().map(|role| role.as_str()).collect();
            let said = SignInJson { person: staff.as_str(), roles, signed_in: true, csrf: &found.form_token };
            Json(said).into_response()
        }
        Face::Page => Redirect::to(&next).into_response(),
    };
    set_cookie(
        &mut response,
        &format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Secure", secret.as_str()),
    );
    Ok(response)
}

pub(crate) async fn sign_out(
    State(console): State<Arc<Console>>,
    face: Face,
    form: SignedForm,
) -> Result<Response, Denied> {
    console.sessions().end(form.official.session.key);
    console.hub.record(&form.official.who, "sign-out", "console", "done").await?;
    let mut response = match face {
        Face::Json => axum::http::StatusCode::NO_CONTENT.into_response(),
        Face::Page => Redirect::to("/sign-in").into_response(),
    };
    set_cookie(&mut response, &format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure"));
    Ok(response)
}

/// `POST /language`: which language this session speaks.
pub(crate) async fn speak(
    State(console): State<Arc<Console>>,
    face: Face,
    form: SignedForm,
) -> Result<Response, Denied> {
    let language = form.fields.text("language").and_then(Language::from_tag);
    let language = language.ok_or(Denied::Field { name: "language", takes: "takes-language" })?;
    console.sessions().speak(form.official.session.key, language);
    console.hub.record(&form.official.who, "language", "console", language.tag()).await?;
    let next = Next { next: form.fields.text("next").map(str::to_owned) }.place();
    Ok(match face {
        Face::Json => axum::http::StatusCode::NO_CONTENT.into_response(),
        Face::Page => Redirect::to(&next).into_response(),
    })
}

impl Console {
    /// The token of the sign-in form: of this run and this card.
    fn sign_in_token(&self, card: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.sign_in_key, card.as_bytes()).as_ref())
    }

    async fn check_pin(&self, staff: &StaffId, hash: &str, pin: Zeroizing<String>) -> Result<(), Denied> {
        let begun = self.attempts().begin(staff, Timestamp::now());
        let left = begun.map_err(|wait| Denied::TooManyPins { wait })?;
        let hash = Zeroizing::new(hash.to_owned());
        let _place = self.pin_checks.acquire().await.map_err(|_| Error::Stopping)?;
        let fits = spawn_blocking(move || {
            let is_short = pin.chars().count() <= limits::PIN_CHARS_MAX;
            is_short && Argon2::default().verify_password(pin.as_bytes(), hash.as_str()).is_ok()
        });
        if fits.await.map_err(|_| Error::Stopping)? {
            self.attempts().succeeded(staff);
            Ok(())
        } else {
            Err(Denied::WrongPin { left })
        }
    }
}

fn set_cookie(response: &mut Response, cookie: &str) {
    // The value is base64 and attributes: always a valid header.
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_sign_in_one_stays_in_the_console() {
        let check = |next: Option<&str>, expect: &str| {
            assert_eq!(Next { next: next.map(str::to_owned) }.place(), expect, "{next:?}");
        };
        let item = "/items/0190f5a0-0000-7000-8000-000000000001";
        check(None, "/");
        check(Some(item), item);
        check(Some("/interfaces"), "/interfaces");
        check(Some("/installation"), "/installation");
        check(Some("//evil.example"), "/");
        check(Some("https://evil.example/"), "/");
        check(Some("/items/../../evil"), "/");
    }
}
