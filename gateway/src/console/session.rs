//! Who is signed in, and how often a wrong PIN may be tried.
//!
//! Pure: `now` and random bytes come in. Invariants: a session is known by the digest of its secret, so that what
//! lies in memory does not open it; it belongs to one card and ends with idle time, with age, or at sign-out; an
//! attempt is counted before the PIN is looked at, so that parallel guesses gain nothing. Everything is bounded, and
//! nothing survives a restart: officials sign in again.

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use icd::identifier::StaffId;
use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;

use super::language::Language;
use crate::engine::ItemId;
use crate::hub::OpenReason;
use crate::{limits, parameters};

/// The secret in a browser's cookie.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SessionSecret(String);

impl SessionSecret {
    pub(crate) fn from_random(bytes: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    pub(crate) fn from_cookie(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn key(&self) -> SessionKey {
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, self.0.as_bytes()).as_ref());
        SessionKey(key)
    }
}

/// What a session is known by inside.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SessionKey([u8; 32]);

/// One official at one browser.
struct Session {
    person: StaffId,
    /// Serial number of the card it was begun with.
    card: String,
    form_token: String,
    begun_at: Timestamp,
    used_at: Timestamp,
    opened: HashMap<ItemId, (OpenReason, Timestamp)>,
    /// Chosen by hand; else the browser's.
    language: Option<Language>,
    /// When the official was last here before this session; since then is "while you were away".
    away_since: Option<Timestamp>,
}

impl Session {
    fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.used_at) > parameters::SESSION_IDLE
            || now.duration_since(self.begun_at) > parameters::SESSION_AGE_MAX
    }
}

/// A session found for a request.
#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) key: SessionKey,
    pub(crate) person: StaffId,
    pub(crate) form_token: String,
    pub(crate) language: Option<Language>,
    pub(crate) away_since: Option<Timestamp>,
    pub(crate) begun_at: Timestamp,
}

impl Found {
    /// Whether a form came from a page of this session.
    pub(crate) fn is_own_token(&self, token: &str) -> bool {
        bool::from(self.form_token.as_bytes().ct_eq(token.as_bytes()))
    }
}

/// All sessions.
#[derive(Default)]
pub(crate) struct Sessions {
    open: HashMap<SessionKey, Session>,
    /// When each official was last here, as long as this process runs.
    last_seen: HashMap<StaffId, Timestamp>,
}

impl Sessions {
    /// Begins a session; `None` when there are too many.
    pub(crate) fn begin(
        &mut self,
        person: &StaffId,
        card: &str,
        random: [[u8; 32]; 2],
        now: Timestamp,
    ) -> Option<SessionSecret> {
        self.open.retain(|_, session| !session.is_over(now));
        let own = |sessions: &HashMap<SessionKey, Session>| {
            let own = sessions.iter().filter(|(_, session)| session.person == *person);
            own.map(|(key, session)| (session.used_at, *key)).collect::<Vec<_>>()
        };
        let mine = own(&self.open);
        if mine.len() >= limits::SESSIONS_PER_PERSON_MAX
            && let Some((_, oldest)) = mine.into_iter().min_by_key(|(used_at, _)| *used_at)
        {
            self.open.remove(&oldest);
        }
        if self.open.len() >= limits::SESSIONS_MAX {
            return None;
        }
        let [secret, token] = random;
        let secret = SessionSecret::from_random(secret);
        let session = Session {
            person: person.clone(),
            card: card.to_owned(),
            form_token: URL_SAFE_NO_PAD.encode(token),
            begun_at: now,
            used_at: now,
            opened: HashMap::new(),
            language: None,
            away_since: self.last_seen.get(person).copied(),
        };
        self.open.insert(secret.key(), session);
        Some(secret)
    }

    /// The session of a cookie, if it is still open and came with the same card. `is_use` is false for what a page
    /// does by itself, which keeps nobody signed in.
    pub(crate) fn find(
        &mut self,
        secret: &SessionSecret,
        card: &str,
        is_use: bool,
        now: Timestamp,
    ) -> Option<Found> {
        let key = secret.key();
        let session = self.open.get_mut(&key)?;
        if session.is_over(now) {
            self.open.remove(&key);
            return None;
        }
        if session.card != card {
            return None;
        }
        if is_use {
            session.used_at = session.used_at.max(now);
        }
        if is_use {
            // As many entries as the signed register has officials.
            self.last_seen.insert(session.person.clone(), now);
        }
        Some(Found {
            key,
            person: session.person.clone(),
            form_token: session.form_token.clone(),
            language: session.language,
            away_since: session.away_since,
            begun_at: session.begun_at,
        })
    }

