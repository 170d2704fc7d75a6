//! An officer at a kiosk: drives the interface behind the screens, step by step, and reads what they would show.

use std::time::{Duration, Instant};

use reqwest::{Client, header};
use serde_json::Value;

use crate::{Error, client, site::Person};

/// A kiosk with an officer in front of it.
pub struct Kiosk {
    client: Client,
    base: String,
    name: &'static str,
    csrf: String,
}

/// One case at a kiosk.
pub struct Case<'a> {
    kiosk: &'a Kiosk,
    id: String,
}

/// A refused request, as a problem document says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// Stable code.
    pub code: String,
    /// The sentence for the officer.
    pub detail: String,
}

/// A step that was taken: what the screen would have shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Right four, left four, thumbs or face.
    pub step: String,
    /// How often it was tried.
    pub attempts: u64,
    /// Quality per finger, or empty for the face.
    pub quality: Vec<(String, u64)>,
}

impl Kiosk {
    /// Opens the kiosk at this port.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn at(name: &'static str, port: u16) -> Result<Self, Error> {
        Ok(Self {
            client: client::plain()?,
            base: format!("http://127.0.0.1:{port}"),
            name,
            csrf: String::new(),
        })
    }

    /// Signs an officer in.
    ///
    /// # Errors
    /// When the kiosk refuses.
    pub async fn sign_in(&mut self, person: &Person) -> Result<(), Error> {
        let code = person.code().unwrap_or_default();
        let form = [("staff", person.id), ("pin", person.pin.as_str()), ("code", code.as_str())];
        self.send("/sign-in", &form).await?.map_err(|problem| self.unexpected(&problem))?;
        let home = self.home().await?;
        self.csrf = home.get("csrf").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(())
    }

    /// What the home screen knows.
    ///
    /// # Errors
    /// When the kiosk does not answer.
    pub async fn home(&self) -> Result<Value, Error> {
        self.read("/").await
    }

    /// Chooses who stands at the virtual devices.
    ///
    /// # Errors
    /// When the kiosk has no virtual devices or refuses.
    pub async fn place(&self, person: usize, visit: u32, behaviour: &str) -> Result<(), Error> {
        let (person, visit) = (person.to_string(), visit.to_string());
        // The day is not about the live picture; the browser check looks at that.
        let tempo = ("tempo", "brisk");
        let form = [("person", person.as_str()), ("visit", visit.as_str()), ("behaviour", behaviour), tempo];
        self.send("/virtual", &form).await?.map(drop).map_err(|problem| self.unexpected(&problem))
    }

    /// Opens a case.
    ///
    /// # Errors
    /// When the kiosk refuses.
    pub async fn open_case(&self, category: &str, event_at: jiff::Timestamp) -> Result<Case<'_>, Error> {
        let event_at = event_at.to_string();
        let form = [("category", category), ("event_at", event_at.as_str()), ("event_place", "Ter Apel")];
        let state = self.send("/cases", &form).await?.map_err(|problem| self.unexpected(&problem))?;
        let id = state.get("case").and_then(Value::as_str).map(str::to_owned);
        let id = id.ok_or_else(|| Error::Request {
            to: self.name.to_owned(),
            reason: format!("no case in {state}"),
        })?;
        Ok(Case { kiosk: self, id })
    }

    async fn read(&self, path: &str) -> Result<Value, Error> {
        let request = self.client.get(format!("{}{path}", self.base)).header(header::ACCEPT, JSON);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    /// Sends a form; the outer error is a kiosk that does not answer, the inner one a kiosk that refuses.
    async fn send(&self, path: &str, form: &[(&str, &str)]) -> Result<Result<Value, Problem>, Error> {
        let mut fields = form.to_vec();
        fields.push(("csrf", self.csrf.as_str()));
        let answer = self
            .client
            .post(format!("{}{path}", self.base))
            .header(header::ACCEPT, JSON)
            .form(&fields)
            .send()
            .await?;
        let status = answer.status();
        let bytes = answer.bytes().await?;
        let body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        if status.is_success() || status.is_redirection() {
            return Ok(Ok(body));
        }
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Err(Problem { status: status.as_u16(), code: text("code"), detail: text("detail") }))
    }

    fn unexpected(&self, problem: &Problem) -> Error {
        Error::Request {
            to: self.name.to_owned(),
            reason: format!("{} {}: {}", problem.status, problem.code, problem.detail),
        }
    }
}

