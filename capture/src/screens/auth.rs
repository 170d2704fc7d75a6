//! Who is at the kiosk: staff identifier, PIN (argon2id) and a one-time code, against the signed staff register.
//!
//! Sessions live in memory only; a restart signs everybody out. A one-time code is accepted once. After too many wrong
//! sign-ins for one identifier there is a pause. Identifiers, PINs and codes never reach a log.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use argon2::Argon2;
use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use firmware_config::{Person, Role, StaffRegister};
use subtle::ConstantTimeEq;
use totp_rs::{Algorithm, Builder, Secret};
use uuid::Uuid;

use super::App;
use super::respond::{Failure, Wants};
use crate::error::RequestError;
use crate::limits;
use crate::session::{ChildTraining, Operator};

/// Name of the session cookie.
pub(super) const COOKIE: &str = "kiosk_session";

/// Sign-ins of one kiosk.
pub(super) struct SignIns {
    staff: StaffRegister,
    /// A hash that nobody's PIN has, so that unknown identifiers take as long as known ones.
    nobody: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: BTreeMap<String, Open>,
    tries: BTreeMap<String, Tries>,
    last_code: BTreeMap<String, u64>,
}

struct Open {
    signed_in: SignedIn,
    seen: Instant,
}

struct Tries {
    wrong: u32,
    since: Instant,
}

/// An officer who is signed in.
#[derive(Clone)]
pub(super) struct SignedIn {
    /// As the register knows them.
    pub(super) operator: Operator,
    /// Ties forms to this sign-in.
    pub(super) csrf: String,
    token: String,
}

impl SignIns {
    pub(super) fn new(staff: StaffRegister) -> Self {
        let nobody =
            "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        Self { staff, nobody: nobody.to_owned(), state: Mutex::default() }
    }

    /// Checks identifier, PIN and code; gives the value of the cookie. Slow on purpose: run it off the async threads.
    pub(super) fn sign_in(
        &self,
        id: &str,
        pin: &str,
        code: &str,
        unix_s: u64,
    ) -> Result<SignedIn, RequestError> {
        if self.paused(id) {
            return Err(RequestError::SignInPaused);
        }
        let person = self.staff.person(id);
        let hash = person.map_or(self.nobody.as_str(), |person| person.pin_argon2.expose());
        let pin_fits = pin_fits(hash, pin);
        let Some(person) = person.filter(|_| pin_fits) else {
            self.wrong(id);
            return Err(RequestError::SignInMismatch);
        };
        if !self.code_fits(person, code, unix_s) {
            self.wrong(id);
            return Err(RequestError::SignInMismatch);
        }
        if !person.has_role(Role::ScreeningOfficer) {
            return Err(RequestError::NotAllowed);
        }
        Ok(self.admit(person))
    }

    pub(super) fn sign_out(&self, signed_in: &SignedIn) {
        self.lock().open.remove(&signed_in.token);
    }

    /// The officer behind a cookie. `touch` keeps the sign-in alive; a page that refreshes itself does not.
    pub(super) fn find(&self, headers: &HeaderMap, touch: bool) -> Option<SignedIn> {
        self.find_at(headers, touch, Instant::now())
    }

    fn find_at(&self, headers: &HeaderMap, touch: bool, now: Instant) -> Option<SignedIn> {
        let token = cookie(headers)?;
        let mut state = self.lock();
        state.open.retain(|_, open| now.saturating_duration_since(open.seen) < limits::SIGN_IN_IDLE_MAX);
        let (_, open) =
            state.open.iter_mut().find(|(known, _)| bool::from(known.as_bytes().ct_eq(token.as_bytes())))?;
        if touch {
            open.seen = now;
        }
        Some(open.signed_in.clone())
    }

    fn admit(&self, person: &Person) -> SignedIn {
        let operator = Operator {
            staff: person.id.as_str().to_owned(),
            organisation: person.organisation.as_str().to_owned(),
            child_training: person.child_training.as_ref().map(|training| ChildTraining {
                issuer: training.issuer.as_str().to_owned(),
                valid_to: training.valid_to,
            }),
        };
        let signed_in = SignedIn { operator, csrf: secret(), token: secret() };
        let mut state = self.lock();
        state.tries.remove(person.id.as_str());
        if state.open.len() >= limits::SIGN_INS_MAX
            && let Some(oldest) =
                state.open.iter().min_by_key(|(_, open)| open.seen).map(|(token, _)| token.clone())
        {
            state.open.remove(&oldest);
        }
        state
            .open
            .insert(signed_in.token.clone(), Open { signed_in: signed_in.clone(), seen: Instant::now() });
        signed_in
    }

    fn code_fits(&self, person: &Person, code: &str, unix_s: u64) -> bool {
        let Some(secret) = &person.totp_secret_base32 else { return true };
        let Ok(secret) = Secret::try_from_base32(secret.expose().trim_end_matches('=')) else { return false };
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(1)
            .with_step_duration(30)
            .with_secret(secret)
            .build();
        let Some(step) = totp.ok().and_then(|totp| totp.check(code, unix_s)) else { return false };
        let mut state = self.lock();
        let last = state.last_code.entry(person.id.as_str().to_owned()).or_default();
        if step <= *last {
            return false;
        }
        *last = step;
        true
    }

    fn paused(&self, id: &str) -> bool {
        let mut state = self.lock();
        state.tries.retain(|_, tries| tries.since.elapsed() < limits::SIGN_IN_PAUSE);
        state.tries.get(id).is_some_and(|tries| tries.wrong >= limits::SIGN_IN_TRIES_MAX)
    }

