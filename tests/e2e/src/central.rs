//! Drives the simulator's controls and keys operations at its web interface, as a person would.

use std::collections::BTreeMap;

use reqwest::{Client, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Error, client, site::Site};

/// The central system as seen from its web interface.
pub struct Central {
    client: Client,
    url: String,
}

/// What the simulator says of itself.
#[derive(Debug, Deserialize)]
pub struct State {
    /// Datasets stored.
    pub datasets: usize,
    /// Notices that the gateway has not acknowledged.
    pub notices: usize,
    /// Messages by id.
    pub messages: BTreeMap<String, Arrivals>,
}

/// How often one message arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Arrivals {
    /// Times it came over the link.
    pub arrivals: u32,
    /// Times it was stored as new.
    pub stored_as_new: u32,
    /// Whether it was answered.
    pub answered: bool,
}

impl Central {
    /// The simulator of this site.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn of(site: &Site) -> Result<Self, Error> {
        Ok(Self { client: client::plain()?, url: format!("http://127.0.0.1:{}", site.ports.central_web) })
    }

    /// What it holds.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn state(&self) -> Result<State, Error> {
        Ok(self
            .client
            .get(format!("{}/control/state", self.url))
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?)
    }

    /// Switches faults; what is not named is off.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn set_faults(&self, faults: Value) -> Result<(), Error> {
        self.client
            .post(format!("{}/control/faults", self.url))
            .json(&faults)
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }

    /// Opens or closes the system-to-system interface of an operation.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn set_interface(&self, operation: &str, s2s: bool) -> Result<(), Error> {
        let body = json!({ "operation": operation, "s2s": s2s });
        self.client
            .post(format!("{}/control/interfaces", self.url))
            .json(&body)
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }

    /// Lets another Member State change its own dataset of the person under one of our reference numbers.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn raise_notice(&self, notice: Value) -> Result<(), Error> {
        let request = self.client.post(format!("{}/control/notices", self.url)).json(&notice);
        request.send().await?.error_for_status()?;
        Ok(())
    }

    /// Keys an operation at the web interface; returns the receipt number it shows.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn key(
        &self,
        operation: &str,
        reference_number: &str,
        reason: &str,
        keyed_by: &str,
    ) -> Result<String, Error> {
        let form = [
            ("operation", operation),
            ("reference_number", reference_number),
            ("reason", reason),
            ("keyed_by", keyed_by),
        ];
        let answer = self
            .client
            .post(format!("{}/web/operations", self.url))
            .header(header::ACCEPT, "application/json")
            .form(&form)
            .send()
            .await?;
        let (status, body): (StatusCode, Value) = (answer.status(), answer.json().await?);
        body.get("receipt").and_then(Value::as_str).map(str::to_owned).ok_or_else(|| Error::Request {
            to: "central web interface".to_owned(),
            reason: format!("{status}: {body}"),
        })
    }
}
