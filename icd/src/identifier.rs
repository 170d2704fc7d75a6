//! Identifiers of messages, parties and staff.
//!
//! Every identifier is a newtype whose constructor parses. None of them names a person of whom data are sent; a
//! [`StaffId`] names the official (EUR 17(1)(n) and its siblings: the operator's user ID must be sent).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::limits;

macro_rules! uuid_identifier {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes over an identifier made by the caller (UUID version 7, so that it sorts by time).
            #[must_use]
            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The identifier as UUID.
            #[must_use]
            pub fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0.hyphenated())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = Error;

            /// Parses the hyphenated lower-case form and no other, so that equal identifiers are equal texts.
            fn from_str(text: &str) -> Result<Self, Error> {
                let refused = || Error::invalid($what, "a hyphenated lower-case UUID");
                let uuid = Uuid::try_parse(text).map_err(|_| refused())?;
                if uuid.hyphenated().to_string() != text {
                    return Err(refused());
                }
                Ok(Self(uuid))
            }
        }
    };
}

uuid_identifier!(
    /// Identifies one message for ever; sending it again keeps it.
    MessageId,
    "message identifier"
);
uuid_identifier!(
    /// Identifies one answer for ever; delivering it again keeps it.
    AnswerId,
    "answer identifier"
);
uuid_identifier!(
    /// Identifies one notice for ever; delivering it again keeps it.
    NoticeId,
    "notice identifier"
);

macro_rules! text_identifier {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses 1 to 64 letters, digits, `.`, `_`, `:`, `@` or `-`.
            pub fn new(text: impl Into<String>) -> Result<Self, Error> {
                let text = text.into();
                let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '@' | '-');
                if text.is_empty() || text.len() > limits::IDENTIFIER_CHARS_MAX || !text.chars().all(allowed) {
                    return Err(Error::invalid($what, "1 to 64 letters, digits or . _ : @ -"));
                }
                Ok(Self(text))
            }

            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;

            fn try_from(text: String) -> Result<Self, Error> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(identifier: $name) -> Self {
                identifier.0
            }
        }
    };
}

text_identifier!(
    /// A machine that sends or receives: a kiosk's identifier or an organisation's OIN.
    PartyId,
    "party identifier"
);
text_identifier!(
    /// An official's individual user ID (EUR 48(2)(g)).
    StaffId,
    "staff identifier"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_have_one_spelling() {
        fn check(text: &str, accepted: bool) {
            assert_eq!(text.parse::<MessageId>().is_ok(), accepted, "{text}");
        }
        check("018f3a5e-7d2c-7abc-8def-0123456789ab", true);
        check("018F3A5E-7D2C-7ABC-8DEF-0123456789AB", false);
        check("018f3a5e7d2c7abc8def0123456789ab", false);
        check("{018f3a5e-7d2c-7abc-8def-0123456789ab}", false);
        check("", false);
    }

    #[test]
    fn party_identifiers_are_bounded() {
        fn check(text: &str, accepted: bool) {
            assert_eq!(PartyId::new(text).is_ok(), accepted, "{text}");
        }
        check("kiosk-ter-apel-1", true);
        check("00000001003214345000", true);
        check("", false);
        check("a b", false);
        check("a\nb", false);
        check(&"x".repeat(64), true);
        check(&"x".repeat(65), false);
    }
}
