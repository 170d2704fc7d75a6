//! The kinds of values that a configuration may hold. Each is checked when it is read, so that a
//! value of such a type is right by itself.

use crate::error::Error;
use crate::limits;
use jiff::civil::Date;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use zeroize::Zeroizing;

/// Declares a text type whose values are checked by a function when they are made.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let check: fn(&str) -> Result<(), String> = $check;
                check(text).map(|()| Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

checked_text! {
    /// Serial number in the subject of a certificate.
    CertificateSerial, identifier
}
checked_text! {
    /// Name of a device within its kiosk.
    DeviceId, identifier
}
checked_text! {
    /// Address of a peer: `https://host[:port][/path]`.
    HttpsUrl, https_url
}
checked_text! {
    /// Identifier of a kiosk; also the serial number in the subject of its certificate.
    KioskId, identifier
}
checked_text! {
    /// Free text for people: one line.
    Label, label
}
checked_text! {
    /// BCP 47 tag of a language, such as `ti` or `zh-Hant`.
    LanguageTag, language_tag
}
checked_text! {
    /// Name of a leaflet within its kiosk.
    LeafletId, identifier
}
checked_text! {
    /// Two capital letters.
    MemberState, member_state
}
checked_text! {
    /// Start of the national part of every reference number made at a kiosk.
    NationalPrefix, national_prefix
}
checked_text! {
    /// Code of an operation, such as `submit` or `erase-inaccurate`.
    OperationCode, operation_code
}
checked_text! {
    /// Word for what data are processed for, such as `asylum`.
    PurposeCode, operation_code
}
checked_text! {
    /// Identifier of a partner: the serial number in the subject of its certificate.
    PartnerId, identifier
}
checked_text! {
    /// Digest of a file: SHA-256 as 64 hexadecimal digits.
    Sha256Hex, sha256_hex
}
checked_text! {
    /// Name of a site.
    SiteName, identifier
}

/// Identifier of a member of staff. Printed on purpose in audit lines, never in `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PersonId(String);

impl PersonId {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonId(hidden)")
    }
}

impl<'de> Deserialize<'de> for PersonId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        identifier(&text).map_err(de::Error::custom)?;
        Ok(Self(text))
    }
}

/// A path, relative to the folder of the configuration file unless it begins with `/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ConfigPath(String);

impl ConfigPath {
    /// The path as seen from the configuration file's folder.
    #[must_use]
    pub fn resolve(&self, config_folder: &Path) -> PathBuf {
        config_folder.join(&self.0)
    }

    /// The path as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for ConfigPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        path(&text).map_err(de::Error::custom)?;
        Ok(Self(text))
    }
}

/// Where a secret is read from: a path, or `credential:NAME` for the service manager's credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SecretPath(String);

impl SecretPath {
    /// The file to read. `credentials_folder` is what the caller found in `$CREDENTIALS_DIRECTORY`.
    ///
    /// # Errors
    /// [`Error::NoCredentials`] for a credential without a folder.
    pub fn resolve(&self, config_folder: &Path, credentials_folder: Option<&Path>) -> Result<PathBuf, Error> {
        match (self.0.strip_prefix(CREDENTIAL), credentials_folder) {
            (None, _) => Ok(config_folder.join(&self.0)),
            (Some(name), Some(folder)) => Ok(folder.join(name)),
            (Some(name), None) => Err(Error::NoCredentials { name: name.to_owned() }),
        }
    }

    /// The path or credential as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for SecretPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.strip_prefix(CREDENTIAL) {
            Some(name) => identifier(name),
            None => path(&text),
        }
        .map_err(de::Error::custom)?;
        Ok(Self(text))
    }
}

/// A secret text: wiped from memory, never printed, written as `(set)`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("(set)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Zeroizing::new(String::deserialize(deserializer)?)))
    }
}

/// Which ICD profile to use: one that is shipped, by its name, or a file that ends in `.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileChoice {
    /// A profile file.
    File(ConfigPath),
    /// A shipped profile.
    Shipped(String),
}

impl Serialize for ProfileChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::File(file) => file.as_str(),
            Self::Shipped(name) => name,
        })
    }
}

