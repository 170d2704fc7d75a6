//! The other end: a throw-away site whose `gateway` and `central` run as processes, and the kiosk's link to it.

use std::{fs, path::Path, time::Instant};

use capture::link::{Link, LinkError, LinkSettings, ReceiptKey};
use e2e::{
    process::Program,
    running::{Binaries, start_central, start_gateway},
    site::{GATEWAY, KIOSK_1, Ports, Site, file_stem},
};
use firmware_config::PublicKey;
use tokio::runtime::{Builder, Runtime};

use super::Case;
use crate::{
    Error, limits,
    probe::{TlsFiles, TlsProbe},
};

/// A running site. Its programs are ended when this value is dropped.
pub struct RunningSite {
    link: Link,
    gateway: Program,
    _central: Program,
    runtime: Runtime,
    site: Site,
}

impl RunningSite {
    /// Makes the site in `folder` and starts its programs, which lie beside this one.
    ///
    /// # Errors
    /// [`Error::Build`] when a program is not there, [`Error::Part`] when one does not start.
    pub fn start(folder: &Path) -> Result<Self, Error> {
        let failed = Error::part("starting the site");
        let missing = |error: e2e::Error| Error::Build { reason: error.to_string() };
        let binaries = Binaries::beside_this().map_err(missing)?;
        for program in PROGRAMS {
            binaries.path(program).map_err(missing)?;
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| failed(&error))?;
        let ports = Ports::any().map_err(|error| failed(&error))?;
        let site = Site::create(folder, ports).map_err(|error| failed(&error))?;
        let central = runtime.block_on(start_central(&site, &binaries)).map_err(|error| failed(&error))?;
        let gateway = runtime.block_on(start_gateway(&site, &binaries)).map_err(|error| failed(&error))?;
        let link = link(&site)?;
        Ok(Self { link, gateway, _central: central, runtime, site })
    }

    /// Sends a case and waits for its receipt, which is verified.
    ///
    /// # Errors
    /// As the link reports.
    pub fn send(&self, case: &Case) -> Result<(), LinkError> {
        let sending = self.link.submit(case.id, &case.envelope, &case.container);
        self.runtime.block_on(sending).map(|_receipt| ())
    }

    /// Waits until the answer to a case is here and acknowledged.
    ///
    /// # Errors
    /// When it does not come within [`limits::ANSWER_TIME_MAX`], or as the link reports.
    pub fn await_answer(&self, case: &Case) -> Result<(), Error> {
        let failed = Error::part("answer");
        let begun = Instant::now();
        while begun.elapsed() < limits::ANSWER_TIME_MAX {
            let answers = self.runtime.block_on(self.link.answers()).map_err(|error| failed(&error))?;
            let mut arrived = false;
            for answer in &answers {
                let acknowledging = self.link.acknowledge(answer.answer_id.as_uuid());
                self.runtime.block_on(acknowledging).map_err(|error| failed(&error))?;
                arrived |= answer.in_reply_to.as_uuid() == case.id;
            }
            if arrived {
                return Ok(());
            }
        }
        Err(failed(&"the central system's answer did not come in time"))
    }

    /// A probe of the wire with the certificates of this site.
    ///
    /// # Errors
    /// As [`TlsProbe::new`].
    pub fn tls_probe(&self, part: &'static str, bodies: Vec<Vec<u8>>) -> Result<TlsProbe, Error> {
        let file = |party, ending: &str| self.site.path(&format!("{}.{ending}", file_stem(party)));
        let (server, server_key) = (file(GATEWAY, "pem"), file(GATEWAY, "key"));
        let (client, client_key) = (file(KIOSK_1, "pem"), file(KIOSK_1, "key"));
        let files = TlsFiles {
            authority: &self.site.path("ca.pem"),
            server: (&server, &server_key),
            client: (&client, &client_key),
        };
        TlsProbe::new(part, files, bodies)
    }

    /// Memory that the gateway holds at present, bytes.
    #[must_use]
    pub fn gateway_memory_bytes(&self) -> Option<u64> {
        self.gateway.resident_bytes()
    }
}

fn link(site: &Site) -> Result<Link, Error> {
    let read = |name: String| fs::read(site.path(&name)).map_err(Error::file("a file of the site"));
    let failed = Error::part("the kiosk's link");
    let key = String::from_utf8_lossy(&read("receipt.pub".to_owned())?).into_owned();
    let key = PublicKey::from_text(&key).map_err(|error| failed(&error))?;
    let settings = LinkSettings {
        url: format!("https://127.0.0.1:{}", site.ports.gateway_link),
        ca_pem: read("ca.pem".to_owned())?,
        certificate_pem: read(format!("{}.pem", file_stem(KIOSK_1)))?,
        key_pem: read(format!("{}.key", file_stem(KIOSK_1)))?,
    };
    Link::new(&settings, Box::new(GatewayKey(key))).map_err(|error| failed(&error))
}

struct GatewayKey(PublicKey);

impl ReceiptKey for GatewayKey {
    fn key_id(&self) -> String {
        self.0.key_id().as_str().to_owned()
    }

    fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        self.0.verify_bytes(text, signature)
    }
}

/// The programs of the receiving end.
const PROGRAMS: [&str; 2] = ["gateway", "central"];