    fn wrong(&self, id: &str) {
        let mut state = self.lock();
        if state.tries.len() >= limits::CASES_MAX {
            return;
        }
        let tries = state.tries.entry(id.to_owned()).or_insert(Tries { wrong: 0, since: Instant::now() });
        tries.wrong = tries.wrong.saturating_add(1);
        tries.since = Instant::now();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SignedIn {
    /// The header that sets the cookie.
    pub(super) fn cookie(&self) -> String {
        format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict", self.token)
    }

    /// Whether a form belongs to this sign-in.
    pub(super) fn owns(&self, csrf: &str) -> bool {
        self.csrf.as_bytes().ct_eq(csrf.as_bytes()).into()
    }
}

/// The header that takes the cookie away.
pub(super) fn cookie_gone() -> String {
    format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
}

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let touch = !parts.headers.contains_key("x-refresh");
        let found = app.sign_ins.find(&parts.headers, touch);
        found.ok_or_else(|| Failure::new(RequestError::NotSignedIn, Wants::of(&parts.headers)))
    }
}

fn pin_fits(hash: &str, pin: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    Argon2::default().verify_password(pin.as_bytes(), &hash).is_ok()
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
}

/// 244 random bits.
fn secret() -> String {
    let halves = [Uuid::new_v4(), Uuid::new_v4()];
    URL_SAFE_NO_PAD.encode(halves.map(Uuid::into_bytes).concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::PasswordHasher;

    const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

    fn register(role: &str) -> StaffRegister {
        let pin = Argon2::default().hash_password(b"2468").expect("a hash").to_string();
        let text = format!(
            "version = 1\n[[person]]\nid = \"S-1\"\norganisation = \"Border Service\"\nroles = [\"{role}\"]\n\
             pin_argon2 = \"{pin}\"\ntotp_secret_base32 = \"{SECRET}\"\n"
        );
        firmware_config::parse_unverified(text.as_bytes()).expect("a register")
    }

    fn code(unix_s: u64) -> String {
        let secret = Secret::try_from_base32(SECRET).expect("a secret");
        let totp = Builder::new().with_secret(secret).build().expect("a generator");
        totp.generate(unix_s).to_string()
    }

    const NOW: u64 = 1_783_000_000;

    #[test]
    fn identifier_pin_and_code_belong_together() {
        let sign_ins = SignIns::new(register("screening-officer"));
        let check =
            |id: &str, pin: &str, code: &str| sign_ins.sign_in(id, pin, code, NOW).err().map(|e| e.code());
        assert_eq!(check("S-2", "2468", &code(NOW)), Some("C-0702"));
        assert_eq!(check("S-1", "1111", &code(NOW)), Some("C-0702"));
        assert_eq!(check("S-1", "2468", "000000"), Some("C-0702"));
        assert_eq!(check("S-1", "2468", &code(NOW)), None);
        assert_eq!(check("S-1", "2468", &code(NOW)), Some("C-0702"), "a code is accepted once");
    }

    #[test]
    fn wrong_sign_ins_are_followed_by_a_pause() {
        let sign_ins = SignIns::new(register("screening-officer"));
        for _ in 0..limits::SIGN_IN_TRIES_MAX {
            assert!(sign_ins.sign_in("S-1", "1111", "", NOW).is_err());
        }
        let right = sign_ins.sign_in("S-1", "2468", &code(NOW), NOW);
        assert_eq!(right.err().map(|error| error.code()), Some("C-0703"));
    }

    #[test]
    fn only_screening_officers_get_in() {
        let sign_ins = SignIns::new(register("auditor"));
        let refused = sign_ins.sign_in("S-1", "2468", &code(NOW), NOW);
        assert_eq!(refused.err().map(|error| error.code()), Some("C-0704"));
    }

    #[test]
    fn a_cookie_finds_its_officer_until_sign_out() {
        let sign_ins = SignIns::new(register("screening-officer"));
        let signed_in = sign_ins.sign_in("S-1", "2468", &code(NOW), NOW).expect("signed in");
        let mut headers = HeaderMap::new();
        let value = format!("other=1; {COOKIE}={}", signed_in.token);
        headers.insert(header::COOKIE, value.parse().expect("a header"));
        let found = sign_ins.find(&headers, true).expect("known");
        assert!(found.owns(&signed_in.csrf) && !found.owns("other"));
        sign_ins.sign_out(&found);
        assert!(sign_ins.find(&headers, true).is_none());
    }

    #[test]
    fn five_minutes_without_a_touch_lock_the_officer_out_and_a_page_that_looks_again_is_no_touch() {
        let sign_ins = SignIns::new(register("screening-officer"));
        let signed_in = sign_ins.sign_in("S-1", "2468", &code(NOW), NOW).expect("signed in");
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, format!("{COOKIE}={}", signed_in.token).parse().expect("a header"));
        let begun = Instant::now();
        let seen = |touch, minutes: f32| {
            sign_ins
                .find_at(&headers, touch, begun + std::time::Duration::from_secs_f32(minutes * 60.0))
                .is_some()
        };
        assert!(seen(true, 4.0), "a touch");
        assert!(seen(false, 8.9), "looked again, less than five minutes after the touch");
        assert!(!seen(false, 9.1), "five minutes after the last touch");
        assert!(!seen(true, 9.2), "and a touch does not bring it back");
    }
}
