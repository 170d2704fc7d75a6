//! Is this a usable portrait: framing, light, one face. Detection by opencv where a detector is configured.

use crate::live::Hint;

/// What was seen on one portrait.
#[derive(Clone, Debug, PartialEq)]
pub struct PortraitVerdict {
    /// Whether it can be sent as it is.
    pub accepted: bool,
    /// Whether a detector looked at it. Without one the officer confirms by eye and the record says so.
    pub detector_used: bool,
    /// Advice, most useful first.
    pub hints: Vec<Hint>,
}
