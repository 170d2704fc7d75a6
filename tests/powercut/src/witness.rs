//! Everybody outside of the gateway: who sends, who collects, what they were promised, and what they hold it to.
//!
//! A promise is a receipt, or an acknowledgement of an answer that was itself acknowledged. After each restart every
//! promised message is asked for, the latest are sent again and must get the very same receipt, the audit log must
//! verify with the receipts as anchors, and the central system must have nothing twice. An acknowledged answer must not
//! come back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use e2e::central::Central;
use e2e::fixture::{self, Parts, Visit};
use e2e::kiosk::text;
use e2e::link::{self, Reply};
use e2e::operator::Operator;
use e2e::site::{KIOSK_1, PARTNER, Site};
use icd::identifier::{AnswerId, MessageId};
use icd::message::{Answer, Message, Receipt};
use icd::operation::Operation;
use matcher::synth::Person;
use reqwest::{Client, StatusCode};
use serde_json::Value;
use tokio::time::timeout;

use crate::Error;
use crate::limits;

/// A message and who sends it.
struct Letter {
    parts: Parts,
    is_change: bool,
}

#[derive(Default)]
struct Book {
    /// Sent at least once, without a receipt so far: the sender tries again.
    waiting: BTreeMap<MessageId, Arc<Letter>>,
    /// Receipted, in the order of the receipts' lines.
    promised: BTreeMap<MessageId, (Arc<Letter>, Receipt)>,
    /// Promised since the last check.
    latest: Vec<MessageId>,
    /// Held here; whether the gateway took the acknowledgement is not known. The power may go between its record and
    /// its reply, so it is said again until a reply comes.
    held: BTreeMap<AnswerId, Answer>,
    acknowledged: BTreeSet<AnswerId>,
    answered: BTreeSet<MessageId>,
}

/// The outside.
pub struct Witness {
    site: Arc<Site>,
    gateway: PathBuf,
    base: String,
    kiosk: Client,
    partner: Client,
    central: Central,
    visit: Visit,
    numbers: AtomicU32,
    book: Mutex<Book>,
}

