//! One SBI device as its service shows it: found, identified, asked.
//!
//! Discovery tells only on which port somebody answers. Who it is comes from the signed device information, whose
//! certificate path, identity, environment and purpose are checked before the device counts as there. A device that
//! moved to another port or came back after a cable pull is found again at the next opening.

use std::ops::RangeInclusive;

use hyper::body::Bytes;
use jiff::Timestamp;
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::answer::{self, Asked, Taken, Trust, Wrong};
use super::chain::Chain;
use super::code::Refusal;
use super::http::{self, Lost};
use super::stream::Frames;
use super::trust::{Distrust, believe};
use super::wire::{BioRequest, CaptureAnswer, CaptureRequest, DeviceInfo, DigitalId, Discovered, InfoEntry};
use crate::device::{Bounds, DeviceDescription, Fault, Health};
use crate::limits;
use crate::parameters::{
    SBI_ANSWER_MARGIN_MS, SBI_REQUESTED_SCORE, SBI_STREAM_TIMEOUT_MS, SLAP_RESOLUTION_PPI,
};

/// How an SBI device is set up.
#[derive(Clone)]
pub struct SbiOptions {
    /// Identifier in the kiosk's configuration.
    pub id: String,
    /// Ports on which services are looked for; 4501 to 4600 by the specification.
    pub ports: RangeInclusive<u16>,
    /// Serial number, where several devices are connected.
    pub serial: Option<String>,
    /// Environment that the device must belong to, for example "Production".
    pub environment: String,
    /// Authorities of devices' keys, PEM.
    pub device_ca: Vec<u8>,
    /// Authorities of devices' chips, PEM; needed for devices of level L1.
    pub chip_ca: Option<Vec<u8>>,
}

/// The ports that the specification gives to services.
pub const PORTS: RangeInclusive<u16> = 4501..=4600;

/// Which kind of device is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Finger,
    Face,
}

impl Wanted {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Finger => "Finger",
            Self::Face => "Face",
        }
    }
}

/// A device that was found and identified.
pub(super) struct Found {
    pub(super) port: u16,
    pub(super) info: DeviceInfo,
    pub(super) identity: DigitalId,
    pub(super) level_one: bool,
}

/// What a capture asks for.
pub(super) struct Order<'a> {
    pub(super) sub_id: &'static str,
    pub(super) count: usize,
    pub(super) sub_types: Vec<String>,
    pub(super) exceptions: Vec<String>,
    pub(super) bounds: &'a Bounds,
}

/// The driver's side of one device.
pub(super) struct Service {
    pub(super) options: SbiOptions,
    wanted: Wanted,
    runtime: Option<Runtime>,
    pub(super) found: Option<Found>,
    chain: Chain,
    pub(super) description: DeviceDescription,
}

impl Service {
    pub(super) fn new(options: SbiOptions, wanted: Wanted) -> Self {
        let description = DeviceDescription {
            id: options.id.clone(),
            make: "SBI".into(),
            model: format!("{} device", wanted.kind()),
            driver: concat!("sbi ", env!("CARGO_PKG_VERSION")).into(),
            resolution_ppi: if wanted == Wanted::Finger { SLAP_RESOLUTION_PPI } else { 0 },
            ..DeviceDescription::default()
        };
        Self { options, wanted, runtime: None, found: None, chain: Chain::begin(), description }
    }

    fn id(&self) -> String {
        self.options.id.clone()
    }

    fn runtime(&mut self) -> Result<&Runtime, Fault> {
        if self.runtime.is_none() {
            let made = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let device = self.id();
            self.runtime =
                Some(made.map_err(|error| Fault::Broken { device, detail: error.kind().to_string() })?);
        }
        self.runtime.as_ref().ok_or_else(|| Fault::Closed { device: self.options.id.clone() })
    }

    fn trust(&self) -> Result<Trust, Fault> {
        let read = |pem: &[u8]| {
            super::trust::Authorities::from_pem(pem)
                .map_err(|detail| Fault::Configuration { device: self.id(), detail })
        };
        let chip = self.options.chip_ca.as_deref().map(read).transpose()?;
        Ok(Trust { device: read(&self.options.device_ca)?, chip })
    }

