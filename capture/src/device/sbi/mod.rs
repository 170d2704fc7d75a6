//! Client of the open Secure Biometric Interface (SBI, MOSIP 0.9.5): slap scanners, single-finger readers and cameras of
//! many makers, each behind its maker's local service.
//!
//! One driver reaches all of them: it looks for services on 4501 to 4600 of this machine, believes only what is
//! signed under an authority that the site configured, asks for a capture, passes the live pictures on, and takes
//! ISO/IEC 19794 records whose hashes form a chain. Slap devices deliver finger by finger; see [`sheet`].
//!
//! Invariants: nothing unsigned is used except the port; one doubtful part refuses the whole capture; a service that
//! hangs, vanishes or talks nonsense ends in a typed fault within the bounds of the call.
//! Tested against a virtual device over real HTTP (`tests/sbi-device`); no maker's service was touched.
//! Left out on purpose: authentication devices (their images are encrypted for somebody else), irises.

mod answer;
mod chain;
mod code;
mod http;
mod record;
mod service;
mod sheet;
mod stream;
mod trust;
mod wire;

use matcher::{Finger, Hand, Image};

pub use service::{PORTS, SbiOptions};
pub use trust::Authorities;

use self::service::{Order, Service, Wanted};
use super::{
    Bounds, Camera, CancelToken, DeviceDescription, Fault, FingerprintDevice, Health, Portrait, Reach,
    SlapImage, SlapRequest,
};
use crate::limits;
use crate::parameters::{DEVICE_BRIEF_CALL_MS, SLAP_RESOLUTION_PPI};

/// A finger device behind an SBI service: slap scanner or single-finger reader.
pub struct SbiScanner(Service);

/// A face device behind an SBI service.
pub struct SbiCamera(Service);

impl SbiScanner {
    /// A closed scanner.
    #[must_use]
    pub fn new(options: SbiOptions) -> Self {
        Self(Service::new(options, Wanted::Finger))
    }

    fn is_slap(&self) -> bool {
        let found = self.0.found.as_ref();
        found.is_some_and(|found| found.identity.device_sub_type.eq_ignore_ascii_case("Slap"))
    }

    /// The prints that were asked for, under their fingers.
    fn prints(
        &mut self,
        order: &Order<'_>,
        watch: &mut dyn FnMut(&Image),
    ) -> Result<Vec<(Finger, Image)>, Fault> {
        let taken = self.0.capture(order, &mut |jpeg| {
            if let Some(frame) = live_frame(jpeg) {
                watch(&frame);
            }
        })?;
        let mut prints = Vec::new();
        for part in taken {
            let finger = finger_named(&part.sub_type)
                .filter(|_| order.sub_types.contains(&part.sub_type))
                .ok_or_else(|| self.0.bad_image("it delivered a finger that was not asked for"))?;
            let record = record::finger(&part.record).map_err(|detail| self.0.bad_image(detail))?;
            if record.position != 0 && record.position != finger.fgp() {
                return Err(self.0.bad_image("a record is of another finger than its signed name"));
            }
            prints.push((finger, record.image));
        }
        Ok(prints)
    }
}

impl FingerprintDevice for SbiScanner {
    fn describe(&self) -> DeviceDescription {
        self.0.description.clone()
    }

    fn reach(&self) -> Reach {
        Reach::TenPrint
    }

    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault> {
        self.0.open(bounds)
    }

    fn capture(
        &mut self,
        request: &SlapRequest,
        bounds: &Bounds,
        watch: &mut dyn FnMut(&Image),
    ) -> Result<SlapImage, Fault> {
        if self.0.found.is_some() && !self.is_slap() {
            let detail = "it reads one finger at a time and is no ten-print scanner".into();
            return Err(Fault::Unsuited { device: self.0.options.id.clone(), detail });
        }
        let asked: Vec<Finger> = request
            .hand
            .fingers()
            .iter()
            .copied()
            .filter(|finger| !request.missing.contains(finger))
            .collect();
        let named = |fingers: &[Finger]| fingers.iter().map(|finger| name_of(*finger)).collect::<Vec<_>>();
        let excepted: Vec<Finger> = request
            .hand
            .fingers()
            .iter()
            .copied()
            .filter(|finger| request.missing.contains(finger))
            .collect();
        let order = Order {
            sub_id: match request.hand {
                Hand::LeftFour => "1",
                Hand::RightFour => "2",
                Hand::Thumbs => "3",
            },
            count: asked.len(),
            sub_types: named(&asked),
            exceptions: named(&excepted),
            bounds,
        };
        let prints = self.prints(&order, watch)?;
        let (image, areas) =
            sheet::lay_out(request.hand, &prints).ok_or_else(|| self.0.bad_image("it delivered no print"))?;
        Ok(SlapImage { image, areas, device: self.describe() })
    }

