//! 64 connections that hand messages in at a real gateway: TLS, certificate, envelope, container, rights, seal, journal,
//! receipt. Beside them, in `race-link`, the journal alone with as many bytes.
//!
//! The messages are made before the clock runs, and each is sent once. All connections show one certificate: a kiosk's
//! for submissions, a partner's for changes. Changes wait for an operator, submissions go on to the central system while
//! the race runs, as they would.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use e2e::fixture::{self, Parts, Visit};
use e2e::link::{Reply, hand_in};
use e2e::process::Program;
use e2e::running::{Binaries, start_central, start_gateway};
use e2e::site::{KIOSK_1, PARTNER, Ports, Site};
use icd::operation::Operation;
use matcher::synth::Person;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::Error;

/// What is handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A change without a container.
    Change,
    /// Three slaps and a portrait.
    Submission,
}

impl Kind {
    /// Who may hand it in.
    fn party(self) -> &'static str {
        match self {
            Self::Change => PARTNER,
            Self::Submission => KIOSK_1,
        }
    }
}

/// A gateway and the crowd in front of it. The programs are ended when this value is dropped.
pub struct LinkCrowd {
    runtime: Runtime,
    site: Site,
    visit: Visit,
    numbers: u64,
    gateway: Program,
    _central: Program,
}

/// One round.
pub struct Round {
    /// Time of each message, from the first byte to the receipt.
    pub laps: Vec<Duration>,
    /// How long the round took.
    pub span: Duration,
    /// Processor time of the gateway.
    pub gateway_time: Option<Duration>,
}

impl LinkCrowd {
    /// Makes a site in `folder` and starts its programs, which lie beside this one.
    ///
    /// # Errors
    /// [`Error::Build`] when a program is not there, [`Error::Part`] when one does not start.
    pub fn start(folder: &Path) -> Result<Self, Error> {
        let failed = Error::part("starting the site");
        let binaries = Binaries::beside_this().map_err(|error| Error::Build { reason: error.to_string() })?;
        let runtime = Builder::new_multi_thread().enable_all().build().map_err(|error| failed(&error))?;
        let ports = Ports::any().map_err(|error| failed(&error))?;
        let site = Site::create(folder, ports).map_err(|error| failed(&error))?;
        let central = runtime.block_on(start_central(&site, &binaries)).map_err(|error| failed(&error))?;
        let gateway = runtime.block_on(start_gateway(&site, &binaries)).map_err(|error| failed(&error))?;
        let visit = Visit::of(&Person::new(21, 30), 1);
        Ok(Self { runtime, site, visit, numbers: 0, gateway, _central: central })
    }

    /// Bytes of one message of this kind.
    ///
    /// # Errors
    /// As [`LinkCrowd::round`].
    pub fn message_bytes(&mut self, kind: Kind) -> Result<usize, Error> {
        let parts = self.write(kind)?;
        Ok(parts.envelope.len() + parts.container.len())
    }

    /// Hands in `count` new messages over `connections` connections, each waiting for its receipt before the next.
    ///
    /// # Errors
    /// [`Error::Part`] when a message is refused: then no figure means anything.
    pub fn round(&mut self, kind: Kind, count: usize, connections: usize) -> Result<Round, Error> {
        let failed = Error::part("handing in");
        let messages: Result<Vec<Parts>, Error> = (0..count).map(|_| self.write(kind)).collect();
        let shared = Arc::new((messages?, AtomicUsize::new(0)));
        let mut lanes = Vec::new();
        for _ in 0..connections {
            let client = e2e::client::as_party(&self.site, kind.party()).map_err(|error| failed(&error))?;
            lanes.push((client, Arc::clone(&shared)));
        }
        let base = format!("https://127.0.0.1:{}", self.site.ports.gateway_link);
        let before = self.gateway.processor_time();
        let begun = Instant::now();
        let laps = self.runtime.block_on(async move {
            let mut crowd = JoinSet::new();
            for (client, shared) in lanes {
                let base = base.clone();
                crowd.spawn(async move {
                    let (messages, next) = &*shared;
                    let mut laps = Vec::new();
                    while let Some(message) = messages.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let begun = Instant::now();
                        match hand_in(&client, &base, message).await {
                            Ok(Reply::Receipt(..)) => laps.push(begun.elapsed()),
                            Ok(Reply::Problem(status, problem)) => return Err(format!("{status} {problem}")),
                            Err(error) => return Err(error.to_string()),
                        }
                    }
                    Ok(laps)
                });
            }
            let mut all = Vec::new();
            while let Some(ended) = crowd.join_next().await {
                all.extend(ended.map_err(|error| error.to_string())??);
            }
            Ok::<_, String>(all)
        });
        let laps = laps.map_err(|reason| failed(&reason))?;
        let span = begun.elapsed();
        let gateway_time = self.gateway.processor_time().zip(before).map(|(now, before)| now - before);
        Ok(Round { laps, span, gateway_time })
    }

    fn write(&mut self, kind: Kind) -> Result<Parts, Error> {
        self.numbers += 1;
        let national = format!("T{:09}", self.numbers);
        let party = kind.party();
        let parts = match kind {
            Kind::Submission => fixture::submission(&self.visit, party, &national),
            Kind::Change => format!("NL1{national}")
                .parse()
                .map_err(|error: icd::Error| e2e::Error::Site(error.to_string()))
                .and_then(|reference| fixture::change(Operation::EraseInaccurate, &reference, party)),
        };
        parts.map_err(|error| Error::part("making messages")(&error))
    }
}
