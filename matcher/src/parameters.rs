//! Every tuned number of this crate, with where it comes from.

/// Identifier of our own quality figure, as a record would name it next to the score.
pub const QUALITY_PRODUCT_ID: u16 = 1;
/// Version of the definition of our own quality figure.
pub const QUALITY_VERSION: u8 = 1;

/// Ridge area under which nothing is extracted, in mm².
pub const EXTRACT_AREA_MM2_MIN: u32 = 20;
/// Fewest minutiae of a usable template.
pub const MINUTIAE_MIN: usize = 6;

/// Fused log10 likelihood ratio from which on two sets of prints are taken for one person's.
pub const FUSED_LLR_LOG10_MATCH_MIN: f32 = 6.0;
/// Least a single finger adds to a fused score.
pub const FINGER_LLR_LOG10_MIN: f32 = -1.5;
/// Most a single finger adds to a fused score.
pub const FINGER_LLR_LOG10_MAX: f32 = 6.0;
/// log10 likelihood ratio from which on two positions are said to show the same finger.
pub const SEQUENCE_LLR_LOG10_MIN: f32 = 4.0;