impl<'de> Deserialize<'de> for ProfileChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.ends_with(".toml") {
            path(&text).map_err(de::Error::custom)?;
            return Ok(Self::File(ConfigPath(text)));
        }
        identifier(&text).map_err(de::Error::custom)?;
        Ok(Self::Shipped(text))
    }
}

/// Reads an integer between `MIN` and `MAX`.
pub(crate) fn bounded<'de, const MIN: u64, const MAX: u64, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: TryFrom<u64>,
    D: Deserializer<'de>,
{
    let value = i64::deserialize(deserializer)?;
    let refused = || de::Error::custom(format!("is {value}, allowed are {MIN} to {MAX}"));
    let checked = u64::try_from(value).ok().filter(|value| (MIN..=MAX).contains(value));
    checked.and_then(|value| T::try_from(value).ok()).ok_or_else(refused)
}

/// As [`bounded`], for a key that may be absent.
pub(crate) fn bounded_option<'de, const MIN: u64, const MAX: u64, T, D>(
    deserializer: D,
) -> Result<Option<T>, D::Error>
where
    T: TryFrom<u64>,
    D: Deserializer<'de>,
{
    bounded::<MIN, MAX, T, D>(deserializer).map(Some)
}

/// Reads an address that only this machine can reach.
pub(crate) fn loopback<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let address = SocketAddr::deserialize(deserializer)?;
    if !address.ip().is_loopback() {
        let problem =
            format!("is {address}, allowed are addresses of this machine alone, such as 127.0.0.1:8080");
        return Err(de::Error::custom(problem));
    }
    Ok(address)
}

/// Reads a date, written bare (`2027-06-30`) or in quotes.
pub(crate) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    deserializer.deserialize_any(DateVisitor)
}

/// As [`date`], for a key that may be absent.
pub(crate) fn date_option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    date(deserializer).map(Some)
}

struct DateVisitor;

impl<'de> Visitor<'de> for DateVisitor {
    type Value = Date;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date such as 2027-06-30")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Date, E> {
        let shaped = text.len() == 10;
        let parsed = if shaped { text.parse().ok() } else { None };
        parsed.ok_or_else(|| E::custom("is not a date, allowed are dates such as 2027-06-30"))
    }

    /// A bare date arrives as a map of one entry.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Date, A::Error> {
        let entry: Option<(String, String)> = map.next_entry()?;
        let text = entry.map(|(_, text)| text).unwrap_or_default();
        self.visit_str(&text)
    }
}

fn identifier(text: &str) -> Result<(), String> {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if (1..=limits::IDENTIFIER_CHARACTERS_MAX).contains(&text.len()) && text.chars().all(known) {
        return Ok(());
    }
    let max = limits::IDENTIFIER_CHARACTERS_MAX;
    Err(format!("is not allowed, allowed are 1 to {max} letters, digits, '.', '_' and '-'"))
}

fn label(text: &str) -> Result<(), String> {
    let count = text.chars().count();
    if (1..=limits::LABEL_CHARACTERS_MAX).contains(&count) && !text.chars().any(char::is_control) {
        return Ok(());
    }
    Err(format!("is not allowed, allowed is one line of 1 to {} characters", limits::LABEL_CHARACTERS_MAX))
}

fn sha256_hex(text: &str) -> Result<(), String> {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err("is not allowed, allowed are the 64 hexadecimal digits that sha256sum prints".into())
}

fn language_tag(text: &str) -> Result<(), String> {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let first = text.split('-').next().unwrap_or_default();
    let named = (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_lowercase());
    if named && text.len() <= limits::IDENTIFIER_CHARACTERS_MAX && text.split('-').all(part) {
        return Ok(());
    }
    Err("is not allowed, allowed is the tag of a language, such as ti or zh-Hant".into())
}

fn member_state(text: &str) -> Result<(), String> {
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(());
    }
    Err("is not allowed, allowed are two capital letters".into())
}

