//! What can go wrong with a configuration file, a signature or a key.
//!
//! Messages name line, column and key. They never repeat values of the staff register, and never a
//! key or a secret. Every code is explained in `docs/reference/errors/firmware-config.md`.

use std::fmt;

/// Every failure of this crate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is not TOML.
    #[error("F-0101: {document}: not valid TOML at {place}: {problem}; correct the file and sign it again")]
    Syntax {
        /// Which file.
        document: &'static str,
        /// Where.
        place: Place,
        /// What the reader of TOML says.
        problem: String,
    },
    /// A key that this version does not know.
    #[error("F-0102: {document}: {problem} at {place}; remove or correct the key and sign the file again")]
    UnknownKey {
        /// Which file.
        document: &'static str,
        /// Where.
        place: Place,
        /// Names the key and the known ones.
        problem: String,
    },
    /// A key that must be there is not.
    #[error("F-0103: {document}: {problem} at {place}; add the key and sign the file again")]
    MissingKey {
        /// Which file.
        document: &'static str,
        /// Where.
        place: Place,
        /// Names the key.
        problem: String,
    },
    /// A value of the wrong kind or outside its range.
    #[error("F-0104: {document}: the value of {place} {problem}; correct it and sign the file again")]
    Value {
        /// Which file.
        document: &'static str,
        /// Where.
        place: Place,
        /// Names the value and what is allowed.
        problem: String,
    },
    /// Values that contradict each other.
    #[error("F-0105: {document}: {key}: {problem}; correct it and sign the file again")]
    Rule {
        /// Which file.
        document: &'static str,
        /// Which key or table.
        key: String,
        /// What contradicts what.
        problem: String,
    },
    /// The file is written for another version.
    #[error(
        "F-0106: {document}: the file has version {found}, this program reads version {supported}; update the program or the file"
    )]
    Version {
        /// Which file.
        document: &'static str,
        /// The version found.
        found: String,
        /// The version that this program reads.
        supported: u32,
    },
    /// The file is larger than allowed.
    #[error("F-0107: {document}: the file has {bytes} bytes, allowed are {bytes_max}; shorten it")]
    TooLarge {
        /// Which file.
        document: &'static str,
        /// Its size.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// The file is not UTF-8.
    #[error("F-0108: {document}: not UTF-8 at byte {byte}; save the file as UTF-8 and sign it again")]
    NotText {
        /// Which file.
        document: &'static str,
        /// First byte that is not UTF-8.
        byte: usize,
    },
    /// There is no signature.
    #[error("F-0201: {document}: the file is not signed; sign it with `firmware-config sign`")]
    Unsigned {
        /// Which file.
        document: &'static str,
    },
    /// The signature file is not a signature.
    #[error("F-0202: the signature cannot be read; sign the file again with `firmware-config sign`")]
    SignatureUnreadable,
    /// The signature was made with another key.
    #[error(
        "F-0203: {document}: signed with key {found}, trusted is key {trusted}; sign it with the site's key, or check who signed it"
    )]
    WrongKey {
        /// Which file.
        document: &'static str,
        /// The key that the signature names.
        found: String,
        /// The key that is trusted.
        trusted: String,
    },
    /// The file is not what was signed.
    #[error(
        "F-0204: {document}: the file was changed after it was signed; put the signed file back, or check the change and sign it again"
    )]
    Tampered {
        /// Which file.
        document: &'static str,
    },
    /// Not a public key of ours.
    #[error("F-0301: the public key cannot be read; it must be one line: ed25519, key id, base64")]
    PublicKeyUnreadable,
    /// Not a private key of ours.
    #[error("F-0302: the private key cannot be read; it must be an Ed25519 key in PEM (PKCS#8)")]
    PrivateKeyUnreadable,
    /// The system's cryptography failed.
    #[error(
        "F-0303: the system's cryptography failed; nothing was made; restart, and replace the machine if it stays"
    )]
    Cryptography,
    /// A `credential:` path without a credentials folder.
    #[error(
        "F-0401: {name} is to come from the service manager's credentials, but there are none; start the program as a service with LoadCredential, or name a file"
    )]
    NoCredentials {
        /// The credential's name.
        name: String,
    },
}

impl Error {
    /// The stable code, as documented in `docs/reference/errors/firmware-config.md`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "F-0101",
            Self::UnknownKey { .. } => "F-0102",
            Self::MissingKey { .. } => "F-0103",
            Self::Value { .. } => "F-0104",
            Self::Rule { .. } => "F-0105",
            Self::Version { .. } => "F-0106",
            Self::TooLarge { .. } => "F-0107",
            Self::NotText { .. } => "F-0108",
            Self::Unsigned { .. } => "F-0201",
            Self::SignatureUnreadable => "F-0202",
            Self::WrongKey { .. } => "F-0203",
            Self::Tampered { .. } => "F-0204",
            Self::PublicKeyUnreadable => "F-0301",
            Self::PrivateKeyUnreadable => "F-0302",
            Self::Cryptography => "F-0303",
            Self::NoCredentials { .. } => "F-0401",
        }
    }
}

/// Where in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// First line is 1.
    pub line: usize,
    /// First character is 1.
    pub column: usize,
    /// The key on that line, with its table, when there is one.
    pub key: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(key) = &self.key {
            write!(f, "{key} (line {}, column {})", self.line, self.column)
        } else {
            write!(f, "line {}, column {}", self.line, self.column)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_variant() -> Vec<Error> {
        let document = "gateway.toml";
        let place = Place { line: 1, column: 2, key: Some("policy.lease_minutes".into()) };
        let problem = String::from("is wrong");
        vec![
            Error::Syntax { document, place: place.clone(), problem: problem.clone() },
            Error::UnknownKey { document, place: place.clone(), problem: problem.clone() },
            Error::MissingKey { document, place: place.clone(), problem: problem.clone() },
            Error::Value { document, place, problem: problem.clone() },
            Error::Rule { document, key: "partner".into(), problem },
            Error::Version { document, found: "2".into(), supported: 1 },
            Error::TooLarge { document, bytes: 2, bytes_max: 1 },
            Error::NotText { document, byte: 3 },
            Error::Unsigned { document },
            Error::SignatureUnreadable,
            Error::WrongKey { document, found: "a".into(), trusted: "b".into() },
            Error::Tampered { document },
            Error::PublicKeyUnreadable,
            Error::PrivateKeyUnreadable,
            Error::Cryptography,
            Error::NoCredentials { name: "site-key".into() },
        ]
    }

    #[test]
    fn every_code_is_shown_and_documented() {
        let page = include_str!("../../docs/reference/errors/firmware-config.md");
        for error in every_variant() {
            let code = error.code();
            assert!(error.to_string().starts_with(code), "{error} should start with {code}");
            assert!(page.contains(&format!("## {code} ")), "{code} is missing in the errors page");
        }
    }
}
