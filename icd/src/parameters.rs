//! Tuned numbers of this crate, with their source.

/// How long before its end a clock counts as "due soon" unless the site sets its own figure, in hours.
/// Ours: one working shift, so that the person who sees the warning can still act on it.
pub const DUE_SOON_HOURS: u32 = 12;

/// Bits per pixel of a WSQ image where a profile names none: about 15:1, the ratio that ANSI/NIST-ITL expects of
/// 500 ppi fingerprints.
pub const WSQ_BITS_PER_PIXEL: f32 = 0.75;
