//! Devices whose driver is somebody else's program.
//!
//! Most slap scanners need a closed kit of their maker. Its code never enters this daemon: a plug-in is a process of its
//! own that speaks a small versioned protocol on its standard input and output ([`protocol`]). Whatever it does, hang,
//! crash, or talk nonsense, costs one capture: it is killed, and the next opening starts it again.
//!
//! The configuration names the program and its SHA-256; a program with other bytes is not started. What a plug-in says
//! in words is not shown or logged, because it could hold anything; its fault number is.
//! No maker's kit is part of this product and none was tried: `tests/sample-plugin` shows the seam.

mod process;
pub mod protocol;

use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use matcher::{Finger, Image};
use sha2::{Digest, Sha256};

use self::process::{Lost, Process};
use self::protocol::{Ask, Kind, Say, VERSION};
use super::{
    Bounds, Camera, CancelToken, DeviceDescription, Fault, FingerprintDevice, Health, Portrait, Reach,
    Signal, SlapImage, SlapRequest,
};
use crate::limits;
use crate::parameters::{DEVICE_BRIEF_CALL_MS, PLUGIN_STOP_MS, SLAP_RESOLUTION_PPI};

/// How a plug-in is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginOptions {
    /// Identifier in the kiosk's configuration.
    pub id: String,
    /// The program.
    pub program: PathBuf,
    /// SHA-256 of the program, hexadecimal.
    pub sha256: String,
    /// What it is started with.
    pub arguments: Vec<String>,
}

/// A scanner or camera behind a plug-in.
pub struct Plugin {
    options: PluginOptions,
    process: Option<Process>,
    description: DeviceDescription,
}

impl Plugin {
    /// A closed device; its program does not run yet.
    #[must_use]
    pub fn new(options: PluginOptions) -> Self {
        let description = DeviceDescription {
            id: options.id.clone(),
            make: "Plug-in".into(),
            model: "not asked yet".into(),
            driver: format!("plugin protocol {VERSION}"),
            ..DeviceDescription::default()
        };
        Self { options, process: None, description }
    }

    fn id(&self) -> String {
        self.options.id.clone()
    }

    fn unusable(&self, detail: &str) -> Fault {
        Fault::Configuration { device: self.id(), detail: detail.to_owned() }
    }

    fn bad_image(&self, detail: &str) -> Fault {
        Fault::BadImage { device: self.id(), detail: detail.to_owned() }
    }

    fn lost(&mut self, lost: Lost) -> Fault {
        self.process = None;
        let device = self.id();
        match lost {
            Lost::Hangs => Fault::Stalled { device },
            Lost::Ended => Fault::Broken { device, detail: "its plug-in ended".into() },
            Lost::Babbles => {
                Fault::Broken { device, detail: "its plug-in said something that is no answer".into() }
            }
        }
    }

    fn said(&self, kind: Kind, code: u32) -> Fault {
        let (device, detail) = (self.id(), format!("its plug-in reports number {code} of its maker"));
        match kind {
            Kind::TimedOut => Fault::DeadlinePassed,
            Kind::Cancelled => Fault::Cancelled,
            Kind::Missing => Fault::Missing { device, detail },
            Kind::Busy => Fault::Busy { device },
            Kind::Denied => Fault::Denied { device },
            Kind::BadImage => Fault::BadImage { device, detail },
            Kind::Unsuited => Fault::Unsuited { device, detail },
            Kind::Broken => Fault::Broken { device, detail },
        }
    }

    /// One call; the process is given up when it does not keep to the protocol.
    fn call(
        &mut self,
        ask: Ask,
        bounds: &Bounds,
        frame: &mut dyn FnMut((u32, u32), Vec<u8>),
    ) -> Result<(Say, Vec<u8>), Fault> {
        let Some(process) = &mut self.process else { return Err(Fault::Closed { device: self.id() }) };
        match process.call(ask, bounds, frame)? {
            Ok((Say::Fault { fault, code }, _)) => Err(self.said(fault, code)),
            Ok(said) => Ok(said),
            Err(lost) => Err(self.lost(lost)),
        }
    }

    fn done(&mut self, ask: Ask, bounds: &Bounds) -> Result<(), Fault> {
        match self.call(ask, bounds, &mut |_, _| ())? {
            (Say::Done, _) => Ok(()),
            _ => Err(self.lost(Lost::Babbles)),
        }
    }

    /// The program's bytes have to be those of the configuration.
    fn check_program(&self) -> Result<(), Fault> {
        let unreadable = |_| self.unusable("its plug-in program cannot be read");
        let mut file = std::fs::File::open(&self.options.program).map_err(unreadable)?;
        let (mut digest, mut block) = (Sha256::new(), vec![0_u8; 1 << 16]);
        loop {
            match file.read(&mut block).map_err(unreadable)? {
                0 => break,
                length => digest.update(block.get(..length).unwrap_or(&[])),
            }
        }
        let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        if !digest.eq_ignore_ascii_case(&self.options.sha256) {
            return Err(self.unusable("its plug-in program has another SHA-256 than configured"));
        }
        Ok(())
    }

