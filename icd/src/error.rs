//! The one error type of this crate.
//!
//! Invariant: an error says *where* and *which rule*, never the value found there; values may be personal data.
//! Every code has an entry in `docs/reference/errors/icd.md`; a test in this crate fails when one is missing.

use std::fmt;

/// Everything that can go wrong when reading, building or checking what is said to Eurodac.
///
/// Non-exhaustive: later clauses of the ICD bring later refusals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A single value does not have the form its kind requires. Fault: whoever entered or sent it.
    #[error("{what} is not in its required form; expected {expected}")]
    InvalidValue {
        /// Which value.
        what: &'static str,
        /// The form that would be accepted.
        expected: &'static str,
    },
    /// An XML envelope was refused. Fault: the sender's software.
    #[error("the envelope was refused at line {line}, column {column}: {problem}")]
    Xml {
        /// What is wrong.
        problem: XmlProblem,
        /// Line, counted from 1.
        line: usize,
        /// Column in characters, counted from 1.
        column: usize,
    },
    /// An ANSI/NIST-ITL transaction was refused. Fault: the writer of the file, or a torn transfer.
    #[error("the ANSI/NIST transaction was refused at byte {offset} (record {record}): {problem}")]
    Nist {
        /// What is wrong.
        problem: NistProblem,
        /// Number of the record, counted from 1 as they stand in the file.
        record: usize,
        /// Byte offset in the file.
        offset: usize,
    },
    /// A container cannot be built or read under the chosen profile. Fault: the caller's content.
    #[error("the container does not fit profile {profile}: {problem}")]
    Container {
        /// Name of the profile.
        profile: String,
        /// What is wrong.
        problem: ContainerProblem,
    },
    /// An ICD profile was refused at load. Fault: the site's configuration.
    #[error("the ICD profile was refused: {0}")]
    Profile(ProfileProblem),
    /// An image inside a container could not be coded or decoded. Fault: the writer of the image.
    #[error("an image could not be {direction}: {detail}")]
    Image {
        /// `encoded` or `decoded`.
        direction: &'static str,
        /// What the codec said; it never holds pixels.
        detail: String,
    },
    /// An extension of a deadline has no ground in the law for this clock. Fault: whoever granted it.
    #[error("the deadline cannot be extended: {0}")]
    Extension(ExtensionProblem),
}

impl From<jpeg2000::Error> for Error {
    fn from(error: jpeg2000::Error) -> Self {
        let direction = if matches!(error, jpeg2000::Error::Encode(_)) { "encoded" } else { "decoded" };
        Self::Image { direction, detail: error.to_string() }
    }
}

impl Error {
    /// The stable code, as documented in `docs/reference/errors/icd.md`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidValue { .. } => "I-0101",
            Self::Xml { problem, .. } => problem.code(),
            Self::Nist { problem, .. } => problem.code(),
            Self::Container { problem, .. } => problem.code(),
            Self::Profile(problem) => problem.code(),
            Self::Image { .. } => "I-0601",
            Self::Extension(problem) => problem.code(),
        }
    }

    /// Every code this crate can return, for the documentation and its test.
    pub const CODES: &'static [&'static str] = &[
        "I-0101", "I-0201", "I-0202", "I-0203", "I-0204", "I-0205", "I-0206", "I-0207", "I-0208", "I-0209",
        "I-0210", "I-0301", "I-0302", "I-0303", "I-0304", "I-0305", "I-0306", "I-0307", "I-0308", "I-0309",
        "I-0401", "I-0402", "I-0403", "I-0404", "I-0405", "I-0406", "I-0407", "I-0408", "I-0501", "I-0502",
        "I-0503", "I-0601", "I-0701", "I-0702", "I-0703", "I-0704", "I-0705", "I-0706",
    ];

    pub(crate) fn invalid(what: &'static str, expected: &'static str) -> Self {
        Self::InvalidValue { what, expected }
    }
}

/// Why an XML envelope was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum XmlProblem {
    /// Larger, deeper, longer or more numerous than a bound in [`crate::limits`] admits.
    TooLarge(&'static str),
    /// Not UTF-8, or not well-formed XML 1.0.
    NotWellFormed,
    /// Holds a document type declaration.
    DocumentType,
    /// Refers to an entity other than the five that XML itself defines.
    Entity,
    /// Holds an element or attribute outside the one namespace of the envelope.
    WrongNamespace,
    /// Holds an element, attribute or text the schema does not know at this place.
    Unknown(String),
    /// Holds an element twice that may stand once.
    Duplicate(String),
    /// Lacks an element the schema requires.
    Missing(&'static str),
    /// Holds a value that is not in its required form.
    Value {
        /// The element.
        element: String,
        /// The form that would be accepted.
        expected: &'static str,
    },
    /// The root element is not the message asked for.
    WrongMessage(&'static str),
}

impl XmlProblem {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => "I-0201",
            Self::NotWellFormed => "I-0202",
            Self::DocumentType => "I-0203",
            Self::Entity => "I-0204",
            Self::WrongNamespace => "I-0205",
            Self::Unknown(_) => "I-0206",
            Self::Duplicate(_) => "I-0207",
            Self::Missing(_) => "I-0208",
            Self::Value { .. } => "I-0209",
            Self::WrongMessage(_) => "I-0210",
        }
    }
}