    /// Whether a session is still open, without using it.
    pub(crate) fn is_open(&self, key: SessionKey, now: Timestamp) -> bool {
        self.open.get(&key).is_some_and(|session| !session.is_over(now))
    }

    /// Which language this session speaks from now on.
    pub(crate) fn speak(&mut self, key: SessionKey, language: Language) {
        if let Some(session) = self.open.get_mut(&key) {
            session.language = Some(language);
        }
    }

    /// Ends a session.
    pub(crate) fn end(&mut self, key: SessionKey) {
        self.open.remove(&key);
    }

    /// Remembers that the values of an item are open to this session for a while.
    pub(crate) fn open_values(&mut self, key: SessionKey, item: ItemId, reason: OpenReason, now: Timestamp) {
        let Some(session) = self.open.get_mut(&key) else { return };
        session.opened.retain(|_, (_, until)| *until > now);
        if session.opened.len() >= limits::OPENED_PER_SESSION_MAX
            && let Some(first) = session.opened.iter().min_by_key(|(_, (_, until))| *until).map(|(id, _)| *id)
        {
            session.opened.remove(&first);
        }
        let until = now.checked_add(parameters::VALUES_OPEN).unwrap_or(Timestamp::MAX);
        session.opened.insert(item, (reason, until));
    }

    /// Masks the values of an item again.
    pub(crate) fn close_values(&mut self, key: SessionKey, item: ItemId) {
        if let Some(session) = self.open.get_mut(&key) {
            session.opened.remove(&item);
        }
    }

    /// For what reason and until when the values of an item are open to this session.
    pub(crate) fn values(
        &self,
        key: SessionKey,
        item: ItemId,
        now: Timestamp,
    ) -> Option<(OpenReason, Timestamp)> {
        self.open.get(&key)?.opened.get(&item).copied().filter(|(_, until)| *until > now)
    }
}

/// Wrong PINs per official. As many entries as the signed register has officials.
#[derive(Default)]
pub(crate) struct Attempts {
    wrong: HashMap<StaffId, (u32, Timestamp)>,
}

impl Attempts {
    /// Counts an attempt before it is made. `Err` says how long to wait; `Ok` how many are left after this one.
    pub(crate) fn begin(&mut self, person: &StaffId, now: Timestamp) -> Result<u32, SignedDuration> {
        let (count, last) = self.wrong.get(person).copied().unwrap_or((0, now));
        let passed = now.duration_since(last);
        let count = if passed >= parameters::PIN_WAIT { 0 } else { count };
        if count >= limits::PIN_ATTEMPTS_MAX {
            return Err(parameters::PIN_WAIT - passed.max(SignedDuration::ZERO));
        }
        self.wrong.insert(person.clone(), (count + 1, now));
        Ok(limits::PIN_ATTEMPTS_MAX - count - 1)
    }