    fn start(&mut self, bounds: &Bounds) -> Result<(), Fault> {
        bounds.check()?;
        self.process = None;
        self.check_program()?;
        let started = Process::start(&self.options.program, &self.options.arguments);
        self.process = Some(started.map_err(|_| self.unusable("its plug-in program cannot be started"))?);
        let (said, _) = self.call(Ask::Hello { versions: vec![VERSION] }, bounds, &mut |_, _| ())?;
        let Say::Hello { version, plugin, make, model, serial, firmware, certification } = said else {
            return Err(self.lost(Lost::Babbles));
        };
        if version != VERSION {
            self.process = None;
            return Err(self.unusable("its plug-in speaks another version of the protocol"));
        }
        self.description = DeviceDescription {
            id: self.id(),
            make: plain(&make),
            model: plain(&model),
            serial: plain(&serial),
            driver: format!("plugin protocol {VERSION} ({})", plain(&plugin)),
            firmware: plain(&firmware),
            certification: plain(&certification),
            resolution_ppi: SLAP_RESOLUTION_PPI,
        };
        self.done(Ask::Open, bounds)
    }

    fn slap(&mut self, ask: Ask, bounds: &Bounds, watch: &mut dyn FnMut(&Image)) -> Result<SlapImage, Fault> {
        let mut look = |(width, height), pixels| {
            // A live frame that is none is passed over; only the image counts.
            if let Ok(frame) = Image::new(width, height, SLAP_RESOLUTION_PPI, pixels) {
                watch(&frame);
            }
        };
        let (said, pixels) = self.call(ask, bounds, &mut look)?;
        let Say::Image { width, height, resolution_ppi } = said else { return Err(self.lost(Lost::Babbles)) };
        if resolution_ppi != SLAP_RESOLUTION_PPI {
            return Err(self.bad_image("it is not of 500 ppi"));
        }
        let image = Image::new(width, height, resolution_ppi, pixels)
            .map_err(|error| self.bad_image(&error.to_string()))?;
        Ok(SlapImage { image, areas: Vec::new(), device: self.description.clone() })
    }

    fn shut(&mut self) {
        if self.process.is_some() {
            let bounds = Bounds::within(Duration::from_millis(PLUGIN_STOP_MS), CancelToken::default());
            // One that does not even close is killed with the process.
            let _ = self.done(Ask::Close, &bounds);
        }
        self.process = None;
    }

    fn look(&mut self) -> Health {
        if self.process.is_none() {
            return match self.check_program() {
                Ok(()) => Health::Ready,
                Err(fault) => Health::Missing(fault.to_string()),
            };
        }
        let bounds = Bounds::within(Duration::from_millis(DEVICE_BRIEF_CALL_MS), CancelToken::default());
        match self.done(Ask::Health, &bounds) {
            Ok(()) => Health::Ready,
            Err(fault) => Health::Missing(fault.to_string()),
        }
    }

    fn show(&mut self, signal: Signal, bounds: &Bounds) -> Result<(), Fault> {
        let signal = match signal {
            Signal::Ready => "ready",
            Signal::Taken => "taken",
            Signal::Off => "off",
        };
        self.done(Ask::Signal { signal: signal.to_owned() }, bounds)
    }
}

fn timeout_ms(bounds: &Bounds) -> u64 {
    u64::try_from(bounds.left().as_millis()).unwrap_or(u64::MAX)
}

/// A short text that cannot disturb a line of a log or a file.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|it| it.is_ascii_graphic() || *it == ' ')
        .take(limits::PLUGIN_TEXT_CHARS_MAX)
        .collect()
}

impl FingerprintDevice for Plugin {
    fn describe(&self) -> DeviceDescription {
        self.description.clone()
    }

    fn reach(&self) -> Reach {
        Reach::TenPrint
    }

    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault> {
        self.start(bounds)
    }

    fn capture(
        &mut self,
        request: &SlapRequest,
        bounds: &Bounds,
        watch: &mut dyn FnMut(&Image),
    ) -> Result<SlapImage, Fault> {
        let missing = request.missing.iter().map(|finger| finger.fgp()).collect();
        let ask = Ask::CaptureSlap { hand: request.hand.fgp(), missing, timeout_ms: timeout_ms(bounds) };
        self.slap(ask, bounds, watch)
    }

    fn capture_single(
        &mut self,
        finger: Finger,
        bounds: &Bounds,
        watch: &mut dyn FnMut(&Image),
    ) -> Result<SlapImage, Fault> {
        let ask = Ask::CaptureFinger { finger: finger.fgp(), timeout_ms: timeout_ms(bounds) };
        self.slap(ask, bounds, watch)
    }

    fn signal(&mut self, signal: Signal, bounds: &Bounds) -> Result<(), Fault> {
        self.show(signal, bounds)
    }

    fn close(&mut self) {
        self.shut();
    }

    fn health(&mut self) -> Health {
        self.look()
    }
}

impl Camera for Plugin {
    fn describe(&self) -> DeviceDescription {
        DeviceDescription { resolution_ppi: 0, ..self.description.clone() }
    }

    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault> {
        self.start(bounds)
    }

    fn capture(&mut self, bounds: &Bounds, watch: &mut dyn FnMut(&[u8])) -> Result<Portrait, Fault> {
        let ask = Ask::CapturePortrait { timeout_ms: timeout_ms(bounds) };
        let (said, jpeg) = self.call(ask, bounds, &mut |_, jpeg| watch(&jpeg))?;
        let Say::Image { width, height, .. } = said else { return Err(self.lost(Lost::Babbles)) };
        Ok(Portrait { jpeg, width, height, device: Camera::describe(self) })
    }

    fn signal(&mut self, signal: Signal, bounds: &Bounds) -> Result<(), Fault> {
        self.show(signal, bounds)
    }

    fn close(&mut self) {
        self.shut();
    }

    fn health(&mut self) -> Health {
        self.look()
    }
}