    fn untrusted(&self, distrust: Distrust) -> Fault {
        Fault::Untrusted { device: self.id(), detail: distrust.to_string() }
    }

    fn lost(&self, lost: Lost) -> Fault {
        let broken = |detail: &str| Fault::Broken { device: self.id(), detail: detail.to_owned() };
        match lost {
            Lost::Absent => broken("its service does not listen any more"),
            Lost::Broken => broken("the connection to its service broke"),
            Lost::TooLarge => Fault::BadImage {
                device: self.id(),
                detail: "the answer of its service is larger than any capture".into(),
            },
            Lost::Foreign => broken("its service gave an answer that is none"),
        }
    }

    /// Looks for the device and checks who it is.
    pub(super) fn open(&mut self, bounds: &Bounds) -> Result<(), Fault> {
        bounds.check()?;
        self.found = None;
        self.chain = Chain::begin();
        let trust = self.trust()?;
        let (ports, kind) = (self.options.ports.clone(), self.wanted.kind());
        let answers = self.runtime()?.block_on(http::bounded(bounds, http::discover(ports, kind)))?;
        let mut last = Fault::Missing {
            device: self.id(),
            detail: format!("no {} device of a service on this machine", kind.to_lowercase()),
        };
        for (port, said) in answers {
            match self.identify(port, &said, &trust, bounds) {
                Ok(Some(found)) => {
                    self.describe_from(&found);
                    self.found = Some(found);
                    return Ok(());
                }
                Ok(None) => {}
                Err(fault @ (Fault::Cancelled | Fault::DeadlinePassed)) => return Err(fault),
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }

    /// The device at this port, if it is the wanted one.
    fn identify(
        &mut self,
        port: u16,
        said: &Bytes,
        trust: &Trust,
        bounds: &Bounds,
    ) -> Result<Option<Found>, Fault> {
        let Ok(listed) = serde_json::from_slice::<Vec<Discovered>>(said) else { return Ok(None) };
        if listed.is_empty() {
            return Ok(None);
        }
        let asking = http::bounded(bounds, http::ask(port, "MOSIPDINFO", "/info", String::new()));
        let told = self.runtime()?.block_on(asking)?.map_err(|lost| self.lost(lost))?;
        let entries: Vec<InfoEntry> = serde_json::from_slice(&told).map_err(|_| self.lost(Lost::Foreign))?;
        let mut last = None;
        for entry in entries.iter().take(limits::SBI_RECORDS_MAX) {
            match self.believe_entry(port, entry, trust) {
                Ok(Some(found)) => return Ok(Some(found)),
                Ok(None) => {}
                Err(fault) => last = Some(fault),
            }
        }
        last.map_or(Ok(None), Err)
    }

    fn believe_entry(&self, port: u16, entry: &InfoEntry, trust: &Trust) -> Result<Option<Found>, Fault> {
        if let Some(refusal) = entry.error.as_ref().and_then(|trouble| Refusal::of(&trouble.code)) {
            return Err(refusal.fault(&self.options.id));
        }
        let untrusted = |distrust| self.untrusted(distrust);
        let now = Timestamp::now();
        let statement = believe(&entry.signed, &trust.device, now).map_err(untrusted)?;
        let info: DeviceInfo = statement.read().map_err(untrusted)?;
        let level_one = info.certification.eq_ignore_ascii_case("L1");
        let identity = answer::identity(&info.digital_id, level_one, trust, now).map_err(untrusted)?;
        if !identity.kind.eq_ignore_ascii_case(self.wanted.kind())
            || self.options.serial.as_ref().is_some_and(|serial| *serial != identity.serial_no)
        {
            return Ok(None);
        }
        if info.device_code != identity.serial_no {
            return Err(untrusted(Distrust::OtherIdentity));
        }
        if !statement.signer.contains(&info.device_code) {
            return Err(untrusted(Distrust::OtherDevice));
        }
        if !info.env.eq_ignore_ascii_case(&self.options.environment)
            || !(info.purpose.is_empty() || info.purpose.eq_ignore_ascii_case("Registration"))
        {
            return Err(untrusted(Distrust::OtherPurpose));
        }
        match info.device_status.to_ascii_lowercase().as_str() {
            "ready" => Ok(Some(Found { port, info, identity, level_one })),
            "busy" => Err(Fault::Busy { device: self.id() }),
            "not registered" => Err(Refusal::of("100")
                .map_or_else(|| self.lost(Lost::Foreign), |refusal| refusal.fault(&self.options.id))),
            _ => Err(Fault::Missing {
                device: self.id(),
                detail: "its service says that it is not ready".into(),
            }),
        }
    }

    fn describe_from(&mut self, found: &Found) {
        let Found { info, identity, .. } = found;
        let version = &info.service_version;
        self.description = DeviceDescription {
            id: self.id(),
            make: identity.make.clone(),
            model: identity.model.clone(),
            serial: identity.serial_no.clone(),
            driver: format!("sbi {} (service {version})", env!("CARGO_PKG_VERSION")),
            firmware: info.firmware.clone(),
            certification: format!("SBI {}", info.certification),
            resolution_ppi: self.description.resolution_ppi,
        };
    }

    /// One capture: request, live pictures, answer, belief.
    pub(super) fn capture(
        &mut self,
        order: &Order<'_>,
        frame: &mut dyn FnMut(&[u8]),
    ) -> Result<Vec<Taken>, Fault> {
        let trust = self.trust()?;
        self.runtime()?;
        let device = self.id();
        let closed = || Fault::Closed { device: device.clone() };
        let found = self.found.as_ref().ok_or_else(closed)?;
        let runtime = self.runtime.as_ref().ok_or_else(closed)?;
        let transaction_id = Uuid::new_v4().to_string();
        let begun = Timestamp::now();
        let request = request(found, &self.options.environment, order, &transaction_id, &self.chain, begun);
        let said = runtime.block_on(exchange(found, order, request, frame))?;
        let said = said.map_err(|lost| self.lost(lost))?;
        let answer: CaptureAnswer = serde_json::from_slice(&said).map_err(|_| self.lost(Lost::Foreign))?;
        let asked = Asked {
            kind: self.wanted.kind(),
            transaction_id: &transaction_id,
            environment: &self.options.environment,
            device_code: &found.info.device_code,
            identity: &found.identity,
            level_one: found.level_one,
            chain: &self.chain,
            begun,
        };
        let (taken, chain) =
            answer::check(&answer, &asked, &trust, Timestamp::now()).map_err(|wrong| match wrong {
                Wrong::Refused(refusal) => refusal.fault(&device),
                Wrong::Distrusted(distrust) => self.untrusted(distrust),
                Wrong::Senseless(detail) => self.bad_image(detail),
            })?;
        self.chain = chain;
        Ok(taken)
    }

    pub(super) fn bad_image(&self, detail: &str) -> Fault {
        Fault::BadImage { device: self.id(), detail: detail.to_owned() }
    }

    pub(super) fn close(&mut self) {
        self.found = None;
        // Whatever connection is left open ends with the runtime.
        self.runtime = None;
    }

    pub(super) fn health(&mut self, bounds: &Bounds) -> Health {
        if self.found.is_none() {
            return match self.open(bounds) {
                Ok(()) => {
                    self.found = None;
                    Health::Ready
                }
                Err(fault @ (Fault::Busy { .. } | Fault::Refused { .. })) => {
                    Health::Degraded(fault.to_string())
                }
                Err(fault) => Health::Missing(fault.to_string()),
            };
        }
        let Some(port) = self.found.as_ref().map(|found| found.port) else { return Health::Ready };
        let kind = self.wanted.kind();
        let look = self
            .runtime()
            .and_then(|runtime| runtime.block_on(http::bounded(bounds, http::discover(port..=port, kind))));
        match look {
            Ok(answers) if answers.is_empty() => Health::Missing("its service does not answer".into()),
            Ok(answers) => status(&answers),
            Err(fault) => Health::Missing(fault.to_string()),
        }
    }
}

fn status(answers: &[(u16, Bytes)]) -> Health {
    let listed =
        answers.iter().filter_map(|(_, said)| serde_json::from_slice::<Vec<Discovered>>(said).ok()).flatten();
    let mut devices = listed.filter(|device| !device.device_id.is_empty());
    match devices.next().map(|device| device.status.to_ascii_lowercase()).as_deref() {
        Some("ready" | "busy") => Health::Ready,
        Some(_) => Health::Degraded("its service says that it is not ready".into()),
        None => Health::Missing("its service knows no device".into()),
    }
}

fn request(
    found: &Found,
    environment: &str,
    order: &Order<'_>,
    transaction_id: &str,
    chain: &Chain,
    begun: Timestamp,
) -> CaptureRequest {
    // The service answers at its own time limit with the best it has; that has to come before ours.
    let limit_ms = order.bounds.left().as_millis().saturating_sub(u128::from(SBI_ANSWER_MARGIN_MS));
    CaptureRequest {
        env: environment.to_owned(),
        purpose: "Registration",
        spec_version: found.info.spec_version.first().cloned().unwrap_or_else(|| "0.9.5".to_owned()),
        timeout: limit_ms.max(1).to_string(),
        capture_time: begun.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        transaction_id: transaction_id.to_owned(),
        bio: [BioRequest {
            kind: if found.identity.kind.eq_ignore_ascii_case("Face") { "Face" } else { "Finger" },
            count: order.count.to_string(),
            bio_sub_type: order.sub_types.clone(),
            exception: order.exceptions.clone(),
            requested_score: SBI_REQUESTED_SCORE.to_string(),
            device_id: found.info.device_id.clone(),
            device_sub_id: order.sub_id.to_owned(),
            previous_hash: chain.text(),
        }],
        custom_opts: [],
    }
}

/// Asks for the capture and meanwhile passes live pictures on. Live pictures are a courtesy: their loss is no fault.
async fn exchange(
    found: &Found,
    order: &Order<'_>,
    request: CaptureRequest,
    frame: &mut dyn FnMut(&[u8]),
) -> Result<Result<Bytes, Lost>, Fault> {
    let body = serde_json::to_string(&request).unwrap_or_default();
    let asked = serde_json::json!({
        "deviceId": found.info.device_id,
        "deviceSubId": order.sub_id,
        "timeout": SBI_STREAM_TIMEOUT_MS.to_string(),
    });
    let (sender, mut pictures) = tokio::sync::mpsc::channel(limits::DEVICE_FRAMES_WAITING_MAX);
    let streaming = tokio::spawn(live(found.port, asked.to_string(), sender));
    let capture = http::ask(found.port, "RCAPTURE", "/capture", body);
    tokio::pin!(capture);
    let said = loop {
        tokio::select! {
            said = &mut capture => break Ok(said),
            fault = http::ended(order.bounds) => break Err(fault),
            Some(picture) = pictures.recv() => frame(&picture),
        }
    };
    streaming.abort();
    said
}

async fn live(port: u16, asked: String, pictures: tokio::sync::mpsc::Sender<Vec<u8>>) {
    use http_body_util::BodyExt;
    let Ok(response) = http::send(port, "STREAM", "/stream", asked).await else { return };
    let mut body = response.into_body();
    let mut frames = Frames::default();
    while let Some(Ok(part)) = body.frame().await {
        let picture = part.data_ref().and_then(|bytes| frames.push(bytes));
        // A picture nobody has looked at yet makes the next one superfluous.
        if picture.is_some_and(|picture| {
            matches!(pictures.try_send(picture), Err(tokio::sync::mpsc::error::TrySendError::Closed(_)))
        }) {
            return;
        }
    }
}
