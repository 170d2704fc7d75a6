//! From bytes to a checked value: signature, size, text, version, keys, ranges, rules, in this order.

use crate::error::{Error, Place};
use crate::limits;
use crate::signature::{PublicKey, Signature};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A kind of configuration file.
pub trait Document: DeserializeOwned {
    /// Usual file name; names the document in errors.
    const NAME: &'static str;
    /// Version of the file's layout that this program reads.
    const VERSION: u32;
    /// True when values must not be repeated in errors.
    const SENSITIVE: bool;

    /// Checks what no single value can show.
    ///
    /// # Errors
    /// [`Error::Rule`] for values that contradict each other.
    fn check(&self) -> Result<(), Error>;
}

/// Checks the signature, then reads the file. `signature` is the content of the `.sig` file; empty
/// means that there is none.
///
/// # Errors
/// Signature errors come first: nothing of an untrusted file is looked at.
pub fn verify_and_parse<T: Document>(file: &[u8], signature: &[u8], trusted: &PublicKey) -> Result<T, Error> {
    let document = T::NAME;
    within_size(document, file)?;
    if signature.trim_ascii().is_empty() {
        return Err(Error::Unsigned { document });
    }
    trusted.verify_document(document, file, &Signature::from_text(signature)?)?;
    parse_unverified(file)
}

/// Reads a file without asking who signed it: for tools that prepare files, never for a daemon.
///
/// # Errors
/// As [`verify_and_parse`], without the signature.
pub fn parse_unverified<T: Document>(file: &[u8]) -> Result<T, Error> {
    let document = T::NAME;
    within_size(document, file)?;
    let text =
        std::str::from_utf8(file).map_err(|error| Error::NotText { document, byte: error.valid_up_to() })?;
    let table: toml::Table = toml::from_str(text).map_err(|error| Error::Syntax {
        document,
        place: place(text, &error),
        problem: problem::<T>(error.message()),
    })?;
    check_version::<T>(&table)?;
    let parsed: T = toml::from_str(text).map_err(|error| from_toml::<T>(text, &error))?;
    parsed.check()?;
    Ok(parsed)
}

/// Comes before everything else, because another version may have other keys.
fn check_version<T: Document>(table: &toml::Table) -> Result<(), Error> {
    let found = match table.get("version") {
        Some(toml::Value::Integer(found)) if *found == i64::from(T::VERSION) => return Ok(()),
        Some(toml::Value::Integer(found)) => found.to_string(),
        Some(_) => "that is not a number".into(),
        None => "missing".into(),
    };
    Err(Error::Version { document: T::NAME, found, supported: T::VERSION })
}

fn within_size(document: &'static str, file: &[u8]) -> Result<(), Error> {
    let (bytes, bytes_max) = (file.len(), limits::CONFIG_BYTES_MAX);
    if bytes > bytes_max { Err(Error::TooLarge { document, bytes, bytes_max }) } else { Ok(()) }
}

fn from_toml<T: Document>(text: &str, error: &toml::de::Error) -> Error {
    let (document, place, problem) = (T::NAME, place(text, error), problem::<T>(error.message()));
    if problem.starts_with("unknown field") || problem.starts_with("unknown variant") {
        Error::UnknownKey { document, place, problem }
    } else if problem.starts_with("missing field") {
        Error::MissingKey { document, place, problem }
    } else {
        Error::Value { document, place, problem }
    }
}

/// What the reader says, in one line; without quoted values where the file is sensitive.
fn problem<T: Document>(message: &str) -> String {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    if !T::SENSITIVE {
        return line;
    }
    // Odd pieces lie between quotes. An opening quote without its partner hides the rest.
    let pieces = line.split('"').enumerate();
    pieces.map(|(at, piece)| if at % 2 == 0 { piece } else { "…" }).collect::<Vec<_>>().join("\"")
}

fn place(text: &str, error: &toml::de::Error) -> Place {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count() + 1;
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    Place { line, column, key: key_at(text, line_start) }
}

/// The key that stands on a line, with the table above it.
fn key_at(text: &str, line_start: usize) -> Option<String> {
    let line = text.get(line_start..)?.lines().next()?.trim();
    let table = |line: &str| -> Option<String> {
        let name = line.trim().trim_start_matches('[').split(']').next()?;
        line.trim().starts_with('[').then(|| name.trim().to_owned())
    };
    if let Some(name) = table(line) {
        return Some(name);
    }
    let key = line.split_once('=')?.0.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if key.is_empty() || !key.chars().all(plain) {
        return None;
    }
    let above = text.get(..line_start).unwrap_or_default().lines().rev().find_map(table);
    Some(above.map_or_else(|| key.to_owned(), |table| format!("{table}.{key}")))
}

/// Reads the `version` key; its value was checked before.
pub(crate) fn version<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    u32::deserialize(deserializer)
}