impl fmt::Display for XmlProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(bound) => write!(f, "it exceeds the bound on {bound}; send less in one message"),
            Self::NotWellFormed => {
                f.write_str("it is not well-formed XML in UTF-8; check the sender's writer")
            }
            Self::DocumentType => {
                f.write_str("it holds a document type declaration, which is never accepted")
            }
            Self::Entity => {
                f.write_str("it refers to an entity that XML itself does not define; write the character")
            }
            Self::WrongNamespace => write!(
                f,
                "every element belongs to {}, and none may carry attributes",
                crate::message::NAMESPACE
            ),
            Self::Unknown(name) => write!(f, "element or attribute <{name}> is not known here; remove it"),
            Self::Duplicate(name) => write!(f, "element <{name}> stands more than once; send it once"),
            Self::Missing(name) => write!(f, "element <{name}> is missing; add it"),
            Self::Value { element, expected } => {
                write!(f, "the value of <{element}> is not accepted; expected {expected}")
            }
            Self::WrongMessage(expected) => {
                write!(f, "the root element is not the expected one; expected {expected}")
            }
        }
    }
}

/// Why an ANSI/NIST-ITL transaction was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NistProblem {
    /// The file ends inside a record.
    Truncated,
    /// LEN does not fit the record: not a number, too small, or not ending where the record ends.
    Length,
    /// A tag is not `<type>.<field>:`, or belongs to another record type.
    Tag,
    /// The first record is not a Type-1 record.
    NoType1,
    /// CNT and the records that follow differ in number, type or IDC.
    Count,
    /// The version is older than 0300 or newer than 0502.
    Version,
    /// A bound of [`crate::limits`] is exceeded.
    TooLarge(&'static str),
    /// A field every record of this type must have is missing.
    MissingField(u16),
    /// A field's value is not in its required form.
    Field {
        /// Field number.
        number: u16,
        /// The form that would be accepted.
        expected: &'static str,
    },
}

impl NistProblem {
    fn code(&self) -> &'static str {
        match self {
            Self::Truncated => "I-0301",
            Self::Length => "I-0302",
            Self::Tag => "I-0303",
            Self::NoType1 => "I-0304",
            Self::Count => "I-0305",
            Self::Version => "I-0306",
            Self::TooLarge(_) => "I-0307",
            Self::MissingField(_) => "I-0308",
            Self::Field { .. } => "I-0309",
        }
    }
}

impl fmt::Display for NistProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("the file ends inside a record; transfer it again"),
            Self::Length => {
                f.write_str("LEN does not match the record; the writer counted wrongly or bytes were changed")
            }
            Self::Tag => f.write_str("a field tag is not <type>.<field>: of this record"),
            Self::NoType1 => {
                f.write_str("the first record is not Type-1; this is not an ANSI/NIST-ITL transaction")
            }
            Self::Count => f.write_str("field 1.003 (CNT) and the records that follow differ"),
            Self::Version => f.write_str("field 1.002 (VER) is not between 0300 and 0502"),
            Self::TooLarge(bound) => write!(f, "it exceeds the bound on {bound}"),
            Self::MissingField(number) => write!(f, "field {number:03} is mandatory and missing"),
            Self::Field { number, expected } => {
                write!(f, "field {number:03} is not accepted; expected {expected}")
            }
        }
    }
}

