//! Every bound this crate enforces, in one place, so that "how large may it get?" has one answer.
//!
//! A bound is checked before the allocation it guards. Units are the last word of the name.

/// Largest XML envelope accepted, in bytes. A real one is 2 to 6 kB; aliases and findings leave room to grow.
pub const ENVELOPE_BYTES_MAX: usize = 256 * 1024;

/// Largest list of answers accepted in one poll, in bytes.
pub const ANSWER_LIST_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Most answers in one list.
pub const ANSWERS_MAX: usize = 100;

/// Most notices in one list.
pub const NOTICES_MAX: usize = 100;

/// Deepest nesting of elements in an envelope.
pub const XML_DEPTH_MAX: usize = 12;

/// Most elements in one envelope.
pub const XML_ELEMENTS_MAX: usize = 20_000;

/// Longest text of one element, in bytes.
pub const XML_TEXT_BYTES_MAX: usize = 16 * 1024;

/// Most values in one repeated field (aliases, nationalities, hits, findings, changed fields).
pub const REPEATS_MAX: usize = 200;

/// Longest single name, place or reason, in bytes.
pub const TEXT_BYTES_MAX: usize = 1_000;

/// Longest party or staff identifier, in characters.
pub const IDENTIFIER_CHARS_MAX: usize = 64;

/// Longest national part of a reference number, in characters. The ICD profile may narrow it.
pub const NATIONAL_PART_CHARS_MAX: usize = 32;

/// Longest Member State prefix of a reference number, in letters.
pub const MEMBER_STATE_LETTERS_MAX: usize = 3;

/// Largest ANSI/NIST-ITL transaction accepted, in bytes. Ten rolled and four slaps at 1000 ppi fit several times.
pub const TRANSACTION_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Most records in one transaction.
pub const RECORDS_MAX: usize = 1_000;

/// Most fields in one tagged record.
pub const FIELDS_MAX: usize = 10_000;

/// Most syntax problems told of one file; a file with more is not repaired field by field.
pub const SYNTAX_PROBLEMS_MAX: usize = 50;

/// Most minutiae in one block of a Type-9 record.
pub const MINUTIAE_MAX: usize = 2_000;

/// Widest or highest image accepted, in pixels.
pub const IMAGE_SIDE_PX_MAX: u32 = 16_000;

/// Most pixels in one image.
pub const IMAGE_PIXELS_MAX: usize = 64 * 1024 * 1024;

/// Largest profile file, in bytes.
pub const PROFILE_BYTES_MAX: usize = 256 * 1024;

/// Most findings reported for one submission; the last one then says that more were left out.
pub const FINDINGS_MAX: usize = 200;

/// Most extensions recorded on one deadline.
pub const EXTENSIONS_MAX: usize = 32;