    fn capture_single(
        &mut self,
        finger: Finger,
        bounds: &Bounds,
        watch: &mut dyn FnMut(&Image),
    ) -> Result<SlapImage, Fault> {
        let sub_id = match (self.is_slap(), finger.hand()) {
            (false, _) => "0",
            (true, Hand::LeftFour) => "1",
            (true, Hand::RightFour) => "2",
            (true, Hand::Thumbs) => "3",
        };
        // A slap scanner takes one finger as a hand of which the others are excepted.
        let others = finger.hand().fingers().iter().copied().filter(|other| *other != finger);
        let exceptions = if self.is_slap() { others.map(name_of).collect() } else { Vec::new() };
        let order = Order { sub_id, count: 1, sub_types: vec![name_of(finger)], exceptions, bounds };
        let prints = self.prints(&order, watch)?;
        let (_, image) =
            prints.into_iter().next().ok_or_else(|| self.0.bad_image("it delivered no print"))?;
        Ok(SlapImage { image, areas: Vec::new(), device: self.describe() })
    }

    fn close(&mut self) {
        self.0.close();
    }

    fn health(&mut self) -> Health {
        self.0.health(&brief())
    }
}

impl SbiCamera {
    /// A closed camera.
    #[must_use]
    pub fn new(options: SbiOptions) -> Self {
        Self(Service::new(options, Wanted::Face))
    }
}

impl Camera for SbiCamera {
    fn describe(&self) -> DeviceDescription {
        self.0.description.clone()
    }

    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault> {
        self.0.open(bounds)
    }

    fn capture(&mut self, bounds: &Bounds, watch: &mut dyn FnMut(&[u8])) -> Result<Portrait, Fault> {
        let order = Order { sub_id: "0", count: 1, sub_types: Vec::new(), exceptions: Vec::new(), bounds };
        let taken = self.0.capture(&order, watch)?;
        let [part] = taken.as_slice() else {
            return Err(self.0.bad_image("it delivered more than one face"));
        };
        let record = record::face(&part.record).map_err(|detail| self.0.bad_image(detail))?;
        Ok(Portrait {
            jpeg: record.jpeg,
            width: record.width,
            height: record.height,
            device: self.describe(),
        })
    }

    fn close(&mut self) {
        self.0.close();
    }

    fn health(&mut self) -> Health {
        self.0.health(&brief())
    }
}

fn brief() -> Bounds {
    Bounds::within(std::time::Duration::from_millis(DEVICE_BRIEF_CALL_MS), CancelToken::default())
}

/// The specification's name of a finger.
fn name_of(finger: Finger) -> String {
    NAMES.iter().find(|(known, _)| *known == finger).map_or(String::new(), |(_, name)| (*name).to_owned())
}

fn finger_named(name: &str) -> Option<Finger> {
    NAMES.iter().find(|(_, known)| *known == name).map(|(finger, _)| *finger)
}

const NAMES: [(Finger, &str); 10] = [
    (Finger::RightThumb, "Right Thumb"),
    (Finger::RightIndex, "Right IndexFinger"),
    (Finger::RightMiddle, "Right MiddleFinger"),
    (Finger::RightRing, "Right RingFinger"),
    (Finger::RightLittle, "Right LittleFinger"),
    (Finger::LeftThumb, "Left Thumb"),
    (Finger::LeftIndex, "Left IndexFinger"),
    (Finger::LeftMiddle, "Left MiddleFinger"),
    (Finger::LeftRing, "Left RingFinger"),
    (Finger::LeftLittle, "Left LittleFinger"),
];

/// A live picture as the screens want it.
fn live_frame(jpeg: &[u8]) -> Option<Image> {
    let mut reader = image::ImageReader::with_format(std::io::Cursor::new(jpeg), image::ImageFormat::Jpeg);
    reader.limits(limits::print_decoding());
    let grey = reader.decode().ok()?.into_luma8();
    Image::new(grey.width(), grey.height(), SLAP_RESOLUTION_PPI, grey.into_raw()).ok()
}

/// Ports on which device services answer. Nothing that they say is believed here.
#[must_use]
pub fn look(ports: std::ops::RangeInclusive<u16>, patience: std::time::Duration) -> Vec<u16> {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return Vec::new();
    };
    let bounds = Bounds::within(patience, CancelToken::default());
    let found = runtime.block_on(http::bounded(&bounds, http::discover(ports, "Biometric Device")));
    found.unwrap_or_default().into_iter().map(|(port, _)| port).collect()
}