    /// The PIN was right.
    pub(crate) fn succeeded(&mut self, person: &StaffId) {
        self.wrong.remove(person);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minute * 60).expect("in range")
    }

    fn staff(id: &str) -> StaffId {
        StaffId::new(id).expect("literal")
    }

    fn begin(sessions: &mut Sessions, person: &str, number: u8, minute: i64) -> Option<SessionSecret> {
        sessions.begin(&staff(person), "card", [[number; 32], [number; 32]], at(minute))
    }

    #[test]
    fn a_session_ends_with_idle_time_age_and_sign_out() {
        let mut sessions = Sessions::default();
        let secret = begin(&mut sessions, "a", 1, 0).expect("room");
        assert!(sessions.find(&secret, "card", true, at(29)).is_some());
        assert!(sessions.find(&secret, "card", false, at(58)).is_some(), "used at 29");
        assert!(
            sessions.find(&secret, "card", true, at(60)).is_none(),
            "what a page does by itself is no use"
        );
        let secret = begin(&mut sessions, "a", 2, 100).expect("room");
        for minute in 0..=600 {
            assert!(sessions.find(&secret, "card", true, at(100 + minute)).is_some(), "{minute}");
        }
        assert!(sessions.find(&secret, "card", true, at(701)).is_none());
        let secret = begin(&mut sessions, "a", 3, 800).expect("room");
        let found = sessions.find(&secret, "card", true, at(800)).expect("open");
        sessions.end(found.key);
        assert!(sessions.find(&secret, "card", true, at(800)).is_none());
    }

    #[test]
    fn a_session_knows_since_when_its_official_was_away() {
        let mut sessions = Sessions::default();
        let first = begin(&mut sessions, "a", 1, 0).expect("room");
        assert_eq!(sessions.find(&first, "card", true, at(20)).expect("open").away_since, None);
        let second = begin(&mut sessions, "a", 2, 900).expect("room");
        let found = sessions.find(&second, "card", true, at(901)).expect("open");
        assert_eq!(found.away_since, Some(at(20)));
        sessions.speak(found.key, Language::Dutch);
        assert_eq!(
            sessions.find(&second, "card", true, at(902)).expect("open").language,
            Some(Language::Dutch)
        );
    }

    #[test]
    fn a_session_belongs_to_its_card_and_its_secret() {
        let mut sessions = Sessions::default();
        let secret = begin(&mut sessions, "a", 1, 0).expect("room");
        assert!(sessions.find(&secret, "another card", true, at(0)).is_none());
        assert!(sessions.find(&SessionSecret::from_cookie("guess"), "card", true, at(0)).is_none());
        let found = sessions.find(&secret, "card", true, at(0)).expect("open");
        assert!(found.is_own_token(&found.form_token.clone()));
        assert!(!found.is_own_token(""));
    }

    #[test]
    fn sessions_are_bounded() {
        let mut sessions = Sessions::default();
        let first = begin(&mut sessions, "a", 1, 0).expect("room");
        for number in 2..=5 {
            assert!(begin(&mut sessions, "a", number, 1).is_some());
        }
        assert!(sessions.find(&first, "card", true, at(1)).is_none(), "the oldest gave way");
        let mut sessions = Sessions::default();
        for number in 0..limits::SESSIONS_MAX {
            let random = [digest_of(number), digest_of(number)];
            assert!(sessions.begin(&staff(&format!("p{number}")), "card", random, at(0)).is_some());
        }
        assert!(begin(&mut sessions, "late", 9, 0).is_none());
        assert!(begin(&mut sessions, "late", 9, 31).is_some(), "idle ones give way");
    }

    fn digest_of(number: usize) -> [u8; 32] {
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, number.to_string().as_bytes()).as_ref());
        key
    }

    #[test]
    fn opened_values_are_masked_again() {
        let mut sessions = Sessions::default();
        let secret = begin(&mut sessions, "a", 1, 0).expect("room");
        let key = sessions.find(&secret, "card", true, at(0)).expect("open").key;
        let item = ItemId::new(7);
        assert!(sessions.values(key, item, at(0)).is_none());
        sessions.open_values(key, item, OpenReason::Key, at(0));
        assert!(sessions.values(key, item, at(14)).is_some());
        assert!(sessions.values(key, item, at(15)).is_none());
        for number in 0..40 {
            sessions.open_values(key, ItemId::new(number), OpenReason::Key, at(0));
        }
        let open =
            (0..40).filter(|number| sessions.values(key, ItemId::new(*number), at(1)).is_some()).count();
        assert_eq!(open, limits::OPENED_PER_SESSION_MAX);
        sessions.close_values(key, ItemId::new(39));
        assert!(sessions.values(key, ItemId::new(39), at(1)).is_none());
    }

    #[test]
    fn wrong_pins_are_limited_per_person() {
        let mut attempts = Attempts::default();
        let (one, other) = (staff("one"), staff("other"));
        for left in (0..limits::PIN_ATTEMPTS_MAX).rev() {
            assert_eq!(attempts.begin(&one, at(0)), Ok(left));
        }
        assert_eq!(attempts.begin(&one, at(5)), Err(SignedDuration::from_mins(10)));
        assert!(attempts.begin(&other, at(5)).is_ok());
        assert_eq!(attempts.begin(&one, at(15)), Ok(limits::PIN_ATTEMPTS_MAX - 1));
        attempts.succeeded(&one);
        assert_eq!(attempts.begin(&one, at(16)), Ok(limits::PIN_ATTEMPTS_MAX - 1));
    }
}
