//! How the records of the case store look in the journal.
//!
//! Every payload begins with the identifier of its case and the identifier of the key that seals the rest, 16 bytes
//! each; the sealed part is bound to the case and to the kind of record, so that it opens nowhere else. A record whose
//! key was destroyed is noise, and recovery passes over it.

use journal::Journal;
use journal::Pending;
use journal::seal::{CaseKey, binding};
use matcher::Image;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::device::{DeviceDescription, Portrait};
use crate::error::{Error, StoreError};

/// What a record is about; the number is the journal's record kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// A case was opened.
    Opening = 1,
    /// An accepted event.
    Event = 2,
    /// An image.
    Picture = 3,
    /// The container of a sealed case.
    Container = 4,
    /// The envelope that goes, or went, with it.
    Envelope = 5,
    /// A step of its delivery.
    Delivery = 6,
    /// A refusal at gate G1.
    AgeRefusal = 7,
    /// How many cases were confirmed and are not listed any more.
    Tally = 8,
    /// Another record, written anew; see `compaction`.
    Copy = 9,
    /// Everything that is still needed has been written anew.
    CopiesComplete = 10,
}

impl Kind {
    pub(super) fn from_number(number: u8) -> Option<Self> {
        [
            Self::Opening,
            Self::Event,
            Self::Picture,
            Self::Container,
            Self::Envelope,
            Self::Delivery,
            Self::AgeRefusal,
            Self::Tally,
            Self::Copy,
            Self::CopiesComplete,
        ]
        .into_iter()
        .find(|kind| *kind as u8 == number)
    }

    fn purpose(self) -> &'static str {
        match self {
            Self::Opening => "kiosk-opening-1",
            Self::Event => "kiosk-event-1",
            Self::Picture => "kiosk-picture-1",
            Self::Container => "kiosk-container-1",
            Self::Envelope => "kiosk-envelope-1",
            Self::Delivery => "kiosk-delivery-1",
            Self::AgeRefusal => "kiosk-age-refusal-1",
            Self::Tally => "kiosk-tally-1",
            // Neither is sealed itself: a copy holds a sealed record, the mark holds a number.
            Self::Copy => "kiosk-copy-1",
            Self::CopiesComplete => "kiosk-copies-complete-1",
        }
    }
}

/// Seals `plain` and hands it to the journal.
pub(super) fn submit(
    journal: &Journal,
    kind: Kind,
    case: Uuid,
    key_id: Uuid,
    key: &CaseKey,
    plain: &[u8],
) -> Result<Pending, Error> {
    let sealed = key.seal(&binding(case, kind.purpose()), plain).map_err(StoreError::from)?;
    let mut payload = Vec::with_capacity(32 + sealed.len());
    payload.extend_from_slice(case.as_bytes());
    payload.extend_from_slice(key_id.as_bytes());
    payload.extend_from_slice(&sealed);
    // Finishing a case must stay possible on a disk that takes no new one.
    let pending = match kind {
        Kind::Opening | Kind::Picture => journal.submit(kind as u8, payload),
        _ => journal.submit_within_reserve(kind as u8, payload),
    };
    Ok(pending.map_err(StoreError::from)?)
}

/// Case, key and sealed part of a payload.
pub(super) fn split(payload: &[u8]) -> Option<(Uuid, Uuid, &[u8])> {
    let (case, rest) = payload.split_first_chunk::<16>()?;
    let (key, sealed) = rest.split_first_chunk::<16>()?;
    Some((Uuid::from_bytes(*case), Uuid::from_bytes(*key), sealed))
}

/// Opens the sealed part of a record.
pub(super) fn open(kind: Kind, case: Uuid, key: &CaseKey, sealed: &[u8]) -> Result<Vec<u8>, Error> {
    Ok(key.open(&binding(case, kind.purpose()), sealed).map_err(StoreError::from)?)
}

/// An image with what took it.
#[derive(Clone)]
pub enum Picture {
    /// A slap.
    Slap {
        /// Grey pixels.
        image: Image,
        /// Whether it is a sheet of prints that the device delivered one by one, and not the glass itself.
        by_finger: bool,
        /// What took it.
        device: DeviceDescription,
    },
    /// A face.
    Face(Portrait),
}

impl Picture {
    /// What took it.
    #[must_use]
    pub fn device(&self) -> &DeviceDescription {
        match self {
            Self::Slap { device, .. } => device,
            Self::Face(portrait) => &portrait.device,
        }
    }

    pub(super) fn to_bytes(&self, attempt: u32) -> Result<Vec<u8>, Error> {
        let by_finger = matches!(self, Self::Slap { by_finger: true, .. });
        let (face, width, height, resolution_ppi, bytes) = match self {
            Self::Slap { image, .. } => {
                (false, image.width, image.height, image.resolution_ppi, &image.pixels)
            }
            Self::Face(portrait) => (true, portrait.width, portrait.height, 0, &portrait.jpeg),
        };
        let device = DeviceRecord::of(self.device());
        let header = PictureHeader { attempt, face, by_finger, width, height, resolution_ppi, device };
        let header = serde_json::to_vec(&header).map_err(|_| StoreError::Unreadable)?;
        let length = u32::try_from(header.len()).map_err(|_| StoreError::Unreadable)?;
        let mut whole = Vec::with_capacity(4 + header.len() + bytes.len());
        whole.extend_from_slice(&length.to_le_bytes());
        whole.extend_from_slice(&header);
        whole.extend_from_slice(bytes);
        Ok(whole)
    }

    pub(super) fn from_bytes(whole: &[u8]) -> Result<(u32, Self), Error> {
        let unreadable = || Error::from(StoreError::Unreadable);
        let (length, rest) = whole.split_first_chunk::<4>().ok_or_else(unreadable)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| unreadable())?;
        let (header, bytes) = rest.split_at_checked(length).ok_or_else(unreadable)?;
        let header: PictureHeader = serde_json::from_slice(header).map_err(|_| unreadable())?;
        let PictureHeader { attempt, face, by_finger, width, height, resolution_ppi, device } = header;
        let device = device.into_description();
        if face {
            return Ok((attempt, Self::Face(Portrait { jpeg: bytes.to_vec(), width, height, device })));
        }
        let image = Image::new(width, height, resolution_ppi, bytes.to_vec()).map_err(|_| unreadable())?;
        Ok((attempt, Self::Slap { image, by_finger, device }))
    }
}

#[derive(Serialize, Deserialize)]
struct PictureHeader {
    attempt: u32,
    face: bool,
    #[serde(default)]
    by_finger: bool,
    width: u32,
    height: u32,
    resolution_ppi: u32,
    device: DeviceRecord,
}

#[derive(Serialize, Deserialize)]
struct DeviceRecord {
    id: String,
    make: String,
    model: String,
    serial: String,
    driver: String,
    #[serde(default)]
    firmware: String,
    certification: String,
    #[serde(default)]
    resolution_ppi: u32,
}

impl DeviceRecord {
    fn of(device: &DeviceDescription) -> Self {
        let DeviceDescription { id, make, model, serial, driver, firmware, certification, resolution_ppi } =
            device.clone();
        Self { id, make, model, serial, driver, firmware, certification, resolution_ppi }
    }

    fn into_description(self) -> DeviceDescription {
        let Self { id, make, model, serial, driver, firmware, certification, resolution_ppi } = self;
        DeviceDescription { id, make, model, serial, driver, firmware, certification, resolution_ppi }
    }
}