impl Case<'_> {
    /// The case's identifier.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the case's screen knows.
    ///
    /// # Errors
    /// When the kiosk does not answer.
    pub async fn state(&self) -> Result<Value, Error> {
        self.kiosk.read(&format!("/cases/{}", self.id)).await
    }

    /// Sends one of the case's forms and expects it to be taken.
    ///
    /// # Errors
    /// When the kiosk refuses or does not answer.
    pub async fn send(&self, form: &str, fields: &[(&str, &str)]) -> Result<Value, Error> {
        self.try_send(form, fields).await?.map_err(|problem| self.kiosk.unexpected(&problem))
    }

    /// Sends one of the case's forms; the inner error is a refusal.
    ///
    /// # Errors
    /// When the kiosk does not answer.
    pub async fn try_send(
        &self,
        form: &str,
        fields: &[(&str, &str)],
    ) -> Result<Result<Value, Problem>, Error> {
        self.kiosk.send(&format!("/cases/{}/{form}", self.id), fields).await
    }

    /// Takes hands and face as an officer would: starts each step, tries again while a finger is not good enough and
    /// tries are left, then takes the best. Ends when the case can be sealed.
    ///
    /// # Errors
    /// When the case ends or stops otherwise.
    pub async fn capture_all(&self) -> Result<Vec<Taken>, Error> {
        let until = Instant::now() + CAPTURE_TIMEOUT;
        loop {
            let state = self.state().await?;
            let step = state.get("step").and_then(Value::as_str).unwrap_or_default().to_owned();
            match text(&state, "phase") {
                "capture" => drop(self.send("capture", &[("step", &step)]).await?),
                "review" => self.review(&state, &step).await?,
                "sensing" | "checking" => tokio::time::sleep(POLL_PAUSE).await,
                "ready-to-seal" => return Ok(taken(&state)),
                other => {
                    let reason = format!("the case went to `{other}` while capturing: {}", state["sequence"]);
                    return Err(Error::Request { to: self.kiosk.name.to_owned(), reason });
                }
            }
            if Instant::now() >= until {
                let seconds = CAPTURE_TIMEOUT.as_secs();
                return Err(Error::InVain { what: format!("the capture to end (step {step})"), seconds });
            }
        }
    }

    async fn review(&self, state: &Value, step: &str) -> Result<(), Error> {
        let good = state["last_attempt"]["accepted"].as_bool().unwrap_or(false);
        let steps = state["steps"].as_array().cloned().unwrap_or_default();
        let again = steps.iter().any(|entry| text(entry, "step") == step && entry["may_try_again"] == true);
        match (good, again) {
            (true, _) => self.send("accept", &[("step", step)]).await?,
            (false, true) => self.send("retry", &[("step", step)]).await?,
            (false, false) => self.send("accept", &[("step", step), ("reason", "best of all tries")]).await?,
        };
        Ok(())
    }

    /// Waits until the case's state satisfies `done`.
    ///
    /// # Errors
    /// When it does not within `limit`.
    pub async fn wait_until(
        &self,
        what: &str,
        limit: Duration,
        done: impl Fn(&Value) -> bool,
    ) -> Result<Value, Error> {
        let until = Instant::now() + limit;
        loop {
            let state = self.state().await?;
            if done(&state) {
                return Ok(state);
            }
            if Instant::now() >= until {
                return Err(Error::InVain { what: what.to_owned(), seconds: limit.as_secs() });
            }
            tokio::time::sleep(POLL_PAUSE).await;
        }
    }
}

/// A text member, empty when absent.
pub fn text<'a>(state: &'a Value, name: &str) -> &'a str {
    state.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// What came of the message, as the kiosk shows it; empty while there is no answer.
pub fn outcome(state: &Value) -> &str {
    state.pointer("/delivery/answer/outcome").and_then(Value::as_str).unwrap_or_default()
}

fn taken(state: &Value) -> Vec<Taken> {
    let steps = state["steps"].as_array().cloned().unwrap_or_default();
    steps
        .iter()
        .map(|step| {
            let best = step["best"].as_array().cloned().unwrap_or_default();
            let quality = best
                .iter()
                .filter_map(|best| Some((text(best, "finger").to_owned(), best.get("quality")?.as_u64()?)))
                .collect();
            Taken {
                step: text(step, "step").to_owned(),
                attempts: step["attempts"].as_u64().unwrap_or(0),
                quality,
            }
        })
        .collect()
}

const JSON: &str = "application/json";
const POLL_PAUSE: Duration = Duration::from_millis(25);
const CAPTURE_TIMEOUT: Duration = Duration::from_secs(60);