/// Why a container cannot be built or read under a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContainerProblem {
    /// Pixel count and dimensions differ, or a dimension is outside its bounds.
    ImageSize,
    /// The profile has no field for a value that must be sent.
    Unmapped(&'static str),
    /// The transaction type is not one of the profile.
    TransactionType,
    /// A finger position is not possible here: a missing finger or segment of another hand, or a position twice.
    Finger,
    /// The container is larger than the bound.
    TooLarge,
    /// A field the profile asks for is missing from the file.
    Missing(&'static str),
    /// A field the profile asks for is in the file and cannot be read.
    Value(&'static str),
    /// The image is in a compression this profile does not accept.
    Compression,
    /// A value is longer, or stands more often, than the profile's field takes.
    Bounds(&'static str),
}

impl ContainerProblem {
    fn code(&self) -> &'static str {
        match self {
            Self::ImageSize => "I-0401",
            Self::Unmapped(_) => "I-0402",
            Self::TransactionType => "I-0403",
            Self::Finger => "I-0404",
            Self::TooLarge => "I-0405",
            Self::Missing(_) => "I-0406",
            Self::Value(_) => "I-0407",
            Self::Compression => "I-0408",
            Self::Bounds(_) => "I-0409",
        }
    }
}

impl fmt::Display for ContainerProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ImageSize => f.write_str(
                "an image's pixel count and its dimensions differ, or a dimension is out of bounds",
            ),
            Self::Unmapped(field) => write!(f, "the profile has no field for {field}, which must be sent"),
            Self::TransactionType => f.write_str("the transaction type is not one of the profile"),
            Self::Finger => {
                f.write_str("a finger stands where it cannot be: another hand's, or the same position twice")
            }
            Self::TooLarge => f.write_str("it would exceed the bound on the size of one container"),
            Self::Missing(field) => write!(f, "it lacks {field}; add it and build the file again"),
            Self::Value(field) => write!(f, "its {field} is not in the form the profile asks for"),
            Self::Bounds(field) => {
                write!(
                    f,
                    "{field} is longer or stands more often than the profile's field takes; it is never cut"
                )
            }
            Self::Compression => f.write_str("an image is in a compression the profile does not accept"),
        }
    }
}

/// Why an ICD profile was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProfileProblem {
    /// Larger than the bound, or not UTF-8.
    TooLarge,
    /// Not TOML of the expected form: a missing, unknown or ill-typed key.
    Syntax(String),
    /// The keys are all there, and they contradict each other.
    Contradiction(String),
}

impl ProfileProblem {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "I-0501",
            Self::Syntax(_) => "I-0502",
            Self::Contradiction(_) => "I-0503",
        }
    }
}

impl fmt::Display for ProfileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("it is larger than any profile may be"),
            Self::Syntax(detail) => write!(f, "it is not a profile: {detail}"),
            Self::Contradiction(detail) => write!(f, "its keys contradict each other: {detail}"),
        }
    }
}

/// Why an extension has no ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExtensionProblem {
    /// The clock's article knows no extension of this kind.
    NoGround,
    /// This extension was granted already; the law gives it once.
    Twice,
    /// The period of the notice does not cover this clock, or is longer than one month.
    OutsideNotice,
    /// The event lies before the clock's start, or an end before its beginning.
    Order,
    /// More extensions than the bound admits.
    TooMany,
    /// The limit had ended before.
    TooLate,
}

impl ExtensionProblem {
    fn code(self) -> &'static str {
        match self {
            Self::NoGround => "I-0701",
            Self::Twice => "I-0702",
            Self::OutsideNotice => "I-0703",
            Self::Order => "I-0704",
            Self::TooMany => "I-0705",
            Self::TooLate => "I-0706",
        }
    }
}

impl fmt::Display for ExtensionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoGround => "the article behind this clock knows no such extension",
            Self::Twice => "this extension was granted already, and the law gives it once",
            Self::OutsideNotice => {
                "the notice to the Commission does not cover this clock, or is longer than one month"
            }
            Self::Order => "the event lies before the clock's start, or an end before its beginning",
            Self::TooMany => "more extensions are recorded than one clock may have",
            Self::TooLate => {
                "the limit had ended before; what is late stays late, and the obligation continues"
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_documented() {
        let page = include_str!("../../docs/reference/errors/icd.md");
        for code in Error::CODES {
            assert!(
                page.contains(&format!("| {code} |")),
                "{code} has no entry in docs/reference/errors/icd.md"
            );
        }
    }

    #[test]
    fn messages_say_what_to_do_and_codes_are_listed() {
        let errors = [
            Error::invalid("date", "YYYY"),
            Error::Xml { problem: XmlProblem::DocumentType, line: 1, column: 2 },
            Error::Nist { problem: NistProblem::Truncated, record: 1, offset: 0 },
            Error::Container { profile: "open".to_owned(), problem: ContainerProblem::Finger },
            Error::Profile(ProfileProblem::TooLarge),
            Error::Image { direction: "decoded", detail: "torn".to_owned() },
            Error::Extension(ExtensionProblem::Twice),
        ];
        for error in errors {
            assert!(Error::CODES.contains(&error.code()), "{}", error.code());
            assert!(error.to_string().len() > 20, "{error}");
        }
    }
}
