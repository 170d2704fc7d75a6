//! Which fingerprint readers are on the USB, and what each of them is good for here.
//!
//! Looking opens no device and sends it nothing. Readers that this build recognises but does not drive are reported
//! as such with the reason, so that nobody buys or carries a reader in the belief that it works.
//! Left out on purpose: the Microsoft readers of the U.are.U family (discontinued consumer goods with a protection of
//! their own), swipe sensors and readers that compare on the chip (they deliver no image).

use rusb::UsbContext;

use super::Fault;
use crate::limits;

/// A reader known by its USB identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownReader {
    /// USB vendor.
    pub vendor_id: u16,
    /// USB product.
    pub product_id: u16,
    /// Maker and model.
    pub name: &'static str,
    /// What it is good for here.
    pub standing: Standing,
}

/// What a known reader is good for in this build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// This build drives it.
    Driven {
        /// Name of the driver in the configuration.
        driver: &'static str,
        /// What it can be used for.
        use_for: &'static str,
    },
    /// Recognised and not driven.
    NotDriven {
        /// Why not.
        reason: &'static str,
    },
}

const ONE_FINGER: Standing = Standing::Driven {
    driver: "uru4000b",
    use_for: "one finger at a time, to verify a person; not a ten-print scanner",
};
const SMALL: Standing = Standing::NotDriven { reason: "its sensor is too small for an enrolment" };

/// Every reader that is recognised.
pub const KNOWN: &[KnownReader] = &[
    reader(0x05ba, 0x0007, "DigitalPersona U.are.U 4000", ONE_FINGER),
    reader(0x05ba, 0x0008, "DigitalPersona U.are.U 4000 in a keyboard", ONE_FINGER),
    reader(0x05ba, 0x000a, "DigitalPersona U.are.U 4000B or 4500", ONE_FINGER),
    reader(0x0483, 0x2015, "UPEK TouchChip", SMALL),
    reader(0x147e, 0x3001, "UPEK TouchChip", SMALL),
    reader(0x298d, 0x1010, "NextBiometrics NB-1010", SMALL),
    reader(0x138a, 0x0091, "Validity VFS7552", SMALL),
];

const fn reader(vendor_id: u16, product_id: u16, name: &'static str, standing: Standing) -> KnownReader {
    KnownReader { vendor_id, product_id, name, standing }
}

/// The known reader with these identifiers.
#[must_use]
pub fn known(vendor_id: u16, product_id: u16) -> Option<&'static KnownReader> {
    KNOWN.iter().find(|reader| (reader.vendor_id, reader.product_id) == (vendor_id, product_id))
}

/// A known reader that is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundReader {
    /// What it is.
    pub reader: &'static KnownReader,
    /// Number of the bus.
    pub bus: u8,
    /// Address on the bus.
    pub address: u8,
}

/// Looks for known readers. A host without USB has none.
///
/// # Errors
/// [`Fault::Broken`] when the system's USB cannot be asked.
pub fn look() -> Result<Vec<FoundReader>, Fault> {
    let broken = |error: rusb::Error| Fault::Broken { device: "USB".into(), detail: error.to_string() };
    // A context made now sees what is connected now, also where nobody announces new devices.
    let context = rusb::Context::new().map_err(broken)?;
    let devices = context.devices().map_err(broken)?;
    let mut found = Vec::new();
    for device in devices.iter().take(limits::USB_DEVICES_MAX) {
        let Ok(descriptor) = device.device_descriptor() else { continue };
        if let Some(reader) = known(descriptor.vendor_id(), descriptor.product_id()) {
            found.push(FoundReader { reader, bus: device.bus_number(), address: device.address() });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::{Kind, kind};
    use std::collections::HashSet;

    #[test]
    fn identifiers_are_unique_and_driven_readers_have_a_driver_of_this_build() {
        let ids: HashSet<_> = KNOWN.iter().map(|reader| (reader.vendor_id, reader.product_id)).collect();
        assert_eq!(ids.len(), KNOWN.len());
        for reader in KNOWN {
            if let Standing::Driven { driver, .. } = reader.standing {
                assert_eq!(kind(driver), Some(Kind::FingerReader), "{}", reader.name);
            }
        }
    }

    #[test]
    fn no_reader_is_called_a_ten_print_scanner() {
        for reader in KNOWN {
            match reader.standing {
                Standing::Driven { use_for, .. } => assert!(use_for.contains("not a ten-print scanner")),
                Standing::NotDriven { reason } => assert!(!reason.is_empty()),
            }
        }
    }

    #[test]
    fn looking_works_on_a_host_with_and_without_usb() {
        match look() {
            Ok(found) => eprintln!("{} known readers are connected", found.len()),
            Err(fault) => assert_eq!(fault.code(), "C-0202"),
        }
    }
}