fn national_prefix(text: &str) -> Result<(), String> {
    let known = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    if (1..=limits::NATIONAL_PREFIX_CHARACTERS_MAX).contains(&text.len()) && text.bytes().all(known) {
        return Ok(());
    }
    let max = limits::NATIONAL_PREFIX_CHARACTERS_MAX;
    Err(format!("is not allowed, allowed are 1 to {max} capital letters and digits"))
}

fn operation_code(text: &str) -> Result<(), String> {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    if text.len() <= limits::IDENTIFIER_CHARACTERS_MAX && text.split('-').all(word) {
        return Ok(());
    }
    Err("is not allowed, allowed are small words joined by '-', such as erase-inaccurate".into())
}

fn https_url(text: &str) -> Result<(), String> {
    let rest = text.strip_prefix("https://").unwrap_or_default();
    let host = rest.split('/').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '@' | '?' | '#' | '"' | '<' | '>' | '\\');
    if !host.is_empty() && text.len() <= limits::PATH_CHARACTERS_MAX && rest.chars().all(plain) {
        return Ok(());
    }
    Err("is not allowed, allowed is https://host[:port][/path] without user, query or fragment".into())
}

fn path(text: &str) -> Result<(), String> {
    if (1..=limits::PATH_CHARACTERS_MAX).contains(&text.len()) && !text.chars().any(char::is_control) {
        return Ok(());
    }
    Err(format!("is not allowed, allowed is a path of 1 to {} characters", limits::PATH_CHARACTERS_MAX))
}

const CREDENTIAL: &str = "credential:";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_checked() {
        fn check<T: FromStr<Err = String>>(good: &[&str], bad: &[&str]) {
            for text in good {
                assert!(text.parse::<T>().is_ok(), "{text} should be allowed");
            }
            for text in bad {
                assert!(text.parse::<T>().is_err(), "{text} should be refused");
            }
        }
        let long = "x".repeat(65);
        check::<KioskId>(&["kiosk-1", "00000001234567890000"], &["", "a b", "a/b", "é", &long]);
        check::<LanguageTag>(&["ti", "ckb", "zh-Hant"], &["", "T", "Tigrinya", "ti_ER", "ti-", "t1"]);
        check::<MemberState>(&["NL", "DE"], &["nl", "NLD", "", "N1"]);
        check::<NationalPrefix>(&["K1", "12345678"], &["", "k1", "123456789"]);
        check::<OperationCode>(&["submit", "erase-inaccurate"], &["", "-", "Submit", "a--b", "a_b"]);
        check::<HttpsUrl>(
            &["https://localhost:8443", "https://central.example/v1"],
            &["http://localhost", "https://", "https://u@h", "https://h/?q", "https://h/#f", "https://h h"],
        );
        let digest = "3b1f".repeat(16);
        check::<Sha256Hex>(&[&digest], &["", "3b1f", &"3g1f".repeat(16)]);
        check::<Label>(&["Ter Apel, gate 2", "é"], &["", "two\nlines"]);
    }

    #[test]
    fn secrets_come_from_files_or_credentials() {
        let check = |text: &str, credentials: Option<&str>, expect: Result<&str, &str>| {
            let path: SecretPath = toml::Value::String(text.into()).try_into().expect("a path");
            let resolved = path.resolve(Path::new("/etc/site"), credentials.map(Path::new));
            assert_eq!(resolved.as_deref().map_err(Error::code), expect.map(Path::new), "{text}");
        };
        check("site.key", None, Ok("/etc/site/site.key"));
        check("/run/keys/site", None, Ok("/run/keys/site"));
        check("credential:site-key", Some("/run/credentials/x"), Ok("/run/credentials/x/site-key"));
        check("credential:site-key", None, Err("F-0401"));
        let climbing: Result<SecretPath, _> = toml::Value::String("credential:../x".into()).try_into();
        assert!(climbing.is_err(), "a credential is a name, not a path");
    }

    #[test]
    fn secrets_do_not_print() {
        let secret: Secret = toml::Value::String("JBSWY3DP".into()).try_into().expect("a secret");
        assert_eq!(format!("{secret:?}"), "Secret(hidden)");
        assert_eq!(serde_json::to_string(&secret).expect("json"), "\"(set)\"");
        assert_eq!(secret.expose(), "JBSWY3DP");
    }
}
