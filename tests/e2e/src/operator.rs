//! A queue operator at the console: reads the queue, claims, keys, confirms, as the pages do.

use std::time::{Duration, Instant};

use reqwest::{Client, header};
use serde_json::Value;

use crate::{
    Error,
    client::{self},
    kiosk::text,
    site::{OPERATOR, Site},
};

/// The console with a signed-in operator in front of it.
pub struct Operator {
    client: Client,
    base: String,
    csrf: String,
}

impl Operator {
    /// Opens the console with the operator's card and signs in with the PIN.
    ///
    /// # Errors
    /// When the console refuses.
    pub async fn sign_in(site: &Site) -> Result<Self, Error> {
        let base = format!("https://127.0.0.1:{}", site.ports.gateway_console);
        let pin = site.person(OPERATOR).map(|person| person.pin.clone()).unwrap_or_default();
        let mut operator = Self { client: client::as_party(site, OPERATOR)?, base, csrf: String::new() };
        let page = operator.read("/sign-in").await.unwrap_or(Value::Null);
        operator.take_csrf(&page);
        operator.send("/sign-in", &[("pin", &pin)]).await?;
        let queue = operator.read("/").await?;
        operator.take_csrf(&queue);
        Ok(operator)
    }

    /// The queue.
    ///
    /// # Errors
    /// When the console does not answer.
    pub async fn queue(&self) -> Result<Vec<Value>, Error> {
        Ok(self.read("/").await?.get("items").and_then(Value::as_array).cloned().unwrap_or_default())
    }

    /// Waits for a work item of this operation that a person must handle.
    ///
    /// # Errors
    /// When none appears in time.
    pub async fn wait_for(&self, operation: &str) -> Result<Value, Error> {
        let until = Instant::now() + WAIT;
        loop {
            let item = self.queue().await?.into_iter().find(|item| text(item, "operation") == operation);
            if let Some(item) = item {
                return Ok(item);
            }
            if Instant::now() >= until {
                return Err(Error::InVain {
                    what: format!("a work item `{operation}`"),
                    seconds: WAIT.as_secs(),
                });
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// One item.
    ///
    /// # Errors
    /// When the console does not answer.
    pub async fn item(&self, id: &str) -> Result<Value, Error> {
        self.read(&format!("/items/{id}")).await
    }

    /// Sends one of an item's forms (`claim`, `open`, `confirm`, `release`).
    ///
    /// # Errors
    /// When the console refuses.
    pub async fn act(&self, id: &str, action: &str, fields: &[(&str, &str)]) -> Result<Value, Error> {
        self.send(&format!("/items/{id}/{action}"), fields).await
    }

    /// The open tasks.
    ///
    /// # Errors
    /// When the console does not answer.
    pub async fn tasks(&self) -> Result<Vec<Value>, Error> {
        Ok(self.read("/tasks").await?.get("tasks").and_then(Value::as_array).cloned().unwrap_or_default())
    }

    /// Sends one of a task's forms (`open`, `claim`, `release`, `close`).
    ///
    /// # Errors
    /// When the console refuses.
    pub async fn act_on_task(
        &self,
        number: u64,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Result<Value, Error> {
        self.send(&format!("/tasks/{number}/{action}"), fields).await
    }

    async fn read(&self, path: &str) -> Result<Value, Error> {
        let request = self.client.get(format!("{}{path}", self.base)).header(header::ACCEPT, JSON);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn send(&self, path: &str, form: &[(&str, &str)]) -> Result<Value, Error> {
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
        let body: Value = serde_json::from_slice(&answer.bytes().await?).unwrap_or(Value::Null);
        if status.is_success() || status.is_redirection() {
            return Ok(body);
        }
        let reason = format!("{status} {}: {}", text(&body, "code"), text(&body, "detail"));
        Err(Error::Request { to: "operator console".to_owned(), reason })
    }

    fn take_csrf(&mut self, page: &Value) {
        if let Some(csrf) = page.get("csrf").and_then(Value::as_str) {
            csrf.clone_into(&mut self.csrf);
        }
    }
}

const JSON: &str = "application/json";
const WAIT: Duration = Duration::from_secs(15);
