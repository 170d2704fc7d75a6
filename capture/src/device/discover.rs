//! What is connected to this machine, whichever driver it needs.
//!
//! Looking opens no sensor and sends it nothing that could switch it on. What is found on the SBI ports is named only as far
//! as an unsigned answer allows: who it really is, its driver finds out when it opens.

use std::time::Duration;

use super::{sbi, usb, v4l2};

/// Something that is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// Name of the driver in the configuration; empty when this build does not drive it.
    pub driver: &'static str,
    /// What it is and where, for people.
    pub about: String,
}

/// Everything that is found within `patience`. What cannot be looked at, is left out: a host without USB has no readers.
#[must_use]
pub fn discover(patience: Duration) -> Vec<Connected> {
    let mut found = Vec::new();
    for reader in usb::look().unwrap_or_default() {
        let place = format!("{} at USB {}:{}", reader.reader.name, reader.bus, reader.address);
        found.push(match reader.reader.standing {
            usb::Standing::Driven { driver, use_for } => {
                Connected { driver, about: format!("{place}: {use_for}") }
            }
            usb::Standing::NotDriven { reason } => {
                Connected { driver: "", about: format!("{place}: not driven, {reason}") }
            }
        });
    }
    for camera in v4l2::look() {
        let about = format!("{} at {}", camera.name, camera.path.display());
        found.push(Connected { driver: "v4l2", about });
    }
    for port in sbi::look(sbi::PORTS, patience) {
        let about = format!("a device service answers at port {port}; who it is shows when it is opened");
        found.push(Connected { driver: "sbi-scanner", about });
    }
    found
}