impl Witness {
    /// Whoever stands outside of this site's gateway.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(site: Arc<Site>, gateway: PathBuf) -> Result<Self, Error> {
        Ok(Self {
            base: format!("https://127.0.0.1:{}", site.ports.gateway_link),
            kiosk: e2e::client::as_party(&site, KIOSK_1)?,
            partner: e2e::client::as_party(&site, PARTNER)?,
            central: Central::of(&site)?,
            visit: Visit::of(&Person::new(21, 30), 1),
            numbers: AtomicU32::new(0),
            book: Mutex::default(),
            site,
            gateway,
        })
    }

    /// Messages that have a receipt.
    #[must_use]
    pub fn promised(&self) -> usize {
        self.book().promised.len()
    }

    /// Switches faults of the central system.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn set_central(&self, faults: Value) -> Result<(), Error> {
        Ok(self.central.set_faults(faults).await?)
    }

    /// Sends one message after the other, old ones without a receipt first, until told to stop.
    ///
    /// # Errors
    /// [`Error::Violated`] when another receipt comes than before.
    pub async fn send(&self, stop: impl Fn() -> bool) -> Result<(), Error> {
        while !stop() {
            let letter = self.next()?;
            if !self.hand_in(&letter).await? {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }

    /// Sends a message of each kind that the gateway has never seen; says how many got a receipt.
    ///
    /// # Errors
    /// As [`Witness::send`].
    pub async fn try_new(&self) -> Result<usize, Error> {
        let mut taken = 0;
        for is_change in [true, false] {
            let letter = self.write(is_change)?;
            taken += usize::from(self.hand_in(&letter).await?);
        }
        Ok(taken)
    }

    /// Collects answers and says that they are safe, until told to stop.
    ///
    /// # Errors
    /// [`Error::Violated`] when an acknowledged answer comes back.
    pub async fn collect(&self, stop: impl Fn() -> bool) -> Result<(), Error> {
        while !stop() {
            if let Ok(Ok(answers)) =
                timeout(limits::REPLY_TIME_MAX, link::answers(&self.kiosk, &self.base, 1)).await
            {
                let mut book = self.book();
                for answer in answers {
                    if book.acknowledged.contains(&answer.answer_id) {
                        return Err(Error::Violated(format!("answer {} came back", answer.answer_id)));
                    }
                    book.held.insert(answer.answer_id, answer);
                }
            }
            let held: Vec<Answer> = self.book().held.values().cloned().collect();
            for answer in held {
                let said = link::acknowledge(&self.kiosk, &self.base, &answer);
                if matches!(timeout(limits::REPLY_TIME_MAX, said).await, Ok(Ok(()))) {
                    let mut book = self.book();
                    book.held.remove(&answer.answer_id);
                    book.acknowledged.insert(answer.answer_id);
                    book.answered.insert(answer.in_reply_to);
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Holds a gateway that has just started to everything that was promised.
    ///
    /// # Errors
    /// [`Error::Violated`].
    pub async fn check(&self) -> Result<(), Error> {
        let (promised, latest) = {
            let mut book = self.book();
            let promised: Vec<_> = book
                .promised
                .values()
                .map(|(letter, receipt)| (Arc::clone(letter), receipt.clone()))
                .collect();
            (promised, std::mem::take(&mut book.latest))
        };
        for (letter, receipt) in &promised {
            let id = letter.parts.message_id;
            let status = patiently(|| async {
                let url = format!("{}/v1/transactions/{id}", self.base);
                Ok(self.client(letter).get(url).send().await.map_err(e2e::Error::from)?.status())
            });
            let status = status.await?;
            if status != StatusCode::OK {
                return Err(Error::Violated(format!("message {id} was receipted and is lost: {status}")));
            }
            if latest.contains(&id) {
                match patiently(|| link::hand_in(self.client(letter), &self.base, &letter.parts)).await? {
                    Reply::Receipt(StatusCode::OK, again) if *again == *receipt => {}
                    Reply::Receipt(status, _) => {
                        return Err(Error::Violated(format!("message {id} got another receipt, {status}")));
                    }
                    Reply::Problem(status, problem) => {
                        return Err(Error::Violated(format!("message {id} is refused: {status} {problem}")));
                    }
                }
            }
        }
        self.verify_audit(&promised, &latest)?;
        self.nothing_twice().await
    }

    /// Waits until every promised submission is answered and its answer is home.
    ///
    /// # Errors
    /// [`Error::Violated`] when that does not come.
    pub async fn all_ends(&self) -> Result<(), Error> {
        let mut until = Instant::now() + limits::IDLE_TIME_MAX;
        let mut open_before = usize::MAX;
        loop {
            let open: Vec<MessageId> = {
                let book = self.book();
                let submissions = book.promised.iter().filter(|(_, (letter, _))| !letter.is_change);
                submissions.map(|(id, _)| *id).filter(|id| !book.answered.contains(id)).collect()
            };
            if open.is_empty() {
                break;
            }
            if open.len() < open_before {
                open_before = open.len();
                until = Instant::now() + limits::IDLE_TIME_MAX;
            }
            if Instant::now() > until {
                return Err(Error::Violated(format!(
                    "{} messages were not answered, {} first",
                    open.len(),
                    open[0]
                )));
            }
            self.collect({
                let asked = AtomicU32::new(0);
                move || asked.fetch_add(1, Ordering::Relaxed) > 0
            })
            .await?;
        }
        self.operators_can_read().await?;
        self.nothing_twice().await?;
        let state = self.central.state().await?;
        let book = self.book();
        for (id, (letter, _)) in &book.promised {
            let stored = state.messages.get(&id.to_string()).map_or(0, |seen| seen.stored_as_new);
            if !letter.is_change && stored != 1 {
                return Err(Error::Violated(format!("message {id} is {stored} times in the central system")));
            }
        }
        Ok(())
    }

    /// What the gateway says of itself: status and text.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn health(&self) -> Result<(StatusCode, String), Error> {
        let asked = self.kiosk.get(format!("{}/v1/health", self.base)).send();
        let reply = asked.await.map_err(e2e::Error::from)?;
        Ok((reply.status(), reply.text().await.map_err(e2e::Error::from)?))
    }

    /// What waits for a person is there with its content, and it is what was sent.
    async fn operators_can_read(&self) -> Result<(), Error> {
        let numbers: BTreeSet<String> = {
            let book = self.book();
            book.promised
                .values()
                .map(|(letter, _)| letter.parts.reference_number.as_str().to_owned())
                .collect()
        };
        let operator = Operator::sign_in(&self.site).await?;
        let waiting =
            operator.queue().await?.into_iter().filter(|item| text(item, "operation") == CHANGE.code());
        for item in waiting.take(limits::ITEMS_OPENED_MAX) {
            let id = text(&item, "id");
            operator.act(id, "claim", &[]).await?;
            let opened = operator.act(id, "open", &[("reason", "key")]).await;
            let opened =
                opened.map_err(|error| Error::Violated(format!("item {id} cannot be opened: {error}")))?;
            let values = opened.get("values").and_then(Value::as_array).cloned().unwrap_or_default();
            if !values.iter().any(|value| numbers.contains(text(value, "value"))) {
                return Err(Error::Violated(format!("item {id} has other content than was sent")));
            }
        }
        Ok(())
    }

    async fn nothing_twice(&self) -> Result<(), Error> {
        let state = self.central.state().await?;
        match state.messages.iter().find(|(_, seen)| seen.stored_as_new > 1) {
            Some((id, seen)) => Err(Error::Violated(format!(
                "message {id} was stored as new {} times by the central system",
                seen.stored_as_new
            ))),
            None => Ok(()),
        }
    }

    fn verify_audit(&self, promised: &[(Arc<Letter>, Receipt)], latest: &[MessageId]) -> Result<(), Error> {
        let mut command = Command::new(&self.gateway);
        command.args(["audit", "verify", "--public-key"]).arg(self.site.path("receipt.pub"));
        let anchors = promised.iter().filter(|(letter, _)| latest.contains(&letter.parts.message_id));
        for (number, (_, receipt)) in anchors.rev().take(limits::RECEIPTS_PER_CHECK_MAX).enumerate() {
            let name = format!("logs/receipt-{number}.xml");
            self.site.write(&name, Message::Receipt(receipt.clone()).to_xml().as_bytes())?;
            command.arg("--receipt").arg(self.site.path(&name));
        }
        let done = command.arg(self.site.path("gateway-store/audit")).output();
        let done = done.map_err(|error| Error::Broken(error.to_string()))?;
        if done.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        Err(Error::Violated(format!("the audit log does not verify: {}", said.trim())))
    }

    /// Sends a message once; whether a receipt came.
    async fn hand_in(&self, letter: &Arc<Letter>) -> Result<bool, Error> {
        let id = letter.parts.message_id;
        let sent = link::hand_in(self.client(letter), &self.base, &letter.parts);
        match timeout(limits::REPLY_TIME_MAX, sent).await {
            Ok(Ok(Reply::Receipt(_, receipt))) => {
                let mut book = self.book();
                book.waiting.remove(&id);
                match book.promised.get(&id) {
                    Some((_, before)) if *before != *receipt => {
                        return Err(Error::Violated(format!("message {id} got another receipt than before")));
                    }
                    Some(_) => {}
                    None => {
                        book.promised.insert(id, (Arc::clone(letter), *receipt));
                        book.latest.push(id);
                    }
                }
                Ok(true)
            }
            // 409: its other connection is not done; 429 and 503: not now.
            Ok(Ok(Reply::Problem(
                StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE,
                _,
            ))) => Ok(false),
            Ok(Ok(Reply::Problem(status, problem))) => {
                Err(Error::Violated(format!("a good message is refused: {status} {problem}")))
            }
            Ok(Err(_)) | Err(_) => Ok(false),
        }
    }

    /// An old message without a receipt, or a new one.
    fn next(&self) -> Result<Arc<Letter>, Error> {
        let number = self.numbers.load(Ordering::Relaxed);
        if number.is_multiple_of(2)
            && let Some(letter) = self.book().waiting.values().nth(number as usize % 5).cloned()
        {
            self.numbers.fetch_add(1, Ordering::Relaxed);
            return Ok(letter);
        }
        self.write(!number.is_multiple_of(SUBMISSION_EVERY))
    }

    fn write(&self, is_change: bool) -> Result<Arc<Letter>, Error> {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let national = format!("T{number:09}");
        let parts = if is_change {
            let reference = format!("NL1{national}").parse();
            let reference = reference.map_err(|error: icd::Error| Error::Broken(error.to_string()))?;
            fixture::change(CHANGE, &reference, PARTNER)?
        } else {
            fixture::submission(&self.visit, KIOSK_1, &national)?
        };
        let letter = Arc::new(Letter { parts, is_change });
        self.book().waiting.insert(letter.parts.message_id, Arc::clone(&letter));
        Ok(letter)
    }

    fn client(&self, letter: &Letter) -> &Client {
        if letter.is_change { &self.partner } else { &self.kiosk }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection may still lead to the process that ended: tried again, until it is plain that nobody answers.
async fn patiently<T, F: Future<Output = Result<T, e2e::Error>>>(
    mut ask: impl FnMut() -> F,
) -> Result<T, Error> {
    let mut last = String::new();
    for _ in 0..limits::TRIES_MAX {
        match ask().await {
            Ok(answer) => return Ok(answer),
            Err(error) => last = error.to_string(),
        }
        tokio::time::sleep(limits::TRY_PAUSE).await;
    }
    Err(Error::Violated(format!("it started and does not answer: {last}")))
}

const PAUSE: Duration = Duration::from_millis(10);
/// What the chain partner asks for; it waits for a person.
const CHANGE: Operation = Operation::EraseInaccurate;
/// One message of so many has prints.
const SUBMISSION_EVERY: u32 = 4;
